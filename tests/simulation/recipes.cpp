#include "tests/simulation/recipes.hpp"

namespace fogling::simulation {
namespace {

#define SUBNET_AND_GROUP "SubnetId?=$main-subnet SecurityGroupId.1?=$main-group"
#define TAGGED(type)                                                  \
  "TagSpecification.1.ResourceType?=" type                            \
  " TagSpecification.1.Tag.1.Key=Name|Team TagSpecification.1.Tag.1." \
  "Value=$new "

constexpr Recipe kRecipes[] = {
    // Instances
    {"RunInstances", 14,
     "ImageId=$image InstanceType=t3.micro|t3.micro|t3.micro|m5.large|t4g.nano MinCount=1 MaxCount=1..3 "
     "KeyName?=$key-name ClientToken?=$token " SUBNET_AND_GROUP},
    {"RunInstances", 4,
     "ImageId=$image InstanceType=t3.micro MinCount=1 MaxCount=1 BlockDeviceMapping.1.DeviceName=/dev/sdf|/dev/sdg "
     "BlockDeviceMapping.1.Ebs.VolumeSize=1..20 BlockDeviceMapping.1.Ebs.DeleteOnTermination?=true|false "
     "IamInstanceProfile.Name?=web DisableApiTermination?=true|false HibernationOptions.Configured?=true|false "
     "Monitoring.Enabled?=true|false " TAGGED("instance|volume|network-interface")},
    {"RunInstances", 4,
     "ImageId=$image InstanceType=t3.micro MinCount=1 MaxCount=1 NetworkInterface.1.DeviceIndex=0 "
     "NetworkInterface.1.NetworkInterfaceId=$free-interface"},
    {"RunInstances", 3,
     "ImageId=$image InstanceType=m5.large MinCount=1 MaxCount=1..2 NetworkInterface.1.DeviceIndex=0 "
     "NetworkInterface.1.SubnetId=$main-subnet NetworkInterface.1.SecurityGroupId.1?=$main-group "
     "NetworkInterface.1.AssociatePublicIpAddress?=true|false NetworkInterface.1.SecondaryPrivateIpAddressCount?=1..3 "
     "NetworkInterface.1.DeleteOnTermination?=true|false"},
    {"StartInstances", 10, "InstanceId.1=$stopped-instance|$instance"},
    {"StopInstances", 10, "InstanceId.1=$living-instance|$instance Force?=true|false Hibernate?=true|false"},
    {"RebootInstances", 2, "InstanceId.1=$instance InstanceId.2?=$instance"},
    {"TerminateInstances", 9, "InstanceId.1=$living-instance|$instance InstanceId.2?=$instance"},
    {"MonitorInstances", 2, "InstanceId.1=$instance"},
    {"UnmonitorInstances", 2, "InstanceId.1=$instance"},
    {"ModifyInstanceAttribute", 3,
     "InstanceId=$living-instance DisableApiTermination.Value=false DisableApiStop.Value?=false"},
    {"ModifyInstanceAttribute", 3,
     "InstanceId=$stopped-instance InstanceType.Value=t3.small|m5.large|t3.micro|t4g.nano"},
    {"ModifyInstanceAttribute", 2, "InstanceId=$instance GroupId.1=$main-group GroupId.2?=$security-group"},
    {"ModifyInstanceAttribute", 2,
     "InstanceId=$instance BlockDeviceMapping.1.DeviceName=/dev/sdf|/dev/xvda|/dev/sda1 "
     "BlockDeviceMapping.1.Ebs.DeleteOnTermination=true|false"},
    {"ModifyInstanceMetadataOptions", 2, "InstanceId=$instance HttpTokens?=required|optional HttpEndpoint?=enabled"},
    {"ModifyInstancePlacement", 1, "InstanceId=$stopped-instance Tenancy=dedicated|default|host"},
    {"ModifyInstanceCpuOptions", 1, "InstanceId=$stopped-instance CoreCount=1 ThreadsPerCore=1|2"},
    {"ModifyPrivateDnsNameOptions", 1, "InstanceId=$stopped-instance PrivateDnsHostnameType=ip-name|resource-name"},
    {"ModifyInstanceCapacityReservationAttributes", 1,
     "InstanceId=$stopped-instance CapacityReservationSpecification.CapacityReservationPreference=open|none"},
    {"ResetInstanceAttribute", 1, "InstanceId=$living-instance Attribute=sourceDestCheck"},
    {"GetPasswordData", 1, "InstanceId=$living-instance"},
    {"GetConsoleScreenshot", 1, "InstanceId=$living-instance"},
    {"ImportKeyPair", 1,
     "KeyName=$new "
     "PublicKeyMaterial="
     "c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTVBQUFBSUFBQkFnTUVCUVlIQ0FrS0N3d05EZzhRRVJJVEZCVVdGeGdaR2hzY0hSNGYgd2Fsa"
     "w=="},
    {"AssociateIamInstanceProfile", 3, "InstanceId=$living-instance IamInstanceProfile.Name=web|batch"},
    {"ReplaceIamInstanceProfileAssociation", 1,
     "AssociationId=$iam-instance-profile-association IamInstanceProfile.Name=web|batch"},
    {"DisassociateIamInstanceProfile", 2, "AssociationId=$iam-instance-profile-association"},
    {"DescribeInstances", 5, "InstanceId.1?=$instance"},
    {"DescribeInstanceStatus", 2, "InstanceId.1?=$instance IncludeAllInstances?=true"},
    {"CreateKeyPair", 2, "KeyName=$new KeyType=ed25519"},
    {"DeleteKeyPair", 1, "KeyName?=$key-name KeyPairId?=$key-pair"},

    // Volumes, snapshots, images
    {"CreateVolume", 7,
     "AvailabilityZone=$zone Size=1..50 VolumeType?=gp2|gp3|standard Encrypted?=true|false "
     "ClientToken?=$token " TAGGED("volume")},
    {"CreateVolume", 3, "AvailabilityZone=$zone SnapshotId=$snapshot VolumeType?=gp3"},
    {"CreateVolume", 2,
     "AvailabilityZone=$zone Size=10..50 VolumeType=io1|io2 Iops=100..500 MultiAttachEnabled=true|false"},
    {"AttachVolume", 9,
     "VolumeId=$free-volume|$volume InstanceId=$living-instance Device=/dev/sdf|/dev/sdg|/dev/sdh|/dev/sdi"},
    {"DetachVolume", 7, "VolumeId=$attached-volume InstanceId?=$instance Force?=true"},
    {"DeleteVolume", 4, "VolumeId=$free-volume|$volume"},
    {"ModifyVolume", 5, "VolumeId=$volume Size?=20..60 VolumeType?=gp3|gp2|io1|standard Iops?=3000..4000"},
    {"ModifyVolumeAttribute", 1, "VolumeId=$volume AutoEnableIO.Value=true|false"},
    {"DescribeVolumes", 3, "VolumeId.1?=$volume"},
    {"DescribeVolumesModifications", 2, "VolumeId.1?=$volume"},
    {"CreateSnapshot", 4, "VolumeId=$volume Description?=$new " TAGGED("snapshot")},
    {"CreateSnapshots", 2,
     "InstanceSpecification.InstanceId=$instance InstanceSpecification.ExcludeBootVolume?=true|false "
     "CopyTagsFromSource?=volume"},
    {"CopySnapshot", 2, "SourceRegion=us-east-1|eu-west-1 SourceSnapshotId=$snapshot Encrypted?=true|false"},
    {"ModifySnapshotAttribute", 2,
     "SnapshotId=$snapshot Attribute=createVolumePermission OperationType=add|remove UserId.1=$other-account"},
    {"DeleteSnapshot", 3, "SnapshotId=$snapshot"},
    {"DescribeSnapshots", 2, "Owner.1=self SnapshotId.1?=$snapshot"},
    {"CreateImage", 4, "InstanceId=$living-instance Name=$new NoReboot?=true|false " TAGGED("image|snapshot")},
    {"RegisterImage", 2,
     "Name=$new RootDeviceName=/dev/xvda Architecture=x86_64|arm64 VirtualizationType=hvm EnaSupport=true "
     "BlockDeviceMapping.1.DeviceName=/dev/xvda BlockDeviceMapping.1.Ebs.SnapshotId=$snapshot"},
    {"CopyImage", 2, "SourceRegion=us-east-1|eu-west-1 SourceImageId=$image Name=$new ClientToken?=$token"},
    {"ModifyImageAttribute", 2,
     "ImageId=$image LaunchPermission.Add.1.UserId?=$other-account LaunchPermission.Remove.1.Group?=all"},
    {"ResetImageAttribute", 1, "ImageId=$own-image Attribute=launchPermission"},
    {"EnableImageDeprecation", 1, "ImageId=$own-image DeprecateAt=2027-06-01T00:00:00Z"},
    {"DisableImageDeprecation", 1, "ImageId=$own-image"},
    {"EnableImageDeregistrationProtection", 1, "ImageId=$own-image WithCooldown?=true|false"},
    {"DisableImageDeregistrationProtection", 1, "ImageId=$own-image"},
    {"ModifyEbsDefaultKmsKeyId", 1, "KmsKeyId=alias/mine"},
    {"DisableImage", 1, "ImageId=$image"},
    {"EnableImage", 1, "ImageId=$image"},
    {"DeregisterImage", 2, "ImageId=$image DeleteAssociatedSnapshots?=true|false"},

    // Addresses and interfaces
    {"AllocateAddress", 5, "Domain?=vpc " TAGGED("elastic-ip")},
    {"AssociateAddress", 8,
     "AllocationId=$elastic-ip InstanceId=$living-instance|$instance AllowReassociation?=true|false"},
    {"AssociateAddress", 5, "AllocationId=$elastic-ip NetworkInterfaceId=$network-interface"},
    {"AssociateAddress", 2,
     "AllocationId=$elastic-ip NetworkInterfaceId=$network-interface PrivateIpAddress=$private-ip"},
    {"DisassociateAddress", 4, "AssociationId=$address-association"},
    {"ReleaseAddress", 3, "AllocationId=$elastic-ip"},
    {"ModifyAddressAttribute", 1, "AllocationId=$elastic-ip DomainName=host.example.com"},
    {"ResetAddressAttribute", 1, "AllocationId=$elastic-ip Attribute=domain-name"},
    {"EnableAddressTransfer", 2, "AllocationId=$elastic-ip TransferAccountId=$other-account"},
    {"DisableAddressTransfer", 1, "AllocationId=$elastic-ip"},
    {"AcceptAddressTransfer", 3, "Address=$offered-ip"},
    {"DescribeAddresses", 2, "AllocationId.1?=$elastic-ip"},
    {"CreateNetworkInterface", 6,
     "SubnetId=$main-subnet|$subnet SecurityGroupId.1?=$main-group Description?=$new "
     "SecondaryPrivateIpAddressCount?=1..3 ClientToken?=$token " TAGGED("network-interface")},
    {"CreateNetworkInterface", 1, "SubnetId=$main-subnet Ipv4PrefixCount=1"},
    {"AttachNetworkInterface", 6, "NetworkInterfaceId=$free-interface InstanceId=$living-instance DeviceIndex=1..2"},
    {"DetachNetworkInterface", 5, "AttachmentId=$attachment Force?=true|false"},
    {"DeleteNetworkInterface", 4, "NetworkInterfaceId=$free-interface|$network-interface"},
    {"AssignPrivateIpAddresses", 4,
     "NetworkInterfaceId=$network-interface SecondaryPrivateIpAddressCount=1..2 AllowReassignment?=true|false"},
    {"AssignPrivateIpAddresses", 2,
     "NetworkInterfaceId=$network-interface PrivateIpAddress.1=$private-ip AllowReassignment=true|false"},
    {"AssignPrivateIpAddresses", 1, "NetworkInterfaceId=$network-interface Ipv4PrefixCount=1"},
    {"UnassignPrivateIpAddresses", 3, "NetworkInterfaceId=$network-interface PrivateIpAddress.1=$private-ip"},
    {"ModifyNetworkInterfaceAttribute", 2,
     "NetworkInterfaceId=$network-interface SecurityGroupId.1=$main-group|$security-group"},
    {"ModifyNetworkInterfaceAttribute", 2,
     "NetworkInterfaceId=$network-interface Attachment.AttachmentId=$attachment "
     "Attachment.DeleteOnTermination=true|false"},
    {"DescribeNetworkInterfaces", 2, "NetworkInterfaceId.1?=$network-interface"},

    // Launches by template, group, host, market and fleet
    {"CreateLaunchTemplate", 3,
     "LaunchTemplateName=$new LaunchTemplateData.ImageId=$image LaunchTemplateData.InstanceType=t3.micro|m5.large "
     "LaunchTemplateData.SecurityGroupId.1?=$main-group " TAGGED("launch-template")},
    {"CreateLaunchTemplateVersion", 2,
     "LaunchTemplateId=$launch-template SourceVersion?=1..3 LaunchTemplateData.InstanceType=t3.small"},
    {"ModifyLaunchTemplate", 1, "LaunchTemplateId=$launch-template SetDefaultVersion=1..3"},
    {"DeleteLaunchTemplateVersions", 1, "LaunchTemplateId=$launch-template LaunchTemplateVersion.1=1..3"},
    {"RunInstances", 4, "LaunchTemplate.LaunchTemplateId=$launch-template MinCount=1 MaxCount=1 ImageId?=$image"},
    {"RunInstances", 3,
     "ImageId=$image InstanceType=m5.large MinCount=1 MaxCount=1..2 Placement.GroupId=$placement-group"},
    {"ModifyInstancePlacement", 2, "InstanceId=$stopped-instance GroupId=$placement-group"},
    {"CreatePlacementGroup", 2, "GroupName=$new Strategy=cluster|spread|partition"},
    {"DeletePlacementGroup", 1, "GroupName=$placement-group-name"},
    {"AllocateHosts", 2, "InstanceType=m5.large AvailabilityZone=$zone Quantity=1"},
    {"ReleaseHosts", 1, "HostId.1=$dedicated-host"},
    {"RunInstances", 2, "ImageId=$image InstanceType=m5.large MinCount=1 MaxCount=1 Placement.Tenancy=host"},
    {"RunInstances", 3,
     "ImageId=$image InstanceType=t3.micro|m5.large MinCount=1 MaxCount=1..2 InstanceMarketOptions.MarketType=spot "
     "InstanceMarketOptions.SpotOptions.SpotInstanceType?=one-time|persistent "
     "InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior=stop|terminate"},
    {"RequestSpotInstances", 3,
     "LaunchSpecification.ImageId=$image LaunchSpecification.InstanceType=t3.micro|m5.large InstanceCount?=1..2 "
     "Type?=persistent SpotPrice?=0.001|1"},
    {"CancelSpotInstanceRequests", 2, "SpotInstanceRequestId.1=$spot-instances-request"},
    {"CreateFleet", 3,
     "Type=maintain|request|instant "
     "LaunchTemplateConfigs.1.LaunchTemplateSpecification.LaunchTemplateId=$launch-template "
     "LaunchTemplateConfigs.1.LaunchTemplateSpecification.Version=1 "
     "TargetCapacitySpecification.TotalTargetCapacity=1..2 "
     "TargetCapacitySpecification.DefaultTargetCapacityType=spot|on-demand"},
    {"ModifyFleet", 1, "FleetId=$fleet TargetCapacitySpecification.TotalTargetCapacity=0..3"},
    {"DeleteFleets", 2, "FleetId.1=$fleet TerminateInstances=true|false"},
    {"CancelSpotFleetRequests", 1, "SpotFleetRequestId.1=$spot-fleet-request TerminateInstances=true|false"},
    {"CancelCapacityReservation", 1, "CapacityReservationId=$capacity-reservation"},

    // Groups
    {"CreateSecurityGroup", 5,
     "GroupName=$new GroupDescription=of-the-walk VpcId?=$vpc " TAGGED("security-group|security-group-rule")},
    {"DeleteSecurityGroup", 4, "GroupId=$security-group"},
    {"AuthorizeSecurityGroupIngress", 6,
     "GroupId=$security-group IpPermissions.1.IpProtocol=tcp|udp IpPermissions.1.FromPort=22..25 "
     "IpPermissions.1.ToPort=25..30 IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0/0|10.0.0.0/8 " TAGGED(
         "security-group-rule")},
    {"AuthorizeSecurityGroupIngress", 3,
     "GroupId=$security-group IpPermissions.1.IpProtocol=-1 IpPermissions.1.Groups.1.GroupId=$security-group"},
    {"AuthorizeSecurityGroupEgress", 2,
     "GroupId=$security-group IpPermissions.1.IpProtocol=tcp IpPermissions.1.FromPort=80..90 "
     "IpPermissions.1.ToPort=90..99 IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8"},
    {"RevokeSecurityGroupIngress", 3, "GroupId=$security-group SecurityGroupRuleId.1=$security-group-rule"},
    {"RevokeSecurityGroupEgress", 2, "GroupId=$security-group SecurityGroupRuleId.1=$security-group-rule"},
    {"ModifySecurityGroupRules", 2,
     "GroupId=$security-group SecurityGroupRule.1.SecurityGroupRuleId=$security-group-rule "
     "SecurityGroupRule.1.SecurityGroupRule.IpProtocol=tcp SecurityGroupRule.1.SecurityGroupRule.FromPort=1..9 "
     "SecurityGroupRule.1.SecurityGroupRule.ToPort=9 SecurityGroupRule.1.SecurityGroupRule.CidrIpv4=10.0.0.0/8"},

    {"UpdateSecurityGroupRuleDescriptionsIngress", 1,
     "GroupId=$security-group SecurityGroupRuleDescription.1.SecurityGroupRuleId=$security-group-rule "
     "SecurityGroupRuleDescription.1.Description=$new"},
    {"UpdateSecurityGroupRuleDescriptionsEgress", 1,
     "GroupId=$security-group SecurityGroupRuleDescription.1.SecurityGroupRuleId=$security-group-rule "
     "SecurityGroupRuleDescription.1.Description=$new"},

    // VPCs
    {"CreateVpc", 4, "CidrBlock=10.0.0.0/16|10.1.0.0/16|192.168.0.0/24 " TAGGED("vpc")},
    {"CreateSubnet", 5, "VpcId=$vpc CidrBlock=$block AvailabilityZone?=$zone " TAGGED("subnet")},
    {"ModifySubnetAttribute", 2, "SubnetId=$subnet MapPublicIpOnLaunch.Value=true|false"},
    {"ModifyVpcAttribute", 2, "VpcId=$vpc EnableDnsHostnames.Value=true|false"},
    {"CreateInternetGateway", 3, TAGGED("internet-gateway")},
    {"AttachInternetGateway", 4, "InternetGatewayId=$internet-gateway VpcId=$vpc"},
    {"DetachInternetGateway", 2, "InternetGatewayId=$internet-gateway VpcId=$vpc"},
    {"DeleteInternetGateway", 2, "InternetGatewayId=$internet-gateway"},
    {"CreateRouteTable", 3, "VpcId=$vpc " TAGGED("route-table")},
    {"AssociateRouteTable", 3, "RouteTableId=$route-table SubnetId=$subnet|$main-subnet"},
    {"ReplaceRouteTableAssociation", 2, "AssociationId=$route-table-association RouteTableId=$route-table"},
    {"DisassociateRouteTable", 2, "AssociationId=$route-table-association"},
    {"CreateRoute", 3,
     "RouteTableId=$route-table DestinationCidrBlock=0.0.0.0/0|10.9.0.0/16 GatewayId=$internet-gateway"},
    {"CreateRoute", 2,
     "RouteTableId=$route-table DestinationCidrBlock=10.8.0.0/16 NetworkInterfaceId=$network-interface"},
    {"ReplaceRoute", 2,
     "RouteTableId=$route-table DestinationCidrBlock=0.0.0.0/0|10.9.0.0/16 GatewayId=$internet-gateway"},
    {"DeleteRoute", 2, "RouteTableId=$route-table DestinationCidrBlock=0.0.0.0/0|10.9.0.0/16|10.8.0.0/16"},
    {"DeleteRouteTable", 2, "RouteTableId=$route-table"},
    {"DeleteSubnet", 3, "SubnetId=$subnet"},
    {"DeleteVpc", 3, "VpcId=$vpc"},
    {"CreateDefaultVpc", 1, ""},
    {"CreateDefaultSubnet", 1, "AvailabilityZone=$zone"},

    // Tags
    {"CreateTags", 5,
     "ResourceId.1=$instance|$volume|$vpc|$security-group|$network-interface|$elastic-ip|$snapshot|$image|$subnet "
     "ResourceId.2?=$security-group-rule|$key-pair|$internet-gateway|$route-table Tag.1.Key=Name|Team "
     "Tag.1.Value=$new"},
    {"DeleteTags", 3, "ResourceId.1=$tagged Tag.1.Key?=Name|Team"},
};

#undef SUBNET_AND_GROUP
#undef TAGGED

}  // namespace

std::span<const Recipe> recipes() { return kRecipes; }

}  // namespace fogling::simulation
