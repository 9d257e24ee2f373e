#pragma once

/// Addresses and blocks of both families as numbers: what a packet is compared by, many thousand times a second.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogling::fabric {

/// An address; an IPv4 one is in the low 32 bits.
struct Ip {
  std::uint64_t high = 0, low = 0;
  bool is_v6 = false;

  auto operator<=>(const Ip&) const = default;
  int bits() const { return is_v6 ? 128 : 32; }
  std::string text() const;
};

/// A block; `first` has no bits beyond its length.
struct Block {
  Ip first;
  int length = 0;

  bool operator==(const Block&) const = default;
  bool contains(const Ip& ip) const;
  bool contains(const Block& other) const { return other.length >= length && contains(other.first); }
  bool is_one() const { return length == first.bits(); }
  std::string text() const;
};

/// The block of one address.
Block block_of(const Ip& ip);
/// The block of this length around an address.
Block block_around(const Ip& ip, int length);
/// All addresses of a family.
Block everything(bool is_v6);
/// What is left of `outer` without `inner`, which lies in it: one block for each length between the two.
std::vector<Block> without(const Block& outer, const Block& inner);

std::optional<Ip> parse_ip(std::string_view text);
/// `10.0.0.0/16`, `2001:db8::/56`, or an address alone; bits beyond the length are cut off.
std::optional<Block> parse_block(std::string_view text);

/// Addresses that the internet does not carry: those of RFC 1918, and the shared ones of RFC 6598.
bool is_rfc1918(const Ip& ip);
bool is_rfc6598(const Ip& ip);
/// All addresses of a family that the internet carries.
std::vector<Block> internet_blocks(bool is_v6);

}  // namespace fogling::fabric
