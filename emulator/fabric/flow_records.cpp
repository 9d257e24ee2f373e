#include "emulator/fabric/flow_records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "emulator/fabric/ends.hpp"
#include "emulator/fabric/reachability.hpp"
#include "emulator/fabric/report.hpp"
#include "state/resources.hpp"
#include "state/subnets.hpp"

namespace fogling::fabric {
namespace {

using state::GenericResource;

constexpr std::string_view kFlowLog = "vpc-flow-log";
constexpr std::size_t kMostRecords = 1000;

bool is_filter(const Hop& hop) { return hop.type == "network-acl" || hop.type == "security-group"; }

// ---- What interfaces see -------------------------------------------------------------------------------------------

/// The filters between an interface and the network: behind it for what it sends, before it for what it gets.
template <class Iterator>
bool are_open(Iterator hop, Iterator end, bool is_egress) {
  for (; hop != end && is_filter(*hop) && hop->is_egress == is_egress; ++hop) {
    if (!hop->is_open) return false;
  }
  return true;
}

/// False once a packet was rejected.
bool add_records(const std::vector<Hop>& hops, bool is_reply, std::vector<FlowRecord>& records) {
  for (auto hop = hops.begin(); hop != hops.end(); ++hop) {
    if (hop->type == "network-interface" && hop->interface != nullptr && !hop->before.empty()) {
      const bool is_accepted = hop->is_egress ? are_open(std::next(hop), hops.end(), true)
                                              : are_open(std::make_reverse_iterator(hop), hops.rend(), false);
      records.push_back({hop->interface, hop->before.front(), hop->is_egress, is_accepted, is_reply});
      if (!is_accepted) return false;
    }
    if (!hop->is_open && !is_filter(*hop)) return false;
  }
  return true;
}

// ---- Lines ---------------------------------------------------------------------------------------------------------

/// What one record says, for any format.
struct Line {
  Context& context;
  const FlowRecord& record;
  int protocol = kTcp;
  std::int64_t packets = 1, bytes = 40;

  std::string field(std::string_view name) const;

 private:
  std::string port(const PortRange& ports) const {
    return protocol == kTcp || protocol == kUdp ? std::to_string(ports.from) : "0";
  }
  std::string zone_id() const {
    const auto subnet = state::find_anywhere<state::Subnet>(context.txn, record.interface->subnet_id);
    return subnet ? subnet->availability_zone_id : "-";
  }
  /// SYN of a request, SYN-ACK of its answer.
  std::string tcp_flags() const { return protocol != kTcp ? "0" : record.is_reply ? "18" : "2"; }
};

std::string Line::field(std::string_view name) const {
  const auto& flow = record.flow;
  const auto& interface = *record.interface;
  if (name == "account-id") return context.scope.account;
  if (name == "interface-id") return interface.id;
  if (name == "srcaddr" || name == "pkt-srcaddr") return flow.source.first.text();
  if (name == "dstaddr" || name == "pkt-dstaddr") return flow.destination.first.text();
  if (name == "srcport") return port(flow.source_ports);
  if (name == "dstport") return port(flow.destination_ports);
  if (name == "protocol") return std::to_string(protocol);
  if (name == "packets") return std::to_string(packets);
  if (name == "bytes") return std::to_string(bytes);
  if (name == "start" || name == "end") return std::to_string(context.now_ms / 1000);
  if (name == "action") return record.is_accepted ? "ACCEPT" : "REJECT";
  if (name == "log-status") return "OK";
  if (name == "vpc-id") return interface.vpc_id;
  if (name == "subnet-id") return interface.subnet_id;
  if (name == "instance-id") return interface.instance_id.empty() ? "-" : interface.instance_id;
  if (name == "tcp-flags") return tcp_flags();
  if (name == "type") return flow.source.first.is_v6 ? "IPv6" : "IPv4";
  if (name == "region") return context.scope.region;
  if (name == "az-id") return zone_id();
  if (name == "flow-direction") return record.is_egress ? "egress" : "ingress";
  return "-";
}

/// The highest version of which a format has fields; 2 without any of a later one.
int version_of(std::string_view format) {
  constexpr std::pair<std::string_view, int> kFields[] = {{"${pkt-src-aws-service}", 5},
                                                          {"${pkt-dst-aws-service}", 5},
                                                          {"${flow-direction}", 5},
                                                          {"${traffic-path}", 5},
                                                          {"${region}", 4},
                                                          {"${az-id}", 4},
                                                          {"${sublocation-type}", 4},
                                                          {"${sublocation-id}", 4},
                                                          {"${vpc-id}", 3},
                                                          {"${subnet-id}", 3},
                                                          {"${instance-id}", 3},
                                                          {"${tcp-flags}", 3},
                                                          {"${type}", 3},
                                                          {"${pkt-srcaddr}", 3},
                                                          {"${pkt-dstaddr}", 3}};
  for (const auto& [field, version] : kFields) {
    if (format.find(field) != std::string_view::npos) return version;
  }
  return 2;
}

std::string written(const Line& line, std::string_view format) {
  std::string out;
  for (std::size_t at = 0; at < format.size();) {
    if (format.substr(at, 2) != "${") {
      out += format[at++];
      continue;
    }
    const auto end = std::min(format.find('}', at), format.size());
    const auto name = format.substr(at + 2, end - at - 2);
    out += name == "version" ? std::to_string(version_of(format)) : line.field(name);
    at = end + 1;
  }
  return out;
}

// ---- Logs ----------------------------------------------------------------------------------------------------------

bool is_about(const GenericResource& log, const FlowRecord& record) {
  const auto id = text(log.document, "ResourceId"), wanted = text(log.document, "TrafficType");
  const auto& interface = *record.interface;
  if (id != interface.id && id != interface.subnet_id && id != interface.vpc_id) return false;
  return wanted != (record.is_accepted ? "REJECT" : "ACCEPT");
}

void append(GenericResource& log, std::string line) {
  auto& records = log.document["_records"];
  if (!records.is_array()) records = Document::array();
  if (records.size() >= kMostRecords) records.erase(records.begin());
  records.push_back(std::move(line));
}

std::int64_t count_in(const Document& question, const char* member, std::int64_t otherwise) {
  if (!question.contains(member)) return otherwise;
  const auto number = integer(question, member);
  if (!number || *number < 1) throw std::invalid_argument(fmt::format("{} is a number above 0", member));
  return *number;
}

}  // namespace

std::vector<FlowRecord> flow_records(const Trace& trace) {
  std::vector<FlowRecord> records;
  if (add_records(trace.forward, false, records)) add_records(trace.back, true, records);
  return records;
}

Document send_packets(Context& context, const Document& question) {
  Document asked = question;
  const auto packets = count_in(question, "packets", 1), bytes = count_in(question, "bytes", 40 * packets);
  for (const char* member : {"packets", "bytes"}) asked.erase(member);
  if (!asked.contains("port")) asked["port"] = 80;
  // One client, one port: the first that Linux would take.
  if (!asked.contains("client_ports")) asked["client_ports"] = kClientPorts.from;
  if (text(asked, "from").empty() || text(asked, "from") == "internet")
    throw std::invalid_argument("from is an address, an instance or an interface: a packet comes from somewhere");
  Network network(context);
  Question meant = read_question(asked);
  complete(context, meant);
  const Trace found = trace(network, meant);
  const auto records = flow_records(found);
  std::int64_t written_records = 0;
  for (auto& log : state::list_kind(context.txn, context.scope, kFlowLog)) {
    const auto before = written_records;
    for (const auto& record : records) {
      if (!is_about(log, record)) continue;
      append(log, written({context, record, found.protocol, packets, bytes}, text(log.document, "LogFormat")));
      ++written_records;
    }
    if (written_records != before) state::update(context.txn, log);
  }
  Document answer = report(meant, found);
  return {{"verdict", answer["verdict"]}, {"because", answer["because"]}, {"records", written_records}};
}

Document flow_log_records(Context& context) {
  Document logs = Document::array();
  for (const auto& log : state::list_kind(context.txn, context.scope, kFlowLog)) {
    Document shown{{"flow_log_id", log.resource_id},
                   {"resource_id", text(log.document, "ResourceId")},
                   {"records", items(log.document, "_records")}};
    set_if(shown, "log_group_name", text(log.document, "LogGroupName"));
    set_if(shown, "log_destination", text(log.document, "LogDestination"));
    logs.push_back(std::move(shown));
  }
  return {{"flow_logs", std::move(logs)}};
}

}  // namespace fogling::fabric
