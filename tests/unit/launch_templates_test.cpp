/// Launch templates: their versions, and launches from them. Codes and texts are recorded on AWS unless a comment says
/// otherwise; the merging is the API Reference's.

#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

class LaunchTemplates : public SettledTest {
 protected:
  Parameters with_data(Parameters parameters, const Parameters& data) {
    for (const auto& [name, value] : data) parameters.emplace_back("LaunchTemplateData." + name, value);
    return parameters;
  }
  std::string create(const std::string& name, const Parameters& data) {
    return call("CreateLaunchTemplate",
                with_data({{"LaunchTemplateName", name}}, data))["LaunchTemplate"]["LaunchTemplateId"];
  }
  Document add_version(const std::string& id, const Parameters& data, const std::string& source = {}) {
    Parameters parameters{{"LaunchTemplateId", id}};
    if (!source.empty()) parameters.emplace_back("SourceVersion", source);
    return call("CreateLaunchTemplateVersion", with_data(parameters, data))["LaunchTemplateVersion"];
  }
  std::vector<std::int64_t> versions(const Parameters& parameters) {
    std::vector<std::int64_t> numbers;
    const auto answer = call("DescribeLaunchTemplateVersions", parameters);
    for (const auto& each : answer["LaunchTemplateVersions"]) {
      numbers.push_back(each["VersionNumber"]);
    }
    return numbers;
  }
  std::string image() {
    return call("DescribeImages", {{"Owner.1", "099720109477"},
                                   {"Filter.1.Name", "architecture"},
                                   {"Filter.1.Value.1", "x86_64"},
                                   {"MaxResults", "5"}})["Images"][0]["ImageId"];
  }
  Document launch(Parameters parameters) {
    parameters.emplace_back("MinCount", "1");
    parameters.emplace_back("MaxCount", "1");
    const auto id = call("RunInstances", parameters)["Instances"][0]["InstanceId"].get<std::string>();
    return call("DescribeInstances", {{"InstanceId.1", id}})["Reservations"][0]["Instances"][0];
  }
  static std::string tag(const Document& resource, std::string_view key) {
    for (const auto& each : items(resource, "Tags")) {
      if (text(each, "Key") == key) return std::string(text(each, "Value"));
    }
    return "(none)";
  }
};

using Numbers = std::vector<std::int64_t>;

TEST_F(LaunchTemplates, OneIsMadeWithItsFirstVersion) {
  const auto made = call("CreateLaunchTemplate", {{"LaunchTemplateName", "web"},
                                                  {"VersionDescription", "first"},
                                                  {"LaunchTemplateData.InstanceType", "t3.micro"},
                                                  {"LaunchTemplateData.UserData", ""},
                                                  {"TagSpecification.1.ResourceType", "launch-template"},
                                                  {"TagSpecification.1.Tag.1.Key", "Team"},
                                                  {"TagSpecification.1.Tag.1.Value", "a"}})["LaunchTemplate"];
  EXPECT_EQ(made["LaunchTemplateName"], "web");
  EXPECT_EQ(made["CreatedBy"], "arn:aws:iam::123456789012:root");
  EXPECT_EQ(made["DefaultVersionNumber"], 1);
  EXPECT_EQ(made["LatestVersionNumber"], 1);
  EXPECT_EQ(made["Operator"], (Document{{"Managed", false}}));
  EXPECT_EQ(tag(made, "Team"), "a");
  const auto version =
      call("DescribeLaunchTemplateVersions", {{"LaunchTemplateName", "web"}})["LaunchTemplateVersions"][0];
  EXPECT_EQ(version["LaunchTemplateData"], (Document{{"InstanceType", "t3.micro"}})) << "what is empty is not set";
  EXPECT_EQ(version["VersionDescription"], "first");
  EXPECT_EQ(version["DefaultVersion"], true);
}

TEST_F(LaunchTemplates, NamesHaveRules) {
  create("web", {{"InstanceType", "t3.micro"}});
  refuse("InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.",
         "CreateLaunchTemplate", {{"LaunchTemplateName", "web"}, {"LaunchTemplateData.InstanceType", "t3.micro"}});
  for (const char* name : {"ab", "with space", "ünder"}) {
    refuse("InvalidLaunchTemplateName.MalformedException",
           "A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the "
           "following characters: - ( ) . / _.",
           "CreateLaunchTemplate", {{"LaunchTemplateName", name}, {"LaunchTemplateData.InstanceType", "t3.micro"}});
  }
  refuse("MissingParameter", "", "CreateLaunchTemplate", {{"LaunchTemplateName", "empty"}});
  create("a(b).c/d_e-f", {{"InstanceType", "t3.micro"}});
}

TEST_F(LaunchTemplates, WhatIsNotThereIsToldByIdAndByName) {
  refuse("InvalidLaunchTemplateId.NotFound",
         "The specified launch template, with template ID lt-0123456789abcdef0, does not exist.",
         "DescribeLaunchTemplates", {{"LaunchTemplateId.1", "lt-0123456789abcdef0"}});
  refuse("InvalidLaunchTemplateId.Malformed", "The following launch template ids are malformed: foo",
         "DescribeLaunchTemplates", {{"LaunchTemplateId.1", "foo"}});
  refuse("InvalidLaunchTemplateName.NotFoundException",
         "At least one of the launch templates specified in the request does not exist.", "DescribeLaunchTemplates",
         {{"LaunchTemplateName.1", "nobody"}});
  refuse("InvalidLaunchTemplateName.NotFoundException",
         "The specified launch template, with template name nobody, does not exist.", "DeleteLaunchTemplate",
         {{"LaunchTemplateName", "nobody"}});
  EXPECT_TRUE(call("DescribeLaunchTemplates")["LaunchTemplates"].empty());
}

TEST_F(LaunchTemplates, DataIsJudgedByItsFormOnly) {
  create("unknown-image", {{"ImageId", "ami-0123456789abcdef0"}});
  refuse("InvalidAMIID.Malformed", "", "CreateLaunchTemplate",
         {{"LaunchTemplateName", "bad"}, {"LaunchTemplateData.ImageId", "foo"}});
  refuse("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.", "CreateLaunchTemplate",
         {{"LaunchTemplateName", "bad"}, {"LaunchTemplateData.UserData", "#!"}});
  refuse("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use", "CreateLaunchTemplate",
         {{"LaunchTemplateName", "bad"},
          {"LaunchTemplateData.TagSpecification.1.ResourceType", "instance"},
          {"LaunchTemplateData.TagSpecification.1.Tag.1.Key", "aws:x"}});
  EXPECT_EQ(call("DescribeLaunchTemplates")["LaunchTemplates"].size(), 1u) << "a refusal leaves nothing behind";
}

/// Assumed: that what EC2 warns of is told in the words of the launch.
TEST_F(LaunchTemplates, TheAnswerWarnsOfATypeThatIsNone) {
  const Parameters unknown{{"LaunchTemplateName", "web"}, {"LaunchTemplateData.InstanceType", "t3.minute"}};
  const auto warning = Document::array(
      {{{"Code", "InvalidParameterValue"}, {"Message", "Invalid value 't3.minute' for InstanceType."}}});
  const auto made = call("CreateLaunchTemplate", unknown);
  EXPECT_EQ(made["Warning"]["Errors"], warning);
  EXPECT_EQ(call("CreateLaunchTemplateVersion", unknown)["Warning"]["Errors"], warning);
  EXPECT_EQ(call("CreateLaunchTemplateVersion", {{"LaunchTemplateName", "web"},
                                                 {"SourceVersion", "1"},
                                                 {"LaunchTemplateData.KeyName", "mine"}})["Warning"]["Errors"],
            warning)
      << "inherited";
  EXPECT_FALSE(call("CreateLaunchTemplateVersion",
                    {{"LaunchTemplateName", "web"}, {"LaunchTemplateData.InstanceType", "t3.micro"}})
                   .contains("Warning"));
}

TEST_F(LaunchTemplates, VersionsInheritFromTheirSourceMemberByMember) {
  const auto id = create("web", {{"InstanceType", "t3.micro"},
                                 {"KeyName", "old"},
                                 {"SecurityGroupId.1", "sg-1"},
                                 {"SecurityGroupId.2", "sg-2"},
                                 {"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                                 {"BlockDeviceMapping.1.Ebs.SnapshotId", "snap-1"}});
  const auto bare = add_version(id, {{"KeyName", "new"}});
  EXPECT_EQ(bare["VersionNumber"], 2);
  EXPECT_EQ(bare["DefaultVersion"], false);
  EXPECT_EQ(bare["LaunchTemplateData"], (Document{{"KeyName", "new"}}));
  const auto heir = add_version(id, {{"KeyName", "new"}, {"SecurityGroupId.1", "sg-3"}}, "1")["LaunchTemplateData"];
  EXPECT_EQ(heir["InstanceType"], "t3.micro");
  EXPECT_EQ(heir["KeyName"], "new");
  EXPECT_EQ(heir["SecurityGroupIds"], Document::array({"sg-3"})) << "a list is replaced as a whole";
  EXPECT_FALSE(heir["BlockDeviceMappings"][0]["Ebs"].contains("SnapshotId")) << "snapshots have to be named again";
  EXPECT_EQ(call("DescribeLaunchTemplates")["LaunchTemplates"][0]["LatestVersionNumber"], 3);
  refuse("InvalidLaunchTemplateId.VersionNotFound",
         "Could not find the specified version 9 for the launch template with ID " + id + ".",
         "CreateLaunchTemplateVersion",
         {{"LaunchTemplateId", id}, {"SourceVersion", "9"}, {"LaunchTemplateData.KeyName", "k"}});
}

TEST_F(LaunchTemplates, VersionsAreChosenByNumberNameAndRange) {
  const auto id = create("web", {{"InstanceType", "t3.micro"}});
  for (int i = 0; i < 4; ++i) add_version(id, {{"KeyName", "k"}});
  call("ModifyLaunchTemplate", {{"LaunchTemplateId", id}, {"SetDefaultVersion", "3"}});
  EXPECT_EQ(versions({{"LaunchTemplateId", id}}), (Numbers{5, 4, 3, 2, 1}));
  EXPECT_EQ(versions({{"LaunchTemplateId", id}, {"LaunchTemplateVersion.1", "$Default"}}), Numbers{3});
  EXPECT_EQ(versions({{"LaunchTemplateName", "web"}, {"LaunchTemplateVersion.1", "$Latest"}}), Numbers{5});
  EXPECT_EQ(versions({{"LaunchTemplateId", id}, {"MinVersion", "2"}, {"MaxVersion", "4"}}), (Numbers{4, 3, 2}));
  EXPECT_EQ(versions({{"LaunchTemplateId", id}, {"Filter.1.Name", "is-default-version"}, {"Filter.1.Value.1", "true"}}),
            Numbers{3});
  EXPECT_EQ(versions({{"LaunchTemplateId", id}, {"Filter.1.Name", "instance-type"}, {"Filter.1.Value.1", "t3.*"}}),
            Numbers{1});
  create("other", {{"InstanceType", "t3.micro"}});
  EXPECT_EQ(versions({{"LaunchTemplateVersion.1", "$Latest"}, {"LaunchTemplateVersion.2", "$Default"}}),
            (Numbers{5, 3, 1}));
  refuse("MissingParameter", "", "DescribeLaunchTemplateVersions");
  refuse("InvalidParameterValue", "", "DescribeLaunchTemplateVersions", {{"LaunchTemplateVersion.1", "1"}});
  refuse("InvalidParameterValue",
         "Invalid launch template version: either '$Default', '$Latest', or a numeric version are allowed.",
         "DescribeLaunchTemplateVersions", {{"LaunchTemplateId", id}, {"LaunchTemplateVersion.1", "newest"}});
  refuse("InvalidLaunchTemplateId.VersionNotFound",
         "Could not find the specified version 7 for the launch template with ID " + id + ".",
         "DescribeLaunchTemplateVersions", {{"LaunchTemplateId", id}, {"LaunchTemplateVersion.1", "7"}});
}

TEST_F(LaunchTemplates, VersionsComeInPages) {
  const auto id = create("web", {{"InstanceType", "t3.micro"}});
  for (int i = 0; i < 4; ++i) add_version(id, {{"KeyName", "k"}});
  const auto first = call("DescribeLaunchTemplateVersions", {{"LaunchTemplateId", id}, {"MaxResults", "3"}});
  ASSERT_EQ(first["LaunchTemplateVersions"].size(), 3u);
  const auto rest =
      call("DescribeLaunchTemplateVersions",
           {{"LaunchTemplateId", id}, {"MaxResults", "3"}, {"NextToken", first["NextToken"].get<std::string>()}});
  EXPECT_EQ(rest["LaunchTemplateVersions"].size(), 2u);
  EXPECT_FALSE(rest.contains("NextToken"));
}

TEST_F(LaunchTemplates, TheDefaultIsModified) {
  const auto id = create("web", {{"InstanceType", "t3.micro"}});
  add_version(id, {{"KeyName", "k"}});
  const auto answer = call("ModifyLaunchTemplate", {{"LaunchTemplateName", "web"}, {"SetDefaultVersion", "$Latest"}});
  EXPECT_EQ(answer["LaunchTemplate"]["DefaultVersionNumber"], 2);
  EXPECT_EQ(answer["LaunchTemplate"]["CreateTime"], "1970-01-01T00:00:00.000Z") << "a quirk of EC2's";
  refuse("InvalidLaunchTemplateId.VersionNotFound",
         "The launch template version 5 is not found for the specified launch template.", "ModifyLaunchTemplate",
         {{"LaunchTemplateId", id}, {"SetDefaultVersion", "5"}});
  refuse("InvalidParameterCombination",
         "Either provide launch template ID or launch template name to modify the template.", "ModifyLaunchTemplate",
         {{"LaunchTemplateId", id}, {"LaunchTemplateName", "web"}, {"SetDefaultVersion", "1"}});
}

TEST_F(LaunchTemplates, VersionsGoOneByOneAndNumbersAreNotUsedAgain) {
  const auto id = create("web", {{"InstanceType", "t3.micro"}});
  add_version(id, {{"KeyName", "k"}});
  add_version(id, {{"KeyName", "k"}});
  const auto answer = call("DeleteLaunchTemplateVersions", {{"LaunchTemplateId", id},
                                                            {"LaunchTemplateVersion.1", "1"},
                                                            {"LaunchTemplateVersion.2", "3"},
                                                            {"LaunchTemplateVersion.3", "8"}});
  ASSERT_EQ(answer["SuccessfullyDeletedLaunchTemplateVersions"].size(), 1u);
  EXPECT_EQ(answer["SuccessfullyDeletedLaunchTemplateVersions"][0]["VersionNumber"], 3);
  ASSERT_EQ(answer["UnsuccessfullyDeletedLaunchTemplateVersions"].size(), 2u);
  EXPECT_EQ(answer["UnsuccessfullyDeletedLaunchTemplateVersions"][1]["ResponseError"]["Code"],
            "launchTemplateVersionDoesNotExist");
  EXPECT_EQ(versions({{"LaunchTemplateId", id}}), (Numbers{2, 1}));
  EXPECT_EQ(add_version(id, {{"KeyName", "k"}})["VersionNumber"], 4);
  call("DeleteLaunchTemplate", {{"LaunchTemplateId", id}});
  refuse("InvalidLaunchTemplateId.NotFound", "", "DescribeLaunchTemplateVersions", {{"LaunchTemplateId", id}});
}

TEST_F(LaunchTemplates, ATokenIsTiedToItsParameters) {
  const Parameters first{{"LaunchTemplateName", "web"}, {"ClientToken", "t"}, {"LaunchTemplateData.KeyName", "k"}};
  const auto id = call("CreateLaunchTemplate", first)["LaunchTemplate"]["LaunchTemplateId"];
  EXPECT_EQ(call("CreateLaunchTemplate", first)["LaunchTemplate"]["LaunchTemplateId"], id);
  refuse("IdempotentParameterMismatch", "Client token already used before.", "CreateLaunchTemplate",
         {{"LaunchTemplateName", "other"}, {"ClientToken", "t"}, {"LaunchTemplateData.KeyName", "k"}});
}

TEST_F(LaunchTemplates, ALaunchTakesTheTemplateAndTheRequestWins) {
  const auto id = create("web", {{"ImageId", image()},
                                 {"InstanceType", "t3.micro"},
                                 {"UserData", "aGVsbG8="},
                                 {"Monitoring.Enabled", "true"},
                                 {"MetadataOptions.HttpTokens", "required"},
                                 {"MetadataOptions.HttpPutResponseHopLimit", "3"},
                                 {"TagSpecification.1.ResourceType", "instance"},
                                 {"TagSpecification.1.Tag.1.Key", "Name"},
                                 {"TagSpecification.1.Tag.1.Value", "template"},
                                 {"TagSpecification.1.Tag.2.Key", "Team"},
                                 {"TagSpecification.1.Tag.2.Value", "a"},
                                 {"TagSpecification.2.ResourceType", "volume"},
                                 {"TagSpecification.2.Tag.1.Key", "Disk"},
                                 {"TagSpecification.2.Tag.1.Value", "root"}});
  const auto instance = launch({{"LaunchTemplate.LaunchTemplateId", id},
                                {"InstanceType", "t3.small"},
                                {"Placement.AvailabilityZone", ""},
                                {"TagSpecification.1.ResourceType", "instance"},
                                {"TagSpecification.1.Tag.1.Key", "Name"},
                                {"TagSpecification.1.Tag.1.Value", "request"}});
  EXPECT_EQ(instance["InstanceType"], "t3.small");
  EXPECT_EQ(instance["Monitoring"]["State"], "enabled");
  EXPECT_EQ(instance["MetadataOptions"]["HttpPutResponseHopLimit"], 3);
  EXPECT_EQ(tag(instance, "Name"), "request");
  EXPECT_EQ(tag(instance, "Team"), "a");
  EXPECT_EQ(tag(instance, "aws:ec2launchtemplate:id"), id);
  EXPECT_EQ(tag(instance, "aws:ec2launchtemplate:version"), "1");
  const auto user_data = call("DescribeInstanceAttribute",
                              {{"InstanceId", instance["InstanceId"].get<std::string>()}, {"Attribute", "userData"}});
  EXPECT_EQ(user_data["UserData"]["Value"], "aGVsbG8=");
  const auto volume = instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"].get<std::string>();
  EXPECT_EQ(tag(call("DescribeVolumes", {{"VolumeId.1", volume}})["Volumes"][0], "Disk"), "root");
}

TEST_F(LaunchTemplates, ALaunchTakesTheVersionItNames) {
  const auto id = create("web", {{"ImageId", image()}, {"InstanceType", "t3.micro"}});
  add_version(id, {{"InstanceType", "t3.small"}}, "1");
  EXPECT_EQ(launch({{"LaunchTemplate.LaunchTemplateId", id}})["InstanceType"], "t3.micro") << "the default";
  const auto latest = launch({{"LaunchTemplate.LaunchTemplateName", "web"}, {"LaunchTemplate.Version", "$Latest"}});
  EXPECT_EQ(latest["InstanceType"], "t3.small");
  EXPECT_EQ(tag(latest, "aws:ec2launchtemplate:version"), "2") << "the number, whatever the request said";
  refuse("InvalidLaunchTemplateId.NotFound", "", "RunInstances",
         {{"LaunchTemplate.LaunchTemplateId", "lt-0123456789abcdef0"}, {"MinCount", "1"}, {"MaxCount", "1"}});
  refuse(
      "InvalidLaunchTemplateId.VersionNotFound", "", "RunInstances",
      {{"LaunchTemplate.LaunchTemplateId", id}, {"LaunchTemplate.Version", "7"}, {"MinCount", "1"}, {"MaxCount", "1"}});
}

TEST_F(LaunchTemplates, ATemplatesInterfacesDoNotGoWithASubnetOfTheRequest) {
  const auto subnet = call("DescribeSubnets")["Subnets"][0]["SubnetId"].get<std::string>();
  const auto id = create("web", {{"ImageId", image()},
                                 {"InstanceType", "t3.micro"},
                                 {"NetworkInterface.1.DeviceIndex", "0"},
                                 {"NetworkInterface.1.AssociatePublicIpAddress", "false"}});
  refuse("InvalidParameterCombination",
         "Network interfaces and an instance-level subnet ID may not be specified on the same request", "RunInstances",
         {{"LaunchTemplate.LaunchTemplateId", id}, {"SubnetId", subnet}, {"MinCount", "1"}, {"MaxCount", "1"}});
  EXPECT_FALSE(launch({{"LaunchTemplate.LaunchTemplateId", id}}).contains("PublicIpAddress"));
}

TEST_F(LaunchTemplates, AParameterOfAnImageIsResolvedOnRequest) {
  const std::string parameter = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
  const auto id = create("web", {{"ImageId", parameter}, {"InstanceType", "t3.micro"}});
  const auto plain = call("DescribeLaunchTemplateVersions", {{"LaunchTemplateId", id}});
  EXPECT_EQ(plain["LaunchTemplateVersions"][0]["LaunchTemplateData"]["ImageId"], parameter);
  const auto resolved = call("DescribeLaunchTemplateVersions", {{"LaunchTemplateId", id}, {"ResolveAlias", "true"}});
  const auto image_id = resolved["LaunchTemplateVersions"][0]["LaunchTemplateData"]["ImageId"];
  EXPECT_TRUE(image_id.get<std::string>().starts_with("ami-")) << image_id;
  EXPECT_EQ(launch({{"LaunchTemplate.LaunchTemplateId", id}})["ImageId"], image_id);
}

TEST_F(LaunchTemplates, AnInstanceTellsItsData) {
  const auto instance = launch({{"ImageId", image()},
                                {"InstanceType", "t3.micro"},
                                {"UserData", "aGVsbG8="},
                                {"TagSpecification.1.ResourceType", "instance"},
                                {"TagSpecification.1.Tag.1.Key", "Name"},
                                {"TagSpecification.1.Tag.1.Value", "web"}});
  const auto id = instance["InstanceId"].get<std::string>();
  const auto data = call("GetLaunchTemplateData", {{"InstanceId", id}})["LaunchTemplateData"];
  EXPECT_EQ(data["ImageId"], instance["ImageId"]);
  EXPECT_EQ(data["InstanceType"], "t3.micro");
  EXPECT_EQ(data["UserData"], "aGVsbG8=");
  EXPECT_EQ(data["Placement"]["AvailabilityZone"], instance["Placement"]["AvailabilityZone"]);
  EXPECT_EQ(data["NetworkInterfaces"][0]["SubnetId"], instance["SubnetId"]);
  EXPECT_EQ(data["BlockDeviceMappings"][0]["Ebs"]["DeleteOnTermination"], true);
  EXPECT_EQ(data["TagSpecifications"][0]["Tags"][0]["Value"], "web");
  EXPECT_EQ(data["CreditSpecification"]["CpuCredits"], "unlimited");
  refuse("InvalidInstanceID.NotFound", "", "GetLaunchTemplateData", {{"InstanceId", "i-0123456789abcdef0"}});
}

}  // namespace
}  // namespace fogling::test
