/// Customer gateways: making one that is there already answers that one. All else is declared.

#include <fmt/format.h>

#include "emulator/cidr.hpp"
#include "emulator/kinds.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "customer-gateway";
constexpr std::int64_t kMost = 50;  // documented, per region

/// In the answer's form, where numbers are text.
Document requested_gateway(const Call& call) {
  Document gateway = copied_members(call.in, declared_kind(kKind));
  gateway["BgpAsn"] = std::to_string(call.integer("BgpAsn").value_or(65000));
  if (const auto extended = call.integer("BgpAsnExtended")) {
    gateway["BgpAsnExtended"] = std::to_string(*extended);
    gateway.erase("BgpAsn");
  }
  const auto address = text(gateway, "IpAddress");
  if (address.empty() && text(gateway, "CertificateArn").empty()) throw errors::missing_parameter("ipAddress");
  if (!address.empty() && !parse_ipv4(address) && !parse_ipv6(address)) {  // Assumed: the words
    throw errors::invalid_value(address, "ipAddress", "This is not a valid IP address.");
  }
  return gateway;
}

Document CreateCustomerGateway(Call& call) {
  Document wanted = requested_gateway(call);
  for (const auto& each : state::list_kind(call.txn, call.scope, kKind)) {
    if (each.state != "pending" && each.state != "available") continue;
    const auto& other = each.document;
    const bool is_same = text(other, "IpAddress") == text(wanted, "IpAddress") &&
                         text(other, "BgpAsn") == text(wanted, "BgpAsn") &&
                         text(other, "BgpAsnExtended") == text(wanted, "BgpAsnExtended") &&
                         text(other, "CertificateArn") == text(wanted, "CertificateArn");
    if (is_same) return {{"CustomerGateway", shown(call, each)}};
  }
  if (Quotas::is_reached(call.world.quotas.of_kind(kKind, kMost), state::count_kind(call.txn, call.scope, kKind))) {
    throw ApiError("CustomerGatewayLimitExceeded",
                   "The maximum number of customer gateways has been reached.");  // Assumed: the words
  }
  const auto gateway = make_resource(call, declared_kind(kKind), std::move(wanted));
  return {{"CustomerGateway", shown(call, gateway)}};
}

constexpr Operation kOperations[] = {
    {.name = "CreateCustomerGateway", .run = CreateCustomerGateway, .access = Access::write},
};

}  // namespace

Family customer_gateways_family() { return {.operations = kOperations}; }

}  // namespace fogling
