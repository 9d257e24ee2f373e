/// Elastic IP addresses: what EC2 answers and refuses, and which public address an instance has when.

#include <gmock/gmock.h>

#include <set>

#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

using Addresses = NetworkTest<HouseTest>;

HouseOptions without_quotas() {
  HouseOptions made = options();
  made.quotas = "none";
  return made;
}
class UnlimitedHouse : public HouseTest {
 protected:
  UnlimitedHouse() : HouseTest(without_quotas()) {}
};
using UnlimitedAddresses = NetworkTest<UnlimitedHouse>;

HouseOptions with_pool(std::string pool) {
  HouseOptions made = without_quotas();
  made.public_pool = std::move(pool);
  return made;
}
class SmallPoolHouse : public HouseTest {
 protected:
  SmallPoolHouse() : HouseTest(with_pool("203.0.113.0/28")) {}
};
using SmallPool = NetworkTest<SmallPoolHouse>;

// ---- Allocate ------------------------------------------------------------------------------------------------------

TEST_F(Addresses, AreAllocatedFromThePool) {
  const Document made = allocate({{"Domain", "vpc"}});
  EXPECT_THAT(text_of(made, "PublicIp"), testing::MatchesRegex("198\\.1[89]\\.[0-9]+\\.[0-9]+"));
  EXPECT_THAT(text_of(made, "AllocationId"), testing::MatchesRegex("eipalloc-0[0-9a-f]{16}"));
  EXPECT_EQ(made["Domain"], "vpc");
  EXPECT_EQ(made["PublicIpv4Pool"], "amazon");
  EXPECT_EQ(made["NetworkBorderGroup"], "us-east-1");
  EXPECT_EQ(made.size(), 5U) << "tags are not told";
}

TEST_F(Addresses, HaveAQuota) {
  for (int i = 0; i < 5; ++i) allocate();
  refuse("AddressLimitExceeded", "The maximum number of addresses has been reached.", "AllocateAddress");
  scope.region = "eu-west-1";
  EXPECT_EQ(allocate()["NetworkBorderGroup"], "eu-west-1") << "another region has a quota of its own";
}

TEST_F(Addresses, AreTaggedWhenMade) {
  const auto id = text_of(allocate({{"TagSpecification.1.ResourceType", "elastic-ip"},
                                    {"TagSpecification.1.Tag.1.Key", "Name"},
                                    {"TagSpecification.1.Tag.1.Value", "web"}}),
                          "AllocationId");
  EXPECT_EQ(address(id)["Tags"], Document::parse(R"([{"Key": "Name", "Value": "web"}])"));
  refuse("InvalidParameterValue", "'volume' is not a valid taggable resource type for this operation.",
         "AllocateAddress",
         {{"TagSpecification.1.ResourceType", "volume"},
          {"TagSpecification.1.Tag.1.Key", "Name"},
          {"TagSpecification.1.Tag.1.Value", "web"}});
}

TEST_F(Addresses, DryRunsLookAtBorderGroupAndAddressFirst) {
  const auto dry = [](Parameters more) {
    more.emplace_back("DryRun", "true");
    return more;
  };
  const std::string flagged = "Request would have succeeded, but DryRun flag is set.";
  refuse("DryRunOperation", flagged, "AllocateAddress", dry({}));
  refuse("DryRunOperation", flagged, "AllocateAddress", dry({{"Domain", "invalid"}}));
  refuse("DryRunOperation", flagged, "AllocateAddress", dry({{"PublicIpv4Pool", "invalid"}}));
  refuse("InvalidParameterValue", "invalid", "AllocateAddress", dry({{"NetworkBorderGroup", "invalid"}}));
  refuse("InvalidParameterValue", "Invalid value 'invalid' for address.", "AllocateAddress",
         dry({{"Address", "invalid"}}));
  EXPECT_TRUE(call("DescribeAddresses")["Addresses"].empty()) << "a dry run allocates nothing";
}

TEST_F(Addresses, KnowTheBorderGroupsOfTheRegion) {
  refuse("InvalidParameterValue", "invalid value for parameter network-border-group: mars", "AllocateAddress",
         {{"NetworkBorderGroup", "mars"}});
  EXPECT_EQ(allocate({{"NetworkBorderGroup", "us-east-1"}})["NetworkBorderGroup"], "us-east-1");
  const auto local = allocate({{"NetworkBorderGroup", "us-east-1-bos-1"}});
  EXPECT_EQ(local["NetworkBorderGroup"], "us-east-1-bos-1");
  const auto id = create_interface(default_subnet().subnet_id);
  refuse("InvalidParameterCombination", "", "AssociateAddress",
         {{"AllocationId", text_of(local, "AllocationId")}, {"NetworkInterfaceId", id}});
}

TEST_F(Addresses, KnowNoOtherPool) {
  refuse("InvalidPublicIpv4PoolID.NotFound", "", "AllocateAddress", {{"PublicIpv4Pool", "ipv4pool-ec2-0123"}});
  refuse("InvalidPoolID.NotFound", "", "AllocateAddress", {{"CustomerOwnedIpv4Pool", "ipv4pool-coip-0123"}});
  refuse("InvalidIpamPoolId.NotFound", "", "AllocateAddress", {{"IpamPoolId", "ipam-pool-0123"}});
  EXPECT_NO_THROW(allocate({{"PublicIpv4Pool", "amazon"}}));
}

TEST_F(Addresses, CanBeHadBackByWhoReleasedThem) {
  const Document made = allocate();
  const auto ip = text_of(made, "PublicIp");
  refuse("InvalidAddress.NotFound", "", "AllocateAddress", {{"Address", "198.18.0.9"}});
  call("ReleaseAddress", {{"AllocationId", text_of(made, "AllocationId")}});
  scope.account = "210987654321";
  refuse("InvalidAddress.NotFound", "", "AllocateAddress", {{"Address", ip}});
  scope.account = "123456789012";
  const Document again = allocate({{"Address", ip}});
  EXPECT_EQ(again["PublicIp"], ip);
  EXPECT_NE(again["AllocationId"], made["AllocationId"]);
  refuse("InvalidAddress.NotFound", "", "AllocateAddress", {{"Address", ip}});
}

TEST_F(SmallPool, GivesEveryAddressOnceAndThenNoMore) {
  std::set<std::string> seen;
  for (int i = 0; i < 14; ++i) seen.insert(text_of(allocate(), "PublicIp"));
  EXPECT_EQ(seen.size(), 14U) << "sixteen, but for the block's ends";
  EXPECT_FALSE(seen.contains("203.0.113.0"));
  EXPECT_FALSE(seen.contains("203.0.113.15"));
  refuse("InsufficientAddressCapacity", "", "AllocateAddress");
}

TEST_F(UnlimitedAddresses, AreAllDifferent) {
  std::set<std::string> seen;
  for (int i = 0; i < 300; ++i) seen.insert(text_of(allocate(), "PublicIp"));
  EXPECT_EQ(seen.size(), 300U);
  EXPECT_EQ(call("DescribeAddresses")["Addresses"].size(), 300U) << "there are no pages";
}

// ---- Describe ------------------------------------------------------------------------------------------------------

TEST_F(Addresses, AreDescribedByIdAndByIpTogether) {
  const Document a = allocate(), b = allocate();
  allocate();
  const Document both = call("DescribeAddresses", {{"AllocationId.1", text_of(b, "AllocationId")},
                                                   {"AllocationId.2", text_of(b, "AllocationId")},
                                                   {"PublicIp.1", text_of(a, "PublicIp")}})["Addresses"];
  ASSERT_EQ(both.size(), 2U) << "recorded: the union";
  EXPECT_EQ(both[0]["AllocationId"], a["AllocationId"]) << "in the order of creation";
  EXPECT_EQ(both[1]["AllocationId"], b["AllocationId"]);
  for (const char* absent : {"InstanceId", "AssociationId", "NetworkInterfaceId", "PrivateIpAddress", "Tags"}) {
    EXPECT_FALSE(both[0].contains(absent)) << absent;
  }
}

TEST_F(Addresses, ThatAreUnknownAreRefused) {
  const auto known = allocation();
  refuse("InvalidAllocationID.NotFound", "The allocation ID 'bad' does not exist", "DescribeAddresses",
         {{"AllocationId.1", "bad"}});
  refuse("InvalidAllocationID.NotFound", "The allocation ID 'eipalloc-00000000000000000' does not exist",
         "DescribeAddresses", {{"AllocationId.1", known}, {"AllocationId.2", "eipalloc-00000000000000000"}});
  refuse("InvalidAllocationID.NotFound", "The allocation IDs 'a, b' do not exist", "DescribeAddresses",
         {{"AllocationId.1", "a"}, {"AllocationId.2", "b"}});
  refuse("InvalidAddress.NotFound", "Address '192.0.2.1' not found.", "DescribeAddresses",
         {{"PublicIp.1", "192.0.2.1"}});
  refuse("InvalidParameterValue", "Invalid value 'bad' for PublicIp. Not a valid IPv4 address.", "DescribeAddresses",
         {{"PublicIp.1", "bad"}});
  refuse("InvalidParameterValue", "Invalid value 'bad' for PublicIp. Not a valid IPv4 address.", "DescribeAddresses",
         {{"PublicIp.1", "bad"}, {"DryRun", "true"}});
  refuse("DryRunOperation", "", "DescribeAddresses", {{"AllocationId.1", "bad"}, {"DryRun", "true"}});
  refuse("DryRunOperation", "", "DescribeAddresses",
         {{"Filter.1.Name", "no-such-filter"}, {"Filter.1.Value.1", "x"}, {"DryRun", "true"}});
  refuse("InvalidParameterValue", "The filter 'invalid' is invalid", "DescribeAddresses",
         {{"Filter.1.Name", "invalid"}, {"Filter.1.Value.1", "x"}});
}

TEST_F(Addresses, AreFiltered) {
  const auto instance_id = launch_running();
  const auto eni = primary_of(instance_id);
  const Document made = allocate({{"TagSpecification.1.ResourceType", "elastic-ip"},
                                  {"TagSpecification.1.Tag.1.Key", "Name"},
                                  {"TagSpecification.1.Tag.1.Value", "web"}});
  allocate();
  const auto id = text_of(made, "AllocationId");
  const auto association = associate(id, "InstanceId", instance_id);
  const auto private_ip = text_of(instance(instance_id), "PrivateIpAddress");
  const Parameters filters{{"allocation-id", id},
                           {"association-id", association},
                           {"instance-id", instance_id},
                           {"network-interface-id", eni},
                           {"network-interface-owner-id", "123456789012"},
                           {"private-ip-address", private_ip},
                           {"public-ip", text_of(made, "PublicIp")},
                           {"public-ip", text_of(made, "PublicIp").substr(0, 9) + "*"},
                           {"tag:Name", "web"},
                           {"tag-key", "Name"}};
  for (const auto& [name, value] : filters) {
    const Document found = call("DescribeAddresses", {{"Filter.1.Name", name},
                                                      {"Filter.1.Value.1", value},
                                                      {"Filter.2.Name", "association-id"},
                                                      {"Filter.2.Value.1", "*"}})["Addresses"];
    ASSERT_EQ(found.size(), 1U) << name;
    EXPECT_EQ(found[0]["AllocationId"], id) << name;
  }
  const auto count = [&](const char* name, const char* value) {
    return call("DescribeAddresses", {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}})["Addresses"].size();
  };
  EXPECT_EQ(count("domain", "vpc"), 2U);
  EXPECT_EQ(count("domain", "standard"), 0U);
  EXPECT_EQ(count("network-border-group", "us-east-1"), 2U);
  EXPECT_EQ(count("instance-id", "i-00000000000000001"), 0U) << "nothing found is no error";
  expect_filters("DescribeAddresses");
}

TEST_F(Addresses, BelongToAnAccountAndARegion) {
  const auto id = allocation();
  scope.account = "210987654321";
  EXPECT_TRUE(call("DescribeAddresses")["Addresses"].empty());
  refuse("InvalidAllocationID.NotFound", "", "ReleaseAddress", {{"AllocationId", id}});
  scope = {"123456789012", "eu-west-1"};
  EXPECT_TRUE(call("DescribeAddresses")["Addresses"].empty());
}

// ---- Associate -----------------------------------------------------------------------------------------------------

TEST_F(Addresses, TakeThePlaceOfTheAutomaticOne) {
  const auto instance_id = launch_running();
  const auto automatic = public_ip_of(instance_id);
  ASSERT_FALSE(automatic.empty());
  const Document made = allocate();
  const auto ip = text_of(made, "PublicIp"), id = text_of(made, "AllocationId");
  const auto association = associate(id, "InstanceId", instance_id);
  EXPECT_THAT(association, testing::MatchesRegex("eipassoc-0[0-9a-f]{16}"));

  const Document shown = instance(instance_id);
  EXPECT_EQ(shown["PublicIpAddress"], ip);
  std::string dashed = ip;
  std::ranges::replace(dashed, '.', '-');
  EXPECT_EQ(shown["PublicDnsName"], "ec2-" + dashed + ".compute-1.amazonaws.com");
  EXPECT_EQ(shown["NetworkInterfaces"][0]["Association"]["IpOwnerId"], "123456789012");

  const Document held = address(id);
  EXPECT_EQ(held["AssociationId"], association);
  EXPECT_EQ(held["InstanceId"], instance_id);
  EXPECT_EQ(held["NetworkInterfaceId"], shown["NetworkInterfaces"][0]["NetworkInterfaceId"]);
  EXPECT_EQ(held["NetworkInterfaceOwnerId"], "123456789012");
  EXPECT_EQ(held["PrivateIpAddress"], shown["PrivateIpAddress"]);

  const Document eni = interface(text_of(held, "NetworkInterfaceId"));
  EXPECT_EQ(eni["Association"]["AllocationId"], id);
  EXPECT_EQ(eni["Association"]["AssociationId"], association);
  EXPECT_EQ(eni["Association"]["NatEnabled"], true);
  EXPECT_EQ(eni["PublicDnsName"], shown["PublicDnsName"]);
}

TEST_F(Addresses, GoAndANewAutomaticOneComes) {
  const auto instance_id = launch_running();
  const auto before = public_ip_of(instance_id);
  const auto association = associate(allocation(), "InstanceId", instance_id);
  call("DisassociateAddress", {{"AssociationId", association}});
  const auto after = public_ip_of(instance_id);
  EXPECT_FALSE(after.empty()) << "recorded: at once";
  EXPECT_NE(after, before) << "the old one does not come back";
  EXPECT_EQ(instance(instance_id)["NetworkInterfaces"][0]["Association"]["IpOwnerId"], "amazon");
  refuse("InvalidAssociationID.NotFound", "The association ID '" + association + "' does not exist",
         "DisassociateAddress", {{"AssociationId", association}});
}

TEST_F(Addresses, GoAndNoneComesWhereNoneWasWanted) {
  const auto subnet = bare_subnet("10.1.0.0/24", true);
  const auto instance_id = launch_running({{"SubnetId", subnet.subnet_id}});
  EXPECT_TRUE(public_ip_of(instance_id).empty());
  const auto association = associate(allocation(), "InstanceId", instance_id);
  EXPECT_FALSE(public_ip_of(instance_id).empty());
  call("DisassociateAddress", {{"AssociationId", association}});
  EXPECT_TRUE(public_ip_of(instance_id).empty());
  EXPECT_FALSE(instance(instance_id).contains("PublicIpAddress"));
}

TEST_F(Addresses, GoAndNoneComesBesideASecondInterface) {
  const auto instance_id = launch_running();
  const auto second = create_interface(text_of(instance(instance_id), "SubnetId"));
  call("AttachNetworkInterface", {{"NetworkInterfaceId", second}, {"InstanceId", instance_id}, {"DeviceIndex", "1"}});
  settle();
  EXPECT_FALSE(public_ip_of(instance_id).empty()) << "the attachment itself takes nothing away";
  const auto association = associate(allocation(), "NetworkInterfaceId", primary_of(instance_id));
  call("DisassociateAddress", {{"AssociationId", association}});
  EXPECT_TRUE(public_ip_of(instance_id).empty());
}

TEST_F(Addresses, OfASecondaryAddressLeaveTheAutomaticOneAlone) {
  const auto instance_id = launch_running();
  const auto automatic = public_ip_of(instance_id);
  const auto eni = primary_of(instance_id);
  call("AssignPrivateIpAddresses", {{"NetworkInterfaceId", eni}, {"SecondaryPrivateIpAddressCount", "1"}});
  const auto secondary = text_of(interface(eni)["PrivateIpAddresses"][1], "PrivateIpAddress");
  const auto first = allocation(), second = allocation();
  call("AssociateAddress", {{"AllocationId", first}, {"NetworkInterfaceId", eni}, {"PrivateIpAddress", secondary}});
  EXPECT_EQ(public_ip_of(instance_id), automatic);
  EXPECT_EQ(interface(eni)["PrivateIpAddresses"][1]["Association"]["AllocationId"], first);
  // ... but keep a new one from coming once it is lost.
  const auto association = associate(second, "InstanceId", instance_id);
  call("DisassociateAddress", {{"AssociationId", association}});
  EXPECT_TRUE(public_ip_of(instance_id).empty());
}

TEST_F(Addresses, OutliveStopStartAndTermination) {
  const auto instance_id = launch_running();
  const auto id = allocation();
  const auto association = associate(id, "InstanceId", instance_id);
  const auto ip = public_ip_of(instance_id);
  call("StopInstances", {{"InstanceId.1", instance_id}});
  settle();
  EXPECT_EQ(public_ip_of(instance_id), ip) << "in a VPC a stop takes nothing away";
  EXPECT_EQ(address(id)["AssociationId"], association);
  call("StartInstances", {{"InstanceId.1", instance_id}});
  settle();
  EXPECT_EQ(public_ip_of(instance_id), ip);
  EXPECT_EQ(address(id)["AssociationId"], association);
  refuse("InvalidIPAddress.InUse", "Address " + ip + " is in use.", "ReleaseAddress", {{"AllocationId", id}});
  call("TerminateInstances", {{"InstanceId.1", instance_id}});
  settle();
  const Document left = address(id);
  for (const char* gone : {"AssociationId", "InstanceId", "NetworkInterfaceId", "PrivateIpAddress"}) {
    EXPECT_FALSE(left.contains(gone)) << gone;
  }
  call("ReleaseAddress", {{"AllocationId", id}});
}

TEST_F(Addresses, StayOnAnInterfaceThatOutlivesItsInstance) {
  const auto instance_id =
      launch_running({{"NetworkInterface.1.DeviceIndex", "0"}, {"NetworkInterface.1.DeleteOnTermination", "false"}});
  const auto interface_id = primary_of(instance_id);
  const auto id = allocation();
  const auto association = associate(id, "InstanceId", instance_id);
  call("TerminateInstances", {{"InstanceId.1", instance_id}});
  settle();
  const Document left = address(id);
  EXPECT_EQ(left["AssociationId"], association);
  EXPECT_EQ(left["NetworkInterfaceId"], interface_id);
  EXPECT_FALSE(left.contains("InstanceId"));
  const Document alone = interface(interface_id);
  EXPECT_EQ(alone["Status"], "available");
  EXPECT_FALSE(alone.contains("Attachment"));
  EXPECT_EQ(alone["Association"]["AllocationId"], id);
  const auto next = launch_running(
      {{"NetworkInterface.1.DeviceIndex", "0"}, {"NetworkInterface.1.NetworkInterfaceId", interface_id}});
  EXPECT_EQ(address(id)["InstanceId"], next);
  EXPECT_EQ(public_ip_of(next), text_of(address(id), "PublicIp"));
}

TEST_F(Addresses, ThatAreAutomaticChangeWithStopAndStart) {
  const auto instance_id = launch_running();
  const auto before = public_ip_of(instance_id);
  call("RebootInstances", {{"InstanceId.1", instance_id}});
  EXPECT_EQ(public_ip_of(instance_id), before);
  call("StopInstances", {{"InstanceId.1", instance_id}});
  settle();
  const Document stopped = instance(instance_id);
  EXPECT_FALSE(stopped.contains("PublicIpAddress"));
  EXPECT_EQ(stopped["PublicDnsName"], "");
  EXPECT_FALSE(stopped["NetworkInterfaces"][0].contains("Association"));
  call("StartInstances", {{"InstanceId.1", instance_id}});
  settle();
  EXPECT_FALSE(public_ip_of(instance_id).empty());
  EXPECT_NE(public_ip_of(instance_id), before);
  EXPECT_TRUE(call("DescribeAddresses")["Addresses"].empty()) << "they are never the account's";
}

TEST_F(Addresses, MoveUnlessForbidden) {
  const auto subnet = default_subnet().subnet_id;
  const auto a = create_interface(subnet), b = create_interface(subnet);
  const auto id = allocation();
  const auto first = associate(id, "NetworkInterfaceId", a);
  EXPECT_FALSE(address(id).contains("InstanceId")) << "a free interface is a fine target";
  EXPECT_EQ(call("AssociateAddress",
                 {{"AllocationId", id}, {"NetworkInterfaceId", a}, {"AllowReassociation", "false"}})["AssociationId"],
            first)
      << "recorded: the same once more";
  refuse("Resource.AlreadyAssociated", "resource " + id + " is already associated with associate-id " + first,
         "AssociateAddress", {{"AllocationId", id}, {"NetworkInterfaceId", b}, {"AllowReassociation", "false"}});
  refuse("DryRunOperation", "", "AssociateAddress",
         {{"AllocationId", id}, {"NetworkInterfaceId", b}, {"AllowReassociation", "false"}, {"DryRun", "true"}});
  const auto second = associate(id, "NetworkInterfaceId", b);
  EXPECT_NE(second, first);
  EXPECT_EQ(address(id)["NetworkInterfaceId"], b);
  EXPECT_FALSE(interface(a).contains("Association"));
}

TEST_F(Addresses, SetFreeWhatTheTargetHad) {
  const auto eni = create_interface(default_subnet().subnet_id);
  const auto first = allocation(), second = allocation();
  associate(first, "NetworkInterfaceId", eni);
  const auto association =
      text_of(call("AssociateAddress",
                   {{"AllocationId", second}, {"NetworkInterfaceId", eni}, {"AllowReassociation", "false"}}),
              "AssociationId");
  EXPECT_FALSE(address(first).contains("AssociationId")) << "recorded: even where reassociation is forbidden";
  EXPECT_EQ(interface(eni)["Association"]["AssociationId"], association);
}

TEST_F(Addresses, MovedAwayLeaveAnAutomaticOneBehind) {
  const auto a = launch_running(), b = launch_running();
  const auto id = allocation();
  associate(id, "InstanceId", a);
  const auto ip = public_ip_of(a);
  associate(id, "InstanceId", b);
  EXPECT_EQ(public_ip_of(b), ip);
  EXPECT_FALSE(public_ip_of(a).empty());
  EXPECT_NE(public_ip_of(a), ip);
}

TEST_F(Addresses, NeedAGatewayButNoRoute) {
  const auto subnet = bare_subnet();
  const auto eni = create_interface(subnet.subnet_id);
  const auto id = allocation();
  refuse("Gateway.NotAttached", "Network " + subnet.vpc_id + " is not attached to any internet gateway",
         "AssociateAddress", {{"AllocationId", id}, {"NetworkInterfaceId", eni}});
  const auto with_gateway = create_interface(bare_subnet("10.1.0.0/24", true).subnet_id);
  associate(id, "NetworkInterfaceId", with_gateway);
  EXPECT_EQ(interface(with_gateway)["Association"]["PublicDnsName"], "") << "the VPC gives no host names";
}

TEST_F(Addresses, WantOneAddressAndOneTarget) {
  const auto eni = create_interface(default_subnet().subnet_id);
  const Document made = allocate();
  const auto id = text_of(made, "AllocationId"), ip = text_of(made, "PublicIp");
  refuse("MissingParameter", "Either public IP or allocation id must be specified", "AssociateAddress");
  refuse("MissingParameter", "Either public IP or allocation id must be specified", "AssociateAddress",
         {{"NetworkInterfaceId", eni}});
  refuse("MissingParameter", "Either instance ID or network interface id must be specified", "AssociateAddress",
         {{"AllocationId", id}});
  refuse("InvalidParameterCombination", "You may specify public IP or allocation id, but not both in the same call",
         "AssociateAddress", {{"AllocationId", id}, {"PublicIp", ip}, {"NetworkInterfaceId", eni}});
  refuse("InvalidInstanceID.Malformed", "Invalid id: \"i-00000000000000000\"", "AssociateAddress",
         {{"AllocationId", id}, {"NetworkInterfaceId", eni}, {"InstanceId", "i-00000000000000000"}});
  refuse("InvalidParameterCombination", "", "AssociateAddress",
         {{"AllocationId", id}, {"NetworkInterfaceId", eni}, {"InstanceId", "i-00000000000000001"}});
  refuse("InvalidParameterCombination",
         "You must specify an allocation id when mapping an address to a network interface", "AssociateAddress",
         {{"PublicIp", ip}, {"NetworkInterfaceId", eni}});
  refuse("InvalidParameterCombination", "You must specify an allocation id when mapping an address to a VPC instance",
         "AssociateAddress", {{"PublicIp", ip}, {"InstanceId", "i-00000000000000001"}});
  refuse("InvalidAllocationID.NotFound", "The allocation ID 'bad' does not exist", "AssociateAddress",
         {{"AllocationId", "bad"}, {"NetworkInterfaceId", "bad"}});
  refuse("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID 'eni-00000000000000000' does not exist",
         "AssociateAddress", {{"AllocationId", id}, {"NetworkInterfaceId", "eni-00000000000000000"}});
  refuse("InvalidInstanceID.NotFound", "The instance ID 'i-00000000000000001' does not exist", "AssociateAddress",
         {{"AllocationId", id}, {"InstanceId", "i-00000000000000001"}});
  refuse("InvalidParameterValue", "172.31.0.250 is not mapped to the interface " + eni, "AssociateAddress",
         {{"AllocationId", id}, {"NetworkInterfaceId", eni}, {"PrivateIpAddress", "172.31.0.250"}});
  refuse("InvalidParameterValue", "invalid value for parameter private-address: bad", "AssociateAddress",
         {{"AllocationId", id}, {"NetworkInterfaceId", eni}, {"PrivateIpAddress", "bad"}});
  refuse("DryRunOperation", "", "AssociateAddress", {{"DryRun", "true"}});
}

TEST_F(Addresses, WantAnInstanceInAFittingState) {
  const auto instance_id = launch();
  const auto id = allocation();
  const auto words = [&](const std::string& state) {
    return "The " + state + " instance '" + instance_id + "' is not in a valid state for this operation.";
  };
  const Parameters by_instance{{"AllocationId", id}, {"InstanceId", instance_id}};
  const auto eni = primary_of(instance_id);
  refuse("InvalidInstanceID", words("pending"), "AssociateAddress", by_instance);
  refuse("IncorrectInstanceState",
         "The pending-instance-creation instance to which '" + eni +
             "' is attached is not in a valid state for this operation",
         "AssociateAddress", {{"AllocationId", id}, {"NetworkInterfaceId", eni}});
  settle();
  call("StopInstances", {{"InstanceId.1", instance_id}});
  EXPECT_NO_THROW(call("AssociateAddress", by_instance)) << "stopping";
  settle();
  EXPECT_NO_THROW(call("AssociateAddress", by_instance)) << "stopped";
  call("TerminateInstances", {{"InstanceId.1", instance_id}});
  refuse("InvalidInstanceID", words("shutting-down"), "AssociateAddress", by_instance);
  settle();
  refuse("InvalidInstanceID", words("terminated"), "AssociateAddress", by_instance);
}

TEST_F(Addresses, WantToKnowWhichOfSeveralInterfaces) {
  const auto instance_id = launch_running();
  const auto second = create_interface(text_of(instance(instance_id), "SubnetId"));
  call("AttachNetworkInterface", {{"NetworkInterfaceId", second}, {"InstanceId", instance_id}, {"DeviceIndex", "1"}});
  settle();
  const auto id = allocation();
  refuse("InvalidInstanceID",
         "There are multiple interfaces attached to instance '" + instance_id +
             "'. Please specify an interface ID for the operation instead.",
         "AssociateAddress", {{"AllocationId", id}, {"InstanceId", instance_id}});
  associate(id, "NetworkInterfaceId", second);
  EXPECT_EQ(address(id)["InstanceId"], instance_id);
  // Detached, the interface keeps the address and the instance is forgotten.
  call("DetachNetworkInterface", {{"AttachmentId", text_of(interface(second)["Attachment"], "AttachmentId")}});
  settle();
  EXPECT_EQ(address(id)["NetworkInterfaceId"], second);
  EXPECT_FALSE(address(id).contains("InstanceId"));
}

// ---- Disassociate and release --------------------------------------------------------------------------------------

TEST_F(Addresses, AreDisassociatedByAssociationOnly) {
  const Document made = allocate();
  refuse("MissingParameter", "Either public IP or association id must be specified", "DisassociateAddress");
  refuse("DryRunOperation", "", "DisassociateAddress", {{"DryRun", "true"}});
  refuse("InvalidAssociationID.NotFound", "The association ID 'bad' does not exist", "DisassociateAddress",
         {{"AssociationId", "bad"}});
  refuse("InvalidParameterValue", "You must specify an association id when unmapping an address from a VPC instance",
         "DisassociateAddress", {{"PublicIp", text_of(made, "PublicIp")}});
  refuse("AuthFailure", "The address '203.0.113.7' does not belong to you.", "DisassociateAddress",
         {{"PublicIp", "203.0.113.7"}});
}

TEST_F(Addresses, AreReleasedByAllocationOnly) {
  const Document made = allocate();
  const auto id = text_of(made, "AllocationId"), ip = text_of(made, "PublicIp");
  refuse("MissingParameter", "Either public IP or allocation id must be specified", "ReleaseAddress");
  refuse("DryRunOperation", "", "ReleaseAddress", {{"DryRun", "true"}});
  refuse("InvalidParameterValue", "You must specify an allocation id when releasing a VPC elastic IP address",
         "ReleaseAddress", {{"PublicIp", ip}});
  refuse("InvalidParameterCombination", "You may specify public IP or allocation id, but not both in the same call",
         "ReleaseAddress", {{"PublicIp", ip}, {"AllocationId", id}});
  refuse("AuthFailure", "The address '203.0.113.7' does not belong to you.", "ReleaseAddress",
         {{"PublicIp", "203.0.113.7"}});
  refuse("InvalidParameterValue", "invalid value for parameter network-border-group: invalid", "ReleaseAddress",
         {{"AllocationId", id}, {"NetworkBorderGroup", "invalid"}});
  refuse("InvalidAddress.NotFound", "", "ReleaseAddress",
         {{"AllocationId", id}, {"NetworkBorderGroup", "us-east-1-bos-1"}});
  EXPECT_NO_THROW(call("ReleaseAddress", {{"AllocationId", id}, {"NetworkBorderGroup", "us-east-1"}}));
  refuse("InvalidAllocationID.NotFound", "The allocation ID '" + id + "' does not exist", "ReleaseAddress",
         {{"AllocationId", id}});
}

TEST_F(Addresses, LeaveNoTagsBehind) {
  const auto id = text_of(allocate({{"TagSpecification.1.ResourceType", "elastic-ip"},
                                    {"TagSpecification.1.Tag.1.Key", "Name"},
                                    {"TagSpecification.1.Tag.1.Value", "web"}}),
                          "AllocationId");
  EXPECT_EQ(call("DescribeTags")["Tags"].size(), 1U);
  call("ReleaseAddress", {{"AllocationId", id}});
  EXPECT_TRUE(call("DescribeTags")["Tags"].empty());
}

// ---- Reverse names -------------------------------------------------------------------------------------------------

TEST_F(Addresses, GetReverseNames) {
  const auto id = allocation();
  const Parameters by_id{{"AllocationId.1", id}, {"Attribute", "domain-name"}};
  EXPECT_TRUE(call("DescribeAddressesAttribute", by_id)["Addresses"].empty());
  const Document changing =
      call("ModifyAddressAttribute", {{"AllocationId", id}, {"DomainName", "mail.example.com"}})["Address"];
  EXPECT_EQ(changing["PtrRecordUpdate"]["Value"], "mail.example.com.");
  EXPECT_EQ(changing["PtrRecordUpdate"]["Status"], "PENDING");
  EXPECT_FALSE(changing.contains("PtrRecord"));
  EXPECT_EQ(call("DescribeAddressesAttribute", by_id)["Addresses"][0], changing);
  settle();
  const Document set = call("DescribeAddressesAttribute", by_id)["Addresses"][0];
  EXPECT_EQ(set["PtrRecord"], "mail.example.com.");
  EXPECT_FALSE(set.contains("PtrRecordUpdate"));
  refuse("InvalidAddress.PtrSet",
         "The address with allocation id [" + id + "] cannot be released because it has a PTR record set.",
         "ReleaseAddress", {{"AllocationId", id}});
  const Document resetting =
      call("ResetAddressAttribute", {{"AllocationId", id}, {"Attribute", "domain-name"}})["Address"];
  EXPECT_EQ(resetting["PtrRecord"], "mail.example.com.");
  settle();
  EXPECT_TRUE(call("DescribeAddressesAttribute", by_id)["Addresses"].empty());
  call("ReleaseAddress", {{"AllocationId", id}});
}

TEST_F(Addresses, RefuseReverseNamesThatAreNone) {
  const auto id = allocation();
  for (const char* name : {"localhost", ".example.com", "a..b", "under_score.example.com"}) {
    refuse("InvalidParameterValue", "", "ModifyAddressAttribute", {{"AllocationId", id}, {"DomainName", name}});
  }
  refuse("InvalidAllocationID.NotFound", "", "ModifyAddressAttribute",
         {{"AllocationId", "eipalloc-00000000000000001"}, {"DomainName", "a.example.com"}});
  refuse("InvalidParameterValue", "", "ResetAddressAttribute", {{"AllocationId", id}, {"Attribute", "colour"}});
}

TEST_F(Addresses, OfClassicAreGone) {
  EXPECT_TRUE(call("DescribeMovingAddresses")["MovingAddressStatuses"].empty());
  refuse("InvalidAddress.NotFound", "Address '203.0.113.7' not found.", "MoveAddressToVpc",
         {{"PublicIp", "203.0.113.7"}});
  refuse("InvalidAddress.NotFound", "Address '203.0.113.7' not found.", "RestoreAddressToClassic",
         {{"PublicIp", "203.0.113.7"}});
  EXPECT_NO_THROW(
      call("DescribeMovingAddresses", {{"Filter.1.Name", "moving-status"}, {"Filter.1.Value.1", "movingToVpc"}}));
}

// ---- Transfers -----------------------------------------------------------------------------------------------------

class Transfers : public Addresses {
 protected:
  const std::string mine = "123456789012", theirs = "210987654321";
};

TEST_F(Transfers, HandAnAddressOver) {
  const Document made = allocate({{"TagSpecification.1.ResourceType", "elastic-ip"},
                                  {"TagSpecification.1.Tag.1.Key", "Name"},
                                  {"TagSpecification.1.Tag.1.Value", "mine"}});
  const auto id = text_of(made, "AllocationId"), ip = text_of(made, "PublicIp");
  const Document offer =
      call("EnableAddressTransfer", {{"AllocationId", id}, {"TransferAccountId", theirs}})["AddressTransfer"];
  EXPECT_EQ(offer["AddressTransferStatus"], "pending");
  EXPECT_EQ(offer["PublicIp"], ip);
  EXPECT_EQ(call("DescribeAddressTransfers")["AddressTransfers"], Document::array({offer}));

  scope.account = theirs;
  const Document taken =
      call("AcceptAddressTransfer", {{"Address", ip},
                                     {"TagSpecification.1.ResourceType", "elastic-ip"},
                                     {"TagSpecification.1.Tag.1.Key", "Name"},
                                     {"TagSpecification.1.Tag.1.Value", "theirs"}})["AddressTransfer"];
  EXPECT_EQ(taken["AddressTransferStatus"], "accepted");
  EXPECT_TRUE(taken.contains("TransferOfferAcceptedTimestamp"));
  const Document now = call("DescribeAddresses")["Addresses"];
  ASSERT_EQ(now.size(), 1U);
  EXPECT_EQ(now[0]["PublicIp"], ip);
  EXPECT_EQ(now[0]["Tags"], Document::parse(R"([{"Key": "Name", "Value": "theirs"}])"));

  scope.account = mine;
  EXPECT_TRUE(call("DescribeAddresses")["Addresses"].empty());
  EXPECT_EQ(call("DescribeAddressTransfers")["AddressTransfers"][0]["AddressTransferStatus"], "accepted");
  advance_s(14 * 86'400 - 1);
  EXPECT_EQ(call("DescribeAddressTransfers")["AddressTransfers"].size(), 1U);
  advance_s(2);
  EXPECT_TRUE(call("DescribeAddressTransfers")["AddressTransfers"].empty()) << "for fourteen days";
}

TEST_F(Transfers, AreForOneAccountOnly) {
  const Document made = allocate();
  const auto id = text_of(made, "AllocationId"), ip = text_of(made, "PublicIp");
  call("EnableAddressTransfer", {{"AllocationId", id}, {"TransferAccountId", theirs}});
  scope.account = "999999999999";
  refuse("InvalidAddress.NotFound", "", "AcceptAddressTransfer", {{"Address", ip}});
  scope = {theirs, "eu-west-1"};
  refuse("InvalidAddress.NotFound", "", "AcceptAddressTransfer", {{"Address", ip}});
}

TEST_F(Transfers, AreWithdrawnAndLapse) {
  const Document made = allocate();
  const auto id = text_of(made, "AllocationId"), ip = text_of(made, "PublicIp");
  const Parameters offer{{"AllocationId", id}, {"TransferAccountId", theirs}};
  call("EnableAddressTransfer", offer);
  EXPECT_EQ(call("DisableAddressTransfer", {{"AllocationId", id}})["AddressTransfer"]["AddressTransferStatus"],
            "disabled");
  refuse("InvalidTransfer.NotFound", "", "DisableAddressTransfer", {{"AllocationId", id}});
  call("EnableAddressTransfer", offer);
  advance_s(7 * 86'400 + 1);
  scope.account = theirs;
  refuse("InvalidAddress.NotFound", "", "AcceptAddressTransfer", {{"Address", ip}});
}

TEST_F(Transfers, WantAFreeAddressAndRoom) {
  const Document made = allocate();
  const auto id = text_of(made, "AllocationId"), ip = text_of(made, "PublicIp");
  refuse("InvalidParameterValue", "", "EnableAddressTransfer", {{"AllocationId", id}, {"TransferAccountId", "me"}});
  refuse("InvalidParameterValue", "", "EnableAddressTransfer", {{"AllocationId", id}, {"TransferAccountId", mine}});
  call("EnableAddressTransfer", {{"AllocationId", id}, {"TransferAccountId", theirs}});
  const auto association = associate(id, "NetworkInterfaceId", create_interface(default_subnet().subnet_id));
  scope.account = theirs;
  refuse("InvalidTransfer.AddressAssociated", "", "AcceptAddressTransfer", {{"Address", ip}});
  scope.account = mine;
  call("DisassociateAddress", {{"AssociationId", association}});
  call("ModifyAddressAttribute", {{"AllocationId", id}, {"DomainName", "a.example.com"}});
  advance_s(60);
  scope.account = theirs;
  refuse("InvalidTransfer.AddressCustomPtrSet", "", "AcceptAddressTransfer", {{"Address", ip}});
  scope.account = mine;
  call("ResetAddressAttribute", {{"AllocationId", id}, {"Attribute", "domain-name"}});
  advance_s(60);
  scope.account = theirs;
  for (int i = 0; i < 5; ++i) allocate();
  refuse("AddressLimitExceeded", "", "AcceptAddressTransfer", {{"Address", ip}});
}

}  // namespace
}  // namespace fogling::test
