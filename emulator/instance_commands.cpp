/// The commands of an instance's life cycle, whoever gives them: a request, a fleet, the spot market.

#include <fmt/format.h>

#include <ctime>

#include "emulator/capacity_reservations.hpp"
#include "emulator/hosts.hpp"
#include "emulator/instances.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/registry.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

std::string user_initiated(std::int64_t now_ms) {
  const std::time_t seconds = now_ms / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[64];
  std::strftime(text, sizeof text, "User initiated (%Y-%m-%d %H:%M:%S GMT)", &utc);
  return text;
}

void set_reason(state::Instance& instance, const StateReason& reason, std::int64_t now_ms) {
  instance.state_reason_code = reason.code;
  instance.state_reason_message = fmt::format("{}: {}", reason.code, reason.words);
  const bool is_users = reason.code.starts_with("Client.User") || reason.code.starts_with("Client.Instance");
  instance.state_transition_reason = is_users ? user_initiated(now_ms) : std::string(reason.code);
}

/// A start gives an address from the pool again, unless an elastic one is there or the instance has more interfaces or
/// addresses than one.
void renew_public_address(Context& context, const state::Instance& instance) {
  if (!instance.associates_public_ip) return;
  auto interfaces = state::interfaces_of_instance(context.txn, instance.instance_id);
  if (interfaces.size() != 1) return;
  auto& primary = interfaces.front();
  if (!state::addresses_of_interface(context.txn, primary.network_interface_id).empty()) return;
  give_public_address(context, primary);
  state::update(context.txn, primary);
}

}  // namespace

void tell_watchers(Context& context, const state::Instance& instance) {
  for (const auto watcher : context.world.registry.watchers()) watcher(context, instance);
}

void start_instance(Context& context, state::Instance& instance) {
  const auto* move = find_move(kInstanceMoves, instance.state, "start");
  if (move == nullptr) return;
  instance.state = move->at_once;
  instance.state_reason_code = instance.state_reason_message = instance.state_transition_reason = {};
  instance.launch_time_ms = context.now_ms;
  put_on_host(context, instance);
  take_capacity(context, instance);
  state::update(context.txn, instance);
  renew_public_address(context, instance);
  context.world.compute->start(instance.instance_id);
  schedule_machine(context, instance, move->finally, ComputeCommand::start);
  tell_watchers(context, instance);
}

void stop_instance(Context& context, state::Instance& instance, const StateReason& reason, bool force) {
  const auto* move = find_move(kInstanceMoves, instance.state, "stop");
  if (move == nullptr) return;
  instance.state = move->at_once;
  instance.metadata_state = "pending";
  set_reason(instance, reason, context.now_ms);
  take_off_host(context, instance);
  free_capacity(context, instance);
  state::update(context.txn, instance);
  withdraw_moves(context, instance);
  context.world.compute->stop(instance.instance_id, force);
  schedule_machine(context, instance, move->finally, ComputeCommand::stop);
  tell_watchers(context, instance);
}

void terminate_instance(Context& context, state::Instance& instance, const StateReason& reason) {
  const auto* move = find_move(kInstanceMoves, instance.state, "terminate");
  if (move == nullptr) return;
  instance.state = move->at_once;
  set_reason(instance, reason, context.now_ms);
  state::update(context.txn, instance);
  withdraw_moves(context, instance);
  context.world.compute->terminate(instance.instance_id);
  schedule_machine(context, instance, move->finally, ComputeCommand::terminate);
  tell_watchers(context, instance);
}

}  // namespace fogling
