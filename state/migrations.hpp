#pragma once

#include <string_view>
#include <vector>

namespace fogling::state {

/// The schema's history, migrations/0001_*.sql first. Applying all of them to an empty file gives today's schema.
const std::vector<std::string_view>& migrations();

}  // namespace fogling::state
