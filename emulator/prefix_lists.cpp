#include "emulator/prefix_lists.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fogling {
namespace {

std::optional<state::GenericResource> find_own(Context& context, std::string_view id) {
  auto row = state::find<state::GenericResource>(context.txn, context.scope, id);
  return row && row->kind == "prefix-list" ? std::move(row) : std::nullopt;
}

}  // namespace

std::optional<services::PrefixList> find_aws_prefix_list(Context& context, std::string_view prefix_list_id) {
  auto lists = services::prefix_lists(context.scope.region);
  const auto found = std::ranges::find(lists, prefix_list_id, &services::PrefixList::id);
  return found == lists.end() ? std::nullopt : std::optional(std::move(*found));
}

void require_prefix_list(Context& context, std::string_view prefix_list_id) {
  if (find_own(context, prefix_list_id) || find_aws_prefix_list(context, prefix_list_id)) return;
  throw ApiError("InvalidPrefixListID.NotFound", fmt::format("The prefix list ID '{}' does not exist", prefix_list_id));
}

std::vector<std::string> prefix_list_blocks(Context& context, std::string_view prefix_list_id) {
  std::vector<std::string> blocks;
  if (const auto own = find_own(context, prefix_list_id)) {
    const auto& versions = items(own->document, "_Versions");
    if (versions.empty()) return blocks;
    for (const auto& each : versions.back()) blocks.emplace_back(text(each, "Cidr"));
  } else if (const auto of_aws = find_aws_prefix_list(context, prefix_list_id)) {
    blocks.assign(of_aws->entries.begin(), of_aws->entries.end());
  }
  return blocks;
}

std::int64_t prefix_list_weight(Context& context, std::string_view prefix_list_id) {
  if (const auto own = find_own(context, prefix_list_id)) return integer(own->document, "MaxEntries").value_or(1);
  const auto of_aws = find_aws_prefix_list(context, prefix_list_id);
  return of_aws ? of_aws->weight : 1;
}

}  // namespace fogling
