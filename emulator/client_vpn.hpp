#pragma once

/// Client VPN: an endpoint, the subnets that it leads into, its routes, and who may go where.
///
/// Target networks, routes and authorization rules are rows whose parent is the endpoint. A target network has an
/// interface in its subnet, as on EC2.

#include <string_view>

#include "emulator/kinds.hpp"

namespace fogling {

inline constexpr std::string_view kClientVpnEndpoint = "client-vpn-endpoint";
inline constexpr std::string_view kClientVpnTargetNetwork = "client-vpn-target-network";
inline constexpr std::string_view kClientVpnRoute = "client-vpn-route";
inline constexpr std::string_view kClientVpnAuthorizationRule = "client-vpn-authorization-rule";

/// The endpoint that the request names, unless it is going.
GenericResource require_client_vpn_endpoint(Call& call);
std::vector<GenericResource> client_vpn_target_networks(Transaction& txn, std::string_view endpoint_id);

/// Attaches a new endpoint to the transit gateway that the request names; lets the attachment go again.
void attach_client_vpn(Call& call, GenericResource& endpoint);
void detach_client_vpn(Context& context, const GenericResource& endpoint);
/// An attachment of whatever sort has come into another state: an endpoint follows.
void follow_attachment(Context& context, const GenericResource& attachment);

/// A row of an endpoint's, such as a route, in its first state; the second is due a while later.
GenericResource add_client_vpn_row(Context& context, std::string_view kind, std::string_view endpoint_id,
                                   Document document, std::string_view at_once, std::string_view finally);
/// Lets one go, through a state.
void remove_client_vpn_row(Context& context, GenericResource& row, std::string_view state);

/// The way into a subnet's VPC, which comes with the target network; and everything that leads through the subnet.
void add_client_vpn_vpc_route(Context& context, const GenericResource& target);
void remove_client_vpn_routes(Context& context, std::string_view endpoint_id, std::string_view subnet_id);

}  // namespace fogling
