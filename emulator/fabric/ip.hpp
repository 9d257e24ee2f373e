#pragma once

/// What the fabric asks of addresses and blocks beyond what emulator/ip_blocks.hpp knows: what the internet carries.

#include <optional>
#include <string_view>
#include <vector>

#include "emulator/ip_blocks.hpp"

namespace fogling::fabric {

using fogling::Ip;
using Block = IpBlock;

/// `10.0.0.0/16`, `2001:db8::/56`, or an address alone; bits beyond the length are cut off.
std::optional<Block> parse_block(std::string_view text);

/// Addresses that the internet does not carry: those of RFC 1918, and the shared ones of RFC 6598.
bool is_rfc1918(const Ip& ip);
bool is_rfc6598(const Ip& ip);
/// All addresses of a family that the internet carries.
std::vector<Block> internet_blocks(bool is_v6);

}  // namespace fogling::fabric
