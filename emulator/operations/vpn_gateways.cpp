/// Virtual private gateways: attached to a VPC and detached. Making, describing and deleting are declared.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/vpc_associations.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "vpn-gateway", kAttachment = "vpn-gateway-attachment";
/// Assumed: how long it takes.
constexpr std::int64_t kTakes_ms = 2000;

void put_attachment(Context& context, GenericResource& gateway, std::string_view vpc_id, std::string_view state) {
  gateway.document["VpcAttachments"] = Document::array({{{"VpcId", vpc_id}, {"State", state}}});
  state::update(context.txn, gateway);
}

Document AttachVpnGateway(Call& call) {
  auto gateway = require_resource(call, kKind, call.require("VpnGatewayId"));
  const auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  if (gateway.parent_id == vpc.vpc_id) {
    return {{"VpcAttachment", items(gateway.document, "VpcAttachments").at(0)}};  // Assumed: no error
  }
  if (!gateway.parent_id.empty()) {  // Assumed: the words of these
    throw ApiError("VpnGatewayAttachmentLimitExceeded",
                   fmt::format("vpnGateway {} is already attached to {}", gateway.resource_id, gateway.parent_id));
  }
  if (!state::list_children(call.txn, vpc.vpc_id, kKind).empty()) {
    throw ApiError("InvalidVpcState",
                   fmt::format("The vpc '{}' already has a virtual private gateway attached.", vpc.vpc_id));
  }
  gateway.parent_id = vpc.vpc_id;
  put_attachment(call, gateway, vpc.vpc_id, "attaching");
  state::add_reference(call.txn, call.scope, gateway.resource_id, vpc.vpc_id, true);
  schedule(call, kAttachment, gateway.resource_id, "attached", kTakes_ms);
  return {{"VpcAttachment", {{"VpcId", vpc.vpc_id}, {"State", "attaching"}}}};
}

Document DetachVpnGateway(Call& call) {
  auto gateway = require_resource(call, kKind, call.require("VpnGatewayId"));
  const auto vpc_id = call.require("VpcId");
  if (gateway.parent_id.empty() || gateway.parent_id != vpc_id) {
    throw ApiError("InvalidVpnGatewayAttachment.NotFound",
                   fmt::format("The attachment with vpn gateway ID '{}' and vpc ID '{}' does not exist",
                               gateway.resource_id, vpc_id));
  }
  put_attachment(call, gateway, vpc_id, "detaching");
  state::remove_dues_of(call.txn, gateway.resource_id);
  schedule(call, kAttachment, gateway.resource_id, "detached", kTakes_ms);
  return {};
}

/// Tables that it propagated routes to, or was associated with, are rid of it.
void leave_vpc(Context& context, GenericResource& gateway) {
  leave_tables(context, gateway.parent_id, "GatewayId", gateway.resource_id);
  for (auto& table : state::list_children(context.txn, gateway.parent_id, "route-table")) {
    auto& gateways = table.document["PropagatingVgws"];
    const auto found = std::ranges::find_if(
        gateways, [&](const Document& each) { return text(each, "GatewayId") == gateway.resource_id; });
    if (found == gateways.end()) continue;
    gateways.erase(found);
    state::update(context.txn, table);
  }
  state::remove_reference(context.txn, gateway.resource_id, gateway.parent_id);
  gateway.parent_id.clear();
}

void move_attachment(Context& context, const state::Due& due) {
  auto gateway = state::find<GenericResource>(context.txn, context.scope, due.resource_id);
  if (!gateway || gateway->parent_id.empty()) return;
  if (due.move == "attached") {
    put_attachment(context, *gateway, gateway->parent_id, "attached");
    return;
  }
  leave_vpc(context, *gateway);
  gateway->document["VpcAttachments"] = Document::array();
  state::update(context.txn, *gateway);
}

void remove_gateway(Call&, GenericResource& gateway) {
  if (gateway.parent_id.empty()) return;
  throw errors::incorrect_state(  // Assumed: the words
      fmt::format("The vpnGateway '{}' is attached to {} and cannot be deleted.", gateway.resource_id,
                  gateway.parent_id));
}

constexpr Operation kOperations[] = {
    {.name = "AttachVpnGateway", .run = AttachVpnGateway, .access = Access::write},
    {.name = "DetachVpnGateway", .run = DetachVpnGateway, .access = Access::write},
};

constexpr Mover kMovers[] = {{kAttachment, move_attachment}};
constexpr Hooks kHooks[] = {{.kind = kKind, .remove = remove_gateway}};

}  // namespace

Family vpn_gateways_family() { return {.operations = kOperations, .movers = kMovers, .hooks = kHooks}; }

}  // namespace fogling
