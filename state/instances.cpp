#include "state/instances.hpp"

#include "state/table_impl.hpp"

namespace fogling::state {

FOGLING_ROWS(Instance);

std::vector<Instance> instances_of_reservation(Transaction& txn, std::string_view reservation_id) {
  static constexpr Sql kTail{"WHERE reservation_id = ? ORDER BY seq"};
  return select<Instance>(txn, kTail, reservation_id);
}

std::vector<Instance> instances_in_state(Transaction& txn, const Scope& scope, std::string_view state) {
  static constexpr Sql kTail{"WHERE account = ? AND region = ? AND state = ? ORDER BY seq"};
  return select<Instance>(txn, kTail, scope.account, scope.region, state);
}

}  // namespace fogling::state
