#pragma once

/// Form-encoded parameters of a query request.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fogling::api {

class Params {
 public:
  enum class Repeated { first_wins, last_wins };

  /// Takes `name=value&...` apart. Broken escapes stay as they are; nothing is refused.
  void parse(std::string_view form);

  void add(std::string name, std::string value) { all_.emplace_back(std::move(name), std::move(value)); }

  /// Empty when absent. A POST counts the last of a name sent twice, a GET the first.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }
  /// Gives them away.
  std::vector<std::pair<std::string, std::string>> take() { return std::move(all_); }
  void set_repeated(Repeated repeated) { repeated_ = repeated; }
  Repeated repeated() const { return repeated_; }

 private:
  std::vector<std::pair<std::string, std::string>> all_;
  Repeated repeated_ = Repeated::last_wins;
};

/// `%41+b` is "A b".
std::string decode_form(std::string_view text);

}  // namespace fogling::api
