/// VPC Block Public Access: the options of an account in a region, and the networks that they are not for.

#include "emulator/vpc_block_public_access.hpp"

#include <fmt/format.h>

#include "emulator/clock.hpp"
#include "emulator/kinds.hpp"
#include "emulator/lifecycle.hpp"
#include "state/core.hpp"
#include "state/resources.hpp"

namespace fogling {
namespace {

constexpr const char* kOptions = "vpc-block-public-access-options";
/// Assumed: how long a change takes.
constexpr std::int64_t kUpdateTakes_ms = 60'000;

// ---- Options -------------------------------------------------------------------------------------------------------

Document options_document(const state::Scope& scope, std::string_view mode, std::string_view state) {
  return {{"AwsAccountId", scope.account},    {"AwsRegion", scope.region}, {"State", state},
          {"InternetGatewayBlockMode", mode}, {"ManagedBy", "account"},    {"ExclusionsAllowed", "allowed"}};
}

/// Null until somebody has changed them.
Document find_options(Context& context) {
  const auto kept = state::get_setting(context.txn, context.scope, kOptions);
  return kept.empty() ? Document() : Document::parse(kept);
}

/// What is due belongs to one account and region.
std::string id_of_options(const state::Scope& scope) {
  return fmt::format("{}/{}/{}", kOptions, scope.account, scope.region);
}

Document DescribeVpcBlockPublicAccessOptions(Call& call) {
  call.looked_at.push_back(id_of_options(call.scope));
  Document options = find_options(call);
  if (options.is_null()) options = options_document(call.scope, "off", "default-state");
  return {{"VpcBlockPublicAccessOptions", std::move(options)}};
}

Document ModifyVpcBlockPublicAccessOptions(Call& call) {
  Document options = options_document(call.scope, call.require("InternetGatewayBlockMode"), "update-in-progress");
  options["LastUpdateTimestamp"] = iso_time(call.now_ms);
  state::put_setting(call.txn, call.scope, kOptions, options.dump());
  const std::string id = id_of_options(call.scope);
  state::remove_dues_of(call.txn, id);
  schedule(call, kOptions, id, "update-complete", kUpdateTakes_ms);
  return {{"VpcBlockPublicAccessOptions", std::move(options)}};
}

void finish_update(Context& context, const state::Due& due) {
  Document options = find_options(context);
  if (options.is_null()) return;
  options["State"] = due.move;
  state::put_setting(context.txn, context.scope, kOptions, options.dump());
}

// ---- Exclusions ----------------------------------------------------------------------------------------------------

/// Of exactly one network, which the answer names by its ARN only.
void make_exclusion(Call& call, GenericResource& exclusion) {
  const auto vpc_id = call.text("VpcId"), subnet_id = call.text("SubnetId");
  if (vpc_id.empty() == subnet_id.empty()) {  // Assumed: code and words
    if (vpc_id.empty()) throw ApiError("MissingParameter", "Either a VPC ID or a subnet ID must be specified");
    throw errors::not_together("vpcId", "subnetId");
  }
  const auto network_id = vpc_id.empty() ? subnet_id : vpc_id;
  for (const auto& other : state::list_referring(call.txn, network_id, exclusion.kind)) {
    if (other.state == "delete-complete") continue;
    throw errors::invalid_parameter_value(  // Assumed: code and words
        fmt::format("An exclusion already exists for {}", network_id));
  }
  exclusion.document["ResourceArn"] = fmt::format("arn:aws:ec2:{}:{}:{}/{}", call.scope.region, call.scope.account,
                                                  vpc_id.empty() ? "subnet" : "vpc", network_id);
}

void remove_exclusion(Call& call, GenericResource& exclusion) {
  if (exclusion.state.starts_with("delete")) {
    throw errors::invalid_parameter_value(
        fmt::format("{} is in {} state and cannot be deleted", exclusion.resource_id, exclusion.state));
  }
  exclusion.document["DeletionTimestamp"] = iso_time(call.now_ms);
}

constexpr Operation kOperations[] = {
    {.name = "DescribeVpcBlockPublicAccessOptions", .run = DescribeVpcBlockPublicAccessOptions, .access = Access::read},
    {.name = "ModifyVpcBlockPublicAccessOptions", .run = ModifyVpcBlockPublicAccessOptions, .access = Access::write},
};

constexpr Mover kMovers[] = {{kOptions, finish_update}};

constexpr Hooks kHooks[] = {
    {.kind = "vpc-block-public-access-exclusion", .create = make_exclusion, .remove = remove_exclusion}};

}  // namespace

Family vpc_block_public_access_family() { return {.operations = kOperations, .movers = kMovers, .hooks = kHooks}; }

}  // namespace fogling
