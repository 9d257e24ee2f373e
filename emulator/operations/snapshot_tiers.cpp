/// Storage tiers of snapshots: put into the archive, and taken out again for some days or for good.

#include <fmt/format.h>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/snapshots.hpp"
#include "emulator/tags.hpp"
#include "state/images.hpp"

namespace fogling {
namespace {

/// EC2 documents 24 to 72 hours for both.
constexpr std::int64_t kTiers_ms = 24 * 3'600'000LL, kDay_ms = 24 * 3'600'000LL;
constexpr std::string_view kKind = "snapshot-tier";

/// The last move between tiers, in the snapshot's options: Status, StartMs, Days (0: for good), DoneMs.
void begin(Call& call, state::Snapshot& snapshot, std::string_view status, std::int64_t days) {
  snapshot.options["Tiering"] = {
      {"Status", fmt::format("{}-in-progress", status)}, {"StartMs", call.now_ms}, {"Days", days}};
  state::update(call.txn, snapshot);
  schedule(call, kKind, snapshot.snapshot_id, status, kTiers_ms);
}

bool is_moving(const state::Snapshot& snapshot) {
  return text(part(snapshot.options, "Tiering"), "Status").ends_with("-in-progress");
}

/// Assumed: all words of this file, which no recording or user has told.
Document ModifySnapshotTier(Call& call) {
  auto snapshot = require_snapshot(call, call.require("SnapshotId"));
  if (snapshot.state != "completed") throw errors::incorrect_state("Snapshot is in invalid state - " + snapshot.state);
  if (snapshot.storage_tier != "standard" || is_moving(snapshot)) {
    throw errors::incorrect_state(
        fmt::format("The snapshot '{}' is archived or being archived.", snapshot.snapshot_id));
  }
  if (!state::images_on_snapshot(call.txn, snapshot.snapshot_id).empty()) {
    throw ApiError("InvalidSnapshot.InUse",
                   fmt::format("The snapshot {} is currently in use by {}", snapshot.snapshot_id,
                               state::images_on_snapshot(call.txn, snapshot.snapshot_id).front()));
  }
  begin(call, snapshot, "archival", 0);
  return {{"SnapshotId", snapshot.snapshot_id}, {"TieringStartTime", iso_time(call.now_ms)}};
}

Document RestoreSnapshotTier(Call& call) {
  auto snapshot = require_snapshot(call, call.require("SnapshotId"));
  const auto days = call.integer("TemporaryRestoreDays");
  const bool for_good = call.flag("PermanentRestore").value_or(false);
  if (days && for_good) throw errors::not_together("temporaryRestoreDays", "permanentRestore");
  if (!days && !for_good) throw errors::missing_parameter("temporaryRestoreDays");
  if (days && (*days < 1 || *days > 180)) {
    throw errors::invalid_value(std::to_string(*days), "temporaryRestoreDays", "Value must be between 1 and 180.");
  }
  if (snapshot.storage_tier != "archive" || is_moving(snapshot)) {
    throw errors::incorrect_state(fmt::format("The snapshot '{}' is not in the archive.", snapshot.snapshot_id));
  }
  begin(call, snapshot, for_good ? "permanent-restore" : "temporary-restore", days.value_or(0));
  Document answer{{"SnapshotId", snapshot.snapshot_id}, {"RestoreStartTime", iso_time(call.now_ms)}};
  if (for_good) answer["IsPermanentRestore"] = true;
  if (days) answer["RestoreDuration"] = *days;
  return answer;
}

void move_tier(Context& context, const state::Due& due) {
  auto snapshot = state::find<state::Snapshot>(context.txn, context.scope, due.resource_id);
  if (!snapshot) return;
  if (due.move == "expired") {
    snapshot->options.erase("RestoreExpiryTime");
    state::update(context.txn, *snapshot);
    return;
  }
  auto& tiering = snapshot->options["Tiering"];
  tiering["Status"] = due.move + "-completed";
  tiering["DoneMs"] = context.now_ms;
  if (due.move == "archival") snapshot->storage_tier = "archive";
  if (due.move == "permanent-restore") {
    snapshot->storage_tier = "standard";
    snapshot->options.erase("RestoreExpiryTime");
  }
  if (due.move == "temporary-restore") {
    const auto lasts_ms = integer(tiering, "Days").value_or(0) * kDay_ms;
    snapshot->options["RestoreExpiryTime"] = iso_time(context.now_ms + lasts_ms);
    schedule_by_clock(context, kKind, snapshot->snapshot_id, "expired", lasts_ms);
  }
  state::update(context.txn, *snapshot);
}

Document tier_document(Transaction& txn, const state::Snapshot& snapshot) {
  Document out{{"SnapshotId", snapshot.snapshot_id},
               {"VolumeId", snapshot.volume_id},
               {"Status", snapshot.state},
               {"OwnerId", snapshot.account},
               {"StorageTier", snapshot.storage_tier},
               {"Tags", tag_set(txn, snapshot.snapshot_id)}};
  set_if(out, "RestoreExpiryTime", text(snapshot.options, "RestoreExpiryTime"));
  const auto& tiering = part(snapshot.options, "Tiering");
  if (tiering.empty()) return out;
  const auto status = text(tiering, "Status");
  out["LastTieringOperationStatus"] = status;
  out["LastTieringStartTime"] = iso_time(integer(tiering, "StartMs").value_or(0));
  out["LastTieringProgress"] = status.ends_with("-completed") ? 100 : 0;
  if (status == "archival-completed") out["ArchivalCompleteTime"] = iso_time(integer(tiering, "DoneMs").value_or(0));
  return out;
}

Document DescribeSnapshotTierStatus(Call& call) {
  std::vector<Document> statuses;
  for (const auto& snapshot : state::list<state::Snapshot>(call.txn, call.scope)) {
    statuses.push_back(tier_document(call.txn, snapshot));
    call.looked_at.push_back(snapshot.snapshot_id);
  }
  return describe_documents(call, "SnapshotTierStatuses", std::move(statuses));
}

constexpr FilterPath kFilters[] = {{"last-tiering-operation", "LastTieringOperationStatus"}};

constexpr Operation kOperations[] = {
    {.name = "DescribeSnapshotTierStatus",
     .run = DescribeSnapshotTierStatus,
     .access = Access::read,
     .listed = "SnapshotTierStatus",
     .filters = kFilters},
    {.name = "ModifySnapshotTier", .run = ModifySnapshotTier, .access = Access::write},
    {.name = "RestoreSnapshotTier", .run = RestoreSnapshotTier, .access = Access::write},
};

constexpr Mover kMovers[] = {{kKind, move_tier}};

}  // namespace

Family snapshot_tiers_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
