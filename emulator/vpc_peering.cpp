#include "emulator/vpc_peering.hpp"

#include "state/resources.hpp"

namespace fogling {

std::string active_peering(Context& context, std::string_view vpc_id, std::string_view other_vpc_id) {
  for (const auto& row : state::list_referring(context.txn, vpc_id, "vpc-peering-connection")) {
    if (row.state != "active") continue;
    const auto requester = text(part(row.document, "RequesterVpcInfo"), "VpcId");
    const auto accepter = text(part(row.document, "AccepterVpcInfo"), "VpcId");
    if (requester == other_vpc_id || accepter == other_vpc_id) return row.resource_id;
  }
  return {};
}

}  // namespace fogling
