#pragma once

/// The smallest change that would let packets through, as a line for the AWS CLI.

#include <string>
#include <string_view>

#include "emulator/fabric/trace.hpp"

namespace fogling::fabric::fixes {

/// A rule for these flows; for the peer's group where that can be.
std::string authorize(std::string_view group_id, bool is_egress, int protocol, const Flows& flows,
                      const Interface* peer);
/// An entry before the one that denies.
std::string add_acl_entry(const NetworkAcl& acl, bool is_egress, int protocol, const Flows& flows,
                          const AclEntry* denying);
/// A route for these destinations; in place of one that is there already.
std::string route_to(const RouteTable& table, const Flows& flows, const Route* instead_of, std::string_view target);
std::string attach_gateway(std::string_view vpc_id);
std::string give_address(const Interface& interface);
std::string start(std::string_view instance_id);
std::string await_boot(std::string_view instance_id);
std::string end_source_dest_check(const Interface& interface);
std::string exclude_from_block(std::string_view vpc_id);
std::string accept_peering(std::string_view peering_id);

}  // namespace fogling::fabric::fixes
