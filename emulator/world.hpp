#pragma once

/// The house behind the wire: state, clock, chance, quotas, the machine seam and the registry, wired together once and
/// handed down as references. There are no other globals.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "emulator/clock.hpp"
#include "emulator/compute.hpp"
#include "emulator/document.hpp"
#include "emulator/journal.hpp"
#include "emulator/quotas.hpp"
#include "emulator/random.hpp"
#include "emulator/registry.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "fixtures/model/model.hpp"
#include "state/database.hpp"

namespace fogling {

struct WorldOptions {
  std::string state_file;  ///< empty: memory only
  std::string clock_mode;  ///< empty: what the state file says, else `settle`
  std::optional<std::uint64_t> seed;
  std::string account = "123456789012", region = "us-east-1";
  std::string quotas;  ///< empty: an established account's; `none`; or a JSON file
  std::string public_pool = "198.18.0.0/15";
  std::string images_file;
  std::size_t journal_mb = 16;          ///< how much is remembered of what happened; 0: nothing
  Clock::Wall wall = Clock::system_ms;  ///< the time outside, which all modes but `manual` follow
  /// Told of every answer, and of every refusal by its code (the answer is null then): tests list what they reach.
  std::function<void(const model::Operation&, const nlohmann::json& answer, std::string_view code)> observe;
  bool is_public = false;  ///< the server listens beyond loopback, because it was asked to
};

/// When the next move is due, kept in memory so that most requests need not ask the database.
class Schedule {
 public:
  void add(std::int64_t due_ms, bool waits_for_clock);
  /// The database has to be asked again: moves were made, or a transaction was rolled back.
  void forget() { is_known_ = false; }
  bool is_due(Transaction& txn, const Clock& clock);
  /// Whether it can be said without asking the database that nothing is due.
  bool is_surely_idle(const Clock& clock) const;

 private:
  bool has_come(const Clock& clock) const;

  bool is_known_ = false;
  std::optional<std::int64_t> next_move_ms_, next_timer_ms_;
};

class World {
 public:
  /// Throws std::runtime_error with a sentence for a person when an option or the state file cannot be used.
  explicit World(WorldOptions options);

  /// Makes the default VPC of a scope that is entered for the first time.
  void enter(const Scope& scope);
  /// Forgets all of a scope; an empty account or region means every one.
  void reset(std::string_view account, std::string_view region);
  /// Settles and advances until nothing is left to come but what waits for the clock. Returns how many moves were made.
  std::int64_t run_until_idle();
  /// Advances the clock and makes the moves that come due on the way, in their order.
  std::int64_t advance(std::int64_t ms);
  void set_clock_mode(std::string_view mode);
  /// Forgets what it knows of a state that was not kept; chance goes on as it was after so many draws.
  void go_back(std::uint64_t draws);
  /// The images that the user brought along with --images, as they are in a region.
  const std::vector<catalogue::Image>& user_images(const std::string& region);
  /// Ends the transaction of a write: makes the moves that it caused where they settle at once, keeps chance with the
  /// state, and commits.
  void conclude(Transaction& txn);

  WorldOptions options;
  state::Database database;
  Clock clock;
  Random random;
  Quotas quotas;
  Registry registry;
  Schedule schedule;
  Journal journal;
  std::unique_ptr<Compute> compute = std::make_unique<SimulatedCompute>();

 private:
  void remember(Transaction& txn);

  std::set<std::pair<std::string, std::string>> entered_;
  nlohmann::json images_document_;
  std::map<std::string, std::vector<catalogue::Image>> user_images_;
  std::uint64_t remembered_draws_ = 0;
};

}  // namespace fogling
