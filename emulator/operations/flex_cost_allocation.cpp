/// Networking Flexible Cost Allocation: policies in versions, and the network resources they are associated with.
/// Describing is declared. Costs are not simulated, so what a policy has to say is kept and told.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/ip_blocks.hpp"
#include "emulator/kinds.hpp"
#include "emulator/references.hpp"
#include "emulator/resource_types.hpp"

namespace fogling {
namespace {

constexpr std::string_view kPolicy = "fca-policy", kAssociation = "fca-policy-association";
constexpr std::int64_t kUntilEffective_ms = 3'600'000;  // Assumed
// Documented.
constexpr std::size_t kMostVersions = 100, kMostAssociations = 100, kMostResources = 20, kMostDeleted = 50,
                      kMostDisassociated = 100, kMostPrefixes = 100, kLongestDescription = 1024, kLongestLabel = 64;

// Assumed: the words of all refusals here; what is refused is documented.

// ---- Documents of policies -----------------------------------------------------------------------------------------

struct ResourceSort {
  std::string_view network_resource_type;
  const char* document;   ///< member of the policy
  std::string_view type;  ///< resource type
};
constexpr ResourceSort kSorts[] = {{"natgw", "NatFcaPolicyDocument", "natgateway"},
                                   {"ec2", "InstanceFcaPolicyDocument", "instance"},
                                   {"pcx", "PcxFcaPolicyDocument", "vpc-peering-connection"}};

const ResourceSort& sort_of(std::string_view network_resource_type) {
  return *std::ranges::find(kSorts, network_resource_type, &ResourceSort::network_resource_type);
}

void check_mapping(const Document& mapping) {
  const auto range = text(mapping, "CidrRange"), label = text(mapping, "CidrLabel");
  if (!IpBlock::parse(range)) throw errors::invalid_value(range, "CidrRange", "This is not a valid CIDR block.");
  const auto is_plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  const bool is_label = !label.empty() && label.size() <= kLongestLabel && is_plain(label.front()) &&
                        std::ranges::all_of(label, [&](char c) { return is_plain(c) || c == '-' || c == '_'; });
  if (!is_label) throw errors::invalid_value(label, "CidrLabel");
}

void check_ranges(const Document& ranges) {
  const auto type = text(ranges, "PrefixesType");
  if (type != "source-prefixes" && type != "destination-prefixes") throw errors::invalid_value(type, "PrefixesType");
  const auto& prefixes = items(ranges, "Prefixes");
  if (prefixes.empty() || prefixes.size() > kMostPrefixes)
    throw errors::invalid_parameter_value(fmt::format("Prefixes must have from 1 to {} mappings.", kMostPrefixes));
  for (const auto& each : prefixes) check_mapping(each);
}

void check_document(const Document& document, const ResourceSort& sort) {
  const auto& granularity = items(document, "ReportingGranularity");
  if (granularity.size() != 1)
    throw errors::invalid_parameter_value("ReportingGranularity must have exactly one value.");
  const auto word = granularity[0].get<std::string>();
  if (word == "peering-id" && sort.network_resource_type != "pcx")
    throw errors::invalid_value(word, "ReportingGranularity");
  const auto& dimensions = items(document, "Dimensions");
  if (dimensions.empty()) throw errors::missing_parameter("Dimensions");
  for (const auto& each : dimensions) {
    if (each == "data-processing" && sort.network_resource_type != "natgw")
      throw errors::invalid_value(each.get<std::string>(), "Dimensions");
  }
  const auto& ranges = part(document, "CidrRangeSpecifications");
  if ((word == "cidr") == ranges.empty()) {
    throw errors::invalid_combination(
        "CidrRangeSpecifications must be specified when ReportingGranularity is cidr, and only then.");
  }
  if (!ranges.empty()) check_ranges(ranges);
}

/// The document of the request, which has to be that of its sort of resource. Null where there is none.
const Document* requested_document(const Call& call, const ResourceSort& wanted) {
  for (const auto& sort : kSorts) {
    if (has(call.in, sort.document) && sort.document != wanted.document) {
      throw errors::invalid_combination(fmt::format("{} cannot be specified when NetworkResourceType is {}.",
                                                    sort.document, wanted.network_resource_type));
    }
  }
  if (!has(call.in, wanted.document)) return nullptr;
  const auto& document = call.part(wanted.document);
  check_document(document, wanted);
  return &document;
}

void check_description(const Call& call) {
  if (call.text("Description").size() > kLongestDescription)
    throw errors::invalid_parameter_value(
        fmt::format("The description can have up to {} characters.", kLongestDescription));
}

// ---- Policies ------------------------------------------------------------------------------------------------------

/// Keeps the policy as it is now as the newest of its versions.
void note_version(const Context& context, GenericResource& policy) {
  auto& document = policy.document;
  document["VersionExpectedEffectiveAt"] = iso_seconds(context.now_ms + kUntilEffective_ms);
  Document version{{"FcaPolicyId", policy.resource_id},
                   {"Version", document["LatestVersion"]},
                   {"ExpectedEffectiveAt", document["VersionExpectedEffectiveAt"]},
                   {"CreatedAt", iso_seconds(context.now_ms)}};
  for (const char* member : {"NetworkResourceType", "NatFcaPolicyDocument", "InstanceFcaPolicyDocument",
                             "PcxFcaPolicyDocument", "ShowBackEnabled", "Description"}) {
    if (document.contains(member)) version[member] = document[member];
  }
  document["_versions"].push_back(std::move(version));
}

void create(Call& call, GenericResource& policy) {
  check_description(call);
  const auto& sort = sort_of(call.require("NetworkResourceType"));
  if (requested_document(call, sort) == nullptr) throw errors::missing_parameter(sort.document);
  note_version(call, policy);
}

/// Made by the engine; the answer calls two of its times otherwise than the description.
Document CreateNetworkingFlexCostAllocationPolicy(Call& call) {
  call.kind = &declared_kind(kPolicy);
  Document answer = create_declared(call);
  const auto policy = require_resource(call, kPolicy, text(answer, "FcaPolicyId"));
  answer["CreatedAt"] = policy.document["PolicyCreatedAt"];
  answer["ExpectedEffectiveAt"] = policy.document["VersionExpectedEffectiveAt"];
  return answer;
}

/// Documented: a changed document or showback makes a new version, a changed description does not.
Document ModifyNetworkingFlexCostAllocationPolicy(Call& call) {
  auto policy = require_resource(call, kPolicy, call.require("FcaPolicyId"));
  check_description(call);
  auto& document = policy.document;
  const auto& sort = sort_of(text(document, "NetworkResourceType"));
  const auto* changed = requested_document(call, sort);
  const auto shows_back = call.flag("ShowBackEnabled");
  const bool is_new = (changed != nullptr && document[sort.document] != *changed) ||
                      (shows_back && document["ShowBackEnabled"] != *shows_back);
  if (is_new && items(document, "_versions").size() >= kMostVersions) {
    throw ApiError("FcaPolicyVersionLimitExceeded",  // Assumed: the code
                   fmt::format("The policy {} has {} versions.", policy.resource_id, kMostVersions));
  }
  set_if(document, "Description", call.text("Description"));
  if (changed != nullptr) document[sort.document] = *changed;
  set_if(document, "ShowBackEnabled", shows_back);
  document["UpdatedAt"] = iso_seconds(call.now_ms);
  Document answer{{"FcaPolicyId", policy.resource_id}, {"UpdatedAt", document["UpdatedAt"]}};
  if (is_new) {
    document["LatestVersion"] = document["LatestVersion"].get<std::int64_t>() + 1;
    note_version(call, policy);
    answer["Version"] = document["LatestVersion"];
    answer["VersionExpectedEffectiveAt"] = document["VersionExpectedEffectiveAt"];
  }
  state::update(call.txn, policy);
  return answer;
}

Document GetNetworkingFlexCostAllocationPolicyVersions(Call& call) {
  const auto policy = require_resource(call, kPolicy, call.require("FcaPolicyId"));
  const auto& wanted = call.items("VersionsToInclude");
  Document versions = Document::array();
  for (const auto& each : items(policy.document, "_versions")) {
    if (wanted.empty() || std::ranges::find(wanted, each["Version"]) != wanted.end()) versions.push_back(each);
  }
  return {{"FcaPolicyVersions", std::move(versions)}};
}

/// What did not work of a list; the rest is done.
struct Outcome {
  Document done = Document::array(), failed = Document::array();

  void fail(std::string_view id, std::string_view code, const std::string& reason) {
    failed.push_back({{"ResourceId", id}, {"FailureCode", code}, {"FailureReason", reason}});
  }
};

const Document& listed_ids(const Call& call, const char* member, std::size_t most) {
  const auto& ids = call.items(member);
  if (ids.size() > most)
    throw errors::invalid_parameter_value(fmt::format("{} can have up to {} values.", member, most));
  return ids;
}

std::vector<GenericResource> associations_of(Context& context, std::string_view policy_id) {
  return state::list_children(context.txn, policy_id, kAssociation);
}

Document DeleteNetworkingFlexCostAllocationPolicies(Call& call) {
  Outcome outcome;
  for (const auto& each : listed_ids(call, "FcaPolicyIds", kMostDeleted)) {
    const auto& id = each.get_ref<const std::string&>();
    const auto policy = find_resource(call, kPolicy, id);
    if (!policy) {
      outcome.fail(id, "ResourceNotFound", "The policy does not exist.");
    } else if (!associations_of(call, id).empty()) {
      outcome.fail(id, "InvalidResourceState", "The policy has active associations.");
    } else {
      erase_resource(call, *policy);
      outcome.done.push_back(id);
    }
  }
  return {{"Successful", std::move(outcome.done)}, {"Failed", std::move(outcome.failed)}};
}

// ---- Associations --------------------------------------------------------------------------------------------------

/// What is wrong with a resource; empty where nothing is.
std::string fault_of(Call& call, const GenericResource& policy, std::string_view id, std::string_view scope_type) {
  if (scope_type == "account") return id == call.scope.account ? "" : "The account is not yours.";
  const auto type =
      scope_type.empty() ? sort_of(text(policy.document, "NetworkResourceType")).type : std::string_view(scope_type);
  if (!is_well_formed(resource_type(type), id)) return "The resource ID is malformed, or not of the policy's type.";
  return exists(call, type, id) ? "" : "The resource does not exist.";
}

void associate(Call& call, const GenericResource& policy, const std::string& id, std::string_view scope_type,
               Outcome& outcome) {
  if (auto fault = fault_of(call, policy, id, scope_type); !fault.empty()) {
    outcome.fail(id, "InvalidResource", fault);
    return;
  }
  if (!state::list_referring(call.txn, id, kAssociation).empty()) {
    outcome.fail(id, "ResourceAlreadyAssociated", "The resource already has an active association.");
    return;
  }
  Document document{{"FcaPolicyId", policy.resource_id},
                    {"NetworkResourceId", id},
                    {"AssociationMode", scope_type.empty() ? "direct" : "scope"},
                    {"ExpectedEffectiveAt", iso_seconds(call.now_ms + kUntilEffective_ms)}};
  auto association = new_resource(call, declared_kind(kAssociation), std::move(document));
  association.parent_id = policy.resource_id;
  state::insert(call.txn, association);
  state::add_reference(call.txn, call.scope, association.resource_id, id, false);
  outcome.done.push_back(association.document);
}

Document AssociateNetworkingFlexCostAllocationPolicy(Call& call) {
  const auto policy = require_resource(call, kPolicy, call.require("FcaPolicyId"));
  const auto& direct = call.items("NetworkResourceIds");
  const auto& scope = call.part("NetworkResourceScope");
  const auto& scoped = items(scope, "ResourceIds");
  if (direct.empty() && scoped.empty()) throw errors::missing_parameter("NetworkResourceIds");
  if (direct.size() + scoped.size() > kMostResources)
    throw errors::invalid_parameter_value(fmt::format("A request can have up to {} resources.", kMostResources));
  if (associations_of(call, policy.resource_id).size() + direct.size() + scoped.size() > kMostAssociations) {
    throw ApiError("FcaPolicyAssociationLimitExceeded",  // Assumed: the code
                   fmt::format("A policy can have up to {} associations.", kMostAssociations));
  }
  Outcome outcome;
  for (const auto& id : direct) associate(call, policy, id.get<std::string>(), {}, outcome);
  for (const auto& id : scoped) associate(call, policy, id.get<std::string>(), text(scope, "ResourceType"), outcome);
  return {{"FcaPolicyAssociations", std::move(outcome.done)},
          {"FcaPolicyAssociationFailures", std::move(outcome.failed)}};
}

Document DisassociateNetworkingFlexCostAllocationPolicy(Call& call) {
  Outcome outcome;
  for (const auto& each : listed_ids(call, "FcaPolicyAssociationIds", kMostDisassociated)) {
    const auto& id = each.get_ref<const std::string&>();
    if (const auto association = find_resource(call, kAssociation, id)) {
      erase_resource(call, *association);
      outcome.done.push_back(id);
    } else {
      outcome.fail(id, "InvalidResource", "The association does not exist.");
    }
  }
  return {{"FcaPolicyDisassociations", std::move(outcome.done)},
          {"FcaPolicyDisassociationFailures", std::move(outcome.failed)}};
}

constexpr Operation kOperations[] = {
    {.name = "AssociateNetworkingFlexCostAllocationPolicy",
     .run = AssociateNetworkingFlexCostAllocationPolicy,
     .access = Access::write},
    {.name = "CreateNetworkingFlexCostAllocationPolicy",
     .run = CreateNetworkingFlexCostAllocationPolicy,
     .access = Access::write},
    {.name = "DeleteNetworkingFlexCostAllocationPolicies",
     .run = DeleteNetworkingFlexCostAllocationPolicies,
     .access = Access::write},
    {.name = "DisassociateNetworkingFlexCostAllocationPolicy",
     .run = DisassociateNetworkingFlexCostAllocationPolicy,
     .access = Access::write},
    {.name = "GetNetworkingFlexCostAllocationPolicyVersions",
     .run = GetNetworkingFlexCostAllocationPolicyVersions,
     .access = Access::read},
    {.name = "ModifyNetworkingFlexCostAllocationPolicy",
     .run = ModifyNetworkingFlexCostAllocationPolicy,
     .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = kPolicy, .create = create}};

}  // namespace

Family flex_cost_allocation_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
