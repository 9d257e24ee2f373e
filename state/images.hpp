#pragma once

#include "state/table.hpp"

namespace fogling::state {

struct Image : Resource {
  std::string image_id;
  std::string name;
  std::string state;
  bool is_public = false;
  std::string description;
  std::int64_t creation_time_ms = 0;
  std::string architecture;
  std::string root_device_name;
  std::string root_device_type;
  std::string virtualization_type;
  std::string platform;
  std::string platform_details;
  std::string usage_operation;
  bool ena_support = false;
  std::string boot_mode;
  std::string imds_support;
  std::string source_instance_id;
  std::string source_image_id;
  Document block_device_mappings;
  Document launch_permissions;
  Document options;
};

template <>
struct Table<Image> {
  using T = Image;
  static constexpr std::string_view name = "image";
  static decltype(auto) columns(auto visit) {
    return visit(Column{"image_id", &T::image_id}, Column{"name", &T::name}, Column{"state", &T::state},
                 Column{"is_public", &T::is_public}, Column{"description", &T::description},
                 Column{"creation_time_ms", &T::creation_time_ms}, Column{"architecture", &T::architecture},
                 Column{"root_device_name", &T::root_device_name}, Column{"root_device_type", &T::root_device_type},
                 Column{"virtualization_type", &T::virtualization_type}, Column{"platform", &T::platform},
                 Column{"platform_details", &T::platform_details}, Column{"usage_operation", &T::usage_operation},
                 Column{"ena_support", &T::ena_support}, Column{"boot_mode", &T::boot_mode},
                 Column{"imds_support", &T::imds_support}, Column{"source_instance_id", &T::source_instance_id},
                 Column{"source_image_id", &T::source_image_id},
                 Column{"block_device_mappings", &T::block_device_mappings},
                 Column{"launch_permissions", &T::launch_permissions}, Column{"options", &T::options});
  }
};

std::optional<Image> find_image_by_name(Transaction& txn, const Scope& scope, std::string_view name);
/// Those which a caller may see beside its own: public ones, and those shared with the account.
std::vector<Image> images_shared_with(Transaction& txn, const Scope& scope);
/// Which images stand on a snapshot, by id.
std::vector<std::string> images_on_snapshot(Transaction& txn, std::string_view snapshot_id);
void add_image_snapshot(Transaction& txn, const Image& image, std::string_view snapshot_id);

}  // namespace fogling::state
