#pragma once

/// Gateways between networks as ends of a way: transit gateways and their attachments, virtual private gateways,
/// peering connections and endpoints.

#include <string_view>
#include <vector>

#include "emulator/fabric/trace.hpp"

namespace fogling::fabric {

bool is_gateway_id(std::string_view id);
bool is_endpoint_service_id(std::string_view id);
/// EC2's resource type of what packets come by, or leave by.
std::string_view gateway_type(std::string_view id);
/// Looks up what the state knows of the gateways that a question begins or ends at. An interface endpoint is its first
/// interface; a service is the endpoint by which the VPC of the other end comes to it.
void complete(Context& context, Question& question);

bool has_part_in(Network& network, const End& gateway, std::string_view vpc_id);
/// The internet, without what is the own VPC's.
std::vector<Block> internet_of(Network& network, const Interface* inside, bool is_v6);
/// The addresses behind a gateway, where nobody says which: those of the other VPC of a peering, else all but the own.
std::vector<Block> blocks_beyond(Network& network, const End& gateway, const Interface* inside, bool is_v6);
/// What the table of the source sends to a gateway; where that is nothing, everything might be meant.
std::vector<Block> blocks_routed_to(Network& network, const End& gateway, const Interface* from, bool is_v6);

}  // namespace fogling::fabric
