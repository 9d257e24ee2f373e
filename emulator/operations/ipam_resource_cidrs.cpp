/// What an IPAM knows of the resources that it looks after: where their blocks are from, whether they overlap, who has
/// had an address. It is worked out when asked for.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/ipam_resources.hpp"
#include "emulator/world.hpp"
#include "state/addresses.hpp"
#include "state/network_interfaces.hpp"
#include "state/security_groups.hpp"

namespace fogling {
namespace {

// ---- By scope ------------------------------------------------------------------------------------------------------

std::vector<Document> resources_in_scope(Call& call, std::string_view scope_id) {
  const auto scope = require_resource(call, kIpamScope, scope_id);
  return resource_cidrs(call, ipam_of(call, scope), scope);
}

bool is_wanted(const Call& call, const Document& resource) {
  constexpr std::pair<const char*, const char*> kParameters[] = {{"IpamPoolId", "IpamPoolId"},
                                                                 {"ResourceId", "ResourceId"},
                                                                 {"ResourceType", "ResourceType"},
                                                                 {"ResourceOwner", "ResourceOwnerId"}};
  for (const auto& [parameter, member] : kParameters) {
    if (const auto wanted = call.text(parameter); !wanted.empty() && wanted != text(resource, member)) return false;
  }
  const auto& tag = call.part("ResourceTag");
  if (tag.empty()) return true;
  const auto& tags = items(resource, "ResourceTags");
  return std::ranges::any_of(tags, [&](const Document& each) {
    return text(each, "Key") == text(tag, "Key") && (!has(tag, "Value") || text(each, "Value") == text(tag, "Value"));
  });
}

Document GetIpamResourceCidrs(Call& call) {
  if (const auto pool = call.text("IpamPoolId"); !pool.empty()) require_ipam_pool(call, pool);
  auto resources = resources_in_scope(call, call.require("IpamScopeId"));
  std::erase_if(resources, [&](const Document& each) { return !is_wanted(call, each); });
  return describe_documents(call, "IpamResourceCidrs", std::move(resources));
}

GenericResource override_of(Call& call, const GenericResource& ipam, std::string_view id, std::string_view cidr) {
  for (auto& each : state::list_children(call.txn, ipam.resource_id, kIpamResourceCidr)) {
    if (text(each.document, "ResourceId") == id && text(each.document, "ResourceCidr") == cidr) return std::move(each);
  }
  GenericResource row;
  row.account = ipam.account;
  row.region = ipam.region;
  row.resource_id = call.make_id(kIpamResourceCidr);
  row.kind = kIpamResourceCidr;
  row.parent_id = ipam.resource_id;
  row.document = {{"ResourceId", id}, {"ResourceCidr", cidr}};
  state::insert(call.txn, row);
  state::add_reference(call.txn, call.scope, row.resource_id, id, false);
  return row;
}

/// Documented: what is not monitored is no longer allocated from any pool, and may not move while it is.
Document ModifyIpamResourceCidr(Call& call) {
  const auto scope = require_resource(call, kIpamScope, call.require("CurrentIpamScopeId"));
  const auto ipam = ipam_of(call, scope);
  const auto id = call.require("ResourceId"), cidr = call.require("ResourceCidr");
  const auto region = call.require("ResourceRegion");
  const auto find = [&](const GenericResource& in) -> std::optional<Document> {
    for (auto& each : resource_cidrs(call, ipam, in)) {
      if (text(each, "ResourceId") == id && text(each, "ResourceCidr") == cidr &&
          text(each, "ResourceRegion") == region)
        return std::move(each);
    }
    return std::nullopt;
  };
  const auto resource = find(scope);
  if (!resource) {  // Assumed: code and words
    throw errors::invalid_value(id, "ResourceId", "The scope has no such resource CIDR.");
  }
  const bool is_monitored = call.flag("Monitored").value_or(true);
  auto target = scope;
  if (const auto other = call.text("DestinationIpamScopeId"); !other.empty()) {
    target = require_resource(call, kIpamScope, other);
    require_complete(target);
    const bool may_move = target.parent_id == scope.parent_id && is_public(target) == is_public(scope) &&
                          text(*resource, "ManagementState") != "managed";
    if (!may_move) throw errors::invalid_value(other, "DestinationIpamScopeId");  // Assumed: code and words
  }
  auto row = override_of(call, ipam, id, cidr);
  row.document["Monitored"] = is_monitored;
  row.document["IpamScopeId"] = target.resource_id;
  state::update(call.txn, row);
  if (!is_monitored) release_allocations(call, id, cidr);
  return {{"IpamResourceCidr", find(target).value()}};
}

// ---- History -------------------------------------------------------------------------------------------------------

/// Since when the IPAM has been looking.
std::string start_of(Context& context, const GenericResource& ipam) {
  const auto id = text(ipam.document, "DefaultResourceDiscoveryId");
  const auto discovery = state::find_anywhere<GenericResource>(context.txn, id);
  return discovery ? std::string(text(discovery->document, "_created")) : std::string();
}

Document record(const Document& resource, const std::string& start) {
  Document out{{"ResourceOwnerId", resource["ResourceOwnerId"]}, {"ResourceRegion", resource["ResourceRegion"]},
               {"ResourceType", resource["ResourceType"]},       {"ResourceId", resource["ResourceId"]},
               {"ResourceCidr", resource["ResourceCidr"]},       {"SampledStartTime", start}};
  set_if(out, "ResourceName", text(resource, "ResourceName"));
  set_if(out, "VpcId", text(resource, "VpcId"));
  set_if(out, "ResourceComplianceStatus", text(resource, "ComplianceStatus"));
  set_if(out, "ResourceOverlapStatus", text(resource, "OverlapStatus"));
  return out;
}

/// Documented: an address on an instance is told of the interface and of the instance.
void add_interfaces(Call& call, const GenericResource& ipam, const IpBlock& block, const std::string& start,
                    std::vector<Document>& records) {
  for (const auto& region : items(ipam.document, "OperatingRegions")) {
    const Scope place{ipam.account, std::string(text(region, "RegionName"))};
    for (const auto& interface : state::list<state::NetworkInterface>(call.txn, place)) {
      const auto own = IpBlock::parse(interface.private_ip_address + "/32");
      if (!own || own->text() != block.text()) continue;
      Document one{{"ResourceOwnerId", place.account},    {"ResourceRegion", place.region},
                   {"ResourceType", "network-interface"}, {"ResourceId", interface.network_interface_id},
                   {"ResourceCidr", own->text()},         {"VpcId", interface.vpc_id}};
      records.push_back(record(one, interface.attach_time_ms > 0 ? iso_time(interface.attach_time_ms) : start));
      if (interface.instance_id.empty()) continue;
      one["ResourceType"] = "instance";
      one["ResourceId"] = interface.instance_id;
      records.push_back(record(one, iso_time(interface.attach_time_ms)));
    }
  }
}

/// Documented: only what has exactly this block is told.
Document GetIpamAddressHistory(Call& call) {
  const auto scope = require_resource(call, kIpamScope, call.require("IpamScopeId"));
  const auto ipam = ipam_of(call, scope);
  const auto given = std::string(call.require("Cidr"));
  const auto ip = parse_ip(given);
  const auto block = ip ? block_of(*ip) : IpBlock::parse(given);
  if (!block) throw errors::invalid_value(given, "Cidr", "This is not a valid CIDR block.");
  const auto start = start_of(call, ipam);
  std::vector<Document> records;
  for (const auto& each : resource_cidrs(call, ipam, scope)) {
    if (text(each, "ResourceCidr") == block->text()) records.push_back(record(each, start));
  }
  if (!is_public(scope)) add_interfaces(call, ipam, *block, start, records);
  const auto vpc = call.text("VpcId");
  if (!vpc.empty()) std::erase_if(records, [&](const Document& each) { return text(each, "VpcId") != vpc; });
  return describe_documents(call, "HistoryRecords", std::move(records));
}

// ---- By resource discovery -----------------------------------------------------------------------------------------

/// The account and region that are asked about. Throws where the discovery does not operate there.
Scope require_place(Call& call, const char* region_member) {
  const auto discovery = require_resource(call, kIpamResourceDiscovery, call.require("IpamResourceDiscoveryId"));
  const auto region = call.require(region_member);
  if (!has_operating_region(discovery.document, region)) {  // Assumed: code and words
    throw errors::invalid_value(region, region_member, "It is not an operating Region of the resource discovery.");
  }
  return {discovery.account, std::string(region)};
}

Document GetIpamDiscoveredAccounts(Call& call) {
  const auto place = require_place(call, "DiscoveryRegion");
  return describe_documents(call, "IpamDiscoveredAccounts",
                            {{{"AccountId", place.account},
                              {"DiscoveryRegion", place.region},
                              {"LastAttemptedDiscoveryTime", iso_time(call.now_ms)},
                              {"LastSuccessfulDiscoveryTime", iso_time(call.now_ms)}}});
}

Document GetIpamDiscoveredResourceCidrs(Call& call) {
  const auto place = require_place(call, "ResourceRegion");
  auto resources = discovered_cidrs(call, place);
  for (auto& each : resources) {
    each["IpamResourceDiscoveryId"] = call.text("IpamResourceDiscoveryId");
    each["SampleTime"] = iso_time(call.now_ms);
  }
  return describe_documents(call, "IpamDiscoveredResourceCidrs", std::move(resources));
}

void show_interface(Call& call, const state::NetworkInterface& interface, Document& address) {
  address["NetworkInterfaceId"] = interface.network_interface_id;
  address["NetworkInterfaceDescription"] = interface.description;
  address["VpcId"] = interface.vpc_id;
  address["SubnetId"] = interface.subnet_id;
  set_if(address, "InstanceId", interface.instance_id);
  if (interface.interface_type == "nat_gateway") address["Service"] = "nat-gateway";
  Document groups = Document::array();
  for (const auto& id : interface.group_ids) {
    const auto group = state::find_anywhere<state::SecurityGroup>(call.txn, id.get_ref<const std::string&>());
    if (group) groups.push_back({{"GroupId", group->group_id}, {"GroupName", group->group_name}});
  }
  address["SecurityGroups"] = std::move(groups);
}

Document public_address(const Call& call, const Scope& place, std::string_view ip, std::string_view type) {
  return {{"IpamResourceDiscoveryId", call.text("IpamResourceDiscoveryId")},
          {"AddressRegion", place.region},
          {"Address", ip},
          {"AddressOwnerId", place.account},
          {"AddressType", type},
          {"AssociationStatus", "associated"},
          {"NetworkBorderGroup", place.region},
          {"SampleTime", iso_time(call.now_ms)}};
}

/// Elastic addresses, and those that interfaces got by themselves.
Document GetIpamDiscoveredPublicAddresses(Call& call) {
  const auto place = require_place(call, "AddressRegion");
  std::vector<Document> addresses;
  for (const auto& each : state::list<state::Address>(call.txn, place)) {
    auto& one = addresses.emplace_back(
        public_address(call, place, each.public_ip, each.public_ipv4_pool == "amazon" ? "amazon-owned-eip" : "byoip"));
    one["AddressAllocationId"] = each.allocation_id;
    one["NetworkBorderGroup"] = each.network_border_group;
    if (each.association_id.empty()) one["AssociationStatus"] = "disassociated";
    if (each.public_ipv4_pool != "amazon") one["PublicIpv4PoolId"] = each.public_ipv4_pool;
    Document tags = Document::array();
    for (const auto& tag : state::tags_of(call.txn, each.allocation_id))
      tags.push_back({{"Key", tag.key}, {"Value", tag.value}});
    one["Tags"] = {{"EipTags", std::move(tags)}};
    const auto interface = state::find_anywhere<state::NetworkInterface>(call.txn, each.network_interface_id);
    if (interface) show_interface(call, *interface, one);
  }
  for (const auto& interface : state::list<state::NetworkInterface>(call.txn, place)) {
    if (interface.public_ip.empty()) continue;
    auto& one = addresses.emplace_back(public_address(call, place, interface.public_ip, "ec2-public-ip"));
    show_interface(call, interface, one);
  }
  Document answer = describe_documents(call, "IpamDiscoveredPublicAddresses", std::move(addresses));
  answer["OldestSampleTime"] = iso_time(call.now_ms);
  return answer;
}

constexpr Operation kOperations[] = {
    {.name = "GetIpamAddressHistory", .run = GetIpamAddressHistory, .access = Access::read},
    {.name = "GetIpamDiscoveredAccounts",
     .run = GetIpamDiscoveredAccounts,
     .access = Access::read,
     .listed = "IpamDiscoveredAccount"},
    {.name = "GetIpamDiscoveredPublicAddresses",
     .run = GetIpamDiscoveredPublicAddresses,
     .access = Access::read,
     .listed = "IpamDiscoveredPublicAddress"},
    {.name = "GetIpamDiscoveredResourceCidrs",
     .run = GetIpamDiscoveredResourceCidrs,
     .access = Access::read,
     .listed = "IpamDiscoveredResourceCidr"},
    {.name = "GetIpamResourceCidrs", .run = GetIpamResourceCidrs, .access = Access::read, .listed = "IpamResourceCidr"},
    {.name = "ModifyIpamResourceCidr", .run = ModifyIpamResourceCidr, .access = Access::write},
};

}  // namespace

Family ipam_resource_cidrs_family() { return {.operations = kOperations}; }

}  // namespace fogling
