#pragma once

/// Making, finding and removing snapshots, for every operation that does so.

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/call.hpp"
#include "state/snapshots.hpp"
#include "state/volumes.hpp"

namespace fogling {

/// What one needs to know of a snapshot to make a volume, an image or a copy of it, wherever it is.
struct SnapshotSource {
  std::int64_t size_gib = 0;
  std::int64_t full_size_bytes = 0;  ///< of the blocks that were ever written
  bool encrypted = false;
  std::string kms_key_id;
};

/// What lets a caller make a volume of a snapshot: the snapshot's own permission, or an image that uses it and may be
/// launched. Launch permission is enough to launch; it does not share the snapshots.
enum class SnapshotAccess : std::uint8_t { by_permission, by_image };

/// Throws InvalidSnapshot.NotFound, and IncorrectState for one that cannot be read yet, or not any more.
SnapshotSource require_snapshot_source(Context& context, std::string_view snapshot_id,
                                       SnapshotAccess access = SnapshotAccess::by_permission);
/// The size that a volume from this snapshot has at least.
std::int64_t snapshot_size_gib(Context& context, std::string_view snapshot_id,
                               SnapshotAccess access = SnapshotAccess::by_permission);

struct SnapshotSpec {
  std::string volume_id;
  std::int64_t volume_size_gib = 0, full_size_bytes = 0;
  std::string description = {};
  bool encrypted = false;
  std::string kms_key_id = {};
  std::string progress = "0%";
};
/// Writes a `pending` snapshot.
state::Snapshot make_snapshot(Context& context, SnapshotSpec spec);
/// Of a volume, as it is now.
state::Snapshot make_snapshot(Context& context, const state::Volume& volume, std::string description,
                              std::string progress);
/// `completed`, with what only then is known.
void complete_snapshot(Context& context, state::Snapshot& snapshot);
/// Erases it with its tags and pending moves. The caller has checked that nothing holds it.
void remove_snapshot(Context& context, const state::Snapshot& snapshot);
/// Whether a lock keeps it from being deleted at this time.
bool is_locked(const state::Snapshot& snapshot, std::int64_t now_ms);

/// Whether the snapshot is shared with that account, or with `all`.
bool is_shared_with(const state::Snapshot& snapshot, std::string_view who);
/// As DescribeSnapshots shows it (shape Snapshot), tags included.
Document snapshot_document(Transaction& txn, const state::Snapshot& snapshot);
state::Snapshot require_snapshot(Context& context, std::string_view id);

}  // namespace fogling
