/// Attributes and options of instances, read and changed; their status and what is to be seen of the machine.

#include <gmock/gmock.h>

#include "emulator/encoding.hpp"
#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

class AttributesHouse : public HouseTest {
 protected:
  void modify(const std::string& id, Parameters more) {
    more.emplace_back("InstanceId", id);
    call("ModifyInstanceAttribute", more);
  }
  void refuse_change(std::string_view code, std::string_view message, const std::string& id, Parameters more) {
    more.emplace_back("InstanceId", id);
    refuse(code, message, "ModifyInstanceAttribute", more);
  }
  Document attribute(const std::string& id, const char* name) {
    return call("DescribeInstanceAttribute", {{"InstanceId", id}, {"Attribute", name}});
  }
  void stop(const std::string& id) {
    call("StopInstances", {{"InstanceId.1", id}});
    settle();
  }
};
using InstanceAttributes = NetworkTest<AttributesHouse>;

TEST_F(InstanceAttributes, AreReadOneAtATime) {
  const auto id = launch_running();
  const Document type = attribute(id, "instanceType");
  EXPECT_EQ(type, Document({{"InstanceId", id}, {"InstanceType", {{"Value", "t3.micro"}}}}));
  EXPECT_EQ(attribute(id, "userData")["UserData"], Document::object()) << "an empty element where there is none";
  EXPECT_EQ(attribute(id, "groupSet")["Groups"][0]["GroupName"], "default");
  EXPECT_EQ(attribute(id, "rootDeviceName")["RootDeviceName"]["Value"], root_device_name());
  EXPECT_EQ(attribute(id, "blockDeviceMapping")["BlockDeviceMappings"].size(), 1U);
  EXPECT_EQ(attribute(id, "sourceDestCheck")["SourceDestCheck"]["Value"], true);
  EXPECT_EQ(attribute(id, "productCodes")["ProductCodes"], Document::array());
  EXPECT_EQ(attribute(id, "enclaveOptions")["EnclaveOptions"]["Enabled"], false);
  for (const char* name : {"kernel", "ramdisk", "ebsOptimized", "enaSupport", "sriovNetSupport", "disableApiStop",
                           "disableApiTermination", "instanceInitiatedShutdownBehavior"}) {
    EXPECT_EQ(attribute(id, name).size(), 2U) << name;
  }
  refuse("InvalidParameterValue", "Value (tea) for parameter attribute is invalid. Unknown attribute.",
         "DescribeInstanceAttribute", {{"InstanceId", id}, {"Attribute", "tea"}});
}

TEST_F(InstanceAttributes, AreChangedOneAtATime) {
  const auto id = launch_running();
  refuse_change("InvalidParameterCombination", "No attributes specified.", id, {});
  refuse_change("InvalidParameterCombination",
                "Fields for multiple attribute types specified: disableApiTermination, disableApiStop", id,
                {{"DisableApiTermination.Value", "true"}, {"DisableApiStop.Value", "true"}});
  EXPECT_EQ(attribute(id, "disableApiStop")["DisableApiStop"]["Value"], false);
  refuse_change("InvalidParameterValue", "Value (tea) for parameter attribute is invalid. Unknown attribute.", id,
                {{"Attribute", "tea"}, {"Value", "x"}});
  refuse_change("InvalidParameterValue", "", id, {{"Attribute", "disableApiStop"}, {"Value", "maybe"}});
  modify(id, {{"Attribute", "disableApiStop"}, {"Value", "true"}});
  EXPECT_EQ(attribute(id, "disableApiStop")["DisableApiStop"]["Value"], true);
}

TEST_F(InstanceAttributes, NeedAStoppedInstanceForMuch) {
  const auto id = launch_running();
  const std::string words = "The instance '" + id + "' is not in the 'stopped' state.";
  const Parameters changes[] = {{{"InstanceType.Value", "t3.small"}},
                                {{"UserData.Value", base64_encode("x")}},
                                {{"EbsOptimized.Value", "true"}},
                                {{"EnaSupport.Value", "true"}},
                                {{"SriovNetSupport.Value", "simple"}}};
  for (const auto& each : changes) refuse_change("IncorrectInstanceState", words, id, each);
  for (const auto& [operation, more] :
       {std::pair<const char*, Parameters>{"ModifyInstancePlacement", {{"Tenancy", "dedicated"}}},
        {"ModifyInstanceCpuOptions", {{"CoreCount", "1"}, {"ThreadsPerCore", "1"}}},
        {"ModifyInstanceNetworkPerformanceOptions", {{"BandwidthWeighting", "default"}}}}) {
    Parameters all = more;
    all.emplace_back("InstanceId", id);
    refuse("IncorrectInstanceState", words, operation, all);
  }
  stop(id);
  for (const auto& each : changes) EXPECT_NO_THROW(modify(id, each));
  EXPECT_EQ(attribute(id, "userData")["UserData"]["Value"], base64_encode("x"));
  modify(id, {{"UserData.Value", ""}});
  EXPECT_EQ(attribute(id, "userData")["UserData"], Document::object());
  EXPECT_EQ(instance(id)["InstanceType"], "t3.small");
}

TEST_F(InstanceAttributes, ChangeTheTypeWithinItsLimits) {
  const auto id = launch_running({}, "m5.large");
  stop(id);
  refuse_change("InvalidParameterValue", "Invalid value 'tea' for InstanceType.", id, {{"InstanceType.Value", "tea"}});
  refuse_change("InvalidParameterValue", "", id, {{"InstanceType.Value", "m6g.large"}});
  call("AssignPrivateIpAddresses", {{"NetworkInterfaceId", primary_of(id)}, {"SecondaryPrivateIpAddressCount", "4"}});
  refuse_change("PrivateIpAddressLimitExceeded", "", id, {{"InstanceType.Value", "t3.micro"}});
  modify(id, {{"InstanceType.Value", "m5.xlarge"}});
  EXPECT_EQ(instance(id)["CpuOptions"], Document::parse(R"({"CoreCount": 2, "ThreadsPerCore": 2})"));
  refuse("MissingParameter", "When specifying CpuOptions you must specify both CoreCount and ThreadsPerCore.",
         "ModifyInstanceCpuOptions", {{"InstanceId", id}, {"CoreCount", "2"}});
  const Document cpu =
      call("ModifyInstanceCpuOptions", {{"InstanceId", id}, {"CoreCount", "2"}, {"ThreadsPerCore", "1"}});
  EXPECT_EQ(cpu["ThreadsPerCore"], 1);
  EXPECT_EQ(instance(id)["CpuOptions"]["ThreadsPerCore"], 1);
}

TEST_F(InstanceAttributes, OfTheNetworkNeedOneInterface) {
  const auto id = launch_running();
  const auto group = text_of(call("CreateSecurityGroup", {{"GroupName", "web"}, {"GroupDescription", "x"}}), "GroupId");
  modify(id, {{"GroupId.1", group}});
  EXPECT_EQ(instance(id)["SecurityGroups"][0]["GroupId"], group);
  modify(id, {{"SourceDestCheck.Value", "false"}});
  EXPECT_EQ(instance(id)["SourceDestCheck"], false);
  call("ResetInstanceAttribute", {{"InstanceId", id}, {"Attribute", "sourceDestCheck"}});
  EXPECT_EQ(instance(id)["SourceDestCheck"], true);
  const auto eni = create_interface(text_of(instance(id), "SubnetId"));
  call("AttachNetworkInterface", {{"NetworkInterfaceId", eni}, {"InstanceId", id}, {"DeviceIndex", "1"}});
  settle();
  const std::string words = "There are multiple interfaces attached to instance '" + id +
                            "'. Please specify an interface ID for the operation instead.";
  refuse_change("InvalidInstanceID", words, id, {{"SourceDestCheck.Value", "false"}});
  refuse_change("InvalidInstanceID", words, id, {{"GroupId.1", group}});
}

TEST_F(InstanceAttributes, KeepOrDeleteVolumesAtTheEnd) {
  const auto id = launch_running();
  const auto root = root_device_name();
  modify(id, {{"BlockDeviceMapping.1.DeviceName", root}, {"BlockDeviceMapping.1.Ebs.DeleteOnTermination", "false"}});
  EXPECT_EQ(instance(id)["BlockDeviceMappings"][0]["Ebs"]["DeleteOnTermination"], false);
  refuse_change(
      "InvalidInstanceAttributeValue", "No device is currently mapped at /dev/sdz", id,
      {{"BlockDeviceMapping.1.DeviceName", "/dev/sdz"}, {"BlockDeviceMapping.1.Ebs.DeleteOnTermination", "false"}});
}

TEST_F(InstanceAttributes, OfATerminatedInstanceAreFixed) {
  const auto id = launch_running();
  call("TerminateInstances", {{"InstanceId.1", id}});
  settle();
  const Parameters changes[] = {{{"DisableApiTermination.Value", "false"}},
                                {{"DisableApiStop.Value", "false"}},
                                {{"InstanceInitiatedShutdownBehavior.Value", "stop"}},
                                {{"InstanceType.Value", "t3.small"}},
                                {{"SourceDestCheck.Value", "true"}}};
  for (const auto& each : changes) refuse_change("IncorrectInstanceState", "", id, each);
  refuse("IncorrectInstanceState", "", "ModifyInstanceMetadataOptions",
         {{"InstanceId", id}, {"HttpTokens", "required"}});
  refuse("IncorrectInstanceState", "", "AssociateIamInstanceProfile",
         {{"InstanceId", id}, {"IamInstanceProfile.Name", "web"}});
}

// ---- Options -------------------------------------------------------------------------------------------------------

TEST_F(InstanceAttributes, MetadataOptionsAreAppliedByARunningMachine) {
  const auto id = launch_running();
  const Document answer = call("ModifyInstanceMetadataOptions",
                               {{"InstanceId", id}, {"HttpTokens", "optional"}, {"HttpPutResponseHopLimit", "3"}});
  EXPECT_EQ(answer["InstanceMetadataOptions"]["State"], "pending");
  EXPECT_EQ(answer["InstanceMetadataOptions"]["HttpPutResponseHopLimit"], 3);
  EXPECT_EQ(instance(id)["MetadataOptions"]["State"], "pending");
  settle();
  EXPECT_EQ(instance(id)["MetadataOptions"]["State"], "applied");
  stop(id);
  call("ModifyInstanceMetadataOptions", {{"InstanceId", id}, {"HttpEndpoint", "disabled"}});
  settle();
  EXPECT_EQ(instance(id)["MetadataOptions"]["State"], "pending") << "until it starts";
  refuse("InvalidParameterValue",
         "The HttpEndpoint is not set to 'enabled' in this request. To specify a value for HttpTokens, set "
         "HttpEndpoint to "
         "'enabled'.",
         "ModifyInstanceMetadataOptions",
         {{"InstanceId", id}, {"HttpEndpoint", "disabled"}, {"HttpTokens", "required"}});
  refuse("InvalidParameterValue", "", "ModifyInstanceMetadataOptions",
         {{"InstanceId", id}, {"HttpPutResponseHopLimit", "65"}});
}

TEST_F(InstanceAttributes, CreditsAreChangedItemByItem) {
  const auto burstable = launch_running(), steady = launch_running({}, "m5.large");
  const Document answer =
      call("ModifyInstanceCreditSpecification", {{"InstanceCreditSpecification.1.InstanceId", burstable},
                                                 {"InstanceCreditSpecification.1.CpuCredits", "standard"},
                                                 {"InstanceCreditSpecification.2.InstanceId", steady},
                                                 {"InstanceCreditSpecification.2.CpuCredits", "standard"},
                                                 {"InstanceCreditSpecification.3.InstanceId", "i-0123456789abcdef0"},
                                                 {"InstanceCreditSpecification.3.CpuCredits", "standard"}});
  EXPECT_EQ(answer["SuccessfulInstanceCreditSpecifications"], Document::array({{{"InstanceId", burstable}}}));
  const Document& failed = answer["UnsuccessfulInstanceCreditSpecifications"];
  EXPECT_EQ(failed[0]["Error"]["Code"], "InstanceCreditSpecification.NotSupported");
  EXPECT_EQ(failed[1]["Error"]["Code"], "InvalidInstanceID.NotFound");
  refuse("InvalidInstanceCreditSpecification.DuplicateInstanceId", "", "ModifyInstanceCreditSpecification",
         {{"InstanceCreditSpecification.1.InstanceId", burstable},
          {"InstanceCreditSpecification.1.CpuCredits", "standard"},
          {"InstanceCreditSpecification.2.InstanceId", burstable},
          {"InstanceCreditSpecification.2.CpuCredits", "unlimited"}});
  refuse("InvalidCpuCredits", "", "ModifyInstanceCreditSpecification",
         {{"InstanceCreditSpecification.1.InstanceId", burstable},
          {"InstanceCreditSpecification.1.CpuCredits", "endless"}});
}

TEST_F(InstanceAttributes, ProfilesAreRecords) {
  const auto id = launch_running();
  const Document made = call("AssociateIamInstanceProfile", {{"InstanceId", id}, {"IamInstanceProfile.Name", "web"}});
  EXPECT_EQ(made["IamInstanceProfileAssociation"]["State"], "associating");
  refuse("IncorrectState", "There is an existing association for instance " + id, "AssociateIamInstanceProfile",
         {{"InstanceId", id}, {"IamInstanceProfile.Name", "other"}});
  settle();
  EXPECT_EQ(instance(id)["IamInstanceProfile"]["Arn"], "arn:aws:iam::123456789012:instance-profile/web");
  const auto association = text_of(made["IamInstanceProfileAssociation"], "AssociationId");
  call("DisassociateIamInstanceProfile", {{"AssociationId", association}});
  settle();
  EXPECT_FALSE(instance(id).contains("IamInstanceProfile"));
}

// ---- Status --------------------------------------------------------------------------------------------------------

TEST_F(InstanceAttributes, StatusChecksTakeTheirTime) {
  expect_filters("DescribeInstanceStatus");
  const auto id = launch();
  const auto statuses = [&](Parameters more = {}) { return call("DescribeInstanceStatus", more)["InstanceStatuses"]; };
  EXPECT_EQ(statuses(), Document::array()) << "running ones only";
  const Document idle = statuses({{"IncludeAllInstances", "true"}})[0];
  EXPECT_EQ(idle["SystemStatus"], Document::parse(R"({"Status": "not-applicable"})"));
  EXPECT_FALSE(idle.contains("AttachedEbsStatus"));
  advance_s(15);
  EXPECT_EQ(statuses()[0]["InstanceStatus"],
            Document::parse(
                R"({"Status": "initializing", "Details": [{"Name": "reachability", "Status": "initializing"}]})"));
  advance_s(180);
  EXPECT_EQ(statuses({{"InstanceId.1", id}})[0]["AttachedEbsStatus"],
            Document::parse(R"({"Status": "ok", "Details": [{"Name": "reachability", "Status": "passed"}]})"));
  stop(id);
  EXPECT_EQ(statuses({{"InstanceId.1", id}}), Document::array());
  call("StartInstances", {{"InstanceId.1", id}});
  advance_s(15);
  EXPECT_EQ(statuses()[0]["SystemStatus"]["Status"], "initializing") << "again after a start";
}

TEST_F(InstanceAttributes, AMachineIsSeenFromOutside) {
  const auto id = launch();
  EXPECT_FALSE(call("GetConsoleOutput", {{"InstanceId", id}}).contains("Output")) << "nothing yet";
  refuse("UnsupportedOperation", "", "GetConsoleScreenshot", {{"InstanceId", id}});
  settle();
  EXPECT_THAT(*base64_decode(text_of(call("GetConsoleOutput", {{"InstanceId", id}}), "Output")),
              testing::HasSubstr(id));
  const auto picture = *base64_decode(text_of(call("GetConsoleScreenshot", {{"InstanceId", id}}), "ImageData"));
  EXPECT_TRUE(picture.starts_with("\xff\xd8") && picture.ends_with("\xff\xd9")) << "a JPEG";
  EXPECT_EQ(picture.size(), 1142U);
  EXPECT_EQ(call("GetPasswordData", {{"InstanceId", id}})["PasswordData"], "");
  EXPECT_NO_THROW(call("SendDiagnosticInterrupt", {{"InstanceId", id}}));
  EXPECT_NO_THROW(
      call("ReportInstanceStatus", {{"InstanceId.1", id}, {"Status", "impaired"}, {"ReasonCode.1", "unresponsive"}}));
  stop(id);
  refuse("InvalidInstanceID.NotFound", "The instance ID '" + id + "' does not exist", "GetConsoleScreenshot",
         {{"InstanceId", id}});
  refuse("IncorrectInstanceState", "", "SendDiagnosticInterrupt", {{"InstanceId", id}});
  refuse("IncorrectInstanceState", "", "ReportInstanceStatus",
         {{"InstanceId.1", id}, {"Status", "ok"}, {"ReasonCode.1", "other"}});
  const auto old = launch_running({}, "t2.micro");
  refuse("UnsupportedOperation", "", "GetConsoleOutput", {{"InstanceId", old}, {"Latest", "true"}});
  refuse("UnsupportedOperation", "", "SendDiagnosticInterrupt", {{"InstanceId", old}});
}

}  // namespace
}  // namespace fogling::test
