/// IPAM prefix list resolvers: rules that choose blocks out of what an IPAM knows, and prefix lists that follow them.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/changes.hpp"
#include "emulator/describe.hpp"
#include "emulator/ipam_resources.hpp"

namespace fogling {
namespace {

constexpr std::string_view kResolver = "ipam-prefix-list-resolver", kTarget = "ipam-prefix-list-resolver-target";

// ---- Rules ---------------------------------------------------------------------------------------------------------
// Assumed: codes and words of the refusals.

void check_rule(Call& call, const Document& rule, bool is_ipv4) {
  if (text(rule, "RuleType") != "static-cidr") {
    require_complete(require_resource(call, kIpamScope, text(rule, "IpamScopeId")));
    for (const auto& condition : items(rule, "Conditions")) {
      if (has(condition, "IpamPoolId")) require_complete(require_ipam_pool(call, text(condition, "IpamPoolId")));
    }
    return;
  }
  const auto block = IpBlock::parse(text(rule, "StaticCidr"));
  if (!block || block->had_host_bits || block->is_ipv4() != is_ipv4) {
    throw errors::invalid_value(text(rule, "StaticCidr"), "StaticCidr", "It is no block of the address family.");
  }
}

bool is_same(const Document& condition, const char* wanted, std::string_view value) {
  return !has(condition, wanted) || text(condition, wanted) == value;
}

bool has_tag(const Document& resource, const Document& tag) {
  const auto& tags = items(resource, "ResourceTags");
  return std::ranges::any_of(tags, [&](const Document& each) {
    return text(each, "Key") == text(tag, "Key") && (!has(tag, "Value") || text(each, "Value") == text(tag, "Value"));
  });
}

/// Whether one condition of a rule holds for a resource, shape IpamResourceCidr.
bool holds(const Document& condition, const Document& resource) {
  const auto operation = text(condition, "Operation");
  const auto given = IpBlock::parse(text(condition, "Cidr"));
  const auto block = IpBlock::parse(text(resource, "ResourceCidr")).value();
  if (operation == "subnet-of") return given && given->contains(block);
  bool is_equal = is_same(condition, "IpamPoolId", text(resource, "IpamPoolId")) &&
                  is_same(condition, "ResourceId", text(resource, "ResourceId")) &&
                  is_same(condition, "ResourceOwner", text(resource, "ResourceOwnerId")) &&
                  is_same(condition, "ResourceRegion", text(resource, "ResourceRegion"));
  if (given) is_equal = is_equal && given->text() == block.text();
  if (has(condition, "ResourceTag")) is_equal = is_equal && has_tag(resource, condition["ResourceTag"]);
  return is_equal == (operation == "equals");
}

/// Blocks provisioned to the pools of a scope, in the shape of resources, so that conditions serve both.
std::vector<Document> pool_blocks(Context& context, const GenericResource& scope) {
  std::vector<Document> blocks;
  for (const auto& pool : state::list_children(context.txn, scope.resource_id, kIpamPool)) {
    for (const auto& each : provisioned_blocks(context.txn, pool.resource_id)) {
      blocks.push_back({{"ResourceCidr", each.text()},
                        {"IpamPoolId", pool.resource_id},
                        {"ResourceOwnerId", pool.account},
                        {"ResourceRegion", pool.region}});
    }
  }
  return blocks;
}

std::vector<Document> candidates_of(Context& context, const Document& rule) {
  if (text(rule, "RuleType") == "static-cidr") return {{{"ResourceCidr", rule["StaticCidr"]}}};
  const auto scope = require_resource(context, kIpamScope, text(rule, "IpamScopeId"));
  if (text(rule, "RuleType") == "ipam-pool-cidr") return pool_blocks(context, scope);
  auto resources = resource_cidrs(context, ipam_of(context, scope), scope);
  std::erase_if(resources,
                [&](const Document& each) { return !is_same(rule, "ResourceType", text(each, "ResourceType")); });
  return resources;
}

/// What matches any of the rules, each block once, in order.
Document chosen_blocks(Context& context, const GenericResource& resolver) {
  const bool is_ipv4 = text(resolver.document, "AddressFamily") == "ipv4";
  std::vector<std::string> blocks;
  for (const auto& rule : items(resolver.document, "_rules")) {
    for (const auto& each : candidates_of(context, rule)) {
      const auto& conditions = items(rule, "Conditions");
      const bool fits = std::ranges::all_of(conditions, [&](const Document& one) { return holds(one, each); });
      const auto block = IpBlock::parse(text(each, "ResourceCidr")).value();
      if (fits && block.is_ipv4() == is_ipv4) blocks.push_back(block.text());
    }
  }
  std::ranges::sort(blocks);
  blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
  return blocks;
}

/// A version is a snapshot; where nothing has changed there is none.
void take_snapshot(Context& context, GenericResource& resolver) {
  Document blocks = chosen_blocks(context, resolver);
  auto& versions = resolver.document["_versions"];
  if (versions.empty() || versions.back() != blocks) versions.push_back(std::move(blocks));
  resolver.document["LastVersionCreationStatus"] = "success";
}

void read_rules(Call& call, GenericResource& resolver) {
  if (!has(call.in, "Rules")) return;
  const bool is_ipv4 = text(resolver.document, "AddressFamily") == "ipv4";
  for (const auto& rule : call.items("Rules")) check_rule(call, rule, is_ipv4);
  resolver.document["_rules"] = call.items("Rules");
}

void create_resolver(Call& call, GenericResource& resolver) {
  const auto ipam = require_resource(call, kIpam, call.require("IpamId"));
  require_complete(ipam);
  if (text(ipam.document, "Tier") != "advanced") {  // documented
    throw errors::invalid_parameter_value("The IPAM must be in the advanced tier.");
  }
  read_rules(call, resolver);
  take_snapshot(call, resolver);
}

const Document* find_version(const GenericResource& resolver, std::int64_t version) {
  const auto& versions = items(resolver.document, "_versions");
  if (version < 1 || version > static_cast<std::int64_t>(versions.size())) return nullptr;
  return &versions[static_cast<std::size_t>(version - 1)];
}

std::int64_t latest(const GenericResource& resolver) {
  return static_cast<std::int64_t>(items(resolver.document, "_versions").size());
}

// ---- Targets -------------------------------------------------------------------------------------------------------

GenericResource resolver_of(Context& context, const GenericResource& target) {
  return require_resource(context, kResolver, text(target.document, "IpamPrefixListResolverId"));
}

/// Writes a version's blocks into the prefix list, as a version of its own. What does not fit leaves the list alone.
void synchronize(Context& context, GenericResource& target) {
  const auto resolver = resolver_of(context, target);
  const bool tracks = flag(target.document, "TrackLatestVersion").value_or(false);
  const auto version =
      tracks ? latest(resolver) : integer(target.document, "DesiredVersion").value_or(latest(resolver));
  const auto* blocks = find_version(resolver, version);
  auto list = state::find_anywhere<GenericResource>(context.txn, text(target.document, "PrefixListId"));
  if (blocks == nullptr || !list) return;
  if (static_cast<std::int64_t>(blocks->size()) > integer(list->document, "MaxEntries").value_or(0)) {
    target.document["StateMessage"] = "The prefix list cannot hold so many entries.";  // Assumed: the words
    state::update(context.txn, target);
    return;
  }
  Document entries = Document::array();
  for (const auto& each : *blocks) entries.push_back({{"Cidr", each}});
  auto& versions = list->document["_Versions"];
  if (versions.empty() || versions.back() != entries) versions.push_back(std::move(entries));
  list->document["Version"] = versions.size();
  list->document["IpamPrefixListResolverTargetId"] = target.resource_id;
  list->document["IpamPrefixListResolverSyncEnabled"] = true;
  state::update(context.txn, *list);
  target.document.erase("StateMessage");
  target.document["LastSyncedVersion"] = version;
  state::update(context.txn, target);
}

void check_version(const GenericResource& target, const GenericResource& resolver) {
  const auto version = integer(target.document, "DesiredVersion");
  if (!version || find_version(resolver, *version) != nullptr) return;
  throw errors::invalid_value(std::to_string(*version), "DesiredVersion", "There is no such version.");
}

void create_target(Call& call, GenericResource& target) {
  const auto list = state::find_anywhere<GenericResource>(call.txn, call.text("PrefixListId")).value();
  const auto resolver = resolver_of(call, target);
  require_complete(resolver);
  if (list.region != call.text("PrefixListRegion") || list.account != call.scope.account) {
    throw errors::invalid_value(list.resource_id, "PrefixListId", "It is not in that Region, or not yours.");
  }
  const auto family = text(list.document, "AddressFamily");
  if ((family == "IPv4") != (text(resolver.document, "AddressFamily") == "ipv4")) {
    throw errors::invalid_value(list.resource_id, "PrefixListId", "It is of the other address family.");
  }
  if (has(list.document, "IpamPrefixListResolverTargetId")) {
    throw errors::invalid_value(list.resource_id, "PrefixListId", "It already follows a resolver.");
  }
  check_version(target, resolver);
}

void modify_target(Call& call, GenericResource& target) {
  require_change(call, "ipam prefix list resolver target");
  check_version(target, resolver_of(call, target));
}

void move_target(Context& context, GenericResource& target) {
  if (target.state == "create-complete" || target.state == "modify-complete") synchronize(context, target);
}

void remove_target(Call& call, GenericResource& target) {
  auto list = state::find_anywhere<GenericResource>(call.txn, text(target.document, "PrefixListId"));
  if (!list) return;
  list->document.erase("IpamPrefixListResolverTargetId");
  list->document.erase("IpamPrefixListResolverSyncEnabled");
  state::update(call.txn, *list);
}

/// What a modification changes shows in the lists that follow.
void modify_resolver(Call& call, GenericResource& resolver) {
  require_change(call, "ipam prefix list resolver");
  read_rules(call, resolver);
  take_snapshot(call, resolver);
}

void move_resolver(Context& context, GenericResource& resolver) {
  if (resolver.state != "modify-complete") return;
  for (auto& target : state::list_children(context.txn, resolver.resource_id, kTarget)) synchronize(context, target);
}

// ---- Reading -------------------------------------------------------------------------------------------------------

GenericResource require_resolver(Call& call) {
  return require_resource(call, kResolver, call.require("IpamPrefixListResolverId"));
}

Document GetIpamPrefixListResolverRules(Call& call) {
  const auto resolver = require_resolver(call);
  std::vector<Document> rules;
  for (const auto& each : items(resolver.document, "_rules")) rules.push_back(each);
  return describe_documents(call, "Rules", std::move(rules));
}

Document GetIpamPrefixListResolverVersions(Call& call) {
  const auto resolver = require_resolver(call);
  const auto& wanted = call.items("IpamPrefixListResolverVersions");
  std::vector<Document> versions;
  for (std::int64_t version = 1; version <= latest(resolver); ++version) {
    if (wanted.empty() || std::ranges::find(wanted, Document(version)) != wanted.end())
      versions.push_back({{"Version", version}});
  }
  return describe_documents(call, "IpamPrefixListResolverVersions", std::move(versions));
}

Document GetIpamPrefixListResolverVersionEntries(Call& call) {
  const auto resolver = require_resolver(call);
  const auto version = call.integer("IpamPrefixListResolverVersion").value_or(0);
  const auto* blocks = find_version(resolver, version);
  if (blocks == nullptr) {
    throw errors::invalid_value(std::to_string(version), "IpamPrefixListResolverVersion", "There is no such version.");
  }
  std::vector<Document> entries;
  for (const auto& each : *blocks) entries.push_back({{"Cidr", each}});
  return describe_documents(call, "Entries", std::move(entries));
}

constexpr Operation kOperations[] = {
    {.name = "GetIpamPrefixListResolverRules", .run = GetIpamPrefixListResolverRules, .access = Access::read},
    {.name = "GetIpamPrefixListResolverVersionEntries",
     .run = GetIpamPrefixListResolverVersionEntries,
     .access = Access::read},
    {.name = "GetIpamPrefixListResolverVersions", .run = GetIpamPrefixListResolverVersions, .access = Access::read},
};

constexpr Hooks kHooks[] = {
    {.kind = kResolver, .create = create_resolver, .modify = modify_resolver, .moved = move_resolver},
    {.kind = kTarget, .create = create_target, .modify = modify_target, .remove = remove_target, .moved = move_target},
};

}  // namespace

Family ipam_prefix_list_resolvers_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
