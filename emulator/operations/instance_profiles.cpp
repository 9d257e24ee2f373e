/// IAM instance profiles on instances: records only, since there is no IAM here to ask. Any well-formed name is one.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/instance_options.hpp"
#include "emulator/instances.hpp"
#include "state/resources.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "iam-instance-profile-association";

Document require_profile(Call& call) {
  Document profile = read_instance_profile(call, call.part("IamInstanceProfile"));
  if (profile.is_null()) throw errors::missing_parameter("IamInstanceProfile");
  return profile;
}

void set_profile(Call& call, state::Instance& instance, const Document& profile) {
  if (profile.is_null()) {
    instance.options.erase("IamInstanceProfile");
  } else {
    instance.options["IamInstanceProfile"] = profile;
  }
  state::update(call.txn, instance);
}

Document AssociateIamInstanceProfile(Call& call) {
  auto instance = require_instance(call, call.require("InstanceId"));
  if (instance.state == instance_state::terminated || instance.state == instance_state::shutting_down) {
    throw errors::incorrect_instance_state(
        fmt::format("The instance '{}' is not in the 'running' or 'stopped' states.", instance.instance_id));
  }
  if (has(instance.options, "IamInstanceProfile")) {
    throw errors::incorrect_state(
        fmt::format("There is an existing association for instance {}", instance.instance_id));
  }
  const Document profile = require_profile(call);
  auto row = make_profile_association(call, instance, profile, "associating");
  set_profile(call, instance, profile);
  schedule(call, kKind, row.resource_id, "associated", 1000);
  return {{"IamInstanceProfileAssociation", row.document}};
}

state::GenericResource require_association(Call& call, std::string_view id) {
  auto row = state::find<state::GenericResource>(call.txn, call.scope, id);
  if (!row || row->kind != kKind || row->state == "disassociated") throw unknown_id(kKind, id);
  return *std::move(row);
}

Document DisassociateIamInstanceProfile(Call& call) {
  auto row = require_association(call, call.require("AssociationId"));
  if (row.state == "disassociating") return {{"IamInstanceProfileAssociation", row.document}};
  state::remove_dues_of(call.txn, row.resource_id);
  row.state = "disassociating";
  row.document["State"] = row.state;
  state::update(call.txn, row);
  if (auto instance = state::find<state::Instance>(call.txn, call.scope, row.parent_id))
    set_profile(call, *instance, nullptr);
  schedule(call, kKind, row.resource_id, "disassociated", 1000);
  return {{"IamInstanceProfileAssociation", row.document}};
}

Document ReplaceIamInstanceProfileAssociation(Call& call) {
  auto old = require_association(call, call.require("AssociationId"));
  auto instance = require_instance(call, old.parent_id);
  const Document profile = require_profile(call);
  state::remove_dues_of(call.txn, old.resource_id);
  state::erase(call.txn, old);
  auto row = make_profile_association(call, instance, profile, "associating");
  set_profile(call, instance, profile);
  schedule(call, kKind, row.resource_id, "associated", 1000);
  return {{"IamInstanceProfileAssociation", row.document}};
}

Document DescribeIamInstanceProfileAssociations(Call& call) {
  const auto& wanted = call.items("AssociationIds");
  std::vector<Document> associations;
  for (const auto& each : wanted)
    associations.push_back(require_association(call, each.get_ref<const std::string&>()).document);
  if (wanted.empty()) {
    for (const auto& row : state::list_kind(call.txn, call.scope, kKind)) {
      if (row.state != "disassociated") associations.push_back(row.document);
    }
  }
  for (const auto& each : associations) call.looked_at.emplace_back(text(each, "AssociationId"));
  return describe_documents(call, "IamInstanceProfileAssociations", std::move(associations), "AssociationIds");
}

void move_association(Context& context, const state::Due& due) {
  auto row = state::find<state::GenericResource>(context.txn, context.scope, due.resource_id);
  if (!row) return;
  if (due.move == "disassociated") {
    state::erase(context.txn, *row);
    return;
  }
  if (row->state != "associating") return;
  row->state = due.move;
  row->document["State"] = row->state;
  state::update(context.txn, *row);
}

constexpr Operation kOperations[] = {
    {.name = "AssociateIamInstanceProfile", .run = AssociateIamInstanceProfile, .access = Access::write},
    {.name = "DescribeIamInstanceProfileAssociations",
     .run = DescribeIamInstanceProfileAssociations,
     .access = Access::read,
     .listed = "IamInstanceProfileAssociation"},
    {.name = "DisassociateIamInstanceProfile", .run = DisassociateIamInstanceProfile, .access = Access::write},
    {.name = "ReplaceIamInstanceProfileAssociation",
     .run = ReplaceIamInstanceProfileAssociation,
     .access = Access::write},
};

constexpr Mover kMovers[] = {{kKind, move_association}};

}  // namespace

Family instance_profiles_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
