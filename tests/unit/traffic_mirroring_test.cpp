/// Traffic mirroring: what its declared kinds do together.

#include "tests/support/examples.hpp"

namespace fogling::test {
namespace {

class TrafficMirroring : public SettledTest {
 protected:
  Examples examples{[this](std::string_view action, const Parameters& parameters) { return call(action, parameters); }};
};

TEST_F(TrafficMirroring, ASessionEndsWithItsSource) {
  examples.id_of("traffic-mirror-session");
  call("DeleteNetworkInterface", {{"NetworkInterfaceId", examples.id_of("network-interface")}});
  EXPECT_TRUE(call("DescribeTrafficMirrorSessions")["TrafficMirrorSessions"].empty());
  EXPECT_EQ(call("DescribeTrafficMirrorTargets")["TrafficMirrorTargets"].size(), 1U);
}

TEST_F(TrafficMirroring, AFilterShowsItsRulesByDirectionAndNumber) {
  const auto filter = examples.id_of("traffic-mirror-filter");
  for (const char* number : {"20", "10"}) {
    call("CreateTrafficMirrorFilterRule", {{"TrafficMirrorFilterId", filter},
                                           {"TrafficDirection", "egress"},
                                           {"RuleNumber", number},
                                           {"RuleAction", "accept"},
                                           {"DestinationCidrBlock", "10.0.0.0/8"},
                                           {"SourceCidrBlock", "10.0.0.0/8"}});
  }
  const auto shown =
      call("DescribeTrafficMirrorFilters", {{"TrafficMirrorFilterId.1", filter}})["TrafficMirrorFilters"][0];
  EXPECT_TRUE(shown["IngressFilterRules"].empty());
  EXPECT_EQ(shown["EgressFilterRules"][0]["RuleNumber"], 10);
  EXPECT_EQ(shown["EgressFilterRules"][1]["RuleNumber"], 20);
  call("DeleteTrafficMirrorFilter", {{"TrafficMirrorFilterId", filter}});
  EXPECT_TRUE(call("DescribeTrafficMirrorFilterRules")["TrafficMirrorFilterRules"].empty());
}

}  // namespace
}  // namespace fogling::test
