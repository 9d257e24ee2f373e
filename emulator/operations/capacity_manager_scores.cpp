/// How well a request for capacity can be met. Capacity does not run out here, so what a zone offers it has plenty of.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/instance_requirements.hpp"

namespace fogling {
namespace {

constexpr std::size_t kMostZones = 10, kMostTypes = 50;  // documented

// Assumed: the words of all refusals here.

std::vector<const catalogue::Zone*> scored_zones(const Call& call) {
  const auto& ids = call.items("CapacityAvailabilityZoneIds");
  if (ids.empty()) throw errors::missing_parameter("CapacityAvailabilityZoneIds");
  if (ids.size() > kMostZones)
    throw errors::invalid_parameter_value(fmt::format("Up to {} Availability Zones can be specified.", kMostZones));
  std::vector<const catalogue::Zone*> zones;
  for (const auto& each : ids) {
    const auto& id = each.get_ref<const std::string&>();
    const catalogue::Zone* zone = nullptr;
    for (const auto& region : catalogue::regions()) {
      if (zone == nullptr) zone = catalogue::find_zone_by_id(region.name, id);
    }
    if (zone == nullptr) throw errors::invalid_parameter_value(fmt::format("Invalid availability zone-id: [{}]", id));
    zones.push_back(zone);
  }
  return zones;
}

/// Those named, or those of the region that have what is asked for.
std::vector<const catalogue::InstanceType*> scored_types(const Call& call) {
  const auto& named = call.items("InstanceTypes");
  const auto& metadata = call.part("InstanceRequirementsWithMetadata");
  if (!named.empty() && !metadata.empty())
    throw errors::not_together("InstanceTypes", "InstanceRequirementsWithMetadata");
  if (named.empty() && metadata.empty()) throw errors::missing_parameter("InstanceTypes");
  if (named.size() > kMostTypes)
    throw errors::invalid_parameter_value(fmt::format("Up to {} instance types can be specified.", kMostTypes));
  if (named.empty()) {
    check_requirements(part(metadata, "InstanceRequirements"));
    return types_meeting(call.scope.region, part(metadata, "InstanceRequirements"),
                         items(metadata, "ArchitectureTypes"), items(metadata, "VirtualizationTypes"));
  }
  std::vector<const catalogue::InstanceType*> types;
  for (const auto& each : named) {
    const auto* type = catalogue::find_instance_type(each.get_ref<const std::string&>());
    if (type == nullptr) throw errors::invalid_value(each.get<std::string>(), "InstanceType");
    types.push_back(type);
  }
  return types;
}

/// In the region where Capacity Manager was turned on.
void require_enabled(const Call& call) {
  const auto saved = state::get_setting(call.txn, call.scope, "capacity-manager");
  if (saved.empty() || text(Document::parse(saved), "Status") != "enabled")
    throw errors::incorrect_state("Capacity Manager is not enabled.");
}

Document GetCapacityManagerSupportabilityScores(Call& call) {
  require_enabled(call);
  const auto amount = call.integer("CapacityAmount").value_or(0);
  if (amount < 1) throw errors::invalid_value(std::to_string(amount), "CapacityAmount");
  const auto zones = scored_zones(call);
  const bool is_spot = call.text("MarketType") == "spot";
  Document scores = Document::array();
  bool is_supported = false;
  for (const auto* type : scored_types(call)) {
    const bool has_market = !is_spot || type->supports_usage_class("spot");
    for (const auto* zone : zones) {
      const bool is_fine = has_market && catalogue::is_offered(*type, *zone);
      is_supported = is_supported || is_fine;
      scores.push_back({{"InstanceType", type->name},
                        {"AvailabilityZoneId", zone->id},
                        {"Score", is_fine ? "high" : "unsupported"}});
    }
  }
  return {{"AggregateScore", is_supported ? "high" : "unsupported"},
          {"CapacityManagerSupportabilityScores", std::move(scores)}};
}

constexpr Operation kOperations[] = {{.name = "GetCapacityManagerSupportabilityScores",
                                      .run = GetCapacityManagerSupportabilityScores,
                                      .access = Access::read}};

}  // namespace

Family capacity_manager_scores_family() { return {.operations = kOperations}; }

}  // namespace fogling
