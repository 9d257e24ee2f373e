/// Network interfaces attached to instances and detached again, beyond the one that every instance is born with.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/addresses.hpp"
#include "emulator/describe.hpp"
#include "emulator/instances.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/network_interfaces.hpp"

namespace fogling {
namespace {

/// Assumed: recorded attachments to a stopped instance are there three seconds later at the latest.
constexpr std::int64_t kAttachTakes_ms = 2000, kDetachTakes_ms = 2000;

// ---- Attach --------------------------------------------------------------------------------------------------------

void check_place(Call& call, const state::Instance& instance, std::int64_t device_index,
                 std::int64_t network_card_index) {
  const auto attached = state::interfaces_of_instance(call.txn, instance.instance_id);
  if (device_index < 0) {  // Assumed: the words
    throw errors::invalid_value(std::to_string(device_index), "deviceIndex", "Value must not be negative.");
  }
  const bool is_taken = std::ranges::any_of(attached, [&](const state::NetworkInterface& other) {
    return other.device_index == device_index && other.network_card_index == network_card_index;
  });
  if (is_taken) {
    throw errors::invalid_parameter_value(fmt::format(
        "Instance '{}' already has an interface attached at device index '{}'.", instance.instance_id, device_index));
  }
  const auto* type = catalogue::find_instance_type(instance.instance_type);
  const auto cards = type == nullptr || type->interfaces_per_card.empty() ? 1 : type->interfaces_per_card.size();
  if (network_card_index < 0 || network_card_index >= static_cast<std::int64_t>(cards)) {  // Assumed: the words
    throw errors::invalid_parameter_value(fmt::format("The instance type {} has no network card at index {}.",
                                                      instance.instance_type, network_card_index));
  }
  check_interface_count(instance.instance_type, attached.size() + 1);
}

void check_attachable(const state::NetworkInterface& interface, const state::Instance& instance) {
  if (interface.requester_managed) throw no_permission();
  if (!interface.attachment_id.empty()) {
    throw ApiError("InvalidNetworkInterface.InUse",
                   fmt::format("Interface: [{}] in use.", interface.network_interface_id));
  }
  if (instance.state != instance_state::running && instance.state != instance_state::stopped) {
    throw errors::incorrect_state(  // Assumed: the words
        fmt::format("Instance '{}' is not 'running' or 'stopped'.", instance.instance_id));
  }
  if (interface.availability_zone != instance.availability_zone) {
    throw errors::invalid_combination(
        "You may not attach a network interface to an instance if they are not in the same availability zone");
  }
}

/// A permission lets the instance of one account have the interface of another: its moves are those of its owner.
void schedule_of_owner(Call& call, const state::NetworkInterface& interface, std::string_view move,
                       std::int64_t takes_ms) {
  const auto scope = interface.scope();
  Context owner{call.world, call.txn, scope, call.now_ms};
  schedule(owner, "network-interface", interface.network_interface_id, move, takes_ms);
}

Document AttachNetworkInterface(Call& call) {
  auto interface = require_usable_interface(call, call.text("NetworkInterfaceId"), "INSTANCE-ATTACH");
  const auto instance = require_instance(call, call.text("InstanceId"));
  const auto device_index = call.integer("DeviceIndex").value_or(0);
  const auto network_card_index = call.integer("NetworkCardIndex").value_or(0);
  check_attachable(interface, instance);
  check_place(call, instance, device_index, network_card_index);
  check_address_count(instance.instance_type, count_addresses(call.txn, interface));
  check_ipv6_count(instance.instance_type, interface);
  if (has(call.in, "EnaQueueCount")) throw errors::not_built("EnaQueueCount of AttachNetworkInterface");

  attach_interface(call, interface, instance.instance_id, device_index, network_card_index, false, "attaching");
  if (const auto& express = call.part("EnaSrdSpecification"); !express.empty()) {
    interface.options["EnaSrdSpecification"] = express;
  }
  if (interface.account != instance.account) interface.options["InstanceOwnerId"] = instance.account;
  state::update(call.txn, interface);
  state::remove_dues_of(call.txn, interface.network_interface_id);  // it may have been `pending` still
  schedule_of_owner(call, interface, "attached", kAttachTakes_ms);
  return {{"AttachmentId", interface.attachment_id}, {"NetworkCardIndex", network_card_index}};
}

// ---- Detach --------------------------------------------------------------------------------------------------------

/// Owners of the interface and of the instance may both detach it.
bool is_involved(const Call& call, const state::NetworkInterface& interface) {
  if (interface.region != call.scope.region) return false;
  return interface.account == call.scope.account || text(interface.options, "InstanceOwnerId") == call.scope.account;
}

Document DetachNetworkInterface(Call& call) {
  const auto attachment_id = call.text("AttachmentId");
  if (!attachment_id.starts_with("ela-attach-")) check_id("network-interface-attachment", attachment_id);
  auto interface = state::find_interface_by_attachment(call.txn, attachment_id);
  if (!interface || !is_involved(call, *interface)) throw unknown_id("network-interface-attachment", attachment_id);
  if (interface->requester_managed) {
    throw errors::operation_not_permitted("You are not allowed to manage 'ela-attach' attachments.");
  }
  if (interface->device_index == 0) {
    throw errors::operation_not_permitted(
        fmt::format("The network interface at device index 0 and networkCard index {} cannot be detached.",
                    interface->network_card_index));
  }
  if (interface->attachment_status == "detaching") return {};  // Assumed: a repetition is harmless
  interface->attachment_status = "detaching";
  state::update(call.txn, *interface);
  state::remove_dues_of(call.txn, interface->network_interface_id);
  schedule_of_owner(call, *interface, "detached", kDetachTakes_ms);
  return {};
}

void move_interface(Context& context, const state::Due& due) {
  auto interface = state::find<state::NetworkInterface>(context.txn, context.scope, due.resource_id);
  if (!interface) return;
  if (due.move == "available" && interface->status == "pending") {
    interface->status = "available";
  } else if (due.move == "attached" && interface->attachment_status == "attaching") {
    interface->attachment_status = "attached";
  } else if (due.move == "detached" && interface->attachment_status == "detaching") {
    detach_interface(*interface);
  } else {
    return;
  }
  state::update(context.txn, *interface);
}

constexpr Operation kOperations[] = {
    {.name = "AttachNetworkInterface", .run = AttachNetworkInterface, .access = Access::write},
    {.name = "DetachNetworkInterface", .run = DetachNetworkInterface, .access = Access::write},
};

constexpr Mover kMovers[] = {{"network-interface", move_interface}};

}  // namespace

Family network_interface_attachments_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
