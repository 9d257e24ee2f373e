#pragma once

/// The public parameters of Systems Manager, by which people look images up: its JSON protocol on the same port.

#include "api/http.hpp"
#include "emulator/world.hpp"

namespace fogling::api {

/// Answers `X-Amz-Target: AmazonSSM.GetParameter` and its kin.
Response answer_json(const Request& request, World& world);

}  // namespace fogling::api
