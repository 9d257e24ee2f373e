/// What an account has from the start: regions, zones, instance types, attributes, settings, tags and key pairs.

#include <gmock/gmock.h>

#include "emulator/encoding.hpp"
#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

using Account = NetworkTest<HouseTest>;

// ---- Regions and zones ---------------------------------------------------------------------------------------------

TEST_F(Account, SeesTheRegionsThatItIsOptedInTo) {
  const Document usual = call("DescribeRegions")["Regions"];
  const Document all = call("DescribeRegions", {{"AllRegions", "true"}})["Regions"];
  EXPECT_EQ(usual.size(), 17U);
  EXPECT_GT(all.size(), usual.size());
  std::vector<std::string> names;
  for (const auto& each : usual) {
    names.push_back(text_of(each, "RegionName"));
    EXPECT_EQ(each["OptInStatus"], "opt-in-not-required");
    EXPECT_EQ(each["Endpoint"], "ec2." + names.back() + ".amazonaws.com");
  }
  EXPECT_FALSE(std::ranges::is_sorted(names)) << "recorded: not in the alphabet's order";
  EXPECT_EQ(call("DescribeRegions", {{"RegionName.1", "af-south-1"}})["Regions"][0]["OptInStatus"], "not-opted-in");
  refuse("InvalidParameterValue", "", "DescribeRegions", {{"RegionName.1", "mars-1"}});
  expect_filters("DescribeRegions");
}

TEST_F(Account, SeesTheZonesOfTheRegion) {
  const Document zones = call("DescribeAvailabilityZones")["AvailabilityZones"];
  ASSERT_EQ(zones.size(), 6U);
  EXPECT_EQ(zones[0], Document::parse(R"({"ZoneName": "us-east-1a", "State": "available", "RegionName": "us-east-1",
      "OptInStatus": "opt-in-not-required", "Messages": [], "ZoneId": "use1-az6", "GroupName": "us-east-1-zg-1",
      "GroupLongName": "US East (N. Virginia) 1", "NetworkBorderGroup": "us-east-1", "ZoneType": "availability-zone",
      "Geography": [{"Name": "United States of America"}], "SubGeography": [{"Name": "Virginia"}]})"));
  EXPECT_GT(call("DescribeAvailabilityZones", {{"AllAvailabilityZones", "true"}})["AvailabilityZones"].size(), 6U);
  EXPECT_EQ(call("DescribeAvailabilityZones", {{"ZoneId.1", "use1-az1"}})["AvailabilityZones"][0]["ZoneName"],
            "us-east-1b");
  refuse("InvalidParameterValue", "Invalid availability zone: [us-east-1x]", "DescribeAvailabilityZones",
         {{"ZoneName.1", "us-east-1x"}});
  expect_filters("DescribeAvailabilityZones");
}

TEST_F(Account, OptsInToLocalZones) {
  scope.region = "us-west-2";
  const auto zones = [&] { return call("DescribeAvailabilityZones")["AvailabilityZones"].size(); };
  const auto before = zones();
  call("ModifyAvailabilityZoneGroup", {{"GroupName", "us-west-2-lax-1"}, {"OptInStatus", "opted-in"}});
  EXPECT_GT(zones(), before);
  refuse("OperationNotPermitted", "", "ModifyAvailabilityZoneGroup",
         {{"GroupName", "us-west-2-lax-1"}, {"OptInStatus", "not-opted-in"}});
  refuse("InvalidParameterValue", "", "ModifyAvailabilityZoneGroup",
         {{"GroupName", "us-west-2-zg-1"}, {"OptInStatus", "opted-in"}});
  scope.region = "us-east-1";
}

// ---- Types ---------------------------------------------------------------------------------------------------------

TEST_F(Account, SeesInstanceTypesAndWhereTheyAreOffered) {
  const Document type = call("DescribeInstanceTypes", {{"InstanceType.1", "t3.micro"}})["InstanceTypes"][0];
  EXPECT_EQ(type["VCpuInfo"]["DefaultVCpus"], 2);
  EXPECT_EQ(type["MemoryInfo"]["SizeInMiB"], 1024);
  EXPECT_EQ(type["FreeTierEligible"], true);
  EXPECT_EQ(type["Hypervisor"], "nitro");
  refuse("InvalidInstanceType", "The following supplied instance types do not exist: [foo]", "DescribeInstanceTypes",
         {{"InstanceType.1", "foo"}, {"InstanceType.2", "t3.micro"}});
  const Document page = call("DescribeInstanceTypes");
  EXPECT_EQ(page["InstanceTypes"].size(), 100U) << "it pages by itself";
  EXPECT_TRUE(page.contains("NextToken"));
  const Document free = call("DescribeInstanceTypes",
                             {{"Filter.1.Name", "free-tier-eligible"}, {"Filter.1.Value.1", "true"}})["InstanceTypes"];
  EXPECT_GE(free.size(), 2U);
  const Document zones =
      call("DescribeInstanceTypeOfferings", {{"LocationType", "availability-zone"},
                                             {"Filter.1.Name", "instance-type"},
                                             {"Filter.1.Value.1", "t3.micro"}})["InstanceTypeOfferings"];
  EXPECT_EQ(zones.size(), 5U) << "all but us-east-1e";
  EXPECT_EQ(zones[0]["LocationType"], "availability-zone");
  for (const auto name : model::find_operation("DescribeInstanceTypes")->filters) {
    EXPECT_NO_THROW(call(
        "DescribeInstanceTypes",
        {{"InstanceType.1", "t3.micro"}, {"Filter.1.Name", std::string(name)}, {"Filter.1.Value.1", "no-such-value"}}))
        << name;
  }
  expect_filters("DescribeInstanceTypeOfferings");
}

TEST_F(Account, LaunchesOnlyWhereATypeIsOffered) {
  const std::string zone = "us-east-1e", type = "t3.micro";
  try {
    call("RunInstances", {{"ImageId", any_image()},
                          {"InstanceType", type},
                          {"MinCount", "1"},
                          {"MaxCount", "1"},
                          {"Placement.AvailabilityZone", zone}});
    FAIL();
  } catch (const ApiError& error) {
    EXPECT_EQ(error.code, "Unsupported");
    EXPECT_THAT(error.message,
                testing::StartsWith("Your requested instance type (" + type +
                                    ") is not supported in your requested Availability Zone (" + zone +
                                    "). Please retry your request by not specifying an Availability Zone or "
                                    "choosing us-east-1"));
  }
  EXPECT_NE(instance(launch({}, type))["Placement"]["AvailabilityZone"], zone) << "otherwise another zone is taken";
}

// ---- Attributes and settings ---------------------------------------------------------------------------------------

TEST_F(Account, HasAttributes) {
  const Document all = call("DescribeAccountAttributes")["AccountAttributes"];
  EXPECT_EQ(all.size(), 6U);
  const Document one =
      call("DescribeAccountAttributes", {{"AttributeName.1", "supported-platforms"}})["AccountAttributes"];
  EXPECT_EQ(one, Document::parse(
                     R"([{"AttributeName": "supported-platforms", "AttributeValues": [{"AttributeValue": "VPC"}]}])"));
  refuse("InvalidParameterValue", "", "DescribeAccountAttributes", {{"AttributeName.1", "tea"}});
}

TEST_F(Account, HasSettingsOfItsRegion) {
  EXPECT_EQ(call("GetSerialConsoleAccessStatus")["SerialConsoleAccessEnabled"], false);
  EXPECT_EQ(call("EnableSerialConsoleAccess")["SerialConsoleAccessEnabled"], true);
  EXPECT_EQ(call("GetInstanceMetadataDefaults")["AccountLevel"], Document::parse(R"({"ManagedBy": "account"})"));
  call("ModifyInstanceMetadataDefaults", {{"HttpTokens", "required"}, {"HttpPutResponseHopLimit", "2"}});
  EXPECT_EQ(call("GetInstanceMetadataDefaults")["AccountLevel"],
            Document::parse(R"({"ManagedBy": "account", "HttpTokens": "required", "HttpPutResponseHopLimit": 2})"));
  call("ModifyInstanceMetadataDefaults", {{"HttpTokens", "no-preference"}, {"HttpPutResponseHopLimit", "-1"}});
  EXPECT_EQ(call("GetInstanceMetadataDefaults")["AccountLevel"], Document::parse(R"({"ManagedBy": "account"})"));
  refuse("InvalidParameterValue", "", "ModifyInstanceMetadataDefaults", {{"HttpPutResponseHopLimit", "65"}});
  scope.region = "eu-west-1";
  EXPECT_EQ(call("GetSerialConsoleAccessStatus")["SerialConsoleAccessEnabled"], false);
}

// ---- Tags ----------------------------------------------------------------------------------------------------------

TEST_F(Account, TagsWhatItHas) {
  const auto id = launch_running();
  call("CreateTags", {{"ResourceId.1", id},
                      {"Tag.1.Key", "Name"},
                      {"Tag.1.Value", "web"},
                      {"Tag.2.Key", "empty"},
                      {"Tag.2.Value", ""}});
  call("CreateTags", {{"ResourceId.1", id}, {"Tag.1.Key", "Name"}, {"Tag.1.Value", "db"}});
  const Document tags = call("DescribeTags", {{"Filter.1.Name", "resource-id"}, {"Filter.1.Value.1", id}})["Tags"];
  EXPECT_EQ(tags,
            Document::array({{{"Key", "Name"}, {"Value", "db"}, {"ResourceId", id}, {"ResourceType", "instance"}},
                             {{"Key", "empty"}, {"Value", ""}, {"ResourceId", id}, {"ResourceType", "instance"}}}));
  call("DeleteTags", {{"ResourceId.1", id}, {"Tag.1.Key", "Name"}, {"Tag.1.Value", "web"}});
  EXPECT_EQ(instance(id)["Tags"].size(), 2U) << "another value than asked for stays";
  call("DeleteTags", {{"ResourceId.1", id}, {"Tag.1.Key", "Name"}, {"Tag.1.Value", "db"}});
  call("DeleteTags", {{"ResourceId.1", id}, {"Tag.1.Key", "absent"}});
  EXPECT_EQ(instance(id)["Tags"].size(), 1U);
  call("DeleteTags", {{"ResourceId.1", id}});
  EXPECT_FALSE(instance(id).contains("Tags"));
  expect_filters("DescribeTags");
}

TEST_F(Account, TagsAreLimited) {
  const auto id = launch_running();
  const auto tag = [&](const std::string& key, const std::string& value) {
    return Parameters{{"ResourceId.1", id}, {"Tag.1.Key", key}, {"Tag.1.Value", value}};
  };
  EXPECT_NO_THROW(call("CreateTags", tag(std::string(127, 'k'), std::string(256, 'v'))));
  refuse("InvalidParameterValue", "", "CreateTags", tag(std::string(129, 'k'), "v"));
  refuse("InvalidParameterValue", "", "CreateTags", tag("k", std::string(257, 'v')));
  refuse("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use", "CreateTags",
         tag("AWS:x", "v"));
  for (int i = 0; i < 49; ++i) call("CreateTags", tag("k" + std::to_string(i), "v"));
  refuse("TagLimitExceeded", "More than 50 tags specified", "CreateTags", tag("one-more", "v"));
  EXPECT_NO_THROW(call("CreateTags", tag("k1", "another")));
  refuse("InvalidInstanceID.NotFound", "", "CreateTags",
         {{"ResourceId.1", id}, {"ResourceId.2", "i-0123456789abcdef0"}, {"Tag.1.Key", "k1"}, {"Tag.1.Value", "x"}});
}

// ---- Key pairs -----------------------------------------------------------------------------------------------------

TEST_F(Account, HasKeyPairs) {
  const Document made = call("CreateKeyPair", {{"KeyName", "demo"},
                                               {"TagSpecification.1.ResourceType", "key-pair"},
                                               {"TagSpecification.1.Tag.1.Key", "k"},
                                               {"TagSpecification.1.Tag.1.Value", "v"}});
  EXPECT_THAT(text_of(made, "KeyFingerprint"), testing::MatchesRegex("([0-9a-f]{2}:){19}[0-9a-f]{2}"));
  EXPECT_THAT(text_of(made, "KeyMaterial"), testing::StartsWith("-----BEGIN RSA PRIVATE KEY-----"));
  EXPECT_EQ(made["Tags"][0]["Value"], "v");
  const Document shown = call("DescribeKeyPairs", {{"KeyName.1", "demo"}, {"IncludePublicKey", "true"}})["KeyPairs"][0];
  EXPECT_EQ(shown["KeyType"], "rsa");
  EXPECT_THAT(text_of(shown, "PublicKey"), testing::EndsWith(" demo\n"));
  refuse("InvalidKeyPair.Duplicate", "The keypair already exists", "CreateKeyPair", {{"KeyName", "demo"}});
  refuse("InvalidKeyPair.NotFound", "The key pair 'none' does not exist", "DescribeKeyPairs", {{"KeyName.1", "none"}});
  refuse("InvalidParameterValue", "Invalid value '' for keyPairNames. It should not be blank", "DescribeKeyPairs",
         {{"KeyName.1", ""}});
  refuse("InvalidParameterValue", "Invalid value 'key-0123456789abcdef0' for keyPairId.", "DescribeKeyPairs",
         {{"KeyPairId.1", "key-0123456789abcdef0"}});
  refuse("InvalidParameterCombination", "The parameter 'keyPairId' may not be used in combination with 'keyName'",
         "DescribeKeyPairs", {{"KeyPairId.1", text_of(made, "KeyPairId")}, {"KeyName.1", "demo"}});
  refuse("InvalidParameterValue", "Invalid value ' x' for keyName. It should be trimmed", "CreateKeyPair",
         {{"KeyName", " x"}});
  refuse("InvalidParameterValue", "Value for parameter KeyName is invalid. Length exceeds maximum of 255.",
         "CreateKeyPair", {{"KeyName", std::string(256, 'k')}});
  refuse("InvalidKey.Format", "Key is not in valid OpenSSH public key format", "ImportKeyPair",
         {{"KeyName", "bad"}, {"PublicKeyMaterial", base64_encode("tea")}});
  refuse("DryRunOperation", "", "CreateKeyPair", {{"DryRun", "true"}, {"KeyName", " "}, {"KeyType", "tea"}});
  refuse("InvalidParameterValue", "Value for parameter keyPairId is invalid.", "DeleteKeyPair", {{"KeyPairId", "bad"}});
  refuse("MissingParameter", "KeyName or KeyPairId must be provided", "DeleteKeyPair");
  EXPECT_EQ(call("DeleteKeyPair", {{"KeyName", "demo"}})["KeyPairId"], made["KeyPairId"]);
  EXPECT_FALSE(call("DeleteKeyPair", {{"KeyName", "demo"}}).contains("KeyPairId"));
  expect_filters("DescribeKeyPairs");
}

}  // namespace
}  // namespace fogling::test
