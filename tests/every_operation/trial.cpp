#include "tests/every_operation/trial.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fogling::test {
namespace {

/// In place of the code of an item that has none of EC2's errors: its own enum's, or no code.
constexpr std::string_view kAnyCode = "*";

}  // namespace

std::string shown(const Parameters& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) out += fmt::format("{}{}={}", out.empty() ? "" : " ", name, value);
  return out;
}

Parameters without(const Parameters& parameters, std::string_view path) {
  Parameters out;
  for (const auto& each : parameters) {
    const bool is_below =
        each.first.starts_with(path) && (each.first.size() == path.size() || each.first[path.size()] == '.');
    if (!is_below) out.push_back(each);
  }
  return out;
}

Parameters with(Parameters parameters, std::string name, std::string value) {
  const auto found = std::ranges::find(parameters, name, &std::pair<std::string, std::string>::first);
  if (found != parameters.end()) {
    found->second = std::move(value);
  } else {
    parameters.emplace_back(std::move(name), std::move(value));
  }
  return parameters;
}

const model::Member* member_at(const model::Shape& input, std::string_view path) {
  const model::Shape* shape = &input;
  const model::Member* member = nullptr;
  while (!path.empty()) {
    const auto dot = path.find('.');
    const auto name = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    if (shape->type == model::Type::list) {
      // `Tag.1`: the number says which; a name behind it is the element's.
      shape = shape->element->shape;
      continue;
    }
    const auto found = std::ranges::find(shape->members, name, &model::Member::wire_in);
    if (found == shape->members.end()) return nullptr;
    member = &*found;
    shape = member->shape;
  }
  return member;
}

Trial::Trial(const model::Operation& of) : operation(of) { begin_anew(); }

void Trial::begin_anew() {
  digest_.reset();
  asker_.emplace();
  asker_->call("DescribeVpcs", {});  // an account has its default VPC from its first call on
  request_ = asker_->request(operation.name);
  asker_->settle();
}

const fogling::Operation& Trial::row() {
  const auto* row = house().world().registry.find(operation.name);
  if (row == nullptr) throw std::logic_error("nobody has built it");
  return *row;
}

std::optional<Document> Trial::try_ask(const Parameters& parameters) {
  digest_.reset();
  try {
    return asker_->call(operation.name, parameters);
  } catch (const ApiError&) {
    return std::nullopt;
  }
}

std::optional<Document> Trial::ask(std::string_view other, const Parameters& parameters) {
  digest_.reset();
  try {
    return asker_->call(other, parameters);
  } catch (const ApiError& error) {
    is_broken(fmt::format("{}: {}: {} ({})", other, error.code, error.message, shown(parameters)));
    return std::nullopt;
  }
}

namespace {

/// Of an item of an answer that tells what could not be done. Some have codes of their own, some none at all.
std::string item_code(const Document& items) {
  auto code = find_text(items, "Code");
  if (code.starts_with("Client.")) code.erase(0, 7);
  const bool is_ours = !code.empty() && code[0] >= 'A' && code[0] <= 'Z';
  return is_ours ? code : std::string(kAnyCode);
}

}  // namespace

std::string Trial::refusal_of(const Parameters& parameters) {
  try {
    const auto answer = asker_->call(operation.name, parameters);
    for (const auto& [name, value] : answer.items()) {
      const bool tells = name.starts_with("Unsuccessful") || name.starts_with("Failed") || name.ends_with("Failures");
      if (tells && value.is_array() && !value.empty()) return item_code(value);
    }
    return {};
  } catch (const ApiError& error) {
    return error.code + ": " + error.message;
  }
}

void Trial::refuses(const std::string& what, std::string_view codes, const Parameters& parameters) {
  const auto before = digest_ ? *digest_ : digest();
  digest_.reset();
  const auto refusal = refusal_of(parameters);
  const auto code = refusal.substr(0, refusal.find(':'));
  last_refusal_ = code;
  if (refusal.empty()) {
    is_broken(fmt::format("{}: answered", what));
  } else if (!codes.empty() && code != kAnyCode &&
             fmt::format("|{}|", codes).find(fmt::format("|{}|", code)) == std::string::npos) {
    is_broken(fmt::format("{}: not {} but {}", what, codes, refusal));
  }
  const auto changed = changed_since(before);
  if (!changed.empty() && !refusal.empty()) {
    is_broken(fmt::format("{}: refused, and yet it changed {}", what, changed));
  }
  if (changed.empty()) {
    digest_ = before;  // so that the next need not look again
  } else {
    begin_anew();
  }
}

simulation::Digest Trial::digest() {
  asker_->settle();
  return simulation::digest(house().world().database.connection());
}

std::string Trial::changed_since(const simulation::Digest& before) {
  auto after = digest();
  auto earlier = before;
  // What is remembered of tokens, of the clock and of chance belongs to no resource.
  const auto is_ours = [](const auto& each) { return each.first == "meta" || each.first.ends_with("client_token"); };
  std::erase_if(after, is_ours);
  std::erase_if(earlier, is_ours);
  return simulation::difference(earlier, after);
}

}  // namespace fogling::test
