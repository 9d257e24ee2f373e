#pragma once

/// A tree of values: what columns hold that have no type of their own.

#include <nlohmann/json.hpp>

/// Its members are compiled once, in document.cpp, and not in each file that uses them.
extern template class nlohmann::basic_json<>;

namespace fogling::state {

using Document = nlohmann::json;

}  // namespace fogling::state
