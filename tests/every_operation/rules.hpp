#pragma once

/// What holds of every operation of the API, whatever it does. Each rule is held against the model's own facts.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fixtures/model/model.hpp"

namespace fogling::test {

/// What of a rule does not hold, a sentence each.
using Broken = std::vector<std::string>;

struct Rule {
  std::string_view name, sentence;
  Broken (*check)(const model::Operation&);
};

/// Those about requests that are refused and change nothing.
std::span<const Rule> rules_of_refusals();
/// Those about what a request that is answered does.
std::span<const Rule> rules_of_answers();
/// Those about what becomes of a resource.
std::span<const Rule> rules_of_lives();
/// Those about lists: filters and pages.
std::span<const Rule> rules_of_lists();

}  // namespace fogling::test
