/// Route servers: documented in the VPC User Guide and the API Reference. That no BGP session ever comes up is this
/// house's own.

#include "tests/support/examples.hpp"

namespace fogling::test {
namespace {

class RouteServers : public SettledTest {
 protected:
  Examples examples{[this](std::string_view action, const Parameters& parameters) { return call(action, parameters); }};
  std::string server_ = examples.id_of("route-server"), vpc_ = examples.id_of("vpc");
};

TEST_F(RouteServers, AreWithOneVpc) {
  const auto made =
      call("AssociateRouteServer", {{"RouteServerId", server_}, {"VpcId", vpc_}})["RouteServerAssociation"];
  EXPECT_EQ(made["State"], "associating");
  const auto shown = call("GetRouteServerAssociations", {{"RouteServerId", server_}})["RouteServerAssociations"];
  EXPECT_EQ(shown, (Document::array({{{"RouteServerId", server_}, {"VpcId", vpc_}, {"State", "associated"}}})));
  const std::string other = call("CreateVpc", {{"CidrBlock", "10.78.0.0/16"}})["Vpc"]["VpcId"];
  refuse("InvalidRouteServerId.AlreadyAssociated", "", "AssociateRouteServer",
         {{"RouteServerId", server_}, {"VpcId", other}});
  refuse("InvalidRouteServerId.NotAssociated", "", "DisassociateRouteServer",
         {{"RouteServerId", server_}, {"VpcId", other}});
  refuse("DependencyViolation", "", "DeleteVpc", {{"VpcId", vpc_}});
  refuse("DependencyViolation", "", "DeleteRouteServer", {{"RouteServerId", server_}});
  call("DisassociateRouteServer", {{"RouteServerId", server_}, {"VpcId", vpc_}});
  call("DeleteRouteServer", {{"RouteServerId", server_}});
  call("DeleteVpc", {{"VpcId", vpc_}});
}

TEST_F(RouteServers, PropagateToTablesOfTheirVpc) {
  const auto table = examples.id_of("route-table");
  const Parameters both{{"RouteServerId", server_}, {"RouteTableId", table}};
  refuse("InvalidRouteServerId.NotAssociated", "", "EnableRouteServerPropagation", both);
  call("AssociateRouteServer", {{"RouteServerId", server_}, {"VpcId", vpc_}});
  refuse("InvalidRouteServerId.NotPropagated", "", "DisableRouteServerPropagation", both);
  EXPECT_EQ(call("EnableRouteServerPropagation", both)["RouteServerPropagation"]["State"], "pending");
  refuse("InvalidRouteServerId.AlreadyPropagated", "", "EnableRouteServerPropagation", both);
  EXPECT_EQ(call("GetRouteServerPropagations", both)["RouteServerPropagations"][0]["State"], "available");
  refuse("DependencyViolation", "", "DisassociateRouteServer", {{"RouteServerId", server_}, {"VpcId", vpc_}});
  refuse("DependencyViolation", "", "DeleteRouteTable", {{"RouteTableId", table}});
  call("DisableRouteServerPropagation", both);
  EXPECT_TRUE(call("GetRouteServerPropagations", {{"RouteServerId", server_}})["RouteServerPropagations"].empty());
  call("DeleteRouteTable", {{"RouteTableId", table}});
}

TEST_F(RouteServers, AnEndpointHasAnInterfaceAndPeers) {
  refuse("InvalidRouteServerId.NotAssociated", "", "CreateRouteServerEndpoint",
         {{"RouteServerId", server_}, {"SubnetId", examples.id_of("subnet")}});
  const auto id = examples.id_of("route-server-endpoint");
  const auto endpoint = call("DescribeRouteServerEndpoints")["RouteServerEndpoints"][0];
  const auto interface =
      call("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", endpoint["EniId"]}})["NetworkInterfaces"][0];
  EXPECT_EQ(interface["PrivateIpAddress"], endpoint["EniAddress"]);
  EXPECT_TRUE(interface["RequesterManaged"]);
  refuse("InvalidParameterValue", "", "CreateRouteServerPeer",
         {{"RouteServerEndpointId", id}, {"PeerAddress", "192.0.2.1"}, {"BgpOptions.PeerAsn", "65010"}});
  const auto peer = call("CreateRouteServerPeer", {{"RouteServerEndpointId", id},
                                                   {"PeerAddress", "10.77.1.77"},
                                                   {"BgpOptions.PeerAsn", "65010"},
                                                   {"BgpOptions.PeerLivenessDetection", "bfd"}})["RouteServerPeer"];
  EXPECT_EQ(peer["BfdStatus"]["Status"], "down");
  EXPECT_EQ(peer["EndpointEniAddress"], endpoint["EniAddress"]);
  refuse("InvalidParameterValue", "", "CreateRouteServerPeer",
         {{"RouteServerEndpointId", id}, {"PeerAddress", "10.77.1.77"}, {"BgpOptions.PeerAsn", "65010"}});
  EXPECT_TRUE(call("GetRouteServerRoutingDatabase", {{"RouteServerId", server_}})["Routes"].empty());
  call("DeleteRouteServerPeer", {{"RouteServerPeerId", peer["RouteServerPeerId"]}});
  call("DeleteRouteServerEndpoint", {{"RouteServerEndpointId", id}});
  refuse("InvalidNetworkInterfaceID.NotFound", "", "DescribeNetworkInterfaces",
         {{"NetworkInterfaceId.1", endpoint["EniId"]}});
  call("DeleteSubnet", {{"SubnetId", examples.id_of("subnet")}});
}

TEST_F(RouteServers, PersistRoutesForMinutes) {
  refuse("InvalidParameterValue", "", "CreateRouteServer", {{"AmazonSideAsn", "0"}});
  refuse("MissingParameter", "", "ModifyRouteServer", {{"RouteServerId", server_}, {"PersistRoutes", "enable"}});
  refuse("InvalidParameterValue", "", "ModifyRouteServer",
         {{"RouteServerId", server_}, {"PersistRoutes", "enable"}, {"PersistRoutesDuration", "6"}});
  refuse("InvalidParameterCombination", "", "ModifyRouteServer",
         {{"RouteServerId", server_}, {"PersistRoutesDuration", "2"}});
  call("ModifyRouteServer", {{"RouteServerId", server_},
                             {"PersistRoutes", "enable"},
                             {"PersistRoutesDuration", "2"},
                             {"SnsNotificationsEnabled", "true"}});
  const auto shown = call("DescribeRouteServers")["RouteServers"][0];
  EXPECT_EQ(shown["PersistRoutesState"], "enabled");
  EXPECT_EQ(shown["PersistRoutesDuration"], 2);
  EXPECT_TRUE(shown.contains("SnsTopicArn"));
}

}  // namespace
}  // namespace fogling::test
