#include "emulator/fabric/alternatives.hpp"

#include <algorithm>

#include "emulator/fabric/analysis.hpp"
#include "emulator/transit_gateways.hpp"

namespace fogling::fabric {
namespace {

std::string vpc_of(Network& network, const End& end) {
  if (const auto* interface = network.interface(end.id)) return interface->vpc_id;
  if (const auto* instance = network.instance(end.id)) return instance->vpc_id;
  return end.vpc_id;
}

/// Peerings and transit gateways that both VPCs are attached to.
std::vector<std::string> between(Context& context, Network& network, const std::string& one, const std::string& other) {
  std::vector<std::string> ids;
  for (const auto& row : state::list_kind(context.txn, context.scope, "vpc-peering-connection")) {
    const auto* peering = network.peering(row.resource_id);
    if (peering != nullptr && peering->state == "active" && peering->joins(one) && peering->joins(other))
      ids.push_back(peering->id);
  }
  for (const auto& attachment : state::list_referring(context.txn, one, kTransitGatewayAttachment)) {
    const auto gateway = text(attachment.document, "TransitGatewayId");
    const auto* table = is_up(attachment) ? network.transit_table(gateway, other) : nullptr;
    if (table != nullptr && !table->attachment_id.empty()) ids.emplace_back(gateway);
  }
  return ids;
}

std::vector<std::string> nat_gateways(Context& context, Network& network, std::string_view vpc_id) {
  std::vector<std::string> ids;
  for (const auto& row : state::list_kind(context.txn, context.scope, "natgateway")) {
    const auto* gateway = network.nat_gateway(row.resource_id);
    if (gateway != nullptr && gateway->vpc_id == vpc_id && gateway->state == "available" && gateway->is_public)
      ids.push_back(gateway->id);
  }
  return ids;
}

}  // namespace

/// Assumed: which ones. AWS calls them potential intermediate components, as which it knows NAT gateways, peerings and
/// transit gateways among others.
Document alternate_path_hints(Context& context, Network& network, const Question& question, const Trace& trace) {
  const auto from = vpc_of(network, question.from), to = vpc_of(network, question.to);
  std::vector<std::string> ids;
  if (!from.empty() && !to.empty() && from != to) ids = between(context, network, from, to);
  const auto& ip = question.to.ip;
  const bool is_outwards = question.to.is_internet() || (to.empty() && ip && !is_rfc1918(*ip) && !ip->is_v6);
  if (!from.empty() && is_outwards) ids = nat_gateways(context, network, from);
  Document hints = Document::array();
  for (const auto& id : ids) {
    if (std::ranges::find(trace.forward, id, &Hop::id) != trace.forward.end()) continue;
    hints.push_back({{"ComponentId", id}, {"ComponentArn", resource_arn(context, id)}});
  }
  return hints;
}

}  // namespace fogling::fabric
