#include "emulator/subnets.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/lifecycle.hpp"
#include "emulator/vpc_blocks.hpp"
#include "state/resources.hpp"

namespace fogling {

bool is_ipv6_native(const state::Subnet& subnet) { return flag(subnet.options, "Ipv6Native").value_or(false); }

bool has_ipv6_block(const state::Subnet& subnet) { return !ipv6_blocks(subnet.ipv6_cidr_block_associations).empty(); }

Ipv6Cidr read_subnet_ipv6_block(const state::Vpc& vpc, const std::vector<state::Subnet>& siblings,
                                std::string_view given) {
  const auto block = parse_ipv6_cidr(given);
  const bool has_legal_length =
      block && block->prefix_length >= 44 && block->prefix_length <= 64 && block->prefix_length % 4 == 0;
  if (!has_legal_length || block->had_host_bits) {
    throw errors::invalid_parameter_value(fmt::format("invalid value for parameter ipv6-cidr-block: {}", given));
  }
  const auto is_inside = [&](const Ipv6Cidr& whole) { return whole.contains(*block); };
  if (std::ranges::none_of(ipv6_blocks(vpc.ipv6_cidr_block_associations), is_inside)) {
    throw ApiError("InvalidSubnet.Range", fmt::format("The IPv6 CIDR '{}' is invalid.", given));
  }
  const bool is_taken = std::ranges::any_of(siblings, [&](const state::Subnet& subnet) {
    return std::ranges::any_of(ipv6_blocks(subnet.ipv6_cidr_block_associations),
                               [&](const Ipv6Cidr& other) { return other.overlaps(*block); });
  });
  if (is_taken) {
    throw ApiError("InvalidSubnet.Conflict", fmt::format("The IPv6 CIDR '{}' conflicts with another subnet", given));
  }
  return *block;
}

std::optional<PoolBlock> requested_subnet_block(Call& call, const state::Vpc& vpc, const char* pool, const char* cidr,
                                                const char* netmask) {
  if (const auto id = call.text(pool); !id.empty()) {
    const auto row = require_ipam_pool(call, id);
    if (text(part(row.document, "SourceResource"), "ResourceId") != vpc.vpc_id) {  // the sentence is quoted by users
      throw errors::invalid_parameter_value(fmt::format("IpamPool '{}' is missing a source resource", id));
    }
  }
  return requested_pool_block(call, pool, cidr, netmask, "subnet");
}

Document associate_subnet_block(Context& context, state::Subnet& subnet, const Ipv6Cidr& block) {
  Document association{{"AssociationId", context.make_id("subnet-cidr-assoc")},
                       {"Ipv6CidrBlock", block.text()},
                       {"Ipv6CidrBlockState", {{"State", block_state::associating}}},
                       {"Ipv6AddressAttribute", "public"},
                       {"IpSource", "amazon"}};
  // A subnet's addresses are of the sort that its VPC's are.
  const auto vpc = state::find<state::Vpc>(context.txn, context.scope, subnet.vpc_id);
  if (vpc) {
    for (const auto& each : vpc->ipv6_cidr_block_associations) {
      const auto whole = parse_ipv6_cidr(text(each, "Ipv6CidrBlock"));
      if (!whole || !whole->contains(block) || !has(each, "IpSource")) continue;
      for (const char* member : {"Ipv6AddressAttribute", "IpSource"}) association[member] = each[member];
    }
  }
  if (!subnet.ipv6_cidr_block_associations.is_array()) subnet.ipv6_cidr_block_associations = Document::array();
  subnet.ipv6_cidr_block_associations.push_back(association);
  state::update(context.txn, subnet);
  schedule(context, "subnet-cidr-block", subnet.subnet_id, text(association, "AssociationId"), kAssociationTakes_ms);
  return association;
}

std::vector<SubnetReservation> reservations_of(Transaction& txn, const state::Subnet& subnet) {
  std::vector<SubnetReservation> reservations;
  for (const auto& row : state::list_children(txn, subnet.subnet_id, "subnet-cidr-reservation")) {
    const auto cidr = text(row.document, "Cidr");
    reservations.push_back({.ipv4 = parse_cidr(cidr),
                            .ipv6 = parse_ipv6_cidr(cidr),
                            .is_for_prefixes = text(row.document, "ReservationType") == "prefix"});
  }
  return reservations;
}

}  // namespace fogling
