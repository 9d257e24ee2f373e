#pragma once

/// The one way to list: by ids or all, filtered, in pages, in the order of creation.

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"
#include "emulator/paging.hpp"
#include "emulator/resource_types.hpp"
#include "state/table.hpp"

namespace fogling {

/// How a Describe of a kind with a table is asked and answered.
struct Listing {
  std::string_view type;            ///< resource type, for the errors of ids: `volume`
  std::string_view ids;             ///< parameter with ids: `VolumeIds`
  std::string_view list;            ///< member of the answer: `Volumes`
  std::string_view id_filter = {};  ///< filter that names the id: `volume-id`; an index answers it
};

/// The ids that a request names, each once, checked for their form. Empty where it names none.
std::vector<std::string> requested_ids(const Call& call, std::string_view type, std::string_view member);

/// Puts together a page from what passes the filters.
template <class Row>
struct PageBuilder {
  Call& call;
  Paging paging;
  Document items = Document::array();
  std::int64_t last_seq = 0;
  std::int64_t scanned = 0;  ///< rows looked at
  bool is_full = false;      ///< there is at least one more

  /// False once the page has all it holds.
  bool offer(const Row& row, const std::function<Document(const Row&)>& describe) {
    if (row.seq <= paging.after) return true;
    if (paging.bounds_scan) {
      if (scanned >= paging.limit) return false;
      ++scanned;
      last_seq = row.seq;
    }
    Document item;
    if (!call.filters.empty()) {
      item = describe(row);
      if (!call.filters.match(item)) return true;
    }
    if (static_cast<std::int64_t>(items.size()) >= paging.limit) {
      is_full = true;
      return false;
    }
    if (item.is_null()) item = describe(row);
    items.push_back(std::move(item));
    last_seq = row.seq;
    return true;
  }

  /// Where the scan is bounded, only an empty one tells that it was the last.
  bool has_token() const { return is_full || scanned > 0; }
};

/// What a bounded scan looks at: all there is, or all of the VPCs that a filter names.
template <class Row>
std::vector<Row> scan(Call& call) {
  auto rows = state::list<Row>(call.txn, call.scope);
  if constexpr (requires(const Row& row) { row.vpc_id; }) {
    if (const auto* vpcs = call.filters.literal_values("vpc-id")) {
      std::erase_if(rows, [&](const Row& row) { return std::ranges::find(*vpcs, row.vpc_id) == vpcs->end(); });
    }
  }
  return rows;
}

/// Rows that may pass: by the ids asked for (all of which must be there), by an index where a filter allows, else all.
template <class Row>
std::vector<Row> candidates(Call& call, const Listing& listing) {
  const auto ids = requested_ids(call, listing.type, listing.ids);
  std::vector<Row> rows;
  if (!ids.empty()) {
    std::vector<std::string> unknown;
    for (const auto& id : ids) {
      if (auto row = state::find<Row>(call.txn, call.scope, id)) {
        rows.push_back(*std::move(row));
      } else {
        unknown.push_back(id);
      }
    }
    if (!unknown.empty()) throw unknown_ids(listing.type, unknown);
  } else if (const auto* wanted =
                 listing.id_filter.empty() ? nullptr : call.filters.literal_values(listing.id_filter)) {
    for (const auto& id : std::set<std::string>(wanted->begin(), wanted->end())) {
      if (auto row = state::find<Row>(call.txn, call.scope, id)) rows.push_back(*std::move(row));
    }
  } else if (const auto* tag = call.filters.literal_tag()) {
    std::set<std::string> tagged;
    for (const auto& value : tag->values) {
      for (auto& id : state::resources_tagged(call.txn, call.scope, tag->name.substr(4), value))
        tagged.insert(std::move(id));
    }
    for (const auto& id : tagged) {
      if (auto row = state::find<Row>(call.txn, call.scope, id)) rows.push_back(*std::move(row));
    }
  } else {
    return state::list<Row>(call.txn, call.scope);
  }
  std::ranges::sort(rows, {}, [](const Row& row) { return row.seq; });
  return rows;
}

/// A whole Describe of a kind with a table of its own.
template <class Row>
Document describe_rows(Call& call, const Listing& listing, const std::function<Document(const Row&)>& describe) {
  PageBuilder<Row> page{call, read_paging(call, listing.ids)};
  for (const auto& row : page.paging.bounds_scan ? scan<Row>(call) : candidates<Row>(call, listing)) {
    if (!page.offer(row, describe)) break;
    call.looked_at.push_back(state::id_of(row));
  }
  Document answer{{listing.list, std::move(page.items)}};
  if (page.has_token()) answer["NextToken"] = make_token(call, page.last_seq);
  return answer;
}

/// The same for what is made on the spot rather than stored: documents in their order. The place in a page's token is
/// the place in that order.
Document describe_documents(Call& call, std::string_view list, std::vector<Document> documents,
                            std::string_view ids_member = {});

/// Throws the kind's own error when there is no such row in the caller's scope, or when the id is malformed.
template <class Row>
Row require_row(Context& context, std::string_view type, std::string_view id) {
  check_id(type, id);
  if (auto row = state::find<Row>(context.txn, context.scope, id)) return *std::move(row);
  throw unknown_id(type, id);
}

}  // namespace fogling
