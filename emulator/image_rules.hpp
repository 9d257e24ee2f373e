#pragma once

/// What the owner of an image says of it beyond its making: watermarks, which go on to what is made of it, and the
/// instance types it may be launched on. Both stand in the options of the image.

#include <string_view>

#include "emulator/call.hpp"
#include "state/images.hpp"

namespace fogling {

/// Shape ImageWatermarkList; empty where there are none, or nobody here made the image.
Document image_watermarks(const Context& context, std::string_view image_id);
/// Documented: what is made of an image, by CreateImage or CopyImage, has its watermarks.
void inherit_watermarks(const Context& context, std::string_view source_image_id, state::Image& image);

/// Throws where the image's specification does not allow the type.
void check_instance_type_specification(const Context& context, std::string_view image_id,
                                       std::string_view instance_type);

}  // namespace fogling
