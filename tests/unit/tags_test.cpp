/// Tags: what may be one, how many, how they are deleted and listed.

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class TagsTest : public NetworkTest<HouseTest> {
 protected:
  void SetUp() override { vpc = default_subnet().vpc_id; }
  void tag(const std::string& key, const std::string& value) {
    call("CreateTags", {{"ResourceId.1", vpc}, {"Tag.1.Key", key}, {"Tag.1.Value", value}});
  }
  void refuse_tag(const char* code, const std::string& message, const std::string& key, const std::string& value) {
    refuse(code, message, "CreateTags", {{"ResourceId.1", vpc}, {"Tag.1.Key", key}, {"Tag.1.Value", value}});
  }
  /// `key=value` of each tag of the VPC.
  std::vector<std::string> shown() {
    const Document answer = call("DescribeTags", {{"Filter.1.Name", "resource-id"}, {"Filter.1.Value.1", vpc}});
    std::vector<std::string> tags;
    for (const auto& each : answer["Tags"]) tags.push_back(text_of(each, "Key") + "=" + text_of(each, "Value"));
    return tags;
  }

  std::string vpc;
};

TEST_F(TagsTest, SetOverwrittenAndDeleted) {
  tag("Stage", "first");
  tag("Empty", "");
  tag("Stage", "second");
  EXPECT_EQ(shown(), (std::vector<std::string>{"Empty=", "Stage=second"}));
  call("DeleteTags", {{"ResourceId.1", vpc}, {"Tag.1.Key", "Stage"}, {"Tag.1.Value", "first"}});
  call("DeleteTags", {{"ResourceId.1", vpc}, {"Tag.1.Key", "NeverThere"}});
  EXPECT_EQ(shown().size(), 2U);
  call("DeleteTags", {{"ResourceId.1", vpc}, {"Tag.1.Key", "Stage"}, {"Tag.1.Value", ""}});
  EXPECT_EQ(shown().size(), 2U);
  call("DeleteTags", {{"ResourceId.1", vpc}, {"Tag.1.Key", "Empty"}, {"Tag.1.Value", ""}});
  EXPECT_EQ(shown(), (std::vector<std::string>{"Stage=second"}));
  call("DeleteTags", {{"ResourceId.1", vpc}, {"Tag.1.Key", "Stage"}});
  EXPECT_TRUE(shown().empty());
  tag("a", "1");
  tag("b", "2");
  call("DeleteTags", {{"ResourceId.1", vpc}});
  EXPECT_TRUE(shown().empty());
}

TEST_F(TagsTest, KeysAndValuesThatAreRefused) {
  const std::string reserved = "Tag keys starting with 'aws:' are reserved for internal use";
  for (const char* key : {"aws:x", "AWS:x", "Aws:"}) refuse_tag("InvalidParameterValue", reserved, key, "x");
  refuse_tag("InvalidParameterValue", "Tag key cannot be null or empty", "", "x");
  refuse_tag("InvalidParameterValue", "Tag key exceeds the maximum length of 127 characters", std::string(128, 'k'),
             "x");
  refuse_tag("InvalidParameterValue", "Tag value exceeds the maximum length of 256 characters", "k",
             std::string(257, 'v'));
  refuse("InvalidParameterValue", "Duplicate tag key 'k' specified.", "CreateTags",
         {{"ResourceId.1", vpc}, {"Tag.1.Key", "k"}, {"Tag.1.Value", "1"}, {"Tag.2.Key", "k"}, {"Tag.2.Value", "2"}});
  refuse("InvalidParameterValue", reserved, "DeleteTags", {{"ResourceId.1", vpc}, {"Tag.1.Key", "aws:x"}});
  // Characters count, not bytes; case tells keys apart.
  std::string umlauts;
  for (int i = 0; i < 127; ++i) umlauts += "\u00fc";
  tag(umlauts, std::string(256, 'v'));
  tag("k", "1");
  tag("K", "2");
  EXPECT_EQ(shown().size(), 3U);
}

TEST_F(TagsTest, FiftyAreTheMost) {
  for (int i = 0; i < 50; ++i) tag("key-" + std::to_string(i), "x");
  refuse_tag("TagLimitExceeded", "", "one-more", "x");
  tag("key-7", "y");  // overwriting is not one more
}

TEST_F(TagsTest, AllResourcesOrNone) {
  const std::string subnet = default_subnet().subnet_id;
  refuse(
      "InvalidSubnetID.NotFound", "The subnet ID 'subnet-0123456789abcdef0' does not exist", "CreateTags",
      {{"ResourceId.1", vpc}, {"ResourceId.2", "subnet-0123456789abcdef0"}, {"Tag.1.Key", "k"}, {"Tag.1.Value", "v"}});
  EXPECT_TRUE(shown().empty());
  call("CreateTags", {{"ResourceId.1", vpc}, {"ResourceId.2", subnet}, {"Tag.1.Key", "k"}, {"Tag.1.Value", "v"}});
  EXPECT_EQ(call("DescribeTags", {{"Filter.1.Name", "key"}, {"Filter.1.Value.1", "k"}})["Tags"].size(), 2U);
  refuse("MissingParameter", "The request must contain the parameter resourceIdSet", "CreateTags",
         {{"Tag.1.Key", "k"}, {"Tag.1.Value", "v"}});
  refuse("InvalidID", "The ID 'tea' is not valid", "CreateTags",
         {{"ResourceId.1", "tea"}, {"Tag.1.Key", "k"}, {"Tag.1.Value", "v"}});
}

TEST_F(TagsTest, ListedByWhatTheyAre) {
  const std::string subnet = default_subnet().subnet_id;
  call("CreateTags", {{"ResourceId.1", vpc},
                      {"ResourceId.2", subnet},
                      {"Tag.1.Key", "Name"},
                      {"Tag.1.Value", "home"},
                      {"Tag.2.Key", "Stage"},
                      {"Tag.2.Value", "test"}});
  const auto count = [&](const char* filter, const std::string& value) {
    return call("DescribeTags", {{"Filter.1.Name", filter}, {"Filter.1.Value.1", value}})["Tags"].size();
  };
  EXPECT_EQ(count("key", "Name"), 2U);
  EXPECT_EQ(count("resource-type", "vpc"), 2U);
  EXPECT_EQ(count("resource-id", subnet), 2U);
  EXPECT_EQ(count("value", "te?t"), 2U);
  EXPECT_EQ(count("tag:Name", "home"), 2U);
  EXPECT_EQ(count("tag:Stage", "home"), 0U);
  refuse("InvalidParameterValue", "The filter 'tag-key' is invalid", "DescribeTags",
         {{"Filter.1.Name", "tag-key"}, {"Filter.1.Value.1", "Name"}});
  const Document page = call("DescribeTags", {{"MaxResults", "5"}});
  EXPECT_EQ(page["Tags"].size(), 4U);
  EXPECT_FALSE(has(page, "NextToken"));
}

TEST_F(TagsTest, SpecificationsHaveToFitTheCall) {
  const auto refused = [&](const std::string& message, Parameters parameters) {
    parameters.emplace_back("CidrBlock", "10.0.0.0/16");
    refuse("InvalidParameterValue", message, "CreateVpc", parameters);
  };
  refused("'subnet' is not a valid taggable resource type for this operation.",
          {{"TagSpecification.1.ResourceType", "subnet"},
           {"TagSpecification.1.Tag.1.Key", "k"},
           {"TagSpecification.1.Tag.1.Value", "v"}});
  refused("Tag specification must have at least one tag", {{"TagSpecification.1.ResourceType", "vpc"}});
  refused("Tag keys starting with 'aws:' are reserved for internal use", {{"TagSpecification.1.ResourceType", "vpc"},
                                                                          {"TagSpecification.1.Tag.1.Key", "aws:k"},
                                                                          {"TagSpecification.1.Tag.1.Value", "v"}});
  EXPECT_EQ(call("DescribeVpcs")["Vpcs"].size(), 1U);
}

TEST_F(TagsTest, GoWithWhatTheyHangOn) {
  const std::string allocation_id = allocation();
  call("CreateTags", {{"ResourceId.1", allocation_id}, {"Tag.1.Key", "k"}, {"Tag.1.Value", "v"}});
  EXPECT_EQ(call("DescribeTags")["Tags"].size(), 1U);
  call("ReleaseAddress", {{"AllocationId", allocation_id}});
  EXPECT_TRUE(call("DescribeTags")["Tags"].empty());
}

}  // namespace
}  // namespace fogling::test
