/// Windows fast launch: snapshots that are made in advance, so that an instance has not to go through its first boot.
/// They are real ones of the caller's. Launches do not use them up: a simulated machine boots as fast without.

#include "emulator/fast_launch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/images.hpp"
#include "emulator/launch_templates.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/snapshots.hpp"
#include "state/resources.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "fast-launch-image";
/// Assumed: some instances have to be launched and prepared.
constexpr std::int64_t kEnabling_ms = 600'000, kDisabling_ms = 120'000;
constexpr std::int64_t kUsualSnapshots = 5, kMostSnapshots = 1000;  // the most is Assumed
constexpr std::int64_t kUsualLaunches = 6, kLeastLaunches = 6;

std::optional<state::GenericResource> find_setting(Context& context, std::string_view image_id) {
  for (auto& row : state::list_children(context.txn, image_id, kKind)) {
    if (row.scope() == context.scope) return std::move(row);
  }
  return std::nullopt;
}

Document shown(const state::GenericResource& row) {
  Document out = row.document;
  out["State"] = row.state;
  out.erase("_Snapshots");
  return out;
}

void put_fast_launch_state(Context& context, state::GenericResource& row, std::string_view state) {
  row.state = state;
  row.document["StateTransitionTime"] = iso_time(context.now_ms);
  state::update(context.txn, row);
}

/// A Windows image of the caller's, or shared with it. Assumed: code and words.
catalogue::Image require_windows(Call& call, std::string_view image_id) {
  auto image = require_launchable_image(call, image_id);
  const auto row = state::find_anywhere<state::Image>(call.txn, image_id);
  if (!row || (row->account != call.scope.account && row->is_public)) {
    throw errors::operation_not_permitted(
        fmt::format("The image '{}' is neither yours nor shared with your account.", image_id));
  }
  if (image.platform != "windows") {
    throw errors::invalid_parameter_value(fmt::format("The image '{}' is not a Windows image.", image_id));
  }
  return image;
}

/// What the caller wants, with what it leaves open.
Document settings(Call& call) {
  if (const auto type = call.text("ResourceType"); !type.empty() && type != "snapshot") {
    throw errors::invalid_value(type, "resourceType");
  }
  const auto launches = call.integer("MaxParallelLaunches").value_or(kUsualLaunches);
  if (launches < kLeastLaunches) {
    throw errors::invalid_value(std::to_string(launches), "maxParallelLaunches", "It must be 6 or greater.");
  }
  const auto count = integer(call.part("SnapshotConfiguration"), "TargetResourceCount").value_or(kUsualSnapshots);
  if (count < 1 || count > kMostSnapshots) throw errors::invalid_value(std::to_string(count), "targetResourceCount");
  Document wanted{{"ResourceType", "snapshot"},
                  {"SnapshotConfiguration", {{"TargetResourceCount", count}}},
                  {"MaxParallelLaunches", launches},
                  {"OwnerId", call.scope.account},
                  {"StateTransitionReason", "Client.UserInitiated"}};
  if (const auto& named = call.part("LaunchTemplate"); !named.empty()) {
    const auto launch_template = require_launch_template(call, named);
    const auto number = launch_template_version_number(launch_template, text(named, "Version"));
    require_launch_template_version(call, launch_template, number);
    wanted["LaunchTemplate"] = named;
  }
  return wanted;
}

Document EnableFastLaunch(Call& call) {
  const auto image = require_windows(call, call.require("ImageId"));
  Document wanted = settings(call);
  auto row = find_setting(call, image.image_id);
  if (row && row->state == "disabling") {
    throw errors::incorrect_state(  // Assumed: code and words
        fmt::format("Fast launch is being disabled for the image '{}'.", image.image_id));
  }
  if (!row) {
    row.emplace();
    row->account = call.scope.account;
    row->region = call.scope.region;
    row->resource_id = fmt::format("{}/{}/{}", kKind, call.scope.account, image.image_id);
    row->kind = kKind;
    row->parent_id = image.image_id;
    row->document = {{"ImageId", image.image_id}};
    state::insert(call.txn, *row);
  }
  row->document.update(wanted);
  state::remove_dues_of(call.txn, row->resource_id);
  put_fast_launch_state(call, *row, "enabling");
  schedule(call, kKind, row->resource_id, "enabled", kEnabling_ms);
  return shown(*row);
}

void begin_disabling(Context& context, state::GenericResource& row) {
  state::remove_dues_of(context.txn, row.resource_id);
  put_fast_launch_state(context, row, "disabling");
  schedule(context, kKind, row.resource_id, "disabled", kDisabling_ms);
}

Document DisableFastLaunch(Call& call) {
  const auto image = require_image(call, call.require("ImageId"));
  auto row = find_setting(call, image.image_id);
  if (!row || row->state == "disabling") {
    throw errors::incorrect_state(  // Assumed: code and words
        fmt::format("Fast launch is not enabled for the image '{}'.", image.image_id));
  }
  begin_disabling(call, *row);
  return shown(*row);
}

Document DescribeFastLaunchImages(Call& call) {
  const auto wanted = requested_ids(call, "image", "ImageIds");
  std::vector<Document> images;
  for (const auto& row : state::list_kind(call.txn, call.scope, kKind)) {
    if (!wanted.empty() && std::ranges::find(wanted, row.parent_id) == wanted.end()) continue;
    images.push_back(shown(row));
    call.looked_at.push_back(row.resource_id);
  }
  return describe_documents(call, "FastLaunchImages", std::move(images), "ImageIds");
}

/// As many snapshots as are wanted, no more and no fewer; what somebody has deleted is made anew.
void prepare_snapshots(Context& context, state::GenericResource& row) {
  const auto image = find_image(context, row.parent_id);
  if (!image || image->root_device() == nullptr) return;
  Document& kept = row.document["_Snapshots"];
  if (!kept.is_array()) kept = Document::array();
  const auto is_gone = [&](const Document& id) {
    return !state::find<state::Snapshot>(context.txn, context.scope, id.get_ref<const std::string&>());
  };
  kept.erase(std::remove_if(kept.begin(), kept.end(), is_gone), kept.end());
  const auto wanted =
      static_cast<std::size_t>(integer(row.document["SnapshotConfiguration"], "TargetResourceCount").value_or(0));
  const auto& root = *image->root_device();
  while (kept.size() < wanted) {
    auto snapshot = make_snapshot(
        context, {.volume_id = "vol-ffffffff",
                  .volume_size_gib = root.volume_size_gib,
                  .full_size_bytes = root.volume_size_gib * (1LL << 30),
                  .description = fmt::format("Created by EC2 Fast Launch for {}", image->image_id),  // Assumed
                  .encrypted = root.encrypted,
                  .kms_key_id = root.kms_key_id});
    complete_snapshot(context, snapshot);
    state::put_tag(context.txn, context.scope, snapshot.snapshot_id, "snapshot", {"CreatedBy", "EC2 Fast Launch"});
    kept.push_back(snapshot.snapshot_id);
  }
}

void remove_snapshots(Context& context, const state::GenericResource& row) {
  for (const auto& id : items(row.document, "_Snapshots")) {
    const auto& name = id.get_ref<const std::string&>();
    const auto snapshot = state::find<state::Snapshot>(context.txn, context.scope, name);
    const bool is_free =
        snapshot && state::images_on_snapshot(context.txn, name).empty() && !is_locked(*snapshot, context.now_ms);
    if (is_free) remove_snapshot(context, *snapshot);
  }
}

void move_setting(Context& context, const state::Due& due) {
  auto row = state::find<state::GenericResource>(context.txn, context.scope, due.resource_id);
  if (!row) return;
  if (due.move == "disabled") {
    remove_snapshots(context, *row);
    state::erase(context.txn, *row);
    return;
  }
  prepare_snapshots(context, *row);
  put_fast_launch_state(context, *row, due.move);
}

constexpr Operation kOperations[] = {
    {.name = "DescribeFastLaunchImages",
     .run = DescribeFastLaunchImages,
     .access = Access::read,
     .listed = "DescribeFastLaunchImagesSuccessItem"},
    {.name = "DisableFastLaunch", .run = DisableFastLaunch, .access = Access::write},
    {.name = "EnableFastLaunch", .run = EnableFastLaunch, .access = Access::write},
};

constexpr Mover kMovers[] = {{kKind, move_setting}};

}  // namespace

void end_fast_launch(Context& context, std::string_view image_id) {
  for (auto& row : state::list_children(context.txn, image_id, kKind)) {
    const Scope owner = row.scope();
    Context theirs{context.world, context.txn, owner, context.now_ms};
    remove_snapshots(theirs, row);
    state::remove_dues_of(context.txn, row.resource_id);
    state::erase(context.txn, row);
  }
}

Family fast_launch_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
