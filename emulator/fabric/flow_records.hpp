#pragma once

/// Packets that somebody says are sent, and what flow logs make of them: records in AWS' format, as each log wants
/// them.

#include "emulator/fabric/trace.hpp"

namespace fogling::fabric {

/// A record that an interface makes of packets of one direction.
struct FlowRecord {
  const Interface* interface = nullptr;
  Flow flow;  ///< with the interface's own private address
  bool is_egress = false, is_accepted = true, is_reply = false;
};

/// What the interfaces on the way record of it, in order: what does not come to an interface it does not record, and
/// behind a packet that is rejected comes nothing.
std::vector<FlowRecord> flow_records(const Trace& trace);

/// A question as for `why`, with `packets` and `bytes`: leaves records in the scope's flow logs. Answers the verdict
/// and how many records there are of it. Throws std::invalid_argument.
Document send_packets(Context& context, const Document& question);
/// All flow logs of the scope with their records, the oldest first; the last thousand of each are kept.
Document flow_log_records(Context& context);

}  // namespace fogling::fabric
