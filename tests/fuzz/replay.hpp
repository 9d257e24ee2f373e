#pragma once

/// The fuzz targets under names of their own, for replaying their corpora in one program.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fogling::fuzz {

using Target = int(const std::uint8_t* data, std::size_t size);

/// By the name of its file; null where there is none. Written by the build.
Target* find_target(std::string_view name);

}  // namespace fogling::fuzz
