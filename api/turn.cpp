/// The requests of one turn of the event loop: what they change is committed together. Commits are most of what a state
/// file costs, and eight launches at a time write half of the pages that one after the other would.

#include <spdlog/spdlog.h>

#include "api/house.hpp"

namespace fogling {

api::Response House::handle_in_turn(const api::Request& request) {
  const auto draws = world_.random.draws();
  is_in_turn_ = true;
  auto response = answer(request);
  is_in_turn_ = false;
  if (!turn_.group) return response;

  if (turn_.requests.empty()) turn_.draws = draws;
  turn_.requests.push_back(request);
  const auto turn = turn_.number;
  const auto index = turn_.requests.size() - 1;
  if (turn_.group->is_broken()) {
    conclude(turn, index, response);
  } else {
    response.conclude = [this, turn, index](api::Response& concluded) { conclude(turn, index, concluded); };
  }
  return response;
}

void House::join_turn() {
  if (!is_in_turn_ || turn_.group) return;
  turn_.group = std::make_unique<state::Group>(world_.database);
  world_.journal.begin_group();
}

void House::end_turn() {
  if (!turn_.group) return;
  bool is_kept = false;
  try {
    if (!turn_.group->is_broken()) {
      turn_.group->commit();
      is_kept = true;
    }
  } catch (const std::exception& error) {
    spdlog::warn("{} requests could not be committed together: {}", turn_.requests.size(), error.what());
  }
  const Turn ended = std::exchange(turn_, {.number = turn_.number + 1});
  world_.journal.end_group(is_kept);
  if (!is_kept) answer_anew(ended);
}

void House::answer_anew(const Turn& turn) {
  turn.group->undo();
  world_.go_back(turn.draws);
  world_.database.take_touched();
  fragments_.clear();
  const bool was_in_turn = std::exchange(is_in_turn_, false);
  for (std::size_t index = 0; index < turn.requests.size(); ++index) {
    anew_.emplace(std::pair(turn.number, index), answer(turn.requests[index]));
  }
  is_in_turn_ = was_in_turn;
}

void House::conclude(std::uint64_t turn, std::size_t index, api::Response& response) {
  if (turn == turn_.number) end_turn();
  if (auto anew = anew_.extract({turn, index})) response = std::move(anew.mapped());
}

}  // namespace fogling
