#include "emulator/client_vpn.hpp"

#include "emulator/lifecycle.hpp"
#include "emulator/resource_types.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

/// Assumed: how long routes and rules take to come and to go.
constexpr std::int64_t kRowTakes_ms = 10'000;

}  // namespace

GenericResource require_client_vpn_endpoint(Call& call) {
  auto endpoint = require_resource(call, kClientVpnEndpoint, call.require("ClientVpnEndpointId"));
  if (endpoint.state == "deleting") throw unknown_id(kClientVpnEndpoint, endpoint.resource_id);
  return endpoint;
}

std::vector<GenericResource> client_vpn_target_networks(Transaction& txn, std::string_view endpoint_id) {
  return state::list_children(txn, endpoint_id, kClientVpnTargetNetwork);
}

GenericResource add_client_vpn_row(Context& context, std::string_view kind, std::string_view endpoint_id,
                                   Document document, std::string_view at_once, std::string_view finally) {
  GenericResource row;
  row.account = context.scope.account;
  row.region = context.scope.region;
  row.resource_id = context.make_id("tie");
  row.kind = kind;
  row.state = at_once;
  row.parent_id = endpoint_id;
  document["ClientVpnEndpointId"] = endpoint_id;
  document["Status"] = {{"Code", at_once}};
  row.document = std::move(document);
  state::insert(context.txn, row);
  schedule(context, kind, row.resource_id, finally, kRowTakes_ms);
  return row;
}

void remove_client_vpn_row(Context& context, GenericResource& row, std::string_view state) {
  state::remove_dues_of(context.txn, row.resource_id);
  row.state = state;
  row.document["Status"] = {{"Code", state}};
  state::update(context.txn, row);
  schedule(context, row.kind, row.resource_id, "gone", kRowTakes_ms);
}

void add_client_vpn_vpc_route(Context& context, const GenericResource& target) {
  const auto vpc = state::find<state::Vpc>(context.txn, context.scope, text(target.document, "VpcId"));
  if (!vpc) return;
  add_client_vpn_row(context, kClientVpnRoute, target.parent_id,
                     {{"DestinationCidr", vpc->cidr_block},
                      {"TargetSubnet", target.document["TargetNetworkId"]},
                      {"Type", "Nat"},
                      {"Origin", "associate"},
                      {"Description", "Default Route"}},
                     "creating", "active");
}

void remove_client_vpn_routes(Context& context, std::string_view endpoint_id, std::string_view subnet_id) {
  for (const auto& route : state::list_children(context.txn, endpoint_id, kClientVpnRoute)) {
    if (text(route.document, "TargetSubnet") == subnet_id) erase_resource(context, route);
  }
}

}  // namespace fogling
