/// Volumes: made, attached, grown and deleted, and what EC2 says to figures that do not fit.

#include <gmock/gmock.h>

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class VolumesHouse : public HouseTest {
 protected:
  Document create(Parameters more = {}) {
    Parameters all{{"AvailabilityZone", "us-east-1a"}, {"Size", "8"}};
    for (auto& each : more) {
      std::erase_if(all, [&](const auto& other) { return other.first == each.first; });
      if (!each.second.empty()) all.push_back(std::move(each));
    }
    return call("CreateVolume", all);
  }
  std::string volume(Parameters more = {}) {
    auto id = create(std::move(more))["VolumeId"].get<std::string>();
    settle();
    return id;
  }
  Document described(const std::string& id) { return call("DescribeVolumes", {{"VolumeId.1", id}})["Volumes"][0]; }
  void refuse_volume(std::string_view code, std::string_view message, Parameters more) {
    Parameters all{{"AvailabilityZone", "us-east-1a"}, {"Size", "8"}};
    for (auto& each : more) {
      std::erase_if(all, [&](const auto& other) { return other.first == each.first; });
      if (!each.second.empty()) all.push_back(std::move(each));
    }
    refuse(code, message, "CreateVolume", all);
    all.emplace_back("DryRun", "true");
    refuse(code, message, "CreateVolume", all);  // recorded: judged before the dry run's answer
  }
};
using Volumes = NetworkTest<VolumesHouse>;

// ---- Create --------------------------------------------------------------------------------------------------------

TEST_F(Volumes, AreMadeAsRecorded) {
  const Document made = create();
  EXPECT_EQ(made["State"], "creating");
  EXPECT_EQ(made["VolumeType"], "gp2");
  EXPECT_EQ(made["Iops"], 100);
  EXPECT_EQ(made["SnapshotId"], "");
  EXPECT_EQ(made["Tags"], Document::array());
  EXPECT_FALSE(made.contains("Attachments"));
  EXPECT_FALSE(made.contains("Throughput"));
  EXPECT_THAT(text_of(made, "CreateTime"), testing::EndsWith(".000Z"));
  settle();
  const Document shown = described(text_of(made, "VolumeId"));
  EXPECT_EQ(shown["State"], "available");
  EXPECT_EQ(shown["Attachments"], Document::array());
  EXPECT_FALSE(shown.contains("Tags"));
  EXPECT_EQ(shown["AvailabilityZoneId"], "use1-az6");
}

TEST_F(Volumes, GetTheFiguresOfTheirType) {
  const auto figures = [&](Parameters asked) {
    const Document made = create(std::move(asked));
    return std::tuple(made["Size"].get<int>(), made.value("Iops", -1), made.value("Throughput", -1));
  };
  EXPECT_EQ(figures({{"VolumeType", "gp3"}}), std::tuple(8, 3000, 125));
  EXPECT_EQ(figures({{"VolumeType", "GP3"}, {"Size", "1"}, {"Iops", "500"}, {"Throughput", "124"}}),
            std::tuple(1, 3000, 125));
  EXPECT_EQ(figures({{"VolumeType", "gp3"}, {"Iops", "4000"}, {"Throughput", "1000"}}), std::tuple(8, 4000, 1000));
  EXPECT_EQ(figures({{"VolumeType", "gp2"}, {"Size", "100"}}), std::tuple(100, 300, -1));
  EXPECT_EQ(figures({{"VolumeType", "gp2"}, {"Size", "16384"}}), std::tuple(16384, 16000, -1));
  EXPECT_EQ(figures({{"VolumeType", "io2"}, {"Iops", "8000"}}), std::tuple(8, 8000, -1));
  EXPECT_EQ(figures({{"VolumeType", "st1"}, {"Size", "125"}}), std::tuple(125, -1, -1));
  EXPECT_EQ(figures({{"VolumeType", "standard"}, {"Size", "1"}}), std::tuple(1, -1, -1));
}

TEST_F(Volumes, RefuseFiguresInEc2sWords) {
  refuse_volume("MissingParameter", "The request must contain the parameter size/snapshot", {{"Size", ""}});
  refuse_volume("MissingParameter", "The request must contain the parameter zone", {{"AvailabilityZone", ""}});
  refuse_volume("InvalidZone.NotFound", "The zone 'us-east-1z' does not exist.", {{"AvailabilityZone", "us-east-1z"}});
  refuse_volume("InvalidZone.NotFound", "The zone 'eu-west-1a' does not exist.", {{"AvailabilityZone", "eu-west-1a"}});
  refuse_volume("UnknownVolumeType", "Unsupported volume type 'tea' for volume creation. ", {{"VolumeType", "tea"}});
  refuse_volume("InvalidParameterValue",
                "The volume size is invalid for gp3 volumes: 0 GiB. gp3 volumes must be at least 1 GiB in size. Please "
                "specify a volume size above the minimum limit.",
                {{"VolumeType", "gp3"}, {"Size", "0"}});
  refuse_volume("InvalidParameterValue", "Volume of 16385GiB is too large for volume type gp2; maximum is 16384GiB",
                {{"Size", "16385"}});
  refuse_volume("InvalidParameterValue", "Value (-1) for parameter size is invalid. Value must be a positive integer.",
                {{"Size", "-1"}});
  refuse_volume("InvalidParameterCombination", "The parameter iops must be specified for io1 volumes.",
                {{"VolumeType", "io1"}});
  refuse_volume("InvalidParameterCombination", "The parameter iops is not supported for gp2 volumes.",
                {{"Iops", "300"}});
  refuse_volume("InvalidParameterValue", "Volume iops of 64001 is too high; maximum is 64000.",
                {{"VolumeType", "io1"}, {"Iops", "64001"}, {"Size", "4000"}});
  refuse_volume("InvalidParameterValue", "Iops to volume size ratio of 2999.000000 is too high; maximum is 500",
                {{"VolumeType", "gp3"}, {"Iops", "2999"}, {"Size", "1"}});
  refuse_volume("InvalidParameterCombination", "The throughput parameter is not supported for io1 volumes.",
                {{"VolumeType", "io1"}, {"Iops", "100"}, {"Throughput", "125"}});
  refuse_volume("InvalidParameterValue", "Volume throughput of 2001 is too high; maximum is 2000.",
                {{"VolumeType", "gp3"}, {"Throughput", "2001"}});
  refuse_volume("InvalidParameterValue",
                "Throughput (MiBps) to iops ratio of 0.250333 is too high; maximum is 0.250000 MiBps per iops",
                {{"VolumeType", "gp3"}, {"Iops", "3000"}, {"Throughput", "751"}});
  refuse_volume("InvalidParameterDependency", "The parameter [KmsKeyId] requires the parameter Encrypted to be set.",
                {{"KmsKeyId", "alias/mine"}});
  refuse_volume("InvalidParameterCombination",
                "You can't specify VolumeInitializationRate for volumes that are not created from a snapshot.",
                {{"VolumeInitializationRate", "200"}});
  refuse("InvalidParameterCombination", "The parameter multi-attach-enabled is not supported for gp3 volumes.",
         "CreateVolume",
         {{"AvailabilityZone", "us-east-1a"}, {"Size", "8"}, {"VolumeType", "gp3"}, {"MultiAttachEnabled", "true"}});
}

TEST_F(Volumes, FromASnapshotAreAtLeastAsLarge) {
  const auto source = volume({{"Encrypted", "true"}, {"KmsKeyId", "alias/mine"}});
  const auto snapshot = text_of(call("CreateSnapshot", {{"VolumeId", source}}), "SnapshotId");
  refuse_volume("IncorrectState", "Snapshot is in invalid state - pending", {{"SnapshotId", snapshot}});
  settle();
  const Document made = create({{"SnapshotId", snapshot}, {"Size", "1"}, {"VolumeInitializationRate", "200"}});
  EXPECT_EQ(made["Size"], 8) << "recorded: raised without a word";
  EXPECT_EQ(made["Encrypted"], true) << "what is encrypted stays so";
  EXPECT_EQ(made["KmsKeyId"], "arn:aws:kms:us-east-1:123456789012:alias/mine");
  EXPECT_EQ(made["VolumeInitializationRate"], 200);
  refuse_volume("InvalidSnapshot.NotFound", "The snapshot 'snap-0123456789abcdef0' does not exist.",
                {{"SnapshotId", "snap-0123456789abcdef0"}});
  refuse_volume("InvalidSnapshotID.Malformed", "", {{"SnapshotId", "snap-zzz"}});
}

TEST_F(Volumes, AreEncryptedByDefaultWhereTheAccountSaysSo) {
  EXPECT_EQ(call("GetEbsEncryptionByDefault")["EbsEncryptionByDefault"], false);
  EXPECT_EQ(call("GetEbsDefaultKmsKeyId")["KmsKeyId"], "alias/aws/ebs");
  call("EnableEbsEncryptionByDefault");
  call("ModifyEbsDefaultKmsKeyId", {{"KmsKeyId", "alias/mine"}});
  EXPECT_EQ(create()["KmsKeyId"], "arn:aws:kms:us-east-1:123456789012:alias/mine");
  const auto root = text_of(instance(launch_running())["BlockDeviceMappings"][0]["Ebs"], "VolumeId");
  EXPECT_EQ(described(root)["Encrypted"], true) << "also at a launch";
  scope.region = "eu-west-1";
  EXPECT_EQ(call("GetEbsEncryptionByDefault")["EbsEncryptionByDefault"], false) << "a region of its own";
  scope.region = "us-east-1";
  call("ResetEbsDefaultKmsKeyId");
  EXPECT_EQ(call("GetEbsDefaultKmsKeyId")["KmsKeyId"], "alias/aws/ebs");
}

// ---- Attach and detach ---------------------------------------------------------------------------------------------

TEST_F(Volumes, AreAttachedAndDetached) {
  const auto instance_id = launch_running();
  const auto id = volume();
  const Document attach = call("AttachVolume", {{"VolumeId", id}, {"InstanceId", instance_id}, {"Device", "/dev/sdf"}});
  EXPECT_EQ(attach["State"], "attaching");
  EXPECT_EQ(attach["DeleteOnTermination"], false);
  EXPECT_EQ(described(id)["State"], "in-use") << "from the moment of attaching";
  settle();
  EXPECT_EQ(described(id)["Attachments"][0]["State"], "attached");
  EXPECT_EQ(instance(instance_id)["BlockDeviceMappings"][1]["DeviceName"], "/dev/sdf");
  refuse("VolumeInUse", "Volume " + id + " is currently attached to " + instance_id, "DeleteVolume",
         {{"VolumeId", id}});
  const Document detach = call("DetachVolume", {{"VolumeId", id}});
  EXPECT_EQ(detach["State"], "detaching");
  EXPECT_EQ(described(id)["State"], "in-use") << "until it is gone";
  settle();
  EXPECT_EQ(described(id)["State"], "available");
  call("DeleteVolume", {{"VolumeId", id}});
  EXPECT_EQ(described(id)["State"], "deleting");
  settle();
  refuse("InvalidVolume.NotFound", "The volume '" + id + "' does not exist.", "DescribeVolumes", {{"VolumeId.1", id}});
}

TEST_F(Volumes, RefuseAttachmentsInEc2sWords) {
  const auto pending = launch();
  const auto id = volume();
  const auto attach = [&](std::string_view code, std::string_view message, Parameters more) {
    Parameters all{{"VolumeId", id}, {"InstanceId", pending}, {"Device", "/dev/sdf"}};
    for (auto& each : more) {
      std::erase_if(all, [&](const auto& other) { return other.first == each.first; });
      if (!each.second.empty()) all.push_back(std::move(each));
    }
    refuse(code, message, "AttachVolume", all);
  };
  const auto late = launch();
  attach("IncorrectState", "Instance '" + late + "' is not 'running'.", {{"InstanceId", late}});
  settle();
  attach("MissingParameter", "The request must contain the parameter device", {{"Device", ""}});
  attach("InvalidParameterValue",
         "Value (/dev/sdZZ) for parameter device is invalid. /dev/sdZZ is not a valid EBS device name.",
         {{"Device", "/dev/sdZZ"}});
  attach("InvalidParameterValue", "", {{"Device", "/dev/nvme1n1"}});
  attach("InvalidParameterValue",
         "Invalid value '" + root_device_name() + "' for unixDevice. Attachment point " + root_device_name() +
             " is already in use",
         {{"Device", root_device_name()}});
  const auto elsewhere = volume({{"AvailabilityZone", "us-east-1b"}});
  attach("InvalidVolume.ZoneMismatch",
         "The volume '" + elsewhere + "' is not in the same availability zone as instance '" + pending + "'",
         {{"VolumeId", elsewhere}});
  const auto young = text_of(create(), "VolumeId");
  attach("IncorrectState", young + " is not 'available'.", {{"VolumeId", young}});
  call("AttachVolume", {{"VolumeId", id}, {"InstanceId", pending}, {"Device", "/dev/sdf"}});
  attach("VolumeInUse", id + " is already attached to an instance", {{"Device", "/dev/sdg"}});
  refuse("IncorrectState", "Volume '" + elsewhere + "' is in the 'available' state.", "DetachVolume",
         {{"VolumeId", elsewhere}});
  refuse("InvalidAttachment.NotFound", "", "DetachVolume", {{"VolumeId", id}, {"Device", "/dev/sdz"}});
  const auto root = text_of(instance(pending)["BlockDeviceMappings"][0]["Ebs"], "VolumeId");
  refuse("IncorrectState", "Unable to detach root volume '" + root + "' from instance '" + pending + "'",
         "DetachVolume", {{"VolumeId", root}});
}

TEST_F(Volumes, OfTheRightKindAreAttachedSeveralTimes) {
  const auto shared = volume({{"VolumeType", "io2"}, {"Iops", "100"}, {"MultiAttachEnabled", "true"}});
  const auto first = launch_running(), second = launch_running(), old = launch_running({}, "t2.micro");
  for (const auto& each : {first, second}) {
    call("AttachVolume", {{"VolumeId", shared}, {"InstanceId", each}, {"Device", "/dev/sdf"}});
  }
  refuse("UnsupportedOperation", "", "AttachVolume",
         {{"VolumeId", shared}, {"InstanceId", old}, {"Device", "/dev/sdf"}});
  settle();
  EXPECT_EQ(described(shared)["Attachments"].size(), 2U);
  refuse("InvalidParameterCombination", "", "DetachVolume", {{"VolumeId", shared}});
  call("DetachVolume", {{"VolumeId", shared}, {"InstanceId", first}});
  settle();
  EXPECT_EQ(described(shared)["State"], "in-use");
}

// ---- Modify --------------------------------------------------------------------------------------------------------

TEST_F(Volumes, GrowInThreeSteps) {
  const auto id = volume();
  refuse("InvalidVolumeModification.NotFound", "Modification for volume '" + id + "' does not exist.",
         "DescribeVolumesModifications", {{"VolumeId.1", id}});
  EXPECT_EQ(call("DescribeVolumesModifications")["VolumesModifications"], Document::array());
  const Document made =
      call("ModifyVolume", {{"VolumeId", id}, {"Size", "20"}, {"VolumeType", "gp3"}})["VolumeModification"];
  EXPECT_EQ(made["ModificationState"], "modifying");
  EXPECT_EQ(made["TargetSize"], 20);
  EXPECT_EQ(made["TargetIops"], 3000);
  EXPECT_EQ(made["OriginalIops"], 100);
  EXPECT_EQ(made["OriginalVolumeType"], "gp2");
  EXPECT_FALSE(made.contains("OriginalThroughput")) << "gp3 only";
  EXPECT_EQ(made["Progress"], 0);
  EXPECT_EQ(described(id)["Size"], 8) << "not yet";
  refuse("IncorrectModificationState", "Volume " + id + " cannot be modified in modification state MODIFYING",
         "ModifyVolume", {{"VolumeId", id}, {"Size", "30"}});
  advance_s(11);
  EXPECT_EQ(described(id)["Size"], 20);
  refuse("IncorrectModificationState", "Volume " + id + " cannot be modified in modification state OPTIMIZING",
         "ModifyVolume", {{"VolumeId", id}, {"Size", "30"}});
  settle();
  const Document done = call("DescribeVolumesModifications", {{"VolumeId.1", id}})["VolumesModifications"][0];
  EXPECT_EQ(done["ModificationState"], "completed");
  EXPECT_EQ(done["Progress"], 100);
  EXPECT_TRUE(done.contains("EndTime"));
  refuse("InvalidParameterValue", "New size cannot be smaller than existing size", "ModifyVolume",
         {{"VolumeId", id}, {"Size", "8"}});
  refuse("InvalidParameterCombination", "", "ModifyVolume", {{"VolumeId", id}});
}

TEST_F(Volumes, AreModifiedFourTimesADay) {
  const auto id = volume();
  for (int i = 0; i < 4; ++i) {
    call("ModifyVolume", {{"VolumeId", id}, {"Size", "8"}});  // recorded: the same size is a modification
    settle();
  }
  try {
    call("ModifyVolume", {{"VolumeId", id}, {"Size", "9"}});
    FAIL() << "the fifth went through";
  } catch (const ApiError& error) {
    EXPECT_EQ(error.code, "VolumeModificationRateExceeded");
    EXPECT_THAT(error.message,
                testing::MatchesRegex("You've reached the maximum modification rate per volume limit. Wait "
                                      "until [0-9-]+T[0-9:]+\\.[0-9]{3}Z before you can issue the next "
                                      "modification request for this volume."));
  }
  advance_s(86'400);
  EXPECT_NO_THROW(call("ModifyVolume", {{"VolumeId", id}, {"Size", "9"}}));
}

// ---- Describe ------------------------------------------------------------------------------------------------------

TEST_F(Volumes, AreFoundByEveryFilter) {
  expect_filters("DescribeVolumes");
  expect_filters("DescribeVolumeStatus");
  expect_filters("DescribeVolumesModifications");
  const auto id = volume({{"VolumeType", "gp3"}});
  const auto instance_id = launch_running();
  const auto found = [&](const char* name, const std::string& value) {
    return call("DescribeVolumes", {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}})["Volumes"].size();
  };
  EXPECT_EQ(found("attachment.instance-id", instance_id), 1U);
  EXPECT_EQ(found("status", "available"), 1U);
  EXPECT_EQ(found("volume-id", id), 1U);
  EXPECT_EQ(found("size", "8"), 1U + (root_size_gib() == 8 ? 1U : 0U));
  refuse("InvalidParameterValue", "Value (x) for parameter volumes is invalid. Expected: 'vol-...'.", "DescribeVolumes",
         {{"VolumeId.1", "x"}});
  refuse("MissingParameter", "The request must contain the parameter volumes", "DescribeVolumes", {{"VolumeId.1", ""}});
}

TEST_F(Volumes, HaveAStatus) {
  const auto id = text_of(create({{"VolumeType", "gp3"}}), "VolumeId");
  const auto status = [&](const std::string& of) {
    return call("DescribeVolumeStatus", {{"VolumeId.1", of}})["VolumeStatuses"][0];
  };
  EXPECT_EQ(status(id)["VolumeStatus"]["Status"], "insufficient-data");
  settle();
  EXPECT_EQ(status("")["VolumeStatus"]["Status"], "ok") << "recorded: an empty id means all";
  EXPECT_EQ(status(id)["Events"], Document::array());
  EXPECT_EQ(call("DescribeVolumeAttribute", {{"VolumeId", id}, {"Attribute", "autoEnableIO"}})["AutoEnableIO"]["Value"],
            false);
  call("ModifyVolumeAttribute", {{"VolumeId", id}, {"AutoEnableIO.Value", "true"}});
  EXPECT_EQ(call("DescribeVolumeAttribute", {{"VolumeId", id}, {"Attribute", "autoEnableIO"}})["AutoEnableIO"]["Value"],
            true);
  EXPECT_NO_THROW(call("EnableVolumeIO", {{"VolumeId", id}}));
}

TEST_F(Volumes, DryRunsOfTheRestAreAnsweredFirst) {
  for (const char* action :
       {"ModifyVolume", "ModifyVolumeAttribute", "AttachVolume", "DetachVolume", "CreateSnapshot"}) {
    refuse("DryRunOperation", "", action, {{"DryRun", "true"}});
  }
  refuse("InvalidVolume.NotFound", "", "DeleteVolume", {{"DryRun", "true"}, {"VolumeId", "vol-0123456789abcdef0"}});
}

}  // namespace
}  // namespace fogling::test
