#include "emulator/security_group_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "emulator/cidr.hpp"
#include "emulator/describe.hpp"
#include "emulator/encoding.hpp"
#include "emulator/prefix_lists.hpp"
#include "emulator/security_groups.hpp"
#include "emulator/tags.hpp"
#include "state/resources.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

ApiError invalid(std::string message) { return errors::invalid_parameter_value(std::move(message)); }

/// EC2's spelling of a protocol: a name where it has one, else the number as text.
std::string canonical_protocol(std::string_view given) {
  if (given.empty()) {
    throw invalid("Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly.");
  }
  std::string protocol;
  for (const char c : given) protocol += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"6", "tcp"}, {"17", "udp"}, {"1", "icmp"}, {"58", "icmpv6"}};
  for (const auto& [number, name] : kNames) {
    if (protocol == number || protocol == name) return std::string(name);
  }
  int number = -2;
  const auto [end, error] = std::from_chars(protocol.data(), protocol.data() + protocol.size(), number);
  if (error != std::errc() || end != protocol.data() + protocol.size() || number < -1 || number > 255) {
    throw invalid(fmt::format("Invalid value '{}' for IP protocol. Unknown protocol.", given));
  }
  return std::to_string(number);
}

void check_ports(std::int64_t from, std::int64_t to) {
  constexpr std::int64_t kMost = 65535;
  if (from < 0 || from > kMost) throw invalid(fmt::format("TCP/UDP (from) port ({}) out of range", from));
  if (to < 0 || to > kMost) throw invalid(fmt::format("TCP/UDP (to) port ({}) out of range", to));
  if (from > to) throw invalid(fmt::format("Invalid TCP/UDP port range ({}:{})", from, to));
}

void check_icmp(std::int64_t type, std::int64_t code) {
  if (type < -1 || type > 255) throw invalid(fmt::format("ICMP type ({}) out of range", type));
  if (code < -1 || code > 255) throw invalid(fmt::format("ICMP code ({}) out of range", code));
  if (type == -1 && code != -1) throw invalid(fmt::format("ICMP code ({}) out of range", code));  // Assumed: the words
}

state::SecurityGroupRule new_rule(const state::SecurityGroup& group, Direction direction, const Document& permission) {
  state::SecurityGroupRule rule;
  rule.account = group.account;
  rule.region = group.region;
  rule.group_id = group.group_id;
  rule.is_egress = direction == Direction::egress;
  read_protocol(rule, text(permission, "IpProtocol"), integer(permission, "FromPort"), integer(permission, "ToPort"));
  return rule;
}

/// An active peering connection between two VPCs; empty where there is none.
std::string find_peering(Context& context, std::string_view vpc_id, std::string_view other_vpc_id) {
  for (const auto& row : state::list_referring(context.txn, vpc_id, "vpc-peering-connection")) {
    const auto requester = text(part(row.document, "RequesterVpcInfo"), "VpcId");
    const auto accepter = text(part(row.document, "AccepterVpcInfo"), "VpcId");
    const bool is_between =
        (requester == vpc_id && accepter == other_vpc_id) || (requester == other_vpc_id && accepter == vpc_id);
    if (is_between && row.state == "active") return row.resource_id;
  }
  return {};
}

/// Recorded: as a peer even a group of nothing but zeros is merely not there.
state::SecurityGroup require_peer(Context& context, std::string_view group_id) {
  auto peer = state::find<state::SecurityGroup>(context.txn, context.scope, group_id);
  if (peer) return *std::move(peer);
  const auto digits = group_id.substr(std::min<std::size_t>(3, group_id.size()));
  if (!group_id.starts_with("sg-") || digits.find_first_not_of('0') != std::string_view::npos) {
    check_id("security-group", group_id);
  }
  throw unknown_id("security-group", group_id);
}

void read_group_peer(Context& context, const state::SecurityGroup& group, const Document& pair,
                     state::SecurityGroupRule& rule, Peers peers) {
  const auto id = text(pair, "GroupId");
  const std::string owner(text(pair, "UserId").empty() ? std::string_view(context.scope.account)
                                                       : text(pair, "UserId"));
  const Scope scope{owner, context.scope.region};
  Context theirs{context.world, context.txn, scope, context.now_ms};
  if (peers == Peers::may_be_gone && !id.empty()) {
    const auto named = state::rules_referencing(context.txn, id);
    if (std::ranges::find(named, group.group_id, &state::SecurityGroupRule::group_id) != named.end()) {
      rule.referenced_group_id = id;
      return;
    }
  }
  set_group_peer(context, group,
                 id.empty() ? require_group_by_name(theirs, text(pair, "GroupName")) : require_peer(theirs, id), rule);
}

/// A group behind a peering connection can go while rules name it: then nothing but its id is known.
bool has_lost_peer(Transaction& txn, const state::SecurityGroupRule& rule) {
  return !rule.referenced_peering_connection_id.empty() &&
         !state::find_anywhere<state::SecurityGroup>(txn, rule.referenced_group_id);
}

Document group_peer_document(Transaction& txn, const state::SecurityGroupRule& rule) {
  Document out{{"GroupId", rule.referenced_group_id}};
  if (rule.referenced_peering_connection_id.empty()) {
    out["UserId"] = rule.referenced_user_id;
    set_if(out, "VpcId", rule.referenced_vpc_id);
    return out;
  }
  const auto peering = state::find_anywhere<state::GenericResource>(txn, rule.referenced_peering_connection_id);
  if (!has_lost_peer(txn, rule)) out["UserId"] = rule.referenced_user_id;
  set_if(out, "VpcId", rule.referenced_vpc_id);
  out["VpcPeeringConnectionId"] = rule.referenced_peering_connection_id;
  out["PeeringStatus"] = peering ? peering->state : "deleted";
  return out;
}

}  // namespace

state::SecurityGroup require_group_by_name(Context& context, std::string_view group_name) {
  const auto vpc = state::find_default_vpc(context.txn, context.scope);
  auto group = vpc ? state::find_group_by_name(context.txn, vpc->vpc_id, group_name) : std::nullopt;
  if (!group) {
    throw ApiError("InvalidGroup.NotFound", fmt::format("The security group '{}' does not exist in default VPC '{}'",
                                                        group_name, vpc ? vpc->vpc_id : "none"));
  }
  return *std::move(group);
}

void set_group_peer(Context& context, const state::SecurityGroup& group, const state::SecurityGroup& peer,
                    state::SecurityGroupRule& rule) {
  rule.referenced_group_id = peer.group_id;
  rule.referenced_user_id = peer.account;
  rule.referenced_vpc_id.clear();
  rule.referenced_peering_connection_id.clear();
  if (peer.vpc_id == group.vpc_id || is_usable_in(context.txn, peer, group.vpc_id) ||
      is_usable_in(context.txn, group, peer.vpc_id)) {
    return;
  }
  rule.referenced_peering_connection_id = find_peering(context, group.vpc_id, peer.vpc_id);
  if (rule.referenced_peering_connection_id.empty()) {
    throw ApiError("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.");
  }
  rule.referenced_vpc_id = peer.vpc_id;
}

state::SecurityGroup require_group(Context& context, std::string_view group_id, std::string_view group_name) {
  if (!group_id.empty()) return require_row<state::SecurityGroup>(context, "security-group", group_id);
  if (group_name.empty())
    throw ApiError("MissingParameter", "The request must contain the parameter groupName or groupId");
  return require_group_by_name(context, group_name);
}

void read_protocol(state::SecurityGroupRule& rule, std::string_view protocol, std::optional<std::int64_t> from_port,
                   std::optional<std::int64_t> to_port) {
  rule.ip_protocol = canonical_protocol(protocol);
  rule.from_port = rule.to_port = std::nullopt;
  if (rule.ip_protocol == "tcp" || rule.ip_protocol == "udp") {
    if (!from_port || !to_port) {
      throw invalid("Invalid value for portRange. Must specify both from and to ports with TCP/UDP.");
    }
    check_ports(*from_port, *to_port);
  } else if (rule.ip_protocol == "icmp") {
    if (!from_port || !to_port)
      throw invalid("Invalid value for portRange. Must specify both from and to ports with ICMP.");
    check_icmp(*from_port, *to_port);
  } else if (rule.ip_protocol == "icmpv6") {
    from_port = from_port.value_or(-1);
    to_port = to_port.value_or(-1);
    check_icmp(*from_port, *to_port);
  } else {
    return;  // any other protocol: ports are ignored, whatever was sent
  }
  rule.from_port = from_port;
  rule.to_port = to_port;
}

std::string read_ipv4_block(std::string_view text) {
  const auto block = parse_cidr(text);
  if (!block) throw invalid(fmt::format("CIDR block {} is malformed", text));
  return block->text();
}

std::string read_ipv6_block(std::string_view text) {
  const auto block = parse_ipv6_cidr(text);
  if (!block) throw invalid(fmt::format("CIDR block {} is malformed", text));
  return block->text();
}

std::optional<std::string> read_description(const Document& in) {
  if (!has(in, "Description")) return std::nullopt;
  const auto description = text(in, "Description");
  const bool is_fine =
      description.size() < 256 && consists_of_letters_digits_and(". _-:/()#,@[]+=&;{}!$*", description);
  if (!is_fine) {
    throw invalid(
        "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set: "
        "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");
  }
  return std::string(description);
}

std::vector<state::SecurityGroupRule> read_permissions(Context& context, const state::SecurityGroup& group,
                                                       Direction direction, const Document& permissions, Peers peers) {
  std::vector<state::SecurityGroupRule> rules;
  for (const auto& permission : permissions) {
    const auto base = new_rule(group, direction, permission);
    const std::size_t before = rules.size();
    for (const auto& range : items(permission, "IpRanges")) {
      auto& rule = rules.emplace_back(base);
      rule.cidr_ipv4 = read_ipv4_block(text(range, "CidrIp"));
      rule.description = read_description(range);
    }
    for (const auto& range : items(permission, "Ipv6Ranges")) {
      auto& rule = rules.emplace_back(base);
      rule.cidr_ipv6 = read_ipv6_block(text(range, "CidrIpv6"));
      rule.description = read_description(range);
    }
    for (const auto& list : items(permission, "PrefixListIds")) {
      auto& rule = rules.emplace_back(base);
      rule.prefix_list_id = text(list, "PrefixListId");
      rule.description = read_description(list);
      if (peers == Peers::have_to_be_there) require_prefix_list(context, rule.prefix_list_id);
    }
    for (const auto& pair : items(permission, "UserIdGroupPairs")) {
      auto& rule = rules.emplace_back(base);
      read_group_peer(context, group, pair, rule, peers);
      rule.description = read_description(pair);
    }
    if (rules.size() == before) {
      throw invalid(
          "missing mandatory parameter: exactly one of remote-security-group, remote-ip-range, remote-ipv6-range, or "
          "prefix-list-id must be present.");
    }
  }
  return rules;
}

std::int64_t count_rules(Context& context, const std::vector<state::SecurityGroupRule>& rules, bool is_egress) {
  std::int64_t ipv4 = 0, ipv6 = 0;
  for (const auto& rule : rules) {
    if (rule.is_egress != is_egress) continue;
    const auto weight = rule.prefix_list_id.empty() ? 1 : prefix_list_weight(context, rule.prefix_list_id);
    ipv4 += rule.cidr_ipv6.empty() ? weight : 0;
    ipv6 += rule.cidr_ipv4.empty() ? weight : 0;
  }
  return std::max(ipv4, ipv6);
}

bool is_same_rule(const state::SecurityGroupRule& a, const state::SecurityGroupRule& b) {
  return a.is_egress == b.is_egress && a.ip_protocol == b.ip_protocol && a.from_port == b.from_port &&
         a.to_port == b.to_port && a.cidr_ipv4 == b.cidr_ipv4 && a.cidr_ipv6 == b.cidr_ipv6 &&
         a.prefix_list_id == b.prefix_list_id && a.referenced_group_id == b.referenced_group_id;
}

std::string group_arn(const Scope& scope, std::string_view group_id) {
  return fmt::format("arn:aws:ec2:{}:{}:security-group/{}", scope.region, scope.account, group_id);
}
std::string rule_arn(const Scope& scope, std::string_view rule_id) {
  return fmt::format("arn:aws:ec2:{}:{}:security-group-rule/{}", scope.region, scope.account, rule_id);
}

Document rule_document(Transaction& txn, const state::SecurityGroupRule& rule) {
  Document out{{"SecurityGroupRuleId", rule.security_group_rule_id},
               {"GroupId", rule.group_id},
               {"GroupOwnerId", rule.account},
               {"IsEgress", rule.is_egress},
               {"IpProtocol", rule.ip_protocol},
               {"FromPort", rule.from_port.value_or(-1)},
               {"ToPort", rule.to_port.value_or(-1)},
               {"SecurityGroupRuleArn", rule_arn(rule.scope(), rule.security_group_rule_id)}};
  set_if(out, "CidrIpv4", rule.cidr_ipv4);
  set_if(out, "CidrIpv6", rule.cidr_ipv6);
  set_if(out, "PrefixListId", rule.prefix_list_id);
  if (!rule.referenced_group_id.empty()) out["ReferencedGroupInfo"] = group_peer_document(txn, rule);
  if (rule.description && !rule.description->empty()) out["Description"] = *rule.description;
  out["Tags"] = tag_set(txn, rule.security_group_rule_id);
  return out;
}

Document permissions_document(Transaction& txn, const std::vector<state::SecurityGroupRule>& rules,
                              Direction direction) {
  Document permissions = Document::array();
  for (const auto& rule : rules) {
    if (rule.is_egress != (direction == Direction::egress)) continue;
    auto same = std::ranges::find_if(permissions, [&](const Document& each) {
      return text(each, "IpProtocol") == rule.ip_protocol && integer(each, "FromPort") == rule.from_port &&
             integer(each, "ToPort") == rule.to_port;
    });
    if (same == permissions.end()) {
      Document permission{{"IpProtocol", rule.ip_protocol},
                          {"UserIdGroupPairs", Document::array()},
                          {"IpRanges", Document::array()},
                          {"Ipv6Ranges", Document::array()},
                          {"PrefixListIds", Document::array()}};
      set_if(permission, "FromPort", rule.from_port);
      set_if(permission, "ToPort", rule.to_port);
      permissions.push_back(std::move(permission));
      same = permissions.end() - 1;
    }
    Document peer;
    const char* list = "IpRanges";
    if (!rule.cidr_ipv4.empty()) {
      peer = {{"CidrIp", rule.cidr_ipv4}};
    } else if (!rule.cidr_ipv6.empty()) {
      peer = {{"CidrIpv6", rule.cidr_ipv6}};
      list = "Ipv6Ranges";
    } else if (!rule.prefix_list_id.empty()) {
      peer = {{"PrefixListId", rule.prefix_list_id}};
      list = "PrefixListIds";
    } else {
      peer = group_peer_document(txn, rule);
      list = "UserIdGroupPairs";
    }
    if (rule.description && !rule.description->empty()) peer["Description"] = *rule.description;
    (*same)[list].push_back(std::move(peer));
  }
  return permissions;
}

Document permission_document(Transaction& txn, const state::SecurityGroupRule& rule) {
  return permissions_document(txn, {rule}, rule.is_egress ? Direction::egress : Direction::ingress).front();
}

}  // namespace fogling
