/// Metric categories and the instances that send them.

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class MetricCategoriesTest : public NetworkTest<SettledTest> {
 protected:
  std::string create(const std::string& metric) {
    const Document made = call("CreateMetricCategory", {{"Metric.1", metric}});
    return made["MetricCategory"]["MetricCategoryId"];
  }
  Document monitoring(const std::string& id) { return instance(id)["Monitoring"]; }
};

TEST_F(MetricCategoriesTest, ArePutOnInstancesAndTakenAway) {
  const std::string network = create("NetworkPacketsIn"), credits = create("CPUCreditUsage"), id = launch();
  EXPECT_FALSE(has(monitoring(id), "MetricCategoryIds"));
  call("MonitorInstances", {{"InstanceId.1", id}, {"MetricCategoryId.1", network}});
  const Document both = call("MonitorInstances", {{"InstanceId.1", id}, {"MetricCategoryId.1", credits}});
  EXPECT_EQ(both["InstanceMonitorings"][0]["Monitoring"]["MetricCategoryIds"], Document::array({network, credits}));
  EXPECT_EQ(text(monitoring(id), "State"), "enabled");
  call("UnmonitorInstances", {{"InstanceId.1", id}, {"MetricCategoryId.1", network}});
  EXPECT_EQ(monitoring(id)["MetricCategoryIds"], Document::array({credits}));
  EXPECT_EQ(text(monitoring(id), "State"), "enabled") << "only the category goes";
  call("UnmonitorInstances", {{"InstanceId.1", id}});
  EXPECT_FALSE(has(monitoring(id), "MetricCategoryIds"));
  EXPECT_EQ(text(monitoring(id), "State"), "disabled");
  refuse("InvalidMetricCategoryId.NotFound", "", "MonitorInstances",
         {{"InstanceId.1", id}, {"MetricCategoryId.1", "mc-0123456789abcdef0"}});
}

TEST_F(MetricCategoriesTest, LaunchesNameThemWithDetailedMonitoring) {
  const std::string category = create("NetworkPacketsIn");
  refuse("InvalidParameterCombination", "", "RunInstances",
         {{"ImageId", any_image()},
          {"MinCount", "1"},
          {"MaxCount", "1"},
          {"Monitoring.Enabled", "false"},
          {"Monitoring.MetricCategoryId.1", category}});
  const std::string id = launch({{"Monitoring.Enabled", "true"}, {"Monitoring.MetricCategoryId.1", category}});
  EXPECT_EQ(monitoring(id)["MetricCategoryIds"], Document::array({category}));
  const Document data = call("GetLaunchTemplateData", {{"InstanceId", id}});
  EXPECT_EQ(data["LaunchTemplateData"]["Monitoring"]["MetricCategoryIds"], Document::array({category}));
  EXPECT_EQ(text(call("DeleteMetricCategory", {{"MetricCategoryId", category}}), "MetricCategoryId"), category);
  EXPECT_FALSE(has(monitoring(id), "MetricCategoryIds")) << "its associations go with it";
}

TEST_F(MetricCategoriesTest, AreChangedIntoOthers) {
  const std::string category = create("NetworkPacketsIn");
  refuse("InvalidParameterValue", "", "ModifyMetricCategory",
         {{"MetricCategoryId", category}, {"Metric.1", "NetworkPacketsIn"}});
  refuse("InvalidParameterValue", "", "CreateMetricCategory", {{"Metric.1", "no such metric"}});
  const Document changed =
      call("ModifyMetricCategory", {{"MetricCategoryId", category}, {"Metric.1", "system.memory.usage"}});
  EXPECT_EQ(changed["MetricCategory"]["Metrics"], Document::array({"system.memory.usage"}));
  const auto count = [&](const std::string& metric) {
    return call("DescribeMetricCategories",
                {{"Filter.1.Name", "metric-name"}, {"Filter.1.Value.1", metric}})["MetricCategories"]
        .size();
  };
  EXPECT_EQ(count("system.memory.usage"), 1U);
  EXPECT_EQ(count("NetworkPacketsIn"), 0U);
}

}  // namespace
}  // namespace fogling::test
