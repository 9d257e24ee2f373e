#include "emulator/fabric/flows.hpp"

#include <algorithm>

namespace fogling::fabric {
namespace {

std::optional<PortRange> common(const PortRange& a, const PortRange& b) {
  const PortRange both{std::max(a.from, b.from), std::min(a.to, b.to)};
  return both.from <= both.to ? std::optional(both) : std::nullopt;
}

std::optional<Block> common(const Block& a, const Block& b) {
  if (a.contains(b)) return b;
  return b.contains(a) ? std::optional(a) : std::nullopt;
}

std::vector<PortRange> ports_of(const Flows& flows, PortRange Flow::*member) {
  std::vector<PortRange> ranges;
  for (const auto& flow : flows) ranges.push_back(flow.*member);
  std::ranges::sort(ranges, {}, [](const PortRange& each) { return std::pair(each.from, each.to); });
  std::vector<PortRange> merged;
  for (const auto& each : ranges) {
    if (!merged.empty() && each.from <= merged.back().to + 1) {
      merged.back().to = std::max(merged.back().to, each.to);
    } else {
      merged.push_back(each);
    }
  }
  return merged;
}

}  // namespace

Flow turned_round(const Flow& flow) {
  return {flow.destination, flow.source, flow.destination_ports, flow.source_ports};
}

Flows turned_round(const Flows& flows) {
  Flows out;
  out.reserve(flows.size());
  for (const auto& each : flows) out.push_back(turned_round(each));
  return out;
}

std::optional<Flow> cut_out(const Flow& flow, Side side, const Block& block, const PortRange& ports, Flows& rest) {
  const Block& whole = address(flow, side);
  const auto part = common(whole, block);
  const auto range = common(flow.destination_ports, ports);
  if (!part || !range) {
    rest.push_back(flow);
    return std::nullopt;
  }
  const auto with = [&](const Block& each, const PortRange& of_ports) {
    Flow out = flow;
    (side == Side::source ? out.source : out.destination) = each;
    out.destination_ports = of_ports;
    return out;
  };
  for (const auto& each : without(whole, *part)) rest.push_back(with(each, flow.destination_ports));
  if (flow.destination_ports.from < range->from)
    rest.push_back(with(*part, {flow.destination_ports.from, range->from - 1}));
  if (range->to < flow.destination_ports.to) rest.push_back(with(*part, {range->to + 1, flow.destination_ports.to}));
  return with(*part, *range);
}

std::vector<Block> blocks_of(const Flows& flows, Side side) {
  std::vector<Block> blocks;
  for (const auto& flow : flows) blocks.push_back(address(flow, side));
  return canonical(std::move(blocks));
}

std::vector<Block> canonical(std::vector<Block> blocks) {
  if (blocks.size() < 2) return blocks;
  std::ranges::sort(blocks, {}, [](const Block& each) { return std::pair(each.first, each.length); });
  std::vector<Block> out;
  for (auto each : blocks) {
    if (!out.empty() && out.back().contains(each)) continue;
    // Two halves of a block are that block.
    while (!out.empty() && out.back().length == each.length && each.length > 0) {
      const Block whole = block_around(each.first, each.length - 1);
      if (!whole.contains(out.back())) break;
      out.pop_back();
      each = whole;
    }
    out.push_back(each);
  }
  return out;
}

std::vector<PortRange> source_ports_of(const Flows& flows) { return ports_of(flows, &Flow::source_ports); }
std::vector<PortRange> destination_ports_of(const Flows& flows) { return ports_of(flows, &Flow::destination_ports); }

}  // namespace fogling::fabric
