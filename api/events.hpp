#pragma once

/// The journal as people and programs read it: `/_sim/events`, in pages of JSON or as a stream of Server-Sent Events.

#include <cstdint>
#include <string_view>

#include "api/http.hpp"
#include "emulator/document.hpp"
#include "emulator/world.hpp"

namespace fogling::api {

inline constexpr std::string_view kEventsPath = "/_sim/events";

/// `?after=N&limit=N&account=...&region=...&operation=...&resource=...&type=call|move|refusal`; a client that accepts
/// text/event-stream gets a stream. Throws std::invalid_argument with a sentence for a person.
Response answer_events(const Request& request, World& world);

/// One event in words: parameters by wire names, the line for the AWS CLI, and what a refusal means.
Document event_document(const Event& event, std::uint64_t number, std::string_view default_region);

/// Ids that an event is about: those that were named, then those that were shown, made or moved.
std::vector<std::string> ids_of(const Event& event);
/// What was asked, by SDK members and without what is hidden; null where that means nothing to the operation.
Document bound_parameters(const Event& event);

}  // namespace fogling::api
