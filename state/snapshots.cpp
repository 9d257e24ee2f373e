#include "state/snapshots.hpp"

#include "state/table_impl.hpp"

namespace fogling::state {

FOGLING_ROWS(Snapshot);

std::int64_t count_pending_snapshots(Transaction& txn, const Scope& scope, std::string_view volume_id) {
  static constexpr Sql kCount{
      "SELECT count(*) FROM snapshot WHERE volume_id = ? AND state = 'pending' AND account = ? AND region = ?"};
  return value<std::int64_t>(txn, kCount, volume_id, scope.account, scope.region).value_or(0);
}

std::vector<Snapshot> snapshots_shared_with(Transaction& txn, const Scope& scope) {
  static constexpr Sql kTail{
      "WHERE account <> ?1 AND region = ?2 AND EXISTS (SELECT 1 FROM json_each(create_volume_permissions)"
      " WHERE json_extract(value, '$.UserId') = ?1 OR json_extract(value, '$.Group') = 'all') ORDER BY seq"};
  return select<Snapshot>(txn, kTail, scope.account, scope.region);
}

}  // namespace fogling::state
