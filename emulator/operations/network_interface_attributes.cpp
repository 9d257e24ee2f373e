/// Attributes of network interfaces, one at a time, as EC2 wants it.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/addresses.hpp"
#include "emulator/describe.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/world.hpp"
#include "state/instances.hpp"

namespace fogling {
namespace {

ApiError no_attributes() { return errors::invalid_combination("No attributes specified."); }
ApiError no_value() { return {"MissingParameter", "The attribute value must be specified."}; }

state::NetworkInterface require_interface(Call& call) {
  return require_row<state::NetworkInterface>(call, "network-interface", call.text("NetworkInterfaceId"));
}
state::NetworkInterface require_own_interface(Call& call) {
  auto interface = require_interface(call);
  if (interface.requester_managed) throw no_permission();
  return interface;
}

/// The instance whose primary interface this is: it decides whether a start gives a public address.
std::optional<state::Instance> instance_of_primary(Context& context, const state::NetworkInterface& interface) {
  if (interface.instance_id.empty() || interface.device_index != 0) return std::nullopt;
  return state::find<state::Instance>(context.txn, context.scope, interface.instance_id);
}

// ---- Describe ------------------------------------------------------------------------------------------------------

Document DescribeNetworkInterfaceAttribute(Call& call) {
  const auto attribute = call.text("Attribute");
  if (attribute.empty()) throw no_attributes();
  const auto interface = require_interface(call);
  Document out{{"NetworkInterfaceId", interface.network_interface_id}};
  if (attribute == "description") {
    out["Description"] = {{"Value", interface.description}};
  } else if (attribute == "groupSet") {
    out["Groups"] = items(interface_document(call.txn, interface), "Groups");
  } else if (attribute == "sourceDestCheck") {
    out["SourceDestCheck"] = {{"Value", interface.source_dest_check}};
  } else if (attribute == "attachment") {
    if (!interface.attachment_id.empty()) out["Attachment"] = interface_attachment_document(interface);
  } else if (attribute == "associatePublicIpAddress") {
    const auto instance = instance_of_primary(call, interface);
    out["AssociatePublicIpAddress"] =
        instance ? instance->associates_public_ip : flag(interface.options, "AssociatePublicIpAddress").value_or(false);
  } else {
    throw errors::invalid_value(attribute, "attribute", "Unknown attribute.");
  }
  return out;
}

// ---- Modify --------------------------------------------------------------------------------------------------------

void set_option(state::NetworkInterface& interface, const char* name, Document value) {
  Document options = interface.options.is_object() ? interface.options : Document::object();
  options[name] = std::move(value);
  interface.options = std::move(options);
}

void modify_groups(Call& call, state::NetworkInterface& interface) {
  std::vector<std::string> ids;
  for (const auto& each : call.items("Groups")) ids.push_back(each.get<std::string>());
  const auto subnet = state::find_anywhere<state::Subnet>(call.txn, interface.subnet_id).value();
  interface.group_ids = check_interface_groups(call, ids, subnet, Asking::assignment);
  state::update(call.txn, interface);
}

void modify_attachment(Call& call, state::NetworkInterface& interface) {
  const auto& changes = call.part("Attachment");
  const auto id = text(changes, "AttachmentId");
  if (id.empty()) throw errors::missing_parameter("attachment.attachmentId");  // Assumed: the name
  check_id("network-interface-attachment", id);
  if (id != interface.attachment_id) throw unknown_id("network-interface-attachment", id);
  if (has(changes, "EnaQueueCount") || has(changes, "DefaultEnaQueueCount")) {
    throw errors::not_built("EnaQueueCount of ModifyNetworkInterfaceAttribute");
  }
  const auto delete_on_termination = flag(changes, "DeleteOnTermination");
  if (!delete_on_termination) throw no_value();
  interface.delete_on_termination = *delete_on_termination;
}

/// Acts at once on a running instance, otherwise at the next start; only the primary interface has such an address.
void modify_public_address(Call& call, state::NetworkInterface& interface) {
  const bool wanted = call.flag("AssociatePublicIpAddress").value();
  set_option(interface, "AssociatePublicIpAddress", wanted);
  auto instance = instance_of_primary(call, interface);
  if (!instance) return;
  instance->associates_public_ip = wanted;
  state::update(call.txn, *instance);
  if (!wanted && !interface.public_ip.empty()) {
    take_public_address(interface);
    call.world.compute->set_public_address(interface.network_interface_id, std::nullopt);
  }
  state::update(call.txn, interface);
  if (wanted) restore_public_address(call, interface.network_interface_id);
}

void modify_ena_express(Call& call, state::NetworkInterface& interface) {
  if (interface.attachment_id.empty()) {  // Assumed: code and words
    throw errors::operation_not_permitted(
        fmt::format("The network interface '{}' is not attached.", interface.network_interface_id));
  }
  set_option(interface, "EnaSrdSpecification", call.part("EnaSrdSpecification"));
}

struct Attribute {
  const char* member;
  const char* shown;  ///< as EC2 calls it in its refusal of several at once
  void (*modify)(Call&, state::NetworkInterface&);
};

/// The order of the first three is recorded.
constexpr Attribute kAttributes[] = {
    {"SourceDestCheck", "sourceDestCheck",
     [](Call& call, state::NetworkInterface& interface) {
       const auto value = flag(call.part("SourceDestCheck"), "Value");
       if (!value) throw no_value();
       interface.source_dest_check = *value;
     }},
    {"Description", "description",
     [](Call& call, state::NetworkInterface& interface) {
       if (!has(call.part("Description"), "Value")) throw no_value();
       const auto value = text(call.part("Description"), "Value");
       check_interface_description(value);
       interface.description = value;
     }},
    {"Groups", "groupSet", modify_groups},
    {"Attachment", "attachment", modify_attachment},
    {"AssociatePublicIpAddress", "associatePublicIpAddress", modify_public_address},
    {"ConnectionTrackingSpecification", "connectionTrackingSpecification",
     [](Call& call, state::NetworkInterface& interface) {
       set_connection_tracking(interface, call.part("ConnectionTrackingSpecification"));
     }},
    {"EnaSrdSpecification", "enaSrdSpecification", modify_ena_express},
    {"EnablePrimaryIpv6", "enablePrimaryIpv6",
     [](Call& call, state::NetworkInterface& interface) {
       if (call.flag("EnablePrimaryIpv6") == true) enable_primary_ipv6(interface);
     }},
    {"AssociatedSubnetIds", "associatedSubnetId",
     [](Call&, state::NetworkInterface&) { throw errors::not_built("AssociatedSubnetIds of a network interface"); }},
};

Document ModifyNetworkInterfaceAttribute(Call& call) {
  auto interface = require_own_interface(call);
  std::vector<const Attribute*> given;
  for (const auto& attribute : kAttributes) {
    if (has(call.in, attribute.member)) given.push_back(&attribute);
  }
  if (given.empty()) throw no_attributes();
  if (given.size() > 1) {
    std::string names;
    for (const auto* each : given) names += (names.empty() ? "" : ", ") + std::string(each->shown);
    throw errors::invalid_combination("Fields for multiple attribute types specified: " + names);
  }
  given.front()->modify(call, interface);
  if (given.front()->modify != modify_public_address) state::update(call.txn, interface);
  return {};
}

// ---- Reset ---------------------------------------------------------------------------------------------------------

/// Recorded: the parameter is a flag by its presence; a value is refused, even before a dry run is answered.
Document ResetNetworkInterfaceAttribute(Call& call) {
  if (!call.text("SourceDestCheck").empty()) throw ApiError("InvalidRequest", "The request received was invalid.");
  call.end_of_dry_run();
  if (!has(call.in, "SourceDestCheck")) throw no_attributes();
  auto interface = require_own_interface(call);
  interface.source_dest_check = true;
  state::update(call.txn, interface);
  return {};
}

constexpr Operation kOperations[] = {
    {.name = "DescribeNetworkInterfaceAttribute", .run = DescribeNetworkInterfaceAttribute, .access = Access::read},
    {.name = "ModifyNetworkInterfaceAttribute", .run = ModifyNetworkInterfaceAttribute, .access = Access::write},
    {.name = "ResetNetworkInterfaceAttribute",
     .run = ResetNetworkInterfaceAttribute,
     .access = Access::write,
     .dry_run = DryRun::after_checks},
};

}  // namespace

Family network_interface_attributes_family() { return {.operations = kOperations}; }

}  // namespace fogling
