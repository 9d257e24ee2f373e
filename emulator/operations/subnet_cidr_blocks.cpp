/// The IPv6 block that a subnet is given after its making, and gives back.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/subnets.hpp"
#include "emulator/vpc_blocks.hpp"
#include "state/network_interfaces.hpp"

namespace fogling {
namespace {

Document AssociateSubnetCidrBlock(Call& call) {
  auto subnet = require_row<state::Subnet>(call, "subnet", call.require("SubnetId"));
  const auto vpc = state::find<state::Vpc>(call.txn, call.scope, subnet.vpc_id).value();
  const auto pooled = requested_subnet_block(call, vpc, "Ipv6IpamPoolId", "Ipv6CidrBlock", "Ipv6NetmaskLength");
  const auto given = pooled ? pooled->block.text() : std::string(call.text("Ipv6CidrBlock"));
  if (given.empty()) {
    throw ApiError("MissingParameter", "Either 'ipv6CidrBlock' or 'ipv6IpamPoolId' should be provided.");
  }
  const auto block = read_subnet_ipv6_block(vpc, state::subnets_of_vpc(call.txn, vpc.vpc_id), given);
  if (has_ipv6_block(subnet)) {  // Assumed: code and words; the limit is documented
    throw ApiError("CidrLimitExceeded",
                   fmt::format("This subnet {} has met its maximum number of allowed IPv6 CIDRs: 1", subnet.subnet_id));
  }
  if (pooled) allocate_to(call, pooled->pool, block.text(), subnet.subnet_id, "subnet");
  Document association = associate_subnet_block(call, subnet, block);
  return {{"SubnetId", subnet.subnet_id}, {"Ipv6CidrBlockAssociation", std::move(association)}};
}

ApiError in_use(std::string_view association_id, std::string_view why) {
  return {"InvalidCidrBlock.InUse",
          fmt::format("The subnet IPv6 CIDR block with association ID {} may not be disassociated, because {}",
                      association_id, why)};
}

Document* find_association(state::Subnet& subnet, std::string_view association_id) {
  for (auto& each : subnet.ipv6_cidr_block_associations) {
    if (text(each, "AssociationId") == association_id && state_of_block(each) != block_state::disassociated)
      return &each;
  }
  return nullptr;
}

Document DisassociateSubnetCidrBlock(Call& call) {
  const auto id = call.require("AssociationId");
  check_id("subnet-cidr-block-association", id);
  for (auto& subnet : state::list<state::Subnet>(call.txn, call.scope)) {
    auto* association = find_association(subnet, id);
    if (association == nullptr) continue;
    if (is_ipv6_native(subnet)) throw in_use(id, "its subnet is IPv6 only.");  // Assumed: the words
    if (subnet.assign_ipv6_address_on_creation) {
      throw in_use(id, "its subnet has assign-ipv6-address-on-creation set to true.");
    }
    const auto interfaces = state::interfaces_of_subnet(call.txn, subnet.subnet_id);
    const auto has_ipv6 = [](const state::NetworkInterface& interface) {
      return !interface.ipv6_addresses.empty() || !items(interface.options, "Ipv6Prefixes").empty();
    };
    if (std::ranges::any_of(interfaces, has_ipv6)) {  // Assumed: the words
      throw in_use(id, "its subnet has network interfaces with IPv6 addresses.");
    }
    if (state_of_block(*association) != block_state::disassociating) {
      set_state_of_block(*association, block_state::disassociating);
      state::update(call.txn, subnet);
      schedule(call, "subnet-cidr-block", subnet.subnet_id, id, kAssociationTakes_ms);
    }
    return {{"SubnetId", subnet.subnet_id}, {"Ipv6CidrBlockAssociation", *association}};
  }
  throw unknown_id("subnet-cidr-block-association", id);
}

void move_subnet_block(Context& context, const state::Due& due) {
  auto subnet = state::find<state::Subnet>(context.txn, context.scope, due.resource_id);
  if (!subnet || !move_block(subnet->ipv6_cidr_block_associations, due.move)) return;
  state::update(context.txn, *subnet);
  const bool is_over = std::ranges::any_of(subnet->ipv6_cidr_block_associations, [&](const Document& each) {
    return text(each, "AssociationId") == due.move && state_of_block(each) == block_state::disassociated;
  });
  if (is_over) {
    for (const auto& each : subnet->ipv6_cidr_block_associations) {
      if (text(each, "AssociationId") != due.move) continue;
      release_allocations(context, subnet->subnet_id, text(each, "Ipv6CidrBlock"));
    }
    schedule_by_clock(context, "subnet-cidr-block", subnet->subnet_id, due.move, kDisassociatedIsShown_ms);
  }
}

constexpr Operation kOperations[] = {
    {.name = "AssociateSubnetCidrBlock", .run = AssociateSubnetCidrBlock, .access = Access::write},
    {.name = "DisassociateSubnetCidrBlock", .run = DisassociateSubnetCidrBlock, .access = Access::write},
};

constexpr Mover kMovers[] = {{"subnet-cidr-block", move_subnet_block}};

}  // namespace

Family subnet_cidr_blocks_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
