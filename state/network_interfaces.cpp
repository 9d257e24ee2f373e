#include "state/network_interfaces.hpp"

#include "state/table_impl.hpp"

namespace fogling::state {

FOGLING_ROWS(NetworkInterface);

std::vector<NetworkInterface> interfaces_of_instance(Transaction& txn, std::string_view instance_id) {
  static constexpr Sql kTail{"WHERE instance_id = ? AND instance_id <> '' ORDER BY device_index"};
  return select<NetworkInterface>(txn, kTail, instance_id);
}

std::vector<NetworkInterface> interfaces_of_subnet(Transaction& txn, std::string_view subnet_id) {
  static constexpr Sql kTail{"WHERE subnet_id = ? ORDER BY seq"};
  return select<NetworkInterface>(txn, kTail, subnet_id);
}

std::vector<NetworkInterface> interfaces_of_vpc(Transaction& txn, std::string_view vpc_id) {
  static constexpr Sql kTail{"WHERE subnet_id IN (SELECT subnet_id FROM subnet WHERE vpc_id = ?) ORDER BY seq"};
  return select<NetworkInterface>(txn, kTail, vpc_id);
}

std::vector<NetworkInterface> interfaces_of_group(Transaction& txn, std::string_view group_id) {
  static constexpr Sql kTail{
      "WHERE network_interface_id IN (SELECT network_interface_id FROM network_interface_group WHERE group_id = ?)"
      " ORDER BY seq"};
  return select<NetworkInterface>(txn, kTail, group_id);
}

std::optional<NetworkInterface> find_interface_by_attachment(Transaction& txn, std::string_view attachment_id) {
  static constexpr Sql kLater{"WHERE attachment_id = ? AND attachment_id <> '' AND device_index > 0"};
  static constexpr Sql kPrimary{"WHERE attachment_id = ? AND attachment_id <> '' AND device_index <= 0"};
  auto found = select_first<NetworkInterface>(txn, kLater, attachment_id);
  return found ? found : select_first<NetworkInterface>(txn, kPrimary, attachment_id);  // this one walks them all
}

std::vector<PrivateIpAddress> private_addresses(Transaction& txn, const NetworkInterface& interface) {
  static constexpr Sql kSecondary{
      "SELECT private_ip_address FROM private_ip_address WHERE network_interface_id = ? AND NOT is_primary"
      " AND position >= 0 ORDER BY position"};
  std::vector<PrivateIpAddress> addresses;
  if (!interface.private_ip_address.empty()) addresses.push_back({interface.private_ip_address, true});
  for (auto& address : column<std::string>(txn, kSecondary, interface.network_interface_id)) {
    addresses.push_back({std::move(address), false});
  }
  return addresses;
}

std::optional<std::string> find_address_holder(Transaction& txn, std::string_view subnet_id, std::int64_t number) {
  static constexpr Sql kFind{"SELECT network_interface_id FROM private_ip_address WHERE subnet_id = ? AND number = ?"};
  return value<std::string>(txn, kFind, subnet_id, number);
}

std::optional<std::string> find_ipv6_address_holder(Transaction& txn, std::string_view subnet_id,
                                                    std::string_view ipv6_address) {
  static constexpr Sql kFind{
      "SELECT network_interface_id FROM network_interface WHERE (?1 = '' OR subnet_id = ?1)"
      " AND ipv6_addresses LIKE '%\"' || ?2 || '\"%' LIMIT 1"};
  return value<std::string>(txn, kFind, subnet_id, ipv6_address);
}

std::optional<std::string> find_public_address_holder(Transaction& txn, std::string_view public_ip) {
  static constexpr Sql kFind{
      "SELECT network_interface_id FROM network_interface WHERE public_ip = ? AND public_ip <> ''"};
  return value<std::string>(txn, kFind, public_ip);
}

void add_private_address(Transaction& txn, const NetworkInterface& interface, std::int64_t number,
                         std::string_view private_ip_address, bool is_primary) {
  static constexpr Sql kInsert{
      "INSERT INTO private_ip_address (subnet_id, number, private_ip_address, network_interface_id, is_primary,"
      " account, region, position) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
      " CASE WHEN ?5 THEN 0 ELSE (SELECT coalesce(max(position), 0) + 1 FROM private_ip_address"
      " WHERE network_interface_id = ?4 AND NOT is_primary) END)"};
  execute(txn, kInsert, interface.subnet_id, number, private_ip_address, interface.network_interface_id, is_primary,
          interface.account, interface.region);
}

void add_prefix(Transaction& txn, const NetworkInterface& interface, std::int64_t first, std::int64_t last) {
  static constexpr Sql kInsert{
      "INSERT INTO private_ip_address (subnet_id, number, private_ip_address, network_interface_id, is_primary,"
      " account, region, position) VALUES (?, ?, '', ?, 0, ?, ?, -1)"};
  for (std::int64_t number = first; number <= last; ++number) {
    execute(txn, kInsert, interface.subnet_id, number, interface.network_interface_id, interface.account,
            interface.region);
  }
}

bool has_private_address_between(Transaction& txn, std::string_view subnet_id, std::int64_t first, std::int64_t last) {
  static constexpr Sql kFind{"SELECT 1 FROM private_ip_address WHERE subnet_id = ? AND number BETWEEN ? AND ? LIMIT 1"};
  return value<std::int64_t>(txn, kFind, subnet_id, first, last).has_value();
}

void remove_private_address(Transaction& txn, const NetworkInterface& interface, std::int64_t number) {
  static constexpr Sql kDelete{
      "DELETE FROM private_ip_address WHERE subnet_id = ? AND number = ? AND network_interface_id = ?"};
  execute(txn, kDelete, interface.subnet_id, number, interface.network_interface_id);
}

bool has_ipv6_prefixes(Transaction& txn, std::string_view subnet_id) {
  static constexpr Sql kFind{
      "SELECT 1 FROM network_interface WHERE subnet_id = ? AND instr(options, '\"Ipv6Prefixes\"') LIMIT 1"};
  return value<std::int64_t>(txn, kFind, subnet_id).has_value();
}

bool is_public_ip_taken(Transaction& txn, std::string_view public_ip) {
  static constexpr Sql kFind{
      "SELECT 1 FROM network_interface WHERE public_ip = ?1 AND public_ip <> '' UNION ALL"
      " SELECT 1 FROM address WHERE public_ip = ?1"};
  return value<std::int64_t>(txn, kFind, public_ip).has_value();
}

std::optional<std::int64_t> find_free_number_after(Transaction& txn, std::string_view subnet_id, std::int64_t taken,
                                                   std::int64_t last) {
  static constexpr Sql kFind{
      "SELECT number + 1 FROM private_ip_address a WHERE subnet_id = ?1 AND number >= ?2 AND number < ?3 AND NOT EXISTS"
      " (SELECT 1 FROM private_ip_address b WHERE b.subnet_id = ?1 AND b.number = a.number + 1)"
      " ORDER BY number LIMIT 1"};
  return value<std::int64_t>(txn, kFind, subnet_id, taken, last);
}

VpcDns dns_of_vpc(Transaction& txn, std::string_view vpc_id) {
  static constexpr Sql kFind{"SELECT enable_dns_support, enable_dns_hostnames FROM vpc WHERE vpc_id = ?"};
  auto& statement = txn.database().statement(kFind);
  bind_all(statement, vpc_id);
  VpcDns dns;
  if (statement.executeStep()) {
    read_value(statement, 0, dns.has_support);
    read_value(statement, 1, dns.has_hostnames);
  }
  statement.reset();
  return dns;
}

}  // namespace fogling::state
