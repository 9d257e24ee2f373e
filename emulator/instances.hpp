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
#include "state/network_interfaces.hpp"
#include "state/resources.hpp"
#include "state/volumes.hpp"

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

/// Assumed: how long detailed monitoring takes to be `enabled` or `disabled`.
inline constexpr std::int64_t kMonitoringTakes_ms = 1000;

/// 0, 16, 32, 48, 64 or 80.
std::int64_t instance_state_code(std::string_view state);
/// `{Code, Name}`
Document instance_state_document(std::string_view state);

/// The instances of a request, each once, in the order asked for. One that is malformed or unknown fails them all.
std::vector<state::Instance> require_instances(Context& context, const Document& ids);
state::Instance require_instance(Context& context, std::string_view instance_id);

/// Throw IncorrectInstanceState for an instance that is not stopped, or that is on its way out.
void require_stopped(const state::Instance& instance);
void require_alive(const state::Instance& instance);

/// As DescribeInstances shows it (shape Instance), tags included.
Document instance_document(Transaction& txn, const state::Instance& instance);
/// The same where the caller knows what is attached to it.
Document instance_document(Transaction& txn, const state::Instance& instance,
                           const std::vector<state::NetworkInterface>& interfaces,
                           const std::vector<state::VolumeAttachment>& attachments);

/// What a pending instance is once its machine runs; its checks are still to come.
void become_running(state::Instance& instance);

/// Schedules what finishes a command, as long as the machine takes.
void schedule_machine(Context& context, const state::Instance& instance, std::string_view move, ComputeCommand command);

/// Withdraws what earlier commands have left to come of the machine; what does not hang on it goes on.
void withdraw_moves(Context& context, const state::Instance& instance);

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

/// Carries out the due moves of instances: running, stopped, terminated, status-ok, monitored, forgotten ...
void move_instance(Context& context, const state::Due& due);

/// Whether its private name is made of its id rather than of its address.
bool is_resource_named(const state::Instance& instance);
/// What an instance with the hostname type `resource-name` is called is what its primary interface is called: notes the
/// name there, or takes it away. To be called whenever the type may have changed.
void name_primary_interface(Context& context, const state::Instance& instance);

/// The record of a profile on an instance, made by Associate or along with a launch.
state::GenericResource make_profile_association(Context& context, const state::Instance& instance, Document profile,
                                                std::string_view state);

/// vCPUs that the quota of the type's family still has room for; very many where there is no quota. Throws
/// VcpuLimitExceeded where it has none for so many more.
std::int64_t require_vcpus(Context& context, const catalogue::InstanceType& type, std::int64_t more_vcpus);

}  // namespace fogling
