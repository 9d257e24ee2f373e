#include "emulator/fabric/fixes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fogling::fabric::fixes {
namespace {

/// One block for all: the only one, or the whole family.
Block block_for(const Flows& flows, Side side) {
  const auto blocks = blocks_of(flows, side);
  if (blocks.size() == 1) return blocks.front();
  return everything(!blocks.empty() && blocks.front().first.is_v6);
}

PortRange ports_for(const Flows& flows) {
  const auto ranges = destination_ports_of(flows);
  return ranges.empty() ? PortRange{} : PortRange{ranges.front().from, ranges.back().to};
}

bool is_icmp(int protocol) { return protocol == kIcmp || protocol == kIcmpv6; }

/// The first number below the denying entry's that is free, by hundreds where there is room.
int free_number(const std::vector<AclEntry>& entries, const AclEntry* denying) {
  const int limit = denying == nullptr ? 32767 : denying->number;
  int last = 0;
  for (const auto& each : entries) {
    if (each.number < limit) last = std::max(last, each.number);
  }
  const int hundred = (last / 100 + 1) * 100;
  return hundred < limit ? hundred : std::max(1, (last + limit) / 2);
}

std::string_view route_option(std::string_view target) {
  constexpr std::pair<std::string_view, std::string_view> kOptions[] = {{"nat-", "--nat-gateway-id"},
                                                                        {"pcx-", "--vpc-peering-connection-id"},
                                                                        {"tgw-", "--transit-gateway-id"},
                                                                        {"eni-", "--network-interface-id"},
                                                                        {"eigw-", "--egress-only-internet-gateway-id"}};
  const auto* found = std::ranges::find_if(kOptions, [&](const auto& each) { return target.starts_with(each.first); });
  return found == std::end(kOptions) ? "--gateway-id" : found->second;
}

}  // namespace

std::string authorize(std::string_view group_id, bool is_egress, int protocol, const Flows& flows,
                      const Interface* peer) {
  const Block block = block_for(flows, is_egress ? Side::destination : Side::source);
  const PortRange ports = ports_for(flows);
  std::string line =
      fmt::format("aws ec2 authorize-security-group-{} --group-id {}", is_egress ? "egress" : "ingress", group_id);
  const std::string name = protocol_name(protocol);
  const bool has_group = peer != nullptr && !peer->group_ids.empty() && block.is_one();
  if (block.first.is_v6 && !has_group) {
    return line + fmt::format(" --ip-permissions 'IpProtocol={},FromPort={},ToPort={},Ipv6Ranges=[{{CidrIpv6={}}}]'",
                              name, is_icmp(protocol) ? -1 : ports.from, is_icmp(protocol) ? -1 : ports.to,
                              block.text());
  }
  line += fmt::format(" --protocol {} --port {}", name, is_icmp(protocol) ? "-1" : ports_text(ports));
  if (has_group) return line + fmt::format(" --source-group {}", peer->group_ids.front());
  return line + fmt::format(" --cidr {}", block.text());
}

std::string add_acl_entry(const NetworkAcl& acl, bool is_egress, int protocol, const Flows& flows,
                          const AclEntry* denying) {
  const Block block = block_for(flows, is_egress ? Side::destination : Side::source);
  const PortRange ports = ports_for(flows);
  std::string line = fmt::format(
      "aws ec2 create-network-acl-entry --network-acl-id {} --{} --rule-number {} --protocol {} --rule-action allow",
      acl.id, is_egress ? "egress" : "ingress", free_number(is_egress ? acl.egress : acl.ingress, denying),
      protocol_name(protocol));
  line += fmt::format(" --{} {}", block.first.is_v6 ? "ipv6-cidr-block" : "cidr-block", block.text());
  if (is_icmp(protocol)) return line + fmt::format(" --icmp-type-code Code=-1,Type={}", ports.from);
  return line + fmt::format(" --port-range From={},To={}", ports.from, ports.to);
}

std::string route_to(const RouteTable& table, const Flows& flows, const Route* instead_of, std::string_view target) {
  if (target.empty() || target == "local") return {};
  const Block block = block_for(flows, Side::destination);
  const bool is_beyond = target.starts_with("igw-") || target.starts_with("nat-") || target.starts_with("eigw-");
  // Routes to the internet are for all of it; to other networks for what is asked.
  const Block destination = is_beyond ? everything(block.first.is_v6) : block;
  const bool is_there = std::ranges::any_of(
      table.routes, [&](const Route& each) { return each.destination == destination.text() && each.target == target; });
  // Where the wanted route is there already, a more specific one stands before it.
  const bool replaces = instead_of != nullptr && (is_there || instead_of->destination == destination.text());
  const std::string family = block.first.is_v6 ? "destination-ipv6-cidr-block" : "destination-cidr-block";
  const bool is_list = replaces && !instead_of->prefix_list_id.empty();
  return fmt::format("aws ec2 {} --route-table-id {} --{} {} {} {}", replaces ? "replace-route" : "create-route",
                     table.id, is_list ? "destination-prefix-list-id" : family,
                     is_list    ? instead_of->prefix_list_id
                     : replaces ? instead_of->destination
                                : destination.text(),
                     route_option(target), target);
}

std::string attach_gateway(std::string_view vpc_id) {
  return fmt::format(
      "aws ec2 attach-internet-gateway --vpc-id {} --internet-gateway-id $(aws ec2 create-internet-gateway "
      "--query InternetGateway.InternetGatewayId --output text)",
      vpc_id);
}

std::string give_address(const Interface& interface) {
  return fmt::format(
      "aws ec2 associate-address --network-interface-id {} --allocation-id $(aws ec2 allocate-address "
      "--query AllocationId --output text)",
      interface.id);
}

std::string start(std::string_view instance_id) {
  return fmt::format("aws ec2 start-instances --instance-ids {}", instance_id);
}

std::string await_boot(std::string_view instance_id) {
  return fmt::format("aws ec2 wait instance-status-ok --instance-ids {}", instance_id);
}

std::string end_source_dest_check(const Interface& interface) {
  return fmt::format("aws ec2 modify-network-interface-attribute --network-interface-id {} --no-source-dest-check",
                     interface.id);
}

std::string exclude_from_block(std::string_view vpc_id) {
  return fmt::format(
      "aws ec2 create-vpc-block-public-access-exclusion --vpc-id {} --internet-gateway-exclusion-mode "
      "allow-bidirectional",
      vpc_id);
}

std::string accept_peering(std::string_view peering_id) {
  return fmt::format("aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id {}", peering_id);
}

}  // namespace fogling::fabric::fixes
