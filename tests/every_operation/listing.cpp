#include "tests/every_operation/listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "fixtures/kinds/kinds.hpp"

namespace fogling::test {

std::string list_of(const model::Operation& operation) {
  if (operation.paginator != nullptr) return std::string(operation.paginator->items);
  if (operation.output == nullptr) return {};
  for (const auto& member : operation.output->members) {
    if (member.shape->type == model::Type::list) return std::string(member.name);
  }
  for (const auto& member : operation.output->members) {
    for (const auto& inner : member.shape->members) {
      if (inner.shape->type == model::Type::list) return fmt::format("{}.{}", member.name, inner.name);
    }
  }
  return {};
}

Document items_at(const Document& answer, std::string_view path) {
  const auto dot = path.find('.');
  const auto found = answer.find(path.substr(0, dot));
  if (found == answer.end()) return Document::array();
  return dot == std::string_view::npos ? *found : items_at(*found, path.substr(dot + 1));
}

const model::Member* filters_member(const model::Operation& operation) {
  for (const char* name : {"Filters", "Filter"}) {
    const auto* member = model::find_member(*operation.input, name);
    if (member != nullptr && member->shape->type == model::Type::list) return member;
  }
  return nullptr;
}

std::string noun_in_names(std::string_view type) {
  if (type == "elastic-ip") return "Address";
  std::string noun;
  bool begins = true;
  for (const char c : type) {
    if (c != '-') noun += begins ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    begins = c == '-';
  }
  return noun;
}

bool is_about(std::string_view operation, std::string_view type) {
  const auto noun = noun_in_names(type);
  if (operation.ends_with('s') && !noun.ends_with('s')) operation.remove_suffix(1);
  return operation.size() >= noun.size() &&
         std::ranges::equal(operation.substr(operation.size() - noun.size()), noun,
                            [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

std::optional<Description> description_of(const ResourceType& type) {
  std::string name = fmt::format("Describe{}s", noun_in_names(type.type));
  if (name == "DescribeAddresss") name = "DescribeAddresses";
  if (const auto* kind = kinds::find(type.type)) {
    const auto declared = std::ranges::find(kind->operations, kinds::Role::describe, &kinds::DeclaredOperation::role);
    if (declared != kind->operations.end()) name = declared->operation;
  }
  const auto* operation = model::find_operation(name);
  if (operation == nullptr) return std::nullopt;
  Description description{operation, {}};
  const auto noun = noun_in_names(type.type);
  for (const auto& member : operation->input->members) {
    if (member.shape->type != model::Type::list || !(member.name.ends_with("Ids") || member.name.ends_with("Id")))
      continue;
    // Snapshots can be asked for by their owners' ids, too.
    if (description.ids.empty() || member.name.starts_with(noun)) description.ids = member.wire_in;
  }
  return description;
}

}  // namespace fogling::test
