/// Regions and zones.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

bool names(const Document& list, std::string_view name) {
  return std::ranges::any_of(list, [&](const Document& each) { return each.get_ref<const std::string&>() == name; });
}

Document DescribeRegions(Call& call) {
  const auto& wanted = call.items("RegionNames");
  for (const auto& each : wanted) {
    const auto& name = each.get_ref<const std::string&>();
    if (catalogue::find_region(name) == nullptr) {
      throw errors::invalid_parameter_value(fmt::format("Invalid region names: [{}]", name));
    }
  }
  std::vector<Document> regions;
  for (const auto& region : catalogue::regions()) {
    const bool is_shown = !wanted.empty()
                              ? names(wanted, region.name)
                              : call.flag("AllRegions").value_or(false) || region.opt_in_status != "not-opted-in";
    if (is_shown) regions.push_back(catalogue::describe_region(region));
  }
  return describe_documents(call, "Regions", std::move(regions));
}

std::string opt_in_setting(std::string_view group) { return fmt::format("zone-group:{}", group); }

/// Local and wavelength zones are there for those who opted in to their group.
std::string opt_in_status(const Call& call, const catalogue::Zone& zone) {
  if (zone.is_availability_zone()) return std::string(zone.opt_in_status);
  auto chosen = state::get_setting(call.txn, call.scope, opt_in_setting(zone.group_name));
  return chosen.empty() ? std::string(zone.opt_in_status) : chosen;
}

/// Opting in is one way: EC2 has its support opt out. Assumed: codes and words.
Document ModifyAvailabilityZoneGroup(Call& call) {
  const auto group = call.require("GroupName"), status = call.require("OptInStatus");
  const auto zones = catalogue::zones(call.scope.region);
  const auto zone = std::ranges::find(zones, group, &catalogue::Zone::group_name);
  if (zone == zones.end() || zone->is_availability_zone()) {
    throw errors::invalid_value(group, "groupName", "It is not a group of zones that one can opt in to.");
  }
  if (status == "not-opted-in" && opt_in_status(call, *zone) == "opted-in") {
    throw errors::operation_not_permitted("To opt out of a zone group, contact AWS Support.");
  }
  if (status == "opted-in") state::put_setting(call.txn, call.scope, opt_in_setting(group), status);
  return {{"Return", true}};
}

Document DescribeAvailabilityZones(Call& call) {
  const auto& wanted_names = call.items("ZoneNames");
  const auto& wanted_ids = call.items("ZoneIds");
  for (const auto& each : wanted_names) {
    const auto& name = each.get_ref<const std::string&>();
    if (catalogue::find_zone(call.scope.region, name) == nullptr) {
      throw errors::invalid_parameter_value(fmt::format("Invalid availability zone: [{}]", name));
    }
  }
  for (const auto& each : wanted_ids) {
    const auto& id = each.get_ref<const std::string&>();
    if (catalogue::find_zone_by_id(call.scope.region, id) == nullptr) {
      throw errors::invalid_parameter_value(
          fmt::format("Invalid availability zone-id: [{}]", id));  // Assumed: the words
    }
  }
  const bool shows_all = call.flag("AllAvailabilityZones").value_or(false);
  std::vector<Document> zones;
  for (const auto& zone : catalogue::zones(call.scope.region)) {
    const bool is_named = names(wanted_names, zone.name) || names(wanted_ids, zone.id);
    const bool is_shown = wanted_names.empty() && wanted_ids.empty()
                              ? shows_all || opt_in_status(call, zone) != "not-opted-in"
                              : is_named;
    if (!is_shown) continue;
    zones.push_back(catalogue::describe_zone(zone));
    zones.back()["OptInStatus"] = opt_in_status(call, zone);
  }
  return describe_documents(call, "AvailabilityZones", std::move(zones));
}

constexpr FilterPath kZoneFilters[] = {
    {"message", "Messages.Message"}, {"region-name", "RegionName"}, {"state", "State"}};
constexpr FilterPath kRegionFilters[] = {{"endpoint", "Endpoint"}};

constexpr Operation kOperations[] = {
    {.name = "DescribeAvailabilityZones",
     .run = DescribeAvailabilityZones,
     .access = Access::read,
     .listed = "AvailabilityZone",
     .filters = kZoneFilters},
    {.name = "ModifyAvailabilityZoneGroup", .run = ModifyAvailabilityZoneGroup, .access = Access::write},
    {.name = "DescribeRegions",
     .run = DescribeRegions,
     .access = Access::read,
     .listed = "Region",
     .filters = kRegionFilters},
};

}  // namespace

Family regions_family() { return {.operations = kOperations}; }

}  // namespace fogling
