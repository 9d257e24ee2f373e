/// Spot requests and prices: states and codes by the User Guide's page on them; the words of SpotMaxPriceTooLow,
/// IncorrectSpotRequestState and of stopping a one-time instance as users quote them.

#include <cstdlib>

#include "emulator/clock.hpp"
#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

class Spot : public HouseTest {
 protected:
  std::string image() {
    return call("DescribeImages", {{"Owner.1", "099720109477"},
                                   {"Filter.1.Name", "architecture"},
                                   {"Filter.1.Value.1", "x86_64"},
                                   {"MaxResults", "5"}})["Images"][0]["ImageId"];
  }
  std::string request(Parameters parameters = {}) {
    parameters.emplace_back("LaunchSpecification.ImageId", image());
    parameters.emplace_back("LaunchSpecification.InstanceType", "m5.large");
    return call("RequestSpotInstances", parameters)["SpotInstanceRequests"][0]["SpotInstanceRequestId"];
  }
  Document run(Parameters parameters = {}) {
    parameters.emplace_back("ImageId", image());
    parameters.emplace_back("InstanceType", "m5.large");
    parameters.emplace_back("MinCount", "1");
    parameters.emplace_back("MaxCount", "1");
    parameters.emplace_back("InstanceMarketOptions.MarketType", "spot");
    return call("RunInstances", parameters)["Instances"][0];
  }
  Parameters lasting() {
    return {{"InstanceMarketOptions.SpotOptions.SpotInstanceType", "persistent"},
            {"InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior", "stop"}};
  }
  Document described(const std::string& id) {
    return call("DescribeSpotInstanceRequests", {{"SpotInstanceRequestId.1", id}})["SpotInstanceRequests"][0];
  }
  std::string status(const std::string& id) {
    const auto document = described(id);
    return document["State"].get<std::string>() + " " + document["Status"]["Code"].get<std::string>();
  }
  Document instance(const std::string& id) {
    return call("DescribeInstances", {{"InstanceId.1", id}})["Reservations"][0]["Instances"][0];
  }
  /// The price of m5.large in a zone, now.
  double price(const std::string& zone) {
    const auto now = iso_now();
    return std::strtod(call("DescribeSpotPriceHistory", {{"InstanceType.1", "m5.large"},
                                                         {"ProductDescription.1", "Linux/UNIX"},
                                                         {"AvailabilityZone", zone},
                                                         {"StartTime", now},
                                                         {"EndTime", now}})["SpotPriceHistory"][0]["SpotPrice"]
                           .get_ref<const std::string&>()
                           .c_str(),
                       nullptr);
  }
  std::string iso_now() { return iso_time(house.world().clock.now_ms()); }
};

TEST_F(Spot, ARequestIsEvaluatedAndFulfilled) {
  const auto id = request();
  EXPECT_TRUE(id.starts_with("sir-"));
  EXPECT_EQ(id.size(), 12u);
  EXPECT_EQ(status(id), "open pending-evaluation");
  advance_s(5);
  EXPECT_EQ(status(id), "active fulfilled");
  const auto document = described(id);
  EXPECT_EQ(document["Type"], "one-time");
  EXPECT_EQ(document["InstanceInterruptionBehavior"], "terminate");
  EXPECT_EQ(document["Status"]["Message"], "Your Spot request is fulfilled.");
  EXPECT_EQ(document["SpotPrice"], "0.096000") << "nothing offered means the price on demand";
  const auto launched = instance(document["InstanceId"]);
  EXPECT_EQ(launched["InstanceLifecycle"], "spot");
  EXPECT_EQ(launched["SpotInstanceRequestId"], id);
  EXPECT_EQ(launched["Placement"]["AvailabilityZone"], document["LaunchedAvailabilityZone"]);
  EXPECT_EQ(document["LaunchSpecification"]["InstanceType"], "m5.large");
}

TEST_F(Spot, BadParametersAreRefusedAtOnce) {
  refuse("InvalidAMIID.NotFound", "", "RequestSpotInstances",
         {{"LaunchSpecification.ImageId", "ami-0123456789abcdef0"}, {"LaunchSpecification.InstanceType", "m5.large"}});
  refuse("InvalidParameterValue", "", "RequestSpotInstances",
         {{"SpotPrice", "free"},
          {"LaunchSpecification.ImageId", image()},
          {"LaunchSpecification.InstanceType", "m5.large"}});
  refuse("InvalidSpotInstanceRequestID.NotFound", "The spot instance request ID 'sir-abcd1234' does not exist",
         "DescribeSpotInstanceRequests", {{"SpotInstanceRequestId.1", "sir-abcd1234"}});
  refuse("InvalidSpotInstanceRequestID.Malformed", "", "CancelSpotInstanceRequests",
         {{"SpotInstanceRequestId.1", "foo"}});
}

TEST_F(Spot, ALowPriceWaitsUntilTheMarketComesDown) {
  const auto id = request({{"SpotPrice", "0.002"}, {"ValidUntil", "2026-01-03T00:00:00Z"}});
  advance_s(5);
  EXPECT_EQ(status(id), "open price-too-low");
  advance_s(2 * 86400);
  EXPECT_EQ(status(id), "closed schedule-expired");
  refuse("SpotMaxPriceTooLow", "", "RunInstances",
         {{"ImageId", image()},
          {"InstanceType", "m5.large"},
          {"MinCount", "1"},
          {"MaxCount", "1"},
          {"InstanceMarketOptions.MarketType", "spot"},
          {"InstanceMarketOptions.SpotOptions.MaxPrice", "0.002"}});
}

TEST_F(Spot, ARequestForLaterWaitsForItsTime) {
  const auto id = request({{"ValidFrom", "2026-01-01T02:00:00Z"}});
  advance_s(60);
  EXPECT_EQ(status(id), "open not-scheduled-yet");
  advance_s(2 * 3600);
  EXPECT_EQ(status(id), "active fulfilled");
}

TEST_F(Spot, CancellingLetsTheInstanceRun) {
  const auto open = request({{"SpotPrice", "0.002"}});
  EXPECT_EQ(call("CancelSpotInstanceRequests",
                 {{"SpotInstanceRequestId.1", open}})["CancelledSpotInstanceRequests"][0]["State"],
            "cancelled");
  EXPECT_EQ(status(open), "cancelled canceled-before-fulfillment");
  const auto id = request();
  advance_s(60);
  call("CancelSpotInstanceRequests", {{"SpotInstanceRequestId.1", id}});
  EXPECT_EQ(status(id), "cancelled request-canceled-and-instance-running");
  const auto launched = described(id)["InstanceId"].get<std::string>();
  EXPECT_EQ(instance(launched)["State"]["Name"], "running");
  call("TerminateInstances", {{"InstanceId.1", launched}});
  EXPECT_EQ(status(id), "cancelled instance-terminated-by-user");
}

TEST_F(Spot, AOneTimeRequestIsClosedWithItsInstance) {
  const auto id = request();
  advance_s(60);
  const auto launched = described(id)["InstanceId"].get<std::string>();
  refuse("UnsupportedOperation",
         "You can't stop the Spot Instance '" + launched +
             "' because it is associated with a one-time Spot Instance request. You can only stop Spot Instances "
             "associated with persistent Spot Instance requests.",
         "StopInstances", {{"InstanceId.1", launched}});
  call("TerminateInstances", {{"InstanceId.1", launched}});
  EXPECT_EQ(status(id), "closed instance-terminated-by-user");
  EXPECT_EQ(described(id)["Status"]["Message"], "Spot Instance terminated due to user-initiated termination.");
  advance_s(86400);
  EXPECT_TRUE(call("DescribeSpotInstanceRequests")["SpotInstanceRequests"].empty());
}

TEST_F(Spot, APersistentRequestLaunchesAgain) {
  const auto id = request({{"Type", "persistent"}});
  advance_s(60);
  const auto first = described(id)["InstanceId"].get<std::string>();
  call("TerminateInstances", {{"InstanceId.1", first}});
  EXPECT_EQ(described(id)["State"], "open");
  advance_s(60);
  EXPECT_EQ(status(id), "active fulfilled");
  EXPECT_NE(described(id)["InstanceId"], first);
}

TEST_F(Spot, APersistentInstanceIsStoppedAndStarted) {
  const auto launched = run(lasting());
  const auto id = launched["SpotInstanceRequestId"].get<std::string>();
  EXPECT_EQ(status(id), "active fulfilled") << "RunInstances answers with a fulfilled request";
  advance_s(60);
  const Parameters which{{"InstanceId.1", launched["InstanceId"].get<std::string>()}};
  call("StopInstances", which);
  EXPECT_EQ(status(id), "disabled instance-stopped-by-user");
  advance_s(60);
  call("StartInstances", which);
  EXPECT_EQ(status(id), "active fulfilled");
  advance_s(60);
  call("StopInstances", which);
  advance_s(60);
  call("CancelSpotInstanceRequests", {{"SpotInstanceRequestId.1", id}});
  refuse("IncorrectSpotRequestState",
         "You can't start the Spot Instance '" + which[0].second +
             "' because the associated Spot Instance request is not in an appropriate state to support start.",
         "StartInstances", which);
}

TEST_F(Spot, OptionsThatDoNotGoTogether) {
  Parameters parameters{{"ImageId", image()},
                        {"InstanceType", "m5.large"},
                        {"MinCount", "1"},
                        {"MaxCount", "1"},
                        {"InstanceMarketOptions.MarketType", "spot"},
                        {"InstanceMarketOptions.SpotOptions.SpotInstanceType", "persistent"}};
  refuse("InvalidParameterCombination", "", "RunInstances", parameters);  // needs stop or hibernate
  parameters.back() = {"InstanceMarketOptions.SpotOptions.ValidUntil", "2026-02-01T00:00:00Z"};
  refuse("InvalidParameterCombination", "", "RunInstances", parameters);  // only for persistent requests
}

TEST_F(Spot, TagsAreTheRequests) {
  const auto launched = run({{"TagSpecification.1.ResourceType", "spot-instances-request"},
                             {"TagSpecification.1.Tag.1.Key", "Team"},
                             {"TagSpecification.1.Tag.1.Value", "a"}});
  const auto found = call("DescribeSpotInstanceRequests", {{"Filter.1.Name", "tag:Team"}, {"Filter.1.Value.1", "a"}});
  ASSERT_EQ(found["SpotInstanceRequests"].size(), 1u);
  EXPECT_EQ(found["SpotInstanceRequests"][0]["InstanceId"], launched["InstanceId"]);
  EXPECT_FALSE(launched.contains("Tags"));
  const auto by_type = call("DescribeSpotInstanceRequests",
                            {{"Filter.1.Name", "launch.instance-type"}, {"Filter.1.Value.1", "m5.large"}});
  EXPECT_EQ(by_type["SpotInstanceRequests"].size(), 1u);
}

TEST_F(Spot, AMarketThatOutgrowsTheOfferTakesTheInstanceBack) {
  // A hair above today's price: sooner or later the market asks for more.
  const double offer = price("us-east-1a") + 0.0001;
  const auto launched = run({{"Placement.AvailabilityZone", "us-east-1a"},
                             {"InstanceMarketOptions.SpotOptions.MaxPrice", std::to_string(offer)}});
  const auto id = launched["SpotInstanceRequestId"].get<std::string>();
  int hours = 0;
  while (status(id) == "active fulfilled" && hours < 24 * 30) {
    advance_s(60);
    if (status(id) != "active fulfilled") break;
    advance_s(3540);
    ++hours;
  }
  ASSERT_LT(hours, 24 * 30) << "the market never moved";
  if (status(id) == "active marked-for-termination") {
    EXPECT_EQ(instance(launched["InstanceId"])["State"]["Name"], "running") << "two minutes' notice";
    advance_s(121);
  }
  EXPECT_EQ(status(id), "closed instance-terminated-by-price");
  const auto gone = instance(launched["InstanceId"]);
  EXPECT_EQ(gone["StateReason"]["Code"], "Server.SpotInstanceTermination");
}

TEST_F(Spot, PricesAreTheSameForEverybodyAndChangeWithTime) {
  const Parameters question{{"InstanceType.1", "m5.large"},
                            {"ProductDescription.1", "Linux/UNIX (Amazon VPC)"},
                            {"AvailabilityZone", "us-east-1a"},
                            {"StartTime", "2025-12-30T00:00:00Z"},
                            {"EndTime", "2026-01-01T00:00:00Z"}};
  const auto history = call("DescribeSpotPriceHistory", question);
  EXPECT_EQ(history["NextToken"], "");
  const auto& prices = history["SpotPriceHistory"];
  ASSERT_GE(prices.size(), 5u) << "a price every few hours";
  std::string last = "9";
  for (const auto& each : prices) {
    EXPECT_EQ(each["InstanceType"], "m5.large");
    EXPECT_EQ(each["ProductDescription"], "Linux/UNIX");
    EXPECT_LT(each["Timestamp"], last) << "the newest first";
    last = each["Timestamp"];
    const double dollars = std::strtod(each["SpotPrice"].get_ref<const std::string&>().c_str(), nullptr);
    EXPECT_GT(dollars, 0.01);
    EXPECT_LT(dollars, 0.096);
  }
  EXPECT_LE(last, "2025-12-30T00:00:00.000Z") << "with the price that held when the window began";
  EXPECT_EQ(call("DescribeSpotPriceHistory", question), history);
}

TEST_F(Spot, PricesComeInPages) {
  const auto first = call("DescribeSpotPriceHistory", {{"InstanceType.1", "m5.large"}, {"MaxResults", "7"}});
  ASSERT_EQ(first["SpotPriceHistory"].size(), 7u);
  const auto second =
      call("DescribeSpotPriceHistory",
           {{"InstanceType.1", "m5.large"}, {"MaxResults", "7"}, {"NextToken", first["NextToken"].get<std::string>()}});
  ASSERT_EQ(second["SpotPriceHistory"].size(), 7u);
  EXPECT_LT(second["SpotPriceHistory"][0]["Timestamp"], first["SpotPriceHistory"][6]["Timestamp"]);
  EXPECT_EQ(call("DescribeSpotPriceHistory")["SpotPriceHistory"].size(), 1000u);
}

TEST_F(Spot, PricesAreAskedForOfWhatThereIs) {
  refuse("InvalidParameterValue", "Invalid availability zone: [eu-west-1a]", "DescribeSpotPriceHistory",
         {{"AvailabilityZone", "eu-west-1a"}});
  refuse("InvalidParameterValue", "", "DescribeSpotPriceHistory", {{"AvailabilityZoneId", "euw1-az1"}});
  refuse("InvalidParameterValue", "", "DescribeSpotPriceHistory", {{"InstanceType.1", "m5.huge"}});
  EXPECT_TRUE(call("DescribeSpotPriceHistory", {{"InstanceType.1", "cc1.4xlarge"}})["SpotPriceHistory"].empty())
      << "a type of the past has no price";
}

TEST_F(Spot, ADataFeedIsTheAccounts) {
  refuse("InvalidSpotDatafeed.NotFound", "Spot datafeed subscription does not exist.",
         "DescribeSpotDatafeedSubscription");
  const auto made = call("CreateSpotDatafeedSubscription", {{"Bucket", "my-bucket"}, {"Prefix", "spot"}});
  EXPECT_EQ(made["SpotDatafeedSubscription"]["State"], "Active");
  scope.region = "eu-west-1";
  EXPECT_EQ(call("DescribeSpotDatafeedSubscription")["SpotDatafeedSubscription"]["Prefix"], "spot");
  call("DeleteSpotDatafeedSubscription");
  refuse("InvalidSpotDatafeed.NotFound", "", "DescribeSpotDatafeedSubscription");
  refuse("InvalidSpotDatafeed.NotFound", "", "DeleteSpotDatafeedSubscription");
}

}  // namespace
}  // namespace fogling::test
