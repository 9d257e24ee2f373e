/// Internet gateways: attached and detached; the rest is declared.

#include <fmt/format.h>

#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/vpc_associations.hpp"
#include "emulator/world.hpp"
#include "state/addresses.hpp"
#include "state/network_interfaces.hpp"
#include "state/resources.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

/// A gateway in use stays.
void remove_internet_gateway(Call&, GenericResource& gateway) {
  if (gateway.parent_id.empty()) return;
  throw errors::dependency_violation(
      fmt::format("The internetGateway '{}' has dependencies and cannot be deleted.", gateway.resource_id));
}

Document AttachInternetGateway(Call& call) {
  auto gateway = require_resource(call, "internet-gateway", call.require("InternetGatewayId"));
  const auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  if (!gateway.parent_id.empty()) {
    throw ApiError("Resource.AlreadyAssociated", fmt::format("resource {} is already attached to network {}",
                                                             gateway.resource_id, gateway.parent_id));
  }
  if (!state::list_children(call.txn, vpc.vpc_id, "internet-gateway").empty()) {
    throw errors::invalid_parameter_value(
        fmt::format("Network {} already has an internet gateway attached", vpc.vpc_id));
  }
  gateway.parent_id = vpc.vpc_id;
  gateway.document["Attachments"] = Document::array({{{"VpcId", vpc.vpc_id}, {"State", "available"}}});
  state::update(call.txn, gateway);
  return {};
}

Document DetachInternetGateway(Call& call) {
  auto gateway = require_resource(call, "internet-gateway", call.require("InternetGatewayId"));
  const auto vpc_id = call.require("VpcId");
  check_id("vpc", vpc_id);
  // Of a VPC that is gone too: Terraform, which detaches a gateway while it deletes the VPC, takes no other code.
  if (gateway.parent_id != vpc_id) {
    throw ApiError("Gateway.NotAttached",
                   fmt::format("resource {} is not attached to network {}", gateway.resource_id, vpc_id));
  }
  for (const auto& interface : state::interfaces_of_vpc(call.txn, vpc_id)) {
    if (interface.public_ip.empty() && state::addresses_of_interface(call.txn, interface.network_interface_id).empty())
      continue;
    throw errors::dependency_violation(fmt::format(
        "Network {} has some mapped public address(es). Please unmap those public address(es) before detaching the "
        "gateway.",
        vpc_id));
  }
  leave_tables(call, vpc_id, "GatewayId", gateway.resource_id);  // Assumed
  gateway.parent_id.clear();
  gateway.document["Attachments"] = Document::array();
  state::update(call.txn, gateway);
  return {};
}

constexpr Operation kOperations[] = {
    {.name = "AttachInternetGateway", .run = AttachInternetGateway, .access = Access::write},
    {.name = "DetachInternetGateway", .run = DetachInternetGateway, .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = "internet-gateway", .remove = remove_internet_gateway}};

}  // namespace

Family internet_gateways_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
