#include "emulator/lifecycle.hpp"

#include <limits>

#include "emulator/kinds.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();
/// A move may schedule another; no life cycle of EC2 has near as many steps.
constexpr std::int64_t kMaxMoves = 10'000'000;

void add(Context& context, std::string_view kind, std::string_view resource_id, std::string_view move,
         std::int64_t takes_ms, bool waits_for_clock) {
  const std::int64_t due_ms = context.now_ms + takes_ms;
  state::Due due{.due_ms = due_ms,
                 .kind = std::string(kind),
                 .resource_id = std::string(resource_id),
                 .move = std::string(move),
                 .waits_for_clock = waits_for_clock,
                 .scope = context.scope};
  if (settles_at_once(context) && !waits_for_clock) {
    context.txn.at_once().emplace(due_ms, std::move(due));
    return;
  }
  state::add_due(context.txn, due);
  context.world.schedule.add(due_ms, waits_for_clock);
}

void carry_out(World& world, Transaction& txn, const state::Due& due, std::int64_t now_ms) {
  Context context{world, txn, due.scope, now_ms};
  world.journal.move(due, now_ms);
  if (const auto* mover = world.registry.find_mover(due.kind)) {
    mover->move(context, due);
  } else if (kinds::find(due.kind) != nullptr) {
    move_declared(context, due);
  }
}

}  // namespace

void schedule(Context& context, std::string_view kind, std::string_view resource_id, std::string_view move,
              std::int64_t takes_ms) {
  add(context, kind, resource_id, move, takes_ms, false);
}

void schedule_by_clock(Context& context, std::string_view kind, std::string_view resource_id, std::string_view move,
                       std::int64_t takes_ms) {
  add(context, kind, resource_id, move, takes_ms, true);
}

bool settles_at_once(const Context& context) { return context.world.clock.mode() == ClockMode::settle; }

std::int64_t settle(World& world, Transaction& txn) {
  const auto mode = world.clock.mode();
  const std::int64_t now_ms = world.clock.now_ms();
  const std::int64_t moves_until_ms = mode == ClockMode::settle ? kForever : mode == ClockMode::poll ? 0 : now_ms;
  std::int64_t moves = 0;
  while (moves < kMaxMoves) {
    const auto due = state::first_due(txn, now_ms, moves_until_ms);
    if (!due) break;
    state::remove_due(txn, due->seq);
    // Settling at once happens now; otherwise a move happened when it was due, even if nobody asked until later.
    carry_out(world, txn, *due, mode == ClockMode::settle ? now_ms : due->due_ms);
    ++moves;
  }
  world.schedule.forget();
  return moves + settle_at_once(world, txn);
}

std::int64_t settle_at_once(World& world, Transaction& txn) {
  std::int64_t moves = 0;
  for (auto& due = txn.at_once(); !due.empty() && moves < kMaxMoves; ++moves) {
    carry_out(world, txn, due.extract(due.begin()).mapped(), world.clock.now_ms());
  }
  return moves;
}

void step(World& world, Transaction& txn, const std::vector<std::string>& resource_ids) {
  for (const auto& id : resource_ids) {
    const auto due = state::first_due_of(txn, id);
    if (!due) continue;
    state::remove_due(txn, due->seq);
    carry_out(world, txn, *due, world.clock.now_ms());
  }
  world.schedule.forget();
}

}  // namespace fogling
