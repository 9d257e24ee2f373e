/// Who uses an image, and who may load an FPGA's.

#include <gmock/gmock.h>

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class ImageUsage : public NetworkTest<HouseTest> {
 protected:
  std::string own_image() {
    auto id = text_of(call("CreateImage", {{"InstanceId", launch_running()}, {"Name", "mine"}}), "ImageId");
    settle();
    return id;
  }
};

TEST_F(ImageUsage, ReferencesAreInstancesAndLaunchTemplates) {
  const auto id = own_image();
  const auto instance_id = launch_running({{"ImageId", id}});
  const auto launch_template =
      text_of(call("CreateLaunchTemplate",
                   {{"LaunchTemplateName", "web"}, {"LaunchTemplateData.ImageId", id}})["LaunchTemplate"],
              "LaunchTemplateId");
  const Document all =
      call("DescribeImageReferences", {{"ImageId.1", id}, {"IncludeAllResourceTypes", "true"}})["ImageReferences"];
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0]["Arn"], "arn:aws:ec2:us-east-1:123456789012:instance/" + instance_id);
  EXPECT_EQ(all[1]["Arn"], "arn:aws:ec2:us-east-1:123456789012:launch-template/" + launch_template);
  const Parameters stopped{{"ImageId.1", id},
                           {"ResourceType.1.ResourceType", "ec2:Instance"},
                           {"ResourceType.1.ResourceTypeOption.1.OptionName", "state-name"},
                           {"ResourceType.1.ResourceTypeOption.1.OptionValue.1", "stopped"}};
  EXPECT_THAT(call("DescribeImageReferences", stopped)["ImageReferences"], IsEmpty());
  call("CreateLaunchTemplateVersion",
       {{"LaunchTemplateId", launch_template}, {"LaunchTemplateData.ImageId", any_image()}});
  const Parameters newest{{"ImageId.1", id},
                          {"ResourceType.1.ResourceType", "ec2:LaunchTemplate"},
                          {"ResourceType.1.ResourceTypeOption.1.OptionName", "version-depth"},
                          {"ResourceType.1.ResourceTypeOption.1.OptionValue.1", "1"}};
  EXPECT_THAT(call("DescribeImageReferences", newest)["ImageReferences"], IsEmpty());
  refuse("MissingParameter", "", "DescribeImageReferences", {{"ImageId.1", id}});
}

TEST_F(ImageUsage, AUsageReportCountsWhatOthersHave) {
  const auto id = own_image();
  launch_running({{"ImageId", id}});
  call("ModifyImageAttribute", {{"ImageId", id}, {"LaunchPermission.Add.1.UserId", "210987654321"}});
  const auto owner = scope;
  scope.account = "210987654321";
  launch_running({{"ImageId", id}});
  launch_running({{"ImageId", id}});
  refuse("OperationNotPermitted", "", "CreateImageUsageReport",
         {{"ImageId", id}, {"ResourceType.1.ResourceType", "ec2:Instance"}});
  scope = owner;
  const auto report = text_of(
      call("CreateImageUsageReport", {{"ImageId", id}, {"ResourceType.1.ResourceType", "ec2:Instance"}}), "ReportId");
  EXPECT_EQ(call("DescribeImageUsageReports", {{"ImageId.1", id}})["ImageUsageReports"][0]["State"], "pending");
  settle();
  const Document entries = call("DescribeImageUsageReportEntries", {{"ReportId.1", report}})["ImageUsageReportEntries"];
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0]["AccountId"], "210987654321");
  EXPECT_EQ(entries[0]["UsageCount"], 2);
  EXPECT_THAT(call("DescribeImageUsageReports", {{"ImageId.1", "ami-0123456789abcdef0"}})["ImageUsageReports"],
              IsEmpty());
  expect_filters("DescribeImageUsageReports");
  expect_filters("DescribeImageUsageReportEntries");
  advance_s(31LL * 24 * 3600);
  EXPECT_THAT(call("DescribeImageUsageReports")["ImageUsageReports"], IsEmpty());
}

TEST_F(ImageUsage, FpgaImagesAreSharedAndCopied) {
  const Document made =
      call("CreateFpgaImage",
           {{"Name", "adder"}, {"InputStorageLocation.Bucket", "designs"}, {"InputStorageLocation.Key", "adder.tar"}});
  const auto id = text_of(made, "FpgaImageId");
  EXPECT_THAT(text_of(made, "FpgaImageGlobalId"), testing::StartsWith("agfi-"));
  refuse("IncorrectState", "", "CopyFpgaImage", {{"SourceFpgaImageId", id}, {"SourceRegion", "us-east-1"}});
  settle();
  const auto seen = [&] { return call("DescribeFpgaImages", {{"FpgaImageId.1", id}})["FpgaImages"][0]; };
  EXPECT_EQ(seen()["State"]["Code"], "available");
  EXPECT_EQ(seen()["Public"], false);

  const auto owner = scope;
  scope.account = "210987654321";
  refuse("InvalidFpgaImageID.NotFound", "", "DescribeFpgaImages", {{"FpgaImageId.1", id}});
  scope = owner;
  call("ModifyFpgaImageAttribute", {{"FpgaImageId", id}, {"LoadPermission.Add.1.UserId", "210987654321"}});
  scope.account = "210987654321";
  EXPECT_EQ(seen()["OwnerId"], owner.account);
  refuse("InvalidFpgaImageID.NotFound", "", "DeleteFpgaImage", {{"FpgaImageId", id}});
  scope = owner;
  const Document permissions =
      call("DescribeFpgaImageAttribute", {{"FpgaImageId", id}, {"Attribute", "loadPermission"}})["FpgaImageAttribute"];
  EXPECT_EQ(permissions["LoadPermissions"][0]["UserId"], "210987654321");
  call("ResetFpgaImageAttribute", {{"FpgaImageId", id}});
  EXPECT_THAT(call("DescribeFpgaImageAttribute",
                   {{"FpgaImageId", id}, {"Attribute", "loadPermission"}})["FpgaImageAttribute"]["LoadPermissions"],
              IsEmpty());

  scope.region = "eu-west-1";
  const auto copy =
      text_of(call("CopyFpgaImage", {{"SourceFpgaImageId", id}, {"SourceRegion", "us-east-1"}}), "FpgaImageId");
  settle();
  const Document copied = call("DescribeFpgaImages", {{"FpgaImageId.1", copy}})["FpgaImages"][0];
  EXPECT_EQ(copied["FpgaImageGlobalId"], made["FpgaImageGlobalId"]);
  EXPECT_EQ(copied["Name"], "adder");
}

}  // namespace
}  // namespace fogling::test
