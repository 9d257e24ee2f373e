/// Runs tests that are told in files: every journey, or those that are named. `--trace` shows each call and its answer.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/journeys/player.hpp"
#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

namespace fs = std::filesystem;

bool is_traced = false;

std::string read_file(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class Told : public testing::Test {
 public:
  explicit Told(fs::path path) : path_(std::move(path)) {}

 private:
  void TestBody() override {
    try {
      play();
    } catch (const Failure& failure) {
      ADD_FAILURE_AT(path_.c_str(), failure.line) << failure.what();
    }
  }

  void play() {
    const Script script = read_script(read_file(path_));
    if (script.title.empty()) throw Failure(1, "the first line says in a comment what is shown");
    House house(options());
    Player(house, is_traced ? &std::cout : nullptr).play(script);
  }

  fs::path path_;
};

void add(const fs::path& path) {
  const std::string suite = path.extension().string().substr(1), name = path.stem().string();
  testing::RegisterTest(suite.c_str(), name.c_str(), nullptr, nullptr, path.c_str(), 1,
                        [path]() -> testing::Test* { return new Told(path); });
}

void add_all(const fs::path& folder, std::string_view extension) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == extension) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  for (const auto& path : paths) add(path);
}

int run(int count, char** arguments) {
  testing::InitGoogleTest(&count, arguments);
  bool is_named = false;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--trace") {
      is_traced = true;
    } else if (fs::is_regular_file(argument) && fs::path(argument).extension() == ".journey") {
      add(argument);
      is_named = true;
    } else {
      std::cerr << argument << " is no journey\n";
      return 2;
    }
  }
  if (!is_named) add_all(fs::path(FOGLING_SOURCE_DIR) / "tests/journeys", ".journey");
  return RUN_ALL_TESTS();
}

}  // namespace
}  // namespace fogling::test

int main(int count, char** arguments) { return fogling::test::run(count, arguments); }
