/// IPAMs and their scopes: what making, changing and deleting them takes beyond what is declared.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/changes.hpp"
#include "emulator/ipam.hpp"
#include "emulator/ipam_pools.hpp"
#include "emulator/ipam_resources.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

// ---- IPAMs ---------------------------------------------------------------------------------------------------------

void create_ipam(Call& call, GenericResource& ipam) {
  ipam.document["OperatingRegions"] = requested_operating_regions(call);
}

GenericResource make_part(Call& call, const GenericResource& ipam, std::string_view kind, Document document) {
  auto part = make_resource(call, declared_kind(kind), std::move(document));
  part.parent_id = ipam.resource_id;
  state::update(call.txn, part);
  return part;
}

/// Documented: an IPAM comes with two default scopes, a default resource discovery, and an association with it.
void fill_ipam(Call& call, GenericResource& ipam) {
  const auto arn = text(ipam.document, "IpamArn");
  const auto scope = [&](const char* type) {
    return make_part(call, ipam, kIpamScope, {{"IpamArn", arn}, {"IpamScopeType", type}, {"IsDefault", true}});
  };
  ipam.document["PublicDefaultScopeId"] = scope("public").resource_id;
  ipam.document["PrivateDefaultScopeId"] = scope("private").resource_id;
  const auto discovery = make_resource(call, declared_kind(kIpamResourceDiscovery),
                                       {{"IsDefault", true}, {"OperatingRegions", ipam.document["OperatingRegions"]}});
  const auto association = make_part(
      call, ipam, kIpamResourceDiscoveryAssociation,
      {{"IpamId", ipam.resource_id}, {"IpamResourceDiscoveryId", discovery.resource_id}, {"IsDefault", true}});
  state::add_reference(call.txn, call.scope, association.resource_id, ipam.resource_id, false);
  state::add_reference(call.txn, call.scope, association.resource_id, discovery.resource_id, true);
  ipam.document["DefaultResourceDiscoveryId"] = discovery.resource_id;
  ipam.document["DefaultResourceDiscoveryAssociationId"] = association.resource_id;
  state::update(call.txn, ipam);
}

std::vector<GenericResource> scopes_of(Transaction& txn, const GenericResource& ipam) {
  return state::list_children(txn, ipam.resource_id, kIpamScope);
}
std::vector<GenericResource> pools_of(Transaction& txn, const GenericResource& scope) {
  return state::list_children(txn, scope.resource_id, kIpamPool);
}
std::vector<GenericResource> associations_of(Transaction& txn, const GenericResource& ipam) {
  return state::list_children(txn, ipam.resource_id, kIpamResourceDiscoveryAssociation);
}

/// Assumed: that a region which a pool is for stays; code and words.
void check_locales(Call& call, const GenericResource& ipam) {
  for (const auto& scope : scopes_of(call.txn, ipam)) {
    for (const auto& pool : pools_of(call.txn, scope)) {
      const auto locale = text(pool.document, "Locale");
      if (locale == "None" || has_operating_region(ipam.document, locale)) continue;
      throw ipam_dependency(ipam.resource_id, fmt::format("There are one or more pools with the locale {}.", locale));
    }
  }
}

void modify_ipam(Call& call, GenericResource& ipam) {
  require_change(call, "ipam");
  change_operating_regions(call, ipam.document);
  check_locales(call, ipam);
  auto discovery =
      state::find<GenericResource>(call.txn, call.scope, text(ipam.document, "DefaultResourceDiscoveryId"));
  if (!discovery) return;
  discovery->document["OperatingRegions"] = ipam.document["OperatingRegions"];
  state::update(call.txn, *discovery);
}

/// Documented: without Cascade there may be neither pools nor scopes of one's own; with it, no pool in a public scope.
void check_parts(Call& call, const GenericResource& ipam, bool is_cascade) {
  for (const auto& scope : scopes_of(call.txn, ipam)) {
    const auto pools = pools_of(call.txn, scope);
    if (!pools.empty() && (!is_cascade || is_public(scope))) {
      throw ipam_dependency(ipam.resource_id, is_cascade ? "There are one or more pools in the public scope."
                                                         : "There are one or more pools in the ipam.");
    }
    if (!is_cascade && !flag(scope.document, "IsDefault").value_or(false)) {
      throw ipam_dependency(ipam.resource_id, "There are one or more non-default scopes in the ipam.");
    }
  }
}

/// All that is the IPAM's goes at once; the IPAM itself is shown as going for a while.
void remove_ipam(Call& call, GenericResource& ipam) {
  check_parts(call, ipam, call.flag("Cascade").value_or(false));
  for (const auto& scope : scopes_of(call.txn, ipam)) {
    for (const auto& pool : pools_of(call.txn, scope)) {
      empty_ipam_pool(call, pool);
      erase_resource(call, pool);
    }
    erase_resource(call, scope);
  }
  for (const auto& each : state::list_children(call.txn, ipam.resource_id, kIpamResourceCidr))
    erase_resource(call, each);
  for (const auto& association : associations_of(call.txn, ipam)) erase_resource(call, association);
  const auto id = text(ipam.document, "DefaultResourceDiscoveryId");
  if (const auto discovery = state::find<GenericResource>(call.txn, call.scope, id)) erase_resource(call, *discovery);
  for (const char* member : {"PublicDefaultScopeId", "PrivateDefaultScopeId", "DefaultResourceDiscoveryId",
                             "DefaultResourceDiscoveryAssociationId"}) {
    ipam.document.erase(member);
  }
}

void show_ipam(Context& context, const GenericResource& ipam, Document& shown) {
  shown["ScopeCount"] = scopes_of(context.txn, ipam).size();
  shown["ResourceDiscoveryAssociationCount"] = associations_of(context.txn, ipam).size();
}

// ---- Scopes --------------------------------------------------------------------------------------------------------

/// Documented: five scopes of an IPAM. The words are those quoted for IPAMs.
constexpr std::int64_t kMostScopes = 5;

void create_scope(Call& call, GenericResource& scope) {
  const auto id = call.text("IpamId");
  if (id.empty()) return;  // it comes with its IPAM
  const auto ipam = require_resource(call, kIpam, id);
  require_complete(ipam);
  const auto most = call.world.quotas.of_kind(kIpamScope, kMostScopes);
  if (Quotas::is_reached(most, std::ssize(scopes_of(call.txn, ipam)))) {
    throw ApiError("ResourceLimitExceeded",
                   fmt::format("You've reached the limit for ipam-scopes. You have created {0} "
                               "ipam-scopes and you are limited to {0}.",
                               most));
  }
  scope.document["IpamArn"] = ipam.document["IpamArn"];
}

void modify_scope(Call& call, GenericResource& scope) {
  require_change(call, "ipam scope");
  if (call.flag("RemoveExternalAuthorityConfiguration").value_or(false)) {
    scope.document.erase("ExternalAuthorityConfiguration");
  }
}

void remove_scope(Call& call, GenericResource& scope) {
  if (flag(scope.document, "IsDefault").value_or(false)) {  // Assumed: code and words; the rule is documented
    throw errors::operation_not_permitted(
        fmt::format("The scope {} is a default scope and cannot be deleted.", scope.resource_id));
  }
  if (!pools_of(call.txn, scope).empty())
    throw ipam_dependency(scope.resource_id, "There are one or more pools in the scope.");
  for (const auto& each : state::list_children(call.txn, scope.parent_id, kIpamResourceCidr)) {
    if (text(each.document, "IpamScopeId") == scope.resource_id) erase_resource(call, each);
  }
}

void show_scope(Context& context, const GenericResource& scope, Document& shown) {
  shown["PoolCount"] = pools_of(context.txn, scope).size();
}

// ---- Resource discoveries ------------------------------------------------------------------------------------------

void create_discovery(Call& call, GenericResource& discovery) {
  if (!has(discovery.document, "OperatingRegions") || call.operation.name == "CreateIpamResourceDiscovery")
    discovery.document["OperatingRegions"] = requested_operating_regions(call);
}

void modify_discovery(Call& call, GenericResource& discovery) {
  require_change(call, "ipam resource discovery");
  const auto name = [&](const char* member) { return !call.items(member).empty(); };
  if (name("AddOrganizationalUnitExclusions") || name("RemoveOrganizationalUnitExclusions")) {
    throw errors::not_built("AWS Organizations in ModifyIpamResourceDiscovery");
  }
  change_operating_regions(call, discovery.document);
}

/// Assumed: code and words; documented is that the default one goes with its IPAM.
void remove_discovery(Call&, GenericResource& discovery) {
  if (!flag(discovery.document, "IsDefault").value_or(false)) return;
  throw errors::operation_not_permitted(
      fmt::format("The resource discovery {} is a default one and cannot be deleted.", discovery.resource_id));
}

void create_association(Call& call, GenericResource& association) {
  const auto id = call.text("IpamId");
  if (id.empty()) return;  // it comes with its IPAM
  const auto ipam = require_resource(call, kIpam, id);
  require_complete(ipam);
  const auto discovery = text(association.document, "IpamResourceDiscoveryId");
  require_complete(state::find_anywhere<GenericResource>(call.txn, discovery).value());
  for (const auto& each : associations_of(call.txn, ipam)) {
    if (text(each.document, "IpamResourceDiscoveryId") != discovery) continue;
    throw errors::invalid_parameter_value(  // Assumed: code and words
        fmt::format("The resource discovery {} is already associated with {}.", discovery, id));
  }
}

void remove_association(Call&, GenericResource& association) {
  if (!flag(association.document, "IsDefault").value_or(false)) return;
  throw errors::operation_not_permitted(  // Assumed: code and words
      fmt::format("The association {} is a default one and cannot be removed.", association.resource_id));
}

constexpr Hooks kHooks[] = {
    {.kind = kIpam,
     .create = create_ipam,
     .created = fill_ipam,
     .modify = modify_ipam,
     .remove = remove_ipam,
     .show = show_ipam},
    {.kind = kIpamScope, .create = create_scope, .modify = modify_scope, .remove = remove_scope, .show = show_scope},
    {.kind = kIpamResourceDiscovery,
     .create = create_discovery,
     .modify = modify_discovery,
     .remove = remove_discovery},
    {.kind = kIpamResourceDiscoveryAssociation, .create = create_association, .remove = remove_association},
};

}  // namespace

Family ipams_family() { return {.hooks = kHooks}; }

}  // namespace fogling
