/// Runs tests that are told in files: all journeys, cases and goldens, or those that are named. `--trace` shows each
/// call of a journey and its answer; UPDATE_GOLDENS=1 in the environment writes the answers that came into the goldens.

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "tests/golden/golden.hpp"
#include "tests/journeys/cases.hpp"
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

void play_case(const Cases& cases, const Case& each) {
  House house(options());
  Player player(house, is_traced ? &std::cout : nullptr);
  player.play(cases.setting);
  player.play(each.script);
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

/// One case of a file of cases.
class ToldCase : public testing::Test {
 public:
  ToldCase(fs::path path, std::shared_ptr<const Cases> cases, std::size_t place)
      : path_(std::move(path)), cases_(std::move(cases)), place_(place) {}

 private:
  void TestBody() override {
    try {
      play_case(*cases_, cases_->cases[place_]);
    } catch (const Failure& failure) {
      ADD_FAILURE_AT(path_.c_str(), failure.line) << cases_->cases[place_].title << ": " << failure.what();
    }
  }

  fs::path path_;
  std::shared_ptr<const Cases> cases_;  // of all tests of the file
  std::size_t place_;
};

bool is_told(const fs::path& path) {
  const auto kind = path.extension();
  return fs::is_regular_file(path) && (kind == ".journey" || kind == ".golden" || kind == ".cases");
}

/// `A rule for another port` as the name of a test: `a_rule_for_another_port`.
std::string test_name(std::string_view title) {
  std::string name;
  for (const char c : title) {
    const bool is_letter = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (is_letter) name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (!is_letter && !name.empty() && name.back() != '_') name += '_';
  }
  return name;
}

void add_cases(const fs::path& path) {
  const auto cases = std::make_shared<const Cases>(read_cases(read_file(path)));
  for (std::size_t i = 0; i < cases->cases.size(); ++i) {
    const auto& each = cases->cases[i];
    testing::RegisterTest(path.stem().c_str(), test_name(each.title).c_str(), nullptr, nullptr, path.c_str(), each.line,
                          [path, cases, i]() -> testing::Test* { return new ToldCase(path, cases, i); });
  }
}

void add(const fs::path& path) {
  if (path.extension() == ".cases") return add_cases(path);
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
      std::cerr << argument << " is neither a journey nor cases nor a golden\n";
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

int main(int count, char** arguments) {
  try {
    return fogling::test::run(count, arguments);
  } catch (const fogling::test::Failure& failure) {  // of a file of cases that cannot be read
    std::cerr << "line " << failure.line << ": " << failure.what() << "\n";
    return 2;
  }
}
