/// RunInstances: checks in EC2's order and words, then an interface, volumes and a pending instance each.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/capacity_reservations.hpp"
#include "emulator/cidr.hpp"
#include "emulator/describe.hpp"
#include "emulator/encoding.hpp"
#include "emulator/hosts.hpp"
#include "emulator/images.hpp"
#include "emulator/instances.hpp"
#include "emulator/launch_templates.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/placement.hpp"
#include "emulator/spot.hpp"
#include "emulator/tags.hpp"
#include "emulator/volumes.hpp"
#include "emulator/world.hpp"
#include "state/key_pairs.hpp"
#include "state/security_groups.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

constexpr std::size_t kMaxUserDataBytes = 16384;
constexpr std::int64_t kMaxInstancesOfACall = 1000;

/// One device of the launch: an EBS volume to make.
struct PlannedDevice {
  std::string device_name;
  state::Volume volume;
  bool delete_on_termination = true;
};

/// One interface of the launch: to make, or an existing one to attach.
struct PlannedInterface {
  InterfaceSpec spec;
  std::optional<state::NetworkInterface> existing;
  std::int64_t device_index = 0, network_card_index = 0;
  bool delete_on_termination = true;
  std::optional<bool> associate_public_ip;
};

/// Everything that a launch has decided before it makes anything.
struct Plan {
  catalogue::Image image;
  const catalogue::InstanceType* type = nullptr;
  state::Subnet subnet;
  state::Vpc vpc;
  std::vector<PlannedInterface> interfaces;
  std::vector<PlannedDevice> devices;
  std::optional<state::GenericResource> placement_group;
  std::optional<SpotBid> spot;
  std::int64_t min_count = 1, max_count = 1;
  state::Instance prototype;
};

// ---- What is launched ----------------------------------------------------------------------------------------------

void plan_counts(const Call& call, Plan& plan) {
  plan.min_count = call.integer("MinCount").value_or(0);
  plan.max_count = call.integer("MaxCount").value_or(0);
  if (plan.min_count < 1) throw errors::invalid_parameter_value("Minimum instance count must be greater than zero");
  if (plan.max_count < 1) throw errors::invalid_parameter_value("Maximum instance count must be greater than zero");
  if (plan.max_count < plan.min_count) {
    throw errors::invalid_parameter_value("Maximum instance count must not be smaller than minimum instance count");
  }
  if (plan.min_count > kMaxInstancesOfACall) {
    throw ApiError("InstanceLimitExceeded",
                   fmt::format("You have requested more instances ({}) than your current instance "
                               "limit of {} allows for the specified instance type.",
                               plan.min_count, kMaxInstancesOfACall));  // Assumed
  }
  plan.max_count = std::min(plan.max_count, kMaxInstancesOfACall);
}

void check_type_against_image(const catalogue::InstanceType& type, const catalogue::Image& image) {
  if (!type.supports_architecture(image.architecture)) {
    throw errors::invalid_parameter_value(fmt::format(
        "The architecture '{}' of the specified instance type does not match the architecture '{}' of the specified "
        "AMI. "
        "Specify an instance type and an AMI that have matching architectures, and try again. You can use "
        "'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.",
        fmt::join(type.architectures, ","), image.architecture));
  }
  if (!type.supports_virtualization_type(image.virtualization_type)) {
    const std::string_view needed = image.virtualization_type == "hvm" ? "paravirtual" : "hvm";
    throw errors::invalid_combination(fmt::format(
        "Virtualization type '{0}' is required for instances of type '{1}'. Ensure that you are using an AMI with "
        "virtualization type '{0}'. For more information, see "
        "http://docs.aws.amazon.com/AWSEC2/latest/UserGuide/virtualization_types.html.",
        needed, type.name));
  }
  if (type.ena == catalogue::Support::required && !image.ena_support) {
    throw errors::invalid_combination(
        fmt::format("Enhanced networking with the Elastic Network Adapter (ENA) is required for "
                    "the '{}' instance type. Ensure that you are using an AMI that is enabled "
                    "for ENA.",
                    type.name));
  }
}

/// `resolve:ssm:NAME` and `resolve:ssm:NAME:VERSION` name an image by the public parameter that holds its id.
std::string resolved_image_id(const Call& call) {
  constexpr std::string_view kResolve = "resolve:ssm:";
  const auto given = call.text("ImageId");
  if (!given.starts_with(kResolve)) return std::string(given);
  const auto name = given.substr(kResolve.size());
  const auto parameter = catalogue::find_parameter(call.scope.region, name.substr(0, name.find(':')));
  if (!parameter) {
    throw errors::invalid_parameter_value(
        fmt::format("The parameter '{}' could not be resolved to an image ID.", name));  // Assumed: the words
  }
  return parameter->value;
}

void plan_image_and_type(Call& call, Plan& plan) {
  if (call.text("ImageId").empty()) throw errors::missing_parameter("ImageId");
  plan.image = require_launchable_image(call, resolved_image_id(call));
  const auto name = call.text("InstanceType").empty() ? std::string_view("m1.small") : call.text("InstanceType");
  plan.type = catalogue::find_instance_type(name);
  if (plan.type == nullptr || !catalogue::is_offered(*plan.type, call.scope.region)) {
    throw errors::invalid_parameter_value(fmt::format("Invalid value '{}' for InstanceType.", name));
  }
  check_type_against_image(*plan.type, plan.image);
}

// ---- Where
// -----------------------------------------------------------------------------------------------------------

/// Zones of the region that offer the type, as EC2 lists them.
std::string offering_zones(const Call& call, const catalogue::InstanceType& type) {
  std::vector<std::string_view> zones;
  for (const auto& zone : catalogue::zones(call.scope.region)) {
    if (zone.is_availability_zone() && catalogue::is_offered(type, zone)) zones.push_back(zone.name);
  }
  return fmt::format("{}", fmt::join(zones, ", "));
}

std::string requested_zone(const Call& call) {
  const auto& placement = call.part("Placement");
  if (const auto id = text(placement, "AvailabilityZoneId"); !id.empty()) {
    const auto* zone = catalogue::find_zone_by_id(call.scope.region, id);
    if (zone == nullptr) throw errors::invalid_parameter_value(fmt::format("Invalid availability zone-id: [{}]", id));
    return std::string(zone->name);
  }
  const auto name = text(placement, "AvailabilityZone");
  if (!name.empty() && catalogue::find_zone(call.scope.region, name) == nullptr) {
    throw errors::invalid_parameter_value(fmt::format("Invalid availability zone: [{}]", name));
  }
  return std::string(name);
}

/// A default subnet: of the zone asked for, else of the first zone that offers the type.
state::Subnet default_subnet(Call& call, const Plan& plan, std::string_view zone) {
  const auto vpc = state::find_default_vpc(call.txn, call.scope);
  if (!vpc) {
    throw ApiError("VPCIdNotSpecified",
                   "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.");
  }
  auto subnets = state::subnets_of_vpc(call.txn, vpc->vpc_id);
  std::erase_if(subnets, [&](const state::Subnet& subnet) {
    return !subnet.default_for_az || (!zone.empty() && subnet.availability_zone != zone);
  });
  if (subnets.empty()) {
    throw ApiError("MissingInput",
                   fmt::format("No subnets found for the default VPC '{}'. Please specify a subnet.", vpc->vpc_id));
  }
  const auto offered = std::ranges::find_if(subnets, [&](const state::Subnet& subnet) {
    return catalogue::is_offered(*plan.type, call.scope.region, subnet.availability_zone);
  });
  return offered == subnets.end() ? subnets.front() : *offered;
}

void plan_place(Call& call, Plan& plan, std::string_view subnet_id) {
  const std::string zone = requested_zone(call);
  plan.subnet =
      subnet_id.empty() ? default_subnet(call, plan, zone) : require_row<state::Subnet>(call, "subnet", subnet_id);
  if (!zone.empty() && plan.subnet.availability_zone != zone) {
    throw errors::invalid_parameter_value(
        fmt::format("The availability zone '{}' of the request and the availability zone "
                    "'{}' of the subnet '{}' differ.",
                    zone, plan.subnet.availability_zone, subnet_id));  // Assumed: the words
  }
  if (!catalogue::is_offered(*plan.type, call.scope.region, plan.subnet.availability_zone)) {
    throw errors::unsupported(
        fmt::format("Your requested instance type ({}) is not supported in your requested Availability Zone ({}). "
                    "Please retry your "
                    "request by not specifying an Availability Zone or choosing {}.",
                    plan.type->name, plan.subnet.availability_zone, offering_zones(call, *plan.type)));
  }
  plan.vpc = *state::find<state::Vpc>(call.txn, call.scope, plan.subnet.vpc_id);
}

// ---- Network
// ---------------------------------------------------------------------------------------------------------

/// Ids of the groups of the request, by id or, in a default VPC, by name.
std::vector<std::string> requested_groups(Call& call, const Plan& plan, const Document& ids, const Document& names) {
  std::vector<std::string> groups;
  for (const auto& each : ids) {
    const auto group = require_row<state::SecurityGroup>(call, "security-group", each.get_ref<const std::string&>());
    if (group.vpc_id != plan.subnet.vpc_id) {
      throw ApiError("InvalidParameter", fmt::format("Security group {} and subnet {} belong to different networks.",
                                                     group.group_id, plan.subnet.subnet_id));
    }
    groups.push_back(group.group_id);
  }
  if (!names.empty() && !ids.empty()) throw errors::not_together("groupName", "groupId");
  if (!names.empty() && !call.text("SubnetId").empty()) throw errors::not_together("groupName", "subnet");
  for (const auto& each : names) {
    const auto& name = each.get_ref<const std::string&>();
    const auto group = state::find_group_by_name(call.txn, plan.vpc.vpc_id, name);
    if (!group) {
      throw ApiError("InvalidGroup.NotFound",
                     fmt::format("The security group '{}' does not exist in default VPC '{}'", name, plan.vpc.vpc_id));
    }
    groups.push_back(group->group_id);
  }
  return groups;
}

void refuse_instance_level_network(const Call& call) {
  const auto refuse = [](std::string_view what) {
    throw errors::invalid_combination(
        fmt::format("Network interfaces and an instance-level {} may not be specified on the same request", what));
  };
  if (!call.text("SubnetId").empty()) refuse("subnet ID");
  if (!call.items("SecurityGroupIds").empty() || !call.items("SecurityGroups").empty()) refuse("security groups");
  if (!call.text("PrivateIpAddress").empty()) refuse("private IP address");
}

PlannedInterface plan_interface(Call& call, const Plan& plan, const Document& in) {
  PlannedInterface planned;
  planned.device_index = integer(in, "DeviceIndex").value_or(0);
  planned.network_card_index = integer(in, "NetworkCardIndex").value_or(0);
  planned.delete_on_termination = flag(in, "DeleteOnTermination").value_or(true);
  planned.associate_public_ip = flag(in, "AssociatePublicIpAddress");
  if (const auto id = text(in, "NetworkInterfaceId"); !id.empty()) {
    planned.existing = require_row<state::NetworkInterface>(call, "network-interface", id);
    if (planned.existing->status != "available") {
      throw ApiError("InvalidNetworkInterface.InUse", fmt::format("Interface: [{}] in use.", id));
    }
    if (planned.associate_public_ip) {
      throw errors::invalid_combination(
          "A network interface may not specify both a network interface ID and an associate public IP address");
    }
    planned.delete_on_termination = flag(in, "DeleteOnTermination").value_or(false);
    return planned;
  }
  auto& spec = planned.spec;
  const auto subnet_id = text(in, "SubnetId");
  spec.subnet = subnet_id.empty() ? plan.subnet : require_row<state::Subnet>(call, "subnet", subnet_id);
  spec.description = text(in, "Description");
  spec.group_ids = requested_groups(call, plan, items(in, "Groups"), Document::array());
  spec.private_ip_address = text(in, "PrivateIpAddress");
  for (const auto& address : items(in, "PrivateIpAddresses")) {
    if (flag(address, "Primary").value_or(false)) {
      spec.private_ip_address = text(address, "PrivateIpAddress");
    } else {
      spec.secondary_addresses.emplace_back(text(address, "PrivateIpAddress"));
    }
  }
  spec.secondary_count = integer(in, "SecondaryPrivateIpAddressCount").value_or(0);
  if (const auto type = text(in, "InterfaceType"); !type.empty()) spec.interface_type = type;
  return planned;
}

void plan_given_interfaces(Call& call, Plan& plan) {
  refuse_instance_level_network(call);
  const auto& given = call.items("NetworkInterfaces");
  std::string subnet_id;
  for (const auto& each : given) {
    if (integer(each, "DeviceIndex").value_or(0) != 0) continue;
    subnet_id = text(each, "SubnetId");
    if (const auto id = text(each, "NetworkInterfaceId"); !id.empty()) {
      subnet_id = require_row<state::NetworkInterface>(call, "network-interface", id).subnet_id;
    }
  }
  plan_place(call, plan, subnet_id);
  for (const auto& each : given) {
    if (given.size() > 1 && flag(each, "AssociatePublicIpAddress").value_or(false)) {
      throw errors::invalid_combination(
          "The associatePublicIPAddress parameter cannot be specified when launching with multiple network "
          "interfaces.");
    }
    plan.interfaces.push_back(plan_interface(call, plan, each));
  }
  std::ranges::stable_sort(plan.interfaces, {}, &PlannedInterface::device_index);
  if (plan.interfaces.front().device_index != 0) {
    throw errors::invalid_parameter_value(
        "When specifying network interfaces, you must include a device at index 0.");  // Assumed: the words
  }
  for (std::size_t i = 1; i < plan.interfaces.size(); ++i) {
    if (plan.interfaces[i].device_index == plan.interfaces[i - 1].device_index &&
        plan.interfaces[i].network_card_index == plan.interfaces[i - 1].network_card_index) {
      throw errors::invalid_parameter_value(
          "Each network interface requires a unique device index.");  // Assumed: the words
    }
  }
  if (static_cast<std::int64_t>(plan.interfaces.size()) > plan.type->max_network_interfaces) {
    throw ApiError("AttachmentLimitExceeded",
                   fmt::format("Interface count {} exceeds the limit for {}", plan.interfaces.size(), plan.type->name));
  }
}

void plan_network(Call& call, Plan& plan) {
  if (!call.items("NetworkInterfaces").empty()) {
    plan_given_interfaces(call, plan);
  } else {
    plan_place(call, plan, call.text("SubnetId"));
    PlannedInterface primary;
    primary.spec.subnet = plan.subnet;
    primary.spec.group_ids = requested_groups(call, plan, call.items("SecurityGroupIds"), call.items("SecurityGroups"));
    primary.spec.private_ip_address = call.text("PrivateIpAddress");
    plan.interfaces.push_back(std::move(primary));
  }
  if (plan.max_count > 1) {
    for (const auto& planned : plan.interfaces) {
      if (!planned.existing && planned.spec.private_ip_address.empty() && planned.spec.secondary_addresses.empty())
        continue;
      throw errors::invalid_combination(
          planned.existing
              ? "The network interface may only be specified when launching one instance"
              : "A private IP address may only be specified when launching one instance");  // Assumed: the words
    }
  }
  auto& primary = plan.interfaces.front();
  plan.prototype.associates_public_ip =
      !primary.existing && plan.interfaces.size() == 1 &&
      primary.associate_public_ip.value_or(primary.spec.subnet.map_public_ip_on_launch);
}

// ---- Devices
// ---------------------------------------------------------------------------------------------------------

/// The image's device with what the request says of it laid over; a new one where the image has none of that name.
void overlay(Document& device, const Document& given) {
  for (const auto& [member, value] : given.items()) {
    if (member != "Ebs") {
      device[member] = value;
      continue;
    }
    for (const auto& [name, setting] : value.items()) {
      if (!(setting.is_string() && setting.get_ref<const std::string&>().empty())) device["Ebs"][name] = setting;
    }
  }
}

Document image_devices(const catalogue::Image& image) {
  Document devices = Document::array();
  for (const auto& each : image.block_device_mappings) {
    if (!each.is_ebs()) continue;
    Document ebs{{"VolumeSize", each.volume_size_gib},
                 {"VolumeType", each.volume_type},
                 {"DeleteOnTermination", each.delete_on_termination}};
    set_if(ebs, "SnapshotId", each.snapshot_id);
    set_if(ebs, "KmsKeyId", each.kms_key_id);
    if (each.encrypted) ebs["Encrypted"] = true;
    if (each.iops > 0) ebs["Iops"] = each.iops;
    if (each.throughput_mibs > 0) ebs["Throughput"] = each.throughput_mibs;
    devices.push_back({{"DeviceName", each.device_name}, {"Ebs", std::move(ebs)}});
  }
  return devices;
}

Document merged_devices(const Call& call, const Plan& plan) {
  Document devices = image_devices(plan.image);
  for (const auto& given : call.items("BlockDeviceMappings")) {
    const auto name = text(given, "DeviceName");
    if (name.empty()) throw errors::missing_parameter("deviceName");
    if (!is_device_name(name, plan.image.platform)) {
      throw ApiError("InvalidBlockDeviceMapping", fmt::format("Invalid device name {}", name));
    }
    const auto same =
        std::ranges::find_if(devices, [&](const Document& each) { return text(each, "DeviceName") == name; });
    if (has(given, "NoDevice")) {
      if (same != devices.end()) devices.erase(same);
    } else if (!text(given, "VirtualName").empty()) {
      continue;  // a disk of the instance store: nothing that the API shows
    } else if (same != devices.end()) {
      const bool changes_type = has(part(given, "Ebs"), "VolumeType");
      if (changes_type && !has(part(given, "Ebs"), "Iops")) (*same)["Ebs"].erase("Iops");
      if (changes_type && !has(part(given, "Ebs"), "Throughput")) (*same)["Ebs"].erase("Throughput");
      overlay(*same, given);
    } else {
      devices.push_back(given);
    }
  }
  return devices;
}

void plan_devices(Call& call, Plan& plan) {
  for (const auto& device : merged_devices(call, plan)) {
    const auto& ebs = part(device, "Ebs");
    const std::string snapshot_id(text(ebs, "SnapshotId"));
    const bool is_of_image =
        std::ranges::find(plan.image.block_device_mappings, snapshot_id, &catalogue::BlockDevice::snapshot_id) !=
        plan.image.block_device_mappings.end();
    const auto access = is_of_image ? SnapshotAccess::by_image : SnapshotAccess::by_permission;
    const auto size = integer(ebs, "VolumeSize");
    if (!snapshot_id.empty() && size) {
      const auto least = snapshot_size_gib(call, snapshot_id, access);
      if (*size < least) {
        throw ApiError("InvalidBlockDeviceMapping",  // the two blanks are EC2's
                       fmt::format("Volume of size {}GB is smaller than  snapshot '{}', expect size >= {}GB", *size,
                                   snapshot_id, least));
      }
    }
    if (snapshot_id.empty() && !size) {
      throw errors::missing_parameter("size/snapshot");
    }
    PlannedDevice planned;
    planned.device_name = text(device, "DeviceName");
    planned.delete_on_termination = flag(ebs, "DeleteOnTermination").value_or(true);
    planned.volume = plan_volume(call, {.size_gib = size,
                                        .snapshot_id = snapshot_id,
                                        .snapshot_access = access,
                                        .availability_zone = plan.subnet.availability_zone,
                                        .availability_zone_id = plan.subnet.availability_zone_id,
                                        .volume_type = std::string(text(ebs, "VolumeType")),
                                        .iops = integer(ebs, "Iops"),
                                        .throughput = integer(ebs, "Throughput"),
                                        .encrypted = flag(ebs, "Encrypted"),
                                        .kms_key_id = std::string(text(ebs, "KmsKeyId"))});
    plan.devices.push_back(std::move(planned));
  }
  const auto root = std::ranges::find(plan.devices, plan.image.root_device_name, &PlannedDevice::device_name);
  if (plan.image.root_device_type == "ebs" && root == plan.devices.end()) {
    throw ApiError("InvalidBlockDeviceMapping", fmt::format("The root device {} is not specified.",
                                                            plan.image.root_device_name));  // Assumed: the words
  }
  if (root != plan.devices.end()) std::rotate(plan.devices.begin(), root, root + 1);  // the root comes first
}

// ---- The instance itself
// ---------------------------------------------------------------------------------------------

void plan_user_data(const Call& call, state::Instance& instance) {
  const auto user_data = call.text("UserData");
  if (user_data.empty()) return;
  const auto decoded = base64_decode(user_data);
  if (!decoded) throw ApiError("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
  if (decoded->size() > kMaxUserDataBytes) {
    throw errors::invalid_parameter_value(fmt::format("User data is limited to {} bytes", kMaxUserDataBytes));
  }
  instance.user_data = user_data;
}

/// Request, then the account's defaults, then what the image supports.
Document metadata_options(const Call& call, const Plan& plan) {
  const auto& given = call.part("MetadataOptions");
  const std::string saved = state::get_setting(call.txn, call.scope, "instance-metadata-defaults");
  const Document defaults = saved.empty() ? Document::object() : Document::parse(saved);
  const bool is_v2 = plan.image.imds_support == "v2.0";
  if (text(given, "HttpEndpoint") == "disabled" && has(given, "HttpTokens")) {
    throw errors::invalid_parameter_value(
        "The HttpEndpoint is not set to 'enabled' in this request. To specify a value for "
        "HttpTokens, set HttpEndpoint to 'enabled'.");
  }
  const auto choose = [&](const char* member, std::string_view fallback) -> std::string {
    if (const auto value = text(given, member); !value.empty()) return std::string(value);
    if (const auto value = text(defaults, member); !value.empty() && value != "no-preference")
      return std::string(value);
    return std::string(fallback);
  };
  const auto hops = integer(given, "HttpPutResponseHopLimit");
  const auto default_hops = integer(defaults, "HttpPutResponseHopLimit");
  if (hops && (*hops < 1 || *hops > 64)) {
    throw errors::invalid_parameter_value(fmt::format(
        "The HttpPutResponseHopLimit value {} is invalid. Valid values are between 1 and 64.", *hops));  // Assumed
  }
  return {{"HttpTokens", choose("HttpTokens", is_v2 ? "required" : "optional")},
          {"HttpPutResponseHopLimit", hops                                ? *hops
                                      : default_hops && *default_hops > 0 ? *default_hops
                                      : is_v2                             ? 2
                                                                          : 1},
          {"HttpEndpoint", choose("HttpEndpoint", "enabled")},
          {"HttpProtocolIpv4", "enabled"},  // recorded: on the wire though no request can set it
          {"HttpProtocolIpv6", choose("HttpProtocolIpv6", "disabled")},
          {"InstanceMetadataTags", choose("InstanceMetadataTags", "disabled")}};
}

Document instance_profile(const Call& call) {
  const auto& given = call.part("IamInstanceProfile");
  const auto arn = text(given, "Arn"), name = text(given, "Name");
  if (!arn.empty() && !name.empty()) throw errors::not_together("iamInstanceProfile.name", "iamInstanceProfile.arn");
  if (!arn.empty() && (!arn.starts_with("arn:aws:iam::") || arn.find(":instance-profile/") == std::string_view::npos)) {
    throw errors::invalid_value(arn, "iamInstanceProfile.arn", "Invalid IAM Instance Profile ARN");
  }
  if (arn.empty() && name.empty()) return nullptr;
  return {{"Arn", arn.empty() ? fmt::format("arn:aws:iam::{}:instance-profile/{}", call.scope.account, name)
                              : std::string(arn)},
          {"Id", "AIPA" + call.random().hex(17)}};
}

void plan_cpu(const Call& call, const Plan& plan, state::Instance& instance) {
  instance.core_count = plan.type->cores;
  instance.threads_per_core = plan.type->threads_per_core;
  const auto& given = call.part("CpuOptions");
  const auto cores = integer(given, "CoreCount"), threads = integer(given, "ThreadsPerCore");
  const auto contains = [](std::span<const std::uint16_t> valid, std::int64_t value) {
    return std::ranges::any_of(valid, [&](std::uint16_t each) { return each == value; });
  };
  if (cores && *cores != instance.core_count && !contains(plan.type->valid_cores, *cores)) {
    throw errors::invalid_parameter_value(fmt::format("The CPU core count {} is not valid for the instance type {}.",
                                                      *cores, plan.type->name));  // Assumed
  }
  if (threads && *threads != instance.threads_per_core && !contains(plan.type->valid_threads_per_core, *threads)) {
    throw errors::invalid_parameter_value(fmt::format("The CPU thread count {} is not valid for the instance type {}.",
                                                      *threads, plan.type->name));  // Assumed
  }
  instance.core_count = cores.value_or(instance.core_count);
  instance.threads_per_core = threads.value_or(instance.threads_per_core);
}

Document placement_options(const Call& call) {
  Document placement = Document::object();
  const auto& given = call.part("Placement");
  for (const char* member : {"GroupName", "GroupId", "Affinity", "HostId", "HostResourceGroupArn", "SpreadDomain"}) {
    set_if(placement, member, text(given, member));
  }
  if (const auto partition = integer(given, "PartitionNumber")) placement["PartitionNumber"] = *partition;
  return placement;
}

void plan_placement_group(Call& call, Plan& plan) {
  const auto& placement = call.part("Placement");
  plan.placement_group = find_placement_group(call, placement);
  if (!plan.placement_group) return;
  check_placement_group(call, *plan.placement_group, *plan.type, plan.subnet.availability_zone, plan.min_count,
                        integer(placement, "PartitionNumber"));
}

void plan_options(Call& call, Plan& plan, state::Instance& instance) {
  auto& options = instance.options = Document::object();
  options["MetadataOptions"] = metadata_options(call, plan);
  options["Placement"] = placement_options(call);
  plan_placement_group(call, plan);
  if (auto profile = instance_profile(call); !profile.is_null()) options["IamInstanceProfile"] = std::move(profile);
  if (call.part("HibernationOptions").value("Configured", false)) {
    if (!plan.type->hibernation_supported) {
      throw ApiError("UnsupportedHibernationConfiguration", fmt::format("Instance type {} doesn't support hibernation.",
                                                                        plan.type->name));  // Assumed: the words
    }
    options["HibernationOptions"] = {{"Configured", true}};
  }
  if (call.part("EnclaveOptions").value("Enabled", false)) options["EnclaveOptions"] = {{"Enabled", true}};
  if (const auto& dns = call.part("PrivateDnsNameOptions"); !dns.empty()) {
    options["PrivateDnsNameOptions"] = {
        {"HostnameType", text(dns, "HostnameType").empty() ? "ip-name" : std::string(text(dns, "HostnameType"))},
        {"EnableResourceNameDnsARecord", flag(dns, "EnableResourceNameDnsARecord").value_or(false)},
        {"EnableResourceNameDnsAAAARecord", flag(dns, "EnableResourceNameDnsAAAARecord").value_or(false)}};
  }
  if (const auto& capacity = call.part("CapacityReservationSpecification"); !capacity.empty()) {
    options["CapacityReservationSpecification"] = capacity;
  }
  if (const auto& maintenance = call.part("MaintenanceOptions"); !text(maintenance, "AutoRecovery").empty()) {
    options["MaintenanceOptions"] = {{"AutoRecovery", text(maintenance, "AutoRecovery")},
                                     {"RebootMigration", "default"}};
  }
  if (const auto& network = call.part("NetworkPerformanceOptions"); !network.empty()) {
    options["NetworkPerformanceOptions"] = network;
  }
  for (const auto& license : call.items("LicenseSpecifications")) options["Licenses"].push_back(license);
  set_if(options, "SriovNetSupport", plan.image.sriov_net_support);
  set_if(options, "KernelId", call.text("KernelId").empty() ? plan.image.kernel_id : call.text("KernelId"));
  set_if(options, "RamdiskId", call.text("RamdiskId").empty() ? plan.image.ramdisk_id : call.text("RamdiskId"));
}

std::string current_boot_mode(const Plan& plan) {
  const auto& mode = plan.image.boot_mode;
  const bool can_uefi = plan.type->supports_boot_mode("uefi");
  if (mode == "uefi" || (mode == "uefi-preferred" && can_uefi)) return "uefi";
  return plan.image.architecture == "arm64" ? "uefi" : "legacy-bios";
}

std::string cpu_credits(Call& call, const catalogue::InstanceType& type) {
  const auto given = text(call.part("CreditSpecification"), "CpuCredits");
  if (!given.empty() && given != "standard" && given != "unlimited") {
    throw errors::invalid_value(given, "cpuCredits");
  }
  if (!type.burstable) {
    if (given.empty()) return {};
    throw errors::invalid_parameter_value(
        fmt::format("The instance type {} doesn't support CPU credits.", type.name));  // Assumed: the words
  }
  return !given.empty() ? std::string(given) : default_cpu_credits(call, type.family);
}

void plan_instance(Call& call, Plan& plan) {
  auto& instance = plan.prototype;
  instance.account = call.scope.account;
  instance.region = call.scope.region;
  instance.image_id = plan.image.image_id;
  instance.instance_type = plan.type->name;
  instance.state = instance_state::pending;
  instance.state_reason_code = instance.state_reason_message = "pending";
  if (const auto key = call.text("KeyName"); !key.empty()) {
    if (!state::find_key_by_name(call.txn, call.scope, key)) throw unknown_id("key-pair", key);
    instance.key_name = key;
  }
  plan_user_data(call, instance);
  plan_cpu(call, plan, instance);
  plan_options(call, plan, instance);
  instance.launch_time_ms = instance.usage_operation_update_time_ms = call.now_ms;
  instance.architecture = plan.image.architecture;
  instance.virtualization_type = plan.image.virtualization_type;
  instance.hypervisor = "xen";  // also on Nitro
  instance.root_device_name = plan.image.root_device_name;
  instance.root_device_type = plan.image.root_device_type;
  instance.platform = plan.image.platform;
  instance.platform_details = plan.image.platform_details;
  instance.usage_operation = plan.image.usage_operation;
  instance.availability_zone = plan.subnet.availability_zone;
  instance.availability_zone_id = plan.subnet.availability_zone_id;
  const auto tenancy = text(call.part("Placement"), "Tenancy");
  instance.tenancy = !tenancy.empty() && tenancy != "default" ? std::string(tenancy) : plan.vpc.instance_tenancy;
  if (!text(call.part("Placement"), "HostId").empty()) instance.tenancy = "host";
  instance.monitoring = flag(call.part("Monitoring"), "Enabled").value_or(false) ? "pending" : "disabled";
  instance.vpc_id = plan.subnet.vpc_id;
  instance.subnet_id = plan.subnet.subnet_id;
  instance.client_token = call.text("ClientToken");
  // Recorded: false for the smallest burstable types, true for the Nitro types that are optimised by default.
  const bool is_small_burstable = plan.type->burstable && (plan.type->size == "nano" || plan.type->size == "micro");
  instance.ebs_optimized =
      call.flag("EbsOptimized")
          .value_or(plan.type->ebs_optimized == catalogue::Support::by_default && !is_small_burstable);
  if (instance.ebs_optimized && plan.type->ebs_optimized == catalogue::Support::unsupported) {
    throw errors::unsupported(
        "The requested configuration is currently not supported. Please check the documentation for "
        "supported configurations.");
  }
  instance.ena_support = plan.image.ena_support;
  instance.disable_api_termination = call.flag("DisableApiTermination").value_or(false);
  instance.disable_api_stop = call.flag("DisableApiStop").value_or(false);
  const auto behavior = call.text("InstanceInitiatedShutdownBehavior");
  instance.instance_initiated_shutdown_behavior = behavior.empty() ? "stop" : std::string(behavior);
  instance.boot_mode = plan.image.boot_mode;
  instance.current_instance_boot_mode = current_boot_mode(plan);
  instance.cpu_credits = cpu_credits(call, *plan.type);
  instance.metadata_state = "pending";
  instance.status_check = "initializing";
}

/// What RunInstances takes that this program does not do: refused, never ignored.
void refuse_unbuilt(const Call& call) {
  const auto refuse = [](std::string_view what) {
    throw errors::not_built(fmt::format("The parameter {} of RunInstances", what));
  };
  const auto market = text(call.part("InstanceMarketOptions"), "MarketType");
  const bool names_block =
      market == "capacity-block" &&
      !text(part(call.part("CapacityReservationSpecification"), "CapacityReservationTarget"), "CapacityReservationId").empty();
  if (!market.empty() && market != "spot" && !names_block) refuse("InstanceMarketOptions.MarketType");
  if (!call.items("ElasticGpuSpecification").empty()) refuse("ElasticGpuSpecification");
  if (!call.items("ElasticInferenceAccelerators").empty()) refuse("ElasticInferenceAccelerators");
  if (!call.items("SecondaryInterfaces").empty()) refuse("SecondaryInterfaces");
  if (!call.items("Ipv6Addresses").empty() || call.integer("Ipv6AddressCount").value_or(0) > 0) refuse("Ipv6Address");
}

Plan plan_launch(Call& call) {
  Plan plan;
  plan_counts(call, plan);
  refuse_unbuilt(call);
  plan_image_and_type(call, plan);
  plan_network(call, plan);
  plan_instance(call, plan);
  plan_devices(call, plan);
  plan.spot = read_spot_bid(call, *plan.type, call.scope.region, spot_product(plan.image.platform_details));
  return plan;
}

// ---- Making it
// -------------------------------------------------------------------------------------------------------

void make_interfaces(Call& call, const Plan& plan, const state::Instance& instance) {
  for (const auto& planned : plan.interfaces) {
    auto interface = planned.existing ? *planned.existing : make_interface(call, planned.spec);
    attach_interface(call, interface, instance.instance_id, planned.device_index, planned.network_card_index,
                     planned.delete_on_termination, "attaching");
    if (planned.device_index == 0 && plan.prototype.associates_public_ip) give_public_address(call, interface);
    state::update(call.txn, interface);
    if (!planned.existing) apply_tags(call, interface.network_interface_id, "network-interface");
  }
}

void make_devices(Call& call, const Plan& plan, const state::Instance& instance) {
  for (const auto& planned : plan.devices) {
    auto volume = planned.volume;
    make_volume(call, volume, "in-use");
    attach_volume(call, volume, instance.instance_id, planned.device_name, planned.delete_on_termination, "attaching");
    apply_tags(call, volume.volume_id, "volume");
  }
}

/// Recorded: the answer to the launch itself knows less than a Describe a second later.
Document launched_document(Transaction& txn, const state::Instance& instance) {
  Document out = instance_document(txn, instance);
  for (const char* later : {"PlatformDetails", "UsageOperation", "UsageOperationUpdateTime", "HibernationOptions",
                            "NetworkPerformanceOptions", "SecondaryInterfaces", "PublicIpAddress"}) {
    out.erase(later);
  }
  out["PublicDnsName"] = "";
  out["BlockDeviceMappings"] = Document::array();
  out["EbsOptimized"] = false;
  out["Operator"] = {{"Managed", false}};
  for (auto& interface : out["NetworkInterfaces"]) {
    interface.erase("Association");
    for (auto& address : interface["PrivateIpAddresses"]) address.erase("Association");
  }
  return out;
}

Document reservation_document(const Call& call, std::string_view reservation_id, Document instances) {
  return {{"ReservationId", reservation_id},
          {"OwnerId", call.scope.account},
          {"Groups", Document::array()},
          {"Instances", std::move(instances)}};
}

/// EC2 launches as many as it can between MinCount and MaxCount: here, as many as the quota has vCPUs for.
std::int64_t affordable_count(Call& call, const Plan& plan) {
  const std::int64_t each = plan.prototype.core_count * plan.prototype.threads_per_core;
  check_vcpu_quota(call, *plan.type, each * plan.min_count);
  return std::clamp(free_vcpus(call, *plan.type) / std::max<std::int64_t>(each, 1), plan.min_count, plan.max_count);
}

/// An instance on the spot market has a request behind it: the one it fulfils, or one of its own.
void bring_to_market(Call& call, const Plan& plan, const LaunchedFor& launched_for, state::Instance& instance) {
  if (!plan.spot) return;
  if (launched_for.spot_instance_request_id.empty()) {
    make_fulfilled_request(call, *plan.spot, instance);
    return;
  }
  auto request = *state::find<state::GenericResource>(call.txn, call.scope, launched_for.spot_instance_request_id);
  fulfil(call, request, instance);
}

/// What RunInstances alone asks of a spot launch (API Reference); the words are Assumed.
void check_own_market(const Plan& plan, const LaunchedFor& launched_for) {
  if (!plan.spot || !launched_for.spot_instance_request_id.empty()) return;
  if (plan.spot->type == "persistent" && plan.spot->behavior == "terminate") {
    throw errors::invalid_combination(
        "Persistent Spot Instance requests are only supported when the instance interruption behavior is either "
        "hibernate or stop.");
  }
  if (plan.spot->type == "one-time" && !plan.spot->valid_until.empty()) {
    throw errors::invalid_combination("ValidUntil is only supported for persistent Spot Instance requests.");
  }
}

/// The launch itself, its template worked in.
Document launch(Call& call, const LaunchedFor& launched_for) {
  const Plan plan = plan_launch(call);
  check_own_market(plan, launched_for);
  call.end_of_dry_run();
  if (plan.spot) {
    check_spot_price(*plan.spot, *plan.type,
                     *catalogue::find_zone(call.scope.region, plan.subnet.availability_zone),
                     spot_product(plan.image.platform_details), call.now_ms);
  }
  const std::int64_t count = affordable_count(call, plan);
  const std::string reservation_id = call.make_id("r");
  Document launched = Document::array();
  for (std::int64_t index = 0; index < count; ++index) {
    state::Instance instance = plan.prototype;
    instance.instance_id = call.make_id("i");
    instance.reservation_id = reservation_id;
    instance.ami_launch_index = index;
    instance.options.update(launched_for.options);
    if (plan.placement_group) join_placement_group(call, *plan.placement_group, instance);
    bring_to_market(call, plan, launched_for, instance);
    put_on_host(call, instance);
    take_capacity(call, instance);
    state::insert(call.txn, instance);
    make_interfaces(call, plan, instance);
    make_devices(call, plan, instance);
    apply_tags(call, instance.instance_id, "instance");
    if (has(instance.options, "IamInstanceProfile")) {
      make_profile_association(call, instance, part(instance.options, "IamInstanceProfile"), "associated");
    }
    call.world.compute->launch({.instance_id = instance.instance_id,
                                .image_id = instance.image_id,
                                .instance_type = instance.instance_type,
                                .architecture = instance.architecture,
                                .user_data = instance.user_data,
                                .key_name = instance.key_name,
                                .public_key = {},
                                .private_ip_address = {},
                                .mac_address = {},
                                .subnet_id = instance.subnet_id,
                                .vpc_id = instance.vpc_id});
    schedule_machine(call, instance, instance_state::running, ComputeCommand::launch);
    launched.push_back(launched_document(call.txn, instance));
  }
  call.remember = {{"ReservationId", reservation_id}};
  return reservation_document(call, reservation_id, std::move(launched));
}

/// A launch with the template's parameters behind its own.
Document launch_whole(Call& call, const LaunchedFor& launched_for) {
  const auto templated = with_launch_template(call, call.in);
  Call whole{Context{call}, call.operation, templated.in, call.filters, call.dry_run};
  whole.tags = read_tag_specifications(whole.in, whole.operation);
  auto& tags = whole.tags["instance"];
  tags.insert(tags.end(), templated.tags.begin(), templated.tags.end());
  tags.insert(tags.end(), launched_for.tags.begin(), launched_for.tags.end());
  Document answer = launch(whole, launched_for);
  call.remember = std::move(whole.remember);
  return answer;
}

Document RunInstances(Call& call) { return launch_whole(call, {}); }

/// A repeated token gets the same instances again, in the state they are in now.
Document replay_launch(Call& call, const Document& remembered) {
  Document instances = Document::array();
  for (const auto& instance : state::instances_of_reservation(call.txn, text(remembered, "ReservationId"))) {
    if (instance.state == instance_state::terminated) {
      throw ApiError(
          "IdempotentInstanceTerminated",
          "The request cannot be completed because the instance that it launched is terminated.");  // Assumed
    }
    instances.push_back(launched_document(call.txn, instance));
  }
  return reservation_document(call, text(remembered, "ReservationId"), std::move(instances));
}

constexpr Operation kOperations[] = {{.name = "RunInstances",
                                      .run = RunInstances,
                                      .access = Access::write,
                                      .dry_run = DryRun::after_checks,
                                      .replay = replay_launch}};

}  // namespace

Document launch_instances(Context& context, const Document& run_instances, const LaunchedFor& launched_for) {
  static const Filters kNoFilters;
  state::Savepoint savepoint(context.txn);
  Call call{context, *model::find_operation("RunInstances"), run_instances, kNoFilters};
  Document answer = launch_whole(call, launched_for);
  savepoint.keep();
  return answer;
}

void check_launch(Context& context, const Document& run_instances) {
  static const Filters kNoFilters;
  Call call{context, *model::find_operation("RunInstances"), run_instances, kNoFilters, true};
  try {
    launch_whole(call, {.spot_instance_request_id = "none"});
  } catch (const ApiError& error) {
    if (error.code != "DryRunOperation") throw;
  }
}

Family instance_launch_family() { return {.operations = kOperations}; }

}  // namespace fogling
