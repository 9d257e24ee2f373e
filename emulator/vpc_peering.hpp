#pragma once

/// Peering connections as others need them: rules of security groups reach across.

#include <string>
#include <string_view>

#include "emulator/call.hpp"

namespace fogling {

/// The id of the active connection between two VPCs; empty where there is none.
std::string active_peering(Context& context, std::string_view vpc_id, std::string_view other_vpc_id);

}  // namespace fogling
