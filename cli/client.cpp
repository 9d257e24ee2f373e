#include "cli/client.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <charconv>
#include <chrono>
#include <iterator>
#include <stdexcept>

namespace fogling::cli {
namespace {

constexpr std::chrono::seconds kPatience{30};

struct Address {
  std::string host, port;
};

Address parse(const std::string& endpoint) {
  constexpr std::string_view kScheme = "http://";
  std::string_view rest = endpoint;
  if (!rest.starts_with(kScheme))
    throw std::runtime_error("The endpoint " + endpoint + " does not begin with http://.");
  rest.remove_prefix(kScheme.size());
  rest = rest.substr(0, rest.find('/'));
  const auto bracket = rest.find(']');
  const auto colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  std::string_view host = rest.substr(0, colon);
  if (bracket != std::string_view::npos && host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  if (host.empty()) throw std::runtime_error("The endpoint " + endpoint + " names no host.");
  return {std::string(host), colon == std::string_view::npos ? "80" : std::string(rest.substr(colon + 1))};
}

/// Of `HTTP/1.1 200 OK`; 0 where it is none.
int status_of(std::string_view answer) {
  constexpr std::string_view kStart = "HTTP/1.1 ";
  int status = 0;
  if (answer.starts_with(kStart)) std::from_chars(answer.data() + kStart.size(), answer.data() + answer.size(), status);
  return status;
}

using Stream = boost::asio::ip::tcp::iostream;

void send(Stream& stream, const std::string& endpoint, std::string_view method, std::string_view path,
          std::string_view body, std::string_view more_fields) {
  const Address address = parse(endpoint);
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  stream.connect(address.host, address.port);
  if (!stream) throw std::runtime_error("No answer from " + endpoint + ": " + stream.error().message() + ".");
  stream << method << ' ' << path << " HTTP/1.1\r\nHost: " << (is_ipv6 ? "[" + address.host + "]" : address.host) << ':'
         << address.port << "\r\nConnection: close\r\n"
         << more_fields << "Content-Length: " << body.size() << "\r\n\r\n"
         << body << std::flush;
}

}  // namespace

Reply ask(const std::string& endpoint, std::string_view method, std::string_view path, std::string_view body) {
  Stream stream;
  stream.expires_after(kPatience);
  send(stream, endpoint, method, path, body, {});
  const std::string answer(std::istreambuf_iterator<char>(stream), {});

  if (answer.empty()) throw std::runtime_error("No answer from " + endpoint + ", though something listens there.");
  const auto end_of_head = answer.find("\r\n\r\n");
  Reply reply{status_of(answer), end_of_head == std::string::npos ? std::string() : answer.substr(end_of_head + 4)};
  if (reply.status == 0) {
    throw std::runtime_error(endpoint + " is not well, or no fogling: it answers " +
                             answer.substr(0, answer.find_first_of("\r\n")) + ".");
  }
  return reply;
}

void follow(const std::string& endpoint, std::string_view path, const std::function<void(const std::string&)>& take) {
  constexpr std::string_view kData = "data: ";
  Stream stream;
  send(stream, endpoint, "GET", path, {}, "Accept: text/event-stream\r\n");
  std::string line;
  std::getline(stream, line);
  if (status_of(line) != 200) throw std::runtime_error(endpoint + " has no stream of events.");
  while (std::getline(stream, line)) {
    if (line.starts_with(kData)) take(line.substr(kData.size()));
  }
}

}  // namespace fogling::cli
