/// Why can I not connect? A set-up that works, and everything that breaks it: the verdict, the explanation code and who
/// decided.

#include "tests/support/reachability.hpp"

namespace fogling::test {
namespace {

// ---- What works ----------------------------------------------------------------------------------------------------

TEST_F(Reachability, WhatIsOpenConnects) {
  connects();
  connects({{"from", "203.0.113.5"}});
  connects({{"to", public_ip_of(server)}});
  connects({{"to", primary_of(server)}});
}

TEST_F(Reachability, AnAnswerNeedsNoOutboundRule) {
  call("RevokeSecurityGroupEgress",
       {{"GroupId", web}, {"IpPermissions.1.IpProtocol", "-1"}, {"IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"}});
  connects();
  times_out("SG_HAS_NO_RULES", web, {{"from", server}, {"to", "203.0.113.5"}, {"port", 443}},
            "aws ec2 authorize-security-group-egress --group-id " + web + " --protocol tcp --port 443");
}

// ---- What breaks it ------------------------------------------------------------------------------------------------

TEST_F(Reachability, APortThatNoRuleOpens) {
  times_out(
      "ENI_SG_RULES_MISMATCH", web, {{"port", 443}},
      "aws ec2 authorize-security-group-ingress --group-id " + web + " --protocol tcp --port 443 --cidr 0.0.0.0/0");
  times_out("ENI_SG_RULES_MISMATCH", web, {{"protocol", "udp"}});
  times_out("ENI_SG_RULES_MISMATCH", web, {{"protocol", "icmp"}});
  allow(web, "icmp", "-1", "0.0.0.0/0");
  connects({{"protocol", "icmp"}});
}

TEST_F(Reachability, AGroupWithoutRules) {
  revoke(web, "tcp", "80", "0.0.0.0/0");
  times_out("SG_HAS_NO_RULES", web);
}

TEST_F(Reachability, AnAddressThatIsNoLongerMine) {
  revoke(web, "tcp", "80", "0.0.0.0/0");
  allow(web, "tcp", "80", "203.0.113.5/32");
  connects({{"from", "203.0.113.5"}});
  times_out("ENI_SG_RULES_MISMATCH", web, {{"from", "203.0.113.6"}});
  const Document everybody = why();
  EXPECT_EQ(everybody["verdict"], "connects for some");
  EXPECT_EQ(everybody["open"][0]["sources"], Document::array({"203.0.113.5"}));
}

TEST_F(Reachability, AnAclThatDeniesOnTheWayIn) {
  add_entry(acl, 50, false, "deny", 80, 80);
  times_out("SUBNET_ACL_RESTRICTION", acl, Document::object(),
            "aws ec2 create-network-acl-entry --network-acl-id " + acl + " --ingress --rule-number 25 --protocol tcp");
  const auto neighbour = launch_in(subnet, web);
  settle();
  connects({{"from", neighbour}});  // between two of one subnet there is none
}

TEST_F(Reachability, TheFirstEntryByNumberDecides) {
  add_entry(acl, 50, false, "deny", 80, 80);
  add_entry(acl, 40, false, "allow", 80, 80);
  connects();
}

TEST_F(Reachability, AnAclWithoutEphemeralPortsOnTheWayOut) {
  delete_entry(100, true);
  add_entry(acl, 100, true, "allow", 80, 80);
  times_out("SUBNET_ACL_RESTRICTION", acl, Document::object(),
            "aws ec2 create-network-acl-entry --network-acl-id " + acl + " --egress");
  add_entry(acl, 110, true, "allow", 1024, 2000);
  times_out("SUBNET_ACL_RESTRICTION", acl);
  add_entry(acl, 120, true, "allow", 1024, 65535);
  connects();
}

TEST_F(Reachability, AFreshAclDeniesAll) {
  const auto fresh = text_of(call("CreateNetworkAcl", {{"VpcId", vpc}})["NetworkAcl"], "NetworkAclId");
  const Document acls = call("DescribeNetworkAcls", {{"NetworkAclId.1", acl}})["NetworkAcls"];
  call("ReplaceNetworkAclAssociation",
       {{"AssociationId", text_of(acls[0]["Associations"][0], "NetworkAclAssociationId")}, {"NetworkAclId", fresh}});
  times_out("SUBNET_ACL_RESTRICTION", fresh);
}

TEST_F(Reachability, NoRouteBackToTheInternet) {
  call("DeleteRoute", {{"RouteTableId", main}, {"DestinationCidrBlock", "0.0.0.0/0"}});
  times_out(
      "NO_ROUTE_TO_DESTINATION", main, Document::object(),
      "aws ec2 create-route --route-table-id " + main + " --destination-cidr-block 0.0.0.0/0 --gateway-id " + gateway);
}

TEST_F(Reachability, ATableOfItsOwnWithoutTheRoute) {
  const auto table = create_table(vpc);
  call("AssociateRouteTable", {{"RouteTableId", table}, {"SubnetId", subnet}});
  times_out("NO_ROUTE_TO_DESTINATION", table);
}

TEST_F(Reachability, ABlackHole) {
  const auto nat = text_of(
      call("CreateNatGateway", {{"SubnetId", subnet}, {"AllocationId", allocation()}})["NatGateway"], "NatGatewayId");
  settle();
  call("ReplaceRoute", {{"RouteTableId", main}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"NatGatewayId", nat}});
  times_out(
      "NO_ROUTE_TO_DESTINATION", main, Document::object(),
      "aws ec2 replace-route --route-table-id " + main + " --destination-cidr-block 0.0.0.0/0 --gateway-id " + gateway);
  call("DeleteNatGateway", {{"NatGatewayId", nat}});
  settle();
  times_out("BAD_STATE_ROUTE", main);
}

TEST_F(Reachability, AMoreSpecificRouteToANatGateway) {
  const auto nat = text_of(
      call("CreateNatGateway", {{"SubnetId", subnet}, {"AllocationId", allocation()}})["NatGateway"], "NatGatewayId");
  settle();
  create_route(main, "203.0.113.0/24", "NatGatewayId", nat);
  times_out("MORE_SPECIFIC_ROUTE", main, {{"from", "203.0.113.5"}});
  connects({{"from", "198.51.100.5"}});
}

TEST_F(Reachability, NoGatewayAtAll) {
  const auto other = create_vpc("10.9.0.0/16"), other_subnet = create_subnet(other, "10.9.0.0/24");
  const auto group = create_group("open", other);
  allow(group, "tcp", "80", "0.0.0.0/0");
  const auto lone = launch_in(other_subnet, group);
  settle();
  const Document answer = why({{"to", lone}});
  EXPECT_EQ(answer["code"], "NO_PATH");
  EXPECT_EQ(answer["fixes"][0], "aws ec2 attach-internet-gateway --vpc-id " + other +
                                    " --internet-gateway-id $(aws ec2 create-internet-gateway --query "
                                    "InternetGateway.InternetGatewayId --output text)");
}

TEST_F(Reachability, NoPublicAddress) {
  const auto hidden = launch_in(subnet, web, false);
  settle();
  times_out("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", gateway, {{"to", hidden}},
            "aws ec2 associate-address --network-interface-id " + primary_of(hidden));
  times_out("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", gateway, {{"from", hidden}, {"to", "203.0.113.5"}, {"port", 443}});
}

TEST_F(Reachability, AnElasticAddressThatHasMovedOn) {
  const auto elastic = allocation();
  const std::string ip = text_of(address(elastic), "PublicIp");
  associate(elastic, "InstanceId", server);
  connects({{"to", ip}});
  const auto closed = create_group("closed", vpc);
  const auto other = launch_in(subnet, closed, false);
  settle();
  associate(elastic, "InstanceId", other);
  times_out("SG_HAS_NO_RULES", closed, {{"to", ip}});
  call("DisassociateAddress", {{"AssociationId", text_of(address(elastic), "AssociationId")}});
  const Document answer = why({{"to", ip}});
  EXPECT_EQ(answer["code"], "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS");
}

TEST_F(Reachability, TheAddressOfBeforeTheStop) {
  const std::string before = public_ip_of(server);
  call("StopInstances", {{"InstanceId.1", server}});
  settle();
  call("StartInstances", {{"InstanceId.1", server}});
  settle();
  connects();
  EXPECT_EQ(why({{"to", before}})["code"], "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS");
}

TEST_F(Reachability, AStoppedInstance) {
  associate(allocation(), "InstanceId", server);
  call("StopInstances", {{"InstanceId.1", server}});
  settle();
  times_out("BAD_STATE", server, Document::object(), "aws ec2 start-instances --instance-ids " + server);
}

TEST_F(Reachability, ATerminatedInstance) {
  call("TerminateInstances", {{"InstanceId.1", server}});
  settle();
  times_out("UNASSOCIATED_COMPONENT", server);
  times_out("NO_SOURCE_OR_DESTINATION", "i-01234567890123456", {{"to", "i-01234567890123456"}});
}

TEST_F(Reachability, ASystemThatIsStillBooting) {
  const auto young = launch_in(subnet, web);
  for (int i = 0; i < 60 && instance(young)["State"]["Name"] != "running"; ++i) advance_s(1);
  const Document answer = why({{"to", young}});
  EXPECT_EQ(answer["verdict"], "times out") << answer.dump(1);
  EXPECT_FALSE(answer.contains("code"));  // the analyzer does not look at that
  EXPECT_EQ(answer["fixes"][0], "aws ec2 wait instance-status-ok --instance-ids " + young);
  settle();
  connects({{"to", young}});
}

TEST_F(Reachability, AGroupAsSourceMeansPrivateAddressesOnly) {
  const auto clients = create_group("clients", vpc);
  revoke(web, "tcp", "80", "0.0.0.0/0");
  allow(web, "tcp", "80", clients);
  const auto client = launch_in(subnet, clients);
  settle();
  connects({{"from", client}});
  times_out("ENI_SG_RULES_MISMATCH", web, {{"from", client}, {"to", public_ip_of(server)}});
  allow(web, "tcp", "80", public_ip_of(client) + "/32");
  connects({{"from", client}, {"to", public_ip_of(server)}});
}

TEST_F(Reachability, BlockPublicAccess) {
  call("ModifyVpcBlockPublicAccessOptions", {{"InternetGatewayBlockMode", "block-ingress"}});
  settle();
  times_out("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", gateway, Document::object(),
            "aws ec2 create-vpc-block-public-access-exclusion --vpc-id " + vpc);
  call("CreateVpcBlockPublicAccessExclusion",
       {{"VpcId", vpc}, {"InternetGatewayExclusionMode", "allow-bidirectional"}});
  settle();
  connects();
}

TEST_F(Reachability, APrivateSubnetReachesTheInternetByItsNatGatewayAndNotTheOtherWayRound) {
  const auto inner = create_subnet(vpc, "10.0.1.0/24"), table = create_table(vpc);
  call("AssociateRouteTable", {{"RouteTableId", table}, {"SubnetId", inner}});
  const auto hidden = launch_in(inner, web, false);
  settle();
  const Document out{{"from", hidden}, {"to", "203.0.113.5"}, {"port", 443}};
  times_out("NO_ROUTE_TO_DESTINATION", table, out);
  const auto nat = text_of(
      call("CreateNatGateway", {{"SubnetId", subnet}, {"AllocationId", allocation()}})["NatGateway"], "NatGatewayId");
  settle();
  create_route(table, "0.0.0.0/0", "NatGatewayId", nat);
  connects(out);
  connects({{"from", hidden}, {"to", "internet"}, {"port", 443}});
  const std::string nat_ip = text_of(
      call("DescribeNatGateways", {{"NatGatewayId.1", nat}})["NatGateways"][0]["NatGatewayAddresses"][0], "PublicIp");
  EXPECT_EQ(why({{"to", nat_ip}})["code"], "NO_PATH");
  // The answer comes through the ACLs of both subnets.
  delete_entry(100, false);
  add_entry(acl, 90, false, "allow", 443, 443);
  add_entry(acl, 91, false, "allow", 32768, 60999);
  connects(out);
  delete_entry(91, false);
  times_out("SUBNET_ACL_RESTRICTION", acl, out);
}

TEST_F(Reachability, AMiddleboxHasToBeAllowedToForward) {
  const auto inner = create_subnet(vpc, "10.0.1.0/24"), table = create_table(vpc);
  call("AssociateRouteTable", {{"RouteTableId", table}, {"SubnetId", inner}});
  const auto client = launch_in(inner, web, false), box = launch_in(create_subnet(vpc, "10.0.2.0/24"), web, false);
  settle();
  create_route(table, "10.0.0.0/24", "NetworkInterfaceId", primary_of(box));
  times_out("ENI_SOURCE_DEST_CHECK_RESTRICTION", primary_of(box), {{"from", client}},
            "aws ec2 modify-network-interface-attribute --network-interface-id " + primary_of(box) +
                " --no-source-dest-check");
  call("ModifyInstanceAttribute", {{"InstanceId", box}, {"SourceDestCheck.Value", "false"}});
  connects({{"from", client}});
}

TEST_F(Reachability, ATransitGatewayNeedsRoutesOnAllSides) {
  const auto other = create_vpc("10.9.0.0/16"), other_subnet = create_subnet(other, "10.9.0.0/24");
  const auto other_table = text_of(main_table(other), "RouteTableId");
  const auto group = create_group("far", other);
  allow(group, "tcp", "22", "10.0.0.0/16");
  const auto far = launch_in(other_subnet, group, false);
  const auto transit = text_of(call("CreateTransitGateway")["TransitGateway"], "TransitGatewayId");
  settle();
  for (const auto& [each, in] : {std::pair(vpc, subnet), std::pair(other, other_subnet)}) {
    call("CreateTransitGatewayVpcAttachment", {{"TransitGatewayId", transit}, {"VpcId", each}, {"SubnetIds.1", in}});
  }
  settle();
  const Document question{{"from", server}, {"to", far}, {"port", 22}};
  create_route(main, "10.9.0.0/16", "TransitGatewayId", transit);
  times_out("NO_ROUTE_TO_DESTINATION", other_table, question,
            "aws ec2 create-route --route-table-id " + other_table + " --destination-cidr-block ");
  create_route(other_table, "10.0.0.0/16", "TransitGatewayId", transit);
  connects(question);
  // Groups are not seen through it unless it says so.
  revoke(group, "tcp", "22", "10.0.0.0/16");
  times_out("SG_HAS_NO_RULES", group, question);
}

TEST_F(Reachability, Ipv6HasRoutesRulesAndGatewaysOfItsOwn) {
  call("AssociateVpcCidrBlock", {{"VpcId", vpc}, {"AmazonProvidedIpv6CidrBlock", "true"}});
  settle();
  const std::string whole =
      text_of(call("DescribeVpcs", {{"VpcId.1", vpc}})["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0], "Ipv6CidrBlock");
  call("AssociateSubnetCidrBlock", {{"SubnetId", subnet}, {"Ipv6CidrBlock", whole.substr(0, whole.find('/')) + "/64"}});
  settle();
  const auto eni = primary_of(server);
  call("AssignIpv6Addresses", {{"NetworkInterfaceId", eni}, {"Ipv6AddressCount", "1"}});
  const std::string ip = text_of(interface(eni)["Ipv6Addresses"][0], "Ipv6Address");
  const Document question{{"from", "2001:db8:ffff::1"}, {"to", ip}};
  times_out(
      "ENI_SG_RULES_MISMATCH", web, question,
      "aws ec2 authorize-security-group-ingress --group-id " + web +
          " --ip-permissions 'IpProtocol=tcp,FromPort=80,ToPort=80,Ipv6Ranges=[{CidrIpv6=2001:db8:ffff::1/128}]'");
  call("AuthorizeSecurityGroupIngress", {{"GroupId", web},
                                         {"IpPermissions.1.IpProtocol", "tcp"},
                                         {"IpPermissions.1.FromPort", "80"},
                                         {"IpPermissions.1.ToPort", "80"},
                                         {"IpPermissions.1.Ipv6Ranges.1.CidrIpv6", "::/0"}});
  times_out("NO_ROUTE_TO_DESTINATION", main, question);
  // An egress-only gateway lets answers to its own connections in, and nothing else.
  const auto egress_only =
      text_of(call("CreateEgressOnlyInternetGateway", {{"VpcId", vpc}})["EgressOnlyInternetGateway"],
              "EgressOnlyInternetGatewayId");
  call("CreateRoute",
       {{"RouteTableId", main}, {"DestinationIpv6CidrBlock", "::/0"}, {"EgressOnlyInternetGatewayId", egress_only}});
  times_out("NO_ROUTE_TO_DESTINATION", main, question);
  const Document out{{"from", server}, {"to", "2001:db8:ffff::1"}, {"port", 443}};
  times_out("ENI_SG_RULES_MISMATCH", web, out);  // made before the VPC had IPv6, it lets IPv4 out only
  call("AuthorizeSecurityGroupEgress",
       {{"GroupId", web}, {"IpPermissions.1.IpProtocol", "-1"}, {"IpPermissions.1.Ipv6Ranges.1.CidrIpv6", "::/0"}});
  connects(out);
  call("ReplaceRoute", {{"RouteTableId", main}, {"DestinationIpv6CidrBlock", "::/0"}, {"GatewayId", gateway}});
  connects(question);
  connects({{"to", server}, {"ipv6", true}});
}

TEST_F(Reachability, NobodyHasTheAddress) {
  times_out("NO_POSSIBLE_DESTINATION", vpc, {{"from", server}, {"to", "10.0.77.77"}});
  times_out("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", gateway, {{"from", server}, {"to", "192.168.7.7"}});
  times_out("IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS", gateway, {{"from", "192.168.7.7"}});
}

// ---- What listens --------------------------------------------------------------------------------------------------

TEST_F(Reachability, WhatListensIsSaidByATag) {
  const auto listens = [&](const std::string& value) {
    call("CreateTags", {{"ResourceId.1", server}, {"Tag.1.Key", "fogling:listens"}, {"Tag.1.Value", value}});
  };
  allow(web, "udp", "53", "0.0.0.0/0");
  allow(web, "icmp", "-1", "0.0.0.0/0");
  listens("tcp/8000-8080  udp/53");
  const Document refused = why();
  EXPECT_EQ(refused["verdict"], "refused") << refused.dump(1);
  EXPECT_EQ(refused["because"], server + ": nothing listens on tcp 80, as its tag fogling:listens says");
  EXPECT_EQ(refused["decided_by"], server);
  EXPECT_FALSE(refused.contains("code")) << "AWS has none";
  EXPECT_TRUE(refused["open"].empty());
  connects({{"protocol", "udp"}, {"port", 53}});
  connects({{"protocol", "icmp"}});
  listens("tcp/80");
  EXPECT_EQ(why()["because"], "everything on the way lets it through, and something listens");
  EXPECT_EQ(why({{"port", "0-65535"}})["open"][0]["ports"], "80");
  allow(web, "tcp", "81", "0.0.0.0/0");
  EXPECT_EQ(why({{"port", "0-65535"}})["open"].size(), 1U) << "the network lets 81 in too, but nobody is there";
  listens("");
  EXPECT_EQ(why()["verdict"], "refused");
  listens("tea");
  EXPECT_THROW(why(), std::invalid_argument);
  EXPECT_EQ(analyse(gateway, server, 80)["NetworkPathFound"], true) << "the analyzer asks the network only";
}

TEST_F(Reachability, ARefusalHasToFindItsWayBack) {
  call("CreateTags", {{"ResourceId.1", server}, {"Tag.1.Key", "fogling:listens"}, {"Tag.1.Value", ""}});
  delete_entry(100, true);
  times_out("SUBNET_ACL_RESTRICTION", acl);
}

TEST_F(Reachability, OneTraceFindsEverythingThatIsInTheWay) {
  add_entry(acl, 50, false, "deny", 443, 443);
  call("DeleteRoute", {{"RouteTableId", main}, {"DestinationCidrBlock", "0.0.0.0/0"}});
  const Document answer = why({{"port", 443}});
  EXPECT_EQ(answer["fixes"].size(), 3U) << answer.dump(1);
  EXPECT_EQ(answer["forward"][1]["outcome"], "deny");
  EXPECT_EQ(answer["forward"][2]["outcome"], "not reached, would deny");
}

}  // namespace
}  // namespace fogling::test
