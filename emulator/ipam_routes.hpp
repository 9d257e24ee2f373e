#pragma once

/// The routes to ranges that an account has brought along, and what route origin authorizations say of them.

#include <string>
#include <vector>

#include "emulator/ipam.hpp"

namespace fogling {

inline constexpr std::string_view kIpamInternetRegistryAssociation = "ipam-internet-registry-association";
/// A prefix and the systems that may announce it; its parent is the association.
inline constexpr std::string_view kIpamRoutingPolicyRegistration = "ipam-routing-policy-registration";

/// Everything that the account announces, or could, from a region: shape IpamDiscoveredRoute without the discovery.
std::vector<Document> discovered_routes(Context& context, const Scope& where);

/// One route origin authorization (RFC 6482).
struct Roa {
  IpBlock prefix;
  std::string asn;
  std::int64_t max_length = 0;

  bool covers(const IpBlock& route) const { return prefix.contains(route); }
  bool matches(const IpBlock& route, std::string_view origin) const {
    return covers(route) && asn == origin && route.length <= max_length;
  }
};

/// `valid`, `invalid` or `unknown` (RFC 6811).
std::string_view rpki_status(const IpBlock& route, std::string_view origin, const std::vector<Roa>& roas);

/// What the members Cidr, Asns and MaxLength of a registration authorize.
void add_roas(const Document& registration, std::vector<Roa>& roas);
/// What is published for an association, by prefix.
std::vector<Roa> published_roas(Context& context, const GenericResource& association);

}  // namespace fogling
