/// Instance types and where they are offered.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

std::vector<const catalogue::InstanceType*> requested_types(const Call& call) {
  const bool from_everywhere = call.flag("IncludeUnsupportedInRegion").value_or(false);
  const auto is_there = [&](const catalogue::InstanceType& type) {
    return from_everywhere || catalogue::is_offered(type, call.scope.region);
  };
  std::vector<const catalogue::InstanceType*> types;
  std::vector<std::string> unknown;
  for (const auto& each : call.items("InstanceTypes")) {
    const auto& name = each.get_ref<const std::string&>();
    const auto* type = catalogue::find_instance_type(name);
    if (type == nullptr || !is_there(*type)) {
      unknown.push_back(name);
    } else if (std::ranges::find(types, type) == types.end()) {
      types.push_back(type);
    }
  }
  if (!unknown.empty()) {
    throw ApiError("InvalidInstanceType",
                   fmt::format("The following supplied instance types do not exist: [{}]", fmt::join(unknown, ", ")));
  }
  if (!types.empty()) return types;
  const auto* only = call.filters.literal_values("instance-type");
  for (const auto& type : catalogue::instance_types()) {
    if (only != nullptr && std::ranges::find(*only, type.name) == only->end()) continue;
    if (is_there(type)) types.push_back(&type);
  }
  return types;
}

Document DescribeInstanceTypes(Call& call) {
  struct Row {
    std::int64_t seq;
    const catalogue::InstanceType* type;
  };
  if (!call.items("InstanceTypes").empty() && call.integer("MaxResults")) {
    throw errors::not_together("instanceTypes", "maxResults");  // Assumed: the names
  }
  auto paging = read_paging(call, "InstanceTypes");
  if (!call.integer("MaxResults") && call.items("InstanceTypes").empty()) paging.limit = 100;  // it pages by itself
  PageBuilder<Row> page{call, paging};
  const auto types = requested_types(call);
  for (std::size_t i = 0; i < types.size(); ++i) {
    const Row row{static_cast<std::int64_t>(i) + 1, types[i]};
    if (!page.offer(row, [](const Row& each) { return catalogue::describe_instance_type(*each.type); })) break;
  }
  Document answer{{"InstanceTypes", std::move(page.items)}};
  if (page.is_full) answer["NextToken"] = make_token(call, page.last_seq);
  return answer;
}

/// By region unless asked by zone: one item for each type and place.
Document DescribeInstanceTypeOfferings(Call& call) {
  const auto kind = call.text("LocationType").empty() ? std::string_view("region") : call.text("LocationType");
  if (kind != "region" && kind != "availability-zone" && kind != "availability-zone-id" && kind != "outpost") {
    throw errors::invalid_value(kind, "locationType");  // Assumed: the words
  }
  const auto& region = *catalogue::find_region(call.scope.region);
  std::vector<Document> offerings;
  for (const auto& type : catalogue::instance_types()) {
    const auto add = [&](std::string_view location) {
      offerings.push_back({{"InstanceType", type.name}, {"LocationType", kind}, {"Location", location}});
    };
    if (kind == "region" && catalogue::is_offered(type, region)) add(region.name);
    if (!kind.starts_with("availability-zone")) continue;
    for (const auto& zone : region.zones) {
      if (zone.is_availability_zone() && catalogue::is_offered(type, zone))
        add(kind == "availability-zone" ? zone.name : zone.id);
    }
  }
  return describe_documents(call, "InstanceTypeOfferings", std::move(offerings));
}

constexpr FilterPath kTypeFilters[] = {
    {"auto-recovery-supported", "AutoRecoverySupported"},
    {"bare-metal", "BareMetal"},
    {"burstable-performance-supported", "BurstablePerformanceSupported"},
    {"current-generation", "CurrentGeneration"},
    {"dedicated-hosts-supported", "DedicatedHostsSupported"},
    {"ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps", "EbsInfo.EbsOptimizedInfo.BaselineBandwidthInMbps"},
    {"ebs-info.ebs-optimized-info.baseline-iops", "EbsInfo.EbsOptimizedInfo.BaselineIops"},
    {"ebs-info.ebs-optimized-info.baseline-throughput-in-mbps", "EbsInfo.EbsOptimizedInfo.BaselineThroughputInMBps"},
    {"ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps", "EbsInfo.EbsOptimizedInfo.MaximumBandwidthInMbps"},
    {"ebs-info.ebs-optimized-info.maximum-iops", "EbsInfo.EbsOptimizedInfo.MaximumIops"},
    {"ebs-info.ebs-optimized-info.maximum-throughput-in-mbps", "EbsInfo.EbsOptimizedInfo.MaximumThroughputInMBps"},
    {"free-tier-eligible", "FreeTierEligible"},
    {"instance-storage-info.disk.count", "InstanceStorageInfo.Disks.Count"},
    {"instance-storage-info.disk.size-in-gb", "InstanceStorageInfo.Disks.SizeInGB"},
    {"instance-storage-info.disk.type", "InstanceStorageInfo.Disks.Type"},
    {"network-info.efa-info.maximum-efa-interfaces", "NetworkInfo.EfaInfo.MaximumEfaInterfaces"},
    {"network-info.bandwidth-weightings", "NetworkInfo.BandwidthWeightings"},
    {"processor-info.supported-features", "ProcessorInfo.SupportedFeatures"},
    {"supported-boot-mode", "SupportedBootModes"},
    {"supported-root-device-type", "SupportedRootDeviceTypes"},
    {"supported-usage-class", "SupportedUsageClasses"},
    {"supported-virtualization-type", "SupportedVirtualizationTypes"},
    {"vcpu-info.valid-cores", "VCpuInfo.ValidCores"},
    {"vcpu-info.valid-threads-per-core", "VCpuInfo.ValidThreadsPerCore"},
};

constexpr Operation kOperations[] = {
    {.name = "DescribeInstanceTypeOfferings",
     .run = DescribeInstanceTypeOfferings,
     .access = Access::read,
     .listed = "InstanceTypeOffering"},
    {.name = "DescribeInstanceTypes",
     .run = DescribeInstanceTypes,
     .access = Access::read,
     .listed = "InstanceTypeInfo",
     .filters = kTypeFilters},
};

}  // namespace

Family instance_types_family() { return {.operations = kOperations}; }

}  // namespace fogling
