#pragma once

/// CIDR blocks of VPCs and subnets: which may be had, how an association with one comes and goes, and what comes along
/// with a block.

#include <string>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"
#include "emulator/cidr.hpp"
#include "emulator/ipam.hpp"
#include "state/vpcs.hpp"

namespace fogling {

namespace block_state {
inline constexpr std::string_view associating = "associating", associated = "associated",
                                  disassociating = "disassociating", disassociated = "disassociated";
}  // namespace block_state

/// Assumed: how long an association takes to come or to go, and how long one that is over is still shown.
inline constexpr std::int64_t kAssociationTakes_ms = 2000, kDisassociatedIsShown_ms = 3'600'000;

/// The state of an association, of whichever family.
std::string_view state_of_block(const Document& association);
void set_state_of_block(Document& association, std::string_view state);
/// Whether the association holds its block, be it only soon: nobody else can have that range meanwhile.
bool holds_block(const Document& association);

std::vector<Cidr> ipv4_blocks(const state::Vpc& vpc);
/// Of a VPC's or a subnet's associations, those that hold.
std::vector<Ipv6Cidr> ipv6_blocks(const Document& associations);

/// The block of a request for a VPC; throws EC2's words where it is none, too large, too small, or out of a range that
/// no VPC can have.
Cidr read_vpc_block(std::string_view text);

/// The associations as they are shown: Amazon's block is not told before it is there.
Document shown_ipv6_blocks(const Document& associations);

/// The IPv6 block that a request for a VPC asks for: one of Amazon's, one out of an IPAM pool, or one out of a pool of
/// addresses that the account has brought along.
struct Ipv6BlockRequest {
  std::string network_border_group;
  std::optional<PoolBlock> pooled = {};
  std::string brought_from = {}, brought_block = {};
};
/// Nothing where the request asks for none. Throws for pools that are not there.
std::optional<Ipv6BlockRequest> requested_ipv6_block(Call& call);
/// The IPv4 block of a request for a VPC that names an IPAM pool; nothing where it names none.
std::optional<PoolBlock> requested_ipv4_pool_block(Call& call);

/// Begins an association with the block, a free /56 where it is Amazon's, and with it what a VPC with IPv6 has: entries
/// in its network ACLs and a rule of its default group. Writes the row. Returns the association.
Document associate_ipv6_block(Context& context, state::Vpc& vpc, const Ipv6BlockRequest& request);

/// Every route table of the VPC has the way to each of its blocks.
void add_local_routes(Context& context, const state::Vpc& vpc, std::string_view block);
void remove_local_routes(Context& context, const state::Vpc& vpc, std::string_view block);
/// A route to a block of the VPC itself.
Document local_route(std::string_view block);

/// Moves an association one step on: it has come, has gone, or is shown no longer. False where it is not there any
/// more.
bool move_block(Document& associations, std::string_view association_id);

}  // namespace fogling
