#pragma once

/// Operation by name. Built once from the families that the build gathers from operations/ and from the declared kinds.

#include <deque>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/call.hpp"

namespace fogling {

/// The tables of every file in operations/; written by the build.
std::vector<Family> families();

class Registry {
 public:
  Registry();
  /// Null where nobody has built it.
  const Operation* find(std::string_view name) const;
  const Mover* find_mover(std::string_view kind) const;
  /// Of a declared kind; empty where it has none.
  const Hooks& hooks(std::string_view kind) const;
  const std::vector<InstanceWatcher>& watchers() const { return watchers_; }
  /// How an operation is built: `declared`, `hooked` (declared, with hooks) or `written`.
  std::string_view rung(const Operation& operation) const;
  /// Sorted by name.
  std::vector<const Operation*> all() const;

 private:
  std::unordered_map<std::string_view, const Operation*> operations_;
  std::unordered_map<std::string_view, const Mover*> movers_;
  std::unordered_map<std::string_view, const Hooks*> hooks_;
  std::vector<InstanceWatcher> watchers_;
  std::deque<Operation> declared_;
};

}  // namespace fogling
