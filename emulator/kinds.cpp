#include "emulator/kinds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cctype>

#include "emulator/cancelling.hpp"
#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/quotas.hpp"
#include "emulator/random.hpp"
#include "emulator/references.hpp"
#include "emulator/tags.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

/// The move that takes a resource away after it has been shown as deleted for a while.
constexpr std::string_view kGone = "gone";

const kinds::Kind& kind_of(const GenericResource& resource) { return declared_kind(resource.kind); }
const Hooks& hooks_of(Context& context, std::string_view kind) { return context.world.registry.hooks(kind); }

const kinds::DeclaredOperation& declaration(const Call& call) {
  const auto found =
      std::ranges::find(call.kind->operations, call.operation.name, &kinds::DeclaredOperation::operation);
  assert(found != call.kind->operations.end());
  return *found;
}

/// The place of a path in a document, made where it is missing.
Document& at_path(Document& document, std::string_view path) {
  Document* at = &document;
  while (!path.empty()) {
    const auto dot = path.find('.');
    if (!at->is_object()) *at = Document::object();
    at = &(*at)[std::string(path.substr(0, dot))];
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  }
  return *at;
}

/// Null where there is nothing.
const Document* find_path(const Document& document, std::string_view path) {
  const Document* at = &document;
  while (!path.empty()) {
    const auto dot = path.find('.');
    if (!at->is_object()) return nullptr;
    const auto found = at->find(path.substr(0, dot));
    if (found == at->end() || found->is_null()) return nullptr;
    at = &*found;
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  }
  return at;
}

/// Every text at a path, lists seen through.
void collect_texts(const Document& value, std::string_view path, std::vector<std::string>& out) {
  if (value.is_array()) {
    for (const auto& each : value) collect_texts(each, path, out);
  } else if (path.empty()) {
    if (value.is_string() && !value.get_ref<const std::string&>().empty()) out.push_back(value.get<std::string>());
  } else if (value.is_object()) {
    const auto dot = path.find('.');
    const auto found = value.find(path.substr(0, dot));
    if (found != value.end())
      collect_texts(*found, dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1), out);
  }
}

// ---- From the request's form to the answer's
// ---------------------------------------------------------------------------------------

bool is_scalar(const model::Shape& shape) {
  return shape.type != model::Type::structure && shape.type != model::Type::list;
}

const model::Shape& shape_at(const kinds::Kind& kind, std::string_view path) {
  const model::Shape* shape = model::find_shape(kind.shape);
  while (!path.empty()) {
    const auto dot = path.find('.');
    shape = model::find_member(*shape, path.substr(0, dot))->shape;
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  }
  return *shape;
}

/// What `$name` stands for in a declared value.
std::string variable(const Context& context, const Document& in, const Document& document, const std::string& id,
                     std::string_view name) {
  if (name == "account") return context.scope.account;
  if (name == "region") return context.scope.region;
  if (name == "partition") return "aws";
  if (name == "zone") return std::string(catalogue::zones(context.scope.region).front().name);
  if (name == "id") return id;
  if (name == "now") return iso_seconds(context.now_ms);
  const auto own = fogling::text(document, name);
  return std::string(own.empty() ? fogling::text(in, name) : own);
}

std::string filled_in(const Context& context, const Document& in, const Document& document, const std::string& id,
                      std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '$') {
      out += text[i++];
      continue;
    }
    std::size_t end = ++i;
    while (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end])) != 0) ++end;
    out += variable(context, in, document, id, text.substr(i, end - i));
    i = end;
  }
  return out;
}

Document declared_value(const Context& context, const Document& in, const Document& document, const std::string& id,
                        const Document& value) {
  if (value.is_string()) return filled_in(context, in, document, id, value.get_ref<const std::string&>());
  if (!value.is_structured()) return value;
  Document out = value;
  for (auto& each : out) each = declared_value(context, in, document, id, each);
  return out;
}

void assign(const Context& context, const Document& in, Document& document, const std::string& id,
            const kinds::Assignment& assignment) {
  Document value = declared_value(context, in, document, id, Document::parse(assignment.json));
  at_path(document, assignment.path) = std::move(value);
}

// ---- Making
// ------------------------------------------------------------------------------------------------------------------

void check_limit(const Call& call, const kinds::Kind& kind) {
  const auto most = call.world.quotas.of_kind(kind.kind, kind.limit.count);
  if (most < 0 || kind.limit.code.empty()) return;
  if (Quotas::is_reached(most, state::count_kind(call.txn, call.scope, kind.kind)))
    throw ApiError(std::string(kind.limit.code), fmt::format(fmt::runtime(kind.limit.text), most));
}

void check_name(const Call& call, const kinds::Kind& kind) {
  const auto& name = kind.name;
  if (name.member.empty() || call.text(name.member).empty()) return;
  const auto other =
      state::find_by_member(call.txn, call.scope, kind.kind, name.member, call.text(name.member), kind.remove.finally);
  if (other) {
    throw ApiError(std::string(name.taken), fmt::format(fmt::runtime(name.taken_text), call.text(name.member)));
  }
}

std::vector<std::string> referred_ids(const Document& in, const kinds::Reference& reference) {
  std::vector<std::string> ids;
  collect_texts(in, reference.path, ids);
  return ids;
}

/// Whatever a request refers to has to be there, whether it makes something or changes it.
void check_references(Call& call, const kinds::Kind& kind) {
  for (const auto& reference : kind.refers) {
    for (const auto& id : referred_ids(call.in, reference)) {
      if (reference.anywhere) {
        require_exists_anywhere(call, reference.type, id);
      } else {
        require_exists(call, reference.type, id);
      }
    }
  }
}

void note_references(Call& call, const kinds::Kind& kind, GenericResource& resource) {
  for (const auto& reference : kind.refers) {
    for (const auto& id : referred_ids(call.in, reference)) {
      state::add_reference(call.txn, call.scope, resource.resource_id, id, reference.holds);
    }
  }
}

/// What a modification refers to anew takes the place of what the document referred to by the same path.
void change_references(Call& call, const kinds::Kind& kind, const GenericResource& before) {
  check_references(call, kind);
  for (const auto& reference : kind.refers) {
    const auto ids = referred_ids(call.in, reference);
    if (ids.empty()) continue;
    for (const auto& id : referred_ids(before.document, reference))
      state::remove_reference(call.txn, before.resource_id, id);
    for (const auto& id : ids) state::add_reference(call.txn, call.scope, before.resource_id, id, reference.holds);
  }
}

std::string first_reference(const Document& in, const kinds::Kind& kind) {
  for (const auto& reference : kind.refers) {
    if (auto ids = referred_ids(in, reference); !ids.empty()) return std::move(ids.front());
  }
  return {};
}

/// What an operation answers of one resource: the structure itself, or those of its members that the answer has.
Document answer_with(const Call& call, const Document& resource) {
  Document answer = Document::object();
  if (call.operation.output == nullptr) return answer;
  for (const auto& member : call.operation.output->members) {
    const std::string name(member.name);
    if (member.shape->name == call.kind->shape) {
      answer[name] = resource;
    } else if (member.shape->type == model::Type::list && member.shape->element->shape->name == call.kind->shape) {
      answer[name] = Document::array({resource});
    } else if (name == "Return" || name == "ReturnValue" || name == "ReturnCode") {
      answer[name] = true;
    } else if (name == "ClientToken") {
      set_if(answer, "ClientToken", call.text("ClientToken"));
    } else if (resource.contains(name)) {
      answer[name] = resource[name];
    }
  }
  return answer;
}

// ---- Commands
// ------------------------------------------------------------------------------------------------------------------

/// RemoveFields of a modification: `packet-length` is PacketLength.
void remove_fields(const Call& call, Document& document) {
  for (const auto& field : call.items("RemoveFields")) {
    std::string member;
    bool is_first = true;
    for (const char c : field.get_ref<const std::string&>()) {
      if (c == '-') {
        is_first = true;
        continue;
      }
      member += is_first ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
      is_first = false;
    }
    document.erase(member);
  }
}

bool has_word(std::string_view words, std::string_view word) {
  for (std::size_t at = 0; at < words.size();) {
    const auto end = std::min(words.find(' ', at), words.size());
    if (words.substr(at, end - at) == word) return true;
    at = end + 1;
  }
  return false;
}

void require_state(const GenericResource& resource, const kinds::Kind& kind, const kinds::Transition& transition) {
  const bool is_allowed = transition.from.empty() ? resource.state != kind.remove.at_once || resource.state.empty()
                                                  : has_word(transition.from, resource.state);
  if (is_allowed) return;
  throw ApiError(std::string(kind.errors.state),
                 fmt::format(fmt::runtime(kind.errors.state_text), resource.resource_id, resource.state));
}

void remove_one(Call& call, GenericResource& resource) {
  const auto& kind = kind_of(resource);
  require_state(resource, kind, kind.remove);
  if (const auto hook = hooks_of(call, kind.kind).remove; hook != nullptr) hook(call, resource);
  require_unheld(call, kind.kind, resource.resource_id);
  remove_resource(call, resource);
}

/// Deletes each of a list. Where the answer has a place for failures, one does not keep the others from going.
Document remove_each(Call& call, const Document& ids) {
  const bool tells_failures =
      call.operation.output != nullptr && model::find_member(*call.operation.output, "Unsuccessful") != nullptr;
  Document unsuccessful = Document::array();
  for (const auto& id : ids) {
    try {
      auto resource = require_resource(call, call.kind->kind, id.get_ref<const std::string&>());
      remove_one(call, resource);
    } catch (const ApiError& error) {
      if (!tells_failures) throw;
      unsuccessful.push_back({{"ResourceId", id}, {"Error", {{"Code", error.code}, {"Message", error.message}}}});
    }
  }
  return tells_failures ? Document{{"Unsuccessful", std::move(unsuccessful)}} : Document::object();
}

// ---- Showing
// ------------------------------------------------------------------------------------------------------------------

/// Takes away what is kept, but never shown.
void erase_hidden(Document& document) {
  for (auto member = document.begin(); member != document.end();)
    member = member.key().starts_with('_') ? document.erase(member) : std::next(member);
}

/// Parameters of a Describe beside ids, filters and paging that name a member, or in the plural several of its values:
/// only what has such a value is shown.
bool is_asked_for(const Call& call, const Document& document) {
  for (const auto& [name, value] : call.in.items()) {
    if (name == "NextToken") continue;
    const bool is_list = value.is_array() && name.ends_with('s');
    const auto found = document.find(is_list ? name.substr(0, name.size() - 1) : name);
    if (found == document.end() || !found->is_string()) continue;
    if (value.is_string() && *found != value) return false;
    if (is_list && !value.empty() && std::ranges::find(value, *found) == value.end()) return false;
  }
  return std::ranges::all_of(call.kind->spans, [&](const kinds::TimeSpan& span) {
    const auto time = text(document, span.member), from = call.text(span.from), to = call.text(span.to);
    return (from.empty() || time >= from) && (to.empty() || time <= to);  // all written alike, as binding does it
  });
}

/// Whether the caller is another side of somebody else's.
bool is_other_side(const Context& context, const kinds::Kind& kind, const GenericResource& resource) {
  const auto value = [&](std::string_view path, const std::string& usual) {
    const auto* found = path.empty() ? nullptr : find_path(resource.document, path);
    return found != nullptr && found->is_string() ? found->get<std::string>() : usual;
  };
  return std::ranges::any_of(kind.other_sides, [&](const kinds::OtherSide& side) {
    return value(side.account, {}) == context.scope.account &&
           value(side.region, resource.region) == context.scope.region;
  });
}

/// Those that a Describe names by their names.
std::vector<GenericResource> named_resources(Call& call, const Document& names) {
  const auto& kind = *call.kind;
  std::vector<GenericResource> resources;
  for (const auto& each : names) {
    const auto& name = each.get_ref<const std::string&>();
    auto row = state::find_by_member(call.txn, call.scope, kind.kind, kind.name.member, name, kind.remove.finally);
    if (!row) throw ApiError(std::string(kind.name.absent), fmt::format(fmt::runtime(kind.name.unlisted_text), name));
    resources.push_back(*std::move(row));
  }
  return resources;
}

std::vector<GenericResource> wanted_resources(Call& call, const kinds::DeclaredOperation& declared) {
  const auto& names = declared.name.empty() ? Document::array() : call.items(declared.name);
  const auto ids = declared.id.empty() ? std::vector<std::string>{} : requested_ids(call, call.kind->kind, declared.id);
  if (ids.empty() && names.empty()) return list_resources(call, call.kind->kind);
  auto resources = named_resources(call, names);
  std::vector<std::string> unknown;
  for (const auto& id : ids) {
    if (auto row = find_resource(call, call.kind->kind, id)) {
      resources.push_back(*std::move(row));
    } else {
      unknown.push_back(id);
    }
  }
  if (!unknown.empty()) throw unknown_ids(call.kind->kind, unknown);
  std::ranges::sort(resources, {}, &GenericResource::seq);
  const auto is_same = [](const auto& a, const auto& b) { return a.seq == b.seq; };
  resources.erase(std::unique(resources.begin(), resources.end(), is_same), resources.end());
  return resources;
}

bool is_living(const GenericResource& resource) {
  const auto& last = kind_of(resource).remove.finally;
  return last.empty() || resource.state != last;
}

/// The one that a command names, by its id or by its name.
GenericResource named_resource(Call& call) {
  const auto& kind = *call.kind;
  const auto& declared = declaration(call);
  const auto name = declared.name.empty() ? std::string_view{} : call.text(declared.name);
  if (name.empty())
    return require_resource(call, kind.kind, call.require(declared.id.empty() ? declared.name : declared.id));
  if (!declared.id.empty() && !call.text(declared.id).empty()) throw errors::not_together(declared.name, declared.id);
  return require_named(call, kind, name);
}

}  // namespace

Document adapted(const Document& value, const model::Shape& to) {
  if (is_scalar(to)) {
    if (value.is_object()) return value.contains("Value") ? value["Value"] : Document();
    return value.is_array() ? Document() : value;
  }
  if (to.type == model::Type::list) {
    if (!value.is_array()) return nullptr;
    Document list = Document::array();
    for (const auto& each : value) {
      if (auto element = adapted(each, *to.element->shape); !element.is_null()) list.push_back(std::move(element));
    }
    return list;
  }
  if (!value.is_object()) return nullptr;
  Document out = Document::object();
  for (const auto& member : to.members) {
    const auto found = value.find(member.name);
    if (found == value.end()) continue;
    if (auto inner = adapted(*found, *member.shape); !inner.is_null()) out[std::string(member.name)] = std::move(inner);
  }
  return out;
}

const kinds::Kind& declared_kind(std::string_view kind) {
  const auto* found = kinds::find(kind);
  assert(found != nullptr);
  return *found;
}

std::optional<GenericResource> find_resource(Context& context, std::string_view kind, std::string_view id) {
  auto row = state::find_anywhere<GenericResource>(context.txn, id);
  if (!row || row->kind != kind) return std::nullopt;
  const auto* declared = kinds::find(kind);
  const bool is_seen =
      row->scope() == context.scope || (declared != nullptr && is_other_side(context, *declared, *row));
  return is_seen ? std::move(row) : std::nullopt;
}

std::vector<GenericResource> list_resources(Context& context, std::string_view kind) {
  const auto& declared = declared_kind(kind);
  if (declared.other_sides.empty()) return state::list_kind(context.txn, context.scope, kind);
  auto all = state::list_kind_anywhere(context.txn, kind);
  std::erase_if(all, [&](const GenericResource& row) {
    return row.scope() != context.scope && !is_other_side(context, declared, row);
  });
  return all;
}

GenericResource require_resource(Context& context, std::string_view kind, std::string_view id) {
  check_id(kind, id);
  auto row = find_resource(context, kind, id);
  if (!row || !is_living(*row)) throw unknown_id(kind, id);
  return *std::move(row);
}

GenericResource require_named(Context& context, const kinds::Kind& kind, std::string_view name) {
  auto row = state::find_by_member(context.txn, context.scope, kind.kind, kind.name.member, name, kind.remove.finally);
  if (row) return *std::move(row);
  throw ApiError(std::string(kind.name.absent), fmt::format(fmt::runtime(kind.name.absent_text), name));
}

Document copied_members(const Document& in, const kinds::Kind& kind) {
  Document document = adapted(in, *model::find_shape(kind.shape));
  document.erase("Tags");
  for (const auto& copy : kind.copies) {
    const auto* value = find_path(in, copy.from);
    if (value == nullptr) continue;
    if (copy.to.starts_with('_')) {
      at_path(document, copy.to) = *value;
    } else if (auto fit = adapted(*value, shape_at(kind, copy.to)); !fit.is_null()) {
      at_path(document, copy.to) = std::move(fit);
    }
  }
  return document;
}

std::string make_kind_id(Context& context, const kinds::Kind& kind) {
  const std::string start = kind.prefix.empty() ? std::string{} : std::string(kind.prefix) + "-";
  if (kind.form == kinds::IdForm::uuid) return start + make_uuid(context.random());
  if (kind.form == kinds::IdForm::base36) return start + make_base36(context.random(), 8);
  return context.make_id(kind.prefix);
}

namespace {

/// Declared values may name parameters of the request; `in` is empty where there is none.
GenericResource start_resource(Context& context, const Document& in, const kinds::Kind& kind, Document document) {
  GenericResource resource;
  resource.account = context.scope.account;
  resource.region = context.scope.region;
  resource.resource_id = make_kind_id(context, kind);
  resource.kind = kind.kind;
  document[std::string(kind.id_member)] = resource.resource_id;
  for (const auto& each : kind.defaults) {
    if (find_path(document, each.path) == nullptr) assign(context, in, document, resource.resource_id, each);
  }
  for (const auto& each : kind.set) assign(context, in, document, resource.resource_id, each);
  resource.document = std::move(document);
  if (!kind.create.at_once.empty()) {
    resource.state = kind.create.at_once;
    at_path(resource.document, kind.state) = resource.state;
  }
  return resource;
}

}  // namespace

GenericResource new_resource(Context& context, const kinds::Kind& kind, Document document) {
  return start_resource(context, Document::object(), kind, std::move(document));
}

GenericResource make_resource(Call& call, const kinds::Kind& kind, Document document) {
  auto resource = start_resource(call, call.in, kind, std::move(document));
  resource.parent_id = first_reference(call.in, kind);
  if (const auto hook = hooks_of(call, kind.kind).create; hook != nullptr) hook(call, resource);
  state::insert(call.txn, resource);
  note_references(call, kind, resource);
  apply_tags(call, resource.resource_id, kind.kind);
  if (kind.create.finally != resource.state && kind.create.at_once == resource.state) {
    schedule(call, kind.kind, resource.resource_id, kind.create.finally, kind.create.takes_ms);
  }
  return resource;
}

namespace {

/// As it is shown, with what stands in hidden members for filters alone.
Document shown_to_filters(Context& context, const GenericResource& resource) {
  const auto& kind = kind_of(resource);
  Document document = resource.document;
  erase_hidden(document);
  if (model::find_member(*model::find_shape(kind.shape), "Tags") != nullptr) {
    document["Tags"] = tag_set(context, resource.resource_id);
  }
  if (const auto hook = hooks_of(context, kind.kind).show; hook != nullptr) hook(context, resource, document);
  return document;
}

}  // namespace

Document shown(Context& context, const GenericResource& resource) {
  Document document = shown_to_filters(context, resource);
  erase_hidden(document);
  return document;
}

void put_state(Context& context, GenericResource& resource, std::string_view state) {
  resource.state = state;
  at_path(resource.document, kind_of(resource).state) = state;
  state::update(context.txn, resource);
}

void begin(Context& context, GenericResource& resource, const kinds::Transition& transition) {
  put_state(context, resource, transition.at_once);
  if (transition.finally != transition.at_once) {
    const Scope owner = resource.scope();  // also where the other side has commanded it
    Context theirs{context.world, context.txn, owner, context.now_ms};
    schedule(theirs, resource.kind, resource.resource_id, transition.finally, transition.takes_ms);
  }
}

namespace {

/// The end of a resource has come: it goes, or is shown as deleted for a while.
void finish_removal(Context& context, GenericResource& resource) {
  const auto& kind = kind_of(resource);
  state::remove_references_of(context.txn, resource.resource_id);
  if (kind.shown_deleted_ms == 0) {
    erase_resource(context, resource);
  } else {
    const Scope owner = resource.scope();
    Context theirs{context.world, context.txn, owner, context.now_ms};
    schedule_by_clock(theirs, kind.kind, resource.resource_id, kGone, kind.shown_deleted_ms);
  }
}

}  // namespace

void remove_resource(Context& context, GenericResource& resource) {
  const auto& transition = kind_of(resource).remove;
  state::remove_dues_of(context.txn, resource.resource_id);
  if (transition.at_once.empty()) {
    erase_resource(context, resource);
    return;
  }
  begin(context, resource, transition);
  if (transition.finally == transition.at_once) finish_removal(context, resource);
}

Cancelled cancel_resource(Call& call, std::string_view kind, std::string_view id) {
  Cancelled cancelled{require_resource(call, kind, id), {}};
  cancelled.state_before = cancelled.resource.state;
  remove_one(call, cancelled.resource);
  return cancelled;
}

void end_resource(Context& context, GenericResource& resource, std::string_view state) {
  state::remove_dues_of(context.txn, resource.resource_id);
  put_state(context, resource, state);
  finish_removal(context, resource);
}

void erase_resource(Context& context, const GenericResource& resource) {
  state::remove_references_of(context.txn, resource.resource_id);
  state::remove_dues_of(context.txn, resource.resource_id);
  state::remove_tags(context.txn, resource.resource_id);
  state::erase(context.txn, resource);
}

Document create_declared(Call& call) {
  const auto& kind = *call.kind;
  check_references(call, kind);
  check_limit(call, kind);
  check_name(call, kind);
  const auto resource = make_resource(call, kind, copied_members(call.in, kind));
  if (const auto hook = hooks_of(call, kind.kind).created; hook != nullptr) {
    auto changed = resource;
    hook(call, changed);
    Document answer = answer_with(call, shown(call, changed));
    answer.update(part(changed.document, "_Answer"));  // what the hook has to say beside
    return answer;
  }
  return answer_with(call, shown(call, resource));
}

Document describe_declared(Call& call) {
  const auto& declared = declaration(call);
  PageBuilder<GenericResource> page{call, read_paging(call, declared.id)};
  const bool hides_ended =
      model::find_member(*call.operation.input, "IncludeAll") != nullptr && !call.flag("IncludeAll").value_or(false);
  for (const auto& resource : wanted_resources(call, declared)) {
    if (!is_asked_for(call, resource.document) || (hides_ended && !is_living(resource))) continue;
    if (!page.offer(resource, [&](const GenericResource& each) { return shown_to_filters(call, each); })) break;
    call.looked_at.push_back(resource.resource_id);
  }
  for (auto& item : page.items) erase_hidden(item);
  Document answer{{declared.list, std::move(page.items)}};
  if (page.is_full) answer["NextToken"] = make_token(call, page.last_seq);
  return answer;
}

Document modify_declared(Call& call) {
  const auto& kind = *call.kind;
  auto resource = named_resource(call);
  require_state(resource, kind, kind.modify);
  Document changes = copied_members(call.in, kind);
  changes.erase(std::string(kind.id_member));
  change_references(call, kind, resource);
  resource.document.merge_patch(changes);
  remove_fields(call, resource.document);
  for (const auto& each : kind.set_on_modify) assign(call, call.in, resource.document, resource.resource_id, each);
  if (const auto hook = hooks_of(call, kind.kind).modify; hook != nullptr) hook(call, resource);
  if (kind.modify.at_once.empty()) {
    state::update(call.txn, resource);
  } else {
    begin(call, resource, kind.modify);
  }
  return answer_with(call, shown(call, resource));
}

Document remove_declared(Call& call) {
  const auto& declared = declaration(call);
  if (const auto& ids = call.items(declared.id); !ids.empty()) return remove_each(call, ids);
  auto resource = named_resource(call);
  Document last = shown(call, resource);
  remove_one(call, resource);
  if (call.kind->shown_deleted_ms > 0) last = shown(call, resource);
  if (!resource.state.empty() && !call.kind->state.starts_with('_')) at_path(last, call.kind->state) = resource.state;
  return answer_with(call, last);
}

void move_declared(Context& context, const state::Due& due) {
  auto resource = state::find<GenericResource>(context.txn, context.scope, due.resource_id);
  if (!resource || resource->kind != due.kind) return;
  if (due.move == kGone) {
    erase_resource(context, *resource);
    return;
  }
  put_state(context, *resource, due.move);
  if (const auto hook = hooks_of(context, due.kind).moved; hook != nullptr) hook(context, *resource);
  if (due.move == kind_of(*resource).remove.finally) finish_removal(context, *resource);
}

}  // namespace fogling
