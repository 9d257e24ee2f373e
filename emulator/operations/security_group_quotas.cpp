/// Whether groups together stay within the quotas of an interface: documented as a question that AWS' own services may
/// ask and accounts may not.

#include "emulator/call.hpp"

namespace fogling {
namespace {

Document ValidateSecurityGroupQuotasForInterface(Call&) {
  throw ApiError("UnauthorizedOperation", "You are not authorized to perform this operation.", 403);
}

constexpr Operation kOperations[] = {{.name = "ValidateSecurityGroupQuotasForInterface",
                                      .run = ValidateSecurityGroupQuotasForInterface,
                                      .access = Access::read,
                                      .dry_run = DryRun::after_checks}};

}  // namespace

Family security_group_quotas_family() { return {.operations = kOperations}; }

}  // namespace fogling
