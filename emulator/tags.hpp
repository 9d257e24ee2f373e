#pragma once

/// Tags, the same for every resource.

#include "emulator/call.hpp"

namespace fogling {

/// Checks one set of tags as EC2 does: keys, lengths, the reserved prefix, duplicates, how many.
std::vector<Tag> read_tags(const Document& tags);

/// Reads TagSpecifications into tags by resource type. Throws EC2's errors for types that the operation does not make.
std::map<std::string, std::vector<Tag>, std::less<>> read_tag_specifications(const Document& in,
                                                                             const model::Operation& operation);

/// Gives a new resource the tags that the request has for its type.
void apply_tags(Call& call, std::string_view resource_id, std::string_view resource_type);
/// Adds tags to an existing resource; throws TagLimitExceeded beyond fifty.
void add_tags(Context& context, std::string_view resource_id, std::string_view resource_type,
              const std::vector<Tag>& tags);

/// The tags of the caller on a resource, as EC2 shows them.
Document tag_set(Context& context, std::string_view resource_id);
/// The same for what only its owner sees.
Document tag_set(Transaction& txn, std::string_view resource_id);
/// Sets `Tags` only when there are any: many descriptions have no tagSet without tags.
void set_tags(Document& out, Transaction& txn, std::string_view resource_id);

}  // namespace fogling
