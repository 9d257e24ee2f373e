/// What carries packets between networks.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "emulator/fabric/fixes.hpp"
#include "emulator/fabric/walk.hpp"

namespace fogling::fabric {
namespace {

/// How often a packet is sent on by middleboxes before it is given up.
constexpr int kMostTurns = 8;

bool are_inside(const std::vector<Block>& outer, const Ip* ip) {
  return ip != nullptr && std::ranges::any_of(outer, [&](const Block& block) { return block.contains(*ip); });
}

bool came_by(const std::vector<Hop>* hops, const Interface& box) {
  return hops != nullptr && std::ranges::any_of(*hops, [&](const Hop& hop) {
           return hop.type == "network-interface" && hop.id == box.id;
         });
}

std::string shown(const Ip* ip) { return ip == nullptr ? std::string("the internet") : ip->text(); }

}  // namespace

/// One to one: a private address becomes the public one that is mapped to it. IPv6 addresses stay.
Place Walk::through_internet_gateway(const Route& route, const Interface& from, Flows& flows, Way way) {
  Hop& at = hop("internet-gateway", route.target, flows);
  at.vpc_id = from.vpc_id;
  at.is_egress = true;
  at.interface = &from;
  crossing = route.target;
  check_public_access(at, from, true, way);
  const Ip* to = only(flows, Side::destination);
  if (to != nullptr && is_rfc1918(*to) && !to->is_v6) {
    close(at, "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
          fmt::format("{} is a private address, which the internet does not carry", to->text()));
    return {};
  }
  if (to != nullptr && is_rfc6598(*to) && !to->is_v6) {
    close(at, "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",
          fmt::format("{} is a shared address, which the internet does not carry", to->text()));
    return {};
  }
  const Ip* source = only(flows, Side::source);
  if (source != nullptr && !source->is_v6) {
    const auto* vpc = network_.vpc(from.vpc_id);
    const auto* owner = from.has(*source) || vpc == nullptr ? &from : network_.holder(*vpc, *source);
    const auto* mapped = owner == nullptr ? nullptr : owner->find(*source);
    if (mapped == nullptr || !mapped->public_ip) {
      const Interface& without = owner == nullptr ? from : *owner;
      close(at, "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
            fmt::format("{} has no public address for {}", without.id, source->text()), fixes::give_address(without));
    } else {
      replace(flows, Side::source, *mapped->public_ip);
    }
  }
  at.after = flows;
  return {Place::Kind::internet, nullptr, route.target};
}

Place Walk::through_nat_gateway(const Route& route, const Subnet& subnet, Flows& flows) {
  const auto* nat = network_.nat_gateway(route.target);
  const auto* interface = nat == nullptr ? nullptr : network_.interface(nat->interface_id);
  const auto* inside = nat == nullptr ? nullptr : network_.subnet(nat->subnet_id);
  if (interface != nullptr && inside != nullptr && inside->id != subnet.id)
    check_acl(*inside, false, flows, Way::request);
  Hop& at = hop("natgateway", route.target, flows);
  at.vpc_id = subnet.vpc_id;
  at.subnet_id = nat == nullptr ? std::string() : nat->subnet_id;
  at.is_egress = true;
  at.interface = interface;
  if (nat == nullptr || interface == nullptr || nat->state != "available") {
    at.state = nat == nullptr ? "deleted" : nat->state;
    close(at, "BAD_STATE", fmt::format("{} is {}", route.target, at.state));
    return {};
  }
  if (nat->vpc_id != subnet.vpc_id)
    close(at, "NGW_REQUIRES_SOURCE_IN_VPC", fmt::format("{} serves {} only", nat->id, nat->vpc_id));
  if (question_.protocol != kTcp && question_.protocol != kUdp && question_.protocol != kIcmp)
    close(at, "PROTOCOL_RESTRICTION", "a NAT gateway carries TCP, UDP and ICMP only");
  return {Place::Kind::nat, interface, route.target};
}

/// An interface that packets are routed through. Group rules that name groups do not see through it; and its own groups
/// know an answer only where the request came by it too, since connections are tracked interface by interface.
Place Walk::through_middlebox(const Interface& box, const Subnet* from, Flows& flows, Way way) {
  if (++turns_ > kMostTurns) {
    Hop& lost = hop("network-interface", box.id, flows);
    close(lost, "NO_PATH", "routes send it round in a circle");
    return {};
  }
  preserves_groups = false;
  has_middlebox = true;
  const auto* subnet = network_.subnet(box.subnet_id);
  if (subnet != nullptr && (from == nullptr || from->id != subnet->id)) check_acl(*subnet, false, flows, way);
  const bool was_untracked = std::exchange(is_untracked_, way == Way::reply && !came_by(request, box));
  check_groups(box, false, flows, way);
  Hop& at = hop("network-interface", box.id, flows);
  at.vpc_id = box.vpc_id;
  at.subnet_id = box.subnet_id;
  at.interface = &box;
  if (box.source_dest_check) {
    close(at, "ENI_SOURCE_DEST_CHECK_RESTRICTION",
          fmt::format("{} takes only what is sent to its own addresses: its source/destination check is on", box.id),
          fixes::end_source_dest_check(box));
  }
  const std::string wish = std::exchange(wanted, {});  // how it gets on from here is the box's own business
  send(box, flows, way);
  is_untracked_ = was_untracked;
  const Place place = subnet == nullptr ? Place{} : route_on(box, *subnet, flows, way);
  wanted = wish;
  return place;
}

Place Walk::through_peering(const Route& route, const Vpc& vpc, Flows& flows, Way way) {
  const auto* peering = network_.peering(route.target);
  const auto* other = peering == nullptr ? nullptr : network_.vpc(peering->other(vpc.id));
  Hop& at = hop("vpc-peering-connection", route.target, flows);
  at.is_egress = true;
  crossing = route.target;
  if (other == nullptr || peering->state != "active") {
    at.state = peering == nullptr ? "deleted" : peering->state;
    close(at, "BAD_STATE", fmt::format("{} is {}", route.target, at.state),
          at.state == "pending-acceptance" ? fixes::accept_peering(route.target) : std::string());
    return {};
  }
  const Ip* to = only(flows, Side::destination);
  if (last != nullptr && last->id == peering->id && to == nullptr) return {Place::Kind::beyond, nullptr, last->id};
  const Ip* source = only(flows, Side::source);
  const bool is_to_peer = are_inside(other->blocks, to);
  if (!is_to_peer || !are_inside(vpc.blocks, source)) {
    close(at, "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
          fmt::format("{} belongs to neither of its VPCs: a peering carries nothing on",
                      shown(is_to_peer ? source : to)));
    return {};
  }
  if (last != nullptr && last->id == peering->id) return {Place::Kind::beyond, nullptr, last->id};
  return deliver_to_address(*other, nullptr, flows, way);
}

Place Walk::through_transit_gateway(const Route& route, const Vpc& vpc, Flows& flows, Way way) {
  const auto* table = network_.transit_table(route.target, vpc.id);
  hop("transit-gateway", route.target, flows).is_egress = true;
  crossing = route.target;
  // Its own table is asked only about what it carries on.
  const bool ends_here =
      last != nullptr &&
      (last->id == route.target || (table != nullptr && !last->id.empty() && last->id == table->attachment_id));
  if (ends_here) return {Place::Kind::beyond, nullptr, last->id};
  Hop& at = hop("transit-gateway-route-table", table == nullptr ? std::string() : table->id, flows);
  at.is_egress = true;
  if (table == nullptr || table->id.empty()) {
    close(at, "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION",
          fmt::format("the attachment of {} is associated with no route table", vpc.id));
    return {};
  }
  const Ip* to = only(flows, Side::destination);
  const auto found = std::ranges::find_if(table->routes, [&](const TransitTable::Route& each) {
    return to == nullptr ? last != nullptr && each.attachment_id == last->id : each.block.contains(*to);
  });
  if (found == table->routes.end()) {
    close(at, "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", fmt::format("it has no route for {}", shown(to)));
    return {};
  }
  at.transit_route = &*found;
  if (!found->is_active) {
    close(at, "TGW_RTB_BAD_STATE_ROUTE", fmt::format("its route for {} is a black hole", found->block.text()));
    return {};
  }
  if (last != nullptr && found->attachment_id == last->id) return {Place::Kind::beyond, nullptr, last->id};
  if (!table->preserves_groups) preserves_groups = false;
  const auto* other = network_.vpc(found->resource_id);
  if (other == nullptr) return {Place::Kind::beyond, nullptr, found->attachment_id};
  return deliver_to_address(*other, nullptr, flows, way);
}

}  // namespace fogling::fabric
