#include "emulator/prefix_lists.hpp"

#include <fmt/format.h>

namespace fogling {
namespace {

std::optional<state::GenericResource> find_list(Context& context, std::string_view id) {
  auto row = state::find<state::GenericResource>(context.txn, context.scope, id);
  return row && row->kind == "prefix-list" ? std::move(row) : std::nullopt;
}

}  // namespace

void require_prefix_list(Context& context, std::string_view prefix_list_id) {
  if (find_list(context, prefix_list_id)) return;
  throw ApiError("InvalidPrefixListID.NotFound", fmt::format("The prefix list ID '{}' does not exist", prefix_list_id));
}

std::int64_t prefix_list_weight(Context& context, std::string_view prefix_list_id) {
  const auto list = find_list(context, prefix_list_id);
  return list ? integer(list->document, "MaxEntries").value_or(1) : 1;
}

}  // namespace fogling
