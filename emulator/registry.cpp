#include "emulator/registry.hpp"

#include <algorithm>

#include "emulator/kinds.hpp"

namespace fogling {
namespace {

Operation declared_operation(const kinds::Kind& kind, const kinds::DeclaredOperation& declared) {
  using enum kinds::Role;
  Operation row{.name = OperationName::declared(declared.operation),
                .run = create_declared,
                .access = declared.role == describe ? Access::read : Access::write,
                .kind = &kind};
  if (declared.role == modify) row.run = modify_declared;
  if (declared.role == remove) row.run = remove_declared;
  if (declared.role == describe) {
    row.run = describe_declared;
    row.listed = kind.shape;
    row.filters = kind.filters;
  }
  return row;
}

constexpr Hooks kNoHooks;

}  // namespace

Registry::Registry() {
  for (const auto& family : families()) {
    for (const auto& operation : family.operations) operations_.emplace(operation.name, &operation);
    for (const auto& mover : family.movers) movers_.emplace(mover.kind, &mover);
    for (const auto& hooks : family.hooks) hooks_.emplace(hooks.kind, &hooks);
    watchers_.insert(watchers_.end(), family.watchers.begin(), family.watchers.end());
  }
  for (const auto& kind : kinds::all()) {
    for (const auto& declared : kind.operations) {
      if (operations_.contains(declared.operation)) continue;
      const auto& row = declared_.emplace_back(declared_operation(kind, declared));
      operations_.emplace(row.name, &row);
    }
  }
}

const Operation* Registry::find(std::string_view name) const {
  const auto found = operations_.find(name);
  return found == operations_.end() ? nullptr : found->second;
}

const Mover* Registry::find_mover(std::string_view kind) const {
  const auto found = movers_.find(kind);
  return found == movers_.end() ? nullptr : found->second;
}

const Hooks& Registry::hooks(std::string_view kind) const {
  const auto found = hooks_.find(kind);
  return found == hooks_.end() ? kNoHooks : *found->second;
}

std::string_view Registry::rung(const Operation& operation) const {
  if (operation.kind == nullptr) return "written";
  return hooks_.contains(operation.kind->kind) ? "hooked" : "declared";
}

std::vector<const Operation*> Registry::all() const {
  std::vector<const Operation*> sorted;
  for (const auto& [name, operation] : operations_) sorted.push_back(operation);
  std::ranges::sort(sorted, {}, [](const Operation* operation) { return std::string_view(operation->name); });
  return sorted;
}

}  // namespace fogling
