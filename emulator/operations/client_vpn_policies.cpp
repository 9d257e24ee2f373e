/// The authorization policy of a Client VPN endpoint, of which it has at most one; it stands in the endpoint's hidden
/// member `_authorization`. Nobody comes in here, so that nothing is evaluated.

#include <fmt/format.h>

#include "emulator/client_vpn.hpp"
#include "emulator/lifecycle.hpp"

namespace fogling {
namespace {

/// Kind of the move that ends a change.
constexpr std::string_view kChange = "client-vpn-authorization-policy";
constexpr const char* kMember = "_authorization";
constexpr std::int64_t kTakes_ms = 5'000;  // Assumed

// Assumed: codes and words of all refusals here.

GenericResource require_policy(Call& call) {
  auto endpoint = require_client_vpn_endpoint(call);
  if (has(endpoint.document, kMember)) return endpoint;
  throw ApiError("InvalidClientVpnEndpointAuthorizationPolicy.NotFound",
                 fmt::format("Endpoint {} does not have an authorization policy", endpoint.resource_id));
}

void require_settled(const GenericResource& endpoint) {
  const auto status = text(part(endpoint.document, kMember), "Status");
  if (status.empty() || status == "active" || status == "failed") return;
  throw errors::incorrect_state(
      fmt::format("The authorization policy of endpoint {} is in the state {}.", endpoint.resource_id, status));
}

/// As far as Cedar is known here: statements permit or forbid, and end with a semicolon.
void check_policy(std::string_view policy) {
  const bool has_effect =
      policy.find("permit") != std::string_view::npos || policy.find("forbid") != std::string_view::npos;
  const auto last = policy.find_last_not_of(" \t\r\n");
  if (!has_effect || last == std::string_view::npos || policy[last] != ';')
    throw errors::invalid_parameter_value("The policy document is not a valid Cedar policy.");
}

Document go_through(Call& call, GenericResource& endpoint, std::string_view at_once, std::string_view finally) {
  endpoint.document[kMember]["Status"] = at_once;
  state::update(call.txn, endpoint);
  schedule(call, kChange, endpoint.resource_id, finally, kTakes_ms);
  return {{"Status", at_once}};
}

/// Documented: what is not specified stays, and a new policy needs a document.
Document ModifyClientVpnEndpointAuthorizationPolicy(Call& call) {
  auto endpoint = require_client_vpn_endpoint(call);
  require_settled(endpoint);
  const bool is_new = !has(endpoint.document, kMember);
  if (is_new) call.require("PolicyDocument");
  if (const auto policy = call.text("PolicyDocument"); !policy.empty()) check_policy(policy);
  auto& document = endpoint.document[kMember];
  if (is_new) document = {{"ShadowMode", "disabled"}};
  for (const char* member : {"PolicyDocument", "Description", "ShadowMode"})
    set_if(document, member, call.text(member));
  return go_through(call, endpoint, is_new ? "creating" : "updating", "active");
}

Document GetClientVpnEndpointAuthorizationPolicy(Call& call) {
  const auto endpoint = require_policy(call);
  call.looked_at.push_back(endpoint.resource_id);
  Document answer = endpoint.document[kMember];
  answer["ClientVpnEndpointId"] = endpoint.resource_id;
  return answer;
}

Document DeleteClientVpnEndpointAuthorizationPolicy(Call& call) {
  auto endpoint = require_policy(call);
  require_settled(endpoint);
  return go_through(call, endpoint, "deleting", "deleted");
}

void finish_change(Context& context, const state::Due& due) {
  auto endpoint = state::find<GenericResource>(context.txn, context.scope, due.resource_id);
  if (!endpoint || !has(endpoint->document, kMember)) return;
  if (due.move == "deleted") {
    endpoint->document.erase(kMember);
  } else {
    endpoint->document[kMember]["Status"] = due.move;
  }
  state::update(context.txn, *endpoint);
}

constexpr Operation kOperations[] = {
    {.name = "DeleteClientVpnEndpointAuthorizationPolicy",
     .run = DeleteClientVpnEndpointAuthorizationPolicy,
     .access = Access::write},
    {.name = "GetClientVpnEndpointAuthorizationPolicy",
     .run = GetClientVpnEndpointAuthorizationPolicy,
     .access = Access::read},
    {.name = "ModifyClientVpnEndpointAuthorizationPolicy",
     .run = ModifyClientVpnEndpointAuthorizationPolicy,
     .access = Access::write},
};

constexpr Mover kMovers[] = {{kChange, finish_change}};

}  // namespace

Family client_vpn_policies_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
