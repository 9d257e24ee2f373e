#pragma once

/// IPv4 and IPv6 blocks, over Boost.Asio's addresses.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fogling {

/// An IPv4 block; `first` is the network's address in host order.
struct Cidr {
  std::uint32_t first = 0;
  int prefix_length = 32;
  bool had_host_bits = false;  ///< the text named an address inside the block: EC2 cuts it off

  std::uint64_t size() const { return std::uint64_t{1} << (32 - prefix_length); }
  std::uint32_t last() const { return static_cast<std::uint32_t>(first + size() - 1); }
  bool contains(std::uint32_t address) const { return address >= first && address <= last(); }
  bool contains(const Cidr& other) const { return contains(other.first) && contains(other.last()); }
  bool overlaps(const Cidr& other) const { return first <= other.last() && other.first <= last(); }
  /// The canonical text.
  std::string text() const;
};

/// An IPv6 block; `first` is the network's address in network order.
struct Ipv6Cidr {
  std::array<unsigned char, 16> first = {};
  int prefix_length = 128;
  bool had_host_bits = false;

  bool contains(const Ipv6Cidr& other) const;
  bool overlaps(const Ipv6Cidr& other) const { return contains(other) || other.contains(*this); }
  /// The shortest text.
  std::string text() const;
};

/// `10.0.0.0/16`; nothing where it is no IPv4 block.
std::optional<Cidr> parse_cidr(std::string_view text);
/// `2001:db8::/56`; nothing where it is no IPv6 block.
std::optional<Ipv6Cidr> parse_ipv6_cidr(std::string_view text);

std::optional<std::uint32_t> parse_ipv4(std::string_view text);
std::string ipv4_text(std::uint32_t address);
/// The shortest text of an IPv6 address; nothing where it is none.
std::optional<std::string> parse_ipv6(std::string_view text);

}  // namespace fogling
