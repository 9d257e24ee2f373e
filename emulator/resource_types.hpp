#pragma once

/// Kinds of resource by EC2's own words: how their ids look and which error says that one is malformed or unknown.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/errors.hpp"
#include "fixtures/kinds/id_form.hpp"

namespace fogling {

/// How ids of one kind are judged. Texts hold `{}` for the id, or for the list of ids in `unknown_many`.
struct ResourceType {
  std::string_view type;  ///< as TagSpecifications and DescribeTags call it: `security-group`
  std::string_view prefix;
  std::string_view unknown_code, unknown_text;
  std::string_view unknown_many = {};                         ///< where EC2 has another text for several ids
  std::string_view malformed_code = {}, malformed_text = {};  ///< empty: EC2 treats a malformed id as unknown
  bool refuses_zeros = false;                                 ///< a long id of nothing but zeros is malformed
  kinds::IdForm form = kinds::IdForm::hex;
};

/// Those with code of their own and those that are declared (fixtures/kinds).
std::span<const ResourceType> resource_types();
/// Asserts that the type is one of them.
const ResourceType& resource_type(std::string_view type);
/// As EC2's sentences call it: `networkInterface`, `vpc`.
std::string resource_noun(std::string_view type);
/// By the id's prefix; null where nothing of EC2 looks like that.
const ResourceType* find_resource_type_of(std::string_view id);

/// A prefix, a dash, and 1 to 8 or 17 hexadecimal digits, or what else the type's form says.
bool is_well_formed(const ResourceType& type, std::string_view id);
/// Throws the kind's malformed error unless the id is well formed.
void check_id(std::string_view type, std::string_view id);
ApiError unknown_id(std::string_view type, std::string_view id);
ApiError unknown_ids(std::string_view type, const std::vector<std::string>& ids);

}  // namespace fogling
