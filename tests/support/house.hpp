#pragma once

/// A house in memory for tests: seeded, its clock moved by hand.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "api/house.hpp"
#include "tests/coverage/reached.hpp"

namespace fogling::test {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// A seeded house whose time stands still until told; quotas as on an established account.
inline HouseOptions options(std::string clock_mode = "manual") {
  HouseOptions made;
  made.clock_mode = std::move(clock_mode);
  made.seed = 1;
  made.observe = reached();
  return made;
}

class HouseTest : public testing::Test {
 protected:
  explicit HouseTest(HouseOptions given = options()) : house(std::move(given)) {}

  /// The answer by SDK member names, checked against the model on the way.
  Document call(std::string_view action, const Parameters& parameters = {}) {
    return house.call(action, parameters, scope);
  }
  /// Lets this much of the house's own time pass and makes the moves that come due.
  void advance_s(std::int64_t seconds) { house.world().advance(seconds * 1000); }
  void settle() { house.world().run_until_idle(); }

  /// Expects EC2's refusal, in its words. An empty message means any.
  void refuse(std::string_view code, std::string_view message, std::string_view action,
              const Parameters& parameters = {}) {
    try {
      const Document answer = call(action, parameters);
      ADD_FAILURE() << action << " was not refused but answered " << answer.dump();
    } catch (const ApiError& error) {
      EXPECT_EQ(error.code, code) << action << ": " << error.message;
      if (!message.empty()) {
        EXPECT_EQ(error.message, message) << action;
      }
    }
  }

  House house;
  state::Scope scope{"123456789012", "us-east-1"};
};

/// For tests that do not care about transient states: every move is made before the next call.
class SettledTest : public HouseTest {
 protected:
  SettledTest() : HouseTest(options("settle")) {}
};

}  // namespace fogling::test
