/// Capacity Manager's metrics. They are worked out of what is there when they are asked for: a reservation or an
/// instance counts with its present size, from its start, or from when the manager was enabled, until now. What has
/// ended does not count, and what is committed or interrupted is not kept.

#include <algorithm>
#include <cctype>
#include <map>

#include "emulator/capacity_reservations.hpp"
#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/instances.hpp"
#include "emulator/prices.hpp"
#include "fixtures/catalogue/catalogue.hpp"

namespace fogling {
namespace {

constexpr std::int64_t kHour_ms = 3'600'000, kMostPoints = 2'000;

enum class Sort : std::uint8_t { reservation, reserved, unreserved, spot };

/// Capacity over a time that lasts until now.
struct Use {
  Sort sort = Sort::unreserved;
  Document dimension;  ///< all that is known of it
  std::int64_t start_ms = 0;
  double total = 1, used = 1, vcpus = 1, price = 0;  ///< of instances; vCPUs and dollars an hour are those of one
};

// ---- What there is

Document place(const Call& call, const catalogue::InstanceType& type, std::string_view zone_id,
               std::string_view platform, std::string_view tenancy) {
  return {{"ResourceRegion", call.scope.region},
          {"AvailabilityZoneId", zone_id},
          {"AccountId", call.scope.account},
          {"InstanceFamily", type.family},
          {"InstanceType", type.name},
          {"InstancePlatform", platform},
          {"Tenancy", tenancy == "host" ? "dedicated" : tenancy}};
}

void add_reservations(Call& call, std::vector<Use>& uses) {
  for (const auto& row : state::list_kind(call.txn, call.scope, kCapacityReservation)) {
    const auto& document = row.document;
    const auto* type = catalogue::find_instance_type(text(document, "InstanceType"));
    if (row.state != "active" || type == nullptr) continue;
    Use use{.sort = Sort::reservation, .dimension = {}};
    use.dimension = place(call, *type, text(document, "AvailabilityZoneId"), text(document, "InstancePlatform"),
                          text(document, "Tenancy"));
    use.dimension["ReservationArn"] = text(document, "CapacityReservationArn");
    use.dimension["ReservationId"] = row.resource_id;
    use.dimension["ReservationType"] =
        text(document, "ReservationType") == "capacity-block" ? "capacity-block" : "odcr";
    use.dimension["ReservationCreateTimestamp"] = text(document, "CreateDate");
    use.dimension["ReservationStartTimestamp"] = text(document, "StartDate");
    set_if(use.dimension, "ReservationEndTimestamp", text(document, "EndDate"));
    use.dimension["ReservationEndDateType"] = text(document, "EndDateType");
    use.dimension["ReservationState"] = row.state;
    use.dimension["ReservationInstanceMatchCriteria"] = text(document, "InstanceMatchCriteria");
    use.start_ms = parse_time(text(document, "StartDate"));
    use.total = static_cast<double>(reserved_total(row));
    use.used = use.total - static_cast<double>(reserved_free(call, row));
    use.vcpus = type->vcpus;
    use.price = on_demand_price(*type, call.scope.region, text(document, "InstancePlatform"));
    uses.push_back(std::move(use));
  }
}

void add_instances(Call& call, std::vector<Use>& uses) {
  for (const auto& instance : state::instances_in_state(call.txn, call.scope, instance_state::running)) {
    const auto* type = catalogue::find_instance_type(instance.instance_type);
    if (type == nullptr) continue;
    Use use{
        .sort = instance.instance_lifecycle == "spot"            ? Sort::spot
                : has(instance.options, "CapacityReservationId") ? Sort::reserved
                                                                 : Sort::unreserved,
        .dimension = place(call, *type, instance.availability_zone_id, instance.platform_details, instance.tenancy)};
    use.start_ms = instance.launch_time_ms;
    use.vcpus = static_cast<double>(instance.core_count * instance.threads_per_core);
    const auto* zone = catalogue::find_zone(call.scope.region, instance.availability_zone);
    use.price = use.sort == Sort::spot && zone != nullptr
                    ? spot_price(*type, *zone, instance.platform_details, call.now_ms)
                    : on_demand_price(*type, call.scope.region, instance.platform_details);
    uses.push_back(std::move(use));
  }
}

/// `availability-zone-id` is the member AvailabilityZoneId.
std::string member_of(std::string_view dimension) {
  std::string member;
  bool is_first = true;
  for (const char c : dimension) {
    if (c != '-') member += is_first ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    is_first = c == '-';
  }
  return member;
}

bool passes(const Use& use, const Document& conditions) {
  return std::ranges::all_of(conditions, [&](const Document& each) {
    const auto& condition = part(each, "DimensionCondition");
    const auto value = text(use.dimension, member_of(text(condition, "Dimension")));
    const auto& values = items(condition, "Values");
    return std::ranges::find(values, Document(value)) != values.end();
  });
}

/// All that passes the conditions, counted from when the manager was enabled.
std::vector<Use> find_uses(Call& call) {
  const auto kept = state::get_setting(call.txn, call.scope, "capacity-manager");
  const Document settings = kept.empty() ? Document::object() : Document::parse(kept);
  if (text(settings, "Status") != "enabled") {
    throw errors::incorrect_state("Capacity Manager is not enabled.");  // Assumed: code and words
  }
  const auto since_ms = parse_time(text(settings, "Since"));
  std::vector<Use> uses;
  add_reservations(call, uses);
  add_instances(call, uses);
  std::erase_if(uses, [&](const Use& use) { return !passes(use, call.items("FilterBy")); });
  for (auto& use : uses) use.start_ms = std::max(use.start_ms, since_ms);
  return uses;
}

// ---- Metrics

struct Span {
  std::int64_t start_ms = 0, end_ms = 0;
};

double hours_in(const Use& use, const Span& span) {
  const auto ms = span.end_ms - std::max(use.start_ms, span.start_ms);
  return ms <= 0 ? 0 : static_cast<double>(ms) / static_cast<double>(kHour_ms);
}

/// A metric by what it is about and what it does with it.
struct Metric {
  Sort sort;
  double (*of)(const Use&, const Span&, double unit);  ///< `unit`: 1, or the vCPUs of an instance
  bool is_percentage = false;                          ///< divided by the same with everything used
};

double total_hours(const Use& use, const Span& span, double unit) { return use.total * unit * hours_in(use, span); }
double used_hours(const Use& use, const Span& span, double unit) { return use.used * unit * hours_in(use, span); }
double unused_hours(const Use& use, const Span& span, double unit) {
  return (use.total - use.used) * unit * hours_in(use, span);
}
double size(const Use& use, const Span&, double unit) { return use.total * unit; }
double unused_size(const Use& use, const Span&, double unit) { return (use.total - use.used) * unit; }
double count(const Use&, const Span&, double) { return 1; }
double cost(const Use& use, const Span& span, double) { return use.price * total_hours(use, span, 1); }
double unused_cost(const Use& use, const Span& span, double) { return use.price * unused_hours(use, span, 1); }

/// Sizes do not change within a period here: least, most and mean are the same.
const std::map<std::string_view, Metric>& metrics() {
  static const std::map<std::string_view, Metric> kMetrics = {
      {"reservation-total-capacity-hrs", {Sort::reservation, total_hours}},
      {"reservation-max-size", {Sort::reservation, size}},
      {"reservation-min-size", {Sort::reservation, size}},
      {"reservation-unused-total-capacity-hrs", {Sort::reservation, unused_hours}},
      {"reservation-unused-total-estimated-cost", {Sort::reservation, unused_cost}},
      {"reservation-max-unused-size", {Sort::reservation, unused_size}},
      {"reservation-min-unused-size", {Sort::reservation, unused_size}},
      {"reservation-max-utilization", {Sort::reservation, used_hours, true}},
      {"reservation-min-utilization", {Sort::reservation, used_hours, true}},
      {"reservation-avg-utilization", {Sort::reservation, used_hours, true}},
      {"reservation-total-count", {Sort::reservation, count}},
      {"reservation-total-estimated-cost", {Sort::reservation, cost}},
      {"reserved-total-usage-hrs", {Sort::reserved, total_hours}},
      {"reserved-total-estimated-cost", {Sort::reserved, cost}},
      {"unreserved-total-usage-hrs", {Sort::unreserved, total_hours}},
      {"unreserved-total-estimated-cost", {Sort::unreserved, cost}},
      {"spot-total-usage-hrs", {Sort::spot, total_hours}},
      {"spot-total-estimated-cost", {Sort::spot, cost}},
      {"spot-total-count", {Sort::spot, count}},
  };
  return kMetrics;
}

/// Nothing where no capacity of the metric's sort is in the group.
std::optional<double> value_of(std::string_view name, const std::vector<const Use*>& group, const Span& span) {
  const bool is_vcpu = name.ends_with("-vcpu");
  if (is_vcpu || name.ends_with("-inst")) name.remove_suffix(5);
  const auto found = metrics().find(name);
  if (found == metrics().end()) return std::nullopt;
  const auto& metric = found->second;
  double sum = 0, whole = 0;
  bool is_there = false;
  for (const auto* use : group) {
    if (use->sort != metric.sort || hours_in(*use, span) <= 0) continue;
    is_there = true;
    const double unit = is_vcpu ? use->vcpus : 1;
    sum += metric.of(*use, span, unit);
    whole += total_hours(*use, span, unit);
  }
  if (!is_there) return std::nullopt;
  return metric.is_percentage ? (whole > 0 ? 100 * sum / whole : 0) : sum;
}

/// By their values of the dimensions asked for, as text.
std::map<std::string, std::vector<const Use*>> grouped(const Call& call, const std::vector<Use>& uses) {
  std::map<std::string, std::vector<const Use*>> groups;
  for (const auto& use : uses) {
    Document dimension = Document::object();
    for (const auto& each : call.items("GroupBy")) {
      const auto member = member_of(each.get_ref<const std::string&>());
      set_if(dimension, member.c_str(), text(use.dimension, member));
    }
    groups[dimension.dump()].push_back(&use);
  }
  return groups;
}

Document metric_values(const Call& call, const std::vector<const Use*>& group, const Span& span) {
  Document values = Document::array();
  for (const auto& each : call.items("MetricNames")) {
    const auto& name = each.get_ref<const std::string&>();
    if (const auto value = value_of(name, group, span)) values.push_back({{"Metric", name}, {"Value", *value}});
  }
  return values;
}

/// Until now at most.
Span asked_span(const Call& call) {
  const Span span{parse_time(call.require("StartTime")), parse_time(call.require("EndTime"))};
  if (span.end_ms <= span.start_ms)
    throw errors::invalid_parameter_value("EndTime must be after StartTime.");  // Assumed: the words
  return {span.start_ms, std::min(span.end_ms, call.now_ms)};
}

Document GetCapacityManagerMetricData(Call& call) {
  const auto span = asked_span(call);
  const auto period_ms = call.integer("Period").value_or(0) * 1000;
  const auto asked_ms = parse_time(call.require("EndTime")) - span.start_ms;
  if (period_ms < kHour_ms || period_ms % kHour_ms != 0 || asked_ms % period_ms != 0) {
    throw errors::invalid_value(std::to_string(call.integer("Period").value_or(0)), "period",
                                "It must be whole hours, and the time range a multiple of it.");  // Assumed: the words
  }
  const auto uses = find_uses(call);
  const auto groups = grouped(call, uses);
  std::vector<Document> results;
  for (auto at = span.start_ms; at < span.end_ms; at += period_ms) {
    if (static_cast<std::int64_t>(results.size()) >= kMostPoints) break;
    for (const auto& [dimension, group] : groups) {
      auto values = metric_values(call, group, {at, std::min(at + period_ms, span.end_ms)});
      if (values.empty()) continue;
      results.push_back({{"Dimension", Document::parse(dimension)},
                         {"Timestamp", iso_time(at)},
                         {"MetricValues", std::move(values)}});
    }
  }
  return describe_documents(call, "MetricDataResults", std::move(results));
}

Document GetCapacityManagerMetricDimensions(Call& call) {
  const auto span = asked_span(call);
  const auto uses = find_uses(call);
  std::vector<Document> dimensions;
  for (const auto& [dimension, group] : grouped(call, uses)) {
    if (!metric_values(call, group, span).empty()) dimensions.push_back(Document::parse(dimension));
  }
  return describe_documents(call, "MetricDimensionResults", std::move(dimensions));
}

constexpr Operation kOperations[] = {
    {.name = "GetCapacityManagerMetricData", .run = GetCapacityManagerMetricData, .access = Access::read},
    {.name = "GetCapacityManagerMetricDimensions", .run = GetCapacityManagerMetricDimensions, .access = Access::read},
};

}  // namespace

Family capacity_manager_metrics_family() { return {.operations = kOperations}; }

}  // namespace fogling
