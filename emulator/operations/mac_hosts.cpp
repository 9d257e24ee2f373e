/// Macs: the systems that their hosts can run, and tasks that change what only Apple's machines have.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/hosts.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"

namespace fogling {
namespace {

constexpr std::string_view kTask = "mac-modification-task";

bool is_mac(const state::GenericResource& host) {
  const auto types = host_types(host);
  return !types.empty() && types.front()->family.starts_with("mac");
}

/// Assumed: the versions; Intel's Macs stop earlier than Apple's own.
Document system_versions(const state::GenericResource& host) {
  const bool is_intel = host_types(host).front()->family == "mac1";
  return is_intel ? Document::array({"11.7", "12.7", "13.7", "14.7"})
                  : Document::array({"13.7", "14.7", "15.6", "26.1"});
}

Document DescribeMacHosts(Call& call) {
  const auto wanted = requested_ids(call, kHost, "HostIds");
  for (const auto& id : wanted) require_resource(call, kHost, id);
  std::vector<Document> documents;
  for (const auto& host : state::list_kind(call.txn, call.scope, kHost)) {
    if (!wanted.empty() && std::ranges::find(wanted, host.resource_id) == wanted.end()) continue;
    if (host.state != "available" || !is_mac(host)) continue;
    documents.push_back({{"HostId", host.resource_id},
                         {"MacOSLatestSupportedVersions", system_versions(host)},
                         {"_zone", text(host.document, "AvailabilityZone")},
                         {"_type", text(part(host.document, "HostProperties"), "InstanceType")}});
  }
  return describe_documents(call, "MacHosts", std::move(documents), "HostIds");
}

state::Instance require_mac(Call& call) {
  const auto instance = require_instance(call, call.require("InstanceId"));
  if (!instance.instance_type.starts_with("mac")) {
    throw errors::invalid_parameter_value(
        fmt::format("The instance '{}' is not a Mac instance.", instance.instance_id));  // Assumed: the words
  }
  if (instance.state != instance_state::running) {
    throw errors::incorrect_instance_state(
        fmt::format("The instance '{}' is not in the 'running' state.", instance.instance_id));
  }
  return instance;
}

Document make_task(Call& call, Document document) {
  const auto task = make_resource(call, declared_kind(kTask), std::move(document));
  return {{"MacModificationTask", shown(call, task)}};
}

Document CreateDelegateMacVolumeOwnershipTask(Call& call) {
  const auto instance = require_mac(call);
  return make_task(call, {{"InstanceId", instance.instance_id}, {"TaskType", "volume-ownership-delegation"}});
}

/// What the request leaves out is as the whole protection is.
Document CreateMacSystemIntegrityProtectionModificationTask(Call& call) {
  const auto instance = require_mac(call);
  const auto status = call.require("MacSystemIntegrityProtectionStatus");
  Document configuration = call.part("MacSystemIntegrityProtectionConfiguration");
  for (const char* member : {"BaseSystem", "DebuggingRestrictions", "DTraceRestrictions", "FilesystemProtections",
                             "KextSigning", "NvramProtections"}) {
    if (!configuration.contains(member)) configuration[member] = status;
  }
  configuration["Status"] = status;
  return make_task(call, {{"InstanceId", instance.instance_id},
                          {"TaskType", "sip-modification"},
                          {"MacSystemIntegrityProtectionConfig", std::move(configuration)}});
}

constexpr FilterPath kMacHostFilters[] = {{"availability-zone", "_zone"}, {"instance-type", "_type"}};

constexpr Operation kOperations[] = {
    {.name = "CreateDelegateMacVolumeOwnershipTask",
     .run = CreateDelegateMacVolumeOwnershipTask,
     .access = Access::write},
    {.name = "CreateMacSystemIntegrityProtectionModificationTask",
     .run = CreateMacSystemIntegrityProtectionModificationTask,
     .access = Access::write},
    {.name = "DescribeMacHosts",
     .run = DescribeMacHosts,
     .access = Access::read,
     .listed = "MacHost",
     .filters = kMacHostFilters},
};

}  // namespace

Family mac_hosts_family() { return {.operations = kOperations}; }

}  // namespace fogling
