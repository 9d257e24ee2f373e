/// Network Access Analyzer: scopes describe ways through the network, analyses find those that are open.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/fabric/analysis.hpp"
#include "emulator/kinds.hpp"
#include "emulator/prefix_lists.hpp"
#include "emulator/world.hpp"
#include "state/network_interfaces.hpp"
#include "state/resources.hpp"

namespace fogling {
namespace {

using fabric::blocks_of;
using fabric::Side;

constexpr std::string_view kScope = "network-insights-access-scope",
                           kAnalysis = "network-insights-access-scope-analysis";
/// Assumed: an analysis that finds more ends with these.
constexpr std::size_t kMostFindings = 1000;

Document content_of(const GenericResource& scope) {
  Document content{{"NetworkInsightsAccessScopeId", scope.resource_id}};
  for (const char* member : {"MatchPaths", "ExcludePaths"}) {
    const auto& paths = items(scope.document, std::string("_") + member);
    if (!paths.empty()) content[member] = paths;
  }
  return content;
}

// ---- What a path describes -----------------------------------------------------------------------------------------

/// What a way can begin or end at.
struct Terminal {
  std::string id, vpc_id;
  std::vector<std::string> names;  ///< ids, ARNs and types that a statement may call it by
};

bool has_text(const Document& list, std::string_view text) {
  return std::ranges::any_of(list, [&](const Document& each) { return each == text; });
}

bool is_meant(const Document& statement, const Terminal& terminal) {
  const auto& resources = items(statement, "Resources");
  const auto& types = items(statement, "ResourceTypes");
  if (resources.empty() && types.empty()) return true;
  return std::ranges::any_of(
      terminal.names, [&](const std::string& name) { return has_text(resources, name) || has_text(types, name); });
}

/// Interfaces of instances and attached internet gateways. Assumed: a gateway is taken for all of the internet.
std::vector<Terminal> terminals_of(Context& context) {
  std::vector<Terminal> terminals;
  for (const auto& gateway : state::list_kind(context.txn, context.scope, "internet-gateway")) {
    if (gateway.parent_id.empty()) continue;
    terminals.push_back({gateway.resource_id,
                         gateway.parent_id,
                         {gateway.resource_id, fabric::resource_arn(context, gateway.resource_id), gateway.parent_id,
                          fabric::resource_arn(context, gateway.parent_id), "AWS::EC2::InternetGateway"}});
  }
  for (const auto& each : state::list<state::NetworkInterface>(context.txn, context.scope)) {
    if (each.instance_id.empty()) continue;
    Terminal terminal{each.network_interface_id, each.vpc_id, {"AWS::EC2::NetworkInterface", "AWS::EC2::Instance"}};
    for (const auto& id : {each.network_interface_id, each.instance_id, each.subnet_id, each.vpc_id}) {
      terminal.names.push_back(id);
      terminal.names.push_back(fabric::resource_arn(context, id));
    }
    terminals.push_back(std::move(terminal));
  }
  return terminals;
}

const Document& statement_of(const Document& path, const char* end, const char* statement) {
  return part(part(path, end), statement);
}

bool is_gateway(const Terminal& terminal) { return terminal.id.starts_with("igw-"); }

/// Whether a way can be of this path at all: what it says of both ends.
bool joins(const Document& path, const Terminal& from, const Terminal& to) {
  return is_meant(statement_of(path, "Source", "ResourceStatement"), from) &&
         is_meant(statement_of(path, "Destination", "ResourceStatement"), to);
}

// ---- What packets it describes -------------------------------------------------------------------------------------

fabric::PortRange read_ports(std::string_view text) {
  fabric::PortRange range{-1, -1};
  const auto dash = text.find('-');
  const auto first = text.substr(0, dash), last = dash == std::string_view::npos ? first : text.substr(dash + 1);
  std::from_chars(first.data(), first.data() + first.size(), range.from);
  std::from_chars(last.data(), last.data() + last.size(), range.to);
  return range;
}

/// Ports of both statements' headers; any where neither says.
bool fits_ports(const Document& path, const char* member, const std::vector<fabric::PortRange>& ranges) {
  for (const char* end : {"Source", "Destination"}) {
    const auto& wanted = items(statement_of(path, end, "PacketHeaderStatement"), member);
    if (wanted.empty()) continue;
    const bool fits = std::ranges::any_of(wanted, [&](const Document& each) {
      const auto wish = read_ports(each.get_ref<const std::string&>());
      return std::ranges::any_of(
          ranges, [&](const fabric::PortRange& range) { return range.from <= wish.to && wish.from <= range.to; });
    });
    if (!fits) return false;
  }
  return true;
}

/// Addresses of one side, and those of prefix lists; any where the header names neither.
bool fits_addresses(Context& context, const Document& header, const std::string& side,
                    const std::vector<fabric::Block>& blocks) {
  const auto& addresses = items(header, side + "Addresses");
  const auto& lists = items(header, side + "PrefixLists");
  if (addresses.empty() && lists.empty()) return true;
  std::vector<std::string> wanted;
  for (const auto& each : addresses) wanted.push_back(each.get<std::string>());
  for (const auto& each : lists) {
    for (auto& block : prefix_list_blocks(context, each.get_ref<const std::string&>()))
      wanted.push_back(std::move(block));
  }
  return std::ranges::any_of(wanted, [&](const std::string& each) {
    const auto wish = fabric::parse_block(each);
    return wish && std::ranges::any_of(blocks, [&](const fabric::Block& block) {
             return block.contains(*wish) || wish->contains(block);
           });
  });
}

bool fits_protocol(const Document& path, int protocol) {
  return std::ranges::all_of(std::initializer_list<const char*>{"Source", "Destination"}, [&](const char* end) {
    const auto& wanted = items(statement_of(path, end, "PacketHeaderStatement"), "Protocols");
    return wanted.empty() || has_text(wanted, fabric::protocol_name(protocol));
  });
}

/// Types of resources on the way, by the words of statements.
std::string_view type_word(std::string_view type) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"internet-gateway", "AWS::EC2::InternetGateway"},
      {"natgateway", "AWS::EC2::NatGateway"},
      {"network-interface", "AWS::EC2::NetworkInterface"},
      {"transit-gateway", "AWS::EC2::TransitGateway"},
      {"vpc-peering-connection", "AWS::EC2::VPCPeeringConnection"},
      {"vpc-endpoint", "AWS::EC2::VPCEndpoint"},
      {"vpn-gateway", "AWS::EC2::VPNGateway"}};
  const auto* found = std::ranges::find(kWords, type, &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(kWords) ? std::string_view{} : found->second;
}

bool goes_through(Context& context, const Document& path, const fabric::Trace& trace) {
  return std::ranges::all_of(items(path, "ThroughResources"), [&](const Document& each) {
    return std::ranges::any_of(trace.forward, [&](const fabric::Hop& hop) {
      const Terminal on_the_way{
          hop.id, hop.vpc_id, {hop.id, fabric::resource_arn(context, hop.id), std::string(type_word(hop.type))}};
      return !hop.id.empty() && is_meant(part(each, "ResourceStatement"), on_the_way);
    });
  });
}

bool is_of_path(Context& context, const Document& path, const Terminal& from, const Terminal& to,
                const fabric::Trace& trace) {
  if (!joins(path, from, to) || !fits_protocol(path, trace.protocol)) return false;
  const auto& at_source = statement_of(path, "Source", "PacketHeaderStatement");
  const auto& at_destination = statement_of(path, "Destination", "PacketHeaderStatement");
  const auto& arrived = trace.forward.back().after;
  return fits_ports(path, "DestinationPorts", fabric::destination_ports_of(trace.open)) &&
         fits_ports(path, "SourcePorts", fabric::source_ports_of(trace.open)) &&
         fits_addresses(context, at_source, "Source", blocks_of(trace.open, Side::source)) &&
         fits_addresses(context, at_source, "Destination", blocks_of(trace.open, Side::destination)) &&
         fits_addresses(context, at_destination, "Source", blocks_of(arrived, Side::source)) &&
         fits_addresses(context, at_destination, "Destination", blocks_of(arrived, Side::destination)) &&
         goes_through(context, path, trace);
}

// ---- Analyses ------------------------------------------------------------------------------------------------------

Document finding(Context& context, const GenericResource& analysis, const fabric::Trace& trace, std::size_t number) {
  return {{"NetworkInsightsAccessScopeAnalysisId", analysis.resource_id},
          {"NetworkInsightsAccessScopeId", analysis.parent_id},
          {"FindingId", fmt::format("{}-{:08x}", analysis.resource_id, number + 1)},
          {"FindingComponents", fabric::path_components(context, trace, trace.forward)}};
}

Document findings_of(Context& context, const GenericResource& scope, const GenericResource& analysis,
                     const std::vector<Terminal>& terminals) {
  const auto& matches = items(scope.document, "_MatchPaths");
  const auto& excludes = items(scope.document, "_ExcludePaths");
  fabric::Network network(context);
  Document findings = Document::array();
  const auto look = [&](const Terminal& from, const Terminal& to, int protocol) {
    const auto trace = fabric::trace(
        network, {.from = {from.id, {}}, .to = {to.id, {}}, .protocol = protocol, .ports = {}, .client_ports = {}});
    if (!trace.is_open()) return;
    const auto is_one = [&](const Document& path) { return is_of_path(context, path, from, to, trace); };
    if (std::ranges::any_of(matches, is_one) && std::ranges::none_of(excludes, is_one))
      findings.push_back(finding(context, analysis, trace, findings.size()));
  };
  for (const auto& from : terminals) {
    for (const auto& to : terminals) {
      const bool is_way = from.id != to.id && !(is_gateway(from) && is_gateway(to)) &&
                          (!is_gateway(from) || from.vpc_id == to.vpc_id) &&
                          (!is_gateway(to) || from.vpc_id == to.vpc_id);
      if (!is_way || std::ranges::none_of(matches, [&](const Document& path) { return joins(path, from, to); }))
        continue;
      for (const int protocol : {fabric::kTcp, fabric::kUdp}) {
        if (findings.size() < kMostFindings) look(from, to, protocol);
      }
    }
  }
  return findings;
}

void analysis_moved(Context& context, GenericResource& analysis) {
  if (analysis.state != "succeeded") return;
  const auto scope = state::find<GenericResource>(context.txn, context.scope, analysis.parent_id);
  if (!scope) return;
  const auto terminals = terminals_of(context);
  Document findings = findings_of(context, *scope, analysis, terminals);
  analysis.document["FindingsFound"] = findings.empty() ? "false" : "true";
  analysis.document["AnalyzedEniCount"] =
      std::ranges::count_if(terminals, [](const auto& each) { return !is_gateway(each); });
  analysis.document["EndDate"] = iso_time(context.now_ms);
  analysis.document["_findings"] = std::move(findings);
  state::update(context.txn, analysis);
}

// ---- Operations ----------------------------------------------------------------------------------------------------

Document CreateNetworkInsightsAccessScope(Call& call) {
  const auto& kind = declared_kind(kScope);
  const auto made = make_resource(call, kind, copied_members(call.in, kind));
  return {{"NetworkInsightsAccessScope", shown(call, made)}, {"NetworkInsightsAccessScopeContent", content_of(made)}};
}

Document GetNetworkInsightsAccessScopeContent(Call& call) {
  const auto scope = require_resource(call, kScope, call.require("NetworkInsightsAccessScopeId"));
  return {{"NetworkInsightsAccessScopeContent", content_of(scope)}};
}

Document StartNetworkInsightsAccessScopeAnalysis(Call& call) {
  require_resource(call, kScope, call.require("NetworkInsightsAccessScopeId"));
  const auto& kind = declared_kind(kAnalysis);
  Document analysis = copied_members(call.in, kind);
  analysis["StartDate"] = iso_time(call.now_ms);
  const auto made = make_resource(call, kind, std::move(analysis));
  return {{"NetworkInsightsAccessScopeAnalysis", shown(call, made)}};
}

Document GetNetworkInsightsAccessScopeAnalysisFindings(Call& call) {
  const auto analysis = require_resource(call, kAnalysis, call.require("NetworkInsightsAccessScopeAnalysisId"));
  std::vector<Document> findings;
  for (const auto& each : items(analysis.document, "_findings")) findings.push_back(each);
  Document answer = describe_documents(call, "AnalysisFindings", std::move(findings));
  answer["NetworkInsightsAccessScopeAnalysisId"] = analysis.resource_id;
  answer["AnalysisStatus"] = analysis.state;
  return answer;
}

constexpr Operation kOperations[] = {
    {.name = "CreateNetworkInsightsAccessScope", .run = CreateNetworkInsightsAccessScope, .access = Access::write},
    {.name = "GetNetworkInsightsAccessScopeAnalysisFindings",
     .run = GetNetworkInsightsAccessScopeAnalysisFindings,
     .access = Access::read},
    {.name = "GetNetworkInsightsAccessScopeContent",
     .run = GetNetworkInsightsAccessScopeContent,
     .access = Access::read},
    {.name = "StartNetworkInsightsAccessScopeAnalysis",
     .run = StartNetworkInsightsAccessScopeAnalysis,
     .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = kAnalysis, .moved = analysis_moved}};

}  // namespace

Family network_insights_access_scopes_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
