#include "tests/simulation/faults.hpp"

#include <sqlite3.h>

#include <string_view>

namespace fogling::simulation {

FailingStatement::FailingStatement(SQLite::Database& connection, unsigned nth) : connection_(connection), nth_(nth) {
  auto* handle = connection_.getHandle();
  sqlite3_trace_v2(
      handle, SQLITE_TRACE_STMT,
      [](unsigned, void* self, void*, void* text) {
        static_cast<FailingStatement*>(self)->begin(static_cast<const char*>(text));
        return 0;
      },
      this);
  sqlite3_commit_hook(
      handle, [](void* self) { return static_cast<FailingStatement*>(self)->refuses_commit() ? 1 : 0; }, this);
}

FailingStatement::~FailingStatement() {
  sqlite3_trace_v2(connection_.getHandle(), 0, nullptr, nullptr);
  sqlite3_commit_hook(connection_.getHandle(), nullptr, nullptr);
}

/// SQLite lets an interruption pass that comes while what begins or ends a transaction or a part of one runs: these are
/// not counted, and commits have a hook of their own. A trigger's statements are told as comments.
void FailingStatement::begin(const char* text) {
  const std::string_view sql(text);
  for (const std::string_view passed : {"--", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"}) {
    if (sql.starts_with(passed)) return;
  }
  if (++count_ == nth_) sqlite3_interrupt(connection_.getHandle());
}

bool FailingStatement::refuses_commit() { return ++count_ == nth_; }

}  // namespace fogling::simulation
