/// What the fuzz targets have found, kept as examples: whatever bytes come, the answer is a refusal that can be read.

#include <nlohmann/json.hpp>

#include "api/bind.hpp"
#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

class Robustness : public testing::Test {
 protected:
  api::Response post(std::string_view form) {
    api::Request request;
    request.method = "POST";
    request.target = "/";
    request.body = form;
    return house.handle(request);
  }
  api::Response ask_ssm(std::string_view target, std::string_view body) {
    api::Request request;
    request.method = "POST";
    request.target = "/";
    request.amz_target = target;
    request.body = body;
    return house.handle(request);
  }
  api::Response control(std::string_view target, std::string_view body) {
    api::Request request;
    request.method = "POST";
    request.target = target;
    request.host = "localhost";
    request.body = body;
    return house.handle(request);
  }

  House house{options()};
};

TEST_F(Robustness, TheEnvelopeIsTextToo) {
  for (const char* form :
       {"Action=%ff", "Action=DescribeRegions&Version=%ff%fe", "Action=%01", "Action=%ff&Version=2011-06-15"}) {
    const auto answer = post(form);
    EXPECT_EQ(answer.status, 400U) << form;
    EXPECT_NE(answer.body.find("<Code>InvalidCharacter</Code>"), std::string::npos) << answer.body;
  }
}

TEST_F(Robustness, AHeaderMayBeAnyBytes) {
  const auto answer = ask_ssm("AmazonSSM.\xff\xfe", "{}");
  EXPECT_EQ(answer.status, 400U);
  EXPECT_EQ(Document::parse(answer.body)["__type"], "UnknownOperationException");
}

TEST_F(Robustness, NumbersOfJsonMayBeTooLarge) {
  for (const char* number : {"1e300", "-1e300", "18446744073709551615", "9223372036854775808"}) {
    const auto answer = ask_ssm("AmazonSSM.GetParametersByPath",
                                R"({"Path": "/aws/service", "MaxResults": )" + std::string(number) + "}");
    EXPECT_LT(answer.status, 500U) << number;
  }
}

TEST_F(Robustness, TimeEndsWithTheYear9999) {
  for (int i = 0; i < 4; ++i) control("/_sim/clock", R"({"advance": 1e11})");
  const auto answer = control("/_sim/clock", R"({"advance": 1e11})");
  EXPECT_EQ(answer.status, 400U) << answer.body;
  EXPECT_EQ(iso_time(house.world().clock.now_ms()).size(), std::string("2026-01-01T00:00:00.000Z").size());
}

TEST(Bind, AWordInPlaceOfAnIndexIsNoNumber) {
  api::Params params;
  params.add("Recurrence.OccurrenceDay.x", "1");
  params.add("Recurrence.OccurrenceDay.2", "2");
  const auto& input = *model::find_operation("DescribeScheduledInstanceAvailability")->input;
  EXPECT_EQ(api::bind(params, input)["Recurrence"]["OccurrenceDays"], Document::array({2}));
}

TEST(Bind, AnEmptyElementSaysNothing) {
  const auto& operation = *model::find_operation("ModifyTrafficMirrorFilterNetworkServices");
  api::Params params;
  params.add("TrafficMirrorFilterId", "tmf-0123456789abcdef0");
  params.add("AddNetworkService.1", "");
  EXPECT_NO_THROW(api::validate(api::bind(params, *operation.input), operation));
  params.add("AddNetworkService.2", "no-such-service");
  EXPECT_THROW(api::validate(api::bind(params, *operation.input), operation), ApiError);
}

}  // namespace
}  // namespace fogling::test
