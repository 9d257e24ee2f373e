/// Placement groups and the instances in them: User Guide and API Reference; texts as users quote them where given.

#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

class PlacementGroups : public SettledTest {
 protected:
  Document create(const std::string& name, Parameters parameters) {
    parameters.emplace_back("GroupName", name);
    return call("CreatePlacementGroup", parameters)["PlacementGroup"];
  }
  std::string image(const std::string& architecture = "x86_64") {
    return call("DescribeImages", {{"Owner.1", "099720109477"},
                                   {"Filter.1.Name", "architecture"},
                                   {"Filter.1.Value.1", architecture},
                                   {"MaxResults", "5"}})["Images"][0]["ImageId"];
  }
  Parameters launch_into(const std::string& group, const std::string& type = "c5.large", int count = 1) {
    return {{"ImageId", image()},
            {"InstanceType", type},
            {"MinCount", std::to_string(count)},
            {"MaxCount", std::to_string(count)},
            {"Placement.AvailabilityZone", "us-east-1a"},
            {"Placement.GroupName", group}};
  }
  Document launch(const Parameters& parameters) { return call("RunInstances", parameters)["Instances"]; }
  static std::string id_of(const Document& instance) { return instance["InstanceId"]; }
};

TEST_F(PlacementGroups, OneIsMadeAndShown) {
  const auto spread = create("apart", {{"Strategy", "spread"},
                                       {"TagSpecification.1.ResourceType", "placement-group"},
                                       {"TagSpecification.1.Tag.1.Key", "Team"},
                                       {"TagSpecification.1.Tag.1.Value", "a"}});
  EXPECT_EQ(spread["State"], "available");
  EXPECT_EQ(spread["SpreadLevel"], "rack");
  EXPECT_EQ(spread["GroupArn"], "arn:aws:ec2:us-east-1:123456789012:placement-group/apart");
  EXPECT_EQ(spread["Tags"][0]["Value"], "a");
  const auto parts = create("parts", {{"Strategy", "partition"}, {"PartitionCount", "5"}});
  EXPECT_EQ(parts["PartitionCount"], 5);
  const auto by_name = call("DescribePlacementGroups", {{"GroupName.1", "parts"}})["PlacementGroups"];
  ASSERT_EQ(by_name.size(), 1u);
  EXPECT_EQ(by_name[0]["GroupId"], parts["GroupId"]);
  EXPECT_EQ(call("DescribePlacementGroups",
                 {{"Filter.1.Name", "strategy"}, {"Filter.1.Value.1", "spread"}})["PlacementGroups"]
                .size(),
            1u);
  call("DeletePlacementGroup", {{"GroupName", "parts"}});
  refuse("InvalidPlacementGroup.Unknown", "The Placement Group 'parts' is unknown.", "DescribePlacementGroups",
         {{"GroupName.1", "parts"}});
}

TEST_F(PlacementGroups, WhatDoesNotGoTogetherIsRefused) {
  create("near", {{"Strategy", "cluster"}});
  refuse("InvalidPlacementGroup.Duplicate", "The Placement Group 'near' already exists.", "CreatePlacementGroup",
         {{"GroupName", "near"}, {"Strategy", "cluster"}});
  refuse("InvalidParameterCombination", "", "CreatePlacementGroup",
         {{"GroupName", "x"}, {"Strategy", "cluster"}, {"PartitionCount", "2"}});
  refuse("InvalidParameterCombination", "", "CreatePlacementGroup",
         {{"GroupName", "x"}, {"Strategy", "partition"}, {"SpreadLevel", "rack"}});
  refuse("InvalidParameterValue", "", "CreatePlacementGroup",
         {{"GroupName", "x"}, {"Strategy", "partition"}, {"PartitionCount", "8"}});
  refuse("InvalidPlacementGroup.Unknown", "The Placement Group 'nobody' is unknown.", "DeletePlacementGroup",
         {{"GroupName", "nobody"}});
  refuse("InvalidPlacementGroup.Unknown", "", "RunInstances", launch_into("nobody"));
}

TEST_F(PlacementGroups, AClusterIsInOneZoneAndNotForEveryType) {
  const auto group = create("near", {{"Strategy", "cluster"}});
  const auto instance = launch(launch_into("near"))[0];
  EXPECT_EQ(instance["Placement"]["GroupName"], "near");
  EXPECT_EQ(instance["Placement"]["GroupId"], group["GroupId"]);
  auto elsewhere = launch_into("near");
  elsewhere[4].second = "us-east-1b";
  refuse("InvalidPlacementGroup.InUse", "The placement group 'near' is in use in another availability zone: us-east-1a",
         "RunInstances", elsewhere);
  refuse("InvalidParameterCombination",
         "Cluster placement groups are not supported by the 't3.micro' instance type. Specify a supported instance "
         "type or "
         "change the placement group strategy, and try again.",
         "RunInstances", launch_into("near", "t3.micro"));
}

TEST_F(PlacementGroups, AGroupWithInstancesStaysUntilTheyAreGone) {
  create("near", {{"Strategy", "cluster"}});
  const auto id = id_of(launch(launch_into("near"))[0]);
  refuse("InvalidPlacementGroup.InUse", "The placement group 'near' is in use and may not be deleted.",
         "DeletePlacementGroup", {{"GroupName", "near"}});
  call("StopInstances", {{"InstanceId.1", id}});
  refuse("InvalidPlacementGroup.InUse", "", "DeletePlacementGroup", {{"GroupName", "near"}});
  call("TerminateInstances", {{"InstanceId.1", id}});
  call("DeletePlacementGroup", {{"GroupName", "near"}});
  EXPECT_TRUE(call("DescribePlacementGroups")["PlacementGroups"].empty());
}

TEST_F(PlacementGroups, ASpreadGroupHasSevenInstancesAZone) {
  create("apart", {{"Strategy", "spread"}});
  launch(launch_into("apart", "t3.micro", 7));
  refuse("InstanceLimitExceeded", "", "RunInstances", launch_into("apart", "t3.micro"));
  auto elsewhere = launch_into("apart", "t3.micro");
  elsewhere[4].second = "us-east-1b";
  launch(elsewhere);
}

TEST_F(PlacementGroups, PartitionsAreFilledEvenlyOrAsAsked) {
  create("parts", {{"Strategy", "partition"}, {"PartitionCount", "3"}});
  std::vector<int> numbers;
  for (const auto& each : launch(launch_into("parts", "t3.micro", 6))) {
    numbers.push_back(each["Placement"]["PartitionNumber"]);
  }
  EXPECT_EQ(numbers, (std::vector<int>{1, 2, 3, 1, 2, 3}));
  auto third = launch_into("parts", "t3.micro");
  third.emplace_back("Placement.PartitionNumber", "3");
  EXPECT_EQ(launch(third)[0]["Placement"]["PartitionNumber"], 3);
  third.back().second = "4";
  refuse("InvalidParameterValue", "", "RunInstances", third);
  const auto found = call("DescribeInstances",
                          {{"Filter.1.Name", "placement-partition-number"}, {"Filter.1.Value.1", "3"}})["Reservations"];
  std::size_t count = 0;
  for (const auto& reservation : found) count += reservation["Instances"].size();
  EXPECT_EQ(count, 3u);
}

TEST_F(PlacementGroups, AStoppedInstanceMovesBetweenGroups) {
  create("near", {{"Strategy", "cluster"}});
  create("parts", {{"Strategy", "partition"}});
  const auto id = id_of(launch(launch_into("near"))[0]);
  refuse("IncorrectInstanceState", "", "ModifyInstancePlacement", {{"InstanceId", id}, {"GroupName", "parts"}});
  call("StopInstances", {{"InstanceId.1", id}});
  const auto placement = [&] {
    return call("DescribeInstances", {{"InstanceId.1", id}})["Reservations"][0]["Instances"][0]["Placement"];
  };
  call("ModifyInstancePlacement", {{"InstanceId", id}, {"GroupName", "parts"}, {"PartitionNumber", "2"}});
  EXPECT_EQ(placement()["GroupName"], "parts");
  EXPECT_EQ(placement()["PartitionNumber"], 2);
  call("DeletePlacementGroup", {{"GroupName", "near"}});
  call("ModifyInstancePlacement", {{"InstanceId", id}, {"GroupName", ""}});
  EXPECT_EQ(placement()["GroupName"], "");
  call("DeletePlacementGroup", {{"GroupName", "parts"}});
}

}  // namespace
}  // namespace fogling::test
