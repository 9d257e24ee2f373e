#include "emulator/volumes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <regex>

#include "emulator/snapshots.hpp"
#include "emulator/tags.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

/// Limits by type (EBS User Guide, 2026). A type without `most_iops` does not take Iops, one without `most_throughput`
/// does not take Throughput. Those whose IOPS are paid for have a quota of them.
struct TypeRule {
  std::string_view type;
  std::int64_t least_gib, most_gib;
  std::int64_t least_iops, most_iops, iops_per_gib;
  std::int64_t most_throughput;
  bool needs_iops, multi_attach;
  std::int64_t Quotas::*storage_tib, Quotas::*iops;
};
constexpr TypeRule kRules[] = {
    {"gp3", 1, 65536, 3000, 80000, 500, 2000, false, false, &Quotas::gp3_storage_tib, nullptr},
    {"gp2", 1, 16384, 0, 0, 0, 0, false, false, &Quotas::gp2_storage_tib, nullptr},
    {"io1", 4, 16384, 100, 64000, 50, 0, true, true, &Quotas::io1_storage_tib, &Quotas::io1_iops},
    {"io2", 4, 65536, 100, 256000, 1000, 0, true, true, &Quotas::io2_storage_tib, &Quotas::io2_iops},
    {"st1", 125, 16384, 0, 0, 0, 0, false, false, &Quotas::st1_storage_tib, nullptr},
    {"sc1", 125, 16384, 0, 0, 0, 0, false, false, &Quotas::sc1_storage_tib, nullptr},
    {"standard", 1, 1024, 0, 0, 0, 0, false, false, &Quotas::standard_storage_tib, nullptr}};

constexpr std::int64_t kGp3Iops = 3000, kGp3Throughput = 125;
constexpr std::int64_t kLeastInitialization = 100, kMostInitialization = 300;

std::string lower(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

const TypeRule& rule_of(std::string_view given) {
  const std::string type = given.empty() ? "gp2" : lower(given);
  const auto* rule = std::ranges::find(kRules, type, &TypeRule::type);
  if (rule == std::end(kRules)) {
    throw ApiError("UnknownVolumeType", fmt::format("Unsupported volume type '{}' for volume creation. ", given));
  }
  return *rule;
}

void check_size(const TypeRule& rule, std::int64_t size_gib) {
  if (size_gib < 0) throw errors::invalid_value(std::to_string(size_gib), "size", "Value must be a positive integer.");
  if (size_gib > rule.most_gib) {
    throw errors::invalid_parameter_value(fmt::format(
        "Volume of {}GiB is too large for volume type {}; maximum is {}GiB", size_gib, rule.type, rule.most_gib));
  }
  if (size_gib < rule.least_gib) {
    // Recorded with a final period for gp3 of size 0.
    throw errors::invalid_parameter_value(fmt::format(
        "The volume size is invalid for {0} volumes: {1} GiB. {0} volumes must be at least {2} GiB in size. Please "
        "specify a volume size above the minimum limit{3}",
        rule.type, size_gib, rule.least_gib, rule.type == "gp3" ? "." : ""));
  }
}

void check_iops(const TypeRule& rule, std::int64_t size_gib, std::optional<std::int64_t>& iops) {
  if (rule.most_iops == 0) {
    if (iops)
      throw errors::invalid_combination(fmt::format("The parameter iops is not supported for {} volumes.", rule.type));
    return;
  }
  if (!iops && rule.needs_iops) {
    throw errors::invalid_combination(fmt::format("The parameter iops must be specified for {} volumes.", rule.type));
  }
  const std::int64_t wanted = iops.value_or(kGp3Iops);
  if (wanted > rule.most_iops) {
    throw errors::invalid_parameter_value(
        fmt::format("Volume iops of {} is too high; maximum is {}.", wanted, rule.most_iops));
  }
  if (rule.needs_iops && wanted < rule.least_iops) {
    throw errors::invalid_parameter_value(
        fmt::format("Volume iops of {} is too low; minimum is {}.", wanted, rule.least_iops));
  }
  const bool has_baseline =
      rule.type == "gp3";  // comes with every size; recorded: what is asked for is judged all the same
  if (iops && wanted > rule.iops_per_gib * size_gib && !(has_baseline && wanted == kGp3Iops)) {
    throw errors::invalid_parameter_value(fmt::format("Iops to volume size ratio of {:.6f} is too high; maximum is {}",
                                                      static_cast<double>(wanted) / static_cast<double>(size_gib),
                                                      rule.iops_per_gib));
  }
  iops = has_baseline ? std::max(wanted, kGp3Iops) : wanted;
}

void check_throughput(const TypeRule& rule, std::int64_t iops, std::optional<std::int64_t>& throughput) {
  if (rule.most_throughput == 0) {
    if (throughput) {
      throw errors::invalid_combination(
          fmt::format("The throughput parameter is not supported for {} volumes.", rule.type));
    }
    return;
  }
  const std::int64_t wanted = throughput.value_or(kGp3Throughput);
  if (wanted > rule.most_throughput) {
    throw errors::invalid_parameter_value(
        fmt::format("Volume throughput of {} is too high; maximum is {}.", wanted, rule.most_throughput));
  }
  const double ratio = static_cast<double>(wanted) / static_cast<double>(iops);
  if (wanted > kGp3Throughput && ratio > 0.25) {
    throw errors::invalid_parameter_value(fmt::format(
        "Throughput (MiBps) to iops ratio of {:.6f} is too high; maximum is 0.250000 MiBps per iops", ratio));
  }
  throughput = std::max(wanted, kGp3Throughput);
}

constexpr std::int64_t kGibPerTib = 1024;

/// What the quotas leave of a type; the largest number where there is no limit.
struct Room {
  std::int64_t gib = std::numeric_limits<std::int64_t>::max(), iops = gib;
};

Room room_for(Context& context, const TypeRule& rule) {
  const auto& quotas = context.world.quotas;
  Room room;
  if (quotas.*rule.storage_tib >= 0) room.gib = quotas.*rule.storage_tib * kGibPerTib;
  if (rule.iops != nullptr && quotas.*rule.iops >= 0) room.iops = quotas.*rule.iops;
  if (room.gib == Room{}.gib && room.iops == Room{}.iops) return room;
  for (const auto& used : state::usage_by_volume_type(context.txn, context.scope)) {
    if (used.volume_type != rule.type) continue;
    room.gib -= used.gib;
    room.iops -= used.iops;
  }
  return room;
}

}  // namespace

void check_storage_quotas(Context& context, const state::Volume& more) {
  const auto& rule = rule_of(more.volume_type);
  const auto room = room_for(context, rule);
  constexpr std::string_view kRequest =
      "Please contact AWS Support to request an Elastic Block Store service limit increase.";
  if (more.size_gib > std::max<std::int64_t>(room.gib, 0)) {
    throw ApiError("VolumeLimitExceeded",
                   fmt::format("You have exceeded your maximum {} storage limit of {} TiB in this region. {}",
                               rule.type, context.world.quotas.*rule.storage_tib, kRequest));
  }
  if (rule.iops != nullptr && more.iops.value_or(0) > std::max<std::int64_t>(room.iops, 0)) {
    throw ApiError("MaxIOPSLimitExceeded",  // Assumed: the words
                   fmt::format("You have exceeded your maximum {} IOPS limit of {} in this region. {}", rule.type,
                               context.world.quotas.*rule.iops, kRequest));
  }
}

std::int64_t storable_count(Context& context, std::span<const state::Volume> volumes) {
  std::int64_t count = std::numeric_limits<std::int64_t>::max();
  for (const auto& rule : kRules) {
    std::int64_t gib = 0, iops = 0;
    for (const auto& each : volumes) {
      if (each.volume_type != rule.type) continue;
      gib += each.size_gib;
      iops += each.iops.value_or(0);
    }
    if (gib == 0) continue;
    const auto room = room_for(context, rule);
    count = std::min(count, std::max<std::int64_t>(room.gib, 0) / gib);
    if (rule.iops != nullptr)
      count = std::min(count, std::max<std::int64_t>(room.iops, 0) / std::max<std::int64_t>(iops, 1));
  }
  return count;
}

std::string kms_key_arn(const Context& context, std::string_view key) {
  if (key.starts_with("arn:")) return std::string(key);
  const auto& [account, region] = context.scope;
  if (key.empty()) {
    const auto chosen = state::get_setting(context.txn, context.scope, "ebs-default-kms-key");
    if (!chosen.empty()) return chosen;
    key = "alias/aws/ebs";
  }
  return key.starts_with("alias/") ? fmt::format("arn:aws:kms:{}:{}:{}", region, account, key)
                                   : fmt::format("arn:aws:kms:{}:{}:key/{}", region, account, key);
}

void check_figures(state::Volume& volume) {
  const auto& rule = rule_of(volume.volume_type);
  volume.volume_type = rule.type;
  check_size(rule, volume.size_gib);
  check_iops(rule, volume.size_gib, volume.iops);
  check_throughput(rule, volume.iops.value_or(kGp3Iops), volume.throughput);
  if (volume.multi_attach_enabled && !rule.multi_attach) {
    throw errors::invalid_combination(
        fmt::format("The parameter multi-attach-enabled is not supported for {} volumes.", rule.type));
  }
  // Shown, though it cannot be set: three IOPS a GiB, at least 100.
  if (rule.type == "gp2") volume.iops = std::clamp<std::int64_t>(3 * volume.size_gib, 100, 16000);
}

bool is_device_name(std::string_view name, std::string_view platform, std::string_view virtualization_type) {
  static const std::regex kHvm("/dev/(sd[a-z]|sda1|xvd[a-z]|xvd[a-c][a-z]|xvdd[a-x])");
  static const std::regex kParavirtual("/dev/((sd|hd)[a-z]([1-9]|1[0-5])?|xvd[a-z]([1-9]|1[0-5])?)");
  static const std::regex kWindows("xvd[a-z]|xvd[a-c][a-z]|xvdd[a-x]|/dev/sda1|/dev/xvd[a-z]|/dev/sd[a-z]");
  const auto& pattern = platform == "windows" ? kWindows : virtualization_type == "paravirtual" ? kParavirtual : kHvm;
  return std::regex_match(name.begin(), name.end(), pattern);
}

std::int64_t require_ebs_card(std::string_view instance_type, std::optional<std::int64_t> index) {
  if (!index || *index == 0) return 0;
  const auto* type = catalogue::find_instance_type(instance_type);
  const Document described = type == nullptr ? Document::object() : catalogue::describe_instance_type(*type);
  if (*index < 0 || *index >= integer(part(described, "EbsInfo"), "MaximumEbsCards").value_or(1)) {
    throw errors::invalid_parameter_value(
        fmt::format("The instance type {} has no EBS card at index {}.", instance_type, *index));  // Assumed: the words
  }
  return *index;
}

void check_volume_count(const catalogue::InstanceType& type, std::size_t interfaces, std::size_t volumes) {
  const int most = type.max_volumes(static_cast<int>(interfaces));
  if (static_cast<int>(volumes) <= most) return;
  throw ApiError(
      "AttachmentLimitExceeded",
      fmt::format("You may attach up to {} devices for this instance type. Please use a larger instance size "
                  "to attach more volumes.",
                  most));
}

state::Volume plan_volume(Context& context, const VolumeSpec& spec) {
  state::Volume volume;
  volume.account = context.scope.account;
  volume.region = context.scope.region;
  volume.availability_zone = spec.availability_zone;
  volume.availability_zone_id = spec.availability_zone_id;
  volume.snapshot_id = spec.snapshot_id;
  volume.volume_type = spec.volume_type;
  volume.iops = spec.iops;
  volume.throughput = spec.throughput;
  volume.multi_attach_enabled = spec.multi_attach_enabled;
  volume.options = Document::object();
  if (spec.initialization_rate) {
    if (*spec.initialization_rate < kLeastInitialization || *spec.initialization_rate > kMostInitialization) {
      throw errors::invalid_value(std::to_string(*spec.initialization_rate), "volumeInitializationRate",
                                  "Value must be between 100 and 300.");  // Assumed: the words
    }
    volume.options["VolumeInitializationRate"] = *spec.initialization_rate;
  }
  SnapshotSource source;
  if (!spec.snapshot_id.empty()) source = require_snapshot_source(context, spec.snapshot_id, spec.snapshot_access);
  if (!spec.size_gib && spec.snapshot_id.empty()) throw errors::missing_parameter("size/snapshot");
  if (spec.size_gib.value_or(1) < 0) check_size(rule_of(spec.volume_type), *spec.size_gib);
  // Recorded: a size below the snapshot's is raised without a word.
  volume.size_gib = std::max(spec.size_gib.value_or(0), source.size_gib);
  check_figures(volume);
  if (!spec.kms_key_id.empty() && !spec.encrypted.value_or(source.encrypted)) {
    throw ApiError("InvalidParameterDependency",
                   "The parameter [KmsKeyId] requires the parameter Encrypted to be set.");
  }
  const bool by_default = state::get_setting(context.txn, context.scope, "ebs-encryption-by-default") == "true";
  volume.encrypted = spec.encrypted.value_or(false) || source.encrypted || by_default;
  if (volume.encrypted) {
    volume.kms_key_id = kms_key_arn(context, spec.kms_key_id.empty() ? source.kms_key_id : spec.kms_key_id);
  }
  return volume;
}

void make_volume(Context& context, state::Volume& volume, std::string_view state) {
  volume.volume_id = context.make_id("vol");
  volume.state = state;
  volume.create_time_ms = context.now_ms;
  state::insert(context.txn, volume);
}

state::VolumeAttachment attach_volume(Context& context, state::Volume& volume, const AttachmentSpec& spec) {
  state::VolumeAttachment attachment;
  attachment.account = context.scope.account;
  attachment.region = context.scope.region;
  attachment.volume_id = volume.volume_id;
  attachment.instance_id = spec.instance_id;
  attachment.device = spec.device;
  attachment.state = spec.state;
  attachment.attach_time_ms = spec.attach_time_ms;
  attachment.delete_on_termination = spec.delete_on_termination;
  attachment.ebs_card_index = spec.ebs_card_index;
  state::insert(context.txn, attachment);
  if (volume.state != "in-use") {
    volume.state = "in-use";
    state::update(context.txn, volume);
  }
  return attachment;
}

void detach_volume(Context& context, const state::VolumeAttachment& attachment) {
  state::erase(context.txn, attachment);
  auto volume = state::find<state::Volume>(context.txn, context.scope, attachment.volume_id);
  if (!volume || !state::attachments_of_volume(context.txn, attachment.volume_id).empty()) return;
  volume->state = "available";
  state::update(context.txn, *volume);
}

void remove_volume(Context& context, const state::Volume& volume) {
  state::remove_tags(context.txn, volume.volume_id);
  state::remove_dues_of(context.txn, volume.volume_id);
  state::erase(context.txn, volume);
}

Document attachment_document(const state::VolumeAttachment& attachment) {
  return {{"VolumeId", attachment.volume_id},
          {"InstanceId", attachment.instance_id},
          {"Device", attachment.device},
          {"State", attachment.state},
          {"AttachTime", iso_time(attachment.attach_time_ms)},
          {"DeleteOnTermination", attachment.delete_on_termination}};
}

Document volume_document(Transaction& txn, const state::Volume& volume) {
  Document attachments = Document::array();
  for (const auto& each : state::attachments_of_volume(txn, volume.volume_id))
    attachments.push_back(attachment_document(each));
  Document out{{"VolumeId", volume.volume_id},
               {"Size", volume.size_gib},
               {"SnapshotId", volume.snapshot_id},
               {"AvailabilityZone", volume.availability_zone},
               {"AvailabilityZoneId", volume.availability_zone_id},
               {"State", volume.state},
               {"CreateTime", iso_time(volume.create_time_ms)},
               {"Attachments", std::move(attachments)},
               {"VolumeType", volume.volume_type},
               {"Encrypted", volume.encrypted},
               {"MultiAttachEnabled", volume.multi_attach_enabled},
               {"Operator", {{"Managed", false}}}};
  set_if(out, "Iops", volume.iops);
  set_if(out, "Throughput", volume.throughput);
  set_if(out, "KmsKeyId", volume.kms_key_id);
  set_if(out, "FastRestored", flag(volume.options, "FastRestored"));
  set_if(out, "SourceVolumeId", text(volume.options, "SourceVolumeId"));
  set_if(out, "VolumeInitializationRate", integer(volume.options, "VolumeInitializationRate"));
  set_tags(out, txn, volume.volume_id);
  return out;
}

}  // namespace fogling
