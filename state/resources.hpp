#pragma once

#include "state/table.hpp"

namespace fogling::state {

struct GenericResource : Resource {
  std::string resource_id;
  std::string kind;
  std::string state;
  std::string parent_id;
  Document document;
};

template <>
struct Table<GenericResource> {
  using T = GenericResource;
  static constexpr std::string_view name = "resource";
  static constexpr auto columns =
      std::tuple{Column{"resource_id", &T::resource_id}, Column{"kind", &T::kind}, Column{"state", &T::state},
                 Column{"parent_id", &T::parent_id}, Column{"document", &T::document}};
};

/// Of one kind and scope, oldest first.
std::vector<GenericResource> list_kind(Transaction& txn, const Scope& scope, std::string_view kind);
std::vector<GenericResource> list_children(Transaction& txn, std::string_view parent_id, std::string_view kind);

}  // namespace fogling::state
