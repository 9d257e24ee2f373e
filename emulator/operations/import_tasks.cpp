/// Disk images become snapshots, and images that can be launched. The tasks are declared; here is what they plan and
/// what they leave behind. Nobody reads the files: a disk is as large as the upload is said to be.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "emulator/cancelling.hpp"
#include "emulator/kinds.hpp"
#include "emulator/resource_types.hpp"
#include "emulator/snapshots.hpp"
#include "emulator/vm_import.hpp"

namespace fogling {
namespace {

constexpr std::string_view kImageTask = "import-image-task", kSnapshotTask = "import-snapshot-task";
/// Assumed: of a disk whose size nobody has told.
constexpr std::int64_t kUsualSize_gib = 8;

ApiError invalid(std::string message) { return {"InvalidParameter", std::move(message)}; }

void check_format(std::string_view format, std::initializer_list<std::string_view> known) {
  if (format.empty()) return;
  std::string upper(format);
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  if (std::ranges::find(known, upper) == known.end())
    throw invalid(fmt::format("Unknown disk format '{}'.", format));  // Assumed: the words
}

/// One place that the disk comes from.
void check_source(const Document& disk) {
  const auto& bucket = part(disk, "UserBucket");
  const auto places = static_cast<int>(!text(disk, "SnapshotId").empty()) +
                      static_cast<int>(!text(disk, "Url").empty()) + static_cast<int>(!bucket.empty());
  if (places != 1)
    throw invalid("A disk container needs one of a snapshot, a URL and a bucket with a key.");  // Assumed: the words
  if (!bucket.empty() && (text(bucket, "S3Bucket").empty() || text(bucket, "S3Key").empty()))
    throw errors::missing_parameter(text(bucket, "S3Bucket").empty() ? "S3Bucket" : "S3Key");
}

std::int64_t upload_size_gib(const Call& call) {
  const auto& client = call.part("ClientData");
  const auto found = client.find("UploadSize");
  if (found == client.end() || !found->is_number() || found->get<double>() <= 0) return kUsualSize_gib;
  return std::min<std::int64_t>(16'384, static_cast<std::int64_t>(std::ceil(found->get<double>())));
}

void require_one_of(const Call& call, const char* member, std::initializer_list<std::string_view> known) {
  const auto given = call.text(member);
  if (!given.empty() && std::ranges::find(known, given) == known.end())
    throw errors::invalid_value(given, member);  // Assumed: the words
}

// ---- Images

/// `/dev/sda1`, then `/dev/sdb` and on.
std::string device_name(const Document& disk, std::size_t place) {
  const auto given = text(disk, "DeviceName");
  if (!given.empty()) return std::string(given);
  return place == 0 ? "/dev/sda1" : fmt::format("/dev/sd{}", static_cast<char>('a' + place));
}

void plan_image(Call& call, GenericResource& task) {
  check_import_encryption(call);
  const auto& disks = call.items("DiskContainers");
  if (disks.empty()) throw errors::missing_parameter("DiskContainers");
  if (disks.size() > 21) throw invalid("A machine cannot have more than 21 disks.");  // Assumed: the words
  require_one_of(call, "Architecture", {"i386", "x86_64", "arm64"});
  require_one_of(call, "Platform", {"Windows", "Linux"});
  require_one_of(call, "Hypervisor", {"xen"});
  require_one_of(call, "LicenseType", {"AWS", "BYOL", "auto"});
  if (call.text("BootMode") == "uefi-preferred") throw errors::invalid_value("uefi-preferred", "bootMode");
  if (!call.text("LicenseType").empty() && !call.text("UsageOperation").empty())
    throw errors::not_together("licenseType", "usageOperation");
  auto& details = task.document["SnapshotDetails"];
  for (std::size_t i = 0; i < disks.size(); ++i) {
    check_source(disks[i]);
    check_format(text(disks[i], "Format"), {"OVA", "VHD", "VHDX", "VMDK", "RAW"});
    const auto snapshot = text(disks[i], "SnapshotId");
    const auto size_gib = snapshot.empty() ? upload_size_gib(call) : snapshot_size_gib(call, snapshot);
    details[i]["DeviceName"] = device_name(disks[i], i);
    details[i]["Status"] = "active";
    details[i]["DiskImageSize"] = static_cast<double>(size_gib);
  }
}

void finish_image(Context& context, GenericResource& task) {
  if (task.state != "completed") return;
  auto& document = task.document;
  const auto license = text(document, "LicenseType");
  ImportedMachine machine{.task_id = task.resource_id,
                          .architecture = std::string(text(document, "Architecture")),
                          .is_windows = text(document, "Platform") == "Windows",
                          .brings_license = license == "BYOL" || text(document, "UsageOperation").ends_with(":0800"),
                          .boot_mode = std::string(text(document, "BootMode")),
                          .encrypted = flag(document, "Encrypted").value_or(false),
                          .kms_key_id = std::string(text(document, "KmsKeyId"))};
  for (const auto& disk : document["SnapshotDetails"]) {
    machine.disks.push_back(
        {std::string(text(disk, "DeviceName")), static_cast<std::int64_t>(disk["DiskImageSize"].get<double>())});
  }
  const auto image = import_image(context, machine);
  document["ImageId"] = image.image_id;
  for (std::size_t i = 0; i < machine.disks.size(); ++i) {
    auto& detail = document["SnapshotDetails"][i];
    detail["SnapshotId"] = image.block_device_mappings[i]["Ebs"]["SnapshotId"];
    detail["Status"] = "completed";
  }
  document.erase("Progress");
  document.erase("StatusMessage");
  state::update(context.txn, task);
}

// ---- Snapshots

void plan_snapshot(Call& call, GenericResource& task) {
  check_import_encryption(call);
  const auto& disk = call.part("DiskContainer");
  if (disk.empty()) throw errors::missing_parameter("DiskContainer");
  check_source(disk);
  check_format(text(disk, "Format"), {"VHD", "VHDX", "VMDK", "RAW"});
  auto& detail = task.document["SnapshotTaskDetail"];
  detail["DiskImageSize"] = static_cast<double>(upload_size_gib(call));
  if (!has(detail, "Description")) set_if(detail, "Description", call.text("Description"));
}

void finish_snapshot(Context& context, GenericResource& task) {
  if (task.state != "completed") return;
  auto& detail = task.document["SnapshotTaskDetail"];
  const ImportedMachine machine{.task_id = task.resource_id,
                                .encrypted = flag(detail, "Encrypted").value_or(false),
                                .kms_key_id = std::string(text(detail, "KmsKeyId"))};
  const auto snapshot =
      import_disk(context, machine, {{}, static_cast<std::int64_t>(detail["DiskImageSize"].get<double>())});
  detail["SnapshotId"] = snapshot.snapshot_id;
  detail["Encrypted"] = snapshot.encrypted;
  set_if(detail, "KmsKeyId", snapshot.kms_key_id);
  detail.erase("Progress");
  detail.erase("StatusMessage");
  state::update(context.txn, task);
}

Document CancelImportTask(Call& call) {
  const auto id = call.require("ImportTaskId");
  const auto kind = id.starts_with("import-snap-") ? kSnapshotTask : kImageTask;
  const auto cancelled = cancel_resource(call, kind, id);
  return {{"ImportTaskId", cancelled.resource.resource_id},
          {"PreviousState", cancelled.state_before},
          {"State", cancelled.resource.state}};
}

constexpr Operation kOperations[] = {
    {.name = "CancelImportTask", .run = CancelImportTask, .access = Access::write},
};

constexpr Hooks kHooks[] = {
    {.kind = kImageTask, .create = plan_image, .moved = finish_image},
    {.kind = kSnapshotTask, .create = plan_snapshot, .moved = finish_snapshot},
};

}  // namespace

Family import_tasks_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
