#include "emulator/nat_gateways.hpp"

#include <fmt/format.h>

#include "emulator/network_interfaces.hpp"

namespace fogling {

std::vector<std::string> nat_gateway_texts(const Call& call, std::string_view member) {
  std::vector<std::string> texts;
  for (const auto& each : call.items(member)) texts.push_back(each.get<std::string>());
  return texts;
}

state::Address require_nat_address(Call& call, std::string_view allocation_id) {
  if (auto address = state::find<state::Address>(call.txn, call.scope, allocation_id)) return *std::move(address);
  throw ApiError("InvalidElasticIpID.NotFound",  // Assumed: the words
                 fmt::format("The elasticIp ID '{}' does not exist", allocation_id));
}

Document nat_address_document(const state::NetworkInterface& interface, std::string_view private_ip, bool is_primary,
                              std::string_view status) {
  return {{"NetworkInterfaceId", interface.network_interface_id},
          {"PrivateIp", private_ip},
          {"IsPrimary", is_primary},
          {"Status", status}};
}

void give_elastic_address(Context& context, state::Address& address, state::NetworkInterface& interface,
                          Document& item) {
  associate(context, address, interface, text(item, "PrivateIp"));
  item["AllocationId"] = address.allocation_id;
  item["PublicIp"] = address.public_ip;
  item["AssociationId"] = address.association_id;
}

void release_nat_addresses(Context& context, const state::GenericResource& gateway) {
  for (const auto& item : items(gateway.document, "NatGatewayAddresses")) {
    const auto interface =
        state::find<state::NetworkInterface>(context.txn, context.scope, text(item, "NetworkInterfaceId"));
    if (interface) remove_interface(context, *interface);  // with the first item all are gone
  }
}

}  // namespace fogling
