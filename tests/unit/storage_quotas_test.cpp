/// What an account may store: so many TiB of each type of volume, and so many IOPS of those that it pays for.

#include <gmock/gmock.h>

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

constexpr const char* kStorage =
    "You have exceeded your maximum gp3 storage limit of 1 TiB in this region. Please contact AWS Support to request "
    "an "
    "Elastic Block Store service limit increase.";

class StorageHouse : public HouseTest {
 protected:
  StorageHouse() {
    house.world().quotas.gp3_storage_tib = 1;
    house.world().quotas.io2_iops = 1000;
  }
  std::string volume(const std::string& type, const std::string& size, const std::string& iops = {}) {
    Parameters all{{"AvailabilityZone", "us-east-1a"}, {"VolumeType", type}, {"Size", size}};
    if (!iops.empty()) all.emplace_back("Iops", iops);
    auto id = call("CreateVolume", all)["VolumeId"].get<std::string>();
    settle();
    return id;
  }
};
using StorageQuotas = NetworkTest<StorageHouse>;

TEST_F(StorageQuotas, CountEachTypeForItself) {
  volume("gp3", "1000");
  refuse("VolumeLimitExceeded", kStorage, "CreateVolume",
         {{"AvailabilityZone", "us-east-1a"}, {"VolumeType", "gp3"}, {"Size", "25"}});
  volume("gp2", "1000");
  const auto last = volume("gp3", "24");
  refuse("VolumeLimitExceeded", kStorage, "CopyVolumes", {{"SourceVolumeId", last}, {"VolumeType", "gp3"}});
  call("DeleteVolume", {{"VolumeId", last}});
  settle();
  volume("gp3", "24");
}

TEST_F(StorageQuotas, ConcernWhatAChangeAdds) {
  const auto other = volume("gp2", "1000"), grown = volume("gp3", "1000");
  refuse("VolumeLimitExceeded", kStorage, "ModifyVolume", {{"VolumeId", grown}, {"Size", "1025"}});
  refuse("VolumeLimitExceeded", kStorage, "ModifyVolume", {{"VolumeId", other}, {"VolumeType", "gp3"}});
  call("ModifyVolume", {{"VolumeId", grown}, {"Size", "1024"}});
}

TEST_F(StorageQuotas, LimitTheIopsThatArePaidFor) {
  volume("io2", "10", "900");
  refuse("MaxIOPSLimitExceeded", "", "CreateVolume",
         {{"AvailabilityZone", "us-east-1a"}, {"VolumeType", "io2"}, {"Size", "10"}, {"Iops", "200"}});
  volume("io1", "10", "200");
}

/// Documented: such a launch is answered, and its instances end at once.
TEST_F(StorageQuotas, EndALaunchThatHasNoRoom) {
  volume("gp3", "1000");
  const Document launched = call("RunInstances", {{"ImageId", any_image()},
                                                  {"InstanceType", "t3.micro"},
                                                  {"MinCount", "2"},
                                                  {"MaxCount", "2"},
                                                  {"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                                                  {"BlockDeviceMapping.1.Ebs.VolumeType", "gp3"},
                                                  {"BlockDeviceMapping.1.Ebs.VolumeSize", "20"}});
  EXPECT_EQ(launched["Instances"][1]["State"]["Name"], "pending");
  settle();
  const Document described = call("DescribeInstances");
  const Document& instances = described["Reservations"][0]["Instances"];
  EXPECT_EQ(instances[0]["State"]["Name"], "running");
  EXPECT_EQ(instances[1]["State"]["Name"], "terminated");
  EXPECT_EQ(instances[1]["StateReason"], Document({{"Code", "Client.VolumeLimitExceeded"},
                                                   {"Message", "Client.VolumeLimitExceeded: Volume limit exceeded"}}));
  EXPECT_EQ(instances[1]["StateTransitionReason"], "Client.VolumeLimitExceeded");
  EXPECT_EQ(call("DescribeVolumes")["Volumes"].size(), 3U);  // the large one and those of the first instance
  EXPECT_EQ(call("DescribeNetworkInterfaces")["NetworkInterfaces"].size(), 1U);
}

}  // namespace
}  // namespace fogling::test
