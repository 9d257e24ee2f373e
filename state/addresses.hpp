#pragma once

#include "state/table.hpp"

namespace fogling::state {

struct Address : Resource {
  std::string allocation_id;
  std::string public_ip;
  std::string public_ipv4_pool;
  std::string network_border_group;
  std::string association_id;
  std::string network_interface_id;
  std::string private_ip_address;
  std::string ptr_record;
  Document options;
};

template <>
struct Table<Address> {
  using T = Address;
  static constexpr std::string_view name = "address";
  static decltype(auto) columns(auto visit) {
    return visit(Column{"allocation_id", &T::allocation_id}, Column{"public_ip", &T::public_ip},
                 Column{"public_ipv4_pool", &T::public_ipv4_pool},
                 Column{"network_border_group", &T::network_border_group}, Column{"association_id", &T::association_id},
                 Column{"network_interface_id", &T::network_interface_id},
                 Column{"private_ip_address", &T::private_ip_address}, Column{"ptr_record", &T::ptr_record},
                 Column{"options", &T::options});
  }
};

std::optional<Address> find_address_by_ip(Transaction& txn, const Scope& scope, std::string_view public_ip);
/// Whoever has it.
std::optional<Address> find_address_anywhere(Transaction& txn, std::string_view public_ip);
std::optional<Address> find_address_by_association(Transaction& txn, const Scope& scope,
                                                   std::string_view association_id);
std::vector<Address> addresses_of_interface(Transaction& txn, std::string_view network_interface_id);

}  // namespace fogling::state
