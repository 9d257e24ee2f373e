#pragma once

/// Routes of a route table: where they lead, what may be asked of them, and whether they are active. A route's state is
/// not kept: it follows from its target, so that whatever takes a target away or brings it back changes it.

#include <optional>
#include <string>
#include <string_view>

#include "emulator/call.hpp"

namespace fogling {

/// What a route is for: an IPv4 block, an IPv6 block or a prefix list. A table has one route for each.
struct RouteDestination {
  static constexpr const char* kMembers[] = {"DestinationCidrBlock", "DestinationIpv6CidrBlock",
                                             "DestinationPrefixListId"};

  std::string_view member;  ///< of shape Route: one of these
  std::string text;         ///< canonical

  bool is_prefix_list() const { return member == kMembers[2]; }
  bool is_of(const Document& route) const { return fogling::text(route, member) == text; }
};

/// The one destination of a request, canonical. Throws where there is none, several, or one that is no block.
RouteDestination read_route_destination(Call& call);
/// Null where the table has no such route.
Document* find_route(Document& routes, const RouteDestination& destination);

/// The one target of a request as members of shape Route. Throws where there is none, several, one that does not exist,
/// belongs to another network, or does not go with the destination or the table.
Document read_route_target(Call& call, const state::GenericResource& table, const RouteDestination& destination);

/// Throws RouteLimitExceeded where one more of this destination is too many: a prefix list counts as many as it can
/// hold.
void check_route_limit(Call& call, const Document& routes, const RouteDestination& destination);

/// Why a gateway cannot use this table for what comes in; empty where it can.
std::string refusal_of_gateway(Context& context, const state::GenericResource& table);

/// The routes that a new table of this VPC has: one to each of its blocks.
Document local_routes(Context& context, std::string_view vpc_id);

/// Fills in what follows from the targets: states, instances behind interfaces, and what VPN gateways propagate.
void show_routes(Context& context, const state::GenericResource& table, Document& shown);

}  // namespace fogling
