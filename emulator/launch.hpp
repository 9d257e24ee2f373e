#pragma once

/// What a launch decides before it makes anything: image, type, place, network, devices and the instance itself, each
/// checked in EC2's words. RunInstances plans its own parameters; whoever launches otherwise brings a document of the
/// same shape (RunInstancesRequest).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/spot.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/instances.hpp"
#include "state/resources.hpp"
#include "state/volumes.hpp"
#include "state/vpcs.hpp"

namespace fogling {

/// One device of the launch: an EBS volume to make.
struct PlannedDevice {
  std::string device_name;
  state::Volume volume;
  bool delete_on_termination = true;
  std::int64_t ebs_card_index = 0;
};

/// One interface of the launch: to make, or an existing one to attach.
struct PlannedInterface {
  InterfaceSpec spec;
  std::optional<state::NetworkInterface> existing;
  std::int64_t device_index = 0, network_card_index = 0;
  bool delete_on_termination = true;
  std::optional<bool> associate_public_ip;
  bool has_primary_ipv6 = false;
  Document connection_tracking = Document::object(), ena_srd = Document::object();

  const std::string& subnet_id() const { return existing ? existing->subnet_id : spec.subnet.subnet_id; }
};

struct LaunchPlan {
  catalogue::Image image;
  const catalogue::InstanceType* type = nullptr;
  state::Subnet subnet;
  std::vector<PlannedInterface> interfaces;  ///< by device index
  std::vector<PlannedDevice> devices;        ///< the root comes first
  std::int64_t min_count = 1, max_count = 1;
  std::optional<state::GenericResource> placement_group;
  std::optional<SpotBid> spot;
  bool takes_capacity = false;  ///< there are reservations that it may, or has to, run in
  state::Instance prototype;    ///< what all instances of the launch have in common
};

/// Everything that EC2 checks before it answers a dry run: all but quotas and capacity.
LaunchPlan plan_launch(Context& context, const Document& in);

/// Who has instances launched, beside those who call RunInstances themselves.
struct LaunchedFor {
  std::vector<Tag> tags = {};                 ///< that only EC2 gives: `aws:ec2:fleet-id`
  Document options = Document::object();      ///< what the instances remember of it
  std::string spot_instance_request_id = {};  ///< the open request that is fulfilled by it
};
/// RunInstances for others than its callers: the same path, all or nothing, its answer. Throws RunInstances' errors.
Document launch_instances(Context& context, const Document& run_instances, const LaunchedFor& launched_for);
/// Throws what such a launch would be refused for, quotas and capacity apart.
void check_launch(Context& context, const Document& run_instances);

/// The refusal of a type that is none, or that the region does not offer.
ApiError invalid_instance_type(std::string_view name);
/// For questions about types: throws it for a name that EC2 never gave one, whether or not it can be had here.
void check_instance_type_name(std::string_view name);
/// Throws EC2's words where an image of this architecture does not run on the type.
void check_architecture(const catalogue::InstanceType& type, std::string_view architecture);
/// Throws where the type needs ENA and there is none; `ensure` is the advice that differs from call to call.
void check_ena(const catalogue::InstanceType& type, bool has_ena, std::string_view ensure);
/// Throws the documented refusal of a mix of parameters that no text of its own is known for.
[[noreturn]] void refuse_configuration();

namespace launch {

/// A launch that is being planned: the steps below fill the plan, each needs what the ones before it found.
struct Planning {
  Context& context;
  const Document& in;
  LaunchPlan& plan;
};

void plan_place(Planning& planning, std::string_view subnet_id);
void plan_network(Planning& planning);
void plan_devices(Planning& planning);
void plan_instance(Planning& planning);

}  // namespace launch
}  // namespace fogling
