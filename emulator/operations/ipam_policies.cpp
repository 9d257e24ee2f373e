/// IPAM policies: out of which pools the resources of an account get their public addresses.

#include "emulator/ipam_policies.hpp"

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/ipam.hpp"
#include "emulator/random.hpp"
#include "state/resources_anywhere.hpp"

namespace fogling {
namespace {

constexpr std::string_view kPolicy = "ipam-policy";
/// The setting that names the policy of an account in the home region of its IPAM.
constexpr std::string_view kEnabled = "enabled-ipam-policy";

GenericResource require_policy(Call& call) { return require_resource(call, kPolicy, call.require("IpamPolicyId")); }

void refuse_organizations(const Call& call) {
  if (!call.text("OrganizationTargetId").empty()) throw errors::not_built("AWS Organizations in IPAM policies");
}

/// The rules of a policy are kept by locale and type of resource, shape IpamPolicyDocument.
Document* find_rules(GenericResource& policy, std::string_view locale, std::string_view type) {
  for (auto& each : policy.document["_rules"]) {
    if (text(each, "Locale") == locale && text(each, "ResourceType") == type) return &each;
  }
  return nullptr;
}

/// A pool that a policy names stays. Assumed: that it does.
void note_pools(Call& call, const GenericResource& policy) {
  state::remove_references_of(call.txn, policy.resource_id);
  state::add_reference(call.txn, call.scope, policy.resource_id, text(policy.document, "IpamId"), true);
  for (const auto& document : items(policy.document, "_rules")) {
    for (const auto& rule : items(document, "AllocationRules")) {
      state::add_reference(call.txn, call.scope, policy.resource_id, text(rule, "SourceIpamPoolId"), true);
    }
  }
}

/// Assumed: the words of all refusals.
Document ModifyIpamPolicyAllocationRules(Call& call) {
  auto policy = require_policy(call);
  const auto locale = call.require("Locale"), type = call.require("ResourceType");
  require_operating_region(require_resource(call, kIpam, text(policy.document, "IpamId")), locale);
  Document rules = Document::array();
  for (const auto& each : call.items("AllocationRules")) {
    const auto pool = require_ipam_pool(call, text(each, "SourceIpamPoolId"));
    require_complete(pool);
    if (!is_public(pool) || !is_local(pool, locale) || text(pool.document, "AddressFamily") != "ipv4") {
      throw errors::invalid_value(pool.resource_id, "SourceIpamPoolId",
                                  "It is not a pool of public IPv4 addresses of the locale.");
    }
    rules.push_back({{"SourceIpamPoolId", pool.resource_id}});
  }
  Document changed{{"IpamPolicyId", policy.resource_id},
                   {"Locale", locale},
                   {"ResourceType", type},
                   {"AllocationRules", std::move(rules)}};
  if (auto* old = find_rules(policy, locale, type)) {
    *old = changed;
  } else {
    policy.document["_rules"].push_back(changed);
  }
  state::update(call.txn, policy);
  note_pools(call, policy);
  return {{"IpamPolicyDocument", std::move(changed)}};
}

Document GetIpamPolicyAllocationRules(Call& call) {
  const auto policy = require_policy(call);
  const auto locale = call.text("Locale"), type = call.text("ResourceType");
  std::vector<Document> documents;
  for (const auto& each : items(policy.document, "_rules")) {
    const bool is_wanted =
        (locale.empty() || locale == text(each, "Locale")) && (type.empty() || type == text(each, "ResourceType"));
    if (is_wanted) documents.push_back(each);
  }
  return describe_documents(call, "IpamPolicyDocuments", std::move(documents));
}

Document GetIpamPolicyOrganizationTargets(Call& call) {
  require_policy(call);
  return describe_documents(call, "OrganizationTargets", {});
}

Document EnableIpamPolicy(Call& call) {
  const auto policy = require_policy(call);
  refuse_organizations(call);
  require_complete(policy);
  state::put_setting(call.txn, call.scope, kEnabled, policy.resource_id);
  return {{"IpamPolicyId", policy.resource_id}};
}

Document DisableIpamPolicy(Call& call) {
  const auto policy = require_policy(call);
  refuse_organizations(call);
  if (state::get_setting(call.txn, call.scope, kEnabled) != policy.resource_id) {  // Assumed: code and words
    throw errors::incorrect_state("The policy is not enabled.");
  }
  state::put_setting(call.txn, call.scope, kEnabled, "");
  return {{"Return", true}};
}

Document GetEnabledIpamPolicy(Call& call) {
  const auto id = state::get_setting(call.txn, call.scope, kEnabled);
  if (id.empty()) return {{"IpamPolicyEnabled", false}};
  return {{"IpamPolicyEnabled", true}, {"IpamPolicyId", id}, {"ManagedBy", "account"}};
}

void create_policy(Call& call, GenericResource&) {
  require_complete(require_resource(call, kIpam, call.require("IpamId")));
}

/// Assumed: that an enabled policy stays; the words.
void remove_policy(Call& call, GenericResource& policy) {
  if (state::get_setting(call.txn, call.scope, kEnabled) != policy.resource_id) return;
  throw ipam_dependency(policy.resource_id, "The policy is enabled.");
}

// ---- Tokens --------------------------------------------------------------------------------------------------------

/// Assumed: that a token holds for three days, as in the CLI's example.
constexpr std::int64_t kTokenIsValid_ms = std::int64_t{3} * 24 * 3'600'000;

void create_token(Call& call, GenericResource& token) {
  require_complete(require_resource(call, kIpam, call.require("IpamId")));
  token.document["TokenName"] = std::to_string(10'000'000 + call.random().below(90'000'000));
  token.document["TokenValue"] = make_uuid(call.random());
  token.document["NotAfter"] = iso_time(call.now_ms + kTokenIsValid_ms);
}

void show_token(Context& context, const GenericResource& token, Document& shown) {
  if (text(token.document, "NotAfter") < iso_time(context.now_ms)) shown["Status"] = "expired";
}

constexpr Operation kOperations[] = {
    {.name = "DisableIpamPolicy", .run = DisableIpamPolicy, .access = Access::write},
    {.name = "EnableIpamPolicy", .run = EnableIpamPolicy, .access = Access::write},
    {.name = "GetEnabledIpamPolicy", .run = GetEnabledIpamPolicy, .access = Access::read},
    {.name = "GetIpamPolicyAllocationRules", .run = GetIpamPolicyAllocationRules, .access = Access::read},
    {.name = "GetIpamPolicyOrganizationTargets", .run = GetIpamPolicyOrganizationTargets, .access = Access::read},
    {.name = "ModifyIpamPolicyAllocationRules", .run = ModifyIpamPolicyAllocationRules, .access = Access::write},
};

constexpr Hooks kHooks[] = {
    {.kind = kPolicy, .create = create_policy, .remove = remove_policy},
    {.kind = "ipam-external-resource-verification-token", .create = create_token, .show = show_token},
};

}  // namespace

std::vector<std::string> policy_pools(Context& context, std::string_view resource_type) {
  std::vector<std::string> pools;
  for (auto& policy : state::list_kind_of_account(context.txn, context.scope.account, kPolicy)) {
    if (state::get_setting(context.txn, policy.scope(), kEnabled) != policy.resource_id) continue;
    const auto* rules = find_rules(policy, context.scope.region, resource_type);
    if (rules == nullptr) continue;
    for (const auto& each : items(*rules, "AllocationRules")) pools.emplace_back(text(each, "SourceIpamPoolId"));
  }
  return pools;
}

Family ipam_policies_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
