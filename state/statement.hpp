#pragma once

/// A prepared statement, as thin as can be: SQLiteCpp's own counts references for every column that is read, and a page
/// of instances reads fifty thousand.

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace fogling::state {

class Statement {
 public:
  Statement(sqlite3* connection, const std::string& text);
  ~Statement() { sqlite3_finalize(handle_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Text is not copied and has to live until the statement has run; what is about to go away is bound by bind_copy.
  void bind(int index, std::string_view value) { bind_text(index, value, SQLITE_STATIC); }
  void bind_copy(int index, std::string_view value) { bind_text(index, value, SQLITE_TRANSIENT); }
  void bind(int index, std::int64_t value) { check(sqlite3_bind_int64(handle_, index, value)); }
  void bind(int index, double value) { check(sqlite3_bind_double(handle_, index, value)); }
  void bind_null(int index) { check(sqlite3_bind_null(handle_, index)); }

  /// True while there is a row to read; resets itself behind the last one.
  bool executeStep();
  /// Runs a statement that has no rows to read. Returns how many it changed.
  int exec();
  /// Gives up the rows that are left.
  void reset();
  /// As if it had just been prepared.
  void renew();

  bool is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }
  std::int64_t integer(int column) const { return sqlite3_column_int64(handle_, column); }
  double real(int column) const { return sqlite3_column_double(handle_, column); }
  /// Valid until the next step.
  std::string_view text(int column) const;

 private:
  void bind_text(int index, std::string_view value, sqlite3_destructor_type lifetime);
  void check(int result) const {
    if (result != SQLITE_OK) fail(result);
  }
  [[noreturn]] void fail(int result) const;

  sqlite3* connection_;
  sqlite3_stmt* handle_ = nullptr;
  bool is_running_ = false;
};

}  // namespace fogling::state
