/// Wildcards, held against a plain definition of them; and filters of whole requests over a description that has every
/// member. The input: a pattern, a text, and a form, each on a line.

#include "emulator/filters.hpp"

#include <algorithm>
#include <vector>

#include "api/bind.hpp"
#include "api/query.hpp"
#include "emulator/registry.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using namespace fogling;

/// A pattern taken apart: a character that means itself, or a wildcard.
struct Piece {
  char character;
  bool is_wild;
};

std::vector<Piece> pieces_of(std::string_view pattern) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool is_escaped = pattern[i] == '\\' && i + 1 < pattern.size();
    if (is_escaped) ++i;
    pieces.push_back({pattern[i], !is_escaped && (pattern[i] == '*' || pattern[i] == '?')});
  }
  return pieces;
}

/// The definition, one prefix of the pattern after the other: which prefixes of the text does it match?
bool matches_by_definition(std::string_view pattern, std::string_view text) {
  std::vector<bool> matched(text.size() + 1, false);
  matched[0] = true;
  for (const auto& piece : pieces_of(pattern)) {
    std::vector<bool> next(text.size() + 1, false);
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (piece.is_wild && piece.character == '*') {
        next[i] = matched[i] || (i > 0 && next[i - 1]);
      } else if (i > 0 && matched[i - 1]) {
        next[i] = piece.is_wild || piece.character == text[i - 1];
      }
    }
    matched = std::move(next);
  }
  return matched.back();
}

/// A value with every member that the shape has, down to a depth that all paths of filters stay above.
Document full(const model::Shape& shape, int depth = 0) {
  switch (shape.type) {
    case model::Type::structure: {
      Document value = Document::object();
      if (depth > 5) return value;
      for (const auto& member : shape.members) value[std::string(member.name)] = full(*member.shape, depth + 1);
      return value;
    }
    case model::Type::list:
      return Document::array({full(*shape.element->shape, depth + 1)});
    case model::Type::integer:
      return 1;
    case model::Type::real:
      return 1.5;
    case model::Type::boolean:
      return true;
    default:
      return "text";
  }
}

void filter(std::string_view form) {
  static const Registry registry;
  api::Params params;
  params.parse(form);
  const auto* operation = model::find_operation(params.get("Action"));
  const auto* row = operation == nullptr ? nullptr : registry.find(operation->name);
  if (row == nullptr || row->listed.empty()) return;
  const auto* listed = model::find_shape(row->listed);
  fuzz::is_accepted([&] {
    const Filters filters(api::bind(params, *operation->input), *operation, row->listed, row->filters);
    const bool is_listed = filters.match(listed == nullptr ? Document::object() : full(*listed));
    fuzz::hold(is_listed || !filters.empty(), "without a filter everything is listed", form);
    for (const auto& each : filters.all()) static_cast<void>(filters.literal_values(each.name));
    static_cast<void>(filters.literal_tag());
  });
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::as_text(data, size);
  const auto pattern = fuzz::take_line(rest), text = fuzz::take_line(rest);
  if (pattern.size() < 256 && text.size() < 1024) {
    fuzz::hold(matches_wildcard(pattern, text) == matches_by_definition(pattern, text),
               "a pattern matches what it says", rest);
  }
  if (is_literal(pattern)) {
    fuzz::hold(matches_wildcard(pattern, text) == (pattern == text), "a literal pattern matches itself", pattern);
  }
  filter(rest);
  return 0;
}
