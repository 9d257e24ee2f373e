/// Capacity reservations, their fleets, capacity blocks and who pays: API Reference and User Guide.

#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

class CapacityReservations : public HouseTest {
 protected:
  std::string image() {
    return call("DescribeImages", {{"Owner.1", "099720109477"},
                                   {"Filter.1.Name", "architecture"},
                                   {"Filter.1.Value.1", "x86_64"},
                                   {"MaxResults", "5"}})["Images"][0]["ImageId"];
  }
  Parameters asked(int count, const Parameters& more = {}) {
    Parameters parameters{{"InstanceType", "m5.large"},
                          {"InstancePlatform", "Linux/UNIX"},
                          {"AvailabilityZone", "us-east-1a"},
                          {"InstanceCount", std::to_string(count)}};
    parameters.insert(parameters.end(), more.begin(), more.end());
    return parameters;
  }
  std::string create(int count, const Parameters& more = {}) {
    return call("CreateCapacityReservation", asked(count, more))["CapacityReservation"]["CapacityReservationId"];
  }
  Document described(const std::string& id) {
    return call("DescribeCapacityReservations", {{"CapacityReservationId.1", id}})["CapacityReservations"][0];
  }
  Parameters launch(const Parameters& more = {}) {
    Parameters parameters{{"ImageId", image()},
                          {"InstanceType", "m5.large"},
                          {"MinCount", "1"},
                          {"MaxCount", "1"},
                          {"Placement.AvailabilityZone", "us-east-1a"}};
    parameters.insert(parameters.end(), more.begin(), more.end());
    return parameters;
  }
  Document run(const Parameters& more = {}) { return call("RunInstances", launch(more))["Instances"][0]; }
  Document instance(const Document& launched) {
    return call("DescribeInstances",
                {{"InstanceId.1", launched["InstanceId"].get<std::string>()}})["Reservations"][0]["Instances"][0];
  }
  static constexpr const char* kTarget =
      "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId";
};

TEST_F(CapacityReservations, OneIsMadeChangedAndCancelled) {
  const auto id = create(2, {{"TagSpecifications.1.ResourceType", "capacity-reservation"},
                             {"TagSpecifications.1.Tag.1.Key", "Team"},
                             {"TagSpecifications.1.Tag.1.Value", "a"}});
  const auto shown = described(id);
  EXPECT_EQ(shown["State"], "active");
  EXPECT_EQ(shown["TotalInstanceCount"], 2);
  EXPECT_EQ(shown["AvailableInstanceCount"], 2);
  EXPECT_EQ(shown["InstanceMatchCriteria"], "open");
  EXPECT_EQ(shown["EndDateType"], "unlimited");
  EXPECT_EQ(shown["Tenancy"], "default");
  EXPECT_EQ(shown["Tags"][0]["Value"], "a");
  EXPECT_EQ(shown["CapacityReservationArn"], "arn:aws:ec2:us-east-1:123456789012:capacity-reservation/" + id);
  EXPECT_EQ(call("ModifyCapacityReservation", {{"CapacityReservationId", id}, {"InstanceCount", "5"}})["Return"], true);
  EXPECT_EQ(described(id)["TotalInstanceCount"], 5);
  EXPECT_EQ(call("CancelCapacityReservation", {{"CapacityReservationId", id}})["Return"], true);
  EXPECT_EQ(described(id)["State"], "cancelled");
  EXPECT_EQ(described(id)["AvailableInstanceCount"], 0);
  refuse("InvalidCapacityReservationId.NotFound", "", "CancelCapacityReservation", {{"CapacityReservationId", id}});
}

TEST_F(CapacityReservations, RequestsHaveToMakeSense) {
  refuse("InvalidParameterValue", "", "CreateCapacityReservation", asked(0));
  refuse("InvalidParameterValue", "", "CreateCapacityReservation",
         {{"InstanceType", "m5.large"},
          {"InstancePlatform", "Linux/UNIX"},
          {"AvailabilityZone", "us-east-1z"},
          {"InstanceCount", "1"}});
  refuse("MissingParameter", "", "CreateCapacityReservation", asked(1, {{"EndDateType", "limited"}}));
  refuse("InvalidParameterValue", "", "CreateCapacityReservation", asked(1, {{"EndDate", "2020-01-01T00:00:00Z"}}));
}

TEST_F(CapacityReservations, OpenOnesAreUsedByWhatFits) {
  const auto id = create(1);
  const auto first = run();
  EXPECT_EQ(instance(first)["CapacityReservationId"], id);
  EXPECT_EQ(described(id)["AvailableInstanceCount"], 0);
  EXPECT_FALSE(instance(run()).contains("CapacityReservationId")) << "full: the next runs without";
  const auto usage = call("GetCapacityReservationUsage", {{"CapacityReservationId", id}});
  EXPECT_EQ(usage["InstanceUsages"][0], (Document{{"AccountId", "123456789012"}, {"UsedInstanceCount", 1}}));
  advance_s(60);
  call("StopInstances", {{"InstanceId.1", first["InstanceId"].get<std::string>()}});
  advance_s(60);
  EXPECT_EQ(described(id)["AvailableInstanceCount"], 1) << "a stopped instance uses nothing";
  EXPECT_FALSE(instance(run({{"CapacityReservationSpecification.CapacityReservationPreference", "none"}}))
                   .contains("CapacityReservationId"));
  call("StartInstances", {{"InstanceId.1", first["InstanceId"].get<std::string>()}});
  EXPECT_EQ(instance(first)["CapacityReservationId"], id);
  call("CancelCapacityReservation", {{"CapacityReservationId", id}});
  EXPECT_FALSE(instance(first).contains("CapacityReservationId")) << "it runs on without";
}

TEST_F(CapacityReservations, TargetedOnesHaveToBeNamed) {
  const auto id = create(1, {{"InstanceMatchCriteria", "targeted"}});
  EXPECT_FALSE(instance(run()).contains("CapacityReservationId"));
  const auto named = run({{kTarget, id}});
  EXPECT_EQ(instance(named)["CapacityReservationId"], id);
  refuse("ReservationCapacityExceeded", "", "RunInstances", launch({{kTarget, id}}));
  refuse("InvalidCapacityReservationId.NotFound", "", "RunInstances", launch({{kTarget, "cr-0123456789abcdef0"}}));
  auto other = launch({{kTarget, id}});
  other[1].second = "c5.large";
  refuse("InvalidParameterValue", "", "RunInstances", other);
  refuse("ReservationCapacityExceeded", "", "RunInstances",
         launch({{"CapacityReservationSpecification.CapacityReservationPreference", "capacity-reservations-only"}}));
}

TEST_F(CapacityReservations, AnEndAndABeginning) {
  const auto ends = create(1, {{"EndDate", "2026-01-01T01:00:00Z"}});
  const auto launched = run();
  EXPECT_EQ(described(ends)["EndDateType"], "limited");
  advance_s(3601);
  EXPECT_EQ(described(ends)["State"], "expired");
  EXPECT_FALSE(instance(launched).contains("CapacityReservationId"));
  const auto later = create(1, {{"StartDate", "2026-01-10T00:00:00Z"}});
  EXPECT_EQ(described(later)["State"], "assessing");
  advance_s(120);
  EXPECT_EQ(described(later)["State"], "scheduled");
  EXPECT_EQ(described(later)["AvailableInstanceCount"], 0);
  advance_s(10 * 86400);
  EXPECT_EQ(described(later)["State"], "active");
}

TEST_F(CapacityReservations, OneIsSplitAndMovedInto) {
  const auto source = create(5);
  const auto split =
      call("CreateCapacityReservationBySplitting", {{"SourceCapacityReservationId", source}, {"InstanceCount", "2"}});
  EXPECT_EQ(split["SourceCapacityReservation"]["TotalInstanceCount"], 3);
  const auto other = split["DestinationCapacityReservation"]["CapacityReservationId"].get<std::string>();
  EXPECT_EQ(described(other)["TotalInstanceCount"], 2);
  const auto moved = call(
      "MoveCapacityReservationInstances",
      {{"SourceCapacityReservationId", other}, {"DestinationCapacityReservationId", source}, {"InstanceCount", "2"}});
  EXPECT_EQ(moved["DestinationCapacityReservation"]["TotalInstanceCount"], 5);
  EXPECT_EQ(described(other)["State"], "cancelled") << "an emptied source is cancelled";
  refuse("InvalidParameterValue", "", "CreateCapacityReservationBySplitting",
         {{"SourceCapacityReservationId", source}, {"InstanceCount", "5"}});
}

TEST_F(CapacityReservations, AFleetReservesByPriority) {
  const auto made =
      call("CreateCapacityReservationFleet", {{"TotalTargetCapacity", "8"},
                                              {"InstanceTypeSpecification.1.InstanceType", "m5.xlarge"},
                                              {"InstanceTypeSpecification.1.InstancePlatform", "Linux/UNIX"},
                                              {"InstanceTypeSpecification.1.Weight", "2"},
                                              {"InstanceTypeSpecification.1.Priority", "2"},
                                              {"InstanceTypeSpecification.2.InstanceType", "m5.2xlarge"},
                                              {"InstanceTypeSpecification.2.InstancePlatform", "Linux/UNIX"},
                                              {"InstanceTypeSpecification.2.Weight", "4"},
                                              {"InstanceTypeSpecification.2.Priority", "1"}});
  const auto id = made["CapacityReservationFleetId"].get<std::string>();
  EXPECT_EQ(made["State"], "active");
  ASSERT_EQ(made["FleetCapacityReservations"].size(), 1u);
  EXPECT_EQ(made["FleetCapacityReservations"][0]["InstanceType"], "m5.2xlarge");
  EXPECT_EQ(made["FleetCapacityReservations"][0]["TotalInstanceCount"], 2);
  EXPECT_EQ(made["TotalFulfilledCapacity"], 8.0);
  const auto reservation = made["FleetCapacityReservations"][0]["CapacityReservationId"].get<std::string>();
  EXPECT_EQ(described(reservation)["CapacityReservationFleetId"], id);
  call("ModifyCapacityReservationFleet", {{"CapacityReservationFleetId", id}, {"TotalTargetCapacity", "4"}});
  EXPECT_EQ(call("DescribeCapacityReservationFleets")["CapacityReservationFleets"][0]["TotalFulfilledCapacity"], 4.0);
  const auto answer =
      call("CancelCapacityReservationFleets",
           {{"CapacityReservationFleetId.1", id}, {"CapacityReservationFleetId.2", "crf-0123456789abcdef0"}});
  EXPECT_EQ(answer["SuccessfulFleetCancellations"][0]["CurrentFleetState"], "cancelled");
  EXPECT_EQ(answer["FailedFleetCancellations"].size(), 1u);
  EXPECT_EQ(described(reservation)["State"], "cancelled");
}

TEST_F(CapacityReservations, AnotherAccountPaysIfItAgrees) {
  const auto id = create(1);
  call("AssociateCapacityReservationBillingOwner",
       {{"CapacityReservationId", id}, {"UnusedReservationBillingOwnerId", "210987654321"}});
  const auto mine = call("DescribeCapacityReservationBillingRequests",
                         {{"Role", "odcr-owner"}})["CapacityReservationBillingRequests"];
  EXPECT_EQ(mine[0]["Status"], "pending");
  scope.account = "210987654321";
  const auto asked_of_me =
      call("DescribeCapacityReservationBillingRequests", {{"Role", "unused-reservation-billing-owner"}});
  ASSERT_EQ(asked_of_me["CapacityReservationBillingRequests"].size(), 1u);
  EXPECT_EQ(asked_of_me["CapacityReservationBillingRequests"][0]["RequestedBy"], "123456789012");
  call("AcceptCapacityReservationBillingOwnership", {{"CapacityReservationId", id}});
  scope.account = "123456789012";
  EXPECT_EQ(described(id)["UnusedReservationBillingOwnerId"], "210987654321");
  call("DisassociateCapacityReservationBillingOwner",
       {{"CapacityReservationId", id}, {"UnusedReservationBillingOwnerId", "210987654321"}});
  EXPECT_FALSE(described(id).contains("UnusedReservationBillingOwnerId"));
}

TEST_F(CapacityReservations, WhatIsNotNeededIsLentOut) {
  const auto id = create(4);
  const auto lent =
      call("CreateInterruptibleCapacityReservationAllocation", {{"CapacityReservationId", id}, {"InstanceCount", "3"}});
  EXPECT_EQ(lent["TargetInstanceCount"], 3);
  const auto allocation = described(id)["InterruptibleCapacityAllocation"];
  const auto other = allocation["InterruptibleCapacityReservationId"].get<std::string>();
  EXPECT_EQ(described(other)["Interruptible"], true);
  EXPECT_EQ(described(other)["TotalInstanceCount"], 3);
  EXPECT_EQ(described(id)["TotalInstanceCount"], 1);
  call("UpdateInterruptibleCapacityReservationAllocation",
       {{"CapacityReservationId", id}, {"TargetInstanceCount", "0"}});
  EXPECT_EQ(described(id)["TotalInstanceCount"], 4);
  EXPECT_EQ(described(other)["State"], "cancelled");
}

TEST_F(CapacityReservations, ABlockIsBoughtForDaysToCome) {
  const Parameters question{{"InstanceType", "p5.48xlarge"}, {"InstanceCount", "2"}, {"CapacityDurationHours", "48"}};
  const auto offering = call("DescribeCapacityBlockOfferings", question)["CapacityBlockOfferings"][0];
  EXPECT_EQ(offering["InstanceCount"], 2);
  EXPECT_GT(offering["StartDate"], "2026-01-01T00:00:00.000Z");
  const auto bought = call("PurchaseCapacityBlock",
                           {{"CapacityBlockOfferingId", offering["CapacityBlockOfferingId"].get<std::string>()},
                            {"InstancePlatform", "Linux/UNIX"}})["CapacityReservation"];
  const auto id = bought["CapacityReservationId"].get<std::string>();
  EXPECT_EQ(bought["State"], "payment-pending");
  EXPECT_EQ(bought["ReservationType"], "capacity-block");
  EXPECT_EQ(bought["StartDate"], offering["StartDate"]);
  advance_s(120);
  EXPECT_EQ(described(id)["State"], "scheduled");
  EXPECT_EQ(call("DescribeCapacityBlocks")["CapacityBlocks"][0]["State"], "scheduled");
  const auto extension = call("DescribeCapacityBlockExtensionOfferings",
                              {{"CapacityReservationId", id},
                               {"CapacityBlockExtensionDurationHours", "24"}})["CapacityBlockExtensionOfferings"][0];
  call("PurchaseCapacityBlockExtension",
       {{"CapacityReservationId", id},
        {"CapacityBlockExtensionOfferingId", extension["CapacityBlockExtensionOfferingId"].get<std::string>()}});
  EXPECT_EQ(described(id)["EndDate"], extension["CapacityBlockExtensionEndDate"]);
  EXPECT_EQ(call("DescribeCapacityBlockExtensionHistory")["CapacityBlockExtensions"].size(), 1u);
  int days = 0;
  while (described(id)["State"] != "active" && ++days < 60) advance_s(86400);
  EXPECT_EQ(call("DescribeCapacityBlockStatus")["CapacityBlockStatuses"][0]["TotalAvailableCapacity"], 2);
  while (described(id)["State"] == "active" && ++days < 60) advance_s(86400);
  EXPECT_EQ(described(id)["State"], "expired");
  const auto refuse_offering = [&](std::string_view code, const std::string& offering_id) {
    refuse(code, "", "PurchaseCapacityBlock",
           {{"CapacityBlockOfferingId", offering_id}, {"InstancePlatform", "Linux/UNIX"}});
  };
  refuse_offering("InvalidCapacityBlockOfferingIdNotFound", "cbr-0123456789abcdef0");
  refuse_offering("InvalidCapacityBlockOfferingIdMalformed", "cb-0123456789abcdef0");
  refuse_offering("InvalidCapacityBlockOfferingIdExpired", offering["CapacityBlockOfferingId"]);
  refuse("InvalidParameterValue", "", "DescribeCapacityBlockOfferings",
         {{"InstanceType", "p5.48xlarge"}, {"CapacityDurationHours", "25"}});
}

}  // namespace
}  // namespace fogling::test
