#include "emulator/ipam.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/ipam_resources.hpp"
#include "emulator/references.hpp"
#include "emulator/resource_types.hpp"
#include "emulator/vpc_blocks.hpp"
#include "emulator/world.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/resources_anywhere.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

bool has_region(const Document& regions, std::string_view name) {
  return std::ranges::any_of(regions, [&](const Document& each) { return text(each, "RegionName") == name; });
}

void add_regions(const Call& call, const char* member, Document& regions) {
  for (const auto& each : call.items(member)) {
    const auto name = text(each, "RegionName");
    const auto* region = catalogue::find_region(name);
    if (region == nullptr) throw errors::invalid_value(name, "RegionName", "There is no such Region.");
    if (!has_region(regions, name)) regions.push_back({{"RegionName", name}});
  }
}

bool is_free(const std::vector<IpBlock>& taken, const IpBlock& block) {
  return std::ranges::none_of(taken, [&](const IpBlock& each) { return each.overlaps(block); });
}

bool is_within(const std::vector<IpBlock>& spaces, const IpBlock& block) {
  return std::ranges::any_of(spaces, [&](const IpBlock& each) { return each.contains(block); });
}

/// The rules of a pool: length and tags. Assumed: code and words of the first; the sentence of the second is quoted.
void check_rules(const GenericResource& pool, const BlockRequest& request, int netmask_length) {
  const auto least = integer(pool.document, "AllocationMinNetmaskLength").value_or(0);
  const auto most = integer(pool.document, "AllocationMaxNetmaskLength").value_or(128);
  if (netmask_length < least || netmask_length > most) {
    throw errors::invalid_parameter_value(fmt::format(
        "The allocation netmask length {} is not between the minimum ({}) and the maximum ({}) of the pool.",
        netmask_length, least, most));
  }
  for (const auto& wanted : items(pool.document, "AllocationResourceTags")) {
    const Tag tag{std::string(text(wanted, "Key")), std::string(text(wanted, "Value"))};
    if (request.tags != nullptr && std::ranges::find(*request.tags, tag) != request.tags->end()) continue;
    throw errors::invalid_parameter_value(
        "The resource is missing one or more of the resource tags required by the IPAM pool.");
  }
}

/// Quoted by users of client libraries.
ApiError neither_nor() {
  return errors::invalid_combination(
      "The request cannot contain empty CIDR and Netmask Length for a pool with no default allocation netmask length "
      "set. Exactly one of them should be provided.");
}

std::optional<IpBlock> find_block(const std::vector<IpBlock>& spaces, int netmask_length,
                                  const std::vector<IpBlock>& taken) {
  for (const auto& space : spaces) {
    if (auto found = find_free_block(space, netmask_length, taken)) return found;
  }
  return std::nullopt;
}

/// Of the spaces, what lies within the allowed ones.
std::vector<IpBlock> narrowed(const std::vector<IpBlock>& spaces, const std::vector<IpBlock>& allowed) {
  if (allowed.empty()) return spaces;
  std::vector<IpBlock> common;
  for (const auto& space : spaces) {
    for (const auto& each : allowed) {
      if (each.overlaps(space)) common.push_back(each.contains(space) ? space : each);
    }
  }
  return common;
}

IpBlock block_of_length(Context& context, const GenericResource& pool, const BlockRequest& request, int length) {
  auto taken = allocated_blocks(context.txn, pool.resource_id);
  taken.insert(taken.end(), request.disallowed.begin(), request.disallowed.end());
  const auto spaces = narrowed(provisioned_blocks(context.txn, pool.resource_id), request.allowed);
  if (auto found = find_block(spaces, length, taken)) return *found;
  throw errors::invalid_parameter_value("The allocation size is too big for the pool.");
}

}  // namespace

ApiError ipam_dependency(std::string_view id, std::string_view why) {
  return errors::dependency_violation(fmt::format("The specified action is not valid for {}. {}", id, why));
}

Document requested_operating_regions(const Call& call) {
  Document regions = Document::array();
  add_regions(call, "OperatingRegions", regions);
  if (!has_region(regions, call.scope.region)) regions.push_back({{"RegionName", call.scope.region}});
  return regions;
}

void change_operating_regions(const Call& call, Document& document) {
  Document regions = document["OperatingRegions"];
  add_regions(call, "AddOperatingRegions", regions);
  for (const auto& each : call.items("RemoveOperatingRegions")) {
    const auto name = text(each, "RegionName");
    if (name == call.scope.region) {  // Assumed: code and words
      throw errors::invalid_parameter_value("The home Region cannot be removed from the operating Regions.");
    }
    const auto found =
        std::ranges::find_if(regions, [&](const Document& other) { return text(other, "RegionName") == name; });
    if (found != regions.end()) regions.erase(found);
  }
  document["OperatingRegions"] = std::move(regions);
}

bool has_operating_region(const Document& document, std::string_view region) {
  return has_region(items(document, "OperatingRegions"), region);
}

void require_operating_region(const GenericResource& ipam, std::string_view locale) {
  if (has_operating_region(ipam.document, locale)) return;
  throw errors::invalid_value(locale, "Locale", "It is not an operating Region of the IPAM.");  // Assumed: the words
}

GenericResource require_ipam_pool(Context& context, std::string_view pool_id) {
  require_exists_anywhere(context, kIpamPool, pool_id);
  return state::find_anywhere<GenericResource>(context.txn, pool_id).value();
}

GenericResource ipam_of(Context& context, const GenericResource& part) {
  const auto parent = state::find_anywhere<GenericResource>(context.txn, part.parent_id).value();
  return parent.kind == kIpam ? parent : ipam_of(context, parent);
}

void require_complete(const GenericResource& part) {
  if (part.state == "create-complete" || part.state == "modify-complete" || part.state == "modify-in-progress") return;
  throw errors::incorrect_state(
      fmt::format(fmt::runtime(declared_kind(part.kind).errors.state_text), part.resource_id, part.state));
}

bool is_public(const GenericResource& pool_or_scope) {
  return text(pool_or_scope.document, "IpamScopeType") == "public";
}

bool is_local(const GenericResource& pool, std::string_view region) {
  const auto locale = text(pool.document, "Locale");
  return region == (locale == "None" ? std::string_view(pool.region) : locale);
}

IpBlock block_of(const GenericResource& cidr_or_allocation) {
  return IpBlock::parse(text(cidr_or_allocation.document, "Cidr")).value();
}

std::vector<IpBlock> provisioned_blocks(Transaction& txn, std::string_view pool_id) {
  std::vector<IpBlock> blocks;
  for (const auto& cidr : state::list_children(txn, pool_id, kIpamPoolCidr)) {
    if (cidr.state == "provisioned" || cidr.state == "failed-deprovision") blocks.push_back(block_of(cidr));
  }
  return blocks;
}

std::vector<IpBlock> allocated_blocks(Transaction& txn, std::string_view pool_id) {
  std::vector<IpBlock> blocks;
  for (const auto& each : state::list_children(txn, pool_id, kIpamPoolAllocation)) blocks.push_back(block_of(each));
  return blocks;
}

void add_pool_cidr(Context& context, const GenericResource& pool, const IpBlock& block) {
  GenericResource cidr;
  cidr.account = pool.account;
  cidr.region = pool.region;
  cidr.resource_id = context.make_id(kIpamPoolCidr);
  cidr.kind = kIpamPoolCidr;
  cidr.parent_id = pool.resource_id;
  cidr.state = "provisioned";
  cidr.document = {{"IpamPoolCidrId", cidr.resource_id}, {"Cidr", block.text()}, {"NetmaskLength", block.length}};
  state::insert(context.txn, cidr);
}

IpBlock read_pool_block(const GenericResource& pool, std::string_view cidr) {
  const auto block = IpBlock::parse(cidr);
  if (!block || block->had_host_bits) throw errors::invalid_value(cidr, "Cidr", "This is not a valid CIDR block.");
  if (block->is_ipv4() == (text(pool.document, "AddressFamily") == "ipv4")) return *block;
  throw errors::invalid_value(cidr, "Cidr",
                              "The CIDR is not of the address family of the pool.");  // Assumed: the words
}

IpBlock choose_block(Context& context, const GenericResource& pool, const BlockRequest& request) {
  require_complete(pool);
  if (!is_local(pool, context.scope.region)) {  // Assumed: code and words; the rule is documented
    throw errors::invalid_parameter_value(
        fmt::format("The locale of the pool {} does not match the Region {}.", pool.resource_id, context.scope.region));
  }
  if (!request.cidr.empty() && request.netmask_length) throw neither_nor();
  if (!request.cidr.empty()) {
    const auto block = read_pool_block(pool, request.cidr);
    check_rules(pool, request, block.length);
    const bool is_available = is_within(provisioned_blocks(context.txn, pool.resource_id), block) &&
                              is_free(allocated_blocks(context.txn, pool.resource_id), block);
    if (is_available) return block;
    throw errors::invalid_parameter_value(  // Assumed: code and words
        fmt::format("The CIDR {} is not available in the pool {}.", block.text(), pool.resource_id));
  }
  const auto length =
      request.netmask_length ? request.netmask_length : integer(pool.document, "AllocationDefaultNetmaskLength");
  if (!length) throw neither_nor();
  const bool is_ipv4 = text(pool.document, "AddressFamily") == "ipv4";
  if (*length < 0 || *length > (is_ipv4 ? 32 : 128)) {
    throw errors::invalid_value(std::to_string(*length), "NetmaskLength", "There is no such netmask length.");
  }
  check_rules(pool, request, static_cast<int>(*length));
  return block_of_length(context, pool, request, static_cast<int>(*length));
}

GenericResource allocate_block(Context& context, const GenericResource& pool, const IpBlock& block, Document about) {
  GenericResource allocation;
  allocation.account = context.scope.account;
  allocation.region = context.scope.region;
  allocation.resource_id = context.make_id(declared_kind(kIpamPoolAllocation).prefix);
  allocation.kind = kIpamPoolAllocation;
  allocation.parent_id = pool.resource_id;
  about["Cidr"] = block.text();
  about["IpamPoolAllocationId"] = allocation.resource_id;
  about["ResourceOwner"] = context.scope.account;
  allocation.document = std::move(about);
  state::insert(context.txn, allocation);
  if (const auto resource = text(allocation.document, "ResourceId"); !resource.empty()) {
    state::add_reference(context.txn, context.scope, allocation.resource_id, resource, false);
  }
  return allocation;
}

GenericResource allocate_to(Context& context, const GenericResource& pool, std::string_view block,
                            std::string_view resource_id, std::string_view resource_type) {
  return allocate_block(
      context, pool, IpBlock::parse(block).value(),
      {{"ResourceId", resource_id}, {"ResourceType", resource_type}, {"ResourceRegion", context.scope.region}});
}

void release_allocations(Context& context, std::string_view resource_id, std::string_view block) {
  for (const auto& each : state::list_referring(context.txn, resource_id, kIpamPoolAllocation)) {
    if (block.empty() || text(each.document, "Cidr") == block) erase_resource(context, each);
  }
  if (!block.empty()) return;
  for (const auto& each : state::list_referring(context.txn, resource_id, kIpamResourceCidr)) {
    erase_resource(context, each);
  }
}

std::optional<PoolBlock> requested_pool_block(Call& call, const char* pool, const char* cidr, const char* netmask,
                                              std::string_view type) {
  const auto id = call.text(pool);
  if (id.empty()) {
    if (!call.integer(netmask)) return std::nullopt;
    throw errors::invalid_combination(fmt::format("The parameter {} requires {}.", netmask, pool));  // Assumed
  }
  const auto tags = call.tags.find(type);
  BlockRequest request{.cidr = call.text(cidr), .netmask_length = call.integer(netmask)};
  if (tags != call.tags.end()) request.tags = &tags->second;
  auto found = require_ipam_pool(call, id);
  const auto block = choose_block(call, found, request);
  return PoolBlock{std::move(found), block};
}

// ---- What is found and imported ------------------------------------------------------------------------------------

namespace {

/// The VPC's blocks that nobody allocated, and with them the VPC's id.
void import_blocks(Context& context, const GenericResource& pool, const state::Vpc& vpc) {
  std::vector<std::string> allocated;
  for (const auto& each : state::list_referring(context.txn, vpc.vpc_id, kIpamPoolAllocation)) {
    allocated.emplace_back(text(each.document, "Cidr"));
  }
  const auto spaces = provisioned_blocks(context.txn, pool.resource_id);
  const auto import = [&](std::string_view cidr) {
    const auto block = IpBlock::parse(cidr);
    if (!block || std::ranges::find(allocated, cidr) != allocated.end() || !is_within(spaces, *block)) return;
    if (!is_free(allocated_blocks(context.txn, pool.resource_id), *block)) return;
    allocate_to(context, pool, cidr, vpc.vpc_id, "vpc");
  };
  for (const auto& each : vpc.cidr_block_associations) {
    if (holds_block(each)) import(text(each, "CidrBlock"));
  }
  for (const auto& each : vpc.ipv6_cidr_block_associations) {
    if (holds_block(each)) import(text(each, "Ipv6CidrBlock"));
  }
}

}  // namespace

/// Documented: of blocks that overlap the largest is taken.
void import_vpcs(Context& context, const GenericResource& pool) {
  const auto locale = text(pool.document, "Locale");
  if (!flag(pool.document, "AutoImport").value_or(false) || locale == "None") return;
  const Scope scope{pool.account, std::string(locale)};
  Context there{context.world, context.txn, scope, context.now_ms};
  auto vpcs = state::list<state::Vpc>(context.txn, scope);
  std::ranges::stable_sort(vpcs, {}, [](const state::Vpc& vpc) { return parse_cidr(vpc.cidr_block)->prefix_length; });
  for (const auto& vpc : vpcs) import_blocks(there, pool, vpc);
}

void import_new_blocks(Context& context) {
  for (const auto& pool : state::list_kind_of_account(context.txn, context.scope.account, kIpamPool)) {
    if (text(pool.document, "Locale") == context.scope.region) import_vpcs(context, pool);
  }
}

}  // namespace fogling
