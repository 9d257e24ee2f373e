#pragma once

/// A server that can be reached from the internet, to be broken in many ways.

#include "api/reachability.hpp"
#include "tests/support/vpc.hpp"

namespace fogling::test {

class Reachability : public VpcTest<HouseTest> {
 protected:
  Reachability() {
    settle();
    call("CreateRoute", {{"RouteTableId", main}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"GatewayId", gateway}});
    allow(web, "tcp", "80", "0.0.0.0/0");
    server = launch_in(subnet, web);
    settle();
  }

  std::string create_group(const std::string& name, const std::string& vpc_id) {
    return text_of(call("CreateSecurityGroup", {{"GroupName", name}, {"GroupDescription", name}, {"VpcId", vpc_id}}),
                   "GroupId");
  }
  Parameters permission(const std::string& group, const std::string& protocol, const std::string& port,
                        const std::string& peer) {
    const std::string member =
        peer.starts_with("sg-") ? "IpPermissions.1.Groups.1.GroupId" : "IpPermissions.1.IpRanges.1.CidrIp";
    return {{"GroupId", group},
            {"IpPermissions.1.IpProtocol", protocol},
            {"IpPermissions.1.FromPort", port},
            {"IpPermissions.1.ToPort", port},
            {member, peer}};
  }
  void allow(const std::string& group, const std::string& protocol, const std::string& port, const std::string& peer) {
    call("AuthorizeSecurityGroupIngress", permission(group, protocol, port, peer));
  }
  void revoke(const std::string& group, const std::string& protocol, const std::string& port, const std::string& peer) {
    call("RevokeSecurityGroupIngress", permission(group, protocol, port, peer));
  }
  std::string launch_in(const std::string& subnet_id, const std::string& group, bool is_public = true) {
    return launch({{"NetworkInterface.1.DeviceIndex", "0"},
                   {"NetworkInterface.1.SubnetId", subnet_id},
                   {"NetworkInterface.1.SecurityGroupId.1", group},
                   {"NetworkInterface.1.AssociatePublicIpAddress", is_public ? "true" : "false"}});
  }
  void add_entry(const std::string& acl_id, int number, bool is_egress, const std::string& action, int from, int to,
                 const std::string& protocol = "6") {
    call("CreateNetworkAclEntry", {{"NetworkAclId", acl_id},
                                   {"RuleNumber", std::to_string(number)},
                                   {"Egress", is_egress ? "true" : "false"},
                                   {"RuleAction", action},
                                   {"Protocol", protocol},
                                   {"CidrBlock", "0.0.0.0/0"},
                                   {"PortRange.From", std::to_string(from)},
                                   {"PortRange.To", std::to_string(to)}});
  }
  void delete_entry(int number, bool is_egress) {
    call("DeleteNetworkAclEntry",
         {{"NetworkAclId", acl}, {"RuleNumber", std::to_string(number)}, {"Egress", is_egress ? "true" : "false"}});
  }

  Document ask(const char* path, const Document& question) {
    return api::answer_reachability(std::string("/_sim/reachability") + path, question, house.world()).value();
  }
  Document why(Document question = Document::object()) {
    if (!question.contains("to")) question["to"] = server;
    if (!question.contains("port")) question["port"] = 80;
    return ask("/why", question);
  }
  void connects(const Document& question = Document::object()) {
    const Document answer = why(question);
    EXPECT_EQ(answer["verdict"], "connects") << answer.dump(1);
  }
  /// It times out for this reason; and the change that is proposed is what the last argument begins with.
  void times_out(const std::string& code, const std::string& decided_by, const Document& question = Document::object(),
                 const std::string& fix = {}) {
    const Document answer = why(question);
    EXPECT_EQ(answer["verdict"], "times out") << answer.dump(1);
    EXPECT_EQ(text_of(answer, "code"), code) << answer.dump(1);
    EXPECT_EQ(text_of(answer, "decided_by"), decided_by) << answer.dump(1);
    if (fix.empty()) return;
    ASSERT_FALSE(answer["fixes"].empty());
    EXPECT_EQ(answer["fixes"][0].get<std::string>().substr(0, fix.size()), fix);
  }

  /// The analysis of a path to a port, once it has run.
  Document analyse(const std::string& source, const std::string& destination, int port, Parameters more = {}) {
    const auto path =
        text_of(call("CreateNetworkInsightsPath", {{"Source", source},
                                                   {"Destination", destination},
                                                   {"Protocol", "tcp"},
                                                   {"DestinationPort", std::to_string(port)}})["NetworkInsightsPath"],
                "NetworkInsightsPathId");
    more.emplace_back("NetworkInsightsPathId", path);
    const Document started = call("StartNetworkInsightsAnalysis", more)["NetworkInsightsAnalysis"];
    EXPECT_EQ(started["Status"], "running");
    EXPECT_FALSE(started.contains("NetworkPathFound"));
    settle();
    return call(
        "DescribeNetworkInsightsAnalyses",
        {{"NetworkInsightsAnalysisId.1", text_of(started, "NetworkInsightsAnalysisId")}})["NetworkInsightsAnalyses"][0];
  }
  static std::vector<std::string> components(const Document& list) {
    std::vector<std::string> ids;
    for (const auto& each : list) ids.push_back(text_of(each["Component"], "Id"));
    return ids;
  }
  static std::vector<std::string> codes(const Document& analysis) {
    std::vector<std::string> found;
    for (const auto& each : items(analysis, "Explanations")) found.push_back(text_of(each, "ExplanationCode"));
    return found;
  }

  const std::string vpc = create_vpc(), gateway = create_gateway(vpc), subnet = create_subnet(vpc);
  const std::string main = text_of(main_table(vpc), "RouteTableId");
  const std::string acl =
      text_of(call("DescribeNetworkAcls", {{"Filter.1.Name", "vpc-id"}, {"Filter.1.Value.1", vpc}})["NetworkAcls"][0],
              "NetworkAclId");
  const std::string web = create_group("web", vpc);
  std::string server;
};

}  // namespace fogling::test
