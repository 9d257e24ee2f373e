#include "emulator/compute.hpp"

namespace fogling {
namespace {

/// A baseline JPEG of 640 by 400 grey points, all of them black (ITU-T T.81): quantisation by 16, and Huffman tables of
/// just the codes that a picture without content needs.
std::string black_screen() {
  using namespace std::string_literals;
  std::string picture =
      "\xff\xd8"                       // start of image
      "\xff\xdb\x00\x43\x00"s;         // quantisation table 0 ...
  picture += std::string(64, '\x10');  // ... of sixteens
  picture +=
      "\xff\xc0\x00\x0b\x08\x01\x90\x02\x80\x01\x01\x11\x00"s  // frame: 8 bits, 400 lines of 640, one component
      "\xff\xc4\x00\x15\x00\x01\x01"s +
      std::string(14, '\0') + "\x00\x07"s +                            // DC: 0 is no change, 10 is seven bits
      "\xff\xc4\x00\x14\x10\x01"s + std::string(15, '\0') + "\x00"s +  // AC: 0 is the end of a block
      "\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"s;                     // scan
  // The first of 4,000 blocks goes from grey to black: 10 0111111 0. Each of the others is 00: no change, end.
  picture += "\x9f\x80"s + std::string(999, '\0');
  return picture + "\xff\xd9";
}

}  // namespace

std::string SimulatedCompute::screenshot(std::string_view) { return black_screen(); }

/// Assumed: seconds as users see them, Linux on Nitro.
std::optional<std::int64_t> SimulatedCompute::takes_ms(ComputeCommand command) const {
  switch (command) {
    case ComputeCommand::launch:
    case ComputeCommand::start:
      return 10'000;
    case ComputeCommand::stop:
      return 20'000;
    case ComputeCommand::reboot:
      return 5'000;
    case ComputeCommand::terminate:
      return 15'000;
  }
  return 0;
}

}  // namespace fogling
