#pragma once

/// What a route can lead to: gateways, connections, interfaces. Each is found, and judged, in its own way.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/call.hpp"

namespace fogling {

/// How a target stands to a VPC. A route to one that serves it but is not up is a black hole.
struct Standing {
  bool serves = false, is_up = false;
};

/// A parameter of CreateRoute that names a target.
struct RouteTarget {
  enum Takes : unsigned { ipv4 = 1, ipv6 = 2, all = 3 };

  std::string_view member;  ///< of the request: `VpcEndpointId`
  std::string_view shown;   ///< of shape Route: `GatewayId`
  std::string_view type;    ///< of resource; empty where any text is looked up
  /// Nothing where there is no such target, or none any more.
  std::optional<Standing> (*find)(Context&, std::string_view id, std::string_view vpc_id);
  std::string_view unknown_code, unknown_text;
  std::string_view noun;      ///< in the refusal of what belongs to another network
  unsigned takes = all;       ///< destinations, but for prefix lists, which all take
  bool is_middlebox = false;  ///< may be for destinations inside the VPC too
};

std::span<const RouteTarget> route_targets();

/// The row of a parameter and its value: an endpoint may be called a gateway.
const RouteTarget& route_target(std::string_view member, std::string_view id);

/// What a stored route leads to; null where that is the VPC itself.
struct RouteEnd {
  const RouteTarget* target = nullptr;
  std::string id;
};
RouteEnd end_of_route(const Document& route);

/// Whether a route of this VPC to it is active.
bool is_route_active(Context& context, const RouteEnd& end, std::string_view vpc_id);

}  // namespace fogling
