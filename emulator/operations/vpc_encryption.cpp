/// VPC encryption controls: what is in clear in a VPC is told, or refused, and what leads out of it is excluded.
/// Making, describing and deleting are declared.

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "emulator/clock.hpp"
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

constexpr const char* kExcludable[] = {"InternetGateway",   "EgressOnlyInternetGateway",
                                       "NatGateway",        "VirtualPrivateGateway",
                                       "VpcPeering",        "Lambda",
                                       "VpcLattice",        "ElasticFileSystem",
                                       "GlobalAccelerator", "ApiGatewayV2"};

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

/// `wanted` is what a request says of an exclusion, `enable` or `disable`; empty where it says nothing.
void change_exclusion(Document& exclusions, const char* name, std::string_view wanted) {
  if (wanted.empty()) return;
  auto& state = exclusions[name]["State"];
  if (wanted == "enable" && state != "enabled") state = "enabling";
  if (wanted == "disable" && state != "disabled") state = "disabling";
}

void change_exclusions(const Call& call, Document& exclusions) {
  for (const char* each : kExcludable) change_exclusion(exclusions, each, call.text(fmt::format("{}Exclusion", each)));
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

/// What is in clear and not excluded keeps the VPC in the mode `monitor`. Assumed: the words. Answers whether the mode
/// is the one that was wanted.
bool settle_mode(Context& context, GenericResource& control, std::string_view mode) {
  settle_exclusions(control.document["ResourceExclusions"]);
  const auto found = blocking_resources(context, control.parent_id);
  const auto blocking =
      std::ranges::find_if(found, [&](const Blocking& each) { return !is_excluded(control, each.exclusion); });
  if (mode == "monitor" || blocking == found.end()) {
    control.document["Mode"] = mode;
    put_state(context, control, "available");
    return true;
  }
  control.document["Mode"] = "monitor";
  control.document["StateMessage"] = fmt::format("{} does not encrypt all traffic and is not excluded.", blocking->id);
  put_state(context, control, "enforce-failed");
  return false;
}

void finish_change(Context& context, const state::Due& due) {
  auto control = state::find<GenericResource>(context.txn, context.scope, due.resource_id);
  if (control && control->state.ends_with("-in-progress")) settle_mode(context, *control, due.move);
}

// ---- The account

/// Kind of the move that brings the VPCs of an account where its setting wants them.
constexpr std::string_view kAccount = "account-vpc-encryption-control";

std::string account_id(const Context& context) {
  return fmt::format("{}/{}/{}", kAccount, context.scope.account, context.scope.region);
}

Document account_control(const Context& context) {
  Document control{{"State", "default-state"}, {"Mode", "unmanaged"}, {"ManagedBy", "account"}};
  for (const char* each : kExcludable) control["Exclusions"][each] = "disabled";
  const auto saved = state::get_setting(context.txn, context.scope, kAccount);
  if (!saved.empty()) control.merge_patch(Document::parse(saved));
  return control;
}

void put_account_control(Context& context, const Document& control) {
  state::put_setting(context.txn, context.scope, kAccount, control.dump());
}

Document DescribeAccountVpcEncryptionControl(Call& call) {
  call.looked_at.push_back(account_id(call));
  return {{"AccountVpcEncryptionControl", account_control(call)}};
}

Document ModifyAccountVpcEncryptionControl(Call& call) {
  Document control = account_control(call);
  if (control["State"] == "transitions-in-progress") {
    throw errors::incorrect_state(  // Assumed: the words
        "The account-level VPC Encryption Control is being changed.");
  }
  set_if(control, "Mode", call.text("Mode"));
  for (const char* each : kExcludable) {
    const auto wanted = call.text(each);
    if (!wanted.empty()) control["Exclusions"][each] = wanted == "enable" ? "enabling" : "disabling";
  }
  control["LastUpdateTimestamp"] = iso_seconds(call.now_ms);
  control["State"] = "transitions-in-progress";
  put_account_control(call, control);
  schedule(call, kAccount, account_id(call), "finish", kTakes_ms);
  return {{"AccountVpcEncryptionControl", control}};
}

/// The control of a VPC, made where there is none yet.
GenericResource control_of(Context& context, const state::Vpc& vpc) {
  for (auto& control : state::list_children(context.txn, vpc.vpc_id, kKind)) {
    if (control.state != "deleted" && control.state != "deleting") return std::move(control);
  }
  auto control = new_resource(context, declared_kind(kKind), {{"VpcId", vpc.vpc_id}});
  control.parent_id = vpc.vpc_id;
  control.state = "available";
  control.document["State"] = control.state;
  state::insert(context.txn, control);
  state::add_reference(context.txn, context.scope, control.resource_id, vpc.vpc_id, true);
  return control;
}

/// Every VPC of the account in the region gets the account's exclusions, and its mode as far as that can be.
void finish_account_change(Context& context, const state::Due&) {
  Document control = account_control(context);
  for (auto& each : control["Exclusions"]) {
    if (each == "enabling") each = "enabled";
    if (each == "disabling") each = "disabled";
  }
  std::size_t reached = 0, all = 0;
  const bool is_managed = control["Mode"] != "unmanaged";
  for (const auto& vpc : state::list<state::Vpc>(context.txn, context.scope)) {
    if (!is_managed) break;
    ++all;
    auto own = control_of(context, vpc);
    for (const auto& [name, exclusion] : control["Exclusions"].items())
      own.document["ResourceExclusions"][name]["State"] = exclusion;
    if (settle_mode(context, own, control["Mode"] == "attempt-enforce" ? "enforce" : "monitor")) ++reached;
  }
  control["State"] = reached == all ? "transitions-successful"
                     : reached == 0 ? "transitions-failed"
                                    : "transitions-partially-successful";
  put_account_control(context, control);
}

constexpr Operation kOperations[] = {
    {.name = "DescribeAccountVpcEncryptionControl", .run = DescribeAccountVpcEncryptionControl, .access = Access::read},
    {.name = "GetVpcResourcesBlockingEncryptionEnforcement",
     .run = GetVpcResourcesBlockingEncryptionEnforcement,
     .access = Access::read},
    {.name = "ModifyAccountVpcEncryptionControl", .run = ModifyAccountVpcEncryptionControl, .access = Access::write},
    {.name = "ModifyVpcEncryptionControl", .run = ModifyVpcEncryptionControl, .access = Access::write},
};

constexpr Mover kMovers[] = {{kChange, finish_change}, {kAccount, finish_account_change}};
constexpr Hooks kHooks[] = {{.kind = kKind, .create = make_control}};

}  // namespace

Family vpc_encryption_family() { return {.operations = kOperations, .movers = kMovers, .hooks = kHooks}; }

}  // namespace fogling
