#pragma once

#include "emulator/call.hpp"
#include "state/vpcs.hpp"

namespace fogling {

/// What comes with every VPC: its main route table, default network ACL and default security group.
void make_vpc_parts(Context& context, const state::Vpc& vpc);

/// The DHCP options that an account has from the start; made when there are none yet. Returns their id.
std::string default_dhcp_options(Context& context);

/// A default VPC as AWS makes it: 172.31.0.0/16, a /20 subnet in every zone, an internet gateway and the route to it.
state::Vpc make_default_vpc(Context& context);

/// The private DNS name of an address: `ip-172-31-9-22.ec2.internal`.
std::string private_dns_name(std::string_view region, std::string_view private_ip_address);
/// The private DNS name by id: `i-0123456789abcdef0.ec2.internal`.
std::string private_resource_name(std::string_view region, std::string_view instance_id);
/// `ec2-198-18-0-7.compute-1.amazonaws.com`
std::string public_dns_name(std::string_view region, std::string_view public_ip);

}  // namespace fogling
