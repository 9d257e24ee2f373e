/// Dedicated hosts and the reservations that make them cheaper.

#include "emulator/hosts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"
#include "emulator/prices.hpp"
#include "emulator/resource_types.hpp"

namespace fogling {
namespace {

// ---- What a host is
// --------------------------------------------------------------------------------------------------

ApiError bad_configuration() {
  return {"InvalidHostConfiguration", "The specified Dedicated Host configuration is not supported."};
}

/// Of one type, or of a family whose types it may mix.
Document properties(std::string_view family, std::string_view type) {
  const auto size = host_size(family);
  const auto* known = type.empty() ? nullptr : catalogue::find_instance_type(type);
  if (!size || (!type.empty() && (known == nullptr || !known->dedicated_hosts_supported))) throw bad_configuration();
  Document out{{"Cores", size->cores}, {"Sockets", size->sockets}, {"TotalVCpus", size->vcpus}};
  if (type.empty()) {
    out["InstanceFamily"] = family;
  } else {
    out["InstanceType"] = type;
  }
  return out;
}

struct Asked {
  std::string family, type;
};
Asked asked_types(const Call& call) {
  const std::string family(call.text("InstanceFamily")), type(call.text("InstanceType"));
  if (!family.empty() && !type.empty()) throw errors::not_together("instanceType", "instanceFamily");
  return {family.empty() ? type.substr(0, type.find('.')) : family, type};
}

const catalogue::Zone& asked_zone(const Call& call) {
  const auto name = call.text("AvailabilityZone"), id = call.text("AvailabilityZoneId");
  if (name.empty() && id.empty()) throw errors::missing_parameter("AvailabilityZone");
  const auto* zone =
      name.empty() ? catalogue::find_zone_by_id(call.scope.region, id) : catalogue::find_zone(call.scope.region, name);
  if (zone == nullptr) {
    throw errors::invalid_parameter_value(fmt::format("Invalid availability zone: [{}]", name.empty() ? id : name));
  }
  return *zone;
}

void show(Context& context, const state::GenericResource& host, Document& shown) {
  Document instances = Document::array();
  for (const auto& each : host_instances(context, host)) {
    instances.push_back(
        {{"InstanceId", each.instance_id}, {"InstanceType", each.instance_type}, {"OwnerId", each.account}});
  }
  shown["Instances"] = std::move(instances);
  if (host.state != "available") return;
  const std::int64_t total = integer(part(host.document, "HostProperties"), "TotalVCpus").value_or(0);
  Document capacity = Document::array();
  std::int64_t used = 0;
  for (const auto& each : host_instances(context, host)) {
    const auto* type = catalogue::find_instance_type(each.instance_type);
    used += type == nullptr ? 0 : type->vcpus;
  }
  for (const auto* type : host_types(host)) {
    capacity.push_back({{"InstanceType", type->name},
                        {"AvailableCapacity", (total - used) / std::max(type->vcpus, 1)},
                        {"TotalCapacity", total / std::max(type->vcpus, 1)}});
  }
  shown["AvailableCapacity"] = {{"AvailableInstanceCapacity", std::move(capacity)}, {"AvailableVCpus", total - used}};
}

// ---- Hosts
// -----------------------------------------------------------------------------------------------------------

/// Assumed, whatever the quotas: as many as a call of RunInstances is meant for.
constexpr std::int64_t kMostInACall = 1000;

Document AllocateHosts(Call& call) {
  const auto asked = asked_types(call);
  if (asked.family.empty()) throw errors::missing_parameter("InstanceType");
  const auto quantity = call.integer("Quantity").value_or(1);
  if (quantity < 1) {
    throw ApiError("InvalidQuantity", fmt::format("The quantity of Dedicated Hosts '{}' is not valid.",
                                                  quantity));  // Assumed: the words
  }
  if (quantity > kMostInACall) {
    throw ApiError("HostLimitExceeded",
                   "You've reached the limit on the number of Dedicated Hosts that you can allocate.");
  }
  if (!call.text("OutpostArn").empty()) throw bad_configuration();
  const auto& zone = asked_zone(call);
  const Document machine = properties(asked.family, asked.type);
  Document ids = Document::array();
  for (std::int64_t i = 0; i < quantity; ++i) {
    Document document = copied_members(call.in, declared_kind(kHost));
    document["AvailabilityZone"] = zone.name;
    document["AvailabilityZoneId"] = zone.id;
    document["HostProperties"] = machine;
    document["AllowsMultipleInstanceTypes"] = asked.type.empty() ? "on" : "off";
    set_if(document, "ClientToken", call.text("ClientToken"));
    ids.push_back(make_resource(call, declared_kind(kHost), std::move(document)).resource_id);
  }
  return {{"HostIds", std::move(ids)}};
}

/// One host that is refused does not keep the others from it.
template <class Change>
Document change_each(Call& call, const Change& change) {
  Document successful = Document::array(), unsuccessful = Document::array();
  for (const auto& each : call.items("HostIds")) {
    const auto& id = each.get_ref<const std::string&>();
    try {
      auto host = require_resource(call, kHost, id);
      change(host);
      successful.push_back(id);
    } catch (const ApiError& error) {
      // Seen: these codes come with the prefix that CloudTrail gives the others.
      unsuccessful.push_back(
          {{"ResourceId", id}, {"Error", {{"Code", "Client." + error.code}, {"Message", error.message}}}});
    }
  }
  return {{"Successful", std::move(successful)}, {"Unsuccessful", std::move(unsuccessful)}};
}

Document ModifyHosts(Call& call) {
  const auto asked = asked_types(call);
  return change_each(call, [&](state::GenericResource& host) {
    for (const char* member : {"AutoPlacement", "HostRecovery", "HostMaintenance"}) {
      set_if(host.document, member, call.text(member));
    }
    if (!asked.family.empty()) {
      host.document["HostProperties"] = properties(asked.family, asked.type);
      host.document["AllowsMultipleInstanceTypes"] = asked.type.empty() ? "on" : "off";
      const auto types = host_types(host);
      for (const auto& each : host_instances(call, host)) {
        if (std::ranges::find(types, each.instance_type, &catalogue::InstanceType::name) != types.end()) continue;
        throw ApiError("InvalidHost.Occupied",  // Assumed: the words
                       fmt::format("Dedicated host '{}' cannot be changed while it holds instances of another type.",
                                   host.resource_id));
      }
    }
    state::update(call.txn, host);
  });
}

Document ReleaseHosts(Call& call) {
  return change_each(call, [&](state::GenericResource& host) {
    if (!state::holders_of(call.txn, host.resource_id).empty()) {
      throw ApiError("InvalidHost.Occupied", fmt::format("Dedicated host '{}' cannot be released as it is occupied.",
                                                         host.resource_id));  // Assumed: the words
    }
    if (has(host.document, "HostReservationId")) {
      throw ApiError("InvalidHost.Reserved",  // Assumed: code and words
                     fmt::format("Dedicated host '{}' has a reservation and cannot be released.", host.resource_id));
    }
    host.document["ReleaseTime"] = iso_seconds(call.now_ms);
    remove_resource(call, host);
  });
}

// ---- Reservations
// ----------------------------------------------------------------------------------------------------

struct Offering {
  std::string id, family, payment;
  std::int64_t duration_s;
  double upfront, hourly;

  Document document() const {
    return {{"OfferingId", id},
            {"InstanceFamily", family},
            {"Duration", duration_s},
            {"PaymentOption", payment},
            {"CurrencyCode", "USD"},
            {"UpfrontPrice", fmt::format("{:.3f}", upfront)},
            {"HourlyPrice", fmt::format("{:.3f}", hourly)}};
  }
};

/// Always the same for a family, a term and a way to pay. Assumed: the discounts.
std::vector<Offering> all_offerings(std::string_view region) {
  constexpr std::int64_t kYear_s = 31'536'000;
  constexpr std::array<std::pair<const char*, double>, 3> kPayments = {
      {{"NoUpfront", 0}, {"PartialUpfront", 0.5}, {"AllUpfront", 1}}};
  std::vector<Offering> offerings;
  std::string_view last;
  for (const auto& type : catalogue::instance_types()) {
    if (type.family == last || !type.dedicated_hosts_supported || !catalogue::is_offered(type, region)) continue;
    last = type.family;
    const double hour = on_demand_price(type, region) / type.vcpus * host_size(type.family)->vcpus * 1.1;
    for (const auto years : {1, 3}) {
      for (const auto& [payment, share] : kPayments) {
        const double reserved = hour * (years == 1 ? 0.65 : 0.45) * (1 - 0.05 * share);
        const auto seconds = kYear_s * years;
        const auto name = fmt::format("{}/{}/{}", type.family, years, payment);
        offerings.push_back({"hro-" + catalogue::stable_image_id(region, name).substr(4), std::string(type.family),
                             payment, seconds, reserved * share * static_cast<double>(seconds) / 3600,
                             reserved * (1 - share)});
      }
    }
  }
  return offerings;
}

Document DescribeHostReservationOfferings(Call& call) {
  if (const auto id = call.text("OfferingId"); !id.empty()) check_id("host-reservation-offering", id);
  std::vector<Document> documents;
  for (const auto& each : all_offerings(call.scope.region)) {
    if (!call.text("OfferingId").empty() && each.id != call.text("OfferingId")) continue;
    if (each.duration_s < call.integer("MinDuration").value_or(0)) continue;
    if (each.duration_s > call.integer("MaxDuration").value_or(INT64_MAX)) continue;
    documents.push_back(each.document());
  }
  return describe_documents(call, "OfferingSet", std::move(documents));
}

/// One purchase of an offering for some hosts: what it costs, and which hosts it covers.
struct Deal {
  Offering offering;
  std::vector<state::GenericResource> hosts;
  Document answer;
};

Deal find_deal(Call& call) {
  const auto id = call.require("OfferingId");
  check_id("host-reservation-offering", id);
  const auto offerings = all_offerings(call.scope.region);
  const auto offering = std::ranges::find(offerings, id, &Offering::id);
  if (offering == offerings.end()) throw unknown_id("host-reservation-offering", id);  // Assumed: the code
  Deal deal{*offering, {}, {}};
  Document ids = Document::array();
  for (const auto& each : call.items("HostIdSet")) {
    auto host = require_resource(call, kHost, each.get_ref<const std::string&>());
    const auto types = host_types(host);
    if (types.empty() || types.front()->family != offering->family) {
      throw ApiError(
          "InvalidInstanceFamily",  // Assumed: the words
          fmt::format("The Dedicated Host '{}' is not of the offering's instance family.", host.resource_id));
    }
    if (has(host.document, "HostReservationId")) {
      throw ApiError("HostAlreadyCoveredByReservation",
                     "The specified Dedicated Host is already covered by a reservation.");
    }
    ids.push_back(host.resource_id);
    deal.hosts.push_back(std::move(host));
  }
  const auto count = static_cast<double>(deal.hosts.size());
  const auto upfront = fmt::format("{:.3f}", offering->upfront * count);
  const auto hourly = fmt::format("{:.3f}", offering->hourly * count);
  deal.answer = {{"CurrencyCode", "USD"},
                 {"TotalUpfrontPrice", upfront},
                 {"TotalHourlyPrice", hourly},
                 {"Purchase",
                  {{{"CurrencyCode", "USD"},
                    {"Duration", offering->duration_s},
                    {"HostIdSet", std::move(ids)},
                    {"InstanceFamily", offering->family},
                    {"PaymentOption", offering->payment},
                    {"UpfrontPrice", upfront},
                    {"HourlyPrice", hourly}}}}};
  return deal;
}

Document GetHostReservationPurchasePreview(Call& call) { return find_deal(call).answer; }

Document PurchaseHostReservation(Call& call) {
  auto deal = find_deal(call);
  if (const auto limit = call.text("LimitPrice"); !limit.empty()) {
    if (std::strtod(std::string(limit).c_str(), nullptr) <
        deal.offering.upfront * static_cast<double>(deal.hosts.size())) {
      throw errors::invalid_value(limit, "limitPrice", "The purchase costs more.");  // Assumed: the words
    }
  }
  auto& purchase = deal.answer["Purchase"][0];
  Document document = purchase;
  document["OfferingId"] = deal.offering.id;
  document["Count"] = deal.hosts.size();
  document["End"] = iso_seconds(call.now_ms + deal.offering.duration_s * 1000);
  const auto reservation = make_resource(call, declared_kind("host-reservation"), std::move(document));
  schedule_by_clock(call, "host-reservation", reservation.resource_id, "expired", deal.offering.duration_s * 1000);
  for (auto& host : deal.hosts) {
    host.document["HostReservationId"] = reservation.resource_id;
    state::update(call.txn, host);
  }
  purchase["HostReservationId"] = reservation.resource_id;
  set_if(deal.answer, "ClientToken", call.text("ClientToken"));
  return deal.answer;
}

/// Hosts are free of a reservation that has come to its end.
void moved(Context& context, state::GenericResource& reservation) {
  if (reservation.state != "expired") return;
  for (const auto& id : items(reservation.document, "HostIdSet")) {
    auto host = state::find<state::GenericResource>(context.txn, context.scope, id.get_ref<const std::string&>());
    if (!host) continue;
    host->document.erase("HostReservationId");
    state::update(context.txn, *host);
  }
}

constexpr Operation kOperations[] = {
    {.name = "AllocateHosts", .run = AllocateHosts, .access = Access::write},
    {.name = "DescribeHostReservationOfferings",
     .run = DescribeHostReservationOfferings,
     .access = Access::read,
     .listed = "HostOffering"},
    {.name = "GetHostReservationPurchasePreview", .run = GetHostReservationPurchasePreview, .access = Access::read},
    {.name = "ModifyHosts", .run = ModifyHosts, .access = Access::write},
    {.name = "PurchaseHostReservation", .run = PurchaseHostReservation, .access = Access::write},
    {.name = "ReleaseHosts", .run = ReleaseHosts, .access = Access::write},
};
constexpr Hooks kHooks[] = {{.kind = "dedicated-host", .show = show}, {.kind = "host-reservation", .moved = moved}};

}  // namespace

Family hosts_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
