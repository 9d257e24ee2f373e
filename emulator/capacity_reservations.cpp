#include "emulator/capacity_reservations.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/kinds.hpp"
#include "emulator/spot.hpp"

namespace fogling {
namespace {

/// InstancePlatform as an instance's platform details say it.
std::string_view platform_of(const state::Instance& instance) {
  const std::string_view details = instance.platform_details;
  if (details == "Red Hat Enterprise Linux" || details == "SUSE Linux" || details == "Ubuntu Pro") return details;
  return details.starts_with("Windows") || details.starts_with("RHEL") ? details : "Linux/UNIX";
}

bool fits(const state::GenericResource& reservation, const state::Instance& instance) {
  const auto& document = reservation.document;
  return reservation.state == "active" && text(document, "InstanceType") == instance.instance_type &&
         text(document, "InstancePlatform") == platform_of(instance) &&
         text(document, "AvailabilityZone") == instance.availability_zone &&
         text(document, "Tenancy") == instance.tenancy;
}

void use(Context& context, const state::GenericResource& reservation, state::Instance& instance) {
  instance.options["CapacityReservationId"] = reservation.resource_id;
  if (text(reservation.document, "ReservationType") == "capacity-block") instance.instance_lifecycle = "capacity-block";
  state::add_reference(context.txn, context.scope, instance.instance_id, reservation.resource_id, false);
}

/// The oldest open one that fits.
bool use_open(Context& context, state::Instance& instance) {
  for (const auto& each : state::list_kind(context.txn, context.scope, kCapacityReservation)) {
    if (text(each.document, "InstanceMatchCriteria") != "open" || !fits(each, instance)) continue;
    if (each.document.value("Interruptible", false) || reserved_free(context, each) < 1) continue;
    use(context, each, instance);
    return true;
  }
  return false;
}

ApiError no_room() {
  return {"ReservationCapacityExceeded",
          "The requested reservation does not have sufficient compatible and available capacity for this request."};
}

}  // namespace

std::int64_t reserved_total(const state::GenericResource& reservation) {
  return integer(reservation.document, "TotalInstanceCount").value_or(0);
}

std::int64_t reserved_free(Context& context, const state::GenericResource& reservation) {
  const auto used = static_cast<std::int64_t>(state::instances_referring(context.txn, reservation.resource_id).size());
  return reserved_total(reservation) - used;
}

bool may_take_capacity(Context& context, const state::Instance& instance) {
  const auto& specification = part(instance.options, "CapacityReservationSpecification");
  return text(specification, "CapacityReservationPreference") == "capacity-reservations-only" ||
         state::count_kind(context.txn, context.scope, kCapacityReservation) > 0;
}

void take_capacity(Context& context, state::Instance& instance) {
  if (instance.instance_lifecycle == "spot") return;
  const auto& specification = part(instance.options, "CapacityReservationSpecification");
  const auto preference = text(specification, "CapacityReservationPreference");
  const auto named = text(part(specification, "CapacityReservationTarget"), "CapacityReservationId");
  if (!named.empty()) {
    const auto reservation = require_resource(context, kCapacityReservation, named);
    if (reservation.state != "active") {
      throw ApiError("InvalidCapacityReservationState",
                     fmt::format("The Capacity Reservation '{}' is not active.", named));  // Assumed: the words
    }
    if (!fits(reservation, instance)) {
      throw errors::invalid_parameter_value(fmt::format(
          "The attributes of the instance do not match those of the Capacity Reservation '{}'.", named));  // Assumed
    }
    if (reserved_free(context, reservation) < 1) throw no_room();
    use(context, reservation, instance);
    return;
  }
  if (preference == "none") return;
  if (!use_open(context, instance) && preference == "capacity-reservations-only") throw no_room();
}

void free_capacity(Context& context, state::Instance& instance) {
  const std::string id(text(instance.options, "CapacityReservationId"));
  if (id.empty()) return;
  state::remove_reference(context.txn, instance.instance_id, id);
  instance.options.erase("CapacityReservationId");
}

void end_capacity_reservation(Context& context, state::GenericResource& reservation, std::string_view state) {
  for (auto& instance : state::instances_referring(context.txn, reservation.resource_id)) {
    free_capacity(context, instance);
    state::update(context.txn, instance);
  }
  put_state(context, reservation, state);
}

}  // namespace fogling
