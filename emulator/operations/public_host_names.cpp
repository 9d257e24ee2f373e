#include "emulator/public_host_names.hpp"

#include <fmt/format.h>

#include "emulator/describe.hpp"
#include "emulator/network_interfaces.hpp"

namespace fogling {
namespace {

/// Assumed: code and words; that an interface needs the addresses which its name leads to is documented.
void check_addresses(Call& call, const state::NetworkInterface& interface, std::string_view type) {
  const auto refuse = [&](std::string_view what) {
    throw errors::invalid_parameter_value(
        fmt::format("The network interface {} has no {}", interface.network_interface_id, what));
  };
  if (type != public_host_name::ipv6 && !public_address(call.txn, interface)) refuse("public IPv4 address");
  if (type != public_host_name::ipv4 && ipv6_address(interface).empty()) refuse("IPv6 address");
}

Document ModifyPublicIpDnsNameOptions(Call& call) {
  auto interface = require_row<state::NetworkInterface>(call, "network-interface", call.text("NetworkInterfaceId"));
  const auto type = call.require("HostnameType");
  check_addresses(call, interface, type);
  interface.options["PublicHostnameType"] = type;
  state::update(call.txn, interface);
  return {{"Successful", true}};
}

constexpr Operation kOperations[] = {
    {.name = "ModifyPublicIpDnsNameOptions", .run = ModifyPublicIpDnsNameOptions, .access = Access::write}};

}  // namespace

Family public_host_names_family() { return {.operations = kOperations}; }

}  // namespace fogling
