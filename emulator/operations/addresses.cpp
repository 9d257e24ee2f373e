/// Elastic IP addresses: had, seen and given back. Which interface has one is in address_associations.cpp.

#include "emulator/addresses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "emulator/cidr.hpp"
#include "emulator/describe.hpp"
#include "emulator/ipam.hpp"
#include "emulator/ipam_policies.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/public_pools.hpp"
#include "emulator/tags.hpp"
#include "emulator/world.hpp"
#include "state/resources.hpp"

namespace fogling {
namespace {

Document address_document(Transaction& txn, const state::Address& address) {
  Document out{{"PublicIp", address.public_ip},
               {"AllocationId", address.allocation_id},
               {"Domain", "vpc"},
               {"PublicIpv4Pool", address.public_ipv4_pool},
               {"NetworkBorderGroup", address.network_border_group}};
  if (!address.association_id.empty()) {
    out["AssociationId"] = address.association_id;
    out["NetworkInterfaceId"] = address.network_interface_id;
    out["PrivateIpAddress"] = address.private_ip_address;
    if (const auto interface = state::find_anywhere<state::NetworkInterface>(txn, address.network_interface_id)) {
      out["NetworkInterfaceOwnerId"] = interface->account;
      set_if(out, "InstanceId", interface->instance_id);  // recorded: absent, not empty, where there is none
    }
  }
  set_tags(out, txn, address.allocation_id);
  return out;
}

// ---- Allocate ------------------------------------------------------------------------------------------------------

/// There are no customer-owned pools without an Outpost.
void check_pools(Call& call) {
  // Assumed: the words.
  if (const auto pool = call.text("CustomerOwnedIpv4Pool"); !pool.empty()) {
    throw ApiError("InvalidPoolID.NotFound", fmt::format("The pool ID '{}' does not exist", pool));
  }
}

/// A free address out of the pools that the account's IPAM policy names; nothing where they have none, or where the
/// request itself says where it wants one from.
std::optional<PoolBlock> policy_address(Call& call) {
  if (!call.text("Address").empty() || !call.text("PublicIpv4Pool").empty()) return std::nullopt;
  for (const auto& id : policy_pools(call, "eip")) {
    auto pool = require_ipam_pool(call, id);
    const auto taken = allocated_blocks(call.txn, id);
    for (const auto& space : provisioned_blocks(call.txn, id)) {
      if (auto block = find_free_block(space, 32, taken)) return PoolBlock{std::move(pool), *block};
    }
  }
  return std::nullopt;
}

/// An address out of an IPAM pool: any free one, or the one asked for. Nothing where the request names no pool.
std::optional<PoolBlock> requested_ipam_address(Call& call) {
  const auto id = call.text("IpamPoolId");
  if (id.empty()) return policy_address(call);
  auto pool = require_ipam_pool(call, id);
  if (!is_public(pool) || text(pool.document, "AddressFamily") != "ipv4") {  // Assumed: code and words
    throw errors::invalid_value(id, "IpamPoolId", "It is not a pool of public IPv4 addresses.");
  }
  const auto wanted = call.text("Address");
  const auto cidr = wanted.empty() ? std::string() : fmt::format("{}/32", wanted);
  BlockRequest request{.cidr = cidr};
  if (wanted.empty()) request.netmask_length = 32;
  const auto tags = call.tags.find("elastic-ip");
  if (tags != call.tags.end()) request.tags = &tags->second;
  const auto block = choose_block(call, pool, request);
  return PoolBlock{std::move(pool), block};
}

/// The public pool that the request names.
std::string own_pool(const Call& call) {
  const auto pool = call.text("PublicIpv4Pool");
  return pool.empty() ? "amazon" : std::string(pool);
}

std::string address_of(const IpBlock& block) {
  const auto text = block.text();
  return text.substr(0, text.find('/'));
}

/// An account may have back an address that it released, as long as nobody else has it now.
std::string recover_address(Call& call, std::string_view public_ip) {
  const std::string setting = released_address_setting(public_ip);
  if (state::get_setting(call.txn, call.scope, setting).empty() || state::is_public_ip_taken(call.txn, public_ip)) {
    throw unknown_public_ip(public_ip);  // Assumed: the words
  }
  return std::string(public_ip);
}

Document AllocateAddress(Call& call) {
  const auto wanted = call.text("Address");
  if (!wanted.empty() && !parse_ipv4(wanted)) {
    throw errors::invalid_parameter_value(fmt::format("Invalid value '{}' for address.", wanted));
  }
  const auto border_group = call.text("NetworkBorderGroup");
  if (!border_group.empty() && !is_border_group(call.scope.region, border_group)) {
    // Recorded: a dry run says nothing but the name.
    throw errors::invalid_parameter_value(
        call.dry_run ? std::string(border_group)
                     : fmt::format("invalid value for parameter network-border-group: {}", border_group));
  }
  call.end_of_dry_run();

  if (const auto domain = call.text("Domain"); !domain.empty() && domain != "vpc" && domain != "standard") {
    throw errors::invalid_value(domain, "domain");  // Assumed: the words
  }
  check_pools(call);
  const auto quota = call.world.quotas.elastic_ips;
  if (quota >= 0 && Quotas::is_reached(quota, state::count<state::Address>(call.txn, call.scope))) {
    throw ApiError("AddressLimitExceeded", "The maximum number of addresses has been reached.");
  }

  state::Address address;
  address.account = call.scope.account;
  address.region = call.scope.region;
  const auto pooled = requested_ipam_address(call);
  address.public_ipv4_pool = pooled ? pooled->pool.resource_id : own_pool(call);
  address.public_ip = pooled                                 ? address_of(pooled->block)
                      : address.public_ipv4_pool != "amazon" ? draw_pool_address(call, address.public_ipv4_pool, wanted)
                      : wanted.empty()                       ? draw_public_address(call)
                                                             : recover_address(call, wanted);
  address.allocation_id = call.make_id("eipalloc");
  address.network_border_group = border_group.empty() ? call.scope.region : std::string(border_group);
  state::insert(call.txn, address);
  if (pooled) allocate_to(call, pooled->pool, pooled->block.text(), address.allocation_id, "eip");
  apply_tags(call, address.allocation_id, "elastic-ip");
  return {{"PublicIp", address.public_ip},
          {"AllocationId", address.allocation_id},
          {"Domain", "vpc"},
          {"PublicIpv4Pool", address.public_ipv4_pool},
          {"NetworkBorderGroup", address.network_border_group}};
}

// ---- Describe ------------------------------------------------------------------------------------------------------

/// Recorded: ids and IPs together name the union of both.
std::vector<state::Address> named_addresses(Call& call) {
  std::vector<state::Address> rows;
  std::vector<std::string> unknown;
  for (const auto& id : requested_ids(call, "elastic-ip", "AllocationIds")) {
    if (auto row = state::find<state::Address>(call.txn, call.scope, id)) {
      rows.push_back(*std::move(row));
    } else {
      unknown.push_back(id);
    }
  }
  if (!unknown.empty()) throw unknown_ids("elastic-ip", unknown);
  for (const auto& each : call.items("PublicIps")) {
    const auto& public_ip = each.get_ref<const std::string&>();
    auto row = state::find_address_by_ip(call.txn, call.scope, public_ip);
    if (!row) throw unknown_public_ip(public_ip);
    rows.push_back(*std::move(row));
  }
  return rows;
}

std::vector<state::Address> addresses_on(Call& call, std::string_view network_interface_id) {
  auto rows = state::addresses_of_interface(call.txn, network_interface_id);
  std::erase_if(rows, [&](const state::Address& row) { return row.scope() != call.scope; });
  return rows;
}

/// Those that may pass the filters, by an index where one can say; oldest first, each once.
std::vector<state::Address> candidate_addresses(Call& call) {
  std::vector<state::Address> rows;
  const auto add = [&](std::optional<state::Address> row) {
    if (row) rows.push_back(*std::move(row));
  };
  if (!call.items("AllocationIds").empty() || !call.items("PublicIps").empty()) {
    rows = named_addresses(call);
  } else if (const auto* ids = call.filters.literal_values("allocation-id")) {
    for (const auto& id : *ids) add(state::find<state::Address>(call.txn, call.scope, id));
  } else if (const auto* ips = call.filters.literal_values("public-ip")) {
    for (const auto& ip : *ips) add(state::find_address_by_ip(call.txn, call.scope, ip));
  } else if (const auto* interfaces = call.filters.literal_values("network-interface-id")) {
    for (const auto& id : *interfaces) std::ranges::move(addresses_on(call, id), std::back_inserter(rows));
  } else if (const auto* instances = call.filters.literal_values("instance-id")) {
    for (const auto& instance : *instances) {
      for (const auto& interface : state::interfaces_of_instance(call.txn, instance)) {
        std::ranges::move(addresses_on(call, interface.network_interface_id), std::back_inserter(rows));
      }
    }
  } else if (const auto* tag = call.filters.literal_tag()) {
    for (const auto& value : tag->values) {
      for (const auto& id : state::resources_tagged(call.txn, call.scope, tag->name.substr(4), value)) {
        add(state::find<state::Address>(call.txn, call.scope, id));
      }
    }
  } else {
    return state::list<state::Address>(call.txn, call.scope);
  }
  std::ranges::sort(rows, {}, [](const state::Address& row) { return row.seq; });
  const auto is_same = [](const state::Address& a, const state::Address& b) { return a.seq == b.seq; };
  rows.erase(std::unique(rows.begin(), rows.end(), is_same), rows.end());
  return rows;
}

/// All at once: this describe has no pages.
Document DescribeAddresses(Call& call) {
  for (const auto& each : call.items("PublicIps")) check_public_ip(each.get_ref<const std::string&>());
  call.end_of_dry_run();
  Document addresses = Document::array();
  for (const auto& row : candidate_addresses(call)) {
    Document item = address_document(call.txn, row);
    if (call.filters.match(item)) addresses.push_back(std::move(item));
  }
  return {{"Addresses", std::move(addresses)}};
}

// ---- Release -------------------------------------------------------------------------------------------------------

Document ReleaseAddress(Call& call) {
  const auto allocation_id = call.text("AllocationId");
  const auto public_ip = call.text("PublicIp");
  const auto border_group = call.text("NetworkBorderGroup");
  if (!border_group.empty() && !is_border_group(call.scope.region, border_group)) {
    throw errors::invalid_parameter_value(
        fmt::format("invalid value for parameter network-border-group: {}", border_group));
  }
  if (allocation_id.empty() && public_ip.empty()) {
    throw ApiError("MissingParameter", "Either public IP or allocation id must be specified");
  }
  if (!allocation_id.empty() && !public_ip.empty()) {
    throw errors::invalid_combination("You may specify public IP or allocation id, but not both in the same call");
  }
  if (!public_ip.empty()) {
    if (!state::find_address_by_ip(call.txn, call.scope, public_ip)) throw not_yours(public_ip);
    throw errors::invalid_parameter_value("You must specify an allocation id when releasing a VPC elastic IP address");
  }
  const auto address = require_address(call, allocation_id);
  if (!border_group.empty() && border_group != address.network_border_group) {
    throw unknown_public_ip(address.public_ip);
  }
  if (!address.association_id.empty()) {
    check_holder(call, address);
    // truth/addresses.md: the documentation promises that in a default VPC a release disassociates; what users report
    // is this, in every VPC.
    throw ApiError("InvalidIPAddress.InUse", fmt::format("Address {} is in use.", address.public_ip));
  }
  if (!address.ptr_record.empty()) {
    throw ApiError("InvalidAddress.PtrSet",
                   fmt::format("The address with allocation id [{}] cannot be released because it has a PTR record "
                               "set.",
                               address.allocation_id));
  }
  forget_transfers(call, address.allocation_id);
  state::remove_tags(call.txn, address.allocation_id);
  state::remove_dues_of(call.txn, address.allocation_id);
  release_allocations(call, address.allocation_id);
  if (address.public_ipv4_pool == "amazon") {
    state::put_setting(call.txn, call.scope, released_address_setting(address.public_ip), address.allocation_id);
  }
  state::erase(call.txn, address);
  return {};
}

constexpr Operation kOperations[] = {
    {.name = "AllocateAddress", .run = AllocateAddress, .access = Access::write, .dry_run = DryRun::after_checks},
    {.name = "DescribeAddresses",
     .run = DescribeAddresses,
     .access = Access::read,
     .dry_run = DryRun::after_checks,
     .listed = "Address"},
    {.name = "ReleaseAddress", .run = ReleaseAddress, .access = Access::write},
};

}  // namespace

Family addresses_family() { return {.operations = kOperations}; }

}  // namespace fogling
