#include "emulator/references.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/images.hpp"
#include "emulator/kinds.hpp"
#include "emulator/resource_types.hpp"
#include "state/addresses.hpp"
#include "state/instances.hpp"
#include "state/key_pairs.hpp"
#include "state/network_interfaces.hpp"
#include "state/resources.hpp"
#include "state/security_groups.hpp"
#include "state/snapshots.hpp"
#include "state/subnets.hpp"
#include "state/volumes.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

template <class Row>
bool is_there(Context& context, std::string_view id) {
  return state::find<Row>(context.txn, context.scope, id).has_value();
}
template <class Row>
bool is_anywhere(Context& context, std::string_view id) {
  return state::find_anywhere<Row>(context.txn, id).has_value();
}

/// Kinds with a table of their own; every other kind is in the table of generic resources.
constexpr struct {
  std::string_view type;
  bool (*is_there)(Context&, std::string_view);
  bool (*is_anywhere)(Context&, std::string_view);
} kTables[] = {
    {"instance", is_there<state::Instance>, is_anywhere<state::Instance>},
    {"volume", is_there<state::Volume>, is_anywhere<state::Volume>},
    {"snapshot", is_there<state::Snapshot>, is_anywhere<state::Snapshot>},
    {"image", is_there<state::Image>, is_anywhere<state::Image>},
    {"security-group", is_there<state::SecurityGroup>, is_anywhere<state::SecurityGroup>},
    {"security-group-rule", is_there<state::SecurityGroupRule>, is_anywhere<state::SecurityGroupRule>},
    {"vpc", is_there<state::Vpc>, is_anywhere<state::Vpc>},
    {"subnet", is_there<state::Subnet>, is_anywhere<state::Subnet>},
    {"network-interface", is_there<state::NetworkInterface>, is_anywhere<state::NetworkInterface>},
    {"elastic-ip", is_there<state::Address>, is_anywhere<state::Address>},
    {"key-pair", is_there<state::KeyPair>, is_anywhere<state::KeyPair>},
};

bool is_of_kind(const std::optional<state::GenericResource>& row, std::string_view kind) {
  return row && row->kind == kind;
}

bool exists_anywhere(Context& context, std::string_view type, std::string_view id) {
  const auto* table = std::ranges::find_if(kTables, [&](const auto& each) { return each.type == type; });
  if (table != std::end(kTables)) return table->is_anywhere(context, id);
  return is_of_kind(state::find_anywhere<state::GenericResource>(context.txn, id), type);
}

/// The type that is meant: the given one, or the one that the id looks like.
std::string_view type_of(std::string_view type, std::string_view id) {
  if (type != "*") return type;
  const auto* found = find_resource_type_of(id);
  if (found == nullptr) throw ApiError("InvalidID", fmt::format("The ID '{}' is not valid", id));
  return found->type;
}

}  // namespace

bool exists(Context& context, std::string_view type, std::string_view id) {
  const auto* table = std::ranges::find_if(kTables, [&](const auto& each) { return each.type == type; });
  if (table != std::end(kTables)) return table->is_there(context, id);
  return find_resource(context, type, id).has_value();
}

void require_exists(Context& context, std::string_view type, std::string_view id) {
  const auto meant = type_of(type, id);
  check_id(meant, id);
  if (!exists(context, meant, id)) throw unknown_id(meant, id);
}

void require_exists_anywhere(Context& context, std::string_view type, std::string_view id) {
  const auto meant = type_of(type, id);
  check_id(meant, id);
  if (!exists_anywhere(context, meant, id)) throw unknown_id(meant, id);
}

void require_unheld(Context& context, std::string_view type, std::string_view id) {
  if (state::holders_of(context.txn, id).empty()) return;
  const auto* kind = kinds::find(type);
  if (kind != nullptr && !kind->errors.held_text.empty()) {
    throw ApiError(std::string(kind->errors.held), fmt::format(fmt::runtime(kind->errors.held_text), id));
  }
  throw errors::dependency_violation(
      fmt::format("The {} '{}' has dependencies and cannot be deleted.", resource_noun(type), id));
}

}  // namespace fogling
