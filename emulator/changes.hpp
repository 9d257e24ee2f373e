#pragma once

/// What requests to modify have in common.

#include <string_view>

#include "emulator/call.hpp"

namespace fogling {

/// Throws where a request names what is to be modified, and no modification. `what` is for the message: `ipam pool`.
void require_change(const Call& call, std::string_view what);

}  // namespace fogling
