#pragma once

/// VPCs and what belongs to them, for the tests of networking.

#include <string>

#include "tests/support/network.hpp"

namespace fogling::test {

template <class Base>
class VpcTest : public NetworkTest<Base> {
 protected:
  using NetworkTest<Base>::text_of;

  std::string create_vpc(const std::string& cidr_block = "10.0.0.0/16") {
    return text_of(this->call("CreateVpc", {{"CidrBlock", cidr_block}})["Vpc"], "VpcId");
  }
  std::string create_subnet(const std::string& vpc_id, const std::string& cidr_block = "10.0.0.0/24") {
    return text_of(this->call("CreateSubnet", {{"VpcId", vpc_id}, {"CidrBlock", cidr_block}})["Subnet"], "SubnetId");
  }
  std::string create_gateway(const std::string& vpc_id = {}) {
    const auto id = text_of(this->call("CreateInternetGateway")["InternetGateway"], "InternetGatewayId");
    if (!vpc_id.empty()) this->call("AttachInternetGateway", {{"InternetGatewayId", id}, {"VpcId", vpc_id}});
    return id;
  }
  std::string create_table(const std::string& vpc_id) {
    return text_of(this->call("CreateRouteTable", {{"VpcId", vpc_id}})["RouteTable"], "RouteTableId");
  }
  Document route_table(const std::string& id) {
    return this->call("DescribeRouteTables", {{"RouteTableId.1", id}})["RouteTables"][0];
  }
  Document main_table(const std::string& vpc_id) {
    return this->call("DescribeRouteTables", {{"Filter.1.Name", "vpc-id"},
                                              {"Filter.1.Value.1", vpc_id},
                                              {"Filter.2.Name", "association.main"},
                                              {"Filter.2.Value.1", "true"}})["RouteTables"][0];
  }
  /// The route of a table for a destination of any family; null where there is none.
  Document route(const std::string& table_id, const std::string& destination) {
    const Document table = route_table(table_id);
    for (const auto& each : table["Routes"]) {
      for (const char* member : {"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"}) {
        if (text(each, member) == destination) return each;
      }
    }
    return nullptr;
  }
  std::string state_of_route(const std::string& table_id, const std::string& destination) {
    return text_of(route(table_id, destination), "State");
  }
  void create_route(const std::string& table_id, const std::string& destination, const char* member,
                    const std::string& target) {
    this->call("CreateRoute", {{"RouteTableId", table_id}, {"DestinationCidrBlock", destination}, {member, target}});
  }
};

}  // namespace fogling::test
