/// Application status checks: their settings, what they are associated with, and what they say of instances.

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class ApplicationStatusTest : public NetworkTest<HouseTest> {
 protected:
  std::string create(Parameters more = {}) {
    more.insert(more.end(), {{"Protocol", "http"}, {"Port", "80"}});
    return text_of(call("CreateApplicationStatusCheck", more)["ApplicationStatusCheck"], "ApplicationStatusCheckId");
  }
  Document associate(const std::string& check, const Parameters& with) {
    Parameters parameters = with;
    parameters.emplace_back("ApplicationStatusCheckId", check);
    return call("AssociateApplicationStatusCheck", parameters);
  }
  Document status(const std::string& instance_id) {
    return call("DescribeApplicationStatus",
                {{"InstanceId.1", instance_id}})["ApplicationStatuses"]["Instances"][0]["ApplicationStatus"];
  }
  std::string word(const std::string& instance_id) { return text_of(status(instance_id), "Status"); }
  Document associations(const Parameters& parameters = {}) {
    return call("DescribeApplicationStatusCheckAssociations", parameters)["Associations"];
  }
};

TEST_F(ApplicationStatusTest, HaveTheDocumentedDefaults) {
  create();
  const Document check = call("DescribeApplicationStatusChecks")["ApplicationStatusChecks"][0];
  EXPECT_EQ(check["Interval"], 60);
  EXPECT_EQ(check["Timeout"], 6);
  EXPECT_EQ(check["FailureThreshold"], 2);
  EXPECT_EQ(check["SuccessThreshold"], 2);
  EXPECT_EQ(check["InitializationGracePeriodSeconds"], 300);
  EXPECT_EQ(text(check, "Path"), "/");
  EXPECT_EQ(text(check, "StatusCodeMatcher"), "200");
  EXPECT_EQ(text(check, "Aggregation"), "included");
}

TEST_F(ApplicationStatusTest, SettingsAreJudged) {
  const Parameters wrong = {{"Path", "health"},
                            {"Interval", "30"},
                            {"Timeout", "31"},
                            {"Timeout", "0"},
                            {"FailureThreshold", "0"},
                            {"InitializationGracePeriodSeconds", "601"},
                            {"DeviceIndex", "-1"},
                            {"StatusCodeMatcher", "abc"},
                            {"StatusCodeMatcher", "399-300"},
                            {"StatusCodeMatcher", "200,"}};
  for (const auto& each : wrong) {
    refuse("InvalidParameterValue", "", "CreateApplicationStatusCheck", {{"Protocol", "http"}, {"Port", "80"}, each});
  }
  refuse("InvalidParameterValue", "", "CreateApplicationStatusCheck", {{"Protocol", "http"}, {"Port", "65536"}});
  const std::string check = create({{"StatusCodeMatcher", "200,202,300-399"}});
  refuse("InvalidParameterValue", "", "ModifyApplicationStatusCheck",
         {{"ApplicationStatusCheckId", check}, {"Path", "status"}});
  refuse("InvalidSubnetID.NotFound", "", "CreateApplicationStatusCheck",
         {{"Protocol", "http"}, {"Port", "80"}, {"HealthCheckPath.1.Source.SubnetId", "subnet-0123456789abcdef0"}});
}

TEST_F(ApplicationStatusTest, PassesOnceTheInstanceHasRunLongEnough) {
  const std::string check = create(), id = launch_running();
  EXPECT_EQ(word(id), "not-applicable");
  const Document made = associate(check, {{"InstanceId.1", id}});
  EXPECT_EQ(text(made["SuccessfulResults"][0], "AssociationType"), "INSTANCE_ID");
  EXPECT_EQ(word(id), "initializing");
  advance_s(300 + 120);
  EXPECT_EQ(word(id), "ok");
  const Document detail = status(id)["Details"][0];
  EXPECT_EQ(text(detail, "Status"), "passed");
  EXPECT_EQ(detail["Reason"]["StatusCode"], 200);
  const Document summary = call("DescribeInstanceStatus", {{"Filter.1.Name", "application-status.status"},
                                                           {"Filter.1.Value.1", "ok"}})["InstanceStatuses"];
  EXPECT_EQ(summary.size(), 1U);
  call("ModifyApplicationStatusCheck", {{"ApplicationStatusCheckId", check}, {"Aggregation", "excluded"}});
  EXPECT_EQ(word(id), "not-applicable") << "no check that is included applies";
  call("StopInstances", {{"InstanceId.1", id}});
  settle();
  EXPECT_EQ(text(status(id)["Details"][0], "Status"), "not-applicable");
}

TEST_F(ApplicationStatusTest, FollowsTags) {
  const std::string check = create(), id = launch_running();
  const Document made =
      associate(check, {{"TargetTagAssociation.1.Key", "app"}, {"TargetTagAssociation.1.Value", "web"}});
  EXPECT_EQ(text(made["SuccessfulResults"][0], "AssociationValue"), "app=web");
  EXPECT_EQ(word(id), "not-applicable");
  call("CreateTags", {{"ResourceId.1", id}, {"Tag.1.Key", "app"}, {"Tag.1.Value", "web"}});
  EXPECT_EQ(word(id), "initializing");
  associate(check, {{"InstanceId.1", id}});
  EXPECT_EQ(associations().size(), 2U);
  EXPECT_EQ(associations({{"Filter.1.Name", "association-type"}, {"Filter.1.Value.1", "tag"}}).size(), 1U);
  const Parameters tag{{"ApplicationStatusCheckId", check},
                       {"TargetTagAssociation.1.Key", "app"},
                       {"TargetTagAssociation.1.Value", "web"}};
  EXPECT_EQ(call("DisassociateApplicationStatusCheck", tag)["SuccessfulResults"].size(), 1U);
  EXPECT_EQ(call("DisassociateApplicationStatusCheck", tag)["UnsuccessfulResults"].size(), 1U);
  call("TerminateInstances", {{"InstanceId.1", id}});
  settle();
  EXPECT_TRUE(associations().empty()) << "a terminated instance is checked no longer";
}

TEST_F(ApplicationStatusTest, AssociationsAreJudged) {
  const std::string check = create(), id = launch_running();
  refuse("InvalidParameterCombination", "", "AssociateApplicationStatusCheck",
         {{"ApplicationStatusCheckId", check},
          {"InstanceId.1", id},
          {"TargetTagAssociation.1.Key", "app"},
          {"TargetTagAssociation.1.Value", "web"}});
  refuse("MissingParameter", "", "AssociateApplicationStatusCheck", {{"ApplicationStatusCheckId", check}});
  refuse("InvalidParameterValue", "", "AssociateApplicationStatusCheck",
         {{"ApplicationStatusCheckId", check}, {"TargetTagAssociation.1.Key", " "}});
  refuse("InvalidApplicationStatusCheckId.NotFound", "", "AssociateApplicationStatusCheck",
         {{"ApplicationStatusCheckId", "asc-0123456789abcdef0"}, {"InstanceId.1", id}});
  const Document failed = associate(check, {{"InstanceId.1", "i-0123456789abcdef0"}});
  EXPECT_EQ(text(failed["UnsuccessfulResults"][0], "Reason"), "The instance ID 'i-0123456789abcdef0' does not exist");
}

TEST_F(ApplicationStatusTest, SuppressionEndsByItself) {
  const std::string check = create(), id = launch_running();
  associate(check, {{"InstanceId.1", id}});
  advance_s(600);
  const Document suppressed =
      call("EnableApplicationStatusCheckSuppression", {{"InstanceId.1", id}, {"DurationSeconds", "60"}});
  EXPECT_EQ(word(id), "suppressed");
  EXPECT_EQ(text(status(id), "ResumeAt"), text(suppressed["SuccessfulResults"][0], "ResumeAt"));
  EXPECT_EQ(text(status(id)["Details"][0], "Status"), "passed") << "checks go on meanwhile";
  advance_s(60);
  EXPECT_EQ(word(id), "ok");
  call("EnableApplicationStatusCheckSuppression", {{"InstanceId.1", id}});
  advance_s(86400);
  EXPECT_EQ(word(id), "suppressed");
  call("DisableApplicationStatusCheckSuppression", {{"InstanceId.1", id}});
  EXPECT_EQ(word(id), "ok");
  EXPECT_EQ(
      call("EnableApplicationStatusCheckSuppression", {{"InstanceId.1", "i-0123456789abcdef0"}})["UnsuccessfulResults"]
          .size(),
      1U);
}

TEST_F(ApplicationStatusTest, DeletedOnesAreShownOnRequest) {
  const std::string check = create(), id = launch_running();
  associate(check, {{"InstanceId.1", id}});
  const Document gone = call("DeleteApplicationStatusCheck", {{"ApplicationStatusCheckId", check}});
  EXPECT_TRUE(has(gone["ApplicationStatusCheck"], "DeletionTime"));
  EXPECT_TRUE(call("DescribeApplicationStatusChecks")["ApplicationStatusChecks"].empty());
  EXPECT_EQ(call("DescribeApplicationStatusChecks", {{"IncludeAll", "true"}})["ApplicationStatusChecks"].size(), 1U);
  EXPECT_TRUE(associations().empty());
  EXPECT_EQ(word(id), "not-applicable");
  refuse("InvalidApplicationStatusCheckId.NotFound", "", "DeleteApplicationStatusCheck",
         {{"ApplicationStatusCheckId", check}});
}

}  // namespace
}  // namespace fogling::test
