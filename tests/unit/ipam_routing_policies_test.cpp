/// Internet registries of an IPAM, routing policies that are published through them, and the routes they protect.

#include "tests/support/ipam.hpp"

namespace fogling::test {
namespace {

class IpamRoutingPolicies : public Ipams {
 protected:
  std::string associate() {
    return made("CreateIpamInternetRegistryAssociation", "IpamInternetRegistryAssociation",
                "IpamInternetRegistryAssociationId",
                {{"IpamId", ipam_}, {"Rir", "ripe"}, {"OrganizationHandle", "ORG-EX1-RIPE"}});
  }
  Document association(const std::string& id) {
    return call("DescribeIpamInternetRegistryAssociations",
                {{"IpamInternetRegistryAssociationId.1", id}})["IpamInternetRegistryAssociations"][0];
  }
  /// The certificate that we hand out is one; so it serves as the registry's, too.
  std::string certificate_of(const std::string& id) {
    const std::string xml(text(association(id), "ChildRequestXml"));
    const auto from = xml.find("<child_bpki_ta>") + 15;
    return xml.substr(from, xml.find('<', from) - from);
  }
  Parameters response(const std::string& id) {
    return {{"IpamInternetRegistryAssociationId", id},
            {"RpkiVersion", "1"},
            {"ServiceUri", "https://rpki.example.net/up-down"},
            {"ChildHandle", "child"},
            {"ParentHandle", "parent"},
            {"ParentBpkiTa", certificate_of(id)}};
  }
  std::string enabled() {
    const auto id = associate();
    call("EnableIpamInternetRegistryAssociation", response(id));
    return id;
  }
  Document about(const char* action, const char* list, const std::string& id, const Parameters& more = {}) {
    Parameters parameters = more;
    parameters.emplace_back("IpamInternetRegistryAssociationId", id);
    return call(action, parameters)[list];
  }
  Document registrations(const std::string& id, const Parameters& more = {}) {
    return about("GetIpamRoutingPolicyRegistrations", "IpamRoutingPolicyRegistrations", id, more);
  }
  Document roas(const std::string& id) {
    return about("GetIpamRouteOriginAuthorizations", "IpamRouteOriginAuthorizations", id);
  }
  Parameters policy(const std::string& id, const std::string& cidr, const std::string& asn,
                    const Parameters& more = {}) {
    Parameters parameters{{"IpamInternetRegistryAssociationId", id}, {"Cidr", cidr}, {"Asn.1", asn}};
    parameters.insert(parameters.end(), more.begin(), more.end());
    return parameters;
  }
  void announce(const std::string& cidr) {
    call("ProvisionByoipCidr", {{"Cidr", cidr}});
    settle();
    call("AdvertiseByoipCidr", {{"Cidr", cidr}});
  }
  Document finding() {
    return call("GetIpamRouteProtectionFindings", {{"IpamId", ipam_}})["RouteProtectionFindings"][0];
  }
};

TEST_F(IpamRoutingPolicies, ARegistryIsEnabledByItsAnswer) {
  const auto id = associate();
  EXPECT_EQ(text(association(id), "State"), "pending-enable");
  EXPECT_NE(text(association(id), "ChildRequestXml").find("child_bpki_ta"), std::string_view::npos);
  refuse("IncorrectState", "", "CreateIpamRoutingPolicyRegistration", policy(id, "203.0.113.0/24", "64500"));
  auto wrong = response(id);
  wrong.back().second = "no certificate";
  refuse("InvalidParameterValue", "", "EnableIpamInternetRegistryAssociation", wrong);
  call("EnableIpamInternetRegistryAssociation", response(id));
  EXPECT_EQ(text(association(id), "State"), "enable-complete");
  refuse("IncorrectState", "", "EnableIpamInternetRegistryAssociation", response(id));
  refuse("DependencyViolation", "", "DeleteIpam", {{"IpamId", ipam_}});
}

TEST_F(IpamRoutingPolicies, AFreeIpamHasNone) {
  call("ModifyIpam", {{"IpamId", ipam_}, {"Tier", "free"}});
  refuse("OperationNotPermitted", "", "CreateIpamInternetRegistryAssociation",
         {{"IpamId", ipam_}, {"Rir", "ripe"}, {"OrganizationHandle", "ORG-EX1-RIPE"}});
}

TEST_F(IpamRoutingPolicies, RegistrationsArePublished) {
  const auto id = enabled();
  const Document delta = call("CreateIpamRoutingPolicyRegistration", policy(id, "203.0.113.0/24", "64500"));
  EXPECT_EQ(text(delta["IpamRoutingPolicyRegistrationDelta"], "State"), "pending");
  ASSERT_EQ(registrations(id).size(), 1U);
  EXPECT_EQ(text(registrations(id)[0], "State"), "create-complete");
  EXPECT_EQ(registrations(id)[0]["MaxLength"], 24);
  ASSERT_EQ(roas(id).size(), 1U);
  EXPECT_EQ(text(roas(id)[0], "Asn"), "64500");
  call("ModifyIpamRoutingPolicyRegistration",
       policy(id, "203.0.113.0/24", "64501", {{"PermitMoreSpecificAnnouncements", "true"}, {"MaxLength", "26"}}));
  EXPECT_EQ(text(roas(id)[0], "Asn"), "64501");
  EXPECT_EQ(roas(id)[0]["MaxLength"], 26);
  refuse("DependencyViolation", "", "DeleteIpamInternetRegistryAssociation",
         {{"IpamInternetRegistryAssociationId", id}});
  call("DeleteIpamRoutingPolicyRegistration", {{"IpamInternetRegistryAssociationId", id}, {"Cidr", "203.0.113.0/24"}});
  EXPECT_TRUE(registrations(id).empty());
  EXPECT_TRUE(roas(id).empty());
  const auto deltas = [&](const Parameters& more) {
    return about("GetIpamRoutingPolicyRegistrationDeltas", "IpamRoutingPolicyRegistrationDeltas", id, more);
  };
  ASSERT_EQ(deltas({}).size(), 3U);
  const Document first = deltas({{"ChronologicalOrder", "forward"}})[0];
  EXPECT_EQ(first["DeltaId"], delta["IpamRoutingPolicyRegistrationDelta"]["DeltaId"]);
  EXPECT_EQ(text(first, "State"), "published");
  EXPECT_EQ(deltas({{"DeltaId", std::string(text(first, "DeltaId"))}}).size(), 1U);
  EXPECT_EQ(deltas({{"EndTime", "2001-01-01T00:00:00Z"}}).size(), 0U);
  call("DeleteIpamInternetRegistryAssociation", {{"IpamInternetRegistryAssociationId", id}});
}

TEST_F(IpamRoutingPolicies, RegistrationsAreJudged) {
  const auto id = enabled();
  const char* create = "CreateIpamRoutingPolicyRegistration";
  refuse("InvalidParameterValue", "", create, policy(id, "203.0.113.7/24", "64500"));
  refuse("InvalidParameterValue", "", create, policy(id, "203.0.113.0/24", "sixty"));
  refuse("InvalidParameterValue", "", create, policy(id, "203.0.113.0/24", "64500", {{"MaxLength", "23"}}));
  refuse("InvalidParameterCombination", "", create, policy(id, "203.0.113.0/24", "64500", {{"MaxLength", "26"}}));
  call(create, policy(id, "203.0.113.0/24", "64500"));
  refuse("InvalidParameterValue", "", create, policy(id, "203.0.113.0/24", "64500"));
  refuse("InvalidIpamRoutingPolicyRegistration.NotFound", "", "ModifyIpamRoutingPolicyRegistration",
         policy(id, "198.51.100.0/24", "64500"));
}

TEST_F(IpamRoutingPolicies, ABatchIsAllOrNothing) {
  const auto id = enabled();
  const auto batch = [&](const std::string& changes) {
    return Parameters{{"IpamInternetRegistryAssociationId", id}, {"DeltaJson", R"({"changes": [)" + changes + "]}"}};
  };
  const std::string one = R"({"operation": "create", "cidr": "203.0.113.0/24", "asns": ["64500"]})";
  const std::string two = R"({"operation": "create", "cidr": "198.51.100.0/24", "asns": ["64500", "64501"]})";
  const std::string bad = R"({"operation": "delete", "cidr": "192.0.2.0/24"})";
  refuse("InvalidIpamRoutingPolicyRegistration.NotFound", "", "BatchModifyIpamRoutingPolicyRegistrations",
         batch(one + "," + bad));
  refuse("InvalidParameterValue", "", "BatchModifyIpamRoutingPolicyRegistrations",
         {{"IpamInternetRegistryAssociationId", id}, {"DeltaJson", "no JSON"}});
  EXPECT_TRUE(registrations(id).empty());
  call("BatchModifyIpamRoutingPolicyRegistrations", batch(one + "," + two));
  EXPECT_EQ(registrations(id).size(), 2U);
  EXPECT_EQ(registrations(id, {{"Cidr", "198.51.100.0/24"}}).size(), 1U);
  EXPECT_EQ(roas(id).size(), 3U);
}

TEST_F(IpamRoutingPolicies, RoutesAreProtected) {
  announce("203.0.113.0/24");
  EXPECT_EQ(text(finding(), "RpkiStatus"), "unknown");
  EXPECT_EQ(text(finding(), "State"), "advertised");
  const auto id = enabled();
  ASSERT_EQ(about("GetIpamInternetRegistryAssociationCidrs", "IpamInternetRegistryAssociationCidrs", id).size(), 1U);
  refuse("IpamRoutingPolicyRegistrationConflict", "", "CreateIpamRoutingPolicyRegistration",
         policy(id, "203.0.113.0/24", "64500"));
  const std::string origin(text(finding(), "Asn"));
  call("CreateIpamRoutingPolicyRegistration", policy(id, "203.0.113.0/24", origin));
  EXPECT_EQ(text(finding(), "RpkiStatus"), "valid");
  EXPECT_EQ(text(finding(), "RpkiStrength"), "strict");
  EXPECT_EQ(finding()["Roas"][0]["Match"], true);
  const Parameters remove{{"IpamInternetRegistryAssociationId", id}, {"Cidr", "203.0.113.0/24"}};
  refuse("IpamRoutingPolicyRegistrationConflict", "", "DeleteIpamRoutingPolicyRegistration", remove);
  call("ModifyIpamRoutingPolicyRegistration", policy(id, "203.0.113.0/24", "64500", {{"Force", "true"}}));
  EXPECT_EQ(text(finding(), "RpkiStatus"), "invalid");
}

TEST_F(IpamRoutingPolicies, DiscoveriesTellRoutes) {
  announce("203.0.113.0/24");
  const std::string discovery(text(call("DescribeIpams")["Ipams"][0], "DefaultResourceDiscoveryId"));
  const Document routes = call("GetIpamDiscoveredRoutes", {{"IpamResourceDiscoveryId", discovery},
                                                           {"ResourceRegion", "us-east-1"},
                                                           {"Filter.1.Name", "state"},
                                                           {"Filter.1.Value.1", "advertised"}})["IpamDiscoveredRoutes"];
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_EQ(text(routes[0], "Cidr"), "203.0.113.0/24");
  EXPECT_FALSE(text(routes[0], "PoolId").empty());
  EXPECT_TRUE(call("GetIpamDiscoveredRoutes",
                   {{"IpamResourceDiscoveryId", discovery}, {"ResourceRegion", "us-west-2"}})["IpamDiscoveredRoutes"]
                  .empty());
  refuse("InvalidParameterValue", "", "GetIpamDiscoveredRoutes",
         {{"IpamResourceDiscoveryId", discovery}, {"ResourceRegion", "eu-west-1"}});
}

}  // namespace
}  // namespace fogling::test
