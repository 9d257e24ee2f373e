/// Ranges of a subnet that are kept for prefixes, or for who names an address.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/subnets.hpp"
#include "emulator/tags.hpp"
#include "emulator/vpc_blocks.hpp"
#include "state/resources.hpp"

namespace fogling {
namespace {

constexpr const char* kKind = "subnet-cidr-reservation";

Document reservation_document(Transaction& txn, const state::GenericResource& row) {
  Document out = row.document;
  out["Tags"] = tag_set(txn, row.resource_id);
  return out;
}

std::string blocks_text(const state::Subnet& subnet, bool is_ipv6) {
  if (!is_ipv6) return subnet.cidr_block;
  const auto blocks = ipv6_blocks(subnet.ipv6_cidr_block_associations);
  return blocks.empty() ? std::string() : blocks.front().text();
}

/// The canonical text of the range. Throws where it is none, outside the subnet, or already kept.
std::string read_range(Call& call, const state::Subnet& subnet, std::string_view given) {
  const auto ipv4 = parse_cidr(given);
  const auto ipv6 = parse_ipv6_cidr(given);
  if (!ipv4 && !ipv6) throw errors::invalid_value(given, "cidr", "This is not a valid CIDR block.");
  const auto whole = parse_cidr(subnet.cidr_block);
  const bool is_inside = ipv4 ? whole && whole->contains(*ipv4)
                              : std::ranges::any_of(ipv6_blocks(subnet.ipv6_cidr_block_associations),
                                                    [&](const Ipv6Cidr& block) { return block.contains(*ipv6); });
  if (!is_inside) {
    throw errors::invalid_parameter_value(
        fmt::format("Reservation CIDR should be within subnet CIDR block ({})", blocks_text(subnet, ipv6.has_value())));
  }
  const bool is_kept = std::ranges::any_of(reservations_of(call.txn, subnet), [&](const SubnetReservation& other) {
    return ipv4 ? other.ipv4 && other.ipv4->overlaps(*ipv4) : other.ipv6 && other.ipv6->overlaps(*ipv6);
  });
  if (is_kept) {
    throw errors::invalid_parameter_value(
        fmt::format("Reservation CIDR {} has overlap with existing reserved CIDR block", given));
  }
  return ipv4 ? ipv4->text() : ipv6->text();
}

Document CreateSubnetCidrReservation(Call& call) {
  const auto subnet = require_row<state::Subnet>(call, "subnet", call.require("SubnetId"));
  state::GenericResource row;
  row.account = call.scope.account;
  row.region = call.scope.region;
  row.kind = kKind;
  row.state = "available";
  row.parent_id = subnet.subnet_id;
  const std::string range = read_range(call, subnet, call.require("Cidr"));
  row.resource_id = call.make_id("scr");
  row.document = {{"SubnetCidrReservationId", row.resource_id},
                  {"SubnetId", subnet.subnet_id},
                  {"Cidr", range},
                  {"ReservationType", call.require("ReservationType")},
                  {"OwnerId", call.scope.account}};
  set_if(row.document, "Description", call.text("Description"));
  state::insert(call.txn, row);
  apply_tags(call, row.resource_id, kKind);
  return {{"SubnetCidrReservation", reservation_document(call.txn, row)}};
}

Document DeleteSubnetCidrReservation(Call& call) {
  const auto id = call.require("SubnetCidrReservationId");
  const auto row = state::find<state::GenericResource>(call.txn, call.scope, id);
  if (!row || row->kind != kKind) throw unknown_id(kKind, id);
  Document shown = reservation_document(call.txn, *row);
  state::remove_tags(call.txn, row->resource_id);
  state::erase(call.txn, *row);
  return {{"DeletedSubnetCidrReservation", std::move(shown)}};
}

/// One list for each family, and one order through both for paging.
Document GetSubnetCidrReservations(Call& call) {
  const auto subnet = require_row<state::Subnet>(call, "subnet", call.require("SubnetId"));
  std::vector<Document> all;
  for (const auto& row : state::list_children(call.txn, subnet.subnet_id, kKind)) {
    all.push_back(reservation_document(call.txn, row));
  }
  Document page = describe_documents(call, "SubnetIpv4CidrReservations", std::move(all));
  Document ipv4 = Document::array(), ipv6 = Document::array();
  for (auto& each : page["SubnetIpv4CidrReservations"]) {
    (parse_cidr(text(each, "Cidr")) ? ipv4 : ipv6).push_back(std::move(each));
  }
  page["SubnetIpv4CidrReservations"] = std::move(ipv4);
  page["SubnetIpv6CidrReservations"] = std::move(ipv6);
  return page;
}

constexpr Operation kOperations[] = {
    {.name = "CreateSubnetCidrReservation", .run = CreateSubnetCidrReservation, .access = Access::write},
    {.name = "DeleteSubnetCidrReservation", .run = DeleteSubnetCidrReservation, .access = Access::write},
    {.name = "GetSubnetCidrReservations",
     .run = GetSubnetCidrReservations,
     .access = Access::read,
     .listed = "SubnetCidrReservation"},
};

}  // namespace

Family subnet_cidr_reservations_family() { return {.operations = kOperations}; }

}  // namespace fogling
