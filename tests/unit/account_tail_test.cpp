/// What accounts and instances have beside the common: formats of ids, certificates of enclaves, keys of TPMs, standby
/// detection; and what only an organization could do.

#include <gmock/gmock.h>

#include "emulator/clock.hpp"
#include "emulator/encoding.hpp"
#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class AccountTail : public NetworkTest<HouseTest> {
 protected:
  /// An image whose instances have a NitroTPM.
  std::string image_with_tpm() {
    const auto volume = text_of(call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "8"}}), "VolumeId");
    settle();
    const auto snapshot = text_of(call("CreateSnapshot", {{"VolumeId", volume}}), "SnapshotId");
    settle();
    return text_of(call("RegisterImage", {{"Name", "measured"},
                                          {"Architecture", "x86_64"},
                                          {"VirtualizationType", "hvm"},
                                          {"BootMode", "uefi"},
                                          {"TpmSupport", "v2.0"},
                                          {"EnaSupport", "true"},
                                          {"RootDeviceName", "/dev/xvda"},
                                          {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                          {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot}}),
                   "ImageId");
  }
  std::string sql_server_image() {
    for (const auto& image : catalogue::images("us-east-1")) {
      if (image.platform_details == "Windows with SQL Server Standard") return image.image_id;
    }
    return {};
  }
};

TEST_F(AccountTail, IdsAreLongAndStaySo) {
  EXPECT_EQ(call("DescribeIdFormat", {{"Resource", "instance"}})["Statuses"][0]["UseLongIds"], true);
  EXPECT_EQ(call("DescribeAggregateIdFormat")["UseLongIdsAggregated"], true);
  refuse("InvalidParameterValue", "", "DescribeIdFormat", {{"Resource", "spaceship"}});
  EXPECT_THAT(call("DescribePrincipalIdFormat")["Principals"], IsEmpty());
  refuse("OperationNotPermitted", "", "ModifyIdFormat", {{"Resource", "vpc"}, {"UseLongIds", "false"}});
  const std::string role = "arn:aws:iam::123456789012:role/ops";
  call("ModifyIdentityIdFormat", {{"Resource", "vpc"}, {"UseLongIds", "true"}, {"PrincipalArn", role}});
  call("ModifyIdFormat", {{"Resource", "image"}, {"UseLongIds", "true"}});
  const Document principals = call("DescribePrincipalIdFormat", {{"Resource.1", "vpc"}})["Principals"];
  ASSERT_THAT(principals, SizeIs(1));
  EXPECT_EQ(principals[0]["Arn"], role);
  EXPECT_THAT(call("DescribePrincipalIdFormat")["Principals"], SizeIs(2));
  EXPECT_EQ(call("DescribeIdentityIdFormat", {{"Resource", "vpc"}, {"PrincipalArn", role}})["Statuses"].size(), 1U);
  refuse("InvalidParameterValue", "", "DescribeIdentityIdFormat",
         {{"PrincipalArn", "arn:aws:iam::210987654321:role/ops"}});
}

TEST_F(AccountTail, RolesMayFetchAnEnclavesCertificate) {
  const std::string certificate = "arn:aws:acm:us-east-1:123456789012:certificate/web";
  const std::string role = "arn:aws:iam::123456789012:role/enclave";
  const Parameters both{{"CertificateArn", certificate}, {"RoleArn", role}};
  EXPECT_EQ(call("AssociateEnclaveCertificateIamRole", both)["CertificateS3ObjectKey"], role + "/" + certificate);
  refuse("InvalidParameterValue", "", "AssociateEnclaveCertificateIamRole", both);
  const Document roles =
      call("GetAssociatedEnclaveCertificateIamRoles", {{"CertificateArn", certificate}})["AssociatedRoles"];
  ASSERT_THAT(roles, SizeIs(1));
  EXPECT_EQ(roles[0]["AssociatedRoleArn"], role);
  for (int i = 1; i < 16; ++i) {
    call("AssociateEnclaveCertificateIamRole",
         {{"CertificateArn", certificate}, {"RoleArn", role + std::to_string(i)}});
  }
  refuse("LimitExceeded", "", "AssociateEnclaveCertificateIamRole",
         {{"CertificateArn", certificate}, {"RoleArn", role + "x"}});
  call("DisassociateEnclaveCertificateIamRole", both);
  refuse("InvalidAssociationID.NotFound", "", "DisassociateEnclaveCertificateIamRole", both);
  refuse("InvalidParameterValue", "", "GetAssociatedEnclaveCertificateIamRoles", {{"CertificateArn", "web"}});
}

TEST_F(AccountTail, AMachineKeepsItsEndorsementKey) {
  const auto with_tpm = launch_running({{"ImageId", image_with_tpm()}}, "m5.large");
  const auto key = [&](const std::string& id, const char* type, const char* format) {
    return text_of(call("GetInstanceTpmEkPub", {{"InstanceId", id}, {"KeyType", type}, {"KeyFormat", format}}),
                   "KeyValue");
  };
  const auto rsa = key(with_tpm, "rsa-2048", "der");
  EXPECT_EQ(base64_decode(rsa).value().size(), 294U);  // of every RSA key of 2048 bits with the usual exponent
  EXPECT_EQ(key(with_tpm, "rsa-2048", "der"), rsa);
  EXPECT_EQ(base64_decode(key(with_tpm, "rsa-2048", "tpmt")).value().size(), 314U);
  EXPECT_EQ(base64_decode(key(with_tpm, "ecc-sec-p384", "der")).value().size(), 120U);
  EXPECT_EQ(base64_decode(key(with_tpm, "ecc-sec-p384", "tpmt")).value().size(), 170U);
  refuse("Unsupported", "", "GetInstanceTpmEkPub",
         {{"InstanceId", launch_running()}, {"KeyType", "rsa-2048"}, {"KeyFormat", "der"}});
}

TEST_F(AccountTail, ProductCodesAreConfirmed) {
  const auto id = launch_running();
  EXPECT_EQ(call("ConfirmProductInstance", {{"InstanceId", id}, {"ProductCode", "774F4FF8"}})["Return"], false);
  refuse("InvalidInstanceID.NotFound", "", "ConfirmProductInstance",
         {{"InstanceId", "i-0123456789abcdef0"}, {"ProductCode", "774F4FF8"}});
}

TEST_F(AccountTail, StandbysAreLookedForWhereSqlServerIs) {
  const auto id = launch_running({{"ImageId", sql_server_image()}}, "m5.large");
  refuse("Unsupported", "", "EnableInstanceSqlHaStandbyDetections", {{"InstanceId.1", launch_running()}});
  const Document begun = call("EnableInstanceSqlHaStandbyDetections", {{"InstanceId.1", id}})["Instances"];
  EXPECT_EQ(begun[0]["HaStatus"], "processing");
  settle();
  const auto states = [&] { return call("DescribeInstanceSqlHaStates")["Instances"]; };
  EXPECT_EQ(states()[0]["HaStatus"], "active");
  EXPECT_EQ(states()[0]["SqlServerLicenseUsage"], "full");
  EXPECT_THAT(call("DescribeInstanceSqlHaHistoryStates", {{"InstanceId.1", id}})["Instances"], SizeIs(2));
  call("DisableInstanceSqlHaStandbyDetections", {{"InstanceId.1", id}});
  EXPECT_THAT(states(), IsEmpty());
  refuse("IncorrectState", "", "DisableInstanceSqlHaStandbyDetections", {{"InstanceId.1", id}});
  EXPECT_THAT(call("DescribeInstanceSqlHaHistoryStates")["Instances"], SizeIs(2));
  expect_filters("DescribeInstanceSqlHaStates");
  expect_filters("DescribeInstanceSqlHaHistoryStates");
}

TEST_F(AccountTail, NoAccountIsInAnOrganization) {
  constexpr const char* kWords = "Your account is not a member of an organization.";
  const Parameters account{{"DelegatedAdminAccountId", "210987654321"}};
  refuse("AWSOrganizationsNotInUseException", kWords, "EnableIpamOrganizationAdminAccount", account);
  refuse("AWSOrganizationsNotInUseException", kWords, "DisableIpamOrganizationAdminAccount", account);
  refuse("InvalidParameterValue", "", "EnableIpamOrganizationAdminAccount", {{"DelegatedAdminAccountId", "me"}});
  refuse("AWSOrganizationsNotInUseException", kWords, "EnableReachabilityAnalyzerOrganizationSharing");
  refuse("AWSOrganizationsNotInUseException", kWords, "StartDeclarativePoliciesReport",
         {{"S3Bucket", "reports"}, {"TargetId", "123456789012"}});
  EXPECT_THAT(call("DescribeDeclarativePoliciesReports")["Reports"], IsEmpty());
  for (const char* operation : {"CancelDeclarativePoliciesReport", "GetDeclarativePoliciesReportSummary"}) {
    refuse("InvalidDeclarativePoliciesReportId.NotFound", "", operation, {{"ReportId", "dpr-0123456789abcdef0"}});
  }
}

TEST_F(AccountTail, CapacityIsMeasuredOnceTheManagerIsEnabled) {
  const auto start_ms = house.world().clock.now_ms();
  const auto since = iso_time(start_ms);
  const auto query = [&](const char* metric) {
    return Parameters{{"MetricName.1", metric},
                      {"StartTime", since},
                      {"EndTime", iso_time(start_ms + 4 * 3'600'000)},
                      {"Period", "3600"},
                      {"GroupBy.1", "instance-type"}};
  };
  refuse("IncorrectState", "", "GetCapacityManagerMetricData", query("reservation-max-size-inst"));
  call("EnableCapacityManager");
  call("CreateCapacityReservation", {{"InstanceType", "m5.large"},
                                     {"InstancePlatform", "Linux/UNIX"},
                                     {"AvailabilityZone", "us-east-1a"},
                                     {"InstanceCount", "3"}});
  advance_s(2 * 3600);
  const Document points =
      call("GetCapacityManagerMetricData", query("reservation-total-capacity-hrs-vcpu"))["MetricDataResults"];
  ASSERT_THAT(points, SizeIs(2));
  EXPECT_EQ(points[0]["Dimension"], (Document{{"InstanceType", "m5.large"}}));
  EXPECT_NEAR(points[0]["MetricValues"][0]["Value"].get<double>(), 6.0, 0.01);  // three of two vCPUs for an hour
  EXPECT_THAT(call("GetCapacityManagerMetricData", query("spot-total-usage-hrs-inst"))["MetricDataResults"], IsEmpty());
  Parameters dimensions = query("reservation-max-size-inst");
  std::erase_if(dimensions, [](const auto& each) { return each.first == "Period"; });
  EXPECT_EQ(call("GetCapacityManagerMetricDimensions", dimensions)["MetricDimensionResults"][0]["InstanceType"],
            "m5.large");
  auto odd = query("reservation-max-size-inst");
  odd[3].second = "100";
  refuse("InvalidParameterValue", "", "GetCapacityManagerMetricData", odd);
}

TEST_F(AccountTail, ElasticGraphicsIsNoMore) {
  EXPECT_THAT(call("DescribeElasticGpus")["ElasticGpuSet"], IsEmpty());
  refuse("InvalidElasticGpuID.NotFound", "", "DescribeElasticGpus", {{"ElasticGpuId.1", "egpu-0123456789abcdef0"}});
  expect_filters("DescribeElasticGpus");
}

TEST_F(AccountTail, VisibilityIsTheAccountsInEachRegion) {
  const auto seen = [&] { return call("GetManagedResourceVisibility")["Visibility"]["DefaultVisibility"]; };
  EXPECT_EQ(seen(), "visible");
  call("ModifyManagedResourceVisibility", {{"DefaultVisibility", "hidden"}});
  EXPECT_EQ(seen(), "hidden");
  scope.region = "eu-west-1";
  EXPECT_EQ(seen(), "visible");
}

}  // namespace
}  // namespace fogling::test
