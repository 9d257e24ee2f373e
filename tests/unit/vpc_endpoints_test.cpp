/// VPC endpoints: to AWS' services by routes and by interfaces, and to what another account offers.

#include "tests/support/vpc.hpp"

namespace fogling::test {
namespace {

class VpcEndpoints : public VpcTest<HouseTest> {
 protected:
  VpcEndpoints() { settle(); }

  Document create(Parameters parameters) {
    parameters.emplace_back("VpcId", vpc);
    return call("CreateVpcEndpoint", parameters)["VpcEndpoint"];
  }
  std::string id_of(const Document& made) { return text_of(made, "VpcEndpointId"); }
  Document endpoint(const std::string& id) {
    return call("DescribeVpcEndpoints", {{"VpcEndpointId.1", id}})["VpcEndpoints"][0];
  }
  Parameters to_ec2(Parameters more = {}) {
    more.insert(more.end(), {{"VpcEndpointType", "Interface"},
                             {"ServiceName", "com.amazonaws.us-east-1.ec2"},
                             {"PrivateDnsEnabled", "false"}});
    return more;
  }
  std::string create_service(Parameters more = {}) {
    more.emplace_back("NetworkLoadBalancerArn.1",
                      "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/inner/0123456789abcdef");
    return text_of(call("CreateVpcEndpointServiceConfiguration", more)["ServiceConfiguration"], "ServiceId");
  }

  const std::string vpc = create_vpc();
};

TEST_F(VpcEndpoints, AGatewayIsARouteInEachTable) {
  const auto table = create_table(vpc);
  const Document made = create({{"ServiceName", "com.amazonaws.us-east-1.s3"}, {"RouteTableId.1", table}});
  const auto id = id_of(made);
  EXPECT_EQ(made["State"], "available");
  EXPECT_EQ(made["VpcEndpointType"], "Gateway");
  EXPECT_EQ(made["OwnerId"], scope.account);
  EXPECT_EQ(made["RouteTableIds"], Document::array({table}));
  EXPECT_TRUE(Document::parse(text_of(made, "PolicyDocument"))["Statement"].is_array());
  EXPECT_EQ(route(table, "pl-63a5400a"), Document({{"DestinationPrefixListId", "pl-63a5400a"},
                                                   {"GatewayId", id},
                                                   {"State", "active"},
                                                   {"Origin", "CreateRoute"}}));
  refuse("InvalidParameterValue", "", "DeleteRoute",
         {{"RouteTableId", table}, {"DestinationPrefixListId", "pl-63a5400a"}});
  refuse(
      "RouteAlreadyExists", "route table " + table + " already has a route with destination-prefix-list-id pl-63a5400a",
      "CreateVpcEndpoint", {{"VpcId", vpc}, {"ServiceName", "com.amazonaws.us-east-1.s3"}, {"RouteTableId.1", table}});
  const auto other = create_table(vpc);
  EXPECT_EQ(call("ModifyVpcEndpoint",
                 {{"VpcEndpointId", id}, {"AddRouteTableId.1", other}, {"RemoveRouteTableId.1", table}})["Return"],
            true);
  EXPECT_EQ(endpoint(id)["RouteTableIds"], Document::array({other}));
  EXPECT_TRUE(route(table, "pl-63a5400a").is_null());
  refuse("DependencyViolation", "", "DeleteVpc", {{"VpcId", vpc}});
  EXPECT_EQ(call("DeleteVpcEndpoints", {{"VpcEndpointId.1", id}})["Unsuccessful"], Document::array());
  EXPECT_TRUE(route(other, "pl-63a5400a").is_null());
  EXPECT_EQ(endpoint(id)["State"], "deleting");
  settle();
  EXPECT_EQ(endpoint(id)["State"], "deleted");
  advance_s(300);
  refuse("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '" + id + "' does not exist", "DescribeVpcEndpoints",
         {{"VpcEndpointId.1", id}});
}

TEST_F(VpcEndpoints, AnInterfaceEndpointHasOneInEachSubnet) {
  const auto subnet = create_subnet(vpc);
  const Document made = create(to_ec2({{"SubnetId.1", subnet}}));
  EXPECT_EQ(made["State"], "pending");
  EXPECT_EQ(made["Groups"][0]["GroupName"], "default");
  settle();
  const auto id = id_of(made);
  const Document shown = endpoint(id);
  EXPECT_EQ(shown["State"], "available");
  EXPECT_EQ(shown["IpAddressType"], "ipv4");
  EXPECT_EQ(shown["DnsOptions"]["DnsRecordIpType"], "ipv4");
  EXPECT_EQ(shown["DnsEntries"].size(), 2U);
  EXPECT_TRUE(text_of(shown["DnsEntries"][0], "DnsName").starts_with(id + "-"));
  EXPECT_TRUE(text_of(shown["DnsEntries"][0], "DnsName").ends_with(".ec2.us-east-1.vpce.amazonaws.com"));
  const auto interface_id = shown["NetworkInterfaceIds"][0].get<std::string>();
  const Document interface = this->interface(interface_id);
  EXPECT_EQ(interface["InterfaceType"], "vpc_endpoint");
  EXPECT_EQ(interface["Description"], "VPC Endpoint Interface " + id);
  EXPECT_EQ(interface["RequesterManaged"], true);
  refuse("DependencyViolation", "", "DeleteSubnet", {{"SubnetId", subnet}});
  const auto same_zone = create_subnet(vpc, "10.0.1.0/24");
  refuse("DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone of " + subnet,
         "ModifyVpcEndpoint", {{"VpcEndpointId", id}, {"AddSubnetId.1", same_zone}});
  call("DeleteVpcEndpoints", {{"VpcEndpointId.1", id}});
  settle();
  refuse("InvalidNetworkInterfaceID.NotFound", "", "DescribeNetworkInterfaces",
         {{"NetworkInterfaceId.1", interface_id}});
  call("DeleteSubnet", {{"SubnetId", subnet}});
}

TEST_F(VpcEndpoints, ItsGroupsAndSubnetsChange) {
  const auto subnet = create_subnet(vpc);
  const auto elsewhere =
      text_of(call("CreateSubnet",
                   {{"VpcId", vpc}, {"CidrBlock", "10.0.1.0/24"}, {"AvailabilityZone", "us-east-1b"}})["Subnet"],
              "SubnetId");
  const auto group = text_of(
      call("CreateSecurityGroup", {{"GroupName", "web"}, {"GroupDescription", "web"}, {"VpcId", vpc}}), "GroupId");
  const auto id = id_of(create(to_ec2({{"SubnetId.1", subnet}})));
  settle();
  const auto usual = text_of(endpoint(id)["Groups"][0], "GroupId");
  call("ModifyVpcEndpoint", {{"VpcEndpointId", id},
                             {"AddSubnetId.1", elsewhere},
                             {"RemoveSubnetId.1", subnet},
                             {"AddSecurityGroupId.1", group},
                             {"RemoveSecurityGroupId.1", usual},
                             {"PolicyDocument", R"({"Statement":[]})"}});
  const Document shown = endpoint(id);
  EXPECT_EQ(shown["SubnetIds"], Document::array({elsewhere}));
  ASSERT_EQ(shown["NetworkInterfaceIds"].size(), 1U);
  EXPECT_EQ(shown["Groups"], Document::array({{{"GroupId", group}, {"GroupName", "web"}}}));
  EXPECT_EQ(interface(shown["NetworkInterfaceIds"][0])["Groups"][0]["GroupId"], group);
  EXPECT_EQ(shown["PolicyDocument"], R"({"Statement":[]})");
  refuse("InvalidPolicyDocument", "", "ModifyVpcEndpoint", {{"VpcEndpointId", id}, {"PolicyDocument", "{"}});
  call("ModifyVpcEndpoint", {{"VpcEndpointId", id}, {"ResetPolicy", "true"}});
  EXPECT_NE(endpoint(id)["PolicyDocument"], R"({"Statement":[]})");
}

TEST_F(VpcEndpoints, PrivateNamesNeedTheNamesOfTheVpc) {
  const Parameters parameters{
      {"VpcId", vpc}, {"VpcEndpointType", "Interface"}, {"ServiceName", "com.amazonaws.us-east-1.ec2"}};
  refuse("InvalidParameter",
         "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for " +
             vpc,
         "CreateVpcEndpoint", parameters);
  call("ModifyVpcAttribute", {{"VpcId", vpc}, {"EnableDnsHostnames.Value", "true"}});
  const Document made = call("CreateVpcEndpoint", parameters)["VpcEndpoint"];
  EXPECT_EQ(made["PrivateDnsEnabled"], true);
  EXPECT_EQ(made["DnsEntries"].back()["DnsName"], "ec2.us-east-1.amazonaws.com");
  refuse("InvalidParameter",
         "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
         "ec2.us-east-1.amazonaws.com in the VPC " +
             vpc,
         "CreateVpcEndpoint", parameters);
}

TEST_F(VpcEndpoints, WhatIsNoServiceIsRefused) {
  refuse("InvalidServiceName", "The Vpc Endpoint Service 'com.amazonaws.us-east-1.tea' does not exist",
         "CreateVpcEndpoint", {{"VpcId", vpc}, {"ServiceName", "com.amazonaws.us-east-1.tea"}});
  refuse("InvalidServiceName", "", "CreateVpcEndpoint",
         {{"VpcId", vpc}, {"ServiceName", "com.amazonaws.us-east-1.ec2"}});
  refuse("InvalidServiceName", "The Vpc Endpoint Service 'x' does not exist", "DescribeVpcEndpointServices",
         {{"ServiceName.1", "x"}});
  const Document found = call("DescribeVpcEndpointServices", {{"ServiceName.1", "com.amazonaws.us-east-1.s3"},
                                                              {"Filter.1.Name", "service-type"},
                                                              {"Filter.1.Value.1", "Gateway"}});
  ASSERT_EQ(found["ServiceDetails"].size(), 1U);
  EXPECT_EQ(found["ServiceNames"], Document::array({"com.amazonaws.us-east-1.s3"}));
  EXPECT_EQ(found["ServiceDetails"][0]["Owner"], "amazon");
  for (const char* operation :
       {"DescribeVpcEndpointServices", "DescribeVpcEndpoints", "DescribeVpcEndpointConnections",
        "DescribeVpcEndpointServiceConfigurations", "DescribeVpcEndpointConnectionNotifications"}) {
    expect_filters(operation);
  }
}

TEST_F(VpcEndpoints, AServiceOfAnotherAccountNeedsLeaveAndAcceptance) {
  const auto service = create_service();
  const auto name = "com.amazonaws.vpce.us-east-1." + service;
  const auto consume = [&]() -> Parameters {
    return {{"VpcId", create_vpc("10.7.0.0/16")}, {"VpcEndpointType", "Interface"}, {"ServiceName", name}};
  };
  scope.account = "210987654321";
  refuse("InvalidServiceName", "", "CreateVpcEndpoint", consume());
  scope.account = "123456789012";
  const Document added = call("ModifyVpcEndpointServicePermissions",
                              {{"ServiceId", service}, {"AddAllowedPrincipals.1", "arn:aws:iam::210987654321:root"}});
  EXPECT_EQ(added["AddedPrincipals"][0]["PrincipalType"], "Account");
  EXPECT_EQ(call("DescribeVpcEndpointServicePermissions", {{"ServiceId", service}})["AllowedPrincipals"].size(), 1U);
  scope.account = "210987654321";
  const auto id = id_of(call("CreateVpcEndpoint", consume())["VpcEndpoint"]);
  settle();
  EXPECT_EQ(endpoint(id)["State"], "pendingAcceptance");
  scope.account = "123456789012";
  const Document connection = call("DescribeVpcEndpointConnections")["VpcEndpointConnections"][0];
  EXPECT_EQ(connection["VpcEndpointOwner"], "210987654321");
  EXPECT_EQ(connection["VpcEndpointState"], "pendingAcceptance");
  EXPECT_EQ(call("AcceptVpcEndpointConnections", {{"ServiceId", service}, {"VpcEndpointId.1", id}})["Unsuccessful"],
            Document::array());
  settle();
  EXPECT_EQ(call("DescribeVpcEndpointConnections")["VpcEndpointConnections"][0]["VpcEndpointState"], "available");
  const Document kept = call("DeleteVpcEndpointServiceConfigurations", {{"ServiceId.1", service}});
  EXPECT_EQ(kept["Unsuccessful"][0]["Error"]["Code"], "ExistingVpcEndpointConnections");
  call("RejectVpcEndpointConnections", {{"ServiceId", service}, {"VpcEndpointId.1", id}});
  scope.account = "210987654321";
  EXPECT_EQ(endpoint(id)["State"], "rejected");
  call("DeleteVpcEndpoints", {{"VpcEndpointId.1", id}});
  settle();
  scope.account = "123456789012";
  call("DeleteVpcEndpointServiceConfigurations", {{"ServiceId.1", service}});
  settle();
  refuse("InvalidVpcEndpointServiceId.NotFound", "", "DescribeVpcEndpointServiceConfigurations",
         {{"ServiceId.1", service}});
}

TEST_F(VpcEndpoints, APrivateNameIsVerified) {
  const auto service = create_service({{"PrivateDnsName", "tea.example.com"}});
  const auto shown = [&] {
    return call("DescribeVpcEndpointServiceConfigurations", {{"ServiceId.1", service}})["ServiceConfigurations"][0];
  };
  EXPECT_EQ(shown()["PrivateDnsNameConfiguration"]["State"], "pendingVerification");
  EXPECT_EQ(call("StartVpcEndpointServicePrivateDnsVerification", {{"ServiceId", service}})["ReturnValue"], true);
  settle();
  EXPECT_EQ(shown()["PrivateDnsNameConfiguration"]["State"], "verified");
  call("ModifyVpcEndpointServiceConfiguration", {{"ServiceId", service}, {"RemovePrivateDnsName", "true"}});
  EXPECT_FALSE(shown().contains("PrivateDnsName"));
}

}  // namespace
}  // namespace fogling::test
