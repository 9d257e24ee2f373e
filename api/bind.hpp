#pragma once

/// From parameters to a Document by the input shape, and the checks that follow from the model alone.

#include <string_view>

#include "api/query.hpp"
#include "emulator/document.hpp"
#include "fixtures/model/model.hpp"

namespace fogling::api {

/// Throws EC2's InvalidParameterValue unless it is UTF-8 of characters that XML can carry.
void check_text(std::string_view text);

/// Names and scalar syntax: throws UnknownParameter and InvalidParameterValue. List indices may start anywhere, have
/// gaps or be missing. Empty numbers, booleans, times and enums count as absent; empty strings stay, since an empty tag
/// value is a value.
Document bind(const Params& params, const model::Shape& input);

/// Required members, enums and ranges: throws MissingParameter and InvalidParameterValue.
void validate(const Document& in, const model::Operation& operation);

}  // namespace fogling::api
