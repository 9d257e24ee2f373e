#pragma once

/// Life cycles. A command puts a resource into a transient state and leaves one due move behind; settling finishes it
/// when the clock has come that far. Real, faster and virtual time run the same code.

#include <cstdint>
#include <string_view>

#include "emulator/call.hpp"

namespace fogling {

/// One allowed step: in state `from` the command leads to `at_once` now and to `finally` a while later. The two are the
/// same where nothing is left to come.
struct Move {
  std::string_view from, command, at_once, finally;
  std::int64_t takes_ms = 0;
};

/// Null when a command is not allowed in a state.
template <std::size_t N>
constexpr const Move* find_move(const Move (&moves)[N], std::string_view from, std::string_view command) {
  for (const auto& move : moves) {
    if (move.from == from && move.command == command) return &move;
  }
  return nullptr;
}

/// Lets the kind's Mover carry out `move` on the resource when `takes_ms` have passed.
void schedule(Context& context, std::string_view kind, std::string_view resource_id, std::string_view move,
              std::int64_t takes_ms);
/// The same for what only time may do, even where moves settle at once: a resource's disappearance, a limit's end.
void schedule_by_clock(Context& context, std::string_view kind, std::string_view resource_id, std::string_view move,
                       std::int64_t takes_ms);

/// Whether what is scheduled now happens before the transaction ends.
bool settles_at_once(const Context& context);

/// Carries out everything that is due. Returns how many moves were made.
std::int64_t settle(World& world, Transaction& txn);
/// The same for what the transaction itself caused and the mode `settle` makes before it commits: such a move never
/// becomes a row.
std::int64_t settle_at_once(World& world, Transaction& txn);
/// Moves each of these resources one step on, whatever the clock says: the mode `poll`.
void step(World& world, Transaction& txn, const std::vector<std::string>& resource_ids);

}  // namespace fogling
