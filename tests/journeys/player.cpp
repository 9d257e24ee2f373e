#include "tests/journeys/player.hpp"

#include <fmt/format.h>

#include <ostream>
#include <regex>

#include "tests/journeys/answers.hpp"
#include "tests/journeys/aws_line.hpp"

namespace fogling::test {
namespace {

constexpr std::string_view kClock = "/_sim/clock";

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// Long answers are of no help in a failure.
std::string shortened(const Document& answer) {
  constexpr std::size_t kMost = 4000;
  std::string text = answer.dump(2);
  if (text.size() > kMost) text = text.substr(0, kMost) + " ...";
  return text;
}

const Expectation* refusal_of(const Statement& statement) {
  const bool is_refused =
      !statement.expectations.empty() && statement.expectations.front().kind == Expectation::Kind::refusal;
  return is_refused ? &statement.expectations.front() : nullptr;
}

bool is_name_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

std::string Player::expand(std::string_view text, int line) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t start = i + 1 < text.size() && text[i + 1] == '{' ? i + 2 : i + 1;
    std::size_t end = start;
    while (end < text.size() && is_name_character(text[end])) ++end;
    if (text[i] != '$' || !is_variable_name(text.substr(start, end - start))) {
      out += text[i];
      continue;
    }
    out += value_of(std::string(text.substr(start, end - start)), line);
    i = start == i + 2 ? end : end - 1;
  }
  return out;
}

std::string Player::value_of(const std::string& name, int line) {
  if (name == "account") return scope_.account;
  if (name == "region") return scope_.region;
  if (name == "ami" && !variables_.contains(name)) return newest_ubuntu(line);
  const auto found = variables_.find(name);
  if (found == variables_.end()) throw Failure(line, fmt::format("nothing was kept as ${}", name));
  return found->second;
}

/// `$ami`, where a story does not keep one of its own.
std::string Player::newest_ubuntu(int line) {
  const Document images =
      house_.call("DescribeImages",
                  {{"Owner.1", "099720109477"},
                   {"Filter.1.Name", "name"},
                   {"Filter.1.Value.1", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"}},
                  scope_)["Images"];
  const Document* newest = nullptr;
  for (const auto& image : images) {
    if (newest == nullptr || image["CreationDate"] > (*newest)["CreationDate"]) newest = &image;
  }
  if (newest == nullptr) throw Failure(line, "there is no Ubuntu 24.04 in " + scope_.region);
  return (*newest)["ImageId"];
}

void Player::play(const Script& script) {
  for (const auto& statement : script.statements) {
    for (int n = 1; n <= statement.times; ++n) {
      if (statement.times > 1) variables_["n"] = std::to_string(n);
      make(statement);
    }
  }
}

void Player::make(const Statement& statement) {
  const auto argument = [&] { return expand(statement.arguments.front(), statement.line); };
  switch (statement.verb) {
    case Verb::call:
      return call(statement);
    case Verb::why:
      return ask(statement, question_of(statement));
    case Verb::fix:
      return fix(statement);
    case Verb::advance:
      return control(statement.line, kClock, {{"advance", argument()}});
    case Verb::wait:
      return control(statement.line, kClock, {{"run_until_idle", true}});
    case Verb::clock:
      return control(statement.line, kClock, {{"mode", argument()}});
    case Verb::account:
      scope_.account = argument();
      return;
    case Verb::region:
      scope_.region = argument();
      return;
    case Verb::let:
      variables_[statement.name] = argument();
      return;
  }
}

/// Time is moved, and the network asked about, as every user does it.
void Player::control(int line, std::string_view path, const Document& body, Document* answer) {
  const std::string text = body.dump();
  api::Request request;
  request.method = "POST";
  request.target = path;
  request.body = text;
  request.host = "localhost";
  const auto response = house_.handle(request);
  if (response.status != 200) throw Failure(line, response.body);
  if (trace_ != nullptr) *trace_ << line << ": " << response.body;
  if (answer != nullptr) *answer = Document::parse(response.body);
}

Document Player::question_of(const Statement& statement) {
  Document question{{"account", scope_.account}, {"region", scope_.region}};
  for (const auto& each : statement.arguments) {
    const auto equals = each.find('=');
    const std::string value = expand(each.substr(equals + 1), statement.line);
    question[each.substr(0, equals)] = value == "true" ? Document(true) : Document(value);
  }
  return question;
}

void Player::ask(const Statement& statement, const Document& question) {
  question_ = question;
  control(statement.line, "/_sim/reachability/why", question, &told_);
  for (const auto& expectation : statement.expectations) hold("why", nullptr, expectation, told_);
}

void Player::fix(const Statement& statement) {
  constexpr int kMostRounds = 3;  // what was hidden by one fault may show itself once that is mended
  for (int round = 0; round < kMostRounds && told_.value("verdict", "") == "times out"; ++round) {
    const Document lines = told_.value("fixes", Document::array());
    for (const auto& line : lines) {
      const std::string text = line.get<std::string>();
      try {
        carry_out_aws(house_, scope_, text);
      } catch (const ApiError& error) {
        throw Failure(statement.line, fmt::format("{}\nis refused with {} {}", text, error.code, error.message));
      } catch (const std::invalid_argument& error) {
        throw Failure(statement.line, fmt::format("{}\ncannot be carried out: {}", text, error.what()));
      }
      control(statement.line, kClock, {{"run_until_idle", true}});
    }
    control(statement.line, "/_sim/reachability/why", question_, &told_);
  }
  if (told_.value("verdict", "") == "times out") {
    throw Failure(statement.line, fmt::format("what was proposed does not help\n{}", shortened(told_)));
  }
  for (const auto& expectation : statement.expectations) hold("fix", nullptr, expectation, told_);
}

void Player::call(const Statement& statement) {
  const auto* operation = model::find_operation(statement.name);
  if (operation == nullptr) throw Failure(statement.line, "EC2 has no operation " + statement.name);
  Parameters parameters;
  for (const auto& each : statement.arguments) {
    const auto equals = each.find('=');
    parameters.emplace_back(each.substr(0, equals), expand(each.substr(equals + 1), statement.line));
  }
  const auto* refusal = refusal_of(statement);
  Document answer;
  try {
    answer = house_.call(statement.name, parameters, scope_);
  } catch (const ApiError& error) {
    if (trace_ != nullptr) *trace_ << statement.line << ": " << error.code << " " << error.message << "\n";
    hold_refusal(statement, refusal, error);
    return;
  }
  if (trace_ != nullptr) *trace_ << statement.line << ": " << statement.name << " " << answer.dump(2) << "\n";
  if (refusal != nullptr) {
    throw Failure(refusal->line, fmt::format("{} was not refused but answered {}", statement.name, shortened(answer)));
  }
  static constexpr model::Shape kNothing{.name = "of an operation without an answer"};
  const auto* shape = operation->output == nullptr ? &kNothing : operation->output;
  for (const auto& expectation : statement.expectations) hold(operation->name, shape, expectation, answer);
}

void Player::hold_refusal(const Statement& statement, const Expectation* expected, const ApiError& error) {
  const std::string came = fmt::format("{} was refused with {} {}", statement.name, error.code, error.message);
  if (expected == nullptr) throw Failure(statement.line, came);
  const std::string words = expected->values.empty() ? error.message : expand(expected->values[0], expected->line);
  if (error.code == expected->name && error.message == words) return;
  throw Failure(expected->line, fmt::format("{}\nbut should be {} {}", came, expected->name, words));
}

void Player::hold(std::string_view asked, const model::Shape* shape, const Expectation& expectation,
                  const Document& answer) {
  const std::string path = expand(expectation.path, expectation.line);
  std::string fault;
  try {
    const auto found = shape == nullptr ? find(answer, path) : find(answer, *shape, path);
    std::vector<std::string> values;
    for (const auto& value : expectation.values) values.push_back(expand(value, expectation.line));
    if (expectation.kind == Expectation::Kind::check) {
      fault = compare(expectation, found, values);
    } else if (found.size() == 1) {
      variables_[expectation.name] = as_text(*found[0]);
    } else {
      fault = found.empty() ? "is not there to be kept" : "is more than one thing to be kept";
    }
  } catch (const std::invalid_argument& error) {
    fault = fmt::format("cannot be looked at: {}", error.what());
  } catch (const std::regex_error&) {
    fault = "is held against something that is no regular expression";
  }
  if (fault.empty()) return;
  throw Failure(expectation.line, fmt::format("{}: {} {}\nThe answer was {}", asked, path, fault, shortened(answer)));
}

}  // namespace fogling::test
