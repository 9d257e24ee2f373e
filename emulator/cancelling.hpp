#pragma once

/// Commands that end resources of several declared kinds, such as CancelExportTask.

#include <string>
#include <string_view>

#include "emulator/call.hpp"
#include "state/resources.hpp"

namespace fogling {

struct Cancelled {
  state::GenericResource resource;  ///< as it is now
  std::string state_before;
};

/// What the kind's Delete would do: only in the states that it states, and while nothing holds the resource. Throws the
/// kind's own errors.
Cancelled cancel_resource(Call& call, std::string_view kind, std::string_view id);

}  // namespace fogling
