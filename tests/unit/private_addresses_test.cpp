/// Private addresses and prefixes of network interfaces: given, taken back, handed over.

#include <gmock/gmock.h>

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

using PrivateAddresses = NetworkTest<HouseTest>;

TEST_F(PrivateAddresses, TakeSecondaryAddresses) {
  const auto subnet = bare_subnet("10.1.0.0/28");
  const auto id = create_interface(subnet.subnet_id, {{"PrivateIpAddress", "10.1.0.4"}});
  const Document drawn =
      call("AssignPrivateIpAddresses", {{"NetworkInterfaceId", id}, {"SecondaryPrivateIpAddressCount", "2"}});
  EXPECT_EQ(drawn["NetworkInterfaceId"], id);
  EXPECT_EQ(drawn["AssignedPrivateIpAddresses"].size(), 2U);
  EXPECT_EQ(drawn["AssignedIpv4Prefixes"], Document::array());
  EXPECT_EQ(addresses_held_in(subnet.subnet_id), 3);
  const auto one = text_of(drawn["AssignedPrivateIpAddresses"][0], "PrivateIpAddress");
  const Document again = call("AssignPrivateIpAddresses", {{"NetworkInterfaceId", id}, {"PrivateIpAddress.1", one}});
  EXPECT_EQ(again["AssignedPrivateIpAddresses"], Document::array({{{"PrivateIpAddress", one}}})) << "recorded";
  EXPECT_EQ(addresses_held_in(subnet.subnet_id), 3);
  call("UnassignPrivateIpAddresses", {{"NetworkInterfaceId", id}, {"PrivateIpAddress.1", one}});
  EXPECT_EQ(addresses_held_in(subnet.subnet_id), 2);
  EXPECT_EQ(private_ips(interface(id)).size(), 2U);
}

TEST_F(PrivateAddresses, RefuseSecondaryAddressesInEc2sWords) {
  const auto subnet = bare_subnet("10.1.0.0/28");
  const auto id = create_interface(subnet.subnet_id, {{"PrivateIpAddress", "10.1.0.4"}});
  const auto other = create_interface(subnet.subnet_id, {{"PrivateIpAddress", "10.1.0.11"}});
  call("AssignPrivateIpAddresses", {{"NetworkInterfaceId", id}, {"PrivateIpAddress.1", "10.1.0.5"}});
  const auto refuse_assign = [&](std::string_view code, std::string_view message, Parameters parameters) {
    parameters.emplace_back("NetworkInterfaceId", other);
    refuse(code, message, "AssignPrivateIpAddresses", parameters);
  };
  const auto refuse_unassign = [&](std::string_view code, std::string_view message, Parameters parameters) {
    parameters.emplace_back("NetworkInterfaceId", id);
    refuse(code, message, "UnassignPrivateIpAddresses", parameters);
  };
  refuse_assign("InvalidParameter",
                "One of privateIpAddressSet or privateIpAddressCount or ipv4PrefixSet or ipv4PrefixCount must be "
                "specified.",
                {});
  refuse_assign("InvalidParameterCombination",
                "You may specify one and only one of privateIpAddressSet or secondaryPrivateIpAddressCount or "
                "ipv4Prefixes or ipv4PrefixCount, but not more than one of them.",
                {{"PrivateIpAddress.1", "10.1.0.9"}, {"SecondaryPrivateIpAddressCount", "1"}});
  refuse_assign("InvalidParameterValue",
                "Value (-1) for parameter secondaryPrivateIpAddressCount is invalid. Value must be a positive number.",
                {{"SecondaryPrivateIpAddressCount", "-1"}});
  refuse_assign("InvalidParameterValue", "Address 10.1.0.2 is in subnet's reserved range.",
                {{"PrivateIpAddress.1", "10.1.0.2"}});
  refuse_assign("InvalidParameterValue", "Address does not fall within the subnet's address range",
                {{"PrivateIpAddress.1", "10.1.0.16"}});
  refuse_assign("InvalidParameterValue", "[10.1.0.5] assigned, but move is not allowed.",
                {{"PrivateIpAddress.1", "10.1.0.5"}, {"PrivateIpAddress.2", "10.1.0.9"}});
  refuse_assign("InvalidParameterValue", "secondary-addresses",
                {{"PrivateIpAddress.1", "10.1.0.4"}, {"AllowReassignment", "true"}});
  refuse_assign("InsufficientFreeAddressesInSubnet",
                "The specified subnet does not have enough free addresses to satisfy the request.",
                {{"SecondaryPrivateIpAddressCount", "9"}});
  EXPECT_EQ(addresses_held_in(subnet.subnet_id), 3) << "all or nothing";
  refuse_unassign("MissingParameter", "One of privateIpAddresses or ipv4Prefixes must be specified.", {});
  refuse_unassign("InvalidParameterValue",
                  "Value (10.1.0.4) for parameter privateIpAddress is invalid. The primary IP address of an interface "
                  "cannot be unassigned.",
                  {{"PrivateIpAddress.1", "10.1.0.4"}});
  refuse_unassign("InvalidParameterValue", "Some of the specified addresses are not assigned to interface " + id,
                  {{"PrivateIpAddress.1", "10.1.0.5"}, {"PrivateIpAddress.2", "10.1.0.9"}});
  EXPECT_EQ(private_ips(interface(id)).size(), 2U);
}

TEST_F(PrivateAddresses, HandSecondaryAddressesOverWithTheirElasticOnes) {
  const auto subnet = bare_subnet("10.1.0.0/28", true);
  const auto a = create_interface(subnet.subnet_id), b = create_interface(subnet.subnet_id);
  const auto moved = text_of(
      call("AssignPrivateIpAddresses",
           {{"NetworkInterfaceId", a}, {"SecondaryPrivateIpAddressCount", "1"}})["AssignedPrivateIpAddresses"][0],
      "PrivateIpAddress");
  const auto eip = allocation();
  call("AssociateAddress", {{"AllocationId", eip}, {"NetworkInterfaceId", a}, {"PrivateIpAddress", moved}});
  call("AssignPrivateIpAddresses",
       {{"NetworkInterfaceId", b}, {"PrivateIpAddress.1", moved}, {"AllowReassignment", "true"}});
  EXPECT_EQ(private_ips(interface(a)).size(), 1U);
  EXPECT_EQ(private_ips(interface(b)).back(), moved);
  EXPECT_EQ(address(eip)["NetworkInterfaceId"], b);
  EXPECT_EQ(interface(b)["PrivateIpAddresses"][1]["Association"]["AllocationId"], eip);
  call("UnassignPrivateIpAddresses", {{"NetworkInterfaceId", b}, {"PrivateIpAddress.1", moved}});
  EXPECT_FALSE(address(eip).contains("AssociationId"));
}

TEST_F(PrivateAddresses, OfAnInstanceHaveALimitOfAddresses) {
  const auto eni = primary_of(launch_running());  // a t3.micro takes two
  call("AssignPrivateIpAddresses", {{"NetworkInterfaceId", eni}, {"SecondaryPrivateIpAddressCount", "1"}});
  refuse("PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit.", "AssignPrivateIpAddresses",
         {{"NetworkInterfaceId", eni}, {"SecondaryPrivateIpAddressCount", "1"}});
  EXPECT_EQ(private_ips(interface(eni)).size(), 2U);
}

TEST_F(PrivateAddresses, TakePrefixes) {
  const auto subnet = bare_subnet("10.1.0.0/26");
  const auto id = create_interface(subnet.subnet_id, {{"PrivateIpAddress", "10.1.0.4"}});
  const Document given =
      call("AssignPrivateIpAddresses", {{"NetworkInterfaceId", id}, {"Ipv4Prefix.1", "10.1.0.16/28"}});
  EXPECT_EQ(given["AssignedIpv4Prefixes"], Document::array({{{"Ipv4Prefix", "10.1.0.16/28"}}}));
  EXPECT_EQ(addresses_held_in(subnet.subnet_id), 17);
  EXPECT_EQ(interface(id)["Ipv4Prefixes"], given["AssignedIpv4Prefixes"]);
  EXPECT_EQ(private_ips(interface(id)).size(), 1U);
  const Document drawn = call("AssignPrivateIpAddresses", {{"NetworkInterfaceId", id}, {"Ipv4PrefixCount", "1"}});
  EXPECT_EQ(drawn["AssignedIpv4Prefixes"][0]["Ipv4Prefix"], "10.1.0.32/28") << "the only whole one that is left";
  refuse("InsufficientCidrBlocks", "", "AssignPrivateIpAddresses",
         {{"NetworkInterfaceId", id}, {"Ipv4PrefixCount", "1"}});
  refuse("InvalidIPAddress.InUse", "", "CreateNetworkInterface",
         {{"SubnetId", subnet.subnet_id}, {"PrivateIpAddress", "10.1.0.20"}});
  refuse("InvalidParameterValue", "", "AssignPrivateIpAddresses",
         {{"NetworkInterfaceId", id}, {"Ipv4Prefix.1", "10.1.0.0/28"}});
  call("UnassignPrivateIpAddresses", {{"NetworkInterfaceId", id}, {"Ipv4Prefix.1", "10.1.0.16/28"}});
  EXPECT_EQ(addresses_held_in(subnet.subnet_id), 17);
  call("DeleteNetworkInterface", {{"NetworkInterfaceId", id}});
  EXPECT_EQ(addresses_held_in(subnet.subnet_id), 0);
}

TEST_F(PrivateAddresses, TakeIpv6Addresses) {
  const auto subnet = bare_subnet();
  const auto id = create_interface(subnet.subnet_id, {{"Ipv6Addresses.1.Ipv6Address", "2600:1f18:1:2::5"}});
  EXPECT_EQ(interface(id)["Ipv6Addresses"][0]["Ipv6Address"], "2600:1f18:1:2::5");
  const Document more = call("AssignIpv6Addresses", {{"NetworkInterfaceId", id}, {"Ipv6AddressCount", "1"}});
  ASSERT_EQ(more["AssignedIpv6Addresses"].size(), 1U);
  EXPECT_TRUE(more["AssignedIpv6Addresses"][0].get<std::string>().starts_with("2600:1f18:1:2:"));
  EXPECT_EQ(interface(id)["Ipv6Addresses"].size(), 2U);
  refuse("InvalidIPAddress.InUse", "", "CreateNetworkInterface",
         {{"SubnetId", subnet.subnet_id}, {"Ipv6Addresses.1.Ipv6Address", "2600:1f18:1:2:0::5"}});
  refuse("InvalidParameterValue", "", "AssignIpv6Addresses",
         {{"NetworkInterfaceId", id}, {"Ipv6Addresses.1", "2600:1f18:1:3::5"}});
  const Document gone =
      call("UnassignIpv6Addresses", {{"NetworkInterfaceId", id}, {"Ipv6Addresses.1", "2600:1f18:1:2::5"}});
  EXPECT_EQ(gone["UnassignedIpv6Addresses"], Document::array({"2600:1f18:1:2::5"}));
  call("ModifyNetworkInterfaceAttribute", {{"NetworkInterfaceId", id}, {"EnablePrimaryIpv6", "true"}});
  EXPECT_EQ(interface(id)["Ipv6Addresses"][0]["IsPrimaryIpv6"], true);
  refuse("InvalidParameterValue", "", "CreateNetworkInterface",
         {{"SubnetId", default_subnet().subnet_id}, {"Ipv6AddressCount", "1"}});
}

}  // namespace
}  // namespace fogling::test
