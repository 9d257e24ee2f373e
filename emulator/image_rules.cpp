#include "emulator/image_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fixtures/catalogue/catalogue.hpp"

namespace fogling {
namespace {

bool is_listed(const Document& types, std::string_view instance_type) {
  return std::ranges::any_of(
      types, [&](const Document& each) { return matches_wildcard(text(each, "InstanceType"), instance_type); });
}

/// Those of the catalogue have neither, and are launched the most.
std::optional<state::Image> find_made(const Context& context, std::string_view image_id) {
  if (catalogue::find_image(context.scope.region, image_id) != nullptr) return std::nullopt;
  return state::find_anywhere<state::Image>(context.txn, image_id);
}

}  // namespace

Document image_watermarks(const Context& context, std::string_view image_id) {
  const auto row = find_made(context, image_id);
  return row ? items(row->options, "ImageWatermarks") : Document::array();
}

void inherit_watermarks(const Context& context, std::string_view source_image_id, state::Image& image) {
  if (auto watermarks = image_watermarks(context, source_image_id); !watermarks.empty())
    image.options["ImageWatermarks"] = std::move(watermarks);
}

void check_instance_type_specification(const Context& context, std::string_view image_id,
                                       std::string_view instance_type) {
  const auto row = find_made(context, image_id);
  if (!row || !has(row->options, "InstanceTypeSpecification")) return;
  const auto& specification = part(row->options, "InstanceTypeSpecification");
  const auto& supported = items(specification, "SupportedInstanceTypes");
  const bool fits = (supported.empty() || is_listed(supported, instance_type)) &&
                    !is_listed(items(specification, "UnsupportedInstanceTypes"), instance_type);
  if (fits) return;
  throw errors::invalid_combination(  // Assumed: the words
      fmt::format("The instance type '{}' is not compatible with the instance type specification of the image '{}'.",
                  instance_type, image_id));
}

}  // namespace fogling
