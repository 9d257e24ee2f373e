/// Network ACLs: their entries, and which subnet has which. Making, showing and deleting are declared.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "emulator/cidr.hpp"
#include "emulator/kinds.hpp"
#include "emulator/world.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

/// The last rule of each direction, which denies what no other has let through; one for each family of addresses.
constexpr std::int64_t kLastIpv4 = 32767, kLastIpv6 = 32768;

// ---- What is declared, and more ------------------------------------------------------------------------------------

void add_last_entries(Document& entries, std::int64_t number, const char* member, const char* everything) {
  for (const bool is_egress : {true, false}) {
    entries.push_back({{"RuleNumber", number},
                       {"Protocol", "-1"},
                       {"RuleAction", "deny"},
                       {"Egress", is_egress},
                       {member, everything}});
  }
}

void create_network_acl(Call& call, GenericResource& acl) {
  const auto vpc = state::find<state::Vpc>(call.txn, call.scope, acl.parent_id).value();
  const auto siblings = state::list_children(call.txn, vpc.vpc_id, "network-acl").size();
  if (Quotas::is_reached(call.world.quotas.network_acls_per_vpc, static_cast<std::int64_t>(siblings))) {
    throw ApiError("NetworkAclLimitExceeded",
                   "The maximum number of network acls has been reached.");  // Assumed: the words
  }
  Document entries = Document::array();
  add_last_entries(entries, kLastIpv4, "CidrBlock", "0.0.0.0/0");
  if (!vpc.ipv6_cidr_block_associations.empty()) add_last_entries(entries, kLastIpv6, "Ipv6CidrBlock", "::/0");
  acl.document["Entries"] = std::move(entries);
}

/// Recorded: the answer to the making shows what an entry does not have; later descriptions do not.
void show_created(Call&, GenericResource& acl) {
  for (auto& entry : acl.document["Entries"]) {
    entry["IcmpTypeCode"] = Document::object();
    entry["PortRange"] = Document::object();
  }
}

void remove_network_acl(Call&, GenericResource& acl) {
  if (flag(acl.document, "IsDefault").value_or(false)) {
    throw errors::invalid_parameter_value(fmt::format("cannot delete default network ACL {}", acl.resource_id));
  }
  if (items(acl.document, "Associations").empty()) return;
  throw errors::dependency_violation(
      fmt::format("The networkAcl '{}' has dependencies and cannot be deleted.", acl.resource_id));
}

// ---- Entries -------------------------------------------------------------------------------------------------------
// Assumed: the words of what an entry is refused for, unless a comment says otherwise.

/// The number as text.
std::string read_protocol(std::string_view given) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"all", "-1"}, {"icmp", "1"}, {"tcp", "6"}, {"udp", "17"}, {"icmpv6", "58"}};
  std::string name(given);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const auto& [known, number] : kNames) {
    if (name == known) return std::string(number);
  }
  int number = -2;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), number);
  if (error != std::errc() || end != given.data() + given.size() || number < -1 || number > 255) {
    throw errors::invalid_value(given, "protocol", "Unknown protocol.");
  }
  return std::to_string(number);
}

/// Exactly one block, canonical.
void read_block(const Call& call, Document& entry) {
  const auto ipv4 = call.text("CidrBlock"), ipv6 = call.text("Ipv6CidrBlock");
  if (ipv4.empty() && ipv6.empty()) throw errors::missing_parameter("cidrBlock");
  if (!ipv4.empty() && !ipv6.empty()) throw errors::not_together("cidrBlock", "ipv6CidrBlock");
  if (!ipv4.empty()) {
    const auto block = parse_cidr(ipv4);
    if (!block) throw errors::invalid_value(ipv4, "cidrBlock", "This is not a valid CIDR block.");
    entry["CidrBlock"] = block->text();
  } else {
    const auto block = parse_ipv6_cidr(ipv6);
    if (!block) throw errors::invalid_value(ipv6, "ipv6CidrBlock", "This is not a valid CIDR block.");
    entry["Ipv6CidrBlock"] = block->text();
  }
}

/// Ports of TCP and UDP. Whatever else has ports in its request keeps none.
Document read_ports(const Call& call) {
  const auto from = integer(call.part("PortRange"), "From"), to = integer(call.part("PortRange"), "To");
  if (!from || !to) throw errors::missing_parameter("portRange");
  for (const auto port : {*from, *to}) {
    if (port < 0 || port > 65535) throw errors::invalid_value(std::to_string(port), "portRange", "It is out of range.");
  }
  if (*from > *to) {
    throw errors::invalid_parameter_value(fmt::format("Invalid TCP/UDP port range ({}:{})", *from, *to));
  }
  return {{"From", *from}, {"To", *to}};
}

Document read_icmp(const Call& call) {
  const auto type = integer(call.part("IcmpTypeCode"), "Type"), code = integer(call.part("IcmpTypeCode"), "Code");
  if (!type || !code) throw errors::missing_parameter("icmpTypeCode");
  for (const auto each : {*type, *code}) {
    if (each < -1 || each > 255)
      throw errors::invalid_value(std::to_string(each), "icmpTypeCode", "It is out of range.");
  }
  if (*type == -1 && *code != -1) {
    throw errors::invalid_value(std::to_string(*code), "icmpTypeCode", "A code needs a type.");
  }
  return {{"Type", *type}, {"Code", *code}};
}

std::int64_t read_number(const Call& call) {
  const auto number = call.integer("RuleNumber").value_or(0);
  if (number < 1 || number > kLastIpv4 - 1) {
    throw errors::invalid_value(std::to_string(number), "ruleNumber", "It must be from 1 to 32766.");
  }
  return number;
}

bool read_direction(const Call& call) { return call.flag("Egress").value_or(false); }

/// The entry of a request, as it is shown.
Document read_entry(const Call& call) {
  Document entry{{"RuleNumber", read_number(call)},
                 {"Protocol", read_protocol(call.require("Protocol"))},
                 {"RuleAction", call.require("RuleAction")},
                 {"Egress", read_direction(call)}};
  read_block(call, entry);
  const auto protocol = text(entry, "Protocol");
  if (protocol == "6" || protocol == "17") entry["PortRange"] = read_ports(call);
  if (protocol == "1" || protocol == "58") {
    Document icmp = read_icmp(call);
    if (protocol == "58" && !has(entry, "Ipv6CidrBlock")) throw errors::missing_parameter("ipv6CidrBlock");
    entry["IcmpTypeCode"] = std::move(icmp);
  }
  return entry;
}

Document* find_entry(Document& entries, std::int64_t number, bool is_egress) {
  const auto found = std::ranges::find_if(entries, [&](const Document& each) {
    return integer(each, "RuleNumber") == number && flag(each, "Egress") == is_egress;
  });
  return found == entries.end() ? nullptr : &*found;
}

/// Recorded for what comes in.
ApiError unknown_entry(std::string_view acl_id, std::int64_t number, bool is_egress) {
  return {"InvalidNetworkAclEntry.NotFound", fmt::format("no {} entry with number {} in network ACL {}",
                                                         is_egress ? "egress" : "ingress", number, acl_id)};
}

/// The quota is for one direction and one family of addresses, without the last rule.
void check_quota(const Call& call, const Document& entries, const Document& entry) {
  const char* family = has(entry, "CidrBlock") ? "CidrBlock" : "Ipv6CidrBlock";
  const auto used = std::ranges::count_if(entries, [&](const Document& each) {
    return has(each, family) && each["Egress"] == entry["Egress"] && integer(each, "RuleNumber") < kLastIpv4;
  });
  if (Quotas::is_reached(call.world.quotas.network_acl_rules, used)) {
    throw ApiError("NetworkAclEntryLimitExceeded", "The maximum number of network acl entries has been reached.");
  }
}

/// What leaves comes first, by number.
void sort_entries(Document& entries) {
  const auto place = [](const Document& each) {
    return std::pair(!flag(each, "Egress").value_or(false), integer(each, "RuleNumber").value_or(0));
  };
  std::stable_sort(entries.begin(), entries.end(),
                   [&](const Document& a, const Document& b) { return place(a) < place(b); });
}

Document CreateNetworkAclEntry(Call& call) {
  auto acl = require_resource(call, "network-acl", call.require("NetworkAclId"));
  Document entry = read_entry(call);
  auto& entries = acl.document["Entries"];
  const auto number = read_number(call);
  if (const auto* existing = find_entry(entries, number, read_direction(call))) {
    if (*existing == entry) return {};  // recorded
    throw ApiError("NetworkAclEntryAlreadyExists",
                   fmt::format("The network acl entry identified by {} already exists.", number));
  }
  check_quota(call, entries, entry);
  entries.push_back(std::move(entry));
  sort_entries(entries);
  state::update(call.txn, acl);
  return {};
}

Document ReplaceNetworkAclEntry(Call& call) {
  auto acl = require_resource(call, "network-acl", call.require("NetworkAclId"));
  Document entry = read_entry(call);
  auto* existing = find_entry(acl.document["Entries"], read_number(call), read_direction(call));
  if (existing == nullptr) throw unknown_entry(acl.resource_id, read_number(call), read_direction(call));
  *existing = std::move(entry);
  state::update(call.txn, acl);
  return {};
}

Document DeleteNetworkAclEntry(Call& call) {
  auto acl = require_resource(call, "network-acl", call.require("NetworkAclId"));
  auto& entries = acl.document["Entries"];
  const auto* existing = find_entry(entries, read_number(call), read_direction(call));
  if (existing == nullptr) throw unknown_entry(acl.resource_id, read_number(call), read_direction(call));
  entries.erase(static_cast<std::size_t>(existing - &entries[0]));
  state::update(call.txn, acl);
  return {};
}

// ---- Associations --------------------------------------------------------------------------------------------------

/// A subnet always has one ACL; it can only be exchanged for another.
Document ReplaceNetworkAclAssociation(Call& call) {
  const auto id = call.require("AssociationId");
  auto acl = require_resource(call, "network-acl", call.require("NetworkAclId"));
  for (auto& other : state::list_kind(call.txn, call.scope, "network-acl")) {
    auto& associations = other.document["Associations"];
    const auto found = std::ranges::find_if(
        associations, [&](const Document& each) { return text(each, "NetworkAclAssociationId") == id; });
    if (found == associations.end()) continue;
    if (other.resource_id == acl.resource_id) return {{"NewAssociationId", id}};  // Assumed
    Document association = *found;
    if (other.parent_id != acl.parent_id) {  // Assumed: the words, after those for route tables
      throw errors::invalid_parameter_value(fmt::format("network ACL {} and subnet {} belong to different networks",
                                                        acl.resource_id, text(association, "SubnetId")));
    }
    associations.erase(found);
    state::update(call.txn, other);
    association["NetworkAclAssociationId"] = call.make_id("aclassoc");
    association["NetworkAclId"] = acl.resource_id;
    acl.document["Associations"].push_back(association);
    state::update(call.txn, acl);
    return {{"NewAssociationId", association["NetworkAclAssociationId"]}};
  }
  throw ApiError("InvalidAssociationID.NotFound", fmt::format("The association ID '{}' does not exist", id));
}

constexpr Operation kOperations[] = {
    {.name = "CreateNetworkAclEntry", .run = CreateNetworkAclEntry, .access = Access::write},
    {.name = "DeleteNetworkAclEntry", .run = DeleteNetworkAclEntry, .access = Access::write},
    {.name = "ReplaceNetworkAclAssociation", .run = ReplaceNetworkAclAssociation, .access = Access::write},
    {.name = "ReplaceNetworkAclEntry", .run = ReplaceNetworkAclEntry, .access = Access::write},
};

constexpr Hooks kHooks[] = {
    {.kind = "network-acl", .create = create_network_acl, .created = show_created, .remove = remove_network_acl}};

}  // namespace

Family network_acls_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
