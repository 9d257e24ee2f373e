/// GetLaunchTemplateData: what a template would have to say to make an instance like this one.

#include "emulator/describe.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"
#include "emulator/metric_categories.hpp"
#include "emulator/tags.hpp"
#include "state/network_interfaces.hpp"
#include "state/volumes.hpp"

namespace fogling {
namespace {

Document devices_data(Context& context, const state::Instance& instance) {
  Document devices = Document::array();
  for (const auto& attachment : state::attachments_of_instance(context.txn, instance.instance_id)) {
    const auto volume = state::find<state::Volume>(context.txn, context.scope, attachment.volume_id);
    if (!volume) continue;
    Document ebs{{"Encrypted", volume->encrypted},
                 {"DeleteOnTermination", attachment.delete_on_termination},
                 {"VolumeSize", volume->size_gib},
                 {"VolumeType", volume->volume_type}};
    set_if(ebs, "Iops", volume->iops);
    set_if(ebs, "Throughput", volume->throughput);
    set_if(ebs, "KmsKeyId", volume->kms_key_id);
    set_if(ebs, "SnapshotId", volume->snapshot_id);
    devices.push_back({{"DeviceName", attachment.device}, {"Ebs", std::move(ebs)}});
  }
  return devices;
}

Document interfaces_data(Context& context, const Document& described) {
  Document interfaces = Document::array();
  for (const auto& each : items(described, "NetworkInterfaces")) {
    const auto& attachment = part(each, "Attachment");
    Document groups = Document::array(), addresses = Document::array(), ipv6 = Document::array();
    for (const auto& group : items(each, "Groups")) groups.push_back(group["GroupId"]);
    for (const auto& address : items(each, "PrivateIpAddresses")) {
      addresses.push_back({{"Primary", address["Primary"]}, {"PrivateIpAddress", address["PrivateIpAddress"]}});
    }
    for (const auto& address : items(each, "Ipv6Addresses")) ipv6.push_back({{"Ipv6Address", address["Ipv6Address"]}});
    Document data{{"NetworkInterfaceId", each["NetworkInterfaceId"]},
                  {"Description", text(each, "Description")},
                  {"DeviceIndex", attachment.value("DeviceIndex", 0)},
                  {"NetworkCardIndex", attachment.value("NetworkCardIndex", 0)},
                  {"DeleteOnTermination", attachment.value("DeleteOnTermination", true)},
                  {"InterfaceType", text(each, "InterfaceType")},
                  {"SubnetId", each["SubnetId"]},
                  {"Groups", std::move(groups)},
                  {"PrivateIpAddress", each["PrivateIpAddress"]},
                  {"PrivateIpAddresses", std::move(addresses)},
                  {"Ipv6Addresses", std::move(ipv6)}};
    const auto row = state::find<state::NetworkInterface>(context.txn, context.scope,
                                                          each["NetworkInterfaceId"].get_ref<const std::string&>());
    if (row && !row->public_ip.empty()) data["AssociatePublicIpAddress"] = true;
    interfaces.push_back(std::move(data));
  }
  return interfaces;
}

/// What reads the same in a description of the instance and in a template.
Document copied_data(const Document& described) {
  Document data = adapted(described, *model::find_shape("ResponseLaunchTemplateData"));
  for (const char* different : {"NetworkInterfaces", "BlockDeviceMappings", "Monitoring", "SecurityGroups", "Operator",
                                "IamInstanceProfile", "CapacityReservationSpecification"}) {
    data.erase(different);
  }
  if (data.contains("MetadataOptions")) data["MetadataOptions"].erase("State");
  return data;
}

Document GetLaunchTemplateData(Call& call) {
  const auto instance = require_instance(call, call.require("InstanceId"));
  const Document described = instance_document(call.txn, instance);
  Document data = copied_data(described);
  data["BlockDeviceMappings"] = devices_data(call, instance);
  data["NetworkInterfaces"] = interfaces_data(call, described);
  data["Monitoring"] = {{"Enabled", instance.monitoring == "enabled" || instance.monitoring == "pending"}};
  if (const auto& ids = metric_categories(instance); !ids.empty()) data["Monitoring"]["MetricCategoryIds"] = ids;
  data["DisableApiTermination"] = instance.disable_api_termination;
  data["DisableApiStop"] = instance.disable_api_stop;
  data["InstanceInitiatedShutdownBehavior"] = instance.instance_initiated_shutdown_behavior;
  data["CapacityReservationSpecification"] =
      adapted(part(described, "CapacityReservationSpecification"),
              *model::find_shape("LaunchTemplateCapacityReservationSpecificationResponse"));
  set_if(data, "UserData", instance.user_data);
  if (instance.instance_lifecycle == "spot") data["InstanceMarketOptions"] = {{"MarketType", "spot"}};
  if (!instance.cpu_credits.empty()) data["CreditSpecification"] = {{"CpuCredits", instance.cpu_credits}};
  if (const auto arn = text(part(described, "IamInstanceProfile"), "Arn"); !arn.empty()) {
    data["IamInstanceProfile"] = {{"Arn", arn}};
  }
  Document tags = Document::array();
  for (const auto& tag : tag_set(call.txn, instance.instance_id)) {
    if (!text(tag, "Key").starts_with("aws:")) tags.push_back(tag);
  }
  if (!tags.empty()) data["TagSpecifications"] = {{{"ResourceType", "instance"}, {"Tags", std::move(tags)}}};
  return {{"LaunchTemplateData", std::move(data)}};
}

constexpr Operation kOperations[] = {
    {.name = "GetLaunchTemplateData", .run = GetLaunchTemplateData, .access = Access::read}};

}  // namespace

Family launch_template_data_family() { return {.operations = kOperations}; }

}  // namespace fogling
