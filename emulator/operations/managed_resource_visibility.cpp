/// Whether resources that AWS' services manage for an account are listed by default. There are none that could be
/// hidden.

#include "emulator/describe.hpp"

namespace fogling {
namespace {

constexpr std::string_view kSetting = "managed-resource-visibility";

/// Account-wide: kept once for all regions.
Scope of_account(const Call& call) { return {call.scope.account, ""}; }

Document visibility(std::string_view value) { return {{"Visibility", {{"DefaultVisibility", value}}}}; }

Document GetManagedResourceVisibility(Call& call) {
  const auto kept = state::get_setting(call.txn, of_account(call), kSetting);
  return visibility(kept.empty() ? "visible" : kept);  // Assumed: the default
}

Document ModifyManagedResourceVisibility(Call& call) {
  const auto wanted = call.require("DefaultVisibility");
  state::put_setting(call.txn, of_account(call), kSetting, wanted);
  return visibility(wanted);
}

constexpr Operation kOperations[] = {
    {.name = "GetManagedResourceVisibility", .run = GetManagedResourceVisibility, .access = Access::read},
    {.name = "ModifyManagedResourceVisibility", .run = ModifyManagedResourceVisibility, .access = Access::write},
};

}  // namespace

Family managed_resource_visibility_family() { return {.operations = kOperations}; }

}  // namespace fogling
