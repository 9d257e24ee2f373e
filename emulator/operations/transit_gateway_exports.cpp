/// Routes of a transit gateway's table, exported to a bucket. There is no S3: the file that would hold them is named.

#include <fmt/format.h>

#include "emulator/transit_gateways.hpp"

namespace fogling {
namespace {

/// Assumed: the file's name.
Document ExportTransitGatewayRoutes(Call& call) {
  const auto table = require_resource(call, kTransitGatewayRouteTable, call.require("TransitGatewayRouteTableId"));
  if (table.state != "available") throw in_invalid_state(table.resource_id);
  return {{"S3Location", fmt::format("s3://{}/VPCTransitGateway/TransitGatewayRouteTables/{}_{}.json",
                                     call.require("S3Bucket"), table.resource_id, call.now_ms / 1000)}};
}

/// Names alone are checked: which routes pass nobody sees.
constexpr FilterPath kFilters[] = {
    {"attachment.transit-gateway-attachment-id", "TransitGatewayAttachments.TransitGatewayAttachmentId"},
    {"attachment.resource-id", "TransitGatewayAttachments.ResourceId"},
    {"route-search.exact-match", "DestinationCidrBlock"},
    {"route-search.longest-prefix-match", "DestinationCidrBlock"},
    {"route-search.subnet-of-match", "DestinationCidrBlock"},
    {"route-search.supernet-of-match", "DestinationCidrBlock"},
    {"transit-gateway-route-destination-cidr-block", "DestinationCidrBlock"},
};

constexpr Operation kOperations[] = {
    {.name = "ExportTransitGatewayRoutes",
     .run = ExportTransitGatewayRoutes,
     .access = Access::read,
     .listed = "TransitGatewayRoute",
     .filters = kFilters},
};

}  // namespace

Family transit_gateway_exports_family() { return {.operations = kOperations}; }

}  // namespace fogling
