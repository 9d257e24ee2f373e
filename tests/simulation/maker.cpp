#include "tests/simulation/maker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "emulator/resource_types.hpp"
#include "fixtures/kinds/kinds.hpp"

namespace fogling::simulation {
namespace {

/// One call in so many is made from the model alone.
constexpr unsigned kInventedPercent = 12;
constexpr int kMaxDepth = 3;
/// Of an example, beside the weights of recipes.
constexpr unsigned kExampleWeight = 2;
/// How often another call is tried when there is nothing yet that it could be about.
constexpr int kTries = 8;

std::string kebab(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !out.empty()) out += '-';
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

std::string_view without(std::string_view text, std::string_view end) {
  return text.ends_with(end) ? text.substr(0, text.size() - end.size()) : text;
}

/// What a member's name says of the resource whose id it holds: `NetworkInterfaceIds` a network-interface. Empty where
/// it holds none.
std::string kind_of(std::string_view member) {
  if (!member.ends_with("Id") && !member.ends_with("Ids")) return {};
  constexpr std::pair<std::string_view, std::string_view> kOther[] = {{"Group", "security-group"},
                                                                      {"Allocation", "elastic-ip"},
                                                                      {"Attachment", "attachment"},
                                                                      {"Association", "address-association"},
                                                                      {"SourceImage", "image"},
                                                                      {"SourceSnapshot", "snapshot"},
                                                                      {"TransferAccount", "other-account"}};
  const auto stem = without(without(member, "Ids"), "Id");
  const auto* other = std::ranges::find(kOther, stem, &std::pair<std::string_view, std::string_view>::first);
  return other != std::end(kOther) ? std::string(other->second) : kebab(stem);
}

std::string form_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.') {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::string_view Call::value(std::string_view name) const {
  const auto found = std::ranges::find(parameters, name, &std::pair<std::string, std::string>::first);
  return found == parameters.end() ? std::string_view{} : found->second;
}

std::string Call::text() const {
  std::string out = operation;
  for (const auto& [name, value] : parameters) out += fmt::format(" {}={}", name, value);
  return out;
}

std::string Call::form() const {
  std::string out = "Action=" + operation + "&Version=2016-11-15";
  for (const auto& [name, value] : parameters) out += "&" + form_encoded(name) + "=" + form_encoded(value);
  return out;
}

Maker::Maker(Dice& dice, std::vector<std::string> operations) : dice_(dice) {
  for (const auto& recipe : recipes()) {
    Pattern pattern{std::string(recipe.operation), recipe.weight, {}};
    for (const auto part : split(recipe.parameters, ' ')) {
      const auto equals = part.find('=');
      if (equals == std::string_view::npos) continue;
      const bool is_optional = part[equals - 1] == '?';
      pattern.parameters.push_back({.name = std::string(part.substr(0, is_optional ? equals - 1 : equals)),
                                    .value = std::string(part.substr(equals + 1)),
                                    .is_optional = is_optional});
    }
    add(std::move(pattern));
  }
  for (const auto& kind : kinds::all()) {
    for (const auto& example : kind.examples) {
      Pattern pattern{std::string(example.operation), kExampleWeight, {}};
      for (const auto& each : example.parameters) {
        // `$subnet#2` is another subnet than `$subnet`; any will do here.
        const auto value = each.json.substr(0, each.json.starts_with('$') ? each.json.find('#') : each.json.size());
        pattern.parameters.push_back(
            {.name = std::string(each.path), .value = std::string(value), .is_literal = !value.starts_with('$')});
      }
      add(std::move(pattern));
    }
  }
  for (auto& name : operations) {
    if (std::ranges::find(patterns_, name, &Pattern::operation) == patterns_.end()) {
      without_recipe_.push_back(std::move(name));
    }
  }
}

void Maker::add(Pattern pattern) {
  weight_ += pattern.weight;
  patterns_.push_back(std::move(pattern));
}

// ---- Values --------------------------------------------------------------------------------------------------------

std::string Maker::named(const Known& known, const state::Scope& scope, std::string_view what) {
  if (what == "new") return fmt::format("name-{}", ++names_);
  if (what == "token") return fmt::format("token-{}", dice_.below(40));
  if (what == "block") return fmt::format("10.{}.{}.0/{}", dice_.below(2), dice_.below(8), dice_.between(24, 28));
  const auto all = known.all(scope, what);
  // The youngest are the most interesting.
  if (!all.empty()) return all[all.size() - 1 - dice_.below(dice_.chance(50) ? std::min(all.size(), 4UL) : all.size())];
  is_missing_ = true;
  const auto types = resource_types();
  const auto type = std::ranges::find_if(types, [&](const ResourceType& each) { return what.ends_with(each.type); });
  return fmt::format("{}-0123456789abcdef0", type == types.end() ? what : type->prefix);
}

std::string Maker::value(const Known& known, const state::Scope& scope, std::string_view text) {
  const auto one = dice_.pick(split(text, '|'));
  if (one.starts_with('$')) return named(known, scope, one.substr(1));
  const auto dots = one.find("..");
  if (dots == std::string_view::npos) return std::string(one);
  return std::to_string(dice_.between(number(one.substr(0, dots)), number(one.substr(dots + 2))));
}

Parameters Maker::fill(const Known& known, const state::Scope& scope, const Pattern& pattern) {
  Parameters out;
  std::string_view left_out;
  for (const auto& [name, text, is_optional, is_literal] : pattern.parameters) {
    const auto structure = std::string_view(name).substr(0, name.find('.'));
    if (is_optional) left_out = dice_.chance(60) ? structure : std::string_view{};
    if (structure != left_out) out.emplace_back(name, is_literal ? text : value(known, scope, text));
  }
  return out;
}

// ---- Calls from the model ------------------------------------------------------------------------------------------

std::string Maker::invent_scalar(const Known& known, const state::Scope& scope, const model::Member& member) {
  const auto& shape = *member.shape;
  const std::string_view name = member.name;
  if (!shape.values.empty()) return std::string(dice_.pick(shape.values));
  switch (shape.type) {
    case model::Type::integer: {
      const auto least = shape.min.value_or(0);
      return std::to_string(dice_.between(least, std::min(shape.max.value_or(least + 20), least + 20)));
    }
    case model::Type::real:
      return "1.5";
    case model::Type::boolean:
      return dice_.chance(50) ? "true" : "false";
    case model::Type::timestamp:
      return "2027-06-01T00:00:00Z";
    case model::Type::blob:
      return "aGVsbG8=";
    default:
      break;
  }
  if (const auto kind = kind_of(name); !kind.empty()) return named(known, scope, kind);
  if (name.find("Cidr") != std::string_view::npos) return named(known, scope, "block");
  if (name == "AvailabilityZone") return named(known, scope, "zone");
  if (name == "KeyName") return named(known, scope, "key-name");
  if (name.starts_with("PublicIp") || name == "Address") return named(known, scope, "public-ip");
  if (name.find("IpAddress") != std::string_view::npos) return named(known, scope, "private-ip");
  if (name.ends_with("Region")) return scope.region;
  if (name == "ClientToken") return named(known, scope, "token");
  return named(known, scope, "new");
}

void Maker::invent_member(const Known& known, const state::Scope& scope, const model::Member& member,
                          const std::string& path, int depth, Parameters& out) {
  switch (member.shape->type) {
    case model::Type::structure:
      if (depth < kMaxDepth) invent(known, scope, *member.shape, path + ".", depth + 1, out);
      break;
    case model::Type::list: {
      // The element is called as its list is: it is the list's name that tells what it holds.
      model::Member element = *member.shape->element;
      element.name = member.name;
      const auto count = dice_.between(1, 2);
      for (std::int64_t i = 1; i <= count; ++i) {
        invent_member(known, scope, element, fmt::format("{}.{}", path, i), depth + 1, out);
      }
      break;
    }
    default:
      out.emplace_back(path, invent_scalar(known, scope, member));
  }
}

void Maker::invent(const Known& known, const state::Scope& scope, const model::Shape& shape, const std::string& prefix,
                   int depth, Parameters& out) {
  constexpr std::string_view kElsewhere[] = {"DryRun", "Filters", "NextToken", "MaxResults"};
  for (const auto& member : shape.members) {
    if (std::ranges::find(kElsewhere, member.name) != std::end(kElsewhere)) continue;
    const bool is_id = !kind_of(member.name).empty();
    if (member.required || dice_.chance(is_id ? 50 : 25)) {
      invent_member(known, scope, member, prefix + std::string(member.wire_in), depth, out);
    }
  }
}

Call Maker::sensible(const Known& known, const state::Scope& scope) {
  Call call;
  for (int tries = 0; tries < kTries; ++tries) {
    is_missing_ = false;
    call = any(known, scope);
    if (!is_missing_ || dice_.chance(5)) break;
  }
  return call;
}

Call Maker::any(const Known& known, const state::Scope& scope) {
  if (!without_recipe_.empty() && dice_.chance(kInventedPercent)) {
    Call call{dice_.pick(without_recipe_), {}, scope};
    invent(known, scope, *model::find_operation(call.operation)->input, "", 0, call.parameters);
    return call;
  }
  auto at = dice_.below(weight_);
  for (const auto& pattern : patterns_) {
    if (at < pattern.weight) return {pattern.operation, fill(known, scope, pattern), scope};
    at -= pattern.weight;
  }
  return {};  // not reached: the weights add up
}

// ---- Nonsense ------------------------------------------------------------------------------------------------------

std::string Maker::nonsense(const Known& known, const state::Scope& scope, std::string_view instead_of) {
  constexpr std::string_view kValues[] = {"",
                                          "0",
                                          "-1",
                                          "99999999999999999999",
                                          "true",
                                          "i-00000000000000000",
                                          "vol-zzz",
                                          "10.0.0.0/33",
                                          "256.1.1.1",
                                          "aws:x",
                                          "*",
                                          "'; DROP TABLE instance; --",
                                          "\xc3\xa9\xe2\x98\x83",
                                          "\xff\xfe",
                                          "2147483648",
                                          "null"};
  if (dice_.chance(10)) return std::string(300, 'x');
  if (instead_of.find("-0") != std::string_view::npos && dice_.chance(50)) {  // what is there, but of another sort
    const auto types = resource_types();
    return named(known, scope, dice_.pick(types).type);
  }
  return std::string(dice_.pick(kValues));
}

Call Maker::spoilt(const Known& known, const state::Scope& scope) {
  Call call = sensible(known, scope);
  auto& parameters = call.parameters;
  const auto any = [&] { return static_cast<std::size_t>(dice_.below(parameters.size())); };
  switch (dice_.below(parameters.empty() ? 3 : 8)) {
    case 0:
      parameters.emplace_back("DryRun", "true");
      break;
    case 1:
      parameters.emplace_back(dice_.chance(50) ? "Foo" : "Foo.1.Bar", "x");
      break;
    case 2: {  // more than was asked for: a member that the recipe does not have
      const auto& members = model::find_operation(call.operation)->input->members;
      if (members.empty()) break;
      const auto& member = dice_.pick(members);
      if (member.name != "DryRun") invent_member(known, scope, member, std::string(member.wire_in), 0, parameters);
      break;
    }
    case 3:
      parameters.erase(parameters.begin() + static_cast<std::ptrdiff_t>(any()));
      break;
    case 4: {
      auto& [name, value] = parameters[any()];
      const auto dash = value.rfind('-');
      if (dash != std::string::npos) value = value.substr(0, dash) + "-0fedcba9876543210";
      break;
    }
    case 5: {  // the same once more, as the next element of its list
      auto copy = parameters[any()];
      const auto at = copy.first.find(".1");
      if (at != std::string::npos) copy.first[at + 1] = '3';
      parameters.push_back(std::move(copy));
      break;
    }
    default: {
      auto& value = parameters[any()].second;
      value = nonsense(known, scope, value);
    }
  }
  return call;
}

}  // namespace fogling::simulation
