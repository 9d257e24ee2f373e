#include "emulator/ipam_resources.hpp"

#include <algorithm>
#include <cmath>

#include "emulator/tags.hpp"
#include "emulator/vpc_blocks.hpp"
#include "emulator/world.hpp"
#include "state/addresses.hpp"
#include "state/subnets.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

// ---- Finding -------------------------------------------------------------------------------------------------------

/// Which share of `whole` its parts take.
double share(const IpBlock& whole, const std::vector<IpBlock>& parts) {
  double taken = 0;
  for (const auto& part : parts) {
    if (whole.contains(part)) taken += std::exp2(whole.length - part.length);
  }
  return std::min(taken, 1.0);
}

/// Every block of a subnet that is there or is going to be.
std::vector<IpBlock> blocks_of(const state::Subnet& subnet) {
  std::vector<IpBlock> blocks;
  if (const auto block = IpBlock::parse(subnet.cidr_block)) blocks.push_back(*block);
  for (const auto& each : ipv6_blocks(subnet.ipv6_cidr_block_associations))
    blocks.push_back(IpBlock::parse(each.text()).value());
  return blocks;
}

double usage_of_subnet(Context& context, const state::Subnet& subnet) {
  const auto block = parse_cidr(subnet.cidr_block);
  if (!block) return 0;
  return static_cast<double>(state::count_private_addresses(context.txn, subnet.subnet_id)) /
         static_cast<double>(block->size());
}

Document found(const Context& context, const Scope& where, std::string_view type, std::string_view id,
               std::string_view cidr, std::string_view ip_source) {
  return {{"ResourceRegion", where.region},
          {"ResourceOwnerId", where.account},
          {"ResourceType", type},
          {"ResourceId", id},
          {"ResourceCidr", cidr},
          {"IpSource", ip_source},
          {"ResourceTags", tag_set(context.txn, id)}};
}

std::vector<std::pair<std::string, std::string>> blocks_with_source(const Document& ipv4, const Document& ipv6) {
  std::vector<std::pair<std::string, std::string>> blocks;
  for (const auto& each : ipv4) {
    if (holds_block(each)) blocks.emplace_back(text(each, "CidrBlock"), "none");
  }
  for (const auto& each : ipv6) {
    if (holds_block(each)) blocks.emplace_back(text(each, "Ipv6CidrBlock"), text(each, "IpSource"));
  }
  return blocks;
}

void find_in_vpc(Context& context, const Scope& where, const state::Vpc& vpc, std::vector<Document>& all) {
  std::vector<IpBlock> parts;
  std::vector<Document> of_subnets;
  for (const auto& subnet : state::subnets_of_vpc(context.txn, vpc.vpc_id)) {
    const auto blocks = blocks_of(subnet);
    parts.insert(parts.end(), blocks.begin(), blocks.end());
    const Document ipv4 = subnet.cidr_block.empty()
                              ? Document::array()
                              : Document::array({{{"CidrBlock", subnet.cidr_block},
                                                  {"CidrBlockState", {{"State", block_state::associated}}}}});
    for (const auto& [cidr, source] : blocks_with_source(ipv4, subnet.ipv6_cidr_block_associations)) {
      auto& one = of_subnets.emplace_back(found(context, where, "subnet", subnet.subnet_id, cidr, source));
      one["VpcId"] = vpc.vpc_id;
      one["SubnetId"] = subnet.subnet_id;
      one["AvailabilityZoneId"] = subnet.availability_zone_id;
      one["IpUsage"] = usage_of_subnet(context, subnet);
    }
  }
  for (const auto& [cidr, source] : blocks_with_source(vpc.cidr_block_associations, vpc.ipv6_cidr_block_associations)) {
    auto& one = all.emplace_back(found(context, where, "vpc", vpc.vpc_id, cidr, source));
    one["VpcId"] = vpc.vpc_id;
    one["IpUsage"] = share(IpBlock::parse(cidr).value(), parts);
  }
  std::ranges::move(of_subnets, std::back_inserter(all));
}

// ---- What IPAM thinks of it ----------------------------------------------------------------------------------------

const GenericResource* find_override(const std::vector<GenericResource>& overrides, const Document& resource) {
  const auto found = std::ranges::find_if(overrides, [&](const GenericResource& each) {
    return text(each.document, "ResourceId") == text(resource, "ResourceId") &&
           text(each.document, "ResourceCidr") == text(resource, "ResourceCidr");
  });
  return found == overrides.end() ? nullptr : &*found;
}

/// Whether the pool's rules, as they are now, allow what a resource has.
bool is_compliant(const GenericResource& pool, const Document& resource) {
  const auto length = IpBlock::parse(text(resource, "ResourceCidr"))->length;
  if (length < integer(pool.document, "AllocationMinNetmaskLength").value_or(0)) return false;
  if (length > integer(pool.document, "AllocationMaxNetmaskLength").value_or(128)) return false;
  const auto& tags = items(resource, "ResourceTags");
  return std::ranges::all_of(items(pool.document, "AllocationResourceTags"),
                             [&](const Document& tag) { return std::ranges::find(tags, tag) != tags.end(); });
}

/// The allocation that a resource has its block by: its own, or its VPC's. Assumed: that a subnet counts as its VPC
/// does.
std::optional<GenericResource> find_allocation(Context& context, const Document& resource) {
  const auto block = IpBlock::parse(text(resource, "ResourceCidr")).value();
  for (const char* member : {"ResourceId", "VpcId"}) {
    for (auto& each : state::list_referring(context.txn, text(resource, member), kIpamPoolAllocation)) {
      if (block_of(each).contains(block)) return std::move(each);
    }
  }
  return std::nullopt;
}

void judge(Context& context, const GenericResource& scope, Document& resource) {
  const auto allocation = find_allocation(context, resource);
  const auto pool =
      allocation ? state::find_anywhere<GenericResource>(context.txn, allocation->parent_id) : std::nullopt;
  if (!pool || pool->parent_id != scope.resource_id) {
    resource["ManagementState"] = resource["ComplianceStatus"] = "unmanaged";
    return;
  }
  resource["IpamPoolId"] = pool->resource_id;
  resource["ManagementState"] = "managed";
  const bool is_own = text(allocation->document, "ResourceId") == text(resource, "ResourceId");
  resource["ComplianceStatus"] = !is_own || is_compliant(*pool, resource) ? "compliant" : "noncompliant";
}

/// Two VPCs, or subnets of two VPCs, with common addresses overlap.
bool overlap(const Document& a, const Document& b) {
  return a["ResourceType"] == b["ResourceType"] && text(a, "VpcId") != text(b, "VpcId") &&
         IpBlock::parse(text(a, "ResourceCidr"))->overlaps(IpBlock::parse(text(b, "ResourceCidr")).value());
}

void mark_overlaps(std::vector<Document>& resources) {
  for (auto& one : resources) {
    if (one["ManagementState"] == "ignored") {
      one["OverlapStatus"] = "ignored";
      continue;
    }
    const bool is_overlapping = std::ranges::any_of(
        resources, [&](const Document& other) { return other["ManagementState"] != "ignored" && overlap(one, other); });
    one["OverlapStatus"] = is_overlapping ? "overlapping" : "nonoverlapping";
  }
}

}  // namespace

std::vector<Scope> monitored_places(Context& context, const GenericResource& ipam) {
  std::vector<Scope> places;
  for (const auto& association :
       state::list_children(context.txn, ipam.resource_id, kIpamResourceDiscoveryAssociation)) {
    const auto id = text(association.document, "IpamResourceDiscoveryId");
    const auto discovery = state::find_anywhere<GenericResource>(context.txn, id);
    if (!discovery || association.state == "disassociate-in-progress") continue;
    for (const auto& region : items(discovery->document, "OperatingRegions")) {
      const Scope place{discovery->account, std::string(text(region, "RegionName"))};
      const bool is_known = std::ranges::find(places, place) != places.end();
      if (!is_known && has_operating_region(ipam.document, place.region)) places.push_back(place);
    }
  }
  return places;
}

std::vector<Document> discovered_cidrs(Context& context, const Scope& where) {
  std::vector<Document> all;
  for (const auto& vpc : state::list<state::Vpc>(context.txn, where)) find_in_vpc(context, where, vpc, all);
  for (const auto& address : state::list<state::Address>(context.txn, where)) {
    const bool is_amazons = address.public_ipv4_pool == "amazon";
    auto& one = all.emplace_back(found(context, where, "eip", address.allocation_id, address.public_ip + "/32",
                                       is_amazons ? "amazon" : "byoip"));
    one["IpUsage"] = address.association_id.empty() ? 0.0 : 1.0;
  }
  return all;
}

std::vector<Document> resource_cidrs(Context& context, const GenericResource& ipam, const GenericResource& scope) {
  const auto overrides = state::list_children(context.txn, ipam.resource_id, kIpamResourceCidr);
  std::vector<Document> all;
  for (const auto& place : monitored_places(context, ipam)) {
    for (auto& resource : discovered_cidrs(context, place)) {
      const auto* changed = find_override(overrides, resource);
      const bool is_private = text(resource, "IpSource") == "none";
      std::string_view own = text(ipam.document, is_private ? "PrivateDefaultScopeId" : "PublicDefaultScopeId");
      if (changed != nullptr && has(changed->document, "IpamScopeId")) own = text(changed->document, "IpamScopeId");
      if (own != scope.resource_id) continue;
      resource["IpamId"] = ipam.resource_id;
      resource["IpamScopeId"] = scope.resource_id;
      for (const auto& tag : items(resource, "ResourceTags")) {
        if (text(tag, "Key") == "Name") resource["ResourceName"] = tag["Value"];
      }
      judge(context, scope, resource);
      if (changed != nullptr && flag(changed->document, "Monitored") == false) {
        resource["ManagementState"] = resource["ComplianceStatus"] = "ignored";
      }
      all.push_back(std::move(resource));
    }
  }
  mark_overlaps(all);
  for (auto& each : all) {
    for (const char* member : {"IpSource", "SubnetId"}) each.erase(member);
  }
  return all;
}

}  // namespace fogling
