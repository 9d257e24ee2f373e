#include "emulator/snapshots.hpp"

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/tags.hpp"
#include "emulator/world.hpp"
#include "state/resources.hpp"

namespace fogling {
namespace {

constexpr std::int64_t kGiB = 1LL << 30;

SnapshotSource source_of(const catalogue::BlockDevice& device) {
  return {.size_gib = device.volume_size_gib,
          .full_size_bytes = device.volume_size_gib * kGiB,
          .encrypted = device.encrypted,
          .kms_key_id = device.kms_key_id};
}

const catalogue::BlockDevice* find_device(const catalogue::Image& image, std::string_view snapshot_id) {
  const auto found = std::ranges::find(image.block_device_mappings, snapshot_id, &catalogue::BlockDevice::snapshot_id);
  return found == image.block_device_mappings.end() ? nullptr : &*found;
}

bool is_visible(const Context& context, const state::Snapshot& snapshot) {
  return snapshot.region == context.scope.region &&
         (snapshot.account == context.scope.account || is_shared_with(snapshot, context.scope.account) ||
          is_shared_with(snapshot, "all"));
}

/// A simulated disk is never written to: what a snapshot holds is what its volume came with. Assumed: the whole of the
/// volume that a public image's snapshot makes; recorded: a blank volume's snapshot may say 0.
std::int64_t written_bytes(Context& context, const state::Volume& volume) {
  if (volume.snapshot_id.empty()) return 0;
  const auto row = state::find_anywhere<state::Snapshot>(context.txn, volume.snapshot_id);
  if (row) return integer(row->options, "FullSnapshotSizeInBytes").value_or(0);
  if (const auto* image = catalogue::find_image_by_snapshot(volume.region, volume.snapshot_id)) {
    return source_of(*find_device(*image, volume.snapshot_id)).full_size_bytes;
  }
  return 0;
}

}  // namespace

SnapshotSource require_snapshot_source(Context& context, std::string_view snapshot_id, SnapshotAccess access) {
  check_id("snapshot", snapshot_id);
  if (const auto* image = catalogue::find_image_by_snapshot(context.scope.region, snapshot_id)) {
    return source_of(*find_device(*image, snapshot_id));
  }
  if (const auto row = state::find_anywhere<state::Snapshot>(context.txn, snapshot_id);
      row &&
      (is_visible(context, *row) || (access == SnapshotAccess::by_image && row->region == context.scope.region))) {
    if (row->state != "completed") throw errors::incorrect_state("Snapshot is in invalid state - " + row->state);
    if (row->storage_tier == "archive" && !has(row->options, "RestoreExpiryTime")) {
      throw errors::incorrect_state("Snapshot is in invalid state - archived");  // Assumed: the words
    }
    return {.size_gib = row->volume_size_gib,
            .full_size_bytes = integer(row->options, "FullSnapshotSizeInBytes").value_or(0),
            .encrypted = row->encrypted,
            .kms_key_id = row->kms_key_id};
  }
  for (const auto& image : context.world.user_images(context.scope.region)) {
    if (const auto* device = find_device(image, snapshot_id)) return source_of(*device);
  }
  throw unknown_id("snapshot", snapshot_id);
}

std::int64_t snapshot_size_gib(Context& context, std::string_view snapshot_id, SnapshotAccess access) {
  return require_snapshot_source(context, snapshot_id, access).size_gib;
}

state::Snapshot make_snapshot(Context& context, SnapshotSpec spec) {
  state::Snapshot snapshot;
  snapshot.account = context.scope.account;
  snapshot.region = context.scope.region;
  snapshot.snapshot_id = context.make_id("snap");
  snapshot.volume_id = std::move(spec.volume_id);
  snapshot.volume_size_gib = spec.volume_size_gib;
  snapshot.state = "pending";
  snapshot.progress = std::move(spec.progress);
  snapshot.start_time_ms = context.now_ms;
  snapshot.description = std::move(spec.description);
  snapshot.encrypted = spec.encrypted;
  snapshot.kms_key_id = std::move(spec.kms_key_id);
  snapshot.storage_tier = "standard";
  snapshot.create_volume_permissions = Document::array();
  snapshot.options = {{"FullSnapshotSizeInBytes", spec.full_size_bytes}};
  state::insert(context.txn, snapshot);
  return snapshot;
}

state::Snapshot make_snapshot(Context& context, const state::Volume& volume, std::string description,
                              std::string progress) {
  return make_snapshot(context, {.volume_id = volume.volume_id,
                                 .volume_size_gib = volume.size_gib,
                                 .full_size_bytes = written_bytes(context, volume),
                                 .description = std::move(description),
                                 .encrypted = volume.encrypted,
                                 .kms_key_id = volume.kms_key_id,
                                 .progress = std::move(progress)});
}

void complete_snapshot(Context& context, state::Snapshot& snapshot) {
  snapshot.state = "completed";
  snapshot.progress = "100%";
  snapshot.completion_time_ms = context.now_ms;
  state::update(context.txn, snapshot);
}

void remove_snapshot(Context& context, const state::Snapshot& snapshot) {
  for (const auto& restore : state::list_children(context.txn, snapshot.snapshot_id, "fast-snapshot-restore")) {
    state::remove_dues_of(context.txn, restore.resource_id);
    state::erase(context.txn, restore);
  }
  state::remove_tags(context.txn, snapshot.snapshot_id);
  state::remove_dues_of(context.txn, snapshot.snapshot_id);
  state::erase(context.txn, snapshot);
}

bool is_locked(const state::Snapshot& snapshot, std::int64_t now_ms) {
  const auto expires = integer(part(snapshot.options, "Lock"), "ExpiresMs");
  return expires && *expires > now_ms;
}

bool is_shared_with(const state::Snapshot& snapshot, std::string_view who) {
  return std::ranges::any_of(snapshot.create_volume_permissions, [&](const Document& each) {
    return who == "all" ? text(each, "Group") == "all" : text(each, "UserId") == who;
  });
}

Document snapshot_document(Transaction& txn, const state::Snapshot& snapshot) {
  Document out{{"SnapshotId", snapshot.snapshot_id},
               {"VolumeId", snapshot.volume_id},
               {"State", snapshot.state},
               {"StartTime", iso_time(snapshot.start_time_ms)},
               {"Progress", snapshot.progress},
               {"OwnerId", snapshot.account},
               {"VolumeSize", snapshot.volume_size_gib},
               {"Description", snapshot.description},
               {"Encrypted", snapshot.encrypted},
               {"StorageTier", snapshot.storage_tier}};
  set_if(out, "KmsKeyId", snapshot.kms_key_id);
  if (snapshot.completion_time_ms) {
    out["CompletionTime"] = iso_time(*snapshot.completion_time_ms);
    out["TransferType"] = "standard";
    set_if(out, "FullSnapshotSizeInBytes", integer(snapshot.options, "FullSnapshotSizeInBytes"));
  }
  set_if(out, "TransferType", text(snapshot.options, "TransferType"));
  set_if(out, "CompletionDurationMinutes", integer(snapshot.options, "CompletionDurationMinutes"));
  set_if(out, "RestoreExpiryTime", text(snapshot.options, "RestoreExpiryTime"));
  set_tags(out, txn, snapshot.snapshot_id);
  return out;
}

state::Snapshot require_snapshot(Context& context, std::string_view id) {
  return require_row<state::Snapshot>(context, "snapshot", id);
}

}  // namespace fogling
