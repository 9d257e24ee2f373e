/// What tells one instance's machine and software from another's: the key of its TPM, and its product codes.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/images.hpp"
#include "emulator/instances.hpp"
#include "emulator/tpm_keys.hpp"

namespace fogling {
namespace {

/// Assumed: code and words for an instance without a NitroTPM.
Document GetInstanceTpmEkPub(Call& call) {
  const auto instance = require_instance(call, call.require("InstanceId"));
  require_alive(instance);
  if (text(instance.options, "TpmSupport").empty()) {
    throw errors::unsupported(fmt::format("The instance '{}' has no NitroTPM.", instance.instance_id));
  }
  const auto type = call.require("KeyType"), format = call.require("KeyFormat");
  return {{"InstanceId", instance.instance_id},
          {"KeyType", type},
          {"KeyFormat", format},
          {"KeyValue", endorsement_key(type, format, instance.instance_id)}};
}

/// Documented: false where the code is not the instance's. Whose code it is nobody knows here: whoever asks is its
/// owner.
Document ConfirmProductInstance(Call& call) {
  const auto instance = require_instance(call, call.require("InstanceId"));
  const auto code = call.require("ProductCode");
  const auto image = find_image(call, instance.image_id);
  const bool has_code =
      image && std::ranges::find(image->product_codes, code, &catalogue::ProductCode::id) != image->product_codes.end();
  Document answer{{"Return", has_code}};
  if (has_code) answer["OwnerId"] = instance.account;
  return answer;
}

constexpr Operation kOperations[] = {
    {.name = "ConfirmProductInstance", .run = ConfirmProductInstance, .access = Access::read},
    {.name = "GetInstanceTpmEkPub", .run = GetInstanceTpmEkPub, .access = Access::read},
};

}  // namespace

Family instance_identity_family() { return {.operations = kOperations}; }

}  // namespace fogling
