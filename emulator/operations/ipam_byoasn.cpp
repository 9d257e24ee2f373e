/// Numbers of autonomous systems that an account brings along, and the ranges that they are associated with.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "emulator/describe.hpp"
#include "emulator/ipam.hpp"
#include "emulator/lifecycle.hpp"

namespace fogling {
namespace {

constexpr std::string_view kByoasn = "ipam-byoasn", kAssociation = "ipam-byoasn-association";
/// Assumed: how long an association takes to come or to go.
constexpr std::int64_t kTakes_ms = 10'000;

// Assumed: codes and words of all refusals here.

void check_asn(std::string_view asn) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(asn.data(), asn.data() + asn.size(), number);
  if (error != std::errc() || end != asn.data() + asn.size() || number == 0) {
    throw errors::invalid_value(asn, "Asn", "It must be a public 2-byte or 4-byte ASN.");
  }
}

std::optional<GenericResource> find_byoasn(Call& call, std::string_view asn) {
  for (auto& each : state::list_kind(call.txn, call.scope, kByoasn)) {
    if (text(each.document, "Asn") == asn) return std::move(each);
  }
  return std::nullopt;
}

GenericResource require_byoasn(Call& call, std::string_view asn) {
  check_asn(asn);
  auto found = find_byoasn(call, asn);
  if (!found) throw errors::invalid_value(asn, "Asn", "It is not provisioned.");
  return *std::move(found);
}

Document shown_row(const GenericResource& row) {
  Document shown = row.document;
  shown["State"] = row.state;
  return shown;
}

GenericResource add_row(Call& call, std::string_view kind, std::string_view parent_id, Document document,
                        std::string_view at_once, std::string_view finally) {
  GenericResource row;
  row.account = call.scope.account;
  row.region = call.scope.region;
  row.resource_id = call.make_id("byoasn");
  row.kind = kind;
  row.state = at_once;
  row.parent_id = parent_id;
  row.document = std::move(document);
  state::insert(call.txn, row);
  schedule(call, kind, row.resource_id, finally, kTakes_ms);
  return row;
}

void let_go(Call& call, GenericResource& row, std::string_view at_once) {
  state::remove_dues_of(call.txn, row.resource_id);
  row.state = at_once;
  state::update(call.txn, row);
  schedule(call, row.kind, row.resource_id, "gone", kTakes_ms);
}

Document ProvisionIpamByoasn(Call& call) {
  const auto ipam = require_resource(call, kIpam, call.require("IpamId"));
  require_complete(ipam);
  const auto asn = call.require("Asn");
  check_asn(asn);
  if (find_byoasn(call, asn)) throw errors::invalid_value(asn, "Asn", "It is already provisioned.");
  const auto row = add_row(call, kByoasn, ipam.resource_id, {{"Asn", asn}, {"IpamId", ipam.resource_id}},
                           "pending-provision", "provisioned");
  state::add_reference(call.txn, call.scope, row.resource_id, ipam.resource_id, true);
  return {{"Byoasn", shown_row(row)}};
}

Document DeprovisionIpamByoasn(Call& call) {
  require_resource(call, kIpam, call.require("IpamId"));
  auto row = require_byoasn(call, call.require("Asn"));
  if (!state::list_children(call.txn, row.resource_id, kAssociation).empty()) {
    throw errors::dependency_violation(
        fmt::format("The ASN {} is associated with one or more CIDRs.", text(row.document, "Asn")));
  }
  let_go(call, row, "pending-deprovision");
  return {{"Byoasn", shown_row(row)}};
}

Document DescribeIpamByoasn(Call& call) {
  std::vector<Document> numbers;
  for (const auto& each : state::list_kind(call.txn, call.scope, kByoasn)) {
    numbers.push_back(shown_row(each));
    call.looked_at.push_back(each.resource_id);
  }
  return describe_documents(call, "Byoasns", std::move(numbers));
}

/// Whether the account has brought along the range, to a pool of its own.
bool is_brought_along(Call& call, std::string_view cidr) {
  for (const auto& each : state::list_kind(call.txn, call.scope, kIpamPoolCidr)) {
    if (text(each.document, "Cidr") != cidr || each.state != "provisioned") continue;
    const auto pool = require_ipam_pool(call, each.parent_id);
    if (is_public(pool) && text(pool.document, "PublicIpSource") != "amazon") return true;
  }
  return false;
}

std::optional<GenericResource> find_association(Call& call, const GenericResource& byoasn, std::string_view cidr) {
  for (auto& each : state::list_children(call.txn, byoasn.resource_id, kAssociation)) {
    if (text(each.document, "Cidr") == cidr) return std::move(each);
  }
  return std::nullopt;
}

Document AssociateIpamByoasn(Call& call) {
  const auto byoasn = require_byoasn(call, call.require("Asn"));
  const auto cidr = call.require("Cidr");
  if (!is_brought_along(call, cidr)) throw errors::invalid_value(cidr, "Cidr", "It is not a BYOIP CIDR of yours.");
  if (find_association(call, byoasn, cidr)) throw errors::invalid_value(cidr, "Cidr", "It is already associated.");
  return {{"AsnAssociation",
           shown_row(add_row(call, kAssociation, byoasn.resource_id, {{"Asn", byoasn.document["Asn"]}, {"Cidr", cidr}},
                             "pending-association", "associated"))}};
}

Document DisassociateIpamByoasn(Call& call) {
  const auto byoasn = require_byoasn(call, call.require("Asn"));
  const auto cidr = call.require("Cidr");
  auto association = find_association(call, byoasn, cidr);
  if (!association) throw errors::invalid_value(cidr, "Cidr", "It is not associated with the ASN.");
  let_go(call, *association, "pending-disassociation");
  return {{"AsnAssociation", shown_row(*association)}};
}

void move_row(Context& context, const state::Due& due) {
  auto row = state::find<GenericResource>(context.txn, context.scope, due.resource_id);
  if (!row) return;
  if (due.move == "gone") {
    erase_resource(context, *row);
    return;
  }
  row->state = due.move;
  state::update(context.txn, *row);
}

constexpr Operation kOperations[] = {
    {.name = "AssociateIpamByoasn", .run = AssociateIpamByoasn, .access = Access::write},
    {.name = "DeprovisionIpamByoasn", .run = DeprovisionIpamByoasn, .access = Access::write},
    {.name = "DescribeIpamByoasn", .run = DescribeIpamByoasn, .access = Access::read},
    {.name = "DisassociateIpamByoasn", .run = DisassociateIpamByoasn, .access = Access::write},
    {.name = "ProvisionIpamByoasn", .run = ProvisionIpamByoasn, .access = Access::write},
};

constexpr Mover kMovers[] = {{kByoasn, move_row}, {kAssociation, move_row}};

}  // namespace

Family ipam_byoasn_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
