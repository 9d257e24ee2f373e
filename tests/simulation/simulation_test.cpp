/// Random walks. `FOGLING_SEED` chooses one walk instead of the usual ones, `FOGLING_STEPS` how long it is.

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdlib>

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

class Walks : public Simulation, public testing::WithParamInterface<std::uint64_t> {};

TEST_P(Walks, HoldWhateverIsCalled) {
  const auto only = from_environment("FOGLING_SEED", 0);
  if (only != 0 && GetParam() != 1) GTEST_SKIP() << "one walk was asked for";
  const auto seed = only == 0 ? GetParam() : only;
  Walk walk(seed, state_file(seed));
  ASSERT_TRUE(walk.run(from_environment("FOGLING_STEPS", 400))) << walk.report();
  std::size_t calls = 0;
  for (const auto& [operation, times] : walk.done()) calls += times;
  std::printf("%zu calls of %zu operations got what they asked for\n", calls, walk.done().size());
}

INSTANTIATE_TEST_SUITE_P(Seeds, Walks, testing::Range<std::uint64_t>(1, 7),
                         [](const auto& each) { return "seed" + std::to_string(each.param); });

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
