#pragma once

/// Time, handed in. One clock for the whole house: real, faster, or moved by hand.

#include <cstdint>
#include <string>
#include <string_view>

namespace fogling {

enum class ClockMode : std::uint8_t {
  settle,  ///< every due move has happened before the next request is served
  poll,    ///< each look at a changing resource moves it one step on
  real,    ///< moves take about as long as on EC2
  scaled,  ///< the same, so many times faster
  manual   ///< time stands still until told
};

class Clock {
 public:
  using Wall = std::int64_t (*)();
  static std::int64_t system_ms();

  explicit Clock(Wall wall = system_ms) : wall_(wall), anchor_ms_(wall()), anchor_wall_ms_(anchor_ms_) {}

  /// Milliseconds since 1970, UTC.
  std::int64_t now_ms() const;
  ClockMode mode() const { return mode_; }
  /// `settle`, `poll`, `real`, `scaled:10`, `manual`.
  std::string mode_text() const;

  /// Throws std::invalid_argument with a sentence for an unknown mode or a factor that is not above zero.
  void set_mode(std::string_view mode);
  void set_now(std::int64_t now_ms);
  void advance(std::int64_t ms) { anchor_ms_ += ms; }

  /// What a restart needs to go on where this one stopped.
  std::string save() const;
  void restore(std::string_view saved);

 private:
  void anchor() {
    anchor_ms_ = now_ms();
    anchor_wall_ms_ = wall_();
  }

  Wall wall_;
  ClockMode mode_ = ClockMode::settle;
  double rate_ = 1;
  std::int64_t anchor_ms_, anchor_wall_ms_;
};

/// `2026-01-07T12:19:54.000Z`
std::string iso_time(std::int64_t ms);
/// The same cut to whole seconds, as EC2 shows most times.
std::string iso_seconds(std::int64_t ms);
/// Milliseconds, or -1 where it is no ISO 8601 time.
std::int64_t parse_time(std::string_view text);

}  // namespace fogling
