/// What burstable instances do when their credits are used up, unless a launch says otherwise: by family.

#include <fmt/format.h>

#include "emulator/instances.hpp"

namespace fogling {
namespace {

std::string setting(std::string_view family) { return fmt::format("default-credits/{}", family); }

Document answer(Context& context, std::string_view family) {
  return {{"InstanceFamilyCreditSpecification",
           {{"InstanceFamily", family}, {"CpuCredits", default_cpu_credits(context, family)}}}};
}

Document GetDefaultCreditSpecification(Call& call) { return answer(call, call.require("InstanceFamily")); }

Document ModifyDefaultCreditSpecification(Call& call) {
  const auto credits = call.require("CpuCredits");
  if (credits != "standard" && credits != "unlimited") throw errors::invalid_value(credits, "cpuCredits");
  state::put_setting(call.txn, call.scope, setting(call.require("InstanceFamily")), credits);
  return answer(call, call.require("InstanceFamily"));
}

constexpr Operation kOperations[] = {
    {.name = "GetDefaultCreditSpecification", .run = GetDefaultCreditSpecification, .access = Access::read},
    {.name = "ModifyDefaultCreditSpecification", .run = ModifyDefaultCreditSpecification, .access = Access::write},
};

}  // namespace

/// EC2's own defaults: T2 stops at its baseline, the newer families go on.
std::string default_cpu_credits(Context& context, std::string_view family) {
  auto saved = state::get_setting(context.txn, context.scope, setting(family));
  if (!saved.empty()) return saved;
  return family == "t2" ? "standard" : "unlimited";
}

Family credit_specifications_family() { return {.operations = kOperations}; }

}  // namespace fogling
