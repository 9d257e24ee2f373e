#pragma once

/// A random walk through everything that is built, and what is looked at on the way.

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "api/house.hpp"
#include "tests/simulation/dice.hpp"
#include "tests/simulation/digest.hpp"
#include "tests/simulation/life_cycles.hpp"
#include "tests/simulation/maker.hpp"

namespace fogling::simulation {

/// Something does not hold. The walk ends.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Walk {
 public:
  /// `file` holds the state; the walk begins with a new one and removes it at the end.
  Walk(std::uint64_t seed, std::string file);
  ~Walk();
  Walk(const Walk&) = delete;
  Walk& operator=(const Walk&) = delete;

  /// False once something is broken; `report` then says what, and how it came to it.
  bool run(std::size_t steps);
  std::string report() const;
  /// All answers so far as one digest.
  const std::string& answers() const { return answers_; }
  /// How many calls were answered with what was asked for, by operation.
  const std::map<std::string, std::size_t>& done() const { return done_; }

 private:
  void open(const std::string& clock_mode);
  void step();
  void call(const Call& call);
  void call_and_fail_everywhere(const Call& call);
  void repeat_token();
  void advance();
  void advance_and_fail_everywhere();
  void run_until_idle();
  void change_mode();
  void restart();
  void reset();
  void check_rows();
  void check_answers();

  api::Response answer(const Call& call);
  /// Makes what is due now happen, so that the next call changes only what it says.
  Digest settled();
  const state::Scope& any_scope() { return dice_.pick(scopes_); }
  void tell(std::string line);
  void require(const std::vector<std::string>& broken);

  std::uint64_t seed_;
  std::string file_;
  Dice dice_;
  std::vector<state::Scope> scopes_;
  std::unique_ptr<House> house_;
  std::unique_ptr<Known> known_;
  std::unique_ptr<LifeCycles> life_cycles_;
  std::unique_ptr<Maker> maker_;
  struct Answered {
    Call call;
    std::string body;
  };
  std::vector<Answered> tokens_;  ///< calls with a ClientToken and what they got
  std::vector<std::string> told_;
  std::string broken_, answers_;
  std::map<std::string, std::size_t> done_;
};

}  // namespace fogling::simulation
