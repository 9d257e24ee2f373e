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

std::vector<VolumeUsage> usage_by_volume_type(Transaction& txn, const Scope& scope) {
  static constexpr Sql kUsage{
      "SELECT volume_type, SUM(size_gib), SUM(COALESCE(iops, 0)) FROM volume WHERE account = ? AND region = ? GROUP BY "
      "volume_type"};
  auto& statement = txn.database().statement(kUsage);
  bind_all(statement, scope.account, scope.region);
  std::vector<VolumeUsage> used;
  while (statement.executeStep()) {
    auto& usage = used.emplace_back();
    read_value(statement, 0, usage.volume_type);
    read_value(statement, 1, usage.gib);
    read_value(statement, 2, usage.iops);
  }
  statement.reset();
  return used;
}

}  // namespace fogling::state
