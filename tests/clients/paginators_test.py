#!/usr/bin/env python3
"""Every paginator that clients know of EC2: an empty account has an empty list, and one with more than a page is read
to its end, each thing once. The paginators are botocore's, which are those of the AWS CLI."""

import datetime
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "sdk"))

import real_clients  # noqa: E402
from fogling_client import UBUNTU_NAME, UBUNTU_OWNER, Server, main, operations  # noqa: E402

try:
    import boto3
    from botocore import xform_name
    from botocore.config import Config
except ImportError:
    boto3 = None

REGION = "eu-west-1"
ZONE = REGION + "a"
NOW = datetime.datetime.now(datetime.timezone.utc)
COUNT, PAGE = 7, 5  # most operations give no fewer than five a page


class Sizes:
    """What fills more than a page: a method for each paginator, which makes it and gives the words to ask by."""

    def __init__(self, ec2):
        self.ec2 = ec2

    def each(self, make):
        return [make(number) for number in range(COUNT)]

    def vpcs(self):
        return self.each(lambda n: self.ec2.create_vpc(CidrBlock=f"10.{n}.0.0/16")["Vpc"]["VpcId"])

    def subnets(self):
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        return self.each(
            lambda n: self.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24")["Subnet"]["SubnetId"]
        )

    def default_subnet(self):
        return self.ec2.describe_subnets()["Subnets"][0]["SubnetId"]

    def volumes(self):
        return self.each(lambda n: self.ec2.create_volume(AvailabilityZone=ZONE, Size=1)["VolumeId"])

    def instances(self):
        found = self.ec2.describe_images(Owners=[UBUNTU_OWNER], Filters=[{"Name": "name", "Values": [UBUNTU_NAME]}])
        image = found["Images"][0]["ImageId"]
        return self.each(
            lambda n: self.ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1)[
                "Instances"
            ][0]["InstanceId"]
        )

    def transit_gateway(self):
        return self.ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]

    def ipam(self):
        return self.ec2.create_ipam()["Ipam"]

    describe_vpcs = vpcs
    describe_subnets = subnets
    describe_route_tables = vpcs
    describe_network_acls = vpcs
    describe_security_groups = vpcs
    describe_security_group_rules = vpcs
    describe_volumes = volumes
    describe_volume_status = volumes
    describe_instances = instances
    describe_instance_status = instances
    describe_instance_credit_specifications = instances
    describe_instance_image_metadata = instances
    describe_network_interfaces = instances

    def describe_volumes_modifications(self):
        for volume in self.volumes():
            self.ec2.modify_volume(VolumeId=volume, Size=2)

    def describe_snapshots(self):
        volume = self.ec2.create_volume(AvailabilityZone=ZONE, Size=1)["VolumeId"]
        self.each(lambda n: self.ec2.create_snapshot(VolumeId=volume))
        return {"OwnerIds": ["self"]}

    def describe_images(self):
        volume = self.ec2.create_volume(AvailabilityZone=ZONE, Size=1)["VolumeId"]
        snapshot = self.ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
        devices = [{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": snapshot}}]
        self.each(
            lambda n: self.ec2.register_image(
                Name=f"image {n}", RootDeviceName="/dev/sda1", BlockDeviceMappings=devices, VirtualizationType="hvm"
            )
        )
        return {"Owners": ["self"]}

    def describe_tags(self):
        for vpc in self.vpcs():
            self.ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": vpc}])

    def describe_internet_gateways(self):
        self.each(lambda n: self.ec2.create_internet_gateway())

    def describe_egress_only_internet_gateways(self):
        vpcs = self.vpcs()
        self.each(lambda n: self.ec2.create_egress_only_internet_gateway(VpcId=vpcs[n]))

    def describe_carrier_gateways(self):
        vpcs = self.vpcs()
        self.each(lambda n: self.ec2.create_carrier_gateway(VpcId=vpcs[n]))

    def describe_nat_gateways(self):
        subnet = self.default_subnet()
        self.each(lambda n: self.ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private"))

    def describe_dhcp_options(self):
        self.each(
            lambda n: self.ec2.create_dhcp_options(
                DhcpConfigurations=[{"Key": "domain-name", "Values": [f"n{n}.example"]}]
            )
        )

    def prefix_list(self, n=0, entries=1):
        return self.ec2.create_managed_prefix_list(
            PrefixListName=f"list-{n}",
            MaxEntries=20,
            AddressFamily="IPv4",
            Entries=[{"Cidr": f"10.{number}.0.0/16"} for number in range(entries)],
        )["PrefixList"]["PrefixListId"]

    def describe_managed_prefix_lists(self):
        self.each(self.prefix_list)

    def get_managed_prefix_list_entries(self):
        return {"PrefixListId": self.prefix_list(entries=COUNT)}

    def describe_launch_templates(self):
        self.each(
            lambda n: self.ec2.create_launch_template(
                LaunchTemplateName=f"template-{n}", LaunchTemplateData={"InstanceType": "t3.micro"}
            )
        )

    def describe_launch_template_versions(self):
        data = {"InstanceType": "t3.micro"}
        self.ec2.create_launch_template(LaunchTemplateName="template", LaunchTemplateData=data)
        self.each(
            lambda n: self.ec2.create_launch_template_version(LaunchTemplateName="template", LaunchTemplateData=data)
        )
        return {"LaunchTemplateName": "template"}

    def describe_addresses_attribute(self):
        addresses = self.each(lambda n: self.ec2.allocate_address()["AllocationId"])
        for each in addresses:
            self.ec2.modify_address_attribute(AllocationId=each, DomainName="host.example.com")
        return {"Attribute": "domain-name"}

    def describe_address_transfers(self):
        for each in self.each(lambda n: self.ec2.allocate_address()["AllocationId"]):
            self.ec2.enable_address_transfer(AllocationId=each, TransferAccountId="210987654321")

    def describe_capacity_reservations(self):
        self.each(
            lambda n: self.ec2.create_capacity_reservation(
                InstanceType="t3.micro", InstancePlatform="Linux/UNIX", AvailabilityZone=ZONE, InstanceCount=1
            )
        )

    def describe_hosts(self):
        self.ec2.allocate_hosts(InstanceType="m5.large", AvailabilityZone=ZONE, Quantity=COUNT)

    def describe_vpc_peering_connections(self):
        vpcs = self.vpcs()
        home = self.ec2.create_vpc(CidrBlock="10.100.0.0/16")["Vpc"]["VpcId"]
        self.each(lambda n: self.ec2.create_vpc_peering_connection(VpcId=home, PeerVpcId=vpcs[n]))

    def describe_vpc_endpoints(self):
        service = f"com.amazonaws.{REGION}.s3"
        vpcs = self.vpcs()
        self.each(lambda n: self.ec2.create_vpc_endpoint(VpcId=vpcs[n], ServiceName=service))

    def describe_flow_logs(self):
        for vpc in self.vpcs():
            self.ec2.create_flow_logs(
                ResourceIds=[vpc],
                ResourceType="VPC",
                TrafficType="ALL",
                LogDestinationType="s3",
                LogDestination="arn:aws:s3:::logs",
            )

    def describe_traffic_mirror_filters(self):
        self.each(lambda n: self.ec2.create_traffic_mirror_filter())

    def describe_transit_gateways(self):
        self.each(lambda n: self.transit_gateway())

    def describe_transit_gateway_route_tables(self):
        gateway = self.transit_gateway()
        self.ec2.describe_transit_gateways()
        self.each(lambda n: self.ec2.create_transit_gateway_route_table(TransitGatewayId=gateway))

    def attached_vpcs(self):
        gateway = self.transit_gateway()
        self.ec2.describe_transit_gateways()
        vpcs = self.vpcs()

        def attach(n):
            subnet = self.ec2.create_subnet(VpcId=vpcs[n], CidrBlock=f"10.{n}.0.0/24")["Subnet"]["SubnetId"]
            self.ec2.create_transit_gateway_vpc_attachment(
                TransitGatewayId=gateway, VpcId=vpcs[n], SubnetIds=[subnet]
            )

        self.each(attach)
        self.ec2.describe_transit_gateway_vpc_attachments()
        return self.ec2.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"][0]

    def describe_transit_gateway_attachments(self):
        self.attached_vpcs()

    describe_transit_gateway_vpc_attachments = describe_transit_gateway_attachments

    def get_transit_gateway_route_table_associations(self):
        return {"TransitGatewayRouteTableId": self.attached_vpcs()["TransitGatewayRouteTableId"]}

    get_transit_gateway_route_table_propagations = get_transit_gateway_route_table_associations

    def search_transit_gateway_routes(self):
        return {
            "TransitGatewayRouteTableId": self.attached_vpcs()["TransitGatewayRouteTableId"],
            "Filters": [{"Name": "type", "Values": ["propagated"]}],
        }

    def describe_ipam_pools(self):
        scope = self.ipam()["PrivateDefaultScopeId"]
        self.ec2.describe_ipams()
        self.each(lambda n: self.ec2.create_ipam_pool(IpamScopeId=scope, AddressFamily="ipv4"))

    def describe_ipam_scopes(self):
        made = self.ipam()["IpamId"]
        self.ec2.describe_ipams()
        self.each(lambda n: self.ec2.create_ipam_scope(IpamId=made))

    def describe_network_insights_paths(self):
        source, *others = self.instances()
        for destination in [*others, source]:
            other = others[0] if destination == source else destination
            self.ec2.create_network_insights_path(Source=source, Destination=other, Protocol="tcp")

    def get_security_groups_for_vpc(self):
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.each(lambda n: self.ec2.create_security_group(GroupName=f"group-{n}", Description="made", VpcId=vpc))
        return {"VpcId": vpc}

    def describe_spot_instance_requests(self):
        found = self.ec2.describe_images(Owners=[UBUNTU_OWNER], Filters=[{"Name": "name", "Values": [UBUNTU_NAME]}])
        specification = {"ImageId": found["Images"][0]["ImageId"], "InstanceType": "t3.micro"}
        self.ec2.request_spot_instances(InstanceCount=COUNT, LaunchSpecification=specification)

    # What is there without anybody's doing.

    def describe_instance_types(self):
        return {"Filters": [{"Name": "instance-type", "Values": ["t3*"]}]}

    describe_instance_type_offerings = describe_instance_types

    def describe_spot_price_history(self):
        return {"InstanceTypes": ["t3.micro"], "ProductDescriptions": ["Linux/UNIX"]}

    def describe_reserved_instances_offerings(self):
        return {"InstanceType": "t3.micro", "ProductDescription": "Linux/UNIX"}

    def get_instance_types_from_instance_requirements(self):
        return {
            "ArchitectureTypes": ["x86_64"],
            "VirtualizationTypes": ["hvm"],
            "InstanceRequirements": {"VCpuCount": {"Min": 96}, "MemoryMiB": {"Min": 1}},
        }


# What a list is asked of where it has to be said and nothing has been made for it above.
ABOUT = {
    "describe_launch_template_versions": {"Versions": ["$Latest"]},
    "get_aws_network_performance_data": {
        "DataQueries": [
            {
                "Id": "latency",
                "Source": REGION,
                "Destination": "us-east-1",
                "Metric": "aggregate-latency",
                "Statistic": "p50",
                "Period": "five-minutes",
            }
        ],
        "StartTime": NOW - datetime.timedelta(hours=1),
        "EndTime": NOW,
    },
    "describe_capacity_block_offerings": {"CapacityDurationHours": 24, "InstanceType": "p5.48xlarge", "InstanceCount": 1},
    "describe_capacity_reservation_billing_requests": {"Role": "odcr-owner"},
}


@unittest.skipIf(boto3 is None, "there is no boto3 on this machine")
class Paginators(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        real_clients.boto3_environment(cls, REGION)
        cls.server = Server("--quotas", "none")
        cls.addClassCleanup(cls.server.kill)
        options = {"endpoint_url": cls.server.endpoint, "config": Config(retries={"total_max_attempts": 1})}
        cls.ec2 = boto3.Session(region_name=REGION).client("ec2", **options)
        built = {each["name"] for each in operations(cls.server.client)}
        model = cls.ec2.meta.service_model
        cls.operations = {
            xform_name(name): model.operation_model(name)
            for name in model.operation_names
            if name in built and cls.ec2.can_paginate(xform_name(name))
        }

    def reset(self):
        self.assertEqual(200, self.server.client.sim("reset", {}).status)

    def listed(self, name, **words):
        """The pages, as one list for each result."""
        paginator = self.ec2.get_paginator(name)
        pages = list(paginator.paginate(**words))
        return [
            [each for page in pages for each in (key.search(page) or [])] for key in paginator.result_keys
        ], pages

    def test_an_empty_account(self):
        self.reset()
        asked = 0
        for name, operation in self.operations.items():
            required = set(operation.input_shape.required_members) - {"MaxResults"}
            if required - set(ABOUT.get(name, {})):
                continue
            words = {**ABOUT.get(name, {}), "PaginationConfig": {"MaxItems": 1000}}
            if "MaxResults" in operation.input_shape.required_members:
                words["PaginationConfig"]["PageSize"] = 10
            with self.subTest(name):
                _, pages = self.listed(name, **words)
                self.assertTrue(pages)
                for page in pages:  # the list is there, be it empty
                    for key in self.ec2.get_paginator(name).result_keys:
                        self.assertIsInstance(key.search(page), list, key.expression)
            asked += 1
        print(f"{asked} of {len(self.operations)} paginators asked of an empty account")

    def test_more_than_a_page(self):
        filled = 0
        for name in self.operations:
            if not hasattr(Sizes, name):
                continue
            with self.subTest(name):
                self.reset()
                words = getattr(Sizes(self.ec2), name)()
                words = words if isinstance(words, dict) else {}
                whole, _ = self.listed(name, **words)
                least = self.operations[name].input_shape.members["MaxResults"].metadata.get("min") or PAGE
                paged, pages = self.listed(name, **words, PaginationConfig={"PageSize": max(PAGE, least)})
                self.assertGreater(len(pages), 1)
                self.assertGreaterEqual(sum(map(len, whole)), COUNT)
                self.assertEqual(whole, paged)
                filled += 1
        print(f"{filled} of {len(self.operations)} paginators read over several pages")


if __name__ == "__main__":
    if boto3 is None:
        real_clients.skip("there is no boto3 on this machine")
    main()
