/// Peering attachments: two transit gateways, of any account and region. One row, which both sides see by one id.

#include <fmt/format.h>

#include "emulator/resource_types.hpp"
#include "emulator/tags.hpp"
#include "emulator/transit_gateways.hpp"

namespace fogling {
namespace {

/// Assumed: the durations.
constexpr kinds::Transition kRequest{"initiatingRequest", "pendingAcceptance", 10'000};
constexpr kinds::Transition kAccept{"pending", "available", 60'000};
constexpr kinds::Transition kReject{"rejecting", "rejected", 10'000};

GenericResource require_peering(Call& call) {
  const auto id = call.require("TransitGatewayAttachmentId");
  auto row = require_resource(call, kTransitGatewayAttachment, id);
  if (text(row.document, "ResourceType") != "peering") throw unknown_id(kTransitGatewayAttachment, id);
  return row;
}

Document shown_peering(Context& context, const GenericResource& row) {
  const auto& peering = part(row.document, "_peering");
  Document document{{"TransitGatewayAttachmentId", row.resource_id}, {"RequesterTgwInfo", peering["RequesterTgwInfo"]},
                    {"AccepterTgwInfo", peering["AccepterTgwInfo"]}, {"State", row.state},
                    {"CreationTime", row.document["CreationTime"]},  {"Tags", tag_set(context, row.resource_id)}};
  if (peering.contains("Options")) document["Options"] = peering["Options"];
  document["_local"] = local_side(context, row);
  document["_remote"] = remote_side(context, row);
  return document;
}

Document peering_answer(Call& call, const GenericResource& row) {
  Document shown = shown_peering(call, row);
  shown.erase("_local");
  shown.erase("_remote");
  return {{"TransitGatewayPeeringAttachment", std::move(shown)}};
}

Document side(const GenericResource& gateway) {
  return {{"TransitGatewayId", gateway.resource_id}, {"OwnerId", gateway.account}, {"Region", gateway.region}};
}

/// The gateway on the other side, which has to be where the request says.
GenericResource require_peer(Call& call) {
  const auto id = call.require("PeerTransitGatewayId");
  auto peer = state::find_anywhere<GenericResource>(call.txn, id);
  if (!peer || peer->kind != kTransitGateway || peer->state != "available" ||
      peer->account != call.require("PeerAccountId") || peer->region != call.require("PeerRegion"))
    throw unknown_id(kTransitGateway, id);  // Assumed: EC2 may answer a request that fails later
  return *std::move(peer);
}

void check_is_only(Call& call, const GenericResource& gateway, const GenericResource& peer) {
  for (const auto& each : state::list_referring(call.txn, peer.resource_id, kTransitGatewayAttachment)) {
    if (text(each.document, "ResourceType") != "peering" || !is_attached_to(each, gateway.resource_id)) continue;
    throw ApiError("DuplicateTransitGatewayAttachment",  // Assumed: the words, by those for VPCs
                   fmt::format("{} has non-deleted Transit Gateway Attachments with same Transit Gateway ID.",
                               gateway.resource_id));
  }
}

Document CreateTransitGatewayPeeringAttachment(Call& call) {
  const auto gateway = require_available_gateway(call, call.require("TransitGatewayId"));
  if (gateway.account != call.scope.account) throw unknown_id(kTransitGateway, gateway.resource_id);
  const auto peer = require_peer(call);
  if (peer.resource_id == gateway.resource_id)  // Assumed: the words
    throw errors::invalid_parameter_value("A transit gateway cannot be peered with itself.");
  check_is_only(call, gateway, peer);
  Document peering{{"RequesterTgwInfo", side(gateway)}, {"AccepterTgwInfo", side(peer)}};
  if (const auto& options = call.part("Options"); !options.empty()) peering["Options"] = options;
  auto row = attach(call, gateway,
                    {{"ResourceType", "peering"},
                     {"ResourceId", peer.resource_id},
                     {"ResourceOwnerId", peer.account},
                     {"_peering", std::move(peering)}},
                    kRequest.at_once);
  state::add_reference(call.txn, call.scope, row.resource_id, peer.resource_id, false);
  begin(call, row, kRequest);
  return peering_answer(call, row);
}

/// Only the other side answers; within one account and region that is the same caller.
GenericResource require_waiting_peering(Call& call) {
  auto row = require_peering(call);
  const auto& accepter = part(part(row.document, "_peering"), "AccepterTgwInfo");
  const bool is_accepter =
      text(accepter, "OwnerId") == call.scope.account && text(accepter, "Region") == call.scope.region;
  if (!is_accepter || row.state != "pendingAcceptance") throw in_invalid_state(row.resource_id);
  return row;
}

/// Each side associates it with its default table; it propagates nothing.
Document AcceptTransitGatewayPeeringAttachment(Call& call) {
  auto row = require_waiting_peering(call);
  begin_for_owner(call, row, kAccept);
  for (const auto& gateway_id :
       {text(local_side(call, row), "TransitGatewayId"), text(remote_side(call, row), "TransitGatewayId")}) {
    const auto gateway = state::find_anywhere<GenericResource>(call.txn, gateway_id);
    if (gateway) associate_by_default(call, row, *gateway);
  }
  return peering_answer(call, row);
}

Document RejectTransitGatewayPeeringAttachment(Call& call) {
  auto row = require_waiting_peering(call);
  begin_for_owner(call, row, kReject);
  return peering_answer(call, row);
}

/// Either side ends it.
Document DeleteTransitGatewayPeeringAttachment(Call& call) {
  auto row = require_peering(call);
  if (row.state == "deleting" || row.state == "rejecting") throw in_invalid_state(row.resource_id);
  const auto announcements =
      state::list_referring(call.txn, row.resource_id, "transit-gateway-route-table-announcement");
  if (!announcements.empty()) {  // Assumed: the words, by their pattern
    throw errors::incorrect_state(fmt::format("{} has non-deleted Route Table Announcements: {}.", row.resource_id,
                                              announcements.front().resource_id));
  }
  detach(call, row);
  return peering_answer(call, row);
}

Document DescribeTransitGatewayPeeringAttachments(Call& call) {
  return describe_attachments(call, "TransitGatewayPeeringAttachments", "peering", shown_peering);
}

constexpr FilterPath kPeeringFilters[] = {{"local-owner-id", "_local.OwnerId"},
                                          {"remote-owner-id", "_remote.OwnerId"},
                                          {"transit-gateway-id", "_local.TransitGatewayId"}};

constexpr Operation kOperations[] = {
    {.name = "AcceptTransitGatewayPeeringAttachment",
     .run = AcceptTransitGatewayPeeringAttachment,
     .access = Access::write},
    {.name = "CreateTransitGatewayPeeringAttachment",
     .run = CreateTransitGatewayPeeringAttachment,
     .access = Access::write},
    {.name = "DeleteTransitGatewayPeeringAttachment",
     .run = DeleteTransitGatewayPeeringAttachment,
     .access = Access::write},
    {.name = "DescribeTransitGatewayPeeringAttachments",
     .run = DescribeTransitGatewayPeeringAttachments,
     .access = Access::read,
     .listed = "TransitGatewayPeeringAttachment",
     .filters = kPeeringFilters},
    {.name = "RejectTransitGatewayPeeringAttachment",
     .run = RejectTransitGatewayPeeringAttachment,
     .access = Access::write},
};

}  // namespace

Family transit_gateway_peerings_family() { return {.operations = kOperations}; }

}  // namespace fogling
