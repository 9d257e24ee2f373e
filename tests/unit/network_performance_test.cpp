/// Infrastructure Performance, and what an account without an Outpost sees of local gateways.

#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

using NetworkPerformance = SettledTest;

TEST_F(NetworkPerformance, SubscriptionsAreBetweenRegionsOrZonesOfOne) {
  const Parameters regions{{"Source", "us-east-1"}, {"Destination", "eu-west-1"}};
  EXPECT_TRUE(call("EnableAwsNetworkPerformanceMetricSubscription", regions)["Output"]);
  EXPECT_TRUE(call("EnableAwsNetworkPerformanceMetricSubscription", regions)["Output"]);
  const auto all = call("DescribeAwsNetworkPerformanceMetricSubscriptions")["Subscriptions"];
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0]["Metric"], "aggregate-latency");
  EXPECT_EQ(all[0]["Period"], "five-minutes");
  call("EnableAwsNetworkPerformanceMetricSubscription", {{"Source", "use1-az1"}, {"Destination", "use1-az2"}});
  refuse("InvalidParameterValue", "", "EnableAwsNetworkPerformanceMetricSubscription",
         {{"Source", "use1-az1"}, {"Destination", "usw2-az2"}});
  refuse("InvalidParameterValue", "", "EnableAwsNetworkPerformanceMetricSubscription",
         {{"Source", "nowhere"}, {"Destination", "us-east-1"}});
  EXPECT_TRUE(call("DisableAwsNetworkPerformanceMetricSubscription", regions)["Output"]);
  EXPECT_FALSE(call("DisableAwsNetworkPerformanceMetricSubscription", regions)["Output"]);
}

using LocalGateways = SettledTest;

TEST_F(LocalGateways, AreNotThere) {
  for (const char* operation :
       {"DescribeCoipPools", "DescribeLocalGatewayRouteTableVirtualInterfaceGroupAssociations",
        "DescribeLocalGatewayRouteTableVpcAssociations", "DescribeLocalGatewayRouteTables",
        "DescribeLocalGatewayVirtualInterfaceGroups", "DescribeLocalGatewayVirtualInterfaces", "DescribeLocalGateways",
        "DescribeOutpostLags", "DescribeServiceLinkVirtualInterfaces"}) {
    const Document answer = call(operation);
    for (const auto& [name, value] : answer.items()) {
      if (value.is_array()) {
        EXPECT_TRUE(value.empty()) << operation << " " << name;
      }
    }
  }
  EXPECT_TRUE(
      call("DescribeLocalGateways", {{"Filter.1.Name", "state"}, {"Filter.1.Value.1", "available"}})["LocalGateways"]
          .empty());
  refuse("InvalidLocalGatewayID.NotFound", "", "DescribeLocalGateways",
         {{"LocalGatewayId.1", "lgw-0123456789abcdef0"}});
  refuse("InvalidLocalGatewayRouteTableID.NotFound", "", "CreateLocalGatewayRoute",
         {{"LocalGatewayRouteTableId", "lgw-rtb-0123456789abcdef0"}, {"DestinationCidrBlock", "10.0.0.0/8"}});
  refuse("InvalidLocalGatewayRouteTableID.NotFound", "", "SearchLocalGatewayRoutes",
         {{"LocalGatewayRouteTableId", "lgw-rtb-0123456789abcdef0"}});
  refuse("InvalidPoolID.NotFound", "", "GetCoipPoolUsage", {{"PoolId", "ipv4pool-coip-0123456789abcdef0"}});
}

}  // namespace
}  // namespace fogling::test
