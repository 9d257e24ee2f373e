#pragma once

/// Every change of a state, seen by triggers while it happens, and whether a life cycle allows it.

#include <string>
#include <vector>

#include "state/database.hpp"

namespace fogling::simulation {

class LifeCycles {
 public:
  /// Watches the connection; what it sees is in a temporary table and goes with the connection.
  explicit LifeCycles(SQLite::Database& connection);
  /// The changes since the last call that no life cycle has, a line each. Where they settle at once, a launch is seen
  /// when it has arrived.
  std::vector<std::string> illegal(bool settles_at_once);

 private:
  SQLite::Database& connection_;
};

}  // namespace fogling::simulation
