#pragma once

#include "state/table.hpp"

namespace fogling::state {

struct Subnet : Resource {
  std::string subnet_id;
  std::string vpc_id;
  std::string state;
  std::string cidr_block;
  std::string availability_zone;
  std::string availability_zone_id;
  bool default_for_az = false;
  bool map_public_ip_on_launch = false;
  bool assign_ipv6_address_on_creation = false;
  Document ipv6_cidr_block_associations;
  Document options;
};

template <>
struct Table<Subnet> {
  using T = Subnet;
  static constexpr std::string_view name = "subnet";
  static decltype(auto) columns(auto visit) {
    return visit(Column{"subnet_id", &T::subnet_id}, Column{"vpc_id", &T::vpc_id}, Column{"state", &T::state},
                 Column{"cidr_block", &T::cidr_block}, Column{"availability_zone", &T::availability_zone},
                 Column{"availability_zone_id", &T::availability_zone_id}, Column{"default_for_az", &T::default_for_az},
                 Column{"map_public_ip_on_launch", &T::map_public_ip_on_launch},
                 Column{"assign_ipv6_address_on_creation", &T::assign_ipv6_address_on_creation},
                 Column{"ipv6_cidr_block_associations", &T::ipv6_cidr_block_associations},
                 Column{"options", &T::options});
  }
};

std::vector<Subnet> subnets_of_vpc(Transaction& txn, std::string_view vpc_id);
/// How many private IPv4 addresses of the subnet somebody holds.
std::int64_t count_private_addresses(Transaction& txn, std::string_view subnet_id);

}  // namespace fogling::state
