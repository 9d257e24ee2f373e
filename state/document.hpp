#pragma once

/// A tree of values: what columns hold that have no type of their own.

// The library's literal `""_json`, which nobody uses here, is an inline function that calls the parser: every file
// would compile all of that, a third of a second each. This makes it a template, and those cost nothing until they are
// used.
#define _json(text, length) \
  _json(text, length);      \
  template <class>          \
  nlohmann::json parse_literal(text, length)
#include <nlohmann/json.hpp>
#undef _json

/// Its members are compiled once, in document.cpp, and not in each file that uses them.
extern template class nlohmann::basic_json<>;

namespace fogling::state {

using Document = nlohmann::json;

}  // namespace fogling::state
