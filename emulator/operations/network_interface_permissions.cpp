/// What other accounts may do with a network interface.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "emulator/kinds.hpp"
#include "state/instances.hpp"
#include "state/network_interfaces.hpp"

namespace fogling {
namespace {

/// Assumed: codes and words.
void check_permission(Call& call, GenericResource&) {
  if (!call.text("AwsService").empty()) throw errors::unsupported("The parameter AwsService is not supported.");
  const auto account = call.require("AwsAccountId");
  const bool is_account = account.size() == 12 && std::ranges::all_of(account, [](char c) {
                            return std::isdigit(static_cast<unsigned char>(c)) != 0;
                          });
  if (!is_account) throw errors::invalid_value(account, "awsAccountId", "It is not an AWS account ID.");
}

/// While the other account uses the interface, only Force takes the permission away.
void check_unused(Call& call, GenericResource& permission) {
  if (call.flag("Force").value_or(false)) return;
  const auto interface =
      state::find<state::NetworkInterface>(call.txn, call.scope, text(permission.document, "NetworkInterfaceId"));
  if (!interface || interface->instance_id.empty()) return;
  const auto instance = state::find_anywhere<state::Instance>(call.txn, interface->instance_id);
  if (!instance || instance->account != text(permission.document, "AwsAccountId")) return;
  throw errors::operation_not_permitted(  // Assumed: code and words
      fmt::format("The network interface {} is attached to an instance of the account {}.",
                  interface->network_interface_id, instance->account));
}

constexpr Hooks kHooks[] = {
    {.kind = "network-interface-permission", .create = check_permission, .remove = check_unused}};

}  // namespace

Family network_interface_permissions_family() { return {.hooks = kHooks}; }

}  // namespace fogling
