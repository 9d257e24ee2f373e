/// Network ACLs: entries as EC2 takes and shows them, and the one ACL that each subnet has.

#include "tests/support/vpc.hpp"

namespace fogling::test {
namespace {

class NetworkAcls : public VpcTest<SettledTest> {
 protected:
  Document acl(const std::string& id) {
    return call("DescribeNetworkAcls", {{"NetworkAclId.1", id}})["NetworkAcls"][0];
  }
  Document default_acl() {
    return call("DescribeNetworkAcls", {{"Filter.1.Name", "vpc-id"},
                                        {"Filter.1.Value.1", vpc},
                                        {"Filter.2.Name", "default"},
                                        {"Filter.2.Value.1", "true"}})["NetworkAcls"][0];
  }
  std::string create_acl(const std::string& vpc_id) {
    return text_of(call("CreateNetworkAcl", {{"VpcId", vpc_id}})["NetworkAcl"], "NetworkAclId");
  }
  /// Rule 100 for TCP 22 from anywhere, with something else.
  Parameters entry(const std::string& id, Parameters changes = {}) {
    Parameters parameters{{"NetworkAclId", id},     {"RuleNumber", "100"}, {"Protocol", "6"},
                          {"RuleAction", "allow"},  {"Egress", "false"},   {"CidrBlock", "0.0.0.0/0"},
                          {"PortRange.From", "22"}, {"PortRange.To", "22"}};
    for (auto& change : changes) {
      std::erase_if(parameters, [&](const auto& each) { return each.first == change.first; });
      if (!change.second.empty()) parameters.push_back(std::move(change));
    }
    return parameters;
  }
  /// The first entry of a number and direction.
  Document shown(const std::string& id, std::int64_t number, bool is_egress = false) {
    const Document found = acl(id);
    for (const auto& each : found["Entries"]) {
      if (each["RuleNumber"] == number && each["Egress"] == is_egress) return each;
    }
    return nullptr;
  }

  const std::string vpc = create_vpc();
};

TEST_F(NetworkAcls, ANewOneDeniesEverything) {
  const Document made = call("CreateNetworkAcl", {{"VpcId", vpc},
                                                  {"TagSpecification.1.ResourceType", "network-acl"},
                                                  {"TagSpecification.1.Tag.1.Key", "Name"},
                                                  {"TagSpecification.1.Tag.1.Value", "strict"}})["NetworkAcl"];
  EXPECT_EQ(made["IsDefault"], false);
  EXPECT_EQ(made["OwnerId"], scope.account);
  EXPECT_EQ(made["Tags"][0]["Value"], "strict");
  EXPECT_TRUE(made["Entries"][0].contains("PortRange"));  // recorded
  const Document entries = acl(text_of(made, "NetworkAclId"))["Entries"];
  const auto last = [](bool is_egress) -> Document {
    return {{"RuleNumber", 32767},
            {"Protocol", "-1"},
            {"RuleAction", "deny"},
            {"Egress", is_egress},
            {"CidrBlock", "0.0.0.0/0"}};
  };
  EXPECT_EQ(entries, Document::array({last(true), last(false)}));
}

TEST_F(NetworkAcls, AnEntryIsShownAsItWasAskedFor) {
  const auto id = create_acl(vpc);
  call("CreateNetworkAclEntry", entry(id, {{"CidrBlock", "10.1.2.3/16"}}));
  EXPECT_EQ(shown(id, 100), Document({{"RuleNumber", 100},
                                      {"Protocol", "6"},
                                      {"RuleAction", "allow"},
                                      {"Egress", false},
                                      {"CidrBlock", "10.1.0.0/16"},
                                      {"PortRange", {{"From", 22}, {"To", 22}}}}));
  call("CreateNetworkAclEntry", entry(id, {{"RuleNumber", "110"}, {"Protocol", "UDP"}, {"Egress", "true"}}));
  EXPECT_EQ(shown(id, 110, true)["Protocol"], "17");
  call("CreateNetworkAclEntry",
       entry(id, {{"RuleNumber", "120"}, {"Protocol", "icmp"}, {"Icmp.Type", "8"}, {"Icmp.Code", "-1"}}));
  EXPECT_EQ(shown(id, 120)["IcmpTypeCode"], Document({{"Type", 8}, {"Code", -1}}));
  EXPECT_FALSE(shown(id, 120).contains("PortRange"));
  // Terraform sends ports with every protocol; they must not come back.
  call("CreateNetworkAclEntry",
       entry(id, {{"RuleNumber", "130"}, {"Protocol", "-1"}, {"PortRange.From", "0"}, {"PortRange.To", "0"}}));
  EXPECT_FALSE(shown(id, 130).contains("PortRange"));
  call("CreateNetworkAclEntry", entry(id, {{"RuleNumber", "140"},
                                           {"Protocol", "58"},
                                           {"CidrBlock", ""},
                                           {"Ipv6CidrBlock", "2001:DB8::1/64"},
                                           {"Icmp.Type", "-1"},
                                           {"Icmp.Code", "-1"}}));
  EXPECT_EQ(shown(id, 140)["Ipv6CidrBlock"], "2001:db8::/64");
}

TEST_F(NetworkAcls, WhatIsNoEntryIsRefused) {
  const auto id = create_acl(vpc);
  const std::pair<const char*, Parameters> kRefused[] = {
      {"InvalidParameterValue", {{"RuleNumber", "0"}}},
      {"InvalidParameterValue", {{"RuleNumber", "32767"}}},
      {"InvalidParameterValue", {{"Protocol", "300"}}},
      {"InvalidParameterValue", {{"Protocol", "tpc"}}},
      {"InvalidParameterValue", {{"CidrBlock", "10.0.0.0"}}},
      {"InvalidParameterValue", {{"PortRange.From", "23"}}},
      {"InvalidParameterValue", {{"PortRange.To", "65536"}}},
      {"InvalidParameterValue", {{"Protocol", "1"}, {"Icmp.Type", "256"}, {"Icmp.Code", "0"}}},
      {"MissingParameter", {{"PortRange.From", ""}, {"PortRange.To", ""}}},
      {"MissingParameter", {{"Protocol", "1"}}},
      {"MissingParameter", {{"CidrBlock", ""}}},
      {"MissingParameter", {{"Protocol", "58"}, {"Icmp.Type", "-1"}, {"Icmp.Code", "-1"}}},
      {"InvalidParameterCombination", {{"Ipv6CidrBlock", "::/0"}}},
  };
  for (const auto& [code, changes] : kRefused) refuse(code, "", "CreateNetworkAclEntry", entry(id, changes));
  EXPECT_EQ(acl(id)["Entries"].size(), 2U);
}

TEST_F(NetworkAcls, ANumberIsTakenOnceInEachDirection) {
  const auto id = create_acl(vpc);
  call("CreateNetworkAclEntry", entry(id));
  call("CreateNetworkAclEntry", entry(id));  // recorded: the same again is no error
  call("CreateNetworkAclEntry", entry(id, {{"Egress", "true"}}));
  refuse("NetworkAclEntryAlreadyExists", "The network acl entry identified by 100 already exists.",
         "CreateNetworkAclEntry", entry(id, {{"RuleAction", "deny"}}));
  EXPECT_EQ(acl(id)["Entries"].size(), 4U);
}

TEST_F(NetworkAcls, EntriesAreReplacedAndDeleted) {
  const auto id = create_acl(vpc);
  const std::string unknown = "no ingress entry with number 100 in network ACL " + id;
  refuse("InvalidNetworkAclEntry.NotFound", unknown, "ReplaceNetworkAclEntry", entry(id));
  call("CreateNetworkAclEntry", entry(id));
  call("ReplaceNetworkAclEntry", entry(id, {{"Protocol", "-1"}, {"RuleAction", "deny"}}));
  EXPECT_EQ(shown(id, 100)["RuleAction"], "deny");
  EXPECT_FALSE(shown(id, 100).contains("PortRange"));
  call("DeleteNetworkAclEntry", {{"NetworkAclId", id}, {"RuleNumber", "100"}, {"Egress", "false"}});
  refuse("InvalidNetworkAclEntry.NotFound", unknown, "DeleteNetworkAclEntry",
         {{"NetworkAclId", id}, {"RuleNumber", "100"}, {"Egress", "false"}});
  refuse("InvalidNetworkAclID.NotFound", "The networkAcl ID 'acl-01234567' does not exist", "CreateNetworkAclEntry",
         entry("acl-01234567"));
}

TEST_F(NetworkAcls, TwentyEntriesInEachDirection) {
  const auto id = create_acl(vpc);
  for (int number = 1; number <= 20; ++number)
    call("CreateNetworkAclEntry", entry(id, {{"RuleNumber", std::to_string(number)}}));
  refuse("NetworkAclEntryLimitExceeded", "", "CreateNetworkAclEntry", entry(id));
  call("CreateNetworkAclEntry", entry(id, {{"Egress", "true"}}));
  call("CreateNetworkAclEntry", entry(id, {{"CidrBlock", ""}, {"Ipv6CidrBlock", "::/0"}}));
}

TEST_F(NetworkAcls, ASubnetExchangesItsAclForAnother) {
  const auto subnet = create_subnet(vpc);
  const Document before = default_acl()["Associations"][0];
  EXPECT_EQ(before["SubnetId"], subnet);
  const auto id = create_acl(vpc);
  const auto exchanged = text_of(call("ReplaceNetworkAclAssociation",
                                      {{"AssociationId", before["NetworkAclAssociationId"]}, {"NetworkAclId", id}}),
                                 "NewAssociationId");
  EXPECT_TRUE(default_acl()["Associations"].empty());
  EXPECT_EQ(acl(id)["Associations"][0],
            Document({{"NetworkAclAssociationId", exchanged}, {"NetworkAclId", id}, {"SubnetId", subnet}}));
  refuse("InvalidAssociationID.NotFound",
         "The association ID '" + text_of(before, "NetworkAclAssociationId") + "' does not exist",
         "ReplaceNetworkAclAssociation", {{"AssociationId", before["NetworkAclAssociationId"]}, {"NetworkAclId", id}});
  refuse("DependencyViolation", "The networkAcl '" + id + "' has dependencies and cannot be deleted.",
         "DeleteNetworkAcl", {{"NetworkAclId", id}});
  refuse("InvalidParameterValue", "", "ReplaceNetworkAclAssociation",
         {{"AssociationId", exchanged}, {"NetworkAclId", create_acl(create_vpc("10.1.0.0/16"))}});
  call("DeleteSubnet", {{"SubnetId", subnet}});
  call("DeleteNetworkAcl", {{"NetworkAclId", id}});
}

TEST_F(NetworkAcls, TheDefaultOneStaysWithItsVpc) {
  const auto id = text_of(default_acl(), "NetworkAclId");
  refuse("InvalidParameterValue", "cannot delete default network ACL " + id, "DeleteNetworkAcl",
         {{"NetworkAclId", id}});
  const auto other = create_acl(vpc);
  refuse("DependencyViolation", "", "DeleteVpc", {{"VpcId", vpc}});
  call("DeleteNetworkAcl", {{"NetworkAclId", other}});
  call("DeleteVpc", {{"VpcId", vpc}});
  refuse("InvalidNetworkAclID.NotFound", "", "DescribeNetworkAcls", {{"NetworkAclId.1", id}});
}

TEST_F(NetworkAcls, EveryFilterIsAnswered) { expect_filters("DescribeNetworkAcls"); }

}  // namespace
}  // namespace fogling::test
