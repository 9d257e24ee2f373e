#pragma once

/// Instances: their life cycle, how they are described, and what happens to everything that hangs on them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"
#include "emulator/compute.hpp"
#include "emulator/lifecycle.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/instances.hpp"
#include "state/resources.hpp"

namespace fogling {

namespace instance_state {
inline constexpr std::string_view pending = "pending", running = "running", shutting_down = "shutting-down",
                                  terminated = "terminated", stopping = "stopping", stopped = "stopped";
}  // namespace instance_state

/// Commands and what they lead to; how long that takes is the machine's affair (compute.hpp).
inline constexpr Move kInstanceMoves[] = {
    {instance_state::stopped, "start", instance_state::pending, instance_state::running},
    {instance_state::running, "stop", instance_state::stopping, instance_state::stopped},
    {instance_state::pending, "stop", instance_state::stopping, instance_state::stopped},  // only once it has run
    {instance_state::pending, "terminate", instance_state::shutting_down, instance_state::terminated},
    {instance_state::running, "terminate", instance_state::shutting_down, instance_state::terminated},
    {instance_state::stopping, "terminate", instance_state::shutting_down, instance_state::terminated},
    {instance_state::stopped, "terminate", instance_state::shutting_down, instance_state::terminated},
};
static_assert(find_move(kInstanceMoves, instance_state::terminated, "start") == nullptr);
static_assert(find_move(kInstanceMoves, instance_state::shutting_down, "stop") == nullptr);
static_assert(find_move(kInstanceMoves, instance_state::stopping, "start") == nullptr);

/// 0, 16, 32, 48, 64 or 80.
std::int64_t instance_state_code(std::string_view state);
/// `{Code, Name}`
Document instance_state_document(std::string_view state);

/// The instances of a request, each once, in the order asked for. One that is malformed or unknown fails them all.
std::vector<state::Instance> require_instances(Context& context, const Document& ids);
state::Instance require_instance(Context& context, std::string_view instance_id);

/// As DescribeInstances shows it (shape Instance), tags included.
Document instance_document(Transaction& txn, const state::Instance& instance);

/// Schedules what finishes a command, as long as the machine takes.
void schedule_machine(Context& context, const state::Instance& instance, std::string_view move, ComputeCommand command);

/// Why an instance stops or ends, as its StateReason tells.
struct StateReason {
  std::string_view code = "Client.UserInitiatedShutdown", words = "User initiated shutdown";
};
/// The commands of the life cycle, for whoever gives them; what the state does not allow is not done. They store the
/// instance and tell its watchers.
void start_instance(Context& context, state::Instance& instance);
void stop_instance(Context& context, state::Instance& instance, const StateReason& reason = {}, bool force = false);
void terminate_instance(Context& context, state::Instance& instance, const StateReason& reason = {});
/// Lets everything that hangs on an instance know that it has come into another state.
void tell_watchers(Context& context, const state::Instance& instance);

/// Who has instances launched, beside those who call RunInstances themselves.
struct LaunchedFor {
  std::vector<Tag> tags = {};                 ///< that only EC2 gives: `aws:ec2:fleet-id`
  Document options = Document::object();      ///< what the instances remember of it
  std::string spot_instance_request_id = {};  ///< the open request that is fulfilled by it
};
/// RunInstances for others than its callers: the same path, all or nothing, its answer. Throws RunInstances' errors.
Document launch_instances(Context& context, const Document& run_instances, const LaunchedFor& launched_for);
/// Throws what such a launch would be refused for, capacity and prices apart.
void check_launch(Context& context, const Document& run_instances);

/// Carries out the due moves of instances: running, stopped, terminated, status-ok, monitored, forgotten ...
void move_instance(Context& context, const state::Due& due);

/// The record of a profile on an instance, made by Associate or along with a launch.
state::GenericResource make_profile_association(Context& context, const state::Instance& instance, Document profile,
                                                std::string_view state);

/// What burstable instances of a family do when their credits are used up: the account's choice, else EC2's.
std::string default_cpu_credits(Context& context, std::string_view family);

/// vCPUs that the quota of the type's family still has room for; very many where there is no quota.
std::int64_t free_vcpus(Context& context, const catalogue::InstanceType& type);
/// Throws VcpuLimitExceeded where so many more would be too many.
void check_vcpu_quota(Context& context, const catalogue::InstanceType& type, std::int64_t more_vcpus);

}  // namespace fogling
