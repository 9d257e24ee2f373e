/// Images stored as one object in a bucket, and restored from it. There is no S3: what a completed task has stored is
/// remembered with the task, and found by bucket and key.

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/image_making.hpp"
#include "emulator/images.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/snapshots.hpp"
#include "emulator/tags.hpp"
#include "state/resources.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "store-image-task";
constexpr std::string_view kInProgress = "InProgress", kCompleted = "Completed", kFailed = "Failed";
/// Assumed: EC2 stores some GiB in a minute. It shows the tasks of the past 31 days.
constexpr std::int64_t kStores_ms = 120'000, kShown_ms = 31LL * 24 * 3'600'000;
constexpr std::int64_t kLargest_gib = 5'000;

/// Everything a row says, by the names of its columns.
Document kept_image(const state::Image& image) {
  Document kept = Document::object();
  state::Table<state::Image>::columns(
      [&](const auto&... column) { ((kept[std::string(column.name)] = image.*(column.member)), ...); });
  return kept;
}

state::Image image_from(const Document& kept) {
  state::Image image;
  const auto read = [&](const auto& column) {
    using Value = std::remove_cvref_t<decltype(image.*(column.member))>;
    image.*(column.member) = kept.at(std::string(column.name)).template get<Value>();
  };
  state::Table<state::Image>::columns([&](const auto&... column) { (read(column), ...); });
  return image;
}

/// Of the caller's own, or shared with it by name: what is merely public cannot be stored.
state::Image require_storable(Call& call, std::string_view image_id) {
  const auto value = require_launchable_image(call, image_id);
  auto row = state::find_anywhere<state::Image>(call.txn, image_id);
  const bool is_named = row && (row->account == call.scope.account ||
                                std::ranges::any_of(row->launch_permissions, [&](const Document& permission) {
                                  return text(permission, "UserId") == call.scope.account;
                                }));
  if (!is_named) {  // Assumed: the words of these
    throw errors::operation_not_permitted(
        fmt::format("The image '{}' is neither yours nor shared with your account.", image_id));
  }
  if (row->root_device_type != "ebs" || row->virtualization_type != "hvm") {
    throw errors::invalid_parameter_value(
        fmt::format("The image '{}' is not an EBS-backed HVM image and cannot be stored.", image_id));
  }
  std::int64_t size_gib = 0;
  for (const auto& device : value.block_device_mappings) size_gib += device.volume_size_gib;
  if (size_gib > kLargest_gib) {
    throw errors::invalid_parameter_value(fmt::format("The image '{}' is larger than {} GB.", image_id, kLargest_gib));
  }
  return *std::move(row);
}

Document CreateStoreImageTask(Call& call) {
  const std::string bucket(call.require("Bucket"));
  const auto image = require_storable(call, call.require("ImageId"));
  for (const auto& other : state::list_children(call.txn, image.image_id, kKind)) {
    if (other.state != kInProgress || other.account != call.scope.account) continue;
    throw errors::incorrect_state(  // Assumed: code and words
        fmt::format("The image '{}' is being stored already.", image.image_id));
  }
  state::GenericResource task;
  task.account = call.scope.account;
  task.region = call.scope.region;
  task.resource_id = call.make_id(kKind);
  task.kind = kKind;
  task.state = kInProgress;
  task.parent_id = image.image_id;
  task.document = {{"AmiId", image.image_id},
                   {"TaskStartTime", iso_time(call.now_ms)},
                   {"Bucket", bucket},
                   {"S3objectKey", image.image_id + ".bin"},
                   {"ProgressPercentage", 0},
                   {"_Image", kept_image(image)},
                   {"_Tags", tag_set(call, image.image_id)}};
  state::insert(call.txn, task);
  schedule(call, kKind, task.resource_id, kCompleted, kStores_ms);
  return {{"ObjectKey", task.document["S3objectKey"]}};
}

/// Whether all that is stored is still there. Snapshots of whose an image is shared are its owner's.
bool has_its_snapshots(Context& context, const Document& image) {
  const auto& mappings = items(image, "block_device_mappings");
  return std::ranges::all_of(mappings, [&](const Document& mapping) {
    const auto id = text(part(mapping, "Ebs"), "SnapshotId");
    return id.empty() || catalogue::find_image_by_snapshot(context.scope.region, id) != nullptr ||
           state::find_anywhere<state::Snapshot>(context.txn, id).has_value();
  });
}

void move_task(Context& context, const state::Due& due) {
  auto task = state::find<state::GenericResource>(context.txn, context.scope, due.resource_id);
  if (!task) return;
  if (has_its_snapshots(context, part(task->document, "_Image"))) {
    task->state = kCompleted;
    task->document["ProgressPercentage"] = 100;
  } else {
    task->state = kFailed;
    task->document["StoreTaskFailureReason"] = "A snapshot of the image was deleted.";  // Assumed: the words
  }
  state::update(context.txn, *task);
}

Document task_document(const state::GenericResource& task) {
  Document out = task.document;
  out.erase("_Image");  // long, and no filter asks for it
  out["StoreTaskState"] = task.state;
  return out;
}

/// The newest first.
Document DescribeStoreImageTasks(Call& call) {
  const auto wanted = requested_ids(call, "image", "ImageIds");
  auto rows = state::list_kind(call.txn, call.scope, kKind);
  std::ranges::reverse(rows);
  std::vector<Document> tasks;
  for (const auto& row : rows) {
    if (!wanted.empty() && std::ranges::find(wanted, row.parent_id) == wanted.end()) continue;
    if (call.now_ms - parse_time(text(row.document, "TaskStartTime")) > kShown_ms) continue;
    tasks.push_back(task_document(row));
    call.looked_at.push_back(row.resource_id);
  }
  return describe_documents(call, "StoreImageTaskResults", std::move(tasks), "ImageIds");
}

/// What the latest completed task has put under that key.
state::GenericResource require_object(Call& call, std::string_view bucket, std::string_view key) {
  auto rows = state::list_kind(call.txn, call.scope, kKind);
  std::ranges::reverse(rows);
  const auto found = std::ranges::find_if(rows, [&](const state::GenericResource& row) {
    return row.state == kCompleted && text(row.document, "Bucket") == bucket &&
           text(row.document, "S3objectKey") == key;
  });
  if (found == rows.end()) {
    throw errors::invalid_parameter_value(  // Assumed: code and words
        fmt::format("The object '{}' does not exist in the bucket '{}'.", key, bucket));
  }
  return *found;
}

/// A snapshot of the caller's own in the place of the one that was stored.
void restore_device(Call& call, const state::Image& image, Document& mapping) {
  if (!has(mapping, "Ebs")) return;
  auto& ebs = mapping["Ebs"];
  const auto size_gib = integer(ebs, "VolumeSize").value_or(0);
  const auto snapshot = make_snapshot(
      call, {.volume_id = "vol-ffffffff",
             .volume_size_gib = size_gib,
             .full_size_bytes = size_gib * (1LL << 30),
             .description = fmt::format("Created by CreateRestoreImageTask for {}", image.image_id),  // Assumed
             .encrypted = flag(ebs, "Encrypted").value_or(false),
             .kms_key_id = std::string(text(ebs, "KmsKeyId"))});
  ebs["SnapshotId"] = snapshot.snapshot_id;
  apply_tags(call, snapshot.snapshot_id, "snapshot");
}

Document CreateRestoreImageTask(Call& call) {
  const auto object = require_object(call, call.require("Bucket"), call.require("ObjectKey"));
  const auto stored = image_from(part(object.document, "_Image"));
  const std::string name(call.text("Name").empty() ? stored.name : call.text("Name"));
  check_image_name(call, name);
  const auto fresh = new_image(call, name, stored.description);
  state::Image image = stored;
  image.seq = 0;
  image.account = fresh.account;
  image.region = fresh.region;
  image.image_id = fresh.image_id;
  image.name = name;
  image.state = "pending";
  image.is_public = false;
  image.creation_time_ms = fresh.creation_time_ms;
  image.launch_permissions = fresh.launch_permissions;
  image.source_instance_id.clear();
  image.options = fresh.options;
  for (const char* option : {"SriovNetSupport", "TpmSupport", "UefiData", "KernelId", "RamdiskId"}) {
    set_if(image.options, option, text(stored.options, option));
  }
  for (auto& mapping : image.block_device_mappings) restore_device(call, image, mapping);
  store_image(call, image);
  for (const auto& tag : items(object.document, "_Tags")) {
    if (text(tag, "Key").starts_with("aws:")) continue;
    state::put_tag(call.txn, call.scope, image.image_id, "image",
                   {std::string(text(tag, "Key")), std::string(text(tag, "Value"))});
  }
  apply_tags(call, image.image_id, "image");
  schedule(call, "image", image.image_id, "available", kImageTakes_ms);
  return {{"ImageId", image.image_id}};
}

constexpr FilterPath kFilters[] = {{"task-state", "StoreTaskState"}};

constexpr Operation kOperations[] = {
    {.name = "CreateRestoreImageTask", .run = CreateRestoreImageTask, .access = Access::write},
    {.name = "CreateStoreImageTask", .run = CreateStoreImageTask, .access = Access::write},
    {.name = "DescribeStoreImageTasks",
     .run = DescribeStoreImageTasks,
     .access = Access::read,
     .listed = "StoreImageTaskResult",
     .filters = kFilters},
};

constexpr Mover kMovers[] = {{kKind, move_task}};

}  // namespace

Family store_image_tasks_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
