#include "emulator/ipam_routes.hpp"

#include <algorithm>

#include "emulator/clock.hpp"
#include "state/resources_anywhere.hpp"

namespace fogling {
namespace {

/// What originates a range that is associated with no system of the account's own.
constexpr std::string_view kAmazonsAsn = "16509";

/// The system of the account's that the range is associated with.
std::string origin_of(Context& context, const Scope& where, std::string_view cidr) {
  for (const auto& each : state::list_kind_of_account(context.txn, where.account, "ipam-byoasn-association")) {
    if (each.state == "associated" && text(each.document, "Cidr") == cidr)
      return std::string(text(each.document, "Asn"));
  }
  return std::string(kAmazonsAsn);
}

Document route(Context& context, const Scope& where, std::string_view cidr, std::string_view state) {
  return {{"ResourceRegion", where.region},
          {"ResourceOwnerId", where.account},
          {"Cidr", cidr},
          {"Asn", origin_of(context, where, cidr)},
          {"State", state},
          {"AdvertisementType", "regional"},
          {"NetworkBorderGroup", where.region},
          {"SampleTime", iso_time(context.now_ms)}};
}

}  // namespace

std::vector<Document> discovered_routes(Context& context, const Scope& where) {
  std::vector<Document> routes;
  for (const auto& each : state::list_kind(context.txn, where, "byoip-cidr")) {
    auto& one = routes.emplace_back(route(context, where, text(each.document, "Cidr"), each.state));
    one["PoolId"] = each.parent_id;
    if (const auto group = text(each.document, "NetworkBorderGroup"); !group.empty()) one["NetworkBorderGroup"] = group;
  }
  for (const auto& each : state::list_kind_of_account(context.txn, where.account, kIpamPoolCidr)) {
    const auto pool = state::find_anywhere<GenericResource>(context.txn, each.parent_id);
    if (each.state != "provisioned" || !pool || !is_public(*pool) || has(pool->document, "SourceIpamPoolId")) continue;
    if (text(pool->document, "PublicIpSource") == "amazon" || !is_local(*pool, where.region)) continue;
    auto& one = routes.emplace_back(route(context, where, text(each.document, "Cidr"), each.state));
    one["IpamPoolId"] = pool->resource_id;
  }
  return routes;
}

std::string_view rpki_status(const IpBlock& route, std::string_view origin, const std::vector<Roa>& roas) {
  if (std::ranges::none_of(roas, [&](const Roa& roa) { return roa.covers(route); })) return "unknown";
  return std::ranges::any_of(roas, [&](const Roa& roa) { return roa.matches(route, origin); }) ? "valid" : "invalid";
}

void add_roas(const Document& registration, std::vector<Roa>& roas) {
  const auto prefix = IpBlock::parse(text(registration, "Cidr"));
  if (!prefix) return;
  for (const auto& asn : items(registration, "Asns")) {
    roas.push_back({*prefix, asn.get<std::string>(), integer(registration, "MaxLength").value_or(prefix->length)});
  }
}

std::vector<Roa> published_roas(Context& context, const GenericResource& association) {
  std::vector<Roa> roas;
  for (const auto& each : state::list_children(context.txn, association.resource_id, kIpamRoutingPolicyRegistration))
    add_roas(part(each.document, "_published"), roas);
  return roas;
}

}  // namespace fogling
