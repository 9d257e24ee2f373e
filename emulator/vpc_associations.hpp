#pragma once

/// Which subnets and gateways use which route tables and network ACLs.

#include <string_view>

#include "emulator/call.hpp"

namespace fogling {

/// Takes a subnet (`SubnetId`) or a gateway (`GatewayId`) that goes away out of the tables and ACLs of its VPC.
void leave_tables(Context& context, std::string_view vpc_id, std::string_view member, std::string_view id);

}  // namespace fogling
