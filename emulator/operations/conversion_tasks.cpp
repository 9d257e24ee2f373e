/// The older way to import: a volume, or a Windows instance that is stopped once it has come up. What the manifest
/// describes is not read: a disk has the size that the request says.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cancelling.hpp"
#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"
#include "emulator/launch.hpp"
#include "emulator/vm_import.hpp"
#include "emulator/volumes.hpp"

namespace fogling {
namespace {

constexpr std::string_view kInstanceTask = "import-instance-task", kVolumeTask = "import-volume-task";
constexpr std::string_view kStopping = "import-instance-stop";
/// Assumed: EC2 waits so long for the upload.
constexpr std::int64_t kExpires_ms = 7 * 24 * 3'600'000LL;
/// Assumed: and so long until an instance has come up.
constexpr std::int64_t kComesUp_ms = 60'000;
constexpr std::int64_t kGiB = 1LL << 30;

/// Image and size as the task shows them; a disk has to fit into its volume.
Document disk_document(const Document& image, const Document& volume) {
  const auto size_gib = integer(volume, "Size").value_or(0), bytes = integer(image, "Bytes").value_or(0);
  if (size_gib < 1) throw errors::invalid_value(std::to_string(size_gib), "size");
  if (bytes < 1 || bytes > size_gib * kGiB) {
    throw errors::invalid_value(std::to_string(bytes), "bytes", "The disk does not fit into the volume.");  // Assumed
  }
  return {
      {"BytesConverted", 0},
      {"Image",
       {{"Format", text(image, "Format")}, {"Size", bytes}, {"ImportManifestUrl", text(image, "ImportManifestUrl")}}},
      {"Volume", {{"Size", size_gib}}}};
}

Document make_task(Call& call, std::string_view kind, Document document) {
  document["ExpirationTime"] = iso_seconds(call.now_ms + kExpires_ms);
  const auto task = make_resource(call, declared_kind(kind), std::move(document));
  return {{"ConversionTask", shown(call, task)}};
}

/// The volume that an import shall become: checked now, made at the end.
state::Volume planned_volume(Context& context, const Document& detail) {
  return plan_volume(context, {.size_gib = integer(part(detail, "Volume"), "Size"),
                               .availability_zone = std::string(text(detail, "AvailabilityZone")),
                               .availability_zone_id = std::string(text(detail, "AvailabilityZoneId")),
                               .volume_type = "standard"});
}

Document ImportVolume(Call& call) {
  Document detail = disk_document(call.part("Image"), call.part("Volume"));
  for (const char* member : {"AvailabilityZone", "AvailabilityZoneId", "Description"}) {
    set_if(detail, member, call.text(member));
  }
  const auto volume = planned_volume(call, detail);
  detail["AvailabilityZone"] = volume.availability_zone;
  detail.erase("AvailabilityZoneId");
  return make_task(call, kVolumeTask, {{"ImportVolume", std::move(detail)}});
}

Document ImportInstance(Call& call) {
  const auto& disks = call.items("DiskImages");
  if (disks.size() != 1) {
    throw errors::invalid_parameter_value("A machine with one disk can be imported.");  // Assumed: the words
  }
  const auto& launch = call.part("LaunchSpecification");
  const auto name = text(launch, "InstanceType");
  if (name.empty()) throw errors::missing_parameter("InstanceType");
  const auto* type = catalogue::find_instance_type(name);
  if (type == nullptr || !catalogue::is_offered(*type, call.scope.region)) throw invalid_instance_type(name);
  Document volume = disk_document(part(disks[0], "Image"), part(disks[0], "Volume"));
  volume["Status"] = "active";
  set_if(volume, "Description", text(disks[0], "Description"));
  set_if(volume, "AvailabilityZone", text(part(launch, "Placement"), "AvailabilityZone"));
  Document detail{{"Platform", call.in["Platform"]}, {"Volumes", Document::array({std::move(volume)})}};
  set_if(detail, "Description", call.text("Description"));
  Document document{{"ImportInstance", std::move(detail)}};
  document["_Launch"] = launch;
  return make_task(call, kInstanceTask, std::move(document));
}

// ---- The end

/// Parameters of RunInstances.
Document run_parameters(const Document& launch, const std::string& image_id) {
  Document in{{"ImageId", image_id}, {"MinCount", 1}, {"MaxCount", 1}};
  for (const char* member :
       {"InstanceType", "SubnetId", "PrivateIpAddress", "InstanceInitiatedShutdownBehavior", "Placement"}) {
    if (has(launch, member)) in[member] = launch[member];
  }
  if (has(launch, "GroupIds")) in["SecurityGroupIds"] = launch["GroupIds"];
  if (has(launch, "GroupNames")) in["SecurityGroups"] = launch["GroupNames"];
  set_if(in, "UserData", text(part(launch, "UserData"), "Data"));
  if (const auto monitored = flag(launch, "Monitoring")) in["Monitoring"] = {{"Enabled", *monitored}};
  return in;
}

void make_instance(Context& context, GenericResource& task) {
  auto& detail = task.document["ImportInstance"];
  auto& volume = detail["Volumes"][0];
  const auto& launch = part(task.document, "_Launch");
  const auto architecture = text(launch, "Architecture");
  const ImportedMachine machine{.task_id = task.resource_id,
                                .architecture = std::string(architecture.empty() ? "x86_64" : architecture),
                                .is_windows = true,
                                .disks = {{"/dev/sda1", integer(volume["Volume"], "Size").value_or(0)}}};
  const auto image = import_image(context, machine);
  const Document answer = launch_instances(context, run_parameters(launch, image.image_id), {});
  const auto& instance = answer["Instances"][0];
  detail["InstanceId"] = instance["InstanceId"];
  schedule(context, kStopping, text(instance, "InstanceId"), "stop", kComesUp_ms);
  const auto attachments = state::attachments_of_instance(context.txn, text(instance, "InstanceId"));
  if (!attachments.empty()) volume["Volume"]["Id"] = attachments.front().volume_id;
  volume["AvailabilityZone"] = instance["Placement"]["AvailabilityZone"];
  volume["BytesConverted"] = volume["Image"]["Size"];
  volume["Status"] = "completed";
}

void make_imported_volume(Context& context, GenericResource& task) {
  auto& detail = task.document["ImportVolume"];
  auto volume = planned_volume(context, detail);
  check_storage_quotas(context, volume);
  make_volume(context, volume, "available");
  detail["Volume"]["Id"] = volume.volume_id;
  detail["BytesConverted"] = detail["Image"]["Size"];
}

/// What cannot be made any more, since the subnet has gone or a quota is reached, ends the task with the reason.
void finish_task(Context& context, GenericResource& task) {
  if (task.state != "completed") return;
  try {
    state::Savepoint savepoint(context.txn);
    task.kind == kVolumeTask ? make_imported_volume(context, task) : make_instance(context, task);
    task.document.erase("StatusMessage");
    state::update(context.txn, task);
    savepoint.keep();
  } catch (const ApiError& error) {
    task.document["StatusMessage"] = fmt::format("ClientError: {}", error.message);
    end_resource(context, task, "cancelled");
  }
}

/// An imported instance is handed over stopped, once it has come up.
void stop_imported(Context& context, const state::Due& due) {
  auto instance = state::find<state::Instance>(context.txn, context.scope, due.resource_id);
  if (!instance) return;
  if (instance->state == instance_state::pending) {
    schedule(context, kStopping, instance->instance_id, "stop", kComesUp_ms);
  } else if (instance->state == instance_state::running) {
    stop_instance(context, *instance);
  }
}

// ---- Showing and cancelling

Document DescribeConversionTasks(Call& call) {
  std::vector<Document> tasks;
  const auto show = [&](const GenericResource& task) {
    tasks.push_back(shown(call, task));
    call.looked_at.push_back(task.resource_id);
  };
  for (const auto& each : call.items("ConversionTaskIds")) {
    const auto& id = each.get_ref<const std::string&>();
    const auto kind = id.starts_with("import-vol-") ? kVolumeTask : kInstanceTask;
    check_id(kind, id);
    const auto task = find_resource(call, kind, id);
    if (!task) throw unknown_id(kind, id);
    show(*task);
  }
  if (call.items("ConversionTaskIds").empty()) {
    for (const auto kind : {kInstanceTask, kVolumeTask}) {
      for (const auto& task : list_resources(call, kind)) show(task);
    }
  }
  return describe_documents(call, "ConversionTasks", std::move(tasks), "ConversionTaskIds");
}

Document CancelConversionTask(Call& call) {
  const auto id = call.require("ConversionTaskId");
  auto task = cancel_resource(call, id.starts_with("import-vol-") ? kVolumeTask : kInstanceTask, id).resource;
  if (const auto reason = call.text("ReasonMessage"); !reason.empty()) {
    task.document["StatusMessage"] = reason;
    state::update(call.txn, task);
  }
  return {};
}

constexpr Operation kOperations[] = {
    {.name = "CancelConversionTask", .run = CancelConversionTask, .access = Access::write},
    {.name = "DescribeConversionTasks", .run = DescribeConversionTasks, .access = Access::read},
    {.name = "ImportInstance", .run = ImportInstance, .access = Access::write},
    {.name = "ImportVolume", .run = ImportVolume, .access = Access::write},
};

constexpr Mover kMovers[] = {{kStopping, stop_imported}};
constexpr Hooks kHooks[] = {{.kind = kInstanceTask, .moved = finish_task}, {.kind = kVolumeTask, .moved = finish_task}};

}  // namespace

Family conversion_tasks_family() { return {.operations = kOperations, .movers = kMovers, .hooks = kHooks}; }

}  // namespace fogling
