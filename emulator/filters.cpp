#include "emulator/filters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "emulator/errors.hpp"

namespace fogling {
namespace {

constexpr std::size_t kMaxFilters = 50, kMaxValues = 200, kMaxValueLength = 255;

std::string squeezed(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c != '-' && c != '_') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

/// The member that a filter's segment means: by SDK or wire name, singular or plural, hyphens and case aside.
const model::Member* find_by_segment(const model::Shape& shape, std::string_view segment) {
  const std::string wanted = squeezed(segment);
  for (const auto& member : shape.members) {
    for (const std::string& name : {squeezed(member.name), squeezed(member.wire_out)}) {
      if (name == wanted || name == wanted + "s" || name == wanted + "es" || name == wanted + "set") return &member;
    }
  }
  return nullptr;
}

const model::Shape& seen_through_lists(const model::Shape* shape) {
  while (shape->type == model::Type::list) shape = shape->element->shape;
  return *shape;
}

std::string value_text(const Document& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.dump();
}

/// Calls `probe` with each scalar at the path; true as soon as one probe is.
template <class Probe>
bool any_at(const Document& value, std::string_view path, const Probe& probe) {
  if (value.is_array()) {
    return std::ranges::any_of(value, [&](const Document& each) { return any_at(each, path, probe); });
  }
  if (path.empty()) return !value.is_object() && !value.is_null() && probe(value_text(value));
  if (!value.is_object()) return false;
  const auto dot = path.find('.');
  const auto found = value.find(path.substr(0, dot));
  return found != value.end() &&
         any_at(*found, dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1), probe);
}

bool any_matches(const std::vector<std::string>& patterns, std::string_view text) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) { return matches_wildcard(pattern, text); });
}

bool matches_tag(const Document& item, std::string_view key, const std::vector<std::string>& patterns) {
  return std::ranges::any_of(items(item, "Tags"), [&](const Document& tag) {
    return text(tag, "Key") == key && any_matches(patterns, text(tag, "Value"));
  });
}

}  // namespace

bool matches_wildcard(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    if (p < pattern.size() && !escaped && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && ((!escaped && pattern[p] == '?') || pattern[p + (escaped ? 1 : 0)] == text[t])) {
      p += escaped ? 2 : 1;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool is_literal(std::string_view pattern) { return pattern.find_first_of("*?\\") == std::string_view::npos; }

std::string filter_path(const model::Shape& listed, std::span<const FilterPath> paths, std::string_view name) {
  const auto row = std::ranges::find(paths, name, &FilterPath::name);
  if (row != paths.end()) return std::string(row->path);
  const model::Shape* shape = &listed;
  std::string path;
  for (std::string_view rest = name; !rest.empty();) {
    const auto dot = rest.find('.');
    const std::string_view segment = rest.substr(0, dot);
    rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
    if (shape->type != model::Type::structure) return {};
    const auto* member = find_by_segment(*shape, segment);
    if (member == nullptr) return {};
    if (!path.empty()) path += '.';
    path += member->name;
    shape = &seen_through_lists(member->shape);
  }
  return shape->type == model::Type::structure ? std::string{} : path;
}

Filters::Filters(const Document& in, const model::Operation& operation, std::string_view listed,
                 std::span<const FilterPath> paths) {
  // DescribeNatGateways and DescribeFlowLogs call them by the singular.
  const auto& given = items(in, has(in, "Filter") ? "Filter" : "Filters");
  if (given.empty()) return;
  if (given.size() > kMaxFilters) {
    throw ApiError("FilterLimitExceeded",
                   fmt::format("The maximum number of filters specified on a single call is {}", kMaxFilters));
  }
  const auto* shape = model::find_shape(listed);
  std::size_t values = 0;
  for (const auto& each : given) {
    Filter filter{std::string(text(each, "Name")), {}};
    for (const auto& value : items(each, "Values")) filter.values.push_back(value.get<std::string>());
    if (filter.name.empty() || filter.values.empty())
      throw errors::invalid_filter(filter.name.empty() ? "null" : filter.name);
    values += filter.values.size();
    if (values > kMaxValues) {
      throw errors::invalid_parameter_value(
          fmt::format("The maximum number of filter values specified on a single call is {}", kMaxValues));
    }
    if (std::ranges::any_of(filter.values, [](const auto& value) { return value.size() > kMaxValueLength; })) {
      throw ApiError("FilterLimitExceeded",
                     fmt::format("The maximum length for a filter value is {} characters", kMaxValueLength));
    }
    const bool is_tag = filter.name.starts_with("tag:");
    const bool is_known = std::ranges::any_of(operation.filters, [&](std::string_view known) {
      return known == filter.name || (known == "tag:*" && is_tag);
    });
    if (!is_known) throw errors::invalid_filter(filter.name);
    std::string path;
    if (!is_tag && filter.name != "tag-key" && filter.name != "tag-value") {
      if (shape != nullptr) path = filter_path(*shape, paths, filter.name);
      if (path.empty()) throw errors::not_built(fmt::format("The filter '{}' of {}", filter.name, operation.name));
    }
    filters_.push_back(std::move(filter));
    paths_.push_back(std::move(path));
  }
}

bool Filters::match(const Document& item) const {
  for (std::size_t i = 0; i < filters_.size(); ++i) {
    const std::string& name = filters_[i].name;
    const std::vector<std::string>& values = filters_[i].values;
    bool passes = false;
    if (name.starts_with("tag:")) {
      passes = matches_tag(item, std::string_view(name).substr(4), values);
    } else if (name == "tag-key" || name == "tag-value") {
      const char* member = name == "tag-key" ? "Key" : "Value";
      passes = std::ranges::any_of(items(item, "Tags"),
                                   [&](const Document& tag) { return any_matches(values, text(tag, member)); });
    } else {
      passes = any_at(item, paths_[i], [&](const std::string& value) { return any_matches(values, value); });
    }
    if (!passes) return false;
  }
  return true;
}

const std::vector<std::string>* Filters::literal_values(std::string_view name) const {
  const auto found = std::ranges::find(filters_, name, &Filter::name);
  return found != filters_.end() && std::ranges::all_of(found->values, is_literal) ? &found->values : nullptr;
}

const Filter* Filters::literal_tag() const {
  const auto found = std::ranges::find_if(filters_, [](const Filter& filter) {
    return filter.name.starts_with("tag:") && std::ranges::all_of(filter.values, is_literal);
  });
  return found == filters_.end() ? nullptr : &*found;
}

}  // namespace fogling
