/// NAT of transit gateway attachments, and the entries of policy tables.

#include "tests/support/vpc.hpp"

namespace fogling::test {
namespace {

template <class Base>
class GatewayTest : public VpcTest<Base> {
 protected:
  using VpcTest<Base>::text_of;

  const std::string gateway = text_of(this->call("CreateTransitGateway")["TransitGateway"], "TransitGatewayId");

  std::string create_route_table() {
    const auto id = text_of(
        this->call("CreateTransitGatewayRouteTable", {{"TransitGatewayId", gateway}})["TransitGatewayRouteTable"],
        "TransitGatewayRouteTableId");
    this->settle();
    return id;
  }
};

// ---- NAT -----------------------------------------------------------------------------------------------------------

class TransitGatewayNat : public GatewayTest<HouseTest> {
 protected:
  void SetUp() override {
    settle();
    const auto vpc = create_vpc("10.0.0.0/16"), subnet = create_subnet(vpc, "10.0.0.0/24");
    attachment = text_of(
        call("CreateTransitGatewayVpcAttachment",
             {{"TransitGatewayId", gateway}, {"VpcId", vpc}, {"SubnetIds.1", subnet}})["TransitGatewayVpcAttachment"],
        "TransitGatewayAttachmentId");
    settle();
  }
  Parameters with_rule(const std::string& number, const std::string& source, const std::string& nat,
                       Parameters more = {}) {
    more.insert(more.end(), {{"TransitGatewayAttachmentId", attachment},
                             {"NatGatewayRule.1.RuleNumber", number},
                             {"NatGatewayRule.1.MatchSourceCidr", source},
                             {"NatGatewayRule.1.NatCidr", nat}});
    return more;
  }
  Document modify(const Parameters& parameters) {
    return call("ModifyTransitGatewayAttachmentNatConfiguration", parameters);
  }
  void refuse_rule(const std::string& number, const std::string& source, const std::string& nat) {
    refuse("InvalidParameterValue", "", "ModifyTransitGatewayAttachmentNatConfiguration",
           with_rule(number, source, nat));
  }
  Document configuration() {
    return call("GetTransitGatewayAttachmentNatConfiguration", {{"TransitGatewayAttachmentId", attachment}});
  }
  Document system_routes() {
    const auto options = call("DescribeTransitGateways")["TransitGateways"][0]["Options"];
    return call("SearchTransitGatewayRoutes",
                {{"TransitGatewayRouteTableId", text_of(options, "PropagationDefaultRouteTableId")},
                 {"Filter.1.Name", "type"},
                 {"Filter.1.Value.1", "system"}})["Routes"];
  }

  std::string attachment;
};

TEST_F(TransitGatewayNat, ComesIntoForceAndGoes) {
  EXPECT_EQ(text(configuration(), "NatGatewaySupport"), "disabled");
  const Document changed = modify(with_rule("10", "10.0.0.0/16", "100.64.0.0/16", {{"NatGatewaySupport", "enable"}}));
  EXPECT_EQ(text(changed, "NatGatewaySupport"), "enabling");
  EXPECT_EQ(text(changed["NatGatewayRules"][0], "State"), "pending");
  refuse("IncorrectState", "", "ModifyTransitGatewayAttachmentNatConfiguration",
         {{"TransitGatewayAttachmentId", attachment}, {"NatGatewaySupport", "disable"}});
  EXPECT_TRUE(system_routes().empty());
  settle();
  EXPECT_EQ(text(configuration(), "NatGatewaySupport"), "enabled");
  EXPECT_EQ(text(configuration()["NatGatewayRules"][0], "State"), "activated");
  ASSERT_EQ(system_routes().size(), 1U);
  EXPECT_EQ(text(system_routes()[0], "DestinationCidrBlock"), "100.64.0.0/16");
  const auto shown = call("DescribeTransitGatewayAttachments",
                          {{"TransitGatewayAttachmentIds.1", attachment}})["TransitGatewayAttachments"][0];
  EXPECT_EQ(text(shown, "NatGatewaySupport"), "enabled");
  refuse("InvalidParameterValue", "", "ModifyTransitGatewayAttachmentNatConfiguration",
         {{"TransitGatewayAttachmentId", attachment}, {"ResetNatGatewayRules", "true"}});
  modify(
      {{"TransitGatewayAttachmentId", attachment}, {"ResetNatGatewayRules", "true"}, {"NatGatewaySupport", "disable"}});
  settle();
  EXPECT_TRUE(configuration()["NatGatewayRules"].empty());
  EXPECT_TRUE(system_routes().empty());
}

TEST_F(TransitGatewayNat, RulesAreJudged) {
  refuse("InvalidParameterCombination", "", "ModifyTransitGatewayAttachmentNatConfiguration",
         {{"TransitGatewayAttachmentId", attachment}});
  refuse_rule("0", "10.0.0.0/16", "100.64.0.0/16");
  refuse_rule("1", "224.0.0.0/16", "100.64.0.0/16");
  refuse_rule("1", "169.254.7.0/24", "100.64.0.0/24");
  refuse_rule("1", "10.0.0.0/16", "8.8.0.0/16");
  refuse_rule("1", "10.0.0.0/16", "100.64.0.0/24");
  Parameters twice = with_rule("1", "10.0.0.0/16", "100.64.0.0/16");
  twice.insert(twice.end(), {{"NatGatewayRule.2.RuleNumber", "2"},
                             {"NatGatewayRule.2.MatchSourceCidr", "10.0.1.0/24"},
                             {"NatGatewayRule.2.NatCidr", "100.65.0.0/24"}});
  refuse("InvalidParameterValue", "", "ModifyTransitGatewayAttachmentNatConfiguration", twice);
  refuse("InvalidParameterCombination", "", "ModifyTransitGatewayAttachmentNatConfiguration",
         with_rule("1", "10.0.0.0/16", "100.64.0.0/16", {{"ResetNatGatewayRules", "true"}}));
  refuse("InvalidParameterValue", "", "ModifyTransitGatewayAttachmentNatConfiguration",
         {{"TransitGatewayAttachmentId", attachment}, {"NatSystemRouteSupport", "disable"}});
  refuse("InvalidParameterValue", "", "ModifyTransitGatewayAttachmentNatConfiguration",
         {{"TransitGatewayAttachmentId", attachment}, {"NatGatewaySupport", "enable"}});
  scope.account = "210987654321";
  refuse("InvalidTransitGatewayAttachmentID.NotFound", "", "GetTransitGatewayAttachmentNatConfiguration",
         {{"TransitGatewayAttachmentId", attachment}});
}

// ---- Policy tables -------------------------------------------------------------------------------------------------

class TransitGatewayPolicyEntries : public GatewayTest<SettledTest> {
 protected:
  const std::string table =
      text_of(call("CreateTransitGatewayPolicyTable", {{"TransitGatewayId", gateway}})["TransitGatewayPolicyTable"],
              "TransitGatewayPolicyTableId");
  const std::string target = create_route_table();

  Document create(const std::string& number, Parameters more = {}) {
    more.insert(more.end(),
                {{"TransitGatewayPolicyTableId", table}, {"PolicyRuleNumber", number}, {"TargetRouteTableId", target}});
    return call("CreateTransitGatewayPolicyTableEntry", more)["TransitGatewayPolicyTableEntry"];
  }
  Document entries(Parameters more = {}) {
    more.emplace_back("TransitGatewayPolicyTableId", table);
    return call("GetTransitGatewayPolicyTableEntries", more)["TransitGatewayPolicyTableEntries"];
  }
};

TEST_F(TransitGatewayPolicyEntries, AreMadeChangedAndDeleted) {
  create("20", {{"PolicyRule.Protocol", "6"}, {"PolicyRule.DestinationPortRange", "80-443"}});
  const Document first = create("10", {{"PolicyRule.SourceCidrBlock", "10.1.0.0/16"},
                                       {"PolicyRule.MetaData.MetaDataKey", "stage"},
                                       {"PolicyRule.MetaData.MetaDataValue", "test"}});
  EXPECT_EQ(text(first, "State"), "active");
  EXPECT_EQ(text(first["PolicyRule"], "DestinationCidrBlock"), "*");
  ASSERT_EQ(entries().size(), 2U);
  EXPECT_EQ(text(entries()[0], "PolicyRuleNumber"), "10") << "the lower number is looked at first";
  EXPECT_EQ(entries({{"Filter.1.Name", "policy-rule.meta-data.value"}, {"Filter.1.Value.1", "test"}}).size(), 1U);
  EXPECT_EQ(entries({{"MaxResults", "5"}}).size(), 2U);
  const std::string other = create_route_table();
  const Document changed = call("ModifyTransitGatewayPolicyTableEntry", {{"TransitGatewayPolicyTableId", table},
                                                                         {"PolicyRuleNumber", "20"},
                                                                         {"PolicyRule.SourcePortRange", "1024-65535"},
                                                                         {"TargetRouteTableId", other}});
  const Document rule = changed["TransitGatewayPolicyTableEntry"]["PolicyRule"];
  EXPECT_EQ(text(rule, "SourcePortRange"), "1024-65535");
  EXPECT_EQ(text(rule, "DestinationPortRange"), "80-443") << "what is not named stays";
  refuse("DependencyViolation", "", "DeleteTransitGatewayRouteTable", {{"TransitGatewayRouteTableId", other}});
  const Document gone = call("DeleteTransitGatewayPolicyTableEntry",
                             {{"TransitGatewayPolicyTableId", table}, {"PolicyRuleNumber", "20"}});
  EXPECT_EQ(text(gone["TransitGatewayPolicyTableEntry"], "State"), "deleted");
  call("DeleteTransitGatewayRouteTable", {{"TransitGatewayRouteTableId", other}});
  EXPECT_EQ(entries().size(), 1U);
  refuse("InvalidTransitGatewayPolicyTableEntry.NotFound", "", "DeleteTransitGatewayPolicyTableEntry",
         {{"TransitGatewayPolicyTableId", table}, {"PolicyRuleNumber", "20"}});
}

TEST_F(TransitGatewayPolicyEntries, RulesAreJudged) {
  const auto refuse_rule = [&](const char* code, const std::string& number, const Parameters& rule) {
    Parameters parameters{
        {"TransitGatewayPolicyTableId", table}, {"PolicyRuleNumber", number}, {"TargetRouteTableId", target}};
    parameters.insert(parameters.end(), rule.begin(), rule.end());
    refuse(code, "", "CreateTransitGatewayPolicyTableEntry", parameters);
  };
  create("10");
  refuse_rule("TransitGatewayPolicyTableEntryAlreadyExists", "10", {});
  refuse_rule("InvalidParameterValue", "ten", {});
  refuse_rule("InvalidParameterValue", "11", {{"PolicyRule.Protocol", "99"}});
  refuse_rule("InvalidParameterValue", "11", {{"PolicyRule.Protocol", "1"}, {"PolicyRule.SourcePortRange", "80"}});
  refuse_rule("InvalidParameterValue", "11", {{"PolicyRule.Protocol", "6"}, {"PolicyRule.SourcePortRange", "90-80"}});
  refuse_rule("InvalidParameterValue", "11", {{"PolicyRule.SourceCidrBlock", "10.1.0.0"}});
  refuse("InvalidRouteTableID.NotFound", "", "CreateTransitGatewayPolicyTableEntry",
         {{"TransitGatewayPolicyTableId", table},
          {"PolicyRuleNumber", "11"},
          {"TargetRouteTableId", "tgw-rtb-0123456789abcdef0"}});
}

}  // namespace
}  // namespace fogling::test
