/// IPAM pools: where they may stand, their rules, and how one is taken apart.

#include "emulator/ipam_pools.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/changes.hpp"
#include "emulator/describe.hpp"
#include "emulator/references.hpp"
#include "emulator/world.hpp"
#include "state/resources_anywhere.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

/// Documented: ten pools within one another.
constexpr std::int64_t kMostDepth = 10;
/// Documented quota; the words are those quoted for IPAMs.
constexpr std::int64_t kMostPoolsInScope = 50;

// ---- Rules ---------------------------------------------------------------------------------------------------------

void check_netmask(const GenericResource& pool, const char* member) {
  const auto length = integer(pool.document, member);
  if (!length) return;
  const std::int64_t most = text(pool.document, "AddressFamily") == "ipv4" ? 32 : 128;
  if (*length < 0 || *length > most) {
    throw errors::invalid_value(std::to_string(*length), member, fmt::format("It must be from 0 to {}.", most));
  }
}

/// Assumed: the words; the order is documented.
void check_netmasks(const GenericResource& pool) {
  constexpr const char* kMembers[] = {"AllocationMinNetmaskLength", "AllocationDefaultNetmaskLength",
                                      "AllocationMaxNetmaskLength"};
  std::int64_t before = 0;
  for (const char* member : kMembers) {
    check_netmask(pool, member);
    const auto length = integer(pool.document, member);
    if (length.value_or(before) < before) {
      throw errors::invalid_parameter_value(
          "The minimum netmask length must be less than the default and the maximum netmask length.");
    }
    before = length.value_or(before);
  }
}

/// The first sentence is quoted by users; Assumed: that the others are of its kind.
void check_public_options(const Call& call, const GenericResource& pool) {
  const bool is_ipv6 = call.text("AddressFamily") == "ipv6";
  const bool is_byoip = is_public(pool) && call.text("PublicIpSource") != "amazon";
  const auto advertisable = call.flag("PubliclyAdvertisable");
  if (advertisable && !(is_ipv6 && is_byoip)) {
    throw errors::invalid_combination(
        "The request can only contain PubliclyAdvertisable if the AddressFamily is IPv6 and PublicIpSource is byoip.");
  }
  if (!advertisable && is_ipv6 && is_byoip) {
    throw errors::invalid_combination(
        "The request must contain PubliclyAdvertisable if the AddressFamily is IPv6 and PublicIpSource is byoip.");
  }
  for (const char* member : {"AwsService", "PublicIpSource"}) {
    if (!has(call.in, member) || is_public(pool)) continue;
    throw errors::invalid_combination(fmt::format("The request can only contain {} in a public scope.", member));
  }
}

// ---- Where a pool stands -------------------------------------------------------------------------------------------

void check_locale(const GenericResource& pool, const GenericResource& ipam, std::string_view locale) {
  if (locale != "None") {
    require_operating_region(ipam, locale);
  } else if (flag(pool.document, "AutoImport").value_or(false)) {
    throw errors::invalid_combination("The request must contain a Locale if AutoImport is true.");  // Assumed
  }
}

/// A pool within a pool is of its scope and family, and no other locale. Assumed: the words.
void check_source(const GenericResource& pool, const GenericResource& source) {
  require_complete(source);
  if (source.parent_id != pool.parent_id || source.document["AddressFamily"] != pool.document["AddressFamily"]) {
    throw errors::invalid_value(source.resource_id, "SourceIpamPoolId",
                                "The source pool must be in the same scope and of the same address family.");
  }
  const auto locale = text(source.document, "Locale");
  if (locale != "None" && locale != text(pool.document, "Locale")) {
    throw errors::invalid_value(text(pool.document, "Locale"), "Locale", "It must be the locale of the source pool.");
  }
}

/// A pool for planning the subnets of a VPC has the VPC's blocks.
void check_source_resource(Call& call, const GenericResource& pool) {
  const auto& resource = part(pool.document, "SourceResource");
  if (resource.empty()) return;
  const auto id = text(resource, "ResourceId");
  require_exists_anywhere(call, "vpc", id);
  if (text(pool.document, "SourceIpamPoolId").empty()) {  // Assumed: code and words
    throw errors::invalid_combination("The request must contain a SourceIpamPoolId if it contains a SourceResource.");
  }
  const auto vpc = state::find_anywhere<state::Vpc>(call.txn, id).value();
  if (text(resource, "ResourceRegion") == vpc.region && text(resource, "ResourceOwner") == vpc.account &&
      text(pool.document, "Locale") == vpc.region) {
    return;
  }
  throw errors::invalid_value(id, "ResourceId", "The VPC is not in that Region, or not of that account.");  // Assumed
}

void create_pool(Call& call, GenericResource& pool) {
  const auto scope = require_resource(call, kIpamScope, call.require("IpamScopeId"));
  require_complete(scope);
  const auto most = call.world.quotas.of_kind(kIpamPool, kMostPoolsInScope);
  if (Quotas::is_reached(most, std::ssize(state::list_children(call.txn, scope.resource_id, kIpamPool)))) {
    throw ApiError("ResourceLimitExceeded", fmt::format("You've reached the limit for ipam-pools. You have created {0} "
                                                        "ipam-pools and you are limited to {0}.",
                                                        most));
  }
  const auto ipam = ipam_of(call, scope);
  pool.document["IpamScopeType"] = scope.document["IpamScopeType"];
  pool.document["IpamArn"] = ipam.document["IpamArn"];
  pool.document["PoolDepth"] = 1;
  check_public_options(call, pool);
  check_netmasks(pool);
  check_locale(pool, ipam, text(pool.document, "Locale"));
  if (const auto id = call.text("SourceIpamPoolId"); !id.empty()) {
    const auto source = require_resource(call, kIpamPool, id);
    check_source(pool, source);
    const auto depth = integer(source.document, "PoolDepth").value_or(1) + 1;
    if (depth > kMostDepth) {  // Assumed: code and words; the quota is documented
      throw ApiError("ResourceLimitExceeded", fmt::format("The pool depth is limited to {}.", kMostDepth));
    }
    pool.document["PoolDepth"] = depth;
  }
  check_source_resource(call, pool);
}

// ---- Changes and the end -------------------------------------------------------------------------------------------

bool is_same_tag(const Document& a, const Document& b) { return text(a, "Key") == text(b, "Key"); }

void change_resource_tags(const Call& call, GenericResource& pool) {
  Document tags = items(pool.document, "AllocationResourceTags");
  const auto take_out = [&](const Document& tag) {
    const auto found = std::ranges::find_if(tags, [&](const Document& each) { return is_same_tag(each, tag); });
    if (found != tags.end()) tags.erase(found);
  };
  for (const auto& each : call.items("RemoveAllocationResourceTags")) take_out(each);
  for (const auto& each : call.items("AddAllocationResourceTags")) {
    take_out(each);
    tags.push_back(each);
  }
  pool.document["AllocationResourceTags"] = std::move(tags);
}

void modify_pool(Call& call, GenericResource& pool) {
  require_change(call, "ipam pool");
  if (call.flag("ClearAllocationDefaultNetmaskLength").value_or(false)) {
    if (call.integer("AllocationDefaultNetmaskLength")) {
      throw errors::not_together("AllocationDefaultNetmaskLength", "ClearAllocationDefaultNetmaskLength");
    }
    pool.document.erase("AllocationDefaultNetmaskLength");
  }
  change_resource_tags(call, pool);
  check_netmasks(pool);
  check_locale(pool, ipam_of(call, pool), text(pool.document, "Locale"));
  import_vpcs(call, pool);
}

std::vector<GenericResource> pools_within(Context& context, const GenericResource& pool) {
  return state::list_referring(context.txn, pool.resource_id, kIpamPool);
}

bool is_over(const GenericResource& cidr) { return cidr.state == "deprovisioned" || cidr.state == "failed-provision"; }

/// Documented: with Cascade everything goes along, in private scopes and in pools for planning a VPC's subnets.
void remove_pool(Call& call, GenericResource& pool) {
  const bool is_cascade = call.flag("Cascade").value_or(false);
  if (is_cascade && is_public(pool) && part(pool.document, "SourceResource").empty()) {
    throw errors::invalid_combination(  // Assumed: code and words
        "The request can only contain Cascade if the pool is in a private scope.");
  }
  if (!is_cascade) {
    if (!pools_within(call, pool).empty()) {
      throw ipam_dependency(pool.resource_id, "There are one or more pools that have it as their source.");
    }
    if (!state::list_children(call.txn, pool.resource_id, kIpamPoolAllocation).empty()) {
      throw ipam_dependency(pool.resource_id, "There are one or more allocations in the pool.");
    }
    const auto cidrs = state::list_children(call.txn, pool.resource_id, kIpamPoolCidr);
    if (!std::ranges::all_of(cidrs, is_over)) {  // quoted by users
      throw ipam_dependency(pool.resource_id, "There are one or more pool cidrs provisioned in the pool.");
    }
  }
  empty_ipam_pool(call, pool);
}

/// In its locale a pool is seen as in its home region: it is there that blocks are taken out of it.
Document DescribeIpamPools(Call& call) {
  const auto ids = requested_ids(call, kIpamPool, "IpamPoolIds");
  std::vector<Document> pools;
  std::vector<std::string> unknown = ids;
  for (const auto& pool : state::list_kind_of_account(call.txn, call.scope.account, kIpamPool)) {
    if (pool.region != call.scope.region && text(pool.document, "Locale") != call.scope.region) continue;
    if (!ids.empty() && std::ranges::find(ids, pool.resource_id) == ids.end()) continue;
    std::erase(unknown, pool.resource_id);
    pools.push_back(shown(call, pool));
    if (pool.region == call.scope.region) call.looked_at.push_back(pool.resource_id);
  }
  if (!unknown.empty()) throw unknown_ids(kIpamPool, unknown);
  return describe_documents(call, "IpamPools", std::move(pools), "IpamPoolIds");
}

constexpr Operation kOperations[] = {
    {.name = "DescribeIpamPools", .run = DescribeIpamPools, .access = Access::read, .listed = "IpamPool"},
};

constexpr Hooks kHooks[] = {
    {.kind = kIpamPool, .create = create_pool, .modify = modify_pool, .remove = remove_pool},
};

}  // namespace

void empty_ipam_pool(Context& context, const GenericResource& pool) {
  for (const auto& inner : pools_within(context, pool)) {
    empty_ipam_pool(context, inner);
    erase_resource(context, inner);
  }
  for (const auto* kind : {&kIpamPoolAllocation, &kIpamPoolCidr}) {
    for (const auto& each : state::list_children(context.txn, pool.resource_id, *kind)) erase_resource(context, each);
  }
  release_allocations(context, pool.resource_id);
}

Family ipam_pools_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
