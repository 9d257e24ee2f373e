/// The ends of a VPN: customer gateways and virtual private gateways; and flow logs.

#include "tests/support/vpc.hpp"

namespace fogling::test {
namespace {

class Vpn : public VpcTest<HouseTest> {
 protected:
  Vpn() { settle(); }

  std::string create_gateway() {
    return text_of(call("CreateVpnGateway", {{"Type", "ipsec.1"}})["VpnGateway"], "VpnGatewayId");
  }
  Document gateway(const std::string& id) {
    return call("DescribeVpnGateways", {{"VpnGatewayId.1", id}})["VpnGateways"][0];
  }
  const std::string vpc = create_vpc();
};

TEST_F(Vpn, TheSameCustomerGatewayIsMadeOnce) {
  const Parameters parameters{{"Type", "ipsec.1"}, {"IpAddress", "192.0.2.1"}, {"BgpAsn", "65001"}};
  const Document made = call("CreateCustomerGateway", parameters)["CustomerGateway"];
  EXPECT_EQ(made["State"], "pending");
  EXPECT_EQ(made["BgpAsn"], "65001");
  settle();
  EXPECT_EQ(call("CreateCustomerGateway", parameters)["CustomerGateway"]["CustomerGatewayId"],
            made["CustomerGatewayId"]);
  const Document usual =
      call("CreateCustomerGateway", {{"Type", "ipsec.1"}, {"PublicIp", "192.0.2.1"}})["CustomerGateway"];
  EXPECT_EQ(usual["BgpAsn"], "65000");
  EXPECT_EQ(usual["IpAddress"], "192.0.2.1");
  call("DeleteCustomerGateway", {{"CustomerGatewayId", made["CustomerGatewayId"]}});
  settle();
  const Document deleted =
      call("DescribeCustomerGateways", {{"CustomerGatewayId.1", made["CustomerGatewayId"]}})["CustomerGateways"][0];
  EXPECT_EQ(deleted["State"], "deleted");
  refuse("InvalidParameterValue", "", "CreateCustomerGateway", {{"Type", "ipsec.1"}, {"IpAddress", "192.0.2"}});
  expect_filters("DescribeCustomerGateways");
}

TEST_F(Vpn, AGatewayServesOneVpcAndAVpcHasOne) {
  const auto id = create_gateway(), other = create_gateway();
  EXPECT_EQ(gateway(id)["AmazonSideAsn"], 64512);
  EXPECT_EQ(call("AttachVpnGateway", {{"VpnGatewayId", id}, {"VpcId", vpc}})["VpcAttachment"],
            Document({{"VpcId", vpc}, {"State", "attaching"}}));
  settle();
  EXPECT_EQ(gateway(id)["VpcAttachments"], Document::array({{{"VpcId", vpc}, {"State", "attached"}}}));
  refuse("InvalidVpcState", "", "AttachVpnGateway", {{"VpnGatewayId", other}, {"VpcId", vpc}});
  refuse("VpnGatewayAttachmentLimitExceeded", "", "AttachVpnGateway",
         {{"VpnGatewayId", id}, {"VpcId", create_vpc("10.1.0.0/16")}});
  refuse("IncorrectState", "", "DeleteVpnGateway", {{"VpnGatewayId", id}});
  refuse("DependencyViolation", "", "DeleteVpc", {{"VpcId", vpc}});
  const auto table = create_table(vpc);
  call("EnableVgwRoutePropagation", {{"RouteTableId", table}, {"GatewayId", id}});
  EXPECT_EQ(route_table(table)["PropagatingVgws"], Document::array({{{"GatewayId", id}}}));
  refuse("Gateway.NotAttached", "resource " + other + " is not attached to network " + vpc, "EnableVgwRoutePropagation",
         {{"RouteTableId", table}, {"GatewayId", other}});
  create_route(table, "192.168.0.0/16", "GatewayId", id);
  EXPECT_EQ(state_of_route(table, "192.168.0.0/16"), "active");
  call("DetachVpnGateway", {{"VpnGatewayId", id}, {"VpcId", vpc}});
  EXPECT_EQ(gateway(id)["VpcAttachments"][0]["State"], "detaching");
  settle();
  EXPECT_TRUE(gateway(id)["VpcAttachments"].empty());
  EXPECT_TRUE(route_table(table)["PropagatingVgws"].empty());
  EXPECT_EQ(state_of_route(table, "192.168.0.0/16"), "blackhole");
  refuse("InvalidVpnGatewayAttachment.NotFound", "", "DetachVpnGateway", {{"VpnGatewayId", id}, {"VpcId", vpc}});
  call("DeleteVpnGateway", {{"VpnGatewayId", id}});
  expect_filters("DescribeVpnGateways");
}

TEST_F(Vpn, FlowLogsAreOneForEachResource) {
  const Parameters to_bucket{{"ResourceType", "VPC"},
                             {"ResourceId.1", vpc},
                             {"TrafficType", "ALL"},
                             {"LogDestinationType", "s3"},
                             {"LogDestination", "arn:aws:s3:::logs"}};
  const Document made = call("CreateFlowLogs", to_bucket);
  ASSERT_EQ(made["FlowLogIds"].size(), 1U);
  const auto id = made["FlowLogIds"][0].get<std::string>();
  const Document log = call("DescribeFlowLogs", {{"FlowLogId.1", id}})["FlowLogs"][0];
  EXPECT_EQ(log["FlowLogStatus"], "ACTIVE");
  EXPECT_EQ(log["DeliverLogsStatus"], "SUCCESS");
  EXPECT_EQ(log["ResourceId"], vpc);
  EXPECT_EQ(log["MaxAggregationInterval"], 600);
  EXPECT_TRUE(text_of(log, "LogFormat").starts_with("${version} ${account-id}"));
  refuse("FlowLogAlreadyExists",
         "Error. There is an existing Flow Log with the same configuration and log destination.", "CreateFlowLogs",
         to_bucket);
  refuse("InvalidParameter", "LogDestination can't be empty if LogGroupName is not provided.", "CreateFlowLogs",
         {{"ResourceType", "VPC"}, {"ResourceId.1", vpc}, {"TrafficType", "ALL"}});
  refuse("InvalidVpcID.NotFound", "", "CreateFlowLogs",
         {{"ResourceType", "VPC"},
          {"ResourceId.1", "vpc-01234567"},
          {"TrafficType", "ALL"},
          {"LogDestinationType", "s3"},
          {"LogDestination", "arn:aws:s3:::logs"}});
  expect_filters("DescribeFlowLogs");
  EXPECT_EQ(call("DeleteFlowLogs", {{"FlowLogId.1", id}})["Unsuccessful"], Document::array());
  const Document again = call("DeleteFlowLogs", {{"FlowLogId.1", id}});
  EXPECT_EQ(again["Unsuccessful"][0]["Error"],
            Document({{"Code", "InvalidFlowLogId.NotFound"},
                      {"Message", "These flow log ids in the input list are not found: [TotalCount: 1] " + id}}));
}

}  // namespace
}  // namespace fogling::test
