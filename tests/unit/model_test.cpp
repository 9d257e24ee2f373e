#include "fixtures/model/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "fixtures/model/model_names.hpp"

namespace fogling::model {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsSupersetOf;
using testing::Not;
using testing::UnorderedElementsAre;

const Operation& operation(std::string_view name) {
  const auto* found = find_operation(name);
  if (found == nullptr) throw std::out_of_range(std::string(name));
  return *found;
}

const Shape& shape(std::string_view name) {
  const auto* found = find_shape(name);
  if (found == nullptr) throw std::out_of_range(std::string(name));
  return *found;
}

const Member& member(const Shape& structure, std::string_view name) {
  const auto* found = find_member(structure, name);
  if (found == nullptr) throw std::out_of_range(std::string(name));
  return *found;
}

/// The member at a path of SDK names, lists seen through: `Filters.Name`.
const Member& at(const Shape& structure, std::string_view path) {
  const auto dot = path.find('.');
  const auto& first = member(structure, path.substr(0, dot));
  if (dot == std::string_view::npos) return first;
  const Shape* inner = first.shape;
  while (inner->type == Type::list) inner = inner->element->shape;
  return at(*inner, path.substr(dot + 1));
}

std::string_view wire_in(std::string_view operation_name, std::string_view path) {
  return at(*operation(operation_name).input, path).wire_in;
}

std::vector<std::string_view> first_names(const Shape& structure, std::size_t count) {
  std::vector<std::string_view> names;
  for (const auto& each : structure.members.first(count)) names.push_back(each.name);
  return names;
}

TEST(Model, KnowsTheApi) {
  EXPECT_EQ(api_version(), "2016-11-15");
  EXPECT_GE(operations().size(), 765U);
  EXPECT_TRUE(std::ranges::is_sorted(operations(), {}, &Operation::name));
  EXPECT_TRUE(std::ranges::equal(operations(), kOperationNames, {}, &Operation::name));
}

TEST(Model, FindsWhatItListsAndNothingElse) {
  for (const auto& each : operations()) {
    EXPECT_EQ(find_operation(each.name), &each);
    ASSERT_NE(each.input, nullptr);
    EXPECT_EQ(find_shape(each.input->name), each.input);
  }
  for (const auto* name : {"", "runinstances", "RunInstances ", "RunInstance", "DescribeNothing"}) {
    EXPECT_EQ(find_operation(name), nullptr) << name;
    EXPECT_EQ(find_shape(name), nullptr) << name;
  }
  EXPECT_EQ(find_member(shape("Instance"), "instanceId"), nullptr);
  EXPECT_EQ(find_member(shape("Instance"), ""), nullptr);
}

TEST(Model, AnswersOnlyTrueWhereThereIsNoOutput) {
  const auto without = std::ranges::count(operations(), nullptr, &Operation::output);
  EXPECT_GE(without, 53);
  EXPECT_EQ(operation("DeleteVpc").output, nullptr);
  EXPECT_NE(operation("DeleteSecurityGroup").output, nullptr);
}

TEST(Model, NamesParametersAsTheyAreOnTheWire) {
  EXPECT_EQ(wire_in("DescribeInstances", "InstanceIds"), "InstanceId");
  EXPECT_EQ(wire_in("DescribeInstances", "Filters"), "Filter");
  EXPECT_EQ(wire_in("DescribeInstances", "Filters.Name"), "Name");
  EXPECT_EQ(wire_in("DescribeInstances", "Filters.Values"), "Value");
  EXPECT_EQ(wire_in("RunInstances", "BlockDeviceMappings.Ebs.VolumeSize"), "VolumeSize");
  EXPECT_EQ(wire_in("RunInstances", "TagSpecifications.Tags"), "Tag");
  EXPECT_EQ(wire_in("RunInstances", "DryRun"), "DryRun");
  EXPECT_EQ(wire_in("RunInstances", "ClientToken"), "ClientToken");
  EXPECT_EQ(wire_in("CreateTags", "Resources"), "ResourceId");
  EXPECT_EQ(wire_in("CreateSecurityGroup", "Description"), "GroupDescription");
  EXPECT_EQ(wire_in("CreateNetworkInterface", "Groups"), "SecurityGroupId");
  EXPECT_EQ(wire_in("RunInstances", "NetworkInterfaces.Groups"), "SecurityGroupId");
  EXPECT_EQ(wire_in("ModifyInstanceAttribute", "Groups"), "GroupId");
  EXPECT_EQ(wire_in("AuthorizeSecurityGroupIngress", "IpPermissions.UserIdGroupPairs"), "Groups");
  EXPECT_EQ(wire_in("AuthorizeSecurityGroupIngress", "IpPermissions.IpRanges.CidrIp"), "CidrIp");
  EXPECT_EQ(wire_in("DescribeImages", "ExecutableUsers"), "ExecutableBy");
  EXPECT_EQ(wire_in("DescribeSnapshots", "OwnerIds"), "Owner");
  EXPECT_EQ(wire_in("DescribeSnapshots", "RestorableByUserIds"), "RestorableBy");
  EXPECT_EQ(wire_in("ModifySnapshotAttribute", "GroupNames"), "UserGroup");
  EXPECT_EQ(wire_in("DescribeLaunchTemplateVersions", "Versions"), "LaunchTemplateVersion");
  EXPECT_EQ(wire_in("ModifyLaunchTemplate", "DefaultVersion"), "SetDefaultVersion");
  EXPECT_EQ(wire_in("CreateNetworkAclEntry", "IcmpTypeCode"), "Icmp");
  EXPECT_EQ(wire_in("ReportInstanceStatus", "Instances"), "InstanceId");
  EXPECT_EQ(wire_in("RequestSpotFleet", "SpotFleetRequestConfig.LaunchSpecifications.NetworkInterfaces"),
            "NetworkInterfaceSet");
}

TEST(Model, PrefersTheQueryNameWhereThereIsOne) {
  const auto& addresses = at(*operation("RunInstances").input, "NetworkInterfaces.PrivateIpAddresses");
  EXPECT_EQ(addresses.wire_in, "PrivateIpAddresses");
  EXPECT_EQ(addresses.wire_out, "privateIpAddressesSet");
}

TEST(Model, NamesAnswersAsTheyAreOnTheWire) {
  EXPECT_EQ(at(*operation("DescribeInstances").output, "Reservations").wire_out, "reservationSet");
  EXPECT_EQ(at(*operation("DescribeInstances").output, "Reservations.Instances").wire_out, "instancesSet");
  const auto& instance = shape("Instance");
  EXPECT_EQ(member(instance, "PublicIpAddress").wire_out, "ipAddress");
  EXPECT_EQ(member(instance, "PublicDnsName").wire_out, "dnsName");
  EXPECT_EQ(member(instance, "StateTransitionReason").wire_out, "reason");
  EXPECT_EQ(member(instance, "BlockDeviceMappings").wire_out, "blockDeviceMapping");
  EXPECT_EQ(member(instance, "Tags").shape->element->wire_out, "item");
  EXPECT_EQ(member(shape("NetworkAcl"), "IsDefault").wire_out, "default");
}

TEST(Model, TellsElementsOfListsFromStructures) {
  for (const auto& each : operations()) {
    for (const auto& input : each.input->members) {
      const auto& type = *input.shape;
      EXPECT_EQ(type.type == Type::list, type.element != nullptr) << type.name;
      if (type.element == nullptr) continue;
      EXPECT_FALSE(type.element->wire_out.empty()) << type.name;
    }
  }
}

TEST(Model, KnowsTypesValuesAndRanges) {
  EXPECT_EQ(at(*operation("RunInstances").input, "MinCount").shape->type, Type::integer);
  EXPECT_TRUE(at(*operation("RunInstances").input, "MinCount").required);
  EXPECT_FALSE(at(*operation("RunInstances").input, "KeyName").required);
  EXPECT_TRUE(at(*operation("RunInstances").input, "ClientToken").idempotency_token);
  EXPECT_EQ(at(*operation("ImportKeyPair").input, "PublicKeyMaterial").shape->type, Type::blob);
  EXPECT_EQ(member(shape("Instance"), "LaunchTime").shape->type, Type::timestamp);
  EXPECT_EQ(member(shape("ProcessorInfo"), "SustainedClockSpeedInGhz").shape->type, Type::real);
  EXPECT_THAT(shape("Tenancy").values, UnorderedElementsAre("default", "dedicated", "host"));
  const auto& page = *at(*operation("DescribeVpcs").input, "MaxResults").shape;
  EXPECT_EQ(page.min, 5);
  EXPECT_EQ(page.max, 1000);
  EXPECT_FALSE(shape("String").max.has_value());
}

TEST(Model, WritesInstancesInTheOrderOfEc2) {
  EXPECT_THAT(first_names(shape("Instance"), 6), ElementsAre("InstanceId", "ImageId", "State", "PrivateDnsName",
                                                             "PublicDnsName", "StateTransitionReason"));
  EXPECT_THAT(first_names(shape("Reservation"), 4), ElementsAre("ReservationId", "OwnerId", "Groups", "Instances"));
  EXPECT_THAT(first_names(shape("Volume"), 3), ElementsAre("VolumeId", "Size", "SnapshotId"));
  EXPECT_THAT(first_names(shape("Image"), 2), ElementsAre("ImageId", "ImageLocation"));
  EXPECT_THAT(first_names(shape("Tag"), 2), ElementsAre("Key", "Value"));
  EXPECT_EQ(operation("DescribeSecurityGroups").output->members.back().name, "NextToken");
}

TEST(Model, WritesRulesOneWayWhenTheyAreMadeAndAnotherWhenDescribed) {
  const auto rule_of = [](std::string_view name) -> const Shape& {
    return *at(*operation(name).output, "SecurityGroupRules").shape->element->shape;
  };
  EXPECT_EQ(&rule_of("DescribeSecurityGroupRules"), &shape("SecurityGroupRule"));
  EXPECT_TRUE(std::ranges::is_sorted(shape("SecurityGroupRule").members, {}, &Member::wire_out));
  for (const auto* name : {"AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress"}) {
    EXPECT_EQ(rule_of(name).name, "SecurityGroupRule");
    EXPECT_EQ(rule_of(name).members.size(), shape("SecurityGroupRule").members.size());
    EXPECT_THAT(first_names(rule_of(name), 3), ElementsAre("GroupOwnerId", "GroupId", "SecurityGroupRuleId"));
    EXPECT_THAT(first_names(*member(rule_of(name), "ReferencedGroupInfo").shape, 2), ElementsAre("UserId", "GroupId"));
  }
}

TEST(Model, HasWhatEc2WritesBesideItsModel) {
  EXPECT_EQ(member(shape("InstanceMetadataOptionsResponse"), "HttpProtocolIpv4").wire_out, "httpProtocolIpv4");
  EXPECT_EQ(member(shape("NetworkInterfaceAssociation"), "NatEnabled").wire_out, "natEnabled");
  EXPECT_THAT(first_names(shape("CreateSecurityGroupResult"), 2), ElementsAre("Return", "GroupId"));
}

TEST(Model, KnowsFilters) {
  EXPECT_THAT(operation("DescribeInstances").filters,
              IsSupersetOf({"instance-state-name", "tag:*", "tag-key", "block-device-mapping.volume-id"}));
  EXPECT_THAT(operation("DescribeInstanceStatus").filters, Not(Contains("tag:*")));
  EXPECT_THAT(operation("DescribeSubnets").filters, IsSupersetOf({"availabilityZone", "defaultForAz", "cidr"}));
  EXPECT_THAT(operation("DescribeVpcs").filters, IsSupersetOf({"is-default", "isDefault", "cidr-block"}));
  EXPECT_THAT(operation("DescribeNatGateways").filters, Contains("nat-gateway-id"));
  EXPECT_TRUE(operation("RunInstances").filters.empty());
}

TEST(Model, KnowsFiltersAsTheyWereRecorded) {
  const auto filters = operation("DescribeVolumesModifications").filters;
  EXPECT_THAT(filters, IsSupersetOf({"target-multi-attach-enabled", "original-multi-attach-enabled"}));
  EXPECT_THAT(filters, Not(Contains("targetMultiAttachEnabled")));
  EXPECT_THAT(operation("DescribeKeyPairs").filters, Not(Contains("key-type")));
}

TEST(Model, TakesValuesOfFiltersForNoFilters) {
  EXPECT_THAT(operation("DescribeCapacityReservations").filters, Not(Contains("expired")));
}

TEST(Model, KnowsWhatCanBeTagged) {
  EXPECT_THAT(operation("RunInstances").taggable,
              UnorderedElementsAre("instance", "volume", "network-interface", "spot-instances-request", "elastic-gpu"));
  EXPECT_THAT(operation("CreateImage").taggable, UnorderedElementsAre("image", "snapshot"));
  EXPECT_THAT(operation("AllocateAddress").taggable, ElementsAre("elastic-ip"));
  EXPECT_THAT(operation("CreateNatGateway").taggable, ElementsAre("natgateway"));
  EXPECT_THAT(operation("AuthorizeSecurityGroupIngress").taggable, ElementsAre("security-group-rule"));
  EXPECT_TRUE(operation("DescribeInstances").taggable.empty());
}

TEST(Model, KnowsEveryTagSpecification) {
  for (const auto& each : operations()) {
    const bool takes_tags = std::ranges::any_of(
        each.input->members, [](const Member& input) { return input.shape->name == "TagSpecificationList"; });
    EXPECT_EQ(takes_tags, !each.taggable.empty()) << each.name;
  }
}

TEST(Model, KnowsPages) {
  const auto* pages = operation("DescribeInstances").paginator;
  ASSERT_NE(pages, nullptr);
  EXPECT_EQ(pages->input_token, "NextToken");
  EXPECT_EQ(pages->output_token, "NextToken");
  EXPECT_EQ(pages->limit_key, "MaxResults");
  EXPECT_EQ(pages->items, "Reservations");
  EXPECT_EQ(operation("DescribeAddresses").paginator, nullptr);
  EXPECT_TRUE(operation("DescribeReservedInstancesModifications").paginator->limit_key.empty());
}

}  // namespace
}  // namespace fogling::model
