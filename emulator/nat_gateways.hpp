#pragma once

/// The addresses of NAT gateways: each has an interface of its own, and public ones an elastic address for each private
/// one.

#include <string>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"
#include "state/addresses.hpp"
#include "state/network_interfaces.hpp"

namespace fogling {

/// Kind of the due moves that bring a gateway's addresses to their end; the move says nothing more.
inline constexpr std::string_view kNatGatewayAddresses = "natgateway-addresses";

/// A text list of the request.
std::vector<std::string> nat_gateway_texts(const Call& call, std::string_view member);

/// The caller's elastic address. Throws in the words for NAT gateways where there is none.
state::Address require_nat_address(Call& call, std::string_view allocation_id);

/// An item of NatGatewayAddresses.
Document nat_address_document(const state::NetworkInterface& interface, std::string_view private_ip, bool is_primary,
                              std::string_view status);
/// Gives an elastic address to a private one of the gateway's interface, and notes both in the item.
void give_elastic_address(Context& context, state::Address& address, state::NetworkInterface& interface,
                          Document& item);
/// Ends the associations of all of its elastic addresses and removes its interface.
void release_nat_addresses(Context& context, const state::GenericResource& gateway);

}  // namespace fogling
