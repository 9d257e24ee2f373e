/// Attributes of instances: one at a time to read and, state permitting, to change. Options that have an operation of
/// their own are in instance_options.cpp.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/encoding.hpp"
#include "emulator/instance_options.hpp"
#include "emulator/instances.hpp"
#include "emulator/launch.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/security_groups.hpp"
#include "emulator/volumes.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

state::NetworkInterface only_interface(Context& context, const state::Instance& instance) {
  auto interfaces = state::interfaces_of_instance(context.txn, instance.instance_id);
  if (interfaces.size() != 1) {
    throw ApiError(
        "InvalidInstanceID",
        fmt::format("There are multiple interfaces attached to instance '{}'. Please specify an interface ID for "
                    "the operation instead.",
                    instance.instance_id));
  }
  return std::move(interfaces.front());
}

// ---- Reading -------------------------------------------------------------------------------------------------------

Document wrapped(std::string_view value) { return value.empty() ? Document::object() : Document{{"Value", value}}; }
Document wrapped(bool value) { return {{"Value", value}}; }

struct Reader {
  std::string_view attribute;
  const char* member;
  Document (*read)(Call&, const state::Instance&);
};

template <std::string state::Instance::*Field>
Document read_text(Call&, const state::Instance& instance) {
  return wrapped(instance.*Field);
}
template <bool state::Instance::*Field>
Document read_flag(Call&, const state::Instance& instance) {
  return wrapped(instance.*Field);
}

constexpr Reader kReaders[] = {
    {"instanceType", "InstanceType", read_text<&state::Instance::instance_type>},
    {"userData", "UserData", read_text<&state::Instance::user_data>},
    {"disableApiTermination", "DisableApiTermination", read_flag<&state::Instance::disable_api_termination>},
    {"disableApiStop", "DisableApiStop", read_flag<&state::Instance::disable_api_stop>},
    {"instanceInitiatedShutdownBehavior", "InstanceInitiatedShutdownBehavior",
     read_text<&state::Instance::instance_initiated_shutdown_behavior>},
    {"rootDeviceName", "RootDeviceName", read_text<&state::Instance::root_device_name>},
    {"ebsOptimized", "EbsOptimized", read_flag<&state::Instance::ebs_optimized>},
    {"enaSupport", "EnaSupport", read_flag<&state::Instance::ena_support>},
    {"kernel", "KernelId", [](Call&, const state::Instance& each) { return wrapped(text(each.options, "KernelId")); }},
    {"ramdisk", "RamdiskId",
     [](Call&, const state::Instance& each) { return wrapped(text(each.options, "RamdiskId")); }},
    {"sriovNetSupport", "SriovNetSupport",
     [](Call&, const state::Instance& each) { return wrapped(text(each.options, "SriovNetSupport")); }},
    {"enclaveOptions", "EnclaveOptions",
     [](Call&, const state::Instance& each) -> Document {
       return {{"Enabled", flag(part(each.options, "EnclaveOptions"), "Enabled").value_or(false)}};
     }},
    {"sourceDestCheck", "SourceDestCheck",
     [](Call& call, const state::Instance& each) { return wrapped(only_interface(call, each).source_dest_check); }},
    {"groupSet", "Groups",
     [](Call& call, const state::Instance& each) -> Document {
       return items(instance_document(call.txn, each), "SecurityGroups");
     }},
    {"blockDeviceMapping", "BlockDeviceMappings",
     [](Call& call, const state::Instance& each) -> Document {
       return items(instance_document(call.txn, each), "BlockDeviceMappings");
     }},
    {"productCodes", "ProductCodes", [](Call&, const state::Instance&) { return Document::array(); }},
};

Document DescribeInstanceAttribute(Call& call) {
  const auto instance = require_instance(call, call.require("InstanceId"));
  const auto attribute = call.require("Attribute");
  const auto* reader = std::ranges::find(kReaders, attribute, &Reader::attribute);
  if (reader == std::end(kReaders)) throw errors::invalid_value(attribute, "attribute", "Unknown attribute.");
  return {{"InstanceId", instance.instance_id}, {reader->member, reader->read(call, instance)}};
}

// ---- Changing one --------------------------------------------------------------------------------------------------

void set_instance_type(Call& call, state::Instance& instance, const Document& value) {
  require_stopped(instance);
  const auto name = text(value, "Value");
  const auto* type = catalogue::find_instance_type(name);
  if (type == nullptr || !catalogue::is_offered(*type, call.scope.region)) {
    throw invalid_instance_type(name);
  }
  check_architecture(*type, instance.architecture);
  const auto interfaces = state::interfaces_of_instance(call.txn, instance.instance_id);
  check_interface_count(type->name, interfaces.size());
  for (const auto& interface : interfaces) check_address_count(type->name, count_addresses(call.txn, interface));
  instance.instance_type = type->name;
  instance.core_count = type->cores;
  instance.threads_per_core = type->threads_per_core;
  if (instance.options.is_object()) instance.options.erase("CpuOptions");
  if (!type->burstable) instance.cpu_credits.clear();
  if (type->burstable && instance.cpu_credits.empty()) instance.cpu_credits = default_cpu_credits(call, type->family);
}

/// The new form is a blob, which came in base64 and is bytes by now; the old one is text.
void set_user_data(Call& call, state::Instance& instance, const Document& value) {
  require_stopped(instance);
  const bool is_old = call.text("Attribute") == "userData" && has(call.in, "Value");
  instance.user_data = read_user_data(is_old ? std::string(text(value, "Value")) : base64_encode(text(value, "Value")));
}

void set_shutdown_behavior(Call&, state::Instance& instance, const Document& value) {
  require_alive(instance);
  const auto behavior = text(value, "Value");
  if (behavior != "stop" && behavior != "terminate") {
    throw errors::invalid_value(behavior, "instanceInitiatedShutdownBehavior");
  }
  instance.instance_initiated_shutdown_behavior = behavior;
}

bool read_toggle(const Document& value, std::string_view attribute) {
  if (const auto given = flag(value, "Value")) return *given;
  const auto words = text(value, "Value");
  if (words == "true" || words == "false") return words == "true";
  throw errors::invalid_value(words, attribute, "It is neither true nor false.");  // Assumed: as of parameters
}

void set_termination_protection(Call&, state::Instance& instance, const Document& value) {
  require_alive(instance);
  instance.disable_api_termination = read_toggle(value, "disableApiTermination");
}

void set_stop_protection(Call&, state::Instance& instance, const Document& value) {
  require_alive(instance);
  instance.disable_api_stop = read_toggle(value, "disableApiStop");
}

void set_ebs_optimized(Call&, state::Instance& instance, const Document& value) {
  require_stopped(instance);
  const bool is_optimized = read_toggle(value, "ebsOptimized");
  const auto* type = catalogue::find_instance_type(instance.instance_type);
  if (is_optimized && type != nullptr && type->ebs_optimized == catalogue::Support::unsupported) {
    refuse_configuration();
  }
  instance.ebs_optimized = is_optimized;
}

void set_ena_support(Call&, state::Instance& instance, const Document& value) {
  require_stopped(instance);
  instance.ena_support = read_toggle(value, "enaSupport");
}

void set_sriov_net_support(Call&, state::Instance& instance, const Document& value) {
  require_stopped(instance);
  const auto mode = text(value, "Value");
  if (mode != "simple") throw errors::invalid_value(mode, "sriovNetSupport");  // Assumed: the words
  instance.options["SriovNetSupport"] = mode;
}

/// The rules of a launch. Assumed: that the instance has to be stopped, and the words.
void set_enclave(Call&, state::Instance& instance, const Document& value) {
  require_stopped(instance);
  const bool is_enabled = flag(value, "Enabled").value_or(false);
  const auto* type = catalogue::find_instance_type(instance.instance_type);
  if (is_enabled && (type == nullptr || !type->enclaves_supported)) refuse_configuration();
  if (is_enabled && flag(part(instance.options, "HibernationOptions"), "Configured").value_or(false))
    throw errors::invalid_combination("Hibernation and Nitro Enclaves cannot be enabled on the same instance.");
  instance.options["EnclaveOptions"] = {{"Enabled", is_enabled}};
}

/// No image of a kernel is left to be found.
void set_kernel(Call&, state::Instance& instance, const Document& value) {
  require_stopped(instance);
  throw unknown_id("image", text(value, "Value"));
}

void set_groups(Call& call, state::Instance& instance, const Document& groups) {
  require_alive(instance);
  auto interface = only_interface(call, instance);
  std::vector<std::string> ids;
  for (const auto& each : groups) ids.push_back(each.get<std::string>());
  const auto subnet = state::find_anywhere<state::Subnet>(call.txn, interface.subnet_id).value();
  interface.group_ids = check_interface_groups(call, ids, subnet, Asking::assignment);
  state::update(call.txn, interface);
}

void set_source_dest_check(Call& call, state::Instance& instance, const Document& value) {
  require_alive(instance);
  auto interface = only_interface(call, instance);
  interface.source_dest_check = read_toggle(value, "sourceDestCheck");
  state::update(call.txn, interface);
}

void set_devices(Call& call, state::Instance& instance, const Document& devices) {
  require_alive(instance);
  auto attachments = state::attachments_of_instance(call.txn, instance.instance_id);
  for (const auto& device : devices) {
    const auto name = text(device, "DeviceName");
    const auto found = std::ranges::find(attachments, name, &state::VolumeAttachment::device);
    if (found == attachments.end()) {
      throw ApiError("InvalidInstanceAttributeValue", fmt::format("No device is currently mapped at {}", name));
    }
    if (has(device, "NoDevice") || !text(device, "VirtualName").empty()) {
      throw errors::invalid_combination(
          "Only deleteOnTermination of an attached volume can be modified.");  // Assumed: code and words
    }
    const auto volume_id = text(part(device, "Ebs"), "VolumeId");
    if (!volume_id.empty() && volume_id != found->volume_id) {
      throw ApiError("InvalidInstanceAttributeValue",
                     fmt::format("The volume '{}' is not attached at {}", volume_id, name));  // Assumed: the words
    }
    if (const auto keeps = flag(part(device, "Ebs"), "DeleteOnTermination")) {
      found->delete_on_termination = *keeps;
      state::update(call.txn, *found);
    }
  }
}

/// What ModifyInstanceAttribute changes, by its member and by the old pair of Attribute and Value.
struct Writer {
  std::string_view attribute;
  const char* member;
  void (*write)(Call&, state::Instance&, const Document& value);
};
constexpr Writer kWriters[] = {
    {"instanceType", "InstanceType", set_instance_type},
    {"userData", "UserData", set_user_data},
    {"kernel", "Kernel", set_kernel},
    {"ramdisk", "Ramdisk", set_kernel},
    {"ebsOptimized", "EbsOptimized", set_ebs_optimized},
    {"disableApiTermination", "DisableApiTermination", set_termination_protection},
    {"disableApiStop", "DisableApiStop", set_stop_protection},
    {"instanceInitiatedShutdownBehavior", "InstanceInitiatedShutdownBehavior", set_shutdown_behavior},
    {"sourceDestCheck", "SourceDestCheck", set_source_dest_check},
    {"enaSupport", "EnaSupport", set_ena_support},
    {"enclaveOptions", "EnclaveOptions", set_enclave},
    {"sriovNetSupport", "SriovNetSupport", set_sriov_net_support},
    {"groupSet", "Groups", set_groups},
    {"blockDeviceMapping", "BlockDeviceMappings", set_devices},
};

/// One attribute in a call: which, and its value in the new form.
std::pair<const Writer*, Document> requested_change(const Call& call) {
  std::vector<std::pair<const Writer*, Document>> changes;
  const auto attribute = call.text("Attribute");
  const auto* named = std::ranges::find(kWriters, attribute, &Writer::attribute);
  if (!attribute.empty() && named == std::end(kWriters)) {
    throw errors::invalid_value(attribute, "attribute", "Unknown attribute.");
  }
  if (!attribute.empty() && has(call.in, "Value")) changes.emplace_back(named, Document{{"Value", call.text("Value")}});
  std::vector<std::string_view> names;
  for (const auto& each : kWriters) {
    const auto found = call.in.find(each.member);
    if (found == call.in.end() || (found->is_array() && found->empty())) continue;
    changes.emplace_back(&each, *found);
  }
  for (const auto& [writer, value] : changes) names.push_back(writer->attribute);
  if (changes.empty()) throw errors::invalid_combination("No attributes specified.");
  if (changes.size() > 1) {
    throw errors::invalid_combination(
        fmt::format("Fields for multiple attribute types specified: {}", fmt::join(names, ", ")));
  }
  return std::move(changes.front());
}

Document ModifyInstanceAttribute(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  const auto change = requested_change(call);
  change.first->write(call, instance, change.second);
  state::update(call.txn, instance);
  return {};
}

Document ResetInstanceAttribute(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  const auto attribute = call.require("Attribute");
  if (attribute == "sourceDestCheck") {
    set_source_dest_check(call, instance, wrapped(true));
    return {};
  }
  if (attribute != "kernel" && attribute != "ramdisk") {
    throw errors::invalid_value(attribute, "attribute", "Unknown attribute.");
  }
  require_stopped(instance);
  instance.options.erase(attribute == "kernel" ? "KernelId" : "RamdiskId");
  state::update(call.txn, instance);
  return {};
}

constexpr Operation kOperations[] = {
    {.name = "DescribeInstanceAttribute", .run = DescribeInstanceAttribute, .access = Access::read},
    {.name = "ModifyInstanceAttribute", .run = ModifyInstanceAttribute, .access = Access::write},
    {.name = "ResetInstanceAttribute", .run = ResetInstanceAttribute, .access = Access::write},
};

}  // namespace

Family instance_attributes_family() { return {.operations = kOperations}; }

}  // namespace fogling
