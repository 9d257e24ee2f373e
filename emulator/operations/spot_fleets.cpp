/// Spot fleets: the older API over the same engine as EC2 fleets (emulator/fleets.cpp).

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/fleets.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"

namespace fogling {
namespace {

/// `capacityOptimized` is `capacity-optimized` to the engine.
std::string hyphenated(std::string_view word) {
  std::string out;
  for (const char c : word) {
    if (c >= 'A' && c <= 'Z') {
      out += '-';
      out += static_cast<char>(c - 'A' + 'a');
    } else {
      out += c;
    }
  }
  return out;
}

// ---- What was asked for
// ----------------------------------------------------------------------------------------------

/// A launch specification as parameters of RunInstances; weight, price and requirements stay for the engine.
Document specification_of(const Document& given) {
  Document in = given;
  in.erase("AddressingType");
  in.erase("SecurityGroups");
  for (const auto& group : items(given, "SecurityGroups")) {
    if (const auto id = text(group, "GroupId"); !id.empty()) in["SecurityGroupIds"].push_back(id);
  }
  if (has(in, "SpotPrice")) in["MaxPrice"] = in["SpotPrice"];
  return in;
}

Document configs_of(const Document& config) {
  Document configs = Document::array();
  for (const auto& each : items(config, "LaunchSpecifications")) {
    configs.push_back({{"Specification", specification_of(each)}});
  }
  for (const auto& each : items(config, "LaunchTemplateConfigs")) {
    Document overrides = items(each, "Overrides");
    for (auto& override_ : overrides) {
      if (has(override_, "SpotPrice")) override_["MaxPrice"] = override_["SpotPrice"];
    }
    configs.push_back({{"Template", part(each, "LaunchTemplateSpecification")}, {"Overrides", std::move(overrides)}});
  }
  return configs;
}

void put_targets(Document& plan, const Document& config) {
  const auto total = integer(config, "TargetCapacity").value_or(0);
  const auto on_demand = integer(config, "OnDemandTargetCapacity").value_or(0);
  if (total < 0 || on_demand < 0 || on_demand > total) {
    throw errors::invalid_value(std::to_string(on_demand > total ? on_demand : total), "targetCapacity");
  }
  plan["OnDemand"] = on_demand;
  plan["Spot"] = total - on_demand;
}

/// `default` and `noTermination`, in capitals too, as clients have always sent them; shown as it came.
bool keeps_excess(std::string_view policy) {
  const auto is = [policy](std::string_view word) {
    return std::ranges::equal(policy, word, [](char a, char b) {
      return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    });
  };
  if (is("default")) return false;
  if (is("noTermination")) return true;
  throw errors::invalid_value(policy, "excessCapacityTerminationPolicy");
}

/// Defaults filled in, as a description shows it.
Document completed(Document config) {
  const auto put = [&](const char* member, const Document& usual) {
    if (!config.contains(member)) config[member] = usual;
  };
  put("AllocationStrategy", "lowestPrice");
  put("OnDemandAllocationStrategy", "lowestPrice");
  put("Type", "maintain");
  put("ExcessCapacityTerminationPolicy", "default");
  put("InstanceInterruptionBehavior", "terminate");
  put("TerminateInstancesWithExpiration", false);
  put("ReplaceUnhealthyInstances", false);
  put("OnDemandTargetCapacity", 0);
  if (config["AllocationStrategy"] == "lowestPrice") put("InstancePoolsToUseCount", 1);
  config.erase("TagSpecifications");
  return config;
}

Document plan_of(const Document& config) {
  Document plan{{"Type", config["Type"]},
                {"SpotStrategy", hyphenated(text(config, "AllocationStrategy"))},
                {"OnDemandStrategy", hyphenated(text(config, "OnDemandAllocationStrategy"))},
                {"Pools", config.value("InstancePoolsToUseCount", 1)},
                {"Behavior", config["InstanceInterruptionBehavior"]},
                {"TerminateAtEnd", config["TerminateInstancesWithExpiration"]},
                {"Configs", configs_of(config)}};
  plan["Excess"] = keeps_excess(text(config, "ExcessCapacityTerminationPolicy")) ? "no-termination" : "termination";
  set_if(plan, "MaxPrice", text(config, "SpotPrice"));
  set_if(plan, "SpotBudget", text(config, "SpotMaxTotalPrice"));
  set_if(plan, "OnDemandBudget", text(config, "OnDemandMaxTotalPrice"));
  set_if(plan, "Unit", text(config, "TargetCapacityUnitType"));
  set_if(plan, "ValidUntil", text(config, "ValidUntil"));
  put_targets(plan, config);
  return plan;
}

void check_config(Call& call, const Document& config) {
  if (text(config, "IamFleetRole").empty()) throw errors::missing_parameter("SpotFleetRequestConfig.IamFleetRole");
  if (text(config, "Type") == "instant") {
    throw errors::invalid_value("instant", "type", "It is used by EC2 Fleet only.");  // Assumed: the words
  }
  const bool has_specifications = !items(config, "LaunchSpecifications").empty();
  const bool has_templates = !items(config, "LaunchTemplateConfigs").empty();
  if (has_specifications && has_templates) throw errors::not_together("LaunchSpecifications", "LaunchTemplateConfigs");
  if (!has_specifications && !has_templates) {
    throw errors::missing_parameter("SpotFleetRequestConfig.LaunchSpecifications");
  }
  const auto until = text(config, "ValidUntil");
  if (!until.empty() && parse_time(until) <= call.now_ms) {
    throw errors::invalid_value(until, "validUntil", "It has to be in the future.");  // Assumed: the words
  }
}

Document RequestSpotFleet(Call& call) {
  const auto& given = call.part("SpotFleetRequestConfig");
  check_config(call, given);
  Document config = completed(given);
  Document plan = plan_of(config);
  check_fleet_configs(call, plan);
  auto fleet = make_resource(call, declared_kind(kSpotFleet),
                             {{"SpotFleetRequestConfig", std::move(config)}, {"_fleet", std::move(plan)}});
  for (const auto& specification : items(given, "TagSpecifications")) {
    if (text(specification, "ResourceType") != kSpotFleet) continue;
    for (const auto& tag : items(specification, "Tags")) {
      state::put_tag(call.txn, call.scope, fleet.resource_id, kSpotFleet,
                     {std::string(text(tag, "Key")), std::string(text(tag, "Value"))});
    }
  }
  begin_fleet(call, fleet);
  return {{"SpotFleetRequestId", fleet.resource_id}};
}

// ---- Showing
// ---------------------------------------------------------------------------------------------------------

void show(Context& context, const state::GenericResource& fleet, Document& shown) {
  const auto instances = fleet_instances(context, fleet);
  const double on_demand = fulfilled_capacity(instances, Market::on_demand);
  auto& config = shown["SpotFleetRequestConfig"];
  config["FulfilledCapacity"] = on_demand + fulfilled_capacity(instances, Market::spot);
  config["OnDemandFulfilledCapacity"] = on_demand;
  shown["ActivityStatus"] = fleet_activity(context, fleet);
}

Document DescribeSpotFleetInstances(Call& call) {
  const auto fleet = require_resource(call, kSpotFleet, call.require("SpotFleetRequestId"));
  std::vector<Document> active;
  for (const auto& each : fleet_instances(call, fleet)) {
    Document instance{
        {"InstanceId", each.instance_id}, {"InstanceType", each.instance_type}, {"InstanceHealth", "healthy"}};
    set_if(instance, "SpotInstanceRequestId", text(each.options, "SpotInstanceRequestId"));
    active.push_back(std::move(instance));
  }
  Document answer = describe_documents(call, "ActiveInstances", std::move(active));
  answer["SpotFleetRequestId"] = fleet.resource_id;
  return answer;
}

Document DescribeSpotFleetRequestHistory(Call& call) {
  const auto fleet = require_resource(call, kSpotFleet, call.require("SpotFleetRequestId"));
  Document answer = describe_documents(call, "HistoryRecords",
                                       fleet_history(fleet, call.require("StartTime"), call.text("EventType")));
  answer["SpotFleetRequestId"] = fleet.resource_id;
  answer["StartTime"] = call.text("StartTime");
  answer["LastEvaluatedTime"] = iso_time(call.now_ms);
  return answer;
}

// ---- Changing and ending
// ---------------------------------------------------------------------------------------------

Document ModifySpotFleetRequest(Call& call) {
  auto fleet = require_resource(call, kSpotFleet, call.require("SpotFleetRequestId"));
  auto& config = fleet.document["SpotFleetRequestConfig"];
  if (text(config, "Type") != "maintain") {
    throw errors::unsupported("Only Spot Fleet requests of the type maintain can be modified.");  // Assumed
  }
  if (fleet.state != "active" && fleet.state != "submitted") {
    throw errors::incorrect_state(fmt::format("The spot fleet request '{}' is in the state {} and cannot be modified.",
                                              fleet.resource_id, fleet.state));  // Assumed: code and words
  }
  for (const char* member : {"TargetCapacity", "OnDemandTargetCapacity", "ExcessCapacityTerminationPolicy", "Context",
                             "LaunchTemplateConfigs"}) {
    if (has(call.in, member)) config[member] = call.in[member];
  }
  Document plan = plan_of(config);
  check_fleet_configs(call, plan);
  fleet.document["_fleet"] = std::move(plan);
  change_fleet(call, fleet);
  return {{"Return", true}};
}

Document CancelSpotFleetRequests(Call& call) {
  const bool terminates = call.flag("TerminateInstances").value_or(false);
  Document cancelled = Document::array(), failed = Document::array();
  const auto refuse = [&](const std::string& id, const char* code, const std::string& message) {
    failed.push_back({{"SpotFleetRequestId", id}, {"Error", {{"Code", code}, {"Message", message}}}});
  };
  for (const auto& each : call.items("SpotFleetRequestIds")) {
    const auto& id = each.get_ref<const std::string&>();
    auto fleet = state::find<state::GenericResource>(call.txn, call.scope, id);
    if (!is_well_formed(resource_type(kSpotFleet), id)) {
      refuse(id, "fleetRequestIdMalformed", fmt::format("The spot fleet request ID '{}' is malformed", id));
    } else if (!fleet || fleet->kind != kSpotFleet) {
      refuse(id, "fleetRequestIdDoesNotExist", fmt::format("The spot fleet request ID '{}' does not exist", id));
    } else if (fleet->state.starts_with("cancelled")) {
      refuse(id, "fleetRequestNotInCancellableState",
             fmt::format("The spot fleet request '{}' is in the state {}", id, fleet->state));
    } else {
      const std::string before = fleet->state;
      end_fleet(call, *fleet, terminates ? FleetEnd::terminate_instances : FleetEnd::keep_instances);
      cancelled.push_back({{"SpotFleetRequestId", id},
                           {"CurrentSpotFleetRequestState", fleet->state},
                           {"PreviousSpotFleetRequestState", before}});
    }
  }
  return {{"SuccessfulFleetRequests", std::move(cancelled)}, {"UnsuccessfulFleetRequests", std::move(failed)}};
}

constexpr Operation kOperations[] = {
    {.name = "CancelSpotFleetRequests", .run = CancelSpotFleetRequests, .access = Access::write},
    {.name = "DescribeSpotFleetInstances", .run = DescribeSpotFleetInstances, .access = Access::read},
    {.name = "DescribeSpotFleetRequestHistory", .run = DescribeSpotFleetRequestHistory, .access = Access::read},
    {.name = "ModifySpotFleetRequest", .run = ModifySpotFleetRequest, .access = Access::write},
    {.name = "RequestSpotFleet", .run = RequestSpotFleet, .access = Access::write},
};
constexpr Hooks kHooks[] = {{.kind = "spot-fleet-request", .show = show}};

}  // namespace

Family spot_fleets_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
