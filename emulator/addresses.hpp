#pragma once

/// What the operations on elastic addresses share.

#include <string_view>

#include "emulator/call.hpp"
#include "state/addresses.hpp"
#include "state/network_interfaces.hpp"

namespace fogling {

/// Throws InvalidAllocationID.NotFound.
state::Address require_address(Context& context, std::string_view allocation_id);
/// EC2's refusal of a public IP that is none of the caller's.
ApiError unknown_public_ip(std::string_view public_ip);
/// EC2's refusal of a public IP that is not the caller's, where one was named in place of an id.
ApiError not_yours(std::string_view public_ip);
/// EC2's refusal of what a service keeps for itself.
ApiError no_permission();
/// Throws where a service, such as a NAT gateway, holds the address.
void check_holder(Context& context, const state::Address& address);
/// Withdraws what offers there are of an address to other accounts.
void forget_transfers(Context& context, std::string_view allocation_id);
/// Throws unless the text is an IPv4 address.
void check_public_ip(std::string_view public_ip);
/// Whether the region has such a border group: its own name, or one of its local and wavelength zones'.
bool is_border_group(std::string_view region, std::string_view name);
/// Under this setting is kept which addresses an account has released, so that it can have them back.
std::string released_address_setting(std::string_view public_ip);

/// A running instance whose primary interface has lost its elastic address gets an automatic one at once, if it is
/// configured to have one, has no second interface, and no elastic address on a secondary private one.
void restore_public_address(Context& context, std::string_view network_interface_id);

}  // namespace fogling
