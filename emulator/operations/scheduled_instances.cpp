/// Scheduled Instances: EC2 has none to sell any more (User Guide), so nothing is available and nobody has any.

#include <fmt/format.h>

#include "emulator/describe.hpp"

namespace fogling {
namespace {

Document DescribeScheduledInstanceAvailability(Call& call) {
  return describe_documents(call, "ScheduledInstanceAvailabilitySet", {});
}

ApiError unknown(std::string_view id) {
  return {"InvalidScheduledInstance", fmt::format("The Scheduled Instance '{}' does not exist.", id)};  // Assumed
}

Document DescribeScheduledInstances(Call& call) {
  const auto& ids = call.items("ScheduledInstanceIds");
  if (!ids.empty()) throw unknown(ids.front().get_ref<const std::string&>());
  return describe_documents(call, "ScheduledInstanceSet", {});
}

/// A token comes from what is available. Assumed: the words.
Document PurchaseScheduledInstances(Call& call) {
  const auto& requests = call.items("PurchaseRequests");
  if (requests.empty()) throw errors::missing_parameter("PurchaseRequest");
  throw ApiError("InvalidPurchaseToken.Malformed",
                 fmt::format("The purchase token '{}' is not valid.", text(requests.front(), "PurchaseToken")));
}

Document RunScheduledInstances(Call& call) { throw unknown(call.require("ScheduledInstanceId")); }

constexpr Operation kOperations[] = {
    {.name = "DescribeScheduledInstanceAvailability",
     .run = DescribeScheduledInstanceAvailability,
     .access = Access::read,
     .listed = "ScheduledInstanceAvailability"},
    {.name = "DescribeScheduledInstances",
     .run = DescribeScheduledInstances,
     .access = Access::read,
     .listed = "ScheduledInstance"},
    {.name = "PurchaseScheduledInstances", .run = PurchaseScheduledInstances, .access = Access::write},
    {.name = "RunScheduledInstances", .run = RunScheduledInstances, .access = Access::write},
};

}  // namespace

Family scheduled_instances_family() { return {.operations = kOperations}; }

}  // namespace fogling
