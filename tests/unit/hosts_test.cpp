/// Dedicated hosts and their reservations, by the API Reference and the User Guide.

#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

class Hosts : public SettledTest {
 protected:
  std::string image() {
    return call("DescribeImages", {{"Owner.1", "099720109477"},
                                   {"Filter.1.Name", "architecture"},
                                   {"Filter.1.Value.1", "x86_64"},
                                   {"MaxResults", "5"}})["Images"][0]["ImageId"];
  }
  std::string allocate(Parameters parameters) {
    parameters.emplace_back("AvailabilityZone", "us-east-1a");
    return call("AllocateHosts", parameters)["HostIds"][0];
  }
  Document host(const std::string& id) { return call("DescribeHosts", {{"HostId.1", id}})["Hosts"][0]; }
  Parameters launch(const std::string& type, const Parameters& more = {}) {
    Parameters parameters{
        {"ImageId", image()}, {"InstanceType", type},        {"MinCount", "1"},
        {"MaxCount", "1"},    {"Placement.Tenancy", "host"}, {"Placement.AvailabilityZone", "us-east-1a"}};
    parameters.insert(parameters.end(), more.begin(), more.end());
    return parameters;
  }
  std::string run(const Parameters& parameters) {
    return call("RunInstances", parameters)["Instances"][0]["InstanceId"];
  }
  Document placement(const std::string& id) {
    return call("DescribeInstances", {{"InstanceId.1", id}})["Reservations"][0]["Instances"][0]["Placement"];
  }
};

TEST_F(Hosts, OneIsAsBigAsItsFamily) {
  const auto id = allocate({{"InstanceType", "m5.large"},
                            {"HostRecovery", "on"},
                            {"TagSpecification.1.ResourceType", "dedicated-host"},
                            {"TagSpecification.1.Tag.1.Key", "Team"},
                            {"TagSpecification.1.Tag.1.Value", "a"}});
  const auto shown = host(id);
  EXPECT_TRUE(id.starts_with("h-"));
  EXPECT_EQ(shown["State"], "available");
  EXPECT_EQ(shown["AutoPlacement"], "on");
  EXPECT_EQ(shown["HostRecovery"], "on");
  EXPECT_EQ(shown["AllowsMultipleInstanceTypes"], "off");
  EXPECT_EQ(shown["HostProperties"],
            (Document{{"Cores", 48}, {"Sockets", 2}, {"TotalVCpus", 96}, {"InstanceType", "m5.large"}}));
  const auto& capacity = shown["AvailableCapacity"]["AvailableInstanceCapacity"];
  ASSERT_EQ(capacity.size(), 1u);
  EXPECT_EQ(capacity[0], (Document{{"InstanceType", "m5.large"}, {"AvailableCapacity", 48}, {"TotalCapacity", 48}}));
  EXPECT_EQ(shown["Tags"][0]["Value"], "a");
  const auto family = host(allocate({{"InstanceFamily", "m5"}}));
  EXPECT_EQ(family["AllowsMultipleInstanceTypes"], "on");
  EXPECT_GT(family["AvailableCapacity"]["AvailableInstanceCapacity"].size(), 5u);
  EXPECT_EQ(
      call("DescribeHosts", {{"Filter.1.Name", "instance-type"}, {"Filter.1.Value.1", "m5.large"}})["Hosts"].size(),
      1u);
}

TEST_F(Hosts, WhatThereIsNoHostForIsRefused) {
  refuse("HostLimitExceeded", "", "AllocateHosts",
         {{"InstanceType", "m5.large"}, {"AvailabilityZone", "us-east-1a"}, {"Quantity", "2000000000"}});
  refuse("InvalidQuantity", "", "AllocateHosts",
         {{"InstanceType", "m5.large"}, {"AvailabilityZone", "us-east-1a"}, {"Quantity", "0"}});
  refuse("InvalidHostConfiguration", "The specified Dedicated Host configuration is not supported.", "AllocateHosts",
         {{"InstanceType", "t2.micro"}, {"AvailabilityZone", "us-east-1a"}});
  refuse("InvalidParameterCombination", "", "AllocateHosts",
         {{"InstanceType", "m5.large"}, {"InstanceFamily", "m5"}, {"AvailabilityZone", "us-east-1a"}});
  refuse("InvalidHostID.NotFound", "", "DescribeHosts", {{"HostId.1", "h-0123456789abcdef0"}});
  refuse("IncompatibleHostRequirements",
         "There are no available or compatible Dedicated Hosts available on which to launch or start the instance.",
         "RunInstances", launch("m5.large"));
}

TEST_F(Hosts, InstancesFindTheirHostOrNameIt) {
  const auto by_itself = allocate({{"InstanceFamily", "m5"}});
  const auto named = allocate({{"InstanceFamily", "m5"}, {"AutoPlacement", "off"}});
  const auto first = run(launch("m5.12xlarge"));
  EXPECT_EQ(placement(first)["HostId"], by_itself);
  const auto second = run(launch("m5.large", {{"Placement.HostId", named}}));
  EXPECT_EQ(placement(second)["HostId"], named);
  EXPECT_EQ(placement(second)["Tenancy"], "host");
  EXPECT_EQ(host(by_itself)["AvailableCapacity"]["AvailableVCpus"], 48);
  EXPECT_EQ(host(by_itself)["Instances"][0]["InstanceId"], first);
  refuse("InsufficientCapacityOnHost", "", "RunInstances", launch("m5.24xlarge", {{"Placement.HostId", by_itself}}));
  refuse("IncompatibleHostRequirements", "", "RunInstances", launch("c5.large", {{"Placement.HostId", named}}));
}

TEST_F(Hosts, AHostWithInstancesIsNotReleased) {
  const auto id = allocate({{"InstanceType", "m5.large"}});
  const auto instance = run(launch("m5.large"));
  const auto refused = call("ReleaseHosts", {{"HostId.1", id}, {"HostId.2", "h-0123456789abcdef0"}});
  ASSERT_EQ(refused["Unsuccessful"].size(), 2u);
  EXPECT_EQ(refused["Unsuccessful"][0]["Error"]["Code"], "Client.InvalidHost.Occupied");
  EXPECT_EQ(refused["Unsuccessful"][1]["Error"]["Code"], "Client.InvalidHostID.NotFound");
  call("StopInstances", {{"InstanceId.1", instance}});
  EXPECT_FALSE(placement(instance).contains("HostId")) << "without affinity it may start elsewhere";
  call("StartInstances", {{"InstanceId.1", instance}});
  EXPECT_EQ(placement(instance)["HostId"], id);
  call("TerminateInstances", {{"InstanceId.1", instance}});
  EXPECT_EQ(call("ReleaseHosts", {{"HostId.1", id}})["Successful"][0], id);
  EXPECT_EQ(host(id)["State"], "released");
}

TEST_F(Hosts, OneIsModified) {
  const auto id = allocate({{"InstanceType", "m5.large"}});
  const auto answer = call("ModifyHosts", {{"HostId.1", id}, {"AutoPlacement", "off"}, {"InstanceFamily", "m5"}});
  EXPECT_EQ(answer["Successful"][0], id);
  EXPECT_EQ(host(id)["AutoPlacement"], "off");
  EXPECT_EQ(host(id)["HostProperties"]["InstanceFamily"], "m5");
}

TEST_F(Hosts, AReservationCoversHosts) {
  const auto id = allocate({{"InstanceFamily", "m5"}});
  const auto offerings = call(
      "DescribeHostReservationOfferings",
      {{"Filter.1.Name", "instance-family"}, {"Filter.1.Value.1", "m5"}, {"MaxDuration", "31536000"}})["OfferingSet"];
  ASSERT_EQ(offerings.size(), 3u) << "three ways to pay";
  const auto offering = offerings[0]["OfferingId"].get<std::string>();
  refuse("InvalidHostReservationOfferingId.Malformed", "", "GetHostReservationPurchasePreview",
         {{"HostIdSet.1", id}, {"OfferingId", "bargain"}});
  refuse("InvalidInstanceFamily", "", "PurchaseHostReservation",
         {{"HostIdSet.1", allocate({{"InstanceFamily", "c5"}})}, {"OfferingId", offering}});
  const auto preview = call("GetHostReservationPurchasePreview", {{"HostIdSet.1", id}, {"OfferingId", offering}});
  const auto bought = call("PurchaseHostReservation", {{"HostIdSet.1", id}, {"OfferingId", offering}});
  EXPECT_EQ(bought["TotalHourlyPrice"], preview["TotalHourlyPrice"]);
  const auto reservation = bought["Purchase"][0]["HostReservationId"].get<std::string>();
  EXPECT_EQ(host(id)["HostReservationId"], reservation);
  EXPECT_EQ(call("DescribeHostReservations")["HostReservationSet"][0]["State"], "active");
  refuse("HostAlreadyCoveredByReservation", "", "PurchaseHostReservation",
         {{"HostIdSet.1", id}, {"OfferingId", offering}});
  advance_s(31536000);
  EXPECT_EQ(call("DescribeHostReservations")["HostReservationSet"][0]["State"], "expired");
  EXPECT_FALSE(host(id).contains("HostReservationId"));
}

}  // namespace
}  // namespace fogling::test
