/// Capacity reservations: made now or for later, changed, split, moved, and used by instances.

#include "emulator/capacity_reservations.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/launch.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/tags.hpp"
#include "emulator/topology.hpp"
#include "fixtures/catalogue/catalogue.hpp"

namespace fogling {
namespace {

/// Assumed: how long EC2 looks at a request for later before it promises.
constexpr std::int64_t kAssessment_ms = 60'000;
constexpr std::int64_t kShownAfterEnd_ms = 24 * 3'600'000;

// ---- Making
// ----------------------------------------------------------------------------------------------------------

const catalogue::Zone& asked_zone(const Call& call) {
  const auto name = call.text("AvailabilityZone"), id = call.text("AvailabilityZoneId");
  if (!name.empty() && !id.empty()) throw errors::not_together("AvailabilityZone", "AvailabilityZoneId");
  if (name.empty() && id.empty()) throw errors::missing_parameter("AvailabilityZone");
  const auto* zone =
      name.empty() ? catalogue::find_zone_by_id(call.scope.region, id) : catalogue::find_zone(call.scope.region, name);
  if (zone == nullptr) {
    throw errors::invalid_parameter_value(fmt::format("Invalid availability zone: [{}]", name.empty() ? id : name));
  }
  return *zone;
}

void check_type(const Call& call, const catalogue::Zone& zone) {
  const auto* type = catalogue::find_instance_type(call.text("InstanceType"));
  if (type == nullptr) throw invalid_instance_type(call.text("InstanceType"));
  if (!catalogue::is_offered(*type, zone)) {
    throw errors::unsupported(
        fmt::format("Your requested instance type ({}) is not supported in your requested "
                    "Availability Zone ({}).",
                    type->name, zone.name));
  }
}

void check_end(const Call& call, std::string_view end, std::string_view end_type) {
  if (end_type == "limited" && end.empty()) throw errors::missing_parameter("EndDate");
  if (end_type == "unlimited" && !end.empty()) throw errors::not_together("EndDate", "EndDateType");
  if (!end.empty() && parse_time(end) <= call.now_ms) {
    throw errors::invalid_value(end, "endDate", "It has to be in the future.");  // Assumed: the words
  }
}

void schedule_end(Context& context, const state::GenericResource& reservation) {
  const auto end = text(reservation.document, "EndDate");
  if (end.empty()) return;
  schedule_by_clock(context, kCapacityReservation, reservation.resource_id, "expired",
                    parse_time(end) - context.now_ms);
}

void create(Call& call, state::GenericResource& reservation) {
  auto& document = reservation.document;
  const auto& zone = asked_zone(call);
  check_type(call, zone);
  const auto count = call.integer("InstanceCount").value_or(0);
  if (count < 1) throw errors::invalid_value(std::to_string(count), "instanceCount");
  const auto end = call.text("EndDate");
  if (!end.empty() && call.text("EndDateType").empty()) document["EndDateType"] = "limited";
  check_end(call, end, text(document, "EndDateType"));
  document["AvailabilityZone"] = zone.name;
  document["AvailabilityZoneId"] = zone.id;
  const auto start = call.text("StartDate");
  if (!start.empty() && parse_time(start) <= call.now_ms) {
    throw errors::invalid_value(start, "startDate", "It has to be in the future.");  // Assumed: the words
  }
  if (start.empty()) {
    document["StartDate"] = iso_seconds(call.now_ms);
  } else {
    reservation.state = "assessing";
    document["State"] = reservation.state;
    document["OriginalStartDate"] = document["StartDate"];
    document["DeliveryPreference"] =
        call.text("DeliveryPreference").empty() ? "fixed" : call.text("DeliveryPreference");
  }
  if (const auto commitment_s = call.integer("CommitmentDuration")) {
    const auto from_ms = start.empty() ? call.now_ms : parse_time(start);
    document["CommitmentInfo"] = {{"CommittedInstanceCount", count},
                                  {"CommitmentDuration", *commitment_s},
                                  {"CommitmentEndDate", iso_seconds(from_ms + *commitment_s * 1000)}};
  }
}

void created(Call& call, state::GenericResource& reservation) {
  schedule_end(call, reservation);
  if (reservation.state != "assessing") return;
  schedule(call, kCapacityReservation, reservation.resource_id, "scheduled", kAssessment_ms);
}

void schedule_start(Context& context, const state::GenericResource& reservation) {
  const auto start_ms = parse_time(text(reservation.document, "StartDate"));
  schedule_by_clock(context, kCapacityReservation, reservation.resource_id, "active",
                    std::max<std::int64_t>(start_ms - context.now_ms, 0));
}

void modify(Call& call, state::GenericResource& reservation) {
  auto& document = reservation.document;
  // The engine has laid the request over it; another start is a matter of quotes.
  const auto before = require_resource(call, kCapacityReservation, reservation.resource_id);
  set_if(document, "StartDate", text(before.document, "StartDate"));
  change_date(call, reservation);
  if (const auto count = call.integer("InstanceCount")) {
    const auto used = static_cast<std::int64_t>(state::instances_referring(call.txn, reservation.resource_id).size());
    if (*count < 1 || *count < used) {
      throw errors::invalid_value(std::to_string(*count), "instanceCount",
                                  "It is less than the number of instances in use.");  // Assumed: the words
    }
  }
  const auto end = call.text("EndDate");
  if (!end.empty() && call.text("EndDateType").empty()) document["EndDateType"] = "limited";
  if (call.text("EndDateType") == "unlimited") document.erase("EndDate");
  check_end(call, text(document, "EndDate"), text(document, "EndDateType"));
  state::remove_dues_of(call.txn, reservation.resource_id);
  schedule_end(call, reservation);
  if (reservation.state == "scheduled") schedule_start(call, reservation);
}

void remove(Call& call, state::GenericResource& reservation) {
  if (text(part(reservation.document, "CommitmentInfo"), "CommitmentEndDate") > iso_seconds(call.now_ms)) {
    require_cancellation_quote(call, reservation);
  }
  end_capacity_reservation(call, reservation, reservation.state);
}

/// `scheduled` comes into force when its day has come; an end ends its use.
void moved(Context& context, state::GenericResource& reservation) {
  if (reservation.state == "scheduled") {
    schedule_start(context, reservation);
    return;
  }
  if (reservation.state != "expired") return;
  end_capacity_reservation(context, reservation, "expired");
  schedule_by_clock(context, kCapacityReservation, reservation.resource_id, "gone", kShownAfterEnd_ms);
}

void show(Context& context, const state::GenericResource& reservation, Document& shown) {
  const auto used = static_cast<std::int64_t>(state::instances_referring(context.txn, reservation.resource_id).size());
  const bool is_usable = reservation.state == "active";
  shown["AvailableInstanceCount"] = is_usable ? reserved_total(reservation) - used : 0;
  if (used > 0) shown["CapacityAllocations"] = {{{"AllocationType", "used"}, {"Count", used}}};
}

// ---- Splitting and moving
// --------------------------------------------------------------------------------------------

state::GenericResource require_active(Call& call, const char* member) {
  auto reservation = require_resource(call, kCapacityReservation, call.require(member));
  if (reservation.state == "active") return reservation;
  throw ApiError("InvalidCapacityReservationState",
                 fmt::format("The Capacity Reservation '{}' is not active.", reservation.resource_id));  // Assumed
}

/// Takes so many unused instances out of a reservation. Assumed: that those in use stay where they are.
void take_out(Call& call, state::GenericResource& source, std::int64_t count) {
  if (count < 1 || count > reserved_free(call, source)) {
    throw errors::invalid_value(
        std::to_string(count), "instanceCount",
        "The source Capacity Reservation does not have that many available instances.");  // Assumed
  }
  source.document["TotalInstanceCount"] = reserved_total(source) - count;
  state::update(call.txn, source);
}

Document CreateCapacityReservationBySplitting(Call& call) {
  auto source = require_active(call, "SourceCapacityReservationId");
  const auto count = call.integer("InstanceCount").value_or(0);
  if (count >= reserved_total(source)) {
    throw errors::invalid_value(std::to_string(count), "instanceCount",
                                "At least one instance has to stay in the source Capacity Reservation.");  // Assumed
  }
  take_out(call, source, count);
  Document document = source.document;
  for (const char* own : {"CapacityReservationFleetId", "InterruptibleCapacityAllocation", "CommitmentInfo"}) {
    document.erase(own);
  }
  document["TotalInstanceCount"] = count;
  auto destination = new_resource(call, declared_kind(kCapacityReservation), std::move(document));
  state::insert(call.txn, destination);
  apply_tags(call, destination.resource_id, kCapacityReservation);
  schedule_end(call, destination);
  return {{"SourceCapacityReservation", shown(call, source)},
          {"DestinationCapacityReservation", shown(call, destination)},
          {"InstanceCount", count}};
}

Document MoveCapacityReservationInstances(Call& call) {
  auto source = require_active(call, "SourceCapacityReservationId");
  auto destination = require_active(call, "DestinationCapacityReservationId");
  for (const char* same : {"InstanceType", "InstancePlatform", "AvailabilityZone", "Tenancy", "EndDateType"}) {
    if (source.document.value(same, "") == destination.document.value(same, "")) continue;
    throw errors::invalid_combination(
        fmt::format("The source and destination Capacity Reservations must have the same {}.", same));  // Assumed
  }
  if (source.resource_id == destination.resource_id) {
    throw errors::invalid_combination(
        "The source and destination Capacity Reservations must not be the same.");  // Assumed
  }
  const auto count = call.integer("InstanceCount").value_or(0);
  take_out(call, source, count);
  destination.document["TotalInstanceCount"] = reserved_total(destination) + count;
  state::update(call.txn, destination);
  if (reserved_total(source) == 0) remove_resource(call, source);  // documented: an empty source is cancelled
  return {{"SourceCapacityReservation", shown(call, source)},
          {"DestinationCapacityReservation", shown(call, destination)},
          {"InstanceCount", count}};
}

// ---- Use
// -------------------------------------------------------------------------------------------------------------

Document GetCapacityReservationUsage(Call& call) {
  const auto reservation = require_resource(call, kCapacityReservation, call.require("CapacityReservationId"));
  const auto used = static_cast<std::int64_t>(state::instances_referring(call.txn, reservation.resource_id).size());
  std::vector<Document> usages;
  if (used > 0) usages.push_back({{"AccountId", call.scope.account}, {"UsedInstanceCount", used}});
  Document answer = describe_documents(call, "InstanceUsages", std::move(usages));
  answer["CapacityReservationId"] = reservation.resource_id;
  answer["InstanceType"] = text(reservation.document, "InstanceType");
  answer["TotalInstanceCount"] = reserved_total(reservation);
  answer["AvailableInstanceCount"] = reserved_total(reservation) - used;
  answer["State"] = reservation.state;
  return answer;
}

/// Groups are kept by Resource Groups, which is not here: no reservation is in one.
Document GetGroupsForCapacityReservation(Call& call) {
  require_resource(call, kCapacityReservation, call.require("CapacityReservationId"));
  return describe_documents(call, "CapacityReservationGroups", {});
}

Document DescribeCapacityReservationTopology(Call& call) {
  std::vector<Document> documents;
  for (const auto& id : requested_ids(call, kCapacityReservation, "CapacityReservationIds")) {
    require_resource(call, kCapacityReservation, id);
  }
  const auto& wanted = call.items("CapacityReservationIds");
  for (const auto& each : state::list_kind(call.txn, call.scope, kCapacityReservation)) {
    const bool is_wanted = wanted.empty() || std::ranges::find(wanted, Document(each.resource_id)) != wanted.end();
    if (!is_wanted || each.state == "cancelled" || each.state == "expired") continue;
    documents.push_back({{"CapacityReservationId", each.resource_id},
                         {"State", each.state},
                         {"InstanceType", text(each.document, "InstanceType")},
                         {"AvailabilityZone", text(each.document, "AvailabilityZone")},
                         {"AvailabilityZoneId", text(each.document, "AvailabilityZoneId")},
                         {"NetworkNodes", network_nodes(call.scope.region, text(each.document, "AvailabilityZoneId"),
                                                        each.resource_id)}});
  }
  return describe_documents(call, "CapacityReservations", std::move(documents));
}

constexpr Operation kOperations[] = {
    {.name = "CreateCapacityReservationBySplitting",
     .run = CreateCapacityReservationBySplitting,
     .access = Access::write},
    {.name = "DescribeCapacityReservationTopology",
     .run = DescribeCapacityReservationTopology,
     .access = Access::read,
     .listed = "CapacityReservationTopology"},
    {.name = "GetCapacityReservationUsage", .run = GetCapacityReservationUsage, .access = Access::read},
    {.name = "GetGroupsForCapacityReservation", .run = GetGroupsForCapacityReservation, .access = Access::read},
    {.name = "MoveCapacityReservationInstances", .run = MoveCapacityReservationInstances, .access = Access::write},
};
constexpr Hooks kHooks[] = {{.kind = "capacity-reservation",
                             .create = create,
                             .created = created,
                             .modify = modify,
                             .remove = remove,
                             .moved = moved,
                             .show = show}};

}  // namespace

Family capacity_reservations_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
