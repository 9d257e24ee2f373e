/// VPC encryption controls: what is in clear in a VPC is told, or refused, and what leads out of it is excluded.
/// Making, describing and deleting are declared.

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "emulator/describe.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"
#include "emulator/lifecycle.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "vpc-encryption-control";
/// Kind of the move that ends a modification.
constexpr std::string_view kChange = "vpc-encryption-control-change";
constexpr std::int64_t kTakes_ms = 60'000;  // Assumed

constexpr const char* kExcludable[] = {
    "InternetGateway", "EgressOnlyInternetGateway", "NatGateway", "VirtualPrivateGateway", "VpcPeering", "Lambda",
    "VpcLattice",      "ElasticFileSystem"};

// ---- What is in clear

/// Something of a VPC that enforcement stumbles over; `exclusion` is what lets it pass, if anything does.
struct Blocking {
  std::string id;
  std::string_view type, exclusion;
};

void add_resources(std::vector<Blocking>& found, const std::vector<GenericResource>& rows, std::string_view type,
                   std::string_view exclusion) {
  for (const auto& row : rows) {
    if (row.state != "deleted" && row.state != "deleting" && row.state != "failed")
      found.push_back({row.resource_id, type, exclusion});
  }
}

std::vector<GenericResource> nat_gateways_of(Context& context, std::string_view vpc_id) {
  auto rows = state::list_kind(context.txn, context.scope, "natgateway");
  std::erase_if(rows, [&](const GenericResource& row) { return text(row.document, "VpcId") != vpc_id; });
  return rows;
}

std::vector<GenericResource> peerings_of(Context& context, std::string_view vpc_id) {
  auto rows = list_resources(context, "vpc-peering-connection");
  std::erase_if(rows, [&](const GenericResource& row) {
    return row.state != "active" || (text(part(row.document, "RequesterVpcInfo"), "VpcId") != vpc_id &&
                                     text(part(row.document, "AccepterVpcInfo"), "VpcId") != vpc_id);
  });
  return rows;
}

/// Documented: Nitro encrypts between instances; what is older does not.
void add_old_instances(Context& context, std::vector<Blocking>& found, std::string_view vpc_id) {
  for (const auto& instance : state::list<state::Instance>(context.txn, context.scope)) {
    if (instance.vpc_id != vpc_id || instance.state == instance_state::terminated) continue;
    const auto* type = catalogue::find_instance_type(instance.instance_type);
    if (type != nullptr && type->hypervisor == "xen") found.push_back({instance.instance_id, "instance", {}});
  }
}

std::vector<Blocking> blocking_resources(Context& context, std::string_view vpc_id) {
  std::vector<Blocking> found;
  add_resources(found, state::list_children(context.txn, vpc_id, "internet-gateway"), "internet-gateway",
                "InternetGateway");
  add_resources(found, state::list_children(context.txn, vpc_id, "egress-only-internet-gateway"),
                "egress-only-internet-gateway", "EgressOnlyInternetGateway");
  add_resources(found, nat_gateways_of(context, vpc_id), "nat-gateway", "NatGateway");
  add_resources(found, state::list_children(context.txn, vpc_id, "vpn-gateway"), "vpn-gateway",
                "VirtualPrivateGateway");
  add_resources(found, peerings_of(context, vpc_id), "vpc-peering-connection", "VpcPeering");
  add_old_instances(context, found, vpc_id);
  return found;
}

bool is_excluded(const GenericResource& control, std::string_view exclusion) {
  if (exclusion.empty()) return false;
  const auto state = text(part(part(control.document, "ResourceExclusions"), exclusion), "State");
  return state == "enabled" || state == "enabling";
}

Document GetVpcResourcesBlockingEncryptionEnforcement(Call& call) {
  const auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  const auto controls = state::list_children(call.txn, vpc.vpc_id, kKind);
  std::vector<Document> resources;
  for (const auto& each : blocking_resources(call, vpc.vpc_id)) {
    const bool passes = std::ranges::any_of(controls, [&](const GenericResource& control) {
      return control.state != "deleted" && is_excluded(control, each.exclusion);
    });
    if (passes) continue;
    resources.push_back({{"Id", each.id},
                         {"Type", each.type},
                         {"Description", fmt::format("{} does not encrypt all traffic in transit.", each.id)},
                         {"IsExcludable", !each.exclusion.empty()}});
  }
  return describe_documents(call, "NonCompliantResources", std::move(resources));
}

// ---- Controls

/// One for a VPC.
void make_control(Call& call, GenericResource& control) {
  for (const auto& other : state::list_children(call.txn, call.text("VpcId"), kKind)) {
    if (other.state == "deleted") continue;
    throw ApiError("VpcEncryptionControlAlreadyExists",  // Assumed: code and words
                   fmt::format("The vpc '{}' has the VPC Encryption Control '{}'.", text(control.document, "VpcId"),
                               other.resource_id));
  }
}

void change_exclusions(const Call& call, Document& exclusions) {
  for (const char* each : kExcludable) {
    const auto wanted = call.text(fmt::format("{}Exclusion", each));
    if (wanted.empty()) continue;
    auto& state = exclusions[each]["State"];
    if (wanted == "enable" && state != "enabled") state = "enabling";
    if (wanted == "disable" && state != "disabled") state = "disabling";
  }
}

Document ModifyVpcEncryptionControl(Call& call) {
  auto control = require_resource(call, kKind, call.require("VpcEncryptionControlId"));
  if (control.state != "available" && !control.state.ends_with("-failed")) {
    throw errors::incorrect_state(  // Assumed: the words
        fmt::format("The VPC Encryption Control '{}' is in the state '{}'.", control.resource_id, control.state));
  }
  auto& document = control.document;
  if (const auto mode = call.text("Mode"); !mode.empty()) document["Mode"] = mode;
  change_exclusions(call, document["ResourceExclusions"]);
  document.erase("StateMessage");
  put_state(call, control, fmt::format("{}-in-progress", text(document, "Mode")));
  schedule(call, kChange, control.resource_id, text(document, "Mode"), kTakes_ms);
  return {{"VpcEncryptionControl", shown(call, control)}};
}

void settle_exclusions(Document& exclusions) {
  for (auto& each : exclusions) {
    if (each["State"] == "enabling") each["State"] = "enabled";
    if (each["State"] == "disabling") each["State"] = "disabled";
  }
}

/// What is in clear and not excluded keeps the VPC in the mode `monitor`. Assumed: the words.
void finish_change(Context& context, const state::Due& due) {
  auto control = state::find<GenericResource>(context.txn, context.scope, due.resource_id);
  if (!control || !control->state.ends_with("-in-progress")) return;
  settle_exclusions(control->document["ResourceExclusions"]);
  const auto found = blocking_resources(context, control->parent_id);
  const auto blocking =
      std::ranges::find_if(found, [&](const Blocking& each) { return !is_excluded(*control, each.exclusion); });
  if (due.move == "monitor" || blocking == found.end()) {
    put_state(context, *control, "available");
    return;
  }
  control->document["Mode"] = "monitor";
  control->document["StateMessage"] = fmt::format("{} does not encrypt all traffic and is not excluded.", blocking->id);
  put_state(context, *control, "enforce-failed");
}

constexpr Operation kOperations[] = {
    {.name = "GetVpcResourcesBlockingEncryptionEnforcement",
     .run = GetVpcResourcesBlockingEncryptionEnforcement,
     .access = Access::read},
    {.name = "ModifyVpcEncryptionControl", .run = ModifyVpcEncryptionControl, .access = Access::write},
};

constexpr Mover kMovers[] = {{kChange, finish_change}};
constexpr Hooks kHooks[] = {{.kind = kKind, .create = make_control}};

}  // namespace

Family vpc_encryption_family() { return {.operations = kOperations, .movers = kMovers, .hooks = kHooks}; }

}  // namespace fogling
