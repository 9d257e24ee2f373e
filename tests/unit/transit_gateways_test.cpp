/// Transit gateways: attachments of all sorts, route tables and their routes, multicast, and who may do what.

#include "tests/support/vpc.hpp"

namespace fogling::test {
namespace {

constexpr const char* kOther = "210987654321";

template <class Base>
class GatewayTest : public VpcTest<Base> {
 protected:
  using VpcTest<Base>::text_of;

  std::string create_transit_gateway(Parameters more = {}) {
    return text_of(this->call("CreateTransitGateway", more)["TransitGateway"], "TransitGatewayId");
  }
  Document gateway(const std::string& id) {
    return this->call("DescribeTransitGateways", {{"TransitGatewayIds.1", id}})["TransitGateways"][0];
  }
  Document options(const std::string& id) { return gateway(id)["Options"]; }
  std::string default_table(const std::string& id) { return text_of(options(id), "AssociationDefaultRouteTableId"); }
  std::string create_route_table(const std::string& id) {
    return text_of(this->call("CreateTransitGatewayRouteTable", {{"TransitGatewayId", id}})["TransitGatewayRouteTable"],
                   "TransitGatewayRouteTableId");
  }
  Parameters attaching(const std::string& id, const std::string& vpc, const std::string& subnet) {
    return {{"TransitGatewayId", id}, {"VpcId", vpc}, {"SubnetIds.1", subnet}};
  }
  std::string attach(const std::string& id, const std::string& vpc, const std::string& subnet) {
    return text_of(
        this->call("CreateTransitGatewayVpcAttachment", attaching(id, vpc, subnet))["TransitGatewayVpcAttachment"],
        "TransitGatewayAttachmentId");
  }
  Document attachment(const std::string& id) {
    return this->call("DescribeTransitGatewayAttachments",
                      {{"TransitGatewayAttachmentIds.1", id}})["TransitGatewayAttachments"][0];
  }
  Document vpc_attachment(const std::string& id) {
    return this->call("DescribeTransitGatewayVpcAttachments",
                      {{"TransitGatewayAttachmentIds.1", id}})["TransitGatewayVpcAttachments"][0];
  }
  Document search(const std::string& table, const std::string& filter, const std::string& value) {
    return this->call(
        "SearchTransitGatewayRoutes",
        {{"TransitGatewayRouteTableId", table}, {"Filter.1.Name", filter}, {"Filter.1.Value.1", value}})["Routes"];
  }
  std::string peer(const std::string& mine, const std::string& theirs, const std::string& account,
                   const std::string& region) {
    return text_of(this->call("CreateTransitGatewayPeeringAttachment",
                              {{"TransitGatewayId", mine},
                               {"PeerTransitGatewayId", theirs},
                               {"PeerAccountId", account},
                               {"PeerRegion", region}})["TransitGatewayPeeringAttachment"],
                   "TransitGatewayAttachmentId");
  }
};

class TransitGateways : public GatewayTest<SettledTest> {
 protected:
  const std::string vpc = create_vpc("10.0.0.0/16");
  const std::string subnet = create_subnet(vpc, "10.0.0.0/24");
};

using TransitGatewayStates = GatewayTest<HouseTest>;

// ---- Gateways

TEST_F(TransitGateways, ANewOneHasEC2sOptionsAndADefaultTable) {
  const auto id = create_transit_gateway({{"Description", "hub"}});
  const Document found = gateway(id);
  EXPECT_EQ(found["State"], "available");
  EXPECT_EQ(found["OwnerId"], scope.account);
  EXPECT_EQ(found["TransitGatewayArn"], "arn:aws:ec2:us-east-1:123456789012:transit-gateway/" + id);
  const Document& with = found["Options"];
  EXPECT_EQ(with["AmazonSideAsn"], 64512);
  EXPECT_EQ(with["AutoAcceptSharedAttachments"], "disable");
  EXPECT_EQ(with["VpnEcmpSupport"], "enable");
  EXPECT_EQ(with["DnsSupport"], "enable");
  EXPECT_EQ(with["MulticastSupport"], "disable");
  EXPECT_EQ(with["SecurityGroupReferencingSupport"], "disable");
  EXPECT_EQ(with["AssociationDefaultRouteTableId"], with["PropagationDefaultRouteTableId"]);
  const Document tables = call("DescribeTransitGatewayRouteTables")["TransitGatewayRouteTables"];
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_EQ(tables[0]["TransitGatewayRouteTableId"], with["AssociationDefaultRouteTableId"]);
  EXPECT_EQ(tables[0]["DefaultAssociationRouteTable"], true);
  EXPECT_EQ(tables[0]["DefaultPropagationRouteTable"], true);
  expect_filters("DescribeTransitGateways");
  refuse("InvalidTransitGatewayID.NotFound", "Transit Gateway tgw-01234567 was deleted or does not exist.",
         "DescribeTransitGateways", {{"TransitGatewayIds.1", "tgw-01234567"}});
}

TEST_F(TransitGateways, WithoutDefaultsThereIsNoTable) {
  const auto id = create_transit_gateway(
      {{"Options.DefaultRouteTableAssociation", "disable"}, {"Options.DefaultRouteTablePropagation", "disable"}});
  EXPECT_FALSE(options(id).contains("AssociationDefaultRouteTableId"));
  EXPECT_TRUE(call("DescribeTransitGatewayRouteTables")["TransitGatewayRouteTables"].empty());
  EXPECT_FALSE(attachment(attach(id, vpc, subnet)).contains("Association"));
}

TEST_F(TransitGateways, AModificationChangesBlocksAndDefaultTables) {
  const auto id = create_transit_gateway({{"Options.TransitGatewayCidrBlocks.1", "10.99.0.0/24"}});
  call("ModifyTransitGateway", {{"TransitGatewayId", id},
                                {"Options.AddTransitGatewayCidrBlocks.1", "10.98.0.0/24"},
                                {"Options.RemoveTransitGatewayCidrBlocks.1", "10.99.0.0/24"},
                                {"Options.DnsSupport", "disable"}});
  EXPECT_EQ(options(id)["TransitGatewayCidrBlocks"], Document::array({"10.98.0.0/24"}));
  EXPECT_EQ(options(id)["DnsSupport"], "disable");
  const auto before = default_table(id), table = create_route_table(id);
  call("ModifyTransitGateway", {{"TransitGatewayId", id}, {"Options.AssociationDefaultRouteTableId", table}});
  EXPECT_EQ(default_table(id), table);
  const Document found =
      call("DescribeTransitGatewayRouteTables", {{"Filter.1.Name", "default-association-route-table"},
                                                 {"Filter.1.Value.1", "true"}})["TransitGatewayRouteTables"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["TransitGatewayRouteTableId"], table);
  EXPECT_EQ(attachment(attach(id, vpc, subnet))["Association"]["TransitGatewayRouteTableId"], table);
  refuse("IncorrectState", "", "DeleteTransitGatewayRouteTable", {{"TransitGatewayRouteTableId", before}});
  refuse("InvalidParameterValue", "", "ModifyTransitGateway",
         {{"TransitGatewayId", id}, {"Options.AddTransitGatewayCidrBlocks.1", "10.97.0.0/28"}});
  refuse("InvalidParameterValue", "", "CreateTransitGateway", {{"Options.AmazonSideAsn", "13"}});
}

TEST_F(TransitGateways, OneWithAttachmentsOrTablesStays) {
  const auto id = create_transit_gateway();
  const auto attached = attach(id, vpc, subnet);
  refuse("IncorrectState", id + " has non-deleted VPC Attachments: " + attached + ".", "DeleteTransitGateway",
         {{"TransitGatewayId", id}});
  call("DeleteTransitGatewayVpcAttachment", {{"TransitGatewayAttachmentId", attached}});
  const auto table = create_route_table(id);
  refuse("IncorrectState", "", "DeleteTransitGateway", {{"TransitGatewayId", id}});
  call("DeleteTransitGatewayRouteTable", {{"TransitGatewayRouteTableId", table}});
  EXPECT_EQ(call("DeleteTransitGateway", {{"TransitGatewayId", id}})["TransitGateway"]["State"], "deleting");
  EXPECT_EQ(gateway(id)["State"], "deleted");
  refuse("InvalidTransitGatewayID.NotFound", "", "CreateTransitGatewayRouteTable", {{"TransitGatewayId", id}});
  house.world().advance(3'600'000);
  EXPECT_TRUE(call("DescribeTransitGateways")["TransitGateways"].empty());
  EXPECT_TRUE(call("DescribeTransitGatewayRouteTables")["TransitGatewayRouteTables"].empty());
}

// ---- VPC attachments

TEST_F(TransitGateways, AVpcIsAttachedOnceWithOneSubnetPerZone) {
  const auto id = create_transit_gateway();
  const auto attached = attach(id, vpc, subnet);
  const Document found = vpc_attachment(attached);
  EXPECT_EQ(found["State"], "available");
  EXPECT_EQ(found["SubnetIds"], Document::array({subnet}));
  EXPECT_EQ(found["Options"]["DnsSupport"], "enable");
  EXPECT_EQ(found["Options"]["Ipv6Support"], "disable");
  EXPECT_EQ(found["Options"]["ApplianceModeSupport"], "disable");
  const Document common = attachment(attached);
  EXPECT_EQ(common["ResourceType"], "vpc");
  EXPECT_EQ(common["ResourceId"], vpc);
  EXPECT_EQ(common["Association"],
            Document({{"TransitGatewayRouteTableId", default_table(id)}, {"State", "associated"}}));
  refuse("DuplicateTransitGatewayAttachment", id + " has non-deleted Transit Gateway Attachments with same VPC ID.",
         "CreateTransitGatewayVpcAttachment", attaching(id, vpc, subnet));
  const auto other = create_vpc("10.1.0.0/16");
  auto twice = attaching(id, other, create_subnet(other, "10.1.0.0/24"));
  twice.emplace_back("SubnetIds.2", create_subnet(other, "10.1.1.0/24"));
  refuse("DuplicateSubnetsInSameZone", "", "CreateTransitGatewayVpcAttachment", twice);
  refuse("InvalidParameterValue", "", "CreateTransitGatewayVpcAttachment", attaching(id, other, subnet));
  refuse("InvalidTransitGatewayID.NotFound", "Transit Gateway tgw-01234567 was deleted or does not exist.",
         "CreateTransitGatewayVpcAttachment", attaching("tgw-01234567", vpc, subnet));
  for (const char* each : {"DescribeTransitGatewayAttachments", "DescribeTransitGatewayVpcAttachments",
                           "DescribeTransitGatewayConnects", "DescribeTransitGatewayPeeringAttachments"})
    expect_filters(each);
}

TEST_F(TransitGateways, AnAttachmentHoldsItsVpcAndSubnetsUntilItIsGone) {
  const auto id = create_transit_gateway();
  const auto attached = attach(id, vpc, subnet);
  const auto more =
      text_of(call("CreateSubnet",
                   {{"VpcId", vpc}, {"CidrBlock", "10.0.1.0/24"}, {"AvailabilityZone", "us-east-1b"}})["Subnet"],
              "SubnetId");
  refuse("DependencyViolation", "", "DeleteSubnet", {{"SubnetId", subnet}});
  call("ModifyTransitGatewayVpcAttachment", {{"TransitGatewayAttachmentId", attached},
                                             {"AddSubnetIds.1", more},
                                             {"RemoveSubnetIds.1", subnet},
                                             {"Options.Ipv6Support", "enable"}});
  EXPECT_EQ(vpc_attachment(attached)["SubnetIds"], Document::array({more}));
  EXPECT_EQ(vpc_attachment(attached)["Options"]["Ipv6Support"], "enable");
  EXPECT_EQ(vpc_attachment(attached)["Options"]["DnsSupport"], "enable");
  call("DeleteSubnet", {{"SubnetId", subnet}});
  refuse("DependencyViolation", "", "DeleteSubnet", {{"SubnetId", more}});
  refuse("InvalidParameterValue", "", "ModifyTransitGatewayVpcAttachment",
         {{"TransitGatewayAttachmentId", attached}, {"RemoveSubnetIds.1", more}});
  call("DeleteTransitGatewayVpcAttachment", {{"TransitGatewayAttachmentId", attached}});
  EXPECT_EQ(vpc_attachment(attached)["State"], "deleted");
  EXPECT_FALSE(attachment(attached).contains("Association"));
  call("DeleteSubnet", {{"SubnetId", more}});
  call("DeleteVpc", {{"VpcId", vpc}});
}

TEST_F(TransitGateways, ARouteOfAVpcLeadsToAGatewayItIsAttachedTo) {
  const auto id = create_transit_gateway();
  const auto table = create_table(vpc);
  refuse("InvalidTransitGatewayID.NotFound", "The transitGateway ID '" + id + "' does not exist", "CreateRoute",
         {{"RouteTableId", table}, {"DestinationCidrBlock", "10.0.0.0/8"}, {"TransitGatewayId", id}});
  const auto attached = attach(id, vpc, subnet);
  create_route(table, "10.0.0.0/8", "TransitGatewayId", id);
  EXPECT_EQ(state_of_route(table, "10.0.0.0/8"), "active");
  call("DeleteTransitGatewayVpcAttachment", {{"TransitGatewayAttachmentId", attached}});
  EXPECT_EQ(state_of_route(table, "10.0.0.0/8"), "blackhole");
}

TEST_F(TransitGateways, AnotherAccountsAttachmentWaitsForTheGatewaysOwner) {
  const auto id = create_transit_gateway();
  scope.account = kOther;
  const auto theirs = create_vpc("10.5.0.0/16");
  const auto first = attach(id, theirs, create_subnet(theirs, "10.5.0.0/24"));
  EXPECT_EQ(attachment(first)["State"], "pendingAcceptance");
  EXPECT_EQ(attachment(first)["TransitGatewayOwnerId"], "123456789012");
  refuse("InvalidTransitGatewayAttachmentID.NotFound", "", "AcceptTransitGatewayVpcAttachment",
         {{"TransitGatewayAttachmentId", first}});
  EXPECT_EQ(gateway(id)["OwnerId"], "123456789012");
  EXPECT_TRUE(call("DescribeTransitGateways")["TransitGateways"].empty());

  scope.account = "123456789012";
  EXPECT_EQ(attachment(first)["State"], "pendingAcceptance");
  call("AcceptTransitGatewayVpcAttachment", {{"TransitGatewayAttachmentId", first}});
  EXPECT_EQ(vpc_attachment(first)["State"], "available");
  EXPECT_EQ(vpc_attachment(first)["VpcOwnerId"], kOther);
  EXPECT_EQ(attachment(first)["Association"]["TransitGatewayRouteTableId"], default_table(id));
  EXPECT_EQ(search(default_table(id), "type", "propagated")[0]["DestinationCidrBlock"], "10.5.0.0/16");
  refuse("IncorrectState", first + " is in invalid state", "RejectTransitGatewayVpcAttachment",
         {{"TransitGatewayAttachmentId", first}});
  call("DeleteTransitGatewayVpcAttachment", {{"TransitGatewayAttachmentId", first}});
  EXPECT_EQ(attachment(first)["State"], "deleted");

  scope.account = kOther;
  const auto again = create_vpc("10.6.0.0/16");
  const auto second = attach(id, again, create_subnet(again, "10.6.0.0/24"));
  scope.account = "123456789012";
  call("RejectTransitGatewayVpcAttachment", {{"TransitGatewayAttachmentId", second}});
  EXPECT_EQ(attachment(second)["State"], "rejected");
  call("ModifyTransitGateway", {{"TransitGatewayId", id}, {"Options.AutoAcceptSharedAttachments", "enable"}});
  scope.account = kOther;
  const auto third = create_vpc("10.7.0.0/16");
  EXPECT_EQ(attachment(attach(id, third, create_subnet(third, "10.7.0.0/24")))["State"], "available");
  for (int hour = 0; hour < 2; ++hour) house.world().advance(3'600'000);
  refuse("InvalidTransitGatewayAttachmentID.NotFound", "", "DescribeTransitGatewayAttachments",
         {{"TransitGatewayAttachmentIds.1", second}});
}

TEST_F(TransitGatewayStates, EachStateTakesItsTime) {
  const auto id = create_transit_gateway();
  EXPECT_EQ(gateway(id)["State"], "pending");
  const auto vpc = create_vpc(), subnet = create_subnet(vpc);
  refuse("IncorrectState", id + " is in invalid state", "CreateTransitGatewayVpcAttachment",
         attaching(id, vpc, subnet));
  settle();
  const auto attached = attach(id, vpc, subnet);
  EXPECT_EQ(attachment(attached)["State"], "pending");
  EXPECT_EQ(attachment(attached)["Association"]["State"], "associating");
  settle();
  EXPECT_EQ(attachment(attached)["Association"]["State"], "associated");
  call("ModifyTransitGateway", {{"TransitGatewayId", id}, {"Description", "hub"}});
  EXPECT_EQ(gateway(id)["State"], "modifying");
  refuse("IncorrectState", "", "ModifyTransitGateway", {{"TransitGatewayId", id}, {"Description", "no"}});
  settle();
  EXPECT_EQ(gateway(id)["Description"], "hub");
  call("DeleteTransitGatewayVpcAttachment", {{"TransitGatewayAttachmentId", attached}});
  EXPECT_EQ(attachment(attached)["State"], "deleting");
  EXPECT_EQ(attachment(attached)["Association"]["State"], "disassociating");
  settle();
  EXPECT_EQ(attachment(attached)["State"], "deleted");
}

// ---- Route tables

TEST_F(TransitGateways, AnAttachmentUsesOneTableAndPropagatesToMany) {
  const auto id = create_transit_gateway();
  const auto attached = attach(id, vpc, subnet), table = create_route_table(id), usual = default_table(id);
  const Parameters pair{{"TransitGatewayRouteTableId", table}, {"TransitGatewayAttachmentId", attached}};
  refuse("Resource.AlreadyAssociated",
         "Transit Gateway Attachment " + attached + " is already associated to a route table.",
         "AssociateTransitGatewayRouteTable", pair);
  refuse("InvalidAssociation.NotFound", "", "DisassociateTransitGatewayRouteTable", pair);
  EXPECT_EQ(
      call("DisassociateTransitGatewayRouteTable",
           {{"TransitGatewayRouteTableId", usual}, {"TransitGatewayAttachmentId", attached}})["Association"]["State"],
      "disassociating");
  const Document made = call("AssociateTransitGatewayRouteTable", pair)["Association"];
  EXPECT_EQ(made["State"], "associating");
  EXPECT_EQ(made["ResourceId"], vpc);
  const Document listed =
      call("GetTransitGatewayRouteTableAssociations", {{"TransitGatewayRouteTableId", table},
                                                       {"Filter.1.Name", "transit-gateway-attachment-id"},
                                                       {"Filter.1.Value.1", attached}})["Associations"];
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0]["State"], "associated");
  refuse("IncorrectState", "", "DeleteTransitGatewayRouteTable", {{"TransitGatewayRouteTableId", table}});

  call("EnableTransitGatewayRouteTablePropagation", pair);
  refuse("TransitGatewayRouteTablePropagation.Duplicate", "", "EnableTransitGatewayRouteTablePropagation", pair);
  EXPECT_EQ(call("GetTransitGatewayAttachmentPropagations",
                 {{"TransitGatewayAttachmentId", attached}})["TransitGatewayAttachmentPropagations"]
                .size(),
            2U);
  EXPECT_EQ(search(table, "type", "propagated")[0]["DestinationCidrBlock"], "10.0.0.0/16");
  call("DisableTransitGatewayRouteTablePropagation", pair);
  refuse("TransitGatewayRouteTablePropagation.NotFound", "", "DisableTransitGatewayRouteTablePropagation", pair);
  EXPECT_TRUE(search(table, "type", "propagated").empty());
  EXPECT_TRUE(call("GetTransitGatewayRouteTablePropagations",
                   {{"TransitGatewayRouteTableId", table}})["TransitGatewayRouteTablePropagations"]
                  .empty());
  call("DisassociateTransitGatewayRouteTable", pair);
  call("DeleteTransitGatewayRouteTable", {{"TransitGatewayRouteTableId", table}});
  for (const char* each : {"GetTransitGatewayRouteTableAssociations", "GetTransitGatewayRouteTablePropagations"}) {
    refuse("InvalidRouteTableID.NotFound", "", each, {{"TransitGatewayRouteTableId", table}});
  }
}

TEST_F(TransitGateways, StaticRoutesLeadToAttachmentsOrNowhere) {
  const auto id = create_transit_gateway();
  const auto attached = attach(id, vpc, subnet), table = default_table(id);
  const auto to = [&](const char* block, Parameters more) {
    more.emplace_back("TransitGatewayRouteTableId", table);
    more.emplace_back("DestinationCidrBlock", block);
    return more;
  };
  const Document made =
      call("CreateTransitGatewayRoute", to("10.8.0.0/16", {{"TransitGatewayAttachmentId", attached}}))["Route"];
  EXPECT_EQ(made["Type"], "static");
  EXPECT_EQ(made["State"], "active");
  EXPECT_EQ(made["TransitGatewayAttachments"][0],
            Document({{"TransitGatewayAttachmentId", attached}, {"ResourceId", vpc}, {"ResourceType", "vpc"}}));
  EXPECT_EQ(call("CreateTransitGatewayRoute", to("10.9.0.0/16", {{"Blackhole", "true"}}))["Route"]["State"],
            "blackhole");
  refuse("RouteAlreadyExists", "", "CreateTransitGatewayRoute", to("10.9.0.0/16", {{"Blackhole", "true"}}));
  refuse("MissingParameter", "", "CreateTransitGatewayRoute", to("10.10.0.0/16", {}));
  refuse("InvalidParameterCombination", "", "CreateTransitGatewayRoute",
         to("10.10.0.0/16", {{"Blackhole", "true"}, {"TransitGatewayAttachmentId", attached}}));
  refuse("InvalidParameterValue", "", "CreateTransitGatewayRoute", to("10.10.0.0", {{"Blackhole", "true"}}));
  call("ReplaceTransitGatewayRoute", to("10.9.0.0/16", {{"TransitGatewayAttachmentId", attached}}));
  EXPECT_EQ(search(table, "route-search.exact-match", "10.9.0.0/16")[0]["State"], "active");
  call("CreateTransitGatewayRoute", to("10.0.0.0/8", {{"Blackhole", "true"}}));

  const auto blocks = [&](const char* filter, const char* value) {
    std::vector<std::string> found;
    for (const auto& each : search(table, filter, value)) found.push_back(each["DestinationCidrBlock"]);
    return found;
  };
  using Blocks = std::vector<std::string>;
  EXPECT_EQ(blocks("route-search.longest-prefix-match", "10.8.1.1"), Blocks{"10.8.0.0/16"});
  EXPECT_EQ(blocks("route-search.longest-prefix-match", "10.77.1.1"), Blocks{"10.0.0.0/8"});
  EXPECT_EQ(blocks("route-search.subnet-of-match", "10.8.0.0/15"), (Blocks{"10.8.0.0/16", "10.9.0.0/16"}));
  EXPECT_EQ(blocks("route-search.supernet-of-match", "10.8.7.0/24"), (Blocks{"10.0.0.0/8", "10.8.0.0/16"}));
  EXPECT_EQ(blocks("state", "blackhole"), Blocks{"10.0.0.0/8"});
  EXPECT_EQ(blocks("attachment.resource-type", "vpc"), (Blocks{"10.0.0.0/16", "10.8.0.0/16", "10.9.0.0/16"}));
  refuse("MissingParameter", "", "SearchTransitGatewayRoutes", {{"TransitGatewayRouteTableId", table}});

  // A static route hides a propagated one; without its attachment it is a black hole.
  call("CreateTransitGatewayRoute", to("10.0.0.0/16", {{"TransitGatewayAttachmentId", attached}}));
  EXPECT_EQ(search(table, "route-search.exact-match", "10.0.0.0/16").size(), 1U);
  EXPECT_EQ(call("DeleteTransitGatewayRoute", to("10.0.0.0/16", {}))["Route"]["State"], "deleted");
  EXPECT_EQ(search(table, "route-search.exact-match", "10.0.0.0/16")[0]["Type"], "propagated");
  refuse("InvalidRoute.NotFound", "", "DeleteTransitGatewayRoute", to("10.0.0.0/16", {}));
  call("DeleteTransitGatewayVpcAttachment", {{"TransitGatewayAttachmentId", attached}});
  EXPECT_EQ(search(table, "route-search.exact-match", "10.8.0.0/16")[0]["State"], "blackhole");
  EXPECT_TRUE(search(table, "type", "propagated").empty());
}

TEST_F(TransitGateways, ATableRefersToPrefixLists) {
  const auto id = create_transit_gateway();
  const auto table = default_table(id);
  refuse("InvalidPrefixListID.NotFound", "", "CreateTransitGatewayPrefixListReference",
         {{"TransitGatewayRouteTableId", table}, {"PrefixListId", "pl-01234567"}, {"Blackhole", "true"}});
  EXPECT_TRUE(call("GetTransitGatewayPrefixListReferences",
                   {{"TransitGatewayRouteTableId", table}})["TransitGatewayPrefixListReferences"]
                  .empty());
  const auto list = text_of(call("CreateManagedPrefixList", {{"PrefixListName", "offices"},
                                                             {"MaxEntries", "3"},
                                                             {"AddressFamily", "IPv4"},
                                                             {"Entry.1.Cidr", "192.0.2.0/24"},
                                                             {"Entry.2.Cidr", "198.51.100.0/24"}})["PrefixList"],
                            "PrefixListId");
  const auto attached = attach(id, vpc, subnet);
  const Parameters reference{{"TransitGatewayRouteTableId", table}, {"PrefixListId", list}};
  const auto with = [&](const char* member, const std::string& value) {
    auto parameters = reference;
    parameters.emplace_back(member, value);
    return parameters;
  };
  const Document made =
      call("CreateTransitGatewayPrefixListReference", with("Blackhole", "true"))["TransitGatewayPrefixListReference"];
  EXPECT_EQ(made["PrefixListOwnerId"], scope.account);
  EXPECT_EQ(made["Blackhole"], true);
  refuse("PrefixListReferenceAlreadyExists", "", "CreateTransitGatewayPrefixListReference", with("Blackhole", "true"));
  EXPECT_EQ(search(table, "prefix-list-id", list).size(), 2U);
  EXPECT_EQ(search(table, "route-search.longest-prefix-match", "192.0.2.7")[0]["State"], "blackhole");
  call("ModifyTransitGatewayPrefixListReference", with("TransitGatewayAttachmentId", attached));
  EXPECT_EQ(search(table, "route-search.longest-prefix-match", "192.0.2.7")[0]["State"], "active");
  const Document found = call("GetTransitGatewayPrefixListReferences",
                              {{"TransitGatewayRouteTableId", table},
                               {"Filter.1.Name", "is-blackhole"},
                               {"Filter.1.Value.1", "false"}})["TransitGatewayPrefixListReferences"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["State"], "available");
  EXPECT_EQ(found[0]["TransitGatewayAttachment"]["ResourceId"], vpc);
  EXPECT_EQ(
      call("GetManagedPrefixListAssociations", {{"PrefixListId", list}})["PrefixListAssociations"][0]["ResourceId"],
      table);
  call("DeleteTransitGatewayPrefixListReference", reference);
  refuse("InvalidPrefixListReference.NotFound", "", "DeleteTransitGatewayPrefixListReference", reference);
  EXPECT_TRUE(search(table, "prefix-list-id", list).empty());
  call("DeleteManagedPrefixList", {{"PrefixListId", list}});
}

// ---- Peering, Connect

TEST_F(TransitGateways, GatewaysOfTwoAccountsAndRegionsArePeered) {
  const auto mine = create_transit_gateway();
  scope = {kOther, "us-west-2"};
  const auto theirs = create_transit_gateway();
  scope = {"123456789012", "us-east-1"};
  refuse("InvalidTransitGatewayID.NotFound", "", "CreateTransitGatewayPeeringAttachment",
         {{"TransitGatewayId", mine},
          {"PeerTransitGatewayId", theirs},
          {"PeerAccountId", "123456789012"},
          {"PeerRegion", "us-west-2"}});
  const auto peering = peer(mine, theirs, kOther, "us-west-2");
  EXPECT_EQ(attachment(peering)["State"], "pendingAcceptance");
  refuse("IncorrectState", "", "AcceptTransitGatewayPeeringAttachment", {{"TransitGatewayAttachmentId", peering}});

  scope = {kOther, "us-west-2"};
  const Document seen =
      call("DescribeTransitGatewayPeeringAttachments",
           {{"Filter.1.Name", "local-owner-id"}, {"Filter.1.Value.1", kOther}})["TransitGatewayPeeringAttachments"];
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0]["RequesterTgwInfo"]["TransitGatewayId"], mine);
  EXPECT_EQ(seen[0]["AccepterTgwInfo"]["Region"], "us-west-2");
  call("AcceptTransitGatewayPeeringAttachment", {{"TransitGatewayAttachmentId", peering}});
  const Document common = attachment(peering);
  EXPECT_EQ(common["State"], "available");
  EXPECT_EQ(common["TransitGatewayId"], theirs);
  EXPECT_EQ(common["ResourceId"], mine);
  EXPECT_EQ(common["Association"]["TransitGatewayRouteTableId"], default_table(theirs));
  call("CreateTransitGatewayRoute", {{"TransitGatewayRouteTableId", default_table(theirs)},
                                     {"DestinationCidrBlock", "10.0.0.0/16"},
                                     {"TransitGatewayAttachmentId", peering}});
  EXPECT_EQ(search(default_table(theirs), "attachment.resource-id", mine).size(), 1U);
  refuse("IncorrectState",
         theirs + " has non-deleted Transit Gateway Cross Region Peering Attachments: " + peering + ".",
         "DeleteTransitGateway", {{"TransitGatewayId", theirs}});

  scope = {"123456789012", "us-east-1"};
  EXPECT_EQ(attachment(peering)["ResourceId"], theirs);
  EXPECT_EQ(attachment(peering)["Association"]["TransitGatewayRouteTableId"], default_table(mine));
  refuse("Unsupported", "", "EnableTransitGatewayRouteTablePropagation",
         {{"TransitGatewayRouteTableId", default_table(mine)}, {"TransitGatewayAttachmentId", peering}});
  call("DeleteTransitGatewayPeeringAttachment", {{"TransitGatewayAttachmentId", peering}});
  EXPECT_EQ(attachment(peering)["State"], "deleted");
  call("DeleteTransitGateway", {{"TransitGatewayId", mine}});
  scope = {kOther, "us-west-2"};
  EXPECT_EQ(attachment(peering)["State"], "deleted");  // both sides see its end
  EXPECT_EQ(search(default_table(theirs), "route-search.exact-match", "10.0.0.0/16")[0]["State"], "blackhole");
}

TEST_F(TransitGateways, APeeringIsRejected) {
  const auto mine = create_transit_gateway(), other = create_transit_gateway();
  const auto peering = peer(mine, other, "123456789012", "us-east-1");
  call("RejectTransitGatewayPeeringAttachment", {{"TransitGatewayAttachmentId", peering}});
  EXPECT_EQ(attachment(peering)["State"], "rejected");
  call("DeleteTransitGateway", {{"TransitGatewayId", mine}});
}

TEST_F(TransitGateways, ConnectPeersHaveAddressesAndSessions) {
  const auto id = create_transit_gateway({{"Options.TransitGatewayCidrBlocks.1", "10.99.0.0/24"}});
  const auto transport = attach(id, vpc, subnet);
  const auto connect = text_of(
      call("CreateTransitGatewayConnect",
           {{"TransportTransitGatewayAttachmentId", transport}, {"Options.Protocol", "gre"}})["TransitGatewayConnect"],
      "TransitGatewayAttachmentId");
  EXPECT_EQ(attachment(connect)["ResourceType"], "connect");
  EXPECT_EQ(attachment(connect)["Association"]["TransitGatewayRouteTableId"], default_table(id));
  const Parameters parameters{{"TransitGatewayAttachmentId", connect},
                              {"PeerAddress", "10.0.0.9"},
                              {"InsideCidrBlocks.1", "169.254.6.0/29"},
                              {"BgpOptions.PeerAsn", "65010"}};
  const Document peer = call("CreateTransitGatewayConnectPeer", parameters)["TransitGatewayConnectPeer"];
  const Document& configuration = peer["ConnectPeerConfiguration"];
  EXPECT_EQ(configuration["TransitGatewayAddress"], "10.99.0.1");
  ASSERT_EQ(configuration["BgpConfigurations"].size(), 2U);
  EXPECT_EQ(configuration["BgpConfigurations"][1], Document({{"TransitGatewayAsn", 64512},
                                                             {"PeerAsn", 65010},
                                                             {"TransitGatewayAddress", "169.254.6.3"},
                                                             {"PeerAddress", "169.254.6.1"},
                                                             {"BgpStatus", "down"}}));
  EXPECT_EQ(call("CreateTransitGatewayConnectPeer",
                 parameters)["TransitGatewayConnectPeer"]["ConnectPeerConfiguration"]["TransitGatewayAddress"],
            "10.99.0.2");
  for (const char* block : {"169.254.0.0/29", "169.254.6.0/28", "10.0.0.0/29"}) {
    auto wrong = parameters;
    wrong[2].second = block;
    refuse("InvalidParameterValue", "", "CreateTransitGatewayConnectPeer", wrong);
  }
  refuse("IncorrectState", "", "DeleteTransitGatewayConnect", {{"TransitGatewayAttachmentId", connect}});
  refuse("IncorrectState", "", "DeleteTransitGatewayVpcAttachment", {{"TransitGatewayAttachmentId", transport}});
  const Document peers = call("DescribeTransitGatewayConnectPeers")["TransitGatewayConnectPeers"];
  for (const auto& each : peers)
    call("DeleteTransitGatewayConnectPeer", {{"TransitGatewayConnectPeerId", each["TransitGatewayConnectPeerId"]}});
  call("DeleteTransitGatewayConnect", {{"TransitGatewayAttachmentId", connect}});
  call("DeleteTransitGatewayVpcAttachment", {{"TransitGatewayAttachmentId", transport}});
  call("DeleteTransitGateway", {{"TransitGatewayId", id}});
}

// ---- Multicast, policies

TEST_F(TransitGateways, InterfacesOfAssociatedSubnetsAreInGroups) {
  refuse("InvalidParameterValue", "", "CreateTransitGatewayMulticastDomain",
         {{"TransitGatewayId", create_transit_gateway()}});
  const auto id = create_transit_gateway({{"Options.MulticastSupport", "enable"}});
  const auto attached = attach(id, vpc, subnet);
  const auto domain = text_of(
      call("CreateTransitGatewayMulticastDomain",
           {{"TransitGatewayId", id}, {"Options.StaticSourcesSupport", "enable"}})["TransitGatewayMulticastDomain"],
      "TransitGatewayMulticastDomainId");
  const auto interface = create_interface(subnet);
  const Parameters group{{"TransitGatewayMulticastDomainId", domain},
                         {"GroupIpAddress", "224.0.0.1"},
                         {"NetworkInterfaceIds.1", interface}};
  refuse("InvalidParameterValue", "", "RegisterTransitGatewayMulticastGroupMembers", group);
  const Parameters pair{
      {"TransitGatewayMulticastDomainId", domain}, {"TransitGatewayAttachmentId", attached}, {"SubnetIds.1", subnet}};
  const Document made = call("AssociateTransitGatewayMulticastDomain", pair)["Associations"];
  EXPECT_EQ(made["Subnets"][0], Document({{"SubnetId", subnet}, {"State", "associating"}}));
  refuse("Resource.AlreadyAssociated", "", "AssociateTransitGatewayMulticastDomain", pair);
  const Document listed = call("GetTransitGatewayMulticastDomainAssociations",
                               {{"TransitGatewayMulticastDomainId", domain},
                                {"Filter.1.Name", "subnet-id"},
                                {"Filter.1.Value.1", subnet}})["MulticastDomainAssociations"];
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0]["Subnet"]["State"], "associated");

  call("RegisterTransitGatewayMulticastGroupMembers", group);
  call("RegisterTransitGatewayMulticastGroupSources", group);
  const auto found = [&](const char* filter) {
    return call("SearchTransitGatewayMulticastGroups", {{"TransitGatewayMulticastDomainId", domain},
                                                        {"Filter.1.Name", filter},
                                                        {"Filter.1.Value.1", "true"}})["MulticastGroups"];
  };
  ASSERT_EQ(found("is-group-member").size(), 1U);
  EXPECT_EQ(found("is-group-member")[0]["MemberType"], "static");
  EXPECT_EQ(found("is-group-source")[0]["NetworkInterfaceId"], interface);
  call("DeregisterTransitGatewayMulticastGroupMembers", group);
  EXPECT_TRUE(found("is-group-member").empty());
  refuse("TransitGatewayMulticastGroupMember.NotFound", "", "DeregisterTransitGatewayMulticastGroupMembers", group);
  refuse("TransitGatewayMulticastGroupMember.NotFound", "", "DeregisterTransitGatewayMulticastGroupMembers",
         {{"TransitGatewayMulticastDomainId", domain}, {"GroupIpAddress", "224.0.0.1"}});
  call("DeleteNetworkInterface", {{"NetworkInterfaceId", interface}});
  EXPECT_TRUE(found("is-group-source").empty());
  refuse("IncorrectState", "", "DeleteTransitGatewayMulticastDomain", {{"TransitGatewayMulticastDomainId", domain}});
  call("DisassociateTransitGatewayMulticastDomain", pair);
  call("DeleteTransitGatewayMulticastDomain", {{"TransitGatewayMulticastDomainId", domain}});
}

TEST_F(TransitGateways, APeeringHasOnePolicyTableAndAnnouncements) {
  const auto mine = create_transit_gateway(), other = create_transit_gateway();
  const auto peering = peer(mine, other, "123456789012", "us-east-1");
  settle();
  call("AcceptTransitGatewayPeeringAttachment", {{"TransitGatewayAttachmentId", peering}});
  const auto table =
      text_of(call("CreateTransitGatewayPolicyTable", {{"TransitGatewayId", mine}})["TransitGatewayPolicyTable"],
              "TransitGatewayPolicyTableId");
  const Parameters pair{{"TransitGatewayPolicyTableId", table}, {"TransitGatewayAttachmentId", peering}};
  refuse("Unsupported", "", "AssociateTransitGatewayPolicyTable",
         {{"TransitGatewayPolicyTableId", table}, {"TransitGatewayAttachmentId", attach(mine, vpc, subnet)}});
  call("AssociateTransitGatewayPolicyTable", pair);
  refuse("Resource.AlreadyAssociated", "", "AssociateTransitGatewayPolicyTable", pair);
  EXPECT_EQ(call("GetTransitGatewayPolicyTableAssociations",
                 {{"TransitGatewayPolicyTableId", table}})["Associations"][0]["State"],
            "associated");
  EXPECT_TRUE(call("GetTransitGatewayPolicyTableEntries",
                   {{"TransitGatewayPolicyTableId", table}})["TransitGatewayPolicyTableEntries"]
                  .empty());
  refuse("IncorrectState", "", "DeleteTransitGatewayPolicyTable", {{"TransitGatewayPolicyTableId", table}});
  call("DisassociateTransitGatewayPolicyTable", pair);
  refuse("InvalidTransitGatewayPolicyTableAssociation.NotFound", "", "DisassociateTransitGatewayPolicyTable", pair);
  call("DeleteTransitGatewayPolicyTable", {{"TransitGatewayPolicyTableId", table}});
  // What clients wait for: it is not shown after its end.
  refuse("InvalidTransitGatewayPolicyTableId.NotFound", "", "DescribeTransitGatewayPolicyTables",
         {{"TransitGatewayPolicyTableIds.1", table}});

  const Document announced = call("CreateTransitGatewayRouteTableAnnouncement",
                                  {{"TransitGatewayRouteTableId", default_table(mine)},
                                   {"PeeringAttachmentId", peering}})["TransitGatewayRouteTableAnnouncement"];
  EXPECT_EQ(announced["PeerTransitGatewayId"], other);
  EXPECT_EQ(announced["AnnouncementDirection"], "outgoing");
  refuse("IncorrectState", "", "DeleteTransitGatewayPeeringAttachment", {{"TransitGatewayAttachmentId", peering}});
  call("DeleteTransitGatewayRouteTableAnnouncement",
       {{"TransitGatewayRouteTableAnnouncementId", announced["TransitGatewayRouteTableAnnouncementId"]}});
  call("DeleteTransitGatewayPeeringAttachment", {{"TransitGatewayAttachmentId", peering}});
}

TEST_F(TransitGateways, AMeteringPolicyHasNumberedEntries) {
  const auto id = create_transit_gateway();
  const auto policy =
      text_of(call("CreateTransitGatewayMeteringPolicy", {{"TransitGatewayId", id}})["TransitGatewayMeteringPolicy"],
              "TransitGatewayMeteringPolicyId");
  const auto entry = [&](const char* number) -> Parameters {
    return {{"TransitGatewayMeteringPolicyId", policy},
            {"PolicyRuleNumber", number},
            {"SourceCidrBlock", "10.0.0.0/16"},
            {"MeteredAccount", "source-attachment-owner"}};
  };
  call("CreateTransitGatewayMeteringPolicyEntry", entry("20"));
  call("CreateTransitGatewayMeteringPolicyEntry", entry("3"));
  refuse("TransitGatewayMeteringPolicyEntryAlreadyExists", "", "CreateTransitGatewayMeteringPolicyEntry", entry("3"));
  const Document listed = call("GetTransitGatewayMeteringPolicyEntries",
                               {{"TransitGatewayMeteringPolicyId", policy}})["TransitGatewayMeteringPolicyEntries"];
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0]["PolicyRuleNumber"], "3");
  EXPECT_EQ(listed[0]["MeteringPolicyRule"], Document({{"SourceCidrBlock", "10.0.0.0/16"}}));
  EXPECT_EQ(call("DeleteTransitGatewayMeteringPolicyEntry",
                 {{"TransitGatewayMeteringPolicyId", policy},
                  {"PolicyRuleNumber", "3"}})["TransitGatewayMeteringPolicyEntry"]["State"],
            "deleted");
  call("DeleteTransitGatewayMeteringPolicy", {{"TransitGatewayMeteringPolicyId", policy}});
}

}  // namespace
}  // namespace fogling::test
