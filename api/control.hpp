#pragma once

/// Our own endpoints, under /_sim/: health, reset, clock, operations. JSON in and out.

#include "api/http.hpp"
#include "emulator/world.hpp"

namespace fogling::api {

/// Refuses a foreign Host or Origin with 403, so that a page in a browser cannot steer the emulator by rebinding a
/// name.
Response answer_control(const Request& request, World& world);

}  // namespace fogling::api
