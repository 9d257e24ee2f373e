#pragma once

/// VPC endpoints and the services behind them: AWS' own, and those that accounts offer to each other.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"
#include "fixtures/services/services.hpp"

namespace fogling {

/// A service as somebody who makes an endpoint to it sees it.
struct EndpointTarget {
  services::EndpointService service;
  std::optional<state::GenericResource> configuration = {};  ///< of an account's own service

  bool needs_acceptance() const {
    return configuration && flag(configuration->document, "AcceptanceRequired").value_or(true);
  }
};

/// The texts of a list of the request.
std::vector<std::string> texts(const Call& call, std::string_view member);

/// An account's service, whoever it belongs to; nothing where there is none of this name.
std::optional<state::GenericResource> find_service_configuration(Context& context, std::string_view service_name);
/// Whether the caller may make endpoints to it: it is the caller's, or the caller is among the allowed principals.
bool is_service_allowed(Context& context, const state::GenericResource& configuration);
/// Throws InvalidServiceName where there is no such service of this type for the caller.
EndpointTarget require_endpoint_target(Context& context, std::string_view service_name, std::string_view type);

/// Endpoints of all accounts that lead to an account's service, oldest first.
std::vector<state::GenericResource> endpoints_of_service(Context& context, const state::GenericResource& configuration);

/// The names by which an interface endpoint is reached.
Document endpoint_dns_entries(Context& context, const state::GenericResource& endpoint, const EndpointTarget& target);

/// Gives a gateway endpoint its route in a table, or takes it away.
void add_endpoint_route(Context& context, const state::GenericResource& endpoint, std::string_view route_table_id);
void remove_endpoint_route(Context& context, const state::GenericResource& endpoint, std::string_view route_table_id);
/// A route table that goes away is forgotten by the endpoints that it had routes to.
void leave_endpoints(Context& context, const state::GenericResource& route_table);

/// Gives an endpoint an interface in a subnet, with one address of the caller's choice or a free one.
void add_endpoint_interface(Context& context, state::GenericResource& endpoint, std::string_view subnet_id,
                            std::string_view private_ip_address = {});
/// Removes its interface in a subnet; in every subnet where that is empty.
void remove_endpoint_interfaces(Context& context, const state::GenericResource& endpoint, std::string_view subnet_id);

}  // namespace fogling
