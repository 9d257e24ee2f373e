/// Snapshot locks: for a time nobody can delete a locked snapshot, and in compliance mode nobody can unlock it either.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/snapshots.hpp"

namespace fogling {
namespace {

constexpr std::int64_t kHour_ms = 3'600'000, kDay_ms = 24 * kHour_ms;
constexpr std::int64_t kMostDays = 36'500, kMostCoolOffHours = 72;

/// The lock's own record in the snapshot's options: Mode, CoolOffHours, CreatedMs, StartMs, ExpiresMs.
const Document& lock_of(const state::Snapshot& snapshot) { return part(snapshot.options, "Lock"); }

std::int64_t at(const Document& lock, std::string_view member) { return integer(lock, member).value_or(0); }

std::int64_t cool_off_until(const Document& lock) {
  return at(lock, "CreatedMs") + at(lock, "CoolOffHours") * kHour_ms;
}

std::string_view lock_state(const Document& lock, std::int64_t now_ms) {
  if (at(lock, "ExpiresMs") <= now_ms) return "expired";
  if (text(lock, "Mode") == "governance") return "governance";
  return cool_off_until(lock) > now_ms ? "compliance-cooloff" : "compliance";
}

Document lock_document(const state::Snapshot& snapshot, std::int64_t now_ms) {
  const auto& lock = lock_of(snapshot);
  Document out{{"SnapshotId", snapshot.snapshot_id},
               {"LockState", lock_state(lock, now_ms)},
               {"LockDuration", (at(lock, "ExpiresMs") - at(lock, "StartMs")) / kDay_ms},
               {"LockCreatedOn", iso_time(at(lock, "CreatedMs"))},
               {"LockDurationStartTime", iso_time(at(lock, "StartMs"))},
               {"LockExpiresOn", iso_time(at(lock, "ExpiresMs"))}};
  if (at(lock, "CoolOffHours") > 0) {
    out["CoolOffPeriod"] = at(lock, "CoolOffHours");
    out["CoolOffPeriodExpiresOn"] = iso_time(cool_off_until(lock));
  }
  return out;
}

/// Either a number of days or a day. Assumed: all words of this file, which no recording or user has told.
std::int64_t requested_expiry(const Call& call) {
  const auto days = call.integer("LockDuration");
  const auto date = call.text("ExpirationDate");
  if (days.has_value() != date.empty()) {
    throw errors::invalid_combination("Specify either lockDuration or expirationDate.");
  }
  if (days && (*days < 1 || *days > kMostDays)) {
    throw errors::invalid_value(std::to_string(*days), "lockDuration", "Value must be between 1 and 36500 days.");
  }
  const std::int64_t expires_ms = days ? call.now_ms + *days * kDay_ms : parse_time(date);
  if (expires_ms < call.now_ms + kDay_ms) {
    throw errors::invalid_value(date, "expirationDate", "It must be at least one day in the future.");
  }
  return expires_ms;
}

std::int64_t requested_cool_off(const Call& call) {
  const auto hours = call.integer("CoolOffPeriod");
  if (!hours) return 0;
  if (call.text("LockMode") != "compliance") throw errors::not_together("coolOffPeriod", "lockMode");
  if (*hours < 1 || *hours > kMostCoolOffHours) {
    throw errors::invalid_value(std::to_string(*hours), "coolOffPeriod", "Value must be between 1 and 72 hours.");
  }
  return *hours;
}

/// A lock in compliance mode can be made longer, never shorter or weaker.
void check_change(const Document& lock, std::string_view mode, std::int64_t expires_ms, std::int64_t now_ms) {
  if (lock.empty() || lock_state(lock, now_ms) != "compliance") return;
  if (mode != "compliance" || expires_ms < at(lock, "ExpiresMs")) {
    throw errors::operation_not_permitted("A snapshot that is locked in compliance mode can only be locked longer.");
  }
}

Document LockSnapshot(Call& call) {
  auto snapshot = require_snapshot(call, call.require("SnapshotId"));
  const auto mode = call.require("LockMode");
  const auto expires_ms = requested_expiry(call);
  const auto cool_off_hours = requested_cool_off(call);
  if (snapshot.state == "error") throw errors::incorrect_state("Snapshot is in invalid state - error");
  check_change(lock_of(snapshot), mode, expires_ms, call.now_ms);
  snapshot.options["Lock"] = {{"Mode", mode},
                              {"CoolOffHours", cool_off_hours},
                              {"CreatedMs", call.now_ms},
                              {"StartMs", call.now_ms},
                              {"ExpiresMs", expires_ms}};
  state::update(call.txn, snapshot);
  return lock_document(snapshot, call.now_ms);
}

Document UnlockSnapshot(Call& call) {
  auto snapshot = require_snapshot(call, call.require("SnapshotId"));
  const auto& lock = lock_of(snapshot);
  if (lock.empty() || lock_state(lock, call.now_ms) == "expired") {
    throw errors::incorrect_state(fmt::format("The snapshot '{}' is not locked.", snapshot.snapshot_id));
  }
  if (lock_state(lock, call.now_ms) == "compliance") {
    throw errors::operation_not_permitted(
        fmt::format("The snapshot '{}' is locked in compliance mode.", snapshot.snapshot_id));
  }
  snapshot.options.erase("Lock");
  state::update(call.txn, snapshot);
  return {{"SnapshotId", snapshot.snapshot_id}};
}

Document DescribeLockedSnapshots(Call& call) {
  std::vector<Document> locked;
  for (const auto& snapshot :
       candidates<state::Snapshot>(call, {.type = "snapshot", .ids = "SnapshotIds", .list = "Snapshots"})) {
    if (lock_of(snapshot).empty()) continue;
    locked.push_back(lock_document(snapshot, call.now_ms));
    locked.back()["OwnerId"] = snapshot.account;
  }
  return describe_documents(call, "Snapshots", std::move(locked), "SnapshotIds");
}

constexpr Operation kOperations[] = {
    {.name = "DescribeLockedSnapshots",
     .run = DescribeLockedSnapshots,
     .access = Access::read,
     .listed = "LockedSnapshotsInfo"},
    {.name = "LockSnapshot", .run = LockSnapshot, .access = Access::write},
    {.name = "UnlockSnapshot", .run = UnlockSnapshot, .access = Access::write},
};

}  // namespace

Family snapshot_locks_family() { return {.operations = kOperations}; }

}  // namespace fogling
