/// DHCP option sets: what a new one may hold, and which VPC has which. Making, showing and deleting are declared.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "emulator/cidr.hpp"
#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

enum class Sort : std::uint8_t { text, addresses, name_servers, node_type, lease_time };

/// Documented, the numbers of addresses too.
constexpr struct {
  std::string_view key;
  Sort sort;
  std::size_t most;
} kKnown[] = {{"domain-name", Sort::text, 1},
              {"domain-name-servers", Sort::name_servers, 4},
              {"ntp-servers", Sort::addresses, 8},
              {"netbios-name-servers", Sort::addresses, 4},
              {"netbios-node-type", Sort::node_type, 1},
              {"ipv6-address-preferred-lease-time", Sort::lease_time, 1}};

// Assumed: the words of all refusals.
ApiError refusal(std::string_view value, std::string_view key) {
  return errors::invalid_parameter_value(fmt::format("Value ({}) for parameter {} is invalid.", value, key));
}

/// Addresses may come one by one or, in one value, separated by commas.
std::vector<std::string> read_values(const Document& configuration) {
  std::vector<std::string> values;
  for (const auto& each : items(configuration, "Values")) {
    std::string_view rest = each.get_ref<const std::string&>();
    while (!rest.empty()) {
      const auto comma = std::min(rest.find(','), rest.size());
      auto value = rest.substr(0, comma);
      while (value.starts_with(' ')) value.remove_prefix(1);
      if (!value.empty()) values.emplace_back(value);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return values;
}

bool is_number_within(std::string_view value, std::int64_t least, std::int64_t most) {
  std::int64_t number = -1;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc() && end == value.data() + value.size() && number >= least && number <= most;
}

bool is_fine(Sort sort, std::string_view value) {
  switch (sort) {
    case Sort::text:
      return true;
    case Sort::addresses:
      return parse_ipv4(value) || parse_ipv6(value);
    case Sort::name_servers:
      return value == "AmazonProvidedDNS" || parse_ipv4(value) || parse_ipv6(value);
    case Sort::node_type:
      return value == "1" || value == "2" || value == "4" || value == "8";
    case Sort::lease_time:
      return is_number_within(value, 140, 2'147'483'647);
  }
  return false;
}

/// A configuration as it is shown.
Document read_configuration(const Document& given) {
  const auto key = text(given, "Key");
  const auto* known = std::ranges::find_if(kKnown, [&](const auto& each) { return each.key == key; });
  if (known == std::end(kKnown)) {
    throw errors::invalid_parameter_value(
        fmt::format("Value ({}) for parameter name is invalid. Unknown DHCP option", key));
  }
  const auto values = read_values(given);
  if (values.empty()) throw errors::missing_parameter("value");
  if (values.size() > known->most) throw refusal(fmt::format("{}", fmt::join(values, ",")), key);
  Document shown = Document::array();
  for (const auto& value : values) {
    if (!is_fine(known->sort, value)) throw refusal(value, key);
    shown.push_back({{"Value", value}});
  }
  return {{"Key", key}, {"Values", std::move(shown)}};
}

void create_dhcp_options(Call& call, GenericResource& options) {
  Document configurations = Document::array();
  for (const auto& given : call.items("DhcpConfigurations")) {
    Document configuration = read_configuration(given);
    const bool is_repeated = std::ranges::any_of(
        configurations, [&](const Document& other) { return other["Key"] == configuration["Key"]; });
    if (is_repeated) {
      throw errors::invalid_parameter_value(
          fmt::format("The DHCP option {} is specified more than once.", text(configuration, "Key")));
    }
    configurations.push_back(std::move(configuration));
  }
  if (configurations.empty()) throw errors::missing_parameter("dhcpConfiguration");
  options.document["DhcpConfigurations"] = std::move(configurations);
}

void remove_dhcp_options(Call& call, GenericResource& options) {
  const auto vpcs = state::list<state::Vpc>(call.txn, call.scope);
  if (std::ranges::find(vpcs, options.resource_id, &state::Vpc::dhcp_options_id) == vpcs.end()) return;
  throw errors::dependency_violation(
      fmt::format("The dhcpOptions '{}' has dependencies and cannot be deleted.", options.resource_id));
}

/// Documented: `default` stands for no options at all.
Document AssociateDhcpOptions(Call& call) {
  auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  const auto id = call.require("DhcpOptionsId");
  vpc.dhcp_options_id = id == "default" ? std::string(id) : require_resource(call, "dhcp-options", id).resource_id;
  state::update(call.txn, vpc);
  return {};
}

constexpr Operation kOperations[] = {
    {.name = "AssociateDhcpOptions", .run = AssociateDhcpOptions, .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = "dhcp-options", .create = create_dhcp_options, .remove = remove_dhcp_options}};

}  // namespace

Family dhcp_options_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
