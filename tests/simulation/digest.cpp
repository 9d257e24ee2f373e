#include "tests/simulation/digest.hpp"

#include <string_view>

#include "tests/simulation/known.hpp"

namespace fogling::simulation {
namespace {

std::uint64_t hash(std::uint64_t before, std::string_view text) {  // FNV-1a
  for (const char c : text) before = (before ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return (before ^ 0xff) * 1099511628211U;
}

}  // namespace

Digest digest(SQLite::Database& connection) {
  Digest all;
  for (const auto& table : tables_of(connection)) {
    SQLite::Statement rows(connection, "SELECT * FROM " + table);
    int account = -1, region = -1;
    for (int i = 0; i < rows.getColumnCount(); ++i) {
      if (rows.getColumnName(i) == std::string_view("account")) account = i;
      if (rows.getColumnName(i) == std::string_view("region")) region = i;
    }
    while (rows.executeStep()) {
      std::string key;
      if (account >= 0 && region >= 0) {
        key = rows.getColumn(account).getString() + "/" + rows.getColumn(region).getString() + " ";
      }
      auto& sum = all[key + table];
      for (int i = 0; i < rows.getColumnCount(); ++i) {
        const auto column = rows.getColumn(i);
        sum = hash(sum, column.isNull()
                            ? std::string_view("\0", 1)
                            : std::string_view(column.getText(), static_cast<std::size_t>(column.getBytes())));
      }
    }
  }
  return all;
}

std::string difference(const Digest& before, const Digest& after, const std::string& except) {
  std::string out;
  const auto tell = [&](const std::string& key) {
    if (!key.starts_with(except)) out += (out.empty() ? "" : ", ") + key;
  };
  for (const auto& [key, sum] : before) {
    const auto found = after.find(key);
    if (found == after.end() || found->second != sum) tell(key);
  }
  for (const auto& [key, sum] : after) {
    if (!before.contains(key)) tell(key);
  }
  return out;
}

}  // namespace fogling::simulation
