#include "fixtures/catalogue/catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>

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

TEST(CatalogueImages, HaveIdsThatNeverChange) {
  // Written down in users' configurations; a new number here is a broken promise.
  EXPECT_EQ(stable_image_id("us-east-1", "name"), "ami-0ae4f12cae3b71b9e");
  EXPECT_NE(stable_image_id("us-east-1", "name"), stable_image_id("us-east-2", "name"));
}

}  // namespace
}  // namespace fogling::catalogue
