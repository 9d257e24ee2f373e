#pragma once

/// Metric categories: sets of additional metrics, and the instances that send them. Their ids stand in an instance's
/// options, and a reference leads from it to each.

#include <string_view>

#include "emulator/call.hpp"
#include "state/instances.hpp"

namespace fogling {

inline constexpr std::string_view kMetricCategory = "metric-category";

/// The categories that a request names, each once. Throws for one that is not there.
Document read_metric_categories(Context& context, const Document& ids);

/// Associates a stored instance with categories beside those it has, or takes some away. The caller stores it.
void add_metric_categories(Context& context, state::Instance& instance, const Document& ids);
void remove_metric_categories(Context& context, state::Instance& instance, const Document& ids);
/// Those of the instance.
const Document& metric_categories(const state::Instance& instance);

/// Whether detailed monitoring is on, and the categories (shape Monitoring).
Document monitoring_document(const state::Instance& instance);

}  // namespace fogling
