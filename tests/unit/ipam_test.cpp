/// IPAM: scopes, pools, blocks and who has them. Documented in the IPAM User Guide and the API Reference; refusals that
/// are quoted by users are given in full.

#include "tests/support/ipam.hpp"

#include "emulator/ip_blocks.hpp"

namespace fogling::test {
namespace {

IpBlock block(const char* text) { return IpBlock::parse(text).value(); }

TEST(IpBlocks, BothFamiliesHaveOneArithmetic) {
  EXPECT_TRUE(block("10.0.0.0/8").contains(block("10.255.0.0/16")));
  EXPECT_FALSE(block("::/0").overlaps(block("10.0.0.0/8")));
  EXPECT_EQ(block("2001:db8::/32").halves().second.text(), "2001:db8:8000::/33");
  EXPECT_EQ(block("10.0.0.0/31").halves().second.text(), "10.0.0.1/32");
  EXPECT_TRUE(block("10.0.0.1/24").had_host_bits);
  EXPECT_FALSE(IpBlock::parse("10.0.0.0"));
}

TEST(IpBlocks, TheFirstFreeOneIsFoundBetweenTaken) {
  const std::vector<IpBlock> taken{block("10.0.0.0/24"), block("10.0.2.0/23"), block("10.0.128.0/17")};
  EXPECT_EQ(find_free_block(block("10.0.0.0/16"), 24, taken)->text(), "10.0.1.0/24");
  EXPECT_EQ(find_free_block(block("10.0.0.0/16"), 22, taken)->text(), "10.0.4.0/22");
  EXPECT_FALSE(find_free_block(block("10.0.0.0/16"), 17, taken));
  EXPECT_FALSE(find_free_block(block("10.0.0.0/16"), 8, taken));
  EXPECT_EQ(find_free_block(block("fd00::/8"), 48, {})->text(), "fd00::/48");
}

TEST_F(Ipams, OneComesWithScopesAndADiscovery) {
  const auto ipam = call("DescribeIpams")["Ipams"][0];
  EXPECT_EQ(ipam["IpamArn"], "arn:aws:ec2::123456789012:ipam/" + ipam_);
  EXPECT_EQ(ipam["ScopeCount"], 2);
  EXPECT_EQ(ipam["Tier"], "advanced");
  EXPECT_EQ(ipam["ResourceDiscoveryAssociationCount"], 1);
  const auto scopes = call("DescribeIpamScopes")["IpamScopes"];
  EXPECT_EQ(scopes[0]["IpamScopeType"], "public");
  EXPECT_EQ(scopes[1]["IpamScopeId"], private_scope_);
  EXPECT_TRUE(scopes[1]["IsDefault"]);
  EXPECT_EQ(scopes[1]["IpamArn"], ipam["IpamArn"]);
  const auto association = call("DescribeIpamResourceDiscoveryAssociations")["IpamResourceDiscoveryAssociations"][0];
  EXPECT_EQ(association["IpamResourceDiscoveryId"], ipam["DefaultResourceDiscoveryId"]);
  EXPECT_EQ(association["State"], "associate-complete");
  refuse("ResourceLimitExceeded",
         "You've reached the limit for ipams. You have created 1 ipams and you are limited to 1.", "CreateIpam");
  refuse("OperationNotPermitted", "", "DeleteIpamScope", {{"IpamScopeId", private_scope_}});
  refuse("OperationNotPermitted", "", "DeleteIpamResourceDiscovery",
         {{"IpamResourceDiscoveryId", ipam["DefaultResourceDiscoveryId"]}});
}

TEST_F(Ipams, OperatingRegionsComeAndGo) {
  pool_with("10.0.0.0/8", {{"Locale", "us-west-2"}});
  refuse("DependencyViolation", "", "ModifyIpam",
         {{"IpamId", ipam_}, {"RemoveOperatingRegion.1.RegionName", "us-west-2"}});
  refuse("InvalidParameterValue", "", "ModifyIpam",
         {{"IpamId", ipam_}, {"RemoveOperatingRegion.1.RegionName", "us-east-1"}});
  refuse("InvalidParameterValue", "", "CreateIpamPool",
         {{"IpamScopeId", private_scope_}, {"AddressFamily", "ipv4"}, {"Locale", "eu-west-1"}});
  call("ModifyIpam", {{"IpamId", ipam_}, {"AddOperatingRegion.1.RegionName", "eu-west-1"}});
  EXPECT_EQ(call("DescribeIpams")["Ipams"][0]["OperatingRegions"].size(), 3U);
  make_pool({{"Locale", "eu-west-1"}});
}

TEST_F(Ipams, AllPartsGoInTheirOrder) {
  const auto pool = pool_with("10.0.0.0/16");
  const auto lab = made("CreateIpamScope", "IpamScope", "IpamScopeId", {{"IpamId", ipam_}});
  refuse(
      "DependencyViolation",
      "The specified action is not valid for " + pool + ". There are one or more pool cidrs provisioned in the pool.",
      "DeleteIpamPool", {{"IpamPoolId", pool}});
  refuse("DependencyViolation", "", "DeleteIpam", {{"IpamId", ipam_}});
  call("DeprovisionIpamPoolCidr", {{"IpamPoolId", pool}, {"Cidr", "10.0.0.0/16"}});
  EXPECT_EQ(cidrs(pool)[0]["State"], "deprovisioned");
  refuse("IncorrectState", "", "DeprovisionIpamPoolCidr", {{"IpamPoolId", pool}, {"Cidr", "10.0.0.0/16"}});
  call("DeleteIpamPool", {{"IpamPoolId", pool}});
  refuse("InvalidIpamPoolId.NotFound", "The ipam-pool ID '" + pool + "' does not exist", "GetIpamPoolCidrs",
         {{"IpamPoolId", pool}});
  refuse("DependencyViolation", "", "DeleteIpam", {{"IpamId", ipam_}});
  call("DeleteIpamScope", {{"IpamScopeId", lab}});
  call("DeleteIpam", {{"IpamId", ipam_}});
  EXPECT_TRUE(call("DescribeIpamScopes")["IpamScopes"].empty());
  EXPECT_TRUE(call("DescribeIpamResourceDiscoveries")["IpamResourceDiscoveries"].empty());
}

TEST_F(Ipams, CascadeTakesEverythingAlong) {
  const auto top = pool_with("10.0.0.0/8", {});
  const auto inner = pool_with("10.1.0.0/16", {{"SourceIpamPoolId", top}, {"Locale", "us-east-1"}});
  const auto vpc = made("CreateVpc", "Vpc", "VpcId", {{"Ipv4IpamPoolId", inner}, {"Ipv4NetmaskLength", "24"}});
  call("DeleteIpam", {{"IpamId", ipam_}, {"Cascade", "true"}});
  EXPECT_TRUE(call("DescribeIpams")["Ipams"].empty());
  EXPECT_TRUE(call("DescribeIpamPools")["IpamPools"].empty());
  EXPECT_EQ(call("DescribeVpcs", {{"VpcId.1", vpc}})["Vpcs"][0]["CidrBlock"], "10.1.0.0/24");
}

TEST_F(Ipams, ABlockInAPoolWithinAPoolIsAllocatedOutOfIt) {
  const auto top = pool_with("10.0.0.0/8", {});
  const auto inner = make_pool({{"SourceIpamPoolId", top}, {"Locale", "us-east-1"}});
  EXPECT_EQ(call("DescribeIpamPools", {{"IpamPoolId.1", inner}})["IpamPools"][0]["PoolDepth"], 2);
  call("ProvisionIpamPoolCidr", {{"IpamPoolId", inner}, {"NetmaskLength", "12"}});
  EXPECT_EQ(cidrs(inner)[0]["Cidr"], "10.0.0.0/12");
  EXPECT_EQ(allocations(top)[0]["ResourceId"], inner);
  EXPECT_EQ(allocations(top)[0]["ResourceType"], "ipam-pool");
  // What is taken, or not the source's, is not to be had; that shows after the answer.
  for (const char* cidr : {"10.8.0.0/16", "11.0.0.0/16"}) {
    call("ProvisionIpamPoolCidr", {{"IpamPoolId", inner}, {"Cidr", cidr}});
    EXPECT_EQ(cidrs(inner).back()["State"], "failed-provision") << cidr;
    EXPECT_EQ(cidrs(inner).back()["FailureReason"]["Code"], "cidr-not-available");
  }
  call("DeprovisionIpamPoolCidr", {{"IpamPoolId", top}, {"Cidr", "10.0.0.0/8"}});
  EXPECT_EQ(cidrs(top)[0]["State"], "failed-deprovision");
  EXPECT_EQ(cidrs(top)[0]["FailureReason"]["Message"], "The CIDR has one or more allocations.");
  call("DeprovisionIpamPoolCidr", {{"IpamPoolId", inner}, {"Cidr", "10.0.0.0/12"}});
  EXPECT_TRUE(allocations(top).empty());
  call("DeprovisionIpamPoolCidr", {{"IpamPoolId", top}, {"Cidr", "10.0.0.0/8"}});
  EXPECT_EQ(cidrs(top)[0]["State"], "deprovisioned");
}

TEST_F(Ipams, PoolsOfAScopeDoNotOverlap) {
  pool_with("10.0.0.0/8");
  EXPECT_EQ(cidrs(pool_with("10.9.0.0/16"))[0]["State"], "failed-provision");
  const auto lab = made("CreateIpamScope", "IpamScope", "IpamScopeId", {{"IpamId", ipam_}});
  const auto other =
      made("CreateIpamPool", "IpamPool", "IpamPoolId", {{"IpamScopeId", lab}, {"AddressFamily", "ipv4"}});
  call("ProvisionIpamPoolCidr", {{"IpamPoolId", other}, {"Cidr", "10.9.0.0/16"}});
  EXPECT_EQ(cidrs(other)[0]["State"], "provisioned");
}

TEST_F(Ipams, BlocksAreAllocatedByHand) {
  const auto pool = pool_with("10.0.0.0/16");
  refuse(
      "InvalidParameterCombination",
      "The request cannot contain empty CIDR and Netmask Length for a pool with no default allocation netmask length "
      "set. Exactly one of them should be provided.",
      "AllocateIpamPoolCidr", {{"IpamPoolId", pool}});
  const auto preview =
      call("AllocateIpamPoolCidr", {{"IpamPoolId", pool}, {"NetmaskLength", "24"}, {"PreviewNextCidr", "true"}});
  EXPECT_EQ(preview["IpamPoolAllocation"], (Document{{"Cidr", "10.0.0.0/24"}}));
  const auto first =
      call("AllocateIpamPoolCidr",
           {{"IpamPoolId", pool}, {"NetmaskLength", "24"}, {"Description", "office"}})["IpamPoolAllocation"];
  EXPECT_EQ(first["Cidr"], "10.0.0.0/24");
  EXPECT_EQ(first["ResourceType"], "custom");
  const auto narrow = call("AllocateIpamPoolCidr", {{"IpamPoolId", pool},
                                                    {"NetmaskLength", "24"},
                                                    {"AllowedCidr.1", "10.0.4.0/22"},
                                                    {"DisallowedCidr.1", "10.0.4.0/24"}});
  EXPECT_EQ(narrow["IpamPoolAllocation"]["Cidr"], "10.0.5.0/24");
  refuse("InvalidParameterValue", "The allocation size is too big for the pool.", "AllocateIpamPoolCidr",
         {{"IpamPoolId", pool}, {"NetmaskLength", "16"}});
  refuse("InvalidParameterValue", "", "AllocateIpamPoolCidr", {{"IpamPoolId", pool}, {"Cidr", "10.0.0.0/25"}});
  refuse("InvalidParameterValue", "", "AllocateIpamPoolCidr", {{"IpamPoolId", pool}, {"Cidr", "fd00::/48"}});
  const std::string id = first["IpamPoolAllocationId"];
  call("ModifyIpamPoolAllocation", {{"IpamPoolAllocationId", id}, {"Description", "the office"}});
  EXPECT_EQ(
      call("DescribeIpamPoolAllocations", {{"IpamPoolAllocationId.1", id}})["IpamPoolAllocations"][0]["Description"],
      "the office");
  call("ReleaseIpamPoolAllocation", {{"IpamPoolId", pool}, {"Cidr", "10.0.0.0/24"}, {"IpamPoolAllocationId", id}});
  refuse("InvalidIpamPoolAllocationId.NotFound", "The IPAM pool allocation (" + id + ") does not exist.",
         "GetIpamPoolAllocations", {{"IpamPoolId", pool}, {"IpamPoolAllocationId", id}});
}

TEST_F(Ipams, RulesOfAPoolHold) {
  const auto pool = pool_with("10.0.0.0/8", {{"Locale", "us-east-1"},
                                             {"AllocationMinNetmaskLength", "16"},
                                             {"AllocationMaxNetmaskLength", "24"},
                                             {"AllocationDefaultNetmaskLength", "20"},
                                             {"AllocationResourceTag.1.Key", "Stage"},
                                             {"AllocationResourceTag.1.Value", "test"}});
  refuse("InvalidParameterValue", "The resource is missing one or more of the resource tags required by the IPAM pool.",
         "CreateVpc", {{"Ipv4IpamPoolId", pool}});
  refuse("InvalidParameterValue", "", "CreateVpc", {{"Ipv4IpamPoolId", pool}, {"Ipv4NetmaskLength", "28"}});
  const Parameters tagged{{"Ipv4IpamPoolId", pool},
                          {"TagSpecification.1.ResourceType", "vpc"},
                          {"TagSpecification.1.Tag.1.Key", "Stage"},
                          {"TagSpecification.1.Tag.1.Value", "test"}};
  const auto vpc = call("CreateVpc", tagged)["Vpc"];
  EXPECT_EQ(vpc["CidrBlock"], "10.0.0.0/20");
  EXPECT_EQ(resources({{"ResourceId", vpc["VpcId"]}})[0]["ComplianceStatus"], "compliant");
  refuse("InvalidParameterCombination", "The request must contain a modification to the ipam pool", "ModifyIpamPool",
         {{"IpamPoolId", pool}});
  refuse("InvalidParameterValue", "", "ModifyIpamPool", {{"IpamPoolId", pool}, {"AllocationMinNetmaskLength", "25"}});
  call("ModifyIpamPool", {{"IpamPoolId", pool},
                          {"AddAllocationResourceTag.1.Key", "Owner"},
                          {"AddAllocationResourceTag.1.Value", "me"},
                          {"RemoveAllocationResourceTag.1.Key", "Stage"},
                          {"RemoveAllocationResourceTag.1.Value", "test"},
                          {"ClearAllocationDefaultNetmaskLength", "true"}});
  const auto shown = call("DescribeIpamPools", {{"IpamPoolId.1", pool}})["IpamPools"][0];
  EXPECT_FALSE(shown.contains("AllocationDefaultNetmaskLength"));
  EXPECT_EQ(shown["AllocationResourceTags"], (Document::array({{{"Key", "Owner"}, {"Value", "me"}}})));
  EXPECT_EQ(resources({{"ResourceId", vpc["VpcId"]}})[0]["ComplianceStatus"], "noncompliant");
}

TEST_F(Ipams, AVpcHasItsBlockOutOfThePoolOfItsRegion) {
  const auto pool = pool_with("10.0.0.0/8", {{"Locale", "us-west-2"}});
  refuse("InvalidParameterValue", "", "CreateVpc", {{"Ipv4IpamPoolId", pool}, {"Ipv4NetmaskLength", "16"}});
  scope.region = "us-west-2";
  EXPECT_EQ(call("DescribeIpamPools")["IpamPools"].size(), 1U);
  const auto vpc = call("CreateVpc", {{"Ipv4IpamPoolId", pool}, {"Ipv4NetmaskLength", "16"}})["Vpc"];
  EXPECT_EQ(vpc["CidrBlock"], "10.0.0.0/16");
  const auto more =
      call("AssociateVpcCidrBlock", {{"VpcId", vpc["VpcId"]}, {"Ipv4IpamPoolId", pool}, {"CidrBlock", "10.1.0.0/16"}});
  scope.region = "us-east-1";
  ASSERT_EQ(allocations(pool).size(), 2U);
  EXPECT_EQ(allocations(pool)[0]["ResourceId"], vpc["VpcId"]);
  EXPECT_EQ(allocations(pool)[0]["ResourceRegion"], "us-west-2");
  refuse("InvalidParameterValue", "", "ReleaseIpamPoolAllocation",
         {{"IpamPoolId", pool},
          {"Cidr", "10.0.0.0/16"},
          {"IpamPoolAllocationId", allocations(pool)[0]["IpamPoolAllocationId"]}});
  scope.region = "us-west-2";
  call("DisassociateVpcCidrBlock", {{"AssociationId", more["CidrBlockAssociation"]["AssociationId"]}});
  EXPECT_EQ(allocations(pool).size(), 1U);
  call("DeleteVpc", {{"VpcId", vpc["VpcId"]}});
  EXPECT_TRUE(allocations(pool).empty());
}

TEST_F(Ipams, WhatIsFoundIsImportedWhereAPoolAsksForIt) {
  const auto before = made("CreateVpc", "Vpc", "VpcId", {{"CidrBlock", "10.3.0.0/16"}});
  const auto pool = pool_with("10.0.0.0/8", {{"Locale", "us-east-1"}, {"AutoImport", "true"}});
  EXPECT_EQ(allocations(pool)[0]["ResourceId"], before);
  made("CreateVpc", "Vpc", "VpcId", {{"CidrBlock", "10.4.0.0/16"}});
  EXPECT_EQ(allocations(pool).size(), 2U);
  refuse("InvalidParameterCombination", "", "CreateIpamPool",
         {{"IpamScopeId", private_scope_}, {"AddressFamily", "ipv4"}, {"AutoImport", "true"}});
}

TEST_F(Ipams, ResourcesAreManagedOrNotAndMayOverlap) {
  const auto pool = pool_with("10.0.0.0/8");
  const auto managed = made("CreateVpc", "Vpc", "VpcId", {{"Ipv4IpamPoolId", pool}, {"Ipv4NetmaskLength", "16"}});
  const auto other = made("CreateVpc", "Vpc", "VpcId", {{"CidrBlock", "10.0.0.0/20"}});
  call("CreateSubnet", {{"VpcId", managed}, {"CidrBlock", "10.0.0.0/17"}});
  const auto vpc = resources({{"ResourceId", managed}})[0];
  EXPECT_EQ(vpc["ManagementState"], "managed");
  EXPECT_EQ(vpc["IpamPoolId"], pool);
  EXPECT_EQ(vpc["OverlapStatus"], "overlapping");
  EXPECT_EQ(vpc["IpUsage"], 0.5);
  EXPECT_EQ(resources({{"ResourceId", other}})[0]["ManagementState"], "unmanaged");
  const Parameters change{{"ResourceId", managed},
                          {"ResourceCidr", "10.0.0.0/16"},
                          {"ResourceRegion", "us-east-1"},
                          {"CurrentIpamScopeId", private_scope_},
                          {"Monitored", "false"}};
  EXPECT_EQ(call("ModifyIpamResourceCidr", change)["IpamResourceCidr"]["ManagementState"], "ignored");
  EXPECT_TRUE(allocations(pool).empty());
  EXPECT_EQ(resources({{"ResourceId", other}})[0]["OverlapStatus"], "nonoverlapping");
  const auto history = call("GetIpamAddressHistory", {{"IpamScopeId", private_scope_}, {"Cidr", "10.0.0.0/20"}});
  ASSERT_EQ(history["HistoryRecords"].size(), 1U);
  EXPECT_EQ(history["HistoryRecords"][0]["ResourceId"], other);
}

TEST_F(Ipams, ADiscoveryTellsWhatIsThere) {
  const std::string discovery = call("DescribeIpams")["Ipams"][0]["DefaultResourceDiscoveryId"];
  const std::string ip = call("AllocateAddress", {{"Domain", "vpc"}})["PublicIp"];
  const Parameters where{{"IpamResourceDiscoveryId", discovery}, {"ResourceRegion", "us-east-1"}};
  const auto found = call("GetIpamDiscoveredResourceCidrs", where)["IpamDiscoveredResourceCidrs"];
  EXPECT_EQ(found.back()["ResourceCidr"], ip + "/32");
  EXPECT_EQ(found.back()["IpSource"], "amazon");
  const auto addresses = call("GetIpamDiscoveredPublicAddresses",
                              {{"IpamResourceDiscoveryId", discovery}, {"AddressRegion", "us-east-1"}});
  EXPECT_EQ(addresses["IpamDiscoveredPublicAddresses"][0]["AssociationStatus"], "disassociated");
  EXPECT_EQ(
      call("GetIpamDiscoveredAccounts", {{"IpamResourceDiscoveryId", discovery},
                                         {"DiscoveryRegion", "us-west-2"}})["IpamDiscoveredAccounts"][0]["AccountId"],
      "123456789012");
  refuse("InvalidParameterValue", "", "GetIpamDiscoveredAccounts",
         {{"IpamResourceDiscoveryId", discovery}, {"DiscoveryRegion", "eu-west-1"}});
}

TEST_F(Ipams, AnotherAccountUsesAPoolByItsId) {
  const auto pool = pool_with("10.0.0.0/8");
  scope.account = "210987654321";
  const auto vpc = made("CreateVpc", "Vpc", "VpcId", {{"Ipv4IpamPoolId", pool}, {"Ipv4NetmaskLength", "16"}});
  EXPECT_EQ(allocations(pool).size(), 1U);
  EXPECT_TRUE(call("DescribeIpamPools")["IpamPools"].empty());
  scope.account = "123456789012";
  EXPECT_EQ(allocations(pool)[0]["ResourceId"], vpc);
  EXPECT_EQ(allocations(pool)[0]["ResourceOwner"], "210987654321");
}

TEST_F(Ipams, AVpcsSubnetsArePlannedInAPoolOfItsOwn) {
  const auto pool = pool_with("10.0.0.0/8");
  const auto vpc = made("CreateVpc", "Vpc", "VpcId", {{"Ipv4IpamPoolId", pool}, {"Ipv4NetmaskLength", "16"}});
  const auto planning = make_pool({{"SourceIpamPoolId", pool},
                                   {"Locale", "us-east-1"},
                                   {"SourceResource.ResourceId", vpc},
                                   {"SourceResource.ResourceType", "vpc"},
                                   {"SourceResource.ResourceRegion", "us-east-1"},
                                   {"SourceResource.ResourceOwner", "123456789012"}});
  call("ProvisionIpamPoolCidr", {{"IpamPoolId", planning}, {"Cidr", "10.0.0.0/16"}});
  EXPECT_EQ(cidrs(planning)[0]["State"], "provisioned");
  refuse("InvalidParameterValue", "IpamPool '" + pool + "' is missing a source resource", "CreateSubnet",
         {{"VpcId", vpc}, {"Ipv4IpamPoolId", pool}, {"Ipv4NetmaskLength", "24"}});
  const auto subnet = call("CreateSubnet", {{"VpcId", vpc}, {"Ipv4IpamPoolId", planning}, {"Ipv4NetmaskLength", "24"}});
  EXPECT_EQ(subnet["Subnet"]["CidrBlock"], "10.0.0.0/24");
  EXPECT_EQ(allocations(planning)[0]["ResourceType"], "subnet");
  call("DeleteSubnet", {{"SubnetId", subnet["Subnet"]["SubnetId"]}});
  EXPECT_TRUE(allocations(planning).empty());
}

using IpamStates = HouseTest;

TEST_F(IpamStates, TakeTheirTime) {
  const auto ipam = call("CreateIpam")["Ipam"];
  EXPECT_EQ(ipam["State"], "create-in-progress");
  refuse("IncorrectState", "", "CreateIpamScope", {{"IpamId", ipam["IpamId"]}});
  advance_s(10);
  const auto pool =
      call("CreateIpamPool", {{"IpamScopeId", ipam["PrivateDefaultScopeId"]}, {"AddressFamily", "ipv4"}})["IpamPool"];
  EXPECT_EQ(pool["Locale"], "None");
  refuse("IncorrectState", "", "ProvisionIpamPoolCidr", {{"IpamPoolId", pool["IpamPoolId"]}, {"Cidr", "10.0.0.0/8"}});
  advance_s(20);
  const auto cidr = call("ProvisionIpamPoolCidr", {{"IpamPoolId", pool["IpamPoolId"]}, {"Cidr", "10.0.0.0/8"}});
  EXPECT_EQ(cidr["IpamPoolCidr"]["State"], "pending-provision");
  refuse("InvalidParameterValue", "The allocation size is too big for the pool.", "AllocateIpamPoolCidr",
         {{"IpamPoolId", pool["IpamPoolId"]}, {"NetmaskLength", "16"}});
  advance_s(30);
  call("AllocateIpamPoolCidr", {{"IpamPoolId", pool["IpamPoolId"]}, {"NetmaskLength", "16"}});
}

}  // namespace
}  // namespace fogling::test
