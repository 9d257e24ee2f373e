/// Runs tests that are told in files: all journeys and goldens, or those that are named. `--trace` shows each call of a
/// journey and its answer; UPDATE_GOLDENS=1 in the environment writes the answers that came into the goldens.

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/golden/golden.hpp"
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

void play_journey(const fs::path& path) {
  const Script script = read_script(read_file(path));
  if (script.title.empty()) throw Failure(1, "the first line says in a comment what is shown");
  House house(options());
  Player(house, is_traced ? &std::cout : nullptr).play(script);
}

void hold_golden(const fs::path& path) {
  const std::string text = read_file(path);
  const Golden golden = read_golden(text);
  if (golden.before.title.empty()) throw Failure(1, "the first line says in a comment what is shown");
  House house(options());
  const Answer answer = ask(golden, house);
  const char* update = std::getenv("UPDATE_GOLDENS");
  if (update == nullptr || std::string_view(update) != "1") return compare(golden, answer);
  if (const auto now = updated(text, golden, answer); now != text) {
    std::ofstream(path, std::ios::binary) << now;
    std::cout << path.string() << " is rewritten\n";
  }
}

class Told : public testing::Test {
 public:
  explicit Told(fs::path path) : path_(std::move(path)) {}

 private:
  void TestBody() override {
    try {
      path_.extension() == ".golden" ? hold_golden(path_) : play_journey(path_);
    } catch (const Failure& failure) {
      ADD_FAILURE_AT(path_.c_str(), failure.line) << failure.what();
    }
  }

  fs::path path_;
};

bool is_told(const fs::path& path) {
  return fs::is_regular_file(path) && (path.extension() == ".journey" || path.extension() == ".golden");
}

void add(const fs::path& path) {
  const std::string suite = path.extension().string().substr(1), name = path.stem().string();
  testing::RegisterTest(suite.c_str(), name.c_str(), nullptr, nullptr, path.c_str(), 1,
                        [path]() -> testing::Test* { return new Told(path); });
}

void add_all(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (is_told(entry.path())) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  for (const auto& path : paths) add(path);
}

int run(int count, char** arguments) {
  testing::InitGoogleTest(&count, arguments);
  spdlog::set_level(spdlog::level::warn);  // a line for every request is for servers
  bool is_named = false;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--trace") {
      is_traced = true;
    } else if (is_told(argument)) {
      add(argument);
      is_named = true;
    } else {
      std::cerr << argument << " is neither a journey nor a golden\n";
      return 2;
    }
  }
  if (!is_named) {
    add_all(fs::path(FOGLING_SOURCE_DIR) / "tests/journeys");
    add_all(fs::path(FOGLING_SOURCE_DIR) / "tests/golden");
  }
  return RUN_ALL_TESTS();
}

}  // namespace
}  // namespace fogling::test

int main(int count, char** arguments) { return fogling::test::run(count, arguments); }
