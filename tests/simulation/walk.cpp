#include "tests/simulation/walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "emulator/encoding.hpp"
#include "tests/coverage/reached.hpp"
#include "tests/simulation/answer_rules.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/references.hpp"
#include "tests/simulation/row_rules.hpp"

namespace fogling::simulation {
namespace {

/// The time outside, which only the walk moves.
std::int64_t wall_ms = 0;
std::int64_t wall() { return wall_ms; }

constexpr std::int64_t kStart_ms = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
constexpr std::size_t kRowsEvery = 8, kAnswersEvery = 40;
/// More statements than any call has; a call that still fails then never ends.
constexpr unsigned kMaxStatements = 3000;

/// What stands between two tags of an answer; empty where they are not there.
std::string between(const std::string& body, std::string_view open, std::string_view close) {
  const auto start = body.find(open);
  if (start == std::string::npos) return {};
  const auto from = start + open.size();
  return body.substr(from, body.find(close, from) - from);
}

/// The first ids that an answer tells.
std::string first_ids(const std::string& body) {
  std::string out;
  std::size_t told = 0;
  for (auto at = body.find("-0"); at != std::string::npos && told < 3; at = body.find("-0", at + 1)) {
    const auto start = body.rfind('>', at), end = body.find('<', at);
    if (start == std::string::npos || end != at + 18) continue;
    const auto id = " " + body.substr(start + 1, end - start - 1);
    if (out.find(id) != std::string::npos) continue;
    out += id;
    ++told;
  }
  return out;
}

/// Calls whose deed reaches into another account's or region's rows.
bool reaches_out(std::string_view operation) {
  // The spot data feed is one for all regions of an account.
  return operation == "AcceptAddressTransfer" || operation.ends_with("SpotDatafeedSubscription");
}

}  // namespace

Walk::Walk(std::uint64_t seed, std::string file)
    : seed_(seed),
      file_(std::move(file)),
      dice_(seed),
      scopes_{{"123456789012", "us-east-1"}, {"210987654321", "us-east-1"}, {"123456789012", "eu-west-1"}} {
  wall_ms = kStart_ms;
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file_ + suffix);
  open("manual");
  std::vector<std::string> operations;
  for (const auto* operation : house_->world().registry.all())
    operations.emplace_back(std::string_view(operation->name));
  maker_ = std::make_unique<Maker>(dice_, std::move(operations));
}

Walk::~Walk() {
  life_cycles_.reset();
  known_.reset();
  house_.reset();
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file_ + suffix);
}

void Walk::open(const std::string& clock_mode) {
  HouseOptions options;
  options.state_file = file_;
  options.seed = seed_;
  options.clock_mode = clock_mode;
  options.wall = wall;
  options.observe = test::reached();
  house_ = std::make_unique<House>(std::move(options));
  auto& connection = house_->world().database.connection();
  known_ = std::make_unique<Known>(connection);
  life_cycles_ = std::make_unique<LifeCycles>(connection);
  for (const auto& scope : scopes_) house_->world().enter(scope);
}

// ---- The walk ------------------------------------------------------------------------------------------------------

bool Walk::run(std::size_t steps) {
  try {
    for (std::size_t i = 0; i < steps; ++i) {
      wall_ms += 37;
      step();
      require(life_cycles_->illegal(house_->world().clock.mode() == ClockMode::settle));
      if (i % kRowsEvery == 0) check_rows();
      if (i % kAnswersEvery == kAnswersEvery - 1) check_answers();
    }
    run_until_idle();
    check_rows();
    check_answers();
    restart();
  } catch (const Broken& error) {
    broken_ = error.what();
  } catch (const std::exception& error) {
    broken_ = fmt::format("it threw: {}", error.what());
  }
  return broken_.empty();
}

void Walk::step() {
  const auto of_a_thousand = dice_.below(1000);
  if (of_a_thousand < 600) return call(maker_->sensible(*known_, any_scope()));
  if (of_a_thousand < 800) return call(maker_->spoilt(*known_, any_scope()));
  if (of_a_thousand < 830) return repeat_token();
  if (of_a_thousand < 860) return call_and_fail_everywhere(maker_->sensible(*known_, any_scope()));
  if (of_a_thousand < 870) return advance_and_fail_everywhere();
  if (of_a_thousand < 950) return advance();
  if (of_a_thousand < 965) return change_mode();
  if (of_a_thousand < 980) return run_until_idle();
  if (of_a_thousand < 998) return restart();
  reset();
}

Digest Walk::settled() {
  house_->world().advance(0);
  return digest(house_->world().database.connection());
}

api::Response Walk::answer(const Call& call) {
  auto response = ask(*house_, call.form(), call.scope);
  answers_ = sha256_hex(answers_ + response.body);
  const auto code = between(response.body, "<Code>", "</Code>");
  tell(fmt::format("{}/{} {} -> {}", call.scope.account, call.scope.region, call.text(),
                   response.status == 200 ? "done" + first_ids(response.body) : code));
  return response;
}

void Walk::call(const Call& call) {
  const auto before = settled();
  const auto response = answer(call);
  const auto after = digest(house_->world().database.connection());
  if (response.status >= 500) throw Broken("a call was answered with a fault of ours: " + response.body);
  const auto* row = house_->world().registry.find(call.operation);
  const bool is_read = row->access == Access::read && house_->world().clock.mode() != ClockMode::poll;
  if (response.status != 200 || is_read) {
    if (const auto changed = difference(before, after); !changed.empty()) {
      throw Broken(fmt::format("{} was {} and yet changed: {}", call.operation,
                               response.status == 200 ? "only to look" : "refused", changed));
    }
  }
  if (!reaches_out(call.operation) && house_->world().clock.mode() != ClockMode::poll) {
    const auto own = call.scope.account + "/" + call.scope.region + " ";
    auto changed = difference(before, after, own);
    if (changed == "meta") changed.clear();
    if (!changed.empty()) throw Broken(fmt::format("{} of {} changed: {}", call.operation, own, changed));
  }
  if (response.status != 200) return;
  ++done_[call.operation];
  if (!call.value("ClientToken").empty() && row->access == Access::write) tokens_.push_back({call, response.body});
}

/// The same call with its first statement failing, then with its second, until it gets through: nothing may remain of
/// what failed.
void Walk::call_and_fail_everywhere(const Call& call) {
  const auto before = settled();
  for (unsigned nth = 1; nth < kMaxStatements; ++nth) {
    bool has_failed = false;
    api::Response response;
    {
      FailingStatement failing(house_->world().database.connection(), nth);
      response = ask(*house_, call.form(), call.scope);
      has_failed = failing.has_failed();
    }
    const auto after = digest(house_->world().database.connection());
    if (response.status == 500) {
      if (!has_failed) throw Broken(call.text() + " failed without a failing statement: " + response.body);
      if (const auto changed = difference(before, after); !changed.empty()) {
        throw Broken(fmt::format("{} failed at statement {} and yet changed: {}", call.text(), nth, changed));
      }
      continue;
    }
    if (has_failed && response.status == 200) {
      throw Broken(fmt::format("{} was answered although its statement {} failed", call.text(), nth));
    }
    tell(fmt::format("{}/{} {} failing at each of {} statements", call.scope.account, call.scope.region, call.text(),
                     nth - 1));
    return;
  }
  throw Broken(call.text() + " never got through");
}

void Walk::advance_and_fail_everywhere() {
  auto& world = house_->world();
  const auto before = settled();
  std::int64_t ms = dice_.between(1, 100) * 1000;
  for (unsigned nth = 1; nth < kMaxStatements; ++nth) {
    try {
      FailingStatement failing(world.database.connection(), nth);
      world.advance(ms);
      tell(fmt::format("time passes, failing at each of {} statements", nth - 1));
      return;
    } catch (const std::exception&) {
      ms = 0;  // the clock has gone on, only the moves were not made
      const auto changed = difference(before, digest(world.database.connection()));
      if (!changed.empty())
        throw Broken(fmt::format("a move failed at statement {} and yet changed: {}", nth, changed));
    }
  }
  throw Broken("the moves never got through");
}

/// A repeated token makes nothing new and gets the first answer again. With other parameters it is refused.
void Walk::repeat_token() {
  if (tokens_.empty()) return;
  auto [call, first] = dice_.pick(tokens_);
  const auto taggable = model::find_operation(call.operation)->taggable;
  const bool is_other = dice_.chance(30) && !taggable.empty();
  if (is_other) {
    call.parameters.emplace_back("TagSpecification.9.ResourceType", taggable.front());
    call.parameters.emplace_back("TagSpecification.9.Tag.1.Key", "other");
  }
  const auto before = settled();
  const auto response = answer(call);
  auto changed = difference(before, digest(house_->world().database.connection()));
  if (changed == "meta") changed.clear();
  if (response.status >= 500 || !changed.empty()) {
    throw Broken(fmt::format("a repeated token of {} changed: {} {}", call.operation, changed, response.body));
  }
  if (is_other && response.status == 200) throw Broken("a token was taken with other parameters");
  const bool repeats = house_->world().registry.find(call.operation)->replay == nullptr;
  if (!is_other && repeats && without_request_id(response.body) != without_request_id(first)) {
    throw Broken("a repeated token was answered otherwise than before: " + first + "\n" + response.body);
  }
}

void Walk::advance() {
  constexpr std::int64_t kPauses_ms[] = {1, 500, 2'000, 5'000, 15'000, 30'000, 120'000, 3'600'000, 86'400'000};
  const auto ms = dice_.pick(kPauses_ms);
  tell(fmt::format("{} ms pass", ms));
  house_->world().advance(ms);
}

void Walk::run_until_idle() {
  tell("until nothing is left to come");
  house_->world().run_until_idle();
  require(left_on_the_way(house_->world().database.connection()));
}

void Walk::change_mode() {
  constexpr std::string_view kModes[] = {"manual", "manual", "settle", "poll", "real", "scaled:60"};
  const auto mode = dice_.pick(kModes);
  tell(fmt::format("the clock's mode is {}", mode));
  house_->world().set_clock_mode(mode);
}

/// Nothing that can be seen changes with a restart.
void Walk::restart() {
  tell("restart");
  const auto before = settled();
  const auto now_ms = house_->world().clock.now_ms();
  life_cycles_.reset();
  known_.reset();
  house_.reset();
  open({});
  if (const auto changed = difference(before, digest(house_->world().database.connection())); !changed.empty()) {
    throw Broken("a restart changed: " + changed);
  }
  if (house_->world().clock.now_ms() != now_ms) throw Broken("a restart moved the clock");
}

void Walk::reset() {
  const auto scope = any_scope();
  tell(fmt::format("reset of {}/{}", scope.account, scope.region));
  const auto before = settled();
  house_->world().reset(scope.account, scope.region);
  const auto own = scope.account + "/" + scope.region + " ";
  const auto after = digest(house_->world().database.connection());
  if (const auto changed = difference(before, after, own); !changed.empty())
    throw Broken("a reset also changed: " + changed);
  for (const auto& [key, unused] : after) {
    if (key.starts_with(own)) throw Broken("a reset left behind: " + key);
  }
  life_cycles_->illegal(false);  // everything went, from whatever state
  std::erase_if(tokens_, [&](const Answered& each) { return each.call.scope == scope; });
  house_->world().enter(scope);
}

// ---- Looking -------------------------------------------------------------------------------------------------------

void Walk::check_rows() {
  settled();
  auto& connection = house_->world().database.connection();
  require(overdue(connection, house_->world().clock));
  require(broken_row_rules(connection, *known_));
  require(broken_references(connection, *known_));
  require(broken_by_catalogue(connection));
  require(broken_blocks(connection));
}

void Walk::check_answers() {
  const std::string mode = house_->world().clock.mode_text();
  house_->world().set_clock_mode("manual");  // looking shall change nothing
  const auto& scope = any_scope();
  const auto other = std::ranges::find_if(scopes_, [&](const auto& each) { return each != scope; });
  require(broken_describes(*house_, dice_, scope, *other));
  require(broken_views(*house_, scope));
  require(broken_fragments(*house_, scope));
  house_->world().set_clock_mode(mode);
}

void Walk::require(const std::vector<std::string>& broken) {
  if (!broken.empty()) throw Broken(fmt::format("{}", fmt::join(broken, "\n")));
}

void Walk::tell(std::string line) {
  told_.push_back(fmt::format("{:>5} {} {}", told_.size(), house_->world().clock.mode_text(), std::move(line)));
}

std::string Walk::report() const {
  constexpr std::size_t kShown = 60;
  std::string out = fmt::format("with FOGLING_SEED={}, after {} steps:\n{}\n", seed_, told_.size(), broken_);
  const auto from = told_.size() > kShown ? told_.size() - kShown : 0;
  out += fmt::format("the calls that led there{}:\n", from > 0 ? ", the last of them" : "");
  for (auto i = from; i < told_.size(); ++i) out += told_[i] + "\n";
  return out;
}

}  // namespace fogling::simulation
