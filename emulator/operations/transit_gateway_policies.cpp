/// Policy tables, announcements of route tables, and metering policies of transit gateways. Making, showing, changing
/// and deleting are declared.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cidr.hpp"
#include "emulator/clock.hpp"
#include "emulator/resource_types.hpp"
#include "emulator/transit_gateways.hpp"

namespace fogling {
namespace {

constexpr std::string_view kPolicyTable = "transit-gateway-policy-table";
constexpr std::string_view kMeteringPolicy = "transit-gateway-metering-policy";

// ---- Policy tables -------------------------------------------------------------------------------------------------

void create_for_gateway(Call& call, GenericResource& made) {
  const auto gateway = require_resource(call, kTransitGateway, made.parent_id);
  if (gateway.state != "available") throw in_invalid_state(gateway.resource_id);
}

void remove_policy_table(Call& call, GenericResource& table) {
  const auto associations = ties_of(call, kPolicyTableAssociation, table.resource_id);
  if (associations.empty()) return;
  throw errors::incorrect_state(fmt::format("{} has non-deleted associations: {}.", table.resource_id,  // Assumed
                                            text(associations.front().document, "TargetId")));
}

Document policy_association(Context& context, const GenericResource& association, const GenericResource& table) {
  Document answer = attachment_end(context, text(association.document, "TargetId"), table.parent_id);
  answer["TransitGatewayPolicyTableId"] = table.resource_id;
  answer["State"] = association.state;
  return answer;
}

GenericResource requested_policy_table(Call& call) {
  return require_resource(call, kPolicyTable, call.require("TransitGatewayPolicyTableId"));
}

/// One policy table for each peering attachment.
Document AssociateTransitGatewayPolicyTable(Call& call) {
  const auto table = requested_policy_table(call);
  if (table.state != "available") throw in_invalid_state(table.resource_id);
  const auto attachment =
      require_available_attachment(call, call.require("TransitGatewayAttachmentId"), table.parent_id);
  if (text(attachment.document, "ResourceType") != "peering") {  // Assumed: the words
    throw errors::unsupported(fmt::format("{} is not a peering attachment.", attachment.resource_id));
  }
  for (const auto& each : state::list_referring(call.txn, attachment.resource_id, kPolicyTableAssociation)) {
    if (each.account != table.account || each.region != table.region) continue;
    throw ApiError(
        "Resource.AlreadyAssociated",  // Assumed: the words, by those for route tables
        fmt::format("Transit Gateway Attachment {} is already associated to a policy table.", attachment.resource_id));
  }
  const auto made = tie(call, kPolicyTableAssociation, table, attachment.resource_id, Document::object(), "associating",
                        "associated");
  return {{"Association", policy_association(call, made, table)}};
}

Document DisassociateTransitGatewayPolicyTable(Call& call) {
  const auto table = requested_policy_table(call);
  const auto attachment = require_resource(call, kTransitGatewayAttachment, call.require("TransitGatewayAttachmentId"));
  auto found = ties_between(call, kPolicyTableAssociation, table.resource_id, attachment.resource_id);
  if (found.empty()) {  // Assumed: the words
    throw ApiError("InvalidTransitGatewayPolicyTableAssociation.NotFound",
                   fmt::format("Transit Gateway Attachment {} is not associated to policy table {}.",
                               attachment.resource_id, table.resource_id));
  }
  untie(call, found.front(), "disassociating");
  return {{"Association", policy_association(call, found.front(), table)}};
}

Document GetTransitGatewayPolicyTableAssociations(Call& call) {
  const auto table = requested_policy_table(call);
  std::vector<Document> documents;
  for (const auto& each : ties_of(call, kPolicyTableAssociation, table.resource_id)) {
    documents.push_back(policy_association(call, each, table));
    call.looked_at.push_back(each.resource_id);
  }
  return list_page(call, "Associations", documents);
}

// ---- Announcements -------------------------------------------------------------------------------------------------

/// A route table is announced over a peering of its gateway.
void create_announcement(Call& call, GenericResource& announcement) {
  const auto table = require_resource(call, kTransitGatewayRouteTable, announcement.parent_id);
  const auto peering = require_resource(call, kTransitGatewayAttachment, call.require("PeeringAttachmentId"));
  if (text(peering.document, "ResourceType") != "peering" || !is_attached_to(peering, table.parent_id))
    throw unknown_id(kTransitGatewayAttachment, peering.resource_id);
  const auto& sides = part(peering.document, "_peering");
  const auto& requester = part(sides, "RequesterTgwInfo");
  const auto& peer =
      text(requester, "TransitGatewayId") == table.parent_id ? part(sides, "AccepterTgwInfo") : requester;
  announcement.document["TransitGatewayId"] = table.parent_id;
  announcement.document["PeerTransitGatewayId"] = text(peer, "TransitGatewayId");
  state::add_reference(call.txn, call.scope, announcement.resource_id, peering.resource_id, true);
}

// ---- Metering policies ---------------------------------------------------------------------------------------------

void check_middleboxes(Call& call, const GenericResource& policy, const Document& ids) {
  for (const auto& each : ids) {
    const auto attachment = require_resource(call, kTransitGatewayAttachment, each.get_ref<const std::string&>());
    if (!is_attached_to(attachment, policy.parent_id))
      throw unknown_id(kTransitGatewayAttachment, attachment.resource_id);
  }
}

void create_metering_policy(Call& call, GenericResource& policy) {
  create_for_gateway(call, policy);
  check_middleboxes(call, policy, call.items("MiddleboxAttachmentIds"));
}

void modify_metering_policy(Call& call, GenericResource& policy) {
  auto& ids = policy.document["MiddleboxAttachmentIds"];
  check_middleboxes(call, policy, call.items("AddMiddleboxAttachmentIds"));
  for (const auto& each : call.items("AddMiddleboxAttachmentIds")) {
    if (std::ranges::find(ids, each) == ids.end()) ids.push_back(each);
  }
  for (const auto& each : call.items("RemoveMiddleboxAttachmentIds")) {
    const auto found = std::ranges::find(ids, each);
    if (found != ids.end()) ids.erase(found);
  }
}

GenericResource requested_policy(Call& call) {
  return require_resource(call, kMeteringPolicy, call.require("TransitGatewayMeteringPolicyId"));
}

/// What an entry meters: the members of the request that the rule has, and everything where it says nothing.
Document metering_rule(const Call& call) {
  constexpr const char* kMembers[] = {"SourceTransitGatewayAttachmentId",
                                      "SourceTransitGatewayAttachmentType",
                                      "SourceCidrBlock",
                                      "SourcePortRange",
                                      "DestinationTransitGatewayAttachmentId",
                                      "DestinationTransitGatewayAttachmentType",
                                      "DestinationCidrBlock",
                                      "DestinationPortRange",
                                      "Protocol"};
  Document rule = Document::object();
  for (const char* member : kMembers) set_if(rule, member, call.text(member));
  for (const char* member : {"SourceCidrBlock", "DestinationCidrBlock"}) {
    const auto block = text(rule, member);
    if (!block.empty() && !parse_cidr(block) && !parse_ipv6_cidr(block))
      throw errors::invalid_value(block, member, "This is not a valid CIDR block.");
  }
  return rule;
}

Document* find_entry(GenericResource& policy, const std::string& number) {
  auto& entries = policy.document["_entries"];
  if (!entries.is_array()) entries = Document::array();
  const auto found =
      std::ranges::find_if(entries, [&](const Document& each) { return text(each, "PolicyRuleNumber") == number; });
  return found == entries.end() ? nullptr : &*found;
}

Document CreateTransitGatewayMeteringPolicyEntry(Call& call) {
  auto policy = requested_policy(call);
  const auto number = std::to_string(call.integer("PolicyRuleNumber").value_or(0));
  if (find_entry(policy, number) != nullptr) {  // Assumed: code and words
    throw ApiError("TransitGatewayMeteringPolicyEntryAlreadyExists",
                   fmt::format("The metering policy {} has a rule {} already.", policy.resource_id, number));
  }
  Document entry{{"PolicyRuleNumber", number},
                 {"MeteredAccount", call.require("MeteredAccount")},
                 {"State", "available"},
                 {"UpdatedAt", iso_seconds(call.now_ms)},
                 {"UpdateEffectiveAt", iso_seconds(call.now_ms)},
                 {"MeteringPolicyRule", metering_rule(call)}};
  policy.document["_entries"].push_back(entry);
  state::update(call.txn, policy);
  return {{"TransitGatewayMeteringPolicyEntry", std::move(entry)}};
}

Document DeleteTransitGatewayMeteringPolicyEntry(Call& call) {
  auto policy = requested_policy(call);
  const auto number = std::to_string(call.integer("PolicyRuleNumber").value_or(0));
  const auto* found = find_entry(policy, number);
  if (found == nullptr) {  // Assumed: code and words
    throw ApiError("InvalidTransitGatewayMeteringPolicyEntry.NotFound",
                   fmt::format("The metering policy {} has no rule {}.", policy.resource_id, number));
  }
  Document entry = *found;
  entry["State"] = "deleted";
  std::erase_if(policy.document["_entries"].get_ref<Document::array_t&>(),
                [&](const Document& each) { return text(each, "PolicyRuleNumber") == number; });
  state::update(call.txn, policy);
  return {{"TransitGatewayMeteringPolicyEntry", std::move(entry)}};
}

/// By their numbers, which is the order they are applied in.
Document GetTransitGatewayMeteringPolicyEntries(Call& call) {
  const auto policy = requested_policy(call);
  std::vector<Document> entries;
  for (const auto& each : items(policy.document, "_entries")) entries.push_back(each);
  std::ranges::sort(entries, {},
                    [](const Document& each) { return std::stoll(each["PolicyRuleNumber"].get<std::string>()); });
  return list_page(call, "TransitGatewayMeteringPolicyEntries", entries);
}

constexpr Operation kOperations[] = {
    {.name = "AssociateTransitGatewayPolicyTable", .run = AssociateTransitGatewayPolicyTable, .access = Access::write},
    {.name = "CreateTransitGatewayMeteringPolicyEntry",
     .run = CreateTransitGatewayMeteringPolicyEntry,
     .access = Access::write},
    {.name = "DeleteTransitGatewayMeteringPolicyEntry",
     .run = DeleteTransitGatewayMeteringPolicyEntry,
     .access = Access::write},
    {.name = "DisassociateTransitGatewayPolicyTable",
     .run = DisassociateTransitGatewayPolicyTable,
     .access = Access::write},
    {.name = "GetTransitGatewayMeteringPolicyEntries",
     .run = GetTransitGatewayMeteringPolicyEntries,
     .access = Access::read,
     .listed = "TransitGatewayMeteringPolicyEntry"},
    {.name = "GetTransitGatewayPolicyTableAssociations",
     .run = GetTransitGatewayPolicyTableAssociations,
     .access = Access::read,
     .listed = "TransitGatewayPolicyTableAssociation"},
};

constexpr Hooks kHooks[] = {
    {.kind = "transit-gateway-route-table-announcement", .create = create_announcement},
    {.kind = kPolicyTable, .create = create_for_gateway, .remove = remove_policy_table},
    {.kind = kMeteringPolicy, .create = create_metering_policy, .modify = modify_metering_policy},
};

}  // namespace

Family transit_gateway_policies_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
