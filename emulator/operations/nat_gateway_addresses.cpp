/// Addresses that a NAT gateway gets or gives up later: private ones of a private gateway, elastic ones of a public
/// one.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cidr.hpp"
#include "emulator/kinds.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/nat_gateways.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

/// Assumed: how long it takes. There are no connections that would have to be drained.
constexpr std::int64_t kTakes_ms = 2000;
/// Documented: private addresses of one gateway.
constexpr std::size_t kMaxPrivate = 8;

bool is_in_motion(const Document& item) { return text(item, "Status") != "succeeded"; }

/// A gateway of this connectivity that is available. Assumed: the words.
GenericResource require_gateway(Call& call, std::string_view connectivity) {
  auto gateway = require_resource(call, "natgateway", call.require("NatGatewayId"));
  if (text(gateway.document, "ConnectivityType") != connectivity) {
    throw errors::invalid_parameter_value(
        fmt::format("The NAT gateway {} is not a {} NAT gateway.", gateway.resource_id, connectivity));
  }
  if (gateway.state != "available") {
    throw errors::incorrect_state(fmt::format("The NAT gateway {} is not available.", gateway.resource_id));
  }
  return gateway;
}

/// Documented: while addresses are on their way out, none can come or go.
void refuse_in_motion(const GenericResource& gateway) {
  if (std::ranges::none_of(items(gateway.document, "NatGatewayAddresses"), is_in_motion)) return;
  throw errors::incorrect_state(  // Assumed: the words
      fmt::format("Addresses of the NAT gateway {} are being changed.", gateway.resource_id));
}

state::NetworkInterface interface_of(Call& call, const GenericResource& gateway) {
  const auto& primary = gateway.document["NatGatewayAddresses"][0];
  return state::find<state::NetworkInterface>(call.txn, call.scope, text(primary, "NetworkInterfaceId")).value();
}

/// Stores the gateway and answers these of its addresses; what is in motion comes to its end a while later.
Document answer(Call& call, const GenericResource& gateway, Document items) {
  state::update(call.txn, gateway);
  schedule(call, kNatGatewayAddresses, gateway.resource_id, "settled", kTakes_ms);
  return {{"NatGatewayId", gateway.resource_id}, {"NatGatewayAddresses", std::move(items)}};
}

/// Takes private addresses for the gateway: the given ones, else `count` free ones.
std::vector<std::string> take_private_addresses(Call& call, const state::NetworkInterface& interface,
                                                std::size_t count) {
  const auto subnet = state::find<state::Subnet>(call.txn, call.scope, interface.subnet_id).value();
  std::vector<std::string> taken;
  const auto take = [&](std::uint32_t number) {
    taken.push_back(ipv4_text(number));
    state::add_private_address(call.txn, interface, number, taken.back(), false);
  };
  const auto given = nat_gateway_texts(call, "PrivateIpAddresses");
  for (const auto& each : given) take(require_private_address(call, subnet, each, Asking::assignment));
  while (taken.size() < count) take(draw_private_address(call, subnet, Asking::assignment));
  return taken;
}

Document AssignPrivateNatGatewayAddress(Call& call) {
  auto gateway = require_gateway(call, "private");
  refuse_in_motion(gateway);
  const auto count = call.integer("PrivateIpAddressCount");
  if (count && !call.items("PrivateIpAddresses").empty()) {
    throw errors::not_together("PrivateIpAddressCount", "PrivateIpAddresses");
  }
  if (!count && call.items("PrivateIpAddresses").empty()) throw errors::missing_parameter("PrivateIpAddresses");
  if (count && *count < 1) {
    throw errors::invalid_value(std::to_string(*count), "privateIpAddressCount", "Value must be a positive number.");
  }
  const auto wanted = count ? static_cast<std::size_t>(*count) : call.items("PrivateIpAddresses").size();
  auto& addresses = gateway.document["NatGatewayAddresses"];
  if (addresses.size() + wanted > kMaxPrivate) {
    throw ApiError("PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit.");
  }
  const auto interface = interface_of(call, gateway);
  Document added = Document::array();
  for (const auto& each : take_private_addresses(call, interface, wanted)) {
    added.push_back(nat_address_document(interface, each, false, "assigning"));
    addresses.push_back(added.back());
  }
  return answer(call, gateway, std::move(added));
}

/// The items that a request names by a member's values, put on their way out. Assumed: the words.
Document begin_leaving(Call& call, GenericResource& gateway, const char* parameter, const char* member,
                       const char* status) {
  Document leaving = Document::array();
  for (const auto& wanted : nat_gateway_texts(call, parameter)) {
    auto& addresses = gateway.document["NatGatewayAddresses"];
    const auto found =
        std::ranges::find_if(addresses, [&](const Document& each) { return text(each, member) == wanted; });
    if (found == addresses.end()) {
      throw errors::invalid_parameter_value(
          fmt::format("{} is not an address of the NAT gateway {}.", wanted, gateway.resource_id));
    }
    if (flag(*found, "IsPrimary").value_or(false)) {
      throw errors::invalid_parameter_value(
          fmt::format("{} is the primary address of the NAT gateway {}.", wanted, gateway.resource_id));
    }
    (*found)["Status"] = status;
    leaving.push_back(*found);
  }
  return leaving;
}

Document UnassignPrivateNatGatewayAddress(Call& call) {
  auto gateway = require_gateway(call, "private");
  refuse_in_motion(gateway);
  Document leaving = begin_leaving(call, gateway, "PrivateIpAddresses", "PrivateIp", "unassigning");
  return answer(call, gateway, std::move(leaving));
}

Document AssociateNatGatewayAddress(Call& call) {
  auto gateway = require_gateway(call, "public");
  refuse_in_motion(gateway);
  const auto allocation_ids = nat_gateway_texts(call, "AllocationIds");
  const auto given = call.items("PrivateIpAddresses").size();
  if (given != 0 && given != allocation_ids.size()) {  // Assumed: the words
    throw errors::invalid_combination("There must be a private address for each allocation.");
  }
  auto& addresses = gateway.document["NatGatewayAddresses"];
  if (Quotas::is_reached(call.world.quotas.elastic_ips_per_nat_gateway, static_cast<std::int64_t>(addresses.size()),
                         static_cast<std::int64_t>(allocation_ids.size()))) {
    throw ApiError("AddressLimitExceeded",  // Assumed: code and words
                   "The maximum number of Elastic IP addresses of the NAT gateway has been reached.");
  }
  for (const auto& id : allocation_ids) {
    if (const auto address = require_nat_address(call, id); !address.association_id.empty()) {
      throw ApiError("Resource.AlreadyAssociated", fmt::format("Elastic IP address {} is already associated", id));
    }
  }
  auto interface = interface_of(call, gateway);
  const auto private_ips = take_private_addresses(call, interface, allocation_ids.size());
  Document added = Document::array();
  for (std::size_t i = 0; i < allocation_ids.size(); ++i) {
    auto address = require_nat_address(call, allocation_ids[i]);
    Document item = nat_address_document(interface, private_ips[i], false, "associating");
    give_elastic_address(call, address, interface, item);
    addresses.push_back(item);
    added.push_back(std::move(item));
  }
  return answer(call, gateway, std::move(added));
}

Document DisassociateNatGatewayAddress(Call& call) {
  auto gateway = require_gateway(call, "public");
  refuse_in_motion(gateway);
  Document leaving = begin_leaving(call, gateway, "AssociationIds", "AssociationId", "disassociating");
  return answer(call, gateway, std::move(leaving));
}

/// Gives back what an address on its way out had.
void release(Context& context, const Document& item) {
  if (auto address = state::find_address_by_association(context.txn, context.scope, text(item, "AssociationId")))
    disassociate(context, *address);
  const auto interface =
      state::find<state::NetworkInterface>(context.txn, context.scope, text(item, "NetworkInterfaceId"));
  if (interface) state::remove_private_address(context.txn, *interface, parse_ipv4(text(item, "PrivateIp")).value());
}

void settle_addresses(Context& context, const state::Due& due) {
  auto gateway = state::find<GenericResource>(context.txn, context.scope, due.resource_id);
  if (!gateway) return;
  Document settled = Document::array();
  for (auto& item : gateway->document["NatGatewayAddresses"]) {
    const auto status = text(item, "Status");
    if (status == "unassigning" || status == "disassociating") {
      release(context, item);
      continue;
    }
    item["Status"] = "succeeded";
    settled.push_back(item);
  }
  gateway->document["NatGatewayAddresses"] = std::move(settled);
  state::update(context.txn, *gateway);
}

constexpr Operation kOperations[] = {
    {.name = "AssignPrivateNatGatewayAddress", .run = AssignPrivateNatGatewayAddress, .access = Access::write},
    {.name = "AssociateNatGatewayAddress", .run = AssociateNatGatewayAddress, .access = Access::write},
    {.name = "DisassociateNatGatewayAddress", .run = DisassociateNatGatewayAddress, .access = Access::write},
    {.name = "UnassignPrivateNatGatewayAddress", .run = UnassignPrivateNatGatewayAddress, .access = Access::write},
};

constexpr Mover kMovers[] = {{kNatGatewayAddresses, settle_addresses}};

}  // namespace

Family nat_gateway_addresses_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
