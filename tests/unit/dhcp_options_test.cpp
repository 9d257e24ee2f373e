/// DHCP option sets: what they may hold, and which VPC has which.

#include "tests/support/vpc.hpp"

namespace fogling::test {
namespace {

class DhcpOptions : public VpcTest<SettledTest> {
 protected:
  std::string create(const char* key = "domain-name", const char* value = "example.com") {
    return text_of(call("CreateDhcpOptions",
                        {{"DhcpConfiguration.1.Key", key}, {"DhcpConfiguration.1.Value.1", value}})["DhcpOptions"],
                   "DhcpOptionsId");
  }
  std::string options_of(const std::string& vpc_id) {
    return text_of(call("DescribeVpcs", {{"VpcId.1", vpc_id}})["Vpcs"][0], "DhcpOptionsId");
  }
};

TEST_F(DhcpOptions, ASetIsShownAsItWasAskedFor) {
  const Document made = call("CreateDhcpOptions", {{"DhcpConfiguration.1.Key", "domain-name-servers"},
                                                   {"DhcpConfiguration.1.Value.1", "10.2.5.1"},
                                                   {"DhcpConfiguration.1.Value.2", "10.2.5.2"},
                                                   {"DhcpConfiguration.2.Key", "netbios-node-type"},
                                                   {"DhcpConfiguration.2.Value.1", "2"},
                                                   {"TagSpecification.1.ResourceType", "dhcp-options"},
                                                   {"TagSpecification.1.Tag.1.Key", "Name"},
                                                   {"TagSpecification.1.Tag.1.Value", "office"}})["DhcpOptions"];
  EXPECT_EQ(made["OwnerId"], scope.account);
  EXPECT_EQ(made["Tags"][0]["Value"], "office");
  EXPECT_EQ(made["DhcpConfigurations"],
            Document::array({{{"Key", "domain-name-servers"},
                              {"Values", Document::array({{{"Value", "10.2.5.1"}}, {{"Value", "10.2.5.2"}}})}},
                             {{"Key", "netbios-node-type"}, {"Values", Document::array({{{"Value", "2"}}})}}}));
  const Document found = call("DescribeDhcpOptions", {{"Filter.1.Name", "key"},
                                                      {"Filter.1.Value.1", "domain-name-servers"},
                                                      {"Filter.2.Name", "value"},
                                                      {"Filter.2.Value.1", "10.2.5.2"}})["DhcpOptions"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["DhcpOptionsId"], made["DhcpOptionsId"]);
  expect_filters("DescribeDhcpOptions");
}

TEST_F(DhcpOptions, AddressesMayComeInOneValue) {
  const auto id = create("domain-name-servers", "10.2.5.1,10.2.5.2");
  const Document set = call("DescribeDhcpOptions", {{"DhcpOptionsId.1", id}})["DhcpOptions"][0];
  EXPECT_EQ(set["DhcpConfigurations"][0]["Values"].size(), 2U);
}

TEST_F(DhcpOptions, WhatIsNoOptionIsRefused) {
  const std::pair<const char*, const char*> kRefused[] = {
      {"router", "10.0.0.1"},
      {"domain-name-servers", "one"},
      {"domain-name-servers", "10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5"},
      {"netbios-node-type", "3"},
      {"ntp-servers", "pool.ntp.org"},
      {"ipv6-address-preferred-lease-time", "139"}};
  for (const auto& [key, value] : kRefused) {
    refuse("InvalidParameterValue", "", "CreateDhcpOptions",
           {{"DhcpConfiguration.1.Key", key}, {"DhcpConfiguration.1.Value.1", value}});
  }
  refuse("MissingParameter", "", "CreateDhcpOptions");
  create("domain-name-servers", "AmazonProvidedDNS");
  create("ipv6-address-preferred-lease-time", "140");
}

TEST_F(DhcpOptions, WhileAVpcHasASetItStays) {
  const auto vpc = create_vpc(), id = create();
  const auto before = options_of(vpc);
  call("AssociateDhcpOptions", {{"DhcpOptionsId", id}, {"VpcId", vpc}});
  EXPECT_EQ(options_of(vpc), id);
  refuse("DependencyViolation", "The dhcpOptions '" + id + "' has dependencies and cannot be deleted.",
         "DeleteDhcpOptions", {{"DhcpOptionsId", id}});
  call("AssociateDhcpOptions", {{"DhcpOptionsId", "default"}, {"VpcId", vpc}});
  EXPECT_EQ(options_of(vpc), "default");
  call("DeleteDhcpOptions", {{"DhcpOptionsId", id}});
  refuse("InvalidDhcpOptionID.NotFound", "The dhcpOptions ID '" + id + "' does not exist", "AssociateDhcpOptions",
         {{"DhcpOptionsId", id}, {"VpcId", vpc}});
  call("AssociateDhcpOptions", {{"DhcpOptionsId", before}, {"VpcId", vpc}});
}

TEST_F(DhcpOptions, AVpcHasOneEgressOnlyGateway) {
  const auto vpc = create_vpc();
  const Document made = call("CreateEgressOnlyInternetGateway", {{"VpcId", vpc}, {"ClientToken", "once"}});
  EXPECT_EQ(made["ClientToken"], "once");
  EXPECT_EQ(made["EgressOnlyInternetGateway"]["Attachments"],
            Document::array({{{"State", "attached"}, {"VpcId", vpc}}}));
  refuse("InvalidParameterValue", "", "CreateEgressOnlyInternetGateway", {{"VpcId", vpc}});
  refuse("DependencyViolation", "", "DeleteVpc", {{"VpcId", vpc}});
  const auto id = text_of(made["EgressOnlyInternetGateway"], "EgressOnlyInternetGatewayId");
  EXPECT_EQ(call("DeleteEgressOnlyInternetGateway", {{"EgressOnlyInternetGatewayId", id}})["ReturnCode"], true);
  refuse("InvalidGatewayID.NotFound", "The eigw ID '" + id + "' does not exist", "DeleteEgressOnlyInternetGateway",
         {{"EgressOnlyInternetGatewayId", id}});
  call("DeleteVpc", {{"VpcId", vpc}});
}

}  // namespace
}  // namespace fogling::test
