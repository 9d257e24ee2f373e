#pragma once

/// The language of journeys and of what goldens do first: stories of API calls as text. README.md is its page.

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace fogling::test {

/// Something in a file is wrong, or something did not come as the file says.
struct Failure : std::runtime_error {
  Failure(int where, const std::string& what) : std::runtime_error(what), line(where) {}
  int line;
};

enum class Check : std::uint8_t { is, is_not, are, include, has, matches, absent, present, empty };

/// What is expected of the answer to one call.
struct Expectation {
  enum class Kind : std::uint8_t {
    keep,    ///< `-> name = path`
    check,   ///< `=> path check values`
    refusal  ///< `!> code words`
  };
  Kind kind = Kind::check;
  int line = 0;
  std::string name = {};  ///< the variable to keep, or the refusal's code
  std::string path = {};  ///< the place in the answer
  Check check = Check::is;
  std::vector<std::string> values = {};  ///< what the check needs; the words of a refusal, or none where any will do
};

/// `why` asks what happens to a connection; `fix` carries out what the last answer proposes and asks again.
enum class Verb : std::uint8_t { call, why, fix, advance, wait, clock, account, region, let };

struct Statement {
  Verb verb = Verb::call;
  int line = 0;
  std::string name = {};                    ///< the operation, or the variable of `let`
  std::vector<std::string> arguments = {};  ///< `Name=value` of a call or a question; otherwise the one argument
  int times = 1;
  std::vector<Expectation> expectations = {};
};

struct Script {
  std::string title;  ///< the comment it begins with
  std::vector<Statement> statements;
};

/// `first_line` is the number of the text's first line in its file. Throws Failure.
Script read_script(std::string_view text, int first_line = 1);

/// Whether a name may be a variable's: lower-case letters, digits and underscores, a letter first.
bool is_variable_name(std::string_view name);

}  // namespace fogling::test
