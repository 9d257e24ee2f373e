/// Public scopes of an IPAM: Amazon's space and ranges brought along, what is had out of them, and by which policy.

#include "tests/support/ipam.hpp"

namespace fogling::test {
namespace {

class PublicPools : public Ipams {
 protected:
  std::string make_public_pool(Parameters more) {
    more.insert(more.begin(), {{"IpamScopeId", public_scope_}, {"Locale", "us-east-1"}, {"AwsService", "ec2"}});
    return made("CreateIpamPool", "IpamPool", "IpamPoolId", more);
  }
};

TEST_F(PublicPools, TheirOptionsGoTogether) {
  refuse("InvalidParameterCombination",
         "The request can only contain PubliclyAdvertisable if the AddressFamily is IPv6 and PublicIpSource is byoip.",
         "CreateIpamPool",
         {{"IpamScopeId", private_scope_}, {"AddressFamily", "ipv6"}, {"PubliclyAdvertisable", "false"}});
  refuse("InvalidParameterCombination", "", "CreateIpamPool",
         {{"IpamScopeId", private_scope_}, {"AddressFamily", "ipv4"}, {"AwsService", "ec2"}});
  const auto pool = make_public_pool({{"AddressFamily", "ipv4"}});
  refuse("InvalidParameterCombination", "", "ProvisionIpamPoolCidr", {{"IpamPoolId", pool}, {"Cidr", "192.0.2.0/24"}});
  refuse("InvalidParameterCombination", "", "ProvisionIpamPoolCidr", {{"IpamPoolId", pool}, {"NetmaskLength", "24"}});
  refuse("InvalidParameterCombination", "", "DeleteIpamPool", {{"IpamPoolId", pool}, {"Cascade", "true"}});
  refuse("DependencyViolation", "", "DeleteIpam", {{"IpamId", ipam_}, {"Cascade", "true"}});
}

TEST_F(PublicPools, AmazonsIpv6GoesToVpcsAndTheirSubnets) {
  const auto pool = make_public_pool({{"AddressFamily", "ipv6"}, {"PublicIpSource", "amazon"}});
  call("ProvisionIpamPoolCidr", {{"IpamPoolId", pool}, {"NetmaskLength", "52"}});
  EXPECT_EQ(cidrs(pool)[0]["Cidr"], "3fff::/52");
  const auto vpc =
      call("CreateVpc", {{"CidrBlock", "10.5.0.0/16"}, {"Ipv6IpamPoolId", pool}, {"Ipv6NetmaskLength", "56"}})["Vpc"];
  const auto shown = call("DescribeVpcs", {{"VpcId.1", vpc["VpcId"]}})["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0];
  EXPECT_EQ(shown["Ipv6CidrBlock"], "3fff::/56");
  EXPECT_EQ(shown["Ipv6Pool"], "IPAM Managed");
  EXPECT_EQ(shown["IpSource"], "amazon");
  const auto subnet =
      call("CreateSubnet", {{"VpcId", vpc["VpcId"]}, {"CidrBlock", "10.5.0.0/24"}, {"Ipv6CidrBlock", "3fff::/64"}});
  EXPECT_EQ(subnet["Subnet"]["Ipv6CidrBlockAssociationSet"][0]["IpSource"], "amazon");
  refuse("InvalidParameterValue", "", "CreateVpc",
         {{"CidrBlock", "10.6.0.0/16"}, {"Ipv6IpamPoolId", pool}, {"Ipv6NetmaskLength", "58"}});
}

TEST_F(PublicPools, ElasticAddressesComeOutOfThem) {
  const auto pool = make_public_pool({{"AddressFamily", "ipv4"}, {"PublicIpSource", "amazon"}});
  call("ProvisionIpamPoolCidr", {{"IpamPoolId", pool}, {"NetmaskLength", "30"}});
  const auto first = call("AllocateAddress", {{"IpamPoolId", pool}});
  EXPECT_EQ(first["PublicIp"], "192.0.2.0");
  EXPECT_EQ(first["PublicIpv4Pool"], pool);
  EXPECT_EQ(call("AllocateAddress", {{"IpamPoolId", pool}, {"Address", "192.0.2.3"}})["PublicIp"], "192.0.2.3");
  refuse("InvalidParameterValue", "", "AllocateAddress", {{"IpamPoolId", pool}, {"Address", "192.0.2.3"}});
  refuse("InvalidParameterValue", "", "AllocateAddress", {{"IpamPoolId", pool_with("10.0.0.0/8")}});
  EXPECT_EQ(allocations(pool)[0]["ResourceType"], "eip");
  call("ReleaseAddress", {{"AllocationId", first["AllocationId"]}});
  EXPECT_EQ(allocations(pool).size(), 1U);
}

TEST_F(PublicPools, APolicySaysWhereElasticAddressesComeFrom) {
  const auto pool = make_public_pool({{"AddressFamily", "ipv4"}, {"PublicIpSource", "amazon"}});
  call("ProvisionIpamPoolCidr", {{"IpamPoolId", pool}, {"NetmaskLength", "31"}});
  const auto policy = made("CreateIpamPolicy", "IpamPolicy", "IpamPolicyId", {{"IpamId", ipam_}});
  const Parameters which{{"IpamPolicyId", policy}};
  const Parameters rule{{"IpamPolicyId", policy}, {"Locale", "us-east-1"}, {"ResourceType", "eip"}};
  auto with_pool = rule;
  with_pool.emplace_back("AllocationRule.1.SourceIpamPoolId", pool_with("10.0.0.0/8"));
  refuse("InvalidParameterValue", "", "ModifyIpamPolicyAllocationRules", with_pool);
  refuse("InvalidParameterValue", "", "ModifyIpamPolicyAllocationRules",
         {{"IpamPolicyId", policy}, {"Locale", "eu-south-2"}, {"ResourceType", "eip"}});
  with_pool.back().second = pool;
  call("ModifyIpamPolicyAllocationRules", with_pool);
  EXPECT_EQ(
      call("GetIpamPolicyAllocationRules", rule)["IpamPolicyDocuments"][0]["AllocationRules"][0]["SourceIpamPoolId"],
      pool);
  EXPECT_TRUE(call("GetIpamPolicyOrganizationTargets", which)["OrganizationTargets"].empty());
  EXPECT_EQ(call("AllocateAddress")["PublicIpv4Pool"], "amazon") << "it is not enabled";
  refuse("IncorrectState", "", "DisableIpamPolicy", which);
  call("EnableIpamPolicy", which);
  EXPECT_EQ(call("GetEnabledIpamPolicy")["IpamPolicyId"], policy);
  EXPECT_EQ(call("AllocateAddress")["PublicIp"], "192.0.2.0");
  EXPECT_EQ(call("AllocateAddress")["PublicIp"], "192.0.2.1");
  EXPECT_EQ(call("AllocateAddress")["PublicIpv4Pool"], "amazon") << "the pool is used up";
  refuse("DependencyViolation", "", "DeleteIpamPolicy", which);
  call("DisableIpamPolicy", which);
  EXPECT_FALSE(call("GetEnabledIpamPolicy")["IpamPolicyEnabled"]);
  call("DeleteIpamPolicy", which);
}

TEST_F(PublicPools, NumbersAreAssociatedWithRangesBroughtAlong) {
  const auto pool = make_public_pool({{"AddressFamily", "ipv4"}});
  const auto token = call("CreateIpamExternalResourceVerificationToken", {{"IpamId", ipam_}});
  const std::string token_id =
      token["IpamExternalResourceVerificationToken"]["IpamExternalResourceVerificationTokenId"];
  call("ProvisionIpamPoolCidr", {{"IpamPoolId", pool},
                                 {"Cidr", "203.0.113.0/24"},
                                 {"VerificationMethod", "dns-token"},
                                 {"IpamExternalResourceVerificationTokenId", token_id}});
  const Parameters own{{"IpamId", ipam_},
                       {"Asn", "65536"},
                       {"AsnAuthorizationContext.Message", "text"},
                       {"AsnAuthorizationContext.Signature", "signature"}};
  const Parameters both{{"Asn", "65536"}, {"Cidr", "203.0.113.0/24"}};
  refuse("InvalidParameterValue", "", "AssociateIpamByoasn", both);
  EXPECT_EQ(call("ProvisionIpamByoasn", own)["Byoasn"]["State"], "pending-provision");
  refuse("InvalidParameterValue", "", "ProvisionIpamByoasn", own);
  EXPECT_EQ(call("DescribeIpamByoasn")["Byoasns"][0]["State"], "provisioned");
  refuse("InvalidParameterValue", "", "AssociateIpamByoasn", {{"Asn", "65536"}, {"Cidr", "192.0.2.0/24"}});
  EXPECT_EQ(call("AssociateIpamByoasn", both)["AsnAssociation"]["State"], "pending-association");
  refuse("InvalidParameterValue", "", "AssociateIpamByoasn", both);
  refuse("DependencyViolation", "", "DeprovisionIpamByoasn", {{"IpamId", ipam_}, {"Asn", "65536"}});
  call("DisassociateIpamByoasn", both);
  refuse("InvalidParameterValue", "", "DisassociateIpamByoasn", both);
  call("DeprovisionIpamByoasn", {{"IpamId", ipam_}, {"Asn", "65536"}});
  EXPECT_TRUE(call("DescribeIpamByoasn")["Byoasns"].empty());
  house.world().advance(std::int64_t{4} * 24 * 3'600'000);
  EXPECT_EQ(
      call("DescribeIpamExternalResourceVerificationTokens")["IpamExternalResourceVerificationTokens"][0]["Status"],
      "expired");
}

}  // namespace
}  // namespace fogling::test
