/// VPN connections between a customer gateway and a virtual private gateway or a transit gateway. Describing and
/// deleting are declared.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cidr.hpp"
#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/transit_gateways.hpp"
#include "emulator/vpn_tunnels.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "vpn-connection";
/// Kind of the due moves of its routes, which name the state and the block: `available 10.0.0.0/8`.
constexpr std::string_view kRoute = "vpn-connection-route";
/// Assumed: how long it takes.
constexpr std::int64_t kRouteTakes_ms = 2'000;
/// Documented: per region, and per virtual private gateway.
constexpr std::int64_t kMost = 50, kMostPerGateway = 10;

Document answer(Call& call, const GenericResource& connection) { return {{"VpnConnection", shown(call, connection)}}; }

// ---- Gateways ------------------------------------------------------------------------------------------------------

void require_usable(const GenericResource& gateway) {
  if (gateway.state == "available" || gateway.state == "pending") return;
  throw errors::incorrect_state(  // Assumed: the words
      fmt::format("{} is in the state {} and cannot have VPN connections.", gateway.resource_id, gateway.state));
}

/// A transit gateway has an attachment for each connection.
std::optional<GenericResource> find_attachment(Context& context, const GenericResource& connection) {
  const auto gateway_id = text(connection.document, "TransitGatewayId");
  if (gateway_id.empty()) return std::nullopt;
  for (auto& each : state::list_children(context.txn, gateway_id, kTransitGatewayAttachment)) {
    if (text(each.document, "ResourceId") == connection.resource_id && each.state != "deleted") return std::move(each);
  }
  return std::nullopt;
}

void attach_to_transit_gateway(Call& call, const GenericResource& connection) {
  const auto gateway = require_available_gateway(call, text(connection.document, "TransitGatewayId"));
  const auto attachment =
      attach(call, gateway,
             {{"ResourceType", "vpn"}, {"ResourceId", connection.resource_id}, {"ResourceOwnerId", connection.account}},
             "pending");
  join_default_tables(call, attachment, gateway);
}

void leave_transit_gateway(Context& context, const GenericResource& connection) {
  if (auto attachment = find_attachment(context, connection); attachment && attachment->state != "deleting")
    detach(context, *attachment);
}

// ---- Making --------------------------------------------------------------------------------------------------------

void check_quotas(Call& call, std::string_view gateway_id) {
  const auto living = [](std::vector<GenericResource> rows) {
    std::erase_if(rows, [](const GenericResource& row) { return row.state == "deleted"; });
    return static_cast<std::int64_t>(rows.size());
  };
  const auto most = call.world.quotas.of_kind(kKind, kMost);
  const bool is_full =
      Quotas::is_reached(most, living(state::list_kind(call.txn, call.scope, kKind))) ||
      (most >= 0 && !gateway_id.empty() &&
       Quotas::is_reached(kMostPerGateway, living(state::list_referring(call.txn, gateway_id, kKind))));
  if (is_full) throw ApiError("VpnConnectionLimitExceeded", "The maximum number of VPN connections has been reached.");
}

void check_block(const Document& options, const char* member, bool is_ipv6) {
  const auto block = text(options, member);
  if (block.empty()) return;
  if (is_ipv6 ? !parse_ipv6_cidr(block) : !parse_cidr(block)) throw errors::invalid_value(block, member);
}

/// The networks on both sides, of the family that goes through the tunnels.
void set_networks(Document& options, const Document& given) {
  const bool is_ipv6 = text(options, "TunnelInsideIpVersion") == "ipv6";
  for (const char* side : {"Local", "Remote"}) {
    const auto own = fmt::format("{}Ipv{}NetworkCidr", side, is_ipv6 ? 6 : 4);
    const auto other = fmt::format("{}Ipv{}NetworkCidr", side, is_ipv6 ? 4 : 6);
    if (!text(given, other).empty()) {  // Assumed: the words
      throw errors::invalid_combination(fmt::format("{} cannot be specified where the tunnels process {} traffic.",
                                                    other, is_ipv6 ? "IPv6" : "IPv4"));
    }
    check_block(given, own.c_str(), is_ipv6);
    if (!text(given, own).empty()) options[own] = text(given, own);
    if (!has(options, own)) options[own] = is_ipv6 ? "::/0" : "0.0.0.0/0";
  }
}

/// Assumed: the words of these.
void check_options(Call& call, const Document& options, std::string_view transit_gateway_id) {
  const auto needs_transit_gateway = [&](bool is_wanted, const char* what) {
    if (is_wanted && transit_gateway_id.empty())
      throw errors::invalid_combination(fmt::format("{} needs a transit gateway.", what));
  };
  needs_transit_gateway(flag(options, "EnableAcceleration").value_or(false), "EnableAcceleration");
  needs_transit_gateway(text(options, "TunnelInsideIpVersion") == "ipv6", "TunnelInsideIpVersion ipv6");
  needs_transit_gateway(text(options, "TunnelBandwidth") == "large", "TunnelBandwidth large");
  const auto outside = text(options, "OutsideIpAddressType");
  if (outside == "Ipv6") throw errors::not_built("A VPN connection whose tunnels have IPv6 addresses outside");
  if (outside != "PublicIpv4" && outside != "PrivateIpv4") throw errors::invalid_value(outside, "OutsideIpAddressType");
  if (outside == "PublicIpv4") return;
  const auto transport = text(options, "TransportTransitGatewayAttachmentId");
  if (transport.empty()) throw errors::missing_parameter("TransportTransitGatewayAttachmentId");
  const auto attachment = require_resource(call, kTransitGatewayAttachment, transport);
  if (text(attachment.document, "ResourceType") != "direct-connect-gateway") {
    throw errors::invalid_parameter_value(
        fmt::format("{} is not an attachment of a Direct Connect gateway.", transport));
  }
}

/// Nobody answers at the other end.
Document telemetry(const Call& call, const Document& options) {
  Document list = Document::array();
  for (const auto& tunnel : items(options, "TunnelOptions")) {
    list.push_back({{"OutsideIpAddress", tunnel["OutsideIpAddress"]},
                    {"Status", "DOWN"},
                    {"StatusMessage", "IPSEC IS DOWN"},
                    {"AcceptedRouteCount", 0},
                    {"LastStatusChange", iso_seconds(call.now_ms)}});
  }
  return list;
}

void create_connection(Call& call, GenericResource& connection) {
  auto& document = connection.document;
  auto& options = document["Options"];
  set_networks(options, call.part("Options"));
  check_options(call, options, text(document, "TransitGatewayId"));
  make_tunnels(call, connection, items(call.part("Options"), "TunnelOptions"));
  document["VgwTelemetry"] = telemetry(call, options);
  if (text(document, "VpnGatewayId").empty() && text(document, "TransitGatewayId").empty() &&
      text(document, "VpnConcentratorId").empty())
    document["GatewayAssociationState"] = "not-associated";
}

/// Documented: asking twice for a connection of the same two gateways is no error. Assumed: of virtual private
/// gateways, since several connections to a transit gateway share its traffic.
std::optional<GenericResource> find_same(Call& call, std::string_view customer_id, std::string_view gateway_id) {
  if (gateway_id.empty()) return std::nullopt;
  for (auto& each : state::list_referring(call.txn, gateway_id, kKind)) {
    const bool is_living = each.state == "pending" || each.state == "available";
    if (is_living && text(each.document, "CustomerGatewayId") == customer_id) return std::move(each);
  }
  return std::nullopt;
}

/// It takes the place of a gateway: the concentrator has the attachment. Assumed: the words.
void check_concentrator(Call& call, std::string_view id) {
  if (!call.text("VpnGatewayId").empty()) throw errors::not_together("vpnConcentratorId", "vpnGatewayId");
  if (!call.text("TransitGatewayId").empty()) throw errors::not_together("vpnConcentratorId", "transitGatewayId");
  const auto concentrator = require_resource(call, "vpn-concentrator", id);
  if (concentrator.state != "available")
    throw errors::incorrect_state(fmt::format("The VPN concentrator '{}' is {}.", id, concentrator.state));
}

Document CreateVpnConnection(Call& call) {
  if (call.require("Type") != "ipsec.1") throw errors::invalid_value(call.text("Type"), "type");
  const auto customer = require_resource(call, "customer-gateway", call.require("CustomerGatewayId"));
  require_usable(customer);
  const auto gateway_id = call.text("VpnGatewayId"), transit_id = call.text("TransitGatewayId");
  if (!gateway_id.empty() && !transit_id.empty()) throw errors::not_together("vpnGatewayId", "transitGatewayId");
  const auto concentrator_id = call.text("VpnConcentratorId");
  if (!concentrator_id.empty()) check_concentrator(call, concentrator_id);
  if (call.text("PreSharedKeyStorage") == "SecretsManager")
    throw errors::not_built("A pre-shared key that Secrets Manager stores");
  if (!gateway_id.empty()) require_usable(require_resource(call, "vpn-gateway", gateway_id));
  if (!transit_id.empty()) require_available_gateway(call, transit_id);
  if (const auto same = find_same(call, customer.resource_id, gateway_id)) return answer(call, *same);
  check_quotas(call, gateway_id);
  const auto& kind = declared_kind(kKind);
  const auto connection = make_resource(call, kind, copied_members(call.in, kind));
  if (!transit_id.empty()) attach_to_transit_gateway(call, connection);
  if (!concentrator_id.empty())
    state::add_reference(call.txn, call.scope, connection.resource_id, concentrator_id, true);
  return answer(call, connection);
}

/// Documented: the configuration is there as long as the connection is, or is about to be.
void show_connection(Context& context, const GenericResource& connection, Document& shown) {
  const auto customer = state::find_anywhere<GenericResource>(context.txn, text(shown, "CustomerGatewayId"));
  if (customer) shown["_BgpAsn"] = text(customer->document, "BgpAsn");
  if (connection.state == "deleting" || connection.state == "deleted") return;
  shown["CustomerGatewayConfiguration"] = customer_gateway_configuration(context, connection);
}

void remove_connection(Call& call, GenericResource& connection) { leave_transit_gateway(call, connection); }

// ---- Changing ------------------------------------------------------------------------------------------------------

void change_reference(Call& call, GenericResource& connection, const char* member, std::string_view id, bool holds) {
  auto& document = connection.document;
  if (const auto before = text(document, member); !before.empty())
    state::remove_reference(call.txn, connection.resource_id, before);
  document.erase(member);
  if (id.empty()) return;
  document[member] = id;
  state::add_reference(call.txn, call.scope, connection.resource_id, id, holds);
}

/// The other gateway takes over at once; static routes stay with a virtual private gateway only.
void change_gateway(Call& call, GenericResource& connection, std::string_view gateway_id, std::string_view transit_id) {
  if (!gateway_id.empty() && !transit_id.empty()) throw errors::not_together("vpnGatewayId", "transitGatewayId");
  if (!gateway_id.empty()) require_usable(require_resource(call, "vpn-gateway", gateway_id));
  if (!transit_id.empty()) require_available_gateway(call, transit_id);
  if (!transit_id.empty() && !items(connection.document, "Routes").empty()) {  // Assumed: the words
    throw errors::incorrect_state(fmt::format(
        "The static routes of {} have to be deleted before it moves to a transit gateway.", connection.resource_id));
  }
  leave_transit_gateway(call, connection);
  change_reference(call, connection, "VpnGatewayId", gateway_id, true);
  change_reference(call, connection, "TransitGatewayId", transit_id, false);
  connection.document["GatewayAssociationState"] = "associated";
  if (!transit_id.empty()) attach_to_transit_gateway(call, connection);
}

Document ModifyVpnConnection(Call& call) {
  auto connection = require_available_connection(call);
  const auto customer_id = call.text("CustomerGatewayId");
  const auto gateway_id = call.text("VpnGatewayId"), transit_id = call.text("TransitGatewayId");
  if (customer_id.empty() && gateway_id.empty() && transit_id.empty())
    throw errors::missing_parameter("customerGatewayId");  // Assumed
  if (!customer_id.empty()) {
    require_usable(require_resource(call, "customer-gateway", customer_id));
    change_reference(call, connection, "CustomerGatewayId", customer_id, true);
    connection.parent_id = customer_id;
  }
  if (!gateway_id.empty() || !transit_id.empty()) change_gateway(call, connection, gateway_id, transit_id);
  begin(call, connection, kModifyingConnection);
  return answer(call, connection);
}

Document ModifyVpnConnectionOptions(Call& call) {
  auto connection = require_available_connection(call);
  auto& options = connection.document["Options"];
  set_networks(options, call.in);
  if (const auto bandwidth = call.text("TunnelBandwidth"); !bandwidth.empty()) options["TunnelBandwidth"] = bandwidth;
  check_options(call, options, text(connection.document, "TransitGatewayId"));
  begin(call, connection, kModifyingConnection);
  return answer(call, connection);
}

// ---- Tunnels -------------------------------------------------------------------------------------------------------

Document ModifyVpnTunnelOptions(Call& call) {
  auto connection = require_available_connection(call);
  auto& tunnel = require_tunnel(connection, call.require("VpnTunnelOutsideIpAddress"));
  const Document changed = tunnel_options(call.part("TunnelOptions"), tunnel);
  check_inside_blocks(call, connection, changed);
  tunnel = changed;
  begin(call, connection, kModifyingConnection);
  return answer(call, connection);
}

// ---- Routes --------------------------------------------------------------------------------------------------------

Document* find_route(GenericResource& connection, std::string_view block) {
  auto& routes = connection.document["Routes"];
  const auto found =
      std::ranges::find_if(routes, [&](const Document& each) { return text(each, "DestinationCidrBlock") == block; });
  return found == routes.end() ? nullptr : &*found;
}

/// Documented: only a connection without BGP has static routes. Assumed: and only to a virtual private gateway, since a
/// transit gateway's table has those of its own.
GenericResource require_static(Call& call) {
  auto connection = require_available_connection(call);
  if (!flag(part(connection.document, "Options"), "StaticRoutesOnly").value_or(false) ||
      text(connection.document, "VpnGatewayId").empty()) {
    throw ApiError("InvalidVpnConnection.InvalidType", "The specified VPN connection does not support static routes.");
  }
  return connection;
}

Document CreateVpnConnectionRoute(Call& call) {
  auto connection = require_static(call);
  const auto block = parse_cidr(call.require("DestinationCidrBlock"));
  if (!block) throw errors::invalid_value(call.text("DestinationCidrBlock"), "destinationCidrBlock");
  const auto destination = block->text();
  auto* route = find_route(connection, destination);
  if (route != nullptr && text(*route, "State") != "deleting") return {};  // Assumed: no error
  if (route == nullptr) {
    connection.document["Routes"].push_back({{"DestinationCidrBlock", destination}, {"Source", "Static"}});
    route = &connection.document["Routes"].back();
  }
  (*route)["State"] = "pending";
  state::update(call.txn, connection);
  schedule(call, kRoute, connection.resource_id, fmt::format("available {}", destination), kRouteTakes_ms);
  return {};
}

Document DeleteVpnConnectionRoute(Call& call) {
  auto connection = require_resource(call, kKind, call.require("VpnConnectionId"));
  const auto block = parse_cidr(call.require("DestinationCidrBlock"));
  const auto destination = block ? block->text() : std::string(call.text("DestinationCidrBlock"));
  auto* route = find_route(connection, destination);
  if (route == nullptr) {  // Assumed: the words
    throw ApiError("InvalidRoute.NotFound",
                   fmt::format("The specified route {} does not exist in {}", destination, connection.resource_id));
  }
  (*route)["State"] = "deleting";
  state::update(call.txn, connection);
  schedule(call, kRoute, connection.resource_id, fmt::format("deleted {}", destination), kRouteTakes_ms);
  return {};
}

void move_route(Context& context, const state::Due& due) {
  auto connection = state::find<GenericResource>(context.txn, context.scope, due.resource_id);
  if (!connection) return;
  const std::string_view move = due.move;
  const auto state = move.substr(0, move.find(' ')), block = move.substr(move.find(' ') + 1);
  auto* route = find_route(*connection, block);
  if (route == nullptr) return;
  const bool is_deleted = state == "deleted";
  if (text(*route, "State") != (is_deleted ? "deleting" : "pending")) return;
  if (is_deleted) {
    auto& routes = connection->document["Routes"];
    routes.erase(std::ranges::find_if(
        routes, [&](const Document& each) { return text(each, "DestinationCidrBlock") == block; }));
  } else {
    (*route)["State"] = state;
  }
  state::update(context.txn, *connection);
}

constexpr Operation kOperations[] = {
    {.name = "CreateVpnConnection", .run = CreateVpnConnection, .access = Access::write},
    {.name = "CreateVpnConnectionRoute", .run = CreateVpnConnectionRoute, .access = Access::write},
    {.name = "DeleteVpnConnectionRoute", .run = DeleteVpnConnectionRoute, .access = Access::write},
    {.name = "ModifyVpnConnection", .run = ModifyVpnConnection, .access = Access::write},
    {.name = "ModifyVpnConnectionOptions", .run = ModifyVpnConnectionOptions, .access = Access::write},
    {.name = "ModifyVpnTunnelOptions", .run = ModifyVpnTunnelOptions, .access = Access::write},
};

constexpr Mover kMovers[] = {{kRoute, move_route}};
constexpr Hooks kHooks[] = {
    {.kind = kKind, .create = create_connection, .remove = remove_connection, .show = show_connection}};

}  // namespace

Family vpn_connections_family() { return {.operations = kOperations, .movers = kMovers, .hooks = kHooks}; }

}  // namespace fogling
