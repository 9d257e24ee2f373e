#pragma once

/// Fleets of both APIs, EC2 Fleet and Spot Fleet: one engine fills their targets with instances that RunInstances'
/// own path launches, keeps them filled, and takes instances away again.
///
/// What the engine goes by stands in the member `_fleet` of a fleet's document, in the words of EC2 Fleet whichever API
/// asked: Type, OnDemand and Spot (targets), Unit, SpotStrategy, OnDemandStrategy, Pools, Behavior, Excess, MaxPrice,
/// Configs, SingleType, SingleZone, SpotMinimum, OnDemandMinimum, SpotBudget, OnDemandBudget, Tags, TerminateAtEnd. A
/// config is {Template, Overrides} or {Specification}, the latter as parameters of RunInstances.

#include <string>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"
#include "emulator/instance_requirements.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/instances.hpp"
#include "state/resources.hpp"

namespace fogling {

inline constexpr std::string_view kFleet = "fleet", kSpotFleet = "spot-fleet-request";

/// A type in a place: what one launch of a fleet takes its instances from.
struct FleetPool {
  Document in;  ///< parameters of RunInstances, counts and market apart
  const catalogue::InstanceType* type = nullptr;
  const catalogue::Zone* zone = nullptr;
  double weight = 1;      ///< units of the target that an instance makes up
  double priority = 1e9;  ///< the lower, the sooner
  std::string max_price;  ///< of spot; empty: the fleet's
  Document origin;        ///< LaunchTemplateAndOverridesResponse: where it comes from
};

/// The pools of a fleet for one market, the preferred first and cut to those that its strategy uses; the rest behind
/// `used` stand in for pools that cannot give.
struct FleetPools {
  std::vector<FleetPool> pools;
  std::size_t used = 1;
};
FleetPools fleet_pools(Context& context, const Document& fleet, Market market);

/// Throws the errors of templates, networks and types that no launch would mend.
void check_fleet_configs(Context& context, const Document& fleet);

/// Instances of the fleet that make up its target, and how many units they are.
std::vector<state::Instance> fleet_instances(Context& context, const state::GenericResource& fleet);
double fulfilled_capacity(const std::vector<state::Instance>& instances, Market market);
Market market_of(const state::Instance& instance);

/// Launches what is missing, and takes away what is too much where the fleet wants that. What could not be launched is
/// told in the answer (CreateFleetError), what was in `launched` (CreateFleetInstance).
struct FleetLaunch {
  Document launched = Document::array(), errors = Document::array();
};
FleetLaunch fill_fleet(Context& context, state::GenericResource& fleet);

/// Lets the engine begin, change to what `_fleet` says now, or end.
void begin_fleet(Context& context, state::GenericResource& fleet);
void change_fleet(Context& context, state::GenericResource& fleet);
enum class FleetEnd : std::uint8_t { terminate_instances, keep_instances };
void end_fleet(Context& context, state::GenericResource& fleet, FleetEnd how);

/// Events by type and subtype: `instance-change` `launched`. `instance_id` may be empty.
void note_fleet_event(Context& context, state::GenericResource& fleet, std::string_view type, std::string_view sub_type,
                      std::string_view description, std::string_view instance_id = {});
/// The history from a time on, of one type or all; the types in the API's own words.
std::vector<Document> fleet_history(const state::GenericResource& fleet, std::string_view from, std::string_view type);

/// `fulfilled`, `pending_fulfillment`, `pending_termination` or `error`.
std::string_view fleet_activity(Context& context, const state::GenericResource& fleet);

/// A fleet follows its instances. A watcher of instances.
void follow_fleet_instance(Context& context, const state::Instance& instance);
/// Carries out the due moves of fleets of both APIs.
void move_fleet(Context& context, const state::Due& due);

}  // namespace fogling
