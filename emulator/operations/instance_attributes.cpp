/// Attributes of instances: one at a time to read and, state permitting, to change.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/encoding.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/placement.hpp"
#include "emulator/volumes.hpp"
#include "emulator/world.hpp"
#include "state/security_groups.hpp"

namespace fogling {
namespace {

using namespace instance_state;

Document wrapped(std::string_view value) { return value.empty() ? Document::object() : Document{{"Value", value}}; }
Document wrapped(bool value) { return {{"Value", value}}; }

void require_stopped(const state::Instance& instance) {
  if (instance.state != stopped) {
    throw errors::incorrect_instance_state(
        fmt::format("The instance '{}' is not in the 'stopped' state.", instance.instance_id));
  }
}

void require_alive(const state::Instance& instance) {
  if (instance.state == terminated || instance.state == shutting_down) {
    throw errors::incorrect_instance_state(fmt::format("The instance '{}' is not in a valid state for this operation.",
                                                       instance.instance_id));  // Assumed: the words
  }
}

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

// ---- Reading
// ---------------------------------------------------------------------------------------------------------

Document DescribeInstanceAttribute(Call& call) {
  const auto instance = require_instance(call, call.require("InstanceId"));
  const auto attribute = call.require("Attribute");
  const auto& options = instance.options;
  Document answer{{"InstanceId", instance.instance_id}};
  if (attribute == "instanceType") {
    answer["InstanceType"] = wrapped(instance.instance_type);
  } else if (attribute == "userData") {
    answer["UserData"] = wrapped(instance.user_data);
  } else if (attribute == "disableApiTermination") {
    answer["DisableApiTermination"] = wrapped(instance.disable_api_termination);
  } else if (attribute == "disableApiStop") {
    answer["DisableApiStop"] = wrapped(instance.disable_api_stop);
  } else if (attribute == "instanceInitiatedShutdownBehavior") {
    answer["InstanceInitiatedShutdownBehavior"] = wrapped(instance.instance_initiated_shutdown_behavior);
  } else if (attribute == "rootDeviceName") {
    answer["RootDeviceName"] = wrapped(instance.root_device_name);
  } else if (attribute == "kernel") {
    answer["KernelId"] = wrapped(text(options, "KernelId"));
  } else if (attribute == "ramdisk") {
    answer["RamdiskId"] = wrapped(text(options, "RamdiskId"));
  } else if (attribute == "ebsOptimized") {
    answer["EbsOptimized"] = wrapped(instance.ebs_optimized);
  } else if (attribute == "enaSupport") {
    answer["EnaSupport"] = wrapped(instance.ena_support);
  } else if (attribute == "sriovNetSupport") {
    answer["SriovNetSupport"] = wrapped(text(options, "SriovNetSupport"));
  } else if (attribute == "enclaveOptions") {
    answer["EnclaveOptions"] = {{"Enabled", flag(part(options, "EnclaveOptions"), "Enabled").value_or(false)}};
  } else if (attribute == "sourceDestCheck") {
    answer["SourceDestCheck"] = wrapped(only_interface(call, instance).source_dest_check);
  } else if (attribute == "groupSet") {
    answer["Groups"] = items(instance_document(call.txn, instance), "SecurityGroups");
  } else if (attribute == "blockDeviceMapping") {
    answer["BlockDeviceMappings"] = items(instance_document(call.txn, instance), "BlockDeviceMappings");
  } else if (attribute == "productCodes") {
    answer["ProductCodes"] = Document::array();
  } else {
    throw errors::invalid_value(attribute, "attribute", "Unknown attribute.");
  }
  return answer;
}

// ---- Changing
// --------------------------------------------------------------------------------------------------------

void set_instance_type(Call& call, state::Instance& instance, std::string_view name) {
  require_stopped(instance);
  const auto* type = catalogue::find_instance_type(name);
  if (type == nullptr || !catalogue::is_offered(*type, call.scope.region)) {
    throw errors::invalid_parameter_value(fmt::format("Invalid value '{}' for InstanceType.", name));
  }
  if (!type->supports_architecture(instance.architecture)) {
    throw errors::invalid_parameter_value(fmt::format(
        "The architecture '{}' of the specified instance type does not match the architecture '{}' of the specified "
        "AMI. "
        "Specify an instance type and an AMI that have matching architectures, and try again. You can use "
        "'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.",
        fmt::join(type->architectures, ","), instance.architecture));
  }
  instance.instance_type = type->name;
  instance.core_count = type->cores;
  instance.threads_per_core = type->threads_per_core;
  if (!type->burstable) instance.cpu_credits.clear();
  if (type->burstable && instance.cpu_credits.empty())
    instance.cpu_credits = type->family == "t2" ? "standard" : "unlimited";
}

void set_user_data(state::Instance& instance, std::string_view base64) {
  require_stopped(instance);
  const auto decoded = base64_decode(base64);
  if (!decoded) throw ApiError("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
  if (decoded->size() > 16384) throw errors::invalid_parameter_value("User data is limited to 16384 bytes");
  instance.user_data = base64;
}

void set_shutdown_behavior(state::Instance& instance, std::string_view behavior) {
  require_alive(instance);
  if (behavior != "stop" && behavior != "terminate")
    throw errors::invalid_value(behavior, "instanceInitiatedShutdownBehavior");
  instance.instance_initiated_shutdown_behavior = behavior;
}

void set_groups(Call& call, const state::Instance& instance, const Document& groups) {
  auto interface = only_interface(call, instance);
  Document ids = Document::array();
  for (const auto& each : groups) {
    const auto group = require_row<state::SecurityGroup>(call, "security-group", each.get_ref<const std::string&>());
    if (group.vpc_id != interface.vpc_id) {
      throw ApiError("InvalidGroup.NotFound", fmt::format("The security group '{}' does not exist", group.group_id));
    }
    ids.push_back(group.group_id);
  }
  const auto quota = call.world.quotas.security_groups_per_interface;
  if (Quotas::is_reached(quota, static_cast<std::int64_t>(ids.size()), 0)) {
    throw ApiError("SecurityGroupsPerInterfaceLimitExceeded",
                   "The maximum number of security groups per interface has been reached.");
  }
  interface.group_ids = std::move(ids);
  state::update(call.txn, interface);
  state::index_groups(call.txn, interface);
}

void set_source_dest_check(Call& call, const state::Instance& instance, bool checks) {
  auto interface = only_interface(call, instance);
  interface.source_dest_check = checks;
  state::update(call.txn, interface);
}

void set_devices(Call& call, const state::Instance& instance, const Document& devices) {
  require_alive(instance);
  auto attachments = state::attachments_of_instance(call.txn, instance.instance_id);
  for (const auto& device : devices) {
    const auto name = text(device, "DeviceName");
    const auto found = std::ranges::find(attachments, name, &state::VolumeAttachment::device);
    if (found == attachments.end()) {
      throw ApiError("InvalidInstanceAttributeValue", fmt::format("No device is currently mapped at {}", name));
    }
    if (const auto keeps = flag(part(device, "Ebs"), "DeleteOnTermination")) {
      found->delete_on_termination = *keeps;
      state::update(call.txn, *found);
    }
  }
}

/// The old pair Attribute and Value, told in the new form.
Document modern_form(const Call& call) {
  Document in = call.in;
  const auto attribute = call.text("Attribute");
  if (attribute.empty() || !has(call.in, "Value")) return in;
  constexpr std::pair<std::string_view, const char*> kOld[] = {
      {"instanceType", "InstanceType"},
      {"userData", "UserData"},
      {"kernel", "Kernel"},
      {"ramdisk", "Ramdisk"},
      {"ebsOptimized", "EbsOptimized"},
      {"disableApiTermination", "DisableApiTermination"},
      {"disableApiStop", "DisableApiStop"},
      {"instanceInitiatedShutdownBehavior", "InstanceInitiatedShutdownBehavior"},
      {"sourceDestCheck", "SourceDestCheck"},
      {"enaSupport", "EnaSupport"},
      {"sriovNetSupport", "SriovNetSupport"}};
  const auto* known = std::ranges::find(kOld, attribute, &std::pair<std::string_view, const char*>::first);
  if (known == std::end(kOld)) throw errors::invalid_value(attribute, "attribute", "Unknown attribute.");
  const std::string value(call.text("Value"));
  const bool is_flag = value == "true" || value == "false";
  in[known->second] = {{"Value", is_flag ? Document(value == "true") : Document(value)}};
  return in;
}

Document ModifyInstanceAttribute(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  const Document in = modern_form(call);
  const auto value = [&](const char* member) { return text(part(in, member), "Value"); };
  const auto toggle = [&](const char* member) { return flag(part(in, member), "Value"); };
  if (has(in, "InstanceType")) set_instance_type(call, instance, value("InstanceType"));
  // The new form is a blob, which came in base64 and is bytes by now; the old one is text.
  if (has(in, "UserData")) {
    const bool is_old = call.text("Attribute") == "userData";
    set_user_data(instance, is_old ? std::string(value("UserData")) : base64_encode(value("UserData")));
  }
  if (has(in, "InstanceInitiatedShutdownBehavior")) {
    set_shutdown_behavior(instance, value("InstanceInitiatedShutdownBehavior"));
  }
  for (const auto& [member, set] : {std::pair{"DisableApiTermination", &state::Instance::disable_api_termination},
                                    {"DisableApiStop", &state::Instance::disable_api_stop}}) {
    if (const auto given = toggle(member)) {
      require_alive(instance);
      instance.*set = *given;
    }
  }
  for (const auto& [member, set] :
       {std::pair{"EbsOptimized", &state::Instance::ebs_optimized}, {"EnaSupport", &state::Instance::ena_support}}) {
    if (const auto given = toggle(member)) {
      require_stopped(instance);
      instance.*set = *given;
    }
  }
  for (const auto& [member, option] :
       {std::pair{"Kernel", "KernelId"}, {"Ramdisk", "RamdiskId"}, {"SriovNetSupport", "SriovNetSupport"}}) {
    if (!has(in, member)) continue;
    require_stopped(instance);
    instance.options[option] = value(member);
  }
  if (has(in, "Groups")) set_groups(call, instance, items(in, "Groups"));
  if (const auto checks = toggle("SourceDestCheck")) set_source_dest_check(call, instance, *checks);
  if (has(in, "BlockDeviceMappings")) set_devices(call, instance, items(in, "BlockDeviceMappings"));
  state::update(call.txn, instance);
  return {};
}

Document ResetInstanceAttribute(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  const auto attribute = call.require("Attribute");
  if (attribute == "sourceDestCheck") {
    set_source_dest_check(call, instance, true);
    return {};
  }
  if (attribute != "kernel" && attribute != "ramdisk")
    throw errors::invalid_value(attribute, "attribute", "Unknown attribute.");
  require_stopped(instance);
  instance.options.erase(attribute == "kernel" ? "KernelId" : "RamdiskId");
  state::update(call.txn, instance);
  return {};
}

// ---- Options with an operation of their own
// --------------------------------------------------------------------------

/// `applied` once the running machine has it; a stopped one keeps it pending until it starts.
Document ModifyInstanceMetadataOptions(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  require_alive(instance);
  auto& options = instance.options["MetadataOptions"];
  for (const char* member : {"HttpTokens", "HttpEndpoint", "HttpProtocolIpv6", "InstanceMetadataTags"}) {
    set_if(options, member, call.text(member));
  }
  if (call.text("HttpEndpoint") == "disabled" && !call.text("HttpTokens").empty()) {
    throw errors::invalid_parameter_value(
        "The HttpEndpoint is not set to 'enabled' in this request. To specify a value for "
        "HttpTokens, set HttpEndpoint to 'enabled'.");
  }
  if (const auto hops = call.integer("HttpPutResponseHopLimit")) {
    if (*hops < 1 || *hops > 64) {
      throw errors::invalid_parameter_value(
          fmt::format("The HttpPutResponseHopLimit value {} is invalid. Valid values are between 1 and 64.", *hops));
    }
    options["HttpPutResponseHopLimit"] = *hops;
  }
  instance.metadata_state = "pending";
  state::update(call.txn, instance);
  if (instance.state == running) schedule(call, "instance", instance.instance_id, "metadata-applied", 1000);
  Document shown = options;
  shown["State"] = "pending";
  return {{"InstanceId", instance.instance_id}, {"InstanceMetadataOptions", std::move(shown)}};
}

Document ModifyInstanceMaintenanceOptions(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  require_alive(instance);
  Document options{{"AutoRecovery", "default"}, {"RebootMigration", "default"}};
  options.update(part(instance.options, "MaintenanceOptions"));
  for (const char* member : {"AutoRecovery", "RebootMigration"}) set_if(options, member, call.text(member));
  instance.options["MaintenanceOptions"] = options;
  state::update(call.txn, instance);
  options["InstanceId"] = instance.instance_id;
  return options;
}

Document ModifyPrivateDnsNameOptions(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  Document options{
      {"HostnameType", "ip-name"}, {"EnableResourceNameDnsARecord", false}, {"EnableResourceNameDnsAAAARecord", false}};
  options.update(part(instance.options, "PrivateDnsNameOptions"));
  const auto hostname = call.text("PrivateDnsHostnameType");
  if (!hostname.empty()) {
    require_stopped(instance);
    options["HostnameType"] = hostname;
  }
  for (const char* member : {"EnableResourceNameDnsARecord", "EnableResourceNameDnsAAAARecord"}) {
    set_if(options, member, call.flag(member));
  }
  instance.options["PrivateDnsNameOptions"] = std::move(options);
  state::update(call.txn, instance);
  return {{"Return", true}};
}

Document ModifyInstanceCpuOptions(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  require_stopped(instance);
  const auto* type = catalogue::find_instance_type(instance.instance_type);
  const auto check = [&](std::span<const std::uint16_t> valid, std::optional<std::int64_t> value, std::int64_t& out,
                         std::string_view name) {
    if (!value) return;
    if (*value != out && std::ranges::none_of(valid, [&](std::uint16_t each) { return each == *value; })) {
      throw errors::invalid_parameter_value(fmt::format("The {} {} is not valid for the instance type {}.", name,
                                                        *value, type->name));  // Assumed: the words
    }
    out = *value;
  };
  check(type->valid_cores, call.integer("CoreCount"), instance.core_count, "CPU core count");
  check(type->valid_threads_per_core, call.integer("ThreadsPerCore"), instance.threads_per_core, "CPU thread count");
  state::update(call.txn, instance);
  return {{"InstanceId", instance.instance_id},
          {"CoreCount", instance.core_count},
          {"ThreadsPerCore", instance.threads_per_core}};
}

/// Into another group or partition, or, by an empty name, out of the group it is in.
void change_placement_group(Call& call, state::Instance& instance) {
  const bool names_group = has(call.in, "GroupName") || has(call.in, "GroupId");
  const auto group = find_placement_group(call, names_group ? call.in : part(instance.options, "Placement"));
  const auto partition = call.integer("PartitionNumber");
  if (group) {
    check_placement_group(call, *group, *catalogue::find_instance_type(instance.instance_type),
                          instance.availability_zone, 1, partition);
  }
  leave_placement_group(call, instance);
  if (!group) return;
  if (partition) instance.options["Placement"]["PartitionNumber"] = *partition;
  join_placement_group(call, *group, instance);
}

Document ModifyInstancePlacement(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  require_stopped(instance);
  auto& placement = instance.options["Placement"];
  if (has(call.in, "HostId")) {
    require_resource(call, "dedicated-host", call.text("HostId"));
    state::remove_reference(call.txn, instance.instance_id, text(placement, "HostId"));  // it goes there when it starts
  }
  for (const char* member : {"Affinity", "HostId", "HostResourceGroupArn"}) {
    if (has(call.in, member)) placement[member] = call.text(member);
  }
  if (has(call.in, "GroupName") || has(call.in, "GroupId") || has(call.in, "PartitionNumber"))
    change_placement_group(call, instance);
  if (const auto tenancy = call.text("Tenancy"); !tenancy.empty()) instance.tenancy = tenancy;
  state::update(call.txn, instance);
  return {{"Return", true}};
}

Document ModifyInstanceCapacityReservationAttributes(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  require_stopped(instance);
  const auto& target = part(call.part("CapacityReservationSpecification"), "CapacityReservationTarget");
  if (const auto id = text(target, "CapacityReservationId"); !id.empty()) {
    require_resource(call, "capacity-reservation", id);
  }
  instance.options["CapacityReservationSpecification"] = call.part("CapacityReservationSpecification");
  state::update(call.txn, instance);
  return {{"Return", true}};
}

// ---- Credits
// ---------------------------------------------------------------------------------------------------------

bool is_burstable(const state::Instance& instance) {
  const auto* type = catalogue::find_instance_type(instance.instance_type);
  return type != nullptr && type->burstable;
}

Document DescribeInstanceCreditSpecifications(Call& call) {
  const auto ids = requested_ids(call, "instance", "InstanceIds");
  std::vector<state::Instance> instances;
  if (!ids.empty()) {
    instances = require_instances(call, call.items("InstanceIds"));
    for (const auto& instance : instances) {
      if (is_burstable(instance)) continue;
      throw ApiError("InvalidInstanceId", fmt::format("The instance '{}' is not a burstable performance instance.",
                                                      instance.instance_id));  // Assumed: code and words
    }
  } else {  // without ids: those in the mode that is not their family's default
    instances = state::list<state::Instance>(call.txn, call.scope);
    std::erase_if(instances, [](const state::Instance& each) { return each.cpu_credits != "unlimited"; });
  }
  std::vector<Document> specifications;
  for (const auto& instance : instances) {
    specifications.push_back({{"InstanceId", instance.instance_id}, {"CpuCredits", instance.cpu_credits}});
  }
  return describe_documents(call, "InstanceCreditSpecifications", std::move(specifications), "InstanceIds");
}

/// Failures are told item by item.
Document ModifyInstanceCreditSpecification(Call& call) {
  Document done = Document::array(), failed = Document::array();
  const auto fail = [&](std::string_view id, std::string_view code, std::string message) {
    failed.push_back({{"InstanceId", id}, {"Error", {{"Code", code}, {"Message", std::move(message)}}}});
  };
  for (const auto& each : call.items("InstanceCreditSpecifications")) {
    const auto id = text(each, "InstanceId"), credits = text(each, "CpuCredits");
    auto instance = state::find<state::Instance>(call.txn, call.scope, id);
    if (!is_well_formed(resource_type("instance"), id)) {
      fail(id, "InvalidInstanceID.Malformed", fmt::format("Invalid id: \"{}\"", id));
    } else if (!instance) {
      fail(id, "InvalidInstanceID.NotFound", fmt::format("The instance ID '{}' does not exist", id));
    } else if (!is_burstable(*instance)) {
      fail(id, "InstanceCreditSpecification.NotSupported",
           "The instance type does not support CPU credits.");  // Assumed: the words
    } else if (instance->state == terminated || instance->state == shutting_down) {
      fail(id, "IncorrectInstanceState",
           fmt::format("The instance '{}' is not in a valid state.", id));  // Assumed: the words
    } else if (credits != "standard" && credits != "unlimited") {
      throw errors::invalid_value(credits, "cpuCredits");
    } else {
      instance->cpu_credits = credits;
      state::update(call.txn, *instance);
      done.push_back({{"InstanceId", id}});
    }
  }
  return {{"SuccessfulInstanceCreditSpecifications", std::move(done)},
          {"UnsuccessfulInstanceCreditSpecifications", std::move(failed)}};
}

constexpr Operation kOperations[] = {
    {.name = "DescribeInstanceAttribute", .run = DescribeInstanceAttribute, .access = Access::read},
    {.name = "DescribeInstanceCreditSpecifications",
     .run = DescribeInstanceCreditSpecifications,
     .access = Access::read,
     .listed = "InstanceCreditSpecification"},
    {.name = "ModifyInstanceAttribute", .run = ModifyInstanceAttribute, .access = Access::write},
    {.name = "ModifyInstanceCapacityReservationAttributes",
     .run = ModifyInstanceCapacityReservationAttributes,
     .access = Access::write},
    {.name = "ModifyInstanceCpuOptions", .run = ModifyInstanceCpuOptions, .access = Access::write},
    {.name = "ModifyInstanceCreditSpecification", .run = ModifyInstanceCreditSpecification, .access = Access::write},
    {.name = "ModifyInstanceMaintenanceOptions", .run = ModifyInstanceMaintenanceOptions, .access = Access::write},
    {.name = "ModifyInstanceMetadataOptions", .run = ModifyInstanceMetadataOptions, .access = Access::write},
    {.name = "ModifyInstancePlacement", .run = ModifyInstancePlacement, .access = Access::write},
    {.name = "ModifyPrivateDnsNameOptions", .run = ModifyPrivateDnsNameOptions, .access = Access::write},
    {.name = "ResetInstanceAttribute", .run = ResetInstanceAttribute, .access = Access::write},
};

}  // namespace

Family instance_attributes_family() { return {.operations = kOperations}; }

}  // namespace fogling
