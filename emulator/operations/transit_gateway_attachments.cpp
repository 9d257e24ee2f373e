/// Attachments of transit gateways: VPCs, Connect over them, and the view that shows all sorts.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "emulator/client_vpn.hpp"
#include "emulator/describe.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/tags.hpp"
#include "emulator/transit_gateways.hpp"
#include "state/subnets.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

constexpr std::string_view kConnectPeer = "transit-gateway-connect-peer";
/// How long a rejected attachment is shown.
constexpr std::int64_t kRejectedShownMs = 3'600'000;
/// Assumed: the durations.
constexpr kinds::Transition kAccept{"pending", "available", 60'000};
constexpr kinds::Transition kReject{"rejecting", "rejected", 10'000};

// ---- VPC attachments -----------------------------------------------------------------------------------------------

/// Quoted by users; the words vary between client libraries' issues.
ApiError unknown_vpc_attachment(std::string_view id) {
  return {"InvalidTransitGatewayAttachmentID.NotFound",
          fmt::format("Transit Gateway VPC Attachment {} was deleted or does not exist.", id)};
}

GenericResource require_vpc_attachment(Call& call) {
  const auto id = call.require("TransitGatewayAttachmentId");
  auto row = require_resource(call, kTransitGatewayAttachment, id);
  if (text(row.document, "ResourceType") != "vpc") throw unknown_vpc_attachment(id);
  return row;
}

Document shown_vpc_attachment(Context& context, const GenericResource& row) {
  const auto& vpc = part(row.document, "_vpc");
  return {{"TransitGatewayAttachmentId", row.resource_id},
          {"TransitGatewayId", row.document["TransitGatewayId"]},
          {"VpcId", row.document["ResourceId"]},
          {"VpcOwnerId", row.document["ResourceOwnerId"]},
          {"State", row.state},
          {"SubnetIds", vpc["SubnetIds"]},
          {"CreationTime", row.document["CreationTime"]},
          {"Options", vpc["Options"]},
          {"Tags", tag_set(context, row.resource_id)}};
}

Document vpc_answer(Call& call, const GenericResource& row) {
  return {{"TransitGatewayVpcAttachment", shown_vpc_attachment(call, row)}};
}

/// One subnet of the VPC in each zone.
void check_subnets(Call& call, std::string_view vpc_id, const Document& ids) {
  if (ids.empty())  // Assumed: the words
    throw errors::invalid_parameter_value("A transit gateway attachment needs at least one subnet.");
  std::set<std::string> zones;
  for (const auto& each : ids) {
    const auto subnet = require_row<state::Subnet>(call, "subnet", each.get_ref<const std::string&>());
    if (subnet.vpc_id != vpc_id) {  // Assumed: code and words
      throw errors::invalid_parameter_value(
          fmt::format("The subnet {} does not belong to the vpc {}.", subnet.subnet_id, vpc_id));
    }
    if (!zones.insert(subnet.availability_zone).second)
      throw ApiError("DuplicateSubnetsInSameZone", "Duplicate Subnets for same AZ");
  }
}

void check_is_only(Call& call, const GenericResource& gateway, std::string_view vpc_id) {
  for (const auto& each : state::list_referring(call.txn, vpc_id, kTransitGatewayAttachment)) {
    if (text(each.document, "TransitGatewayId") != gateway.resource_id) continue;
    throw ApiError(
        "DuplicateTransitGatewayAttachment",
        fmt::format("{} has non-deleted Transit Gateway Attachments with same VPC ID.", gateway.resource_id));
  }
}

/// Assumed: that a group may be referred to across VPCs unless said otherwise, as the API Reference has it.
Document vpc_options(const Document& asked) {
  Document options{{"DnsSupport", "enable"},
                   {"SecurityGroupReferencingSupport", "enable"},
                   {"Ipv6Support", "disable"},
                   {"ApplianceModeSupport", "disable"}};
  options.merge_patch(asked);
  return options;
}

Document unique_ids(const Document& ids) {
  Document unique = Document::array();
  for (const auto& each : ids) {
    if (std::ranges::find(unique, each) == unique.end()) unique.push_back(each);
  }
  return unique;
}

Document CreateTransitGatewayVpcAttachment(Call& call) {
  const auto gateway = require_available_gateway(call, call.require("TransitGatewayId"));
  const auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  const Document subnet_ids = unique_ids(call.items("SubnetIds"));
  check_subnets(call, vpc.vpc_id, subnet_ids);
  check_is_only(call, gateway, vpc.vpc_id);
  const bool is_accepted = gateway.account == call.scope.account ||
                           text(part(gateway.document, "Options"), "AutoAcceptSharedAttachments") == "enable";
  const auto row = attach(call, gateway,
                          {{"ResourceType", "vpc"},
                           {"ResourceId", vpc.vpc_id},
                           {"ResourceOwnerId", vpc.account},
                           {"_vpc", {{"SubnetIds", subnet_ids}, {"Options", vpc_options(call.part("Options"))}}}},
                          is_accepted ? "pending" : "pendingAcceptance");
  state::add_reference(call.txn, call.scope, row.resource_id, vpc.vpc_id, true);
  for (const auto& each : subnet_ids)
    state::add_reference(call.txn, call.scope, row.resource_id, each.get_ref<const std::string&>(), true);
  if (is_accepted) join_default_tables(call, row, gateway);
  return vpc_answer(call, row);
}

void change_subnets(Call& call, GenericResource& row) {
  Document& ids = row.document["_vpc"]["SubnetIds"];
  for (const auto& each : call.items("RemoveSubnetIds")) {
    const auto found = std::ranges::find(ids, each);
    if (found == ids.end()) throw unknown_id("subnet", each.get_ref<const std::string&>());
    ids.erase(found);
    state::remove_reference(call.txn, row.resource_id, each.get_ref<const std::string&>());
  }
  for (const auto& each : call.items("AddSubnetIds")) {
    if (std::ranges::find(ids, each) == ids.end()) ids.push_back(each);
    state::add_reference(call.txn, call.scope, row.resource_id, each.get_ref<const std::string&>(), true);
  }
  check_subnets(call, text(row.document, "ResourceId"), ids);
}

/// The VPC's owner alone changes it.
Document ModifyTransitGatewayVpcAttachment(Call& call) {
  auto row = require_vpc_attachment(call);
  if (row.account != call.scope.account) throw unknown_vpc_attachment(row.resource_id);
  if (row.state != "available") throw in_invalid_state(row.resource_id);
  if (!call.items("AddSubnetIds").empty() || !call.items("RemoveSubnetIds").empty()) change_subnets(call, row);
  row.document["_vpc"]["Options"].merge_patch(call.part("Options"));
  begin(call, row, declared_kind(kTransitGatewayAttachment).modify);
  return vpc_answer(call, row);
}

/// One that waits for the gateway's owner, who is the caller.
GenericResource require_waiting_attachment(Call& call) {
  auto row = require_vpc_attachment(call);
  if (text(row.document, "TransitGatewayOwnerId") != call.scope.account) throw unknown_vpc_attachment(row.resource_id);
  if (row.state != "pendingAcceptance") throw in_invalid_state(row.resource_id);
  return row;
}

Document AcceptTransitGatewayVpcAttachment(Call& call) {
  auto row = require_waiting_attachment(call);
  begin_for_owner(call, row, kAccept);
  join_default_tables(call, row, require_transit_gateway(call, text(row.document, "TransitGatewayId")));
  return vpc_answer(call, row);
}

Document RejectTransitGatewayVpcAttachment(Call& call) {
  auto row = require_waiting_attachment(call);
  begin_for_owner(call, row, kReject);
  return vpc_answer(call, row);
}

/// Connect attachments that use this one.
std::vector<GenericResource> connects_over(Call& call, const GenericResource& transport) {
  return state::list_referring(call.txn, transport.resource_id, kTransitGatewayAttachment);
}

void require_deletable(const GenericResource& row) {
  for (const char* state : {"deleting", "rejecting", "modifying"}) {
    if (row.state == state) throw in_invalid_state(row.resource_id);
  }
}

Document DeleteTransitGatewayVpcAttachment(Call& call) {
  auto row = require_vpc_attachment(call);
  require_deletable(row);
  if (const auto connects = connects_over(call, row); !connects.empty()) {  // Assumed: the words, by their pattern
    throw errors::incorrect_state(
        fmt::format("{} has non-deleted Connect Attachments: {}.", row.resource_id, connects.front().resource_id));
  }
  detach(call, row);
  return vpc_answer(call, row);
}

// ---- Connect -------------------------------------------------------------------------------------------------------

GenericResource require_connect(Call& call) {
  const auto id = call.require("TransitGatewayAttachmentId");
  auto row = require_resource(call, kTransitGatewayAttachment, id);
  if (text(row.document, "ResourceType") != "connect") throw unknown_id(kTransitGatewayAttachment, id);
  return row;
}

Document shown_connect(Context& context, const GenericResource& row) {
  return {{"TransitGatewayAttachmentId", row.resource_id},
          {"TransportTransitGatewayAttachmentId", row.document["ResourceId"]},
          {"TransitGatewayId", row.document["TransitGatewayId"]},
          {"State", row.state},
          {"CreationTime", row.document["CreationTime"]},
          {"Options", part(row.document, "_connect")},
          {"Tags", tag_set(context, row.resource_id)}};
}

Document connect_answer(Call& call, const GenericResource& row) {
  return {{"TransitGatewayConnect", shown_connect(call, row)}};
}

/// Tunnels over a VPC attachment.
Document CreateTransitGatewayConnect(Call& call) {
  const auto transport =
      require_resource(call, kTransitGatewayAttachment, call.require("TransportTransitGatewayAttachmentId"));
  if (text(transport.document, "ResourceType") != "vpc") {  // Assumed: the words
    throw errors::invalid_parameter_value(
        fmt::format("{} cannot be the transport of a Connect attachment.", transport.resource_id));
  }
  if (!is_up(transport)) throw in_invalid_state(transport.resource_id);
  const auto gateway = require_available_gateway(call, text(transport.document, "TransitGatewayId"));
  const auto row = attach(call, gateway,
                          {{"ResourceType", "connect"},
                           {"ResourceId", transport.resource_id},
                           {"ResourceOwnerId", call.scope.account},
                           {"_connect", call.part("Options")}},
                          "pending");
  state::add_reference(call.txn, call.scope, row.resource_id, transport.resource_id, true);
  join_default_tables(call, row, gateway);
  return connect_answer(call, row);
}

Document DeleteTransitGatewayConnect(Call& call) {
  auto row = require_connect(call);
  require_deletable(row);
  auto peers = state::list_children(call.txn, row.resource_id, kConnectPeer);
  std::erase_if(peers, [](const auto& peer) { return peer.state == "deleted"; });
  if (!peers.empty()) {  // Assumed: the words, by their pattern
    throw errors::incorrect_state(
        fmt::format("{} has non-deleted Connect Peers: {}.", row.resource_id, peers.front().resource_id));
  }
  detach(call, row);
  return connect_answer(call, row);
}

// ---- Showing -------------------------------------------------------------------------------------------------------

Document DescribeTransitGatewayAttachments(Call& call) {
  return describe_attachments(call, "TransitGatewayAttachments", {}, shown_attachment);
}

Document DescribeTransitGatewayVpcAttachments(Call& call) {
  return describe_attachments(call, "TransitGatewayVpcAttachments", "vpc", shown_vpc_attachment);
}

Document DescribeTransitGatewayConnects(Call& call) {
  return describe_attachments(call, "TransitGatewayConnects", "connect", shown_connect);
}

/// A rejected one holds nothing any more and disappears after a while.
void attachment_moved(Context& context, GenericResource& row) {
  follow_attachment(context, row);
  if (row.state != "rejected") return;
  state::remove_references_of(context.txn, row.resource_id);
  schedule_by_clock(context, row.kind, row.resource_id, "deleted", kRejectedShownMs);
}

constexpr Operation kOperations[] = {
    {.name = "AcceptTransitGatewayVpcAttachment", .run = AcceptTransitGatewayVpcAttachment, .access = Access::write},
    {.name = "CreateTransitGatewayConnect", .run = CreateTransitGatewayConnect, .access = Access::write},
    {.name = "CreateTransitGatewayVpcAttachment", .run = CreateTransitGatewayVpcAttachment, .access = Access::write},
    {.name = "DeleteTransitGatewayConnect", .run = DeleteTransitGatewayConnect, .access = Access::write},
    {.name = "DeleteTransitGatewayVpcAttachment", .run = DeleteTransitGatewayVpcAttachment, .access = Access::write},
    {.name = "DescribeTransitGatewayAttachments",
     .run = DescribeTransitGatewayAttachments,
     .access = Access::read,
     .listed = "TransitGatewayAttachment"},
    {.name = "DescribeTransitGatewayConnects",
     .run = DescribeTransitGatewayConnects,
     .access = Access::read,
     .listed = "TransitGatewayConnect"},
    {.name = "DescribeTransitGatewayVpcAttachments",
     .run = DescribeTransitGatewayVpcAttachments,
     .access = Access::read,
     .listed = "TransitGatewayVpcAttachment"},
    {.name = "ModifyTransitGatewayVpcAttachment", .run = ModifyTransitGatewayVpcAttachment, .access = Access::write},
    {.name = "RejectTransitGatewayVpcAttachment", .run = RejectTransitGatewayVpcAttachment, .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = "transit-gateway-attachment", .moved = attachment_moved}};

}  // namespace

Family transit_gateway_attachments_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
