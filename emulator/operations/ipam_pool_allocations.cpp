/// Blocks out of IPAM pools that are allocated by hand, and what a pool has given away.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/ipam.hpp"
#include "emulator/tags.hpp"

namespace fogling {
namespace {

std::vector<IpBlock> read_blocks(const Call& call, const GenericResource& pool, const char* member) {
  std::vector<IpBlock> blocks;
  for (const auto& each : call.items(member))
    blocks.push_back(read_pool_block(pool, each.get_ref<const std::string&>()));
  if (!blocks.empty() && !call.text("Cidr").empty()) {  // Assumed: code and words; the rule is documented
    throw errors::invalid_combination(fmt::format("The request can only contain {} with a Netmask Length.", member));
  }
  return blocks;
}

Document AllocateIpamPoolCidr(Call& call) {
  const auto pool = require_ipam_pool(call, call.require("IpamPoolId"));
  const auto tags = call.tags.find(kIpamPoolAllocation);
  const auto block = choose_block(call, pool,
                                  {.cidr = call.text("Cidr"),
                                   .netmask_length = call.integer("NetmaskLength"),
                                   .allowed = read_blocks(call, pool, "AllowedCidrs"),
                                   .disallowed = read_blocks(call, pool, "DisallowedCidrs"),
                                   .tags = tags == call.tags.end() ? nullptr : &tags->second});
  if (call.flag("PreviewNextCidr").value_or(false)) return {{"IpamPoolAllocation", {{"Cidr", block.text()}}}};
  Document about{{"ResourceType", "custom"}};
  set_if(about, "Description", call.text("Description"));
  const auto allocation = allocate_block(call, pool, block, std::move(about));
  apply_tags(call, allocation.resource_id, kIpamPoolAllocation);
  return {{"IpamPoolAllocation", shown(call, allocation)}};
}

/// An allocation that is the caller's, or out of a pool of the caller's.
GenericResource require_allocation(Call& call, std::string_view id) {
  auto allocation = state::find_anywhere<GenericResource>(call.txn, id);
  if (allocation && allocation->kind == kIpamPoolAllocation) {
    const auto pool = require_ipam_pool(call, allocation->parent_id);
    if (allocation->account == call.scope.account || pool.account == call.scope.account) return *std::move(allocation);
  }
  throw unknown_id(kIpamPoolAllocation, id);
}

Document ReleaseIpamPoolAllocation(Call& call) {
  const auto pool = require_ipam_pool(call, call.require("IpamPoolId"));
  const auto block = read_pool_block(pool, call.require("Cidr"));
  const auto allocation = require_allocation(call, call.require("IpamPoolAllocationId"));
  if (allocation.parent_id != pool.resource_id || text(allocation.document, "Cidr") != block.text()) {
    throw unknown_id(kIpamPoolAllocation, allocation.resource_id);
  }
  if (text(allocation.document, "ResourceType") != "custom") {  // Assumed: code and words; the rule is documented
    throw errors::invalid_parameter_value(
        fmt::format("The allocation {} is not a manual allocation.", allocation.resource_id));
  }
  erase_resource(call, allocation);
  return {{"Success", true}};
}

Document GetIpamPoolAllocations(Call& call) {
  const auto pool = require_ipam_pool(call, call.require("IpamPoolId"));
  const auto wanted = call.text("IpamPoolAllocationId");
  std::vector<Document> allocations;
  for (const auto& each : state::list_children(call.txn, pool.resource_id, kIpamPoolAllocation)) {
    if (each.account != call.scope.account && pool.account != call.scope.account) continue;
    if (wanted.empty() || wanted == each.resource_id) allocations.push_back(shown(call, each));
  }
  if (!wanted.empty() && allocations.empty()) throw unknown_id(kIpamPoolAllocation, wanted);
  return describe_documents(call, "IpamPoolAllocations", std::move(allocations));
}

/// Documented: without a description the old one goes.
void modify_allocation(Call& call, GenericResource& allocation) {
  if (call.text("Description").empty()) allocation.document.erase("Description");
}

constexpr FilterPath kFilters[] = {{"allocation-id", "IpamPoolAllocationId"}};

constexpr Operation kOperations[] = {
    {.name = "AllocateIpamPoolCidr", .run = AllocateIpamPoolCidr, .access = Access::write},
    {.name = "GetIpamPoolAllocations",
     .run = GetIpamPoolAllocations,
     .access = Access::read,
     .listed = "IpamPoolAllocation",
     .filters = kFilters},
    {.name = "ReleaseIpamPoolAllocation", .run = ReleaseIpamPoolAllocation, .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = kIpamPoolAllocation, .modify = modify_allocation}};

}  // namespace

Family ipam_pool_allocations_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
