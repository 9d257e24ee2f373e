/// Network Access Analyzer: what of the network a scope describes is open.

#include "tests/support/vpc.hpp"

namespace fogling::test {
namespace {

class NetworkAccessAnalyzer : public VpcTest<HouseTest> {
 protected:
  NetworkAccessAnalyzer() {
    settle();
    call("AuthorizeSecurityGroupIngress", {{"GroupId", web},
                                           {"IpPermissions.1.IpProtocol", "tcp"},
                                           {"IpPermissions.1.FromPort", "80"},
                                           {"IpPermissions.1.ToPort", "80"},
                                           {"IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"}});
    server = launch_running({{"SecurityGroupId.1", web}});
  }

  /// All that comes in from internet gateways.
  static Parameters ingress() {
    return {{"MatchPath.1.Source.ResourceStatement.ResourceType.1", "AWS::EC2::InternetGateway"},
            {"MatchPath.1.Destination.ResourceStatement.ResourceType.1", "AWS::EC2::NetworkInterface"}};
  }
  Document findings(const Parameters& described) {
    const Document made = call("CreateNetworkInsightsAccessScope", described);
    const auto scope_id = text_of(made["NetworkInsightsAccessScope"], "NetworkInsightsAccessScopeId");
    EXPECT_EQ(call("GetNetworkInsightsAccessScopeContent",
                   {{"NetworkInsightsAccessScopeId", scope_id}})["NetworkInsightsAccessScopeContent"],
              made["NetworkInsightsAccessScopeContent"]);
    const Document started = call("StartNetworkInsightsAccessScopeAnalysis",
                                  {{"NetworkInsightsAccessScopeId", scope_id}})["NetworkInsightsAccessScopeAnalysis"];
    EXPECT_EQ(started["Status"], "running");
    EXPECT_EQ(started["FindingsFound"], "unknown");
    settle();
    analysis_id = text_of(started, "NetworkInsightsAccessScopeAnalysisId");
    const Document analysis =
        call("DescribeNetworkInsightsAccessScopeAnalyses",
             {{"NetworkInsightsAccessScopeAnalysisId.1", analysis_id}})["NetworkInsightsAccessScopeAnalyses"][0];
    EXPECT_EQ(analysis["Status"], "succeeded");
    const Document answer =
        call("GetNetworkInsightsAccessScopeAnalysisFindings", {{"NetworkInsightsAccessScopeAnalysisId", analysis_id}});
    EXPECT_EQ(answer["AnalysisStatus"], "succeeded");
    EXPECT_EQ(analysis["FindingsFound"], answer["AnalysisFindings"].empty() ? "false" : "true");
    EXPECT_EQ(analysis["AnalyzedEniCount"], 1);
    return answer["AnalysisFindings"];
  }

  const std::string web =
      text_of(call("CreateSecurityGroup", {{"GroupName", "web"}, {"GroupDescription", "web"}}), "GroupId");
  std::string server, analysis_id;
};

TEST_F(NetworkAccessAnalyzer, FindsWhatIsOpenToTheInternet) {
  const Document found = findings(ingress());
  ASSERT_EQ(found.size(), 1U);
  const Document& way = found[0]["FindingComponents"];
  EXPECT_TRUE(text_of(way[0]["Component"], "Id").starts_with("igw-"));
  EXPECT_EQ(way[way.size() - 1]["Component"]["Id"], server);
  EXPECT_EQ(way[2]["SecurityGroupRule"]["SecurityGroupId"], web);
}

TEST_F(NetworkAccessAnalyzer, HeadersAndExclusionsNarrowIt) {
  auto other_port = ingress();
  other_port.emplace_back("MatchPath.1.Destination.PacketHeaderStatement.DestinationPort.1", "443");
  EXPECT_TRUE(findings(other_port).empty());
  auto this_port = ingress();
  this_port.emplace_back("MatchPath.1.Destination.PacketHeaderStatement.DestinationPort.1", "80-90");
  EXPECT_EQ(findings(this_port).size(), 1U);
  auto excluded = ingress();
  excluded.emplace_back("ExcludePath.1.Destination.ResourceStatement.Resource.1", server);
  EXPECT_TRUE(findings(excluded).empty());
  auto through = ingress();
  through.emplace_back("MatchPath.1.ThroughResource.1.ResourceStatement.ResourceType.1", "AWS::EC2::NatGateway");
  EXPECT_TRUE(findings(through).empty());
}

TEST_F(NetworkAccessAnalyzer, AnalysesAreFoundByWhenTheyBegan) {
  findings(ingress());
  const auto first = analysis_id;
  advance_s(60);
  findings(ingress());
  const auto second = analysis_id;
  const auto found = [&](const Parameters& between) {
    std::vector<std::string> ids, starts;
    const Document answer = call("DescribeNetworkInsightsAccessScopeAnalyses", between);
    for (const auto& each : answer["NetworkInsightsAccessScopeAnalyses"]) {
      ids.push_back(text_of(each, "NetworkInsightsAccessScopeAnalysisId"));
      starts.push_back(text_of(each, "StartDate"));
    }
    return std::pair(ids, starts);
  };
  const auto starts = found({}).second;
  ASSERT_EQ(starts.size(), 2U);
  const std::vector<std::string> both{first, second}, only_first{first}, only_second{second};
  EXPECT_EQ(found({{"AnalysisStartTimeBegin", starts[1]}}).first, only_second);
  EXPECT_EQ(found({{"AnalysisStartTimeEnd", starts[0]}}).first, only_first);
  EXPECT_EQ(found({{"AnalysisStartTimeBegin", starts[0]}, {"AnalysisStartTimeEnd", starts[1]}}).first, both);
  EXPECT_TRUE(found({{"AnalysisStartTimeBegin", "2030-01-01T00:00:00Z"}}).first.empty());
}

TEST_F(NetworkAccessAnalyzer, ScopesGoOnceTheirAnalysesHave) {
  findings(ingress());
  const Document scopes = call("DescribeNetworkInsightsAccessScopes")["NetworkInsightsAccessScopes"];
  const auto scope_id = text_of(scopes[0], "NetworkInsightsAccessScopeId");
  refuse("DependencyViolation", "", "DeleteNetworkInsightsAccessScope", {{"NetworkInsightsAccessScopeId", scope_id}});
  call("DeleteNetworkInsightsAccessScopeAnalysis", {{"NetworkInsightsAccessScopeAnalysisId", analysis_id}});
  EXPECT_EQ(call("DeleteNetworkInsightsAccessScope",
                 {{"NetworkInsightsAccessScopeId", scope_id}})["NetworkInsightsAccessScopeId"],
            scope_id);
  refuse("InvalidNetworkInsightsAccessScopeId.NotFound", "", "GetNetworkInsightsAccessScopeContent",
         {{"NetworkInsightsAccessScopeId", scope_id}});
}

}  // namespace
}  // namespace fogling::test
