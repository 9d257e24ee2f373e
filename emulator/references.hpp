#pragma once

/// Whether a resource of any kind is there, and what keeps it from going.

#include <string_view>

#include "emulator/call.hpp"

namespace fogling {

/// Whether the caller's scope has it; a kind with a table of its own or one of the long tail.
bool exists(Context& context, std::string_view type, std::string_view id);
/// Throws the kind's own errors where the id is malformed or nobody's. The type `*` means any, told by the id.
void require_exists(Context& context, std::string_view type, std::string_view id);
/// The same, whoever it belongs to and wherever it is.
void require_exists_anywhere(Context& context, std::string_view type, std::string_view id);
/// Throws DependencyViolation while another resource holds this one.
void require_unheld(Context& context, std::string_view type, std::string_view id);

}  // namespace fogling
