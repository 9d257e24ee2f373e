#include "emulator/default_vpc.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cidr.hpp"
#include "emulator/vpc_blocks.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/resources.hpp"
#include "state/security_groups.hpp"
#include "state/subnets.hpp"

namespace fogling {
namespace {

void put(Context& context, std::string_view kind, std::string_view id, std::string_view parent_id, Document document) {
  state::GenericResource row;
  row.account = context.scope.account;
  row.region = context.scope.region;
  row.resource_id = id;
  row.kind = kind;
  row.state = "available";
  row.parent_id = parent_id;
  row.document = std::move(document);
  state::insert(context.txn, row);
}

Document acl_entry(std::int64_t number, bool is_egress, std::string_view action) {
  return {{"RuleNumber", number},
          {"Protocol", "-1"},
          {"RuleAction", action},
          {"Egress", is_egress},
          {"CidrBlock", "0.0.0.0/0"}};
}

std::string dashed(std::string_view address) {
  std::string out(address);
  std::ranges::replace(out, '.', '-');
  return out;
}

void add_rule(Context& context, const state::SecurityGroup& group, bool is_egress, std::string_view referenced_group) {
  state::SecurityGroupRule rule;
  rule.account = context.scope.account;
  rule.region = context.scope.region;
  rule.security_group_rule_id = context.make_id("sgr");
  rule.group_id = group.group_id;
  rule.is_egress = is_egress;
  rule.ip_protocol = "-1";
  if (is_egress) rule.cidr_ipv4 = "0.0.0.0/0";
  if (!referenced_group.empty()) {
    rule.referenced_group_id = referenced_group;
    rule.referenced_user_id = context.scope.account;
  }
  state::insert(context.txn, rule);
}

}  // namespace

std::string private_dns_name(std::string_view region, std::string_view private_ip_address) {
  return region == "us-east-1" ? fmt::format("ip-{}.ec2.internal", dashed(private_ip_address))
                               : fmt::format("ip-{}.{}.compute.internal", dashed(private_ip_address), region);
}

std::string private_resource_name(std::string_view region, std::string_view instance_id) {
  return region == "us-east-1" ? fmt::format("{}.ec2.internal", instance_id)
                               : fmt::format("{}.{}.compute.internal", instance_id, region);
}

std::string public_dns_name(std::string_view region, std::string_view public_ip) {
  return region == "us-east-1" ? fmt::format("ec2-{}.compute-1.amazonaws.com", dashed(public_ip))
                               : fmt::format("ec2-{}.{}.compute.amazonaws.com", dashed(public_ip), region);
}

std::string default_dhcp_options(Context& context) {
  for (const auto& options : state::list_kind(context.txn, context.scope, "dhcp-options")) {
    if (options.state == "default") return options.resource_id;
  }
  const std::string id = context.make_id("dopt");
  const std::string domain =
      context.scope.region == "us-east-1" ? "ec2.internal" : context.scope.region + ".compute.internal";
  const auto configuration = [](std::string_view key, std::string_view value) -> Document {
    return {{"Key", key}, {"Values", Document::array({{{"Value", value}}})}};
  };
  state::GenericResource row;
  row.account = context.scope.account;
  row.region = context.scope.region;
  row.resource_id = id;
  row.kind = "dhcp-options";
  row.state = "default";
  row.document = {{"DhcpOptionsId", id},
                  {"OwnerId", context.scope.account},
                  {"DhcpConfigurations", Document::array({configuration("domain-name", domain),
                                                          configuration("domain-name-servers", "AmazonProvidedDNS")})}};
  state::insert(context.txn, row);
  return id;
}

void make_vpc_parts(Context& context, const state::Vpc& vpc) {
  const std::string table = context.make_id("rtb");
  put(context, "route-table", table, vpc.vpc_id,
      {{"RouteTableId", table},
       {"VpcId", vpc.vpc_id},
       {"OwnerId", context.scope.account},
       {"Routes", Document::array({local_route(vpc.cidr_block)})},
       {"Associations", Document::array({{{"RouteTableAssociationId", context.make_id("rtbassoc")},
                                          {"RouteTableId", table},
                                          {"Main", true},
                                          {"AssociationState", {{"State", "associated"}}}}})},
       {"PropagatingVgws", Document::array()}});

  const std::string acl = context.make_id("acl");
  put(context, "network-acl", acl, vpc.vpc_id,
      {{"NetworkAclId", acl},
       {"VpcId", vpc.vpc_id},
       {"OwnerId", context.scope.account},
       {"IsDefault", true},
       {"Entries", Document::array({acl_entry(100, true, "allow"), acl_entry(32767, true, "deny"),
                                    acl_entry(100, false, "allow"), acl_entry(32767, false, "deny")})},
       {"Associations", Document::array()}});

  state::SecurityGroup group;
  group.account = context.scope.account;
  group.region = context.scope.region;
  group.group_id = context.make_id("sg");
  group.group_name = "default";
  group.description = "default VPC security group";
  group.vpc_id = vpc.vpc_id;
  state::insert(context.txn, group);
  add_rule(context, group, true, {});
  add_rule(context, group, false, group.group_id);
}

state::Vpc make_default_vpc(Context& context) {
  state::Vpc vpc;
  vpc.account = context.scope.account;
  vpc.region = context.scope.region;
  vpc.vpc_id = context.make_id("vpc");
  vpc.state = "available";
  vpc.cidr_block = "172.31.0.0/16";
  vpc.dhcp_options_id = default_dhcp_options(context);
  vpc.instance_tenancy = "default";
  vpc.is_default = true;
  vpc.enable_dns_support = vpc.enable_dns_hostnames = true;
  vpc.cidr_block_associations = Document::array({{{"AssociationId", context.make_id("vpc-cidr-assoc")},
                                                  {"CidrBlock", vpc.cidr_block},
                                                  {"CidrBlockState", {{"State", "associated"}}}}});
  vpc.ipv6_cidr_block_associations = Document::array();
  state::insert(context.txn, vpc);
  make_vpc_parts(context, vpc);

  const std::string gateway = context.make_id("igw");
  put(context, "internet-gateway", gateway, vpc.vpc_id,
      {{"InternetGatewayId", gateway},
       {"OwnerId", context.scope.account},
       {"Attachments", Document::array({{{"VpcId", vpc.vpc_id}, {"State", "available"}}})}});

  auto table = state::list_children(context.txn, vpc.vpc_id, "route-table").front();
  table.document["Routes"].push_back(
      {{"DestinationCidrBlock", "0.0.0.0/0"}, {"GatewayId", gateway}, {"State", "active"}, {"Origin", "CreateRoute"}});
  state::update(context.txn, table);

  auto acl = state::list_children(context.txn, vpc.vpc_id, "network-acl").front();
  Cidr block = *parse_cidr("172.31.0.0/20");
  for (const auto& zone : catalogue::zones(context.scope.region)) {
    if (!zone.is_availability_zone()) continue;
    state::Subnet subnet;
    subnet.account = context.scope.account;
    subnet.region = context.scope.region;
    subnet.subnet_id = context.make_id("subnet");
    subnet.vpc_id = vpc.vpc_id;
    subnet.state = "available";
    subnet.cidr_block = block.text();
    subnet.availability_zone = zone.name;
    subnet.availability_zone_id = zone.id;
    subnet.default_for_az = subnet.map_public_ip_on_launch = true;
    state::insert(context.txn, subnet);
    acl.document["Associations"].push_back({{"NetworkAclAssociationId", context.make_id("aclassoc")},
                                            {"NetworkAclId", acl.resource_id},
                                            {"SubnetId", subnet.subnet_id}});
    block.first += static_cast<std::uint32_t>(block.size());
  }
  state::update(context.txn, acl);
  return vpc;
}

}  // namespace fogling
