/// Route tables: their routes and where they lead, who uses them, and what keeps them.

#include "tests/support/vpc.hpp"

namespace fogling::test {
namespace {

class RouteTables : public VpcTest<SettledTest> {
 protected:
  std::string associate(const std::string& table_id, const char* member, const std::string& id) {
    return text_of(call("AssociateRouteTable", {{"RouteTableId", table_id}, {member, id}}), "AssociationId");
  }
  std::string attached_interface(const std::string& subnet_id, std::string* instance_id = nullptr) {
    const auto instance = launch_running({{"SubnetId", subnet_id}});
    if (instance_id != nullptr) *instance_id = instance;
    return primary_of(instance);
  }

  const std::string vpc = create_vpc();
};

TEST_F(RouteTables, ANewOneHasTheRouteToItsVpcAndNoAssociation) {
  const Document made = call("CreateRouteTable", {{"VpcId", vpc},
                                                  {"TagSpecification.1.ResourceType", "route-table"},
                                                  {"TagSpecification.1.Tag.1.Key", "Name"},
                                                  {"TagSpecification.1.Tag.1.Value", "private"}})["RouteTable"];
  EXPECT_EQ(made["VpcId"], vpc);
  EXPECT_EQ(made["OwnerId"], scope.account);
  EXPECT_EQ(made["Tags"][0]["Value"], "private");
  ASSERT_EQ(made["Routes"].size(), 1U);
  EXPECT_EQ(made["Routes"][0], Document({{"DestinationCidrBlock", "10.0.0.0/16"},
                                         {"GatewayId", "local"},
                                         {"State", "active"},
                                         {"Origin", "CreateRouteTable"}}));
  EXPECT_TRUE(made["Associations"].empty());
  EXPECT_TRUE(made["PropagatingVgws"].empty());
  refuse("InvalidVpcID.NotFound", "The vpc ID 'vpc-01234567' does not exist", "CreateRouteTable",
         {{"VpcId", "vpc-01234567"}});
}

TEST_F(RouteTables, ARouteToAGatewayNeedsItAttachedToTheSameVpc) {
  const auto table = create_table(vpc);
  const auto gateway = create_gateway();
  const Parameters parameters{{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"GatewayId", gateway}};
  const std::string refusal =
      "route table " + table + " and network gateway " + gateway + " belong to different networks";
  refuse("InvalidParameterValue", refusal, "CreateRoute", parameters);
  call("AttachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", create_vpc("10.1.0.0/16")}});
  refuse("InvalidParameterValue", refusal, "CreateRoute", parameters);
  refuse("InvalidGatewayID.NotFound", "The gateway ID 'igw-01234567' does not exist", "CreateRoute",
         {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"GatewayId", "igw-01234567"}});
  const auto own = create_gateway(vpc);
  create_route(table, "0.0.0.0/0", "GatewayId", own);
  EXPECT_EQ(
      route(table, "0.0.0.0/0"),
      Document(
          {{"DestinationCidrBlock", "0.0.0.0/0"}, {"GatewayId", own}, {"State", "active"}, {"Origin", "CreateRoute"}}));
}

TEST_F(RouteTables, ARouteToADetachedGatewayIsABlackHoleUntilItIsBack) {
  const auto table = create_table(vpc);
  const auto gateway = create_gateway(vpc);
  create_route(table, "0.0.0.0/0", "GatewayId", gateway);
  call("DetachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}});
  EXPECT_EQ(state_of_route(table, "0.0.0.0/0"), "blackhole");
  call("AttachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}});
  EXPECT_EQ(state_of_route(table, "0.0.0.0/0"), "active");
  call("DetachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}});
  call("DeleteInternetGateway", {{"InternetGatewayId", gateway}});
  EXPECT_EQ(state_of_route(table, "0.0.0.0/0"), "blackhole");
}

TEST_F(RouteTables, DestinationsAreCanonicalAndThereIsOneRouteForEach) {
  const auto table = create_table(vpc);
  const auto gateway = create_gateway(vpc), other = create_gateway();
  create_route(table, "100.68.0.18/18", "GatewayId", gateway);
  EXPECT_EQ(state_of_route(table, "100.68.0.0/18"), "active");
  const auto subnet = create_subnet(vpc);
  refuse("RouteAlreadyExists", "The route identified by 100.68.0.0/18 already exists.", "CreateRoute",
         {{"RouteTableId", table},
          {"DestinationCidrBlock", "100.68.0.0/18"},
          {"NetworkInterfaceId", create_interface(subnet)}});
  const auto with = [&](const char* member, const char* value) -> Parameters {
    return {{"RouteTableId", table}, {member, value}, {"GatewayId", gateway}};
  };
  refuse("InvalidParameterValue",
         "Value (::/0) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.", "CreateRoute",
         with("DestinationCidrBlock", "::/0"));
  refuse("InvalidParameterValue",
         "Value (0.0.0.0/0) for parameter destinationIpv6CidrBlock is invalid. This is not a valid CIDR block.",
         "CreateRoute", with("DestinationIpv6CidrBlock", "0.0.0.0/0"));
  const std::string one_of =
      "The request must contain exactly one of: destinationCidrBlock, destinationIpv6CidrBlock, "
      "destinationPrefixListId";
  refuse("MissingParameter", one_of, "CreateRoute", {{"RouteTableId", table}, {"GatewayId", gateway}});
  refuse("InvalidParameterCombination", one_of, "CreateRoute",
         {{"RouteTableId", table},
          {"DestinationCidrBlock", "0.0.0.0/0"},
          {"DestinationIpv6CidrBlock", "::/0"},
          {"GatewayId", gateway}});
  call("CreateRoute", with("DestinationIpv6CidrBlock", "::/0"));
  EXPECT_EQ(route(table, "::/0")["GatewayId"], gateway);
  refuse("InvalidParameterCombination", "", "CreateRoute",
         {{"RouteTableId", table},
          {"DestinationCidrBlock", "1.0.0.0/8"},
          {"GatewayId", gateway},
          {"NatGatewayId", "nat-1"}});
  refuse("MissingParameter", "", "CreateRoute", {{"RouteTableId", table}, {"DestinationCidrBlock", "1.0.0.0/8"}});
  refuse("InvalidRouteTableID.NotFound", "The routeTable ID 'rtb-01234567' does not exist", "CreateRoute",
         {{"RouteTableId", "rtb-01234567"}, {"DestinationCidrBlock", "1.0.0.0/8"}, {"GatewayId", other}});
}

TEST_F(RouteTables, InsideTheVpcOnlyInterfacesAndMiddleboxesAreTargets) {
  const auto table = create_table(vpc);
  const auto gateway = create_gateway(vpc);
  for (const char* inside : {"10.0.0.0/24", "10.0.0.0/16"}) {
    refuse("InvalidParameterValue",
           std::string("The destination CIDR block ") + inside +
               " is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an "
               "interface or an instance.",
           "CreateRoute", {{"RouteTableId", table}, {"DestinationCidrBlock", inside}, {"GatewayId", gateway}});
  }
  const auto subnet = create_subnet(vpc);
  const auto interface = create_interface(subnet);
  // More specific than the local route: it must be what a subnet has.
  refuse("InvalidParameterValue", "", "CreateRoute",
         {{"RouteTableId", table}, {"DestinationCidrBlock", "10.0.0.0/25"}, {"NetworkInterfaceId", interface}});
  create_route(table, "10.0.0.0/24", "NetworkInterfaceId", interface);
  refuse("RouteAlreadyExists", "The route identified by 10.0.0.0/16 already exists.", "CreateRoute",
         {{"RouteTableId", table}, {"DestinationCidrBlock", "10.0.0.0/16"}, {"NetworkInterfaceId", interface}});
  // Less specific is like anywhere else.
  create_route(table, "10.0.0.0/8", "GatewayId", gateway);
  refuse("InvalidParameterValue", "", "CreateRoute",
         {{"RouteTableId", table}, {"DestinationCidrBlock", "169.254.168.0/24"}, {"GatewayId", gateway}});
}

TEST_F(RouteTables, AnInstanceStandsForItsOnlyInterface) {
  const auto table = create_table(vpc);
  const auto subnet = create_subnet(vpc);
  std::string instance;
  const auto interface = attached_interface(subnet, &instance);
  create_route(table, "0.0.0.0/0", "InstanceId", instance);
  EXPECT_EQ(route(table, "0.0.0.0/0"), Document({{"DestinationCidrBlock", "0.0.0.0/0"},
                                                 {"NetworkInterfaceId", interface},
                                                 {"InstanceId", instance},
                                                 {"InstanceOwnerId", scope.account},
                                                 {"State", "active"},
                                                 {"Origin", "CreateRoute"}}));
  call("AttachNetworkInterface",
       {{"InstanceId", instance}, {"NetworkInterfaceId", create_interface(subnet)}, {"DeviceIndex", "1"}});
  refuse("InvalidInstanceID",
         "There are multiple interfaces attached to instance '" + instance +
             "'. Please specify an interface ID for the operation instead.",
         "CreateRoute", {{"RouteTableId", table}, {"DestinationCidrBlock", "1.0.0.0/8"}, {"InstanceId", instance}});
  call("TerminateInstances", {{"InstanceId.1", instance}});
  EXPECT_EQ(state_of_route(table, "0.0.0.0/0"), "blackhole");
  EXPECT_FALSE(route(table, "0.0.0.0/0").contains("InstanceId"));
}

TEST_F(RouteTables, ARouteToAnInterfaceFollowsItsAttachment) {
  const auto table = create_table(vpc);
  const auto subnet = create_subnet(vpc);
  const auto instance = launch_running({{"SubnetId", subnet}});
  const auto interface = create_interface(subnet);
  create_route(table, "0.0.0.0/0", "NetworkInterfaceId", interface);
  EXPECT_EQ(state_of_route(table, "0.0.0.0/0"), "blackhole");
  const Document attached = call("AttachNetworkInterface",
                                 {{"InstanceId", instance}, {"NetworkInterfaceId", interface}, {"DeviceIndex", "1"}});
  EXPECT_EQ(route(table, "0.0.0.0/0")["InstanceId"], instance);
  EXPECT_EQ(state_of_route(table, "0.0.0.0/0"), "active");
  call("DetachNetworkInterface", {{"AttachmentId", attached["AttachmentId"]}});
  EXPECT_EQ(state_of_route(table, "0.0.0.0/0"), "blackhole");
  refuse("InvalidParameterValue", "", "CreateRoute",
         {{"RouteTableId", create_table(create_vpc("10.9.0.0/16"))},
          {"DestinationCidrBlock", "0.0.0.0/0"},
          {"NetworkInterfaceId", interface}});
}

TEST_F(RouteTables, AnEgressOnlyGatewayTakesIpv6Only) {
  const auto table = create_table(vpc);
  const auto gateway = text_of(call("CreateEgressOnlyInternetGateway", {{"VpcId", vpc}})["EgressOnlyInternetGateway"],
                               "EgressOnlyInternetGatewayId");
  const auto with = [&](const char* member, const char* destination, const std::string& target) -> Parameters {
    return {{"RouteTableId", table}, {member, destination}, {"EgressOnlyInternetGatewayId", target}};
  };
  refuse("InvalidParameterValue", "", "CreateRoute", with("DestinationCidrBlock", "0.0.0.0/0", gateway));
  refuse("InvalidGatewayID.NotFound", "The eigw ID 'eigw-01234567' does not exist", "CreateRoute",
         with("DestinationIpv6CidrBlock", "::/0", "eigw-01234567"));
  call("CreateRoute", with("DestinationIpv6CidrBlock", "::/0", gateway));
  EXPECT_EQ(route(table, "::/0")["EgressOnlyInternetGatewayId"], gateway);
  EXPECT_EQ(state_of_route(table, "::/0"), "active");
  call("DeleteEgressOnlyInternetGateway", {{"EgressOnlyInternetGatewayId", gateway}});
  EXPECT_EQ(state_of_route(table, "::/0"), "blackhole");
}

TEST_F(RouteTables, TargetsThatAreNotThereAreRefusedInTheirWords) {
  const auto table = create_table(vpc);
  const std::tuple<const char*, const char*, const char*, const char*> kUnknown[] = {
      {"NatGatewayId", "nat-01234567", "InvalidNatGatewayID.NotFound",
       "The natGateway ID 'nat-01234567' does not exist"},
      {"VpcPeeringConnectionId", "pcx-01234567", "InvalidVpcPeeringConnectionID.NotFound",
       "The vpcPeeringConnection ID 'pcx-01234567' does not exist"},
      {"TransitGatewayId", "tgw-01234567", "InvalidTransitGatewayID.NotFound",
       "The transitGateway ID 'tgw-01234567' does not exist"},
      {"NetworkInterfaceId", "eni-01234567", "InvalidNetworkInterfaceID.NotFound",
       "The networkInterface ID 'eni-01234567' does not exist"},
      {"InstanceId", "i-01234567", "InvalidInstanceID.NotFound", "The instance ID 'i-01234567' does not exist"},
      {"GatewayId", "nat-01234567", "InvalidGatewayID.NotFound", "The gateway ID 'nat-01234567' does not exist"},
      {"LocalGatewayId", "lgw-01234567", "InvalidLocalGatewayID.NotFound", ""},
      {"CarrierGatewayId", "cagw-01234567", "InvalidCarrierGatewayID.NotFound", ""},
      {"VpcEndpointId", "vpce-01234567", "InvalidVpcEndpointId.NotFound", ""},
      {"DestinationPrefixListId", "pl-01234567", "InvalidPrefixListID.NotFound", ""},
  };
  for (const auto& [member, id, code, words] : kUnknown) {
    Parameters parameters{{"RouteTableId", table}, {member, id}};
    if (member == std::string_view("DestinationPrefixListId")) {
      parameters.emplace_back("GatewayId", create_gateway(vpc));
    } else {
      parameters.emplace_back("DestinationCidrBlock", "1.0.0.0/8");
    }
    refuse(code, words, "CreateRoute", parameters);
  }
}

TEST_F(RouteTables, ReplacingLeadsARouteElsewhere) {
  const auto table = create_table(vpc);
  const auto gateway = create_gateway(vpc);
  refuse("InvalidParameterValue",
         "There is no route defined for '0.0.0.0/0' in the route table. Use CreateRoute instead.", "ReplaceRoute",
         {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"GatewayId", gateway}});
  create_route(table, "0.0.0.0/0", "GatewayId", gateway);
  const auto interface = attached_interface(create_subnet(vpc));
  call("ReplaceRoute",
       {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"NetworkInterfaceId", interface}});
  EXPECT_EQ(route(table, "0.0.0.0/0")["NetworkInterfaceId"], interface);
  EXPECT_FALSE(route(table, "0.0.0.0/0").contains("GatewayId"));

  // The local route can lead to a middlebox, and back.
  const Parameters local{{"RouteTableId", table}, {"DestinationCidrBlock", "10.0.0.0/16"}};
  const auto with = [&](const char* member, const std::string& value) {
    Parameters parameters = local;
    parameters.emplace_back(member, value);
    return parameters;
  };
  refuse("InvalidParameterValue", "", "ReplaceRoute", with("GatewayId", gateway));
  call("ReplaceRoute", with("NetworkInterfaceId", interface));
  EXPECT_EQ(route(table, "10.0.0.0/16")["NetworkInterfaceId"], interface);
  EXPECT_EQ(route(table, "10.0.0.0/16")["Origin"], "CreateRouteTable");
  call("ReplaceRoute", with("LocalTarget", "true"));
  EXPECT_EQ(route(table, "10.0.0.0/16")["GatewayId"], "local");
  EXPECT_FALSE(route(table, "10.0.0.0/16").contains("NetworkInterfaceId"));
}

TEST_F(RouteTables, TheLocalRouteStays) {
  const auto table = create_table(vpc);
  refuse("InvalidParameterValue", "cannot remove local route 10.0.0.0/16 in route table " + table, "DeleteRoute",
         {{"RouteTableId", table}, {"DestinationCidrBlock", "10.0.0.0/16"}});
  refuse("InvalidRoute.NotFound", "no route with destination-cidr-block 10.9.0.0/16 in route table " + table,
         "DeleteRoute", {{"RouteTableId", table}, {"DestinationCidrBlock", "10.9.0.0/16"}});
  create_route(table, "0.0.0.0/0", "GatewayId", create_gateway(vpc));
  call("DeleteRoute", {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}});
  EXPECT_EQ(route_table(table)["Routes"].size(), 1U);
}

TEST_F(RouteTables, ASubnetUsesOneTable) {
  const auto table = create_table(vpc), other = create_table(vpc);
  const auto subnet = create_subnet(vpc);
  const Document made = call("AssociateRouteTable", {{"RouteTableId", table}, {"SubnetId", subnet}});
  EXPECT_EQ(made["AssociationState"]["State"], "associated");
  EXPECT_EQ(route_table(table)["Associations"][0], Document({{"Main", false},
                                                             {"RouteTableAssociationId", made["AssociationId"]},
                                                             {"RouteTableId", table},
                                                             {"SubnetId", subnet},
                                                             {"AssociationState", {{"State", "associated"}}}}));
  refuse("Resource.AlreadyAssociated",
         "the specified association for route table " + other + " conflicts with an existing association",
         "AssociateRouteTable", {{"RouteTableId", other}, {"SubnetId", subnet}});
  refuse("DependencyViolation", "The routeTable '" + table + "' has dependencies and cannot be deleted.",
         "DeleteRouteTable", {{"RouteTableId", table}});

  const Document replaced =
      call("ReplaceRouteTableAssociation", {{"AssociationId", made["AssociationId"]}, {"RouteTableId", other}});
  EXPECT_NE(replaced["NewAssociationId"], made["AssociationId"]);
  EXPECT_EQ(replaced["AssociationState"]["State"], "associated");
  EXPECT_TRUE(route_table(table)["Associations"].empty());
  EXPECT_EQ(route_table(other)["Associations"][0]["SubnetId"], subnet);
  refuse("InvalidAssociationID.NotFound", "The association ID '" + text_of(made, "AssociationId") + "' does not exist",
         "DisassociateRouteTable", {{"AssociationId", made["AssociationId"]}});
  call("DisassociateRouteTable", {{"AssociationId", replaced["NewAssociationId"]}});
  call("DeleteRouteTable", {{"RouteTableId", other}});
  call("DeleteRouteTable", {{"RouteTableId", table}});
}

TEST_F(RouteTables, ADeletedSubnetLeavesItsTable) {
  const auto table = create_table(vpc);
  const auto subnet = create_subnet(vpc);
  associate(table, "SubnetId", subnet);
  call("DeleteSubnet", {{"SubnetId", subnet}});
  EXPECT_TRUE(route_table(table)["Associations"].empty());
  call("DeleteRouteTable", {{"RouteTableId", table}});
}

TEST_F(RouteTables, OfAnotherVpcTheyCannotBeUsed) {
  const auto subnet = create_subnet(create_vpc("10.1.0.0/16"), "10.1.0.0/24");
  const auto table = create_table(vpc);
  refuse("InvalidParameterValue", "route table " + table + " and subnet " + subnet + " belong to different networks",
         "AssociateRouteTable", {{"RouteTableId", table}, {"SubnetId", subnet}});
}

TEST_F(RouteTables, TheMainTableIsReplacedAndNeverRemoved) {
  const Document main = main_table(vpc);
  const auto main_id = text_of(main, "RouteTableId");
  const auto association = text_of(main["Associations"][0], "RouteTableAssociationId");
  EXPECT_FALSE(main["Associations"][0].contains("SubnetId"));
  refuse("InvalidParameterValue", "cannot disassociate the main route table association " + association,
         "DisassociateRouteTable", {{"AssociationId", association}});
  refuse("DependencyViolation", "The routeTable '" + main_id + "' has dependencies and cannot be deleted.",
         "DeleteRouteTable", {{"RouteTableId", main_id}});
  const auto table = create_table(vpc);
  call("ReplaceRouteTableAssociation", {{"AssociationId", association}, {"RouteTableId", table}});
  EXPECT_EQ(main_table(vpc)["RouteTableId"], table);
  call("DeleteRouteTable", {{"RouteTableId", main_id}});
  call("DeleteVpc", {{"VpcId", vpc}});
  refuse("InvalidRouteTableID.NotFound", "", "DescribeRouteTables", {{"RouteTableId.1", table}});
}

TEST_F(RouteTables, AVpcWithATableOfItsOwnStays) {
  const auto table = create_table(vpc);
  refuse("DependencyViolation", "The vpc '" + vpc + "' has dependencies and cannot be deleted.", "DeleteVpc",
         {{"VpcId", vpc}});
  call("DeleteRouteTable", {{"RouteTableId", table}});
  call("DeleteVpc", {{"VpcId", vpc}});
}

TEST_F(RouteTables, AGatewayCanUseOneWithRoutesInsideTheVpc) {
  const auto gateway = create_gateway(vpc);
  const auto public_table = create_table(vpc), edge = create_table(vpc);
  create_route(public_table, "0.0.0.0/0", "GatewayId", gateway);
  refuse("InvalidParameterValue", "", "AssociateRouteTable", {{"RouteTableId", public_table}, {"GatewayId", gateway}});
  const auto association = associate(edge, "GatewayId", gateway);
  EXPECT_EQ(route_table(edge)["Associations"][0]["GatewayId"], gateway);
  const Document found = call("DescribeRouteTables", {{"Filter.1.Name", "association.gateway-id"},
                                                      {"Filter.1.Value.1", gateway}})["RouteTables"];
  ASSERT_EQ(found.size(), 1U);
  const auto interface = attached_interface(create_subnet(vpc));
  create_route(edge, "10.0.0.0/24", "NetworkInterfaceId", interface);
  refuse("InvalidParameterValue", "", "CreateRoute",
         {{"RouteTableId", edge}, {"DestinationCidrBlock", "1.0.0.0/8"}, {"NetworkInterfaceId", interface}});
  call("DisassociateRouteTable", {{"AssociationId", association}});
  EXPECT_TRUE(route_table(edge)["Associations"].empty());
}

TEST_F(RouteTables, ADetachedGatewayLeavesItsTable) {
  const auto gateway = create_gateway(vpc);
  const auto edge = create_table(vpc);
  associate(edge, "GatewayId", gateway);
  call("DetachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}});
  EXPECT_TRUE(route_table(edge)["Associations"].empty());
}

TEST_F(RouteTables, EveryFilterIsAnswered) { expect_filters("DescribeRouteTables"); }

}  // namespace
}  // namespace fogling::test
