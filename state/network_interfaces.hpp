#pragma once

#include "state/table.hpp"

namespace fogling::state {

struct NetworkInterface : Resource {
  std::string network_interface_id;
  std::string subnet_id;
  std::string vpc_id;
  std::string availability_zone;
  std::string description;
  std::string interface_type;
  std::string status;
  std::string mac_address;
  std::string private_ip_address;
  bool source_dest_check = false;
  std::string requester_id;
  bool requester_managed = false;
  std::string public_ip;
  Document group_ids;
  Document ipv6_addresses;
  Document options;
  std::string attachment_id;
  std::string attachment_status;
  std::int64_t attach_time_ms = 0;
  std::string instance_id;
  std::int64_t device_index = 0;
  std::int64_t network_card_index = 0;
  bool delete_on_termination = false;
};

template <>
struct Table<NetworkInterface> {
  using T = NetworkInterface;
  static constexpr std::string_view name = "network_interface";
  static decltype(auto) columns(auto visit) {
    return visit(Column{"network_interface_id", &T::network_interface_id}, Column{"subnet_id", &T::subnet_id},
                 Column{"vpc_id", &T::vpc_id}, Column{"availability_zone", &T::availability_zone},
                 Column{"description", &T::description}, Column{"interface_type", &T::interface_type},
                 Column{"status", &T::status}, Column{"mac_address", &T::mac_address},
                 Column{"private_ip_address", &T::private_ip_address},
                 Column{"source_dest_check", &T::source_dest_check}, Column{"requester_id", &T::requester_id},
                 Column{"requester_managed", &T::requester_managed}, Column{"public_ip", &T::public_ip},
                 Column{"group_ids", &T::group_ids}, Column{"ipv6_addresses", &T::ipv6_addresses},
                 Column{"options", &T::options}, Column{"attachment_id", &T::attachment_id},
                 Column{"attachment_status", &T::attachment_status}, Column{"attach_time_ms", &T::attach_time_ms},
                 Column{"instance_id", &T::instance_id}, Column{"device_index", &T::device_index},
                 Column{"network_card_index", &T::network_card_index},
                 Column{"delete_on_termination", &T::delete_on_termination});
  }
};

/// One private IPv4 address of an interface; the primary one comes first.
struct PrivateIpAddress {
  std::string private_ip_address;
  bool is_primary = false;
};

std::vector<NetworkInterface> interfaces_of_instance(Transaction& txn, std::string_view instance_id);
std::vector<NetworkInterface> interfaces_of_subnet(Transaction& txn, std::string_view subnet_id);
std::vector<NetworkInterface> interfaces_of_vpc(Transaction& txn, std::string_view vpc_id);
std::vector<NetworkInterface> interfaces_of_group(Transaction& txn, std::string_view group_id);
/// Whoever has it.
std::optional<NetworkInterface> find_interface_by_attachment(Transaction& txn, std::string_view attachment_id);
std::vector<PrivateIpAddress> private_addresses(Transaction& txn, const NetworkInterface& interface);
/// Whose address it is, if anybody's. `number` is the IPv4 address in host order.
std::optional<std::string> find_address_holder(Transaction& txn, std::string_view subnet_id, std::int64_t number);
/// Whose IPv6 address it is, in its shortest text; an empty subnet means any.
std::optional<std::string> find_ipv6_address_holder(Transaction& txn, std::string_view subnet_id,
                                                    std::string_view ipv6_address);
/// Whose automatic public address it is.
std::optional<std::string> find_public_address_holder(Transaction& txn, std::string_view public_ip);
void add_private_address(Transaction& txn, const NetworkInterface& interface, std::int64_t number,
                         std::string_view private_ip_address, bool is_primary);
/// Gives the interface a range of addresses as one prefix; they are not listed among its private addresses.
void add_prefix(Transaction& txn, const NetworkInterface& interface, std::int64_t first, std::int64_t last);
/// Whether anybody holds one of these.
bool has_private_address_between(Transaction& txn, std::string_view subnet_id, std::int64_t first, std::int64_t last);
void remove_private_address(Transaction& txn, const NetworkInterface& interface, std::int64_t number);
/// Whether any interface of the subnet has been given a prefix of IPv6.
bool has_ipv6_prefixes(Transaction& txn, std::string_view subnet_id);
bool is_public_ip_taken(Transaction& txn, std::string_view public_ip);
/// The first number above `taken`, itself one that somebody holds, that nobody holds; nothing where that is beyond
/// `last`.
std::optional<std::int64_t> find_free_number_after(Transaction& txn, std::string_view subnet_id, std::int64_t taken,
                                                   std::int64_t last);

/// What a VPC says about names: all that the description of an interface needs of it.
struct VpcDns {
  bool has_support = false, has_hostnames = false;
};
VpcDns dns_of_vpc(Transaction& txn, std::string_view vpc_id);

}  // namespace fogling::state
