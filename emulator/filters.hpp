#pragma once

/// Filters as every Describe has them: several values of one are alternatives, several filters must all hold; `*` and
/// `?` are wildcards and `\` takes their meaning away; times and booleans are compared as text.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/document.hpp"
#include "fixtures/model/filter_path.hpp"
#include "fixtures/model/model.hpp"

namespace fogling {

struct Filter {
  std::string name;
  std::vector<std::string> values;
};

/// `*` any run of characters, `?` exactly one.
bool matches_wildcard(std::string_view pattern, std::string_view text);
/// Whether the pattern means only itself.
bool is_literal(std::string_view pattern);

/// The path of a filter in a structure, by its row or by its name; empty where there is none.
std::string filter_path(const model::Shape& listed, std::span<const FilterPath> paths, std::string_view name);

class Filters {
 public:
  Filters() = default;
  /// Reads the request's Filters. Throws EC2's errors for unknown names and for what exceeds the limits.
  Filters(const Document& in, const model::Operation& operation, std::string_view listed,
          std::span<const FilterPath> paths);

  bool empty() const { return filters_.empty(); }
  std::size_t size() const { return filters_.size(); }
  /// Whether a described resource passes all. `Tags` of the document serve `tag:Key` and `tag-key`.
  bool match(const Document& item) const;

  /// The values of a filter when all of them are literal: what an index can answer. Null when the filter is not there.
  const std::vector<std::string>* literal_values(std::string_view name) const;
  /// An exact `tag:Key` filter: key and values. Null when there is none.
  const Filter* literal_tag() const;
  const std::vector<Filter>& all() const { return filters_; }

 private:
  std::vector<Filter> filters_;
  std::vector<std::string> paths_;
};

}  // namespace fogling
