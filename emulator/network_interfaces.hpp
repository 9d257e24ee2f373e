#pragma once

/// Making, addressing and removing network interfaces, for every operation that does so.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/address_space.hpp"
#include "emulator/call.hpp"
#include "state/addresses.hpp"
#include "state/network_interfaces.hpp"
#include "state/subnets.hpp"

namespace fogling {

struct InterfaceSpec {
  state::Subnet subnet;
  std::string description = {};
  std::vector<std::string> group_ids = {};            ///< empty: the VPC's default group
  std::string private_ip_address = {};                ///< empty: a free one
  std::vector<std::string> secondary_addresses = {};  ///< given ones
  std::int64_t secondary_count = 0;                   ///< beside the given ones, chosen freely
  std::string interface_type = "interface";
  std::string status = "available";
  bool source_dest_check = true;
  Asking asking = Asking::launch;                ///< whose words a refusal has
  std::string requester_id = {};                 ///< who asked for it, where EC2 shows that
  std::vector<std::string> ipv4_prefixes = {};   ///< given ones, each a /28
  std::int64_t ipv4_prefix_count = 0;            ///< beside the given ones
  std::vector<std::string> ipv6_prefixes = {};   ///< given ones, each a /80
  std::int64_t ipv6_prefix_count = 0;            ///< beside the given ones
  std::vector<std::string> ipv6_addresses = {};  ///< given ones
  std::optional<std::int64_t> ipv6_count = {};   ///< chosen freely; absent: as the subnet says, unless some are given
  bool requester_managed = false;  ///< made by a service for itself: only it may change or remove the interface
};

/// Reads private addresses, prefixes and IPv6 addresses out of a request, or out of a NetworkInterface of a launch;
/// `spec.asking` says whose words a refusal has.
void read_interface_addresses(const Document& in, InterfaceSpec& spec);

/// Makes an interface, checks addresses and groups in EC2's words: an address outside the subnet,
/// reserved or taken, no free address left, groups that are unknown, of another VPC, or too many. `complete` may say
/// more about the row before it is written, such as what it is attached to.
state::NetworkInterface make_interface(Context& context, const InterfaceSpec& spec,
                                       const std::function<void(state::NetworkInterface&)>& complete = {});

/// Groups for an interface of the subnet, as they go into its row, checked in EC2's words.
Document check_interface_groups(Context& context, const std::vector<std::string>& group_ids,
                                const state::Subnet& subnet, Asking asking);
/// Gives a free prefix to the interface; the caller updates the row.
void give_prefix(Context& context, state::NetworkInterface& interface, const Cidr& prefix);
void give_ipv6_prefix(state::NetworkInterface& interface, std::string_view prefix);
/// Fills what a request says of IPv6: addresses, their count, prefixes, their count, in the shape that launches and
/// CreateNetworkInterface share.
void read_ipv6(const Document& in, InterfaceSpec& spec);

/// Throws unless interfaces can be made of this type.
void check_interface_type(std::string_view type);
/// Throws where the characters or the length of a description are none that EC2 takes.
void check_interface_description(std::string_view description);
/// Makes its first IPv6 address the primary one; throws where it has none.
void enable_primary_ipv6(state::NetworkInterface& interface);
/// Idle times after which connections are forgotten, from a ConnectionTrackingSpecificationRequest.
void set_connection_tracking(state::NetworkInterface& interface, const Document& specification);

/// The caller's own interface, or one whose owner permits the caller to use it so: `INSTANCE-ATTACH`, `EIP-ASSOCIATE`.
state::NetworkInterface require_usable_interface(Context& context, std::string_view network_interface_id,
                                                 std::string_view permission);

/// How many private IPv4 addresses an interface has; a prefix counts as one.
std::int64_t count_addresses(Transaction& txn, const state::NetworkInterface& interface);
/// Throws where an instance of this type cannot have so many interfaces, or so many private IPv4 addresses (a prefix
/// counts as one) on one of them. Types that are not known have no limits.
void check_interface_count(std::string_view instance_type, std::size_t interfaces);
void check_address_count(std::string_view instance_type, std::int64_t addresses);
void check_ipv6_count(std::string_view instance_type, const state::NetworkInterface& interface);

/// Frees its addresses, disassociates elastic ones and erases it. The caller has checked that it may go.
void remove_interface(Context& context, const state::NetworkInterface& interface);

/// Fills the attachment, with status `attaching` or `attached`; the caller updates the row.
void attach_interface(Context& context, state::NetworkInterface& interface, std::string_view instance_id,
                      std::int64_t device_index, std::int64_t network_card_index, bool delete_on_termination,
                      std::string_view status);

/// The same for an interface that a service, such as a NAT gateway, keeps for itself.
void attach_to_service(Context& context, state::NetworkInterface& interface);

/// Ends the attachment at once; the caller updates the row.
void detach_interface(state::NetworkInterface& interface);

/// Gives the interface a public address from the pool, unless an elastic one leads to its primary private address, or
/// takes it away; the caller updates the row.
void give_public_address(Context& context, state::NetworkInterface& interface);
void take_public_address(state::NetworkInterface& interface);
/// A free address of the public pool. Throws InsufficientAddressCapacity when there is none.
std::string draw_public_address(Context& context);

/// Gives an elastic address to a private one of the interface; an automatic address of the primary one goes. Writes
/// both rows. The caller has checked that neither is associated otherwise.
void associate(Context& context, state::Address& address, state::NetworkInterface& interface,
               std::string_view private_ip_address);
/// Ends the association of an elastic address; the interface keeps no public address until the next start.
void disassociate(Context& context, state::Address& address);

/// As DescribeNetworkInterfaces shows it (shape NetworkInterface), tags included.
Document interface_document(Transaction& txn, const state::NetworkInterface& interface);
/// As an instance shows it (shape InstanceNetworkInterface).
Document instance_interface_document(Transaction& txn, const state::NetworkInterface& interface);

/// The primary IPv6 address, else the first; empty where there is none.
std::string ipv6_address(const state::NetworkInterface& interface);

/// The attachment of an interface that has one (shape NetworkInterfaceAttachment).
Document interface_attachment_document(const state::NetworkInterface& interface);

/// What a client on the internet reaches it by: the elastic address of the primary private one, else the automatic one.
std::optional<std::string> public_address(Transaction& txn, const state::NetworkInterface& interface);

}  // namespace fogling
