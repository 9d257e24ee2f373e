#pragma once

/// Ties: associations, propagations and references, which EC2 shows as a pair with a state and without an id of their
/// own.

#include <string_view>
#include <vector>

#include "emulator/call.hpp"

namespace fogling {

using state::GenericResource;

/// A row without an id of its own between a table or a domain, its parent, and an attachment or a prefix list. It
/// belongs to the parent's owner and reaches its second state by itself.
GenericResource tie(Context& context, std::string_view kind, const GenericResource& parent, std::string_view target_id,
                    Document document, std::string_view at_once, std::string_view finally);
/// What the parent uses by this tie, a prefix list or a subnet, cannot be deleted meanwhile.
void hold(Context& context, GenericResource& tie, std::string_view target_id);
void move_tie(Context& context, GenericResource& tie, std::string_view at_once, std::string_view finally);
/// It goes after having been in this state for a while.
void untie(Context& context, GenericResource& tie, std::string_view last_state);
void drop_tie(Context& context, const GenericResource& tie);
/// The Mover of every kind of tie.
void tie_moved(Context& context, const state::Due& due);
/// The ties of a kind between a parent and a target that are not about to go; at most one, but for multicast domains.
std::vector<GenericResource> ties_between(Context& context, std::string_view kind, std::string_view parent_id,
                                          std::string_view target_id);
std::vector<GenericResource> ties_of(Context& context, std::string_view kind, std::string_view parent_id);

}  // namespace fogling
