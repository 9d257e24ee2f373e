#include "state/resources.hpp"

#include "state/table_impl.hpp"

namespace fogling::state {

FOGLING_ROWS(GenericResource);

std::vector<GenericResource> list_kind(Transaction& txn, const Scope& scope, std::string_view kind) {
  static constexpr Sql kTail{"WHERE account = ? AND region = ? AND kind = ? ORDER BY seq"};
  return select<GenericResource>(txn, kTail, scope.account, scope.region, kind);
}

std::vector<GenericResource> list_children(Transaction& txn, std::string_view parent_id, std::string_view kind) {
  static constexpr Sql kTail{"WHERE parent_id = ? AND kind = ? ORDER BY seq"};
  return select<GenericResource>(txn, kTail, parent_id, kind);
}

}  // namespace fogling::state
