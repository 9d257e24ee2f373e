/// The account itself: attributes, and settings that are the account's in a region.

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/instance_options.hpp"
#include "emulator/world.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

std::string limit_text(std::int64_t quota) { return std::to_string(quota < 0 ? 100'000 : quota); }

Document DescribeAccountAttributes(Call& call) {
  const auto& quotas = call.world.quotas;
  const auto vpc = state::find_default_vpc(call.txn, call.scope);
  const std::pair<std::string_view, std::string> all[] = {
      {"supported-platforms", "VPC"},
      {"vpc-max-security-groups-per-interface", limit_text(quotas.security_groups_per_interface)},
      {"max-elastic-ips", limit_text(quotas.elastic_ips)},
      {"max-instances", "20"},
      {"vpc-max-elastic-ips", limit_text(quotas.elastic_ips)},
      {"default-vpc", vpc ? vpc->vpc_id : "none"},
  };
  const auto& wanted = call.items("AttributeNames");
  for (const auto& each : wanted) {
    const auto& name = each.get_ref<const std::string&>();
    const bool is_known = std::ranges::any_of(all, [&](const auto& attribute) { return attribute.first == name; });
    if (!is_known) throw errors::invalid_value(name, "attributeName", "Unknown attribute.");  // Assumed: the words
  }
  Document attributes = Document::array();
  for (const auto& [name, value] : all) {
    if (!wanted.empty() && std::ranges::find(wanted, Document(name)) == wanted.end()) continue;
    attributes.push_back(
        {{"AttributeName", name}, {"AttributeValues", Document::array({{{"AttributeValue", value}}})}});
  }
  return {{"AccountAttributes", std::move(attributes)}};
}

// ---- Settings
// --------------------------------------------------------------------------------------------------------

constexpr std::string_view kSerialConsole = "serial-console-access", kMetadata = "instance-metadata-defaults";

Document serial_console(Call& call) {
  return {{"SerialConsoleAccessEnabled", state::get_setting(call.txn, call.scope, kSerialConsole) == "true"}};
}
Document GetSerialConsoleAccessStatus(Call& call) {
  Document answer = serial_console(call);
  answer["ManagedBy"] = "account";
  return answer;
}
Document EnableSerialConsoleAccess(Call& call) {
  state::put_setting(call.txn, call.scope, kSerialConsole, "true");
  return serial_console(call);
}
Document DisableSerialConsoleAccess(Call& call) {
  state::put_setting(call.txn, call.scope, kSerialConsole, "false");
  return serial_console(call);
}

Document GetInstanceMetadataDefaults(Call& call) {
  Document level = metadata_defaults(call);
  level["ManagedBy"] = "account";
  return {{"AccountLevel", std::move(level)}};
}

/// `no-preference`, and -1 hops, take a default back.
Document ModifyInstanceMetadataDefaults(Call& call) {
  Document defaults = metadata_defaults(call);
  for (const char* member : {"HttpTokens", "HttpEndpoint", "InstanceMetadataTags", "HttpTokensEnforced"}) {
    const auto value = call.text(member);
    if (value == "no-preference") {
      defaults.erase(member);
    } else if (!value.empty()) {
      defaults[member] = value;
    }
  }
  if (const auto hops = call.integer("HttpPutResponseHopLimit")) {
    if (*hops == -1) {
      defaults.erase("HttpPutResponseHopLimit");
    } else if (*hops < 1 || *hops > 64) {
      throw errors::invalid_value(std::to_string(*hops), "httpPutResponseHopLimit");
    } else {
      defaults["HttpPutResponseHopLimit"] = *hops;
    }
  }
  state::put_setting(call.txn, call.scope, kMetadata, defaults.dump());
  return {{"Return", true}};
}

constexpr Operation kOperations[] = {
    {.name = "DescribeAccountAttributes", .run = DescribeAccountAttributes, .access = Access::read},
    {.name = "DisableSerialConsoleAccess", .run = DisableSerialConsoleAccess, .access = Access::write},
    {.name = "EnableSerialConsoleAccess", .run = EnableSerialConsoleAccess, .access = Access::write},
    {.name = "GetInstanceMetadataDefaults", .run = GetInstanceMetadataDefaults, .access = Access::read},
    {.name = "GetSerialConsoleAccessStatus", .run = GetSerialConsoleAccessStatus, .access = Access::read},
    {.name = "ModifyInstanceMetadataDefaults", .run = ModifyInstanceMetadataDefaults, .access = Access::write},
};

}  // namespace

Family account_family() { return {.operations = kOperations}; }

}  // namespace fogling
