#pragma once

/// Kinds declared as data (fixtures/kinds): one engine makes, shows, changes and deletes all of them. What a kind does
/// beyond that is a hook beside the operations of its noun; an operation that is written by hand wins over the
/// engine's, so a kind can grow up one operation at a time, and uses the functions below to work on its rows.

#include <string_view>

#include "emulator/call.hpp"
#include "fixtures/kinds/kinds.hpp"
#include "state/resources.hpp"

namespace fogling {

using state::GenericResource;

/// Asserts that a file declares it.
const kinds::Kind& declared_kind(std::string_view kind);

/// The caller's, or one whose other side the caller is, dead or alive.
std::optional<GenericResource> find_resource(Context& context, std::string_view kind, std::string_view id);
/// All of these, oldest first.
std::vector<GenericResource> list_resources(Context& context, std::string_view kind);
/// A living resource of the caller's. Throws the kind's own errors where the id is malformed, unknown or of another
/// kind.
GenericResource require_resource(Context& context, std::string_view kind, std::string_view id);

/// The same by its name, for kinds that have one.
GenericResource require_named(Context& context, const kinds::Kind& kind, std::string_view name);

/// A new id of the kind's form.
std::string make_kind_id(Context& context, const kinds::Kind& kind);
/// A new resource with the id, constants and first state that its kind states over `document`: not stored, no hook run.
GenericResource new_resource(Context& context, const kinds::Kind& kind, Document document);
/// A new resource with the id, constants and first state that its kind states over `document`; stored, its references
/// noted, its due move left. The tags of the request are put on it.
GenericResource make_resource(Call& call, const kinds::Kind& kind, Document document);

/// The value in the form that a shape has, without members that it lacks: `{Value: true}` becomes true. Null where the
/// two have nothing in common.
Document adapted(const Document& value, const model::Shape& to);
/// Members of the request that the kind's shape has too, in its form.
Document copied_members(const Document& in, const kinds::Kind& kind);

/// As a Describe shows it, with its tags.
Document shown(Context& context, const GenericResource& resource);

/// Writes the state into row and document, and stores it.
void put_state(Context& context, GenericResource& resource, std::string_view state);
/// Goes into a transition's first state and leaves the second due.
void begin(Context& context, GenericResource& resource, const kinds::Transition& transition);
/// Ends a resource as its kind states: through its last states, or at once. `resource` is what it is then.
void remove_resource(Context& context, GenericResource& resource);
/// The same in another last state than deletion's, such as `failed`: described for a while, and then gone.
void end_resource(Context& context, GenericResource& resource, std::string_view state);
/// Takes row, tags, references and due moves away.
void erase_resource(Context& context, const GenericResource& resource);

/// The operations of a declared kind: the registry gives each its function by its role.
Document create_declared(Call& call);
Document describe_declared(Call& call);
Document modify_declared(Call& call);
Document remove_declared(Call& call);

/// Carries out a due move of a declared kind.
void move_declared(Context& context, const state::Due& due);

}  // namespace fogling
