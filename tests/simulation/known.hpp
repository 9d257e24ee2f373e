#pragma once

/// What there is at the moment, by SQL: whom a call may be about.

#include <string>
#include <string_view>
#include <vector>

#include "state/database.hpp"

namespace fogling::simulation {

/// A table whose rows are resources with an id of their own.
struct IdColumn {
  std::string table, column;
};

class Known {
 public:
  explicit Known(SQLite::Database& connection);

  /// All of a scope by what recipes call them: a resource type (`vpc`), a kind of the long tail, or one of the words in
  /// known.cpp (`public-ip`). Oldest first; what belongs to the program and not to an account (`zone`, `type`) too.
  std::vector<std::string> all(const state::Scope& scope, std::string_view what) const;
  /// `SELECT id, account, region` of every resource in every table: read off the schema, so that a new table is in it.
  const std::string& all_ids() const { return all_ids_; }
  const std::vector<IdColumn>& id_columns() const { return columns_; }

 private:
  SQLite::Database& connection_;
  std::vector<IdColumn> columns_;
  std::string all_ids_;
};

/// Every table of the schema, in order of name.
std::vector<std::string> tables_of(SQLite::Database& connection);

}  // namespace fogling::simulation
