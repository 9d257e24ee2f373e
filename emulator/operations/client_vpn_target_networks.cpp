/// The subnets that a Client VPN endpoint leads into.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cidr.hpp"
#include "emulator/client_vpn.hpp"
#include "emulator/describe.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/vpc_blocks.hpp"
#include "state/security_groups.hpp"
#include "state/subnets.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

// ---- Associate -----------------------------------------------------------------------------------------------------
// The codes are documented; Assumed: the words.

void check_subnet(Call& call, const GenericResource& endpoint, const state::Subnet& subnet) {
  const auto vpc_id = text(endpoint.document, "VpcId");
  const auto different = [&] {
    return ApiError("InvalidClientVpnSubnetId.DifferentVpc",
                    fmt::format("Subnet {} is in another VPC than the endpoint.", subnet.subnet_id));
  };
  if (!vpc_id.empty() && vpc_id != subnet.vpc_id) throw different();
  for (const auto& other : client_vpn_target_networks(call.txn, endpoint.resource_id)) {
    const auto id = text(other.document, "TargetNetworkId");
    if (id == subnet.subnet_id) {
      throw ApiError("InvalidClientVpnDuplicateAssociationException",
                     fmt::format("Endpoint {} is already associated with {}", endpoint.resource_id, id));
    }
    if (text(other.document, "VpcId") != subnet.vpc_id) throw different();
    const auto sibling = state::find<state::Subnet>(call.txn, call.scope, id);
    if (sibling && sibling->availability_zone == subnet.availability_zone) {
      throw ApiError("InvalidClientVpnSubnetId.DuplicateAz",
                     fmt::format("Subnet {} is in the same Availability Zone as {}.", subnet.subnet_id, id));
    }
  }
  const auto vpc = state::find<state::Vpc>(call.txn, call.scope, subnet.vpc_id).value();
  const auto clients = parse_cidr(text(endpoint.document, "ClientCidrBlock")).value();
  for (const auto& block : ipv4_blocks(vpc)) {
    if (!block.overlaps(clients)) continue;
    throw ApiError(
        "InvalidClientVpnSubnetId.OverlappingCidr",
        fmt::format("Client CIDR {} overlaps with the CIDR {} of {}.", clients.text(), block.text(), vpc.vpc_id));
  }
}

std::vector<std::string> groups_for(Call& call, const GenericResource& endpoint, std::string_view vpc_id) {
  std::vector<std::string> groups;
  for (const auto& each : items(endpoint.document, "SecurityGroupIds")) groups.push_back(each);
  if (!groups.empty()) return groups;
  const auto usual = state::find_group_by_name(call.txn, vpc_id, "default");
  if (usual) groups.push_back(usual->group_id);
  return groups;
}

state::NetworkInterface make_target_interface(Call& call, const GenericResource& endpoint, const state::Subnet& subnet,
                                              const std::vector<std::string>& groups) {
  InterfaceSpec spec;
  spec.subnet = subnet;
  spec.asking = Asking::creation;
  // As interfaces of Client VPN are seen to be described.
  spec.description = fmt::format("ClientVPN Endpoint resource {}", endpoint.resource_id);
  spec.group_ids = groups;
  spec.requester_id = call.scope.account;
  spec.requester_managed = true;
  auto interface = make_interface(call, spec);
  attach_to_service(call, interface);
  state::update(call.txn, interface);
  return interface;
}

Document AssociateClientVpnTargetNetwork(Call& call) {
  const auto endpoint = require_client_vpn_endpoint(call);
  const auto subnet = require_row<state::Subnet>(call, "subnet", call.require("SubnetId"));
  check_subnet(call, endpoint, subnet);
  const auto groups = groups_for(call, endpoint, subnet.vpc_id);
  const auto interface = make_target_interface(call, endpoint, subnet, groups);
  auto target = make_resource(call, declared_kind(kClientVpnTargetNetwork),
                              {{"ClientVpnEndpointId", endpoint.resource_id},
                               {"VpcId", subnet.vpc_id},
                               {"TargetNetworkId", subnet.subnet_id},
                               {"SecurityGroups", groups},
                               {"_interface", interface.network_interface_id}});
  target.parent_id = endpoint.resource_id;
  state::update(call.txn, target);
  state::add_reference(call.txn, call.scope, target.resource_id, subnet.subnet_id, true);
  add_client_vpn_vpc_route(call, target);
  return {{"AssociationId", target.resource_id}, {"Status", target.document["Status"]}};
}

// ---- Disassociate --------------------------------------------------------------------------------------------------

GenericResource require_target(Call& call, const GenericResource& endpoint, std::string_view id) {
  auto target = require_resource(call, kClientVpnTargetNetwork, id);
  if (target.parent_id != endpoint.resource_id) throw unknown_id(kClientVpnTargetNetwork, id);
  return target;
}

Document DisassociateClientVpnTargetNetwork(Call& call) {
  const auto endpoint = require_client_vpn_endpoint(call);
  auto target = require_target(call, endpoint, call.require("AssociationId"));
  if (target.state != "disassociating") {
    remove_client_vpn_routes(call, endpoint.resource_id, text(target.document, "TargetNetworkId"));
    remove_resource(call, target);
  }
  return {{"AssociationId", target.resource_id}, {"Status", {{"Code", "disassociating"}}}};
}

void move_target(Context& context, GenericResource& target) {
  if (target.state != "disassociated") return;
  const auto interface =
      state::find<state::NetworkInterface>(context.txn, context.scope, text(target.document, "_interface"));
  if (interface) remove_interface(context, *interface);
}

// ---- Describe and the rest -----------------------------------------------------------------------------------------

Document DescribeClientVpnTargetNetworks(Call& call) {
  const auto endpoint = require_client_vpn_endpoint(call);
  const auto ids = requested_ids(call, kClientVpnTargetNetwork, "AssociationIds");
  for (const auto& id : ids) require_target(call, endpoint, id);
  std::vector<Document> targets;
  for (const auto& each : client_vpn_target_networks(call.txn, endpoint.resource_id)) {
    if (!ids.empty() && std::ranges::find(ids, each.resource_id) == ids.end()) continue;
    targets.push_back(shown(call, each));
    call.looked_at.push_back(each.resource_id);
  }
  return describe_documents(call, "ClientVpnTargetNetworks", std::move(targets), "AssociationIds");
}

/// Replaces the groups of all associations; documented: up to five.
Document ApplySecurityGroupsToClientVpnTargetNetwork(Call& call) {
  auto endpoint = require_client_vpn_endpoint(call);
  const auto vpc_id = require_row<state::Vpc>(call, "vpc", call.require("VpcId")).vpc_id;
  std::vector<GenericResource> targets = client_vpn_target_networks(call.txn, endpoint.resource_id);
  std::erase_if(targets, [&](const GenericResource& each) { return text(each.document, "VpcId") != vpc_id; });
  if (targets.empty()) {
    throw ApiError("InvalidClientVpnActiveAssociationNotFound",
                   fmt::format("Endpoint {} has no active associations in {}", endpoint.resource_id, vpc_id));
  }
  std::vector<std::string> groups;
  for (const auto& each : call.items("SecurityGroupIds")) groups.push_back(each);
  for (auto& target : targets) {
    auto interface =
        state::find<state::NetworkInterface>(call.txn, call.scope, text(target.document, "_interface")).value();
    const auto subnet = state::find<state::Subnet>(call.txn, call.scope, interface.subnet_id).value();
    interface.group_ids = check_interface_groups(call, groups, subnet, Asking::creation);
    state::update(call.txn, interface);
    target.document["SecurityGroups"] = groups;
    state::update(call.txn, target);
  }
  for (const auto& each : items(endpoint.document, "SecurityGroupIds")) {
    state::remove_reference(call.txn, endpoint.resource_id, each.get_ref<const std::string&>());
  }
  for (const auto& each : groups) state::add_reference(call.txn, call.scope, endpoint.resource_id, each, true);
  state::add_reference(call.txn, call.scope, endpoint.resource_id, vpc_id, true);
  endpoint.document["VpcId"] = vpc_id;
  endpoint.document["SecurityGroupIds"] = groups;
  state::update(call.txn, endpoint);
  return {{"SecurityGroupIds", groups}};
}

constexpr FilterPath kFilters[] = {{"association-id", "AssociationId"}, {"target-network-id", "TargetNetworkId"}};

constexpr Operation kOperations[] = {
    {.name = "ApplySecurityGroupsToClientVpnTargetNetwork",
     .run = ApplySecurityGroupsToClientVpnTargetNetwork,
     .access = Access::write},
    {.name = "AssociateClientVpnTargetNetwork", .run = AssociateClientVpnTargetNetwork, .access = Access::write},
    {.name = "DescribeClientVpnTargetNetworks",
     .run = DescribeClientVpnTargetNetworks,
     .access = Access::read,
     .listed = "TargetNetwork",
     .filters = kFilters},
    {.name = "DisassociateClientVpnTargetNetwork", .run = DisassociateClientVpnTargetNetwork, .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = kClientVpnTargetNetwork, .moved = move_target}};

}  // namespace

Family client_vpn_target_networks_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
