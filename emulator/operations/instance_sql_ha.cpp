/// Standby detection for SQL Server clusters. A simulated machine runs no SQL Server: whatever is enabled is found to
/// be an active node that uses its licence in full.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/instances.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/tags.hpp"
#include "state/resources.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "instance-sql-ha";
constexpr const char* kHistory = "_History";
constexpr std::int64_t kDetecting_ms = 60'000;  // Assumed

std::string id_of(std::string_view instance_id) { return fmt::format("{}/{}", kKind, instance_id); }

/// Documented: a Windows image with a licence for SQL Server, Standard or Enterprise. Assumed: code and words.
void require_sql_server(const state::Instance& instance) {
  const auto names = [&](std::string_view word) { return instance.platform_details.find(word) != std::string::npos; };
  if (instance.platform == "windows" && (names("SQL Server Standard") || names("SQL Server Enterprise"))) return;
  throw errors::unsupported(fmt::format("The instance '{}' has no license-included SQL Server.", instance.instance_id));
}

/// A state, and one more line of history.
void note(Context& context, state::GenericResource& row, std::string_view status) {
  row.state = status;
  row.document["HaStatus"] = status;
  row.document["LastUpdatedTime"] = iso_time(context.now_ms);
  Document line = row.document;
  line.erase(kHistory);
  row.document[kHistory].push_back(std::move(line));
}

Document shown(Context& context, Document out) {
  out.erase(kHistory);
  out["Tags"] = tag_set(context, std::string(text(out, "InstanceId")));
  return out;
}

state::GenericResource enabled(Call& call, const state::Instance& instance) {
  auto row = state::find<state::GenericResource>(call.txn, call.scope, id_of(instance.instance_id));
  const bool is_new = !row;
  if (is_new) {
    row.emplace();
    row->account = call.scope.account;
    row->region = call.scope.region;
    row->resource_id = id_of(instance.instance_id);
    row->kind = kKind;
    row->parent_id = instance.instance_id;
    row->document = {{"InstanceId", instance.instance_id}, {kHistory, Document::array()}};
  }
  row->document["SqlServerLicenseUsage"] = "full";
  set_if(row->document, "SqlServerCredentials", call.text("SqlServerCredentials"));
  note(call, *row, "processing");
  if (is_new) {
    state::insert(call.txn, *row);
  } else {
    state::update(call.txn, *row);
  }
  state::remove_dues_of(call.txn, row->resource_id);
  schedule(call, kKind, row->resource_id, "active", kDetecting_ms);
  return *std::move(row);
}

Document EnableInstanceSqlHaStandbyDetections(Call& call) {
  Document answer = Document::array();
  for (const auto& instance : require_instances(call, call.items("InstanceIds"))) {
    require_alive(instance);
    require_sql_server(instance);
    answer.push_back(shown(call, enabled(call, instance).document));
  }
  return {{"Instances", std::move(answer)}};
}

bool is_enabled(const state::GenericResource& row) { return row.state != "disabled"; }

/// The history stays. Assumed: code and words of the refusal.
Document DisableInstanceSqlHaStandbyDetections(Call& call) {
  Document answer = Document::array();
  for (const auto& instance : require_instances(call, call.items("InstanceIds"))) {
    auto row = state::find<state::GenericResource>(call.txn, call.scope, id_of(instance.instance_id));
    if (!row || !is_enabled(*row)) {
      throw errors::incorrect_state(
          fmt::format("Standby detection is not enabled for the instance '{}'.", instance.instance_id));
    }
    answer.push_back(shown(call, row->document));
    state::remove_dues_of(call.txn, row->resource_id);
    row->state = "disabled";
    state::update(call.txn, *row);
  }
  return {{"Instances", std::move(answer)}};
}

void move_detection(Context& context, const state::Due& due) {
  auto row = state::find<state::GenericResource>(context.txn, context.scope, due.resource_id);
  if (!row || !is_enabled(*row)) return;
  note(context, *row, due.move);
  state::update(context.txn, *row);
}

/// Rows of the instances asked for, or of all.
std::vector<state::GenericResource> wanted_rows(Call& call) {
  const auto wanted = requested_ids(call, "instance", "InstanceIds");
  auto rows = state::list_kind(call.txn, call.scope, kKind);
  std::erase_if(rows, [&](const state::GenericResource& row) {
    return !wanted.empty() && std::ranges::find(wanted, row.parent_id) == wanted.end();
  });
  return rows;
}

Document DescribeInstanceSqlHaStates(Call& call) {
  std::vector<Document> states;
  for (const auto& row : wanted_rows(call)) {
    if (!is_enabled(row)) continue;
    states.push_back(shown(call, row.document));
    call.looked_at.push_back(row.resource_id);
  }
  return describe_documents(call, "Instances", std::move(states), "InstanceIds");
}

Document DescribeInstanceSqlHaHistoryStates(Call& call) {
  const auto start = call.text("StartTime"), end = call.text("EndTime");
  std::vector<Document> states;
  for (const auto& row : wanted_rows(call)) {
    for (const auto& line : items(row.document, kHistory)) {
      const auto time = parse_time(text(line, "LastUpdatedTime"));
      if (!start.empty() && time < parse_time(start)) continue;
      if (!end.empty() && time > parse_time(end)) continue;
      states.push_back(shown(call, line));
    }
  }
  return describe_documents(call, "Instances", std::move(states), "InstanceIds");
}

/// An instance that is gone is watched no more.
void follow_instance(Context& context, const state::Instance& instance) {
  if (instance.state != instance_state::terminated) return;
  const auto row = state::find<state::GenericResource>(context.txn, context.scope, id_of(instance.instance_id));
  if (!row) return;
  state::remove_dues_of(context.txn, row->resource_id);
  state::erase(context.txn, *row);
}

constexpr FilterPath kFilters[] = {{"haStatus", "HaStatus"}, {"sqlServerLicenseUsage", "SqlServerLicenseUsage"}};

constexpr Operation kOperations[] = {
    {.name = "DescribeInstanceSqlHaHistoryStates",
     .run = DescribeInstanceSqlHaHistoryStates,
     .access = Access::read,
     .listed = "RegisteredInstance",
     .filters = kFilters},
    {.name = "DescribeInstanceSqlHaStates",
     .run = DescribeInstanceSqlHaStates,
     .access = Access::read,
     .listed = "RegisteredInstance",
     .filters = kFilters},
    {.name = "DisableInstanceSqlHaStandbyDetections",
     .run = DisableInstanceSqlHaStandbyDetections,
     .access = Access::write},
    {.name = "EnableInstanceSqlHaStandbyDetections",
     .run = EnableInstanceSqlHaStandbyDetections,
     .access = Access::write},
};

constexpr Mover kMovers[] = {{kKind, move_detection}};
constexpr InstanceWatcher kWatchers[] = {follow_instance};

}  // namespace

Family instance_sql_ha_family() { return {.operations = kOperations, .movers = kMovers, .watchers = kWatchers}; }

}  // namespace fogling
