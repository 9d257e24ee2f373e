#pragma once

/// Prefix lists as routes and rules of security groups see them: the account's own and those that AWS manages.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"
#include "fixtures/services/services.hpp"

namespace fogling {

/// Of those that AWS manages in the caller's region.
std::optional<services::PrefixList> find_aws_prefix_list(Context& context, std::string_view prefix_list_id);

/// Throws InvalidPrefixListID.NotFound where neither the account nor AWS has it.
void require_prefix_list(Context& context, std::string_view prefix_list_id);

/// Its blocks as they are now; none where it is gone.
std::vector<std::string> prefix_list_blocks(Context& context, std::string_view prefix_list_id);

/// How many routes or rules a reference to it counts for: as many as it can hold. One where it is gone.
std::int64_t prefix_list_weight(Context& context, std::string_view prefix_list_id);

}  // namespace fogling
