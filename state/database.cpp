#include "state/database.hpp"

#include <sqlite3.h>

#include <cassert>
#include <stdexcept>
#include <utility>

#include "state/log_writer.hpp"
#include "state/migrations.hpp"
#include "state/page_cache.hpp"

namespace fogling::state {
namespace {

constexpr int kBusyTimeout_ms = 5000;
constexpr int kApplicationId = 0x666f676c;  // "fogl": tells our files from anybody else's

/// The tables whose rows show in the description of an instance, and how its id follows from a row `$`. Temporary
/// triggers report each change, so that no writer has to remember what is cached.
constexpr struct {
  const char* table;
  const char* instance;
  bool at_birth = true;            ///< whether a new row changes anything that may have been described before
  const char* only_when = "true";  ///< of which rows
} kWatched[] = {
    {"instance", "$.instance_id", false},
    {"network_interface", "$.instance_id"},
    {"private_ip_address",
     "(SELECT instance_id FROM network_interface i WHERE i.network_interface_id = $.network_interface_id)", true,
     "NOT $.is_primary"},  // the primary one comes and goes with its interface
    {"address", "(SELECT instance_id FROM network_interface i WHERE i.network_interface_id = $.network_interface_id)"},
    {"volume_attachment", "$.instance_id"},
    {"tag", "$.resource_id"},
    {"vpc", "'*'"},
};

/// "old.instance_id"
std::string of_row(std::string expression, const char* row) {
  for (auto at = expression.find('$'); at != std::string::npos; at = expression.find('$', at)) {
    expression.replace(at, 1, row);
  }
  return expression;
}

std::string tell(const char* expression, const char* row) { return "touched(" + of_row(expression, row) + ")"; }

/// Nobody asks SQLite how much memory it uses; counting would cost a lock for each allocation.
void configure_once() {
  static const int done = [] {
    configure_page_cache();
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  }();
  static_cast<void>(done);
}

SQLite::Database open(const std::string& file) {
  try {
    configure_once();
    return SQLite::Database(file.empty() ? ":memory:" : file,
                            SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLITE_OPEN_NOMUTEX, kBusyTimeout_ms,
                            log_writer());
  } catch (const SQLite::Exception& error) {
    throw DatabaseError("cannot open the state file " + file + ": " + error.what());
  }
}

void touched(sqlite3_context* context, int, sqlite3_value** values) {
  const auto* id = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
  if (id != nullptr && *id != '\0') {
    static_cast<Database*>(sqlite3_user_data(context))
        ->touch({id, static_cast<std::size_t>(sqlite3_value_bytes(values[0]))});
  }
}

}  // namespace

Database::Database(const std::string& file) : connection_(open(file)) {
  try {
    require_ours(file);  // before anything is written to it
    connection_.exec("PRAGMA foreign_keys = ON");
    if (!file.empty()) {
      connection_.exec("PRAGMA journal_mode = WAL");
      connection_.exec("PRAGMA synchronous = NORMAL");
      connection_.exec("PRAGMA cache_size = -65536");
      // Each checkpoint waits twice for the disk: one in 32 MB of log rather than in 4.
      connection_.exec("PRAGMA wal_autocheckpoint = 8000");
      connection_.exec("PRAGMA journal_size_limit = 33554432");
    }
    connection_.exec("PRAGMA temp_store = MEMORY");
    connection_.exec("PRAGMA secure_delete = OFF");  // Debian turns it on: each freed page would be zeroed
    migrate();
    watch();
  } catch (const SQLite::Exception& error) {
    throw DatabaseError("cannot use the state file " + file + ": " + error.what());
  }
}

int Database::schema_version() { return connection_.execAndGet("PRAGMA user_version").getInt(); }

void Database::require_ours(const std::string& file) {
  const auto newest = static_cast<int>(migrations().size());
  const int version = schema_version();
  const int application = connection_.execAndGet("PRAGMA application_id").getInt();
  const bool is_empty = connection_.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
  if (!is_empty && application != kApplicationId)
    throw DatabaseError(file + " is an SQLite file, but not one of fogling's");
  if (version > newest) {
    throw DatabaseError("the state file " + file + " was written by a newer fogling (schema " +
                        std::to_string(version) + ", this one knows " + std::to_string(newest) + ")");
  }
}

void Database::migrate() {
  const auto& steps = migrations();
  const auto newest = static_cast<int>(steps.size());
  const int version = schema_version();
  if (version == newest) return;
  Transaction transaction(*this, Access::write);
  for (int step = version; step < newest; ++step) {
    connection_.exec(std::string(steps[static_cast<std::size_t>(step)]));
  }
  connection_.exec("PRAGMA user_version = " + std::to_string(newest));
  connection_.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
  transaction.commit();
}

void Database::watch() {
  sqlite3_create_function_v2(connection_.getHandle(), "touched", 1, SQLITE_UTF8, this, touched, nullptr, nullptr,
                             nullptr);
  for (const auto& watched : kWatched) {
    const std::string name = std::string("watch_") + watched.table, on = std::string(" ON main.") + watched.table;
    const auto trigger = [&](const std::string& event, const char* row, const std::string& body) {
      connection_.exec("CREATE TEMP TRIGGER " + name + "_" + event + " AFTER " + event + on + " WHEN " +
                       of_row(watched.only_when, row) + " BEGIN SELECT " + body + "; END");
    };
    if (watched.at_birth) trigger("INSERT", "new", tell(watched.instance, "new"));
    trigger("DELETE", "old", tell(watched.instance, "old"));
    trigger("UPDATE", "new", tell(watched.instance, "old") + ", " + tell(watched.instance, "new"));
  }
}

void Database::touch(std::string_view id) {
  if (touched_.empty() || touched_.back() != id) touched_.emplace_back(id);
}

std::vector<std::string> Database::take_touched() { return std::exchange(touched_, {}); }

void Database::reset(std::string_view account, std::string_view region) {
  std::vector<std::string> tables;
  {
    SQLite::Statement names(connection_,
                            "SELECT m.name FROM sqlite_master m WHERE m.type = 'table' AND EXISTS"
                            " (SELECT 1 FROM pragma_table_info(m.name) WHERE name = 'account') ORDER BY m.name");
    while (names.executeStep()) tables.push_back(names.getColumn(0).getString());
  }
  Transaction transaction(*this, Access::write);
  connection_.exec("PRAGMA defer_foreign_keys = ON");
  for (const auto& table : tables) {
    SQLite::Statement erase(connection_,
                            "DELETE FROM " + table + " WHERE (?1 = '' OR account = ?1) AND (?2 = '' OR region = ?2)");
    erase.bind(1, std::string(account));
    erase.bind(2, std::string(region));
    erase.exec();
  }
  transaction.commit();
  touch("*");
}

namespace {

constexpr Sql kBeginRead{"BEGIN DEFERRED"}, kBeginWrite{"BEGIN IMMEDIATE"}, kCommit{"COMMIT"}, kRollback{"ROLLBACK"};

void roll_back(Database& database) noexcept {
  try {
    database.statement(kRollback).exec();
  } catch (...) {  // SQLite has rolled back by itself, as it does when the disk is full
  }
}

}  // namespace

Group::Group(Database& database) : database_(database) {
  database_.statement(kBeginWrite).exec();
  database_.group_ = this;
}

Group::~Group() { undo(); }

void Group::undo() noexcept {
  if (database_.group_ != this) return;
  database_.group_ = nullptr;
  roll_back(database_);
}

void Group::commit() {
  if (is_broken()) throw std::runtime_error("a part of the group could not be undone by itself");
  database_.statement(kCommit).exec();
  database_.group_ = nullptr;
}

bool Group::is_broken() const { return is_broken_ || sqlite3_get_autocommit(database_.connection().getHandle()) != 0; }

Transaction::Transaction(Database& database, Access access)
    : database_(database), is_of_group_(database.group_ != nullptr) {
  if (is_of_group_) {
    changes_before_ = sqlite3_total_changes(database_.connection().getHandle());
  } else {
    database_.statement(access == Access::write ? kBeginWrite : kBeginRead).exec();
  }
}

Transaction::~Transaction() {
  if (!open_) return;
  if (!is_of_group_) {
    roll_back(database_);
  } else if (is_spoilt_ || sqlite3_total_changes(database_.connection().getHandle()) != changes_before_) {
    database_.group_->is_broken_ = true;
  }
}

/// Where SQLite has rolled all of it back, what follows still has to be undone with it.
void Transaction::spoil() noexcept {
  is_spoilt_ = true;
  auto* handle = database_.connection().getHandle();
  if (sqlite3_get_autocommit(handle) != 0) sqlite3_exec(handle, "BEGIN", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  if (is_spoilt_) throw std::runtime_error("a part of the transaction could not be undone");
  assert(at_once_.empty());
  if (!is_of_group_) database_.statement(kCommit).exec();
  open_ = false;
}

Savepoint::Savepoint(Transaction& txn) : txn_(txn), at_once_before_(txn.at_once()) {
  static constexpr Sql kSavepoint{"SAVEPOINT part"};
  txn_.database().statement(kSavepoint).exec();
}

Savepoint::~Savepoint() {
  if (!open_) return;
  txn_.at_once() = std::move(at_once_before_);
  static constexpr Sql kUndo{"ROLLBACK TO part"};
  static constexpr Sql kRelease{"RELEASE part"};
  try {
    txn_.database().statement(kUndo).exec();
    txn_.database().statement(kRelease).exec();
  } catch (...) {
    txn_.spoil();
  }
}

void Savepoint::keep() {
  static constexpr Sql kRelease{"RELEASE part"};
  txn_.database().statement(kRelease).exec();
  open_ = false;
}

}  // namespace fogling::state
