/// Seeing what a VPC is made of: route tables, network ACLs, internet gateways, DHCP options; and gateways attached.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/tags.hpp"
#include "emulator/world.hpp"
#include "state/addresses.hpp"
#include "state/network_interfaces.hpp"
#include "state/resources.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

state::GenericResource require_part(Context& context, std::string_view kind, std::string_view id) {
  check_id(kind, id);
  auto row = state::find<state::GenericResource>(context.txn, context.scope, id);
  if (!row || row->kind != kind) throw unknown_id(kind, id);
  return *std::move(row);
}

/// A Describe of documents of one kind; these always show a tagSet.
Document describe_kind(Call& call, std::string_view kind, std::string_view ids, std::string_view list) {
  std::vector<state::GenericResource> rows;
  for (const auto& id : requested_ids(call, kind, ids)) rows.push_back(require_part(call, kind, id));
  if (rows.empty()) rows = state::list_kind(call.txn, call.scope, kind);
  std::vector<Document> documents;
  for (auto& row : rows) {
    documents.push_back(std::move(row.document));
    documents.back()["Tags"] = tag_set(call.txn, row.resource_id);
  }
  return describe_documents(call, list, std::move(documents), ids);
}

Document DescribeRouteTables(Call& call) { return describe_kind(call, "route-table", "RouteTableIds", "RouteTables"); }
Document DescribeNetworkAcls(Call& call) { return describe_kind(call, "network-acl", "NetworkAclIds", "NetworkAcls"); }
Document DescribeInternetGateways(Call& call) {
  return describe_kind(call, "internet-gateway", "InternetGatewayIds", "InternetGateways");
}
Document DescribeDhcpOptions(Call& call) {
  return describe_kind(call, "dhcp-options", "DhcpOptionsIds", "DhcpOptions");
}

constexpr FilterPath kRouteTableFilters[] = {
    {"association.gateway-id", "Associations.GatewayId"},
    {"association.main", "Associations.Main"},
    {"association.route-table-association-id", "Associations.RouteTableAssociationId"},
    {"association.route-table-id", "Associations.RouteTableId"},
    {"association.subnet-id", "Associations.SubnetId"},
};
constexpr FilterPath kAclFilters[] = {
    {"association.association-id", "Associations.NetworkAclAssociationId"},
    {"association.network-acl-id", "Associations.NetworkAclId"},
    {"association.subnet-id", "Associations.SubnetId"},
    {"default", "IsDefault"},
    {"entry.cidr", "Entries.CidrBlock"},
    {"entry.icmp.code", "Entries.IcmpTypeCode.Code"},
    {"entry.icmp.type", "Entries.IcmpTypeCode.Type"},
    {"entry.ipv6-cidr", "Entries.Ipv6CidrBlock"},
    {"entry.port-range.from", "Entries.PortRange.From"},
    {"entry.port-range.to", "Entries.PortRange.To"},
};
constexpr FilterPath kDhcpFilters[] = {{"key", "DhcpConfigurations.Key"}, {"value", "DhcpConfigurations.Values.Value"}};

// ---- Internet gateways
// -----------------------------------------------------------------------------------------------

Document CreateInternetGateway(Call& call) {
  const auto used = static_cast<std::int64_t>(state::list_kind(call.txn, call.scope, "internet-gateway").size());
  if (Quotas::is_reached(call.world.quotas.internet_gateways, used)) {
    throw ApiError("InternetGatewayLimitExceeded", "The maximum number of internet gateways has been reached.");
  }
  state::GenericResource row;
  row.account = call.scope.account;
  row.region = call.scope.region;
  row.resource_id = call.make_id("igw");
  row.kind = "internet-gateway";
  row.state = "available";
  row.document = {
      {"InternetGatewayId", row.resource_id}, {"OwnerId", call.scope.account}, {"Attachments", Document::array()}};
  state::insert(call.txn, row);
  apply_tags(call, row.resource_id, "internet-gateway");
  Document shown = row.document;
  shown["Tags"] = tag_set(call.txn, row.resource_id);
  return {{"InternetGateway", std::move(shown)}};
}

Document DeleteInternetGateway(Call& call) {
  const auto gateway = require_part(call, "internet-gateway", call.require("InternetGatewayId"));
  if (!gateway.parent_id.empty()) {
    throw errors::dependency_violation(
        fmt::format("The internetGateway '{}' has dependencies and cannot be deleted.", gateway.resource_id));
  }
  state::remove_tags(call.txn, gateway.resource_id);
  state::erase(call.txn, gateway);
  return {};
}

Document AttachInternetGateway(Call& call) {
  auto gateway = require_part(call, "internet-gateway", call.require("InternetGatewayId"));
  const auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  if (!gateway.parent_id.empty()) {
    throw ApiError("Resource.AlreadyAssociated", fmt::format("resource {} is already attached to network {}",
                                                             gateway.resource_id, gateway.parent_id));
  }
  if (!state::list_children(call.txn, vpc.vpc_id, "internet-gateway").empty()) {
    throw errors::invalid_parameter_value(
        fmt::format("Network {} already has an internet gateway attached", vpc.vpc_id));
  }
  gateway.parent_id = vpc.vpc_id;
  gateway.document["Attachments"] = Document::array({{{"VpcId", vpc.vpc_id}, {"State", "available"}}});
  state::update(call.txn, gateway);
  return {};
}

/// Routes to a detached gateway stay, as black holes.
void set_route_states(Context& context, std::string_view vpc_id, std::string_view gateway_id, std::string_view state) {
  for (auto& table : state::list_children(context.txn, vpc_id, "route-table")) {
    bool is_changed = false;
    for (auto& route : table.document["Routes"]) {
      if (text(route, "GatewayId") != gateway_id) continue;
      route["State"] = state;
      is_changed = true;
    }
    if (is_changed) state::update(context.txn, table);
  }
}

Document DetachInternetGateway(Call& call) {
  auto gateway = require_part(call, "internet-gateway", call.require("InternetGatewayId"));
  const auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  if (gateway.parent_id != vpc.vpc_id) {
    throw ApiError("Gateway.NotAttached",
                   fmt::format("resource {} is not attached to network {}", gateway.resource_id, vpc.vpc_id));
  }
  for (const auto& interface : state::interfaces_of_vpc(call.txn, vpc.vpc_id)) {
    if (interface.public_ip.empty() && state::addresses_of_interface(call.txn, interface.network_interface_id).empty())
      continue;
    throw errors::dependency_violation(fmt::format(
        "Network {} has some mapped public address(es). Please unmap those public address(es) before detaching the "
        "gateway.",
        vpc.vpc_id));
  }
  gateway.parent_id.clear();
  gateway.document["Attachments"] = Document::array();
  state::update(call.txn, gateway);
  set_route_states(call, vpc.vpc_id, gateway.resource_id, "blackhole");
  return {};
}

constexpr Operation kOperations[] = {
    {.name = "AttachInternetGateway", .run = AttachInternetGateway, .access = Access::write},
    {.name = "CreateInternetGateway", .run = CreateInternetGateway, .access = Access::write},
    {.name = "DeleteInternetGateway", .run = DeleteInternetGateway, .access = Access::write},
    {.name = "DescribeDhcpOptions",
     .run = DescribeDhcpOptions,
     .access = Access::read,
     .listed = "DhcpOptions",
     .filters = kDhcpFilters},
    {.name = "DescribeInternetGateways",
     .run = DescribeInternetGateways,
     .access = Access::read,
     .listed = "InternetGateway"},
    {.name = "DescribeNetworkAcls",
     .run = DescribeNetworkAcls,
     .access = Access::read,
     .listed = "NetworkAcl",
     .filters = kAclFilters},
    {.name = "DescribeRouteTables",
     .run = DescribeRouteTables,
     .access = Access::read,
     .listed = "RouteTable",
     .filters = kRouteTableFilters},
    {.name = "DetachInternetGateway", .run = DetachInternetGateway, .access = Access::write},
};

}  // namespace

Family vpc_parts_family() { return {.operations = kOperations}; }

}  // namespace fogling
