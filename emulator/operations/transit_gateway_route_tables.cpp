/// Route tables of transit gateways: which attachments use one, and which tell it their routes. Making, showing and
/// deleting are declared.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/transit_gateways.hpp"

namespace fogling {
namespace {

constexpr std::string_view kAnnouncement = "transit-gateway-route-table-announcement";

// ---- What is declared, and more ------------------------------------------------------------------------------------

/// The gateway has to be there and the caller's own.
void create_table(Call& call, GenericResource& table) {
  const auto gateway_id = text(table.document, "TransitGatewayId");
  const auto gateway = require_resource(call, kTransitGateway, gateway_id);
  table.parent_id = gateway.resource_id;
}

/// Asked for, the gateway has to be available; its default table is made while it is pending.
void table_created(Call& call, GenericResource& table) {
  static_cast<void>(require_available_gateway(call, table.parent_id));
}

void show_table(Context& context, const GenericResource& table, Document& shown_table) {
  const auto gateway = state::find_anywhere<GenericResource>(context.txn, table.parent_id);
  const Document options = gateway ? part(gateway->document, "Options") : Document::object();
  shown_table["DefaultAssociationRouteTable"] = text(options, "AssociationDefaultRouteTableId") == table.resource_id;
  shown_table["DefaultPropagationRouteTable"] = text(options, "PropagationDefaultRouteTableId") == table.resource_id;
}

/// A table that attachments use stays, and so does a default one. What propagates to it is no hindrance.
void remove_table(Call& call, GenericResource& table) {
  Document flags = Document::object();
  show_table(call, table, flags);
  for (const auto& [name, is_default] : flags.items()) {
    if (is_default.get<bool>())  // Assumed: the words
      throw errors::incorrect_state(
          fmt::format("{} is a default route table of its transit gateway.", table.resource_id));
  }
  const auto associations = ties_of(call, kRouteTableAssociation, table.resource_id);
  if (!associations.empty()) {  // Assumed: the words, by the pattern of those for gateways
    throw errors::incorrect_state(fmt::format("{} has non-deleted associations: {}.", table.resource_id,
                                              text(associations.front().document, "TargetId")));
  }
  if (!state::holders_of(call.txn, table.resource_id).empty()) return;  // refused a moment later
  for (const auto kind : {kRouteTablePropagation, kPrefixListReference}) {
    for (const auto& each : ties_of(call, kind, table.resource_id)) drop_tie(call, each);
  }
}

// ---- Associations --------------------------------------------------------------------------------------------------

Document answered(Context& context, const GenericResource& tie, const GenericResource& table) {
  Document answer = attachment_end(context, text(tie.document, "TargetId"), table.parent_id);
  answer["TransitGatewayRouteTableId"] = table.resource_id;
  answer["State"] = tie.state;
  set_if(answer, "TransitGatewayRouteTableAnnouncementId", text(tie.document, "Announcement"));
  return answer;
}

/// An attachment uses one table of each gateway that it leads to.
void check_is_free(Call& call, const GenericResource& attachment, std::string_view gateway_id) {
  for (const auto& each : state::list_referring(call.txn, attachment.resource_id, kRouteTableAssociation)) {
    if (text(each.document, "_gateway") != gateway_id) continue;
    throw ApiError(
        "Resource.AlreadyAssociated",
        fmt::format("Transit Gateway Attachment {} is already associated to a route table.", attachment.resource_id));
  }
}

Document AssociateTransitGatewayRouteTable(Call& call) {
  const auto table = require_resource(call, kTransitGatewayRouteTable, call.require("TransitGatewayRouteTableId"));
  if (table.state != "available") throw in_invalid_state(table.resource_id);
  const auto attachment =
      require_available_attachment(call, call.require("TransitGatewayAttachmentId"), table.parent_id);
  check_is_free(call, attachment, table.parent_id);
  const auto made = tie(call, kRouteTableAssociation, table, attachment.resource_id, {{"_gateway", table.parent_id}},
                        "associating", "associated");
  return {{"Association", answered(call, made, table)}};
}

Document DisassociateTransitGatewayRouteTable(Call& call) {
  const auto table = require_resource(call, kTransitGatewayRouteTable, call.require("TransitGatewayRouteTableId"));
  const auto attachment = require_resource(call, kTransitGatewayAttachment, call.require("TransitGatewayAttachmentId"));
  auto found = ties_between(call, kRouteTableAssociation, table.resource_id, attachment.resource_id);
  if (found.empty()) {  // Assumed: the words
    throw ApiError("InvalidAssociation.NotFound",
                   fmt::format("Transit Gateway Attachment {} is not associated to route table {}.",
                               attachment.resource_id, table.resource_id));
  }
  untie(call, found.front(), "disassociating");
  return {{"Association", answered(call, found.front(), table)}};
}

// ---- Propagation ---------------------------------------------------------------------------------------------------

/// What a request lets propagate: an attachment, or the peering behind an announcement.
struct Source {
  std::string attachment_id, announcement_id;
};

Source requested_source(Call& call) {
  const auto attachment_id = call.text("TransitGatewayAttachmentId");
  const auto announcement_id = call.text("TransitGatewayRouteTableAnnouncementId");
  if (!attachment_id.empty() && !announcement_id.empty())
    throw errors::not_together("TransitGatewayAttachmentId", "TransitGatewayRouteTableAnnouncementId");
  if (!announcement_id.empty()) {
    const auto announcement = state::find_anywhere<GenericResource>(call.txn, announcement_id);
    if (!announcement || announcement->kind != kAnnouncement) throw unknown_id(kAnnouncement, announcement_id);
    return {std::string(text(announcement->document, "PeeringAttachmentId")), std::string(announcement_id)};
  }
  return {std::string(call.require("TransitGatewayAttachmentId")), {}};
}

Document EnableTransitGatewayRouteTablePropagation(Call& call) {
  const auto table = require_resource(call, kTransitGatewayRouteTable, call.require("TransitGatewayRouteTableId"));
  const auto source = requested_source(call);
  const auto attachment = require_available_attachment(call, source.attachment_id, table.parent_id);
  if (text(attachment.document, "ResourceType") == "peering" && source.announcement_id.empty()) {  // Assumed: the words
    throw errors::unsupported(
        fmt::format("{} is a peering attachment, which propagates no routes.", attachment.resource_id));
  }
  if (!ties_between(call, kRouteTablePropagation, table.resource_id, attachment.resource_id).empty()) {
    throw ApiError("TransitGatewayRouteTablePropagation.Duplicate",  // Assumed: the words
                   fmt::format("Propagation {} to {} already exists", attachment.resource_id, table.resource_id));
  }
  Document document = Document::object();
  set_if(document, "Announcement", source.announcement_id);
  const auto made =
      tie(call, kRouteTablePropagation, table, attachment.resource_id, std::move(document), "enabling", "enabled");
  return {{"Propagation", answered(call, made, table)}};
}

Document DisableTransitGatewayRouteTablePropagation(Call& call) {
  const auto table = require_resource(call, kTransitGatewayRouteTable, call.require("TransitGatewayRouteTableId"));
  const auto attachment = require_resource(call, kTransitGatewayAttachment, requested_source(call).attachment_id);
  auto found = ties_between(call, kRouteTablePropagation, table.resource_id, attachment.resource_id);
  if (found.empty()) {
    throw ApiError("TransitGatewayRouteTablePropagation.NotFound",  // Assumed: the words
                   fmt::format("Propagation {} to {} does not exist", attachment.resource_id, table.resource_id));
  }
  untie(call, found.front(), "disabling");
  return {{"Propagation", answered(call, found.front(), table)}};
}

// ---- Lists ---------------------------------------------------------------------------------------------------------

Document list_ties(Call& call, std::string_view kind, std::string_view list) {
  const auto table = require_resource(call, kTransitGatewayRouteTable, call.require("TransitGatewayRouteTableId"));
  std::vector<Document> documents;
  for (const auto& each : ties_of(call, kind, table.resource_id)) {
    Document document = answered(call, each, table);
    document.erase("TransitGatewayRouteTableId");
    documents.push_back(std::move(document));
    call.looked_at.push_back(each.resource_id);
  }
  return list_page(call, list, documents);
}

Document GetTransitGatewayRouteTableAssociations(Call& call) {
  return list_ties(call, kRouteTableAssociation, "Associations");
}

Document GetTransitGatewayRouteTablePropagations(Call& call) {
  return list_ties(call, kRouteTablePropagation, "TransitGatewayRouteTablePropagations");
}

/// The caller's tables that an attachment propagates to.
Document GetTransitGatewayAttachmentPropagations(Call& call) {
  const auto attachment = require_resource(call, kTransitGatewayAttachment, call.require("TransitGatewayAttachmentId"));
  std::vector<Document> documents;
  for (const auto& each : state::list_referring(call.txn, attachment.resource_id, kRouteTablePropagation)) {
    if (each.account != call.scope.account || each.region != call.scope.region) continue;
    documents.push_back({{"TransitGatewayRouteTableId", each.parent_id}, {"State", each.state}});
    call.looked_at.push_back(each.resource_id);
  }
  return list_page(call, "TransitGatewayAttachmentPropagations", documents);
}

constexpr Mover kMovers[] = {{.kind = kRouteTableAssociation, .move = tie_moved},
                             {.kind = kRouteTablePropagation, .move = tie_moved},
                             {.kind = kPrefixListReference, .move = tie_moved},
                             {.kind = kPolicyTableAssociation, .move = tie_moved},
                             {.kind = kMulticastAssociation, .move = tie_moved}};

constexpr Operation kOperations[] = {
    {.name = "AssociateTransitGatewayRouteTable", .run = AssociateTransitGatewayRouteTable, .access = Access::write},
    {.name = "DisableTransitGatewayRouteTablePropagation",
     .run = DisableTransitGatewayRouteTablePropagation,
     .access = Access::write},
    {.name = "DisassociateTransitGatewayRouteTable",
     .run = DisassociateTransitGatewayRouteTable,
     .access = Access::write},
    {.name = "EnableTransitGatewayRouteTablePropagation",
     .run = EnableTransitGatewayRouteTablePropagation,
     .access = Access::write},
    {.name = "GetTransitGatewayAttachmentPropagations",
     .run = GetTransitGatewayAttachmentPropagations,
     .access = Access::read,
     .listed = "TransitGatewayAttachmentPropagation"},
    {.name = "GetTransitGatewayRouteTableAssociations",
     .run = GetTransitGatewayRouteTableAssociations,
     .access = Access::read,
     .listed = "TransitGatewayRouteTableAssociation"},
    {.name = "GetTransitGatewayRouteTablePropagations",
     .run = GetTransitGatewayRouteTablePropagations,
     .access = Access::read,
     .listed = "TransitGatewayRouteTablePropagation"},
};

constexpr Hooks kHooks[] = {{.kind = "transit-gateway-route-table",
                             .create = create_table,
                             .created = table_created,
                             .remove = remove_table,
                             .show = show_table}};

}  // namespace

Family transit_gateway_route_tables_family() { return {.operations = kOperations, .movers = kMovers, .hooks = kHooks}; }

}  // namespace fogling
