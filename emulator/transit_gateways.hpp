#pragma once

/// Transit gateways: who sees which attachment, and what ties attachments to route tables and domains.
///
/// An attachment of any sort (VPC, VPN connection, peering, Connect) is one row of the kind
/// `transit-gateway-attachment`, in the scope of whoever asked for it; the owner of its gateway, or of the gateway on
/// the other side of a peering, sees it too. What only one sort has stands in a hidden member: `_vpc`, `_peering`,
/// `_connect`.

#include <string>
#include <string_view>
#include <vector>

#include "emulator/kinds.hpp"
#include "emulator/ties.hpp"

namespace fogling {

inline constexpr std::string_view kTransitGateway = "transit-gateway";
inline constexpr std::string_view kTransitGatewayAttachment = "transit-gateway-attachment";
inline constexpr std::string_view kTransitGatewayRouteTable = "transit-gateway-route-table";
inline constexpr std::string_view kRouteTableAssociation = "transit-gateway-route-table-association";
inline constexpr std::string_view kRouteTablePropagation = "transit-gateway-route-table-propagation";
inline constexpr std::string_view kPrefixListReference = "transit-gateway-prefix-list-reference";
inline constexpr std::string_view kPolicyTableAssociation = "transit-gateway-policy-table-association";
inline constexpr std::string_view kMulticastAssociation = "transit-gateway-multicast-domain-association";

/// `{} is in invalid state`
ApiError in_invalid_state(std::string_view id);

// ---- Gateways and attachments

/// A living gateway of the caller's region, whoever owns it: sharing needs no more than its id here.
GenericResource require_transit_gateway(Context& context, std::string_view id);
/// The same, and it has to be available.
GenericResource require_available_gateway(Context& context, std::string_view id);

/// A living one that the caller sees, which has to be of this gateway and available.
GenericResource require_available_attachment(Context& context, std::string_view id, std::string_view gateway_id);
bool is_attached_to(const GenericResource& attachment, std::string_view gateway_id);
/// Whether traffic goes through it: a modification does not interrupt it.
bool is_up(const GenericResource& attachment);

/// The end of a peering on the caller's side, or on the other one: shape PeeringTgwInfo.
const Document& local_side(const Context& context, const GenericResource& peering);
const Document& remote_side(const Context& context, const GenericResource& peering);

/// As DescribeTransitGatewayAttachments shows it to the caller.
Document shown_attachment(Context& context, const GenericResource& attachment);
/// Its id, and id and type of the resource behind it, as seen from one gateway.
Document attachment_end(const GenericResource& attachment, std::string_view gateway_id);
Document attachment_end(Context& context, std::string_view attachment_id, std::string_view gateway_id);

/// Attaches a resource. `document` holds its type, id and owner, and the sort's hidden member.
GenericResource attach(Call& call, const GenericResource& gateway, Document document, std::string_view state);
/// Associates it with the gateway's default table and lets it propagate its routes there, as the gateway's options
/// have it.
void join_default_tables(Context& context, const GenericResource& attachment, const GenericResource& gateway);
void associate_by_default(Context& context, const GenericResource& attachment, const GenericResource& gateway);
/// It goes through its last states; what tied it to tables and domains goes at once.
void detach(Context& context, GenericResource& attachment);
/// `begin` for a resource that may belong to somebody else.
void begin_for_owner(Context& context, GenericResource& resource, const kinds::Transition& transition);

// ---- Routes

/// All routes of a table as they are now, by destination: shape TransitGatewayRoute. Static ones, those that prefix
/// lists stand for, and propagated ones.
std::vector<Document> transit_gateway_routes(Context& context, const GenericResource& table);

/// What an attachment's NAT translates to while it is in force, where routes are wanted to it.
std::vector<std::string> translated_blocks(const GenericResource& attachment);

// ---- Lists

/// A page of documents made on the spot, of which members that begin with `_` serve filters only.
Document list_page(Call& call, std::string_view list, const std::vector<Document>& documents,
                   std::string_view ids_member = {});
/// A whole Describe of attachments of one sort, or of all.
Document describe_attachments(Call& call, std::string_view list, std::string_view resource_type,
                              Document (*describe)(Context&, const GenericResource&));

}  // namespace fogling
