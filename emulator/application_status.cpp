#include "emulator/application_status.hpp"

#include <algorithm>
#include <charconv>

#include "emulator/clock.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"
#include "emulator/lifecycle.hpp"

namespace fogling {
namespace {

/// The first code that a matcher takes: `200` of `200,202,300-399`.
int first_code(std::string_view matcher) {
  int code = 0;
  std::from_chars(matcher.data(), matcher.data() + matcher.size(), code);
  return code;
}

/// Of an association with this instance, or with a tag it has. Older than the check's own last one are those by tags:
/// Assumed.
std::int64_t associated_ms(const GenericResource& check, const state::Instance& instance) {
  const auto since = text(part(check.document, "_instances"), instance.instance_id);
  return parse_time(since.empty() ? text(check.document, "CreationTime") : since);
}

/// When a check has succeeded often enough for the first time.
std::int64_t passes_at_ms(const GenericResource& check, const state::Instance& instance) {
  const auto seconds = [&](const char* member) { return integer(check.document, member).value_or(0); };
  const auto begins_ms = std::max(instance.launch_time_ms + seconds("InitializationGracePeriodSeconds") * 1000,
                                  associated_ms(check, instance));
  return begins_ms + seconds("SuccessThreshold") * seconds("Interval") * 1000;
}

}  // namespace

Document suppression_of(const Context& context, const state::Instance& instance) {
  const auto& suppression = part(instance.options, "_ApplicationStatusSuppression");
  if (suppression.empty()) return nullptr;
  const auto resume = text(suppression, "ResumeAt");
  return !resume.empty() && parse_time(resume) <= context.now_ms ? Document() : suppression;
}

ApplicationStatuses::ApplicationStatuses(Context& context)
    : context_(context), checks_(state::list_kind(context.txn, context.scope, kApplicationStatusCheck)) {
  std::erase_if(checks_, [](const GenericResource& check) { return check.state == "deleted"; });
}

bool ApplicationStatuses::applies(const GenericResource& check, const state::Instance& instance) {
  if (has(part(check.document, "_instances"), instance.instance_id)) return true;
  const auto& wanted = items(check.document, "TargetTagAssociations");
  if (wanted.empty()) return false;
  const auto tags = state::tags_of(context_.txn, instance.instance_id);
  return std::ranges::any_of(tags, [&](const Tag& tag) {
    return std::ranges::find(wanted, Document{{"Key", tag.key}, {"Value", tag.value}}) != wanted.end();
  });
}

/// Shape ApplicationStatusDetail.
Document ApplicationStatuses::detail(const GenericResource& check, const state::Instance& instance) {
  Document out{{"ApplicationStatusCheckId", check.resource_id},
               {"Aggregation", check.document["Aggregation"]},
               {"CheckUpdateTime", check.document["LastUpdatedAt"]},
               {"StatusTimeStamp", iso_seconds(context_.now_ms)}};
  const auto set = [&](std::string_view status, std::int64_t since_ms) {
    out["Status"] = status;
    out["StatusSince"] = iso_seconds(since_ms);
  };
  if (instance.state != instance_state::running) {
    set("not-applicable", instance.launch_time_ms);
    return out;
  }
  const auto passes_ms = passes_at_ms(check, instance);
  if (passes_ms > context_.now_ms && !settles_at_once(context_)) {
    set("initializing", std::max(instance.launch_time_ms, associated_ms(check, instance)));
    return out;
  }
  set("passed", std::min(passes_ms, context_.now_ms));
  out["Reason"] = {{"Code", "ResponseCodeMatched"},
                   {"StatusCode", first_code(text(check.document, "StatusCodeMatcher"))},
                   {"Protocol", text(check.document, "Protocol") == "https" ? "HTTPS" : "HTTP"}};
  return out;
}

Document ApplicationStatuses::of(const state::Instance& instance) {
  Document details = Document::array();
  std::string_view status = "not-applicable";
  std::string since = iso_seconds(instance.launch_time_ms);
  for (const auto& check : checks_) {
    if (!applies(check, instance)) continue;
    details.push_back(detail(check, instance));
    const auto& made = details.back();
    if (text(made, "Aggregation") != "included" || text(made, "Status") == "not-applicable") continue;
    if (text(made, "Status") == "initializing") status = "initializing";
    if (text(made, "Status") == "passed" && status == "not-applicable") status = "ok";
    since = std::max(since, std::string(text(made, "StatusSince")));
  }
  Document out{{"Status", status}, {"StatusTimeStamp", iso_seconds(context_.now_ms)}, {"StatusSince", since}};
  if (const auto suppression = suppression_of(context_, instance); !suppression.is_null()) {
    out["Status"] = "suppressed";
    out["StatusSince"] = suppression["SuppressAt"];
    set_if(out, "ResumeAt", text(suppression, "ResumeAt"));
  }
  if (!details.empty()) out["Details"] = std::move(details);
  return out;
}

std::optional<Document> ApplicationStatuses::summary_of(const state::Instance& instance) {
  const bool is_checked = std::ranges::any_of(checks_, [&](const auto& check) { return applies(check, instance); });
  if (!is_checked) return std::nullopt;
  const Document status = of(instance);
  // The summary has no word for what is suppressed. Assumed: it says that nothing is reported.
  const auto word = text(status, "Status");
  return Document{{"Status", word == "suppressed" ? "not-applicable" : word}};
}

}  // namespace fogling
