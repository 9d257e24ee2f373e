/// Random walks. `FOGLING_SEED` chooses one walk instead of the usual ones, `FOGLING_STEPS` how long it is.

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "tests/simulation/walk.hpp"

namespace fogling::simulation {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : std::strtoull(value, nullptr, 10);
}

std::string state_file(std::uint64_t seed) {
  return testing::TempDir() + "fogling_walk_" + std::to_string(seed) + "_" + std::to_string(getpid()) + ".sqlite";
}

class Simulation : public testing::Test {
 protected:
  static void SetUpTestSuite() { spdlog::set_level(spdlog::level::off); }
};

TEST_F(Simulation, HoldsWhateverIsCalled) {
  const auto only = from_environment("FOGLING_SEED", 0);
  const auto steps = from_environment("FOGLING_STEPS", 400);
  std::map<std::string, std::size_t> done;
  for (std::uint64_t seed = only == 0 ? 1 : only; seed <= (only == 0 ? 6 : only); ++seed) {
    Walk walk(seed, state_file(seed));
    ASSERT_TRUE(walk.run(steps)) << walk.report();
    for (const auto& [operation, times] : walk.done()) done[operation] += times;
  }
  std::size_t calls = 0;
  for (const auto& [operation, times] : done) calls += times;
  std::printf("%zu calls of %zu operations got what they asked for\n", calls, done.size());
}

TEST_F(Simulation, RepeatsByteForByte) {
  const auto seed = from_environment("FOGLING_SEED", 100);
  std::string first, second;
  for (auto* answers : {&first, &second}) {
    Walk walk(seed, state_file(seed));
    ASSERT_TRUE(walk.run(150)) << walk.report();
    *answers = walk.answers();
  }
  EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace fogling::simulation
