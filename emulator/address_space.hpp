#pragma once

/// Which IPv4 addresses there are to give: those of a subnet, and those of the public pool. Free ones are drawn at
/// random, as EC2 does, so that a learner does not come to rely on their order.

#include <string>
#include <string_view>

#include "emulator/call.hpp"
#include "emulator/cidr.hpp"
#include "state/subnets.hpp"

namespace fogling {

/// A launch, the creation of an interface and the assignment of more addresses refuse the same in different words.
enum class Asking : std::uint8_t { launch, creation, assignment };

/// The addresses of a subnet that anybody can have: all but the first four and the last.
struct UsableRange {
  std::uint32_t first = 0, last = 0;
  bool contains(std::uint32_t address) const { return address >= first && address <= last; }
  std::uint64_t size() const { return std::uint64_t{last} - first + 1; }
};
UsableRange usable_range(const Cidr& block);

/// The number of an address asked for. Throws EC2's words where it is no address, outside the subnet, reserved, or in
/// use.
std::uint32_t require_private_address(Context& context, const state::Subnet& subnet, std::string_view address,
                                      Asking asking);
/// The same, but it may be in use.
std::uint32_t require_address_of_subnet(const state::Subnet& subnet, std::string_view address, Asking asking);

/// A free address of the subnet. Throws InsufficientFreeAddressesInSubnet where there is none.
std::uint32_t draw_private_address(Context& context, const state::Subnet& subnet, Asking asking);

/// A free prefix of sixteen addresses, out of what is reserved for prefixes as long as there is any. Throws
/// InsufficientCidrBlocks where there is none.
Cidr draw_prefix(Context& context, const state::Subnet& subnet);
/// A prefix asked for. Throws where it is none of the subnet's, or not all free.
Cidr require_prefix(Context& context, const state::Subnet& subnet, std::string_view prefix);

/// A free IPv6 address of the subnet, or the one asked for. Throws where the subnet has no IPv6 block.
std::string draw_ipv6_address(Context& context, const state::Subnet& subnet);
std::string require_ipv6_address(Context& context, const state::Subnet& subnet, std::string_view address);
/// A free /80 of the subnet, or the one asked for; the canonical text.
std::string draw_ipv6_prefix(Context& context, const state::Subnet& subnet);
std::string require_ipv6_prefix(Context& context, const state::Subnet& subnet, std::string_view prefix);

}  // namespace fogling
