#include "api/fragments.hpp"

#include <cstring>
#include <limits>

namespace fogling::api {
namespace {

using Number = std::uint16_t;
constexpr std::size_t kMost = std::numeric_limits<Number>::max();
/// What a node of the map takes beside its text.
constexpr std::size_t kNodeBytes = 128;

void append_number(std::string& out, std::size_t value) {
  const auto number = static_cast<Number>(value);
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}

std::size_t take_number(std::string_view& text) {
  Number number = 0;
  std::memcpy(&number, text.data(), sizeof number);
  text.remove_prefix(sizeof number);
  return number;
}

}  // namespace

std::vector<Fragments::Span> Fragments::values_of(std::string_view item) {
  std::vector<Span> values;
  for (auto end = item.find('>'); end != std::string_view::npos; end = item.find('>', end)) {
    const auto next = item.find('<', ++end);
    if (next == std::string_view::npos) break;
    if (next > end) values.push_back({end, next - end});
  }
  return values;
}

const Fragments::Pattern& Fragments::pattern_for(std::string_view item, const std::vector<Span>& values) {
  std::string tags;
  std::size_t at = 0;
  for (const auto& value : values) {
    tags.append(item, at, value.offset - at).append(1, '=');
    at = value.offset + value.length;
  }
  tags.append(item, at);
  auto [found, is_new] = patterns_.try_emplace(std::move(tags));
  if (is_new) {
    found->second = {std::string(item), values};
    bytes_ += found->first.size() + item.size() + values.size() * sizeof(Span) + kNodeBytes;
  }
  return found->second;
}

bool Fragments::append_to(std::string& out, std::string_view id) const {
  const auto found = items_.find(id);
  if (found == items_.end()) return false;
  const auto& [pattern, differences] = found->second;
  std::size_t at = 0;
  for (std::string_view rest = differences; !rest.empty();) {
    const Span& value = pattern->values[take_number(rest)];
    const std::size_t length = take_number(rest);
    out.append(pattern->text, at, value.offset - at).append(rest.substr(0, length));
    rest.remove_prefix(length);
    at = value.offset + value.length;
  }
  out.append(pattern->text, at);
  return true;
}

void Fragments::keep(std::string_view id, std::string_view item) {
  drop(id);
  if (bytes_ > limit_bytes_) clear();
  const auto values = values_of(item);
  if (values.size() > kMost) return;
  const Pattern& pattern = pattern_for(item, values);
  std::string differences;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = item.substr(values[i].offset, values[i].length);
    if (value == std::string_view(pattern.text).substr(pattern.values[i].offset, pattern.values[i].length)) continue;
    if (value.size() > kMost) return;
    append_number(differences, i);
    append_number(differences, value.size());
    differences += value;
  }
  differences.shrink_to_fit();
  bytes_ += id.size() + differences.size() + kNodeBytes;
  items_.try_emplace(std::string(id), Item{&pattern, std::move(differences)});
}

void Fragments::drop(std::string_view id) {
  const auto found = items_.find(id);
  if (found == items_.end()) return;
  bytes_ -= id.size() + found->second.differences.size() + kNodeBytes;
  items_.erase(found);
}

void Fragments::clear() {
  items_.clear();
  patterns_.clear();
  bytes_ = 0;
}

}  // namespace fogling::api
