/// Traffic mirroring: what its declared kinds do beyond their files.

#include <algorithm>

#include "emulator/cidr.hpp"
#include "emulator/kinds.hpp"
#include "emulator/random.hpp"

namespace fogling {
namespace {

// ---- Filters and their rules
// -------------------------------------------------------------------------------------------------

std::vector<GenericResource> rules_of(Context& context, std::string_view filter_id) {
  return state::list_children(context.txn, filter_id, "traffic-mirror-filter-rule");
}

/// Rules stand in their filter by direction, in the order of their numbers.
void show_filter(Context& context, const GenericResource& filter, Document& shown_filter) {
  auto rules = rules_of(context, filter.resource_id);
  std::ranges::stable_sort(rules, {}, [](const auto& rule) { return integer(rule.document, "RuleNumber"); });
  shown_filter["IngressFilterRules"] = shown_filter["EgressFilterRules"] = Document::array();
  for (const auto& rule : rules) {
    const bool is_ingress = text(rule.document, "TrafficDirection") == "ingress";
    shown_filter[is_ingress ? "IngressFilterRules" : "EgressFilterRules"].push_back(shown(context, rule));
  }
}

void modify_network_services(Call& call, GenericResource& filter) {
  auto& services = filter.document["NetworkServices"];
  for (const auto& each : call.items("AddNetworkServices")) {
    if (std::ranges::find(services, each) == services.end()) services.push_back(each);
  }
  for (const auto& each : call.items("RemoveNetworkServices")) {
    const auto found = std::ranges::find(services, each);
    if (found != services.end()) services.erase(found);
  }
}

/// Its rules go with it.
void remove_filter(Call& call, GenericResource& filter) {
  if (!state::holders_of(call.txn, filter.resource_id).empty()) return;  // refused a moment later
  for (const auto& rule : rules_of(call, filter.resource_id)) erase_resource(call, rule);
}

void check_block(std::string_view block, std::string_view name) {
  if (!block.empty() && !parse_cidr(block)) throw errors::invalid_value(block, name, "This is not a valid CIDR block.");
}

/// A number is taken once in each direction of a filter.
void check_rule(Call& call, GenericResource& rule) {
  check_block(text(rule.document, "SourceCidrBlock"), "SourceCidrBlock");
  check_block(text(rule.document, "DestinationCidrBlock"), "DestinationCidrBlock");
  for (const auto& other : rules_of(call, rule.parent_id)) {
    if (other.resource_id == rule.resource_id || other.document["RuleNumber"] != rule.document["RuleNumber"] ||
        other.document["TrafficDirection"] != rule.document["TrafficDirection"])
      continue;
    throw ApiError("TrafficMirrorFilterRuleAlreadyExists",
                   "A rule with this number is in the filter already.");  // Assumed: code and words
  }
}

// ---- Targets and sessions
// -------------------------------------------------------------------------------------------------

/// Exactly one of three says where the traffic goes.
void make_target(Call& call, GenericResource& target) {
  constexpr std::pair<const char*, const char*> kTypes[] = {
      {"NetworkInterfaceId", "network-interface"},
      {"NetworkLoadBalancerArn", "network-load-balancer"},
      {"GatewayLoadBalancerEndpointId", "gateway-load-balancer-endpoint"}};
  int given = 0;
  for (const auto& [member, type] : kTypes) {
    if (call.text(member).empty()) continue;
    target.document["Type"] = type;
    ++given;
  }
  if (given == 1) return;
  if (given == 0) throw errors::missing_parameter("NetworkInterfaceId");
  throw errors::invalid_combination("A traffic mirror target has exactly one destination.");  // Assumed: the words
}

/// Without a number EC2 draws one for the VXLAN header.
void make_session(Call& call, GenericResource& session) {
  constexpr std::int64_t kVirtualNetworks = 1 << 24;
  if (!integer(session.document, "VirtualNetworkId"))
    session.document["VirtualNetworkId"] = call.random().below(kVirtualNetworks);
  const auto number = integer(session.document, "SessionNumber").value_or(0);
  if (number < 1 || number > 32766)
    throw errors::invalid_value(std::to_string(number), "SessionNumber", "It must be between 1 and 32766.");
}

constexpr Hooks kHooks[] = {
    {.kind = "traffic-mirror-filter", .modify = modify_network_services, .remove = remove_filter, .show = show_filter},
    {.kind = "traffic-mirror-filter-rule", .create = check_rule, .modify = check_rule},
    {.kind = "traffic-mirror-session", .create = make_session},
    {.kind = "traffic-mirror-target", .create = make_target},
};

}  // namespace

Family traffic_mirroring_family() { return {.hooks = kHooks}; }

}  // namespace fogling
