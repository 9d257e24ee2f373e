/// Who pays for what nobody uses of a capacity reservation: another account, if it agrees. And reservations that lend
/// out what they do not need until they need it again.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/capacity_reservations.hpp"
#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/tags.hpp"

namespace fogling {
namespace {

// ---- Billing
// --------------------------------------------------------------------------------------------------------- The latest
// request stands in the reservation's `_billing`; a reference leads to it from the account that is asked.

std::string asked_account(std::string_view account) { return fmt::format("billing/{}", account); }

Document& put_billing(Call& call, state::GenericResource& reservation, std::string_view status,
                      std::string_view message) {
  auto& billing = reservation.document["_billing"];
  billing["Status"] = status;
  billing["StatusMessage"] = message;
  billing["LastUpdateTime"] = iso_seconds(call.now_ms);
  state::update(call.txn, reservation);
  return billing;
}

Document AssociateCapacityReservationBillingOwner(Call& call) {
  auto reservation = require_resource(call, kCapacityReservation, call.require("CapacityReservationId"));
  const std::string owner(call.require("UnusedReservationBillingOwnerId"));
  const bool is_account = owner.size() == 12 && std::ranges::all_of(owner, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_account || owner == call.scope.account) throw errors::invalid_value(owner, "unusedReservationBillingOwnerId");
  if (reservation.state != "active") {
    throw ApiError("InvalidCapacityReservationState",
                   fmt::format("The Capacity Reservation '{}' is not active.", reservation.resource_id));  // Assumed
  }
  reservation.document["_billing"] = {{"RequestedBy", call.scope.account}, {"UnusedReservationBillingOwnerId", owner}};
  state::add_reference(call.txn, call.scope, reservation.resource_id, asked_account(owner), false);
  put_billing(call, reservation, "pending", "");
  return {{"Return", true}};
}

Document DisassociateCapacityReservationBillingOwner(Call& call) {
  auto reservation = require_resource(call, kCapacityReservation, call.require("CapacityReservationId"));
  const auto owner = call.require("UnusedReservationBillingOwnerId");
  const auto& billing = part(reservation.document, "_billing");
  const auto status = text(billing, "Status");
  if (text(billing, "UnusedReservationBillingOwnerId") != owner || (status != "pending" && status != "accepted")) {
    throw errors::invalid_value(owner, "unusedReservationBillingOwnerId");  // Assumed: the code
  }
  put_billing(call, reservation, status == "pending" ? "cancelled" : "revoked", "");
  reservation.document.erase("UnusedReservationBillingOwnerId");
  state::update(call.txn, reservation);
  return {{"Return", true}};
}

/// Asked of the caller, whoever the reservation belongs to.
std::vector<state::GenericResource> asked_of(Call& call) {
  auto reservations = state::list_referring(call.txn, asked_account(call.scope.account), kCapacityReservation);
  std::erase_if(reservations, [&](const state::GenericResource& each) {
    return each.region != call.scope.region ||
           text(part(each.document, "_billing"), "UnusedReservationBillingOwnerId") != call.scope.account;
  });
  return reservations;
}

Document answer_request(Call& call, std::string_view status) {
  const auto id = call.require("CapacityReservationId");
  check_id(kCapacityReservation, id);
  for (auto& each : asked_of(call)) {
    if (each.resource_id != id || text(part(each.document, "_billing"), "Status") != "pending") continue;
    if (status == "accepted") each.document["UnusedReservationBillingOwnerId"] = call.scope.account;
    put_billing(call, each, status, "");
    return {{"Return", true}};
  }
  throw unknown_id(kCapacityReservation, id);
}

Document AcceptCapacityReservationBillingOwnership(Call& call) { return answer_request(call, "accepted"); }
Document RejectCapacityReservationBillingOwnership(Call& call) { return answer_request(call, "rejected"); }

Document DescribeCapacityReservationBillingRequests(Call& call) {
  auto reservations =
      call.text("Role") == "odcr-owner" ? state::list_kind(call.txn, call.scope, kCapacityReservation) : asked_of(call);
  const auto& wanted = call.items("CapacityReservationIds");
  std::vector<Document> requests;
  for (const auto& each : reservations) {
    if (!each.document.contains("_billing")) continue;
    if (!wanted.empty() && std::ranges::find(wanted, Document(each.resource_id)) == wanted.end()) continue;
    Document request = each.document["_billing"];
    request["CapacityReservationId"] = each.resource_id;
    request["CapacityReservationInfo"] = adapted(each.document, *model::find_shape("CapacityReservationInfo"));
    requests.push_back(std::move(request));
  }
  return describe_documents(call, "CapacityReservationBillingRequests", std::move(requests));
}

constexpr FilterPath kBillingFilters[] = {{"status", "Status"},
                                          {"requested-by", "RequestedBy"},
                                          {"unused-reservation-billing-owner", "UnusedReservationBillingOwnerId"}};

// ---- Lending
// ---------------------------------------------------------------------------------------------------------

Document allocation_answer(const state::GenericResource& source) {
  Document answer = part(source.document, "InterruptibleCapacityAllocation");
  answer["SourceCapacityReservationId"] = source.resource_id;
  answer.erase("ZeroSizePreference");
  return answer;
}

state::GenericResource require_source(Call& call) {
  auto source = require_resource(call, kCapacityReservation, call.require("CapacityReservationId"));
  if (source.state == "active" && !source.document.value("Interruptible", false)) return source;
  throw ApiError("InvalidCapacityReservationState",
                 fmt::format("The Capacity Reservation '{}' cannot be lent out.", source.resource_id));  // Assumed
}

/// What becomes of the borrowing reservation at zero instances: `retain`, or else it is cancelled.
bool is_retained(const Document& allocation) { return text(allocation, "ZeroSizePreference") == "retain"; }

void set_preference(const Call& call, state::GenericResource& source, state::GenericResource& borrower) {
  const auto preference = call.text("ZeroSizePreference");
  if (preference.empty()) return;
  source.document["InterruptibleCapacityAllocation"]["ZeroSizePreference"] = preference;
  borrower.document["ZeroSizePreference"] = preference;
}

/// Takes instances from one reservation into the other, or back where `count` is negative.
void lend(Call& call, state::GenericResource& source, state::GenericResource& borrower, std::int64_t count) {
  if (count > reserved_free(call, source)) {
    throw errors::invalid_value(std::to_string(count), "instanceCount",
                                "The Capacity Reservation does not have that many available instances.");  // Assumed
  }
  source.document["TotalInstanceCount"] = reserved_total(source) - count;
  borrower.document["TotalInstanceCount"] = reserved_total(borrower) + count;
  auto& allocation = source.document["InterruptibleCapacityAllocation"];
  allocation["InstanceCount"] = allocation["TargetInstanceCount"] = reserved_total(borrower);
  allocation["Status"] = reserved_total(borrower) == 0 && !is_retained(allocation) ? "canceled" : "active";
  state::update(call.txn, source);
  state::update(call.txn, borrower);
}

Document CreateInterruptibleCapacityReservationAllocation(Call& call) {
  auto source = require_source(call);
  if (text(part(source.document, "InterruptibleCapacityAllocation"), "Status") == "active") {
    throw errors::incorrect_state("The Capacity Reservation has an interruptible allocation already.");  // Assumed
  }
  const auto count = call.integer("InstanceCount").value_or(0);
  if (count < 1) throw errors::invalid_value(std::to_string(count), "instanceCount");
  Document document = source.document;
  for (const char* own : {"InterruptibleCapacityAllocation", "CommitmentInfo", "_billing", "Tags"}) document.erase(own);
  document["TotalInstanceCount"] = 0;
  document["InterruptionInfo"] = {{"SourceCapacityReservationId", source.resource_id}, {"InterruptionType", "adhoc"}};
  document["InstanceMatchCriteria"] = "targeted";
  auto borrower = new_resource(call, declared_kind(kCapacityReservation), std::move(document));
  borrower.document["Interruptible"] = true;
  state::insert(call.txn, borrower);
  apply_tags(call, borrower.resource_id, kCapacityReservation);
  source.document["InterruptibleCapacityAllocation"] = {{"InterruptibleCapacityReservationId", borrower.resource_id},
                                                        {"InterruptionType", "adhoc"}};
  set_preference(call, source, borrower);
  lend(call, source, borrower, count);
  Document answer = allocation_answer(source);
  answer.erase("InterruptibleCapacityReservationId");
  answer.erase("InstanceCount");
  return answer;
}

Document UpdateInterruptibleCapacityReservationAllocation(Call& call) {
  auto source = require_source(call);
  const std::string id(
      text(part(source.document, "InterruptibleCapacityAllocation"), "InterruptibleCapacityReservationId"));
  if (id.empty())
    throw errors::incorrect_state("The Capacity Reservation has no interruptible allocation.");  // Assumed
  auto borrower = require_resource(call, kCapacityReservation, id);
  set_preference(call, source, borrower);
  const auto target = call.integer("TargetInstanceCount").value_or(reserved_total(borrower));
  if (target < 0) throw errors::invalid_value(std::to_string(target), "targetInstanceCount");
  // Assumed: what is in use is taken back all the same, and its instances run on without a reservation.
  for (auto& instance : state::instances_referring(call.txn, borrower.resource_id)) {
    if (reserved_total(borrower) - reserved_free(call, borrower) <= target) break;
    free_capacity(call, instance);
    state::update(call.txn, instance);
  }
  lend(call, source, borrower, target - reserved_total(borrower));
  if (target == 0 && !is_retained(part(source.document, "InterruptibleCapacityAllocation")))
    remove_resource(call, borrower);
  return allocation_answer(source);
}

constexpr Operation kOperations[] = {
    {.name = "AcceptCapacityReservationBillingOwnership",
     .run = AcceptCapacityReservationBillingOwnership,
     .access = Access::write},
    {.name = "AssociateCapacityReservationBillingOwner",
     .run = AssociateCapacityReservationBillingOwner,
     .access = Access::write},
    {.name = "CreateInterruptibleCapacityReservationAllocation",
     .run = CreateInterruptibleCapacityReservationAllocation,
     .access = Access::write},
    {.name = "DescribeCapacityReservationBillingRequests",
     .run = DescribeCapacityReservationBillingRequests,
     .access = Access::read,
     .listed = "CapacityReservationBillingRequest",
     .filters = kBillingFilters},
    {.name = "DisassociateCapacityReservationBillingOwner",
     .run = DisassociateCapacityReservationBillingOwner,
     .access = Access::write},
    {.name = "RejectCapacityReservationBillingOwnership",
     .run = RejectCapacityReservationBillingOwnership,
     .access = Access::write},
    {.name = "UpdateInterruptibleCapacityReservationAllocation",
     .run = UpdateInterruptibleCapacityReservationAllocation,
     .access = Access::write},
};

}  // namespace

Family capacity_reservation_billing_family() { return {.operations = kOperations}; }

}  // namespace fogling
