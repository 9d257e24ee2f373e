#include "emulator/world.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <stdexcept>

#include "emulator/cidr.hpp"
#include "emulator/default_vpc.hpp"
#include "emulator/lifecycle.hpp"
#include "state/core.hpp"

namespace fogling {
namespace {

/// With a seed and a clock that is moved by hand everything repeats, times included: 2026-01-01T00:00:00Z.
constexpr std::int64_t kSeededStart_ms = 1'767'225'600'000;
constexpr std::int64_t kMaxIdleSteps = 1'000'000;

std::optional<std::int64_t> earlier(std::optional<std::int64_t> a, std::int64_t b) { return a ? std::min(*a, b) : b; }

}  // namespace

void Schedule::add(std::int64_t due_ms, bool waits_for_clock) {
  auto& next = waits_for_clock ? next_timer_ms_ : next_move_ms_;
  next = earlier(next, due_ms);
}

bool Schedule::has_come(const Clock& clock) const {
  const std::int64_t now_ms = clock.now_ms();
  if (next_timer_ms_ && *next_timer_ms_ <= now_ms) return true;
  if (!next_move_ms_) return false;
  switch (clock.mode()) {
    case ClockMode::settle:
      return true;
    case ClockMode::poll:
      return false;
    default:
      return *next_move_ms_ <= now_ms;
  }
}

bool Schedule::is_surely_idle(const Clock& clock) const { return is_known_ && !has_come(clock); }

bool Schedule::is_due(Transaction& txn, const Clock& clock) {
  if (!is_known_) {
    next_move_ms_ = state::next_due_ms(txn, false);
    next_timer_ms_ = state::next_due_ms(txn, true);
    is_known_ = true;
  }
  return has_come(clock);
}

World::World(WorldOptions given)
    : options(std::move(given)),
      database(options.state_file),
      clock(options.wall),
      random(options.seed),
      quotas(read_quotas(options.quotas)),
      journal(options.journal_mb * 1024 * 1024) {
  if (!parse_cidr(options.public_pool)) {
    throw std::runtime_error("the public pool '" + options.public_pool +
                             "' is not an IPv4 block such as 198.18.0.0/15");
  }
  if (catalogue::find_region(options.region) == nullptr) {
    throw std::runtime_error("there is no region called '" + options.region + "'");
  }
  if (options.account.size() != 12 ||
      !std::ranges::all_of(options.account, [](char c) { return c >= '0' && c <= '9'; })) {
    throw std::runtime_error("the account '" + options.account + "' is not a number of 12 digits");
  }
  if (!options.images_file.empty()) {
    std::ifstream file(options.images_file);
    if (!file) throw std::runtime_error("cannot read the images file " + options.images_file);
    images_document_ = nlohmann::json::parse(file, nullptr, false);
    if (images_document_.is_discarded())
      throw std::runtime_error("the images file " + options.images_file + " is not JSON");
    user_images(options.region);  // says at once what is wrong with it
  }

  Transaction txn(database, Access::write);
  if (const auto saved = state::get_meta(txn, "clock"); !saved.empty()) clock.restore(saved);
  if (!options.clock_mode.empty() && options.clock_mode != clock.mode_text()) {
    clock.set_mode(options.clock_mode);
    if (options.seed && clock.mode() == ClockMode::manual && state::get_meta(txn, "clock").empty()) {
      clock.set_now(kSeededStart_ms);
    }
  }
  if (options.seed) {
    std::uint64_t draws = 0;
    const auto saved = state::get_meta(txn, "draws");
    std::from_chars(saved.data(), saved.data() + saved.size(), draws);
    random.skip_to(draws);
  }
  state::put_meta(txn, "clock", clock.save());
  conclude(txn);
}

const std::vector<catalogue::Image>& World::user_images(const std::string& region) {
  const auto found = user_images_.find(region);
  if (found != user_images_.end()) return found->second;
  auto images =
      images_document_.is_null() ? std::vector<catalogue::Image>{} : catalogue::read_images(images_document_, region);
  return user_images_.emplace(region, std::move(images)).first->second;
}

void World::remember(Transaction& txn) {
  if (!random.is_seeded() || random.draws() == remembered_draws_) return;
  state::put_meta(txn, "draws", std::to_string(random.draws()));
  remembered_draws_ = random.draws();
}

void World::conclude(Transaction& txn) {
  settle_at_once(*this, txn);
  remember(txn);
  txn.commit();
  journal.commit_moves();
}

void World::go_back(std::uint64_t draws) {
  random.skip_to(draws);
  remembered_draws_ = 0;  // written again by whoever comes next
  entered_.clear();
  schedule.forget();
}

void World::enter(const Scope& scope) {
  std::pair key(scope.account, scope.region);
  if (entered_.contains(key)) return;
  Transaction txn(database, Access::write);
  Context context{*this, txn, scope, clock.now_ms()};
  if (state::enter_scope(txn, scope)) make_default_vpc(context);
  conclude(txn);
  entered_.insert(std::move(key));
}

void World::reset(std::string_view account, std::string_view region) {
  database.reset(account, region);
  if (account.empty() && region.empty()) {  // nothing is left that a repeated id could meet
    random.skip_to(0);
    remembered_draws_ = 0;
  }
  std::erase_if(entered_, [&](const auto& scope) {
    return (account.empty() || scope.first == account) && (region.empty() || scope.second == region);
  });
  schedule.forget();
  journal.forget(account, region);
}

std::int64_t World::advance(std::int64_t ms) {
  clock.advance(ms);
  Transaction txn(database, Access::write);
  const auto moves = settle(*this, txn);
  state::put_meta(txn, "clock", clock.save());
  conclude(txn);
  return moves;
}

std::int64_t World::run_until_idle() {
  Transaction txn(database, Access::write);
  std::int64_t moves = settle(*this, txn);
  for (std::int64_t steps = 0; steps < kMaxIdleSteps; ++steps) {
    const auto next = state::next_due_ms(txn, false);
    if (!next) break;
    const std::int64_t now_ms = clock.now_ms();
    if (*next > now_ms) clock.advance(*next - now_ms);
    if (clock.mode() == ClockMode::poll) {
      const auto due = state::first_due(txn, 0, std::numeric_limits<std::int64_t>::max());
      step(*this, txn, {due->resource_id});
      ++moves;
    } else {
      moves += settle(*this, txn);
    }
  }
  state::put_meta(txn, "clock", clock.save());
  conclude(txn);
  schedule.forget();
  return moves;
}

void World::set_clock_mode(std::string_view mode) {
  clock.set_mode(mode);
  Transaction txn(database, Access::write);
  state::put_meta(txn, "clock", clock.save());
  txn.commit();
}

}  // namespace fogling
