#pragma once

/// Elementary rules: what permissions of a request mean, and how rules are shown.

#include <string>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"
#include "state/security_groups.hpp"

namespace fogling {

enum class Direction : std::uint8_t { ingress, egress };
/// A rule to be made needs peers that are there; one that is revoked may name a group that is gone.
enum class Peers : std::uint8_t { have_to_be_there, may_be_gone };

/// The group of a request, by id or, in the default VPC, by name.
state::SecurityGroup require_group(Context& context, std::string_view group_id, std::string_view group_name);
state::SecurityGroup require_group_by_name(Context& context, std::string_view group_name);

/// Protocol and ports in EC2's spelling; throws in its words. Ports are absent where the protocol has none.
void read_protocol(state::SecurityGroupRule& rule, std::string_view protocol, std::optional<std::int64_t> from_port,
                   std::optional<std::int64_t> to_port);
/// The canonical block; throws `CIDR block x is malformed`.
std::string read_ipv4_block(std::string_view text);
std::string read_ipv6_block(std::string_view text);
std::optional<std::string> read_description(const Document& in);

/// One elementary rule for each peer of each permission.
std::vector<state::SecurityGroupRule> read_permissions(Context& context, const state::SecurityGroup& group,
                                                       Direction direction, const Document& permissions,
                                                       Peers peers = Peers::have_to_be_there);

/// Makes a group the peer of a rule of `group`. Throws where the two cannot see each other: a group is seen in its own
/// VPC, in those that it is associated with, and over an active peering connection.
void set_group_peer(Context& context, const state::SecurityGroup& group, const state::SecurityGroup& peer,
                    state::SecurityGroupRule& rule);

/// How many rules of one direction count against the quota: IPv4 and IPv6 by themselves, of which the greater number is
/// answered; a reference to a group counts in both, and one to a prefix list as many as that can hold.
std::int64_t count_rules(Context& context, const std::vector<state::SecurityGroupRule>& rules, bool is_egress);

/// Whether two rules allow the same; descriptions do not matter, and neither do ports where the protocol has none.
bool is_same_rule(const state::SecurityGroupRule& a, const state::SecurityGroupRule& b);

/// As DescribeSecurityGroupRules shows it, with a list of tags even where there are none.
Document rule_document(Transaction& txn, const state::SecurityGroupRule& rule);
/// Rules of one direction folded: those of the same protocol and ports are one permission.
Document permissions_document(Transaction& txn, const std::vector<state::SecurityGroupRule>& rules,
                              Direction direction);
/// A rule as a permission of its own.
Document permission_document(Transaction& txn, const state::SecurityGroupRule& rule);

std::string group_arn(const Scope& scope, std::string_view group_id);
std::string rule_arn(const Scope& scope, std::string_view rule_id);

}  // namespace fogling
