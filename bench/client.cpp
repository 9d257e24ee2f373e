#include "bench/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <chrono>
#include <stdexcept>

namespace fogling::bench {

namespace asio = boost::asio;

std::string request_of(const std::string& form) {
  const std::string body = form + "&Version=2016-11-15";
  return fmt::format(
      "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
      "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE000000000/20261124/us-east-1/ec2/aws4_request, "
      "SignedHeaders=host, Signature=0\r\nContent-Length: {}\r\n\r\n{}",
      body.size(), body);
}

std::string request_to(const std::string& path, const std::string& json) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", path,
      json.size(), json);
}

Connection::Connection(asio::io_context& io, std::uint16_t port) : socket_(io), chunk_(256 * 1024) {
  socket_.connect({asio::ip::address_v4::loopback(), port});
  socket_.set_option(asio::ip::tcp::no_delay(true));
}

void Connection::write(const std::string& request) { asio::write(socket_, asio::buffer(request)); }

const std::string& Connection::read() {
  const auto more = [&] { buffered_.append(chunk_.data(), socket_.read_some(asio::buffer(chunk_))); };
  std::size_t end = 0;
  while ((end = buffered_.find("\r\n\r\n")) == std::string::npos) more();
  const std::string_view head(buffered_.data(), end);
  const bool is_fine = head.find(" 200 ") < head.find("\r\n");
  std::size_t length = 0;
  for (const std::string_view name : {"content-length: ", "Content-Length: "}) {
    if (const auto at = head.find(name); at != std::string_view::npos) {
      std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
    }
  }
  while (buffered_.size() < end + 4 + length) more();
  body_.assign(buffered_, end + 4, length);
  buffered_.erase(0, end + 4 + length);
  if (!is_fine) throw std::runtime_error("refused: " + body_.substr(0, 500));
  return body_;
}

Speed measure(const Process& server, double seconds, const std::function<const std::string&()>& next, int connections) {
  asio::io_context io;
  std::vector<Connection> all;
  for (int i = 0; i < connections; ++i) all.emplace_back(io, server.port());
  for (auto& each : all) each.write(next());
  const double cpu_before = server.cpu_seconds();
  const auto started = std::chrono::steady_clock::now();
  const auto passed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count(); };
  std::uint64_t answers = 0;
  while (passed() < seconds) {
    for (auto& each : all) {
      each.read();
      each.write(next());
    }
    answers += all.size();
  }
  const double calls = static_cast<double>(answers);
  const Speed speed{calls / passed(), 1e6 * (server.cpu_seconds() - cpu_before) / calls};
  for (auto& each : all) each.read();
  return speed;
}

Latency time_each(const Process& server, double seconds, const std::function<const std::string&()>& next) {
  constexpr std::size_t kFewest = 5;
  asio::io_context io;
  Connection connection(io, server.port());
  const double cpu_before = server.cpu_seconds();
  const auto started = std::chrono::steady_clock::now();
  const auto since = [](auto moment) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - moment).count();
  };
  std::vector<double> times_us;
  while (since(started) < seconds || times_us.size() < kFewest) {
    const auto asked = std::chrono::steady_clock::now();
    connection.write(next());
    connection.read();
    times_us.push_back(1e6 * since(asked));
  }
  const double cpu_us = 1e6 * (server.cpu_seconds() - cpu_before) / static_cast<double>(times_us.size());
  std::ranges::sort(times_us);
  return {times_us[times_us.size() / 2], cpu_us};
}

}  // namespace fogling::bench
