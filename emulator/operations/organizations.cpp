/// What only an organization can do. No account here is in one.

#include <fmt/format.h>

#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"

namespace fogling {
namespace {

/// Assumed: the code is that of AWS Organizations, whose words users quote.
[[noreturn]] void refuse_without_organization() {
  throw ApiError("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.");
}

void require_account(std::string_view account) {
  const bool is_account = account.size() == 12 && account.find_first_not_of("0123456789") == std::string_view::npos;
  if (!is_account) throw errors::invalid_value(account, "delegatedAdminAccountId");  // Assumed: the words
}

Document EnableIpamOrganizationAdminAccount(Call& call) {
  require_account(call.require("DelegatedAdminAccountId"));
  refuse_without_organization();
}
Document DisableIpamOrganizationAdminAccount(Call& call) {
  require_account(call.require("DelegatedAdminAccountId"));
  refuse_without_organization();
}
Document EnableReachabilityAnalyzerOrganizationSharing(Call&) { refuse_without_organization(); }

/// Documented: for the management account and delegated administrators.
Document StartDeclarativePoliciesReport(Call& call) {
  call.require("S3Bucket");
  call.require("TargetId");
  refuse_without_organization();
}

/// There is no report, so that every id is unknown.
Document CancelDeclarativePoliciesReport(Call& call) {
  require_resource(call, "declarative-policies-report", call.require("ReportId"));
  refuse_without_organization();
}
Document GetDeclarativePoliciesReportSummary(Call& call) {
  require_resource(call, "declarative-policies-report", call.require("ReportId"));
  refuse_without_organization();
}

constexpr Operation kOperations[] = {
    {.name = "CancelDeclarativePoliciesReport", .run = CancelDeclarativePoliciesReport, .access = Access::write},
    {.name = "DisableIpamOrganizationAdminAccount",
     .run = DisableIpamOrganizationAdminAccount,
     .access = Access::write},
    {.name = "EnableIpamOrganizationAdminAccount", .run = EnableIpamOrganizationAdminAccount, .access = Access::write},
    {.name = "EnableReachabilityAnalyzerOrganizationSharing",
     .run = EnableReachabilityAnalyzerOrganizationSharing,
     .access = Access::write},
    {.name = "GetDeclarativePoliciesReportSummary", .run = GetDeclarativePoliciesReportSummary, .access = Access::read},
    {.name = "StartDeclarativePoliciesReport", .run = StartDeclarativePoliciesReport, .access = Access::write},
};

}  // namespace

Family organizations_family() { return {.operations = kOperations}; }

}  // namespace fogling
