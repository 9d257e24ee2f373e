#include "state/images.hpp"

#include "state/table_impl.hpp"

namespace fogling::state {

FOGLING_ROWS(Image);

std::optional<Image> find_image_by_name(Transaction& txn, const Scope& scope, std::string_view name) {
  static constexpr Sql kTail{"WHERE account = ? AND region = ? AND name = ?"};
  return select_first<Image>(txn, kTail, scope.account, scope.region, name);
}

std::vector<Image> images_shared_with(Transaction& txn, const Scope& scope) {
  static constexpr Sql kTail{
      "WHERE account <> ?1 AND region = ?2 AND (is_public OR EXISTS (SELECT 1 FROM json_each(launch_permissions)"
      " WHERE json_extract(value, '$.UserId') = ?1)) ORDER BY seq"};
  return select<Image>(txn, kTail, scope.account, scope.region);
}

std::vector<std::string> images_on_snapshot(Transaction& txn, std::string_view snapshot_id) {
  static constexpr Sql kSelect{"SELECT image_id FROM image_snapshot WHERE snapshot_id = ? ORDER BY image_id"};
  return column<std::string>(txn, kSelect, snapshot_id);
}

void add_image_snapshot(Transaction& txn, const Image& image, std::string_view snapshot_id) {
  static constexpr Sql kInsert{
      "INSERT OR IGNORE INTO image_snapshot (snapshot_id, image_id, account, region) VALUES (?, ?, ?, ?)"};
  execute(txn, kInsert, snapshot_id, image.image_id, image.account, image.region);
}

}  // namespace fogling::state
