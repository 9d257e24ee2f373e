#include "emulator/fabric/walk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/fabric/fixes.hpp"

namespace fogling::fabric {
namespace {

std::string described_ports(int protocol, const Flows& flows) {
  if (protocol == kIcmp || protocol == kIcmpv6) return protocol_name(protocol);
  const auto ranges = destination_ports_of(flows);
  const std::string ports = ranges.empty() ? "all" : ports_text({ranges.front().from, ranges.back().to});
  return fmt::format("{} {}", protocol_name(protocol), ports);
}

/// Ports that clients of any system have; of ICMP the types as they are.
Flows widened(Flows flows, int protocol) {
  if (protocol != kTcp && protocol != kUdp) return flows;
  for (auto& each : flows) each.destination_ports = {1024, 65535};
  return flows;
}

}  // namespace

std::string described(const Flows& flows, Side side) {
  const auto blocks = blocks_of(flows, side);
  if (blocks.size() == 1) return blocks.front().is_one() ? blocks.front().first.text() : blocks.front().text();
  return "the internet";
}

const Ip* only(const Flows& flows, Side side) {
  if (flows.empty()) return nullptr;
  const Block& first = address(flows.front(), side);
  const bool is_only =
      first.is_one() && std::ranges::all_of(flows, [&](const Flow& flow) { return address(flow, side) == first; });
  return is_only ? &first.first : nullptr;
}

void replace(Flows& flows, Side side, const Ip& ip) {
  for (auto& each : flows) (side == Side::source ? each.source : each.destination) = block_of(ip);
}

// ---- Hops ----------------------------------------------------------------------------------------------------------

Hop& Walk::hop(std::string_view type, std::string_view id, const Flows& flows) {
  Hop& made = hops_.emplace_back();
  made.type = type;
  made.id = id;
  made.before = flows;
  made.after = flows;
  return made;
}

void Walk::close(Hop& at, std::string_view code, std::string reason, std::string fix) {
  at.is_open = false;
  at.code = code;
  at.reason = std::move(reason);
  at.fix = std::move(fix);
}

/// Behind a filter that lets nothing through the walk goes on as if it were not there.
void Walk::pass(Hop& at, Flows& flows, Flows passed) {
  if (passed.empty()) return;
  flows = std::move(passed);
  at.after = flows;
}

// ---- Filters -------------------------------------------------------------------------------------------------------

void Walk::check_instance(const Interface& interface, const Flows& flows) {
  if (interface.instance_id.empty()) return;
  Hop& at = hop("instance", interface.instance_id, flows);
  at.vpc_id = interface.vpc_id;
  at.subnet_id = interface.subnet_id;
  at.interface = &interface;
  const auto* instance = network_.instance(interface.instance_id);
  at.state = instance == nullptr ? "terminated" : instance->state;
  if (at.state == "running") {
    if (!instance->is_booting || !question_.looks_inside) return;
    at.state = "initializing";
    return close(at, "", fmt::format("{} is still booting: its status checks are initializing", at.id),
                 fixes::await_boot(at.id));
  }
  close(at, "BAD_STATE", fmt::format("{} is {}", at.id, at.state), at.state == "stopped" ? fixes::start(at.id) : "");
}

void Walk::check_groups(const Interface& interface, bool is_egress, Flows& flows, Way way) {
  if (interface.group_ids.empty()) return;
  Hop& at = hop("security-group", interface.group_ids.front(), flows);
  at.vpc_id = interface.vpc_id;
  at.is_egress = is_egress;
  at.interface = &interface;
  if (way == Way::reply && !is_untracked_) {
    at.reason = "the answer to what was let through passes";
    return;
  }
  const Interface* known = is_egress ? receiver : sender;
  if (!preserves_groups) known = nullptr;
  auto filtered = through_groups(network_, interface, is_egress, question_.protocol, flows, known);
  const Side side = is_egress ? Side::destination : Side::source;
  const auto describe = [&] {
    return fmt::format("{} {} {}{}", described_ports(question_.protocol, flows), is_egress ? "to" : "from",
                       described(flows, side), is_untracked_ ? ", an answer to what it has not seen" : "");
  };
  const auto fix = [&] {
    return fixes::authorize(interface.group_ids.front(), is_egress, question_.protocol, flows, known);
  };
  if (filtered.passed.empty()) {
    if (have_rules(network_, interface, is_egress)) {
      close(at, "ENI_SG_RULES_MISMATCH", fmt::format("no rule of its security groups allows {}", describe()), fix());
    } else {
      close(at, "SG_HAS_NO_RULES",
            fmt::format("its security groups have no {} rules at all", is_egress ? "outbound" : "inbound"), fix());
    }
    return;
  }
  at.group_rule = filtered.decided;
  at.id = filtered.decided->group_id;
  if (blocks_of(filtered.passed, side) != blocks_of(flows, side)) {
    at.is_narrower = true;
    at.reason = fmt::format("its security groups allow a part of {} only", describe());
    at.fix = fix();
  }
  pass(at, flows, std::move(filtered.passed));
}

void Walk::check_acl(const Subnet& subnet, bool is_egress, Flows& flows, Way way) {
  const auto* acl = network_.network_acl(subnet.network_acl_id);
  if (acl == nullptr) return;
  Hop& at = hop("network-acl", acl->id, flows);
  at.vpc_id = subnet.vpc_id;
  at.subnet_id = subnet.id;
  at.is_egress = is_egress;
  at.acl = acl;
  auto filtered = through_acl(*acl, is_egress, question_.protocol, flows);
  at.acl_entry = filtered.decided;
  const Side side = is_egress ? Side::destination : Side::source;
  const bool is_cut = blocks_of(filtered.passed, side) != blocks_of(flows, side);
  if (!is_cut) {
    pass(at, flows, std::move(filtered.passed));
    return;
  }
  const std::string what =
      fmt::format("{} {} {}{}", described_ports(question_.protocol, flows), is_egress ? "to" : "from",
                  described(flows, side), way == Way::reply ? " (the client's ephemeral ports)" : "");
  std::string fix = fixes::add_acl_entry(*acl, is_egress, question_.protocol,
                                         way == Way::reply ? widened(flows, question_.protocol) : flows,
                                         filtered.passed.empty() ? filtered.decided : nullptr);
  if (!filtered.passed.empty()) {
    at.is_narrower = true;
    at.reason = fmt::format("it allows a part of {} only", what);
    at.fix = std::move(fix);
    pass(at, flows, std::move(filtered.passed));
    return;
  }
  const std::string by = filtered.decided == nullptr ? std::string("no entry allows")
                                                     : fmt::format("entry {} denies", filtered.decided->number);
  close(at, "SUBNET_ACL_RESTRICTION", fmt::format("{} {}", by, what), std::move(fix));
}

void Walk::check_public_access(Hop& at, const Interface& interface, bool is_egress, Way way) {
  const auto* subnet = network_.subnet(interface.subnet_id);
  if (subnet == nullptr || subnet->blocked == Blocked::nothing || way == Way::reply) return;
  // What comes from NAT gateways leaves even where ingress is blocked.
  if (subnet->blocked == Blocked::ingress && is_egress && interface.type == "nat_gateway") return;
  close(at, "VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "VPC Block Public Access keeps the internet out",
        fixes::exclude_from_block(interface.vpc_id));
}

// ---- Leaving -------------------------------------------------------------------------------------------------------

void Walk::send(const Interface& from, Flows& flows, Way way) {
  if (!from.instance_id.empty()) {
    check_instance(from, flows);
    hops_.back().is_egress = true;
  }
  Hop& at = hop("network-interface", from.id, flows);
  at.vpc_id = from.vpc_id;
  at.subnet_id = from.subnet_id;
  at.interface = &from;
  at.is_egress = true;
  check_groups(from, true, flows, way);
}

Place Walk::leave(const Interface& from, Flows& flows, Way way) {
  send(from, flows, way);
  const auto* subnet = network_.subnet(from.subnet_id);
  if (subnet == nullptr) return {};
  return route_on(from, *subnet, flows, way);
}

Place Walk::route_on(const Interface& from, const Subnet& subnet, Flows& flows, Way way) {
  const auto* vpc = network_.vpc(subnet.vpc_id);
  if (vpc == nullptr) return {};
  if (const Ip* ip = only(flows, Side::destination)) {
    const auto* to = network_.holder(*vpc, *ip);
    if (to != nullptr && to->subnet_id == subnet.id) {
      crossing = "local";
      return deliver(*to, &subnet, flows, way);
    }
  }
  check_acl(subnet, true, flows, way);
  const auto* table = network_.route_table(subnet.route_table_id);
  if (table == nullptr) return {};
  const auto* route = choose_route(*table, *vpc, flows, way);
  if (route == nullptr) return {};
  return follow(*route, from, subnet, flows, way);
}

/// Where these destinations would be routed to if somebody asked us.
std::string Walk::best_target(const Vpc& vpc, const Flows& flows) {
  if (!wanted.empty()) return wanted;
  const Ip* ip = only(flows, Side::destination);
  const bool is_private = ip != nullptr && !ip->is_v6 && (is_rfc1918(*ip) || is_rfc6598(*ip));
  return is_private ? std::string() : vpc.internet_gateway_id;
}

Hop& Walk::no_route(const RouteTable& table, const Vpc& vpc, const Flows& flows, std::string_view target) {
  Hop& at = hop("route-table", table.id, flows);
  at.vpc_id = vpc.id;
  at.table = &table;
  at.is_egress = true;
  const std::string to = target.empty() || target == "local" ? std::string() : fmt::format(" to {}", target);
  close(at, "NO_ROUTE_TO_DESTINATION", fmt::format("it has no route{} for {}", to, described(flows, Side::destination)),
        fixes::route_to(table, flows, nullptr, target));
  return at;
}

/// The route that the packets take; null where that stops them. Where they are many and go several ways, those are
/// followed that go the way that was asked for.
const Route* Walk::choose_route(const RouteTable& table, const Vpc& vpc, Flows& flows, Way way) {
  const auto taken = by_route(table, flows);
  const auto leads_to = [&](std::string_view target) {
    return std::ranges::find_if(taken, [&](const Taken& each) { return each.route->target.starts_with(target); });
  };
  if (taken.empty()) {
    no_route(table, vpc, flows, best_target(vpc, flows));
    return nullptr;
  }
  auto chosen = taken.begin();
  if (!wanted.empty()) {
    chosen = leads_to(wanted);
    if (chosen == taken.end()) chosen = leads_to("eni-");
  } else if (question_.to.is_internet() && way == Way::request) {
    for (const char* kind : {"eigw-", "nat-", "igw-"}) {
      if (const auto found = leads_to(kind); found != taken.end()) chosen = found;
    }
  }
  const Route& route = chosen == taken.end() ? *taken.back().route : *chosen->route;
  if (!route.is_active()) {
    Hop& at = no_route(table, vpc, flows, best_target(vpc, flows));
    at.route = &route;
    at.code = "BAD_STATE_ROUTE";
    at.state = route.state;
    at.reason = fmt::format("its route for {} leads to {}, which is not there any more (blackhole)",
                            route.prefix_list_id.empty() ? route.destination : route.prefix_list_id, route.target);
    at.fix = fixes::route_to(table, flows, &route, best_target(vpc, flows));
    return nullptr;
  }
  if (chosen == taken.end()) {
    leads_elsewhere(table, vpc, flows, route, way);
    return nullptr;
  }
  Hop& at = hop("route-table", table.id, flows);
  at.vpc_id = vpc.id;
  at.table = &table;
  at.route = &route;
  at.is_egress = true;
  pass(at, flows, chosen->flows);
  return &route;
}

/// The answer would go another way than the request came, or the request not to the gateway that is meant.
void Walk::leads_elsewhere(const RouteTable& table, const Vpc& vpc, const Flows& flows, const Route& route, Way way) {
  const Ip* ip = only(flows, Side::destination);
  const bool has_wanted = std::ranges::any_of(table.entries, [&](const RouteTable::Entry& each) {
    return table.routes[each.route].target == wanted && (ip == nullptr || each.block.contains(*ip));
  });
  Hop& at = no_route(table, vpc, flows, wanted);
  at.route = &route;
  if (has_wanted) at.code = "MORE_SPECIFIC_ROUTE";
  at.reason = way == Way::reply ? fmt::format("it sends the answer for {} to {}, but the request came by {}",
                                              described(flows, Side::destination), route.target, wanted)
                                : fmt::format("it sends what is for {} to {}, not to {}",
                                              described(flows, Side::destination), route.target, wanted);
  at.fix = fixes::route_to(table, flows, &route, wanted);
}

Place Walk::follow(const Route& route, const Interface& from, const Subnet& subnet, Flows& flows, Way way) {
  const std::string& target = route.target;
  const auto* vpc = network_.vpc(subnet.vpc_id);
  if (target == "local") {
    crossing = target;
    return deliver_to_address(*vpc, &subnet, flows, way);
  }
  if (target.starts_with("igw-")) return through_internet_gateway(route, from, flows, way);
  if (target.starts_with("nat-")) return through_nat_gateway(route, subnet, flows);
  if (target.starts_with("pcx-")) return through_peering(route, *vpc, flows, way);
  if (target.starts_with("tgw-")) return through_transit_gateway(route, *vpc, flows, way);
  if (target.starts_with("eigw-")) {
    return out_by("egress-only-internet-gateway", route, flows, Place::Kind::internet);
  }
  if (target.starts_with("vgw-")) return out_by("vpn-gateway", route, flows, Place::Kind::beyond);
  if (target.starts_with("vpce-")) return out_by("vpc-endpoint", route, flows, Place::Kind::beyond);
  if (target.starts_with("eni-")) {
    const auto* box = network_.interface(target);
    const Ip* to = only(flows, Side::destination);
    if (box != nullptr && to != nullptr && box->has(*to)) {  // what is for itself it does not send on
      crossing = "local";
      return deliver(*box, &subnet, flows, way);
    }
    if (box != nullptr) return through_middlebox(*box, &subnet, flows, way);
  }
  Hop& at = hop("route-table", route.target, flows);
  close(at, "UNSUPPORTED_COMPONENT", fmt::format("what {} does with it is not known here", route.target));
  return {};
}

Place Walk::out_by(std::string_view type, const Route& route, const Flows& flows, Place::Kind kind) {
  Hop& at = hop(type, route.target, flows);
  at.is_egress = true;
  if (type == "vpc-endpoint" && question_.protocol == kUdp)
    close(at, "VPCE_GATEWAY_PROTOCOL_RESTRICTION", "a gateway endpoint carries TCP and ICMP echoes only");
  crossing = route.target;
  return {kind, nullptr, route.target};
}

}  // namespace fogling::fabric
