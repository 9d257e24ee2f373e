/// Amazon FPGA images: designs that are kept in a region and may be shared. There is no FPGA to load them into.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "fixtures/catalogue/catalogue.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "fpga-image";
constexpr const char* kPermissions = "_LoadPermissions";

bool is_shared_with(const GenericResource& image, const std::string& account) {
  return std::ranges::any_of(items(image.document, kPermissions), [&](const Document& each) {
    return text(each, "Group") == "all" || text(each, "UserId") == account;
  });
}

/// The caller's own, or shared with it, in this region.
bool is_visible(const Context& context, const GenericResource& image) {
  return image.region == context.scope.region &&
         (image.account == context.scope.account || is_shared_with(image, context.scope.account));
}

GenericResource require_visible(Context& context, std::string_view id) {
  check_id(kKind, id);
  auto image = state::find_anywhere<GenericResource>(context.txn, id);
  if (!image || image->kind != kKind || !is_visible(context, *image)) throw unknown_id(kKind, id);
  return *std::move(image);
}

// ---- Making

void check_design(Call& call, GenericResource& image) {
  for (const char* member : {"Bucket", "Key"}) {
    if (text(call.part("InputStorageLocation"), member).empty()) throw errors::missing_parameter(member);
  }
  image.document["FpgaImageGlobalId"] = call.make_id("agfi");
}

void note_update(Context& context, GenericResource& image) {
  image.document["UpdateTime"] = iso_seconds(context.now_ms);
  state::update(context.txn, image);
}

Document CopyFpgaImage(Call& call) {
  const Scope there{call.scope.account, std::string(call.require("SourceRegion"))};
  if (catalogue::find_region(there.region) == nullptr) throw errors::invalid_value(there.region, "sourceRegion");
  Context source_context{call.world, call.txn, there, call.now_ms};
  const auto source = require_visible(source_context, call.require("SourceFpgaImageId"));
  if (source.state != "available") {
    throw errors::incorrect_state(  // Assumed: the words
        fmt::format("The FPGA image '{}' is in the state '{}'.", source.resource_id, source.state));
  }
  Document document = source.document;
  document.erase("State");
  document.erase(kPermissions);
  set_if(document, "Name", call.text("Name"));
  set_if(document, "Description", call.text("Description"));
  auto image = new_resource(call, declared_kind(kKind), std::move(document));
  image.document["FpgaImageGlobalId"] = source.document["FpgaImageGlobalId"];
  state::insert(call.txn, image);
  begin(call, image, declared_kind(kKind).create);
  return {{"FpgaImageId", image.resource_id}};
}

// ---- Showing

/// `self`, `amazon`, `aws-marketplace` or an account. AWS offers none here.
bool is_of_owner(const Call& call, const GenericResource& image) {
  const auto& owners = call.items("Owners");
  return owners.empty() || std::ranges::any_of(owners, [&](const Document& owner) {
           return owner == image.account || (owner == "self" && image.account == call.scope.account);
         });
}

Document image_document(Context& context, const GenericResource& image) {
  Document out = shown(context, image);
  out["Public"] = std::ranges::any_of(items(image.document, kPermissions),
                                      [](const Document& each) { return text(each, "Group") == "all"; });
  return out;
}

Document DescribeFpgaImages(Call& call) {
  const auto wanted = requested_ids(call, kKind, "FpgaImageIds");
  for (const auto& id : wanted) require_visible(call, id);
  std::vector<Document> images;
  for (const auto& image : state::list_kind_anywhere(call.txn, kKind)) {
    if (!is_visible(call, image) || !is_of_owner(call, image)) continue;
    if (!wanted.empty() && std::ranges::find(wanted, image.resource_id) == wanted.end()) continue;
    images.push_back(image_document(call, image));
    call.looked_at.push_back(image.resource_id);
  }
  return describe_documents(call, "FpgaImages", std::move(images), "FpgaImageIds");
}

// ---- Attributes

/// All of them, as far as there are any: the answer to a modification.
Document attributes(const GenericResource& image) {
  Document out{{"FpgaImageId", image.resource_id}};
  set_if(out, "Name", text(image.document, "Name"));
  set_if(out, "Description", text(image.document, "Description"));
  out["LoadPermissions"] = items(image.document, kPermissions);
  out["ProductCodes"] = items(image.document, "ProductCodes");
  return out;
}

Document DescribeFpgaImageAttribute(Call& call) {
  const auto image = require_resource(call, kKind, call.require("FpgaImageId"));
  const auto attribute = call.require("Attribute");
  constexpr std::pair<std::string_view, const char*> kMembers[] = {{"name", "Name"},
                                                                   {"description", "Description"},
                                                                   {"loadPermission", "LoadPermissions"},
                                                                   {"productCodes", "ProductCodes"}};
  const auto* member = std::ranges::find(kMembers, attribute, [](const auto& each) { return each.first; });
  if (member == std::end(kMembers)) throw errors::invalid_value(attribute, "attribute");
  const Document all = attributes(image);
  Document out{{"FpgaImageId", image.resource_id}};
  if (all.contains(member->second)) out[member->second] = all[member->second];
  return {{"FpgaImageAttribute", std::move(out)}};
}

void change_permission(Document& permissions, const Document& permission, bool adds) {
  const auto found = std::ranges::find(permissions, permission);
  if (adds && found == permissions.end()) permissions.push_back(permission);
  if (!adds && found != permissions.end()) permissions.erase(found);
}

/// Both ways to say it: LoadPermission, and OperationType with users and groups.
void change_permissions(const Call& call, Document& permissions) {
  const auto& change = call.part("LoadPermission");
  for (const auto& each : items(change, "Add")) change_permission(permissions, each, true);
  for (const auto& each : items(change, "Remove")) change_permission(permissions, each, false);
  const bool names_somebody = !call.items("UserIds").empty() || !call.items("UserGroups").empty();
  if (!names_somebody) return;
  if (call.text("OperationType").empty()) throw errors::missing_parameter("OperationType");
  const bool adds = call.text("OperationType") == "add";
  for (const auto& each : call.items("UserIds")) change_permission(permissions, {{"UserId", each}}, adds);
  for (const auto& each : call.items("UserGroups")) {
    if (each != "all") throw errors::invalid_value(each.get_ref<const std::string&>(), "userGroup");
    change_permission(permissions, {{"Group", each}}, adds);
  }
}

Document ModifyFpgaImageAttribute(Call& call) {
  auto image = require_resource(call, kKind, call.require("FpgaImageId"));
  set_if(image.document, "Name", call.text("Name"));
  set_if(image.document, "Description", call.text("Description"));
  auto& permissions = image.document[kPermissions];
  if (!permissions.is_array()) permissions = Document::array();
  change_permissions(call, permissions);
  for (const auto& code : call.items("ProductCodes")) {
    Document added{{"ProductCodeId", code}, {"ProductCodeType", "marketplace"}};
    auto& codes = image.document["ProductCodes"];
    if (!codes.is_array()) codes = Document::array();
    if (std::ranges::find(codes, added) == codes.end()) codes.push_back(std::move(added));
  }
  note_update(call, image);
  return {{"FpgaImageAttribute", attributes(image)}};
}

Document ResetFpgaImageAttribute(Call& call) {
  auto image = require_resource(call, kKind, call.require("FpgaImageId"));
  image.document[kPermissions] = Document::array();
  note_update(call, image);
  return {{"Return", true}};
}

constexpr FilterPath kFilters[] = {{"product-code", "ProductCodes.ProductCodeId"}, {"state", "State.Code"}};

constexpr Operation kOperations[] = {
    {.name = "CopyFpgaImage", .run = CopyFpgaImage, .access = Access::write},
    {.name = "DescribeFpgaImageAttribute", .run = DescribeFpgaImageAttribute, .access = Access::read},
    {.name = "DescribeFpgaImages",
     .run = DescribeFpgaImages,
     .access = Access::read,
     .listed = "FpgaImage",
     .filters = kFilters},
    {.name = "ModifyFpgaImageAttribute", .run = ModifyFpgaImageAttribute, .access = Access::write},
    {.name = "ResetFpgaImageAttribute", .run = ResetFpgaImageAttribute, .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = kKind, .create = check_design, .moved = note_update}};

}  // namespace

Family fpga_images_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
