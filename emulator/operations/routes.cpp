/// Routes: added to a table, led elsewhere, taken away.

#include "emulator/routes.hpp"

#include <fmt/format.h>

#include "emulator/kinds.hpp"

namespace fogling {
namespace {

bool is_local(const Document& route) { return text(route, "Origin") == "CreateRouteTable"; }

/// Made with a gateway endpoint, and gone with it.
bool is_of_endpoint(const Document& route) {
  return has(route, "DestinationPrefixListId") && text(route, "GatewayId").starts_with("vpce-");
}

Document CreateRoute(Call& call) {
  auto table = require_resource(call, "route-table", call.require("RouteTableId"));
  const auto destination = read_route_destination(call);
  Document route = read_route_target(call, table, destination);
  auto& routes = table.document["Routes"];
  if (const auto* existing = find_route(routes, destination)) {
    // Assumed: what is there already is no error.
    const auto member = route.begin();
    if (text(*existing, member.key()) == member.value()) return {{"Return", true}};
    throw ApiError("RouteAlreadyExists", fmt::format("The route identified by {} already exists.", destination.text));
  }
  check_route_limit(call, routes, destination);
  route[std::string(destination.member)] = destination.text;
  route["Origin"] = "CreateRoute";
  routes.push_back(std::move(route));
  if (destination.is_prefix_list())
    state::add_reference(call.txn, call.scope, table.resource_id, destination.text, true);
  state::update(call.txn, table);
  return {{"Return", true}};
}

Document ReplaceRoute(Call& call) {
  auto table = require_resource(call, "route-table", call.require("RouteTableId"));
  const auto destination = read_route_destination(call);
  auto* route = find_route(table.document["Routes"], destination);
  if (route == nullptr) {
    throw errors::invalid_parameter_value(fmt::format(
        "There is no route defined for '{}' in the route table. Use CreateRoute instead.", destination.text));
  }
  if (is_of_endpoint(*route)) {  // Assumed: the words
    throw errors::invalid_parameter_value(
        fmt::format("cannot replace VPC endpoint route {} in route table {}", destination.text, table.resource_id));
  }
  const bool resets = call.flag("LocalTarget").value_or(false) || call.text("GatewayId") == "local";
  if (resets && !is_local(*route)) {  // Assumed: the words
    throw errors::invalid_parameter_value(
        fmt::format("The route for '{}' is not a local route of the VPC.", destination.text));
  }
  Document replaced = resets ? Document{{"GatewayId", "local"}} : read_route_target(call, table, destination);
  replaced[std::string(destination.member)] = destination.text;
  replaced["Origin"] = (*route)["Origin"];
  *route = std::move(replaced);
  state::update(call.txn, table);
  return {};
}

Document DeleteRoute(Call& call) {
  auto table = require_resource(call, "route-table", call.require("RouteTableId"));
  const auto destination = read_route_destination(call);
  auto& routes = table.document["Routes"];
  const auto* route = find_route(routes, destination);
  if (route == nullptr) {
    const std::string_view wanted = destination.is_prefix_list()                          ? "prefix-list-id"
                                    : destination.member == RouteDestination::kMembers[0] ? "cidr-block"
                                                                                          : "ipv6-cidr-block";
    throw ApiError("InvalidRoute.NotFound", fmt::format("no route with destination-{} {} in route table {}", wanted,
                                                        destination.text, table.resource_id));
  }
  if (is_local(*route)) {
    throw errors::invalid_parameter_value(
        fmt::format("cannot remove local route {} in route table {}", destination.text, table.resource_id));
  }
  if (is_of_endpoint(*route)) {
    throw errors::invalid_parameter_value(
        fmt::format("cannot remove VPC endpoint route {} in route table {}", destination.text, table.resource_id));
  }
  routes.erase(static_cast<std::size_t>(route - &routes[0]));
  if (destination.is_prefix_list()) state::remove_reference(call.txn, table.resource_id, destination.text);
  state::update(call.txn, table);
  return {};
}

constexpr Operation kOperations[] = {
    {.name = "CreateRoute", .run = CreateRoute, .access = Access::write},
    {.name = "DeleteRoute", .run = DeleteRoute, .access = Access::write},
    {.name = "ReplaceRoute", .run = ReplaceRoute, .access = Access::write},
};

}  // namespace

Family routes_family() { return {.operations = kOperations}; }

}  // namespace fogling
