#pragma once

/// What cuts flows: rules of security groups, entries of ACLs, and routes.

#include <vector>

#include "emulator/fabric/network.hpp"

namespace fogling::fabric {

/// What a filter lets through, and the rule that decided about the first of it: that lets it in, or keeps it out.
template <class Rule>
struct Filtered {
  Flows passed;
  const Rule* decided = nullptr;
};

/// Rules of all groups of an interface, in one direction. A rule that names a group means the peer that has it; no peer
/// means that nobody of any group is known to be at the other end.
Filtered<SecurityGroupRule> through_groups(Network& network, const Interface& interface, bool is_egress, int protocol,
                                           const Flows& flows, const Interface* peer);
/// Whether any of the groups has a rule in this direction at all.
bool have_rules(Network& network, const Interface& interface, bool is_egress);

/// The entries of one direction, in their order.
Filtered<AclEntry> through_acl(const NetworkAcl& acl, bool is_egress, int protocol, const Flows& flows);

/// What takes one route of a table.
struct Taken {
  const Route* route = nullptr;
  Flows flows;
};
/// Each flow by the longest prefix. What no route is for is in none of them.
std::vector<Taken> by_route(const RouteTable& table, const Flows& flows);

}  // namespace fogling::fabric
