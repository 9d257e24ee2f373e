/// Managed prefix lists: versions, what refers to them, and those that AWS has made.

#include "tests/support/vpc.hpp"

namespace fogling::test {
namespace {

class PrefixLists : public VpcTest<HouseTest> {
 protected:
  std::string create(const std::string& most = "5") {
    const auto id = text_of(call("CreateManagedPrefixList", {{"PrefixListName", "offices"},
                                                             {"MaxEntries", most},
                                                             {"AddressFamily", "IPv4"},
                                                             {"Entry.1.Cidr", "192.0.2.1/24"},
                                                             {"Entry.1.Description", "the first"}})["PrefixList"],
                            "PrefixListId");
    settle();
    return id;
  }
  Document list(const std::string& id) {
    return call("DescribeManagedPrefixLists", {{"PrefixListId.1", id}})["PrefixLists"][0];
  }
  Document entries(const std::string& id, Parameters more = {}) {
    more.emplace_back("PrefixListId", id);
    return call("GetManagedPrefixListEntries", more)["Entries"];
  }
  Document modify(const std::string& id, Parameters more) {
    more.emplace_back("PrefixListId", id);
    return call("ModifyManagedPrefixList", more)["PrefixList"];
  }
  std::string create_group() {
    return text_of(
        call("CreateSecurityGroup", {{"GroupName", "web"}, {"GroupDescription", "web"}, {"VpcId", create_vpc()}}),
        "GroupId");
  }
  Parameters rule(const std::string& group, const std::string& list_id, const char* port = "22") {
    return {{"GroupId", group},
            {"IpPermissions.1.IpProtocol", "tcp"},
            {"IpPermissions.1.FromPort", port},
            {"IpPermissions.1.ToPort", port},
            {"IpPermissions.1.PrefixListIds.1.PrefixListId", list_id}};
  }
};

TEST_F(PrefixLists, ANewOneIsItsFirstVersion) {
  const Document made = call("CreateManagedPrefixList", {{"PrefixListName", "offices"},
                                                         {"MaxEntries", "5"},
                                                         {"AddressFamily", "IPv4"},
                                                         {"Entry.1.Cidr", "192.0.2.1/24"},
                                                         {"Entry.1.Description", "the first"}})["PrefixList"];
  EXPECT_EQ(made["State"], "create-in-progress");
  settle();
  const auto id = text_of(made, "PrefixListId");
  EXPECT_EQ(list(id), Document({{"PrefixListId", id},
                                {"AddressFamily", "IPv4"},
                                {"State", "create-complete"},
                                {"PrefixListArn", "arn:aws:ec2:us-east-1:123456789012:prefix-list/" + id},
                                {"PrefixListName", "offices"},
                                {"MaxEntries", 5},
                                {"Version", 1},
                                {"Tags", Document::array()},
                                {"OwnerId", scope.account}}));
  EXPECT_EQ(entries(id), Document::array({{{"Cidr", "192.0.2.0/24"}, {"Description", "the first"}}}));
}

TEST_F(PrefixLists, ChangedEntriesAreANewVersion) {
  const auto id = create();
  refuse("MissingParameter", "", "ModifyManagedPrefixList",
         {{"PrefixListId", id}, {"AddEntry.1.Cidr", "198.51.100.0/24"}});
  refuse("PrefixListVersionMismatch", "The prefix list has the incorrect version number", "ModifyManagedPrefixList",
         {{"PrefixListId", id}, {"CurrentVersion", "2"}, {"AddEntry.1.Cidr", "198.51.100.0/24"}});
  EXPECT_EQ(modify(id, {{"CurrentVersion", "1"}, {"AddEntry.1.Cidr", "198.51.100.0/24"}})["State"],
            "modify-in-progress");
  refuse("IncorrectState",
         "The request cannot be completed while the prefix list (" + id +
             ") is in the current state "
             "(modify-in-progress).",
         "ModifyManagedPrefixList", {{"PrefixListId", id}, {"PrefixListName", "other"}});
  settle();
  EXPECT_EQ(list(id)["Version"], 2);
  EXPECT_EQ(list(id)["State"], "modify-complete");
  modify(id, {{"CurrentVersion", "2"}, {"RemoveEntry.1.Cidr", "192.0.2.0/24"}});
  settle();
  EXPECT_EQ(entries(id), Document::array({{{"Cidr", "198.51.100.0/24"}}}));
  EXPECT_EQ(entries(id, {{"TargetVersion", "2"}}).size(), 2U);
  // A name is no new version.
  modify(id, {{"PrefixListName", "others"}});
  settle();
  EXPECT_EQ(list(id)["PrefixListName"], "others");
  EXPECT_EQ(list(id)["Version"], 3);

  const Document restored =
      call("RestoreManagedPrefixListVersion",
           {{"PrefixListId", id}, {"PreviousVersion", "1"}, {"CurrentVersion", "3"}})["PrefixList"];
  EXPECT_EQ(restored["State"], "restore-in-progress");
  EXPECT_EQ(restored["Version"], 4);
  settle();
  EXPECT_EQ(list(id)["State"], "restore-complete");
  EXPECT_EQ(entries(id)[0]["Description"], "the first");
}

TEST_F(PrefixLists, WhatDoesNotFitIsRefused) {
  const auto id = create("2");
  const auto with = [&](Parameters more) {
    more.insert(more.end(), {{"PrefixListId", id}, {"CurrentVersion", "1"}});
    return more;
  };
  refuse("PrefixListMaxEntriesExceeded", "", "ModifyManagedPrefixList",
         with({{"AddEntry.1.Cidr", "10.0.0.0/8"}, {"AddEntry.2.Cidr", "11.0.0.0/8"}}));
  refuse("InvalidPrefixListModification", "", "ModifyManagedPrefixList", with({{"RemoveEntry.1.Cidr", "10.0.0.0/8"}}));
  refuse("InvalidParameterValue", "", "ModifyManagedPrefixList", with({{"AddEntry.1.Cidr", "::/0"}}));
  refuse("InvalidParameterCombination", "", "ModifyManagedPrefixList",
         with({{"AddEntry.1.Cidr", "10.0.0.0/8"}, {"MaxEntries", "3"}}));
  refuse("PrefixListMaxEntriesExceeded", "", "CreateManagedPrefixList",
         {{"PrefixListName", "x"},
          {"MaxEntries", "1"},
          {"AddressFamily", "IPv4"},
          {"Entry.1.Cidr", "10.0.0.0/8"},
          {"Entry.2.Cidr", "11.0.0.0/8"}});
  refuse("InvalidParameterValue", "", "CreateManagedPrefixList",
         {{"PrefixListName", "com.amazonaws.mine"}, {"MaxEntries", "1"}, {"AddressFamily", "IPv4"}});
  refuse("InvalidParameterValue", "", "CreateManagedPrefixList",
         {{"PrefixListName", "x"}, {"MaxEntries", "1"}, {"AddressFamily", "IPv5"}});
}

TEST_F(PrefixLists, RulesAndRoutesHoldOneAndCountWhatItCanHold) {
  const auto id = create("40");
  const auto group = create_group();
  call("AuthorizeSecurityGroupIngress", rule(group, id));
  refuse("RulesPerSecurityGroupLimitExceeded", "", "AuthorizeSecurityGroupIngress", rule(group, id, "80"));
  refuse("InvalidPrefixListID.NotFound", "The prefix list ID 'pl-01234567' does not exist",
         "AuthorizeSecurityGroupIngress", rule(group, "pl-01234567"));

  const auto vpc = create_vpc("10.1.0.0/16");
  const auto table = create_table(vpc);
  const auto gateway = create_gateway(vpc);
  call("CreateRoute", {{"RouteTableId", table}, {"DestinationPrefixListId", id}, {"GatewayId", gateway}});
  EXPECT_EQ(route(table, id)["GatewayId"], gateway);
  const Document associations =
      call("GetManagedPrefixListAssociations", {{"PrefixListId", id}})["PrefixListAssociations"];
  EXPECT_EQ(associations, Document::array({{{"ResourceId", group}, {"ResourceOwner", scope.account}},
                                           {{"ResourceId", table}, {"ResourceOwner", scope.account}}}));

  // A size that the group cannot take fails after the answer.
  EXPECT_EQ(modify(id, {{"MaxEntries", "61"}})["State"], "modify-in-progress");
  settle();
  EXPECT_EQ(list(id)["State"], "modify-failed");
  EXPECT_EQ(list(id)["MaxEntries"], 40);
  EXPECT_NE(text_of(list(id), "StateMessage").find(group), std::string::npos);

  refuse("DependencyViolation", "", "DeleteManagedPrefixList", {{"PrefixListId", id}});
  call("RevokeSecurityGroupIngress", rule(group, id));
  refuse("DependencyViolation", "", "DeleteManagedPrefixList", {{"PrefixListId", id}});
  call("DeleteRoute", {{"RouteTableId", table}, {"DestinationPrefixListId", id}});
  EXPECT_EQ(call("DeleteManagedPrefixList", {{"PrefixListId", id}})["PrefixList"]["State"], "delete-in-progress");
  settle();
  refuse("InvalidPrefixListID.NotFound", "", "DescribeManagedPrefixLists", {{"PrefixListId.1", id}});
}

TEST_F(PrefixLists, ThoseOfAwsAreThere) {
  const Document found =
      call("DescribeManagedPrefixLists",
           {{"Filter.1.Name", "prefix-list-name"}, {"Filter.1.Value.1", "com.amazonaws.us-east-1.s3"}})["PrefixLists"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["OwnerId"], "AWS");
  EXPECT_EQ(found[0]["PrefixListId"], "pl-63a5400a");
  EXPECT_EQ(found[0]["PrefixListArn"], "arn:aws:ec2:us-east-1:aws:prefix-list/pl-63a5400a");
  const Document service = call("DescribePrefixLists", {{"PrefixListId.1", "pl-63a5400a"}})["PrefixLists"][0];
  EXPECT_EQ(service["PrefixListName"], "com.amazonaws.us-east-1.s3");
  EXPECT_EQ(service["Cidrs"].size(), entries("pl-63a5400a").size());
  EXPECT_FALSE(service["Cidrs"].empty());
  call("AuthorizeSecurityGroupIngress", rule(create_group(), "pl-63a5400a"));
  refuse("InvalidPrefixListID.NotFound", "", "DeleteManagedPrefixList", {{"PrefixListId", "pl-63a5400a"}});
  expect_filters("DescribePrefixLists");
  expect_filters("DescribeManagedPrefixLists");
}

}  // namespace
}  // namespace fogling::test
