/// Windows of the week in which EC2 may carry out its events on instances, and what is told about such events.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"
#include "emulator/references.hpp"
#include "emulator/tags.hpp"

namespace fogling {
namespace {

constexpr std::string_view kWindow = "instance-event-window";

// ---- When
// ------------------------------------------------------------------------------------------------------------

constexpr std::string_view kDays[] = {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};

std::int64_t hour_of_week(std::string_view day, std::int64_t hour) {
  return std::distance(std::begin(kDays), std::ranges::find(kDays, day)) * 24 + hour;
}

/// User Guide: each range is at least two hours long, all of them together at least four. Assumed: the words.
void check_ranges(const Document& ranges) {
  constexpr std::int64_t kWeek = 7 * 24, kLeastEach = 2, kLeastAll = 4;
  std::int64_t all = 0;
  for (const auto& range : ranges) {
    for (const char* member : {"StartWeekDay", "StartHour", "EndWeekDay", "EndHour"}) {
      if (!has(range, member)) throw errors::missing_parameter(member);
    }
    const auto start = hour_of_week(text(range, "StartWeekDay"), *integer(range, "StartHour"));
    const auto end = hour_of_week(text(range, "EndWeekDay"), *integer(range, "EndHour"));
    const auto hours = (end - start + kWeek) % kWeek;
    if (hours < kLeastEach) {
      throw errors::invalid_parameter_value(
          fmt::format("Each time range has to be at least {} hours long.", kLeastEach));
    }
    all += hours;
  }
  if (all < kLeastAll) {
    throw errors::invalid_parameter_value(
        fmt::format("The time ranges have to be at least {} hours a week.", kLeastAll));
  }
}

/// `* 21-23 * * 2,3`: minutes are a star, hours say when, days of the week may. Assumed: the words.
void check_cron(std::string_view cron) {
  std::vector<std::string_view> fields;
  for (std::string_view rest = cron; !rest.empty();) {
    const auto blank = std::min(rest.find(' '), rest.size());
    if (blank > 0) fields.push_back(rest.substr(0, blank));
    rest.remove_prefix(std::min(blank + 1, rest.size()));
  }
  const bool is_well_formed_cron =
      fields.size() == 5 && fields[0] == "*" && fields[2] == "*" && fields[3] == "*" && fields[1] != "*";
  if (!is_well_formed_cron)
    throw errors::invalid_value(cron, "cronExpression", "It is not the expression of a window.");
}

void check_times(Call& call) {
  const auto& ranges = call.items("TimeRanges");
  const auto cron = call.text("CronExpression");
  if (!ranges.empty() && !cron.empty()) throw errors::not_together("TimeRanges", "CronExpression");
  if (!ranges.empty()) check_ranges(ranges);
  if (!cron.empty()) check_cron(cron);
}

void create(Call& call, state::GenericResource&) { check_times(call); }

/// The one way to say when replaces the other.
void modify(Call& call, state::GenericResource& window) {
  check_times(call);
  if (!call.items("TimeRanges").empty()) window.document.erase("CronExpression");
  if (!call.text("CronExpression").empty()) window.document.erase("TimeRanges");
}

// ---- For what
// --------------------------------------------------------------------------------------------------------

/// The request's targets under the names that a description has for them, each checked.
Document read_targets(Call& call) {
  const auto& given = call.part("AssociationTarget");
  for (const auto& id : items(given, "InstanceIds")) require_exists(call, "instance", id.get_ref<const std::string&>());
  for (const auto& id : items(given, "DedicatedHostIds")) {
    require_resource(call, "dedicated-host", id.get_ref<const std::string&>());
  }
  read_tags(items(given, "InstanceTags"));
  const int kinds = !items(given, "InstanceIds").empty() + !items(given, "DedicatedHostIds").empty() +
                    !items(given, "InstanceTags").empty();
  if (kinds == 0) throw errors::missing_parameter("AssociationTarget");
  if (kinds > 1) {
    throw errors::invalid_combination(
        "A window is associated with instances, with Dedicated Hosts or with tags.");  // Assumed
  }
  return {{"InstanceIds", items(given, "InstanceIds")},
          {"DedicatedHostIds", items(given, "DedicatedHostIds")},
          {"Tags", items(given, "InstanceTags")}};
}

/// Whether there was anything to add or to take away.
bool put_targets(Document& all, const Document& more, bool adds) {
  bool is_changed = false;
  for (const auto& [member, list] : more.items()) {
    auto& kept = all[member];
    if (!kept.is_array()) kept = Document::array();
    for (const auto& each : list) {
      const auto found = std::ranges::find(kept, each);
      if (adds != (found == kept.end())) continue;
      is_changed = true;
      if (adds) {
        kept.push_back(each);
      } else {
        kept.erase(found);
      }
    }
  }
  return is_changed;
}

Document change_association(Call& call, bool adds) {
  auto window = require_resource(call, kWindow, call.require("InstanceEventWindowId"));
  const bool is_changed = put_targets(window.document["AssociationTarget"], read_targets(call), adds);
  if (!adds && !is_changed) {
    throw errors::invalid_parameter_value(
        fmt::format("The target is not associated with the event window '{}'.",
                    window.resource_id));  // Assumed: that it is refused, code and words
  }
  state::update(call.txn, window);
  return {{"InstanceEventWindow", shown(call, window)}};
}

Document AssociateInstanceEventWindow(Call& call) { return change_association(call, true); }
Document DisassociateInstanceEventWindow(Call& call) { return change_association(call, false); }

Document DeleteInstanceEventWindow(Call& call) {
  auto window = require_resource(call, kWindow, call.require("InstanceEventWindowId"));
  const auto& target = part(window.document, "AssociationTarget");
  const bool is_associated = std::ranges::any_of(target, [](const Document& each) { return !each.empty(); });
  if (is_associated && !call.flag("ForceDelete").value_or(false)) {
    throw errors::dependency_violation(
        fmt::format("The instance event window '{}' is associated with a target and cannot be deleted.",
                    window.resource_id));  // Assumed
  }
  remove_resource(call, window);
  return {{"InstanceEventWindowState", {{"InstanceEventWindowId", window.resource_id}, {"State", window.state}}}};
}

// ---- Tags in notifications of events
// ---------------------------------------------------------------------------------

constexpr std::string_view kNotification = "instance-event-notification-attributes";
constexpr std::size_t kMostKeys = 10;

Document notification(const Call& call) {
  const auto saved = state::get_setting(call.txn, call.scope, kNotification);
  return saved.empty() ? Document{{"IncludeAllTagsOfInstance", false}, {"InstanceTagKeys", Document::array()}}
                       : Document::parse(saved);
}

Document put_notification(Call& call, const Document& attribute) {
  state::put_setting(call.txn, call.scope, kNotification, attribute.dump());
  return {{"InstanceTagAttribute", attribute}};
}

Document RegisterInstanceEventNotificationAttributes(Call& call) {
  const auto& given = call.part("InstanceTagAttribute");
  Document attribute = notification(call);
  if (given.value("IncludeAllTagsOfInstance", false)) {
    if (!items(given, "InstanceTagKeys").empty())
      throw errors::not_together("InstanceTagKeys", "IncludeAllTagsOfInstance");
    attribute["IncludeAllTagsOfInstance"] = true;
  }
  auto& keys = attribute["InstanceTagKeys"];
  for (const auto& each : items(given, "InstanceTagKeys")) {
    if (std::ranges::find(keys, each) == keys.end()) keys.push_back(each);
  }
  if (keys.size() > kMostKeys) {
    throw errors::invalid_parameter_value(fmt::format("At most {} tag keys can be registered.", kMostKeys));  // Assumed
  }
  return put_notification(call, attribute);
}

Document DeregisterInstanceEventNotificationAttributes(Call& call) {
  const auto& given = call.part("InstanceTagAttribute");
  Document attribute = notification(call);
  if (given.value("IncludeAllTagsOfInstance", false)) attribute["IncludeAllTagsOfInstance"] = false;
  auto& keys = attribute["InstanceTagKeys"];
  for (const auto& each : items(given, "InstanceTagKeys")) {
    if (const auto found = std::ranges::find(keys, each); found != keys.end()) keys.erase(found);
  }
  return put_notification(call, attribute);
}

Document DescribeInstanceEventNotificationAttributes(Call& call) {
  return {{"InstanceTagAttribute", notification(call)}};
}

// ---- Scheduled events
// ------------------------------------------------------------------------------------------------

/// A scheduled event may be moved to another time before its deadline.
Document ModifyInstanceEventStartTime(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  const auto id = call.require("InstanceEventId");
  auto& events = instance.options["_events"];
  const auto event =
      std::ranges::find_if(events, [&](const Document& each) { return text(each, "InstanceEventId") == id; });
  if (event == events.end()) {
    throw ApiError("InvalidInstanceEventIDNotFound",  // Assumed: the words
                   fmt::format("The instance event ID '{}' does not exist", id));
  }
  const auto deadline = text(*event, "NotBeforeDeadline"), time = call.require("NotBefore");
  if (parse_time(time) <= call.now_ms || (!deadline.empty() && parse_time(time) > parse_time(deadline))) {
    throw ApiError("InvalidInstanceEventStartTime",  // Assumed: the words
                   fmt::format("The start time '{}' is not in the future, or after the event's deadline.", time));
  }
  (*event)["NotBefore"] = time;
  const Document changed = *event;
  state::update(call.txn, instance);
  return {{"Event", changed}};
}

constexpr Operation kOperations[] = {
    {.name = "AssociateInstanceEventWindow", .run = AssociateInstanceEventWindow, .access = Access::write},
    {.name = "DeleteInstanceEventWindow", .run = DeleteInstanceEventWindow, .access = Access::write},
    {.name = "DeregisterInstanceEventNotificationAttributes",
     .run = DeregisterInstanceEventNotificationAttributes,
     .access = Access::write},
    {.name = "DescribeInstanceEventNotificationAttributes",
     .run = DescribeInstanceEventNotificationAttributes,
     .access = Access::read},
    {.name = "DisassociateInstanceEventWindow", .run = DisassociateInstanceEventWindow, .access = Access::write},
    {.name = "ModifyInstanceEventStartTime", .run = ModifyInstanceEventStartTime, .access = Access::write},
    {.name = "RegisterInstanceEventNotificationAttributes",
     .run = RegisterInstanceEventNotificationAttributes,
     .access = Access::write},
};
constexpr Hooks kHooks[] = {{.kind = "instance-event-window", .create = create, .modify = modify}};

}  // namespace

Family instance_event_windows_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
