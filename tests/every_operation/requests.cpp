#include "tests/every_operation/requests.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "fixtures/model/model.hpp"

namespace fogling::test {
namespace {

/// Separated by blanks; what stands in quotation marks of either kind is kept together.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  char quote = '\0';
  bool is_open = false;
  for (const char c : line) {
    const bool is_mark = c == quote || (quote == '\0' && (c == '"' || c == '\''));
    if (c == ' ' && quote == '\0') {
      is_open = false;
      continue;
    }
    if (!is_open) words.emplace_back();
    is_open = true;
    if (is_mark) {
      quote = quote == '\0' ? c : '\0';
    } else {
      words.back() += c;
    }
  }
  return words;
}

std::pair<std::string, std::string> given(const std::string& word) {
  const auto equals = word.find('=');
  if (equals == std::string::npos) throw std::runtime_error(word + " is no parameter");
  return {word.substr(0, equals), word.substr(equals + 1)};
}

std::int64_t seconds(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const auto& [name, length] : {std::pair{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}) {
    if (error == std::errc{} && unit == name) return number * length;
  }
  throw std::runtime_error(std::string(text) + " is no time");
}

void check_operation(std::string_view name) {
  if (model::find_operation(name) == nullptr) throw std::runtime_error(std::string(name) + " is no operation");
}

Step step_of(const std::vector<std::string>& words) {
  Step step;
  if (words.front() == "wait") {
    step.wait_s = seconds(words.at(1));
    return step;
  }
  std::size_t at = 0;
  if (words.front() == "as") {
    step.account = words.at(1);
    at = 2;
  }
  check_operation(words.at(at));
  step.operation = words[at];
  for (std::size_t i = at + 1; i < words.size(); ++i) step.parameters.push_back(given(words[i]));
  return step;
}

std::filesystem::path folder() { return std::filesystem::path(FOGLING_SOURCE_DIR) / "tests/every_operation"; }

std::string content(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

void Requests::read(std::string_view text) {
  current_ = nullptr;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    try {
      read_line(line);
    } catch (const std::exception& error) {
      throw std::runtime_error(fmt::format("requests: {}: {}", line, error.what()));
    }
  }
}

void Requests::read_line(std::string_view line) {
  const auto refusal = line.find(" !> ");
  const auto words = words_of(line.substr(0, refusal));
  if (words.empty() || words.front().starts_with('#')) return;
  if (line.starts_with(' ')) {
    if (current_ == nullptr) throw std::runtime_error("it belongs to no operation");
    current_->before.push_back(step_of(words));
    return;
  }
  if (words.front() == "*") {
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (!usual_.insert(given(words[i])).second) throw std::runtime_error(words[i] + " is said elsewhere too");
    }
    return;
  }
  check_operation(words.front());
  const auto [place, is_new] = requests_.try_emplace(words.front());
  if (!is_new) throw std::runtime_error("it is there twice");
  current_ = &place->second;
  for (std::size_t i = 1; i < words.size(); ++i) current_->parameters.push_back(given(words[i]));
  if (refusal == std::string_view::npos) return;
  const auto rest = line.substr(refusal + 4);
  const auto blank = rest.find(' ');
  if (blank == std::string_view::npos) throw std::runtime_error("a refusal has a reason");
  current_->refused_with = rest.substr(0, blank);
  current_->reason = rest.substr(blank + 1);
}

const SmallestRequest& Requests::of(std::string_view operation) const {
  static const SmallestRequest kNone;
  const auto found = requests_.find(operation);
  return found == requests_.end() ? kNone : found->second;
}

const std::string* Requests::usual(std::string_view member) const {
  const auto found = usual_.find(member);
  return found == usual_.end() ? nullptr : &found->second;
}

const Requests& requests() {
  static const Requests kRequests = [] {
    Requests made;
    for (const auto& file : std::filesystem::directory_iterator(folder() / "requests")) made.read(content(file.path()));
    return made;
  }();
  return kRequests;
}

Exceptions::Exceptions(std::string_view text) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto colon = line.find(": ");
    const auto words = words_of(std::string_view(line).substr(0, colon));
    if (colon == std::string::npos || words.size() < 2) throw std::runtime_error("exceptions.txt: " + line);
    rules_.insert(words.front());
    for (std::size_t i = 1; i < words.size(); ++i) {
      const auto operation = words[i].substr(0, words[i].find('.'));
      check_operation(operation);
      if (!requests().of(operation).refused_with.empty()) {
        throw std::runtime_error("exceptions.txt: " + operation + " is refused whatever is asked");
      }
      if (!reasons_.try_emplace({words.front(), words[i]}, line.substr(colon + 2)).second) {
        throw std::runtime_error("exceptions.txt: " + words[i] + " is there twice");
      }
    }
  }
}

std::string_view Exceptions::reason(std::string_view rule, std::string_view operation, std::string_view broken) const {
  for (const auto& each : of(rule, operation)) {
    const auto dot = each.find('.');
    if (dot == std::string::npos || broken.starts_with(each.substr(dot + 1))) {
      return reasons_.find(std::pair(std::string(rule), each))->second;
    }
  }
  return {};
}

std::vector<std::string> Exceptions::of(std::string_view rule, std::string_view operation) const {
  std::vector<std::string> found;
  for (const auto& [key, reason] : reasons_) {
    if (key.first == rule && key.second.substr(0, key.second.find('.')) == operation) found.push_back(key.second);
  }
  return found;
}

const Exceptions& exceptions() {
  static const Exceptions kExceptions(content(folder() / "exceptions.txt"));
  return kExceptions;
}

}  // namespace fogling::test
