#pragma once

/// Making, attaching and removing volumes, for every operation that does so.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/call.hpp"
#include "emulator/snapshots.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/volumes.hpp"

namespace fogling {

struct VolumeSpec {
  std::optional<std::int64_t> size_gib = {};  ///< absent: the snapshot's
  std::string snapshot_id = {};
  SnapshotAccess snapshot_access = SnapshotAccess::by_permission;
  std::string availability_zone = {}, availability_zone_id = {};
  std::string volume_type = {};  ///< empty: gp2, the API's default
  std::optional<std::int64_t> iops = {}, throughput = {};
  std::optional<std::int64_t> initialization_rate = {};  ///< MiB/s at which the snapshot's blocks are fetched
  std::optional<bool> encrypted = {};
  std::string kms_key_id = {};
  bool multi_attach_enabled = false;
};

/// Checks size, type, IOPS and throughput together, in EC2's words, and fills in what follows from them. Nothing is
/// written. The snapshot, if any, is looked up in the caller's scope and in the catalogue of images.
state::Volume plan_volume(Context& context, const VolumeSpec& spec);
/// The same checks for figures that are already in a volume; corrects its type's spelling and what follows from it.
void check_figures(state::Volume& volume);
/// Throws where the account's quota of storage or of IOPS for the type has no room for a volume that is to be made, or
/// for what a change of one adds.
void check_storage_quotas(Context& context, const state::Volume& more);
/// For how many sets of such volumes the quotas have room.
std::int64_t storable_count(Context& context, std::span<const state::Volume> volumes);
/// A key's ARN, whatever form was given; the account's default key for none.
std::string kms_key_arn(const Context& context, std::string_view key);
/// Writes a planned volume in `state`: `creating` for CreateVolume, `in-use` at a launch.
void make_volume(Context& context, state::Volume& volume, std::string_view state);

/// Whether EC2 takes it for a device of an instance of this platform (empty or `windows`).
bool is_device_name(std::string_view name, std::string_view platform, std::string_view virtualization_type);
/// The card asked for, 0 where none is. Throws where the type has no such card.
std::int64_t require_ebs_card(std::string_view instance_type, std::optional<std::int64_t> index);
/// Throws where an instance of this type, with so many interfaces, cannot have so many volumes.
void check_volume_count(const catalogue::InstanceType& type, std::size_t interfaces, std::size_t volumes);

struct AttachmentSpec {
  std::string_view instance_id, device;
  bool delete_on_termination = false;
  std::int64_t ebs_card_index = 0;
  std::int64_t attach_time_ms = 0;
  std::string_view state = "attaching";
};
/// Attaches a volume. The volume becomes `in-use`. The caller has checked states.
state::VolumeAttachment attach_volume(Context& context, state::Volume& volume, const AttachmentSpec& spec);
/// Ends an attachment at once: the volume becomes `available`.
void detach_volume(Context& context, const state::VolumeAttachment& attachment);
/// Erases a volume with its tags, modifications and pending moves. The caller has checked that nothing holds it.
void remove_volume(Context& context, const state::Volume& volume);

/// As DescribeVolumes shows it (shape Volume), tags included.
Document volume_document(Transaction& txn, const state::Volume& volume);
Document attachment_document(const state::VolumeAttachment& attachment);

}  // namespace fogling
