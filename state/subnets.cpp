#include "state/subnets.hpp"

#include "state/table_impl.hpp"

namespace fogling::state {

FOGLING_ROWS(Subnet);

std::vector<Subnet> subnets_of_vpc(Transaction& txn, std::string_view vpc_id) {
  static constexpr Sql kTail{"WHERE vpc_id = ? ORDER BY seq"};
  return select<Subnet>(txn, kTail, vpc_id);
}

std::int64_t count_private_addresses(Transaction& txn, std::string_view subnet_id) {
  static constexpr Sql kCount{"SELECT count(*) FROM private_ip_address WHERE subnet_id = ?"};
  return value<std::int64_t>(txn, kCount, subnet_id).value_or(0);
}

}  // namespace fogling::state
