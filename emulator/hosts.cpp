#include "emulator/hosts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"

namespace fogling {
namespace {

std::string_view family_of(const state::GenericResource& host) {
  const auto& properties = part(host.document, "HostProperties");
  const auto family = text(properties, "InstanceFamily");
  if (!family.empty()) return family;
  const auto type = text(properties, "InstanceType");
  return type.substr(0, type.find('.'));
}

ApiError no_room() {
  return {"InsufficientCapacityOnHost",
          "There is not enough capacity on the Dedicated Host to launch or start the instance."};
}

ApiError no_host() {
  return {"IncompatibleHostRequirements",
          "There are no available or compatible Dedicated Hosts available on which to launch or start the instance."};
}

void check_fit(Context& context, const state::GenericResource& host, const state::Instance& instance,
               const catalogue::InstanceType& type) {
  if (host.state != "available") {
    throw ApiError("InvalidHostState",
                   "The Dedicated Host must be in the `available` state to complete the operation.");
  }
  const auto types = host_types(host);
  const bool is_taken = std::ranges::find(types, &type) != types.end();
  if (!is_taken || text(host.document, "AvailabilityZone") != instance.availability_zone) {
    throw no_host();
  }
  if (host_room(context, host, type) < 1) throw no_room();
}

/// A host that takes what names no host: the fullest first, as Assumed.
std::optional<state::GenericResource> find_host(Context& context, const state::Instance& instance,
                                                const catalogue::InstanceType& type) {
  for (auto& host : state::list_kind(context.txn, context.scope, kHost)) {
    if (text(host.document, "AutoPlacement") != "on" || host.state != "available") continue;
    const auto types = host_types(host);
    if (std::ranges::find(types, &type) == types.end()) continue;
    if (text(host.document, "AvailabilityZone") != instance.availability_zone) continue;
    if (host_room(context, host, type) > 0) return std::move(host);
  }
  return std::nullopt;
}

}  // namespace

std::optional<HostSize> host_size(std::string_view family) {
  std::optional<HostSize> size;
  for (const auto& type : catalogue::instance_types()) {
    if (type.family != family || !type.dedicated_hosts_supported) continue;
    if (size && size->vcpus >= type.vcpus) continue;
    const auto cores = type.cores;
    // Assumed: two sockets but for Graviton and what is small.
    size = HostSize{type.vcpus, cores, type.processor_manufacturer == "AWS" || cores < 16 ? 1 : 2};
  }
  // Burstable hosts are as big as their general siblings (User Guide: T3 hosts have 48 cores on two sockets).
  if (size && family == "t3") size = HostSize{96, 48, 2};
  return size;
}

std::vector<const catalogue::InstanceType*> host_types(const state::GenericResource& host) {
  std::vector<const catalogue::InstanceType*> types;
  const auto only = text(part(host.document, "HostProperties"), "InstanceType");
  for (const auto& type : catalogue::instance_types()) {
    if (type.family != family_of(host) || !type.dedicated_hosts_supported) continue;
    if (only.empty() || type.name == only) types.push_back(&type);
  }
  return types;
}

std::vector<state::Instance> host_instances(Context& context, const state::GenericResource& host) {
  auto instances = state::instances_referring(context.txn, host.resource_id);
  std::erase_if(instances, [](const state::Instance& each) { return each.state == instance_state::stopped; });
  return instances;
}

std::int64_t host_room(Context& context, const state::GenericResource& host, const catalogue::InstanceType& type) {
  std::int64_t free = integer(part(host.document, "HostProperties"), "TotalVCpus").value_or(0);
  for (const auto& each : host_instances(context, host)) {
    const auto* other = catalogue::find_instance_type(each.instance_type);
    free -= other == nullptr ? 0 : other->vcpus;
  }
  return free / std::max(type.vcpus, 1);
}

void put_on_host(Context& context, state::Instance& instance) {
  if (instance.tenancy != "host") return;
  const auto& type = *catalogue::find_instance_type(instance.instance_type);
  auto& placement = instance.options["Placement"];
  const std::string named(text(placement, "HostId"));
  std::optional<state::GenericResource> host;
  if (named.empty()) {
    host = find_host(context, instance, type);
    if (!host) throw no_host();
  } else {
    host = require_resource(context, kHost, named);
    check_fit(context, *host, instance, type);
  }
  placement["HostId"] = host->resource_id;
  if (!placement.contains("Affinity")) placement["Affinity"] = "default";
  state::add_reference(context.txn, context.scope, instance.instance_id, host->resource_id, true);
}

void take_off_host(Context& context, state::Instance& instance) {
  auto& placement = instance.options["Placement"];
  const std::string id(text(placement, "HostId"));
  if (instance.tenancy != "host" || id.empty() || text(placement, "Affinity") == "host") return;
  state::remove_reference(context.txn, instance.instance_id, id);
  placement.erase("HostId");
}

}  // namespace fogling
