#include "emulator/instances.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "emulator/default_vpc.hpp"
#include "emulator/instance_options.hpp"
#include "emulator/metric_categories.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/resource_types.hpp"
#include "emulator/tags.hpp"
#include "emulator/volumes.hpp"
#include "emulator/world.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

using namespace instance_state;

/// A terminated instance stays to be seen for about an hour.
constexpr std::int64_t kShownAfterTermination_ms = 3'600'000;
/// Assumed: the checks are `initializing` for about two minutes after each start.
constexpr std::int64_t kStatusChecksTake_ms = 120'000;

/// Nothing is left to come of a change of monitoring when the machine stops.
void settle_monitoring(state::Instance& instance) {
  if (instance.monitoring == "pending") instance.monitoring = "enabled";
  if (instance.monitoring == "disabling") instance.monitoring = "disabled";
}

/// An address from the pool goes back at the stop; an elastic one stays.
void become_stopped(Context& context, state::Instance& instance) {
  for (auto& interface : state::interfaces_of_instance(context.txn, instance.instance_id)) {
    if (interface.public_ip.empty()) continue;
    take_public_address(interface);
    state::update(context.txn, interface);
  }
  instance.state = stopped;
  settle_monitoring(instance);
  state::update(context.txn, instance);
  tell_watchers(context, instance);
}

void become_terminated(Context& context, state::Instance& instance) {
  for (auto& interface : state::interfaces_of_instance(context.txn, instance.instance_id)) {
    if (interface.delete_on_termination) {
      remove_interface(context, interface);
      continue;
    }
    take_public_address(interface);  // an elastic one stays with the interface
    detach_interface(interface);
    if (interface.options.is_object()) interface.options.erase("ResourceName");
    state::update(context.txn, interface);
  }
  for (const auto& attachment : state::attachments_of_instance(context.txn, instance.instance_id)) {
    detach_volume(context, attachment);
    if (!attachment.delete_on_termination) continue;
    if (const auto volume = state::find<state::Volume>(context.txn, context.scope, attachment.volume_id);
        volume && state::attachments_of_volume(context.txn, volume->volume_id).empty()) {
      remove_volume(context, *volume);
    }
  }
  for (const auto& association :
       state::list_children(context.txn, instance.instance_id, "iam-instance-profile-association")) {
    state::remove_dues_of(context.txn, association.resource_id);
    state::erase(context.txn, association);
  }
  instance.state = terminated;
  settle_monitoring(instance);
  instance.metadata_state = "pending";
  state::update(context.txn, instance);
  state::remove_references_of(context.txn, instance.instance_id);
  schedule_by_clock(context, "instance", instance.instance_id, "forgotten", kShownAfterTermination_ms);
  tell_watchers(context, instance);
}

/// A structure of `options`, or what EC2 shows where the launch said nothing of it.
Document option(const state::Instance& instance, std::string_view member, std::initializer_list<Field> fallback) {
  return has(instance.options, member) ? part(instance.options, member) : object(fallback);
}

Document placement_document(const state::Instance& instance) {
  Document placement = part(instance.options, "Placement");
  placement["AvailabilityZone"] = instance.availability_zone;
  placement["AvailabilityZoneId"] = instance.availability_zone_id;
  placement["Tenancy"] = instance.tenancy;
  if (!placement.contains("GroupName")) placement["GroupName"] = "";
  return placement;
}

Document cpu_document(const state::Instance& instance) {
  Document cpu = object({{"CoreCount", instance.core_count}, {"ThreadsPerCore", instance.threads_per_core}});
  cpu.update(part(instance.options, "CpuOptions"));
  return cpu;
}

Document devices_document(const std::vector<state::VolumeAttachment>& attachments) {
  Document devices = Document::array();
  for (const auto& attachment : attachments) {
    devices.push_back(object({{"DeviceName", attachment.device},
                              {"Ebs", object({{"VolumeId", attachment.volume_id},
                                              {"Status", attachment.state},
                                              {"AttachTime", iso_time(attachment.attach_time_ms)},
                                              {"DeleteOnTermination", attachment.delete_on_termination},
                                              {"EbsCardIndex", attachment.ebs_card_index}})}}));
  }
  return devices;
}

/// Named by its id where it has been told so, else by its address; not at all where the VPC has no DNS.
std::string private_name(Transaction& txn, const state::Instance& instance, const state::NetworkInterface& primary) {
  if (!state::dns_of_vpc(txn, instance.vpc_id).has_support) return {};
  if (is_resource_named(instance)) return private_resource_name(instance.region, instance.instance_id);
  return primary.private_ip_address.empty() ? std::string()
                                            : private_dns_name(instance.region, primary.private_ip_address);
}

/// What an instance shows only while it exists: its network and its devices.
void add_living_parts(Document& out, Transaction& txn, const state::Instance& instance,
                      const std::vector<state::NetworkInterface>& interfaces,
                      const std::vector<state::VolumeAttachment>& attachments) {
  Document described = Document::array();
  for (const auto& interface : interfaces) described.push_back(instance_interface_document(txn, interface));
  out["PrivateDnsName"] = "";
  out["PublicDnsName"] = "";
  if (!interfaces.empty()) {
    const auto& primary = interfaces.front();
    const Document& shown = described.front();
    set_if(out, "PrivateIpAddress", primary.private_ip_address);
    set_if(out, "Ipv6Address", ipv6_address(primary));
    out["PrivateDnsName"] = private_name(txn, instance, primary);
    out["SourceDestCheck"] = primary.source_dest_check;
    out["SecurityGroups"] = items(shown, "Groups");
    const Document& association = part(shown, "Association");
    if (const auto public_ip = text(association, "PublicIp"); !public_ip.empty()) {
      out["PublicIpAddress"] = public_ip;
      out["PublicDnsName"] = text(association, "PublicDnsName");
    }
  }
  out["NetworkInterfaces"] = std::move(described);
  out["SecondaryInterfaces"] = Document::array();
  out["BlockDeviceMappings"] = devices_document(attachments);
  out["SubnetId"] = instance.subnet_id;
  out["VpcId"] = instance.vpc_id;
  out["PrivateDnsNameOptions"] = option(instance, "PrivateDnsNameOptions",
                                        {{"HostnameType", "ip-name"},
                                         {"EnableResourceNameDnsARecord", false},
                                         {"EnableResourceNameDnsAAAARecord", false}});
  if (has(instance.options, "IamInstanceProfile"))
    out["IamInstanceProfile"] = part(instance.options, "IamInstanceProfile");
}

}  // namespace

std::int64_t instance_state_code(std::string_view state) {
  constexpr std::pair<std::string_view, std::int64_t> kCodes[] = {{pending, 0},     {running, 16},  {shutting_down, 32},
                                                                  {terminated, 48}, {stopping, 64}, {stopped, 80}};
  return std::ranges::find(kCodes, state, &std::pair<std::string_view, std::int64_t>::first)->second;
}

Document instance_state_document(std::string_view state) {
  return object({{"Code", instance_state_code(state)}, {"Name", state}});
}

std::vector<state::Instance> require_instances(Context& context, const Document& ids) {
  std::vector<state::Instance> instances;
  std::vector<std::string> unknown;
  for (const auto& each : ids) {
    const auto& id = each.get_ref<const std::string&>();
    check_id("instance", id);
    if (std::ranges::find(instances, id, &state::Instance::instance_id) != instances.end()) continue;
    if (auto instance = state::find<state::Instance>(context.txn, context.scope, id)) {
      instances.push_back(*std::move(instance));
    } else {
      unknown.push_back(id);
    }
  }
  if (!unknown.empty()) throw unknown_ids("instance", unknown);
  return instances;
}

state::Instance require_instance(Context& context, std::string_view instance_id) {
  return require_instances(context, Document::array({instance_id})).front();
}

void require_stopped(const state::Instance& instance) {
  if (instance.state == stopped) return;
  throw errors::incorrect_instance_state(
      fmt::format("The instance '{}' is not in the 'stopped' state.", instance.instance_id));
}

void require_alive(const state::Instance& instance) {
  if (instance.state != terminated && instance.state != shutting_down) return;
  throw errors::incorrect_instance_state(fmt::format("The instance '{}' is not in a valid state for this operation.",
                                                     instance.instance_id));  // Assumed: the words
}

/// Recorded: whether the Intel 82599 interface is supported is not shown here, only as an attribute.
Document instance_document(Transaction& txn, const state::Instance& instance) {
  if (instance.state == terminated) return instance_document(txn, instance, {}, {});
  return instance_document(txn, instance, state::interfaces_of_instance(txn, instance.instance_id),
                           state::attachments_of_instance(txn, instance.instance_id));
}

Document instance_document(Transaction& txn, const state::Instance& instance,
                           const std::vector<state::NetworkInterface>& interfaces,
                           const std::vector<state::VolumeAttachment>& attachments) {
  const auto& options = instance.options;
  Document out = object({
      {"InstanceId", instance.instance_id},
      {"ImageId", instance.image_id},
      {"State", instance_state_document(instance.state)},
      {"StateTransitionReason", instance.state_transition_reason},
      {"AmiLaunchIndex", instance.ami_launch_index},
      {"ProductCodes", Document::array()},
      {"InstanceType", instance.instance_type},
      {"LaunchTime", iso_seconds(instance.launch_time_ms)},
      {"Placement", placement_document(instance)},
      {"Monitoring", monitoring_document(instance)},
      {"Architecture", instance.architecture},
      {"RootDeviceType", instance.root_device_type},
      {"RootDeviceName", instance.root_device_name},
      {"VirtualizationType", instance.virtualization_type},
      {"ClientToken", instance.client_token},
      {"Hypervisor", instance.hypervisor},
      {"EbsOptimized", instance.ebs_optimized},
      {"EnaSupport", instance.ena_support},
      {"CpuOptions", cpu_document(instance)},
      {"CapacityReservationSpecification",
       option(instance, "CapacityReservationSpecification", {{"CapacityReservationPreference", "open"}})},
      {"HibernationOptions", option(instance, "HibernationOptions", {{"Configured", false}})},
      {"MetadataOptions", metadata_document(instance)},
      {"EnclaveOptions", option(instance, "EnclaveOptions", {{"Enabled", false}})},
      {"PlatformDetails", instance.platform_details},
      {"UsageOperation", instance.usage_operation},
      {"UsageOperationUpdateTime", iso_seconds(instance.usage_operation_update_time_ms)},
      {"MaintenanceOptions",
       option(instance, "MaintenanceOptions", {{"AutoRecovery", "default"}, {"RebootMigration", "default"}})},
      {"NetworkPerformanceOptions", option(instance, "NetworkPerformanceOptions", {{"BandwidthWeighting", "default"}})},
      {"Operator", object({{"Managed", false}, {"HiddenByDefault", false}})},
  });
  set_if(out, "KeyName", instance.key_name);
  set_if(out, "Platform", instance.platform);
  set_if(out, "InstanceLifecycle", instance.instance_lifecycle);
  for (const char* member : {"SpotInstanceRequestId", "CapacityReservationId", "TpmSupport", "KernelId", "RamdiskId"}) {
    set_if(out, member, text(options, member));
  }
  set_if(out, "BootMode", instance.boot_mode);
  set_if(out, "CurrentInstanceBootMode", instance.current_instance_boot_mode);
  if (has(options, "Licenses")) out["Licenses"] = items(options, "Licenses");
  if (!instance.state_reason_code.empty()) {
    out["StateReason"] = object({{"Code", instance.state_reason_code}, {"Message", instance.state_reason_message}});
  }
  if (instance.state == terminated) {  // recorded: what is empty and what is gone
    out["PrivateDnsName"] = out["PublicDnsName"] = "";
    out["BlockDeviceMappings"] = out["SecurityGroups"] = out["NetworkInterfaces"] = Document::array();
    out["EbsOptimized"] = false;
  } else {
    add_living_parts(out, txn, instance, interfaces, attachments);
  }
  set_tags(out, txn, instance.instance_id);
  return out;
}

bool is_resource_named(const state::Instance& instance) {
  return text(part(instance.options, "PrivateDnsNameOptions"), "HostnameType") == "resource-name";
}

void name_primary_interface(Context& context, const state::Instance& instance) {
  for (auto& interface : state::interfaces_of_instance(context.txn, instance.instance_id)) {
    if (interface.device_index != 0 || interface.network_card_index != 0) continue;
    const bool is_named = has(interface.options, "ResourceName");
    if (is_named == is_resource_named(instance)) return;
    if (is_named) {
      interface.options.erase("ResourceName");
    } else {
      interface.options["ResourceName"] = instance.instance_id;
    }
    state::update(context.txn, interface);
  }
}

void become_running(state::Instance& instance) {
  instance.state = running;
  instance.has_run = true;
  instance.metadata_state = "applied";
  instance.status_check = "initializing";
  instance.state_reason_code = instance.state_reason_message = {};
  if (instance.monitoring == "pending") instance.monitoring = "enabled";
}

void schedule_machine(Context& context, const state::Instance& instance, std::string_view move,
                      ComputeCommand command) {
  if (const auto takes_ms = context.world.compute->takes_ms(command)) {
    schedule(context, "instance", instance.instance_id, move, *takes_ms);
  }
}

void withdraw_moves(Context& context, const state::Instance& instance) {
  state::remove_dues_of(context.txn, instance.instance_id);
  if (instance.monitoring == "pending" || instance.monitoring == "disabling") {
    schedule(context, "instance", instance.instance_id, "monitored", kMonitoringTakes_ms);
  }
}

void move_instance(Context& context, const state::Due& due) {
  if (due.move == "status-ok") {
    state::pass_status_checks(context.txn, due.resource_id);
    return;
  }
  auto found = state::find<state::Instance>(context.txn, context.scope, due.resource_id);
  if (!found) return;
  auto& instance = *found;
  if (due.move == running && instance.state == pending) {
    become_running(instance);
    state::update(context.txn, instance);
    state::become_attached(context.txn, instance.instance_id);
    schedule(context, "instance", instance.instance_id, "status-ok", kStatusChecksTake_ms);
  } else if (due.move == stopped && instance.state == stopping) {
    become_stopped(context, instance);
  } else if (due.move == terminated && instance.state == shutting_down) {
    become_terminated(context, instance);
  } else if (due.move == "monitored") {
    settle_monitoring(instance);
    state::update(context.txn, instance);
  } else if (due.move == "metadata-applied" && instance.state == running) {
    instance.metadata_state = "applied";
    state::update(context.txn, instance);
  } else if (due.move == "forgotten" && instance.state == terminated) {
    state::remove_tags(context.txn, instance.instance_id);
    state::remove_dues_of(context.txn, instance.instance_id);
    state::erase(context.txn, instance);
  }
}

state::GenericResource make_profile_association(Context& context, const state::Instance& instance, Document profile,
                                                std::string_view state) {
  state::GenericResource row;
  row.account = context.scope.account;
  row.region = context.scope.region;
  row.resource_id = context.make_id("iip-assoc");
  row.kind = "iam-instance-profile-association";
  row.state = state;
  row.parent_id = instance.instance_id;
  row.document = {{"AssociationId", row.resource_id},
                  {"InstanceId", instance.instance_id},
                  {"IamInstanceProfile", std::move(profile)},
                  {"State", state}};
  state::insert(context.txn, row);
  return row;
}

namespace {

std::int64_t vcpu_quota(const Quotas& quotas, catalogue::QuotaFamily family) {
  switch (family) {
    case catalogue::QuotaFamily::standard:
      return quotas.standard_vcpus;
    case catalogue::QuotaFamily::g_and_vt:
      return quotas.g_and_vt_vcpus;
    case catalogue::QuotaFamily::p:
      return quotas.p_vcpus;
    default:
      return quotas.other_vcpus;
  }
}

std::int64_t free_vcpus(Context& context, const catalogue::InstanceType& type) {
  const std::int64_t quota = vcpu_quota(context.world.quotas, type.quota_family);
  if (quota < 0) return std::numeric_limits<std::int64_t>::max();
  std::int64_t used = 0;
  for (const auto& each : state::count_running_types(context.txn, context.scope)) {
    const auto* other = catalogue::find_instance_type(each.instance_type);
    if (other == nullptr || other->quota_family != type.quota_family) continue;
    used += each.core_count * each.threads_per_core * each.instances;
  }
  return quota - used;
}

}  // namespace

std::int64_t require_vcpus(Context& context, const catalogue::InstanceType& type, std::int64_t more_vcpus) {
  const std::int64_t free = free_vcpus(context, type);
  if (more_vcpus <= free) return free;
  const std::int64_t quota = vcpu_quota(context.world.quotas, type.quota_family);
  throw ApiError("VcpuLimitExceeded",
                 fmt::format("You have requested more vCPU capacity than your current vCPU limit of {} allows for the "
                             "instance bucket that the specified instance type belongs to. Please visit "
                             "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
                             quota));
}

}  // namespace fogling
