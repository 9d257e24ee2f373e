/// Associations of an IPAM with an internet registry, and what the registry is known to have of the account's. No
/// registry is asked: what the account has brought along had to be registered with one, and is what is told. Making,
/// describing and deleting are declared.

#include <fmt/format.h>

#include <span>

#include "emulator/certificates.hpp"
#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/ipam_routes.hpp"
#include "emulator/random.hpp"
#include "state/resources_anywhere.hpp"

namespace fogling {
namespace {

constexpr kinds::Transition kEnable{"enable-in-progress", "enable-complete", 5000, {}};  // Assumed: the duration

/// What is handed to the registry (RFC 8183): who asks, and the certificate that the answer is meant for.
std::string child_request(Call& call, const GenericResource& association) {
  const auto certificate = make_trust_anchor(association.resource_id, call.now_ms,
                                             [&](std::span<std::byte> bytes) { call.random().fill(bytes); });
  return fmt::format(
      "<child_request xmlns=\"http://www.hactrn.net/uris/rpki/rpki-setup/\" version=\"1\" child_handle=\"{}\">"
      "<child_bpki_ta>{}</child_bpki_ta></child_request>",
      association.resource_id, certificate);
}

/// Documented: for IPAMs of the advanced tier.
void create(Call& call, GenericResource& association) {
  const auto ipam = require_resource(call, kIpam, association.parent_id);
  require_complete(ipam);
  if (text(ipam.document, "Tier") != "advanced") {  // Assumed: the words
    throw errors::operation_not_permitted(fmt::format("The ipam {} has to be in the advanced tier.", ipam.resource_id));
  }
  association.document["ChildRequestXml"] = child_request(call, association);
}

/// Documented: registrations have to be removed first.
void remove(Call& call, GenericResource& association) {
  if (state::list_children(call.txn, association.resource_id, kIpamRoutingPolicyRegistration).empty()) return;
  throw ipam_dependency(association.resource_id, "There are one or more routing policy registrations.");
}

/// The parent's answer, as the registry gives it. Assumed: what is refused of it, and the words.
void check_parent_response(Call& call) {
  if (const auto version = call.require("RpkiVersion"); version != "1")
    throw errors::invalid_value(version, "RpkiVersion", "It must be 1.");
  const auto uri = call.require("ServiceUri");
  if (!uri.starts_with("https://") && !uri.starts_with("http://")) throw errors::invalid_value(uri, "ServiceUri");
  call.require("ChildHandle");
  call.require("ParentHandle");
  if (!is_certificate(call.require("ParentBpkiTa")))
    throw errors::invalid_parameter_value("The value for parameter ParentBpkiTa is not a PEM-encoded certificate.");
}

GenericResource requested_association(Call& call) {
  return require_resource(call, kIpamInternetRegistryAssociation, call.require("IpamInternetRegistryAssociationId"));
}

Document EnableIpamInternetRegistryAssociation(Call& call) {
  auto association = requested_association(call);
  if (association.state != "pending-enable" && association.state != "enable-failed") {
    throw errors::incorrect_state(fmt::format("The specified action is not valid for {} while it is in the state {}.",
                                              association.resource_id, association.state));
  }
  check_parent_response(call);
  for (const char* member : {"ServiceUri", "ChildHandle", "ParentHandle", "ParentBpkiTa"})
    association.document[fmt::format("_{}", member)] = call.text(member);
  begin(call, association, kEnable);
  return {{"IpamInternetRegistryAssociation", shown(call, association)}};
}

// ---- What the registry has -----------------------------------------------------------------------------------------

/// Nothing is known before the registry has been told of the association.
bool is_enabled(const GenericResource& association) { return association.state == "enable-complete"; }

Document GetIpamInternetRegistryAssociationAsns(Call& call) {
  const auto association = requested_association(call);
  std::vector<Document> asns;
  for (const auto& each : state::list_kind_of_account(call.txn, association.account, "ipam-byoasn")) {
    if (!is_enabled(association) || each.state != "provisioned") continue;
    asns.push_back({{"Asn", each.document["Asn"]}, {"LastObservedAt", iso_time(call.now_ms)}});
  }
  return describe_documents(call, "IpamInternetRegistryAssociationAsns", std::move(asns));
}

Document GetIpamInternetRegistryAssociationCidrs(Call& call) {
  const auto association = requested_association(call);
  const auto ipam = ipam_of(call, association);
  std::vector<Document> cidrs;
  for (const auto& region : items(ipam.document, "OperatingRegions")) {
    const Scope place{association.account, std::string(text(region, "RegionName"))};
    for (const auto& route : discovered_routes(call, place)) {
      if (!is_enabled(association)) continue;
      cidrs.push_back({{"Cidr", route["Cidr"]}, {"LastObservedAt", iso_time(call.now_ms)}});
    }
  }
  return describe_documents(call, "IpamInternetRegistryAssociationCidrs", std::move(cidrs));
}

constexpr Operation kOperations[] = {
    {.name = "EnableIpamInternetRegistryAssociation",
     .run = EnableIpamInternetRegistryAssociation,
     .access = Access::write},
    {.name = "GetIpamInternetRegistryAssociationAsns",
     .run = GetIpamInternetRegistryAssociationAsns,
     .access = Access::read,
     .listed = "IpamInternetRegistryAssociationAsn"},
    {.name = "GetIpamInternetRegistryAssociationCidrs",
     .run = GetIpamInternetRegistryAssociationCidrs,
     .access = Access::read,
     .listed = "IpamInternetRegistryAssociationCidr"},
};

constexpr Hooks kHooks[] = {{.kind = kIpamInternetRegistryAssociation, .create = create, .remove = remove}};

}  // namespace

Family ipam_internet_registries_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
