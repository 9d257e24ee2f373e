#include "tests/journeys/aws_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include "api/aws_line.hpp"
#include "tests/journeys/answers.hpp"

namespace fogling::test {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

[[noreturn]] void refuse(std::string sentence) { throw std::invalid_argument(std::move(sentence)); }

/// Up to the bracket that closes the one before.
std::size_t closing(std::string_view text) {
  int depth = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return i;
  }
  refuse("a bracket is not closed");
}

/// Words as a shell makes them: single quotes, and $(...), which is carried out.
std::vector<std::string> words_of(House& house, const state::Scope& scope, std::string_view rest) {
  std::vector<std::string> words;
  while (!rest.empty()) {
    if (rest.front() == ' ') {
      rest.remove_prefix(1);
    } else if (rest.starts_with("$(")) {
      const auto end = closing(rest.substr(2));
      words.push_back(carry_out_aws(house, scope, rest.substr(2, end)));
      rest.remove_prefix(end + 3);
    } else if (rest.front() == '\'') {
      const auto end = rest.find('\'', 1);
      if (end == std::string_view::npos) refuse("a quotation mark is not closed");
      words.emplace_back(rest.substr(1, end - 1));
      rest.remove_prefix(end + 1);
    } else {
      const auto end = std::min(rest.find(' '), rest.size());
      words.emplace_back(rest.substr(0, end));
      rest.remove_prefix(end);
    }
  }
  return words;
}

/// The CLI's shorthand: `From=80,To=90`, `IpProtocol=tcp,Ipv6Ranges=[{CidrIpv6=::/0}]`.
class Shorthand {
 public:
  Shorthand(std::string_view text, Parameters& out) : rest_(text), out_(out) {}

  void pairs(const std::string& prefix, const model::Shape& shape) {
    while (!rest_.empty()) {
      const auto equals = rest_.find('=');
      const auto* member = model::find_member(shape, rest_.substr(0, equals));
      if (equals == std::string_view::npos || member == nullptr) refuse(fmt::format("{} is no pair", rest_));
      rest_.remove_prefix(equals + 1);
      value(prefix + "." + std::string(member->wire_in), *member->shape);
      if (!take(',')) return;
    }
  }

 private:
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void value(const std::string& name, const model::Shape& shape) {
    if (take('[')) {
      int n = 1;
      do value(name + "." + std::to_string(n++), *shape.element->shape);
      while (take(','));
      if (!take(']')) refuse("a list is not closed");
    } else if (take('{')) {
      pairs(name, shape);
      if (!take('}')) refuse("a structure is not closed");
    } else {
      const auto end = std::min(rest_.find_first_of(",]}"), rest_.size());
      out_.emplace_back(name, rest_.substr(0, end));
      rest_.remove_prefix(end);
    }
  }

  std::string_view rest_;
  Parameters& out_;
};

struct Option {
  std::string name;
  std::vector<std::string> values;
};

std::vector<Option> options_of(const std::vector<std::string>& words, std::size_t first) {
  std::vector<Option> options;
  for (std::size_t i = first; i < words.size(); ++i) {
    if (words[i].starts_with("--")) {
      options.push_back({words[i].substr(2), {}});
    } else if (options.empty()) {
      refuse(fmt::format("{} is no option", words[i]));
    } else {
      options.back().values.push_back(words[i]);
    }
  }
  return options;
}

std::string only(const Option& option) {
  if (option.values.size() != 1) refuse(fmt::format("--{} takes one value", option.name));
  return option.values.front();
}

/// What the CLI understands beyond the members of the call.
bool add_simple(std::string_view command, const Option& option, Parameters& out) {
  const bool is_permission =
      command.ends_with("-security-group-ingress") || command.ends_with("-security-group-egress");
  const bool is_entry = command.ends_with("-network-acl-entry");
  if (is_permission && option.name == "protocol") {
    out.emplace_back("IpPermissions.1.IpProtocol", only(option));
  } else if (is_permission && option.name == "port") {
    const std::string ports = only(option);
    const auto dash = ports.find('-', 1);
    out.emplace_back("IpPermissions.1.FromPort", ports.substr(0, dash));
    out.emplace_back("IpPermissions.1.ToPort", dash == std::string::npos ? ports : ports.substr(dash + 1));
  } else if (is_permission && option.name == "cidr") {
    out.emplace_back("IpPermissions.1.IpRanges.1.CidrIp", only(option));
  } else if (is_permission && option.name == "source-group") {
    out.emplace_back("IpPermissions.1.Groups.1.GroupId", only(option));
  } else if (is_entry && option.name == "ingress") {
    out.emplace_back("Egress", "false");
  } else if (is_entry && option.name == "protocol") {
    constexpr std::pair<std::string_view, const char*> kNumbers[] = {
        {"tcp", "6"}, {"udp", "17"}, {"icmp", "1"}, {"all", "-1"}};
    const std::string given = only(option);
    const auto* known = std::ranges::find(kNumbers, given, &std::pair<std::string_view, const char*>::first);
    out.emplace_back("Protocol", known == std::end(kNumbers) ? given : std::string(known->second));
  } else {
    return false;
  }
  return true;
}

void add_member(const model::Operation& operation, const Option& option, Parameters& out) {
  const bool is_no = option.name.starts_with("no-");
  const std::string name = is_no ? option.name.substr(3) : option.name;
  const auto& members = operation.input->members;
  const auto member =
      std::ranges::find_if(members, [&](const model::Member& each) { return api::kebab(each.name) == name; });
  if (member == members.end()) refuse(fmt::format("{} has no option --{}", operation.name, option.name));
  const std::string wire(member->wire_in);
  const auto& shape = *member->shape;
  if (shape.type == model::Type::boolean) {
    out.emplace_back(wire, is_no ? "false" : "true");
  } else if (option.values.empty()) {
    out.emplace_back(wire + ".Value", is_no ? "false" : "true");
  } else if (shape.type == model::Type::list) {
    int n = 0;
    for (const auto& each : option.values) {
      const std::string place = wire + "." + std::to_string(++n);
      if (shape.element->shape->type == model::Type::structure) {
        Shorthand(each, out).pairs(place, *shape.element->shape);
      } else {
        out.emplace_back(place, each);
      }
    }
  } else if (shape.type == model::Type::structure) {
    Shorthand(only(option), out).pairs(wire, shape);
  } else {
    out.emplace_back(wire, only(option));
  }
}

}  // namespace

std::string carry_out_aws(House& house, const state::Scope& scope, std::string_view line) {
  const auto words = words_of(house, scope, line);
  if (words.size() < 3 || words[0] != "aws" || words[1] != "ec2") refuse("it is no call of aws ec2");
  if (words[2] == "wait") return {};  // whoever carries out lets time pass behind each line
  const auto operations = model::operations();
  const auto operation =
      std::ranges::find_if(operations, [&](const model::Operation& each) { return api::kebab(each.name) == words[2]; });
  if (operation == operations.end()) refuse(fmt::format("EC2 has no command {}", words[2]));
  Parameters parameters;
  std::string query;
  for (const auto& option : options_of(words, 3)) {
    if (option.name == "query") query = only(option);
    if (option.name == "query" || option.name == "output") continue;
    if (!add_simple(words[2], option, parameters)) add_member(*operation, option, parameters);
  }
  const Document answer = house.call(operation->name, parameters, scope);
  if (query.empty()) return {};
  const auto found = find(answer, query);
  if (found.size() != 1) refuse(fmt::format("there is no {} in the answer", query));
  return as_text(*found.front());
}

}  // namespace fogling::test
