/// Security groups that may be used in VPCs beside their own.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/security_group_rules.hpp"
#include "emulator/security_groups.hpp"
#include "state/network_interfaces.hpp"
#include "state/resources.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

/// Assumed: how long an association takes to come or to go.
constexpr std::int64_t kAssociationTakes_ms = 2000;

std::optional<state::GenericResource> find_association(Call& call, std::string_view group_id, std::string_view vpc_id) {
  for (auto& each : state::list_children(call.txn, group_id, kGroupVpcAssociation)) {
    if (text(each.document, "VpcId") == vpc_id) return std::move(each);
  }
  return std::nullopt;
}

void set_state(Context& context, state::GenericResource& association, std::string_view state) {
  association.state = state;
  association.document["State"] = state;
  state::update(context.txn, association);
}

/// Assumed: code and words of all three; the rules are documented.
void check_associable(const state::SecurityGroup& group, const state::Vpc& vpc) {
  if (group.group_name == "default") {
    throw errors::invalid_parameter_value(
        fmt::format("The default security group '{}' cannot be associated with another VPC.", group.group_id));
  }
  if (vpc.is_default) {
    throw errors::invalid_parameter_value(
        fmt::format("A security group cannot be associated with the default VPC '{}'.", vpc.vpc_id));
  }
  if (vpc.vpc_id == group.vpc_id) {
    throw errors::invalid_parameter_value(
        fmt::format("The security group '{}' already belongs to VPC '{}'.", group.group_id, vpc.vpc_id));
  }
}

/// Assumed: a repetition tells the state of what is there already.
Document AssociateSecurityGroupVpc(Call& call) {
  const auto group = require_group(call, call.require("GroupId"), {});
  const auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  check_associable(group, vpc);
  if (const auto there = find_association(call, group.group_id, vpc.vpc_id)) return {{"State", there->state}};
  state::GenericResource association;
  association.account = call.scope.account;
  association.region = call.scope.region;
  association.resource_id = group.group_id + "/" + vpc.vpc_id;
  association.kind = kGroupVpcAssociation;
  association.state = "associating";
  association.parent_id = group.group_id;
  association.document = {{"GroupId", group.group_id},
                          {"VpcId", vpc.vpc_id},
                          {"VpcOwnerId", vpc.account},
                          {"GroupOwnerId", group.account},
                          {"State", association.state}};
  state::insert(call.txn, association);
  state::add_reference(call.txn, call.scope, association.resource_id, vpc.vpc_id, false);
  schedule(call, kGroupVpcAssociation, association.resource_id, "associated", kAssociationTakes_ms);
  return {{"State", association.state}};
}

Document DisassociateSecurityGroupVpc(Call& call) {
  const auto group = require_group(call, call.require("GroupId"), {});
  const auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  auto association = find_association(call, group.group_id, vpc.vpc_id);
  if (!association) {  // Assumed: code and words
    throw errors::invalid_parameter_value(
        fmt::format("The security group '{}' is not associated with VPC '{}'.", group.group_id, vpc.vpc_id));
  }
  const auto users = state::interfaces_of_group(call.txn, group.group_id);
  if (std::ranges::find(users, vpc.vpc_id, &state::NetworkInterface::vpc_id) != users.end()) {
    // Assumed: code and words are those of deletion; the rule is documented.
    throw errors::dependency_violation(fmt::format("resource {} has a dependent object", group.group_id));
  }
  set_state(call, *association, "disassociating");
  schedule(call, kGroupVpcAssociation, association->resource_id, "disassociated", kAssociationTakes_ms);
  return {{"State", association->state}};
}

Document DescribeSecurityGroupVpcAssociations(Call& call) {
  std::vector<Document> associations;
  for (const auto& each : state::list_kind(call.txn, call.scope, kGroupVpcAssociation)) {
    associations.push_back(each.document);
    call.looked_at.push_back(each.resource_id);
  }
  return describe_documents(call, "SecurityGroupVpcAssociations", std::move(associations));
}

void move_association(Context& context, const state::Due& due) {
  auto association = state::find<state::GenericResource>(context.txn, context.scope, due.resource_id);
  if (!association) return;
  if (association->state == "associating") {
    set_state(context, *association, "associated");
  } else if (association->state == "disassociating") {
    state::remove_references_of(context.txn, association->resource_id);
    state::erase(context.txn, *association);
  }
}

constexpr Operation kOperations[] = {
    {.name = "AssociateSecurityGroupVpc", .run = AssociateSecurityGroupVpc, .access = Access::write},
    {.name = "DescribeSecurityGroupVpcAssociations",
     .run = DescribeSecurityGroupVpcAssociations,
     .access = Access::read,
     .listed = "SecurityGroupVpcAssociation"},
    {.name = "DisassociateSecurityGroupVpc", .run = DisassociateSecurityGroupVpc, .access = Access::write},
};

constexpr Mover kMovers[] = {{kGroupVpcAssociation, move_association}};

}  // namespace

Family security_group_vpc_associations_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
