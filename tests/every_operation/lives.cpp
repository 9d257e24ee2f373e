/// Rules about what becomes of a resource: what is changed is shown, what has ended is not.

#include <fmt/format.h>

#include <algorithm>

#include "tests/every_operation/listing.hpp"
#include "tests/every_operation/rules.hpp"

namespace fogling::test {
namespace {

/// The resource that the operation's name is about, and whose id the request gives.
struct Subject {
  const ResourceType* type = nullptr;
  std::string id;
};

Subject subject_of(const Trial& trial) {
  Subject found;
  std::size_t longest = 0;
  for (const auto& [name, value] : trial.request()) {
    const auto* type = find_resource_type_of(value);
    if (type == nullptr || !is_well_formed(*type, value)) continue;
    const auto noun = noun_in_names(type->type);
    const bool is_named =
        trial.operation.name.find(noun) != std::string_view::npos || is_about(trial.operation.name, type->type);
    if (noun.size() <= longest || !is_named) continue;
    longest = noun.size();
    found = {type, value};
  }
  return found;
}

/// What describes it; null where nothing does.
Document shown_of(Trial& trial, const Subject& subject) {
  const auto description = description_of(*subject.type);
  if (!description || description->ids.empty()) return nullptr;
  trial.asker().settle();
  try {
    const auto answer = trial.asker().call(description->operation->name, {{description->ids + ".1", subject.id}});
    const auto items = items_at(answer, list_of(*description->operation));
    for (const auto& each : items) {
      if (each.dump().find(subject.id) != std::string::npos) return each;
    }
  } catch (const ApiError&) {  // it is not there
  }
  return nullptr;
}

std::string as_text(const Document& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// What a description has where the request has this parameter: `Options.DnsSupport`, or `EnableDnsSupport.Value`
/// without its `Value`. Null where it has nothing there, or a list on the way.
const Document* shown_at(const Document& shown, const model::Shape& input, std::string_view path) {
  const Document* at = &shown;
  const model::Shape* shape = &input;
  while (!path.empty()) {
    const auto dot = path.find('.');
    const auto name = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    const auto member = std::ranges::find(shape->members, name, &model::Member::wire_in);
    if (member == shape->members.end() || !at->is_object()) return name == "Value" ? at : nullptr;
    const auto found = at->find(member->name);
    if (found == at->end()) return nullptr;
    at = &*found;
    shape = member->shape;
    if (path == "Value" && !at->is_structured()) return at;
  }
  return at;
}

void shows_what_is_changed(Trial& trial) {
  const auto& operation = trial.operation;
  if (!operation.name.starts_with("Modify")) return;
  const auto subject = subject_of(trial);
  if (subject.type == nullptr || shown_of(trial, subject).is_null()) return;
  if (!trial.ask(trial.request())) return;
  const auto after = shown_of(trial, subject);
  for (const auto& [name, value] : trial.request()) {
    const auto* member = member_at(*operation.input, name);
    if (member == nullptr || member->shape->type == model::Type::timestamp) continue;
    const auto* shown = shown_at(after, *operation.input, name);
    if (shown == nullptr || shown->is_structured() || as_text(*shown) == value) continue;
    trial.is_broken(fmt::format("{} is {}, not {}", name, as_text(*shown), value));
  }
}

/// Whether a description says by a state or a status that it is of something that was.
bool is_of_the_past(const Document& shown) {
  constexpr std::string_view kPast[] = {"delet",  "terminat", "cancel", "releas",
                                        "expire", "reject",   "withdr", "deprov"};
  const auto is_past = [&](const Document& state) {
    return state.is_string() &&
           std::ranges::any_of(kPast, [&](auto word) { return state.get_ref<const std::string&>().starts_with(word); });
  };
  for (const auto& [name, value] : shown.items()) {
    // Instances are shown by their reservations.
    if (name == "Instances" && std::ranges::any_of(value, is_of_the_past)) return true;
    if (!name.ends_with("State") && !name.ends_with("Status") && name != "StateName") continue;
    if (is_past(value) || (value.is_object() && std::ranges::any_of(value, is_past))) return true;
  }
  return false;
}

void shows_no_more_what_has_ended(Trial& trial) {
  const auto& operation = trial.operation;
  constexpr std::string_view kEnds[] = {"Delete", "Deregister", "Release", "Terminate"};
  if (std::ranges::none_of(kEnds, [&](auto word) { return operation.name.starts_with(word); })) return;
  const auto subject = subject_of(trial);
  if (subject.type == nullptr || !is_about(operation.name, subject.type->type)) return;
  if (shown_of(trial, subject).is_null()) return;
  if (!trial.ask(trial.request())) return;
  const auto after = shown_of(trial, subject);
  if (!after.is_null() && !is_of_the_past(after)) {
    trial.is_broken(fmt::format("{} is shown as if nothing had happened: {}", subject.id, after.dump()));
  }
}

constexpr Rule kRules[] = {
    {"change", "what is modified is shown as it was asked for", shows_what_is_changed},
    {"end", "what has ended is not shown, or as what has been", shows_no_more_what_has_ended},
};

}  // namespace

std::span<const Rule> rules_of_lives() { return kRules; }

}  // namespace fogling::test
