/// Calls as lines for the AWS CLI.

#include "api/aws_line.hpp"

#include <gtest/gtest.h>

namespace fogling::api {
namespace {

TEST(AwsLine, NamesAreTheCli) {
  // As botocore's xform_name has them.
  for (const auto& [name, expected] : std::vector<std::pair<std::string, std::string>>{
           {"DescribeVpcs", "describe-vpcs"},
           {"CidrIpv6", "cidr-ipv6"},
           {"Ipv6CidrBlock", "ipv6-cidr-block"},
           {"DescribeNetworkInterfaceAttribute", "describe-network-interface-attribute"},
           {"EbsOptimized", "ebs-optimized"},
           {"DryRun", "dry-run"},
           {"AllocateIpamPoolCidr", "allocate-ipam-pool-cidr"},
           {"ResourceARNs", "resource-arns"},
           {"GetVpnConnectionDeviceSampleConfiguration", "get-vpn-connection-device-sample-configuration"},
           {"DisableDnsSupport", "disable-dns-support"},
           {"S3Storage", "s3-storage"}}) {
    EXPECT_EQ(kebab(name), expected);
  }
}

std::string line_of(const char* operation, const char* in, std::string_view region = {}) {
  return aws_line(*model::find_operation(operation), Document::parse(in), region);
}

TEST(AwsLine, ValuesAreWordsOfAShell) {
  EXPECT_EQ(line_of("DescribeInstances", R"({"InstanceIds": ["i-1", "i-2"]})"),
            "aws ec2 describe-instances --instance-ids i-1 i-2");
  EXPECT_EQ(line_of("CreateSecurityGroup", R"({"GroupName": "web", "Description": "the lecturer's"})"),
            "aws ec2 create-security-group --description 'the lecturer'\\''s' --group-name web");
  EXPECT_EQ(line_of("DescribeVpcs", R"({"Filters": [{"Name": "is-default", "Values": ["true"]}]})", "eu-west-1"),
            "aws ec2 describe-vpcs --region eu-west-1 --filters Name=is-default,Values=true");
  EXPECT_EQ(line_of("DescribeVpcs", R"({"DryRun": true})"), "aws ec2 describe-vpcs --dry-run");
}

TEST(AwsLine, WhatTheCliHasOtherwiseIsSaidItsWay) {
  EXPECT_EQ(line_of("RunInstances", R"({"ImageId": "ami-1", "MinCount": 1, "MaxCount": 3, "ClientToken": "x"})"),
            "aws ec2 run-instances --image-id ami-1 --count 1:3");
  EXPECT_EQ(line_of("ModifyInstanceAttribute", R"({"InstanceId": "i-1", "SourceDestCheck": {"Value": false}})"),
            "aws ec2 modify-instance-attribute --no-source-dest-check --instance-id i-1");
  EXPECT_EQ(line_of("DeleteNetworkAclEntry", R"({"NetworkAclId": "acl-1", "RuleNumber": 5, "Egress": false})"),
            "aws ec2 delete-network-acl-entry --network-acl-id acl-1 --rule-number 5 --ingress");
}

TEST(AwsLine, WhatIsNestedIsJson) {
  EXPECT_EQ(line_of("CreateTags", R"({"Resources": ["i-1"], "Tags": [{"Key": "a b", "Value": ""}]})"),
            "aws ec2 create-tags --resources i-1 --tags '[{\"Key\":\"a b\",\"Value\":\"\"}]'");
}

}  // namespace
}  // namespace fogling::api
