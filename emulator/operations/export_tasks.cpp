/// Images and instances written to a bucket as files for other hypervisors. There is no S3: a task comes to its end and
/// the file is nowhere.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cancelling.hpp"
#include "emulator/images.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"
#include "emulator/vm_import.hpp"

namespace fogling {
namespace {

constexpr std::string_view kImageTask = "export-image-task", kInstanceTask = "export-instance-task";

ApiError not_exportable(std::string message) { return {"NotExportable", std::move(message)}; }

// ---- Images

/// Of the caller's own, and without what AWS licenses.
void check_exportable(Call& call, const catalogue::Image& image) {
  const auto row = state::find<state::Image>(call.txn, call.scope, image.image_id);
  if (!row) {  // Assumed: the words of these
    throw not_exportable(fmt::format("The image '{}' is not yours.", image.image_id));
  }
  if (row->root_device_type != "ebs") {
    throw not_exportable(fmt::format("The image '{}' is not backed by EBS.", image.image_id));
  }
  if (row->platform == "windows" && !has(row->options, "ImportTaskId")) {
    throw not_exportable(fmt::format("The image '{}' contains software that AWS licenses.", image.image_id));
  }
  if (std::ranges::any_of(image.block_device_mappings, &catalogue::BlockDevice::encrypted)) {
    throw not_exportable(fmt::format("The image '{}' has encrypted snapshots.", image.image_id));
  }
}

Document ExportImage(Call& call) {
  const auto image = require_launchable_image(call, call.require("ImageId"));
  check_exportable(call, image);
  const auto& kind = declared_kind(kImageTask);
  const auto task = make_resource(call, kind, copied_members(call.in, kind));
  Document answer = shown(call, task);
  answer["DiskImageFormat"] = call.in["DiskImageFormat"];
  const auto role = call.text("RoleName");
  answer["RoleName"] = role.empty() ? "vmimport" : role;
  return answer;
}

void finish_image(Context& context, GenericResource& task) {
  if (task.state != "completed") return;
  task.document.erase("Progress");
  task.document.erase("StatusMessage");
  state::update(context.txn, task);
}

// ---- Instances

state::Instance require_exportable(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  if (instance.state != instance_state::running && instance.state != instance_state::stopped) {
    throw errors::incorrect_instance_state(  // Assumed: the words
        fmt::format("The instance '{}' is neither running nor stopped.", instance.instance_id));
  }
  if (!is_imported(call, instance)) throw not_exportable("Only imported instances can be exported.");
  if (state::attachments_of_instance(call.txn, instance.instance_id).size() > 1) {
    throw not_exportable("An instance with more than one volume cannot be exported.");  // Assumed: the words
  }
  return instance;
}

/// What the request leaves open follows from the hypervisor. The key is documented as prefix, id and format.
Document export_location(const Call& call, std::string_view task_id) {
  const auto& wanted = call.part("ExportToS3Task");
  const auto bucket = text(wanted, "S3Bucket");
  if (bucket.empty()) throw errors::missing_parameter("S3Bucket");
  const bool is_vmware = call.text("TargetEnvironment") == "vmware";
  std::string format(text(wanted, "DiskImageFormat"));
  if (format.empty()) format = is_vmware ? "VMDK" : "VHD";
  const std::string container(text(wanted, "ContainerFormat"));
  if (!container.empty() && !is_vmware) {
    throw errors::invalid_parameter_value("The container format 'ova' is for VMware only.");  // Assumed: the words
  }
  std::string extension = container.empty() ? format : container;
  std::ranges::transform(extension, extension.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  Document location{{"DiskImageFormat", format},
                    {"S3Bucket", bucket},
                    {"S3Key", fmt::format("{}{}.{}", text(wanted, "S3Prefix"), task_id, extension)}};
  set_if(location, "ContainerFormat", container);
  return location;
}

Document CreateInstanceExportTask(Call& call) {
  const auto instance = require_exportable(call);
  Document document{{"InstanceExportDetails",
                     {{"InstanceId", instance.instance_id}, {"TargetEnvironment", call.in["TargetEnvironment"]}}}};
  set_if(document, "Description", call.text("Description"));
  auto task = make_resource(call, declared_kind(kInstanceTask), std::move(document));
  task.document["ExportToS3Task"] = export_location(call, task.resource_id);
  state::update(call.txn, task);
  return {{"ExportTask", shown(call, task)}};
}

Document CancelExportTask(Call& call) {
  const auto id = call.require("ExportTaskId");
  cancel_resource(call, id.starts_with("export-ami-") ? kImageTask : kInstanceTask, id);
  return {};
}

constexpr Operation kOperations[] = {
    {.name = "CancelExportTask", .run = CancelExportTask, .access = Access::write},
    {.name = "CreateInstanceExportTask", .run = CreateInstanceExportTask, .access = Access::write},
    {.name = "ExportImage", .run = ExportImage, .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = kImageTask, .moved = finish_image}};

}  // namespace

Family export_tasks_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
