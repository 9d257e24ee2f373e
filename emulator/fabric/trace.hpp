#pragma once

/// What happens to a packet: hop by hop there, and the answer hop by hop back. What stops it is named with the rule
/// that decided, the explanation code of Reachability Analyzer, and the command that would let it through. The walk
/// goes on behind what stops the packet as if it had passed, so that one trace finds everything that is in the way.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/fabric/network.hpp"
#include "emulator/fabric/traffic.hpp"

namespace fogling::fabric {

/// One end of a connection.
struct End {
  std::string id;          ///< of an instance, an interface or a gateway; `internet`; empty: what has the address
  std::optional<Ip> ip{};  ///< which of its addresses
  /// Of a gateway between networks: what routes to it have as their target, and the VPC that it is attached to, where
  /// that is one. Filled in by `complete`.
  std::string gateway = {}, vpc_id = {};
  std::string service = {};  ///< an endpoint service, where the end is the interface that leads to it

  bool is_gateway() const { return !gateway.empty(); }
  bool is_internet() const { return id == "internet" || id.starts_with("igw-"); }
};

/// Linux' range of ephemeral ports, which most clients have.
inline constexpr PortRange kClientPorts{32768, 60999};

struct Question {
  End from, to;
  int protocol = kTcp;
  PortRange ports{}, client_ports = kClientPorts;
  bool is_v6 = false;  ///< where neither end says so
  /// Whether what the machine itself does counts: that it still boots, and what its tag says that it listens on.
  bool looks_inside = false;
};

/// One component on the way, and what it does.
struct Hop {
  std::string type, id;  ///< EC2's resource type; the id is empty where one is missing
  std::string vpc_id, subnet_id;
  bool is_egress = false;
  bool is_open = true;       ///< whether it lets something through
  bool is_reached = true;    ///< whether anything has come so far
  bool is_narrower = false;  ///< whether it lets only a part through
  std::string code, reason, fix;

  const Interface* interface = nullptr;  ///< the one whose groups, or whose own checks, these are
  const NetworkAcl* acl = nullptr;
  const AclEntry* acl_entry = nullptr;  ///< the one that decided
  const SecurityGroupRule* group_rule = nullptr;
  const RouteTable* table = nullptr;
  const Route* route = nullptr;
  const TransitTable::Route* transit_route = nullptr;
  std::string state;  ///< of what does not work
  Flows before, after;
};

enum class Verdict : std::uint8_t {
  connects,
  connects_for_some,  ///< a part of the sources gets through
  refused,            ///< there and back, but nothing listens
  times_out
};

struct Trace {
  Verdict verdict = Verdict::times_out;
  std::vector<Hop> forward, back;
  Flows asked, open;  ///< as the source sends them: what was asked, and what of it gets there and is answered
  int protocol = kTcp;
  bool is_heard = false;  ///< whether it is known that something listens

  bool is_open() const { return verdict == Verdict::connects || verdict == Verdict::connects_for_some; }
  /// What stops it: the first of all hops that is closed, or the machine that refuses; null where nothing does.
  const Hop* decided() const;
};

Trace trace(Network& network, const Question& question);

}  // namespace fogling::fabric
