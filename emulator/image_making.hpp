#pragma once

/// Making images, for every operation that does so.

#include <cstdint>
#include <string_view>

#include "emulator/call.hpp"
#include "state/images.hpp"

namespace fogling {

/// Assumed: about the time of a small root volume.
inline constexpr std::int64_t kImageTakes_ms = 60'000;

/// Throws where the name is malformed, or another image of the account has it.
void check_image_name(Context& context, std::string_view name);
/// With its id, owner and time; not stored.
state::Image new_image(Context& context, std::string_view name, std::string_view description);
/// Stores it, and notes which snapshots it stands on.
void store_image(Context& context, state::Image& image);

}  // namespace fogling
