/// Transit gateways: their options, their default route table, and what keeps them. Making, changing and deleting are
/// declared.

#include "emulator/transit_gateways.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/network_v6.hpp>

#include "emulator/cidr.hpp"
#include "emulator/describe.hpp"
#include "emulator/references.hpp"

namespace fogling {
namespace {

constexpr const char* kAssociationTable = "AssociationDefaultRouteTableId";
constexpr const char* kPropagationTable = "PropagationDefaultRouteTableId";

// ---- Options -------------------------------------------------------------------------------------------------------

/// A private number of 16 or of 32 bits (EC2 API Reference, TransitGatewayRequestOptions).
void check_asn(const Document& options) {
  const auto asn = integer(options, "AmazonSideAsn").value_or(64512);
  if ((asn >= 64512 && asn <= 65534) || (asn >= 4'200'000'000 && asn <= 4'294'967'294)) return;
  throw errors::invalid_value(std::to_string(asn), "AmazonSideAsn", "It is not a private ASN.");  // Assumed: the words
}

/// At least a /24 of IPv4 or a /64 of IPv6, and not link-local (EC2 API Reference).
void check_gateway_block(const std::string& block) {
  const auto ipv4 = parse_cidr(block);
  if (ipv4 && ipv4->prefix_length <= 24 && !ipv4->overlaps(parse_cidr("169.254.0.0/16").value())) return;
  if (const auto ipv6 = ipv4 ? std::nullopt : parse_ipv6_cidr(block)) {
    if (ipv6->prefix_length <= 64) return;
  }
  throw errors::invalid_value(block, "TransitGatewayCidrBlocks", "This is not a valid CIDR block.");
}

void create_gateway(Call&, GenericResource& gateway) {
  auto& options = gateway.document["Options"];
  check_asn(options);
  for (const auto& each : items(options, "TransitGatewayCidrBlocks")) check_gateway_block(each.get<std::string>());
}

GenericResource make_default_table(Call& call, const GenericResource& gateway) {
  return make_resource(call, declared_kind(kTransitGatewayRouteTable), {{"TransitGatewayId", gateway.resource_id}});
}

/// One table serves as the default for both.
void gateway_created(Call& call, GenericResource& gateway) {
  auto& options = gateway.document["Options"];
  const bool associates = text(options, "DefaultRouteTableAssociation") == "enable";
  const bool propagates = text(options, "DefaultRouteTablePropagation") == "enable";
  if (!associates && !propagates) return;
  const auto table = make_default_table(call, gateway);
  if (associates) options[kAssociationTable] = table.resource_id;
  if (propagates) options[kPropagationTable] = table.resource_id;
  state::update(call.txn, gateway);
}

void change_blocks(Call& call, Document& options) {
  const auto& asked = call.part("Options");
  const auto& added = items(asked, "AddTransitGatewayCidrBlocks");
  const auto& removed = items(asked, "RemoveTransitGatewayCidrBlocks");
  if (added.empty() && removed.empty()) return;
  auto& blocks = options["TransitGatewayCidrBlocks"];
  if (!blocks.is_array()) blocks = Document::array();
  for (const auto& each : removed) {
    const auto found = std::ranges::find(blocks, each);
    if (found != blocks.end()) blocks.erase(found);
  }
  for (const auto& each : added) {
    check_gateway_block(each.get<std::string>());
    if (std::ranges::find(blocks, each) == blocks.end()) blocks.push_back(each);
  }
}

/// The default table of one sort: given, kept, made where there is none, or given up.
void change_default_table(Call& call, GenericResource& gateway, const char* option, const char* member) {
  auto& options = gateway.document["Options"];
  if (text(options, option) != "enable") {
    options.erase(member);
    return;
  }
  const std::string id(text(options, member));
  if (id.empty()) {
    options[member] = make_default_table(call, gateway).resource_id;
    return;
  }
  if (text(call.part("Options"), member).empty()) return;
  const auto table = require_resource(call, kTransitGatewayRouteTable, id);
  if (table.parent_id != gateway.resource_id) throw unknown_id(kTransitGatewayRouteTable, id);
}

void modify_gateway(Call& call, GenericResource& gateway) {
  auto& options = gateway.document["Options"];
  check_asn(options);
  change_blocks(call, options);
  change_default_table(call, gateway, "DefaultRouteTableAssociation", kAssociationTable);
  change_default_table(call, gateway, "DefaultRouteTablePropagation", kPropagationTable);
  if (const auto encryption = text(call.part("Options"), "EncryptionSupport"); !encryption.empty())
    options["EncryptionSupport"] = {{"EncryptionState", encryption == "enable" ? "enabled" : "disabled"}};
}

// ---- What keeps a gateway ------------------------------------------------------------------------------------------

bool is_default_table(const GenericResource& gateway, std::string_view table_id) {
  const auto& options = part(gateway.document, "Options");
  return text(options, kAssociationTable) == table_id || text(options, kPropagationTable) == table_id;
}

std::vector<GenericResource> living_children(Context& context, const GenericResource& gateway, std::string_view kind) {
  auto rows = state::list_children(context.txn, gateway.resource_id, kind);
  std::erase_if(rows, [](const auto& row) { return row.state == "deleted" || row.state == "rejected"; });
  return rows;
}

void refuse_for(const GenericResource& gateway, std::string_view noun, const std::vector<GenericResource>& rows) {
  if (rows.empty()) return;
  std::vector<std::string> ids;
  for (const auto& each : rows) ids.push_back(each.resource_id);
  throw errors::incorrect_state(
      fmt::format("{} has non-deleted {}: {}.", gateway.resource_id, noun, fmt::join(ids, ", ")));
}

/// Quoted from EC2: VPC, VPN and peering attachments. Assumed: the other nouns, by their pattern.
void refuse_for_attachments(Call& call, const GenericResource& gateway) {
  constexpr std::pair<std::string_view, std::string_view> kNouns[] = {
      {"vpc", "VPC Attachments"},
      {"vpn", "VPN Attachments"},
      {"connect", "Connect Attachments"},
      {"peering", "Transit Gateway Cross Region Peering Attachments"}};
  auto attachments = living_children(call, gateway, kTransitGatewayAttachment);
  // Peerings that others asked for.
  for (auto& each : state::list_referring(call.txn, gateway.resource_id, kTransitGatewayAttachment)) {
    if (each.parent_id != gateway.resource_id) attachments.push_back(std::move(each));
  }
  for (const auto& [type, noun] : kNouns) {
    std::vector<GenericResource> rows;
    for (const auto& each : attachments) {
      if (text(each.document, "ResourceType") == type) rows.push_back(each);
    }
    refuse_for(gateway, noun, rows);
  }
}

/// Its default table goes with it.
void remove_gateway(Call& call, GenericResource& gateway) {
  refuse_for_attachments(call, gateway);
  auto tables = living_children(call, gateway, kTransitGatewayRouteTable);
  std::erase_if(tables, [&](const auto& table) { return is_default_table(gateway, table.resource_id); });
  refuse_for(gateway, "Route Tables", tables);
  refuse_for(gateway, "Multicast Domains", living_children(call, gateway, "transit-gateway-multicast-domain"));
  refuse_for(gateway, "Policy Tables", living_children(call, gateway, "transit-gateway-policy-table"));
  refuse_for(gateway, "Metering Policies", living_children(call, gateway, "transit-gateway-metering-policy"));
  for (auto& table : living_children(call, gateway, kTransitGatewayRouteTable)) {
    if (table.state == "deleting") continue;
    for (const auto& each : ties_of(call, kPrefixListReference, table.resource_id)) drop_tie(call, each);
    require_unheld(call, kTransitGatewayRouteTable, table.resource_id);
    remove_resource(call, table);
  }
}

// ---- Showing -------------------------------------------------------------------------------------------------------

/// By its id a gateway is shown to anybody in its region: it may be shared.
Document DescribeTransitGateways(Call& call) {
  const auto ids = requested_ids(call, kTransitGateway, "TransitGatewayIds");
  std::vector<GenericResource> rows;
  if (ids.empty()) rows = state::list_kind(call.txn, call.scope, kTransitGateway);
  for (const auto& id : ids) {
    auto row = state::find_anywhere<GenericResource>(call.txn, id);
    if (!row || row->kind != kTransitGateway || row->region != call.scope.region) throw unknown_id(kTransitGateway, id);
    rows.push_back(*std::move(row));
  }
  std::ranges::sort(rows, {}, &GenericResource::seq);
  std::vector<Document> documents;
  for (const auto& row : rows) {
    documents.push_back(shown(call, row));
    call.looked_at.push_back(row.resource_id);
  }
  return list_page(call, "TransitGateways", documents, "TransitGatewayIds");
}

constexpr Operation kOperations[] = {
    {.name = "DescribeTransitGateways",
     .run = DescribeTransitGateways,
     .access = Access::read,
     .listed = "TransitGateway"},
};

constexpr Hooks kHooks[] = {{.kind = "transit-gateway",
                             .create = create_gateway,
                             .created = gateway_created,
                             .modify = modify_gateway,
                             .remove = remove_gateway}};

}  // namespace

Family transit_gateways_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
