#include "state/core.hpp"

#include "state/table_impl.hpp"

namespace fogling::state {

namespace {

std::vector<Tag> read_tags(Statement& statement) {
  std::vector<Tag> tags;
  while (statement.executeStep()) {
    auto& tag = tags.emplace_back();
    read_value(statement, 0, tag.key);
    read_value(statement, 1, tag.value);
  }
  statement.reset();
  return tags;
}

}  // namespace

std::vector<Tag> tags_of(Transaction& txn, std::string_view resource_id) {
  static constexpr Sql kSelect{"SELECT key, value FROM tag WHERE resource_id = ? ORDER BY key"};
  auto& statement = txn.database().statement(kSelect);
  bind_all(statement, resource_id);
  return read_tags(statement);
}

std::vector<Tag> tags_of(Transaction& txn, const Scope& scope, std::string_view resource_id) {
  static constexpr Sql kSelect{
      "SELECT key, value FROM tag WHERE resource_id = ? AND account = ? AND region = ? ORDER BY key"};
  auto& statement = txn.database().statement(kSelect);
  bind_all(statement, resource_id, scope.account, scope.region);
  return read_tags(statement);
}

std::vector<TaggedResource> list_tags(Transaction& txn, const Scope& scope) {
  static constexpr Sql kSelect{
      "SELECT resource_id, resource_type, key, value FROM tag WHERE account = ? AND region = ?"
      " ORDER BY resource_id, key"};
  auto& statement = txn.database().statement(kSelect);
  bind_all(statement, scope.account, scope.region);
  std::vector<TaggedResource> tags;
  while (statement.executeStep()) {
    auto& tag = tags.emplace_back();
    read_value(statement, 0, tag.resource_id);
    read_value(statement, 1, tag.resource_type);
    read_value(statement, 2, tag.key);
    read_value(statement, 3, tag.value);
  }
  statement.reset();
  return tags;
}

void put_tag(Transaction& txn, const Scope& scope, std::string_view resource_id, std::string_view resource_type,
             const Tag& tag) {
  static constexpr Sql kPut{
      "INSERT INTO tag (resource_id, key, value, resource_type, account, region) VALUES (?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (resource_id, key, account, region) DO UPDATE SET value = excluded.value"};
  execute(txn, kPut, resource_id, tag.key, tag.value, resource_type, scope.account, scope.region);
}

void remove_tag(Transaction& txn, const Scope& scope, std::string_view resource_id, std::string_view key) {
  static constexpr Sql kDelete{"DELETE FROM tag WHERE resource_id = ? AND key = ? AND account = ? AND region = ?"};
  execute(txn, kDelete, resource_id, key, scope.account, scope.region);
}

void remove_tags(Transaction& txn, std::string_view resource_id) {
  static constexpr Sql kDelete{"DELETE FROM tag WHERE resource_id = ?"};
  execute(txn, kDelete, resource_id);
}

std::vector<std::string> resources_tagged(Transaction& txn, const Scope& scope, std::string_view key,
                                          std::string_view value) {
  static constexpr Sql kSelect{
      "SELECT resource_id FROM tag WHERE account = ? AND region = ? AND key = ? AND value = ? ORDER BY resource_id"};
  return column<std::string>(txn, kSelect, scope.account, scope.region, key, value);
}

namespace {

std::optional<Due> read_due(Statement& statement) {
  std::optional<Due> due;
  if (statement.executeStep()) {
    due.emplace();
    read_value(statement, 0, due->seq);
    read_value(statement, 1, due->due_ms);
    read_value(statement, 2, due->kind);
    read_value(statement, 3, due->resource_id);
    read_value(statement, 4, due->move);
    read_value(statement, 5, due->waits_for_clock);
    read_value(statement, 6, due->scope.account);
    read_value(statement, 7, due->scope.region);
  }
  statement.reset();
  return due;
}

#define FOGLING_DUE "SELECT seq, due_ms, kind, resource_id, move, waits_for_clock, account, region FROM due "

}  // namespace

void add_due(Transaction& txn, const Due& due) {
  static constexpr Sql kInsert{
      "INSERT INTO due (due_ms, kind, resource_id, move, waits_for_clock, account, region) VALUES (?, ?, ?, ?, ?, ?, "
      "?)"};
  execute(txn, kInsert, due.due_ms, due.kind, due.resource_id, due.move, due.waits_for_clock, due.scope.account,
          due.scope.region);
}

std::optional<Due> first_due(Transaction& txn, std::int64_t now_ms, std::int64_t moves_until_ms) {
  static constexpr Sql kMove{FOGLING_DUE "WHERE waits_for_clock = 0 AND due_ms <= ? ORDER BY due_ms, seq LIMIT 1"};
  static constexpr Sql kClock{FOGLING_DUE "WHERE waits_for_clock = 1 AND due_ms <= ? ORDER BY due_ms, seq LIMIT 1"};
  auto& moves = txn.database().statement(kMove);
  bind_all(moves, moves_until_ms);
  auto move = read_due(moves);
  auto& timed = txn.database().statement(kClock);
  bind_all(timed, now_ms);
  auto timer = read_due(timed);
  if (!move) return timer;
  if (!timer) return move;
  return std::pair(timer->due_ms, timer->seq) < std::pair(move->due_ms, move->seq) ? timer : move;
}

std::optional<Due> first_due_of(Transaction& txn, std::string_view resource_id) {
  static constexpr Sql kSelect{FOGLING_DUE
                               "WHERE resource_id = ? AND waits_for_clock = 0 ORDER BY due_ms, seq LIMIT 1"};
  auto& statement = txn.database().statement(kSelect);
  bind_all(statement, resource_id);
  return read_due(statement);
}

std::optional<std::int64_t> next_due_ms(Transaction& txn, bool waits_for_clock) {
  static constexpr Sql kMin{"SELECT min(due_ms) FROM due WHERE waits_for_clock = ?"};
  return value<std::optional<std::int64_t>>(txn, kMin, waits_for_clock).value_or(std::nullopt);
}

std::int64_t count_due(Transaction& txn, bool including_clock) {
  static constexpr Sql kCount{"SELECT count(*) FROM due WHERE waits_for_clock <= ?"};
  return value<std::int64_t>(txn, kCount, including_clock).value_or(0);
}

void remove_due(Transaction& txn, std::int64_t seq) {
  static constexpr Sql kDelete{"DELETE FROM due WHERE seq = ?"};
  execute(txn, kDelete, seq);
}

void remove_dues_of(Transaction& txn, std::string_view resource_id) {
  static constexpr Sql kDelete{"DELETE FROM due WHERE resource_id = ?"};
  execute(txn, kDelete, resource_id);
  std::erase_if(txn.at_once(), [&](const auto& each) { return each.second.resource_id == resource_id; });
}

std::optional<ClientToken> find_client_token(Transaction& txn, const Scope& scope, std::string_view operation,
                                             std::string_view token) {
  static constexpr Sql kSelect{
      "SELECT parameters, answer FROM client_token WHERE account = ? AND region = ? AND operation = ? AND token = ?"};
  auto& statement = txn.database().statement(kSelect);
  bind_all(statement, scope.account, scope.region, operation, token);
  std::optional<ClientToken> found;
  if (statement.executeStep()) {
    found.emplace();
    read_value(statement, 0, found->parameters);
    read_value(statement, 1, found->answer);
  }
  statement.reset();
  return found;
}

void add_client_token(Transaction& txn, const Scope& scope, std::string_view operation, std::string_view token,
                      const ClientToken& remembered, std::int64_t now_ms) {
  static constexpr Sql kInsert{
      "INSERT OR REPLACE INTO client_token (account, region, operation, token, parameters, answer, created_ms)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)"};
  execute(txn, kInsert, scope.account, scope.region, operation, token, remembered.parameters, remembered.answer,
          now_ms);
}

std::string get_setting(Transaction& txn, const Scope& scope, std::string_view name) {
  static constexpr Sql kSelect{"SELECT value FROM setting WHERE account = ? AND region = ? AND name = ?"};
  return value<std::string>(txn, kSelect, scope.account, scope.region, name).value_or("");
}

void put_setting(Transaction& txn, const Scope& scope, std::string_view name, std::string_view value) {
  static constexpr Sql kPut{"INSERT OR REPLACE INTO setting (account, region, name, value) VALUES (?, ?, ?, ?)"};
  execute(txn, kPut, scope.account, scope.region, name, value);
}

std::string get_meta(Transaction& txn, std::string_view name) {
  static constexpr Sql kSelect{"SELECT value FROM meta WHERE name = ?"};
  return value<std::string>(txn, kSelect, name).value_or("");
}

void put_meta(Transaction& txn, std::string_view name, std::string_view value) {
  static constexpr Sql kPut{"INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)"};
  execute(txn, kPut, name, value);
}

bool enter_scope(Transaction& txn, const Scope& scope) {
  static constexpr Sql kInsert{"INSERT OR IGNORE INTO scope (account, region) VALUES (?, ?)"};
  return execute(txn, kInsert, scope.account, scope.region) > 0;
}

}  // namespace fogling::state
