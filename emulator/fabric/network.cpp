#include "emulator/fabric/network.hpp"

#include <algorithm>

namespace fogling::fabric {

void RouteTable::sort_entries() {
  entries.clear();
  for (std::size_t i = 0; i < routes.size(); ++i) {
    for (const auto& block : routes[i].blocks) entries.push_back({block, i});
  }
  const auto rank = [&](const Entry& entry) {
    const Route& route = routes[entry.route];
    if (route.target == "local") return 0;
    if (route.origin == "EnableVgwRoutePropagation") return 3;
    return route.prefix_list_id.empty() ? 1 : 2;
  };
  std::ranges::stable_sort(entries, {},
                           [&](const Entry& entry) { return std::pair(-entry.block.length, rank(entry)); });
}

const Interface::Address* Interface::find(const Ip& ip) const {
  const auto found = std::ranges::find(addresses, ip, &Address::ip);
  return found == addresses.end() ? nullptr : &*found;
}

bool Interface::has(const Ip& ip) const {
  return find(ip) != nullptr || std::ranges::any_of(prefixes, [&](const Block& block) { return block.contains(ip); });
}

const Interface::Address* Interface::first(bool is_v6) const {
  const auto found = std::ranges::find_if(addresses, [&](const Address& each) { return each.ip.is_v6 == is_v6; });
  return found == addresses.end() ? nullptr : &*found;
}

const Vpc* Network::vpc(std::string_view id) { return look_up(vpcs_, id, reading::vpc); }
const Subnet* Network::subnet(std::string_view id) { return look_up(subnets_, id, reading::subnet); }
const RouteTable* Network::route_table(std::string_view id) { return look_up(route_tables_, id, reading::route_table); }
const NetworkAcl* Network::network_acl(std::string_view id) { return look_up(network_acls_, id, reading::network_acl); }
const SecurityGroup* Network::security_group(std::string_view id) {
  return look_up(security_groups_, id, reading::security_group);
}
const Interface* Network::interface(std::string_view id) { return look_up(interfaces_, id, reading::interface); }
const Instance* Network::instance(std::string_view id) { return look_up(instances_, id, reading::instance); }
const NatGateway* Network::nat_gateway(std::string_view id) { return look_up(nat_gateways_, id, reading::nat_gateway); }
const Peering* Network::peering(std::string_view id) { return look_up(peerings_, id, reading::peering); }

const TransitTable* Network::transit_table(std::string_view gateway_id, std::string_view vpc_id) {
  return look_up(transit_tables_, std::string(gateway_id) + " " + std::string(vpc_id), reading::transit_table);
}

std::string Network::holder_id(const Vpc& in_vpc, const Ip& ip) {
  for (const auto& id : in_vpc.subnet_ids) {
    const auto* each = subnet(id);
    if (each == nullptr || std::ranges::none_of(each->blocks, [&](const Block& block) { return block.contains(ip); }))
      continue;
    return reading::holder_in_subnet(*context_, id, ip);
  }
  return {};
}

const Interface* Network::holder(const Vpc& in_vpc, const Ip& ip) {
  const std::pair key(in_vpc.id, ip);
  auto found = holders_.find(key);
  if (found == holders_.end()) {
    if (context_ == nullptr) return nullptr;
    found = holders_.emplace(key, holder_id(in_vpc, ip)).first;
  }
  return interface(found->second);
}

const Interface* Network::public_holder(const Ip& ip) {
  auto found = public_holders_.find(ip);
  if (found == public_holders_.end()) {
    if (context_ == nullptr) return nullptr;
    found = public_holders_.emplace(ip, reading::public_holder(*context_, ip)).first;
  }
  return interface(found->second);
}

void Network::put(Interface row) {
  for (const auto& each : row.addresses) {
    holders_[{row.vpc_id, each.ip}] = row.id;
    if (each.ip.is_v6) public_holders_[each.ip] = row.id;
    if (each.public_ip) public_holders_[*each.public_ip] = row.id;
  }
  interfaces_.add(std::move(row));
}

}  // namespace fogling::fabric
