#include "emulator/vm_import.hpp"

#include <fmt/format.h>

#include "emulator/image_making.hpp"
#include "emulator/snapshots.hpp"
#include "emulator/volumes.hpp"

namespace fogling {

state::Snapshot import_disk(Context& context, const ImportedMachine& machine, const ImportedDisk& disk) {
  const bool encrypted =
      machine.encrypted || state::get_setting(context.txn, context.scope, "ebs-encryption-by-default") == "true";
  auto snapshot =
      make_snapshot(context, {.volume_id = "vol-ffffffff",
                              .volume_size_gib = disk.size_gib,
                              .full_size_bytes = disk.size_gib * (1LL << 30),
                              .description = fmt::format("Created by AWS-VMImport service for {}", machine.task_id),
                              .encrypted = encrypted,
                              .kms_key_id = encrypted ? kms_key_arn(context, machine.kms_key_id) : ""});
  complete_snapshot(context, snapshot);
  return snapshot;
}

state::Image import_image(Context& context, const ImportedMachine& machine) {
  auto image = new_image(context, machine.task_id,
                         fmt::format("AWS-VMImport service: {}", machine.is_windows ? "Windows" : "Linux"));
  image.state = "available";
  image.architecture = machine.architecture;
  image.root_device_name = machine.disks.front().device_name;
  image.root_device_type = "ebs";
  image.virtualization_type = "hvm";
  image.ena_support = true;  // the drivers are put in on the way
  image.boot_mode = machine.boot_mode;
  image.platform = machine.is_windows ? "windows" : "";
  image.platform_details = !machine.is_windows ? "Linux/UNIX" : machine.brings_license ? "Windows BYOL" : "Windows";
  image.usage_operation = !machine.is_windows      ? "RunInstances"
                          : machine.brings_license ? "RunInstances:0800"
                                                   : "RunInstances:0002";
  image.options["ImportTaskId"] = machine.task_id;
  for (const auto& disk : machine.disks) {
    const auto snapshot = import_disk(context, machine, disk);
    image.block_device_mappings.push_back({{"DeviceName", disk.device_name},
                                           {"Ebs",
                                            {{"SnapshotId", snapshot.snapshot_id},
                                             {"VolumeSize", disk.size_gib},
                                             {"VolumeType", "gp2"},
                                             {"DeleteOnTermination", true},
                                             {"Encrypted", snapshot.encrypted}}}});
  }
  store_image(context, image);
  return image;
}

bool is_imported(Context& context, const state::Instance& instance) {
  const auto image = state::find_anywhere<state::Image>(context.txn, instance.image_id);
  return image && has(image->options, "ImportTaskId");
}

void check_import_encryption(const Call& call) {
  if (call.text("KmsKeyId").empty() || call.flag("Encrypted").value_or(false)) return;
  throw ApiError("InvalidParameterDependency", "The parameter [KmsKeyId] requires the parameter Encrypted to be set.");
}

}  // namespace fogling
