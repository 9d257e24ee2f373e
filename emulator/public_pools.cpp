#include "emulator/public_pools.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/ip_blocks.hpp"
#include "emulator/vpc_blocks.hpp"
#include "state/addresses.hpp"
#include "state/network_interfaces.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

constexpr int kVpcPrefixLength = 56;

}  // namespace

std::vector<Cidr> public_pool_ranges(const GenericResource& pool) {
  std::vector<Cidr> ranges;
  for (const auto& each : items(pool.document, "_ranges")) {
    ranges.push_back(parse_cidr(each.get_ref<const std::string&>()).value());
  }
  return ranges;
}

void add_public_pool_range(Context& context, GenericResource& pool, std::string_view cidr) {
  pool.document["_ranges"].push_back(cidr);
  state::update(context.txn, pool);
}

void remove_public_pool_range(Context& context, GenericResource& pool, std::string_view cidr) {
  auto& ranges = pool.document["_ranges"];
  const auto found = std::ranges::find(ranges, cidr);
  if (found != ranges.end()) ranges.erase(found);
  state::update(context.txn, pool);
}

std::string draw_pool_address(Context& context, std::string_view pool_id, std::string_view wanted) {
  const auto pool = require_resource(context, kPublicIpv4Pool, pool_id);
  for (const auto& range : public_pool_ranges(pool)) {
    if (!wanted.empty()) {
      if (range.contains(parse_ipv4(wanted).value_or(0)) && !state::is_public_ip_taken(context.txn, wanted))
        return std::string(wanted);
      continue;
    }
    for (std::uint64_t i = 0; i < range.size(); ++i) {
      auto address = ipv4_text(range.first + static_cast<std::uint32_t>(i));
      if (!state::is_public_ip_taken(context.txn, address)) return address;
    }
  }
  if (!wanted.empty()) {  // Assumed: code and words
    throw errors::invalid_value(wanted, "Address", "It is not a free address of the pool.");
  }
  throw ApiError("InsufficientAddressCapacity",  // Assumed: as for Amazon's own pool
                 "There are not enough available addresses to satisfy your request.", 500);
}

std::string draw_ipv6_pool_block(Context& context, std::string_view pool_id, std::string_view wanted) {
  const auto pool = require_resource(context, kIpv6Pool, pool_id);
  std::vector<IpBlock> taken;
  for (const auto& vpc : state::list<state::Vpc>(context.txn, context.scope)) {
    for (const auto& each : ipv6_blocks(vpc.ipv6_cidr_block_associations))
      taken.push_back(IpBlock::parse(each.text()).value());
  }
  const auto asked_for = IpBlock::parse(wanted);
  if (!wanted.empty() && (!asked_for || asked_for->had_host_bits || asked_for->length > 60)) {
    throw errors::invalid_parameter_value(fmt::format("invalid value for parameter ipv6-cidr-block: {}", wanted));
  }
  for (const auto& each : items(pool.document, "PoolCidrBlocks")) {
    const auto space = IpBlock::parse(text(each, "Cidr")).value();
    const bool is_possible = !asked_for || space.contains(*asked_for);
    if (!is_possible) continue;
    const auto found = asked_for ? find_free_block(*asked_for, asked_for->length, taken)
                                 : find_free_block(space, std::max(space.length, kVpcPrefixLength), taken);
    if (found) return found->text();
  }
  throw ApiError("InsufficientCidrBlocks",  // Assumed: code and words
                 fmt::format("The pool {} has no free block for the request.", pool_id));
}

}  // namespace fogling
