#pragma once

/// What must hold of the rows at any moment, whatever has been called.

#include <string>
#include <vector>

#include "emulator/clock.hpp"
#include "tests/simulation/known.hpp"

namespace fogling::simulation {

/// A line for each rule that is broken, with the ids that break it.
std::vector<std::string> broken_row_rules(SQLite::Database& connection, const Known& known);

/// What should have happened by now: what is due was settled just before.
std::vector<std::string> overdue(SQLite::Database& connection, const Clock& clock);

/// The same for what must hold once nothing is left to come: nothing is on its way any more.
std::vector<std::string> left_on_the_way(SQLite::Database& connection);

}  // namespace fogling::simulation
