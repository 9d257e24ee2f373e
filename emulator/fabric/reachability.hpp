#pragma once

/// Questions about a network in JSON, and their answers: for test authors and the command line. Every function throws
/// std::invalid_argument with a sentence for a person where a question cannot be understood.

#include "emulator/fabric/trace.hpp"

namespace fogling::fabric {

/// What `why` is asked, as the engine is asked it.
Question read_question(const Document& question);

/// `{"from": "internet", "to": "i-...", "protocol": "tcp", "port": 80}`: what happens to such a connection. `from` is
/// the internet where it is left out; `port` is a number, `8000-8080`, or left out for any.
Document why(Context& context, const Document& question);

/// `{"to": "i-..."}`: from where on the internet, and from which instances of its VPC, which ports can be reached.
Document who_can_reach(Context& context, const Document& question);

/// `{"vpc": "vpc-...", "protocol": "tcp", "port": 22}`: which of its instances reach which.
Document reach_matrix(Context& context, const Document& question);

/// `{"to": "i-... or vpc-...", "from": "internet", "only": ["tcp/443", "icmp"]}`: whether nothing else is open.
Document check_only(Context& context, const Document& question);

}  // namespace fogling::fabric
