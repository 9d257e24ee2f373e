#pragma once

/// SQLite: one connection, cached statements, one transaction for each request. All SQL of the project lives in this
/// folder, beside the rows that it fills.

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "state/statement.hpp"

namespace fogling::state {

/// The file cannot be used, with a sentence for a person. A failing statement throws SQLite::Exception.
struct DatabaseError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Whose world a row belongs to. Nothing is shared between two scopes unless an operation says so.
struct Scope {
  std::string account;
  std::string region;
  bool operator==(const Scope&) const = default;
};

/// A state move that is still to come. What `waits_for_clock` is done only when the clock has come to it, even where
/// everything else settles at once: the disappearance of a terminated instance after an hour.
struct Due {
  std::int64_t seq = 0, due_ms = 0;
  std::string kind, resource_id, move;
  bool waits_for_clock = false;
  Scope scope;
};

/// A statement's text, always a constant: its address is its identity in the statement cache.
struct Sql {
  const char* text;
};

class Group;

class Database {
 public:
  /// Opens or makes `file`; an empty name means memory only. Brings the schema up to date.
  /// Throws DatabaseError when the file is no state of ours, is newer than this program, or cannot be written.
  explicit Database(const std::string& file);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// The prepared statement for a constant, reset and without bindings. Valid until asked for again.
  Statement& statement(const Sql& sql) {
    return statement(&sql, [&] { return std::string(sql.text); });
  }
  /// The same for text that is put together once: `slot` is any address that stands for the text for good.
  template <class Text>
  Statement& statement(const void* slot, const Text& text) {
    auto& statement = statements_[slot];
    if (statement) {
      statement->renew();
    } else {
      statement = std::make_unique<Statement>(connection_.getHandle(), text());
    }
    return *statement;
  }

  /// Forgets every row of a scope; an empty account or region means all of them.
  void reset(std::string_view account, std::string_view region);

  /// Ids of the resources whose description may have changed since the last call; `*` stands for all.
  std::vector<std::string> take_touched();
  /// Reported by triggers; an id that is told twice in a row is kept once.
  void touch(std::string_view id);

  int schema_version();
  /// The connection itself: for tests, which look at rows and make statements fail.
  SQLite::Database& connection() { return connection_; }
  std::int64_t last_seq() const { return connection_.getLastInsertRowid(); }

 private:
  friend class Transaction;
  friend class Group;
  void require_ours(const std::string& file);
  void migrate();
  void watch();

  SQLite::Database connection_;
  std::unordered_map<const void*, std::unique_ptr<Statement>> statements_;
  std::vector<std::string> touched_;
  Group* group_ = nullptr;
};

enum class Access : std::uint8_t { read, write };

/// Transactions that are kept together or not at all: each that is begun while a group is open is a part of it, sees
/// what the parts before it have changed, and lasts when the group is committed. Undone unless it is.
class Group {
 public:
  explicit Group(Database& database);
  ~Group();
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  void commit();
  void undo() noexcept;
  /// Whether a part was not kept that had changed something: to keep the others would keep half of it as well.
  bool is_broken() const;

 private:
  friend class Transaction;

  Database& database_;
  bool is_broken_ = false;
};

/// One request's view of the state; rolls back unless committed.
class Transaction {
 public:
  Transaction(Database& database, Access access);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Throws as well where a part of it could not be undone: the rest is not kept without it.
  void commit();
  Database& database() { return database_; }

  /// Moves that this transaction caused and makes itself before it commits, by time and then in the order in which they
  /// came. What is to outlive the transaction is a row instead: see add_due.
  std::multimap<std::int64_t, Due>& at_once() { return at_once_; }

 private:
  Database& database_;
  std::multimap<std::int64_t, Due> at_once_;
  friend class Savepoint;
  void spoil() noexcept;

  bool open_ = true, is_spoilt_ = false;
  const bool is_of_group_;
  int changes_before_ = 0;  ///< that SQLite had counted
};

/// A part of a transaction that can fail by itself: undone unless kept.
class Savepoint {
 public:
  explicit Savepoint(Transaction& txn);
  ~Savepoint();
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;

  void keep();

 private:
  Transaction& txn_;
  std::multimap<std::int64_t, Due> at_once_before_;
  bool open_ = true;
};

}  // namespace fogling::state
