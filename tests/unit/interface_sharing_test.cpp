/// Network interfaces that other accounts may use, and public names that are chosen for them.

#include "emulator/public_host_names.hpp"
#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

constexpr const char* kOther = "444455556666";

class InterfacePermissionTest : public NetworkTest<HouseTest> {
 protected:
  std::string permit(const std::string& interface_id, const char* what) {
    const Document made = call("CreateNetworkInterfacePermission",
                               {{"NetworkInterfaceId", interface_id}, {"AwsAccountId", kOther}, {"Permission", what}});
    EXPECT_EQ(text(made["InterfacePermission"]["PermissionState"], "State"), "GRANTED");
    return text_of(made["InterfacePermission"], "NetworkInterfacePermissionId");
  }
  void be(const char* account) { scope.account = account; }
  static constexpr const char* kOwner = "123456789012";
};

TEST_F(InterfacePermissionTest, LetsAnotherAccountAttach) {
  const std::string id = create_interface(default_subnet().subnet_id);
  be(kOther);
  const std::string instance_id = launch_running({{"Placement.AvailabilityZone", "us-east-1a"}});
  const Parameters attach{{"NetworkInterfaceId", id}, {"InstanceId", instance_id}, {"DeviceIndex", "1"}};
  refuse("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '" + id + "' does not exist",
         "AttachNetworkInterface", attach);
  be(kOwner);
  const std::string permission = permit(id, "INSTANCE-ATTACH");
  be(kOther);
  const std::string attachment = text_of(call("AttachNetworkInterface", attach), "AttachmentId");
  settle();
  EXPECT_EQ(instance(instance_id)["NetworkInterfaces"].size(), 2U);
  EXPECT_EQ(text(instance(instance_id)["NetworkInterfaces"][1], "OwnerId"), kOwner);
  be(kOwner);
  const Document attached = interface(id)["Attachment"];
  EXPECT_EQ(text(attached, "InstanceOwnerId"), kOther);
  EXPECT_EQ(text(attached, "Status"), "attached");
  refuse("OperationNotPermitted", "", "DeleteNetworkInterfacePermission",
         {{"NetworkInterfacePermissionId", permission}});
  call("DeleteNetworkInterfacePermission", {{"NetworkInterfacePermissionId", permission}, {"Force", "true"}});
  be(kOther);
  call("DetachNetworkInterface", {{"AttachmentId", attachment}});
  settle();
  EXPECT_EQ(instance(instance_id)["NetworkInterfaces"].size(), 1U);
  refuse("InvalidNetworkInterfaceID.NotFound", "", "AttachNetworkInterface", attach);
  be(kOwner);
  EXPECT_EQ(text(interface(id), "Status"), "available");
}

TEST_F(InterfacePermissionTest, LetsAnotherAccountBringItsAddress) {
  const std::string id = create_interface(default_subnet().subnet_id);
  permit(id, "EIP-ASSOCIATE");
  be(kOther);
  const std::string eip = allocation();
  associate(eip, "NetworkInterfaceId", id);
  be(kOwner);
  EXPECT_EQ(text(interface(id)["Association"], "IpOwnerId"), kOther);
}

TEST_F(InterfacePermissionTest, IsForAnAccountAndGoesWithTheInterface) {
  const std::string id = create_interface(default_subnet().subnet_id);
  refuse("MissingParameter", "", "CreateNetworkInterfacePermission",
         {{"NetworkInterfaceId", id}, {"Permission", "INSTANCE-ATTACH"}});
  refuse("InvalidParameterValue", "", "CreateNetworkInterfacePermission",
         {{"NetworkInterfaceId", id}, {"Permission", "INSTANCE-ATTACH"}, {"AwsAccountId", "me"}});
  permit(id, "INSTANCE-ATTACH");
  const Parameters of_interface{{"Filter.1.Name", "network-interface-permission.network-interface-id"},
                                {"Filter.1.Value.1", id}};
  EXPECT_EQ(call("DescribeNetworkInterfacePermissions", of_interface)["NetworkInterfacePermissions"].size(), 1U);
  call("DeleteNetworkInterface", {{"NetworkInterfaceId", id}});
  EXPECT_TRUE(call("DescribeNetworkInterfacePermissions")["NetworkInterfacePermissions"].empty());
}

// ---- Public names --------------------------------------------------------------------------------------------------

TEST(PublicHostNames, HoldTheAddressesInBase36) {
  EXPECT_EQ(public_ipv6_dns_name("us-east-1", "2001:db8::1"), "1w7k3vh7gt7thowulswflxywx.us-east-1.ip.aws");
  EXPECT_EQ(public_ipv6_dns_name("eu-west-1", "2001:db8::1", "198.18.0.1"),
            "1w7k3vh7gt7thowulswflxywx-1iygw01.eu-west-1.ip.aws");
  EXPECT_EQ(public_ipv6_dns_name("eu-west-1", "::"), "0.eu-west-1.ip.aws");
}

TEST_F(InterfacePermissionTest, ChoosesAPublicNameForTheAddressesThatItHas) {
  const auto subnet = bare_subnet("10.1.0.0/24", true);
  call("ModifyVpcAttribute", {{"VpcId", subnet.vpc_id}, {"EnableDnsHostnames.Value", "true"}});
  const std::string id = create_interface(subnet.subnet_id);
  const Parameters dual{{"NetworkInterfaceId", id}, {"HostnameType", "public-dual-stack-dns-name"}};
  refuse("InvalidParameterValue", "", "ModifyPublicIpDnsNameOptions", dual);
  const std::string association = associate(allocation(), "NetworkInterfaceId", id);
  refuse("InvalidParameterValue", "", "ModifyPublicIpDnsNameOptions", dual);
  EXPECT_FALSE(has(interface(id), "PublicIpDnsNameOptions"));
  call("AssignIpv6Addresses", {{"NetworkInterfaceId", id}, {"Ipv6Addresses.1", "2600:1f18:1:2::a"}});
  EXPECT_EQ(call("ModifyPublicIpDnsNameOptions", dual)["Successful"], true);
  const Document shown = interface(id);
  const Document& names = shown["PublicIpDnsNameOptions"];
  EXPECT_EQ(text(names, "DnsHostnameType"), "public-dual-stack-dns-name");
  EXPECT_TRUE(text(names, "PublicIpv4DnsName").starts_with("ec2-"));
  EXPECT_EQ(text(shown, "PublicDnsName"), text(names, "PublicDualStackDnsName"));
  EXPECT_TRUE(text(shown, "PublicDnsName").ends_with(".us-east-1.ip.aws"));
  refuse("OperationNotPermitted", "", "DisassociateAddress", {{"AssociationId", association}});
  call("ModifyPublicIpDnsNameOptions", {{"NetworkInterfaceId", id}, {"HostnameType", "public-ipv4-dns-name"}});
  call("DisassociateAddress", {{"AssociationId", association}});
}

}  // namespace
}  // namespace fogling::test
