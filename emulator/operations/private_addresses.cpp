/// More private addresses for a network interface, IPv4 and IPv6, and fewer again.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/addresses.hpp"
#include "emulator/describe.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/subnets.hpp"
#include "state/instances.hpp"

namespace fogling {
namespace {

state::NetworkInterface require_own_interface(Call& call) {
  auto interface = require_row<state::NetworkInterface>(call, "network-interface", call.text("NetworkInterfaceId"));
  if (interface.requester_managed) throw no_permission();
  return interface;
}

std::optional<std::int64_t> read_count(const Call& call, const char* member, std::string_view shown) {
  const auto count = call.integer(member);
  if (count && *count <= 0) {
    throw errors::invalid_value(std::to_string(*count), shown, "Value must be a positive number.");
  }
  return count;
}

void check_limit(Call& call, const state::NetworkInterface& interface, std::int64_t more) {
  if (interface.instance_id.empty()) return;
  if (const auto instance = state::find<state::Instance>(call.txn, call.scope, interface.instance_id)) {
    check_address_count(instance->instance_type, count_addresses(call.txn, interface) + more);
  }
}

std::vector<std::string> distinct(const Document& list) {
  std::vector<std::string> out;
  for (const auto& each : list) {
    const auto& value = each.get_ref<const std::string&>();
    if (std::ranges::find(out, value) == out.end()) out.push_back(value);
  }
  return out;
}

// ---- IPv4 ----------------------------------------------------------------------------------------------------------

void add_secondary(Call& call, const state::NetworkInterface& interface, std::uint32_t number, Document& assigned) {
  const std::string address = ipv4_text(number);
  state::add_private_address(call.txn, interface, number, address, false);
  assigned.push_back({{"PrivateIpAddress", address}});
}

/// Takes a secondary address from the interface that has it; its elastic address comes along.
void move_secondary(Call& call, const state::NetworkInterface& to, std::string_view from_id, std::uint32_t number) {
  const auto from = state::find<state::NetworkInterface>(call.txn, call.scope, from_id);
  if (!from || from->requester_managed) throw no_permission();
  state::remove_private_address(call.txn, *from, number);
  const std::string address = ipv4_text(number);
  for (auto& elastic : state::addresses_of_interface(call.txn, from_id)) {
    if (elastic.private_ip_address != address) continue;
    elastic.network_interface_id = to.network_interface_id;
    state::update(call.txn, elastic);
  }
}

/// All or nothing: what is refused for one address is refused for all.
void assign_given(Call& call, const state::NetworkInterface& interface, const state::Subnet& subnet,
                  Document& assigned) {
  std::vector<std::string> not_movable;
  for (const auto& address : distinct(call.items("PrivateIpAddresses"))) {
    const std::uint32_t number = require_address_of_subnet(subnet, address, Asking::assignment);
    const auto holder = state::find_address_holder(call.txn, subnet.subnet_id, number);
    if (holder == interface.network_interface_id) {  // recorded: told again, changed nothing
      assigned.push_back({{"PrivateIpAddress", address}});
      continue;
    }
    if (holder) {
      const auto other = state::find<state::NetworkInterface>(call.txn, call.scope, *holder);
      if (other && other->private_ip_address == address) {
        throw errors::invalid_parameter_value("secondary-addresses");  // recorded: a primary address never moves
      }
      if (!call.flag("AllowReassignment").value_or(false)) {
        not_movable.push_back(address);
        continue;
      }
      move_secondary(call, interface, *holder, number);
    }
    add_secondary(call, interface, number, assigned);
  }
  if (not_movable.empty()) return;
  throw errors::invalid_parameter_value(
      fmt::format("[{}] assigned, but move is not allowed.", fmt::join(not_movable, ", ")));
}

Document AssignPrivateIpAddresses(Call& call) {
  auto interface = require_own_interface(call);
  const auto& addresses = call.items("PrivateIpAddresses");
  const auto& prefixes = call.items("Ipv4Prefixes");
  const auto ways = (addresses.empty() ? 0 : 1) + (prefixes.empty() ? 0 : 1) +
                    (has(call.in, "SecondaryPrivateIpAddressCount") ? 1 : 0) +
                    (has(call.in, "Ipv4PrefixCount") ? 1 : 0);
  if (ways == 0) {
    throw ApiError("InvalidParameter",
                   "One of privateIpAddressSet or privateIpAddressCount or ipv4PrefixSet or ipv4PrefixCount must be "
                   "specified.");
  }
  if (ways > 1) {
    throw errors::invalid_combination(
        "You may specify one and only one of privateIpAddressSet or secondaryPrivateIpAddressCount or ipv4Prefixes or "
        "ipv4PrefixCount, but not more than one of them.");
  }
  const auto count = read_count(call, "SecondaryPrivateIpAddressCount", "secondaryPrivateIpAddressCount").value_or(0);
  const auto prefix_count = read_count(call, "Ipv4PrefixCount", "ipv4PrefixCount").value_or(0);
  const auto subnet = state::find_anywhere<state::Subnet>(call.txn, interface.subnet_id).value();

  Document assigned = Document::array(), assigned_prefixes = Document::array();
  assign_given(call, interface, subnet, assigned);
  for (std::int64_t i = 0; i < count; ++i) {
    add_secondary(call, interface, draw_private_address(call, subnet, Asking::assignment), assigned);
  }
  const auto add_prefix = [&](const Cidr& prefix) {
    give_prefix(call, interface, prefix);
    assigned_prefixes.push_back({{"Ipv4Prefix", prefix.text()}});
  };
  for (const auto& prefix : distinct(prefixes)) add_prefix(require_prefix(call, subnet, prefix));
  for (std::int64_t i = 0; i < prefix_count; ++i) add_prefix(draw_prefix(call, subnet));
  state::update(call.txn, interface);
  check_limit(call, interface, 0);  // whatever is too much is rolled back
  return {{"NetworkInterfaceId", interface.network_interface_id},
          {"AssignedPrivateIpAddresses", std::move(assigned)},
          {"AssignedIpv4Prefixes", std::move(assigned_prefixes)}};
}

void unassign_prefix(Call& call, state::NetworkInterface& interface, const std::string& prefix) {
  Document left = Document::array();
  bool was_there = false;
  for (const auto& each : items(interface.options, "Ipv4Prefixes")) {
    if (text(each, "Ipv4Prefix") == prefix) {
      was_there = true;
    } else {
      left.push_back(each);
    }
  }
  if (!was_there) {  // Assumed: as for addresses
    throw errors::invalid_parameter_value(fmt::format(
        "Some of the specified addresses are not assigned to interface {}", interface.network_interface_id));
  }
  const auto block = parse_cidr(prefix).value();
  for (std::uint64_t i = 0; i < block.size(); ++i) {
    state::remove_private_address(call.txn, interface, block.first + static_cast<std::int64_t>(i));
  }
  if (left.empty()) {
    interface.options.erase("Ipv4Prefixes");
  } else {
    interface.options["Ipv4Prefixes"] = std::move(left);
  }
}

void unassign_address(Call& call, const state::NetworkInterface& interface, const std::string& address) {
  const auto held = state::private_addresses(call.txn, interface);
  const auto found = std::ranges::find(held, address, &state::PrivateIpAddress::private_ip_address);
  if (found == held.end()) {
    throw errors::invalid_parameter_value(fmt::format(
        "Some of the specified addresses are not assigned to interface {}", interface.network_interface_id));
  }
  if (found->is_primary) {
    throw errors::invalid_value(address, "privateIpAddress",
                                "The primary IP address of an interface cannot be unassigned.");
  }
  for (auto& elastic : state::addresses_of_interface(call.txn, interface.network_interface_id)) {
    if (elastic.private_ip_address == address) disassociate(call, elastic);
  }
  state::remove_private_address(call.txn, interface, parse_ipv4(address).value());
}

Document UnassignPrivateIpAddresses(Call& call) {
  auto interface = require_own_interface(call);
  const auto addresses = distinct(call.items("PrivateIpAddresses"));
  const auto prefixes = distinct(call.items("Ipv4Prefixes"));
  if (addresses.empty() && prefixes.empty()) {
    throw ApiError("MissingParameter", "One of privateIpAddresses or ipv4Prefixes must be specified.");
  }
  for (const auto& address : addresses) unassign_address(call, interface, address);
  for (const auto& prefix : prefixes) unassign_prefix(call, interface, prefix);
  state::update(call.txn, interface);
  return {};
}

// ---- IPv6 ----------------------------------------------------------------------------------------------------------

void check_ipv6_limit(Call& call, const state::NetworkInterface& interface) {
  if (const auto instance = state::find<state::Instance>(call.txn, call.scope, interface.instance_id)) {
    check_ipv6_count(instance->instance_type, interface);
  }
}

Document AssignIpv6Addresses(Call& call) {
  auto interface = require_own_interface(call);
  const auto given = distinct(call.items("Ipv6Addresses")), prefixes = distinct(call.items("Ipv6Prefixes"));
  const auto count = read_count(call, "Ipv6AddressCount", "ipv6AddressCount");
  const auto prefix_count = read_count(call, "Ipv6PrefixCount", "ipv6PrefixCount");
  const int ways = (given.empty() ? 0 : 1) + (prefixes.empty() ? 0 : 1) + (count ? 1 : 0) + (prefix_count ? 1 : 0);
  if (ways != 1) {  // Assumed: codes and words are those of IPv4
    if (ways == 0) {
      throw ApiError("InvalidParameter",
                     "One of ipv6Addresses or ipv6AddressCount or ipv6Prefixes or ipv6PrefixCount must be specified.");
    }
    throw errors::invalid_combination(
        "You may specify one and only one of ipv6Addresses or ipv6AddressCount or ipv6Prefixes or ipv6PrefixCount, but "
        "not more than one of them.");
  }
  const auto subnet = state::find_anywhere<state::Subnet>(call.txn, interface.subnet_id).value();
  Document added = Document::array(), added_prefixes = Document::array();
  const auto add = [&](const std::string& address) {
    interface.ipv6_addresses.push_back({{"Ipv6Address", address}, {"IsPrimaryIpv6", false}});
    state::update(call.txn, interface);
    added.push_back(address);
  };
  const auto add_prefix = [&](const std::string& prefix) {
    give_ipv6_prefix(interface, prefix);
    state::update(call.txn, interface);
    added_prefixes.push_back(prefix);
  };
  for (const auto& address : given) add(require_ipv6_address(call, subnet, address));
  for (std::int64_t i = 0; i < count.value_or(0); ++i) add(draw_ipv6_address(call, subnet));
  for (const auto& prefix : prefixes) add_prefix(require_ipv6_prefix(call, subnet, prefix));
  for (std::int64_t i = 0; i < prefix_count.value_or(0); ++i) add_prefix(draw_ipv6_prefix(call, subnet));
  check_ipv6_limit(call, interface);  // whatever is too much is rolled back
  return {{"NetworkInterfaceId", interface.network_interface_id},
          {"AssignedIpv6Addresses", std::move(added)},
          {"AssignedIpv6Prefixes", std::move(added_prefixes)}};
}

ApiError not_assigned(const state::NetworkInterface& interface) {
  return errors::invalid_parameter_value(
      fmt::format("Some of the specified addresses are not assigned to interface {}", interface.network_interface_id));
}

void unassign_ipv6_address(state::NetworkInterface& interface, const std::string& address) {
  auto& held = interface.ipv6_addresses;
  const auto found =
      std::ranges::find_if(held, [&](const Document& each) { return text(each, "Ipv6Address") == address; });
  if (found == held.end()) throw not_assigned(interface);  // Assumed: as for IPv4
  if (flag(*found, "IsPrimaryIpv6").value_or(false)) {
    throw errors::invalid_value(address, "ipv6Address", "The primary IPv6 address cannot be unassigned.");
  }
  held.erase(found);
}

void unassign_ipv6_prefix(state::NetworkInterface& interface, const std::string& prefix) {
  Document left = items(interface.options, "Ipv6Prefixes");
  const auto found =
      std::ranges::find_if(left, [&](const Document& each) { return text(each, "Ipv6Prefix") == prefix; });
  if (found == left.end()) throw not_assigned(interface);  // Assumed: as for IPv4
  left.erase(found);
  if (left.empty()) {
    interface.options.erase("Ipv6Prefixes");
  } else {
    interface.options["Ipv6Prefixes"] = std::move(left);
  }
}

Document UnassignIpv6Addresses(Call& call) {
  auto interface = require_own_interface(call);
  Document removed = Document::array(), removed_prefixes = Document::array();
  for (const auto& given : distinct(call.items("Ipv6Addresses"))) {
    removed.push_back(parse_ipv6(given).value_or(given));
    unassign_ipv6_address(interface, removed.back());
  }
  for (const auto& given : distinct(call.items("Ipv6Prefixes"))) {
    const auto prefix = parse_ipv6_cidr(given);
    removed_prefixes.push_back(prefix ? prefix->text() : given);
    unassign_ipv6_prefix(interface, removed_prefixes.back());
  }
  if (removed.empty() && removed_prefixes.empty()) {
    throw ApiError("MissingParameter", "One of ipv6Addresses or ipv6Prefixes must be specified.");  // Assumed
  }
  const auto subnet = state::find_anywhere<state::Subnet>(call.txn, interface.subnet_id).value();
  if (is_ipv6_native(subnet) && interface.ipv6_addresses.empty()) {  // Assumed: code and words
    throw errors::operation_not_permitted(
        fmt::format("The last IPv6 address of interface {} in an IPv6 only subnet cannot be unassigned.",
                    interface.network_interface_id));
  }
  state::update(call.txn, interface);
  return {{"NetworkInterfaceId", interface.network_interface_id},
          {"UnassignedIpv6Addresses", std::move(removed)},
          {"UnassignedIpv6Prefixes", std::move(removed_prefixes)}};
}

constexpr Operation kOperations[] = {
    {.name = "AssignIpv6Addresses", .run = AssignIpv6Addresses, .access = Access::write},
    {.name = "AssignPrivateIpAddresses", .run = AssignPrivateIpAddresses, .access = Access::write},
    {.name = "UnassignIpv6Addresses", .run = UnassignIpv6Addresses, .access = Access::write},
    {.name = "UnassignPrivateIpAddresses", .run = UnassignPrivateIpAddresses, .access = Access::write},
};

}  // namespace

Family private_addresses_family() { return {.operations = kOperations}; }

}  // namespace fogling
