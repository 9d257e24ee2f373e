/// Route tables: what a new one holds, and which subnets and gateways use it. Making, showing and deleting are
/// declared.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/route_targets.hpp"
#include "emulator/routes.hpp"
#include "emulator/vpc_endpoints.hpp"
#include "emulator/world.hpp"
#include "state/subnets.hpp"

namespace fogling {
namespace {

bool is_main(const Document& association) { return flag(association, "Main").value_or(false); }

// ---- What is declared, and more ------------------------------------------------------------------------------------

void create_route_table(Call& call, GenericResource& table) {
  const auto siblings = state::list_children(call.txn, table.parent_id, "route-table").size();
  if (Quotas::is_reached(call.world.quotas.route_tables_per_vpc, static_cast<std::int64_t>(siblings))) {
    throw ApiError("RouteTableLimitExceeded",
                   "The maximum number of route tables has been reached.");  // Assumed: the words
  }
  table.document["Routes"] = local_routes(call, table.parent_id);
}

/// The main table stays, and so does one that is in use.
void remove_route_table(Call& call, GenericResource& table) {
  if (items(table.document, "Associations").empty()) {
    leave_endpoints(call, table);  // Assumed: gateway endpoints do not hold it
    return;
  }
  throw errors::dependency_violation(
      fmt::format("The routeTable '{}' has dependencies and cannot be deleted.", table.resource_id));
}

// ---- Associations --------------------------------------------------------------------------------------------------

struct FoundAssociation {
  GenericResource table;
  std::size_t place = 0;

  Document& document() { return table.document["Associations"][place]; }
};

template <class Predicate>
std::optional<FoundAssociation> find_association(const std::vector<GenericResource>& tables, Predicate is_wanted) {
  for (const auto& table : tables) {
    const auto& associations = items(table.document, "Associations");
    const auto found = std::ranges::find_if(associations, is_wanted);
    if (found != associations.end())
      return FoundAssociation{table, static_cast<std::size_t>(found - associations.begin())};
  }
  return std::nullopt;
}

FoundAssociation require_association(Call& call) {
  const auto id = call.require("AssociationId");
  auto found = find_association(state::list_kind(call.txn, call.scope, "route-table"),
                                [&](const Document& each) { return text(each, "RouteTableAssociationId") == id; });
  if (!found) {
    throw ApiError("InvalidAssociationID.NotFound", fmt::format("The association ID '{}' does not exist", id));
  }
  return *std::move(found);
}

ApiError other_network(const GenericResource& table, std::string_view noun, std::string_view id) {
  return errors::invalid_parameter_value(
      fmt::format("route table {} and {} {} belong to different networks", table.resource_id, noun, id));
}

/// What is to use the table: member and id. Throws unless it is of the same VPC.
std::pair<const char*, std::string> requested_user(Call& call, const GenericResource& table) {
  const auto subnet_id = call.text("SubnetId"), gateway_id = call.text("GatewayId");
  if (!call.text("PublicIpv4Pool").empty()) throw errors::not_built("A route table for a pool of public addresses");
  if (!subnet_id.empty() && !gateway_id.empty()) throw errors::not_together("subnetId", "gatewayId");
  if (!subnet_id.empty()) {
    const auto subnet = require_row<state::Subnet>(call, "subnet", subnet_id);
    if (subnet.vpc_id != table.parent_id) throw other_network(table, "subnet", subnet_id);
    return {"SubnetId", subnet.subnet_id};
  }
  if (gateway_id.empty())  // Assumed: the words
    throw ApiError("MissingParameter", "The request must contain either subnetId or gatewayId");
  const auto& target = route_target("GatewayId", gateway_id);
  const auto standing = target.find(call, gateway_id, table.parent_id);
  if (!standing)
    throw ApiError(std::string(target.unknown_code), fmt::format(fmt::runtime(target.unknown_text), gateway_id));
  if (!standing->serves) throw other_network(table, target.noun, gateway_id);
  return {"GatewayId", std::string(gateway_id)};
}

/// Lets a user, named by members of its old or new association, use the table from now on. Answers the association.
Document associate(Call& call, GenericResource& table, Document user) {
  if (has(user, "GatewayId")) {
    if (auto refusal = refusal_of_gateway(call, table); !refusal.empty())
      throw errors::invalid_parameter_value(std::move(refusal));
  }
  user["RouteTableAssociationId"] = call.make_id("rtbassoc");
  user["RouteTableId"] = table.resource_id;
  user["AssociationState"] = {{"State", "associated"}};
  table.document["Associations"].push_back(user);
  state::update(call.txn, table);
  return user;
}

Document AssociateRouteTable(Call& call) {
  auto table = require_resource(call, "route-table", call.require("RouteTableId"));
  const auto [member, id] = requested_user(call, table);
  const auto answer = [](const Document& association) -> Document {
    return {{"AssociationId", association["RouteTableAssociationId"]},
            {"AssociationState", association["AssociationState"]}};
  };
  const char* const user = member;
  const std::string& user_id = id;
  auto before = find_association(state::list_children(call.txn, table.parent_id, "route-table"),
                                 [&](const Document& each) { return text(each, user) == user_id; });
  if (before && before->table.resource_id == table.resource_id) return answer(before->document());
  if (before) {
    throw ApiError("Resource.AlreadyAssociated",
                   fmt::format("the specified association for route table {} conflicts with an existing association",
                               table.resource_id));
  }
  return answer(associate(call, table, {{"Main", false}, {member, id}}));
}

Document DisassociateRouteTable(Call& call) {
  auto found = require_association(call);
  if (is_main(found.document())) {
    throw errors::invalid_parameter_value(fmt::format("cannot disassociate the main route table association {}",
                                                      text(found.document(), "RouteTableAssociationId")));
  }
  found.table.document["Associations"].erase(found.place);
  state::update(call.txn, found.table);
  return {};
}

/// A subnet, a gateway or, by its main association, the VPC uses another table.
Document ReplaceRouteTableAssociation(Call& call) {
  auto found = require_association(call);
  auto table = require_resource(call, "route-table", call.require("RouteTableId"));
  if (table.parent_id != found.table.parent_id) {  // Assumed: the words
    throw errors::invalid_parameter_value(fmt::format("route table {} and route table {} belong to different networks",
                                                      found.table.resource_id, table.resource_id));
  }
  const auto answer = [](const Document& association) -> Document {
    return {{"NewAssociationId", association["RouteTableAssociationId"]},
            {"AssociationState", association["AssociationState"]}};
  };
  if (table.resource_id == found.table.resource_id) return answer(found.document());
  Document user = found.document();
  found.table.document["Associations"].erase(found.place);
  state::update(call.txn, found.table);
  return answer(associate(call, table, std::move(user)));
}

// ---- Propagation ---------------------------------------------------------------------------------------------------

/// The VPN gateway of a request, which has to be attached to the table's VPC.
std::string requested_vpn_gateway(Call& call, const GenericResource& table) {
  const auto id = call.require("GatewayId");
  const auto gateway = state::find<GenericResource>(call.txn, call.scope, id);
  if (!gateway || gateway->kind != "vpn-gateway") {
    throw ApiError("InvalidGatewayID.NotFound", fmt::format("The gateway ID '{}' does not exist", id));
  }
  if (gateway->parent_id != table.parent_id) {
    throw ApiError("Gateway.NotAttached",
                   fmt::format("resource {} is not attached to network {}", id, table.parent_id));
  }
  return std::string(id);
}

Document EnableVgwRoutePropagation(Call& call) {
  auto table = require_resource(call, "route-table", call.require("RouteTableId"));
  const auto gateway = requested_vpn_gateway(call, table);
  auto& gateways = table.document["PropagatingVgws"];
  if (std::ranges::any_of(gateways, [&](const Document& each) { return text(each, "GatewayId") == gateway; }))
    return {};
  gateways.push_back({{"GatewayId", gateway}});
  state::update(call.txn, table);
  return {};
}

Document DisableVgwRoutePropagation(Call& call) {
  auto table = require_resource(call, "route-table", call.require("RouteTableId"));
  const auto gateway = call.require("GatewayId");
  auto& gateways = table.document["PropagatingVgws"];
  const auto found =
      std::ranges::find_if(gateways, [&](const Document& each) { return text(each, "GatewayId") == gateway; });
  if (found == gateways.end()) {
    requested_vpn_gateway(call, table);
    return {};
  }
  gateways.erase(found);
  state::update(call.txn, table);
  return {};
}

constexpr Operation kOperations[] = {
    {.name = "AssociateRouteTable", .run = AssociateRouteTable, .access = Access::write},
    {.name = "DisableVgwRoutePropagation", .run = DisableVgwRoutePropagation, .access = Access::write},
    {.name = "DisassociateRouteTable", .run = DisassociateRouteTable, .access = Access::write},
    {.name = "EnableVgwRoutePropagation", .run = EnableVgwRoutePropagation, .access = Access::write},
    {.name = "ReplaceRouteTableAssociation", .run = ReplaceRouteTableAssociation, .access = Access::write},
};

constexpr Hooks kHooks[] = {
    {.kind = "route-table", .create = create_route_table, .remove = remove_route_table, .show = show_routes}};

}  // namespace

Family route_tables_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
