#pragma once

#include <string_view>

#include "emulator/call.hpp"

namespace fogling {

/// Takes away what mirrors the traffic of an interface that goes, or mirrors to it.
void end_mirroring(Context& context, std::string_view network_interface_id);

}  // namespace fogling
