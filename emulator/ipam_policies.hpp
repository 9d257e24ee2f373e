#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"

namespace fogling {

/// The pools out of which resources of a type get their addresses in the caller's region, by the account's enabled IPAM
/// policy, in the order in which they are tried.
std::vector<std::string> policy_pools(Context& context, std::string_view resource_type);

}  // namespace fogling
