/// Reserved Instances: offerings that are always the same, purchases, modifications, exchanges, listings. API Reference
/// and User Guide; prices are nobody's.

#include <cstdlib>

#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

class ReservedInstances : public HouseTest {
 protected:
  Document offering(const Parameters& more = {}) {
    Parameters parameters{{"InstanceType", "m5.large"},
                          {"ProductDescription", "Linux/UNIX"},
                          {"OfferingType", "Partial Upfront"},
                          {"MaxDuration", "31536000"},
                          {"OfferingClass", "standard"}};
    for (const auto& [name, value] : more) {
      for (auto& each : parameters) {
        if (each.first == name) each.second = value;
      }
    }
    return call("DescribeReservedInstancesOfferings", parameters)["ReservedInstancesOfferings"][0];
  }
  std::string buy(const Document& what, int count = 1, const Parameters& more = {}) {
    Parameters parameters{{"ReservedInstancesOfferingId", what["ReservedInstancesOfferingId"].get<std::string>()},
                          {"InstanceCount", std::to_string(count)}};
    parameters.insert(parameters.end(), more.begin(), more.end());
    return call("PurchaseReservedInstancesOffering", parameters)["ReservedInstancesId"];
  }
  Document described(const std::string& id) {
    return call("DescribeReservedInstances", {{"ReservedInstancesId.1", id}})["ReservedInstances"][0];
  }
};

TEST_F(ReservedInstances, OfferingsAreTheSameForEverybody) {
  const Parameters question{{"InstanceType", "m5.large"}, {"MaxResults", "10"}};
  const auto first = call("DescribeReservedInstancesOfferings", question);
  ASSERT_EQ(first["ReservedInstancesOfferings"].size(), 10u);
  EXPECT_EQ(call("DescribeReservedInstancesOfferings", question), first);
  const auto one = first["ReservedInstancesOfferings"][3];
  const auto again = call("DescribeReservedInstancesOfferings",
                          {{"ReservedInstancesOfferingId.1", one["ReservedInstancesOfferingId"].get<std::string>()}});
  EXPECT_EQ(again["ReservedInstancesOfferings"][0], one);
  const auto next =
      call("DescribeReservedInstancesOfferings",
           {{"InstanceType", "m5.large"}, {"MaxResults", "10"}, {"NextToken", first["NextToken"].get<std::string>()}});
  EXPECT_NE(next["ReservedInstancesOfferings"][0], first["ReservedInstancesOfferings"][9]);
  const auto zonal = call("DescribeReservedInstancesOfferings",
                          {{"InstanceType", "m5.large"}, {"AvailabilityZone", "us-east-1b"}, {"MaxResults", "5"}});
  for (const auto& each : zonal["ReservedInstancesOfferings"]) EXPECT_EQ(each["AvailabilityZone"], "us-east-1b");
  refuse("InvalidReservedInstancesOfferingId", "", "PurchaseReservedInstancesOffering",
         {{"ReservedInstancesOfferingId", "01234567-89ab-cdef-0123-456789abcdef"}, {"InstanceCount", "1"}});
}

TEST_F(ReservedInstances, LongerAndEarlierPaidIsCheaper) {
  const auto hourly = [](const Document& each) {
    const double years = each["Duration"].get<double>() / 3600;
    return each["FixedPrice"].get<double>() / years + each["RecurringCharges"][0]["Amount"].get<double>();
  };
  EXPECT_LT(hourly(offering({{"OfferingType", "All Upfront"}})), hourly(offering({{"OfferingType", "No Upfront"}})));
  EXPECT_LT(hourly(offering()), hourly(offering({{"OfferingClass", "convertible"}})));
  EXPECT_LT(hourly(offering()), 0.096) << "the price on demand";
}

TEST_F(ReservedInstances, OneIsBoughtAndComesToItsEnd) {
  const auto id = buy(offering(), 2);
  EXPECT_EQ(described(id)["State"], "payment-pending");
  advance_s(10);
  const auto shown = described(id);
  EXPECT_EQ(shown["State"], "active");
  EXPECT_EQ(shown["InstanceCount"], 2);
  EXPECT_EQ(shown["Scope"], "Region");
  EXPECT_EQ(shown["End"], "2027-01-01T00:00:00.000Z");
  EXPECT_EQ(call("DescribeReservedInstances", {{"OfferingClass", "convertible"}})["ReservedInstances"].size(), 0u);
  call("CreateTags", {{"ResourceId.1", id}, {"Tag.1.Key", "Team"}, {"Tag.1.Value", "a"}});
  EXPECT_EQ(described(id)["Tags"][0]["Value"], "a");
  advance_s(31536000);
  EXPECT_EQ(described(id)["State"], "retired");
}

TEST_F(ReservedInstances, AQueuedPurchaseWaitsAndCanBeTakenBack) {
  const auto waits = buy(offering(), 1, {{"PurchaseTime", "2026-02-01T00:00:00Z"}});
  const auto taken_back = buy(offering(), 1, {{"PurchaseTime", "2026-02-01T00:00:00Z"}});
  EXPECT_EQ(described(waits)["State"], "queued");
  const auto answer = call("DeleteQueuedReservedInstances", {{"ReservedInstancesId.1", taken_back}});
  EXPECT_EQ(answer["SuccessfulQueuedPurchaseDeletions"][0]["ReservedInstancesId"], taken_back);
  advance_s(32 * 86400);
  EXPECT_EQ(described(waits)["State"], "active");
  EXPECT_EQ(call("DeleteQueuedReservedInstances",
                 {{"ReservedInstancesId.1", waits}})["FailedQueuedPurchaseDeletions"][0]["Error"]["Code"],
            "reserved-instances-not-in-queued-state");
}

TEST_F(ReservedInstances, OneIsModifiedWithinItsFamily) {
  const auto id = buy(offering(), 2);
  advance_s(10);
  const auto modification =
      call("ModifyReservedInstances",
           {{"ReservedInstancesId.1", id},
            {"ReservedInstancesConfigurationSetItemType.1.InstanceType", "m5.xlarge"},
            {"ReservedInstancesConfigurationSetItemType.1.InstanceCount", "1"}})["ReservedInstancesModificationId"]
          .get<std::string>();
  const auto shown = [&] {
    return call("DescribeReservedInstancesModifications",
                {{"ReservedInstancesModificationId.1", modification}})["ReservedInstancesModifications"][0];
  };
  EXPECT_EQ(shown()["Status"], "processing");
  advance_s(120);
  EXPECT_EQ(shown()["Status"], "fulfilled");
  EXPECT_EQ(described(id)["State"], "retired");
  const auto made = described(shown()["ModificationResults"][0]["ReservedInstancesId"]);
  EXPECT_EQ(made["InstanceType"], "m5.xlarge");
  EXPECT_EQ(made["End"], described(id)["End"]);
  const auto other = buy(offering(), 1);
  advance_s(10);
  refuse("InvalidParameterValue", "", "ModifyReservedInstances",
         {{"ReservedInstancesId.1", other},
          {"ReservedInstancesConfigurationSetItemType.1.InstanceType", "m5.2xlarge"},
          {"ReservedInstancesConfigurationSetItemType.1.InstanceCount", "1"}});
}

TEST_F(ReservedInstances, ConvertibleOnesAreExchangedForNoLess) {
  const auto mine = buy(offering({{"OfferingClass", "convertible"}}));
  const auto dearer =
      offering({{"OfferingClass", "convertible"}, {"InstanceType", "m5.xlarge"}})["ReservedInstancesOfferingId"]
          .get<std::string>();
  const auto cheaper =
      offering({{"OfferingClass", "convertible"}, {"InstanceType", "t3.micro"}})["ReservedInstancesOfferingId"]
          .get<std::string>();
  advance_s(10);
  const auto quote = call("GetReservedInstancesExchangeQuote",
                          {{"ReservedInstanceId.1", mine}, {"TargetConfiguration.1.OfferingId", dearer}});
  EXPECT_EQ(quote["IsValidExchange"], true);
  EXPECT_GT(std::strtod(quote["PaymentDue"].get_ref<const std::string&>().c_str(), nullptr), 0);
  const auto bad = call("GetReservedInstancesExchangeQuote", {{"ReservedInstanceId.1", mine},
                                                              {"TargetConfiguration.1.OfferingId", cheaper},
                                                              {"TargetConfiguration.1.InstanceCount", "1"}});
  EXPECT_EQ(bad["IsValidExchange"], false);
  EXPECT_TRUE(bad.contains("ValidationFailureReason"));
  const auto exchange = call("AcceptReservedInstancesExchangeQuote",
                             {{"ReservedInstanceId.1", mine}, {"TargetConfiguration.1.OfferingId", dearer}});
  EXPECT_TRUE(exchange["ExchangeId"].get<std::string>().starts_with("riex-"));
  EXPECT_EQ(described(mine)["State"], "retired");
  EXPECT_EQ(call("DescribeReservedInstances",
                 {{"Filter.1.Name", "state"}, {"Filter.1.Value.1", "active"}})["ReservedInstances"][0]["InstanceType"],
            "m5.xlarge");
}

TEST_F(ReservedInstances, OfferingsAreAskedForOfWhatThereIs) {
  refuse("InvalidParameterValue", "Invalid value 'eu-west-1a' for AvailabilityZone.",
         "DescribeReservedInstancesOfferings", {{"AvailabilityZone", "eu-west-1a"}});
  refuse("InvalidParameterValue", "", "DescribeReservedInstancesOfferings", {{"AvailabilityZoneId", "euw1-az1"}});
  refuse("InvalidParameterValue", "", "DescribeReservedInstancesOfferings", {{"InstanceType", "m5.huge"}});
  refuse("InvalidParameterCombination", "", "DescribeReservedInstancesOfferings",
         {{"AvailabilityZone", "us-east-1a"}, {"AvailabilityZoneId", "use1-az1"}});
  const auto priced = [&](const std::string& price) {
    return call("DescribeReservedInstancesOfferings", {{"InstanceType", "m5.large"},
                                                       {"OfferingType", "No Upfront"},
                                                       {"Filter.1.Name", "fixed-price"},
                                                       {"Filter.1.Value.1", price}})["ReservedInstancesOfferings"];
  };
  EXPECT_FALSE(priced("0").empty());
  EXPECT_TRUE(priced("nothing").empty()) << "a word is no price";
}

TEST_F(ReservedInstances, OldOnesOfAZoneAreListedForSale) {
  const auto zonal = call("DescribeReservedInstancesOfferings", {{"InstanceType", "m5.large"},
                                                                 {"OfferingClass", "standard"},
                                                                 {"MaxDuration", "31536000"},
                                                                 {"AvailabilityZone", "us-east-1a"}});
  const auto id = buy(zonal["ReservedInstancesOfferings"][0], 3), regional = buy(offering());
  advance_s(10);
  const Parameters sale{{"ReservedInstancesId", id},
                        {"InstanceCount", "2"},
                        {"ClientToken", "t"},
                        {"PriceSchedules.1.Term", "6"},
                        {"PriceSchedules.1.Price", "100"}};
  refuse("InvalidInput", "", "CreateReservedInstancesListing", sale);
  advance_s(31 * 86400);
  Parameters unsaleable = sale;
  unsaleable[0].second = regional;
  unsaleable[2].second = "u";
  refuse("InvalidInput", "", "CreateReservedInstancesListing", unsaleable);
  const auto listing = call("CreateReservedInstancesListing", sale)["ReservedInstancesListings"][0];
  EXPECT_EQ(listing["Status"], "pending");
  advance_s(120);
  EXPECT_EQ(call("DescribeReservedInstancesListings",
                 {{"ReservedInstancesId", id}})["ReservedInstancesListings"][0]["Status"],
            "active");
  call("CancelReservedInstancesListing",
       {{"ReservedInstancesListingId", listing["ReservedInstancesListingId"].get<std::string>()}});
  const auto cancelled = call("DescribeReservedInstancesListings")["ReservedInstancesListings"][0];
  EXPECT_EQ(cancelled["Status"], "cancelled");
  EXPECT_EQ(cancelled["InstanceCounts"][0]["InstanceCount"], 0);
  refuse("InvalidInput", "", "CancelReservedInstancesListing",
         {{"ReservedInstancesListingId", "01234567-89ab-cdef-0123-456789abcdef"}});
}

}  // namespace
}  // namespace fogling::test
