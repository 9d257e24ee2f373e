/// Client VPN endpoints: made, changed, described; and what clients are given to come in with.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cidr.hpp"
#include "emulator/client_vpn.hpp"
#include "emulator/describe.hpp"
#include "state/security_groups.hpp"

namespace fogling {
namespace {

// ---- What a request may say ----------------------------------------------------------------------------------------
// Assumed: the words of all refusals; what is refused is documented.

void check_client_block(const Call& call) {
  const auto given = call.text("ClientCidrBlock");
  if (given.empty()) throw errors::missing_parameter("ClientCidrBlock");
  const auto block = parse_cidr(given);
  if (!block || block->prefix_length < 12 || block->prefix_length > 22) {
    throw errors::invalid_value(given, "ClientCidrBlock", "It must be an IPv4 block from /12 to /22.");
  }
}

void check_options(const GenericResource& endpoint) {
  const auto port = integer(endpoint.document, "VpnPort").value_or(0);
  if (port != 443 && port != 1194) {
    throw errors::invalid_value(std::to_string(port), "VpnPort", "It must be 443 or 1194.");
  }
  const auto hours = integer(endpoint.document, "SessionTimeoutHours").value_or(0);
  if (hours != 8 && hours != 10 && hours != 12 && hours != 24) {
    throw errors::invalid_value(std::to_string(hours), "SessionTimeoutHours", "It must be 8, 10, 12 or 24.");
  }
  if (items(endpoint.document, "DnsServers").size() > 2) {
    throw errors::invalid_parameter_value("A Client VPN endpoint can have up to two DNS servers.");
  }
  const auto require_if = [](const Document& options, const char* switched, const char* wanted) {
    if (flag(options, switched).value_or(false) && text(options, wanted).empty())
      throw errors::missing_parameter(wanted);
  };
  require_if(part(endpoint.document, "ClientConnectOptions"), "Enabled", "LambdaFunctionArn");
  require_if(part(endpoint.document, "ClientLoginBannerOptions"), "Enabled", "BannerText");
  require_if(part(endpoint.document, "ConnectionLogOptions"), "Enabled", "CloudwatchLogGroup");
}

/// How the answer calls what the request says of a way to authenticate, and what that way needs.
Document authentication(const Document& given) {
  Document out{{"Type", given["Type"]}};
  const auto type = text(given, "Type");
  if (type == "certificate-authentication") {
    const auto chain = text(part(given, "MutualAuthentication"), "ClientRootCertificateChainArn");
    if (chain.empty()) throw errors::missing_parameter("ClientRootCertificateChainArn");
    out["MutualAuthentication"] = {{"ClientRootCertificateChain", chain}};
  } else if (type == "directory-service-authentication") {
    const auto directory = text(part(given, "ActiveDirectory"), "DirectoryId");
    if (directory.empty()) throw errors::missing_parameter("DirectoryId");
    out["ActiveDirectory"] = {{"DirectoryId", directory}};
  } else {
    const auto& saml = part(given, "FederatedAuthentication");
    if (text(saml, "SAMLProviderArn").empty()) throw errors::missing_parameter("SAMLProviderArn");
    out["FederatedAuthentication"] = {{"SamlProviderArn", saml["SAMLProviderArn"]}};
    set_if(out["FederatedAuthentication"], "SelfServiceSamlProviderArn", text(saml, "SelfServiceSAMLProviderArn"));
  }
  return out;
}

/// Groups are of the VPC that is named; where none is named, the default group.
void set_groups(Call& call, GenericResource& endpoint) {
  const auto vpc_id = text(endpoint.document, "VpcId");
  const auto& groups = items(endpoint.document, "SecurityGroupIds");
  if (vpc_id.empty() && !groups.empty()) {
    throw errors::invalid_combination("You must also specify the ID of the VPC that contains the security groups.");
  }
  for (const auto& id : groups) {
    const auto group = require_row<state::SecurityGroup>(call, "security-group", id.get_ref<const std::string&>());
    if (group.vpc_id != vpc_id)
      throw errors::invalid_value(group.group_id, "SecurityGroupIds", "It is of another VPC.");
  }
  if (!groups.empty() || vpc_id.empty()) return;
  const auto usual = state::find_group_by_name(call.txn, vpc_id, "default");
  if (usual) endpoint.document["SecurityGroupIds"] = Document::array({usual->group_id});
}

void set_portal(const Call& call, GenericResource& endpoint) {
  const auto portal = call.text("SelfServicePortal");
  if (portal == "disabled") endpoint.document.erase("SelfServicePortalUrl");
  if (portal != "enabled") return;
  endpoint.document["SelfServicePortalUrl"] =
      fmt::format("https://self-service.clientvpn.amazonaws.com/endpoints/{}", endpoint.resource_id);
}

void apply_connect_options(GenericResource& endpoint) {
  auto& options = endpoint.document["ClientConnectOptions"];
  if (flag(options, "Enabled").value_or(false)) options["Status"] = {{"Code", "applied"}};
}

/// Documented: switched off, the providers are gone.
void set_posture(const Call& call, GenericResource& endpoint) {
  if (flag(call.part("DevicePostureOptions"), "Enabled") == false) endpoint.document.erase("DevicePostureOptions");
}

void create_endpoint(Call& call, GenericResource& endpoint) {
  if (!call.part("TransitGatewayConfiguration").empty() && !call.text("VpcId").empty()) {
    throw errors::not_together("transitGatewayConfiguration", "vpcId");
  }
  check_client_block(call);
  Document ways = Document::array();
  for (const auto& each : call.items("AuthenticationOptions")) ways.push_back(authentication(each));
  if (ways.empty()) throw errors::missing_parameter("Authentication");
  endpoint.document["AuthenticationOptions"] = std::move(ways);
  check_options(endpoint);
  set_groups(call, endpoint);
  if (call.text("SelfServicePortal").empty()) {  // documented: enabled unless something else is said
    endpoint.document["SelfServicePortalUrl"] =
        fmt::format("https://self-service.clientvpn.amazonaws.com/endpoints/{}", endpoint.resource_id);
  }
  set_portal(call, endpoint);
  set_posture(call, endpoint);
  apply_connect_options(endpoint);
}

void modify_endpoint(Call& call, GenericResource& endpoint) {
  if (const auto& servers = call.part("DnsServers"); !servers.empty()) {
    endpoint.document["DnsServers"] = items(servers, "CustomDnsServers");
    if (flag(servers, "Enabled") == false) endpoint.document.erase("DnsServers");
  }
  check_options(endpoint);
  set_groups(call, endpoint);
  set_portal(call, endpoint);
  set_posture(call, endpoint);
  apply_connect_options(endpoint);
}

/// The sentence is quoted by users.
void remove_endpoint(Call& call, GenericResource& endpoint) {
  std::vector<std::string> ids;
  for (const auto& target : client_vpn_target_networks(call.txn, endpoint.resource_id))
    ids.push_back(target.resource_id);
  if (!ids.empty()) {
    throw ApiError("ClientVpnEndpointAssociationExists",
                   fmt::format("The endpoint that you're trying to delete has associations {}", fmt::join(ids, ", ")));
  }
  detach_client_vpn(call, endpoint);
  for (const auto* kind : {&kClientVpnRoute, &kClientVpnAuthorizationRule}) {
    for (const auto& each : state::list_children(call.txn, endpoint.resource_id, *kind)) erase_resource(call, each);
  }
}

/// Documented: available once a target network is associated. The VPC and its default group are those of the first
/// target network, where none was named.
void show_endpoint(Context& context, const GenericResource& endpoint, Document& shown) {
  Document networks = Document::array();
  for (const auto& target : client_vpn_target_networks(context.txn, endpoint.resource_id)) {
    networks.push_back({{"NetworkId", target.document["TargetNetworkId"]}, {"NetworkType", "vpc"}});
    if (!has(shown, "VpcId")) {
      shown["VpcId"] = target.document["VpcId"];
      shown["SecurityGroupIds"] = target.document["SecurityGroups"];
    }
    if (target.state == "associated" && endpoint.state == "pending-associate") shown["Status"]["Code"] = "available";
  }
  shown["AssociatedTargetNetworks"] = std::move(networks);
}

// ---- For clients ---------------------------------------------------------------------------------------------------

/// An OpenVPN configuration as the Client VPN Administrator Guide shows it. The certificate authority is ACM's to tell,
/// which is not here.
Document ExportClientVpnClientConfiguration(Call& call) {
  const auto endpoint = require_client_vpn_endpoint(call);
  const auto& ways = items(endpoint.document, "AuthenticationOptions");
  const auto uses = [&](std::string_view type) {
    return std::ranges::any_of(ways, [&](const Document& way) { return text(way, "Type") == type; });
  };
  auto host = std::string(text(endpoint.document, "DnsName")).substr(2);
  std::string configuration = fmt::format(
      "client\ndev tun\nproto {}\nremote {} {}\nremote-random-hostname\nresolv-retry infinite\nnobind\n"
      "remote-cert-tls server\ncipher AES-256-GCM\nverb 3\n<ca>\n</ca>\n",
      text(endpoint.document, "TransportProtocol"), host, integer(endpoint.document, "VpnPort").value_or(443));
  if (uses("directory-service-authentication")) configuration += "auth-user-pass\n";
  if (uses("federated-authentication")) configuration += "auth-federate\n";
  configuration += "reneg-sec 0\n";
  return {{"ClientConfiguration", configuration}};
}

/// Assumed: code and words of the refusal.
Document ImportClientVpnClientCertificateRevocationList(Call& call) {
  auto endpoint = require_client_vpn_endpoint(call);
  const auto list = call.require("CertificateRevocationList");
  if (list.find("-----BEGIN X509 CRL-----") == std::string_view::npos) {
    throw errors::invalid_parameter_value("The certificate revocation list is not valid.");
  }
  endpoint.document["_revoked"] = list;
  state::update(call.txn, endpoint);
  return {{"Return", true}};
}

Document ExportClientVpnClientCertificateRevocationList(Call& call) {
  const auto endpoint = require_client_vpn_endpoint(call);
  Document answer{{"Status", {{"Code", "active"}}}};
  set_if(answer, "CertificateRevocationList", text(endpoint.document, "_revoked"));
  return answer;
}

/// Nobody can come in here, so that there are no connections.
Document DescribeClientVpnConnections(Call& call) {
  require_client_vpn_endpoint(call);
  return describe_documents(call, "Connections", {});
}

/// The codes are documented; Assumed: the words.
Document TerminateClientVpnConnections(Call& call) {
  require_client_vpn_endpoint(call);
  const auto id = call.text("ConnectionId"), user = call.text("Username");
  if (id.empty() == user.empty()) {
    throw errors::invalid_combination("Either ConnectionId or Username must be specified.");
  }
  if (!id.empty()) {
    throw ApiError("InvalidClientVpnConnection.IdNotFound", fmt::format("Connection {} does not exist", id));
  }
  throw ApiError("InvalidClientVpnConnection.UserNotFound", fmt::format("User {} has no connections", user));
}

constexpr Operation kOperations[] = {
    {.name = "DescribeClientVpnConnections",
     .run = DescribeClientVpnConnections,
     .access = Access::read,
     .listed = "ClientVpnConnection"},
    {.name = "ExportClientVpnClientCertificateRevocationList",
     .run = ExportClientVpnClientCertificateRevocationList,
     .access = Access::read},
    {.name = "ExportClientVpnClientConfiguration", .run = ExportClientVpnClientConfiguration, .access = Access::read},
    {.name = "ImportClientVpnClientCertificateRevocationList",
     .run = ImportClientVpnClientCertificateRevocationList,
     .access = Access::write},
    {.name = "TerminateClientVpnConnections", .run = TerminateClientVpnConnections, .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = kClientVpnEndpoint,
                             .create = create_endpoint,
                             .created = attach_client_vpn,
                             .modify = modify_endpoint,
                             .remove = remove_endpoint,
                             .show = show_endpoint}};

}  // namespace

Family client_vpn_endpoints_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
