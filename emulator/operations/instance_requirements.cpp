/// Which instance types have the attributes asked for, and how likely spot capacity is for them.

#include "emulator/instance_requirements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "emulator/describe.hpp"
#include "emulator/launch.hpp"
#include "emulator/prices.hpp"

namespace fogling {
namespace {

Document GetInstanceTypesFromInstanceRequirements(Call& call) {
  const auto& requirements = call.part("InstanceRequirements");
  check_requirements(requirements);
  std::vector<Document> types;
  for (const auto* type : types_meeting(call.scope.region, requirements, call.items("ArchitectureTypes"),
                                        call.items("VirtualizationTypes"))) {
    types.push_back({{"InstanceType", type->name}});
  }
  return describe_documents(call, "InstanceTypes", std::move(types));
}

// ---- Spot placement scores
// -------------------------------------------------------------------------------------------

using Types = std::vector<const catalogue::InstanceType*>;

Types scored_types(const Call& call, std::string_view region) {
  const auto& named = call.items("InstanceTypes");
  if (named.empty()) {
    const auto& metadata = call.part("InstanceRequirementsWithMetadata");
    return types_meeting(region, part(metadata, "InstanceRequirements"), items(metadata, "ArchitectureTypes"),
                         items(metadata, "VirtualizationTypes"));
  }
  Types types;
  for (const auto& each : named) {
    const auto* type = catalogue::find_instance_type(each.get_ref<const std::string&>());
    if (type == nullptr) throw invalid_instance_type(each.get_ref<const std::string&>());
    if (catalogue::is_offered(*type, region)) types.push_back(type);
  }
  return types;
}

/// How much of the target one instance of the smallest type makes up.
double units_of(const Types& types, std::string_view unit) {
  double least = 1e9;
  for (const auto* type : types) {
    least = std::min(least, unit == "vcpu"         ? static_cast<double>(type->vcpus)
                            : unit == "memory-mib" ? static_cast<double>(type->memory_mib)
                                                   : 1.0);
  }
  return least;
}

/// Of the types that a zone offers. Documented: fewer than three types get a low score, a bigger target a lower one;
/// Assumed: by how much. A pool that is cheap has much to give.
int score(const Call& call, const Types& types, const catalogue::Zone& zone) {
  Types offered;
  std::ranges::copy_if(types, std::back_inserter(offered),
                       [&](const auto* type) { return catalogue::is_offered(*type, zone); });
  if (offered.empty()) return 1;
  double discount = 0;
  for (const auto* type : offered) {
    discount += 1 - spot_price(*type, zone, kLinux, call.now_ms) / on_demand_price(*type, zone.region);
  }
  discount /= static_cast<double>(offered.size());
  const double instances = static_cast<double>(call.integer("TargetCapacity").value_or(1)) /
                           units_of(offered, call.text("TargetCapacityUnitType"));
  const double per_type = std::max(instances / static_cast<double>(offered.size()), 1.0);
  const int points = static_cast<int>(std::lround(12.5 * discount - std::log10(per_type) * 2));
  return std::clamp(offered.size() < 3 ? std::min(points, 3) : points, 1, 10);
}

std::vector<std::string> scored_regions(const Call& call) {
  std::vector<std::string> regions;
  for (const auto& each : call.items("RegionNames")) {
    const auto& name = each.get_ref<const std::string&>();
    if (catalogue::find_region(name) == nullptr) throw errors::invalid_value(name, "regionName");
    regions.push_back(name);
  }
  if (!regions.empty()) return regions;
  for (const auto& region : catalogue::regions()) {
    if (region.opt_in_status == "opt-in-not-required") regions.emplace_back(region.name);
  }
  return regions;
}

Document GetSpotPlacementScores(Call& call) {
  const auto& metadata = call.part("InstanceRequirementsWithMetadata");
  if (call.items("InstanceTypes").empty() == metadata.empty()) {
    throw metadata.empty() ? errors::missing_parameter("InstanceTypes")
                           : errors::not_together("InstanceTypes", "InstanceRequirementsWithMetadata");
  }
  check_requirements(part(metadata, "InstanceRequirements"));
  std::vector<Document> scores;
  for (const auto& region : scored_regions(call)) {
    const auto types = scored_types(call, region);
    int best = 1;
    for (const auto& zone : catalogue::zones(region)) {
      const bool is_local = zone.type == "local-zone" && call.flag("IncludeLocalZones").value_or(false);
      if (!zone.is_availability_zone() && !is_local) continue;
      const int points = score(call, types, zone);
      best = std::max(best, points);
      if (call.flag("SingleAvailabilityZone").value_or(false)) {
        scores.push_back({{"Region", region}, {"AvailabilityZoneId", zone.id}, {"Score", points}});
      }
    }
    if (!call.flag("SingleAvailabilityZone").value_or(false)) scores.push_back({{"Region", region}, {"Score", best}});
  }
  std::ranges::stable_sort(scores, std::ranges::greater{},
                           [](const Document& each) { return each["Score"].get<int>(); });
  constexpr std::size_t kShown = 10;
  if (scores.size() > kShown) scores.resize(kShown);
  return describe_documents(call, "SpotPlacementScores", std::move(scores));
}

constexpr Operation kOperations[] = {
    {.name = "GetInstanceTypesFromInstanceRequirements",
     .run = GetInstanceTypesFromInstanceRequirements,
     .access = Access::read},
    {.name = "GetSpotPlacementScores", .run = GetSpotPlacementScores, .access = Access::read},
};

}  // namespace

Family instance_requirements_family() { return {.operations = kOperations}; }

}  // namespace fogling
