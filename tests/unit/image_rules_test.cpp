/// Watermarks and instance type specifications of images.

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class ImageRules : public NetworkTest<SettledTest> {
 protected:
  std::string create_image(const std::string& name) {
    return text_of(call("CreateImage", {{"InstanceId", launch_running()}, {"Name", name}}), "ImageId");
  }
  Document image(const std::string& id) { return call("DescribeImages", {{"ImageId.1", id}})["Images"][0]; }
  std::string attach(const std::string& id, const std::string& name) {
    return text_of(call("AttachImageWatermark", {{"ImageId", id}, {"WatermarkName", name}}), "WatermarkKey");
  }
};

TEST_F(ImageRules, WatermarksGoOnToWhatIsMadeOfAnImage) {
  const auto id = create_image("golden");
  const auto key = attach(id, "approved");
  EXPECT_EQ(key, "123456789012:approved");
  const auto copy =
      text_of(call("CopyImage", {{"SourceRegion", "us-east-1"}, {"SourceImageId", id}, {"Name", "copy"}}), "ImageId");
  ASSERT_EQ(image(copy)["ImageWatermarks"].size(), 1U);
  EXPECT_EQ(text(image(copy)["ImageWatermarks"][0], "SourceImageId"), id);
  const auto instance = text_of(
      call("RunInstances",
           {{"ImageId", copy}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}})["Instances"][0],
      "InstanceId");
  const auto capture = text_of(call("CreateImage", {{"InstanceId", instance}, {"Name", "capture"}}), "ImageId");
  const Document found = call("DescribeImages", {{"Filter.1.Name", "image-watermark.watermark-key"},
                                                 {"Filter.1.Value.1", "*:approved"}})["Images"];
  EXPECT_EQ(found.size(), 3U);
  call("DetachImageWatermark", {{"ImageId", id}, {"WatermarkKey", key}});
  call("DetachImageWatermark", {{"ImageId", id}, {"WatermarkKey", key}});
  EXPECT_FALSE(has(image(id), "ImageWatermarks"));
  EXPECT_TRUE(has(image(capture), "ImageWatermarks")) << "what was made of it keeps its own";
}

TEST_F(ImageRules, WatermarksAreJudged) {
  const auto id = create_image("golden");
  refuse("InvalidParameterValue", "", "AttachImageWatermark", {{"ImageId", id}, {"WatermarkName", "ab"}});
  refuse("InvalidParameterValue", "", "AttachImageWatermark", {{"ImageId", id}, {"WatermarkName", "a#b"}});
  refuse("InvalidParameterValue", "", "DetachImageWatermark", {{"ImageId", id}, {"WatermarkKey", "approved"}});
  refuse("AuthFailure", "", "AttachImageWatermark", {{"ImageId", any_image()}, {"WatermarkName", "approved"}});
  call("DisableImageBlockPublicAccess");
  call("ModifyImageAttribute", {{"ImageId", id}, {"LaunchPermission.Add.1.Group", "all"}});
  refuse("OperationNotPermitted", "", "AttachImageWatermark", {{"ImageId", id}, {"WatermarkName", "approved"}});
}

TEST_F(ImageRules, AllowedImagesMayHaveToHaveOne) {
  const auto id = create_image("golden");
  attach(id, "approved");
  call("ModifyImageAttribute", {{"ImageId", id}, {"LaunchPermission.Add.1.UserId", "210987654321"}});
  scope.account = "210987654321";
  call("EnableAllowedImagesSettings", {{"AllowedImagesSettingsState", "enabled"}});
  const Parameters launching{{"ImageId", id}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}};
  refuse("OperationNotPermitted", "", "RunInstances", launching);
  const auto ask = [&](const std::string& key) {
    call("ReplaceImageCriteriaInAllowedImagesSettings", {{"ImageCriterion.1.ImageWatermark.1.WatermarkKey", key}});
  };
  ask("*:other");
  refuse("OperationNotPermitted", "", "RunInstances", launching);
  ask("123456789012:appr*");
  call("RunInstances", launching);
  call("ReplaceImageCriteriaInAllowedImagesSettings",
       {{"ImageCriterion.1.ScanResultCondition.MaxDaysSinceLastFindingScan", "7"}});
  refuse("OperationNotPermitted", "", "RunInstances", launching);
}

TEST_F(ImageRules, TypesAreThoseOfTheSpecification) {
  const auto id = create_image("golden");
  const std::string supported = "InstanceTypeSpecification.SupportedInstanceType.",
                    unsupported = "InstanceTypeSpecification.UnsupportedInstanceType.";
  call("ReplaceImageInstanceTypeSpecification",
       {{"ImageId", id}, {supported + "1", "t3.*"}, {unsupported + "1", "t3.nano"}});
  EXPECT_EQ(text(image(id)["InstanceTypeSpecification"]["SupportedInstanceTypes"][0], "InstanceType"), "t3.*");
  const auto launching = [&](const std::string& type) {
    return Parameters{{"ImageId", id}, {"InstanceType", type}, {"MinCount", "1"}, {"MaxCount", "1"}};
  };
  call("RunInstances", launching("t3.micro"));
  refuse("InvalidParameterCombination", "", "RunInstances", launching("t3.nano"));
  refuse("InvalidParameterCombination", "", "RunInstances", launching("m5.large"));
  call("ReplaceImageInstanceTypeSpecification", {{"ImageId", id}});
  EXPECT_FALSE(has(image(id), "InstanceTypeSpecification"));
  call("RunInstances", launching("m5.large"));
  const char* replace = "ReplaceImageInstanceTypeSpecification";
  refuse("InvalidParameterValue", "", replace, {{"ImageId", id}, {supported + "1", "t3.**"}});
  refuse("InvalidParameterValue", "", replace, {{"ImageId", id}, {supported + "1", "t3.$"}});
  refuse("InvalidParameterValue", "", replace,
         {{"ImageId", id}, {supported + "1", "t3.nano"}, {unsupported + "1", "t3.nano"}});
}

TEST_F(ImageRules, NothingIsFoundInWhatIsNotScanned) {
  EXPECT_TRUE(call("GetImageFindings", {{"ImageId", any_image()}})["ImageFindings"].empty());
  refuse("InvalidAMIID.NotFound", "", "GetImageFindings", {{"ImageId", "ami-0123456789abcdef0"}});
}

}  // namespace
}  // namespace fogling::test
