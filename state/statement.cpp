#include "state/statement.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

namespace fogling::state {

Statement::Statement(sqlite3* connection, const std::string& text) : connection_(connection) {
  check(sqlite3_prepare_v3(connection, text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT, &handle_,
                           nullptr));
}

void Statement::bind_text(int index, std::string_view value, sqlite3_destructor_type lifetime) {
  // An empty view may have no address, which would be NULL.
  const char* const data = value.empty() ? "" : value.data();
  check(sqlite3_bind_text(handle_, index, data, static_cast<int>(value.size()), lifetime));
}

bool Statement::executeStep() {
  is_running_ = true;
  const int result = sqlite3_step(handle_);
  if (result == SQLITE_ROW) return true;
  is_running_ = false;
  // Resetting says again what was wrong, if anything was.
  check(sqlite3_reset(handle_));
  return false;
}

int Statement::exec() {
  if (executeStep()) reset();
  return sqlite3_changes(connection_);
}

void Statement::reset() {
  if (!is_running_) return;
  is_running_ = false;
  sqlite3_reset(handle_);
}

void Statement::renew() {
  reset();
  sqlite3_clear_bindings(handle_);
}

std::string_view Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  return data == nullptr ? std::string_view{}
                         : std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
}

void Statement::fail(int result) const { throw SQLite::Exception(connection_, result); }

}  // namespace fogling::state
