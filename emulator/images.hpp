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

/// The caller's own. Throws the same errors, and AuthFailure for one that is merely seen.
state::Image require_own_image(Context& context, std::string_view image_id);

/// An account's image as the same value that the catalogue has.
catalogue::Image image_value(const state::Image& row);

/// Whether the image cannot be deregistered now: while the protection is on, and for a day after it was switched off
/// where it has a cooldown.
bool is_deregistration_protected(const state::Image& image, std::int64_t now_ms);

/// Remembers when an account's image was launched last; the owner sees it. EC2 takes up to a day for that.
void note_launch(Context& context, std::string_view image_id);

/// The same for a launch: also refuses what is pending, failed, disabled or deregistered.
catalogue::Image require_launchable_image(Context& context, std::string_view image_id);

}  // namespace fogling
