#include "emulator/public_host_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <vector>

#include "emulator/network_interfaces.hpp"

namespace fogling {
namespace {

/// A big number in base 36, its bytes given from the highest on.
template <class Bytes>
std::string base36(const Bytes& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::vector<unsigned> number(bytes.begin(), bytes.end());
  std::string out;
  do {
    unsigned rest = 0;
    for (auto& byte : number) {
      const unsigned value = rest * 256 + byte;
      byte = value / 36;
      rest = value % 36;
    }
    out += kDigits[rest];
  } while (std::ranges::any_of(number, [](unsigned byte) { return byte != 0; }));
  std::ranges::reverse(out);
  return out;
}

}  // namespace

std::string_view public_host_name_type(const state::NetworkInterface& interface) {
  return text(interface.options, "PublicHostnameType");
}

std::string public_ipv6_dns_name(std::string_view region, std::string_view ipv6_address, std::string_view public_ip) {
  namespace ip = boost::asio::ip;
  std::string name = base36(ip::make_address_v6(std::string(ipv6_address)).to_bytes());
  if (!public_ip.empty()) name += "-" + base36(ip::make_address_v4(std::string(public_ip)).to_bytes());
  return fmt::format("{}.{}.ip.aws", name, region);
}

void show_public_host_name(Transaction& txn, const state::NetworkInterface& interface, Document& shown) {
  const auto type = public_host_name_type(interface);
  if (type.empty()) return;
  const auto public_ip = public_address(txn, interface);
  const auto ipv6 = ipv6_address(interface);
  Document options{{"DnsHostnameType", type}};
  if (public_ip) options["PublicIpv4DnsName"] = shown["PublicDnsName"];
  if (!ipv6.empty()) options["PublicIpv6DnsName"] = public_ipv6_dns_name(interface.region, ipv6);
  if (public_ip && !ipv6.empty()) {
    options["PublicDualStackDnsName"] = public_ipv6_dns_name(interface.region, ipv6, *public_ip);
  }
  const char* chosen = type == public_host_name::ipv4   ? "PublicIpv4DnsName"
                       : type == public_host_name::ipv6 ? "PublicIpv6DnsName"
                                                        : "PublicDualStackDnsName";
  if (has(options, chosen)) shown["PublicDnsName"] = options[chosen];
  shown["PublicIpDnsNameOptions"] = std::move(options);
}

}  // namespace fogling
