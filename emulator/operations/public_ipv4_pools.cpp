/// Pools of addresses that an account has brought along: IPv4 ranges come into them by BYOIP or out of IPAM, and
/// elastic addresses out of them; IPv6 blocks go to VPCs.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/ipam.hpp"
#include "emulator/public_pools.hpp"
#include "state/addresses.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

/// Documented: the largest block that may come out of IPAM at once.
constexpr std::int64_t kLeastNetmaskLength = 24;

std::int64_t used_in(Transaction& txn, const GenericResource& pool, const Cidr& range) {
  const auto addresses = state::list<state::Address>(txn, pool.scope());
  return std::ranges::count_if(addresses, [&](const state::Address& each) {
    return each.public_ipv4_pool == pool.resource_id && range.contains(parse_ipv4(each.public_ip).value_or(0));
  });
}

Document shown_range(Transaction& txn, const GenericResource& pool, const Cidr& range) {
  const auto size = static_cast<std::int64_t>(range.size());
  return {{"FirstAddress", ipv4_text(range.first)},
          {"LastAddress", ipv4_text(range.last())},
          {"AddressCount", size},
          {"AvailableAddressCount", size - used_in(txn, pool, range)}};
}

void show_pool(Context& context, const GenericResource& pool, Document& shown) {
  std::int64_t total = 0, available = 0;
  Document ranges = Document::array();
  for (const auto& range : public_pool_ranges(pool)) {
    ranges.push_back(shown_range(context.txn, pool, range));
    total += integer(ranges.back(), "AddressCount").value_or(0);
    available += integer(ranges.back(), "AvailableAddressCount").value_or(0);
  }
  shown["PoolAddressRanges"] = std::move(ranges);
  shown["TotalAddressCount"] = total;
  shown["TotalAvailableAddressCount"] = available;
}

/// Assumed: code and words.
void remove_pool(Call&, GenericResource& pool) {
  if (public_pool_ranges(pool).empty()) return;
  throw errors::dependency_violation(
      fmt::format("The public IPv4 pool '{}' has address ranges and cannot be deleted.", pool.resource_id));
}

// ---- Out of IPAM ---------------------------------------------------------------------------------------------------

Document ProvisionPublicIpv4PoolCidr(Call& call) {
  auto pool = require_resource(call, kPublicIpv4Pool, call.require("PoolId"));
  const auto ipam_pool = require_ipam_pool(call, call.require("IpamPoolId"));
  const auto length = call.integer("NetmaskLength").value_or(0);
  if (length < kLeastNetmaskLength || !is_public(ipam_pool)) {  // Assumed: the words
    throw errors::invalid_value(std::to_string(length), "NetmaskLength",
                                "It must be from 24 to 32, and the pool one of public addresses.");
  }
  const auto block = choose_block(call, ipam_pool, {.netmask_length = length});
  allocate_to(call, ipam_pool, block.text(), pool.resource_id, "ec2-public-ipv4-pool");
  add_public_pool_range(call, pool, block.text());
  return {{"PoolId", pool.resource_id},
          {"PoolAddressRange", shown_range(call.txn, pool, parse_cidr(block.text()).value())}};
}

Document DeprovisionPublicIpv4PoolCidr(Call& call) {
  auto pool = require_resource(call, kPublicIpv4Pool, call.require("PoolId"));
  const auto given = call.require("Cidr");
  const auto range = parse_cidr(given);
  const auto ranges = public_pool_ranges(pool);
  const auto is_it = [&](const Cidr& each) { return range && each.text() == range->text(); };
  if (std::ranges::none_of(ranges, is_it)) {  // Assumed: code and words
    throw errors::invalid_value(given, "Cidr", "It is not provisioned to the pool.");
  }
  if (used_in(call.txn, pool, *range) > 0) {  // Assumed: code and words
    throw errors::dependency_violation(fmt::format("The CIDR {} has allocated addresses.", given));
  }
  remove_public_pool_range(call, pool, range->text());
  release_allocations(call, pool.resource_id, range->text());
  Document addresses = Document::array();
  for (std::uint64_t i = 0; i < range->size(); ++i)
    addresses.push_back(ipv4_text(range->first + static_cast<std::uint32_t>(i)));
  return {{"PoolId", pool.resource_id}, {"DeprovisionedAddresses", std::move(addresses)}};
}

// ---- IPv6 ----------------------------------------------------------------------------------------------------------

Document GetAssociatedIpv6PoolCidrs(Call& call) {
  const auto pool = require_resource(call, kIpv6Pool, call.require("PoolId"));
  std::vector<Document> associations;
  for (const auto& vpc : state::list<state::Vpc>(call.txn, call.scope)) {
    for (const auto& each : vpc.ipv6_cidr_block_associations) {
      if (text(each, "Ipv6Pool") != pool.resource_id) continue;
      associations.push_back({{"Ipv6Cidr", each["Ipv6CidrBlock"]}, {"AssociatedResource", vpc.vpc_id}});
    }
  }
  return describe_documents(call, "Ipv6CidrAssociations", std::move(associations));
}

constexpr Operation kOperations[] = {
    {.name = "DeprovisionPublicIpv4PoolCidr", .run = DeprovisionPublicIpv4PoolCidr, .access = Access::write},
    {.name = "GetAssociatedIpv6PoolCidrs", .run = GetAssociatedIpv6PoolCidrs, .access = Access::read},
    {.name = "ProvisionPublicIpv4PoolCidr", .run = ProvisionPublicIpv4PoolCidr, .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = kPublicIpv4Pool, .remove = remove_pool, .show = show_pool}};

}  // namespace

Family public_ipv4_pools_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
