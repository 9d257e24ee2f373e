/// Event windows, connect endpoints, topology, default credits, scheduled instances: User Guide and API Reference.

#include "state/instances.hpp"
#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

class LaunchSettings : public HouseTest {
 protected:
  std::string image(const std::string& architecture = "x86_64") {
    return call("DescribeImages", {{"Owner.1", "099720109477"},
                                   {"Filter.1.Name", "architecture"},
                                   {"Filter.1.Value.1", architecture},
                                   {"MaxResults", "5"}})["Images"][0]["ImageId"];
  }
  std::string run(const std::string& type, const Parameters& more = {}) {
    Parameters parameters{{"ImageId", image()}, {"InstanceType", type}, {"MinCount", "1"}, {"MaxCount", "1"}};
    parameters.insert(parameters.end(), more.begin(), more.end());
    return call("RunInstances", parameters)["Instances"][0]["InstanceId"];
  }
};

TEST_F(LaunchSettings, AnEventWindowSaysWhenAndForWhat) {
  const auto made = call("CreateInstanceEventWindow", {{"Name", "nights"},
                                                       {"TimeRange.1.StartWeekDay", "monday"},
                                                       {"TimeRange.1.StartHour", "22"},
                                                       {"TimeRange.1.EndWeekDay", "tuesday"},
                                                       {"TimeRange.1.EndHour", "2"}})["InstanceEventWindow"];
  const auto id = made["InstanceEventWindowId"].get<std::string>();
  EXPECT_EQ(made["State"], "creating");
  advance_s(5);
  const auto instance = run("t3.micro");
  const auto associated = call("AssociateInstanceEventWindow",
                               {{"InstanceEventWindowId", id}, {"AssociationTarget.InstanceId.1", instance}});
  EXPECT_EQ(associated["InstanceEventWindow"]["AssociationTarget"]["InstanceIds"][0], instance);
  EXPECT_EQ(call("DescribeInstanceEventWindows",
                 {{"Filter.1.Name", "instance-id"}, {"Filter.1.Value.1", instance}})["InstanceEventWindows"]
                .size(),
            1u);
  refuse("DependencyViolation", "", "DeleteInstanceEventWindow", {{"InstanceEventWindowId", id}});
  call("ModifyInstanceEventWindow", {{"InstanceEventWindowId", id}, {"CronExpression", "* 21-23 * * 2,3"}});
  const auto shown = call("DescribeInstanceEventWindows", {{"InstanceEventWindowId.1", id}})["InstanceEventWindows"][0];
  EXPECT_EQ(shown["State"], "active");
  EXPECT_EQ(shown["CronExpression"], "* 21-23 * * 2,3");
  EXPECT_FALSE(shown.contains("TimeRanges")) << "one way to say when";
  call("DisassociateInstanceEventWindow",
       {{"InstanceEventWindowId", id}, {"AssociationTarget.InstanceId.1", instance}});
  refuse("InvalidParameterValue", "", "DisassociateInstanceEventWindow",
         {{"InstanceEventWindowId", id}, {"AssociationTarget.InstanceId.1", instance}});
  const auto deleted = call("DeleteInstanceEventWindow", {{"InstanceEventWindowId", id}})["InstanceEventWindowState"];
  EXPECT_EQ(deleted, (Document{{"InstanceEventWindowId", id}, {"State", "deleting"}}));
  advance_s(5);
  EXPECT_TRUE(call("DescribeInstanceEventWindows")["InstanceEventWindows"].empty());
}

TEST_F(LaunchSettings, WindowsAreLongEnough) {
  refuse("InvalidParameterValue", "", "CreateInstanceEventWindow",
         {{"TimeRange.1.StartWeekDay", "monday"},
          {"TimeRange.1.StartHour", "2"},
          {"TimeRange.1.EndWeekDay", "monday"},
          {"TimeRange.1.EndHour", "3"}});
  refuse("InvalidParameterCombination", "", "CreateInstanceEventWindow",
         {{"CronExpression", "* 0-4 * * 1"},
          {"TimeRange.1.StartWeekDay", "monday"},
          {"TimeRange.1.StartHour", "2"},
          {"TimeRange.1.EndWeekDay", "monday"},
          {"TimeRange.1.EndHour", "9"}});
}

/// AWS schedules events by itself: this one is put beside the instance as AWS would.
TEST_F(LaunchSettings, AnEventIsMovedUntilItsDeadline) {
  const auto id = run("t3.micro");
  const auto move = [&](const std::string& event, const std::string& time) {
    return Parameters{{"InstanceId", id}, {"InstanceEventId", event}, {"NotBefore", time}};
  };
  refuse("InvalidInstanceEventIDNotFound", "", "ModifyInstanceEventStartTime",
         move("instance-event-0123456789abcdef0", "2026-01-03T00:00:00Z"));
  {
    state::Transaction txn(house.world().database, state::Access::write);
    auto row = *state::find<state::Instance>(txn, scope, id);
    row.options["_events"] = Document::array({{{"InstanceEventId", "instance-event-0123456789abcdef0"},
                                               {"NotBefore", "2026-01-02T00:00:00.000Z"},
                                               {"NotBeforeDeadline", "2026-01-09T00:00:00.000Z"}}});
    state::update(txn, row);
    txn.commit();
  }
  for (const char* time : {"2025-12-31T00:00:00Z", "2026-01-10T00:00:00Z"}) {
    refuse("InvalidInstanceEventStartTime", "", "ModifyInstanceEventStartTime",
           move("instance-event-0123456789abcdef0", time));
  }
  const auto moved =
      call("ModifyInstanceEventStartTime", move("instance-event-0123456789abcdef0", "2026-01-05T00:00:00Z"))["Event"];
  EXPECT_EQ(moved["NotBefore"], "2026-01-05T00:00:00.000Z");
}

TEST_F(LaunchSettings, NotificationsCarryTheTagsRegistered) {
  EXPECT_TRUE(call("DescribeInstanceEventNotificationAttributes")["InstanceTagAttribute"]["InstanceTagKeys"].empty());
  call("RegisterInstanceEventNotificationAttributes",
       {{"InstanceTagAttribute.InstanceTagKey.1", "Team"}, {"InstanceTagAttribute.InstanceTagKey.2", "Name"}});
  call("DeregisterInstanceEventNotificationAttributes", {{"InstanceTagAttribute.InstanceTagKey.1", "Team"}});
  EXPECT_EQ(call("DescribeInstanceEventNotificationAttributes")["InstanceTagAttribute"]["InstanceTagKeys"],
            Document::array({"Name"}));
}

TEST_F(LaunchSettings, AConnectEndpointHasAnInterfaceInItsSubnet) {
  const auto subnet = call("DescribeSubnets")["Subnets"][0];
  const auto subnet_id = subnet["SubnetId"].get<std::string>();
  const auto made = call("CreateInstanceConnectEndpoint", {{"SubnetId", subnet_id}})["InstanceConnectEndpoint"];
  const auto id = made["InstanceConnectEndpointId"].get<std::string>();
  EXPECT_EQ(made["State"], "create-in-progress");
  EXPECT_EQ(made["VpcId"], subnet["VpcId"]);
  EXPECT_EQ(made["InstanceConnectEndpointArn"], "arn:aws:ec2:us-east-1:123456789012:instance-connect-endpoint/" + id);
  EXPECT_EQ(made["SecurityGroupIds"].size(), 1u) << "the VPC's default group";
  advance_s(60);
  EXPECT_EQ(call("DescribeInstanceConnectEndpoints")["InstanceConnectEndpoints"][0]["State"], "create-complete");
  const auto eni = made["NetworkInterfaceIds"][0].get<std::string>();
  const auto interface = call("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", eni}})["NetworkInterfaces"][0];
  EXPECT_EQ(interface["SubnetId"], subnet_id);
  EXPECT_EQ(interface["RequesterManaged"], true);
  refuse("InstanceConnectEndpointLimitExceeded", "", "CreateInstanceConnectEndpoint", {{"SubnetId", subnet_id}});
  EXPECT_EQ(
      call("DeleteInstanceConnectEndpoint", {{"InstanceConnectEndpointId", id}})["InstanceConnectEndpoint"]["State"],
      "delete-in-progress");
  advance_s(60);
  refuse("InvalidNetworkInterfaceID.NotFound", "", "DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", eni}});
  advance_s(600);
  refuse("InvalidInstanceConnectEndpointId.NotFound", "", "DescribeInstanceConnectEndpoints",
         {{"InstanceConnectEndpointId.1", id}});
}

TEST_F(LaunchSettings, TopologyIsToldOfLargeMachines) {
  const auto big = run("g6.xlarge", {{"Placement.AvailabilityZone", "us-east-1a"}});
  run("t3.micro");
  advance_s(60);
  const auto answer = call("DescribeInstanceTopology");
  ASSERT_EQ(answer["Instances"].size(), 1u) << "others are left out";
  EXPECT_EQ(answer["Instances"][0]["InstanceId"], big);
  EXPECT_EQ(answer["Instances"][0]["NetworkNodes"].size(), 3u);
  EXPECT_TRUE(answer["Instances"][0]["NetworkNodes"][0].get<std::string>().starts_with("nn-"));
}

TEST_F(LaunchSettings, CreditsHaveADefaultByFamily) {
  const auto credits = [&](const std::string& family) {
    return call("GetDefaultCreditSpecification",
                {{"InstanceFamily", family}})["InstanceFamilyCreditSpecification"]["CpuCredits"];
  };
  EXPECT_EQ(credits("t2"), "standard");
  EXPECT_EQ(credits("t3"), "unlimited");
  call("ModifyDefaultCreditSpecification", {{"InstanceFamily", "t3"}, {"CpuCredits", "standard"}});
  EXPECT_EQ(credits("t3"), "standard");
  const auto instance = run("t3.micro");
  EXPECT_EQ(call("DescribeInstanceCreditSpecifications",
                 {{"InstanceId.1", instance}})["InstanceCreditSpecifications"][0]["CpuCredits"],
            "standard");
  refuse("InvalidCpuCredits", "", "ModifyDefaultCreditSpecification",
         {{"InstanceFamily", "t3"}, {"CpuCredits", "endless"}});
}

TEST_F(LaunchSettings, NothingIsScheduledAnyMore) {
  EXPECT_TRUE(call("DescribeScheduledInstances")["ScheduledInstanceSet"].empty());
  EXPECT_TRUE(call("DescribeScheduledInstanceAvailability",
                   {{"FirstSlotStartTimeRange.EarliestTime", "2026-01-02T00:00:00Z"},
                    {"FirstSlotStartTimeRange.LatestTime", "2026-01-03T00:00:00Z"},
                    {"Recurrence.Frequency", "Weekly"}})["ScheduledInstanceAvailabilitySet"]
                  .empty());
  refuse("InvalidPurchaseToken.Malformed", "", "PurchaseScheduledInstances",
         {{"PurchaseRequest.1.PurchaseToken", "eyJ2IjoiMSJ9"}, {"PurchaseRequest.1.InstanceCount", "1"}});
}

}  // namespace
}  // namespace fogling::test
