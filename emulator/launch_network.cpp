/// The network of a launch: one interface in the place chosen, or those that the request describes.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cidr.hpp"
#include "emulator/describe.hpp"
#include "emulator/launch.hpp"
#include "state/security_groups.hpp"

namespace fogling::launch {
namespace {

/// Ids of the groups of the request, by id or, in a default VPC, by name.
std::vector<std::string> requested_groups(Planning& planning, const Document& ids, const Document& names) {
  auto& [context, in, plan] = planning;
  std::vector<std::string> groups;
  if (!names.empty() && !ids.empty()) throw errors::not_together("groupName", "groupId");
  if (!names.empty() && !text(in, "SubnetId").empty()) throw errors::not_together("groupName", "subnet");
  for (const auto& each : ids) {
    const auto group = require_row<state::SecurityGroup>(context, "security-group", each.get_ref<const std::string&>());
    groups.push_back(group.group_id);
  }
  for (const auto& each : names) {
    const auto& name = each.get_ref<const std::string&>();
    const auto group = state::find_group_by_name(context.txn, plan.subnet.vpc_id, name);
    if (!group) {
      throw ApiError("InvalidGroup.NotFound", fmt::format("The security group '{}' does not exist in default VPC '{}'",
                                                          name, plan.subnet.vpc_id));
    }
    groups.push_back(group->group_id);
  }
  return groups;
}

void check_groups_of_interface(Planning& planning, const PlannedInterface& planned) {
  if (planned.spec.group_ids.empty()) return;
  check_interface_groups(planning.context, planned.spec.group_ids, planned.spec.subnet, Asking::launch);
}

// ---- One interface -------------------------------------------------------------------------------------------------

PlannedInterface only_interface(Planning& planning) {
  const auto& in = planning.in;
  plan_place(planning, text(in, "SubnetId"));
  PlannedInterface primary;
  auto& spec = primary.spec;
  spec.subnet = planning.plan.subnet;
  spec.group_ids = requested_groups(planning, items(in, "SecurityGroupIds"), items(in, "SecurityGroups"));
  read_interface_addresses(in,
                           spec);  // its members at the top level: PrivateIpAddress, Ipv6Addresses, Ipv6AddressCount
  primary.has_primary_ipv6 = flag(in, "EnablePrimaryIpv6").value_or(false);
  return primary;
}

// ---- Interfaces that the request describes -------------------------------------------------------------------------

void refuse_instance_level_network(const Document& in) {
  const auto refuse = [](std::string_view what) {
    throw errors::invalid_combination(
        fmt::format("Network interfaces and an instance-level {} may not be specified on the same request", what));
  };
  if (!text(in, "SubnetId").empty()) refuse("subnet ID");
  if (!items(in, "SecurityGroupIds").empty() || !items(in, "SecurityGroups").empty()) refuse("security groups");
  if (!text(in, "PrivateIpAddress").empty()) refuse("private IP address");
  // Assumed: the words of these two follow the others'.
  if (!items(in, "Ipv6Addresses").empty()) refuse("IPv6 addresses");
  if (integer(in, "Ipv6AddressCount").value_or(0) > 0) refuse("IPv6 address count");
}

/// What an interface that is there already brings along cannot be said again. Told by users of the first and the last;
/// Assumed: the words of the others follow them.
void check_existing(const Document& in) {
  const auto refuse = [](std::string_view what) {
    throw errors::invalid_combination(
        fmt::format("A network interface may not specify both a network interface ID and {}", what));
  };
  if (!text(in, "SubnetId").empty()) refuse("a subnet");
  if (!text(in, "PrivateIpAddress").empty() || !items(in, "PrivateIpAddresses").empty()) refuse("a private IP address");
  if (!items(in, "Groups").empty()) refuse("security groups");
  if (flag(in, "DeleteOnTermination").value_or(false)) refuse("delete on termination as true");
  if (has(in, "AssociatePublicIpAddress")) {
    throw errors::invalid_combination(
        "The associatePublicIPAddress parameter cannot be specified for a network interface with an ID.");
  }
}

state::NetworkInterface require_free_interface(Planning& planning, std::string_view id) {
  auto interface = require_row<state::NetworkInterface>(planning.context, "network-interface", id);
  if (!interface.attachment_id.empty()) {
    throw ApiError("InvalidNetworkInterface.InUse", fmt::format("Interface: [{}] in use.", id));
  }
  return interface;
}

/// EFA is there for types that have it; `efa-only` carries no IP traffic, so it cannot be the primary interface.
void check_efa(const Planning& planning, const PlannedInterface& planned) {
  const auto& type = planned.spec.interface_type;
  check_interface_type(type);
  if (type != "efa" && type != "efa-only") return;
  if (planning.plan.type->max_efa_interfaces == 0) {
    throw ApiError("UnsupportedOperation",
                   fmt::format("EFA interfaces are not supported on {}", planning.plan.type->name));
  }
  if (type == "efa-only" && planned.device_index == 0 && planned.network_card_index == 0) refuse_configuration();
}

PlannedInterface described_interface(Planning& planning, const Document& in) {
  PlannedInterface planned;
  planned.device_index = integer(in, "DeviceIndex").value_or(0);
  planned.network_card_index = integer(in, "NetworkCardIndex").value_or(0);
  planned.delete_on_termination = flag(in, "DeleteOnTermination").value_or(true);
  planned.associate_public_ip = flag(in, "AssociatePublicIpAddress");
  planned.has_primary_ipv6 = flag(in, "PrimaryIpv6").value_or(false);
  planned.connection_tracking = part(in, "ConnectionTrackingSpecification");
  planned.ena_srd = part(in, "EnaSrdSpecification");
  if (flag(in, "AssociateCarrierIpAddress").value_or(false)) {
    throw errors::not_built("A carrier IP address (AssociateCarrierIpAddress of RunInstances)");
  }
  if (integer(in, "EnaQueueCount")) throw errors::not_built("The parameter EnaQueueCount of RunInstances");
  if (const auto id = text(in, "NetworkInterfaceId"); !id.empty()) {
    check_existing(in);
    planned.existing = require_free_interface(planning, id);
    planned.delete_on_termination = false;
    return planned;
  }
  auto& spec = planned.spec;
  const auto subnet_id = text(in, "SubnetId");
  spec.subnet =
      subnet_id.empty() ? planning.plan.subnet : require_row<state::Subnet>(planning.context, "subnet", subnet_id);
  spec.description = text(in, "Description");
  check_interface_description(spec.description);
  spec.group_ids = requested_groups(planning, items(in, "Groups"), Document::array());
  read_interface_addresses(in, spec);
  if (const auto type = text(in, "InterfaceType"); !type.empty()) spec.interface_type = type;
  check_efa(planning, planned);
  return planned;
}

/// Device 0 decides where the instance is.
std::string place_of_primary(Planning& planning) {
  for (const auto& each : items(planning.in, "NetworkInterfaces")) {
    if (integer(each, "DeviceIndex").value_or(0) != 0 || integer(each, "NetworkCardIndex").value_or(0) != 0) continue;
    if (const auto id = text(each, "NetworkInterfaceId"); !id.empty()) {
      return require_row<state::NetworkInterface>(planning.context, "network-interface", id).subnet_id;
    }
    return std::string(text(each, "SubnetId"));
  }
  return {};
}

/// Assumed: the words, but for those of public addresses.
void check_device_indices(const Document& described) {
  std::vector<std::pair<std::int64_t, std::int64_t>> seen;
  std::vector<std::string> ids;
  for (const auto& each : described) {
    const auto index = integer(each, "DeviceIndex");
    if (!index) throw errors::invalid_parameter_value("Each network interface requires a device index.");
    const std::pair place{integer(each, "NetworkCardIndex").value_or(0), *index};
    if (std::ranges::find(seen, place) != seen.end()) {
      throw errors::invalid_parameter_value("Each network interface requires a unique device index.");
    }
    seen.push_back(place);
    if (described.size() > 1 && flag(each, "AssociatePublicIpAddress").value_or(false)) {
      throw errors::invalid_combination(
          "The associatePublicIPAddress parameter cannot be specified when launching with multiple network "
          "interfaces.");
    }
    const std::string id(text(each, "NetworkInterfaceId"));
    if (id.empty()) continue;
    if (std::ranges::find(ids, id) != ids.end()) {
      throw errors::invalid_parameter_value(
          fmt::format("Network interface ID '{}' may not be specified on multiple interfaces.", id));
    }
    ids.push_back(id);
  }
  if (std::ranges::find(seen, std::pair<std::int64_t, std::int64_t>{0, 0}) == seen.end()) {
    throw ApiError("UnsupportedOperation", "When specifying network interfaces, you must include a device at index 0.");
  }
}

void check_network_cards(const LaunchPlan& plan) {
  const auto& cards = plan.type->interfaces_per_card;
  if (cards.empty()) return;
  for (const auto& planned : plan.interfaces) {
    const auto card = planned.network_card_index;
    if (card < 0 || card >= static_cast<std::int64_t>(cards.size())) {  // Assumed: the words
      throw errors::invalid_parameter_value(
          fmt::format("The instance type {} has no network card at index {}.", plan.type->name, card));
    }
    const auto on_card = std::ranges::count(plan.interfaces, card, &PlannedInterface::network_card_index);
    if (on_card > cards[static_cast<std::size_t>(card)]) {
      throw ApiError("AttachmentLimitExceeded",  // Assumed: the words
                     fmt::format("Interface count {} exceeds the limit for {}", on_card, plan.type->name));
    }
  }
}

/// All in one zone; not necessarily in one VPC.
void check_one_zone(const LaunchPlan& plan) {
  for (const auto& planned : plan.interfaces) {
    const auto& zone = planned.existing ? planned.existing->availability_zone : planned.spec.subnet.availability_zone;
    if (zone == plan.subnet.availability_zone) continue;
    throw errors::invalid_combination(  // Assumed: the words of AttachNetworkInterface
        "You may not attach a network interface to an instance if they are not in the same availability zone");
  }
}

void plan_described_interfaces(Planning& planning) {
  auto& [context, in, plan] = planning;
  const auto& described = items(in, "NetworkInterfaces");
  refuse_instance_level_network(in);
  check_device_indices(described);
  plan_place(planning, place_of_primary(planning));
  for (const auto& each : described) plan.interfaces.push_back(described_interface(planning, each));
  std::ranges::stable_sort(plan.interfaces, [](const PlannedInterface& a, const PlannedInterface& b) {
    return std::pair(a.network_card_index, a.device_index) < std::pair(b.network_card_index, b.device_index);
  });
  check_interface_count(plan.type->name, plan.interfaces.size());
  check_network_cards(plan);
  check_one_zone(plan);
}

// ---- What is checked of all of them --------------------------------------------------------------------------------

void check_addresses(const Planning& planning, const InterfaceSpec& spec) {
  const auto& type = *planning.plan.type;
  const auto given = static_cast<std::int64_t>(spec.secondary_addresses.size() + spec.ipv4_prefixes.size());
  check_address_count(type.name, 1 + given + spec.secondary_count + spec.ipv4_prefix_count);
  const auto ipv6 = static_cast<std::int64_t>(spec.ipv6_addresses.size() + spec.ipv6_prefixes.size()) +
                    spec.ipv6_count.value_or(0) + spec.ipv6_prefix_count;
  if (ipv6 == 0) return;
  if (!type.ipv6_supported) {
    throw errors::invalid_combination(
        fmt::format("IPv6 is not supported for instances of type '{}'.", type.name));  // Assumed: code and words
  }
  if (ipv6 > type.ipv6_per_interface) {  // documented for launches. Assumed: the words
    throw ApiError("InvalidInterface.IpAddressLimitExceeded",
                   fmt::format("The number of addresses exceeds the limit for {}", type.name));
  }
}

/// Addresses that are given, and interfaces that are there, are for one instance.
void check_single(const LaunchPlan& plan) {
  if (plan.max_count == 1) return;
  for (const auto& planned : plan.interfaces) {
    const auto& spec = planned.spec;
    if (!planned.existing && spec.private_ip_address.empty() && spec.secondary_addresses.empty() &&
        spec.ipv6_addresses.empty() && spec.ipv4_prefixes.empty() && spec.ipv6_prefixes.empty()) {
      continue;
    }
    throw errors::invalid_combination(
        "Multiple instances creation is not compatible with private IP address or network interface ID "
        "parameters.");  // Assumed: the words
  }
}

}  // namespace

void plan_network(Planning& planning) {
  auto& plan = planning.plan;
  if (items(planning.in, "NetworkInterfaces").empty()) {
    plan.interfaces.push_back(only_interface(planning));
  } else {
    plan_described_interfaces(planning);
  }
  for (const auto& planned : plan.interfaces) {
    if (planned.existing) {
      check_address_count(plan.type->name, count_addresses(planning.context.txn, *planned.existing));
      continue;
    }
    check_groups_of_interface(planning, planned);
    check_addresses(planning, planned.spec);
  }
  check_single(plan);
  const auto& primary = plan.interfaces.front();
  plan.prototype.associates_public_ip =
      !primary.existing && plan.interfaces.size() == 1 &&
      primary.associate_public_ip.value_or(primary.spec.subnet.map_public_ip_on_launch);
}

}  // namespace fogling::launch
