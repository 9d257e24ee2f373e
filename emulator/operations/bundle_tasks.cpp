/// Bundles of instances whose root is in the instance store, on Windows: there is hardly such an instance left.

#include <fmt/format.h>

#include "emulator/cancelling.hpp"
#include "emulator/clock.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "bundle-task";

void check_storage(const Call& call) {
  const auto& bucket = part(call.part("Storage"), "S3");
  for (const char* member : {"Bucket", "Prefix"}) {
    if (text(bucket, member).empty()) throw errors::missing_parameter(member);
  }
}

Document BundleInstance(Call& call) {
  const auto instance = require_instance(call, call.require("InstanceId"));
  if (instance.root_device_type != "instance-store" || instance.platform != "windows") {
    throw ApiError("InvalidInstanceType",
                   "The specified instance does not support bundling. You can only bundle instance store-backed "
                   "Windows instances.");
  }
  require_alive(instance);
  check_storage(call);
  for (const auto& other : state::list_children(call.txn, instance.instance_id, kKind)) {
    if (other.state != "pending") continue;
    throw ApiError("BundlingInProgress", fmt::format("The instance '{}' is being bundled already.",  // Assumed: words
                                                     instance.instance_id));
  }
  const auto& kind = declared_kind(kKind);
  auto task = make_resource(call, kind, copied_members(call.in, kind));
  return {{"BundleTask", shown(call, task)}};
}

Document CancelBundleTask(Call& call) {
  const auto cancelled = cancel_resource(call, kKind, call.require("BundleId"));
  return {{"BundleTask", shown(call, cancelled.resource)}};
}

void note_progress(Context& context, GenericResource& task) {
  task.document["UpdateTime"] = iso_seconds(context.now_ms);
  if (task.state == "complete") task.document["Progress"] = "100%";
  if (task.state == "failed")
    task.document["BundleTaskError"] = {{"Code", "Client.Cancelled"}, {"Message", "The task was cancelled."}};
  state::update(context.txn, task);
}

constexpr Operation kOperations[] = {
    {.name = "BundleInstance", .run = BundleInstance, .access = Access::write},
    {.name = "CancelBundleTask", .run = CancelBundleTask, .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = kKind, .moved = note_progress}};

}  // namespace

Family bundle_tasks_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
