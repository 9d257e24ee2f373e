/// Rows of the state as the fabric's structs: whatever a packet meets, whoever it belongs to.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "emulator/fabric/network.hpp"
#include "emulator/prefix_lists.hpp"
#include "emulator/routes.hpp"
#include "emulator/transit_gateways.hpp"
#include "emulator/vpc_block_public_access.hpp"
#include "state/addresses.hpp"
#include "state/core.hpp"
#include "state/instances.hpp"
#include "state/network_interfaces.hpp"
#include "state/security_groups.hpp"
#include "state/subnets.hpp"
#include "state/vpcs.hpp"

namespace fogling::fabric::reading {
namespace {

/// What belongs to somebody is judged as its owner sees it.
Context as_owner(Context& context, const Scope& scope) { return {context.world, context.txn, scope, context.now_ms}; }

std::optional<GenericResource> find_kind(Context& context, std::string_view kind, std::string_view id) {
  auto row = state::find_anywhere<GenericResource>(context.txn, id);
  return row && row->kind == kind ? std::move(row) : std::nullopt;
}

int protocol_number(std::string_view text) {
  constexpr std::pair<std::string_view, int> kNames[] = {
      {"tcp", kTcp}, {"udp", kUdp}, {"icmp", kIcmp}, {"icmpv6", kIcmpv6}, {"all", kAnyProtocol}};
  const auto* named = std::ranges::find(kNames, text, &std::pair<std::string_view, int>::first);
  if (named != std::end(kNames)) return named->second;
  int number = kAnyProtocol;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool is_icmp(int protocol) { return protocol == kIcmp || protocol == kIcmpv6; }

/// Ports, or types of ICMP. An echo has code 0, so that a rule for another code is none for it.
PortRange read_ports(int protocol, std::optional<std::int64_t> from, std::optional<std::int64_t> to) {
  if (is_icmp(protocol)) {
    if (from.value_or(-1) < 0) return {};
    if (to.value_or(-1) > 0) return kNoPorts;
    return {static_cast<int>(*from), static_cast<int>(*from)};
  }
  if ((protocol != kTcp && protocol != kUdp) || from.value_or(-1) < 0) return {};
  return {static_cast<int>(*from), static_cast<int>(to.value_or(*from))};
}

void add_blocks(const Document& associations, const char* block, const char* state, std::vector<Block>& out) {
  for (const auto& each : associations) {
    if (has(each, state) && text(part(each, state), "State") != "associated") continue;
    if (const auto parsed = parse_block(text(each, block))) out.push_back(*parsed);
  }
}

std::vector<Block> blocks_of_list(Context& context, std::string_view prefix_list_id) {
  std::vector<Block> blocks;
  for (const auto& each : prefix_list_blocks(context, prefix_list_id)) {
    if (const auto block = parse_block(each)) blocks.push_back(*block);
  }
  return blocks;
}

/// The row of a VPC's tables or ACLs that a subnet has, and else the one that all have.
std::string of_subnet(const std::vector<GenericResource>& rows, std::string_view subnet_id) {
  std::string otherwise;
  for (const auto& row : rows) {
    for (const auto& each : items(row.document, "Associations")) {
      if (text(each, "SubnetId") == subnet_id) return row.resource_id;
      if (flag(each, "Main").value_or(false)) otherwise = row.resource_id;
    }
  }
  return otherwise;
}

SecurityGroupRule read_rule(Context& context, const state::SecurityGroupRule& row) {
  SecurityGroupRule rule{.id = row.security_group_rule_id,
                         .group_id = row.group_id,
                         .protocol = protocol_number(row.ip_protocol),
                         .ports = {},
                         .blocks = {},
                         .cidr = row.cidr_ipv4.empty() ? row.cidr_ipv6 : row.cidr_ipv4,
                         .prefix_list_id = row.prefix_list_id,
                         .peer_group_id = row.referenced_group_id};
  rule.ports = read_ports(rule.protocol, row.from_port, row.to_port);
  if (!rule.prefix_list_id.empty()) rule.blocks = blocks_of_list(context, rule.prefix_list_id);
  if (const auto block = parse_block(rule.cidr)) rule.blocks.push_back(*block);
  return rule;
}

AclEntry read_entry(const Document& in) {
  AclEntry entry{.number = static_cast<int>(integer(in, "RuleNumber").value_or(0)),
                 .allows = text(in, "RuleAction") == "allow",
                 .is_egress = flag(in, "Egress").value_or(false),
                 .protocol = protocol_number(text(in, "Protocol")),
                 .ports = {},
                 .block = {}};
  const auto& range = part(in, is_icmp(entry.protocol) ? "IcmpTypeCode" : "PortRange");
  entry.ports = is_icmp(entry.protocol) ? read_ports(entry.protocol, integer(range, "Type"), integer(range, "Code"))
                                        : read_ports(entry.protocol, integer(range, "From"), integer(range, "To"));
  const auto ipv4 = text(in, "CidrBlock");
  entry.block = parse_block(ipv4.empty() ? text(in, "Ipv6CidrBlock") : ipv4).value_or(Block{});
  return entry;
}

Route read_route(Context& context, const Document& in) {
  Route route{.destination = std::string(text(in, "DestinationCidrBlock")),
              .prefix_list_id = std::string(text(in, "DestinationPrefixListId")),
              .blocks = {},
              .target = {},
              .target_member = {},
              .origin = std::string(text(in, "Origin")),
              .state = std::string(text(in, "State"))};
  if (route.destination.empty()) route.destination = text(in, "DestinationIpv6CidrBlock");
  if (const auto block = parse_block(route.destination)) route.blocks.push_back(*block);
  if (!route.prefix_list_id.empty()) route.blocks = blocks_of_list(context, route.prefix_list_id);
  for (const char* member :
       {"GatewayId", "NatGatewayId", "NetworkInterfaceId", "VpcPeeringConnectionId", "TransitGatewayId",
        "EgressOnlyInternetGatewayId", "LocalGatewayId", "CarrierGatewayId", "CoreNetworkArn", "OdbNetworkArn"}) {
    if (text(in, member).empty()) continue;
    route.target = text(in, member);
    route.target_member = member;
    break;
  }
  return route;
}

Blocked read_blocked(Context& context, std::string_view vpc_id, std::string_view subnet_id) {
  const Document states = BlockPublicAccess(context).states(vpc_id, subnet_id);
  const auto mode = text(states, "InternetGatewayBlockMode");
  if (mode == "block-bidirectional") return Blocked::everything;
  return mode == "block-ingress" ? Blocked::ingress : Blocked::nothing;
}

}  // namespace

std::optional<Vpc> vpc(Context& context, std::string_view id) {
  const auto row = state::find_anywhere<state::Vpc>(context.txn, id);
  if (!row) return std::nullopt;
  Vpc out;
  out.id = row->vpc_id;
  out.account = row->account;
  out.region = row->region;
  add_blocks(row->cidr_block_associations, "CidrBlock", "CidrBlockState", out.blocks);
  add_blocks(row->ipv6_cidr_block_associations, "Ipv6CidrBlock", "Ipv6CidrBlockState", out.blocks);
  if (out.blocks.empty()) {
    if (const auto block = parse_block(row->cidr_block)) out.blocks.push_back(*block);
  }
  for (const auto& each : state::subnets_of_vpc(context.txn, id)) out.subnet_ids.push_back(each.subnet_id);
  for (const auto& each : state::list_children(context.txn, id, "internet-gateway")) {
    out.internet_gateway_id = each.resource_id;
  }
  for (const auto& table : state::list_children(context.txn, id, "route-table")) {
    out.route_tables.push_back(table.resource_id);
    for (const auto& each : items(table.document, "Associations")) {
      if (!out.internet_gateway_id.empty() && text(each, "GatewayId") == out.internet_gateway_id)
        out.gateway_table_id = table.resource_id;
    }
  }
  return out;
}

std::optional<Subnet> subnet(Context& context, std::string_view id) {
  const auto row = state::find_anywhere<state::Subnet>(context.txn, id);
  if (!row) return std::nullopt;
  Subnet out;
  out.id = row->subnet_id;
  out.vpc_id = row->vpc_id;
  if (const auto block = parse_block(row->cidr_block)) out.blocks.push_back(*block);
  add_blocks(row->ipv6_cidr_block_associations, "Ipv6CidrBlock", "Ipv6CidrBlockState", out.blocks);
  out.route_table_id = of_subnet(state::list_children(context.txn, row->vpc_id, "route-table"), id);
  out.network_acl_id = of_subnet(state::list_children(context.txn, row->vpc_id, "network-acl"), id);
  const Scope scope = row->scope();
  Context owner = as_owner(context, scope);
  out.blocked = read_blocked(owner, row->vpc_id, id);
  return out;
}

std::optional<RouteTable> route_table(Context& context, std::string_view id) {
  const auto row = find_kind(context, "route-table", id);
  if (!row) return std::nullopt;
  const Scope scope = row->scope();
  Context owner = as_owner(context, scope);
  Document shown = row->document;
  show_routes(owner, *row, shown);
  RouteTable out;
  out.id = row->resource_id;
  out.vpc_id = row->parent_id;
  for (const auto& each : items(shown, "Routes")) out.routes.push_back(read_route(owner, each));
  out.sort_entries();
  return out;
}

std::optional<NetworkAcl> network_acl(Context& context, std::string_view id) {
  const auto row = find_kind(context, "network-acl", id);
  if (!row) return std::nullopt;
  NetworkAcl out;
  out.id = row->resource_id;
  for (const auto& each : items(row->document, "Entries")) {
    AclEntry entry = read_entry(each);
    (entry.is_egress ? out.egress : out.ingress).push_back(entry);
  }
  for (auto* entries : {&out.ingress, &out.egress}) std::ranges::stable_sort(*entries, {}, &AclEntry::number);
  return out;
}

std::optional<SecurityGroup> security_group(Context& context, std::string_view id) {
  const auto row = state::find_anywhere<state::SecurityGroup>(context.txn, id);
  if (!row) return std::nullopt;
  const Scope scope = row->scope();
  Context owner = as_owner(context, scope);
  SecurityGroup out;
  out.id = row->group_id;
  for (const auto& each : state::rules_of_group(context.txn, id)) {
    (each.is_egress ? out.egress : out.ingress).push_back(read_rule(owner, each));
  }
  return out;
}

std::optional<Interface> interface(Context& context, std::string_view id) {
  const auto row = state::find_anywhere<state::NetworkInterface>(context.txn, id);
  if (!row) return std::nullopt;
  Interface out;
  out.id = row->network_interface_id;
  out.subnet_id = row->subnet_id;
  out.vpc_id = row->vpc_id;
  out.instance_id = row->instance_id;
  out.status = row->status;
  out.type = row->interface_type;
  out.source_dest_check = row->source_dest_check;
  for (const auto& each : row->group_ids) out.group_ids.push_back(each.get<std::string>());
  std::map<std::string, std::string> public_ips;
  if (!row->public_ip.empty()) public_ips[row->private_ip_address] = row->public_ip;
  for (const auto& each : state::addresses_of_interface(context.txn, id))
    public_ips[each.private_ip_address] = each.public_ip;
  for (const auto& each : state::private_addresses(context.txn, *row)) {
    const auto ip = parse_ip(each.private_ip_address);
    if (!ip) continue;
    const auto mapped = public_ips.find(each.private_ip_address);
    out.addresses.push_back({*ip, mapped == public_ips.end() ? std::nullopt : parse_ip(mapped->second)});
  }
  if (row->ipv6_addresses.is_array()) {
    for (const auto& each : row->ipv6_addresses) {
      if (const auto ip = parse_ip(text(each, "Ipv6Address"))) out.addresses.push_back({*ip, std::nullopt});
    }
  }
  for (const auto& each : items(row->options, "Ipv4Prefixes")) {
    if (const auto block = parse_block(text(each, "Ipv4Prefix"))) out.prefixes.push_back(*block);
  }
  for (const auto& each : items(row->options, "Ipv6Prefixes")) {
    if (const auto block = parse_block(text(each, "Ipv6Prefix"))) out.prefixes.push_back(*block);
  }
  return out;
}

std::optional<Instance> instance(Context& context, std::string_view id) {
  const auto row = state::find_anywhere<state::Instance>(context.txn, id);
  if (!row) return std::nullopt;
  Instance out{.id = row->instance_id,
               .vpc_id = row->vpc_id,
               .state = row->state,
               .is_booting = row->state == "running" && row->status_check == "initializing",
               .interface_ids = {}};
  for (const auto& each : state::interfaces_of_instance(context.txn, id))
    out.interface_ids.push_back(each.network_interface_id);
  for (const auto& tag : state::tags_of(context.txn, id)) {
    if (tag.key == kListensTag) out.listens = tag.value;
  }
  return out;
}

std::optional<NatGateway> nat_gateway(Context& context, std::string_view id) {
  const auto row = find_kind(context, "natgateway", id);
  if (!row) return std::nullopt;
  NatGateway out{.id = row->resource_id,
                 .vpc_id = std::string(text(row->document, "VpcId")),
                 .subnet_id = std::string(text(row->document, "SubnetId")),
                 .state = row->state,
                 .interface_id = {},
                 .is_public = text(row->document, "ConnectivityType") != "private"};
  for (const auto& each : items(row->document, "NatGatewayAddresses")) {
    if (out.interface_id.empty() || flag(each, "IsPrimary").value_or(false))
      out.interface_id = text(each, "NetworkInterfaceId");
  }
  return out;
}

std::optional<Peering> peering(Context& context, std::string_view id) {
  const auto row = find_kind(context, "vpc-peering-connection", id);
  if (!row) return std::nullopt;
  return Peering{.id = row->resource_id,
                 .state = row->state,
                 .requester_vpc_id = std::string(text(part(row->document, "RequesterVpcInfo"), "VpcId")),
                 .accepter_vpc_id = std::string(text(part(row->document, "AccepterVpcInfo"), "VpcId"))};
}

namespace {

TransitTable::Route read_transit_route(const Document& in) {
  TransitTable::Route route;
  route.block = parse_block(text(in, "DestinationCidrBlock")).value_or(Block{});
  route.is_active = text(in, "State") == "active";
  route.type = text(in, "Type");
  route.prefix_list_id = text(in, "PrefixListId");
  for (const auto& each : items(in, "TransitGatewayAttachments")) {
    route.attachment_id = text(each, "TransitGatewayAttachmentId");
    route.resource_id = text(each, "ResourceId");
    route.resource_type = text(each, "ResourceType");
  }
  return route;
}

}  // namespace

std::optional<TransitTable> transit_table(Context& context, std::string_view gateway_and_vpc) {
  const auto blank = gateway_and_vpc.find(' ');
  const auto gateway_id = gateway_and_vpc.substr(0, blank), vpc_id = gateway_and_vpc.substr(blank + 1);
  const auto gateway = find_kind(context, kTransitGateway, gateway_id);
  if (!gateway) return std::nullopt;
  TransitTable out;
  out.preserves_groups = text(part(gateway->document, "Options"), "SecurityGroupReferencingSupport") == "enable";
  for (const auto& each : state::list_referring(context.txn, vpc_id, kTransitGatewayAttachment)) {
    if (text(each.document, "TransitGatewayId") == gateway_id && is_up(each)) out.attachment_id = each.resource_id;
  }
  if (out.attachment_id.empty()) return out;
  for (const auto& each : state::list_referring(context.txn, out.attachment_id, kRouteTableAssociation)) {
    if (text(each.document, "_gateway") == gateway_id && each.state == "associated") out.id = each.parent_id;
  }
  const auto table = find_kind(context, kTransitGatewayRouteTable, out.id);
  if (!table) return out;
  for (const auto& each : transit_gateway_routes(context, *table)) out.routes.push_back(read_transit_route(each));
  std::ranges::stable_sort(out.routes, {}, [](const TransitTable::Route& each) { return -each.block.length; });
  return out;
}

std::string holder_in_subnet(Context& context, std::string_view subnet_id, const Ip& ip) {
  if (ip.is_v6) return state::find_ipv6_address_holder(context.txn, subnet_id, ip.text()).value_or("");
  return state::find_address_holder(context.txn, subnet_id, static_cast<std::int64_t>(ip.low)).value_or("");
}

std::string public_holder(Context& context, const Ip& ip) {
  if (ip.is_v6) return state::find_ipv6_address_holder(context.txn, {}, ip.text()).value_or("");
  if (const auto elastic = state::find_address_anywhere(context.txn, ip.text())) return elastic->network_interface_id;
  return state::find_public_address_holder(context.txn, ip.text()).value_or("");
}

}  // namespace fogling::fabric::reading
