#pragma once

/// Placement groups: which one an instance goes into, and whether there is room for it.

#include <optional>
#include <string>
#include <string_view>

#include "emulator/call.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/instances.hpp"
#include "state/resources.hpp"

namespace fogling {

/// The group that a Placement names by GroupName or GroupId; none where it names none. Throws where it is not there.
std::optional<state::GenericResource> find_placement_group(Context& context, const Document& placement);

/// Throws unless so many instances of the type may join the group in this zone. `partition` is the one asked for.
void check_placement_group(Context& context, const state::GenericResource& group, const catalogue::InstanceType& type,
                           std::string_view zone, std::int64_t instances, std::optional<std::int64_t> partition);

/// Puts an instance into the group: what it shows of it, its partition, and that the group cannot go meanwhile. The
/// caller stores the instance.
void join_placement_group(Context& context, const state::GenericResource& group, state::Instance& instance);
void leave_placement_group(Context& context, state::Instance& instance);

}  // namespace fogling
