/// Whole requests through the house, one below the other: a form that is posted, or `GET /?...`. `$name` stands for the
/// text of the last element `<name>` that an answer had, so that a line can go on with what the one before has made.

#include <map>

#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/house.hpp"

namespace {

constexpr int kMaxRequests = 24;
/// An element's name ends at the first character that cannot be one of EC2's.
constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

std::string filled_in(std::string_view line, const std::vector<std::string>& answers) {
  std::string out;
  while (!line.empty()) {
    const auto dollar = line.find('$');
    out += line.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    line.remove_prefix(dollar + 1);
    const auto name = line.substr(0, line.find_first_not_of(kNameCharacters));
    line.remove_prefix(name.size());
    for (auto answer = answers.rbegin(); answer != answers.rend() && !name.empty(); ++answer) {
      const auto found = fogling::fuzz::last_element(*answer, name);
      if (found.empty()) continue;
      out += found;
      break;
    }
  }
  return out;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fogling;
  std::string_view rest = fuzz::as_text(data, size);
  House& house = fuzz::new_house();
  std::vector<std::string> answers;
  for (int i = 0; i < kMaxRequests && !rest.empty(); ++i) {
    const std::string line = filled_in(fuzz::take_line(rest), answers);
    api::Request request;
    const bool is_get = line.starts_with("GET ");
    request.method = is_get ? "GET" : "POST";
    request.target = is_get ? std::string_view(line).substr(4) : "/";
    request.host = "localhost:8773";
    request.content_type = "application/x-www-form-urlencoded; charset=utf-8";
    if (!is_get) request.body = line;
    answers.push_back(fuzz::ask(house, request).body);
  }
  house.world().run_until_idle();
  return 0;
}
