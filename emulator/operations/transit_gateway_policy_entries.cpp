/// Entries of transit gateway policy tables: which traffic of a peering is routed by which route table.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "emulator/cidr.hpp"
#include "emulator/transit_gateways.hpp"

namespace fogling {
namespace {

constexpr std::string_view kPolicyTable = "transit-gateway-policy-table";
/// Where a rule says nothing it matches all.
constexpr std::string_view kAny = "*";

// ---- Rules ---------------------------------------------------------------------------------------------------------

/// Documented: ICMP, TCP, UDP, GRE, or all.
void check_protocol(std::string_view protocol) {
  for (const std::string_view known : {"1", "6", "17", "47", "*"}) {
    if (protocol == known) return;
  }
  throw errors::invalid_value(protocol, "Protocol", "Valid values are 1, 6, 17, 47, and *.");  // Assumed: the words
}

bool is_port(std::string_view text) {
  int port = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 0 && port <= 65535;
}

/// Documented: a port or a range of ports for TCP and UDP, for all others `*`.
void check_ports(std::string_view ports, const char* member, std::string_view protocol) {
  if (ports == kAny) return;
  if (protocol != "6" && protocol != "17") {
    throw errors::invalid_value(ports, member, "A port range requires protocol 6 or 17.");  // Assumed: the words
  }
  const auto dash = ports.find('-');
  const auto first = ports.substr(0, dash), last = dash == std::string_view::npos ? first : ports.substr(dash + 1);
  if (is_port(first) && is_port(last) && std::stoi(std::string(first)) <= std::stoi(std::string(last))) return;
  throw errors::invalid_value(ports, member, "This is not a valid port range.");  // Assumed: the words
}

void check_rule(const Document& rule) {
  for (const char* member : {"SourceCidrBlock", "DestinationCidrBlock"}) {
    const auto block = text(rule, member);
    if (block != kAny && !parse_cidr(block) && !parse_ipv6_cidr(block))
      throw errors::invalid_value(block, member, "This is not a valid CIDR block.");
  }
  const auto protocol = text(rule, "Protocol");
  check_protocol(protocol);
  for (const char* member : {"SourcePortRange", "DestinationPortRange"})
    check_ports(text(rule, member), member, protocol);
}

/// What the request says of it, laid over what it was.
Document changed_rule(const Call& call, Document rule) {
  rule.update(call.part("PolicyRule"));
  check_rule(rule);
  return rule;
}

// ---- Entries -------------------------------------------------------------------------------------------------------

GenericResource requested_table(Call& call) {
  return require_resource(call, kPolicyTable, call.require("TransitGatewayPolicyTableId"));
}

GenericResource requested_available_table(Call& call) {
  auto table = requested_table(call);
  if (table.state != "available") throw in_invalid_state(table.resource_id);
  return table;
}

std::string requested_number(Call& call) {
  const auto number = call.require("PolicyRuleNumber");
  int value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error == std::errc() && end == number.data() + number.size() && value > 0) return std::to_string(value);
  throw errors::invalid_value(number, "PolicyRuleNumber", "It has to be a positive integer.");  // Assumed: the words
}

Document::array_t& entries_of(GenericResource& table) {
  auto& entries = table.document["_entries"];
  if (!entries.is_array()) entries = Document::array();
  return entries.get_ref<Document::array_t&>();
}

std::string numbered_text(const Document& entry) { return std::string(text(entry, "PolicyRuleNumber")); }

/// The entries stand in the order of their numbers, in which they are looked through.
Document* find_entry(GenericResource& table, const std::string& number) {
  auto& entries = entries_of(table);
  const auto found = std::ranges::find(entries, number, numbered_text);
  return found == entries.end() ? nullptr : &*found;
}

Document& require_entry(GenericResource& table, const std::string& number) {
  if (auto* entry = find_entry(table, number)) return *entry;
  throw ApiError("InvalidTransitGatewayPolicyTableEntry.NotFound",  // Assumed: code and words
                 fmt::format("The policy table {} has no rule {}.", table.resource_id, number));
}

/// A route table of the same gateway.
void check_target(Call& call, const GenericResource& table, std::string_view route_table_id) {
  const auto target = require_resource(call, kTransitGatewayRouteTable, route_table_id);
  if (target.parent_id != table.parent_id) {
    throw errors::invalid_parameter_value(  // Assumed: the words
        fmt::format("Transit Gateway Route Table {} does not belong to Transit Gateway {}.", target.resource_id,
                    table.parent_id));
  }
  if (target.state != "available") throw in_invalid_state(target.resource_id);
}

/// Stores the entries; a route table that one of them leads to cannot be deleted meanwhile.
void store(Call& call, GenericResource& table, std::string_view old_target = {}) {
  auto& entries = entries_of(table);
  std::ranges::sort(entries, {}, [](const Document& entry) { return std::stoi(numbered_text(entry)); });
  if (!old_target.empty()) state::remove_reference(call.txn, table.resource_id, old_target);
  for (const auto& each : entries)
    state::add_reference(call.txn, call.scope, table.resource_id, text(each, "TargetRouteTableId"), true);
  state::update(call.txn, table);
}

Document answer_of(Document entry) { return {{"TransitGatewayPolicyTableEntry", std::move(entry)}}; }

Document CreateTransitGatewayPolicyTableEntry(Call& call) {
  auto table = requested_available_table(call);
  const auto number = requested_number(call);
  if (find_entry(table, number) != nullptr) {  // Assumed: code and words
    throw ApiError("TransitGatewayPolicyTableEntryAlreadyExists",
                   fmt::format("The policy table {} has a rule {} already.", table.resource_id, number));
  }
  const auto target = call.require("TargetRouteTableId");
  check_target(call, table, target);
  Document rule = Document::object();
  for (const char* member :
       {"SourceCidrBlock", "SourcePortRange", "DestinationCidrBlock", "DestinationPortRange", "Protocol"})
    rule[member] = kAny;  // Assumed
  Document entry{{"PolicyRuleNumber", number},
                 {"PolicyRule", changed_rule(call, std::move(rule))},
                 {"TargetRouteTableId", target},
                 {"State", "active"}};
  entries_of(table).push_back(entry);
  store(call, table);
  return answer_of(std::move(entry));
}

Document ModifyTransitGatewayPolicyTableEntry(Call& call) {
  auto table = requested_available_table(call);
  auto& entry = require_entry(table, requested_number(call));
  entry["PolicyRule"] = changed_rule(call, entry["PolicyRule"]);
  const std::string old_target(text(entry, "TargetRouteTableId"));
  if (const auto target = call.text("TargetRouteTableId"); !target.empty()) {
    check_target(call, table, target);
    entry["TargetRouteTableId"] = target;
  }
  Document answer = answer_of(entry);
  store(call, table, old_target);
  return answer;
}

Document DeleteTransitGatewayPolicyTableEntry(Call& call) {
  auto table = requested_available_table(call);
  const auto number = requested_number(call);
  Document entry = require_entry(table, number);
  std::erase_if(entries_of(table), [&](const Document& each) { return numbered_text(each) == number; });
  store(call, table, text(entry, "TargetRouteTableId"));
  entry["State"] = "deleted";
  return answer_of(std::move(entry));
}

Document GetTransitGatewayPolicyTableEntries(Call& call) {
  auto table = requested_table(call);
  return list_page(call, "TransitGatewayPolicyTableEntries", entries_of(table));
}

constexpr FilterPath kFilters[] = {
    {"policy-rule.destination-ip", "PolicyRule.DestinationCidrBlock"},
    {"policy-rule.destination-port", "PolicyRule.DestinationPortRange"},
    {"policy-rule.meta-data.key", "PolicyRule.MetaData.MetaDataKey"},
    {"policy-rule.meta-data.value", "PolicyRule.MetaData.MetaDataValue"},
    {"policy-rule.protocol", "PolicyRule.Protocol"},
    {"policy-rule.source-ip", "PolicyRule.SourceCidrBlock"},
    {"policy-rule.source-port", "PolicyRule.SourcePortRange"},
};

constexpr Operation kOperations[] = {
    {.name = "CreateTransitGatewayPolicyTableEntry",
     .run = CreateTransitGatewayPolicyTableEntry,
     .access = Access::write},
    {.name = "DeleteTransitGatewayPolicyTableEntry",
     .run = DeleteTransitGatewayPolicyTableEntry,
     .access = Access::write},
    {.name = "GetTransitGatewayPolicyTableEntries",
     .run = GetTransitGatewayPolicyTableEntries,
     .access = Access::read,
     .listed = "TransitGatewayPolicyTableEntry",
     .filters = kFilters},
    {.name = "ModifyTransitGatewayPolicyTableEntry",
     .run = ModifyTransitGatewayPolicyTableEntry,
     .access = Access::write},
};

}  // namespace

Family transit_gateway_policy_entries_family() { return {.operations = kOperations}; }

}  // namespace fogling
