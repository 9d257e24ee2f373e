#pragma once

/// The two tunnels of a VPN connection: their options, and what the device at the customer's end has to be told.

#include <string>
#include <vector>

#include "emulator/kinds.hpp"

namespace fogling {

/// The options of one tunnel as a description shows them: what was asked for and nothing else. Throws where EC2 would
/// not take them. `before` is what the tunnel has so far.
Document tunnel_options(const Document& specification, const Document& before);

/// Gives a new connection its tunnels: two, with addresses and keys where the request names none.
void make_tunnels(Call& call, GenericResource& connection, const Document& specifications);

/// Throws where a block inside a tunnel is none that a tunnel can have, or another connection of the same gateway has
/// it.
void check_inside_blocks(Context& context, const GenericResource& connection, const Document& tunnel);

/// The caller's connection that the request names; throws unless it is available.
GenericResource require_available_connection(Call& call);
/// How long the connection is `modifying` after a change. Assumed; the model does not know the state, but EC2 shows it.
inline constexpr kinds::Transition kModifyingConnection{"modifying", "available", 60'000};

/// The tunnel that ends in this address of Amazon's, in the connection's document.
Document& require_tunnel(GenericResource& connection, std::string_view address);

/// What a device at the customer's end has to know of one tunnel.
struct TunnelEnds {
  std::string outside, inside;                    ///< of Amazon's end
  std::string customer_outside, customer_inside;  ///< of the customer's
  std::string asn, customer_asn;                  ///< empty where routes are static
};
TunnelEnds tunnel_ends(Context& context, const GenericResource& connection, const Document& tunnel);

/// In Amazon's native format.
std::string customer_gateway_configuration(Context& context, const GenericResource& connection);

}  // namespace fogling
