#include "emulator/fabric/ip.hpp"

#include <algorithm>

#include "emulator/cidr.hpp"

namespace fogling::fabric {
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

const std::vector<Block>& rfc1918() {
  static const std::vector<Block> kBlocks{*parse_block("10.0.0.0/8"), *parse_block("172.16.0.0/12"),
                                          *parse_block("192.168.0.0/16")};
  return kBlocks;
}

const Block& rfc6598() {
  static const Block kBlock = *parse_block("100.64.0.0/10");
  return kBlock;
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

bool Block::contains(const Ip& ip) const { return ip.is_v6 == first.is_v6 && cut(ip, length) == first; }

std::string Block::text() const { return first.text() + "/" + std::to_string(length); }

Block block_of(const Ip& ip) { return {ip, ip.bits()}; }
Block block_around(const Ip& ip, int length) { return {cut(ip, length), length}; }
Block everything(bool is_v6) { return {{0, 0, is_v6}, 0}; }

std::vector<Block> without(const Block& outer, const Block& inner) {
  std::vector<Block> rest;
  for (int length = outer.length; length < inner.length; ++length) {
    rest.push_back(block_around(turned(inner.first, length), length + 1));
  }
  return rest;
}

std::optional<Ip> parse_ip(std::string_view text) {
  if (text.find('/') != std::string_view::npos) return std::nullopt;
  if (text.find(':') == std::string_view::npos) {
    const auto number = parse_ipv4(text);
    return number ? std::optional(Ip{0, *number, false}) : std::nullopt;
  }
  const auto block = parse_ipv6_cidr(std::string(text) + "/128");
  return block ? std::optional(ip_of(block->first)) : std::nullopt;
}

std::optional<Block> parse_block(std::string_view text) {
  if (text.find('/') == std::string_view::npos) {
    const auto ip = parse_ip(text);
    return ip ? std::optional(block_of(*ip)) : std::nullopt;
  }
  if (text.find(':') == std::string_view::npos) {
    const auto block = parse_cidr(text);
    return block ? std::optional(Block{{0, block->first, false}, block->prefix_length}) : std::nullopt;
  }
  const auto block = parse_ipv6_cidr(text);
  return block ? std::optional(Block{ip_of(block->first), block->prefix_length}) : std::nullopt;
}

bool is_rfc1918(const Ip& ip) {
  return std::ranges::any_of(rfc1918(), [&](const Block& block) { return block.contains(ip); });
}

bool is_rfc6598(const Ip& ip) { return rfc6598().contains(ip); }

std::vector<Block> internet_blocks(bool is_v6) {
  std::vector<Block> blocks{everything(is_v6)};
  if (is_v6) return blocks;
  std::vector<Block> taken = rfc1918();
  taken.push_back(rfc6598());
  for (const auto& each : taken) {
    const auto around = std::ranges::find_if(blocks, [&](const Block& block) { return block.contains(each); });
    const auto rest = without(*around, each);
    blocks.erase(around);
    blocks.insert(blocks.end(), rest.begin(), rest.end());
  }
  std::ranges::sort(blocks, {}, &Block::first);
  return blocks;
}

}  // namespace fogling::fabric
