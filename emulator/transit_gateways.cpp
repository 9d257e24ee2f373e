#include "emulator/transit_gateways.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/tags.hpp"

namespace fogling {
namespace {

/// Assumed: how long an association or a propagation takes.
constexpr std::int64_t kTieTakesMs = 5000;
/// The move that takes a tie away.
constexpr std::string_view kGone = "gone";

bool is_owner(const Context& context, std::string_view account, std::string_view region) {
  return context.scope.account == account && context.scope.region == region;
}

const Document& peering_of(const GenericResource& attachment) { return part(attachment.document, "_peering"); }

bool is_side(const Context& context, const Document& side) {
  return is_owner(context, text(side, "OwnerId"), text(side, "Region"));
}

bool is_visible(const Context& context, const GenericResource& attachment) {
  if (is_owner(context, attachment.account, attachment.region)) return true;
  const auto& peering = peering_of(attachment);
  if (!peering.empty()) return is_side(context, part(peering, "AccepterTgwInfo"));
  return is_owner(context, text(attachment.document, "TransitGatewayOwnerId"), attachment.region);
}

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

std::vector<GenericResource> transit_gateway_attachments(Context& context, std::string_view resource_type) {
  auto rows = state::list_kind(context.txn, context.scope, kTransitGatewayAttachment);
  const auto add = [&](std::vector<GenericResource> more) { std::ranges::move(more, std::back_inserter(rows)); };
  for (const auto& gateway : state::list_kind(context.txn, context.scope, kTransitGateway)) {
    add(state::list_children(context.txn, gateway.resource_id, kTransitGatewayAttachment));
    add(state::list_referring(context.txn, gateway.resource_id, kTransitGatewayAttachment));
  }
  std::ranges::sort(rows, {}, &GenericResource::seq);
  const auto is_same = [](const auto& a, const auto& b) { return a.seq == b.seq; };
  rows.erase(std::unique(rows.begin(), rows.end(), is_same), rows.end());
  if (!resource_type.empty()) {
    std::erase_if(rows, [&](const auto& row) { return text(row.document, "ResourceType") != resource_type; });
  }
  return rows;
}

GenericResource require_attachment(Context& context, std::string_view id) {
  auto row = state::find_anywhere<GenericResource>(context.txn, id);
  if (!row || row->kind != kTransitGatewayAttachment || row->state == "deleted" || !is_visible(context, *row))
    throw unknown_id(kTransitGatewayAttachment, id);
  return *std::move(row);
}

GenericResource require_available_attachment(Context& context, std::string_view id, std::string_view gateway_id) {
  auto attachment = require_attachment(context, id);
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

Document own_tags(Context& context, const GenericResource& resource) {
  if (!is_owner(context, resource.account, resource.region)) return Document::array();
  return tag_set(context.txn, resource.resource_id);
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
  document["Tags"] = own_tags(context, attachment);
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

// ---- Ties ----------------------------------------------------------------------------------------------------------

GenericResource tie(Context& context, std::string_view kind, const GenericResource& parent, std::string_view target_id,
                    Document document, std::string_view at_once, std::string_view finally) {
  GenericResource row;
  row.account = parent.account;
  row.region = parent.region;
  row.resource_id = context.make_id("tie");
  row.kind = kind;
  row.state = at_once;
  row.parent_id = parent.resource_id;
  row.document = std::move(document);
  row.document["TargetId"] = target_id;
  state::insert(context.txn, row);
  state::add_reference(context.txn, parent.scope(), row.resource_id, target_id, false);
  move_tie(context, row, at_once, finally);
  return row;
}

void hold(Context& context, GenericResource& tie, std::string_view target_id) {
  state::add_reference(context.txn, tie.scope(), tie.resource_id, target_id, false);
  state::add_reference(context.txn, tie.scope(), tie.parent_id, target_id, true);
  tie.document["_held"] = target_id;
  state::update(context.txn, tie);
}

void move_tie(Context& context, GenericResource& tie, std::string_view at_once, std::string_view finally) {
  state::remove_dues_of(context.txn, tie.resource_id);
  tie.state = at_once;
  state::update(context.txn, tie);
  if (finally != at_once) schedule(context, tie.kind, tie.resource_id, finally, kTieTakesMs);
}

void untie(Context& context, GenericResource& tie, std::string_view last_state) {
  move_tie(context, tie, last_state, kGone);
}

void drop_tie(Context& context, const GenericResource& tie) {
  if (const auto held = text(tie.document, "_held"); !held.empty())
    state::remove_reference(context.txn, tie.parent_id, held);
  state::remove_references_of(context.txn, tie.resource_id);
  state::remove_dues_of(context.txn, tie.resource_id);
  state::erase(context.txn, tie);
}

void tie_moved(Context& context, const state::Due& due) {
  auto row = state::find_anywhere<GenericResource>(context.txn, due.resource_id);
  if (!row) return;
  if (due.move == kGone) {
    drop_tie(context, *row);
    return;
  }
  row->state = due.move;
  state::update(context.txn, *row);
}

std::vector<GenericResource> ties_between(Context& context, std::string_view kind, std::string_view parent_id,
                                          std::string_view target_id) {
  auto rows = state::list_children(context.txn, parent_id, kind);
  std::erase_if(rows, [&](const auto& row) {
    return text(row.document, "TargetId") != target_id || row.state.starts_with("disa") || row.state == "deleting";
  });
  return rows;
}

std::vector<GenericResource> ties_of(Context& context, std::string_view kind, std::string_view parent_id) {
  return state::list_children(context.txn, parent_id, kind);
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

/// Those of the ids, or all. By its id the other side of a peering sees it after its end, too.
std::vector<GenericResource> wanted_attachments(Call& call, std::string_view resource_type,
                                                std::string_view ids_member) {
  const auto ids = requested_ids(call, kTransitGatewayAttachment, ids_member);
  if (ids.empty()) return transit_gateway_attachments(call, resource_type);
  std::vector<GenericResource> rows;
  for (const auto& id : ids) {
    auto row = state::find_anywhere<GenericResource>(call.txn, id);
    const bool is_known = row && row->kind == kTransitGatewayAttachment && is_visible(call, *row);
    if (!is_known || (!resource_type.empty() && text(row->document, "ResourceType") != resource_type))
      throw unknown_id(kTransitGatewayAttachment, id);
    rows.push_back(*std::move(row));
  }
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
