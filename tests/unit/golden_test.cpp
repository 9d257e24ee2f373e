/// Goldens: how answers are folded, what a file has to say, and how a difference is told.

#include "tests/golden/golden.hpp"

#include <gmock/gmock.h>

#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

constexpr const char* kQuestion = R"(# Title
provenance documented 2026-04-01 API Reference

AllocateAddress -> eip = AllocationId

request DescribeAddresses
    AllocationId.1=$eip
)";

std::string failure_of(const std::string& text) {
  House house(options());
  try {
    const Golden golden = read_golden(text);
    compare(golden, ask(golden, house));
  } catch (const Failure& failure) {
    return std::to_string(failure.line) + ": " + failure.what();
  }
  return {};
}

std::string answered(const std::string& text) {
  House house(options());
  const Golden golden = read_golden(text);
  return updated(text, golden, ask(golden, house));
}

TEST(Goldens, AreFoldedWithoutLoss) {
  EXPECT_EQ(folded("<?xml version=\"1.0\"?>\n<a x=\"1\"><b>1\n 2</b><c/><d></d><e><f>&lt;</f></e></a>"),
            "<?xml version=\"1.0\"?>\n"
            "<a x=\"1\">\n"
            "  <b>1\n 2</b>\n"
            "  <c/>\n"
            "  <d></d>\n"
            "  <e>\n"
            "    <f>&lt;</f>\n"
            "  </e>\n"
            "</a>");
  EXPECT_NE(folded("<a><b/></a>"), folded("<a><b></b></a>")) << "EC2 writes the first";
  EXPECT_THROW(folded("<a> <b/></a>"), std::invalid_argument);
  EXPECT_THROW(folded("<a><b/> </a>"), std::invalid_argument);
  EXPECT_THROW(folded("<a>text<b/></a>"), std::invalid_argument);
  EXPECT_THROW(folded("<?xml version=\"1.0\"?><a/>"), std::invalid_argument);
}

TEST(Goldens, AreWrittenAndThenHold) {
  EXPECT_THAT(failure_of(kQuestion), testing::HasSubstr("6: there is no answer yet"));
  const std::string whole = answered(kQuestion);
  EXPECT_THAT(whole, testing::StartsWith(std::string(kQuestion) + "answer 200 text/xml;charset=UTF-8\n<?xml "));
  EXPECT_EQ(failure_of(whole), "");
  EXPECT_EQ(answered(whole), whole) << "a file that holds is not changed";
}

TEST(Goldens, TakeFormsAndRefusals) {
  const std::string whole =
      answered("# Title\nprovenance assumed 2026-04 x\nrequest Action=DescribeTea\n  &Version=2016-11-15\n");
  EXPECT_THAT(whole, testing::HasSubstr("&Version=2016-11-15\nanswer 400 text/xml;charset=UTF-8\n"));
  EXPECT_THAT(whole, testing::HasSubstr("\n      <Code>InvalidAction</Code>\n"));
}

TEST(Goldens, SayWhichLineDiffers) {
  const std::string whole = answered(kQuestion);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = whole;
    return text.replace(text.find(from), from.size(), to);
  };
  EXPECT_THAT(failure_of(with("answer 200", "answer 400")), testing::StartsWith("8: expected 400 text/xml"));
  EXPECT_THAT(failure_of(with("<domain>vpc<", "<domain>standard<")),
              testing::StartsWith("16: expected       <domain>standard</domain>\nbut came       <domain>vpc</domain>"));
  EXPECT_THAT(failure_of(with("</DescribeAddressesResponse>\n", "")),
              testing::StartsWith("21: expected (the end)\nbut came </DescribeAddressesResponse>"));
}

TEST(Goldens, NeedAProvenanceAndOneRequest) {
  for (const auto& [text, failure] : std::vector<std::pair<std::string, std::string>>{
           {"# T\nrequest DescribeVpcs\n", "1: there is no provenance"},
           {"# T\nprovenance guessed 2026-04 x\n", "2: `provenance recorded"},
           {"# T\nprovenance recorded lately x\n", "2: `provenance recorded"},
           {"# T\nprovenance recorded 2026-04\n", "2: `provenance recorded"},
           {"# T\nprovenance recorded 2026-04 x\n", "2: there is no request"},
           {"# T\nprovenance recorded 2026-04 x\nrequest DescribeVpcs\nwait\n", "4: after the request"},
           {"# T\nprovenance recorded 2026-04 x\nrequest wait\n", "3: a request is one call"},
           {"# T\nprovenance recorded 2026-04 x\nrequest DescribeVpcs => Vpcs is empty\n", "3: a request is one call"},
           {"# T\nprovenance recorded 2026-04 x\n\nReleaseAddress\nrequest DescribeVpcs\n", "4: ReleaseAddress was"},
           {"# T\nprovenance recorded 2026-04 x\nrequest DescribeVpcs\n  VpcId.1=$vpc\n", "3: nothing was kept as"}}) {
    EXPECT_THAT(failure_of(text), testing::StartsWith(failure)) << text;
  }
}

}  // namespace
}  // namespace fogling::test
