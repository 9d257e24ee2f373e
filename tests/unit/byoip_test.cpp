/// BYOIP: ranges that an account brings along, the pools that they come into, and what comes out of those.

#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

class Byoip : public SettledTest {
 protected:
  std::string provision(const char* cidr, Parameters more = {}) {
    more.insert(more.begin(), {{"Cidr", cidr}, {"Description", "ours"}});
    call("ProvisionByoipCidr", more);
    const auto all = call("DescribeByoipCidrs", {{"MaxResults", "10"}})["ByoipCidrs"];
    return all.back()["StatusMessage"];
  }
  Document pool(const std::string& id) {
    return call("DescribePublicIpv4Pools", {{"PoolId.1", id}})["PublicIpv4Pools"][0];
  }
};

TEST_F(Byoip, ARangeHasAPoolThatAddressesComeOutOf) {
  const auto id = provision("203.0.113.0/24", {{"PoolTagSpecification.1.ResourceType", "ipv4pool-ec2"},
                                               {"PoolTagSpecification.1.Tag.1.Key", "Name"},
                                               {"PoolTagSpecification.1.Tag.1.Value", "ours"}});
  EXPECT_EQ(pool(id)["TotalAvailableAddressCount"], 256);
  EXPECT_EQ(pool(id)["Description"], "ours");
  EXPECT_EQ(pool(id)["Tags"][0]["Value"], "ours");
  const auto address = call("AllocateAddress", {{"PublicIpv4Pool", id}});
  EXPECT_EQ(address["PublicIp"], "203.0.113.0");
  EXPECT_EQ(call("AllocateAddress", {{"PublicIpv4Pool", id}, {"Address", "203.0.113.9"}})["PublicIp"], "203.0.113.9");
  refuse("InvalidParameterValue", "", "AllocateAddress", {{"PublicIpv4Pool", id}, {"Address", "203.0.113.9"}});
  refuse("InvalidPublicIpv4PoolID.NotFound", "", "AllocateAddress",
         {{"PublicIpv4Pool", "ipv4pool-ec2-0123456789abcdef0"}});
  EXPECT_EQ(pool(id)["PoolAddressRanges"][0]["AvailableAddressCount"], 254);
  refuse("DependencyViolation", "", "DeprovisionByoipCidr", {{"Cidr", "203.0.113.0/24"}});
  refuse("DependencyViolation", "", "DeletePublicIpv4Pool", {{"PoolId", id}});
  refuse("InvalidParameterValue", "", "ProvisionByoipCidr", {{"Cidr", "203.0.113.0/25"}});
  refuse("InvalidParameterValue", "", "ProvisionByoipCidr", {{"Cidr", "203.0.112.0/23"}});
}

TEST_F(Byoip, OnlyPublicRangesAreBroughtAlong) {
  for (const char* cidr : {"10.77.9.0/24", "172.16.0.0/12", "100.64.7.0/24", "224.0.1.0/24", "0.0.0.0/0",
                           "fd00:ec2::/48", "fe80::/48", "::/0"}) {
    refuse("InvalidParameterValue", "", "ProvisionByoipCidr", {{"Cidr", cidr}});
  }
}

TEST_F(Byoip, ARangeIsAdvertisedAndWithdrawn) {
  provision("203.0.113.0/24");
  const Parameters which{{"Cidr", "203.0.113.0/24"}};
  EXPECT_EQ(call("AdvertiseByoipCidr", which)["ByoipCidr"]["State"], "advertised");
  refuse("IncorrectState", "", "DeprovisionByoipCidr", which);
  EXPECT_EQ(call("WithdrawByoipCidr", which)["ByoipCidr"]["State"], "provisioned");
  EXPECT_EQ(call("DeprovisionByoipCidr", which)["ByoipCidr"]["State"], "pending-deprovision");
  EXPECT_TRUE(call("DescribeByoipCidrs", {{"MaxResults", "10"}})["ByoipCidrs"].empty());
  EXPECT_TRUE(call("DescribePublicIpv4Pools")["PublicIpv4Pools"].empty());
  refuse("InvalidParameterValue", "", "AdvertiseByoipCidr", which);
}

TEST_F(Byoip, VpcsHaveBlocksOutOfIpv6Ranges) {
  const auto id = provision("2001:db9::/48", {{"PubliclyAdvertisable", "false"}});
  EXPECT_EQ(call("DescribeIpv6Pools")["Ipv6Pools"][0]["PoolCidrBlocks"][0]["Cidr"], "2001:db9::/48");
  const auto vpc = call("CreateVpc", {{"CidrBlock", "10.5.0.0/16"}, {"Ipv6Pool", id}})["Vpc"];
  const auto second =
      call("CreateVpc", {{"CidrBlock", "10.6.0.0/16"}, {"Ipv6Pool", id}, {"Ipv6CidrBlock", "2001:db9:0:100::/56"}});
  const auto association =
      call("DescribeVpcs", {{"VpcId.1", vpc["VpcId"]}})["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0];
  EXPECT_EQ(association["Ipv6CidrBlock"], "2001:db9::/56");
  EXPECT_EQ(association["IpSource"], "byoip");
  refuse("InsufficientCidrBlocks", "", "CreateVpc",
         {{"CidrBlock", "10.7.0.0/16"}, {"Ipv6Pool", id}, {"Ipv6CidrBlock", "2001:db9:0:100::/56"}});
  EXPECT_EQ(call("GetAssociatedIpv6PoolCidrs", {{"PoolId", id}})["Ipv6CidrAssociations"].size(), 2U);
  refuse("InvalidIpv6PoolID.NotFound", "", "GetAssociatedIpv6PoolCidrs",
         {{"PoolId", "ipv6pool-ec2-0123456789abcdef0"}});
  refuse("DependencyViolation", "", "DeprovisionByoipCidr", {{"Cidr", "2001:db9::/48"}});
  refuse("IncorrectState", "", "AdvertiseByoipCidr", {{"Cidr", "2001:db9::/48"}});
}

TEST_F(Byoip, RangesMoveBetweenPoolsAndIpam) {
  const auto ipam = call("CreateIpam")["Ipam"];
  const std::string ipam_pool = call("CreateIpamPool", {{"IpamScopeId", ipam["PublicDefaultScopeId"]},
                                                        {"AddressFamily", "ipv4"},
                                                        {"Locale", "us-east-1"},
                                                        {"AwsService", "ec2"}})["IpamPool"]["IpamPoolId"];
  provision("203.0.113.0/24");
  call("MoveByoipCidrToIpam",
       {{"Cidr", "203.0.113.0/24"}, {"IpamPoolId", ipam_pool}, {"IpamPoolOwner", "123456789012"}});
  EXPECT_TRUE(call("DescribePublicIpv4Pools")["PublicIpv4Pools"].empty());
  EXPECT_EQ(call("GetIpamPoolCidrs", {{"IpamPoolId", ipam_pool}})["IpamPoolCidrs"][0]["Cidr"], "203.0.113.0/24");
  const std::string id = call("CreatePublicIpv4Pool")["PoolId"];
  refuse("InvalidParameterValue", "", "ProvisionPublicIpv4PoolCidr",
         {{"PoolId", id}, {"IpamPoolId", ipam_pool}, {"NetmaskLength", "16"}});
  const auto range = call("ProvisionPublicIpv4PoolCidr",
                          {{"PoolId", id}, {"IpamPoolId", ipam_pool}, {"NetmaskLength", "30"}})["PoolAddressRange"];
  EXPECT_EQ(range["LastAddress"], "203.0.113.3");
  const auto allocation = call("GetIpamPoolAllocations", {{"IpamPoolId", ipam_pool}})["IpamPoolAllocations"][0];
  EXPECT_EQ(allocation["ResourceType"], "ec2-public-ipv4-pool");
  const auto address = call("AllocateAddress", {{"PublicIpv4Pool", id}});
  const Parameters which{{"PoolId", id}, {"Cidr", "203.0.113.0/30"}};
  refuse("DependencyViolation", "", "DeprovisionPublicIpv4PoolCidr", which);
  call("ReleaseAddress", {{"AllocationId", address["AllocationId"]}});
  EXPECT_EQ(call("DeprovisionPublicIpv4PoolCidr", which)["DeprovisionedAddresses"].size(), 4U);
  refuse("InvalidParameterValue", "", "DeprovisionPublicIpv4PoolCidr", which);
  EXPECT_TRUE(call("GetIpamPoolAllocations", {{"IpamPoolId", ipam_pool}})["IpamPoolAllocations"].empty());
  call("DeletePublicIpv4Pool", {{"PoolId", id}});
}

}  // namespace
}  // namespace fogling::test
