/// Attribute-based selection, by the API Reference's sentence on each attribute. Facts about types are public.

#include <algorithm>

#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

class InstanceRequirements : public HouseTest {
 protected:
  using Names = std::vector<std::string>;

  Names types(const Parameters& requirements, const std::string& architecture = "x86_64") {
    Parameters parameters{{"ArchitectureType.1", architecture}, {"VirtualizationType.1", "hvm"}};
    bool has_cpu = false, has_memory = false;
    for (const auto& [name, value] : requirements) {
      parameters.emplace_back("InstanceRequirements." + name, value);
      has_cpu |= name.starts_with("VCpuCount");
      has_memory |= name.starts_with("MemoryMiB.");
    }
    if (!has_cpu) parameters.emplace_back("InstanceRequirements.VCpuCount.Min", "0");
    if (!has_memory) parameters.emplace_back("InstanceRequirements.MemoryMiB.Min", "0");
    parameters.emplace_back("MaxResults", "1000");
    Names names;
    const auto answer = call("GetInstanceTypesFromInstanceRequirements", parameters);
    for (const auto& each : answer["InstanceTypes"]) {
      names.push_back(each["InstanceType"]);
    }
    return names;
  }
  static bool has(const Names& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }
  /// Families of what was found, each once.
  static Names families(const Names& names) {
    Names out;
    for (const auto& each : names) {
      if (auto family = each.substr(0, each.find('.')); !has(out, family)) out.push_back(std::move(family));
    }
    return out;
  }
};

TEST_F(InstanceRequirements, CpuAndMemoryAreRanges) {
  const auto found =
      types({{"VCpuCount.Min", "2"}, {"VCpuCount.Max", "2"}, {"MemoryMiB.Min", "4096"}, {"MemoryMiB.Max", "4096"}});
  EXPECT_TRUE(has(found, "c5.large"));
  EXPECT_TRUE(has(found, "c6i.large"));
  EXPECT_FALSE(has(found, "m5.large")) << "8 GiB";
  EXPECT_FALSE(has(found, "t3.medium")) << "burstable types are left out unless asked for";
  EXPECT_FALSE(has(found, "c6g.large")) << "another architecture";
  EXPECT_TRUE(
      has(types({{"VCpuCount.Min", "2"}, {"VCpuCount.Max", "2"}, {"MemoryMiB.Min", "4096"}, {"MemoryMiB.Max", "4096"}},
                "arm64"),
          "c6g.large"));
}

TEST_F(InstanceRequirements, MemoryByTheCpu) {
  for (const auto& family : families(types(
           {{"MemoryGiBPerVCpu.Min", "7.9"}, {"MemoryGiBPerVCpu.Max", "8.1"}, {"AllowedInstanceType.1", "?5.*"}}))) {
    EXPECT_EQ(family, "r5");
  }
}

TEST_F(InstanceRequirements, BurstableAndBareMetalAreAskedFor) {
  const auto burstable = types({{"BurstablePerformance", "required"}});
  EXPECT_EQ(families(burstable), (Names{"t2", "t3", "t3a"}));
  const Names metal = types({{"BareMetal", "required"}, {"AllowedInstanceType.1", "m5.*"}});
  EXPECT_EQ(metal, Names{"m5.metal"});
  EXPECT_FALSE(has(types({{"AllowedInstanceType.1", "m5.*"}}), "m5.metal"));
  EXPECT_TRUE(has(types({{"AllowedInstanceType.1", "m5.*"}, {"BareMetal", "included"}}), "m5.metal"));
}

TEST_F(InstanceRequirements, NamesAreAllowedAndExcludedByPatterns) {
  EXPECT_EQ(families(types({{"AllowedInstanceType.1", "c5*"}})), (Names{"c5", "c5a", "c5ad", "c5d", "c5n"}));
  EXPECT_EQ(families(types({{"AllowedInstanceType.1", "m5a.*"}})), Names{"m5a"});
  const auto rest = types({{"ExcludedInstanceType.1", "c5*"}, {"ExcludedInstanceType.2", "m5.large"}});
  EXPECT_FALSE(has(rest, "c5a.large"));
  EXPECT_FALSE(has(rest, "m5.large"));
  EXPECT_TRUE(has(rest, "m5.xlarge"));
  refuse("InvalidParameterCombination", "", "GetInstanceTypesFromInstanceRequirements",
         {{"ArchitectureType.1", "x86_64"},
          {"VirtualizationType.1", "hvm"},
          {"InstanceRequirements.VCpuCount.Min", "0"},
          {"InstanceRequirements.MemoryMiB.Min", "0"},
          {"InstanceRequirements.AllowedInstanceType.1", "m5*"},
          {"InstanceRequirements.ExcludedInstanceType.1", "c5*"}});
}

TEST_F(InstanceRequirements, MakersAndGenerations) {
  const auto amd = types({{"CpuManufacturer.1", "amd"}, {"AllowedInstanceType.1", "m5*"}});
  EXPECT_EQ(families(amd), (Names{"m5a", "m5ad"}));
  const auto previous = types({{"InstanceGeneration.1", "previous"}});
  EXPECT_TRUE(has(previous, "m3.large"));
  EXPECT_FALSE(has(previous, "m7i.large"));
}

TEST_F(InstanceRequirements, LocalStorage) {
  const auto with_disks = types({{"LocalStorage", "required"}, {"AllowedInstanceType.1", "m5*"}});
  EXPECT_EQ(families(with_disks), (Names{"m5ad", "m5d", "m5dn"}));
  EXPECT_FALSE(has(types({{"LocalStorage", "excluded"}}), "m5d.large"));
  EXPECT_TRUE(has(types({{"LocalStorage", "required"}, {"LocalStorageType.1", "hdd"}}), "d2.xlarge"));
  EXPECT_FALSE(has(types({{"LocalStorage", "required"}, {"LocalStorageType.1", "hdd"}}), "m5d.large"));
  for (const auto& name : types({{"TotalLocalStorageGB.Min", "60000"}})) {
    EXPECT_TRUE(name.starts_with("i3en") || name.starts_with("i7ie") || name.starts_with("i8ge") ||
                name.starts_with("d3en") || name.starts_with("p"))
        << name;
  }
}

TEST_F(InstanceRequirements, Accelerators) {
  const auto t4 = families(types({{"AcceleratorName.1", "t4"}}));
  EXPECT_EQ(t4, Names{"g4dn"});
  EXPECT_TRUE(has(families(types({{"AcceleratorType.1", "inference"}})), "inf1"));
  EXPECT_FALSE(has(families(types({{"AcceleratorType.1", "inference"}})), "g4dn"));
  EXPECT_EQ(types({{"AcceleratorCount.Min", "8"}, {"AllowedInstanceType.1", "g5.*"}}), Names{"g5.48xlarge"});
  EXPECT_FALSE(has(types({{"AcceleratorCount.Max", "0"}}), "g5.xlarge"));
  EXPECT_TRUE(has(types({{"AcceleratorCount.Max", "0"}}), "m5.large"));
  EXPECT_TRUE(has(families(types({{"AcceleratorManufacturer.1", "habana"}})), "dl1"));
  EXPECT_EQ(types({{"AcceleratorTotalMemoryMiB.Min", "90000"}, {"AllowedInstanceType.1", "g5.*"}}),
            (Names{"g5.12xlarge", "g5.24xlarge", "g5.48xlarge"}));
}

TEST_F(InstanceRequirements, NetworkAndVolumes) {
  EXPECT_EQ(types({{"NetworkBandwidthGbps.Min", "24"}, {"AllowedInstanceType.1", "m5.*"}}), (Names{"m5.24xlarge"}));
  EXPECT_FALSE(has(types({{"NetworkInterfaceCount.Min", "8"}}), "m5.large"));
  EXPECT_TRUE(has(types({{"NetworkInterfaceCount.Min", "8"}}), "m5.4xlarge"));
  EXPECT_TRUE(has(types({{"BaselineEbsBandwidthMbps.Min", "19000"}}), "m5.24xlarge"));
  EXPECT_FALSE(has(types({{"BaselineEbsBandwidthMbps.Min", "19000"}}), "m5.large"));
  EXPECT_TRUE(has(types({{"RequireEncryptionInTransit", "true"}}), "m5n.large"));
  EXPECT_FALSE(has(types({{"RequireEncryptionInTransit", "true"}}), "m5.large"));
  EXPECT_TRUE(has(types({{"RequireHibernateSupport", "true"}}), "m5.large"));
}

TEST_F(InstanceRequirements, PerformanceIsComparedByFamily) {
  const auto found = families(types({{"BaselinePerformanceFactors.Cpu.Reference.1.InstanceFamily", "c6i"}}));
  EXPECT_TRUE(has(found, "m7i"));
  EXPECT_FALSE(has(found, "m5"));
  EXPECT_TRUE(types({{"BaselinePerformanceFactors.Cpu.Reference.1.InstanceFamily", "m1"}}).empty())
      << "a family that performance protection does not know: an empty answer";
}

TEST_F(InstanceRequirements, ScoresAreOfZonesOrRegions) {
  const Parameters types{
      {"InstanceType.1", "m5.large"}, {"InstanceType.2", "c5.large"}, {"InstanceType.3", "r5.large"}};
  Parameters parameters = types;
  parameters.emplace_back("TargetCapacity", "10");
  const auto regions = call("GetSpotPlacementScores", parameters)["SpotPlacementScores"];
  EXPECT_EQ(regions.size(), 10u) << "the ten best";
  int last = 10;
  for (const auto& each : regions) {
    EXPECT_LE(each["Score"], last);
    EXPECT_GE(each["Score"], 1);
    EXPECT_FALSE(each.contains("AvailabilityZoneId"));
    last = each["Score"];
  }
  EXPECT_EQ(call("GetSpotPlacementScores", parameters)["SpotPlacementScores"], regions);
  parameters.emplace_back("RegionName.1", "us-east-1");
  parameters.emplace_back("SingleAvailabilityZone", "true");
  const auto zones = call("GetSpotPlacementScores", parameters)["SpotPlacementScores"];
  EXPECT_EQ(zones.size(), 6u);
  EXPECT_TRUE(zones[0]["AvailabilityZoneId"].get<std::string>().starts_with("use1-az"));
  const auto few = call("GetSpotPlacementScores", {{"InstanceType.1", "m5.large"}, {"TargetCapacity", "10"}});
  EXPECT_LE(few["SpotPlacementScores"][0]["Score"], 3) << "fewer than three types";
  refuse("MissingParameter", "", "GetSpotPlacementScores", {{"TargetCapacity", "1"}});
}

}  // namespace
}  // namespace fogling::test
