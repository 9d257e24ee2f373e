#include "emulator/fabric/filters.hpp"

#include <algorithm>

namespace fogling::fabric {
namespace {

bool speaks_of(int rule_protocol, int protocol) { return rule_protocol == kAnyProtocol || rule_protocol == protocol; }

bool touches(const Flow& flow, Side side, const Block& block, const PortRange& ports) {
  const Block& whole = address(flow, side);
  return flow.destination_ports.from <= ports.to && ports.from <= flow.destination_ports.to &&
         (block.contains(whole) || whole.contains(block));
}

/// Moves what a rule speaks of out of `rest`. True where that was anything.
bool take(Flows& rest, Side side, const Block& block, const PortRange& ports, Flows* taken) {
  const bool is_any = std::ranges::any_of(rest, [&](const Flow& flow) { return touches(flow, side, block, ports); });
  if (!is_any) return false;
  Flows left;
  for (const auto& flow : rest) {
    auto part = cut_out(flow, side, block, ports, left);
    if (part && taken != nullptr) taken->push_back(*part);
  }
  rest = std::move(left);
  return true;
}

const std::vector<SecurityGroupRule>& rules_of(const SecurityGroup& group, bool is_egress) {
  return is_egress ? group.egress : group.ingress;
}

bool has_group(const Interface* peer, std::string_view group_id) {
  return peer != nullptr && std::ranges::find(peer->group_ids, group_id) != peer->group_ids.end();
}

}  // namespace

Filtered<SecurityGroupRule> through_groups(Network& network, const Interface& interface, bool is_egress, int protocol,
                                           const Flows& flows, const Interface* peer) {
  Filtered<SecurityGroupRule> out;
  if (flows.empty()) return out;
  const Side side = is_egress ? Side::destination : Side::source;
  const Block all = everything(address(flows.front(), side).first.is_v6);
  Flows rest = flows;
  const auto try_rule = [&](const SecurityGroupRule& rule, const Block& block) {
    if (take(rest, side, block, rule.ports, &out.passed) && out.decided == nullptr) out.decided = &rule;
  };
  for (const auto& id : interface.group_ids) {
    const auto* group = network.security_group(id);
    if (group == nullptr) continue;
    for (const auto& rule : rules_of(*group, is_egress)) {
      if (rest.empty()) return out;
      if (!speaks_of(rule.protocol, protocol)) continue;
      if (rule.peer_group_id.empty()) {
        for (const auto& block : rule.blocks) try_rule(rule, block);
      } else if (has_group(peer, rule.peer_group_id)) {
        try_rule(rule, all);
      }
    }
  }
  return out;
}

bool have_rules(Network& network, const Interface& interface, bool is_egress) {
  return std::ranges::any_of(interface.group_ids, [&](const std::string& id) {
    const auto* group = network.security_group(id);
    return group != nullptr && !rules_of(*group, is_egress).empty();
  });
}

Filtered<AclEntry> through_acl(const NetworkAcl& acl, bool is_egress, int protocol, const Flows& flows) {
  Filtered<AclEntry> out;
  const AclEntry* denied = nullptr;
  Flows rest = flows;
  for (const auto& entry : is_egress ? acl.egress : acl.ingress) {
    if (rest.empty()) break;
    if (!speaks_of(entry.protocol, protocol)) continue;
    const bool took = take(rest, is_egress ? Side::destination : Side::source, entry.block, entry.ports,
                           entry.allows ? &out.passed : nullptr);
    if (!took) continue;
    if (entry.allows && out.decided == nullptr) out.decided = &entry;
    if (!entry.allows && denied == nullptr) denied = &entry;
  }
  if (out.passed.empty()) out.decided = denied;
  return out;
}

std::vector<Taken> by_route(const RouteTable& table, const Flows& flows) {
  std::vector<Taken> taken;
  Flows rest = flows;
  for (const auto& entry : table.entries) {
    if (rest.empty()) break;
    Flows part;
    if (!take(rest, Side::destination, entry.block, {}, &part)) continue;
    const Route* route = &table.routes[entry.route];
    const auto same = std::ranges::find(taken, route, &Taken::route);
    if (same == taken.end()) {
      taken.push_back({route, std::move(part)});
    } else {
      same->flows.insert(same->flows.end(), part.begin(), part.end());
    }
  }
  return taken;
}

}  // namespace fogling::fabric
