/// What all operations share: clock, chance, filters, pages, tags, dry runs, unknown things.

#include <filesystem>
#include <fstream>

#include "emulator/cidr.hpp"
#include "emulator/filters.hpp"
#include "emulator/random.hpp"
#include "emulator/resource_types.hpp"
#include "state/migrations.hpp"
#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

// ---- Clock and chance
// ------------------------------------------------------------------------------------------------

std::int64_t wall_ms = 1'000'000;
std::int64_t wall() { return wall_ms; }

TEST(Clock, RunsScaledStandsStillAndIsMovedByHand) {
  wall_ms = 1'000'000;
  Clock clock(wall);
  clock.set_mode("scaled:10");
  wall_ms += 1'000;
  EXPECT_EQ(clock.now_ms(), 1'010'000);
  clock.set_mode("manual");
  wall_ms += 1'000;
  EXPECT_EQ(clock.now_ms(), 1'010'000);
  clock.advance(5'000);
  EXPECT_EQ(clock.now_ms(), 1'015'000);
  clock.set_mode("real");
  wall_ms += 7;
  EXPECT_EQ(clock.now_ms(), 1'015'007) << "never backwards";
}

TEST(Clock, GoesOnAfterARestart) {
  wall_ms = 1'000'000;
  Clock before(wall);
  before.set_mode("manual");
  before.advance(123);
  Clock after(wall);
  wall_ms += 60'000;
  after.restore(before.save());
  EXPECT_EQ(after.mode_text(), "manual");
  EXPECT_EQ(after.now_ms(), 1'000'123);
}

TEST(Clock, RefusesModesThatAreNone) {
  Clock clock(wall);
  for (const char* mode : {"", "fast", "scaled:", "scaled:0", "scaled:-1", "scaled:x", "scaled:inf"}) {
    EXPECT_THROW(clock.set_mode(mode), std::invalid_argument) << mode;
  }
}

TEST(Times, AreReadAndWritten) {
  EXPECT_EQ(iso_time(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(iso_time(1'767'225'600'123), "2026-01-01T00:00:00.123Z");
  EXPECT_EQ(iso_seconds(1'767'225'600'999), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(parse_time("2026-01-01T00:00:00.123Z"), 1'767'225'600'123);
  EXPECT_EQ(parse_time("2026-01-01"), 1'767'225'600'000);
  for (const char* no :
       {"", "now", "2026-13-01", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z", "9999-12-31T23:59:60.999Z"})
    EXPECT_LT(parse_time(no), 0) << no;
}

TEST(Random, RepeatsWithItsSeedAndGoesOnWhereItStopped) {
  Random one(7), two(7), other(8);
  EXPECT_EQ(make_id(one, "i"), make_id(two, "i"));
  EXPECT_NE(make_id(one, "i"), make_id(other, "i"));
  Random resumed(7);
  resumed.skip_to(one.draws());
  EXPECT_EQ(one.next(), resumed.next());
  const std::string id = make_id(one, "vol");
  EXPECT_EQ(id.size(), 4U + 17U);
  EXPECT_TRUE(id.starts_with("vol-0"));
}

TEST(House, RepeatsByteForByteWithASeed) {
  const auto bytes = [] {
    House house(options());
    std::string all;
    for (const char* form : {"Action=DescribeVpcs", "Action=DescribeRegions", "Action=DescribeSubnets"}) {
      api::Request request{};
      request.method = "POST";
      request.target = "/";
      request.body = form;
      all += house.handle(request).body;
    }
    return all;
  };
  EXPECT_EQ(bytes(), bytes());
}

// ---- Filters
// ---------------------------------------------------------------------------------------------------------

TEST(Wildcards, MatchAsDocumented) {
  EXPECT_TRUE(matches_wildcard("*", ""));
  EXPECT_TRUE(matches_wildcard("ubuntu/*/ubuntu-*-24.04-*", "ubuntu/images/ubuntu-noble-24.04-amd64"));
  EXPECT_TRUE(matches_wildcard("t?.micro", "t3.micro"));
  EXPECT_FALSE(matches_wildcard("t?.micro", "t.micro")) << "exactly one character";
  EXPECT_FALSE(matches_wildcard("abc", "ABC")) << "case counts";
  EXPECT_TRUE(matches_wildcard("a\\*b", "a*b"));
  EXPECT_FALSE(matches_wildcard("a\\*b", "axb"));
  EXPECT_TRUE(matches_wildcard("a*b*c", "a--b--bc"));
  EXPECT_FALSE(matches_wildcard("", "x"));
}

TEST(Wildcards, AreNotSlowOnPurpose) {
  EXPECT_FALSE(matches_wildcard(std::string(120, '*') + "b", std::string(5'000, 'a')));
}

// ---- Addresses
// -------------------------------------------------------------------------------------------------------

TEST(Cidr, CutsHostBitsAndSaysSo) {
  const auto cidr = parse_cidr("10.0.0.5/16");
  ASSERT_TRUE(cidr);
  EXPECT_EQ(cidr->text(), "10.0.0.0/16");
  EXPECT_TRUE(cidr->had_host_bits);
  EXPECT_EQ(cidr->size(), 65'536U);
  for (const char* no :
       {"10.0.0.0", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/08", "x/8", "::/0"}) {
    EXPECT_FALSE(parse_cidr(no)) << no;
  }
  EXPECT_EQ(parse_cidr("0.0.0.0/0")->last(), 0xffffffffU);
  EXPECT_EQ(parse_ipv6_cidr("2001:db8::1/32")->text(), "2001:db8::/32");
  EXPECT_FALSE(parse_ipv6_cidr("2001:db8::/129"));
}

TEST(Ids, AreJudgedByTheirForm) {
  const auto& instance = resource_type("instance");
  EXPECT_TRUE(is_well_formed(instance, "i-0123456789abcdef0"));
  EXPECT_TRUE(is_well_formed(instance, "i-1a2b3c4d")) << "the old form";
  EXPECT_FALSE(is_well_formed(instance, "i-123456789")) << "nine digits";
  EXPECT_FALSE(is_well_formed(instance, "i-zzzzzzzz"));
  EXPECT_FALSE(is_well_formed(instance, "i-"));
  EXPECT_FALSE(is_well_formed(instance, "vol-0123456789abcdef0"));
  EXPECT_FALSE(is_well_formed(instance, "i-00000000000000000")) << "recorded: malformed";
}

// ---- The corridor
// ----------------------------------------------------------------------------------------------------

class Corridor : public HouseTest {};

TEST_F(Corridor, KnowsWhatItDoesNotKnow) {
  refuse("InvalidAction", "The action Fly is not valid for this web service.", "Fly");
  refuse("UnknownParameter", "The parameter Foo is not recognized", "DescribeRegions", {{"Foo", "x"}});
  refuse("InvalidParameterValue", "The filter 'nope' is invalid", "DescribeRegions",
         {{"Filter.1.Name", "nope"}, {"Filter.1.Value.1", "x"}});
  refuse("UnsupportedOperation", "", "CreateVpc",
         {{"CidrBlock", "10.0.0.0/16"}, {"VpcEncryptionControl.Mode", "monitor"}});
}

TEST_F(Corridor, AnswersADryRunBeforeItLooks) {
  refuse("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", "StartInstances",
         {{"DryRun", "true"}, {"InstanceId.1", "i-0123456789abcdef0"}});
}

TEST_F(Corridor, BoundsFilters) {
  Parameters many;
  for (int i = 1; i <= 201; ++i) many.emplace_back("Filter.1.Value." + std::to_string(i), "x");
  many.emplace_back("Filter.1.Name", "region-name");
  refuse("InvalidParameterValue", "The maximum number of filter values specified on a single call is 200",
         "DescribeRegions", many);
  refuse("FilterLimitExceeded", "The maximum length for a filter value is 255 characters", "DescribeRegions",
         {{"Filter.1.Name", "region-name"}, {"Filter.1.Value.1", std::string(256, 'x')}});
}

TEST_F(Corridor, MovesEveryScopeIntoADefaultVpcOfItsOwn) {
  const auto here = call("DescribeVpcs")["Vpcs"];
  scope.region = "eu-west-1";
  const auto there = call("DescribeVpcs")["Vpcs"];
  scope.account = "210987654321";
  const auto theirs = call("DescribeVpcs")["Vpcs"];
  ASSERT_EQ(here.size(), 1U);
  ASSERT_EQ(there.size(), 1U);
  EXPECT_NE(here[0]["VpcId"], there[0]["VpcId"]);
  EXPECT_NE(theirs[0]["VpcId"], there[0]["VpcId"]);
  EXPECT_EQ(theirs[0]["OwnerId"], "210987654321");
}

TEST_F(Corridor, NeverAnswersAFilterOfTheModelWithAShrug) {
  // Every filter that the model knows of a written operation leads somewhere.
  for (const auto* operation : house.world().registry.all()) {
    for (const std::string_view filter : model::find_operation(operation->name)->filters) {
      const std::string name = filter == "tag:*" ? "tag:Name" : std::string(filter);
      try {
        call(std::string_view(operation->name), {{"Filter.1.Name", name}, {"Filter.1.Value.1", "x"}});
      } catch (const ApiError& error) {
        EXPECT_NE(error.code, "UnsupportedOperation") << std::string_view(operation->name) << ": " << error.message;
      }
    }
  }
}

// ---- State files
// -----------------------------------------------------------------------------------------------------

class StateFile : public testing::Test {
 protected:
  void TearDown() override {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file + suffix);
  }
  HouseOptions on_file() const {
    auto made = options("settle");
    made.state_file = file;
    return made;
  }
  std::string file = testing::TempDir() + "fogling_state_" +
                     std::to_string(testing::UnitTest::GetInstance()->random_seed()) +
                     testing::UnitTest::GetInstance()->current_test_info()->name() + ".sqlite";
};

TEST_F(StateFile, KeepsWhatWasAnswered) {
  std::string vpc;
  {
    House house(on_file());
    vpc = house.call("DescribeVpcs", {})["Vpcs"][0]["VpcId"];
  }
  House again(on_file());
  EXPECT_EQ(again.call("DescribeVpcs", {})["Vpcs"][0]["VpcId"], vpc);
}

TEST_F(StateFile, BringsInterfacesOfAnOlderSchemaAlong) {
  {
    SQLite::Database old(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    for (int step = 0; step < 5; ++step) old.exec(std::string(state::migrations()[static_cast<std::size_t>(step)]));
    old.exec("PRAGMA user_version = 5");
    old.exec("PRAGMA application_id = 1718577004");
    old.exec(
        "INSERT INTO network_interface VALUES (1, '123456789012', 'us-east-1', 'eni-1', 'subnet-1', 'vpc-1',"
        " 'us-east-1a', '', 'interface', 'available', '02:00:00:00:00:01', '10.1.0.5', 1, '', 0, '', '[\"sg-1\"]',"
        " '[]', '{}', '', '', 0, '', 0, 0, 0)");
    old.exec("INSERT INTO network_interface_group VALUES ('sg-1', 'eni-1', '123456789012', 'us-east-1')");
    const auto address = [&](const std::string& number, const std::string& text, const std::string& rest) {
      old.exec("INSERT INTO private_ip_address VALUES ('subnet-1', " + number + ", '" + text + "', 'eni-1', " + rest +
               ", '123456789012', 'us-east-1')");
    };
    address(std::to_string(parse_ipv4("10.1.0.5").value()), "10.1.0.5", "1, 0");
    address(std::to_string(parse_ipv4("10.1.0.9").value()), "10.1.0.9", "0, 1");
  }
  state::Database database(file);
  const auto count = [&](const std::string& table) {
    return database.connection().execAndGet("SELECT count(*) FROM " + table).getInt();
  };
  EXPECT_EQ(count("private_ip_address"), 2);
  EXPECT_EQ(count("network_interface_group"), 1);
  database.connection().exec("DELETE FROM network_interface");
  EXPECT_EQ(count("private_ip_address"), 0);
  EXPECT_EQ(count("network_interface_group"), 0);
}

TEST_F(StateFile, RefusesWhatIsNoStateOfOurs) {
  std::ofstream(file)
      << "this is a letter, not a database, and long enough to be told apart from an empty file of SQLite\n";
  EXPECT_THROW(House{on_file()}, std::runtime_error);
}

TEST_F(StateFile, RefusesTheFutureInASentence) {
  { House house(on_file()); }
  { SQLite::Database(file, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 999"); }
  try {
    House house(on_file());
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("newer fogling"), std::string::npos) << error.what();
  }
}

/// As SQLite does when the disk is full: it rolls all back by itself, and the part that was to be undone is not there.
TEST_F(HouseTest, KeepsNothingOfATransactionWhosePartCannotBeUndone) {
  auto& database = house.world().database;
  {
    state::Transaction txn(database, state::Access::write);
    state::put_setting(txn, scope, "before", "kept");
    {
      const state::Savepoint part(txn);
      database.connection().exec("ROLLBACK");
    }
    state::put_setting(txn, scope, "after", "kept");
    EXPECT_THROW(txn.commit(), std::runtime_error);
  }
  state::Transaction txn(database, state::Access::read);
  EXPECT_EQ(state::get_setting(txn, scope, "before"), "");
  EXPECT_EQ(state::get_setting(txn, scope, "after"), "");
}

}  // namespace
}  // namespace fogling::test
