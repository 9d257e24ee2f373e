/// Security groups: names, where they may be used, how they are listed, what keeps them from being deleted.

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class SecurityGroupsTest : public NetworkTest<HouseTest> {
 protected:
  std::string create(const std::string& name, Parameters more = {}) {
    more.emplace_back("GroupName", name);
    more.emplace_back("GroupDescription", "made by a test");
    return text_of(call("CreateSecurityGroup", more), "GroupId");
  }
  std::string create_vpc(const char* cidr = "10.0.0.0/16") {
    std::string id = text_of(call("CreateVpc", {{"CidrBlock", cidr}})["Vpc"], "VpcId");
    settle();
    return id;
  }
  void allow_group(const std::string& group, const std::string& peer) {
    call("AuthorizeSecurityGroupIngress", {{"GroupId", group},
                                           {"IpPermissions.1.IpProtocol", "tcp"},
                                           {"IpPermissions.1.FromPort", "22"},
                                           {"IpPermissions.1.ToPort", "22"},
                                           {"IpPermissions.1.Groups.1.GroupId", peer}});
  }
  /// An active connection between two VPCs.
  std::string peer_vpcs(const std::string& requester, const std::string& accepter) {
    const Document made = call("CreateVpcPeeringConnection", {{"VpcId", requester}, {"PeerVpcId", accepter}});
    const std::string id = text_of(made["VpcPeeringConnection"], "VpcPeeringConnectionId");
    advance_s(5);
    call("AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", id}});
    advance_s(5);
    return id;
  }
  Document find(const char* filter, const std::string& value) {
    return call("DescribeSecurityGroups", {{"Filter.1.Name", filter}, {"Filter.1.Value.1", value}})["SecurityGroups"];
  }
};

// ---- Making --------------------------------------------------------------------------------------------------------

TEST_F(SecurityGroupsTest, TheAnswerHasTagsOnlyWhereThereAreSome) {
  const Document plain = call("CreateSecurityGroup", {{"GroupName", "web"}, {"GroupDescription", "for the web"}});
  EXPECT_FALSE(has(plain, "Tags"));
  const std::string id = text_of(plain, "GroupId");
  EXPECT_EQ(text(plain, "SecurityGroupArn"), "arn:aws:ec2:us-east-1:123456789012:security-group/" + id);
  const Document tagged = call("CreateSecurityGroup", {{"GroupName", "db"},
                                                       {"GroupDescription", "for data"},
                                                       {"TagSpecification.1.ResourceType", "security-group"},
                                                       {"TagSpecification.1.Tag.1.Key", "Name"},
                                                       {"TagSpecification.1.Tag.1.Value", "db"}});
  EXPECT_EQ(text(tagged["Tags"][0], "Value"), "db");
  const Document shown = find("group-id", id)[0];
  EXPECT_TRUE(shown["IpPermissions"].empty());
  ASSERT_EQ(shown["IpPermissionsEgress"].size(), 1U);
  EXPECT_EQ(text(shown["IpPermissionsEgress"][0], "IpProtocol"), "-1");
  EXPECT_FALSE(has(shown["IpPermissionsEgress"][0], "FromPort"));
}

TEST_F(SecurityGroupsTest, NamesAndDescriptions) {
  const auto refused = [&](const char* code, const std::string& message, const char* name, const char* description) {
    refuse(code, message, "CreateSecurityGroup", {{"GroupName", name}, {"GroupDescription", description}});
  };
  refused("InvalidParameterValue",
          "Value (caf\u00e9) for parameter GroupName is invalid. Character sets beyond ASCII are not supported.",
          "caf\u00e9", "x");
  for (const char* description : {"it's", "a \u2014 b", "caf\u00e9", "<b>"}) {
    refused("InvalidParameterValue",
            "Invalid security group description. Valid descriptions are strings less than 256 characters from the "
            "following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
            "web", description);
  }
  refused("InvalidParameterValue",
          "Value (sg-017c251) for parameter GroupName is invalid. Group names may not be in the format sg-*.",
          "sg-017c251", "x");
  refused("InvalidParameterValue", "Cannot use reserved security group name: default", "default", "x");
  refused("InvalidParameterValue", "", std::string(256, 'x').c_str(), "x");
  refused("InvalidParameterValue", "", "web", std::string(256, 'x').c_str());
  refused("InvalidParameterValue", "", "w'eb", "x");
  refused("MissingParameter", "The request must contain the parameter GroupDescription", "web", "");
  create(std::string(255, 'x'));
  create("a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");
}

TEST_F(SecurityGroupsTest, ANameIsTakenOncePerVpcWhateverItsCase) {
  const std::string vpc = create_vpc(), other = create_vpc();
  create("Web ", {{"VpcId", vpc}});
  EXPECT_EQ(text(find("group-name", "Web")[0], "GroupName"), "Web");
  for (const char* name : {"Web", "web", "WEB  "}) {
    std::string stored = name;
    stored.erase(stored.find_last_not_of(' ') + 1);
    refuse("InvalidGroup.Duplicate", "The security group '" + stored + "' already exists for VPC '" + vpc + "'",
           "CreateSecurityGroup", {{"GroupName", name}, {"GroupDescription", "x"}, {"VpcId", vpc}});
  }
  create("web", {{"VpcId", other}});
  create("web");
}

// ---- Listing -------------------------------------------------------------------------------------------------------

TEST_F(SecurityGroupsTest, ByIdByNameAndByBoth) {
  const std::string web = create("web"), db = create("db");
  EXPECT_EQ(call("DescribeSecurityGroups", {{"GroupName.1", "web"}})["SecurityGroups"].size(), 1U);
  const Document both = call("DescribeSecurityGroups", {{"GroupName.1", "web"}, {"GroupId.1", db}})["SecurityGroups"];
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(text(both[0], "GroupId"), web);
  const std::string vpc = default_subnet().vpc_id;
  refuse("InvalidGroup.NotFound", "The security group 'x' does not exist in default VPC '" + vpc + "'",
         "DescribeSecurityGroups", {{"GroupName.1", "x"}});
  refuse("InvalidGroup.NotFound", "The security group 'sg-0dcf748f4901c5334' does not exist", "DescribeSecurityGroups",
         {{"GroupId.1", "sg-0dcf748f4901c5334"}});
  refuse("InvalidGroupId.Malformed", "Invalid id: \"sg-00000000000000000\"", "DescribeSecurityGroups",
         {{"GroupId.1", "sg-00000000000000000"}});
  refuse("InvalidGroup.NotFound", "The security group 'sg-00000000' does not exist", "DescribeSecurityGroups",
         {{"GroupId.1", "sg-00000000"}});
  refuse("InvalidGroupId.Malformed", "Invalid id: \"foo\" (expecting \"sg-...\")", "DescribeSecurityGroups",
         {{"GroupId.1", "foo"}});
}

TEST_F(SecurityGroupsTest, PagesEndWithAnEmptyOne) {
  const std::string vpc = create_vpc();
  for (int i = 0; i < 6; ++i) create("page-" + std::to_string(i), {{"VpcId", vpc}});
  Parameters parameters{{"Filter.1.Name", "vpc-id"}, {"Filter.1.Value.1", vpc}, {"MaxResults", "5"}};
  const Document first = call("DescribeSecurityGroups", parameters);
  EXPECT_EQ(first["SecurityGroups"].size(), 5U);
  parameters.emplace_back("NextToken", text_of(first, "NextToken"));
  const Document second = call("DescribeSecurityGroups", parameters);
  EXPECT_EQ(second["SecurityGroups"].size(), 2U);
  ASSERT_TRUE(has(second, "NextToken"));
  parameters.back().second = text_of(second, "NextToken");
  const Document third = call("DescribeSecurityGroups", parameters);
  EXPECT_TRUE(third["SecurityGroups"].empty());
  EXPECT_FALSE(has(third, "NextToken"));
  refuse("InvalidParameterCombination", "The parameter securityGroupIdSet cannot be used with the parameter maxResults",
         "DescribeSecurityGroups", {{"GroupId.1", create("x")}, {"MaxResults", "5"}});
  refuse("InvalidParameterValue", "invalid value for parameter next-token: tea", "DescribeSecurityGroups",
         {{"NextToken", "tea"}, {"MaxResults", "5"}});
}

TEST_F(SecurityGroupsTest, FiltersOnRules) {
  const std::string web = create("web"), db = create("db");
  allow_group(db, web);
  call("AuthorizeSecurityGroupIngress",
       {{"GroupId", web}, {"IpProtocol", "tcp"}, {"FromPort", "80"}, {"ToPort", "81"}, {"CidrIp", "10.1.0.0/16"}});
  EXPECT_EQ(find("ip-permission.cidr", "10.1.0.0/16").size(), 1U);
  EXPECT_EQ(find("ip-permission.from-port", "80").size(), 1U);
  EXPECT_EQ(find("ip-permission.to-port", "81").size(), 1U);
  EXPECT_EQ(find("ip-permission.group-id", web).size(), 1U);
  const Document by_name = find("ip-permission.group-name", "web");
  ASSERT_EQ(by_name.size(), 1U);
  EXPECT_EQ(text(by_name[0], "GroupId"), db);
  EXPECT_FALSE(has(by_name[0]["IpPermissions"][0]["UserIdGroupPairs"][0], "GroupName"));
  EXPECT_EQ(find("egress.ip-permission.cidr", "0.0.0.0/0").size(), 3U);  // the default group has it, too
  // Two filters need not hold for the same rule.
  const Document both = call("DescribeSecurityGroups", {{"Filter.1.Name", "ip-permission.from-port"},
                                                        {"Filter.1.Value.1", "80"},
                                                        {"Filter.2.Name", "egress.ip-permission.protocol"},
                                                        {"Filter.2.Value.1", "-1"}});
  EXPECT_EQ(both["SecurityGroups"].size(), 1U);
  expect_filters("DescribeSecurityGroups");
  expect_filters("DescribeSecurityGroupVpcAssociations");
}

// ---- The end -------------------------------------------------------------------------------------------------------

TEST_F(SecurityGroupsTest, WhatKeepsAGroup) {
  const std::string web = create("web"), db = create("db");
  const auto is_kept = [&](const std::string& id) {
    refuse("DependencyViolation", "resource " + id + " has a dependent object", "DeleteSecurityGroup",
           {{"GroupId", id}});
  };
  allow_group(web, web);  // itself is no hindrance
  allow_group(db, web);
  allow_group(web, db);
  is_kept(web);
  is_kept(db);
  call("RevokeSecurityGroupIngress", {{"GroupId", db},
                                      {"IpPermissions.1.IpProtocol", "tcp"},
                                      {"IpPermissions.1.FromPort", "22"},
                                      {"IpPermissions.1.ToPort", "22"},
                                      {"IpPermissions.1.Groups.1.GroupId", web}});
  const std::string interface = create_interface(default_subnet().subnet_id, {{"SecurityGroupId.1", web}});
  is_kept(web);
  call("DeleteNetworkInterface", {{"NetworkInterfaceId", interface}});
  const Document gone = call("DeleteSecurityGroup", {{"GroupId", web}});
  EXPECT_EQ(text(gone, "GroupId"), web);
  EXPECT_EQ(gone["Return"], true);
  call("DeleteSecurityGroup", {{"GroupName", "db"}});
  refuse("InvalidGroup.NotFound", "The security group '" + web + "' does not exist", "DeleteSecurityGroup",
         {{"GroupId", web}});
  const std::string own = text_of(find("group-name", "default")[0], "GroupId");
  refuse("CannotDelete", "the specified group: \"" + own + "\" name: \"default\" cannot be deleted by a user",
         "DeleteSecurityGroup", {{"GroupId", own}});
  refuse("MissingParameter", "The request must contain the parameter groupName or groupId", "DeleteSecurityGroup");
}

TEST_F(SecurityGroupsTest, WithoutADefaultVpcThereAreNoNames) {
  const auto first = default_subnet();
  const Document subnets = call("DescribeSubnets"), gateways = call("DescribeInternetGateways");
  for (const auto& each : subnets["Subnets"]) call("DeleteSubnet", {{"SubnetId", text_of(each, "SubnetId")}});
  const std::string gateway = text_of(gateways["InternetGateways"][0], "InternetGatewayId");
  call("DetachInternetGateway", {{"VpcId", first.vpc_id}, {"InternetGatewayId", gateway}});
  call("DeleteVpc", {{"VpcId", first.vpc_id}});
  refuse("VPCIdNotSpecified", "No default VPC for this user", "CreateSecurityGroup",
         {{"GroupName", "web"}, {"GroupDescription", "x"}});
  refuse("VPCIdNotSpecified",
         "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.",
         "DeleteSecurityGroup", {{"GroupName", "web"}});
  refuse("InvalidGroup.NotFound", "The security group 'web' does not exist in default VPC 'none'",
         "AuthorizeSecurityGroupIngress", {{"GroupName", "web"}, {"IpProtocol", "-1"}, {"CidrIp", "10.0.0.0/8"}});
}

// ---- Other VPCs ----------------------------------------------------------------------------------------------------

TEST_F(SecurityGroupsTest, AGroupIsAssociatedWithAnotherVpc) {
  const std::string home = create_vpc(), other = create_vpc();
  const std::string group = create("shared", {{"VpcId", home}});
  const std::string subnet =
      text_of(call("CreateSubnet", {{"VpcId", other}, {"CidrBlock", "10.0.0.0/24"}})["Subnet"], "SubnetId");
  const Parameters there{{"SubnetId", subnet}, {"SecurityGroupId.1", group}};
  refuse("InvalidParameterValue",
         "Security group " + group + " and subnet " + subnet + " belong to different networks.",
         "CreateNetworkInterface", there);

  const Parameters pair{{"GroupId", group}, {"VpcId", other}};
  EXPECT_EQ(text(call("AssociateSecurityGroupVpc", pair), "State"), "associating");
  settle();
  const Document association = call("DescribeSecurityGroupVpcAssociations")["SecurityGroupVpcAssociations"][0];
  EXPECT_EQ(text(association, "State"), "associated");
  EXPECT_EQ(text(association, "VpcId"), other);
  EXPECT_EQ(text(association, "VpcOwnerId"), "123456789012");
  EXPECT_EQ(text(association, "GroupOwnerId"), "123456789012");

  const std::string interface = create_interface(subnet, {{"SecurityGroupId.1", group}});
  launch({{"SubnetId", subnet}, {"SecurityGroupId.1", group}});
  const Document usable = call("GetSecurityGroupsForVpc", {{"VpcId", other}})["SecurityGroupForVpcs"];
  ASSERT_EQ(usable.size(), 2U);
  EXPECT_EQ(text(usable[1], "GroupId"), group);
  EXPECT_EQ(text(usable[1], "PrimaryVpcId"), home);
  // The groups of both networks see each other.
  allow_group(group, create("there", {{"VpcId", other}}));

  refuse("DependencyViolation", "resource " + group + " has a dependent object", "DeleteSecurityGroup",
         {{"GroupId", group}});
  refuse("DependencyViolation", "", "DisassociateSecurityGroupVpc", pair);
  const Document reservations = call("DescribeInstances")["Reservations"];
  call("TerminateInstances", {{"InstanceId.1", text_of(reservations[0]["Instances"][0], "InstanceId")}});
  call("DeleteNetworkInterface", {{"NetworkInterfaceId", interface}});
  settle();
  EXPECT_EQ(text(call("DisassociateSecurityGroupVpc", pair), "State"), "disassociating");
  settle();
  EXPECT_TRUE(call("DescribeSecurityGroupVpcAssociations")["SecurityGroupVpcAssociations"].empty());
  refuse("InvalidParameterValue", "", "DisassociateSecurityGroupVpc", pair);
  call("DeleteSecurityGroup", {{"GroupId", group}});
}

TEST_F(SecurityGroupsTest, AssociationsThatAreRefused) {
  const std::string home = create_vpc(), other = create_vpc();
  const std::string group = create("shared", {{"VpcId", home}});
  const std::string own = text_of(find("vpc-id", home)[0], "GroupId");
  refuse("InvalidParameterValue", "", "AssociateSecurityGroupVpc", {{"GroupId", own}, {"VpcId", other}});
  refuse("InvalidParameterValue", "", "AssociateSecurityGroupVpc", {{"GroupId", group}, {"VpcId", home}});
  refuse("InvalidParameterValue", "", "AssociateSecurityGroupVpc",
         {{"GroupId", group}, {"VpcId", default_subnet().vpc_id}});
  refuse("InvalidVpcID.NotFound", "", "AssociateSecurityGroupVpc",
         {{"GroupId", group}, {"VpcId", "vpc-0123456789abcdef0"}});
  refuse("InvalidGroup.NotFound", "", "DisassociateSecurityGroupVpc",
         {{"GroupId", "sg-0123456789abcdef0"}, {"VpcId", home}});
  // A VPC takes its associations along.
  call("AssociateSecurityGroupVpc", {{"GroupId", group}, {"VpcId", other}});
  settle();
  call("DeleteVpc", {{"VpcId", other}});
  EXPECT_TRUE(call("DescribeSecurityGroupVpcAssociations")["SecurityGroupVpcAssociations"].empty());
  call("DeleteSecurityGroup", {{"GroupId", group}});
}

TEST_F(SecurityGroupsTest, ReferencesOverAPeeringConnectionTurnStale) {
  const std::string here = create_vpc("10.0.0.0/16"), there = create_vpc("10.1.0.0/16");
  const std::string web = create("web", {{"VpcId", here}}), db = create("db", {{"VpcId", there}});
  refuse("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.",
         "AuthorizeSecurityGroupIngress",
         {{"GroupId", web},
          {"IpPermissions.1.IpProtocol", "-1"},
          {"IpPermissions.1.Groups.1.GroupId", db},
          {"IpPermissions.1.Groups.1.VpcPeeringConnectionId", "pcx-0123456789abcdef0"}});
  const std::string peering = peer_vpcs(here, there);
  allow_group(web, db);
  const Document pair = find("group-id", web)[0]["IpPermissions"][0]["UserIdGroupPairs"][0];
  EXPECT_EQ(text(pair, "VpcPeeringConnectionId"), peering);
  EXPECT_EQ(text(pair, "PeeringStatus"), "active");
  EXPECT_EQ(text(pair, "VpcId"), there);
  const Document references = call("DescribeSecurityGroupReferences", {{"GroupId.1", db}})["SecurityGroupReferenceSet"];
  ASSERT_EQ(references.size(), 1U);
  EXPECT_EQ(text(references[0], "ReferencingVpcId"), here);
  EXPECT_TRUE(call("DescribeStaleSecurityGroups", {{"VpcId", here}})["StaleSecurityGroupSet"].empty());

  call("DeleteSecurityGroup", {{"GroupId", db}});  // a peer's rule is no hindrance
  const Document stale = call("DescribeStaleSecurityGroups", {{"VpcId", here}})["StaleSecurityGroupSet"];
  ASSERT_EQ(stale.size(), 1U);
  EXPECT_EQ(text(stale[0], "GroupId"), web);
  const Document& gone = stale[0]["StaleIpPermissions"][0]["UserIdGroupPairs"][0];
  EXPECT_EQ(text(gone, "GroupId"), db);
  EXPECT_FALSE(has(gone, "UserId"));
  // A stale rule stays until it is revoked, by what it says as well.
  call("RevokeSecurityGroupIngress", {{"GroupId", web},
                                      {"IpPermissions.1.IpProtocol", "tcp"},
                                      {"IpPermissions.1.FromPort", "22"},
                                      {"IpPermissions.1.ToPort", "22"},
                                      {"IpPermissions.1.Groups.1.GroupId", db}});
  EXPECT_TRUE(call("DescribeStaleSecurityGroups", {{"VpcId", here}})["StaleSecurityGroupSet"].empty());
}

}  // namespace
}  // namespace fogling::test
