#include "tests/journeys/answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <regex>
#include <stdexcept>

namespace fogling::test {
namespace {

/// One step of a path: a member, a place in a list, all of a list, or what in a list has a member of some value.
struct Step {
  std::string name;
  std::string member, value;  ///< of `[Key=Name]`
};

/// `A.0.B[Key=x.y].C`: dots inside brackets divide nothing, and brackets are a step of their own.
std::vector<Step> steps_of(std::string_view path) {
  std::vector<Step> steps;
  std::size_t i = 0;
  while (i < path.size()) {
    if (path[i] == '[') {
      const auto close = path.find(']', i), equals = path.find('=', i);
      if (close == std::string_view::npos || equals > close) {
        throw std::invalid_argument(fmt::format("in '{}' a choice such as [Key=Name] is not whole", path));
      }
      steps.push_back({.name = {},
                       .member = std::string(path.substr(i + 1, equals - i - 1)),
                       .value = std::string(path.substr(equals + 1, close - equals - 1))});
      i = close + 1;
    } else {
      const auto end = std::min(path.find_first_of(".[", i), path.size());
      steps.push_back({.name = std::string(path.substr(i, end - i)), .member = {}, .value = {}});
      i = end;
    }
    if (i < path.size() && path[i] == '.') ++i;
  }
  return steps;
}

std::optional<std::size_t> place_of(const std::string& name) {
  std::size_t place = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), place);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return place;
}

const model::Shape& shape_behind(const model::Shape& shape, const Step& step) {
  if (shape.type == model::Type::structure) {
    const auto* member = step.member.empty() ? model::find_member(shape, step.name) : nullptr;
    if (member == nullptr) {
      throw std::invalid_argument(fmt::format("the shape {} has no member {}", shape.name, step.name));
    }
    return *member->shape;
  }
  if (shape.type != model::Type::list) {
    throw std::invalid_argument(fmt::format("{} is within a value that has no parts", step.name));
  }
  if (step.member.empty() && step.name != "*" && !place_of(step.name)) {
    throw std::invalid_argument(
        fmt::format("'{}' is no place in a list: those are 0, 1 ..., * and [Member=value]", step.name));
  }
  const auto& element = *shape.element->shape;
  if (!step.member.empty() && model::find_member(element, step.member) == nullptr) {
    throw std::invalid_argument(fmt::format("the shape {} has no member {}", element.name, step.member));
  }
  return element;
}

std::vector<const Document*> step_into(const Document& value, const Step& step) {
  std::vector<const Document*> found;
  if (value.is_object()) {
    if (const auto member = value.find(step.name); member != value.end()) found.push_back(&*member);
  } else if (!step.member.empty()) {
    for (const auto& each : value) {
      if (each.contains(step.member) && as_text(each[step.member]) == step.value) found.push_back(&each);
    }
  } else if (step.name == "*") {
    for (const auto& each : value) found.push_back(&each);
  } else if (const auto place = place_of(step.name); place && *place < value.size()) {
    found.push_back(&value[*place]);
  }
  return found;
}

std::string listed(const std::vector<std::string>& texts) { return fmt::format("{}", fmt::join(texts, " ")); }

std::string but(const std::vector<std::string>& texts) {
  return texts.empty() ? "but is not there" : fmt::format("but is {}", listed(texts));
}

std::string compare_one(Check check, const std::vector<std::string>& texts, const std::string& value) {
  if (check == Check::is && (texts.size() != 1 || texts[0] != value)) {
    return fmt::format("should be {}, {}", value, but(texts));
  }
  if (check == Check::is_not && (texts.size() != 1 || texts[0] == value)) {
    return fmt::format("should be other than {}, {}", value, but(texts));
  }
  if (check == Check::matches && (texts.size() != 1 || !std::regex_match(texts[0], std::regex(value)))) {
    return fmt::format("should match {}, {}", value, but(texts));
  }
  return {};
}

}  // namespace

std::string as_text(const Document& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::vector<const Document*> find(const Document& answer, const model::Shape& shape, std::string_view path) {
  std::vector<const Document*> found{&answer};
  const model::Shape* here = &shape;
  for (const auto& step : steps_of(path)) {
    if (found.empty()) throw std::invalid_argument(fmt::format("nothing holds {}", step.name));
    here = &shape_behind(*here, step);
    std::vector<const Document*> next;
    for (const auto* value : found) std::ranges::copy(step_into(*value, step), std::back_inserter(next));
    found = std::move(next);
  }
  return found;
}

std::vector<const Document*> find(const Document& answer, std::string_view path) {
  std::vector<const Document*> found{&answer};
  for (const auto& step : steps_of(path)) {
    std::vector<const Document*> next;
    for (const auto* value : found) {
      if (value->is_structured()) std::ranges::copy(step_into(*value, step), std::back_inserter(next));
    }
    found = std::move(next);
  }
  return found;
}

std::string compare(const Expectation& expectation, const std::vector<const Document*>& found,
                    const std::vector<std::string>& values) {
  std::vector<std::string> texts;
  for (const auto* each : found) texts.push_back(as_text(*each));
  switch (expectation.check) {
    case Check::absent:
      return found.empty() ? std::string{} : fmt::format("should be absent, {}", but(texts));
    case Check::present:
      return found.empty() ? "should be there" : std::string{};
    case Check::empty: {
      const bool is_empty = found.size() == 1 && (found[0]->is_structured() ? found[0]->empty() : texts[0].empty());
      return is_empty ? std::string{} : fmt::format("should be there and empty, {}", but(texts));
    }
    case Check::has: {
      const bool is_list = found.size() == 1 && found[0]->is_array();
      const auto count = is_list ? found[0]->size() : 0;
      if (is_list && std::to_string(count) == values[0]) return {};
      return fmt::format("should have {} items, {}", values[0],
                         is_list ? fmt::format("but has {}: {}", count, texts[0]) : but(texts));
    }
    case Check::are:
      return texts == values ? std::string{} : fmt::format("should be {}, {}", listed(values), but(texts));
    case Check::include:
      for (const auto& value : values) {
        if (std::ranges::find(texts, value) == texts.end()) {
          return fmt::format("should include {}, {}", value, but(texts));
        }
      }
      return {};
    default:
      return compare_one(expectation.check, texts, values[0]);
  }
}

}  // namespace fogling::test
