#include "state/key_pairs.hpp"

#include "state/table_impl.hpp"

namespace fogling::state {

FOGLING_ROWS(KeyPair);

std::optional<KeyPair> find_key_by_name(Transaction& txn, const Scope& scope, std::string_view key_name) {
  static constexpr Sql kTail{"WHERE account = ? AND region = ? AND key_name = ?"};
  return select_first<KeyPair>(txn, kTail, scope.account, scope.region, key_name);
}

}  // namespace fogling::state
