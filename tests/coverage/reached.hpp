#pragma once

/// What the tests of the process reach: which operations are answered, which members are written, which codes refuse.
/// Where FOGLING_COVERAGE names a folder, each process leaves a file there; coverage_test.py puts them together.

#include "emulator/world.hpp"

namespace fogling::test {

/// For WorldOptions::observe. Empty, and so without cost, where nobody asks for coverage.
decltype(WorldOptions::observe) reached();

}  // namespace fogling::test
