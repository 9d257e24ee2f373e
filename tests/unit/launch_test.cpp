/// RunInstances: every parameter of a plain Linux instance, and what EC2 does not take.

#include <gmock/gmock.h>

#include "emulator/encoding.hpp"
#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class LaunchHouse : public HouseTest {
 protected:
  static Parameters request(Parameters more = {}, std::string_view type = "t3.micro") {
    Parameters all{{"ImageId", any_image()}, {"InstanceType", std::string(type)}, {"MinCount", "1"}, {"MaxCount", "1"}};
    for (auto& each : more) {
      std::erase_if(all, [&](const auto& other) { return other.first == each.first; });
      all.push_back(std::move(each));
    }
    return all;
  }
  void refuse_launch(std::string_view code, std::string_view message, Parameters more,
                     std::string_view type = "t3.micro") {
    refuse(code, message, "RunInstances", request(std::move(more), type));
    EXPECT_EQ(call("DescribeInstances")["Reservations"], Document::array()) << "a refused launch left something";
  }
};
using Launches = NetworkTest<LaunchHouse>;

// ---- What, how many ------------------------------------------------------------------------------------------------

TEST_F(Launches, NeedAnImageAndCounts) {
  refuse("MissingParameter", "The request must contain the parameter MinCount", "RunInstances",
         {{"ImageId", any_image()}, {"MaxCount", "1"}});
  refuse("MissingParameter", "The request must contain the parameter ImageId", "RunInstances",
         {{"MinCount", "1"}, {"MaxCount", "1"}});
  refuse("MissingParameter", "The request must contain the parameter MinCount", "RunInstances", {{"DryRun", "true"}});
  refuse("DryRunOperation", "", "RunInstances", request({{"DryRun", "true"}}));
  EXPECT_EQ(call("DescribeInstances")["Reservations"], Document::array());
}

TEST_F(Launches, MakeAsManyAsTheSubnetHouses) {
  const auto subnet = bare_subnet("10.1.0.0/28");  // eleven addresses
  const Document made =
      call("RunInstances", request({{"SubnetId", subnet.subnet_id}, {"MinCount", "3"}, {"MaxCount", "20"}}));
  EXPECT_EQ(made["Instances"].size(), 11U);
  refuse("InsufficientFreeAddressesInSubnet", "", "RunInstances", request({{"SubnetId", subnet.subnet_id}}));
}

TEST_F(Launches, AnswerLessThanADescribe) {
  const Document made = call("RunInstances", request())["Instances"][0];
  for (const char* later : {"PlatformDetails", "UsageOperation", "UsageOperationUpdateTime", "HibernationOptions",
                            "NetworkPerformanceOptions", "SecondaryInterfaces", "PublicIpAddress"}) {
    EXPECT_FALSE(made.contains(later)) << later;
  }
  EXPECT_EQ(made["BlockDeviceMappings"], Document::array());
  EXPECT_EQ(made["Operator"], Document::parse(R"({"Managed": false})"));
  EXPECT_EQ(made["StateReason"], Document::parse(R"({"Code": "pending", "Message": "pending"})"));
  EXPECT_EQ(made["NetworkInterfaces"][0]["Attachment"]["Status"], "attaching");
  EXPECT_FALSE(made["NetworkInterfaces"][0].contains("Association"));
}

TEST_F(Launches, RefuseWhatEc2NoLongerHas) {
  refuse_launch("UnsupportedOperation", "", {{"ElasticGpuSpecification.1.Type", "eg1.medium"}});
  refuse_launch("UnsupportedOperation", "", {{"ElasticInferenceAccelerator.1.Type", "eia1.medium"}});
  refuse_launch("InvalidAMIID.NotFound", "The image id '[aki-12345678]' does not exist",
                {{"KernelId", "aki-12345678"}});
}

// ---- Network -------------------------------------------------------------------------------------------------------

TEST_F(Launches, TakeSeveralInterfaces) {
  const auto subnet = default_subnet();
  const auto id = launch_running({{"NetworkInterface.1.DeviceIndex", "0"},
                                  {"NetworkInterface.1.SubnetId", subnet.subnet_id},
                                  {"NetworkInterface.1.Description", "front"},
                                  {"NetworkInterface.1.SecondaryPrivateIpAddressCount", "2"},
                                  {"NetworkInterface.2.DeviceIndex", "1"},
                                  {"NetworkInterface.2.SubnetId", subnet.subnet_id},
                                  {"NetworkInterface.2.DeleteOnTermination", "false"},
                                  {"NetworkInterface.2.ConnectionTrackingSpecification.UdpTimeout", "45"}},
                                 "t3.small");
  const Document shown = instance(id)["NetworkInterfaces"];
  ASSERT_EQ(shown.size(), 2U);
  EXPECT_EQ(shown[0]["Description"], "front");
  EXPECT_EQ(shown[0]["PrivateIpAddresses"].size(), 3U);
  EXPECT_EQ(shown[1]["Attachment"]["DeviceIndex"], 1);
  EXPECT_EQ(shown[1]["Attachment"]["DeleteOnTermination"], false);
  EXPECT_EQ(interface(text_of(shown[1], "NetworkInterfaceId"))["ConnectionTrackingConfiguration"]["UdpTimeout"], 45);
  EXPECT_FALSE(instance(id).contains("PublicIpAddress")) << "with several interfaces none is assigned";
}

TEST_F(Launches, RefuseInterfacesThatDoNotFitTogether) {
  const auto subnet = default_subnet().subnet_id;
  const auto two = [&](Parameters more, std::string_view type = "t3.small") {
    Parameters all{{"NetworkInterface.1.DeviceIndex", "0"}, {"NetworkInterface.1.SubnetId", subnet}};
    for (auto& each : more) {
      std::erase_if(all, [&](const auto& other) { return other.first == each.first; });
      all.push_back(std::move(each));
    }
    return std::pair(all, type);
  };
  const auto refused = [&](std::string_view code, std::string_view message, const auto& asked) {
    refuse_launch(code, message, asked.first, asked.second);
  };
  refused("InvalidParameterValue", "Each network interface requires a unique device index.",
          two({{"NetworkInterface.2.DeviceIndex", "0"}}));
  refused("InvalidParameterValue", "Each network interface requires a device index.",
          two({{"NetworkInterface.2.SubnetId", subnet}}));
  refused("UnsupportedOperation", "When specifying network interfaces, you must include a device at index 0.",
          two({{"NetworkInterface.1.DeviceIndex", "1"}}));
  refused("InvalidParameterCombination",
          "The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.",
          two({{"NetworkInterface.1.AssociatePublicIpAddress", "true"}, {"NetworkInterface.2.DeviceIndex", "1"}}));
  refused("InvalidParameterCombination",
          "You may not attach a network interface to an instance if they are not in the same availability zone",
          two({{"NetworkInterface.2.DeviceIndex", "1"}, {"NetworkInterface.2.SubnetId", default_subnet(1).subnet_id}}));
  refused("AttachmentLimitExceeded", "",
          two({{"NetworkInterface.2.DeviceIndex", "1"}, {"NetworkInterface.3.DeviceIndex", "2"}}, "t3.micro"));
  refused("PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit.",
          two({{"NetworkInterface.1.SecondaryPrivateIpAddressCount", "2"}}, "t3.micro"));
  refused("UnsupportedOperation", "EFA interfaces are not supported on t3.small",
          two({{"NetworkInterface.1.InterfaceType", "efa"}}));
  refused("InvalidParameterValue", "Only one primary private IP address can be specified.",
          two({{"NetworkInterface.1.PrivateIpAddresses.1.PrivateIpAddress", "172.31.0.20"},
               {"NetworkInterface.1.PrivateIpAddresses.1.Primary", "true"},
               {"NetworkInterface.1.PrivateIpAddress", "172.31.0.21"}}));
  refused("InvalidParameterCombination",
          "Multiple instances creation is not compatible with private IP address or network interface ID parameters.",
          two({{"NetworkInterface.1.PrivateIpAddress", "172.31.0.21"}, {"MaxCount", "2"}}));
}

TEST_F(Launches, TakeAnInterfaceThatIsThere) {
  const auto subnet = default_subnet().subnet_id;
  const auto eni = create_interface(subnet);
  const auto with = [&](Parameters more) {
    more.emplace_back("NetworkInterface.1.DeviceIndex", "0");
    more.emplace_back("NetworkInterface.1.NetworkInterfaceId", eni);
    return more;
  };
  refuse_launch("InvalidParameterCombination",
                "A network interface may not specify both a network interface ID and a subnet",
                with({{"NetworkInterface.1.SubnetId", subnet}}));
  refuse_launch("InvalidParameterCombination",
                "The associatePublicIPAddress parameter cannot be specified for a network interface with an ID.",
                with({{"NetworkInterface.1.AssociatePublicIpAddress", "true"}}));
  refuse_launch("InvalidParameterCombination",
                "A network interface may not specify both a network interface ID and delete on termination as true",
                with({{"NetworkInterface.1.DeleteOnTermination", "true"}}));
  const auto id = launch_running(with({}));
  EXPECT_EQ(primary_of(id), eni);
  EXPECT_EQ(instance(id)["NetworkInterfaces"][0]["Attachment"]["DeleteOnTermination"], false);
  refuse("InvalidNetworkInterface.InUse", "Interface: [" + eni + "] in use.", "RunInstances", request(with({})));
}

TEST_F(Launches, HaveIpv6WhereTheSubnetHas) {
  const auto subnet = bare_subnet().subnet_id;
  const auto one = launch_running({{"SubnetId", subnet}, {"Ipv6AddressCount", "1"}, {"EnablePrimaryIpv6", "true"}});
  EXPECT_THAT(text_of(instance(one), "Ipv6Address"), testing::StartsWith("2600:1f18:1:2:"));
  EXPECT_EQ(instance(one)["NetworkInterfaces"][0]["Ipv6Addresses"][0]["IsPrimaryIpv6"], true);
  const auto two = launch_running({{"SubnetId", subnet}, {"Ipv6Address.1.Ipv6Address", "2600:1f18:1:2::5"}});
  EXPECT_EQ(instance(two)["Ipv6Address"], "2600:1f18:1:2::5");
  refuse("InvalidParameterCombination",
         "IPv6 addresses and IPv6 address count may not be specified on the same request", "RunInstances",
         request({{"SubnetId", subnet}, {"Ipv6Address.1.Ipv6Address", "2600:1f18:1:2::6"}, {"Ipv6AddressCount", "1"}}));
}

TEST_F(Launches, AreNamedAsTheSubnetSaysUnlessTheRequestDoes) {
  const auto subnet = default_subnet().subnet_id;
  call("ModifySubnetAttribute", {{"SubnetId", subnet}, {"PrivateDnsHostnameTypeOnLaunch", "resource-name"}});
  const auto by_subnet = launch_running({{"SubnetId", subnet}});
  EXPECT_EQ(instance(by_subnet)["PrivateDnsNameOptions"]["HostnameType"], "resource-name");
  EXPECT_EQ(instance(by_subnet)["PrivateDnsName"], by_subnet + ".ec2.internal");
  EXPECT_EQ(interface(primary_of(by_subnet))["PrivateDnsName"], by_subnet + ".ec2.internal");
  const auto by_request = launch_running({{"SubnetId", subnet},
                                          {"PrivateDnsNameOptions.HostnameType", "ip-name"},
                                          {"PrivateDnsNameOptions.EnableResourceNameDnsARecord", "true"}});
  EXPECT_THAT(text_of(instance(by_request), "PrivateDnsName"), testing::StartsWith("ip-172-31-"));
  EXPECT_EQ(instance(by_request)["PrivateDnsNameOptions"],
            Document::parse(R"({"HostnameType": "ip-name", "EnableResourceNameDnsARecord": true,
                                "EnableResourceNameDnsAAAARecord": false})"));
  const auto name_type = Parameters{{"InstanceId", by_request}, {"PrivateDnsHostnameType", "resource-name"}};
  refuse("IncorrectInstanceState", "The instance '" + by_request + "' is not in the 'stopped' state.",
         "ModifyPrivateDnsNameOptions", name_type);
  call("StopInstances", {{"InstanceId.1", by_request}});
  settle();
  call("ModifyPrivateDnsNameOptions", name_type);
  EXPECT_EQ(instance(by_request)["PrivateDnsName"], by_request + ".ec2.internal");
  EXPECT_EQ(instance(by_request)["NetworkInterfaces"][0]["PrivateDnsName"], by_request + ".ec2.internal");
}

// ---- Devices -------------------------------------------------------------------------------------------------------

Parameters device(const std::string& name, Parameters settings, int place = 1) {
  const std::string prefix = "BlockDeviceMapping." + std::to_string(place) + ".";
  Parameters all{{prefix + "DeviceName", name}};
  for (auto& [member, value] : settings) all.emplace_back(prefix + member, value);
  return all;
}

TEST_F(Launches, LayTheRequestOverTheDevicesOfTheImage) {
  Parameters asked = device(root_device_name(), {{"Ebs.VolumeSize", "50"},
                                                 {"Ebs.VolumeType", "gp3"},
                                                 {"Ebs.Iops", "4000"},
                                                 {"Ebs.Throughput", "250"},
                                                 {"Ebs.Encrypted", "true"},
                                                 {"Ebs.DeleteOnTermination", "false"}});
  for (auto& each : device("/dev/sdf", {{"Ebs.VolumeSize", "3"}}, 2)) asked.push_back(each);
  for (auto& each : device("/dev/sdg", {{"VirtualName", "ephemeral0"}}, 3)) asked.push_back(each);
  const auto id = launch_running(asked);
  const Document devices = instance(id)["BlockDeviceMappings"];
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(devices[0]["DeviceName"], root_device_name());
  EXPECT_EQ(devices[0]["Ebs"]["DeleteOnTermination"], false);
  EXPECT_EQ(devices[1]["Ebs"]["DeleteOnTermination"], true) << "the API's default, also for data volumes";
  const auto volume = [&](std::size_t place) {
    return call("DescribeVolumes", {{"VolumeId.1", text_of(devices[place]["Ebs"], "VolumeId")}})["Volumes"][0];
  };
  EXPECT_EQ(volume(0)["Size"], 50);
  EXPECT_EQ(volume(0)["Iops"], 4000);
  EXPECT_EQ(volume(0)["Throughput"], 250);
  EXPECT_EQ(volume(0)["Encrypted"], true);
  EXPECT_EQ(volume(0)["KmsKeyId"], "arn:aws:kms:us-east-1:123456789012:alias/aws/ebs");
  EXPECT_EQ(volume(1)["VolumeType"], "gp2") << "the API's default";
  EXPECT_EQ(volume(1)["SnapshotId"], "");
}

TEST_F(Launches, RefuseDevicesInEc2sWords) {
  const auto root = root_device_name();
  const auto refused = [&](std::string_view code, std::string_view message, Parameters asked) {
    refuse_launch(code, message, std::move(asked));
  };
  Parameters twice = device("/dev/xvdf", {{"Ebs.VolumeSize", "1"}});
  for (auto& each : device("/dev/xvdf", {{"Ebs.VolumeSize", "2"}}, 2)) twice.push_back(each);
  refused("InvalidBlockDeviceMapping", "The device 'xvdf' is used in more than one block-device mapping", twice);
  refused("InvalidBlockDeviceMapping", "Missing device name", {{"BlockDeviceMapping.1.Ebs.VolumeSize", "1"}});
  refused("InvalidBlockDeviceMapping", "Invalid device name /dev/sde1", device("/dev/sde1", {{"Ebs.VolumeSize", "1"}}));
  refused("MissingParameter", "The request must contain the parameter size or snapshotId",
          device("/dev/sdf", {{"Ebs.VolumeType", "gp3"}}));
  refused("InvalidBlockDeviceMapping", "", device("/dev/sdf", {{"VirtualName", "ephemeral99"}}));
  refused("InvalidBlockDeviceMapping", "", device(root, {{"NoDevice", ""}}));
  refused("InvalidParameterCombination", "The parameter iops is not supported for gp2 volumes.",
          device("/dev/sdf", {{"Ebs.VolumeSize", "1"}, {"Ebs.VolumeType", "gp2"}, {"Ebs.Iops", "500"}}));
  refused("InvalidParameterDependency", "The parameter [KmsKeyId] requires the parameter Encrypted to be set.",
          device("/dev/sdf", {{"Ebs.VolumeSize", "1"}, {"Ebs.KmsKeyId", "alias/mine"}}));
  refused("InvalidParameterValue",
          "The st1 volume type cannot be used for boot volumes. Please use a supported boot volume type: "
          "standard,io1,io2,gp2,gp3.",
          device(root, {{"Ebs.VolumeSize", "500"}, {"Ebs.VolumeType", "st1"}}));
  refused("InvalidSnapshot.NotFound", "The snapshot 'snap-0123456789abcdef0' does not exist.",
          device("/dev/sdf", {{"Ebs.SnapshotId", "snap-0123456789abcdef0"}}));
  const auto own = text_of(call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}}), "VolumeId");
  settle();
  const auto snapshot = text_of(call("CreateSnapshot", {{"VolumeId", own}}), "SnapshotId");
  settle();
  refused("InvalidBlockDeviceMapping", "snapshotId cannot be modified on root device",
          device(root, {{"Ebs.SnapshotId", snapshot}}));
  refused("InvalidBlockDeviceMapping",
          "Volume of size 1GB is smaller than  snapshot '" +
              catalogue::find_image("us-east-1", any_image())->root_device()->snapshot_id +
              "', expect size >= " + std::to_string(root_size_gib()) + "GB",
          device(root, {{"Ebs.VolumeSize", "1"}}));
}

TEST_F(Launches, HaveARoomForDevices) {
  Parameters many;
  for (int i = 0; i < 28; ++i) {
    const std::string name = i < 26 ? std::string("/dev/xvdb") + static_cast<char>('a' + i)
                                    : std::string("/dev/xvdc") + static_cast<char>('a' + i - 26);
    for (auto& each : device(name, {{"Ebs.VolumeSize", "1"}}, i + 1)) many.push_back(each);
  }
  refuse_launch("AttachmentLimitExceeded", "", many);
}

// ---- Options -------------------------------------------------------------------------------------------------------

TEST_F(Launches, ReadBackWhatTheyWereAsked) {
  const auto id = launch_running({{"MetadataOptions.HttpTokens", "optional"},
                                  {"MetadataOptions.HttpPutResponseHopLimit", "5"},
                                  {"MetadataOptions.InstanceMetadataTags", "enabled"},
                                  {"MaintenanceOptions.AutoRecovery", "disabled"},
                                  {"CapacityReservationSpecification.CapacityReservationPreference", "none"},
                                  {"LicenseSpecification.1.LicenseConfigurationArn", "arn:aws:license-manager:x"},
                                  {"EnclaveOptions.Enabled", "true"},
                                  {"CpuOptions.CoreCount", "2"},
                                  {"CpuOptions.ThreadsPerCore", "1"},
                                  {"EbsOptimized", "false"},
                                  {"InstanceInitiatedShutdownBehavior", "terminate"},
                                  {"UserData", base64_encode("#!/bin/sh\n")}},
                                 "m5.xlarge");
  const Document shown = instance(id);
  EXPECT_EQ(shown["MetadataOptions"]["HttpTokens"], "optional");
  EXPECT_EQ(shown["MetadataOptions"]["HttpPutResponseHopLimit"], 5);
  EXPECT_EQ(shown["MetadataOptions"]["InstanceMetadataTags"], "enabled");
  EXPECT_EQ(shown["MaintenanceOptions"]["AutoRecovery"], "disabled");
  EXPECT_EQ(shown["CapacityReservationSpecification"]["CapacityReservationPreference"], "none");
  EXPECT_EQ(shown["Licenses"][0]["LicenseConfigurationArn"], "arn:aws:license-manager:x");
  EXPECT_EQ(shown["EnclaveOptions"]["Enabled"], true);
  EXPECT_EQ(shown["CpuOptions"], Document::parse(R"({"CoreCount": 2, "ThreadsPerCore": 1})"));
  EXPECT_EQ(shown["EbsOptimized"], false);
  const auto attribute = [&](const char* name) {
    return call("DescribeInstanceAttribute", {{"InstanceId", id}, {"Attribute", name}});
  };
  EXPECT_EQ(attribute("instanceInitiatedShutdownBehavior")["InstanceInitiatedShutdownBehavior"]["Value"], "terminate");
  EXPECT_EQ(attribute("userData")["UserData"]["Value"], base64_encode("#!/bin/sh\n"));
}

TEST_F(Launches, RefuseOptionsThatTheTypeLacks) {
  const char* unsupported =
      "The requested configuration is currently not supported. Please check the documentation for supported "
      "configurations.";
  refuse_launch("Unsupported", unsupported, {{"EnclaveOptions.Enabled", "true"}});
  refuse_launch("Unsupported", unsupported, {{"CpuOptions.AmdSevSnp", "enabled"}}, "m5.large");
  refuse_launch("Unsupported", unsupported, {{"NetworkPerformanceOptions.BandwidthWeighting", "vpc-1"}}, "m5.large");
  refuse_launch("Unsupported", unsupported, {{"EbsOptimized", "true"}}, "t2.micro");
  refuse_launch("MissingParameter", "When specifying CpuOptions you must specify both CoreCount and ThreadsPerCore.",
                {{"CpuOptions.CoreCount", "2"}}, "m5.xlarge");
  refuse_launch("InvalidParameterValue", "", {{"CpuOptions.CoreCount", "7"}, {"CpuOptions.ThreadsPerCore", "2"}},
                "m5.xlarge");
  refuse_launch("InstanceCreditSpecification.NotSupported", "The m5.large instance type does not support T2 Unlimited.",
                {{"CreditSpecification.CpuCredits", "unlimited"}}, "m5.large");
  refuse_launch("UnsupportedHibernationConfiguration", "For hibernation, the root device volume must be encrypted.",
                {{"HibernationOptions.Configured", "true"}}, "m5.large");
  refuse_launch("InvalidPlacementGroup.Unknown", "The Placement Group 'none-such' is unknown.",
                {{"Placement.GroupName", "none-such"}});
  refuse_launch("InvalidHostID.NotFound", "", {{"Placement.HostId", "h-0123456789abcdef0"}});
  refuse_launch(
      "InvalidCapacityReservationId.NotFound", "",
      {{"CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId", "cr-0123456789abcdef0"}});
  refuse_launch("InvalidParameterValue",
                "Value (a b) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
                {{"IamInstanceProfile.Name", "a b"}});
}

TEST_F(Launches, TakeCreditsFromTheAccountsDefault) {
  const auto credits = [&](const std::string& id) {
    return text_of(
        call("DescribeInstanceCreditSpecifications", {{"InstanceId.1", id}})["InstanceCreditSpecifications"][0],
        "CpuCredits");
  };
  EXPECT_EQ(credits(launch()), "unlimited");
  EXPECT_EQ(credits(launch({}, "t2.micro")), "standard");
  EXPECT_EQ(credits(launch({{"CreditSpecification.CpuCredits", "standard"}})), "standard");
  EXPECT_EQ(call("GetDefaultCreditSpecification",
                 {{"InstanceFamily", "t3"}})["InstanceFamilyCreditSpecification"]["CpuCredits"],
            "unlimited");
  call("ModifyDefaultCreditSpecification", {{"InstanceFamily", "t3"}, {"CpuCredits", "standard"}});
  EXPECT_EQ(credits(launch()), "standard");
}

TEST_F(Launches, TakeMetadataOptionsFromRequestAccountAndImage) {
  call("ModifyInstanceMetadataDefaults", {{"HttpTokens", "optional"}, {"HttpPutResponseHopLimit", "9"}});
  const Document by_account = instance(launch())["MetadataOptions"];
  EXPECT_EQ(by_account["HttpTokens"], "optional");
  EXPECT_EQ(by_account["HttpPutResponseHopLimit"], 9);
  const Document by_request = instance(launch({{"MetadataOptions.HttpTokens", "required"}}))["MetadataOptions"];
  EXPECT_EQ(by_request["HttpTokens"], "required");
  call("ModifyInstanceMetadataDefaults", {{"HttpTokensEnforced", "enabled"}});
  refuse("UnsupportedOperation",
         "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account. Either launch "
         "the "
         "instance with httpTokens=required or contact your account owner to disable httpTokensEnforced using the "
         "ModifyInstanceMetadataDefaults API or the account settings in the EC2 console.",
         "RunInstances", request());
  EXPECT_NO_THROW(launch({{"MetadataOptions.HttpTokens", "required"}}));
}

TEST_F(Launches, WithTagsInTheMetadataHaveKeysThatFitIntoPaths) {
  const char* words =
      "'a b' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{1,255}), and must not be a "
      "reserved name ('.', '..', '_index')";
  const Parameters tagged{{"TagSpecification.1.ResourceType", "instance"},
                          {"TagSpecification.1.Tag.1.Key", "a b"},
                          {"TagSpecification.1.Tag.1.Value", "x"}};
  Parameters both = tagged;
  both.emplace_back("MetadataOptions.InstanceMetadataTags", "enabled");
  refuse_launch("InvalidParameterValue", words, both);
  const auto id = launch_running(tagged);
  refuse("InvalidParameterValue", words, "ModifyInstanceMetadataOptions",
         {{"InstanceId", id}, {"InstanceMetadataTags", "enabled"}});
  call("DeleteTags", {{"ResourceId.1", id}, {"Tag.1.Key", "a b"}});
  call("ModifyInstanceMetadataOptions", {{"InstanceId", id}, {"InstanceMetadataTags", "enabled"}});
  refuse("InvalidParameterValue", words, "CreateTags",
         {{"ResourceId.1", id}, {"Tag.1.Key", "a b"}, {"Tag.1.Value", ""}});
}

TEST_F(Launches, RepeatedByTokenGiveTheSameInstances) {
  const Document first = call("RunInstances", request({{"ClientToken", "t"}}));
  settle();
  const Document again = call("RunInstances", request({{"ClientToken", " t "}}));
  EXPECT_EQ(again["ReservationId"], first["ReservationId"]);
  EXPECT_EQ(again["Instances"][0]["State"]["Name"], "running") << "in the state it is in now";
  refuse("IdempotentParameterMismatch", "", "RunInstances", request({{"ClientToken", "t"}}, "t3.nano"));
  const auto id = text_of(first["Instances"][0], "InstanceId");
  call("TerminateInstances", {{"InstanceId.1", id}});
  settle();
  refuse("IdempotentInstanceTerminated", "", "RunInstances", request({{"ClientToken", "t"}}));
}

}  // namespace
}  // namespace fogling::test
