/// Snapshots: taken, shared, copied and deleted.

#include <gmock/gmock.h>

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class SnapshotsHouse : public HouseTest {
 protected:
  std::string volume(Parameters more = {}) {
    more.emplace_back("AvailabilityZone", "us-east-1a");
    more.emplace_back("Size", "8");
    auto id = call("CreateVolume", more)["VolumeId"].get<std::string>();
    settle();
    return id;
  }
  std::string snapshot(const std::string& volume_id) {
    auto id = call("CreateSnapshot", {{"VolumeId", volume_id}})["SnapshotId"].get<std::string>();
    settle();
    return id;
  }
  Document described(const std::string& id) {
    return call("DescribeSnapshots", {{"SnapshotId.1", id}})["Snapshots"][0];
  }
};
using Snapshots = NetworkTest<SnapshotsHouse>;

TEST_F(Snapshots, ArePendingAndThenCompleted) {
  const auto source = volume();
  const Document made = call("CreateSnapshot", {{"VolumeId", source}, {"Description", "before the upgrade"}});
  EXPECT_EQ(made["State"], "pending");
  EXPECT_EQ(made["Progress"], "") << "recorded: an empty element";
  EXPECT_EQ(made["Description"], "before the upgrade");
  EXPECT_EQ(made["VolumeSize"], 8);
  EXPECT_FALSE(made.contains("StorageTier"));
  EXPECT_FALSE(made.contains("CompletionTime"));
  settle();
  const Document done = described(text_of(made, "SnapshotId"));
  EXPECT_EQ(done["State"], "completed");
  EXPECT_EQ(done["Progress"], "100%");
  EXPECT_EQ(done["StorageTier"], "standard");
  EXPECT_TRUE(done.contains("CompletionTime"));
  EXPECT_EQ(done["FullSnapshotSizeInBytes"], 0) << "nothing was ever written to a blank volume";
  const auto root = text_of(instance(launch_running())["BlockDeviceMappings"][0]["Ebs"], "VolumeId");
  EXPECT_EQ(described(snapshot(root))["FullSnapshotSizeInBytes"], root_size_gib() * (1LL << 30));
}

TEST_F(Snapshots, InFlightHaveALimit) {
  const auto source = volume();
  for (int i = 0; i < 5; ++i) call("CreateSnapshot", {{"VolumeId", source}});
  refuse("ConcurrentSnapshotLimitExceeded", "Maximum allowed in-progress snapshots for a single volume exceeded.",
         "CreateSnapshot", {{"VolumeId", source}});
  settle();
  EXPECT_NO_THROW(call("CreateSnapshot", {{"VolumeId", source}}));
}

TEST_F(Snapshots, OfAWholeInstance) {
  const auto id = launch_running({{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                                  {"BlockDeviceMapping.1.Ebs.VolumeSize", "1"},
                                  {"TagSpecification.1.ResourceType", "volume"},
                                  {"TagSpecification.1.Tag.1.Key", "Name"},
                                  {"TagSpecification.1.Tag.1.Value", "disk"}});
  const Document both =
      call("CreateSnapshots", {{"InstanceSpecification.InstanceId", id}, {"CopyTagsFromSource", "volume"}});
  ASSERT_EQ(both["Snapshots"].size(), 2U);
  EXPECT_EQ(both["Snapshots"][0]["State"], "pending");
  EXPECT_EQ(both["Snapshots"][0]["Tags"][0]["Value"], "disk");
  const Document data = call("CreateSnapshots", {{"InstanceSpecification.InstanceId", id},
                                                 {"InstanceSpecification.ExcludeBootVolume", "true"}});
  ASSERT_EQ(data["Snapshots"].size(), 1U);
  EXPECT_EQ(data["Snapshots"][0]["VolumeSize"], 1);
}

TEST_F(Snapshots, AreCopiedToAnotherRegion) {
  const auto id = snapshot(volume());
  scope.region = "eu-west-1";
  const Parameters asked{{"SourceRegion", "us-east-1"}, {"SourceSnapshotId", id}};
  const Document made = call("CopySnapshot", asked);
  EXPECT_EQ(made.size(), 1U) << "the id only";
  settle();
  const Document copy = described(text_of(made, "SnapshotId"));
  EXPECT_EQ(copy["VolumeId"], "vol-ffffffff") << "recorded";
  EXPECT_EQ(copy["Description"], "");
  EXPECT_EQ(copy["Encrypted"], false);
  Parameters encrypted = asked;
  encrypted.emplace_back("Encrypted", "true");
  const auto locked_id = text_of(call("CopySnapshot", encrypted), "SnapshotId");
  EXPECT_EQ(described(locked_id)["KmsKeyId"], "arn:aws:kms:eu-west-1:123456789012:alias/aws/ebs");
  Parameters by_key = asked;
  by_key.emplace_back("KmsKeyId", "alias/mine");
  refuse("InvalidParameterDependency", "", "CopySnapshot", by_key);
  refuse("InvalidSnapshot.NotFound", "The snapshot 'snap-0123456789abcdef0' does not exist.", "CopySnapshot",
         {{"SourceRegion", "us-east-1"}, {"SourceSnapshotId", "snap-0123456789abcdef0"}});
  for (int i = 0; i < 19; ++i) call("CopySnapshot", asked);
  refuse("ResourceLimitExceeded", "Too many snapshot copies in progress. The limit is 20 for this destination region.",
         "CopySnapshot", asked);
}

TEST_F(Snapshots, OfPublicImagesAreCopiedToo) {
  const auto& device = *catalogue::find_image("us-east-1", any_image())->root_device();
  const auto id = text_of(
      call("CopySnapshot", {{"SourceRegion", "us-east-1"}, {"SourceSnapshotId", device.snapshot_id}}), "SnapshotId");
  EXPECT_EQ(described(id)["VolumeSize"], device.volume_size_gib);
}

TEST_F(Snapshots, AreDeletedUnlessAnImageStandsOnThem) {
  const auto id = snapshot(volume());
  const auto image = text_of(call("RegisterImage", {{"Name", "mine"},
                                                    {"RootDeviceName", "/dev/sda1"},
                                                    {"BlockDeviceMapping.1.DeviceName", "/dev/sda1"},
                                                    {"BlockDeviceMapping.1.Ebs.SnapshotId", id}}),
                             "ImageId");
  refuse("InvalidSnapshot.InUse", "The snapshot " + id + " is currently in use by " + image, "DeleteSnapshot",
         {{"SnapshotId", id}});
  call("DisableImage", {{"ImageId", image}});
  refuse("InvalidSnapshot.InUse", "", "DeleteSnapshot", {{"SnapshotId", id}});
  call("DeregisterImage", {{"ImageId", image}});
  call("DeleteSnapshot", {{"SnapshotId", id}});
  refuse("InvalidSnapshot.NotFound", "The snapshot '" + id + "' does not exist.", "DescribeSnapshots",
         {{"SnapshotId.1", id}});
  const auto pending = text_of(call("CreateSnapshot", {{"VolumeId", volume()}}), "SnapshotId");
  EXPECT_NO_THROW(call("DeleteSnapshot", {{"SnapshotId", pending}})) << "documented: also a pending one";
}

TEST_F(Snapshots, AreSharedWithAccounts) {
  const auto id = snapshot(volume());
  call("ModifySnapshotAttribute", {{"SnapshotId", id},
                                   {"Attribute", "createVolumePermission"},
                                   {"OperationType", "add"},
                                   {"UserId.1", "210987654321"}});
  EXPECT_EQ(call("DescribeSnapshotAttribute",
                 {{"SnapshotId", id}, {"Attribute", "createVolumePermission"}})["CreateVolumePermissions"],
            Document::parse(R"([{"UserId": "210987654321"}])"));
  scope.account = "210987654321";
  EXPECT_EQ(described(id)["OwnerId"], "123456789012");
  EXPECT_EQ(call("DescribeSnapshots", {{"RestorableBy.1", "self"}})["Snapshots"].size(), 1U);
  EXPECT_EQ(call("DescribeSnapshots", {{"Owner.1", "self"}})["Snapshots"], Document::array());
  EXPECT_EQ(call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", id}})["Size"], 8);
  scope.account = "123456789012";
  call("ModifySnapshotAttribute", {{"SnapshotId", id}, {"CreateVolumePermission.Remove.1.UserId", "210987654321"}});
  scope.account = "210987654321";
  refuse("InvalidSnapshot.NotFound", "", "DescribeSnapshots", {{"SnapshotId.1", id}});
}

TEST_F(Snapshots, AreNotSharedWhereEc2Forbids) {
  const auto id = snapshot(volume());
  const auto refuse_sharing = [&](std::string_view code, std::string_view message, const std::string& which,
                                  Parameters more) {
    more.emplace_back("SnapshotId", which);
    refuse(code, message, "ModifySnapshotAttribute", more);
  };
  refuse_sharing("InvalidParameterValue", "", id, {{"CreateVolumePermission.Add.1.UserId", "bob"}});
  refuse_sharing("InvalidParameterValue", "", id, {{"UserGroup.1", "friends"}, {"OperationType", "add"}});
  refuse_sharing("InvalidParameterCombination", "No attributes specified.", id, {});
  const auto encrypted = snapshot(volume({{"Encrypted", "true"}}));
  refuse_sharing("OperationNotPermitted", "Encrypted snapshots with EBS default key cannot be shared", encrypted,
                 {{"CreateVolumePermission.Add.1.UserId", "210987654321"}});
  const auto by_own_key = snapshot(volume({{"Encrypted", "true"}, {"KmsKeyId", "alias/mine"}}));
  EXPECT_NO_THROW(call("ModifySnapshotAttribute",
                       {{"SnapshotId", by_own_key}, {"CreateVolumePermission.Add.1.UserId", "210987654321"}}));
  refuse_sharing("OperationNotPermitted", "", by_own_key, {{"CreateVolumePermission.Add.1.Group", "all"}});
  EXPECT_EQ(call("GetSnapshotBlockPublicAccessState")["State"], "unblocked");
  call("EnableSnapshotBlockPublicAccess", {{"State", "block-all-sharing"}});
  refuse_sharing("OperationNotPermitted", "", id, {{"CreateVolumePermission.Add.1.Group", "all"}});
}

TEST_F(Snapshots, AreFoundByEveryFilter) {
  expect_filters("DescribeSnapshots");
  const auto source = volume();
  const auto id = snapshot(source);
  const auto found = [&](const char* name, const std::string& value) {
    return call("DescribeSnapshots",
                {{"Owner.1", "self"}, {"Filter.1.Name", name}, {"Filter.1.Value.1", value}})["Snapshots"];
  };
  EXPECT_EQ(found("volume-id", source).size(), 1U);
  EXPECT_EQ(found("status", "completed").size(), 1U);
  EXPECT_EQ(found("snapshot-id", id).size(), 1U);
  EXPECT_EQ(found("encrypted", "true").size(), 0U);
  EXPECT_GT(call("DescribeSnapshots")["Snapshots"].size(), 100U) << "those of public images too";
}

}  // namespace
}  // namespace fogling::test
