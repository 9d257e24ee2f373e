#include "emulator/compute.hpp"

namespace fogling {

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
