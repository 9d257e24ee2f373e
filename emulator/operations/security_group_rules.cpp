/// Rules of security groups: allowed, revoked, changed, described.

#include "emulator/security_group_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "emulator/describe.hpp"
#include "emulator/prefix_lists.hpp"
#include "emulator/tags.hpp"
#include "emulator/world.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

// ---- Authorize -----------------------------------------------------------------------------------------------------

/// The old flat parameters, told as a permission. A source group alone means all of TCP, UDP and ICMP.
Document flat_permissions(const Call& call, Direction direction) {
  const auto source = call.text("SourceSecurityGroupName");
  if (direction == Direction::egress && !source.empty()) {  // Assumed: code and words; that it is so is documented
    throw errors::invalid_parameter_value(
        "The parameter sourceSecurityGroupName is not supported. Use a set of IP permissions to specify a destination "
        "security group.");
  }
  Document peer;
  const char* list = "IpRanges";
  if (!source.empty()) {
    peer = {{"GroupName", source}};
    set_if(peer, "UserId", call.text("SourceSecurityGroupOwnerId"));
    list = "UserIdGroupPairs";
  } else if (!call.text("CidrIp").empty()) {
    peer = {{"CidrIp", call.text("CidrIp")}};
  }
  const auto permission = [&](std::string_view protocol, std::optional<std::int64_t> from,
                              std::optional<std::int64_t> to) {
    Document out = Document::object();
    set_if(out, "IpProtocol", protocol);
    set_if(out, "FromPort", from);
    set_if(out, "ToPort", to);
    if (!peer.is_null()) out[list] = Document::array({peer});
    return out;
  };
  if (!source.empty() && call.text("IpProtocol").empty()) {
    return Document::array({permission("tcp", 0, 65535), permission("udp", 0, 65535), permission("icmp", -1, -1)});
  }
  return Document::array({permission(call.text("IpProtocol"), call.integer("FromPort"), call.integer("ToPort"))});
}

/// Whether the request has any of the old flat parameters.
bool is_flat(const Call& call) {
  constexpr const char* kFlat[] = {"IpProtocol", "CidrIp", "SourceSecurityGroupName", "FromPort", "ToPort"};
  return std::ranges::any_of(kFlat, [&](const char* member) { return has(call.in, member); });
}

/// The permissions of the request in either form. Throws where there are none, or both forms.
Document requested_permissions(const Call& call, Direction direction) {
  const auto& permissions = call.items("IpPermissions");
  if (is_flat(call) && !permissions.empty()) {
    throw errors::invalid_combination(
        "The parameter ipPermissions cannot be used with the parameter ipProtocol");  // Assumed
  }
  if (!is_flat(call) && permissions.empty()) throw errors::missing_parameter("ipPermissions");
  return is_flat(call) ? flat_permissions(call, direction) : permissions;
}

/// `peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW`
std::string spelt_out(const state::SecurityGroupRule& rule) {
  const auto& peer = !rule.cidr_ipv4.empty()        ? rule.cidr_ipv4
                     : !rule.cidr_ipv6.empty()      ? rule.cidr_ipv6
                     : !rule.prefix_list_id.empty() ? rule.prefix_list_id
                                                    : rule.referenced_group_id;
  std::string protocol = rule.ip_protocol == "-1" ? "ALL" : rule.ip_protocol;
  std::ranges::transform(protocol, protocol.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (!rule.from_port) return fmt::format("peer: {}, {}, ALLOW", peer, protocol);
  const bool is_icmp = rule.ip_protocol.starts_with("icmp");
  return is_icmp
             ? fmt::format("peer: {}, {}, type: {}, code: {}, ALLOW", peer, protocol, *rule.from_port, *rule.to_port)
             : fmt::format("peer: {}, {}, from port: {}, to port: {}, ALLOW", peer, protocol, *rule.from_port,
                           *rule.to_port);
}

void check_new_rules(const std::vector<state::SecurityGroupRule>& existing,
                     const std::vector<state::SecurityGroupRule>& rules) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (is_same_rule(rules[i], rules[j])) {
        throw errors::invalid_parameter_value("The same permission must not appear multiple times");
      }
    }
  }
  for (const auto& rule : rules) {
    if (std::ranges::any_of(existing, [&](const auto& other) { return is_same_rule(rule, other); })) {
      throw ApiError("InvalidPermission.Duplicate",
                     fmt::format("the specified rule \"{}\" already exists", spelt_out(rule)));
    }
  }
}

void check_rule_quota(Call& call, const std::vector<state::SecurityGroupRule>& all, bool is_egress) {
  if (!Quotas::is_reached(call.world.quotas.rules_per_security_group, count_rules(call, all, is_egress), 0)) return;
  throw ApiError("RulesPerSecurityGroupLimitExceeded",
                 "The maximum number of rules per security group has been reached.");
}

/// Recorded: the form of the group's id is judged before a dry run is answered, in words of these operations.
void check_group_id(const Call& call) {
  const auto id = call.text("GroupId");
  if (id.starts_with("sg-") && !is_well_formed(resource_type("security-group"), id)) {
    throw ApiError("InvalidGroupId.Malformed", fmt::format("The security-group ID '{}' is malformed", id));
  }
  call.end_of_dry_run();
}

Document authorize(Call& call, Direction direction) {
  check_group_id(call);
  const auto group = require_group(call, call.text("GroupId"), call.text("GroupName"));
  auto rules = read_permissions(call, group, direction, requested_permissions(call, direction));
  auto all = state::rules_of_group(call.txn, group.group_id);
  check_new_rules(all, rules);
  std::ranges::copy(rules, std::back_inserter(all));
  check_rule_quota(call, all, direction == Direction::egress);
  Document made = Document::array();
  for (auto& rule : rules) {
    rule.security_group_rule_id = call.make_id("sgr");
    state::insert(call.txn, rule);
    apply_tags(call, rule.security_group_rule_id, "security-group-rule");
    made.push_back(rule_document(call.txn, rule));
    if (made.back()["Tags"].empty()) made.back().erase("Tags");  // recorded: here, and not in a Describe
  }
  return {{"Return", true}, {"SecurityGroupRules", std::move(made)}};
}

Document AuthorizeSecurityGroupIngress(Call& call) { return authorize(call, Direction::ingress); }
Document AuthorizeSecurityGroupEgress(Call& call) { return authorize(call, Direction::egress); }

// ---- Revoke --------------------------------------------------------------------------------------------------------

state::SecurityGroupRule require_rule(Context& context, std::string_view id, const std::string& group_id) {
  auto rule = require_row<state::SecurityGroupRule>(context, "security-group-rule", id);
  if (!group_id.empty() && rule.group_id != group_id) throw unknown_id("security-group-rule", id);
  return rule;
}

Document revoked_document(const state::SecurityGroupRule& rule) {
  Document out{{"SecurityGroupRuleId", rule.security_group_rule_id},
               {"GroupId", rule.group_id},
               {"IsEgress", rule.is_egress},
               {"IpProtocol", rule.ip_protocol},
               {"FromPort", rule.from_port.value_or(-1)},
               {"ToPort", rule.to_port.value_or(-1)}};
  set_if(out, "CidrIpv4", rule.cidr_ipv4);
  set_if(out, "CidrIpv6", rule.cidr_ipv6);
  set_if(out, "PrefixListId", rule.prefix_list_id);
  set_if(out, "ReferencedGroupId", rule.referenced_group_id);
  if (rule.description && !rule.description->empty()) out["Description"] = *rule.description;
  return out;
}

/// The rules that are meant by id; each once.
std::vector<state::SecurityGroupRule> rules_by_id(Call& call, const state::SecurityGroup& group, bool is_egress) {
  std::vector<state::SecurityGroupRule> rules;
  for (const auto& each : call.items("SecurityGroupRuleIds")) {
    const auto& id = each.get_ref<const std::string&>();
    auto rule = require_rule(call, id, group.group_id);
    if (rule.is_egress != is_egress) throw unknown_id("security-group-rule", id);  // Assumed
    if (std::ranges::find(rules, id, &state::SecurityGroupRule::security_group_rule_id) == rules.end()) {
      rules.push_back(std::move(rule));
    }
  }
  return rules;
}

/// What is not there: an error in any VPC but the default one, where it is told in the answer instead.
Document revoke(Call& call, Direction direction) {
  check_group_id(call);
  const auto group = require_group(call, call.text("GroupId"), call.text("GroupName"));
  auto gone = rules_by_id(call, group, direction == Direction::egress);
  if (!gone.empty() && (is_flat(call) || !call.items("IpPermissions").empty())) {  // Assumed: the words
    throw errors::not_together("securityGroupRuleIds", "ipPermissions");
  }
  Document unknown = Document::array();
  if (gone.empty()) {
    auto existing = state::rules_of_group(call.txn, group.group_id);
    for (const auto& wanted :
         read_permissions(call, group, direction, requested_permissions(call, direction), Peers::may_be_gone)) {
      const auto found = std::ranges::find_if(existing, [&](const auto& rule) {
        return is_same_rule(rule, wanted) &&
               (!wanted.description || rule.description.value_or("") == *wanted.description);
      });
      if (found == existing.end()) {
        unknown.push_back(permission_document(call.txn, wanted));
      } else {
        gone.push_back(*found);
        existing.erase(found);
      }
    }
  }
  const auto vpc = state::find<state::Vpc>(call.txn, call.scope, group.vpc_id);
  if (!unknown.empty() && !(vpc && vpc->is_default)) {
    throw ApiError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
  }
  Document revoked = Document::array();
  for (const auto& rule : gone) {
    state::remove_tags(call.txn, rule.security_group_rule_id);
    state::erase(call.txn, rule);
    revoked.push_back(revoked_document(rule));
  }
  Document answer{{"Return", true}, {"RevokedSecurityGroupRules", std::move(revoked)}};
  if (!unknown.empty()) answer["UnknownIpPermissions"] = std::move(unknown);
  return answer;
}

Document RevokeSecurityGroupIngress(Call& call) { return revoke(call, Direction::ingress); }
Document RevokeSecurityGroupEgress(Call& call) { return revoke(call, Direction::egress); }

// ---- Modify --------------------------------------------------------------------------------------------------------

void replace_peer(Context& context, const state::SecurityGroup& group, state::SecurityGroupRule& rule,
                  const Document& request) {
  constexpr std::pair<const char*, std::string state::SecurityGroupRule::*> kPeers[] = {
      {"CidrIpv4", &state::SecurityGroupRule::cidr_ipv4},
      {"CidrIpv6", &state::SecurityGroupRule::cidr_ipv6},
      {"PrefixListId", &state::SecurityGroupRule::prefix_list_id},
      {"ReferencedGroupId", &state::SecurityGroupRule::referenced_group_id}};
  std::string state::SecurityGroupRule::*set = nullptr;
  const char* member = nullptr;
  for (const auto& [name, peer] : kPeers) {
    if (text(request, name).empty()) continue;
    if (set != nullptr) {
      throw errors::invalid_combination(
          "Only one of cidrIp, cidrIpv6, prefixListId, or referencedGroupId can be specified");
    }
    set = peer;
    member = name;
  }
  if (set == nullptr) {
    throw ApiError("MissingParameter",
                   "The request must contain exactly one of: cidrIp, cidrIpv6, prefixListId, or referencedGroupId");
  }
  if ((rule.*set).empty()) {
    const std::string_view kind = !rule.cidr_ipv4.empty()        ? "IPv4 CIDR"
                                  : !rule.cidr_ipv6.empty()      ? "IPv6 CIDR"
                                  : !rule.prefix_list_id.empty() ? "prefix list"
                                                                 : "referenced group";
    throw errors::invalid_parameter_value(
        fmt::format("Invalid rule type for security group rule '{}'. You may not specify {} for an existing {} rule.",
                    rule.security_group_rule_id, member, kind));
  }
  if (set == &state::SecurityGroupRule::cidr_ipv4) {
    rule.cidr_ipv4 = read_ipv4_block(text(request, member));
  } else if (set == &state::SecurityGroupRule::cidr_ipv6) {
    rule.cidr_ipv6 = read_ipv6_block(text(request, member));
  } else if (set == &state::SecurityGroupRule::referenced_group_id) {
    set_group_peer(context, group, require_group(context, text(request, member), {}), rule);
  } else {
    require_prefix_list(context, text(request, member));
    rule.prefix_list_id = text(request, member);
  }
}

/// Each rule named is replaced whole; its id stays.
Document ModifySecurityGroupRules(Call& call) {
  const auto group = require_group(call, call.text("GroupId"), {});
  for (const auto& update : call.items("SecurityGroupRules")) {
    auto rule = require_rule(call, text(update, "SecurityGroupRuleId"), group.group_id);
    const auto& request = part(update, "SecurityGroupRule");
    read_protocol(rule, text(request, "IpProtocol"), integer(request, "FromPort"), integer(request, "ToPort"));
    replace_peer(call, group, rule, request);
    rule.description = read_description(request);
    for (const auto& other : state::rules_of_group(call.txn, group.group_id)) {
      if (other.security_group_rule_id != rule.security_group_rule_id && is_same_rule(other, rule)) {
        throw ApiError("InvalidPermission.Duplicate",
                       fmt::format("the specified rule \"{}\" already exists", spelt_out(rule)));
      }
    }
    state::update(call.txn, rule);
    check_rule_quota(call, state::rules_of_group(call.txn, group.group_id), rule.is_egress);
  }
  return {{"Return", true}};
}

Document update_descriptions(Call& call, Direction direction) {
  const auto group = require_group(call, call.text("GroupId"), call.text("GroupName"));
  const auto existing = state::rules_of_group(call.txn, group.group_id);
  const auto& by_id = call.items("SecurityGroupRuleDescriptions");
  for (const auto& each : by_id) {
    const auto id = text(each, "SecurityGroupRuleId");
    auto rule = require_rule(call, id, group.group_id);
    if (rule.is_egress != (direction == Direction::egress)) throw unknown_id("security-group-rule", id);  // Assumed
    rule.description = read_description(each);
    state::update(call.txn, rule);
  }
  if (!by_id.empty()) return {{"Return", true}};
  if (call.items("IpPermissions").empty()) throw errors::missing_parameter("ipPermissions");
  for (const auto& wanted : read_permissions(call, group, direction, call.items("IpPermissions"), Peers::may_be_gone)) {
    const auto found = std::ranges::find_if(existing, [&](const auto& rule) { return is_same_rule(rule, wanted); });
    if (found == existing.end()) {
      throw ApiError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
    }
    auto rule = *found;
    rule.description = wanted.description;
    state::update(call.txn, rule);
  }
  return {{"Return", true}};
}

Document UpdateSecurityGroupRuleDescriptionsIngress(Call& call) {
  return update_descriptions(call, Direction::ingress);
}
Document UpdateSecurityGroupRuleDescriptionsEgress(Call& call) { return update_descriptions(call, Direction::egress); }

// ---- Describe ------------------------------------------------------------------------------------------------------

/// By the group where a filter names it, as nearly every client does.
std::vector<state::SecurityGroupRule> candidate_rules(Call& call, const Listing& listing) {
  const auto* groups = call.filters.literal_values("group-id");
  if (groups == nullptr || !call.items(listing.ids).empty()) return candidates<state::SecurityGroupRule>(call, listing);
  std::vector<state::SecurityGroupRule> rules;
  for (const auto& id : std::set<std::string>(groups->begin(), groups->end())) {
    if (!state::find<state::SecurityGroup>(call.txn, call.scope, id)) continue;
    std::ranges::move(state::rules_of_group(call.txn, id), std::back_inserter(rules));
  }
  std::ranges::sort(rules, {}, [](const state::SecurityGroupRule& rule) { return rule.seq; });
  return rules;
}

Document DescribeSecurityGroupRules(Call& call) {
  for (const auto& filter : call.filters.all()) {
    if (filter.name != "group-id") continue;
    for (const auto& id : filter.values) {
      if (!is_well_formed(resource_type("security-group"), id)) {
        throw ApiError("InvalidGroupId.Malformed", fmt::format("The security group ID '{}' is malformed", id));
      }
    }
  }
  constexpr Listing kListing{.type = "security-group-rule",
                             .ids = "SecurityGroupRuleIds",
                             .list = "SecurityGroupRules",
                             .id_filter = "security-group-rule-id"};
  PageBuilder<state::SecurityGroupRule> page{call, read_paging(call, kListing.ids)};
  const auto describe = [&](const state::SecurityGroupRule& rule) { return rule_document(call.txn, rule); };
  for (const auto& rule : candidate_rules(call, kListing)) {
    if (!page.offer(rule, describe)) break;
  }
  Document answer{{kListing.list, std::move(page.items)}};
  if (page.is_full) answer["NextToken"] = make_token(call, page.last_seq);
  return answer;
}

constexpr Operation kOperations[] = {
    {.name = "AuthorizeSecurityGroupEgress",
     .run = AuthorizeSecurityGroupEgress,
     .access = Access::write,
     .dry_run = DryRun::after_checks},
    {.name = "AuthorizeSecurityGroupIngress",
     .run = AuthorizeSecurityGroupIngress,
     .access = Access::write,
     .dry_run = DryRun::after_checks},
    {.name = "DescribeSecurityGroupRules",
     .run = DescribeSecurityGroupRules,
     .access = Access::read,
     .listed = "SecurityGroupRule"},
    {.name = "ModifySecurityGroupRules", .run = ModifySecurityGroupRules, .access = Access::write},
    {.name = "RevokeSecurityGroupEgress",
     .run = RevokeSecurityGroupEgress,
     .access = Access::write,
     .dry_run = DryRun::after_checks},
    {.name = "RevokeSecurityGroupIngress",
     .run = RevokeSecurityGroupIngress,
     .access = Access::write,
     .dry_run = DryRun::after_checks},
    {.name = "UpdateSecurityGroupRuleDescriptionsEgress",
     .run = UpdateSecurityGroupRuleDescriptionsEgress,
     .access = Access::write},
    {.name = "UpdateSecurityGroupRuleDescriptionsIngress",
     .run = UpdateSecurityGroupRuleDescriptionsIngress,
     .access = Access::write},
};

}  // namespace

Family security_group_rules_family() { return {.operations = kOperations}; }

}  // namespace fogling
