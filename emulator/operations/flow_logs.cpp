/// Flow logs: one for each resource of a request. Describing and deleting are declared; a flow log cannot be changed.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/kinds.hpp"
#include "emulator/references.hpp"
#include "emulator/resource_types.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "vpc-flow-log";
/// The fields of version 2.
constexpr const char* kDefaultFormat =
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} "
    "${bytes} ${start} ${end} ${action} ${log-status}";

ApiError invalid(std::string message) { return {"InvalidParameter", std::move(message)}; }

std::string_view destination_type(const Call& call) {
  const auto given = call.text("LogDestinationType");
  return given.empty() ? "cloud-watch-logs" : given;
}

/// Recorded, but for the words on roles and intervals, which are Assumed.
void check_destination(const Call& call) {
  const auto group = call.text("LogGroupName"), destination = call.text("LogDestination");
  const bool is_watched = destination_type(call) == "cloud-watch-logs";
  if (!group.empty() && !is_watched)
    throw invalid("LogDestination type must be cloud-watch-logs if LogGroupName is provided.");
  if (!group.empty() && !destination.empty())
    throw invalid("Please only provide LogGroupName or only provide LogDestination.");
  if (group.empty() && destination.empty())
    throw invalid("LogDestination can't be empty if LogGroupName is not provided.");
  if (is_watched && call.text("DeliverLogsPermissionArn").empty())
    throw invalid("DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.");
  if (!destination.empty() && !destination.starts_with("arn:"))
    throw invalid(fmt::format("LogDestination: {} is not a valid ARN.", destination));
  const auto interval = call.integer("MaxAggregationInterval").value_or(600);
  if (interval != 60 && interval != 600)
    throw errors::invalid_value(std::to_string(interval), "maxAggregationInterval", "It must be 60 or 600.");
}

std::string_view type_of_resource(const Call& call) {
  constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {"VPC", "vpc"},
      {"Subnet", "subnet"},
      {"NetworkInterface", "network-interface"},
      {"TransitGateway", "transit-gateway"},
      {"TransitGatewayAttachment", "transit-gateway-attachment"},
      {"RegionalNatGateway", "natgateway"}};
  const auto given = call.require("ResourceType");
  const auto* found = std::ranges::find(kTypes, given, [](const auto& each) { return each.first; });
  if (found == std::end(kTypes)) throw errors::invalid_value(given, "resourceType");
  return found->second;
}

Document flow_log_document(const Call& call, std::string_view resource_id) {
  Document log = copied_members(call.in, declared_kind(kKind));
  log["ResourceId"] = resource_id;
  if (!has(log, "LogFormat")) log["LogFormat"] = kDefaultFormat;
  if (const auto arn = call.text("LogDestination");
      destination_type(call) == "cloud-watch-logs" && arn.find(":log-group:") != std::string_view::npos) {
    auto name = arn.substr(arn.find(":log-group:") + 11);
    log["LogGroupName"] = name.substr(0, name.find(':'));
  }
  return log;
}

void refuse_repetition(Call& call, const Document& log) {
  for (const auto& other : state::list_kind(call.txn, call.scope, kKind)) {
    const bool is_same = std::ranges::all_of(
        std::initializer_list<const char*>{"ResourceId", "LogGroupName", "LogDestination", "TrafficType", "LogFormat"},
        [&](const char* member) {
          // What the request left out has a default in the other.
          return !has(log, member) || text(log, member) == text(other.document, member);
        });
    if (!is_same) continue;
    throw ApiError("FlowLogAlreadyExists",
                   "Error. There is an existing Flow Log with the same configuration and log destination.");
  }
}

Document CreateFlowLogs(Call& call) {
  check_destination(call);
  const auto type = type_of_resource(call);
  if (type != "transit-gateway" && type != "transit-gateway-attachment" && call.text("TrafficType").empty())
    throw errors::missing_parameter("TrafficType");
  Document ids = Document::array();
  for (const auto& each : call.items("ResourceIds")) {
    const auto& id = each.get_ref<const std::string&>();
    if (!exists(call, type, id)) {
      const auto* meant = find_resource_type_of(id);
      throw meant != nullptr && meant->type == type ? unknown_id(type, id) : errors::invalid_value(id, "resourceId");
    }
    Document log = flow_log_document(call, id);
    refuse_repetition(call, log);
    const auto made = make_resource(call, declared_kind(kKind), std::move(log));
    state::add_reference(call.txn, call.scope, made.resource_id, id, false);
    ids.push_back(made.resource_id);
  }
  Document answer{{"FlowLogIds", std::move(ids)}, {"Unsuccessful", Document::array()}};
  set_if(answer, "ClientToken", call.text("ClientToken"));
  return answer;
}

constexpr Operation kOperations[] = {
    {.name = "CreateFlowLogs", .run = CreateFlowLogs, .access = Access::write},
};

}  // namespace

Family flow_logs_family() { return {.operations = kOperations}; }

}  // namespace fogling
