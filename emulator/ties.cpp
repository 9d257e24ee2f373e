#include "emulator/ties.hpp"

#include <algorithm>

#include "emulator/lifecycle.hpp"

namespace fogling {
namespace {

/// Assumed: how long an association or a propagation takes.
constexpr std::int64_t kTieTakesMs = 5000;
/// The move that takes a tie away.
constexpr std::string_view kGone = "gone";

}  // namespace

GenericResource tie(Context& context, std::string_view kind, const GenericResource& parent, std::string_view target_id,
                    Document document, std::string_view at_once, std::string_view finally) {
  GenericResource row;
  row.account = parent.account;
  row.region = parent.region;
  row.resource_id = context.make_id("tie");
  row.kind = kind;
  row.state = at_once;
  row.parent_id = parent.resource_id;
  row.document = std::move(document);
  row.document["TargetId"] = target_id;
  state::insert(context.txn, row);
  state::add_reference(context.txn, parent.scope(), row.resource_id, target_id, false);
  move_tie(context, row, at_once, finally);
  return row;
}

void hold(Context& context, GenericResource& tie, std::string_view target_id) {
  state::add_reference(context.txn, tie.scope(), tie.resource_id, target_id, false);
  state::add_reference(context.txn, tie.scope(), tie.parent_id, target_id, true);
  tie.document["_held"] = target_id;
  state::update(context.txn, tie);
}

void move_tie(Context& context, GenericResource& tie, std::string_view at_once, std::string_view finally) {
  state::remove_dues_of(context.txn, tie.resource_id);
  tie.state = at_once;
  state::update(context.txn, tie);
  if (finally != at_once) schedule(context, tie.kind, tie.resource_id, finally, kTieTakesMs);
}

void untie(Context& context, GenericResource& tie, std::string_view last_state) {
  move_tie(context, tie, last_state, kGone);
}

void drop_tie(Context& context, const GenericResource& tie) {
  if (const auto held = text(tie.document, "_held"); !held.empty())
    state::remove_reference(context.txn, tie.parent_id, held);
  state::remove_references_of(context.txn, tie.resource_id);
  state::remove_dues_of(context.txn, tie.resource_id);
  state::erase(context.txn, tie);
}

void tie_moved(Context& context, const state::Due& due) {
  auto row = state::find_anywhere<GenericResource>(context.txn, due.resource_id);
  if (!row) return;
  if (due.move == kGone) {
    drop_tie(context, *row);
    return;
  }
  row->state = due.move;
  state::update(context.txn, *row);
}

std::vector<GenericResource> ties_between(Context& context, std::string_view kind, std::string_view parent_id,
                                          std::string_view target_id) {
  auto rows = state::list_children(context.txn, parent_id, kind);
  std::erase_if(rows, [&](const auto& row) {
    return text(row.document, "TargetId") != target_id || row.state.starts_with("disa") || row.state == "deleting";
  });
  return rows;
}

std::vector<GenericResource> ties_of(Context& context, std::string_view kind, std::string_view parent_id) {
  return state::list_children(context.txn, parent_id, kind);
}

}  // namespace fogling
