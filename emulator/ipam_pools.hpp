#pragma once

/// What operations on IPAMs and their pools share.

#include "emulator/ipam.hpp"

namespace fogling {

/// Takes everything out of a pool: pools within it, allocations, blocks; what it had goes back to its source.
void empty_ipam_pool(Context& context, const GenericResource& pool);

}  // namespace fogling
