#pragma once

/// Networks made by hand and by chance, and an evaluator that knows nothing of sets: it takes one packet and asks every
/// rule, slowly. For the tests of the fabric only.

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "emulator/fabric/trace.hpp"

namespace fogling::fabric {

inline Block block(std::string_view text) { return parse_block(text).value(); }
inline Ip ip(std::string_view text) { return parse_ip(text).value(); }

// ---- Networks ------------------------------------------------------------------------------------------------------

/// The rows of a network, to be read by the slow evaluator and put into a Network for the engine.
struct Plan {
  std::vector<Vpc> vpcs;
  std::vector<Subnet> subnets;
  std::vector<NetworkAcl> acls;
  std::vector<RouteTable> tables;
  std::vector<SecurityGroup> groups;
  std::vector<Interface> interfaces;
  std::vector<Instance> instances;

  void fill(Network& network) const {
    for (const auto& each : vpcs) network.put(each);
    for (const auto& each : subnets) network.put(each);
    for (const auto& each : acls) network.put(each);
    for (const auto& each : groups) network.put(each);
    for (const auto& each : interfaces) network.put(each);
    for (const auto& each : instances) network.put(each);
    for (auto each : tables) {
      each.sort_entries();
      network.put(std::move(each));
    }
  }
};

template <class Row>
const Row* find_row(const std::vector<Row>& rows, std::string_view id) {
  const auto found = std::ranges::find(rows, id, &Row::id);
  return found == rows.end() ? nullptr : &*found;
}

inline AclEntry entry(int number, bool allows, bool is_egress, int protocol, PortRange ports, std::string_view text) {
  return {number, allows, is_egress, protocol, ports, block(text)};
}

inline NetworkAcl open_acl(std::string id) {
  return {std::move(id),
          {entry(100, true, false, kAnyProtocol, {}, "0.0.0.0/0")},
          {entry(100, true, true, kAnyProtocol, {}, "0.0.0.0/0")}};
}

inline SecurityGroupRule rule(std::string group_id, int protocol, PortRange ports, std::string_view peer) {
  SecurityGroupRule out;
  out.group_id = std::move(group_id);
  out.protocol = protocol;
  out.ports = ports;
  if (peer.starts_with("sg-")) {
    out.peer_group_id = peer;
  } else {
    out.cidr = peer;
    out.blocks = {block(peer)};
  }
  return out;
}

inline Route route(std::string_view destination, std::string_view target, std::string_view state = "active") {
  Route out;
  out.destination = destination;
  out.blocks = {block(destination)};
  out.target = target;
  out.origin = target == "local" ? "CreateRouteTable" : "CreateRoute";
  out.state = state;
  return out;
}

// ---- One packet, slowly --------------------------------------------------------------------------------------------

struct Packet {
  Ip source, destination;
  int source_port = 0, destination_port = 0;
  int protocol = kTcp;
};

inline bool covers(const PortRange& ports, int port) { return ports.from <= port && port <= ports.to; }

/// Only what the plans of chance have: one VPC, an internet gateway, public addresses, groups, ACLs, routes.
class Slow {
 public:
  explicit Slow(const Plan& plan) : plan_(plan) {}

  /// From the internet to a public address, and the answer.
  bool comes_in(const Packet& packet) const {
    for (const auto& interface : plan_.interfaces) {
      for (const auto& address : interface.addresses) {
        if (address.public_ip != packet.destination) continue;
        Packet inner = packet;
        inner.destination = address.ip;
        return arrives(inner, interface, nullptr) && is_answered_to_internet(inner, interface);
      }
    }
    return false;
  }

  /// Between two interfaces by their private addresses, and the answer.
  bool goes_across(const Packet& packet, const Interface& from, const Interface& to) const {
    if (!groups_allow(from, true, packet, packet.destination, &to)) return false;
    const bool is_one_subnet = from.subnet_id == to.subnet_id;
    if (!is_one_subnet) {
      if (!acl_allows(from, true, packet.protocol, packet.destination_port, packet.destination)) return false;
      if (!is_routed(from, packet.destination, "local")) return false;
    }
    if (!arrives(packet, to, &from)) return false;
    if (is_one_subnet) return true;
    return acl_allows(to, true, packet.protocol, packet.source_port, packet.source) &&
           is_routed(to, packet.source, "local") &&
           acl_allows(from, false, packet.protocol, packet.source_port, packet.destination);
  }

 private:
  bool arrives(const Packet& packet, const Interface& to, const Interface* from) const {
    const bool crosses = from == nullptr || from->subnet_id != to.subnet_id;
    if (crosses && !acl_allows(to, false, packet.protocol, packet.destination_port, packet.source)) return false;
    if (!groups_allow(to, false, packet, packet.source, from)) return false;
    const auto* instance = find_row(plan_.instances, to.instance_id);
    return instance != nullptr && instance->state == "running";
  }

  bool is_answered_to_internet(const Packet& packet, const Interface& from) const {
    const auto* vpc = find_row(plan_.vpcs, from.vpc_id);
    if (vpc->internet_gateway_id.empty()) return false;
    return acl_allows(from, true, packet.protocol, packet.source_port, packet.source) &&
           is_routed(from, packet.source, vpc->internet_gateway_id);
  }

  bool acl_allows(const Interface& at, bool is_egress, int protocol, int port, const Ip& other) const {
    const auto* acl = find_row(plan_.acls, find_row(plan_.subnets, at.subnet_id)->network_acl_id);
    std::map<int, const AclEntry*> by_number;
    for (const auto& each : is_egress ? acl->egress : acl->ingress) by_number[each.number] = &each;
    for (const auto& [number, each] : by_number) {
      if (each->protocol != kAnyProtocol && each->protocol != protocol) continue;
      if (covers(each->ports, port) && each->block.contains(other)) return each->allows;
    }
    return false;
  }

  bool groups_allow(const Interface& at, bool is_egress, const Packet& packet, const Ip& other,
                    const Interface* peer) const {
    for (const auto& id : at.group_ids) {
      const auto* group = find_row(plan_.groups, id);
      for (const auto& each : is_egress ? group->egress : group->ingress) {
        if (each.protocol != kAnyProtocol && each.protocol != packet.protocol) continue;
        if (!covers(each.ports, packet.destination_port)) continue;
        const bool is_peer = peer != nullptr && std::ranges::count(peer->group_ids, each.peer_group_id) > 0;
        if (each.peer_group_id.empty() ? each.blocks.front().contains(other) : is_peer) return true;
      }
    }
    return false;
  }

  bool is_routed(const Interface& from, const Ip& to, std::string_view target) const {
    const auto* table = find_row(plan_.tables, find_row(plan_.subnets, from.subnet_id)->route_table_id);
    const Route* best = nullptr;
    for (const auto& each : table->routes) {
      if (!each.blocks.front().contains(to)) continue;
      if (best == nullptr || each.blocks.front().length > best->blocks.front().length) best = &each;
    }
    return best != nullptr && best->is_active() && best->target == target;
  }

  const Plan& plan_;
};

// ---- Chance --------------------------------------------------------------------------------------------------------

class Chance {
 public:
  explicit Chance(unsigned seed) : engine_(seed) {}

  int below(int bound) { return static_cast<int>(engine_() % static_cast<unsigned>(bound)); }
  bool one_in(int n) { return below(n) == 0; }
  template <class Value>
  const Value& of(const std::vector<Value>& values) {
    return values[static_cast<std::size_t>(below(static_cast<int>(values.size())))];
  }

  int protocol() { return of(std::vector{kAnyProtocol, kTcp, kTcp, kUdp}); }
  int port() { return of(std::vector{22, 80, 443, 1024, 5000, 32768, 40000, 60999}); }
  PortRange ports() {
    if (one_in(3)) return {};
    const int a = port(), b = port();
    return {std::min(a, b), std::max(a, b)};
  }
  std::string outside() {
    return of(std::vector<std::string>{"203.0.113.9", "203.0.113.200", "8.8.8.8", "198.51.100.1"});
  }
  std::string peer() {
    return of(std::vector<std::string>{"0.0.0.0/0", "0.0.0.0/0", "203.0.113.0/24", "203.0.113.9/32", "10.0.0.0/16",
                                       "10.0.1.0/24", "8.0.0.0/7", "10.0.2.5/32"});
  }

 private:
  std::mt19937 engine_;
};

inline NetworkAcl acl_by(Chance& chance, std::string id) {
  NetworkAcl acl{std::move(id), {}, {}};
  for (const bool is_egress : {false, true}) {
    auto& entries = is_egress ? acl.egress : acl.ingress;
    std::set<int> numbers;
    for (int i = chance.below(4); i > 0; --i) numbers.insert(1 + chance.below(90));
    for (const int number : numbers) {
      entries.push_back(entry(number, chance.one_in(2), is_egress, chance.protocol(), chance.ports(), chance.peer()));
    }
    entries.push_back(entry(100, !chance.one_in(4), is_egress, kAnyProtocol, {}, "0.0.0.0/0"));
  }
  return acl;
}

inline Plan plan_by(Chance& chance) {
  Plan plan;
  plan.vpcs.push_back({.id = "vpc-1",
                       .account = {},
                       .region = {},
                       .blocks = {block("10.0.0.0/16")},
                       .subnet_ids = {},
                       .internet_gateway_id = chance.one_in(8) ? "" : "igw-1",
                       .gateway_table_id = {},
                       .route_tables = {}});
  for (const char* id : {"sg-a", "sg-b", "sg-c"}) {
    SecurityGroup group{id, {}, {}};
    for (int i = chance.below(5); i > 0; --i) {
      const bool names_group = chance.one_in(4);
      auto made = rule(id, chance.protocol(), chance.ports(),
                       names_group ? chance.of(std::vector<std::string>{"sg-a", "sg-b"}) : chance.peer());
      (chance.one_in(3) ? group.egress : group.ingress).push_back(std::move(made));
    }
    if (!chance.one_in(4)) group.egress.push_back(rule(id, kAnyProtocol, {}, "0.0.0.0/0"));
    plan.groups.push_back(std::move(group));
  }
  for (int i = 0; i < 3; ++i) {
    const std::string number = std::to_string(i);
    plan.acls.push_back(acl_by(chance, "acl-" + number));
    RouteTable table{"rtb-" + number, "vpc-1", {route("10.0.0.0/16", "local")}, {}};
    if (!chance.one_in(4))
      table.routes.push_back(route("0.0.0.0/0", "igw-1", chance.one_in(6) ? "blackhole" : "active"));
    if (chance.one_in(4)) table.routes.push_back(route("203.0.113.0/24", "nat-1"));
    plan.tables.push_back(std::move(table));
    Subnet subnet;
    subnet.id = "subnet-" + number;
    subnet.vpc_id = "vpc-1";
    subnet.route_table_id = "rtb-" + number;
    subnet.network_acl_id = "acl-" + number;
    subnet.blocks = {block("10.0." + number + ".0/24")};
    plan.subnets.push_back(std::move(subnet));
    for (int j = 4; j < 7; ++j) {
      const std::string name = number + std::to_string(j);
      Interface interface;
      interface.id = "eni-" + name;
      interface.subnet_id = "subnet-" + number;
      interface.vpc_id = "vpc-1";
      interface.instance_id = "i-" + name;
      interface.status = "in-use";
      interface.group_ids = {chance.of(std::vector<std::string>{"sg-a", "sg-b", "sg-c"})};
      if (chance.one_in(3)) interface.group_ids.push_back("sg-b");
      interface.addresses.push_back({ip("10.0." + number + "." + std::to_string(j)), std::nullopt});
      if (!chance.one_in(4)) interface.addresses.back().public_ip = ip("198.18." + number + "." + std::to_string(j));
      plan.instances.push_back(
          {"i-" + name, "vpc-1", chance.one_in(10) ? "stopped" : "running", false, {interface.id}});
      plan.interfaces.push_back(std::move(interface));
    }
  }
  return plan;
}

inline Packet packet_by(Chance& chance) {
  Packet packet;
  packet.source_port = chance.port();
  packet.destination_port = chance.port();
  packet.protocol = chance.one_in(3) ? kUdp : kTcp;
  return packet;
}

inline Question question_of(const Packet& packet) {
  Question question;
  question.protocol = packet.protocol;
  question.ports = {packet.destination_port, packet.destination_port};
  question.client_ports = {packet.source_port, packet.source_port};
  return question;
}

inline std::string packet_text(const Packet& packet) {
  return packet.source.text() + ":" + std::to_string(packet.source_port) + " -> " + packet.destination.text() + ":" +
         std::to_string(packet.destination_port) + " " + protocol_name(packet.protocol);
}

}  // namespace fogling::fabric
