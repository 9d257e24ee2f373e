/// Routing policies of an IPAM: which systems may announce a prefix, changed by deltas and published as route origin
/// authorizations; and the routes that they protect.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/ipam_resources.hpp"
#include "emulator/ipam_routes.hpp"
#include "emulator/lifecycle.hpp"
#include "state/resources_anywhere.hpp"

namespace fogling {
namespace {

constexpr std::string_view kDelta = "ipam-routing-policy-delta";
constexpr std::int64_t kPublishing_ms = 10'000;  // Assumed

// Assumed: codes and words of all refusals here, and the form of DeltaJson, which is not documented:
//   {"changes": [{"operation": "create", "cidr": "192.0.2.0/24", "asns": ["64500"], "maxLength": 24,
//                 "permitMoreSpecificAnnouncements": false, "description": "..."}]}

GenericResource requested_association(Call& call) {
  return require_resource(call, kIpamInternetRegistryAssociation, call.require("IpamInternetRegistryAssociationId"));
}

std::vector<GenericResource> registrations_of(Context& context, const GenericResource& association) {
  return state::list_children(context.txn, association.resource_id, kIpamRoutingPolicyRegistration);
}

std::optional<GenericResource> find_registration(Context& context, const GenericResource& association,
                                                 std::string_view cidr) {
  for (auto& each : registrations_of(context, association)) {
    if (text(each.document, "Cidr") == cidr) return std::move(each);
  }
  return std::nullopt;
}

// ---- Changes -------------------------------------------------------------------------------------------------------

IpBlock read_cidr(std::string_view given) {
  const auto block = IpBlock::parse(given);
  if (block && !block->had_host_bits) return *block;
  throw errors::invalid_value(given, "Cidr", "This is not a valid CIDR block.");
}

Document read_asns(const Document& given) {
  if (given.empty()) throw errors::missing_parameter("Asns");
  Document asns = Document::array();
  for (const auto& each : given) {
    const auto asn = each.is_string() ? each.get<std::string>() : each.dump();
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(asn.data(), asn.data() + asn.size(), number);
    if (error != std::errc() || end != asn.data() + asn.size())
      throw errors::invalid_value(asn, "Asn", "It must be a 2-byte or 4-byte ASN.");
    asns.push_back(asn);
  }
  return asns;
}

/// Documented: at least the prefix's own length, which it is where nothing is said.
std::int64_t read_max_length(const Document& change, const IpBlock& block) {
  const auto length = integer(change, "maxLength").value_or(block.length);
  if (length < block.length || length > (block.is_ipv4() ? 32 : 128))
    throw errors::invalid_value(std::to_string(length), "MaxLength");
  if (length > block.length && !flag(change, "permitMoreSpecificAnnouncements").value_or(false)) {
    throw errors::invalid_combination(
        "MaxLength can exceed the length of the prefix only when more specific announcements are permitted.");
  }
  return length;
}

Document registered(const Document& change, const IpBlock& block) {
  Document document{
      {"Cidr", block.text()},
      {"Asns", read_asns(items(change, "asns"))},
      {"PermitMoreSpecificAnnouncements", flag(change, "permitMoreSpecificAnnouncements").value_or(false)},
      {"MaxLength", read_max_length(change, block)}};
  set_if(document, "Description", text(change, "description"));
  return document;
}

void require_settled(const GenericResource& registration) {
  if (registration.state == "create-complete" || registration.state == "update-complete") return;
  throw errors::incorrect_state(fmt::format("The routing policy registration for {} is in the state {}.",
                                            text(registration.document, "Cidr"), registration.state));
}

void create_one(Call& call, const GenericResource& association, const Document& change, const std::string& delta_id) {
  const auto block = read_cidr(text(change, "cidr"));
  if (find_registration(call, association, block.text()))
    throw errors::invalid_value(block.text(), "Cidr", "It has a routing policy registration already.");
  GenericResource row;
  row.account = association.account;
  row.region = association.region;
  row.resource_id = call.make_id("ipam-rpr");
  row.kind = kIpamRoutingPolicyRegistration;
  row.state = "create-in-progress";
  row.parent_id = association.resource_id;
  row.document = registered(change, block);
  row.document["LatestDeltaId"] = delta_id;
  state::insert(call.txn, row);
}

void change_one(Call& call, const GenericResource& association, const Document& change, const std::string& delta_id) {
  const auto block = read_cidr(text(change, "cidr"));
  auto row = find_registration(call, association, block.text());
  if (!row) {
    throw ApiError("InvalidIpamRoutingPolicyRegistration.NotFound",
                   fmt::format("There is no routing policy registration for {}.", block.text()));
  }
  require_settled(*row);
  if (text(change, "operation") == "delete") {
    row->state = "delete-in-progress";
  } else {
    Document changed = registered(change, block);
    for (const char* kept : {"_published", "Description"}) {
      if (!changed.contains(kept) && row->document.contains(kept)) changed[kept] = row->document[kept];
    }
    row->document = std::move(changed);
    row->state = "update-in-progress";
  }
  row->document["LatestDeltaId"] = delta_id;
  state::update(call.txn, *row);
}

/// What is going to be published.
std::vector<Roa> intended_roas(Context& context, const GenericResource& association) {
  std::vector<Roa> roas;
  for (const auto& each : registrations_of(context, association)) {
    if (each.state != "delete-in-progress") add_roas(each.document, roas);
  }
  return roas;
}

std::vector<Document> announced_routes(Context& context, const GenericResource& association) {
  std::vector<Document> routes;
  const auto ipam = ipam_of(context, association);
  for (const auto& region : items(ipam.document, "OperatingRegions")) {
    const Scope place{association.account, std::string(text(region, "RegionName"))};
    for (auto& each : discovered_routes(context, place)) {
      if (text(each, "State") == "advertised") routes.push_back(std::move(each));
    }
  }
  return routes;
}

/// Documented: what conflicts with an announced route is refused unless it is forced. That is a change by which a route
/// becomes invalid, or loses what makes it valid: Assumed.
void check_conflicts(Call& call, const GenericResource& association, const std::vector<Roa>& before) {
  if (call.flag("Force").value_or(false)) return;
  const auto after = intended_roas(call, association);
  for (const auto& route : announced_routes(call, association)) {
    const auto block = IpBlock::parse(text(route, "Cidr")).value();
    const auto was = rpki_status(block, text(route, "Asn"), before), is = rpki_status(block, text(route, "Asn"), after);
    if (was == is || is == "valid" || (was == "invalid" && is == "unknown")) continue;
    throw ApiError(
        "IpamRoutingPolicyRegistrationConflict",
        fmt::format("The change conflicts with the route {} announced by AS{}.", block.text(), text(route, "Asn")));
  }
}

/// All changes of a delta, or none.
Document apply_delta(Call& call, const Document& changes) {
  const auto association = requested_association(call);
  if (association.state != "enable-complete") {
    throw errors::incorrect_state(fmt::format("The specified action is not valid for {} while it is in the state {}.",
                                              association.resource_id, association.state));
  }
  const auto before = intended_roas(call, association);
  GenericResource delta;
  delta.account = association.account;
  delta.region = association.region;
  delta.resource_id = call.make_id("ipam-rpd");
  delta.kind = kDelta;
  delta.state = "pending";
  delta.parent_id = association.resource_id;
  delta.document = {{"DeltaId", delta.resource_id},
                    {"DeltaJson", Document{{"changes", changes}}.dump()},
                    {"_time", iso_time(call.now_ms)}};
  for (const auto& change : changes) {
    const auto operation = text(change, "operation");
    if (operation == "create") {
      create_one(call, association, change, delta.resource_id);
    } else if (operation == "update" || operation == "delete") {
      change_one(call, association, change, delta.resource_id);
    } else {
      throw errors::invalid_value(operation, "DeltaJson", "An operation is create, update or delete.");
    }
  }
  check_conflicts(call, association, before);
  state::insert(call.txn, delta);
  schedule(call, kDelta, delta.resource_id, "published", kPublishing_ms);
  return delta.document;
}

Document shown_delta(const GenericResource& delta) {
  return {{"DeltaId", delta.resource_id}, {"DeltaJson", delta.document["DeltaJson"]}, {"State", delta.state}};
}

Document apply_and_show(Call& call, const Document& changes) {
  const auto document = apply_delta(call, changes);
  return {{"IpamRoutingPolicyRegistrationDelta",
           {{"DeltaId", document["DeltaId"]}, {"DeltaJson", document["DeltaJson"]}, {"State", "pending"}}}};
}

/// The one change that the members of a request say.
Document requested_change(Call& call, const char* operation) {
  Document change{{"operation", operation}, {"cidr", call.require("Cidr")}};
  if (!call.items("Asns").empty()) change["asns"] = call.items("Asns");
  set_if(change, "permitMoreSpecificAnnouncements", call.flag("PermitMoreSpecificAnnouncements"));
  set_if(change, "maxLength", call.integer("MaxLength"));
  set_if(change, "description", call.text("Description"));
  return Document::array({std::move(change)});
}

Document CreateIpamRoutingPolicyRegistration(Call& call) {
  return apply_and_show(call, requested_change(call, "create"));
}
Document ModifyIpamRoutingPolicyRegistration(Call& call) {
  return apply_and_show(call, requested_change(call, "update"));
}
Document DeleteIpamRoutingPolicyRegistration(Call& call) {
  return apply_and_show(call, requested_change(call, "delete"));
}

Document BatchModifyIpamRoutingPolicyRegistrations(Call& call) {
  requested_association(call);
  const Document delta = Document::parse(call.require("DeltaJson"), nullptr, false);
  const auto& changes = items(delta, "changes");
  if (changes.empty())
    throw errors::invalid_parameter_value("DeltaJson has to be a JSON object with a list of changes.");
  return apply_and_show(call, changes);
}

/// A delta is published: so is what it has changed, and what it has deleted is gone.
void publish(Context& context, const state::Due& due) {
  auto delta = state::find<GenericResource>(context.txn, context.scope, due.resource_id);
  if (!delta) return;
  delta->state = due.move;
  state::update(context.txn, *delta);
  for (auto& each : state::list_children(context.txn, delta->parent_id, kIpamRoutingPolicyRegistration)) {
    if (text(each.document, "LatestDeltaId") != delta->resource_id) continue;
    if (each.state == "delete-in-progress") {
      erase_resource(context, each);
      continue;
    }
    each.state = each.state == "create-in-progress" ? "create-complete" : "update-complete";
    each.document["_published"] = {
        {"Cidr", each.document["Cidr"]}, {"Asns", each.document["Asns"]}, {"MaxLength", each.document["MaxLength"]}};
    state::update(context.txn, each);
  }
}

// ---- Lists ---------------------------------------------------------------------------------------------------------

bool is_other_cidr(const Call& call, std::string_view cidr) {
  return !call.text("Cidr").empty() && read_cidr(call.text("Cidr")).text() != cidr;
}

Document GetIpamRoutingPolicyRegistrations(Call& call) {
  std::vector<Document> registrations;
  const auto association = requested_association(call);
  for (const auto& each : registrations_of(call, association)) {
    if (is_other_cidr(call, text(each.document, "Cidr"))) continue;
    Document shown = each.document;
    shown.erase("_published");
    shown["State"] = each.state;
    registrations.push_back(std::move(shown));
    call.looked_at.emplace_back(text(each.document, "LatestDeltaId"));
  }
  return describe_documents(call, "IpamRoutingPolicyRegistrations", std::move(registrations));
}

/// The newest first unless asked otherwise. Assumed: the order.
Document GetIpamRoutingPolicyRegistrationDeltas(Call& call) {
  auto deltas = state::list_children(call.txn, requested_association(call).resource_id, kDelta);
  if (call.text("ChronologicalOrder") != "forward") std::ranges::reverse(deltas);
  const auto id = call.text("DeltaId");
  std::vector<Document> documents;
  for (const auto& each : deltas) {
    const auto time_ms = parse_time(text(each.document, "_time"));
    if (!id.empty() && each.resource_id != id) continue;
    if (!call.text("StartTime").empty() && time_ms < parse_time(call.text("StartTime"))) continue;
    if (!call.text("EndTime").empty() && time_ms > parse_time(call.text("EndTime"))) continue;
    documents.push_back(shown_delta(each));
    call.looked_at.push_back(each.resource_id);
  }
  return describe_documents(call, "IpamRoutingPolicyRegistrationDeltas", std::move(documents));
}

Document GetIpamRouteOriginAuthorizations(Call& call) {
  std::vector<Document> roas;
  const auto association = requested_association(call);
  for (const auto& roa : published_roas(call, association)) {
    if (is_other_cidr(call, roa.prefix.text())) continue;
    roas.push_back({{"Cidr", roa.prefix.text()}, {"Asn", roa.asn}, {"MaxLength", roa.max_length}});
  }
  return describe_documents(call, "IpamRouteOriginAuthorizations", std::move(roas));
}

// ---- Routes --------------------------------------------------------------------------------------------------------

Document GetIpamDiscoveredRoutes(Call& call) {
  const auto discovery = require_resource(call, kIpamResourceDiscovery, call.require("IpamResourceDiscoveryId"));
  const auto region = call.require("ResourceRegion");
  if (!has_operating_region(discovery.document, region))
    throw errors::invalid_value(region, "ResourceRegion", "It is not an operating Region of the resource discovery.");
  auto routes = discovered_routes(call, {discovery.account, std::string(region)});
  for (auto& each : routes) each["IpamResourceDiscoveryId"] = discovery.resource_id;
  return describe_documents(call, "IpamDiscoveredRoutes", std::move(routes));
}

/// What protects a route, and what else is announced for its addresses. Assumed: that a protection is strict where no
/// more specific announcement passes.
Document finding(const Context& context, Document route, const std::vector<Roa>& roas,
                 const std::vector<Document>& all) {
  const auto block = IpBlock::parse(text(route, "Cidr")).value();
  const auto origin = std::string(text(route, "Asn"));
  Document covering = Document::array(), overlaps = Document::array();
  bool is_strict = true;
  for (const auto& roa : roas) {
    if (!roa.covers(block)) continue;
    is_strict = is_strict && roa.max_length == roa.prefix.length;
    covering.push_back({{"Asn", roa.asn},
                        {"Prefix", roa.prefix.text()},
                        {"MaxLength", roa.max_length},
                        {"Match", roa.matches(block, origin)}});
  }
  for (const auto& other : all) {
    if (text(other, "Cidr") == block.text() || !IpBlock::parse(text(other, "Cidr"))->overlaps(block)) continue;
    overlaps.push_back({{"Prefix", other["Cidr"]}, {"Asn", other["Asn"]}, {"DetectedAt", iso_time(context.now_ms)}});
  }
  route["RpkiStatus"] = rpki_status(block, origin, roas);
  if (!covering.empty()) route["RpkiStrength"] = is_strict ? "strict" : "permissive";
  route["Roas"] = std::move(covering);
  route["RouteOverlaps"] = std::move(overlaps);
  route["RoaSampleTime"] = iso_time(context.now_ms);
  return route;
}

Document GetIpamRouteProtectionFindings(Call& call) {
  const auto ipam = require_resource(call, kIpam, call.require("IpamId"));
  std::vector<Roa> roas;
  for (const auto& association : state::list_children(call.txn, ipam.resource_id, kIpamInternetRegistryAssociation)) {
    const auto own = published_roas(call, association);
    roas.insert(roas.end(), own.begin(), own.end());
  }
  std::vector<Document> routes, findings;
  for (const auto& place : monitored_places(call, ipam)) {
    auto own = discovered_routes(call, place);
    std::ranges::move(own, std::back_inserter(routes));
  }
  for (const auto& route : routes) findings.push_back(finding(call, route, roas, routes));
  Document answer = describe_documents(call, "RouteProtectionFindings", std::move(findings));
  answer["IpamId"] = ipam.resource_id;
  return answer;
}

constexpr Operation kOperations[] = {
    {.name = "BatchModifyIpamRoutingPolicyRegistrations",
     .run = BatchModifyIpamRoutingPolicyRegistrations,
     .access = Access::write},
    {.name = "CreateIpamRoutingPolicyRegistration",
     .run = CreateIpamRoutingPolicyRegistration,
     .access = Access::write},
    {.name = "DeleteIpamRoutingPolicyRegistration",
     .run = DeleteIpamRoutingPolicyRegistration,
     .access = Access::write},
    {.name = "GetIpamDiscoveredRoutes",
     .run = GetIpamDiscoveredRoutes,
     .access = Access::read,
     .listed = "IpamDiscoveredRoute"},
    {.name = "GetIpamRouteOriginAuthorizations", .run = GetIpamRouteOriginAuthorizations, .access = Access::read},
    {.name = "GetIpamRouteProtectionFindings",
     .run = GetIpamRouteProtectionFindings,
     .access = Access::read,
     .listed = "IpamRouteProtectionFinding"},
    {.name = "GetIpamRoutingPolicyRegistrationDeltas",
     .run = GetIpamRoutingPolicyRegistrationDeltas,
     .access = Access::read},
    {.name = "GetIpamRoutingPolicyRegistrations", .run = GetIpamRoutingPolicyRegistrations, .access = Access::read},
    {.name = "ModifyIpamRoutingPolicyRegistration",
     .run = ModifyIpamRoutingPolicyRegistration,
     .access = Access::write},
};

constexpr Mover kMovers[] = {{kDelta, publish}};

}  // namespace

Family ipam_routing_policies_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
