/// Reserved Instances: offered, bought, and seen. What is made of them later is in reserved_instances_exchanges.cpp.

#include "emulator/reserved_instances.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/lifecycle.hpp"

namespace fogling {
namespace {

constexpr std::string_view kReserved = "reserved-instances";
constexpr std::int64_t kUsualPage = 100;

// ---- Offerings -------------------------------------------------------------------------------------------------------

bool passes(const Call& call, std::string_view filter, std::string_view value) {
  return std::ranges::all_of(call.filters.all(), [&](const Filter& each) {
    return each.name != filter ||
           std::ranges::any_of(each.values, [&](const std::string& pattern) { return matches_wildcard(pattern, value); });
  });
}

/// `Linux/UNIX (Amazon VPC)` is `Linux/UNIX`, now that everything is in a VPC.
std::string_view plain(std::string_view product) { return product.substr(0, product.find(" (")); }

bool wants_type(const Call& call, const catalogue::InstanceType& type) {
  const auto name = call.text("InstanceType");
  return (name.empty() || type.name == name) && passes(call, "instance-type", type.name) &&
         !type.family.starts_with("mac") && catalogue::is_offered(type, call.scope.region);
}

bool wants(const Call& call, const ReservedOffering& offering) {
  const auto product = plain(call.text("ProductDescription"));
  const auto type = call.text("OfferingType"), offering_class = call.text("OfferingClass");
  const auto duration = offering.duration_s();
  if (!product.empty() && offering.product_description() != product) return false;
  if (!offering_class.empty() && (offering_class == "convertible") != offering.is_convertible) return false;
  if (duration < call.integer("MinDuration").value_or(0) || duration > call.integer("MaxDuration").value_or(INT64_MAX)) {
    return false;
  }
  const auto zone_name = call.text("AvailabilityZone"), zone_id = call.text("AvailabilityZoneId");
  if ((!zone_name.empty() || !zone_id.empty()) && !offering.zone) return false;
  if (offering.zone) {
    const auto& zone = catalogue::zones(call.scope.region)[*offering.zone];
    if ((!zone_name.empty() && zone.name != zone_name) || (!zone_id.empty() && zone.id != zone_id)) return false;
  }
  constexpr std::string_view kPayments[] = {"No Upfront", "Partial Upfront", "All Upfront"};
  return type.empty() || kPayments[offering.payment] == type;
}

/// Every offering in its order until `take` has had enough.
void each_offering(const Call& call, const std::function<bool(const ReservedOffering&)>& take) {
  const auto types = catalogue::instance_types();
  const auto zones = catalogue::zones(call.scope.region);
  ReservedOffering offering;
  for (offering.type = 0; offering.type < types.size(); ++offering.type) {
    if (!wants_type(call, types[offering.type])) continue;
    for (std::size_t place = 0; place <= zones.size(); ++place) {
      offering.zone.reset();
      if (place > 0) offering.zone = place - 1;
      if (offering.zone && (!zones[*offering.zone].is_availability_zone() ||
                            !catalogue::is_offered(types[offering.type], zones[*offering.zone]))) {
        continue;
      }
      for (offering.product = 0; offering.product < reserved_products(); ++offering.product) {
        for (offering.payment = 0; offering.payment < reserved_payments(); ++offering.payment) {
          for (const int years : {1, 3}) {
            for (const bool is_convertible : {false, true}) {
              offering.years = years;
              offering.is_convertible = is_convertible;
              if (wants(call, offering) && !take(offering)) return;
            }
          }
        }
      }
    }
  }
}

Document DescribeReservedInstancesOfferings(Call& call) {
  if (!call.text("InstanceTenancy").empty() && call.text("InstanceTenancy") != "default") {
    return describe_documents(call, "ReservedInstancesOfferings", {});  // Assumed: only shared machines are offered
  }
  if (const auto& ids = call.items("ReservedInstancesOfferingIds"); !ids.empty()) {
    std::vector<Document> documents;
    for (const auto& id : ids) {
      const auto offering = read_reserved_offering(call.scope.region, id.get_ref<const std::string&>());
      if (!offering) {
        throw ApiError("InvalidReservedInstancesOfferingId",
                       fmt::format("The ID '{}' is not valid", id.get<std::string>()));  // Assumed: the words
      }
      documents.push_back(offering->document(call.scope.region));
    }
    return describe_documents(call, "ReservedInstancesOfferings", std::move(documents));
  }
  auto paging = read_paging(call);
  paging.limit = std::min(paging.limit, kUsualPage);
  Document offerings = Document::array();
  std::int64_t place = 0;
  bool is_full = false;
  each_offering(call, [&](const ReservedOffering& offering) {
    if (++place <= paging.after) return true;
    Document document = offering.document(call.scope.region);
    if (!call.filters.match(document)) return true;
    is_full = static_cast<std::int64_t>(offerings.size()) >= paging.limit;
    if (!is_full) offerings.push_back(std::move(document));
    return !is_full;
  });
  Document answer{{"ReservedInstancesOfferings", std::move(offerings)}};
  if (is_full) answer["NextToken"] = make_token(call, place - 1);
  return answer;
}

constexpr FilterPath kOfferingFilters[] = {{"marketplace", "Marketplace"}, {"usage-price", "UsagePrice"}};

// ---- Buying ----------------------------------------------------------------------------------------------------------

Document PurchaseReservedInstancesOffering(Call& call) {
  const auto id = call.require("ReservedInstancesOfferingId");
  const auto offering = read_reserved_offering(call.scope.region, id);
  if (!offering) {
    throw ApiError("InvalidReservedInstancesOfferingId", fmt::format("The ID '{}' is not valid", id));  // Assumed
  }
  const auto count = call.integer("InstanceCount").value_or(0);
  if (count < 1) throw errors::invalid_value(std::to_string(count), "instanceCount");
  const double cost = offering->upfront(call.scope.region) * static_cast<double>(count);
  if (const auto& limit = call.part("LimitPrice"); has(limit, "Amount") && limit["Amount"].get<double>() + 0.01 < cost) {
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
