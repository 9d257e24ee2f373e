/// EC2-Classic is gone, and with it whatever a VPC could be linked to: accounts are told so.

#include <fmt/format.h>

#include "emulator/describe.hpp"
#include "emulator/instances.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

ApiError not_available() {
  return {"UnsupportedOperation", "The functionality you requested is not available in this region."};
}

/// The VPC is looked at first, and may be left out by the operations on names.
[[noreturn]] void refuse_for_vpc(Call& call) {
  if (const auto id = call.text("VpcId"); !id.empty()) require_row<state::Vpc>(call, "vpc", id);
  throw not_available();
}
Document EnableVpcClassicLink(Call& call) { refuse_for_vpc(call); }
Document DisableVpcClassicLink(Call& call) { refuse_for_vpc(call); }
Document EnableVpcClassicLinkDnsSupport(Call& call) { refuse_for_vpc(call); }
Document DisableVpcClassicLinkDnsSupport(Call& call) { refuse_for_vpc(call); }

/// Every instance is in a VPC. Assumed: the words.
[[noreturn]] void refuse_for_instance(Call& call) {
  const auto instance = require_instance(call, call.require("InstanceId"));
  require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  throw ApiError("InvalidInstanceID.NotLinkable",
                 fmt::format("The instance '{}' is not an EC2-Classic instance.", instance.instance_id));
}
Document AttachClassicLinkVpc(Call& call) { refuse_for_instance(call); }
Document DetachClassicLinkVpc(Call& call) { refuse_for_instance(call); }

Document DescribeClassicLinkInstances(Call& call) {
  if (const auto& ids = call.items("InstanceIds"); !ids.empty()) require_instances(call, ids);
  return describe_documents(call, "Instances", {}, "InstanceIds");
}

constexpr FilterPath kFilters[] = {{"group-id", "Groups.GroupId"}};

constexpr Operation kOperations[] = {
    {.name = "AttachClassicLinkVpc", .run = AttachClassicLinkVpc, .access = Access::write},
    {.name = "DescribeClassicLinkInstances",
     .run = DescribeClassicLinkInstances,
     .access = Access::read,
     .listed = "ClassicLinkInstance",
     .filters = kFilters},
    {.name = "DetachClassicLinkVpc", .run = DetachClassicLinkVpc, .access = Access::write},
    {.name = "DisableVpcClassicLink", .run = DisableVpcClassicLink, .access = Access::write},
    {.name = "DisableVpcClassicLinkDnsSupport", .run = DisableVpcClassicLinkDnsSupport, .access = Access::write},
    {.name = "EnableVpcClassicLink", .run = EnableVpcClassicLink, .access = Access::write},
    {.name = "EnableVpcClassicLinkDnsSupport", .run = EnableVpcClassicLinkDnsSupport, .access = Access::write},
};

}  // namespace

Family classic_links_family() { return {.operations = kOperations}; }

}  // namespace fogling
