/// Reserved Instances: offered, bought, and seen. What is made of them later is in reserved_instances_exchanges.cpp.

#include "emulator/reserved_instances.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/launch.hpp"
#include "emulator/lifecycle.hpp"

namespace fogling {
namespace {

constexpr std::string_view kReserved = "reserved-instances";
constexpr std::int64_t kUsualPage = 100;

// ---- Offerings
// -------------------------------------------------------------------------------------------------------

bool passes(const Call& call, std::string_view filter, std::string_view value) {
  return std::ranges::all_of(call.filters.all(), [&](const Filter& each) {
    return each.name != filter || std::ranges::any_of(each.values, [&](const std::string& pattern) {
             return matches_wildcard(pattern, value);
           });
  });
}

/// What is no number is no price either.
bool is_price(const std::string& wanted, double value) {
  char* end = nullptr;
  const double number = std::strtod(wanted.c_str(), &end);
  return end != wanted.c_str() && *end == '\0' && std::abs(number - value) < 0.005;
}

/// Prices are compared as numbers.
bool passes(const Call& call, std::string_view filter, double value) {
  return std::ranges::all_of(call.filters.all(), [&](const Filter& each) {
    return each.name != filter ||
           std::ranges::any_of(each.values, [&](const std::string& wanted) { return is_price(wanted, value); });
  });
}

/// `Linux/UNIX (Amazon VPC)` is `Linux/UNIX`, now that everything is in a VPC.
std::string_view plain(std::string_view product) { return product.substr(0, product.find(" (")); }

bool wants_type(const Call& call, const catalogue::InstanceType& type) {
  const auto name = call.text("InstanceType");
  return (name.empty() || type.name == name) && passes(call, "instance-type", type.name) &&
         !type.family.starts_with("mac") && catalogue::is_offered(type, call.scope.region);
}

bool wants_zone(const Call& call, const catalogue::Zone& zone) {
  const auto name = call.text("AvailabilityZone"), id = call.text("AvailabilityZoneId");
  return zone.is_availability_zone() && (name.empty() || zone.name == name) && (id.empty() || zone.id == id) &&
         passes(call, "availability-zone", zone.name) && passes(call, "availability-zone-id", zone.id) &&
         passes(call, "scope", "Availability Zone");
}

bool wants_region(const Call& call) {
  return call.text("AvailabilityZone").empty() && call.text("AvailabilityZoneId").empty() &&
         passes(call, "scope", "Region") && passes(call, "availability-zone", "") &&
         passes(call, "availability-zone-id", "");
}

bool wants_product(const Call& call, std::string_view product) {
  const auto wanted = plain(call.text("ProductDescription"));
  return (wanted.empty() || wanted == product) && passes(call, "product-description", product);
}

bool wants_duration(const Call& call, std::int64_t duration_s) {
  return duration_s >= call.integer("MinDuration").value_or(0) &&
         duration_s <= call.integer("MaxDuration").value_or(INT64_MAX) &&
         passes(call, "duration", std::to_string(duration_s));
}

/// What a request leaves of the terms of an offering, wherever and for whatever type: found once, since there are some
/// hundred thousand offerings.
std::vector<ReservedOffering> wanted_terms(const Call& call) {
  std::vector<ReservedOffering> terms;
  if (!passes(call, "marketplace", "false") || !passes(call, "usage-price", 0.0)) return terms;
  const auto payment = call.text("OfferingType"), offering_class = call.text("OfferingClass");
  ReservedOffering term;
  for (term.product = 0; term.product < reserved_products(); ++term.product) {
    if (!wants_product(call, term.product_description())) continue;
    for (term.payment = 0; term.payment < reserved_payments(); ++term.payment) {
      if (!payment.empty() && term.payment_option() != payment) continue;
      for (const int years : {1, 3}) {
        term.years = years;
        if (!wants_duration(call, term.duration_s())) continue;
        for (const bool is_convertible : {false, true}) {
          term.is_convertible = is_convertible;
          if (offering_class.empty() || (offering_class == "convertible") == is_convertible) terms.push_back(term);
        }
      }
    }
  }
  return terms;
}

/// None for the region as a whole, then its zones.
std::vector<std::optional<std::size_t>> wanted_places(const Call& call) {
  std::vector<std::optional<std::size_t>> places;
  if (wants_region(call)) places.emplace_back();
  const auto zones = catalogue::zones(call.scope.region);
  for (std::size_t i = 0; i < zones.size(); ++i) {
    if (wants_zone(call, zones[i])) places.emplace_back(i);
  }
  return places;
}

/// Every offering that is wanted, in its order, until `take` has had enough.
void each_offering(const Call& call, const std::function<bool(const ReservedOffering&)>& take) {
  const auto types = catalogue::instance_types();
  const auto zones = catalogue::zones(call.scope.region);
  const auto terms = wanted_terms(call);
  const auto places = wanted_places(call);
  for (std::size_t type = 0; type < types.size() && !terms.empty() && !places.empty(); ++type) {
    if (!wants_type(call, types[type])) continue;
    for (const auto& place : places) {
      if (place && !catalogue::is_offered(types[type], zones[*place])) continue;
      for (auto offering : terms) {
        offering.type = type;
        offering.zone = place;
        if (!call.filters.empty() && (!passes(call, "fixed-price", offering.upfront(call.scope.region)) ||
                                      !passes(call, "reserved-instances-offering-id", offering.id()))) {
          continue;
        }
        if (!take(offering)) return;
      }
    }
  }
}

/// Those that a request names: by ids, which all have to be there, or by the filter.
std::vector<Document> named_offerings(Call& call, const std::vector<std::string>& ids, bool must_exist) {
  std::vector<Document> documents;
  for (const auto& id : ids) {
    const auto offering = read_reserved_offering(call.scope.region, id);
    if (offering) {
      documents.push_back(offering->document(call.scope.region));
    } else if (must_exist) {
      throw ApiError("InvalidReservedInstancesOfferingId",
                     fmt::format("The ID '{}' is not valid", id));  // Assumed: the words
    }
  }
  return documents;
}

/// Seen: the words for a zone. Assumed: that those for types and for ids of zones are alike.
void check_question(const Call& call) {
  const auto zone = call.text("AvailabilityZone"), id = call.text("AvailabilityZoneId");
  if (!zone.empty() && !id.empty()) throw errors::not_together("AvailabilityZone", "AvailabilityZoneId");
  if (!zone.empty() && catalogue::find_zone(call.scope.region, zone) == nullptr) {
    throw errors::invalid_parameter_value(fmt::format("Invalid value '{}' for AvailabilityZone.", zone));
  }
  if (!id.empty() && catalogue::find_zone_by_id(call.scope.region, id) == nullptr) {
    throw errors::invalid_parameter_value(fmt::format("Invalid value '{}' for AvailabilityZoneId.", id));
  }
  if (const auto type = call.text("InstanceType"); !type.empty()) check_instance_type_name(type);
}

Document DescribeReservedInstancesOfferings(Call& call) {
  check_question(call);
  if (!call.text("InstanceTenancy").empty() && call.text("InstanceTenancy") != "default") {
    return describe_documents(call, "ReservedInstancesOfferings", {});  // Assumed: only shared machines are offered
  }
  if (const auto& ids = call.items("ReservedInstancesOfferingIds"); !ids.empty()) {
    return describe_documents(call, "ReservedInstancesOfferings",
                              named_offerings(call, ids.get<std::vector<std::string>>(), true));
  }
  if (const auto* ids = call.filters.literal_values("reserved-instances-offering-id")) {
    return describe_documents(call, "ReservedInstancesOfferings", named_offerings(call, *ids, false));
  }
  auto paging = read_paging(call);
  paging.limit = std::min(paging.limit, kUsualPage);
  Document offerings = Document::array();
  std::int64_t place = 0;
  bool is_full = false;
  each_offering(call, [&](const ReservedOffering& offering) {
    if (++place <= paging.after) return true;
    is_full = static_cast<std::int64_t>(offerings.size()) >= paging.limit;
    if (!is_full) offerings.push_back(offering.document(call.scope.region));
    return !is_full;
  });
  Document answer{{"ReservedInstancesOfferings", std::move(offerings)}};
  if (is_full) answer["NextToken"] = make_token(call, place - 1);
  return answer;
}

constexpr FilterPath kOfferingFilters[] = {{"marketplace", "Marketplace"}, {"usage-price", "UsagePrice"}};

// ---- Buying
// ----------------------------------------------------------------------------------------------------------

Document PurchaseReservedInstancesOffering(Call& call) {
  const auto id = call.require("ReservedInstancesOfferingId");
  const auto offering = read_reserved_offering(call.scope.region, id);
  if (!offering) {
    throw ApiError("InvalidReservedInstancesOfferingId", fmt::format("The ID '{}' is not valid", id));  // Assumed
  }
  const auto count = call.integer("InstanceCount").value_or(0);
  if (count < 1) throw errors::invalid_value(std::to_string(count), "instanceCount");
  const double cost = offering->upfront(call.scope.region) * static_cast<double>(count);
  if (const auto& limit = call.part("LimitPrice");
      has(limit, "Amount") && limit["Amount"].get<double>() + 0.01 < cost) {
    throw errors::invalid_value(fmt::format("{:g}", limit["Amount"].get<double>()), "limitPrice",
                                fmt::format("The purchase costs {:.2f}.", cost));  // Assumed: the words
  }
  const auto purchase = call.text("PurchaseTime");
  const auto start_ms = std::max(purchase.empty() ? 0 : parse_time(purchase), call.now_ms);
  Document document = adapted(offering->document(call.scope.region), *model::find_shape("ReservedInstances"));
  document["InstanceCount"] = count;
  document["Start"] = iso_seconds(start_ms);
  document["End"] = iso_seconds(start_ms + offering->duration_s() * 1000);
  document["_offering"] = id;
  auto reserved = new_resource(call, declared_kind(kReserved), std::move(document));
  if (start_ms > call.now_ms) reserved.state = "queued";
  reserved.document["State"] = reserved.state;
  state::insert(call.txn, reserved);
  if (reserved.state == "queued") {
    schedule_by_clock(call, kReserved, reserved.resource_id, "active", start_ms - call.now_ms);
  } else {
    schedule(call, kReserved, reserved.resource_id, "active", declared_kind(kReserved).create.takes_ms);
  }
  schedule_by_clock(call, kReserved, reserved.resource_id, "retired",
                    start_ms - call.now_ms + offering->duration_s() * 1000);
  return {{"ReservedInstancesId", reserved.resource_id}};
}

/// What was queued and has not begun may be taken back.
Document DeleteQueuedReservedInstances(Call& call) {
  Document deleted = Document::array(), failed = Document::array();
  for (const auto& each : call.items("ReservedInstancesIds")) {
    const auto& id = each.get_ref<const std::string&>();
    auto reserved = state::find<state::GenericResource>(call.txn, call.scope, id);
    const bool is_known = reserved && reserved->kind == kReserved;
    if (is_known && reserved->state == "queued") {
      erase_resource(call, *reserved);
      deleted.push_back({{"ReservedInstancesId", id}});
      continue;
    }
    failed.push_back({{"ReservedInstancesId", id},
                      {"Error",
                       {{"Code", is_known ? "reserved-instances-not-in-queued-state" : "reserved-instances-id-invalid"},
                        {"Message", is_known ? "The Reserved Instances are not queued."
                                             : "The Reserved Instances ID is not valid."}}}});  // Assumed: the words
  }
  return {{"SuccessfulQueuedPurchaseDeletions", std::move(deleted)},
          {"FailedQueuedPurchaseDeletions", std::move(failed)}};
}

constexpr Operation kOperations[] = {
    {.name = "DeleteQueuedReservedInstances", .run = DeleteQueuedReservedInstances, .access = Access::write},
    {.name = "DescribeReservedInstancesOfferings",
     .run = DescribeReservedInstancesOfferings,
     .access = Access::read,
     .listed = "ReservedInstancesOffering",
     .filters = kOfferingFilters},
    {.name = "PurchaseReservedInstancesOffering", .run = PurchaseReservedInstancesOffering, .access = Access::write},
};

}  // namespace

Family reserved_instances_family() { return {.operations = kOperations}; }

}  // namespace fogling
