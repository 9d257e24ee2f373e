#pragma once

/// Names that lead to a network interface from outside by IPv6, or by both families.

#include <string>
#include <string_view>

#include "emulator/call.hpp"
#include "state/network_interfaces.hpp"

namespace fogling {

namespace public_host_name {
inline constexpr std::string_view ipv4 = "public-ipv4-dns-name", ipv6 = "public-ipv6-dns-name",
                                  dual_stack = "public-dual-stack-dns-name";
}  // namespace public_host_name

/// The kind that has been chosen for an interface; empty where none has.
std::string_view public_host_name_type(const state::NetworkInterface& interface);

/// `<IPv6>.<region>.ip.aws`, the address in base 36; between them `-<IPv4>` where there is one.
std::string public_ipv6_dns_name(std::string_view region, std::string_view ipv6_address,
                                 std::string_view public_ip = {});

/// Adds PublicIpDnsNameOptions to the description of an interface for which a kind has been chosen, and calls it so.
void show_public_host_name(Transaction& txn, const state::NetworkInterface& interface, Document& shown);

}  // namespace fogling
