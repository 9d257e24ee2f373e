#include "emulator/fabric/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace fogling::fabric {
namespace {

std::string end_text(const End& end) {
  if (end.id == "internet" || end.id.empty()) return end.ip ? end.ip->text() : std::string("the internet");
  return end.ip ? fmt::format("{} ({})", end.id, end.ip->text()) : end.id;
}

std::string verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::connects:
      return "connects";
    case Verdict::connects_for_some:
      return "connects for some";
    case Verdict::refused:
      return "refused";
    case Verdict::times_out:
      break;
  }
  return "times out";
}

/// Where all of the internet was asked for, that has a shorter name.
std::vector<std::string> texts_of(const std::vector<Block>& blocks, const Trace& found) {
  const bool is_all = found.asked.size() > 1 && blocks == blocks_of(found.asked, Side::source);
  if (is_all) return {everything(blocks.front().first.is_v6).text()};
  std::vector<std::string> texts;
  for (const auto& each : blocks) texts.push_back(each.is_one() ? each.first.text() : each.text());
  return texts;
}

/// `tcp 22`; `all` has no ports.
std::string traffic_text(int protocol, const PortRange& ports) {
  if (protocol == kAnyProtocol) return protocol_name(protocol);
  return fmt::format("{} {}", protocol_name(protocol), ports_text(ports));
}

std::string rule_text(const Hop& hop) {
  if (hop.acl_entry != nullptr) {
    const auto& entry = *hop.acl_entry;
    return fmt::format("entry {}: {} {} {} {}", entry.number, entry.allows ? "allow" : "deny",
                       traffic_text(entry.protocol, entry.ports), entry.is_egress ? "to" : "from", entry.block.text());
  }
  if (hop.group_rule != nullptr) {
    const auto& rule = *hop.group_rule;
    const auto& peer = !rule.cidr.empty()             ? rule.cidr
                       : !rule.prefix_list_id.empty() ? rule.prefix_list_id
                                                      : rule.peer_group_id;
    return fmt::format("{}: allow {} {} {}", rule.id, traffic_text(rule.protocol, rule.ports),
                       hop.is_egress ? "to" : "from", peer);
  }
  if (hop.route != nullptr) {
    const auto& route = *hop.route;
    return fmt::format("{} to {}", route.destination.empty() ? route.prefix_list_id : route.destination, route.target);
  }
  if (hop.transit_route != nullptr)
    return fmt::format("{} to {}", hop.transit_route->block.text(), hop.transit_route->attachment_id);
  return {};
}

Document hop_document(const Hop& hop) {
  std::string outcome = hop.is_open ? "allow" : "deny";
  if (!hop.is_reached) outcome = hop.is_open ? "not reached" : "not reached, would deny";
  Document out{{"component", hop.type}, {"outcome", outcome}, {"direction", hop.is_egress ? "egress" : "ingress"}};
  set_if(out, "id", hop.id);
  set_if(out, "rule", rule_text(hop));
  set_if(out, "reason", hop.reason);
  set_if(out, "code", hop.code);
  set_if(out, "fix", hop.fix);
  return out;
}

Document hop_documents(const std::vector<Hop>& hops) {
  Document list = Document::array();
  for (const auto& each : hops) list.push_back(hop_document(each));
  return list;
}

/// Commands for everything that is in the way, in the order of the hops, each once.
Document fixes_of(const Trace& trace) {
  Document list = Document::array();
  for (const auto* hops : {&trace.forward, &trace.back}) {
    for (const auto& hop : *hops) {
      const bool matters = !hop.is_open || hop.is_narrower;
      if (matters && !hop.fix.empty() && std::ranges::find(list, Document(hop.fix)) == list.end())
        list.push_back(hop.fix);
    }
  }
  return list;
}

std::string what(const Question& question, const Trace& trace) {
  const bool is_icmp = trace.protocol == kIcmp || trace.protocol == kIcmpv6;
  const std::string ports = is_icmp ? std::string("echo") : ports_text(question.ports);
  return fmt::format("{} {} from {} to {}", protocol_name(trace.protocol), ports, end_text(question.from),
                     end_text(question.to));
}

std::string listed(const std::vector<std::string>& texts) {
  constexpr std::size_t kShown = 4;
  std::string out;
  for (std::size_t i = 0; i < std::min(kShown, texts.size()); ++i) out += (i == 0 ? "" : ", ") + texts[i];
  return texts.size() > kShown ? out + fmt::format(" and {} more", texts.size() - kShown) : out;
}

}  // namespace

Document report(const Question& question, const Trace& trace) {
  Document out{{"verdict", verdict_name(trace.verdict)},
               {"question", what(question, trace)},
               {"forward", hop_documents(trace.forward)},
               {"return", hop_documents(trace.back)},
               {"fixes", fixes_of(trace)},
               {"open", open_ports(trace.open, trace)}};
  if (const auto* decided = trace.decided()) {
    out["because"] = decided->id.empty() ? decided->reason : fmt::format("{}: {}", decided->id, decided->reason);
    set_if(out, "code", decided->code);
    set_if(out, "decided_by", decided->id);
  } else if (trace.verdict == Verdict::connects_for_some) {
    out["because"] =
        fmt::format("it is open for {} only", listed(texts_of(blocks_of(trace.open, Side::source), trace)));
  } else {
    out["because"] = trace.is_heard
                         ? "everything on the way lets it through, and something listens"
                         : "everything on the way lets it through; whether something listens is up to the machine";
  }
  return out;
}

Document open_ports(const Flows& open, const Trace& found) {
  std::map<std::pair<int, int>, Flows> by_ports;
  for (const auto& flow : open) by_ports[{flow.destination_ports.from, flow.destination_ports.to}].push_back(flow);
  const bool is_icmp = found.protocol == kIcmp || found.protocol == kIcmpv6;
  Document list = Document::array();
  for (const auto& [range, flows] : by_ports) {
    list.push_back({{"protocol", protocol_name(found.protocol)},
                    {"ports", is_icmp ? std::string("echo") : ports_text({range.first, range.second})},
                    {"sources", texts_of(blocks_of(flows, Side::source), found)}});
  }
  return list;
}

}  // namespace fogling::fabric
