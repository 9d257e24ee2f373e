/// Blocks that are provisioned to IPAM pools: asked for at once, had or refused a while later.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/ipam.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/random.hpp"
#include "emulator/vpc_blocks.hpp"
#include "emulator/world.hpp"
#include "state/resources_anywhere.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

/// Assumed: how long it takes, and how long what is over is shown.
constexpr std::int64_t kTakes_ms = 20'000, kShown_ms = 3'600'000;
/// Amazon's own space is represented by ranges that are reserved for documentation: RFC 9637 and RFC 5737.
constexpr std::string_view kAmazonIpv6 = "3fff::/20";
constexpr std::string_view kAmazonIpv4[] = {"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"};

bool is_over(const GenericResource& cidr) { return cidr.state == "deprovisioned" || cidr.state == "failed-provision"; }

void put_cidr_state(Context& context, GenericResource& cidr, std::string_view state) {
  cidr.state = state;
  cidr.document["State"] = state;
  state::update(context.txn, cidr);
}

Document shown_cidr(const GenericResource& cidr) {
  Document shown = cidr.document;
  shown["State"] = cidr.state;
  return shown;
}

// ---- Where the block is from ---------------------------------------------------------------------------------------

std::vector<IpBlock> blocks(std::span<const std::string_view> texts) {
  std::vector<IpBlock> all;
  for (const auto each : texts) all.push_back(IpBlock::parse(each).value());
  return all;
}

/// What the pools of the scope that have no source hold; of all scopes of all accounts where it is Amazon's space.
std::vector<IpBlock> held_by_top_level(Context& context, const GenericResource& pool) {
  std::vector<IpBlock> held;
  for (const auto& other : state::list_children(context.txn, pool.parent_id, kIpamPool)) {
    if (has(other.document, "SourceIpamPoolId")) continue;
    for (auto& each : provisioned_blocks(context.txn, other.resource_id)) held.push_back(std::move(each));
  }
  return held;
}

std::vector<IpBlock> blocks_of_vpc(Context& context, std::string_view vpc_id) {
  std::vector<IpBlock> all;
  const auto vpc = state::find_anywhere<state::Vpc>(context.txn, vpc_id);
  if (!vpc) return all;
  for (const auto& each : ipv4_blocks(*vpc)) all.push_back(IpBlock::parse(each.text()).value());
  for (const auto& each : ipv6_blocks(vpc->ipv6_cidr_block_associations))
    all.push_back(IpBlock::parse(each.text()).value());
  return all;
}

bool is_amazons(const GenericResource& pool) { return text(pool.document, "PublicIpSource") == "amazon"; }

/// Space and what is taken of it.
struct Supply {
  std::vector<IpBlock> spaces, taken;
};

Supply supply_of(Context& context, const GenericResource& pool) {
  if (const auto& resource = part(pool.document, "SourceResource"); !resource.empty()) {
    return {blocks_of_vpc(context, text(resource, "ResourceId")), provisioned_blocks(context.txn, pool.resource_id)};
  }
  if (const auto source = text(pool.document, "SourceIpamPoolId"); !source.empty()) {
    return {provisioned_blocks(context.txn, source), allocated_blocks(context.txn, source)};
  }
  if (!is_amazons(pool)) return {{}, held_by_top_level(context, pool)};
  Supply supply{{}, {}};
  const bool is_ipv4 = text(pool.document, "AddressFamily") == "ipv4";
  supply.spaces = is_ipv4 ? blocks(kAmazonIpv4) : blocks({&kAmazonIpv6, 1});
  for (const auto& cidr : state::list_kind_anywhere(context.txn, kIpamPoolCidr)) {
    if (cidr.state == "provisioned" || cidr.state == "failed-deprovision") supply.taken.push_back(block_of(cidr));
  }
  return supply;
}

/// The block that the pool gets; nothing where there is none to be had.
std::optional<IpBlock> choose(Context& context, const GenericResource& pool, const GenericResource& cidr) {
  const auto supply = supply_of(context, pool);
  const auto given = text(cidr.document, "Cidr");
  if (!given.empty()) {
    const auto block = IpBlock::parse(given).value();
    const auto overlaps = [&](const IpBlock& each) { return each.overlaps(block); };
    const auto contains = [&](const IpBlock& each) { return each.contains(block); };
    const bool is_own = supply.spaces.empty() && !has(pool.document, "SourceIpamPoolId");
    if (!is_own && std::ranges::none_of(supply.spaces, contains)) return std::nullopt;
    return std::ranges::any_of(supply.taken, overlaps) ? std::nullopt : std::optional(block);
  }
  const auto length = static_cast<int>(integer(cidr.document, "NetmaskLength").value_or(0));
  for (const auto& space : supply.spaces) {
    if (auto found = find_free_block(space, length, supply.taken)) return found;
  }
  return std::nullopt;
}

/// A block out of a pool is an allocation of that pool.
void allocate_from_source(Context& context, const GenericResource& pool, const IpBlock& block) {
  const auto source = text(pool.document, "SourceIpamPoolId");
  if (source.empty() || has(pool.document, "SourceResource")) return;
  allocate_block(context, require_ipam_pool(context, source), block,
                 {{"ResourceId", pool.resource_id}, {"ResourceType", "ipam-pool"}});
}

void finish_provision(Context& context, GenericResource& cidr) {
  const auto pool = require_ipam_pool(context, cidr.parent_id);
  const auto block = choose(context, pool, cidr);
  if (!block) {
    cidr.document["FailureReason"] = {{"Code", "cidr-not-available"},
                                      {"Message", "The requested CIDR is not available"}};  // Assumed: the words
    put_cidr_state(context, cidr, "failed-provision");
    schedule_by_clock(context, kIpamPoolCidr, cidr.resource_id, "gone", kShown_ms);
    return;
  }
  cidr.document["Cidr"] = block->text();
  cidr.document["NetmaskLength"] = block->length;
  put_cidr_state(context, cidr, "provisioned");
  allocate_from_source(context, pool, *block);
  import_vpcs(context, pool);
}

void finish_deprovision(Context& context, GenericResource& cidr, std::string_view state) {
  put_cidr_state(context, cidr, state);
  if (state != "deprovisioned") return;
  release_allocations(context, cidr.parent_id, text(cidr.document, "Cidr"));
  schedule_by_clock(context, kIpamPoolCidr, cidr.resource_id, "gone", kShown_ms);
}

void move_cidr(Context& context, const state::Due& due) {
  auto cidr = state::find<GenericResource>(context.txn, context.scope, due.resource_id);
  if (!cidr) return;
  if (due.move == "gone") {
    erase_resource(context, *cidr);
  } else if (due.move == "provisioned") {
    finish_provision(context, *cidr);
  } else {
    finish_deprovision(context, *cidr, due.move);
  }
}

// ---- Provision and deprovision -------------------------------------------------------------------------------------

/// Assumed: the words, but those about what authorizes a range, whose beginning is quoted by users.
void check_request(Call& call, const GenericResource& pool) {
  const bool has_cidr = !call.text("Cidr").empty(), has_length = call.integer("NetmaskLength").has_value();
  if (has_cidr == has_length) {
    throw errors::invalid_combination(
        "The request must contain a CIDR or a Netmask Length. Exactly one of them should be provided.");
  }
  const bool is_top_level = !has(pool.document, "SourceIpamPoolId");
  if (!is_top_level) return;
  if (is_amazons(pool)) {
    if (has_cidr) throw errors::invalid_combination("The request cannot contain a CIDR for space of Amazon.");
    return;
  }
  if (has_length) {
    throw errors::invalid_combination(
        "The request can only contain a Netmask Length if the pool has a source pool or space of Amazon.");
  }
  const bool is_authorized =
      !call.part("CidrAuthorizationContext").empty() || !call.text("IpamExternalResourceVerificationTokenId").empty();
  if (is_public(pool) && !is_authorized) {
    throw errors::invalid_combination(
        "The request must contain a CIDR Authorization Context for a top-level pool in the public scope.");
  }
}

/// Documented: private IPv6 space is fd00::/8, unless the IPAM is to take ranges of one's own.
void check_private_ipv6(Context& context, const GenericResource& pool, const IpBlock& block) {
  if (is_public(pool) || block.is_ipv4() || IpBlock::parse("fd00::/8")->contains(block)) return;
  if (flag(ipam_of(context, pool).document, "EnablePrivateGua").value_or(false)) return;
  throw errors::invalid_parameter_value(  // Assumed: code and words
      fmt::format("The CIDR {} is not private, and private GUA is not enabled for the IPAM.", block.text()));
}

/// What is over gives way to a new attempt with the same block.
void forget_old(Context& context, const GenericResource& pool, std::string_view block) {
  for (const auto& each : state::list_children(context.txn, pool.resource_id, kIpamPoolCidr)) {
    if (text(each.document, "Cidr") != block || !is_over(each)) continue;
    erase_resource(context, each);
  }
}

Document ProvisionIpamPoolCidr(Call& call) {
  const auto pool = require_resource(call, kIpamPool, call.require("IpamPoolId"));
  require_complete(pool);
  check_request(call, pool);
  GenericResource cidr;
  cidr.account = pool.account;
  cidr.region = pool.region;
  cidr.resource_id = call.make_id(kIpamPoolCidr);
  cidr.kind = kIpamPoolCidr;
  cidr.parent_id = pool.resource_id;
  cidr.state = "pending-provision";
  cidr.document = {{"IpamPoolCidrId", cidr.resource_id}};
  if (const auto given = call.text("Cidr"); !given.empty()) {
    const auto block = read_pool_block(pool, given);
    check_private_ipv6(call, pool, block);
    forget_old(call, pool, block.text());
    cidr.document["Cidr"] = block.text();
    cidr.document["NetmaskLength"] = block.length;
  } else {
    cidr.document["NetmaskLength"] = call.integer("NetmaskLength").value();
  }
  state::insert(call.txn, cidr);
  schedule(call, kIpamPoolCidr, cidr.resource_id, "provisioned", kTakes_ms);
  return {{"IpamPoolCidr", shown_cidr(cidr)}};
}

GenericResource require_pool_cidr(Call& call, const GenericResource& pool, const IpBlock& block) {
  std::optional<GenericResource> ended;
  for (auto& each : state::list_children(call.txn, pool.resource_id, kIpamPoolCidr)) {
    if (text(each.document, "Cidr") != block.text()) continue;
    if (!is_over(each)) return std::move(each);
    ended = std::move(each);
  }
  if (ended) return *std::move(ended);
  throw errors::invalid_value(block.text(), "Cidr", "It is not provisioned to the pool.");  // Assumed: code and words
}

Document DeprovisionIpamPoolCidr(Call& call) {
  const auto pool = require_resource(call, kIpamPool, call.require("IpamPoolId"));
  const auto block = read_pool_block(pool, call.require("Cidr"));
  auto cidr = require_pool_cidr(call, pool, block);
  if (cidr.state != "provisioned" && cidr.state != "failed-deprovision") {  // Assumed: the words
    throw errors::incorrect_state(
        fmt::format("The CIDR {} of {} is in the state {}.", block.text(), pool.resource_id, cidr.state));
  }
  const auto allocated = allocated_blocks(call.txn, pool.resource_id);
  const bool is_in_use = std::ranges::any_of(allocated, [&](const IpBlock& each) { return each.overlaps(block); });
  cidr.document.erase("FailureReason");
  // Quoted by users: it fails after the answer, with this sentence.
  if (is_in_use) cidr.document["FailureReason"] = {{"Message", "The CIDR has one or more allocations."}};
  put_cidr_state(call, cidr, "pending-deprovision");
  schedule(call, kIpamPoolCidr, cidr.resource_id, is_in_use ? "failed-deprovision" : "deprovisioned", kTakes_ms);
  Document shown = shown_cidr(cidr);
  shown.erase("FailureReason");
  return {{"IpamPoolCidr", std::move(shown)}};
}

Document GetIpamPoolCidrs(Call& call) {
  const auto pool = require_ipam_pool(call, call.require("IpamPoolId"));
  std::vector<Document> cidrs;
  for (const auto& each : state::list_children(call.txn, pool.resource_id, kIpamPoolCidr)) {
    cidrs.push_back(shown_cidr(each));
    if (each.state == "pending-deprovision") cidrs.back().erase("FailureReason");
    if (each.scope() == call.scope) call.looked_at.push_back(each.resource_id);
  }
  return describe_documents(call, "IpamPoolCidrs", std::move(cidrs));
}

constexpr Operation kOperations[] = {
    {.name = "DeprovisionIpamPoolCidr", .run = DeprovisionIpamPoolCidr, .access = Access::write},
    {.name = "GetIpamPoolCidrs", .run = GetIpamPoolCidrs, .access = Access::read, .listed = "IpamPoolCidr"},
    {.name = "ProvisionIpamPoolCidr", .run = ProvisionIpamPoolCidr, .access = Access::write},
};

constexpr Mover kMovers[] = {{kIpamPoolCidr, move_cidr}};

}  // namespace

Family ipam_pool_cidrs_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
