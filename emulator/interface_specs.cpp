/// How a request describes the addresses of an interface that it wants: the same members in CreateNetworkInterface and
/// in each NetworkInterface of a launch.

#include <map>

#include "emulator/network_interfaces.hpp"

namespace fogling {
namespace {

/// Assumed: a count below one is refused in the words recorded for private addresses.
std::int64_t read_count(const Document& in, const char* member, std::string_view shown) {
  const auto count = integer(in, member);
  if (!count) return 0;
  if (*count <= 0) throw errors::invalid_value(std::to_string(*count), shown, "Value must be a positive number.");
  return *count;
}

/// Recorded: an address is named once only.
void check_each_once(const Document& in) {
  std::map<std::string, bool> named;  // and whether it is the primary
  if (const auto address = text(in, "PrivateIpAddress"); !address.empty()) named.emplace(address, true);
  for (const auto& each : items(in, "PrivateIpAddresses")) {
    const bool is_primary = flag(each, "Primary").value_or(false);
    const auto [at, is_new] = named.emplace(text(each, "PrivateIpAddress"), is_primary);
    if (is_new) continue;
    throw errors::invalid_parameter_value(at->second == is_primary
                                              ? "Duplicate private IP address."
                                              : "address value can't be both primary and secondary");
  }
}

/// The addresses of PrivateIpAddress and of PrivateIpAddresses, of which at most one is to be the primary.
void read_private_addresses(const Document& in, InterfaceSpec& spec) {
  spec.private_ip_address = text(in, "PrivateIpAddress");
  std::size_t primaries = spec.private_ip_address.empty() ? 0 : 1;
  for (const auto& each : items(in, "PrivateIpAddresses")) {
    const std::string address(text(each, "PrivateIpAddress"));
    if (!flag(each, "Primary").value_or(false)) {
      spec.secondary_addresses.push_back(address);
      continue;
    }
    ++primaries;
    spec.private_ip_address = address;
  }
  if (primaries > 1) {
    throw errors::invalid_parameter_value("Only one primary private IP address can be specified.");
  }
  check_each_once(in);
  if (!has(in, "SecondaryPrivateIpAddressCount")) return;
  if (!spec.secondary_addresses.empty()) {  // recorded, the repetition in the words too
    throw errors::invalid_parameter_value(
        "You can specify one and only one secondaryPrivateIpAddressCount or secondaryPrivateIpAddressCount or "
        "ipv4Prefixes or ipv4PrefixCount.");
  }
  spec.secondary_count = read_count(in, "SecondaryPrivateIpAddressCount", "secondaryPrivateIpAddressCount");
}

void read_prefixes(const Document& in, InterfaceSpec& spec) {
  for (const auto& each : items(in, "Ipv4Prefixes")) spec.ipv4_prefixes.emplace_back(text(each, "Ipv4Prefix"));
  spec.ipv4_prefix_count = read_count(in, "Ipv4PrefixCount", "ipv4PrefixCount");
}

}  // namespace

void read_interface_addresses(const Document& in, InterfaceSpec& spec) {
  read_private_addresses(in, spec);
  read_prefixes(in, spec);
  read_ipv6(in, spec);
}

}  // namespace fogling
