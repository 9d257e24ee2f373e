#include "emulator/transit_gateways.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/tags.hpp"

namespace fogling {
namespace {

bool is_owner(const Context& context, std::string_view account, std::string_view region) {
  return context.scope.account == account && context.scope.region == region;
}

const Document& peering_of(const GenericResource& attachment) { return part(attachment.document, "_peering"); }

/// Two sides: who asked is the first, unless only the other one is the caller's.
bool is_accepter_only(const Context& context, const GenericResource& peering) {
  return !is_owner(context, peering.account, peering.region);
}

}  // namespace

ApiError in_invalid_state(std::string_view id) {
  return errors::incorrect_state(fmt::format("{} is in invalid state", id));
}

// ---- Gateways and attachments --------------------------------------------------------------------------------------

GenericResource require_transit_gateway(Context& context, std::string_view id) {
  auto row = state::find_anywhere<GenericResource>(context.txn, id);
  if (!row || row->kind != kTransitGateway || row->region != context.scope.region || row->state == "deleted")
    throw unknown_id(kTransitGateway, id);
  return *std::move(row);
}

GenericResource require_available_gateway(Context& context, std::string_view id) {
  auto gateway = require_transit_gateway(context, id);
  if (gateway.state != "available") throw in_invalid_state(id);
  return gateway;
}

GenericResource require_available_attachment(Context& context, std::string_view id, std::string_view gateway_id) {
  auto attachment = require_resource(context, kTransitGatewayAttachment, id);
  if (!is_attached_to(attachment, gateway_id)) throw unknown_id(kTransitGatewayAttachment, id);
  if (!is_up(attachment)) throw in_invalid_state(id);
  return attachment;
}

bool is_attached_to(const GenericResource& attachment, std::string_view gateway_id) {
  return text(attachment.document, "TransitGatewayId") == gateway_id ||
         text(part(peering_of(attachment), "AccepterTgwInfo"), "TransitGatewayId") == gateway_id;
}

bool is_up(const GenericResource& attachment) {
  return attachment.state == "available" || attachment.state == "modifying";
}

const Document& local_side(const Context& context, const GenericResource& peering) {
  return part(peering_of(peering), is_accepter_only(context, peering) ? "AccepterTgwInfo" : "RequesterTgwInfo");
}

const Document& remote_side(const Context& context, const GenericResource& peering) {
  return part(peering_of(peering), is_accepter_only(context, peering) ? "RequesterTgwInfo" : "AccepterTgwInfo");
}

Document shown_attachment(Context& context, const GenericResource& attachment) {
  Document document = Document::object();
  for (const auto& [name, value] : attachment.document.items()) {
    if (!name.starts_with('_')) document[name] = value;
  }
  if (!peering_of(attachment).empty()) {
    const auto& local = local_side(context, attachment);
    const auto& remote = remote_side(context, attachment);
    document["TransitGatewayId"] = local["TransitGatewayId"];
    document["TransitGatewayOwnerId"] = local["OwnerId"];
    document["ResourceId"] = remote["TransitGatewayId"];
    document["ResourceOwnerId"] = remote["OwnerId"];
  }
  const auto gateway_id = text(document, "TransitGatewayId");
  for (const auto& each : state::list_referring(context.txn, attachment.resource_id, kRouteTableAssociation)) {
    if (text(each.document, "_gateway") != gateway_id) continue;
    document["Association"] = {{"TransitGatewayRouteTableId", each.parent_id}, {"State", each.state}};
  }
  for (const auto& each : state::list_referring(context.txn, attachment.resource_id, kPolicyTableAssociation)) {
    const auto table = state::find_anywhere<GenericResource>(context.txn, each.parent_id);
    if (!table || table->parent_id != gateway_id) continue;
    auto& association = document["Association"];
    association["TransitGatewayPolicyTableId"] = each.parent_id;
    if (!association.contains("State")) association["State"] = each.state;
  }
  if (has(attachment.document, "_nat"))
    document["NatGatewaySupport"] = attachment.document["_nat"]["NatGatewaySupport"];
  document["Tags"] = tag_set(context, attachment.resource_id);
  return document;
}

Document attachment_end(const GenericResource& attachment, std::string_view gateway_id) {
  Document end{{"TransitGatewayAttachmentId", attachment.resource_id},
               {"ResourceType", attachment.document["ResourceType"]},
               {"ResourceId", attachment.document["ResourceId"]}};
  const auto& peering = peering_of(attachment);
  if (!peering.empty() && text(attachment.document, "TransitGatewayId") != gateway_id)
    end["ResourceId"] = part(peering, "RequesterTgwInfo")["TransitGatewayId"];
  return end;
}

Document attachment_end(Context& context, std::string_view attachment_id, std::string_view gateway_id) {
  const auto row = state::find_anywhere<GenericResource>(context.txn, attachment_id);
  return row ? attachment_end(*row, gateway_id) : Document{{"TransitGatewayAttachmentId", attachment_id}};
}

void begin_for_owner(Context& context, GenericResource& resource, const kinds::Transition& transition) {
  const Scope scope = resource.scope();
  Context owner{context.world, context.txn, scope, context.now_ms};
  begin(owner, resource, transition);
}

GenericResource attach(Call& call, const GenericResource& gateway, Document document, std::string_view state) {
  document["TransitGatewayId"] = gateway.resource_id;
  document["TransitGatewayOwnerId"] = gateway.account;
  auto attachment = make_resource(call, declared_kind(kTransitGatewayAttachment), std::move(document));
  attachment.parent_id = gateway.resource_id;
  if (state != attachment.state) {
    state::remove_dues_of(call.txn, attachment.resource_id);
    put_state(call, attachment, state);
  } else {
    state::update(call.txn, attachment);
  }
  state::add_reference(call.txn, call.scope, attachment.resource_id, gateway.resource_id, false);
  return attachment;
}

void associate_by_default(Context& context, const GenericResource& attachment, const GenericResource& gateway) {
  const auto& options = part(gateway.document, "Options");
  if (text(options, "DefaultRouteTableAssociation") != "enable") return;
  const auto table =
      state::find_anywhere<GenericResource>(context.txn, text(options, "AssociationDefaultRouteTableId"));
  if (!table) return;
  tie(context, kRouteTableAssociation, *table, attachment.resource_id, {{"_gateway", gateway.resource_id}},
      "associating", "associated");
}

void join_default_tables(Context& context, const GenericResource& attachment, const GenericResource& gateway) {
  associate_by_default(context, attachment, gateway);
  const auto& options = part(gateway.document, "Options");
  if (text(options, "DefaultRouteTablePropagation") != "enable") return;
  const auto table =
      state::find_anywhere<GenericResource>(context.txn, text(options, "PropagationDefaultRouteTableId"));
  if (!table) return;
  tie(context, kRouteTablePropagation, *table, attachment.resource_id, Document::object(), "enabling", "enabled");
}

void detach(Context& context, GenericResource& attachment) {
  constexpr std::pair<std::string_view, std::string_view> kLast[] = {{kRouteTableAssociation, "disassociating"},
                                                                     {kRouteTablePropagation, "disabling"},
                                                                     {kPolicyTableAssociation, "disassociating"},
                                                                     {kMulticastAssociation, "disassociating"}};
  for (const auto& [kind, last] : kLast) {
    for (auto& each : state::list_referring(context.txn, attachment.resource_id, kind)) untie(context, each, last);
  }
  const Scope scope = attachment.scope();
  Context owner{context.world, context.txn, scope, context.now_ms};
  remove_resource(owner, attachment);
}

// ---- Lists ---------------------------------------------------------------------------------------------------------

Document list_page(Call& call, std::string_view list, const std::vector<Document>& documents,
                   std::string_view ids_member) {
  struct Row {
    std::int64_t seq;
    const Document* document;
  };
  PageBuilder<Row> page{call, read_paging(call, ids_member)};
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const Row row{static_cast<std::int64_t>(i) + 1, &documents[i]};
    if (!page.offer(row, [](const Row& each) { return *each.document; })) break;
  }
  for (auto& item : page.items) {
    for (auto member = item.begin(); member != item.end();)
      member = member.key().starts_with('_') ? item.erase(member) : std::next(member);
  }
  Document answer{{list, std::move(page.items)}};
  if (page.is_full) answer["NextToken"] = make_token(call, page.last_seq);
  return answer;
}

namespace {

/// Those of the ids, or all.
std::vector<GenericResource> wanted_attachments(Call& call, std::string_view resource_type,
                                                std::string_view ids_member) {
  const auto is_of_type = [&](const GenericResource& row) {
    return resource_type.empty() || text(row.document, "ResourceType") == resource_type;
  };
  const auto ids = requested_ids(call, kTransitGatewayAttachment, ids_member);
  std::vector<GenericResource> rows;
  if (ids.empty()) rows = list_resources(call, kTransitGatewayAttachment);
  for (const auto& id : ids) {
    auto row = find_resource(call, kTransitGatewayAttachment, id);
    if (!row || !is_of_type(*row)) throw unknown_id(kTransitGatewayAttachment, id);
    rows.push_back(*std::move(row));
  }
  std::erase_if(rows, [&](const GenericResource& row) { return !is_of_type(row); });
  std::ranges::sort(rows, {}, &GenericResource::seq);
  return rows;
}

}  // namespace

Document describe_attachments(Call& call, std::string_view list, std::string_view resource_type,
                              Document (*describe)(Context&, const GenericResource&)) {
  constexpr std::string_view kIds = "TransitGatewayAttachmentIds";
  std::vector<Document> documents;
  for (const auto& row : wanted_attachments(call, resource_type, kIds)) {
    documents.push_back(describe(call, row));
    call.looked_at.push_back(row.resource_id);
  }
  return list_page(call, list, documents, kIds);
}

}  // namespace fogling
