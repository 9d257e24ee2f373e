#include "emulator/ip_blocks.hpp"

#include <algorithm>
#include <vector>

namespace fogling {
namespace {

/// ::ffff:0:0/96, where RFC 4291 maps IPv4 to.
Ipv6Cidr mapped(const Cidr& block) {
  Ipv6Cidr range;
  range.first[10] = range.first[11] = 0xff;
  for (std::size_t i = 0; i < 4; ++i) range.first[12 + i] = static_cast<unsigned char>(block.first >> (24 - 8 * i));
  range.prefix_length = block.prefix_length + 96;
  range.had_host_bits = block.had_host_bits;
  return range;
}

}  // namespace

std::optional<IpBlock> IpBlock::parse(std::string_view text) {
  IpBlock block;
  if (const auto ipv4 = parse_cidr(text)) {
    block.range_ = mapped(*ipv4);
    block.is_ipv4_ = true;
  } else if (const auto ipv6 = parse_ipv6_cidr(text)) {
    block.range_ = *ipv6;
  } else {
    return std::nullopt;
  }
  return block;
}

IpBlock IpBlock::first_of(int netmask_length) const {
  IpBlock block = *this;
  block.range_.prefix_length = netmask_length + offset();
  return block;
}

std::pair<IpBlock, IpBlock> IpBlock::halves() const {
  IpBlock lower = first_of(netmask_length() + 1), upper = lower;
  const auto bit = static_cast<std::size_t>(range_.prefix_length);
  upper.range_.first[bit / 8] = static_cast<unsigned char>(upper.range_.first[bit / 8] | (0x80U >> (bit % 8)));
  return {lower, upper};
}

std::string IpBlock::text() const {
  if (!is_ipv4_) return range_.text();
  Cidr block{.first = 0, .prefix_length = netmask_length()};
  for (std::size_t i = 0; i < 4; ++i) block.first = block.first << 8 | range_.first[12 + i];
  return block.text();
}

std::optional<IpBlock> find_free_block(const IpBlock& space, int netmask_length, std::span<const IpBlock> taken) {
  if (space.netmask_length() > netmask_length) return std::nullopt;
  std::vector<IpBlock> inside;
  for (const auto& each : taken) {
    if (each.contains(space)) return std::nullopt;
    if (space.contains(each)) inside.push_back(each);
  }
  if (inside.empty()) return space.first_of(netmask_length);
  if (space.netmask_length() == netmask_length) return std::nullopt;
  const auto halves = space.halves();
  const auto lower = find_free_block(halves.first, netmask_length, inside);
  return lower ? lower : find_free_block(halves.second, netmask_length, inside);
}

}  // namespace fogling
