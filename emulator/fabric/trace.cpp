#include "emulator/fabric/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "emulator/fabric/ends.hpp"
#include "emulator/fabric/walk.hpp"

namespace fogling::fabric {
namespace {

/// How often a connection is taken up again under another address: by a NAT gateway, then by an internet gateway.
constexpr int kMostConversations = 4;

/// A part of the way on which the packets keep their addresses, so that the answer finds its way by itself.
struct Conversation {
  Place start, end;
  Flows arrived;
  std::string crossing;
  bool has_middlebox = false;
};

class Tracer {
 public:
  Tracer(Network& network, const Question& question) : network_(network), question_(question) {}

  Trace run() {
    out_.protocol = question_.protocol;
    if (prepare()) walk();
    judge();
    return std::move(out_);
  }

 private:
  bool prepare();
  bool connect(const End& gateway, const Interface* other);
  bool resolve();
  bool name_source();
  bool name_destination();
  std::optional<Ip> private_destination();
  void walk();
  void walk_back(const Conversation& conversation, Flows& reply);
  bool go_on(Place& place, Flows& flows);
  Place set_out(Walk& walk, const Place& from, Flows& flows);
  bool has_arrived(const Place& place);
  void judge();
  void ask_machine();
  bool fail(std::string_view id, std::string_view code, std::string reason);
  const Interface* interface_of(const End& end);

  Network& network_;
  Question question_;
  Trace out_;
  const Interface* from_ = nullptr;
  const Interface* to_ = nullptr;
  bool lacks_public_address_ = false;
  std::vector<Block> sources_, destinations_;
  std::vector<Conversation> conversations_;
};

bool Tracer::fail(std::string_view id, std::string_view code, std::string reason) {
  Hop& at = out_.forward.emplace_back();
  at.type = id.starts_with("eni-")       ? "network-interface"
            : is_endpoint_service_id(id) ? "vpc-endpoint-service"
            : is_gateway_id(id)          ? gateway_type(id)
                                         : "instance";
  at.id = id;
  at.is_open = false;
  at.code = code;
  at.reason = std::move(reason);
  return false;
}

// ---- Who, and by which address -------------------------------------------------------------------------------------

bool is_named(const End& end) { return end.id.starts_with("i-") || end.id.starts_with("eni-"); }

bool answers_to(const Interface& interface, const Ip& ip) {
  return interface.has(ip) ||
         std::ranges::any_of(interface.addresses, [&](const auto& each) { return each.public_ip == ip; });
}

const Interface* Tracer::interface_of(const End& end) {
  if (end.id.starts_with("eni-")) return network_.interface(end.id);
  const auto* instance = network_.instance(end.id);
  if (instance == nullptr || instance->interface_ids.empty()) return nullptr;
  for (const auto& id : instance->interface_ids) {
    const auto* interface = network_.interface(id);
    if (interface != nullptr && end.ip && answers_to(*interface, *end.ip)) return interface;
  }
  return network_.interface(instance->interface_ids.front());
}

/// Private addresses mean whoever has them in the VPC of the other end.
const Interface* holder_beside(Network& network, const End& end, const Interface* other) {
  if (!end.ip || other == nullptr || !end.id.empty()) return nullptr;
  const auto* vpc = network.vpc(other->vpc_id);
  return vpc == nullptr ? nullptr : network.holder(*vpc, *end.ip);
}

bool Tracer::resolve() {
  for (const auto* end : {&question_.from, &question_.to}) {
    const auto* found = is_named(*end) ? interface_of(*end) : nullptr;
    (end == &question_.from ? from_ : to_) = found;
    if (is_gateway_id(end->id) && !end->is_gateway())
      return fail(end->id, "NO_SOURCE_OR_DESTINATION", fmt::format("{} does not exist", end->id));
    if (is_endpoint_service_id(end->id))
      return fail(end->id, "NO_PATH", "no endpoint that is available in the VPC of the other end leads to it");
    if (!is_named(*end) || found != nullptr) continue;
    const auto* instance = network_.instance(end->id);
    if (instance == nullptr)
      return fail(end->id, "NO_SOURCE_OR_DESTINATION", fmt::format("{} does not exist", end->id));
    fail(end->id, "UNASSOCIATED_COMPONENT",
         fmt::format("{} is {} and has no network interface", end->id, instance->state));
    out_.forward.back().state = instance->state;
    return false;
  }
  if (from_ == nullptr) from_ = holder_beside(network_, question_.from, to_);
  if (to_ == nullptr) to_ = holder_beside(network_, question_.to, from_);
  return true;
}

/// A gateway between networks is an end of ways that begin or end in a VPC of its own.
bool Tracer::connect(const End& gateway, const Interface* other) {
  if (!gateway.is_gateway()) return true;
  if (other == nullptr)
    return fail(gateway.id, "NO_SOURCE_OR_DESTINATION", "the other end has to be an instance or an interface");
  if (&gateway == &question_.from && gateway.gateway.starts_with("vpce-"))
    return fail(gateway.id, "NO_PATH", "an endpoint begins no connections");
  return has_part_in(network_, gateway, other->vpc_id) ||
         fail(gateway.id, "DISCONNECTED_VPCS", fmt::format("{} has no part in {}", gateway.id, other->vpc_id));
}

bool Tracer::name_source() {
  if (from_ == nullptr && question_.from.is_gateway()) {
    sources_ = question_.from.ip ? std::vector{block_of(*question_.from.ip)}
                                 : blocks_beyond(network_, question_.from, to_, question_.is_v6);
    return true;
  }
  if (from_ == nullptr) {
    sources_ =
        question_.from.ip ? std::vector{block_of(*question_.from.ip)} : internet_of(network_, to_, question_.is_v6);
    return true;
  }
  const auto& given = question_.from.ip;
  if (given && from_->has(*given)) {
    sources_ = {block_of(*given)};
    return true;
  }
  const auto* first = from_->first(question_.is_v6);
  if (first == nullptr) return fail(from_->id, "NO_PATH", fmt::format("{} has no address of this family", from_->id));
  sources_ = {block_of(first->ip)};
  return true;
}

/// From another VPC the private address is used where a peering or a transit gateway leads there.
std::optional<Ip> Tracer::private_destination() {
  const auto* first = to_->first(question_.is_v6);
  if (first == nullptr) return std::nullopt;
  if (from_->vpc_id == to_->vpc_id || !first->public_ip) return first->ip;
  const auto* subnet = network_.subnet(from_->subnet_id);
  const auto* table = subnet == nullptr ? nullptr : network_.route_table(subnet->route_table_id);
  if (table == nullptr) return first->ip;
  const auto taken = by_route(*table, Flows{Flow{sources_.front(), block_of(first->ip), {}, {}}});
  const bool leads_there = !taken.empty() && (taken.front().route->target.starts_with("pcx-") ||
                                              taken.front().route->target.starts_with("tgw-"));
  return leads_there ? first->ip : *first->public_ip;
}

bool Tracer::name_destination() {
  const auto& given = question_.to.ip;
  if (to_ == nullptr && question_.to.is_gateway()) {
    destinations_ =
        given ? std::vector{block_of(*given)} : blocks_routed_to(network_, question_.to, from_, question_.is_v6);
    return true;
  }
  if (to_ == nullptr) {
    destinations_ = given ? std::vector{block_of(*given)} : internet_of(network_, from_, question_.is_v6);
    return true;
  }
  std::optional<Ip> ip = given;
  if (from_ != nullptr) {
    if (!ip) ip = private_destination();
  } else if (question_.from.is_gateway()) {
    const auto* first = to_->first(question_.is_v6);
    if (!ip && first != nullptr) ip = first->ip;
  } else if (!question_.is_v6) {
    const Interface::Address* inner = given ? to_->find(*given) : nullptr;
    if (inner != nullptr) ip = inner->public_ip;
    for (const auto& each : to_->addresses) {
      if (!ip) ip = each.public_ip;
    }
    if (!ip && to_->first(false) != nullptr) {
      ip = to_->first(false)->ip;
      lacks_public_address_ = true;
    }
  } else if (!ip && to_->first(true) != nullptr) {
    ip = to_->first(true)->ip;
  }
  if (!ip) return fail(to_->id, "NO_PATH", fmt::format("{} has no address of this family", to_->id));
  destinations_ = {block_of(*ip)};
  return true;
}

bool Tracer::prepare() {
  if (!resolve()) return false;
  if (from_ == nullptr && to_ == nullptr && !question_.to.ip)
    return fail("", "NO_SOURCE_OR_DESTINATION", "one of the ends has to be an instance, an interface or an address");
  const auto& told = question_.from.ip ? question_.from.ip : question_.to.ip;
  if (told) question_.is_v6 = told->is_v6;
  if (!told && to_ != nullptr && to_->first(false) == nullptr) question_.is_v6 = true;
  if (question_.protocol == kIcmp || question_.protocol == kIcmpv6) {
    question_.protocol = question_.is_v6 ? kIcmpv6 : kIcmp;
    question_.ports = question_.is_v6 ? PortRange{128, 128} : PortRange{8, 8};
    question_.client_ports = question_.is_v6 ? PortRange{129, 129} : PortRange{0, 0};
    out_.protocol = question_.protocol;
  }
  if (from_ != nullptr && from_->type == "vpc_endpoint")
    return fail(from_->id, "VPCE_INTRA_VPC_TRAFFIC", "an endpoint begins no connections into its own VPC");
  if (!connect(question_.from, to_) || !connect(question_.to, from_)) return false;
  if (!name_source() || !name_destination()) return false;
  for (const auto& source : sources_) {
    for (const auto& destination : destinations_)
      out_.asked.push_back({source, destination, question_.client_ports, question_.ports});
  }
  return true;
}

// ---- There, and back -----------------------------------------------------------------------------------------------

Place Tracer::set_out(Walk& walk, const Place& from, Flows& flows) {
  if (from.kind == Place::Kind::interface) return walk.leave(*from.interface, flows, Way::request);
  if (from.kind == Place::Kind::beyond) return walk.come_in(question_.from, *to_, flows);
  if (lacks_public_address_) return walk.enter_without_address(*to_, flows);
  return walk.enter(flows, Way::request);
}

/// Whether packets that have come this far set out again under another address.
bool Tracer::go_on(Place& place, Flows& flows) {
  if (place.kind == Place::Kind::nat) {
    const auto* own = place.interface->first(false);
    if (own == nullptr) return false;
    replace(flows, Side::source, own->ip);
    if (question_.protocol != kIcmp) {
      for (auto& each : flows) each.source_ports = {1024, 65535};
    }
    place = {Place::Kind::interface, place.interface, {}};
    return true;
  }
  const Ip* ip = only(flows, Side::destination);
  return place.kind == Place::Kind::internet && ip != nullptr && network_.public_holder(*ip) != nullptr;
}

bool Tracer::has_arrived(const Place& place) {
  if (to_ != nullptr) {
    if (place.kind == Place::Kind::interface && place.interface == to_) return true;
    return fail(to_->id, "NO_PATH", fmt::format("the way does not lead to {}", to_->id));
  }
  if (question_.to.is_gateway()) {
    if (place.kind == Place::Kind::beyond && (place.id == question_.to.id || place.id == question_.to.gateway))
      return true;
    return fail(question_.to.id, "NO_PATH", fmt::format("the way does not lead to {}", question_.to.id));
  }
  if (!question_.to.is_internet() || place.kind == Place::Kind::internet) return true;
  return fail(question_.to.id, "NO_PATH", "the way does not lead to the internet");
}

void Tracer::walk() {
  Place place{Place::Kind::internet, nullptr, {}};
  if (from_ != nullptr) place = {Place::Kind::interface, from_, {}};
  if (from_ == nullptr && question_.from.is_gateway()) place = {Place::Kind::beyond, nullptr, question_.from.gateway};
  Flows flows = out_.asked;
  bool goes_on = true;
  for (int i = 0; goes_on && i < kMostConversations; ++i) {
    Walk walk(network_, question_, out_.forward);
    walk.sender = i == 0 ? from_ : nullptr;
    if (i == 0 && question_.to.is_gateway()) {
      walk.wanted = question_.to.gateway;
      walk.last = &question_.to;
    }
    if (const Ip* ip = only(flows, Side::destination); ip != nullptr && place.kind == Place::Kind::interface) {
      const auto* vpc = network_.vpc(place.interface->vpc_id);
      walk.receiver = to_ != nullptr && to_->has(*ip) ? to_ : vpc == nullptr ? nullptr : network_.holder(*vpc, *ip);
    }
    Conversation conversation;
    conversation.start = place;
    place = set_out(walk, place, flows);
    if (place.kind == Place::Kind::nowhere) return;
    conversation.end = place;
    conversation.arrived = flows;
    conversation.crossing = walk.crossing;
    conversation.has_middlebox = walk.has_middlebox;
    conversations_.push_back(std::move(conversation));
    goes_on = go_on(place, flows);
  }
  if (goes_on) {  // as through a NAT gateway whose own subnet has its way out through it
    fail(conversations_.back().end.id, "NO_PATH", "routes send it round in a circle");
    return;
  }
  if (!has_arrived(conversations_.back().end)) return;
  if (!question_.to.service.empty()) {
    for (auto* hops : {&out_.forward, &out_.back}) {
      Hop& at = hops->emplace_back();
      at.type = "vpc-endpoint-service";
      at.id = question_.to.service;
      at.is_egress = hops == &out_.back;
      at.before = at.after = hops == &out_.back ? turned_round(flows) : flows;
    }
  }
  Flows reply;
  for (auto each = conversations_.rbegin(); each != conversations_.rend(); ++each) {
    reply = turned_round(each->arrived);
    walk_back(*each, reply);
  }
  out_.open = turned_round(reply);
}

void Tracer::walk_back(const Conversation& conversation, Flows& reply) {
  Walk walk(network_, question_, out_.back);
  walk.request = &out_.forward;
  if (!conversation.has_middlebox) walk.wanted = conversation.crossing;
  if (question_.from.is_gateway()) walk.last = &question_.from;
  const Place& end = conversation.end;
  const auto* start = conversation.start.interface;
  switch (end.kind) {
    case Place::Kind::interface:
    case Place::Kind::nat:
      walk.leave(*end.interface, reply, Way::reply);
      return;
    case Place::Kind::internet:
      if (!end.id.starts_with("eigw-")) {
        walk.enter(reply, Way::reply);
        return;
      }
      [[fallthrough]];
    case Place::Kind::beyond:
      if (start != nullptr) walk.come_back(end.id, *start, reply);
      return;
    case Place::Kind::nowhere:
      return;
  }
}

void Tracer::judge() {
  bool is_closed = false;
  for (auto* hops : {&out_.forward, &out_.back}) {
    for (auto& each : *hops) {
      each.is_reached = !is_closed;
      is_closed = is_closed || !each.is_open;
    }
  }
  if (is_closed || out_.open.empty()) {
    out_.open.clear();
    return;
  }
  const bool is_whole = blocks_of(out_.open, Side::source) == blocks_of(out_.asked, Side::source) &&
                        blocks_of(out_.open, Side::destination) == blocks_of(out_.asked, Side::destination);
  out_.verdict = is_whole ? Verdict::connects : Verdict::connects_for_some;
  if (question_.looks_inside) ask_machine();
}

/// Of what gets there and back, what is for ports on which something listens, where the machine says so. Echoes its
/// system answers by itself.
void Tracer::ask_machine() {
  const auto* end = conversations_.back().end.interface;
  const auto* instance = end == nullptr ? nullptr : network_.instance(end->instance_id);
  if (instance == nullptr || !instance->listens) return;
  if (question_.protocol != kTcp && question_.protocol != kUdp) return;
  const auto listeners = parse_traffic_list(*instance->listens);
  if (!listeners) {
    throw std::invalid_argument(fmt::format("the tag {} of {} is no list such as 'tcp/22 tcp/8000-8080 udp/53': {}",
                                            kListensTag, instance->id, *instance->listens));
  }
  Flows rest = std::move(out_.open);
  out_.open = take_traffic(*listeners, question_.protocol, rest);
  out_.is_heard = !out_.open.empty();
  if (out_.is_heard) return;
  out_.verdict = Verdict::refused;
  out_.forward.back().reason = fmt::format("nothing listens on {} {}, as its tag {} says",
                                           protocol_name(question_.protocol), ports_text(question_.ports), kListensTag);
}

}  // namespace

const Hop* Trace::decided() const {
  if (verdict == Verdict::refused) return &forward.back();
  for (const auto* hops : {&forward, &back}) {
    const auto found = std::ranges::find(*hops, false, &Hop::is_open);
    if (found != hops->end()) return &*found;
  }
  return nullptr;
}

Trace trace(Network& network, const Question& question) { return Tracer(network, question).run(); }

}  // namespace fogling::fabric
