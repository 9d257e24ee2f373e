/// Placement groups: the kind is declared, what a strategy allows is here. Instances join them in
/// emulator/placement.cpp.

#include <fmt/format.h>

#include "emulator/kinds.hpp"

namespace fogling {
namespace {

constexpr std::size_t kMaxName = 255;
constexpr std::int64_t kMaxPartitions = 7, kUsualPartitions = 2;

void refuse_unless(bool is_allowed, const char* parameter, const char* strategy) {
  if (is_allowed) return;
  throw errors::invalid_combination(fmt::format("The parameter {} can only be used with the strategy {}.", parameter,
                                                strategy));  // Assumed: the words
}

void create(Call& call, state::GenericResource& group) {
  auto& document = group.document;
  const auto name = call.require("GroupName");
  if (name.size() > kMaxName) {
    throw errors::invalid_parameter_value(
        fmt::format("Value for parameter groupName is invalid. Length exceeds maximum of {}.", kMaxName));
  }
  const auto strategy = text(document, "Strategy");
  const auto partitions = call.integer("PartitionCount");
  refuse_unless(strategy == "partition" || !partitions, "PartitionCount", "partition");
  refuse_unless(strategy == "spread" || !has(document, "SpreadLevel"), "SpreadLevel", "spread");
  refuse_unless(strategy == "cluster" || !has(document, "ParentGroupId"), "ParentGroupId", "cluster");
  if (strategy == "partition") {
    document["PartitionCount"] = partitions.value_or(kUsualPartitions);
    if (partitions && (*partitions < 1 || *partitions > kMaxPartitions)) {
      throw errors::invalid_value(std::to_string(*partitions), "partitionCount",
                                  fmt::format("It has to be between 1 and {}.", kMaxPartitions));  // Assumed: the words
    }
  }
  if (strategy == "spread" && !has(document, "SpreadLevel")) document["SpreadLevel"] = "rack";
  document["Operator"] = {{"Managed", false}};
  if (const auto parent = text(document, "ParentGroupId"); !parent.empty()) {
    require_resource(call, "placement-group", parent);
    state::add_reference(call.txn, call.scope, group.resource_id, parent, true);
  }
}

void remove(Call& call, state::GenericResource& group) {
  if (state::holders_of(call.txn, group.resource_id).empty()) return;
  throw ApiError(
      "InvalidPlacementGroup.InUse",
      fmt::format("The placement group '{}' is in use and may not be deleted.", text(group.document, "GroupName")));
}

constexpr Hooks kHooks[] = {{.kind = "placement-group", .create = create, .remove = remove}};

}  // namespace

Family placement_groups_family() { return {.hooks = kHooks}; }

}  // namespace fogling
