#pragma once

/// The one call to STS that nearly every client makes before it talks to EC2, on the same port.

#include <string_view>

#include "api/http.hpp"
#include "emulator/errors.hpp"
#include "state/database.hpp"

namespace fogling::api {

bool is_sts(std::string_view action, std::string_view version);
/// The answer. Throws ApiError where the action is another one.
std::string answer_sts(std::string_view action, const state::Scope& scope, std::string_view request_id);
/// A refusal in the envelope of STS.
std::string write_sts_error(const ApiError& error, std::string_view request_id);

}  // namespace fogling::api
