/// Subnets: blocks of both families, attributes, reservations, and what keeps them from being deleted.

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class SubnetsTest : public NetworkTest<HouseTest> {
 protected:
  /// A VPC with IPv6, once; `block` is its /56.
  void SetUp() override {
    vpc = text_of(call("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}, {"AmazonProvidedIpv6CidrBlock", "true"}})["Vpc"],
                  "VpcId");
    settle();
    block =
        text_of(call("DescribeVpcs", {{"VpcId.1", vpc}})["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0], "Ipv6CidrBlock");
  }
  /// A block of this length at the n-th place within the VPC's: of /64 there are 256.
  std::string ipv6(unsigned place, int length = 64) const {
    Ipv6Cidr part = parse_ipv6_cidr(block).value();
    part.first[7] = static_cast<unsigned char>(place << (64 - length));
    part.prefix_length = length;
    return part.text();
  }
  Document create(Parameters parameters) {
    parameters.emplace_back("VpcId", vpc);
    return call("CreateSubnet", parameters)["Subnet"];
  }
  std::string create_id(Parameters parameters) {
    std::string id = text_of(create(std::move(parameters)), "SubnetId");
    settle();
    return id;
  }
  Document subnet(const std::string& id) { return call("DescribeSubnets", {{"SubnetId.1", id}})["Subnets"][0]; }

  std::string vpc, block;
};

// ---- Making --------------------------------------------------------------------------------------------------------

TEST_F(SubnetsTest, AnAnswerToTheMakingShowsOtherThanADescribe) {
  const Document made = create({{"CidrBlock", "10.0.16.7/28"}, {"AvailabilityZone", "us-east-1a"}});
  EXPECT_EQ(text(made, "State"), "available");
  EXPECT_EQ(text(made, "CidrBlock"), "10.0.16.0/28");
  EXPECT_EQ(made["AvailableIpAddressCount"], 11);
  EXPECT_FALSE(has(made, "BlockPublicAccessStates"));
  EXPECT_EQ(text(made["PrivateDnsNameOptionsOnLaunch"], "HostnameType"), "ip-name");
  EXPECT_TRUE(made["Ipv6CidrBlockAssociationSet"].empty());
  const Document shown = subnet(text_of(made, "SubnetId"));
  EXPECT_EQ(text(shown["BlockPublicAccessStates"], "InternetGatewayBlockMode"), "off");
  EXPECT_FALSE(has(shown, "Tags"));
}

TEST_F(SubnetsTest, BlocksThatAreRefused) {
  create({{"CidrBlock", "10.0.16.0/28"}});
  const auto refused = [&](const char* code, const std::string& message, const char* cidr) {
    refuse(code, message, "CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", cidr}});
  };
  refused("InvalidSubnet.Conflict", "The CIDR '10.0.16.8/28' conflicts with another subnet", "10.0.16.8/28");
  refused("InvalidSubnet.Range", "The CIDR '10.238.0.0/24' is invalid.", "10.238.0.0/24");
  refused("InvalidSubnet.Range", "The CIDR '10.0.18.0/29' is invalid.", "10.0.18.0/29");
  refused("InvalidParameterValue", "Value (foo) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
          "foo");
  refuse("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.", "CreateSubnet",
         {{"VpcId", vpc}});
  refuse("InvalidVpcID.NotFound", "The vpc ID 'vpc-00000000' does not exist", "CreateSubnet",
         {{"VpcId", "vpc-00000000"}, {"CidrBlock", "10.0.0.0/24"}});
}

TEST_F(SubnetsTest, ZonesThatAreNotOpen) {
  const std::string zones =
      "Subnets can currently only be created in the following availability zones: us-east-1a, us-east-1b, us-east-1c, "
      "us-east-1d, us-east-1e, us-east-1f.";
  for (const char* zone : {"us-east-1z", "us-east-1-bos-1a"}) {
    refuse("InvalidParameterValue",
           std::string("Value (") + zone + ") for parameter availabilityZone is invalid. " + zones, "CreateSubnet",
           {{"VpcId", vpc}, {"CidrBlock", "10.0.0.0/24"}, {"AvailabilityZone", zone}});
  }
  EXPECT_EQ(text(create({{"CidrBlock", "10.0.0.0/24"}, {"AvailabilityZoneId", "use1-az1"}}), "AvailabilityZone"),
            "us-east-1b");
  refuse("InvalidParameterCombination", "", "CreateSubnet",
         {{"VpcId", vpc},
          {"CidrBlock", "10.0.1.0/24"},
          {"AvailabilityZone", "us-east-1a"},
          {"AvailabilityZoneId", "use1-az1"}});
}

// ---- IPv6 ----------------------------------------------------------------------------------------------------------

TEST_F(SubnetsTest, AnIPv6BlockComesWithTheMaking) {
  const Document made = create({{"CidrBlock", "10.0.0.0/24"}, {"Ipv6CidrBlock", ipv6(1)}});
  const Document& first = made["Ipv6CidrBlockAssociationSet"][0];
  EXPECT_EQ(text(first, "Ipv6CidrBlock"), ipv6(1));
  EXPECT_EQ(text(first["Ipv6CidrBlockState"], "State"), "associating");
  EXPECT_EQ(made["AssignIpv6AddressOnCreation"], false);
  settle();
  const Document shown = subnet(text_of(made, "SubnetId"))["Ipv6CidrBlockAssociationSet"][0];
  EXPECT_EQ(text(shown["Ipv6CidrBlockState"], "State"), "associated");
  EXPECT_EQ(text(shown, "AssociationId"), text(first, "AssociationId"));
}

TEST_F(SubnetsTest, IPv6BlocksThatAreRefused) {
  create({{"CidrBlock", "10.0.0.0/24"}, {"Ipv6CidrBlock", ipv6(1)}});
  const auto refused = [&](const char* code, const std::string& message, const std::string& cidr) {
    refuse(code, message, "CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", "10.0.2.0/24"}, {"Ipv6CidrBlock", cidr}});
  };
  for (const std::string& cidr : {ipv6(0, 62), ipv6(0, 64).substr(0, ipv6(0).size() - 2) + "68", std::string("tea")}) {
    refused("InvalidParameterValue", "invalid value for parameter ipv6-cidr-block: " + cidr, cidr);
  }
  refused("InvalidSubnet.Range", "The IPv6 CIDR '2600:1f18:7cb4:2e01::/64' is invalid.", "2600:1f18:7cb4:2e01::/64");
  refused("InvalidSubnet.Conflict", "The IPv6 CIDR '" + ipv6(1) + "' conflicts with another subnet", ipv6(1));
  // Any fourth bit will do for an end.
  create({{"CidrBlock", "10.0.1.0/24"}, {"Ipv6CidrBlock", ipv6(1, 60)}});
  refused("InvalidSubnet.Conflict", "The IPv6 CIDR '" + ipv6(17) + "' conflicts with another subnet", ipv6(17));
}

TEST_F(SubnetsTest, IPv6Only) {
  refuse("MissingParameter", "Either 'ipv6CidrBlock' or 'ipv6IpamPoolId' should be provided.", "CreateSubnet",
         {{"VpcId", vpc}, {"Ipv6Native", "true"}});
  refuse("InvalidParameterCombination",
         "When specifying ipv4 parameters, cidrBlock or ipv4IpamPoolId, you cannot set ipv6Native to true.",
         "CreateSubnet",
         {{"VpcId", vpc}, {"Ipv6Native", "true"}, {"CidrBlock", "10.0.0.0/24"}, {"Ipv6CidrBlock", ipv6(3)}});
  const Document made = create({{"Ipv6Native", "true"}, {"Ipv6CidrBlock", ipv6(3)}});
  EXPECT_EQ(made["Ipv6Native"], true);
  EXPECT_EQ(made["AssignIpv6AddressOnCreation"], true);
  EXPECT_EQ(made["AvailableIpAddressCount"], 0);
  EXPECT_FALSE(has(made, "CidrBlock"));
  EXPECT_EQ(text(made["PrivateDnsNameOptionsOnLaunch"], "HostnameType"), "resource-name");
  settle();
  const std::string id = text_of(made, "SubnetId");
  for (const char* attribute : {"MapPublicIpOnLaunch.Value", "EnableResourceNameDnsARecordOnLaunch.Value"}) {
    refuse("InvalidParameterValue", "", "ModifySubnetAttribute", {{"SubnetId", id}, {attribute, "true"}});
  }
  refuse("InvalidParameterValue", "", "ModifySubnetAttribute",
         {{"SubnetId", id}, {"AssignIpv6AddressOnCreation.Value", "false"}});
  refuse("InvalidParameterValue", "", "ModifySubnetAttribute",
         {{"SubnetId", id}, {"PrivateDnsHostnameTypeOnLaunch", "ip-name"}});
  refuse("InvalidCidrBlock.InUse", "", "DisassociateSubnetCidrBlock",
         {{"AssociationId", text_of(made["Ipv6CidrBlockAssociationSet"][0], "AssociationId")}});
  EXPECT_EQ(call("DescribeSubnets", {{"Filter.1.Name", "ipv6-native"}, {"Filter.1.Value.1", "true"}})["Subnets"].size(),
            1U);
  // A second subnet finds its way past the one without IPv4.
  create({{"CidrBlock", "10.0.0.0/24"}});
}

TEST_F(SubnetsTest, AnIPv6BlockComesAndGoesLater) {
  const std::string id = create_id({{"CidrBlock", "10.0.0.0/24"}});
  refuse("InvalidSubnetID.NotFound", "The subnet ID 'subnet-00000000' does not exist", "AssociateSubnetCidrBlock",
         {{"SubnetId", "subnet-00000000"}, {"Ipv6CidrBlock", ipv6(5)}});
  const Document answer = call("AssociateSubnetCidrBlock", {{"SubnetId", id}, {"Ipv6CidrBlock", ipv6(5)}});
  EXPECT_EQ(text(answer, "SubnetId"), id);
  EXPECT_EQ(text(answer["Ipv6CidrBlockAssociation"]["Ipv6CidrBlockState"], "State"), "associating");
  const std::string name = text_of(answer["Ipv6CidrBlockAssociation"], "AssociationId");
  EXPECT_TRUE(name.starts_with("subnet-cidr-assoc-"));
  settle();
  refuse("CidrLimitExceeded", "", "AssociateSubnetCidrBlock", {{"SubnetId", id}, {"Ipv6CidrBlock", ipv6(6)}});

  call("ModifySubnetAttribute", {{"SubnetId", id}, {"AssignIpv6AddressOnCreation.Value", "true"}});
  EXPECT_EQ(subnet(id)["AssignIpv6AddressOnCreation"], true);
  refuse("InvalidCidrBlock.InUse",
         "The subnet IPv6 CIDR block with association ID " + name +
             " may not be disassociated, because its subnet has assign-ipv6-address-on-creation set to true.",
         "DisassociateSubnetCidrBlock", {{"AssociationId", name}});
  const std::string interface = create_interface(id);
  call("ModifySubnetAttribute", {{"SubnetId", id}, {"AssignIpv6AddressOnCreation.Value", "false"}});
  refuse("InvalidCidrBlock.InUse", "", "DisassociateSubnetCidrBlock", {{"AssociationId", name}});
  call("DeleteNetworkInterface", {{"NetworkInterfaceId", interface}});

  const Document gone = call("DisassociateSubnetCidrBlock", {{"AssociationId", name}});
  EXPECT_EQ(text(gone["Ipv6CidrBlockAssociation"]["Ipv6CidrBlockState"], "State"), "disassociating");
  settle();
  EXPECT_EQ(text(subnet(id)["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlockState"], "State"), "disassociated");
  refuse("InvalidSubnetCidrBlockAssociationID.NotFound",
         "The subnet CIDR block with association ID '" + name + "' does not exist", "DisassociateSubnetCidrBlock",
         {{"AssociationId", name}});
  call("AssociateSubnetCidrBlock", {{"SubnetId", id}, {"Ipv6CidrBlock", ipv6(6)}});
  settle();
  advance_s(2 * 3600);
  const Document blocks = subnet(id)["Ipv6CidrBlockAssociationSet"];
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_EQ(text(blocks[0], "Ipv6CidrBlock"), ipv6(6));
}

// ---- Attributes ----------------------------------------------------------------------------------------------------

TEST_F(SubnetsTest, AttributesThatNeedIPv6) {
  const std::string id = create_id({{"CidrBlock", "10.0.0.0/24"}});
  const std::pair<const char*, const char*> attributes[] = {
      {"AssignIpv6AddressOnCreation", "assign-ipv6-address-on-creation"},
      {"EnableDns64", "enable-dns64"},
      {"EnableResourceNameDnsAAAARecordOnLaunch", "enable-resource-name-dns-aaaa-record-on-launch"}};
  for (const auto& [member, name] : attributes) {
    const std::string parameter = std::string(member) + ".Value";
    refuse("InvalidParameterValue",
           std::string("Invalid value 'true' for ") + name + ". Cannot set " + name + " to true unless the subnet (" +
               id + ") has an IPv6 CIDR block associated with it.",
           "ModifySubnetAttribute", {{"SubnetId", id}, {parameter, "true"}});
    call("ModifySubnetAttribute", {{"SubnetId", id}, {parameter, "false"}});
  }
  call("AssociateSubnetCidrBlock", {{"SubnetId", id}, {"Ipv6CidrBlock", ipv6(1)}});
  settle();
  for (const auto& attribute : attributes) {
    call("ModifySubnetAttribute", {{"SubnetId", id}, {std::string(attribute.first) + ".Value", "true"}});
  }
  const Document shown = subnet(id);
  EXPECT_EQ(shown["AssignIpv6AddressOnCreation"], true);
  EXPECT_EQ(shown["EnableDns64"], true);
  EXPECT_EQ(shown["PrivateDnsNameOptionsOnLaunch"]["EnableResourceNameDnsAAAARecord"], true);
}

TEST_F(SubnetsTest, AttributesOneAtATime) {
  const std::string id = create_id({{"CidrBlock", "10.0.0.0/24"}});
  call("ModifySubnetAttribute", {{"SubnetId", id}, {"MapPublicIpOnLaunch.Value", "true"}});
  call("ModifySubnetAttribute", {{"SubnetId", id}, {"PrivateDnsHostnameTypeOnLaunch", "resource-name"}});
  call("ModifySubnetAttribute", {{"SubnetId", id}, {"EnableResourceNameDnsARecordOnLaunch.Value", "true"}});
  const Document shown = subnet(id);
  EXPECT_EQ(shown["MapPublicIpOnLaunch"], true);
  EXPECT_EQ(text(shown["PrivateDnsNameOptionsOnLaunch"], "HostnameType"), "resource-name");
  EXPECT_EQ(shown["PrivateDnsNameOptionsOnLaunch"]["EnableResourceNameDnsARecord"], true);
  refuse("InvalidParameterCombination",
         "Fields for multiple attribute types specified: mapPublicIpOnLaunch, enableDns64", "ModifySubnetAttribute",
         {{"SubnetId", id}, {"MapPublicIpOnLaunch.Value", "true"}, {"EnableDns64.Value", "false"}});
  refuse("InvalidParameterCombination", "No attributes specified.", "ModifySubnetAttribute", {{"SubnetId", id}});
  refuse("InvalidParameterValue", "", "ModifySubnetAttribute",
         {{"SubnetId", id}, {"PrivateDnsHostnameTypeOnLaunch", "tea-name"}});
}

TEST_F(SubnetsTest, WhatOnlyOutpostsHave) {
  const std::string id = create_id({{"CidrBlock", "10.0.0.0/24"}});
  refuse("MissingParameter", "The request must contain the parameter CustomerOwnedIpv4Pool", "ModifySubnetAttribute",
         {{"SubnetId", id}, {"MapCustomerOwnedIpOnLaunch.Value", "true"}});
  refuse("InvalidParameterValue", "", "ModifySubnetAttribute",
         {{"SubnetId", id},
          {"MapCustomerOwnedIpOnLaunch.Value", "true"},
          {"CustomerOwnedIpv4Pool", "ipv4pool-coip-0123456789abcdef0"}});
  refuse("InvalidParameterValue", "", "ModifySubnetAttribute", {{"SubnetId", id}, {"EnableLniAtDeviceIndex", "1"}});
  call("ModifySubnetAttribute", {{"SubnetId", id}, {"MapCustomerOwnedIpOnLaunch.Value", "false"}});
}

// ---- Reservations --------------------------------------------------------------------------------------------------

TEST_F(SubnetsTest, ReservationsAreKeptAndShown) {
  const std::string id = create_id({{"CidrBlock", "10.0.0.0/24"}, {"Ipv6CidrBlock", ipv6(1)}});
  const Document made =
      call("CreateSubnetCidrReservation", {{"SubnetId", id},
                                           {"Cidr", "10.0.0.19/28"},
                                           {"ReservationType", "explicit"},
                                           {"Description", "for the printers"},
                                           {"TagSpecification.1.ResourceType", "subnet-cidr-reservation"},
                                           {"TagSpecification.1.Tag.1.Key", "Floor"},
                                           {"TagSpecification.1.Tag.1.Value", "2"}})["SubnetCidrReservation"];
  EXPECT_EQ(text(made, "Cidr"), "10.0.0.16/28");
  EXPECT_EQ(text(made, "Description"), "for the printers");
  EXPECT_EQ(text(made["Tags"][0], "Value"), "2");
  const std::string reservation = text_of(made, "SubnetCidrReservationId");
  EXPECT_TRUE(reservation.starts_with("scr-"));
  Ipv6Cidr part = parse_ipv6_cidr(ipv6(1)).value();
  part.prefix_length = 80;
  call("CreateSubnetCidrReservation", {{"SubnetId", id}, {"Cidr", part.text()}, {"ReservationType", "prefix"}});

  const Document all = call("GetSubnetCidrReservations", {{"SubnetId", id}});
  ASSERT_EQ(all["SubnetIpv4CidrReservations"].size(), 1U);
  ASSERT_EQ(all["SubnetIpv6CidrReservations"].size(), 1U);
  EXPECT_EQ(text(all["SubnetIpv6CidrReservations"][0], "Cidr"), part.text());
  const Document filtered =
      call("GetSubnetCidrReservations",
           {{"SubnetId", id}, {"Filter.1.Name", "reservationType"}, {"Filter.1.Value.1", "prefix"}});
  EXPECT_TRUE(filtered["SubnetIpv4CidrReservations"].empty());
  EXPECT_EQ(filtered["SubnetIpv6CidrReservations"].size(), 1U);

  call("CreateTags", {{"ResourceId.1", reservation}, {"Tag.1.Key", "Owner"}, {"Tag.1.Value", "me"}});
  EXPECT_EQ(
      call("GetSubnetCidrReservations",
           {{"SubnetId", id}, {"Filter.1.Name", "tag:Owner"}, {"Filter.1.Value.1", "me"}})["SubnetIpv4CidrReservations"]
          .size(),
      1U);
  const Document gone = call("DeleteSubnetCidrReservation", {{"SubnetCidrReservationId", reservation}});
  EXPECT_EQ(text(gone["DeletedSubnetCidrReservation"], "Cidr"), "10.0.0.16/28");
  refuse("InvalidSubnetCidrReservationID.NotFound", "", "DeleteSubnetCidrReservation",
         {{"SubnetCidrReservationId", reservation}});
  call("DeleteSubnet", {{"SubnetId", id}});
}

TEST_F(SubnetsTest, ReservationsThatAreRefused) {
  const std::string id = create_id({{"CidrBlock", "10.0.0.0/24"}});
  const auto refused = [&](const std::string& message, const char* cidr) {
    refuse("InvalidParameterValue", message, "CreateSubnetCidrReservation",
           {{"SubnetId", id}, {"Cidr", cidr}, {"ReservationType", "prefix"}});
  };
  call("CreateSubnetCidrReservation", {{"SubnetId", id}, {"Cidr", "10.0.0.64/28"}, {"ReservationType", "prefix"}});
  refused("Reservation CIDR 10.0.0.64/27 has overlap with existing reserved CIDR block", "10.0.0.64/27");
  refused("Reservation CIDR should be within subnet CIDR block (10.0.0.0/24)", "10.0.1.0/28");
  refused("", "tea");
  refuse("InvalidParameterValue", "", "CreateSubnetCidrReservation",
         {{"SubnetId", id}, {"Cidr", "10.0.0.0/28"}, {"ReservationType", "tea"}});
}

TEST_F(SubnetsTest, NobodyIsGivenAReservedAddressUnasked) {
  const std::string id = create_id({{"CidrBlock", "10.0.0.0/28"}});
  call("CreateSubnetCidrReservation", {{"SubnetId", id}, {"Cidr", "10.0.0.8/29"}, {"ReservationType", "explicit"}});
  for (int i = 0; i < 4; ++i) create_interface(id);
  refuse("InsufficientFreeAddressesInSubnet", "", "CreateNetworkInterface", {{"SubnetId", id}});
  create_interface(id, {{"PrivateIpAddress", "10.0.0.9"}});
}

TEST_F(SubnetsTest, PrefixesComeOutOfTheirReservation) {
  const std::string id = create_id({{"CidrBlock", "10.0.0.0/24"}});
  call("CreateSubnetCidrReservation", {{"SubnetId", id}, {"Cidr", "10.0.0.64/27"}, {"ReservationType", "prefix"}});
  const std::string interface_id = create_interface(id, {{"Ipv4PrefixCount", "2"}});
  std::vector<std::string> prefixes;
  const Document shown = interface(interface_id);
  for (const auto& each : shown["Ipv4Prefixes"]) prefixes.push_back(text_of(each, "Ipv4Prefix"));
  std::ranges::sort(prefixes);
  EXPECT_EQ(prefixes, (std::vector<std::string>{"10.0.0.64/28", "10.0.0.80/28"}));
  // With the reservation used up the rest of the subnet serves.
  create_interface(id, {{"Ipv4PrefixCount", "1"}});
}

// ---- The end -------------------------------------------------------------------------------------------------------

TEST_F(SubnetsTest, AnInterfaceKeepsASubnet) {
  const std::string id = create_id({{"CidrBlock", "10.0.0.0/24"}});
  const std::string interface = create_interface(id);
  EXPECT_EQ(subnet(id)["AvailableIpAddressCount"], 250);
  refuse("DependencyViolation", "The subnet '" + id + "' has dependencies and cannot be deleted.", "DeleteSubnet",
         {{"SubnetId", id}});
  call("DeleteNetworkInterface", {{"NetworkInterfaceId", interface}});
  call("DeleteSubnet", {{"SubnetId", id}});
  refuse("InvalidSubnetID.NotFound", "The subnet ID '" + id + "' does not exist", "DescribeSubnets",
         {{"SubnetId.1", id}});
  EXPECT_TRUE(call("DescribeNetworkAcls",
                   {{"Filter.1.Name", "vpc-id"}, {"Filter.1.Value.1", vpc}})["NetworkAcls"][0]["Associations"]
                  .empty());
}

TEST_F(SubnetsTest, ADefaultSubnetComesAgain) {
  const auto first = default_subnet();
  refuse("DefaultSubnetAlreadyExistsInAvailabilityZone",
         "'" + first.subnet_id + "' is already the default subnet in us-east-1a.", "CreateDefaultSubnet",
         {{"AvailabilityZone", "us-east-1a"}});
  call("DeleteSubnet", {{"SubnetId", first.subnet_id}});
  const Document made = call("CreateDefaultSubnet", {{"AvailabilityZone", "us-east-1a"}})["Subnet"];
  EXPECT_EQ(made["DefaultForAz"], true);
  EXPECT_EQ(made["MapPublicIpOnLaunch"], true);
  EXPECT_EQ(text(made, "CidrBlock"), first.cidr_block);
}

TEST_F(SubnetsTest, Filters) {
  create({{"CidrBlock", "10.0.0.0/24"}, {"Ipv6CidrBlock", ipv6(1)}});
  expect_filters("DescribeSubnets");
}

}  // namespace
}  // namespace fogling::test
