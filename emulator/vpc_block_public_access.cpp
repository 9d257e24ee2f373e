#include "emulator/vpc_block_public_access.hpp"

#include "state/core.hpp"
#include "state/resources.hpp"

namespace fogling {

constexpr std::string_view kOptions = "vpc-block-public-access-options",
                           kExclusion = "vpc-block-public-access-exclusion";

BlockPublicAccess::BlockPublicAccess(Context& context) : context_(context), mode_("off") {
  const auto options = state::get_setting(context.txn, context.scope, kOptions);
  if (!options.empty()) mode_ = text(Document::parse(options), "InternetGatewayBlockMode");
}

/// What an exclusion leaves of the account's mode; empty where there is none.
std::string BlockPublicAccess::mode_of(std::string_view network_id) const {
  for (const auto& exclusion : state::list_referring(context_.txn, network_id, kExclusion)) {
    if (exclusion.state.starts_with("delete")) continue;
    const bool is_open = text(exclusion.document, "InternetGatewayExclusionMode") == "allow-bidirectional";
    return is_open ? "off" : "block-ingress";
  }
  return {};
}

Document BlockPublicAccess::states(std::string_view vpc_id, std::string_view subnet_id) const {
  std::string mode = mode_;
  if (mode != "off") {
    std::string excluded = subnet_id.empty() ? std::string() : mode_of(subnet_id);
    if (excluded.empty()) excluded = mode_of(vpc_id);
    if (!excluded.empty()) mode = excluded;
  }
  return {{"InternetGatewayBlockMode", mode}};
}

}  // namespace fogling
