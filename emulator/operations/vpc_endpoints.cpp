/// VPC endpoints: what a new one needs, what can be changed of it, and what it leaves behind. Making, describing,
/// changing and deleting are declared.

#include "emulator/vpc_endpoints.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/random.hpp"
#include "emulator/world.hpp"
#include "state/network_interfaces.hpp"
#include "state/security_groups.hpp"
#include "state/subnets.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "vpc-endpoint";
constexpr std::string_view kGateway = "Gateway", kInterface = "Interface", kBalancer = "GatewayLoadBalancer";

/// What an endpoint lets through when nobody has said anything, as EC2 shows it for each type.
constexpr const char* kGatewayPolicy =
    R"({"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]})";
constexpr const char* kInterfacePolicy =
    "{\n  \"Statement\": [\n    {\n      \"Action\": \"*\", \n      \"Effect\": \"Allow\", \n      \"Principal\": "
    "\"*\", \n      \"Resource\": \"*\"\n    }\n  ]\n}";

std::string_view type_of(const GenericResource& endpoint) { return text(endpoint.document, "VpcEndpointType"); }

const char* default_policy(const GenericResource& endpoint) {
  return type_of(endpoint) == kGateway ? kGatewayPolicy : kInterfacePolicy;
}

ApiError invalid(std::string message) { return {"InvalidParameter", std::move(message)}; }

// ---- Checks --------------------------------------------------------------------------------------------------------

void check_policy(std::string_view policy) {
  if (policy.empty()) return;
  if (!Document::parse(policy, nullptr, false).is_object()) {  // Assumed: the words
    throw ApiError("InvalidPolicyDocument", "The specified policy document is not a valid JSON policy document.");
  }
}

void check_private_dns(Call& call, const GenericResource& endpoint, const EndpointTarget& target) {
  const auto vpc = state::find<state::Vpc>(call.txn, call.scope, endpoint.parent_id).value();
  if (!vpc.enable_dns_support || !vpc.enable_dns_hostnames) {
    throw invalid(
        fmt::format("Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC "
                    "attributes set to true for {}",
                    vpc.vpc_id));
  }
  if (target.service.private_dns_name.empty()) {  // Assumed: the words
    throw invalid(
        fmt::format("Private DNS can't be enabled because the service {} does not provide a private DNS name.",
                    target.service.name));
  }
  for (const auto& other : state::list_children(call.txn, vpc.vpc_id, kKind)) {
    const bool is_rival = other.resource_id != endpoint.resource_id && other.state != "deleting" &&
                          other.state != "deleted" && flag(other.document, "PrivateDnsEnabled").value_or(false) &&
                          text(other.document, "ServiceName") == target.service.name;
    if (!is_rival) continue;
    throw invalid(
        fmt::format("private-dns-enabled cannot be set because there is already a conflicting DNS domain "
                    "for {} in the VPC {}",
                    target.service.private_dns_name, vpc.vpc_id));
  }
}

/// A subnet of the endpoint's VPC, in a zone where it has none yet.
state::Subnet require_subnet(Call& call, const GenericResource& endpoint, std::string_view id) {
  auto subnet = require_row<state::Subnet>(call, "subnet", id);
  if (subnet.vpc_id != endpoint.parent_id) {  // Assumed: the words
    throw invalid(fmt::format("The subnet {} does not belong to the VPC {}", id, endpoint.parent_id));
  }
  for (const auto& other : items(endpoint.document, "SubnetIds")) {
    const auto row = state::find<state::Subnet>(call.txn, call.scope, other.get_ref<const std::string&>());
    if (!row || row->availability_zone != subnet.availability_zone) continue;
    throw ApiError("DuplicateSubnetsInSameZone",
                   fmt::format("Found another VPC endpoint subnet in the availability zone of {}", row->subnet_id));
  }
  return subnet;
}

Document group_document(Call& call, const GenericResource& endpoint, std::string_view id) {
  const auto group = require_row<state::SecurityGroup>(call, "security-group", id);
  if (group.vpc_id != endpoint.parent_id) {  // Assumed: the words
    throw invalid(fmt::format("Security group {} does not belong to the VPC {}", id, endpoint.parent_id));
  }
  return {{"GroupId", group.group_id}, {"GroupName", group.group_name}};
}

/// Assumed: the words of refusals of what another type of endpoint has.
void refuse_foreign(const Call& call, std::string_view type, std::initializer_list<const char*> members) {
  for (const char* member : members) {
    if (!has(call.in, member) || call.in[member].empty()) continue;
    throw invalid(fmt::format("{} cannot be specified for endpoints of type {}", member, type));
  }
}

void check_quota(Call& call, const GenericResource& endpoint) {
  const bool is_gateway = type_of(endpoint) == kGateway;
  std::int64_t used = 0;
  for (const auto& other : state::list_kind(call.txn, call.scope, kKind)) {
    if (other.state == "deleting" || other.state == "deleted" || type_of(other) != type_of(endpoint)) continue;
    if (is_gateway || other.parent_id == endpoint.parent_id) ++used;
  }
  const auto quota = is_gateway ? call.world.quotas.gateway_endpoints : call.world.quotas.interface_endpoints_per_vpc;
  if (Quotas::is_reached(quota, used))
    throw ApiError("VpcEndpointLimitExceeded", "The maximum number of VPC endpoints has been reached.");  // Assumed
}

// ---- Making --------------------------------------------------------------------------------------------------------

/// The only route tables of a gateway endpoint are those asked for.
void create_gateway(Call& call, GenericResource& endpoint) {
  refuse_foreign(call, kGateway, {"SubnetIds", "SecurityGroupIds", "SubnetConfigurations"});
  endpoint.document["RouteTableIds"] = Document::array();
  for (const auto& id : texts(call, "RouteTableIds")) {
    add_endpoint_route(call, endpoint, id);
    endpoint.document["RouteTableIds"].push_back(id);
  }
  endpoint.state = "available";
  endpoint.document["State"] = endpoint.state;
}

void add_subnet(Call& call, GenericResource& endpoint, std::string_view subnet_id, std::string_view address = {}) {
  const auto subnet = require_subnet(call, endpoint, subnet_id);
  add_endpoint_interface(call, endpoint, subnet.subnet_id, address);
  endpoint.document["SubnetIds"].push_back(subnet.subnet_id);
}

/// The address that SubnetConfigurations asks for in a subnet.
std::string_view configured_address(const Call& call, std::string_view subnet_id) {
  for (const auto& each : call.items("SubnetConfigurations")) {
    if (text(each, "SubnetId") == subnet_id) return text(each, "Ipv4");
  }
  return {};
}

void create_interface(Call& call, GenericResource& endpoint, const EndpointTarget& target) {
  const bool is_of_balancer = type_of(endpoint) == kBalancer;
  auto& document = endpoint.document;
  refuse_foreign(call, type_of(endpoint), {"RouteTableIds"});
  if (is_of_balancer) refuse_foreign(call, kBalancer, {"SecurityGroupIds", "PolicyDocument"});
  if (is_of_balancer && call.items("SubnetIds").size() > 1) {
    throw invalid("Only one subnet can be specified for a Gateway Load Balancer endpoint");  // Assumed: the words
  }
  document["Groups"] = Document::array();
  for (const auto& id : texts(call, "SecurityGroupIds"))
    document["Groups"].push_back(group_document(call, endpoint, id));
  if (document["Groups"].empty() && !is_of_balancer) {
    const auto usual = state::find_group_by_name(call.txn, endpoint.parent_id, "default");
    if (usual) document["Groups"].push_back(group_document(call, endpoint, usual->group_id));
  }
  document["IpAddressType"] = call.text("IpAddressType").empty() ? "ipv4" : std::string(call.text("IpAddressType"));
  if (!has(document, "DnsOptions")) document["DnsOptions"] = Document::object();
  if (!has(document["DnsOptions"], "DnsRecordIpType"))
    document["DnsOptions"]["DnsRecordIpType"] = document["IpAddressType"];
  document["_DnsSuffix"] = call.random().hex(8);
  document["SubnetIds"] = Document::array();
  for (const auto& id : texts(call, "SubnetIds")) add_subnet(call, endpoint, id, configured_address(call, id));
  // Documented: AWS' own services have it unless the request says otherwise.
  const bool usually = !target.configuration && !target.service.private_dns_name.empty() && !is_of_balancer;
  document["PrivateDnsEnabled"] = call.flag("PrivateDnsEnabled").value_or(usually);
  if (document["PrivateDnsEnabled"] == true) check_private_dns(call, endpoint, target);
  if (!is_of_balancer) document["DnsEntries"] = endpoint_dns_entries(call, endpoint, target);
  if (!target.needs_acceptance()) return;
  endpoint.state = "pendingAcceptance";
  document["State"] = endpoint.state;
}

void create_endpoint(Call& call, GenericResource& endpoint) {
  const auto type = type_of(endpoint);
  if (type != kGateway && type != kInterface && type != kBalancer)
    throw errors::not_built(fmt::format("A VPC endpoint of type {}", type));
  if (const auto region = call.text("ServiceRegion"); !region.empty() && region != call.scope.region)
    throw errors::not_built("A VPC endpoint to a service of another region");
  const auto target = require_endpoint_target(call, call.require("ServiceName"), type);
  check_quota(call, endpoint);
  check_policy(call.text("PolicyDocument"));
  if (type != kBalancer && target.service.is_policy_supported && text(endpoint.document, "PolicyDocument").empty())
    endpoint.document["PolicyDocument"] = default_policy(endpoint);
  if (target.configuration) endpoint.document["_ConnectionId"] = call.make_id("vpce-con");
  if (type == kGateway) {
    create_gateway(call, endpoint);
  } else {
    create_interface(call, endpoint, target);
  }
}

// ---- Changing ------------------------------------------------------------------------------------------------------

void change_route_tables(Call& call, GenericResource& endpoint) {
  auto& tables = endpoint.document["RouteTableIds"];
  for (const auto& id : texts(call, "RemoveRouteTableIds")) {
    check_id("route-table", id);
    const auto found = std::ranges::find(tables, Document(id));
    if (found == tables.end()) throw unknown_id("route-table", id);  // Assumed
    tables.erase(found);
    remove_endpoint_route(call, endpoint, id);
  }
  for (const auto& id : texts(call, "AddRouteTableIds")) {
    if (std::ranges::find(tables, Document(id)) != tables.end()) continue;
    add_endpoint_route(call, endpoint, id);
    tables.push_back(id);
  }
}

void change_subnets(Call& call, GenericResource& endpoint) {
  auto& document = endpoint.document;
  for (const auto& id : texts(call, "RemoveSubnetIds")) {
    auto& subnets = document["SubnetIds"];
    const auto found = std::ranges::find(subnets, Document(id));
    if (found == subnets.end()) throw unknown_id("subnet", id);  // Assumed
    subnets.erase(found);
    remove_endpoint_interfaces(call, endpoint, id);
    Document left = Document::array();
    for (const auto& each : items(document, "NetworkInterfaceIds")) {
      if (state::find<state::NetworkInterface>(call.txn, call.scope, each.get_ref<const std::string&>()))
        left.push_back(each);
    }
    document["NetworkInterfaceIds"] = std::move(left);
  }
  for (const auto& id : texts(call, "AddSubnetIds")) add_subnet(call, endpoint, id, configured_address(call, id));
}

/// The interfaces have the groups of their endpoint.
void pass_on_groups(Call& call, const GenericResource& endpoint) {
  Document ids = Document::array();
  for (const auto& group : items(endpoint.document, "Groups")) ids.push_back(text(group, "GroupId"));
  for (const auto& each : items(endpoint.document, "NetworkInterfaceIds")) {
    auto interface = state::find<state::NetworkInterface>(call.txn, call.scope, each.get_ref<const std::string&>());
    if (!interface) continue;
    interface->group_ids = ids;
    state::update(call.txn, *interface);
  }
}

void change_groups(Call& call, GenericResource& endpoint) {
  auto& groups = endpoint.document["Groups"];
  const auto find_group = [&](const std::string& id) {
    return std::ranges::find_if(groups, [&](const Document& each) { return text(each, "GroupId") == id; });
  };
  for (const auto& id : texts(call, "AddSecurityGroupIds")) {
    if (find_group(id) == groups.end()) groups.push_back(group_document(call, endpoint, id));
  }
  for (const auto& id : texts(call, "RemoveSecurityGroupIds")) {
    check_id("security-group", id);
    const auto found = find_group(id);
    if (found == groups.end()) throw unknown_id("security-group", id);  // Assumed
    groups.erase(found);
  }
  if (groups.empty()) throw invalid("An endpoint needs at least one security group");  // Assumed: the words
  pass_on_groups(call, endpoint);
}

void modify_endpoint(Call& call, GenericResource& endpoint) {
  const auto type = type_of(endpoint);
  if (type == kGateway) {
    refuse_foreign(call, type, {"AddSubnetIds", "RemoveSubnetIds", "AddSecurityGroupIds", "RemoveSecurityGroupIds"});
  } else {
    refuse_foreign(call, type, {"AddRouteTableIds", "RemoveRouteTableIds"});
  }
  check_policy(call.text("PolicyDocument"));
  if (call.flag("ResetPolicy").value_or(false)) endpoint.document["PolicyDocument"] = default_policy(endpoint);
  change_route_tables(call, endpoint);
  if (type == kGateway) return;
  const auto target = require_endpoint_target(call, text(endpoint.document, "ServiceName"), type);
  change_subnets(call, endpoint);
  if (!call.items("AddSecurityGroupIds").empty() || !call.items("RemoveSecurityGroupIds").empty())
    change_groups(call, endpoint);
  if (call.flag("PrivateDnsEnabled").value_or(false)) check_private_dns(call, endpoint, target);
  if (type == kInterface) endpoint.document["DnsEntries"] = endpoint_dns_entries(call, endpoint, target);
}

// ---- Going ---------------------------------------------------------------------------------------------------------

void remove_endpoint(Call& call, GenericResource& endpoint) {
  for (const auto& id : items(endpoint.document, "RouteTableIds"))
    remove_endpoint_route(call, endpoint, id.get_ref<const std::string&>());
}

void move_endpoint(Context& context, GenericResource& endpoint) {
  if (endpoint.state == "deleted") remove_endpoint_interfaces(context, endpoint, {});
}

/// Endpoints of VPC Lattice's types have associations; there are none of these.
Document DescribeVpcEndpointAssociations(Call& call) {
  for (const auto& id : texts(call, "VpcEndpointIds")) require_resource(call, kKind, id);
  return describe_documents(call, "VpcEndpointAssociations", {});
}

constexpr FilterPath kAssociationFilters[] = {{"associated-resource-id", "AssociatedResourceArn"},
                                              {"association-id", "Id"},
                                              {"resource-configuration-group-arn", "ResourceConfigurationGroupArn"}};

constexpr Operation kOperations[] = {
    {.name = "DescribeVpcEndpointAssociations",
     .run = DescribeVpcEndpointAssociations,
     .access = Access::read,
     .listed = "VpcEndpointAssociation",
     .filters = kAssociationFilters},
};

constexpr Hooks kHooks[] = {{.kind = kKind,
                             .create = create_endpoint,
                             .modify = modify_endpoint,
                             .remove = remove_endpoint,
                             .moved = move_endpoint}};

}  // namespace

Family vpc_endpoints_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
