#include "emulator/fabric/ip.hpp"

#include <algorithm>

namespace fogling::fabric {
namespace {

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

std::optional<Block> parse_block(std::string_view text) {
  if (const auto ip = parse_ip(text)) return block_of(*ip);
  return Block::parse(text);
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
