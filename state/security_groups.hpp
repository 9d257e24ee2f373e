#pragma once

#include "state/table.hpp"

namespace fogling::state {

struct SecurityGroup : Resource {
  std::string group_id;
  std::string group_name;
  std::string description;
  std::string vpc_id;
};

template <>
struct Table<SecurityGroup> {
  using T = SecurityGroup;
  static constexpr std::string_view name = "security_group";
  static decltype(auto) columns(auto visit) {
    return visit(Column{"group_id", &T::group_id}, Column{"group_name", &T::group_name},
                 Column{"description", &T::description}, Column{"vpc_id", &T::vpc_id});
  }
};

struct SecurityGroupRule : Resource {
  std::string security_group_rule_id;
  std::string group_id;
  bool is_egress = false;
  std::string ip_protocol;
  std::optional<std::int64_t> from_port;
  std::optional<std::int64_t> to_port;
  std::string cidr_ipv4;
  std::string cidr_ipv6;
  std::string prefix_list_id;
  std::string referenced_group_id;
  std::string referenced_user_id;
  std::string referenced_vpc_id;
  std::string referenced_peering_connection_id;
  std::optional<std::string> description;
};

template <>
struct Table<SecurityGroupRule> {
  using T = SecurityGroupRule;
  static constexpr std::string_view name = "security_group_rule";
  static decltype(auto) columns(auto visit) {
    return visit(
        Column{"security_group_rule_id", &T::security_group_rule_id}, Column{"group_id", &T::group_id},
        Column{"is_egress", &T::is_egress}, Column{"ip_protocol", &T::ip_protocol}, Column{"from_port", &T::from_port},
        Column{"to_port", &T::to_port}, Column{"cidr_ipv4", &T::cidr_ipv4}, Column{"cidr_ipv6", &T::cidr_ipv6},
        Column{"prefix_list_id", &T::prefix_list_id}, Column{"referenced_group_id", &T::referenced_group_id},
        Column{"referenced_user_id", &T::referenced_user_id}, Column{"referenced_vpc_id", &T::referenced_vpc_id},
        Column{"referenced_peering_connection_id", &T::referenced_peering_connection_id},
        Column{"description", &T::description});
  }
};

std::optional<SecurityGroup> find_group_by_name(Transaction& txn, std::string_view vpc_id, std::string_view group_name);
/// Whether a VPC has a group of this name, in whatever case: such names EC2 calls duplicates.
bool has_group_called(Transaction& txn, std::string_view vpc_id, std::string_view group_name);
std::vector<SecurityGroup> groups_of_vpc(Transaction& txn, std::string_view vpc_id);
std::vector<SecurityGroupRule> rules_of_group(Transaction& txn, std::string_view group_id);
/// Rules, of any group of the scope, that name this prefix list as their peer.
std::vector<SecurityGroupRule> rules_with_prefix_list(Transaction& txn, const Scope& scope,
                                                      std::string_view prefix_list_id);
/// Rules, of any group, that name this group as their peer.
std::vector<SecurityGroupRule> rules_referencing(Transaction& txn, std::string_view group_id);

}  // namespace fogling::state
