#pragma once

/// Typed rows. A struct and its Table<> specialisation say what a table holds; everything else follows:
/// finding, inserting, updating and erasing need no SQL of their own. Questions particular to a kind are functions in
/// the kind's file, which includes table_impl.hpp and instantiates its rows there.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "state/database.hpp"
#include "state/document.hpp"

namespace fogling::state {

/// What every row of a kind has. `seq` is the order of creation: lists are in this order and pages resume by it.
struct Resource {
  std::int64_t seq = 0;
  std::string account, region;
  Scope scope() const { return {account, region}; }
};

/// A column: its name and the member it fills. Strings, integers, booleans, doubles, Documents (as JSON text) and
/// optionals of them (as NULL) can be columns.
template <class Row, class Value>
struct Column {
  std::string_view name;
  Value Row::*member;
};

template <class Row, class Value>
Column(std::string_view, Value Row::*) -> Column<Row, Value>;

/// Specialised beside each row: `name`, and `columns`, which calls its argument with all Columns, of which the first is
/// the id. `seq`, `account` and `region` are in every table and not listed. A function of a template's kind costs
/// nothing where it is not called, and most of the files that see a row do not.
template <class Row>
struct Table;

template <class Row>
const std::string& id_of(const Row& row) {
  return Table<Row>::columns([&](const auto& id, const auto&...) -> const std::string& { return row.*id.member; });
}

/// Absent when there is none, or when it belongs to another scope.
template <class Row>
std::optional<Row> find(Transaction& txn, const Scope& scope, std::string_view id);
/// The same wherever it lives: for what may be shared between accounts.
template <class Row>
std::optional<Row> find_anywhere(Transaction& txn, std::string_view id);
/// Fills `row.seq`.
template <class Row>
void insert(Transaction& txn, Row& row);
/// Writes every column of a row that was read or inserted before.
template <class Row>
void update(Transaction& txn, const Row& row);
template <class Row>
void erase(Transaction& txn, const Row& row);
/// All of a scope, oldest first, of those created after `after_seq`; at most `limit` unless negative.
template <class Row>
std::vector<Row> list(Transaction& txn, const Scope& scope, std::int64_t after_seq = 0, std::int64_t limit = -1);
template <class Row>
std::int64_t count(Transaction& txn, const Scope& scope);

}  // namespace fogling::state
