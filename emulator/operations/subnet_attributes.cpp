/// Attributes of subnets, one at a time, as EC2 wants it.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/subnets.hpp"

namespace fogling {
namespace {

std::optional<bool> value_of(const Call& call, const char* member) { return flag(call.part(member), "Value"); }

/// Throws where the attribute is to be true and the subnet has no IPv6.
void check_has_ipv6(const state::Subnet& subnet, std::string_view attribute, bool value) {
  if (!value || has_ipv6_block(subnet)) return;
  throw errors::invalid_parameter_value(
      fmt::format("Invalid value 'true' for {0}. Cannot set {0} to true unless the subnet ({1}) has an IPv6 CIDR block "
                  "associated with it.",
                  attribute, subnet.subnet_id));
}

/// Throws where an IPv6 only subnet cannot have this value.
void check_has_ipv4(const state::Subnet& subnet, std::string_view attribute, std::string_view value) {
  if (!is_ipv6_native(subnet)) return;
  throw errors::invalid_parameter_value(  // Assumed: the words, after those for subnets without IPv6
      fmt::format("Invalid value '{0}' for {1}. Cannot set {1} to {0} for the IPv6 only subnet ({2}).", value,
                  attribute, subnet.subnet_id));
}

void set_dns_option(state::Subnet& subnet, const char* name, Document value) {
  auto& dns = subnet.options["PrivateDnsNameOptionsOnLaunch"];
  if (dns.is_null()) dns = Document::object();
  dns[name] = std::move(value);
}

struct Attribute {
  const char* member;
  const char* shown;  ///< as EC2 calls it in its refusal of several at once
  void (*modify)(Call&, state::Subnet&);
};

void modify_assign_ipv6(Call& call, state::Subnet& subnet) {
  const bool value = value_of(call, "AssignIpv6AddressOnCreation").value_or(false);
  check_has_ipv6(subnet, "assign-ipv6-address-on-creation", value);
  if (!value) check_has_ipv4(subnet, "assign-ipv6-address-on-creation", "false");
  subnet.assign_ipv6_address_on_creation = value;
}

/// Only subnets on an Outpost have a pool of the customer's; there are none here.
void modify_customer_owned(Call& call, state::Subnet& subnet) {
  if (!value_of(call, "MapCustomerOwnedIpOnLaunch").value_or(false)) return;
  const auto pool = call.text("CustomerOwnedIpv4Pool");
  if (pool.empty()) throw errors::missing_parameter("CustomerOwnedIpv4Pool");
  throw errors::invalid_parameter_value(  // Assumed: code and words
      fmt::format("Invalid value '{}' for customer-owned-ipv4-pool. The subnet ({}) is not on an Outpost.", pool,
                  subnet.subnet_id));
}

void refuse_local_interfaces(Call&, state::Subnet& subnet) {
  throw errors::invalid_parameter_value(  // Assumed: code and words
      fmt::format("Local network interfaces are not supported in the subnet ({}): it is not on an Outpost server.",
                  subnet.subnet_id));
}

constexpr Attribute kAttributes[] = {
    {"AssignIpv6AddressOnCreation", "assignIpv6AddressOnCreation", modify_assign_ipv6},
    {"MapPublicIpOnLaunch", "mapPublicIpOnLaunch",
     [](Call& call, state::Subnet& subnet) {
       const bool value = value_of(call, "MapPublicIpOnLaunch").value_or(false);
       if (value) check_has_ipv4(subnet, "map-public-ip-on-launch", "true");
       subnet.map_public_ip_on_launch = value;
     }},
    {"MapCustomerOwnedIpOnLaunch", "mapCustomerOwnedIpOnLaunch", modify_customer_owned},
    {"EnableDns64", "enableDns64",
     [](Call& call, state::Subnet& subnet) {
       const bool value = value_of(call, "EnableDns64").value_or(false);
       check_has_ipv6(subnet, "enable-dns64", value);
       subnet.options["EnableDns64"] = value;
     }},
    {"PrivateDnsHostnameTypeOnLaunch", "privateDnsHostnameTypeOnLaunch",
     [](Call& call, state::Subnet& subnet) {
       const auto value = call.text("PrivateDnsHostnameTypeOnLaunch");
       if (value == "ip-name") check_has_ipv4(subnet, "private-dns-hostname-type-on-launch", value);
       set_dns_option(subnet, "HostnameType", value);
     }},
    {"EnableResourceNameDnsARecordOnLaunch", "enableResourceNameDnsARecordOnLaunch",
     [](Call& call, state::Subnet& subnet) {
       const bool value = value_of(call, "EnableResourceNameDnsARecordOnLaunch").value_or(false);
       if (value) check_has_ipv4(subnet, "enable-resource-name-dns-a-record-on-launch", "true");
       set_dns_option(subnet, "EnableResourceNameDnsARecord", value);
     }},
    {"EnableResourceNameDnsAAAARecordOnLaunch", "enableResourceNameDnsAAAARecordOnLaunch",
     [](Call& call, state::Subnet& subnet) {
       const bool value = value_of(call, "EnableResourceNameDnsAAAARecordOnLaunch").value_or(false);
       check_has_ipv6(subnet, "enable-resource-name-dns-aaaa-record-on-launch", value);
       set_dns_option(subnet, "EnableResourceNameDnsAAAARecord", value);
     }},
    {"EnableLniAtDeviceIndex", "enableLniAtDeviceIndex", refuse_local_interfaces},
    {"DisableLniAtDeviceIndex", "disableLniAtDeviceIndex", refuse_local_interfaces},
};

Document ModifySubnetAttribute(Call& call) {
  auto subnet = require_row<state::Subnet>(call, "subnet", call.require("SubnetId"));
  if (!subnet.options.is_object()) subnet.options = Document::object();
  std::vector<const Attribute*> given;
  for (const auto& attribute : kAttributes) {
    if (has(call.in, attribute.member)) given.push_back(&attribute);
  }
  // Assumed: the words of both are those recorded for network interfaces.
  if (given.empty()) throw errors::invalid_combination("No attributes specified.");
  if (given.size() > 1) {
    std::vector<std::string_view> names;
    for (const auto* each : given) names.emplace_back(each->shown);
    throw errors::invalid_combination(
        fmt::format("Fields for multiple attribute types specified: {}", fmt::join(names, ", ")));
  }
  given.front()->modify(call, subnet);
  state::update(call.txn, subnet);
  return {};
}

constexpr Operation kOperations[] = {
    {.name = "ModifySubnetAttribute", .run = ModifySubnetAttribute, .access = Access::write},
};

}  // namespace

Family subnet_attributes_family() { return {.operations = kOperations}; }

}  // namespace fogling
