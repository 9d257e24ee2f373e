/// What is launched, how many, and where. Network, devices and options are in files of their own.

#include "emulator/launch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/allowed_images.hpp"
#include "emulator/describe.hpp"
#include "emulator/image_rules.hpp"
#include "emulator/images.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

using launch::Planning;

constexpr std::int64_t kMaxInstancesOfACall = 1000;

void plan_counts(Planning& planning) {
  auto& plan = planning.plan;
  for (const auto& [member, count] : {std::pair{"MinCount", &plan.min_count}, {"MaxCount", &plan.max_count}}) {
    const auto given = integer(planning.in, member);
    if (!given) throw errors::missing_parameter(member);
    *count = *given;
  }
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
  check_architecture(type, image.architecture);
  if (!type.supports_virtualization_type(image.virtualization_type)) {
    const std::string_view needed = image.virtualization_type == "hvm" ? "paravirtual" : "hvm";
    throw errors::invalid_combination(fmt::format(
        "Virtualization type '{0}' is required for instances of type '{1}'. Ensure that you are using an AMI with "
        "virtualization type '{0}'. For more information, see "
        "http://docs.aws.amazon.com/AWSEC2/latest/UserGuide/virtualization_types.html.",
        needed, type.name));
  }
  check_ena(type, image.ena_support, "you are using an AMI that is enabled for ENA");
  const bool boots = image.boot_mode.empty() || type.boot_modes.empty() || type.supports_boot_mode(image.boot_mode);
  if (!boots) refuse_configuration();
  if (!image.tpm_support.empty() && !type.nitro_tpm_supported) refuse_configuration();
}

/// `resolve:ssm:NAME` and `resolve:ssm:NAME:VERSION` name an image by the public parameter that holds its id.
std::string resolved_image_id(const Planning& planning) {
  constexpr std::string_view kResolve = "resolve:ssm:";
  const auto given = text(planning.in, "ImageId");
  if (!given.starts_with(kResolve)) return std::string(given);
  const auto name = given.substr(kResolve.size());
  const auto parameter = catalogue::find_parameter(planning.context.scope.region, name.substr(0, name.find(':')));
  if (!parameter) {
    throw errors::invalid_parameter_value(
        fmt::format("The parameter '{}' could not be resolved to an image ID.", name));  // Assumed: the words
  }
  return parameter->value;
}

void plan_image_and_type(Planning& planning) {
  auto& plan = planning.plan;
  if (text(planning.in, "ImageId").empty()) throw errors::missing_parameter("ImageId");
  plan.image = require_launchable_image(planning.context, resolved_image_id(planning));
  check_allowed(planning.context, plan.image);
  const auto given = text(planning.in, "InstanceType");
  const auto name = given.empty() ? std::string_view("m1.small") : given;
  plan.type = catalogue::find_instance_type(name);
  if (plan.type == nullptr || !catalogue::is_offered(*plan.type, planning.context.scope.region)) {
    throw invalid_instance_type(name);
  }
  check_type_against_image(*plan.type, plan.image);
  check_instance_type_specification(planning.context, plan.image.image_id, plan.type->name);
}

/// Zones of the region that offer the type, as EC2 lists them.
std::string offering_zones(std::string_view region, const catalogue::InstanceType& type) {
  std::vector<std::string_view> zones;
  for (const auto& zone : catalogue::zones(region)) {
    if (zone.is_availability_zone() && catalogue::is_offered(type, zone)) zones.push_back(zone.name);
  }
  return fmt::format("{}", fmt::join(zones, ", "));
}

std::string requested_zone(const Planning& planning) {
  const auto& placement = part(planning.in, "Placement");
  const auto& region = planning.context.scope.region;
  if (const auto id = text(placement, "AvailabilityZoneId"); !id.empty()) {
    const auto* zone = catalogue::find_zone_by_id(region, id);
    if (zone == nullptr) throw errors::invalid_parameter_value(fmt::format("Invalid availability zone-id: [{}]", id));
    return std::string(zone->name);
  }
  const auto name = text(placement, "AvailabilityZone");
  if (!name.empty() && catalogue::find_zone(region, name) == nullptr) {
    throw errors::invalid_parameter_value(fmt::format("Invalid availability zone: [{}]", name));
  }
  return std::string(name);
}

/// A default subnet: of the zone asked for, else of the first zone that offers the type.
state::Subnet default_subnet(Planning& planning, std::string_view zone) {
  auto& context = planning.context;
  const auto vpc = state::find_default_vpc(context.txn, context.scope);
  if (!vpc) {
    throw ApiError("VPCIdNotSpecified",
                   "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.");
  }
  auto subnets = state::subnets_of_vpc(context.txn, vpc->vpc_id);
  std::erase_if(subnets, [&](const state::Subnet& subnet) {
    return !subnet.default_for_az || (!zone.empty() && subnet.availability_zone != zone);
  });
  if (subnets.empty()) {
    throw ApiError("MissingInput",
                   fmt::format("No subnets found for the default VPC '{}'. Please specify a subnet.", vpc->vpc_id));
  }
  const auto offered = std::ranges::find_if(subnets, [&](const state::Subnet& subnet) {
    return catalogue::is_offered(*planning.plan.type, context.scope.region, subnet.availability_zone);
  });
  return offered == subnets.end() ? subnets.front() : *offered;
}

/// Spot has no other needs; a block of capacity is named by its reservation.
void check_market(const Document& in) {
  const auto market = text(part(in, "InstanceMarketOptions"), "MarketType");
  if (market.empty() || market == "spot") return;
  const auto& target = part(part(in, "CapacityReservationSpecification"), "CapacityReservationTarget");
  if (market == "capacity-block" && !text(target, "CapacityReservationId").empty()) return;
  if (market == "capacity-block") throw errors::missing_parameter("CapacityReservationId");  // Assumed
  throw errors::not_built(fmt::format("The market type {} of RunInstances", market));
}

/// What RunInstances takes that this program does not do, or that EC2 no longer does: refused, never ignored.
void refuse_unbuilt(const Document& in) {
  const auto refuse = [](std::string_view what) {
    throw errors::not_built(fmt::format("The parameter {} of RunInstances", what));
  };
  check_market(in);
  if (!items(in, "SecondaryInterfaces").empty()) refuse("SecondaryInterfaces");
  if (!text(part(in, "Operator"), "Principal").empty()) refuse("Operator");
  // Retired in 2023 and 2024. Assumed: code and words.
  if (!items(in, "ElasticGpuSpecification").empty()) {
    throw ApiError("UnsupportedOperation", "Amazon Elastic Graphics is no longer available.");
  }
  if (!items(in, "ElasticInferenceAccelerators").empty()) {
    throw ApiError("UnsupportedOperation", "Amazon Elastic Inference is no longer available.");
  }
}

}  // namespace

ApiError invalid_instance_type(std::string_view name) {
  return errors::invalid_parameter_value(fmt::format("Invalid value '{}' for InstanceType.", name));
}

void check_instance_type_name(std::string_view name) {
  const auto& names = model::find_shape("InstanceType")->values;
  if (catalogue::find_instance_type(name) != nullptr || std::ranges::find(names, name) != names.end()) return;
  throw invalid_instance_type(name);
}

void check_architecture(const catalogue::InstanceType& type, std::string_view architecture) {
  if (type.supports_architecture(architecture)) return;
  throw errors::invalid_parameter_value(
      fmt::format("The architecture '{}' of the specified instance type does not match the architecture '{}' of the "
                  "specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. "
                  "You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the "
                  "instance type or AMI.",
                  fmt::join(type.architectures, ","), architecture));
}

void check_ena(const catalogue::InstanceType& type, bool has_ena, std::string_view ensure) {
  if (type.ena != catalogue::Support::required || has_ena) return;
  throw errors::invalid_combination(fmt::format(
      "Enhanced networking with the Elastic Network Adapter (ENA) is required for the '{}' instance type. Ensure that "
      "{}.",
      type.name, ensure));
}

void refuse_configuration() {
  throw errors::unsupported(
      "The requested configuration is currently not supported. Please check the documentation for supported "
      "configurations.");
}

namespace launch {

void plan_place(Planning& planning, std::string_view subnet_id) {
  auto& [context, in, plan] = planning;
  const std::string zone = requested_zone(planning);
  plan.subnet =
      subnet_id.empty() ? default_subnet(planning, zone) : require_row<state::Subnet>(context, "subnet", subnet_id);
  if (!zone.empty() && plan.subnet.availability_zone != zone) {
    throw errors::invalid_parameter_value(
        fmt::format("The availability zone '{}' of the request and the availability zone "
                    "'{}' of the subnet '{}' differ.",
                    zone, plan.subnet.availability_zone, subnet_id));  // Assumed: the words
  }
  if (!catalogue::is_offered(*plan.type, context.scope.region, plan.subnet.availability_zone)) {
    throw errors::unsupported(
        fmt::format("Your requested instance type ({}) is not supported in your requested Availability Zone ({}). "
                    "Please retry your request by not specifying an Availability Zone or choosing {}.",
                    plan.type->name, plan.subnet.availability_zone, offering_zones(context.scope.region, *plan.type)));
  }
}

}  // namespace launch

LaunchPlan plan_launch(Context& context, const Document& in) {
  LaunchPlan plan;
  Planning planning{context, in, plan};
  refuse_unbuilt(in);
  plan_counts(planning);
  plan_image_and_type(planning);
  launch::plan_network(planning);
  launch::plan_devices(planning);
  launch::plan_instance(planning);
  plan.spot = read_spot_bid(in, *plan.type, context.scope.region, spot_product(plan.image.platform_details));
  return plan;
}

}  // namespace fogling
