/// EC2 Instance Connect endpoints: declared; what they do in the network is here: an interface in their subnet.

#include <fmt/format.h>

#include "emulator/kinds.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/random.hpp"
#include "state/network_interfaces.hpp"
#include "state/subnets.hpp"

namespace fogling {
namespace {

std::vector<std::string> group_ids(const Document& list) {
  std::vector<std::string> ids;
  for (const auto& each : list) ids.push_back(each.get<std::string>());
  return ids;
}

/// User Guide: one in a VPC. Assumed: code and words.
void check_alone(Call& call, const state::Subnet& subnet) {
  for (const auto& other : state::list_kind(call.txn, call.scope, "instance-connect-endpoint")) {
    if (other.state.starts_with("delete") || text(other.document, "VpcId") != subnet.vpc_id) continue;
    throw ApiError("InstanceConnectEndpointLimitExceeded",
                   fmt::format("The VPC '{}' has an EC2 Instance Connect Endpoint already.", subnet.vpc_id));
  }
}

void create(Call& call, state::GenericResource& endpoint) {
  auto& document = endpoint.document;
  const auto subnet = *state::find<state::Subnet>(call.txn, call.scope, call.text("SubnetId"));
  check_alone(call, subnet);
  InterfaceSpec spec;
  spec.subnet = subnet;
  spec.description = fmt::format("EC2 Instance Connect Endpoint {}", endpoint.resource_id);
  spec.group_ids = group_ids(call.items("SecurityGroupIds"));
  spec.interface_type = "ec2_instance_connect_endpoint";
  spec.requester_id = "amazon-aws";
  spec.requester_managed = true;
  auto interface = make_interface(call, spec);
  attach_to_service(call, interface);
  state::update(call.txn, interface);
  const auto host = fmt::format("{}.{}", endpoint.resource_id, call.random().hex(8));
  const auto domain = fmt::format("ec2-instance-connect-endpoint.{}.amazonaws.com", call.scope.region);
  document["NetworkInterfaceIds"] = Document::array({interface.network_interface_id});
  document["SecurityGroupIds"] = interface.group_ids;
  document["VpcId"] = subnet.vpc_id;
  document["AvailabilityZone"] = subnet.availability_zone;
  document["AvailabilityZoneId"] = subnet.availability_zone_id;
  document["DnsName"] = fmt::format("{}.{}", host, domain);
  document["FipsDnsName"] = fmt::format("{}.fips.{}", host, domain);
  document["PublicDnsNames"] = {{"Ipv4", {{"DnsName", document["DnsName"]}, {"FipsDnsName", document["FipsDnsName"]}}}};
}

void modify(Call& call, state::GenericResource& endpoint) {
  if (call.items("SecurityGroupIds").empty()) return;
  for (const auto& id : items(endpoint.document, "NetworkInterfaceIds")) {
    auto interface = state::find<state::NetworkInterface>(call.txn, call.scope, id.get_ref<const std::string&>());
    if (!interface) continue;
    const auto subnet = *state::find<state::Subnet>(call.txn, call.scope, interface->subnet_id);
    interface->group_ids =
        check_interface_groups(call, group_ids(call.items("SecurityGroupIds")), subnet, Asking::launch);
    state::update(call.txn, *interface);
  }
}

/// Its interface goes with it.
void moved(Context& context, state::GenericResource& endpoint) {
  if (endpoint.state != "delete-complete") return;
  for (const auto& id : items(endpoint.document, "NetworkInterfaceIds")) {
    const auto interface =
        state::find<state::NetworkInterface>(context.txn, context.scope, id.get_ref<const std::string&>());
    if (interface) remove_interface(context, *interface);
  }
}

constexpr Hooks kHooks[] = {{.kind = "instance-connect-endpoint", .create = create, .modify = modify, .moved = moved}};

}  // namespace

Family instance_connect_endpoints_family() { return {.hooks = kHooks}; }

}  // namespace fogling
