#include "api/aws_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace fogling::api {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A dash before each capital that begins a word: `(.)([A-Z][a-z]+)`.
std::string split_words(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size();) {
    out += name[i++];
    if (i + 1 >= name.size() || !is_upper(name[i]) || !is_lower(name[i + 1])) continue;
    out += '-';
    out += name[i++];
    while (i < name.size() && is_lower(name[i])) out += name[i++];
  }
  return out;
}

/// A dash between a lower letter or a digit and a capital: `([a-z0-9])([A-Z])`.
std::string split_capitals(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    out += name[i];
    if (i + 1 < name.size() && (is_lower(name[i]) || is_digit(name[i])) && is_upper(name[i + 1])) {
      out += '-';
      out += name[++i];
    }
  }
  return out;
}

bool is_plain(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_upper(c) || is_lower(c) || is_digit(c) || std::string_view("-_./:@+%").find(c) != std::string_view::npos;
  });
}

/// As one word of a shell.
std::string shell_word(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string scalar(const Document& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// `Name=vpc-id,Values=a,b`: where nothing in it could be taken for something else.
std::optional<std::string> shorthand(const Document& structure) {
  std::string out;
  for (const auto& [name, value] : structure.items()) {
    std::string text;
    if (value.is_array()) {
      if (value.empty()) return std::nullopt;
      for (const auto& each : value) {
        if (each.is_structured() || !is_plain(scalar(each))) return std::nullopt;
        text += (text.empty() ? "" : ",") + scalar(each);
      }
    } else {
      if (value.is_object() || !is_plain(scalar(value))) return std::nullopt;
      text = scalar(value);
    }
    out += fmt::format("{}{}={}", out.empty() ? "" : ",", name, text);
  }
  return out.empty() ? std::nullopt : std::optional(out);
}

std::string word_of(const Document& value) {
  if (!value.is_structured()) return shell_word(scalar(value));
  const auto text = value.is_object() ? shorthand(value) : std::nullopt;
  return text ? *text : shell_word(value.dump(-1, ' ', false, Document::error_handler_t::replace));
}

std::string words_of(const Document& value) {
  if (!value.is_array() || value.empty()) return word_of(value);
  const bool is_short = std::ranges::all_of(
      value, [](const Document& each) { return !each.is_structured() || (each.is_object() && shorthand(each)); });
  if (!is_short) return word_of(value);  // a list in JSON is one word
  std::string out;
  for (const auto& each : value) out += (out.empty() ? "" : " ") + word_of(each);
  return out;
}

/// Structures of nothing but one truth value, such as AttributeBooleanValue: the CLI makes switches of them.
const Document* switch_value(const model::Shape& shape, const Document& value) {
  const bool is_one = shape.type == model::Type::structure && shape.members.size() == 1 &&
                      shape.members.front().shape->type == model::Type::boolean;
  if (!is_one || !value.is_object() || value.size() != 1) return nullptr;
  return &value.front();
}

std::string option_of(const model::Member& member, const Document& value) {
  const std::string name = kebab(member.name);
  if (member.name == "Egress" && value.is_boolean()) return value.get<bool>() ? " --egress" : " --ingress";
  if (value.is_boolean()) return fmt::format(" --{}{}", value.get<bool>() ? "" : "no-", name);
  if (const auto* inner = switch_value(*member.shape, value))
    return fmt::format(" --{}{}", inner->get<bool>() ? "" : "no-", name);
  return fmt::format(" --{} {}", name, words_of(value));
}

/// One option of the CLI for the two members of the API.
std::string count_option(const Document& in) {
  const auto least = scalar(in.value("MinCount", Document(1))), most = scalar(in.value("MaxCount", Document(1)));
  return fmt::format(" --count {}", least == most ? most : least + ":" + most);
}

}  // namespace

std::string kebab(std::string_view name) {
  std::string whole(name);
  // The plural of an acronym is one word: `ARNs`.
  if (whole.size() >= 3 && whole.back() == 's') {
    std::size_t begin = whole.size() - 1;
    while (begin > 0 && is_upper(whole[begin - 1])) --begin;
    if (whole.size() - 1 - begin >= 2) {
      whole.insert(begin, "-");
      std::ranges::transform(whole.begin() + static_cast<std::ptrdiff_t>(begin), whole.end(),
                             whole.begin() + static_cast<std::ptrdiff_t>(begin),
                             [](char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; });
    }
  }
  std::string out = split_capitals(split_words(whole));
  for (char& c : out) {
    if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string aws_line(const model::Operation& operation, const Document& in, std::string_view region) {
  std::string line = "aws ec2 " + kebab(operation.name);
  if (!region.empty()) line += fmt::format(" --region {}", region);
  for (const auto& member : operation.input->members) {
    const auto found = in.find(member.name);
    if (found == in.end() || found->is_null()) continue;
    const bool is_count = operation.name == "RunInstances" && (member.name == "MinCount" || member.name == "MaxCount");
    if (is_count) {
      if (member.name == "MaxCount") line += count_option(in);
      continue;
    }
    if (member.idempotency_token || member.name == "ClientToken") continue;
    line += option_of(member, *found);
  }
  return line;
}

}  // namespace fogling::api
