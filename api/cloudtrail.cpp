#include "api/cloudtrail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "api/events.hpp"
#include "emulator/clock.hpp"

namespace fogling::api {
namespace {

constexpr std::int64_t kMostOfPage = 50;

bool is_read_only(std::string_view operation) {
  return operation.starts_with("Describe") || operation.starts_with("Get") || operation.starts_with("Search") ||
         operation.starts_with("List");
}

std::string_view source_of(const Event& event) {
  return event.name == "GetCallerIdentity" ? "sts.amazonaws.com" : "ec2.amazonaws.com";
}

/// One of the request's LookupAttributes; CloudTrail takes one at most.
struct Attribute {
  std::string key, value;
};

Attribute read_attribute(const Document& in) {
  const auto& given = items(in, "LookupAttributes");
  if (given.empty()) return {};
  if (given.size() > 1)  // Assumed: the words
    throw ApiError("InvalidLookupAttributesException", "Only one lookup attribute can be specified.");
  constexpr std::string_view kKeys[] = {"EventId",      "EventName",    "ReadOnly",    "Username",
                                        "ResourceType", "ResourceName", "EventSource", "AccessKeyId"};
  Attribute out{std::string(text(given[0], "AttributeKey")), std::string(text(given[0], "AttributeValue"))};
  if (std::ranges::find(kKeys, out.key) == std::end(kKeys))
    throw ApiError("InvalidLookupAttributesException", "The lookup attribute is not valid.");
  return out;
}

bool fits(const Event& event, const Attribute& attribute) {
  if (attribute.key.empty()) return true;
  if (attribute.key == "EventId") return event.request_id == attribute.value;
  if (attribute.key == "EventName") return event.name == attribute.value;
  if (attribute.key == "ReadOnly") return attribute.value == (is_read_only(event.name) ? "true" : "false");
  if (attribute.key == "Username") return attribute.value == "root";
  if (attribute.key == "EventSource") return attribute.value == source_of(event);
  if (attribute.key != "ResourceName") return false;  // nothing is kept of types and keys
  const auto ids = ids_of(event);
  return std::ranges::find(ids, attribute.value) != ids.end();
}

std::string uncapitalised(std::string name) {
  if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z') name[0] = static_cast<char>(name[0] - 'A' + 'a');
  return name;
}

/// Assumed: members as the SDKs have them, with a small first letter. EC2's own records have `instancesSet` and
/// `items`.
Document request_parameters(const Document& in) {
  if (in.is_object()) {
    Document out = Document::object();
    for (const auto& [name, value] : in.items()) out[uncapitalised(name)] = request_parameters(value);
    return out;
  }
  if (!in.is_array()) return in;
  Document out = Document::array();
  for (const auto& each : in) out.push_back(request_parameters(each));
  return out;
}

std::string record(const Event& event) {
  const std::string arn = fmt::format("arn:aws:iam::{}:root", event.account);
  Document out{
      {"eventVersion", "1.08"},
      {"userIdentity", {{"type", "Root"}, {"principalId", event.account}, {"arn", arn}, {"accountId", event.account}}},
      {"eventTime", iso_time(event.time_ms)},
      {"eventSource", source_of(event)},
      {"eventName", event.name},
      {"awsRegion", event.region},
      {"requestParameters", request_parameters(bound_parameters(event))},
      {"responseElements", nullptr},
      {"requestID", event.request_id},
      {"eventID", event.request_id},
      {"readOnly", is_read_only(event.name)},
      {"eventType", "AwsApiCall"},
      {"managementEvent", true},
      {"recipientAccountId", event.account},
      {"eventCategory", "Management"}};
  if (!event.code.empty()) {
    // EC2's codes have a word before them there that says whose fault it is.
    out["errorCode"] = (event.code == "InternalError" ? "Server." : "Client.") + event.code;
    out["errorMessage"] = event.message;
  }
  return out.dump(-1, ' ', false, Document::error_handler_t::replace);
}

Document described(const Event& event) {
  Document resources = Document::array();
  for (const auto& id : ids_of(event)) resources.push_back({{"ResourceName", id}});
  return {{"EventId", event.request_id},
          {"EventName", event.name},
          {"ReadOnly", is_read_only(event.name) ? "true" : "false"},
          {"EventTime", static_cast<double>(event.time_ms) / 1000},
          {"EventSource", source_of(event)},
          {"Username", "root"},
          {"Resources", std::move(resources)},
          {"CloudTrailEvent", record(event)}};
}

/// Seconds since 1970 in the JSON protocol; nothing where it was left out.
std::optional<double> read_time(const Document& in, const char* member) {
  if (!in.contains(member)) return std::nullopt;
  if (!in[member].is_number()) throw ApiError("SerializationException", fmt::format("{} is a time", member));
  return in[member].get<double>();
}

std::uint64_t read_token(const Document& in, std::uint64_t otherwise) {
  const auto token = text(in, "NextToken");
  if (token.empty()) return otherwise;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
  if (error != std::errc() || end != token.data() + token.size())
    throw ApiError("InvalidNextTokenException", "The specified token is not valid.");  // Assumed: the words
  return std::min(number, otherwise);
}

}  // namespace

bool is_cloudtrail(std::string_view target) { return target.ends_with("CloudTrail_20131101.LookupEvents"); }

Document lookup_events(const Document& in, const Journal& journal, const state::Scope& scope) {
  const auto most = integer(in, "MaxResults").value_or(kMostOfPage);
  if (most < 1 || most > kMostOfPage)
    throw ApiError("InvalidMaxResultsException", "MaxResults is a number from 1 to 50.");  // Assumed: the words
  const Attribute attribute = read_attribute(in);
  const auto from = read_time(in, "StartTime"), to = read_time(in, "EndTime");
  if (from && to && *from > *to)
    throw ApiError("InvalidTimeRangeException", "The start time is after the end time.");  // Assumed: the words
  Document events = Document::array();
  std::uint64_t number = read_token(in, journal.newest());
  for (; number >= journal.oldest() && events.size() < static_cast<std::size_t>(most); --number) {
    const Event& event = journal.at(number);
    const double time_s = static_cast<double>(event.time_ms) / 1000;
    const bool is_in_time = (!from || time_s >= *from) && (!to || time_s <= *to);
    const bool is_ours = event.account == scope.account && event.region == scope.region;
    if (event.type == Event::Type::call && is_ours && is_in_time && fits(event, attribute))
      events.push_back(described(event));
  }
  Document answer{{"Events", std::move(events)}};
  if (number >= journal.oldest()) answer["NextToken"] = std::to_string(number);
  return answer;
}

}  // namespace fogling::api
