/// Peers of Connect attachments: the two ends of a GRE tunnel and the BGP sessions in it. All of it is declared but for
/// the addresses.

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include "emulator/cidr.hpp"
#include "emulator/ip_blocks.hpp"
#include "emulator/resource_types.hpp"
#include "emulator/transit_gateways.hpp"

namespace fogling {
namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view kConnectPeer = "transit-gateway-connect-peer";

/// Blocks of link-local addresses that a tunnel cannot have (EC2 API Reference, CreateTransitGatewayConnectPeer).
constexpr std::string_view kReserved[] = {"169.254.0.0/29", "169.254.1.0/29", "169.254.2.0/29",    "169.254.3.0/29",
                                          "169.254.4.0/29", "169.254.5.0/29", "169.254.169.248/29"};

ApiError invalid_inside_block(std::string_view block) {
  return errors::invalid_value(block, "InsideCidrBlocks", "This is not a valid CIDR block.");  // Assumed: the words
}

/// The text of the n-th address of a block of either family.
std::string address_in(const std::string& block, unsigned n) {
  if (const auto ipv4 = parse_cidr(block)) return ipv4_text(ipv4->first + n);
  auto bytes = ip::make_network_v6(block).network().to_bytes();
  bytes.back() = static_cast<unsigned char>(bytes.back() + n);
  return ip::address_v6(bytes).to_string();
}

/// A /29 of link-local IPv4 addresses, or a /125 from fd00::/8.
void check_inside_block(const std::string& block) {
  if (const auto ipv4 = parse_cidr(block)) {
    if (ipv4->prefix_length != 29 || ipv4->had_host_bits || !parse_cidr("169.254.0.0/16").value().contains(*ipv4) ||
        std::ranges::find(kReserved, block) != std::end(kReserved))
      throw invalid_inside_block(block);
    return;
  }
  const auto ipv6 = parse_ipv6_cidr(block);
  if (!ipv6 || ipv6->prefix_length != 125 || ipv6->first[0] != 0xfd) throw invalid_inside_block(block);
}

/// Two sessions in each block: the first address is the peer's, the next two are the gateway's. Nobody answers them.
void add_sessions(const std::string& block, std::int64_t gateway_asn, std::int64_t peer_asn, Document& sessions) {
  for (const unsigned n : {2U, 3U}) {
    sessions.push_back({{"TransitGatewayAsn", gateway_asn},
                        {"PeerAsn", peer_asn},
                        {"TransitGatewayAddress", address_in(block, n)},
                        {"PeerAddress", address_in(block, 1)},
                        {"BgpStatus", "down"}});
  }
}

bool is_taken(Context& context, std::string_view gateway_id, const std::string& address) {
  return std::ranges::any_of(
      state::list_kind(context.txn, context.scope, kConnectPeer), [&](const GenericResource& peer) {
        return text(peer.document, "_gateway") == gateway_id && peer.state != "deleted" &&
               text(part(peer.document, "ConnectPeerConfiguration"), "TransitGatewayAddress") == address;
      });
}

/// The first free address of the gateway's blocks, of the peer's family.
std::string free_address(Context& context, const GenericResource& gateway, bool wants_ipv6) {
  constexpr unsigned kTried = 255;
  for (const auto& each : items(part(gateway.document, "Options"), "TransitGatewayCidrBlocks")) {
    const auto& block = each.get_ref<const std::string&>();
    if (is_ipv6(block) != wants_ipv6) continue;
    for (unsigned n = 1; n < kTried; ++n) {
      auto address = address_in(block, n);
      if (!is_taken(context, gateway.resource_id, address)) return address;
    }
  }
  throw errors::invalid_parameter_value(  // Assumed: the words
      fmt::format("Transit Gateway {} has no CIDR block with a free address.", gateway.resource_id));
}

bool is_address(std::string_view text) { return parse_ipv4(text) || parse_ipv6(text); }

void check_addresses(const Document& configuration) {
  for (const char* member : {"PeerAddress", "TransitGatewayAddress"}) {
    const auto address = text(configuration, member);
    if (!address.empty() && !is_address(address)) throw errors::invalid_value(address, member);
  }
}

void create_peer(Call& call, GenericResource& peer) {
  const auto attachment = require_resource(call, kTransitGatewayAttachment, peer.parent_id);
  if (text(attachment.document, "ResourceType") != "connect")
    throw unknown_id(kTransitGatewayAttachment, attachment.resource_id);
  if (!is_up(attachment)) throw in_invalid_state(attachment.resource_id);
  const auto gateway = require_transit_gateway(call, text(attachment.document, "TransitGatewayId"));
  auto& configuration = peer.document["ConnectPeerConfiguration"];
  check_addresses(configuration);
  if (text(configuration, "TransitGatewayAddress").empty())
    configuration["TransitGatewayAddress"] = free_address(call, gateway, is_ipv6(text(configuration, "PeerAddress")));
  const auto gateway_asn = integer(part(gateway.document, "Options"), "AmazonSideAsn").value_or(64512);
  const auto peer_asn = integer(call.part("BgpOptions"), "PeerAsn").value_or(gateway_asn);
  Document sessions = Document::array();
  for (const auto& each : call.items("InsideCidrBlocks")) {
    const auto& block = each.get_ref<const std::string&>();
    check_inside_block(block);
    add_sessions(block, gateway_asn, peer_asn, sessions);
  }
  configuration["BgpConfigurations"] = std::move(sessions);
  peer.document["_gateway"] = gateway.resource_id;
}

constexpr Hooks kHooks[] = {{.kind = kConnectPeer, .create = create_peer}};

}  // namespace

Family transit_gateway_connect_peers_family() { return {.hooks = kHooks}; }

}  // namespace fogling
