/// The settings of Allowed AMIs; what they mean for images is in emulator/allowed_images.hpp.

#include "emulator/allowed_images.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fogling {
namespace {

constexpr std::size_t kMostCriteria = 10, kMostProviders = 200;

void save(Call& call, const Document& settings) {
  state::put_setting(call.txn, call.scope, "allowed-images", settings.dump());
}

Document GetAllowedImagesSettings(Call& call) {
  Document answer = allowed_images(call);
  answer["ManagedBy"] = "account";
  return answer;
}

Document set_state(Call& call, std::string_view state) {
  Document settings = allowed_images(call);
  settings["State"] = state;
  save(call, settings);
  return {{"AllowedImagesSettingsState", state}};
}
Document EnableAllowedImagesSettings(Call& call) { return set_state(call, call.require("AllowedImagesSettingsState")); }
Document DisableAllowedImagesSettings(Call& call) { return set_state(call, "disabled"); }

bool is_provider(std::string_view provider) {
  const bool is_account =
      provider.size() == 12 && std::ranges::all_of(provider, [](char c) { return c >= '0' && c <= '9'; });
  return is_account || provider == "amazon" || provider == "aws-marketplace" || provider == "aws-backup-vault" ||
         provider == "none";
}

Document ReplaceImageCriteriaInAllowedImagesSettings(Call& call) {
  const auto& criteria = call.items("ImageCriteria");
  if (criteria.size() > kMostCriteria) {
    throw errors::invalid_parameter_value(
        fmt::format("At most {} image criteria can be specified.", kMostCriteria));  // Assumed: the words
  }
  for (const auto& criterion : criteria) {
    const auto& providers = items(criterion, "ImageProviders");
    if (providers.size() > kMostProviders) {
      throw errors::invalid_parameter_value(
          fmt::format("At most {} image providers can be specified.", kMostProviders));  // Assumed: the words
    }
    for (const auto& each : providers) {
      const auto& provider = each.get_ref<const std::string&>();
      if (!is_provider(provider)) throw errors::invalid_value(provider, "imageProvider");  // Assumed: the words
    }
  }
  Document settings = allowed_images(call);
  settings["ImageCriteria"] = criteria;
  save(call, settings);
  return {{"ReturnValue", true}};
}

constexpr Operation kOperations[] = {
    {.name = "DisableAllowedImagesSettings", .run = DisableAllowedImagesSettings, .access = Access::write},
    {.name = "EnableAllowedImagesSettings", .run = EnableAllowedImagesSettings, .access = Access::write},
    {.name = "GetAllowedImagesSettings", .run = GetAllowedImagesSettings, .access = Access::read},
    {.name = "ReplaceImageCriteriaInAllowedImagesSettings",
     .run = ReplaceImageCriteriaInAllowedImagesSettings,
     .access = Access::write},
};

}  // namespace

Family allowed_images_family() { return {.operations = kOperations}; }

}  // namespace fogling
