/// Where images come from, and which images instances were launched from.

#include <algorithm>

#include "emulator/allowed_images.hpp"
#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/image_rules.hpp"
#include "emulator/images.hpp"
#include "emulator/instances.hpp"
#include "emulator/tags.hpp"

namespace fogling {
namespace {

/// Longer than any chain of copies that somebody makes.
constexpr std::size_t kMostAncestors = 1000;

Document ancestor(const catalogue::Image& image) {
  Document entry{{"ImageId", image.image_id}, {"CreationDate", image.creation_date}};
  set_if(entry, "ImageOwnerAlias", image.owner_alias);
  set_if(entry, "SourceImageId", image.source_image_id);
  set_if(entry, "SourceImageRegion", image.source_image_region);
  return entry;
}

/// From the image back to the first one, through copies and captures of instances, as far as it is still there.
Document GetImageAncestry(Call& call) {
  auto image = require_image(call, call.require("ImageId"));
  Document entries = Document::array({ancestor(image)});
  while (!image.source_image_id.empty() && entries.size() < kMostAncestors) {
    const Scope scope{call.scope.account, image.source_image_region};
    Context there{call.world, call.txn, scope, call.now_ms};
    const auto source = find_image(there, image.source_image_id);
    if (!source) break;
    image = *source;
    entries.push_back(ancestor(image));
  }
  return {{"ImageAncestryEntries", std::move(entries)}};
}

Document image_metadata(Call& call, const Document& allowed, const std::string& image_id) {
  Document metadata{{"ImageId", image_id}};
  const auto image = find_image(call, image_id);
  if (!image) return metadata;  // deregistered meanwhile
  metadata["Name"] = image->name;
  metadata["OwnerId"] = image->owner_id;
  metadata["State"] = image->state;
  metadata["CreationDate"] = image->creation_date;
  metadata["IsPublic"] = image->is_public;
  set_if(metadata, "ImageOwnerAlias", image->owner_alias);
  set_if(metadata, "DeprecationTime", image->deprecation_time);
  if (auto watermarks = image_watermarks(call, image_id); !watermarks.empty())
    metadata["ImageWatermarks"] = std::move(watermarks);
  metadata["ImageAllowed"] = text(allowed, "State") == "disabled" || is_allowed(call, allowed, *image);
  return metadata;
}

Document DescribeInstanceImageMetadata(Call& call) {
  const auto ids = requested_ids(call, "instance", "InstanceIds");
  const auto instances = ids.empty() ? state::list<state::Instance>(call.txn, call.scope)
                                     : require_instances(call, call.items("InstanceIds"));
  const auto allowed = allowed_images(call);
  std::vector<Document> described;
  for (const auto& instance : instances) {
    Document item{{"InstanceId", instance.instance_id},
                  {"InstanceType", instance.instance_type},
                  {"LaunchTime", iso_seconds(instance.launch_time_ms)},
                  {"AvailabilityZone", instance.availability_zone},
                  {"ZoneId", instance.availability_zone_id},
                  {"State", instance_state_document(instance.state)},
                  {"OwnerId", instance.account},
                  {"ImageMetadata", image_metadata(call, allowed, instance.image_id)},
                  {"Operator", {{"Managed", false}}}};
    item["Tags"] = tag_set(call.txn, instance.instance_id);
    described.push_back(std::move(item));
  }
  return describe_documents(call, "InstanceImageMetadata", std::move(described), "InstanceIds");
}

constexpr FilterPath kFilters[] = {
    {"image-allowed", "ImageMetadata.ImageAllowed"},
    {"instance-state-name", "State.Name"},
    {"owner-alias", "ImageMetadata.ImageOwnerAlias"},
};

constexpr Operation kOperations[] = {
    {.name = "DescribeInstanceImageMetadata",
     .run = DescribeInstanceImageMetadata,
     .access = Access::read,
     .listed = "InstanceImageMetadata",
     .filters = kFilters},
    {.name = "GetImageAncestry", .run = GetImageAncestry, .access = Access::read},
};

}  // namespace

Family image_metadata_family() { return {.operations = kOperations}; }

}  // namespace fogling
