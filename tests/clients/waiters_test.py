#!/usr/bin/env python3
"""Every waiter that clients know of EC2: it waits while the state is another, and ends when the state is reached.

The clock is moved by hand. botocore's waiters, which are those of the AWS CLI, look once before it is moved; the CLI
itself looks afterwards where it is on the machine. A waiter that a newer botocore has is asked for by name."""

import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "sdk"))

import real_clients  # noqa: E402
from fogling_client import UBUNTU_NAME, UBUNTU_OWNER, Server, main  # noqa: E402

try:
    import boto3
    from botocore import xform_name
    from botocore.config import Config
    from botocore.exceptions import WaiterError
except ImportError:
    boto3 = None

REGION = "eu-west-1"
ZONE = REGION + "a"

# No machine stands behind an instance, so no Windows ever makes a password; a conversion ends as completed or cancelled;
# only instances whose root is in the instance store are bundled, and there are none.
NEVER = {"bundle_task_complete", "conversion_task_deleted", "password_data_available"}


def kebab(name):
    return name.replace("_", "-")


class Account:
    """What the cases make, and by which words they then wait for it."""

    def __init__(self, ec2, idle):
        self.ec2, self.idle = ec2, idle

    def image(self):
        found = self.ec2.describe_images(Owners=[UBUNTU_OWNER], Filters=[{"Name": "name", "Values": [UBUNTU_NAME]}])
        return max(found["Images"], key=lambda image: image["CreationDate"])["ImageId"]

    def instance(self):
        made = self.ec2.run_instances(ImageId=self.image(), InstanceType="t3.micro", MinCount=1, MaxCount=1)
        return made["Instances"][0]["InstanceId"]

    def settled_instance(self):
        made = self.instance()
        self.idle()
        return made

    def volume(self):
        return self.ec2.create_volume(AvailabilityZone=ZONE, Size=1, VolumeType="gp3")["VolumeId"]

    def settled_volume(self):
        made = self.volume()
        self.idle()
        return made

    def snapshot(self):
        return self.ec2.create_snapshot(VolumeId=self.settled_volume())["SnapshotId"]

    def own_image(self):
        return self.ec2.create_image(InstanceId=self.settled_instance(), Name="made")["ImageId"]

    def settled_image(self):
        made = self.own_image()
        self.idle()
        return made

    def vpc(self, block="10.7.0.0/16"):
        return self.ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"]

    def subnet(self):
        return self.ec2.create_subnet(VpcId=self.vpc(), CidrBlock="10.7.1.0/24")["Subnet"]["SubnetId"]

    def nat_gateway(self):
        subnet = self.subnet()
        self.idle()
        return self.ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]

    def customer_gateway(self):
        made = self.ec2.create_customer_gateway(Type="ipsec.1", BgpAsn=65000, PublicIp="198.51.100.7")
        return made["CustomerGateway"]["CustomerGatewayId"]

    def vpn_connection(self):
        customer = self.customer_gateway()
        gateway = self.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
        self.idle()
        made = self.ec2.create_vpn_connection(Type="ipsec.1", CustomerGatewayId=customer, VpnGatewayId=gateway)
        return made["VpnConnection"]["VpnConnectionId"]

    def peering(self):
        made = self.ec2.create_vpc_peering_connection(VpcId=self.vpc(), PeerVpcId=self.vpc("10.8.0.0/16"))
        return made["VpcPeeringConnection"]["VpcPeeringConnectionId"]

    def associated_group(self):
        home, other = self.vpc(), self.vpc("10.8.0.0/16")
        self.idle()
        group = self.ec2.create_security_group(GroupName="shared", Description="shared", VpcId=home)["GroupId"]
        self.ec2.associate_security_group_vpc(GroupId=group, VpcId=other)
        return group, other

    def import_snapshot(self):
        disk = {"Format": "RAW", "UserBucket": {"S3Bucket": "disks", "S3Key": "disk.raw"}}
        return self.ec2.import_snapshot(DiskContainer=disk)["ImportTaskId"]

    def imported_instance(self):  # only such are exported
        disk = {"Format": "VMDK", "UserBucket": {"S3Bucket": "disks", "S3Key": "disk.vmdk"}}
        task = self.ec2.import_image(DiskContainers=[disk])["ImportTaskId"]
        self.idle()
        image = self.ec2.describe_import_image_tasks(ImportTaskIds=[task])["ImportImageTasks"][0]["ImageId"]
        made = self.ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1)
        self.idle()
        return made["Instances"][0]["InstanceId"]

    def secondary_network(self):
        made = self.ec2.create_secondary_network(Ipv4CidrBlock="10.200.0.0/16", NetworkType="rdma")
        return made["SecondaryNetwork"]["SecondaryNetworkId"]

    def secondary_subnet(self):
        network = self.secondary_network()
        self.idle()
        made = self.ec2.create_secondary_subnet(
            SecondaryNetworkId=network, Ipv4CidrBlock="10.200.1.0/24", AvailabilityZone=ZONE
        )
        return made["SecondarySubnet"]["SecondarySubnetId"]

    def export(self):
        made = self.ec2.create_instance_export_task(
            InstanceId=self.imported_instance(),
            TargetEnvironment="vmware",
            ExportToS3Task={"S3Bucket": "disks", "DiskImageFormat": "VMDK", "ContainerFormat": "ova"},
        )
        return made["ExportTask"]["ExportTaskId"]

    def conversion(self):
        made = self.ec2.import_volume(
            AvailabilityZone=ZONE,
            Image={"Format": "RAW", "Bytes": 1 << 30, "ImportManifestUrl": "https://disks.example/manifest.xml"},
            Volume={"Size": 8},
        )
        return made["ConversionTask"]["ConversionTaskId"]


def only(ids, key):
    return {key: [ids]}


class Cases(Account):
    """One for each waiter, of its name. Each makes something in another state than the waiter wants, or nothing yet,
    and says how to wait: the words before the clock is moved, and where they differ those afterwards, and what has to
    be done in between."""

    def instance_exists(self):
        return only("i-0123456789abcdef0", "InstanceIds"), only(self.instance(), "InstanceIds")

    def instance_running(self):
        return only(self.instance(), "InstanceIds")

    def instance_stopped(self):
        made = self.settled_instance()
        self.ec2.stop_instances(InstanceIds=[made])
        return only(made, "InstanceIds")

    def instance_terminated(self):
        made = self.settled_instance()
        self.ec2.terminate_instances(InstanceIds=[made])
        return only(made, "InstanceIds")

    def image_exists(self):
        return only("ami-0123456789abcdef0", "ImageIds"), only(self.own_image(), "ImageIds")

    def image_available(self):
        return only(self.own_image(), "ImageIds")

    def image_usage_report_available(self):
        made = self.ec2.create_image_usage_report(
            ImageId=self.settled_image(), ResourceTypes=[{"ResourceType": "ec2:Instance"}]
        )
        return only(made["ReportId"], "ReportIds")

    def conversion_task_completed(self):
        return only(self.conversion(), "ConversionTaskIds")

    def conversion_task_cancelled(self):
        made = self.conversion()
        before = only(made, "ConversionTaskIds")
        return before, before, lambda: self.ec2.cancel_conversion_task(ConversionTaskId=made)

    def export_task_completed(self):
        return only(self.export(), "ExportTaskIds")

    def export_task_cancelled(self):
        made = self.export()
        before = only(made, "ExportTaskIds")
        return before, before, lambda: self.ec2.cancel_export_task(ExportTaskId=made)

    def customer_gateway_available(self):
        return only(self.customer_gateway(), "CustomerGatewayIds")

    def internet_gateway_exists(self):
        made = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        return only("igw-0123456789abcdef0", "InternetGatewayIds"), only(made, "InternetGatewayIds")

    def key_pair_exists(self):
        self.ec2.create_key_pair(KeyName="key")
        return only("none", "KeyNames"), only("key", "KeyNames")

    def security_group_exists(self):
        made = self.ec2.create_security_group(GroupName="group", Description="group")["GroupId"]
        return only("sg-0123456789abcdef0", "GroupIds"), only(made, "GroupIds")

    def security_group_vpc_association_associated(self):
        group, _ = self.associated_group()
        return {"Filters": [{"Name": "group-id", "Values": [group]}]}

    def security_group_vpc_association_disassociated(self):
        group, other = self.associated_group()
        self.idle()
        self.ec2.disassociate_security_group_vpc(GroupId=group, VpcId=other)
        return {"Filters": [{"Name": "group-id", "Values": [group]}]}

    def nat_gateway_available(self):
        return only(self.nat_gateway(), "NatGatewayIds")

    def nat_gateway_deleted(self):
        made = self.nat_gateway()
        self.idle()
        self.ec2.delete_nat_gateway(NatGatewayId=made)
        return only(made, "NatGatewayIds")

    def network_interface_available(self):
        subnet = self.subnet()
        self.idle()
        return only(
            self.ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"],
            "NetworkInterfaceIds",
        )

    def secondary_network_create_complete(self):
        return only(self.secondary_network(), "SecondaryNetworkIds")

    def secondary_network_delete_complete(self):
        made = self.secondary_network()
        self.idle()
        self.ec2.delete_secondary_network(SecondaryNetworkId=made)
        return only(made, "SecondaryNetworkIds")

    def secondary_subnet_create_complete(self):
        return only(self.secondary_subnet(), "SecondarySubnetIds")

    def secondary_subnet_delete_complete(self):
        made = self.secondary_subnet()
        self.idle()
        self.ec2.delete_secondary_subnet(SecondarySubnetId=made)
        return only(made, "SecondarySubnetIds")

    def snapshot_completed(self):
        return only(self.snapshot(), "SnapshotIds")

    def snapshot_imported(self):
        return only(self.import_snapshot(), "ImportTaskIds")

    def spot_instance_request_fulfilled(self):
        specification = {"ImageId": self.image(), "InstanceType": "t3.micro"}
        made = self.ec2.request_spot_instances(InstanceCount=1, LaunchSpecification=specification)
        return only(made["SpotInstanceRequests"][0]["SpotInstanceRequestId"], "SpotInstanceRequestIds")

    def store_image_task_complete(self):
        made = self.settled_image()
        self.ec2.create_store_image_task(ImageId=made, Bucket="images")
        return only(made, "ImageIds")

    def subnet_available(self):  # as it is from the first
        return only("subnet-0123456789abcdef0", "SubnetIds"), only(self.subnet(), "SubnetIds")

    def instance_status_ok(self):
        return only(self.instance(), "InstanceIds")

    system_status_ok = instance_status_ok

    def volume_available(self):
        return only(self.volume(), "VolumeIds")

    def volume_in_use(self):
        instance, made = self.settled_instance(), self.settled_volume()
        words = only(made, "VolumeIds")
        return words, words, lambda: self.ec2.attach_volume(InstanceId=instance, VolumeId=made, Device="/dev/sdf")

    def volume_deleted(self):
        made = self.settled_volume()
        self.ec2.delete_volume(VolumeId=made)
        return only(made, "VolumeIds")

    def vpc_available(self):
        return only(self.vpc(), "VpcIds")

    def vpc_exists(self):
        return only("vpc-0123456789abcdef0", "VpcIds"), only(self.vpc(), "VpcIds")

    def vpn_connection_available(self):
        return only(self.vpn_connection(), "VpnConnectionIds")

    def vpn_connection_deleted(self):
        made = self.vpn_connection()
        self.idle()
        self.ec2.delete_vpn_connection(VpnConnectionId=made)
        return only(made, "VpnConnectionIds")

    def vpc_peering_connection_exists(self):
        return only("pcx-0123456789abcdef0", "VpcPeeringConnectionIds"), only(self.peering(), "VpcPeeringConnectionIds")

    def vpc_peering_connection_deleted(self):
        made = self.peering()
        self.idle()
        words = only(made, "VpcPeeringConnectionIds")
        return words, words, lambda: self.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=made)


@unittest.skipIf(boto3 is None, "there is no boto3 on this machine")
class Waiters(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.environment = real_clients.boto3_environment(cls, REGION)
        cls.server = Server("--clock", "manual", "--quotas", "none")
        cls.addClassCleanup(cls.server.kill)
        options = {"endpoint_url": cls.server.endpoint, "config": Config(retries={"total_max_attempts": 1})}
        cls.ec2 = boto3.Session(region_name=REGION).client("ec2", **options)
        cls.aws = real_clients.shutil.which("aws")

    def idle(self):
        answer = self.server.client.sim("clock", {"run_until_idle": True})
        self.assertEqual(200, answer.status, answer)

    def wait(self, name, words):
        self.ec2.get_waiter(name).wait(WaiterConfig={"Delay": 0, "MaxAttempts": 1}, **words)

    def wait_by_cli(self, name, words):
        arguments = []
        for member, value in words.items():
            arguments.append("--" + kebab(xform_name(member)))
            arguments += [
                f"Name={each['Name']},Values={','.join(each['Values'])}" if isinstance(each, dict) else each
                for each in value
            ]
        command = [self.aws, "--endpoint-url", self.server.endpoint, "ec2", "wait", kebab(name), *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(0, done.returncode, done.stderr)

    def check(self, name):
        answer = self.server.client.sim("reset", {})
        self.assertEqual(200, answer.status, answer)
        made = getattr(Cases(self.ec2, self.idle), name)()
        before, after, then = (made, made, None) if isinstance(made, dict) else (*made, None)[:3]
        with self.assertRaises(WaiterError, msg="it ended too early") as caught:
            self.wait(name, before)
        if before == after and then is None:
            self.assertIn("Max attempts exceeded", str(caught.exception))
        if then is not None:
            then()
        self.idle()
        if self.aws:
            self.wait_by_cli(name, after)
        else:
            self.wait(name, after)

    def test_every_waiter(self):
        names = set(self.ec2.waiter_names)
        for name in sorted(names - NEVER):
            with self.subTest(name):
                self.assertTrue(hasattr(Cases, name), "no case for this waiter")
                self.check(name)


if __name__ == "__main__":
    if boto3 is None:
        real_clients.skip("there is no boto3 on this machine")
    main()
