#include "emulator/network_interfaces.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/encoding.hpp"
#include "emulator/kinds.hpp"
#include "emulator/resource_types.hpp"
#include "emulator/security_groups.hpp"
#include "emulator/subnets.hpp"
#include "emulator/tags.hpp"
#include "emulator/traffic_mirroring.hpp"
#include "emulator/world.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/resources.hpp"
#include "state/security_groups.hpp"

namespace fogling {
namespace {

constexpr const char* kInterfacePermission = "network-interface-permission";

/// Locally administered, as EC2's are.
std::string draw_mac_address(Random& random) {
  constexpr const char* kFirst[] = {"02", "06", "0a", "0e"};
  std::string mac = kFirst[random.below(std::size(kFirst))];
  const std::string digits = random.hex(10);
  for (std::size_t i = 0; i < digits.size(); i += 2) mac += ":" + digits.substr(i, 2);
  return mac;
}

/// Recorded for interfaces; of a launch told by users.
ApiError other_network(std::string_view group_id, std::string_view subnet_id, Asking asking) {
  if (asking == Asking::assignment) {
    return {"InvalidGroup.NotFound", "You have specified two resources that belong to different networks."};
  }
  return {asking == Asking::creation ? "InvalidParameterValue" : "InvalidParameter",
          fmt::format("Security group {} and subnet {} belong to different networks.", group_id, subnet_id)};
}

/// The groups of an interface of this subnet, checked.
Document check_groups(Context& context, const InterfaceSpec& spec) {
  if (spec.group_ids.empty()) {
    const auto group = state::find_group_by_name(context.txn, spec.subnet.vpc_id, "default");
    return group ? Document::array({group->group_id}) : Document::array();
  }
  return check_interface_groups(context, spec.group_ids, spec.subnet, spec.asking);
}

/// The addresses asked for, all of them free and different.
std::vector<std::uint32_t> require_given_addresses(Context& context, const InterfaceSpec& spec) {
  std::vector<std::string> given = spec.secondary_addresses;
  if (!spec.private_ip_address.empty()) given.insert(given.begin(), spec.private_ip_address);
  std::vector<std::uint32_t> numbers;
  for (const auto& address : given) {
    const std::uint32_t number = require_private_address(context, spec.subnet, address, spec.asking);
    if (std::ranges::find(numbers, number) != numbers.end()) {
      // Assumed: the words.
      throw errors::invalid_parameter_value(fmt::format("Address {} is specified more than once", address));
    }
    numbers.push_back(number);
  }
  return numbers;
}

/// The primary address. Nearly always known before the interface is made; where only others are given, it is drawn once
/// they are taken.
std::optional<std::uint32_t> first_address(Context& context, const InterfaceSpec& spec,
                                           const std::vector<std::uint32_t>& given) {
  if (!spec.private_ip_address.empty()) return given.front();
  if (!given.empty() || is_ipv6_native(spec.subnet)) return std::nullopt;
  return draw_private_address(context, spec.subnet, spec.asking);
}

/// Takes the primary address and the given ones for a new interface, then draws what is missing.
void take_addresses(Context& context, const InterfaceSpec& spec, state::NetworkInterface& interface,
                    std::optional<std::uint32_t> primary, const std::vector<std::uint32_t>& given) {
  const auto take = [&](std::uint32_t number, bool is_primary) {
    state::add_private_address(context.txn, interface, number, ipv4_text(number), is_primary);
  };
  if (primary) take(*primary, true);
  for (const std::uint32_t number : given) {
    if (number != primary) take(number, false);
  }
  if (!primary) {
    primary = draw_private_address(context, spec.subnet, spec.asking);
    take(*primary, true);
    interface.private_ip_address = ipv4_text(*primary);
    state::update(context.txn, interface);
  }
  for (std::int64_t i = 0; i < spec.secondary_count; ++i) {
    take(draw_private_address(context, spec.subnet, spec.asking), false);
  }
}

void take_prefixes(Context& context, const InterfaceSpec& spec, state::NetworkInterface& interface) {
  for (const auto& prefix : spec.ipv4_prefixes) {
    give_prefix(context, interface, require_prefix(context, spec.subnet, prefix));
  }
  for (std::int64_t i = 0; i < spec.ipv4_prefix_count; ++i) {
    give_prefix(context, interface, draw_prefix(context, spec.subnet));
  }
}

void take_ipv6_addresses(Context& context, const InterfaceSpec& spec, state::NetworkInterface& interface) {
  const auto take = [&](const std::string& address) {
    interface.ipv6_addresses.push_back({{"Ipv6Address", address}, {"IsPrimaryIpv6", false}});
    state::update(context.txn, interface);  // the next one is drawn with this one taken
  };
  for (const auto& prefix : spec.ipv6_prefixes) {
    give_ipv6_prefix(interface, require_ipv6_prefix(context, spec.subnet, prefix));
    state::update(context.txn, interface);
  }
  for (std::int64_t i = 0; i < spec.ipv6_prefix_count; ++i) {
    give_ipv6_prefix(interface, draw_ipv6_prefix(context, spec.subnet));
    state::update(context.txn, interface);
  }
  for (const auto& address : spec.ipv6_addresses) take(require_ipv6_address(context, spec.subnet, address));
  // Assumed: who asks for prefixes does not get an address besides, whatever the subnet says.
  const bool by_subnet = spec.subnet.assign_ipv6_address_on_creation && spec.ipv6_addresses.empty() &&
                         spec.ipv6_prefixes.empty() && spec.ipv6_prefix_count == 0;
  const std::int64_t count = spec.ipv6_count.value_or(by_subnet ? 1 : 0);
  for (std::int64_t i = 0; i < count; ++i) take(draw_ipv6_address(context, spec.subnet));
}

/// Prefixes and IPv6 addresses are drawn when the interface is there already.
bool wants_more(const InterfaceSpec& spec) {
  return !spec.ipv4_prefixes.empty() || spec.ipv4_prefix_count > 0 || !spec.ipv6_prefixes.empty() ||
         spec.ipv6_prefix_count > 0 || !spec.ipv6_addresses.empty() ||
         spec.ipv6_count.value_or(spec.subnet.assign_ipv6_address_on_creation ? 1 : 0) > 0;
}

/// An IPv6 only subnet has no addresses of IPv4 to give.
void check_families(const InterfaceSpec& spec) {
  const bool wants_ipv4 = !spec.private_ip_address.empty() || !spec.secondary_addresses.empty() ||
                          spec.secondary_count > 0 || !spec.ipv4_prefixes.empty() || spec.ipv4_prefix_count > 0;
  if (!wants_ipv4 || !is_ipv6_native(spec.subnet)) return;
  throw errors::invalid_combination(  // Assumed: code and words
      fmt::format("A private IPv4 address may not be specified for the IPv6 only subnet {}", spec.subnet.subnet_id));
}

}  // namespace

Document check_interface_groups(Context& context, const std::vector<std::string>& group_ids,
                                const state::Subnet& subnet, Asking asking) {
  Document groups = Document::array();
  for (const auto& id : group_ids) {
    check_id("security-group", id);
    const auto group = state::find<state::SecurityGroup>(context.txn, context.scope, id);
    if (!group) throw unknown_id("security-group", id);
    if (!is_usable_in(context.txn, *group, subnet.vpc_id)) throw other_network(id, subnet.subnet_id, asking);
    if (std::ranges::find(groups, Document(id)) == groups.end()) groups.push_back(id);
  }
  if (Quotas::is_reached(context.world.quotas.security_groups_per_interface, 0,
                         static_cast<std::int64_t>(groups.size()))) {
    throw ApiError("SecurityGroupsPerInterfaceLimitExceeded",
                   "The maximum number of security groups per interface has been reached.");
  }
  return groups;
}

state::NetworkInterface make_interface(Context& context, const InterfaceSpec& spec,
                                       const std::function<void(state::NetworkInterface&)>& complete) {
  state::NetworkInterface interface;
  interface.account = context.scope.account;
  interface.region = context.scope.region;
  interface.group_ids = check_groups(context, spec);
  check_families(spec);
  const auto given = require_given_addresses(context, spec);
  const auto primary = first_address(context, spec, given);
  if (const auto quota = context.world.quotas.network_interfaces;
      quota >= 0 && Quotas::is_reached(quota, state::count<state::NetworkInterface>(context.txn, context.scope))) {
    throw ApiError("NetworkInterfaceLimitExceeded",
                   "The maximum number of network interfaces has been reached.");  // Assumed: the words
  }

  interface.network_interface_id = context.make_id("eni");
  interface.subnet_id = spec.subnet.subnet_id;
  interface.vpc_id = spec.subnet.vpc_id;
  interface.availability_zone = spec.subnet.availability_zone;
  interface.description = spec.description;
  interface.interface_type = spec.interface_type;
  interface.status = spec.status;
  interface.mac_address = draw_mac_address(context.random());
  if (primary) interface.private_ip_address = ipv4_text(*primary);
  interface.ipv6_addresses = Document::array();
  interface.source_dest_check = spec.source_dest_check;
  interface.requester_id = spec.requester_id;
  interface.requester_managed = spec.requester_managed;
  // The subnet's attribute is copied here once: changing the subnet later changes no interface.
  interface.options = {{"AssociatePublicIpAddress", spec.subnet.map_public_ip_on_launch}};
  const bool is_native = is_ipv6_native(spec.subnet);
  if (is_native) interface.options["Ipv6Native"] = true;
  const bool is_complete = !wants_more(spec);
  if (is_complete && complete) complete(interface);
  state::insert(context.txn, interface);
  if (!is_native) take_addresses(context, spec, interface, primary, given);
  if (is_complete) return interface;
  take_prefixes(context, spec, interface);
  take_ipv6_addresses(context, spec, interface);
  if (complete) complete(interface);
  state::update(context.txn, interface);
  return interface;
}

void give_prefix(Context& context, state::NetworkInterface& interface, const Cidr& prefix) {
  state::add_prefix(context.txn, interface, prefix.first, prefix.last());
  Document options = interface.options.is_object() ? interface.options : Document::object();
  if (!has(options, "Ipv4Prefixes")) options["Ipv4Prefixes"] = Document::array();
  options["Ipv4Prefixes"].push_back({{"Ipv4Prefix", prefix.text()}});
  interface.options = std::move(options);
}

void give_ipv6_prefix(state::NetworkInterface& interface, std::string_view prefix) {
  Document options = interface.options.is_object() ? interface.options : Document::object();
  if (!has(options, "Ipv6Prefixes")) options["Ipv6Prefixes"] = Document::array();
  options["Ipv6Prefixes"].push_back({{"Ipv6Prefix", prefix}});
  interface.options = std::move(options);
}

namespace {

/// Assumed: a count below one is refused in the words recorded for private addresses.
std::optional<std::int64_t> read_count(const Document& in, const char* member, std::string_view shown,
                                       std::int64_t least) {
  const auto count = integer(in, member);
  if (count && *count < least) {
    throw errors::invalid_value(std::to_string(*count), shown, "Value must be a positive number.");
  }
  return count;
}

}  // namespace

void read_ipv6(const Document& in, InterfaceSpec& spec) {
  for (const auto& each : items(in, "Ipv6Addresses")) spec.ipv6_addresses.emplace_back(text(each, "Ipv6Address"));
  spec.ipv6_count = read_count(in, "Ipv6AddressCount", "ipv6AddressCount", 0);
  if (spec.ipv6_count.value_or(0) > 0 && !spec.ipv6_addresses.empty()) {
    if (spec.asking == Asking::launch) {
      throw errors::invalid_combination(
          "IPv6 addresses and IPv6 address count may not be specified on the same request");
    }
    throw errors::not_together("ipv6Addresses", "ipv6AddressCount");  // Assumed: the words
  }
  for (const auto& each : items(in, "Ipv6Prefixes")) spec.ipv6_prefixes.emplace_back(text(each, "Ipv6Prefix"));
  spec.ipv6_prefix_count = read_count(in, "Ipv6PrefixCount", "ipv6PrefixCount", 1).value_or(0);
  if (spec.ipv6_prefix_count > 0 && !spec.ipv6_prefixes.empty()) {  // Assumed: the words
    throw errors::not_together("ipv6Prefixes", "ipv6PrefixCount");
  }
}

void check_interface_type(std::string_view type) {
  constexpr std::string_view kTypes[] = {"interface", "efa", "efa-only", "branch", "trunk"};
  if (std::ranges::find(kTypes, type) != std::end(kTypes)) return;
  throw errors::invalid_parameter_value(fmt::format("invalid value for parameter interface-type: {}", type));
}

void check_interface_description(std::string_view description) {
  constexpr std::string_view kMarks = ". _-:/()#,@[]+=&;{}!$*";
  if (consists_of_letters_digits_and(kMarks, description) && description.size() < 256) return;
  throw errors::invalid_parameter_value(
      "Invalid interface description. Valid descriptions are strings less than 256 characters from the following set:  "
      "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");
}

state::NetworkInterface require_usable_interface(Context& context, std::string_view network_interface_id,
                                                 std::string_view permission) {
  check_id("network-interface", network_interface_id);
  auto interface = state::find_anywhere<state::NetworkInterface>(context.txn, network_interface_id);
  if (!interface || interface->region != context.scope.region) {
    throw unknown_id("network-interface", network_interface_id);
  }
  if (interface->account == context.scope.account) return *std::move(interface);
  const auto permissions = state::list_children(context.txn, network_interface_id, kInterfacePermission);
  const bool is_permitted = std::ranges::any_of(permissions, [&](const state::GenericResource& each) {
    return each.state == "GRANTED" && text(each.document, "Permission") == permission &&
           text(each.document, "AwsAccountId") == context.scope.account;
  });
  if (!is_permitted) throw unknown_id("network-interface", network_interface_id);
  return *std::move(interface);
}

void enable_primary_ipv6(state::NetworkInterface& interface) {
  if (std::ranges::any_of(interface.ipv6_addresses,
                          [](const Document& each) { return flag(each, "IsPrimaryIpv6").value_or(false); })) {
    return;  // once chosen it stays
  }
  if (interface.ipv6_addresses.empty()) {  // Assumed: the words
    throw errors::invalid_parameter_value(
        fmt::format("The network interface '{}' has no IPv6 address", interface.network_interface_id));
  }
  interface.ipv6_addresses.front()["IsPrimaryIpv6"] = true;
}

void set_connection_tracking(state::NetworkInterface& interface, const Document& specification) {
  struct Limit {
    const char* member;
    const char* shown;
    std::int64_t least, most;  // seconds, by the API Reference
  };
  constexpr Limit kLimits[] = {{"TcpEstablishedTimeout", "tcpEstablishedTimeout", 60, 432'000},
                               {"UdpStreamTimeout", "udpStreamTimeout", 60, 180},
                               {"UdpTimeout", "udpTimeout", 30, 60}};
  Document configuration = part(interface.options, "ConnectionTrackingConfiguration");
  for (const auto& limit : kLimits) {
    const auto seconds = integer(specification, limit.member);
    if (!seconds) continue;
    if (*seconds < limit.least || *seconds > limit.most) {  // Assumed: the words
      throw errors::invalid_value(std::to_string(*seconds), limit.shown,
                                  fmt::format("Value must be from {} to {} seconds.", limit.least, limit.most));
    }
    configuration[limit.member] = *seconds;
  }
  interface.options["ConnectionTrackingConfiguration"] = std::move(configuration);
}

std::int64_t count_addresses(Transaction& txn, const state::NetworkInterface& interface) {
  return static_cast<std::int64_t>(state::private_addresses(txn, interface).size() +
                                   items(interface.options, "Ipv4Prefixes").size());
}

void check_interface_count(std::string_view instance_type, std::size_t interfaces) {
  const auto* type = catalogue::find_instance_type(instance_type);
  if (type == nullptr || interfaces <= static_cast<std::size_t>(type->max_network_interfaces)) return;
  throw ApiError("AttachmentLimitExceeded",  // Assumed: the words
                 fmt::format("Interface count {} exceeds the limit for {}", interfaces, instance_type));
}

void check_address_count(std::string_view instance_type, std::int64_t addresses) {
  const auto* type = catalogue::find_instance_type(instance_type);
  if (type == nullptr || addresses <= type->ipv4_per_interface) return;
  throw ApiError("PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit.");
}

void check_ipv6_count(std::string_view instance_type, const state::NetworkInterface& interface) {
  const auto* type = catalogue::find_instance_type(instance_type);
  const auto addresses = interface.ipv6_addresses.size() + items(interface.options, "Ipv6Prefixes").size();
  if (type == nullptr || static_cast<std::int64_t>(addresses) <= type->ipv6_per_interface) return;
  // Assumed: code and words are those of IPv4.
  throw ApiError("PrivateIpAddressLimitExceeded", "Number of IPv6 addresses will exceed limit.");
}

void remove_interface(Context& context, const state::NetworkInterface& interface) {
  for (auto& address : state::addresses_of_interface(context.txn, interface.network_interface_id)) {
    disassociate(context, address);
  }
  end_mirroring(context, interface.network_interface_id);
  for (auto& endpoint :
       state::list_referring(context.txn, interface.network_interface_id, "verified-access-endpoint")) {
    endpoint.document["NetworkInterfaceOptions"].erase("NetworkInterfaceId");  // it leads nowhere from here on
    state::update(context.txn, endpoint);
  }
  for (const auto& each : state::list_children(context.txn, interface.network_interface_id, kInterfacePermission)) {
    erase_resource(context, each);
  }
  state::remove_tags(context.txn, interface.network_interface_id);
  state::remove_dues_of(context.txn, interface.network_interface_id);
  state::erase(context.txn, interface);  // private addresses and groups go with it
}

void attach_interface(Context& context, state::NetworkInterface& interface, std::string_view instance_id,
                      std::int64_t device_index, std::int64_t network_card_index, bool delete_on_termination,
                      std::string_view status) {
  interface.status = "in-use";
  interface.attachment_id = context.make_id("eni-attach");
  interface.attachment_status = status;
  interface.attach_time_ms = context.now_ms;
  interface.instance_id = instance_id;
  interface.device_index = device_index;
  interface.network_card_index = network_card_index;
  interface.delete_on_termination = delete_on_termination;
}

void attach_to_service(Context& context, state::NetworkInterface& interface) {
  interface.status = "in-use";
  interface.attachment_id = context.make_id("ela-attach");
  interface.attachment_status = "attached";
  interface.attach_time_ms = context.now_ms;
  interface.device_index = 1;
}

void detach_interface(state::NetworkInterface& interface) {
  interface.status = "available";
  interface.attachment_id.clear();
  interface.attachment_status.clear();
  interface.attach_time_ms = 0;
  interface.instance_id.clear();
  interface.device_index = interface.network_card_index = 0;
  interface.delete_on_termination = false;
  if (!interface.options.is_object()) return;
  for (const char* member : {"EnaSrdSpecification", "InstanceOwnerId"}) interface.options.erase(member);
}

void give_public_address(Context& context, state::NetworkInterface& interface) {
  const auto elastic = state::addresses_of_interface(context.txn, interface.network_interface_id);
  if (std::ranges::find(elastic, interface.private_ip_address, &state::Address::private_ip_address) != elastic.end()) {
    return;
  }
  interface.public_ip = draw_public_address(context);
  context.world.compute->set_public_address(interface.network_interface_id, interface.public_ip);
}

void take_public_address(state::NetworkInterface& interface) { interface.public_ip.clear(); }

void associate(Context& context, state::Address& address, state::NetworkInterface& interface,
               std::string_view private_ip_address) {
  address.association_id = context.make_id("eipassoc");
  address.network_interface_id = interface.network_interface_id;
  address.private_ip_address = private_ip_address;
  state::update(context.txn, address);
  if (private_ip_address != interface.private_ip_address) return;
  if (!interface.public_ip.empty()) {
    take_public_address(interface);
    state::update(context.txn, interface);
  }
  context.world.compute->set_public_address(interface.network_interface_id, address.public_ip);
}

void disassociate(Context& context, state::Address& address) {
  if (const auto interface = state::find_anywhere<state::NetworkInterface>(context.txn, address.network_interface_id);
      interface && interface->private_ip_address == address.private_ip_address) {
    context.world.compute->set_public_address(address.network_interface_id, std::nullopt);
  }
  address.association_id.clear();
  address.network_interface_id.clear();
  address.private_ip_address.clear();
  state::update(context.txn, address);
}

}  // namespace fogling
