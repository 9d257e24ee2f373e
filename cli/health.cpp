#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <string_view>

#include "cli/commands.hpp"

namespace fogling::cli {
namespace {

constexpr std::chrono::seconds kPatience{5};

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

}  // namespace

int health(const std::string& endpoint) {
  const Address address = parse(endpoint);
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  boost::asio::ip::tcp::iostream stream;
  stream.expires_after(kPatience);
  stream.connect(address.host, address.port);
  if (!stream) throw std::runtime_error("No answer from " + endpoint + ": " + stream.error().message() + ".");
  stream << "GET /_sim/health HTTP/1.1\r\nHost: " << (is_ipv6 ? "[" + address.host + "]" : address.host) << ':'
         << address.port << "\r\nConnection: close\r\n\r\n"
         << std::flush;
  const std::string answer(std::istreambuf_iterator<char>(stream), {});

  if (answer.empty()) throw std::runtime_error("No answer from " + endpoint + ", though something listens there.");
  if (!answer.starts_with("HTTP/1.1 200 ")) {
    throw std::runtime_error(endpoint + " is not well, or no fogling: it answers " +
                             answer.substr(0, answer.find_first_of("\r\n")) + ".");
  }
  const auto body = answer.find("\r\n\r\n");
  if (body != std::string::npos) std::printf("%s\n", answer.c_str() + body + 4);
  return 0;
}

}  // namespace fogling::cli
