/// Images: found, made, shared, copied, disabled, deregistered.

#include <gmock/gmock.h>

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class ImagesHouse : public HouseTest {
 protected:
  Document described(const std::string& id, Parameters more = {}) {
    more.emplace_back("ImageId.1", id);
    return call("DescribeImages", more)["Images"][0];
  }
  Document own(Parameters more = {}) {
    more.emplace_back("Owner.1", "self");
    return call("DescribeImages", more)["Images"];
  }
  std::string made(const std::string& instance_id, const std::string& name, Parameters more = {}) {
    more.emplace_back("InstanceId", instance_id);
    more.emplace_back("Name", name);
    auto id = call("CreateImage", more)["ImageId"].get<std::string>();
    settle();
    return id;
  }
};
using Images = NetworkTest<ImagesHouse>;

// ---- From an instance ----------------------------------------------------------------------------------------------

TEST_F(Images, AreMadeOfAnInstance) {
  const auto instance_id =
      launch_running({{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"}, {"BlockDeviceMapping.1.Ebs.VolumeSize", "3"}});
  const auto id = text_of(
      call("CreateImage", {{"InstanceId", instance_id}, {"Name", "golden"}, {"Description", "first"}}), "ImageId");
  EXPECT_EQ(described(id)["State"], "pending");
  EXPECT_EQ(instance(instance_id)["State"]["Name"], "running") << "a reboot is not seen from outside";
  refuse("InvalidAMIID.Unavailable", "The image ID '" + id + "' is no longer available", "RunInstances",
         {{"ImageId", id}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}});
  settle();
  const Document shown = described(id);
  EXPECT_EQ(shown["State"], "available");
  EXPECT_EQ(shown["ImageLocation"], "123456789012/golden");
  EXPECT_EQ(shown["Public"], false);
  EXPECT_EQ(shown["SourceInstanceId"], instance_id);
  EXPECT_EQ(shown["SourceImageId"], any_image());
  EXPECT_EQ(shown["DeregistrationProtection"], "disabled");
  EXPECT_FALSE(shown.contains("ImageOwnerAlias"));
  EXPECT_FALSE(shown.contains("Tags"));
  ASSERT_EQ(shown["BlockDeviceMappings"].size(), 2U);
  EXPECT_EQ(shown["BlockDeviceMappings"][1]["Ebs"]["VolumeSize"], 3);
  const auto snapshot = text_of(shown["BlockDeviceMappings"][1]["Ebs"], "SnapshotId");
  EXPECT_EQ(call("DescribeSnapshots", {{"SnapshotId.1", snapshot}})["Snapshots"][0]["Description"],
            "Created by CreateImage(" + instance_id + ") for " + id);
  const Document clone = instance(launch_running({{"ImageId", id}}));
  EXPECT_EQ(clone["BlockDeviceMappings"].size(), 2U);
  EXPECT_TRUE(described(id).contains("LastLaunchedTime"));
}

TEST_F(Images, RefuseNamesAndStatesInEc2sWords) {
  const auto pending = launch();
  refuse(
      "InvalidParameterValue",
      "Invalid value '" + pending + "' for instanceId. Instance is not in state 'running' or 'stopping' or 'stopped'",
      "CreateImage", {{"InstanceId", pending}, {"Name", "golden"}});
  settle();
  for (const char* name : {"ab", "tea*time"}) {
    refuse("InvalidAMIName.Malformed",
           "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', "
           "'/' "
           "and '_'",
           "CreateImage", {{"InstanceId", pending}, {"Name", name}});
  }
  const auto id = made(pending, "golden");
  refuse("InvalidAMIName.Duplicate", "AMI name golden is already in use by AMI " + id, "CreateImage",
         {{"InstanceId", pending}, {"Name", "golden"}});
  refuse("InvalidParameterValue", "'volume' is not a valid taggable resource type for this operation.", "CreateImage",
         {{"InstanceId", pending},
          {"Name", "tagged"},
          {"TagSpecification.1.ResourceType", "volume"},
          {"TagSpecification.1.Tag.1.Key", "k"},
          {"TagSpecification.1.Tag.1.Value", "v"}});
  call("StopInstances", {{"InstanceId.1", pending}});
  settle();
  call("DetachVolume", {{"VolumeId", text_of(instance(pending)["BlockDeviceMappings"][0]["Ebs"], "VolumeId")}});
  settle();
  refuse("InvalidParameterValue", "", "CreateImage", {{"InstanceId", pending}, {"Name", "headless"}});
}

TEST_F(Images, TakeOtherDevicesOfTheRequest) {
  const auto instance_id =
      launch_running({{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"}, {"BlockDeviceMapping.1.Ebs.VolumeSize", "3"}});
  const auto id = made(instance_id, "golden",
                       {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                        {"BlockDeviceMapping.1.NoDevice", ""},
                        {"BlockDeviceMapping.2.DeviceName", "/dev/sdg"},
                        {"BlockDeviceMapping.2.Ebs.VolumeSize", "5"}});
  const Document devices = described(id)["BlockDeviceMappings"];
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(devices[1]["DeviceName"], "/dev/sdg");
  EXPECT_EQ(devices[1]["Ebs"]["VolumeType"], "gp2");
  const auto refused = [&](std::string_view message, Parameters more) {
    more.emplace_back("InstanceId", instance_id);
    more.emplace_back("Name", "another");
    refuse("InvalidBlockDeviceMapping", message, "CreateImage", more);
  };
  refused("/dev/sdg is being assigned to multiple times.", {{"BlockDeviceMapping.1.DeviceName", "/dev/sdg"},
                                                            {"BlockDeviceMapping.1.Ebs.VolumeSize", "5"},
                                                            {"BlockDeviceMapping.2.DeviceName", "/dev/sdg"},
                                                            {"BlockDeviceMapping.2.Ebs.VolumeSize", "6"}});
  refused("Missing device name", {{"BlockDeviceMapping.1.Ebs.VolumeSize", "5"}});
  refused("", {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"}, {"BlockDeviceMapping.1.Ebs.VolumeSize", "30"}});
}

// ---- From snapshots and by copy ------------------------------------------------------------------------------------

TEST_F(Images, AreRegisteredFromASnapshot) {
  const auto volume = text_of(call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "8"}}), "VolumeId");
  settle();
  const auto snapshot = text_of(call("CreateSnapshot", {{"VolumeId", volume}}), "SnapshotId");
  settle();
  const auto asked = [&](Parameters more) {
    Parameters all{{"Name", "registered"},
                   {"RootDeviceName", "/dev/xvda"},
                   {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                   {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot}};
    for (auto& each : more) {
      std::erase_if(all, [&](const auto& other) { return other.first == each.first; });
      if (!each.second.empty()) all.push_back(std::move(each));
    }
    return all;
  };
  refuse("MissingParameter", "", "RegisterImage", asked({{"Name", ""}}));
  refuse("InvalidBlockDeviceMapping", "No root snapshot specified in device mapping.", "RegisterImage",
         asked({{"RootDeviceName", "/dev/sda1"}}));
  refuse("InvalidBlockDeviceMapping",
         "the encrypted flag cannot be specified since device /dev/xvda has a snapshot specified.", "RegisterImage",
         asked({{"BlockDeviceMapping.1.Ebs.Encrypted", "true"}}));
  refuse("InvalidBlockDeviceMapping",
         "Volume of size 1GB is smaller than  snapshot '" + snapshot + "', expect size >= 8GB", "RegisterImage",
         asked({{"BlockDeviceMapping.1.Ebs.VolumeSize", "1"}}));
  const auto old = text_of(call("RegisterImage", asked({})), "ImageId");
  EXPECT_EQ(described(old)["State"], "available") << "at once";
  EXPECT_EQ(described(old)["Architecture"], "i386") << "defaults as old as EC2";
  EXPECT_EQ(described(old)["VirtualizationType"], "paravirtual");
  const auto modern = text_of(call("RegisterImage", asked({{"Name", "modern"},
                                                           {"Architecture", "x86_64"},
                                                           {"VirtualizationType", "hvm"},
                                                           {"EnaSupport", "true"},
                                                           {"ImdsSupport", "v2.0"}})),
                              "ImageId");
  const Document launched = instance(launch({{"ImageId", modern}}));
  EXPECT_EQ(launched["MetadataOptions"]["HttpTokens"], "required");
  EXPECT_EQ(launched["MetadataOptions"]["HttpPutResponseHopLimit"], 2);
}

TEST_F(Images, AreCopied) {
  const auto id = text_of(
      call("CopyImage", {{"SourceRegion", "eu-west-1"}, {"SourceImageId", any_image("eu-west-1")}, {"Name", "copy"}}),
      "ImageId");
  EXPECT_EQ(described(id)["State"], "pending");
  settle();
  const Document copy = described(id);
  EXPECT_EQ(copy["State"], "available");
  EXPECT_EQ(copy["SourceImageId"], any_image("eu-west-1"));
  EXPECT_EQ(copy["SourceImageRegion"], "eu-west-1");
  const auto snapshot = text_of(copy["BlockDeviceMappings"][0]["Ebs"], "SnapshotId");
  EXPECT_THAT(
      text_of(call("DescribeSnapshots", {{"SnapshotId.1", snapshot}})["Snapshots"][0], "Description"),
      testing::MatchesRegex("Copied for DestinationAmi ami-[0-9a-f]+ from SourceAmi ami-[0-9a-f]+ for SourceSnapshot "
                            "snap-[0-9a-f]+. Task created on [0-9],[0-9]{3},[0-9]{3},[0-9]{3},[0-9]{3}."));
  refuse("InvalidAMIID.NotFound", "", "CopyImage",
         {{"SourceRegion", "eu-west-1"}, {"SourceImageId", "ami-0123456789abcdef0"}, {"Name", "none"}});
  refuse("InvalidParameterDependency", "", "CopyImage",
         {{"SourceRegion", "us-east-1"}, {"SourceImageId", id}, {"Name", "keyed"}, {"KmsKeyId", "alias/mine"}});
}

// ---- Sharing -------------------------------------------------------------------------------------------------------

TEST_F(Images, AreSharedWithAccounts) {
  const auto id = made(launch_running(), "golden");
  const auto launch_it =
      Parameters{{"ImageId", id}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}};
  scope.account = "210987654321";
  refuse("AuthFailure", "Not authorized for images: [" + id + "]", "RunInstances", launch_it);
  scope.account = "123456789012";
  call("ModifyImageAttribute", {{"ImageId", id}, {"LaunchPermission.Add.1.UserId", "210987654321"}});
  EXPECT_EQ(call("DescribeImageAttribute", {{"ImageId", id}, {"Attribute", "launchPermission"}})["LaunchPermissions"],
            Document::parse(R"([{"UserId": "210987654321"}])"));
  scope.account = "210987654321";
  EXPECT_EQ(call("DescribeImages", {{"ExecutableBy.1", "self"}})["Images"].size(), 1U);
  EXPECT_NO_THROW(call("RunInstances", launch_it));
  refuse("AuthFailure", "Not authorized for image:" + id, "DeregisterImage", {{"ImageId", id}});
  call("CancelImageLaunchPermission", {{"ImageId", id}});
  refuse("AuthFailure", "", "RunInstances", launch_it);
}

TEST_F(Images, BecomePublicOnlyWhereAllowed) {
  const auto id = made(launch_running(), "golden");
  const Parameters publish{{"ImageId", id}, {"LaunchPermission.Add.1.Group", "all"}};
  EXPECT_EQ(call("GetImageBlockPublicAccessState")["ImageBlockPublicAccessState"], "block-new-sharing");
  refuse("OperationNotPermitted",
         "You can’t publicly share this image because block public access for AMIs is enabled for this account. To "
         "publicly "
         "share the image, you must call the DisableImageBlockPublicAccess API.",
         "ModifyImageAttribute", publish);
  call("DisableImageBlockPublicAccess");
  call("ModifyImageAttribute", publish);
  EXPECT_EQ(described(id)["Public"], true);
  EXPECT_TRUE(described(id).contains("DeprecationTime")) << "documented: two years after it was made";
  refuse("InvalidAMIAttributeItemValue", "Invalid attribute item value \"bob\" for userId item type.",
         "ModifyImageAttribute", {{"ImageId", id}, {"LaunchPermission.Add.1.UserId", "bob"}});
  refuse("InvalidParameterCombination", "No attributes specified.", "ModifyImageAttribute", {{"ImageId", id}});
  call("ModifyImageAttribute", {{"ImageId", id}, {"Description.Value", "second"}});
  EXPECT_EQ(described(id)["Description"], "second");
  call("ResetImageAttribute", {{"ImageId", id}, {"Attribute", "launchPermission"}});
  EXPECT_EQ(described(id)["Public"], false);
}

TEST_F(Images, UnderTheDefaultKeyAreNotShared) {
  const auto id = made(launch_running({{"BlockDeviceMapping.1.DeviceName", root_device_name()},
                                       {"BlockDeviceMapping.1.Ebs.Encrypted", "true"}}),
                       "golden");
  refuse("InvalidParameter", "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.",
         "ModifyImageAttribute", {{"ImageId", id}, {"LaunchPermission.Add.1.UserId", "210987654321"}});
}

// ---- States --------------------------------------------------------------------------------------------------------

TEST_F(Images, AreDisabledAndEnabled) {
  const auto id = made(launch_running(), "golden");
  call("ModifyImageAttribute", {{"ImageId", id}, {"LaunchPermission.Add.1.UserId", "210987654321"}});
  call("DisableImage", {{"ImageId", id}});
  EXPECT_EQ(own(), Document::array()) << "hidden";
  EXPECT_EQ(own({{"IncludeDisabled", "true"}})[0]["State"], "disabled");
  refuse("InvalidAMIID.Unavailable", "The image ID '" + id + "' is no longer available", "RunInstances",
         {{"ImageId", id}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}});
  call("EnableImage", {{"ImageId", id}});
  EXPECT_EQ(own()[0]["State"], "available");
  EXPECT_EQ(call("DescribeImageAttribute", {{"ImageId", id}, {"Attribute", "launchPermission"}})["LaunchPermissions"],
            Document::array())
      << "permissions are gone for good";
}

TEST_F(Images, AreDeprecated) {
  const auto id = made(launch_running(), "golden");
  refuse("InvalidParameterValue", "", "EnableImageDeprecation",
         {{"ImageId", id}, {"DeprecateAt", "2001-01-01T00:00:00Z"}});
  call("EnableImageDeprecation",
       {{"ImageId", id}, {"DeprecateAt", iso_time(house.world().clock.now_ms() + 3'600'000)}});
  EXPECT_THAT(text_of(described(id), "DeprecationTime"), testing::EndsWith(":00.000Z")) << "to the minute";
  advance_s(7200);
  EXPECT_EQ(own().size(), 1U) << "owners always see it";
  call("DisableImageDeprecation", {{"ImageId", id}});
  EXPECT_FALSE(described(id).contains("DeprecationTime"));
}

TEST_F(Images, AreDeregisteredOnce) {
  const auto id = made(launch_running(), "golden");
  const auto snapshot = text_of(described(id)["BlockDeviceMappings"][0]["Ebs"], "SnapshotId");
  const Document answer = call("DeregisterImage", {{"ImageId", id}});
  EXPECT_EQ(answer["DeleteSnapshotResults"], Document::array()) << "recorded: present also without the flag";
  EXPECT_EQ(call("DescribeImages", {{"ImageId.1", id}})["Images"], Document::array()) << "recorded";
  refuse("InvalidAMIID.Unavailable", "The image ID '" + id + "' is no longer available", "DeregisterImage",
         {{"ImageId", id}});
  EXPECT_NO_THROW(call("DeleteSnapshot", {{"SnapshotId", snapshot}}));
  const auto with_all = made(launch_running(), "golden");
  const Document results = call("DeregisterImage", {{"ImageId", with_all}, {"DeleteAssociatedSnapshots", "true"}});
  EXPECT_EQ(results["DeleteSnapshotResults"][0]["ReturnCode"], "success");
}

TEST_F(Images, AreProtectedFromDeregistration) {
  const auto id = made(launch_running(), "golden");
  EXPECT_EQ(call("EnableImageDeregistrationProtection", {{"ImageId", id}, {"WithCooldown", "true"}})["Return"],
            "enabled-with-cooldown");
  refuse("OperationNotPermitted", "", "DeregisterImage", {{"ImageId", id}});
  call("DisableImageDeregistrationProtection", {{"ImageId", id}});
  EXPECT_EQ(described(id)["DeregistrationProtection"], "disabled");
  refuse("OperationNotPermitted", "", "DeregisterImage", {{"ImageId", id}});
  advance_s(24 * 3600 + 1);
  EXPECT_NO_THROW(call("DeregisterImage", {{"ImageId", id}})) << "a day of cooling down";
}

TEST_F(Images, OfOthersAreAllowedOrNot) {
  const auto by_canonical = Parameters{{"Owner.1", "099720109477"}};
  EXPECT_EQ(call("GetAllowedImagesSettings")["State"], "disabled");
  call("ReplaceImageCriteriaInAllowedImagesSettings", {{"ImageCriterion.1.ImageProvider.1", "099720109477"},
                                                       {"ImageCriterion.1.ImageName.1", "ubuntu/images/*noble*"}});
  EXPECT_FALSE(call("DescribeImages", by_canonical)["Images"][0].contains("ImageAllowed"));
  call("EnableAllowedImagesSettings", {{"AllowedImagesSettingsState", "audit-mode"}});
  const Document audited = call("DescribeImages", by_canonical)["Images"];
  const auto allowed =
      std::ranges::count_if(audited, [](const Document& image) { return image["ImageAllowed"].get<bool>(); });
  EXPECT_GT(allowed, 0);
  EXPECT_LT(allowed, static_cast<std::ptrdiff_t>(audited.size()));
  call("EnableAllowedImagesSettings", {{"AllowedImagesSettingsState", "enabled"}});
  EXPECT_EQ(static_cast<std::ptrdiff_t>(call("DescribeImages", by_canonical)["Images"].size()), allowed);
  const auto amazon = call("DescribeImages", {{"Owner.1", "137112412989"}})["Images"];
  EXPECT_EQ(amazon, Document::array());
  std::string forbidden;
  for (const auto& image : catalogue::images("us-east-1")) {
    if (image.owner_id == "137112412989" && image.architecture == "x86_64") forbidden = image.image_id;
  }
  refuse("OperationNotPermitted", "", "RunInstances",
         {{"ImageId", forbidden}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}});
  call("DisableAllowedImagesSettings");
  EXPECT_EQ(call("DescribeImages", by_canonical)["Images"].size(), audited.size());
}

TEST_F(Images, KnowTheirAncestors) {
  const auto instance_id = launch_running();
  const auto first = made(instance_id, "first");
  const auto second = text_of(
      call("CopyImage", {{"SourceRegion", "us-east-1"}, {"SourceImageId", first}, {"Name", "second"}}), "ImageId");
  const Document line = call("GetImageAncestry", {{"ImageId", second}})["ImageAncestryEntries"];
  ASSERT_GE(line.size(), 3U);
  EXPECT_EQ(line[0]["ImageId"], second);
  EXPECT_EQ(line[1]["ImageId"], first);
  EXPECT_EQ(line[2]["ImageId"], any_image());
  const Document metadata =
      call("DescribeInstanceImageMetadata", {{"InstanceId.1", instance_id}})["InstanceImageMetadata"][0];
  EXPECT_EQ(metadata["ImageMetadata"]["ImageId"], any_image());
  EXPECT_EQ(metadata["ImageMetadata"]["ImageAllowed"], true);
  expect_filters("DescribeInstanceImageMetadata");
}

// ---- Finding -------------------------------------------------------------------------------------------------------

TEST_F(Images, AreFoundByEveryFilter) {
  // Of nobody's images: it is the names that are judged here.
  for (const auto name : model::find_operation("DescribeImages")->filters) {
    const std::string filter = name == "tag:*" ? "tag:Name" : std::string(name);
    EXPECT_NO_THROW(own({{"Filter.1.Name", filter}, {"Filter.1.Value.1", "no-such-value"}})) << filter;
  }
  const auto ubuntu =
      call("DescribeImages",
           {{"Owner.1", "099720109477"},
            {"Filter.1.Name", "name"},
            {"Filter.1.Value.1", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"}})["Images"];
  ASSERT_GE(ubuntu.size(), 2U) << "sorting by date needs two";
  EXPECT_EQ(own(), Document::array());
  refuse("InvalidAMIID.Malformed", "Invalid id: \"foo\" (expecting \"ami-...\")", "DescribeImages",
         {{"ImageId.1", "foo"}});
  refuse("InvalidAMIID.NotFound", "The image ids '[ami-0123456789abcdef0, ami-0123456789abcdef1]' do not exist",
         "DescribeImages", {{"ImageId.1", "ami-0123456789abcdef0"}, {"ImageId.2", "ami-0123456789abcdef1"}});
  refuse("InvalidParameterValue", "Invalid value '1' for maxResults. Expecting a value greater than 5.",
         "DescribeImages", {{"MaxResults", "1"}});
  refuse("AuthFailure", "", "DescribeImageAttribute", {{"ImageId", any_image()}, {"Attribute", "launchPermission"}});
}

}  // namespace
}  // namespace fogling::test
