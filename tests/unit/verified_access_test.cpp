/// Verified Access: what its declared kinds do together.

#include "tests/support/examples.hpp"

namespace fogling::test {
namespace {

class VerifiedAccess : public SettledTest {
 protected:
  Examples examples{[this](std::string_view action, const Parameters& parameters) { return call(action, parameters); }};
  std::string instance_ = examples.id_of("verified-access-instance");
};

TEST_F(VerifiedAccess, AnInstanceHasOneProviderForUsers) {
  const auto people = examples.id_of("verified-access-trust-provider");
  const auto others = examples.id_of("verified-access-trust-provider#2");
  const auto with = [&](const std::string& provider) {
    return Parameters{{"VerifiedAccessInstanceId", instance_}, {"VerifiedAccessTrustProviderId", provider}};
  };
  call("AttachVerifiedAccessTrustProvider", with(people));
  refuse("InvalidParameterValue", "", "AttachVerifiedAccessTrustProvider", with(people));
  refuse("InvalidParameterValue", "", "AttachVerifiedAccessTrustProvider", with(others));
  const auto shown = call("DescribeVerifiedAccessInstances")["VerifiedAccessInstances"][0];
  EXPECT_EQ(shown["VerifiedAccessTrustProviders"][0]["VerifiedAccessTrustProviderId"], people);
  refuse("DependencyViolation", "", "DeleteVerifiedAccessInstance", {{"VerifiedAccessInstanceId", instance_}});
  refuse("DependencyViolation", "", "DeleteVerifiedAccessTrustProvider", {{"VerifiedAccessTrustProviderId", people}});
  EXPECT_EQ(call("ExportVerifiedAccessInstanceClientConfiguration",
                 {{"VerifiedAccessInstanceId", instance_}})["UserTrustProvider"]["Type"],
            "iam-identity-center");
  call("DetachVerifiedAccessTrustProvider", with(people));
  refuse("InvalidParameterValue", "", "DetachVerifiedAccessTrustProvider", with(people));
  call("DeleteVerifiedAccessTrustProvider", {{"VerifiedAccessTrustProviderId", people}});
  call("DeleteVerifiedAccessInstance", {{"VerifiedAccessInstanceId", instance_}});
}

TEST_F(VerifiedAccess, AProviderSaysHowItIsReached) {
  refuse("MissingParameter", "", "CreateVerifiedAccessTrustProvider",
         {{"TrustProviderType", "user"}, {"PolicyReferenceName", "people"}});
  refuse("MissingParameter", "", "CreateVerifiedAccessTrustProvider",
         {{"TrustProviderType", "user"}, {"UserTrustProviderType", "oidc"}, {"PolicyReferenceName", "people"}});
  refuse("MissingParameter", "", "CreateVerifiedAccessTrustProvider",
         {{"TrustProviderType", "device"}, {"DeviceTrustProviderType", "jamf"}, {"PolicyReferenceName", "machines"}});
  const auto provider = call("CreateVerifiedAccessTrustProvider", {{"TrustProviderType", "user"},
                                                                   {"UserTrustProviderType", "oidc"},
                                                                   {"PolicyReferenceName", "people"},
                                                                   {"OidcOptions.Issuer", "https://example.com"},
                                                                   {"OidcOptions.ClientSecret", "secret"}});
  const auto& options = provider["VerifiedAccessTrustProvider"]["OidcOptions"];
  EXPECT_EQ(options["Issuer"], "https://example.com");
  EXPECT_FALSE(options.contains("ClientSecret"));
}

TEST_F(VerifiedAccess, PoliciesAreKeptAndSwitched) {
  const auto group = examples.id_of("verified-access-group");
  const Parameters which{{"VerifiedAccessGroupId", group}};
  EXPECT_EQ(call("GetVerifiedAccessGroupPolicy", which), (Document{{"PolicyEnabled", false}}));
  refuse("MissingParameter", "", "ModifyVerifiedAccessGroupPolicy",
         {{"VerifiedAccessGroupId", group}, {"PolicyEnabled", "true"}});
  const auto policy = "permit(principal,action,resource) when {true};";
  call("ModifyVerifiedAccessGroupPolicy", {{"VerifiedAccessGroupId", group}, {"PolicyDocument", policy}});
  EXPECT_EQ(call("GetVerifiedAccessGroupPolicy", which),
            (Document{{"PolicyEnabled", true}, {"PolicyDocument", policy}}));
  call("ModifyVerifiedAccessGroupPolicy", {{"VerifiedAccessGroupId", group}, {"PolicyEnabled", "false"}});
  EXPECT_FALSE(call("GetVerifiedAccessGroupPolicy", which)["PolicyEnabled"]);
  const auto endpoint = examples.id_of("verified-access-endpoint");
  call("ModifyVerifiedAccessEndpointPolicy", {{"VerifiedAccessEndpointId", endpoint}, {"PolicyDocument", policy}});
  EXPECT_EQ(call("GetVerifiedAccessEndpointPolicy", {{"VerifiedAccessEndpointId", endpoint}})["PolicyDocument"],
            policy);
}

TEST_F(VerifiedAccess, AnEndpointNeedsWhatItsTypeDoes) {
  const auto group = examples.id_of("verified-access-group");
  const Parameters common{{"VerifiedAccessGroupId", group}, {"AttachmentType", "vpc"}};
  const auto with = [&](Parameters more) {
    more.insert(more.end(), common.begin(), common.end());
    return more;
  };
  refuse("MissingParameter", "", "CreateVerifiedAccessEndpoint", with({{"EndpointType", "cidr"}}));
  refuse("MissingParameter", "", "CreateVerifiedAccessEndpoint",
         with({{"EndpointType", "load-balancer"}, {"LoadBalancerOptions.Port", "443"}}));
  refuse("MissingParameter", "", "CreateVerifiedAccessEndpoint",
         with({{"EndpointType", "network-interface"},
               {"NetworkInterfaceOptions.NetworkInterfaceId", examples.id_of("network-interface")},
               {"NetworkInterfaceOptions.Protocol", "https"}}));
  const auto subnet = examples.id_of("subnet");
  const auto cidr = call("CreateVerifiedAccessEndpoint", with({{"EndpointType", "cidr"},
                                                               {"CidrOptions.Cidr", "10.77.0.0/16"},
                                                               {"CidrOptions.Protocol", "tcp"},
                                                               {"CidrOptions.SubnetId.1", subnet}}));
  EXPECT_EQ(cidr["VerifiedAccessEndpoint"]["Status"]["Code"], "pending");
  EXPECT_EQ(cidr["VerifiedAccessEndpoint"]["VerifiedAccessInstanceId"], instance_);
  refuse("DependencyViolation", "", "DeleteSubnet", {{"SubnetId", subnet}});
  const auto exported =
      call("ExportVerifiedAccessInstanceClientConfiguration", {{"VerifiedAccessInstanceId", instance_}});
  EXPECT_EQ(exported["OpenVpnConfigurations"][0]["Routes"][0]["Cidr"], "10.77.0.0/16");
  const auto endpoint = examples.id_of("verified-access-endpoint");
  const auto targets = call("GetVerifiedAccessEndpointTargets", {{"VerifiedAccessEndpointId", endpoint}});
  EXPECT_TRUE(targets["VerifiedAccessEndpointTargets"][0].contains("VerifiedAccessEndpointTargetIpAddress"));
}

TEST_F(VerifiedAccess, LogsAreOffUntilTheyHaveAPlace) {
  const Parameters which{{"VerifiedAccessInstanceId", instance_}};
  const auto off = call("DescribeVerifiedAccessInstanceLoggingConfigurations")["LoggingConfigurations"][0];
  EXPECT_FALSE(off["AccessLogs"]["S3"]["Enabled"]);
  refuse("MissingParameter", "", "ModifyVerifiedAccessInstanceLoggingConfiguration",
         {{"VerifiedAccessInstanceId", instance_}, {"AccessLogs.S3.Enabled", "true"}});
  refuse("InvalidParameterValue", "", "ModifyVerifiedAccessInstanceLoggingConfiguration",
         {{"VerifiedAccessInstanceId", instance_}, {"AccessLogs.LogVersion", "newest"}});
  const auto on = call("ModifyVerifiedAccessInstanceLoggingConfiguration", {{"VerifiedAccessInstanceId", instance_},
                                                                            {"AccessLogs.S3.Enabled", "true"},
                                                                            {"AccessLogs.S3.BucketName", "logs"}});
  EXPECT_EQ(on["LoggingConfiguration"]["AccessLogs"]["S3"]["DeliveryStatus"]["Code"], "success");
}

}  // namespace
}  // namespace fogling::test
