#include "emulator/placement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"

namespace fogling {
namespace {

/// Of one spread group in one zone (User Guide).
constexpr std::int64_t kSpreadInstances = 7;

std::string_view strategy(const state::GenericResource& group) { return text(group.document, "Strategy"); }
std::string_view name_of(const state::GenericResource& group) { return text(group.document, "GroupName"); }

std::int64_t partition_count(const state::GenericResource& group) {
  return integer(group.document, "PartitionCount").value_or(0);
}

void check_strategy(const state::GenericResource& group, const catalogue::InstanceType& type) {
  const auto wanted = strategy(group);
  if (std::ranges::find(type.placement_strategies, wanted) != type.placement_strategies.end()) return;
  std::string word(wanted);
  word[0] = static_cast<char>(word[0] - 'a' + 'A');
  throw errors::invalid_combination(fmt::format(
      "{} placement groups are not supported by the '{}' instance type. Specify a supported instance type or "
      "change the placement group strategy, and try again.",
      word, type.name));
}

void check_cluster(const state::GenericResource& group, const std::vector<state::Instance>& members,
                   std::string_view zone) {
  const auto elsewhere =
      std::ranges::find_if(members, [&](const state::Instance& each) { return each.availability_zone != zone; });
  if (elsewhere == members.end()) return;
  throw ApiError("InvalidPlacementGroup.InUse",
                 fmt::format("The placement group '{}' is in use in another availability zone: {}", name_of(group),
                             elsewhere->availability_zone));
}

/// Running ones count.
void check_spread(const state::GenericResource& group, const std::vector<state::Instance>& members,
                  std::string_view zone, std::int64_t more) {
  const auto here = std::ranges::count_if(members, [&](const state::Instance& each) {
    return each.availability_zone == zone && each.state != instance_state::stopped;
  });
  if (text(group.document, "SpreadLevel") == "host" || here + more <= kSpreadInstances) return;
  throw ApiError(
      "InstanceLimitExceeded",  // Assumed: code and words
      fmt::format("The placement group '{}' can have at most {} running instances in the Availability Zone {}.",
                  name_of(group), kSpreadInstances, zone));
}

void check_partition(const state::GenericResource& group, std::optional<std::int64_t> partition) {
  if (!partition) return;
  if (strategy(group) != "partition") {
    throw errors::invalid_combination(
        "The parameter PartitionNumber can only be used with a placement group of the strategy partition.");  // Assumed
  }
  if (*partition >= 1 && *partition <= partition_count(group)) return;
  throw errors::invalid_value(
      std::to_string(*partition), "partitionNumber",
      fmt::format("The placement group has {} partitions.", partition_count(group)));  // Assumed
}

/// EC2 tries to fill partitions evenly: the one with the fewest instances.
std::int64_t emptiest_partition(Context& context, const state::GenericResource& group) {
  std::vector<std::int64_t> used(static_cast<std::size_t>(partition_count(group)) + 1);
  for (const auto& each : state::instances_referring(context.txn, group.resource_id)) {
    const auto number = integer(part(each.options, "Placement"), "PartitionNumber").value_or(0);
    if (number < static_cast<std::int64_t>(used.size())) ++used[static_cast<std::size_t>(number)];
  }
  return std::distance(used.begin(), std::min_element(used.begin() + 1, used.end()));
}

}  // namespace

std::optional<state::GenericResource> find_placement_group(Context& context, const Document& placement) {
  const auto name = text(placement, "GroupName"), id = text(placement, "GroupId");
  if (!name.empty() && !id.empty()) throw errors::not_together("groupName", "groupId");
  if (!name.empty()) return require_named(context, declared_kind("placement-group"), name);
  if (!id.empty()) return require_resource(context, "placement-group", id);
  return std::nullopt;
}

void check_placement_group(Context& context, const state::GenericResource& group, const catalogue::InstanceType& type,
                           std::string_view zone, std::int64_t instances, std::optional<std::int64_t> partition) {
  check_strategy(group, type);
  check_partition(group, partition);
  const auto members = state::instances_referring(context.txn, group.resource_id);
  if (strategy(group) == "cluster") check_cluster(group, members, zone);
  if (strategy(group) == "spread") check_spread(group, members, zone, instances);
}

void join_placement_group(Context& context, const state::GenericResource& group, state::Instance& instance) {
  auto& placement = instance.options["Placement"];
  placement["GroupName"] = name_of(group);
  placement["GroupId"] = group.resource_id;
  if (strategy(group) == "partition" && !placement.contains("PartitionNumber")) {
    placement["PartitionNumber"] = emptiest_partition(context, group);
  }
  state::add_reference(context.txn, context.scope, instance.instance_id, group.resource_id, true);
}

void leave_placement_group(Context& context, state::Instance& instance) {
  auto& placement = instance.options["Placement"];
  state::remove_reference(context.txn, instance.instance_id, text(placement, "GroupId"));
  for (const char* member : {"GroupName", "GroupId", "PartitionNumber"}) placement.erase(member);
}

}  // namespace fogling
