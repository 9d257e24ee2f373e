#include "state/vpcs.hpp"

#include "state/table_impl.hpp"

namespace fogling::state {

FOGLING_ROWS(Vpc);

std::optional<Vpc> find_default_vpc(Transaction& txn, const Scope& scope) {
  static constexpr Sql kTail{"WHERE account = ? AND region = ? AND is_default"};
  return select_first<Vpc>(txn, kTail, scope.account, scope.region);
}

}  // namespace fogling::state
