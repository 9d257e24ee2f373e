/// How packets come in, from the internet and from other networks, and get to an interface.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/fabric/ends.hpp"
#include "emulator/fabric/fixes.hpp"
#include "emulator/fabric/walk.hpp"

namespace fogling::fabric {

Place Walk::deliver_to_address(const Vpc& vpc, const Subnet* from, Flows& flows, Way way) {
  const Ip* ip = only(flows, Side::destination);
  const auto* to = ip == nullptr ? nullptr : network_.holder(vpc, *ip);
  if (to != nullptr) return deliver(*to, from, flows, way);
  Hop& at = hop("vpc", vpc.id, flows);
  at.vpc_id = vpc.id;
  close(at, "NO_POSSIBLE_DESTINATION",
        fmt::format("nothing in {} has the address {}", vpc.id, described(flows, Side::destination)));
  return {};
}

/// `from`: the subnet that it comes from inside the same VPC; ACLs are between subnets.
Place Walk::deliver(const Interface& to, const Subnet* from, Flows& flows, Way way) {
  const auto* subnet = network_.subnet(to.subnet_id);
  if (subnet != nullptr && (from == nullptr || from->id != subnet->id)) check_acl(*subnet, false, flows, way);
  check_groups(to, false, flows, way);
  Hop& at = hop("network-interface", to.id, flows);
  at.vpc_id = to.vpc_id;
  at.subnet_id = to.subnet_id;
  at.interface = &to;
  if (to.type == "nat_gateway" && way == Way::request) {
    close(at, "NO_PATH", "it belongs to a NAT gateway, which takes no connections from outside");
  } else if (to.instance_id.empty() && to.status == "available") {
    at.state = to.status;
    close(at, "BAD_STATE_ATTACHMENT", "it is attached to no instance");
  }
  check_instance(to, flows);
  return {Place::Kind::interface, &to, {}};
}

Place Walk::come_back(std::string_view gateway_id, const Interface& to, Flows& flows) {
  hop(gateway_type(gateway_id), gateway_id, flows).vpc_id = to.vpc_id;
  return deliver(to, nullptr, flows, Way::reply);
}

/// Who sends there is not known, so that rules which name groups let nobody in.
Place Walk::come_in(const End& gateway, const Interface& to, Flows& flows) {
  hop(gateway_type(gateway.id), gateway.id, flows).vpc_id = to.vpc_id;
  crossing = gateway.gateway;
  preserves_groups = false;
  return deliver(to, nullptr, flows, Way::request);
}

Place Walk::enter_without_address(const Interface& to, Flows& flows) {
  const auto* vpc = network_.vpc(to.vpc_id);
  Hop& at = hop("internet-gateway", vpc == nullptr ? "" : vpc->internet_gateway_id, flows);
  at.vpc_id = to.vpc_id;
  at.interface = &to;
  close(at, "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", fmt::format("{} has no public address", to.id),
        fixes::give_address(to));
  return deliver(to, nullptr, flows, Way::request);
}

Place Walk::enter(Flows& flows, Way way) {
  const Ip* ip = only(flows, Side::destination);
  const auto* to = ip == nullptr ? nullptr : network_.public_holder(*ip);
  if (to == nullptr) {
    Hop& nobody = hop("internet-gateway", "", flows);
    close(nobody, "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",
          fmt::format("no interface has the address {}", described(flows, Side::destination)));
    return {};
  }
  const auto* vpc = network_.vpc(to->vpc_id);
  if (vpc == nullptr) return {};
  Hop& at = hop("internet-gateway", vpc->internet_gateway_id, flows);
  at.vpc_id = vpc->id;
  at.interface = to;
  if (vpc->internet_gateway_id.empty()) {
    close(at, "NO_PATH", fmt::format("{} has no internet gateway attached", vpc->id), fixes::attach_gateway(vpc->id));
  }
  check_public_access(at, *to, false, way);
  const Ip source = flows.front().source.first;
  if (!source.is_v6 && flows.front().source.is_one() && way == Way::request) {
    if (is_rfc1918(source)) {
      close(at, "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS", fmt::format("{} is a private address", source.text()));
    } else if (is_rfc6598(source)) {
      close(at, "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS", fmt::format("{} is a shared address", source.text()));
    }
  }
  if (!ip->is_v6) {
    const auto inner = std::ranges::find_if(to->addresses, [&](const auto& each) { return each.public_ip == *ip; });
    if (inner != to->addresses.end()) replace(flows, Side::destination, inner->ip);
  }
  at.after = flows;
  crossing = vpc->internet_gateway_id;
  if (const auto* edge = network_.route_table(vpc->gateway_table_id)) {
    const auto taken = by_route(*edge, flows);
    const bool is_diverted = !taken.empty() && taken.front().route->target.starts_with("eni-");
    const auto* box = is_diverted ? network_.interface(taken.front().route->target) : nullptr;
    if (box != nullptr && box != to) return through_middlebox(*box, nullptr, flows, way);
  }
  return deliver(*to, nullptr, flows, way);
}

}  // namespace fogling::fabric
