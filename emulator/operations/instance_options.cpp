/// Options of instances that have an operation of their own to change them. What a launch sets, and how options are
/// judged, is in emulator/instance_options.hpp.

#include "emulator/instance_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "emulator/describe.hpp"
#include "emulator/instances.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/placement.hpp"

namespace fogling {
namespace {

using namespace instance_state;

/// Assumed: how long a running machine takes to apply metadata options.
constexpr std::int64_t kMetadataTakes_ms = 1000;

/// `applied` once the running machine has it; a stopped one keeps it pending until it starts.
Document ModifyInstanceMetadataOptions(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  require_alive(instance);
  auto& options = instance.options["MetadataOptions"];
  change_metadata_options(call, options, call.in, MetadataChange::modification);
  if (call.text("InstanceMetadataTags") == "enabled") {
    check_metadata_tag_keys(options, state::tags_of(call.txn, instance.instance_id));
  }
  instance.metadata_state = "pending";
  state::update(call.txn, instance);
  if (instance.state == running) {
    schedule(call, "instance", instance.instance_id, "metadata-applied", kMetadataTakes_ms);
  }
  return {{"InstanceId", instance.instance_id}, {"InstanceMetadataOptions", metadata_document(instance)}};
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

/// The kind of name needs a stopped instance, the DNS records do not.
Document ModifyPrivateDnsNameOptions(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  require_alive(instance);
  Document options{
      {"HostnameType", "ip-name"}, {"EnableResourceNameDnsARecord", false}, {"EnableResourceNameDnsAAAARecord", false}};
  options.update(part(instance.options, "PrivateDnsNameOptions"));
  if (const auto hostname = call.text("PrivateDnsHostnameType"); !hostname.empty()) {
    if (hostname != text(options, "HostnameType")) require_stopped(instance);
    options["HostnameType"] = hostname;
  }
  for (const char* member : {"EnableResourceNameDnsARecord", "EnableResourceNameDnsAAAARecord"}) {
    set_if(options, member, call.flag(member));
  }
  instance.options["PrivateDnsNameOptions"] = std::move(options);
  state::update(call.txn, instance);
  name_primary_interface(call, instance);
  return {{"Return", true}};
}

Document ModifyInstanceCpuOptions(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  require_stopped(instance);
  if (const auto* type = catalogue::find_instance_type(instance.instance_type)) {
    change_cpu_options(*type, instance, call.in);
  }
  state::update(call.txn, instance);
  Document answer{{"InstanceId", instance.instance_id},
                  {"CoreCount", instance.core_count},
                  {"ThreadsPerCore", instance.threads_per_core}};
  set_if(answer, "NestedVirtualization", text(part(instance.options, "CpuOptions"), "NestedVirtualization"));
  return answer;
}

/// Out of the group it is in, into the one that its placement names now.
void change_group(Call& call, state::Instance& instance, Document placement) {
  const auto group = find_placement_group(call, {{"GroupId", text(placement, "GroupId")}});
  leave_placement_group(call, instance);
  if (group) {
    check_placement_group(call, *group, *catalogue::find_instance_type(instance.instance_type),
                          instance.availability_zone, 1, integer(placement, "PartitionNumber"));
  }
  instance.options["Placement"] = std::move(placement);
  if (group) join_placement_group(call, *group, instance);
}

/// A host is not taken before the instance starts.
Document ModifyInstancePlacement(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  require_stopped(instance);
  Document placement = part(instance.options, "Placement");
  change_placement(call, placement, call.in);
  if (has(call.in, "HostId")) {
    state::remove_reference(call.txn, instance.instance_id, text(part(instance.options, "Placement"), "HostId"));
  }
  change_group(call, instance, std::move(placement));
  if (const auto tenancy = call.text("Tenancy"); !tenancy.empty()) instance.tenancy = tenancy;
  state::update(call.txn, instance);
  return {{"Return", true}};
}

Document ModifyInstanceCapacityReservationAttributes(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  require_stopped(instance);
  instance.options["CapacityReservationSpecification"] =
      read_capacity_reservation(call, call.part("CapacityReservationSpecification"));
  state::update(call.txn, instance);
  return {{"Return", true}};
}

Document ModifyInstanceNetworkPerformanceOptions(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  require_stopped(instance);
  const auto weighting = call.require("BandwidthWeighting");
  if (const auto* type = catalogue::find_instance_type(instance.instance_type)) {
    check_bandwidth_weighting(*type, weighting);
  }
  instance.options["NetworkPerformanceOptions"] = {{"BandwidthWeighting", weighting}};
  state::update(call.txn, instance);
  return {{"InstanceId", instance.instance_id}, {"BandwidthWeighting", weighting}};
}

// ---- CPU credits ---------------------------------------------------------------------------------------------------

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
    std::erase_if(instances, [](const state::Instance& each) {
      return each.cpu_credits != "unlimited" || each.state == terminated;
    });
  }
  std::vector<Document> specifications;
  for (const auto& instance : instances) {
    specifications.push_back({{"InstanceId", instance.instance_id}, {"CpuCredits", instance.cpu_credits}});
  }
  return describe_documents(call, "InstanceCreditSpecifications", std::move(specifications), "InstanceIds");
}

/// What the request as a whole is refused for.
void check_credit_specifications(const Document& specifications) {
  std::set<std::string_view> ids;
  for (const auto& each : specifications) {
    check_cpu_credits(text(each, "CpuCredits"));
    if (ids.insert(text(each, "InstanceId")).second) continue;
    throw ApiError("InvalidInstanceCreditSpecification.DuplicateInstanceId",  // Assumed: the words
                   fmt::format("The instance '{}' is specified more than once.", text(each, "InstanceId")));
  }
}

/// Failures are told item by item.
Document ModifyInstanceCreditSpecification(Call& call) {
  Document done = Document::array(), failed = Document::array();
  const auto fail = [&](std::string_view id, std::string_view code, std::string message) {
    failed.push_back({{"InstanceId", id}, {"Error", {{"Code", code}, {"Message", std::move(message)}}}});
  };
  check_credit_specifications(call.items("InstanceCreditSpecifications"));
  for (const auto& each : call.items("InstanceCreditSpecifications")) {
    const auto id = text(each, "InstanceId"), credits = text(each, "CpuCredits");
    auto instance = state::find<state::Instance>(call.txn, call.scope, id);
    if (!is_well_formed(resource_type("instance"), id)) {
      fail(id, "InvalidInstanceID.Malformed", fmt::format("Invalid id: \"{}\"", id));
    } else if (!instance) {
      fail(id, "InvalidInstanceID.NotFound", fmt::format("The instance ID '{}' does not exist", id));
    } else if (!is_burstable(*instance)) {
      fail(id, "InstanceCreditSpecification.NotSupported",
           fmt::format("The {} instance type does not support T2 Unlimited.", instance->instance_type));
    } else if (instance->state == terminated || instance->state == shutting_down) {
      fail(id, "IncorrectInstanceState",
           fmt::format("The instance '{}' is not in a valid state.", id));  // Assumed: the words
    } else {
      instance->cpu_credits = credits;
      state::update(call.txn, *instance);
      done.push_back({{"InstanceId", id}});
    }
  }
  return {{"SuccessfulInstanceCreditSpecifications", std::move(done)},
          {"UnsuccessfulInstanceCreditSpecifications", std::move(failed)}};
}

Document family_credits(const Call& call, std::string_view family) {
  return {{"InstanceFamilyCreditSpecification",
           {{"InstanceFamily", family}, {"CpuCredits", default_cpu_credits(call, family)}}}};
}

Document GetDefaultCreditSpecification(Call& call) { return family_credits(call, call.require("InstanceFamily")); }

/// For instances that are launched from now on.
Document ModifyDefaultCreditSpecification(Call& call) {
  const auto family = call.require("InstanceFamily"), credits = call.require("CpuCredits");
  check_cpu_credits(credits);
  state::put_setting(call.txn, call.scope, fmt::format("default-cpu-credits:{}", family), credits);
  return family_credits(call, family);
}

constexpr Operation kOperations[] = {
    {.name = "DescribeInstanceCreditSpecifications",
     .run = DescribeInstanceCreditSpecifications,
     .access = Access::read,
     .listed = "InstanceCreditSpecification"},
    {.name = "GetDefaultCreditSpecification", .run = GetDefaultCreditSpecification, .access = Access::read},
    {.name = "ModifyDefaultCreditSpecification", .run = ModifyDefaultCreditSpecification, .access = Access::write},
    {.name = "ModifyInstanceCapacityReservationAttributes",
     .run = ModifyInstanceCapacityReservationAttributes,
     .access = Access::write},
    {.name = "ModifyInstanceCpuOptions", .run = ModifyInstanceCpuOptions, .access = Access::write},
    {.name = "ModifyInstanceCreditSpecification", .run = ModifyInstanceCreditSpecification, .access = Access::write},
    {.name = "ModifyInstanceMaintenanceOptions", .run = ModifyInstanceMaintenanceOptions, .access = Access::write},
    {.name = "ModifyInstanceMetadataOptions", .run = ModifyInstanceMetadataOptions, .access = Access::write},
    {.name = "ModifyInstanceNetworkPerformanceOptions",
     .run = ModifyInstanceNetworkPerformanceOptions,
     .access = Access::write},
    {.name = "ModifyInstancePlacement", .run = ModifyInstancePlacement, .access = Access::write},
    {.name = "ModifyPrivateDnsNameOptions", .run = ModifyPrivateDnsNameOptions, .access = Access::write},
};

}  // namespace

Family instance_options_family() { return {.operations = kOperations}; }

}  // namespace fogling
