/// The devices of a launch: the image's, with what the request says of them laid over.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/launch.hpp"
#include "emulator/snapshots.hpp"
#include "emulator/volumes.hpp"

namespace fogling::launch {
namespace {

ApiError invalid_mapping(std::string message) { return {"InvalidBlockDeviceMapping", std::move(message)}; }

Document image_devices(const catalogue::Image& image) {
  Document devices = Document::array();
  for (const auto& each : image.block_device_mappings) {
    if (!each.is_ebs()) continue;
    Document ebs{{"VolumeSize", each.volume_size_gib},
                 {"VolumeType", each.volume_type},
                 {"DeleteOnTermination", each.delete_on_termination}};
    set_if(ebs, "SnapshotId", each.snapshot_id);
    set_if(ebs, "KmsKeyId", each.kms_key_id);
    if (each.encrypted) ebs["Encrypted"] = true;
    if (each.iops > 0) ebs["Iops"] = each.iops;
    if (each.throughput_mibs > 0) ebs["Throughput"] = each.throughput_mibs;
    devices.push_back({{"DeviceName", each.device_name}, {"Ebs", std::move(ebs)}});
  }
  return devices;
}

/// `xvdb` and `/dev/xvdb` are the same device.
std::string_view device_of(std::string_view name) {
  return name.starts_with("/dev/") ? name.substr(std::string_view("/dev/").size()) : name;
}

/// `ephemeral0` to `ephemeral23`.
bool is_ephemeral_name(std::string_view name) {
  for (int number = 0; number < 24; ++number) {
    if (name == fmt::format("ephemeral{}", number)) return true;
  }
  return false;
}

void check_name(const LaunchPlan& plan, const Document& given) {
  const auto name = text(given, "DeviceName");
  if (name.empty()) throw invalid_mapping("Missing device name");
  if (!is_device_name(name, plan.image.platform, plan.image.virtualization_type)) {
    throw invalid_mapping(fmt::format("Invalid device name {}", name));
  }
  const auto virtual_name = text(given, "VirtualName");
  if (!virtual_name.empty() && !is_ephemeral_name(virtual_name)) {
    throw invalid_mapping(fmt::format("Invalid virtual name {}", virtual_name));  // Assumed: the words
  }
}

/// What follows from another setting is not taken over from the image: figures of another type, the size of another
/// snapshot.
void forget_dependents(Document& ebs, const Document& given) {
  if (has(given, "VolumeType")) {
    if (!has(given, "Iops")) ebs.erase("Iops");
    if (!has(given, "Throughput")) ebs.erase("Throughput");
  }
  const auto snapshot = text(given, "SnapshotId");
  if (!snapshot.empty() && snapshot != text(ebs, "SnapshotId") && !has(given, "VolumeSize")) ebs.erase("VolumeSize");
}

void overlay(const LaunchPlan& plan, Document& device, const Document& given) {
  const auto& changes = part(given, "Ebs");
  auto& ebs = device["Ebs"];
  const auto snapshot = text(changes, "SnapshotId");
  if (!snapshot.empty() && snapshot != text(ebs, "SnapshotId") &&
      text(device, "DeviceName") == plan.image.root_device_name) {
    throw invalid_mapping("snapshotId cannot be modified on root device");
  }
  forget_dependents(ebs, changes);
  for (const auto& [name, setting] : changes.items()) {
    if (!(setting.is_string() && setting.get_ref<const std::string&>().empty())) ebs[name] = setting;
  }
}

Document merged_devices(const Planning& planning) {
  const auto& plan = planning.plan;
  Document devices = image_devices(plan.image);
  std::vector<std::string_view> named;
  for (const auto& given : items(planning.in, "BlockDeviceMappings")) {
    check_name(plan, given);
    const auto name = text(given, "DeviceName");
    const auto device = device_of(name);
    const auto same = std::ranges::find_if(
        devices, [&](const Document& each) { return device_of(text(each, "DeviceName")) == device; });
    const bool is_twice = std::ranges::find(named, device) != named.end();
    if (is_twice || (same != devices.end() && text(*same, "DeviceName") != name)) {
      throw invalid_mapping(fmt::format("The device '{}' is used in more than one block-device mapping", device));
    }
    named.push_back(device);
    // A disk of the instance store is nothing that the API shows.
    if (has(given, "NoDevice") || !text(given, "VirtualName").empty()) {
      if (same != devices.end()) devices.erase(same);
    } else if (same != devices.end()) {
      overlay(plan, *same, given);
    } else {
      devices.push_back(given);
    }
  }
  return devices;
}

/// Whether the snapshot comes with the image rather than by the request.
SnapshotAccess access_to(const LaunchPlan& plan, std::string_view snapshot_id) {
  const auto& devices = plan.image.block_device_mappings;
  const auto found = std::ranges::find(devices, snapshot_id, &catalogue::BlockDevice::snapshot_id);
  return found == devices.end() ? SnapshotAccess::by_permission : SnapshotAccess::by_image;
}

void check_size(Planning& planning, std::string_view snapshot_id, std::optional<std::int64_t> size) {
  if (snapshot_id.empty()) {
    if (!size) throw errors::missing_parameter("size or snapshotId");
    return;
  }
  if (!size) return;
  const auto least = snapshot_size_gib(planning.context, snapshot_id, access_to(planning.plan, snapshot_id));
  if (*size >= least) return;
  throw invalid_mapping(  // the two blanks are EC2's
      fmt::format("Volume of size {}GB is smaller than  snapshot '{}', expect size >= {}GB", *size, snapshot_id,
                  least));
}

PlannedDevice planned_device(Planning& planning, const Document& device) {
  const auto& ebs = part(device, "Ebs");
  for (const char* member : {"OutpostArn", "AvailabilityZone", "AvailabilityZoneId"}) {
    if (has(ebs, member)) throw errors::not_built(fmt::format("{} of a block device of RunInstances", member));
  }
  const std::string snapshot_id(text(ebs, "SnapshotId"));
  const auto size = integer(ebs, "VolumeSize");
  check_size(planning, snapshot_id, size);
  const auto& subnet = planning.plan.subnet;
  PlannedDevice planned;
  planned.device_name = text(device, "DeviceName");
  planned.delete_on_termination = flag(ebs, "DeleteOnTermination").value_or(true);
  planned.volume = plan_volume(planning.context, {.size_gib = size,
                                                  .snapshot_id = snapshot_id,
                                                  .snapshot_access = access_to(planning.plan, snapshot_id),
                                                  .availability_zone = subnet.availability_zone,
                                                  .availability_zone_id = subnet.availability_zone_id,
                                                  .volume_type = std::string(text(ebs, "VolumeType")),
                                                  .iops = integer(ebs, "Iops"),
                                                  .throughput = integer(ebs, "Throughput"),
                                                  .initialization_rate = integer(ebs, "VolumeInitializationRate"),
                                                  .encrypted = flag(ebs, "Encrypted"),
                                                  .kms_key_id = std::string(text(ebs, "KmsKeyId"))});
  planned.ebs_card_index = require_ebs_card(planning.plan.type->name, integer(ebs, "EbsCardIndex"));
  return planned;
}

/// The root has to be there and on a disk that one can boot from. It comes first.
void settle_root(LaunchPlan& plan) {
  if (plan.image.root_device_type != "ebs") return;
  const auto root = std::ranges::find(plan.devices, plan.image.root_device_name, &PlannedDevice::device_name);
  if (root == plan.devices.end()) {
    throw invalid_mapping(fmt::format("The root device {} is not specified.",
                                      plan.image.root_device_name));  // Assumed: the words
  }
  const auto& type = root->volume.volume_type;
  if (type == "st1" || type == "sc1") {  // Assumed: the code, and the newer types in the list
    throw errors::invalid_parameter_value(
        fmt::format("The {} volume type cannot be used for boot volumes. Please use a supported boot volume type: "
                    "standard,io1,io2,gp2,gp3.",
                    type));
  }
  std::rotate(plan.devices.begin(), root, root + 1);
}

}  // namespace

void plan_devices(Planning& planning) {
  auto& plan = planning.plan;
  for (const auto& device : merged_devices(planning)) plan.devices.push_back(planned_device(planning, device));
  settle_root(plan);
  check_volume_count(*plan.type, plan.interfaces.size(), plan.devices.size());
}

}  // namespace fogling::launch
