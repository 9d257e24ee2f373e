/// EC2 fleets and spot fleets, by the API Reference and the User Guide.

#include <algorithm>
#include <set>

#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

class Fleets : public HouseTest {
 protected:
  void SetUp() override {
    const auto image = call("DescribeImages", {{"Owner.1", "099720109477"},
                                               {"Filter.1.Name", "architecture"},
                                               {"Filter.1.Value.1", "x86_64"},
                                               {"MaxResults", "5"}})["Images"][0]["ImageId"];
    template_id = call("CreateLaunchTemplate",
                       {{"LaunchTemplateName", "web"},
                        {"LaunchTemplateData.ImageId", image.get<std::string>()},
                        {"LaunchTemplateData.InstanceType", "m5.large"}})["LaunchTemplate"]["LaunchTemplateId"];
  }
  Parameters request(const std::string& type, int on_demand, int spot, const Parameters& more = {}) {
    Parameters parameters{{"Type", type},
                          {"LaunchTemplateConfigs.1.LaunchTemplateSpecification.LaunchTemplateName", "web"},
                          {"LaunchTemplateConfigs.1.LaunchTemplateSpecification.Version", "$Latest"},
                          {"TargetCapacitySpecification.TotalTargetCapacity", std::to_string(on_demand + spot)},
                          {"TargetCapacitySpecification.OnDemandTargetCapacity", std::to_string(on_demand)},
                          {"TargetCapacitySpecification.SpotTargetCapacity", std::to_string(spot)},
                          {"TargetCapacitySpecification.DefaultTargetCapacityType", "spot"}};
    parameters.insert(parameters.end(), more.begin(), more.end());
    return parameters;
  }
  Document fleet(const std::string& id) { return call("DescribeFleets", {{"FleetId.1", id}})["Fleets"][0]; }
  std::vector<Document> instances(const std::string& id, const char* tag = "aws:ec2:fleet-id") {
    std::vector<Document> found;
    const auto answer = call("DescribeInstances", {{"Filter.1.Name", std::string("tag:") + tag},
                                                   {"Filter.1.Value.1", id},
                                                   {"Filter.2.Name", "instance-state-name"},
                                                   {"Filter.2.Value.1", "pending"},
                                                   {"Filter.2.Value.2", "running"}});
    for (const auto& reservation : answer["Reservations"]) {
      for (const auto& each : reservation["Instances"]) found.push_back(each);
    }
    return found;
  }
  static std::size_t on_spot(const std::vector<Document>& all) {
    return static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(), [](const Document& each) { return text(each, "InstanceLifecycle") == "spot"; }));
  }
  Parameters spot_fleet(int target, const Parameters& more = {}) {
    Parameters parameters{
        {"SpotFleetRequestConfig.IamFleetRole", "arn:aws:iam::123456789012:role/fleet"},
        {"SpotFleetRequestConfig.TargetCapacity", std::to_string(target)},
        {"SpotFleetRequestConfig.LaunchTemplateConfigs.1.LaunchTemplateSpecification.LaunchTemplateId", template_id},
        {"SpotFleetRequestConfig.LaunchTemplateConfigs.1.LaunchTemplateSpecification.Version", "1"}};
    parameters.insert(parameters.end(), more.begin(), more.end());
    return parameters;
  }

  std::string template_id;
};

TEST_F(Fleets, AnInstantFleetAnswersWithItsInstances) {
  const auto answer = call("CreateFleet", request("instant", 1, 2,
                                                  {{"TagSpecification.1.ResourceType", "instance"},
                                                   {"TagSpecification.1.Tag.1.Key", "Team"},
                                                   {"TagSpecification.1.Tag.1.Value", "a"}}));
  ASSERT_EQ(answer["Instances"].size(), 2u) << "one entry for each market";
  EXPECT_TRUE(answer["Errors"].empty());
  const auto& origin = answer["Instances"][0]["LaunchTemplateAndOverrides"]["LaunchTemplateSpecification"];
  EXPECT_EQ(origin["LaunchTemplateId"], template_id) << "recorded: the id, whatever named the template";
  EXPECT_EQ(origin["Version"], "1") << "recorded: the number, whatever the request said";
  const auto id = answer["FleetId"].get<std::string>();
  EXPECT_TRUE(id.starts_with("fleet-"));
  EXPECT_EQ(id.size(), 42u);
  const auto launched = instances(id);
  EXPECT_EQ(launched.size(), 3u);
  EXPECT_EQ(on_spot(launched), 2u);
  const auto shown = fleet(id);
  EXPECT_EQ(shown["FleetState"], "active");
  EXPECT_EQ(shown["ActivityStatus"], "fulfilled");
  EXPECT_EQ(shown["FulfilledCapacity"], 3.0);
  EXPECT_EQ(shown["FulfilledOnDemandCapacity"], 1.0);
  EXPECT_EQ(shown["Instances"].size(), 2u);
  refuse("Unsupported", "", "DescribeFleetInstances", {{"FleetId", id}});
}

TEST_F(Fleets, AMaintainedFleetIsFilledAndKeptFull) {
  const auto id = call("CreateFleet", request("maintain", 1, 1))["FleetId"].get<std::string>();
  EXPECT_EQ(fleet(id)["FleetState"], "submitted");
  EXPECT_EQ(fleet(id)["ActivityStatus"], "pending_fulfillment");
  advance_s(60);
  EXPECT_EQ(fleet(id)["FleetState"], "active");
  EXPECT_EQ(fleet(id)["ActivityStatus"], "fulfilled");
  EXPECT_EQ(fleet(id)["ExcessCapacityTerminationPolicy"], "termination");
  auto members = instances(id);
  ASSERT_EQ(members.size(), 2u);
  const auto lost = members[0]["InstanceId"].get<std::string>();
  call("TerminateInstances", {{"InstanceId.1", lost}});
  EXPECT_EQ(fleet(id)["FulfilledCapacity"], 1.0);
  advance_s(60);
  EXPECT_EQ(fleet(id)["FulfilledCapacity"], 2.0);
  for (const auto& each : instances(id)) EXPECT_NE(each["InstanceId"], lost);
  const auto active = call("DescribeFleetInstances", {{"FleetId", id}})["ActiveInstances"];
  EXPECT_EQ(active.size(), 2u);
  EXPECT_EQ(active[0]["InstanceHealth"], "healthy");
}

TEST_F(Fleets, TheCheapestStrategyHasTwoSpellings) {
  const auto shown = [&](const char* type, const char* strategy) {
    Parameters more;
    if (*strategy != '\0') {
      more = {{"SpotOptions.AllocationStrategy", strategy}, {"OnDemandOptions.AllocationStrategy", strategy}};
    }
    const auto options = fleet(call("CreateFleet", request(type, 1, 1, more))["FleetId"].get<std::string>());
    EXPECT_EQ(options["SpotOptions"]["AllocationStrategy"], options["OnDemandOptions"]["AllocationStrategy"]);
    EXPECT_EQ(options["SpotOptions"]["InstancePoolsToUseCount"], 1);
    return options["SpotOptions"]["AllocationStrategy"].get<std::string>();
  };
  for (const char* each : {"", "lowestPrice", "lowest-price"}) EXPECT_EQ(shown("maintain", each), "lowestPrice");
  EXPECT_EQ(shown("instant", "lowestPrice"), "lowestPrice");
  EXPECT_EQ(shown("instant", "lowest-price"), "lowest-price");
  refuse("InvalidParameterValue", "", "CreateFleet",
         request("maintain", 1, 1, {{"SpotOptions.AllocationStrategy", "capacityOptimized"}}));
}

TEST_F(Fleets, AOneTimeFleetIsNotFilledAgain) {
  const auto id = call("CreateFleet", request("request", 2, 0))["FleetId"].get<std::string>();
  advance_s(60);
  const auto members = instances(id);
  ASSERT_EQ(members.size(), 2u);
  call("TerminateInstances", {{"InstanceId.1", members[0]["InstanceId"].get<std::string>()}});
  advance_s(600);
  EXPECT_EQ(instances(id).size(), 1u);
  refuse("Unsupported", "", "ModifyFleet", {{"FleetId", id}, {"TargetCapacitySpecification.TotalTargetCapacity", "3"}});
}

TEST_F(Fleets, ATargetIsChangedUpAndDown) {
  const auto id = call("CreateFleet", request("maintain", 0, 2))["FleetId"].get<std::string>();
  advance_s(60);
  const auto target = [&](int units) {
    call("ModifyFleet", {{"FleetId", id}, {"TargetCapacitySpecification.TotalTargetCapacity", std::to_string(units)}});
  };
  target(4);
  EXPECT_EQ(fleet(id)["FleetState"], "modifying");
  advance_s(60);
  EXPECT_EQ(fleet(id)["FleetState"], "active");
  EXPECT_EQ(instances(id).size(), 4u);
  target(1);
  advance_s(60);
  EXPECT_EQ(instances(id).size(), 1u);
  call("ModifyFleet", {{"FleetId", id},
                       {"ExcessCapacityTerminationPolicy", "no-termination"},
                       {"TargetCapacitySpecification.TotalTargetCapacity", "0"}});
  advance_s(60);
  EXPECT_EQ(instances(id).size(), 1u) << "what is too much stays";
}

TEST_F(Fleets, DeletingTakesTheInstancesAlongOrNot) {
  const auto kept = call("CreateFleet", request("maintain", 1, 0))["FleetId"].get<std::string>();
  const auto gone = call("CreateFleet", request("maintain", 1, 0))["FleetId"].get<std::string>();
  advance_s(60);
  const auto answer = call("DeleteFleets", {{"FleetId.1", kept}, {"TerminateInstances", "false"}});
  EXPECT_EQ(answer["SuccessfulFleetDeletions"][0]["CurrentFleetState"], "deleted_running");
  EXPECT_EQ(answer["SuccessfulFleetDeletions"][0]["PreviousFleetState"], "active");
  call("DeleteFleets", {{"FleetId.1", gone}, {"TerminateInstances", "true"}});
  EXPECT_EQ(fleet(gone)["FleetState"], "deleted_terminating");
  advance_s(120);
  EXPECT_EQ(fleet(gone)["FleetState"], "deleted");
  EXPECT_EQ(fleet(kept)["FleetState"], "deleted_running");
  const auto member = instances(kept)[0]["InstanceId"].get<std::string>();
  call("TerminateInstances", {{"InstanceId.1", member}});
  advance_s(120);
  EXPECT_EQ(fleet(kept)["FleetState"], "deleted");
  EXPECT_TRUE(instances(kept).empty()) << "a deleted fleet replaces nothing";
  advance_s(3 * 86400);
  EXPECT_TRUE(call("DescribeFleets")["Fleets"].empty());
}

TEST_F(Fleets, WhatCannotBeDeletedIsToldOneByOne) {
  const auto instant = call("CreateFleet", request("instant", 1, 0))["FleetId"].get<std::string>();
  const auto answer = call("DeleteFleets", {{"FleetId.1", "fleet-01234567-89ab-cdef-0123-456789abcdef"},
                                            {"FleetId.2", "foo"},
                                            {"FleetId.3", instant},
                                            {"TerminateInstances", "false"}});
  EXPECT_TRUE(answer["SuccessfulFleetDeletions"].empty());
  const auto& failed = answer["UnsuccessfulFleetDeletions"];
  ASSERT_EQ(failed.size(), 3u);
  EXPECT_EQ(failed[0]["Error"]["Code"], "fleetIdDoesNotExist");
  EXPECT_EQ(failed[1]["Error"]["Code"], "fleetIdMalformed");
  EXPECT_EQ(failed[2]["FleetId"], instant) << "an instant fleet goes with its instances";
}

TEST_F(Fleets, WeightsMakeUpTheTarget) {
  const auto answer = call("CreateFleet", request("instant", 5, 0,
                                                  {{"LaunchTemplateConfigs.1.Overrides.1.InstanceType", "m5.xlarge"},
                                                   {"LaunchTemplateConfigs.1.Overrides.1.WeightedCapacity", "2"}}));
  EXPECT_EQ(answer["Instances"][0]["InstanceIds"].size(), 3u) << "rounded up";
  EXPECT_EQ(fleet(answer["FleetId"])["FulfilledCapacity"], 6.0);
}

TEST_F(Fleets, StrategiesChooseTheirPools) {
  const Parameters types{{"LaunchTemplateConfigs.1.Overrides.1.InstanceType", "m5.xlarge"},
                         {"LaunchTemplateConfigs.1.Overrides.2.InstanceType", "m5.large"},
                         {"LaunchTemplateConfigs.1.Overrides.3.InstanceType", "c5.large"},
                         {"LaunchTemplateConfigs.1.Overrides.1.Priority", "1"},
                         {"LaunchTemplateConfigs.1.Overrides.2.Priority", "2"}};
  const auto types_with = [&](int on_demand, int spot, const char* name, const char* value) {
    auto more = types;
    more.emplace_back(name, value);
    const auto id = call("CreateFleet", request("instant", on_demand, spot, more))["FleetId"].get<std::string>();
    std::set<std::string> chosen;
    for (const auto& each : instances(id)) chosen.insert(each["InstanceType"]);
    return chosen;
  };
  using Types = std::set<std::string>;
  EXPECT_EQ(types_with(3, 0, "OnDemandOptions.AllocationStrategy", "lowest-price"), Types{"c5.large"});
  EXPECT_EQ(types_with(3, 0, "OnDemandOptions.AllocationStrategy", "prioritized"), Types{"m5.xlarge"});
  EXPECT_EQ(types_with(0, 40, "SpotOptions.AllocationStrategy", "diversified"),
            (Types{"c5.large", "m5.large", "m5.xlarge"}));
}

TEST_F(Fleets, TypesAreChosenByTheirAttributes) {
  const auto id =
      call("CreateFleet",
           request("instant", 2, 0,
                   {{"LaunchTemplateConfigs.1.Overrides.1.InstanceRequirements.VCpuCount.Min", "4"},
                    {"LaunchTemplateConfigs.1.Overrides.1.InstanceRequirements.VCpuCount.Max", "4"},
                    {"LaunchTemplateConfigs.1.Overrides.1.InstanceRequirements.MemoryMiB.Min", "16384"}}))["FleetId"]
          .get<std::string>();
  const auto launched = instances(id);
  ASSERT_EQ(launched.size(), 2u);
  for (const auto& each : launched) {
    const auto type = call("DescribeInstanceTypes",
                           {{"InstanceType.1", each["InstanceType"].get<std::string>()}})["InstanceTypes"][0];
    EXPECT_EQ(type["VCpuInfo"]["DefaultVCpus"], 4);
    EXPECT_GE(type["MemoryInfo"]["SizeInMiB"], 16384);
    EXPECT_EQ(type["ProcessorInfo"]["SupportedArchitectures"][0], "x86_64") << "what the image runs on";
  }
}

TEST_F(Fleets, AFleetThatCannotLaunchTellsWhy) {
  call("CreateLaunchTemplate", {{"LaunchTemplateName", "broken"},
                                {"LaunchTemplateData.ImageId", "ami-0123456789abcdef0"},
                                {"LaunchTemplateData.InstanceType", "m5.large"}});
  auto parameters = request("instant", 1, 0);
  parameters[1].second = "broken";
  const auto answer = call("CreateFleet", parameters);
  EXPECT_TRUE(answer["Instances"].empty());
  ASSERT_FALSE(answer["Errors"].empty());
  EXPECT_EQ(answer["Errors"][0]["ErrorCode"], "InvalidAMIID.NotFound");
  EXPECT_EQ(answer["Errors"][0]["Lifecycle"], "on-demand");
  parameters[0].second = "maintain";
  const auto id = call("CreateFleet", parameters)["FleetId"].get<std::string>();
  advance_s(30);
  EXPECT_EQ(fleet(id)["ActivityStatus"], "error");
  const auto history =
      call("DescribeFleetHistory", {{"FleetId", id}, {"StartTime", "2026-01-01T00:00:00Z"}})["HistoryRecords"];
  ASSERT_GE(history.size(), 3u);
  EXPECT_EQ(history[0]["EventInformation"]["EventSubType"], "submitted");
  EXPECT_EQ(history[2]["EventType"], "service-error");
  parameters[1].second = "nobody";
  refuse("InvalidLaunchTemplateName.NotFoundException", "", "CreateFleet", parameters);
}

TEST_F(Fleets, LessThanTheMinimumIsNothing) {
  const auto answer = call(
      "CreateFleet",
      request("instant", 3, 0, {{"OnDemandOptions.MinTargetCapacity", "3"}, {"OnDemandOptions.MaxTotalPrice", "0.2"}}));
  EXPECT_TRUE(answer["Instances"].empty());
  EXPECT_TRUE(instances(answer["FleetId"]).empty());
  const auto cheap = call("CreateFleet", request("instant", 3, 0, {{"OnDemandOptions.MaxTotalPrice", "0.2"}}));
  EXPECT_EQ(instances(cheap["FleetId"]).size(), 2u) << "as many as the budget has";
}

TEST_F(Fleets, WhatASpotFleetSaysOfExcessIsShownAsItCame) {
  const char* policy = "SpotFleetRequestConfig.ExcessCapacityTerminationPolicy";
  const auto id = call("RequestSpotFleet", spot_fleet(1, {{policy, "Default"}}))["SpotFleetRequestId"];
  const auto shown = call("DescribeSpotFleetRequests", {{"SpotFleetRequestId.1", id.get<std::string>()}});
  const auto config = shown["SpotFleetRequestConfigs"][0]["SpotFleetRequestConfig"];
  EXPECT_EQ(config["ExcessCapacityTerminationPolicy"], "Default");
  refuse("InvalidParameterValue", "", "RequestSpotFleet", spot_fleet(1, {{policy, "never"}}));
}

TEST_F(Fleets, OnlyInstantOnesAreKeptTogether) {
  call("CreateFleet", request("maintain", 1, 1, {{"OnDemandOptions.SingleInstanceType", "false"}}));
  refuse("InvalidParameterCombination", "", "CreateFleet",
         request("maintain", 1, 1, {{"OnDemandOptions.SingleInstanceType", "true"}}));
}

TEST_F(Fleets, ASpotFleetLivesItsLife) {
  const auto id =
      call("RequestSpotFleet",
           spot_fleet(2, {{"SpotFleetRequestConfig.OnDemandTargetCapacity", "1"},
                          {"SpotFleetRequestConfig.TagSpecification.1.ResourceType", "spot-fleet-request"},
                          {"SpotFleetRequestConfig.TagSpecification.1.Tag.1.Key", "Team"},
                          {"SpotFleetRequestConfig.TagSpecification.1.Tag.1.Value", "a"}}))["SpotFleetRequestId"]
          .get<std::string>();
  EXPECT_TRUE(id.starts_with("sfr-"));
  const auto shown = [&] {
    return call("DescribeSpotFleetRequests", {{"SpotFleetRequestId.1", id}})["SpotFleetRequestConfigs"][0];
  };
  EXPECT_EQ(shown()["SpotFleetRequestState"], "submitted");
  advance_s(60);
  EXPECT_EQ(shown()["SpotFleetRequestState"], "active");
  EXPECT_EQ(shown()["ActivityStatus"], "fulfilled");
  EXPECT_EQ(shown()["Tags"][0]["Value"], "a");
  EXPECT_EQ(shown()["SpotFleetRequestConfig"]["AllocationStrategy"], "lowestPrice");
  EXPECT_EQ(shown()["SpotFleetRequestConfig"]["FulfilledCapacity"], 2.0);
  const auto members = instances(id, "aws:ec2spot:fleet-request-id");
  EXPECT_EQ(members.size(), 2u);
  EXPECT_EQ(on_spot(members), 1u);
  call("TerminateInstances", {{"InstanceId.1", members[0]["InstanceId"].get<std::string>()}});
  advance_s(60);
  EXPECT_EQ(call("DescribeSpotFleetInstances", {{"SpotFleetRequestId", id}})["ActiveInstances"].size(), 2u);
  call("ModifySpotFleetRequest", {{"SpotFleetRequestId", id}, {"TargetCapacity", "3"}});
  EXPECT_EQ(shown()["SpotFleetRequestState"], "modifying");
  advance_s(60);
  EXPECT_EQ(shown()["SpotFleetRequestConfig"]["FulfilledCapacity"], 3.0);
  const auto history =
      call("DescribeSpotFleetRequestHistory",
           {{"SpotFleetRequestId", id}, {"StartTime", "2026-01-01T00:00:00Z"}, {"EventType", "instanceChange"}});
  EXPECT_EQ(history["HistoryRecords"].size(), 5u) << "four launched, one terminated";
  const auto answer = call("CancelSpotFleetRequests", {{"SpotFleetRequestId.1", id}, {"TerminateInstances", "true"}});
  EXPECT_EQ(answer["SuccessfulFleetRequests"][0]["CurrentSpotFleetRequestState"], "cancelled_terminating");
  advance_s(120);
  EXPECT_EQ(shown()["SpotFleetRequestState"], "cancelled");
}

TEST_F(Fleets, ASpotFleetTakesLaunchSpecificationsToo) {
  const auto group =
      call("CreateSecurityGroup", {{"GroupName", "web"}, {"GroupDescription", "web"}})["GroupId"].get<std::string>();
  const auto image =
      call("DescribeLaunchTemplateVersions",
           {{"LaunchTemplateId", template_id}})["LaunchTemplateVersions"][0]["LaunchTemplateData"]["ImageId"]
          .get<std::string>();
  const auto id =
      call("RequestSpotFleet", {{"SpotFleetRequestConfig.IamFleetRole", "arn:aws:iam::123456789012:role/fleet"},
                                {"SpotFleetRequestConfig.TargetCapacity", "2"},
                                {"SpotFleetRequestConfig.AllocationStrategy", "diversified"},
                                {"SpotFleetRequestConfig.LaunchSpecifications.1.ImageId", image},
                                {"SpotFleetRequestConfig.LaunchSpecifications.1.InstanceType", "c5.large"},
                                {"SpotFleetRequestConfig.LaunchSpecifications.1.GroupSet.1.GroupId", group},
                                {"SpotFleetRequestConfig.LaunchSpecifications.1.Placement.AvailabilityZone",
                                 "us-east-1b"}})["SpotFleetRequestId"]
          .get<std::string>();
  advance_s(60);
  const auto members = instances(id, "aws:ec2spot:fleet-request-id");
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0]["Placement"]["AvailabilityZone"], "us-east-1b");
  EXPECT_EQ(members[0]["SecurityGroups"][0]["GroupId"], group);
  refuse("MissingParameter", "", "RequestSpotFleet",
         {{"SpotFleetRequestConfig.IamFleetRole", "arn:aws:iam::123456789012:role/fleet"},
          {"SpotFleetRequestConfig.TargetCapacity", "1"}});
}

TEST_F(Fleets, AFleetEndsWhenItsTimeIsOver) {
  const auto id =
      call("CreateFleet",
           request("maintain", 1, 0,
                   {{"ValidUntil", "2026-01-01T01:00:00Z"}, {"TerminateInstancesWithExpiration", "true"}}))["FleetId"]
          .get<std::string>();
  advance_s(60);
  EXPECT_EQ(instances(id).size(), 1u);
  advance_s(3600);
  EXPECT_TRUE(instances(id).empty());
}

}  // namespace
}  // namespace fogling::test
