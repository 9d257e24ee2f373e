#pragma once

/// Plays a script on a house: makes its calls, keeps what it keeps, and holds the answers against what it expects.

#include <iosfwd>
#include <map>
#include <string>
#include <string_view>

#include "api/house.hpp"
#include "tests/journeys/script.hpp"

namespace fogling::test {

class Player {
 public:
  /// `trace`, where given, is told every call and its answer.
  explicit Player(House& house, std::ostream* trace = nullptr) : house_(house), trace_(trace) {}

  /// Throws Failure where something does not come as the script says.
  void play(const Script& script);

  /// A text with its `$variables` replaced.
  std::string expand(std::string_view text, int line);
  const state::Scope& scope() const { return scope_; }

 private:
  void make(const Statement& statement);
  void call(const Statement& statement);
  void hold_refusal(const Statement& statement, const Expectation* expected, const ApiError& error);
  /// Holds an answer against one expectation; `shape` is null where it has none.
  void hold(std::string_view asked, const model::Shape* shape, const Expectation& expectation, const Document& answer);
  /// Asks what happens to a connection, or the last question again.
  void ask(const Statement& statement, const Document& question);
  Document question_of(const Statement& statement);
  /// Carries out the commands that the last answer proposes, until the connection comes about.
  void fix(const Statement& statement);
  void control(int line, std::string_view path, const Document& body, Document* answer = nullptr);
  std::string value_of(const std::string& name, int line);
  std::string newest_ubuntu(int line);

  House& house_;
  std::ostream* trace_;
  state::Scope scope_{"123456789012", "us-east-1"};
  std::map<std::string, std::string> variables_;
  Document question_, told_;  ///< the last `why`
};

}  // namespace fogling::test
