/// Status checks, and what can be seen of a machine from outside: console, screenshot, password, firmware.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/application_status.hpp"
#include "emulator/describe.hpp"
#include "emulator/encoding.hpp"
#include "emulator/instances.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

using namespace instance_state;

constexpr std::size_t kMaxIds = 100;

bool is_nitro(const state::Instance& instance) {
  const auto* type = catalogue::find_instance_type(instance.instance_type);
  return type != nullptr && type->hypervisor == "nitro";
}

/// One of the three checks: `initializing`, `ok`, or `not-applicable` while the machine does not run.
Document status_summary(const state::Instance& instance) {
  if (instance.state != running) return {{"Status", "not-applicable"}};
  const bool is_ok = instance.status_check == "ok";
  return {{"Status", is_ok ? "ok" : "initializing"},
          {"Details", Document::array({{{"Name", "reachability"}, {"Status", is_ok ? "passed" : "initializing"}}})}};
}

Document status_document(const state::Instance& instance) {
  Document status{{"InstanceId", instance.instance_id},
                  {"AvailabilityZone", instance.availability_zone},
                  {"AvailabilityZoneId", instance.availability_zone_id},
                  {"InstanceState", instance_state_document(instance.state)},
                  {"SystemStatus", status_summary(instance)},
                  {"InstanceStatus", status_summary(instance)},
                  {"Operator", {{"Managed", false}}}};
  if (instance.state == running && is_nitro(instance)) {
    status["AttachedEbsStatus"] = status_summary(instance);
  }
  return status;
}

std::vector<state::Instance> status_candidates(Call& call) {
  const auto ids = requested_ids(call, "instance", "InstanceIds");
  const bool all = call.flag("IncludeAllInstances").value_or(false);
  if (ids.size() > kMaxIds) {  // the misspelling is EC2's
    throw ApiError(
        "InvalidRequest",
        fmt::format("{} exceeds the maximum number of instance IDs that can be specificied (100). Please specify "
                    "fewer than 100 instance IDs.",
                    ids.size()));
  }
  auto instances = !ids.empty() ? require_instances(call, call.items("InstanceIds"))
                   : all        ? state::list<state::Instance>(call.txn, call.scope)
                                : state::instances_in_state(call.txn, call.scope, running);
  if (!all) std::erase_if(instances, [](const state::Instance& each) { return each.state != running; });
  std::ranges::sort(instances, {}, &state::Instance::seq);
  return instances;
}

Document DescribeInstanceStatus(Call& call) {
  ApplicationStatuses applications(call);
  const auto described = [&](const state::Instance& instance) {
    Document status = status_document(instance);
    if (auto summary = applications.summary_of(instance)) status["ApplicationStatus"] = *std::move(summary);
    return status;
  };
  PageBuilder<state::Instance> page{call, read_paging(call, "InstanceIds")};
  for (const auto& each : call.items("InstanceIds")) call.looked_at.push_back(each.get<std::string>());
  for (const auto& instance : status_candidates(call)) {
    if (!page.offer(instance, described)) break;
    call.looked_at.push_back(instance.instance_id);
  }
  std::ranges::sort(call.looked_at);
  call.looked_at.erase(std::unique(call.looked_at.begin(), call.looked_at.end()), call.looked_at.end());
  Document answer{{"InstanceStatuses", std::move(page.items)}};
  if (page.is_full) answer["NextToken"] = make_token(call, page.last_seq);
  return answer;
}

constexpr FilterPath kStatusFilters[] = {
    {"application-status.status", "ApplicationStatus.Status"},
    {"attached-ebs-status.reachability", "AttachedEbsStatus.Details.Status"},
    {"attached-ebs-status.status", "AttachedEbsStatus.Status"},
    {"event.code", "Events.Code"},
    {"event.description", "Events.Description"},
    {"event.instance-event-id", "Events.InstanceEventId"},
    {"event.not-after", "Events.NotAfter"},
    {"event.not-before", "Events.NotBefore"},
    {"event.not-before-deadline", "Events.NotBeforeDeadline"},
    {"instance-state-code", "InstanceState.Code"},
    {"instance-state-name", "InstanceState.Name"},
    {"instance-status.reachability", "InstanceStatus.Details.Status"},
    {"instance-status.status", "InstanceStatus.Status"},
    {"operator.managed", "Operator.Managed"},
    {"operator.principal", "Operator.Principal"},
    {"system-status.reachability", "SystemStatus.Details.Status"},
    {"system-status.status", "SystemStatus.Status"},
};

// ---- The machine from outside
// ----------------------------------------------------------------------------------------

/// What a Linux machine writes while it boots, as far as the emulator knows its truth.
std::string boot_log(const state::Instance& instance) {
  std::string log = fmt::format("[    0.000000] Linux version (fogling) {}\n", instance.architecture);
  log += fmt::format("[    1.000000] Instance {} of type {} from {}\n", instance.instance_id, instance.instance_type,
                     instance.image_id);
  if (!instance.user_data.empty())
    log += "[    4.000000] cloud-init: user data is present; a simulated machine does not run it\n";
  log += "[    5.000000] Reached target: multi-user system\n";
  return log;
}

/// Nothing right after the boot began, then the machine's own words or, of a simulated one, ours. The latest output,
/// not only that of the boot, is for Nitro types.
Document GetConsoleOutput(Call& call) {
  const auto instance = require_instance(call, call.require("InstanceId"));
  if (call.flag("Latest").value_or(false) && !is_nitro(instance)) {
    throw ApiError("UnsupportedOperation",
                   "This instance type does not support retrieving the latest console output.");  // Assumed: the words
  }
  Document answer{{"InstanceId", instance.instance_id}, {"Timestamp", iso_seconds(call.now_ms)}};
  if (!instance.has_run) return answer;
  const auto own = call.world.compute->console_output(instance.instance_id);
  answer["Output"] = base64_encode(own ? *own : boot_log(instance));
  return answer;
}

/// Of a running machine only. Recorded: codes of the states in which EC2 refuses. Assumed: the words for `pending`.
Document GetConsoleScreenshot(Call& call) {
  const auto instance = require_instance(call, call.require("InstanceId"));
  if (instance.state == stopped || instance.state == terminated) throw unknown_id("instance", instance.instance_id);
  if (instance.state != running) {
    throw ApiError("UnsupportedOperation",
                   fmt::format("A screenshot of the instance '{}' is not available in state '{}'.",
                               instance.instance_id, instance.state));
  }
  return {{"InstanceId", instance.instance_id},
          {"ImageData", base64_encode(call.world.compute->screenshot(instance.instance_id))}};
}

/// An interrupt that a guest answers by a crash dump or a reboot, as it is configured. Nitro types only.
Document SendDiagnosticInterrupt(Call& call) {
  const auto instance = require_instance(call, call.require("InstanceId"));
  if (instance.state != running) {
    throw errors::incorrect_instance_state(
        fmt::format("The instance '{}' is not in the 'running' state.", instance.instance_id));  // Assumed: the words
  }
  if (!is_nitro(instance)) {
    throw ApiError("UnsupportedOperation", fmt::format("The instance type {} does not support diagnostic interrupts.",
                                                       instance.instance_type));  // Assumed: the words
  }
  call.world.compute->interrupt(instance.instance_id);
  return {};
}

/// A word to those who run EC2; nothing about the instances changes.
Document ReportInstanceStatus(Call& call) {
  for (const auto& instance : require_instances(call, call.items("Instances"))) {
    if (instance.state == running) continue;
    throw errors::incorrect_instance_state(
        fmt::format("The instance '{}' is not in the 'running' state.", instance.instance_id));  // Assumed: the words
  }
  const auto start = call.text("StartTime"), end = call.text("EndTime");
  if (!start.empty() && !end.empty() && parse_time(end) < parse_time(start)) {
    throw errors::invalid_parameter_value("The endTime must not be before the startTime.");  // Assumed: the words
  }
  return {};
}

/// Windows only; empty until the machine has made a password, which a simulated one never does.
Document GetPasswordData(Call& call) {
  const auto instance = require_instance(call, call.require("InstanceId"));
  return {{"InstanceId", instance.instance_id}, {"Timestamp", iso_seconds(call.now_ms)}, {"PasswordData", ""}};
}

Document GetInstanceUefiData(Call& call) {
  const auto instance = require_instance(call, call.require("InstanceId"));
  if (instance.current_instance_boot_mode != "uefi") {
    throw ApiError("UnsupportedOperation", fmt::format("The instance '{}' does not use UEFI boot mode.",
                                                       instance.instance_id));  // Assumed: the words
  }
  return {{"InstanceId", instance.instance_id}, {"UefiData", ""}};
}

constexpr Operation kOperations[] = {
    {.name = "DescribeInstanceStatus",
     .run = DescribeInstanceStatus,
     .access = Access::read,
     .listed = "InstanceStatus",
     .filters = kStatusFilters},
    {.name = "GetConsoleOutput", .run = GetConsoleOutput, .access = Access::read},
    {.name = "GetConsoleScreenshot", .run = GetConsoleScreenshot, .access = Access::read},
    {.name = "GetInstanceUefiData", .run = GetInstanceUefiData, .access = Access::read},
    {.name = "GetPasswordData", .run = GetPasswordData, .access = Access::read},
    {.name = "ReportInstanceStatus", .run = ReportInstanceStatus, .access = Access::write},
    {.name = "SendDiagnosticInterrupt", .run = SendDiagnosticInterrupt, .access = Access::write},
};

}  // namespace

Family instance_status_family() { return {.operations = kOperations}; }

}  // namespace fogling
