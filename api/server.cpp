#include "api/server.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/version.hpp>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <exception>
#include <list>
#include <optional>
#include <utility>

namespace fogling::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

// The executor is spelt out everywhere: asio's default is a polymorphic one, and paid for at each operation.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Timer = asio::basic_waitable_timer<SteadyClock, asio::wait_traits<SteadyClock>, Executor>;
using Task = asio::awaitable<void, Executor>;
constexpr asio::use_awaitable_t<Executor> kAwait;

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::size_t kCopyBytes = 16 * 1024;  ///< bodies up to here are copied behind their head, larger ones gathered
constexpr std::size_t kFlushBytes = 64 * 1024;          ///< of pipelined answers held back to be sent together
constexpr std::chrono::milliseconds kStreamPeriod{50};  ///< between two looks for something new
constexpr std::chrono::seconds kStreamSilence{10};      ///< after which a stream says that it is still there
constexpr std::size_t kMostStreams = 64;
constexpr std::size_t kKeepBytes = 64 * 1024;  ///< buffers grown beyond it are given back after the request

/// One request, copied out of the read buffer into strings that keep their room from request to request.
struct Message {
  std::string method, target, body;
  std::string host, origin, authorization, content_type, amz_target, accept, last_event_id;
  int version = 11;
  bool expects_continue = false;

  void clear() {
    for (auto* text :
         {&method, &target, &host, &origin, &authorization, &content_type, &amz_target, &accept, &last_event_id})
      text->clear();
    if (body.capacity() > kKeepBytes) body = {};
    body.clear();
    expects_continue = false;
  }
  Request view() const {
    return {.method = method,
            .target = target,
            .body = body,
            .host = host,
            .origin = origin,
            .authorization = authorization,
            .content_type = content_type,
            .amz_target = amz_target,
            .accept = accept,
            .last_event_id = last_event_id};
  }
};

void assign(std::string& to, beast::string_view from) { to.assign(from.data(), from.size()); }

/// Beast's parser, filling a Message. Beast's own request type allocates for each field; we need only a few of them.
class Parser final : public http::basic_parser<true> {
 public:
  Parser(Message& message, const ServerOptions& options) : message_(message) {
    eager(true);
    header_limit(static_cast<std::uint32_t>(options.max_header_bytes));
    body_limit(options.max_body_bytes);
  }

 private:
  void on_request_impl(http::verb, beast::string_view method, beast::string_view target, int version,
                       error_code&) override {
    assign(message_.method, method);
    assign(message_.target, target);
    message_.version = version;
  }
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_field_impl(http::field name, beast::string_view name_text, beast::string_view value, error_code&) override {
    if (in_body_) return;  // a trailer, in older Boosts
    switch (name) {
      case http::field::host:
        return assign(message_.host, value);
      case http::field::origin:
        return assign(message_.origin, value);
      case http::field::authorization:
        return assign(message_.authorization, value);
      case http::field::content_type:
        return assign(message_.content_type, value);
      case http::field::accept:
        return assign(message_.accept, value);
      case http::field::expect:
        message_.expects_continue = beast::iequals(value, "100-continue");
        return;
      case http::field::unknown:
        if (beast::iequals(name_text, "x-amz-target")) assign(message_.amz_target, value);
        if (beast::iequals(name_text, "last-event-id")) assign(message_.last_event_id, value);
        return;
      default:
        return;
    }
  }
#if BOOST_BEAST_VERSION >= 359
  void on_trailer_field_impl(http::field, beast::string_view, beast::string_view, error_code&) override {}
#endif
  void on_header_impl(error_code&) override { in_body_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    // Not more than a promise is worth: a length costs a client nothing.
    if (length) message_.body.reserve(std::min(static_cast<std::size_t>(*length), kKeepBytes));
  }
  std::size_t on_body_impl(beast::string_view part, error_code&) override {
    message_.body.append(part.data(), part.size());
    return part.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view part, error_code&) override {
    message_.body.append(part.data(), part.size());
    return part.size();
  }
  void on_finish_impl(error_code&) override {}

  Message& message_;
  bool in_body_ = false;
};

/// What a client is told when its request never reaches the Handler.
struct Refusal {
  unsigned status;
  std::string_view code, message;
};
// Assumed: code and words. EC2 itself ends such connections in front of the service, without its own envelope.
constexpr Refusal kMalformed{400, "MalformedHttpRequest", "The request is not valid HTTP/1.1."};
constexpr Refusal kBodyTooLarge{413, "RequestEntityTooLarge", "The request body is larger than this endpoint accepts."};
constexpr Refusal kHeaderTooLarge{431, "RequestHeaderFieldsTooLarge",
                                  "The request header is larger than this endpoint accepts."};
constexpr Refusal kInternal{500, "InternalError", "An internal error has occurred"};

const Refusal& refusal_for(const error_code& error) {
  if (error == http::error::body_limit) return kBodyTooLarge;
  if (error == http::error::header_limit) return kHeaderTooLarge;
  return kMalformed;
}

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

tcp::endpoint resolve(const std::string& host, std::uint16_t port) {
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string name = bracketed ? host.substr(1, host.size() - 2) : host;
  error_code error;
  const auto address = asio::ip::make_address(name, error);
  if (!error) return {address, port};
  asio::io_context io;
  const auto found = tcp::resolver(io).resolve(name, "", tcp::resolver::passive, error);
  if (error || found.empty()) throw std::runtime_error("The host " + host + " is not an address of this machine.");
  return {found.begin()->endpoint().address(), port};
}

std::string text(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

[[noreturn]] void throw_cannot_listen(const tcp::endpoint& endpoint, const error_code& error) {
  if (error == asio::error::address_in_use) {
    throw PortUnavailable("Port " + std::to_string(endpoint.port()) + " on " + endpoint.address().to_string() +
                          " is already in use by another program.");
  }
  if (error == asio::error::access_denied) {
    throw PortUnavailable("Port " + std::to_string(endpoint.port()) + " on " + endpoint.address().to_string() +
                          " may not be used without more privileges.");
  }
  throw std::runtime_error("Cannot listen on " + text(endpoint) + ": " + error.message() + ".");
}

/// A socket and all that its requests need, in a list while it lives.
struct Connection {
  using List = std::list<Connection*>;

  Connection(Socket socket_, List& list_) : socket(std::move(socket_)), list(list_) {
    place = list.insert(list.end(), this);
  }
  ~Connection() { list.erase(place); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Socket socket;
  List& list;
  List::iterator place;

  beast::flat_buffer input;
  Message message;
  std::optional<Parser> parser;
  std::size_t header_bytes = 0;

  std::string output;                   ///< heads, and bodies that are small
  std::string large_body;               ///< sent behind output
  bool closing = false;                 ///< after output, no more
  std::function<std::string()> stream;  ///< what follows the output, where that goes on

  bool idle = true;  ///< between two requests
  /// Never, until it is served: a sweep between accepting and serving would close it.
  SteadyClock::time_point deadline = SteadyClock::time_point::max();
};

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, Handler handler);

  std::uint16_t port() const { return local_.port(); }
  std::string endpoint() const;
  bool is_loopback() const { return local_.address().is_loopback(); }
  void run();
  void stop() noexcept;

 private:
  enum class Parsed { request, incomplete, refused };

  Task accept_all();
  Task serve(std::unique_ptr<Connection> owned);
  Task follow_stream(Connection& connection);
  Task close_overdue();
  Task pause(std::chrono::milliseconds time);

  Parsed parse(Connection& connection);
  Response ask(Connection& connection);
  void answer(Connection& connection, Response response);
  void refuse(Connection& connection, const Refusal& why);
  Response refusal(const Refusal& refusal);
  void append_answer(Connection& connection, Response response);
  /// True when all has been sent; otherwise `sent` bytes were, or there is an error.
  bool send_now(Connection& connection, std::size_t& sent, error_code& error);
  void make_room();
  std::string_view date_line();
  std::string next_request_id();

  const ServerOptions options_;
  const Handler handler_;
  Connection::List connections_;  // outlives io_, whose end destroys the connections
  asio::io_context io_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  Acceptor acceptor_{io_};
  tcp::endpoint local_;
  Timer sweep_{io_};
  asio::basic_signal_set<Executor> signals_{io_};
  asio::posix::basic_stream_descriptor<Executor> stop_event_{io_};

  std::time_t date_s_ = -1;
  std::string date_line_;
  std::uint64_t refusals_ = 0;
  std::size_t streams_ = 0;
};

Server::Impl::Impl(ServerOptions options, Handler handler)
    : options_(std::move(options)), handler_(std::move(handler)) {
  const tcp::endpoint wanted = resolve(options_.host, options_.port);
  error_code error;
  const auto check = [&] {
    if (error) throw_cannot_listen(wanted, error);
  };
  acceptor_.open(wanted.protocol(), error);
  check();
  ::fcntl(acceptor_.native_handle(), F_SETFD, FD_CLOEXEC);  // a program started by us must not keep the port
  acceptor_.set_option(Acceptor::reuse_address(true), error);
  check();
  if (wanted.address().is_v6() && wanted.address().is_unspecified()) {
    acceptor_.set_option(asio::ip::v6_only(false), error);
    check();
  }
  acceptor_.bind(wanted, error);
  check();
  acceptor_.listen(Acceptor::max_listen_connections, error);
  check();
  local_ = acceptor_.local_endpoint(error);
  check();

  // Here and not in run(): whoever knows the port may already send signals.
  stop_event_.assign(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), error);
  check();
  stop_event_.async_wait(asio::posix::descriptor_base::wait_read, [this](error_code) { io_.stop(); });
  if (options_.stop_on_signals) {
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    signals_.async_wait([this](error_code failure, int) {
      if (!failure) io_.stop();
    });
  }
}

std::string Server::Impl::endpoint() const {
  if (!local_.address().is_unspecified()) return "http://" + text(local_);
  const auto loopback = local_.address().is_v6() ? asio::ip::address(asio::ip::address_v6::loopback())
                                                 : asio::ip::address(asio::ip::address_v4::loopback());
  return "http://" + text({loopback, local_.port()});
}

void Server::Impl::run() {
  const auto rethrow = [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  };
  asio::co_spawn(io_, accept_all(), rethrow);
  asio::co_spawn(io_, close_overdue(), rethrow);
  io_.run();
}

void Server::Impl::stop() noexcept {
  const std::uint64_t one = 1;
  // Fails only when as many stops are pending as fit into the counter.
  [[maybe_unused]] const auto written = ::write(stop_event_.native_handle(), &one, sizeof one);
}

Task Server::Impl::pause(std::chrono::milliseconds time) {
  Timer timer(io_, time);
  error_code error;
  co_await timer.async_wait(asio::redirect_error(kAwait, error));
}

Task Server::Impl::accept_all() {
  for (;;) {
    Socket socket(io_);
    error_code error;
    co_await acceptor_.async_accept(socket, asio::redirect_error(kAwait, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      // Out of file descriptors, mostly; the waiting client stays in the listen queue.
      make_room();
      co_await pause(std::chrono::milliseconds(20));
      continue;
    }
    while (connections_.size() >= options_.max_connections) {
      make_room();
      co_await pause(std::chrono::milliseconds(1));
    }
    socket.set_option(tcp::no_delay(true), error);
    if (!error) socket.non_blocking(true, error);
    if (error) continue;  // gone already
    // What goes wrong on one connection ends that connection only, but not unsaid.
    asio::co_spawn(io_, serve(std::make_unique<Connection>(std::move(socket), connections_)),
                   [](std::exception_ptr failure) {
                     try {
                       if (failure) std::rethrow_exception(failure);
                     } catch (const std::exception& fault) {
                       spdlog::error("a connection ended: {}", fault.what());
                     }
                   });
  }
}

/// Closes the connection that has been idle for longest, if one is.
void Server::Impl::make_room() {
  Connection* oldest = nullptr;
  for (Connection* each : connections_) {
    if (each->idle && (!oldest || each->deadline < oldest->deadline)) oldest = each;
  }
  if (!oldest) return;
  oldest->idle = false;
  error_code ignored;
  oldest->socket.close(ignored);
}

/// One timer for all: a timer each would cost more than the requests.
Task Server::Impl::close_overdue() {
  const auto shortest = std::min({options_.idle_timeout, options_.request_timeout, options_.linger_timeout});
  const auto period = std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(1000));
  for (;;) {
    error_code error;
    sweep_.expires_after(period);
    co_await sweep_.async_wait(asio::redirect_error(kAwait, error));
    if (error) co_return;
    const auto now = SteadyClock::now();
    for (Connection* each : connections_) {
      if (each->deadline < now) each->socket.close(error);
    }
  }
}

Task Server::Impl::serve(std::unique_ptr<Connection> owned) {
  Connection& connection = *owned;
  Socket& socket = connection.socket;
  error_code error;
  connection.deadline = SteadyClock::now() + options_.idle_timeout;
  for (;;) {
    const Parsed parsed = parse(connection);
    if (parsed == Parsed::request) {
      Response response = ask(connection);
      if (response.conclude) {
        // Behind all that is ready in this turn: their changes are committed together.
        connection.idle = false;
        co_await asio::post(socket.get_executor(), kAwait);
        const auto conclude = std::exchange(response.conclude, {});
        conclude(response);
      }
      answer(connection, std::move(response));
    }

    // Answers to pipelined requests leave together, but never without bound.
    const std::size_t pending = connection.output.size() + connection.large_body.size();
    if (pending > 0 && (parsed != Parsed::request || connection.closing || connection.input.size() == 0 ||
                        pending > kFlushBytes || !connection.large_body.empty())) {
      std::size_t sent = 0;
      if (!send_now(connection, sent, error)) {
        if (error) co_return;
        connection.idle = false;
        connection.deadline = SteadyClock::now() + options_.request_timeout;
        std::array<asio::const_buffer, 2> rest{asio::buffer(connection.output), asio::buffer(connection.large_body)};
        const std::size_t of_first = std::min(sent, rest[0].size());
        rest[0] += of_first;
        rest[1] += sent - of_first;
        co_await asio::async_write(socket, rest, asio::redirect_error(kAwait, error));
        if (error) co_return;
      }
      connection.output.clear();
      if (connection.output.capacity() > 2 * kKeepBytes) connection.output.shrink_to_fit();
      connection.large_body = {};
    }
    if (connection.stream) co_await follow_stream(connection);
    if (connection.closing) break;
    if (parsed == Parsed::request) continue;

    const bool begun = connection.parser->got_some();
    if (!begun) {
      connection.idle = true;
      connection.deadline = SteadyClock::now() + options_.idle_timeout;
    } else if (connection.idle) {
      connection.idle = false;
      connection.deadline = SteadyClock::now() + options_.request_timeout;
    }
    const std::size_t room = begun ? 4 * kReadBytes : kReadBytes;
    const std::size_t count =
        co_await socket.async_read_some(connection.input.prepare(room), asio::redirect_error(kAwait, error));
    if (error == asio::error::eof && begun) {
      refuse(connection, kMalformed);  // it may have shut down its sending side only, and still read
    } else if (error) {
      co_return;
    }
    connection.input.commit(count);
  }

  // Closing with unread input would make the kernel reset the connection, and the client might lose its answer. Many
  // clients only look for one when they have sent all of their body.
  socket.shutdown(tcp::socket::shutdown_send, error);
  connection.idle = false;
  const auto patience = SteadyClock::now() + options_.request_timeout;
  while (!error) {
    connection.deadline = std::min(patience, SteadyClock::now() + options_.linger_timeout);
    connection.input.clear();
    co_await socket.async_read_some(connection.input.prepare(4 * kReadBytes), asio::redirect_error(kAwait, error));
  }
}

/// Sends what a stream has to say until the client goes. What else the client sends is not listened to.
Task Server::Impl::follow_stream(Connection& connection) {
  const struct Counted {
    std::size_t& count;
    explicit Counted(std::size_t& of) : count(of) { ++count; }
    ~Counted() { --count; }
  } counted(streams_);
  if (streams_ > kMostStreams) co_return;
  std::array<char, 256> ignored;
  auto last = SteadyClock::now();
  for (;;) {
    connection.deadline = SteadyClock::now() + options_.request_timeout;
    std::string part = connection.stream();
    if (part.empty() && SteadyClock::now() - last > kStreamSilence) part = ":\n\n";
    error_code error;
    if (!part.empty()) {
      co_await asio::async_write(connection.socket, asio::buffer(part), asio::redirect_error(kAwait, error));
      if (error) co_return;
      last = SteadyClock::now();
    }
    connection.socket.read_some(asio::buffer(ignored), error);
    if (error && error != asio::error::would_block) co_return;  // it has gone
    co_await pause(kStreamPeriod);
  }
}

Server::Impl::Parsed Server::Impl::parse(Connection& connection) {
  auto& input = connection.input;
  if (!connection.parser) {
    connection.message.clear();
    connection.parser.emplace(connection.message, options_);
    connection.header_bytes = 0;
  }
  Parser& parser = *connection.parser;
  if (connection.closing) return Parsed::refused;
  while (input.size() > 0 && !parser.is_done()) {
    if (!parser.got_some()) {
      // Some old clients send an empty line behind a body.
      const char first = *static_cast<const char*>(input.cdata().data());
      if (first == '\r' || first == '\n') {
        input.consume(1);
        continue;
      }
    }
    const bool in_header = !parser.is_header_done();
    error_code error;
    const std::size_t used = parser.put(input.cdata(), error);
    input.consume(used);
    // The parser limits one line of the header and the first chunk of a body, not all of them.
    if (in_header && !parser.is_header_done()) {
      connection.header_bytes += used;
      if (connection.header_bytes + input.size() > options_.max_header_bytes) error = http::error::header_limit;
    }
    if (error == http::error::need_more) {
      if (input.size() <= options_.max_header_bytes) break;
      error = http::error::header_limit;
    }
    if (error) {
      refuse(connection, refusal_for(error));
      return Parsed::refused;
    }
    if (used == 0) break;
  }
  if (parser.is_done()) return Parsed::request;
  if (parser.is_header_done() && connection.message.expects_continue) {
    connection.message.expects_continue = false;
    connection.output += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  return Parsed::incomplete;
}

Response Server::Impl::ask(Connection& connection) {
  try {
    return handler_(connection.message.view());
  } catch (...) {
    // The Handler answers its own errors; one that escapes must not end the other connections.
    return refusal(kInternal);
  }
}

void Server::Impl::answer(Connection& connection, Response response) {
  append_answer(connection, std::move(response));
  connection.parser.reset();
  if (connection.input.size() == 0 && connection.input.capacity() > 2 * kKeepBytes) connection.input.shrink_to_fit();
}

void Server::Impl::refuse(Connection& connection, const Refusal& why) { append_answer(connection, refusal(why)); }

Response Server::Impl::refusal(const Refusal& refusal) {
  Response response;
  response.status = refusal.status;
  response.request_id = next_request_id();
  response.close = true;
  response.body.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>")
      .append(refusal.code)
      .append("</Code><Message>")
      .append(refusal.message)
      .append("</Message></Error></Errors><RequestID>")
      .append(response.request_id)
      .append("</RequestID></Response>");
  return response;
}

void Server::Impl::append_answer(Connection& connection, Response response) {
  const bool parsed = connection.parser && connection.parser->is_header_done();
  const bool keep_alive = parsed && !response.close && !response.stream && connection.parser->keep_alive();
  const bool http_1_0 = parsed && connection.message.version < 11;
  const bool without_body = response.status == 204 || response.status == 304;

  std::string& out = connection.output;
  if (response.status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
  } else {
    out += "HTTP/1.1 ";
    append_number(out, response.status);
    out += ' ';
    const auto reason = http::obsolete_reason(http::int_to_status(response.status));
    out.append(reason.data(), reason.size());
    out += "\r\n";
  }
  if (!response.request_id.empty()) {
    out += "x-amzn-requestid: ";
    out += response.request_id;
    out += "\r\n";
  }
  out += "cache-control: no-cache, no-store\r\ncontent-type: ";
  out += response.content_type;
  out += "\r\nvary: accept-encoding\r\nserver: AmazonEC2\r\n";
  out += date_line();
  if (!keep_alive) {
    out += "connection: close\r\n";
    connection.closing = true;
  } else if (http_1_0) {
    out += "connection: keep-alive\r\n";
  }
  if (!without_body && !response.stream) {
    out += "content-length: ";
    append_number(out, response.body.size());
    out += "\r\n";
  }
  out += "\r\n";

  if (without_body || connection.message.method == "HEAD") return;
  connection.stream = std::move(response.stream);
  if (response.body.size() <= kCopyBytes) {
    out += response.body;
  } else {
    connection.large_body = std::move(response.body);
  }
}

bool Server::Impl::send_now(Connection& connection, std::size_t& sent, error_code& error) {
  const auto head = asio::buffer(connection.output);
  const auto body = asio::buffer(connection.large_body);
  sent = body.size() == 0 ? connection.socket.write_some(head, error)
                          : connection.socket.write_some(std::array<asio::const_buffer, 2>{head, body}, error);
  if (error == asio::error::would_block) error = {};
  return !error && sent == head.size() + body.size();
}

std::string_view Server::Impl::date_line() {
  // The system's time, not the simulated one: clients correct their own clock by this field.
  const std::time_t now_s = std::time(nullptr);
  if (now_s != date_s_) {
    date_s_ = now_s;
    std::tm parts{};
    ::gmtime_r(&now_s, &parts);
    static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::array<char, 64> line;
    const int length = std::snprintf(line.data(), line.size(), "date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
                                     kDays[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                                     kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                                     parts.tm_hour, parts.tm_min, parts.tm_sec);
    date_line_.assign(line.data(), static_cast<std::size_t>(length));
  }
  return date_line_;
}

/// Counted, not drawn: what never reached the house shall not change what the house draws next.
std::string Server::Impl::next_request_id() {
  std::array<char, 40> text;
  const int length = std::snprintf(text.data(), text.size(), "00000000-0000-4000-8000-%012llx",
                                   static_cast<unsigned long long>(++refusals_ & 0xffffffffffffULL));
  return {text.data(), static_cast<std::size_t>(length)};
}

Server::Server(ServerOptions options, Handler handler)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler))) {}
Server::~Server() = default;
std::uint16_t Server::port() const { return impl_->port(); }
std::string Server::endpoint() const { return impl_->endpoint(); }
bool Server::is_loopback() const { return impl_->is_loopback(); }
void Server::run() { impl_->run(); }
void Server::stop() noexcept { impl_->stop(); }

}  // namespace fogling::api
