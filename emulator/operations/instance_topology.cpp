/// Where instances of high performance computing stand in the network.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"
#include "emulator/topology.hpp"

namespace fogling {
namespace {

/// User Guide: the types whose topology is told. Others are left out of the answer.
bool tells_topology(const catalogue::InstanceType& type) {
  constexpr std::string_view kFamilies[] = {"g6", "g6e", "gr6", "g6f", "gr6f", "p3dn"};
  return type.family.starts_with("hpc") || type.family.starts_with("trn") || type.family.starts_with("p4") ||
         type.family.starts_with("p5") || type.family.starts_with("p6") ||
         std::ranges::find(kFamilies, type.family) != std::end(kFamilies);
}

bool lists(const Document& list, std::string_view value) {
  return list.empty() || std::ranges::any_of(list, [&](const Document& each) { return each == value; });
}

Document DescribeInstanceTopology(Call& call) {
  const auto& ids = call.items("InstanceIds");
  if (!ids.empty() && !call.items("GroupNames").empty()) throw errors::not_together("InstanceIds", "GroupNames");
  if (!ids.empty()) require_instances(call, ids);
  for (const auto& name : call.items("GroupNames")) {
    require_named(call, declared_kind("placement-group"), name.get_ref<const std::string&>());
  }
  std::vector<Document> documents;
  for (const auto& each : state::instances_in_state(call.txn, call.scope, instance_state::running)) {
    const auto* type = catalogue::find_instance_type(each.instance_type);
    const auto group = text(part(each.options, "Placement"), "GroupName");
    if (type == nullptr || !tells_topology(*type) || !lists(ids, each.instance_id)) continue;
    if (!lists(call.items("GroupNames"), group)) continue;
    Document document{{"InstanceId", each.instance_id},
                      {"InstanceType", each.instance_type},
                      {"AvailabilityZone", each.availability_zone},
                      {"ZoneId", each.availability_zone_id},
                      {"NetworkNodes", network_nodes(each.region, each.availability_zone_id, each.instance_id)}};
    set_if(document, "GroupName", group);
    documents.push_back(std::move(document));
  }
  return describe_documents(call, "Instances", std::move(documents), "InstanceIds");
}

constexpr Operation kOperations[] = {{.name = "DescribeInstanceTopology",
                                      .run = DescribeInstanceTopology,
                                      .access = Access::read,
                                      .listed = "InstanceTopology"}};

}  // namespace

Family instance_topology_family() { return {.operations = kOperations}; }

}  // namespace fogling
