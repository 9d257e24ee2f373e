/// Who can reach whom, what flow logs record of packets, and Reachability Analyzer.

#include "tests/support/reachability.hpp"

namespace fogling::test {
namespace {

using NetworkInsights = Reachability;

// ---- Other questions -----------------------------------------------------------------------------------------------

TEST_F(NetworkInsights, WhoCanReachIt) {
  allow(web, "tcp", "22", "203.0.113.0/24");
  const auto neighbour = launch_in(subnet, web);
  settle();
  const Document answer = ask("/who", {{"to", server}});
  const Document expected = Document::array({{{"protocol", "tcp"}, {"ports", "22"}, {"sources", {"203.0.113.0/24"}}},
                                             {{"protocol", "tcp"}, {"ports", "80"}, {"sources", {"0.0.0.0/0"}}}});
  EXPECT_EQ(answer["internet"], expected) << answer.dump(1);
  EXPECT_EQ(answer["instances"], Document::array({{{"protocol", "tcp"}, {"ports", "80"}, {"from", neighbour}}}));
}

TEST_F(NetworkInsights, TheMatrixOfAVpc) {
  const auto clients = create_group("clients", vpc);
  const auto client = launch_in(subnet, clients);
  settle();
  const Document answer = ask("/matrix", {{"vpc", vpc}, {"port", 80}});
  EXPECT_EQ(answer["reach"]["internet"], Document::array({server}));
  EXPECT_EQ(answer["reach"][client], Document::array({server}));
  EXPECT_EQ(answer["reach"][server], Document::array());
}

TEST_F(NetworkInsights, NothingButWhatIsMeantToBeOpen) {
  EXPECT_EQ(ask("/assert", {{"to", vpc}, {"from", "internet"}, {"only", {"tcp/80"}}})["holds"], true);
  const Document answer = ask("/assert", {{"to", server}, {"only", {"tcp/443"}}});
  EXPECT_EQ(answer["holds"], false);
  EXPECT_EQ(answer["unexpected"][0]["ports"], "80");
  EXPECT_EQ(answer["unexpected"][0]["to"], server);
}

TEST_F(NetworkInsights, QuestionsThatMeanNothingAreRefused) {
  for (const Document& question : {Document{{"to", "tea"}}, Document{{"to", server}, {"port", 70000}},
                                   Document{{"to", server}, {"protocol", "tea"}}, Document{{"too", server}},
                                   Document{{"to", server}, {"port", "90-80"}},
                                   Document{{"to", "vpce-svc-"}, {"port", "-"}}, Document::object()}) {
    EXPECT_THROW(ask("/why", question), std::invalid_argument) << question.dump();
  }
  EXPECT_FALSE(api::answer_reachability("/_sim/reachability/tea", Document::object(), house.world()).has_value());
}

// ---- Flow logs -----------------------------------------------------------------------------------------------------

TEST_F(NetworkInsights, PacketsLeaveRecordsInFlowLogs) {
  call("CreateFlowLogs", {{"ResourceId.1", primary_of(server)},
                          {"ResourceType", "NetworkInterface"},
                          {"TrafficType", "ALL"},
                          {"LogDestinationType", "s3"},
                          {"LogDestination", "arn:aws:s3:::logs"}});
  call("CreateFlowLogs", {{"ResourceId.1", vpc},
                          {"ResourceType", "VPC"},
                          {"TrafficType", "REJECT"},
                          {"LogDestinationType", "s3"},
                          {"LogDestination", "arn:aws:s3:::rejects"},
                          {"LogFormat", "${version} ${vpc-id} ${action} ${flow-direction}"}});
  const auto records = [&](std::size_t i) {
    return api::answer_flow_logs({}, house.world())["flow_logs"][i]["records"];
  };
  const auto send = [&](const Document& question) { return api::answer_packets(question, house.world()); };
  EXPECT_EQ(send({{"from", "203.0.113.5"}, {"to", server}, {"port", 80}, {"packets", 20}, {"bytes", 4249}})["records"],
            2);
  const auto eni = primary_of(server);
  const std::string own = text_of(instance(server), "PrivateIpAddress");
  const std::string in = "2 123456789012 " + eni + " 203.0.113.5 " + own + " 32768 80 6 20 4249 ";
  const std::string out = "2 123456789012 " + eni + " " + own + " 203.0.113.5 80 32768 6 20 4249 ";
  ASSERT_EQ(records(0).size(), 2U);
  EXPECT_TRUE(records(0)[0].get<std::string>().starts_with(in)) << records(0);
  EXPECT_TRUE(records(0)[0].get<std::string>().ends_with(" ACCEPT OK"));
  EXPECT_TRUE(records(0)[1].get<std::string>().starts_with(out)) << records(0);

  // A group refuses what comes in, once; an ACL may refuse the answer of what came in.
  send({{"from", "203.0.113.5"}, {"to", server}, {"port", 443}});
  ASSERT_EQ(records(0).size(), 3U);
  EXPECT_TRUE(records(0)[2].get<std::string>().ends_with(" REJECT OK"));
  delete_entry(100, true);
  send({{"from", "203.0.113.5"}, {"to", server}, {"port", 80}});
  EXPECT_TRUE(records(0)[3].get<std::string>().ends_with(" ACCEPT OK"));
  EXPECT_TRUE(records(0)[4].get<std::string>().ends_with(" REJECT OK"));
  EXPECT_EQ(records(1), Document::array({"5 " + vpc + " REJECT ingress", "5 " + vpc + " REJECT egress"}));

  // What nobody has is recorded by nobody.
  EXPECT_EQ(send({{"from", "203.0.113.5"}, {"to", "198.19.255.1"}, {"port", 80}})["records"], 0);
  EXPECT_THROW(send({{"to", server}}), std::invalid_argument);
}

// ---- Reachability Analyzer -----------------------------------------------------------------------------------------

TEST_F(NetworkInsights, AnAnalysisShowsTheWayThereAndBack) {
  const Document analysis = analyse(gateway, server, 80);
  EXPECT_EQ(analysis["Status"], "succeeded");
  ASSERT_EQ(analysis["NetworkPathFound"], true) << analysis.dump(1);
  const auto interface = primary_of(server);
  EXPECT_EQ(components(analysis["ForwardPathComponents"]), (std::vector{gateway, acl, web, interface, server}));
  EXPECT_EQ(components(analysis["ReturnPathComponents"]), (std::vector{server, interface, web, acl, main, gateway}));
  const Document& forward = analysis["ForwardPathComponents"];
  EXPECT_EQ(forward[0]["InboundHeader"]["DestinationAddresses"], Document::array({public_ip_of(server) + "/32"}));
  EXPECT_EQ(forward[0]["InboundHeader"]["Protocol"], "6");
  EXPECT_EQ(forward[0]["InboundHeader"]["SourcePortRanges"], Document::array({{{"From", 0}, {"To", 65535}}}));
  EXPECT_EQ(forward[0]["InboundHeader"]["SourceAddresses"][0], "0.0.0.0/5");
  EXPECT_EQ(forward[1]["AclRule"]["RuleNumber"], 100);
  EXPECT_EQ(forward[1]["AclRule"]["Protocol"], "all");
  EXPECT_EQ(forward[2]["SecurityGroupRule"]["Direction"], "ingress");
  EXPECT_EQ(forward[2]["SecurityGroupRule"]["PortRange"], (Document{{"From", 80}, {"To", 80}}));
  EXPECT_EQ(forward[3]["AttachedTo"]["Id"], server);
  const Document& back = analysis["ReturnPathComponents"];
  EXPECT_FALSE(back[2].contains("SecurityGroupRule"));
  EXPECT_EQ(back[3]["AclRule"]["Egress"], true);
  EXPECT_EQ(back[4]["RouteTableRoute"]["DestinationCidr"], "0.0.0.0/0");
  EXPECT_EQ(back[4]["RouteTableRoute"]["Origin"], "createroute");
  EXPECT_EQ(back[5]["OutboundHeader"]["SourceAddresses"], Document::array({public_ip_of(server) + "/32"}));
}

TEST_F(NetworkInsights, AnAnalysisExplainsWhatIsInTheWay) {
  const Document analysis = analyse(gateway, server, 443);
  EXPECT_EQ(analysis["Status"], "succeeded");
  EXPECT_EQ(analysis["NetworkPathFound"], false);
  ASSERT_EQ(codes(analysis), std::vector<std::string>{"ENI_SG_RULES_MISMATCH"}) << analysis.dump(1);
  const Document& explanation = analysis["Explanations"][0];
  EXPECT_EQ(explanation["Direction"], "ingress");
  EXPECT_EQ(explanation["SecurityGroups"][0]["Id"], web);
  allow(web, "tcp", "443", "0.0.0.0/0");
  EXPECT_EQ(analyse(gateway, server, 443)["NetworkPathFound"], true);
}

TEST_F(NetworkInsights, InstancesAndInterfacesAreEndsToo) {
  const auto inner = create_subnet(vpc, "10.0.1.0/24");
  const auto client = launch_in(inner, web, false);
  settle();
  const Document analysis = analyse(client, primary_of(server), 80);
  ASSERT_EQ(analysis["NetworkPathFound"], true) << analysis.dump(1);
  EXPECT_EQ(components(analysis["ForwardPathComponents"]),
            (std::vector{client, primary_of(client), web, acl, main, acl, web, primary_of(server), server}));
  const auto lonely = create_interface(subnet);
  EXPECT_EQ(codes(analyse(gateway, lonely, 80)).front(), "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS");
}

TEST_F(NetworkInsights, AnotherNetworksGatewayLeadsNowhere) {
  const auto other = create_gateway(create_vpc("10.9.0.0/16"));
  EXPECT_EQ(codes(analyse(other, server, 80)), std::vector<std::string>{"DISCONNECTED_VPCS"});
}

TEST_F(NetworkInsights, ComponentsCanBeAskedForAndRuledOut) {
  const std::string arn = "arn:aws:ec2:us-east-1:123456789012:network-acl/" + acl;
  EXPECT_EQ(analyse(gateway, server, 80, {{"FilterInArn.1", arn}})["NetworkPathFound"], true);
  EXPECT_EQ(codes(analyse(gateway, server, 80, {{"FilterOutArn.1", arn}})),
            std::vector<std::string>{"COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT"});
}

TEST_F(NetworkInsights, OtherWaysAreHintedAt) {
  const auto far = create_vpc("10.1.0.0/16");
  const auto far_group = create_group("far", far);
  allow(far_group, "tcp", "80", "10.0.0.0/8");
  const auto far_server = launch_in(create_subnet(far, "10.1.0.0/24"), far_group, false);
  settle();
  EXPECT_FALSE(analyse(server, far_server, 80).contains("AlternatePathHints"));
  const auto peering =
      text_of(call("CreateVpcPeeringConnection", {{"VpcId", vpc}, {"PeerVpcId", far}})["VpcPeeringConnection"],
              "VpcPeeringConnectionId");
  settle();
  EXPECT_FALSE(analyse(server, far_server, 80).contains("AlternatePathHints")) << "it is not accepted yet";
  call("AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", peering}});
  settle();
  const Document hinted = analyse(server, far_server, 80);
  EXPECT_EQ(hinted["NetworkPathFound"], false);
  EXPECT_EQ(
      hinted["AlternatePathHints"],
      Document::array({{{"ComponentId", peering},
                        {"ComponentArn", "arn:aws:ec2:us-east-1:123456789012:vpc-peering-connection/" + peering}}}));
  create_route(main, "10.1.0.0/16", "VpcPeeringConnectionId", peering);
  create_route(text_of(main_table(far), "RouteTableId"), "10.0.0.0/16", "VpcPeeringConnectionId", peering);
  const Document found = analyse(server, far_server, 80);
  EXPECT_EQ(found["NetworkPathFound"], true);
  EXPECT_FALSE(found.contains("AlternatePathHints")) << "it is on the way now";
}

TEST_F(NetworkInsights, ZonesThatAreCrossedAreNamed) {
  const auto other_zone =
      text_of(call("CreateSubnet",
                   {{"VpcId", vpc}, {"CidrBlock", "10.0.9.0/24"}, {"AvailabilityZone", "us-east-1b"}})["Subnet"],
              "SubnetId");
  const auto first = text_of(call("DescribeSubnets", {{"SubnetId.1", subnet}})["Subnets"][0], "AvailabilityZone");
  ASSERT_NE(first, "us-east-1b");
  const auto there = launch_in(other_zone, web), here = launch_in(subnet, web);
  settle();
  const auto crossings = [&](const std::string& from) {
    std::vector<std::string> ids;
    const Document found = analyse(from, server, 80);
    EXPECT_EQ(found["NetworkPathFound"], true);
    for (const auto& each : found["ForwardPathComponents"]) {
      for (const auto& detail : items(each, "AdditionalDetails")) {
        EXPECT_EQ(detail["AdditionalDetailType"], "AVAILABILITY_ZONE_CROSSED");
        ids.push_back(text_of(detail["Component"], "Id"));
      }
    }
    return ids;
  };
  EXPECT_EQ(crossings(there), std::vector<std::string>{primary_of(server)});
  EXPECT_TRUE(crossings(here).empty());
}

TEST_F(NetworkInsights, PathsHoldTheirAnalyses) {
  const Document analysis = analyse(gateway, server, 80);
  const auto path = text_of(analysis, "NetworkInsightsPathId"), id = text_of(analysis, "NetworkInsightsAnalysisId");
  refuse("AnalysisExistsForNetworkInsightsPath", "", "DeleteNetworkInsightsPath", {{"NetworkInsightsPathId", path}});
  const auto found = [&](const std::string& name, const std::string& value) {
    return call("DescribeNetworkInsightsAnalyses", {{"NetworkInsightsPathId", path},
                                                    {"Filter.1.Name", name},
                                                    {"Filter.1.Value.1", value}})["NetworkInsightsAnalyses"]
        .size();
  };
  EXPECT_EQ(found("path-found", "true"), 1U);
  EXPECT_EQ(found("path-found", "false"), 0U);
  EXPECT_EQ(found("status", "succeeded"), 1U);
  EXPECT_EQ(call("DescribeNetworkInsightsAnalyses",
                 {{"AnalysisStartTime", "2030-01-01T00:00:00Z"}})["NetworkInsightsAnalyses"]
                .size(),
            0U);
  expect_filters("DescribeNetworkInsightsPaths");
  EXPECT_EQ(call("DeleteNetworkInsightsAnalysis", {{"NetworkInsightsAnalysisId", id}})["NetworkInsightsAnalysisId"],
            id);
  refuse("InvalidNetworkInsightsAnalysisId.NotFound", "", "DescribeNetworkInsightsAnalyses",
         {{"NetworkInsightsAnalysisId.1", id}});
  EXPECT_EQ(call("DeleteNetworkInsightsPath", {{"NetworkInsightsPathId", path}})["NetworkInsightsPathId"], path);
  refuse("InvalidNetworkInsightsPathId.NotFound", "", "StartNetworkInsightsAnalysis",
         {{"NetworkInsightsPathId", path}});
}

TEST_F(NetworkInsights, PathsAreRefusedThatAskNothing) {
  const auto create = [&](Parameters more) {
    more.emplace_back("Protocol", "tcp");
    return more;
  };
  refuse("MissingParameter", "", "CreateNetworkInsightsPath", create({{"Source", server}}));
  refuse("InvalidParameterValue", "", "CreateNetworkInsightsPath", create({{"Source", vpc}, {"Destination", server}}));
  refuse("InvalidInstanceID.NotFound", "", "CreateNetworkInsightsPath",
         create({{"Source", gateway}, {"Destination", "i-01234567890123456"}}));
  refuse("InvalidParameterCombination", "", "CreateNetworkInsightsPath",
         create({{"Source", gateway},
                 {"Destination", server},
                 {"DestinationPort", "80"},
                 {"FilterAtSource.SourceAddress", "203.0.113.5/32"}}));
  const Document path = call("CreateNetworkInsightsPath",
                             create({{"Source", gateway},
                                     {"Destination", "arn:aws:ec2:us-east-1:123456789012:instance/" + server},
                                     {"FilterAtSource.SourceAddress", "203.0.113.5/32"},
                                     {"FilterAtSource.DestinationPortRange.FromPort", "80"},
                                     {"FilterAtSource.DestinationPortRange.ToPort", "90"}}))["NetworkInsightsPath"];
  EXPECT_EQ(path["Destination"], server);
  EXPECT_EQ(path["SourceArn"], "arn:aws:ec2:us-east-1:123456789012:internet-gateway/" + gateway);
  EXPECT_EQ(path["FilterAtSource"]["DestinationPortRange"]["ToPort"], 90);
}

}  // namespace
}  // namespace fogling::test
