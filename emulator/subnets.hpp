#pragma once

/// What the operations on subnets share.

#include <optional>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"
#include "emulator/cidr.hpp"
#include "emulator/ipam.hpp"
#include "state/subnets.hpp"
#include "state/vpcs.hpp"

namespace fogling {

/// Whether there is nothing but IPv6 in it.
bool is_ipv6_native(const state::Subnet& subnet);
bool has_ipv6_block(const state::Subnet& subnet);

/// The IPv6 block of a request for a subnet of the VPC. Throws where it is none, of a length that no subnet has,
/// outside the VPC's blocks, or another subnet's.
Ipv6Cidr read_subnet_ipv6_block(const state::Vpc& vpc, const std::vector<state::Subnet>& siblings,
                                std::string_view given);
/// The block of a request for a subnet that names an IPAM pool, which has to be one for planning this VPC's subnets.
std::optional<PoolBlock> requested_subnet_block(Call& call, const state::Vpc& vpc, const char* pool, const char* cidr,
                                                const char* netmask);
/// Begins the association of a subnet with its block; writes the row. Returns the association.
Document associate_subnet_block(Context& context, state::Subnet& subnet, const Ipv6Cidr& block);

/// A range of a subnet that is kept out of what EC2 chooses from by itself.
struct SubnetReservation {
  std::optional<Cidr> ipv4;
  std::optional<Ipv6Cidr> ipv6;
  bool is_for_prefixes = false;  ///< EC2 takes prefixes out of it; otherwise only who names an address gets it
};
std::vector<SubnetReservation> reservations_of(Transaction& txn, const state::Subnet& subnet);

}  // namespace fogling
