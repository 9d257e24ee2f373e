#include "emulator/image_making.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fogling {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("()[] ./-'@_").find(c) != std::string_view::npos;
}

}  // namespace

void check_image_name(Context& context, std::string_view name) {
  if (name.size() < 3 || name.size() > 128 || !std::ranges::all_of(name, is_name_character)) {
    throw ApiError(
        "InvalidAMIName.Malformed",
        "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', "
        "'/' and '_'");
  }
  if (const auto taken = state::find_image_by_name(context.txn, context.scope, name)) {
    throw ApiError("InvalidAMIName.Duplicate",
                   fmt::format("AMI name {} is already in use by AMI {}", name, taken->image_id));
  }
}

state::Image new_image(Context& context, std::string_view name, std::string_view description) {
  state::Image image;
  image.account = context.scope.account;
  image.region = context.scope.region;
  image.image_id = context.make_id("ami");
  image.name = name;
  image.description = description;
  image.creation_time_ms = context.now_ms;
  image.launch_permissions = Document::array();
  image.block_device_mappings = Document::array();
  image.options = Document::object();
  return image;
}

void store_image(Context& context, state::Image& image) {
  state::insert(context.txn, image);
  for (const auto& mapping : image.block_device_mappings) {
    if (const auto snapshot = text(part(mapping, "Ebs"), "SnapshotId"); !snapshot.empty())
      state::add_image_snapshot(context.txn, image, snapshot);
  }
}

}  // namespace fogling
