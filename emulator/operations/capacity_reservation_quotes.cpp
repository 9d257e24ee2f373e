/// Quotes for future-dated capacity reservations: what it costs to cancel one during its commitment, and what becomes
/// of one whose start is put off. Describing is declared.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/capacity_reservations.hpp"
#include "emulator/clock.hpp"
#include "emulator/kinds.hpp"
#include "emulator/lifecycle.hpp"

namespace fogling {
namespace {

constexpr std::string_view kCancellation = "capacity-reservation-cancellation-quote",
                           kModification = "capacity-reservation-modification-quote";
constexpr std::int64_t kHour_ms = 3'600'000, kDay_ms = 24 * kHour_ms;
constexpr std::int64_t kMostPushedOut_ms = 30 * kDay_ms;  // documented

// Assumed: codes and words of all refusals here; what is refused is documented.

ApiError wrong_state(const GenericResource& reservation, std::string_view why) {
  return {"InvalidCapacityReservationState",
          fmt::format("The Capacity Reservation '{}' {}.", reservation.resource_id, why)};
}

bool is_future_dated(const GenericResource& reservation) { return has(reservation.document, "OriginalStartDate"); }

/// A quote lasts until its time has come, and is told as expired for a while.
void quoted(Call& call, GenericResource& quote) {
  schedule_by_clock(call, quote.kind, quote.resource_id, "expired",
                    parse_time(text(quote.document, "ExpirationTime")) - call.now_ms);
}

Document configuration_of(const GenericResource& reservation) {
  return {{"InstanceCount", reserved_total(reservation)}, {"ReservationState", reservation.state}};
}

// ---- Cancelling ----------------------------------------------------------------------------------------------------

void quote_cancellation(Call& call, GenericResource& quote) {
  const auto reservation = require_resource(call, kCapacityReservation, quote.parent_id);
  const auto& commitment = part(reservation.document, "CommitmentInfo");
  const auto end_ms = parse_time(text(commitment, "CommitmentEndDate"));
  if (!is_future_dated(reservation) || end_ms <= call.now_ms)
    throw wrong_state(reservation, "is not a future-dated one within its commitment duration");
  quote.document["ExpirationTime"] = iso_seconds(call.now_ms + kDay_ms);
  quote.document["CurrentConfiguration"] = configuration_of(reservation);
  quote.document["CancellationTerms"] = {{{"CancellationType", "commitment-wind-down"},
                                          {"ReservationState", "cancelled"},
                                          {"CommittedInstanceCount", commitment["CommittedInstanceCount"]},
                                          {"ChargeCommitmentDurationHours", (end_ms - call.now_ms) / kHour_ms},
                                          {"ChargeEndDate", commitment["CommitmentEndDate"]}}};
}

// ---- Another date --------------------------------------------------------------------------------------------------

void quote_date_change(Call& call, GenericResource& quote) {
  const auto reservation = require_resource(call, kCapacityReservation, quote.parent_id);
  const auto start_ms = parse_time(text(reservation.document, "StartDate"));
  const bool is_to_come = reservation.state == "scheduled" || reservation.state == "assessing";
  if (!is_future_dated(reservation) || !is_to_come || start_ms - kHour_ms <= call.now_ms)
    throw wrong_state(reservation, "is not a future-dated one that is still to be delivered");
  const auto given = call.require("NewStartDate");
  const auto new_start_ms = parse_time(given);
  const auto original = text(reservation.document, "OriginalStartDate");
  if (new_start_ms <= start_ms || new_start_ms > parse_time(original) + kMostPushedOut_ms) {
    throw errors::invalid_value(given, "newStartDate",
                                "It has to be later than the start date and within 30 days of the original one.");
  }
  quote.document["ExpirationTime"] = iso_seconds(std::min(call.now_ms + kDay_ms, start_ms - kHour_ms));
  Document configuration = configuration_of(reservation);
  configuration["StartDate"] = reservation.document["StartDate"];
  configuration["OriginalStartDate"] = original;
  Document update{{"NewStartDate", iso_seconds(new_start_ms)}};
  const auto& commitment = part(reservation.document, "CommitmentInfo");
  if (const auto duration_s = integer(commitment, "CommitmentDuration")) {
    update["NewCommitmentDuration"] = *duration_s;
    update["NewCommitmentEndDate"] = iso_seconds(new_start_ms + *duration_s * 1000);
  }
  quote.document["CurrentConfiguration"] = std::move(configuration);
  quote.document["ModificationTerms"] = {{"ReservationUpdate", std::move(update)}};
}

/// An active quote for this reservation that has not been used.
GenericResource require_quote(Call& call, std::string_view kind, const GenericResource& reservation) {
  auto quote = require_resource(call, kind, call.require("QuoteId"));
  if (quote.parent_id != reservation.resource_id) {
    throw errors::invalid_parameter_value(fmt::format("The quote '{}' is not for the Capacity Reservation '{}'.",
                                                      quote.resource_id, reservation.resource_id));
  }
  if (has(quote.document, "_used"))
    throw errors::invalid_parameter_value(fmt::format("The quote '{}' has been used.", quote.resource_id));
  quote.document["_used"] = true;
  state::update(call.txn, quote);
  return quote;
}

constexpr Hooks kHooks[] = {{.kind = kCancellation, .create = quote_cancellation, .created = quoted},
                            {.kind = kModification, .create = quote_date_change, .created = quoted}};

}  // namespace

void require_cancellation_quote(Call& call, const GenericResource& reservation) {
  if (call.text("ApplyCancellationCharges").empty() || call.text("QuoteId").empty()) {
    throw ApiError("InvalidCapacityReservationState",
                   fmt::format("The Capacity Reservation '{}' cannot be cancelled during its commitment.",
                               reservation.resource_id));
  }
  require_quote(call, kCancellation, reservation);
}

void change_date(Call& call, GenericResource& reservation) {
  const auto wanted = call.text("StartDate");
  if (call.text("QuoteId").empty()) {
    if (wanted.empty() && !has(call.in, "AcceptModificationTerms")) return;
    throw errors::missing_parameter("QuoteId");
  }
  if (!call.flag("AcceptModificationTerms").value_or(false)) {
    throw errors::invalid_parameter_value("The modification terms of the quote have to be accepted.");
  }
  const auto quote = require_quote(call, kModification, reservation);
  const auto& update = part(part(quote.document, "ModificationTerms"), "ReservationUpdate");
  if (!wanted.empty() && parse_time(wanted) != parse_time(text(update, "NewStartDate")))
    throw errors::invalid_value(wanted, "startDate", "It is not the start date of the quote.");
  auto& document = reservation.document;
  document["StartDate"] = update["NewStartDate"];
  Document details{{"StartDate", update["NewStartDate"]}, {"EndDateType", document["EndDateType"]}};
  set_if(details, "EndDate", text(document, "EndDate"));
  if (update.contains("NewCommitmentEndDate")) {
    document["CommitmentInfo"]["CommitmentEndDate"] = update["NewCommitmentEndDate"];
    details["CommitmentEndDate"] = update["NewCommitmentEndDate"];
    details["CommitmentDuration"] = update["NewCommitmentDuration"];
  }
  document["AdjustmentStatus"] = "applied";
  document["AdjustmentDetails"] = std::move(details);
}

Family capacity_reservation_quotes_family() { return {.hooks = kHooks}; }

}  // namespace fogling
