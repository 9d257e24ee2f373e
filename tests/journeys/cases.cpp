#include "tests/journeys/cases.hpp"

#include <algorithm>
#include <utility>

namespace fogling::test {
namespace {

constexpr std::string_view kMark = "== ";

/// How many characters come before the next line that names a case.
std::size_t to_next_case(std::string_view text) {
  if (text.starts_with(kMark)) return 0;
  const auto found = text.find(std::string("\n") + std::string(kMark));
  return found == std::string_view::npos ? text.size() : found + 1;
}

int lines_in(std::string_view text) { return static_cast<int>(std::ranges::count(text, '\n')); }

}  // namespace

Cases read_cases(std::string_view text) {
  Cases out;
  int line = 1;
  const auto take = [&](std::size_t count) {
    const auto taken = text.substr(0, count);
    text.remove_prefix(count);
    line += lines_in(taken);
    return taken;
  };
  out.setting = read_script(take(to_next_case(text)));
  if (out.setting.title.empty()) throw Failure(1, "the first line says in a comment what is shown");
  while (!text.empty()) {
    Case each;
    each.line = line;
    const auto heading = take(std::min(text.find('\n'), text.size() - 1) + 1).substr(kMark.size());
    each.title = heading.substr(0, heading.find('\n'));
    const int first_line = line;
    each.script = read_script(take(to_next_case(text)), first_line);
    if (each.script.statements.empty()) throw Failure(each.line, "a case says what happens in it");
    out.cases.push_back(std::move(each));
  }
  if (out.cases.empty()) throw Failure(1, "there is no case: those begin with a line such as `== No rule`");
  return out;
}

}  // namespace fogling::test
