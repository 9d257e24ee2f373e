/// Base64, times and modes of the clock.

#include "emulator/encoding.hpp"

#include <stdexcept>

#include "emulator/clock.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

std::int64_t wall() { return 1'767'225'600'000; }

void set_mode(std::string_view mode) {
  using namespace fogling;
  Clock clock(wall);
  try {
    clock.set_mode(mode);
  } catch (const std::invalid_argument&) {
    return;
  }
  clock.advance(1'000);
  Clock restarted(wall);
  restarted.restore(clock.save());
  fuzz::hold(restarted.mode_text() == clock.mode_text() && restarted.now_ms() == clock.now_ms(),
             "a clock goes on where it stopped", clock.save());
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fogling;
  const std::string_view text = fuzz::as_text(data, size);

  fuzz::hold(base64_decode(base64_encode(text)) == text, "what is encoded can be decoded", text);
  if (const auto bytes = base64_decode(text)) {
    fuzz::hold(base64_decode(base64_encode(*bytes)) == bytes, "what was decoded can be encoded", text);
  }
  if (const auto ms = parse_time(text); ms >= 0) {
    fuzz::hold(parse_time(iso_time(ms)) == ms, "a time is written as it was read", text);
  }
  set_mode(text);
  return 0;
}
