/// Reachability Analyzer: paths, which say what is asked, and analyses, which answer it from the fabric once they have
/// run.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/fabric/alternatives.hpp"
#include "emulator/fabric/analysis.hpp"
#include "emulator/fabric/ends.hpp"
#include "emulator/kinds.hpp"
#include "emulator/references.hpp"
#include "emulator/resource_types.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

constexpr std::string_view kPath = "network-insights-path", kAnalysis = "network-insights-analysis";

// ---- Paths ---------------------------------------------------------------------------------------------------------

/// What both ends can be; a destination can be an address as well.
constexpr std::string_view kEnds[] = {
    "instance",     "internet-gateway",     "network-interface",      "transit-gateway", "transit-gateway-attachment",
    "vpc-endpoint", "vpc-endpoint-service", "vpc-peering-connection", "vpn-gateway"};

/// The id in an ARN, or the id itself.
std::string_view id_in(std::string_view id_or_arn) {
  if (!id_or_arn.starts_with("arn:")) return id_or_arn;
  return id_or_arn.substr(id_or_arn.rfind('/') + 1);
}

/// Checks an end of the request and gives it the members of the answer. Assumed: the words.
void read_end(Call& call, GenericResource& path, const char* member, const char* arn_member) {
  const auto given = call.text(member);
  if (given.empty()) return;
  const auto id = id_in(given);
  const auto* type = find_resource_type_of(id);
  if (type == nullptr || std::ranges::find(kEnds, type->type) == std::end(kEnds)) {
    throw errors::invalid_value(given, member, "It is no resource that an analysis can begin or end at.");
  }
  if (given == id) {
    require_exists(call, type->type, id);
    path.document[arn_member] = fabric::resource_arn(call, id);
  } else {
    require_exists_anywhere(call, type->type, id);
    path.document[arn_member] = given;
  }
  path.document[member] = id;
}

void check_address(std::string_view given, std::string_view name) {
  if (given.empty() || fabric::parse_block(given)) return;
  throw errors::invalid_value(given, name, "It is not a valid IP address.");  // Assumed: the words
}

void check_filter(const Document& filter, std::string_view name) {
  for (const char* member : {"SourceAddress", "DestinationAddress"}) check_address(text(filter, member), member);
  for (const char* member : {"SourcePortRange", "DestinationPortRange"}) {
    const auto from = integer(part(filter, member), "FromPort"), to = integer(part(filter, member), "ToPort");
    if (!from && !to) continue;
    const bool is_range = from && to && *from >= 0 && *from <= *to && *to <= 65535;
    if (!is_range) throw errors::invalid_value(part(filter, member).dump(), name, "It is no range of ports.");
  }
}

void create_path(Call& call, GenericResource& path) {
  read_end(call, path, "Source", "SourceArn");
  read_end(call, path, "Destination", "DestinationArn");
  const bool filters_source = has(call.in, "FilterAtSource"), filters_destination = has(call.in, "FilterAtDestination");
  for (const char* member : {"SourceIp", "DestinationPort"}) {
    if (filters_source && has(call.in, member)) throw errors::not_together(member, "FilterAtSource");
  }
  if (filters_destination && has(call.in, "DestinationIp"))
    throw errors::not_together("DestinationIp", "FilterAtDestination");
  check_address(call.text("SourceIp"), "SourceIp");
  check_address(call.text("DestinationIp"), "DestinationIp");
  check_filter(call.part("FilterAtSource"), "FilterAtSource");
  check_filter(call.part("FilterAtDestination"), "FilterAtDestination");
  const bool has_destination = !call.text("Destination").empty() || !call.text("DestinationIp").empty() ||
                               !text(call.part("FilterAtSource"), "DestinationAddress").empty();
  if (!has_destination) throw errors::missing_parameter("Destination");
}

void remove_path(Call& call, GenericResource& path) {
  if (state::list_children(call.txn, path.resource_id, kAnalysis).empty()) return;
  throw ApiError("AnalysisExistsForNetworkInsightsPath",  // Assumed: the words
                 fmt::format("The network insights path '{}' has analyses and cannot be deleted.", path.resource_id));
}

// ---- The question that a path asks ---------------------------------------------------------------------------------

std::optional<fabric::Ip> ip_of(std::string_view given) {
  const auto block = given.empty() ? std::nullopt : fabric::parse_block(given);
  return block ? std::optional(block->first) : std::nullopt;
}

fabric::PortRange ports_of(const Document& range) {
  return {static_cast<int>(integer(range, "FromPort").value_or(0)),
          static_cast<int>(integer(range, "ToPort").value_or(65535))};
}

/// Addresses and ports without a filter are any: of a client's port the analyzer says 0 to 65535.
fabric::Question question_of(const Document& path) {
  const auto& at_source = part(path, "FilterAtSource");
  const auto& at_destination = part(path, "FilterAtDestination");
  fabric::Question question;
  question.protocol = text(path, "Protocol") == "udp" ? fabric::kUdp : fabric::kTcp;
  question.from = {std::string(text(path, "Source")), ip_of(text(path, "SourceIp"))};
  question.to = {std::string(text(path, "Destination")), ip_of(text(path, "DestinationIp"))};
  if (!question.from.ip) question.from.ip = ip_of(text(at_source, "SourceAddress"));
  if (!question.to.ip) question.to.ip = ip_of(text(at_source, "DestinationAddress"));
  question.client_ports = ports_of(part(at_source, "SourcePortRange"));
  question.ports = ports_of(part(at_source, "DestinationPortRange"));
  if (const auto port = integer(path, "DestinationPort")) {
    question.ports = {static_cast<int>(*port), static_cast<int>(*port)};
  } else if (has(at_destination, "DestinationPortRange")) {
    question.ports = ports_of(part(at_destination, "DestinationPortRange"));
  }
  return question;
}

/// A gateway is in the path's networks only where it is attached to one of them.
bool is_connected(Context& context, fabric::Network& network, const Document& path) {
  for (const auto& [gateway, other] : {std::pair("Source", "Destination"), std::pair("Destination", "Source")}) {
    const auto id = text(path, gateway), other_id = text(path, other);
    if (!id.starts_with("igw-") || other_id.empty() || other_id.starts_with("igw-")) continue;
    const auto row = state::find_anywhere<GenericResource>(context.txn, id);
    std::string vpc_id;
    if (const auto* interface = network.interface(other_id)) vpc_id = interface->vpc_id;
    if (const auto* instance = network.instance(other_id)) vpc_id = instance->vpc_id;
    if (row && !vpc_id.empty() && row->parent_id != vpc_id) return false;
  }
  return true;
}

// ---- Analyses ------------------------------------------------------------------------------------------------------

Document lone_explanation(std::string_view code) { return Document::array({{{"ExplanationCode", code}}}); }

bool goes_through(const fabric::Trace& trace, std::string_view arn) {
  return std::ranges::any_of(trace.forward, [&](const fabric::Hop& hop) { return hop.id == id_in(arn); });
}

/// Filters of the analysis: resources that the path has to go through, or must not. Assumed: a path that is found
/// without them is not looked for on other ways.
std::string_view restricted_by(const Document& analysis, const fabric::Trace& trace) {
  for (const auto& arn : items(analysis, "FilterInArns")) {
    if (!goes_through(trace, arn.get_ref<const std::string&>())) return "COMPONENT_FILTER_RESTRICTION";
  }
  for (const auto& arn : items(analysis, "FilterOutArns")) {
    if (goes_through(trace, arn.get_ref<const std::string&>())) return "COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT";
  }
  return {};
}

/// What arrives has to fit the filter at the destination.
std::string_view restricted_at_destination(const Document& path, const fabric::Trace& trace) {
  const auto& filter = part(path, "FilterAtDestination");
  if (filter.empty() || trace.forward.empty()) return {};
  const auto& arrived = trace.forward.back().after;
  const auto fits = [&](const char* member, fabric::Side side) {
    const auto block = fabric::parse_block(text(filter, member));
    return !block || std::ranges::any_of(arrived, [&](const fabric::Flow& flow) {
      return block->contains(fabric::address(flow, side)) || fabric::address(flow, side).contains(*block);
    });
  };
  if (!fits("SourceAddress", fabric::Side::source)) return "FILTER_AT_DESTINATION_SOURCE_ADDRESS";
  if (!fits("DestinationAddress", fabric::Side::destination)) return "FILTER_AT_DESTINATION_DESTINATION_ADDRESS";
  const auto has_ports = [&](const char* member, const std::vector<fabric::PortRange>& ranges) {
    const auto wanted = ports_of(part(filter, member));
    return std::ranges::any_of(
        ranges, [&](const fabric::PortRange& each) { return each.from <= wanted.to && wanted.from <= each.to; });
  };
  if (!has_ports("SourcePortRange", fabric::source_ports_of(arrived))) return "FILTER_AT_DESTINATION_SOURCE_PORT_RANGE";
  if (!has_ports("DestinationPortRange", fabric::destination_ports_of(arrived)))
    return "FILTER_AT_DESTINATION_DESTINATION_PORT_RANGE";
  return {};
}

void answer_question(Context& context, const Document& path, Document& analysis) {
  analysis["NetworkPathFound"] = false;
  fabric::Network network(context);
  if (!is_connected(context, network, path)) {
    analysis["Explanations"] = lone_explanation("DISCONNECTED_VPCS");
    return;
  }
  fabric::Question question = question_of(path);
  fabric::complete(context, question);
  const auto trace = fabric::trace(network, question);
  if (auto hints = fabric::alternate_path_hints(context, network, question, trace); !hints.empty())
    analysis["AlternatePathHints"] = std::move(hints);
  if (!trace.is_open()) {
    analysis["ForwardPathComponents"] = fabric::path_components(context, trace, trace.forward);
    analysis["Explanations"] = fabric::explanations(context, trace);
    return;
  }
  auto code = restricted_by(analysis, trace);
  if (code.empty()) code = restricted_at_destination(path, trace);
  if (!code.empty()) {
    analysis["Explanations"] = lone_explanation(code);
    return;
  }
  analysis["NetworkPathFound"] = true;
  analysis["ForwardPathComponents"] = fabric::path_components(context, trace, trace.forward);
  analysis["ReturnPathComponents"] = fabric::path_components(context, trace, trace.back);
}

/// It looks at the network at the moment at which it is done.
void analysis_moved(Context& context, GenericResource& analysis) {
  if (analysis.state != "succeeded") return;
  const auto path = state::find<GenericResource>(context.txn, context.scope, analysis.parent_id);
  if (!path) return;
  answer_question(context, path->document, analysis.document);
  state::update(context.txn, analysis);
}

Document StartNetworkInsightsAnalysis(Call& call) {
  const auto path = require_resource(call, kPath, call.require("NetworkInsightsPathId"));
  const auto& kind = declared_kind(kAnalysis);
  const auto most = call.world.quotas.of_kind(kAnalysis, kind.limit.count);
  if (Quotas::is_reached(most, state::count_kind(call.txn, call.scope, kAnalysis)))
    throw ApiError(std::string(kind.limit.code), std::string(kind.limit.text));
  Document analysis = copied_members(call.in, kind);
  analysis["StartDate"] = iso_time(call.now_ms);
  const auto made = make_resource(call, kind, std::move(analysis));
  return {{"NetworkInsightsAnalysis", shown(call, made)}};
}

constexpr Operation kOperations[] = {
    {.name = "StartNetworkInsightsAnalysis", .run = StartNetworkInsightsAnalysis, .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = kPath, .create = create_path, .remove = remove_path},
                            {.kind = kAnalysis, .moved = analysis_moved}};

}  // namespace

Family network_insights_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
