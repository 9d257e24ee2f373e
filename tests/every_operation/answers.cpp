/// Rules about requests that are answered: what they do, and do once.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "emulator/registry.hpp"
#include "tests/every_operation/listing.hpp"
#include "tests/every_operation/rules.hpp"

namespace fogling::test {
namespace {

bool begins_with(std::string_view name, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return name.starts_with(word); });
}

/// Whether it changes something by its name: the model itself does not say so.
bool is_reading(std::string_view name) {
  return begins_with(name, {"Describe", "Get", "List", "Search", "ExportClientVpn", "ExportTransitGateway",
                            "ExportVerifiedAccess", "ConfirmProduct", "ValidateSecurity"});
}

void is_answered_with_consequence(Trial& trial) {
  const auto& operation = trial.operation;
  const auto before = trial.digest();
  if (!trial.ask(trial.request())) return;
  const auto changed = trial.changed_since(before);
  if (is_reading(operation.name) && !changed.empty()) trial.is_broken("it changed " + changed);
  if (!is_reading(operation.name) && changed.empty()) trial.is_broken("it changed nothing");
}

std::string_view token_of(const model::Operation& operation) {
  for (const auto& member : operation.input->members) {
    if (member.idempotency_token || member.name == "ClientToken") return member.wire_in;
  }
  return {};
}

/// The same request, but for something that any request may say; empty where there is nothing.
Parameters another(const model::Operation& operation, const Parameters& request) {
  for (const auto& member : operation.input->members) {
    const std::string name(member.wire_in);
    if (member.required || member.name == "DryRun" || name == token_of(operation)) continue;
    if (without(request, name).size() != request.size()) continue;
    if (!member.shape->values.empty()) return with(request, name, std::string(member.shape->values.back()));
    if (member.shape->type == model::Type::boolean) return with(request, name, "true");
    if (member.shape->type == model::Type::string) return with(request, name, "other");
    if (member.shape->type == model::Type::integer) {
      return with(request, name, std::to_string(std::max<std::int64_t>(member.shape->min.value_or(1), 1)));
    }
  }
  return {};
}

/// What an answer is about, whatever has become of it meanwhile.
std::set<std::string> ids_in(const Document& answer) {
  std::set<std::string> ids;
  if (answer.is_string() && find_resource_type_of(answer.get_ref<const std::string&>()) != nullptr) ids.insert(answer);
  if (!answer.is_structured()) return ids;
  for (const auto& each : answer) ids.merge(ids_in(each));
  return ids;
}

void does_once_what_one_token_asks(Trial& trial) {
  const auto& operation = trial.operation;
  if (token_of(operation).empty() || is_reading(operation.name)) return;
  const auto request = with(trial.request(), std::string(token_of(operation)), "the-token");
  const auto first = trial.ask(request);
  if (!first) return;
  const auto before = trial.digest();
  const auto second = trial.ask(request);
  if (!second) return;
  if (const auto changed = trial.changed_since(before); !changed.empty()) {
    trial.is_broken("asked again it changed " + changed);
  }
  if (ids_in(*first) != ids_in(*second)) trial.is_broken("asked again it answers with other ids");
  const auto other = another(operation, request);
  if (!other.empty()) trial.refuses("another request", "IdempotentParameterMismatch", other);
}

void tags_what_it_makes(Trial& trial) {
  const auto& operation = trial.operation;
  const auto* member = model::find_member(*operation.input, "TagSpecifications");
  if (member == nullptr) return;
  std::vector<std::string> types;
  if (const auto* kind = trial.row().kind; kind != nullptr) types.emplace_back(kind->kind);
  types.insert(types.end(), operation.taggable.begin(), operation.taggable.end());
  if (types.empty()) return trial.is_broken("the model does not say of which type");
  const std::string path(member->wire_in);
  Parameters request = without(trial.request(), path);
  request.emplace_back(path + ".1.ResourceType", types.front());
  request.emplace_back(path + ".1.Tag.1.Key", "Colour");
  request.emplace_back(path + ".1.Tag.1.Value", "green");
  if (!trial.ask(request)) return;
  trial.asker().settle();
  const auto tags = trial.ask("DescribeTags", {{"Filter.1.Name", "key"}, {"Filter.1.Value.1", "Colour"}});
  if (!tags) return;
  if ((*tags)["Tags"].empty()) return trial.is_broken("no resource has the tag");
  const std::string id = (*tags)["Tags"][0]["ResourceId"];
  if (text((*tags)["Tags"][0], "ResourceType") != types.front()) {
    trial.is_broken(fmt::format("tagged as {}", text((*tags)["Tags"][0], "ResourceType")));
  }
  trial.ask("CreateTags", {{"ResourceId.1", id}, {"Tag.1.Key", "Size"}, {"Tag.1.Value", "large"}});
  const auto description = description_of(resource_type(types.front()));
  const bool has_tag_filter =
      description && filters_member(*description->operation) != nullptr &&
      std::ranges::any_of(description->operation->filters, [](auto name) { return name == "tag:*"; });
  if (!has_tag_filter) return;
  const auto count = [&](const char* key, const char* value) -> std::optional<std::size_t> {
    const std::string filter(filters_member(*description->operation)->wire_in);
    const auto answer = trial.ask(description->operation->name,
                                  {{filter + ".1.Name", fmt::format("tag:{}", key)}, {filter + ".1.Value.1", value}});
    if (!answer) return std::nullopt;
    return items_at(*answer, list_of(*description->operation)).size();
  };
  if (count("Colour", "green").value_or(1) != 1) trial.is_broken("it is not found by the tag that it was made with");
  if (count("Size", "large").value_or(1) != 1) trial.is_broken("it is not found by a tag that it was given later");
  if (count("Colour", "red").value_or(0) != 0) trial.is_broken("it is found by a tag that it does not have");
}

bool is_end(std::string_view name) {
  return begins_with(name, {"Delete", "Deregister", "Release", "Terminate", "Disassociate", "Detach", "Deprovision"});
}

void ends_a_thing_once(Trial& trial) {
  const auto& operation = trial.operation;
  if (!is_end(operation.name)) return;
  if (!trial.ask(trial.request())) return;
  trial.asker().settle();
  const auto before = trial.broken.size();
  trial.refuses("a second time", "", trial.request());
  if (trial.broken.size() == before && trial.last_refusal() == "MissingParameter") {
    trial.is_broken("a second time: a MissingParameter");
  }
}

constexpr Rule kRules[] = {
    {"answer", "its smallest request is answered; only what reads by its name leaves everything as it is",
     is_answered_with_consequence},
    {"client-token",
     "the same with the same token is done once; something else with it is an "
     "IdempotentParameterMismatch",
     does_once_what_one_token_asks},
    {"tags", "what it makes has the tags it was asked for, and is found by them", tags_what_it_makes},
    {"second-end",
     "what is deleted, released, terminated, deregistered, deprovisioned, detached or disassociated cannot be so again",
     ends_a_thing_once},
};

}  // namespace

std::span<const Rule> rules_of_answers() { return kRules; }

}  // namespace fogling::test
