#include "emulator/cidr.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <charconv>

namespace fogling {
namespace {

namespace ip = boost::asio::ip;

/// The number behind the slash, or nothing.
std::optional<int> parse_prefix_length(std::string_view text, int most) {
  int length = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc() || end != text.data() + text.size() || length < 0 || length > most) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return length;
}

ip::network_v6 network_of(const std::array<unsigned char, 16>& address, int prefix_length) {
  return ip::make_network_v6(ip::address_v6(address), static_cast<unsigned short>(prefix_length));
}

}  // namespace

std::string Cidr::text() const { return ipv4_text(first) + "/" + std::to_string(prefix_length); }

std::optional<Cidr> parse_cidr(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = parse_ipv4(text.substr(0, slash));
  const auto length = parse_prefix_length(text.substr(slash + 1), 32);
  if (!address || !length) return std::nullopt;
  const std::uint32_t mask = *length == 0 ? 0 : ~std::uint32_t{0} << (32 - *length);
  return Cidr{*address & mask, *length, (*address & ~mask) != 0};
}

std::optional<Ipv6Cidr> parse_ipv6_cidr(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  boost::system::error_code error;
  const auto address = ip::make_address_v6(std::string(text.substr(0, slash)), error);
  const auto length = parse_prefix_length(text.substr(slash + 1), 128);
  if (error || !length || address.scope_id() != 0) return std::nullopt;
  const auto network = network_of(address.to_bytes(), *length).network();
  return Ipv6Cidr{network.to_bytes(), *length, network != address};
}

bool Ipv6Cidr::contains(const Ipv6Cidr& other) const {
  return prefix_length <= other.prefix_length && network_of(other.first, prefix_length).network().to_bytes() == first;
}

std::string Ipv6Cidr::text() const { return network_of(first, prefix_length).to_string(); }

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  boost::system::error_code error;
  const auto address = ip::make_address_v4(std::string(text), error);
  if (error) return std::nullopt;
  return address.to_uint();
}

std::string ipv4_text(std::uint32_t address) { return ip::address_v4(address).to_string(); }

std::optional<std::string> parse_ipv6(std::string_view text) {
  boost::system::error_code error;
  const auto address = ip::make_address_v6(std::string(text), error);
  if (error || address.scope_id() != 0) return std::nullopt;
  return address.to_string();
}

}  // namespace fogling
