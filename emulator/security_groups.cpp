#include "emulator/security_groups.hpp"

#include <algorithm>

#include "state/resources.hpp"

namespace fogling {

bool is_usable_in(Transaction& txn, const state::SecurityGroup& group, std::string_view vpc_id) {
  if (group.vpc_id == vpc_id) return true;
  const auto associations = state::list_children(txn, group.group_id, kGroupVpcAssociation);
  return std::ranges::any_of(associations, [&](const state::GenericResource& each) {
    return text(each.document, "VpcId") == vpc_id && each.state == "associated";
  });
}

}  // namespace fogling
