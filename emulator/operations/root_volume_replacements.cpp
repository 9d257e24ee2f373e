/// The root volume of a running instance replaced by a new one: as it was at the launch, from one of its snapshots, or
/// from another image. Addresses, interfaces and data volumes stay.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/images.hpp"
#include "emulator/instances.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/snapshots.hpp"
#include "emulator/tags.hpp"
#include "emulator/volumes.hpp"
#include "state/resources.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "replace-root-volume-task";
/// Assumed: about the time that users see.
constexpr std::int64_t kBegins_ms = 1'000, kReplaces_ms = 30'000;

state::VolumeAttachment require_root(Context& context, const state::Instance& instance) {
  const auto attachments = state::attachments_of_instance(context.txn, instance.instance_id);
  const auto root = std::ranges::find(attachments, instance.root_device_name, &state::VolumeAttachment::device);
  if (root == attachments.end()) {
    throw errors::invalid_parameter_value(
        fmt::format("Invalid value '{}' for instanceId. Instance does not have a volume attached at root ({})",
                    instance.instance_id, instance.root_device_name));
  }
  return *root;
}

/// Snapshots of the present root volume, or of those it was made from.
void check_lineage(Context& context, const state::Volume& root, std::string_view snapshot_id) {
  const auto snapshot = require_snapshot(context, snapshot_id);
  const auto lineage = items(root.options, "RootLineage");
  const bool is_own =
      snapshot.volume_id == root.volume_id || std::ranges::find(lineage, Document(snapshot.volume_id)) != lineage.end();
  if (is_own) return;
  throw errors::invalid_parameter_value(fmt::format("The snapshot '{}' was not taken of the instance's root volume.",
                                                    snapshot_id));  // Assumed: the words
}

catalogue::Image require_replacement_image(Context& context, const state::Instance& instance, std::string_view id) {
  auto image = require_launchable_image(context, id);
  if (image.architecture != instance.architecture || image.virtualization_type != instance.virtualization_type ||
      image.root_device() == nullptr) {
    throw errors::invalid_parameter_value(
        fmt::format("The image '{}' does not match the instance '{}'.", id, instance.instance_id));  // Assumed: words
  }
  return image;
}

/// Documented: in the instance's zone, available, and encrypted where the present one is. Assumed: the words.
void check_replacement_volume(Call& call, const state::Instance& instance, const state::Volume& root) {
  const auto id = call.text("VolumeId");
  for (const char* other : {"SnapshotId", "ImageId"}) {
    if (!call.text(other).empty()) throw errors::not_together("VolumeId", other);
  }
  const auto volume = require_row<state::Volume>(call, "volume", id);
  if (volume.state != "available")
    throw errors::incorrect_state(fmt::format("Volume '{}' is in the '{}' state.", id, volume.state));
  if (volume.availability_zone != instance.availability_zone) {
    throw errors::invalid_parameter_value(
        fmt::format("The volume '{}' is not in the Availability Zone of the instance.", id));
  }
  if (root.encrypted && !volume.encrypted)
    throw errors::invalid_parameter_value(fmt::format("The volume '{}' is not encrypted.", id));
}

/// What the new volume is made from: said, or the snapshot that the present one came from.
std::string source_snapshot(Call& call, const state::Instance& instance, const state::Volume& root) {
  const auto snapshot_id = call.text("SnapshotId"), image_id = call.text("ImageId");
  if (!snapshot_id.empty() && !image_id.empty()) throw errors::not_together("snapshotId", "imageId");
  if (!image_id.empty()) return require_replacement_image(call, instance, image_id).root_device()->snapshot_id;
  if (!snapshot_id.empty()) {
    check_lineage(call, root, snapshot_id);
    return std::string(snapshot_id);
  }
  const auto launched = text(root.options, "LaunchSnapshotId");
  return launched.empty() ? root.snapshot_id : std::string(launched);
}

Document shown_task(Call& call, const state::GenericResource& task) {
  Document shown = task.document;
  shown.erase("_VolumeId");
  shown["TaskState"] = task.state;
  shown["Tags"] = tag_set(call.txn, task.resource_id);
  return shown;
}

Document CreateReplaceRootVolumeTask(Call& call) {
  const auto instance = require_instance(call, call.require("InstanceId"));
  if (instance.state != instance_state::running) {
    throw errors::incorrect_instance_state(
        fmt::format("The instance '{}' is not in the 'running' state.", instance.instance_id));  // Assumed: the words
  }
  const auto root = *state::find<state::Volume>(call.txn, call.scope, require_root(call, instance).volume_id);
  const bool has_volume = !call.text("VolumeId").empty();
  if (has_volume) check_replacement_volume(call, instance, root);
  const auto snapshot_id = has_volume ? std::string() : source_snapshot(call, instance, root);
  if (!has_volume && snapshot_size_gib(call, snapshot_id) > root.size_gib && call.text("ImageId").empty()) {
    throw errors::invalid_parameter_value("The snapshot is larger than the root volume.");  // Assumed: the words
  }
  state::GenericResource task;
  task.account = call.scope.account;
  task.region = call.scope.region;
  task.resource_id = call.make_id("replacevol");
  task.kind = kKind;
  task.state = "pending";
  task.parent_id = instance.instance_id;
  task.document = {{"ReplaceRootVolumeTaskId", task.resource_id},
                   {"InstanceId", instance.instance_id},
                   {"StartTime", iso_seconds(call.now_ms)},
                   {"DeleteReplacedRootVolume", call.flag("DeleteReplacedRootVolume").value_or(false)}};
  set_if(task.document, "SnapshotId", snapshot_id);
  set_if(task.document, "ImageId", call.text("ImageId"));
  set_if(task.document, "_VolumeId", call.text("VolumeId"));
  state::insert(call.txn, task);
  apply_tags(call, task.resource_id, kKind);
  schedule(call, kKind, task.resource_id, "in-progress", kBegins_ms);
  return {{"ReplaceRootVolumeTask", shown_task(call, task)}};
}

/// A new volume: of the old one's type, and at least of its size.
state::Volume fresh_volume(Context& context, const state::Volume& volume, std::string_view snapshot_id) {
  state::Volume fresh = volume;
  fresh.seq = 0;
  fresh.snapshot_id = snapshot_id;
  fresh.size_gib = std::max(volume.size_gib, snapshot_size_gib(context, snapshot_id));
  if (fresh.volume_type == "gp2") {  // its IOPS follow from its size
    fresh.iops.reset();
    check_figures(fresh);
  }
  fresh.options["RootLineage"] = items(volume.options, "RootLineage");
  fresh.options["RootLineage"].push_back(volume.volume_id);
  if (!has(fresh.options, "LaunchSnapshotId")) fresh.options["LaunchSnapshotId"] = volume.snapshot_id;
  make_volume(context, fresh, "in-use");
  return fresh;
}

/// The new volume in the old one's place, with its fate at the end. False where the one that was named is taken by now.
bool replace(Context& context, state::Instance& instance, const Document& task) {
  const auto old = require_root(context, instance);
  const auto volume = *state::find<state::Volume>(context.txn, context.scope, old.volume_id);
  const auto named_id = text(task, "_VolumeId");
  auto named = state::find<state::Volume>(context.txn, context.scope, named_id);
  if (!named_id.empty() && (!named || named->state != "available")) return false;
  detach_volume(context, old);
  auto fresh = named ? *named : fresh_volume(context, volume, text(task, "SnapshotId"));
  if (named) {
    fresh.state = "in-use";
    state::update(context.txn, fresh);
  }
  auto attachment = attach_volume(context, fresh,
                                  {.instance_id = instance.instance_id,
                                   .device = old.device,
                                   .delete_on_termination = old.delete_on_termination,
                                   .ebs_card_index = old.ebs_card_index,
                                   .attach_time_ms = context.now_ms});
  attachment.state = "attached";
  state::update(context.txn, attachment);
  if (flag(task, "DeleteReplacedRootVolume").value_or(false)) {
    remove_volume(context, *state::find<state::Volume>(context.txn, context.scope, volume.volume_id));
  }
  if (const auto image_id = text(task, "ImageId"); !image_id.empty()) instance.image_id = image_id;
  state::update(context.txn, instance);
  return true;
}

void move_task(Context& context, const state::Due& due) {
  auto task = state::find<state::GenericResource>(context.txn, context.scope, due.resource_id);
  if (!task) return;
  task->state = due.move;
  if (due.move == "in-progress") {
    schedule(context, kKind, task->resource_id, "succeeded", kReplaces_ms);
  } else {
    auto instance = state::find<state::Instance>(context.txn, context.scope, task->parent_id);
    const bool is_running = instance && instance->state == instance_state::running;
    if (!is_running || !replace(context, *instance, task->document)) task->state = "failed";
    task->document["CompleteTime"] = iso_seconds(context.now_ms);
  }
  state::update(context.txn, *task);
}

Document DescribeReplaceRootVolumeTasks(Call& call) {
  const auto wanted = requested_ids(call, kKind, "ReplaceRootVolumeTaskIds");
  std::vector<Document> tasks;
  std::vector<std::string> found;
  for (const auto& row : state::list_kind(call.txn, call.scope, kKind)) {
    if (!wanted.empty() && std::ranges::find(wanted, row.resource_id) == wanted.end()) continue;
    tasks.push_back(shown_task(call, row));
    found.push_back(row.resource_id);
    call.looked_at.push_back(row.resource_id);
  }
  for (const auto& id : wanted) {
    if (std::ranges::find(found, id) == found.end()) throw unknown_id(kKind, id);
  }
  return describe_documents(call, "ReplaceRootVolumeTasks", std::move(tasks), "ReplaceRootVolumeTaskIds");
}

constexpr Operation kOperations[] = {
    {.name = "CreateReplaceRootVolumeTask", .run = CreateReplaceRootVolumeTask, .access = Access::write},
    {.name = "DescribeReplaceRootVolumeTasks",
     .run = DescribeReplaceRootVolumeTasks,
     .access = Access::read,
     .listed = "ReplaceRootVolumeTask"},
};

constexpr Mover kMovers[] = {{kKind, move_task}};

}  // namespace

Family root_volume_replacements_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
