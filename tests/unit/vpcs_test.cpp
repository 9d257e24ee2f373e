/// VPCs: their blocks of both families, attributes, what comes with them and what keeps them from being deleted.

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class VpcsTest : public NetworkTest<HouseTest> {
 protected:
  std::string create(std::string_view cidr = "10.0.0.0/16", Parameters more = {}) {
    more.emplace_back("CidrBlock", std::string(cidr));
    std::string id = text_of(call("CreateVpc", more)["Vpc"], "VpcId");
    settle();
    return id;
  }
  Document vpc(const std::string& id) { return call("DescribeVpcs", {{"VpcId.1", id}})["Vpcs"][0]; }
  Document associate_block(const std::string& vpc_id, std::string_view cidr) {
    return call("AssociateVpcCidrBlock", {{"VpcId", vpc_id}, {"CidrBlock", std::string(cidr)}})["CidrBlockAssociation"];
  }
  Document associate_amazons(const std::string& vpc_id) {
    return call("AssociateVpcCidrBlock",
                {{"VpcId", vpc_id}, {"AmazonProvidedIpv6CidrBlock", "true"}})["Ipv6CidrBlockAssociation"];
  }
  /// Destinations of the local routes in the VPC's main route table.
  std::vector<std::string> local_destinations(const std::string& vpc_id) {
    const Document tables =
        call("DescribeRouteTables", {{"Filter.1.Name", "vpc-id"}, {"Filter.1.Value.1", vpc_id}})["RouteTables"];
    std::vector<std::string> destinations;
    for (const auto& route : tables[0]["Routes"]) {
      if (text(route, "GatewayId") != "local") continue;
      destinations.push_back(text_of(route, "DestinationCidrBlock") + text_of(route, "DestinationIpv6CidrBlock"));
    }
    return destinations;
  }
  Document acl_entries(const std::string& vpc_id) {
    return call("DescribeNetworkAcls",
                {{"Filter.1.Name", "vpc-id"}, {"Filter.1.Value.1", vpc_id}})["NetworkAcls"][0]["Entries"];
  }
  Document default_egress(const std::string& vpc_id) {
    return call("DescribeSecurityGroups", {{"Filter.1.Name", "vpc-id"},
                                           {"Filter.1.Value.1", vpc_id}})["SecurityGroups"][0]["IpPermissionsEgress"];
  }
};

// ---- Making --------------------------------------------------------------------------------------------------------

TEST_F(VpcsTest, AnAnswerToTheMakingShowsOtherThanADescribe) {
  const Document made = call("CreateVpc", {{"CidrBlock", "10.237.19.7/20"}})["Vpc"];
  EXPECT_EQ(text(made, "State"), "pending");
  EXPECT_EQ(text(made, "CidrBlock"), "10.237.16.0/20");
  EXPECT_TRUE(has(made, "Ipv6CidrBlockAssociationSet"));
  EXPECT_FALSE(has(made, "BlockPublicAccessStates"));
  settle();
  const Document shown = vpc(text_of(made, "VpcId"));
  EXPECT_EQ(text(shown, "State"), "available");
  EXPECT_FALSE(has(shown, "Ipv6CidrBlockAssociationSet"));
  EXPECT_EQ(text(shown["BlockPublicAccessStates"], "InternetGatewayBlockMode"), "off");
}

TEST_F(VpcsTest, BlocksThatNoVpcCanHave) {
  for (const char* cidr :
       {"10.0.0.0/8", "10.0.0.0/29", "169.254.0.0/16", "127.0.0.0/16", "0.0.0.0/16", "224.0.0.0/16"}) {
    refuse("InvalidVpc.Range", std::string("The CIDR '") + cidr + "' is invalid.", "CreateVpc", {{"CidrBlock", cidr}});
  }
  refuse("InvalidParameterValue", "Value (foo) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
         "CreateVpc", {{"CidrBlock", "foo"}});
  refuse("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.", "CreateVpc");
  refuse("InvalidIpamPoolId.NotFound", "", "CreateVpc", {{"Ipv4IpamPoolId", "ipam-pool-0123456789abcdef0"}});
  refuse("UnsupportedTenancy", "The tenancy value host is not supported.", "CreateVpc",
         {{"CidrBlock", "10.0.0.0/16"}, {"InstanceTenancy", "host"}});
}

TEST_F(VpcsTest, TenancyGoesBackToDefaultOnly) {
  const std::string id = create("10.0.0.0/16", {{"InstanceTenancy", "dedicated"}});
  EXPECT_EQ(text(vpc(id), "InstanceTenancy"), "dedicated");
  refuse("InvalidParameterValue", "", "ModifyVpcTenancy", {{"VpcId", id}, {"InstanceTenancy", "dedicated"}});
  EXPECT_EQ(call("ModifyVpcTenancy", {{"VpcId", id}, {"InstanceTenancy", "default"}})["ReturnValue"], true);
  EXPECT_EQ(text(vpc(id), "InstanceTenancy"), "default");
}

TEST_F(VpcsTest, SixthVpcIsTooMany) {
  for (int i = 0; i < 4; ++i) create("10." + std::to_string(i) + ".0.0/16");
  refuse("VpcLimitExceeded", "The maximum number of VPCs has been reached.", "CreateVpc",
         {{"CidrBlock", "10.9.0.0/16"}});
}

// ---- IPv6 ----------------------------------------------------------------------------------------------------------

TEST_F(VpcsTest, AmazonsBlockIsToldOnceItIsThere) {
  const Document made =
      call("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}, {"AmazonProvidedIpv6CidrBlock", "true"}})["Vpc"];
  const Document& first = made["Ipv6CidrBlockAssociationSet"][0];
  EXPECT_EQ(text(first["Ipv6CidrBlockState"], "State"), "associating");
  EXPECT_EQ(text(first, "Ipv6CidrBlock"), "");
  EXPECT_TRUE(text(first, "AssociationId").starts_with("vpc-cidr-assoc-"));
  settle();
  const Document shown = vpc(text_of(made, "VpcId"))["Ipv6CidrBlockAssociationSet"][0];
  EXPECT_EQ(text(shown["Ipv6CidrBlockState"], "State"), "associated");
  EXPECT_EQ(text(shown, "AssociationId"), text(first, "AssociationId"));
  EXPECT_TRUE(text(shown, "Ipv6CidrBlock").ends_with("::/56") || text(shown, "Ipv6CidrBlock").ends_with("00::/56"));
  EXPECT_EQ(parse_ipv6_cidr(text(shown, "Ipv6CidrBlock"))->prefix_length, 56);
  EXPECT_EQ(text(shown, "NetworkBorderGroup"), "us-east-1");
  EXPECT_EQ(text(shown, "Ipv6Pool"), "Amazon");
  EXPECT_EQ(text(shown, "Ipv6AddressAttribute"), "public");
  EXPECT_EQ(text(shown, "IpSource"), "amazon");
}

TEST_F(VpcsTest, IPv6ComesWithARouteEntriesAndARule) {
  const std::string id = create("10.0.0.0/16", {{"AmazonProvidedIpv6CidrBlock", "true"}});
  const std::string block = text_of(vpc(id)["Ipv6CidrBlockAssociationSet"][0], "Ipv6CidrBlock");
  EXPECT_EQ(local_destinations(id), (std::vector<std::string>{"10.0.0.0/16", block}));
  std::vector<std::int64_t> numbers;
  for (const auto& entry : acl_entries(id)) numbers.push_back(integer(entry, "RuleNumber").value());
  EXPECT_EQ(numbers, (std::vector<std::int64_t>{100, 101, 32767, 32768, 100, 101, 32767, 32768}));
  EXPECT_EQ(text(acl_entries(id)[1], "Ipv6CidrBlock"), "::/0");
  // One permission for both families.
  const Document egress = default_egress(id);
  ASSERT_EQ(egress.size(), 1U);
  EXPECT_EQ(text(egress[0]["Ipv6Ranges"][0], "CidrIpv6"), "::/0");
  const std::string group = text_of(
      call("CreateSecurityGroup", {{"GroupName", "web"}, {"GroupDescription", "web"}, {"VpcId", id}}), "GroupId");
  const Document made =
      call("DescribeSecurityGroups", {{"GroupId.1", group}})["SecurityGroups"][0]["IpPermissionsEgress"];
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(text(made[0]["IpRanges"][0], "CidrIp"), "0.0.0.0/0");
  EXPECT_EQ(text(made[0]["Ipv6Ranges"][0], "CidrIpv6"), "::/0");
}

TEST_F(VpcsTest, AModifiedDefaultGroupGetsNoRuleForIPv6) {
  const std::string id = create();
  const std::string group = text_of(
      call("DescribeSecurityGroups", {{"Filter.1.Name", "vpc-id"}, {"Filter.1.Value.1", id}})["SecurityGroups"][0],
      "GroupId");
  call("AuthorizeSecurityGroupEgress", {{"GroupId", group},
                                        {"IpPermissions.1.IpProtocol", "tcp"},
                                        {"IpPermissions.1.FromPort", "443"},
                                        {"IpPermissions.1.ToPort", "443"},
                                        {"IpPermissions.1.IpRanges.1.CidrIp", "10.0.0.0/8"}});
  associate_amazons(id);
  for (const auto& permission : default_egress(id)) EXPECT_TRUE(permission["Ipv6Ranges"].empty());
}

TEST_F(VpcsTest, ASixthIPv6BlockIsTooMany) {
  const std::string id = create();
  const Document association = associate_amazons(id);
  EXPECT_EQ(text(association["Ipv6CidrBlockState"], "State"), "associating");
  EXPECT_EQ(text(association, "Ipv6CidrBlock"), "");
  for (int more = 0; more < 4; ++more) associate_amazons(id);
  refuse("CidrLimitExceeded", "This network " + id + " has met its maximum number of allowed CIDRs: 5",
         "AssociateVpcCidrBlock", {{"VpcId", id}, {"AmazonProvidedIpv6CidrBlock", "true"}});
}

TEST_F(VpcsTest, PoolsOfOnesOwnAreNotThere) {
  const std::string id = create();
  refuse("InvalidIpv6PoolID.NotFound", "", "AssociateVpcCidrBlock",
         {{"VpcId", id}, {"Ipv6Pool", "ipv6pool-ec2-0123456789abcdef0"}});
  refuse("MissingParameter", "", "AssociateVpcCidrBlock", {{"VpcId", id}, {"Ipv6CidrBlock", "2001:db8::/56"}});
  refuse("MissingParameter", "", "AssociateVpcCidrBlock", {{"VpcId", id}});
  refuse("InvalidParameterCombination", "", "AssociateVpcCidrBlock",
         {{"VpcId", id}, {"CidrBlock", "10.1.0.0/16"}, {"AmazonProvidedIpv6CidrBlock", "true"}});
  refuse("InvalidVpcID.NotFound", "The vpc ID 'vpc-00000000' does not exist", "AssociateVpcCidrBlock",
         {{"VpcId", "vpc-00000000"}, {"AmazonProvidedIpv6CidrBlock", "true"}});
}

TEST_F(VpcsTest, AnIPv6BlockGoesWhenNoSubnetHasAnyOfIt) {
  const std::string id = create("10.0.0.0/16", {{"AmazonProvidedIpv6CidrBlock", "true"}});
  const Document association = vpc(id)["Ipv6CidrBlockAssociationSet"][0];
  const std::string block = text_of(association, "Ipv6CidrBlock"), name = text_of(association, "AssociationId");
  const std::string subnet_block = block.substr(0, block.size() - 2) + "64";
  const std::string subnet = text_of(
      call("CreateSubnet", {{"VpcId", id}, {"CidrBlock", "10.0.0.0/24"}, {"Ipv6CidrBlock", subnet_block}})["Subnet"],
      "SubnetId");
  settle();
  refuse("InvalidCidrBlock.InUse", "The vpc " + id + " currently has a subnet within CIDR block " + block,
         "DisassociateVpcCidrBlock", {{"AssociationId", name}});
  call("DeleteSubnet", {{"SubnetId", subnet}});
  const Document gone = call("DisassociateVpcCidrBlock", {{"AssociationId", name}});
  EXPECT_EQ(text(gone["Ipv6CidrBlockAssociation"]["Ipv6CidrBlockState"], "State"), "disassociating");
  EXPECT_EQ(text(gone, "VpcId"), id);
  settle();
  EXPECT_EQ(text(vpc(id)["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlockState"], "State"), "disassociated");
  EXPECT_EQ(local_destinations(id), (std::vector<std::string>{"10.0.0.0/16"}));
  refuse("InvalidVpcCidrBlockAssociationID.NotFound", "The vpc CIDR block association ID '" + name + "' does not exist",
         "DisassociateVpcCidrBlock", {{"AssociationId", name}});
  // It can have another one at once, and the old one is not shown for ever.
  associate_amazons(id);
  settle();
  EXPECT_EQ(vpc(id)["Ipv6CidrBlockAssociationSet"].size(), 2U);
  advance_s(2 * 3600);
  EXPECT_EQ(vpc(id)["Ipv6CidrBlockAssociationSet"].size(), 1U);
  EXPECT_NE(text(vpc(id)["Ipv6CidrBlockAssociationSet"][0], "Ipv6CidrBlock"), block);
}

// ---- Further IPv4 blocks -------------------------------------------------------------------------------------------

TEST_F(VpcsTest, AFurtherBlockBringsItsRouteAndRoomForSubnets) {
  const std::string id = create("10.2.0.0/16");
  const Document association = associate_block(id, "10.3.0.5/16");
  EXPECT_EQ(text(association, "CidrBlock"), "10.3.0.0/16");
  EXPECT_EQ(text(association["CidrBlockState"], "State"), "associating");
  EXPECT_FALSE(has(association["CidrBlockState"], "StatusMessage"));
  settle();
  const Document shown = vpc(id);
  EXPECT_EQ(text(shown, "CidrBlock"), "10.2.0.0/16");
  EXPECT_EQ(text(shown["CidrBlockAssociationSet"][1]["CidrBlockState"], "State"), "associated");
  EXPECT_EQ(local_destinations(id), (std::vector<std::string>{"10.2.0.0/16", "10.3.0.0/16"}));
  const std::string subnet =
      text_of(call("CreateSubnet", {{"VpcId", id}, {"CidrBlock", "10.3.1.0/24"}})["Subnet"], "SubnetId");
  const std::string name = text_of(association, "AssociationId");
  refuse("InvalidCidrBlock.InUse", "The vpc " + id + " currently has a subnet within CIDR block 10.3.0.0/16",
         "DisassociateVpcCidrBlock", {{"AssociationId", name}});
  call("DeleteSubnet", {{"SubnetId", subnet}});
  call("DisassociateVpcCidrBlock", {{"AssociationId", name}});
  settle();
  refuse("InvalidSubnet.Range", "The CIDR '10.3.1.0/24' is invalid.", "CreateSubnet",
         {{"VpcId", id}, {"CidrBlock", "10.3.1.0/24"}});
}

TEST_F(VpcsTest, TheFirstBlockStays) {
  const std::string id = create();
  const std::string name = text_of(vpc(id)["CidrBlockAssociationSet"][0], "AssociationId");
  refuse("OperationNotPermitted",
         "The vpc CIDR block with association ID " + name +
             " may not be disassociated. It is the primary IPv4 CIDR block of the VPC",
         "DisassociateVpcCidrBlock", {{"AssociationId", name}});
  refuse("InvalidVpcCidrBlockAssociationID.NotFound", "", "DisassociateVpcCidrBlock",
         {{"AssociationId", "vpc-cidr-assoc-00000000"}});
}

TEST_F(VpcsTest, FiveBlocksAreTheMost) {
  const std::string id = create("10.10.42.0/24");
  for (int i = 43; i < 47; ++i) associate_block(id, "10.10." + std::to_string(i) + ".0/24");
  refuse("CidrLimitExceeded", "This network " + id + " has met its maximum number of allowed CIDRs: 5",
         "AssociateVpcCidrBlock", {{"VpcId", id}, {"CidrBlock", "10.10.50.0/22"}});
}

TEST_F(VpcsTest, RangesThatDoNotMix) {
  const auto is_refused = [&](const std::string& id, const std::string& cidr) {
    refuse("InvalidVpc.Range",
           "The CIDR '" + cidr +
               "' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or use a "
               "publicly-routable CIDR. For additional restrictions, see "
               "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
           "AssociateVpcCidrBlock", {{"VpcId", id}, {"CidrBlock", cidr}});
  };
  const std::string ten = create("10.1.0.0/16");
  for (const char* cidr : {"172.16.0.0/16", "192.168.0.0/16", "10.0.0.0/16", "198.19.0.0/16"}) is_refused(ten, cidr);
  associate_block(ten, "10.2.0.0/16");
  associate_block(ten, "100.64.0.0/16");
  associate_block(ten, "203.0.113.0/24");
  const std::string other = create("172.16.0.0/16");
  for (const char* cidr : {"172.31.0.0/16", "10.5.0.0/16", "192.168.0.0/24"}) is_refused(other, cidr);
  associate_block(other, "172.17.0.0/16");
  const std::string routable = create("100.64.0.0/16");
  for (const char* cidr : {"10.5.0.0/16", "198.19.0.0/24"}) is_refused(routable, cidr);
  associate_block(routable, "100.65.0.0/16");
  refuse("InvalidVpc.Range", "", "AssociateVpcCidrBlock", {{"VpcId", ten}, {"CidrBlock", "10.1.128.0/20"}});
  refuse("InvalidVpc.Range", "The CIDR '10.8.0.0/15' is invalid.", "AssociateVpcCidrBlock",
         {{"VpcId", ten}, {"CidrBlock", "10.8.0.0/15"}});
}

TEST_F(VpcsTest, FiltersByBlock) {
  const std::string id = create("10.2.0.0/16", {{"AmazonProvidedIpv6CidrBlock", "true"}});
  const Document shown = vpc(id);
  const auto find = [&](const char* name, const std::string& value) {
    return call("DescribeVpcs", {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}})["Vpcs"].size();
  };
  EXPECT_EQ(
      find("cidr-block-association.association-id", text_of(shown["CidrBlockAssociationSet"][0], "AssociationId")), 1U);
  EXPECT_EQ(find("ipv6-cidr-block-association.association-id",
                 text_of(shown["Ipv6CidrBlockAssociationSet"][0], "AssociationId")),
            1U);
  EXPECT_EQ(find("ipv6-cidr-block-association.state", "associated"), 1U);
  EXPECT_EQ(find("cidr", "10.2.0.0/16"), 1U);
  expect_filters("DescribeVpcs");
}

// ---- Attributes ----------------------------------------------------------------------------------------------------

TEST_F(VpcsTest, AttributesOneAtATime) {
  const std::string id = create();
  const auto attribute = [&](const char* name, const char* member) {
    return call("DescribeVpcAttribute", {{"VpcId", id}, {"Attribute", name}})[member]["Value"].get<bool>();
  };
  EXPECT_TRUE(attribute("enableDnsSupport", "EnableDnsSupport"));
  EXPECT_FALSE(attribute("enableDnsHostnames", "EnableDnsHostnames"));
  EXPECT_FALSE(attribute("enableNetworkAddressUsageMetrics", "EnableNetworkAddressUsageMetrics"));
  call("ModifyVpcAttribute", {{"VpcId", id}, {"EnableDnsHostnames.Value", "true"}});
  EXPECT_TRUE(attribute("enableDnsHostnames", "EnableDnsHostnames"));
  refuse("InvalidParameterCombination",
         "Fields for multiple attribute types specified: enableDnsHostnames, enableDnsSupport", "ModifyVpcAttribute",
         {{"VpcId", id}, {"EnableDnsSupport.Value", "true"}, {"EnableDnsHostnames.Value", "true"}});
  refuse("InvalidParameterCombination", "No attributes specified.", "ModifyVpcAttribute", {{"VpcId", id}});
  call("ModifyVpcAttribute", {{"VpcId", id}, {"EnableDnsHostnames.Value", "false"}});
  call("ModifyVpcAttribute", {{"VpcId", id}, {"EnableDnsSupport.Value", "false"}});
  refuse("InvalidParameterCombination", "", "ModifyVpcAttribute",
         {{"VpcId", id}, {"EnableDnsHostnames.Value", "true"}});
  refuse("InvalidParameterValue", "", "DescribeVpcAttribute", {{"VpcId", id}, {"Attribute", "enableTea"}});
}

// ---- The end -------------------------------------------------------------------------------------------------------

TEST_F(VpcsTest, WhatIsInsideKeepsAVpc) {
  const std::string id = create();
  const auto is_kept = [&] {
    refuse("DependencyViolation", "The vpc '" + id + "' has dependencies and cannot be deleted.", "DeleteVpc",
           {{"VpcId", id}});
  };
  const std::string subnet =
      text_of(call("CreateSubnet", {{"VpcId", id}, {"CidrBlock", "10.0.0.0/24"}})["Subnet"], "SubnetId");
  is_kept();
  call("DeleteSubnet", {{"SubnetId", subnet}});
  const std::string group = text_of(
      call("CreateSecurityGroup", {{"GroupName", "web"}, {"GroupDescription", "web"}, {"VpcId", id}}), "GroupId");
  is_kept();
  call("DeleteSecurityGroup", {{"GroupId", group}});
  const std::string gateway = text_of(call("CreateInternetGateway")["InternetGateway"], "InternetGatewayId");
  call("AttachInternetGateway", {{"VpcId", id}, {"InternetGatewayId", gateway}});
  is_kept();
  call("DetachInternetGateway", {{"VpcId", id}, {"InternetGatewayId", gateway}});
  call("DeleteVpc", {{"VpcId", id}});
  refuse("InvalidVpcID.NotFound", "The vpc ID '" + id + "' does not exist", "DeleteVpc", {{"VpcId", id}});
  refuse("Gateway.NotAttached", "resource " + gateway + " is not attached to network " + id, "DetachInternetGateway",
         {{"VpcId", id}, {"InternetGatewayId", gateway}});
  // Its table, ACL and group went along.
  for (const char* operation : {"DescribeRouteTables", "DescribeNetworkAcls", "DescribeSecurityGroups"}) {
    const Document answer = call(operation, {{"Filter.1.Name", "vpc-id"}, {"Filter.1.Value.1", id}});
    for (const auto& [name, list] : answer.items()) EXPECT_TRUE(list.empty()) << operation;
  }
}

TEST_F(VpcsTest, TheDefaultVpcGoesAndComesAgain) {
  const state::Subnet first = default_subnet();
  refuse("DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region.",
         "CreateDefaultVpc");
  const Document subnets = call("DescribeSubnets");
  for (const auto& subnet : subnets["Subnets"]) {
    call("DeleteSubnet", {{"SubnetId", text_of(subnet, "SubnetId")}});
  }
  refuse("MissingInput", "No subnets found for the default VPC '" + first.vpc_id + "'. Please specify a subnet.",
         "RunInstances",
         {{"ImageId", any_image()}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}});
  const std::string gateway = text_of(call("DescribeInternetGateways")["InternetGateways"][0], "InternetGatewayId");
  call("DetachInternetGateway", {{"VpcId", first.vpc_id}, {"InternetGatewayId", gateway}});
  call("DeleteInternetGateway", {{"InternetGatewayId", gateway}});
  call("DeleteVpc", {{"VpcId", first.vpc_id}});

  EXPECT_TRUE(call("DescribeVpcs")["Vpcs"].empty());
  refuse("DefaultVpcDoesNotExist", "No default VPC exists for this account in this region.", "CreateDefaultSubnet",
         {{"AvailabilityZone", "us-east-1a"}});
  refuse("VPCIdNotSpecified", "", "RunInstances",
         {{"ImageId", any_image()}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}});
  const auto default_vpc = [&] {
    const Document attributes = call("DescribeAccountAttributes");
    for (const auto& each : attributes["AccountAttributes"]) {
      if (text(each, "AttributeName") == "default-vpc") return text_of(each["AttributeValues"][0], "AttributeValue");
    }
    return std::string();
  };
  EXPECT_EQ(default_vpc(), "none");

  const Document made = call("CreateDefaultVpc")["Vpc"];
  EXPECT_EQ(text(made, "State"), "pending");
  EXPECT_EQ(made["IsDefault"], true);
  EXPECT_EQ(default_vpc(), text(made, "VpcId"));
  settle();
  EXPECT_EQ(text(vpc(text_of(made, "VpcId")), "State"), "available");
  EXPECT_EQ(call("DescribeSubnets")["Subnets"].size(), 6U);
  launch();
}

TEST_F(VpcsTest, TheAccountsAttributesAreAskedByName) {
  EXPECT_EQ(call("DescribeAccountAttributes")["AccountAttributes"].size(), 6U);
  const Document asked = call("DescribeAccountAttributes",
                              {{"AttributeName.1", "supported-platforms"}, {"AttributeName.2", "vpc-max-elastic-ips"}});
  ASSERT_EQ(asked["AccountAttributes"].size(), 2U);
  EXPECT_EQ(asked["AccountAttributes"][0]["AttributeValues"][0]["AttributeValue"], "VPC");
  EXPECT_EQ(asked["AccountAttributes"][1]["AttributeValues"][0]["AttributeValue"], "5");
  refuse("InvalidParameterValue", "", "DescribeAccountAttributes", {{"AttributeName.1", "max-happiness"}});
}

}  // namespace
}  // namespace fogling::test
