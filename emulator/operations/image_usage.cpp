/// Who uses an image: resources of the caller's that name it (DescribeImageReferences), and, for its owner, how many
/// there are in which account (image usage reports). Parameters and recipes are other services', and there are none.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/images.hpp"
#include "emulator/kinds.hpp"
#include "emulator/launch_templates.hpp"
#include "emulator/lifecycle.hpp"
#include "state/instances_anywhere.hpp"
#include "state/resources_anywhere.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "image-usage-report";
constexpr std::string_view kInstance = "ec2:Instance", kLaunchTemplate = "ec2:LaunchTemplate";
constexpr std::int64_t kUsualDepth = 10, kReportLasts_ms = 30LL * 24 * 3'600'000;
constexpr std::int64_t kMostReferences = 10;

/// What is looked for, and how far.
struct Reach {
  bool instances = false, launch_templates = false;
  std::vector<std::string> states = {};  ///< of instances; all where empty
  std::int64_t depth = kUsualDepth;      ///< versions of a launch template, from the newest on
};

std::int64_t read_depth(std::string_view value) {
  std::int64_t depth = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), depth);
  if (error != std::errc() || end != value.data() + value.size() || depth < 1 || depth > 10'000)
    throw errors::invalid_value(value, "version-depth", "It must be between 1 and 10000.");  // Assumed: the words
  return depth;
}

void read_option(const Document& option, std::string_view type, Reach& scope) {
  const auto name = text(option, "OptionName");
  const auto& values = items(option, "OptionValues");
  if (name == "state-name" && type == kInstance) {
    for (const auto& each : values) scope.states.push_back(each.get<std::string>());
  } else if (name == "version-depth" && type == kLaunchTemplate && values.size() == 1) {
    scope.depth = read_depth(values[0].get_ref<const std::string&>());
  } else {
    throw errors::invalid_value(name, "OptionName", fmt::format("It is no option of {}.", type));  // Assumed: the words
  }
}

/// Types with their options. `known` are those that the operation looks at.
Reach read_types(const Document& types, std::initializer_list<std::string_view> known) {
  Reach scope;
  for (const auto& each : types) {
    const auto type = text(each, "ResourceType");
    if (std::ranges::find(known, type) == known.end()) throw errors::invalid_value(type, "ResourceType");
    scope.instances = scope.instances || type == kInstance;
    scope.launch_templates = scope.launch_templates || type == kLaunchTemplate;
    for (const auto& option : items(each, "ResourceTypeOptions")) read_option(option, type, scope);
  }
  return scope;
}

bool has_such_state(const Reach& scope, const state::Instance& instance) {
  return scope.states.empty() || std::ranges::find(scope.states, instance.state) != scope.states.end();
}

/// Whether one of its newest versions names the image.
bool names_image(Context& context, const state::GenericResource& launch_template, std::string_view image_id,
                 std::int64_t depth) {
  auto versions = state::list_children(context.txn, launch_template.resource_id, kLaunchTemplateVersion);
  std::ranges::reverse(versions);
  if (static_cast<std::int64_t>(versions.size()) > depth) versions.resize(static_cast<std::size_t>(depth));
  return std::ranges::any_of(versions, [&](const state::GenericResource& version) {
    return text(part(version.document, "LaunchTemplateData"), "ImageId") == image_id;
  });
}

// ---- References

Document reference(const Call& call, std::string_view image_id, std::string_view type, std::string_view resource) {
  return {{"ImageId", image_id},
          {"ResourceType", type},
          {"Arn", fmt::format("arn:aws:ec2:{}:{}:{}", call.scope.region, call.scope.account, resource)}};
}

Reach asked_types(const Call& call) {
  const auto& types = call.items("ResourceTypes");
  const bool all = call.flag("IncludeAllResourceTypes").value_or(false);
  if (!all && types.empty()) throw errors::missing_parameter("ResourceTypes");
  auto scope = read_types(
      types, {kInstance, kLaunchTemplate, "ssm:Parameter", "imagebuilder:ImageRecipe", "imagebuilder:ContainerRecipe"});
  scope.instances = scope.instances || all;
  scope.launch_templates = scope.launch_templates || all;
  return scope;
}

Document DescribeImageReferences(Call& call) {
  const auto ids = requested_ids(call, "image", "ImageIds");
  if (ids.empty()) throw errors::missing_parameter("ImageIds");
  if (static_cast<std::int64_t>(ids.size()) > kMostReferences)
    throw errors::invalid_parameter_value("No more than 10 images can be asked about.");  // Assumed: the words
  const auto scope = asked_types(call);
  std::vector<Document> references;
  for (const auto& id : ids) {
    require_image(call, id);
    if (scope.instances) {
      for (const auto& instance : state::instances_of_image(call.txn, id)) {
        if (instance.scope() == call.scope && has_such_state(scope, instance))
          references.push_back(reference(call, id, kInstance, "instance/" + instance.instance_id));
      }
    }
    if (!scope.launch_templates) continue;
    for (const auto& each : list_resources(call, "launch-template")) {
      if (names_image(call, each, id, scope.depth))
        references.push_back(reference(call, id, kLaunchTemplate, "launch-template/" + each.resource_id));
    }
  }
  return describe_documents(call, "ImageReferences", std::move(references));
}

// ---- Reports

void plan_report(Call& call, GenericResource& report) {
  const auto image_id = call.require("ImageId");
  require_image(call, image_id);
  if (!state::find<state::Image>(call.txn, call.scope, image_id))
    throw errors::operation_not_permitted(fmt::format("The image '{}' is not yours.", image_id));  // Assumed: the words
  if (call.items("ResourceTypes").empty()) throw errors::missing_parameter("ResourceTypes");
  read_types(call.items("ResourceTypes"), {kInstance, kLaunchTemplate});
  report.document["ExpirationTime"] = iso_time(call.now_ms + kReportLasts_ms);
}

void let_expire(Call& call, GenericResource& report) {
  schedule_by_clock(call, kKind, report.resource_id, "gone", kReportLasts_ms);
}

/// How many resources of each type there are, by account. The owner's own are not in a report.
using Usage = std::map<std::pair<std::string, std::string>, std::int64_t>;

Usage count_usage(Context& context, std::string_view image_id, const Reach& scope) {
  Usage usage;
  const auto counts = [&](const state::Resource& row) {
    return row.region == context.scope.region && row.account != context.scope.account;
  };
  if (scope.instances) {
    for (const auto& instance : state::instances_of_image(context.txn, image_id)) {
      if (counts(instance) && instance.state != "terminated") ++usage[{instance.account, std::string(kInstance)}];
    }
  }
  if (scope.launch_templates) {
    for (const auto& each : state::list_kind_anywhere(context.txn, "launch-template")) {
      if (counts(each) && names_image(context, each, image_id, scope.depth))
        ++usage[{each.account, std::string(kLaunchTemplate)}];
    }
  }
  return usage;
}

void write_report(Context& context, GenericResource& report) {
  if (report.state != "available") return;
  const auto& accounts = items(report.document, "AccountIds");
  const auto scope = read_types(items(report.document, "ResourceTypes"), {kInstance, kLaunchTemplate});
  Document entries = Document::array();
  for (const auto& [key, count] : count_usage(context, text(report.document, "ImageId"), scope)) {
    if (!accounts.empty() && std::ranges::find(accounts, Document(key.first)) == accounts.end()) continue;
    entries.push_back({{"ResourceType", key.second},
                       {"ReportId", report.resource_id},
                       {"UsageCount", count},
                       {"AccountId", key.first},
                       {"ImageId", report.document["ImageId"]},
                       {"ReportCreationTime", report.document["CreationTime"]}});
  }
  report.document["_Entries"] = std::move(entries);
  state::update(context.txn, report);
}

Document DescribeImageUsageReportEntries(Call& call) {
  const auto reports = requested_ids(call, kKind, "ReportIds");
  const auto images = requested_ids(call, "image", "ImageIds");
  for (const auto& id : reports) require_resource(call, kKind, id);
  std::vector<Document> entries;
  for (const auto& report : list_resources(call, kKind)) {
    const auto image_id = text(report.document, "ImageId");
    if (!reports.empty() && std::ranges::find(reports, report.resource_id) == reports.end()) continue;
    if (!images.empty() && std::ranges::find(images, image_id) == images.end()) continue;
    for (const auto& entry : items(report.document, "_Entries")) entries.push_back(entry);
  }
  return describe_documents(call, "ImageUsageReportEntries", std::move(entries), "ReportIds");
}

constexpr FilterPath kEntryFilters[] = {{"creation-time", "ReportCreationTime"}};

constexpr Operation kOperations[] = {
    {.name = "DescribeImageReferences", .run = DescribeImageReferences, .access = Access::read},
    {.name = "DescribeImageUsageReportEntries",
     .run = DescribeImageUsageReportEntries,
     .access = Access::read,
     .listed = "ImageUsageReportEntry",
     .filters = kEntryFilters},
};

constexpr Hooks kHooks[] = {{.kind = kKind, .create = plan_report, .created = let_expire, .moved = write_report}};

}  // namespace

Family image_usage_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
