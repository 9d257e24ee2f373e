#pragma once

/// A trace as JSON for people and tests, with the verdict first.

#include "emulator/fabric/trace.hpp"

namespace fogling::fabric {

Document report(const Question& question, const Trace& trace);

/// What is open, by ports: `{"protocol": "tcp", "ports": "80", "sources": ["0.0.0.0/0"]}`. `found` is the trace that
/// the flows are of.
Document open_ports(const Flows& open, const Trace& found);

}  // namespace fogling::fabric
