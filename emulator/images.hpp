#pragma once

/// Images from everywhere: the public catalogue, the user's file, and those made by accounts. One value for all.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/images.hpp"

namespace fogling {

/// Which of them a caller sees and may launch: its own, public ones, those shared with it. Throws EC2's error for an id
/// that is malformed, unknown, or another account's; an image that is not `available` is found all the same.
catalogue::Image require_image(Context& context, std::string_view image_id);
std::optional<catalogue::Image> find_image(Context& context, std::string_view image_id);

/// An account's image as the same value that the catalogue has.
catalogue::Image image_value(const state::Image& row);

/// The same for a launch: also refuses what is pending, failed, disabled or deregistered.
catalogue::Image require_launchable_image(Context& context, std::string_view image_id);

}  // namespace fogling
