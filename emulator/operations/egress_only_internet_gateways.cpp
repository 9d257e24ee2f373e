/// Egress-only internet gateways: a VPC has one. All else is declared.

#include <fmt/format.h>

#include "emulator/kinds.hpp"

namespace fogling {
namespace {

/// Documented; the words are Assumed, after those for internet gateways.
void create_gateway(Call& call, GenericResource& gateway) {
  if (state::list_children(call.txn, gateway.parent_id, "egress-only-internet-gateway").empty()) return;
  throw errors::invalid_parameter_value(
      fmt::format("Network {} already has an egress-only internet gateway attached", gateway.parent_id));
}

constexpr Hooks kHooks[] = {{.kind = "egress-only-internet-gateway", .create = create_gateway}};

}  // namespace

Family egress_only_internet_gateways_family() { return {.hooks = kHooks}; }

}  // namespace fogling
