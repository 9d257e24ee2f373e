/// Networking Flexible Cost Allocation: policies, their versions and their associations.

#include "tests/support/vpc.hpp"

namespace fogling::test {
namespace {

class FlexCostAllocation : public VpcTest<SettledTest> {
 protected:
  Parameters instance_policy(const Parameters& more = {}) {
    Parameters parameters{{"NetworkResourceType", "ec2"},
                          {"InstanceFcaPolicyDocument.ReportingGranularity.1", "subnet"},
                          {"InstanceFcaPolicyDocument.Dimensions.1", "data-transfer"}};
    parameters.insert(parameters.end(), more.begin(), more.end());
    return parameters;
  }
  std::string create() {
    return text_of(call("CreateNetworkingFlexCostAllocationPolicy", instance_policy()), "FcaPolicyId");
  }
  Document policies(const Parameters& parameters = {}) {
    return call("DescribeNetworkingFlexCostAllocationPolicies", parameters)["FlexCostAllocationPolicies"];
  }
  Document associate(const std::string& policy, const Parameters& with) {
    Parameters parameters = with;
    parameters.emplace_back("FcaPolicyId", policy);
    return call("AssociateNetworkingFlexCostAllocationPolicy", parameters);
  }
  std::string failure(const Document& answer, const char* list = "FcaPolicyAssociationFailures") {
    return answer[list].empty() ? "" : text_of(answer[list][0], "FailureCode");
  }
};

TEST_F(FlexCostAllocation, PoliciesHaveVersions) {
  const std::string id = create();
  EXPECT_EQ(text(policies()[0], "FcaPolicyArn"), "arn:aws:ec2:us-east-1:123456789012:fca-policy/" + id);
  EXPECT_EQ(policies()[0]["ShowBackEnabled"], true);
  const Document same = call("ModifyNetworkingFlexCostAllocationPolicy", {{"FcaPolicyId", id}, {"Description", "x"}});
  EXPECT_FALSE(has(same, "Version")) << "a description makes no version";
  const Document changed =
      call("ModifyNetworkingFlexCostAllocationPolicy", {{"FcaPolicyId", id}, {"ShowBackEnabled", "false"}});
  EXPECT_EQ(changed["Version"], 2);
  EXPECT_EQ(policies()[0]["LatestVersion"], 2);
  const Document versions =
      call("GetNetworkingFlexCostAllocationPolicyVersions", {{"FcaPolicyId", id}})["FcaPolicyVersions"];
  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(versions[0]["ShowBackEnabled"], true);
  EXPECT_EQ(versions[1]["ShowBackEnabled"], false);
  const Document first = call("GetNetworkingFlexCostAllocationPolicyVersions",
                              {{"FcaPolicyId", id}, {"VersionsToInclude.1", "1"}})["FcaPolicyVersions"];
  EXPECT_EQ(first.size(), 1U);
  EXPECT_EQ(policies({{"Filters.1.Name", "showback-enabled"}, {"Filters.1.Value.1", "true"}}).size(), 0U);
}

TEST_F(FlexCostAllocation, DocumentsAreJudged) {
  const char* create = "CreateNetworkingFlexCostAllocationPolicy";
  refuse("MissingParameter", "", create, {{"NetworkResourceType", "natgw"}});
  auto other = instance_policy();
  other[0].second = "natgw";
  refuse("InvalidParameterCombination", "", create, other);
  const auto with = [&](const std::string& member, const std::string& value) {
    auto parameters = instance_policy();
    for (auto& each : parameters) {
      if (each.first == "InstanceFcaPolicyDocument." + member) each.second = value;
    }
    return parameters;
  };
  refuse("InvalidParameterValue", "", create, with("Dimensions.1", "data-processing"));
  refuse("InvalidParameterValue", "", create, with("ReportingGranularity.1", "peering-id"));
  refuse("InvalidParameterCombination", "", create, with("ReportingGranularity.1", "cidr"));
  refuse("InvalidParameterValue", "", create,
         instance_policy({{"InstanceFcaPolicyDocument.ReportingGranularity.2", "vpc"}}));
  const std::string ranges = "InstanceFcaPolicyDocument.CidrRangeSpecifications.";
  auto labelled = with("ReportingGranularity.1", "cidr");
  labelled.insert(labelled.end(), {{ranges + "PrefixesType", "source-prefixes"},
                                   {ranges + "Prefixes.1.CidrRange", "10.0.0.0/16"},
                                   {ranges + "Prefixes.1.CidrLabel", "-team"}});
  refuse("InvalidParameterValue", "", create, labelled);
  labelled.back().second = "team-a";
  call(create, labelled);
  EXPECT_EQ(text(policies()[0]["InstanceFcaPolicyDocument"]["CidrRangeSpecifications"]["Prefixes"][0], "CidrLabel"),
            "team-a");
}

TEST_F(FlexCostAllocation, AResourceHasOneAssociation) {
  const std::string policy = create(), other = create(), id = launch_running(), vpc = create_vpc();
  const Document made = associate(policy, {{"NetworkResourceIds.1", id}})["FcaPolicyAssociations"][0];
  EXPECT_EQ(text(made, "AssociationMode"), "direct");
  EXPECT_EQ(failure(associate(other, {{"NetworkResourceIds.1", id}})), "ResourceAlreadyAssociated");
  EXPECT_EQ(failure(associate(other, {{"NetworkResourceIds.1", vpc}})), "InvalidResource");
  EXPECT_EQ(failure(associate(other, {{"NetworkResourceScope.ResourceType", "account"},
                                      {"NetworkResourceScope.ResourceIds.1", "210987654321"}})),
            "InvalidResource");
  const Document scoped =
      associate(other, {{"NetworkResourceScope.ResourceType", "vpc"}, {"NetworkResourceScope.ResourceIds.1", vpc}});
  EXPECT_EQ(text(scoped["FcaPolicyAssociations"][0], "AssociationMode"), "scope");
  const auto found = [&](const std::string& resource) {
    return call("DescribeNetworkingFlexCostAllocationPolicyAssociations",
                {{"Filters.1.Name", "resource-id"}, {"Filters.1.Value.1", resource}})["FcaPolicyAssociations"]
        .size();
  };
  EXPECT_EQ(found(id), 1U);
  EXPECT_EQ(failure(call("DeleteNetworkingFlexCostAllocationPolicies", {{"FcaPolicyIds.1", policy}}), "Failed"),
            "InvalidResourceState");
  const Parameters association{{"FcaPolicyAssociationIds.1", text_of(made, "FcaPolicyAssociationId")}};
  call("DisassociateNetworkingFlexCostAllocationPolicy", association);
  EXPECT_EQ(found(id), 0U);
  EXPECT_EQ(
      failure(call("DisassociateNetworkingFlexCostAllocationPolicy", association), "FcaPolicyDisassociationFailures"),
      "InvalidResource");
  EXPECT_EQ(call("DeleteNetworkingFlexCostAllocationPolicies", {{"FcaPolicyIds.1", policy}})["Successful"],
            Document::array({policy}));
  EXPECT_EQ(failure(call("DeleteNetworkingFlexCostAllocationPolicies", {{"FcaPolicyIds.1", policy}}), "Failed"),
            "ResourceNotFound");
  refuse("MissingParameter", "", "AssociateNetworkingFlexCostAllocationPolicy", {{"FcaPolicyId", other}});
}

}  // namespace
}  // namespace fogling::test
