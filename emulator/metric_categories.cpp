#include "emulator/metric_categories.hpp"

#include <algorithm>

#include "emulator/kinds.hpp"

namespace fogling {
namespace {

constexpr const char* kMember = "MetricCategoryIds";

}  // namespace

Document read_metric_categories(Context& context, const Document& ids) {
  Document read = Document::array();
  for (const auto& id : ids) {
    require_resource(context, kMetricCategory, id.get_ref<const std::string&>());
    if (std::ranges::find(read, id) == read.end()) read.push_back(id);
  }
  return read;
}

const Document& metric_categories(const state::Instance& instance) { return items(instance.options, kMember); }

void add_metric_categories(Context& context, state::Instance& instance, const Document& ids) {
  Document all = metric_categories(instance);
  for (const auto& id : ids) {
    if (std::ranges::find(all, id) == all.end()) all.push_back(id);
    state::add_reference(context.txn, context.scope, instance.instance_id, id.get_ref<const std::string&>(), false);
  }
  if (!all.empty()) instance.options[kMember] = std::move(all);
}

void remove_metric_categories(Context& context, state::Instance& instance, const Document& ids) {
  Document kept = Document::array();
  for (const auto& id : metric_categories(instance)) {
    if (std::ranges::find(ids, id) == ids.end()) {
      kept.push_back(id);
    } else {
      state::remove_reference(context.txn, instance.instance_id, id.get_ref<const std::string&>());
    }
  }
  if (kept.empty()) {
    instance.options.erase(kMember);
  } else {
    instance.options[kMember] = std::move(kept);
  }
}

Document monitoring_document(const state::Instance& instance) {
  Document monitoring = object({{"State", instance.monitoring}});
  if (const auto& ids = metric_categories(instance); !ids.empty()) monitoring[kMember] = ids;
  return monitoring;
}

}  // namespace fogling
