#include "state/resources.hpp"

#include "state/resources_anywhere.hpp"
#include "state/table_impl.hpp"

namespace fogling::state {

FOGLING_ROWS(GenericResource);

std::vector<GenericResource> list_kind(Transaction& txn, const Scope& scope, std::string_view kind) {
  static constexpr Sql kTail{"WHERE account = ? AND region = ? AND kind = ? ORDER BY seq"};
  return select<GenericResource>(txn, kTail, scope.account, scope.region, kind);
}

std::vector<GenericResource> list_kind_of_account(Transaction& txn, std::string_view account, std::string_view kind) {
  static constexpr Sql kTail{"WHERE account = ? AND kind = ? ORDER BY seq"};
  return select<GenericResource>(txn, kTail, account, kind);
}

std::vector<GenericResource> list_kind_anywhere(Transaction& txn, std::string_view kind) {
  static constexpr Sql kTail{"WHERE kind = ? ORDER BY seq"};
  return select<GenericResource>(txn, kTail, kind);
}

std::vector<GenericResource> list_children(Transaction& txn, std::string_view parent_id, std::string_view kind) {
  static constexpr Sql kTail{"WHERE parent_id = ? AND kind = ? ORDER BY seq"};
  return select<GenericResource>(txn, kTail, parent_id, kind);
}

std::int64_t count_kind(Transaction& txn, const Scope& scope, std::string_view kind) {
  static constexpr Sql kCount{"SELECT count(*) FROM resource WHERE account = ? AND region = ? AND kind = ?"};
  return value<std::int64_t>(txn, kCount, scope.account, scope.region, kind).value_or(0);
}

std::optional<GenericResource> find_by_member(Transaction& txn, const Scope& scope, std::string_view kind,
                                              std::string_view member, std::string_view text,
                                              std::string_view except_state) {
  static constexpr Sql kTail{
      "WHERE account = ? AND region = ? AND kind = ? AND json_extract(document, '$.' || ?) = ?"
      " AND (?6 = '' OR state <> ?6) ORDER BY seq LIMIT 1"};
  return select_first<GenericResource>(txn, kTail, scope.account, scope.region, kind, member, text, except_state);
}

void add_reference(Transaction& txn, const Scope& scope, std::string_view resource_id, std::string_view target_id,
                   bool holds) {
  static constexpr Sql kInsert{
      "INSERT INTO reference (resource_id, target_id, holds, account, region) VALUES (?, ?, ?, ?, ?)"
      " ON CONFLICT (resource_id, target_id) DO UPDATE SET holds = max(holds, excluded.holds)"};
  execute(txn, kInsert, resource_id, target_id, holds, scope.account, scope.region);
}

void remove_reference(Transaction& txn, std::string_view resource_id, std::string_view target_id) {
  static constexpr Sql kDelete{"DELETE FROM reference WHERE resource_id = ? AND target_id = ?"};
  execute(txn, kDelete, resource_id, target_id);
}

void remove_references_of(Transaction& txn, std::string_view resource_id) {
  static constexpr Sql kDelete{"DELETE FROM reference WHERE resource_id = ?"};
  execute(txn, kDelete, resource_id);
}

std::vector<std::string> holders_of(Transaction& txn, std::string_view target_id) {
  static constexpr Sql kSelect{"SELECT resource_id FROM reference WHERE target_id = ? AND holds ORDER BY resource_id"};
  return column<std::string>(txn, kSelect, target_id);
}

std::vector<GenericResource> list_referring(Transaction& txn, std::string_view target_id, std::string_view kind) {
  static constexpr Sql kTail{
      "WHERE kind = ?2 AND resource_id IN (SELECT resource_id FROM reference WHERE target_id = ?1) ORDER BY seq"};
  return select<GenericResource>(txn, kTail, target_id, kind);
}

}  // namespace fogling::state
