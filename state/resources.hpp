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
  static decltype(auto) columns(auto visit) {
    return visit(Column{"resource_id", &T::resource_id}, Column{"kind", &T::kind}, Column{"state", &T::state},
                 Column{"parent_id", &T::parent_id}, Column{"document", &T::document});
  }
};

/// Of one kind and scope, oldest first.
std::vector<GenericResource> list_kind(Transaction& txn, const Scope& scope, std::string_view kind);
/// The same, whoever they belong to and wherever they are.
std::vector<GenericResource> list_kind_anywhere(Transaction& txn, std::string_view kind);
std::vector<GenericResource> list_children(Transaction& txn, std::string_view parent_id, std::string_view kind);
std::int64_t count_kind(Transaction& txn, const Scope& scope, std::string_view kind);

/// The one of a kind whose document has this text in a top-level member, those in one state left out.
std::optional<GenericResource> find_by_member(Transaction& txn, const Scope& scope, std::string_view kind,
                                              std::string_view member, std::string_view text,
                                              std::string_view except_state);

/// Notes that a resource names another; `holds` where the other cannot be deleted meanwhile.
void add_reference(Transaction& txn, const Scope& scope, std::string_view resource_id, std::string_view target_id,
                   bool holds);
void remove_reference(Transaction& txn, std::string_view resource_id, std::string_view target_id);
void remove_references_of(Transaction& txn, std::string_view resource_id);
/// Ids of what holds a resource, in id order.
std::vector<std::string> holders_of(Transaction& txn, std::string_view target_id);
/// The resources of one kind that name `target_id`, oldest first.
std::vector<GenericResource> list_referring(Transaction& txn, std::string_view target_id, std::string_view kind);

}  // namespace fogling::state
