/// Whether resources that AWS' services manage for an account are listed by default. There are none that could be
/// hidden. Assumed: of each region by itself, as EC2's other settings of an account are.

#include "emulator/describe.hpp"

namespace fogling {
namespace {

constexpr std::string_view kSetting = "managed-resource-visibility";

Document visibility(std::string_view value) { return {{"Visibility", {{"DefaultVisibility", value}}}}; }

Document GetManagedResourceVisibility(Call& call) {
  const auto kept = state::get_setting(call.txn, call.scope, kSetting);
  return visibility(kept.empty() ? "visible" : kept);  // Assumed: the default
}

Document ModifyManagedResourceVisibility(Call& call) {
  const auto wanted = call.require("DefaultVisibility");
  state::put_setting(call.txn, call.scope, kSetting, wanted);
  return visibility(wanted);
}

constexpr Operation kOperations[] = {
    {.name = "GetManagedResourceVisibility", .run = GetManagedResourceVisibility, .access = Access::read},
    {.name = "ModifyManagedResourceVisibility", .run = ModifyManagedResourceVisibility, .access = Access::write},
};

}  // namespace

Family managed_resource_visibility_family() { return {.operations = kOperations}; }

}  // namespace fogling
