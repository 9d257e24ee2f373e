#pragma once

/// What must hold of answers: different ways to ask agree with each other and with the rows.

#include <string>
#include <vector>

#include "api/house.hpp"
#include "tests/simulation/dice.hpp"

namespace fogling::simulation {

/// Asks every Describe of a scope in several ways: all at once, by id, by filters with values of its own, in pages,
/// from another scope. Time stands still meanwhile.
std::vector<std::string> broken_describes(House& house, Dice& dice, const state::Scope& scope,
                                          const state::Scope& other);

/// What two resources say of each other is the same, and free addresses are counted right.
std::vector<std::string> broken_views(House& house, const state::Scope& scope);

/// What is kept of descriptions is what they would be if they were written anew.
std::vector<std::string> broken_fragments(House& house, const state::Scope& scope);

/// The request as a client of that account and region sends it.
api::Response ask(House& house, std::string_view form, const state::Scope& scope);
/// The body without its request id, which differs every time.
std::string without_request_id(std::string body);

}  // namespace fogling::simulation
