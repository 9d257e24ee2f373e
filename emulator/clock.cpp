#include "emulator/clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace fogling {

std::int64_t Clock::system_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::int64_t Clock::now_ms() const {
  if (rate_ == 0) return anchor_ms_;
  const std::int64_t passed_ms = wall_() - anchor_wall_ms_;
  return anchor_ms_ + (rate_ == 1 ? passed_ms : std::llround(static_cast<double>(passed_ms) * rate_));
}

std::string Clock::mode_text() const {
  switch (mode_) {
    case ClockMode::settle:
      return "settle";
    case ClockMode::poll:
      return "poll";
    case ClockMode::real:
      return "real";
    case ClockMode::scaled:
      return fmt::format("scaled:{}", rate_);
    case ClockMode::manual:
      break;
  }
  return "manual";
}

void Clock::set_mode(std::string_view mode) {
  double rate = 1;
  ClockMode next = ClockMode::settle;
  if (mode == "settle") {
    next = ClockMode::settle;
  } else if (mode == "poll") {
    next = ClockMode::poll;
  } else if (mode == "real") {
    next = ClockMode::real;
  } else if (mode == "manual") {
    next = ClockMode::manual;
    rate = 0;
  } else if (mode.starts_with("scaled:")) {
    next = ClockMode::scaled;
    const std::string_view factor = mode.substr(7);
    const auto [end, error] = std::from_chars(factor.data(), factor.data() + factor.size(), rate);
    if (error != std::errc() || end != factor.data() + factor.size() || !(rate > 0) || rate > 1e6) {
      throw std::invalid_argument(
          fmt::format("'{}' is no clock mode: the factor must be a number above 0, up to 1000000", mode));
    }
  } else {
    throw std::invalid_argument(
        fmt::format("'{}' is no clock mode: it is one of settle, poll, real, scaled:N and manual", mode));
  }
  anchor();
  mode_ = next;
  rate_ = rate;
}

void Clock::set_now(std::int64_t now_ms) {
  anchor_ms_ = now_ms;
  anchor_wall_ms_ = wall_();
}

std::string Clock::save() const { return fmt::format("{} {} {}", mode_text(), anchor_ms_, anchor_wall_ms_); }

void Clock::restore(std::string_view saved) {
  char mode[32] = {};
  long long anchor_ms = 0, anchor_wall_ms = 0;
  if (std::sscanf(std::string(saved).c_str(), "%31s %lld %lld", mode, &anchor_ms, &anchor_wall_ms) != 3) return;
  set_mode(mode);
  anchor_ms_ = anchor_ms;
  anchor_wall_ms_ = anchor_wall_ms;
}

std::string iso_time(std::int64_t ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds{ms}};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  std::string text = "0000-00-00T00:00:00.000Z";
  const auto put = [&text](std::size_t last, std::int64_t number) {
    for (auto digit = text.rbegin() + static_cast<std::ptrdiff_t>(text.size() - 1 - last); number > 0; ++digit) {
      *digit = static_cast<char>('0' + number % 10);
      number /= 10;
    }
  };
  put(3, std::min(static_cast<int>(date.year()), 9999));
  put(6, static_cast<unsigned>(date.month()));
  put(9, static_cast<unsigned>(date.day()));
  put(12, clock.hours().count());
  put(15, clock.minutes().count());
  put(18, clock.seconds().count());
  put(22, clock.subseconds().count());
  return text;
}

std::string iso_seconds(std::int64_t ms) { return iso_time(ms - ms % 1000); }

std::int64_t parse_time(std::string_view text) {
  using namespace std::chrono;
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, used = 0;
  double s = 0;
  const std::string copy(text);
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2d%n", &y, &mo, &d, &used) != 3 || used != 10) return -1;
  if (copy.size() > 10) {
    int more = 0;
    if (std::sscanf(copy.c_str() + 10, "T%2d:%2d:%lf%n", &h, &mi, &s, &more) != 3) return -1;
    const std::string_view zone = std::string_view(copy).substr(10 + static_cast<std::size_t>(more));
    if (zone != "Z" && zone != "z" && zone != "+00:00" && !zone.empty()) return -1;
  }
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!date.ok() || h < 0 || h > 23 || mi < 0 || mi > 59 || !(s >= 0 && s < 61)) return -1;
  const std::int64_t ms = sys_days{date}.time_since_epoch().count() * 86'400'000LL + h * 3'600'000LL + mi * 60'000LL +
                          std::llround(s * 1000);
  // A leap second, or a fraction that is rounded up, may lead into a year that cannot be written.
  constexpr sys_days kLastDay = year{9999} / December / 31;
  return ms < (kLastDay.time_since_epoch().count() + 1) * 86'400'000LL ? ms : -1;
}

}  // namespace fogling
