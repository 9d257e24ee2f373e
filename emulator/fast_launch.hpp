#pragma once

#include <string_view>

#include "emulator/call.hpp"

namespace fogling {

/// The image goes: whoever has fast launch enabled for it has it disabled.
void end_fast_launch(Context& context, std::string_view image_id);

}  // namespace fogling
