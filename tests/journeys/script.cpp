#include "tests/journeys/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace fogling::test {
namespace {

struct Word {
  std::string text;
  bool quoted = false;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Takes the next word off a line. Double quotes keep spaces together; inside them `\` takes the next character as it
/// is, but for `\n`, a new line.
std::optional<Word> take_word(std::string_view& rest, int line) {
  rest = trimmed(rest);
  if (rest.empty()) return std::nullopt;
  Word word;
  bool inside = false;
  std::size_t i = 0;
  for (; i < rest.size() && (inside || !is_blank(rest[i])); ++i) {
    if (rest[i] == '"') {
      inside = !inside;
      word.quoted = true;
    } else if (inside && rest[i] == '\\' && i + 1 < rest.size()) {
      ++i;
      word.text += rest[i] == 'n' ? '\n' : rest[i];
    } else {
      word.text += rest[i];
    }
  }
  if (inside) throw Failure(line, "a quotation mark is not closed");
  rest.remove_prefix(i);
  return word;
}

std::vector<Word> take_words(std::string_view rest, int line) {
  std::vector<Word> words;
  while (auto word = take_word(rest, line)) words.push_back(*std::move(word));
  return words;
}

bool is_arrow(const Word& word) {
  return !word.quoted && (word.text == "->" || word.text == "=>" || word.text == "!>");
}

/// Whether parameters, and what is expected of the answer, follow.
bool has_answer(Verb verb) { return verb == Verb::call || verb == Verb::why || verb == Verb::fix; }

std::string joined(std::string_view base, std::string_view path) {
  return base.empty() ? std::string(path) : fmt::format("{}.{}", base, path);
}

/// `is 5`, `are a b`, `is absent`, `has 2 items`: what follows a path.
void read_check(Expectation& expectation, std::vector<Word> words) {
  constexpr std::pair<std::string_view, Check> kVerbs[] = {{"is", Check::is},
                                                           {"are", Check::are},
                                                           {"include", Check::include},
                                                           {"has", Check::has},
                                                           {"matches", Check::matches}};
  constexpr std::pair<std::string_view, Check> kStates[] = {
      {"absent", Check::absent}, {"present", Check::present}, {"empty", Check::empty}};
  const int line = expectation.line;
  const auto* verb = words.empty()
                         ? std::end(kVerbs)
                         : std::ranges::find(kVerbs, words.front().text, &std::pair<std::string_view, Check>::first);
  if (verb == std::end(kVerbs)) {
    throw Failure(line,
                  "after the path comes one of: is VALUE, is not VALUE, is absent, is present, is empty, "
                  "are VALUES, include VALUES, has N items, matches PATTERN");
  }
  expectation.check = verb->second;
  words.erase(words.begin());
  if (expectation.check == Check::is && words.size() == 2 && words[0].text == "not" && !words[0].quoted) {
    expectation.check = Check::is_not;
    words.erase(words.begin());
  } else if (expectation.check == Check::is && words.size() == 1 && !words[0].quoted) {
    const auto* state = std::ranges::find(kStates, words[0].text, &std::pair<std::string_view, Check>::first);
    if (state != std::end(kStates)) {
      expectation.check = state->second;
      return;
    }
  }
  if (expectation.check == Check::has) {
    const bool is_count = words.size() == 2 && (words[1].text == "items" || words[1].text == "item") &&
                          std::ranges::all_of(words[0].text, is_digit);
    if (!is_count) throw Failure(line, "a list `has 2 items`");
    words.pop_back();
  }
  const bool takes_many = expectation.check == Check::are || expectation.check == Check::include;
  if (words.empty() || (words.size() > 1 && !takes_many)) {
    throw Failure(line, "one value is expected; one with spaces stands in quotation marks");
  }
  for (auto& word : words) expectation.values.push_back(std::move(word.text));
}

Expectation read_refusal(std::string_view rest, int line) {
  Expectation refusal{.kind = Expectation::Kind::refusal, .line = line};
  const auto code = take_word(rest, line);
  if (!code) throw Failure(line, "`!>` is followed by an error code and its words");
  refusal.name = code->text;
  // The words go to the end of the line as they are. Quotation marks around all of them show where they end.
  std::string_view words = trimmed(rest);
  if (words.size() >= 2 && words.front() == '"' && words.back() == '"') words = words.substr(1, words.size() - 2);
  if (!words.empty()) refusal.values.emplace_back(words);
  return refusal;
}

/// `arrow` has been taken off the line already; `base` is what `in` said.
Expectation read_expectation(std::string_view arrow, std::string_view rest, std::string_view base, int line) {
  if (arrow == "!>") return read_refusal(rest, line);
  Expectation expectation{.line = line};
  auto words = take_words(rest, line);
  if (arrow == "->") {
    if (words.size() != 3 || words[1].text != "=" || !is_variable_name(words[0].text)) {
      throw Failure(line, "`->` is followed by `name = Path`, the name in lower case");
    }
    expectation.kind = Expectation::Kind::keep;
    expectation.name = words[0].text;
    expectation.path = joined(base, words[2].text);
    return expectation;
  }
  if (words.empty()) throw Failure(line, "`=>` is followed by a path");
  expectation.path = joined(base, words.front().text);
  words.erase(words.begin());
  read_check(expectation, std::move(words));
  return expectation;
}

class Reader {
 public:
  Script read(std::string_view text, int first_line) {
    int line = first_line;
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      read_line(text.substr(0, end), line++);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    for (const auto& statement : script_.statements) check_whole(statement);
    return std::move(script_);
  }

 private:
  void read_line(std::string_view raw, int line) {
    const std::string_view content = trimmed(raw);
    if (content.empty()) return;
    if (content.front() == '#') {
      if (script_.title.empty()) script_.title = trimmed(content.substr(1));
      return;
    }
    if (is_blank(raw.front())) {
      if (script_.statements.empty() || !has_answer(script_.statements.back().verb)) {
        throw Failure(line, "an indented line goes on with the call above it, and there is none");
      }
      read_call_words(content, line);
    } else {
      read_statement(content, line);
    }
  }

  void read_statement(std::string_view rest, int line) {
    constexpr std::pair<std::string_view, Verb> kVerbs[] = {
        {"why", Verb::why},     {"fix", Verb::fix},         {"advance", Verb::advance}, {"wait", Verb::wait},
        {"clock", Verb::clock}, {"account", Verb::account}, {"region", Verb::region},   {"let", Verb::let}};
    base_.clear();
    script_.statements.push_back({.line = line});
    Statement& statement = script_.statements.back();
    const std::string first = take_word(rest, line)->text;
    const auto* verb = std::ranges::find(kVerbs, first, &std::pair<std::string_view, Verb>::first);
    if (verb != std::end(kVerbs)) {
      statement.verb = verb->second;
      if (has_answer(statement.verb)) return read_call_words(rest, line);
      read_arguments(statement, take_words(rest, line));
      return;
    }
    statement.name = first;
    if (std::ranges::all_of(first, is_digit)) {
      const auto parsed = std::from_chars(first.data(), first.data() + first.size(), statement.times);
      const auto times = take_word(rest, line), name = take_word(rest, line);
      if (parsed.ec != std::errc() || statement.times < 1 || !times || times->text != "times" || !name) {
        throw Failure(line, "a number begins `5 times AllocateAddress`");
      }
      statement.name = name->text;
    }
    if (!is_upper(statement.name.front())) {
      throw Failure(line, fmt::format("'{}' is neither an operation nor one of why, fix, advance, wait, clock, "
                                      "account, region, let; what goes on with a call is indented",
                                      statement.name));
    }
    read_call_words(rest, line);
  }

  void read_arguments(Statement& statement, std::vector<Word> words) {
    if (statement.verb == Verb::let) {
      if (words.size() != 3 || words[1].text != "=" || !is_variable_name(words[0].text)) {
        throw Failure(statement.line, "`let` is followed by `name = value`, the name in lower case");
      }
      statement.name = words[0].text;
      words.erase(words.begin(), words.begin() + 2);
    }
    if (words.size() != (statement.verb == Verb::wait ? 0U : 1U)) {
      throw Failure(statement.line,
                    "`advance 10s`, `wait`, `clock settle`, `account 210987654321`, `region eu-west-1`");
    }
    for (auto& word : words) statement.arguments.push_back(std::move(word.text));
  }

  /// Parameters, then perhaps `in Path`, then perhaps one expectation.
  void read_call_words(std::string_view rest, int line) {
    Statement& statement = script_.statements.back();
    while (auto word = take_word(rest, line)) {
      if (is_arrow(*word)) {
        statement.expectations.push_back(read_expectation(word->text, rest, base_, line));
        return;
      }
      if (word->text == "in" && !word->quoted) {
        const auto path = take_word(rest, line);
        if (!path || is_arrow(*path)) throw Failure(line, "`in` is followed by a path");
        base_ = path->text;
      } else if (word->text.find('=') == std::string::npos || word->text.front() == '=') {
        throw Failure(line, fmt::format("'{}' is no parameter: those are Name=value", word->text));
      } else {
        statement.arguments.push_back(std::move(word->text));
      }
    }
  }

  static void check_whole(const Statement& statement) {
    const auto is_refusal = [](const Expectation& each) { return each.kind == Expectation::Kind::refusal; };
    const auto refusals = std::ranges::count_if(statement.expectations, is_refusal);
    if (refusals > 0 && statement.expectations.size() > 1) {
      throw Failure(statement.line, "a refused call has no answer to look at, and one refusal only");
    }
    if (refusals > 0 && statement.verb != Verb::call) throw Failure(statement.line, "only calls are refused");
  }

  Script script_;
  std::string base_;
};

}  // namespace

bool is_variable_name(std::string_view name) {
  return !name.empty() && is_lower(name.front()) &&
         std::ranges::all_of(name, [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

Script read_script(std::string_view text, int first_line) { return Reader().read(text, first_line); }

}  // namespace fogling::test
