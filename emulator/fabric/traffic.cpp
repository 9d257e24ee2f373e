#include "emulator/fabric/traffic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace fogling::fabric {
namespace {

std::optional<int> parse_port(std::string_view text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_port = error == std::errc() && end == text.data() + text.size() && number >= 0 && number <= 65535;
  return is_port ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string protocol_name(int protocol) {
  switch (protocol) {
    case kAnyProtocol:
      return "all";
    case kTcp:
      return "tcp";
    case kUdp:
      return "udp";
    case kIcmp:
      return "icmp";
    case kIcmpv6:
      return "icmpv6";
    default:
      return std::to_string(protocol);
  }
}

std::string ports_text(const PortRange& ports) {
  if (ports == PortRange{}) return "all";
  return ports.from == ports.to ? std::to_string(ports.from) : fmt::format("{}-{}", ports.from, ports.to);
}

std::optional<int> parse_protocol(std::string_view text) {
  constexpr std::pair<std::string_view, int> kNames[] = {
      {"tcp", kTcp}, {"udp", kUdp}, {"icmp", kIcmp}, {"icmpv6", kIcmpv6}};
  const auto* found = std::ranges::find(kNames, text, &std::pair<std::string_view, int>::first);
  return found == std::end(kNames) ? std::nullopt : std::optional(found->second);
}

std::optional<PortRange> parse_ports(std::string_view text) {
  const auto dash = text.find('-');
  const auto from = parse_port(text.substr(0, dash));
  const auto to = dash == std::string_view::npos ? from : parse_port(text.substr(dash + 1));
  if (!from || !to || *from > *to) return std::nullopt;
  return PortRange{*from, *to};
}

std::optional<Traffic> parse_traffic(std::string_view text) {
  const auto slash = text.find('/');
  const auto protocol = parse_protocol(text.substr(0, slash));
  const auto ports = slash == std::string_view::npos ? std::optional(PortRange{}) : parse_ports(text.substr(slash + 1));
  if (!protocol || !ports) return std::nullopt;
  return Traffic{*protocol, *ports};
}

std::optional<std::vector<Traffic>> parse_traffic_list(std::string_view text) {
  std::vector<Traffic> list;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (word.empty()) continue;
    const auto traffic = parse_traffic(word);
    if (!traffic) return std::nullopt;
    list.push_back(*traffic);
  }
  return list;
}

Flows take_traffic(const std::vector<Traffic>& list, int protocol, Flows& flows) {
  Flows taken;
  for (const auto& each : list) {
    if (each.protocol != protocol) continue;
    const bool has_ports = protocol == kTcp || protocol == kUdp;
    Flows left;
    for (const auto& flow : flows) {
      const auto all = everything(flow.source.first.is_v6);
      if (auto part = cut_out(flow, Side::source, all, has_ports ? each.ports : PortRange{}, left))
        taken.push_back(*part);
    }
    flows = std::move(left);
  }
  return taken;
}

}  // namespace fogling::fabric
