/// What a fleet may launch, and in which order its strategy prefers it.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "emulator/describe.hpp"
#include "emulator/fleets.hpp"
#include "emulator/images.hpp"
#include "emulator/kinds.hpp"
#include "emulator/launch.hpp"
#include "emulator/launch_templates.hpp"
#include "emulator/prices.hpp"
#include "state/subnets.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

/// Assumed: more pools than this no fleet looks at.
constexpr std::size_t kMostPools = 2000;

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    std::string_view each = list.substr(0, comma);
    while (each.starts_with(' ')) each.remove_prefix(1);
    while (each.ends_with(' ')) each.remove_suffix(1);
    if (!each.empty()) parts.emplace_back(each);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return parts;
}

/// A place to launch in: a subnet, or a zone whose default subnet is meant.
struct Place {
  std::string subnet_id;
  const catalogue::Zone* zone;
};

Place place_of_subnet(Context& context, std::string_view id) {
  const auto subnet = require_row<state::Subnet>(context, "subnet", id);
  return {subnet.subnet_id, catalogue::find_zone(context.scope.region, subnet.availability_zone)};
}

const catalogue::Zone& require_zone(Context& context, std::string_view name) {
  const auto* zone = catalogue::find_zone(context.scope.region, name);
  if (zone == nullptr) zone = catalogue::find_zone_by_id(context.scope.region, name);
  if (zone == nullptr) throw errors::invalid_parameter_value(fmt::format("Invalid availability zone: [{}]", name));
  return *zone;
}

std::vector<Place> default_places(Context& context) {
  std::vector<Place> places;
  const auto vpc = state::find_default_vpc(context.txn, context.scope);
  if (!vpc) return places;
  for (const auto& subnet : state::subnets_of_vpc(context.txn, vpc->vpc_id)) {
    if (!subnet.default_for_az) continue;
    places.push_back({{}, catalogue::find_zone(context.scope.region, subnet.availability_zone)});
  }
  return places;
}

/// Where the override says, else where the template says, else in any zone.
std::vector<Place> places_of(Context& context, const Document& data, const Document& override_) {
  std::vector<Place> places;
  const auto& interfaces = items(data, "NetworkInterfaces");
  auto subnets = split(text(override_, "SubnetId"));
  if (subnets.empty()) subnets = split(text(data, "SubnetId"));
  if (subnets.empty() && !interfaces.empty()) subnets = split(text(interfaces.front(), "SubnetId"));
  for (const auto& each : subnets) places.push_back(place_of_subnet(context, each));
  if (!places.empty()) return places;
  for (const auto* source : {&override_, &part(override_, "Placement"), &part(data, "Placement")}) {
    for (const char* member : {"AvailabilityZone", "AvailabilityZoneId"}) {
      for (const auto& each : split(text(*source, member))) places.push_back({{}, &require_zone(context, each)});
    }
    if (!places.empty()) return places;
  }
  return default_places(context);
}

/// The image that is launched, to know which types can run it; none where it cannot be told yet.
std::optional<catalogue::Image> image_of(Context& context, const Document& data) {
  constexpr std::string_view kResolve = "resolve:ssm:";
  std::string id(text(data, "ImageId"));
  if (id.starts_with(kResolve)) {
    const auto name = id.substr(kResolve.size());
    const auto parameter = catalogue::find_parameter(context.scope.region, name.substr(0, name.find(':')));
    id = parameter ? parameter->value : std::string{};
  }
  return id.empty() ? std::nullopt : find_image(context, id);
}

using Types = std::vector<const catalogue::InstanceType*>;

Types types_of(Context& context, const Document& data, const Document& override_, Market market) {
  const auto& requirements = has(override_, "InstanceRequirements")    ? part(override_, "InstanceRequirements")
                             : text(override_, "InstanceType").empty() ? part(data, "InstanceRequirements")
                                                                       : Document();
  if (requirements.is_object() && !requirements.empty()) {
    Document architectures = Document::array(), virtualization = Document::array();
    if (const auto image = image_of(context, data)) {
      architectures.push_back(image->architecture);
      virtualization.push_back(image->virtualization_type);
    }
    return affordable(types_meeting(context.scope.region, requirements, architectures, virtualization), requirements,
                      market, context.scope.region, context.now_ms);
  }
  auto name = text(override_, "InstanceType");
  if (name.empty()) name = text(data, "InstanceType");
  if (name.empty()) name = "m1.small";
  const auto* type = catalogue::find_instance_type(name);
  if (type == nullptr) throw invalid_instance_type(name);
  return {type};
}

/// Without weights, attribute-based selection may count vCPUs or memory.
double weight_of(const catalogue::InstanceType& type, const Document& override_, std::string_view unit) {
  if (override_.contains("WeightedCapacity")) return override_["WeightedCapacity"].get<double>();
  if (unit == "vcpu") return type.vcpus;
  if (unit == "memory-mib") return static_cast<double>(type.memory_mib);
  return 1;
}

/// One config as its launches see it: template or specification, resolved.
struct Source {
  Document in, data, template_;
  std::string user_data = {};
};

Source source_of(Context& context, const Document& config) {
  if (config.contains("Specification")) return {config["Specification"], config["Specification"], nullptr};
  const auto& named = part(config, "Template");
  const auto launch_template = require_launch_template(context, named);
  const auto number = launch_template_version_number(launch_template, text(named, "Version"));
  const auto version = require_launch_template_version(context, launch_template, number);
  const auto user_data = text(named, "LaunchTemplateSpecificationUserData");
  const Document resolved{{"LaunchTemplateId", launch_template.resource_id}, {"Version", std::to_string(number)}};
  return {
      {{"LaunchTemplate", resolved}}, part(version.document, "LaunchTemplateData"), resolved, std::string(user_data)};
}

FleetPool make_pool(const Source& source, const Document& override_, const catalogue::InstanceType& type,
                    const Place& place, std::string_view unit) {
  FleetPool pool;
  pool.in = source.in;
  for (const char* only_here : {"WeightedCapacity", "SpotPrice", "InstanceRequirements"}) pool.in.erase(only_here);
  pool.in["InstanceType"] = type.name;
  set_if(pool.in, "ImageId", text(override_, "ImageId"));
  if (override_.contains("BlockDeviceMappings")) pool.in["BlockDeviceMappings"] = override_["BlockDeviceMappings"];
  if (override_.contains("Placement")) pool.in["Placement"] = override_["Placement"];
  // What only instant fleets take.
  set_if(pool.in, "KeyName", text(override_, "KeyName"));
  for (const char* member : {"IamInstanceProfile", "MetadataOptions"}) {
    if (override_.contains(member)) pool.in[member] = override_[member];
  }
  set_if(pool.in, "UserData", source.user_data);
  auto& interfaces = pool.in.contains("NetworkInterfaces") ? pool.in["NetworkInterfaces"] : pool.in["_none"];
  if (!place.subnet_id.empty()) {
    // A template's interfaces take the subnet, since it cannot stand beside them.
    if (interfaces.is_array() && !interfaces.empty()) {
      interfaces[0]["SubnetId"] = place.subnet_id;
    } else if (source.data.contains("NetworkInterfaces")) {
      pool.in["NetworkInterfaces"] = source.data["NetworkInterfaces"];
      pool.in["NetworkInterfaces"][0]["SubnetId"] = place.subnet_id;
    } else {
      pool.in["SubnetId"] = place.subnet_id;
    }
  } else {
    pool.in["Placement"]["AvailabilityZone"] = place.zone->name;
    pool.in["Placement"].erase("AvailabilityZoneId");
  }
  pool.in.erase("_none");
  pool.type = &type;
  pool.zone = place.zone;
  pool.weight = std::max(weight_of(type, override_, unit), 0.001);
  if (override_.contains("Priority")) pool.priority = override_["Priority"].get<double>();
  pool.max_price = text(override_, "MaxPrice");
  Document shown = adapted(override_, *model::find_shape("FleetLaunchTemplateOverrides"));
  shown["InstanceType"] = type.name;
  set_if(shown, "SubnetId", place.subnet_id);
  if (place.subnet_id.empty()) shown["AvailabilityZone"] = place.zone->name;
  shown.erase("InstanceRequirements");
  pool.origin = {{"Overrides", std::move(shown)}};
  if (!source.template_.is_null()) pool.origin["LaunchTemplateSpecification"] = source.template_;
  return pool;
}

std::vector<FleetPool> all_pools(Context& context, const Document& fleet, Market market) {
  static const Document kNoOverride = Document::object();
  std::vector<FleetPool> pools;
  for (const auto& config : items(fleet, "Configs")) {
    const auto source = source_of(context, config);
    std::vector<const Document*> overrides;
    for (const auto& each : items(config, "Overrides")) overrides.push_back(&each);
    if (overrides.empty())
      overrides.push_back(config.contains("Specification") ? &config["Specification"] : &kNoOverride);
    for (const auto* each : overrides) {
      const auto places = places_of(context, source.data, *each);
      for (const auto* type : types_of(context, source.data, *each, market)) {
        for (const auto& place : places) {
          if (place.zone == nullptr || !catalogue::is_offered(*type, *place.zone) || pools.size() >= kMostPools)
            continue;
          pools.push_back(make_pool(source, *each, *type, place, text(fleet, "Unit")));
        }
      }
    }
  }
  return pools;
}

// ---- Strategies
// ------------------------------------------------------------------------------------------------------

double price_of(const FleetPool& pool, Market market, std::int64_t now_ms) {
  const double price = market == Market::spot ? spot_price(*pool.type, *pool.zone, kLinux, now_ms)
                                              : on_demand_price(*pool.type, pool.zone->region);
  return price / pool.weight;
}

/// Assumed: a pool has the more capacity, the more its price lies below that on demand.
double depth(const FleetPool& pool, std::int64_t now_ms) {
  return 1 - spot_price(*pool.type, *pool.zone, kLinux, now_ms) / on_demand_price(*pool.type, pool.zone->region);
}

/// The lower, the sooner.
double rank(const FleetPool& pool, Market market, std::string_view strategy, std::int64_t now_ms) {
  if (strategy == "prioritized") return pool.priority;
  if (market == Market::on_demand || strategy == "lowest-price" || strategy == "diversified") {
    return price_of(pool, market, now_ms);
  }
  if (strategy == "price-capacity-optimized") return price_of(pool, market, now_ms) * (1.5 - depth(pool, now_ms));
  // Priorities count on a best-effort basis: among pools that are about as deep.
  if (strategy == "capacity-optimized-prioritized") {
    return std::floor((1 - depth(pool, now_ms)) * 5) * 1e6 + std::min(pool.priority, 1e5);
  }
  return 1 - depth(pool, now_ms);
}

void keep_single(std::vector<FleetPool>& pools, const Document& fleet) {
  if (pools.empty()) return;
  const auto* type = pools.front().type;
  const auto* zone = pools.front().zone;
  std::erase_if(pools, [&](const FleetPool& each) {
    return (fleet.value("SingleType", false) && each.type != type) ||
           (fleet.value("SingleZone", false) && each.zone != zone);
  });
}

}  // namespace

FleetPools fleet_pools(Context& context, const Document& fleet, Market market) {
  FleetPools out{all_pools(context, fleet, market)};
  const auto strategy = text(fleet, market == Market::spot ? "SpotStrategy" : "OnDemandStrategy");
  std::ranges::stable_sort(out.pools, {},
                           [&](const FleetPool& pool) { return rank(pool, market, strategy, context.now_ms); });
  keep_single(out.pools, fleet);
  if (market == Market::spot && strategy == "diversified") out.used = out.pools.size();
  if (market == Market::spot && strategy == "lowest-price") {
    out.used = static_cast<std::size_t>(std::max<std::int64_t>(integer(fleet, "Pools").value_or(1), 1));
  }
  out.used = std::min(out.used, out.pools.size());
  return out;
}

void check_fleet_configs(Context& context, const Document& fleet) {
  for (const auto& config : items(fleet, "Configs")) {
    const auto source = source_of(context, config);
    for (const auto& each : items(config, "Overrides")) {
      check_requirements(part(each, "InstanceRequirements"));
      if (has(each, "InstanceType") && has(each, "InstanceRequirements")) {
        throw errors::not_together("InstanceType", "InstanceRequirements");
      }
      places_of(context, source.data, each);
      types_of(context, source.data, each, Market::on_demand);
    }
    if (items(config, "Overrides").empty()) {
      places_of(context, source.data, Document::object());
      types_of(context, source.data, Document::object(), Market::on_demand);
    }
  }
}

}  // namespace fogling
