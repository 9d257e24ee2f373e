/// Small families that came with the newest model: account-level encryption control, authorization policies of Client
/// VPN, payers of endpoints, supportability scores.

#include "tests/support/vpc.hpp"

namespace fogling::test {
namespace {

using NewestOperations = VpcTest<HouseTest>;

// ---- VPC encryption of an account ----------------------------------------------------------------------------------

TEST_F(NewestOperations, AnAccountsEncryptionControlReachesItsVpcs) {
  const auto account = [&] { return call("DescribeAccountVpcEncryptionControl")["AccountVpcEncryptionControl"]; };
  EXPECT_EQ(text(account(), "State"), "default-state");
  EXPECT_EQ(text(account(), "Mode"), "unmanaged");
  const auto vpc = create_vpc();
  call("ModifyAccountVpcEncryptionControl", {{"Mode", "attempt-monitor"}, {"NatGateway", "enable"}});
  EXPECT_EQ(text(account(), "State"), "transitions-in-progress");
  EXPECT_EQ(text(account()["Exclusions"], "NatGateway"), "enabling");
  refuse("IncorrectState", "", "ModifyAccountVpcEncryptionControl", {{"Mode", "unmanaged"}});
  settle();
  EXPECT_EQ(text(account(), "State"), "transitions-successful");
  const auto control = [&](const std::string& id) {
    return call("DescribeVpcEncryptionControls", {{"VpcId.1", id}})["VpcEncryptionControls"][0];
  };
  EXPECT_EQ(text(control(vpc), "Mode"), "monitor");
  EXPECT_EQ(text(control(vpc)["ResourceExclusions"]["NatGateway"], "State"), "enabled");
  call("ModifyAccountVpcEncryptionControl", {{"Mode", "attempt-enforce"}});
  settle();
  EXPECT_EQ(text(account(), "State"), "transitions-partially-successful") << "the default VPC has an internet gateway";
  EXPECT_EQ(text(control(vpc), "Mode"), "enforce");
}

TEST_F(NewestOperations, AVpcsEncryptionControlKnowsTheNewExclusions) {
  const auto id = text_of(call("CreateVpcEncryptionControl", {{"VpcId", create_vpc()}})["VpcEncryptionControl"],
                          "VpcEncryptionControlId");
  settle();
  call("ModifyVpcEncryptionControl", {{"VpcEncryptionControlId", id}, {"GlobalAcceleratorExclusion", "enable"}});
  settle();
  const Document shown =
      call("DescribeVpcEncryptionControls", {{"VpcEncryptionControlId.1", id}})["VpcEncryptionControls"][0];
  EXPECT_EQ(text(shown["ResourceExclusions"]["GlobalAccelerator"], "State"), "enabled");
  EXPECT_EQ(text(shown["ResourceExclusions"]["ApiGatewayV2"], "State"), "disabled");
}

// ---- Client VPN ----------------------------------------------------------------------------------------------------

TEST_F(NewestOperations, AClientVpnEndpointHasOneAuthorizationPolicy) {
  const Document made = call("CreateClientVpnEndpoint",
                             {{"ClientCidrBlock", "10.250.0.0/16"},
                              {"ServerCertificateArn", "arn:aws:acm:us-east-1:123456789012:certificate/server"},
                              {"Authentication.1.Type", "certificate-authentication"},
                              {"Authentication.1.MutualAuthentication.ClientRootCertificateChainArn",
                               "arn:aws:acm:us-east-1:123456789012:certificate/root"},
                              {"ConnectionLogOptions.Enabled", "false"},
                              {"DevicePostureOptions.Enabled", "true"},
                              {"DevicePostureOptions.TrustProvider.1.TrustProviderType", "jamf"},
                              {"DevicePostureOptions.TrustProvider.1.TenantId", "tenant"}});
  const std::string id(text(made, "ClientVpnEndpointId"));
  const auto endpoint = [&] { return call("DescribeClientVpnEndpoints")["ClientVpnEndpoints"][0]; };
  EXPECT_EQ(text(endpoint()["DevicePostureOptions"]["TrustProviders"][0], "TenantId"), "tenant");
  call("ModifyClientVpnEndpoint", {{"ClientVpnEndpointId", id}, {"DevicePostureOptions.Enabled", "false"}});
  EXPECT_FALSE(has(endpoint(), "DevicePostureOptions"));

  const Parameters named{{"ClientVpnEndpointId", id}};
  const char* modify = "ModifyClientVpnEndpointAuthorizationPolicy";
  refuse("InvalidClientVpnEndpointAuthorizationPolicy.NotFound", "", "GetClientVpnEndpointAuthorizationPolicy", named);
  refuse("MissingParameter", "", modify, {{"ClientVpnEndpointId", id}, {"ShadowMode", "enabled"}});
  refuse("InvalidParameterValue", "", modify, {{"ClientVpnEndpointId", id}, {"PolicyDocument", "let them in"}});
  const std::string policy = "permit(principal, action, resource);";
  EXPECT_EQ(text(call(modify, {{"ClientVpnEndpointId", id}, {"PolicyDocument", policy}}), "Status"), "creating");
  refuse("IncorrectState", "", modify, {{"ClientVpnEndpointId", id}, {"ShadowMode", "enabled"}});
  settle();
  call(modify, {{"ClientVpnEndpointId", id}, {"ShadowMode", "enabled"}});
  settle();
  const Document shown = call("GetClientVpnEndpointAuthorizationPolicy", named);
  EXPECT_EQ(text(shown, "PolicyDocument"), policy);
  EXPECT_EQ(text(shown, "ShadowMode"), "enabled");
  EXPECT_EQ(text(shown, "Status"), "active");
  EXPECT_EQ(text(call("DeleteClientVpnEndpointAuthorizationPolicy", named), "Status"), "deleting");
  settle();
  refuse("InvalidClientVpnEndpointAuthorizationPolicy.NotFound", "", "DeleteClientVpnEndpointAuthorizationPolicy",
         named);
}

// ---- Endpoints -----------------------------------------------------------------------------------------------------

TEST_F(NewestOperations, AnEndpointsPayerIsToldByScope) {
  const auto vpc = create_vpc();
  const auto id =
      text_of(call("CreateVpcEndpoint", {{"VpcId", vpc}, {"ServiceName", "com.amazonaws.us-east-1.s3"}})["VpcEndpoint"],
              "VpcEndpointId");
  const auto paying = [&](const std::string& payer, const std::string& charges) {
    return Parameters{{"VpcEndpointId", id}, {"PayerResponsibility", payer}, {"Scope", charges}};
  };
  const char* modify = "ModifyVpcEndpointPayerResponsibility";
  const Document set = call(modify, paying("vpc-endpoint-account", "vpc-endpoint-charges"));
  ASSERT_EQ(set["PayerResponsibilities"].size(), 1U);
  const Document shown = call("DescribeVpcEndpoints", {{"VpcEndpointId.1", id}})["VpcEndpoints"][0];
  EXPECT_EQ(shown["PayerResponsibilities"], set["PayerResponsibilities"]);
  refuse("InvalidParameterValue", "", modify, paying("vpc-endpoint-account", "resource-gateway-charges"));
  refuse("InvalidParameterCombination", "", modify, paying("resource-gateway-account", "vpc-endpoint-charges"));
  refuse("MissingParameter", "", modify, paying("vpc-endpoint-service-account", "vpc-endpoint-charges"));
}

// ---- Capacity ------------------------------------------------------------------------------------------------------

TEST_F(NewestOperations, SupportabilityIsScoredByZone) {
  const char* score = "GetCapacityManagerSupportabilityScores";
  const Parameters asked{{"MarketType", "on-demand"},
                         {"CapacityAmount", "10"},
                         {"CapacityUnit", "instances"},
                         {"CapacityAvailabilityZoneId.1", "use1-az1"},
                         {"InstanceType.1", "m5.large"}};
  refuse("IncorrectState", "", score, asked);
  call("EnableCapacityManager");
  const Document scores = call(score, asked);
  EXPECT_EQ(text(scores, "AggregateScore"), "high");
  EXPECT_EQ(text(scores["CapacityManagerSupportabilityScores"][0], "AvailabilityZoneId"), "use1-az1");
  const auto with = [&](std::size_t at, const std::string& value) {
    Parameters changed = asked;
    changed[at].second = value;
    return changed;
  };
  refuse("InvalidParameterValue", "", score, with(1, "0"));
  refuse("InvalidParameterValue", "", score, with(3, "nowhere"));
  refuse("InvalidParameterValue", "", score, with(4, "m5.tiny"));
}

TEST_F(NewestOperations, QuotasOfGroupsAreForServicesToAsk) {
  refuse("UnauthorizedOperation", "You are not authorized to perform this operation.",
         "ValidateSecurityGroupQuotasForInterface", {{"SecurityGroupId.1", "sg-0123456789abcdef0"}});
}

// ---- New members of old operations ----------------------------------------------------------------------------------

TEST_F(NewestOperations, PlacementGroupsHaveParents) {
  const Document parent = call("CreatePlacementGroup", {{"GroupName", "parent"}, {"Strategy", "cluster"}});
  const std::string id(text(parent["PlacementGroup"], "GroupId"));
  refuse("InvalidParameterCombination", "", "CreatePlacementGroup",
         {{"GroupName", "spread"}, {"Strategy", "spread"}, {"ParentGroupId", id}});
  refuse("InvalidPlacementGroup.Unknown", "", "CreatePlacementGroup",
         {{"GroupName", "child"}, {"ParentGroupId", "pg-0123456789abcdef0"}});
  const Document child = call("CreatePlacementGroup", {{"GroupName", "child"}, {"ParentGroupId", id}});
  EXPECT_EQ(text(child["PlacementGroup"], "ParentGroupId"), id);
  refuse("InvalidPlacementGroup.InUse", "", "DeletePlacementGroup", {{"GroupName", "parent"}});
  call("DeletePlacementGroup", {{"GroupName", "child"}});
  call("DeletePlacementGroup", {{"GroupName", "parent"}});
}

TEST_F(NewestOperations, AHostHasItsCpuOptions) {
  call("AllocateHosts", {{"InstanceType", "m6a.large"},
                         {"AvailabilityZone", "us-east-1a"},
                         {"Quantity", "1"},
                         {"CpuOptions.AmdSevSnp", "enabled"}});
  EXPECT_EQ(text(call("DescribeHosts")["Hosts"][0]["CpuOptions"], "AmdSevSnp"), "enabled");
}

TEST_F(NewestOperations, CopiesOfVolumesAreEncrypted) {
  const auto plain = text_of(call("CreateVolume", {{"Size", "8"}, {"AvailabilityZone", "us-east-1a"}}), "VolumeId");
  settle();
  const auto copy = [&](const Parameters& more) {
    Parameters parameters{{"SourceVolumeId", plain}};
    parameters.insert(parameters.end(), more.begin(), more.end());
    return Document(call("CopyVolumes", parameters)["Volumes"][0]);
  };
  EXPECT_EQ(copy({})["Encrypted"], false);
  EXPECT_EQ(copy({{"Encrypted", "true"}})["Encrypted"], true);
  EXPECT_FALSE(text(copy({{"Encrypted", "true"}}), "KmsKeyId").empty());
}

TEST_F(NewestOperations, ARootVolumeIsReplacedByOneThatIsThere) {
  const auto id = launch_running();
  const auto zone = text_of(instance(id)["Placement"], "AvailabilityZone");
  const auto volume = text_of(call("CreateVolume", {{"Size", "20"}, {"AvailabilityZone", zone}}), "VolumeId");
  refuse("IncorrectState", "", "CreateReplaceRootVolumeTask", {{"InstanceId", id}, {"VolumeId", volume}});
  settle();
  refuse("InvalidParameterCombination", "", "CreateReplaceRootVolumeTask",
         {{"InstanceId", id}, {"VolumeId", volume}, {"ImageId", any_image()}});
  call("CreateReplaceRootVolumeTask", {{"InstanceId", id}, {"VolumeId", volume}});
  settle();
  EXPECT_EQ(text(instance(id)["BlockDeviceMappings"][0]["Ebs"], "VolumeId"), volume);
  EXPECT_EQ(text(call("DescribeReplaceRootVolumeTasks")["ReplaceRootVolumeTasks"][0], "TaskState"), "succeeded");
  EXPECT_EQ(text(call("DescribeVolumes", {{"VolumeId.1", volume}})["Volumes"][0], "State"), "in-use");
}

TEST_F(NewestOperations, EnclavesAreSwitchedOnAStoppedInstance) {
  const auto id = launch_running({}, "m5.xlarge");
  const Parameters enable{{"InstanceId", id}, {"EnclaveOptions.Enabled", "true"}};
  refuse("IncorrectInstanceState", "", "ModifyInstanceAttribute", enable);
  call("StopInstances", {{"InstanceId.1", id}});
  settle();
  call("ModifyInstanceAttribute", enable);
  EXPECT_EQ(instance(id)["EnclaveOptions"]["Enabled"], true);
}

TEST_F(NewestOperations, AnInterruptibleReservationMayStayEmpty) {
  const auto source = text_of(call("CreateCapacityReservation", {{"InstanceType", "m5.large"},
                                                                 {"InstancePlatform", "Linux/UNIX"},
                                                                 {"AvailabilityZone", "us-east-1a"},
                                                                 {"InstanceCount", "4"}})["CapacityReservation"],
                              "CapacityReservationId");
  call("CreateInterruptibleCapacityReservationAllocation",
       {{"CapacityReservationId", source}, {"InstanceCount", "2"}, {"ZeroSizePreference", "retain"}});
  const Document empty = call("UpdateInterruptibleCapacityReservationAllocation",
                              {{"CapacityReservationId", source}, {"TargetInstanceCount", "0"}});
  EXPECT_EQ(text(empty, "Status"), "active");
  const Document lent =
      call("DescribeCapacityReservations", {{"CapacityReservationId.1", source}})["CapacityReservations"][0];
  EXPECT_EQ(text(lent["InterruptibleCapacityAllocation"], "ZeroSizePreference"), "retain");
  const auto borrower = text_of(empty, "InterruptibleCapacityReservationId");
  const auto state = [&] {
    return text_of(
        call("DescribeCapacityReservations", {{"CapacityReservationId.1", borrower}})["CapacityReservations"][0],
        "State");
  };
  EXPECT_EQ(state(), "active");
  call("UpdateInterruptibleCapacityReservationAllocation",
       {{"CapacityReservationId", source}, {"ZeroSizePreference", "default"}});
  EXPECT_EQ(state(), "cancelled");
}

TEST_F(NewestOperations, FlowLogsKeepTheirTagFields) {
  const auto vpc = create_vpc();
  call("CreateFlowLogs", {{"ResourceId.1", vpc},
                          {"ResourceType", "VPC"},
                          {"TrafficType", "ALL"},
                          {"LogDestinationType", "s3"},
                          {"LogDestination", "arn:aws:s3:::logs"},
                          {"TagFieldSpecification.1.ResourceType", "instance"},
                          {"TagFieldSpecification.1.TagKey.1", "Name"}});
  const Document log = call("DescribeFlowLogs")["FlowLogs"][0];
  EXPECT_EQ(log["TagFieldSpecifications"][0]["TagKeys"][0], "Name");
}

TEST_F(NewestOperations, InstantFleetsOverrideKeyAndUserData) {
  call("CreateLaunchTemplate", {{"LaunchTemplateName", "web"},
                                {"LaunchTemplateData.ImageId", any_image()},
                                {"LaunchTemplateData.InstanceType", "t3.micro"}});
  call("CreateKeyPair", {{"KeyName", "mine"}, {"KeyType", "ed25519"}});
  const std::string config = "LaunchTemplateConfigs.1.";
  const auto fleet = [&](const std::string& type) {
    return Parameters{{"Type", type},
                      {config + "LaunchTemplateSpecification.LaunchTemplateName", "web"},
                      {config + "LaunchTemplateSpecification.Version", "1"},
                      {config + "Overrides.1.KeyName", "mine"},
                      {"TargetCapacitySpecification.TotalTargetCapacity", "1"},
                      {"TargetCapacitySpecification.DefaultTargetCapacityType", "on-demand"}};
  };
  refuse("InvalidParameterCombination", "", "CreateFleet", fleet("request"));
  const Document made = call("CreateFleet", fleet("instant"))["Instances"][0];
  EXPECT_FALSE(text(made, "AvailabilityZoneId").empty());
  EXPECT_FALSE(text(made, "SubnetId").empty());
  EXPECT_EQ(text(instance(made["InstanceIds"][0]), "KeyName"), "mine");
}

}  // namespace
}  // namespace fogling::test
