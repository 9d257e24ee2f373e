#include "emulator/fabric/analysis.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/resource_types.hpp"
#include "state/core.hpp"
#include "state/subnets.hpp"

namespace fogling::fabric {
namespace {

Document port_range(const PortRange& ports) { return {{"From", ports.from}, {"To", ports.to}}; }

Document port_ranges(const std::vector<PortRange>& ranges) {
  Document list = Document::array();
  for (const auto& each : ranges) list.push_back(port_range(each));
  return list;
}

Document texts(const std::vector<Block>& blocks) {
  Document list = Document::array();
  for (const auto& each : blocks) list.push_back(each.text());
  return list;
}

/// Addresses with their prefix, the protocol as a number: as the guide's example has it.
Document packet_header(const Flows& flows, int protocol) {
  return {{"SourceAddresses", texts(blocks_of(flows, Side::source))},
          {"DestinationAddresses", texts(blocks_of(flows, Side::destination))},
          {"SourcePortRanges", port_ranges(source_ports_of(flows))},
          {"DestinationPortRanges", port_ranges(destination_ports_of(flows))},
          {"Protocol", std::to_string(protocol)}};
}

Document acl_rule(const AclEntry& entry) {
  Document rule{{"Cidr", entry.block.text()},
                {"Egress", entry.is_egress},
                {"Protocol", protocol_name(entry.protocol)},
                {"RuleAction", entry.allows ? "allow" : "deny"},
                {"RuleNumber", entry.number}};
  if (entry.protocol == kTcp || entry.protocol == kUdp) rule["PortRange"] = port_range(entry.ports);
  return rule;
}

/// Assumed: a rule that names a group shows its own group only, since the shape has no place for the other.
Document group_rule(const SecurityGroupRule& rule, bool is_egress) {
  Document out{{"Direction", is_egress ? "egress" : "ingress"},
               {"SecurityGroupId", rule.group_id},
               {"Protocol", protocol_name(rule.protocol)}};
  set_if(out, "Cidr", rule.cidr);
  set_if(out, "PrefixListId", rule.prefix_list_id);
  if (rule.protocol == kTcp || rule.protocol == kUdp) out["PortRange"] = port_range(rule.ports);
  return out;
}

/// Origins are written small in the guide's example.
Document route_document(const Route& route) {
  std::string origin = route.origin;
  std::ranges::transform(origin, origin.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  Document out{{"Origin", origin}, {"State", route.state}};
  set_if(out, "DestinationCidr", route.destination);
  set_if(out, "DestinationPrefixListId", route.prefix_list_id);
  constexpr std::string_view kShown[] = {"GatewayId",        "NatGatewayId",           "NetworkInterfaceId",
                                         "TransitGatewayId", "VpcPeeringConnectionId", "EgressOnlyInternetGatewayId",
                                         "CarrierGatewayId", "LocalGatewayId",         "CoreNetworkArn"};
  if (std::ranges::find(kShown, route.target_member) != std::end(kShown)) out[route.target_member] = route.target;
  return out;
}

Document transit_route_document(const TransitTable::Route& route) {
  Document out{{"DestinationCidr", route.block.text()},
               {"State", route.is_active ? "active" : "blackhole"},
               {"RouteOrigin", route.type}};
  set_if(out, "PrefixListId", route.prefix_list_id);
  set_if(out, "AttachmentId", route.attachment_id);
  set_if(out, "ResourceId", route.resource_id);
  set_if(out, "ResourceType", route.resource_type);
  return out;
}

/// The member of Explanation that says which component is meant.
std::string_view explained_member(std::string_view type) {
  constexpr std::pair<std::string_view, std::string_view> kMembers[] = {
      {"network-acl", "Acl"},
      {"security-group", "SecurityGroup"},
      {"network-interface", "NetworkInterface"},
      {"route-table", "RouteTable"},
      {"internet-gateway", "InternetGateway"},
      {"natgateway", "NatGateway"},
      {"vpc-peering-connection", "VpcPeeringConnection"},
      {"transit-gateway", "TransitGateway"},
      {"transit-gateway-route-table", "TransitGatewayRouteTable"},
      {"vpc-endpoint", "VpcEndpoint"},
      {"vpn-gateway", "VpnGateway"}};
  const auto* found = std::ranges::find(kMembers, type, &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(kMembers) ? "Component" : found->second;
}

Document explanation(Context& context, const Trace& trace, const Hop& hop) {
  Document out{{"ExplanationCode", hop.code}, {"Direction", hop.is_egress ? "egress" : "ingress"}};
  const auto member = explained_member(hop.type);
  if (hop.type == "security-group" && hop.interface != nullptr) {
    out["SecurityGroups"] = Document::array();
    for (const auto& id : hop.interface->group_ids) out["SecurityGroups"].push_back(analysis_component(context, id));
    if (hop.interface->group_ids.size() == 1) out["SecurityGroup"] = analysis_component(context, hop.id);
  } else if (!hop.id.empty()) {
    out[std::string(member)] = analysis_component(context, hop.id);
  } else {
    out["MissingComponent"] = hop.type;
  }
  if (hop.interface != nullptr) {
    out["NetworkInterface"] = analysis_component(context, hop.interface->id);
    if (!hop.interface->instance_id.empty() && hop.type == "network-interface")
      out["AttachedTo"] = analysis_component(context, hop.interface->instance_id);
  }
  if (!hop.id.empty() && hop.type != "security-group") out["Component"] = analysis_component(context, hop.id);
  if (!hop.vpc_id.empty()) out["Vpc"] = analysis_component(context, hop.vpc_id);
  if (!hop.subnet_id.empty()) out["Subnet"] = analysis_component(context, hop.subnet_id);
  if (hop.acl_entry != nullptr) out["AclRule"] = acl_rule(*hop.acl_entry);
  if (hop.route != nullptr) out["RouteTableRoute"] = route_document(*hop.route);
  if (hop.transit_route != nullptr) out["TransitGatewayRouteTableRoute"] = transit_route_document(*hop.transit_route);
  set_if(out, "State", hop.state);
  if (hop.code == "ENI_SG_RULES_MISMATCH" || hop.code == "SUBNET_ACL_RESTRICTION") {
    out["Protocols"] = Document::array({protocol_name(trace.protocol)});
    out["PortRanges"] = port_ranges(destination_ports_of(hop.before));
  }
  return out;
}

}  // namespace

std::string resource_arn(Context& context, std::string_view id) {
  const auto* type = find_resource_type_of(id);
  return fmt::format("arn:aws:ec2:{}:{}:{}/{}", context.scope.region, context.scope.account,
                     type == nullptr ? std::string_view("component") : type->type, id);
}

Document analysis_component(Context& context, std::string_view id) {
  Document out{{"Id", id}, {"Arn", resource_arn(context, id)}};
  for (const auto& tag : state::tags_of(context.txn, id)) {
    if (tag.key == "Name") out["Name"] = tag.value;
  }
  return out;
}

namespace {

std::string zone_of(Context& context, const Hop& hop) {
  const bool has_zone = hop.type == "network-interface" || hop.type == "natgateway";
  const auto subnet = has_zone ? state::find_anywhere<state::Subnet>(context.txn, hop.subnet_id) : std::nullopt;
  return subnet ? subnet->availability_zone : std::string();
}

/// Assumed: said of the interface or NAT gateway at which the way comes into another zone.
void note_zone(Context& context, const Hop& hop, std::string& zone, Document& component) {
  auto here = zone_of(context, hop);
  if (here.empty()) return;
  if (!zone.empty() && here != zone) {
    Document detail{{"AdditionalDetailType", "AVAILABILITY_ZONE_CROSSED"}, {"Component", component["Component"]}};
    component["AdditionalDetails"] = Document::array({std::move(detail)});
  }
  zone = std::move(here);
}

}  // namespace

Document path_components(Context& context, const Trace& trace, const std::vector<Hop>& hops) {
  Document list = Document::array();
  std::string zone;
  for (const auto& hop : hops) {
    if (!hop.is_open || !hop.is_reached || hop.id.empty()) break;
    Document each{{"SequenceNumber", list.size() + 1}, {"Component", analysis_component(context, hop.id)}};
    const bool is_first = &hop == &hops.front(), is_last = &hop == &hops.back();
    const bool has_ends = hop.type != "network-acl" && hop.type != "security-group" && hop.type != "route-table";
    if (has_ends && !is_first) each["InboundHeader"] = packet_header(hop.before, trace.protocol);
    if (has_ends && is_first && hop.type == "internet-gateway") {
      each["InboundHeader"] = packet_header(hop.before, trace.protocol);
    }
    if (has_ends && !is_last) each["OutboundHeader"] = packet_header(hop.after, trace.protocol);
    if (has_ends && is_last && hop.type == "internet-gateway")
      each["OutboundHeader"] = packet_header(hop.after, trace.protocol);
    if (!hop.vpc_id.empty()) each["Vpc"] = analysis_component(context, hop.vpc_id);
    if (!hop.subnet_id.empty() && hop.type != "natgateway") each["Subnet"] = analysis_component(context, hop.subnet_id);
    if (hop.type == "network-interface" && !hop.interface->instance_id.empty())
      each["AttachedTo"] = analysis_component(context, hop.interface->instance_id);
    if (hop.acl_entry != nullptr) each["AclRule"] = acl_rule(*hop.acl_entry);
    if (hop.group_rule != nullptr) each["SecurityGroupRule"] = group_rule(*hop.group_rule, hop.is_egress);
    if (hop.route != nullptr) each["RouteTableRoute"] = route_document(*hop.route);
    if (hop.transit_route != nullptr)
      each["TransitGatewayRouteTableRoute"] = transit_route_document(*hop.transit_route);
    note_zone(context, hop, zone, each);
    list.push_back(std::move(each));
  }
  return list;
}

Document explanations(Context& context, const Trace& trace) {
  Document list = Document::array();
  for (const auto* hops : {&trace.forward, &trace.back}) {
    for (const auto& hop : *hops) {
      if (!hop.is_open && !hop.code.empty()) list.push_back(explanation(context, trace, hop));
    }
  }
  return list;
}

}  // namespace fogling::fabric
