/// Rules about requests that are refused: with EC2's code, and without a trace.

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "emulator/resource_types.hpp"
#include "tests/every_operation/rules.hpp"

namespace fogling::test {
namespace {

constexpr std::string_view kInvalid = "InvalidParameterValue";
/// Enums whose bad values have a code of their own in some operations.
constexpr std::pair<std::string_view, std::string_view> kOwnCodes[] = {{"InstanceType", "InvalidInstanceType"},
                                                                       {"VolumeType", "UnknownVolumeType"}};

/// The path of each parameter and of each structure or list around it: `Tag.1.Key`, `Tag.1`, `Tag`.
std::set<std::string> paths_of(const Parameters& parameters) {
  std::set<std::string> paths;
  for (const auto& [name, value] : parameters) {
    for (auto at = name.find('.'); at != std::string::npos; at = name.find('.', at + 1)) {
      paths.insert(name.substr(0, at));
    }
    paths.insert(name);
  }
  return paths;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string last_of(std::string_view path) { return std::string(path.substr(path.rfind('.') + 1)); }

void refuses_an_unknown_parameter(Trial& trial) {
  trial.refuses("NoSuchParameter", "UnknownParameter", with(trial.request(), "NoSuchParameter", "1"));
}

void refuses_without_what_is_required(Trial& trial) {
  const auto& operation = trial.operation;
  for (const auto& path : paths_of(trial.request())) {
    if (is_number(last_of(path))) continue;
    const auto* member = member_at(*operation.input, path);
    if (member == nullptr || !member->required || member->idempotency_token) continue;
    const auto rest = without(trial.request(), path);
    const auto parent = path.substr(0, path.find('.') == std::string::npos ? 0 : path.rfind('.'));
    // Without anything else in it the structure itself is left out.
    if (!parent.empty() && without(rest, parent).size() == rest.size()) continue;
    trial.refuses("without " + path, "MissingParameter", rest);
  }
}

bool is_enum(const model::Member& member) {
  const auto& shape = member.shape->type == model::Type::list ? *member.shape->element->shape : *member.shape;
  return !shape.values.empty();
}

/// Whose id it is. Where it is a UUID alone, the member's name says so.
const ResourceType* type_of(const model::Member& member, std::string_view value) {
  const auto* type = find_resource_type_of(value);
  if (type == nullptr || !type->prefix.empty()) return type;
  const auto* kind = kind_named(member.name);
  return kind == nullptr ? nullptr : &resource_type(kind->kind);
}

/// Each id of the request in turn is another: `wrong` makes one that is malformed, or that is nobody's.
void check_ids(Trial& trial, const std::function<std::string(const ResourceType&)>& wrong,
               const std::function<std::string(const ResourceType&)>& codes) {
  for (const auto& [name, value] : Parameters(trial.request())) {
    const auto* member = member_at(*trial.operation.input, name);
    if (member == nullptr || member->idempotency_token || is_enum(*member)) continue;
    const auto* type = type_of(*member, value);
    if (type == nullptr || !is_well_formed(*type, value)) continue;
    const auto id = wrong(*type);
    trial.refuses(fmt::format("{}={}", name, id), codes(*type), with(trial.request(), name, id));
  }
}

void refuses_malformed_ids(Trial& trial) {
  check_ids(
      trial, [](const ResourceType& type) { return fmt::format("{}-zzz", type.prefix.empty() ? "id" : type.prefix); },
      [](const ResourceType& type) {
        return std::string(type.malformed_code.empty() ? type.unknown_code : type.malformed_code);
      });
}

void refuses_unknown_ids(Trial& trial) {
  check_ids(
      trial,
      [](const ResourceType& type) -> std::string {
        const std::string_view dash = type.prefix.empty() ? "" : "-";
        switch (type.form) {
          case kinds::IdForm::uuid:
            return fmt::format("{}{}0fedcba9-8765-4321-8fed-cba987654321", type.prefix, dash);
          case kinds::IdForm::base36:
            return fmt::format("{}{}zzzzzzzz", type.prefix, dash);
          default:
            return fmt::format("{}-0fedcba9876543210", type.prefix);
        }
      },
      [](const ResourceType& type) { return std::string(type.unknown_code); });
}

/// What cannot be a value of the shape; empty where everything can.
std::string nonsense(const model::Shape& shape) {
  if (!shape.values.empty()) return "no-such-value";
  switch (shape.type) {
    case model::Type::integer:
    case model::Type::real:
      return "abc";
    case model::Type::boolean:
      return "maybe";
    case model::Type::timestamp:
      return "yesterday";
    default:
      return {};
  }
}

void refuses_values_of_another_type(Trial& trial) {
  const auto& operation = trial.operation;
  std::set<std::string> paths = paths_of(trial.request());
  for (const auto& member : operation.input->members) {
    const bool is_list = member.shape->type == model::Type::list;
    paths.insert(std::string(member.wire_in) + (is_list ? ".1" : ""));
  }
  for (const auto& path : paths) {
    const auto* member = member_at(*operation.input, path);
    if (member == nullptr || (member->shape->type == model::Type::list && !is_number(last_of(path)))) continue;
    const auto& shape = member->shape->type == model::Type::list ? *member->shape->element->shape : *member->shape;
    if (const auto value = nonsense(shape); !value.empty()) {
      const auto* own = std::ranges::find(kOwnCodes, shape.name, &std::pair<std::string_view, std::string_view>::first);
      const auto codes =
          own == std::end(kOwnCodes) ? std::string(kInvalid) : fmt::format("{}|{}", kInvalid, own->second);
      trial.refuses(fmt::format("{}={}", path, value), codes, with(trial.request(), path, value));
    }
  }
}

void refuses_numbers_out_of_range(Trial& trial) {
  const auto& operation = trial.operation;
  for (const auto& member : operation.input->members) {
    if (member.shape->type != model::Type::integer) continue;
    const std::string name(member.wire_in);
    const auto refuse = [&](std::int64_t value) {
      trial.refuses(fmt::format("{}={}", name, value), "InvalidParameterValue|InvalidMaxResults",
                    with(trial.request(), name, std::to_string(value)));
    };
    if (member.shape->min) refuse(*member.shape->min - 1);
    if (member.shape->max) refuse(*member.shape->max + 1);
    if (member.name == "MaxResults" && !member.shape->min) refuse(-1);
  }
}

void answers_a_dry_run(Trial& trial) {
  const auto& operation = trial.operation;
  if (model::find_member(*operation.input, "DryRun") == nullptr) return;
  trial.refuses("DryRun", "DryRunOperation", with(trial.request(), "DryRun", "true"));
}

constexpr Rule kRules[] = {
    {"unknown-parameter", "a parameter that the operation does not have is an UnknownParameter",
     refuses_an_unknown_parameter, true},
    {"required", "without a required member it is a MissingParameter", refuses_without_what_is_required, true},
    {"malformed-id", "an id that cannot be one is refused with the code of its kind", refuses_malformed_ids},
    {"unknown-id", "an id of nothing is refused with the code of its kind", refuses_unknown_ids},
    {"type", "a word for a number, for a boolean, for a time, or for one of a few others is an InvalidParameterValue",
     refuses_values_of_another_type, true},
    {"range", "a number out of the model's range is refused", refuses_numbers_out_of_range},
    {"dry-run", "DryRun ends with DryRunOperation and changes nothing", answers_a_dry_run},
};

}  // namespace

std::span<const Rule> rules_of_refusals() { return kRules; }

}  // namespace fogling::test
