#include "emulator/tags.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fogling {
namespace {

constexpr std::size_t kMaxTags = 50, kMaxKeyLength = 127, kMaxValueLength = 256;

/// Characters, not bytes: the continuation bytes of UTF-8 do not count.
std::size_t length(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool is_reserved(std::string_view key) {
  return key.size() >= 4 && (key[0] | 0x20) == 'a' && (key[1] | 0x20) == 'w' && (key[2] | 0x20) == 's' && key[3] == ':';
}

ApiError too_many() { return {"TagLimitExceeded", "More than 50 tags specified"}; }

}  // namespace

std::vector<Tag> read_tags(const Document& tags) {
  std::vector<Tag> out;
  for (const auto& each : tags) {
    Tag tag{std::string(text(each, "Key")), std::string(text(each, "Value"))};
    if (tag.key.empty()) throw errors::invalid_parameter_value("Tag key cannot be null or empty");
    if (is_reserved(tag.key)) {
      throw errors::invalid_parameter_value("Tag keys starting with 'aws:' are reserved for internal use");
    }
    if (length(tag.key) > kMaxKeyLength) {
      throw errors::invalid_parameter_value(
          fmt::format("Tag key exceeds the maximum length of {} characters", kMaxKeyLength));
    }
    if (length(tag.value) > kMaxValueLength) {
      throw errors::invalid_parameter_value(
          fmt::format("Tag value exceeds the maximum length of {} characters", kMaxValueLength));
    }
    if (std::ranges::any_of(out, [&](const Tag& other) { return other.key == tag.key; })) {
      throw errors::invalid_parameter_value(fmt::format("Duplicate tag key '{}' specified.", tag.key));
    }
    out.push_back(std::move(tag));
  }
  if (out.size() > kMaxTags) throw too_many();
  return out;
}

std::map<std::string, std::vector<Tag>, std::less<>> read_tag_specifications(const Document& in,
                                                                             const model::Operation& operation) {
  std::map<std::string, std::vector<Tag>, std::less<>> by_type;
  for (const auto& specification : items(in, "TagSpecifications")) {
    const std::string type(text(specification, "ResourceType"));
    if (type.empty()) throw errors::missing_parameter("ResourceType");
    if (!operation.taggable.empty() && std::ranges::find(operation.taggable, type) == operation.taggable.end()) {
      throw errors::invalid_parameter_value(
          fmt::format("'{}' is not a valid taggable resource type for this operation.", type));
    }
    if (items(specification, "Tags").empty()) {
      throw errors::invalid_parameter_value("Tag specification must have at least one tag");
    }
    if (!by_type.emplace(type, read_tags(items(specification, "Tags"))).second) {
      throw errors::invalid_parameter_value(fmt::format(
          "Tag specification resource type '{}' is specified more than once.", type));  // Assumed: the words
    }
  }
  return by_type;
}

void apply_tags(Call& call, std::string_view resource_id, std::string_view resource_type) {
  const auto found = call.tags.find(resource_type);
  if (found == call.tags.end()) return;
  for (const auto& tag : found->second) state::put_tag(call.txn, call.scope, resource_id, resource_type, tag);
}

void add_tags(Context& context, std::string_view resource_id, std::string_view resource_type,
              const std::vector<Tag>& tags) {
  for (const auto& tag : tags) state::put_tag(context.txn, context.scope, resource_id, resource_type, tag);
  const auto all = state::tags_of(context.txn, context.scope, resource_id);
  const auto own = std::ranges::count_if(all, [](const Tag& tag) { return !is_reserved(tag.key); });
  if (own > static_cast<std::ptrdiff_t>(kMaxTags)) throw too_many();
}

namespace {

Document as_set(const std::vector<Tag>& tags) {
  Document set = Document::array();
  for (const auto& tag : tags) set.push_back(object({{"Key", tag.key}, {"Value", tag.value}}));
  return set;
}

}  // namespace

Document tag_set(Context& context, std::string_view resource_id) {
  return as_set(state::tags_of(context.txn, context.scope, resource_id));
}

Document tag_set(Transaction& txn, std::string_view resource_id) { return as_set(state::tags_of(txn, resource_id)); }

void set_tags(Document& out, Transaction& txn, std::string_view resource_id) {
  if (auto set = tag_set(txn, resource_id); !set.empty()) out["Tags"] = std::move(set);
}

}  // namespace fogling
