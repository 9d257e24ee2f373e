/// VPCs: making, seeing, changing and deleting them; the default VPC made anew.

#include "state/vpcs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cidr.hpp"
#include "emulator/default_vpc.hpp"
#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/references.hpp"
#include "emulator/security_groups.hpp"
#include "emulator/tags.hpp"
#include "emulator/vpc_block_public_access.hpp"
#include "emulator/vpc_blocks.hpp"
#include "emulator/world.hpp"
#include "state/network_interfaces.hpp"
#include "state/resources.hpp"
#include "state/security_groups.hpp"
#include "state/subnets.hpp"

namespace fogling {
namespace {

Document vpc_document(Transaction& txn, const state::Vpc& vpc) {
  Document out{{"VpcId", vpc.vpc_id},
               {"OwnerId", vpc.account},
               {"State", vpc.state},
               {"CidrBlock", vpc.cidr_block},
               {"CidrBlockAssociationSet", vpc.cidr_block_associations},
               {"DhcpOptionsId", vpc.dhcp_options_id},
               {"InstanceTenancy", vpc.instance_tenancy},
               {"IsDefault", vpc.is_default}};
  if (!vpc.ipv6_cidr_block_associations.empty()) {
    out["Ipv6CidrBlockAssociationSet"] = shown_ipv6_blocks(vpc.ipv6_cidr_block_associations);
  }
  set_tags(out, txn, vpc.vpc_id);
  return out;
}

/// The answer to the making itself shows even empty lists.
Document made_document(Transaction& txn, const state::Vpc& vpc) {
  Document out = vpc_document(txn, vpc);
  out["Ipv6CidrBlockAssociationSet"] = shown_ipv6_blocks(vpc.ipv6_cidr_block_associations);
  out["Tags"] = tag_set(txn, vpc.vpc_id);
  return out;
}

/// Recorded: only a Describe tells who blocks public access.
Document described(Transaction& txn, const state::Vpc& vpc, const BlockPublicAccess& access) {
  Document out = vpc_document(txn, vpc);
  out["BlockPublicAccessStates"] = access.states(vpc.vpc_id);
  return out;
}

void check_vpc_quota(Call& call) {
  if (Quotas::is_reached(call.world.quotas.vpcs, state::count<state::Vpc>(call.txn, call.scope))) {
    throw ApiError("VpcLimitExceeded", "The maximum number of VPCs has been reached.");
  }
}

Document CreateVpc(Call& call) {
  const auto pooled = requested_ipv4_pool_block(call);
  const auto given = pooled ? pooled->block.text() : std::string(call.text("CidrBlock"));
  if (given.empty()) throw ApiError("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.");
  const auto block = read_vpc_block(given);
  const auto ipv6_block = requested_ipv6_block(call);
  if (!call.part("VpcEncryptionControl").empty()) throw errors::not_built("VpcEncryptionControl of CreateVpc");
  const auto tenancy = call.text("InstanceTenancy");
  if (tenancy == "host") throw ApiError("UnsupportedTenancy", "The tenancy value host is not supported.");
  check_vpc_quota(call);
  state::Vpc vpc;
  vpc.account = call.scope.account;
  vpc.region = call.scope.region;
  vpc.vpc_id = call.make_id("vpc");
  vpc.state = "pending";
  vpc.cidr_block = block.text();
  vpc.dhcp_options_id = default_dhcp_options(call);
  vpc.instance_tenancy = tenancy.empty() ? "default" : std::string(tenancy);
  vpc.enable_dns_support = true;
  vpc.cidr_block_associations = Document::array({{{"AssociationId", call.make_id("vpc-cidr-assoc")},
                                                  {"CidrBlock", vpc.cidr_block},
                                                  {"CidrBlockState", {{"State", "associated"}}}}});
  vpc.ipv6_cidr_block_associations = Document::array();
  state::insert(call.txn, vpc);
  make_vpc_parts(call, vpc);
  if (pooled) allocate_to(call, pooled->pool, vpc.cidr_block, vpc.vpc_id, "vpc");
  if (ipv6_block) associate_ipv6_block(call, vpc, *ipv6_block);
  import_new_blocks(call);
  apply_tags(call, vpc.vpc_id, "vpc");
  schedule(call, "vpc", vpc.vpc_id, "available", 1000);
  return {{"Vpc", made_document(call.txn, vpc)}};
}

Document CreateDefaultVpc(Call& call) {
  if (state::find_default_vpc(call.txn, call.scope)) {
    throw ApiError("DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region.");
  }
  check_vpc_quota(call);
  auto vpc = make_default_vpc(call);
  Document shown = made_document(call.txn, vpc);
  shown["State"] = "pending";
  return {{"Vpc", std::move(shown)}};
}

/// What goes silently with a VPC: its main route table, default ACL and default group, and that groups of others may be
/// used in it.
void remove_parts(Call& call, const state::Vpc& vpc) {
  for (const char* kind : {"route-table", "network-acl"}) {
    for (const auto& part : state::list_children(call.txn, vpc.vpc_id, kind)) erase_resource(call, part);
  }
  for (const auto& each : state::list_referring(call.txn, vpc.vpc_id, kGroupVpcAssociation)) erase_resource(call, each);
  for (const auto& group : state::groups_of_vpc(call.txn, vpc.vpc_id)) {
    for (const auto& rule : state::rules_of_group(call.txn, group.group_id))
      state::remove_tags(call.txn, rule.security_group_rule_id);
    state::remove_tags(call.txn, group.group_id);
    state::erase(call.txn, group);
  }
}

bool has_dependents(Call& call, const state::Vpc& vpc) {
  const auto children = [&](const char* kind) { return state::list_children(call.txn, vpc.vpc_id, kind); };
  return !state::subnets_of_vpc(call.txn, vpc.vpc_id).empty() || !children("internet-gateway").empty() ||
         children("route-table").size() > 1 || children("network-acl").size() > 1 ||
         state::groups_of_vpc(call.txn, vpc.vpc_id).size() > 1;
}

Document DeleteVpc(Call& call) {
  const auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  if (has_dependents(call, vpc)) {
    throw errors::dependency_violation(fmt::format("The vpc '{}' has dependencies and cannot be deleted.", vpc.vpc_id));
  }
  require_unheld(call, "vpc", vpc.vpc_id);
  remove_parts(call, vpc);
  release_allocations(call, vpc.vpc_id);
  state::remove_tags(call.txn, vpc.vpc_id);
  state::remove_dues_of(call.txn, vpc.vpc_id);
  state::erase(call.txn, vpc);
  return {};
}

Document DescribeVpcs(Call& call) {
  const BlockPublicAccess access(call);
  return describe_rows<state::Vpc>(call, {.type = "vpc", .ids = "VpcIds", .list = "Vpcs", .id_filter = "vpc-id"},
                                   [&](const state::Vpc& vpc) { return described(call.txn, vpc, access); });
}

constexpr FilterPath kVpcFilters[] = {
    {"cidr", "CidrBlock"},
    {"cidr-block-association.association-id", "CidrBlockAssociationSet.AssociationId"},
    {"cidr-block-association.cidr-block", "CidrBlockAssociationSet.CidrBlock"},
    {"cidr-block-association.state", "CidrBlockAssociationSet.CidrBlockState.State"},
    {"ipv6-cidr-block-association.association-id", "Ipv6CidrBlockAssociationSet.AssociationId"},
    {"ipv6-cidr-block-association.ipv6-cidr-block", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock"},
    {"ipv6-cidr-block-association.ipv6-pool", "Ipv6CidrBlockAssociationSet.Ipv6Pool"},
    {"ipv6-cidr-block-association.state", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State"},
};

/// In the order in which EC2 names them when it refuses several at once.
constexpr struct {
  std::string_view attribute;
  const char* member;
  bool state::Vpc::*value;
} kAttributes[] = {
    {"enableDnsHostnames", "EnableDnsHostnames", &state::Vpc::enable_dns_hostnames},
    {"enableDnsSupport", "EnableDnsSupport", &state::Vpc::enable_dns_support},
    {"enableNetworkAddressUsageMetrics", "EnableNetworkAddressUsageMetrics",
     &state::Vpc::enable_network_address_usage_metrics},
};

Document DescribeVpcAttribute(Call& call) {
  const auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  const auto attribute = call.require("Attribute");
  for (const auto& each : kAttributes) {
    if (each.attribute == attribute) return {{"VpcId", vpc.vpc_id}, {each.member, {{"Value", vpc.*each.value}}}};
  }
  throw errors::invalid_value(attribute, "attribute", "Unknown attribute.");
}

Document ModifyVpcAttribute(Call& call) {
  auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  std::vector<std::string_view> changes;
  for (const auto& each : kAttributes) {
    const auto value = flag(call.part(each.member), "Value");
    if (!value) continue;
    vpc.*each.value = *value;
    changes.push_back(each.attribute);
  }
  if (changes.empty()) throw errors::invalid_combination("No attributes specified.");
  if (changes.size() > 1) {
    throw errors::invalid_combination(
        fmt::format("Fields for multiple attribute types specified: {}", fmt::join(changes, ", ")));
  }
  if (changes.front() == "enableDnsHostnames" && vpc.enable_dns_hostnames && !vpc.enable_dns_support) {
    throw errors::invalid_combination(  // Assumed: code and words; the rule is documented
        fmt::format("DNS hostnames cannot be enabled for {} while its DNS support is disabled.", vpc.vpc_id));
  }
  state::update(call.txn, vpc);
  return {};
}

/// Only ever to `default`; what was launched keeps its tenancy.
Document ModifyVpcTenancy(Call& call) {
  auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  vpc.instance_tenancy = call.require("InstanceTenancy");
  state::update(call.txn, vpc);
  return {{"ReturnValue", true}};
}

/// No account of today has ClassicLink: every VPC is told not to have it.
Document DescribeVpcClassicLink(Call& call) {
  std::vector<Document> links;
  for (const auto& vpc : candidates<state::Vpc>(call, {.type = "vpc", .ids = "VpcIds", .list = "Vpcs"})) {
    links.push_back({{"VpcId", vpc.vpc_id}, {"ClassicLinkEnabled", false}, {"Tags", tag_set(call.txn, vpc.vpc_id)}});
  }
  return describe_documents(call, "Vpcs", std::move(links));
}
Document DescribeVpcClassicLinkDnsSupport(Call& call) {
  std::vector<Document> links;
  for (const auto& vpc : candidates<state::Vpc>(call, {.type = "vpc", .ids = "VpcIds", .list = "Vpcs"})) {
    links.push_back({{"VpcId", vpc.vpc_id}, {"ClassicLinkDnsSupported", false}});
  }
  return describe_documents(call, "Vpcs", std::move(links));
}

void move_vpc(Context& context, const state::Due& due) {
  auto vpc = state::find<state::Vpc>(context.txn, context.scope, due.resource_id);
  if (!vpc || vpc->state != "pending") return;
  vpc->state = "available";
  state::update(context.txn, *vpc);
}

constexpr FilterPath kLinkFilters[] = {{"is-classic-link-enabled", "ClassicLinkEnabled"}};

constexpr Operation kOperations[] = {
    {.name = "CreateDefaultVpc", .run = CreateDefaultVpc, .access = Access::write},
    {.name = "CreateVpc", .run = CreateVpc, .access = Access::write},
    {.name = "DeleteVpc", .run = DeleteVpc, .access = Access::write},
    {.name = "DescribeVpcAttribute", .run = DescribeVpcAttribute, .access = Access::read},
    {.name = "DescribeVpcClassicLink",
     .run = DescribeVpcClassicLink,
     .access = Access::read,
     .listed = "VpcClassicLink",
     .filters = kLinkFilters},
    {.name = "DescribeVpcClassicLinkDnsSupport", .run = DescribeVpcClassicLinkDnsSupport, .access = Access::read},
    {.name = "DescribeVpcs", .run = DescribeVpcs, .access = Access::read, .listed = "Vpc", .filters = kVpcFilters},
    {.name = "ModifyVpcAttribute", .run = ModifyVpcAttribute, .access = Access::write},
    {.name = "ModifyVpcTenancy", .run = ModifyVpcTenancy, .access = Access::write},
};

constexpr Mover kMovers[] = {{"vpc", move_vpc}};

}  // namespace

Family vpcs_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
