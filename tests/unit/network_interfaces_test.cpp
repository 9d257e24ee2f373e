/// Network interfaces: made, described, attached, changed, and their private addresses.

#include "emulator/network_interfaces.hpp"

#include <gmock/gmock.h>

#include <set>

#include "emulator/cidr.hpp"
#include "tests/support/network.hpp"

namespace fogling::test {
namespace {

using Interfaces = NetworkTest<HouseTest>;

// ---- Create and describe -------------------------------------------------------------------------------------------

TEST_F(Interfaces, AreMadePendingAndBecomeAvailable) {
  const auto subnet = default_subnet();
  const Document made =
      call("CreateNetworkInterface", {{"SubnetId", subnet.subnet_id},
                                      {"Description", "a spare one"},
                                      {"TagSpecification.1.ResourceType", "network-interface"},
                                      {"TagSpecification.1.Tag.1.Key", "Name"},
                                      {"TagSpecification.1.Tag.1.Value", "spare"}})["NetworkInterface"];
  EXPECT_EQ(made["Status"], "pending");
  EXPECT_EQ(made["SubnetId"], subnet.subnet_id);
  EXPECT_EQ(made["VpcId"], subnet.vpc_id);
  EXPECT_EQ(made["AvailabilityZone"], subnet.availability_zone);
  EXPECT_EQ(made["AvailabilityZoneId"], subnet.availability_zone_id);
  EXPECT_EQ(made["Description"], "a spare one");
  EXPECT_EQ(made["OwnerId"], "123456789012");
  EXPECT_EQ(made["RequesterManaged"], false);
  EXPECT_EQ(made["SourceDestCheck"], true);
  EXPECT_EQ(made["InterfaceType"], "interface");
  EXPECT_EQ(made["Groups"][0]["GroupName"], "default");
  EXPECT_EQ(made["TagSet"], Document::parse(R"([{"Key": "Name", "Value": "spare"}])"));
  EXPECT_EQ(made["Operator"], Document::parse(R"({"Managed": false})"));
  EXPECT_FALSE(made.contains("PublicDnsName"));
  EXPECT_FALSE(made.contains("Association"));
  EXPECT_FALSE(made.contains("Attachment"));
  EXPECT_THAT(text_of(made, "NetworkInterfaceId"), testing::MatchesRegex("eni-0[0-9a-f]{16}"));
  EXPECT_THAT(text_of(made, "MacAddress"), testing::MatchesRegex("0[26ae](:[0-9a-f][0-9a-f]){5}"));
  const auto ip = text_of(made, "PrivateIpAddress");
  EXPECT_TRUE(parse_cidr(subnet.cidr_block)->contains(parse_ipv4(ip).value()));
  std::string dashed = ip;
  std::ranges::replace(dashed, '.', '-');
  EXPECT_EQ(made["PrivateDnsName"], "ip-" + dashed + ".ec2.internal");
  EXPECT_EQ(
      made["PrivateIpAddresses"],
      Document::array({{{"PrivateIpAddress", ip}, {"PrivateDnsName", made["PrivateDnsName"]}, {"Primary", true}}}));

  const auto id = text_of(made, "NetworkInterfaceId");
  EXPECT_EQ(interface(id)["Status"], "pending");
  advance_s(1);
  const Document later = interface(id);
  EXPECT_EQ(later["Status"], "available");
  EXPECT_EQ(later["PublicDnsName"], "");
  EXPECT_EQ(later["Operator"], Document::parse(R"({"Managed": false, "HiddenByDefault": false})"));
}

TEST_F(Interfaces, HaveNoNamesWhereTheVpcGivesNone) {
  const auto subnet = bare_subnet();
  const auto id = create_interface(subnet.subnet_id, {{"SecondaryPrivateIpAddressCount", "1"}});
  const Document shown = interface(id);
  EXPECT_FALSE(shown.contains("PrivateDnsName"));
  EXPECT_FALSE(shown["PrivateIpAddresses"][0].contains("PrivateDnsName"));
  EXPECT_EQ(shown["PrivateIpAddresses"][1]["PrivateDnsName"], "") << "recorded: empty for the others";
}

TEST_F(Interfaces, HaveTheNamesOfTheirRegion) {
  scope.region = "eu-west-1";
  const auto id = create_interface(default_subnet().subnet_id);
  EXPECT_THAT(text_of(interface(id), "PrivateDnsName"),
              testing::MatchesRegex("ip-172-31-[0-9]+-[0-9]+\\.eu-west-1\\.compute\\.internal"));
}

TEST_F(Interfaces, TakeGivenAddresses) {
  const auto subnet = bare_subnet("10.1.0.0/28");
  const auto id = create_interface(subnet.subnet_id, {{"PrivateIpAddresses.1.PrivateIpAddress", "10.1.0.7"},
                                                      {"PrivateIpAddresses.1.Primary", "false"},
                                                      {"PrivateIpAddresses.2.PrivateIpAddress", "10.1.0.9"},
                                                      {"PrivateIpAddresses.2.Primary", "true"},
                                                      {"PrivateIpAddresses.3.PrivateIpAddress", "10.1.0.5"}});
  EXPECT_EQ(private_ips(interface(id)), (std::vector<std::string>{"10.1.0.9", "10.1.0.7", "10.1.0.5"}))
      << "the primary one first, then as given";
  EXPECT_EQ(addresses_held_in(subnet.subnet_id), 3);
  // Recorded: where none is called primary, one is drawn.
  const auto drawn = create_interface(subnet.subnet_id, {{"PrivateIpAddresses.1.PrivateIpAddress", "10.1.0.10"}});
  const auto ips = private_ips(interface(drawn));
  ASSERT_EQ(ips.size(), 2U);
  EXPECT_EQ(ips[1], "10.1.0.10");
}

TEST_F(Interfaces, RefuseAddressesInEc2sWords) {
  const auto subnet = bare_subnet("10.1.0.0/28");
  create_interface(subnet.subnet_id, {{"PrivateIpAddress", "10.1.0.4"}});
  const auto refuse_address = [&](std::string_view code, std::string_view message, const char* ip) {
    refuse(code, message, "CreateNetworkInterface", {{"SubnetId", subnet.subnet_id}, {"PrivateIpAddress", ip}});
  };
  for (const char* reserved : {"10.1.0.0", "10.1.0.1", "10.1.0.2", "10.1.0.3", "10.1.0.15"}) {
    refuse_address("InvalidParameterValue", "Address is in subnet's reserved address range", reserved);
  }
  refuse_address("InvalidParameterValue", "Address does not fall within the subnet's address range", "10.1.0.16");
  refuse_address("InvalidIPAddress.InUse", "The specified address is already in use.", "10.1.0.4");
  refuse_address("InvalidParameterValue", "invalid value for parameter address: not-an-ip", "not-an-ip");
  refuse("InvalidParameterValue", "Only one primary private IP address can be specified.", "CreateNetworkInterface",
         {{"SubnetId", subnet.subnet_id},
          {"PrivateIpAddresses.1.PrivateIpAddress", "10.1.0.10"},
          {"PrivateIpAddresses.1.Primary", "true"},
          {"PrivateIpAddresses.2.PrivateIpAddress", "10.1.0.11"},
          {"PrivateIpAddresses.2.Primary", "true"}});
  refuse("InvalidParameterValue",
         "Value (0) for parameter secondaryPrivateIpAddressCount is invalid. Value must be a positive number.",
         "CreateNetworkInterface", {{"SubnetId", subnet.subnet_id}, {"SecondaryPrivateIpAddressCount", "0"}});
  EXPECT_EQ(addresses_held_in(subnet.subnet_id), 1) << "what was refused holds nothing";
}

TEST_F(Interfaces, RefuseOtherThingsInEc2sWords) {
  const auto subnet = default_subnet();
  refuse("InvalidSubnetID.NotFound", "The subnet ID 'subnet-00000000000000000' does not exist",
         "CreateNetworkInterface", {{"SubnetId", "subnet-00000000000000000"}});
  refuse("MissingParameter", "", "CreateNetworkInterface");
  refuse("DryRunOperation", "", "CreateNetworkInterface", {{"SubnetId", "nonsense"}, {"DryRun", "true"}});
  refuse("InvalidGroup.NotFound", "The security group 'sg-00000000000000001' does not exist", "CreateNetworkInterface",
         {{"SubnetId", subnet.subnet_id}, {"SecurityGroupId.1", "sg-00000000000000001"}});
  refuse("InvalidParameterValue",
         "Invalid interface description. Valid descriptions are strings less than 256 characters from the following "
         "set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
         "CreateNetworkInterface", {{"SubnetId", subnet.subnet_id}, {"Description", "what?"}});
  refuse("InvalidParameterValue", "", "CreateNetworkInterface",
         {{"SubnetId", subnet.subnet_id}, {"Description", std::string(256, 'a')}});
}

TEST_F(Interfaces, AreInGroupsOfTheirVpcOnly) {
  const auto here = default_subnet();
  const auto there = create_interface(bare_subnet().subnet_id);
  const auto group = text_of(interface(there)["Groups"][0], "GroupId");
  refuse("InvalidParameterValue",
         "Security group " + group + " and subnet " + here.subnet_id + " belong to different networks.",
         "CreateNetworkInterface", {{"SubnetId", here.subnet_id}, {"SecurityGroupId.1", group}});
  const auto id = create_interface(here.subnet_id);
  refuse("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.",
         "ModifyNetworkInterfaceAttribute", {{"NetworkInterfaceId", id}, {"SecurityGroupId.1", group}});
}

TEST_F(Interfaces, FillASubnetToTheLastAddress) {
  const auto subnet = bare_subnet("10.1.0.0/28");
  std::set<std::string> seen;
  for (int i = 0; i < 11; ++i) {
    seen.insert(text_of(interface(create_interface(subnet.subnet_id)), "PrivateIpAddress"));
  }
  EXPECT_EQ(seen.size(), 11U) << "sixteen, but for the first four and the last";
  refuse("InsufficientFreeAddressesInSubnet",
         "The specified subnet does not have enough free addresses to satisfy the request.", "CreateNetworkInterface",
         {{"SubnetId", subnet.subnet_id}});
  EXPECT_EQ(addresses_held_in(subnet.subnet_id), 11);
}

TEST_F(Interfaces, FindTheLastFreeAddressesWithoutDrawingForEver) {
  // Everything but two addresses is held, one of them below and one above wherever a draw may land.
  const auto subnet = bare_subnet("10.1.0.0/20");
  auto& world = house.world();
  Transaction txn(world.database, Access::write);
  Context context{world, txn, scope, world.clock.now_ms()};
  const auto holder = make_interface(context, {.subnet = subnet, .private_ip_address = "10.1.0.5"});
  const auto first = parse_ipv4("10.1.0.4").value(), last = parse_ipv4("10.1.15.254").value();
  for (auto number = first + 2; number < last; ++number) {
    state::add_private_address(txn, holder, number, ipv4_text(number), false);
  }
  std::set<std::uint32_t> found;
  for (int i = 0; i < 2; ++i) {
    const auto number = draw_private_address(context, subnet, Asking::creation);
    found.insert(number);
    state::add_private_address(txn, holder, number, ipv4_text(number), false);
  }
  EXPECT_EQ(found, (std::set<std::uint32_t>{first, last}));
  EXPECT_THROW(draw_private_address(context, subnet, Asking::creation), ApiError);
}

TEST_F(Interfaces, TakeTheirAddressesAndPlacesInGroupsAlong) {
  const auto subnet = bare_subnet("10.1.0.0/20");
  const auto group = text_of(
      call("CreateSecurityGroup", {{"GroupName", "other"}, {"GroupDescription", "another"}, {"VpcId", subnet.vpc_id}}),
      "GroupId");
  const auto stays = create_interface(subnet.subnet_id);
  const auto goes = text_of(call("CreateNetworkInterface", {{"SubnetId", subnet.subnet_id},
                                                            {"SecondaryPrivateIpAddressCount", "2"},
                                                            {"SecurityGroupId.1", group}})["NetworkInterface"],
                            "NetworkInterfaceId");
  call("AssignPrivateIpAddresses", {{"NetworkInterfaceId", goes}, {"Ipv4PrefixCount", "1"}});
  EXPECT_EQ(addresses_held_in(subnet.subnet_id), 1 + 3 + 16);
  const auto groups_of = [&](const std::string& id) {
    return house.world()
        .database.connection()
        .execAndGet(
            "SELECT coalesce(group_concat(group_id), '') FROM network_interface_group"
            " WHERE network_interface_id = '" +
            id + "'")
        .getString();
  };
  EXPECT_EQ(groups_of(goes), group);
  const auto group_of_stays = text_of(interface(stays)["Groups"][0], "GroupId");
  call("ModifyNetworkInterfaceAttribute", {{"NetworkInterfaceId", goes}, {"SecurityGroupId.1", group_of_stays}});
  EXPECT_EQ(groups_of(goes), group_of_stays);
  call("DeleteNetworkInterface", {{"NetworkInterfaceId", goes}});
  EXPECT_EQ(addresses_held_in(subnet.subnet_id), 1);
  EXPECT_EQ(groups_of(goes), "");
  EXPECT_EQ(groups_of(stays), group_of_stays);
}

TEST_F(Interfaces, HaveAQuota) {
  house.world().quotas.network_interfaces = 2;
  const auto subnet = default_subnet().subnet_id;
  create_interface(subnet);
  create_interface(subnet);
  refuse("NetworkInterfaceLimitExceeded", "", "CreateNetworkInterface", {{"SubnetId", subnet}});
}

TEST_F(Interfaces, AreMadeOnceForAToken) {
  const auto subnet = default_subnet().subnet_id;
  const Parameters request{{"SubnetId", subnet}, {"ClientToken", "once"}};
  const Document first = call("CreateNetworkInterface", request);
  EXPECT_FALSE(first.contains("ClientToken"));
  EXPECT_EQ(call("CreateNetworkInterface", request)["NetworkInterface"]["NetworkInterfaceId"],
            first["NetworkInterface"]["NetworkInterfaceId"]);
  EXPECT_EQ(call("DescribeNetworkInterfaces")["NetworkInterfaces"].size(), 1U);
  refuse("IdempotentParameterMismatch", "Wrong arguments for token: once", "CreateNetworkInterface",
         {{"SubnetId", subnet}, {"ClientToken", "once"}, {"InterfaceType", "interface"}});
  const auto id = text_of(first["NetworkInterface"], "NetworkInterfaceId");
  call("ModifyNetworkInterfaceAttribute", {{"NetworkInterfaceId", id}, {"Description.Value", "since"}});
  const Document again = call("CreateNetworkInterface", request)["NetworkInterface"];
  EXPECT_EQ(again["Description"], "since");
  EXPECT_EQ(again["Status"], "pending");
  call("DeleteNetworkInterface", {{"NetworkInterfaceId", id}});
  refuse("IdempotentParameterMismatch", "The request with token: once is stale", "CreateNetworkInterface", request);
  call("CreateNetworkInterface", {{"SubnetId", subnet}, {"ClientToken", std::string(65, 'x')}});
}

TEST_F(Interfaces, WithAnAddressByNameAreMadeOnceEvenForAToken) {
  const auto subnet = bare_subnet().subnet_id;
  const Parameters request{{"SubnetId", subnet}, {"PrivateIpAddress", "10.1.0.9"}, {"ClientToken", "once"}};
  call("CreateNetworkInterface", request);
  refuse("InvalidIPAddress.InUse", "The specified address is already in use.", "CreateNetworkInterface", request);
}

TEST_F(Interfaces, AreOfATypeAndNameAnAddressOnce) {
  const auto subnet = bare_subnet().subnet_id;
  refuse("InvalidParameterValue", "invalid value for parameter interface-type: bogus", "CreateNetworkInterface",
         {{"SubnetId", subnet}, {"InterfaceType", "bogus"}});
  for (const char* type : {"interface", "efa", "efa-only", "branch", "trunk"}) {
    const Document made = call("CreateNetworkInterface", {{"SubnetId", subnet}, {"InterfaceType", type}});
    EXPECT_EQ(made["NetworkInterface"]["InterfaceType"], type);
  }
  refuse("InvalidParameterValue", "address value can't be both primary and secondary", "CreateNetworkInterface",
         {{"SubnetId", subnet},
          {"PrivateIpAddress", "10.1.0.20"},
          {"PrivateIpAddresses.1.PrivateIpAddress", "10.1.0.20"}});
  refuse("InvalidParameterValue", "Duplicate private IP address.", "CreateNetworkInterface",
         {{"SubnetId", subnet},
          {"PrivateIpAddresses.1.PrivateIpAddress", "10.1.0.21"},
          {"PrivateIpAddresses.2.PrivateIpAddress", "10.1.0.21"}});
}

TEST_F(Interfaces, OfAnInstanceAreDescribedFromBothSides) {
  const auto instance_id = launch();
  const Document within = instance(instance_id)["NetworkInterfaces"][0];
  const Document shown = interface(text_of(within, "NetworkInterfaceId"));
  EXPECT_EQ(shown["Status"], "in-use");
  EXPECT_EQ(shown["Attachment"]["Status"], "attaching");
  EXPECT_EQ(shown["Attachment"]["InstanceId"], instance_id);
  EXPECT_EQ(shown["Attachment"]["InstanceOwnerId"], "123456789012");
  EXPECT_EQ(shown["Attachment"]["DeviceIndex"], 0);
  EXPECT_EQ(shown["Attachment"]["NetworkCardIndex"], 0);
  EXPECT_EQ(shown["Attachment"]["DeleteOnTermination"], true);
  EXPECT_FALSE(shown.contains("RequesterId"));
  EXPECT_EQ(shown["Association"]["IpOwnerId"], "amazon");
  EXPECT_FALSE(shown["Association"].contains("AllocationId"));
  EXPECT_FALSE(within["Attachment"].contains("InstanceId"));
  EXPECT_FALSE(within["Association"].contains("NatEnabled"));
  EXPECT_EQ(within["PrivateIpAddress"], shown["PrivateIpAddress"]);
  EXPECT_EQ(within["MacAddress"], shown["MacAddress"]);
  settle();
  EXPECT_EQ(interface(text_of(within, "NetworkInterfaceId"))["Attachment"]["Status"], "attached");
}

TEST_F(Interfaces, AreFilteredAndPaged) {
  const auto instance_id = launch_running();
  const auto eni = primary_of(instance_id);
  const Document shown = interface(eni);
  const auto other =
      create_interface(bare_subnet().subnet_id, {{"Description", "other"},
                                                 {"TagSpecification.1.ResourceType", "network-interface"},
                                                 {"TagSpecification.1.Tag.1.Key", "Name"},
                                                 {"TagSpecification.1.Tag.1.Value", "spare"}});
  const auto found = [&](const std::string& name, const std::string& value) {
    std::vector<std::string> ids;
    const Document answer = call("DescribeNetworkInterfaces", {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}});
    for (const auto& each : answer["NetworkInterfaces"]) {
      EXPECT_FALSE(each.contains("Tags"));
      ids.emplace_back(text(each, "NetworkInterfaceId"));
    }
    return ids;
  };
  const Parameters for_the_primary{{"network-interface-id", eni},
                                   {"attachment.instance-id", instance_id},
                                   {"attachment.attachment-id", text_of(shown["Attachment"], "AttachmentId")},
                                   {"attachment.device-index", "0"},
                                   {"attachment.status", "attached"},
                                   {"attachment.delete-on-termination", "true"},
                                   {"group-id", text_of(shown["Groups"][0], "GroupId")},
                                   {"subnet-id", text_of(shown, "SubnetId")},
                                   {"vpc-id", text_of(shown, "VpcId")},
                                   {"private-ip-address", text_of(shown, "PrivateIpAddress")},
                                   {"addresses.private-ip-address", text_of(shown, "PrivateIpAddress")},
                                   {"addresses.association.public-ip", text_of(shown["Association"], "PublicIp")},
                                   {"addresses.association.owner-id", "amazon"},
                                   {"association.public-ip", text_of(shown["Association"], "PublicIp")},
                                   {"association.ip-owner-id", "amazon"},
                                   {"mac-address", text_of(shown, "MacAddress")},
                                   {"status", "in-use"},
                                   {"private-dns-name", text_of(shown, "PrivateDnsName")}};
  for (const auto& [name, value] : for_the_primary) {
    EXPECT_EQ(found(name, value), std::vector<std::string>{eni}) << name;
  }
  for (const auto& [name, value] : Parameters{{"tag:Name", "spare"},
                                              {"tag-key", "Name"},
                                              {"tag-value", "spare"},
                                              {"description", "oth*"},
                                              {"status", "available"}}) {
    EXPECT_EQ(found(name, value), std::vector<std::string>{other}) << name;
  }
  EXPECT_EQ(found("owner-id", "123456789012").size(), 2U);
  EXPECT_EQ(found("interface-type", "interface").size(), 2U);
  EXPECT_TRUE(found("subnet-id", "subnet-00000000000000001").empty());
  expect_filters("DescribeNetworkInterfaces");
}

TEST_F(Interfaces, ArePaged) {
  const auto subnet = default_subnet().subnet_id;
  std::vector<std::string> made;
  for (int i = 0; i < 7; ++i) made.push_back(create_interface(subnet));
  std::vector<std::string> seen;
  std::string token;
  do {
    Parameters request{{"MaxResults", "5"}};
    if (!token.empty()) request.emplace_back("NextToken", token);
    const Document page = call("DescribeNetworkInterfaces", request);
    for (const auto& each : page["NetworkInterfaces"]) seen.emplace_back(text(each, "NetworkInterfaceId"));
    token = text_of(page, "NextToken");
  } while (!token.empty());
  EXPECT_EQ(seen, made);
  refuse("InvalidParameterValue", "", "DescribeNetworkInterfaces", {{"MaxResults", "4"}});
}

TEST_F(Interfaces, ThatAreUnknownAreRefused) {
  for (const char* action : {"DescribeNetworkInterfaces", "DeleteNetworkInterface", "DescribeNetworkInterfaceAttribute",
                             "ModifyNetworkInterfaceAttribute", "AssignPrivateIpAddresses"}) {
    const bool is_list = std::string_view(action) == "DescribeNetworkInterfaces";
    Parameters unknown{{is_list ? "NetworkInterfaceId.1" : "NetworkInterfaceId", "eni-00000000000000000"}};
    Parameters malformed{{is_list ? "NetworkInterfaceId.1" : "NetworkInterfaceId", "bad"}};
    for (auto* each : {&unknown, &malformed}) {
      if (std::string_view(action).ends_with("Attribute")) each->emplace_back("Attribute", "description");
      if (std::string_view(action).starts_with("Modify")) (*each)[1] = {"Description.Value", "x"};
    }
    refuse("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID 'eni-00000000000000000' does not exist",
           action, unknown);
    refuse("InvalidNetworkInterfaceId.Malformed", "Invalid id: \"bad\" (expecting \"eni-...\")", action, malformed);
  }
}

// ---- Delete --------------------------------------------------------------------------------------------------------

TEST_F(Interfaces, AreDeletedWithAllTheyHold) {
  const auto subnet = default_subnet();
  const auto id = create_interface(subnet.subnet_id, {{"SecondaryPrivateIpAddressCount", "2"},
                                                      {"TagSpecification.1.ResourceType", "network-interface"},
                                                      {"TagSpecification.1.Tag.1.Key", "Name"},
                                                      {"TagSpecification.1.Tag.1.Value", "spare"}});
  const auto eip = allocation();
  associate(eip, "NetworkInterfaceId", id);
  EXPECT_EQ(addresses_held_in(subnet.subnet_id), 3);
  call("DeleteNetworkInterface", {{"NetworkInterfaceId", id}});
  EXPECT_EQ(addresses_held_in(subnet.subnet_id), 0);
  EXPECT_FALSE(address(eip).contains("AssociationId")) << "recorded: disassociated";
  EXPECT_TRUE(call("DescribeTags")["Tags"].empty());
  refuse("InvalidNetworkInterfaceID.NotFound", "", "DeleteNetworkInterface", {{"NetworkInterfaceId", id}});
}

TEST_F(Interfaces, InUseAreNotDeleted) {
  const auto eni = primary_of(launch_running());
  refuse("InvalidParameterValue", "Network interface '" + eni + "' is currently in use.", "DeleteNetworkInterface",
         {{"NetworkInterfaceId", eni}});
}

TEST_F(Interfaces, GoOrStayWithTheInstance) {
  const auto instance_id = launch_running();
  const auto primary = primary_of(instance_id);
  const auto second = create_interface(text_of(instance(instance_id), "SubnetId"));
  call("AttachNetworkInterface", {{"NetworkInterfaceId", second}, {"InstanceId", instance_id}, {"DeviceIndex", "1"}});
  settle();
  call("TerminateInstances", {{"InstanceId.1", instance_id}});
  settle();
  refuse("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '" + primary + "' does not exist",
         "DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", primary}});
  const Document left = interface(second);
  EXPECT_EQ(left["Status"], "available");
  EXPECT_FALSE(left.contains("Attachment"));
}

// ---- Attach and detach ---------------------------------------------------------------------------------------------

TEST_F(Interfaces, AreAttachedAndDetached) {
  const auto instance_id = launch_running();
  const auto id = create_interface(text_of(instance(instance_id), "SubnetId"));
  const Document attached =
      call("AttachNetworkInterface", {{"NetworkInterfaceId", id}, {"InstanceId", instance_id}, {"DeviceIndex", "1"}});
  EXPECT_THAT(text_of(attached, "AttachmentId"), testing::MatchesRegex("eni-attach-0[0-9a-f]{16}"));
  EXPECT_EQ(attached["NetworkCardIndex"], 0);
  EXPECT_EQ(interface(id)["Status"], "in-use");
  EXPECT_EQ(interface(id)["Attachment"]["Status"], "attaching");
  EXPECT_EQ(interface(id)["Attachment"]["DeleteOnTermination"], false);
  settle();
  EXPECT_EQ(interface(id)["Attachment"]["Status"], "attached");
  EXPECT_EQ(instance(instance_id)["NetworkInterfaces"].size(), 2U);
  EXPECT_EQ(instance(instance_id)["NetworkInterfaces"][1]["Attachment"]["DeviceIndex"], 1);

  call("DetachNetworkInterface", {{"AttachmentId", text_of(attached, "AttachmentId")}});
  EXPECT_EQ(interface(id)["Status"], "in-use");
  EXPECT_EQ(interface(id)["Attachment"]["Status"], "detaching");
  settle();
  EXPECT_EQ(interface(id)["Status"], "available");
  EXPECT_FALSE(interface(id).contains("Attachment"));
  EXPECT_EQ(instance(instance_id)["NetworkInterfaces"].size(), 1U);
  refuse("InvalidAttachmentID.NotFound",
         "The network interface attachment ID '" + text_of(attached, "AttachmentId") + "' does not exist",
         "DetachNetworkInterface", {{"AttachmentId", text_of(attached, "AttachmentId")}});
}

TEST_F(Interfaces, AreNotAttachedEverywhere) {
  const auto instance_id = launch_running();
  const auto subnet = text_of(instance(instance_id), "SubnetId");
  const auto attach = [&](const std::string& id, const char* device_index) {
    return Parameters{{"NetworkInterfaceId", id}, {"InstanceId", instance_id}, {"DeviceIndex", device_index}};
  };
  const auto second = create_interface(subnet), third = create_interface(subnet);
  refuse("InvalidParameterValue",
         "Instance '" + instance_id + "' already has an interface attached at device index '0'.",
         "AttachNetworkInterface", attach(second, "0"));
  call("AttachNetworkInterface", attach(second, "1"));
  refuse("InvalidNetworkInterface.InUse", "Interface: [" + second + "] in use.", "AttachNetworkInterface",
         attach(second, "2"));
  refuse("AttachmentLimitExceeded", "Interface count 3 exceeds the limit for t3.micro", "AttachNetworkInterface",
         attach(third, "2"));
  refuse("InvalidInstanceID.NotFound", "", "AttachNetworkInterface",
         {{"NetworkInterfaceId", third}, {"InstanceId", "i-00000000000000001"}, {"DeviceIndex", "1"}});

  std::string elsewhere;
  for (std::size_t place = 0; elsewhere.empty(); ++place) {
    const auto candidate = default_subnet(place);
    if (candidate.availability_zone != text_of(instance(instance_id)["Placement"], "AvailabilityZone")) {
      elsewhere = create_interface(candidate.subnet_id);
    }
  }
  refuse("InvalidParameterCombination",
         "You may not attach a network interface to an instance if they are not in the same availability zone",
         "AttachNetworkInterface", attach(elsewhere, "2"));

  const auto pending = launch({{"SubnetId", subnet}});
  refuse("IncorrectState", "", "AttachNetworkInterface",
         {{"NetworkInterfaceId", third}, {"InstanceId", pending}, {"DeviceIndex", "1"}});
}

TEST_F(Interfaces, WithTooManyAddressesAreNotAttached) {
  const auto instance_id = launch_running();
  const auto id =
      create_interface(text_of(instance(instance_id), "SubnetId"), {{"SecondaryPrivateIpAddressCount", "2"}});
  refuse("PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit.", "AttachNetworkInterface",
         {{"NetworkInterfaceId", id}, {"InstanceId", instance_id}, {"DeviceIndex", "1"}});
}

TEST_F(Interfaces, ThatArePrimaryStayAttached) {
  const auto instance_id = launch_running();
  const auto attachment = text_of(interface(primary_of(instance_id))["Attachment"], "AttachmentId");
  refuse("OperationNotPermitted", "The network interface at device index 0 and networkCard index 0 cannot be detached.",
         "DetachNetworkInterface", {{"AttachmentId", attachment}});
  refuse("InvalidNetworkInterfaceAttachmentId.Malformed", "", "DetachNetworkInterface", {{"AttachmentId", "bad"}});
}

// ---- Attributes ----------------------------------------------------------------------------------------------------

TEST_F(Interfaces, HaveAttributes) {
  const auto id = create_interface(default_subnet().subnet_id, {{"Description", "first"}});
  const auto attribute = [&](const char* name) {
    return call("DescribeNetworkInterfaceAttribute", {{"NetworkInterfaceId", id}, {"Attribute", name}});
  };
  const auto modify = [&](Parameters parameters) {
    parameters.emplace_back("NetworkInterfaceId", id);
    return call("ModifyNetworkInterfaceAttribute", parameters);
  };
  EXPECT_EQ(attribute("description")["Description"]["Value"], "first");
  modify({{"Description.Value", "second"}});
  EXPECT_EQ(attribute("description")["Description"]["Value"], "second");
  EXPECT_EQ(attribute("sourceDestCheck")["SourceDestCheck"]["Value"], true);
  modify({{"SourceDestCheck.Value", "false"}});
  EXPECT_EQ(attribute("sourceDestCheck")["SourceDestCheck"]["Value"], false);
  EXPECT_EQ(interface(id)["SourceDestCheck"], false);
  call("ResetNetworkInterfaceAttribute", {{"NetworkInterfaceId", id}, {"SourceDestCheck", ""}});
  EXPECT_EQ(attribute("sourceDestCheck")["SourceDestCheck"]["Value"], true);
  EXPECT_EQ(attribute("groupSet")["Groups"], interface(id)["Groups"]);
  EXPECT_FALSE(attribute("attachment").contains("Attachment"));
  EXPECT_EQ(attribute("associatePublicIpAddress")["AssociatePublicIpAddress"], true) << "copied from the subnet";
  modify({{"ConnectionTrackingSpecification.TcpEstablishedTimeout", "600"}});
  EXPECT_EQ(interface(id)["ConnectionTrackingConfiguration"]["TcpEstablishedTimeout"], 600);
}

TEST_F(Interfaces, ChangeOneAttributeAtATime) {
  const auto id = create_interface(default_subnet().subnet_id);
  const auto refuse_change = [&](std::string_view code, std::string_view message, Parameters parameters) {
    parameters.emplace_back("NetworkInterfaceId", id);
    refuse(code, message, "ModifyNetworkInterfaceAttribute", parameters);
  };
  refuse_change("InvalidParameterCombination", "No attributes specified.", {});
  refuse_change("InvalidParameterCombination",
                "Fields for multiple attribute types specified: sourceDestCheck, description",
                {{"Description.Value", "x"}, {"SourceDestCheck.Value", "false"}});
  refuse_change("InvalidParameterValue", "", {{"ConnectionTrackingSpecification.UdpTimeout", "10"}});
  refuse_change(
      "InvalidAttachmentID.NotFound", "",
      {{"Attachment.AttachmentId", "eni-attach-00000000000000001"}, {"Attachment.DeleteOnTermination", "true"}});
  refuse("InvalidParameterCombination", "No attributes specified.", "DescribeNetworkInterfaceAttribute",
         {{"NetworkInterfaceId", id}});
  refuse("InvalidParameterValue", "Value (invalid) for parameter attribute is invalid. Unknown attribute.",
         "DescribeNetworkInterfaceAttribute", {{"NetworkInterfaceId", id}, {"Attribute", "invalid"}});
  refuse("InvalidParameterCombination", "No attributes specified.", "ResetNetworkInterfaceAttribute",
         {{"NetworkInterfaceId", id}});
  refuse("InvalidRequest", "The request received was invalid.", "ResetNetworkInterfaceAttribute",
         {{"NetworkInterfaceId", id}, {"SourceDestCheck", "true"}, {"DryRun", "true"}});
  refuse("DryRunOperation", "", "ResetNetworkInterfaceAttribute", {{"NetworkInterfaceId", id}, {"DryRun", "true"}});
}

TEST_F(Interfaces, MayOutliveAnInstanceOrNot) {
  const auto instance_id = launch_running();
  const auto primary = primary_of(instance_id);
  call("ModifyNetworkInterfaceAttribute",
       {{"NetworkInterfaceId", primary},
        {"Attachment.AttachmentId", text_of(interface(primary)["Attachment"], "AttachmentId")},
        {"Attachment.DeleteOnTermination", "false"}});
  call("TerminateInstances", {{"InstanceId.1", instance_id}});
  settle();
  EXPECT_EQ(interface(primary)["Status"], "available");
}

TEST_F(Interfaces, GetAndLoseAPublicAddressByAttribute) {
  const auto instance_id = launch_running();
  const auto eni = primary_of(instance_id);
  const auto set = [&](const char* value) {
    call("ModifyNetworkInterfaceAttribute", {{"NetworkInterfaceId", eni}, {"AssociatePublicIpAddress", value}});
  };
  EXPECT_FALSE(public_ip_of(instance_id).empty());
  set("false");
  EXPECT_TRUE(public_ip_of(instance_id).empty());
  call("StopInstances", {{"InstanceId.1", instance_id}});
  settle();
  call("StartInstances", {{"InstanceId.1", instance_id}});
  settle();
  EXPECT_TRUE(public_ip_of(instance_id).empty()) << "nor does a start give one";
  set("true");
  EXPECT_FALSE(public_ip_of(instance_id).empty());
}

TEST_F(Interfaces, GroupsAreReplacedAsAWhole) {
  const auto subnet = default_subnet();
  const auto group = text_of(
      call("CreateSecurityGroup", {{"GroupName", "web"}, {"GroupDescription", "web"}, {"VpcId", subnet.vpc_id}}),
      "GroupId");
  const auto id = create_interface(subnet.subnet_id);
  call("ModifyNetworkInterfaceAttribute", {{"NetworkInterfaceId", id}, {"SecurityGroupId.1", group}});
  EXPECT_EQ(interface(id)["Groups"], Document::array({{{"GroupId", group}, {"GroupName", "web"}}}));
  EXPECT_EQ(call("DescribeNetworkInterfaces",
                 {{"Filter.1.Name", "group-id"}, {"Filter.1.Value.1", group}})["NetworkInterfaces"]
                .size(),
            1U);
  house.world().quotas.security_groups_per_interface = 0;
  refuse("SecurityGroupsPerInterfaceLimitExceeded",
         "The maximum number of security groups per interface has been reached.", "ModifyNetworkInterfaceAttribute",
         {{"NetworkInterfaceId", id}, {"SecurityGroupId.1", group}});
}

}  // namespace
}  // namespace fogling::test
