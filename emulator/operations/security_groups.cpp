/// Security groups: making, seeing and deleting them. Their rules are in security_group_rules.cpp.

#include "emulator/security_groups.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/encoding.hpp"
#include "emulator/security_group_rules.hpp"
#include "emulator/tags.hpp"
#include "emulator/vpc_blocks.hpp"
#include "emulator/world.hpp"
#include "state/network_interfaces.hpp"
#include "state/resources.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

constexpr std::string_view kMarks = " ._-:/()#,@[]+=&;{}!$*";

bool is_group_text(std::string_view text) { return text.size() < 256 && consists_of_letters_digits_and(kMarks, text); }

void check_name(std::string_view name) {
  const bool is_ascii = std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!is_ascii) {
    throw errors::invalid_value(name, "GroupName", "Character sets beyond ASCII are not supported.");
  }
  if (!is_group_text(name)) {
    throw errors::invalid_value(name, "GroupName",
                                "Security group names must be less than 256 characters from the following set:  "
                                "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");  // Assumed: the words
  }
}

void check_name_and_description(std::string_view name, std::string_view description) {
  if (description.empty()) throw errors::missing_parameter("GroupDescription");
  check_name(name);
  if (!is_group_text(description)) {
    throw errors::invalid_parameter_value(
        "Invalid security group description. Valid descriptions are strings less than 256 characters from the "
        "following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");
  }
  if (name.starts_with("sg-")) {
    throw errors::invalid_value(name, "GroupName", "Group names may not be in the format sg-*.");
  }
  if (name == "default") throw errors::invalid_parameter_value("Cannot use reserved security group name: default");
}

/// The VPC User Guide: spaces at the end of a name are trimmed.
std::string_view trimmed(std::string_view name) {
  const auto last = name.find_last_not_of(' ');
  return last == std::string_view::npos ? name : name.substr(0, last + 1);
}

state::Vpc vpc_of(Call& call) {
  if (const auto id = call.text("VpcId"); !id.empty()) return require_row<state::Vpc>(call, "vpc", id);
  auto vpc = state::find_default_vpc(call.txn, call.scope);
  if (!vpc) throw ApiError("VPCIdNotSpecified", "No default VPC for this user");
  return *std::move(vpc);
}

void allow_all_egress(Context& context, const state::SecurityGroup& group, const state::Vpc& vpc) {
  state::SecurityGroupRule rule;
  rule.account = group.account;
  rule.region = group.region;
  rule.group_id = group.group_id;
  rule.is_egress = true;
  rule.ip_protocol = "-1";
  rule.security_group_rule_id = context.make_id("sgr");
  rule.cidr_ipv4 = "0.0.0.0/0";
  state::insert(context.txn, rule);
  if (ipv6_blocks(vpc.ipv6_cidr_block_associations).empty()) return;
  rule.security_group_rule_id = context.make_id("sgr");
  rule.cidr_ipv4.clear();
  rule.cidr_ipv6 = "::/0";
  state::insert(context.txn, rule);
}

Document CreateSecurityGroup(Call& call) {
  const auto name = trimmed(call.require("GroupName"));
  check_name_and_description(name, call.text("Description"));
  const auto vpc = vpc_of(call);
  if (state::has_group_called(call.txn, vpc.vpc_id, name)) {
    throw ApiError("InvalidGroup.Duplicate",
                   fmt::format("The security group '{}' already exists for VPC '{}'", name, vpc.vpc_id));
  }
  if (Quotas::is_reached(call.world.quotas.security_groups, state::count<state::SecurityGroup>(call.txn, call.scope))) {
    throw ApiError("SecurityGroupLimitExceeded",
                   "The maximum number of security groups has been reached.");  // Assumed: the words
  }
  state::SecurityGroup group;
  group.account = call.scope.account;
  group.region = call.scope.region;
  group.group_id = call.make_id("sg");
  group.group_name = name;
  group.description = call.text("Description");
  group.vpc_id = vpc.vpc_id;
  state::insert(call.txn, group);
  allow_all_egress(call, group, vpc);
  apply_tags(call, group.group_id, "security-group");
  Document answer{{"GroupId", group.group_id}, {"SecurityGroupArn", group_arn(call.scope, group.group_id)}};
  set_tags(answer, call.txn, group.group_id);  // recorded: absent where there are none
  return answer;
}

/// Whatever names it or has it: interfaces, rules of other groups, VPCs beside its own, resources of other kinds.
bool has_dependents(Call& call, const state::SecurityGroup& group) {
  const auto references = state::rules_referencing(call.txn, group.group_id);
  const bool is_referenced = std::ranges::any_of(references, [&](const auto& rule) {
    return rule.group_id != group.group_id && rule.referenced_peering_connection_id.empty();
  });
  return is_referenced || !state::list_children(call.txn, group.group_id, kGroupVpcAssociation).empty() ||
         !state::interfaces_of_group(call.txn, group.group_id).empty() ||
         !state::holders_of(call.txn, group.group_id).empty();
}

Document DeleteSecurityGroup(Call& call) {
  if (!call.text("GroupName").empty() && !state::find_default_vpc(call.txn, call.scope)) {
    throw ApiError("VPCIdNotSpecified",
                   "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.");
  }
  const auto group = require_group(call, call.text("GroupId"), call.text("GroupName"));
  if (group.group_name == "default") {
    throw ApiError(
        "CannotDelete",
        fmt::format("the specified group: \"{}\" name: \"default\" cannot be deleted by a user", group.group_id));
  }
  if (has_dependents(call, group)) {
    throw errors::dependency_violation(fmt::format("resource {} has a dependent object", group.group_id));
  }
  for (const auto& rule : state::rules_of_group(call.txn, group.group_id)) {
    state::remove_tags(call.txn, rule.security_group_rule_id);
  }
  state::remove_tags(call.txn, group.group_id);
  state::erase(call.txn, group);
  return {{"Return", true}, {"GroupId", group.group_id}};
}

Document group_document(Transaction& txn, const state::SecurityGroup& group) {
  const auto rules = state::rules_of_group(txn, group.group_id);
  Document out{{"OwnerId", group.account},
               {"GroupId", group.group_id},
               {"GroupName", group.group_name},
               {"Description", group.description},
               {"VpcId", group.vpc_id},
               {"IpPermissions", permissions_document(txn, rules, Direction::ingress)},
               {"IpPermissionsEgress", permissions_document(txn, rules, Direction::egress)},
               {"SecurityGroupArn", group_arn(group.scope(), group.group_id)}};
  set_tags(out, txn, group.group_id);
  return out;
}

constexpr Listing kListing{
    .type = "security-group", .ids = "GroupIds", .list = "SecurityGroups", .id_filter = "group-id"};

/// By ids and names, the union of both; else by the VPC where a filter names it; else as every kind.
std::vector<state::SecurityGroup> candidate_groups(Call& call, const Paging& paging) {
  if (paging.bounds_scan) return scan<state::SecurityGroup>(call);
  const auto* vpcs = call.filters.literal_values("vpc-id");
  const auto& names = call.items("GroupNames");
  const bool has_ids = !call.items("GroupIds").empty();
  std::vector<state::SecurityGroup> groups;
  if (names.empty() && (has_ids || vpcs == nullptr)) return candidates<state::SecurityGroup>(call, kListing);
  if (names.empty()) {
    for (const auto& vpc : *vpcs) {
      if (!state::find<state::Vpc>(call.txn, call.scope, vpc)) continue;
      std::ranges::move(state::groups_of_vpc(call.txn, vpc), std::back_inserter(groups));
    }
  } else {
    if (has_ids) groups = candidates<state::SecurityGroup>(call, kListing);
    for (const auto& each : names) groups.push_back(require_group_by_name(call, each.get_ref<const std::string&>()));
  }
  const auto by_seq = [](const state::SecurityGroup& group) { return group.seq; };
  std::ranges::sort(groups, {}, by_seq);
  const auto is_same = [](const auto& a, const auto& b) { return a.seq == b.seq; };
  groups.erase(std::unique(groups.begin(), groups.end(), is_same), groups.end());
  return groups;
}

/// Adds the names of the groups that rules name, which are not shown within a VPC, for the filters that ask for them.
void name_peers(Transaction& txn, Document& group) {
  for (const char* direction : {"IpPermissions", "IpPermissionsEgress"}) {
    for (auto& permission : group[direction]) {
      for (auto& pair : permission["UserIdGroupPairs"]) {
        const auto peer = state::find_anywhere<state::SecurityGroup>(txn, text(pair, "GroupId"));
        if (peer) pair["GroupName"] = peer->group_name;
      }
    }
  }
}

Document DescribeSecurityGroups(Call& call) {
  PageBuilder<state::SecurityGroup> page{call, read_paging(call, kListing.ids)};
  const bool asks_for_names = std::ranges::any_of(
      call.filters.all(), [](const Filter& filter) { return filter.name.ends_with("ip-permission.group-name"); });
  const auto describe = [&](const state::SecurityGroup& group) {
    Document item = group_document(call.txn, group);
    if (asks_for_names) name_peers(call.txn, item);
    return item;
  };
  for (const auto& group : candidate_groups(call, page.paging)) {
    if (!page.offer(group, describe)) break;
  }
  if (asks_for_names) {
    for (auto& item : page.items) {
      item = group_document(call.txn, *state::find<state::SecurityGroup>(call.txn, call.scope, text(item, "GroupId")));
    }
  }
  Document answer{{kListing.list, std::move(page.items)}};
  if (page.has_token()) answer["NextToken"] = make_token(call, page.last_seq);
  return answer;
}

constexpr FilterPath kGroupFilters[] = {
    {"egress.ip-permission.cidr", "IpPermissionsEgress.IpRanges.CidrIp"},
    {"egress.ip-permission.from-port", "IpPermissionsEgress.FromPort"},
    {"egress.ip-permission.group-id", "IpPermissionsEgress.UserIdGroupPairs.GroupId"},
    {"egress.ip-permission.group-name", "IpPermissionsEgress.UserIdGroupPairs.GroupName"},
    {"egress.ip-permission.ipv6-cidr", "IpPermissionsEgress.Ipv6Ranges.CidrIpv6"},
    {"egress.ip-permission.prefix-list-id", "IpPermissionsEgress.PrefixListIds.PrefixListId"},
    {"egress.ip-permission.protocol", "IpPermissionsEgress.IpProtocol"},
    {"egress.ip-permission.to-port", "IpPermissionsEgress.ToPort"},
    {"egress.ip-permission.user-id", "IpPermissionsEgress.UserIdGroupPairs.UserId"},
    {"ip-permission.cidr", "IpPermissions.IpRanges.CidrIp"},
    {"ip-permission.from-port", "IpPermissions.FromPort"},
    {"ip-permission.group-id", "IpPermissions.UserIdGroupPairs.GroupId"},
    {"ip-permission.group-name", "IpPermissions.UserIdGroupPairs.GroupName"},
    {"ip-permission.ipv6-cidr", "IpPermissions.Ipv6Ranges.CidrIpv6"},
    {"ip-permission.prefix-list-id", "IpPermissions.PrefixListIds.PrefixListId"},
    {"ip-permission.protocol", "IpPermissions.IpProtocol"},
    {"ip-permission.to-port", "IpPermissions.ToPort"},
    {"ip-permission.user-id", "IpPermissions.UserIdGroupPairs.UserId"},
};

/// The VPC's own groups, and those of others that are associated with it.
Document GetSecurityGroupsForVpc(Call& call) {
  const auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  auto usable = state::groups_of_vpc(call.txn, vpc.vpc_id);
  for (const auto& association : state::list_referring(call.txn, vpc.vpc_id, kGroupVpcAssociation)) {
    if (association.state != "associated") continue;
    if (auto group = state::find_anywhere<state::SecurityGroup>(call.txn, association.parent_id)) {
      usable.push_back(*std::move(group));
    }
  }
  std::vector<Document> groups;
  for (const auto& group : usable) {
    groups.push_back({{"GroupId", group.group_id},
                      {"GroupName", group.group_name},
                      {"Description", group.description},
                      {"OwnerId", group.account},
                      {"PrimaryVpcId", group.vpc_id},
                      {"Tags", tag_set(call.txn, group.group_id)}});
  }
  return describe_documents(call, "SecurityGroupForVpcs", std::move(groups));
}

/// Which VPCs name the groups over a peering connection; each pair once.
Document DescribeSecurityGroupReferences(Call& call) {
  Document references = Document::array();
  for (const auto& each : call.items("GroupId")) {
    const auto group = require_group(call, each.get_ref<const std::string&>(), {});
    for (const auto& rule : state::rules_referencing(call.txn, group.group_id)) {
      if (rule.referenced_peering_connection_id.empty()) continue;
      const auto other = state::find_anywhere<state::SecurityGroup>(call.txn, rule.group_id);
      if (!other) continue;
      Document reference{{"GroupId", group.group_id},
                         {"ReferencingVpcId", other->vpc_id},
                         {"VpcPeeringConnectionId", rule.referenced_peering_connection_id}};
      if (std::ranges::find(references, reference) == references.end()) references.push_back(std::move(reference));
    }
  }
  return {{"SecurityGroupReferenceSet", std::move(references)}};
}

/// Whether a rule names a group over a peering connection, and one of the two is gone.
bool is_stale(Transaction& txn, const state::SecurityGroupRule& rule) {
  if (rule.referenced_peering_connection_id.empty()) return false;
  const auto peering = state::find_anywhere<state::GenericResource>(txn, rule.referenced_peering_connection_id);
  return !peering || peering->state != "active" ||
         !state::find_anywhere<state::SecurityGroup>(txn, rule.referenced_group_id);
}

Document stale_permissions(Transaction& txn, const std::vector<state::SecurityGroupRule>& rules, Direction direction) {
  Document permissions = permissions_document(txn, rules, direction);
  for (auto& each : permissions) each.erase("Ipv6Ranges");  // the structure of stale ones has none
  return permissions;
}

Document DescribeStaleSecurityGroups(Call& call) {
  const auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  std::vector<Document> stale;
  for (const auto& group : state::groups_of_vpc(call.txn, vpc.vpc_id)) {
    auto rules = state::rules_of_group(call.txn, group.group_id);
    std::erase_if(rules, [&](const state::SecurityGroupRule& rule) { return !is_stale(call.txn, rule); });
    if (rules.empty()) continue;
    stale.push_back({{"GroupId", group.group_id},
                     {"GroupName", group.group_name},
                     {"Description", group.description},
                     {"VpcId", group.vpc_id},
                     {"StaleIpPermissions", stale_permissions(call.txn, rules, Direction::ingress)},
                     {"StaleIpPermissionsEgress", stale_permissions(call.txn, rules, Direction::egress)}});
  }
  return describe_documents(call, "StaleSecurityGroupSet", std::move(stale));
}

constexpr Operation kOperations[] = {
    {.name = "CreateSecurityGroup", .run = CreateSecurityGroup, .access = Access::write},
    {.name = "DeleteSecurityGroup", .run = DeleteSecurityGroup, .access = Access::write},
    {.name = "DescribeSecurityGroupReferences", .run = DescribeSecurityGroupReferences, .access = Access::read},
    {.name = "DescribeSecurityGroups",
     .run = DescribeSecurityGroups,
     .access = Access::read,
     .listed = "SecurityGroup",
     .filters = kGroupFilters},
    {.name = "DescribeStaleSecurityGroups", .run = DescribeStaleSecurityGroups, .access = Access::read},
    {.name = "GetSecurityGroupsForVpc",
     .run = GetSecurityGroupsForVpc,
     .access = Access::read,
     .listed = "SecurityGroupForVpc"},
};

}  // namespace

Family security_groups_family() { return {.operations = kOperations}; }

}  // namespace fogling
