#pragma once

/// Instances beyond one scope.

#include "state/instances.hpp"

namespace fogling::state {

/// Launched from an image, whoever they belong to, oldest first.
std::vector<Instance> instances_of_image(Transaction& txn, std::string_view image_id);

}  // namespace fogling::state
