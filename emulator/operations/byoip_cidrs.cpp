/// BYOIP: ranges that an account brings along, each with a pool of its own; advertised, withdrawn, given back. Nobody
/// checks here whose they are.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/ip_blocks.hpp"
#include "emulator/ipam.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/public_pools.hpp"
#include "emulator/tags.hpp"
#include "state/addresses.hpp"
#include "state/resources_anywhere.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

constexpr std::string_view kByoipCidr = "byoip-cidr";
/// Assumed: how long it takes to have a range and to give it back; EC2 takes up to a week for the first.
constexpr std::int64_t kTakes_ms = 60'000;

// Assumed: codes and words of the refusals; what is refused is documented.

Document shown_cidr(const GenericResource& cidr) {
  Document shown = cidr.document;
  shown.erase("_pool");
  shown["State"] = cidr.state;
  shown["PoolId"] = cidr.document["_pool"];
  if (cidr.state != "pending-provision") shown["StatusMessage"] = cidr.document["_pool"];
  return shown;
}

/// RFC 1918, RFC 6598 and what is set apart for networks, hosts and tests of one's own. Ranges that are for examples
/// can be brought along: nobody can give another here.
constexpr const char* kNotPublic[] = {"0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10",
                                      "127.0.0.0/8",    "169.254.0.0/16", "172.16.0.0/12",
                                      "192.168.0.0/16", "198.18.0.0/15",  "224.0.0.0/3"};
constexpr const char* kPublicIpv6 = "2000::/3";

bool is_public_range(const IpBlock& block) {
  if (!block.is_ipv4()) return IpBlock::parse(kPublicIpv6)->contains(block);
  return std::ranges::none_of(kNotPublic, [&](const char* each) { return IpBlock::parse(each)->overlaps(block); });
}

IpBlock read_range(std::string_view given, bool is_advertisable) {
  const auto block = IpBlock::parse(given);
  const int most = !block || block->is_ipv4() ? 24 : is_advertisable ? 48 : 56;
  if (block && !block->had_host_bits && block->length <= most && is_public_range(*block)) return *block;
  throw errors::invalid_value(given, "Cidr", fmt::format("It must be a public range of /{} or larger.", most));
}

std::optional<GenericResource> find_cidr(Call& call, std::string_view cidr) {
  for (auto& each : state::list_kind(call.txn, call.scope, kByoipCidr)) {
    if (text(each.document, "Cidr") == cidr) return std::move(each);
  }
  return std::nullopt;
}

GenericResource require_cidr(Call& call) {
  const auto given = call.require("Cidr");
  const auto block = IpBlock::parse(given);
  auto found = block ? find_cidr(call, block->text()) : std::nullopt;
  if (!found) throw errors::invalid_value(given, "Cidr", "It is not a range that you have provisioned.");
  return *std::move(found);
}

void require_state(const GenericResource& cidr, std::initializer_list<std::string_view> allowed) {
  if (std::ranges::find(allowed, cidr.state) != allowed.end()) return;
  throw errors::incorrect_state(
      fmt::format("The CIDR {} is in the state {}.", text(cidr.document, "Cidr"), cidr.state));
}

void put_state(Call& call, GenericResource& cidr, std::string_view state) {
  cidr.state = state;
  state::update(call.txn, cidr);
}

GenericResource make_pool(Call& call, const IpBlock& block) {
  Document document = Document::object();
  set_if(document, "Description", call.text("Description"));
  const auto kind = block.is_ipv4() ? kPublicIpv4Pool : kIpv6Pool;
  if (!block.is_ipv4()) document["PoolCidrBlocks"] = Document::array({{{"Cidr", block.text()}}});
  auto pool = make_resource(call, declared_kind(kind), std::move(document));
  if (block.is_ipv4()) add_public_pool_range(call, pool, block.text());
  const auto& specifications = call.items("PoolTagSpecifications");
  for (const auto& each : specifications) add_tags(call, pool.resource_id, kind, read_tags(items(each, "Tags")));
  return pool;
}

Document ProvisionByoipCidr(Call& call) {
  const bool is_advertisable = call.flag("PubliclyAdvertisable").value_or(true);
  const auto block = read_range(call.require("Cidr"), is_advertisable);
  for (const auto& each : state::list_kind_anywhere(call.txn, kByoipCidr)) {
    if (!IpBlock::parse(text(each.document, "Cidr"))->overlaps(block)) continue;
    throw errors::invalid_value(block.text(), "Cidr", "It overlaps with another range that has been brought along.");
  }
  GenericResource cidr;
  cidr.account = call.scope.account;
  cidr.region = call.scope.region;
  cidr.resource_id = call.make_id(kByoipCidr);
  cidr.kind = kByoipCidr;
  cidr.state = "pending-provision";
  cidr.parent_id = make_pool(call, block).resource_id;
  cidr.document = {{"Cidr", block.text()}, {"_pool", cidr.parent_id}};
  set_if(cidr.document, "Description", call.text("Description"));
  set_if(cidr.document, "NetworkBorderGroup", call.text("NetworkBorderGroup"));
  state::insert(call.txn, cidr);
  schedule(call, kByoipCidr, cidr.resource_id,
           is_advertisable ? "provisioned" : "provisioned-not-publicly-advertisable", kTakes_ms);
  return {{"ByoipCidr", shown_cidr(cidr)}};
}

Document AdvertiseByoipCidr(Call& call) {
  auto cidr = require_cidr(call);
  require_state(cidr, {"provisioned", "advertised"});
  put_state(call, cidr, "advertised");
  return {{"ByoipCidr", shown_cidr(cidr)}};
}

Document WithdrawByoipCidr(Call& call) {
  auto cidr = require_cidr(call);
  require_state(cidr, {"advertised", "provisioned"});
  put_state(call, cidr, "provisioned");
  return {{"ByoipCidr", shown_cidr(cidr)}};
}

/// Whether an elastic address or a VPC has something of the pool.
bool is_in_use(Call& call, std::string_view pool_id) {
  const auto addresses = state::list<state::Address>(call.txn, call.scope);
  const auto vpcs = state::list<state::Vpc>(call.txn, call.scope);
  return std::ranges::any_of(addresses, [&](const state::Address& each) { return each.public_ipv4_pool == pool_id; }) ||
         std::ranges::any_of(vpcs, [&](const state::Vpc& vpc) {
           return std::ranges::any_of(vpc.ipv6_cidr_block_associations,
                                      [&](const Document& each) { return text(each, "Ipv6Pool") == pool_id; });
         });
}

Document DeprovisionByoipCidr(Call& call) {
  auto cidr = require_cidr(call);
  require_state(cidr, {"provisioned", "provisioned-not-publicly-advertisable", "failed-deprovision"});
  if (is_in_use(call, cidr.parent_id)) {
    throw errors::dependency_violation(
        fmt::format("The CIDR {} has allocated addresses.", text(cidr.document, "Cidr")));
  }
  put_state(call, cidr, "pending-deprovision");
  schedule(call, kByoipCidr, cidr.resource_id, "deprovisioned", kTakes_ms);
  return {{"ByoipCidr", shown_cidr(cidr)}};
}

/// An IPv4 range that is in a public pool becomes one of an IPAM pool's. Its elastic addresses have to be released
/// first.
Document MoveByoipCidrToIpam(Call& call) {
  auto cidr = require_cidr(call);
  const auto pool = require_resource(call, kIpamPool, call.require("IpamPoolId"));
  require_state(cidr, {"provisioned", "advertised"});
  const auto block = read_pool_block(pool, text(cidr.document, "Cidr"));
  if (!is_public(pool) || has(pool.document, "SourceIpamPoolId")) {
    throw errors::invalid_value(pool.resource_id, "IpamPoolId", "It must be a top-level pool of public addresses.");
  }
  if (is_in_use(call, cidr.parent_id)) {
    throw errors::dependency_violation(fmt::format("The CIDR {} has allocated addresses.", block.text()));
  }
  add_pool_cidr(call, pool, block);
  Document shown = shown_cidr(cidr);
  shown.erase("PoolId");
  shown["IpamPoolId"] = pool.resource_id;
  erase_resource(call, require_resource(call, kPublicIpv4Pool, cidr.parent_id));
  erase_resource(call, cidr);
  return {{"ByoipCidr", shown}};
}

Document DescribeByoipCidrs(Call& call) {
  std::vector<Document> cidrs;
  for (const auto& each : state::list_kind(call.txn, call.scope, kByoipCidr)) {
    cidrs.push_back(shown_cidr(each));
    call.looked_at.push_back(each.resource_id);
  }
  return describe_documents(call, "ByoipCidrs", std::move(cidrs));
}

void move_cidr(Context& context, const state::Due& due) {
  auto cidr = state::find<GenericResource>(context.txn, context.scope, due.resource_id);
  if (!cidr) return;
  if (due.move == "deprovisioned") {
    const auto pool = state::find<GenericResource>(context.txn, context.scope, cidr->parent_id);
    if (pool) erase_resource(context, *pool);
    erase_resource(context, *cidr);
    return;
  }
  cidr->state = due.move;
  state::update(context.txn, *cidr);
}

constexpr Operation kOperations[] = {
    {.name = "AdvertiseByoipCidr", .run = AdvertiseByoipCidr, .access = Access::write},
    {.name = "DeprovisionByoipCidr", .run = DeprovisionByoipCidr, .access = Access::write},
    {.name = "DescribeByoipCidrs", .run = DescribeByoipCidrs, .access = Access::read},
    {.name = "MoveByoipCidrToIpam", .run = MoveByoipCidrToIpam, .access = Access::write},
    {.name = "ProvisionByoipCidr", .run = ProvisionByoipCidr, .access = Access::write},
    {.name = "WithdrawByoipCidr", .run = WithdrawByoipCidr, .access = Access::write},
};

constexpr Mover kMovers[] = {{kByoipCidr, move_cidr}};

}  // namespace

Family byoip_cidrs_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
