#include "emulator/fleets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "emulator/clock.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"
#include "emulator/launch.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/prices.hpp"
#include "state/database.hpp"

namespace fogling {
namespace {

constexpr std::int64_t kActivation_ms = 2'000, kChange_ms = 2'000, kReplacement_ms = 5'000, kRetry_ms = 60'000;
constexpr std::size_t kMostEvents = 1000;

/// What the two APIs call differently.
struct Dialect {
  std::string_view kind, ended, ended_running, ended_terminating, tag;
  std::string_view instance_change, fleet_change, error;
};
constexpr Dialect kDialects[] = {
    {kFleet, "deleted", "deleted_running", "deleted_terminating", "aws:ec2:fleet-id", "instance-change", "fleet-change",
     "service-error"},
    {kSpotFleet, "cancelled", "cancelled_running", "cancelled_terminating", "aws:ec2spot:fleet-request-id",
     "instanceChange", "fleetRequestChange", "error"},
};

const Dialect& dialect_of(const state::GenericResource& fleet) {
  return fleet.kind == kFleet ? kDialects[0] : kDialects[1];
}

const Document& plan_of(const state::GenericResource& fleet) { return part(fleet.document, "_fleet"); }

double target(const Document& plan, Market market) {
  return plan.value(market == Market::spot ? "Spot" : "OnDemand", 0.0);
}

double weight_of(const state::Instance& instance) { return part(instance.options, "_fleet").value("Weight", 1.0); }

bool has_ended(const state::GenericResource& fleet) {
  const auto& words = dialect_of(fleet);
  return fleet.state == words.ended || fleet.state == words.ended_running || fleet.state == words.ended_terminating;
}

// ---- Launching
// -------------------------------------------------------------------------------------------------------

/// One market of a fleet while it is being filled.
class Filling {
 public:
  Filling(Context& context, state::GenericResource& fleet, Market market, FleetLaunch& told)
      : context_(context), fleet_(fleet), market_(market), told_(told) {}

  /// Launches until so many units are there, or no pool can give any more.
  void launch(double missing) {
    auto [pools, used] = fleet_pools(context_, plan_of(fleet_), market_);
    std::size_t next = 0;
    while (missing > 0 && !pools.empty()) {
      used = std::min(used, pools.size());
      next %= used;
      const auto& pool = pools[next];
      const double share = missing / static_cast<double>(used);
      const auto wanted = std::max<std::int64_t>(static_cast<std::int64_t>(std::ceil(share / pool.weight - 1e-9)), 1);
      const auto launched = launch_from(pool, within_budget(pool, wanted));
      missing -= static_cast<double>(launched) * pool.weight;
      if (launched < wanted) {
        pools.erase(pools.begin() + static_cast<std::ptrdiff_t>(next));  // the next in rank stands in
      } else {
        ++next;
      }
    }
  }

 private:
  /// Of so many instances, those whose price the fleet's budget still has.
  std::int64_t within_budget(const FleetPool& pool, std::int64_t wanted) const {
    const auto budget = text(plan_of(fleet_), market_ == Market::spot ? "SpotBudget" : "OnDemandBudget");
    if (budget.empty()) return wanted;
    double left = std::strtod(std::string(budget).c_str(), nullptr);
    for (const auto& each : fleet_instances(context_, fleet_)) {
      if (market_of(each) != market_) continue;
      const auto* type = catalogue::find_instance_type(each.instance_type);
      const auto* zone = catalogue::find_zone(each.region, each.availability_zone);
      if (type != nullptr && zone != nullptr) left -= price(*type, *zone);
    }
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(left / price(*pool.type, *pool.zone)), 0, wanted);
  }

  double price(const catalogue::InstanceType& type, const catalogue::Zone& zone) const {
    return market_ == Market::spot ? spot_price(type, zone, kLinux, context_.now_ms)
                                   : on_demand_price(type, zone.region);
  }

  Document request(const FleetPool& pool, std::int64_t count) const {
    Document in = pool.in;
    in["MinCount"] = 1;
    in["MaxCount"] = count;
    const auto& plan = plan_of(fleet_);
    if (plan.contains("Tags")) in["TagSpecifications"] = plan["Tags"];
    if (market_ == Market::on_demand) return in;
    Document options{{"SpotInstanceType", "one-time"}};
    set_if(options, "InstanceInterruptionBehavior", text(plan, "Behavior"));
    set_if(options, "MaxPrice", pool.max_price.empty() ? text(plan, "MaxPrice") : std::string_view(pool.max_price));
    in["InstanceMarketOptions"] = {{"MarketType", "spot"}, {"SpotOptions", std::move(options)}};
    return in;
  }

  std::int64_t launch_from(const FleetPool& pool, std::int64_t count) {
    if (count == 0) return 0;
    const char* lifecycle = market_ == Market::spot ? "spot" : "on-demand";
    try {
      const LaunchedFor launched_for{
          .tags = {{std::string(dialect_of(fleet_).tag), fleet_.resource_id}},
          .options = {{"_fleet", {{"Id", fleet_.resource_id}, {"Weight", pool.weight}, {"Origin", pool.origin}}}}};
      const Document answer = launch_instances(context_, request(pool, count), launched_for);
      Document ids = Document::array();
      for (const auto& instance : items(answer, "Instances")) {
        const auto& id = instance["InstanceId"].get_ref<const std::string&>();
        state::add_reference(context_.txn, context_.scope, id, fleet_.resource_id, false);
        note_fleet_event(context_, fleet_, "instance-change", "launched",
                         Document{{"instanceType", pool.type->name}, {"availabilityZone", pool.zone->name}}.dump(), id);
        ids.push_back(id);
      }
      const auto launched = static_cast<std::int64_t>(ids.size());
      told_.launched.push_back({{"LaunchTemplateAndOverrides", pool.origin},
                                {"Lifecycle", lifecycle},
                                {"InstanceIds", std::move(ids)},
                                {"InstanceType", pool.type->name},
                                {"AvailabilityZone", pool.zone->name},
                                {"AvailabilityZoneId", pool.zone->id},
                                {"SubnetId", text(items(answer, "Instances").front(), "SubnetId")}});
      return launched;
    } catch (const ApiError& error) {
      note_fleet_event(context_, fleet_, "service-error", error.code, error.message);
      told_.errors.push_back({{"LaunchTemplateAndOverrides", pool.origin},
                              {"Lifecycle", lifecycle},
                              {"ErrorCode", error.code},
                              {"ErrorMessage", error.message}});
      return 0;
    }
  }

  Context& context_;
  state::GenericResource& fleet_;
  Market market_;
  FleetLaunch& told_;
};

/// Takes the newest instances away until no more than the target is left.
void shrink(Context& context, state::GenericResource& fleet, Market market) {
  auto instances = fleet_instances(context, fleet);
  double excess = fulfilled_capacity(instances, market) - target(plan_of(fleet), market);
  for (auto each = instances.rbegin(); each != instances.rend() && excess > 0; ++each) {
    if (market_of(*each) != market || weight_of(*each) > excess) continue;
    excess -= weight_of(*each);
    terminate_instance(context, *each, {"Server.FleetTargetCapacityDecreased", "Fleet target capacity decreased"});
  }
}

void put_fleet_state(Context& context, state::GenericResource& fleet, std::string_view state) {
  put_state(context, fleet, state);
}

void activate(Context& context, state::GenericResource& fleet) {
  const bool is_change = fleet.state == "modifying";
  put_fleet_state(context, fleet, "active");
  note_fleet_event(context, fleet, "fleet-change", is_change ? "modify_successful" : "active", "");
  const auto told = fill_fleet(context, fleet);
  if (!told.errors.empty()) schedule_by_clock(context, fleet.kind, fleet.resource_id, "fill", kRetry_ms);
}

/// Keeps a fleet of the type `maintain` at its target.
void maintain(Context& context, state::GenericResource& fleet) {
  if (fleet.state != "active" || text(plan_of(fleet), "Type") != "maintain") return;
  const auto told = fill_fleet(context, fleet);
  if (!told.errors.empty()) schedule_by_clock(context, fleet.kind, fleet.resource_id, "fill", kRetry_ms);
}

void finish_end(Context& context, state::GenericResource& fleet) {
  if (!has_ended(fleet) || fleet.state == dialect_of(fleet).ended) return;
  if (!state::instances_referring(context.txn, fleet.resource_id).empty()) return;
  note_fleet_event(context, fleet, "fleet-change", dialect_of(fleet).ended, "");
  remove_resource(context, fleet);
}

}  // namespace

Market market_of(const state::Instance& instance) {
  return instance.instance_lifecycle == "spot" ? Market::spot : Market::on_demand;
}

std::vector<state::Instance> fleet_instances(Context& context, const state::GenericResource& fleet) {
  auto instances = state::instances_referring(context.txn, fleet.resource_id);
  std::erase_if(instances, [](const state::Instance& each) {
    return each.state != instance_state::pending && each.state != instance_state::running;
  });
  return instances;
}

double fulfilled_capacity(const std::vector<state::Instance>& instances, Market market) {
  double units = 0;
  for (const auto& each : instances) units += market_of(each) == market ? weight_of(each) : 0;
  return units;
}

FleetLaunch fill_fleet(Context& context, state::GenericResource& fleet) {
  FleetLaunch told;
  for (const auto market : {Market::on_demand, Market::spot}) {
    const auto& plan = plan_of(fleet);
    const double missing = target(plan, market) - fulfilled_capacity(fleet_instances(context, fleet), market);
    if (missing > 0) {
      Filling(context, fleet, market, told).launch(missing);
    } else if (missing < 0 && text(plan, "Excess") == "termination") {
      shrink(context, fleet, market);
    }
  }
  state::update(context.txn, fleet);
  return told;
}

void begin_fleet(Context& context, state::GenericResource& fleet) {
  note_fleet_event(context, fleet, "fleet-change", "submitted", "");
  const auto from = text(
      fleet.document.contains("SpotFleetRequestConfig") ? fleet.document["SpotFleetRequestConfig"] : fleet.document,
      "ValidFrom");
  const auto until = text(plan_of(fleet), "ValidUntil");
  if (!from.empty() && parse_time(from) > context.now_ms) {
    schedule_by_clock(context, fleet.kind, fleet.resource_id, "activate", parse_time(from) - context.now_ms);
  } else {
    schedule(context, fleet.kind, fleet.resource_id, "activate", kActivation_ms);
  }
  if (!until.empty()) {
    schedule_by_clock(context, fleet.kind, fleet.resource_id, "expire", parse_time(until) - context.now_ms);
  }
}

void change_fleet(Context& context, state::GenericResource& fleet) {
  put_fleet_state(context, fleet, "modifying");
  note_fleet_event(context, fleet, "fleet-change", "modify_in_progress", "");
  schedule(context, fleet.kind, fleet.resource_id, "activate", kChange_ms);
}

void end_fleet(Context& context, state::GenericResource& fleet, FleetEnd how) {
  const auto& words = dialect_of(fleet);
  const bool terminates = how == FleetEnd::terminate_instances;
  state::remove_dues_of(context.txn, fleet.resource_id);
  put_fleet_state(context, fleet, terminates ? words.ended_terminating : words.ended_running);
  note_fleet_event(context, fleet, "fleet-change", fleet.state, "");
  if (terminates) {
    for (auto& each : state::instances_referring(context.txn, fleet.resource_id)) terminate_instance(context, each);
  }
  schedule(context, fleet.kind, fleet.resource_id, "end", kChange_ms);
}

void note_fleet_event(Context& context, state::GenericResource& fleet, std::string_view type, std::string_view sub_type,
                      std::string_view description, std::string_view instance_id) {
  const auto& words = dialect_of(fleet);
  const auto word = type == "instance-change" ? words.instance_change
                    : type == "fleet-change"  ? words.fleet_change
                                              : words.error;
  Document information{{"EventSubType", sub_type}};
  set_if(information, "EventDescription", description);
  set_if(information, "InstanceId", instance_id);
  auto& history = fleet.document["_history"];
  if (!history.is_array()) history = Document::array();
  history.push_back(
      {{"EventInformation", std::move(information)}, {"EventType", word}, {"Timestamp", iso_time(context.now_ms)}});
  if (history.size() > kMostEvents) history.erase(history.begin());
  state::update(context.txn, fleet);
}

std::vector<Document> fleet_history(const state::GenericResource& fleet, std::string_view from, std::string_view type) {
  std::vector<Document> events;
  for (const auto& each : items(fleet.document, "_history")) {
    if (text(each, "Timestamp") >= from && (type.empty() || text(each, "EventType") == type)) events.push_back(each);
  }
  return events;
}

std::string_view fleet_activity(Context& context, const state::GenericResource& fleet) {
  const auto& plan = plan_of(fleet);
  const auto instances = fleet_instances(context, fleet);
  const double wanted = target(plan, Market::spot) + target(plan, Market::on_demand);
  const double have = fulfilled_capacity(instances, Market::spot) + fulfilled_capacity(instances, Market::on_demand);
  if (fleet.state == dialect_of(fleet).ended_terminating) return "pending_termination";
  if (have >= wanted)
    return have > wanted && text(plan, "Excess") == "termination" && fleet.state == "modifying" ? "pending_termination"
                                                                                                : "fulfilled";
  const auto& history = items(fleet.document, "_history");
  const bool has_failed = !history.empty() && text(history.back(), "EventType") == dialect_of(fleet).error;
  return has_failed && have == 0 ? "error" : "pending_fulfillment";
}

void follow_fleet_instance(Context& context, const state::Instance& instance) {
  const auto id = text(part(instance.options, "_fleet"), "Id");
  if (id.empty() || instance.state == instance_state::pending) return;
  auto fleet = state::find<state::GenericResource>(context.txn, context.scope, id);
  if (!fleet) return;
  if (instance.state == instance_state::terminated) {
    note_fleet_event(context, *fleet, "instance-change", "terminated", "", instance.instance_id);
    finish_end(context, *fleet);
  } else if (fleet->state == "active" && text(plan_of(*fleet), "Type") == "maintain") {
    schedule(context, fleet->kind, fleet->resource_id, "fill", kReplacement_ms);
  }
}

void move_fleet(Context& context, const state::Due& due) {
  auto fleet = state::find<state::GenericResource>(context.txn, context.scope, due.resource_id);
  if (!fleet) return;
  if (due.move == "activate") {
    activate(context, *fleet);
  } else if (due.move == "fill") {
    maintain(context, *fleet);
  } else if (due.move == "end") {
    finish_end(context, *fleet);
  } else if (due.move == "expire") {
    if (has_ended(*fleet)) return;
    end_fleet(
        context, *fleet,
        plan_of(*fleet).value("TerminateAtEnd", false) ? FleetEnd::terminate_instances : FleetEnd::keep_instances);
  } else {
    move_declared(context, due);
  }
}

}  // namespace fogling
