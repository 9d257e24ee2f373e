#include "tests/support/examples.hpp"

namespace fogling::test {
namespace {

/// How a kind that is not declared is had: a call, and the member of its answer that is the id.
struct Source {
  std::string_view type, operation, parameters, member;
};
constexpr Source kSources[] = {
    {"vpc", "CreateVpc", "CidrBlock=10.77.0.0/16", "VpcId"},
    {"vpc#2", "CreateVpc", "CidrBlock=10.78.0.0/16", "VpcId"},
    {"subnet", "CreateSubnet", "VpcId=$vpc&CidrBlock=10.77.1.0/24", "SubnetId"},
    {"subnet#2", "CreateSubnet", "VpcId=$vpc&CidrBlock=10.77.2.0/24&AvailabilityZone=us-east-1b", "SubnetId"},
    {"security-group", "CreateSecurityGroup", "VpcId=$vpc&GroupName=example&GroupDescription=example", "GroupId"},
    {"network-interface", "CreateNetworkInterface", "SubnetId=$subnet", "NetworkInterfaceId"},
    {"network-interface#2", "CreateNetworkInterface", "SubnetId=$subnet", "NetworkInterfaceId"},
    {"network-interface#trunk", "CreateNetworkInterface", "SubnetId=$subnet&InterfaceType=trunk", "NetworkInterfaceId"},
    {"network-interface#branch", "CreateNetworkInterface", "SubnetId=$subnet&InterfaceType=branch",
     "NetworkInterfaceId"},
    {"elastic-ip", "AllocateAddress", "Domain=vpc", "AllocationId"},
    {"volume", "CreateVolume", "Size=8&AvailabilityZone=us-east-1a", "VolumeId"},
    {"snapshot", "CreateSnapshot", "VolumeId=$volume", "SnapshotId"},
    {"image", "DescribeImages", "Owner.1=099720109477&MaxResults=5", "ImageId"},
    {"image#own", "RegisterImage",
     "Name=own&Architecture=x86_64&VirtualizationType=hvm&EnaSupport=true&RootDeviceName=/dev/sda1"
     "&BlockDeviceMapping.1.DeviceName=/dev/sda1&BlockDeviceMapping.1.Ebs.SnapshotId=$snapshot",
     "ImageId"},
    {"instance", "RunInstances", "ImageId=$image&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId=$subnet",
     "InstanceId"},
    {"capacity-reservation#future", "CreateCapacityReservation",
     "InstanceType=m5.large&InstancePlatform=Linux/UNIX&AvailabilityZone=us-east-1a&InstanceCount=2"
     "&StartDate=2037-01-01T00:00:00.000Z&CommitmentDuration=2592000",
     "CapacityReservationId"},
    {"key-pair", "CreateKeyPair", "KeyName=example&KeyType=ed25519", "KeyPairId"},
    {"route-table", "CreateRouteTable", "VpcId=$vpc", "RouteTableId"},
    {"route-server-association", "AssociateRouteServer", "RouteServerId=$route-server&VpcId=$vpc", "RouteServerId"},
    {"transit-gateway-attachment", "CreateTransitGatewayVpcAttachment",
     "TransitGatewayId=$transit-gateway&VpcId=$vpc&SubnetIds.1=$subnet", "TransitGatewayAttachmentId"},
    {"transit-gateway-attachment#connect", "CreateTransitGatewayConnect",
     "TransportTransitGatewayAttachmentId=$transit-gateway-attachment&Options.Protocol=gre",
     "TransitGatewayAttachmentId"},
    {"route-server#associated", "AssociateRouteServer", "RouteServerId=$route-server&VpcId=$vpc", "RouteServerId"},
    {"transit-gateway-attachment#peering", "CreateTransitGatewayPeeringAttachment",
     "TransitGatewayId=$transit-gateway&PeerTransitGatewayId=$transit-gateway#2&PeerAccountId=123456789012"
     "&PeerRegion=us-east-1",
     "TransitGatewayAttachmentId"},
};

}  // namespace

std::string find_text(const Document& document, std::string_view member) {
  if (document.is_object()) {
    const auto found = document.find(member);
    if (found != document.end() && found->is_string()) return *found;
  }
  if (!document.is_structured()) return {};
  for (const auto& each : document) {
    if (auto text = find_text(each, member); !text.empty()) return text;
  }
  return {};
}

const std::string& Examples::id_of(const std::string& type) {
  const auto known = ids_.find(type);
  if (known != ids_.end()) return known->second;
  const auto* kind = kinds::find(type.substr(0, type.find('#')));
  // One in a certain condition, such as `route-server#associated`, has a call of its own.
  const bool is_special =
      type.find('#') != std::string::npos && std::ranges::find(kSources, type, &Source::type) != std::end(kSources);
  const bool is_declared = kind != nullptr && !kind->examples.empty() && !is_special;
  return ids_[type] = is_declared ? make(*kind) : make_hero(type);
}

std::string Examples::make(const kinds::Kind& kind) {
  const auto& example = kind.examples.front();
  return find_text(call_(example.operation, filled_in(example)), kind.id_member);
}

std::string Examples::make_hero(std::string_view type) {
  const auto* source = std::ranges::find(kSources, type, &Source::type);
  if (source == std::end(kSources)) throw std::logic_error("no example of " + std::string(type));
  Parameters parameters;
  for (std::string_view rest = source->parameters; !rest.empty();) {
    const auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    std::string value(pair.substr(equals + 1));
    if (value.starts_with('$')) value = id_of(value.substr(1));
    parameters.emplace_back(pair.substr(0, equals), value);
  }
  return find_text(call_(source->operation, parameters), source->member);
}

Parameters Examples::filled_in(const kinds::Example& example) {
  Parameters parameters;
  for (const auto& each : example.parameters) {
    std::string value(each.json);
    if (value.starts_with('$')) value = id_of(value.substr(1));
    parameters.emplace_back(each.path, value);
  }
  return parameters;
}

}  // namespace fogling::test
