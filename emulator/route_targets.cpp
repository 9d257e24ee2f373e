#include "emulator/route_targets.hpp"

#include <algorithm>

#include "state/instances.hpp"
#include "state/network_interfaces.hpp"
#include "state/resources.hpp"

namespace fogling {
namespace {

using state::GenericResource;

/// What only the VPC that it was made for, or is attached to, can use.
std::optional<Standing> of_part(Context& context, std::string_view kind, std::string_view id, std::string_view vpc_id) {
  const auto row = state::find<GenericResource>(context.txn, context.scope, id);
  if (!row || row->kind != kind) return std::nullopt;
  return Standing{row->parent_id == vpc_id, row->state.empty() || row->state == "available"};
}

/// Internet gateways and VPN gateways.
std::optional<Standing> of_gateway(Context& context, std::string_view id, std::string_view vpc_id) {
  return of_part(context, id.starts_with("vgw-") ? "vpn-gateway" : "internet-gateway", id, vpc_id);
}

std::optional<Standing> of_egress_only_gateway(Context& context, std::string_view id, std::string_view vpc_id) {
  return of_part(context, "egress-only-internet-gateway", id, vpc_id);
}

std::optional<Standing> of_carrier_gateway(Context& context, std::string_view id, std::string_view vpc_id) {
  return of_part(context, "carrier-gateway", id, vpc_id);
}

std::optional<Standing> of_endpoint(Context& context, std::string_view id, std::string_view vpc_id) {
  return of_part(context, "vpc-endpoint", id, vpc_id);
}

std::optional<Standing> of_nat_gateway(Context& context, std::string_view id, std::string_view vpc_id) {
  const auto row = state::find<GenericResource>(context.txn, context.scope, id);
  if (!row || row->kind != "natgateway" || (row->state != "pending" && row->state != "available")) return std::nullopt;
  return Standing{text(row->document, "VpcId") == vpc_id, true};
}

/// A peering that is not accepted yet can have routes: they wait as black holes.
std::optional<Standing> of_peering(Context& context, std::string_view id, std::string_view vpc_id) {
  constexpr std::string_view kLiving[] = {"initiating-request", "pending-acceptance", "provisioning", "active"};
  const auto row = state::find_anywhere<GenericResource>(context.txn, id);
  if (!row || row->kind != "vpc-peering-connection") return std::nullopt;
  if (std::ranges::find(kLiving, row->state) == std::end(kLiving)) return std::nullopt;
  const bool is_party = text(part(row->document, "RequesterVpcInfo"), "VpcId") == vpc_id ||
                        text(part(row->document, "AccepterVpcInfo"), "VpcId") == vpc_id;
  return Standing{is_party, row->state == "active"};
}

/// Of a transit gateway without an attachment to the VPC, EC2 says that it does not exist.
std::optional<Standing> of_transit_gateway(Context& context, std::string_view id, std::string_view vpc_id) {
  for (const auto& row : state::list_referring(context.txn, vpc_id, "transit-gateway-attachment")) {
    const bool is_up = row.state == "available" || row.state == "modifying";
    if (text(row.document, "TransitGatewayId") == id && is_up) return Standing{true, true};
  }
  return std::nullopt;
}

std::optional<Standing> of_local_gateway(Context& context, std::string_view id, std::string_view /*vpc_id*/) {
  const auto row = state::find<GenericResource>(context.txn, context.scope, id);
  if (!row || row->kind != "local-gateway") return std::nullopt;
  return Standing{true, true};
}

/// Assumed: an interface leads somewhere while what it is attached to runs.
std::optional<Standing> of_interface(Context& context, std::string_view id, std::string_view vpc_id) {
  const auto interface = state::find<state::NetworkInterface>(context.txn, context.scope, id);
  if (!interface) return std::nullopt;
  Standing standing{interface->vpc_id == vpc_id, interface->status == "in-use"};
  if (standing.is_up && !interface->instance_id.empty()) {
    const auto instance = state::find<state::Instance>(context.txn, context.scope, interface->instance_id);
    standing.is_up = instance && (instance->state == "running" || instance->state == "pending");
  }
  return standing;
}

/// Networks of other services, of which there are none here.
std::optional<Standing> of_nothing(Context& /*context*/, std::string_view /*id*/, std::string_view /*vpc_id*/) {
  return std::nullopt;
}

/// Assumed: the nouns, but for gateways; and the texts that nobody has quoted, by their pattern.
constexpr RouteTarget kTargets[] = {
    {"GatewayId", "GatewayId", "", of_gateway, "InvalidGatewayID.NotFound", "The gateway ID '{}' does not exist",
     "network gateway"},
    {"VpcEndpointId", "GatewayId", "vpc-endpoint", of_endpoint, "InvalidVpcEndpointId.NotFound",
     "The Vpc Endpoint Id '{}' does not exist", "vpc endpoint", RouteTarget::all, true},
    {"NetworkInterfaceId", "NetworkInterfaceId", "network-interface", of_interface,
     "InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '{}' does not exist", "interface", RouteTarget::all,
     true},
    {"InstanceId", "NetworkInterfaceId", "instance", of_interface, "InvalidInstanceID.NotFound",
     "The instance ID '{}' does not exist", "interface", RouteTarget::all, true},
    {"NatGatewayId", "NatGatewayId", "natgateway", of_nat_gateway, "InvalidNatGatewayID.NotFound",
     "The natGateway ID '{}' does not exist", "natGateway", RouteTarget::all, true},
    {"VpcPeeringConnectionId", "VpcPeeringConnectionId", "vpc-peering-connection", of_peering,
     "InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID '{}' does not exist",
     "vpcPeeringConnection"},
    {"EgressOnlyInternetGatewayId", "EgressOnlyInternetGatewayId", "egress-only-internet-gateway",
     of_egress_only_gateway, "InvalidGatewayID.NotFound", "The eigw ID '{}' does not exist", "network gateway",
     RouteTarget::ipv6},
    {"TransitGatewayId", "TransitGatewayId", "transit-gateway", of_transit_gateway, "InvalidTransitGatewayID.NotFound",
     "The transitGateway ID '{}' does not exist", "transitGateway"},
    {"LocalGatewayId", "LocalGatewayId", "", of_local_gateway, "InvalidLocalGatewayID.NotFound",
     "The localGateway ID '{}' does not exist", "localGateway"},
    {"CarrierGatewayId", "CarrierGatewayId", "carrier-gateway", of_carrier_gateway, "InvalidCarrierGatewayID.NotFound",
     "The carrierGateway ID '{}' does not exist", "network gateway", RouteTarget::ipv4},
    {"CoreNetworkArn", "CoreNetworkArn", "", of_nothing, "InvalidCoreNetworkArn.NotFound",
     "The core network '{}' does not exist", "core network"},
    {"OdbNetworkArn", "OdbNetworkArn", "", of_nothing, "InvalidOdbNetworkArn.NotFound",
     "The ODB network '{}' does not exist", "ODB network"},
};

}  // namespace

std::span<const RouteTarget> route_targets() { return kTargets; }

const RouteTarget& route_target(std::string_view member, std::string_view id) {
  const std::string_view meant = member == "GatewayId" && id.starts_with("vpce-") ? "VpcEndpointId" : member;
  return *std::ranges::find(kTargets, meant, &RouteTarget::member);
}

RouteEnd end_of_route(const Document& route) {
  if (text(route, "GatewayId") == "local") return {};
  for (const auto& each : kTargets) {
    const auto id = text(route, each.shown);
    if (!id.empty()) return {&route_target(each.shown, id), std::string(id)};
  }
  return {};
}

bool is_route_active(Context& context, const RouteEnd& end, std::string_view vpc_id) {
  if (end.target == nullptr) return true;
  const auto standing = end.target->find(context, end.id, vpc_id);
  return standing && standing->serves && standing->is_up;
}

}  // namespace fogling
