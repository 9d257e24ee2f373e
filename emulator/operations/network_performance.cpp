/// Infrastructure Performance: which latencies between regions or zones an account has asked to be measured.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "fixtures/catalogue/catalogue.hpp"

namespace fogling {
namespace {

constexpr std::string_view kSubscription = "aws-network-performance-metric-subscription";

/// The region of a place, which is a region or the id of a zone; empty where there is no such place.
std::string_view region_of(std::string_view place) {
  for (const auto& region : catalogue::regions()) {
    if (region.name == place || catalogue::find_zone_by_id(region.name, place) != nullptr) return region.name;
  }
  return {};
}

/// Documented: two regions, or two zones of one region. Assumed: the words.
Document requested_subscription(const Call& call) {
  for (const char* member : {"Source", "Destination"}) {
    const auto place = call.require(member);
    if (region_of(place).empty()) throw errors::invalid_value(place, member, "There is no such Region or zone.");
  }
  const auto source = call.text("Source"), destination = call.text("Destination");
  const bool is_zone = catalogue::find_region(source) == nullptr;
  const bool fits = is_zone == (catalogue::find_region(destination) == nullptr) &&
                    (!is_zone || region_of(source) == region_of(destination));
  if (!fits) {
    throw errors::invalid_parameter_value("The Source and Destination Availability Zones must be in the same Region.");
  }
  const auto or_else = [&](const char* member, std::string_view usual) {
    return call.text(member).empty() ? usual : call.text(member);
  };
  return {{"Source", source},
          {"Destination", destination},
          {"Metric", or_else("Metric", "aggregate-latency")},
          {"Statistic", or_else("Statistic", "p50")},
          {"Period", "five-minutes"}};
}

std::optional<GenericResource> find_subscription(Call& call, const Document& subscription) {
  for (auto& each : state::list_kind(call.txn, call.scope, kSubscription)) {
    if (each.document == subscription) return std::move(each);
  }
  return std::nullopt;
}

Document EnableAwsNetworkPerformanceMetricSubscription(Call& call) {
  Document subscription = requested_subscription(call);
  if (!find_subscription(call, subscription)) {
    GenericResource row;
    row.account = call.scope.account;
    row.region = call.scope.region;
    row.resource_id = call.make_id("subscription");
    row.kind = kSubscription;
    row.document = std::move(subscription);
    state::insert(call.txn, row);
  }
  return {{"Output", true}};
}

/// Assumed: that there was nothing to disable is no error.
Document DisableAwsNetworkPerformanceMetricSubscription(Call& call) {
  const auto row = find_subscription(call, requested_subscription(call));
  if (row) erase_resource(call, *row);
  return {{"Output", row.has_value()}};
}

Document DescribeAwsNetworkPerformanceMetricSubscriptions(Call& call) {
  std::vector<Document> subscriptions;
  for (const auto& each : state::list_kind(call.txn, call.scope, kSubscription)) subscriptions.push_back(each.document);
  return describe_documents(call, "Subscriptions", std::move(subscriptions));
}

constexpr Operation kOperations[] = {
    {.name = "DescribeAwsNetworkPerformanceMetricSubscriptions",
     .run = DescribeAwsNetworkPerformanceMetricSubscriptions,
     .access = Access::read,
     .listed = "Subscription"},
    {.name = "DisableAwsNetworkPerformanceMetricSubscription",
     .run = DisableAwsNetworkPerformanceMetricSubscription,
     .access = Access::write},
    {.name = "EnableAwsNetworkPerformanceMetricSubscription",
     .run = EnableAwsNetworkPerformanceMetricSubscription,
     .access = Access::write},
};

}  // namespace

Family network_performance_family() { return {.operations = kOperations}; }

}  // namespace fogling
