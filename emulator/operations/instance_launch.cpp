/// RunInstances: what the plan (emulator/launch.hpp) has decided, made: an interface, volumes and a pending instance
/// each.

#include <algorithm>
#include <limits>
#include <map>

#include "emulator/capacity_reservations.hpp"
#include "emulator/cidr.hpp"
#include "emulator/describe.hpp"
#include "emulator/hosts.hpp"
#include "emulator/images.hpp"
#include "emulator/instance_options.hpp"
#include "emulator/instances.hpp"
#include "emulator/launch.hpp"
#include "emulator/launch_templates.hpp"
#include "emulator/metric_categories.hpp"
#include "emulator/placement.hpp"
#include "emulator/subnets.hpp"
#include "emulator/tags.hpp"
#include "emulator/volumes.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

/// An instance that has just been made, as the answer shows it, with its interfaces.
struct Launched {
  state::Instance instance;
  std::vector<state::NetworkInterface> interfaces;
};

/// The interfaces, attached or being attached.
std::vector<state::NetworkInterface> make_interfaces(Call& call, const LaunchPlan& plan,
                                                     const state::Instance& instance, std::string_view status) {
  std::vector<state::NetworkInterface> made;
  for (const auto& planned : plan.interfaces) {
    const auto attach = [&](state::NetworkInterface& interface) {
      attach_interface(call, interface, instance.instance_id, planned.device_index, planned.network_card_index,
                       planned.delete_on_termination, status);
      if (planned.device_index == 0 && plan.prototype.associates_public_ip) give_public_address(call, interface);
      if (planned.has_primary_ipv6) enable_primary_ipv6(interface);
      if (!planned.connection_tracking.empty()) set_connection_tracking(interface, planned.connection_tracking);
      if (!planned.ena_srd.empty()) interface.options["EnaSrdSpecification"] = planned.ena_srd;
      if (planned.device_index == 0 && planned.network_card_index == 0 && is_resource_named(instance)) {
        interface.options["ResourceName"] = instance.instance_id;
      }
    };
    if (planned.existing) {
      auto& interface = made.emplace_back(*planned.existing);
      attach(interface);
      state::update(call.txn, interface);
      state::remove_dues_of(call.txn, interface.network_interface_id);  // it may have been `pending` still
    } else {
      made.push_back(make_interface(call, planned.spec, attach));
      apply_tags(call, made.back().network_interface_id, "network-interface");
    }
  }
  return made;
}

/// For how many instances the quotas of storage have room.
std::int64_t storable_count(Call& call, const LaunchPlan& plan) {
  std::vector<state::Volume> volumes;
  for (const auto& each : plan.devices) volumes.push_back(each.volume);
  return storable_count(call, volumes);
}

void make_devices(Call& call, const LaunchPlan& plan, const state::Instance& instance, std::string_view status) {
  for (const auto& planned : plan.devices) {
    auto volume = planned.volume;
    make_volume(call, volume, "in-use");
    attach_volume(call, volume,
                  {.instance_id = instance.instance_id,
                   .device = planned.device_name,
                   .delete_on_termination = planned.delete_on_termination,
                   .ebs_card_index = planned.ebs_card_index,
                   .attach_time_ms = instance.launch_time_ms / 1000 * 1000,  // recorded: whole seconds at a launch
                   .state = status});
    apply_tags(call, volume.volume_id, "volume");
  }
}

/// Recorded: the answer to the launch itself knows less than a Describe a second later.
Document launched_document(Transaction& txn, const state::Instance& instance,
                           const std::vector<state::NetworkInterface>& interfaces) {
  Document out = instance_document(txn, instance, interfaces, {});
  for (const char* later : {"PlatformDetails", "UsageOperation", "UsageOperationUpdateTime", "HibernationOptions",
                            "NetworkPerformanceOptions", "PublicIpAddress", "SecondaryInterfaces"}) {
    out.erase(later);
  }
  out["PublicDnsName"] = "";
  out["BlockDeviceMappings"] = Document::array();
  out["EbsOptimized"] = false;
  out["Operator"].erase("HiddenByDefault");
  for (auto& interface : out["NetworkInterfaces"]) {
    interface.erase("Association");
    for (auto& address : interface["PrivateIpAddresses"]) address.erase("Association");
  }
  return out;
}

Document reservation_document(const Call& call, std::string_view reservation_id, Document instances) {
  return object({{"ReservationId", reservation_id},
                 {"OwnerId", call.scope.account},
                 {"Groups", Document::array()},
                 {"Instances", std::move(instances)}});
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
  const auto by_vcpus = require_vcpus(call, *plan.type, each * plan.min_count) / std::max<std::int64_t>(each, 1);
  if (plan.max_count == 1) return 1;
  return std::clamp(std::min(by_vcpus, housable_count(call, plan)), plan.min_count, plan.max_count);
}

/// An instance on the spot market has a request behind it: the one it fulfils, or one of its own.
void bring_to_market(Call& call, const LaunchPlan& plan, const LaunchedFor& launched_for, state::Instance& instance) {
  if (!plan.spot) return;
  if (launched_for.spot_instance_request_id.empty()) {
    make_fulfilled_request(call, *plan.spot, instance);
    return;
  }
  auto request = *state::find<state::GenericResource>(call.txn, call.scope, launched_for.spot_instance_request_id);
  fulfil(call, request, instance);
}

/// What RunInstances alone asks of a spot launch (API Reference); the words are Assumed.
void check_own_market(const LaunchPlan& plan, const LaunchedFor& launched_for) {
  if (!plan.spot || !launched_for.spot_instance_request_id.empty()) return;
  if (plan.spot->type == "persistent" && plan.spot->behavior == "terminate") {
    throw errors::invalid_combination(
        "Persistent Spot Instance requests are only supported when the instance interruption behavior is either "
        "hibernate or stop.");
  }
  if (plan.spot->type == "one-time" && !plan.spot->valid_until.empty()) {
    throw errors::invalid_combination("ValidUntil is only supported for persistent Spot Instance requests.");
  }
}

/// A launch that settles at once is written as it will stand when it has been answered, rather than written and
/// changed.
void insert_instance(Call& call, const state::Instance& instance, bool settles) {
  state::Instance row = instance;
  if (settles) {
    become_running(row);
    row.status_check = "ok";
  }
  state::insert(call.txn, row);
}

Launched make_instance(Call& call, const LaunchPlan& plan, const LaunchedFor& launched_for,
                       std::string_view reservation_id, std::int64_t launch_index, bool has_storage) {
  const bool settles = has_storage && settles_at_once(call) && call.world.compute->takes_ms(ComputeCommand::launch);
  const std::string_view status = settles ? "attached" : "attaching";
  state::Instance instance = plan.prototype;
  instance.instance_id = call.make_id("i");
  instance.reservation_id = reservation_id;
  instance.ami_launch_index = launch_index;
  instance.options.update(launched_for.options);
  if (plan.placement_group) join_placement_group(call, *plan.placement_group, instance);
  bring_to_market(call, plan, launched_for, instance);
  put_on_host(call, instance);
  if (plan.takes_capacity) take_capacity(call, instance);
  add_metric_categories(call, instance, metric_categories(instance));
  insert_instance(call, instance, settles);
  auto interfaces = make_interfaces(call, plan, instance, status);
  if (has_storage) make_devices(call, plan, instance, status);
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
  if (!settles) schedule_machine(call, instance, instance_state::running, ComputeCommand::launch);
  for (auto& interface : interfaces) interface.attachment_status = "attaching";
  Launched made{std::move(instance), std::move(interfaces)};
  if (!has_storage) {  // documented: the launch is answered, and the instance ends at once
    auto failed = *state::find<state::Instance>(call.txn, call.scope, made.instance.instance_id);
    terminate_instance(call, failed, {"Client.VolumeLimitExceeded", "Volume limit exceeded"});
  }
  return made;
}

/// A launch whose parameters are whole: no template stands behind them.
Document launch(Call& call, const LaunchedFor& launched_for) {
  const LaunchPlan plan = plan_launch(call, call.in);
  check_own_market(plan, launched_for);
  auto& tags = call.tags["instance"];
  check_metadata_tag_keys(part(plan.prototype.options, "MetadataOptions"), tags);
  tags.insert(tags.end(), launched_for.tags.begin(), launched_for.tags.end());
  call.end_of_dry_run();
  if (plan.spot) {
    check_spot_price(*plan.spot, *plan.type, *catalogue::find_zone(call.scope.region, plan.subnet.availability_zone),
                     spot_product(plan.image.platform_details), call.now_ms);
  }
  const std::int64_t count = affordable_count(call, plan);
  const std::int64_t storable = storable_count(call, plan);
  const std::string reservation_id = call.make_id("r");
  Document launched = Document::array(), ids = Document::array();
  for (std::int64_t index = 0; index < count; ++index) {
    const auto made = make_instance(call, plan, launched_for, reservation_id, index, index < storable);
    launched.push_back(launched_document(call.txn, made.instance, made.interfaces));
    ids.push_back(made.instance.instance_id);
  }
  note_launch(call, plan.image.image_id);
  call.remember = {{"ReservationId", reservation_id}, {"InstanceIds", std::move(ids)}};
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
  for (const auto& id : items(remembered, "InstanceIds")) {
    const auto instance = state::find<state::Instance>(call.txn, call.scope, id.get_ref<const std::string&>());
    if (!instance) continue;  // terminated, and no longer shown
    if (instance->state == instance_state::terminated) {
      throw ApiError(
          "IdempotentInstanceTerminated",
          "The request cannot be completed because the instance that it launched is terminated.");  // Assumed
    }
    instances.push_back(
        launched_document(call.txn, *instance, state::interfaces_of_instance(call.txn, instance->instance_id)));
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
    launch_from_template(call, {.spot_instance_request_id = "none"});
  } catch (const ApiError& error) {
    if (error.code != "DryRunOperation") throw;
  }
}

Family instance_launch_family() { return {.operations = kOperations}; }

}  // namespace fogling
