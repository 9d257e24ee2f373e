#pragma once

/// The corridor that every request walks: who asks, which operation, what it says, one transaction, one answer.

#include <memory>
#include <string>

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

  /// One operation without HTTP around it, for tests: by wire names, in the default scope unless told otherwise. Throws
  /// ApiError.
  Document call(std::string_view action, const std::vector<std::pair<std::string, std::string>>& parameters,
                const std::optional<state::Scope>& scope = std::nullopt);

  World& world() { return world_; }

 private:
  /// Writes the answer while its transaction is still open, since describing an item may read the state.
  using Write = std::function<std::string(const Call&, const Document& answer)>;

  api::Response answer_query(const api::Request& request);
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
  Event event_;  ///< of the call that is under way
};

}  // namespace fogling
