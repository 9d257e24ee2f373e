#pragma once

/// Definitions behind table.hpp, for the files of this folder only.

#include <limits>
#include <type_traits>

#include "state/table.hpp"

namespace fogling::state {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

inline void bind_value(Statement& statement, int index, std::string_view value) { statement.bind(index, value); }
inline void bind_value(Statement& statement, int index, const std::string& value) { statement.bind(index, value); }
inline void bind_value(Statement& statement, int index, const char* value) { statement.bind(index, value); }
inline void bind_value(Statement& statement, int index, double value) { statement.bind(index, value); }
template <class Value>
requires std::is_integral_v<Value>
void bind_value(Statement& statement, int index, Value value) {
  statement.bind(index, static_cast<std::int64_t>(value));
}
inline void bind_value(Statement& statement, int index, const Document& value) {
  if (value.is_null()) {
    statement.bind_null(index);
  } else {
    statement.bind_copy(index, value.dump());
  }
}
template <class Value>
void bind_value(Statement& statement, int index, const std::optional<Value>& value) {
  if (value) {
    bind_value(statement, index, *value);
  } else {
    statement.bind_null(index);
  }
}

template <class Value>
void read_value(Statement& statement, int index, Value& value) {
  if constexpr (IsOptional<Value>::value) {
    if (statement.is_null(index)) {
      value.reset();
    } else {
      read_value(statement, index, value.emplace());
    }
  } else if constexpr (std::is_same_v<Value, std::string>) {
    value.assign(statement.text(index));
  } else if constexpr (std::is_same_v<Value, Document>) {
    value = statement.is_null(index) ? Document() : Document::parse(statement.text(index));
  } else if constexpr (std::is_same_v<Value, double>) {
    value = statement.real(index);
  } else if constexpr (std::is_same_v<Value, bool>) {
    value = statement.integer(index) != 0;
  } else {
    value = static_cast<Value>(statement.integer(index));
  }
}

/// "seq, account, region, volume_id, ..." and what else is made of the columns' names once.
template <class Row>
struct Texts {
  static std::string names() {
    std::string text = "seq, account, region";
    Table<Row>::columns([&](const auto&... column) { ((text += ", ", text += column.name), ...); });
    return text;
  }
  static std::string_view id() {
    return Table<Row>::columns([](const auto& id, const auto&...) { return id.name; });
  }
  static std::string table() { return std::string(Table<Row>::name); }
  static std::string select() { return "SELECT " + names() + " FROM " + table() + " "; }

  inline static const char find{}, find_anywhere{}, insert{}, update{}, erase{}, list{}, count{};
};

template <class Row>
Row read_row(Statement& statement) {
  Row row;
  int index = 0;
  read_value(statement, index++, row.seq);
  read_value(statement, index++, row.account);
  read_value(statement, index++, row.region);
  Table<Row>::columns([&](const auto&... column) { (read_value(statement, index++, row.*column.member), ...); });
  return row;
}

template <class... Args>
void bind_all(Statement& statement, const Args&... args) {
  [[maybe_unused]] int index = 0;
  (bind_value(statement, ++index, args), ...);
}

template <class Row>
std::vector<Row> read_all(Statement& statement) {
  std::vector<Row> rows;
  while (statement.executeStep()) rows.push_back(read_row<Row>(statement));
  statement.reset();
  return rows;
}

template <class Row>
std::optional<Row> read_first(Statement& statement) {
  std::optional<Row> row;
  if (statement.executeStep()) row = read_row<Row>(statement);
  statement.reset();
  return row;
}

/// Rows of a kind by what follows "SELECT columns FROM table": `WHERE vpc_id = ? ORDER BY seq`.
template <class Row, class... Args>
std::vector<Row> select(Transaction& txn, const Sql& tail, const Args&... args) {
  auto& statement = txn.database().statement(&tail, [&] { return Texts<Row>::select() + tail.text; });
  bind_all(statement, args...);
  return read_all<Row>(statement);
}
template <class Row, class... Args>
std::optional<Row> select_first(Transaction& txn, const Sql& tail, const Args&... args) {
  auto& statement = txn.database().statement(&tail, [&] { return Texts<Row>::select() + tail.text; });
  bind_all(statement, args...);
  return read_first<Row>(statement);
}

/// A statement without rows.
template <class... Args>
int execute(Transaction& txn, const Sql& sql, const Args&... args) {
  auto& statement = txn.database().statement(sql);
  bind_all(statement, args...);
  const int changed = statement.exec();
  statement.reset();
  return changed;
}
/// The first column of every row, as strings or integers.
template <class Value, class... Args>
std::vector<Value> column(Transaction& txn, const Sql& sql, const Args&... args) {
  auto& statement = txn.database().statement(sql);
  bind_all(statement, args...);
  std::vector<Value> values;
  while (statement.executeStep()) read_value(statement, 0, values.emplace_back());
  statement.reset();
  return values;
}
/// The first column of the first row.
template <class Value, class... Args>
std::optional<Value> value(Transaction& txn, const Sql& sql, const Args&... args) {
  auto& statement = txn.database().statement(sql);
  bind_all(statement, args...);
  std::optional<Value> found;
  if (statement.executeStep()) read_value(statement, 0, found.emplace());
  statement.reset();
  return found;
}

template <class Row>
std::optional<Row> find(Transaction& txn, const Scope& scope, std::string_view id) {
  auto& statement = txn.database().statement(&Texts<Row>::find, [] {
    return Texts<Row>::select() + "WHERE " + std::string(Texts<Row>::id()) + " = ? AND account = ? AND region = ?";
  });
  bind_all(statement, id, scope.account, scope.region);
  return read_first<Row>(statement);
}

template <class Row>
std::optional<Row> find_anywhere(Transaction& txn, std::string_view id) {
  auto& statement = txn.database().statement(&Texts<Row>::find_anywhere, [] {
    return Texts<Row>::select() + "WHERE " + std::string(Texts<Row>::id()) + " = ?";
  });
  bind_all(statement, id);
  return read_first<Row>(statement);
}

template <class Row>
void insert(Transaction& txn, Row& row) {
  auto& statement = txn.database().statement(&Texts<Row>::insert, [] {
    const auto extra = Table<Row>::columns([](const auto&... column) { return sizeof...(column); });
    std::string marks = "NULL, ?, ?";
    for (std::size_t i = 0; i < extra; ++i) marks += ", ?";
    return "INSERT INTO " + Texts<Row>::table() + " (" + Texts<Row>::names() + ") VALUES (" + marks + ")";
  });
  int index = 0;
  bind_value(statement, ++index, row.account);
  bind_value(statement, ++index, row.region);
  Table<Row>::columns([&](const auto&... column) { (bind_value(statement, ++index, row.*column.member), ...); });
  statement.exec();
  statement.reset();
  row.seq = txn.database().last_seq();
}

template <class Row>
void update(Transaction& txn, const Row& row) {
  auto& statement = txn.database().statement(&Texts<Row>::update, [] {
    std::string text = "UPDATE " + Texts<Row>::table() + " SET ";
    bool first = true;
    Table<Row>::columns([&](const auto&... column) {
      ((text += first ? "" : ", ", text += column.name, text += " = ?", first = false), ...);
    });
    return text + " WHERE seq = ?";
  });
  int index = 0;
  Table<Row>::columns([&](const auto&... column) { (bind_value(statement, ++index, row.*column.member), ...); });
  bind_value(statement, ++index, row.seq);
  statement.exec();
  statement.reset();
}

template <class Row>
void erase(Transaction& txn, const Row& row) {
  auto& statement = txn.database().statement(&Texts<Row>::erase,
                                             [] { return "DELETE FROM " + Texts<Row>::table() + " WHERE seq = ?"; });
  bind_all(statement, row.seq);
  statement.exec();
  statement.reset();
}

template <class Row>
std::vector<Row> list(Transaction& txn, const Scope& scope, std::int64_t after_seq, std::int64_t limit) {
  auto& statement = txn.database().statement(&Texts<Row>::list, [] {
    return Texts<Row>::select() + "WHERE account = ? AND region = ? AND seq > ? ORDER BY seq LIMIT ?";
  });
  bind_all(statement, scope.account, scope.region, after_seq, limit);
  return read_all<Row>(statement);
}

template <class Row>
std::int64_t count(Transaction& txn, const Scope& scope) {
  auto& statement = txn.database().statement(&Texts<Row>::count, [] {
    return "SELECT count(*) FROM " + Texts<Row>::table() + " WHERE account = ? AND region = ?";
  });
  bind_all(statement, scope.account, scope.region);
  std::int64_t rows = 0;
  if (statement.executeStep()) read_value(statement, 0, rows);
  statement.reset();
  return rows;
}

/// Instantiates everything above for one row, in the file of its kind.
#define FOGLING_ROWS(Row)                                                                      \
  template std::optional<Row> find<Row>(Transaction&, const Scope&, std::string_view);         \
  template std::optional<Row> find_anywhere<Row>(Transaction&, std::string_view);              \
  template void insert<Row>(Transaction&, Row&);                                               \
  template void update<Row>(Transaction&, const Row&);                                         \
  template void erase<Row>(Transaction&, const Row&);                                          \
  template std::vector<Row> list<Row>(Transaction&, const Scope&, std::int64_t, std::int64_t); \
  template std::int64_t count<Row>(Transaction&, const Scope&)

}  // namespace fogling::state
