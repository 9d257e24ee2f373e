/// Infrastructure Performance: which latencies between regions or zones an account has asked to be measured, and what
/// they are.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
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

// ---- Data ----------------------------------------------------------------------------------------------------------

constexpr std::pair<std::string_view, std::int64_t> kPeriods[] = {
    {"five-minutes", 300'000},   {"fifteen-minutes", 900'000}, {"one-hour", 3'600'000},
    {"three-hours", 10'800'000}, {"one-day", 86'400'000},      {"one-week", 604'800'000}};
constexpr std::int64_t kMostPoints = 2'000;

std::uint64_t hash(std::string_view text) {  // FNV-1a
  std::uint64_t value = 14'695'981'039'346'656'037ULL;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
  return value;
}

/// Milliseconds there and back at a time: made up, the same whoever asks, in both directions, and moving a little.
double latency_ms(std::string_view source, std::string_view destination, std::int64_t time_ms) {
  const auto pair =
      source < destination ? fmt::format("{} {}", source, destination) : fmt::format("{} {}", destination, source);
  const bool is_zone = catalogue::find_region(source) == nullptr;
  const double base =
      is_zone ? 0.3 + static_cast<double>(hash(pair) % 100) / 100 : 12.0 + static_cast<double>(hash(pair) % 2'200) / 10;
  const double drift = static_cast<double>(hash(fmt::format("{} {}", pair, time_ms)) % 100) / 1'000;
  return base * (1 + drift);
}

std::int64_t period_ms(std::string_view period) {
  const auto* found = std::ranges::find(kPeriods, period, [](const auto& each) { return each.first; });
  return found == std::end(kPeriods) ? kPeriods[0].second : found->second;
}

bool is_subscribed(Call& call, const Document& query) {
  const auto subscriptions = state::list_kind(call.txn, call.scope, kSubscription);
  return std::ranges::any_of(subscriptions, [&](const GenericResource& each) {
    return text(each.document, "Source") == text(query, "Source") &&
           text(each.document, "Destination") == text(query, "Destination");
  });
}

/// Whole periods that have passed. Assumed: without a subscription there are none.
Document metric_points(Call& call, const Document& query, std::int64_t start_ms, std::int64_t end_ms) {
  Document points = Document::array();
  if (!is_subscribed(call, query)) return points;
  const auto step = period_ms(text(query, "Period"));
  for (auto at = (start_ms + step - 1) / step * step; at + step <= std::min(end_ms, call.now_ms); at += step) {
    if (static_cast<std::int64_t>(points.size()) >= kMostPoints) break;
    points.push_back({{"StartDate", iso_time(at)},
                      {"EndDate", iso_time(at + step)},
                      {"Value", latency_ms(text(query, "Source"), text(query, "Destination"), at)},
                      {"Status", "OK"}});
  }
  return points;
}

Document GetAwsNetworkPerformanceData(Call& call) {
  const auto& queries = call.items("DataQueries");
  if (queries.empty()) throw errors::missing_parameter("DataQueries");
  const auto start_ms = parse_time(call.require("StartTime")), end_ms = parse_time(call.require("EndTime"));
  if (end_ms < start_ms) throw errors::invalid_parameter_value("EndTime must not be before StartTime.");  // Assumed
  std::vector<Document> responses;
  for (const auto& query : queries) {
    for (const char* member : {"Source", "Destination"}) {
      if (region_of(text(query, member)).empty())
        throw errors::invalid_value(text(query, member), member, "There is no such Region or zone.");
    }
    Document response{{"Metric", "aggregate-latency"}, {"Statistic", "p50"}, {"Period", "five-minutes"}};
    response.update(query);
    response["MetricPoints"] = metric_points(call, response, start_ms, end_ms);
    responses.push_back(std::move(response));
  }
  return describe_documents(call, "DataResponses", std::move(responses));
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
    {.name = "GetAwsNetworkPerformanceData", .run = GetAwsNetworkPerformanceData, .access = Access::read},
};

}  // namespace

Family network_performance_family() { return {.operations = kOperations}; }

}  // namespace fogling
