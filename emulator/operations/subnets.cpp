/// Subnets.

#include "state/subnets.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cidr.hpp"
#include "emulator/describe.hpp"
#include "emulator/references.hpp"
#include "emulator/tags.hpp"
#include "emulator/vpc_associations.hpp"
#include "emulator/world.hpp"
#include "state/network_interfaces.hpp"
#include "state/resources.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

/// The first four addresses and the last are EC2's own.
constexpr std::int64_t kReserved = 5;

Document subnet_document(Transaction& txn, const state::Subnet& subnet, std::int64_t held) {
  const auto block = parse_cidr(subnet.cidr_block);
  const Document& options = subnet.options;
  Document dns{
      {"HostnameType", "ip-name"}, {"EnableResourceNameDnsARecord", false}, {"EnableResourceNameDnsAAAARecord", false}};
  dns.update(part(options, "PrivateDnsNameOptionsOnLaunch"));
  Document out{
      {"SubnetId", subnet.subnet_id},
      {"SubnetArn", fmt::format("arn:aws:ec2:{}:{}:subnet/{}", subnet.region, subnet.account, subnet.subnet_id)},
      {"State", subnet.state},
      {"OwnerId", subnet.account},
      {"VpcId", subnet.vpc_id},
      {"CidrBlock", subnet.cidr_block},
      {"Ipv6CidrBlockAssociationSet", Document::array()},
      {"AvailableIpAddressCount", block ? static_cast<std::int64_t>(block->size()) - kReserved - held : 0},
      {"AvailabilityZone", subnet.availability_zone},
      {"AvailabilityZoneId", subnet.availability_zone_id},
      {"DefaultForAz", subnet.default_for_az},
      {"MapPublicIpOnLaunch", subnet.map_public_ip_on_launch},
      {"MapCustomerOwnedIpOnLaunch", false},
      {"AssignIpv6AddressOnCreation", subnet.assign_ipv6_address_on_creation},
      {"EnableDns64", flag(options, "EnableDns64").value_or(false)},
      {"Ipv6Native", false},
      {"PrivateDnsNameOptionsOnLaunch", std::move(dns)}};
  set_tags(out, txn, subnet.subnet_id);
  return out;
}

Document described(Transaction& txn, const state::Subnet& subnet) {
  return subnet_document(txn, subnet, state::count_private_addresses(txn, subnet.subnet_id));
}

std::string zone_names(const Call& call) {
  std::vector<std::string_view> names;
  for (const auto& zone : catalogue::zones(call.scope.region)) {
    if (zone.is_availability_zone()) names.push_back(zone.name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

const catalogue::Zone& zone_of(const Call& call) {
  const auto name = call.text("AvailabilityZone"), id = call.text("AvailabilityZoneId");
  const auto* zone = name.empty() && id.empty() ? &catalogue::zones(call.scope.region).front()
                     : name.empty()             ? catalogue::find_zone_by_id(call.scope.region, id)
                                                : catalogue::find_zone(call.scope.region, name);
  if (zone == nullptr) {
    throw errors::invalid_value(
        name.empty() ? id : name, "availabilityZone",
        fmt::format("Subnets can currently only be created in the following availability zones: {}.",
                    zone_names(call)));
  }
  return *zone;
}

Cidr block_of(Call& call, const state::Vpc& vpc) {
  const auto given = call.text("CidrBlock");
  if (given.empty()) throw ApiError("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.");
  const auto block = parse_cidr(given);
  if (!block) throw errors::invalid_value(given, "cidrBlock", "This is not a valid CIDR block.");
  const bool is_inside = std::ranges::any_of(vpc.cidr_block_associations, [&](const Document& each) {
    return parse_cidr(text(each, "CidrBlock"))->contains(*block);
  });
  if (!is_inside || block->prefix_length < 16 || block->prefix_length > 28) {
    throw ApiError("InvalidSubnet.Range", fmt::format("The CIDR '{}' is invalid.", given));
  }
  const auto siblings = state::subnets_of_vpc(call.txn, vpc.vpc_id);
  if (std::ranges::any_of(siblings, [&](const auto& each) { return parse_cidr(each.cidr_block)->overlaps(*block); })) {
    throw ApiError("InvalidSubnet.Conflict", fmt::format("The CIDR '{}' conflicts with another subnet", given));
  }
  if (Quotas::is_reached(call.world.quotas.subnets_per_vpc, static_cast<std::int64_t>(siblings.size()))) {
    throw ApiError("SubnetLimitExceeded", "The maximum number of subnets has been reached.");
  }
  return *block;
}

/// A subnet is with the VPC's default ACL from its birth.
void join_default_acl(Call& call, const state::Subnet& subnet) {
  for (auto& acl : state::list_children(call.txn, subnet.vpc_id, "network-acl")) {
    if (!flag(acl.document, "IsDefault").value_or(false)) continue;
    acl.document["Associations"].push_back({{"NetworkAclAssociationId", call.make_id("aclassoc")},
                                            {"NetworkAclId", acl.resource_id},
                                            {"SubnetId", subnet.subnet_id}});
    state::update(call.txn, acl);
  }
}

state::Subnet make_subnet(Call& call, const state::Vpc& vpc, const Cidr& block, const catalogue::Zone& zone,
                          bool is_default) {
  state::Subnet subnet;
  subnet.account = call.scope.account;
  subnet.region = call.scope.region;
  subnet.subnet_id = call.make_id("subnet");
  subnet.vpc_id = vpc.vpc_id;
  subnet.state = "available";
  subnet.cidr_block = block.text();
  subnet.availability_zone = zone.name;
  subnet.availability_zone_id = zone.id;
  subnet.default_for_az = subnet.map_public_ip_on_launch = is_default;
  subnet.options = Document::object();
  state::insert(call.txn, subnet);
  join_default_acl(call, subnet);
  apply_tags(call, subnet.subnet_id, "subnet");
  return subnet;
}

Document CreateSubnet(Call& call) {
  const auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  if (!call.text("Ipv6CidrBlock").empty() || call.flag("Ipv6Native").value_or(false))
    throw errors::not_built("IPv6 of a subnet");
  const auto block = block_of(call, vpc);
  const auto subnet = make_subnet(call, vpc, block, zone_of(call), false);
  Document out = described(call.txn, subnet);
  out["Tags"] = tag_set(call.txn, subnet.subnet_id);
  return {{"Subnet", std::move(out)}};
}

/// The next free /20 of the default VPC.
Document CreateDefaultSubnet(Call& call) {
  const auto vpc = state::find_default_vpc(call.txn, call.scope);
  if (!vpc) throw ApiError("DefaultVpcDoesNotExist", "No default VPC exists for this account in this region.");
  const auto& zone = zone_of(call);
  const auto siblings = state::subnets_of_vpc(call.txn, vpc->vpc_id);
  for (const auto& each : siblings) {
    if (each.default_for_az && each.availability_zone == zone.name) {
      throw ApiError("DefaultSubnetAlreadyExistsInAvailabilityZone",
                     fmt::format("'{}' is already the default subnet in {}.", each.subnet_id, zone.name));
    }
  }
  const auto whole = *parse_cidr(vpc->cidr_block);
  for (Cidr block{whole.first, 20}; whole.contains(block); block.first += static_cast<std::uint32_t>(block.size())) {
    if (std::ranges::any_of(siblings, [&](const auto& each) { return parse_cidr(each.cidr_block)->overlaps(block); }))
      continue;
    return {{"Subnet", described(call.txn, make_subnet(call, *vpc, block, zone, true))}};
  }
  throw ApiError("InsufficientFreeAddressesInVpc",
                 "There is no room left for a default subnet.");  // Assumed: code and words
}

Document DeleteSubnet(Call& call) {
  const auto subnet = require_row<state::Subnet>(call, "subnet", call.require("SubnetId"));
  if (!state::interfaces_of_subnet(call.txn, subnet.subnet_id).empty()) {
    throw errors::dependency_violation(
        fmt::format("The subnet '{}' has dependencies and cannot be deleted.", subnet.subnet_id));
  }
  require_unheld(call, "subnet", subnet.subnet_id);
  leave_tables(call, subnet.vpc_id, "SubnetId", subnet.subnet_id);
  state::remove_tags(call.txn, subnet.subnet_id);
  state::erase(call.txn, subnet);
  return {};
}

Document DescribeSubnets(Call& call) {
  return describe_rows<state::Subnet>(
      call, {.type = "subnet", .ids = "SubnetIds", .list = "Subnets", .id_filter = "subnet-id"},
      [&](const state::Subnet& subnet) {
        Document out = described(call.txn, subnet);
        out["BlockPublicAccessStates"] = {{"InternetGatewayBlockMode", "off"}};
        return out;
      });
}

constexpr FilterPath kSubnetFilters[] = {
    {"cidr", "CidrBlock"},
    {"ipv6-cidr-block-association.association-id", "Ipv6CidrBlockAssociationSet.AssociationId"},
    {"ipv6-cidr-block-association.ipv6-cidr-block", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock"},
    {"ipv6-cidr-block-association.state", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State"},
};

Document ModifySubnetAttribute(Call& call) {
  auto subnet = require_row<state::Subnet>(call, "subnet", call.require("SubnetId"));
  if (const auto maps = flag(call.part("MapPublicIpOnLaunch"), "Value")) subnet.map_public_ip_on_launch = *maps;
  if (flag(call.part("AssignIpv6AddressOnCreation"), "Value").value_or(false)) {
    throw errors::invalid_parameter_value(
        fmt::format("Invalid value 'true' for assignIpv6AddressOnCreation. Subnet {} has no IPv6 CIDR block.",
                    subnet.subnet_id));  // Assumed: the words
  }
  auto& dns = subnet.options["PrivateDnsNameOptionsOnLaunch"];
  if (dns.is_null()) dns = Document::object();
  set_if(dns, "HostnameType", call.text("PrivateDnsHostnameTypeOnLaunch"));
  set_if(dns, "EnableResourceNameDnsARecord", flag(call.part("EnableResourceNameDnsARecordOnLaunch"), "Value"));
  set_if(dns, "EnableResourceNameDnsAAAARecord", flag(call.part("EnableResourceNameDnsAAAARecordOnLaunch"), "Value"));
  set_if(subnet.options, "EnableDns64", flag(call.part("EnableDns64"), "Value"));
  state::update(call.txn, subnet);
  return {};
}

constexpr Operation kOperations[] = {
    {.name = "CreateDefaultSubnet", .run = CreateDefaultSubnet, .access = Access::write},
    {.name = "CreateSubnet", .run = CreateSubnet, .access = Access::write},
    {.name = "DeleteSubnet", .run = DeleteSubnet, .access = Access::write},
    {.name = "DescribeSubnets",
     .run = DescribeSubnets,
     .access = Access::read,
     .listed = "Subnet",
     .filters = kSubnetFilters},
    {.name = "ModifySubnetAttribute", .run = ModifySubnetAttribute, .access = Access::write},
};

}  // namespace

Family subnets_family() { return {.operations = kOperations}; }

}  // namespace fogling
