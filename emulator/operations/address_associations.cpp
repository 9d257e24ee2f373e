/// Which interface, or which instance, an elastic address leads to.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/addresses.hpp"
#include "emulator/describe.hpp"
#include "emulator/instances.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/public_host_names.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/resources.hpp"

namespace fogling {
namespace {

using namespace instance_state;

// ---- Associate -----------------------------------------------------------------------------------------------------

/// Recorded, in this order.
void check_combination(const Call& call) {
  const bool has_allocation = !call.text("AllocationId").empty(), has_public_ip = !call.text("PublicIp").empty();
  const bool has_instance = !call.text("InstanceId").empty(), has_interface = !call.text("NetworkInterfaceId").empty();
  if (!has_allocation && !has_public_ip) {
    throw ApiError("MissingParameter", "Either public IP or allocation id must be specified");
  }
  if (has_allocation && has_public_ip) {
    throw errors::invalid_combination("You may specify public IP or allocation id, but not both in the same call");
  }
  if (!has_instance && !has_interface) {
    throw ApiError("MissingParameter", "Either instance ID or network interface id must be specified");
  }
  if (has_instance) check_id("instance", call.text("InstanceId"));
  if (has_instance && has_interface) {  // Assumed: the words
    throw errors::invalid_combination(
        "You may specify instance ID or network interface id, but not both in the same call");
  }
  if (!has_public_ip) return;
  // Since EC2-Classic ended there is no instance left that could be named together with a mere public IP.
  throw errors::invalid_combination(
      has_interface ? "You must specify an allocation id when mapping an address to a network interface"
                    : "You must specify an allocation id when mapping an address to a VPC instance");
}

/// The only interface of an instance in a fitting state.
state::NetworkInterface interface_of_instance(Call& call, std::string_view instance_id) {
  const auto instance = require_instance(call, instance_id);
  if (instance.state == pending || instance.state == shutting_down || instance.state == terminated) {
    throw ApiError("InvalidInstanceID", fmt::format("The {} instance '{}' is not in a valid state for this operation.",
                                                    instance.state, instance.instance_id));
  }
  const auto interfaces = state::interfaces_of_instance(call.txn, instance.instance_id);
  if (interfaces.size() != 1) {
    throw ApiError("InvalidInstanceID", fmt::format("There are multiple interfaces attached to instance '{}'. Please "
                                                    "specify an interface ID for the operation instead.",
                                                    instance.instance_id));
  }
  return interfaces.front();
}

state::NetworkInterface interface_by_id(Call& call, std::string_view network_interface_id) {
  auto interface = require_usable_interface(call, network_interface_id, "EIP-ASSOCIATE");
  if (interface.requester_managed) throw no_permission();
  if (interface.instance_id.empty()) return interface;
  const auto instance = state::find<state::Instance>(call.txn, call.scope, interface.instance_id);
  if (instance && (instance->state == pending || instance->state == shutting_down)) {
    // Seen for pending ones. Assumed: `shutting-down` in the other's place.
    throw errors::incorrect_instance_state(fmt::format(
        "The {} instance to which '{}' is attached is not in a valid state for this operation",
        instance->state == pending ? "pending-instance-creation" : instance->state, interface.network_interface_id));
  }
  return interface;
}

/// The private address that shall be reached: the one asked for, else the primary one.
std::string choose_private_address(Call& call, const state::NetworkInterface& interface) {
  const auto wanted = call.text("PrivateIpAddress");
  if (wanted.empty()) return interface.private_ip_address;
  if (!parse_ipv4(wanted)) {
    throw errors::invalid_parameter_value(fmt::format("invalid value for parameter private-address: {}", wanted));
  }
  const auto addresses = state::private_addresses(call.txn, interface);
  if (std::ranges::find(addresses, wanted, &state::PrivateIpAddress::private_ip_address) == addresses.end()) {
    throw errors::invalid_parameter_value(
        fmt::format("{} is not mapped to the interface {}", wanted, interface.network_interface_id));
  }
  return std::string(wanted);
}

void check_reachability(Call& call, const state::Address& address, const state::NetworkInterface& interface) {
  const auto* zone = catalogue::find_zone(call.scope.region, interface.availability_zone);
  if (zone != nullptr && zone->network_border_group != address.network_border_group) {
    // Assumed: code and words; that it is refused is documented.
    throw errors::invalid_combination(
        fmt::format("The address {} and the network interface {} belong to different network border groups",
                    address.allocation_id, interface.network_interface_id));
  }
  // No route is looked at, only whether a gateway is there at all.
  if (state::list_children(call.txn, interface.vpc_id, "internet-gateway").empty()) {
    throw ApiError("Gateway.NotAttached",
                   fmt::format("Network {} is not attached to any internet gateway", interface.vpc_id));
  }
}

Document AssociateAddress(Call& call) {
  check_combination(call);
  auto address = require_address(call, call.text("AllocationId"));
  const auto instance_id = call.text("InstanceId");
  auto interface = instance_id.empty() ? interface_by_id(call, call.text("NetworkInterfaceId"))
                                       : interface_of_instance(call, instance_id);
  const std::string private_address = choose_private_address(call, interface);
  check_reachability(call, address, interface);

  const bool is_associated = !address.association_id.empty();
  if (is_associated && address.network_interface_id == interface.network_interface_id &&
      address.private_ip_address == private_address) {
    return {{"AssociationId", address.association_id}};  // recorded: also where AllowReassociation is false
  }
  if (is_associated) {
    // Recorded: moving is the default; nothing but an explicit false forbids it.
    if (call.flag("AllowReassociation") == false) {
      throw ApiError("Resource.AlreadyAssociated", fmt::format("resource {} is already associated with associate-id {}",
                                                               address.allocation_id, address.association_id));
    }
    check_holder(call, address);
  }
  const std::string left = address.network_interface_id;
  if (is_associated) disassociate(call, address);
  // Recorded: an address that the target had is set free, whatever AllowReassociation says.
  for (auto& other : state::addresses_of_interface(call.txn, interface.network_interface_id)) {
    if (other.private_ip_address == private_address) disassociate(call, other);
  }
  associate(call, address, interface, private_address);
  if (!left.empty()) restore_public_address(call, left);
  return {{"AssociationId", address.association_id}};
}

// ---- Disassociate --------------------------------------------------------------------------------------------------

/// Assumed: code and words; that the last public IPv4 address stays for such a name is documented.
void check_host_name(Call& call, const state::Address& address) {
  const auto interface = state::find_anywhere<state::NetworkInterface>(call.txn, address.network_interface_id);
  if (!interface || interface->private_ip_address != address.private_ip_address ||
      public_host_name_type(*interface) != public_host_name::dual_stack) {
    return;
  }
  throw errors::operation_not_permitted(
      fmt::format("The network interface {} has a dual-stack public hostname, which needs the address {}.",
                  interface->network_interface_id, address.public_ip));
}

Document DisassociateAddress(Call& call) {
  const auto association_id = call.text("AssociationId");
  const auto public_ip = call.text("PublicIp");
  if (association_id.empty() && public_ip.empty()) {
    throw ApiError("MissingParameter", "Either public IP or association id must be specified");
  }
  if (!association_id.empty() && !public_ip.empty()) {  // Assumed: the words
    throw errors::invalid_combination("You may specify public IP or association id, but not both in the same call");
  }
  if (!public_ip.empty()) {
    if (!state::find_address_by_ip(call.txn, call.scope, public_ip)) throw not_yours(public_ip);
    throw errors::invalid_parameter_value(
        "You must specify an association id when unmapping an address from a VPC instance");
  }
  auto address = state::find_address_by_association(call.txn, call.scope, association_id);
  if (!address) {
    // Recorded: also for one that is over, though the documentation calls a repetition harmless.
    throw ApiError("InvalidAssociationID.NotFound",
                   fmt::format("The association ID '{}' does not exist", association_id));
  }
  check_holder(call, *address);
  check_host_name(call, *address);
  const std::string left = address->network_interface_id;
  disassociate(call, *address);
  restore_public_address(call, left);  // recorded: within the second
  return {};
}

constexpr Operation kOperations[] = {
    {.name = "AssociateAddress", .run = AssociateAddress, .access = Access::write},
    {.name = "DisassociateAddress", .run = DisassociateAddress, .access = Access::write},
};

}  // namespace

Family address_associations_family() { return {.operations = kOperations}; }

}  // namespace fogling
