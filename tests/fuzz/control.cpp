/// Our own endpoints: requests one below the other, each `METHOD TARGET BODY`; a line `Host: x` or `Origin: x` counts
/// for those after it. Whatever they do to the clock, time stays one that can be written and never runs backwards.

#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/house.hpp"

namespace {

constexpr int kMaxRequests = 32;

std::string_view take_word(std::string_view& line) {
  const auto end = line.find(' ');
  const std::string_view word = line.substr(0, end);
  line = end == std::string_view::npos ? std::string_view{} : line.substr(end + 1);
  return word;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fogling;
  std::string_view rest = fuzz::as_text(data, size);
  House& house = fuzz::new_house();
  std::string_view host = "localhost:8773", origin;
  std::int64_t before_ms = house.world().clock.now_ms();
  for (int i = 0; i < kMaxRequests && !rest.empty(); ++i) {
    std::string_view line = fuzz::take_line(rest);
    if (line.starts_with("Host: ")) {
      host = line.substr(6);
    } else if (line.starts_with("Origin: ")) {
      origin = line.substr(8);
    } else {
      api::Request request;
      request.method = take_word(line);
      const std::string target = "/_sim/" + std::string(take_word(line));
      request.target = target;
      request.body = line;
      request.host = host;
      request.origin = origin;
      fuzz::ask(house, request);
    }
    const std::int64_t now_ms = house.world().clock.now_ms();
    fuzz::hold(now_ms >= before_ms, "time does not run backwards", line);
    before_ms = now_ms;
  }
  const Clock& clock = house.world().clock;
  const std::string now = iso_time(clock.now_ms());
  fuzz::hold(parse_time(now) >= 0, "the time is one that can be read again", now);
  Clock restarted;
  restarted.restore(clock.save());
  fuzz::hold(restarted.mode_text() == clock.mode_text(), "a restart goes on in the same mode", clock.save());
  return 0;
}
