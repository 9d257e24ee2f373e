#pragma once

/// Allowed AMIs: an account may say which images of others it is willing to use.

#include "emulator/call.hpp"
#include "fixtures/catalogue/catalogue.hpp"

namespace fogling {

/// `{State, ImageCriteria}` of the account in the region; the state is `disabled`, `audit-mode` or `enabled`.
Document allowed_images(const Context& context);
/// Whether the image meets one of the criteria. An account's own images always do.
bool is_allowed(const Context& context, const Document& settings, const catalogue::Image& image);
/// Throws for an image that the account does not allow itself to launch.
void check_allowed(const Context& context, const catalogue::Image& image);

}  // namespace fogling
