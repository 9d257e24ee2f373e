#pragma once

/// Instances, VPCs and interfaces for the tests of addresses and network interfaces.

#include <algorithm>
#include <string>

#include "emulator/cidr.hpp"
#include "emulator/default_vpc.hpp"
#include "emulator/world.hpp"
#include "state/instances.hpp"
#include "state/resources.hpp"
#include "state/subnets.hpp"
#include "state/vpcs.hpp"
#include "tests/support/house.hpp"

namespace fogling::test {

/// An image that every current x86 type takes.
inline std::string any_image(std::string_view region = "us-east-1") {
  for (const auto& image : catalogue::images(region)) {
    if (image.architecture == "x86_64" && image.platform.empty() && image.ena_support) return image.image_id;
  }
  return {};
}

/// Where that image has its root device, and the size of its snapshot.
/// In the order in which an interface shows them.
inline std::vector<std::string> private_ips(const Document& interface) {
  std::vector<std::string> out;
  for (const auto& each : interface["PrivateIpAddresses"]) out.emplace_back(text(each, "PrivateIpAddress"));
  return out;
}

inline std::string root_device_name() { return catalogue::find_image("us-east-1", any_image())->root_device_name; }
inline int root_size_gib() { return catalogue::find_image("us-east-1", any_image())->root_device()->volume_size_gib; }

template <class Base>
class NetworkTest : public Base {
 protected:
  std::string launch(Parameters more = {}, std::string_view type = "t3.micro") {
    Parameters parameters{
        {"ImageId", any_image()}, {"InstanceType", std::string(type)}, {"MinCount", "1"}, {"MaxCount", "1"}};
    for (auto& each : more) parameters.push_back(std::move(each));
    const Document answer = this->call("RunInstances", parameters);
    return answer["Instances"][0]["InstanceId"].template get<std::string>();
  }
  std::string launch_running(Parameters more = {}, std::string_view type = "t3.micro") {
    std::string id = launch(std::move(more), type);
    this->settle();
    return id;
  }
  Document instance(const std::string& id) {
    return this->call("DescribeInstances", {{"InstanceId.1", id}})["Reservations"][0]["Instances"][0];
  }
  Document interface(const std::string& id) {
    return this->call("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", id}})["NetworkInterfaces"][0];
  }
  std::string primary_of(const std::string& instance_id) {
    return instance(instance_id)["NetworkInterfaces"][0]["NetworkInterfaceId"].template get<std::string>();
  }
  std::string public_ip_of(const std::string& instance_id) {
    return std::string(text(instance(instance_id), "PublicIpAddress"));
  }

  Document allocate(Parameters parameters = {}) { return this->call("AllocateAddress", parameters); }
  std::string allocation() { return text_of(allocate(), "AllocationId"); }
  Document address(const std::string& allocation_id) {
    return this->call("DescribeAddresses", {{"AllocationId.1", allocation_id}})["Addresses"][0];
  }
  std::string associate(const std::string& allocation_id, const char* target_member, const std::string& target) {
    return text_of(this->call("AssociateAddress", {{"AllocationId", allocation_id}, {target_member, target}}),
                   "AssociationId");
  }

  /// A subnet of the default VPC in a zone: the first, unless told otherwise.
  state::Subnet default_subnet(std::size_t place = 0) {
    this->call("DescribeRegions");  // makes sure that the default VPC is there
    Transaction txn(this->house.world().database, Access::read);
    auto subnets = state::subnets_of_vpc(txn, state::find_default_vpc(txn, this->scope)->vpc_id);
    return subnets.at(place);
  }
  /// A subnet of a VPC as CreateVpc makes it: without host names, without a gateway.
  state::Subnet bare_subnet(std::string_view cidr_block = "10.1.0.0/24", bool has_gateway = false) {
    this->call("DescribeRegions");
    auto& world = this->house.world();
    Transaction txn(world.database, Access::write);
    Context context{world, txn, this->scope, world.clock.now_ms()};
    state::Vpc vpc;
    vpc.account = this->scope.account;
    vpc.region = this->scope.region;
    vpc.vpc_id = context.make_id("vpc");
    vpc.state = "available";
    vpc.cidr_block = "10.1.0.0/16";
    vpc.instance_tenancy = "default";
    vpc.enable_dns_support = true;
    state::insert(txn, vpc);
    make_vpc_parts(context, vpc);
    state::Subnet subnet;
    subnet.account = this->scope.account;
    subnet.region = this->scope.region;
    subnet.subnet_id = context.make_id("subnet");
    subnet.vpc_id = vpc.vpc_id;
    subnet.state = "available";
    subnet.cidr_block = cidr_block;
    subnet.availability_zone = "us-east-1a";
    subnet.availability_zone_id = "use1-az6";
    subnet.ipv6_cidr_block_associations = Document::array({{{"AssociationId", "subnet-cidr-assoc-1"},
                                                            {"Ipv6CidrBlock", "2600:1f18:1:2::/64"},
                                                            {"Ipv6CidrBlockState", {{"State", "associated"}}}}});
    state::insert(txn, subnet);
    if (has_gateway) {
      state::GenericResource gateway;
      gateway.account = this->scope.account;
      gateway.region = this->scope.region;
      gateway.resource_id = context.make_id("igw");
      gateway.kind = "internet-gateway";
      gateway.state = "available";
      gateway.parent_id = vpc.vpc_id;
      gateway.document = Document::object();
      state::insert(txn, gateway);
    }
    txn.commit();
    return subnet;
  }
  std::string create_interface(const std::string& subnet_id, Parameters more = {}) {
    more.emplace_back("SubnetId", subnet_id);
    std::string id = text_of(this->call("CreateNetworkInterface", more)["NetworkInterface"], "NetworkInterfaceId");
    this->settle();
    return id;
  }
  std::int64_t addresses_held_in(const std::string& subnet_id) {
    Transaction txn(this->house.world().database, Access::read);
    return state::count_private_addresses(txn, subnet_id);
  }

  static std::string text_of(const Document& in, std::string_view member) { return std::string(text(in, member)); }

  /// Every filter that the model knows for a Describe is answered, be it with nothing.
  void expect_filters(const char* operation) {
    const auto* known = model::find_operation(operation);
    ASSERT_NE(known, nullptr);
    EXPECT_FALSE(known->filters.empty()) << operation;
    for (const auto name : known->filters) {
      const std::string filter = name == "tag:*" ? "tag:Name" : std::string(name);
      EXPECT_NO_THROW(this->call(operation, {{"Filter.1.Name", filter}, {"Filter.1.Value.1", "no-such-value"}}))
          << operation << " " << filter;
    }
  }
};

}  // namespace fogling::test
