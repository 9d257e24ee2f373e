#pragma once

/// Addresses and blocks of both families as numbers: what is compared many thousand times a second, and searched for
/// free ones. Blocks of one family that somebody computes with are in cidr.hpp.

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fogling {

/// An address; an IPv4 one is in the low 32 bits.
struct Ip {
  std::uint64_t high = 0, low = 0;
  bool is_v6 = false;

  auto operator<=>(const Ip&) const = default;
  int bits() const { return is_v6 ? 128 : 32; }
  std::string text() const;
};

/// A block; `first` has no bits beyond its length.
struct IpBlock {
  Ip first;
  int length = 0;
  bool had_host_bits = false;  ///< the text that it was read from had bits behind the prefix

  /// Nothing where the text is no block; bits behind the prefix are cut off.
  static std::optional<IpBlock> parse(std::string_view text);

  bool operator==(const IpBlock& other) const { return first == other.first && length == other.length; }
  bool is_ipv4() const { return !first.is_v6; }
  bool is_one() const { return length == first.bits(); }
  bool contains(const Ip& ip) const;
  bool contains(const IpBlock& other) const { return other.length >= length && contains(other.first); }
  bool overlaps(const IpBlock& other) const { return contains(other) || other.contains(*this); }
  /// The first block of that length in it.
  IpBlock first_of(int prefix_length) const { return {first, prefix_length}; }
  std::pair<IpBlock, IpBlock> halves() const;
  /// The canonical text.
  std::string text() const;
};

/// `10.0.0.1` or `2001:db8::1`.
std::optional<Ip> parse_ip(std::string_view text);
/// The block of one address.
IpBlock block_of(const Ip& ip);
/// The block of this length around an address.
IpBlock block_around(const Ip& ip, int length);
/// All addresses of a family.
IpBlock everything(bool is_v6);
/// What is left of `outer` without `inner`, which lies in it: one block for each length between the two.
std::vector<IpBlock> without(const IpBlock& outer, const IpBlock& inner);
/// The first block of a length in `space` that overlaps none of `taken`.
std::optional<IpBlock> find_free_block(const IpBlock& space, int prefix_length, std::span<const IpBlock> taken);

// ---- As texts

/// Of which family an address or a block is.
bool is_ipv6(std::string_view address_or_block);
/// As EC2 shows it; nothing where it is no block.
std::optional<std::string> canonical_block(std::string_view text);
/// Whether one block lies in the other, or is the same. False where one of them is no block.
bool is_within(std::string_view inner, std::string_view outer);

}  // namespace fogling
