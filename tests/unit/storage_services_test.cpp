/// What EC2 does with volumes and snapshots beyond keeping them: locks, tiers, fast restore, copies, new roots.

#include <gmock/gmock.h>

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class StorageHouse : public HouseTest {
 protected:
  std::string snapshot() {
    const auto volume =
        call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "8"}})["VolumeId"].get<std::string>();
    settle();
    auto id = call("CreateSnapshot", {{"VolumeId", volume}})["SnapshotId"].get<std::string>();
    settle();
    return id;
  }
  Document lock_state(const std::string& id) {
    return call("DescribeLockedSnapshots", {{"SnapshotId.1", id}})["Snapshots"][0]["LockState"];
  }
};
using StorageServices = NetworkTest<StorageHouse>;

TEST_F(StorageServices, GovernanceLocksCanBeOpened) {
  const auto id = snapshot();
  const Document locked = call("LockSnapshot", {{"SnapshotId", id}, {"LockMode", "governance"}, {"LockDuration", "3"}});
  EXPECT_EQ(locked["LockState"], "governance");
  EXPECT_EQ(locked["LockDuration"], 3);
  EXPECT_FALSE(locked.contains("CoolOffPeriod"));
  refuse("SnapshotLocked", "", "DeleteSnapshot", {{"SnapshotId", id}});
  call("UnlockSnapshot", {{"SnapshotId", id}});
  EXPECT_EQ(call("DescribeLockedSnapshots")["Snapshots"], Document::array());
  EXPECT_NO_THROW(call("DeleteSnapshot", {{"SnapshotId", id}}));
  expect_filters("DescribeLockedSnapshots");
}

TEST_F(StorageServices, ComplianceLocksCannotOnceTheyHaveCooledOff) {
  const auto id = snapshot();
  call("LockSnapshot",
       {{"SnapshotId", id}, {"LockMode", "compliance"}, {"LockDuration", "2"}, {"CoolOffPeriod", "24"}});
  EXPECT_EQ(lock_state(id), "compliance-cooloff");
  advance_s(25 * 3600);
  EXPECT_EQ(lock_state(id), "compliance");
  refuse("OperationNotPermitted", "", "UnlockSnapshot", {{"SnapshotId", id}});
  refuse("OperationNotPermitted", "", "LockSnapshot",
         {{"SnapshotId", id}, {"LockMode", "governance"}, {"LockDuration", "9"}});
  refuse("SnapshotLocked", "", "DeleteSnapshot", {{"SnapshotId", id}});
  advance_s(24 * 3600);
  EXPECT_EQ(lock_state(id), "expired");
  EXPECT_NO_THROW(call("DeleteSnapshot", {{"SnapshotId", id}}));
  refuse("InvalidParameterCombination", "", "LockSnapshot", {{"SnapshotId", snapshot()}, {"LockMode", "governance"}});
}

TEST_F(StorageServices, ArchivedSnapshotsAreRestoredFirst) {
  const auto id = snapshot();
  call("ModifySnapshotTier", {{"SnapshotId", id}, {"StorageTier", "archive"}});
  const auto tier = [&] {
    return call("DescribeSnapshotTierStatus",
                {{"Filter.1.Name", "snapshot-id"}, {"Filter.1.Value.1", id}})["SnapshotTierStatuses"][0];
  };
  EXPECT_EQ(tier()["LastTieringOperationStatus"], "archival-in-progress");
  settle();
  EXPECT_EQ(tier()["StorageTier"], "archive");
  const Parameters use{{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", id}};
  refuse("IncorrectState", "", "CreateVolume", use);
  refuse("MissingParameter", "", "RestoreSnapshotTier", {{"SnapshotId", id}});
  refuse("InvalidParameterCombination", "", "RestoreSnapshotTier",
         {{"SnapshotId", id}, {"TemporaryRestoreDays", "1"}, {"PermanentRestore", "true"}});
  call("RestoreSnapshotTier", {{"SnapshotId", id}, {"TemporaryRestoreDays", "1"}});
  advance_s(24 * 3600);
  EXPECT_TRUE(tier().contains("RestoreExpiryTime"));
  EXPECT_NO_THROW(call("CreateVolume", use));
  advance_s(25 * 3600);
  refuse("IncorrectState", "", "CreateVolume", use);
  call("RestoreSnapshotTier", {{"SnapshotId", id}, {"PermanentRestore", "true"}});
  settle();
  EXPECT_EQ(tier()["StorageTier"], "standard");
  EXPECT_NO_THROW(call("CreateVolume", use));
  expect_filters("DescribeSnapshotTierStatus");
}

TEST_F(StorageServices, FastRestoresAreOfASnapshotInAZone) {
  const auto id = snapshot();
  const Document made = call("EnableFastSnapshotRestores", {{"SourceSnapshotId.1", id},
                                                            {"SourceSnapshotId.2", "snap-0123456789abcdef0"},
                                                            {"AvailabilityZone.1", "us-east-1a"}});
  EXPECT_EQ(made["Successful"][0]["State"], "enabling");
  EXPECT_EQ(made["Unsuccessful"][0]["FastSnapshotRestoreStateErrors"][0]["Error"]["Code"], "InvalidSnapshot.NotFound");
  settle();
  EXPECT_EQ(call("DescribeFastSnapshotRestores")["FastSnapshotRestores"][0]["State"], "enabled");
  const auto volume = [&](const char* zone) {
    const auto made_id = text_of(call("CreateVolume", {{"AvailabilityZone", zone}, {"SnapshotId", id}}), "VolumeId");
    return call("DescribeVolumes", {{"VolumeId.1", made_id}})["Volumes"][0];
  };
  EXPECT_EQ(volume("us-east-1a")["FastRestored"], true);
  EXPECT_FALSE(volume("us-east-1b").contains("FastRestored"));
  EXPECT_EQ(call("DisableFastSnapshotRestores",
                 {{"SourceSnapshotId.1", id}, {"AvailabilityZone.1", "us-east-1a"}})["Successful"][0]["State"],
            "disabling");
  settle();
  EXPECT_EQ(call("DescribeFastSnapshotRestores")["FastSnapshotRestores"], Document::array());
  expect_filters("DescribeFastSnapshotRestores");
}

TEST_F(StorageServices, VolumesAreCopiedInTheirZone) {
  const auto source = text_of(
      call("CreateVolume", {{"AvailabilityZone", "us-east-1b"}, {"Size", "8"}, {"Encrypted", "true"}}), "VolumeId");
  settle();
  const Document copy = call("CopyVolumes", {{"SourceVolumeId", source}, {"Size", "10"}})["Volumes"][0];
  EXPECT_EQ(copy["SourceVolumeId"], source);
  EXPECT_EQ(copy["AvailabilityZone"], "us-east-1b");
  EXPECT_EQ(copy["Encrypted"], true);
  EXPECT_EQ(copy["Size"], 10);
  EXPECT_EQ(copy["State"], "creating");
  refuse("InvalidParameterValue", "", "CopyVolumes", {{"SourceVolumeId", source}, {"Size", "4"}});
}

TEST_F(StorageServices, RootVolumesAreReplaced) {
  const auto id = launch_running();
  const Document before = instance(id);
  const auto old = text_of(before["BlockDeviceMappings"][0]["Ebs"], "VolumeId");
  const Document task = call("CreateReplaceRootVolumeTask",
                             {{"InstanceId", id}, {"DeleteReplacedRootVolume", "true"}})["ReplaceRootVolumeTask"];
  EXPECT_EQ(task["TaskState"], "pending");
  settle();
  const Document done =
      call("DescribeReplaceRootVolumeTasks", {{"ReplaceRootVolumeTaskId.1", text_of(task, "ReplaceRootVolumeTaskId")}});
  EXPECT_EQ(done["ReplaceRootVolumeTasks"][0]["TaskState"], "succeeded");
  const Document after = instance(id);
  EXPECT_NE(after["BlockDeviceMappings"][0]["Ebs"]["VolumeId"], old);
  EXPECT_EQ(after["BlockDeviceMappings"][0]["DeviceName"], root_device_name());
  EXPECT_EQ(after["BlockDeviceMappings"][0]["Ebs"]["DeleteOnTermination"], true);
  EXPECT_EQ(after["PublicIpAddress"], before["PublicIpAddress"]);
  refuse("InvalidVolume.NotFound", "", "DescribeVolumes", {{"VolumeId.1", old}});
  refuse("InvalidParameterValue", "", "CreateReplaceRootVolumeTask", {{"InstanceId", id}, {"SnapshotId", snapshot()}});
  call("StopInstances", {{"InstanceId.1", id}});
  settle();
  refuse("IncorrectInstanceState", "", "CreateReplaceRootVolumeTask", {{"InstanceId", id}});
  expect_filters("DescribeReplaceRootVolumeTasks");
}

TEST_F(StorageServices, TheRecycleBinIsEmptyWithoutARule) {
  EXPECT_EQ(call("ListSnapshotsInRecycleBin")["Snapshots"], Document::array());
  EXPECT_EQ(call("ListImagesInRecycleBin")["Images"], Document::array());
  EXPECT_EQ(call("ListVolumesInRecycleBin")["Volumes"], Document::array());
  refuse("InvalidSnapshot.NotFound", "", "RestoreSnapshotFromRecycleBin", {{"SnapshotId", "snap-0123456789abcdef0"}});
}

}  // namespace
}  // namespace fogling::test
