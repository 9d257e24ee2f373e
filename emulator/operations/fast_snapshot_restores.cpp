/// Fast snapshot restore: for a snapshot and a zone, volumes made from it there need no time to fetch their blocks.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/snapshots.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/resources.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "fast-snapshot-restore";
/// Assumed: EC2 documents an hour for each TiB of the snapshot.
constexpr std::int64_t kEnabling_ms = 60'000, kOptimizing_ms = 600'000, kDisabling_ms = 60'000;
constexpr std::string_view kReason = "Client.UserInitiated";

std::vector<const catalogue::Zone*> requested_zones(const Call& call) {
  const auto& names = call.items("AvailabilityZones");
  const auto& ids = call.items("AvailabilityZoneIds");
  if (names.empty() == ids.empty()) {
    if (names.empty()) throw errors::missing_parameter("AvailabilityZone");
    throw errors::not_together("availabilityZone", "availabilityZoneId");  // Assumed: the words
  }
  std::vector<const catalogue::Zone*> zones;
  for (const auto& each : names.empty() ? ids : names) {
    const auto& given = each.get_ref<const std::string&>();
    const auto* zone = names.empty() ? catalogue::find_zone_by_id(call.scope.region, given)
                                     : catalogue::find_zone(call.scope.region, given);
    if (zone == nullptr) throw errors::invalid_parameter_value(fmt::format("Invalid availability zone: [{}]", given));
    zones.push_back(zone);
  }
  return zones;
}

std::optional<state::GenericResource> find_restore(Context& context, std::string_view snapshot_id,
                                                   std::string_view zone) {
  for (auto& row : state::list_children(context.txn, snapshot_id, kKind)) {
    if (text(row.document, "AvailabilityZone") == zone) return std::move(row);
  }
  return std::nullopt;
}

Document shown(const state::GenericResource& row) {
  Document out = row.document;
  out["State"] = row.state;
  out["StateTransitionReason"] = kReason;
  return out;
}

/// Errors are told snapshot by snapshot.
Document snapshot_error(std::string_view snapshot_id, const std::vector<const catalogue::Zone*>& zones,
                        const ApiError& error) {
  Document errors = Document::array();
  for (const auto* zone : zones) {
    errors.push_back({{"AvailabilityZone", zone->name}, {"Error", {{"Code", error.code}, {"Message", error.message}}}});
  }
  return {{"SnapshotId", snapshot_id}, {"FastSnapshotRestoreStateErrors", std::move(errors)}};
}

/// Applies `change` to every snapshot in every zone, and gathers what came of it.
Document for_each_place(Call& call, Document (*change)(Call&, const state::Snapshot&, const catalogue::Zone&)) {
  const auto zones = requested_zones(call);
  Document done = Document::array(), failed = Document::array();
  for (const auto& each : call.items("SourceSnapshotIds")) {
    const auto& id = each.get_ref<const std::string&>();
    try {
      const auto snapshot = require_snapshot(call, id);
      for (const auto* zone : zones) done.push_back(change(call, snapshot, *zone));
    } catch (const ApiError& error) {
      failed.push_back(snapshot_error(id, zones, error));
    }
  }
  return {{"Successful", std::move(done)}, {"Unsuccessful", std::move(failed)}};
}

Document enable(Call& call, const state::Snapshot& snapshot, const catalogue::Zone& zone) {
  if (auto row = find_restore(call, snapshot.snapshot_id, zone.name)) return shown(*row);
  if (snapshot.storage_tier != "standard") {
    throw errors::incorrect_state("Snapshot is in invalid state - archived");  // Assumed: the words
  }
  state::GenericResource row;
  row.account = call.scope.account;
  row.region = call.scope.region;
  row.resource_id = fmt::format("{}/{}", snapshot.snapshot_id, zone.name);
  row.kind = kKind;
  row.state = "enabling";
  row.parent_id = snapshot.snapshot_id;
  row.document = {{"SnapshotId", snapshot.snapshot_id},
                  {"AvailabilityZone", zone.name},
                  {"AvailabilityZoneId", zone.id},
                  {"OwnerId", snapshot.account},
                  {"EnablingTime", iso_time(call.now_ms)}};
  state::insert(call.txn, row);
  schedule(call, kKind, row.resource_id, "optimizing", kEnabling_ms);
  return shown(row);
}

Document disable(Call& call, const state::Snapshot& snapshot, const catalogue::Zone& zone) {
  auto row = find_restore(call, snapshot.snapshot_id, zone.name);
  if (!row) {
    throw ApiError("InvalidState",
                   fmt::format("Fast snapshot restore is not enabled for {} in {}.", snapshot.snapshot_id,
                               zone.name));  // Assumed: code and words
  }
  state::remove_dues_of(call.txn, row->resource_id);
  row->state = "disabling";
  row->document["DisablingTime"] = iso_time(call.now_ms);
  state::update(call.txn, *row);
  schedule(call, kKind, row->resource_id, "disabled", kDisabling_ms);
  return shown(*row);
}

Document EnableFastSnapshotRestores(Call& call) { return for_each_place(call, enable); }
Document DisableFastSnapshotRestores(Call& call) { return for_each_place(call, disable); }

Document DescribeFastSnapshotRestores(Call& call) {
  std::vector<Document> restores;
  for (const auto& row : state::list_kind(call.txn, call.scope, kKind)) {
    restores.push_back(shown(row));
    call.looked_at.push_back(row.resource_id);
  }
  return describe_documents(call, "FastSnapshotRestores", std::move(restores));
}

void move_restore(Context& context, const state::Due& due) {
  auto row = state::find<state::GenericResource>(context.txn, context.scope, due.resource_id);
  if (!row) return;
  if (due.move == "disabled") {
    state::erase(context.txn, *row);
    return;
  }
  row->state = due.move;
  if (due.move == "optimizing") {
    row->document["OptimizingTime"] = iso_time(context.now_ms);
    schedule(context, kKind, row->resource_id, "enabled", kOptimizing_ms);
  } else {
    row->document["EnabledTime"] = iso_time(context.now_ms);
  }
  state::update(context.txn, *row);
}

constexpr Operation kOperations[] = {
    {.name = "DescribeFastSnapshotRestores",
     .run = DescribeFastSnapshotRestores,
     .access = Access::read,
     .listed = "DescribeFastSnapshotRestoreSuccessItem"},
    {.name = "DisableFastSnapshotRestores", .run = DisableFastSnapshotRestores, .access = Access::write},
    {.name = "EnableFastSnapshotRestores", .run = EnableFastSnapshotRestores, .access = Access::write},
};

constexpr Mover kMovers[] = {{kKind, move_restore}};

}  // namespace

Family fast_snapshot_restores_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
