#pragma once

/// Prefix lists as routes and rules of security groups see them.

#include <cstdint>
#include <string_view>

#include "emulator/call.hpp"

namespace fogling {

/// Throws InvalidPrefixListID.NotFound where neither the account nor AWS has it.
void require_prefix_list(Context& context, std::string_view prefix_list_id);
/// How many entries a reference to it counts for: as many as it can hold. One where it is gone.
std::int64_t prefix_list_weight(Context& context, std::string_view prefix_list_id);

}  // namespace fogling
