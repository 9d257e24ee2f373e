#pragma once

/// Short stories that begin alike: one setting that works, and under it cases, each of which plays on a house of its
/// own behind the setting. README.md is the language's page.

#include <string>
#include <string_view>
#include <vector>

#include "tests/journeys/script.hpp"

namespace fogling::test {

struct Case {
  std::string title;
  int line = 0;
  Script script;
};

struct Cases {
  Script setting;
  std::vector<Case> cases;
};

/// Lines that begin with `== ` name the cases. Throws Failure.
Cases read_cases(std::string_view text);

}  // namespace fogling::test
