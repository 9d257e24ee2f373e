#include "emulator/ip_blocks.hpp"

#include "emulator/cidr.hpp"

namespace fogling {
namespace {

/// The first `length` bits of 64.
std::uint64_t high_bits(int length) {
  if (length <= 0) return 0;
  return length >= 64 ? ~std::uint64_t{0} : ~std::uint64_t{0} << (64 - length);
}

Ip cut(const Ip& ip, int length) {
  if (!ip.is_v6) return {0, ip.low & (high_bits(length) >> 32), false};
  return {ip.high & high_bits(length), ip.low & high_bits(length - 64), true};
}

/// The address with the bit behind the first `length` turned over.
Ip turned(const Ip& ip, int length) {
  Ip out = ip;
  const int from_end = ip.bits() - 1 - length;
  (from_end >= 64 ? out.high : out.low) ^= std::uint64_t{1} << (from_end % 64);
  return out;
}

Ip ip_of(const std::array<unsigned char, 16>& bytes) {
  Ip ip{0, 0, true};
  for (std::size_t i = 0; i < 8; ++i) {
    ip.high = ip.high << 8 | bytes[i];
    ip.low = ip.low << 8 | bytes[i + 8];
  }
  return ip;
}

}  // namespace

std::string Ip::text() const {
  if (!is_v6) return ipv4_text(static_cast<std::uint32_t>(low));
  Ipv6Cidr block;
  for (std::size_t i = 0; i < 8; ++i) {
    block.first[i] = static_cast<unsigned char>(high >> (56 - 8 * i));
    block.first[i + 8] = static_cast<unsigned char>(low >> (56 - 8 * i));
  }
  const std::string shown = block.text();
  return shown.substr(0, shown.find('/'));
}

std::optional<IpBlock> IpBlock::parse(std::string_view text) {
  if (!is_ipv6(text)) {
    const auto block = parse_cidr(text);
    if (!block) return std::nullopt;
    return IpBlock{{0, block->first, false}, block->prefix_length, block->had_host_bits};
  }
  const auto block = parse_ipv6_cidr(text);
  if (!block) return std::nullopt;
  return IpBlock{ip_of(block->first), block->prefix_length, block->had_host_bits};
}

bool IpBlock::contains(const Ip& ip) const { return ip.is_v6 == first.is_v6 && cut(ip, length) == first; }

std::pair<IpBlock, IpBlock> IpBlock::halves() const {
  return {first_of(length + 1), {turned(first, length), length + 1}};
}

std::string IpBlock::text() const { return first.text() + "/" + std::to_string(length); }

std::optional<Ip> parse_ip(std::string_view text) {
  if (text.find('/') != std::string_view::npos) return std::nullopt;
  if (!is_ipv6(text)) {
    const auto number = parse_ipv4(text);
    return number ? std::optional(Ip{0, *number, false}) : std::nullopt;
  }
  const auto block = parse_ipv6_cidr(std::string(text) + "/128");
  return block ? std::optional(ip_of(block->first)) : std::nullopt;
}

IpBlock block_of(const Ip& ip) { return {ip, ip.bits()}; }
IpBlock block_around(const Ip& ip, int length) { return {cut(ip, length), length}; }
IpBlock everything(bool is_v6) { return {{0, 0, is_v6}, 0}; }

std::vector<IpBlock> without(const IpBlock& outer, const IpBlock& inner) {
  std::vector<IpBlock> rest;
  for (int length = outer.length; length < inner.length; ++length) {
    rest.push_back(block_around(turned(inner.first, length), length + 1));
  }
  return rest;
}

std::optional<IpBlock> find_free_block(const IpBlock& space, int prefix_length, std::span<const IpBlock> taken) {
  if (space.length > prefix_length) return std::nullopt;
  std::vector<IpBlock> inside;
  for (const auto& each : taken) {
    if (each.contains(space)) return std::nullopt;
    if (space.contains(each)) inside.push_back(each);
  }
  if (inside.empty()) return space.first_of(prefix_length);
  if (space.length == prefix_length) return std::nullopt;
  const auto halves = space.halves();
  const auto lower = find_free_block(halves.first, prefix_length, inside);
  return lower ? lower : find_free_block(halves.second, prefix_length, inside);
}

bool is_ipv6(std::string_view address_or_block) { return address_or_block.find(':') != std::string_view::npos; }

std::optional<std::string> canonical_block(std::string_view text) {
  const auto block = IpBlock::parse(text);
  return block ? std::optional(block->text()) : std::nullopt;
}

bool is_within(std::string_view inner, std::string_view outer) {
  const auto small = IpBlock::parse(inner), large = IpBlock::parse(outer);
  return small && large && large->contains(*small);
}

}  // namespace fogling
