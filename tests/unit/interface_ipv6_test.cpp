/// IPv6 of network interfaces and instances: addresses, prefixes, and subnets that have nothing else.

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class InterfaceIpv6Test : public NetworkTest<HouseTest> {
 protected:
  void SetUp() override {
    vpc = text_of(call("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}, {"AmazonProvidedIpv6CidrBlock", "true"}})["Vpc"],
                  "VpcId");
    settle();
    const std::string whole =
        text_of(call("DescribeVpcs", {{"VpcId.1", vpc}})["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0], "Ipv6CidrBlock");
    base = whole.substr(0, whole.find("::/"));
    if (base.ends_with("00")) base.resize(base.size() - 2);
    dual = create({{"CidrBlock", "10.0.0.0/24"}, {"Ipv6CidrBlock", base + "11::/64"}});
    native = create({{"Ipv6Native", "true"}, {"Ipv6CidrBlock", base + "22::/64"}});
  }
  std::string create(Parameters parameters) {
    parameters.emplace_back("VpcId", vpc);
    std::string id = text_of(call("CreateSubnet", parameters)["Subnet"], "SubnetId");
    settle();
    return id;
  }
  std::string within(const char* host) const { return base + "11::" + host; }
  std::size_t count_ipv6(const std::string& interface_id) { return interface(interface_id)["Ipv6Addresses"].size(); }

  std::string vpc, base, dual, native;
};

TEST_F(InterfaceIpv6Test, GivenAddressesAndCounts) {
  const std::string given = create_interface(
      dual, {{"Ipv6Addresses.1.Ipv6Address", within("a")}, {"Ipv6Addresses.2.Ipv6Address", within("000B")}});
  const Document shown = interface(given);
  EXPECT_EQ(text(shown["Ipv6Addresses"][0], "Ipv6Address"), within("a"));
  EXPECT_EQ(text(shown["Ipv6Addresses"][1], "Ipv6Address"), within("b"));
  EXPECT_EQ(shown["Ipv6Addresses"][0]["IsPrimaryIpv6"], false);
  EXPECT_EQ(text(shown, "Ipv6Address"), within("a"));
  EXPECT_EQ(count_ipv6(create_interface(dual, {{"Ipv6AddressCount", "3"}})), 3U);
  EXPECT_EQ(count_ipv6(create_interface(dual)), 0U);
  call("ModifySubnetAttribute", {{"SubnetId", dual}, {"AssignIpv6AddressOnCreation.Value", "true"}});
  EXPECT_EQ(count_ipv6(create_interface(dual)), 1U);
  EXPECT_EQ(count_ipv6(create_interface(dual, {{"Ipv6AddressCount", "0"}})), 0U);
}

TEST_F(InterfaceIpv6Test, AddressesThatAreRefused) {
  create_interface(dual, {{"Ipv6Addresses.1.Ipv6Address", within("a")}});
  const auto refused = [&](const char* code, const std::string& address) {
    refuse(code, "", "CreateNetworkInterface", {{"SubnetId", dual}, {"Ipv6Addresses.1.Ipv6Address", address}});
  };
  refused("InvalidIPAddress.InUse", within("a"));
  refused("InvalidParameterValue", base + "12::a");
  refused("InvalidParameterValue", within("3"));
  refused("InvalidParameterValue", within("ffff:ffff:ffff:ffff").replace(base.size() + 2, 2, ":"));
  refused("InvalidParameterValue", "tea");
  refuse("InvalidParameterCombination", "", "CreateNetworkInterface",
         {{"SubnetId", dual}, {"Ipv6Addresses.1.Ipv6Address", within("b")}, {"Ipv6AddressCount", "1"}});
  const auto without = default_subnet();
  refuse("InvalidParameterValue", "", "CreateNetworkInterface",
         {{"SubnetId", without.subnet_id}, {"Ipv6AddressCount", "1"}});
}

TEST_F(InterfaceIpv6Test, AssignedAndUnassigned) {
  const std::string id = create_interface(dual);
  const Document answer = call("AssignIpv6Addresses", {{"NetworkInterfaceId", id}, {"Ipv6AddressCount", "2"}});
  ASSERT_EQ(answer["AssignedIpv6Addresses"].size(), 2U);
  const Document more = call("AssignIpv6Addresses", {{"NetworkInterfaceId", id}, {"Ipv6Addresses.1", within("a")}});
  EXPECT_EQ(more["AssignedIpv6Addresses"], Document::array({within("a")}));
  EXPECT_EQ(count_ipv6(id), 3U);
  const Document gone =
      call("UnassignIpv6Addresses", {{"NetworkInterfaceId", id}, {"Ipv6Addresses.1", within("000A")}});
  EXPECT_EQ(gone["UnassignedIpv6Addresses"], Document::array({within("a")}));
  EXPECT_EQ(count_ipv6(id), 2U);
  refuse("InvalidParameterValue", "Some of the specified addresses are not assigned to interface " + id,
         "UnassignIpv6Addresses", {{"NetworkInterfaceId", id}, {"Ipv6Addresses.1", within("a")}});
  refuse("InvalidParameter", "", "AssignIpv6Addresses", {{"NetworkInterfaceId", id}});
  refuse("InvalidParameterCombination", "", "AssignIpv6Addresses",
         {{"NetworkInterfaceId", id}, {"Ipv6AddressCount", "1"}, {"Ipv6PrefixCount", "1"}});
  refuse("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID 'eni-00000000' does not exist",
         "AssignIpv6Addresses", {{"NetworkInterfaceId", "eni-00000000"}, {"Ipv6AddressCount", "1"}});
}

TEST_F(InterfaceIpv6Test, Prefixes) {
  const std::string id = create_interface(dual, {{"Ipv6PrefixCount", "1"}});
  const std::string prefix = text_of(interface(id)["Ipv6Prefixes"][0], "Ipv6Prefix");
  EXPECT_TRUE(prefix.ends_with("/80")) << prefix;
  const std::string given = base + "11:a::/80";
  const Document answer = call("AssignIpv6Addresses", {{"NetworkInterfaceId", id}, {"Ipv6Prefix.1", given}});
  EXPECT_EQ(answer["AssignedIpv6Prefixes"], Document::array({given}));
  refuse("InvalidIPAddress.InUse", "", "CreateNetworkInterface",
         {{"SubnetId", dual}, {"Ipv6Prefix.1.Ipv6Prefix", given}});
  refuse("InvalidIPAddress.InUse", "", "CreateNetworkInterface",
         {{"SubnetId", dual}, {"Ipv6Addresses.1.Ipv6Address", base + "11:a::5"}});
  refuse("InvalidParameterValue", "", "AssignIpv6Addresses",
         {{"NetworkInterfaceId", id}, {"Ipv6Prefix.1", base + "11:b::/96"}});
  const Document gone = call("UnassignIpv6Addresses", {{"NetworkInterfaceId", id}, {"Ipv6Prefix.1", given}});
  EXPECT_EQ(gone["UnassignedIpv6Prefixes"], Document::array({given}));
  EXPECT_EQ(interface(id)["Ipv6Prefixes"].size(), 1U);
}

TEST_F(InterfaceIpv6Test, APrimaryAddressStays) {
  const std::string id = create_interface(dual, {{"Ipv6AddressCount", "1"}, {"EnablePrimaryIpv6", "true"}});
  const Document shown = interface(id);
  EXPECT_EQ(shown["Ipv6Addresses"][0]["IsPrimaryIpv6"], true);
  refuse("InvalidParameterValue", "", "UnassignIpv6Addresses",
         {{"NetworkInterfaceId", id}, {"Ipv6Addresses.1", text_of(shown, "Ipv6Address")}});
}

TEST_F(InterfaceIpv6Test, InstancesOfBothFamilies) {
  const std::string id = launch_running({{"SubnetId", dual}, {"Ipv6AddressCount", "1"}});
  const Document shown = instance(id);
  const Document& addresses = shown["NetworkInterfaces"][0]["Ipv6Addresses"];
  ASSERT_EQ(addresses.size(), 1U);
  EXPECT_EQ(text(shown, "Ipv6Address"), text(addresses[0], "Ipv6Address"));
  EXPECT_TRUE(text(shown, "PrivateIpAddress").starts_with("10.0.0."));
  const Document found = call("DescribeInstances", {{"Filter.1.Name", "network-interface.ipv6-addresses.ipv6-address"},
                                                    {"Filter.1.Value.1", text_of(shown, "Ipv6Address")}});
  EXPECT_EQ(found["Reservations"].size(), 1U);
  // t3.micro has two of each family.
  refuse("PrivateIpAddressLimitExceeded", "", "AssignIpv6Addresses",
         {{"NetworkInterfaceId", primary_of(id)}, {"Ipv6AddressCount", "2"}});
  refuse("InvalidInterface.IpAddressLimitExceeded", "", "RunInstances",
         {{"ImageId", any_image()},
          {"InstanceType", "t3.micro"},
          {"MinCount", "1"},
          {"MaxCount", "1"},
          {"SubnetId", dual},
          {"Ipv6AddressCount", "3"}});
  const std::string given = launch_running({{"NetworkInterface.1.DeviceIndex", "0"},
                                            {"NetworkInterface.1.SubnetId", dual},
                                            {"NetworkInterface.1.PrimaryIpv6", "true"},
                                            {"NetworkInterface.1.Ipv6Addresses.1.Ipv6Address", within("c")}});
  EXPECT_EQ(text(instance(given), "Ipv6Address"), within("c"));
  EXPECT_EQ(interface(primary_of(given))["Ipv6Addresses"][0]["IsPrimaryIpv6"], true);
  // A stop and a start change nothing of it.
  call("StopInstances", {{"InstanceId.1", given}});
  settle();
  call("StartInstances", {{"InstanceId.1", given}});
  settle();
  EXPECT_EQ(text(instance(given), "Ipv6Address"), within("c"));
}

TEST_F(InterfaceIpv6Test, InstancesOfIPv6Only) {
  refuse("InvalidParameterCombination", "", "CreateNetworkInterface",
         {{"SubnetId", native}, {"PrivateIpAddress", "10.0.0.9"}});
  const std::string id = launch_running({{"SubnetId", native}});
  const Document shown = instance(id);
  EXPECT_FALSE(has(shown, "PrivateIpAddress"));
  EXPECT_FALSE(has(shown, "PublicIpAddress"));
  EXPECT_TRUE(text(shown, "Ipv6Address").starts_with(base + "22:"));
  EXPECT_EQ(text(shown, "PrivateDnsName"), id + ".ec2.internal");
  EXPECT_EQ(text(shown["PrivateDnsNameOptions"], "HostnameType"), "resource-name");
  const Document own = interface(primary_of(id));
  EXPECT_FALSE(has(own, "PrivateIpAddress"));
  EXPECT_TRUE(own["PrivateIpAddresses"].empty());
  EXPECT_EQ(own["Ipv6Native"], true);
  refuse("OperationNotPermitted", "", "UnassignIpv6Addresses",
         {{"NetworkInterfaceId", primary_of(id)}, {"Ipv6Addresses.1", text_of(shown, "Ipv6Address")}});
  call("TerminateInstances", {{"InstanceId.1", id}});
  settle();
  call("DeleteSubnet", {{"SubnetId", native}});
}

TEST_F(InterfaceIpv6Test, NamesFollowTheSubnetAndTheVpc) {
  // Without DNS host names an interface has no name; the instance's private one needs DNS alone.
  const std::string by_address = launch_running({{"SubnetId", dual}});
  const Document first = instance(by_address);
  std::string dashed = text_of(first, "PrivateIpAddress");
  std::ranges::replace(dashed, '.', '-');
  EXPECT_EQ(text(first, "PrivateDnsName"), "ip-" + dashed + ".ec2.internal");
  EXPECT_FALSE(has(interface(primary_of(by_address)), "PrivateDnsName"));
  call("ModifySubnetAttribute", {{"SubnetId", dual}, {"PrivateDnsHostnameTypeOnLaunch", "resource-name"}});
  call("ModifySubnetAttribute", {{"SubnetId", dual}, {"EnableResourceNameDnsARecordOnLaunch.Value", "true"}});
  const std::string by_id = launch_running({{"SubnetId", dual}});
  const Document second = instance(by_id);
  EXPECT_EQ(text(second, "PrivateDnsName"), by_id + ".ec2.internal");
  EXPECT_EQ(second["PrivateDnsNameOptions"]["EnableResourceNameDnsARecord"], true);
  const std::string asked = launch_running({{"SubnetId", dual}, {"PrivateDnsNameOptions.HostnameType", "ip-name"}});
  EXPECT_TRUE(text(instance(asked), "PrivateDnsName").starts_with("ip-10-0-0-"));
  call("ModifyVpcAttribute", {{"VpcId", vpc}, {"EnableDnsSupport.Value", "false"}});
  EXPECT_EQ(text(instance(by_address), "PrivateDnsName"), "");
}

}  // namespace
}  // namespace fogling::test
