/// Images and disks on their way in and out: stored and restored, imported, exported, prepared.

#include <gmock/gmock.h>

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class ImageTasks : public NetworkTest<HouseTest> {
 protected:
  std::string own_image(const std::string& name = "mine", Parameters more = {}) {
    more.emplace_back("InstanceId", launch_running());
    more.emplace_back("Name", name);
    auto id = text_of(call("CreateImage", more), "ImageId");
    settle();
    return id;
  }
  Document image(const std::string& id) { return call("DescribeImages", {{"ImageId.1", id}})["Images"][0]; }
  std::string import_image(Parameters more = {}) {
    more.emplace_back("DiskContainer.1.Format", "VMDK");
    more.emplace_back("DiskContainer.1.UserBucket.S3Bucket", "disks");
    more.emplace_back("DiskContainer.1.UserBucket.S3Key", "server.vmdk");
    return text_of(call("ImportImage", more), "ImportTaskId");
  }
  Document import_task(const std::string& id) {
    return call("DescribeImportImageTasks", {{"ImportTaskId.1", id}})["ImportImageTasks"][0];
  }
  Document export_task(const std::string& id) {
    return call("DescribeExportTasks", {{"ExportTaskId.1", id}})["ExportTasks"][0];
  }
  Document conversion(const std::string& id) {
    return call("DescribeConversionTasks", {{"ConversionTaskId.1", id}})["ConversionTasks"][0];
  }
  std::string imported_windows() {
    const auto task = import_image({{"Platform", "Windows"}});
    settle();
    return text_of(import_task(task), "ImageId");
  }
};

// ---- Stored and restored

TEST_F(ImageTasks, WhatWasStoredIsRestoredAndCanBeLaunched) {
  const auto id = own_image("golden", {{"Description", "the golden one"}});
  call("CreateTags", {{"ResourceId.1", id}, {"Tag.1.Key", "Team"}, {"Tag.1.Value", "web"}});
  const auto key = text_of(call("CreateStoreImageTask", {{"ImageId", id}, {"Bucket", "images"}}), "ObjectKey");
  EXPECT_EQ(key, id + ".bin");
  const auto state = [&] { return call("DescribeStoreImageTasks")["StoreImageTaskResults"][0]["StoreTaskState"]; };
  EXPECT_EQ(state(), "InProgress");
  refuse("InvalidParameterValue", "", "CreateRestoreImageTask", {{"Bucket", "images"}, {"ObjectKey", key}});
  refuse("IncorrectState", "", "CreateStoreImageTask", {{"ImageId", id}, {"Bucket", "elsewhere"}});
  settle();
  EXPECT_EQ(state(), "Completed");

  refuse("InvalidAMIName.Duplicate", "", "CreateRestoreImageTask", {{"Bucket", "images"}, {"ObjectKey", key}});
  refuse("InvalidParameterValue", "", "CreateRestoreImageTask", {{"Bucket", "other"}, {"ObjectKey", key}});
  call("DeregisterImage", {{"ImageId", id}});
  const auto restored = text_of(call("CreateRestoreImageTask", {{"Bucket", "images"}, {"ObjectKey", key}}), "ImageId");
  EXPECT_EQ(image(restored)["State"], "pending");
  refuse("InvalidAMIID.Unavailable", "", "RunInstances",
         {{"ImageId", restored}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}});
  settle();
  const Document seen = image(restored);
  EXPECT_EQ(seen["State"], "available");
  EXPECT_EQ(seen["Name"], "golden");
  EXPECT_EQ(seen["Description"], "the golden one");
  EXPECT_EQ(seen["Tags"][0]["Value"], "web");
  const auto snapshot = text_of(seen["BlockDeviceMappings"][0]["Ebs"], "SnapshotId");
  EXPECT_EQ(call("DescribeSnapshots", {{"SnapshotId.1", snapshot}})["Snapshots"][0]["State"], "completed");
  call("RunInstances", {{"ImageId", restored}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}});
  expect_filters("DescribeStoreImageTasks");
}

TEST_F(ImageTasks, AStoreFailsWhoseSnapshotsGo) {
  const auto id = own_image();
  const auto snapshot = text_of(image(id)["BlockDeviceMappings"][0]["Ebs"], "SnapshotId");
  call("CreateStoreImageTask", {{"ImageId", id}, {"Bucket", "images"}});
  call("DeregisterImage", {{"ImageId", id}});
  call("DeleteSnapshot", {{"SnapshotId", snapshot}});
  settle();
  const Document task = call("DescribeStoreImageTasks", {{"ImageId.1", id}})["StoreImageTaskResults"][0];
  EXPECT_EQ(task["StoreTaskState"], "Failed");
  EXPECT_FALSE(text(task, "StoreTaskFailureReason").empty());
  refuse("InvalidParameterValue", "", "CreateRestoreImageTask", {{"Bucket", "images"}, {"ObjectKey", id + ".bin"}});
  advance_s(32 * 24 * 3600);
  EXPECT_THAT(call("DescribeStoreImageTasks")["StoreImageTaskResults"], IsEmpty());
}

TEST_F(ImageTasks, OnlyWhatIsYoursOrSharedIsStored) {
  refuse("OperationNotPermitted", "", "CreateStoreImageTask", {{"ImageId", any_image()}, {"Bucket", "images"}});
  refuse("InvalidAMIID.NotFound", "", "CreateStoreImageTask",
         {{"ImageId", "ami-0123456789abcdef0"}, {"Bucket", "images"}});
}

// ---- Imported

TEST_F(ImageTasks, AnImportEndsAsAnImageThatCanBeLaunched) {
  const auto task = import_image({{"Description", "a server"}, {"ClientData.UploadSize", "11.4"}});
  EXPECT_THAT(task, testing::StartsWith("import-ami-"));
  EXPECT_EQ(import_task(task)["Status"], "active");
  EXPECT_FALSE(import_task(task).contains("ImageId"));
  settle();
  const Document done = import_task(task);
  EXPECT_EQ(done["Status"], "completed");
  EXPECT_EQ(done["SnapshotDetails"][0]["Status"], "completed");
  const Document made = image(text_of(done, "ImageId"));
  EXPECT_EQ(made["Name"], task);
  EXPECT_EQ(made["State"], "available");
  EXPECT_EQ(made["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"], 12);
  EXPECT_EQ(made["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"], done["SnapshotDetails"][0]["SnapshotId"]);
  call("RunInstances",
       {{"ImageId", text_of(done, "ImageId")}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}});
  refuse("IncorrectState", "", "CancelImportTask", {{"ImportTaskId", task}});
}

TEST_F(ImageTasks, ImportsOfWindowsAreLicensed) {
  EXPECT_EQ(image(imported_windows())["UsageOperation"], "RunInstances:0002");
  const auto task = import_image({{"Platform", "Windows"}, {"LicenseType", "BYOL"}});
  settle();
  EXPECT_EQ(image(text_of(import_task(task), "ImageId"))["PlatformDetails"], "Windows BYOL");
}

TEST_F(ImageTasks, ImportsAreRefusedThatSayTooMuchOrTooLittle) {
  refuse("MissingParameter", "", "ImportImage");
  refuse("InvalidParameter", "", "ImportImage", {{"DiskContainer.1.Format", "VMDK"}});
  refuse("InvalidParameter", "", "ImportImage",
         {{"DiskContainer.1.Format", "FLOPPY"}, {"DiskContainer.1.Url", "https://example.com/disk"}});
  refuse("InvalidParameterDependency", "", "ImportImage",
         {{"DiskContainer.1.Url", "https://example.com/disk"}, {"KmsKeyId", "alias/mine"}});
  refuse("InvalidSnapshot.NotFound", "", "ImportImage", {{"DiskContainer.1.SnapshotId", "snap-0123456789abcdef0"}});
  refuse("MissingParameter", "", "ImportSnapshot");
  refuse("InvalidConversionTaskId.Malformed", "", "CancelImportTask", {{"ImportTaskId", "import-ami-x"}});
}

TEST_F(ImageTasks, ACancelledImportLeavesNothing) {
  const auto task = import_image();
  const Document cancelled = call("CancelImportTask", {{"ImportTaskId", task}});
  EXPECT_EQ(cancelled["PreviousState"], "active");
  EXPECT_EQ(cancelled["State"], "deleting");
  settle();
  EXPECT_EQ(import_task(task)["Status"], "deleted");
  EXPECT_THAT(call("DescribeImages", {{"Owner.1", "self"}})["Images"], IsEmpty());
}

TEST_F(ImageTasks, AnImportedSnapshotMakesVolumes) {
  const Document begun = call("ImportSnapshot", {{"Description", "a disk"},
                                                 {"Encrypted", "true"},
                                                 {"DiskContainer.Format", "RAW"},
                                                 {"DiskContainer.Url", "https://example.com/disk.raw"},
                                                 {"ClientData.UploadSize", "3"},
                                                 {"TagSpecification.1.ResourceType", "import-snapshot-task"},
                                                 {"TagSpecification.1.Tag.1.Key", "Name"},
                                                 {"TagSpecification.1.Tag.1.Value", "disk"}});
  EXPECT_EQ(begun["SnapshotTaskDetail"]["Status"], "active");
  EXPECT_EQ(begun["Tags"][0]["Value"], "disk");
  settle();
  const Document task = call("DescribeImportSnapshotTasks", {{"ImportTaskId.1", text_of(begun, "ImportTaskId")}});
  const Document detail = task["ImportSnapshotTasks"][0]["SnapshotTaskDetail"];
  EXPECT_EQ(detail["Status"], "completed");
  const Document snapshot =
      call("DescribeSnapshots", {{"SnapshotId.1", text_of(detail, "SnapshotId")}})["Snapshots"][0];
  EXPECT_EQ(snapshot["VolumeSize"], 3);
  EXPECT_EQ(snapshot["Encrypted"], true);
  call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", text_of(snapshot, "SnapshotId")}});
}

// ---- Exported

TEST_F(ImageTasks, ImagesOfOnesOwnAreExported) {
  const Parameters rest{{"DiskImageFormat", "VMDK"}, {"S3ExportLocation.S3Bucket", "exports"}};
  const auto with = [&](const std::string& id) {
    Parameters all = rest;
    all.emplace_back("ImageId", id);
    return all;
  };
  const Document begun = call("ExportImage", with(own_image()));
  EXPECT_EQ(begun["Status"], "active");
  EXPECT_EQ(begun["DiskImageFormat"], "VMDK");
  EXPECT_EQ(begun["RoleName"], "vmimport");
  const auto id = text_of(begun, "ExportImageTaskId");
  settle();
  const auto task = [&](const std::string& each) {
    return call("DescribeExportImageTasks", {{"ExportImageTaskId.1", each}})["ExportImageTasks"][0];
  };
  EXPECT_EQ(task(id)["Status"], "completed");
  refuse("IncorrectState", "", "CancelExportTask", {{"ExportTaskId", id}});
  refuse("NotExportable", "", "ExportImage", with(any_image()));

  const auto other = text_of(call("ExportImage", with(own_image("another"))), "ExportImageTaskId");
  call("CancelExportTask", {{"ExportTaskId", other}});
  settle();
  EXPECT_EQ(task(other)["Status"], "deleted");
}

TEST_F(ImageTasks, OnlyImportedInstancesAreExported) {
  const auto export_of = [](const std::string& id) {
    return Parameters{{"InstanceId", id},
                      {"TargetEnvironment", "vmware"},
                      {"ExportToS3.S3Bucket", "exports"},
                      {"ExportToS3.S3Prefix", "vms/"},
                      {"ExportToS3.ContainerFormat", "ova"}};
  };
  refuse("NotExportable", "Only imported instances can be exported.", "CreateInstanceExportTask",
         export_of(launch_running()));
  const auto import = import_image();
  settle();
  const auto instance_id = launch_running({{"ImageId", text_of(import_task(import), "ImageId")}});
  const Document begun = call("CreateInstanceExportTask", export_of(instance_id))["ExportTask"];
  const auto id = text_of(begun, "ExportTaskId");
  EXPECT_EQ(begun["State"], "active");
  EXPECT_EQ(begun["ExportToS3Task"]["S3Key"], "vms/" + id + ".ova");
  EXPECT_EQ(begun["InstanceExportDetails"]["InstanceId"], instance_id);
  settle();
  EXPECT_EQ(export_task(id)["State"], "completed");
  const auto other = text_of(call("CreateInstanceExportTask", export_of(instance_id))["ExportTask"], "ExportTaskId");
  call("CancelExportTask", {{"ExportTaskId", other}});
  EXPECT_EQ(export_task(other)["State"], "cancelling");
  settle();
  EXPECT_EQ(export_task(other)["State"], "cancelled");
  refuse("InvalidExportTaskID.NotFound", "", "CancelExportTask", {{"ExportTaskId", "export-i-0123456789abcdef0"}});
}

// ---- Converted

TEST_F(ImageTasks, AConversionMakesAVolume) {
  const Parameters parameters{{"AvailabilityZone", "us-east-1a"},
                              {"Image.Format", "RAW"},
                              {"Image.Bytes", "4096"},
                              {"Image.ImportManifestUrl", "https://example.com/manifest.xml"},
                              {"Volume.Size", "5"}};
  const auto id = text_of(call("ImportVolume", parameters)["ConversionTask"], "ConversionTaskId");
  EXPECT_THAT(id, testing::StartsWith("import-vol-"));
  EXPECT_EQ(conversion(id)["State"], "active");
  settle();
  const Document task = conversion(id);
  EXPECT_EQ(task["State"], "completed");
  EXPECT_EQ(task["ImportVolume"]["BytesConverted"], 4096);
  const Document volume =
      call("DescribeVolumes", {{"VolumeId.1", text_of(task["ImportVolume"]["Volume"], "Id")}})["Volumes"][0];
  EXPECT_EQ(volume["Size"], 5);
  EXPECT_EQ(volume["State"], "available");

  const auto other = text_of(call("ImportVolume", parameters)["ConversionTask"], "ConversionTaskId");
  call("CancelConversionTask", {{"ConversionTaskId", other}, {"ReasonMessage", "no more"}});
  settle();
  EXPECT_EQ(conversion(other)["State"], "cancelled");
  EXPECT_EQ(conversion(other)["StatusMessage"], "no more");
  refuse("IncorrectState", "", "CancelConversionTask", {{"ConversionTaskId", id}});
  refuse("InvalidConversionTaskId", "", "CancelConversionTask", {{"ConversionTaskId", "import-vol-0123456789abcdef0"}});
}

TEST_F(ImageTasks, AnImportedInstanceIsHandedOverStopped) {
  Parameters parameters{{"Platform", "Windows"},
                        {"LaunchSpecification.InstanceType", "t3.micro"},
                        {"DiskImage.1.Image.Format", "VMDK"},
                        {"DiskImage.1.Image.Bytes", "4096"},
                        {"DiskImage.1.Image.ImportManifestUrl", "https://example.com/manifest.xml"},
                        {"DiskImage.1.Volume.Size", "30"}};
  const auto id = text_of(call("ImportInstance", parameters)["ConversionTask"], "ConversionTaskId");
  settle();
  const Document task = conversion(id);
  EXPECT_EQ(task["State"], "completed");
  const auto instance_id = text_of(task["ImportInstance"], "InstanceId");
  EXPECT_EQ(instance(instance_id)["State"]["Name"], "stopped");
  EXPECT_EQ(instance(instance_id)["Platform"], "windows");
  call("StartInstances", {{"InstanceId.1", instance_id}});
  settle();
  EXPECT_EQ(instance(instance_id)["State"]["Name"], "running");

  Parameters unknown = parameters;
  unknown[1].second = "t3.minute";
  refuse("InvalidParameterValue", "Invalid value 't3.minute' for InstanceType.", "ImportInstance", unknown);

  parameters.emplace_back("LaunchSpecification.SubnetId", "subnet-0123456789abcdef0");
  const auto lost = text_of(call("ImportInstance", parameters)["ConversionTask"], "ConversionTaskId");
  settle();
  EXPECT_EQ(conversion(lost)["State"], "cancelled");
  EXPECT_THAT(text_of(conversion(lost), "StatusMessage"), testing::StartsWith("ClientError: "));
}

TEST_F(ImageTasks, EbsBackedInstancesAreNotBundled) {
  refuse("InvalidInstanceType", "", "BundleInstance",
         {{"InstanceId", launch_running()}, {"Storage.S3.Bucket", "bundles"}, {"Storage.S3.Prefix", "win"}});
  EXPECT_THAT(call("DescribeBundleTasks")["BundleTasks"], IsEmpty());
  refuse("InvalidBundleID.NotFound", "", "CancelBundleTask", {{"BundleId", "bun-0123456789abcdef0"}});
  expect_filters("DescribeBundleTasks");
}

// ---- Fast launch

TEST_F(ImageTasks, FastLaunchKeepsSnapshotsReady) {
  const auto id = imported_windows();
  const auto ready = [&] {
    return call("DescribeSnapshots",
                {{"Filter.1.Name", "tag:CreatedBy"}, {"Filter.1.Value.1", "EC2 Fast Launch"}})["Snapshots"];
  };
  const Document begun =
      call("EnableFastLaunch", {{"ImageId", id}, {"SnapshotConfiguration.TargetResourceCount", "3"}});
  EXPECT_EQ(begun["State"], "enabling");
  EXPECT_EQ(begun["MaxParallelLaunches"], 6);
  settle();
  EXPECT_EQ(call("DescribeFastLaunchImages")["FastLaunchImages"][0]["State"], "enabled");
  EXPECT_THAT(ready(), SizeIs(3));
  EXPECT_EQ(call("DisableFastLaunch", {{"ImageId", id}})["State"], "disabling");
  refuse("IncorrectState", "", "EnableFastLaunch", {{"ImageId", id}});
  settle();
  EXPECT_THAT(ready(), IsEmpty());
  EXPECT_THAT(call("DescribeFastLaunchImages")["FastLaunchImages"], IsEmpty());
  refuse("IncorrectState", "", "DisableFastLaunch", {{"ImageId", id}});
  expect_filters("DescribeFastLaunchImages");
}

TEST_F(ImageTasks, FastLaunchIsForOnesOwnWindowsImages) {
  refuse("InvalidParameterValue", "", "EnableFastLaunch", {{"ImageId", own_image()}});
  refuse("OperationNotPermitted", "", "EnableFastLaunch", {{"ImageId", any_image()}});
  const auto id = imported_windows();
  refuse("InvalidParameterValue", "", "EnableFastLaunch", {{"ImageId", id}, {"MaxParallelLaunches", "5"}});
  refuse("InvalidParameterValue", "", "EnableFastLaunch",
         {{"ImageId", id}, {"SnapshotConfiguration.TargetResourceCount", "2000000000"}});
  call("EnableFastLaunch", {{"ImageId", id}});
  settle();
  call("DeregisterImage", {{"ImageId", id}});
  EXPECT_THAT(call("DescribeFastLaunchImages")["FastLaunchImages"], IsEmpty());
}

}  // namespace
}  // namespace fogling::test
