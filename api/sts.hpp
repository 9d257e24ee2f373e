#pragma once

/// The one call to STS that nearly every client makes before it talks to EC2, on the same port.

#include <string_view>

#include "api/http.hpp"
#include "state/database.hpp"

namespace fogling::api {

bool is_sts(std::string_view action, std::string_view version);
/// Fills status and body; `response.request_id` is there already.
void answer_sts(std::string_view action, const state::Scope& scope, Response& response);

}  // namespace fogling::api
