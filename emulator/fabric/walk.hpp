#pragma once

/// One way through the network: from where packets are to where they get to next. trace.cpp puts ways together.

#include <string>
#include <string_view>
#include <vector>

#include "emulator/fabric/filters.hpp"
#include "emulator/fabric/trace.hpp"

namespace fogling::fabric {

/// Where packets are.
struct Place {
  enum class Kind : std::uint8_t {
    nowhere,
    interface,
    nat,  ///< at the interface of a NAT gateway, about to be sent on under its address
    internet,
    beyond  ///< in a network of somebody else's: behind a VPN, or a service
  };
  Kind kind = Kind::nowhere;
  const Interface* interface = nullptr;
  std::string id = {};  ///< of the gateway by which they left
};

/// A request opens a connection; a reply belongs to one, so that groups let it through.
enum class Way : std::uint8_t { request, reply };

class Walk {
 public:
  Walk(Network& network, const Question& question, std::vector<Hop>& hops)
      : network_(network), question_(question), hops_(hops) {}

  /// From an interface that sends.
  Place leave(const Interface& from, Flows& flows, Way way);
  /// In by the internet gateway of whoever has the destination.
  Place enter(Flows& flows, Way way);
  /// The same for an interface that has no public address: what else would be in the way?
  Place enter_without_address(const Interface& to, Flows& flows);

  /// In by a gateway between networks at which the way begins.
  Place come_in(const End& gateway, const Interface& to, Flows& flows);
  /// An answer that comes back by the gateway, connection or endpoint by which the request left.
  Place come_back(std::string_view gateway_id, const Interface& to, Flows& flows);

  /// Who is known to be at the other ends by their private addresses.
  const Interface* sender = nullptr;
  const Interface* receiver = nullptr;
  /// The target of the route by which the request came: the reply has to take it too. Empty: any.
  std::string wanted = {};
  /// Of an answer: the hops by which the request came.
  const std::vector<Hop>* request = nullptr;
  /// The gateway between networks at which the way ends; null: none.
  const End* last = nullptr;
  /// The target of the last route that was taken between two networks, or `local`.
  std::string crossing = {};
  bool preserves_groups = true;
  bool has_middlebox = false;

 private:
  Hop& hop(std::string_view type, std::string_view id, const Flows& flows);
  void close(Hop& at, std::string_view code, std::string reason, std::string fix = {});
  void pass(Hop& at, Flows& flows, Flows passed);

  void send(const Interface& from, Flows& flows, Way way);
  void check_instance(const Interface& interface, const Flows& flows);
  void check_groups(const Interface& interface, bool is_egress, Flows& flows, Way way);
  void check_acl(const Subnet& subnet, bool is_egress, Flows& flows, Way way);
  void check_public_access(Hop& at, const Interface& interface, bool is_egress, Way way);
  Place route_on(const Interface& from, const Subnet& subnet, Flows& flows, Way way);
  const Route* choose_route(const RouteTable& table, const Vpc& vpc, Flows& flows, Way way);
  Hop& no_route(const RouteTable& table, const Vpc& vpc, const Flows& flows, std::string_view target);
  void leads_elsewhere(const RouteTable& table, const Vpc& vpc, const Flows& flows, const Route& route, Way way);
  Place follow(const Route& route, const Interface& from, const Subnet& subnet, Flows& flows, Way way);
  Place deliver(const Interface& to, const Subnet* from, Flows& flows, Way way);
  Place deliver_to_address(const Vpc& vpc, const Subnet* from, Flows& flows, Way way);
  Place through_internet_gateway(const Route& route, const Interface& from, Flows& flows, Way way);
  Place through_nat_gateway(const Route& route, const Subnet& subnet, Flows& flows);
  Place through_middlebox(const Interface& box, const Subnet* from, Flows& flows, Way way);
  Place through_peering(const Route& route, const Vpc& vpc, Flows& flows, Way way);
  Place through_transit_gateway(const Route& route, const Vpc& vpc, Flows& flows, Way way);
  Place out_by(std::string_view type, const Route& route, const Flows& flows, Place::Kind kind);
  std::string best_target(const Vpc& vpc, const Flows& flows);

  Network& network_;
  const Question& question_;
  std::vector<Hop>& hops_;
  int turns_ = 0;
  bool is_untracked_ = false;  ///< the answer is at an interface by which the request did not come
};

/// The one address that all flows go to, or come from; null where there are several.
const Ip* only(const Flows& flows, Side side);
void replace(Flows& flows, Side side, const Ip& ip);
/// For a sentence: the address, the block, or the internet.
std::string described(const Flows& flows, Side side);

}  // namespace fogling::fabric
