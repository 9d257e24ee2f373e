/// IPAM prefix list resolvers: rules that choose blocks, versions of what they chose, lists that follow.

#include "tests/support/ipam.hpp"

namespace fogling::test {
namespace {

class PrefixListResolvers : public Ipams {
 protected:
  std::string resolver(const Parameters& rules) {
    Parameters parameters{{"IpamId", ipam_}, {"AddressFamily", "ipv4"}};
    parameters.insert(parameters.end(), rules.begin(), rules.end());
    return made("CreateIpamPrefixListResolver", "IpamPrefixListResolver", "IpamPrefixListResolverId", parameters);
  }
  Document entries(const std::string& id, const char* version) {
    return call("GetIpamPrefixListResolverVersionEntries",
                {{"IpamPrefixListResolverId", id}, {"IpamPrefixListResolverVersion", version}})["Entries"];
  }
  std::string vpc(const char* cidr) { return made("CreateVpc", "Vpc", "VpcId", {{"CidrBlock", cidr}}); }
};

TEST_F(PrefixListResolvers, ChooseByConditions) {
  const auto pool = pool_with("10.0.0.0/8");
  call("CreateVpc", {{"Ipv4IpamPoolId", pool}, {"Ipv4NetmaskLength", "16"}});
  const auto other = vpc("10.200.0.0/16");
  vpc("192.168.0.0/16");
  const auto id = resolver({{"Rule.1.RuleType", "static-cidr"},
                            {"Rule.1.StaticCidr", "192.0.2.0/24"},
                            {"Rule.2.RuleType", "ipam-resource-cidr"},
                            {"Rule.2.IpamScopeId", private_scope_},
                            {"Rule.2.ResourceType", "vpc"},
                            {"Rule.2.Condition.1.Operation", "subnet-of"},
                            {"Rule.2.Condition.1.Cidr", "10.0.0.0/8"},
                            {"Rule.2.Condition.2.Operation", "not-equals"},
                            {"Rule.2.Condition.2.ResourceId", other},
                            {"Rule.3.RuleType", "ipam-pool-cidr"},
                            {"Rule.3.IpamScopeId", private_scope_},
                            {"Rule.3.Condition.1.Operation", "equals"},
                            {"Rule.3.Condition.1.IpamPoolId", pool}});
  EXPECT_EQ(entries(id, "1"),
            (Document::array({{{"Cidr", "10.0.0.0/16"}}, {{"Cidr", "10.0.0.0/8"}}, {{"Cidr", "192.0.2.0/24"}}})));
  EXPECT_EQ(call("GetIpamPrefixListResolverRules", {{"IpamPrefixListResolverId", id}})["Rules"].size(), 3U);
  refuse("InvalidParameterValue", "", "CreateIpamPrefixListResolver",
         {{"IpamId", ipam_},
          {"AddressFamily", "ipv4"},
          {"Rule.1.RuleType", "static-cidr"},
          {"Rule.1.StaticCidr", "fd00::/8"}});
  refuse("InvalidParameterValue", "", "GetIpamPrefixListResolverVersionEntries",
         {{"IpamPrefixListResolverId", id}, {"IpamPrefixListResolverVersion", "9"}});
}

TEST_F(PrefixListResolvers, ListsFollow) {
  const auto id = resolver({{"Rule.1.RuleType", "static-cidr"}, {"Rule.1.StaticCidr", "192.0.2.0/24"}});
  const auto list = made("CreateManagedPrefixList", "PrefixList", "PrefixListId",
                         {{"PrefixListName", "offices"}, {"MaxEntries", "1"}, {"AddressFamily", "IPv4"}});
  const Parameters follow{{"IpamPrefixListResolverId", id},
                          {"PrefixListId", list},
                          {"PrefixListRegion", "us-east-1"},
                          {"TrackLatestVersion", "true"}};
  const auto target = made("CreateIpamPrefixListResolverTarget", "IpamPrefixListResolverTarget",
                           "IpamPrefixListResolverTargetId", follow);
  EXPECT_EQ(call("GetManagedPrefixListEntries", {{"PrefixListId", list}})["Entries"][0]["Cidr"], "192.0.2.0/24");
  EXPECT_EQ(call("DescribeIpamPrefixListResolverTargets")["IpamPrefixListResolverTargets"][0]["LastSyncedVersion"], 1);
  refuse("InvalidParameterValue", "", "CreateIpamPrefixListResolverTarget", follow);
  refuse("DependencyViolation", "", "DeleteManagedPrefixList", {{"PrefixListId", list}});
  call(
      "ModifyIpamPrefixListResolver",
      {{"IpamPrefixListResolverId", id}, {"Rule.1.RuleType", "static-cidr"}, {"Rule.1.StaticCidr", "198.51.100.0/24"}});
  EXPECT_EQ(call("GetManagedPrefixListEntries", {{"PrefixListId", list}})["Entries"][0]["Cidr"], "198.51.100.0/24");
  EXPECT_EQ(
      call("GetIpamPrefixListResolverVersions", {{"IpamPrefixListResolverId", id}})["IpamPrefixListResolverVersions"]
          .size(),
      2U);
  refuse("InvalidParameterCombination", "", "ModifyIpamPrefixListResolver", {{"IpamPrefixListResolverId", id}});
  refuse("InvalidParameterCombination", "", "ModifyIpamPrefixListResolverTarget",
         {{"IpamPrefixListResolverTargetId", target}, {"ClientToken", "of no weight"}, {"DryRun", "false"}});
  refuse("InvalidParameterValue", "", "ModifyIpamPrefixListResolverTarget",
         {{"IpamPrefixListResolverTargetId", target}, {"DesiredVersion", "9"}});
  call("ModifyIpamPrefixListResolverTarget",
       {{"IpamPrefixListResolverTargetId", target}, {"DesiredVersion", "1"}, {"TrackLatestVersion", "false"}});
  EXPECT_EQ(call("GetManagedPrefixListEntries", {{"PrefixListId", list}})["Entries"][0]["Cidr"], "192.0.2.0/24");
  call("DeleteIpamPrefixListResolverTarget", {{"IpamPrefixListResolverTargetId", target}});
  call("DeleteManagedPrefixList", {{"PrefixListId", list}});
}

}  // namespace
}  // namespace fogling::test
