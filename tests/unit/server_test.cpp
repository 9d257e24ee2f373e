#include "api/server.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace fogling::api {
namespace {

using std::chrono::milliseconds;

/// What one answer looked like to a client.
struct Answer {
  unsigned status = 0;
  std::string head, body;

  std::string field(std::string_view name) const {
    const auto start = head.find("\r\n" + std::string(name) + ": ");
    if (start == std::string::npos) return {};
    const auto value = start + name.size() + 4;
    return head.substr(value, head.find("\r\n", value) - value);
  }
};

/// A blocking client that sees every byte. No wait is longer than ten seconds.
class Client {
 public:
  explicit Client(const Server& server) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the server may have had enough
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void end_of_requests() { ::shutdown(socket_, SHUT_WR); }

  /// The next answer; status 0 where the connection ends before one.
  Answer receive(bool with_body = true) {
    Answer answer;
    std::size_t end = 0;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
      if (!read_more()) return {};
    }
    answer.head = unread_.substr(0, end + 2);
    unread_.erase(0, end + 4);
    answer.status = static_cast<unsigned>(std::stoul(answer.head.substr(9, 3)));
    const std::string length = answer.field("content-length");
    if (with_body && !length.empty()) {
      while (unread_.size() < std::stoul(length)) {
        if (!read_more()) return {};
      }
      answer.body = unread_.substr(0, std::stoul(length));
      unread_.erase(0, answer.body.size());
    }
    return answer;
  }
  Answer ask(std::string_view bytes) {
    send(bytes);
    return receive();
  }
  /// True when the server has ended the connection and nothing is left to read.
  bool is_ended() { return unread_.empty() && !read_more(); }
  /// True when the end was an orderly one.
  bool is_closed_orderly() { return is_ended() && last_ == 0; }

 private:
  bool read_more() {
    char bytes[16 * 1024];
    last_ = ::recv(socket_, bytes, sizeof bytes, 0);
    if (last_ <= 0) return false;
    unread_.append(bytes, static_cast<std::size_t>(last_));
    return true;
  }

  int socket_;
  ssize_t last_ = 0;
  std::string unread_;
};

/// A server in a thread of its own.
class Running {
 public:
  explicit Running(Handler handler, ServerOptions options = {})
      : server(std::move(options), std::move(handler)), thread_([this] { server.run(); }) {}
  ~Running() { stop(); }

  void stop() {
    server.stop();
    if (thread_.joinable()) thread_.join();
  }

  Server server;

 private:
  std::thread thread_;
};

/// Answers with what it was asked.
Response echo(const Request& request) {
  Response response;
  response.body = std::string(request.method) + " " + std::string(request.target) + " " + std::string(request.body);
  response.request_id = "the-id";
  return response;
}

Response answer_of(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

std::string post(std::string_view body) {
  return "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

TEST(Server, AnswersAsEc2) {
  Running running(echo);
  Client client(running.server);
  const Answer answer = client.ask("GET /?Action=X HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(answer.head.substr(0, 17), "HTTP/1.1 200 OK\r\n");
  EXPECT_EQ(answer.body, "GET /?Action=X ");
  EXPECT_EQ(answer.field("x-amzn-requestid"), "the-id");
  EXPECT_EQ(answer.field("cache-control"), "no-cache, no-store");
  EXPECT_EQ(answer.field("content-type"), "text/xml;charset=UTF-8");
  EXPECT_EQ(answer.field("vary"), "accept-encoding");
  EXPECT_EQ(answer.field("server"), "AmazonEC2");
  EXPECT_EQ(answer.field("date").size(), std::string_view("Tue, 24 Nov 2026 12:00:00 GMT").size());
  EXPECT_EQ(answer.field("connection"), "");
}

TEST(Server, HandsOnEveryMethodAndTheFieldsThatMatter) {
  Running running([](const Request& request) {
    Response response;
    for (const auto part : {request.method, request.host, request.origin, request.authorization, request.content_type,
                            request.amz_target, request.body}) {
      response.body.append(part).append("|");
    }
    return response;
  });
  Client client(running.server);
  for (const std::string method : {"GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"}) {
    const Answer answer = client.ask(method +
                                     " / HTTP/1.1\r\nHOST: h\r\nOrigin: o\r\nauthorization: a\r\nContent-Type: c\r\n"
                                     "X-Amz-Target:  t \r\nX-Other: x\r\nContent-Length: 1\r\n\r\nb");
    EXPECT_EQ(answer.body, method + "|h|o|a|c|t|b|");
  }
  // What the request before has said is forgotten.
  EXPECT_EQ(client.ask("GET / HTTP/1.1\r\n\r\n").body, "GET|||||||");
}

TEST(Server, KeepsConnectionsOpen) {
  Running running(echo);
  Client client(running.server);
  for (int i = 0; i < 100; ++i) {
    const std::string body = std::string(static_cast<std::size_t>(i), 'x');
    EXPECT_EQ(client.ask(post(body)).body, "POST / " + body);
  }
}

TEST(Server, ClosesWhenEitherSideWantsTo) {
  Running running([](const Request& request) {
    Response response = echo(request);
    response.close = request.target == "/close";
    return response;
  });
  for (const std::string_view request :
       {"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "GET /close HTTP/1.1\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
    Client client(running.server);
    const Answer answer = client.ask(request);
    EXPECT_EQ(answer.status, 200u) << request;
    EXPECT_EQ(answer.field("connection"), "close") << request;
    EXPECT_TRUE(client.is_closed_orderly()) << request;
  }
  Client old(running.server);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(old.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").field("connection"), "keep-alive");
  }
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  Running running(echo);
  Client client(running.server);
  std::string requests;
  for (int i = 0; i < 500; ++i) requests += post(std::to_string(i));
  client.send(requests);
  for (int i = 0; i < 500; ++i) ASSERT_EQ(client.receive().body, "POST / " + std::to_string(i));

  // Nothing behind a last request is looked at, and its answer is not lost for that.
  client.send(post("a") + "GET /b HTTP/1.1\r\nConnection: close\r\n\r\n" + post("c"));
  EXPECT_EQ(client.receive().body, "POST / a");
  EXPECT_EQ(client.receive().body, "GET /b ");
  EXPECT_TRUE(client.is_closed_orderly());
}

TEST(Server, AnswersPipelinedRequestsOfAClientThatReadsLate) {
  Running running([](const Request&) { return answer_of(std::string(100'000, 'y')); });
  Client client(running.server);
  std::thread sender([&] {
    for (int i = 0; i < 200; ++i) client.send("GET / HTTP/1.1\r\n\r\n");
  });
  sender.join();  // 20 MB of answers by now, of which sockets hold a part only
  for (int i = 0; i < 200; ++i) ASSERT_EQ(client.receive().body.size(), 100'000u);
}

TEST(Server, TakesRequestsByteByByte) {
  Running running(echo);
  Client client(running.server);
  const std::string request =
      "\r\n" + post("hello") + "POST /2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n";
  for (const char byte : request) client.send({&byte, 1});
  EXPECT_EQ(client.receive().body, "POST / hello");
  EXPECT_EQ(client.receive().body, "POST /2 ab");
}

TEST(Server, TakesChunkedBodies) {
  Running running(echo);
  Client client(running.server);
  const Answer answer = client.ask(
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;name=value\r\nhello\r\n6\r\n world\r\n0\r\nHost: in-trailer\r\n\r\n");
  EXPECT_EQ(answer.body, "POST / hello world");
  EXPECT_EQ(client.ask(post("next")).body, "POST / next");
}

TEST(Server, TakesAndGivesLargeBodies) {
  Running running(echo);
  Client client(running.server);
  std::string body;
  while (body.size() < 4 * 1024 * 1024) body += "0123456789abcdef";
  for (int i = 0; i < 2; ++i) EXPECT_EQ(client.ask(post(body)).body, "POST / " + body);
  EXPECT_EQ(client.ask(post("small")).body, "POST / small");
}

TEST(Server, RefusesABodyBeyondTheLimit) {
  Running running(echo, {.max_body_bytes = 1000});
  const std::string large(5000, 'x');
  for (const std::string& request :
       {post(large), "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n" + large + "\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + large.substr(0, 1000) + "\r\n1\r\nx\r\n"}) {
    Client client(running.server);
    const Answer answer = client.ask(request);
    EXPECT_EQ(answer.status, 413u);
    EXPECT_NE(answer.body.find("<Response><Errors><Error><Code>RequestEntityTooLarge</Code>"), std::string::npos);
    EXPECT_NE(answer.body.find("<RequestID>" + answer.field("x-amzn-requestid") + "</RequestID>"), std::string::npos);
    EXPECT_EQ(answer.field("connection"), "close");
    EXPECT_TRUE(client.is_closed_orderly());
  }
  Client client(running.server);
  EXPECT_EQ(client.ask(post(large.substr(0, 1000))).status, 200u);

  // A client that sends all before it reads anything learns of it too.
  Client stubborn(running.server);
  EXPECT_EQ(stubborn.ask(post(std::string(40'000'000, 'x'))).status, 413u);
}

TEST(Server, RefusesAHeaderBeyondTheLimit) {
  Running running(echo, {.max_header_bytes = 1000});
  std::string many;
  for (int i = 0; i < 100; ++i) many += "X-" + std::to_string(i) + ": 0123456789\r\n";
  const std::string large(2000, 'x');
  for (const std::string& request :
       {"GET /" + large + " HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nX: " + large + "\r\n\r\n",
        "GET / HTTP/1.1\r\n" + many + "\r\n", "GET /" + large,
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + large + large,
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: " + large + large}) {
    Client client(running.server);
    EXPECT_EQ(client.ask(request).status, 431u) << request.substr(0, 60);
    EXPECT_TRUE(client.is_closed_orderly());
  }
  // The limit is one on the whole header, also when it comes in small parts.
  Client slow(running.server);
  slow.send("GET / HTTP/1.1\r\n");
  for (int i = 0; i < 100; ++i) slow.send("X-" + std::to_string(i) + ": 0123456789\r\n");
  EXPECT_EQ(slow.receive().status, 431u);
}

TEST(Server, RefusesWhatIsNotHttp) {
  Running running(echo);
  for (const std::string_view request :
       {"nonsense\r\n\r\n", "GET / HTTP/3.7\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1\r\nNo colon\r\n\r\n",
        "GET / HTTP/1.1\nHost: h\n\n", "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "\x16\x03\x01\x02\x01\x01\xfc\x03\x03\r\n\r\n"}) {
    Client client(running.server);
    client.send(request);
    const Answer answer = client.receive();
    EXPECT_EQ(answer.status, 400u) << request;
    EXPECT_NE(answer.body.find("<Code>MalformedHttpRequest</Code>"), std::string::npos) << request;
    EXPECT_TRUE(client.is_closed_orderly()) << request;
  }
  Client client(running.server);
  EXPECT_EQ(client.ask(post("still here")).status, 200u);
}

TEST(Server, RefusesARequestThatEndsEarly) {
  Running running(echo);
  for (const std::string_view request : {"GET / HT", "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc"}) {
    Client client(running.server);
    client.send(request);
    client.end_of_requests();
    EXPECT_EQ(client.receive().status, 400u) << request;
  }
  Client whole(running.server);
  whole.send(post("whole"));
  whole.end_of_requests();
  EXPECT_EQ(whole.receive().body, "POST / whole");
  EXPECT_TRUE(whole.is_closed_orderly());
}

TEST(Server, AnswersHeadWithoutABody) {
  Running running(echo);
  Client client(running.server);
  client.send("HEAD /x HTTP/1.1\r\n\r\n");
  const Answer answer = client.receive(/*with_body=*/false);
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(answer.field("content-length"), std::to_string(std::string_view("HEAD /x ").size()));
  EXPECT_EQ(client.ask(post("next")).body, "POST / next");
}

TEST(Server, AnswersNoContentWithoutALength) {
  Running running([](const Request&) {
    Response response;
    response.status = 204;
    return response;
  });
  Client client(running.server);
  for (int i = 0; i < 2; ++i) {
    const Answer answer = client.ask("OPTIONS / HTTP/1.1\r\n\r\n");
    EXPECT_EQ(answer.head.substr(0, 25), "HTTP/1.1 204 No Content\r\n");
    EXPECT_EQ(answer.field("content-length"), "");
  }
}

TEST(Server, AsksForABodyThatWaits) {
  Running running(echo, {.max_body_bytes = 1000});
  Client client(running.server);
  const std::string_view head = "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
  EXPECT_EQ(client.ask(head).status, 100u);
  EXPECT_EQ(client.ask("abc").body, "POST / abc");
  // No need to ask for what is there.
  EXPECT_EQ(client.ask(std::string(head) + "abc").body, "POST / abc");
  EXPECT_EQ(client.ask("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3000\r\n\r\n").status, 413u);
}

TEST(Server, OutlivesAHandlerThatThrows) {
  Running running([](const Request& request) -> Response {
    if (request.target == "/bad") throw std::runtime_error("oh");
    return echo(request);
  });
  Client client(running.server);
  EXPECT_EQ(client.ask("GET /bad HTTP/1.1\r\n\r\n").status, 500u);
  Client next(running.server);
  EXPECT_EQ(next.ask(post("x")).status, 200u);
}

TEST(Server, EndsConnectionsThatAreIdleOrSlow) {
  Running running(echo, {.idle_timeout = milliseconds(20), .request_timeout = milliseconds(20)});
  Client idle(running.server);
  EXPECT_TRUE(idle.is_ended());
  Client used(running.server);
  EXPECT_EQ(used.ask(post("x")).status, 200u);
  EXPECT_TRUE(used.is_ended());
  Client slow(running.server);
  slow.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_TRUE(slow.is_ended());
}

TEST(Server, ClosesTheLongestIdleConnectionForANewOne) {
  Running running(echo, {.max_connections = 3});
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::make_unique<Client>(running.server));
    EXPECT_EQ(clients.back()->ask(post("x")).status, 200u);
  }
  EXPECT_TRUE(clients[0]->is_ended());
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(clients[i]->ask(post("x")).status, 200u);
}

TEST(Server, StopsWhileConnectionsAreOpen) {
  std::optional<Running> running(std::in_place, [](const Request&) { return answer_of(std::string(8'000'000, 'z')); });
  Client idle(running->server), half(running->server), not_reading(running->server), answered(running->server);
  half.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
  not_reading.send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(answered.ask("GET / HTTP/1.1\r\n\r\n").status, 200u);
  running->stop();
  running.reset();
  EXPECT_TRUE(idle.is_ended());
  EXPECT_TRUE(half.is_ended());
  EXPECT_TRUE(answered.is_ended());
}

TEST(Server, StopsBeforeItRuns) {
  Server server({}, echo);
  server.stop();
  server.stop();
  server.run();
}

TEST(Server, SaysThatAPortIsTaken) {
  Server first({}, echo);
  EXPECT_EQ(first.endpoint(), "http://127.0.0.1:" + std::to_string(first.port()));
  try {
    Server second({.port = first.port()}, echo);
    FAIL() << "both have the same port";
  } catch (const PortUnavailable& error) {
    EXPECT_EQ(std::string(error.what()),
              "Port " + std::to_string(first.port()) + " on 127.0.0.1 is already in use by another program.");
  }
}

TEST(Server, TakesAName) {
  addrinfo* found = nullptr;
  if (getaddrinfo("localhost", nullptr, nullptr, &found) != 0) GTEST_SKIP() << "this machine does not know localhost";
  freeaddrinfo(found);
  EXPECT_NE(Server({.host = "localhost"}, echo).port(), 0);
}

TEST(Server, TakesOtherFamilies) {
  Server everywhere({.host = "0.0.0.0"}, echo);
  EXPECT_EQ(everywhere.endpoint(), "http://127.0.0.1:" + std::to_string(everywhere.port()));
  EXPECT_FALSE(everywhere.is_loopback());
  EXPECT_TRUE(Server({}, echo).is_loopback());
  EXPECT_THROW(Server({.host = "no such host"}, echo), std::runtime_error);
  EXPECT_THROW(Server({.host = "192.0.2.1"}, echo), std::runtime_error);
  try {
    Server ipv6({.host = "::1"}, echo);
    EXPECT_EQ(ipv6.endpoint(), "http://[::1]:" + std::to_string(ipv6.port()));
    EXPECT_EQ(Server({.host = "[::1]"}, echo).endpoint().substr(0, 13), "http://[::1]:");
  } catch (const std::runtime_error&) {
    GTEST_SKIP() << "no IPv6 here";
  }
}

}  // namespace
}  // namespace fogling::api
