#include "state/vpcs.hpp"

#include "state/table_impl.hpp"

namespace fogling::state {

FOGLING_ROWS(Vpc);

std::optional<Vpc> find_default_vpc(Transaction& txn, const Scope& scope) {
  static constexpr Sql kTail{"WHERE account = ? AND region = ? AND is_default"};
  return select_first<Vpc>(txn, kTail, scope.account, scope.region);
}

bool is_ipv6_block_taken(Transaction& txn, std::string_view block) {
  static constexpr Sql kFind{"SELECT 1 FROM vpc WHERE instr(ipv6_cidr_block_associations, ?) LIMIT 1"};
  return value<std::int64_t>(txn, kFind, block).has_value();
}

std::string tenancy_of_vpc(Transaction& txn, std::string_view vpc_id) {
  static constexpr Sql kFind{"SELECT instance_tenancy FROM vpc WHERE vpc_id = ?"};
  return value<std::string>(txn, kFind, vpc_id).value_or("default");
}

}  // namespace fogling::state
