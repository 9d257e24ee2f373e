#include "emulator/vpc_endpoints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/network_interfaces.hpp"
#include "state/network_interfaces.hpp"
#include "state/resources.hpp"
#include "state/subnets.hpp"

namespace fogling {
namespace {

using state::GenericResource;

ApiError unknown_service(std::string_view name) {
  return {"InvalidServiceName", fmt::format("The Vpc Endpoint Service '{}' does not exist", name)};
}

std::string type_of_service(const GenericResource& configuration) {
  return std::string(text(items(configuration.document, "ServiceType").at(0), "ServiceType"));
}

/// What AWS calls the prefix list of a gateway endpoint's service.
std::string prefix_list_of(const GenericResource& endpoint) {
  const auto name = text(endpoint.document, "ServiceName");
  for (const auto& list : services::prefix_lists(endpoint.region)) {
    if (list.name == name) return list.id;
  }
  return {};
}

/// Where hosted zones of endpoints are kept; one for each service and region.
std::string hosted_zone(std::string_view name) {
  std::string id = services::stable_id("Z", name, 13);
  std::erase(id, '-');
  std::ranges::transform(id, id.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return id;
}

}  // namespace

std::vector<std::string> texts(const Call& call, std::string_view member) {
  std::vector<std::string> out;
  for (const auto& each : call.items(member)) out.push_back(each.get<std::string>());
  return out;
}

std::optional<GenericResource> find_service_configuration(Context& context, std::string_view service_name) {
  const auto start = service_name.rfind('.');
  if (start == std::string_view::npos) return std::nullopt;
  auto row = state::find_anywhere<GenericResource>(context.txn, service_name.substr(start + 1));
  const bool is_meant = row && row->kind == "vpc-endpoint-service" && row->state == "Available" &&
                        text(row->document, "ServiceName") == service_name && row->region == context.scope.region;
  return is_meant ? std::move(row) : std::nullopt;
}

bool is_service_allowed(Context& context, const GenericResource& configuration) {
  if (configuration.account == context.scope.account) return true;
  const std::string own = fmt::format(":{}:", context.scope.account);
  for (const auto& each :
       state::list_children(context.txn, configuration.resource_id, "vpc-endpoint-service-permission")) {
    const auto principal = text(each.document, "Principal");
    if (principal == "*" || principal.find(own) != std::string_view::npos) return true;
  }
  return false;
}

EndpointTarget require_endpoint_target(Context& context, std::string_view service_name, std::string_view type) {
  if (auto configuration = find_service_configuration(context, service_name)) {
    if (!is_service_allowed(context, *configuration) || type_of_service(*configuration) != type)
      throw unknown_service(service_name);
    EndpointTarget target;
    target.service.id = configuration->resource_id;
    target.service.name = service_name;
    target.service.type = type;
    target.service.private_dns_name = text(configuration->document, "PrivateDnsName");
    target.service.base_dns_name =
        fmt::format("{}.{}.vpce.amazonaws.com", configuration->resource_id, configuration->region);
    target.service.is_policy_supported = false;
    target.configuration = std::move(configuration);
    return target;
  }
  for (auto& service : services::endpoint_services(context.scope.region)) {
    if (service.name == service_name && service.type == type) return {std::move(service)};
  }
  throw unknown_service(service_name);
}

std::vector<GenericResource> endpoints_of_service(Context& context, const GenericResource& configuration) {
  auto endpoints = state::list_kind_anywhere(context.txn, "vpc-endpoint");
  const auto name = text(configuration.document, "ServiceName");
  std::erase_if(endpoints, [&](const GenericResource& each) { return text(each.document, "ServiceName") != name; });
  return endpoints;
}

Document endpoint_dns_entries(Context& context, const GenericResource& endpoint, const EndpointTarget& target) {
  const auto& service = target.service;
  const auto stem = fmt::format("{}-{}", endpoint.resource_id, text(endpoint.document, "_DnsSuffix"));
  Document entries = Document::array();
  const auto add = [&](const std::string& name, const std::string& zone) {
    entries.push_back({{"DnsName", name}, {"HostedZoneId", zone}});
  };
  const auto zone = hosted_zone(context.scope.region + " vpce");
  add(fmt::format("{}.{}", stem, service.base_dns_name), zone);
  for (const auto& id : items(endpoint.document, "SubnetIds")) {
    const auto subnet = state::find<state::Subnet>(context.txn, endpoint.scope(), id.get_ref<const std::string&>());
    if (subnet) add(fmt::format("{}-{}.{}", stem, subnet->availability_zone, service.base_dns_name), zone);
  }
  if (flag(endpoint.document, "PrivateDnsEnabled").value_or(false)) {
    add(service.private_dns_name, hosted_zone(endpoint.resource_id + service.private_dns_name));
  }
  return entries;
}

void add_endpoint_route(Context& context, const GenericResource& endpoint, std::string_view route_table_id) {
  auto table = require_resource(context, "route-table", route_table_id);
  if (table.parent_id != endpoint.parent_id) {  // Assumed: the words
    throw errors::invalid_parameter_value(
        fmt::format("route table {} and vpc {} belong to different networks", route_table_id, endpoint.parent_id));
  }
  const auto list = prefix_list_of(endpoint);
  auto& routes = table.document["Routes"];
  for (const auto& route : routes) {
    if (text(route, "DestinationPrefixListId") != list) continue;
    throw ApiError("RouteAlreadyExists", fmt::format("route table {} already has a route with "
                                                     "destination-prefix-list-id {}",
                                                     route_table_id, list));
  }
  routes.push_back({{"DestinationPrefixListId", list}, {"GatewayId", endpoint.resource_id}, {"Origin", "CreateRoute"}});
  state::update(context.txn, table);
}

void remove_endpoint_route(Context& context, const GenericResource& endpoint, std::string_view route_table_id) {
  auto table = state::find<GenericResource>(context.txn, endpoint.scope(), route_table_id);
  if (!table) return;
  auto& routes = table->document["Routes"];
  const auto found = std::ranges::find_if(
      routes, [&](const Document& route) { return text(route, "GatewayId") == endpoint.resource_id; });
  if (found == routes.end()) return;
  routes.erase(found);
  state::update(context.txn, *table);
}

void leave_endpoints(Context& context, const GenericResource& route_table) {
  for (auto& endpoint : state::list_children(context.txn, route_table.parent_id, "vpc-endpoint")) {
    auto& tables = endpoint.document["RouteTableIds"];
    const auto found = std::ranges::find(tables, Document(route_table.resource_id));
    if (found == tables.end()) continue;
    tables.erase(found);
    state::update(context.txn, endpoint);
  }
}

void add_endpoint_interface(Context& context, GenericResource& endpoint, std::string_view subnet_id,
                            std::string_view private_ip_address) {
  const bool is_of_balancer = text(endpoint.document, "VpcEndpointType") == "GatewayLoadBalancer";
  InterfaceSpec spec;
  spec.subnet = require_row<state::Subnet>(context, "subnet", subnet_id);
  spec.subnet.assign_ipv6_address_on_creation = false;
  spec.asking = Asking::creation;
  spec.description = fmt::format("VPC Endpoint Interface {}", endpoint.resource_id);
  for (const auto& group : items(endpoint.document, "Groups")) spec.group_ids.emplace_back(text(group, "GroupId"));
  spec.private_ip_address = private_ip_address;
  spec.interface_type = is_of_balancer ? "gateway_load_balancer_endpoint" : "vpc_endpoint";
  spec.requester_id = endpoint.account;
  spec.requester_managed = true;
  auto interface = make_interface(context, spec);
  attach_to_service(context, interface);
  state::update(context.txn, interface);
  endpoint.document["NetworkInterfaceIds"].push_back(interface.network_interface_id);
}

void remove_endpoint_interfaces(Context& context, const GenericResource& endpoint, std::string_view subnet_id) {
  for (const auto& id : items(endpoint.document, "NetworkInterfaceIds")) {
    const auto interface =
        state::find<state::NetworkInterface>(context.txn, endpoint.scope(), id.get_ref<const std::string&>());
    if (interface && (subnet_id.empty() || interface->subnet_id == subnet_id)) remove_interface(context, *interface);
  }
}

}  // namespace fogling
