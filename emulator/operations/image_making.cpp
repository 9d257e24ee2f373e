/// How images come and go: from an instance, from snapshots, from another region.

#include "emulator/image_making.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/fast_launch.hpp"
#include "emulator/image_rules.hpp"
#include "emulator/images.hpp"
#include "emulator/instances.hpp"
#include "emulator/snapshots.hpp"
#include "emulator/tags.hpp"
#include "emulator/volumes.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

void finish_making(Call& call, state::Image& image) {
  store_image(call, image);
  for (const auto& mapping : image.block_device_mappings) {
    if (const auto snapshot = text(part(mapping, "Ebs"), "SnapshotId"); !snapshot.empty())
      apply_tags(call, snapshot, "snapshot");
  }
  apply_tags(call, image.image_id, "image");
}

// ---- Devices -------------------------------------------------------------------------------------------------------

ApiError invalid_mapping(std::string message) { return {"InvalidBlockDeviceMapping", std::move(message)}; }

/// A device as an image keeps it, its figures judged as those of a volume. A size below the snapshot's is refused here.
Document checked_mapping(Call& call, const Document& given, std::string_view platform,
                         std::string_view virtualization_type) {
  const auto name = text(given, "DeviceName");
  if (name.empty()) throw invalid_mapping("Missing device name");
  if (!is_device_name(name, platform, virtualization_type)) {
    throw invalid_mapping(fmt::format("Invalid device name {}", name));
  }
  if (const auto disk = text(given, "VirtualName"); !disk.empty()) {
    return {{"DeviceName", name}, {"VirtualName", disk}};
  }
  const auto& ebs = part(given, "Ebs");
  if (has(ebs, "OutpostArn")) throw errors::not_built("An image with snapshots on an Outpost");
  const std::string snapshot(text(ebs, "SnapshotId"));
  const auto size = integer(ebs, "VolumeSize");
  if (snapshot.empty() && !size) throw errors::missing_parameter("size or snapshotId");
  if (const auto least = snapshot.empty() ? 0 : snapshot_size_gib(call, snapshot); size && *size < least) {
    throw invalid_mapping(  // the two blanks are EC2's
        fmt::format("Volume of size {}GB is smaller than  snapshot '{}', expect size >= {}GB", *size, snapshot, least));
  }
  if (has(ebs, "Encrypted") && !snapshot.empty()) {
    throw invalid_mapping(
        fmt::format("the encrypted flag cannot be specified since device {} has a snapshot specified.", name));
  }
  const auto volume = plan_volume(call, {.size_gib = size,
                                         .snapshot_id = snapshot,
                                         .volume_type = std::string(text(ebs, "VolumeType")),
                                         .iops = integer(ebs, "Iops"),
                                         .throughput = integer(ebs, "Throughput"),
                                         .encrypted = flag(ebs, "Encrypted"),
                                         .kms_key_id = std::string(text(ebs, "KmsKeyId"))});
  Document kept{{"VolumeSize", volume.size_gib},
                {"VolumeType", volume.volume_type},
                {"DeleteOnTermination", flag(ebs, "DeleteOnTermination").value_or(true)},
                {"Encrypted", volume.encrypted}};
  set_if(kept, "SnapshotId", snapshot);
  if (volume.volume_type != "gp2") set_if(kept, "Iops", volume.iops);
  set_if(kept, "Throughput", volume.throughput);
  if (!text(ebs, "KmsKeyId").empty()) kept["KmsKeyId"] = volume.kms_key_id;
  return {{"DeviceName", name}, {"Ebs", std::move(kept)}};
}

// ---- From an instance
// ------------------------------------------------------------------------------------------------

/// A snapshot of an attached volume, and the mapping that stands on it.
Document capture(Call& call, const state::Image& image, const state::Instance& instance,
                 const state::VolumeAttachment& attachment) {
  const auto volume = *state::find<state::Volume>(call.txn, call.scope, attachment.volume_id);
  const auto snapshot = make_snapshot(
      call, volume, fmt::format("Created by CreateImage({}) for {}", instance.instance_id, image.image_id), "0%");
  Document ebs{{"SnapshotId", snapshot.snapshot_id},
               {"VolumeSize", volume.size_gib},
               {"VolumeType", volume.volume_type},
               {"DeleteOnTermination", attachment.delete_on_termination},
               {"Encrypted", volume.encrypted}};
  if (volume.volume_type != "gp2" && volume.volume_type != "standard") set_if(ebs, "Iops", volume.iops);
  set_if(ebs, "Throughput", volume.throughput);
  return {{"DeviceName", attachment.device}, {"Ebs", std::move(ebs)}};
}

/// Of a volume that is captured, only its fate at the end can be said otherwise.
void change_captured(Document& mapping, const Document& given) {
  const auto& ebs = part(given, "Ebs");
  for (const char* member : {"VolumeSize", "Encrypted", "SnapshotId", "KmsKeyId"}) {
    if (!has(ebs, member) || ebs[member] == mapping["Ebs"].value(member, Document())) continue;
    throw invalid_mapping(fmt::format("{} of the device {} cannot be changed.", member,
                                      text(given, "DeviceName")));  // Assumed: the words
  }
  if (const auto keeps = flag(ebs, "DeleteOnTermination")) mapping["Ebs"]["DeleteOnTermination"] = *keeps;
}

/// What the request says of devices: more of them, fewer, or other settings.
void overlay_devices(Call& call, const state::Instance& instance, Document& mappings) {
  std::vector<std::string_view> named;
  for (const auto& given : call.items("BlockDeviceMappings")) {
    const auto name = text(given, "DeviceName");
    if (name.empty()) throw invalid_mapping("Missing device name");
    if (std::ranges::find(named, name) != named.end()) {
      throw invalid_mapping(fmt::format("{} is being assigned to multiple times.", name));
    }
    named.push_back(name);
    const auto same =
        std::ranges::find_if(mappings, [&](const Document& each) { return text(each, "DeviceName") == name; });
    if (has(given, "NoDevice")) {
      if (same != mappings.end()) mappings.erase(same);
    } else if (same != mappings.end()) {
      change_captured(*same, given);
    } else {
      mappings.push_back(checked_mapping(call, given, instance.platform, instance.virtualization_type));
    }
  }
}

Document CreateImage(Call& call) {
  if (call.text("SnapshotLocation") == "local") throw errors::not_built("Snapshots of an image in a Local Zone");
  const auto name = call.require("Name");
  const auto instance = require_instance(call, call.require("InstanceId"));
  if (instance.state != instance_state::running && instance.state != instance_state::stopped &&
      instance.state != instance_state::stopping) {
    throw errors::invalid_parameter_value(
        fmt::format("Invalid value '{}' for instanceId. Instance is not in state 'running' or 'stopping' or 'stopped'",
                    instance.instance_id));
  }
  check_image_name(call, name);
  state::Image image = new_image(call, name, call.text("Description"));
  image.state = "pending";
  image.architecture = instance.architecture;
  image.root_device_name = instance.root_device_name;
  image.root_device_type = instance.root_device_type;
  image.virtualization_type = instance.virtualization_type;
  image.platform = instance.platform;
  image.platform_details = instance.platform_details;
  image.usage_operation = instance.usage_operation;
  image.ena_support = instance.ena_support;
  image.boot_mode = instance.boot_mode;
  if (const auto mode = call.text("BootModeOverride"); !mode.empty()) {
    if (instance.current_instance_boot_mode != mode) {  // documented; Assumed: the words
      throw errors::invalid_value(mode, "BootModeOverride", "The instance's current boot mode is another.");
    }
    image.boot_mode = mode;
  }
  image.source_instance_id = instance.instance_id;
  image.source_image_id = instance.image_id;
  image.options["SourceImageRegion"] = call.scope.region;
  inherit_watermarks(call, instance.image_id, image);
  set_if(image.options, "SriovNetSupport", text(instance.options, "SriovNetSupport"));
  if (const auto source = find_image(call, instance.image_id)) image.imds_support = source->imds_support;
  const auto attachments = state::attachments_of_instance(call.txn, instance.instance_id);
  if (std::ranges::find(attachments, instance.root_device_name, &state::VolumeAttachment::device) ==
      attachments.end()) {
    throw errors::invalid_parameter_value(
        fmt::format("Invalid value '{}' for instanceId. The root volume is not attached.",
                    instance.instance_id));  // Assumed: the words
  }
  for (const auto& attachment : attachments) {
    image.block_device_mappings.push_back(capture(call, image, instance, attachment));
  }
  overlay_devices(call, instance, image.block_device_mappings);
  finish_making(call, image);
  if (!call.flag("NoReboot").value_or(false) && instance.state == instance_state::running) {
    call.world.compute->reboot(instance.instance_id);
  }
  schedule(call, "image", image.image_id, "available", kImageTakes_ms);
  return {{"ImageId", image.image_id}};
}

// ---- From snapshots
// --------------------------------------------------------------------------------------------------

Document registered_devices(Call& call, const state::Image& image) {
  Document mappings = Document::array();
  bool has_root = false;
  for (const auto& given : call.items("BlockDeviceMappings")) {
    if (has(given, "NoDevice")) continue;
    const bool is_root = text(given, "DeviceName") == image.root_device_name;
    has_root = has_root || (is_root && !text(part(given, "Ebs"), "SnapshotId").empty());
    mappings.push_back(checked_mapping(call, given, image.platform, image.virtualization_type));
  }
  if (!has_root) throw invalid_mapping("No root snapshot specified in device mapping.");
  return mappings;
}

/// The defaults are as old as EC2: i386 and paravirtual.
Document RegisterImage(Call& call) {
  const auto name = call.require("Name");
  check_image_name(call, name);
  if (!call.items("BillingProducts").empty()) throw errors::not_built("BillingProducts of RegisterImage");
  if (!call.text("ImageLocation").empty()) throw errors::not_built("An image from S3 (ImageLocation of RegisterImage)");
  state::Image image = new_image(call, name, call.text("Description"));
  const auto root = call.text("RootDeviceName");
  image.root_device_name = root.empty() ? "/dev/sda1" : std::string(root);
  image.virtualization_type =
      call.text("VirtualizationType").empty() ? "paravirtual" : std::string(call.text("VirtualizationType"));
  if (image.virtualization_type != "hvm" && image.virtualization_type != "paravirtual") {
    throw errors::invalid_value(image.virtualization_type, "virtualizationType");  // Assumed: the words
  }
  image.block_device_mappings = registered_devices(call, image);
  image.state = "available";
  image.root_device_type = "ebs";
  image.architecture = call.text("Architecture").empty() ? "i386" : std::string(call.text("Architecture"));
  image.platform_details = "Linux/UNIX";
  image.usage_operation = "RunInstances";
  image.ena_support = call.flag("EnaSupport").value_or(false);
  image.boot_mode = call.text("BootMode");
  image.imds_support = call.text("ImdsSupport");
  for (const char* option : {"SriovNetSupport", "TpmSupport", "UefiData", "KernelId", "RamdiskId"}) {
    set_if(image.options, option, call.text(option));
  }
  finish_making(call, image);
  return {{"ImageId", image.image_id}};
}

// ---- Copies
// ----------------------------------------------------------------------------------------------------------

std::optional<catalogue::Image> source_image(Call& call, const std::string& region, std::string_view id) {
  const Scope source_scope{call.scope.account, region};
  Context source{call.world, call.txn, source_scope, call.now_ms};
  return require_image(source, id);
}

/// `1,758,000,000,000`, as the descriptions of copied snapshots have the time.
std::string with_commas(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3) {
    digits.insert(static_cast<std::size_t>(place), ",");
  }
  return digits;
}

Document copied_mapping(Call& call, const state::Image& copy, const catalogue::Image& source,
                        const catalogue::BlockDevice& device) {
  const bool encrypted = device.encrypted || call.flag("Encrypted").value_or(false) ||
                         state::get_setting(call.txn, call.scope, "ebs-encryption-by-default") == "true";
  const auto snapshot = make_snapshot(
      call, {.volume_id = "vol-ffffffff",
             .volume_size_gib = device.volume_size_gib,
             .full_size_bytes = device.volume_size_gib * (1LL << 30),
             .description = fmt::format(
                 "Copied for DestinationAmi {} from SourceAmi {} for SourceSnapshot {}. Task created on {}.",
                 copy.image_id, source.image_id, device.snapshot_id, with_commas(call.now_ms)),
             .encrypted = encrypted,
             .kms_key_id = encrypted ? kms_key_arn(call, call.text("KmsKeyId")) : ""});
  Document ebs{{"SnapshotId", snapshot.snapshot_id},
               {"VolumeSize", device.volume_size_gib},
               {"VolumeType", device.volume_type},
               {"DeleteOnTermination", device.delete_on_termination},
               {"Encrypted", encrypted}};
  if (device.iops > 0) ebs["Iops"] = device.iops;
  if (device.throughput_mibs > 0) ebs["Throughput"] = device.throughput_mibs;
  return {{"DeviceName", device.device_name}, {"Ebs", std::move(ebs)}};
}

void check_copy(const Call& call, const catalogue::Image& source) {
  for (const char* member : {"DestinationOutpostArn", "DestinationAvailabilityZone", "DestinationAvailabilityZoneId"}) {
    if (!call.text(member).empty()) throw errors::not_built(fmt::format("{} of CopyImage", member));
  }
  if (call.integer("SnapshotCopyCompletionDurationMinutes")) {
    throw errors::not_built("SnapshotCopyCompletionDurationMinutes of CopyImage");
  }
  if (!call.text("KmsKeyId").empty() && !call.flag("Encrypted").value_or(false)) {
    throw ApiError("InvalidParameterDependency",
                   "The parameter [KmsKeyId] requires the parameter Encrypted to be set.");
  }
  if (source.state != "available") {
    throw ApiError("InvalidAMIID.Unavailable",
                   fmt::format("The image ID '{}' is no longer available", source.image_id));
  }
}

Document CopyImage(Call& call) {
  const std::string region(call.require("SourceRegion"));
  if (catalogue::find_region(region) == nullptr) throw errors::invalid_value(region, "sourceRegion");
  const auto name = call.require("Name");
  const auto source = source_image(call, region, call.require("SourceImageId"));
  check_copy(call, *source);
  check_image_name(call, name);
  state::Image image = new_image(call, name, call.text("Description"));
  image.state = "pending";
  image.architecture = source->architecture;
  image.root_device_name = source->root_device_name;
  image.root_device_type = source->root_device_type;
  image.virtualization_type = source->virtualization_type;
  image.platform = source->platform;
  image.platform_details = source->platform_details;
  image.usage_operation = source->usage_operation;
  image.ena_support = source->ena_support;
  image.boot_mode = source->boot_mode;
  image.imds_support = source->imds_support;
  image.source_image_id = source->image_id;
  image.options["SourceImageRegion"] = region;
  inherit_watermarks(call, source->image_id, image);
  set_if(image.options, "SriovNetSupport", source->sriov_net_support);
  for (const auto& device : source->block_device_mappings) {
    if (device.is_ebs()) image.block_device_mappings.push_back(copied_mapping(call, image, *source, device));
  }
  if (call.flag("CopyImageTags").value_or(false)) {
    for (const auto& tag : state::tags_of(call.txn, source->image_id)) {
      if (!tag.key.starts_with("aws:")) state::put_tag(call.txn, call.scope, image.image_id, "image", tag);
    }
  }
  finish_making(call, image);
  schedule(call, "image", image.image_id, "available", kImageTakes_ms);
  return {{"ImageId", image.image_id}};
}

// ---- The end
// ---------------------------------------------------------------------------------------------------------

/// Deletes the snapshots that no other image stands on; the rest is told as skipped.
Document delete_snapshots(Call& call, const std::vector<std::string>& snapshots) {
  Document results = Document::array();
  for (const auto& id : snapshots) {
    const bool is_free = state::images_on_snapshot(call.txn, id).empty();
    const auto row = state::find<state::Snapshot>(call.txn, call.scope, id);
    const bool can_go = row && !is_locked(*row, call.now_ms);
    if (is_free && can_go) remove_snapshot(call, *row);
    results.push_back({{"SnapshotId", id}, {"ReturnCode", !is_free ? "skipped" : can_go ? "success" : "client-error"}});
  }
  return results;
}

/// The snapshots of an image that is still being made are completed without it.
void complete_alone(Call& call, const std::vector<std::string>& snapshots) {
  for (const auto& id : snapshots) {
    const auto row = state::find<state::Snapshot>(call.txn, call.scope, id);
    if (row && row->state == "pending") schedule(call, "snapshot", id, "completed", kImageTakes_ms);
  }
}

Document DeregisterImage(Call& call) {
  const std::string id(call.require("ImageId"));
  check_id("image", id);
  if (!state::get_setting(call.txn, call.scope, "deregistered:" + id).empty()) {
    throw ApiError("InvalidAMIID.Unavailable", fmt::format("The image ID '{}' is no longer available", id));
  }
  require_image(call, id);
  const auto row = state::find<state::Image>(call.txn, call.scope, id);
  if (!row) throw ApiError("AuthFailure", fmt::format("Not authorized for image:{}", id));
  if (is_deregistration_protected(*row, call.now_ms)) {
    throw errors::operation_not_permitted(
        fmt::format("The image '{}' is protected from deregistration.", id));  // Assumed: the words
  }
  std::vector<std::string> snapshots;
  for (const auto& mapping : row->block_device_mappings) {
    if (const auto snapshot = text(part(mapping, "Ebs"), "SnapshotId"); !snapshot.empty())
      snapshots.emplace_back(snapshot);
  }
  if (row->state == "pending") complete_alone(call, snapshots);
  end_fast_launch(call, id);
  state::remove_tags(call.txn, id);
  state::remove_dues_of(call.txn, id);
  state::erase(call.txn, *row);
  state::put_setting(call.txn, call.scope, "deregistered:" + id, "true");
  const bool deletes = call.flag("DeleteAssociatedSnapshots").value_or(false);
  return {{"Return", true}, {"DeleteSnapshotResults", deletes ? delete_snapshots(call, snapshots) : Document::array()}};
}

void move_image(Context& context, const state::Due& due) {
  auto image = state::find<state::Image>(context.txn, context.scope, due.resource_id);
  if (!image || image->state != "pending") return;
  for (const auto& mapping : image->block_device_mappings) {
    auto snapshot = state::find<state::Snapshot>(context.txn, context.scope, text(part(mapping, "Ebs"), "SnapshotId"));
    if (!snapshot || snapshot->state != "pending") continue;
    complete_snapshot(context, *snapshot);
  }
  image->state = "available";
  state::update(context.txn, *image);
}

constexpr Operation kOperations[] = {
    {.name = "CopyImage", .run = CopyImage, .access = Access::write},
    {.name = "CreateImage", .run = CreateImage, .access = Access::write},
    {.name = "DeregisterImage", .run = DeregisterImage, .access = Access::write},
    {.name = "RegisterImage", .run = RegisterImage, .access = Access::write},
};

constexpr Mover kMovers[] = {{"image", move_image}};

}  // namespace

Family image_making_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
