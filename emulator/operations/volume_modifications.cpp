/// ModifyVolume: three states, and at most four changes of a volume within a day of the emulator's clock.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "emulator/describe.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/volumes.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

constexpr std::int64_t kDay_ms = 86'400'000;
constexpr std::size_t kMostInADay = 4;
/// Assumed: the time of a small volume.
constexpr std::int64_t kModifies_ms = 10'000, kOptimizes_ms = 60'000;

Document figures(const state::Volume& volume) {
  Document out{{"Size", volume.size_gib},
               {"VolumeType", volume.volume_type},
               {"MultiAttachEnabled", volume.multi_attach_enabled}};
  set_if(out, "Iops", volume.iops);
  set_if(out, "Throughput", volume.throughput);
  return out;
}

Document modification_document(const state::VolumeModification& modification) {
  Document out{{"VolumeId", modification.volume_id},
               {"ModificationState", modification.modification_state},
               {"Progress", modification.progress},
               {"StartTime", iso_seconds(modification.start_time_ms)}};
  set_if(out, "StatusMessage", modification.status_message);
  if (modification.end_time_ms) out["EndTime"] = iso_seconds(*modification.end_time_ms);
  for (const auto& [prefix, set] : {std::pair{"Target", &modification.target}, {"Original", &modification.original}}) {
    for (const auto& [name, value] : set->items()) out[prefix + name] = value;
  }
  return out;
}

void check_rate(const std::vector<state::VolumeModification>& earlier, std::string_view volume_id,
                std::int64_t now_ms) {
  if (!earlier.empty() && earlier.front().modification_state != "completed" &&
      earlier.front().modification_state != "failed") {
    std::string state = earlier.front().modification_state;
    std::ranges::transform(state, state.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    throw ApiError("IncorrectModificationState",
                   fmt::format("Volume {} cannot be modified in modification state {}", volume_id, state));
  }
  if (earlier.size() < kMostInADay) return;
  const std::int64_t free_again_ms = earlier[kMostInADay - 1].start_time_ms + kDay_ms;
  if (now_ms >= free_again_ms) return;
  throw ApiError(
      "VolumeModificationRateExceeded",
      fmt::format(
          "You've reached the maximum modification rate per volume limit. Wait until {} before you can issue the "
          "next modification request for this volume.",
          iso_time(free_again_ms)));
}

/// The volume as it is to become. What is not said stays, unless another type brings figures of its own.
state::Volume target_of(const Call& call, const state::Volume& volume) {
  state::Volume target = volume;
  const auto size = call.integer("Size"), iops = call.integer("Iops"), throughput = call.integer("Throughput");
  const auto type = call.text("VolumeType");
  const auto multi_attach = call.flag("MultiAttachEnabled");
  if (!size && !iops && !throughput && type.empty() && !multi_attach) {
    throw errors::invalid_combination(
        "Invalid input: Must specify at least one of size, type, iops, throughput or multi-attach.");
  }
  if (size) target.size_gib = *size;
  if (target.size_gib < volume.size_gib)
    throw errors::invalid_parameter_value("New size cannot be smaller than existing size");
  const bool changes_type = !type.empty() && type != volume.volume_type;
  if (changes_type) {
    target.volume_type = type;
    target.iops.reset();
    target.throughput.reset();
    // What a gp2 volume could do, its gp3 successor can do.
    if (type == "gp3" && volume.volume_type == "gp2" && volume.iops.value_or(0) > 3000) target.iops = volume.iops;
  }
  if (volume.volume_type == "gp2" && !changes_type) target.iops.reset();
  if (iops) target.iops = iops;
  if (throughput) target.throughput = throughput;
  if (multi_attach) target.multi_attach_enabled = *multi_attach;
  check_figures(target);
  return target;
}

/// Multi-attach is switched on while nothing has the volume, and off while at most one instance does.
void check_multi_attach_change(Call& call, const state::Volume& volume, const state::Volume& target) {
  if (volume.multi_attach_enabled == target.multi_attach_enabled) return;
  const auto attached = state::attachments_of_volume(call.txn, volume.volume_id).size();
  if (attached <= (target.multi_attach_enabled ? 0U : 1U)) return;
  throw errors::incorrect_state(fmt::format("Multi-Attach of volume {} cannot be modified while it is attached.",
                                            volume.volume_id));  // Assumed: code and words
}

/// What a change adds to what the account has of the target's type.
state::Volume addition_of(const state::Volume& volume, const state::Volume& target) {
  state::Volume added = target;
  if (target.volume_type != volume.volume_type) return added;
  added.size_gib -= volume.size_gib;
  added.iops = target.iops.value_or(0) - volume.iops.value_or(0);
  return added;
}

Document ModifyVolume(Call& call) {
  const auto volume = require_row<state::Volume>(call, "volume", call.require("VolumeId"));
  if (volume.state != "available" && volume.state != "in-use") {
    throw errors::incorrect_state(
        fmt::format("Volume {} is not in 'available' or 'in-use' state.", volume.volume_id));  // Assumed: the words
  }
  const auto earlier = state::modifications_of_volume(call.txn, volume.volume_id);
  const state::Volume target = target_of(call, volume);
  check_multi_attach_change(call, volume, target);
  check_rate(earlier, volume.volume_id, call.now_ms);
  check_storage_quotas(call, addition_of(volume, target));
  state::VolumeModification modification;
  modification.account = call.scope.account;
  modification.region = call.scope.region;
  modification.volume_id = volume.volume_id;
  modification.modification_state = "modifying";
  modification.start_time_ms = call.now_ms;
  modification.original = figures(volume);
  modification.target = figures(target);
  state::insert(call.txn, modification);
  schedule(call, "volume-modification", volume.volume_id, "optimizing", kModifies_ms);
  return {{"VolumeModification", modification_document(modification)}};
}

/// The volume shows its new figures once it is optimizing.
void apply_target(Context& context, const state::VolumeModification& modification) {
  auto volume = state::find<state::Volume>(context.txn, context.scope, modification.volume_id);
  if (!volume) return;
  const auto& target = modification.target;
  volume->size_gib = integer(target, "Size").value_or(volume->size_gib);
  volume->volume_type = text(target, "VolumeType");
  volume->iops = integer(target, "Iops");
  volume->throughput = integer(target, "Throughput");
  volume->multi_attach_enabled = flag(target, "MultiAttachEnabled").value_or(false);
  state::update(context.txn, *volume);
}

void move_modification(Context& context, const state::Due& due) {
  auto all = state::modifications_of_volume(context.txn, due.resource_id);
  if (all.empty()) return;
  auto& latest = all.front();
  if (due.move == "optimizing" && latest.modification_state == "modifying") {
    apply_target(context, latest);
    latest.modification_state = "optimizing";
    latest.progress = 50;
    state::update(context.txn, latest);
    schedule(context, "volume-modification", due.resource_id, "completed", kOptimizes_ms);
  } else if (due.move == "completed" && latest.modification_state == "optimizing") {
    latest.modification_state = "completed";
    latest.progress = 100;
    latest.end_time_ms = context.now_ms;
    state::update(context.txn, latest);
  }
}

/// The last modification of each volume. By id, a volume that was never modified is an error.
Document DescribeVolumesModifications(Call& call) {
  const auto ids = requested_ids(call, "volume", "VolumeIds");
  std::vector<std::string> volumes = ids;
  for (const auto& id : ids) require_row<state::Volume>(call, "volume", id);
  if (ids.empty()) {
    for (const auto& volume : state::list<state::Volume>(call.txn, call.scope)) volumes.push_back(volume.volume_id);
  }
  std::vector<Document> described;
  for (const auto& id : volumes) {
    const auto all = state::modifications_of_volume(call.txn, id);
    if (!all.empty()) {
      described.push_back(modification_document(all.front()));
      call.looked_at.push_back(id);
    } else if (!ids.empty()) {
      throw ApiError("InvalidVolumeModification.NotFound",
                     fmt::format("Modification for volume '{}' does not exist.", id));
    }
  }
  return describe_documents(call, "VolumesModifications", std::move(described), "VolumeIds");
}

constexpr FilterPath kModificationFilters[] = {
    {"original-multi-attach-enabled", "OriginalMultiAttachEnabled"},
    {"target-multi-attach-enabled", "TargetMultiAttachEnabled"},
};

constexpr Operation kOperations[] = {
    {.name = "DescribeVolumesModifications",
     .run = DescribeVolumesModifications,
     .access = Access::read,
     .listed = "VolumeModification",
     .filters = kModificationFilters},
    {.name = "ModifyVolume", .run = ModifyVolume, .access = Access::write},
};

constexpr Mover kMovers[] = {{"volume-modification", move_modification}};

}  // namespace

Family volume_modifications_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
