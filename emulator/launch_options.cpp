/// The instance of a launch itself: key, user data, CPU, options and protections.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/capacity_reservations.hpp"
#include "emulator/instance_options.hpp"
#include "emulator/instances.hpp"
#include "emulator/launch.hpp"
#include "emulator/metric_categories.hpp"
#include "emulator/placement.hpp"
#include "emulator/resource_types.hpp"
#include "emulator/subnets.hpp"
#include "emulator/world.hpp"
#include "state/key_pairs.hpp"
#include "state/vpcs.hpp"

namespace fogling::launch {
namespace {

/// What the image asks for, unless the account or the request says otherwise.
Document metadata_options(const Planning& planning) {
  const bool is_v2 = planning.plan.image.imds_support == "v2.0";
  Document options{{"HttpTokens", is_v2 ? "required" : "optional"},
                   {"HttpPutResponseHopLimit", is_v2 ? 2 : 1},
                   {"HttpEndpoint", "enabled"},
                   {"HttpProtocolIpv6", "disabled"},
                   {"InstanceMetadataTags", "disabled"}};
  const Document defaults = metadata_defaults(planning.context);
  for (const char* member : {"HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "InstanceMetadataTags"}) {
    if (has(defaults, member)) options[member] = defaults[member];
  }
  change_metadata_options(planning.context, options, part(planning.in, "MetadataOptions"), MetadataChange::launch);
  return options;
}

void plan_key(const Planning& planning, state::Instance& instance) {
  const auto key = text(planning.in, "KeyName");
  if (key.empty()) return;
  if (!state::find_key_by_name(planning.context.txn, planning.context.scope, key)) throw unknown_id("key-pair", key);
  instance.key_name = key;
}

/// Hibernation writes the memory to the root volume: that has to be encrypted and large enough.
void check_hibernation(const LaunchPlan& plan) {
  const auto refuse = [](std::string message) {
    throw ApiError("UnsupportedHibernationConfiguration", std::move(message));
  };
  if (!plan.type->hibernation_supported) {
    refuse(fmt::format("Instance type {} doesn't support hibernation.", plan.type->name));  // Assumed: the words
  }
  if (plan.devices.empty() || plan.image.root_device_type != "ebs") {
    refuse("For hibernation, the root device must be an EBS volume.");  // Assumed: the words
  }
  const auto& root = plan.devices.front().volume;
  if (!root.encrypted) refuse("For hibernation, the root device volume must be encrypted.");
  if (root.size_gib * 1024 < plan.type->memory_mib) {
    refuse("For hibernation, the root device volume must be large enough to store the RAM contents.");  // Assumed
  }
}

void plan_hibernation_and_enclave(const Planning& planning, Document& options) {
  const bool hibernates = flag(part(planning.in, "HibernationOptions"), "Configured").value_or(false);
  const bool has_enclave = flag(part(planning.in, "EnclaveOptions"), "Enabled").value_or(false);
  if (has_enclave && hibernates) {
    throw errors::invalid_combination(
        "Hibernation and Nitro Enclaves cannot be enabled on the same instance.");  // Assumed: the words
  }
  if (hibernates) {
    check_hibernation(planning.plan);
    options["HibernationOptions"] = {{"Configured", true}};
  }
  if (has_enclave) {
    if (!planning.plan.type->enclaves_supported) refuse_configuration();
    options["EnclaveOptions"] = {{"Enabled", true}};
  }
}

/// As the subnet says, unless the request does.
Document private_dns_options(const Planning& planning) {
  Document options{
      {"HostnameType", "ip-name"}, {"EnableResourceNameDnsARecord", false}, {"EnableResourceNameDnsAAAARecord", false}};
  if (is_ipv6_native(planning.plan.subnet)) options["HostnameType"] = "resource-name";
  options.update(part(planning.plan.subnet.options, "PrivateDnsNameOptionsOnLaunch"));
  const auto& given = part(planning.in, "PrivateDnsNameOptions");
  set_if(options, "HostnameType", text(given, "HostnameType"));
  for (const char* member : {"EnableResourceNameDnsARecord", "EnableResourceNameDnsAAAARecord"}) {
    set_if(options, member, flag(given, member));
  }
  return options;
}

/// No image of a kernel is left to be found, and what runs under HVM has a kernel of its own.
void refuse_kernels(const Document& in) {
  for (const char* member : {"KernelId", "RamdiskId"}) {
    const auto id = text(in, member);
    if (!id.empty()) throw unknown_id("image", id);
  }
}

/// Documented: with detailed monitoring alone. Assumed: the words.
void plan_metric_categories(Planning& planning, Document& options) {
  const auto& monitoring = part(planning.in, "Monitoring");
  const auto& ids = items(monitoring, "MetricCategoryIds");
  if (ids.empty()) return;
  if (!flag(monitoring, "Enabled").value_or(false)) {
    throw errors::invalid_combination("Metric categories can be specified only when detailed monitoring is enabled.");
  }
  options["MetricCategoryIds"] = read_metric_categories(planning.context, ids);
}

void plan_options(Planning& planning, state::Instance& instance) {
  auto& [context, in, plan] = planning;
  auto& options = instance.options = Document::object();
  options["MetadataOptions"] = metadata_options(planning);
  Document placement = Document::object();
  change_placement(context, placement, part(in, "Placement"));
  plan.placement_group = find_placement_group(context, {{"GroupId", text(placement, "GroupId")}});
  if (plan.placement_group) {
    check_placement_group(context, *plan.placement_group, *plan.type, plan.subnet.availability_zone, plan.min_count,
                          integer(placement, "PartitionNumber"));
  }
  options["Placement"] = std::move(placement);
  if (auto profile = read_instance_profile(context, part(in, "IamInstanceProfile")); !profile.is_null()) {
    options["IamInstanceProfile"] = std::move(profile);
  }
  plan_hibernation_and_enclave(planning, options);
  options["PrivateDnsNameOptions"] = private_dns_options(planning);
  if (const auto& capacity = part(in, "CapacityReservationSpecification"); !capacity.empty()) {
    options["CapacityReservationSpecification"] = read_capacity_reservation(context, capacity);
  }
  if (const auto recovery = text(part(in, "MaintenanceOptions"), "AutoRecovery"); !recovery.empty()) {
    options["MaintenanceOptions"] = {{"AutoRecovery", recovery}, {"RebootMigration", "default"}};
  }
  if (const auto weighting = text(part(in, "NetworkPerformanceOptions"), "BandwidthWeighting"); !weighting.empty()) {
    check_bandwidth_weighting(*plan.type, weighting);
    options["NetworkPerformanceOptions"] = {{"BandwidthWeighting", weighting}};
  }
  for (const auto& license : items(in, "LicenseSpecifications")) options["Licenses"].push_back(license);
  set_if(options, "SriovNetSupport", plan.image.sriov_net_support);
  set_if(options, "TpmSupport", plan.image.tpm_support);
  plan_metric_categories(planning, options);
  refuse_kernels(in);
  set_if(options, "KernelId", plan.image.kernel_id);
  set_if(options, "RamdiskId", plan.image.ramdisk_id);
}

std::string current_boot_mode(const LaunchPlan& plan) {
  const auto& mode = plan.image.boot_mode;
  const bool can_uefi = plan.type->supports_boot_mode("uefi");
  if (mode == "uefi" || (mode == "uefi-preferred" && can_uefi)) return "uefi";
  return plan.image.architecture == "arm64" ? "uefi" : "legacy-bios";
}

/// Recorded: false for the smallest burstable types, true for the Nitro types that are optimised by default.
bool is_ebs_optimized(const Planning& planning) {
  const auto& type = *planning.plan.type;
  const bool is_small_burstable = type.burstable && (type.size == "nano" || type.size == "micro");
  const bool is_optimized = flag(planning.in, "EbsOptimized")
                                .value_or(type.ebs_optimized == catalogue::Support::by_default && !is_small_burstable);
  if (is_optimized && type.ebs_optimized == catalogue::Support::unsupported) refuse_configuration();
  return is_optimized;
}

void plan_protections(const Document& in, state::Instance& instance) {
  instance.disable_api_termination = flag(in, "DisableApiTermination").value_or(false);
  instance.disable_api_stop = flag(in, "DisableApiStop").value_or(false);
  if (instance.disable_api_stop && instance.root_device_type != "ebs") {
    throw ApiError("UnsupportedOperation",
                   "Stop protection is not supported for instances with an instance store root.");  // Assumed
  }
  const auto behavior = text(in, "InstanceInitiatedShutdownBehavior");
  instance.instance_initiated_shutdown_behavior = behavior.empty() ? "stop" : std::string(behavior);
}

}  // namespace

void plan_instance(Planning& planning) {
  auto& [context, in, plan] = planning;
  auto& instance = plan.prototype;
  instance.account = context.scope.account;
  instance.region = context.scope.region;
  instance.image_id = plan.image.image_id;
  instance.instance_type = plan.type->name;
  instance.state = instance_state::pending;
  instance.state_reason_code = instance.state_reason_message = "pending";
  plan_key(planning, instance);
  instance.user_data = read_user_data(text(in, "UserData"));
  instance.core_count = plan.type->cores;
  instance.threads_per_core = plan.type->threads_per_core;
  plan_options(planning, instance);
  change_cpu_options(*plan.type, instance, part(in, "CpuOptions"));
  instance.launch_time_ms = instance.usage_operation_update_time_ms = context.now_ms;
  instance.architecture = plan.image.architecture;
  instance.virtualization_type = plan.image.virtualization_type;
  instance.hypervisor = "xen";  // also on Nitro
  instance.root_device_name = plan.image.root_device_name;
  instance.root_device_type = plan.image.root_device_type;
  instance.platform = plan.image.platform;
  instance.platform_details = plan.image.platform_details;
  instance.usage_operation = plan.image.usage_operation;
  instance.availability_zone = plan.subnet.availability_zone;
  instance.availability_zone_id = plan.subnet.availability_zone_id;
  const auto tenancy = text(part(in, "Placement"), "Tenancy");
  instance.tenancy = !tenancy.empty() && tenancy != "default" ? std::string(tenancy)
                                                              : state::tenancy_of_vpc(context.txn, plan.subnet.vpc_id);
  if (!text(part(in, "Placement"), "HostId").empty()) instance.tenancy = "host";
  instance.monitoring = flag(part(in, "Monitoring"), "Enabled").value_or(false) ? "pending" : "disabled";
  instance.vpc_id = plan.subnet.vpc_id;
  instance.subnet_id = plan.subnet.subnet_id;
  instance.client_token = text(in, "ClientToken");
  instance.ebs_optimized = is_ebs_optimized(planning);
  instance.ena_support = plan.image.ena_support;
  plan_protections(in, instance);
  instance.boot_mode = plan.image.boot_mode;
  instance.current_instance_boot_mode = current_boot_mode(plan);
  instance.cpu_credits = read_cpu_credits(context, *plan.type, part(in, "CreditSpecification"));
  instance.metadata_state = "pending";
  instance.status_check = "initializing";
  plan.takes_capacity = may_take_capacity(context, instance);
}

}  // namespace fogling::launch
