#pragma once

/// All rows of all tables, each table and scope as one number: what a call that is refused must not change.

#include <cstdint>
#include <map>
#include <string>

#include "state/database.hpp"

namespace fogling::simulation {

/// By `account/region table`; rows that belong to no scope under the table alone.
using Digest = std::map<std::string, std::uint64_t>;

Digest digest(SQLite::Database& connection);
/// The keys that differ, joined; empty where none does. Those beginning with `except` do not count.
std::string difference(const Digest& before, const Digest& after, const std::string& except = "\n");

}  // namespace fogling::simulation
