#include "emulator/network_interfaces.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cidr.hpp"
#include "emulator/default_vpc.hpp"
#include "emulator/random.hpp"
#include "emulator/resource_types.hpp"
#include "emulator/tags.hpp"
#include "emulator/volumes.hpp"
#include "emulator/world.hpp"
#include "state/security_groups.hpp"
#include "state/snapshots.hpp"
namespace fogling {
state::NetworkInterface make_interface(Context& c, const InterfaceSpec& spec) {
  state::NetworkInterface n;
  n.account = c.scope.account;
  n.region = c.scope.region;
  n.network_interface_id = c.make_id("eni");
  n.subnet_id = spec.subnet.subnet_id;
  n.vpc_id = spec.subnet.vpc_id;
  n.availability_zone = spec.subnet.availability_zone;
  n.interface_type = "interface";
  n.status = "available";
  n.mac_address = "02:00:00:00:00:00";
  n.source_dest_check = true;
  n.group_ids = Document::array();
  for (auto& g : spec.group_ids) n.group_ids.push_back(g);
  if (n.group_ids.empty()) n.group_ids.push_back(state::find_group_by_name(c.txn, n.vpc_id, "default")->group_id);
  auto cidr = *parse_cidr(spec.subnet.cidr_block);
  std::uint32_t a = 0;
  do {
    a = static_cast<std::uint32_t>(cidr.first + 4 + c.random().below(cidr.size() - 5));
  } while (state::find_address_holder(c.txn, n.subnet_id, a));
  n.private_ip_address = ipv4_text(a);
  state::insert(c.txn, n);
  state::add_private_address(c.txn, n, a, n.private_ip_address, true);
  state::index_groups(c.txn, n);
  return n;
}
void remove_interface(Context& c, const state::NetworkInterface& i) {
  state::remove_tags(c.txn, i.network_interface_id);
  state::erase(c.txn, i);
}
void attach_interface(Context& c, state::NetworkInterface& i, std::string_view id, std::int64_t d, std::int64_t n,
                      bool del, std::string_view s) {
  i.attachment_id = c.make_id("eni-attach");
  i.instance_id = id;
  i.device_index = d;
  i.network_card_index = n;
  i.delete_on_termination = del;
  i.attachment_status = s;
  i.attach_time_ms = c.now_ms;
  i.status = "in-use";
}
void give_public_address(Context& c, state::NetworkInterface& i) { i.public_ip = draw_public_address(c); }
void take_public_address(state::NetworkInterface& i) { i.public_ip.clear(); }
std::string draw_public_address(Context& c) {
  auto p = *parse_cidr(c.world.options.public_pool);
  for (;;) {
    auto a = ipv4_text(static_cast<std::uint32_t>(p.first + c.random().below(p.size())));
    if (!state::is_public_ip_taken(c.txn, a)) return a;
  }
}
void disassociate(Context& c, state::Address& a) {
  a.association_id.clear();
  a.network_interface_id.clear();
  state::update(c.txn, a);
}
Document instance_interface_document(Transaction& txn, const state::NetworkInterface& i) {
  Document g = Document::array();
  for (auto& id : i.group_ids)
    g.push_back({{"GroupId", id},
                 {"GroupName", state::find_anywhere<state::SecurityGroup>(txn, id.get<std::string>())->group_name}});
  Document o{
      {"NetworkInterfaceId", i.network_interface_id},
      {"SubnetId", i.subnet_id},
      {"VpcId", i.vpc_id},
      {"PrivateIpAddress", i.private_ip_address},
      {"PrivateDnsName", private_dns_name(i.region, i.private_ip_address)},
      {"Groups", g},
      {"MacAddress", i.mac_address},
      {"Status", i.status},
      {"Attachment",
       {{"AttachmentId", i.attachment_id},
        {"DeviceIndex", i.device_index},
        {"Status", i.attachment_status},
        {"AttachTime", iso_seconds(i.attach_time_ms)},
        {"DeleteOnTermination", i.delete_on_termination}}},
      {"PrivateIpAddresses", Document::array({{{"PrivateIpAddress", i.private_ip_address}, {"Primary", true}}})}};
  if (!i.public_ip.empty())
    o["Association"] = {
        {"PublicIp", i.public_ip}, {"PublicDnsName", public_dns_name(i.region, i.public_ip)}, {"IpOwnerId", "amazon"}};
  return o;
}
Document interface_document(Transaction& txn, const state::NetworkInterface& i) {
  return instance_interface_document(txn, i);
}
std::optional<std::string> public_address(Transaction&, const state::NetworkInterface& i) { return i.public_ip; }
}  // namespace fogling
