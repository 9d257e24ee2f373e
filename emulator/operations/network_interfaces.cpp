/// Network interfaces: made, seen and removed. Attachments, attributes and addresses are in files of their own.

#include "emulator/network_interfaces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "emulator/addresses.hpp"
#include "emulator/describe.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/tags.hpp"

namespace fogling {
namespace {

/// Assumed: how long a new interface is `pending`.
constexpr std::int64_t kPendingTakes_ms = 1000;

// ---- Create --------------------------------------------------------------------------------------------------------

std::vector<std::string> strings(const Document& list) {
  std::vector<std::string> out;
  for (const auto& each : list) out.push_back(each.get<std::string>());
  return out;
}

/// Recorded: DNS name and operator are told by half, and nothing of the ClientToken.
Document created_document(Call& call, const state::NetworkInterface& interface) {
  Document shown = interface_document(call.txn, interface);
  shown["Status"] = "pending";
  shown.erase("PublicDnsName");
  shown["Operator"].erase("HiddenByDefault");
  return {{"NetworkInterface", std::move(shown)}};
}

Document CreateNetworkInterface(Call& call) {
  InterfaceSpec spec;
  spec.asking = Asking::creation;
  spec.status = "pending";
  spec.subnet = require_row<state::Subnet>(call, "subnet", call.text("SubnetId"));
  spec.group_ids = strings(call.items("Groups"));
  spec.description = call.text("Description");
  check_interface_description(spec.description);
  if (const auto type = call.text("InterfaceType"); !type.empty()) spec.interface_type = type;
  check_interface_type(spec.interface_type);
  if (!call.part("Operator").empty()) throw errors::not_built("An operator of a network interface");
  read_interface_addresses(call.in, spec);
  // Assumed: the caller is the account's root user, whose unique id is the account's.
  spec.requester_id = call.scope.account;

  auto interface = make_interface(call, spec);
  if (call.flag("EnablePrimaryIpv6").value_or(false)) enable_primary_ipv6(interface);
  if (const auto& tracking = call.part("ConnectionTrackingSpecification"); !tracking.empty()) {
    set_connection_tracking(interface, tracking);
  }
  state::update(call.txn, interface);
  schedule(call, "network-interface", interface.network_interface_id, "available", kPendingTakes_ms);
  apply_tags(call, interface.network_interface_id, "network-interface");

  call.remember = {{"NetworkInterfaceId", interface.network_interface_id}};
  return created_document(call, interface);
}

/// A repeated token gets the same interface again, as it is now. Recorded: addresses by name are judged before the
/// token is, so that such a request cannot be repeated at all.
Document replay_creation(Call& call, const Document& remembered) {
  const auto interface =
      state::find<state::NetworkInterface>(call.txn, call.scope, text(remembered, "NetworkInterfaceId"));
  if (!interface) {
    throw ApiError("IdempotentParameterMismatch",
                   fmt::format("The request with token: {} is stale", call.text("ClientToken")));
  }
  if (!call.text("PrivateIpAddress").empty() || !call.items("PrivateIpAddresses").empty()) {
    throw ApiError("InvalidIPAddress.InUse", "The specified address is already in use.");
  }
  return created_document(call, *interface);
}

// ---- Delete --------------------------------------------------------------------------------------------------------

Document DeleteNetworkInterface(Call& call) {
  const auto interface =
      require_row<state::NetworkInterface>(call, "network-interface", call.text("NetworkInterfaceId"));
  if (!interface.attachment_id.empty() || interface.status == "in-use") {
    throw errors::invalid_parameter_value(
        fmt::format("Network interface '{}' is currently in use.", interface.network_interface_id));
  }
  if (interface.requester_managed) throw no_permission();
  remove_interface(call, interface);
  return {};
}

// ---- Describe ------------------------------------------------------------------------------------------------------

constexpr Listing kListing{.type = "network-interface",
                           .ids = "NetworkInterfaceIds",
                           .list = "NetworkInterfaces",
                           .id_filter = "network-interface-id"};

/// Those that may pass, by an index where a filter names what they belong to.
std::vector<state::NetworkInterface> candidate_interfaces(Call& call, const Paging& paging) {
  struct Index {
    const char* filter;
    std::vector<state::NetworkInterface> (*find)(Transaction&, std::string_view);
  };
  constexpr Index kIndices[] = {{"attachment.instance-id", state::interfaces_of_instance},
                                {"group-id", state::interfaces_of_group},
                                {"subnet-id", state::interfaces_of_subnet},
                                {"vpc-id", state::interfaces_of_vpc}};
  if (!call.items("NetworkInterfaceIds").empty() || call.filters.literal_values("network-interface-id") != nullptr) {
    return candidates<state::NetworkInterface>(call, kListing);
  }
  for (const auto& index : kIndices) {
    const auto* values = call.filters.literal_values(index.filter);
    if (values == nullptr) continue;
    std::vector<state::NetworkInterface> rows;
    for (const auto& value : *values) std::ranges::move(index.find(call.txn, value), std::back_inserter(rows));
    std::erase_if(rows, [&](const state::NetworkInterface& row) { return row.scope() != call.scope; });
    const auto by_seq = [](const state::NetworkInterface& row) { return row.seq; };
    std::ranges::sort(rows, {}, by_seq);
    const auto is_same = [](const auto& a, const auto& b) { return a.seq == b.seq; };
    rows.erase(std::unique(rows.begin(), rows.end(), is_same), rows.end());
    return rows;
  }
  if (call.filters.literal_tag() != nullptr) return candidates<state::NetworkInterface>(call, kListing);
  const bool is_whole_page = call.filters.empty() && paging.limit != INT64_MAX;
  return state::list<state::NetworkInterface>(call.txn, call.scope, paging.after,
                                              is_whole_page ? paging.limit + 1 : -1);
}

Document DescribeNetworkInterfaces(Call& call) {
  PageBuilder<state::NetworkInterface> page{call, read_paging(call, kListing.ids)};
  const auto describe = [&](const state::NetworkInterface& interface) {
    Document item = interface_document(call.txn, interface);
    if (!call.filters.empty()) item["Tags"] = item["TagSet"];  // where filters look for them
    return item;
  };
  for (const auto& interface : candidate_interfaces(call, page.paging)) {
    if (!page.offer(interface, describe)) break;
    call.looked_at.push_back(interface.network_interface_id);
  }
  for (auto& item : page.items) item.erase("Tags");
  Document answer{{"NetworkInterfaces", std::move(page.items)}};
  if (page.is_full) answer["NextToken"] = make_token(call, page.last_seq);
  return answer;
}

constexpr FilterPath kFilters[] = {
    {"addresses.association.owner-id", "PrivateIpAddresses.Association.IpOwnerId"},
    {"addresses.association.public-ip", "PrivateIpAddresses.Association.PublicIp"},
    {"addresses.primary", "PrivateIpAddresses.Primary"},
    {"addresses.private-ip-address", "PrivateIpAddresses.PrivateIpAddress"},
    {"group-id", "Groups.GroupId"},
};

constexpr Operation kOperations[] = {
    {.name = "CreateNetworkInterface",
     .run = CreateNetworkInterface,
     .access = Access::write,
     .replay = replay_creation},
    {.name = "DeleteNetworkInterface", .run = DeleteNetworkInterface, .access = Access::write},
    {.name = "DescribeNetworkInterfaces",
     .run = DescribeNetworkInterfaces,
     .access = Access::read,
     .listed = "NetworkInterface",
     .filters = kFilters},
};

}  // namespace

Family network_interfaces_family() { return {.operations = kOperations}; }

}  // namespace fogling
