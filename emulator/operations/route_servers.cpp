/// Route servers: with which VPC they are, into which route tables they write, and their endpoints and peers. Nobody
/// speaks BGP here, so that all sessions stay down and nothing is ever learnt.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/changes.hpp"
#include "emulator/cidr.hpp"
#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/vpc_blocks.hpp"
#include "emulator/world.hpp"
#include "state/subnets.hpp"

namespace fogling {
namespace {

constexpr std::string_view kServer = "route-server", kEndpoint = "route-server-endpoint";
/// What ties a server to a VPC, or to a route table; its parent is the server.
constexpr std::string_view kAssociation = "route-server-association", kPropagation = "route-server-propagation";
/// Assumed: how long a tie takes to come or to go.
constexpr std::int64_t kTieTakes_ms = 10'000;

void check_asn(std::int64_t asn, std::string_view name) {
  if (asn < 1 || asn > 4'294'967'295) {
    throw errors::invalid_value(std::to_string(asn), name, "It must be from 1 to 4294967295.");
  }
}

// ---- Ties ----------------------------------------------------------------------------------------------------------

/// The VPC or the route table.
std::string_view target_of(const GenericResource& tie) { return text(tie.document, "_target"); }

std::vector<GenericResource> ties_of(Transaction& txn, std::string_view server_id, std::string_view kind) {
  return state::list_children(txn, server_id, kind);
}

std::optional<GenericResource> find_tie(Transaction& txn, std::string_view server_id, std::string_view kind,
                                        std::string_view target) {
  for (auto& each : ties_of(txn, server_id, kind)) {
    if (target.empty() || target_of(each) == target) return std::move(each);
  }
  return std::nullopt;
}

Document shown_tie(const GenericResource& tie) {
  return {{"RouteServerId", tie.parent_id},
          {tie.kind == kAssociation ? "VpcId" : "RouteTableId", target_of(tie)},
          {"State", tie.state}};
}

GenericResource make_tie(Call& call, std::string_view kind, const GenericResource& server, std::string_view target,
                         bool holds, std::string_view at_once, std::string_view finally) {
  GenericResource tie;
  tie.account = call.scope.account;
  tie.region = call.scope.region;
  tie.resource_id = call.make_id("tie");
  tie.kind = kind;
  tie.state = at_once;
  tie.parent_id = server.resource_id;
  tie.document = {{"_target", target}};
  state::insert(call.txn, tie);
  state::add_reference(call.txn, call.scope, tie.resource_id, target, holds);
  state::add_reference(call.txn, call.scope, tie.resource_id, server.resource_id, true);
  schedule(call, kind, tie.resource_id, finally, kTieTakes_ms);
  return tie;
}

void untie(Call& call, GenericResource& tie, std::string_view at_once) {
  state::remove_dues_of(call.txn, tie.resource_id);
  tie.state = at_once;
  state::update(call.txn, tie);
  schedule(call, tie.kind, tie.resource_id, "gone", kTieTakes_ms);
}

void move_tie(Context& context, const state::Due& due) {
  auto tie = state::find<GenericResource>(context.txn, context.scope, due.resource_id);
  if (!tie) return;
  if (due.move == "gone") {
    erase_resource(context, *tie);
    return;
  }
  tie->state = due.move;
  state::update(context.txn, *tie);
}

/// Assumed: code and words.
void require_available(const GenericResource& resource) {
  if (resource.state == "available") return;
  throw errors::incorrect_state(fmt::format("{} is in the state {}.", resource.resource_id, resource.state));
}

GenericResource require_server(Call& call) { return require_resource(call, kServer, call.require("RouteServerId")); }

/// The code is one that client libraries expect; Assumed: the words.
ApiError not_associated(std::string_view server_id, std::string_view vpc_id) {
  return {"InvalidRouteServerId.NotAssociated",
          fmt::format("The route server '{}' is not associated with the VPC '{}'.", server_id, vpc_id)};
}

GenericResource require_association(Call& call, std::string_view server_id, std::string_view vpc_id) {
  auto found = find_tie(call.txn, server_id, kAssociation, vpc_id);
  if (!found || found->state == "disassociating") throw not_associated(server_id, vpc_id);
  return *std::move(found);
}

/// Documented: a server is with one VPC at most. Assumed: code and words.
Document AssociateRouteServer(Call& call) {
  const auto server = require_server(call);
  const auto vpc = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  require_available(server);
  if (const auto other = find_tie(call.txn, server.resource_id, kAssociation, {})) {
    throw ApiError("InvalidRouteServerId.AlreadyAssociated",
                   fmt::format("The route server '{}' is already associated with the VPC '{}'.", server.resource_id,
                               target_of(*other)));
  }
  return {{"RouteServerAssociation",
           shown_tie(make_tie(call, kAssociation, server, vpc.vpc_id, true, "associating", "associated"))}};
}

/// Assumed: that endpoints and propagations have to go first; the words; that a VPC is judged as unknown first.
Document DisassociateRouteServer(Call& call) {
  const auto server = require_server(call);
  const auto vpc_id = require_row<state::Vpc>(call, "vpc", call.require("VpcId")).vpc_id;
  auto association = require_association(call, server.resource_id, vpc_id);
  const bool is_used = !state::list_children(call.txn, server.resource_id, kEndpoint).empty() ||
                       !ties_of(call.txn, server.resource_id, kPropagation).empty();
  if (is_used) {
    throw errors::dependency_violation(fmt::format(
        "The route server '{}' has endpoints or propagations in the VPC '{}'.", server.resource_id, vpc_id));
  }
  untie(call, association, "disassociating");
  return {{"RouteServerAssociation", shown_tie(association)}};
}

Document all_ties(Call& call, const char* list, std::string_view kind, std::string_view target) {
  const auto server = require_server(call);
  Document ties = Document::array();
  for (const auto& each : ties_of(call.txn, server.resource_id, kind)) {
    if (!target.empty() && target_of(each) != target) continue;
    ties.push_back(shown_tie(each));
    call.looked_at.push_back(each.resource_id);
  }
  return {{list, std::move(ties)}};
}

Document GetRouteServerAssociations(Call& call) { return all_ties(call, "RouteServerAssociations", kAssociation, {}); }

Document GetRouteServerPropagations(Call& call) {
  return all_ties(call, "RouteServerPropagations", kPropagation, call.text("RouteTableId"));
}

Document EnableRouteServerPropagation(Call& call) {
  const auto server = require_server(call);
  const auto table = require_resource(call, "route-table", call.require("RouteTableId"));
  require_association(call, server.resource_id, text(table.document, "VpcId"));
  if (find_tie(call.txn, server.resource_id, kPropagation, table.resource_id)) {  // Assumed: code and words
    throw ApiError("InvalidRouteServerId.AlreadyPropagated",
                   fmt::format("The route server '{}' already propagates to the route table '{}'.", server.resource_id,
                               table.resource_id));
  }
  return {{"RouteServerPropagation",
           shown_tie(make_tie(call, kPropagation, server, table.resource_id, true, "pending", "available"))}};
}

/// The code is one that client libraries expect; Assumed: the words.
Document DisableRouteServerPropagation(Call& call) {
  const auto server = require_server(call);
  const auto table = require_resource(call, "route-table", call.require("RouteTableId"));
  auto propagation = find_tie(call.txn, server.resource_id, kPropagation, table.resource_id);
  if (!propagation) {
    throw ApiError("InvalidRouteServerId.NotPropagated",
                   fmt::format("The route server '{}' does not propagate to the route table '{}'.", server.resource_id,
                               table.resource_id));
  }
  untie(call, *propagation, "deleting");
  return {{"RouteServerPropagation", shown_tie(*propagation)}};
}

Document GetRouteServerRoutingDatabase(Call& call) {
  require_server(call);
  Document answer = describe_documents(call, "Routes", {});
  answer["AreRoutesPersisted"] = false;
  return answer;
}

// ---- Servers -------------------------------------------------------------------------------------------------------

/// Documented: from one to five minutes, and only while routes are to be persisted.
void persist_routes(const Call& call, GenericResource& server) {
  const auto action = call.text("PersistRoutes");
  const auto duration = call.integer("PersistRoutesDuration");
  if (action == "enable") server.document["PersistRoutesState"] = "enabled";
  if (action == "disable") {
    server.document["PersistRoutesState"] = "disabled";
    server.document.erase("PersistRoutesDuration");
  }
  const bool is_on = text(server.document, "PersistRoutesState") == "enabled";
  if (duration && (*duration < 1 || *duration > 5)) {
    throw errors::invalid_value(std::to_string(*duration), "PersistRoutesDuration", "It must be from 1 to 5.");
  }
  if (action == "enable" && !duration) throw errors::missing_parameter("PersistRoutesDuration");
  if (duration && !is_on) {  // Assumed: code and words
    throw errors::invalid_combination("PersistRoutesDuration can only be given if PersistRoutes is enable.");
  }
}

/// AWS provisions the topic. Assumed: its name.
void set_topic(const Call& call, GenericResource& server) {
  if (!flag(server.document, "SnsNotificationsEnabled").value_or(false)) {
    server.document.erase("SnsTopicArn");
    return;
  }
  server.document["SnsTopicArn"] =
      fmt::format("arn:aws:sns:{}:{}:route-server-{}", call.scope.region, call.scope.account, server.resource_id);
}

void create_server(Call& call, GenericResource& server) {
  check_asn(call.integer("AmazonSideAsn").value_or(0), "AmazonSideAsn");
  persist_routes(call, server);
  set_topic(call, server);
}

void modify_server(Call& call, GenericResource& server) {
  require_change(call, "route server");
  persist_routes(call, server);
  set_topic(call, server);
}

// ---- Endpoints and peers -------------------------------------------------------------------------------------------

/// An endpoint has an interface of its own in its subnet.
void create_endpoint(Call& call, GenericResource& endpoint) {
  const auto server = require_server(call);
  const auto subnet = require_row<state::Subnet>(call, "subnet", call.require("SubnetId"));
  require_association(call, server.resource_id, subnet.vpc_id);
  InterfaceSpec spec;
  spec.subnet = subnet;
  spec.subnet.assign_ipv6_address_on_creation = false;
  spec.asking = Asking::creation;
  spec.description = fmt::format("Interface for Route Server Endpoint {}", endpoint.resource_id);  // Assumed: the words
  spec.requester_id = call.scope.account;
  spec.requester_managed = true;
  auto interface = make_interface(call, spec);
  attach_to_service(call, interface);
  state::update(call.txn, interface);
  endpoint.document["VpcId"] = subnet.vpc_id;
  endpoint.document["EniId"] = interface.network_interface_id;
  endpoint.document["EniAddress"] = interface.private_ip_address;
}

void move_endpoint(Context& context, GenericResource& endpoint) {
  if (endpoint.state != "deleted") return;
  const auto interface =
      state::find<state::NetworkInterface>(context.txn, context.scope, text(endpoint.document, "EniId"));
  if (interface) remove_interface(context, *interface);
}

void create_peer(Call& call, GenericResource& peer) {
  const auto endpoint = require_resource(call, kEndpoint, call.require("RouteServerEndpointId"));
  require_available(endpoint);
  const auto vpc = require_row<state::Vpc>(call, "vpc", text(endpoint.document, "VpcId"));
  const auto given = call.require("PeerAddress");
  const auto address = parse_ipv4(given);
  const auto blocks = ipv4_blocks(vpc);
  const bool is_inside =
      address && std::ranges::any_of(blocks, [&](const Cidr& block) { return block.contains(*address); });
  if (!is_inside || given == text(endpoint.document, "EniAddress")) {  // Assumed: code and words
    throw errors::invalid_value(given, "PeerAddress", "It is not an address of a device in the VPC.");
  }
  for (const auto& other : state::list_children(call.txn, endpoint.resource_id, "route-server-peer")) {
    if (text(other.document, "PeerAddress") != given) continue;
    throw errors::invalid_value(given, "PeerAddress", "The endpoint has a peer with this address.");  // Assumed
  }
  check_asn(integer(call.part("BgpOptions"), "PeerAsn").value_or(0), "PeerAsn");
  for (const char* member : {"RouteServerId", "VpcId", "SubnetId"}) peer.document[member] = endpoint.document[member];
  peer.document["EndpointEniId"] = endpoint.document["EniId"];
  peer.document["EndpointEniAddress"] = endpoint.document["EniAddress"];
  if (text(peer.document["BgpOptions"], "PeerLivenessDetection") == "bfd")
    peer.document["BfdStatus"] = {{"Status", "down"}};
}

constexpr Operation kOperations[] = {
    {.name = "AssociateRouteServer", .run = AssociateRouteServer, .access = Access::write},
    {.name = "DisableRouteServerPropagation", .run = DisableRouteServerPropagation, .access = Access::write},
    {.name = "DisassociateRouteServer", .run = DisassociateRouteServer, .access = Access::write},
    {.name = "EnableRouteServerPropagation", .run = EnableRouteServerPropagation, .access = Access::write},
    {.name = "GetRouteServerAssociations", .run = GetRouteServerAssociations, .access = Access::read},
    {.name = "GetRouteServerPropagations", .run = GetRouteServerPropagations, .access = Access::read},
    {.name = "GetRouteServerRoutingDatabase", .run = GetRouteServerRoutingDatabase, .access = Access::read},
};

constexpr Mover kMovers[] = {{kAssociation, move_tie}, {kPropagation, move_tie}};

constexpr Hooks kHooks[] = {
    {.kind = kServer, .create = create_server, .modify = modify_server},
    {.kind = kEndpoint, .create = create_endpoint, .moved = move_endpoint},
    {.kind = "route-server-peer", .create = create_peer},
};

}  // namespace

Family route_servers_family() { return {.operations = kOperations, .movers = kMovers, .hooks = kHooks}; }

}  // namespace fogling
