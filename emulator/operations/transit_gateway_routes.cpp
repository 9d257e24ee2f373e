/// Routes of transit gateways: static ones, those that prefix lists stand for, and those that attachments propagate.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/ip_blocks.hpp"
#include "emulator/prefix_lists.hpp"
#include "emulator/transit_gateways.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

// ---- Blocks --------------------------------------------------------------------------------------------------------

int prefix_length(const std::string& block) { return std::stoi(block.substr(block.find('/') + 1)); }

std::string requested_block(Call& call) {
  const auto given = call.require("DestinationCidrBlock");
  if (auto block = canonical_block(given)) return *std::move(block);
  throw errors::invalid_value(given, "DestinationCidrBlock", "This is not a valid CIDR block.");
}

// ---- The routes of a table -----------------------------------------------------------------------------------------

/// Where a static route or a reference leads: shape TransitGatewayRoute without its destination. A route whose
/// attachment is gone, or not up, is a black hole.
Document static_route(Context& context, const GenericResource& table, std::string_view attachment_id) {
  Document route{{"Type", "static"}, {"State", "blackhole"}, {"TransitGatewayAttachments", Document::array()}};
  if (attachment_id.empty()) return route;
  const auto attachment = state::find_anywhere<GenericResource>(context.txn, attachment_id);
  if (!attachment) return route;
  route["TransitGatewayAttachments"].push_back(attachment_end(*attachment, table.parent_id));
  if (is_up(*attachment)) route["State"] = "active";
  return route;
}

Document shown_static(Context& context, const GenericResource& table, const Document& stored) {
  Document route = static_route(context, table, text(stored, "TransitGatewayAttachmentId"));
  route["DestinationCidrBlock"] = stored["DestinationCidrBlock"];
  return route;
}

void add_blocks(const Document& associations, const char* block, const char* state, std::vector<std::string>& out) {
  for (const auto& each : associations) {
    if (text(part(each, state), "State") == "associated") out.emplace_back(text(each, block));
  }
}

/// What an attachment tells: a VPC its blocks. Peerings, Connect and VPN connections tell nothing without dynamic
/// routing.
std::vector<std::string> propagated_blocks(Context& context, const GenericResource& attachment) {
  std::vector<std::string> blocks;
  const auto resource_id = text(attachment.document, "ResourceId");
  if (const auto vpc = state::find_anywhere<state::Vpc>(context.txn, resource_id)) {
    add_blocks(vpc->cidr_block_associations, "CidrBlock", "CidrBlockState", blocks);
    if (text(part(part(attachment.document, "_vpc"), "Options"), "Ipv6Support") == "enable")
      add_blocks(vpc->ipv6_cidr_block_associations, "Ipv6CidrBlock", "Ipv6CidrBlockState", blocks);
  }
  return blocks;
}

bool has_route(const std::vector<Document>& routes, std::string_view block) {
  return std::ranges::any_of(routes, [&](const Document& each) { return text(each, "DestinationCidrBlock") == block; });
}

Document route_to(const GenericResource& attachment, std::string_view gateway_id, std::string_view block,
                  std::string_view type) {
  return {{"DestinationCidrBlock", block},
          {"TransitGatewayAttachments", Document::array({attachment_end(attachment, gateway_id)})},
          {"Type", type},
          {"State", "active"}};
}

/// A static route wins over a propagated one; of those the oldest propagation does. Assumed: the latter.
void add_propagated(Context& context, const GenericResource& table, std::vector<Document>& routes) {
  for (const auto& propagation : ties_of(context, kRouteTablePropagation, table.resource_id)) {
    if (propagation.state != "enabled") continue;
    const auto attachment = state::find_anywhere<GenericResource>(context.txn, text(propagation.document, "TargetId"));
    if (!attachment || !is_up(*attachment)) continue;
    for (const auto& block : propagated_blocks(context, *attachment)) {
      if (has_route(routes, block)) continue;
      routes.push_back(route_to(*attachment, table.parent_id, block, "propagated"));
    }
    for (const auto& block : translated_blocks(*attachment)) {
      if (!has_route(routes, block)) routes.push_back(route_to(*attachment, table.parent_id, block, "system"));
    }
  }
}

}  // namespace

/// A route of its own wins over one that a prefix list stands for. Assumed: the order.
std::vector<Document> transit_gateway_routes(Context& context, const GenericResource& table) {
  std::vector<Document> routes;
  for (const auto& each : items(table.document, "_routes")) routes.push_back(shown_static(context, table, each));
  for (const auto& reference : ties_of(context, kPrefixListReference, table.resource_id)) {
    Document route = static_route(context, table, text(reference.document, "TransitGatewayAttachmentId"));
    route["PrefixListId"] = reference.document["TargetId"];
    for (auto& block : prefix_list_blocks(context, text(route, "PrefixListId"))) {
      if (has_route(routes, block)) continue;
      route["DestinationCidrBlock"] = std::move(block);
      routes.push_back(route);
    }
  }
  add_propagated(context, table, routes);
  std::ranges::stable_sort(routes, {}, [](const Document& each) { return text(each, "DestinationCidrBlock"); });
  return routes;
}

namespace {

// ---- Static routes -------------------------------------------------------------------------------------------------

GenericResource requested_table(Call& call) {
  auto table = require_resource(call, kTransitGatewayRouteTable, call.require("TransitGatewayRouteTableId"));
  if (table.state != "available") throw in_invalid_state(table.resource_id);
  return table;
}

/// An attachment of the table's gateway, or nothing for a black hole.
std::string requested_end(Call& call, const GenericResource& table) {
  const auto id = call.text("TransitGatewayAttachmentId");
  if (call.flag("Blackhole").value_or(false)) {
    if (!id.empty()) throw errors::not_together("TransitGatewayAttachmentId", "Blackhole");
    return {};
  }
  return require_available_attachment(call, call.require("TransitGatewayAttachmentId"), table.parent_id).resource_id;
}

Document* find_static(GenericResource& table, std::string_view block) {
  auto& routes = table.document["_routes"];
  if (!routes.is_array()) routes = Document::array();
  const auto found =
      std::ranges::find_if(routes, [&](const Document& each) { return text(each, "DestinationCidrBlock") == block; });
  return found == routes.end() ? nullptr : &*found;
}

ApiError no_route(const GenericResource& table, std::string_view block) {  // Assumed: the words
  return {"InvalidRoute.NotFound",
          fmt::format("There is no static route for '{}' in the route table {}.", block, table.resource_id)};
}

Document CreateTransitGatewayRoute(Call& call) {
  auto table = requested_table(call);
  const auto block = requested_block(call);
  const auto end = requested_end(call, table);
  if (find_static(table, block) != nullptr)
    throw ApiError("RouteAlreadyExists", fmt::format("The route identified by {} already exists.", block));
  Document route{{"DestinationCidrBlock", block}};
  set_if(route, "TransitGatewayAttachmentId", end);
  table.document["_routes"].push_back(route);
  state::update(call.txn, table);
  return {{"Route", shown_static(call, table, route)}};
}

Document ReplaceTransitGatewayRoute(Call& call) {
  auto table = requested_table(call);
  const auto block = requested_block(call);
  auto* route = find_static(table, block);
  if (route == nullptr) throw no_route(table, block);
  const auto end = requested_end(call, table);
  route->erase("TransitGatewayAttachmentId");
  set_if(*route, "TransitGatewayAttachmentId", end);
  state::update(call.txn, table);
  return {{"Route", shown_static(call, table, *route)}};
}

Document DeleteTransitGatewayRoute(Call& call) {
  auto table = requested_table(call);
  const auto block = requested_block(call);
  const auto* route = find_static(table, block);
  if (route == nullptr) throw no_route(table, block);
  Document last = shown_static(call, table, *route);
  last["State"] = "deleted";
  auto& routes = table.document["_routes"];
  std::erase_if(routes.get_ref<Document::array_t&>(),
                [&](const Document& each) { return text(each, "DestinationCidrBlock") == block; });
  state::update(call.txn, table);
  return {{"Route", std::move(last)}};
}

// ---- Prefix list references ----------------------------------------------------------------------------------------

Document shown_reference(Context& context, const GenericResource& reference, const GenericResource& table) {
  Document document{{"TransitGatewayRouteTableId", table.resource_id},
                    {"PrefixListId", reference.document["TargetId"]},
                    {"PrefixListOwnerId", reference.document["PrefixListOwnerId"]},
                    {"State", reference.state},
                    {"Blackhole", true}};
  if (const auto end = text(reference.document, "TransitGatewayAttachmentId"); !end.empty()) {
    document["Blackhole"] = false;
    document["TransitGatewayAttachment"] = attachment_end(context, end, table.parent_id);
  }
  return document;
}

Document reference_answer(Call& call, const GenericResource& reference, const GenericResource& table) {
  return {{"TransitGatewayPrefixListReference", shown_reference(call, reference, table)}};
}

GenericResource require_reference(Call& call, const GenericResource& table) {
  const auto id = call.require("PrefixListId");
  require_prefix_list(call, id);
  auto found = ties_between(call, kPrefixListReference, table.resource_id, id);
  if (found.empty()) {  // Assumed: code and words
    throw ApiError("InvalidPrefixListReference.NotFound",
                   fmt::format("The route table {} does not refer to the prefix list {}.", table.resource_id, id));
  }
  return std::move(found.front());
}

Document CreateTransitGatewayPrefixListReference(Call& call) {
  const auto table = requested_table(call);
  const auto id = call.require("PrefixListId");
  require_prefix_list(call, id);
  const auto end = requested_end(call, table);
  if (!ties_between(call, kPrefixListReference, table.resource_id, id).empty()) {  // Assumed: code and words
    throw ApiError("PrefixListReferenceAlreadyExists",
                   fmt::format("The route table {} refers to the prefix list {} already.", table.resource_id, id));
  }
  const auto list = state::find_anywhere<GenericResource>(call.txn, id);
  Document document{{"PrefixListOwnerId", list ? list->account : "AWS"}};
  set_if(document, "TransitGatewayAttachmentId", end);
  auto reference = tie(call, kPrefixListReference, table, id, std::move(document), "pending", "available");
  hold(call, reference, id);
  return reference_answer(call, reference, table);
}

Document ModifyTransitGatewayPrefixListReference(Call& call) {
  const auto table = requested_table(call);
  auto reference = require_reference(call, table);
  const auto end = requested_end(call, table);
  reference.document.erase("TransitGatewayAttachmentId");
  set_if(reference.document, "TransitGatewayAttachmentId", end);
  move_tie(call, reference, "modifying", "available");
  return reference_answer(call, reference, table);
}

Document DeleteTransitGatewayPrefixListReference(Call& call) {
  const auto table = requested_table(call);
  auto reference = require_reference(call, table);
  untie(call, reference, "deleting");
  return reference_answer(call, reference, table);
}

Document GetTransitGatewayPrefixListReferences(Call& call) {
  const auto table = require_resource(call, kTransitGatewayRouteTable, call.require("TransitGatewayRouteTableId"));
  std::vector<Document> documents;
  for (const auto& each : ties_of(call, kPrefixListReference, table.resource_id)) {
    documents.push_back(shown_reference(call, each, table));
    call.looked_at.push_back(each.resource_id);
  }
  return list_page(call, "TransitGatewayPrefixListReferences", documents);
}

// ---- Search --------------------------------------------------------------------------------------------------------

using Matches = bool (*)(const std::string& route, const std::string& wanted);

/// The route-search filters, but for the longest match, which is told by comparison.
constexpr struct {
  std::string_view name;
  const char* member;
  Matches matches;
} kSearches[] = {
    {"route-search.exact-match", "_exact",
     [](const std::string& route, const std::string& wanted) { return route == wanted; }},
    {"route-search.subnet-of-match", "_subnet",
     [](const std::string& route, const std::string& wanted) { return is_within(route, wanted); }},
    {"route-search.supernet-of-match", "_supernet",
     [](const std::string& route, const std::string& wanted) { return is_within(wanted, route); }},
};
constexpr std::string_view kLongest = "route-search.longest-prefix-match";

const std::vector<std::string>* values_of(const Call& call, std::string_view filter) {
  const auto found = std::ranges::find(call.filters.all(), filter, &Filter::name);
  return found == call.filters.all().end() ? nullptr : &found->values;
}

std::string searched_block(const std::string& value, std::string_view filter) {
  const bool is_address = value.find('/') == std::string::npos;
  const auto block = canonical_block(is_address ? value + (is_ipv6(value) ? "/128" : "/32") : value);
  if (!block) throw errors::invalid_value(value, filter, "This is not a valid CIDR block.");
  return *block;
}

/// Notes with each route which of a filter's values it answers to.
void note_matches(const Call& call, std::vector<Document>& routes) {
  for (const auto& search : kSearches) {
    const auto* values = values_of(call, search.name);
    if (values == nullptr) continue;
    for (const auto& value : *values) {
      const auto wanted = searched_block(value, search.name);
      for (auto& route : routes) {
        const std::string block(text(route, "DestinationCidrBlock"));
        if (!block.empty() && search.matches(block, wanted)) route[search.member].push_back(value);
      }
    }
  }
}

void note_longest(const Call& call, std::vector<Document>& routes) {
  const auto* values = values_of(call, kLongest);
  if (values == nullptr) return;
  for (const auto& value : *values) {
    const auto wanted = searched_block(value, kLongest);
    Document* longest = nullptr;
    int length = -1;
    for (auto& route : routes) {
      const std::string block(text(route, "DestinationCidrBlock"));
      if (block.empty() || !is_within(wanted, block) || prefix_length(block) <= length) continue;
      longest = &route;
      length = prefix_length(block);
    }
    if (longest != nullptr) (*longest)["_longest"].push_back(value);
  }
}

Document SearchTransitGatewayRoutes(Call& call) {
  const auto table = require_resource(call, kTransitGatewayRouteTable, call.require("TransitGatewayRouteTableId"));
  if (call.filters.empty()) throw errors::missing_parameter("Filters");
  auto routes = transit_gateway_routes(call, table);
  note_matches(call, routes);
  note_longest(call, routes);
  Document answer = list_page(call, "Routes", routes);
  answer["AdditionalRoutesAvailable"] = answer.contains("NextToken");
  return answer;
}

constexpr FilterPath kRouteFilters[] = {
    {"attachment.transit-gateway-attachment-id", "TransitGatewayAttachments.TransitGatewayAttachmentId"},
    {"attachment.resource-id", "TransitGatewayAttachments.ResourceId"},
    {"attachment.resource-type", "TransitGatewayAttachments.ResourceType"},
    {"route-search.exact-match", "_exact"},
    {"route-search.longest-prefix-match", "_longest"},
    {"route-search.subnet-of-match", "_subnet"},
    {"route-search.supernet-of-match", "_supernet"},
};
constexpr FilterPath kReferenceFilters[] = {
    {"attachment.transit-gateway-attachment-id", "TransitGatewayAttachment.TransitGatewayAttachmentId"},
    {"attachment.resource-id", "TransitGatewayAttachment.ResourceId"},
    {"attachment.resource-type", "TransitGatewayAttachment.ResourceType"},
    {"is-blackhole", "Blackhole"},
};

constexpr Operation kOperations[] = {
    {.name = "CreateTransitGatewayPrefixListReference",
     .run = CreateTransitGatewayPrefixListReference,
     .access = Access::write},
    {.name = "CreateTransitGatewayRoute", .run = CreateTransitGatewayRoute, .access = Access::write},
    {.name = "DeleteTransitGatewayPrefixListReference",
     .run = DeleteTransitGatewayPrefixListReference,
     .access = Access::write},
    {.name = "DeleteTransitGatewayRoute", .run = DeleteTransitGatewayRoute, .access = Access::write},
    {.name = "GetTransitGatewayPrefixListReferences",
     .run = GetTransitGatewayPrefixListReferences,
     .access = Access::read,
     .listed = "TransitGatewayPrefixListReference",
     .filters = kReferenceFilters},
    {.name = "ModifyTransitGatewayPrefixListReference",
     .run = ModifyTransitGatewayPrefixListReference,
     .access = Access::write},
    {.name = "ReplaceTransitGatewayRoute", .run = ReplaceTransitGatewayRoute, .access = Access::write},
    {.name = "SearchTransitGatewayRoutes",
     .run = SearchTransitGatewayRoutes,
     .access = Access::read,
     .listed = "TransitGatewayRoute",
     .filters = kRouteFilters},
};

}  // namespace

Family transit_gateway_routes_family() { return {.operations = kOperations}; }

}  // namespace fogling
