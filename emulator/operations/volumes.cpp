/// Volumes: making, seeing, attaching and removing them. Their changes are in volume_modifications.cpp.

#include "emulator/volumes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/instances.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/tags.hpp"
#include "emulator/world.hpp"
#include "state/network_interfaces.hpp"
#include "state/resources.hpp"

namespace fogling {
namespace {

/// Assumed: as long as users see these states.
constexpr std::int64_t kCreates_ms = 3'000, kAttaches_ms = 2'000, kDetaches_ms = 3'000, kDeletes_ms = 2'000;

// ---- Create and delete
// -----------------------------------------------------------------------------------------------

const catalogue::Zone& require_zone(const Call& call) {
  const auto name = call.text("AvailabilityZone"), id = call.text("AvailabilityZoneId");
  if (name.empty() && id.empty()) throw errors::missing_parameter("zone");
  if (!name.empty() && !id.empty()) {
    throw errors::not_together("availabilityZone", "availabilityZoneId");  // Assumed: the words
  }
  const auto& region = call.scope.region;
  const auto* zone = name.empty() ? catalogue::find_zone_by_id(region, id) : catalogue::find_zone(region, name);
  if (zone == nullptr) {
    throw ApiError("InvalidZone.NotFound", fmt::format("The zone '{}' does not exist.", name.empty() ? id : name));
  }
  return *zone;
}

/// Whether its blocks are there at once: where fast restore is enabled for the snapshot in the zone.
void note_fast_restore(Call& call, state::Volume& volume) {
  if (volume.snapshot_id.empty()) return;
  const auto restores = state::list_children(call.txn, volume.snapshot_id, "fast-snapshot-restore");
  if (std::ranges::any_of(restores, [&](const state::GenericResource& each) {
        return each.state == "enabled" && text(each.document, "AvailabilityZone") == volume.availability_zone;
      })) {
    volume.options["FastRestored"] = true;
  }
}

/// Everything but multi-attach is judged before the dry run's answer, as recorded.
Document CreateVolume(Call& call) {
  if (!call.text("OutpostArn").empty()) throw errors::not_built("A volume on an Outpost");
  if (!call.part("Operator").empty()) throw errors::not_built("An operator of a volume");
  if (!call.integer("Size") && call.text("SnapshotId").empty()) throw errors::missing_parameter("size/snapshot");
  if (call.integer("VolumeInitializationRate") && call.text("SnapshotId").empty()) {
    throw errors::invalid_combination(
        "You can't specify VolumeInitializationRate for volumes that are not created from a snapshot.");
  }
  const auto& zone = require_zone(call);
  VolumeSpec spec{.size_gib = call.integer("Size"),
                  .snapshot_id = std::string(call.text("SnapshotId")),
                  .availability_zone = std::string(zone.name),
                  .availability_zone_id = std::string(zone.id),
                  .volume_type = std::string(call.text("VolumeType")),
                  .iops = call.integer("Iops"),
                  .throughput = call.integer("Throughput"),
                  .initialization_rate = call.integer("VolumeInitializationRate"),
                  .encrypted = call.flag("Encrypted"),
                  .kms_key_id = std::string(call.text("KmsKeyId"))};
  if (!spec.snapshot_id.empty()) check_id("snapshot", spec.snapshot_id);
  state::Volume volume = plan_volume(call, spec);
  call.end_of_dry_run();
  volume.multi_attach_enabled = call.flag("MultiAttachEnabled").value_or(false);
  if (volume.multi_attach_enabled && volume.volume_type != "io1" && volume.volume_type != "io2") {
    throw errors::invalid_combination(
        fmt::format("The parameter multi-attach-enabled is not supported for {} volumes.", volume.volume_type));
  }
  check_storage_quotas(call, volume);
  note_fast_restore(call, volume);
  make_volume(call, volume, "creating");
  apply_tags(call, volume.volume_id, "volume");
  schedule(call, "volume", volume.volume_id, "available", kCreates_ms);
  Document answer = volume_document(call.txn, volume);
  answer.erase("Attachments");
  answer["CreateTime"] = iso_seconds(volume.create_time_ms);  // recorded: whole seconds here, milliseconds in Describe
  answer["Tags"] = tag_set(call.txn, volume.volume_id);
  return answer;
}

state::Volume require_volume(Context& context, std::string_view id) {
  return require_row<state::Volume>(context, "volume", id);
}

/// A copy in the same zone, at least as encrypted as its source; of the API's default type unless another is asked for.
Document CopyVolumes(Call& call) {
  const auto source = require_volume(call, call.require("SourceVolumeId"));
  if (source.state != "available" && source.state != "in-use") {
    throw errors::incorrect_state(
        fmt::format("Volume '{}' is in the '{}' state.", source.volume_id, source.state));  // Assumed: the words
  }
  const auto size = call.integer("Size").value_or(source.size_gib);
  if (size < source.size_gib) {
    throw errors::invalid_parameter_value(
        "New size cannot be smaller than existing size");  // Assumed: as of ModifyVolume
  }
  state::Volume copy = plan_volume(call, {.size_gib = size,
                                          .availability_zone = source.availability_zone,
                                          .availability_zone_id = source.availability_zone_id,
                                          .volume_type = std::string(call.text("VolumeType")),
                                          .iops = call.integer("Iops"),
                                          .throughput = call.integer("Throughput"),
                                          .encrypted = source.encrypted ? true : call.flag("Encrypted"),
                                          .kms_key_id = std::string(call.text("KmsKeyId")),
                                          .multi_attach_enabled = call.flag("MultiAttachEnabled").value_or(false)});
  if (source.encrypted && call.text("KmsKeyId").empty()) copy.kms_key_id = source.kms_key_id;
  copy.snapshot_id = source.snapshot_id;
  copy.options["SourceVolumeId"] = source.volume_id;
  check_storage_quotas(call, copy);
  make_volume(call, copy, "creating");
  apply_tags(call, copy.volume_id, "volume");
  schedule(call, "volume", copy.volume_id, "available", kCreates_ms);
  return {{"Volumes", Document::array({volume_document(call.txn, copy)})}};
}

Document DeleteVolume(Call& call) {
  if (call.text("VolumeId").empty()) throw errors::missing_parameter("volumeId");
  auto volume = require_volume(call, call.text("VolumeId"));
  call.end_of_dry_run();
  const auto attachments = state::attachments_of_volume(call.txn, volume.volume_id);
  if (!attachments.empty()) {
    throw ApiError("VolumeInUse", fmt::format("Volume {} is currently attached to {}", volume.volume_id,
                                              attachments.front().instance_id));
  }
  if (volume.state == "deleting") return {};
  if (volume.state == "creating") {  // documented; Assumed: the words
    throw errors::incorrect_state(fmt::format("Volume '{}' is in the 'creating' state.", volume.volume_id));
  }
  volume.state = "deleting";
  state::update(call.txn, volume);
  state::remove_dues_of(call.txn, volume.volume_id);
  schedule(call, "volume", volume.volume_id, "deleted", kDeletes_ms);
  return {};
}

// ---- Describe
// --------------------------------------------------------------------------------------------------------

/// DescribeVolumes judges ids in words of its own.
void check_listed_ids(const Call& call) {
  for (const auto& each : call.items("VolumeIds")) {
    const auto& id = each.get_ref<const std::string&>();
    if (id.empty()) throw errors::missing_parameter("volumes");
    if (!is_well_formed(resource_type("volume"), id))
      throw errors::invalid_value(id, "volumes", "Expected: 'vol-...'.");
  }
}

Document DescribeVolumes(Call& call) {
  check_listed_ids(call);
  return describe_rows<state::Volume>(
      call, {.type = "volume", .ids = "VolumeIds", .list = "Volumes", .id_filter = "volume-id"},
      [&](const state::Volume& volume) { return volume_document(call.txn, volume); });
}

constexpr FilterPath kVolumeFilters[] = {
    {"attachment.attach-time", "Attachments.AttachTime"},
    {"attachment.delete-on-termination", "Attachments.DeleteOnTermination"},
    {"attachment.device", "Attachments.Device"},
    {"attachment.instance-id", "Attachments.InstanceId"},
    {"attachment.status", "Attachments.State"},
    {"operator.managed", "Operator.Managed"},
    {"operator.principal", "Operator.Principal"},
    {"status", "State"},
    {"fast-restored", "FastRestored"},
};

Document status_document(Transaction& txn, const state::Volume& volume) {
  const bool has_performance =
      volume.volume_type == "io1" || volume.volume_type == "io2" || volume.volume_type == "gp3";
  Document attachments = Document::array();
  for (const auto& each : state::attachments_of_volume(txn, volume.volume_id)) {
    attachments.push_back(
        {{"InstanceId", each.instance_id}, {"IoPerformance", has_performance ? "normal" : "not-applicable"}});
  }
  const bool is_young = volume.state == "creating";
  return {
      {"VolumeId", volume.volume_id},
      {"AvailabilityZone", volume.availability_zone},
      {"AvailabilityZoneId", volume.availability_zone_id},
      {"VolumeStatus",
       {{"Status", is_young ? "insufficient-data" : "ok"},
        {"Details",
         Document::array({{{"Name", "io-enabled"}, {"Status", "passed"}},
                          {{"Name", "io-performance"}, {"Status", has_performance ? "normal" : "not-applicable"}}})}}},
      {"Events", Document::array()},
      {"Actions", Document::array()},
      {"AttachmentStatuses", std::move(attachments)}};
}

/// Recorded: an empty id means all.
Document DescribeVolumeStatus(Call& call) {
  std::vector<state::Volume> volumes;
  for (const auto& each : call.items("VolumeIds")) {
    const auto& id = each.get_ref<const std::string&>();
    if (!id.empty()) volumes.push_back(require_volume(call, id));
  }
  if (volumes.empty()) volumes = state::list<state::Volume>(call.txn, call.scope);
  PageBuilder<state::Volume> page{call, read_paging(call, "VolumeIds")};
  for (const auto& volume : volumes) {
    if (!page.offer(volume, [&](const state::Volume& each) { return status_document(call.txn, each); })) break;
    call.looked_at.push_back(volume.volume_id);
  }
  Document answer{{"VolumeStatuses", std::move(page.items)}};
  if (page.is_full) answer["NextToken"] = make_token(call, page.last_seq);
  return answer;
}

constexpr FilterPath kStatusFilters[] = {
    {"action.code", "Actions.Code"},
    {"action.description", "Actions.Description"},
    {"action.event-id", "Actions.EventId"},
    {"attachment-status.instance-id", "AttachmentStatuses.InstanceId"},
    {"attachment-status.io-performance", "AttachmentStatuses.IoPerformance"},
    {"event.description", "Events.Description"},
    {"event.event-id", "Events.EventId"},
    {"event.event-type", "Events.EventType"},
    {"event.not-after", "Events.NotAfter"},
    {"event.not-before", "Events.NotBefore"},
    {"volume-status.details-name", "VolumeStatus.Details.Name"},
    {"volume-status.details-status", "VolumeStatus.Details.Status"},
    {"volume-status.status", "VolumeStatus.Status"},
};

// ---- Attach and detach
// -----------------------------------------------------------------------------------------------

void check_room(Context& context, const state::Instance& instance, std::size_t volumes) {
  const auto* type = catalogue::find_instance_type(instance.instance_type);
  if (type == nullptr) return;
  check_volume_count(*type, state::interfaces_of_instance(context.txn, instance.instance_id).size(), volumes);
}

/// Multi-attach is for up to sixteen Nitro instances. Assumed: codes and words.
void check_multi_attach(const state::Instance& instance, std::size_t attached) {
  constexpr std::size_t kMostInstances = 16;
  const auto* type = catalogue::find_instance_type(instance.instance_type);
  if (type != nullptr && type->hypervisor != "nitro") {
    throw ApiError(
        "UnsupportedOperation",
        fmt::format("The instance type {} does not support volumes with multi-attach.", instance.instance_type));
  }
  if (attached >= kMostInstances) {
    throw ApiError("AttachmentLimitExceeded",
                   fmt::format("A volume may be attached to up to {} instances.", kMostInstances));
  }
}

Document AttachVolume(Call& call) {
  if (call.text("Device").empty()) throw errors::missing_parameter("device");
  auto volume = require_volume(call, call.require("VolumeId"));
  const auto instance = require_instance(call, call.require("InstanceId"));
  const std::string device(call.text("Device"));
  if (!is_device_name(device, instance.platform, instance.virtualization_type)) {
    throw errors::invalid_value(device, "device", fmt::format("{} is not a valid EBS device name.", device));
  }
  if (instance.state != instance_state::running && instance.state != instance_state::stopped) {
    throw errors::incorrect_state(fmt::format("Instance '{}' is not 'running'.", instance.instance_id));
  }
  const auto elsewhere = state::attachments_of_volume(call.txn, volume.volume_id);
  const bool is_here =
      std::ranges::find(elsewhere, instance.instance_id, &state::VolumeAttachment::instance_id) != elsewhere.end();
  if (is_here || (!elsewhere.empty() && !volume.multi_attach_enabled)) {
    throw ApiError("VolumeInUse", fmt::format("{} is already attached to an instance", volume.volume_id));
  }
  if (volume.multi_attach_enabled) check_multi_attach(instance, elsewhere.size());
  if (volume.state != "available" && elsewhere.empty()) {
    throw errors::incorrect_state(fmt::format("{} is not 'available'.", volume.volume_id));
  }
  if (volume.availability_zone != instance.availability_zone) {
    throw ApiError("InvalidVolume.ZoneMismatch",
                   fmt::format("The volume '{}' is not in the same availability zone as instance '{}'",
                               volume.volume_id, instance.instance_id));
  }
  const auto attached = state::attachments_of_instance(call.txn, instance.instance_id);
  if (std::ranges::find(attached, device, &state::VolumeAttachment::device) != attached.end()) {
    throw errors::invalid_parameter_value(
        fmt::format("Invalid value '{0}' for unixDevice. Attachment point {0} is already in use", device));
  }
  check_room(call, instance, attached.size() + 1);
  const auto attachment =
      attach_volume(call, volume,
                    {.instance_id = instance.instance_id,
                     .device = device,
                     .ebs_card_index = require_ebs_card(instance.instance_type, call.integer("EbsCardIndex")),
                     .attach_time_ms = call.now_ms});
  call.world.compute->attach_volume(instance.instance_id, volume.volume_id, device);
  schedule(call, "volume", volume.volume_id, "attached", kAttaches_ms);
  return attachment_document(attachment);
}

state::VolumeAttachment require_attachment(Call& call, const state::Volume& volume) {
  const auto attachments = state::attachments_of_volume(call.txn, volume.volume_id);
  if (attachments.empty()) {
    throw errors::incorrect_state(fmt::format("Volume '{}' is in the '{}' state.", volume.volume_id, volume.state));
  }
  const auto instance_id = call.text("InstanceId"), device = call.text("Device");
  if (attachments.size() > 1 && instance_id.empty()) {
    throw errors::invalid_combination(
        "The parameter InstanceId is required for a volume that is attached to several "
        "instances.");  // Assumed: the words
  }
  for (const auto& each : attachments) {
    if ((instance_id.empty() || each.instance_id == instance_id) && (device.empty() || each.device == device))
      return each;
  }
  if (!instance_id.empty()) require_instance(call, instance_id);
  throw ApiError("InvalidAttachment.NotFound",
                 fmt::format("The volume {} is not attached to instance {} as device {}", volume.volume_id,
                             instance_id.empty() ? attachments.front().instance_id : std::string(instance_id),
                             device.empty() ? attachments.front().device : std::string(device)));
}

Document DetachVolume(Call& call) {
  const auto volume = require_volume(call, call.require("VolumeId"));
  auto attachment = require_attachment(call, volume);
  const auto instance = state::find<state::Instance>(call.txn, call.scope, attachment.instance_id);
  if (instance && attachment.device == instance->root_device_name && instance->state != instance_state::stopped) {
    throw errors::incorrect_state(
        fmt::format("Unable to detach root volume '{}' from instance '{}'", volume.volume_id, instance->instance_id));
  }
  if (attachment.state != "detaching") {
    attachment.state = "detaching";
    state::update(call.txn, attachment);
    call.world.compute->detach_volume(attachment.instance_id, volume.volume_id, call.flag("Force").value_or(false));
    schedule(call, "volume", volume.volume_id, "detached", kDetaches_ms);
  }
  return attachment_document(attachment);
}

void move_volume(Context& context, const state::Due& due) {
  auto volume = state::find<state::Volume>(context.txn, context.scope, due.resource_id);
  if (!volume) return;
  if (due.move == "available" && volume->state == "creating") {
    volume->state = "available";
    state::update(context.txn, *volume);
  } else if (due.move == "deleted" && volume->state == "deleting") {
    remove_volume(context, *volume);
  } else if (due.move == "attached" || due.move == "detached") {
    for (auto& attachment : state::attachments_of_volume(context.txn, volume->volume_id)) {
      if (due.move == "attached" && attachment.state == "attaching") {
        attachment.state = "attached";
        state::update(context.txn, attachment);
      } else if (due.move == "detached" && attachment.state == "detaching") {
        detach_volume(context, attachment);
      }
    }
  }
}

// ---- Attributes
// ------------------------------------------------------------------------------------------------------

Document DescribeVolumeAttribute(Call& call) {
  const auto volume = require_volume(call, call.require("VolumeId"));
  const auto attribute = call.require("Attribute");
  Document answer{{"VolumeId", volume.volume_id}};
  if (attribute == "autoEnableIO") {
    answer["AutoEnableIO"] = {{"Value", volume.auto_enable_io}};
  } else if (attribute == "productCodes") {
    answer["ProductCodes"] = Document::array();
  } else {
    throw errors::invalid_value(attribute, "attribute", "Unknown attribute.");
  }
  return answer;
}

Document ModifyVolumeAttribute(Call& call) {
  auto volume = require_volume(call, call.require("VolumeId"));
  const auto value = flag(call.part("AutoEnableIO"), "Value");
  if (!value) throw errors::missing_parameter("AutoEnableIO");
  volume.auto_enable_io = *value;
  state::update(call.txn, volume);
  return {};
}

/// Nothing ever disables the I/O of a simulated volume, so there is nothing to enable.
Document EnableVolumeIO(Call& call) {
  require_volume(call, call.require("VolumeId"));
  return {};
}

constexpr Operation kOperations[] = {
    {.name = "AttachVolume", .run = AttachVolume, .access = Access::write},
    {.name = "CopyVolumes", .run = CopyVolumes, .access = Access::write},
    {.name = "CreateVolume", .run = CreateVolume, .access = Access::write, .dry_run = DryRun::after_checks},
    {.name = "DeleteVolume", .run = DeleteVolume, .access = Access::write, .dry_run = DryRun::after_checks},
    {.name = "DescribeVolumeAttribute", .run = DescribeVolumeAttribute, .access = Access::read},
    {.name = "DescribeVolumeStatus",
     .run = DescribeVolumeStatus,
     .access = Access::read,
     .listed = "VolumeStatusItem",
     .filters = kStatusFilters},
    {.name = "DescribeVolumes",
     .run = DescribeVolumes,
     .access = Access::read,
     .listed = "Volume",
     .filters = kVolumeFilters},
    {.name = "DetachVolume", .run = DetachVolume, .access = Access::write},
    {.name = "EnableVolumeIO", .run = EnableVolumeIO, .access = Access::write},
    {.name = "ModifyVolumeAttribute", .run = ModifyVolumeAttribute, .access = Access::write},
};

constexpr Mover kMovers[] = {{"volume", move_volume}};

}  // namespace

Family volumes_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
