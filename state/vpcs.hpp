#pragma once

#include "state/table.hpp"

namespace fogling::state {

struct Vpc : Resource {
  std::string vpc_id;
  std::string state;
  std::string cidr_block;
  std::string dhcp_options_id;
  std::string instance_tenancy;
  bool is_default = false;
  bool enable_dns_support = false;
  bool enable_dns_hostnames = false;
  bool enable_network_address_usage_metrics = false;
  Document cidr_block_associations;
  Document ipv6_cidr_block_associations;
};

template <>
struct Table<Vpc> {
  using T = Vpc;
  static constexpr std::string_view name = "vpc";
  static decltype(auto) columns(auto visit) {
    return visit(Column{"vpc_id", &T::vpc_id}, Column{"state", &T::state}, Column{"cidr_block", &T::cidr_block},
                 Column{"dhcp_options_id", &T::dhcp_options_id}, Column{"instance_tenancy", &T::instance_tenancy},
                 Column{"is_default", &T::is_default}, Column{"enable_dns_support", &T::enable_dns_support},
                 Column{"enable_dns_hostnames", &T::enable_dns_hostnames},
                 Column{"enable_network_address_usage_metrics", &T::enable_network_address_usage_metrics},
                 Column{"cidr_block_associations", &T::cidr_block_associations},
                 Column{"ipv6_cidr_block_associations", &T::ipv6_cidr_block_associations});
  }
};

/// Absent where an account has deleted it.
std::optional<Vpc> find_default_vpc(Transaction& txn, const Scope& scope);

/// Whether a VPC, of whatever account, has this IPv6 block.
bool is_ipv6_block_taken(Transaction& txn, std::string_view block);
/// `default` or `dedicated`: what an instance gets that does not say.
std::string tenancy_of_vpc(Transaction& txn, std::string_view vpc_id);

}  // namespace fogling::state
