/// The ends of tunnels at Amazon's side: replaced, given new certificates, asked about. Nobody is at the other end, so
/// that nothing is ever negotiated.

#include <fmt/format.h>

#include "emulator/clock.hpp"
#include "emulator/random.hpp"
#include "emulator/vpn_tunnels.hpp"

namespace fogling {
namespace {

/// When a tunnel's end was replaced last, by address.
constexpr const char* kReplaced = "_Replaced";

Document& telemetry_of(GenericResource& connection, std::string_view address) {
  for (auto& each : connection.document["VgwTelemetry"]) {
    if (text(each, "OutsideIpAddress") == address) return each;
  }
  return connection.document["VgwTelemetry"].emplace_back(Document{{"OutsideIpAddress", address}});
}

Document ReplaceVpnTunnel(Call& call) {
  auto connection = require_available_connection(call);
  const std::string address(call.require("VpnTunnelOutsideIpAddress"));
  require_tunnel(connection, address);
  connection.document[kReplaced][address] = iso_time(call.now_ms);
  telemetry_of(connection, address)["LastStatusChange"] = iso_seconds(call.now_ms);
  begin(call, connection, kModifyingConnection);
  return {{"Return", true}};
}

/// No maintenance is ever pending here.
Document GetVpnTunnelReplacementStatus(Call& call) {
  auto connection = require_resource(call, "vpn-connection", call.require("VpnConnectionId"));
  const std::string address(call.require("VpnTunnelOutsideIpAddress"));
  require_tunnel(connection, address);
  Document maintenance{{"PendingMaintenance", "FALSE"}};  // Assumed: the word
  set_if(maintenance, "LastMaintenanceApplied", text(part(connection.document, kReplaced), address));
  Document answer{{"VpnConnectionId", connection.resource_id},
                  {"VpnTunnelOutsideIpAddress", address},
                  {"MaintenanceDetails", std::move(maintenance)}};
  for (const char* member : {"TransitGatewayId", "CustomerGatewayId", "VpnGatewayId"}) {
    set_if(answer, member, text(connection.document, member));
  }
  return answer;
}

/// Assumed: what is not negotiated is left out.
Document GetActiveVpnTunnelStatus(Call& call) {
  auto connection = require_resource(call, "vpn-connection", call.require("VpnConnectionId"));
  require_tunnel(connection, call.require("VpnTunnelOutsideIpAddress"));
  if (connection.state != "available") return {{"ActiveVpnTunnelStatus", {{"ProvisioningStatus", "pending"}}}};
  return {
      {"ActiveVpnTunnelStatus", {{"ProvisioningStatus", "available"}, {"ProvisioningStatusReason", "IPSEC IS DOWN"}}}};
}

/// Of a customer gateway that authenticates by a certificate. Assumed: code and words of the refusal.
Document ModifyVpnTunnelCertificate(Call& call) {
  auto connection = require_available_connection(call);
  const std::string address(call.require("VpnTunnelOutsideIpAddress"));
  require_tunnel(connection, address);
  const auto customer = require_resource(call, "customer-gateway", text(connection.document, "CustomerGatewayId"));
  if (text(customer.document, "CertificateArn").empty()) {
    throw errors::incorrect_state(
        fmt::format("The tunnels of {} are authenticated by pre-shared keys.", connection.resource_id));
  }
  telemetry_of(connection, address)["CertificateArn"] =
      fmt::format("arn:aws:acm:{}:{}:certificate/{}", call.scope.region, call.scope.account, make_uuid(call.random()));
  begin(call, connection, kModifyingConnection);
  return {{"VpnConnection", shown(call, connection)}};
}

constexpr Operation kOperations[] = {
    {.name = "GetActiveVpnTunnelStatus", .run = GetActiveVpnTunnelStatus, .access = Access::read},
    {.name = "GetVpnTunnelReplacementStatus", .run = GetVpnTunnelReplacementStatus, .access = Access::read},
    {.name = "ModifyVpnTunnelCertificate", .run = ModifyVpnTunnelCertificate, .access = Access::write},
    {.name = "ReplaceVpnTunnel", .run = ReplaceVpnTunnel, .access = Access::write},
};

}  // namespace

Family vpn_tunnel_maintenance_family() { return {.operations = kOperations}; }

}  // namespace fogling
