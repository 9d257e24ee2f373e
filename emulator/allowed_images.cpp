#include "emulator/allowed_images.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/image_rules.hpp"

namespace fogling {
namespace {

constexpr std::int64_t kDay_ms = 86'400'000;

/// Empty lists ask for nothing.
bool is_one_of(const Document& wanted, const auto& matches) {
  return wanted.empty() ||
         std::ranges::any_of(wanted, [&](const Document& each) { return matches(each.get_ref<const std::string&>()); });
}

bool is_younger(const Document& condition, const char* member, std::string_view since, std::int64_t now_ms) {
  const auto days = integer(condition, member);
  return !days || since.empty() || parse_time(since) >= now_ms - *days * kDay_ms;
}

/// An image meets one of the watermarks asked for by one of those it has.
bool has_watermark(const Context& context, const Document& wanted, const catalogue::Image& image) {
  if (wanted.empty()) return true;
  const auto watermarks = image_watermarks(context, image.image_id);
  const auto matches = [&](const Document& filter, const Document& watermark) {
    const auto fits = [&](const char* member) {
      const auto pattern = text(filter, member);
      return pattern.empty() || matches_wildcard(pattern, text(watermark, member));
    };
    return fits("WatermarkKey") && fits("SourceImageRegion") &&
           is_younger(filter, "MaximumDaysSinceSourceImageCreated", text(watermark, "SourceImageCreationTime"),
                      context.now_ms) &&
           is_younger(filter, "MaximumDaysSinceWatermarkCreated", text(watermark, "WatermarkCreationTime"),
                      context.now_ms);
  };
  return std::ranges::any_of(wanted, [&](const Document& filter) {
    return std::ranges::any_of(watermarks, [&](const Document& watermark) { return matches(filter, watermark); });
  });
}

/// Documented: what Amazon Inspector has not scanned meets no condition on scans; it scans nothing here.
bool has_scans(const Document& criterion) { return part(criterion, "ScanResultCondition").empty(); }

bool meets(const Context& context, const Document& criterion, const catalogue::Image& image) {
  const auto now_ms = context.now_ms;
  return has_scans(criterion) && has_watermark(context, items(criterion, "ImageWatermarks"), image) &&
         is_one_of(items(criterion, "ImageProviders"),
                   [&](const std::string& provider) {
                     return provider == image.owner_id || (!image.owner_alias.empty() && provider == image.owner_alias);
                   }) &&
         is_one_of(items(criterion, "ImageNames"),
                   [&](const std::string& name) { return matches_wildcard(name, image.name); }) &&
         is_one_of(items(criterion, "MarketplaceProductCodes"),
                   [&](const std::string& code) {
                     return std::ranges::find(image.product_codes, code, &catalogue::ProductCode::id) !=
                            image.product_codes.end();
                   }) &&
         is_younger(part(criterion, "CreationDateCondition"), "MaximumDaysSinceCreated", image.creation_date, now_ms) &&
         is_younger(part(criterion, "DeprecationTimeCondition"), "MaximumDaysSinceDeprecated", image.deprecation_time,
                    now_ms);
}

}  // namespace

Document allowed_images(const Context& context) {
  const auto saved = state::get_setting(context.txn, context.scope, "allowed-images");
  Document settings{{"State", "disabled"}, {"ImageCriteria", Document::array()}};
  if (!saved.empty()) settings.update(Document::parse(saved));
  return settings;
}

bool is_allowed(const Context& context, const Document& settings, const catalogue::Image& image) {
  return image.owner_id == context.scope.account ||
         std::ranges::any_of(items(settings, "ImageCriteria"),
                             [&](const Document& criterion) { return meets(context, criterion, image); });
}

void check_allowed(const Context& context, const catalogue::Image& image) {
  const auto settings = allowed_images(context);
  if (text(settings, "State") != "enabled" || is_allowed(context, settings, image)) return;
  throw errors::operation_not_permitted(fmt::format(
      "The image '{}' is not allowed by the Allowed AMIs settings of this account.", image.image_id));  // Assumed
}

}  // namespace fogling
