#include "tests/golden/golden.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <vector>

#include "tests/journeys/player.hpp"

namespace fogling::test {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_indented(std::string_view line) { return line.starts_with(' ') || line.starts_with('\t'); }
bool is_form(std::string_view request) { return request.starts_with("Action="); }

void check_provenance(std::string_view line, int number) {
  static const std::regex kForm("provenance (recorded|documented|assumed) 20[0-9]{2}-[0-9]{2}(-[0-9]{2})? .*\\S.*");
  if (std::regex_match(line.begin(), line.end(), kForm)) return;
  throw Failure(number, "`provenance recorded 2026-09 what was seen` (or documented, or assumed)");
}

std::string form_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("-_.~").find(c) != std::string_view::npos;
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// The body of the request: a form as it stands, or the form of a call.
std::string form_of(const Golden& golden, Player& player) {
  if (is_form(golden.request)) return player.expand(golden.request, golden.request_line);
  const Script script = read_script(golden.request, golden.request_line);
  if (script.statements.size() != 1 || script.statements[0].verb != Verb::call ||
      !script.statements[0].expectations.empty()) {
    throw Failure(golden.request_line, "a request is one call, and expects nothing but the answer below");
  }
  const Statement& call = script.statements[0];
  std::string form = fmt::format("Action={}&Version=2016-11-15", call.name);
  for (const auto& each : call.arguments) {
    const auto equals = each.find('=');
    form += fmt::format("&{}={}", form_encoded(each.substr(0, equals)),
                        form_encoded(player.expand(each.substr(equals + 1), call.line)));
  }
  return form;
}

}  // namespace

Golden read_golden(std::string_view text) {
  Golden golden;
  std::string before;
  bool has_provenance = false;
  const auto lines = lines_of(text);
  std::size_t i = 0;
  for (; i < lines.size() && !lines[i].starts_with("request "); ++i) {
    const bool is_provenance = lines[i].starts_with("provenance ");
    if (is_provenance) check_provenance(lines[i], static_cast<int>(i) + 1);
    has_provenance = has_provenance || is_provenance;
    before += is_provenance ? "\n" : fmt::format("{}\n", lines[i]);
  }
  if (!has_provenance) throw Failure(1, "there is no provenance");
  if (i == lines.size()) throw Failure(static_cast<int>(i), "there is no request");
  golden.before = read_script(before);
  golden.request_line = static_cast<int>(i) + 1;
  golden.request = lines[i].substr(std::string_view("request ").size());
  for (++i; i < lines.size() && is_indented(lines[i]); ++i) {
    const auto first = std::min(lines[i].find_first_not_of(" \t"), lines[i].size());
    golden.request += is_form(golden.request) ? std::string(lines[i].substr(first)) : fmt::format("\n{}", lines[i]);
  }
  if (i == lines.size()) return golden;
  if (!lines[i].starts_with("answer ")) throw Failure(static_cast<int>(i) + 1, "after the request comes the answer");
  golden.answer_line = static_cast<int>(i) + 1;
  golden.status = lines[i].substr(std::string_view("answer ").size());
  for (++i; i < lines.size(); ++i) golden.answer += fmt::format("{}\n", lines[i]);
  return golden;
}

Answer ask(const Golden& golden, House& house) {
  // Every call draws from a place of its own, so that one draw more in a call leaves the ids of the others alone.
  constexpr std::uint64_t kDrawsForEach = 1'000'000;
  Player player(house);
  house.world().enter(player.scope());
  std::uint64_t calls = 0;
  for (const auto& statement : golden.before.statements) {
    house.world().random.skip_to(++calls * kDrawsForEach);
    player.play({.title = {}, .statements = {statement}});
  }
  house.world().random.skip_to(++calls * kDrawsForEach);
  const std::string body = form_of(golden, player);
  const std::string credential = fmt::format("AWS4-HMAC-SHA256 Credential={}/20260101/{}/ec2/aws4_request",
                                             player.scope().account, player.scope().region);
  api::Request request;
  request.method = "POST";
  request.target = "/";
  request.body = body;
  request.authorization = credential;
  request.content_type = "application/x-www-form-urlencoded; charset=utf-8";
  const auto response = house.handle(request);
  try {
    return {fmt::format("{} {}", response.status, response.content_type), folded(response.body) + "\n"};
  } catch (const std::invalid_argument& error) {
    throw Failure(golden.request_line, fmt::format("{} in {}", error.what(), response.body));
  }
}

void compare(const Golden& golden, const Answer& answer) {
  if (golden.answer_line == 0) {
    throw Failure(golden.request_line, "there is no answer yet: run with UPDATE_GOLDENS=1, and read what comes");
  }
  if (answer.status != golden.status) {
    throw Failure(golden.answer_line,
                  fmt::format("expected {}\nbut came {}\n{}", golden.status, answer.status, answer.body));
  }
  const auto expected = lines_of(golden.answer), came = lines_of(answer.body);
  for (std::size_t i = 0; i < std::max(expected.size(), came.size()); ++i) {
    const auto at = [i](const auto& lines) { return i < lines.size() ? lines[i] : std::string_view("(the end)"); };
    if (at(expected) == at(came)) continue;
    throw Failure(golden.answer_line + static_cast<int>(i) + 1,
                  fmt::format("expected {}\nbut came {}\n"
                              "UPDATE_GOLDENS=1 rewrites the file; the difference is to be read, not only accepted",
                              at(expected), at(came)));
  }
}

std::string updated(std::string_view text, const Golden& golden, const Answer& answer) {
  const auto lines = lines_of(text);
  const auto kept = golden.answer_line == 0 ? lines.size() : static_cast<std::size_t>(golden.answer_line) - 1;
  std::string out;
  for (std::size_t i = 0; i < kept; ++i) out += fmt::format("{}\n", lines[i]);
  return out + fmt::format("answer {}\n{}", answer.status, answer.body);
}

std::string folded(std::string_view xml) {
  std::string out;
  int depth = 0;
  std::size_t i = 0;
  while (i < xml.size()) {
    const auto close = xml.find('>', i);
    if (xml[i] != '<' || close == std::string_view::npos) throw std::invalid_argument("text where a tag should be");
    const std::string_view tag = xml.substr(i, close + 1 - i);
    if (tag.starts_with("</")) --depth;
    if (!out.empty()) out += '\n' + std::string(static_cast<std::size_t>(std::max(depth, 0)) * 2, ' ');
    out += tag;
    i = close + 1;
    if (tag.starts_with("<?")) {
      if (!xml.substr(i).starts_with('\n')) throw std::invalid_argument("no new line after the declaration");
      ++i;
      continue;
    }
    if (tag.starts_with("</") || tag.ends_with("/>")) continue;
    const auto next = std::min(xml.find('<', i), xml.size());
    if (next == i && !xml.substr(i).starts_with("</")) {  // elements follow
      ++depth;
      continue;
    }
    // A leaf: its text, with all white space in it, and its end.
    const auto end = xml.find('>', next);
    if (!xml.substr(next).starts_with("</") || end == std::string_view::npos) {
      throw std::invalid_argument("text between elements");
    }
    out += xml.substr(i, end + 1 - i);
    i = end + 1;
  }
  return out;
}

}  // namespace fogling::test
