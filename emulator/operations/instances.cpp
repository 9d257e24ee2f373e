/// Instances: seeing them, and the commands of their life cycle. Launching is in instance_launch.cpp, attributes are in
/// instance_attributes.cpp, status checks in instance_status.cpp.

#include "emulator/instances.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/launch.hpp"
#include "emulator/metric_categories.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/spot.hpp"
#include "emulator/world.hpp"
#include "state/volumes.hpp"

namespace fogling {
namespace {

using namespace instance_state;

// ---- Describe ------------------------------------------------------------------------------------------------------

/// The instance with all that only filters ask for: its reservation, and its interfaces as they describe themselves.
Document filtered_document(Call& call, const state::Instance& instance) {
  Document document = instance_document(call.txn, instance);
  document["ReservationId"] = instance.reservation_id;
  document["OwnerId"] = instance.account;
  document["Interfaces"] = Document::array();
  if (instance.state == terminated) return document;
  for (const auto& interface : state::interfaces_of_instance(call.txn, instance.instance_id)) {
    document["Interfaces"].push_back(interface_document(call.txn, interface));
  }
  return document;
}

/// Instances that may pass the filters, found by an index where one can say.
struct Candidates {
  std::vector<state::InstanceKey> keys;
  bool pass_all = false;  ///< the index has answered the only filter there is
};

Candidates find_candidates(Call& call, std::int64_t after_seq, std::int64_t limit) {
  std::vector<std::string> ids;
  std::vector<state::InstanceKey> keys;
  const bool has_one = call.filters.size() == 1;
  if (const auto requested = requested_ids(call, "instance", "InstanceIds"); !requested.empty()) {
    std::vector<std::string> unknown;
    for (const auto& id : requested) {
      if (auto key = state::find_instance_key(call.txn, call.scope, id)) {
        keys.push_back(*std::move(key));
      } else {
        unknown.push_back(id);
      }
    }
    if (!unknown.empty()) throw unknown_ids("instance", unknown);
    std::ranges::sort(keys, {}, &state::InstanceKey::seq);
    return {std::move(keys), call.filters.empty()};
  }
  if (const auto* wanted = call.filters.literal_values("instance-id")) {
    ids = *wanted;
  } else if (const auto* tag = call.filters.literal_tag()) {
    for (const auto& value : tag->values) {
      std::ranges::move(state::resources_tagged(call.txn, call.scope, tag->name.substr(4), value),
                        std::back_inserter(ids));
    }
  } else if (const auto* states = call.filters.literal_values("instance-state-name")) {
    for (const auto& state : *states) {
      std::ranges::move(state::instance_keys_in_state(call.txn, call.scope, state), std::back_inserter(keys));
    }
    std::ranges::sort(keys, {}, &state::InstanceKey::seq);
    return {std::move(keys), has_one};
  } else {
    const bool pass_all = call.filters.empty();
    return {state::list_instance_keys(call.txn, call.scope, after_seq, pass_all ? limit : -1), pass_all};
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const auto& id : ids) {
    if (auto key = state::find_instance_key(call.txn, call.scope, id)) keys.push_back(*std::move(key));
  }
  std::ranges::sort(keys, {}, &state::InstanceKey::seq);
  return {std::move(keys), has_one};
}

Document DescribeInstances(Call& call) {
  const auto paging = read_paging(call, "InstanceIds");
  const std::int64_t one_more = paging.limit == INT64_MAX ? -1 : paging.limit + 1;
  Document reservations = Document::array();
  std::string open_reservation;
  std::int64_t shown = 0, last_seq = 0;
  bool is_full = false;
  const auto [keys, pass_all] = find_candidates(call, paging.after, one_more);
  for (const auto& key : keys) {
    if (key.seq <= paging.after) continue;
    if (!pass_all) {
      const auto instance = state::find<state::Instance>(call.txn, call.scope, key.instance_id);
      if (!instance || !call.filters.match(filtered_document(call, *instance))) continue;
    }
    if (shown == paging.limit) {
      is_full = true;
      break;
    }
    if (key.reservation_id != open_reservation) {
      open_reservation = key.reservation_id;
      reservations.push_back(object({{"ReservationId", key.reservation_id},
                                     {"OwnerId", call.scope.account},
                                     {"Groups", Document::array()},
                                     {"Instances", Document::array()}}));
    }
    reservations.back()["Instances"].push_back(key.instance_id);
    call.looked_at.push_back(key.instance_id);
    last_seq = key.seq;
    ++shown;
  }
  // An id in place of an instance: the writer keeps what it wrote of it until something about it changes.
  call.describe = [&call](std::string_view id) {
    return instance_document(call.txn, *state::find<state::Instance>(call.txn, call.scope, id));
  };
  Document answer{{"Reservations", std::move(reservations)}};
  if (is_full) answer["NextToken"] = make_token(call, last_seq);
  return answer;
}

constexpr FilterPath kInstanceFilters[] = {
    {"affinity", "Placement.Affinity"},
    {"availability-zone", "Placement.AvailabilityZone"},
    {"availability-zone-id", "Placement.AvailabilityZoneId"},
    {"block-device-mapping.attach-time", "BlockDeviceMappings.Ebs.AttachTime"},
    {"block-device-mapping.delete-on-termination", "BlockDeviceMappings.Ebs.DeleteOnTermination"},
    {"block-device-mapping.device-name", "BlockDeviceMappings.DeviceName"},
    {"block-device-mapping.status", "BlockDeviceMappings.Ebs.Status"},
    {"block-device-mapping.volume-id", "BlockDeviceMappings.Ebs.VolumeId"},
    {"capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id",
     "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId"},
    {"capacity-reservation-specification.capacity-reservation-target.capacity-reservation-resource-group-arn",
     "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationResourceGroupArn"},
    {"dns-name", "PublicDnsName"},
    {"group-id", "SecurityGroups.GroupId"},
    {"group-name", "SecurityGroups.GroupName"},
    {"host-id", "Placement.HostId"},
    {"iam-instance-profile.id", "IamInstanceProfile.Id"},
    {"instance-state-code", "State.Code"},
    {"instance-state-name", "State.Name"},
    {"instance.group-id", "SecurityGroups.GroupId"},
    {"instance.group-name", "SecurityGroups.GroupName"},
    {"ip-address", "PublicIpAddress"},
    {"launch-index", "AmiLaunchIndex"},
    {"metadata-options.http-tokens", "MetadataOptions.HttpTokens"},
    {"monitoring-state", "Monitoring.State"},
    {"network-interface.addresses.association.allocation-id", "Interfaces.PrivateIpAddresses.Association.AllocationId"},
    {"network-interface.addresses.association.association-id",
     "Interfaces.PrivateIpAddresses.Association.AssociationId"},
    {"network-interface.addresses.association.carrier-ip", "Interfaces.PrivateIpAddresses.Association.CarrierIp"},
    {"network-interface.addresses.association.customer-owned-ip",
     "Interfaces.PrivateIpAddresses.Association.CustomerOwnedIp"},
    {"network-interface.addresses.association.ip-owner-id", "Interfaces.PrivateIpAddresses.Association.IpOwnerId"},
    {"network-interface.addresses.association.public-dns-name",
     "Interfaces.PrivateIpAddresses.Association.PublicDnsName"},
    {"network-interface.addresses.association.public-ip", "Interfaces.PrivateIpAddresses.Association.PublicIp"},
    {"network-interface.addresses.primary", "Interfaces.PrivateIpAddresses.Primary"},
    {"network-interface.addresses.private-dns-name", "Interfaces.PrivateIpAddresses.PrivateDnsName"},
    {"network-interface.addresses.private-ip-address", "Interfaces.PrivateIpAddresses.PrivateIpAddress"},
    {"network-interface.association.allocation-id", "Interfaces.Association.AllocationId"},
    {"network-interface.association.association-id", "Interfaces.Association.AssociationId"},
    {"network-interface.association.carrier-ip", "Interfaces.Association.CarrierIp"},
    {"network-interface.association.customer-owned-ip", "Interfaces.Association.CustomerOwnedIp"},
    {"network-interface.association.ip-owner-id", "Interfaces.Association.IpOwnerId"},
    {"network-interface.association.public-dns-name", "Interfaces.Association.PublicDnsName"},
    {"network-interface.association.public-ip", "Interfaces.Association.PublicIp"},
    {"network-interface.attachment.attach-time", "Interfaces.Attachment.AttachTime"},
    {"network-interface.attachment.attachment-id", "Interfaces.Attachment.AttachmentId"},
    {"network-interface.attachment.delete-on-termination", "Interfaces.Attachment.DeleteOnTermination"},
    {"network-interface.attachment.device-index", "Interfaces.Attachment.DeviceIndex"},
    {"network-interface.attachment.instance-id", "Interfaces.Attachment.InstanceId"},
    {"network-interface.attachment.instance-owner-id", "Interfaces.Attachment.InstanceOwnerId"},
    {"network-interface.attachment.status", "Interfaces.Attachment.Status"},
    {"network-interface.availability-zone", "Interfaces.AvailabilityZone"},
    {"network-interface.deny-all-igw-traffic", "Interfaces.DenyAllIgwTraffic"},
    {"network-interface.description", "Interfaces.Description"},
    {"network-interface.group-id", "Interfaces.Groups.GroupId"},
    {"network-interface.group-name", "Interfaces.Groups.GroupName"},
    {"network-interface.ipv4-prefixes.ipv4-prefix", "Interfaces.Ipv4Prefixes.Ipv4Prefix"},
    {"network-interface.ipv6-address", "Interfaces.Ipv6Address"},
    {"network-interface.ipv6-addresses.ipv6-address", "Interfaces.Ipv6Addresses.Ipv6Address"},
    {"network-interface.ipv6-addresses.is-primary-ipv6", "Interfaces.Ipv6Addresses.IsPrimaryIpv6"},
    {"network-interface.ipv6-native", "Interfaces.Ipv6Native"},
    {"network-interface.ipv6-prefixes.ipv6-prefix", "Interfaces.Ipv6Prefixes.Ipv6Prefix"},
    {"network-interface.mac-address", "Interfaces.MacAddress"},
    {"network-interface.network-interface-id", "Interfaces.NetworkInterfaceId"},
    {"network-interface.operator.managed", "Interfaces.Operator.Managed"},
    {"network-interface.operator.principal", "Interfaces.Operator.Principal"},
    {"network-interface.outpost-arn", "Interfaces.OutpostArn"},
    {"network-interface.owner-id", "Interfaces.OwnerId"},
    {"network-interface.private-dns-name", "Interfaces.PrivateDnsName"},
    {"network-interface.private-ip-address", "Interfaces.PrivateIpAddress"},
    {"network-interface.public-dns-name", "Interfaces.Association.PublicDnsName"},
    {"network-interface.requester-id", "Interfaces.RequesterId"},
    {"network-interface.requester-managed", "Interfaces.RequesterManaged"},
    {"network-interface.source-dest-check", "Interfaces.SourceDestCheck"},
    {"network-interface.status", "Interfaces.Status"},
    {"network-interface.subnet-id", "Interfaces.SubnetId"},
    {"network-interface.tag-key", "Interfaces.TagSet.Key"},
    {"network-interface.tag-value", "Interfaces.TagSet.Value"},
    {"network-interface.vpc-id", "Interfaces.VpcId"},
    {"owner-id", "OwnerId"},
    {"placement-group-name", "Placement.GroupName"},
    {"placement-partition-number", "Placement.PartitionNumber"},
    {"product-code", "ProductCodes.ProductCodeId"},
    {"product-code.type", "ProductCodes.ProductCodeType"},
    {"reason", "StateTransitionReason"},
    {"requester-id", "RequesterId"},
    {"reservation-id", "ReservationId"},
    {"state-reason-code", "StateReason.Code"},
    {"state-reason-message", "StateReason.Message"},
    {"tenancy", "Placement.Tenancy"},
};

// ---- Commands ------------------------------------------------------------------------------------------------------

Document state_change(const state::Instance& instance, std::string_view previous, std::string_view current) {
  return {{"InstanceId", instance.instance_id},
          {"CurrentState", instance_state_document(current)},
          {"PreviousState", instance_state_document(previous)}};
}

void require_root_volume(Context& context, const state::Instance& instance) {
  for (const auto& attachment : state::attachments_of_instance(context.txn, instance.instance_id)) {
    if (attachment.device == instance.root_device_name && attachment.state != "detaching") return;
  }
  throw errors::invalid_parameter_value(
      fmt::format("Invalid value '{}' for instanceId. Instance does not have a volume attached at root ({})",
                  instance.instance_id, instance.root_device_name));
}

Document StartInstances(Call& call) {
  auto instances = require_instances(call, call.items("InstanceIds"));
  for (const auto& instance : instances) {
    const bool is_up = instance.state == pending || instance.state == running;
    if (!is_up && find_move(kInstanceMoves, instance.state, "start") == nullptr) {
      throw errors::incorrect_instance_state(
          fmt::format("The instance '{}' is not in a state from which it can be started.", instance.instance_id));
    }
    if (!is_up) check_spot_start(call, instance);
  }
  Document changes = Document::array();
  for (auto& instance : instances) {
    const auto* move = find_move(kInstanceMoves, instance.state, "start");
    if (move != nullptr) require_root_volume(call, instance);
    if (move == nullptr) {
      changes.push_back(state_change(instance, instance.state, instance.state));
      continue;
    }
    const auto* type = catalogue::find_instance_type(instance.instance_type);
    if (type != nullptr) {
      check_ena(*type, instance.ena_support,
                fmt::format("your instance '{}' is enabled for ENA", instance.instance_id));
    }
    if (type != nullptr) require_vcpus(call, *type, instance.core_count * instance.threads_per_core);
    changes.push_back(state_change(instance, instance.state, move->at_once));
    start_instance(call, instance);
  }
  return {{"StartingInstances", std::move(changes)}};
}

void check_stop(const state::Instance& instance, bool hibernates) {
  if (instance.state == shutting_down || instance.state == terminated) {
    throw errors::incorrect_instance_state(
        fmt::format("This instance '{}' is not in a state from which it can be stopped.", instance.instance_id));
  }
  if (instance.state == pending && !instance.has_run) {
    throw errors::incorrect_instance_state(fmt::format(
        "Instance '{}' cannot be stopped as it has never reached the 'running' state.", instance.instance_id));
  }
  if (instance.root_device_type != "ebs") {
    throw ApiError("UnsupportedOperation",
                   fmt::format("The instance '{}' does not have an 'ebs' root device type and cannot be stopped.",
                               instance.instance_id));
  }
  check_spot_stop(instance);
  if (instance.disable_api_stop) {
    throw errors::operation_not_permitted(fmt::format(
        "The instance '{}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.",
        instance.instance_id));
  }
  if (hibernates && !flag(part(instance.options, "HibernationOptions"), "Configured").value_or(false)) {
    throw ApiError("UnsupportedHibernationConfiguration",
                   "The instance can't be hibernated because it was not configured at launch for hibernation: " +
                       instance.instance_id);
  }
  if (hibernates && instance.status_check != "ok" && instance.state == running) {
    throw ApiError(
        "UnsupportedOperation",
        fmt::format("Instance {} is not ready to hibernate yet, retry in a few minutes", instance.instance_id));
  }
}

Document StopInstances(Call& call) {
  const bool force = call.flag("Force").value_or(false) || call.flag("SkipOsShutdown").value_or(false);
  const bool hibernates = call.flag("Hibernate").value_or(false);
  auto instances = require_instances(call, call.items("InstanceIds"));
  for (const auto& instance : instances) check_stop(instance, hibernates);
  Document changes = Document::array();
  for (auto& instance : instances) {
    const auto* move = find_move(kInstanceMoves, instance.state, "stop");
    if (move == nullptr) {  // stopping or stopped already
      changes.push_back(state_change(instance, instance.state, instance.state));
      continue;
    }
    changes.push_back(state_change(instance, instance.state, move->at_once));
    constexpr StateReason kHibernate{"Client.UserInitiatedHibernate", "User initiated hibernate"};
    stop_instance(call, instance, hibernates ? kHibernate : StateReason{}, force);
  }
  return {{"StoppingInstances", std::move(changes)}};
}

/// Nothing to be seen from outside: a running instance stays `running`; a terminated one is let be.
Document RebootInstances(Call& call) {
  for (const auto& instance : require_instances(call, call.items("InstanceIds"))) {
    if (instance.state == terminated || instance.state == shutting_down) continue;
    if (instance.state == stopped || instance.state == stopping) {
      throw errors::incorrect_instance_state(fmt::format("Cannot reboot instance {} that is currently in {} state.",
                                                         instance.instance_id, instance.state));
    }
    call.world.compute->reboot(instance.instance_id);
  }
  return {};
}

void check_terminate(const state::Instance& instance) {
  if (instance.state == terminated || instance.state == shutting_down) return;
  const char* attribute = instance.disable_api_termination ? "disableApiTermination"
                          : instance.disable_api_stop      ? "disableApiStop"
                                                           : nullptr;
  if (attribute == nullptr) return;
  throw errors::operation_not_permitted(
      fmt::format("The instance '{}' may not be terminated. Modify its '{}' instance attribute and try again.",
                  instance.instance_id, attribute));
}

/// All or nothing. Assumed: also across zones, where EC2 spares only those in the zone of a protected one.
Document TerminateInstances(Call& call) {
  auto instances = require_instances(call, call.items("InstanceIds"));
  for (const auto& instance : instances) check_terminate(instance);
  Document changes = Document::array();
  for (auto& instance : instances) {
    const auto* move = find_move(kInstanceMoves, instance.state, "terminate");
    if (move == nullptr) {
      changes.push_back(state_change(instance, instance.state, instance.state));
      continue;
    }
    changes.push_back(state_change(instance, instance.state, move->at_once));
    terminate_instance(call, instance);
  }
  return {{"TerminatingInstances", std::move(changes)}};
}

/// Monitoring an instance adds categories to those it has; the other way some go, or all where none is named. Answers
/// whether anything changed.
bool change_categories(Call& call, state::Instance& instance, bool adds) {
  const auto ids = read_metric_categories(call, call.items("MetricCategoryIds"));
  const Document before = metric_categories(instance);
  if (adds) {
    add_metric_categories(call, instance, ids);
  } else {
    remove_metric_categories(call, instance, ids.empty() ? before : ids);
  }
  return metric_categories(instance) != before;
}

/// `enabled` or `disabled` a moment later. Documented: naming categories leaves monitoring itself on.
Document change_monitoring(Call& call, std::string_view settled, std::string_view transient) {
  Document monitorings = Document::array();
  for (auto& instance : require_instances(call, call.items("InstanceIds"))) {
    if (instance.state == terminated || instance.state == shutting_down) {
      throw ApiError("InvalidState", fmt::format("The instance '{}' is not in a valid state for this operation.",
                                                 instance.instance_id));  // Assumed: the words
    }
    const bool has_changed = change_categories(call, instance, settled == "enabled");
    if (has_changed) state::update(call.txn, instance);
    if (instance.monitoring != settled && (settled == "enabled" || call.items("MetricCategoryIds").empty())) {
      instance.monitoring = transient;
      state::update(call.txn, instance);
      schedule(call, "instance", instance.instance_id, "monitored", kMonitoringTakes_ms);
    }
    monitorings.push_back({{"InstanceId", instance.instance_id}, {"Monitoring", monitoring_document(instance)}});
  }
  return {{"InstanceMonitorings", std::move(monitorings)}};
}

/// Recorded: this one judges ids in other words than its sister.
void check_monitored_ids(Call& call) {
  for (const auto& each : call.items("InstanceIds")) {
    const auto& id = each.get_ref<const std::string&>();
    if (!is_well_formed(resource_type("instance"), id))
      throw errors::invalid_value(id, "instanceId", "Expected: 'i-...'.");
  }
}

Document MonitorInstances(Call& call) {
  check_monitored_ids(call);
  call.end_of_dry_run();
  return change_monitoring(call, "enabled", "pending");
}

Document UnmonitorInstances(Call& call) {
  for (const auto& each : call.items("InstanceIds")) {
    if (const auto& id = each.get_ref<const std::string&>(); id.empty()) check_id("instance", id);
  }
  call.end_of_dry_run();
  return change_monitoring(call, "disabled", "disabling");
}

constexpr Operation kOperations[] = {
    {.name = "DescribeInstances",
     .run = DescribeInstances,
     .access = Access::read,
     .listed = "Instance",
     .filters = kInstanceFilters},
    {.name = "MonitorInstances", .run = MonitorInstances, .access = Access::write, .dry_run = DryRun::after_checks},
    {.name = "RebootInstances", .run = RebootInstances, .access = Access::write},
    {.name = "StartInstances", .run = StartInstances, .access = Access::write},
    {.name = "StopInstances", .run = StopInstances, .access = Access::write},
    {.name = "TerminateInstances", .run = TerminateInstances, .access = Access::write},
    {.name = "UnmonitorInstances", .run = UnmonitorInstances, .access = Access::write, .dry_run = DryRun::after_checks},
};

constexpr Mover kMovers[] = {{"instance", move_instance}};

}  // namespace

Family instances_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
