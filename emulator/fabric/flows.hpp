#pragma once

/// What packets are looked at: not one by one, but as sets of addresses and ports. A filter cuts the set into what it
/// lets through and what it does not, so that one walk says who can reach what, and a single packet is the smallest
/// set.

#include <optional>
#include <vector>

#include "emulator/fabric/ip.hpp"

namespace fogling::fabric {

inline constexpr int kAnyProtocol = -1, kTcp = 6, kUdp = 17, kIcmp = 1, kIcmpv6 = 58;

struct PortRange {
  int from = 0, to = 65535;
  bool operator==(const PortRange&) const = default;
  bool contains(const PortRange& other) const { return from <= other.from && other.to <= to; }
};

/// All packets from anywhere in one block to anywhere in another, between ports of two ranges. Of ICMP echoes the
/// destination port is the type of the request and the source port the type of the answer, so that the way back is the
/// way there turned round.
struct Flow {
  Block source, destination;
  PortRange source_ports, destination_ports;
  bool operator==(const Flow&) const = default;
};
using Flows = std::vector<Flow>;

Flow turned_round(const Flow& flow);
Flows turned_round(const Flows& flows);

/// The end of a flow whose address a rule speaks of. The port is always the destination's.
enum class Side : std::uint8_t { source, destination };
inline const Block& address(const Flow& flow, Side side) {
  return side == Side::source ? flow.source : flow.destination;
}

/// The part of a flow with addresses of this block and ports of this range; what is left of it goes to `rest`.
std::optional<Flow> cut_out(const Flow& flow, Side side, const Block& block, const PortRange& ports, Flows& rest);

/// The fewest blocks for these addresses, in order.
std::vector<Block> canonical(std::vector<Block> blocks);
/// Those that a set of flows has on one side, canonical.
std::vector<Block> blocks_of(const Flows& flows, Side side);
std::vector<PortRange> source_ports_of(const Flows& flows);
std::vector<PortRange> destination_ports_of(const Flows& flows);

}  // namespace fogling::fabric
