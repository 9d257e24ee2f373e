/// VPC Block Public Access: its options, its exclusions, and what VPCs and subnets say of it.

#include "tests/support/vpc.hpp"

namespace fogling::test {
namespace {

class BlockPublicAccessTest : public VpcTest<HouseTest> {
 protected:
  std::string set_mode(const std::string& mode) {
    return text_of(
        call("ModifyVpcBlockPublicAccessOptions", {{"InternetGatewayBlockMode", mode}})["VpcBlockPublicAccessOptions"],
        "State");
  }
  Document shown_options() { return call("DescribeVpcBlockPublicAccessOptions")["VpcBlockPublicAccessOptions"]; }
  Document exclude(const char* member, const std::string& id, const std::string& mode) {
    return call("CreateVpcBlockPublicAccessExclusion",
                {{member, id}, {"InternetGatewayExclusionMode", mode}})["VpcBlockPublicAccessExclusion"];
  }
  std::string mode_of_vpc(const std::string& id) {
    return text_of(call("DescribeVpcs", {{"VpcId.1", id}})["Vpcs"][0]["BlockPublicAccessStates"],
                   "InternetGatewayBlockMode");
  }
  std::string mode_of_subnet(const std::string& id) {
    return text_of(call("DescribeSubnets", {{"SubnetId.1", id}})["Subnets"][0]["BlockPublicAccessStates"],
                   "InternetGatewayBlockMode");
  }
};

TEST_F(BlockPublicAccessTest, IsOffUntilItIsSwitchedOn) {
  EXPECT_EQ(text(shown_options(), "State"), "default-state");
  EXPECT_EQ(text(shown_options(), "InternetGatewayBlockMode"), "off");
  EXPECT_EQ(text(shown_options(), "ExclusionsAllowed"), "allowed");
  EXPECT_EQ(set_mode("block-bidirectional"), "update-in-progress");
  settle();
  EXPECT_EQ(text(shown_options(), "State"), "update-complete");
  EXPECT_EQ(text(shown_options(), "AwsAccountId"), scope.account);
  EXPECT_TRUE(has(shown_options(), "LastUpdateTimestamp"));
  const std::string vpc = create_vpc();
  EXPECT_EQ(mode_of_vpc(vpc), "block-bidirectional");
  set_mode("block-ingress");
  EXPECT_EQ(mode_of_subnet(create_subnet(vpc)), "block-ingress");
  refuse("InvalidParameterValue", "", "ModifyVpcBlockPublicAccessOptions", {{"InternetGatewayBlockMode", "maybe"}});
  scope.region = "eu-west-1";
  EXPECT_EQ(text(shown_options(), "InternetGatewayBlockMode"), "off");
}

TEST_F(BlockPublicAccessTest, SparesWhatIsExcluded) {
  const std::string vpc = create_vpc(), inner = create_subnet(vpc), other = create_subnet(vpc, "10.0.1.0/24");
  set_mode("block-bidirectional");
  const Document exclusion = exclude("SubnetId", inner, "allow-bidirectional");
  EXPECT_EQ(text(exclusion, "State"), "create-in-progress");
  EXPECT_EQ(text(exclusion, "ResourceArn"), "arn:aws:ec2:us-east-1:123456789012:subnet/" + inner);
  EXPECT_EQ(mode_of_subnet(inner), "off");
  EXPECT_EQ(mode_of_subnet(other), "block-bidirectional");
  exclude("VpcId", vpc, "allow-egress");
  EXPECT_EQ(mode_of_vpc(vpc), "block-ingress");
  EXPECT_EQ(mode_of_subnet(other), "block-ingress");
  EXPECT_EQ(mode_of_subnet(inner), "off") << "its own exclusion is nearer";
  settle();
  const Parameters named{{"ExclusionId.1", text_of(exclusion, "ExclusionId")}};
  EXPECT_EQ(text(call("DescribeVpcBlockPublicAccessExclusions", named)["VpcBlockPublicAccessExclusions"][0], "State"),
            "create-complete");
  const Parameters gone{{"ExclusionId", text_of(exclusion, "ExclusionId")}};
  call("DeleteVpcBlockPublicAccessExclusion", gone);
  refuse("InvalidParameterValue",
         text_of(exclusion, "ExclusionId") + " is in delete-in-progress state and cannot be deleted",
         "DeleteVpcBlockPublicAccessExclusion", gone);
  EXPECT_EQ(mode_of_subnet(inner), "block-ingress");
}

TEST_F(BlockPublicAccessTest, ExcludesOneNetworkAtATime) {
  const std::string vpc = create_vpc(), subnet = create_subnet(vpc);
  const Parameters egress{{"InternetGatewayExclusionMode", "allow-egress"}};
  refuse("MissingParameter", "", "CreateVpcBlockPublicAccessExclusion", egress);
  refuse("InvalidParameterCombination", "", "CreateVpcBlockPublicAccessExclusion",
         {{"InternetGatewayExclusionMode", "allow-egress"}, {"VpcId", vpc}, {"SubnetId", subnet}});
  refuse("InvalidVpcID.NotFound", "", "CreateVpcBlockPublicAccessExclusion",
         {{"InternetGatewayExclusionMode", "allow-egress"}, {"VpcId", "vpc-0123456789abcdef0"}});
  exclude("VpcId", vpc, "allow-egress");
  refuse("InvalidParameterValue", "", "CreateVpcBlockPublicAccessExclusion",
         {{"InternetGatewayExclusionMode", "allow-egress"}, {"VpcId", vpc}});
}

}  // namespace
}  // namespace fogling::test
