#include "emulator/instances.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <limits>

#include "emulator/capacity_reservations.hpp"
#include "emulator/default_vpc.hpp"
#include "emulator/hosts.hpp"
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

void become_running(Context& context, const state::Instance& instance) {
  state::become_running(context.txn, instance.instance_id);
  schedule(context, "instance", instance.instance_id, "status-ok", kStatusChecksTake_ms);
}

/// An address from the pool goes back at the stop; an elastic one stays.
void become_stopped(Context& context, state::Instance& instance) {
  for (auto& interface : state::interfaces_of_instance(context.txn, instance.instance_id)) {
    if (interface.public_ip.empty()) continue;
    take_public_address(interface);
    state::update(context.txn, interface);
  }
  instance.state = stopped;
  state::update(context.txn, instance);
  tell_watchers(context, instance);
}

void become_terminated(Context& context, state::Instance& instance) {
  for (auto& interface : state::interfaces_of_instance(context.txn, instance.instance_id)) {
    for (auto& address : state::addresses_of_interface(context.txn, interface.network_interface_id)) {
      disassociate(context, address);
    }
    if (interface.delete_on_termination) {
      remove_interface(context, interface);
      continue;
    }
    take_public_address(interface);
    interface.attachment_id = interface.attachment_status = interface.instance_id = {};
    interface.status = "available";
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
    state::erase(context.txn, association);
  }
  instance.state = terminated;
  instance.metadata_state = "pending";
  state::update(context.txn, instance);
  state::remove_references_of(context.txn, instance.instance_id);
  schedule_by_clock(context, "instance", instance.instance_id, "forgotten", kShownAfterTermination_ms);
  tell_watchers(context, instance);
}

Document with_state(const Document& options, std::string_view member, const Document& fallback) {
  return has(options, member) ? part(options, member) : fallback;
}

Document placement_document(const state::Instance& instance) {
  Document placement = part(instance.options, "Placement");
  placement["AvailabilityZone"] = instance.availability_zone;
  placement["AvailabilityZoneId"] = instance.availability_zone_id;
  placement["Tenancy"] = instance.tenancy;
  if (!placement.contains("GroupName")) placement["GroupName"] = "";
  return placement;
}

Document devices_document(const std::vector<state::VolumeAttachment>& attachments) {
  Document devices = Document::array();
  for (const auto& attachment : attachments) {
    devices.push_back({{"DeviceName", attachment.device},
                       {"Ebs",
                        {{"VolumeId", attachment.volume_id},
                         {"Status", attachment.state},
                         {"AttachTime", iso_time(attachment.attach_time_ms)},
                         {"DeleteOnTermination", attachment.delete_on_termination},
                         {"EbsCardIndex", attachment.ebs_card_index}}}});
  }
  return devices;
}

/// What an instance shows only while it exists: its network and its devices.
void add_living_parts(Document& out, Transaction& txn, const state::Instance& instance) {
  const auto interfaces = state::interfaces_of_instance(txn, instance.instance_id);
  Document described = Document::array();
  for (const auto& interface : interfaces) described.push_back(instance_interface_document(txn, interface));
  out["PrivateDnsName"] = "";
  out["PublicDnsName"] = "";
  if (!interfaces.empty()) {
    const auto& primary = interfaces.front();
    const Document& shown = described.front();
    out["PrivateIpAddress"] = primary.private_ip_address;
    out["PrivateDnsName"] = text(shown, "PrivateDnsName");
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
  out["BlockDeviceMappings"] = devices_document(state::attachments_of_instance(txn, instance.instance_id));
  out["SubnetId"] = instance.subnet_id;
  out["VpcId"] = instance.vpc_id;
  out["PrivateDnsNameOptions"] = with_state(instance.options, "PrivateDnsNameOptions",
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
  return {{"Code", instance_state_code(state)}, {"Name", state}};
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

/// Recorded: whether the Intel 82599 interface is supported is not shown here, only as an attribute.
Document instance_document(Transaction& txn, const state::Instance& instance) {
  const auto& options = instance.options;
  Document metadata = part(options, "MetadataOptions");
  metadata["State"] = instance.metadata_state;
  Document out{
      {"InstanceId", instance.instance_id},
      {"ImageId", instance.image_id},
      {"State", instance_state_document(instance.state)},
      {"StateTransitionReason", instance.state_transition_reason},
      {"AmiLaunchIndex", instance.ami_launch_index},
      {"ProductCodes", Document::array()},
      {"InstanceType", instance.instance_type},
      {"LaunchTime", iso_seconds(instance.launch_time_ms)},
      {"Placement", placement_document(instance)},
      {"Monitoring", {{"State", instance.monitoring}}},
      {"Architecture", instance.architecture},
      {"RootDeviceType", instance.root_device_type},
      {"RootDeviceName", instance.root_device_name},
      {"VirtualizationType", instance.virtualization_type},
      {"ClientToken", instance.client_token},
      {"Hypervisor", instance.hypervisor},
      {"EbsOptimized", instance.ebs_optimized},
      {"EnaSupport", instance.ena_support},
      {"CpuOptions", {{"CoreCount", instance.core_count}, {"ThreadsPerCore", instance.threads_per_core}}},
      {"CapacityReservationSpecification",
       with_state(options, "CapacityReservationSpecification", {{"CapacityReservationPreference", "open"}})},
      {"HibernationOptions", with_state(options, "HibernationOptions", {{"Configured", false}})},
      {"MetadataOptions", std::move(metadata)},
      {"EnclaveOptions", with_state(options, "EnclaveOptions", {{"Enabled", false}})},
      {"PlatformDetails", instance.platform_details},
      {"UsageOperation", instance.usage_operation},
      {"UsageOperationUpdateTime", iso_seconds(instance.usage_operation_update_time_ms)},
      {"MaintenanceOptions",
       with_state(options, "MaintenanceOptions", {{"AutoRecovery", "default"}, {"RebootMigration", "default"}})},
      {"NetworkPerformanceOptions",
       with_state(options, "NetworkPerformanceOptions", {{"BandwidthWeighting", "default"}})},
      {"Operator", {{"Managed", false}, {"HiddenByDefault", false}}},
  };
  set_if(out, "KeyName", instance.key_name);
  set_if(out, "Platform", instance.platform);
  set_if(out, "InstanceLifecycle", instance.instance_lifecycle);
  set_if(out, "SpotInstanceRequestId", text(options, "SpotInstanceRequestId"));
  set_if(out, "CapacityReservationId", text(options, "CapacityReservationId"));
  set_if(out, "BootMode", instance.boot_mode);
  set_if(out, "CurrentInstanceBootMode", instance.current_instance_boot_mode);
  set_if(out, "KernelId", text(options, "KernelId"));
  set_if(out, "RamdiskId", text(options, "RamdiskId"));
  if (has(options, "Licenses")) out["Licenses"] = items(options, "Licenses");
  if (!instance.state_reason_code.empty()) {
    out["StateReason"] = {{"Code", instance.state_reason_code}, {"Message", instance.state_reason_message}};
  }
  if (instance.state == terminated) {  // recorded: what is empty and what is gone
    out["PrivateDnsName"] = out["PublicDnsName"] = "";
    out["BlockDeviceMappings"] = out["SecurityGroups"] = out["NetworkInterfaces"] = Document::array();
    out["EbsOptimized"] = false;
  } else {
    add_living_parts(out, txn, instance);
  }
  set_tags(out, txn, instance.instance_id);
  return out;
}

void schedule_machine(Context& context, const state::Instance& instance, std::string_view move,
                      ComputeCommand command) {
  if (const auto takes_ms = context.world.compute->takes_ms(command)) {
    schedule(context, "instance", instance.instance_id, move, *takes_ms);
  }
}

namespace {

std::string user_initiated(std::int64_t now_ms) {
  const std::time_t seconds = now_ms / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[64];
  std::strftime(text, sizeof text, "User initiated (%Y-%m-%d %H:%M:%S GMT)", &utc);
  return text;
}

void set_reason(state::Instance& instance, const StateReason& reason, std::int64_t now_ms) {
  instance.state_reason_code = reason.code;
  instance.state_reason_message = fmt::format("{}: {}", reason.code, reason.words);
  instance.state_transition_reason =
      reason.code.starts_with("Server.") ? std::string(reason.code) : user_initiated(now_ms);
}

/// A start gives an address from the pool again, unless an elastic one is there or the instance has more interfaces or
/// addresses than one.
void renew_public_address(Context& context, const state::Instance& instance) {
  if (!instance.associates_public_ip) return;
  auto interfaces = state::interfaces_of_instance(context.txn, instance.instance_id);
  if (interfaces.size() != 1) return;
  auto& primary = interfaces.front();
  if (!state::addresses_of_interface(context.txn, primary.network_interface_id).empty()) return;
  give_public_address(context, primary);
  state::update(context.txn, primary);
}

}  // namespace

void tell_watchers(Context& context, const state::Instance& instance) {
  for (const auto watcher : context.world.registry.watchers()) watcher(context, instance);
}

void start_instance(Context& context, state::Instance& instance) {
  const auto* move = find_move(kInstanceMoves, instance.state, "start");
  if (move == nullptr) return;
  instance.state = move->at_once;
  instance.state_reason_code = instance.state_reason_message = instance.state_transition_reason = {};
  instance.launch_time_ms = context.now_ms;
  put_on_host(context, instance);
  take_capacity(context, instance);
  state::update(context.txn, instance);
  renew_public_address(context, instance);
  context.world.compute->start(instance.instance_id);
  schedule_machine(context, instance, move->finally, ComputeCommand::start);
  tell_watchers(context, instance);
}

void stop_instance(Context& context, state::Instance& instance, const StateReason& reason, bool force) {
  const auto* move = find_move(kInstanceMoves, instance.state, "stop");
  if (move == nullptr) return;
  instance.state = move->at_once;
  instance.metadata_state = "pending";
  set_reason(instance, reason, context.now_ms);
  take_off_host(context, instance);
  free_capacity(context, instance);
  state::update(context.txn, instance);
  state::remove_dues_of(context.txn, instance.instance_id);
  context.world.compute->stop(instance.instance_id, force);
  schedule_machine(context, instance, move->finally, ComputeCommand::stop);
  tell_watchers(context, instance);
}

void terminate_instance(Context& context, state::Instance& instance, const StateReason& reason) {
  const auto* move = find_move(kInstanceMoves, instance.state, "terminate");
  if (move == nullptr) return;
  instance.state = move->at_once;
  set_reason(instance, reason, context.now_ms);
  state::update(context.txn, instance);
  state::remove_dues_of(context.txn, instance.instance_id);
  context.world.compute->terminate(instance.instance_id);
  schedule_machine(context, instance, move->finally, ComputeCommand::terminate);
  tell_watchers(context, instance);
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
    become_running(context, instance);
  } else if (due.move == stopped && instance.state == stopping) {
    become_stopped(context, instance);
  } else if (due.move == terminated && instance.state == shutting_down) {
    become_terminated(context, instance);
  } else if (due.move == "monitored") {
    instance.monitoring = instance.monitoring == "pending"     ? "enabled"
                          : instance.monitoring == "disabling" ? "disabled"
                                                               : instance.monitoring;
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

}  // namespace

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

void check_vcpu_quota(Context& context, const catalogue::InstanceType& type, std::int64_t more_vcpus) {
  if (more_vcpus <= free_vcpus(context, type)) return;
  const std::int64_t quota = vcpu_quota(context.world.quotas, type.quota_family);
  throw ApiError("VcpuLimitExceeded",
                 fmt::format("You have requested more vCPU capacity than your current vCPU limit of {} allows for the "
                             "instance bucket that the specified instance type belongs to. Please visit "
                             "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
                             quota));
}

}  // namespace fogling
