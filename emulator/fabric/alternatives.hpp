#pragma once

/// Other ways that an analysis might be asked to look for.

#include "emulator/fabric/trace.hpp"

namespace fogling::fabric {

/// A list of shape AlternatePathHint: gateways that are not on the way but lead from the one network to the other.
Document alternate_path_hints(Context& context, Network& network, const Question& question, const Trace& trace);

}  // namespace fogling::fabric
