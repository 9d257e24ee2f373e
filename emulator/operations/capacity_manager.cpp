/// The account's settings of Capacity Manager; its metrics are in capacity_manager_metrics.cpp.

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"

namespace fogling {
namespace {

constexpr std::string_view kSetting = "capacity-manager";

Document settings(const Call& call) {
  const auto saved = state::get_setting(call.txn, call.scope, kSetting);
  return saved.empty() ? Document{{"Status", "disabled"}, {"Organizations", false}, {"TagKeys", Document::array()}}
                       : Document::parse(saved);
}

Document put_settings(Call& call, const Document& changed) {
  state::put_setting(call.txn, call.scope, kSetting, changed.dump());
  return {{"CapacityManagerStatus", changed["Status"]}, {"OrganizationsAccess", changed["Organizations"]}};
}

Document EnableCapacityManager(Call& call) {
  Document changed = settings(call);
  changed["Status"] = "enabled";
  changed["Since"] = iso_seconds(call.now_ms);
  if (const auto access = call.flag("OrganizationsAccess")) changed["Organizations"] = *access;
  return put_settings(call, changed);
}

Document DisableCapacityManager(Call& call) {
  Document changed = settings(call);
  changed["Status"] = "disabled";
  changed["Organizations"] = false;
  changed.erase("Since");
  return put_settings(call, changed);
}

void require_enabled(const Document& current) {
  if (current["Status"] == "enabled") return;
  throw errors::incorrect_state("Capacity Manager is not enabled.");  // Assumed: code and words
}

Document UpdateCapacityManagerOrganizationsAccess(Call& call) {
  Document changed = settings(call);
  require_enabled(changed);
  changed["Organizations"] = call.flag("OrganizationsAccess").value_or(false);
  return put_settings(call, changed);
}

Document GetCapacityManagerAttributes(Call& call) {
  const Document current = settings(call);
  Document answer{{"CapacityManagerStatus", current["Status"]},
                  {"OrganizationsAccess", current["Organizations"]},
                  {"DataExportCount", state::count_kind(call.txn, call.scope, "capacity-manager-data-export")}};
  if (current.contains("Since")) {
    answer["IngestionStatus"] = "initial-ingestion-in-progress";
    answer["EarliestDatapointTimestamp"] = answer["LatestDatapointTimestamp"] = current["Since"];
  }
  return answer;
}

Document tag_key(const Document& key) {
  return {{"TagKey", key}, {"Status", "activated"}, {"CapacityManagerProvided", false}};
}

Document GetCapacityManagerMonitoredTagKeys(Call& call) {
  std::vector<Document> keys;
  for (const auto& each : settings(call)["TagKeys"].get<std::vector<Document>>()) keys.push_back(tag_key(each));
  return describe_documents(call, "CapacityManagerTagKeys", std::move(keys));
}

Document UpdateCapacityManagerMonitoredTagKeys(Call& call) {
  Document changed = settings(call);
  require_enabled(changed);
  auto& keys = changed["TagKeys"];
  for (const auto& each : call.items("DeactivateTagKeys")) {
    if (const auto found = std::ranges::find(keys, each); found != keys.end()) keys.erase(found);
  }
  for (const auto& each : call.items("ActivateTagKeys")) {
    if (std::ranges::find(keys, each) == keys.end()) keys.push_back(each);
  }
  put_settings(call, changed);
  Document answer = Document::array();
  for (const auto& each : keys) answer.push_back(tag_key(each));
  return {{"CapacityManagerTagKeys", std::move(answer)}};
}

constexpr Operation kOperations[] = {
    {.name = "DisableCapacityManager", .run = DisableCapacityManager, .access = Access::write},
    {.name = "EnableCapacityManager", .run = EnableCapacityManager, .access = Access::write},
    {.name = "GetCapacityManagerAttributes", .run = GetCapacityManagerAttributes, .access = Access::read},
    {.name = "GetCapacityManagerMonitoredTagKeys", .run = GetCapacityManagerMonitoredTagKeys, .access = Access::read},
    {.name = "UpdateCapacityManagerMonitoredTagKeys",
     .run = UpdateCapacityManagerMonitoredTagKeys,
     .access = Access::write},
    {.name = "UpdateCapacityManagerOrganizationsAccess",
     .run = UpdateCapacityManagerOrganizationsAccess,
     .access = Access::write},
};

}  // namespace

Family capacity_manager_family() { return {.operations = kOperations}; }

}  // namespace fogling
