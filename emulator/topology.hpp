#pragma once

/// Where machines stand to each other, as EC2's topology tells it.

#include <string_view>

#include "emulator/document.hpp"

namespace fogling {

/// Three layers of network nodes above a resource, the furthest first: one for the zone, one of a few in it, one of a
/// few below that. The same each time. Assumed: how many there are.
Document network_nodes(std::string_view region, std::string_view zone_id, std::string_view resource_id);

}  // namespace fogling
