/// Client VPN: documented in its Administrator Guide and the API Reference; refusals that are quoted by users are given
/// in full.

#include "tests/support/examples.hpp"

namespace fogling::test {
namespace {

class ClientVpn : public SettledTest {
 protected:
  Examples examples{[this](std::string_view action, const Parameters& parameters) { return call(action, parameters); }};
  std::string endpoint_ = examples.id_of("client-vpn-endpoint"), vpc_ = examples.id_of("vpc"),
              subnet_ = examples.id_of("subnet");

  Parameters with(Parameters more) {
    more.insert(more.begin(), {"ClientVpnEndpointId", endpoint_});
    return more;
  }
  Document endpoint() { return call("DescribeClientVpnEndpoints")["ClientVpnEndpoints"][0]; }
  std::string associate() {
    return call("AssociateClientVpnTargetNetwork", with({{"SubnetId", subnet_}}))["AssociationId"];
  }
};

TEST_F(ClientVpn, AnEndpointSaysWhoComesInAndHow) {
  const auto shown = endpoint();
  EXPECT_EQ(shown["Status"]["Code"], "pending-associate");
  EXPECT_EQ(shown["DnsName"], "*." + endpoint_ + ".prod.clientvpn.us-east-1.amazonaws.com");
  EXPECT_EQ(shown["AuthenticationOptions"][0]["MutualAuthentication"]["ClientRootCertificateChain"],
            "arn:aws:acm:us-east-1:123456789012:certificate/root");
  EXPECT_EQ(shown["VpnPort"], 443);
  const auto make = [&](const char* block, const Parameters& more) {
    Parameters parameters{{"ClientCidrBlock", block},
                          {"ServerCertificateArn", "arn:aws:acm:us-east-1:123456789012:certificate/server"},
                          {"Authentication.1.Type", "directory-service-authentication"},
                          {"ConnectionLogOptions.Enabled", "false"}};
    parameters.insert(parameters.end(), more.begin(), more.end());
    return parameters;
  };
  const Parameters directory{{"Authentication.1.ActiveDirectory.DirectoryId", "d-1234567890"}};
  refuse("InvalidParameterValue", "", "CreateClientVpnEndpoint", make("10.0.0.0/24", directory));
  refuse("MissingParameter", "", "CreateClientVpnEndpoint", make("10.0.0.0/20", {}));
  auto odd = directory;
  odd.emplace_back("VpnPort", "80");
  refuse("InvalidParameterValue", "", "CreateClientVpnEndpoint", make("10.0.0.0/20", odd));
  odd.back() = {"SessionTimeoutHours", "9"};
  refuse("InvalidParameterValue", "", "CreateClientVpnEndpoint", make("10.0.0.0/20", odd));
  odd.back() = {"SecurityGroupId.1", examples.id_of("security-group")};
  refuse("InvalidParameterCombination", "", "CreateClientVpnEndpoint", make("10.0.0.0/20", odd));
  odd.emplace_back("VpcId", vpc_);
  call("CreateClientVpnEndpoint", make("10.0.0.0/20", odd));
  refuse("DependencyViolation", "", "DeleteSecurityGroup", {{"GroupId", examples.id_of("security-group")}});
}

TEST_F(ClientVpn, ATargetNetworkMakesItAvailable) {
  const auto id = associate();
  auto shown = endpoint();
  EXPECT_EQ(shown["Status"]["Code"], "available");
  EXPECT_EQ(shown["VpcId"], vpc_);
  EXPECT_EQ(shown["AssociatedTargetNetworks"][0]["NetworkId"], subnet_);
  const auto target = call("DescribeClientVpnTargetNetworks", with({}))["ClientVpnTargetNetworks"][0];
  EXPECT_EQ(target["Status"]["Code"], "associated");
  EXPECT_EQ(target["SecurityGroups"].size(), 1U);
  const auto interfaces =
      call("DescribeNetworkInterfaces", {{"Filter.1.Name", "subnet-id"}, {"Filter.1.Value.1", subnet_}});
  EXPECT_TRUE(interfaces["NetworkInterfaces"][0]["RequesterManaged"]);
  const auto routes = call("DescribeClientVpnRoutes", with({}))["Routes"];
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_EQ(routes[0]["DestinationCidr"], "10.77.0.0/16");
  EXPECT_EQ(routes[0]["Origin"], "associate");
  refuse("ClientVpnEndpointAssociationExists", "The endpoint that you're trying to delete has associations " + id,
         "DeleteClientVpnEndpoint", with({}));
  refuse("DependencyViolation", "", "DeleteSubnet", {{"SubnetId", subnet_}});
  call("DisassociateClientVpnTargetNetwork", with({{"AssociationId", id}}));
  EXPECT_EQ(endpoint()["Status"]["Code"], "pending-associate");
  EXPECT_TRUE(call("DescribeClientVpnRoutes", with({}))["Routes"].empty());
  refuse("InvalidClientVpnAssociationIdNotFound", "", "DisassociateClientVpnTargetNetwork",
         with({{"AssociationId", id}}));
  call("DeleteSubnet", {{"SubnetId", subnet_}});
  call("DeleteClientVpnEndpoint", with({}));
  refuse("InvalidClientVpnEndpointId.NotFound", "", "DescribeClientVpnRoutes", with({}));
}

TEST_F(ClientVpn, ASubnetHasToFit) {
  associate();
  refuse("InvalidClientVpnDuplicateAssociationException", "", "AssociateClientVpnTargetNetwork",
         with({{"SubnetId", subnet_}}));
  const auto in_zone = [&](const std::string& vpc, const char* cidr, const char* zone) -> std::string {
    return call("CreateSubnet",
                {{"VpcId", vpc}, {"CidrBlock", cidr}, {"AvailabilityZone", zone}})["Subnet"]["SubnetId"];
  };
  const std::string zone = call("DescribeSubnets", {{"SubnetId.1", subnet_}})["Subnets"][0]["AvailabilityZone"];
  refuse("InvalidClientVpnSubnetId.DuplicateAz", "", "AssociateClientVpnTargetNetwork",
         with({{"SubnetId", in_zone(vpc_, "10.77.9.0/24", zone.c_str())}}));
  const std::string other = call("CreateVpc", {{"CidrBlock", "10.250.0.0/20"}})["Vpc"]["VpcId"];
  const auto far = in_zone(other, "10.250.0.0/24", "us-east-1b");
  refuse("InvalidClientVpnSubnetId.DifferentVpc", "", "AssociateClientVpnTargetNetwork", with({{"SubnetId", far}}));
  endpoint_ = examples.id_of("client-vpn-endpoint#2");
  refuse("InvalidClientVpnSubnetId.OverlappingCidr", "", "AssociateClientVpnTargetNetwork", with({{"SubnetId", far}}));
}

TEST_F(ClientVpn, RoutesLeadThroughTargetNetworks) {
  const Parameters out{{"DestinationCidrBlock", "0.0.0.0/0"}, {"TargetVpcSubnetId", subnet_}};
  refuse("InvalidClientVpnActiveAssociationNotFound", "", "CreateClientVpnRoute", with(out));
  associate();
  refuse("InvalidClientVpnSubnetId.NotFound", "", "CreateClientVpnRoute",
         with({{"DestinationCidrBlock", "0.0.0.0/0"}, {"TargetVpcSubnetId", "subnet-01234567"}}));
  EXPECT_EQ(call("CreateClientVpnRoute", with(out))["Status"]["Code"], "creating");
  refuse("InvalidClientVpnDuplicateRoute", "Route already exists", "CreateClientVpnRoute", with(out));
  EXPECT_EQ(call("DescribeClientVpnRoutes",
                 with({{"Filter.1.Name", "origin"}, {"Filter.1.Value.1", "add-route"}}))["Routes"][0]["Status"]["Code"],
            "active");
  refuse("OperationNotPermitted", "", "DeleteClientVpnRoute",
         with({{"DestinationCidrBlock", "10.77.0.0/16"}, {"TargetVpcSubnetId", subnet_}}));
  EXPECT_EQ(call("DeleteClientVpnRoute", with(out))["Status"]["Code"], "deleting");
  refuse("InvalidClientVpnRouteNotFound", "", "DeleteClientVpnRoute", with(out));
}

TEST_F(ClientVpn, RulesSayWhoMayGoWhere) {
  const Parameters all{{"TargetNetworkCidr", "10.77.0.0/16"}, {"AuthorizeAllGroups", "true"}};
  refuse("InvalidParameterCombination", "", "AuthorizeClientVpnIngress", with({{"TargetNetworkCidr", "10.77.0.0/16"}}));
  EXPECT_EQ(call("AuthorizeClientVpnIngress", with(all))["Status"]["Code"], "authorizing");
  refuse("InvalidClientVpnDuplicateAuthorizationRule", "", "AuthorizeClientVpnIngress", with(all));
  call("AuthorizeClientVpnIngress", with({{"TargetNetworkCidr", "10.77.0.0/16"}, {"AccessGroupId", "developers"}}));
  const auto rules = call("DescribeClientVpnAuthorizationRules", with({}))["AuthorizationRules"];
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_TRUE(rules[0]["AccessAll"]);
  EXPECT_EQ(rules[1]["GroupId"], "developers");
  call("RevokeClientVpnIngress", with({{"TargetNetworkCidr", "10.77.0.0/16"}, {"RevokeAllGroups", "true"}}));
  EXPECT_EQ(call("DescribeClientVpnAuthorizationRules", with({}))["AuthorizationRules"].size(), 1U);
  refuse("InvalidClientVpnEndpointAuthorizationRuleNotFound", "", "RevokeClientVpnIngress",
         with({{"TargetNetworkCidr", "10.77.0.0/16"}, {"RevokeAllGroups", "true"}}));
}

TEST_F(ClientVpn, GroupsOfItsNetworksAreReplaced) {
  const auto group = examples.id_of("security-group");
  const Parameters apply{{"VpcId", vpc_}, {"SecurityGroupId.1", group}};
  refuse("InvalidClientVpnActiveAssociationNotFound", "", "ApplySecurityGroupsToClientVpnTargetNetwork", with(apply));
  associate();
  call("ApplySecurityGroupsToClientVpnTargetNetwork", with(apply));
  EXPECT_EQ(call("DescribeClientVpnTargetNetworks", with({}))["ClientVpnTargetNetworks"][0]["SecurityGroups"],
            Document::array({group}));
  refuse("DependencyViolation", "", "DeleteSecurityGroup", {{"GroupId", group}});
}

TEST_F(ClientVpn, ClientsAreGivenAConfiguration) {
  const std::string text = call("ExportClientVpnClientConfiguration", with({}))["ClientConfiguration"];
  EXPECT_NE(text.find("remote " + endpoint_ + ".prod.clientvpn.us-east-1.amazonaws.com 443"), std::string::npos);
  refuse("InvalidParameterValue", "", "ImportClientVpnClientCertificateRevocationList",
         with({{"CertificateRevocationList", "nothing"}}));
  const std::string list = "-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----";
  call("ImportClientVpnClientCertificateRevocationList", with({{"CertificateRevocationList", list}}));
  EXPECT_EQ(call("ExportClientVpnClientCertificateRevocationList", with({}))["CertificateRevocationList"], list);
  EXPECT_TRUE(call("DescribeClientVpnConnections", with({}))["Connections"].empty());
  refuse("InvalidClientVpnConnection.IdNotFound", "", "TerminateClientVpnConnections",
         with({{"ConnectionId", "cvpn-connection-1"}}));
  refuse("InvalidClientVpnConnection.UserNotFound", "", "TerminateClientVpnConnections", with({{"Username", "me"}}));
}

}  // namespace
}  // namespace fogling::test
