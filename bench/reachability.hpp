#pragma once

#include "bench/ground.hpp"

namespace fogling::bench {

/// A VPC of a thousand instances with five thousand rules: one trace; and every pair of a hundred.
void reachability(const Options& options, Report& report);

}  // namespace fogling::bench
