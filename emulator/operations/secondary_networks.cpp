/// Secondary networks for RDMA, and their subnets: declared, but for their blocks. No instance type here has interfaces
/// in them.

#include <fmt/format.h>

#include "emulator/cidr.hpp"
#include "emulator/kinds.hpp"
#include "fixtures/catalogue/catalogue.hpp"

namespace fogling {
namespace {

constexpr std::string_view kNetwork = "secondary-network", kSubnet = "secondary-subnet";

/// Documented: from /12 to /28.
Cidr requested_block(const Call& call) {
  const auto given = call.require("Ipv4CidrBlock");
  const auto block = parse_cidr(given);
  if (!block)
    throw errors::invalid_parameter_value(fmt::format("invalid value for parameter Ipv4CidrBlock: {}", given));
  if (block->prefix_length < 12 || block->prefix_length > 28) {
    throw errors::invalid_value(given, "Ipv4CidrBlock", "The block size must be between /12 and /28.");  // Assumed
  }
  return *block;
}

Document associations(Call& call, std::string_view prefix, const Cidr& block, std::string_view state) {
  return Document::array({{{"AssociationId", call.make_id(prefix)}, {"CidrBlock", block.text()}, {"State", state}}});
}

void create_network(Call& call, GenericResource& network) {
  network.document["Ipv4CidrBlockAssociations"] =
      associations(call, "sn-cidr-assoc", requested_block(call), "associating");
}

const std::string& block_of(const GenericResource& resource) {
  return resource.document.at("Ipv4CidrBlockAssociations").at(0).at("CidrBlock").get_ref<const std::string&>();
}

/// Assumed: one has to be given, and the words.
const catalogue::Zone& requested_zone(const Call& call) {
  const auto name = call.text("AvailabilityZone"), id = call.text("AvailabilityZoneId");
  if (!name.empty() && !id.empty()) throw errors::not_together("availabilityZone", "availabilityZoneId");
  if (name.empty() && id.empty()) throw errors::missing_parameter("AvailabilityZoneId");
  const auto* zone =
      id.empty() ? catalogue::find_zone(call.scope.region, name) : catalogue::find_zone_by_id(call.scope.region, id);
  if (zone == nullptr) throw errors::invalid_value(id.empty() ? name : id, "availabilityZone");
  return *zone;
}

void create_subnet(Call& call, GenericResource& subnet) {
  const auto network = require_resource(call, kNetwork, call.require("SecondaryNetworkId"));
  if (network.state != "create-complete") {
    throw errors::incorrect_state(  // Assumed: the words
        fmt::format("The secondary network '{}' is in the state '{}'.", network.resource_id, network.state));
  }
  const auto block = requested_block(call);
  if (!parse_cidr(block_of(network))->contains(block)) {
    throw ApiError("InvalidSubnet.Range",
                   fmt::format("The CIDR '{}' is invalid.", block.text()));  // Assumed: as of subnets
  }
  for (const auto& other : state::list_referring(call.txn, network.resource_id, kSubnet)) {
    if (!parse_cidr(block_of(other))->overlaps(block)) continue;
    throw ApiError("InvalidSubnet.Conflict",
                   fmt::format("The CIDR '{}' conflicts with another subnet", block.text()));  // Assumed: likewise
  }
  const auto& zone = requested_zone(call);
  subnet.document["AvailabilityZone"] = zone.name;
  subnet.document["AvailabilityZoneId"] = zone.id;
  subnet.document["SecondaryNetworkType"] = network.document["Type"];
  subnet.document["Ipv4CidrBlockAssociations"] = associations(call, "ss-cidr-assoc", block, "associating");
}

/// The block goes with its network or subnet.
void move_block(Context& context, GenericResource& resource) {
  auto& association = resource.document["Ipv4CidrBlockAssociations"][0];
  association["State"] = resource.state == "create-complete" ? "associated" : "disassociated";
  state::update(context.txn, resource);
}

void begin_removal(Call&, GenericResource& resource) {
  resource.document["Ipv4CidrBlockAssociations"][0]["State"] = "disassociating";
}

constexpr Hooks kHooks[] = {
    {.kind = kNetwork, .create = create_network, .remove = begin_removal, .moved = move_block},
    {.kind = kSubnet, .create = create_subnet, .remove = begin_removal, .moved = move_block},
};

}  // namespace

Family secondary_networks_family() { return {.hooks = kHooks}; }

}  // namespace fogling
