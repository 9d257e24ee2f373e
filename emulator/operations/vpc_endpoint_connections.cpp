/// Endpoints as the owner of their service sees them, and who is told of them.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/tags.hpp"
#include "emulator/vpc_endpoints.hpp"

namespace fogling {
namespace {

constexpr kinds::Transition kAccepting{"pending", "available", 2000};

// ---- Connections ---------------------------------------------------------------------------------------------------

Document connection_document(Call& call, const GenericResource& endpoint, const GenericResource& service) {
  Document out{{"ServiceId", service.resource_id},
               {"VpcEndpointId", endpoint.resource_id},
               {"VpcEndpointOwner", endpoint.account},
               {"VpcEndpointState", endpoint.state},
               {"VpcEndpointRegion", endpoint.region},
               {"CreationTimestamp", endpoint.document["CreationTimestamp"]},
               {"VpcEndpointConnectionId", text(endpoint.document, "_ConnectionId")},
               {"IpAddressType", text(endpoint.document, "IpAddressType")},
               {"DnsEntries", items(endpoint.document, "DnsEntries")},
               {"Tags", tag_set(call, endpoint.resource_id)}};
  if (has(endpoint.document, "PayerResponsibilities"))
    out["PayerResponsibilities"] = endpoint.document["PayerResponsibilities"];
  for (const char* member : {"NetworkLoadBalancerArns", "GatewayLoadBalancerArns"}) {
    if (has(service.document, member)) out[member] = service.document[member];
  }
  return out;
}

Document DescribeVpcEndpointConnections(Call& call) {
  std::vector<Document> connections;
  for (const auto& service : state::list_kind(call.txn, call.scope, "vpc-endpoint-service")) {
    for (const auto& endpoint : endpoints_of_service(call, service))
      connections.push_back(connection_document(call, endpoint, service));
  }
  return describe_documents(call, "VpcEndpointConnections", std::move(connections));
}

/// An endpoint of the service in one of these states.
GenericResource require_connection(Call& call, const GenericResource& service, std::string_view id,
                                   std::initializer_list<std::string_view> states) {
  check_id("vpc-endpoint", id);
  auto endpoint = state::find_anywhere<GenericResource>(call.txn, id);
  if (!endpoint || endpoint->kind != "vpc-endpoint" ||
      text(endpoint->document, "ServiceName") != text(service.document, "ServiceName")) {
    throw unknown_id("vpc-endpoint", id);
  }
  if (std::ranges::find(states, endpoint->state) == states.end()) {
    throw ApiError("InvalidState",  // Assumed: code and words
                   fmt::format("The Vpc Endpoint '{}' is in an invalid state: {}", id, endpoint->state));
  }
  return *std::move(endpoint);
}

/// Answers each endpoint of the request; one that cannot be answered does not keep the others from it.
template <class Answer>
Document answer_each(Call& call, std::initializer_list<std::string_view> states, Answer answer) {
  const auto service = require_resource(call, "vpc-endpoint-service", call.require("ServiceId"));
  Document unsuccessful = Document::array();
  for (const auto& id : call.items("VpcEndpointIds")) {
    try {
      auto endpoint = require_connection(call, service, id.get_ref<const std::string&>(), states);
      const Scope scope = endpoint.scope();
      Context owner{call.world, call.txn, scope, call.now_ms};
      answer(owner, endpoint);
    } catch (const ApiError& error) {
      unsuccessful.push_back({{"ResourceId", id}, {"Error", {{"Code", error.code}, {"Message", error.message}}}});
    }
  }
  return {{"Unsuccessful", std::move(unsuccessful)}};
}

Document AcceptVpcEndpointConnections(Call& call) {
  return answer_each(call, {"pendingAcceptance", "rejected"},
                     [](Context& owner, GenericResource& endpoint) { begin(owner, endpoint, kAccepting); });
}

Document RejectVpcEndpointConnections(Call& call) {
  return answer_each(call, {"pendingAcceptance", "pending", "available"},
                     [](Context& owner, GenericResource& endpoint) {
                       state::remove_dues_of(owner.txn, endpoint.resource_id);
                       put_state(owner, endpoint, "rejected");
                     });
}

// ---- Notifications -------------------------------------------------------------------------------------------------

void check_events(const Call& call) {
  constexpr std::string_view kEvents[] = {"Accept", "Connect", "Delete", "Reject"};
  for (const auto& each : call.items("ConnectionEvents")) {
    const auto& event = each.get_ref<const std::string&>();
    if (std::ranges::find(kEvents, event) == std::end(kEvents)) throw errors::invalid_value(event, "ConnectionEvents");
  }
  const auto arn = call.text("ConnectionNotificationArn");
  if (arn.empty() || (arn.starts_with("arn:") && arn.find(":sns:") != std::string_view::npos)) return;
  throw errors::invalid_value(arn, "ConnectionNotificationArn", "It is not the ARN of a topic.");  // Assumed: the words
}

void create_notification(Call& call, GenericResource& notification) {
  const bool is_of_service = !call.text("ServiceId").empty();
  if (is_of_service == !call.text("VpcEndpointId").empty()) {  // Assumed: the words
    throw errors::invalid_combination("Specify either ServiceId or VpcEndpointId.");
  }
  check_events(call);
  notification.document["ConnectionEvents"] = call.items("ConnectionEvents");
}

void modify_notification(Call& call, GenericResource& notification) {
  check_events(call);
  if (has(call.in, "ConnectionEvents")) notification.document["ConnectionEvents"] = call.items("ConnectionEvents");
}

constexpr Operation kOperations[] = {
    {.name = "AcceptVpcEndpointConnections", .run = AcceptVpcEndpointConnections, .access = Access::write},
    {.name = "DescribeVpcEndpointConnections",
     .run = DescribeVpcEndpointConnections,
     .access = Access::read,
     .listed = "VpcEndpointConnection"},
    {.name = "RejectVpcEndpointConnections", .run = RejectVpcEndpointConnections, .access = Access::write},
};

constexpr Hooks kHooks[] = {
    {.kind = "vpc-endpoint-connection-notification", .create = create_notification, .modify = modify_notification}};

}  // namespace

Family vpc_endpoint_connections_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
