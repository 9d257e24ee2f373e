/// Spot requests: asked for, seen, cancelled. What becomes of them is in emulator/spot.cpp.

#include <fmt/format.h>

#include "emulator/clock.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"
#include "emulator/launch.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/prices.hpp"
#include "emulator/spot.hpp"

namespace fogling {
namespace {

constexpr std::int64_t kMostInstances = 3000, kEvaluation_ms = 2'000, kShownAfterEnd_ms = 4 * 3'600'000;
/// A one-time request is valid for a week unless it says otherwise.
constexpr std::int64_t kUsualValidity_ms = 7 * 24 * 3'600'000LL;

/// The launch that fulfils one request, as parameters of RunInstances.
Document launch_of(const Call& call) {
  Document in = call.part("LaunchSpecification");
  in.erase("AddressingType");
  Document options = Document::object();
  set_if(options, "MaxPrice", call.text("SpotPrice"));
  set_if(options, "SpotInstanceType", call.text("Type"));
  set_if(options, "InstanceInterruptionBehavior", call.text("InstanceInterruptionBehavior"));
  if (const auto duration = call.integer("BlockDurationMinutes")) options["BlockDurationMinutes"] = *duration;
  in["InstanceMarketOptions"] = {{"MarketType", "spot"}, {"SpotOptions", std::move(options)}};
  in["MinCount"] = in["MaxCount"] = 1;
  return in;
}

/// Throws for what no waiting would mend. Assumed: that EC2 finds it at once.
void check_request(Call& call, const Document& in) {
  if (text(in, "ImageId").empty()) throw errors::missing_parameter("ImageId");
  const auto count = call.integer("InstanceCount").value_or(1);
  if (count < 1) throw errors::invalid_value(std::to_string(count), "instanceCount");
  if (count > kMostInstances) {
    throw ApiError("RequestResourceCountExceeded",
                   fmt::format("A Spot request cannot ask for more than {} instances.", kMostInstances));  // Assumed
  }
  const auto from = call.text("ValidFrom"), until = call.text("ValidUntil");
  if (!from.empty() && parse_time(from) <= call.now_ms) {
    throw errors::invalid_value(from, "validFrom", "It has to be after the current time.");  // Assumed: the words
  }
  if (!until.empty() && parse_time(until) <= std::max(call.now_ms, from.empty() ? 0 : parse_time(from))) {
    throw errors::invalid_value(until, "validUntil", "It has to be after the start of the request.");  // Assumed
  }
  check_launch(call, in);
}

Document request_document(const Call& call, const Document& in) {
  const auto* type = catalogue::find_instance_type(text(in, "InstanceType"));
  const auto price = call.text("SpotPrice");
  Document specification = adapted(in, *model::find_shape("LaunchSpecification"));
  specification.erase("SecurityGroups");
  Document document{{"LaunchSpecification", std::move(specification)},
                    {"SpotPrice", price_text(price.empty() ? on_demand_price(*type, call.scope.region)
                                                           : std::strtod(std::string(price).c_str(), nullptr))},
                    {"_launch", in}};
  for (const char* member :
       {"Type", "InstanceInterruptionBehavior", "LaunchGroup", "AvailabilityZoneGroup", "ValidFrom", "ValidUntil"}) {
    set_if(document, member, call.text(member));
  }
  if (!document.contains("ValidUntil") && text(document, "Type") != "persistent") {
    document["ValidUntil"] = iso_seconds(call.now_ms + kUsualValidity_ms);
  }
  return document;
}

Document RequestSpotInstances(Call& call) {
  Document in = launch_of(call);
  if (text(in, "InstanceType").empty()) in["InstanceType"] = "m1.small";
  check_request(call, in);
  Document requests = Document::array();
  for (std::int64_t i = 0; i < call.integer("InstanceCount").value_or(1); ++i) {
    auto request = make_resource(call, declared_kind(kSpotRequest), request_document(call, in));
    put_spot_status(call, request, "open", "pending-evaluation");
    schedule(call, kSpotRequest, request.resource_id, "evaluate", kEvaluation_ms);
    if (const auto until = text(request.document, "ValidUntil"); !until.empty()) {
      schedule_by_clock(call, kSpotRequest, request.resource_id, "expire", parse_time(until) - call.now_ms);
    }
    requests.push_back(shown(call, request));
  }
  return {{"SpotInstanceRequests", std::move(requests)}};
}

/// Its instance, if it has one, runs on.
void cancel(Call& call, state::GenericResource& request) {
  if (request.state == "open" && !has(request.document, "InstanceId")) {
    put_spot_status(call, request, "cancelled", "canceled-before-fulfillment");
  } else if (request.state != "closed" && request.state != "failed" && request.state != "cancelled") {
    put_spot_status(call, request, "cancelled", "request-canceled-and-instance-running");
    state::remove_dues_of(call.txn, request.resource_id);
    return;
  } else {
    return;
  }
  state::remove_dues_of(call.txn, request.resource_id);
  schedule_by_clock(call, kSpotRequest, request.resource_id, "gone", kShownAfterEnd_ms);
}

Document CancelSpotInstanceRequests(Call& call) {
  std::vector<state::GenericResource> requests;
  for (const auto& each : call.items("SpotInstanceRequestIds")) {
    requests.push_back(require_resource(call, kSpotRequest, each.get_ref<const std::string&>()));
  }
  Document cancelled = Document::array();
  for (auto& request : requests) {
    cancel(call, request);
    cancelled.push_back({{"SpotInstanceRequestId", request.resource_id}, {"State", request.state}});
  }
  return {{"CancelledSpotInstanceRequests", std::move(cancelled)}};
}

constexpr Operation kOperations[] = {
    {.name = "CancelSpotInstanceRequests", .run = CancelSpotInstanceRequests, .access = Access::write},
    {.name = "RequestSpotInstances", .run = RequestSpotInstances, .access = Access::write},
};
constexpr Mover kMovers[] = {{kSpotRequest, move_spot_request}};
constexpr InstanceWatcher kWatchers[] = {follow_spot_instance};

}  // namespace

Family spot_instance_requests_family() { return {.operations = kOperations, .movers = kMovers, .watchers = kWatchers}; }

}  // namespace fogling
