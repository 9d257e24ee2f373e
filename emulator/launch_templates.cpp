#include "emulator/launch_templates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "emulator/kinds.hpp"

namespace fogling {
namespace {

/// Members of a template's data that RunInstances spells otherwise.
constexpr std::pair<const char*, const char*> kOtherNames[] = {{"RamDiskId", "RamdiskId"},
                                                               {"ElasticGpuSpecifications", "ElasticGpuSpecification"}};

/// Tags of the template and of the request, by resource type and key: the request's win.
Document merged_tag_specifications(const Document& base, const Document& over) {
  Document merged = base;
  for (const auto& specification : over) {
    const auto type = text(specification, "ResourceType");
    const auto same =
        std::ranges::find_if(merged, [&](const Document& each) { return text(each, "ResourceType") == type; });
    if (same == merged.end()) {
      merged.push_back(specification);
      continue;
    }
    for (const auto& tag : items(specification, "Tags")) {
      auto& tags = (*same)["Tags"];
      const auto key = std::ranges::find_if(tags, [&](const Document& each) { return each["Key"] == tag["Key"]; });
      if (key == tags.end()) {
        tags.push_back(tag);
      } else {
        *key = tag;
      }
    }
  }
  return merged;
}

}  // namespace

state::GenericResource require_launch_template(Context& context, const Document& named) {
  const auto id = text(named, "LaunchTemplateId"), name = text(named, "LaunchTemplateName");
  if (!id.empty() && !name.empty()) {
    throw errors::invalid_combination(
        "Either provide launch template ID or launch template name to identify the template.");  // Assumed: the words
  }
  if (!id.empty()) return require_resource(context, "launch-template", id);
  if (name.empty()) throw errors::missing_parameter("LaunchTemplateId");  // Assumed: the words
  return require_named(context, declared_kind("launch-template"), name);
}

std::int64_t launch_template_version_number(const state::GenericResource& launch_template, std::string_view version) {
  if (version.empty() || version == "$Default") return *integer(launch_template.document, "DefaultVersionNumber");
  if (version == "$Latest") return *integer(launch_template.document, "LatestVersionNumber");
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), number);
  if (error != std::errc() || end != version.data() + version.size() || number < 0) {
    throw errors::invalid_parameter_value(
        "Invalid launch template version: either '$Default', '$Latest', or a numeric version are allowed.");
  }
  return number;
}

std::string launch_template_version_id(const state::GenericResource& launch_template, std::int64_t number) {
  return fmt::format("{}/{}", launch_template.resource_id, number);
}

state::GenericResource require_launch_template_version(Context& context, const state::GenericResource& launch_template,
                                                       std::int64_t number) {
  auto row = state::find<state::GenericResource>(context.txn, context.scope,
                                                 launch_template_version_id(launch_template, number));
  if (row) return *std::move(row);
  throw ApiError("InvalidLaunchTemplateId.VersionNotFound",
                 fmt::format("Could not find the specified version {} for the launch template with ID {}.", number,
                             launch_template.resource_id));
}

Document without_empty_members(const Document& data) {
  if (data.is_array()) {
    Document kept = Document::array();
    for (const auto& each : data) kept.push_back(without_empty_members(each));
    return kept;
  }
  if (!data.is_object()) return data;
  Document kept = Document::object();
  for (const auto& [name, value] : data.items()) {
    const bool means_something = name == "NoDevice" || name == "Key" || name == "Value";
    if (value.is_string() && value.get_ref<const std::string&>().empty() && !means_something) continue;
    Document inner = without_empty_members(value);
    if (inner.is_object() && inner.empty() && !value.empty()) continue;
    kept[name] = std::move(inner);
  }
  return kept;
}

Document overlaid(Document base, const Document& over) {
  for (const auto& [name, value] : over.items()) {
    const auto old = base.find(name);
    if (old != base.end() && old->is_object() && value.is_object()) {
      *old = overlaid(*old, value);
    } else {
      base[name] = value;
    }
  }
  return base;
}

TemplatedLaunch with_launch_template(Context& context, const Document& run_instances) {
  const auto& named = part(run_instances, "LaunchTemplate");
  if (named.empty()) return {run_instances, {}};
  const auto launch_template = require_launch_template(context, named);
  const auto number = launch_template_version_number(launch_template, text(named, "Version"));
  Document data =
      part(require_launch_template_version(context, launch_template, number).document, "LaunchTemplateData");
  for (const auto& [here, there] : kOtherNames) {
    if (!data.contains(here)) continue;
    data[there] = std::move(data[here]);
    data.erase(here);
  }
  if (data.contains("InstanceRequirements")) {
    // Only fleets choose among types; a launch needs one. Assumed: that the request's type makes up for it, the words.
    if (text(run_instances, "InstanceType").empty()) {
      throw errors::invalid_combination(
          "You can't use a launch template that contains InstanceRequirements to launch instances without "
          "InstanceType.");
    }
    data.erase("InstanceRequirements");
  }
  Document given = without_empty_members(run_instances);
  given.erase("LaunchTemplate");
  Document tags = merged_tag_specifications(items(data, "TagSpecifications"), items(given, "TagSpecifications"));
  TemplatedLaunch launch{overlaid(std::move(data), given), {}};
  if (!tags.empty()) launch.in["TagSpecifications"] = std::move(tags);
  launch.tags = {{"aws:ec2launchtemplate:id", launch_template.resource_id},
                 {"aws:ec2launchtemplate:version", std::to_string(number)}};
  return launch;
}

}  // namespace fogling
