/// Application status checks: their settings, the instances and tags they are associated with, and suppression. Making,
/// showing, changing and deleting are declared.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "emulator/application_status.hpp"
#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"
#include "emulator/tags.hpp"

namespace fogling {
namespace {

constexpr std::size_t kMostTags = 50, kMostSuppressed = 100;  // documented

// ---- Settings ------------------------------------------------------------------------------------------------------

/// `200`, or `300-399`.
bool is_code_range(std::string_view text) {
  const auto dash = text.find('-');
  const auto code = [](std::string_view digits) {
    int value = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() && value >= 100 && value <= 599 ? value : -1;
  };
  if (dash == std::string_view::npos) return code(text) > 0;
  const int first = code(text.substr(0, dash)), last = code(text.substr(dash + 1));
  return first > 0 && first < last;
}

bool is_matcher(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    if (!is_code_range(text.substr(at, end - at))) return false;
    at = end + 1;
  }
  return true;
}

/// Documented: what each may be. Assumed: the words.
void check_settings(const Document& check) {
  struct Range {
    const char* member;
    std::int64_t least, most;
  };
  constexpr Range kRanges[] = {{"Port", 1, 65535},
                               {"Interval", 60, 60},
                               {"Timeout", 1, 30},
                               {"FailureThreshold", 1, INT32_MAX},
                               {"SuccessThreshold", 1, INT32_MAX},
                               {"InitializationGracePeriodSeconds", 1, 600},
                               {"DeviceIndex", 0, INT32_MAX}};
  for (const auto& range : kRanges) {
    const auto value = integer(check, range.member).value_or(0);
    if (value >= range.least && value <= range.most) continue;
    throw errors::invalid_value(std::to_string(value), range.member);
  }
  if (const auto path = text(check, "Path"); !path.starts_with('/'))
    throw errors::invalid_value(path, "Path", "It has to begin with a slash.");
  if (const auto matcher = text(check, "StatusCodeMatcher"); !is_matcher(matcher))
    throw errors::invalid_value(matcher, "StatusCodeMatcher");
}

void create(Call& /*call*/, GenericResource& check) { check_settings(check.document); }
void modify(Call& /*call*/, GenericResource& check) { check_settings(check.document); }

/// Documented: its associations go with it.
void remove(Call& call, GenericResource& check) {
  check.document["DeletionTime"] = iso_seconds(call.now_ms);
  check.document["TargetTagAssociations"] = Document::array();
  check.document.erase("_instances");
}

// ---- Associations --------------------------------------------------------------------------------------------------

struct Associating {
  GenericResource check;
  Document successful = Document::array(), unsuccessful = Document::array();

  Document result(std::string_view type, std::string_view value) const {
    return {{"ApplicationStatusCheckId", check.resource_id}, {"AssociationType", type}, {"AssociationValue", value}};
  }
  void succeed(std::string_view type, std::string_view value) { successful.push_back(result(type, value)); }
  void fail(std::string_view type, std::string_view value, const std::string& reason) {
    Document failed = result(type, value);
    failed["Reason"] = reason;
    unsuccessful.push_back(std::move(failed));
  }
  Document answer() {
    return {{"SuccessfulResults", std::move(successful)}, {"UnsuccessfulResults", std::move(unsuccessful)}};
  }
};

/// Documented: either tags or instances, and no blank keys.
Associating start(Call& call) {
  Associating started{require_resource(call, kApplicationStatusCheck, call.require("ApplicationStatusCheckId"))};
  const auto& tags = call.items("TargetTagAssociations");
  if (!tags.empty() && !call.items("InstanceIds").empty())
    throw errors::not_together("TargetTagAssociations", "InstanceIds");
  if (tags.empty() && call.items("InstanceIds").empty()) throw errors::missing_parameter("InstanceIds");
  for (const auto& tag : tags) {
    if (text(tag, "Key").find_first_not_of(' ') == std::string_view::npos)
      throw errors::invalid_parameter_value("Tag keys must not be blank.");  // Assumed: the words
  }
  return started;
}

Document pair_of(const Document& tag) { return {{"Key", text(tag, "Key")}, {"Value", text(tag, "Value")}}; }
std::string value_of(const Document& tag) { return fmt::format("{}={}", text(tag, "Key"), text(tag, "Value")); }

void associate_tags(const Call& call, Associating& associating) {
  auto& all = associating.check.document["TargetTagAssociations"];
  for (const auto& tag : call.items("TargetTagAssociations")) {
    const bool is_new = std::ranges::find(all, pair_of(tag)) == all.end();
    if (is_new && all.size() >= kMostTags) {  // Assumed: the words
      associating.fail("EC2TAG", value_of(tag),
                       fmt::format("An application status check can have up to {} tag associations.", kMostTags));
      continue;
    }
    if (is_new) all.push_back(pair_of(tag));
    associating.succeed("EC2TAG", value_of(tag));
  }
}

void associate_instances(Call& call, Associating& associating) {
  for (const auto& each : call.items("InstanceIds")) {
    const auto& id = each.get_ref<const std::string&>();
    try {
      require_alive(require_instance(call, id));
    } catch (const ApiError& error) {
      associating.fail("INSTANCE_ID", id, error.message);
      continue;
    }
    auto& since = associating.check.document["_instances"][id];
    if (since.is_null()) since = iso_seconds(call.now_ms);
    state::add_reference(call.txn, call.scope, associating.check.resource_id, id, false);
    associating.succeed("INSTANCE_ID", id);
  }
}

Document AssociateApplicationStatusCheck(Call& call) {
  auto associating = start(call);
  associate_tags(call, associating);
  associate_instances(call, associating);
  state::update(call.txn, associating.check);
  return associating.answer();
}

Document DisassociateApplicationStatusCheck(Call& call) {
  auto associating = start(call);
  auto& document = associating.check.document;
  for (const auto& tag : call.items("TargetTagAssociations")) {
    auto& all = document["TargetTagAssociations"].get_ref<Document::array_t&>();
    if (std::erase(all, pair_of(tag)) > 0) {
      associating.succeed("EC2TAG", value_of(tag));
    } else {
      associating.fail("EC2TAG", value_of(tag), "The association does not exist.");  // Assumed: the words
    }
  }
  for (const auto& each : call.items("InstanceIds")) {
    const auto& id = each.get_ref<const std::string&>();
    if (has(part(document, "_instances"), id)) {
      document["_instances"].erase(id);
      state::remove_reference(call.txn, associating.check.resource_id, id);
      associating.succeed("INSTANCE_ID", id);
    } else {
      associating.fail("INSTANCE_ID", id, "The association does not exist.");  // Assumed: the words
    }
  }
  state::update(call.txn, associating.check);
  return associating.answer();
}

/// A terminated instance is checked no longer.
void follow_instance(Context& context, const state::Instance& instance) {
  if (instance.state != instance_state::terminated) return;
  for (auto& check : state::list_referring(context.txn, instance.instance_id, kApplicationStatusCheck)) {
    if (has(part(check.document, "_instances"), instance.instance_id))
      check.document["_instances"].erase(instance.instance_id);
    state::remove_reference(context.txn, check.resource_id, instance.instance_id);
    state::update(context.txn, check);
  }
}

Document DescribeApplicationStatusCheckAssociations(Call& call) {
  auto ids = requested_ids(call, kApplicationStatusCheck, "ApplicationStatusCheckIds");
  if (ids.empty()) {
    for (const auto& check : state::list_kind(call.txn, call.scope, kApplicationStatusCheck)) {
      if (check.state != "deleted") ids.push_back(check.resource_id);
    }
  }
  std::vector<Document> associations;
  Document tags = Document::array();
  for (const auto& id : ids) {
    const auto check = require_resource(call, kApplicationStatusCheck, id);
    for (const auto& tag : items(check.document, "TargetTagAssociations")) {
      associations.push_back(
          {{"ApplicationStatusCheckId", id}, {"AssociationType", "tag"}, {"Key", tag["Key"]}, {"Value", tag["Value"]}});
    }
    const auto& instances = part(check.document, "_instances");
    for (const auto& [instance_id, since] : instances.items()) {
      associations.push_back(
          {{"ApplicationStatusCheckId", id}, {"AssociationType", "instance-id"}, {"Value", instance_id}});
    }
    for (const auto& tag : tag_set(call, id)) {
      if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(tag);
    }
  }
  Document answer = describe_documents(call, "Associations", std::move(associations), "ApplicationStatusCheckIds");
  if (!tags.empty()) answer["Tags"] = std::move(tags);
  return answer;
}

// ---- Suppression ---------------------------------------------------------------------------------------------------

const Document& suppressed_ids(const Call& call) {
  const auto& ids = call.items("InstanceIds");
  if (ids.empty()) throw errors::missing_parameter("InstanceIds");
  if (ids.size() > kMostSuppressed) {  // Assumed: the words
    throw errors::invalid_parameter_value(fmt::format("A request can have up to {} instance IDs.", kMostSuppressed));
  }
  return ids;
}

/// Does to each instance what `change` does, which fills in the times of the answer.
Document change_suppression(Call& call, const Document& times,
                            void (*change)(Call&, state::Instance&, Document& result)) {
  Document successful = Document::array(), unsuccessful = Document::array();
  for (const auto& id : suppressed_ids(call)) {
    Document result = times;
    result["InstanceId"] = id;
    try {
      auto instance = require_instance(call, id.get_ref<const std::string&>());
      require_alive(instance);
      change(call, instance, result);
      state::update(call.txn, instance);
      successful.push_back(std::move(result));
    } catch (const ApiError& error) {
      result["Reason"] = error.message;
      unsuccessful.push_back(std::move(result));
    }
  }
  return {{"SuccessfulResults", std::move(successful)}, {"UnsuccessfulResults", std::move(unsuccessful)}};
}

Document EnableApplicationStatusCheckSuppression(Call& call) {
  Document times{{"SuppressAt", iso_seconds(call.now_ms)}};
  if (const auto duration_s = call.integer("DurationSeconds")) {
    if (*duration_s < 1) throw errors::invalid_value(std::to_string(*duration_s), "DurationSeconds");
    times["ResumeAt"] = iso_seconds(call.now_ms + *duration_s * 1000);
  }
  return change_suppression(call, times, [](Call&, state::Instance& instance, Document& result) {
    Document suppression{{"SuppressAt", result["SuppressAt"]}};
    set_if(suppression, "ResumeAt", text(result, "ResumeAt"));
    instance.options["_ApplicationStatusSuppression"] = std::move(suppression);
  });
}

/// Ends what goes on; an instance that is not suppressed is none the less answered as one that is not. Assumed: the
/// latter.
Document DisableApplicationStatusCheckSuppression(Call& call) {
  const Document times{{"ResumeAt", iso_seconds(call.now_ms)}};
  return change_suppression(call, times, [](Call& of, state::Instance& instance, Document& result) {
    if (const auto before = suppression_of(of, instance); !before.is_null())
      result["SuppressAt"] = before["SuppressAt"];
    instance.options.erase("_ApplicationStatusSuppression");
  });
}

// ---- Status --------------------------------------------------------------------------------------------------------

/// Of the instances named, or of all that are not terminated. Assumed: the latter.
Document DescribeApplicationStatus(Call& call) {
  auto instances = call.items("InstanceIds").empty() ? state::list<state::Instance>(call.txn, call.scope)
                                                     : require_instances(call, call.items("InstanceIds"));
  if (call.items("InstanceIds").empty())
    std::erase_if(instances, [](const auto& each) { return each.state == instance_state::terminated; });
  std::ranges::sort(instances, {}, &state::Instance::seq);
  ApplicationStatuses statuses(call);
  PageBuilder<state::Instance> page{call, read_paging(call, "InstanceIds")};
  for (const auto& instance : instances) {
    const bool is_taken = page.offer(instance, [&](const state::Instance& each) {
      Document out{{"InstanceId", each.instance_id},
                   {"AvailabilityZone", each.availability_zone},
                   {"AvailabilityZoneId", each.availability_zone_id},
                   {"ApplicationStatus", statuses.of(each)}};
      if (auto tags = tag_set(call, each.instance_id); !tags.empty()) out["Tags"] = std::move(tags);
      return out;
    });
    if (!is_taken) break;
    call.looked_at.push_back(instance.instance_id);
  }
  Document answer{{"ApplicationStatuses", {{"Instances", std::move(page.items)}}}};
  if (page.is_full) answer["NextToken"] = make_token(call, page.last_seq);
  return answer;
}

constexpr FilterPath kStatusFilters[] = {{"status", "ApplicationStatus.Status"}};

constexpr Operation kOperations[] = {
    {.name = "AssociateApplicationStatusCheck", .run = AssociateApplicationStatusCheck, .access = Access::write},
    {.name = "DescribeApplicationStatus",
     .run = DescribeApplicationStatus,
     .access = Access::read,
     .listed = "InstanceApplicationStatus",
     .filters = kStatusFilters},
    {.name = "DescribeApplicationStatusCheckAssociations",
     .run = DescribeApplicationStatusCheckAssociations,
     .access = Access::read,
     .listed = "ApplicationStatusCheckAssociationObject"},
    {.name = "DisableApplicationStatusCheckSuppression",
     .run = DisableApplicationStatusCheckSuppression,
     .access = Access::write},
    {.name = "DisassociateApplicationStatusCheck", .run = DisassociateApplicationStatusCheck, .access = Access::write},
    {.name = "EnableApplicationStatusCheckSuppression",
     .run = EnableApplicationStatusCheckSuppression,
     .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = kApplicationStatusCheck, .create = create, .modify = modify, .remove = remove}};
constexpr InstanceWatcher kWatchers[] = {follow_instance};

}  // namespace

Family application_status_checks_family() {
  return {.operations = kOperations, .hooks = kHooks, .watchers = kWatchers};
}

}  // namespace fogling
