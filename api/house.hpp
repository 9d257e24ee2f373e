#pragma once

/// The corridor that every request walks: who asks, which operation, what it says, one transaction, one answer.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/http.hpp"
#include "api/query.hpp"
#include "api/xml.hpp"
#include "emulator/world.hpp"

namespace fogling {

using HouseOptions = WorldOptions;

class House {
 public:
  /// Throws std::runtime_error with a sentence for a person when it cannot start.
  explicit House(HouseOptions options = {});

  /// Answers any request; never throws.
  api::Response handle(const api::Request& request);
  /// The same for a server with many clients. What the requests of one turn change is committed together, when the
  /// first of their answers is concluded.
  api::Response handle_in_turn(const api::Request& request);

  /// One operation without HTTP around it, for tests: by wire names, in the default scope unless told otherwise. Throws
  /// ApiError.
  Document call(std::string_view action, const std::vector<std::pair<std::string, std::string>>& parameters,
                const std::optional<state::Scope>& scope = std::nullopt);

  World& world() { return world_; }

 private:
  /// Writes the answer while its transaction is still open, since describing an item may read the state.
  using Write = std::function<std::string(const Call&, const Document& answer)>;

  /// Requests whose changes are not committed yet.
  struct Turn {
    std::uint64_t number = 0;
    std::uint64_t draws = 0;  ///< of chance, before the first of them
    std::vector<api::Request> requests = {};
    std::unique_ptr<state::Group> group = {};  ///< none where nothing has been changed
  };

  api::Response answer(const api::Request& request);
  api::Response answer_query(const api::Request& request);
  /// Before something is changed: opens the turn's group, if the request under way may join one.
  void join_turn();
  /// Commits what the turn has changed. Where that cannot be, nothing has happened, and each of its requests is
  /// answered anew by itself.
  void end_turn();
  void answer_anew(const Turn& turn);
  void conclude(std::uint64_t turn, std::size_t index, api::Response& response);
  std::string perform(std::string_view action, const api::Params& params, const state::Scope& scope,
                      const Write& write);
  std::string perform_observed(std::string_view action, const api::Params& params, const state::Scope& scope,
                               const Write& write);
  /// Keeps what has been asked, and how it ended, in the journal.
  void record(std::string_view action, api::Params& params, const state::Scope& scope, const ApiError* refusal);
  void settle_due();
  void forget_touched();

  World world_;
  api::Fragments fragments_;
  Turn turn_;
  bool is_in_turn_ = false;                                              ///< whether the request under way may join it
  std::map<std::pair<std::uint64_t, std::size_t>, api::Response> anew_;  ///< by turn and place in it
  Event event_;                                                          ///< of the call that is under way
};

}  // namespace fogling
