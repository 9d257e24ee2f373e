#pragma once

/// CloudTrail's LookupEvents over the journal: `aws cloudtrail lookup-events`.

#include <string_view>

#include "emulator/document.hpp"
#include "emulator/journal.hpp"

namespace fogling::api {

/// Whether an X-Amz-Target means CloudTrail.
bool is_cloudtrail(std::string_view target);

/// Calls of one account in one region, the newest first, as CloudTrail has management events. Throws ApiError.
Document lookup_events(const Document& in, const Journal& journal, const state::Scope& scope);

}  // namespace fogling::api
