#pragma once

/// /_sim/reachability, /_sim/packets and /_sim/flow-logs: what the network does with a packet, as JSON.

#include <optional>
#include <string_view>

#include "emulator/document.hpp"
#include "emulator/world.hpp"

namespace fogling::api {

inline constexpr std::string_view kReachabilityPath = "/_sim/reachability";

/// `.../why` (or nothing behind it), `.../who`, `.../matrix`, `.../assert`: the functions of
/// emulator/fabric/reachability.hpp. Nothing where the path is another. Throws std::invalid_argument with a sentence
/// for a person.
std::optional<Document> answer_reachability(std::string_view path, const Document& question, World& world);

inline constexpr std::string_view kPacketsPath = "/_sim/packets", kFlowLogsPath = "/_sim/flow-logs";

/// `POST /_sim/packets`: what emulator/fabric/flow_records.hpp makes of it; throws as above.
Document answer_packets(const Document& question, World& world);
/// `GET /_sim/flow-logs`: those of the account and region that `query` names (`?account=...&region=...`), else of the
/// server's own.
Document answer_flow_logs(std::string_view query, World& world);

}  // namespace fogling::api
