/// VPN connections: their tunnels, their routes, and the gateways at both ends.

#include <pugixml.hpp>

#include "tests/support/vpc.hpp"

namespace fogling::test {
namespace {

class VpnConnections : public VpcTest<HouseTest> {
 protected:
  VpnConnections() { settle(); }

  std::string create_customer(const char* address = "192.0.2.1") {
    return text_of(call("CreateCustomerGateway",
                        {{"Type", "ipsec.1"}, {"IpAddress", address}, {"BgpAsn", "65010"}})["CustomerGateway"],
                   "CustomerGatewayId");
  }
  std::string create_vpn_gateway() {
    return text_of(call("CreateVpnGateway", {{"Type", "ipsec.1"}, {"AmazonSideAsn", "64600"}})["VpnGateway"],
                   "VpnGatewayId");
  }
  std::string create_transit_gateway() {
    const auto id = text_of(call("CreateTransitGateway")["TransitGateway"], "TransitGatewayId");
    settle();
    return id;
  }
  Document create(Parameters more = {}) {
    more.insert(more.end(), {{"Type", "ipsec.1"}, {"CustomerGatewayId", customer}});
    return call("CreateVpnConnection", more)["VpnConnection"];
  }
  /// An available one to the virtual private gateway.
  std::string available(Parameters more = {}) {
    more.emplace_back("VpnGatewayId", gateway);
    const auto id = text_of(create(std::move(more)), "VpnConnectionId");
    settle();
    return id;
  }
  Document connection(const std::string& id) {
    return call("DescribeVpnConnections", {{"VpnConnectionId.1", id}})["VpnConnections"][0];
  }
  Document attachments_of(const std::string& id) {
    return call("DescribeTransitGatewayAttachments",
                {{"Filter.1.Name", "resource-id"}, {"Filter.1.Value.1", id}})["TransitGatewayAttachments"];
  }
  void refuse_tunnel(const char* option, const char* value) {
    refuse("InvalidParameterValue", "", "CreateVpnConnection",
           {{"Type", "ipsec.1"},
            {"CustomerGatewayId", customer},
            {"VpnGatewayId", gateway},
            {std::string("Options.TunnelOptions.1.") + option, value}});
  }

  const std::string customer = create_customer(), gateway = create_vpn_gateway();
};

TEST_F(VpnConnections, HasTwoTunnelsThatAreDown) {
  const Document made = create({{"VpnGatewayId", gateway},
                                {"Options.TunnelOptions.1.TunnelInsideCidr", "169.254.8.0/30"},
                                {"Options.TunnelOptions.1.PreSharedKey", "a.shared_key"}});
  EXPECT_EQ(made["State"], "pending");
  EXPECT_EQ(made["Category"], "VPN");
  EXPECT_EQ(made["GatewayAssociationState"], "associated");
  const auto id = text_of(made, "VpnConnectionId");
  EXPECT_TRUE(id.starts_with("vpn-"));
  const Document options = made["Options"];
  EXPECT_EQ(options["StaticRoutesOnly"], false);
  EXPECT_EQ(options["LocalIpv4NetworkCidr"], "0.0.0.0/0");
  EXPECT_EQ(options["TunnelInsideIpVersion"], "ipv4");
  ASSERT_EQ(options["TunnelOptions"].size(), 2U);
  EXPECT_EQ(options["TunnelOptions"][0]["TunnelInsideCidr"], "169.254.8.0/30");
  EXPECT_FALSE(options["TunnelOptions"][0].contains("Phase1LifetimeSeconds"));  // only what was asked for
  EXPECT_EQ(text_of(options["TunnelOptions"][1], "PreSharedKey").size(), 32U);
  settle();
  const Document up = connection(id);
  EXPECT_EQ(up["State"], "available");
  ASSERT_EQ(up["VgwTelemetry"].size(), 2U);
  EXPECT_EQ(up["VgwTelemetry"][0]["Status"], "DOWN");
  EXPECT_EQ(up["VgwTelemetry"][1]["OutsideIpAddress"], options["TunnelOptions"][1]["OutsideIpAddress"]);
  expect_filters("DescribeVpnConnections");
  EXPECT_EQ(create({{"VpnGatewayId", gateway}})["VpnConnectionId"], id);  // asking again is no error
}

TEST_F(VpnConnections, TellsTheCustomersDeviceWhatToDo) {
  const auto id = available({{"Options.TunnelOptions.1.TunnelInsideCidr", "169.254.8.0/30"},
                             {"Options.TunnelOptions.1.PreSharedKey", "a.shared_key"},
                             {"Options.TunnelOptions.1.Phase1EncryptionAlgorithm.1.Value", "AES256"}});
  const Document told = connection(id);
  pugi::xml_document xml;
  ASSERT_TRUE(xml.load_string(text_of(told, "CustomerGatewayConfiguration").c_str()));
  const auto root = xml.child("vpn_connection");
  EXPECT_EQ(root.attribute("id").as_string(), id);
  EXPECT_EQ(root.child("customer_gateway_id").text().as_string(), customer);
  EXPECT_EQ(root.child("vpn_gateway_id").text().as_string(), gateway);
  const auto tunnel = root.child("ipsec_tunnel");
  const auto at = [&](const char* path) { return std::string(tunnel.first_element_by_path(path).text().as_string()); };
  EXPECT_EQ(at("customer_gateway/tunnel_outside_address/ip_address"), "192.0.2.1");
  EXPECT_EQ(at("customer_gateway/tunnel_inside_address/ip_address"), "169.254.8.2");
  EXPECT_EQ(at("customer_gateway/bgp/asn"), "65010");
  EXPECT_EQ(at("vpn_gateway/tunnel_inside_address/ip_address"), "169.254.8.1");
  EXPECT_EQ(at("vpn_gateway/bgp/asn"), "64600");
  EXPECT_EQ(at("vpn_gateway/tunnel_outside_address/ip_address"),
            text_of(told["Options"]["TunnelOptions"][0], "OutsideIpAddress"));
  EXPECT_EQ(at("ike/pre_shared_key"), "a.shared_key");
  EXPECT_EQ(at("ike/encryption_protocol"), "aes-256-cbc");
  EXPECT_EQ(at("ipsec/authentication_protocol"), "hmac-sha1-96");
  EXPECT_FALSE(tunnel.next_sibling("ipsec_tunnel").empty());
  call("DeleteVpnConnection", {{"VpnConnectionId", id}});
  EXPECT_FALSE(connection(id).contains("CustomerGatewayConfiguration"));
}

TEST_F(VpnConnections, RefusesWhatATunnelCannotBe) {
  refuse_tunnel("Phase1LifetimeSeconds", "899");
  refuse_tunnel("Phase2LifetimeSeconds", "3601");
  refuse_tunnel("RekeyMarginTimeSeconds", "1801");
  refuse_tunnel("DPDTimeoutAction", "stop");
  refuse_tunnel("Phase1DHGroupNumber.1.Value", "5");
  refuse_tunnel("IKEVersion.1.Value", "ikev3");
  refuse_tunnel("PreSharedKey", "0123456789");
  refuse_tunnel("TunnelInsideCidr", "169.254.0.0/30");
  refuse_tunnel("TunnelInsideCidr", "10.0.0.0/30");
  available({{"Options.TunnelOptions.1.TunnelInsideCidr", "169.254.8.0/30"}});
  refuse("InvalidParameterValue", "The tunnel inside CIDR block 169.254.8.0/30 is already in use.",
         "CreateVpnConnection",
         {{"Type", "ipsec.1"},
          {"CustomerGatewayId", create_customer("192.0.2.2")},
          {"VpnGatewayId", gateway},
          {"Options.TunnelOptions.2.TunnelInsideCidr", "169.254.8.0/30"}});
  refuse("InvalidCustomerGatewayID.NotFound", "", "CreateVpnConnection",
         {{"Type", "ipsec.1"}, {"CustomerGatewayId", "cgw-01234567"}});
}

TEST_F(VpnConnections, StaticRoutesArePropagatedToTables) {
  const auto id = available({{"Options.StaticRoutesOnly", "true"}});
  const auto vpc = create_vpc();
  call("AttachVpnGateway", {{"VpnGatewayId", gateway}, {"VpcId", vpc}});
  settle();
  const auto table = create_table(vpc);
  call("EnableVgwRoutePropagation", {{"RouteTableId", table}, {"GatewayId", gateway}});
  const Parameters home{{"VpnConnectionId", id}, {"DestinationCidrBlock", "192.168.0.0/16"}};
  call("CreateVpnConnectionRoute", home);
  EXPECT_EQ(
      connection(id)["Routes"],
      Document::array({{{"DestinationCidrBlock", "192.168.0.0/16"}, {"Source", "Static"}, {"State", "pending"}}}));
  EXPECT_TRUE(route(table, "192.168.0.0/16").is_null());
  settle();
  EXPECT_EQ(connection(id)["Routes"][0]["State"], "available");
  EXPECT_EQ(route(table, "192.168.0.0/16")["Origin"], "EnableVgwRoutePropagation");
  call("DeleteVpnConnectionRoute", home);
  settle();
  EXPECT_TRUE(connection(id)["Routes"].empty());
  EXPECT_TRUE(route(table, "192.168.0.0/16").is_null());
  refuse("InvalidRoute.NotFound", "", "DeleteVpnConnectionRoute", home);
  const auto dynamic = text_of(create({}), "VpnConnectionId");
  settle();
  refuse("InvalidVpnConnection.InvalidType", "The specified VPN connection does not support static routes.",
         "CreateVpnConnectionRoute", {{"VpnConnectionId", dynamic}, {"DestinationCidrBlock", "192.168.0.0/16"}});
}

TEST_F(VpnConnections, ChangesTunnelsAndNetworks) {
  const auto id = available();
  const auto address = text_of(connection(id)["Options"]["TunnelOptions"][1], "OutsideIpAddress");
  const Document changed =
      call("ModifyVpnTunnelOptions", {{"VpnConnectionId", id},
                                      {"VpnTunnelOutsideIpAddress", address},
                                      {"TunnelOptions.DPDTimeoutSeconds", "45"},
                                      {"TunnelOptions.IKEVersion.1.Value", "ikev2"}})["VpnConnection"];
  EXPECT_EQ(changed["State"], "modifying");
  refuse("InvalidVpnConnection.InvalidState",
         "The VPN connection must be in the available state to complete the request.", "ModifyVpnConnectionOptions",
         {{"VpnConnectionId", id}, {"LocalIpv4NetworkCidr", "10.0.0.0/8"}});
  settle();
  const Document tunnel = connection(id)["Options"]["TunnelOptions"][1];
  EXPECT_EQ(tunnel["DpdTimeoutSeconds"], 45);
  EXPECT_EQ(tunnel["IkeVersions"], Document::array({{{"Value", "ikev2"}}}));
  call("ModifyVpnConnectionOptions", {{"VpnConnectionId", id}, {"LocalIpv4NetworkCidr", "10.0.0.0/8"}});
  settle();
  EXPECT_EQ(connection(id)["Options"]["LocalIpv4NetworkCidr"], "10.0.0.0/8");
  EXPECT_EQ(connection(id)["Options"]["TunnelOptions"][1], tunnel);
  refuse(
      "InvalidParameterValue", "", "ModifyVpnTunnelOptions",
      {{"VpnConnectionId", id}, {"VpnTunnelOutsideIpAddress", "192.0.2.9"}, {"TunnelOptions.DPDTimeoutSeconds", "45"}});
}

TEST_F(VpnConnections, ATransitGatewayHasAnAttachmentForEach) {
  const auto transit = create_transit_gateway();
  const auto id =
      text_of(create({{"TransitGatewayId", transit}, {"Options.TunnelInsideIpVersion", "ipv6"}}), "VpnConnectionId");
  settle();
  EXPECT_EQ(connection(id)["Options"]["RemoteIpv6NetworkCidr"], "::/0");
  const Document attachments = attachments_of(id);
  ASSERT_EQ(attachments.size(), 1U);
  EXPECT_EQ(attachments[0]["ResourceType"], "vpn");
  EXPECT_EQ(attachments[0]["State"], "available");
  EXPECT_EQ(attachments[0]["Association"]["State"], "associated");
  EXPECT_NE(create({{"TransitGatewayId", transit}})["VpnConnectionId"], id);
  call("DeleteVpnConnection", {{"VpnConnectionId", id}});
  settle();
  EXPECT_EQ(attachments_of(id)[0]["State"], "deleted");
}

TEST_F(VpnConnections, MovesToAnotherGateway) {
  const auto id = available();
  const auto transit = create_transit_gateway();
  call("ModifyVpnConnection", {{"VpnConnectionId", id}, {"TransitGatewayId", transit}});
  settle();
  EXPECT_FALSE(connection(id).contains("VpnGatewayId"));
  EXPECT_EQ(attachments_of(id)[0]["State"], "available");
  call("DeleteVpnGateway", {{"VpnGatewayId", gateway}});
  const auto other = create_customer("192.0.2.7");
  call("ModifyVpnConnection", {{"VpnConnectionId", id}, {"CustomerGatewayId", other}});
  settle();
  call("DeleteCustomerGateway", {{"CustomerGatewayId", customer}});
  EXPECT_NE(text_of(connection(id), "CustomerGatewayConfiguration").find("192.0.2.7"), std::string::npos);
}

TEST_F(VpnConnections, ItsGatewaysCannotGoBeforeIt) {
  const auto id = available();
  refuse("IncorrectState", "The customer gateway is in use.", "DeleteCustomerGateway",
         {{"CustomerGatewayId", customer}});
  refuse("IncorrectState", "", "DeleteVpnGateway", {{"VpnGatewayId", gateway}});
  call("DeleteVpnConnection", {{"VpnConnectionId", id}});
  EXPECT_EQ(connection(id)["State"], "deleting");
  settle();
  EXPECT_EQ(connection(id)["State"], "deleted");
  refuse("InvalidVpnConnectionID.NotFound", "The vpnConnection ID '" + id + "' does not exist", "DeleteVpnConnection",
         {{"VpnConnectionId", id}});
  call("DeleteCustomerGateway", {{"CustomerGatewayId", customer}});
  call("DeleteVpnGateway", {{"VpnGatewayId", gateway}});
}

}  // namespace
}  // namespace fogling::test
