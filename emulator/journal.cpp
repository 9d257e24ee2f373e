#include "emulator/journal.hpp"

#include <algorithm>

namespace fogling {
namespace {

/// Values that are longer are cut: they are policies and the like.
constexpr std::size_t kMostOfValue = 4096;
constexpr std::size_t kMostResources = 100;

/// Credentials and what else belongs to the envelope rather than to the call.
bool is_envelope(std::string_view name) {
  constexpr std::string_view kNames[] = {"Action",    "Version",         "AWSAccessKeyId",
                                         "Signature", "SignatureMethod", "SignatureVersion",
                                         "Timestamp", "Expires",         "SecurityToken"};
  return name.starts_with("X-Amz-") || std::ranges::find(kNames, name) != std::end(kNames);
}

/// What the model calls sensitive, and key material.
bool is_secret(std::string_view segment) {
  constexpr std::string_view kNames[] = {
      "UserData",     "PublicKeyMaterial",     "PreSharedKey", "ClientSecret",     "MacCredentials",
      "UploadPolicy", "UploadPolicySignature", "PresignedUrl", "ImportManifestUrl"};
  return std::ranges::find(kNames, segment) != std::end(kNames);
}

bool has_secret(std::string_view name) {
  while (!name.empty()) {
    const auto segment = name.substr(0, name.find('.'));
    if (segment.size() >= 8 && is_secret(segment)) return true;  // shorter ones are none of these
    name.remove_prefix(std::min(name.size(), segment.size() + 1));
  }
  return false;
}

bool is_of_user_data(const Event::Parameters& parameters) {
  return std::ranges::any_of(parameters,
                             [](const auto& each) { return each.first == "Attribute" && each.second == "userData"; });
}

std::size_t bytes_of(const Event& event) {
  std::size_t bytes = sizeof(Event) + event.message.size();
  for (const auto& [name, value] : event.parameters) bytes += sizeof(std::string) * 2 + name.size() + value.size();
  for (const auto& id : event.resources) bytes += sizeof(std::string) + id.size();
  return bytes;
}

}  // namespace

void keep_no_secrets(std::string_view operation, Event::Parameters& parameters) {
  std::erase_if(parameters, [](const auto& each) { return is_envelope(each.first); });
  // ModifyInstanceAttribute with Attribute=userData has the data in Value.
  const bool is_value_secret = operation == "ModifyInstanceAttribute" && is_of_user_data(parameters);
  for (auto& [name, value] : parameters) {
    if (has_secret(name) || (is_value_secret && name == "Value")) value = kHidden;
    if (value.size() <= kMostOfValue) continue;
    value.resize(kMostOfValue);
    value += "...";
  }
}

bool looks_like_id(std::string_view text) {
  const auto dash = text.rfind('-');
  if (dash == std::string_view::npos || dash == 0 || text.size() > 64) return false;
  const auto digits = text.substr(dash + 1);
  return (digits.size() == 17 || digits.size() == 8) && text.front() >= 'a' && text.front() <= 'z' &&
         std::ranges::all_of(digits, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

void add_ids(const Document& answer, Event& event) {
  if (answer.is_structured()) {
    for (const auto& each : answer) add_ids(each, event);
  } else if (answer.is_string()) {
    const auto& text = answer.get_ref<const std::string&>();
    if (!looks_like_id(text) || std::ranges::find(event.resources, text) != event.resources.end()) return;
    if (event.resources.size() < kMostResources) {
      event.resources.push_back(text);
    } else {
      ++event.more;
    }
  }
}

void add_ids(std::vector<std::string> ids, Event& event) {
  if (ids.size() > kMostResources) {
    event.more += ids.size() - kMostResources;
    ids.resize(kMostResources);
  }
  event.resources = std::move(ids);
}

void Journal::forget(std::string_view account, std::string_view region) {
  if (account.empty() && region.empty()) {
    first_ += events_.size();
    events_.clear();
    bytes_ = 0;
    lost_ = 0;
    return;
  }
  for (auto& each : events_) {
    const bool is_meant = (account.empty() || each.account == account) && (region.empty() || each.region == region);
    if (!is_meant) continue;
    bytes_ -= bytes_of(each);
    each = Event();
    each.type = Event::Type::forgotten;
    bytes_ += bytes_of(each);
  }
}

void Journal::begin_call() {
  is_in_call_ = true;
  pending_.clear();  // of a transaction that was rolled back
}

void Journal::add_call(Event call) {
  append(std::move(call));
  for (auto& each : held_) append(std::move(each));
  held_.clear();
  pending_.clear();
  is_in_call_ = false;
}

void Journal::move(const state::Due& due, std::int64_t time_ms) {
  if (!is_on()) return;
  Event event;
  event.type = Event::Type::move;
  event.time_ms = time_ms;
  event.account = due.scope.account;
  event.region = due.scope.region;
  event.name = due.move;
  event.kind = due.kind;
  event.resources.push_back(due.resource_id);
  pending_.push_back(std::move(event));
}

void Journal::commit_moves() {
  for (auto& each : pending_) {
    if (is_in_call_) {
      held_.push_back(std::move(each));
    } else {
      append(std::move(each));
    }
  }
  pending_.clear();
}

void Journal::end_group(bool is_kept) {
  for (; of_group_ > 0 && !is_kept; --of_group_) {
    bytes_ -= bytes_of(events_.back());
    events_.pop_back();
  }
  of_group_ = 0;
  is_in_group_ = false;
}

void Journal::append(Event event) {
  if (!is_on()) return;
  bytes_ += bytes_of(event);
  events_.push_back(std::move(event));
  if (is_in_group_) ++of_group_;
  while (events_.size() > of_group_ + 1 && (bytes_ > most_bytes_ || events_.size() > most_events_)) {
    bytes_ -= bytes_of(events_.front());
    events_.pop_front();
    lost_ = first_++;
  }
}

}  // namespace fogling
