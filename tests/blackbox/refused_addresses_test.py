#!/usr/bin/env python3
"""What EC2 refuses to do with elastic addresses, with its own code and its own words: those that users and
recordings of real EC2 show, and that a learner searches the web for.
"""

from fogling_client import ServerTest, main, text


class Addresses(ServerTest):
    def setUp(self):
        for item in self.client.ok("DescribeAddresses").all("addressesSet/item"):
            if text(item, "associationId"):
                self.client.ok("DisassociateAddress", {"AssociationId": text(item, "associationId")})
            self.client.ok("ReleaseAddress", {"AllocationId": text(item, "allocationId")})

    def test_sixth(self):
        for _ in range(5):
            self.client.ok("AllocateAddress")
        self.refused("AllocateAddress", {}, "AddressLimitExceeded", "The maximum number of addresses has been reached.")

    def test_release_while_associated(self):
        address, instance = self.client.ok("AllocateAddress"), self.client.run()[0]
        allocation = {"AllocationId": address.text("allocationId")}
        self.client.ok("AssociateAddress", {**allocation, "InstanceId": instance})
        in_use = f"Address {address.text('publicIp')} is in use."
        self.refused("ReleaseAddress", allocation, "InvalidIPAddress.InUse", in_use)
        self.client.ok("StopInstances", {"InstanceId.1": instance})
        self.refused("ReleaseAddress", allocation, "InvalidIPAddress.InUse", in_use)
        self.client.ok("TerminateInstances", {"InstanceId.1": instance})
        self.client.ok("ReleaseAddress", allocation)
        self.refused("ReleaseAddress", allocation, "InvalidAllocationID.NotFound")

    def test_no_reassociation(self):
        address, (first, second) = self.client.ok("AllocateAddress"), self.client.run(2)
        allocation = address.text("allocationId")
        association = self.client.ok("AssociateAddress", {"AllocationId": allocation, "InstanceId": first})
        self.refused(
            "AssociateAddress",
            {"AllocationId": allocation, "InstanceId": second, "AllowReassociation": False},
            "Resource.AlreadyAssociated",
            f"resource {allocation} is already associated with associate-id {association.text('associationId')}",
        )
        # Without a word about it, it moves.
        moved = self.client.ok("AssociateAddress", {"AllocationId": allocation, "InstanceId": second})
        self.assertNotEqual(association.text("associationId"), moved.text("associationId"))

    def test_release_by_address(self):
        address = self.client.ok("AllocateAddress")
        self.refused(
            "ReleaseAddress",
            {"PublicIp": address.text("publicIp")},
            "InvalidParameterValue",
            "You must specify an allocation id when releasing a VPC elastic IP address",
        )
        self.refused(
            "ReleaseAddress",
            {"PublicIp": address.text("publicIp"), "AllocationId": address.text("allocationId")},
            "InvalidParameterCombination",
            "You may specify public IP or allocation id, but not both in the same call",
        )


if __name__ == "__main__":
    main()
