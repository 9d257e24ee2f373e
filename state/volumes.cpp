#include "state/volumes.hpp"

#include "state/table_impl.hpp"

namespace fogling::state {

FOGLING_ROWS(Volume);
FOGLING_ROWS(VolumeAttachment);
FOGLING_ROWS(VolumeModification);

std::vector<VolumeAttachment> attachments_of_volume(Transaction& txn, std::string_view volume_id) {
  static constexpr Sql kTail{"WHERE volume_id = ? ORDER BY seq"};
  return select<VolumeAttachment>(txn, kTail, volume_id);
}

std::vector<VolumeAttachment> attachments_of_instance(Transaction& txn, std::string_view instance_id) {
  static constexpr Sql kTail{"WHERE instance_id = ? ORDER BY seq"};
  return select<VolumeAttachment>(txn, kTail, instance_id);
}

std::optional<VolumeAttachment> find_attachment(Transaction& txn, std::string_view volume_id,
                                                std::string_view instance_id) {
  static constexpr Sql kTail{"WHERE volume_id = ? AND instance_id = ?"};
  return select_first<VolumeAttachment>(txn, kTail, volume_id, instance_id);
}

std::vector<VolumeModification> modifications_of_volume(Transaction& txn, std::string_view volume_id) {
  static constexpr Sql kTail{"WHERE volume_id = ? ORDER BY seq DESC"};
  return select<VolumeModification>(txn, kTail, volume_id);
}

}  // namespace fogling::state
