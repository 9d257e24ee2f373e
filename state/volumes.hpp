#pragma once

#include "state/table.hpp"

namespace fogling::state {

struct Volume : Resource {
  std::string volume_id;
  std::int64_t size_gib = 0;
  std::string snapshot_id;
  std::string availability_zone;
  std::string availability_zone_id;
  std::string state;
  std::int64_t create_time_ms = 0;
  std::string volume_type;
  std::optional<std::int64_t> iops;
  std::optional<std::int64_t> throughput;
  bool encrypted = false;
  std::string kms_key_id;
  bool multi_attach_enabled = false;
  bool auto_enable_io = false;
  Document options;
};

template <>
struct Table<Volume> {
  using T = Volume;
  static constexpr std::string_view name = "volume";
  static decltype(auto) columns(auto visit) {
    return visit(Column{"volume_id", &T::volume_id}, Column{"size_gib", &T::size_gib},
                 Column{"snapshot_id", &T::snapshot_id}, Column{"availability_zone", &T::availability_zone},
                 Column{"availability_zone_id", &T::availability_zone_id}, Column{"state", &T::state},
                 Column{"create_time_ms", &T::create_time_ms}, Column{"volume_type", &T::volume_type},
                 Column{"iops", &T::iops}, Column{"throughput", &T::throughput}, Column{"encrypted", &T::encrypted},
                 Column{"kms_key_id", &T::kms_key_id}, Column{"multi_attach_enabled", &T::multi_attach_enabled},
                 Column{"auto_enable_io", &T::auto_enable_io}, Column{"options", &T::options});
  }
};

struct VolumeAttachment : Resource {
  std::string volume_id;
  std::string instance_id;
  std::string device;
  std::string state;
  std::int64_t attach_time_ms = 0;
  bool delete_on_termination = false;
  std::int64_t ebs_card_index = 0;
};

template <>
struct Table<VolumeAttachment> {
  using T = VolumeAttachment;
  static constexpr std::string_view name = "volume_attachment";
  static decltype(auto) columns(auto visit) {
    return visit(Column{"volume_id", &T::volume_id}, Column{"instance_id", &T::instance_id},
                 Column{"device", &T::device}, Column{"state", &T::state}, Column{"attach_time_ms", &T::attach_time_ms},
                 Column{"delete_on_termination", &T::delete_on_termination},
                 Column{"ebs_card_index", &T::ebs_card_index});
  }
};

struct VolumeModification : Resource {
  std::string volume_id;
  std::string modification_state;
  std::string status_message;
  std::int64_t progress = 0;
  std::int64_t start_time_ms = 0;
  std::optional<std::int64_t> end_time_ms;
  Document original;
  Document target;
};

template <>
struct Table<VolumeModification> {
  using T = VolumeModification;
  static constexpr std::string_view name = "volume_modification";
  static decltype(auto) columns(auto visit) {
    return visit(Column{"volume_id", &T::volume_id}, Column{"modification_state", &T::modification_state},
                 Column{"status_message", &T::status_message}, Column{"progress", &T::progress},
                 Column{"start_time_ms", &T::start_time_ms}, Column{"end_time_ms", &T::end_time_ms},
                 Column{"original", &T::original}, Column{"target", &T::target});
  }
};

std::vector<VolumeAttachment> attachments_of_volume(Transaction& txn, std::string_view volume_id);
/// In the order in which they were attached: the root device of a launch comes first.
std::vector<VolumeAttachment> attachments_of_instance(Transaction& txn, std::string_view instance_id);
std::optional<VolumeAttachment> find_attachment(Transaction& txn, std::string_view volume_id,
                                                std::string_view instance_id);
/// What all volumes of a type have together.
struct VolumeUsage {
  std::string volume_type;
  std::int64_t gib = 0, iops = 0;
};
std::vector<VolumeUsage> usage_by_volume_type(Transaction& txn, const Scope& scope);
/// Newest first.
std::vector<VolumeModification> modifications_of_volume(Transaction& txn, std::string_view volume_id);

}  // namespace fogling::state
