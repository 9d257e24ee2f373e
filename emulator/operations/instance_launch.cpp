/// RunInstances: what the plan (emulator/launch.hpp) has decided, made: an interface, volumes and a pending instance
/// each.

#include <algorithm>
#include <limits>
#include <map>

#include "emulator/cidr.hpp"
#include "emulator/describe.hpp"
#include "emulator/images.hpp"
#include "emulator/instance_options.hpp"
#include "emulator/instances.hpp"
#include "emulator/launch.hpp"
#include "emulator/launch_templates.hpp"
#include "emulator/subnets.hpp"
#include "emulator/tags.hpp"
#include "emulator/volumes.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

void make_interfaces(Call& call, const LaunchPlan& plan, const state::Instance& instance) {
  for (const auto& planned : plan.interfaces) {
    auto interface = planned.existing ? *planned.existing : make_interface(call, planned.spec);
    attach_interface(call, interface, instance.instance_id, planned.device_index, planned.network_card_index,
                     planned.delete_on_termination, "attaching");
    if (planned.device_index == 0 && plan.prototype.associates_public_ip) give_public_address(call, interface);
    if (planned.has_primary_ipv6) enable_primary_ipv6(interface);
    if (!planned.connection_tracking.empty()) set_connection_tracking(interface, planned.connection_tracking);
    if (!planned.ena_srd.empty()) interface.options["EnaSrdSpecification"] = planned.ena_srd;
    state::update(call.txn, interface);
    if (planned.existing) {
      state::remove_dues_of(call.txn, interface.network_interface_id);  // it may have been `pending` still
    } else {
      apply_tags(call, interface.network_interface_id, "network-interface");
    }
  }
}

void make_devices(Call& call, const LaunchPlan& plan, const state::Instance& instance) {
  for (const auto& planned : plan.devices) {
    auto volume = planned.volume;
    make_volume(call, volume, "in-use");
    attach_volume(call, volume,
                  {.instance_id = instance.instance_id,
                   .device = planned.device_name,
                   .delete_on_termination = planned.delete_on_termination,
                   .ebs_card_index = planned.ebs_card_index,
                   .attach_time_ms = instance.launch_time_ms / 1000 * 1000});  // recorded: whole seconds at a launch
    apply_tags(call, volume.volume_id, "volume");
  }
}

/// Recorded: the answer to the launch itself knows less than a Describe a second later.
Document launched_document(Transaction& txn, const state::Instance& instance) {
  Document out = instance_document(txn, instance);
  for (const char* later : {"PlatformDetails", "UsageOperation", "UsageOperationUpdateTime", "HibernationOptions",
                            "NetworkPerformanceOptions", "PublicIpAddress", "SecondaryInterfaces"}) {
    out.erase(later);
  }
  out["PublicDnsName"] = "";
  out["BlockDeviceMappings"] = Document::array();
  out["EbsOptimized"] = false;
  out["Operator"] = {{"Managed", false}};
  for (auto& interface : out["NetworkInterfaces"]) {
    interface.erase("Association");
    for (auto& address : interface["PrivateIpAddresses"]) address.erase("Association");
  }
  return out;
}

Document reservation_document(const Call& call, std::string_view reservation_id, Document instances) {
  return {{"ReservationId", reservation_id},
          {"OwnerId", call.scope.account},
          {"Groups", Document::array()},
          {"Instances", std::move(instances)}};
}

/// How many instances the subnets of the launch have private addresses for.
std::int64_t housable_count(Call& call, const LaunchPlan& plan) {
  constexpr std::int64_t kAddressesOfPrefix = 16;
  std::map<std::string, std::int64_t> needed;
  std::map<std::string, const state::Subnet*> subnets;
  for (const auto& planned : plan.interfaces) {
    if (planned.existing || is_ipv6_native(planned.spec.subnet)) continue;
    const auto& spec = planned.spec;
    needed[spec.subnet.subnet_id] += 1 + spec.secondary_count + kAddressesOfPrefix * spec.ipv4_prefix_count;
    subnets[spec.subnet.subnet_id] = &spec.subnet;
  }
  std::int64_t count = std::numeric_limits<std::int64_t>::max();
  for (const auto& [subnet_id, addresses] : needed) {
    const auto usable = usable_range(parse_cidr(subnets[subnet_id]->cidr_block).value()).size();
    const auto free = static_cast<std::int64_t>(usable) - state::count_private_addresses(call.txn, subnet_id);
    count = std::min(count, free / addresses);
  }
  return count;
}

/// EC2 launches as many as it can between MinCount and MaxCount: here, as many as the quota has vCPUs for, and the
/// subnet addresses. Where MinCount is too many, whoever lacks something says so.
std::int64_t affordable_count(Call& call, const LaunchPlan& plan) {
  const std::int64_t each = plan.prototype.core_count * plan.prototype.threads_per_core;
  check_vcpu_quota(call, *plan.type, each * plan.min_count);
  if (plan.max_count == 1) return 1;
  const auto by_vcpus = free_vcpus(call, *plan.type) / std::max<std::int64_t>(each, 1);
  return std::clamp(std::min(by_vcpus, housable_count(call, plan)), plan.min_count, plan.max_count);
}

state::Instance make_instance(Call& call, const LaunchPlan& plan, const LaunchedFor& launched_for,
                              std::string_view reservation_id, std::int64_t launch_index) {
  state::Instance instance = plan.prototype;
  instance.instance_id = call.make_id("i");
  instance.reservation_id = reservation_id;
  instance.ami_launch_index = launch_index;
  instance.options.update(launched_for.options);
  state::insert(call.txn, instance);
  make_interfaces(call, plan, instance);
  make_devices(call, plan, instance);
  if (is_resource_named(instance)) name_primary_interface(call, instance);
  apply_tags(call, instance.instance_id, "instance");
  if (has(instance.options, "IamInstanceProfile")) {
    make_profile_association(call, instance, part(instance.options, "IamInstanceProfile"), "associated");
  }
  call.world.compute->launch({.instance_id = instance.instance_id,
                              .image_id = instance.image_id,
                              .instance_type = instance.instance_type,
                              .architecture = instance.architecture,
                              .user_data = instance.user_data,
                              .key_name = instance.key_name,
                              .public_key = {},
                              .private_ip_address = {},
                              .mac_address = {},
                              .subnet_id = instance.subnet_id,
                              .vpc_id = instance.vpc_id});
  schedule_machine(call, instance, instance_state::running, ComputeCommand::launch);
  return instance;
}

/// A launch whose parameters are whole: no template stands behind them.
Document launch(Call& call, const LaunchedFor& launched_for) {
  const LaunchPlan plan = plan_launch(call, call.in);
  auto& tags = call.tags["instance"];
  check_metadata_tag_keys(part(plan.prototype.options, "MetadataOptions"), tags);
  tags.insert(tags.end(), launched_for.tags.begin(), launched_for.tags.end());
  call.end_of_dry_run();
  const std::int64_t count = affordable_count(call, plan);
  const std::string reservation_id = call.make_id("r");
  Document launched = Document::array();
  for (std::int64_t index = 0; index < count; ++index) {
    launched.push_back(launched_document(call.txn, make_instance(call, plan, launched_for, reservation_id, index)));
  }
  note_launch(call, plan.image.image_id);
  call.remember = {{"ReservationId", reservation_id}};
  return reservation_document(call, reservation_id, std::move(launched));
}

/// The same with the parameters of a template behind those of the request.
Document launch_from_template(Call& call, LaunchedFor launched_for) {
  const auto templated = with_launch_template(call, call.in);
  launched_for.tags.insert(launched_for.tags.end(), templated.tags.begin(), templated.tags.end());
  Call whole{Context{call}, call.operation, templated.in, call.filters, call.dry_run};
  whole.tags = read_tag_specifications(whole.in, whole.operation);
  Document answer = launch(whole, launched_for);
  call.remember = std::move(whole.remember);
  return answer;
}

Document RunInstances(Call& call) {
  return part(call.in, "LaunchTemplate").empty() ? launch(call, {}) : launch_from_template(call, {});
}

/// A repeated token gets the same instances again, in the state they are in now.
Document replay_launch(Call& call, const Document& remembered) {
  Document instances = Document::array();
  for (const auto& instance : state::instances_of_reservation(call.txn, text(remembered, "ReservationId"))) {
    if (instance.state == instance_state::terminated) {
      throw ApiError(
          "IdempotentInstanceTerminated",
          "The request cannot be completed because the instance that it launched is terminated.");  // Assumed
    }
    instances.push_back(launched_document(call.txn, instance));
  }
  return reservation_document(call, text(remembered, "ReservationId"), std::move(instances));
}

constexpr Operation kOperations[] = {{.name = "RunInstances",
                                      .run = RunInstances,
                                      .access = Access::write,
                                      .dry_run = DryRun::after_checks,
                                      .replay = replay_launch}};

}  // namespace

Document launch_instances(Context& context, const Document& run_instances, const LaunchedFor& launched_for) {
  static const Filters kNoFilters;
  state::Savepoint savepoint(context.txn);
  Call call{context, *model::find_operation("RunInstances"), run_instances, kNoFilters};
  Document answer = launch_from_template(call, launched_for);
  savepoint.keep();
  return answer;
}

void check_launch(Context& context, const Document& run_instances) {
  static const Filters kNoFilters;
  Call call{context, *model::find_operation("RunInstances"), run_instances, kNoFilters, true};
  try {
    launch_from_template(call, {});
  } catch (const ApiError& error) {
    if (error.code != "DryRunOperation") throw;
  }
}

Family instance_launch_family() { return {.operations = kOperations}; }

}  // namespace fogling
