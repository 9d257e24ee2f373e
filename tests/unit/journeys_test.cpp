/// The language of journeys: what it understands, and how it says what is wrong.

#include <gmock/gmock.h>

#include "tests/journeys/player.hpp"
#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

/// Where and how a story fails; empty when it does not.
std::string failure_of(const std::string& story) {
  House house(options());
  try {
    Player(house).play(read_script(story));
  } catch (const Failure& failure) {
    return std::to_string(failure.line) + ": " + failure.what();
  }
  return {};
}

constexpr const char* kStory = R"(
# Title

let name = "a b"
AllocateAddress -> eip = AllocationId
CreateTags ResourceId.1=$eip
    Tag.1.Key=Name Tag.1.Value="$name \"c\""
    Tag.2.Key=Other Tag.2.Value=${name}c
DescribeAddresses AllocationId.1=$eip in Addresses.0
  => AllocationId is $eip
  => Tags[Key=Name].Value is "a b \"c\""
  => Tags.*.Value are "a b \"c\"" "a bc"
  => Tags.*.Key include Other
  => Tags has 2 items
  => InstanceId is absent
  => PublicIp is present
  => PublicIp is not 198.18.0.0
  => PublicIp matches "198\\.[0-9.]+"
region eu-west-1
DescribeAddresses => Addresses is empty
ReleaseAddress AllocationId=$eip !> InvalidAllocationID.NotFound The allocation ID '$eip' does not exist
2 times AllocateAddress -> last = PublicIp
account 210987654321
DescribeAddresses => Addresses has 0 items
account 123456789012
clock settle
RunInstances ImageId=$ami InstanceType=t3.micro MinCount=1 MaxCount=1 => Instances.0.State.Name is pending
DescribeInstances in Reservations.0.Instances.0
  => State.Code is 16
  => EbsOptimized is false
  => LaunchTime matches 2026-01-01T00:00:.*
)";

TEST(Journeys, TellAStory) {
  EXPECT_EQ(failure_of(kStory), "");
  EXPECT_EQ(read_script(kStory).title, "Title");
}

TEST(Journeys, SayWhereTheyCannotBeRead) {
  for (const auto& [story, failure] : std::vector<std::pair<std::string, std::string>>{
           {"DescribeAddresses\nsome words", "2: 'some' is neither an operation nor one of why, fix, "},
           {"DescribeAddresses Filter", "1: 'Filter' is no parameter"},
           {"  => Addresses is empty", "1: an indented line goes on with the call above it, and there is none"},
           {"wait\n  => Addresses is empty", "2: an indented line"},
           {"DescribeAddresses => Addresses equals 5", "1: after the path comes one of: is VALUE"},
           {"DescribeAddresses => Addresses is two words", "1: one value is expected"},
           {"DescribeAddresses => Addresses has many items", "1: a list `has 2 items`"},
           {"DescribeAddresses -> Eip = Addresses", "1: `->` is followed by"},
           {"DescribeAddresses !>", "1: `!>` is followed by"},
           {"DescribeAddresses PublicIp.1=\"1", "1: a quotation mark is not closed"},
           {"ReleaseAddress !> A b\n  => Return is true", "1: a refused call has no answer"},
           {"let x 5", "1: `let` is followed by"},
           {"advance", "1: `advance 10s`"},
           {"3 AllocateAddress", "1: a number begins"}}) {
    EXPECT_THAT(failure_of(story), testing::StartsWith(failure)) << story;
  }
}

TEST(Journeys, SayWhatCameOtherwise) {
  const std::string eip = "AllocateAddress -> eip = AllocationId\n";
  for (const auto& [story, failure] : std::vector<std::pair<std::string, std::string>>{
           {"DescribeTea", "EC2 has no operation DescribeTea"},
           {"AllocateAddress => Domain is standard", "AllocateAddress: Domain should be standard, but is vpc"},
           {"AllocateAddress => CarrierIp is ''", "AllocateAddress: CarrierIp should be '', but is not there"},
           {"AllocateAddress => Domain is absent", "AllocateAddress: Domain should be absent, but is vpc"},
           {"AllocateAddress => Domain is not vpc", "AllocateAddress: Domain should be other than vpc, but is vpc"},
           {"AllocateAddress => CarrierIp is not vpc",
            "AllocateAddress: CarrierIp should be other than vpc, but is not"},
           {"AllocateAddress => Domain is empty", "AllocateAddress: Domain should be there and empty, but is vpc"},
           {"AllocateAddress => CarrierIp is present", "AllocateAddress: CarrierIp should be there"},
           {"AllocateAddress => Domain matches v", "AllocateAddress: Domain should match v, but is vpc"},
           {"AllocateAddress => Domain matches (", "AllocateAddress: Domain is held against something that is no"},
           {"AllocateAddress => Domain has 3 items", "AllocateAddress: Domain should have 3 items, but is vpc"},
           {"AllocateAddress => Tea is absent", "AllocateAddress: Tea cannot be looked at: the shape "},
           {"AllocateAddress => Domain.Tea is absent",
            "AllocateAddress: Domain.Tea cannot be looked at: Tea is within"},
           {"ReleaseAddress => Return is true", "ReleaseAddress was refused with MissingParameter "},
           {"DescribeAddresses => Addresses.0.InstanceId is absent",
            "DescribeAddresses: Addresses.0.InstanceId cannot be looked at: nothing holds InstanceId"},
           {"DescribeAddresses => Addresses.first is absent",
            "DescribeAddresses: Addresses.first cannot be looked at: 'first' is no place in a list"},
           {"DescribeAddresses => Addresses[Tea=5] is absent",
            "DescribeAddresses: Addresses[Tea=5] cannot be looked at: the shape Address has no member Tea"},
           {"DescribeAddresses => Addresses.*.Domain are vpc",
            "DescribeAddresses: Addresses.*.Domain cannot be looked at: nothing holds Domain"},
           {"DescribeAddresses -> ip = Addresses.0", "DescribeAddresses: Addresses.0 is not there to be kept"},
           {"DescribeAddresses PublicIp.1=$ip", "nothing was kept as $ip"},
           {"DescribeAddresses !> A b", "DescribeAddresses was not refused but answered {"},
           {"ReleaseAddress AllocationId=bad !> A b",
            "ReleaseAddress was refused with InvalidAllocationID.NotFound The allocation ID 'bad' does not exist\n"
            "but should be A b"},
           {"clock tea", "{\"error\":\"'tea' is no clock mode"},
           {"advance soon", "{\"error\":\"advance is a number"}}) {
    EXPECT_THAT(failure_of(eip + "ReleaseAddress AllocationId=$eip\n" + story), testing::StartsWith("3: " + failure))
        << story;
  }
}

}  // namespace
}  // namespace fogling::test
