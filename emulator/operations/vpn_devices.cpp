/// Devices at the customer's end of a VPN connection, and what they have to be told, as text for people.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/vpn_tunnels.hpp"

namespace fogling {
namespace {

/// Vendors, platforms and versions from the Site-to-Site VPN User Guide. Assumed: the ids.
struct Device {
  std::string_view id, vendor, platform, software;
};
constexpr Device kDevices[] = {
    {"7125681a", "Barracuda", "NextGen Firewall F-series", "6.2+"},
    {"9005b6c1", "Generic", "Generic", "Vendor Agnostic"},
    {"2e9ec64e", "Check Point", "Gaia", "R80.10+"},
    {"7b754310", "Cisco Systems, Inc.", "ASA 5500 Series", "ASA 9.7+ VTI"},
    {"54ef9b3d", "Cisco Systems, Inc.", "CSRv AMI", "IOS 12.4+"},
    {"4b58e37a", "Cisco Systems, Inc.", "ISR Series Routers", "IOS 12.4+"},
    {"b9d5ae56", "Fortinet", "Fortigate 40+ Series", "FortiOS 6.4.4+ (GUI)"},
    {"5fb390ba", "Juniper Networks, Inc.", "J-Series Routers", "JunOS 9.5+"},
    {"45c9a9c6", "Juniper Networks, Inc.", "SRX Routers", "JunOS 11.0+"},
    {"8fed8ccf", "Mikrotik", "RouterOS", "6.44.3"},
    {"9acbf5a5", "Openswan", "Openswan", "2.6.38+"},
    {"aef6aca3", "Palo Alto Networks", "PA Series", "PANOS 7.0+"},
    {"0a5cbfd3", "pfSense", "pfSense", "pfSense 2.2.5+ (GUI)"},
    {"3b1a2ce7", "SonicWall", "NSA, TZ", "OS 6.5"},
    {"5e3f7d6b", "Strongswan", "Ubuntu 16.04", "Strongswan 5.5.1+"},
    {"6c9f3e2a", "WatchGuard, Inc.", "XTM, Firebox", "Fireware OS 11.12.2+"},
    {"fdae0bdb", "Yamaha", "RTX Routers", "Rev.10.01.16+"},
};

Document GetVpnConnectionDeviceTypes(Call& call) {
  std::vector<Document> types;
  for (const auto& each : kDevices) {
    types.push_back({{"VpnConnectionDeviceTypeId", each.id},
                     {"Vendor", each.vendor},
                     {"Platform", each.platform},
                     {"Software", each.software}});
  }
  return describe_documents(call, "VpnConnectionDeviceTypes", std::move(types));
}

const Device& require_device(const Call& call) {
  const auto id = call.require("VpnConnectionDeviceTypeId");
  const auto found = std::ranges::find(kDevices, id, &Device::id);
  if (found == std::end(kDevices)) throw errors::invalid_value(id, "vpnConnectionDeviceTypeId");  // Assumed
  return *found;
}

/// ikev2 where nothing is said. Documented: the recommended sample is not for IKEv1.
std::string_view requested_version(const Call& call) {
  const auto version = call.text("InternetKeyExchangeVersion"), type = call.text("SampleType");
  if (!version.empty() && version != "ikev1" && version != "ikev2")
    throw errors::invalid_value(version, "internetKeyExchangeVersion");
  if (!type.empty() && type != "compatibility" && type != "recommended")
    throw errors::invalid_value(type, "sampleType");
  if (type == "recommended" && version == "ikev1")
    throw ApiError("UnsupportedOperation", "The recommended sample configuration is not for IKEv1.");  // Assumed: words
  return version.empty() ? "ikev2" : version;
}

std::string tunnel_sample(Context& context, const GenericResource& connection, const Document& tunnel) {
  const auto ends = tunnel_ends(context, connection, tunnel);
  std::string lines = fmt::format(
      "pre-shared key: {}\noutside addresses: {} (yours), {} (Amazon's)\ninside addresses: {} (yours), {} "
      "(Amazon's)\n",
      text(tunnel, "PreSharedKey"), ends.customer_outside, ends.outside, ends.customer_inside, ends.inside);
  if (!ends.asn.empty()) lines += fmt::format("BGP ASNs: {} (yours), {} (Amazon's)\n", ends.customer_asn, ends.asn);
  return lines;
}

/// In words of our own: no vendor's syntax.
Document GetVpnConnectionDeviceSampleConfiguration(Call& call) {
  const auto connection = require_resource(call, "vpn-connection", call.require("VpnConnectionId"));
  const auto& device = require_device(call);
  const auto version = requested_version(call);
  std::string sample = fmt::format("# {} for {} {}, {}\nIKE version: {}\n", connection.resource_id, device.vendor,
                                   device.platform, device.software, version);
  int number = 0;
  for (const auto& tunnel : items(part(connection.document, "Options"), "TunnelOptions")) {
    sample += fmt::format("\n# Tunnel {}\n", ++number) + tunnel_sample(call, connection, tunnel);
  }
  return {{"VpnConnectionDeviceSampleConfiguration", std::move(sample)}};
}

constexpr Operation kOperations[] = {
    {.name = "GetVpnConnectionDeviceSampleConfiguration",
     .run = GetVpnConnectionDeviceSampleConfiguration,
     .access = Access::read},
    {.name = "GetVpnConnectionDeviceTypes", .run = GetVpnConnectionDeviceTypes, .access = Access::read},
};

}  // namespace

Family vpn_devices_family() { return {.operations = kOperations}; }

}  // namespace fogling
