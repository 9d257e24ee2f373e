#pragma once

/// Where a security group may be used.

#include <string_view>

#include "emulator/call.hpp"
#include "state/security_groups.hpp"

namespace fogling {

/// The kind of resource that says that a group may be used in a VPC beside its own. Its parent is the group; it refers
/// to the VPC.
inline constexpr std::string_view kGroupVpcAssociation = "security-group-vpc-association";

/// Whether interfaces in the VPC may have the group: its own VPC, and those that it is associated with.
bool is_usable_in(Transaction& txn, const state::SecurityGroup& group, std::string_view vpc_id);

}  // namespace fogling
