#include "emulator/vpc_blocks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/addresses.hpp"
#include "emulator/ip_blocks.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/public_pools.hpp"
#include "emulator/random.hpp"
#include "emulator/world.hpp"
#include "state/resources.hpp"
#include "state/security_groups.hpp"

namespace fogling {
namespace {

/// Amazon's pool is represented by the range that is reserved for documentation: what leaks reaches nobody.
constexpr std::string_view kAmazonPool = "2001:db8::/32";
constexpr int kVpcPrefixLength = 56;

constexpr const char* kIpv4State = "CidrBlockState";
constexpr const char* kIpv6State = "Ipv6CidrBlockState";

const char* state_member(const Document& association) { return has(association, kIpv6State) ? kIpv6State : kIpv4State; }

/// A /56 that no VPC of any account has.
std::string draw_ipv6_block(Context& context) {
  Ipv6Cidr block = parse_ipv6_cidr(kAmazonPool).value();
  block.prefix_length = kVpcPrefixLength;
  for (;;) {  // of 16 million blocks the taken ones are a handful
    const std::uint64_t place = context.random().next();
    for (std::size_t i = 0; i < 3; ++i) block.first[4 + i] = static_cast<unsigned char>(place >> (8 * i));
    if (!state::is_ipv6_block_taken(context.txn, block.text())) return block.text();
  }
}

Document acl_entry(std::int64_t number, bool is_egress, std::string_view action) {
  return {{"RuleNumber", number},
          {"Protocol", "-1"},
          {"RuleAction", action},
          {"Egress", is_egress},
          {"Ipv6CidrBlock", "::/0"}};
}

bool has_number(const Document& entries, bool is_egress, std::int64_t number) {
  return std::ranges::any_of(entries, [&](const Document& entry) {
    return flag(entry, "Egress") == is_egress && integer(entry, "RuleNumber") == number;
  });
}

/// Whether a direction of a default ACL is as it was born: IPv4 is allowed, and nothing else is said.
bool is_untouched(const Document& entries, bool is_egress) {
  const auto own =
      std::ranges::count_if(entries, [&](const Document& entry) { return flag(entry, "Egress") == is_egress; });
  return own == 2 && has_number(entries, is_egress, 100) && has_number(entries, is_egress, 32767);
}

/// The end of every ACL denies IPv6 as well. A default ACL allows it before, unless somebody has changed that
/// direction.
void extend_acls(Context& context, const state::Vpc& vpc) {
  for (auto& acl : state::list_children(context.txn, vpc.vpc_id, "network-acl")) {
    auto& entries = acl.document["Entries"];
    for (const bool is_egress : {true, false}) {
      if (has_number(entries, is_egress, 32768)) continue;
      if (flag(acl.document, "IsDefault").value_or(false) && is_untouched(entries, is_egress)) {
        entries.push_back(acl_entry(101, is_egress, "allow"));
      }
      entries.push_back(acl_entry(32768, is_egress, "deny"));
    }
    std::ranges::stable_sort(entries.get_ref<Document::array_t&>(), [](const Document& a, const Document& b) {
      const bool a_egress = flag(a, "Egress") == true, b_egress = flag(b, "Egress") == true;
      return a_egress != b_egress ? a_egress : integer(a, "RuleNumber") < integer(b, "RuleNumber");
    });
    state::update(context.txn, acl);
  }
}

/// The VPC User Guide: the default group gets a rule to everywhere over IPv6, unless its outbound rules were modified.
void extend_default_group(Context& context, const state::Vpc& vpc) {
  const auto group = state::find_group_by_name(context.txn, vpc.vpc_id, "default");
  if (!group) return;
  auto rules = state::rules_of_group(context.txn, group->group_id);
  std::erase_if(rules, [](const state::SecurityGroupRule& rule) { return !rule.is_egress; });
  if (rules.size() != 1 || rules.front().ip_protocol != "-1" || rules.front().cidr_ipv4 != "0.0.0.0/0") return;
  auto rule = rules.front();
  rule.security_group_rule_id = context.make_id("sgr");
  rule.cidr_ipv4.clear();
  rule.cidr_ipv6 = "::/0";
  state::insert(context.txn, rule);
}

/// Such a route came with its table, even if it leads to a middlebox by now.
bool is_local(const Document& route) { return text(route, "Origin") == "CreateRouteTable"; }

bool leads_to(const Document& route, std::string_view block) {
  return is_local(route) &&
         (text(route, "DestinationCidrBlock") == block || text(route, "DestinationIpv6CidrBlock") == block);
}

}  // namespace

std::string_view state_of_block(const Document& association) {
  return text(part(association, state_member(association)), "State");
}

void set_state_of_block(Document& association, std::string_view state) {
  association[state_member(association)]["State"] = state;
}

bool holds_block(const Document& association) {
  const auto state = state_of_block(association);
  return state == block_state::associating || state == block_state::associated;
}

std::vector<Cidr> ipv4_blocks(const state::Vpc& vpc) {
  std::vector<Cidr> blocks;
  for (const auto& association : vpc.cidr_block_associations) {
    if (holds_block(association)) blocks.push_back(parse_cidr(text(association, "CidrBlock")).value());
  }
  return blocks;
}

std::vector<Ipv6Cidr> ipv6_blocks(const Document& associations) {
  std::vector<Ipv6Cidr> blocks;
  for (const auto& association : associations) {
    if (holds_block(association)) blocks.push_back(parse_ipv6_cidr(text(association, "Ipv6CidrBlock")).value());
  }
  return blocks;
}

Cidr read_vpc_block(std::string_view text) {
  const auto block = parse_cidr(text);
  if (!block) throw errors::invalid_value(text, "cidrBlock", "This is not a valid CIDR block.");
  constexpr const char* kForbidden[] = {"0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4"};
  const bool is_forbidden =
      std::ranges::any_of(kForbidden, [&](const char* each) { return parse_cidr(each)->overlaps(*block); });
  if (block->prefix_length < 16 || block->prefix_length > 28 || is_forbidden) {
    throw ApiError("InvalidVpc.Range", fmt::format("The CIDR '{}' is invalid.", text));
  }
  return *block;
}

Document shown_ipv6_blocks(const Document& associations) {
  Document shown = Document::array();
  for (Document each : associations) {
    if (state_of_block(each) == block_state::associating) each["Ipv6CidrBlock"] = "";
    shown.push_back(std::move(each));
  }
  return shown;
}

namespace {

/// The VPC User Guide: from /44 to /60, in steps of four.
void check_ipv6_length(const IpBlock& block) {
  const int length = block.length;
  if (length >= 44 && length <= 60 && length % 4 == 0) return;
  throw errors::invalid_parameter_value(  // Assumed: the words
      fmt::format("invalid value for parameter ipv6-netmask-length: {}", length));
}

/// What an association shows of a block out of an IPAM pool. `IPAM Managed`: what client libraries expect.
void show_pool(Document& association, const GenericResource& pool) {
  const bool is_amazons = text(pool.document, "PublicIpSource") == "amazon";
  association["Ipv6Pool"] = "IPAM Managed";
  association["Ipv6AddressAttribute"] = is_public(pool) ? "public" : "private";
  association["IpSource"] = !is_public(pool) ? "none" : is_amazons ? "amazon" : "byoip";
}

}  // namespace

std::optional<PoolBlock> requested_ipv4_pool_block(Call& call) {
  auto pooled = requested_pool_block(call, "Ipv4IpamPoolId", "CidrBlock", "Ipv4NetmaskLength", "vpc");
  if (pooled) read_vpc_block(pooled->block.text());
  return pooled;
}

std::optional<Ipv6BlockRequest> requested_ipv6_block(Call& call) {
  if (auto pooled = requested_pool_block(call, "Ipv6IpamPoolId", "Ipv6CidrBlock", "Ipv6NetmaskLength", "vpc")) {
    check_ipv6_length(pooled->block);
    return Ipv6BlockRequest{call.scope.region, std::move(pooled)};
  }
  const auto pool = call.text("Ipv6Pool");
  if (!pool.empty()) {
    auto block = draw_ipv6_pool_block(call, pool, call.text("Ipv6CidrBlock"));
    return Ipv6BlockRequest{call.scope.region, {}, std::string(pool), std::move(block)};
  }
  if (!call.text("Ipv6CidrBlock").empty()) throw errors::missing_parameter("Ipv6Pool");  // Assumed: code and words
  const auto group = call.text("Ipv6CidrBlockNetworkBorderGroup");
  const bool is_amazons = call.flag("AmazonProvidedIpv6CidrBlock").value_or(false);
  if (!group.empty() && !is_amazons) {  // Assumed: code and words; the rule is documented
    throw errors::invalid_combination(
        "The parameter ipv6CidrBlockNetworkBorderGroup requires amazonProvidedIpv6CidrBlock to be true");
  }
  if (!group.empty() && !is_border_group(call.scope.region, group)) {  // Assumed: as for elastic addresses
    throw errors::invalid_parameter_value(
        fmt::format("invalid value for parameter ipv6-cidr-block-network-border-group: {}", group));
  }
  if (!is_amazons) return std::nullopt;
  return Ipv6BlockRequest{group.empty() ? call.scope.region : std::string(group)};
}

Document associate_ipv6_block(Context& context, state::Vpc& vpc, const Ipv6BlockRequest& request) {
  const auto& pooled = request.pooled;
  Document association{{"AssociationId", context.make_id("vpc-cidr-assoc")},
                       {"Ipv6CidrBlock", pooled ? pooled->block.text() : draw_ipv6_block(context)},
                       {kIpv6State, {{"State", block_state::associating}}},
                       {"NetworkBorderGroup", request.network_border_group},
                       {"Ipv6Pool", "Amazon"},
                       {"Ipv6AddressAttribute", "public"},
                       {"IpSource", "amazon"}};
  if (!request.brought_from.empty()) {
    association["Ipv6CidrBlock"] = request.brought_block;
    association["Ipv6Pool"] = request.brought_from;
    association["IpSource"] = "byoip";
  }
  if (pooled) {
    show_pool(association, pooled->pool);
    allocate_to(context, pooled->pool, pooled->block.text(), vpc.vpc_id, "vpc");
  }
  if (!vpc.ipv6_cidr_block_associations.is_array()) vpc.ipv6_cidr_block_associations = Document::array();
  vpc.ipv6_cidr_block_associations.push_back(association);
  state::update(context.txn, vpc);
  extend_acls(context, vpc);
  extend_default_group(context, vpc);
  schedule(context, "vpc-cidr-block", vpc.vpc_id, text(association, "AssociationId"), kAssociationTakes_ms);
  return association;
}

Document local_route(std::string_view block) {
  return {{is_ipv6(block) ? "DestinationIpv6CidrBlock" : "DestinationCidrBlock", block},
          {"GatewayId", "local"},
          {"State", "active"},
          {"Origin", "CreateRouteTable"}};
}

void add_local_routes(Context& context, const state::Vpc& vpc, std::string_view block) {
  for (auto& table : state::list_children(context.txn, vpc.vpc_id, "route-table")) {
    auto& routes = table.document["Routes"];
    if (std::ranges::any_of(routes, [&](const Document& route) { return leads_to(route, block); })) continue;
    // Local routes stand first.
    const auto behind = std::ranges::find_if(routes, [](const Document& route) { return !is_local(route); });
    routes.insert(behind, local_route(block));
    state::update(context.txn, table);
  }
}

void remove_local_routes(Context& context, const state::Vpc& vpc, std::string_view block) {
  for (auto& table : state::list_children(context.txn, vpc.vpc_id, "route-table")) {
    auto& routes = table.document["Routes"];
    const auto gone = std::ranges::find_if(routes, [&](const Document& route) { return leads_to(route, block); });
    if (gone == routes.end()) continue;
    routes.erase(gone);
    state::update(context.txn, table);
  }
}

bool move_block(Document& associations, std::string_view association_id) {
  const auto found = std::ranges::find_if(
      associations, [&](const Document& each) { return text(each, "AssociationId") == association_id; });
  if (found == associations.end()) return false;
  const auto state = state_of_block(*found);
  if (state == block_state::associating) {
    set_state_of_block(*found, block_state::associated);
  } else if (state == block_state::disassociating) {
    set_state_of_block(*found, block_state::disassociated);
  } else if (state == block_state::disassociated) {
    associations.erase(found);
  }
  return true;
}

}  // namespace fogling
