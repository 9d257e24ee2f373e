/// Client VPN endpoints that lead into a transit gateway: the attachment comes with the endpoint, and the gateway's
/// owner has the last word.

#include <fmt/format.h>

#include "emulator/client_vpn.hpp"
#include "emulator/resource_types.hpp"
#include "emulator/transit_gateways.hpp"

namespace fogling {
namespace {

/// Assumed: the durations.
constexpr kinds::Transition kAccept{"pending", "available", 60'000};
constexpr kinds::Transition kReject{"rejecting", "rejected", 10'000};

Document answer(const GenericResource& attachment) {
  const auto state = attachment.state == "pendingAcceptance" ? std::string("pending-acceptance")
                     : attachment.state == "rejecting"       ? std::string("rejected")
                                                             : attachment.state;
  return {{"TransitGatewayClientVpnAttachment",
           {{"TransitGatewayAttachmentId", attachment.resource_id},
            {"TransitGatewayId", attachment.document["TransitGatewayId"]},
            {"ClientVpnEndpointId", attachment.document["ResourceId"]},
            {"ClientVpnOwnerId", attachment.document["ResourceOwnerId"]},
            {"State", state},
            {"CreationTime", attachment.document["CreationTime"]}}}};
}

GenericResource require_attachment(Call& call) {
  const auto id = call.require("TransitGatewayAttachmentId");
  auto attachment = require_resource(call, kTransitGatewayAttachment, id);
  if (text(attachment.document, "ResourceType") != "client-vpn") throw unknown_id(kTransitGatewayAttachment, id);
  return attachment;
}

/// One that waits for the caller.
GenericResource require_waiting(Call& call) {
  auto attachment = require_attachment(call);
  if (text(attachment.document, "TransitGatewayOwnerId") != call.scope.account)
    throw unknown_id(kTransitGatewayAttachment, attachment.resource_id);
  if (attachment.state != "pendingAcceptance") throw in_invalid_state(attachment.resource_id);
  return attachment;
}

Document AcceptTransitGatewayClientVpnAttachment(Call& call) {
  auto attachment = require_waiting(call);
  begin_for_owner(call, attachment, kAccept);
  join_default_tables(call, attachment, require_transit_gateway(call, text(attachment.document, "TransitGatewayId")));
  return answer(attachment);
}

Document RejectTransitGatewayClientVpnAttachment(Call& call) {
  auto attachment = require_waiting(call);
  begin_for_owner(call, attachment, kReject);
  return answer(attachment);
}

Document DeleteTransitGatewayClientVpnAttachment(Call& call) {
  auto attachment = require_attachment(call);
  if (attachment.state == "deleting" || attachment.state == "rejecting") throw in_invalid_state(attachment.resource_id);
  detach(call, attachment);
  return answer(attachment);
}

constexpr Operation kOperations[] = {
    {.name = "AcceptTransitGatewayClientVpnAttachment",
     .run = AcceptTransitGatewayClientVpnAttachment,
     .access = Access::write},
    {.name = "DeleteTransitGatewayClientVpnAttachment",
     .run = DeleteTransitGatewayClientVpnAttachment,
     .access = Access::write},
    {.name = "RejectTransitGatewayClientVpnAttachment",
     .run = RejectTransitGatewayClientVpnAttachment,
     .access = Access::write},
};

}  // namespace

void attach_client_vpn(Call& call, GenericResource& endpoint) {
  const auto& wanted = call.part("TransitGatewayConfiguration");
  if (wanted.empty()) return;
  const auto id = text(wanted, "TransitGatewayId");
  if (id.empty()) throw errors::missing_parameter("TransitGatewayId");
  const auto gateway = require_available_gateway(call, id);
  const bool is_accepted = gateway.account == call.scope.account ||
                           text(part(gateway.document, "Options"), "AutoAcceptSharedAttachments") == "enable";
  const auto attachment = attach(
      call, gateway,
      {{"ResourceType", "client-vpn"}, {"ResourceId", endpoint.resource_id}, {"ResourceOwnerId", endpoint.account}},
      is_accepted ? "pending" : "pendingAcceptance");
  if (is_accepted) join_default_tables(call, attachment, gateway);
  endpoint.document["TransitGatewayConfiguration"]["TransitGatewayAttachmentId"] = attachment.resource_id;
  put_state(call, endpoint, "pending");
}

void detach_client_vpn(Context& context, const GenericResource& endpoint) {
  const auto id = text(part(endpoint.document, "TransitGatewayConfiguration"), "TransitGatewayAttachmentId");
  if (id.empty()) return;
  auto attachment = find_resource(context, kTransitGatewayAttachment, id);
  const bool is_there = attachment && attachment->state != "deleting" && attachment->state != "deleted" &&
                        attachment->state != "rejected";
  if (is_there) detach(context, *attachment);
}

/// Available with its attachment; waiting for a network where that was rejected or deleted.
void follow_attachment(Context& context, const GenericResource& attachment) {
  if (text(attachment.document, "ResourceType") != "client-vpn") return;
  auto endpoint = state::find_anywhere<GenericResource>(context.txn, text(attachment.document, "ResourceId"));
  if (!endpoint || endpoint->state == "deleting" || endpoint->state == "deleted") return;
  if (attachment.state == "available") {
    put_state(context, *endpoint, "available");
  } else if (attachment.state == "rejected" || attachment.state == "deleted") {
    endpoint->document.erase("TransitGatewayConfiguration");
    put_state(context, *endpoint, "pending-associate");
  }
}

Family transit_gateway_client_vpn_attachments_family() { return {.operations = kOperations}; }

}  // namespace fogling
