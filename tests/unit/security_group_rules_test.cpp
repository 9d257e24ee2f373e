/// Rules of security groups: what may be allowed, how it is told back, revoked, changed and counted.

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class SecurityGroupRulesTest : public NetworkTest<HouseTest> {
 protected:
  void SetUp() override {
    vpc = text_of(call("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}})["Vpc"], "VpcId");
    settle();
    group = create("web");
  }
  std::string create(const std::string& name) {
    return text_of(call("CreateSecurityGroup", {{"GroupName", name}, {"GroupDescription", "x"}, {"VpcId", vpc}}),
                   "GroupId");
  }
  /// Parameters of one permission for one IPv4 block, or whatever else `more` says.
  Parameters permission(const std::string& protocol, const std::string& from, const std::string& to,
                        Parameters more = {{"IpPermissions.1.IpRanges.1.CidrIp", "10.1.0.0/16"}}) const {
    Parameters all{{"GroupId", group}, {"IpPermissions.1.IpProtocol", protocol}};
    if (!from.empty()) all.emplace_back("IpPermissions.1.FromPort", from);
    if (!to.empty()) all.emplace_back("IpPermissions.1.ToPort", to);
    for (auto& each : more) all.push_back(std::move(each));
    return all;
  }
  Document allow(const Parameters& parameters) {
    return call("AuthorizeSecurityGroupIngress", parameters)["SecurityGroupRules"];
  }
  void refuse_rule(const std::string& message, const Parameters& parameters) {
    refuse("InvalidParameterValue", message, "AuthorizeSecurityGroupIngress", parameters);
  }
  Document permissions(const char* direction = "IpPermissions") {
    return call("DescribeSecurityGroups", {{"GroupId.1", group}})["SecurityGroups"][0][direction];
  }
  Document rule(const std::string& id) {
    return call("DescribeSecurityGroupRules", {{"SecurityGroupRuleId.1", id}})["SecurityGroupRules"][0];
  }

  std::string vpc, group;
};

// ---- Authorize -----------------------------------------------------------------------------------------------------

TEST_F(SecurityGroupRulesTest, ToldBackInTheAnswerAndInBothDescribes) {
  const Document made = allow(permission("TCP", "8080", "8081",
                                         {{"IpPermissions.1.IpRanges.1.CidrIp", "10.237.17.19/24"},
                                          {"IpPermissions.1.IpRanges.1.Description", "initial ingress"}}));
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(text(made[0], "CidrIpv4"), "10.237.17.0/24");
  EXPECT_EQ(text(made[0], "IpProtocol"), "tcp");
  EXPECT_EQ(made[0]["IsEgress"], false);
  EXPECT_FALSE(has(made[0], "Tags"));
  const std::string id = text_of(made[0], "SecurityGroupRuleId");
  EXPECT_EQ(text(made[0], "SecurityGroupRuleArn"), "arn:aws:ec2:us-east-1:123456789012:security-group-rule/" + id);
  const Document shown = rule(id);
  EXPECT_EQ(text(shown, "Description"), "initial ingress");
  EXPECT_TRUE(shown["Tags"].empty());
  const Document folded = permissions();
  ASSERT_EQ(folded.size(), 1U);
  EXPECT_EQ(folded[0]["FromPort"], 8080);
  for (const char* list : {"UserIdGroupPairs", "Ipv6Ranges", "PrefixListIds"}) EXPECT_TRUE(folded[0][list].empty());
}

TEST_F(SecurityGroupRulesTest, EveryProtocolInItsSpelling) {
  struct Case {
    const char *given, *from, *to, *stored;
    int shown_from, shown_to;
  };
  const Case cases[] = {{"6", "1", "2", "tcp", 1, 2},
                        {"17", "1", "2", "udp", 1, 2},
                        {"1", "8", "0", "icmp", 8, 0},
                        {"58", "", "", "icmpv6", -1, -1},
                        {"icmpv6", "128", "0", "icmpv6", 128, 0},
                        {"-1", "22", "22", "-1", -1, -1},
                        {"50", "7", "9", "50", -1, -1}};
  for (const auto& each : cases) {
    const Document made = allow(permission(each.given, each.from, each.to));
    EXPECT_EQ(text(made[0], "IpProtocol"), each.stored);
    EXPECT_EQ(made[0]["FromPort"], each.shown_from) << each.given;
    EXPECT_EQ(made[0]["ToPort"], each.shown_to) << each.given;
    call("RevokeSecurityGroupIngress",
         {{"GroupId", group}, {"SecurityGroupRuleId.1", text_of(made[0], "SecurityGroupRuleId")}});
  }
  for (const char* unknown : {"all", "tea", "256", "-2", "6x"}) {
    refuse_rule(std::string("Invalid value '") + unknown + "' for IP protocol. Unknown protocol.",
                permission(unknown, "1", "2"));
  }
  refuse_rule("Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly.",
              {{"GroupId", group}, {"IpPermissions.1.IpRanges.1.CidrIp", "10.0.0.0/8"}});
}

TEST_F(SecurityGroupRulesTest, PortsTypesAndCodes) {
  const std::string both = "Invalid value for portRange. Must specify both from and to ports with ";
  refuse_rule(both + "TCP/UDP.", permission("tcp", "22", ""));
  refuse_rule(both + "TCP/UDP.", permission("udp", "", ""));
  refuse_rule(both + "ICMP.", permission("icmp", "8", ""));
  refuse_rule("TCP/UDP (from) port (-1) out of range", permission("tcp", "-1", "-1"));
  refuse_rule("TCP/UDP (to) port (70000) out of range", permission("tcp", "1", "70000"));
  refuse_rule("Invalid TCP/UDP port range (8080:80)", permission("tcp", "8080", "80"));
  refuse_rule("ICMP type (300) out of range", permission("icmp", "300", "0"));
  refuse_rule("ICMP code (65535) out of range", permission("icmp", "8", "65535"));
  refuse_rule("", permission("icmp", "-1", "0"));
  allow(permission("tcp", "0", "65535"));
  allow(permission("icmp", "3", "-1"));
}

TEST_F(SecurityGroupRulesTest, Blocks) {
  for (const char* malformed : {"0.0.0.0", "10.0.0.0/33", "::/0", "tea", "10.0.0/8"}) {
    refuse_rule(std::string("CIDR block ") + malformed + " is malformed",
                permission("tcp", "1", "1", {{"IpPermissions.1.IpRanges.1.CidrIp", malformed}}));
  }
  for (const char* malformed : {"10.0.0.0/8", "2001:db8::", "::/129"}) {
    refuse_rule(std::string("CIDR block ") + malformed + " is malformed",
                permission("tcp", "1", "1", {{"IpPermissions.1.Ipv6Ranges.1.CidrIpv6", malformed}}));
  }
  const Document made =
      allow(permission("tcp", "1", "1", {{"IpPermissions.1.Ipv6Ranges.1.CidrIpv6", "2001:DB8:0::1/64"}}));
  EXPECT_EQ(text(made[0], "CidrIpv6"), "2001:db8::/64");
}

TEST_F(SecurityGroupRulesTest, Descriptions) {
  const auto described = [&](const std::string& text) {
    return permission(
        "tcp", "1", "1",
        {{"IpPermissions.1.IpRanges.1.CidrIp", "10.0.0.0/8"}, {"IpPermissions.1.IpRanges.1.Description", text}});
  };
  for (const std::string& bad : {std::string("it's"), std::string(256, 'x'), std::string("caf\u00e9")}) {
    refuse_rule(
        "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set: "
        "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
        described(bad));
  }
  allow(described(std::string(255, 'x')));
}

TEST_F(SecurityGroupRulesTest, Peers) {
  const std::string db = create("db");
  const Document made = allow(permission("tcp", "5432", "5432", {{"IpPermissions.1.Groups.1.GroupId", db}}));
  EXPECT_EQ(text(made[0]["ReferencedGroupInfo"], "GroupId"), db);
  EXPECT_EQ(text(made[0]["ReferencedGroupInfo"], "UserId"), "123456789012");
  const Document pair = permissions()[0]["UserIdGroupPairs"][0];
  EXPECT_EQ(pair.size(), 2U) << pair.dump();
  refuse("InvalidGroup.NotFound", "The security group 'sg-00000000000000000' does not exist",
         "AuthorizeSecurityGroupIngress",
         permission("tcp", "1", "1", {{"IpPermissions.1.Groups.1.GroupId", "sg-00000000000000000"}}));
  refuse("InvalidGroupId.Malformed", "Invalid id: \"foo\" (expecting \"sg-...\")", "AuthorizeSecurityGroupIngress",
         permission("tcp", "1", "1", {{"IpPermissions.1.Groups.1.GroupId", "foo"}}));
  refuse("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.",
         "AuthorizeSecurityGroupIngress",
         permission(
             "tcp", "1", "1",
             {{"IpPermissions.1.Groups.1.GroupId",
               text_of(call("CreateSecurityGroup", {{"GroupName", "far"}, {"GroupDescription", "x"}}), "GroupId")}}));
  refuse("InvalidPrefixListID.NotFound", "The prefix list ID 'pl-0123456789abcdef0' does not exist",
         "AuthorizeSecurityGroupIngress",
         permission("tcp", "1", "1", {{"IpPermissions.1.PrefixListIds.1.PrefixListId", "pl-0123456789abcdef0"}}));
  refuse_rule(
      "missing mandatory parameter: exactly one of remote-security-group, remote-ip-range, remote-ipv6-range, or "
      "prefix-list-id must be present.",
      permission("tcp", "1", "1", {}));
  refuse("MissingParameter", "The request must contain the parameter ipPermissions", "AuthorizeSecurityGroupIngress",
         {{"GroupId", group}});
  refuse("MissingParameter", "The request must contain the parameter groupName or groupId",
         "AuthorizeSecurityGroupIngress", {{"IpProtocol", "-1"}, {"CidrIp", "10.0.0.0/8"}});
}

TEST_F(SecurityGroupRulesTest, TheGroupsIdIsJudgedBeforeADryRunIsAnswered) {
  const auto dry = [&](const std::string& id) {
    return Parameters{{"GroupId", id}, {"IpProtocol", "tcp"}, {"CidrIp", "10.0.0.0/8"}, {"DryRun", "true"}};
  };
  for (const char* operation : {"AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"}) {
    refuse("InvalidGroupId.Malformed", "The security-group ID 'sg-00000000000000000' is malformed", operation,
           dry("sg-00000000000000000"));
    refuse("DryRunOperation", "", operation, dry("sg-0123456789abcdef0"));
  }
}

TEST_F(SecurityGroupRulesTest, TheOldFlatForm) {
  const Document made = allow(
      {{"GroupId", group}, {"IpProtocol", "tcp"}, {"FromPort", "22"}, {"ToPort", "22"}, {"CidrIp", "203.0.113.7/32"}});
  EXPECT_EQ(text(made[0], "CidrIpv4"), "203.0.113.7/32");
  refuse_rule("CIDR block ::/0 is malformed",
              {{"GroupId", group}, {"IpProtocol", "tcp"}, {"FromPort", "1"}, {"ToPort", "1"}, {"CidrIp", "::/0"}});
  Parameters mixed = permission("tcp", "1", "1");
  mixed.emplace_back("CidrIp", "10.0.0.0/8");
  refuse("InvalidParameterCombination", "", "AuthorizeSecurityGroupIngress", mixed);
  refuse("InvalidParameterValue", "", "AuthorizeSecurityGroupEgress",
         {{"GroupId", group}, {"IpProtocol", "tcp"}, {"SourceSecurityGroupName", "web"}});
  // A source group alone means all of TCP, UDP and ICMP.
  const std::string near =
      text_of(call("CreateSecurityGroup", {{"GroupName", "near"}, {"GroupDescription", "x"}}), "GroupId");
  const Document three = allow({{"GroupId", near}, {"SourceSecurityGroupName", "near"}});
  EXPECT_EQ(three.size(), 3U);
}

TEST_F(SecurityGroupRulesTest, Duplicates) {
  const auto exists = [&](const std::string& spelt, const Parameters& parameters) {
    refuse("InvalidPermission.Duplicate", "the specified rule \"" + spelt + "\" already exists",
           "AuthorizeSecurityGroupIngress", parameters);
  };
  const std::string db = create("db");
  const Parameters by_group = permission("tcp", "3306", "3306", {{"IpPermissions.1.Groups.1.GroupId", db}});
  allow(permission("tcp", "22", "22"));
  allow(permission("-1", "", ""));
  allow(permission("icmp", "8", "-1"));
  allow(by_group);
  exists("peer: 10.1.0.0/16, TCP, from port: 22, to port: 22, ALLOW",
         permission("6", "22", "22", {{"IpPermissions.1.IpRanges.1.CidrIp", "10.1.2.3/16"}}));
  exists("peer: 10.1.0.0/16, ALL, ALLOW", permission("-1", "80", "80"));
  exists("peer: 10.1.0.0/16, ICMP, type: 8, code: -1, ALLOW", permission("icmp", "8", "-1"));
  exists("peer: " + db + ", TCP, from port: 3306, to port: 3306, ALLOW", by_group);
  refuse_rule("The same permission must not appear multiple times",
              permission("tcp", "1", "1",
                         {{"IpPermissions.1.IpRanges.1.CidrIp", "10.0.0.1/8"},
                          {"IpPermissions.1.IpRanges.2.CidrIp", "10.0.0.2/8"}}));
  EXPECT_EQ(permissions().size(), 4U);
}

TEST_F(SecurityGroupRulesTest, RulesOfOneProtocolAndPortsFold) {
  const std::string db = create("db");
  allow(permission("tcp", "22", "22", {{"IpPermissions.1.IpRanges.1.CidrIp", "10.0.0.0/8"}}));
  allow(permission("tcp", "22", "22", {{"IpPermissions.1.Ipv6Ranges.1.CidrIpv6", "::/0"}}));
  allow(permission("tcp", "22", "22", {{"IpPermissions.1.Groups.1.GroupId", db}}));
  allow(permission("tcp", "22", "22", {{"IpPermissions.1.IpRanges.1.CidrIp", "192.168.0.0/16"}}));
  allow(permission("tcp", "22", "23"));
  const Document folded = permissions();
  ASSERT_EQ(folded.size(), 2U);
  EXPECT_EQ(folded[0]["IpRanges"].size(), 2U);
  EXPECT_EQ(text(folded[0]["IpRanges"][1], "CidrIp"), "192.168.0.0/16");
  EXPECT_EQ(folded[0]["Ipv6Ranges"].size(), 1U);
  EXPECT_EQ(folded[0]["UserIdGroupPairs"].size(), 1U);
}

TEST_F(SecurityGroupRulesTest, SixtyRulesOfEachFamilyAndDirection) {
  Parameters many = permission("tcp", "1", "1", {});
  for (int i = 1; i <= 59; ++i) {
    const std::string n = std::to_string(i);
    many.emplace_back("IpPermissions.1.IpRanges." + n + ".CidrIp", "10.0." + n + ".0/24");
    many.emplace_back("IpPermissions.1.Ipv6Ranges." + n + ".CidrIpv6", "2001:db8:" + n + "::/64");
  }
  EXPECT_EQ(allow(many).size(), 118U);
  allow(permission("tcp", "2", "2", {{"IpPermissions.1.Groups.1.GroupId", group}}));  // counts in both
  for (const auto& one : {permission("tcp", "3", "3"),
                          permission("tcp", "3", "3", {{"IpPermissions.1.Ipv6Ranges.1.CidrIpv6", "::/0"}})}) {
    refuse("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.",
           "AuthorizeSecurityGroupIngress", one);
  }
  call("AuthorizeSecurityGroupEgress", permission("tcp", "3", "3"));
}

TEST_F(SecurityGroupRulesTest, TagsOfRules) {
  Parameters parameters = permission("tcp", "1", "1");
  parameters.emplace_back("TagSpecification.1.ResourceType", "security-group-rule");
  parameters.emplace_back("TagSpecification.1.Tag.1.Key", "Name");
  parameters.emplace_back("TagSpecification.1.Tag.1.Value", "first");
  const Document made = allow(parameters);
  EXPECT_EQ(text(made[0]["Tags"][0], "Value"), "first");
  const std::string id = text_of(made[0], "SecurityGroupRuleId");
  call("CreateTags", {{"ResourceId.1", id}, {"Tag.1.Key", "Owner"}, {"Tag.1.Value", "me"}});
  EXPECT_EQ(rule(id)["Tags"].size(), 2U);
  const Document found =
      call("DescribeSecurityGroupRules", {{"Filter.1.Name", "tag:Owner"}, {"Filter.1.Value.1", "me"}});
  EXPECT_EQ(found["SecurityGroupRules"].size(), 1U);
  call("RevokeSecurityGroupIngress", {{"GroupId", group}, {"SecurityGroupRuleId.1", id}});
  EXPECT_TRUE(call("DescribeTags", {{"Filter.1.Name", "resource-id"}, {"Filter.1.Value.1", id}})["Tags"].empty());
}

// ---- Revoke --------------------------------------------------------------------------------------------------------

TEST_F(SecurityGroupRulesTest, TheDefaultRuleGoesWhateverItsPorts) {
  const Document answer = call("RevokeSecurityGroupEgress",
                               permission("-1", "0", "0", {{"IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"}}));
  EXPECT_EQ(answer["Return"], true);
  EXPECT_FALSE(has(answer, "UnknownIpPermissions"));
  EXPECT_EQ(answer["RevokedSecurityGroupRules"][0]["FromPort"], -1);
  EXPECT_TRUE(permissions("IpPermissionsEgress").empty());
}

TEST_F(SecurityGroupRulesTest, WhatIsNotThereIsRefusedInANondefaultVpc) {
  const Document made = allow(permission(
      "tcp", "22", "22",
      {{"IpPermissions.1.IpRanges.1.CidrIp", "10.1.0.0/16"}, {"IpPermissions.1.IpRanges.1.Description", "one"}}));
  const char* unknown = "The specified rule does not exist in this security group.";
  refuse("InvalidPermission.NotFound", unknown, "RevokeSecurityGroupIngress", permission("tcp", "22", "23"));
  refuse("InvalidPermission.NotFound", unknown, "RevokeSecurityGroupIngress",
         permission("tcp", "22", "22",
                    {{"IpPermissions.1.IpRanges.1.CidrIp", "10.1.0.0/16"},
                     {"IpPermissions.1.IpRanges.1.Description", "another"}}));
  // Two of which one is not there: nothing goes.
  refuse("InvalidPermission.NotFound", unknown, "RevokeSecurityGroupIngress",
         permission("tcp", "22", "22",
                    {{"IpPermissions.1.IpRanges.1.CidrIp", "10.1.0.0/16"},
                     {"IpPermissions.1.IpRanges.2.CidrIp", "10.2.0.0/16"}}));
  const std::string id = text_of(made[0], "SecurityGroupRuleId");
  refuse("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '" + id + "' does not exist",
         "RevokeSecurityGroupEgress", {{"GroupId", group}, {"SecurityGroupRuleId.1", id}});
  const Document gone = call("RevokeSecurityGroupIngress", permission("tcp", "22", "22"));
  EXPECT_EQ(text(gone["RevokedSecurityGroupRules"][0], "Description"), "one");
  refuse("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID 'sgr-00000000000000000' does not exist",
         "RevokeSecurityGroupIngress", {{"GroupId", group}, {"SecurityGroupRuleId.1", "sgr-00000000000000000"}});
  refuse("InvalidSecurityGroupRuleId.Malformed", "", "RevokeSecurityGroupIngress",
         {{"GroupId", group}, {"SecurityGroupRuleId.1", "tea"}});
}

TEST_F(SecurityGroupRulesTest, WhatIsNotThereIsToldInTheDefaultVpc) {
  group = text_of(call("CreateSecurityGroup", {{"GroupName", "near"}, {"GroupDescription", "x"}}), "GroupId");
  allow(permission("tcp", "22", "22"));
  const Document answer =
      call("RevokeSecurityGroupIngress", permission("tcp", "22", "22",
                                                    {{"IpPermissions.1.IpRanges.1.CidrIp", "10.1.0.0/16"},
                                                     {"IpPermissions.1.IpRanges.2.CidrIp", "10.2.0.0/16"}}));
  EXPECT_EQ(answer["Return"], true);
  EXPECT_EQ(answer["RevokedSecurityGroupRules"].size(), 1U);
  EXPECT_EQ(text(answer["UnknownIpPermissions"][0]["IpRanges"][0], "CidrIp"), "10.2.0.0/16");
  EXPECT_TRUE(permissions().empty());
}

// ---- Modify --------------------------------------------------------------------------------------------------------

TEST_F(SecurityGroupRulesTest, ARuleIsReplacedWholeAndKeepsItsId) {
  const std::string id = text_of(allow(permission("tcp", "22", "22",
                                                  {{"IpPermissions.1.IpRanges.1.CidrIp", "10.1.0.0/16"},
                                                   {"IpPermissions.1.IpRanges.1.Description", "one"}}))[0],
                                 "SecurityGroupRuleId");
  const auto modify = [&](Parameters changes) {
    Parameters all{{"GroupId", group}, {"SecurityGroupRule.1.SecurityGroupRuleId", id}};
    for (auto& [name, value] : changes) all.emplace_back("SecurityGroupRule.1.SecurityGroupRule." + name, value);
    return all;
  };
  call("ModifySecurityGroupRules",
       modify({{"IpProtocol", "udp"}, {"FromPort", "53"}, {"ToPort", "54"}, {"CidrIpv4", "10.2.3.4/16"}}));
  const Document shown = rule(id);
  EXPECT_EQ(text(shown, "IpProtocol"), "udp");
  EXPECT_EQ(text(shown, "CidrIpv4"), "10.2.0.0/16");
  EXPECT_FALSE(has(shown, "Description"));

  const auto refused = [&](const char* code, const char* message, Parameters changes) {
    refuse(code, message, "ModifySecurityGroupRules", modify(std::move(changes)));
  };
  refused("InvalidParameterValue",
          "Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly.", {});
  refused("InvalidParameterValue", "Invalid value for portRange. Must specify both from and to ports with TCP/UDP.",
          {{"IpProtocol", "tcp"}, {"FromPort", "1"}});
  refused("MissingParameter",
          "The request must contain exactly one of: cidrIp, cidrIpv6, prefixListId, or referencedGroupId",
          {{"IpProtocol", "-1"}});
  refused("InvalidParameterCombination",
          "Only one of cidrIp, cidrIpv6, prefixListId, or referencedGroupId can be specified",
          {{"IpProtocol", "-1"}, {"CidrIpv4", "10.0.0.0/8"}, {"CidrIpv6", "::/0"}});
  const std::string kind = "Invalid rule type for security group rule '" + id +
                           "'. You may not specify CidrIpv6 for an existing IPv4 CIDR rule.";
  refused("InvalidParameterValue", kind.c_str(), {{"IpProtocol", "-1"}, {"CidrIpv6", "::/0"}});
  allow(permission("tcp", "22", "22"));
  refused("InvalidPermission.Duplicate",
          "the specified rule \"peer: 10.1.0.0/16, TCP, from port: 22, to port: 22, ALLOW\" already exists",
          {{"IpProtocol", "tcp"}, {"FromPort", "22"}, {"ToPort", "22"}, {"CidrIpv4", "10.1.0.0/16"}});
  refuse("InvalidGroup.NotFound", "The security group 'sg-00000000' does not exist", "ModifySecurityGroupRules",
         {{"GroupId", "sg-00000000"}, {"SecurityGroupRule.1.SecurityGroupRuleId", id}});
  refuse("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID 'sgr-00000000' does not exist",
         "ModifySecurityGroupRules", {{"GroupId", group}, {"SecurityGroupRule.1.SecurityGroupRuleId", "sgr-00000000"}});
}

TEST_F(SecurityGroupRulesTest, DescriptionsByIdAndByPermission) {
  const std::string id = text_of(allow(permission("tcp", "22", "22"))[0], "SecurityGroupRuleId");
  const auto by_id = [&](Parameters more) {
    more.emplace_back("GroupId", group);
    more.emplace_back("SecurityGroupRuleDescription.1.SecurityGroupRuleId", id);
    return more;
  };
  call("UpdateSecurityGroupRuleDescriptionsIngress", by_id({{"SecurityGroupRuleDescription.1.Description", "one"}}));
  EXPECT_EQ(text(rule(id), "Description"), "one");
  call("UpdateSecurityGroupRuleDescriptionsIngress", permission("tcp", "22", "22",
                                                                {{"IpPermissions.1.IpRanges.1.CidrIp", "10.1.0.0/16"},
                                                                 {"IpPermissions.1.IpRanges.1.Description", "two"}}));
  EXPECT_EQ(text(permissions()[0]["IpRanges"][0], "Description"), "two");
  call("UpdateSecurityGroupRuleDescriptionsIngress", permission("tcp", "22", "22"));
  EXPECT_FALSE(has(rule(id), "Description"));
  refuse("InvalidPermission.NotFound", "The specified rule does not exist in this security group.",
         "UpdateSecurityGroupRuleDescriptionsIngress", permission("tcp", "22", "23"));
  refuse("InvalidSecurityGroupRuleId.NotFound", "", "UpdateSecurityGroupRuleDescriptionsEgress",
         by_id({{"SecurityGroupRuleDescription.1.Description", "one"}}));
  refuse("InvalidParameterValue", "", "UpdateSecurityGroupRuleDescriptionsIngress",
         by_id({{"SecurityGroupRuleDescription.1.Description", "it's"}}));
}

// ---- Describe ------------------------------------------------------------------------------------------------------

TEST_F(SecurityGroupRulesTest, ListedByGroup) {
  allow(permission("tcp", "22", "22"));
  const Parameters filter{{"Filter.1.Name", "group-id"}, {"Filter.1.Value.1", group}};
  const Document rules = call("DescribeSecurityGroupRules", filter)["SecurityGroupRules"];
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_EQ(rules[0]["IsEgress"], true);
  EXPECT_EQ(rules[0]["FromPort"], -1);
  refuse("InvalidGroupId.Malformed", "The security group ID 'foobar' is malformed", "DescribeSecurityGroupRules",
         {{"Filter.1.Name", "group-id"}, {"Filter.1.Value.1", "foobar"}});
  EXPECT_TRUE(call("DescribeSecurityGroupRules",
                   {{"Filter.1.Name", "group-id"}, {"Filter.1.Value.1", "sg-0123456789abcdef0"}})["SecurityGroupRules"]
                  .empty());
  refuse("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID 'sgr-00000000' does not exist",
         "DescribeSecurityGroupRules", {{"SecurityGroupRuleId.1", "sgr-00000000"}});
}

}  // namespace
}  // namespace fogling::test
