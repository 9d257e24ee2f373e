/// Subnets: made, seen and removed. Attributes, IPv6 blocks and reservations are in files of their own.

#include "state/subnets.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cidr.hpp"
#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/references.hpp"
#include "emulator/subnets.hpp"
#include "emulator/tags.hpp"
#include "emulator/vpc_associations.hpp"
#include "emulator/vpc_block_public_access.hpp"
#include "emulator/vpc_blocks.hpp"
#include "emulator/world.hpp"
#include "state/network_interfaces.hpp"
#include "state/resources.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

/// The first four addresses and the last are EC2's own.
constexpr std::int64_t kReserved = 5;

std::int64_t available_addresses(Transaction& txn, const state::Subnet& subnet) {
  const auto block = parse_cidr(subnet.cidr_block);
  if (!block) return 0;
  return static_cast<std::int64_t>(block->size()) - kReserved - state::count_private_addresses(txn, subnet.subnet_id);
}

Document subnet_document(Transaction& txn, const state::Subnet& subnet) {
  const Document& options = subnet.options;
  Document dns{{"HostnameType", is_ipv6_native(subnet) ? "resource-name" : "ip-name"},
               {"EnableResourceNameDnsARecord", false},
               {"EnableResourceNameDnsAAAARecord", false}};
  dns.update(part(options, "PrivateDnsNameOptionsOnLaunch"));
  Document out{
      {"SubnetId", subnet.subnet_id},
      {"SubnetArn", fmt::format("arn:aws:ec2:{}:{}:subnet/{}", subnet.region, subnet.account, subnet.subnet_id)},
      {"State", subnet.state},
      {"OwnerId", subnet.account},
      {"VpcId", subnet.vpc_id},
      {"Ipv6CidrBlockAssociationSet",
       subnet.ipv6_cidr_block_associations.is_array() ? subnet.ipv6_cidr_block_associations : Document::array()},
      {"AvailableIpAddressCount", available_addresses(txn, subnet)},
      {"AvailabilityZone", subnet.availability_zone},
      {"AvailabilityZoneId", subnet.availability_zone_id},
      {"DefaultForAz", subnet.default_for_az},
      {"MapPublicIpOnLaunch", subnet.map_public_ip_on_launch},
      {"MapCustomerOwnedIpOnLaunch", false},
      {"AssignIpv6AddressOnCreation", subnet.assign_ipv6_address_on_creation},
      {"EnableDns64", flag(options, "EnableDns64").value_or(false)},
      {"Ipv6Native", is_ipv6_native(subnet)},
      {"PrivateDnsNameOptionsOnLaunch", std::move(dns)}};
  set_if(out, "CidrBlock", subnet.cidr_block);
  set_tags(out, txn, subnet.subnet_id);
  return out;
}

/// The answer to the making itself shows even an empty list of tags.
Document made_document(Transaction& txn, const state::Subnet& subnet) {
  Document out = subnet_document(txn, subnet);
  out["Tags"] = tag_set(txn, subnet.subnet_id);
  return out;
}

/// Recorded: only a Describe tells who blocks public access.
Document described(Transaction& txn, const state::Subnet& subnet, const BlockPublicAccess& access) {
  Document out = subnet_document(txn, subnet);
  out["BlockPublicAccessStates"] = access.states(subnet.vpc_id, subnet.subnet_id);
  return out;
}

std::string zone_names(const Call& call) {
  std::vector<std::string_view> names;
  for (const auto& zone : catalogue::zones(call.scope.region)) {
    if (zone.is_availability_zone()) names.push_back(zone.name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Local and wavelength zones are not open before the account has opted in.
const catalogue::Zone& zone_of(const Call& call) {
  const auto name = call.text("AvailabilityZone"), id = call.text("AvailabilityZoneId");
  if (!name.empty() && !id.empty()) throw errors::not_together("availabilityZone", "availabilityZoneId");
  const auto* zone = name.empty() && id.empty() ? &catalogue::zones(call.scope.region).front()
                     : name.empty()             ? catalogue::find_zone_by_id(call.scope.region, id)
                                                : catalogue::find_zone(call.scope.region, name);
  if (zone == nullptr || zone->opt_in_status == "not-opted-in") {
    throw errors::invalid_value(
        name.empty() ? id : name, "availabilityZone",
        fmt::format("Subnets can currently only be created in the following availability zones: {}.",
                    zone_names(call)));
  }
  return *zone;
}

Cidr read_ipv4_block(const state::Vpc& vpc, const std::vector<state::Subnet>& siblings, std::string_view given) {
  const auto block = parse_cidr(given);
  if (!block) throw errors::invalid_value(given, "cidrBlock", "This is not a valid CIDR block.");
  const bool is_inside = std::ranges::any_of(ipv4_blocks(vpc), [&](const Cidr& each) { return each.contains(*block); });
  if (!is_inside || block->prefix_length < 16 || block->prefix_length > 28) {
    throw ApiError("InvalidSubnet.Range", fmt::format("The CIDR '{}' is invalid.", given));
  }
  const bool is_taken = std::ranges::any_of(siblings, [&](const state::Subnet& each) {
    const auto other = parse_cidr(each.cidr_block);
    return other && other->overlaps(*block);
  });
  if (is_taken) {
    throw ApiError("InvalidSubnet.Conflict", fmt::format("The CIDR '{}' conflicts with another subnet", given));
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

state::Subnet new_subnet(Call& call, const state::Vpc& vpc, const catalogue::Zone& zone) {
  state::Subnet subnet;
  subnet.account = call.scope.account;
  subnet.region = call.scope.region;
  subnet.subnet_id = call.make_id("subnet");
  subnet.vpc_id = vpc.vpc_id;
  subnet.state = "available";
  subnet.availability_zone = zone.name;
  subnet.availability_zone_id = zone.id;
  subnet.ipv6_cidr_block_associations = Document::array();
  subnet.options = Document::object();
  return subnet;
}

void add_subnet(Call& call, state::Subnet& subnet) {
  state::insert(call.txn, subnet);
  join_default_acl(call, subnet);
  apply_tags(call, subnet.subnet_id, "subnet");
}

/// Which families the request asks for. Throws where they do not go together, or are too few.
void check_families(const Call& call) {
  const auto has_any = [&](const char* block, const char* pool) {
    return !call.text(block).empty() || !call.text(pool).empty();
  };
  const bool has_ipv4 = has_any("CidrBlock", "Ipv4IpamPoolId"), has_ipv6 = has_any("Ipv6CidrBlock", "Ipv6IpamPoolId");
  if (!call.flag("Ipv6Native").value_or(false)) {
    if (has_ipv4) return;
    throw ApiError("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.");
  }
  if (has_ipv4) {
    throw errors::invalid_combination(
        "When specifying ipv4 parameters, cidrBlock or ipv4IpamPoolId, you cannot set ipv6Native to true.");
  }
  if (!has_ipv6) throw ApiError("MissingParameter", "Either 'ipv6CidrBlock' or 'ipv6IpamPoolId' should be provided.");
}

Document CreateSubnet(Call& call) {
  const auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  check_families(call);
  if (!call.text("OutpostArn").empty()) throw errors::not_built("OutpostArn of CreateSubnet");
  const auto siblings = state::subnets_of_vpc(call.txn, vpc.vpc_id);
  auto subnet = new_subnet(call, vpc, zone_of(call));
  const auto pooled = requested_subnet_block(call, vpc, "Ipv4IpamPoolId", "CidrBlock", "Ipv4NetmaskLength");
  const auto pooled_ipv6 = requested_subnet_block(call, vpc, "Ipv6IpamPoolId", "Ipv6CidrBlock", "Ipv6NetmaskLength");
  if (const auto given = pooled ? pooled->block.text() : std::string(call.text("CidrBlock")); !given.empty()) {
    subnet.cidr_block = read_ipv4_block(vpc, siblings, given).text();
  } else {
    subnet.options["Ipv6Native"] = subnet.assign_ipv6_address_on_creation = true;
  }
  std::optional<Ipv6Cidr> ipv6_block;
  if (const auto given = pooled_ipv6 ? pooled_ipv6->block.text() : std::string(call.text("Ipv6CidrBlock"));
      !given.empty()) {
    ipv6_block = read_subnet_ipv6_block(vpc, siblings, given);
  }
  if (Quotas::is_reached(call.world.quotas.subnets_per_vpc, static_cast<std::int64_t>(siblings.size()))) {
    throw ApiError("SubnetLimitExceeded", "The maximum number of subnets has been reached.");
  }
  add_subnet(call, subnet);
  if (pooled) allocate_to(call, pooled->pool, subnet.cidr_block, subnet.subnet_id, "subnet");
  if (pooled_ipv6) allocate_to(call, pooled_ipv6->pool, ipv6_block->text(), subnet.subnet_id, "subnet");
  if (ipv6_block) associate_subnet_block(call, subnet, *ipv6_block);
  return {{"Subnet", made_document(call.txn, subnet)}};
}

/// The next free /20 of the default VPC.
Document CreateDefaultSubnet(Call& call) {
  if (call.flag("Ipv6Native").value_or(false)) throw errors::not_built("Ipv6Native of CreateDefaultSubnet");
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
    const bool is_taken = std::ranges::any_of(siblings, [&](const state::Subnet& each) {
      const auto other = parse_cidr(each.cidr_block);
      return other && other->overlaps(block);
    });
    if (is_taken) continue;
    auto subnet = new_subnet(call, *vpc, zone);
    subnet.cidr_block = block.text();
    subnet.default_for_az = subnet.map_public_ip_on_launch = true;
    add_subnet(call, subnet);
    return {{"Subnet", made_document(call.txn, subnet)}};
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
  for (const auto& reservation : state::list_children(call.txn, subnet.subnet_id, "subnet-cidr-reservation"))
    erase_resource(call, reservation);
  release_allocations(call, subnet.subnet_id);
  state::remove_tags(call.txn, subnet.subnet_id);
  state::remove_dues_of(call.txn, subnet.subnet_id);
  state::erase(call.txn, subnet);
  return {};
}

Document DescribeSubnets(Call& call) {
  const BlockPublicAccess access(call);
  return describe_rows<state::Subnet>(
      call, {.type = "subnet", .ids = "SubnetIds", .list = "Subnets", .id_filter = "subnet-id"},
      [&](const state::Subnet& subnet) { return described(call.txn, subnet, access); });
}

constexpr FilterPath kSubnetFilters[] = {
    {"cidr", "CidrBlock"},
    {"ipv6-cidr-block-association.association-id", "Ipv6CidrBlockAssociationSet.AssociationId"},
    {"ipv6-cidr-block-association.ipv6-cidr-block", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock"},
    {"ipv6-cidr-block-association.state", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State"},
};

constexpr Operation kOperations[] = {
    {.name = "CreateDefaultSubnet", .run = CreateDefaultSubnet, .access = Access::write},
    {.name = "CreateSubnet", .run = CreateSubnet, .access = Access::write},
    {.name = "DeleteSubnet", .run = DeleteSubnet, .access = Access::write},
    {.name = "DescribeSubnets",
     .run = DescribeSubnets,
     .access = Access::read,
     .listed = "Subnet",
     .filters = kSubnetFilters},
};

}  // namespace

Family subnets_family() { return {.operations = kOperations}; }

}  // namespace fogling
