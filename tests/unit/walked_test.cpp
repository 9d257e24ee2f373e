/// What random walks have found (tests/simulation), each told as the shortest story that shows it.

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class Walked : public NetworkTest<HouseTest> {
 protected:
  /// What is still to come of anything but the clock's own.
  std::int64_t moves_to_come() {
    Transaction txn(house.world().database, Access::read);
    return state::count_due(txn, false);
  }
  std::string root_volume(const std::string& instance_id) {
    return text_of(instance(instance_id)["BlockDeviceMappings"][0]["Ebs"], "VolumeId");
  }
};

TEST_F(Walked, AGroupThatIsNamedTwiceIsThereOnce) {
  const auto id = launch_running();
  const auto group = text_of(instance(id)["SecurityGroups"][0], "GroupId");
  call("ModifyInstanceAttribute", {{"InstanceId", id}, {"GroupId.1", group}, {"GroupId.2", group}});
  EXPECT_EQ(instance(id)["SecurityGroups"].size(), 1U);
}

TEST_F(Walked, AStopDoesNotKeepMonitoringPendingForever) {
  const auto id = launch_running();
  call("MonitorInstances", {{"InstanceId.1", id}});
  call("StopInstances", {{"InstanceId.1", id}});
  settle();
  EXPECT_EQ(instance(id)["Monitoring"]["State"], "enabled");
}

TEST_F(Walked, ARootVolumeThatIsLeavingStartsNothing) {
  const auto id = launch_running();
  call("StopInstances", {{"InstanceId.1", id}});
  settle();
  call("DetachVolume", {{"VolumeId", root_volume(id)}});
  refuse("InvalidParameterValue",
         "Invalid value '" + id + "' for instanceId. Instance does not have a volume attached at root (" +
             text_of(instance(id), "RootDeviceName") + ")",
         "StartInstances", {{"InstanceId.1", id}});
}

TEST_F(Walked, AVolumeThatIsBeingMadeIsNotDeleted) {
  const auto volume = text_of(call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}}), "VolumeId");
  refuse("IncorrectState", "", "DeleteVolume", {{"VolumeId", volume}});
  settle();
  call("DeleteVolume", {{"VolumeId", volume}});
}

TEST_F(Walked, ImagesAreOfTheVirtualizationTypesThatThereAre) {
  const auto id = launch_running();
  const auto snapshot = text_of(call("CreateSnapshot", {{"VolumeId", root_volume(id)}}), "SnapshotId");
  settle();
  Parameters parameters{{"Name", "an image"},
                        {"RootDeviceName", "/dev/xvda"},
                        {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                        {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot},
                        {"VirtualizationType", "imaginary"}};
  refuse("InvalidParameterValue", "", "RegisterImage", parameters);
  parameters.back().second = "hvm";
  call("RegisterImage", parameters);
}

TEST_F(Walked, NothingIsToComeOfAnAssociationThatWasReplaced) {
  const auto id = launch_running();
  settle();
  const Parameters web{{"InstanceId", id}, {"IamInstanceProfile.Name", "web"}};
  const auto association =
      text_of(call("AssociateIamInstanceProfile", web)["IamInstanceProfileAssociation"], "AssociationId");
  call("ReplaceIamInstanceProfileAssociation", {{"AssociationId", association}, {"IamInstanceProfile.Name", "batch"}});
  EXPECT_EQ(moves_to_come(), 1);
}

TEST_F(Walked, ADisassociationThatIsAskedForTwiceHappensOnce) {
  const auto id = launch_running();
  const auto association =
      text_of(call("AssociateIamInstanceProfile",
                   {{"InstanceId", id}, {"IamInstanceProfile.Name", "web"}})["IamInstanceProfileAssociation"],
              "AssociationId");
  settle();
  for (int i = 0; i < 2; ++i) call("DisassociateIamInstanceProfile", {{"AssociationId", association}});
  EXPECT_EQ(moves_to_come(), 1);
}

TEST_F(Walked, AnOfferOfTheNewOwnerLeavesTheRecordOfTheOldOne) {
  const state::Scope giver = scope, taker{"210987654321", "us-east-1"};
  const Document address = allocate();
  const auto allocation = text_of(address, "AllocationId");
  call("EnableAddressTransfer", {{"AllocationId", allocation}, {"TransferAccountId", taker.account}});
  scope = taker;
  call("AcceptAddressTransfer", {{"Address", text_of(address, "PublicIp")}});
  call("EnableAddressTransfer", {{"AllocationId", allocation}, {"TransferAccountId", giver.account}});
  scope = giver;
  const Document transfers = call("DescribeAddressTransfers")["AddressTransfers"];
  ASSERT_EQ(transfers.size(), 1U);
  EXPECT_EQ(transfers[0]["AddressTransferStatus"], "accepted");
}

TEST_F(Walked, SnapshotsAreCompletedWithoutTheirImage) {
  const auto id = launch_running();
  const auto image = text_of(call("CreateImage", {{"InstanceId", id}, {"Name", "short-lived"}}), "ImageId");
  call("DeregisterImage", {{"ImageId", image}});
  const auto pending = call("DescribeSnapshots", {{"Owner.1", "self"}})["Snapshots"];
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(pending[0]["State"], "pending");
  settle();
  EXPECT_EQ(call("DescribeSnapshots", {{"Owner.1", "self"}})["Snapshots"][0]["State"], "completed");
}

TEST_F(Walked, AnInstanceHoldsNoMoreAddressesThanItsTypeAllows) {
  // A t3.micro has room for two addresses on each of two interfaces.
  const auto full = create_interface(default_subnet().subnet_id, {{"SecondaryPrivateIpAddressCount", "2"}});
  refuse("PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit.", "RunInstances",
         {{"ImageId", any_image()},
          {"InstanceType", "t3.micro"},
          {"MinCount", "1"},
          {"MaxCount", "1"},
          {"NetworkInterface.1.DeviceIndex", "0"},
          {"NetworkInterface.1.NetworkInterfaceId", full}});
  const auto id = launch_running({{"NetworkInterface.1.DeviceIndex", "0"},
                                  {"NetworkInterface.1.SubnetId", default_subnet().subnet_id},
                                  {"NetworkInterface.1.SecondaryPrivateIpAddressCount", "2"}},
                                 "m5.large");
  call("StopInstances", {{"InstanceId.1", id}});
  settle();
  refuse("PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit.", "ModifyInstanceAttribute",
         {{"InstanceId", id}, {"InstanceType.Value", "t3.micro"}});
}

}  // namespace
}  // namespace fogling::test
