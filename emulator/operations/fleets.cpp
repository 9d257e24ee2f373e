/// EC2 fleets as their API asks for and shows them. How they are filled is in emulator/fleets.cpp.

#include "emulator/fleets.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"
#include "state/database.hpp"

namespace fogling {
namespace {

// ---- What was asked for
// ----------------------------------------------------------------------------------------------

struct Targets {
  std::int64_t total = 0, on_demand = 0, spot = 0;
};

/// What neither target names is of the default type. Assumed: the words.
Targets read_targets(const Document& specification) {
  Targets targets{integer(specification, "TotalTargetCapacity").value_or(0)};
  const auto on_demand = integer(specification, "OnDemandTargetCapacity"),
             spot = integer(specification, "SpotTargetCapacity");
  const auto type = text(specification, "DefaultTargetCapacityType");
  if (targets.total < 0) throw errors::invalid_value(std::to_string(targets.total), "totalTargetCapacity");
  if (type == "capacity-block" || type == "reserved-capacity") {
    throw errors::not_built(fmt::format("The target capacity type {} of CreateFleet", type));
  }
  if (!on_demand && !spot && type.empty() && targets.total > 0) {
    throw errors::missing_parameter("TargetCapacitySpecification.DefaultTargetCapacityType");
  }
  targets.on_demand = on_demand.value_or(0);
  targets.spot = spot.value_or(0);
  const auto rest = targets.total - targets.on_demand - targets.spot;
  if (rest < 0) {
    throw errors::invalid_parameter_value(
        "The sum of OnDemandTargetCapacity and SpotTargetCapacity must not exceed TotalTargetCapacity.");
  }
  (type == "spot" || (type.empty() && !spot) ? targets.spot : targets.on_demand) += rest;
  return targets;
}

Document configs_of(const Document& given) {
  Document configs = Document::array();
  for (const auto& each : given) {
    configs.push_back(
        {{"Template", part(each, "LaunchTemplateSpecification")}, {"Overrides", items(each, "Overrides")}});
  }
  return configs;
}

void put_targets(Document& plan, const Document& specification) {
  const auto targets = read_targets(specification);
  plan["OnDemand"] = targets.on_demand;
  plan["Spot"] = targets.spot;
  set_if(plan, "Unit", text(specification, "TargetCapacityUnitType"));
}

Document plan_of(const Call& call, std::string_view type) {
  const auto& spot = call.part("SpotOptions");
  const auto& on_demand = call.part("OnDemandOptions");
  const auto strategy = [](const Document& options) {
    const auto given = text(options, "AllocationStrategy");
    return std::string(given.empty() || given == "lowestPrice" ? "lowest-price" : given);
  };
  Document plan{
      {"Type", type},
      {"SpotStrategy", strategy(spot)},
      {"OnDemandStrategy", strategy(on_demand)},
      {"Pools", spot.value("InstancePoolsToUseCount", 1)},
      {"SingleType", spot.value("SingleInstanceType", false) || on_demand.value("SingleInstanceType", false)},
      {"SingleZone", spot.value("SingleAvailabilityZone", false) || on_demand.value("SingleAvailabilityZone", false)},
      {"SpotMinimum", spot.value("MinTargetCapacity", 0)},
      {"OnDemandMinimum", on_demand.value("MinTargetCapacity", 0)},
      {"TerminateAtEnd", call.flag("TerminateInstancesWithExpiration").value_or(false)},
      {"Configs", configs_of(call.items("LaunchTemplateConfigs"))}};
  set_if(plan, "SpotBudget", text(spot, "MaxTotalPrice"));
  set_if(plan, "OnDemandBudget", text(on_demand, "MaxTotalPrice"));
  set_if(plan, "Behavior", text(spot, "InstanceInterruptionBehavior"));
  set_if(plan, "ValidUntil", call.text("ValidUntil"));
  const auto excess = call.text("ExcessCapacityTerminationPolicy");
  if (type == "maintain") plan["Excess"] = excess.empty() ? "termination" : std::string(excess);
  put_targets(plan, call.part("TargetCapacitySpecification"));
  return plan;
}

/// Only instant fleets tag what they launch.
Document launch_tags(const Call& call) {
  Document tags = Document::array();
  for (const auto& each : call.items("TagSpecifications")) {
    if (text(each, "ResourceType") != "fleet") tags.push_back(each);
  }
  return tags;
}

void check_excess(std::string_view policy) {
  if (policy.empty() || policy == "termination" || policy == "no-termination") return;
  throw errors::invalid_value(policy, "excessCapacityTerminationPolicy");
}

void check_fleet(Call& call, std::string_view type, const Document& plan) {
  check_excess(call.text("ExcessCapacityTerminationPolicy"));
  const auto refuse = [&](const char* parameter) {
    throw errors::invalid_combination(
        fmt::format("The parameter {} is not supported for fleets of the type {}.", parameter, type));  // Assumed
  };
  const bool is_instant = type == "instant";
  if (!is_instant && !launch_tags(call).empty()) {
    throw errors::invalid_parameter_value(fmt::format("'{}' is not a valid taggable resource type for this operation.",
                                                      text(launch_tags(call).front(), "ResourceType")));
  }
  if (type != "maintain" && !call.text("ExcessCapacityTerminationPolicy").empty())
    refuse("ExcessCapacityTerminationPolicy");
  for (const char* options : {"SpotOptions", "OnDemandOptions"}) {
    for (const char* member : {"SingleInstanceType", "SingleAvailabilityZone", "MinTargetCapacity"}) {
      const auto& given = call.part(options);
      const bool says_so = flag(given, member).value_or(false) || integer(given, member).value_or(0) > 0;
      if (!is_instant && says_so) refuse(member);
    }
  }
  for (const auto& config : call.items("LaunchTemplateConfigs")) {
    if (is_instant) break;
    if (has(part(config, "LaunchTemplateSpecification"), "LaunchTemplateSpecificationUserData"))
      refuse("LaunchTemplateSpecificationUserData");
    for (const auto& each : items(config, "Overrides")) {
      for (const char* member : {"KeyName", "IamInstanceProfile", "MetadataOptions"}) {
        if (has(each, member)) refuse(member);
      }
    }
  }
  if (type != "maintain" && plan["Spot"].get<std::int64_t>() + plan["OnDemand"].get<std::int64_t>() == 0) {
    throw errors::invalid_value("0", "totalTargetCapacity");
  }
  check_fleet_configs(call, plan);
}

/// Fleets that last show the cheapest strategy in its older spelling, whichever was asked for; the newer one came with
/// instant fleets. Assumed: these show the word that was asked for.
std::string_view shown_strategy(std::string_view type, const Document& options, std::string_view strategy) {
  if (strategy != "lowest-price") return strategy;
  return type == "instant" && text(options, "AllocationStrategy") != "lowestPrice" ? strategy : "lowestPrice";
}

/// What a description shows of the request, defaults filled in.
Document fleet_document(const Call& call, std::string_view type, Document plan) {
  Document document = copied_members(call.in, declared_kind(kFleet));
  document.erase("Instances");
  document["Type"] = type;
  document["ReplaceUnhealthyInstances"] = call.flag("ReplaceUnhealthyInstances").value_or(false);
  document["TerminateInstancesWithExpiration"] = call.flag("TerminateInstancesWithExpiration").value_or(false);
  if (plan.contains("Excess")) document["ExcessCapacityTerminationPolicy"] = plan["Excess"];
  document["TargetCapacitySpecification"]["OnDemandTargetCapacity"] = plan["OnDemand"];
  document["TargetCapacitySpecification"]["SpotTargetCapacity"] = plan["Spot"];
  auto& spot = document["SpotOptions"];
  spot["AllocationStrategy"] = shown_strategy(type, spot, text(plan, "SpotStrategy"));
  if (!spot.contains("InstanceInterruptionBehavior")) spot["InstanceInterruptionBehavior"] = "terminate";
  if (plan["SpotStrategy"] == "lowest-price" && !spot.contains("InstancePoolsToUseCount"))
    spot["InstancePoolsToUseCount"] = 1;
  auto& on_demand = document["OnDemandOptions"];
  on_demand["AllocationStrategy"] = shown_strategy(type, on_demand, text(plan, "OnDemandStrategy"));
  document["_fleet"] = std::move(plan);
  return document;
}

// ---- Making
// ----------------------------------------------------------------------------------------------------------

/// All at once, in the answer; less than the minimum of a market is nothing at all.
Document launch_instant(Call& call, state::GenericResource& fleet) {
  FleetLaunch told;
  {
    state::Savepoint savepoint(call.txn);
    told = fill_fleet(call, fleet);
    const auto instances = fleet_instances(call, fleet);
    const auto& plan = fleet.document["_fleet"];
    if (fulfilled_capacity(instances, Market::spot) >= plan.value("SpotMinimum", 0.0) &&
        fulfilled_capacity(instances, Market::on_demand) >= plan.value("OnDemandMinimum", 0.0)) {
      savepoint.keep();
    } else {
      told.launched = Document::array();
    }
  }
  fleet.document["Instances"] =
      adapted(told.launched, *model::find_member(*model::find_shape("FleetData"), "Instances")->shape);
  fleet.document["Errors"] = told.errors;
  put_state(call, fleet, "active");
  return {{"FleetId", fleet.resource_id}, {"Instances", told.launched}, {"Errors", told.errors}};
}

Document CreateFleet(Call& call) {
  const auto type = call.text("Type").empty() ? std::string_view("maintain") : call.text("Type");
  Document plan = plan_of(call, type);
  check_fleet(call, type, plan);
  if (auto tags = launch_tags(call); !tags.empty()) plan["Tags"] = std::move(tags);
  auto fleet = make_resource(call, declared_kind(kFleet), fleet_document(call, type, std::move(plan)));
  if (type == "instant") return launch_instant(call, fleet);
  begin_fleet(call, fleet);
  return {{"FleetId", fleet.resource_id}};
}

// ---- Showing
// ---------------------------------------------------------------------------------------------------------

void show(Context& context, const state::GenericResource& fleet, Document& shown) {
  const auto instances = fleet_instances(context, fleet);
  const double on_demand = fulfilled_capacity(instances, Market::on_demand);
  shown["FulfilledCapacity"] = on_demand + fulfilled_capacity(instances, Market::spot);
  shown["FulfilledOnDemandCapacity"] = on_demand;
  shown["ActivityStatus"] = fleet_activity(context, fleet);
}

std::vector<Document> active_instances(Context& context, const state::GenericResource& fleet) {
  std::vector<Document> active;
  for (const auto& each : fleet_instances(context, fleet)) {
    Document instance{{"InstanceId", each.instance_id},
                      {"InstanceType", each.instance_type},
                      {"InstanceHealth", each.status_check == "impaired" ? "unhealthy" : "healthy"}};
    set_if(instance, "SpotInstanceRequestId", text(each.options, "SpotInstanceRequestId"));
    active.push_back(std::move(instance));
  }
  return active;
}

state::GenericResource require_lasting(Call& call) {
  auto fleet = require_resource(call, kFleet, call.require("FleetId"));
  if (text(fleet.document, "Type") != "instant") return fleet;
  throw errors::unsupported(
      fmt::format("{} does not support fleets of the type instant.", call.operation.name));  // Assumed: code and words
}

Document DescribeFleetInstances(Call& call) {
  const auto fleet = require_lasting(call);
  Document answer = describe_documents(call, "ActiveInstances", active_instances(call, fleet));
  answer["FleetId"] = fleet.resource_id;
  return answer;
}

Document DescribeFleetHistory(Call& call) {
  const auto fleet = require_lasting(call);
  Document answer = describe_documents(call, "HistoryRecords",
                                       fleet_history(fleet, call.require("StartTime"), call.text("EventType")));
  answer["FleetId"] = fleet.resource_id;
  answer["StartTime"] = call.text("StartTime");
  answer["LastEvaluatedTime"] = iso_time(call.now_ms);
  return answer;
}

// ---- Changing and ending
// ---------------------------------------------------------------------------------------------

Document ModifyFleet(Call& call) {
  auto fleet = require_resource(call, kFleet, call.require("FleetId"));
  if (text(fleet.document, "Type") != "maintain") {
    throw errors::unsupported("Only fleets of the type maintain can be modified.");  // Assumed: code and words
  }
  if (fleet.state != "active" && fleet.state != "submitted") {
    throw errors::incorrect_state(fmt::format("The fleet '{}' is in the state {} and cannot be modified.",
                                              fleet.resource_id, fleet.state));  // Assumed: code and words
  }
  auto& plan = fleet.document["_fleet"];
  if (const auto& given = call.items("LaunchTemplateConfigs"); !given.empty()) {
    plan["Configs"] = configs_of(given);
    check_fleet_configs(call, plan);
    fleet.document["LaunchTemplateConfigs"] =
        adapted(given, *model::find_member(*model::find_shape("FleetData"), "LaunchTemplateConfigs")->shape);
  }
  if (const auto& given = call.part("TargetCapacitySpecification"); !given.empty()) {
    auto& specification = fleet.document["TargetCapacitySpecification"];
    Document merged{{"DefaultTargetCapacityType", specification.value("DefaultTargetCapacityType", "spot")}};
    merged.update(given);
    put_targets(plan, merged);
    specification.update(merged);
    specification["OnDemandTargetCapacity"] = plan["OnDemand"];
    specification["SpotTargetCapacity"] = plan["Spot"];
  }
  check_excess(call.text("ExcessCapacityTerminationPolicy"));
  if (const auto excess = call.text("ExcessCapacityTerminationPolicy"); !excess.empty()) {
    plan["Excess"] = fleet.document["ExcessCapacityTerminationPolicy"] = excess;
  }
  if (const auto context = call.text("Context"); !context.empty()) fleet.document["Context"] = context;
  change_fleet(call, fleet);
  return {{"Return", true}};
}

Document refused_deletion(std::string_view id, const char* code, const std::string& message) {
  return {{"FleetId", id}, {"Error", {{"Code", code}, {"Message", message}}}};
}

/// One that cannot be deleted does not keep the others from it. Assumed: the words of the failures.
Document DeleteFleets(Call& call) {
  const bool terminates = call.flag("TerminateInstances").value_or(true);
  Document deleted = Document::array(), failed = Document::array();
  for (const auto& each : call.items("FleetIds")) {
    const auto& id = each.get_ref<const std::string&>();
    if (!is_well_formed(resource_type(kFleet), id)) {
      failed.push_back(refused_deletion(id, "fleetIdMalformed", fmt::format("The fleet ID '{}' is malformed", id)));
      continue;
    }
    auto fleet = state::find<state::GenericResource>(call.txn, call.scope, id);
    if (!fleet || fleet->kind != kFleet) {
      failed.push_back(
          refused_deletion(id, "fleetIdDoesNotExist", fmt::format("The fleet ID '{}' does not exist", id)));
    } else if (fleet->state.starts_with("deleted")) {
      failed.push_back(refused_deletion(id, "fleetNotInDeletableState",
                                        fmt::format("The fleet '{}' is in the state {}", id, fleet->state)));
    } else if (!terminates && text(fleet->document, "Type") == "instant") {
      failed.push_back(
          refused_deletion(id, "unexpectedError", "NoTerminateInstances option is not supported for instant fleet"));
    } else {
      const std::string before = fleet->state;
      end_fleet(call, *fleet, terminates ? FleetEnd::terminate_instances : FleetEnd::keep_instances);
      deleted.push_back({{"FleetId", id}, {"CurrentFleetState", fleet->state}, {"PreviousFleetState", before}});
    }
  }
  return {{"SuccessfulFleetDeletions", std::move(deleted)}, {"UnsuccessfulFleetDeletions", std::move(failed)}};
}

constexpr Operation kOperations[] = {
    {.name = "CreateFleet", .run = CreateFleet, .access = Access::write},
    {.name = "DeleteFleets", .run = DeleteFleets, .access = Access::write},
    {.name = "DescribeFleetHistory", .run = DescribeFleetHistory, .access = Access::read},
    {.name = "DescribeFleetInstances",
     .run = DescribeFleetInstances,
     .access = Access::read,
     .listed = "ActiveInstance"},
    {.name = "ModifyFleet", .run = ModifyFleet, .access = Access::write},
};
constexpr Mover kMovers[] = {{kFleet, move_fleet}, {kSpotFleet, move_fleet}};
constexpr Hooks kHooks[] = {{.kind = "fleet", .show = show}};
constexpr InstanceWatcher kWatchers[] = {follow_fleet_instance};

}  // namespace

Family fleets_family() {
  return {.operations = kOperations, .movers = kMovers, .hooks = kHooks, .watchers = kWatchers};
}

}  // namespace fogling
