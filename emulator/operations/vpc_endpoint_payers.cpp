/// Who pays for a VPC endpoint: its owner, the owner of its service, or that of the resource gateway behind it.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/kinds.hpp"
#include "emulator/vpc_endpoints.hpp"

namespace fogling {
namespace {

// Assumed: codes and words of all refusals here, and which accounts may pay for what.

/// The caller's own; or one that leads to a service of the caller's, which the request has to name.
GenericResource requested_endpoint(Call& call) {
  const auto id = call.require("VpcEndpointId");
  const auto service_id = call.text("ServiceId");
  if (service_id.empty()) return require_resource(call, "vpc-endpoint", id);
  const auto service = require_resource(call, "vpc-endpoint-service", service_id);
  for (auto& endpoint : endpoints_of_service(call, service)) {
    if (endpoint.resource_id == id) return std::move(endpoint);
  }
  throw errors::invalid_parameter_value(
      fmt::format("The Vpc Endpoint '{}' does not lead to the service '{}'.", id, service_id));
}

void check_payer(const Call& call, const GenericResource& endpoint) {
  const auto payer = call.require("PayerResponsibility"), scope = call.require("Scope");
  const bool is_of_gateway = scope == "resource-gateway-charges";
  if (is_of_gateway && text(endpoint.document, "VpcEndpointType") != "Resource") {
    throw errors::invalid_value(scope, "Scope", "The endpoint has no resource gateway.");
  }
  if (payer == (is_of_gateway ? "vpc-endpoint-service-account" : "resource-gateway-account")) {
    throw errors::invalid_combination(fmt::format("{} cannot be charged for {}.", payer, scope));
  }
  if (payer == "vpc-endpoint-service-account" && call.text("ServiceId").empty())
    throw errors::missing_parameter("ServiceId");
}

Document ModifyVpcEndpointPayerResponsibility(Call& call) {
  auto endpoint = requested_endpoint(call);
  check_payer(call, endpoint);
  auto& entries = endpoint.document["PayerResponsibilities"];
  if (!entries.is_array()) entries = Document::array();
  const auto scope = call.text("Scope");
  const auto found = std::ranges::find_if(entries, [&](const Document& each) { return text(each, "Scope") == scope; });
  auto& entry = found == entries.end() ? entries.emplace_back(Document{{"Scope", scope}}) : *found;
  entry["PayerResponsibilityType"] = call.text("PayerResponsibility");
  state::update(call.txn, endpoint);
  return {{"VpcEndpointId", endpoint.resource_id}, {"PayerResponsibilities", entries}};
}

constexpr Operation kOperations[] = {{.name = "ModifyVpcEndpointPayerResponsibility",
                                      .run = ModifyVpcEndpointPayerResponsibility,
                                      .access = Access::write}};

}  // namespace

Family vpc_endpoint_payers_family() { return {.operations = kOperations}; }

}  // namespace fogling
