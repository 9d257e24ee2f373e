/// Multicast domains of transit gateways: the subnets in them, and who belongs to which group. Making, showing and
/// deleting are declared.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cidr.hpp"
#include "emulator/describe.hpp"
#include "emulator/transit_gateways.hpp"
#include "state/network_interfaces.hpp"
#include "state/subnets.hpp"

namespace fogling {
namespace {

constexpr std::string_view kDomain = "transit-gateway-multicast-domain";

// ---- What is declared, and more ------------------------------------------------------------------------------------

void create_domain(Call& call, GenericResource& domain) {
  const auto gateway = require_resource(call, kTransitGateway, domain.parent_id);
  if (gateway.state != "available") throw in_invalid_state(gateway.resource_id);
  if (text(part(gateway.document, "Options"), "MulticastSupport") == "enable") return;
  throw ApiError("InvalidParameterValue",  // Assumed: code and words
                 fmt::format("Transit Gateway {} does not support multicast.", gateway.resource_id));
}

void remove_domain(Call& call, GenericResource& domain) {
  const auto associations = ties_of(call, kMulticastAssociation, domain.resource_id);
  if (associations.empty()) return;
  throw errors::incorrect_state(fmt::format("{} has non-deleted associations: {}.", domain.resource_id,  // Assumed
                                            text(associations.front().document, "SubnetId")));
}

/// Any account's of the region: a domain may be shared.
GenericResource require_domain(Call& call) {
  const auto id = call.require("TransitGatewayMulticastDomainId");
  auto row = state::find_anywhere<GenericResource>(call.txn, id);
  if (!row || row->kind != kDomain || row->region != call.scope.region || row->state == "deleted")
    throw unknown_id(kDomain, id);
  return *std::move(row);
}

// ---- Associations --------------------------------------------------------------------------------------------------

Document described_end(const GenericResource& attachment) {
  return {{"TransitGatewayAttachmentId", attachment.resource_id},
          {"ResourceId", attachment.document["ResourceId"]},
          {"ResourceType", attachment.document["ResourceType"]},
          {"ResourceOwnerId", attachment.document["ResourceOwnerId"]}};
}

Document answered(const GenericResource& domain, const GenericResource& attachment,
                  const std::vector<GenericResource>& associations) {
  Document answer = described_end(attachment);
  answer["TransitGatewayMulticastDomainId"] = domain.resource_id;
  answer["Subnets"] = Document::array();
  for (const auto& each : associations)
    answer["Subnets"].push_back({{"SubnetId", each.document["SubnetId"]}, {"State", each.state}});
  return {{"Associations", std::move(answer)}};
}

/// A subnet is in one domain at most.
void check_is_free(Call& call, std::string_view subnet_id) {
  for (const auto& each : state::list_referring(call.txn, subnet_id, kMulticastAssociation)) {
    throw ApiError("Resource.AlreadyAssociated",  // Assumed: the words, by those for route tables
                   fmt::format("Subnet {} is already associated to multicast domain {}.", subnet_id, each.parent_id));
  }
}

Document AssociateTransitGatewayMulticastDomain(Call& call) {
  const auto domain = require_domain(call);
  if (domain.state != "available") throw in_invalid_state(domain.resource_id);
  const auto attachment =
      require_available_attachment(call, call.require("TransitGatewayAttachmentId"), domain.parent_id);
  const bool is_accepted = domain.account == call.scope.account ||
                           text(part(domain.document, "Options"), "AutoAcceptSharedAssociations") == "enable";
  std::vector<GenericResource> made;
  for (const auto& each : call.items("SubnetIds")) {
    const auto& subnet_id = each.get_ref<const std::string&>();
    const auto subnet = state::find_anywhere<state::Subnet>(call.txn, subnet_id);
    if (!subnet || subnet->vpc_id != text(attachment.document, "ResourceId")) throw unknown_id("subnet", subnet_id);
    check_is_free(call, subnet_id);
    made.push_back(tie(call, kMulticastAssociation, domain, attachment.resource_id, {{"SubnetId", subnet_id}},
                       is_accepted ? "associating" : "pendingAcceptance",
                       is_accepted ? "associated" : "pendingAcceptance"));
    hold(call, made.back(), subnet_id);
  }
  return answered(domain, attachment, made);
}

ApiError not_associated(Call& call, const std::string& subnet_id, std::string_view domain_id) {
  if (!state::find_anywhere<state::Subnet>(call.txn, subnet_id)) return unknown_id("subnet", subnet_id);
  return {"InvalidTransitGatewayMulticastDomainAssociation.NotFound",  // Assumed: the words
          fmt::format("The subnet {} is not associated to multicast domain {}.", subnet_id, domain_id)};
}

/// The associations that a request names: by attachment and subnets, in one of these states.
std::vector<GenericResource> requested_associations(Call& call, const GenericResource& domain,
                                                    const GenericResource& attachment, std::string_view state) {
  std::vector<GenericResource> found;
  const auto all = ties_between(call, kMulticastAssociation, domain.resource_id, attachment.resource_id);
  for (const auto& subnet_id : call.items("SubnetIds")) {
    const auto each = std::ranges::find_if(all, [&](const auto& row) { return row.document["SubnetId"] == subnet_id; });
    if (each == all.end()) throw not_associated(call, subnet_id.get_ref<const std::string&>(), domain.resource_id);
    if (!state.empty() && each->state != state) throw in_invalid_state(domain.resource_id);
    found.push_back(*each);
  }
  return found;
}

GenericResource own_domain(Call& call) {
  auto domain = require_domain(call);
  if (domain.account != call.scope.account) throw unknown_id(kDomain, domain.resource_id);
  return domain;
}

Document AcceptTransitGatewayMulticastDomainAssociations(Call& call) {
  const auto domain = own_domain(call);
  const auto attachment = require_resource(call, kTransitGatewayAttachment, call.require("TransitGatewayAttachmentId"));
  auto found = requested_associations(call, domain, attachment, "pendingAcceptance");
  for (auto& each : found) move_tie(call, each, "associating", "associated");
  return answered(domain, attachment, found);
}

Document RejectTransitGatewayMulticastDomainAssociations(Call& call) {
  const auto domain = own_domain(call);
  const auto attachment = require_resource(call, kTransitGatewayAttachment, call.require("TransitGatewayAttachmentId"));
  auto found = requested_associations(call, domain, attachment, "pendingAcceptance");
  for (auto& each : found) untie(call, each, "rejected");
  return answered(domain, attachment, found);
}

Document DisassociateTransitGatewayMulticastDomain(Call& call) {
  const auto domain = require_domain(call);
  const auto attachment = require_resource(call, kTransitGatewayAttachment, call.require("TransitGatewayAttachmentId"));
  auto found = requested_associations(call, domain, attachment, {});
  for (auto& each : found) untie(call, each, "disassociating");
  return answered(domain, attachment, found);
}

Document GetTransitGatewayMulticastDomainAssociations(Call& call) {
  const auto domain = require_domain(call);
  std::vector<Document> documents;
  for (const auto& each : ties_of(call, kMulticastAssociation, domain.resource_id)) {
    const auto attachment = state::find_anywhere<GenericResource>(call.txn, text(each.document, "TargetId"));
    if (!attachment) continue;
    Document document = described_end(*attachment);
    document["Subnet"] = {{"SubnetId", each.document["SubnetId"]}, {"State", each.state}};
    documents.push_back(std::move(document));
    call.looked_at.push_back(each.resource_id);
  }
  return list_page(call, "MulticastDomainAssociations", documents);
}

// ---- Groups --------------------------------------------------------------------------------------------------------

/// A role in a group: the member of TransitGatewayMulticastGroup that says so.
struct GroupRole {
  const char* flag;
  const char* type;
  const char* answer;
  const char* registered;
  const char* deregistered_answer;
  const char* deregistered;
  std::string_view absent;
};
constexpr GroupRole kMember{"GroupMember",
                            "MemberType",
                            "RegisteredMulticastGroupMembers",
                            "RegisteredNetworkInterfaceIds",
                            "DeregisteredMulticastGroupMembers",
                            "DeregisteredNetworkInterfaceIds",
                            "TransitGatewayMulticastGroupMember.NotFound"};
constexpr GroupRole kSource{"GroupSource",
                            "SourceType",
                            "RegisteredMulticastGroupSources",
                            "RegisteredNetworkInterfaceIds",
                            "DeregisteredMulticastGroupSources",
                            "DeregisteredNetworkInterfaceIds",
                            "TransitGatewayMulticastGroupSource.NotFound"};

std::string requested_group(Call& call) {
  const auto given = call.require("GroupIpAddress");
  const auto ipv4 = parse_ipv4(given);
  if (ipv4 && parse_cidr("224.0.0.0/4").value().contains(*ipv4)) return ipv4_text(*ipv4);
  if (auto ipv6 = parse_ipv6(given); ipv6 && ipv6->starts_with("ff")) return *std::move(ipv6);
  throw errors::invalid_value(given, "GroupIpAddress", "It is not a multicast address.");  // Assumed: the words
}

/// The association of an interface's subnet with the domain; nothing where the interface is gone or elsewhere.
std::optional<GenericResource> association_of(Context& context, const GenericResource& domain,
                                              std::string_view interface_id) {
  const auto interface = state::find_anywhere<state::NetworkInterface>(context.txn, interface_id);
  if (!interface) return std::nullopt;
  for (const auto& each : ties_of(context, kMulticastAssociation, domain.resource_id)) {
    if (text(each.document, "SubnetId") == interface->subnet_id && each.state == "associated") return each;
  }
  return std::nullopt;
}

Document group_entry(const std::string& group, const Document& interface_id, const GroupRole& role) {
  return {{"GroupIpAddress", group}, {"NetworkInterfaceId", interface_id}, {"Role", role.flag}};
}

Document add_to_group(Call& call, const GroupRole& role) {
  auto domain = require_domain(call);
  if (domain.state != "available") throw in_invalid_state(domain.resource_id);
  const auto group = requested_group(call);
  auto& entries = domain.document["_groups"];
  if (!entries.is_array()) entries = Document::array();
  for (const auto& id : call.items("NetworkInterfaceIds")) {
    const auto& interface_id = id.get_ref<const std::string&>();
    check_id("network-interface", interface_id);
    if (!state::find_anywhere<state::NetworkInterface>(call.txn, interface_id))
      throw unknown_id("network-interface", interface_id);
    if (!association_of(call, domain, interface_id)) {  // Assumed: code and words
      throw errors::invalid_parameter_value(
          fmt::format("The subnet of {} is not associated to multicast domain {}.", interface_id, domain.resource_id));
    }
    Document entry = group_entry(group, id, role);
    if (std::ranges::find(entries, entry) == entries.end()) entries.push_back(std::move(entry));
  }
  state::update(call.txn, domain);
  return {{role.answer,
           {{"TransitGatewayMulticastDomainId", domain.resource_id},
            {role.registered, call.items("NetworkInterfaceIds")},
            {"GroupIpAddress", group}}}};
}

Document RegisterTransitGatewayMulticastGroupMembers(Call& call) { return add_to_group(call, kMember); }

/// Only where the domain has sources set by hand.
Document RegisterTransitGatewayMulticastGroupSources(Call& call) {
  const auto domain = require_domain(call);
  if (text(part(domain.document, "Options"), "StaticSourcesSupport") != "enable") {  // Assumed: code and words
    throw errors::invalid_parameter_value(
        fmt::format("Static sources are not enabled in multicast domain {}.", domain.resource_id));
  }
  return add_to_group(call, kSource);
}

/// Those named, or every one of the group. Assumed: that there has to be one; the words.
Document take_from_group(Call& call, const GroupRole& role) {
  auto domain = require_domain(call);
  const auto group = requested_group(call);
  auto& entries = domain.document["_groups"];
  if (!entries.is_array()) entries = Document::array();
  Document ids = call.items("NetworkInterfaceIds");
  if (ids.empty()) {
    for (const auto& each : entries) {
      if (text(each, "GroupIpAddress") == group && text(each, "Role") == role.flag)
        ids.push_back(each["NetworkInterfaceId"]);
    }
    if (ids.empty()) throw ApiError(std::string(role.absent), fmt::format("There is nobody in group {}.", group));
  }
  for (const auto& id : ids) {
    const auto found = std::ranges::find(entries, group_entry(group, id, role));
    if (found == entries.end()) {
      throw ApiError(std::string(role.absent),
                     fmt::format("{} is not in group {}.", id.get_ref<const std::string&>(), group));
    }
    entries.erase(found);
  }
  state::update(call.txn, domain);
  return {{role.deregistered_answer,
           {{"TransitGatewayMulticastDomainId", domain.resource_id},
            {role.deregistered, std::move(ids)},
            {"GroupIpAddress", group}}}};
}

Document DeregisterTransitGatewayMulticastGroupMembers(Call& call) { return take_from_group(call, kMember); }
Document DeregisterTransitGatewayMulticastGroupSources(Call& call) { return take_from_group(call, kSource); }

/// An interface that is gone, or whose subnet has left the domain, is in no group any more.
Document SearchTransitGatewayMulticastGroups(Call& call) {
  const auto domain = require_domain(call);
  std::vector<Document> documents;
  for (const auto& entry : items(domain.document, "_groups")) {
    const auto association = association_of(call, domain, text(entry, "NetworkInterfaceId"));
    if (!association) continue;
    const auto attachment = state::find_anywhere<GenericResource>(call.txn, text(association->document, "TargetId"));
    if (!attachment) continue;
    Document document = described_end(*attachment);
    document["GroupIpAddress"] = entry["GroupIpAddress"];
    document["NetworkInterfaceId"] = entry["NetworkInterfaceId"];
    document["SubnetId"] = association->document["SubnetId"];
    for (const auto* role : {&kMember, &kSource}) {
      const bool has_role = text(entry, "Role") == role->flag;
      document[role->flag] = has_role;
      if (has_role) document[role->type] = "static";
    }
    documents.push_back(std::move(document));
  }
  return list_page(call, "MulticastGroups", documents);
}

constexpr FilterPath kGroupFilters[] = {{"is-group-member", "GroupMember"}, {"is-group-source", "GroupSource"}};
constexpr FilterPath kAssociationFilters[] = {{"state", "Subnet.State"}, {"subnet-id", "Subnet.SubnetId"}};

constexpr Operation kOperations[] = {
    {.name = "AcceptTransitGatewayMulticastDomainAssociations",
     .run = AcceptTransitGatewayMulticastDomainAssociations,
     .access = Access::write},
    {.name = "AssociateTransitGatewayMulticastDomain",
     .run = AssociateTransitGatewayMulticastDomain,
     .access = Access::write},
    {.name = "DeregisterTransitGatewayMulticastGroupMembers",
     .run = DeregisterTransitGatewayMulticastGroupMembers,
     .access = Access::write},
    {.name = "DeregisterTransitGatewayMulticastGroupSources",
     .run = DeregisterTransitGatewayMulticastGroupSources,
     .access = Access::write},
    {.name = "DisassociateTransitGatewayMulticastDomain",
     .run = DisassociateTransitGatewayMulticastDomain,
     .access = Access::write},
    {.name = "GetTransitGatewayMulticastDomainAssociations",
     .run = GetTransitGatewayMulticastDomainAssociations,
     .access = Access::read,
     .listed = "TransitGatewayMulticastDomainAssociation",
     .filters = kAssociationFilters},
    {.name = "RegisterTransitGatewayMulticastGroupMembers",
     .run = RegisterTransitGatewayMulticastGroupMembers,
     .access = Access::write},
    {.name = "RegisterTransitGatewayMulticastGroupSources",
     .run = RegisterTransitGatewayMulticastGroupSources,
     .access = Access::write},
    {.name = "RejectTransitGatewayMulticastDomainAssociations",
     .run = RejectTransitGatewayMulticastDomainAssociations,
     .access = Access::write},
    {.name = "SearchTransitGatewayMulticastGroups",
     .run = SearchTransitGatewayMulticastGroups,
     .access = Access::read,
     .listed = "TransitGatewayMulticastGroup",
     .filters = kGroupFilters},
};

constexpr Hooks kHooks[] = {{.kind = kDomain, .create = create_domain, .remove = remove_domain}};

}  // namespace

Family transit_gateway_multicast_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
