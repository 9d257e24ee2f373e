/// Launch templates: made with their first version, their default version chosen, deleted with all versions.

#include "emulator/launch_templates.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/encoding.hpp"
#include "emulator/kinds.hpp"
#include "emulator/launch.hpp"
#include "emulator/tags.hpp"
#include "fixtures/catalogue/catalogue.hpp"

namespace fogling {
namespace {

constexpr std::int64_t kMaxVersions = 10'000;

// ---- What a version holds
// --------------------------------------------------------------------------------------------

/// EC2 judges little of a template before it is launched: the form of ids, of user data and of tags.
void check_data(const Document& data) {
  const auto image_id = text(data, "ImageId");
  if (!image_id.empty() && !image_id.starts_with("resolve:ssm:")) check_id("image", image_id);
  if (const auto user_data = text(data, "UserData"); !user_data.empty() && !base64_decode(user_data)) {
    throw ApiError("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
  }
  for (const auto& specification : items(data, "TagSpecifications")) read_tags(items(specification, "Tags"));
  if (has(data, "InstanceType") && has(data, "InstanceRequirements")) {
    throw errors::invalid_combination(
        "You can't specify both InstanceType and InstanceRequirements in a launch template.");  // Assumed: the words
  }
}

/// The request's data in the form of a description, checked.
Document read_data(const Call& call) {
  Document data = without_empty_members(call.part("LaunchTemplateData"));
  check_data(data);
  data.erase("Operator");
  return adapted(data, *model::find_shape("ResponseLaunchTemplateData"));
}

state::GenericResource make_version(Call& call, const state::GenericResource& launch_template, std::int64_t number,
                                    Document data) {
  state::GenericResource version;
  version.account = call.scope.account;
  version.region = call.scope.region;
  version.resource_id = launch_template_version_id(launch_template, number);
  version.kind = kLaunchTemplateVersion;
  version.parent_id = launch_template.resource_id;
  version.document = {{"LaunchTemplateId", launch_template.resource_id},
                      {"LaunchTemplateName", text(launch_template.document, "LaunchTemplateName")},
                      {"VersionNumber", number},
                      {"CreateTime", iso_seconds(call.now_ms)},
                      {"CreatedBy", fmt::format("arn:aws:iam::{}:root", call.scope.account)},
                      {"LaunchTemplateData", std::move(data)},
                      {"Operator", {{"Managed", false}}}};
  set_if(version.document, "VersionDescription", call.text("VersionDescription"));
  state::insert(call.txn, version);
  return version;
}

/// With the image behind a parameter's name where the caller wants to see it.
Document version_document(const Call& call, const state::GenericResource& launch_template,
                          const state::GenericResource& version) {
  Document document = version.document;
  document["DefaultVersion"] = document["VersionNumber"] == launch_template.document["DefaultVersionNumber"];
  constexpr std::string_view kResolve = "resolve:ssm:";
  const std::string image_id(text(document["LaunchTemplateData"], "ImageId"));
  if (call.flag("ResolveAlias").value_or(false) && image_id.starts_with(kResolve)) {
    const auto name = image_id.substr(kResolve.size());
    if (const auto parameter = catalogue::find_parameter(call.scope.region, name.substr(0, name.find(':')))) {
      document["LaunchTemplateData"]["ImageId"] = parameter->value;
    }
  }
  return document;
}

/// A template is made whatever it asks for; the answer warns of what a launch would be refused for. Assumed: that EC2
/// does so for types, in the code and words of the launch.
void set_warning(Document& answer, const Call& call, const Document& data) {
  const auto name = text(data, "InstanceType");
  const auto* type = catalogue::find_instance_type(name);
  if (name.empty() || (type != nullptr && catalogue::is_offered(*type, call.scope.region))) return;
  const auto error = invalid_instance_type(name);
  answer["Warning"]["Errors"] = Document::array({{{"Code", error.code}, {"Message", error.message}}});
}

// ---- Templates
// -------------------------------------------------------------------------------------------------------

void create(Call&, state::GenericResource& launch_template) {
  const auto name = text(launch_template.document, "LaunchTemplateName");
  const bool is_allowed = name.size() >= 3 && name.size() <= 128 && consists_of_letters_digits_and("()./_-", name);
  if (!is_allowed) {
    throw ApiError("InvalidLaunchTemplateName.MalformedException",
                   "A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and "
                   "the following characters: - ( ) . / _.");
  }
  launch_template.document["Operator"] = {{"Managed", false}};
}

void created(Call& call, state::GenericResource& launch_template) {
  const auto version = make_version(call, launch_template, 1, read_data(call));
  set_warning(launch_template.document["_Answer"], call, part(version.document, "LaunchTemplateData"));
}

void remove(Call& call, state::GenericResource& launch_template) {
  for (const auto& version : state::list_children(call.txn, launch_template.resource_id, kLaunchTemplateVersion)) {
    state::erase(call.txn, version);
  }
}

/// Recorded: its answer has the time 1970 and no tags.
Document ModifyLaunchTemplate(Call& call) {
  if (!call.text("LaunchTemplateId").empty() && !call.text("LaunchTemplateName").empty()) {
    throw errors::invalid_combination(
        "Either provide launch template ID or launch template name to modify the template.");
  }
  auto launch_template = require_launch_template(call, call.in);
  if (const auto wanted = call.text("DefaultVersion"); !wanted.empty()) {
    const auto number = launch_template_version_number(launch_template, wanted);
    if (!state::find<state::GenericResource>(call.txn, call.scope,
                                             launch_template_version_id(launch_template, number))) {
      throw ApiError(
          "InvalidLaunchTemplateId.VersionNotFound",
          fmt::format("The launch template version {} is not found for the specified launch template.", number));
    }
    launch_template.document["DefaultVersionNumber"] = number;
    state::update(call.txn, launch_template);
  }
  Document answer = launch_template.document;
  answer["CreateTime"] = iso_seconds(0);
  return {{"LaunchTemplate", std::move(answer)}};
}

// ---- Versions
// --------------------------------------------------------------------------------------------------------

/// What the new version takes over from its source. Snapshots do not come along unless they are named again.
Document inherited_data(Call& call, const state::GenericResource& launch_template) {
  const auto source = call.text("SourceVersion");
  if (source.empty()) return Document::object();
  const auto number = launch_template_version_number(launch_template, source);
  Document data = part(require_launch_template_version(call, launch_template, number).document, "LaunchTemplateData");
  if (data.contains("BlockDeviceMappings")) {
    for (auto& device : data["BlockDeviceMappings"]) {
      if (device.contains("Ebs")) device["Ebs"].erase("SnapshotId");
    }
  }
  return data;
}

Document CreateLaunchTemplateVersion(Call& call) {
  auto launch_template = require_launch_template(call, call.in);
  const auto versions = state::list_children(call.txn, launch_template.resource_id, kLaunchTemplateVersion);
  if (static_cast<std::int64_t>(versions.size()) >= kMaxVersions) {
    throw ApiError(
        "MaxTemplateVersionLimitExceeded",
        "You've reached the limit on the number of versions of this launch template.");  // Assumed: the words
  }
  Document data = inherited_data(call, launch_template);
  const Document given = read_data(call);
  if (given.contains("InstanceRequirements")) data.erase("InstanceType");
  if (given.contains("InstanceType")) data.erase("InstanceRequirements");
  for (const auto& [name, value] : given.items()) data[name] = value;  // member by member, lists as a whole
  const std::int64_t number = *integer(launch_template.document, "LatestVersionNumber") + 1;
  launch_template.document["LatestVersionNumber"] = number;
  state::update(call.txn, launch_template);
  const auto version = make_version(call, launch_template, number, std::move(data));
  Document answer{{"LaunchTemplateVersion", version_document(call, launch_template, version)}};
  set_warning(answer, call, part(version.document, "LaunchTemplateData"));
  return answer;
}

Document failure(const state::GenericResource& launch_template, std::int64_t number, const char* code,
                 const std::string& message) {
  return {{"LaunchTemplateId", launch_template.resource_id},
          {"LaunchTemplateName", text(launch_template.document, "LaunchTemplateName")},
          {"VersionNumber", number},
          {"ResponseError", {{"Code", code}, {"Message", message}}}};
}

/// One version that cannot go does not keep the others from going. Assumed: the words of the failures.
Document DeleteLaunchTemplateVersions(Call& call) {
  const auto launch_template = require_launch_template(call, call.in);
  Document deleted = Document::array(), failed = Document::array();
  for (const auto& each : call.items("Versions")) {
    const auto number = launch_template_version_number(launch_template, each.get_ref<const std::string&>());
    const auto version =
        state::find<state::GenericResource>(call.txn, call.scope, launch_template_version_id(launch_template, number));
    if (!version) {
      failed.push_back(failure(launch_template, number, "launchTemplateVersionDoesNotExist",
                               fmt::format("The launch template version {} does not exist.", number)));
    } else if (launch_template.document["DefaultVersionNumber"] == number) {
      failed.push_back(failure(launch_template, number, "unexpectedError",
                               "The default launch template version cannot be deleted."));
    } else {
      state::erase(call.txn, *version);
      deleted.push_back({{"LaunchTemplateId", launch_template.resource_id},
                         {"LaunchTemplateName", text(launch_template.document, "LaunchTemplateName")},
                         {"VersionNumber", number}});
    }
  }
  return {{"SuccessfullyDeletedLaunchTemplateVersions", std::move(deleted)},
          {"UnsuccessfullyDeletedLaunchTemplateVersions", std::move(failed)}};
}

constexpr const char* kHowToDescribe =
    "To describe the launch template data for all your launch templates, for ‘--versions’ specify ‘$Latest’, "
    "‘$Default’, "
    "or both, and omit ‘--launch-template-id’, ‘--launch-template-name’, and version numbers. To describe the launch "
    "template data for a specific launch template, specify ‘--launch-template-id’ or ‘--launch-template-name’, and for "
    "‘--versions’ specify one or more of the following values: ‘$Latest’, ‘$Default’, or one or more version numbers.";

/// Without a template: the latest or the default version of each.
std::vector<Document> versions_of_all(Call& call) {
  const auto& versions = call.items("Versions");
  if (versions.empty()) throw ApiError("MissingParameter", kHowToDescribe);
  for (const auto& each : versions) {
    if (each != "$Latest" && each != "$Default") throw errors::invalid_parameter_value(kHowToDescribe);
  }
  std::vector<Document> documents;
  for (const auto& launch_template : state::list_kind(call.txn, call.scope, "launch-template")) {
    std::vector<std::int64_t> numbers;
    for (const auto& each : versions) {
      const auto number = launch_template_version_number(launch_template, each.get_ref<const std::string&>());
      if (std::ranges::find(numbers, number) == numbers.end()) numbers.push_back(number);
    }
    for (const auto number : numbers) {
      const auto version = state::find<state::GenericResource>(call.txn, call.scope,
                                                               launch_template_version_id(launch_template, number));
      if (version) documents.push_back(version_document(call, launch_template, *version));
    }
  }
  return documents;
}

/// Of one template, the newest first.
std::vector<Document> versions_of_one(Call& call, const state::GenericResource& launch_template) {
  std::vector<std::int64_t> wanted;
  for (const auto& each : call.items("Versions")) {
    const auto number = launch_template_version_number(launch_template, each.get_ref<const std::string&>());
    require_launch_template_version(call, launch_template, number);
    wanted.push_back(number);
  }
  const auto bound = [&](const char* member, std::int64_t usual) {
    const auto given = call.text(member);
    return given.empty() ? usual : launch_template_version_number(launch_template, given);
  };
  const auto least = bound("MinVersion", 1), most = bound("MaxVersion", INT64_MAX);
  std::vector<Document> documents;
  auto versions = state::list_children(call.txn, launch_template.resource_id, kLaunchTemplateVersion);
  std::ranges::reverse(versions);
  for (const auto& version : versions) {
    const auto number = *integer(version.document, "VersionNumber");
    if (!wanted.empty() && std::ranges::find(wanted, number) == wanted.end()) continue;
    if (number >= least && number <= most) documents.push_back(version_document(call, launch_template, version));
  }
  return documents;
}

Document DescribeLaunchTemplateVersions(Call& call) {
  const bool names_one = !call.text("LaunchTemplateId").empty() || !call.text("LaunchTemplateName").empty();
  return describe_documents(
      call, "LaunchTemplateVersions",
      names_one ? versions_of_one(call, require_launch_template(call, call.in)) : versions_of_all(call));
}

constexpr FilterPath kVersionFilters[] = {
    {"ebs-optimized", "LaunchTemplateData.EbsOptimized"},
    {"host-resource-group-arn", "LaunchTemplateData.Placement.HostResourceGroupArn"},
    {"http-endpoint", "LaunchTemplateData.MetadataOptions.HttpEndpoint"},
    {"http-protocol-ipv4", "LaunchTemplateData.MetadataOptions.HttpEndpoint"},  // there whenever the endpoint is
    {"http-tokens", "LaunchTemplateData.MetadataOptions.HttpTokens"},
    {"iam-instance-profile", "LaunchTemplateData.IamInstanceProfile.Arn"},
    {"image-id", "LaunchTemplateData.ImageId"},
    {"instance-type", "LaunchTemplateData.InstanceType"},
    {"is-default-version", "DefaultVersion"},
    {"kernel-id", "LaunchTemplateData.KernelId"},
    {"license-configuration-arn", "LaunchTemplateData.LicenseSpecifications.LicenseConfigurationArn"},
    {"network-card-index", "LaunchTemplateData.NetworkInterfaces.NetworkCardIndex"},
    {"ram-disk-id", "LaunchTemplateData.RamDiskId"},
};

constexpr Operation kOperations[] = {
    {.name = "CreateLaunchTemplateVersion", .run = CreateLaunchTemplateVersion, .access = Access::write},
    {.name = "DeleteLaunchTemplateVersions", .run = DeleteLaunchTemplateVersions, .access = Access::write},
    {.name = "DescribeLaunchTemplateVersions",
     .run = DescribeLaunchTemplateVersions,
     .access = Access::read,
     .listed = "LaunchTemplateVersion",
     .filters = kVersionFilters},
    {.name = "ModifyLaunchTemplate", .run = ModifyLaunchTemplate, .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = "launch-template", .create = create, .created = created, .remove = remove}};

}  // namespace

Family launch_templates_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
