/// Every declared kind, by its own file: made, shown, found by its filters, tagged, changed, deleted; and what it
/// refers to is held. That each file fits the model is kindgen's to say.

#include "emulator/kinds.hpp"

#include <algorithm>

#include "emulator/filters.hpp"
#include "emulator/registry.hpp"
#include "emulator/resource_types.hpp"
#include "tests/support/examples.hpp"

namespace fogling::kinds {

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.kind; }

}  // namespace fogling::kinds

namespace fogling::test {
namespace {

const kinds::DeclaredOperation* find_declared(const kinds::Kind& kind, kinds::Role role) {
  const auto found = std::ranges::find(kind.operations, role, &kinds::DeclaredOperation::role);
  return found == kind.operations.end() ? nullptr : &*found;
}

class DeclaredKind : public SettledTest, public testing::WithParamInterface<kinds::Kind> {
 protected:
  const kinds::Kind& kind = GetParam();
  Examples examples{[this](std::string_view action, const Parameters& parameters) { return call(action, parameters); }};

  /// All that is described, or that one.
  std::vector<Document> described(const std::string& id, const Parameters& more = {}) {
    const auto* describe = find_declared(kind, kinds::Role::describe);
    Parameters parameters = more;
    if (!id.empty() && !describe->id.empty()) {
      const auto* input = model::find_operation(describe->operation)->input;
      parameters.emplace_back(std::string(model::find_member(*input, describe->id)->wire_in) + ".1", id);
    }
    if (model::find_member(*model::find_operation(describe->operation)->input, "IncludeAll") != nullptr)
      parameters.emplace_back("IncludeAll", "true");
    std::vector<Document> found;
    const Document answer = call(describe->operation, parameters);
    for (const auto& each : answer[std::string(describe->list)]) {
      if (id.empty() || text(each, kind.id_member) == id) found.push_back(each);
    }
    return found;
  }

  Parameters with_id(const kinds::DeclaredOperation& declared, const std::string& id) {
    const auto* input = model::find_operation(declared.operation)->input;
    if (declared.id.empty()) {  // named by its name alone
      const auto* name = model::find_member(*input, declared.name);
      return {{std::string(name->wire_in), std::string(text(described(id)[0], kind.name.member))}};
    }
    const auto* member = model::find_member(*input, declared.id);
    const bool is_list = member->shape->type == model::Type::list;
    return {{std::string(member->wire_in) + (is_list ? ".1" : ""), id}};
  }
};

TEST_P(DeclaredKind, ReferencesAreToKindsThatThereAre) {
  for (const auto& reference : kind.refers) {
    if (reference.type == "*") continue;
    EXPECT_TRUE(std::ranges::any_of(resource_types(), [&](const auto& each) { return each.type == reference.type; }))
        << reference.type;
  }
}

TEST_P(DeclaredKind, EveryFilterOfTheModelLeadsSomewhere) {
  const auto* describe = find_declared(kind, kinds::Role::describe);
  if (describe == nullptr) GTEST_SKIP() << "nothing describes it";
  for (const auto& name : model::find_operation(describe->operation)->filters) {
    if (name.starts_with("tag")) continue;
    EXPECT_FALSE(filter_path(*model::find_shape(kind.shape), kind.filters, name).empty())
        << describe->operation << " has the filter " << name << ": where does it look?";
  }
}

TEST_P(DeclaredKind, LivesItsLife) {
  if (kind.examples.empty()) GTEST_SKIP() << "the engine does not make it";
  const auto id = examples.make(kind);
  ASSERT_FALSE(id.empty()) << "the answer to its making has no " << kind.id_member;
  EXPECT_TRUE(is_well_formed(resource_type(kind.kind), id)) << id;
  settle();

  const auto* describe = find_declared(kind, kinds::Role::describe);
  ASSERT_NE(describe, nullptr);
  auto seen = described(id);
  ASSERT_EQ(seen.size(), 1U);
  if (!kind.state.empty() && kind.state.find('.') == std::string_view::npos && kind.state[0] != '_') {
    EXPECT_EQ(text(seen[0], kind.state), kind.create.finally);
  }
  const auto* operation = model::find_operation(describe->operation);
  const auto* filters = model::find_member(*operation->input, "Filters");
  const std::string filter(filters == nullptr ? "" : filters->wire_in);  // `Filter`, and `Filters` for a few
  for (const auto& name : operation->filters) {
    if (name.starts_with("tag") || filters == nullptr) continue;
    const auto path = filter_path(*model::find_shape(kind.shape), kind.filters, name);
    if (path.find('.') != std::string::npos || !seen[0].contains(path) || !seen[0][path].is_string()) continue;
    if (seen[0][path].get_ref<const std::string&>().size() > 255) continue;  // longer than a filter's value can be
    EXPECT_EQ(described(id, {{filter + ".1.Name", std::string(name)}, {filter + ".1.Value.1", seen[0][path]}}).size(),
              1U)
        << name;
  }
  if (model::find_member(*model::find_shape(kind.shape), "Tags") != nullptr) {
    call("CreateTags", {{"ResourceId.1", id}, {"Tag.1.Key", "Name"}, {"Tag.1.Value", "example"}});
    EXPECT_EQ(described(id)[0]["Tags"][0]["Value"], "example");
  }
  for (const auto& example : kind.examples.subspan(1)) {
    const auto declared = std::ranges::find(kind.operations, example.operation, &kinds::DeclaredOperation::operation);
    ASSERT_EQ(declared->role, kinds::Role::modify);
    auto parameters = with_id(*declared, id);
    for (auto& each : examples.filled_in(example)) parameters.push_back(std::move(each));
    call(example.operation, parameters);
    settle();
    const auto after = described(id);
    for (const auto& [name, value] : parameters) {
      if (after[0].contains(name) && after[0][name].is_string()) {
        EXPECT_EQ(after[0][name], value) << name;
      }
    }
  }

  for (const auto& reference : kind.refers) {
    const auto* held = kinds::find(reference.type);
    if (held == nullptr || !reference.holds) continue;
    const auto* remove = find_declared(*held, kinds::Role::remove);
    const auto* row = house.world().registry.find(remove == nullptr ? "" : remove->operation);
    if (row == nullptr || row->kind == nullptr) continue;
    refuse(held->errors.held, "", remove->operation, with_id(*remove, examples.id_of(std::string(reference.type))));
  }

  const auto* remove = find_declared(kind, kinds::Role::remove);
  if (remove == nullptr) return;
  call(remove->operation, with_id(*remove, id));
  settle();
  if (kind.shown_deleted_ms > 0) {
    EXPECT_EQ(described(id).size(), 1U) << "it is shown as deleted for a while";
    house.world().advance(kind.shown_deleted_ms);
  }
  EXPECT_TRUE(described({}).empty() || std::ranges::none_of(described({}), [&](const Document& each) {
                return text(each, kind.id_member) == id;
              }));
}

TEST_P(DeclaredKind, AnUnknownOneIsRefusedInItsWords) {
  std::string id = kind.form == kinds::IdForm::uuid     ? "01234567-89ab-cdef-0123-456789abcdef"
                   : kind.form == kinds::IdForm::base36 ? "01234567"
                                                        : "0123456789abcdef0";
  if (!kind.prefix.empty()) id = std::string(kind.prefix) + "-" + id;
  const auto* describe = find_declared(kind, kinds::Role::describe);
  if (describe == nullptr || describe->id.empty()) GTEST_SKIP() << "nothing describes it by id";
  refuse(resource_type(kind.kind).unknown_code, "", describe->operation, with_id(*describe, id));
}

using Hooked = HouseTest;

TEST_F(Hooked, HooksAreOfDeclaredKinds) {
  for (const auto& family : families()) {
    for (const auto& hooks : family.hooks) EXPECT_NE(kinds::find(hooks.kind), nullptr) << hooks.kind;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, DeclaredKind, testing::ValuesIn(kinds::all().begin(), kinds::all().end()),
                         [](const testing::TestParamInfo<kinds::Kind>& each) {
                           std::string name(each.param.kind);
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace fogling::test
