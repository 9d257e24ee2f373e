#pragma once

/// What a sensible client asks: a table of calls in a small language.
///
/// A parameter is `Name=value`; `Name?=value` is left out now and then, and with it what follows without a mark of its
/// own and begins alike (`TagSpecification.1.ResourceType?=... TagSpecification.1.Tag.1.Key=...`). A value is one of
/// several (`a|b`), a number of a range (`1..5`), something that is there (`$volume`, see known.hpp), a new name
/// (`$new`), a block of addresses
/// (`$block`), a token (`$token`), or itself. Where nothing of a sort is there, an id that is nobody's takes its place.

#include <span>
#include <string_view>

namespace fogling::simulation {

struct Recipe {
  std::string_view operation;
  unsigned weight;
  std::string_view parameters;
};

std::span<const Recipe> recipes();

}  // namespace fogling::simulation
