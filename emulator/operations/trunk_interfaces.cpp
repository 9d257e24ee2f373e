/// Branch interfaces on a trunk: declared, but for what the two have to be.

#include <fmt/format.h>

#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "state/network_interfaces.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "trunk-interface-association";

/// Assumed: code and words of the refusals.
void require_type(Call& call, const char* member, std::string_view type) {
  const auto interface = require_row<state::NetworkInterface>(call, "network-interface", call.require(member));
  if (interface.interface_type == type) return;
  throw errors::invalid_parameter_value(
      fmt::format("The network interface '{}' is not of the type '{}'.", interface.network_interface_id, type));
}

/// One way to tell branches apart, and no other branch of the trunk that is told so.
void check_key(Call& call, const GenericResource& association) {
  const auto vlan = call.integer("VlanId"), key = call.integer("GreKey");
  if (vlan.has_value() == key.has_value()) {
    if (!vlan) throw errors::missing_parameter("VlanId");
    throw errors::not_together("vlanId", "greKey");
  }
  if (vlan && (*vlan < 1 || *vlan > 4094)) throw errors::invalid_value(std::to_string(*vlan), "vlanId");
  for (const auto& other : state::list_referring(call.txn, call.text("TrunkInterfaceId"), kKind)) {
    const bool is_taken =
        (vlan && integer(other.document, "VlanId") == vlan) || (key && integer(other.document, "GreKey") == key);
    if (is_taken) {
      throw errors::invalid_parameter_value(fmt::format("The trunk interface '{}' has such a branch already: {}.",
                                                        text(association.document, "TrunkInterfaceId"),
                                                        other.resource_id));
    }
  }
}

void associate(Call& call, GenericResource& association) {
  require_type(call, "TrunkInterfaceId", "trunk");
  require_type(call, "BranchInterfaceId", "branch");
  check_key(call, association);
  const auto branch_id = call.text("BranchInterfaceId");
  if (const auto others = state::list_referring(call.txn, branch_id, kKind); !others.empty()) {
    throw errors::invalid_parameter_value(
        fmt::format("The branch interface '{}' is associated already: {}.", branch_id, others.front().resource_id));
  }
  association.document["InterfaceProtocol"] = call.integer("VlanId") ? "VLAN" : "GRE";
}

constexpr Hooks kHooks[] = {{.kind = kKind, .create = associate}};

}  // namespace

Family trunk_interfaces_family() { return {.hooks = kHooks}; }

}  // namespace fogling
