/// The memory of what happened: in which order, with what in it and what not, and how it is read.

#include <gmock/gmock.h>

#include "api/events.hpp"
#include "fixtures/refusals/refusals.hpp"
#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class JournalTest : public NetworkTest<HouseTest> {
 protected:
  Document read(std::string target) {
    api::Request request;
    request.method = "GET";
    request.target = target;
    request.host = "localhost";
    const auto response = house.handle(request);
    EXPECT_EQ(response.status, 200U) << response.body;
    return Document::parse(response.body);
  }
  api::Response post(std::string form) {
    api::Request request;
    request.method = "POST";
    request.target = "/";
    request.body = form;
    request.content_type = "application/x-www-form-urlencoded";
    return house.handle(request);
  }
  std::vector<Document> events(const std::string& query = "?limit=1000") {
    const Document page = read("/_sim/events" + query);
    return {page["events"].begin(), page["events"].end()};
  }
  Document last() { return events().back(); }
};

TEST_F(JournalTest, ACallIsKeptWithItsParametersItsOutcomeAndWhatItMade) {
  const auto volume = text_of(call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}}), "VolumeId");
  const Document event = last();
  EXPECT_EQ(event["type"], "call");
  EXPECT_EQ(event["operation"], "CreateVolume");
  EXPECT_EQ(event["outcome"], "ok");
  EXPECT_EQ(event["account"], scope.account);
  EXPECT_EQ(event["time"], "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(event["parameters"], (Document{{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}}));
  EXPECT_EQ(event["resources"], Document::array({volume}));
  EXPECT_EQ(event["cli"], "aws ec2 create-volume --availability-zone us-east-1a --size 1");
}

TEST_F(JournalTest, WhatADescribeShowedIsKept) {
  const auto id = launch_running();
  call("DescribeInstances");
  EXPECT_THAT(last()["resources"].get<std::vector<std::string>>(), testing::Contains(id));
}

TEST_F(JournalTest, MovesStandBehindTheCallThatCausedThem) {
  const auto volume = text_of(call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}}), "VolumeId");
  settle();
  const Document move = last();
  EXPECT_EQ(move["type"], "move");
  EXPECT_EQ(move["kind"], "volume");
  EXPECT_EQ(move["move"], "available");
  EXPECT_EQ(move["resources"], Document::array({volume}));
  EXPECT_GT(move["time"].get<std::string>(), "2026-01-01T00:00:00.000Z");
}

class SettledJournal : public SettledTest {};

TEST_F(SettledJournal, MovesThatAreMadeAtOnceStandBehindTheirCallToo) {
  call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}});
  const auto& journal = house.world().journal;
  ASSERT_GE(journal.newest(), 2U);
  EXPECT_EQ(journal.at(journal.newest() - 1).name, "CreateVolume");
  EXPECT_EQ(journal.at(journal.newest()).name, "available");
}

TEST_F(JournalTest, ARefusalIsKeptAndExplainedInTwoLanguages) {
  refuse("InvalidVolume.NotFound", "", "DeleteVolume", {{"VolumeId", "vol-01234567890123456"}});
  const Document event = last();
  EXPECT_EQ(event["outcome"], "InvalidVolume.NotFound");
  EXPECT_EQ(event["message"], "The volume 'vol-01234567890123456' does not exist.");
  for (const char* part : {"why", "next"}) {
    for (const char* language : {"en", "ko"}) {
      EXPECT_FALSE(event["explanation"][part][language].get<std::string>().empty());
    }
  }
  EXPECT_EQ(events("?type=refusal").size(), 1U);
}

TEST_F(JournalTest, TheWireKnowsNothingOfExplanations) {
  api::Request request;
  request.method = "POST";
  request.target = "/";
  request.body = "Action=DeleteVolume&VolumeId=vol-01234567890123456&Version=2016-11-15";
  request.content_type = "application/x-www-form-urlencoded";
  const auto response = house.handle(request);
  EXPECT_EQ(response.status, 400U);
  const Document event = last();
  EXPECT_EQ(response.body.find(event["explanation"]["why"]["en"].get<std::string>()), std::string::npos);
  EXPECT_EQ(event["request_id"], response.request_id);
}

TEST_F(JournalTest, WhatNobodyElseMayKnowIsNotKept) {
  launch({{"UserData", "c2VjcmV0LXdvcmQ="}});
  const Document event = last();
  EXPECT_EQ(event["parameters"]["UserData"], kHidden);
  EXPECT_THAT(event["cli"].get<std::string>(), testing::EndsWith(" --user-data '(hidden)'"));
  Event::Parameters parameters{{"Action", "ImportKeyPair"},
                               {"X-Amz-Security-Token", "secret-word"},
                               {"PublicKeyMaterial", "secret-word"},
                               {"Options.TunnelOptions.1.PreSharedKey", "secret-word"},
                               {"LaunchSpecification.UserData", "secret-word"},
                               {"KeyName", "mine"}};
  keep_no_secrets("ImportKeyPair", parameters);
  EXPECT_EQ(parameters, (Event::Parameters{{"PublicKeyMaterial", std::string(kHidden)},
                                           {"Options.TunnelOptions.1.PreSharedKey", std::string(kHidden)},
                                           {"LaunchSpecification.UserData", std::string(kHidden)},
                                           {"KeyName", "mine"}}));
  Event::Parameters attribute{{"Attribute", "userData"}, {"Value", "secret-word"}};
  keep_no_secrets("ModifyInstanceAttribute", attribute);
  EXPECT_EQ(attribute[1].second, kHidden);
}

TEST_F(JournalTest, PagesGoOnWhereTheLastOneEnded) {
  for (int i = 0; i < 5; ++i) call("DescribeRegions");
  const Document first = read("/_sim/events?limit=3");
  EXPECT_EQ(first["events"].size(), 3U);
  EXPECT_EQ(first["more"], true);
  const Document second = read("/_sim/events?limit=100&after=" + std::to_string(first["next"].get<int>()));
  EXPECT_EQ(second["events"][0]["seq"].get<int>(), first["events"][2]["seq"].get<int>() + 1);
  EXPECT_EQ(second["more"], false);
  EXPECT_EQ(second["missed"], false);
  EXPECT_TRUE(read("/_sim/events?after=" + std::to_string(second["next"].get<int>()))["events"].empty());
}

TEST_F(JournalTest, IsSelectedByOperationResourceAndPlace) {
  const auto volume = text_of(call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}}), "VolumeId");
  settle();
  call("DeleteVolume", {{"VolumeId", volume}});
  call("DescribeRegions");
  EXPECT_EQ(events("?operation=CreateVolume").size(), 1U);
  EXPECT_EQ(events("?resource=" + volume).size(), 3U);
  EXPECT_EQ(events("?type=move&resource=" + volume).size(), 1U);
  EXPECT_TRUE(events("?region=eu-west-1").empty());
  EXPECT_TRUE(events("?account=210987654321").empty());
}

TEST_F(JournalTest, QuestionsThatMeanNothingAreRefused) {
  for (const char* query : {"?after=tea", "?limit=0", "?limit=1001", "?tea=1", "?type=tea"}) {
    const std::string target = std::string("/_sim/events") + query;
    api::Request request;
    request.method = "GET";
    request.target = target;
    request.host = "localhost";
    EXPECT_EQ(house.handle(request).status, 400U) << query;
  }
}

TEST_F(JournalTest, AStreamTellsWhatIsNew) {
  call("DescribeRegions");
  const std::uint64_t seen = house.world().journal.newest();
  const std::string last_id = std::to_string(seen);
  api::Request request;
  request.method = "GET";
  request.target = "/_sim/events";
  request.host = "localhost";
  request.accept = "text/event-stream";
  request.last_event_id = last_id;
  const auto response = house.handle(request);
  EXPECT_EQ(response.content_type, "text/event-stream");
  ASSERT_TRUE(response.stream);
  EXPECT_EQ(response.stream(), "");
  call("DescribeVpcs");
  EXPECT_THAT(response.stream(),
              testing::AllOf(testing::StartsWith("id: " + std::to_string(seen + 1) + "\nevent: call\n"),
                             testing::HasSubstr("DescribeVpcs"), testing::EndsWith("\n\n")));
  EXPECT_EQ(response.stream(), "");
}

TEST_F(JournalTest, WhatWasResetIsForgottenAndNumbersGoOn) {
  call("DescribeRegions");
  house.call("DescribeVpcs", {}, state::Scope{"210987654321", "eu-west-1"});
  const auto before = house.world().journal.newest();
  house.world().reset("210987654321", "");
  for (const auto& each : events()) EXPECT_NE(each["account"], "210987654321");
  EXPECT_EQ(last()["operation"], "DescribeRegions");
  house.world().reset("", "");
  Document page = read("/_sim/events");
  EXPECT_TRUE(page["events"].empty());
  EXPECT_EQ(page["missed"], false) << "nobody misses what is meant to be gone";
  call("DescribeRegions");
  page = read("/_sim/events?after=" + std::to_string(before));
  EXPECT_EQ(page["events"].size(), 1U);
  EXPECT_EQ(page["events"][0]["seq"].get<std::uint64_t>(), before + 1);
}

TEST_F(JournalTest, AnotherOperationOfStsIsARefusal) {
  const auto response = post("Action=GetSessionToken&Version=2011-06-15");
  EXPECT_EQ(response.status, 400U);
  EXPECT_THAT(response.body, testing::HasSubstr("<Type>Sender</Type><Code>InvalidAction</Code>"));
  EXPECT_EQ(last()["outcome"], "InvalidAction");
  EXPECT_EQ(last()["message"], "Could not find operation GetSessionToken for version 2011-06-15");
}

TEST_F(JournalTest, WhatWasNotMadeLeavesNoId) {
  house.world().database.connection().exec(
      "CREATE TEMP TRIGGER breaks BEFORE INSERT ON main.client_token BEGIN SELECT RAISE(ABORT, 'broken'); END");
  const auto response =
      post("Action=CreateVolume&AvailabilityZone=us-east-1a&Size=1&ClientToken=once&Version=2016-11-15");
  EXPECT_EQ(response.status, 500U);
  EXPECT_EQ(last()["outcome"], "InternalError");
  EXPECT_TRUE(last()["resources"].empty());
}

TEST_F(JournalTest, ARepeatedTokenShowsWhatItMade) {
  const std::vector<std::pair<std::string, std::string>> words{
      {"AvailabilityZone", "us-east-1a"}, {"Size", "1"}, {"ClientToken", "once"}};
  const auto volume = text_of(call("CreateVolume", words), "VolumeId");
  call("CreateVolume", words);
  EXPECT_EQ(last()["resources"], Document::array({volume}));
}

TEST(Journal, OfNoBytesRemembersNothing) {
  HouseOptions options;
  options.journal_mb = 0;
  House house(options);
  house.call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}});
  house.world().run_until_idle();
  EXPECT_EQ(house.world().journal.newest(), 0U);
}

TEST(Journal, ForgetsTheOldestAndGoesOnCounting) {
  Journal journal(1024 * 1024, 10);
  for (int i = 0; i < 25; ++i) {
    Event event;
    event.name = std::to_string(i);
    journal.add_call(std::move(event));
  }
  EXPECT_EQ(journal.oldest(), 16U);
  EXPECT_EQ(journal.newest(), 25U);
  EXPECT_EQ(journal.at(16).name, "15");
  EXPECT_EQ(journal.lost(), 15U);
  Journal small(4096, 1000);
  for (int i = 0; i < 100; ++i) {
    Event event;
    event.message = std::string(1000, 'x');
    small.add_call(std::move(event));
  }
  EXPECT_LE(small.newest() - small.oldest() + 1, 4U);
}

TEST(Journal, WhatWasRolledBackDidNotHappen) {
  Journal journal;
  journal.begin_call();
  state::Due due;
  due.kind = "volume";
  due.resource_id = "vol-1";
  due.move = "available";
  journal.move(due, 0);
  journal.add_call({});
  EXPECT_EQ(journal.newest(), 1U);
}

TEST(Refusals, AreExplainedInBothLanguagesOnce) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& each : refusals::all()) {
    const std::string code = each["code"], operation = each.value("operation", "");
    EXPECT_TRUE(seen.emplace(code, operation).second) << code << " " << operation;
    if (!operation.empty()) {
      EXPECT_NE(model::find_operation(operation), nullptr) << operation;
    }
    for (const char* part : {"why", "next"}) {
      for (const char* language : {"en", "ko"}) EXPECT_FALSE(each[part].value(language, "").empty()) << code;
    }
  }
}

TEST(Refusals, TheNearestEntryIsTaken) {
  const auto code_of = [](std::string_view code, std::string_view operation) {
    const auto* found = refusals::find(code, operation);
    return found == nullptr ? std::string() : (*found)["code"].get<std::string>() + " " + found->value("operation", "");
  };
  EXPECT_EQ(code_of("DependencyViolation", "DeleteVpc"), "DependencyViolation DeleteVpc");
  EXPECT_EQ(code_of("DependencyViolation", "DeleteRouteTable"), "DependencyViolation ");
  EXPECT_EQ(code_of("InvalidAMIID.NotFound", "RunInstances"), "InvalidAMIID.NotFound ");
  EXPECT_EQ(code_of("InvalidVpcID.NotFound", "CreateSubnet"), "*.NotFound ");
  EXPECT_EQ(code_of("VpcLimitExceeded", "CreateVpc"), "*LimitExceeded ");
  EXPECT_EQ(code_of("NoSuchCode", "CreateVpc"), "");
}

}  // namespace
}  // namespace fogling::test
