#pragma once

/// What this folder uses of SQLiteCpp, over SQLite itself: for Ubuntu 22.04, whose archive is older than the library's
/// package. Where the library is installed nobody includes this. The names, and what throws, are the library's.

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace SQLite {

inline constexpr int OPEN_READWRITE = SQLITE_OPEN_READWRITE;
inline constexpr int OPEN_CREATE = SQLITE_OPEN_CREATE;

class Exception : public std::runtime_error {
 public:
  Exception(sqlite3* handle, int code) : std::runtime_error(sqlite3_errmsg(handle)), code_(code) {}
  int getErrorCode() const noexcept { return code_; }

 private:
  int code_;
};

/// A value of the row at hand. Valid until the statement goes on.
class Column {
 public:
  Column(std::shared_ptr<sqlite3_stmt> statement, int index) : statement_(std::move(statement)), index_(index) {}
  bool isNull() const { return sqlite3_column_type(statement_.get(), index_) == SQLITE_NULL; }
  std::int32_t getInt() const { return sqlite3_column_int(statement_.get(), index_); }
  std::int64_t getInt64() const { return sqlite3_column_int64(statement_.get(), index_); }
  double getDouble() const { return sqlite3_column_double(statement_.get(), index_); }
  const char* getText() const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), index_));
    return text == nullptr ? "" : text;
  }
  int getBytes() const { return sqlite3_column_bytes(statement_.get(), index_); }
  std::string getString() const {
    const char* text = getText();  // before its size is asked for: it may be converted
    return {text, static_cast<std::size_t>(getBytes())};
  }

 private:
  std::shared_ptr<sqlite3_stmt> statement_;
  int index_;
};

class Database {
 public:
  Database(const std::string& file, int flags, int busy_timeout_ms = 0, const char* vfs = nullptr) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &opened, flags, vfs);
    handle_.reset(opened);
    check(code);
    setBusyTimeout(busy_timeout_ms);
  }
  sqlite3* getHandle() const noexcept { return handle_.get(); }
  void setBusyTimeout(int ms) { check(sqlite3_busy_timeout(getHandle(), ms)); }
  std::int64_t getLastInsertRowid() const noexcept { return sqlite3_last_insert_rowid(getHandle()); }
  int exec(const std::string& sql) {
    check(sqlite3_exec(getHandle(), sql.c_str(), nullptr, nullptr, nullptr));
    return sqlite3_changes(getHandle());
  }
  Column execAndGet(const std::string& sql);

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  void check(int code) const {
    if (code != SQLITE_OK) throw Exception(getHandle(), code);
  }
  std::unique_ptr<sqlite3, Close> handle_;
};

class Statement {
 public:
  Statement(const Database& database, const std::string& sql) : database_(database.getHandle()) {
    sqlite3_stmt* prepared = nullptr;
    check(sqlite3_prepare_v2(database_, sql.c_str(), static_cast<int>(sql.size()), &prepared, nullptr));
    statement_.reset(prepared, sqlite3_finalize);
  }

  void bind(int index) { check(sqlite3_bind_null(statement_.get(), index)); }
  void bind(int index, std::int64_t value) { check(sqlite3_bind_int64(statement_.get(), index, value)); }
  void bind(int index, double value) { check(sqlite3_bind_double(statement_.get(), index, value)); }
  void bind(int index, const std::string& value) { bind_text(index, value, SQLITE_TRANSIENT); }
  void bind(int index, const char* value) { bind(index, std::string(value)); }
  void bindNoCopy(int index, const std::string& value) { bind_text(index, value, nullptr); }
  void clearBindings() { check(sqlite3_clear_bindings(statement_.get())); }

  bool executeStep() {
    const int code = sqlite3_step(statement_.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE) throw Exception(database_, code);
    return code == SQLITE_ROW;
  }
  int exec() {
    executeStep();
    return sqlite3_changes(database_);
  }
  void reset() { check(tryReset()); }
  int tryReset() noexcept { return sqlite3_reset(statement_.get()); }
  Column getColumn(int index) const { return {statement_, index}; }

 private:
  void bind_text(int index, const std::string& value, sqlite3_destructor_type lifetime) {
    check(sqlite3_bind_text(statement_.get(), index, value.c_str(), static_cast<int>(value.size()), lifetime));
  }
  void check(int code) const {
    if (code != SQLITE_OK) throw Exception(database_, code);
  }
  sqlite3* database_;
  std::shared_ptr<sqlite3_stmt> statement_;
};

inline Column Database::execAndGet(const std::string& sql) {
  Statement statement(*this, sql);
  statement.executeStep();
  return statement.getColumn(0);
}

}  // namespace SQLite
