#include "emulator/registry.hpp"

#include <algorithm>

namespace fogling {

Registry::Registry() {
  for (const auto& family : families()) {
    for (const auto& operation : family.operations) operations_.emplace(operation.name, &operation);
    for (const auto& mover : family.movers) movers_.emplace(mover.kind, &mover);
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

std::vector<const Operation*> Registry::all() const {
  std::vector<const Operation*> sorted;
  for (const auto& [name, operation] : operations_) sorted.push_back(operation);
  std::ranges::sort(sorted, {}, [](const Operation* operation) { return std::string_view(operation->name); });
  return sorted;
}

}  // namespace fogling
