/// What the requests of one turn of the event loop change is committed together, and none of them is answered before.

#include <filesystem>

#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

class Turn : public testing::Test {
 protected:
  static HouseOptions with_file() {
    auto given = options();
    given.state_file = testing::TempDir() + "turn_" + std::to_string(::getpid()) + ".sqlite";
    remove_file(given.state_file);
    return given;
  }
  static void remove_file(const std::string& file) {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file + suffix);
  }
  ~Turn() override { remove_file(house.world().options.state_file); }

  api::Response ask(const std::string& form, House& of) {
    api::Request request;
    request.method = "POST";
    request.target = "/";
    // The server keeps a request until its answer is concluded, and so do we.
    request.body = forms.emplace_back(form + "&Version=2016-11-15");
    return of.handle_in_turn(request);
  }
  api::Response ask(const std::string& form) { return ask(form, house); }
  api::Response control(const std::string& target) {
    api::Request request;
    request.method = "GET";
    request.target = target;
    request.host = "localhost";
    return house.handle_in_turn(request);
  }
  static void conclude(api::Response& response) {
    if (const auto concluding = std::exchange(response.conclude, {})) concluding(response);
  }
  /// As another program sees it, which looks into the file: committed rows only.
  int committed_volumes() {
    SQLite::Database file(house.world().options.state_file, SQLite::OPEN_READONLY);
    return file.execAndGet("SELECT count(*) FROM volume").getInt();
  }
  void make_volumes_of_size_fail(int size) {
    house.world().database.connection().exec(
        "CREATE TEMP TRIGGER fault AFTER INSERT ON main.volume WHEN new.size_gib = " + std::to_string(size) +
        " BEGIN SELECT raise(FAIL, 'a fault'); END");
  }

  std::deque<std::string> forms;
  House house{with_file()};
  const std::string one = "Action=CreateVolume&AvailabilityZone=us-east-1a&Size=1";
  const std::string two = "Action=CreateVolume&AvailabilityZone=us-east-1a&Size=2";
  const std::string list = "Action=DescribeVolumes";
};

TEST_F(Turn, NothingIsSaidBeforeItIsCommitted) {
  auto first = ask(one), second = ask(two), third = ask(list);
  ASSERT_TRUE(first.conclude && second.conclude && third.conclude);
  EXPECT_EQ(committed_volumes(), 0);
  EXPECT_NE(third.body.find("<size>2</size>"), std::string::npos) << "a request sees what came before it";
  conclude(second);  // in whatever order
  EXPECT_EQ(committed_volumes(), 2);
  conclude(first);
  conclude(third);
  EXPECT_EQ(first.status, 200U);
  EXPECT_EQ(third.status, 200U);
  EXPECT_EQ(committed_volumes(), 2);
}

TEST_F(Turn, ARequestThatOnlyReadsNeedNotWait) { EXPECT_FALSE(ask(list).conclude); }

TEST_F(Turn, ARefusalTouchesNobodyElse) {
  auto first = ask(one), refused = ask("Action=DeleteVolume&VolumeId=vol-0123456789abcdef0"), second = ask(two);
  for (auto* each : {&first, &refused, &second}) conclude(*each);
  EXPECT_EQ(first.status, 200U);
  EXPECT_EQ(refused.status, 400U);
  EXPECT_EQ(second.status, 200U);
  EXPECT_EQ(committed_volumes(), 2);
}

TEST_F(Turn, HalfAChangeIsUndoneAndTheOthersAreMadeAgain) {
  make_volumes_of_size_fail(3);
  auto first = ask(one);
  const std::string body = first.body;
  auto failed = ask("Action=CreateVolume&AvailabilityZone=us-east-1a&Size=3");
  EXPECT_FALSE(failed.conclude);
  EXPECT_EQ(failed.status, 500U);
  EXPECT_EQ(committed_volumes(), 1);
  auto second = ask(two);
  conclude(first);
  conclude(second);
  EXPECT_EQ(first.status, 200U);
  EXPECT_EQ(first.body, body) << "ids and request id as they were";
  EXPECT_EQ(committed_volumes(), 2);
  EXPECT_EQ(house.call("DescribeVolumes", {})["Volumes"].size(), 2U);
}

TEST_F(Turn, WhatCannotBeCommittedTogetherIsTriedOneByOne) {
  // A reference that leads nowhere is found at the end.
  house.world().database.connection().exec(
      "CREATE TEMP TRIGGER fault AFTER INSERT ON main.volume WHEN new.size_gib = 3 BEGIN"
      " INSERT INTO volume_attachment (account, region, volume_id, instance_id, device, state, attach_time_ms,"
      " delete_on_termination, ebs_card_index) VALUES ('123456789012', 'us-east-1', 'vol-0', 'i-0', '', '', 0, 0, 0); "
      "END");
  house.world().database.connection().exec("PRAGMA defer_foreign_keys = ON");
  auto first = ask(one), failed = ask("Action=CreateVolume&AvailabilityZone=us-east-1a&Size=3");
  conclude(first);
  conclude(failed);
  EXPECT_EQ(first.status, 200U);
  EXPECT_EQ(failed.status, 500U);
  EXPECT_EQ(committed_volumes(), 1);
}

TEST_F(Turn, WhatComesFromElsewhereEndsIt) {
  auto first = ask(one);
  EXPECT_NE(control("/_sim/events").body.find("CreateVolume"), std::string::npos);
  EXPECT_EQ(committed_volumes(), 1);
  conclude(first);
  EXPECT_EQ(first.status, 200U);
  auto second = ask(two);
  EXPECT_EQ(house.call("DescribeVolumes", {})["Volumes"].size(), 2U);
  EXPECT_EQ(committed_volumes(), 2);
  conclude(second);
}

TEST_F(Turn, NobodyIsToldOfItBefore) {
  const auto before = house.world().journal.newest();
  auto first = ask(one);
  EXPECT_EQ(house.world().journal.newest(), before);
  conclude(first);
  EXPECT_GT(house.world().journal.newest(), before);
}

TEST_F(Turn, ChanceIsTheSameAsOneByOne) {
  House alone{options()};
  auto first = ask(one), second = ask(two);
  auto first_alone = ask(one, alone);
  conclude(first_alone);
  auto second_alone = ask(two, alone);
  conclude(second_alone);
  conclude(first);
  conclude(second);
  EXPECT_EQ(first.request_id, first_alone.request_id);
  EXPECT_EQ(second.request_id, second_alone.request_id);
}

TEST_F(Turn, WhatWasNotCommittedIsLost) {
  auto options_of_file = house.world().options;
  options_of_file.state_file += "2";
  remove_file(options_of_file.state_file);
  {
    House other{options_of_file};
    ask(one, other);
  }
  House again{options_of_file};
  EXPECT_TRUE(again.call("DescribeVolumes", {})["Volumes"].empty());
  remove_file(options_of_file.state_file);
}

}  // namespace
}  // namespace fogling::test
