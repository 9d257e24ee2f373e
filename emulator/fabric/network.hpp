#pragma once

/// A network as a packet meets it: plain structs with every default, reference and text resolved. `Network` reads what
/// is asked for out of the state, once; or, without a state, holds what a test has put in.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"
#include "emulator/fabric/flows.hpp"

namespace fogling::fabric {

/// No port, no type: of rules that cannot match any packet that is looked at here.
inline constexpr PortRange kNoPorts{1, 0};

struct SecurityGroupRule {
  std::string id, group_id;
  int protocol = kAnyProtocol;
  PortRange ports;
  std::vector<Block> blocks;  ///< of its CIDR, or those of its prefix list
  std::string cidr, prefix_list_id, peer_group_id;
};

struct SecurityGroup {
  std::string id;
  std::vector<SecurityGroupRule> ingress, egress;
};

struct AclEntry {
  int number = 0;
  bool allows = false, is_egress = false;
  int protocol = kAnyProtocol;
  PortRange ports;
  Block block;
};

struct NetworkAcl {
  std::string id;
  std::vector<AclEntry> ingress, egress;  ///< by number
};

struct Route {
  std::string destination, prefix_list_id;
  std::vector<Block> blocks;
  std::string target;         ///< an id, or `local`
  std::string target_member;  ///< of shape Route: `GatewayId`
  std::string origin, state;
  bool is_active() const { return state != "blackhole"; }
};

struct RouteTable {
  std::string id, vpc_id;
  std::vector<Route> routes;
  /// What a packet is held against, the longest prefix first; of equal ones the local route, then what was made for a
  /// block, then what a prefix list stands for, then what was propagated.
  struct Entry {
    Block block;
    std::size_t route = 0;
  };
  std::vector<Entry> entries;
  /// Fills the entries; to be called once the routes are there.
  void sort_entries();
};

/// What VPC Block Public Access keeps out.
enum class Blocked : std::uint8_t { nothing, ingress, everything };

struct Subnet {
  std::string id, vpc_id, route_table_id, network_acl_id;
  std::vector<Block> blocks;
  Blocked blocked = Blocked::nothing;
};

struct Vpc {
  std::string id, account, region;
  std::vector<Block> blocks;
  std::vector<std::string> subnet_ids;
  std::string internet_gateway_id;        ///< attached; empty: none
  std::string gateway_table_id;           ///< the table of what comes in by it; empty: none
  std::vector<std::string> route_tables;  ///< ids
};

struct Interface {
  struct Address {
    Ip ip;
    std::optional<Ip> public_ip;
  };
  std::string id, subnet_id, vpc_id, instance_id, status, type;
  bool source_dest_check = true;
  std::vector<std::string> group_ids;
  std::vector<Address> addresses;  ///< IPv4, the primary one first, then IPv6
  std::vector<Block> prefixes;

  const Address* find(const Ip& ip) const;
  bool has(const Ip& ip) const;
  /// The one that others would use; null where it has none of this family.
  const Address* first(bool is_v6) const;
};

/// By this tag somebody may say what listens on a machine, such as `tcp/22 tcp/8000-8080 udp/53`: who else could know?
inline constexpr std::string_view kListensTag = "fogling:listens";

struct Instance {
  std::string id, vpc_id, state;
  bool is_booting = false;
  std::vector<std::string> interface_ids;  ///< by device index
  std::optional<std::string> listens{};    ///< its tag kListensTag, where it has one
};

struct NatGateway {
  std::string id, vpc_id, subnet_id, state;
  std::string interface_id;
  bool is_public = true;
};

struct Peering {
  std::string id, state, requester_vpc_id, accepter_vpc_id;
  bool joins(std::string_view vpc_id) const { return vpc_id == requester_vpc_id || vpc_id == accepter_vpc_id; }
  const std::string& other(std::string_view vpc_id) const {
    return vpc_id == requester_vpc_id ? accepter_vpc_id : requester_vpc_id;
  }
};

/// How a transit gateway carries on what comes out of one VPC.
struct TransitTable {
  struct Route {
    Block block;
    std::string attachment_id, resource_id, resource_type, type, prefix_list_id;
    bool is_active = true;
  };
  std::string id;             ///< empty: the VPC's attachment is associated with none
  std::string attachment_id;  ///< of the VPC; empty: it has none
  std::vector<Route> routes;  ///< the longest prefix first
  bool preserves_groups = false;
};

/// Lookups answer null for what is not there. What they answer stays as long as the network does.
class Network {
 public:
  /// Of what is put in.
  Network() = default;
  /// Of the state, read as it is asked for; the context has to outlive the network.
  explicit Network(Context& context) : context_(&context) {}
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  const Vpc* vpc(std::string_view id);
  const Subnet* subnet(std::string_view id);
  const RouteTable* route_table(std::string_view id);
  const NetworkAcl* network_acl(std::string_view id);
  const SecurityGroup* security_group(std::string_view id);
  const Interface* interface(std::string_view id);
  const Instance* instance(std::string_view id);
  const NatGateway* nat_gateway(std::string_view id);
  const Peering* peering(std::string_view id);
  /// Of a transit gateway, for what comes out of a VPC: the key is `tgw-... vpc-...`.
  const TransitTable* transit_table(std::string_view gateway_id, std::string_view vpc_id);

  /// Who holds an address inside a VPC, a private IPv4 or an IPv6 one.
  const Interface* holder(const Vpc& vpc, const Ip& ip);
  /// Who is reached by an address of the internet, a public IPv4 or an IPv6 one.
  const Interface* public_holder(const Ip& ip);

  /// Puts in, or replaces. The row's id is its key.
  void put(Vpc row) { vpcs_.add(std::move(row)); }
  void put(Subnet row) { subnets_.add(std::move(row)); }
  void put(RouteTable row) { route_tables_.add(std::move(row)); }
  void put(NetworkAcl row) { network_acls_.add(std::move(row)); }
  void put(SecurityGroup row) { security_groups_.add(std::move(row)); }
  void put(Instance row) { instances_.add(std::move(row)); }
  void put(NatGateway row) { nat_gateways_.add(std::move(row)); }
  void put(Peering row) { peerings_.add(std::move(row)); }
  void put(Interface row);

 private:
  /// Rows that were looked up, those that are not there too.
  template <class Row>
  class Rows {
   public:
    const Row* find(std::string_view id) const {
      const auto found = rows_.find(id);
      return found == rows_.end() ? nullptr : found->second.get();
    }
    bool knows(std::string_view id) const { return rows_.find(id) != rows_.end(); }
    const Row* put(std::string_view id, std::optional<Row> row) {
      auto& place = rows_[std::string(id)];
      place = row ? std::make_unique<Row>(*std::move(row)) : nullptr;
      return place.get();
    }
    void add(Row row) {
      const std::string id = row.id;
      put(id, std::optional<Row>(std::move(row)));
    }

   private:
    std::map<std::string, std::unique_ptr<Row>, std::less<>> rows_;
  };

  template <class Row>
  const Row* look_up(Rows<Row>& rows, std::string_view id, std::optional<Row> (*read)(Context&, std::string_view)) {
    if (rows.knows(id) || context_ == nullptr || id.empty()) return rows.find(id);
    return rows.put(id, read(*context_, id));
  }
  std::string holder_id(const Vpc& vpc, const Ip& ip);

  Context* context_ = nullptr;
  Rows<Vpc> vpcs_;
  Rows<Subnet> subnets_;
  Rows<RouteTable> route_tables_;
  Rows<NetworkAcl> network_acls_;
  Rows<SecurityGroup> security_groups_;
  Rows<Interface> interfaces_;
  Rows<Instance> instances_;
  Rows<NatGateway> nat_gateways_;
  Rows<Peering> peerings_;
  Rows<TransitTable> transit_tables_;
  std::map<std::pair<std::string, Ip>, std::string> holders_;  ///< by VPC and address; empty: nobody
  std::map<Ip, std::string> public_holders_;
};

/// Reading one row out of the state: network_reading.cpp.
namespace reading {
std::optional<Vpc> vpc(Context& context, std::string_view id);
std::optional<Subnet> subnet(Context& context, std::string_view id);
std::optional<RouteTable> route_table(Context& context, std::string_view id);
std::optional<NetworkAcl> network_acl(Context& context, std::string_view id);
std::optional<SecurityGroup> security_group(Context& context, std::string_view id);
std::optional<Interface> interface(Context& context, std::string_view id);
std::optional<Instance> instance(Context& context, std::string_view id);
std::optional<NatGateway> nat_gateway(Context& context, std::string_view id);
std::optional<Peering> peering(Context& context, std::string_view id);
std::optional<TransitTable> transit_table(Context& context, std::string_view gateway_and_vpc);
std::string holder_in_subnet(Context& context, std::string_view subnet_id, const Ip& ip);
std::string public_holder(Context& context, const Ip& ip);
}  // namespace reading

}  // namespace fogling::fabric
