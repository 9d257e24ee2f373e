/// NAT gateways: made with an interface and elastic addresses, or failed. Addresses that come and go later are in
/// nat_gateway_addresses.cpp; describing and deleting are declared.

#include "emulator/nat_gateways.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

struct Failure {
  const char* code;
  std::string message;
};

/// What a request asks for, once it is known to make sense.
struct Wish {
  state::Subnet subnet;
  std::vector<std::string> allocation_ids;  ///< the primary one first; none for a private gateway
  std::vector<std::string> secondary_addresses;
  std::int64_t secondary_count = 0;  ///< private addresses to be chosen beside the given ones
};

/// Assumed: the words of all these.
void check_connectivity(const Call& call) {
  const bool is_private = call.text("ConnectivityType") == "private";
  const bool has_address = !call.text("AllocationId").empty() || !call.items("SecondaryAllocationIds").empty();
  if (call.text("AvailabilityMode") == "regional") throw errors::not_built("A regional NAT gateway");
  if (call.text("SubnetId").empty()) throw errors::missing_parameter("SubnetId");
  if (!is_private && call.text("AllocationId").empty()) throw errors::missing_parameter("AllocationId");
  if (is_private && has_address) {
    throw errors::invalid_combination("An Elastic IP address cannot be specified for a private NAT gateway.");
  }
  if (!is_private && call.integer("SecondaryPrivateIpAddressCount")) {
    throw errors::invalid_combination(
        "SecondaryPrivateIpAddressCount can only be specified for a private NAT gateway.");
  }
  if (call.integer("SecondaryPrivateIpAddressCount") && !call.items("SecondaryPrivateIpAddresses").empty()) {
    throw errors::not_together("SecondaryPrivateIpAddressCount", "SecondaryPrivateIpAddresses");
  }
}

/// Each zone has its own limit; what is being deleted still counts.
void check_quota(Call& call, const state::Subnet& subnet) {
  const auto quota = call.world.quotas.nat_gateways_per_zone;
  std::int64_t used = 0;
  for (const auto& each : state::list_kind(call.txn, call.scope, "natgateway")) {
    if (each.state == "failed" || each.state == "deleted") continue;
    const auto other = state::find<state::Subnet>(call.txn, call.scope, each.parent_id);
    if (other && other->availability_zone == subnet.availability_zone) ++used;
  }
  if (!Quotas::is_reached(quota, used)) return;
  throw ApiError("NatGatewayLimitExceeded",
                 fmt::format("Performing this operation would exceed the limit of {} NAT gateways", quota));
}

Wish read_wish(Call& call) {
  Wish wish;
  check_connectivity(call);
  wish.subnet = require_row<state::Subnet>(call, "subnet", call.text("SubnetId"));
  check_quota(call, wish.subnet);
  wish.secondary_addresses = nat_gateway_texts(call, "SecondaryPrivateIpAddresses");
  wish.secondary_count = call.integer("SecondaryPrivateIpAddressCount").value_or(0);
  if (call.text("ConnectivityType") == "private") return wish;
  wish.allocation_ids = nat_gateway_texts(call, "SecondaryAllocationIds");
  if (!wish.secondary_addresses.empty() && wish.secondary_addresses.size() != wish.allocation_ids.size()) {
    throw errors::invalid_combination("There must be a secondary private address for each secondary allocation.");
  }
  if (wish.secondary_addresses.empty()) wish.secondary_count = static_cast<std::int64_t>(wish.allocation_ids.size());
  wish.allocation_ids.insert(wish.allocation_ids.begin(), std::string(call.text("AllocationId")));
  for (const auto& id : wish.allocation_ids) require_nat_address(call, id);
  return wish;
}

/// Documented: none of these is a refusal; the gateway is made and then fails.
std::optional<Failure> find_failure(Call& call, const Wish& wish) {
  const auto& subnet = wish.subnet;
  const auto free = static_cast<std::int64_t>(usable_range(parse_cidr(subnet.cidr_block).value()).size()) -
                    state::count_private_addresses(call.txn, subnet.subnet_id);
  const auto wanted = 1 + wish.secondary_count + static_cast<std::int64_t>(wish.secondary_addresses.size());
  if (free < wanted) {
    return Failure{"InsufficientFreeAddressesInSubnet",
                   "Subnet has insufficient free addresses to create this NAT gateway"};
  }
  if (wish.allocation_ids.empty()) return std::nullopt;
  if (state::list_children(call.txn, subnet.vpc_id, "internet-gateway").empty()) {
    return Failure{"Gateway.NotAttached", fmt::format("Network {} has no Internet gateway attached", subnet.vpc_id)};
  }
  for (const auto& id : wish.allocation_ids) {
    if (!require_nat_address(call, id).association_id.empty()) {
      return Failure{"Resource.AlreadyAssociated", fmt::format("Elastic IP address {} is already associated", id)};
    }
  }
  return std::nullopt;
}

/// The interface of the gateway with all its addresses, as items.
Document make_addresses(Call& call, const Wish& wish, std::string_view gateway_id) {
  InterfaceSpec spec;
  spec.subnet = wish.subnet;
  spec.subnet.assign_ipv6_address_on_creation = false;
  spec.asking = Asking::creation;
  spec.description = fmt::format("Interface for NAT Gateway {}", gateway_id);
  spec.private_ip_address = call.text("PrivateIpAddress");
  spec.secondary_addresses = wish.secondary_addresses;
  spec.secondary_count = wish.secondary_count;
  spec.interface_type = "nat_gateway";
  spec.source_dest_check = false;
  spec.requester_id = call.scope.account;
  spec.requester_managed = true;
  auto interface = make_interface(call, spec);
  attach_to_service(call, interface);
  interface.group_ids = Document::array();  // it has no security groups
  state::update(call.txn, interface);

  Document items = Document::array();
  for (const auto& each : state::private_addresses(call.txn, interface)) {
    Document item = nat_address_document(interface, each.private_ip_address, each.is_primary, "succeeded");
    if (const auto place = items.size(); place < wish.allocation_ids.size()) {
      auto address = require_nat_address(call, wish.allocation_ids[place]);
      give_elastic_address(call, address, interface, item);
    }
    items.push_back(std::move(item));
  }
  return items;
}

void create_nat_gateway(Call& call, GenericResource& gateway) {
  const auto wish = read_wish(call);
  gateway.document["VpcId"] = wish.subnet.vpc_id;
  gateway.document["NatGatewayAddresses"] = Document::array();
  if (const auto failure = find_failure(call, wish)) {
    gateway.document["_Failure"] = {{"FailureCode", failure->code}, {"FailureMessage", failure->message}};
    for (const auto& id : wish.allocation_ids)
      gateway.document["NatGatewayAddresses"].push_back({{"AllocationId", id}});
  } else {
    gateway.document["NatGatewayAddresses"] = make_addresses(call, wish, gateway.resource_id);
  }
}

/// What is bound to fail does so in place of becoming available.
void schedule_failure(Call& call, GenericResource& gateway) {
  if (!has(gateway.document, "_Failure")) return;
  state::remove_dues_of(call.txn, gateway.resource_id);
  schedule(call, gateway.kind, gateway.resource_id, "failed", declared_kind(gateway.kind).create.takes_ms);
}

void move_nat_gateway(Context& context, GenericResource& gateway) {
  if (gateway.state == "failed") {
    gateway.document.update(gateway.document["_Failure"]);
    end_resource(context, gateway, "failed");
  }
  if (gateway.state != "deleted") return;
  release_nat_addresses(context, gateway);
  gateway.document["DeleteTime"] = iso_seconds(context.now_ms);
  state::update(context.txn, gateway);
}

/// While it is being made, nothing is told but which addresses it shall have.
void show_nat_gateway(Context&, const GenericResource& gateway, Document& shown) {
  if (gateway.state != "pending") return;
  Document addresses = Document::array();
  for (const auto& each : items(shown, "NatGatewayAddresses")) {
    Document item{{"IsPrimary", flag(each, "IsPrimary").value_or(addresses.empty())}, {"Status", "associating"}};
    if (!has(each, "AllocationId")) item["Status"] = "assigning";
    set_if(item, "AllocationId", text(each, "AllocationId"));
    addresses.push_back(std::move(item));
  }
  shown["NatGatewayAddresses"] = std::move(addresses);
}

constexpr Hooks kHooks[] = {{.kind = "natgateway",
                             .create = create_nat_gateway,
                             .created = schedule_failure,
                             .moved = move_nat_gateway,
                             .show = show_nat_gateway}};

}  // namespace

Family nat_gateways_family() { return {.hooks = kHooks}; }

}  // namespace fogling
