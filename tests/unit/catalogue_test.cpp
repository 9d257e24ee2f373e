#include "fixtures/catalogue/catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace fogling::catalogue {
namespace {

using nlohmann::json;

// ---- Regions -------------------------------------------------------------------------------------------------------

TEST(CatalogueRegions, KnowWhatWasRecorded) {
  const auto* region = find_region("us-east-1");
  ASSERT_NE(region, nullptr);
  EXPECT_EQ(region->endpoint, "ec2.us-east-1.amazonaws.com");
  EXPECT_EQ(region->opt_in_status, "opt-in-not-required");
  ASSERT_GE(region->zones.size(), 6U);
  EXPECT_EQ(describe_zone(region->zones[0]), json::parse(R"({
    "ZoneName": "us-east-1a", "State": "available", "RegionName": "us-east-1", "OptInStatus": "opt-in-not-required",
    "Messages": [], "ZoneId": "use1-az6", "GroupName": "us-east-1-zg-1", "GroupLongName": "US East (N. Virginia) 1",
    "NetworkBorderGroup": "us-east-1", "ZoneType": "availability-zone",
    "Geography": [{"Name": "United States of America"}], "SubGeography": [{"Name": "Virginia"}]})"));
  EXPECT_EQ(describe_region(*region)["Geography"], json::parse(R"([{"Name": "United States of America"}])"));
  EXPECT_EQ(find_region("us-east-9"), nullptr);
  EXPECT_TRUE(zones("us-east-9").empty());
}

TEST(CatalogueRegions, HaveZonesWithUniqueNamesAndIds) {
  std::set<std::string_view> names, ids;
  for (const auto& region : regions()) {
    EXPECT_GE(std::count_if(region.zones.begin(), region.zones.end(),
                            [](const Zone& zone) { return zone.is_availability_zone(); }),
              2)
        << region.name;
    for (const auto& zone : region.zones) {
      EXPECT_EQ(zone.region, region.name);
      EXPECT_TRUE(names.insert(zone.name).second) << zone.name;
      EXPECT_TRUE(ids.insert(zone.id).second) << zone.id;
      EXPECT_EQ(find_zone(region.name, zone.name), &zone);
      EXPECT_EQ(find_zone_by_id(region.name, zone.id), &zone);
      EXPECT_EQ(zone.parent_zone_id.empty(), zone.parent_zone_name.empty());
    }
  }
  EXPECT_EQ(regions().size(), 34U);
}

// ---- Instance types ------------------------------------------------------------------------------------------------

TEST(CatalogueTypes, AreSortedAndFound) {
  const auto types = instance_types();
  EXPECT_GT(types.size(), 1200U);
  EXPECT_TRUE(std::is_sorted(types.begin(), types.end(),
                             [](const InstanceType& a, const InstanceType& b) { return a.name < b.name; }));
  for (const auto& type : types) EXPECT_EQ(find_instance_type(type.name), &type);
  EXPECT_EQ(find_instance_type("t3.giga"), nullptr);
  EXPECT_EQ(find_instance_type(""), nullptr);
}

TEST(CatalogueTypes, KnowTheRecordedT3Nano) {
  const auto* type = find_instance_type("t3.nano");
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(type->family, "t3");
  EXPECT_EQ(type->size, "nano");
  EXPECT_EQ(type->vcpus, 2);
  EXPECT_EQ(type->cores, 1);
  EXPECT_EQ(type->threads_per_core, 2);
  EXPECT_EQ(type->memory_mib, 512);
  EXPECT_EQ(type->hypervisor, "nitro");
  EXPECT_EQ(type->max_network_interfaces, 2);
  EXPECT_EQ(type->ipv4_per_interface, 2);
  EXPECT_EQ(type->ena, Support::required);
  EXPECT_EQ(type->ebs_optimized, Support::by_default);
  EXPECT_EQ(type->max_ebs_attachments, 27);
  EXPECT_EQ(type->attachment_limit, AttachmentLimit::shared);
  EXPECT_EQ(type->max_volumes(1), 27);
  EXPECT_EQ(type->max_volumes(2), 26);
  EXPECT_TRUE(type->burstable);
  EXPECT_TRUE(type->supports_architecture("x86_64"));
  EXPECT_FALSE(type->supports_architecture("arm64"));
  EXPECT_TRUE(type->supports_boot_mode("uefi-preferred"));

  const auto document = describe_instance_type(*type);
  EXPECT_EQ(document.at("InstanceType"), "t3.nano");
  EXPECT_EQ(document.at("EbsInfo").at("EbsOptimizedInfo").at("BaselineBandwidthInMbps"), 43);
  EXPECT_EQ(document.at("EbsInfo").at("EbsOptimizedInfo").at("MaximumIops"), 11800);
  EXPECT_EQ(document.at("SupportedBootModes"), json({"legacy-bios", "uefi"}));
  EXPECT_EQ(document.at("NitroTpmSupport"), "supported");
}

TEST(CatalogueTypes, DescribeWhatTheirStructsSay) {
  for (const auto& type : instance_types()) {
    const auto document = describe_instance_type(type);
    SCOPED_TRACE(type.name);
    EXPECT_EQ(document.at("InstanceType"), type.name);
    EXPECT_EQ(document.at("VCpuInfo").at("DefaultVCpus"), type.vcpus);
    EXPECT_EQ(document.at("MemoryInfo").at("SizeInMiB"), type.memory_mib);
    EXPECT_EQ(document.at("BareMetal"), type.bare_metal);
    EXPECT_EQ(document.contains("Hypervisor"), !type.hypervisor.empty());
    EXPECT_EQ(document.at("NetworkInfo").at("MaximumNetworkInterfaces"), type.max_network_interfaces);
    EXPECT_EQ(document.at("NetworkInfo").at("NetworkCards").size(), type.interfaces_per_card.size());
    EXPECT_EQ(document.contains("InstanceStorageInfo"), !type.disks.empty());
    EXPECT_EQ(document.dump().find("null"), std::string::npos);
    EXPECT_FALSE(type.architectures.empty());
    EXPECT_FALSE(type.virtualization_types.empty());
  }
}

TEST(CatalogueTypes, CountAgainstTheQuotaOfTheirFamily) {
  EXPECT_EQ(find_instance_type("m5.large")->quota_family, QuotaFamily::standard);
  EXPECT_EQ(find_instance_type("g4dn.xlarge")->quota_family, QuotaFamily::g_and_vt);
  EXPECT_EQ(find_instance_type("p5.48xlarge")->quota_family, QuotaFamily::p);
  EXPECT_EQ(find_instance_type("p5.48xlarge")->gpus, 8);
  EXPECT_EQ(find_instance_type("inf2.xlarge")->quota_family, QuotaFamily::inf);
  EXPECT_EQ(find_instance_type("i3.large")->quota_family, QuotaFamily::standard);
  EXPECT_EQ(find_instance_type("mac2.metal")->quota_family, QuotaFamily::mac);
  EXPECT_EQ(quota_code(QuotaFamily::standard), "L-1216C47A");
}

TEST(CatalogueTypes, AreOfferedWhereTheyAre) {
  const auto& micro = *find_instance_type("t3.micro");
  for (const auto& region : regions()) EXPECT_TRUE(is_offered(micro, region)) << region.name;
  EXPECT_TRUE(is_offered(micro, "us-east-1", "us-east-1a"));
  EXPECT_FALSE(is_offered(micro, "us-east-1", "us-west-2a"));
  EXPECT_FALSE(is_offered(micro, "nowhere"));
  // us-east-1e is use1-az3, the old zone without newer types.
  EXPECT_FALSE(is_offered(micro, "us-east-1", "us-east-1e"));
  EXPECT_FALSE(is_offered(*find_instance_type("mac1.metal"), "sa-east-1"));
  for (const auto& region : regions()) {
    for (const auto& type : instance_types()) {
      const bool somewhere = std::any_of(region.zones.begin(), region.zones.end(),
                                         [&](const Zone& zone) { return is_offered(type, zone); });
      EXPECT_EQ(is_offered(type, region), somewhere);
    }
  }
}

// ---- Images --------------------------------------------------------------------------------------------------------

/// The newest image of a name that begins and ends so.
const Image* newest(std::string_view region, std::string_view begin, std::string_view end) {
  const Image* result = nullptr;
  for (const auto& image : images(region)) {
    if (!image.name.starts_with(begin) || !image.name.ends_with(end)) continue;
    if (result == nullptr || image.creation_date > result->creation_date) result = &image;
  }
  return result;
}

TEST(CatalogueImages, HaveIdsThatNeverChange) {
  // Written down in users' configurations; a new number here is a broken promise.
  EXPECT_EQ(stable_image_id("us-east-1", "name"), "ami-0ae4f12cae3b71b9e");
  EXPECT_EQ(stable_snapshot_id("us-east-1", "name", "/dev/sda1"), "snap-0e5c537007cd805fb");
  EXPECT_NE(stable_image_id("us-east-1", "name"), stable_image_id("us-east-2", "name"));
  const auto* ubuntu = newest("us-east-1", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260923", "");
  ASSERT_NE(ubuntu, nullptr);
  EXPECT_EQ(ubuntu->image_id, "ami-07c84e39b115a10ff");
}

TEST(CatalogueImages, AreWellFormedAndUniqueInEveryRegion) {
  std::set<std::string> ids;
  for (const auto& region : regions()) {
    std::set<std::string> names;
    for (const auto& image : images(region.name)) {
      SCOPED_TRACE(image.name);
      EXPECT_TRUE(ids.insert(image.image_id).second);
      EXPECT_TRUE(names.insert(image.name).second);
      EXPECT_EQ(image.image_id.size(), 21U);
      EXPECT_TRUE(image.image_id.starts_with("ami-0"));
      EXPECT_EQ(image.owner_id.size(), 12U);
      EXPECT_EQ(image.creation_date.size(), 24U);
      EXPECT_FALSE(image.architecture.empty());
      EXPECT_FALSE(image.description.empty());
      EXPECT_EQ(image.name.find('{'), std::string::npos);
      EXPECT_EQ(image.description.find('{'), std::string::npos);
      ASSERT_NE(image.root_device(), nullptr);
      EXPECT_GT(image.root_device()->volume_size_gib, 0);
      EXPECT_TRUE(ids.insert(image.root_device()->snapshot_id).second);
      EXPECT_EQ(find_image(region.name, image.image_id), &image);
    }
    EXPECT_GT(names.size(), 300U);
  }
  EXPECT_TRUE(images("nowhere").empty());
  EXPECT_EQ(find_image("us-east-1", "ami-00000000000000000"), nullptr);
}

TEST(CatalogueImages, KnowTheRecordedAmazonLinux) {
  const auto* image = newest("us-east-1", "al2023-ami-2023.12.20260918.0-kernel-6.18", "x86_64");
  ASSERT_NE(image, nullptr);
  auto document = describe_image(*image);
  EXPECT_EQ(document["BlockDeviceMappings"][0]["Ebs"].erase("SnapshotId"), 1U);
  for (const auto* id : {"ImageId", "SourceImageId"}) EXPECT_EQ(document.erase(id), 1U);
  EXPECT_EQ(document, json::parse(R"({
    "PlatformDetails": "Linux/UNIX", "UsageOperation": "RunInstances",
    "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": true, "Iops": 3000,
      "VolumeSize": 8, "VolumeType": "gp3", "Throughput": 125, "Encrypted": false}}],
    "Description": "Amazon Linux 2023 AMI 2023.12.20260918.0 x86_64 HVM kernel-6.18", "EnaSupport": true,
    "Hypervisor": "xen", "ImageOwnerAlias": "amazon", "Name": "al2023-ami-2023.12.20260918.0-kernel-6.18-x86_64",
    "RootDeviceName": "/dev/xvda", "RootDeviceType": "ebs", "SriovNetSupport": "simple", "VirtualizationType": "hvm",
    "BootMode": "uefi-preferred", "DeprecationTime": "2026-12-17T21:03:00.000Z", "ImdsSupport": "v2.0",
    "SourceImageRegion": "us-east-1", "FreeTierEligible": true,
    "ImageLocation": "amazon/al2023-ami-2023.12.20260918.0-kernel-6.18-x86_64", "State": "available",
    "OwnerId": "137112412989", "CreationDate": "2026-09-18T21:03:11.000Z", "Public": true, "Architecture": "x86_64",
    "ImageType": "machine"})"));
}

TEST(CatalogueImages, AreFoundByWhatPeopleLookFor) {
  for (const auto& region : regions()) {
    for (const auto& [begin, end] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"ubuntu/images/hvm-ssd-gp3/ubuntu-resolute-26.04-amd64-server-", ""},
             {"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-", ""},
             {"ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-", ""},
             {"ubuntu/images/hvm-ssd/ubuntu-focal-20.04-amd64-server-", ""},
             {"al2023-ami-2023.", "-x86_64"},
             {"al2023-ami-2023", "-kernel-6.1-arm64"},
             {"amzn2-ami-hvm-2.0.", "-x86_64-gp2"},
             {"amzn2-ami-kernel-5.10-hvm-2.0.", "-x86_64-gp2"},
             {"amzn-ami-vpc-nat-", ""},
             {"debian-12-amd64-", ""},
             {"debian-13-arm64-", ""},
             {"Windows_Server-2022-English-Full-Base-", ""},
             {"Windows_Server-2019-English-Core-Base-", ""},
             {"RHEL-9", "-x86_64-0-Hourly2-GP3"},
             {"RHEL-8.", "-Hourly2-GP3"},
             {"suse-sles-15-sp6-v", "-hvm-ssd-x86_64"},
             {"Rocky-9-EC2-Base-9.", ".x86_64"},
             {"AlmaLinux OS 9", "x86_64"},
             {"CentOS Stream 9 x86_64 ", ""},
             {"al2023-ami-ecs-hvm-2023.", "-kernel-6.1-x86_64"},
             {"amazon-eks-node-al2023-x86_64-standard-1.33-v", ""},
         }) {
      EXPECT_NE(newest(region.name, begin, end), nullptr) << region.name << " " << begin << "*" << end;
    }
  }
}

TEST(CatalogueImages, BelongToOtherAccountsInOptInRegions) {
  EXPECT_EQ(newest("us-east-1", "al2023-ami-2023", "x86_64")->owner_id, "137112412989");
  EXPECT_EQ(newest("af-south-1", "al2023-ami-2023", "x86_64")->owner_id, "210953353124");
  EXPECT_EQ(newest("af-south-1", "al2023-ami-2023", "x86_64")->owner_alias, "amazon");
  EXPECT_EQ(newest("af-south-1", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble", "")->owner_id, "099720109477");
}

TEST(CatalogueImages, SayWhatTheirPlatformCosts) {
  const auto* windows = newest("eu-west-1", "Windows_Server-2022-English-Full-Base-", "");
  EXPECT_EQ(windows->platform, "windows");
  EXPECT_EQ(windows->usage_operation, "RunInstances:0002");
  EXPECT_EQ(windows->block_device_mappings.back().virtual_name, "ephemeral25");
  EXPECT_EQ(newest("eu-west-1", "RHEL-9", "")->usage_operation, "RunInstances:0010");
  EXPECT_EQ(newest("eu-west-1", "suse-sles-15-sp6-v", "")->platform_details, "SUSE Linux");
}

TEST(CatalogueImages, AreFoundByTheirSnapshots) {
  const auto& image = images("us-west-2").front();
  EXPECT_EQ(find_image_by_snapshot("us-west-2", image.root_device()->snapshot_id), &image);
  EXPECT_EQ(find_image_by_snapshot("us-west-2", "snap-00000000000000000"), nullptr);
  EXPECT_EQ(find_image_by_snapshot("us-west-2", ""), nullptr);
}

TEST(CatalogueImages, AreMadeOnceByHoweverManyThreads) {
  std::vector<std::thread> threads;
  std::array<const Image*, 8> first{};
  for (auto& slot : first) {
    threads.emplace_back([&slot] { slot = images("ap-northeast-3").data(); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(std::set<const Image*>(first.begin(), first.end()).size(), 1U);
}

// ---- Images of the user's own --------------------------------------------------------------------------------------

std::string refusal(const std::string& text) {
  try {
    read_images(json::parse(text), "us-east-1");
  } catch (const ImageFileError& error) {
    return error.what();
  }
  return "";
}

TEST(ImageFile, ReadsWhatDescribeImagesWrote) {
  for (const auto& image : images("eu-central-1")) {
    const auto again = read_images({{"Images", json::array({describe_image(image)})}}, "eu-central-1");
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again.front(), image) << image.name;
  }
}

TEST(ImageFile, NeedsLittleMoreThanAName) {
  const auto read =
      read_images(json::parse(R"([{"Name": "golden"}, {"Name": "gate", "Platform": "Windows"}])"), "us-east-1");
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].image_id, stable_image_id("us-east-1", "golden"));
  EXPECT_EQ(read[0].architecture, "x86_64");
  EXPECT_EQ(read[0].image_location, "000000000000/golden");
  ASSERT_NE(read[0].root_device(), nullptr);
  EXPECT_EQ(read[0].root_device()->volume_size_gib, 8);
  EXPECT_EQ(read[1].platform, "windows");
  EXPECT_EQ(read[1].platform_details, "Windows");
  EXPECT_EQ(read[1].root_device()->volume_size_gib, 30);
}

TEST(ImageFile, RefusesInSentences) {
  EXPECT_EQ(refusal(R"({"images": []})"), "The file of images has no member 'Images'.");
  EXPECT_EQ(refusal(R"("ami-1")"), "The images must be a list, or an object with a list 'Images'.");
  EXPECT_EQ(refusal(R"([3])"), "Images[0] must be an object.");
  EXPECT_EQ(refusal(R"([{"Name": "a"}, {"ImageId": "ami-12345678"}])"), "Images[1].Name is missing.");
  EXPECT_EQ(refusal(R"([{"Name": "a", "ImageId": "ami-xyz"}])"),
            "Images[0].ImageId is 'ami-xyz'; expected 'ami-' and 8 or 17 hexadecimal digits.");
  EXPECT_EQ(refusal(R"([{"Name": "a", "Architecture": "riscv64"}])"),
            "Images[0].Architecture is 'riscv64'; it must be one of i386, x86_64, arm64, x86_64_mac, arm64_mac.");
  EXPECT_EQ(refusal(R"([{"Name": "a", "EnaSupport": "yes"}])"), "Images[0].EnaSupport must be true or false.");
  EXPECT_EQ(refusal(R"([{"Name": "a", "Owner": "amazon"}])"), "Images[0].Owner is not a member that is known here.");
  EXPECT_EQ(refusal(R"([{"Name": "a", "OwnerId": "me"}])"),
            "Images[0].OwnerId is 'me'; expected an account of twelve digits.");
  EXPECT_EQ(refusal(R"([{"Name": "a"}, {"Name": "a"}])"),
            "Images[1] has the same image id as another, " + stable_image_id("us-east-1", "a") + ".");
  EXPECT_EQ(refusal(R"([{"Name": "a", "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {}}]}])"),
            "Images[0].BlockDeviceMappings[0].Ebs.VolumeSize is missing.");
  EXPECT_EQ(
      refusal(R"([{"Name": "a", "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}]}])"),
      "Images[0] has no block device mapping with Ebs for its root device /dev/sda1.");
}

// ---- Parameters ----------------------------------------------------------------------------------------------------

TEST(CatalogueParameters, LeadToImages) {
  for (const auto& region : regions()) {
    for (const auto& parameter : parameters_by_path(region.name, "/aws/service", Depth::recursive)) {
      if (!parameter.value.starts_with("ami-")) continue;
      EXPECT_NE(find_image(region.name, parameter.value), nullptr) << parameter.name;
    }
  }
}

TEST(CatalogueParameters, AreThoseThatPeopleAskFor) {
  for (const auto* name : {
           "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
           "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64",
           "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2",
           "/aws/service/ami-amazon-linux-latest/amzn2-ami-kernel-5.10-hvm-x86_64-gp2",
           "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
           "/aws/service/canonical/ubuntu/server/noble/stable/20260923/arm64/hvm/ebs-gp3/ami-id",
           "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
           "/aws/service/debian/release/12/latest/amd64",
           "/aws/service/debian/release/bookworm/latest/arm64",
           "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base",
           "/aws/service/suse/sles/15-sp6/x86_64/latest",
           "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
           "/aws/service/ecs/optimized-ami/amazon-linux-2/arm64/recommended/image_id",
           "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id",
       }) {
    const auto parameter = find_parameter("eu-west-1", name);
    ASSERT_TRUE(parameter) << name;
    EXPECT_NE(find_image("eu-west-1", parameter->value), nullptr) << name;
  }
  EXPECT_FALSE(find_parameter("eu-west-1", "/aws/service/ami-amazon-linux-latest"));
  EXPECT_FALSE(find_parameter("nowhere", "/aws/service/debian/release/12/latest/amd64"));
}

TEST(CatalogueParameters, NameTheNewestBuild) {
  const auto parameter =
      find_parameter("us-east-1", "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64");
  ASSERT_TRUE(parameter);
  EXPECT_EQ(parameter->type, "String");
  EXPECT_EQ(parameter->data_type, "text");
  EXPECT_EQ(parameter->arn,
            "arn:aws:ssm:us-east-1::parameter/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64");
  const auto* image = newest("us-east-1", "al2023-ami-2023", "-kernel-6.1-x86_64");
  EXPECT_EQ(parameter->value, image->image_id);
  EXPECT_EQ(image->public_ssm_parameter_name, "aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64");
}

TEST(CatalogueParameters, AreListedByPath) {
  const std::string path = "/aws/service/global-infrastructure/regions";
  const auto names = parameters_by_path("us-east-1", path, Depth::one_level);
  EXPECT_EQ(names.size(), regions().size());
  EXPECT_EQ(parameters_by_path("us-east-1", path + "/", Depth::one_level).size(), names.size());
  EXPECT_GT(parameters_by_path("us-east-1", path, Depth::recursive).size(), names.size());
  EXPECT_EQ(find_parameter("us-east-1", path + "/eu-west-1/longName")->value, "Europe (Ireland)");
  EXPECT_TRUE(parameters_by_path("us-east-1", "/aws/service/global-infra", Depth::recursive).empty());
  EXPECT_TRUE(parameters_by_path("us-east-1", "/my/own", Depth::recursive).empty());
}

TEST(CatalogueParameters, OfEcsAreDocuments) {
  const auto parameter = find_parameter("us-east-1", "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended");
  ASSERT_TRUE(parameter);
  const auto document = json::parse(parameter->value);
  const auto* image = find_image("us-east-1", document.at("image_id").get<std::string>());
  ASSERT_NE(image, nullptr);
  EXPECT_EQ(document.at("image_name"), image->name);
}

}  // namespace
}  // namespace fogling::catalogue
