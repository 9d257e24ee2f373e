#pragma once

/// Where lists are: what the model leaves to be told from names.

#include <optional>
#include <string>
#include <string_view>

#include "emulator/document.hpp"
#include "emulator/resource_types.hpp"
#include "fixtures/model/model.hpp"

namespace fogling::test {

/// The path in the answer to what is listed; empty where it has no list.
std::string list_of(const model::Operation& operation);
/// What is listed at that path; an empty list where nothing is.
Document items_at(const Document& answer, std::string_view path);
/// A few operations call it `Filter`. Null where there is none.
const model::Member* filters_member(const model::Operation& operation);

/// The operation that describes resources of a type.
struct Description {
  const model::Operation* operation;
  std::string ids;  ///< its parameter with ids, as on the wire; empty where it has none
};
std::optional<Description> description_of(const ResourceType& type);

/// `security-group` as names of operations have it: `SecurityGroup`.
std::string noun_in_names(std::string_view type);
/// Whether the operation's name ends with that noun: `DeleteVpc` ends a VPC, `DeleteVpcPeeringConnection` another
/// thing.
bool is_about(std::string_view operation, std::string_view type);

}  // namespace fogling::test
