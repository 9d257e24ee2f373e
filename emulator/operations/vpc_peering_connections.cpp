/// VPC peering: requested, accepted or rejected by the other side, which may be another account or region. Describing
/// and deleting are declared.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/ip_blocks.hpp"
#include "emulator/kinds.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/world.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "vpc-peering-connection";
/// Documented: a request that nobody answers ends after a week.
constexpr std::int64_t kExpires_ms = std::int64_t{7} * 24 * 3600 * 1000;
constexpr kinds::Transition kAccepting{"provisioning", "active", 1000};
/// Documented: requests of one account that are not answered yet.
constexpr std::size_t kMostOutstanding = 25;

const Document& requester(const GenericResource& peering) { return part(peering.document, "RequesterVpcInfo"); }
const Document& accepter(const GenericResource& peering) { return part(peering.document, "AccepterVpcInfo"); }

bool is_side(const Context& context, const Document& side) {
  return text(side, "OwnerId") == context.scope.account && text(side, "Region") == context.scope.region;
}

// ---- Making --------------------------------------------------------------------------------------------------------

/// What is told of a VPC that takes part.
void add_blocks(const state::Vpc& vpc, Document& side) {
  side["CidrBlock"] = vpc.cidr_block;
  side["CidrBlockSet"] = Document::array();
  for (const auto& each : vpc.cidr_block_associations) {
    if (text(part(each, "CidrBlockState"), "State") != "associated") continue;
    side["CidrBlockSet"].push_back({{"CidrBlock", text(each, "CidrBlock")}});
  }
  Document ipv6 = Document::array();
  for (const auto& each : vpc.ipv6_cidr_block_associations) {
    if (text(part(each, "Ipv6CidrBlockState"), "State") != "associated") continue;
    ipv6.push_back({{"Ipv6CidrBlock", text(each, "Ipv6CidrBlock")}});
  }
  if (!ipv6.empty()) side["Ipv6CidrBlockSet"] = std::move(ipv6);
}

Document options_document() {
  return {{"AllowDnsResolutionFromRemoteVpc", false},
          {"AllowEgressFromLocalClassicLinkToRemoteVpc", false},
          {"AllowEgressFromLocalVpcToRemoteClassicLink", false}};
}

bool overlap(const Document& a, const Document& b) {
  const auto any_pair = [&](const char* list, const char* member, const auto& test) {
    return std::ranges::any_of(items(a, list), [&](const Document& one) {
      return std::ranges::any_of(items(b, list),
                                 [&](const Document& other) { return test(text(one, member), text(other, member)); });
    });
  };
  const auto overlap = [](std::string_view one, std::string_view other) {
    return IpBlock::parse(one).value().overlaps(IpBlock::parse(other).value());
  };
  return any_pair("CidrBlockSet", "CidrBlock", overlap) || any_pair("Ipv6CidrBlockSet", "Ipv6CidrBlock", overlap);
}

/// The other VPC, where account and region of the request are right.
std::optional<state::Vpc> peer_vpc(Context& context, const Document& side) {
  const Scope theirs{std::string(text(side, "OwnerId")), std::string(text(side, "Region"))};
  return state::find<state::Vpc>(context.txn, theirs, text(side, "VpcId"));
}

bool is_pending(const GenericResource& peering) {
  return peering.state == "initiating-request" || peering.state == "pending-acceptance";
}

void refuse_repetition(Call& call, std::string_view vpc_id, std::string_view peer_vpc_id) {
  std::size_t outstanding = 0;
  for (const auto& each : state::list_kind(call.txn, call.scope, kKind)) {
    if (is_pending(each)) ++outstanding;
    if (!is_pending(each) && each.state != "provisioning" && each.state != "active") continue;
    if (text(requester(each), "VpcId") != vpc_id || text(accepter(each), "VpcId") != peer_vpc_id) continue;
    throw ApiError("VpcPeeringConnectionAlreadyExists",  // Assumed: the words
                   fmt::format("A VPC peering connection between {} and {} already exists.", vpc_id, peer_vpc_id));
  }
  if (outstanding < kMostOutstanding) return;
  throw ApiError("OutstandingVpcPeeringConnectionLimitExceeded",  // Assumed: the words
                 "The maximum number of outstanding VPC peering connection requests has been reached.");
}

void create_peering(Call& call, GenericResource& peering) {
  const auto own = require_row<state::Vpc>(call, "vpc", call.require("VpcId"));
  const auto or_own = [&](const char* member, const std::string& usual) {
    const auto given = call.text(member);
    return given.empty() ? usual : std::string(given);
  };
  Document peer{{"OwnerId", or_own("PeerOwnerId", call.scope.account)},
                {"VpcId", call.require("PeerVpcId")},
                {"Region", or_own("PeerRegion", call.scope.region)}};
  if (catalogue::find_region(text(peer, "Region")) == nullptr) {  // Assumed: the words
    throw errors::invalid_value(text(peer, "Region"), "peerRegion", "There is no such region.");
  }
  check_id("vpc", text(peer, "VpcId"));
  // What is to be in the caller's own account and region is looked up at once: hashicorp/terraform-provider-aws#35485.
  if (is_side(call, peer)) require_row<state::Vpc>(call, "vpc", text(peer, "VpcId"));
  refuse_repetition(call, own.vpc_id, text(peer, "VpcId"));
  Document side{{"OwnerId", own.account}, {"VpcId", own.vpc_id}, {"Region", own.region}};
  add_blocks(own, side);
  side["PeeringOptions"] = options_document();
  peering.document["RequesterVpcInfo"] = std::move(side);
  peering.document["AccepterVpcInfo"] = std::move(peer);
  peering.document["ExpirationTime"] = iso_seconds(call.now_ms + kExpires_ms);
}

/// Documented: what cannot come to be, such as with an unknown VPC of another account, is not refused; it fails a
/// moment later.
void find_other_side(Call& call, GenericResource& peering) {
  const auto other = peer_vpc(call, accepter(peering));
  Document blocks = Document::object();
  if (other) add_blocks(*other, blocks);
  if (!other || overlap(requester(peering), blocks)) {
    state::remove_dues_of(call.txn, peering.resource_id);
    schedule(call, kKind, peering.resource_id, "failed", declared_kind(kKind).create.takes_ms);
    return;
  }
  state::add_reference(call.txn, call.scope, peering.resource_id, other->vpc_id, true);
}

// ---- States --------------------------------------------------------------------------------------------------------

/// Now that both are connected, both are told of.
void show_both_sides(Context& context, GenericResource& peering) {
  peering.document.erase("ExpirationTime");
  auto& side = peering.document["AccepterVpcInfo"];
  if (const auto vpc = peer_vpc(context, side)) add_blocks(*vpc, side);
  side["PeeringOptions"] = options_document();
  state::update(context.txn, peering);
}

void move_peering(Context& context, GenericResource& peering) {
  if (peering.state == "failed" || peering.state == "expired") end_resource(context, peering, peering.state);
  if (peering.state == "pending-acceptance")
    schedule_by_clock(context, kKind, peering.resource_id, "expired", kExpires_ms);
  if (peering.state == "active") show_both_sides(context, peering);
}

/// Recorded, but for those of expired and deleting ones.
std::string status_message(const GenericResource& peering) {
  const auto by = text(peering.document, "_By");
  if (peering.state == "initiating-request")
    return fmt::format("Initiating Request to {}", text(accepter(peering), "OwnerId"));
  if (peering.state == "pending-acceptance")
    return fmt::format("Pending Acceptance by {}", text(accepter(peering), "OwnerId"));
  if (peering.state == "failed") return "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range";
  if (peering.state == "rejected") return fmt::format("Rejected by {}", by);
  if (peering.state == "deleted") return fmt::format("Deleted by {}", by);
  std::string message = peering.state;
  message[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(message[0])));
  return message;
}

void show_peering(Context&, const GenericResource& peering, Document& shown) {
  shown["Status"]["Message"] = status_message(peering);
}

void remove_peering(Call& call, GenericResource& peering) { peering.document["_By"] = call.scope.account; }

// ---- The other side ------------------------------------------------------------------------------------------------

/// A connection that the caller is to answer: it waits for that, and for the caller.
GenericResource require_request(Call& call, std::string_view becomes, std::string_view verb) {
  const auto id = call.require("VpcPeeringConnectionId");
  check_id(kKind, id);
  auto peering = state::find_anywhere<GenericResource>(call.txn, id);
  if (!peering || peering->kind != kKind) throw unknown_id(kKind, id);
  const auto& side = accepter(*peering);
  if (text(side, "OwnerId") != call.scope.account) {
    if (!is_side(call, requester(*peering))) throw unknown_id(kKind, id);
    throw errors::operation_not_permitted(fmt::format("User {} cannot {} peering {}", call.scope.account, verb, id));
  }
  if (text(side, "Region") != call.scope.region) {
    throw errors::operation_not_permitted(
        fmt::format("Incorrect region ({}) specified for this request. VPC peering connection {} must be {}ed in "
                    "region {}",
                    call.scope.region, id, verb, text(side, "Region")));
  }
  if (peering->state != "pending-acceptance") {
    throw ApiError("InvalidStateTransition",
                   fmt::format("Invalid state transition for {}, attempted to transition from {} to {}", id,
                               peering->state, becomes));
  }
  return *std::move(peering);
}

Document AcceptVpcPeeringConnection(Call& call) {
  auto peering = require_request(call, kAccepting.at_once, "accept");
  state::remove_dues_of(call.txn, peering.resource_id);
  begin(call, peering, kAccepting);
  return {{"VpcPeeringConnection", shown(call, peering)}};
}

Document RejectVpcPeeringConnection(Call& call) {
  auto peering = require_request(call, "rejected", "reject");
  peering.document["_By"] = call.scope.account;
  end_resource(call, peering, "rejected");
  return {{"Return", true}};
}

/// Takes over the options of one side, which only that side may change. Assumed: the words where it may not.
void change_options(Call& call, GenericResource& peering, const char* parameter, const char* side, Document& answer) {
  const auto& given = call.part(parameter);
  if (given.empty()) return;
  auto& info = peering.document[side];
  if (!is_side(call, info)) {
    throw errors::operation_not_permitted(
        fmt::format("User {} cannot modify {} of peering {}", call.scope.account, parameter, peering.resource_id));
  }
  info["PeeringOptions"].update(given);
  answer[parameter] = info["PeeringOptions"];
}

Document ModifyVpcPeeringConnectionOptions(Call& call) {
  auto peering = require_resource(call, kKind, call.require("VpcPeeringConnectionId"));
  if (peering.state != "active") {
    throw errors::operation_not_permitted(fmt::format(
        "Peering {} is not active. Peering options can be added only to active peerings.", peering.resource_id));
  }
  Document answer = Document::object();
  change_options(call, peering, "RequesterPeeringConnectionOptions", "RequesterVpcInfo", answer);
  change_options(call, peering, "AccepterPeeringConnectionOptions", "AccepterVpcInfo", answer);
  state::update(call.txn, peering);
  return answer;
}

constexpr Operation kOperations[] = {
    {.name = "AcceptVpcPeeringConnection", .run = AcceptVpcPeeringConnection, .access = Access::write},
    {.name = "ModifyVpcPeeringConnectionOptions", .run = ModifyVpcPeeringConnectionOptions, .access = Access::write},
    {.name = "RejectVpcPeeringConnection", .run = RejectVpcPeeringConnection, .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = kKind,
                             .create = create_peering,
                             .created = find_other_side,
                             .remove = remove_peering,
                             .moved = move_peering,
                             .show = show_peering}};

}  // namespace

Family vpc_peering_connections_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
