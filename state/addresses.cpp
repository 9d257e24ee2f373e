#include "state/addresses.hpp"

#include "state/table_impl.hpp"

namespace fogling::state {

FOGLING_ROWS(Address);

std::optional<Address> find_address_by_ip(Transaction& txn, const Scope& scope, std::string_view public_ip) {
  static constexpr Sql kTail{"WHERE public_ip = ? AND account = ? AND region = ?"};
  return select_first<Address>(txn, kTail, public_ip, scope.account, scope.region);
}

std::optional<Address> find_address_anywhere(Transaction& txn, std::string_view public_ip) {
  static constexpr Sql kTail{"WHERE public_ip = ?"};
  return select_first<Address>(txn, kTail, public_ip);
}

std::optional<Address> find_address_by_association(Transaction& txn, const Scope& scope,
                                                   std::string_view association_id) {
  static constexpr Sql kTail{"WHERE account = ? AND region = ? AND association_id = ? AND association_id <> ''"};
  return select_first<Address>(txn, kTail, scope.account, scope.region, association_id);
}

std::vector<Address> addresses_of_interface(Transaction& txn, std::string_view network_interface_id) {
  static constexpr Sql kTail{"WHERE network_interface_id = ? AND network_interface_id <> '' ORDER BY seq"};
  return select<Address>(txn, kTail, network_interface_id);
}

}  // namespace fogling::state
