/// What VPCs and VPN connections have beside the common: encryption controls, secondary networks, trunks,
/// concentrators, maintenance of tunnels; and ClassicLink, which no account has.

#include <gmock/gmock.h>

#include "emulator/clock.hpp"
#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class NetworkTail : public NetworkTest<HouseTest> {
 protected:
  std::string make(const char* operation, const Parameters& parameters, const char* structure, const char* id) {
    auto made = text_of(call(operation, parameters)[structure], id);
    settle();
    return made;
  }
  std::string make_vpc() { return make("CreateVpc", {{"CidrBlock", "10.9.0.0/16"}}, "Vpc", "VpcId"); }
  std::string make_vpn(Parameters more = {}) {
    if (more.empty()) {
      more.emplace_back("VpnGatewayId", make("CreateVpnGateway", {{"Type", "ipsec.1"}}, "VpnGateway", "VpnGatewayId"));
    }
    more.emplace_back("Type", "ipsec.1");
    more.emplace_back("CustomerGatewayId", make("CreateCustomerGateway",
                                                {{"Type", "ipsec.1"}, {"IpAddress", "192.0.2.9"}, {"BgpAsn", "65009"}},
                                                "CustomerGateway", "CustomerGatewayId"));
    return make("CreateVpnConnection", more, "VpnConnection", "VpnConnectionId");
  }
  Document vpn(const std::string& id) {
    return call("DescribeVpnConnections", {{"VpnConnectionId.1", id}})["VpnConnections"][0];
  }
  Parameters tunnel(const std::string& id) {
    return {{"VpnConnectionId", id},
            {"VpnTunnelOutsideIpAddress", text_of(vpn(id)["VgwTelemetry"][0], "OutsideIpAddress")}};
  }
  std::string make_gateway() { return make("CreateTransitGateway", {}, "TransitGateway", "TransitGatewayId"); }
};

// ---- VPN

TEST_F(NetworkTail, ATunnelsEndIsReplaced) {
  const auto id = make_vpn();
  const auto parameters = tunnel(id);
  const auto maintenance = [&] { return call("GetVpnTunnelReplacementStatus", parameters)["MaintenanceDetails"]; };
  EXPECT_FALSE(maintenance().contains("LastMaintenanceApplied"));
  advance_s(10);
  EXPECT_EQ(call("ReplaceVpnTunnel", parameters)["Return"], true);
  refuse("InvalidVpnConnection.InvalidState", "", "ReplaceVpnTunnel", parameters);
  EXPECT_EQ(call("GetActiveVpnTunnelStatus", parameters)["ActiveVpnTunnelStatus"]["ProvisioningStatus"], "pending");
  settle();
  EXPECT_TRUE(maintenance().contains("LastMaintenanceApplied"));
  EXPECT_EQ(vpn(id)["State"], "available");
  EXPECT_EQ(call("GetActiveVpnTunnelStatus", parameters)["ActiveVpnTunnelStatus"]["ProvisioningStatus"], "available");
  refuse("InvalidParameterValue", "", "ReplaceVpnTunnel",
         {{"VpnConnectionId", id}, {"VpnTunnelOutsideIpAddress", "203.0.113.1"}});
  refuse("IncorrectState", "", "ModifyVpnTunnelCertificate", parameters);
}

TEST_F(NetworkTail, ASampleConfigurationTellsADeviceItsKeys) {
  const auto id = make_vpn();
  const Document first = call("GetVpnConnectionDeviceTypes", {{"MaxResults", "200"}})["VpnConnectionDeviceTypes"][0];
  Parameters parameters{{"VpnConnectionId", id},
                        {"VpnConnectionDeviceTypeId", text_of(first, "VpnConnectionDeviceTypeId")}};
  const auto sample =
      text_of(call("GetVpnConnectionDeviceSampleConfiguration", parameters), "VpnConnectionDeviceSampleConfiguration");
  const Document tunnels = vpn(id)["Options"]["TunnelOptions"];
  ASSERT_THAT(tunnels, SizeIs(2));
  for (const auto& each : tunnels) {
    EXPECT_THAT(sample, HasSubstr(text_of(each, "PreSharedKey")));
    EXPECT_THAT(sample, HasSubstr(text_of(each, "OutsideIpAddress")));
  }
  EXPECT_THAT(sample, HasSubstr("65009"));
  parameters.emplace_back("SampleType", "recommended");
  parameters.emplace_back("InternetKeyExchangeVersion", "ikev1");
  refuse("UnsupportedOperation", "", "GetVpnConnectionDeviceSampleConfiguration", parameters);
  refuse("InvalidParameterValue", "", "GetVpnConnectionDeviceSampleConfiguration",
         {{"VpnConnectionId", id}, {"VpnConnectionDeviceTypeId", "00000000"}});
}

TEST_F(NetworkTail, AConcentratorHoldsConnectionsAndAnAttachment) {
  const auto gateway = make_gateway();
  const auto id = make("CreateVpnConcentrator", {{"Type", "ipsec.1"}, {"TransitGatewayId", gateway}}, "VpnConcentrator",
                       "VpnConcentratorId");
  const Document seen = call("DescribeVpnConcentrators", {{"VpnConcentratorId.1", id}})["VpnConcentrators"][0];
  EXPECT_EQ(seen["State"], "available");
  const auto attachment = text_of(seen, "TransitGatewayAttachmentId");
  EXPECT_EQ(call("DescribeTransitGatewayAttachments",
                 {{"TransitGatewayAttachmentIds.1", attachment}})["TransitGatewayAttachments"][0]["ResourceType"],
            "vpn-concentrator");
  const auto connection = make_vpn({{"VpnConcentratorId", id}});
  EXPECT_EQ(vpn(connection)["VpnConcentratorId"], id);
  refuse("IncorrectState", "", "DeleteVpnConcentrator", {{"VpnConcentratorId", id}});
  call("DeleteVpnConnection", {{"VpnConnectionId", connection}});
  settle();
  call("DeleteVpnConcentrator", {{"VpnConcentratorId", id}});
  settle();
  call("DeleteTransitGateway", {{"TransitGatewayId", gateway}});
}

TEST_F(NetworkTail, AClientVpnEndpointIsAttachedToATransitGateway) {
  const auto gateway = make_gateway();
  const Parameters endpoint{{"ClientCidrBlock", "10.250.0.0/16"},
                            {"ServerCertificateArn", "arn:aws:acm:us-east-1:123456789012:certificate/server"},
                            {"Authentication.1.Type", "certificate-authentication"},
                            {"Authentication.1.MutualAuthentication.ClientRootCertificateChainArn",
                             "arn:aws:acm:us-east-1:123456789012:certificate/root"},
                            {"ConnectionLogOptions.Enabled", "false"},
                            {"TransitGatewayConfiguration.TransitGatewayId", gateway}};
  const auto seen = [&](const std::string& id) {
    return call("DescribeClientVpnEndpoints", {{"ClientVpnEndpointId.1", id}})["ClientVpnEndpoints"][0];
  };
  const auto id = text_of(call("CreateClientVpnEndpoint", endpoint), "ClientVpnEndpointId");
  EXPECT_EQ(seen(id)["Status"]["Code"], "pending");
  settle();
  EXPECT_EQ(seen(id)["Status"]["Code"], "available");
  const auto attachment = text_of(seen(id)["TransitGatewayConfiguration"], "TransitGatewayAttachmentId");
  call("DeleteTransitGatewayClientVpnAttachment", {{"TransitGatewayAttachmentId", attachment}});
  settle();
  EXPECT_EQ(seen(id)["Status"]["Code"], "pending-associate");
  refuse("InvalidTransitGatewayAttachmentID.NotFound", "", "AcceptTransitGatewayClientVpnAttachment",
         {{"TransitGatewayAttachmentId", "tgw-attach-0123456789abcdef0"}});

  const auto owner = scope;
  scope.account = "210987654321";
  const auto foreign = text_of(call("CreateClientVpnEndpoint", endpoint), "ClientVpnEndpointId");
  const auto waiting = text_of(seen(foreign)["TransitGatewayConfiguration"], "TransitGatewayAttachmentId");
  settle();
  EXPECT_EQ(seen(foreign)["Status"]["Code"], "pending");
  scope = owner;
  const Document accepted = call("AcceptTransitGatewayClientVpnAttachment", {{"TransitGatewayAttachmentId", waiting}});
  EXPECT_EQ(accepted["TransitGatewayClientVpnAttachment"]["ClientVpnOwnerId"], "210987654321");
  settle();
  refuse("IncorrectState", "", "RejectTransitGatewayClientVpnAttachment", {{"TransitGatewayAttachmentId", waiting}});
  scope.account = "210987654321";
  EXPECT_EQ(seen(foreign)["Status"]["Code"], "available");
}

// ---- VPC

TEST_F(NetworkTail, EncryptionIsEnforcedOnceNothingStandsInTheWay) {
  const auto vpc_id = make_vpc();
  const auto gateway = make("CreateInternetGateway", {}, "InternetGateway", "InternetGatewayId");
  call("AttachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc_id}});
  const auto id =
      make("CreateVpcEncryptionControl", {{"VpcId", vpc_id}}, "VpcEncryptionControl", "VpcEncryptionControlId");
  refuse("VpcEncryptionControlAlreadyExists", "", "CreateVpcEncryptionControl", {{"VpcId", vpc_id}});
  const auto seen = [&] {
    return call("DescribeVpcEncryptionControls", {{"VpcId.1", vpc_id}})["VpcEncryptionControls"][0];
  };
  const auto blocking = [&] {
    return call("GetVpcResourcesBlockingEncryptionEnforcement", {{"VpcId", vpc_id}})["NonCompliantResources"];
  };
  EXPECT_EQ(seen()["Mode"], "monitor");
  ASSERT_THAT(blocking(), SizeIs(1));
  EXPECT_EQ(blocking()[0]["Id"], gateway);
  EXPECT_EQ(blocking()[0]["IsExcludable"], true);
  call("ModifyVpcEncryptionControl", {{"VpcEncryptionControlId", id}, {"Mode", "enforce"}});
  EXPECT_EQ(seen()["State"], "enforce-in-progress");
  settle();
  EXPECT_EQ(seen()["State"], "enforce-failed");
  EXPECT_EQ(seen()["Mode"], "monitor");
  call("ModifyVpcEncryptionControl",
       {{"VpcEncryptionControlId", id}, {"Mode", "enforce"}, {"InternetGatewayExclusion", "enable"}});
  settle();
  EXPECT_EQ(seen()["State"], "available");
  EXPECT_EQ(seen()["Mode"], "enforce");
  EXPECT_EQ(seen()["ResourceExclusions"]["InternetGateway"]["State"], "enabled");
  EXPECT_THAT(blocking(), IsEmpty());
  EXPECT_THAT(call("DescribeVpcEncryptionControls", {{"VpcId.1", "vpc-0123456789abcdef0"}})["VpcEncryptionControls"],
              IsEmpty());
  refuse("DependencyViolation", "", "DeleteVpc", {{"VpcId", vpc_id}});
}

TEST_F(NetworkTail, InstancesBeforeNitroDoNotEncrypt) {
  const auto subnet = default_subnet();
  launch_running({{"SubnetId", subnet.subnet_id}}, "t2.micro");
  const Document found =
      call("GetVpcResourcesBlockingEncryptionEnforcement", {{"VpcId", subnet.vpc_id}})["NonCompliantResources"];
  EXPECT_TRUE(std::ranges::any_of(
      found, [](const Document& each) { return each["Type"] == "instance" && each["IsExcludable"] == false; }));
}

TEST_F(NetworkTail, NoAccountHasClassicLink) {
  const auto vpc_id = make_vpc();
  for (const char* operation : {"EnableVpcClassicLink", "DisableVpcClassicLink", "EnableVpcClassicLinkDnsSupport",
                                "DisableVpcClassicLinkDnsSupport"}) {
    refuse("UnsupportedOperation", "The functionality you requested is not available in this region.", operation,
           {{"VpcId", vpc_id}});
    refuse("InvalidVpcID.NotFound", "", operation, {{"VpcId", "vpc-0123456789abcdef0"}});
  }
  const auto instance_id = launch_running();
  refuse("InvalidInstanceID.NotLinkable", "", "AttachClassicLinkVpc",
         {{"InstanceId", instance_id}, {"VpcId", vpc_id}, {"SecurityGroupId.1", "sg-0123456789abcdef0"}});
  refuse("InvalidInstanceID.NotLinkable", "", "DetachClassicLinkVpc", {{"InstanceId", instance_id}, {"VpcId", vpc_id}});
  EXPECT_THAT(call("DescribeClassicLinkInstances")["Instances"], IsEmpty());
  expect_filters("DescribeClassicLinkInstances");
}

TEST_F(NetworkTail, AFlowLogsTemplateHasItsFieldsAsColumns) {
  const Parameters log{{"ResourceType", "VPC"},
                       {"ResourceId.1", make_vpc()},
                       {"TrafficType", "ALL"},
                       {"LogDestinationType", "s3"},
                       {"LogDestination", "arn:aws:s3:::logs/vpc"},
                       {"LogFormat", "${version} ${account-id} ${bytes}"}};
  const auto id = call("CreateFlowLogs", log)["FlowLogIds"][0].get<std::string>();
  Parameters parameters{
      {"FlowLogId", id},
      {"ConfigDeliveryS3DestinationArn", "arn:aws:s3:::templates"},
      {"IntegrateService.AthenaIntegration.1.IntegrationResultS3DestinationArn", "arn:aws:s3:::results"},
      {"IntegrateService.AthenaIntegration.1.PartitionLoadFrequency", "none"}};
  const Document made = Document::parse(text_of(call("GetFlowLogsIntegrationTemplate", parameters), "Result"));
  const Document columns =
      made["Resources"]["FlowLogsTable"]["Properties"]["TableInput"]["StorageDescriptor"]["Columns"];
  ASSERT_THAT(columns, SizeIs(3));
  EXPECT_EQ(columns[1], (Document{{"Name", "account_id"}, {"Type", "string"}}));
  EXPECT_EQ(columns[2], (Document{{"Name", "bytes"}, {"Type", "bigint"}}));
  parameters[1].second = "templates";
  refuse("InvalidParameterValue", "", "GetFlowLogsIntegrationTemplate", parameters);
}

TEST_F(NetworkTail, FlowsOfACoreNetworkAreNotWatched) {
  refuse("InvalidParameterValue", "", "CreateFlowLogs",
         {{"ResourceType", "CoreNetwork"},
          {"ResourceId.1", "core-network-0123456789abcdef0"},
          {"LogDestinationType", "s3"},
          {"LogDestination", "arn:aws:s3:::logs"}});
}

TEST_F(NetworkTail, LatenciesAreToldOfWhatIsSubscribed) {
  const Parameters pair{{"Source", "us-east-1"}, {"Destination", "eu-west-1"}};
  call("EnableAwsNetworkPerformanceMetricSubscription", pair);
  const auto since = house.world().clock.now_ms();
  advance_s(3600);
  const auto query = [&](const char* destination) {
    return call("GetAwsNetworkPerformanceData", {{"DataQuery.1.Id", "q"},
                                                 {"DataQuery.1.Source", "us-east-1"},
                                                 {"DataQuery.1.Destination", destination},
                                                 {"DataQuery.1.Period", "five-minutes"},
                                                 {"StartTime", iso_time(since)},
                                                 {"EndTime", iso_time(since + 7'200'000)}})["DataResponses"][0];
  };
  const Document response = query("eu-west-1");
  EXPECT_EQ(response["Id"], "q");
  EXPECT_GE(response["MetricPoints"].size(), 11U);
  EXPECT_LE(response["MetricPoints"].size(), 12U);
  EXPECT_GT(response["MetricPoints"][0]["Value"].get<double>(), 1.0);
  EXPECT_THAT(query("eu-north-1")["MetricPoints"], IsEmpty());
  refuse("InvalidParameterValue", "", "GetAwsNetworkPerformanceData",
         {{"DataQuery.1.Source", "mars"},
          {"DataQuery.1.Destination", "us-east-1"},
          {"StartTime", iso_time(since)},
          {"EndTime", iso_time(since)}});
}

TEST_F(NetworkTail, ATransitGatewaysRoutesAreExported) {
  const auto gateway = make_gateway();
  const auto table =
      text_of(call("DescribeTransitGateways", {{"TransitGatewayIds.1", gateway}})["TransitGateways"][0]["Options"],
              "AssociationDefaultRouteTableId");
  const auto location =
      text_of(call("ExportTransitGatewayRoutes", {{"TransitGatewayRouteTableId", table}, {"S3Bucket", "routes"}}),
              "S3Location");
  EXPECT_THAT(location, testing::StartsWith("s3://routes/VPCTransitGateway/TransitGatewayRouteTables/" + table));
  refuse("InvalidRouteTableID.NotFound", "", "ExportTransitGatewayRoutes",
         {{"TransitGatewayRouteTableId", "tgw-rtb-0123456789abcdef0"}, {"S3Bucket", "routes"}});
}

// ---- Secondary networks and trunks

TEST_F(NetworkTail, SecondarySubnetsLieApartInTheirNetwork) {
  const auto network = make("CreateSecondaryNetwork", {{"Ipv4CidrBlock", "10.200.0.0/16"}, {"NetworkType", "rdma"}},
                            "SecondaryNetwork", "SecondaryNetworkId");
  const Document seen = call("DescribeSecondaryNetworks", {{"SecondaryNetworkId.1", network}})["SecondaryNetworks"][0];
  EXPECT_EQ(seen["State"], "create-complete");
  EXPECT_EQ(seen["Type"], "rdma");
  EXPECT_EQ(seen["Ipv4CidrBlockAssociations"][0]["State"], "associated");
  const auto subnet = [&](const char* block) {
    return Parameters{{"SecondaryNetworkId", network}, {"Ipv4CidrBlock", block}, {"AvailabilityZone", "us-east-1a"}};
  };
  const auto id = make("CreateSecondarySubnet", subnet("10.200.1.0/24"), "SecondarySubnet", "SecondarySubnetId");
  refuse("InvalidSubnet.Conflict", "", "CreateSecondarySubnet", subnet("10.200.0.0/20"));
  refuse("InvalidSubnet.Range", "", "CreateSecondarySubnet", subnet("10.201.0.0/24"));
  refuse("InvalidParameterValue", "", "CreateSecondarySubnet", subnet("10.200.2.0/29"));
  refuse("InvalidParameterValue", "", "CreateSecondaryNetwork",
         {{"Ipv4CidrBlock", "10.0.0.0/8"}, {"NetworkType", "rdma"}});
  refuse("DependencyViolation", "", "DeleteSecondaryNetwork", {{"SecondaryNetworkId", network}});
  const Document going = call("DeleteSecondarySubnet", {{"SecondarySubnetId", id}})["SecondarySubnet"];
  EXPECT_EQ(going["State"], "delete-in-progress");
  settle();
  call("DeleteSecondaryNetwork", {{"SecondaryNetworkId", network}});
  settle();
  EXPECT_EQ(call("DescribeSecondaryNetworks", {{"SecondaryNetworkId.1", network}})["SecondaryNetworks"][0]["State"],
            "delete-complete");
  EXPECT_THAT(call("DescribeSecondaryInterfaces")["SecondaryInterfaces"], IsEmpty());
}

TEST_F(NetworkTail, ABranchIsOnOneTrunk) {
  const auto subnet = default_subnet().subnet_id;
  const auto trunk = create_interface(subnet, {{"InterfaceType", "trunk"}});
  const auto branch = create_interface(subnet, {{"InterfaceType", "branch"}});
  const auto other = create_interface(subnet, {{"InterfaceType", "branch"}});
  const auto tie = [&](const std::string& branch_id, const char* key, const char* value) {
    return Parameters{{"TrunkInterfaceId", trunk}, {"BranchInterfaceId", branch_id}, {key, value}};
  };
  const Document made = call("AssociateTrunkInterface", tie(branch, "VlanId", "7"))["InterfaceAssociation"];
  EXPECT_EQ(made["InterfaceProtocol"], "VLAN");
  refuse("InvalidParameterValue", "", "AssociateTrunkInterface", tie(branch, "VlanId", "8"));
  refuse("InvalidParameterValue", "", "AssociateTrunkInterface", tie(other, "VlanId", "7"));
  refuse("InvalidParameterValue", "", "AssociateTrunkInterface", tie(create_interface(subnet), "GreKey", "1"));
  refuse("MissingParameter", "", "AssociateTrunkInterface",
         {{"TrunkInterfaceId", trunk}, {"BranchInterfaceId", other}});
  EXPECT_EQ(call("AssociateTrunkInterface", tie(other, "GreKey", "7"))["InterfaceAssociation"]["InterfaceProtocol"],
            "GRE");
  EXPECT_THAT(call("DescribeTrunkInterfaceAssociations")["InterfaceAssociations"], SizeIs(2));
  expect_filters("DescribeTrunkInterfaceAssociations");
  const auto id = text_of(made, "AssociationId");
  call("DisassociateTrunkInterface", {{"AssociationId", id}});
  refuse("InvalidTrunkInterfaceAssociationID.NotFound", "", "DisassociateTrunkInterface", {{"AssociationId", id}});
}

}  // namespace
}  // namespace fogling::test
