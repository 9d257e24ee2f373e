/// VPC peering: asked for, answered by the other side, ended, and what reaches across.

#include "tests/support/vpc.hpp"

namespace fogling::test {
namespace {

class VpcPeering : public VpcTest<HouseTest> {
 protected:
  VpcPeering() { settle(); }

  /// What follows is said by that account, in that region.
  void become(const char* account, const char* region = "us-east-1") { scope = {account, region}; }

  Document request(const std::string& peer_vpc_id, Parameters more = {}) {
    more.insert(more.end(), {{"VpcId", vpc}, {"PeerVpcId", peer_vpc_id}});
    return call("CreateVpcPeeringConnection", more)["VpcPeeringConnection"];
  }
  Document peering(const std::string& id) {
    return call("DescribeVpcPeeringConnections", {{"VpcPeeringConnectionId.1", id}})["VpcPeeringConnections"][0];
  }
  std::string id_of(const Document& made) { return text_of(made, "VpcPeeringConnectionId"); }
  /// An active one with another VPC of the account.
  std::string peer_with(const std::string& peer_vpc_id) {
    const auto id = id_of(request(peer_vpc_id));
    settle();
    call("AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", id}});
    settle();
    return id;
  }

  const std::string vpc = create_vpc();
};

TEST_F(VpcPeering, ARequestWaitsForTheOtherSide) {
  const auto other = create_vpc("10.1.0.0/16");
  const Document made = request(other);
  EXPECT_EQ(made["Status"],
            Document({{"Code", "initiating-request"}, {"Message", "Initiating Request to 123456789012"}}));
  EXPECT_EQ(made["RequesterVpcInfo"]["CidrBlockSet"], Document::array({{{"CidrBlock", "10.0.0.0/16"}}}));
  EXPECT_EQ(made["AccepterVpcInfo"], Document({{"OwnerId", scope.account}, {"VpcId", other}, {"Region", "us-east-1"}}));
  EXPECT_EQ(made["ExpirationTime"], "2026-01-08T00:00:01.000Z");
  settle();
  const auto id = id_of(made);
  EXPECT_EQ(peering(id)["Status"],
            Document({{"Code", "pending-acceptance"}, {"Message", "Pending Acceptance by 123456789012"}}));
  const Document accepted =
      call("AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", id}})["VpcPeeringConnection"];
  EXPECT_EQ(accepted["Status"]["Code"], "provisioning");
  settle();
  const Document active = peering(id);
  EXPECT_EQ(active["Status"], Document({{"Code", "active"}, {"Message", "Active"}}));
  EXPECT_EQ(active["AccepterVpcInfo"]["CidrBlock"], "10.1.0.0/16");
  EXPECT_EQ(active["AccepterVpcInfo"]["PeeringOptions"]["AllowDnsResolutionFromRemoteVpc"], false);
  EXPECT_FALSE(active.contains("ExpirationTime"));
  refuse("InvalidStateTransition",
         "Invalid state transition for " + id + ", attempted to transition from active to provisioning",
         "AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", id}});
  expect_filters("DescribeVpcPeeringConnections");
}

TEST_F(VpcPeering, WhatCannotBeFailsAMomentLater) {
  const std::pair<std::string, std::string> kOthers[] = {
      {create_vpc("10.0.128.0/17"), scope.account}, {"vpc-01234567", "210987654321"}, {create_vpc(), "210987654321"}};
  for (const auto& [other, owner] : kOthers) {
    const auto id = id_of(request(other, {{"PeerOwnerId", owner}}));
    settle();
    EXPECT_EQ(peering(id)["Status"],
              Document({{"Code", "failed"},
                        {"Message", "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"}}));
    refuse("InvalidStateTransition",
           "Invalid state transition for " + id + ", attempted to transition from failed to deleting",
           "DeleteVpcPeeringConnection", {{"VpcPeeringConnectionId", id}});
    advance_s(2 * 3600);
    refuse("InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID '" + id + "' does not exist",
           "DescribeVpcPeeringConnections", {{"VpcPeeringConnectionId.1", id}});
  }
}

TEST_F(VpcPeering, AVpcOfTheCallersOwnHasToBeThere) {
  const Parameters unknown{{"VpcId", vpc}, {"PeerVpcId", "vpc-01234567"}};
  refuse("InvalidVpcID.NotFound", "The vpc ID 'vpc-01234567' does not exist", "CreateVpcPeeringConnection", unknown);
  const auto elsewhere = id_of(request("vpc-01234567", {{"PeerRegion", "us-west-2"}}));
  settle();
  EXPECT_EQ(peering(elsewhere)["Status"]["Code"], "failed");
}

TEST_F(VpcPeering, ARequestThatNobodyAnswersExpires) {
  const auto id = id_of(request(create_vpc("10.1.0.0/16")));
  settle();
  advance_s(7 * 24 * 3600);
  EXPECT_EQ(peering(id)["Status"]["Code"], "expired");
  call("DeleteVpc", {{"VpcId", vpc}});
}

TEST_F(VpcPeering, RoutesWaitForItAndOutliveIt) {
  const auto other = create_vpc("10.1.0.0/16");
  const auto id = id_of(request(other));
  settle();
  const auto table = create_table(vpc);
  create_route(table, "10.1.0.0/16", "VpcPeeringConnectionId", id);
  EXPECT_EQ(state_of_route(table, "10.1.0.0/16"), "blackhole");
  call("AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", id}});
  settle();
  EXPECT_EQ(state_of_route(table, "10.1.0.0/16"), "active");
  refuse("DependencyViolation", "The vpc '" + other + "' has dependencies and cannot be deleted.", "DeleteVpc",
         {{"VpcId", other}});
  EXPECT_EQ(call("DeleteVpcPeeringConnection", {{"VpcPeeringConnectionId", id}})["Return"], true);
  EXPECT_EQ(peering(id)["Status"]["Code"], "deleting");
  settle();
  EXPECT_EQ(peering(id)["Status"], Document({{"Code", "deleted"}, {"Message", "Deleted by 123456789012"}}));
  EXPECT_EQ(state_of_route(table, "10.1.0.0/16"), "blackhole");
  call("DeleteVpc", {{"VpcId", other}});
}

TEST_F(VpcPeering, TheSameTwiceIsRefused) {
  const auto other = create_vpc("10.1.0.0/16");
  request(other);
  refuse("VpcPeeringConnectionAlreadyExists", "", "CreateVpcPeeringConnection", {{"VpcId", vpc}, {"PeerVpcId", other}});
}

TEST_F(VpcPeering, AnotherAccountAnswersForItself) {
  become("210987654321");
  const auto other = create_vpc("10.1.0.0/16");
  become("123456789012");
  const auto id = id_of(request(other, {{"PeerOwnerId", "210987654321"},
                                        {"TagSpecification.1.ResourceType", "vpc-peering-connection"},
                                        {"TagSpecification.1.Tag.1.Key", "Side"},
                                        {"TagSpecification.1.Tag.1.Value", "requester"}}));
  settle();
  refuse("OperationNotPermitted", "User 123456789012 cannot accept peering " + id, "AcceptVpcPeeringConnection",
         {{"VpcPeeringConnectionId", id}});
  become("333333333333");
  refuse("InvalidVpcPeeringConnectionID.NotFound", "", "DescribeVpcPeeringConnections",
         {{"VpcPeeringConnectionId.1", id}});
  become("210987654321");
  EXPECT_TRUE(peering(id)["Tags"].empty());
  call("CreateTags", {{"ResourceId.1", id}, {"Tag.1.Key", "Side"}, {"Tag.1.Value", "accepter"}});
  EXPECT_EQ(peering(id)["Tags"][0]["Value"], "accepter");
  call("AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", id}});
  settle();
  EXPECT_EQ(peering(id)["Status"]["Code"], "active");
  EXPECT_EQ(call("DescribeVpcPeeringConnections")["VpcPeeringConnections"].size(), 1U);
  become("123456789012");
  EXPECT_EQ(peering(id)["Tags"][0]["Value"], "requester");
  EXPECT_EQ(peering(id)["AccepterVpcInfo"]["OwnerId"], "210987654321");
}

TEST_F(VpcPeering, AnotherRegionIsTheOnlyOneThatCanAccept) {
  become("123456789012", "us-west-2");
  const auto other = create_vpc("10.1.0.0/16");
  become("123456789012");
  const auto id = id_of(request(other, {{"PeerRegion", "us-west-2"}}));
  settle();
  refuse("OperationNotPermitted",
         "Incorrect region (us-east-1) specified for this request. VPC peering connection " + id +
             " must be accepted in region us-west-2",
         "AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", id}});
  become("123456789012", "us-west-2");
  EXPECT_EQ(call("RejectVpcPeeringConnection", {{"VpcPeeringConnectionId", id}})["Return"], true);
  become("123456789012");
  EXPECT_EQ(peering(id)["Status"], Document({{"Code", "rejected"}, {"Message", "Rejected by 123456789012"}}));
}

TEST_F(VpcPeering, OptionsAreForActiveOnes) {
  const auto other = create_vpc("10.1.0.0/16");
  const auto pending = id_of(request(other));
  settle();
  const auto with = [](const std::string& id) -> Parameters {
    return {{"VpcPeeringConnectionId", id},
            {"RequesterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc", "true"}};
  };
  refuse("OperationNotPermitted",
         "Peering " + pending + " is not active. Peering options can be added only to active peerings.",
         "ModifyVpcPeeringConnectionOptions", with(pending));
  call("AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", pending}});
  settle();
  const Document changed = call("ModifyVpcPeeringConnectionOptions", with(pending));
  EXPECT_EQ(changed["RequesterPeeringConnectionOptions"]["AllowDnsResolutionFromRemoteVpc"], true);
  EXPECT_EQ(peering(pending)["RequesterVpcInfo"]["PeeringOptions"]["AllowDnsResolutionFromRemoteVpc"], true);
}

TEST_F(VpcPeering, GroupsCanBeReferredToAcross) {
  const auto other = create_vpc("10.1.0.0/16");
  const auto group_in = [&](const std::string& vpc_id) {
    return text_of(call("CreateSecurityGroup", {{"GroupName", "web"}, {"GroupDescription", "web"}, {"VpcId", vpc_id}}),
                   "GroupId");
  };
  const auto own = group_in(vpc), theirs = group_in(other);
  const Parameters rule{{"GroupId", own},
                        {"IpPermissions.1.IpProtocol", "tcp"},
                        {"IpPermissions.1.FromPort", "443"},
                        {"IpPermissions.1.ToPort", "443"},
                        {"IpPermissions.1.Groups.1.GroupId", theirs}};
  refuse("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.",
         "AuthorizeSecurityGroupIngress", rule);
  const auto id = peer_with(other);
  const Document made = call("AuthorizeSecurityGroupIngress", rule)["SecurityGroupRules"][0];
  EXPECT_EQ(made["ReferencedGroupInfo"]["VpcPeeringConnectionId"], id);
  EXPECT_EQ(made["ReferencedGroupInfo"]["VpcId"], other);
}

}  // namespace
}  // namespace fogling::test
