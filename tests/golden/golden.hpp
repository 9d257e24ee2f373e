#pragma once

/// A golden: one request and the exact answer to it, with what is known of where it comes from. README.md is its page.

#include <string>
#include <string_view>

#include "api/house.hpp"
#include "tests/journeys/script.hpp"

namespace fogling::test {

struct Golden {
  Script before = {};   ///< what is done first
  std::string request;  ///< a form, or a call as in journeys
  int request_line = 0;
  int answer_line = 0;  ///< 0 where the file has no answer yet
  std::string status;   ///< `200 text/xml;charset=UTF-8`
  std::string answer;   ///< folded
};

/// Throws Failure.
Golden read_golden(std::string_view text);

struct Answer {
  std::string status, body;  ///< the body folded
};

/// Does what comes before, then asks, in a house that is seeded and whose clock stands still.
Answer ask(const Golden& golden, House& house);

/// Throws Failure where the answer is another, naming the first line that differs.
void compare(const Golden& golden, const Answer& answer);

/// The file with this answer in place of the one that it has.
std::string updated(std::string_view text, const Golden& golden, const Answer& answer);

/// One element a line, for people; nothing of the answer is lost. Throws std::invalid_argument where there is white
/// space between elements, since EC2 writes none.
std::string folded(std::string_view xml);

}  // namespace fogling::test
