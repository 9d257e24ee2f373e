/// VPN concentrators: declared; what they are attached by is here.

#include <fmt/format.h>

#include "emulator/transit_gateways.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "vpn-concentrator";

/// Assumed: it cannot do without a gateway.
void check_gateway(Call& call, GenericResource&) { require_available_gateway(call, call.require("TransitGatewayId")); }

void attach_concentrator(Call& call, GenericResource& concentrator) {
  const auto gateway = require_available_gateway(call, call.text("TransitGatewayId"));
  const auto attachment = attach(call, gateway,
                                 {{"ResourceType", "vpn-concentrator"},
                                  {"ResourceId", concentrator.resource_id},
                                  {"ResourceOwnerId", concentrator.account}},
                                 "pending");
  join_default_tables(call, attachment, gateway);
  concentrator.document["TransitGatewayAttachmentId"] = attachment.resource_id;
  state::update(call.txn, concentrator);
}

void detach_concentrator(Call& call, GenericResource& concentrator) {
  const auto id = text(concentrator.document, "TransitGatewayAttachmentId");
  if (!state::holders_of(call.txn, concentrator.resource_id).empty()) return;  // which is refused in a moment
  auto attachment = find_resource(call, kTransitGatewayAttachment, id);
  if (attachment && attachment->state != "deleting" && attachment->state != "deleted") detach(call, *attachment);
}

constexpr Hooks kHooks[] = {
    {.kind = kKind, .create = check_gateway, .created = attach_concentrator, .remove = detach_concentrator}};

}  // namespace

Family vpn_concentrators_family() { return {.hooks = kHooks}; }

}  // namespace fogling
