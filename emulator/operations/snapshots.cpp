/// Snapshots: of a volume or of all volumes of an instance, shared, copied and deleted; and what is encrypted by
/// default.

#include "emulator/snapshots.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/instances.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/tags.hpp"
#include "emulator/volumes.hpp"
#include "emulator/world.hpp"
#include "state/images.hpp"

namespace fogling {
namespace {

/// Assumed: the time of a small volume.
constexpr std::int64_t kCompletes_ms = 30'000;
constexpr std::size_t kMostPermissions = 500;

// ---- Making
// ----------------------------------------------------------------------------------------------------------

void check_concurrency(Call& call, const state::Volume& volume) {
  const bool is_slow = volume.volume_type == "st1" || volume.volume_type == "sc1";
  const auto quota = is_slow ? std::min<std::int64_t>(1, call.world.quotas.concurrent_snapshots_per_volume)
                             : call.world.quotas.concurrent_snapshots_per_volume;
  if (Quotas::is_reached(quota, state::count_pending_snapshots(call.txn, call.scope, volume.volume_id))) {
    throw ApiError("ConcurrentSnapshotLimitExceeded",
                   "Maximum allowed in-progress snapshots for a single volume exceeded.");
  }
  if (Quotas::is_reached(call.world.quotas.snapshots, state::count<state::Snapshot>(call.txn, call.scope))) {
    throw ApiError("SnapshotLimitExceeded", "The maximum number of snapshots has been reached.");  // Assumed: the words
  }
}

/// A snapshot that is asked for by itself; recorded: its progress is empty at first.
state::Snapshot take_snapshot(Call& call, const state::Volume& volume) {
  check_concurrency(call, volume);
  auto snapshot = make_snapshot(call, volume, std::string(call.text("Description")), "");
  apply_tags(call, snapshot.snapshot_id, "snapshot");
  schedule(call, "snapshot", snapshot.snapshot_id, "completed", kCompletes_ms);
  return snapshot;
}

/// Snapshots on Outposts and in Local Zones are not made here.
void refuse_places(const Call& call) {
  if (!call.text("OutpostArn").empty()) throw errors::not_built("A snapshot on an Outpost");
  if (call.text("Location") == "local") throw errors::not_built("A snapshot in a Local Zone");
}

/// Recorded: the answer to the making itself has an empty progress and no tier.
Document made_document(Transaction& txn, const state::Snapshot& snapshot) {
  Document out = snapshot_document(txn, snapshot);
  out.erase("StorageTier");
  return out;
}

Document CreateSnapshot(Call& call) {
  refuse_places(call);
  const auto volume = require_row<state::Volume>(call, "volume", call.require("VolumeId"));
  if (volume.state != "available" && volume.state != "in-use") {
    throw errors::incorrect_state(
        fmt::format("Volume '{}' is in the '{}' state.", volume.volume_id, volume.state));  // Assumed
  }
  return made_document(call.txn, take_snapshot(call, volume));
}

Document CreateSnapshots(Call& call) {
  refuse_places(call);
  const auto& specification = call.part("InstanceSpecification");
  const auto instance = require_instance(call, text(specification, "InstanceId"));
  const auto& excluded = items(specification, "ExcludeDataVolumeIds");
  Document snapshots = Document::array();
  for (const auto& attachment : state::attachments_of_instance(call.txn, instance.instance_id)) {
    const bool is_root = attachment.device == instance.root_device_name;
    if (is_root ? flag(specification, "ExcludeBootVolume").value_or(false)
                : std::ranges::find(excluded, Document(attachment.volume_id)) != excluded.end()) {
      continue;
    }
    const auto volume = *state::find<state::Volume>(call.txn, call.scope, attachment.volume_id);
    const auto snapshot = take_snapshot(call, volume);
    if (call.text("CopyTagsFromSource") == "volume") {
      for (const auto& tag : state::tags_of(call.txn, volume.volume_id)) {
        state::put_tag(call.txn, call.scope, snapshot.snapshot_id, "snapshot", tag);
      }
    }
    Document item{{"SnapshotId", snapshot.snapshot_id},
                  {"VolumeId", snapshot.volume_id},
                  {"VolumeSize", snapshot.volume_size_gib},
                  {"State", "pending"},
                  {"StartTime", iso_time(snapshot.start_time_ms)},
                  {"Progress", ""},
                  {"OwnerId", snapshot.account},
                  {"Description", snapshot.description},
                  {"Encrypted", snapshot.encrypted}};
    set_tags(item, call.txn, snapshot.snapshot_id);
    snapshots.push_back(std::move(item));
  }
  return {{"Snapshots", std::move(snapshots)}};
}

/// As recorded for copies of images and snapshots alike.
constexpr std::string_view kVolumeOfCopies = "vol-ffffffff";

void check_copy(Call& call, const SnapshotSource& source) {
  for (const char* member : {"DestinationOutpostArn", "DestinationAvailabilityZone"}) {
    if (!call.text(member).empty()) throw errors::not_built(fmt::format("{} of CopySnapshot", member));
  }
  if (source.encrypted && call.flag("Encrypted") == false) {
    throw errors::invalid_combination("A copy of an encrypted snapshot cannot be unencrypted.");  // Assumed: the words
  }
  if (!call.text("KmsKeyId").empty() && !call.flag("Encrypted").value_or(source.encrypted)) {
    throw ApiError("InvalidParameterDependency",
                   "The parameter [KmsKeyId] requires the parameter Encrypted to be set.");
  }
  if (const auto minutes = call.integer("CompletionDurationMinutes");
      minutes && (*minutes < 15 || *minutes > 2880 || *minutes % 15 != 0)) {
    throw errors::invalid_value(std::to_string(*minutes), "completionDurationMinutes",
                                "Value must be a multiple of 15 between 15 and 2880.");  // Assumed: the words
  }
  const auto quota = call.world.quotas.concurrent_snapshot_copies;
  if (Quotas::is_reached(quota, state::count_pending_snapshots(call.txn, call.scope, kVolumeOfCopies))) {
    throw ApiError(
        "ResourceLimitExceeded",
        fmt::format("Too many snapshot copies in progress. The limit is {} for this destination region.", quota));
  }
}

/// Asked of the destination region; the source keeps nothing of it.
Document CopySnapshot(Call& call) {
  const std::string region(call.require("SourceRegion"));
  if (catalogue::find_region(region) == nullptr) throw errors::invalid_value(region, "sourceRegion");
  const Scope source_scope{call.scope.account, region};
  Context source_context{call.world, call.txn, source_scope, call.now_ms};
  const auto source_id = call.require("SourceSnapshotId");
  check_id("snapshot", source_id);
  const auto source = require_snapshot_source(source_context, source_id);
  check_copy(call, source);
  const bool encrypted = source.encrypted || call.flag("Encrypted").value_or(false) ||
                         state::get_setting(call.txn, call.scope, "ebs-encryption-by-default") == "true";
  auto copy = make_snapshot(call, {.volume_id = std::string(kVolumeOfCopies),
                                   .volume_size_gib = source.size_gib,
                                   .full_size_bytes = source.full_size_bytes,
                                   .description = std::string(call.text("Description")),
                                   .encrypted = encrypted,
                                   .kms_key_id = encrypted ? kms_key_arn(call, call.text("KmsKeyId")) : ""});
  if (const auto minutes = call.integer("CompletionDurationMinutes")) {
    copy.options["TransferType"] = "time-based";
    copy.options["CompletionDurationMinutes"] = *minutes;
    state::update(call.txn, copy);
  }
  apply_tags(call, copy.snapshot_id, "snapshot");
  schedule(call, "snapshot", copy.snapshot_id, "completed", kCompletes_ms);
  Document answer{{"SnapshotId", copy.snapshot_id}};
  set_tags(answer, call.txn, copy.snapshot_id);
  return answer;
}

Document DeleteSnapshot(Call& call) {
  const auto snapshot = require_snapshot(call, call.require("SnapshotId"));
  const auto images = state::images_on_snapshot(call.txn, snapshot.snapshot_id);
  if (!images.empty()) {
    throw ApiError("InvalidSnapshot.InUse",
                   fmt::format("The snapshot {} is currently in use by {}", snapshot.snapshot_id, images.front()));
  }
  if (is_locked(snapshot, call.now_ms)) {
    throw ApiError("SnapshotLocked", fmt::format("The snapshot '{}' is locked and cannot be deleted.",
                                                 snapshot.snapshot_id));  // Assumed: the words
  }
  remove_snapshot(call, snapshot);
  return {};
}

void move_snapshot(Context& context, const state::Due& due) {
  auto snapshot = state::find<state::Snapshot>(context.txn, context.scope, due.resource_id);
  if (snapshot && snapshot->state == "pending") complete_snapshot(context, *snapshot);
}

// ---- Describe
// --------------------------------------------------------------------------------------------------------

/// The snapshots that public images stand on belong to the images' owners.
std::vector<Document> public_snapshots(const Call& call) {
  std::vector<Document> all;
  for (const auto& image : catalogue::images(call.scope.region)) {
    for (const auto& device : image.block_device_mappings) {
      if (device.snapshot_id.empty()) continue;
      Document item{{"SnapshotId", device.snapshot_id},
                    {"VolumeId", "vol-ffffffff"},
                    {"State", "completed"},
                    {"StartTime", image.creation_date},
                    {"Progress", "100%"},
                    {"OwnerId", image.owner_id},
                    {"VolumeSize", device.volume_size_gib},
                    {"Description", ""},
                    {"Encrypted", device.encrypted},
                    {"StorageTier", "standard"}};
      set_if(item, "OwnerAlias", image.owner_alias);
      all.push_back(std::move(item));
    }
  }
  return all;
}

bool is_named(const Document& list, const auto& predicate) {
  return std::ranges::any_of(list, [&](const Document& each) { return predicate(each.get_ref<const std::string&>()); });
}

/// Own ones, those shared with the caller, and public ones: all that the caller may make volumes from.
std::vector<Document> visible_snapshots(Call& call) {
  const auto& owners = call.items("OwnerIds");
  const auto& restorable_by = call.items("RestorableByUserIds");
  const auto owned_by = [&](std::string_view owner, std::string_view alias) {
    return owners.empty() || is_named(owners, [&](const std::string& wanted) {
             return wanted == owner || wanted == alias || (wanted == "self" && owner == call.scope.account);
           });
  };
  std::vector<Document> visible;
  auto rows = state::list<state::Snapshot>(call.txn, call.scope);
  for (auto& row : state::snapshots_shared_with(call.txn, call.scope)) rows.push_back(std::move(row));
  for (const auto& row : rows) {
    const bool is_restorable =
        restorable_by.empty() || is_named(restorable_by, [&](const std::string& who) {
          const auto& account = who == "self" ? call.scope.account : who;
          return who == "all" ? is_shared_with(row, "all") : row.account == account || is_shared_with(row, account);
        });
    if (!owned_by(row.account, "") || !is_restorable) continue;
    visible.push_back(snapshot_document(call.txn, row));
    if (row.account != call.scope.account) visible.back().erase("Tags");  // tags are the owner's
  }
  const bool is_for_all =
      restorable_by.empty() || is_named(restorable_by, [](const std::string& who) { return who == "all"; });
  if (is_for_all && !(owners.size() == 1 && owners[0] == Document("self"))) {
    for (auto& item : public_snapshots(call)) {
      if (owned_by(text(item, "OwnerId"), text(item, "OwnerAlias"))) visible.push_back(std::move(item));
    }
  }
  return visible;
}

std::vector<Document> named_snapshots(Call& call, const std::vector<std::string>& ids) {
  std::vector<Document> named;
  std::vector<Document> known;
  for (const auto& id : ids) {
    const auto row = state::find_anywhere<state::Snapshot>(call.txn, id);
    const bool is_own = row && row->account == call.scope.account;
    if (row && row->region == call.scope.region &&
        (is_own || is_shared_with(*row, call.scope.account) || is_shared_with(*row, "all"))) {
      named.push_back(snapshot_document(call.txn, *row));
      if (!is_own) named.back().erase("Tags");
      continue;
    }
    if (known.empty()) known = public_snapshots(call);
    const auto found =
        std::ranges::find_if(known, [&](const Document& each) { return text(each, "SnapshotId") == id; });
    if (found == known.end()) throw unknown_id("snapshot", id);
    named.push_back(*found);
  }
  return named;
}

Document DescribeSnapshots(Call& call) {
  const auto ids = requested_ids(call, "snapshot", "SnapshotIds");
  for (const auto& id : ids) call.looked_at.push_back(id);
  Document answer =
      describe_documents(call, "Snapshots", ids.empty() ? visible_snapshots(call) : named_snapshots(call, ids));
  if (ids.empty()) {
    for (const auto& item : answer["Snapshots"]) call.looked_at.emplace_back(text(item, "SnapshotId"));
  }
  return answer;
}

constexpr FilterPath kSnapshotFilters[] = {{"owner-alias", "OwnerAlias"}, {"status", "State"}};

// ---- Sharing
// ---------------------------------------------------------------------------------------------------------

Document DescribeSnapshotAttribute(Call& call) {
  const auto snapshot = require_snapshot(call, call.require("SnapshotId"));
  const auto attribute = call.require("Attribute");
  if (attribute == "productCodes") return {{"SnapshotId", snapshot.snapshot_id}, {"ProductCodes", Document::array()}};
  if (attribute != "createVolumePermission") throw errors::invalid_value(attribute, "attribute", "Unknown attribute.");
  return {{"SnapshotId", snapshot.snapshot_id}, {"CreateVolumePermissions", snapshot.create_volume_permissions}};
}

bool is_account(std::string_view id) {
  return id.size() == 12 && std::ranges::all_of(id, [](char c) { return c >= '0' && c <= '9'; });
}

/// Whether the snapshot is encrypted under the key that every account has; that key cannot be shared.
bool has_default_key(const state::Snapshot& snapshot) { return snapshot.kms_key_id.ends_with(":alias/aws/ebs"); }

void check_sharing(Call& call, const state::Snapshot& snapshot, const Document& permission) {
  const auto user = text(permission, "UserId"), group = text(permission, "Group");
  if (!user.empty() && !is_account(user)) {
    throw errors::invalid_value(user, "userId", "It is not an account.");  // Assumed: the words
  }
  if (!group.empty() && group != "all") throw errors::invalid_value(group, "userGroup");  // Assumed: the words
  if (snapshot.encrypted && has_default_key(snapshot)) {
    throw errors::operation_not_permitted("Encrypted snapshots with EBS default key cannot be shared");
  }
  if (group != "all") return;
  if (snapshot.encrypted) {
    throw errors::operation_not_permitted("Encrypted snapshots cannot be made public.");  // Assumed: code and words
  }
  const auto blocked = state::get_setting(call.txn, call.scope, "snapshot-block-public-access");
  if (blocked.empty() || blocked == "unblocked") return;
  throw errors::operation_not_permitted(
      "You can't publicly share this snapshot because block public access is enabled for this account.");  // Assumed
}

void share(Call& call, state::Snapshot& snapshot, const Document& permission) {
  check_sharing(call, snapshot, permission);
  auto& permissions = snapshot.create_volume_permissions;
  if (std::ranges::find(permissions, permission) == permissions.end()) permissions.push_back(permission);
}

void unshare(state::Snapshot& snapshot, const Document& permission) {
  auto& permissions = snapshot.create_volume_permissions;
  const auto found = std::ranges::find(permissions, permission);
  if (found != permissions.end()) permissions.erase(found);
}

Document ModifySnapshotAttribute(Call& call) {
  auto snapshot = require_snapshot(call, call.require("SnapshotId"));
  if (const auto attribute = call.text("Attribute"); !attribute.empty() && attribute != "createVolumePermission") {
    throw errors::invalid_value(attribute, "attribute", "Unknown attribute.");
  }
  const auto& modern = call.part("CreateVolumePermission");
  if (!items(modern, "Add").empty() && !items(modern, "Remove").empty()) {
    throw errors::invalid_combination("Only one of add and remove can be specified in a call.");  // Assumed: the words
  }
  Document old = Document::array();
  for (const auto& user : call.items("UserIds")) old.push_back({{"UserId", user}});
  for (const auto& group : call.items("GroupNames")) old.push_back({{"Group", group}});
  if (old.empty() && items(modern, "Add").empty() && items(modern, "Remove").empty()) {
    throw errors::invalid_combination("No attributes specified.");  // Assumed: as of instances
  }
  for (const auto& each : items(modern, "Add")) share(call, snapshot, each);
  for (const auto& each : items(modern, "Remove")) unshare(snapshot, each);
  for (const auto& each : old) {
    if (call.text("OperationType") == "remove") {
      unshare(snapshot, each);
    } else {
      share(call, snapshot, each);
    }
  }
  if (snapshot.create_volume_permissions.size() > kMostPermissions) {
    throw ApiError("ResourceLimitExceeded",
                   fmt::format("A snapshot can be shared with at most {} accounts.", kMostPermissions));  // Assumed
  }
  state::update(call.txn, snapshot);
  return {};
}

Document ResetSnapshotAttribute(Call& call) {
  auto snapshot = require_snapshot(call, call.require("SnapshotId"));
  if (call.text("Attribute") != "createVolumePermission") {
    throw errors::invalid_value(call.text("Attribute"), "attribute", "Unknown attribute.");
  }
  snapshot.create_volume_permissions = Document::array();
  state::update(call.txn, snapshot);
  return {};
}

// ---- The account's defaults
// ------------------------------------------------------------------------------------------

Document encryption(Call& call) {
  return {{"EbsEncryptionByDefault", state::get_setting(call.txn, call.scope, "ebs-encryption-by-default") == "true"}};
}
Document GetEbsEncryptionByDefault(Call& call) { return encryption(call); }
Document EnableEbsEncryptionByDefault(Call& call) {
  state::put_setting(call.txn, call.scope, "ebs-encryption-by-default", "true");
  return encryption(call);
}
Document DisableEbsEncryptionByDefault(Call& call) {
  state::put_setting(call.txn, call.scope, "ebs-encryption-by-default", "false");
  return encryption(call);
}

Document default_key(Call& call) {
  const auto key = state::get_setting(call.txn, call.scope, "ebs-default-kms-key");
  return {{"KmsKeyId", key.empty() ? "alias/aws/ebs" : key}};
}
Document GetEbsDefaultKmsKeyId(Call& call) { return default_key(call); }
Document ModifyEbsDefaultKmsKeyId(Call& call) {
  state::put_setting(call.txn, call.scope, "ebs-default-kms-key", kms_key_arn(call, call.require("KmsKeyId")));
  return default_key(call);
}
Document ResetEbsDefaultKmsKeyId(Call& call) {
  state::put_setting(call.txn, call.scope, "ebs-default-kms-key", "");
  return default_key(call);
}

Document public_access(Call& call) {
  const auto state = state::get_setting(call.txn, call.scope, "snapshot-block-public-access");
  return {{"State", state.empty() ? "unblocked" : state}};
}
Document GetSnapshotBlockPublicAccessState(Call& call) {
  Document answer = public_access(call);
  answer["ManagedBy"] = "account";
  return answer;
}
Document EnableSnapshotBlockPublicAccess(Call& call) {
  state::put_setting(call.txn, call.scope, "snapshot-block-public-access", call.require("State"));
  return public_access(call);
}
Document DisableSnapshotBlockPublicAccess(Call& call) {
  state::put_setting(call.txn, call.scope, "snapshot-block-public-access", "unblocked");
  return public_access(call);
}

constexpr Operation kOperations[] = {
    {.name = "CopySnapshot", .run = CopySnapshot, .access = Access::write},
    {.name = "CreateSnapshot", .run = CreateSnapshot, .access = Access::write},
    {.name = "CreateSnapshots", .run = CreateSnapshots, .access = Access::write},
    {.name = "DeleteSnapshot", .run = DeleteSnapshot, .access = Access::write},
    {.name = "DescribeSnapshotAttribute", .run = DescribeSnapshotAttribute, .access = Access::read},
    {.name = "DescribeSnapshots",
     .run = DescribeSnapshots,
     .access = Access::read,
     .listed = "Snapshot",
     .filters = kSnapshotFilters},
    {.name = "DisableEbsEncryptionByDefault", .run = DisableEbsEncryptionByDefault, .access = Access::write},
    {.name = "DisableSnapshotBlockPublicAccess", .run = DisableSnapshotBlockPublicAccess, .access = Access::write},
    {.name = "EnableEbsEncryptionByDefault", .run = EnableEbsEncryptionByDefault, .access = Access::write},
    {.name = "EnableSnapshotBlockPublicAccess", .run = EnableSnapshotBlockPublicAccess, .access = Access::write},
    {.name = "GetEbsDefaultKmsKeyId", .run = GetEbsDefaultKmsKeyId, .access = Access::read},
    {.name = "GetEbsEncryptionByDefault", .run = GetEbsEncryptionByDefault, .access = Access::read},
    {.name = "GetSnapshotBlockPublicAccessState", .run = GetSnapshotBlockPublicAccessState, .access = Access::read},
    {.name = "ModifyEbsDefaultKmsKeyId", .run = ModifyEbsDefaultKmsKeyId, .access = Access::write},
    {.name = "ModifySnapshotAttribute", .run = ModifySnapshotAttribute, .access = Access::write},
    {.name = "ResetEbsDefaultKmsKeyId", .run = ResetEbsDefaultKmsKeyId, .access = Access::write},
    {.name = "ResetSnapshotAttribute", .run = ResetSnapshotAttribute, .access = Access::write},
};

constexpr Mover kMovers[] = {{"snapshot", move_snapshot}};

}  // namespace

Family snapshots_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
