#include "emulator/changes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fogling {
namespace {

/// What is required names the resource.
bool can_change(const model::Member& member) {
  return !member.required && !member.idempotency_token && member.name != "ClientToken" && member.name != "DryRun";
}

}  // namespace

/// The sentence about pools is quoted by users. Assumed: that the others follow it.
void require_change(const Call& call, std::string_view what) {
  const bool has_change = std::ranges::any_of(call.operation.input->members, [&](const model::Member& member) {
    return can_change(member) && has(call.in, member.name);
  });
  if (has_change) return;
  throw errors::invalid_combination(fmt::format("The request must contain a modification to the {}", what));
}

}  // namespace fogling
