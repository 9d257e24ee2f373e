/// Watermarks, instance type specifications and findings of images; what the first two mean is in
/// emulator/image_rules.hpp.

#include "emulator/image_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/encoding.hpp"
#include "emulator/images.hpp"

namespace fogling {
namespace {

// ---- Watermarks ----------------------------------------------------------------------------------------------------

/// Documented.
bool is_watermark_name(std::string_view name) {
  return name.size() >= 3 && name.size() <= 128 && consists_of_letters_digits_and("()[] ./-'@_", name);
}

/// `123456789012:approvedAmi`
bool is_watermark_key(std::string_view key) {
  const auto colon = key.find(':');
  return colon == 12 && consists_of_letters_digits_and("", key.substr(0, colon)) &&
         is_watermark_name(key.substr(colon + 1));
}

Document AttachImageWatermark(Call& call) {
  auto image = require_own_image(call, call.require("ImageId"));
  const auto name = call.require("WatermarkName");
  if (!is_watermark_name(name)) throw errors::invalid_value(name, "WatermarkName");
  if (image.is_public) {  // Assumed: code and words
    throw errors::operation_not_permitted(
        fmt::format("The image '{}' is public: watermarks cannot be attached to it.", image.image_id));
  }
  const auto key = fmt::format("{}:{}", call.scope.account, name);
  auto& watermarks = image.options["ImageWatermarks"];
  const bool has_it =
      std::ranges::any_of(watermarks, [&](const Document& each) { return text(each, "WatermarkKey") == key; });
  if (!has_it) {
    watermarks.push_back({{"WatermarkKey", key},
                          {"SourceImageId", image.image_id},
                          {"SourceImageRegion", call.scope.region},
                          {"SourceImageCreationTime", iso_time(image.creation_time_ms)},
                          {"WatermarkCreationTime", iso_time(call.now_ms)}});
    state::update(call.txn, image);
  }
  return {{"WatermarkKey", key}};
}

/// Documented: a success also where there is none.
Document DetachImageWatermark(Call& call) {
  auto image = require_own_image(call, call.require("ImageId"));
  const auto key = call.require("WatermarkKey");
  if (!is_watermark_key(key)) throw errors::invalid_value(key, "WatermarkKey");
  Document kept = Document::array();
  for (const auto& each : items(image.options, "ImageWatermarks")) {
    if (text(each, "WatermarkKey") != key) kept.push_back(each);
  }
  image.options["ImageWatermarks"] = std::move(kept);
  state::update(call.txn, image);
  return {{"Return", true}};
}

// ---- Instance types ------------------------------------------------------------------------------------------------

constexpr std::size_t kMostTypes = 100, kLongestType = 24;  // documented

void check_type_pattern(const std::string& type) {
  const bool is_pattern = !type.empty() && type.size() <= kLongestType &&
                          consists_of_letters_digits_and("_.*-", type) && type.find("**") == std::string::npos;
  if (!is_pattern) throw errors::invalid_value(type, "InstanceType");
}

Document read_types(const Document& given, std::set<std::string>& seen) {
  if (given.size() > kMostTypes) {
    throw errors::invalid_parameter_value(
        fmt::format("Up to {} instance types can be specified.", kMostTypes));  // Assumed: the words
  }
  Document types = Document::array();
  for (const auto& each : given) {
    const auto& type = each.get_ref<const std::string&>();
    check_type_pattern(type);
    if (!seen.insert(type).second)
      throw errors::invalid_value(type, "InstanceType", "It is specified more than once.");  // Assumed: the words
    types.push_back({{"InstanceType", type}});
  }
  return types;
}

/// Without a specification the image has none any more.
Document ReplaceImageInstanceTypeSpecification(Call& call) {
  auto image = require_own_image(call, call.require("ImageId"));
  const auto& given = call.part("InstanceTypeSpecification");
  std::set<std::string> seen;
  Document specification = Document::object();
  for (const char* member : {"SupportedInstanceTypes", "UnsupportedInstanceTypes"}) {
    if (auto types = read_types(items(given, member), seen); !types.empty()) specification[member] = std::move(types);
  }
  if (specification.empty()) {
    image.options.erase("InstanceTypeSpecification");
  } else {
    image.options["InstanceTypeSpecification"] = std::move(specification);
  }
  state::update(call.txn, image);
  return {{"ReturnValue", true}};
}

// ---- Findings ------------------------------------------------------------------------------------------------------

/// Amazon Inspector, which is not here, finds nothing in what it has not scanned.
Document GetImageFindings(Call& call) {
  require_image(call, call.require("ImageId"));
  return describe_documents(call, "ImageFindings", {});
}

constexpr Operation kOperations[] = {
    {.name = "AttachImageWatermark", .run = AttachImageWatermark, .access = Access::write},
    {.name = "DetachImageWatermark", .run = DetachImageWatermark, .access = Access::write},
    {.name = "GetImageFindings", .run = GetImageFindings, .access = Access::read},
    {.name = "ReplaceImageInstanceTypeSpecification",
     .run = ReplaceImageInstanceTypeSpecification,
     .access = Access::write},
};

}  // namespace

Family image_rules_family() { return {.operations = kOperations}; }

}  // namespace fogling
