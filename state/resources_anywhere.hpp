#pragma once

/// Rows of the long tail beyond one scope.

#include "state/resources.hpp"

namespace fogling::state {

/// Of one kind and account, in whatever region, oldest first.
std::vector<GenericResource> list_kind_of_account(Transaction& txn, std::string_view account, std::string_view kind);
/// Of one kind, of all accounts and regions, oldest first.
std::vector<GenericResource> list_kind_anywhere(Transaction& txn, std::string_view kind);

}  // namespace fogling::state
