/// NAT gateways: how they are made and fail, what they hold, and what they leave behind.

#include "tests/support/vpc.hpp"

namespace fogling::test {
namespace {

class NatGateways : public VpcTest<HouseTest> {
 protected:
  NatGateways() { settle(); }

  Document create(Parameters parameters) { return call("CreateNatGateway", parameters)["NatGateway"]; }
  std::string create_public(const std::string& allocation_id) {
    return text_of(create({{"SubnetId", subnet}, {"AllocationId", allocation_id}}), "NatGatewayId");
  }
  std::string create_private(Parameters more = {}) {
    more.insert(more.end(), {{"SubnetId", subnet}, {"ConnectivityType", "private"}});
    const auto id = text_of(create(more), "NatGatewayId");
    settle();
    return id;
  }
  Document nat_gateway(const std::string& id) {
    return call("DescribeNatGateways", {{"NatGatewayId.1", id}})["NatGateways"][0];
  }
  void expect_failure(const std::string& id, const std::string& code, const std::string& words) {
    EXPECT_EQ(nat_gateway(id)["State"], "pending");
    EXPECT_FALSE(nat_gateway(id).contains("FailureCode"));
    settle();
    const Document failed = nat_gateway(id);
    EXPECT_EQ(failed["State"], "failed");
    EXPECT_EQ(failed["FailureCode"], code);
    EXPECT_EQ(failed["FailureMessage"], words);
  }

  const std::string vpc = create_vpc(), subnet = create_subnet(vpc);
};

TEST_F(NatGateways, APublicOneHoldsAnElasticAddressByAnInterfaceOfItsOwn) {
  create_gateway(vpc);
  const auto allocation = this->allocation();
  const Document made = create({{"SubnetId", subnet}, {"AllocationId", allocation}, {"ClientToken", "once"}});
  EXPECT_EQ(made["State"], "pending");
  EXPECT_EQ(made["VpcId"], vpc);
  EXPECT_EQ(made["ConnectivityType"], "public");
  EXPECT_EQ(made["AvailabilityMode"], "zonal");
  EXPECT_EQ(made["NatGatewayAddresses"],
            Document::array({{{"AllocationId", allocation}, {"IsPrimary", true}, {"Status", "associating"}}}));
  settle();
  const auto id = text_of(made, "NatGatewayId");
  const Document gateway = nat_gateway(id);
  EXPECT_EQ(gateway["State"], "available");
  const Document item = gateway["NatGatewayAddresses"][0];
  const Document address = this->address(allocation);
  EXPECT_EQ(item["PublicIp"], address["PublicIp"]);
  EXPECT_EQ(item["AssociationId"], address["AssociationId"]);
  EXPECT_EQ(item["PrivateIp"], address["PrivateIpAddress"]);
  EXPECT_EQ(item["Status"], "succeeded");

  const Document interface = this->interface(text_of(item, "NetworkInterfaceId"));
  EXPECT_EQ(interface["InterfaceType"], "nat_gateway");
  EXPECT_EQ(interface["Description"], "Interface for NAT Gateway " + id);
  EXPECT_EQ(interface["Status"], "in-use");
  EXPECT_EQ(interface["RequesterManaged"], true);
  EXPECT_EQ(interface["SourceDestCheck"], false);
  EXPECT_TRUE(interface["Groups"].empty());
  EXPECT_EQ(interface["Attachment"]["InstanceOwnerId"], "amazon-aws");
  EXPECT_FALSE(interface["Attachment"].contains("InstanceId"));
}

TEST_F(NatGateways, WhatItHoldsCannotBeTakenFromIt) {
  const auto gateway = create_gateway(vpc);
  const auto allocation = this->allocation();
  const auto id = create_public(allocation);
  settle();
  const Document item = nat_gateway(id)["NatGatewayAddresses"][0];
  const auto interface = text_of(item, "NetworkInterfaceId");
  refuse("InvalidParameterValue", "Network interface '" + interface + "' is currently in use.",
         "DeleteNetworkInterface", {{"NetworkInterfaceId", interface}});
  refuse("OperationNotPermitted", "You are not allowed to manage 'ela-attach' attachments.", "DetachNetworkInterface",
         {{"AttachmentId", this->interface(interface)["Attachment"]["AttachmentId"]}});
  refuse("AuthFailure", "You do not have permission to access the specified resource.", "DisassociateAddress",
         {{"AssociationId", item["AssociationId"]}});
  refuse("DependencyViolation", "The subnet '" + subnet + "' has dependencies and cannot be deleted.", "DeleteSubnet",
         {{"SubnetId", subnet}});
  refuse("DependencyViolation",
         "Network " + vpc +
             " has some mapped public address(es). Please unmap those public address(es) before "
             "detaching the gateway.",
         "DetachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}});
}

TEST_F(NatGateways, ADeletedOneIsShownForAnHour) {
  create_gateway(vpc);
  const auto allocation = this->allocation();
  const auto id = create_public(allocation);
  settle();
  const auto table = create_table(vpc);
  create_route(table, "0.0.0.0/0", "NatGatewayId", id);
  EXPECT_EQ(state_of_route(table, "0.0.0.0/0"), "active");
  const auto interface = text_of(nat_gateway(id)["NatGatewayAddresses"][0], "NetworkInterfaceId");
  EXPECT_EQ(call("DeleteNatGateway", {{"NatGatewayId", id}}), Document({{"NatGatewayId", id}}));
  EXPECT_EQ(nat_gateway(id)["State"], "deleting");
  EXPECT_FALSE(address(allocation)["AssociationId"].is_null());
  EXPECT_EQ(state_of_route(table, "0.0.0.0/0"), "blackhole");
  settle();
  EXPECT_EQ(nat_gateway(id)["State"], "deleted");
  EXPECT_TRUE(nat_gateway(id).contains("DeleteTime"));
  EXPECT_FALSE(address(allocation).contains("AssociationId"));
  refuse("InvalidNetworkInterfaceID.NotFound", "", "DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", interface}});
  refuse("NatGatewayNotFound", "The Nat Gateway " + id + " was not found", "DeleteNatGateway", {{"NatGatewayId", id}});
  call("DeleteSubnet", {{"SubnetId", subnet}});
  advance_s(3600);
  refuse("NatGatewayNotFound", "The Nat Gateway " + id + " was not found", "DescribeNatGateways",
         {{"NatGatewayId.1", id}});
  EXPECT_EQ(state_of_route(table, "0.0.0.0/0"), "blackhole");
}

TEST_F(NatGateways, WithoutAnInternetGatewayAPublicOneFails) {
  const auto allocation = this->allocation();
  const auto id = create_public(allocation);
  expect_failure(id, "Gateway.NotAttached", "Network " + vpc + " has no Internet gateway attached");
  EXPECT_FALSE(address(allocation).contains("AssociationId"));
  call("DeleteNatGateway", {{"NatGatewayId", id}});
  settle();
  EXPECT_EQ(nat_gateway(id)["State"], "deleted");
}

TEST_F(NatGateways, AFailedOneDisappearsByItself) {
  const auto id = create_public(allocation());
  settle();
  call("DeleteSubnet", {{"SubnetId", subnet}});
  advance_s(3600);
  refuse("NatGatewayNotFound", "", "DescribeNatGateways", {{"NatGatewayId.1", id}});
}

TEST_F(NatGateways, WithATakenAddressItFails) {
  create_gateway(vpc);
  const auto allocation = this->allocation();
  create_public(allocation);
  expect_failure(create_public(allocation), "Resource.AlreadyAssociated",
                 "Elastic IP address " + allocation + " is already associated");
}

TEST_F(NatGateways, InAFullSubnetItFails) {
  const auto small = create_subnet(vpc, "10.0.9.0/28");
  create_interface(small, {{"SecondaryPrivateIpAddressCount", "10"}});
  const auto id = text_of(create({{"SubnetId", small}, {"ConnectivityType", "private"}}), "NatGatewayId");
  expect_failure(id, "InsufficientFreeAddressesInSubnet",
                 "Subnet has insufficient free addresses to create this NAT gateway");
}

TEST_F(NatGateways, WhatMakesNoSenseIsRefusedAtOnce) {
  refuse("MissingParameter", "", "CreateNatGateway", {{"SubnetId", subnet}});
  refuse("MissingParameter", "", "CreateNatGateway", {{"AllocationId", allocation()}});
  refuse("InvalidSubnetID.NotFound", "", "CreateNatGateway",
         {{"SubnetId", "subnet-01234567"}, {"ConnectivityType", "private"}});
  refuse("InvalidElasticIpID.NotFound", "", "CreateNatGateway",
         {{"SubnetId", subnet}, {"AllocationId", "eipalloc-01234567"}});
  refuse("InvalidParameterCombination", "", "CreateNatGateway",
         {{"SubnetId", subnet}, {"ConnectivityType", "private"}, {"AllocationId", allocation()}});
  refuse("NatGatewayMalformed", "", "DescribeNatGateways", {{"NatGatewayId.1", "nat-wrong!"}});
}

TEST_F(NatGateways, FiveInAZone) {
  for (int i = 0; i < 5; ++i) create_private();
  const Parameters one_more{{"SubnetId", subnet}, {"ConnectivityType", "private"}};
  refuse("NatGatewayLimitExceeded", "Performing this operation would exceed the limit of 5 NAT gateways",
         "CreateNatGateway", one_more);
  const auto other_zone =
      text_of(call("CreateSubnet",
                   {{"VpcId", vpc}, {"CidrBlock", "10.0.1.0/24"}, {"AvailabilityZone", "us-east-1b"}})["Subnet"],
              "SubnetId");
  create({{"SubnetId", other_zone}, {"ConnectivityType", "private"}});
}

TEST_F(NatGateways, APrivateOneGetsAndGivesUpAddresses) {
  const auto id = create_private({{"PrivateIpAddress", "10.0.0.10"}, {"SecondaryPrivateIpAddressCount", "1"}});
  Document addresses = nat_gateway(id)["NatGatewayAddresses"];
  ASSERT_EQ(addresses.size(), 2U);
  EXPECT_EQ(addresses[0]["PrivateIp"], "10.0.0.10");
  EXPECT_EQ(addresses[0]["IsPrimary"], true);
  EXPECT_EQ(addresses[1]["IsPrimary"], false);
  EXPECT_FALSE(addresses[0].contains("PublicIp"));

  const Document assigned =
      call("AssignPrivateNatGatewayAddress", {{"NatGatewayId", id}, {"PrivateIpAddress.1", "10.0.0.20"}});
  EXPECT_EQ(assigned["NatGatewayAddresses"][0]["Status"], "assigning");
  refuse("IncorrectState", "", "AssignPrivateNatGatewayAddress",
         {{"NatGatewayId", id}, {"PrivateIpAddressCount", "1"}});
  settle();
  EXPECT_EQ(nat_gateway(id)["NatGatewayAddresses"][2]["Status"], "succeeded");
  refuse("InvalidIPAddress.InUse", "", "AssignPrivateNatGatewayAddress",
         {{"NatGatewayId", id}, {"PrivateIpAddress.1", "10.0.0.20"}});
  refuse("PrivateIpAddressLimitExceeded", "", "AssignPrivateNatGatewayAddress",
         {{"NatGatewayId", id}, {"PrivateIpAddressCount", "6"}});

  refuse("InvalidParameterValue", "", "UnassignPrivateNatGatewayAddress",
         {{"NatGatewayId", id}, {"PrivateIpAddress.1", "10.0.0.10"}});
  const Document leaving =
      call("UnassignPrivateNatGatewayAddress", {{"NatGatewayId", id}, {"PrivateIpAddress.1", "10.0.0.20"}});
  EXPECT_EQ(leaving["NatGatewayAddresses"][0]["Status"], "unassigning");
  settle();
  EXPECT_EQ(nat_gateway(id)["NatGatewayAddresses"].size(), 2U);
  create_interface(subnet, {{"PrivateIpAddress", "10.0.0.20"}});
  refuse("InvalidParameterValue", "", "AssociateNatGatewayAddress",
         {{"NatGatewayId", id}, {"AllocationId.1", allocation()}});
}

TEST_F(NatGateways, APublicOneGetsAndGivesUpElasticAddresses) {
  create_gateway(vpc);
  const auto second = allocation();
  const auto id = create_public(allocation());
  settle();
  const Document associated = call("AssociateNatGatewayAddress", {{"NatGatewayId", id}, {"AllocationId.1", second}});
  EXPECT_EQ(associated["NatGatewayAddresses"][0]["Status"], "associating");
  settle();
  const Document item = nat_gateway(id)["NatGatewayAddresses"][1];
  EXPECT_EQ(item["AllocationId"], second);
  EXPECT_EQ(item["AssociationId"], address(second)["AssociationId"]);
  refuse("AddressLimitExceeded", "", "AssociateNatGatewayAddress",
         {{"NatGatewayId", id}, {"AllocationId.1", allocation()}});
  const Document leaving =
      call("DisassociateNatGatewayAddress", {{"NatGatewayId", id}, {"AssociationId.1", item["AssociationId"]}});
  EXPECT_EQ(leaving["NatGatewayAddresses"][0]["Status"], "disassociating");
  settle();
  EXPECT_EQ(nat_gateway(id)["NatGatewayAddresses"].size(), 1U);
  EXPECT_FALSE(address(second).contains("AssociationId"));
  call("ReleaseAddress", {{"AllocationId", second}});
}

TEST_F(NatGateways, TheyAreFoundByTheirFilters) {
  const auto id = create_private();
  const Document found = call("DescribeNatGateways", {{"Filter.1.Name", "vpc-id"},
                                                      {"Filter.1.Value.1", vpc},
                                                      {"Filter.2.Name", "state"},
                                                      {"Filter.2.Value.1", "available"}})["NatGateways"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["NatGatewayId"], id);
  EXPECT_TRUE(
      call("DescribeNatGateways", {{"Filter.1.Name", "state"}, {"Filter.1.Value.1", "failed"}})["NatGateways"].empty());
  expect_filters("DescribeNatGateways");
}

}  // namespace
}  // namespace fogling::test
