/// Routes of Client VPN endpoints, and the rules that say who may go where.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cidr.hpp"
#include "emulator/client_vpn.hpp"
#include "emulator/describe.hpp"

namespace fogling {
namespace {

/// Assumed: the words.
std::string read_block(const Call& call, const char* member) {
  const auto given = call.require(member);
  const auto block = parse_cidr(given);
  if (!block) throw errors::invalid_value(given, member, "This is not a valid CIDR block.");
  return block->text();
}

Document described(Call& call, const char* list, std::string_view kind) {
  const auto endpoint = require_client_vpn_endpoint(call);
  std::vector<Document> rows;
  for (const auto& each : state::list_children(call.txn, endpoint.resource_id, kind)) {
    rows.push_back(each.document);
    call.looked_at.push_back(each.resource_id);
  }
  return describe_documents(call, list, std::move(rows));
}

// ---- Routes --------------------------------------------------------------------------------------------------------

std::optional<GenericResource> find_route(Call& call, std::string_view endpoint_id, std::string_view block,
                                          std::string_view subnet_id) {
  for (auto& each : state::list_children(call.txn, endpoint_id, kClientVpnRoute)) {
    if (text(each.document, "DestinationCidr") == block && text(each.document, "TargetSubnet") == subnet_id)
      return std::move(each);
  }
  return std::nullopt;
}

/// Routes go through a subnet that the endpoint leads into. The codes are documented; Assumed: the words.
void require_target(Call& call, const GenericResource& endpoint, std::string_view subnet_id) {
  auto targets = client_vpn_target_networks(call.txn, endpoint.resource_id);
  std::erase_if(targets, [](const GenericResource& each) { return each.state == "disassociating"; });
  if (targets.empty()) {
    throw ApiError("InvalidClientVpnActiveAssociationNotFound",
                   fmt::format("Endpoint {} has no active associations", endpoint.resource_id));
  }
  const bool is_target = std::ranges::any_of(
      targets, [&](const GenericResource& each) { return text(each.document, "TargetNetworkId") == subnet_id; });
  if (is_target) return;
  throw ApiError("InvalidClientVpnSubnetId.NotFound",
                 fmt::format("Endpoint {} is not associated with {}", endpoint.resource_id, subnet_id));
}

/// Documented: through a target network, or `local`. The refusal of a second one is quoted by users.
Document CreateClientVpnRoute(Call& call) {
  const auto endpoint = require_client_vpn_endpoint(call);
  const auto block = read_block(call, "DestinationCidrBlock");
  const auto subnet_id = call.require("TargetVpcSubnetId");
  if (subnet_id != "local") require_target(call, endpoint, subnet_id);
  if (find_route(call, endpoint.resource_id, block, subnet_id)) {
    throw ApiError("InvalidClientVpnDuplicateRoute", "Route already exists");
  }
  Document route{{"DestinationCidr", block}, {"TargetSubnet", subnet_id}, {"Type", "Nat"}, {"Origin", "add-route"}};
  set_if(route, "Description", call.text("Description"));
  const auto row =
      add_client_vpn_row(call, kClientVpnRoute, endpoint.resource_id, std::move(route), "creating", "active");
  return {{"Status", row.document["Status"]}};
}

Document DeleteClientVpnRoute(Call& call) {
  const auto endpoint = require_client_vpn_endpoint(call);
  const auto block = read_block(call, "DestinationCidrBlock");
  auto route = find_route(call, endpoint.resource_id, block, call.text("TargetVpcSubnetId"));
  if (!route) {  // Assumed: the words
    throw ApiError("InvalidClientVpnRouteNotFound", fmt::format("Route {} does not exist", block));
  }
  if (text(route->document, "Origin") == "associate") {  // Assumed: code and words; the rule is documented
    throw errors::operation_not_permitted("A route that was added by an association cannot be deleted.");
  }
  remove_client_vpn_row(call, *route, "deleting");
  return {{"Status", route->document["Status"]}};
}

Document DescribeClientVpnRoutes(Call& call) { return described(call, "Routes", kClientVpnRoute); }

// ---- Authorization rules -------------------------------------------------------------------------------------------

std::optional<GenericResource> find_rule(Call& call, std::string_view endpoint_id, std::string_view block,
                                         std::string_view group) {
  for (auto& each : state::list_children(call.txn, endpoint_id, kClientVpnAuthorizationRule)) {
    if (text(each.document, "DestinationCidr") == block && text(each.document, "GroupId") == group)
      return std::move(each);
  }
  return std::nullopt;
}

/// A rule is for a group, or for all of them.
void check_groups(const Call& call, const char* all_groups) {
  if (call.text("AccessGroupId").empty() == call.flag(all_groups).value_or(false)) return;
  throw errors::invalid_combination(  // Assumed: code and words; the rule is documented
      fmt::format("Exactly one of AccessGroupId and {} must be specified.", all_groups));
}

Document AuthorizeClientVpnIngress(Call& call) {
  const auto endpoint = require_client_vpn_endpoint(call);
  const auto block = read_block(call, "TargetNetworkCidr");
  check_groups(call, "AuthorizeAllGroups");
  const auto group = call.text("AccessGroupId");
  if (find_rule(call, endpoint.resource_id, block, group)) {  // Assumed: the words; the code is documented
    throw ApiError("InvalidClientVpnDuplicateAuthorizationRule", "Authorization rule already exists");
  }
  Document rule{{"DestinationCidr", block}, {"GroupId", group}, {"AccessAll", group.empty()}};
  set_if(rule, "Description", call.text("Description"));
  const auto row = add_client_vpn_row(call, kClientVpnAuthorizationRule, endpoint.resource_id, std::move(rule),
                                      "authorizing", "active");
  return {{"Status", row.document["Status"]}};
}

Document RevokeClientVpnIngress(Call& call) {
  const auto endpoint = require_client_vpn_endpoint(call);
  const auto block = read_block(call, "TargetNetworkCidr");
  check_groups(call, "RevokeAllGroups");
  auto rule = find_rule(call, endpoint.resource_id, block, call.text("AccessGroupId"));
  if (!rule) {  // Assumed: the words
    throw ApiError("InvalidClientVpnEndpointAuthorizationRuleNotFound",
                   fmt::format("Authorization rule {} does not exist", block));
  }
  remove_client_vpn_row(call, *rule, "revoking");
  return {{"Status", rule->document["Status"]}};
}

Document DescribeClientVpnAuthorizationRules(Call& call) {
  return described(call, "AuthorizationRules", kClientVpnAuthorizationRule);
}

void move_row(Context& context, const state::Due& due) {
  auto row = state::find<GenericResource>(context.txn, context.scope, due.resource_id);
  if (!row) return;
  if (due.move == "gone") {
    erase_resource(context, *row);
    return;
  }
  row->state = due.move;
  row->document["Status"] = {{"Code", due.move}};
  state::update(context.txn, *row);
}

constexpr Operation kOperations[] = {
    {.name = "AuthorizeClientVpnIngress", .run = AuthorizeClientVpnIngress, .access = Access::write},
    {.name = "CreateClientVpnRoute", .run = CreateClientVpnRoute, .access = Access::write},
    {.name = "DeleteClientVpnRoute", .run = DeleteClientVpnRoute, .access = Access::write},
    {.name = "DescribeClientVpnAuthorizationRules",
     .run = DescribeClientVpnAuthorizationRules,
     .access = Access::read,
     .listed = "AuthorizationRule"},
    {.name = "DescribeClientVpnRoutes",
     .run = DescribeClientVpnRoutes,
     .access = Access::read,
     .listed = "ClientVpnRoute"},
    {.name = "RevokeClientVpnIngress", .run = RevokeClientVpnIngress, .access = Access::write},
};

constexpr Mover kMovers[] = {{kClientVpnRoute, move_row}, {kClientVpnAuthorizationRule, move_row}};

}  // namespace

Family client_vpn_routes_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
