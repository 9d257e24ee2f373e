#pragma once

/// What SQL alone cannot say of the rows: ids anywhere in them, and blocks of addresses.

#include <string>
#include <vector>

#include "tests/simulation/known.hpp"

namespace fogling::simulation {

/// Every id in every column, documents too, names a resource that is there and of the same scope. Columns that tell
/// history are let be.
std::vector<std::string> broken_references(SQLite::Database& connection, const Known& known);

/// An instance holds no more than its type allows and is of an architecture that the type has; a tag knows the type of
/// what it is on.
std::vector<std::string> broken_by_catalogue(SQLite::Database& connection);

/// Subnets of a VPC do not overlap, private addresses are in what their subnets have to give.
std::vector<std::string> broken_blocks(SQLite::Database& connection);

}  // namespace fogling::simulation
