#pragma once

/// What IPAM finds in an account: the blocks of its VPCs and subnets, its elastic addresses.

#include <vector>

#include "emulator/ipam.hpp"

namespace fogling {

/// A row that takes a resource's block out of the monitoring, or into another scope; its parent is the IPAM.
inline constexpr std::string_view kIpamResourceCidr = "ipam-resource-cidr";

/// Whoever an IPAM looks after, and where.
std::vector<Scope> monitored_places(Context& context, const GenericResource& ipam);
/// Everything with a block in one account and region, as IpamDiscoveredResourceCidr without the discovery.
std::vector<Document> discovered_cidrs(Context& context, const Scope& where);
/// The same as a scope of an IPAM has it: IpamResourceCidr, with what IPAM thinks of it.
std::vector<Document> resource_cidrs(Context& context, const GenericResource& ipam, const GenericResource& scope);

}  // namespace fogling
