#include "tests/every_operation/asker.hpp"

#include <algorithm>
#include <optional>

#include "emulator/registry.hpp"

namespace fogling::test {
namespace {

constexpr int kMaxDepth = 6;
/// 2026-01-01 at 00:00, and no time passes by itself: requests name times, which must not come to lie in the past.
HouseOptions at_the_beginning() {
  auto made = options("settle");
  made.wall = [] { return std::int64_t{1767225600000}; };
  return made;
}

bool is_told(const Parameters& parameters, std::string_view path) {
  return std::ranges::any_of(parameters, [&](const auto& each) {
    return each.first == path || (each.first.starts_with(path) && each.first[path.size()] == '.');
  });
}

const kinds::DeclaredOperation* declared(const kinds::Kind& kind, std::string_view operation) {
  const auto found = std::ranges::find(kind.operations, operation, &kinds::DeclaredOperation::operation);
  return found == kind.operations.end() ? nullptr : &*found;
}

}  // namespace

const kinds::Kind* kind_named(std::string_view member) {
  std::string name(member);
  if (name.ends_with("Ids")) name.pop_back();
  if (!name.ends_with("Id")) return nullptr;
  const auto all = kinds::all();
  const auto found = std::ranges::find_if(
      all, [&](const kinds::Kind& kind) { return kind.id_member == name && !kind.examples.empty(); });
  return found == all.end() ? nullptr : &*found;
}

Asker::Asker()
    : house_(at_the_beginning()),
      examples_([this](std::string_view action, const Parameters& parameters) { return call(action, parameters); }) {}

Document Asker::call(std::string_view operation, const Parameters& parameters) {
  return house_.call(operation, parameters);
}

std::string Asker::value_of(const std::string& text) {
  if (!text.starts_with('$')) return text;
  const auto dot = text.find('.');
  if (dot == std::string::npos) return examples_.id_of(text.substr(1));
  const auto value = find_text(answer_of(text.substr(1, dot - 1)), text.substr(dot + 1));
  if (value.empty()) throw std::logic_error("no answer to " + text);
  return value;
}

Parameters Asker::filled_in(const Given& given) {
  Parameters parameters;
  for (const auto& [name, text] : given) parameters.emplace_back(name, value_of(text));
  return parameters;
}

void Asker::carry_out(const Step& step) {
  if (step.wait_s > 0) {
    settle();
    house_.world().advance(step.wait_s * 1000);
  } else if (step.parameters.empty() && step.account.empty()) {
    answer_of(step.operation);
  } else {
    std::optional<state::Scope> scope;
    if (!step.account.empty()) scope = state::Scope{step.account, "us-east-1"};
    answers_[step.operation] = house_.call(step.operation, filled_in(step.parameters), scope);
  }
}

const Document& Asker::answer_of(const std::string& operation) {
  const auto known = answers_.find(operation);
  if (known != answers_.end()) return known->second;
  const auto parameters = request(operation);
  return answers_[operation] = call(operation, parameters);
}

Parameters Asker::request(std::string_view operation) {
  const auto& told = requests().of(operation);
  for (const auto& step : told.before) carry_out(step);
  const auto* row = house_.world().registry.find(operation);
  const auto* kind = row == nullptr ? nullptr : row->kind;
  const auto* role = kind == nullptr ? nullptr : declared(*kind, operation);
  Parameters parameters = filled_in(told.parameters);
  if (role != nullptr && role->role == kinds::Role::create && parameters.empty()) {
    return examples_.filled_in(kind->examples.front());
  }
  const auto& input = *model::find_operation(operation)->input;
  if (operation.starts_with("Describe") && told.before.empty()) make_what_is_shown(input, kind);
  add_required(input, kind != nullptr && !kind->examples.empty() ? kind : nullptr, "", 0, parameters);
  if (role != nullptr && !role->id.empty() && kind != nullptr && !kind->examples.empty() &&
      role->role != kinds::Role::describe) {
    const auto* id = model::find_member(input, role->id);
    if (!is_told(parameters, id->wire_in)) {
      parameters.emplace_back(std::string(id->wire_in) + (id->shape->type == model::Type::list ? ".1" : ""),
                              examples_.id_of(std::string(kind->kind)));
    }
  }
  return parameters;
}

void Asker::make_what_is_shown(const model::Shape& input, const kinds::Kind* kind) {
  if (kind != nullptr && !kind->examples.empty()) {
    examples_.id_of(std::string(kind->kind));
    return;
  }
  for (const auto& member : input.members) {
    if (member.shape->type != model::Type::list) continue;
    const auto name = member.name.substr(0, member.name.size() - 1);
    const auto* usual = requests().usual(name);
    if (usual != nullptr && usual->starts_with('$')) {
      value_of(*usual);
      return;
    }
    if (const auto* other = kind_named(member.name)) {
      examples_.id_of(std::string(other->kind));
      return;
    }
  }
}

void Asker::add_required(const model::Shape& shape, const kinds::Kind* kind, const std::string& prefix, int depth,
                         Parameters& out) {
  if (depth > kMaxDepth) return;
  for (const auto& member : shape.members) {
    const std::string path = prefix + std::string(member.wire_in);
    if (!member.required || is_told(out, path) || member.name == "DryRun") continue;
    add_member(member, member.name, kind, path, depth, out);
  }
}

void Asker::add_member(const model::Member& member, std::string_view name, const kinds::Kind* kind,
                       const std::string& path, int depth, Parameters& out) {
  switch (member.shape->type) {
    case model::Type::structure:
      add_required(*member.shape, kind, path + ".", depth + 1, out);
      break;
    case model::Type::list:
      // The element is called as its list is: it is the list's name that tells what it holds.
      add_member(*member.shape->element, name, kind, path + ".1", depth + 1, out);
      break;
    default:
      out.emplace_back(path, invent(*member.shape, name, kind));
  }
}

std::string Asker::invent(const model::Shape& shape, std::string_view name, const kinds::Kind* kind) {
  std::string_view one = name;
  if (one.ends_with("Ids")) one.remove_suffix(1);
  if (kind != nullptr && kind->id_member == one) return examples_.id_of(std::string(kind->kind));
  if (const auto* usual = requests().usual(one)) return value_of(*usual);
  if (const auto* other = kind_named(one)) return examples_.id_of(std::string(other->kind));
  if (!shape.values.empty()) return std::string(shape.values.front());
  switch (shape.type) {
    case model::Type::integer:
      return std::to_string(std::max<std::int64_t>(shape.min.value_or(1), 1));
    case model::Type::real:
      return "1.5";
    case model::Type::boolean:
      return "true";
    case model::Type::timestamp:
      return "2027-01-01T00:00:00Z";
    case model::Type::blob:
      return "aGVsbG8=";
    default:
      return "example";
  }
}

}  // namespace fogling::test
