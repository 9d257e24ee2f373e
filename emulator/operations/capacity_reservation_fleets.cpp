/// Capacity reservation fleets: one target, made up of reservations of several types in the order of their priority.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "emulator/capacity_reservations.hpp"
#include "emulator/clock.hpp"
#include "emulator/kinds.hpp"
#include "emulator/launch.hpp"
#include "emulator/lifecycle.hpp"
#include "fixtures/catalogue/catalogue.hpp"

namespace fogling {
namespace {

constexpr std::string_view kFleet = "capacity-reservation-fleet";
constexpr std::int64_t kShownAfterEnd_ms = 24 * 3'600'000;

/// What a specification asks for, checked, its defaults filled in.
Document read_specification(const Call& call, const Document& given) {
  const auto* type = catalogue::find_instance_type(text(given, "InstanceType"));
  if (type == nullptr) throw invalid_instance_type(text(given, "InstanceType"));
  if (text(given, "InstancePlatform").empty()) throw errors::missing_parameter("InstancePlatform");
  Document specification = given;
  const auto name = text(given, "AvailabilityZone"), id = text(given, "AvailabilityZoneId");
  const auto* zone = !name.empty() ? catalogue::find_zone(call.scope.region, name)
                     : !id.empty() ? catalogue::find_zone_by_id(call.scope.region, id)
                                   : nullptr;
  if (zone == nullptr && !(name.empty() && id.empty())) {
    throw errors::invalid_parameter_value(fmt::format("Invalid availability zone: [{}]", name.empty() ? id : name));
  }
  for (const auto& each : catalogue::zones(call.scope.region)) {
    if (zone == nullptr && each.is_availability_zone() && catalogue::is_offered(*type, each)) zone = &each;
  }
  if (zone == nullptr || !catalogue::is_offered(*type, *zone)) {
    throw errors::unsupported(fmt::format("The instance type {} is not offered there.", type->name));  // Assumed
  }
  specification["AvailabilityZone"] = zone->name;
  specification["AvailabilityZoneId"] = zone->id;
  if (!specification.contains("Weight")) specification["Weight"] = 1.0;
  if (!specification.contains("EbsOptimized")) specification["EbsOptimized"] = false;
  return specification;
}

std::vector<state::GenericResource> reservations_of(Context& context, const state::GenericResource& fleet) {
  auto all = state::list_referring(context.txn, fleet.resource_id, kCapacityReservation);
  std::erase_if(all, [](const state::GenericResource& each) { return each.state != "active"; });
  return all;
}

double fulfilled(const std::vector<state::GenericResource>& reservations) {
  double units = 0;
  for (const auto& each : reservations) {
    units += static_cast<double>(reserved_total(each)) * each.document.value("_weight", 1.0);
  }
  return units;
}

void reserve(Context& context, const state::GenericResource& fleet, const Document& specification, std::int64_t count) {
  Document document{{"InstanceMatchCriteria", text(fleet.document, "InstanceMatchCriteria")},
                    {"Tenancy", text(fleet.document, "Tenancy")},
                    {"TotalInstanceCount", count},
                    {"CapacityReservationFleetId", fleet.resource_id},
                    {"StartDate", iso_seconds(context.now_ms)},
                    {"_weight", specification["Weight"]},
                    {"_priority", specification.value("Priority", Document())}};
  for (const char* member :
       {"InstanceType", "InstancePlatform", "AvailabilityZone", "AvailabilityZoneId", "EbsOptimized"}) {
    document[member] = specification[member];
  }
  if (has(fleet.document, "EndDate")) {
    document["EndDate"] = fleet.document["EndDate"];
    document["EndDateType"] = "limited";
  }
  auto reservation = new_resource(context, declared_kind(kCapacityReservation), std::move(document));
  state::insert(context.txn, reservation);
  state::add_reference(context.txn, context.scope, reservation.resource_id, fleet.resource_id, false);
}

/// By priority, the first that has capacity takes all. Capacity is without end here, so that is the first.
void fill(Context& context, const state::GenericResource& fleet) {
  const double missing =
      fleet.document["TotalTargetCapacity"].get<double>() - fulfilled(reservations_of(context, fleet));
  if (missing <= 0) return;
  std::vector<Document> specifications = items(fleet.document, "_specifications").get<std::vector<Document>>();
  std::ranges::stable_sort(specifications, {}, [](const Document& each) { return each.value("Priority", 1'000'000); });
  const auto& first = specifications.front();
  const double weight = first["Weight"].get<double>();
  reserve(context, fleet, first, static_cast<std::int64_t>(std::ceil(missing / weight - 1e-9)));
}

Document reservation_document(const state::GenericResource& reservation) {
  Document document{{"CapacityReservationId", reservation.resource_id},
                    {"TotalInstanceCount", reserved_total(reservation)},
                    {"FulfilledCapacity",
                     static_cast<double>(reserved_total(reservation)) * reservation.document.value("_weight", 1.0)},
                    {"CreateDate", text(reservation.document, "CreateDate")},
                    {"Weight", reservation.document.value("_weight", 1.0)}};
  for (const char* member :
       {"InstanceType", "InstancePlatform", "AvailabilityZone", "AvailabilityZoneId", "EbsOptimized"}) {
    document[member] = reservation.document[member];
  }
  if (const auto& priority = reservation.document["_priority"]; !priority.is_null()) document["Priority"] = priority;
  return document;
}

void show(Context& context, const state::GenericResource& fleet, Document& shown) {
  const auto reservations = reservations_of(context, fleet);
  Document list = Document::array();
  for (const auto& each : reservations) list.push_back(reservation_document(each));
  shown["InstanceTypeSpecifications"] = std::move(list);
  shown["TotalFulfilledCapacity"] = fulfilled(reservations);
}

Document CreateCapacityReservationFleet(Call& call) {
  const auto strategy = call.text("AllocationStrategy");
  if (!strategy.empty() && strategy != "prioritized") throw errors::invalid_value(strategy, "allocationStrategy");
  const auto total = call.integer("TotalTargetCapacity").value_or(0);
  if (total < 1) throw errors::invalid_value(std::to_string(total), "totalTargetCapacity");
  const auto end = call.text("EndDate");
  if (!end.empty() && parse_time(end) <= call.now_ms) throw errors::invalid_value(end, "endDate");
  if (call.items("InstanceTypeSpecifications").empty()) throw errors::missing_parameter("InstanceTypeSpecification");
  Document document = copied_members(call.in, declared_kind(kFleet));
  // Documented as AWS' own to use.
  for (const char* reserved : {"InstanceRequirements", "AvailabilityZone", "AvailabilityZoneId"})
    document.erase(reserved);
  document["_specifications"] = Document::array();
  for (const auto& each : call.items("InstanceTypeSpecifications")) {
    document["_specifications"].push_back(read_specification(call, each));
  }
  const auto fleet = make_resource(call, declared_kind(kFleet), std::move(document));
  fill(call, fleet);
  if (!end.empty()) {
    schedule_by_clock(call, kFleet, fleet.resource_id, "expired", parse_time(end) - call.now_ms);
  }
  Document answer = shown(call, fleet);
  answer["FleetCapacityReservations"] = std::move(answer["InstanceTypeSpecifications"]);
  answer.erase("InstanceTypeSpecifications");
  answer.erase("CapacityReservationFleetArn");
  return answer;
}

state::GenericResource require_active(Call& call, std::string_view id) {
  auto fleet = require_resource(call, kFleet, id);
  if (fleet.state == "active") return fleet;
  throw ApiError("InvalidCapacityReservationFleetState",  // Assumed: code and words
                 fmt::format("The Capacity Reservation Fleet '{}' is not active.", id));
}

/// Down to the target, taking from the reservations of the least priority what is not in use.
void shrink(Call& call, const state::GenericResource& fleet) {
  auto reservations = reservations_of(call, fleet);
  double excess = fulfilled(reservations) - fleet.document["TotalTargetCapacity"].get<double>();
  for (auto each = reservations.rbegin(); each != reservations.rend() && excess > 0; ++each) {
    const double weight = each->document.value("_weight", 1.0);
    const auto count = std::min(static_cast<std::int64_t>(excess / weight), reserved_free(call, *each));
    excess -= static_cast<double>(count) * weight;
    each->document["TotalInstanceCount"] = reserved_total(*each) - count;
    state::update(call.txn, *each);
    if (reserved_total(*each) == 0) remove_resource(call, *each);
  }
}

Document ModifyCapacityReservationFleet(Call& call) {
  auto fleet = require_active(call, call.require("CapacityReservationFleetId"));
  if (const auto total = call.integer("TotalTargetCapacity")) {
    if (*total < 1) throw errors::invalid_value(std::to_string(*total), "totalTargetCapacity");
    fleet.document["TotalTargetCapacity"] = *total;
  }
  if (call.flag("RemoveEndDate").value_or(false)) {
    if (!call.text("EndDate").empty()) throw errors::not_together("RemoveEndDate", "EndDate");
    fleet.document.erase("EndDate");
  }
  set_if(fleet.document, "EndDate", call.text("EndDate"));
  state::update(call.txn, fleet);
  state::remove_dues_of(call.txn, fleet.resource_id);
  if (const auto end = text(fleet.document, "EndDate"); !end.empty()) {
    schedule_by_clock(call, kFleet, fleet.resource_id, "expired", parse_time(end) - call.now_ms);
  }
  fill(call, fleet);
  shrink(call, fleet);
  return {{"Return", true}};
}

/// Its reservations end with it.
void end_reservations(Context& context, const state::GenericResource& fleet, std::string_view state) {
  for (auto& each : reservations_of(context, fleet)) {
    end_capacity_reservation(context, each, state);
    schedule_by_clock(context, kCapacityReservation, each.resource_id, "gone", kShownAfterEnd_ms);
  }
}

Document CancelCapacityReservationFleets(Call& call) {
  Document cancelled = Document::array(), failed = Document::array();
  for (const auto& each : call.items("CapacityReservationFleetIds")) {
    const auto& id = each.get_ref<const std::string&>();
    try {
      auto fleet = require_active(call, id);
      end_reservations(call, fleet, "cancelled");
      remove_resource(call, fleet);
      cancelled.push_back(
          {{"CapacityReservationFleetId", id}, {"CurrentFleetState", fleet.state}, {"PreviousFleetState", "active"}});
    } catch (const ApiError& error) {
      failed.push_back({{"CapacityReservationFleetId", id},
                        {"CancelCapacityReservationFleetError", {{"Code", error.code}, {"Message", error.message}}}});
    }
  }
  return {{"SuccessfulFleetCancellations", std::move(cancelled)}, {"FailedFleetCancellations", std::move(failed)}};
}

void moved(Context& context, state::GenericResource& fleet) {
  if (fleet.state != "expired") return;
  end_reservations(context, fleet, "expired");
  schedule_by_clock(context, kFleet, fleet.resource_id, "gone", kShownAfterEnd_ms);
}

constexpr Operation kOperations[] = {
    {.name = "CancelCapacityReservationFleets", .run = CancelCapacityReservationFleets, .access = Access::write},
    {.name = "CreateCapacityReservationFleet", .run = CreateCapacityReservationFleet, .access = Access::write},
    {.name = "ModifyCapacityReservationFleet", .run = ModifyCapacityReservationFleet, .access = Access::write},
};
constexpr Hooks kHooks[] = {{.kind = "capacity-reservation-fleet", .moved = moved, .show = show}};

}  // namespace

Family capacity_reservation_fleets_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
