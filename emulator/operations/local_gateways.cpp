/// Local gateways, customer-owned addresses and what else belongs to an Outpost: as an account without one sees them.
/// Nothing is there to describe, and whatever a command names does not exist.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"

namespace fogling {
namespace {

/// What an operation is about: the parameter that has to name something, and how EC2 calls that thing.
struct Subject {
  OperationName operation;
  const char* parameter;  ///< an id, or a list of ids
  const char* list;       ///< of a Describe: the member with what there is
  std::string_view noun;  ///< in codes: `LocalGateway`
};

constexpr Subject kSubjects[] = {
    {"CreateCoipCidr", "CoipPoolId", nullptr, "Pool"},
    {"CreateCoipPool", "LocalGatewayRouteTableId", nullptr, "LocalGatewayRouteTable"},
    {"CreateLocalGatewayRoute", "LocalGatewayRouteTableId", nullptr, "LocalGatewayRouteTable"},
    {"CreateLocalGatewayRouteTable", "LocalGatewayId", nullptr, "LocalGateway"},
    {"CreateLocalGatewayRouteTableVirtualInterfaceGroupAssociation", "LocalGatewayRouteTableId", nullptr,
     "LocalGatewayRouteTable"},
    {"CreateLocalGatewayRouteTableVpcAssociation", "LocalGatewayRouteTableId", nullptr, "LocalGatewayRouteTable"},
    {"CreateLocalGatewayVirtualInterface", "LocalGatewayVirtualInterfaceGroupId", nullptr,
     "LocalGatewayVirtualInterfaceGroup"},
    {"CreateLocalGatewayVirtualInterfaceGroup", "LocalGatewayId", nullptr, "LocalGateway"},
    {"DeleteCoipCidr", "CoipPoolId", nullptr, "Pool"},
    {"DeleteCoipPool", "CoipPoolId", nullptr, "Pool"},
    {"DeleteLocalGatewayRoute", "LocalGatewayRouteTableId", nullptr, "LocalGatewayRouteTable"},
    {"DeleteLocalGatewayRouteTable", "LocalGatewayRouteTableId", nullptr, "LocalGatewayRouteTable"},
    {"DeleteLocalGatewayRouteTableVirtualInterfaceGroupAssociation",
     "LocalGatewayRouteTableVirtualInterfaceGroupAssociationId", nullptr,
     "LocalGatewayRouteTableVirtualInterfaceGroupAssociation"},
    {"DeleteLocalGatewayRouteTableVpcAssociation", "LocalGatewayRouteTableVpcAssociationId", nullptr,
     "LocalGatewayRouteTableVpcAssociation"},
    {"DeleteLocalGatewayVirtualInterface", "LocalGatewayVirtualInterfaceId", nullptr, "LocalGatewayVirtualInterface"},
    {"DeleteLocalGatewayVirtualInterfaceGroup", "LocalGatewayVirtualInterfaceGroupId", nullptr,
     "LocalGatewayVirtualInterfaceGroup"},
    {"DescribeCoipPools", "PoolIds", "CoipPools", "Pool"},
    {"DescribeLocalGatewayRouteTableVirtualInterfaceGroupAssociations",
     "LocalGatewayRouteTableVirtualInterfaceGroupAssociationIds",
     "LocalGatewayRouteTableVirtualInterfaceGroupAssociations",
     "LocalGatewayRouteTableVirtualInterfaceGroupAssociation"},
    {"DescribeLocalGatewayRouteTableVpcAssociations", "LocalGatewayRouteTableVpcAssociationIds",
     "LocalGatewayRouteTableVpcAssociations", "LocalGatewayRouteTableVpcAssociation"},
    {"DescribeLocalGatewayRouteTables", "LocalGatewayRouteTableIds", "LocalGatewayRouteTables",
     "LocalGatewayRouteTable"},
    {"DescribeLocalGatewayVirtualInterfaceGroups", "LocalGatewayVirtualInterfaceGroupIds",
     "LocalGatewayVirtualInterfaceGroups", "LocalGatewayVirtualInterfaceGroup"},
    {"DescribeLocalGatewayVirtualInterfaces", "LocalGatewayVirtualInterfaceIds", "LocalGatewayVirtualInterfaces",
     "LocalGatewayVirtualInterface"},
    {"DescribeLocalGateways", "LocalGatewayIds", "LocalGateways", "LocalGateway"},
    {"DescribeOutpostLags", "OutpostLagIds", "OutpostLags", "OutpostLag"},
    {"DescribeServiceLinkVirtualInterfaces", "ServiceLinkVirtualInterfaceIds", "ServiceLinkVirtualInterfaces",
     "ServiceLinkVirtualInterface"},
    {"GetCoipPoolUsage", "PoolId", nullptr, "Pool"},
    {"ModifyLocalGatewayRoute", "LocalGatewayRouteTableId", nullptr, "LocalGatewayRouteTable"},
    {"SearchLocalGatewayRoutes", "LocalGatewayRouteTableId", nullptr, "LocalGatewayRouteTable"},
};

const Subject& subject_of(const Call& call) {
  return *std::ranges::find_if(
      kSubjects, [&](const Subject& each) { return std::string_view(each.operation) == call.operation.name; });
}

/// The codes are those that client libraries expect; Assumed: that the others follow them, and the words.
ApiError absent(std::string_view noun, std::string_view id) {
  return {fmt::format("Invalid{}ID.NotFound", noun), fmt::format("The {} ID '{}' does not exist", noun, id)};
}

Document nothing_of_that_name(Call& call) {
  const auto& subject = subject_of(call);
  throw absent(subject.noun, call.require(subject.parameter));
}

Document nothing_to_describe(Call& call) {
  const auto& subject = subject_of(call);
  const auto& ids = call.items(subject.parameter);
  if (!ids.empty()) throw absent(subject.noun, ids.front().get_ref<const std::string&>());
  return describe_documents(call, subject.list, {}, subject.parameter);
}

constexpr FilterPath kPoolFilters[] = {{"coip-pool.local-gateway-route-table-id", "LocalGatewayRouteTableId"},
                                       {"coip-pool.pool-id", "PoolId"}};
constexpr FilterPath kGroupAssociationFilters[] = {
    {"local-gateway-route-table-virtual-interface-group-id", "LocalGatewayVirtualInterfaceGroupId"}};
constexpr FilterPath kLagFilters[] = {{"service-link-virtual-interface-id", "ServiceLinkVirtualInterfaceIds"},
                                      {"service-link-virtual-interface-arn", "ServiceLinkVirtualInterfaceIds"},
                                      {"outpost-id", "OutpostArn"},
                                      {"vlan", "OutpostLagId"},
                                      {"local-address", "OutpostLagId"},
                                      {"peer-address", "OutpostLagId"},
                                      {"peer-bgp-asn", "OutpostLagId"},
                                      {"configuration-state", "State"}};
constexpr FilterPath kServiceLinkFilters[] = {{"state", "ConfigurationState"},
                                              {"local-gateway-virtual-interface-id", "ServiceLinkVirtualInterfaceId"}};

constexpr FilterPath kUsageFilters[] = {{"coip-address-usage.allocation-id", "AllocationId"},
                                        {"coip-address-usage.aws-account-id", "AwsAccountId"},
                                        {"coip-address-usage.aws-service", "AwsService"},
                                        {"coip-address-usage.co-ip", "CoIp"}};
constexpr FilterPath kRouteFilters[] = {{"prefix-list-id", "DestinationPrefixListId"},
                                        {"route-search.exact-match", "DestinationCidrBlock"},
                                        {"route-search.longest-prefix-match", "DestinationCidrBlock"},
                                        {"route-search.subnet-of-match", "DestinationCidrBlock"},
                                        {"route-search.supernet-of-match", "DestinationCidrBlock"}};

constexpr Operation reading(OperationName name, std::string_view listed, std::span<const FilterPath> filters = {}) {
  return {.name = name, .run = nothing_to_describe, .access = Access::read, .listed = listed, .filters = filters};
}
constexpr Operation command(OperationName name) {
  return {.name = name, .run = nothing_of_that_name, .access = Access::write};
}

constexpr Operation kOperations[] = {
    command("CreateCoipCidr"),
    command("CreateCoipPool"),
    command("CreateLocalGatewayRoute"),
    command("CreateLocalGatewayRouteTable"),
    command("CreateLocalGatewayRouteTableVirtualInterfaceGroupAssociation"),
    command("CreateLocalGatewayRouteTableVpcAssociation"),
    command("CreateLocalGatewayVirtualInterface"),
    command("CreateLocalGatewayVirtualInterfaceGroup"),
    command("DeleteCoipCidr"),
    command("DeleteCoipPool"),
    command("DeleteLocalGatewayRoute"),
    command("DeleteLocalGatewayRouteTable"),
    command("DeleteLocalGatewayRouteTableVirtualInterfaceGroupAssociation"),
    command("DeleteLocalGatewayRouteTableVpcAssociation"),
    command("DeleteLocalGatewayVirtualInterface"),
    command("DeleteLocalGatewayVirtualInterfaceGroup"),
    command("ModifyLocalGatewayRoute"),
    reading("DescribeCoipPools", "CoipPool", kPoolFilters),
    reading("DescribeLocalGatewayRouteTableVirtualInterfaceGroupAssociations",
            "LocalGatewayRouteTableVirtualInterfaceGroupAssociation", kGroupAssociationFilters),
    reading("DescribeLocalGatewayRouteTableVpcAssociations", "LocalGatewayRouteTableVpcAssociation"),
    reading("DescribeLocalGatewayRouteTables", "LocalGatewayRouteTable"),
    reading("DescribeLocalGatewayVirtualInterfaceGroups", "LocalGatewayVirtualInterfaceGroup"),
    reading("DescribeLocalGatewayVirtualInterfaces", "LocalGatewayVirtualInterface"),
    reading("DescribeLocalGateways", "LocalGateway"),
    reading("DescribeOutpostLags", "OutpostLag", kLagFilters),
    reading("DescribeServiceLinkVirtualInterfaces", "ServiceLinkVirtualInterface", kServiceLinkFilters),
    {.name = "GetCoipPoolUsage",
     .run = nothing_of_that_name,
     .access = Access::read,
     .listed = "CoipAddressUsage",
     .filters = kUsageFilters},
    {.name = "SearchLocalGatewayRoutes",
     .run = nothing_of_that_name,
     .access = Access::read,
     .listed = "LocalGatewayRoute",
     .filters = kRouteFilters},
};

}  // namespace

Family local_gateways_family() { return {.operations = kOperations}; }

}  // namespace fogling
