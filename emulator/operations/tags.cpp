/// Tags on anything.

#include "emulator/tags.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/instance_options.hpp"
#include "emulator/references.hpp"
#include "emulator/resource_types.hpp"
#include "state/instances.hpp"

namespace fogling {
namespace {

struct Tagged {
  std::string id;
  std::string_view type;
};

std::vector<Tagged> require_resources(Call& call) {
  std::vector<Tagged> resources;
  for (const auto& each : call.items("Resources")) {
    const auto& id = each.get_ref<const std::string&>();
    const auto* type = find_resource_type_of(id);
    if (type == nullptr) throw ApiError("InvalidID", fmt::format("The ID '{}' is not valid", id));
    require_exists(call, type->type, id);
    if (std::ranges::find(resources, id, &Tagged::id) == resources.end()) resources.push_back({id, type->type});
  }
  if (resources.empty()) throw errors::missing_parameter("resourceIdSet");
  return resources;
}

/// Where an instance shows its tags in its metadata, their keys are parts of paths.
void check_shown_tags(Call& call, const Tagged& resource, const std::vector<Tag>& tags) {
  if (resource.type != "instance") return;
  if (const auto instance = state::find<state::Instance>(call.txn, call.scope, resource.id)) {
    check_metadata_tag_keys(part(instance->options, "MetadataOptions"), tags);
  }
}

Document CreateTags(Call& call) {
  const auto resources = require_resources(call);
  if (call.items("Tags").empty()) throw errors::missing_parameter("Tag");
  const auto tags = read_tags(call.items("Tags"));
  for (const auto& resource : resources) {
    check_shown_tags(call, resource, tags);
    add_tags(call, resource.id, resource.type, tags);
  }
  return {};
}

/// A key alone goes whatever its value; with a value only where that is the value; no tag at all means every one.
Document DeleteTags(Call& call) {
  const auto resources = require_resources(call);
  for (const auto& each : call.items("Tags")) {
    if (text(each, "Key").starts_with("aws:")) {
      throw errors::invalid_parameter_value("Tag keys starting with 'aws:' are reserved for internal use");
    }
  }
  for (const auto& resource : resources) {
    for (const auto& tag : state::tags_of(call.txn, call.scope, resource.id)) {
      const bool is_meant =
          call.items("Tags").empty()
              ? !tag.key.starts_with("aws:")
              : std::ranges::any_of(call.items("Tags"), [&](const Document& each) {
                  return text(each, "Key") == tag.key && (!has(each, "Value") || text(each, "Value") == tag.value);
                });
      if (is_meant) state::remove_tag(call.txn, call.scope, resource.id, tag.key);
    }
  }
  return {};
}

Document DescribeTags(Call& call) {
  std::vector<Document> tags;
  for (const auto& tag : state::list_tags(call.txn, call.scope)) {
    tags.push_back({{"ResourceId", tag.resource_id},
                    {"ResourceType", tag.resource_type},
                    {"Key", tag.key},
                    {"Value", tag.value},
                    // For `tag:<key>`, which asks of the tag what elsewhere is asked of the resource.
                    {"Tags", Document::array({{{"Key", tag.key}, {"Value", tag.value}}})}});
  }
  Document answer = describe_documents(call, "Tags", std::move(tags));
  for (auto& tag : answer["Tags"]) tag.erase("Tags");
  return answer;
}

constexpr Operation kOperations[] = {
    {.name = "CreateTags", .run = CreateTags, .access = Access::write},
    {.name = "DeleteTags", .run = DeleteTags, .access = Access::write},
    {.name = "DescribeTags", .run = DescribeTags, .access = Access::read, .listed = "TagDescription"},
};

}  // namespace

Family tags_family() { return {.operations = kOperations}; }

}  // namespace fogling
