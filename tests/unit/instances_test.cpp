/// Instances: their life cycle in every state, and what is to be seen of them.

#include <gmock/gmock.h>

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class InstancesHouse : public HouseTest {
 protected:
  Document change(const char* action, const char* list, const std::string& id, Parameters more = {}) {
    more.emplace_back("InstanceId.1", id);
    return call(action, more)[list][0];
  }
  Document start(const std::string& id) { return change("StartInstances", "StartingInstances", id); }
  Document stop(const std::string& id, Parameters more = {}) {
    return change("StopInstances", "StoppingInstances", id, std::move(more));
  }
  Document terminate(const std::string& id) { return change("TerminateInstances", "TerminatingInstances", id); }
};
using Instances = NetworkTest<InstancesHouse>;

std::string codes(const Document& change) {
  return std::to_string(change["PreviousState"]["Code"].get<int>()) + "/" +
         std::to_string(change["CurrentState"]["Code"].get<int>());
}

// ---- Life cycle ----------------------------------------------------------------------------------------------------

TEST_F(Instances, LiveFromPendingToTerminatedAndAreForgotten) {
  const auto id = launch();
  EXPECT_EQ(instance(id)["State"], Document::parse(R"({"Code": 0, "Name": "pending"})"));
  EXPECT_EQ(codes(start(id)), "0/0") << "starting one that is up already is a yes without a deed";
  settle();
  EXPECT_EQ(instance(id)["State"]["Name"], "running");
  EXPECT_EQ(codes(start(id)), "16/16");
  EXPECT_EQ(codes(stop(id)), "16/64");
  EXPECT_EQ(codes(stop(id)), "64/64");
  settle();
  EXPECT_EQ(codes(stop(id)), "80/80");
  EXPECT_EQ(codes(start(id)), "80/0");
  EXPECT_EQ(codes(stop(id)), "0/64") << "it has run before, so that a pending one can be stopped";
  settle();
  EXPECT_EQ(codes(terminate(id)), "80/32");
  EXPECT_EQ(codes(terminate(id)), "32/32");
  settle();
  EXPECT_EQ(codes(terminate(id)), "48/48");
  advance_s(3599);
  EXPECT_EQ(instance(id)["State"]["Name"], "terminated");
  advance_s(60);
  refuse("InvalidInstanceID.NotFound", "The instance ID '" + id + "' does not exist", "DescribeInstances",
         {{"InstanceId.1", id}});
}

TEST_F(Instances, RefuseCommandsInTheWrongState) {
  const auto id = launch();
  refuse("IncorrectInstanceState",
         "Instance '" + id + "' cannot be stopped as it has never reached the 'running' state.", "StopInstances",
         {{"InstanceId.1", id}});
  settle();
  stop(id);
  const std::string not_startable = "The instance '" + id + "' is not in a state from which it can be started.";
  const std::string not_stoppable = "This instance '" + id + "' is not in a state from which it can be stopped.";
  refuse("IncorrectInstanceState", not_startable, "StartInstances", {{"InstanceId.1", id}});
  refuse("IncorrectInstanceState", "Cannot reboot instance " + id + " that is currently in stopping state.",
         "RebootInstances", {{"InstanceId.1", id}});
  settle();
  refuse("IncorrectInstanceState", "Cannot reboot instance " + id + " that is currently in stopped state.",
         "RebootInstances", {{"InstanceId.1", id}});
  terminate(id);
  refuse("IncorrectInstanceState", not_startable, "StartInstances", {{"InstanceId.1", id}});
  refuse("IncorrectInstanceState", not_stoppable, "StopInstances", {{"InstanceId.1", id}});
  settle();
  refuse("IncorrectInstanceState", not_startable, "StartInstances", {{"InstanceId.1", id}});
  refuse("IncorrectInstanceState", not_stoppable, "StopInstances", {{"InstanceId.1", id}});
  EXPECT_NO_THROW(call("RebootInstances", {{"InstanceId.1", id}})) << "documented: silently ignored";
  refuse("InvalidState", "", "MonitorInstances", {{"InstanceId.1", id}});
}

TEST_F(Instances, AreOneUnitInACommand) {
  const auto first = launch_running(), second = launch_running();
  refuse("InvalidInstanceID.NotFound", "The instance ID 'i-0123456789abcdef0' does not exist", "StopInstances",
         {{"InstanceId.1", first}, {"InstanceId.2", "i-0123456789abcdef0"}});
  call("ModifyInstanceAttribute", {{"InstanceId", second}, {"DisableApiStop.Value", "true"}});
  refuse(
      "OperationNotPermitted",
      "The instance '" + second + "' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.",
      "StopInstances", {{"InstanceId.1", first}, {"InstanceId.2", second}});
  EXPECT_EQ(instance(first)["State"]["Name"], "running");
  const Document both = call("StopInstances", {{"InstanceId.1", first}, {"InstanceId.2", first}});
  EXPECT_EQ(both["StoppingInstances"].size(), 1U) << "named twice, answered once";
}

TEST_F(Instances, TellWhyTheyChangedTheirState) {
  const auto id = launch_running();
  EXPECT_FALSE(instance(id).contains("StateReason"));
  EXPECT_EQ(instance(id)["StateTransitionReason"], "");
  stop(id);
  const Document user_initiated = Document::parse(R"({"Code": "Client.UserInitiatedShutdown",
      "Message": "Client.UserInitiatedShutdown: User initiated shutdown"})");
  EXPECT_EQ(instance(id)["StateReason"], user_initiated);
  settle();
  EXPECT_EQ(instance(id)["StateReason"], user_initiated);
  EXPECT_THAT(text_of(instance(id), "StateTransitionReason"),
              testing::MatchesRegex("User initiated \\([0-9]+-[0-9]+-[0-9]+ [0-9:]+ GMT\\)"));
  start(id);
  EXPECT_FALSE(instance(id).contains("StateReason"));
  EXPECT_EQ(instance(id)["StateTransitionReason"], "");
}

TEST_F(Instances, ChangeTheirLaunchTimeAtAStartOnly) {
  const auto id = launch_running();
  const Document before = instance(id);
  stop(id);
  settle();
  advance_s(100);
  start(id);
  settle();
  const Document after = instance(id);
  EXPECT_GT(after["LaunchTime"], before["LaunchTime"]);
  EXPECT_EQ(after["UsageOperationUpdateTime"], before["UsageOperationUpdateTime"]);
  EXPECT_EQ(after["PrivateIpAddress"], before["PrivateIpAddress"]);
  EXPECT_NE(after["PublicIpAddress"], before["PublicIpAddress"]);
  EXPECT_EQ(after["BlockDeviceMappings"], before["BlockDeviceMappings"]);
}

TEST_F(Instances, HaveTheirMetadataOptionsPendingUnlessTheyRun) {
  const auto id = launch();
  const auto metadata_state = [&] { return text_of(instance(id)["MetadataOptions"], "State"); };
  EXPECT_EQ(metadata_state(), "pending");
  settle();
  EXPECT_EQ(metadata_state(), "applied");
  stop(id);
  EXPECT_EQ(metadata_state(), "pending") << "recorded: while stopping";
  settle();
  EXPECT_EQ(metadata_state(), "pending");
  start(id);
  settle();
  EXPECT_EQ(metadata_state(), "applied");
  terminate(id);
  settle();
  EXPECT_EQ(metadata_state(), "pending") << "recorded: when terminated";
}

TEST_F(Instances, AreProtected) {
  const auto id = launch_running({{"DisableApiTermination", "true"}, {"DisableApiStop", "true"}});
  const auto words = [&](const char* attribute) {
    return "The instance '" + id + "' may not be terminated. Modify its '" + attribute +
           "' instance attribute and try again.";
  };
  refuse("OperationNotPermitted", words("disableApiTermination"), "TerminateInstances", {{"InstanceId.1", id}});
  call("ModifyInstanceAttribute", {{"InstanceId", id}, {"DisableApiTermination.Value", "false"}});
  refuse("OperationNotPermitted", words("disableApiStop"), "TerminateInstances", {{"InstanceId.1", id}});
  call("ModifyInstanceAttribute", {{"InstanceId", id}, {"Attribute", "disableApiStop"}, {"Value", "false"}});
  EXPECT_EQ(codes(terminate(id)), "16/32");
}

TEST_F(Instances, HibernateOnlyWhenConfigured) {
  const auto id = launch_running();
  refuse("UnsupportedHibernationConfiguration",
         "The instance can't be hibernated because it was not configured at launch for hibernation: " + id,
         "StopInstances", {{"InstanceId.1", id}, {"Hibernate", "true"}});
  const auto sleeper = launch({{"HibernationOptions.Configured", "true"},
                               {"BlockDeviceMapping.1.DeviceName", root_device_name()},
                               {"BlockDeviceMapping.1.Ebs.Encrypted", "true"},
                               {"BlockDeviceMapping.1.Ebs.VolumeSize", "20"}},
                              "m5.large");
  advance_s(11);
  refuse("UnsupportedOperation", "Instance " + sleeper + " is not ready to hibernate yet, retry in a few minutes",
         "StopInstances", {{"InstanceId.1", sleeper}, {"Hibernate", "true"}});
  settle();
  EXPECT_EQ(codes(stop(sleeper, {{"Hibernate", "true"}})), "16/64");
  EXPECT_EQ(instance(sleeper)["StateReason"]["Message"], "Client.UserInitiatedHibernate: User initiated hibernate");
  EXPECT_EQ(instance(sleeper)["HibernationOptions"]["Configured"], true);
}

TEST_F(Instances, MonitoringIsChangedInAMoment) {
  const auto id = launch_running();
  const auto monitored = [&] { return text_of(instance(id)["Monitoring"], "State"); };
  EXPECT_EQ(call("MonitorInstances", {{"InstanceId.1", id}})["InstanceMonitorings"][0]["Monitoring"]["State"],
            "pending");
  advance_s(2);
  EXPECT_EQ(monitored(), "enabled");
  EXPECT_EQ(call("UnmonitorInstances", {{"InstanceId.1", id}})["InstanceMonitorings"][0]["Monitoring"]["State"],
            "disabling");
  stop(id);
  settle();
  EXPECT_EQ(monitored(), "disabled") << "a stop must not leave it in between";
  EXPECT_EQ(instance(launch_running({{"Monitoring.Enabled", "true"}}))["Monitoring"]["State"], "enabled");
}

TEST_F(Instances, NeedTheirRootVolumeToStart) {
  const auto id = launch_running();
  stop(id);
  settle();
  const auto root = text_of(instance(id)["BlockDeviceMappings"][0]["Ebs"], "VolumeId");
  call("DetachVolume", {{"VolumeId", root}});
  settle();
  refuse("InvalidParameterValue",
         "Invalid value '" + id + "' for instanceId. Instance does not have a volume attached at root (" +
             root_device_name() + ")",
         "StartInstances", {{"InstanceId.1", id}});
  const Document attached =
      call("AttachVolume", {{"VolumeId", root}, {"InstanceId", id}, {"Device", root_device_name()}});
  EXPECT_EQ(attached["DeleteOnTermination"], false) << "a root attached later is not deleted";
  settle();
  EXPECT_EQ(codes(start(id)), "80/0");
}

TEST_F(Instances, NeedEnaForTypesThatNeedIt) {
  const auto id = launch_running({}, "t2.micro");
  stop(id);
  settle();
  call("ModifyInstanceAttribute", {{"InstanceId", id}, {"EnaSupport.Value", "false"}});
  call("ModifyInstanceAttribute", {{"InstanceId", id}, {"InstanceType.Value", "t3.small"}});
  refuse(
      "InvalidParameterCombination",
      "Enhanced networking with the Elastic Network Adapter (ENA) is required for the 't3.small' instance type. Ensure "
      "that your instance '" +
          id + "' is enabled for ENA.",
      "StartInstances", {{"InstanceId.1", id}});
}

TEST_F(Instances, LeaveLittleBehindWhenTerminated) {
  const auto id = launch_running({{"KeyName", text_of(call("CreateKeyPair", {{"KeyName", "demo"}}), "KeyName")},
                                  {"IamInstanceProfile.Name", "web"},
                                  {"ClientToken", "once"}});
  const auto eni = primary_of(id);
  const auto root = text_of(instance(id)["BlockDeviceMappings"][0]["Ebs"], "VolumeId");
  terminate(id);
  settle();
  const Document gone = instance(id);
  for (const char* empty : {"BlockDeviceMappings", "SecurityGroups", "NetworkInterfaces", "ProductCodes"}) {
    EXPECT_EQ(gone[empty], Document::array()) << empty;
  }
  for (const char* empty : {"PrivateDnsName", "PublicDnsName"}) EXPECT_EQ(gone[empty], "") << empty;
  for (const char* absent : {"PrivateIpAddress", "PublicIpAddress", "SubnetId", "VpcId", "SourceDestCheck",
                             "PrivateDnsNameOptions", "IamInstanceProfile", "Ipv6Address", "SecondaryInterfaces"}) {
    EXPECT_FALSE(gone.contains(absent)) << absent;
  }
  for (const char* kept :
       {"ImageId", "InstanceType", "LaunchTime", "Placement", "Monitoring", "StateReason", "CpuOptions",
        "PlatformDetails", "UsageOperation", "CurrentInstanceBootMode", "MaintenanceOptions", "KeyName"}) {
    EXPECT_TRUE(gone.contains(kept)) << kept;
  }
  EXPECT_EQ(gone["ClientToken"], "once");
  EXPECT_EQ(gone["EbsOptimized"], false);
  refuse("InvalidNetworkInterfaceID.NotFound", "", "DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", eni}});
  refuse("InvalidVolume.NotFound", "The volume '" + root + "' does not exist.", "DescribeVolumes",
         {{"VolumeId.1", root}});
  EXPECT_EQ(call("DescribeIamInstanceProfileAssociations")["IamInstanceProfileAssociations"], Document::array());
}

TEST_F(Instances, KeepWhatShallOutliveThem) {
  const auto eni = create_interface(default_subnet().subnet_id);
  const auto id = launch_running({{"NetworkInterface.1.DeviceIndex", "0"},
                                  {"NetworkInterface.1.NetworkInterfaceId", eni},
                                  {"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                                  {"BlockDeviceMapping.1.Ebs.VolumeSize", "1"},
                                  {"BlockDeviceMapping.1.Ebs.DeleteOnTermination", "false"}});
  const auto data = text_of(instance(id)["BlockDeviceMappings"][1]["Ebs"], "VolumeId");
  const auto allocation_id = allocation();
  associate(allocation_id, "InstanceId", id);
  terminate(id);
  settle();
  EXPECT_EQ(interface(eni)["Status"], "available");
  EXPECT_FALSE(interface(eni).contains("Attachment"));
  EXPECT_EQ(call("DescribeVolumes", {{"VolumeId.1", data}})["Volumes"][0]["State"], "available");
  EXPECT_EQ(address(allocation_id)["NetworkInterfaceId"], eni) << "the address stays with its interface";
  EXPECT_FALSE(address(allocation_id).contains("InstanceId"));
}

// ---- Describe ------------------------------------------------------------------------------------------------------

TEST_F(Instances, HaveAPrivateNameAlsoWhereTheVpcGivesNone) {
  const auto id = launch_running({{"SubnetId", bare_subnet().subnet_id}});
  const Document shown = instance(id);
  EXPECT_THAT(text_of(shown, "PrivateDnsName"), testing::MatchesRegex("ip-10-1-0-[0-9]+\\.ec2\\.internal"));
  EXPECT_EQ(shown["PublicDnsName"], "");
  EXPECT_FALSE(shown["NetworkInterfaces"][0].contains("PrivateDnsName")) << "recorded of interfaces";
}

TEST_F(Instances, ShowWhatTheModelDoesNotKnow) {
  const Document shown = instance(launch_running());
  EXPECT_EQ(shown["MetadataOptions"]["HttpProtocolIpv4"], "enabled");
  EXPECT_EQ(shown["SecondaryInterfaces"], Document::array());
  EXPECT_EQ(shown["Operator"], Document::parse(R"({"Managed": false, "HiddenByDefault": false})"));
}

TEST_F(Instances, TellTimesAsRecorded) {
  const auto id =
      launch_running({{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"}, {"BlockDeviceMapping.1.Ebs.VolumeSize", "1"}});
  const Document shown = instance(id);
  EXPECT_THAT(text_of(shown, "LaunchTime"), testing::EndsWith(".000Z"));
  for (const auto& device : shown["BlockDeviceMappings"]) {
    EXPECT_THAT(text_of(device["Ebs"], "AttachTime"), testing::EndsWith(".000Z")) << "whole seconds at a launch";
  }
}

TEST_F(Instances, AreFoundByEveryFilter) {
  expect_filters("DescribeInstances");
  const auto id = launch_running({{"IamInstanceProfile.Name", "web-server"},
                                  {"TagSpecification.1.ResourceType", "instance"},
                                  {"TagSpecification.1.Tag.1.Key", "Name"},
                                  {"TagSpecification.1.Tag.1.Value", "web"}});
  launch_running({}, "t2.micro");
  const Document shown = instance(id);
  const auto found = [&](const std::string& name, const std::string& value) {
    const Document reservations =
        call("DescribeInstances", {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}})["Reservations"];
    return reservations.size() == 1 && reservations[0]["Instances"][0]["InstanceId"] == id;
  };
  EXPECT_TRUE(found("instance-type", "t3.micro"));
  EXPECT_TRUE(found("iam-instance-profile.arn", "arn:aws:iam::123456789012:instance-profile/web-server"));
  EXPECT_TRUE(found("private-ip-address", text_of(shown, "PrivateIpAddress")));
  EXPECT_TRUE(found("ip-address", text_of(shown, "PublicIpAddress")));
  EXPECT_TRUE(found("dns-name", text_of(shown, "PublicDnsName")));
  EXPECT_TRUE(found("block-device-mapping.volume-id", text_of(shown["BlockDeviceMappings"][0]["Ebs"], "VolumeId")));
  EXPECT_TRUE(found("network-interface.network-interface-id", primary_of(id)));
  EXPECT_TRUE(found("tag:Name", "w?b"));
  EXPECT_TRUE(found("tag-key", "Name"));
  EXPECT_FALSE(found("tag:name", "web")) << "keys are case sensitive";
}

TEST_F(Instances, AreGroupedByReservation) {
  const Document pair = call(
      "RunInstances", {{"ImageId", any_image()}, {"InstanceType", "t3.nano"}, {"MinCount", "2"}, {"MaxCount", "2"}});
  launch();
  const Document reservations = call("DescribeInstances")["Reservations"];
  ASSERT_EQ(reservations.size(), 2U);
  EXPECT_EQ(reservations[0]["ReservationId"], pair["ReservationId"]);
  EXPECT_EQ(reservations[0]["Instances"].size(), 2U);
  EXPECT_EQ(reservations[0]["Instances"][1]["AmiLaunchIndex"], 1);
  EXPECT_EQ(reservations[0]["Groups"], Document::array());
  refuse("InvalidParameterCombination", "The parameter instancesSet cannot be used with the parameter maxResults",
         "DescribeInstances", {{"InstanceId.1", text_of(pair["Instances"][0], "InstanceId")}, {"MaxResults", "5"}});
  refuse("InvalidParameterValue", "Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than 5.",
         "DescribeInstances", {{"MaxResults", "4"}});
}

TEST_F(Instances, DryRunsAreAnsweredBeforeFilters) {
  for (const char* action : {"DescribeInstances", "DescribeAddresses", "DescribeVolumes", "DescribeImages"}) {
    refuse("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", action,
           {{"DryRun", "true"}, {"Filter.1.Name", "nonsense"}, {"Filter.1.Value.1", "x"}});
  }
}

}  // namespace
}  // namespace fogling::test
