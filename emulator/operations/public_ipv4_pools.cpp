/// Pools of addresses that an account brings along. Ranges come into them out of IPAM or by BYOIP, and nobody here has
/// brought any.

#include <fmt/format.h>

#include "emulator/describe.hpp"

namespace fogling {
namespace {

ApiError unknown_ipv6_pool(std::string_view id) {  // Assumed: the words
  return {"InvalidIpv6PoolID.NotFound", fmt::format("The IPv6 pool ID '{}' does not exist", id)};
}

Document DescribeIpv6Pools(Call& call) {
  const auto& ids = call.items("PoolIds");
  if (!ids.empty()) throw unknown_ipv6_pool(ids.front().get_ref<const std::string&>());
  return describe_documents(call, "Ipv6Pools", {});
}

Document GetAssociatedIpv6PoolCidrs(Call& call) { throw unknown_ipv6_pool(call.require("PoolId")); }

Document DescribeByoipCidrs(Call& call) { return describe_documents(call, "ByoipCidrs", {}); }

constexpr Operation kOperations[] = {
    {.name = "DescribeByoipCidrs", .run = DescribeByoipCidrs, .access = Access::read},
    {.name = "DescribeIpv6Pools", .run = DescribeIpv6Pools, .access = Access::read, .listed = "Ipv6Pool"},
    {.name = "GetAssociatedIpv6PoolCidrs", .run = GetAssociatedIpv6PoolCidrs, .access = Access::read},
};

}  // namespace

Family public_ipv4_pools_family() { return {.operations = kOperations}; }

}  // namespace fogling
