#include "emulator/images.hpp"

#include <algorithm>

#include "emulator/resource_types.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

catalogue::BlockDevice device_from(const Document& mapping) {
  catalogue::BlockDevice device;
  const auto& ebs = part(mapping, "Ebs");
  device.device_name = text(mapping, "DeviceName");
  device.virtual_name = text(mapping, "VirtualName");
  device.snapshot_id = text(ebs, "SnapshotId");
  device.volume_type = text(ebs, "VolumeType");
  device.kms_key_id = text(ebs, "KmsKeyId");
  device.volume_size_gib = static_cast<std::int32_t>(integer(ebs, "VolumeSize").value_or(0));
  device.iops = static_cast<std::int32_t>(integer(ebs, "Iops").value_or(0));
  device.throughput_mibs = static_cast<std::int32_t>(integer(ebs, "Throughput").value_or(0));
  device.delete_on_termination = flag(ebs, "DeleteOnTermination").value_or(true);
  device.encrypted = flag(ebs, "Encrypted").value_or(false);
  return device;
}

bool is_shared_with(const state::Image& image, const std::string& account) {
  return image.is_public || std::ranges::any_of(image.launch_permissions, [&](const Document& permission) {
           return text(permission, "UserId") == account;
         });
}

/// One of the public catalogue, or of those that the user brought along.
const catalogue::Image* find_offered(Context& context, std::string_view image_id) {
  if (const auto* known = catalogue::find_image(context.scope.region, image_id)) return known;
  const auto& own = context.world.user_images(context.scope.region);
  const auto found = std::ranges::find(own, image_id, &catalogue::Image::image_id);
  return found == own.end() ? nullptr : &*found;
}

/// One that somebody made in this region.
std::optional<state::Image> find_row(Context& context, std::string_view image_id) {
  auto row = state::find_anywhere<state::Image>(context.txn, image_id);
  return row && row->region == context.scope.region ? std::move(row) : std::nullopt;
}

}  // namespace

catalogue::Image image_value(const state::Image& row) {
  catalogue::Image image;
  image.image_id = row.image_id;
  image.name = row.name;
  image.description = row.description;
  image.owner_id = row.account;
  image.image_location = row.account + "/" + row.name;
  image.architecture = row.architecture;
  image.creation_date = iso_seconds(row.creation_time_ms);
  image.deprecation_time = text(row.options, "DeprecationTime");
  image.state = row.state;
  image.virtualization_type = row.virtualization_type;
  image.root_device_name = row.root_device_name;
  image.root_device_type = row.root_device_type;
  image.sriov_net_support = text(row.options, "SriovNetSupport");
  image.boot_mode = row.boot_mode;
  image.imds_support = row.imds_support;
  image.tpm_support = text(row.options, "TpmSupport");
  image.platform = row.platform;
  image.platform_details = row.platform_details;
  image.usage_operation = row.usage_operation;
  image.kernel_id = text(row.options, "KernelId");
  image.ramdisk_id = text(row.options, "RamdiskId");
  image.source_image_id = row.source_image_id;
  image.source_image_region = text(row.options, "SourceImageRegion");
  for (const auto& mapping : row.block_device_mappings) image.block_device_mappings.push_back(device_from(mapping));
  image.is_public = row.is_public;
  image.ena_support = row.ena_support;
  return image;
}

std::optional<catalogue::Image> find_image(Context& context, std::string_view image_id) {
  if (const auto* offered = find_offered(context, image_id)) return *offered;
  if (const auto row = find_row(context, image_id)) return image_value(*row);
  return std::nullopt;
}

catalogue::Image require_image(Context& context, std::string_view image_id) {
  check_id("image", image_id);
  if (const auto* offered = find_offered(context, image_id)) return *offered;
  const auto row = find_row(context, image_id);
  if (!row) throw unknown_id("image", image_id);
  if (row->account != context.scope.account && !is_shared_with(*row, context.scope.account)) {
    throw ApiError("AuthFailure", "Not authorized for images: [" + std::string(image_id) + "]");
  }
  return image_value(*row);
}

state::Image require_own_image(Context& context, std::string_view image_id) {
  const auto image = require_image(context, image_id);
  auto row = state::find<state::Image>(context.txn, context.scope, image_id);
  if (!row) throw ApiError("AuthFailure", "Not authorized for image:" + image.image_id);
  return *std::move(row);
}

bool is_deregistration_protected(const state::Image& image, std::int64_t now_ms) {
  return text(image.options, "DeregistrationProtection").starts_with("enabled") ||
         now_ms < integer(image.options, "ProtectedUntilMs").value_or(0);
}

void note_launch(Context& context, std::string_view image_id) {
  if (catalogue::find_image(context.scope.region, image_id) != nullptr) return;
  auto row = state::find_anywhere<state::Image>(context.txn, image_id);
  if (!row) return;
  row->options["LastLaunchedTime"] = iso_seconds(context.now_ms);
  state::update(context.txn, *row);
}

catalogue::Image require_launchable_image(Context& context, std::string_view image_id) {
  check_id("image", image_id);
  const bool is_gone = find_offered(context, image_id) == nullptr &&
                       !state::get_setting(context.txn, context.scope, "deregistered:" + std::string(image_id)).empty();
  auto image = is_gone ? catalogue::Image{.state = "deregistered"} : require_image(context, image_id);
  if (image.state != "available") {
    throw ApiError("InvalidAMIID.Unavailable", "The image ID '" + std::string(image_id) + "' is no longer available");
  }
  return image;
}

}  // namespace fogling
