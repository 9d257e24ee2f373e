#pragma once

/// Lets the n-th statement from now on fail, as a full disk would: SQLite's own hooks, nothing of the server's.

#include <SQLiteCpp/SQLiteCpp.h>

namespace fogling::simulation {

class FailingStatement {
 public:
  /// Counts what reads and writes rows, and the commit; `nth` begins with 1.
  FailingStatement(SQLite::Database& connection, unsigned nth);
  ~FailingStatement();
  FailingStatement(const FailingStatement&) = delete;
  FailingStatement& operator=(const FailingStatement&) = delete;

  bool has_failed() const { return count_ >= nth_; }

 private:
  void begin(const char* text);
  bool refuses_commit();

  SQLite::Database& connection_;
  unsigned nth_, count_ = 0;
};

}  // namespace fogling::simulation
