#include "emulator/addresses.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cidr.hpp"
#include "emulator/describe.hpp"
#include "emulator/network_interfaces.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/instances.hpp"
#include "state/resources.hpp"

namespace fogling {

state::Address require_address(Context& context, std::string_view allocation_id) {
  return require_row<state::Address>(context, "elastic-ip", allocation_id);
}

ApiError unknown_public_ip(std::string_view public_ip) {
  return {"InvalidAddress.NotFound", fmt::format("Address '{}' not found.", public_ip)};
}

ApiError not_yours(std::string_view public_ip) {
  return {"AuthFailure", fmt::format("The address '{}' does not belong to you.", public_ip)};
}

ApiError no_permission() { return {"AuthFailure", "You do not have permission to access the specified resource."}; }

void check_holder(Context& context, const state::Address& address) {
  const auto interface = state::find<state::NetworkInterface>(context.txn, context.scope, address.network_interface_id);
  if (interface && interface->requester_managed) throw no_permission();
}

void forget_transfers(Context& context, std::string_view allocation_id) {
  for (const auto& transfer : state::list_children(context.txn, allocation_id, "address-transfer")) {
    if (transfer.scope() != context.scope) continue;  // the former owner goes on seeing to whom the address went
    state::remove_dues_of(context.txn, transfer.resource_id);
    state::erase(context.txn, transfer);
  }
}

void check_public_ip(std::string_view public_ip) {
  if (parse_ipv4(public_ip)) return;
  throw errors::invalid_parameter_value(
      fmt::format("Invalid value '{}' for PublicIp. Not a valid IPv4 address.", public_ip));
}

bool is_border_group(std::string_view region, std::string_view name) {
  return name == region || std::ranges::any_of(catalogue::zones(region), [&](const catalogue::Zone& zone) {
           return zone.network_border_group == name;
         });
}

std::string released_address_setting(std::string_view public_ip) {
  return fmt::format("released-address:{}", public_ip);
}

void restore_public_address(Context& context, std::string_view network_interface_id) {
  auto interface = state::find<state::NetworkInterface>(context.txn, context.scope, network_interface_id);
  if (!interface || interface->instance_id.empty() || interface->device_index != 0) return;
  if (!interface->public_ip.empty()) return;
  const auto instance = state::find<state::Instance>(context.txn, context.scope, interface->instance_id);
  if (!instance || instance->state != "running" || !instance->associates_public_ip) return;
  if (state::interfaces_of_instance(context.txn, instance->instance_id).size() != 1) return;
  if (!state::addresses_of_interface(context.txn, network_interface_id).empty()) return;
  give_public_address(context, *interface);
  state::update(context.txn, *interface);
}

}  // namespace fogling
