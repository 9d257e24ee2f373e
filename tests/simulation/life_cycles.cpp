#include "tests/simulation/life_cycles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "emulator/instances.hpp"
#include "fixtures/kinds/kinds.hpp"

namespace fogling::simulation {
namespace {

/// From one state to another; a birth comes from "", a removal leads to "".
struct Step {
  std::string_view from, to;
};

/// EC2's documented life cycles of what has a table of its own, but instances, whose table is the server's own.
constexpr Step kVolume[] = {{"", "creating"},        {"creating", "available"}, {"", "in-use"},
                            {"available", "in-use"}, {"in-use", "available"},   {"available", "deleting"},
                            {"deleting", ""},        {"available", ""}};
constexpr Step kAttachment[] = {{"", "attaching"},         {"attaching", "attached"}, {"attaching", "detaching"},
                                {"attached", "detaching"}, {"detaching", ""},         {"attached", ""},
                                {"attaching", ""}};
constexpr Step kModification[] = {{"", "modifying"}, {"modifying", "optimizing"}, {"optimizing", "completed"},
                                  {"modifying", ""}, {"optimizing", ""},          {"completed", ""}};
constexpr Step kSnapshot[] = {{"", "pending"}, {"pending", "completed"}, {"completed", ""}, {"pending", ""}};
constexpr Step kImage[] = {{"", "pending"},           {"", "available"},         {"pending", "available"},
                           {"available", "disabled"}, {"disabled", "available"}, {"available", ""},
                           {"pending", ""},           {"disabled", ""}};
constexpr Step kVpc[] = {
    {"", "pending"}, {"", "available"}, {"pending", "available"}, {"available", ""}, {"pending", ""}};
constexpr Step kSubnet[] = {
    {"", "pending"}, {"", "available"}, {"pending", "available"}, {"available", ""}, {"pending", ""}};
constexpr Step kInterface[] = {
    {"", "pending"}, {"", "available"},       {"pending", "available"}, {"pending", "in-use"}, {"available", "in-use"},
    {"", "in-use"},  {"in-use", "available"}, {"available", ""},        {"pending", ""},       {"in-use", ""}};
constexpr Step kInterfaceAttachment[] = {
    {"", "attaching"},         {"attaching", "attached"}, {"attaching", "detaching"},
    {"attached", "detaching"}, {"detaching", ""},         {"attached", ""},
    {"attaching", ""},         {"", "attached"}};  // a service's own, such as a NAT gateway's
constexpr Step kMonitoring[] = {{"", "disabled"},         {"", "pending"},           {"pending", "enabled"},
                                {"enabled", "disabling"}, {"disabling", "disabled"}, {"disabled", "pending"},
                                {"disabling", "pending"}, {"pending", "disabling"},  {"enabled", ""},
                                {"disabled", ""},         {"pending", ""},           {"disabling", ""}};

/// What a declared kind goes through beyond what its file declares.
constexpr struct {
  std::string_view kind;
  Step step;
} kFurther[] = {
    {"spot-instances-request", {"open", "active"}},
    {"spot-instances-request", {"open", "cancelled"}},
    {"spot-instances-request", {"open", "closed"}},
    {"spot-instances-request", {"open", "failed"}},
    {"spot-instances-request", {"active", "open"}},
    {"spot-instances-request", {"active", "closed"}},
    {"spot-instances-request", {"active", "cancelled"}},
    {"spot-instances-request", {"active", "disabled"}},
    {"spot-instances-request", {"disabled", "active"}},
    {"spot-instances-request", {"disabled", "cancelled"}},
    {"spot-instances-request", {"disabled", "closed"}},
    {"spot-instances-request", {"disabled", "open"}},
    {"fleet", {"submitted", "active"}},
    {"fleet", {"submitted", "modifying"}},
    {"fleet", {"active", "modifying"}},
    {"fleet", {"modifying", "active"}},
    {"fleet", {"*", "deleted_running"}},
    {"fleet", {"*", "deleted_terminating"}},
    {"spot-fleet-request", {"submitted", "active"}},
    {"spot-fleet-request", {"submitted", "modifying"}},
    {"spot-fleet-request", {"active", "modifying"}},
    {"spot-fleet-request", {"modifying", "active"}},
    {"spot-fleet-request", {"*", "cancelled_running"}},
    {"spot-fleet-request", {"*", "cancelled_terminating"}},
    {"import-instance-task", {"completed", "cancelled"}},
    {"import-volume-task", {"completed", "cancelled"}},
    {"client-vpn-endpoint", {"pending-associate", "pending"}},
    {"client-vpn-endpoint", {"pending", "available"}},
    {"vpc-encryption-control", {"*", "monitor-in-progress"}},
    {"vpc-encryption-control", {"*", "enforce-in-progress"}},
    {"vpc-encryption-control", {"monitor-in-progress", "available"}},
    {"vpc-encryption-control", {"enforce-in-progress", "available"}},
    {"vpc-encryption-control", {"enforce-in-progress", "enforce-failed"}},
};

constexpr struct {
  std::string_view table, column, id;
  std::span<const Step> steps = {};  ///< empty: the server's own tables know
} kCycles[] = {
    {"instance", "state", "instance_id"},
    {"instance", "monitoring", "instance_id", kMonitoring},
    {"volume", "state", "volume_id", kVolume},
    {"volume_attachment", "state", "volume_id", kAttachment},
    {"volume_modification", "modification_state", "volume_id", kModification},
    {"snapshot", "state", "snapshot_id", kSnapshot},
    {"image", "state", "image_id", kImage},
    {"vpc", "state", "vpc_id", kVpc},
    {"subnet", "state", "subnet_id", kSubnet},
    {"network_interface", "status", "network_interface_id", kInterface},
    {"network_interface", "attachment_status", "network_interface_id", kInterfaceAttachment},
    {"resource", "state", "resource_id"},
};

/// A launch that settles at once writes its rows as they stand after the answer.
constexpr struct {
  std::string_view table, column, state;
} kSettledBirths[] = {{"instance", "state", instance_state::running},
                      {"instance", "monitoring", "enabled"},
                      {"volume_attachment", "state", "attached"}};

bool is_settled_birth(std::string_view table, std::string_view column, std::string_view from, std::string_view to) {
  return from.empty() && std::ranges::any_of(kSettledBirths, [&](const auto& each) {
           return each.table == table && each.column == column && each.state == to;
         });
}

bool is_instance_step(std::string_view from, std::string_view to) {
  if (from.empty()) return to == instance_state::pending;
  if (to.empty()) return from == instance_state::terminated;
  return std::ranges::any_of(kInstanceMoves, [&](const Move& move) {
    return (move.from == from && move.at_once == to) || (move.at_once == from && move.finally == to);
  });
}

/// What declared kinds do beyond their files: answers of another side, failures, changes.
constexpr struct {
  std::string_view kind;
  Step step;
} kOwnSteps[] = {{"vpc-peering-connection", {"initiating-request", "failed"}},
                 {"vpc-peering-connection", {"pending-acceptance", "expired"}},
                 {"vpc-peering-connection", {"pending-acceptance", "rejected"}},
                 {"vpc-peering-connection", {"pending-acceptance", "provisioning"}},
                 {"vpc-peering-connection", {"provisioning", "active"}},
                 {"vpc-endpoint", {"", "available"}},
                 {"vpc-endpoint", {"", "pendingAcceptance"}},
                 {"vpc-endpoint", {"pendingAcceptance", "pending"}},
                 {"vpc-endpoint", {"pendingAcceptance", "rejected"}},
                 {"vpc-endpoint", {"pending", "rejected"}},
                 {"vpc-endpoint", {"available", "rejected"}},
                 {"vpc-endpoint", {"rejected", "pending"}},
                 {"vpn-connection", {"available", "modifying"}},
                 {"vpn-connection", {"modifying", "available"}},
                 {"transit-gateway-attachment", {"", "pendingAcceptance"}},
                 {"transit-gateway-attachment", {"pendingAcceptance", "pending"}},
                 {"transit-gateway-attachment", {"pendingAcceptance", "rejecting"}},
                 {"transit-gateway-attachment", {"rejecting", "rejected"}},
                 {"transit-gateway-attachment", {"pending", "initiatingRequest"}},
                 {"transit-gateway-attachment", {"initiatingRequest", "pendingAcceptance"}}};

/// What a declared kind declares. Of other kinds of the long tail nothing is known.
bool is_declared_step(std::string_view kind_name, std::string_view from, std::string_view to) {
  const auto* kind = kinds::find(kind_name);
  if (kind == nullptr || kind->state.empty() || to.empty() || from == to) return true;
  if (std::ranges::any_of(kOwnSteps, [&](const auto& own) {
        return own.kind == kind_name && own.step.from == from && own.step.to == to;
      }))
    return true;
  if (from.empty()) return kind->create.at_once.empty() || to == kind->create.at_once;
  const bool goes_further = std::ranges::any_of(kFurther, [&](const auto& each) {
    return each.kind == kind_name && (each.step.from == "*" || each.step.from == from) && each.step.to == to;
  });
  if (goes_further) return true;
  return std::ranges::any_of(std::array{kind->create, kind->modify, kind->remove}, [&](const kinds::Transition& each) {
    return to == each.at_once || (from == each.at_once && to == each.finally);
  });
}

bool is_legal(std::string_view table, std::string_view column, std::string_view from, std::string_view to) {
  // A row of the long tail is told under the name of its kind.
  if (std::ranges::find_if(kCycles, [&](const auto& each) { return each.table == table; }) == std::end(kCycles)) {
    return is_declared_step(table, from, to);
  }
  const auto* cycle =
      std::ranges::find_if(kCycles, [&](const auto& each) { return each.table == table && each.column == column; });
  if (cycle->steps.empty()) return is_instance_step(from, to);
  return std::ranges::any_of(cycle->steps, [&](const Step& step) { return step.from == from && step.to == to; });
}

}  // namespace

LifeCycles::LifeCycles(SQLite::Database& connection) : connection_(connection) {
  connection_.exec("CREATE TEMP TABLE step (kind TEXT, state TEXT, id TEXT, before TEXT, after TEXT)");
  for (const auto& cycle : kCycles) {
    const auto watch = [&](std::string_view event, std::string_view row, std::string_view before,
                           std::string_view after) {
      connection_.exec(
          fmt::format("CREATE TEMP TRIGGER step_{0}_{1}_{2} AFTER {2} ON main.{0} WHEN {3} IS NOT {4} BEGIN INSERT"
                      " INTO step VALUES ({7}, '{1}', {5}.{6}, {3}, {4}); END",
                      cycle.table, cycle.column, event, before, after, row, cycle.id,
                      cycle.table == "resource" ? fmt::format("{}.kind", row) : fmt::format("'{}'", cycle.table)));
    };
    const auto before = fmt::format("old.{}", cycle.column), after = fmt::format("new.{}", cycle.column);
    watch("INSERT", "new", "''", after);
    watch("UPDATE", "new", before, after);
    watch("DELETE", "old", before, "''");
  }
}

std::vector<std::string> LifeCycles::illegal(bool settles_at_once) {
  std::vector<std::string> found;
  {
    SQLite::Statement steps(connection_, "SELECT DISTINCT kind, state, id, before, after FROM step");
    while (steps.executeStep()) {
      const auto at = [&](int column) { return steps.getColumn(column).getString(); };
      if (settles_at_once && is_settled_birth(at(0), at(1), at(3), at(4))) continue;
      if (!is_legal(at(0), at(1), at(3), at(4))) {
        found.push_back(
            fmt::format("no life cycle leads the {} of {} {} from '{}' to '{}'", at(1), at(0), at(2), at(3), at(4)));
      }
    }
  }
  connection_.exec("DELETE FROM step");
  return found;
}

}  // namespace fogling::simulation
