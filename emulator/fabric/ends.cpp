#include "emulator/fabric/ends.hpp"

#include <algorithm>

#include "emulator/vpc_endpoints.hpp"
#include "state/instances.hpp"
#include "state/network_interfaces.hpp"

namespace fogling::fabric {
namespace {

/// The VPC that a virtual private gateway is attached to; empty: none.
std::string vpc_of(const Document& vpn_gateway) {
  for (const auto& each : items(vpn_gateway, "VpcAttachments")) {
    if (text(each, "State") == "attached") return std::string(text(each, "VpcId"));
  }
  return {};
}

void complete_end(Context& context, End& end) {
  if (!is_gateway_id(end.id)) return;
  const auto row = state::find_anywhere<state::GenericResource>(context.txn, end.id);
  if (!row) return;
  if (end.id.starts_with("tgw-attach-")) {
    end.gateway = text(row->document, "TransitGatewayId");
  } else if (end.id.starts_with("vpce-")) {
    const auto& interfaces = items(row->document, "NetworkInterfaceIds");
    if (interfaces.empty()) {
      end.gateway = end.id;
      end.vpc_id = text(row->document, "VpcId");
    } else {
      end.id = interfaces.front().get<std::string>();
    }
  } else {
    end.gateway = end.id;
    if (end.id.starts_with("vgw-")) end.vpc_id = vpc_of(row->document);
  }
}

/// The VPC of an instance or an interface; empty where the end is neither.
std::string vpc_of_machine(Context& context, std::string_view id) {
  if (const auto row = state::find_anywhere<state::NetworkInterface>(context.txn, id)) return row->vpc_id;
  if (const auto row = state::find_anywhere<state::Instance>(context.txn, id)) return row->vpc_id;
  return {};
}

void complete_service(Context& context, End& end, const End& other) {
  if (!is_endpoint_service_id(end.id)) return;
  const auto service = state::find_anywhere<state::GenericResource>(context.txn, end.id);
  if (!service) return;
  const auto vpc_id = vpc_of_machine(context, other.id);
  for (const auto& endpoint : endpoints_of_service(context, *service)) {
    const auto& interfaces = items(endpoint.document, "NetworkInterfaceIds");
    if (endpoint.parent_id != vpc_id || endpoint.state != "available" || interfaces.empty()) continue;
    end.service = end.id;
    end.id = interfaces.front().get<std::string>();
    return;
  }
}

/// What is a VPC's own does not come from outside.
std::vector<Block> without_own(std::vector<Block> blocks, const Vpc* vpc) {
  if (vpc == nullptr) return blocks;
  for (const auto& own : vpc->blocks) {
    const auto around = std::ranges::find_if(blocks, [&](const Block& each) { return each.contains(own); });
    if (around == blocks.end()) continue;
    const auto rest = without(*around, own);
    blocks.erase(around);
    blocks.insert(blocks.end(), rest.begin(), rest.end());
  }
  return blocks;
}

const Vpc* vpc_of(Network& network, const Interface* inside) {
  return inside == nullptr ? nullptr : network.vpc(inside->vpc_id);
}

}  // namespace

bool is_gateway_id(std::string_view id) {
  constexpr std::string_view kPrefixes[] = {"tgw-", "vgw-", "pcx-", "vpce-"};
  return !id.starts_with("tgw-rtb-") && !id.starts_with("vpce-svc-") &&
         std::ranges::any_of(kPrefixes, [&](std::string_view prefix) { return id.starts_with(prefix); });
}

std::string_view gateway_type(std::string_view id) {
  constexpr std::pair<std::string_view, std::string_view> kTypes[] = {{"eigw-", "egress-only-internet-gateway"},
                                                                      {"vgw-", "vpn-gateway"},
                                                                      {"vpce-", "vpc-endpoint"},
                                                                      {"pcx-", "vpc-peering-connection"},
                                                                      {"tgw-attach-", "transit-gateway-attachment"}};
  const auto* found = std::ranges::find_if(kTypes, [&](const auto& each) { return id.starts_with(each.first); });
  return found == std::end(kTypes) ? "transit-gateway" : found->second;
}

bool is_endpoint_service_id(std::string_view id) { return id.starts_with("vpce-svc-"); }

void complete(Context& context, Question& question) {
  complete_service(context, question.from, question.to);
  complete_service(context, question.to, question.from);
  complete_end(context, question.from);
  complete_end(context, question.to);
}

bool has_part_in(Network& network, const End& gateway, std::string_view vpc_id) {
  if (gateway.gateway.starts_with("pcx-")) {
    const auto* peering = network.peering(gateway.gateway);
    return peering != nullptr && peering->joins(vpc_id);
  }
  if (gateway.gateway.starts_with("tgw-")) {
    const auto* table = network.transit_table(gateway.gateway, vpc_id);
    return table != nullptr && !table->attachment_id.empty();
  }
  return gateway.vpc_id == vpc_id;
}

std::vector<Block> internet_of(Network& network, const Interface* inside, bool is_v6) {
  return without_own(internet_blocks(is_v6), vpc_of(network, inside));
}

std::vector<Block> blocks_beyond(Network& network, const End& gateway, const Interface* inside, bool is_v6) {
  const auto* vpc = vpc_of(network, inside);
  const auto* peering = vpc == nullptr ? nullptr : network.peering(gateway.gateway);
  const auto* other = peering == nullptr ? nullptr : network.vpc(peering->other(vpc->id));
  auto blocks = other != nullptr ? other->blocks : without_own({everything(is_v6)}, vpc);
  std::erase_if(blocks, [&](const Block& each) { return each.first.is_v6 != is_v6; });
  return blocks;
}

std::vector<Block> blocks_routed_to(Network& network, const End& gateway, const Interface* from, bool is_v6) {
  const auto* subnet = from == nullptr ? nullptr : network.subnet(from->subnet_id);
  const auto* table = subnet == nullptr ? nullptr : network.route_table(subnet->route_table_id);
  if (table == nullptr) return blocks_beyond(network, gateway, from, is_v6);
  std::vector<Block> blocks;
  for (const auto& route : table->routes) {
    if (route.target != gateway.gateway) continue;
    for (const auto& each : route.blocks) {
      if (each.first.is_v6 == is_v6) blocks.push_back(each);
    }
  }
  return blocks.empty() ? blocks_beyond(network, gateway, from, is_v6) : canonical(std::move(blocks));
}

}  // namespace fogling::fabric
