#pragma once

#include "state/table.hpp"

namespace fogling::state {

struct Snapshot : Resource {
  std::string snapshot_id;
  std::string volume_id;
  std::int64_t volume_size_gib = 0;
  std::string state;
  std::string progress;
  std::int64_t start_time_ms = 0;
  std::optional<std::int64_t> completion_time_ms;
  std::string description;
  bool encrypted = false;
  std::string kms_key_id;
  std::string storage_tier;
  Document create_volume_permissions;
  Document options;
};

template <>
struct Table<Snapshot> {
  using T = Snapshot;
  static constexpr std::string_view name = "snapshot";
  static decltype(auto) columns(auto visit) {
    return visit(Column{"snapshot_id", &T::snapshot_id}, Column{"volume_id", &T::volume_id},
                 Column{"volume_size_gib", &T::volume_size_gib}, Column{"state", &T::state},
                 Column{"progress", &T::progress}, Column{"start_time_ms", &T::start_time_ms},
                 Column{"completion_time_ms", &T::completion_time_ms}, Column{"description", &T::description},
                 Column{"encrypted", &T::encrypted}, Column{"kms_key_id", &T::kms_key_id},
                 Column{"storage_tier", &T::storage_tier},
                 Column{"create_volume_permissions", &T::create_volume_permissions}, Column{"options", &T::options});
  }
};

/// Pending ones of a volume, in the account and region.
std::int64_t count_pending_snapshots(Transaction& txn, const Scope& scope, std::string_view volume_id);
/// Other accounts' that the caller may make volumes from.
std::vector<Snapshot> snapshots_shared_with(Transaction& txn, const Scope& scope);

}  // namespace fogling::state
