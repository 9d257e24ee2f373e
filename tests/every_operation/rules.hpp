#pragma once

/// What holds of every operation of the API, whatever it does. Each rule is held against the model's own facts.

#include <span>
#include <string_view>

#include "tests/every_operation/trial.hpp"

namespace fogling::test {

struct Rule {
  std::string_view name, sentence;
  void (*check)(Trial&);
  bool is_of_form = false;  ///< judged before the operation runs: it holds also of what is refused to everybody
};

/// Those about requests that are refused: they change nothing, so that one trial serves all of them.
std::span<const Rule> rules_of_refusals();
/// Those about what a request that is answered does.
std::span<const Rule> rules_of_answers();
/// Those about what becomes of a resource.
std::span<const Rule> rules_of_lives();
/// Those about lists: filters and pages.
std::span<const Rule> rules_of_lists();

}  // namespace fogling::test
