/// Long ids. The period in which an account could choose is over: all ids are long, and stay so.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"

namespace fogling {
namespace {

/// Those that DescribeIdFormat documents.
constexpr std::string_view kResources[] = {"bundle",
                                           "conversion-task",
                                           "customer-gateway",
                                           "dhcp-options",
                                           "elastic-ip-allocation",
                                           "elastic-ip-association",
                                           "export-task",
                                           "flow-log",
                                           "image",
                                           "import-task",
                                           "instance",
                                           "internet-gateway",
                                           "network-acl",
                                           "network-acl-association",
                                           "network-interface",
                                           "network-interface-attachment",
                                           "prefix-list",
                                           "reservation",
                                           "route-table",
                                           "route-table-association",
                                           "security-group",
                                           "snapshot",
                                           "subnet",
                                           "subnet-cidr-block-association",
                                           "volume",
                                           "vpc",
                                           "vpc-cidr-block-association",
                                           "vpc-endpoint",
                                           "vpc-peering-connection",
                                           "vpn-connection",
                                           "vpn-gateway"};
/// By principal, the resources that it has asked to have long ids.
constexpr std::string_view kPreferences = "id-format-preferences";

bool is_known(std::string_view resource) { return std::ranges::find(kResources, resource) != std::end(kResources); }

Document statuses(std::string_view resource) {
  if (!resource.empty() && !is_known(resource)) throw errors::invalid_value(resource, "resource");  // Assumed: words
  Document out = Document::array();
  for (const auto each : kResources) {
    if (resource.empty() || each == resource) out.push_back({{"Resource", each}, {"UseLongIds", true}});
  }
  return out;
}

Document DescribeIdFormat(Call& call) { return {{"Statuses", statuses(call.text("Resource"))}}; }
Document DescribeAggregateIdFormat(Call&) { return {{"UseLongIdsAggregated", true}, {"Statuses", statuses({})}}; }

/// A user, a role or the root user of the caller's account.
std::string require_principal(const Call& call) {
  const auto arn = call.require("PrincipalArn");
  const auto own = fmt::format("arn:aws:iam::{}:", call.scope.account);
  const auto rest = arn.starts_with(own) ? arn.substr(own.size()) : std::string_view{};
  if (arn != "all" && rest != "root" && !rest.starts_with("user/") && !rest.starts_with("role/"))
    throw errors::invalid_value(arn, "principalArn");  // Assumed: the words
  return std::string(arn);
}

Document DescribeIdentityIdFormat(Call& call) {
  require_principal(call);
  return {{"Statuses", statuses(call.text("Resource"))}};
}

Document preferences(Call& call) {
  const auto kept = state::get_setting(call.txn, call.scope, kPreferences);
  return kept.empty() ? Document::object() : Document::parse(kept);
}

/// To ask for what is so changes nothing; to ask for short ids comes too late. Assumed: code and words.
Document choose(Call& call, const std::string& principal) {
  const auto resource = call.require("Resource");
  if (resource != "all-current" && !is_known(resource)) throw errors::invalid_value(resource, "resource");
  if (!call.flag("UseLongIds").value_or(true)) {
    throw errors::operation_not_permitted(
        fmt::format("The opt-in period for longer IDs is over; {} keeps them.", resource));
  }
  Document all = preferences(call);
  auto& chosen = all[principal];
  if (!chosen.is_array()) chosen = Document::array();
  for (const auto each : kResources) {
    const bool is_meant = resource == "all-current" || each == resource;
    if (is_meant && std::ranges::find(chosen, Document(each)) == chosen.end()) chosen.push_back(each);
  }
  state::put_setting(call.txn, call.scope, kPreferences, all.dump());
  return {};
}

/// Assumed: the caller is the root user, for whom no signature speaks.
Document ModifyIdFormat(Call& call) { return choose(call, fmt::format("arn:aws:iam::{}:root", call.scope.account)); }
Document ModifyIdentityIdFormat(Call& call) {
  auto principal = require_principal(call);
  if (principal == "all") principal = fmt::format("arn:aws:iam::{}:root", call.scope.account);
  return choose(call, principal);
}

/// Only those who have asked.
Document DescribePrincipalIdFormat(Call& call) {
  const auto& wanted = call.items("Resources");
  for (const auto& each : wanted) {
    if (!is_known(each.get_ref<const std::string&>()))
      throw errors::invalid_value(each.get_ref<const std::string&>(), "resource");
  }
  std::vector<Document> principals;
  const Document all = preferences(call);
  for (const auto& [arn, chosen] : all.items()) {
    Document shown = Document::array();
    for (const auto& each : chosen) {
      if (wanted.empty() || std::ranges::find(wanted, each) != wanted.end())
        shown.push_back({{"Resource", each}, {"UseLongIds", true}});
    }
    if (!shown.empty()) principals.push_back({{"Arn", arn}, {"Statuses", std::move(shown)}});
  }
  return describe_documents(call, "Principals", std::move(principals));
}

constexpr Operation kOperations[] = {
    {.name = "DescribeAggregateIdFormat", .run = DescribeAggregateIdFormat, .access = Access::read},
    {.name = "DescribeIdFormat", .run = DescribeIdFormat, .access = Access::read},
    {.name = "DescribeIdentityIdFormat", .run = DescribeIdentityIdFormat, .access = Access::read},
    {.name = "DescribePrincipalIdFormat", .run = DescribePrincipalIdFormat, .access = Access::read},
    {.name = "ModifyIdFormat", .run = ModifyIdFormat, .access = Access::write},
    {.name = "ModifyIdentityIdFormat", .run = ModifyIdentityIdFormat, .access = Access::write},
};

}  // namespace

Family id_formats_family() { return {.operations = kOperations}; }

}  // namespace fogling
