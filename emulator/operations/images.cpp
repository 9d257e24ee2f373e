/// Images: finding them, their attributes, and who may launch them. How they are made is in image_making.cpp.

#include "emulator/images.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/allowed_images.hpp"
#include "emulator/describe.hpp"
#include "emulator/tags.hpp"
#include "emulator/world.hpp"
#include "state/snapshots.hpp"

namespace fogling {
namespace {

/// EC2's own alias list: these accounts are `amazon` to a request.
bool is_owned_by(const catalogue::Image& image, std::string_view owner, const Scope& scope) {
  if (owner == "self") return image.owner_id == scope.account;
  return image.owner_id == owner || image.owner_alias == owner;
}

bool is_any(const Document& list, const auto& predicate) {
  return std::ranges::any_of(list, [&](const Document& each) { return predicate(each.get_ref<const std::string&>()); });
}

/// Filters that a value can answer before it is described; a large part of all look-ups have one of them.
bool may_match(const Filters& filters, const catalogue::Image& image) {
  const std::pair<std::string_view, std::string_view> quick[] = {{"name", image.name},
                                                                 {"owner-id", image.owner_id},
                                                                 {"architecture", image.architecture},
                                                                 {"image-id", image.image_id},
                                                                 {"state", image.state},
                                                                 {"virtualization-type", image.virtualization_type},
                                                                 {"owner-alias", image.owner_alias}};
  return std::ranges::all_of(filters.all(), [&](const Filter& filter) {
    const auto* known = std::ranges::find(quick, filter.name, &std::pair<std::string_view, std::string_view>::first);
    if (known == std::end(quick)) return true;
    return std::ranges::any_of(filter.values,
                               [&](const std::string& value) { return matches_wildcard(value, known->second); });
  });
}

/// An account's own image with what only the owner sees.
Document own_image_document(Call& call, const state::Image& row) {
  Document document = catalogue::describe_image(image_value(row));
  set_if(document, "SourceInstanceId", row.source_instance_id);
  if (const auto& watermarks = items(row.options, "ImageWatermarks"); !watermarks.empty())
    document["ImageWatermarks"] = watermarks;
  if (has(row.options, "InstanceTypeSpecification"))
    document["InstanceTypeSpecification"] = row.options["InstanceTypeSpecification"];
  if (row.account == call.scope.account) {
    const auto protection = text(row.options, "DeregistrationProtection");
    document["DeregistrationProtection"] = protection.empty() ? "disabled" : std::string(protection);
    set_if(document, "LastLaunchedTime", text(row.options, "LastLaunchedTime"));
    set_tags(document, call.txn, row.image_id);
  }
  return document;
}

struct Candidate {
  catalogue::Image image;
  std::optional<state::Image> row;  ///< where an account made it
};

bool has_explicit_permission(const state::Image& row, const std::string& account) {
  return std::ranges::any_of(row.launch_permissions,
                             [&](const Document& each) { return text(each, "UserId") == account; });
}

bool passes_selectors(const Call& call, const Candidate& candidate) {
  const auto& image = candidate.image;
  const auto& owners = call.items("Owners");
  if (!owners.empty() && !is_any(owners, [&](const auto& owner) { return is_owned_by(image, owner, call.scope); }))
    return false;
  const auto& executable_by = call.items("ExecutableUsers");
  if (executable_by.empty()) return true;
  return is_any(executable_by, [&](const auto& who) {
    if (who == "all") return image.is_public;
    const auto& account = who == "self" ? call.scope.account : who;
    return candidate.row && has_explicit_permission(*candidate.row, account);
  });
}

/// Deprecated ones are shown to their owner, by id, and on request; disabled ones by id to their owner and on request.
bool is_hidden(const Call& call, const Candidate& candidate) {
  const auto& image = candidate.image;
  const bool is_own = image.owner_id == call.scope.account;
  if (image.state == "disabled" && !call.flag("IncludeDisabled").value_or(false)) return true;
  if (image.deprecation_time.empty() || is_own || call.flag("IncludeDeprecated").value_or(false)) return false;
  // The catalogue is as old as its data; measured by the clock it would empty as time goes by.
  return candidate.row ? parse_time(image.deprecation_time) < call.now_ms
                       : image.deprecation_time < catalogue::catalogue_date();
}

std::vector<Candidate> named_images(Call& call) {
  std::vector<Candidate> named;
  std::vector<std::string> unknown;
  for (const auto& id : requested_ids(call, "image", "ImageIds")) {
    const auto image = find_image(call, id);
    if (!image) {
      // Recorded: the id of a deregistered image gives an empty set, not an error.
      if (state::get_setting(call.txn, call.scope, "deregistered:" + id).empty()) unknown.push_back(id);
      continue;
    }
    named.push_back({require_image(call, id), state::find_anywhere<state::Image>(call.txn, id)});
  }
  if (!unknown.empty()) throw unknown_ids("image", unknown);
  return named;
}

std::vector<Candidate> all_images(Call& call) {
  std::vector<Candidate> all;
  for (auto& row : state::list<state::Image>(call.txn, call.scope)) all.push_back({image_value(row), std::move(row)});
  for (auto& row : state::images_shared_with(call.txn, call.scope)) all.push_back({image_value(row), std::move(row)});
  for (const auto& image : call.world.user_images(call.scope.region)) all.push_back({image, std::nullopt});
  for (const auto& image : catalogue::images(call.scope.region)) {
    if (may_match(call.filters, image)) all.push_back({image, std::nullopt});
  }
  return all;
}

Document DescribeImages(Call& call) {
  struct Row {
    std::int64_t seq;
    const Candidate* candidate;
  };
  PageBuilder<Row> page{call, read_paging(call, "ImageIds")};
  const bool by_id = !call.items("ImageIds").empty();
  const auto allowed = allowed_images(call);
  const bool tells_allowed = text(allowed, "State") != "disabled";
  const auto candidates = by_id ? named_images(call) : all_images(call);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto& candidate = candidates[i];
    if (!may_match(call.filters, candidate.image) || !passes_selectors(call, candidate)) continue;
    if (!by_id && is_hidden(call, candidate)) continue;
    const bool is_fine = !tells_allowed || is_allowed(call, allowed, candidate.image);
    if (!is_fine && text(allowed, "State") == "enabled") continue;
    const Row row{static_cast<std::int64_t>(i) + 1, &candidate};
    const bool goes_on = page.offer(row, [&](const Row& each) {
      Document item = each.candidate->row ? own_image_document(call, *each.candidate->row)
                                          : catalogue::describe_image(each.candidate->image);
      if (tells_allowed) item["ImageAllowed"] = is_fine;
      return item;
    });
    if (!goes_on) break;
    call.looked_at.push_back(candidate.image.image_id);
  }
  Document answer{{"Images", std::move(page.items)}};
  if (page.is_full) answer["NextToken"] = make_token(call, page.last_seq);
  return answer;
}

constexpr FilterPath kImageFilters[] = {
    {"block-device-mapping.delete-on-termination", "BlockDeviceMappings.Ebs.DeleteOnTermination"},
    {"block-device-mapping.device-name", "BlockDeviceMappings.DeviceName"},
    {"block-device-mapping.encrypted", "BlockDeviceMappings.Ebs.Encrypted"},
    {"block-device-mapping.snapshot-id", "BlockDeviceMappings.Ebs.SnapshotId"},
    {"block-device-mapping.volume-size", "BlockDeviceMappings.Ebs.VolumeSize"},
    {"block-device-mapping.volume-type", "BlockDeviceMappings.Ebs.VolumeType"},
    {"image-watermark.source-image-creation-time", "ImageWatermarks.SourceImageCreationTime"},
    {"image-watermark.source-image-id", "ImageWatermarks.SourceImageId"},
    {"image-watermark.source-image-region", "ImageWatermarks.SourceImageRegion"},
    {"image-watermark.watermark-creation-time", "ImageWatermarks.WatermarkCreationTime"},
    {"image-watermark.watermark-key", "ImageWatermarks.WatermarkKey"},
    {"instance-type-specification.supported-instance-type",
     "InstanceTypeSpecification.SupportedInstanceTypes.InstanceType"},
    {"instance-type-specification.unsupported-instance-type",
     "InstanceTypeSpecification.UnsupportedInstanceTypes.InstanceType"},
    {"is-public", "Public"},
    {"manifest-location", "ImageLocation"},
    {"owner-alias", "ImageOwnerAlias"},
    {"product-code", "ProductCodes.ProductCodeId"},
    {"product-code.type", "ProductCodes.ProductCodeType"},
    {"scan-result.critical-fix-available-since", "ScanResults.CriticalFixAvailableSince"},
    {"scan-result.finding-scan-date", "ScanResults.FindingScanDate"},
    {"scan-result.high-fix-available-since", "ScanResults.HighFixAvailableSince"},
    {"scan-result.highest-finding-severity-label", "ScanResults.HighestFindingSeverityLabel"},
    {"scan-result.informational-fix-available-since", "ScanResults.InformationalFixAvailableSince"},
    {"scan-result.low-fix-available-since", "ScanResults.LowFixAvailableSince"},
    {"scan-result.medium-fix-available-since", "ScanResults.MediumFixAvailableSince"},
    {"source-image-id", "SourceImageId"},
    {"source-image-region", "SourceImageRegion"},
    {"source-instance-id", "SourceInstanceId"},
    {"state-reason-code", "StateReason.Code"},
    {"state-reason-message", "StateReason.Message"},
};

// ---- Attributes
// ------------------------------------------------------------------------------------------------------

Document DescribeImageAttribute(Call& call) {
  const auto id = call.require("ImageId");
  const auto row = require_own_image(call, id);
  const auto attribute = call.require("Attribute");
  Document answer{{"ImageId", id}};
  const auto value = [&](std::string_view set) { return set.empty() ? Document::object() : Document{{"Value", set}}; };
  if (attribute == "description") {
    answer["Description"] = value(row.description);
  } else if (attribute == "launchPermission") {
    answer["LaunchPermissions"] = Document::array();
    if (row.is_public) answer["LaunchPermissions"].push_back({{"Group", "all"}});
    for (const auto& permission : row.launch_permissions) answer["LaunchPermissions"].push_back(permission);
  } else if (attribute == "kernel") {
    answer["KernelId"] = value(text(row.options, "KernelId"));
  } else if (attribute == "ramdisk") {
    answer["RamdiskId"] = value(text(row.options, "RamdiskId"));
  } else if (attribute == "sriovNetSupport") {
    answer["SriovNetSupport"] = value(text(row.options, "SriovNetSupport"));
  } else if (attribute == "bootMode") {
    answer["BootMode"] = value(row.boot_mode);
  } else if (attribute == "tpmSupport") {
    answer["TpmSupport"] = value(text(row.options, "TpmSupport"));
  } else if (attribute == "imdsSupport") {
    answer["ImdsSupport"] = value(row.imds_support);
  } else if (attribute == "productCodes") {
    answer["ProductCodes"] = Document::array();
  } else if (attribute == "lastLaunchedTime") {
    answer["LastLaunchedTime"] = value(text(row.options, "LastLaunchedTime"));
  } else if (attribute == "uefiData") {
    answer["UefiData"] = value(text(row.options, "UefiData"));
  } else if (attribute == "deregistrationProtection") {
    const auto protection = text(row.options, "DeregistrationProtection");
    answer["DeregistrationProtection"] = value(protection.empty() ? "disabled" : protection);
  } else if (attribute == "blockDeviceMapping") {
    throw ApiError("AuthFailure",
                   fmt::format("Unauthorized attempt to access restricted resource {}", id));  // Assumed: the words
  } else {
    throw errors::invalid_value(attribute, "attribute", "Unknown attribute.");
  }
  return answer;
}

bool is_account(std::string_view text) {
  return text.size() == 12 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

constexpr std::int64_t kTwoYears_ms = 2 * 365 * 86'400'000LL;
constexpr std::size_t kMostPermissions = 1000;

bool is_encrypted(const Document& mapping) { return flag(part(mapping, "Ebs"), "Encrypted").value_or(false); }

/// The key that every account has cannot be shared, and so cannot what it encrypts. The words are told by users.
void check_keys(Call& call, const state::Image& row) {
  for (const auto& mapping : row.block_device_mappings) {
    if (!is_encrypted(mapping)) continue;
    const auto snapshot = state::find<state::Snapshot>(call.txn, call.scope, text(part(mapping, "Ebs"), "SnapshotId"));
    if (!snapshot || !snapshot->kms_key_id.ends_with(":alias/aws/ebs")) continue;
    throw ApiError("InvalidParameter",
                   "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.");
  }
}

/// A public image is deprecated two years after it was made, by itself.
void make_public(Call& call, state::Image& row) {
  if (state::get_setting(call.txn, call.scope, "image-block-public-access") != "unblocked") {
    throw errors::operation_not_permitted(
        "You can’t publicly share this image because block public access for AMIs is enabled for this account. To "
        "publicly share the image, you must call the DisableImageBlockPublicAccess API.");
  }
  if (std::ranges::any_of(row.block_device_mappings, is_encrypted)) {
    throw errors::operation_not_permitted(
        "Images with encrypted snapshots cannot be made public.");  // Assumed: code and words
  }
  row.is_public = true;
  if (!has(row.options, "DeprecationTime")) {
    row.options["DeprecationTime"] = iso_time((row.creation_time_ms + kTwoYears_ms) / 60'000 * 60'000);
  }
}

void add_permission(Call& call, state::Image& row, const Document& permission) {
  const auto user = text(permission, "UserId"), group = text(permission, "Group");
  if (!user.empty() && !is_account(user)) {
    throw ApiError("InvalidAMIAttributeItemValue",
                   fmt::format("Invalid attribute item value \"{}\" for userId item type.", user));
  }
  if (!group.empty() && group != "all") {
    throw ApiError("InvalidAMIAttributeItemValue",
                   fmt::format("Invalid attribute item value \"{}\" for group item type.", group));
  }
  check_keys(call, row);
  if (group == "all") {
    make_public(call, row);
  } else if (std::ranges::find(row.launch_permissions, permission) == row.launch_permissions.end()) {
    row.launch_permissions.push_back(permission);
  }
  if (row.launch_permissions.size() > kMostPermissions) {
    throw ApiError("ResourceLimitExceeded",
                   fmt::format("An image can be shared with at most {} accounts.", kMostPermissions));  // Assumed
  }
}

void remove_permission(state::Image& row, const Document& permission) {
  if (text(permission, "Group") == "all") row.is_public = false;
  const auto found = std::ranges::find(row.launch_permissions, permission);
  if (found != row.launch_permissions.end()) row.launch_permissions.erase(found);
}

/// The old form, `OperationType=add&UserId.1=...`, told in the new one.
Document old_permissions(const Call& call) {
  Document list = Document::array();
  for (const auto& user : call.items("UserIds")) list.push_back({{"UserId", user}});
  for (const auto& group : call.items("UserGroups")) list.push_back({{"Group", group}});
  for (const auto& arn : call.items("OrganizationArns")) list.push_back({{"OrganizationArn", arn}});
  for (const auto& arn : call.items("OrganizationalUnitArns")) list.push_back({{"OrganizationalUnitArn", arn}});
  return list;
}

/// The attributes that a request changes, by their names.
std::vector<std::string_view> changed_attributes(const Call& call, const Document& old) {
  std::vector<std::string_view> names;
  const auto& permission = call.part("LaunchPermission");
  if (!old.empty() || !items(permission, "Add").empty() || !items(permission, "Remove").empty()) {
    names.push_back("launchPermission");
  }
  if (has(call.in, "Description") || call.text("Attribute") == "description") names.push_back("description");
  if (!call.part("ImdsSupport").empty() || call.text("Attribute") == "imdsSupport") names.push_back("imdsSupport");
  if (!call.items("ProductCodes").empty()) throw errors::not_built("ProductCodes of ModifyImageAttribute");
  return names;
}

void change_permissions(Call& call, state::Image& row, const Document& old) {
  const bool removes_old = call.text("OperationType") == "remove";
  for (const auto& each : items(call.part("LaunchPermission"), "Add")) add_permission(call, row, each);
  for (const auto& each : items(call.part("LaunchPermission"), "Remove")) remove_permission(row, each);
  for (const auto& each : old) {
    if (removes_old) {
      remove_permission(row, each);
    } else {
      add_permission(call, row, each);
    }
  }
}

/// One attribute in a call; the words are those of all Modify…Attribute.
Document ModifyImageAttribute(Call& call) {
  auto row = require_own_image(call, call.require("ImageId"));
  const auto old = old_permissions(call);
  const auto names = changed_attributes(call, old);
  if (names.empty()) throw errors::invalid_combination("No attributes specified.");
  if (names.size() > 1) {
    throw errors::invalid_combination(
        fmt::format("Fields for multiple attribute types specified: {}", fmt::join(names, ", ")));
  }
  change_permissions(call, row, old);
  if (has(call.in, "Description")) row.description = text(call.part("Description"), "Value");
  if (call.text("Attribute") == "description") row.description = call.text("Value");
  if (names.front() == "imdsSupport") {
    const auto& modern = call.part("ImdsSupport");
    const auto version = modern.empty() ? call.text("Value") : text(modern, "Value");
    if (version != "v2.0") throw errors::invalid_value(version, "imdsSupport");  // Assumed: the words
    row.imds_support = version;
  }
  state::update(call.txn, row);
  return {};
}

/// The other side of sharing: who was given a permission gives it back.
Document CancelImageLaunchPermission(Call& call) {
  const auto id = call.require("ImageId");
  require_image(call, id);
  auto row = state::find_anywhere<state::Image>(call.txn, id);
  const Document own{{"UserId", call.scope.account}};
  if (!row || std::ranges::find(row->launch_permissions, own) == row->launch_permissions.end()) {
    throw ApiError("AuthFailure",
                   fmt::format("Not authorized for image:{}", id));  // Assumed: for whom it was never shared with
  }
  remove_permission(*row, own);
  state::update(call.txn, *row);
  return {{"Return", true}};
}

Document ResetImageAttribute(Call& call) {
  auto row = require_own_image(call, call.require("ImageId"));
  if (call.text("Attribute") != "launchPermission") throw errors::invalid_value(call.text("Attribute"), "attribute");
  row.is_public = false;
  row.launch_permissions = Document::array();
  state::update(call.txn, row);
  return {};
}

// ---- States
// ----------------------------------------------------------------------------------------------------------

Document set_state(Call& call, std::string_view from, std::string_view to) {
  auto row = require_own_image(call, call.require("ImageId"));
  if (row.state != from && row.state != to) {
    throw ApiError("InvalidAMIID.Unavailable", fmt::format("The image ID '{}' is no longer available", row.image_id));
  }
  row.state = to;
  if (to == "disabled") {  // every launch permission goes for good
    row.is_public = false;
    row.launch_permissions = Document::array();
  }
  state::update(call.txn, row);
  return {{"Return", true}};
}
Document DisableImage(Call& call) { return set_state(call, "available", "disabled"); }
Document EnableImage(Call& call) { return set_state(call, "disabled", "available"); }

constexpr std::int64_t kTenYears_ms = 10 * 366 * 86'400'000LL, kMinute_ms = 60'000;

Document EnableImageDeprecation(Call& call) {
  auto row = require_own_image(call, call.require("ImageId"));
  const std::int64_t at = parse_time(call.require("DeprecateAt"));
  if (at < call.now_ms || at > call.now_ms + kTenYears_ms) {
    throw errors::invalid_parameter_value(
        fmt::format("Invalid value '{}' for deprecateAt. It must be in the future, within ten years.",
                    call.text("DeprecateAt")));  // Assumed: the words
  }
  row.options["DeprecationTime"] = iso_time((at + kMinute_ms / 2) / kMinute_ms * kMinute_ms);
  state::update(call.txn, row);
  return {{"Return", true}};
}
Document DisableImageDeprecation(Call& call) {
  auto row = require_own_image(call, call.require("ImageId"));
  row.options.erase("DeprecationTime");
  state::update(call.txn, row);
  return {{"Return", true}};
}

constexpr std::int64_t kCooldown_ms = 24 * 3'600'000LL;

Document EnableImageDeregistrationProtection(Call& call) {
  auto row = require_own_image(call, call.require("ImageId"));
  const bool with_cooldown = call.flag("WithCooldown").value_or(false);
  row.options.erase("ProtectedUntilMs");
  row.options["DeregistrationProtection"] = with_cooldown ? "enabled-with-cooldown" : "enabled-without-cooldown";
  state::update(call.txn, row);
  return {{"Return", row.options["DeregistrationProtection"]}};
}
Document DisableImageDeregistrationProtection(Call& call) {
  auto row = require_own_image(call, call.require("ImageId"));
  if (text(row.options, "DeregistrationProtection") == "enabled-with-cooldown") {
    row.options["ProtectedUntilMs"] = call.now_ms + kCooldown_ms;
  }
  row.options["DeregistrationProtection"] = "disabled";
  state::update(call.txn, row);
  return {{"Return", "disabled"}};
}

Document public_access(Call& call) {
  const auto state = state::get_setting(call.txn, call.scope, "image-block-public-access");
  return {{"ImageBlockPublicAccessState", state.empty() ? "block-new-sharing" : state}};
}
Document GetImageBlockPublicAccessState(Call& call) {
  Document answer = public_access(call);
  answer["ManagedBy"] = "account";
  return answer;
}
Document EnableImageBlockPublicAccess(Call& call) {
  state::put_setting(call.txn, call.scope, "image-block-public-access", "block-new-sharing");
  return public_access(call);
}
Document DisableImageBlockPublicAccess(Call& call) {
  state::put_setting(call.txn, call.scope, "image-block-public-access", "unblocked");
  return public_access(call);
}

constexpr Operation kOperations[] = {
    {.name = "CancelImageLaunchPermission", .run = CancelImageLaunchPermission, .access = Access::write},
    {.name = "DescribeImageAttribute", .run = DescribeImageAttribute, .access = Access::read},
    {.name = "DescribeImages",
     .run = DescribeImages,
     .access = Access::read,
     .listed = "Image",
     .filters = kImageFilters},
    {.name = "DisableImage", .run = DisableImage, .access = Access::write},
    {.name = "DisableImageBlockPublicAccess", .run = DisableImageBlockPublicAccess, .access = Access::write},
    {.name = "DisableImageDeprecation", .run = DisableImageDeprecation, .access = Access::write},
    {.name = "DisableImageDeregistrationProtection",
     .run = DisableImageDeregistrationProtection,
     .access = Access::write},
    {.name = "EnableImage", .run = EnableImage, .access = Access::write},
    {.name = "EnableImageBlockPublicAccess", .run = EnableImageBlockPublicAccess, .access = Access::write},
    {.name = "EnableImageDeprecation", .run = EnableImageDeprecation, .access = Access::write},
    {.name = "EnableImageDeregistrationProtection",
     .run = EnableImageDeregistrationProtection,
     .access = Access::write},
    {.name = "GetImageBlockPublicAccessState", .run = GetImageBlockPublicAccessState, .access = Access::read},
    {.name = "ModifyImageAttribute", .run = ModifyImageAttribute, .access = Access::write},
    {.name = "ResetImageAttribute", .run = ResetImageAttribute, .access = Access::write},
};

}  // namespace

Family images_family() { return {.operations = kOperations}; }

}  // namespace fogling
