#pragma once

/// Pools of addresses that an account has brought along.

#include <string>
#include <string_view>
#include <vector>

#include "emulator/cidr.hpp"
#include "emulator/kinds.hpp"

namespace fogling {

inline constexpr std::string_view kPublicIpv4Pool = "ipv4pool-ec2";
inline constexpr std::string_view kIpv6Pool = "ipv6pool-ec2";

std::vector<Cidr> public_pool_ranges(const GenericResource& pool);
/// Both write the row.
void add_public_pool_range(Context& context, GenericResource& pool, std::string_view cidr);
void remove_public_pool_range(Context& context, GenericResource& pool, std::string_view cidr);

/// A free address of the pool, or the one asked for unless that is empty. Throws where there is none.
std::string draw_pool_address(Context& context, std::string_view pool_id, std::string_view wanted);
/// A free block of an IPv6 pool for a VPC, or the one asked for; its canonical text.
std::string draw_ipv6_pool_block(Context& context, std::string_view pool_id, std::string_view wanted);

}  // namespace fogling
