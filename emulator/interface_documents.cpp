/// How network interfaces are described: by themselves, and as part of an instance.

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/default_vpc.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/public_host_names.hpp"
#include "emulator/tags.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/security_groups.hpp"

namespace fogling {
namespace {

enum class Shown : std::uint8_t { by_itself, with_instance };

/// The names that a VPC gives. Recorded: without host names a primary address lacks the element of its private name,
/// and the others, like public addresses, have it empty.
struct Names {
  bool are_given = false;
  std::string_view region;
  std::string_view instance_id;  ///< of an instance that is called by its id

  std::string of_public(std::string_view public_ip) const {
    return are_given ? public_dns_name(region, public_ip) : std::string();
  }
  void add_private(Document& item, const state::PrivateIpAddress& address) const {
    if (are_given) {
      item["PrivateDnsName"] = address.is_primary && !instance_id.empty()
                                   ? private_resource_name(region, instance_id)
                                   : private_dns_name(region, address.private_ip_address);
    } else if (!address.is_primary) {
      item["PrivateDnsName"] = "";
    }
  }
};

/// Where a private address leads from outside: to an elastic address, which is the account's and has ids, or to one of
/// the pool, which is Amazon's and has none. An instance shows no ids of either.
Document association_document(std::string_view public_ip, const state::Address* elastic, const Names& names,
                              Shown shown) {
  Document out = object({{"PublicIp", public_ip},
                         {"PublicDnsName", names.of_public(public_ip)},
                         {"IpOwnerId", elastic == nullptr ? std::string("amazon") : elastic->account}});
  if (shown == Shown::with_instance) return out;
  if (elastic != nullptr) {
    out["AllocationId"] = elastic->allocation_id;
    out["AssociationId"] = elastic->association_id;
  }
  out["NatEnabled"] = true;  // recorded, though not in the model
  return out;
}

Document groups_document(Transaction& txn, const state::NetworkInterface& interface) {
  Document groups = Document::array();
  for (const auto& each : interface.group_ids) {
    const auto& id = each.get_ref<const std::string&>();
    const auto group = state::find_anywhere<state::SecurityGroup>(txn, id);
    groups.push_back(object({{"GroupId", id}, {"GroupName", group ? group->group_name : std::string()}}));
  }
  return groups;
}

Document common_document(Transaction& txn, const state::NetworkInterface& interface, Shown shown) {
  const auto dns = state::dns_of_vpc(txn, interface.vpc_id);
  const Names names{dns.has_support && dns.has_hostnames, interface.region, text(interface.options, "ResourceName")};
  const auto elastic = state::addresses_of_interface(txn, interface.network_interface_id);
  Document out =
      object({{"NetworkInterfaceId", interface.network_interface_id},
              {"SubnetId", interface.subnet_id},
              {"VpcId", interface.vpc_id},
              {"Description", interface.description},
              {"OwnerId", interface.account},
              {"Status", interface.status},
              {"MacAddress", interface.mac_address},
              {"SourceDestCheck", interface.source_dest_check},
              {"Groups", groups_document(txn, interface)},
              {"Ipv6Addresses", interface.ipv6_addresses.is_array() ? interface.ipv6_addresses : Document::array()},
              {"InterfaceType", interface.interface_type},
              {"Operator", object({{"Managed", false}})}});
  set_if(out, "PrivateIpAddress", interface.private_ip_address);  // an IPv6 only subnet gives none
  Document addresses = Document::array();
  for (const auto& address : state::private_addresses(txn, interface)) {
    Document item = object({{"PrivateIpAddress", address.private_ip_address}, {"Primary", address.is_primary}});
    names.add_private(item, address);
    const auto own = std::ranges::find(elastic, address.private_ip_address, &state::Address::private_ip_address);
    if (own != elastic.end()) {
      item["Association"] = association_document(own->public_ip, &*own, names, shown);
    } else if (address.is_primary && !interface.public_ip.empty()) {
      item["Association"] = association_document(interface.public_ip, nullptr, names, shown);
    }
    if (address.is_primary) {
      if (has(item, "PrivateDnsName")) out["PrivateDnsName"] = item["PrivateDnsName"];
      if (has(item, "Association")) out["Association"] = item["Association"];
    }
    addresses.push_back(std::move(item));
  }
  out["PrivateIpAddresses"] = std::move(addresses);
  for (const char* member : {"Ipv4Prefixes", "Ipv6Prefixes", "ConnectionTrackingConfiguration"}) {
    if (has(interface.options, member)) out[member] = interface.options[member];
  }
  return out;
}

}  // namespace

Document interface_attachment_document(const state::NetworkInterface& interface) {
  Document out = object({{"AttachmentId", interface.attachment_id},
                         {"DeviceIndex", interface.device_index},
                         {"Status", interface.attachment_status},
                         {"AttachTime", iso_seconds(interface.attach_time_ms)},
                         {"DeleteOnTermination", interface.delete_on_termination},
                         {"NetworkCardIndex", interface.network_card_index}});
  if (interface.instance_id.empty()) {  // a service's
    out["InstanceOwnerId"] = "amazon-aws";
  } else {
    out["InstanceId"] = interface.instance_id;
    out["InstanceOwnerId"] = interface.account;
  }
  set_if(out, "InstanceOwnerId", text(interface.options, "InstanceOwnerId"));
  if (has(interface.options, "EnaSrdSpecification")) {
    out["EnaSrdSpecification"] = interface.options["EnaSrdSpecification"];
  }
  return out;
}

std::string ipv6_address(const state::NetworkInterface& interface) {
  if (!interface.ipv6_addresses.is_array() || interface.ipv6_addresses.empty()) return {};
  const auto primary = std::ranges::find_if(
      interface.ipv6_addresses, [](const Document& each) { return flag(each, "IsPrimaryIpv6").value_or(false); });
  const Document& shown = primary == interface.ipv6_addresses.end() ? interface.ipv6_addresses.front() : *primary;
  return std::string(text(shown, "Ipv6Address"));
}

Document interface_document(Transaction& txn, const state::NetworkInterface& interface) {
  Document out = common_document(txn, interface, Shown::by_itself);
  out["Operator"]["HiddenByDefault"] = false;
  out["PublicDnsName"] = text(part(out, "Association"), "PublicDnsName");
  out["AvailabilityZone"] = interface.availability_zone;
  if (const auto* zone = catalogue::find_zone(interface.region, interface.availability_zone)) {
    out["AvailabilityZoneId"] = zone->id;
  }
  set_if(out, "RequesterId", interface.requester_id);
  set_if(out, "Ipv6Address", ipv6_address(interface));
  if (flag(interface.options, "Ipv6Native").value_or(false)) out["Ipv6Native"] = true;
  out["RequesterManaged"] = interface.requester_managed;
  out["TagSet"] = tag_set(txn, interface.network_interface_id);
  if (!interface.attachment_id.empty()) out["Attachment"] = interface_attachment_document(interface);
  show_public_host_name(txn, interface, out);
  return out;
}

Document instance_interface_document(Transaction& txn, const state::NetworkInterface& interface) {
  Document out = common_document(txn, interface, Shown::with_instance);
  out["Attachment"] = interface_attachment_document(interface);
  out["Attachment"].erase("InstanceId");
  out["Attachment"].erase("InstanceOwnerId");
  return out;
}

std::optional<std::string> public_address(Transaction& txn, const state::NetworkInterface& interface) {
  for (const auto& address : state::addresses_of_interface(txn, interface.network_interface_id)) {
    if (address.private_ip_address == interface.private_ip_address) return address.public_ip;
  }
  if (interface.public_ip.empty()) return std::nullopt;
  return interface.public_ip;
}

}  // namespace fogling
