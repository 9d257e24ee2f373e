/// Reserved Instances made into others: modified within a family, exchanged for a dearer offering, or listed for sale.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "emulator/clock.hpp"
#include "emulator/kinds.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/prices.hpp"
#include "emulator/random.hpp"
#include "emulator/reserved_instances.hpp"

namespace fogling {
namespace {

constexpr std::string_view kReserved = "reserved-instances", kModification = "reserved-instances-modification",
                           kListing = "reserved-instances-listing";
constexpr std::int64_t kDay_ms = 24 * 3'600'000;

state::GenericResource require_active(Call& call, std::string_view id) {
  auto reserved = require_resource(call, kReserved, id);
  if (reserved.state == "active") return reserved;
  throw ApiError("InvalidReservedInstancesId",
                 fmt::format("The Reserved Instances '{}' are not active.", id));  // Assumed: the words
}

std::vector<state::GenericResource> require_all_active(Call& call, const char* member) {
  std::vector<state::GenericResource> all;
  for (const auto& each : call.items(member)) all.push_back(require_active(call, each.get_ref<const std::string&>()));
  if (all.empty()) throw errors::missing_parameter(member);
  return all;
}

std::int64_t count_of(const state::GenericResource& reserved) {
  return integer(reserved.document, "InstanceCount").value_or(0);
}

void retire(Context& context, state::GenericResource& reserved) {
  state::remove_dues_of(context.txn, reserved.resource_id);
  put_state(context, reserved, "retired");
}

/// A new reservation in the place of others.
state::GenericResource put_in_place(Call& call, Document document) {
  auto reserved = new_resource(call, declared_kind(kReserved), std::move(document));
  reserved.state = "active";
  reserved.document["State"] = reserved.state;
  state::insert(call.txn, reserved);
  schedule_by_clock(call, kReserved, reserved.resource_id, "retired",
                    parse_time(text(reserved.document, "End")) - call.now_ms);
  return reserved;
}

// ---- Modification
// ----------------------------------------------------------------------------------------------------

std::string_view family(std::string_view type) { return type.substr(0, type.find('.')); }
std::string_view size(std::string_view type) { return type.substr(std::min(type.find('.') + 1, type.size())); }

/// The configuration with what it leaves out taken from the original.
Document completed(const Document& configuration, const state::GenericResource& original) {
  Document full = configuration;
  for (const char* member : {"InstanceType", "Scope"}) {
    if (text(full, member).empty()) full[member] = text(original.document, member);
  }
  if (!text(full, "AvailabilityZone").empty()) full["Scope"] = "Availability Zone";
  if (full["Scope"] == "Availability Zone" && text(full, "AvailabilityZone").empty()) {
    set_if(full, "AvailabilityZone", text(original.document, "AvailabilityZone"));
  }
  return full;
}

/// The same number of instances, or of units of size within the family, before and after (User Guide).
void check_modification(const std::vector<state::GenericResource>& originals, const std::vector<Document>& targets) {
  const auto& first = originals.front();
  double before = 0, after = 0;
  for (const auto& each : originals) {
    before += static_cast<double>(count_of(each)) * size_units(size(text(each.document, "InstanceType")));
    for (const char* same : {"End", "OfferingClass", "ProductDescription", "OfferingType"}) {
      if (text(each.document, same) == text(first.document, same)) continue;
      throw errors::invalid_combination(
          fmt::format("The Reserved Instances to be modified must have the same {}.", same));  // Assumed: the words
    }
  }
  for (const auto& each : targets) {
    if (family(text(each, "InstanceType")) != family(text(first.document, "InstanceType"))) {
      throw errors::invalid_value(text(each, "InstanceType"), "instanceType", "It is of another family.");  // Assumed
    }
    after +=
        static_cast<double>(integer(each, "InstanceCount").value_or(0)) * size_units(size(text(each, "InstanceType")));
  }
  if (std::abs(before - after) < 1e-9) return;
  throw errors::invalid_parameter_value(
      fmt::format("The target configurations have {:g} units, the Reserved Instances to be modified {:g}.", after,
                  before));  // Assumed
}

Document ModifyReservedInstances(Call& call) {
  auto originals = require_all_active(call, "ReservedInstancesIds");
  std::vector<Document> targets;
  for (const auto& each : call.items("TargetConfigurations")) targets.push_back(completed(each, originals.front()));
  check_modification(originals, targets);
  Document ids = Document::array(), results = Document::array();
  for (const auto& each : originals) ids.push_back({{"ReservedInstancesId", each.resource_id}});
  for (const auto& each : targets) results.push_back({{"TargetConfiguration", each}});
  Document document{{"ReservedInstancesIds", std::move(ids)},
                    {"ModificationResults", std::move(results)},
                    {"EffectiveDate", iso_seconds(call.now_ms / 3'600'000 * 3'600'000)}};
  set_if(document, "ClientToken", call.text("ClientToken"));
  const auto modification = make_resource(call, declared_kind(kModification), std::move(document));
  return {{"ReservedInstancesModificationId", modification.resource_id}};
}

/// When it is carried out, the originals are retired and others stand in their place until the same end.
void carry_out(Context& context, state::GenericResource& modification) {
  if (modification.state != "fulfilled") return;
  Document base;
  for (const auto& each : items(modification.document, "ReservedInstancesIds")) {
    auto original = state::find<state::GenericResource>(context.txn, context.scope,
                                                        each["ReservedInstancesId"].get_ref<const std::string&>());
    if (!original) continue;
    base = original->document;
    retire(context, *original);
  }
  for (auto& result : modification.document["ModificationResults"]) {
    const Document target = result["TargetConfiguration"];
    Document document = base;
    for (const char* member : {"AvailabilityZone", "AvailabilityZoneId"}) document.erase(member);
    for (const char* member : {"InstanceType", "InstanceCount", "Scope", "AvailabilityZone"}) {
      if (has(target, member)) document[member] = target[member];
    }
    document["Start"] = text(modification.document, "EffectiveDate");
    auto reserved = new_resource(context, declared_kind(kReserved), std::move(document));
    reserved.state = "active";
    reserved.document["State"] = reserved.state;
    state::insert(context.txn, reserved);
    schedule_by_clock(context, kReserved, reserved.resource_id, "retired",
                      parse_time(text(reserved.document, "End")) - context.now_ms);
    result["ReservedInstancesId"] = reserved.resource_id;
  }
  modification.document["UpdateDate"] = iso_seconds(context.now_ms);
  state::update(context.txn, modification);
}

// ---- Exchange
// --------------------------------------------------------------------------------------------------------

struct Quote {
  std::vector<state::GenericResource> originals;
  std::vector<std::pair<ReservedOffering, std::int64_t>> targets;
  Document answer;
  bool is_valid = false;
};

std::string dollars(double amount) { return fmt::format("{:.4f}", amount); }

double hourly_value(const Call& call, const state::GenericResource& reserved) {
  const auto offering = read_reserved_offering(call.scope.region, text(reserved.document, "_offering"));
  const double unit = offering ? offering->effective(call.scope.region) : 0;
  return unit * static_cast<double>(count_of(reserved));
}

/// What is left of what was paid in advance.
double remaining_upfront(const Call& call, const state::GenericResource& reserved) {
  const auto end_ms = parse_time(text(reserved.document, "End")),
             start_ms = parse_time(text(reserved.document, "Start"));
  const double share =
      static_cast<double>(end_ms - call.now_ms) / static_cast<double>(std::max<std::int64_t>(end_ms - start_ms, 1));
  return reserved.document.value("FixedPrice", 0.0) * static_cast<double>(count_of(reserved)) *
         std::clamp(share, 0.0, 1.0);
}

/// Convertible ones may be exchanged for others of at least the same value (User Guide). Assumed: the reasons' words.
Quote make_quote(Call& call) {
  Quote quote{require_all_active(call, "ReservedInstanceIds"), {}, {}};
  double value = 0, upfront = 0, target_value = 0, target_upfront = 0;
  std::string reason;
  Document values = Document::array(), target_values = Document::array();
  for (const auto& each : quote.originals) {
    if (text(each.document, "OfferingClass") != "convertible") reason = "The Reserved Instances are not convertible.";
    const double hourly = hourly_value(call, each);
    value += hourly;
    upfront += remaining_upfront(call, each);
    values.push_back({{"ReservedInstanceId", each.resource_id},
                      {"ReservationValue",
                       {{"HourlyPrice", dollars(hourly)},
                        {"RemainingTotalValue", dollars(hourly)},
                        {"RemainingUpfrontValue", dollars(remaining_upfront(call, each))}}}});
  }
  std::int64_t longest_s = 0;
  for (const auto& each : call.items("TargetConfigurations")) {
    const auto offering = read_reserved_offering(call.scope.region, text(each, "OfferingId"));
    if (!offering) {
      throw ApiError("InvalidReservedInstancesOfferingId",
                     fmt::format("The ID '{}' is not valid", text(each, "OfferingId")));  // Assumed: the words
    }
    if (!offering->is_convertible) reason = "The target offering is not convertible.";
    const double unit = offering->effective(call.scope.region);
    const auto count = integer(each, "InstanceCount")
                           .value_or(std::max<std::int64_t>(
                               static_cast<std::int64_t>(std::ceil((value - target_value) / unit - 1e-9)), 1));
    const double hourly = unit * static_cast<double>(count);
    target_value += hourly;
    target_upfront += offering->upfront(call.scope.region) * static_cast<double>(count);
    longest_s = std::max(longest_s, offering->duration_s());
    quote.targets.emplace_back(*offering, count);
    target_values.push_back(
        {{"TargetConfiguration", {{"OfferingId", text(each, "OfferingId")}, {"InstanceCount", count}}},
         {"ReservationValue", {{"HourlyPrice", dollars(hourly)}}}});
  }
  if (quote.targets.empty()) throw errors::missing_parameter("TargetConfiguration");
  if (reason.empty() && target_value + 1e-9 < value) reason = "The target is worth less than what is exchanged.";
  quote.is_valid = reason.empty();
  quote.answer = {{"CurrencyCode", "USD"},
                  {"IsValidExchange", quote.is_valid},
                  {"PaymentDue", dollars(std::max(target_upfront - upfront, 0.0))},
                  {"OutputReservedInstancesWillExpireAt", iso_seconds(call.now_ms + longest_s * 1000)},
                  {"ReservedInstanceValueRollup", {{"HourlyPrice", dollars(value)}}},
                  {"ReservedInstanceValueSet", std::move(values)},
                  {"TargetConfigurationValueRollup", {{"HourlyPrice", dollars(target_value)}}},
                  {"TargetConfigurationValueSet", std::move(target_values)}};
  if (!quote.is_valid) quote.answer["ValidationFailureReason"] = reason;
  return quote;
}

Document GetReservedInstancesExchangeQuote(Call& call) { return make_quote(call).answer; }

Document AcceptReservedInstancesExchangeQuote(Call& call) {
  auto quote = make_quote(call);
  if (!quote.is_valid)
    throw errors::invalid_parameter_value(std::string(text(quote.answer, "ValidationFailureReason")));
  for (auto& each : quote.originals) retire(call, each);
  for (const auto& [offering, count] : quote.targets) {
    Document document = adapted(offering.document(call.scope.region), *model::find_shape("ReservedInstances"));
    document["InstanceCount"] = count;
    document["Start"] = iso_seconds(call.now_ms);
    document["End"] = iso_seconds(call.now_ms + offering.duration_s() * 1000);
    document["_offering"] = offering.id();
    put_in_place(call, std::move(document));
  }
  return {{"ExchangeId", "riex-" + make_uuid(call.random())}};
}

// ---- For sale
// --------------------------------------------------------------------------------------------------------

/// What the marketplace takes (User Guide): standard ones of a zone, active for thirty days. Assumed: the words.
void check_for_sale(const Call& call, const state::GenericResource& reserved) {
  const auto refuse = [&](const char* reason) {
    throw ApiError("InvalidInput",
                   fmt::format("The Reserved Instances '{}' cannot be sold: {}.", reserved.resource_id, reason));
  };
  if (text(reserved.document, "OfferingClass") != "standard") refuse("they are convertible");
  if (text(reserved.document, "Scope") == "Region") refuse("their scope is a Region");
  if (parse_time(text(reserved.document, "Start")) + 30 * kDay_ms > call.now_ms) {
    refuse("they have to be active for 30 days");
  }
}

Document CreateReservedInstancesListing(Call& call) {
  const auto reserved = require_active(call, call.require("ReservedInstancesId"));
  check_for_sale(call, reserved);
  const auto count = call.integer("InstanceCount").value_or(0);
  if (count < 1 || count > count_of(reserved)) throw errors::invalid_value(std::to_string(count), "instanceCount");
  Document schedules = Document::array(), counts = Document::array();
  for (const auto& each : call.items("PriceSchedules")) {
    Document schedule = each;
    schedule["Active"] = schedules.empty();
    if (!has(schedule, "CurrencyCode")) schedule["CurrencyCode"] = "USD";
    schedules.push_back(std::move(schedule));
  }
  for (const char* state : {"Available", "Sold", "Cancelled", "Pending"}) {
    counts.push_back({{"State", state}, {"InstanceCount", std::string_view(state) == "Available" ? count : 0}});
  }
  const auto listing = make_resource(call, declared_kind(kListing),
                                     {{"ReservedInstancesId", reserved.resource_id},
                                      {"ClientToken", call.require("ClientToken")},
                                      {"InstanceCounts", std::move(counts)},
                                      {"PriceSchedules", std::move(schedules)},
                                      {"StatusMessage", ""}});
  return {{"ReservedInstancesListings", {shown(call, listing)}}};
}

/// What was for sale counts as cancelled.
void cancel(Call& call, state::GenericResource& listing) {
  std::int64_t available = 0;
  for (auto& each : listing.document["InstanceCounts"]) {
    if (each["State"] == "Available") available = std::exchange(each["InstanceCount"], 0).get<std::int64_t>();
    if (each["State"] == "Cancelled") each["InstanceCount"] = available;
  }
  listing.document["UpdateDate"] = iso_seconds(call.now_ms);
}

constexpr Operation kOperations[] = {
    {.name = "AcceptReservedInstancesExchangeQuote",
     .run = AcceptReservedInstancesExchangeQuote,
     .access = Access::write},
    {.name = "CreateReservedInstancesListing", .run = CreateReservedInstancesListing, .access = Access::write},
    {.name = "GetReservedInstancesExchangeQuote", .run = GetReservedInstancesExchangeQuote, .access = Access::read},
    {.name = "ModifyReservedInstances", .run = ModifyReservedInstances, .access = Access::write},
};
constexpr Hooks kHooks[] = {{.kind = "reserved-instances-listing", .remove = cancel},
                            {.kind = "reserved-instances-modification", .moved = carry_out}};

}  // namespace

Family reserved_instances_exchanges_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
