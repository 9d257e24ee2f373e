#include "state/security_groups.hpp"

#include "state/table_impl.hpp"

namespace fogling::state {

FOGLING_ROWS(SecurityGroup);
FOGLING_ROWS(SecurityGroupRule);

std::optional<SecurityGroup> find_group_by_name(Transaction& txn, std::string_view vpc_id,
                                                std::string_view group_name) {
  static constexpr Sql kTail{"WHERE vpc_id = ? AND group_name = ?"};
  return select_first<SecurityGroup>(txn, kTail, vpc_id, group_name);
}

bool has_group_called(Transaction& txn, std::string_view vpc_id, std::string_view group_name) {
  static constexpr Sql kTail{"WHERE vpc_id = ? AND group_name = ? COLLATE NOCASE"};
  return select_first<SecurityGroup>(txn, kTail, vpc_id, group_name).has_value();
}

std::vector<SecurityGroup> groups_of_vpc(Transaction& txn, std::string_view vpc_id) {
  static constexpr Sql kTail{"WHERE vpc_id = ? ORDER BY seq"};
  return select<SecurityGroup>(txn, kTail, vpc_id);
}

std::vector<SecurityGroupRule> rules_of_group(Transaction& txn, std::string_view group_id) {
  static constexpr Sql kTail{"WHERE group_id = ? ORDER BY seq"};
  return select<SecurityGroupRule>(txn, kTail, group_id);
}

std::vector<SecurityGroupRule> rules_with_prefix_list(Transaction& txn, const Scope& scope,
                                                      std::string_view prefix_list_id) {
  static constexpr Sql kTail{"WHERE account = ? AND region = ? AND prefix_list_id = ? ORDER BY seq"};
  return select<SecurityGroupRule>(txn, kTail, scope.account, scope.region, prefix_list_id);
}

std::vector<SecurityGroupRule> rules_referencing(Transaction& txn, std::string_view group_id) {
  static constexpr Sql kTail{"WHERE referenced_group_id = ? AND referenced_group_id <> '' ORDER BY seq"};
  return select<SecurityGroupRule>(txn, kTail, group_id);
}

}  // namespace fogling::state
