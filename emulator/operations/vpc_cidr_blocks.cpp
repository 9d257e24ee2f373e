/// CIDR blocks that a VPC is given beside its first, and gives back.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/vpc_blocks.hpp"
#include "emulator/world.hpp"
#include "state/resources.hpp"
#include "state/subnets.hpp"

namespace fogling {
namespace {

Cidr cidr(const char* text) { return parse_cidr(text).value(); }

/// The ranges between which the VPC User Guide's table of restrictions tells apart.
enum class Range : std::uint8_t { ten, hundred_seventy_two, hundred_ninety_two, benchmark, routable };

Range range_of(const Cidr& block) {
  if (cidr("10.0.0.0/8").contains(block)) return Range::ten;
  if (cidr("172.16.0.0/12").contains(block)) return Range::hundred_seventy_two;
  if (cidr("192.168.0.0/16").contains(block)) return Range::hundred_ninety_two;
  if (cidr("198.19.0.0/16").contains(block)) return Range::benchmark;
  return Range::routable;
}

/// Whether a block may not be added to a VPC whose first block is `primary`: private ranges do not mix, 198.19.0.0/16
/// goes with nothing but itself, and two ranges are EC2's own.
bool is_restricted(const Cidr& primary, const Cidr& block) {
  const Range first = range_of(primary), range = range_of(block);
  if (range == Range::routable) return false;
  if (range != first) return true;
  if (range == Range::ten) return cidr("10.0.0.0/15").contains(primary) && cidr("10.0.0.0/16").contains(block);
  return range == Range::hundred_seventy_two && cidr("172.31.0.0/16").contains(block);
}

/// No route may lead elsewhere with what the block covers as a whole.
void check_routes(Call& call, const state::Vpc& vpc, const Cidr& block) {
  for (const auto& table : state::list_children(call.txn, vpc.vpc_id, "route-table")) {
    for (const auto& route : items(table.document, "Routes")) {
      const auto destination = parse_cidr(text(route, "DestinationCidrBlock"));
      if (!destination || text(route, "GatewayId") == "local" || !block.contains(*destination)) continue;
      throw ApiError("InvalidVpc.Range",  // Assumed: code and words; the rule is documented
                     fmt::format("The CIDR '{}' is the same as or larger than the route {} in route table {}.",
                                 block.text(), destination->text(), table.resource_id));
    }
  }
}

Document associate_ipv4_block(Call& call, state::Vpc& vpc, std::string_view given,
                              const std::optional<PoolBlock>& pooled) {
  const auto block = read_vpc_block(given);
  const auto blocks = ipv4_blocks(vpc);
  if (is_restricted(blocks.front(), block)) {
    throw ApiError(
        "InvalidVpc.Range",
        fmt::format("The CIDR '{}' is restricted. Use a CIDR from the same private address range as the current VPC "
                    "CIDR, or use a publicly-routable CIDR. For additional restrictions, see "
                    "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
                    given));
  }
  if (std::ranges::any_of(blocks, [&](const Cidr& each) { return each.overlaps(block); })) {
    throw ApiError("InvalidVpc.Range",  // Assumed: code and words
                   fmt::format("The CIDR '{}' conflicts with another CIDR of the VPC.", given));
  }
  check_routes(call, vpc, block);
  const auto quota = call.world.quotas.ipv4_blocks_per_vpc;
  if (Quotas::is_reached(quota, static_cast<std::int64_t>(blocks.size()))) {
    throw ApiError("CidrLimitExceeded",
                   fmt::format("This network {} has met its maximum number of allowed CIDRs: {}", vpc.vpc_id, quota));
  }
  Document association{{"AssociationId", call.make_id("vpc-cidr-assoc")},
                       {"CidrBlock", block.text()},
                       {"CidrBlockState", {{"State", block_state::associating}}}};
  if (pooled) allocate_to(call, pooled->pool, block.text(), vpc.vpc_id, "vpc");
  vpc.cidr_block_associations.push_back(association);
  state::update(call.txn, vpc);
  schedule(call, "vpc-cidr-block", vpc.vpc_id, text(association, "AssociationId"), kAssociationTakes_ms);
  return association;
}

void check_ipv6_count(const Call& call, const state::Vpc& vpc) {
  const auto quota = call.world.quotas.ipv6_blocks_per_vpc;
  const auto used = static_cast<std::int64_t>(ipv6_blocks(vpc.ipv6_cidr_block_associations).size());
  if (!Quotas::is_reached(quota, used)) return;
  throw ApiError("CidrLimitExceeded",
                 fmt::format("This network {} has met its maximum number of allowed CIDRs: {}", vpc.vpc_id, quota));
}

Document AssociateVpcCidrBlock(Call& call) {
  auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  const auto ipv6_block = requested_ipv6_block(call);
  const auto pooled = requested_ipv4_pool_block(call);
  const auto given = pooled ? pooled->block.text() : std::string(call.text("CidrBlock"));
  if (given.empty() && !ipv6_block) {  // Assumed: code and words
    throw ApiError("MissingParameter",
                   "Either 'cidrBlock', 'ipv4IpamPoolId', 'amazonProvidedIpv6CidrBlock', 'ipv6Pool' or "
                   "'ipv6IpamPoolId' should be provided.");
  }
  if (!given.empty() && ipv6_block) {  // Assumed: the words
    throw errors::not_together("cidrBlock", "amazonProvidedIpv6CidrBlock");
  }
  if (!given.empty()) {
    const Document association = associate_ipv4_block(call, vpc, given, pooled);
    import_new_blocks(call);
    return {{"VpcId", vpc.vpc_id}, {"CidrBlockAssociation", association}};
  }
  check_ipv6_count(call, vpc);
  const Document association = associate_ipv6_block(call, vpc, *ipv6_block);
  return {{"VpcId", vpc.vpc_id},
          {"Ipv6CidrBlockAssociation", shown_ipv6_blocks(Document::array({association})).front()}};
}

// ---- Disassociate --------------------------------------------------------------------------------------------------

struct Found {
  state::Vpc vpc;
  bool is_ipv6 = false;
  std::size_t place = 0;

  Document& association() { return (is_ipv6 ? vpc.ipv6_cidr_block_associations : vpc.cidr_block_associations)[place]; }
};

Found require_association(Call& call, std::string_view association_id) {
  check_id("vpc-cidr-block-association", association_id);
  for (auto& vpc : state::list<state::Vpc>(call.txn, call.scope)) {
    for (const bool is_ipv6 : {false, true}) {
      const auto& associations = is_ipv6 ? vpc.ipv6_cidr_block_associations : vpc.cidr_block_associations;
      for (std::size_t i = 0; i < associations.size(); ++i) {
        if (text(associations[i], "AssociationId") != association_id) continue;
        if (state_of_block(associations[i]) == block_state::disassociated) continue;
        return {std::move(vpc), is_ipv6, i};
      }
    }
  }
  throw unknown_id("vpc-cidr-block-association", association_id);
}

/// Whether a subnet has its addresses out of the block.
bool has_subnet_within(Call& call, const state::Vpc& vpc, const Document& association, bool is_ipv6) {
  return std::ranges::any_of(state::subnets_of_vpc(call.txn, vpc.vpc_id), [&](const state::Subnet& subnet) {
    if (!is_ipv6) {
      const auto block = parse_cidr(subnet.cidr_block);
      return block && parse_cidr(text(association, "CidrBlock"))->contains(*block);
    }
    const auto whole = parse_ipv6_cidr(text(association, "Ipv6CidrBlock")).value();
    return std::ranges::any_of(ipv6_blocks(subnet.ipv6_cidr_block_associations),
                               [&](const Ipv6Cidr& block) { return whole.contains(block); });
  });
}

Document DisassociateVpcCidrBlock(Call& call) {
  auto found = require_association(call, call.require("AssociationId"));
  auto& vpc = found.vpc;
  Document& association = found.association();
  const auto id = text(association, "AssociationId");
  const auto block = text(association, found.is_ipv6 ? "Ipv6CidrBlock" : "CidrBlock");
  if (!found.is_ipv6 && block == vpc.cidr_block) {
    throw errors::operation_not_permitted(
        fmt::format("The vpc CIDR block with association ID {} may not be disassociated. It is the primary IPv4 CIDR "
                    "block of the VPC",
                    id));
  }
  if (has_subnet_within(call, vpc, association, found.is_ipv6)) {
    throw ApiError("InvalidCidrBlock.InUse",
                   fmt::format("The vpc {} currently has a subnet within CIDR block {}", vpc.vpc_id, block));
  }
  if (state_of_block(association) != block_state::disassociating) {
    set_state_of_block(association, block_state::disassociating);
    state::update(call.txn, vpc);
    schedule(call, "vpc-cidr-block", vpc.vpc_id, id, kAssociationTakes_ms);
  }
  return {{"VpcId", vpc.vpc_id}, {found.is_ipv6 ? "Ipv6CidrBlockAssociation" : "CidrBlockAssociation", association}};
}

/// The way to a block is there while the block is associated, in every route table.
void move_vpc_block(Context& context, const state::Due& due) {
  auto vpc = state::find<state::Vpc>(context.txn, context.scope, due.resource_id);
  if (!vpc) return;
  for (auto* associations : {&vpc->cidr_block_associations, &vpc->ipv6_cidr_block_associations}) {
    if (!move_block(*associations, due.move)) continue;
    state::update(context.txn, *vpc);
    for (const auto& each : *associations) {
      if (text(each, "AssociationId") != due.move) continue;
      const auto block = text(each, has(each, "CidrBlock") ? "CidrBlock" : "Ipv6CidrBlock");
      if (state_of_block(each) == block_state::associated) add_local_routes(context, *vpc, block);
      if (state_of_block(each) == block_state::disassociated) {
        remove_local_routes(context, *vpc, block);
        release_allocations(context, vpc->vpc_id, block);
        schedule_by_clock(context, "vpc-cidr-block", vpc->vpc_id, due.move, kDisassociatedIsShown_ms);
      }
    }
    return;
  }
}

constexpr Operation kOperations[] = {
    {.name = "AssociateVpcCidrBlock", .run = AssociateVpcCidrBlock, .access = Access::write},
    {.name = "DisassociateVpcCidrBlock", .run = DisassociateVpcCidrBlock, .access = Access::write},
};

constexpr Mover kMovers[] = {{"vpc-cidr-block", move_vpc_block}};

}  // namespace

Family vpc_cidr_blocks_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
