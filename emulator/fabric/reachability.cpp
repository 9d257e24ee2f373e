#include "emulator/fabric/reachability.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "emulator/fabric/ends.hpp"
#include "emulator/fabric/report.hpp"
#include "state/network_interfaces.hpp"
#include "state/vpcs.hpp"

namespace fogling::fabric {
namespace {

constexpr int kProtocols[] = {kTcp, kUdp, kIcmp};
/// The matrix is of every pair: more instances than these take too long.
constexpr std::size_t kMostInstances = 400;

[[noreturn]] void refuse(std::string sentence) { throw std::invalid_argument(std::move(sentence)); }

void check_members(const Document& question, std::initializer_list<std::string_view> known) {
  for (const auto& [name, unused] : question.items()) {
    if (name == "account" || name == "region") continue;
    if (std::ranges::find(known, name) == known.end()) {
      std::string all;
      for (const auto each : known) all += (all.empty() ? "" : ", ") + std::string(each);
      refuse(fmt::format("there is no {} here: {} are", name, all));
    }
  }
}

PortRange read_ports(std::string_view given) {
  if (const auto ports = parse_ports(given)) return *ports;
  refuse(fmt::format("{} is no port: a port is a number from 0 to 65535, or two of them such as 8000-8080", given));
}

PortRange read_ports(const Document& question, const char* member, const PortRange& otherwise) {
  if (!question.contains(member)) return otherwise;
  const auto& given = question[member];
  if (given.is_number_integer()) return read_ports(std::to_string(given.get<std::int64_t>()));
  if (!given.is_string()) refuse(fmt::format("{} is a number or a text", member));
  return read_ports(given.get_ref<const std::string&>());
}

int read_protocol(std::string_view given) {
  if (given.empty()) return kTcp;
  if (const auto protocol = parse_protocol(given)) return *protocol;
  refuse(fmt::format("{} is no protocol here: tcp, udp and icmp are", given));
}

std::string text_member(const Document& question, const char* member) {
  if (!question.contains(member)) return {};
  if (!question[member].is_string()) refuse(fmt::format("{} is a text", member));
  return question[member].get<std::string>();
}

End read_end(const Document& question, const char* member, std::string_view otherwise) {
  const std::string given = text_member(question, member);
  const std::string_view meant = given.empty() ? otherwise : std::string_view(given);
  if (meant.empty()) refuse(fmt::format("{} is missing: an instance, an interface or an address", member));
  if (const auto ip = parse_ip(meant)) return {{}, ip};
  const bool is_known = meant == "internet" || is_gateway_id(meant) || is_endpoint_service_id(meant) ||
                        meant.starts_with("i-") || meant.starts_with("eni-") || meant.starts_with("igw-");
  if (is_known) return {std::string(meant), std::nullopt};
  refuse(
      fmt::format("{} is no end of a connection: internet, an address, and ids of instances (i-), interfaces (eni-), "
                  "internet gateways (igw-), transit gateways and their attachments (tgw-), virtual private gateways "
                  "(vgw-), peerings (pcx-), endpoints (vpce-) and their services (vpce-svc-) are",
                  meant));
}

/// Instances of a VPC by the order of their first interfaces.
std::vector<std::string> instances_of(Context& context, std::string_view vpc_id) {
  if (!state::find_anywhere<state::Vpc>(context.txn, vpc_id)) refuse(fmt::format("there is no VPC {}", vpc_id));
  std::vector<std::string> ids;
  for (const auto& each : state::interfaces_of_vpc(context.txn, vpc_id)) {
    if (each.instance_id.empty() || std::ranges::find(ids, each.instance_id) != ids.end()) continue;
    ids.push_back(each.instance_id);
  }
  return ids;
}

Trace from_internet(Network& network, const std::string& to, int protocol) {
  return trace(network, {.from = {"internet"}, .to = {to}, .protocol = protocol});
}

Traffic read_allowance(const Document& given) {
  const auto traffic = given.is_string() ? parse_traffic(given.get_ref<const std::string&>()) : std::nullopt;
  if (!traffic) refuse("only is a list of texts such as tcp/443, udp/53, icmp or tcp");
  return *traffic;
}

/// What is open beyond what may be.
Document unexpected_of(const Trace& found, const std::vector<Traffic>& only, const std::string& to) {
  Flows rest = found.open;
  take_traffic(only, found.protocol, rest);
  Document list = Document::array();
  for (auto& each : open_ports(rest, found)) {
    each["to"] = to;
    list.push_back(std::move(each));
  }
  return list;
}

}  // namespace

Question read_question(const Document& question) {
  check_members(question, {"from", "to", "protocol", "port", "client_ports", "ipv6"});
  Question asked{.from = read_end(question, "from", "internet"), .to = read_end(question, "to", {})};
  asked.protocol = read_protocol(text_member(question, "protocol"));
  asked.ports = read_ports(question, "port", {});
  asked.client_ports = read_ports(question, "client_ports", kClientPorts);
  asked.is_v6 = flag(question, "ipv6").value_or(false);
  asked.looks_inside = true;
  return asked;
}

Document why(Context& context, const Document& question) {
  Network network(context);
  Question asked = read_question(question);
  complete(context, asked);
  return report(asked, trace(network, asked));
}

Document who_can_reach(Context& context, const Document& question) {
  check_members(question, {"to"});
  Network network(context);
  const std::string to = read_end(question, "to", {}).id;
  const auto* instance = network.instance(to);
  const auto* interface =
      network.interface(instance == nullptr || instance->interface_ids.empty() ? to : instance->interface_ids.front());
  if (interface == nullptr) refuse(fmt::format("there is no instance or interface {}", to));
  Document out{{"to", to}, {"internet", Document::array()}, {"instances", Document::array()}};
  for (const int protocol : kProtocols) {
    const auto found = from_internet(network, to, protocol);
    for (auto& each : open_ports(found.open, found)) out["internet"].push_back(std::move(each));
  }
  for (const auto& from : instances_of(context, interface->vpc_id)) {
    if (from == interface->instance_id) continue;
    for (const int protocol : kProtocols) {
      const auto found = trace(network, {.from = {from}, .to = {to}, .protocol = protocol});
      for (auto& each : open_ports(found.open, found)) {
        each.erase("sources");
        each["from"] = from;
        out["instances"].push_back(std::move(each));
      }
    }
  }
  return out;
}

Document reach_matrix(Context& context, const Document& question) {
  check_members(question, {"vpc", "protocol", "port"});
  const std::string vpc_id = text_member(question, "vpc");
  const auto ids = instances_of(context, vpc_id);
  if (ids.size() > kMostInstances) refuse(fmt::format("{} has more than {} instances", vpc_id, kMostInstances));
  const int protocol = read_protocol(text_member(question, "protocol"));
  const PortRange ports = read_ports(question, "port", {});
  Network network(context);
  Document out{{"vpc", vpc_id},
               {"protocol", protocol_name(protocol)},
               {"port", ports_text(ports)},
               {"instances", ids},
               {"reach", Document::object()}};
  const auto row = [&](const std::string& from) {
    Document reached = Document::array();
    for (const auto& to : ids) {
      if (from == to) continue;
      if (trace(network, {.from = {from}, .to = {to}, .protocol = protocol, .ports = ports}).is_open())
        reached.push_back(to);
    }
    out["reach"][from] = std::move(reached);
  };
  row("internet");
  for (const auto& from : ids) row(from);
  return out;
}

Document check_only(Context& context, const Document& question) {
  check_members(question, {"to", "from", "only"});
  const std::string from = text_member(question, "from"), to = text_member(question, "to");
  if (!from.empty() && from != "internet") refuse("from is internet");
  if (!question.contains("only") || !question["only"].is_array()) refuse("only is a list such as [\"tcp/443\"]");
  std::vector<Traffic> only;
  for (const auto& each : question["only"]) only.push_back(read_allowance(each));
  const auto targets =
      to.starts_with("vpc-") ? instances_of(context, to) : std::vector<std::string>{read_end(question, "to", {}).id};
  Network network(context);
  Document unexpected = Document::array();
  for (const auto& each : targets) {
    for (const int protocol : kProtocols) {
      for (auto& found : unexpected_of(from_internet(network, each, protocol), only, each))
        unexpected.push_back(std::move(found));
    }
  }
  return {{"holds", unexpected.empty()}, {"unexpected", std::move(unexpected)}};
}

}  // namespace fogling::fabric
