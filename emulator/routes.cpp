#include "emulator/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "emulator/describe.hpp"
#include "emulator/ip_blocks.hpp"
#include "emulator/prefix_lists.hpp"
#include "emulator/route_targets.hpp"
#include "emulator/vpc_blocks.hpp"
#include "emulator/world.hpp"
#include "state/instances.hpp"
#include "state/network_interfaces.hpp"
#include "state/resources.hpp"
#include "state/subnets.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

using state::GenericResource;

// ---- Blocks --------------------------------------------------------------------------------------------------------

/// Where a VPC keeps its blocks of one family, and how routes name them.
struct BlockFamily {
  Document state::Vpc::*associations;
  const char* block;
  const char* state;
  std::string_view destination;
};
constexpr BlockFamily kFamilies[] = {
    {&state::Vpc::cidr_block_associations, "CidrBlock", "CidrBlockState", "DestinationCidrBlock"},
    {&state::Vpc::ipv6_cidr_block_associations, "Ipv6CidrBlock", "Ipv6CidrBlockState", "DestinationIpv6CidrBlock"},
};

std::vector<std::string> blocks_of(const state::Vpc& vpc, const BlockFamily& family) {
  std::vector<std::string> blocks;
  for (const auto& each : vpc.*family.associations) {
    if (text(part(each, family.state), "State") == "associated") blocks.emplace_back(text(each, family.block));
  }
  return blocks;
}

/// Whether a destination is equal to, or more specific than, a block of the VPC.
bool is_inside(const state::Vpc& vpc, const RouteDestination& destination) {
  const auto* family = std::ranges::find(kFamilies, destination.member, &BlockFamily::destination);
  if (family == std::end(kFamilies)) return false;
  return std::ranges::any_of(blocks_of(vpc, *family),
                             [&](const std::string& block) { return is_within(destination.text, block); });
}

/// Whether it is exactly what the VPC, or one of its subnets, has.
bool is_whole_block(Context& context, const state::Vpc& vpc, const RouteDestination& destination) {
  for (const auto& family : kFamilies) {
    const auto blocks = blocks_of(vpc, family);
    if (std::ranges::find(blocks, destination.text) != blocks.end()) return true;
  }
  return std::ranges::any_of(state::subnets_of_vpc(context.txn, vpc.vpc_id), [&](const state::Subnet& subnet) {
    return subnet.cidr_block == destination.text ||
           std::ranges::any_of(subnet.ipv6_cidr_block_associations,
                               [&](const Document& each) { return text(each, "Ipv6CidrBlock") == destination.text; });
  });
}

/// EC2 keeps these for services such as the clock and the metadata.
void refuse_reserved(const RouteDestination& destination) {
  if (destination.is_prefix_list()) return;
  const char* reserved = is_ipv6(destination.text) ? "fd00:ec2::/32" : "169.254.168.0/22";
  if (!is_within(destination.text, reserved)) return;
  throw errors::invalid_parameter_value(  // Assumed: the words
      fmt::format("The destination {} is reserved for AWS services.", destination.text));
}

// ---- Targets -------------------------------------------------------------------------------------------------------

std::string uncapitalised(std::string_view name) {
  std::string out(name);
  out[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(out[0])));
  return out;
}

/// An instance means its only interface.
std::string interface_of_instance(Call& call, std::string_view instance_id) {
  require_row<state::Instance>(call, "instance", instance_id);
  const auto interfaces = state::interfaces_of_instance(call.txn, instance_id);
  if (interfaces.size() == 1) return interfaces.front().network_interface_id;
  if (interfaces.empty()) {  // Assumed: the words
    throw ApiError("InvalidInstanceID", fmt::format("There is no interface attached to instance '{}'.", instance_id));
  }
  throw ApiError("InvalidInstanceID",
                 fmt::format("There are multiple interfaces attached to instance '{}'. Please specify an interface ID "
                             "for the operation instead.",
                             instance_id));
}

RouteEnd requested_end(Call& call) {
  const RouteTarget* named = nullptr;
  for (const auto& each : route_targets()) {
    if (call.text(each.member).empty()) continue;
    if (named != nullptr) throw errors::not_together(uncapitalised(named->member), uncapitalised(each.member));
    named = &each;
  }
  if (named == nullptr) {  // Assumed: the words, after those for the destination
    throw ApiError("MissingParameter",
                   "The request must contain exactly one of: gatewayId, natGatewayId, networkInterfaceId, instanceId, "
                   "vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, localGatewayId, "
                   "carrierGatewayId, vpcEndpointId, coreNetworkArn");
  }
  const auto given = call.text(named->member);
  if (!named->type.empty()) check_id(named->type, given);
  if (named->member == "InstanceId")
    return {&route_target("NetworkInterfaceId", {}), interface_of_instance(call, given)};
  return {&route_target(named->member, given), std::string(given)};
}

/// Routes to gateway endpoints come and go with them; by hand they are made to Gateway Load Balancer endpoints only.
void check_endpoint(Call& call, const RouteEnd& end) {
  if (end.target->member != "VpcEndpointId") return;
  const auto endpoint = state::find<GenericResource>(call.txn, call.scope, end.id);
  if (text(endpoint->document, "VpcEndpointType") == "GatewayLoadBalancer") return;
  throw errors::invalid_parameter_value(  // Assumed: the words
      "Route target is not supported. This route only supports Gateway Load Balancer endpoints.");
}

/// Assumed: the words, but those for a destination inside the VPC.
void check_destination(Context& context, const RouteTarget& target, const state::Vpc& vpc,
                       const RouteDestination& destination) {
  refuse_reserved(destination);
  if (destination.is_prefix_list()) return;
  const bool is_v6 = is_ipv6(destination.text);
  if ((target.takes & (is_v6 ? RouteTarget::ipv6 : RouteTarget::ipv4)) == 0) {
    throw errors::invalid_parameter_value(
        fmt::format("The destination {} cannot be used with a {}.", destination.text, uncapitalised(target.member)));
  }
  if (!is_inside(vpc, destination)) {
    constexpr std::string_view kNat64 = "64:ff9b::/96";
    if (!is_v6 || target.member != "NatGatewayId" || destination.text == kNat64) return;
    throw errors::invalid_parameter_value(
        fmt::format("A route to a NAT gateway for IPv6 must have the destination {}.", kNat64));
  }
  if (!target.is_middlebox) {
    throw errors::invalid_parameter_value(
        fmt::format("The destination CIDR block {} is equal to or more specific than one of this VPC's CIDR blocks. "
                    "This route can target only an interface or an instance.",
                    destination.text));
  }
  if (is_whole_block(context, vpc, destination)) return;
  throw errors::invalid_parameter_value(fmt::format(
      "The destination CIDR block {} does not match the CIDR block of a subnet in this VPC.", destination.text));
}

bool is_of_gateway(const GenericResource& table) {
  return std::ranges::any_of(items(table.document, "Associations"),
                             [](const Document& each) { return has(each, "GatewayId"); });
}

/// What comes in by a gateway can be sent to a middlebox, or where it goes anyway. The words are Assumed; the
/// conditions are documented.
bool suits_gateway(const RouteTarget* target, const state::Vpc& vpc, const RouteDestination& destination) {
  return (target == nullptr || target->is_middlebox) && is_inside(vpc, destination);
}

std::string unsuited(const GenericResource& table) {
  return fmt::format(
      "Route table {} is for a gateway: its routes can target only interfaces and Gateway Load Balancer "
      "endpoints, for destinations in the VPC.",
      table.resource_id);
}

RouteDestination destination_of(const Document& route) {
  for (const char* member : RouteDestination::kMembers) {
    if (has(route, member)) return {member, std::string(text(route, member))};
  }
  return {};
}

}  // namespace

RouteDestination read_route_destination(Call& call) {
  RouteDestination destination;
  int given = 0;
  for (const char* member : RouteDestination::kMembers) {
    if (call.text(member).empty()) continue;
    destination = {member, std::string(call.text(member))};
    ++given;
  }
  if (given != 1) {
    throw ApiError(given == 0 ? "MissingParameter" : "InvalidParameterCombination",
                   "The request must contain exactly one of: destinationCidrBlock, destinationIpv6CidrBlock, "
                   "destinationPrefixListId");
  }
  if (destination.is_prefix_list()) return destination;
  const bool wants_ipv6 = destination.member != RouteDestination::kMembers[0];
  auto canonical = is_ipv6(destination.text) == wants_ipv6 ? canonical_block(destination.text) : std::nullopt;
  if (!canonical) {
    throw errors::invalid_value(destination.text, uncapitalised(destination.member), "This is not a valid CIDR block.");
  }
  destination.text = *std::move(canonical);
  return destination;
}

Document* find_route(Document& routes, const RouteDestination& destination) {
  const auto found = std::ranges::find_if(routes, [&](const Document& route) { return destination.is_of(route); });
  return found == routes.end() ? nullptr : &*found;
}

Document read_route_target(Call& call, const GenericResource& table, const RouteDestination& destination) {
  const auto end = requested_end(call);
  const auto& target = *end.target;
  const auto vpc = state::find<state::Vpc>(call.txn, call.scope, table.parent_id).value();
  const auto standing = target.find(call, end.id, vpc.vpc_id);
  if (!standing)
    throw ApiError(std::string(target.unknown_code), fmt::format(fmt::runtime(target.unknown_text), end.id));
  if (!standing->serves) {
    throw errors::invalid_parameter_value(
        fmt::format("route table {} and {} {} belong to different networks", table.resource_id, target.noun, end.id));
  }
  if (destination.is_prefix_list()) require_prefix_list(call, destination.text);
  check_endpoint(call, end);
  check_destination(call, target, vpc, destination);
  if (is_of_gateway(table) && !suits_gateway(&target, vpc, destination))
    throw errors::invalid_parameter_value(unsuited(table));
  return {{std::string(target.shown), end.id}};
}

void check_route_limit(Call& call, const Document& routes, const RouteDestination& destination) {
  const auto weight = [&](const RouteDestination& each) {
    return each.is_prefix_list() ? prefix_list_weight(call, each.text) : 1;
  };
  std::int64_t used = 0;
  for (const auto& route : routes) used += weight(destination_of(route));
  if (Quotas::is_reached(call.world.quotas.routes_per_table, used, weight(destination))) {
    throw ApiError("RouteLimitExceeded", "The maximum number of routes has been reached.");  // Assumed: the words
  }
}

std::string refusal_of_gateway(Context& context, const GenericResource& table) {
  if (!items(table.document, "PropagatingVgws").empty()) {  // Assumed: the words
    return fmt::format("Route table {} has route propagation enabled and cannot be associated with a gateway.",
                       table.resource_id);
  }
  const auto vpc = state::find<state::Vpc>(context.txn, context.scope, table.parent_id).value();
  const bool is_fine = std::ranges::all_of(items(table.document, "Routes"), [&](const Document& route) {
    return suits_gateway(end_of_route(route).target, vpc, destination_of(route));
  });
  return is_fine ? std::string() : unsuited(table);
}

Document local_routes(Context& context, std::string_view vpc_id) {
  const auto vpc = state::find<state::Vpc>(context.txn, context.scope, vpc_id).value();
  Document routes = Document::array();
  for (const auto& family : kFamilies) {
    for (const auto& block : blocks_of(vpc, family)) routes.push_back(local_route(block));
  }
  return routes;
}

namespace {

void show_route(Context& context, std::string_view vpc_id, Document& route) {
  const auto end = end_of_route(route);
  route["State"] = is_route_active(context, end, vpc_id) ? "active" : "blackhole";
  if (end.target == nullptr || end.target->shown != "NetworkInterfaceId") return;
  const auto interface = state::find<state::NetworkInterface>(context.txn, context.scope, end.id);
  if (!interface || interface->instance_id.empty()) return;
  route["InstanceId"] = interface->instance_id;
  route["InstanceOwnerId"] = interface->account;
}

/// The static routes of a VPN gateway's connections; where the table has a route of its own, that wins.
void add_propagated(Context& context, std::string_view gateway_id, Document& routes) {
  for (const auto& connection : state::list_referring(context.txn, gateway_id, "vpn-connection")) {
    if (connection.state != "available") continue;
    for (const auto& each : items(connection.document, "Routes")) {
      const RouteDestination destination{RouteDestination::kMembers[0],
                                         std::string(text(each, "DestinationCidrBlock"))};
      if (text(each, "State") != "available" || find_route(routes, destination) != nullptr) continue;
      routes.push_back({{"DestinationCidrBlock", destination.text},
                        {"GatewayId", gateway_id},
                        {"State", "active"},
                        {"Origin", "EnableVgwRoutePropagation"}});
    }
  }
}

}  // namespace

void show_routes(Context& context, const GenericResource& table, Document& shown) {
  auto& routes = shown["Routes"];
  for (auto& route : routes) show_route(context, table.parent_id, route);
  for (const auto& gateway : items(table.document, "PropagatingVgws")) {
    const auto id = text(gateway, "GatewayId");
    if (is_route_active(context, {&route_target("GatewayId", id), std::string(id)}, table.parent_id)) {
      add_propagated(context, id, routes);
    }
  }
}

}  // namespace fogling
