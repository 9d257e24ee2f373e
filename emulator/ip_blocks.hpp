#pragma once

/// Blocks of addresses of either family, and the search for free ones.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "emulator/cidr.hpp"

namespace fogling {

/// An IPv4 or an IPv6 block. IPv4 is kept as the IPv6 range that it is mapped to, so that one arithmetic serves both.
class IpBlock {
 public:
  /// Nothing where the text is no block; bits behind the prefix are cut off.
  static std::optional<IpBlock> parse(std::string_view text);

  bool is_ipv4() const { return is_ipv4_; }
  int netmask_length() const { return range_.prefix_length - offset(); }
  /// The text had bits behind the prefix.
  bool had_host_bits() const { return range_.had_host_bits; }
  bool contains(const IpBlock& other) const { return is_ipv4_ == other.is_ipv4_ && range_.contains(other.range_); }
  bool overlaps(const IpBlock& other) const { return contains(other) || other.contains(*this); }
  /// The first block of that length in it.
  IpBlock first_of(int netmask_length) const;
  std::pair<IpBlock, IpBlock> halves() const;
  /// The canonical text.
  std::string text() const;

 private:
  int offset() const { return is_ipv4_ ? 96 : 0; }

  Ipv6Cidr range_;
  bool is_ipv4_ = false;
};

/// The first block of a length in `space` that overlaps none of `taken`.
std::optional<IpBlock> find_free_block(const IpBlock& space, int netmask_length, std::span<const IpBlock> taken);

}  // namespace fogling
