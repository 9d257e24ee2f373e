/// Metric categories: the metrics they may name, and the instances that lose one. The rest is declared; instances gain
/// them by RunInstances and MonitorInstances.

#include "emulator/metric_categories.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "emulator/kinds.hpp"

namespace fogling {
namespace {

/// Names of CloudWatch are words, those of OpenTelemetry words joined by dots. Which of them EC2 measures is not
/// documented in the API, so any such name is one: Assumed.
bool is_metric_name(std::string_view name) {
  const auto is_of_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
  };
  return !name.empty() && name.size() <= 255 && std::ranges::all_of(name, is_of_name);
}

void check_metrics(const Call& call) {
  const auto& metrics = call.items("Metrics");
  if (metrics.empty()) throw errors::missing_parameter("Metrics");
  std::set<std::string> seen;
  for (const auto& each : metrics) {
    const auto& name = each.get_ref<const std::string&>();
    if (!is_metric_name(name)) throw errors::invalid_value(name, "Metric");
    if (!seen.insert(name).second) {  // Assumed: the words
      throw errors::invalid_value(name, "Metric", "The metric is specified more than once.");
    }
  }
}

void create(Call& call, GenericResource& /*category*/) { check_metrics(call); }

/// Documented: the new set has to be another one. The engine has laid it over the old one already.
void modify(Call& call, GenericResource& category) {
  check_metrics(call);
  const auto before = require_resource(call, kMetricCategory, category.resource_id);
  const auto sorted = [](const Document& names) {
    std::set<std::string> all;
    for (const auto& each : names) all.insert(each.get<std::string>());
    return all;
  };
  if (sorted(items(before.document, "Metrics")) != sorted(items(category.document, "Metrics"))) return;
  throw errors::invalid_parameter_value(  // Assumed: the words
      fmt::format("The metric category '{}' has the specified metrics already.", category.resource_id));
}

/// Documented: the associations go with it. Assumed: at once.
void remove(Call& call, GenericResource& category) {
  const auto ids = Document::array({category.resource_id});
  for (auto& instance : state::instances_referring(call.txn, category.resource_id)) {
    remove_metric_categories(call, instance, ids);
    state::update(call.txn, instance);
  }
}

constexpr Hooks kHooks[] = {{.kind = kMetricCategory, .create = create, .modify = modify, .remove = remove}};

}  // namespace

Family metric_categories_family() { return {.hooks = kHooks}; }

}  // namespace fogling
