/// Capacity blocks: GPU machines for some days to come, offered at a price, paid in advance, and extended while they
/// run. A block is a capacity reservation with a beginning and an end.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "emulator/capacity_reservations.hpp"
#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/prices.hpp"
#include "emulator/resource_types.hpp"
#include "emulator/tags.hpp"

namespace fogling {
namespace {

constexpr std::string_view kBlock = "capacity-block";
constexpr std::int64_t kHour_ms = 3'600'000, kDay_ms = 24 * kHour_ms, kPayment_ms = 60'000;
/// User Guide: blocks begin at 11:30 UTC, up to eight weeks ahead; extensions may be bought until an hour before the
/// end.
constexpr std::int64_t kStartOfDay_ms = 11 * kHour_ms + kHour_ms / 2;
constexpr std::int64_t kDaysAhead = 56;
constexpr std::int64_t kMostInstances = 64;

// ---- Offerings: nothing remembers what was offered; the id says it all, with a sum that tells a made-up one

struct Offering {
  std::size_t type = 0, zone = 0;
  std::int64_t count = 0, hours = 0, day = 0;  ///< days since 1970

  const catalogue::InstanceType& instance_type() const { return catalogue::instance_types()[type]; }
  const catalogue::Zone& place(std::string_view region) const { return catalogue::zones(region)[zone]; }
  std::int64_t start_ms() const { return day * kDay_ms + kStartOfDay_ms; }
  std::int64_t end_ms() const { return start_ms() + hours * kHour_ms; }
};

std::uint32_t checksum(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash & 0xfff;
}

std::string offering_id(const Offering& offering) {
  const auto digits = fmt::format("{:03x}{:01x}{:02x}{:03x}{:05x}", offering.type, offering.zone, offering.count,
                                  offering.hours / 24, offering.day);
  return fmt::format("cbr-{}{:03x}", digits, checksum(digits));
}

/// User Guide: the families that are offered so.
bool comes_in_blocks(const catalogue::InstanceType& type) {
  constexpr std::string_view kFamilies[] = {"p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "p6-b300", "trn1", "trn2"};
  return std::ranges::find(kFamilies, type.family) != std::end(kFamilies);
}

/// User Guide: up to 14 days in steps of a day, up to 182 in steps of a week.
bool is_duration(std::int64_t hours) {
  const auto days = hours / 24;
  return hours > 0 && hours % 24 == 0 && (days <= 14 || (days <= 182 && days % 7 == 0));
}

/// None where it was never offered: one id in some thousands has the right sum by chance.
std::optional<Offering> read_offering(std::string_view region, std::string_view id) {
  if (id.size() != 21 || !id.starts_with("cbr-")) return std::nullopt;
  const auto digits = id.substr(4);
  const auto number = [&](std::size_t at, std::size_t length) {
    std::int64_t value = -1;
    std::from_chars(digits.data() + at, digits.data() + at + length, value, 16);
    return value;
  };
  if (number(14, 3) != checksum(digits.substr(0, 14))) return std::nullopt;
  Offering offering{static_cast<std::size_t>(number(0, 3)), static_cast<std::size_t>(number(3, 1)), number(4, 2),
                    number(6, 3) * 24, number(9, 5)};
  if (offering.type >= catalogue::instance_types().size() || offering.zone >= catalogue::zones(region).size()) {
    return std::nullopt;
  }
  const bool is_possible = comes_in_blocks(offering.instance_type()) && is_duration(offering.hours) &&
                           offering.count >= 1 && offering.count <= kMostInstances &&
                           offering.place(region).is_availability_zone() &&
                           catalogue::is_offered(offering.instance_type(), offering.place(region));
  return is_possible ? std::optional(offering) : std::nullopt;
}

Offering require_offering(const Call& call, std::string_view id) {
  check_id("capacity-block-offering", id);
  const auto offering = read_offering(call.scope.region, id);
  if (!offering) throw unknown_id("capacity-block-offering", id);
  if (offering->start_ms() <= call.now_ms) {
    throw ApiError("InvalidCapacityBlockOfferingIdExpired",
                   fmt::format("The Capacity Block offering '{}' has expired.", id));
  }
  return *offering;
}

std::string fee(const catalogue::InstanceType& type, std::string_view region, std::int64_t count, std::int64_t hours) {
  constexpr double kDiscount = 0.55;  // Assumed
  return fmt::format("{:.2f}", on_demand_price(type, region) * kDiscount * static_cast<double>(count * hours));
}

Document offering_document(std::string_view region, const Offering& offering) {
  const auto& zone = offering.place(region);
  return {{"CapacityBlockOfferingId", offering_id(offering)},
          {"InstanceType", offering.instance_type().name},
          {"AvailabilityZone", zone.name},
          {"InstanceCount", offering.count},
          {"StartDate", iso_seconds(offering.start_ms())},
          {"EndDate", iso_seconds(offering.end_ms())},
          {"CapacityBlockDurationHours", offering.hours},
          {"CapacityBlockDurationMinutes", offering.hours * 60},
          {"UpfrontFee", fee(offering.instance_type(), region, offering.count, offering.hours)},
          {"CurrencyCode", "USD"},
          {"Tenancy", "default"},
          {"ZoneType", zone.type}};
}

void check_duration(std::int64_t hours) {
  if (!is_duration(hours)) {
    throw errors::invalid_value(std::to_string(hours), "capacityDurationHours",
                                "It has to be a number of whole days up to 14, or of whole weeks up to 182 days.");
  }
}

Document DescribeCapacityBlockOfferings(Call& call) {
  if (!call.text("UltraserverType").empty()) return describe_documents(call, "CapacityBlockOfferings", {});
  const auto name = call.require("InstanceType");
  const auto* type = catalogue::find_instance_type(name);
  if (type == nullptr || !comes_in_blocks(*type)) {
    throw errors::invalid_value(name, "instanceType", "It is not offered as a Capacity Block.");  // Assumed: the words
  }
  Offering offering;
  offering.type = static_cast<std::size_t>(type - catalogue::instance_types().data());
  offering.count = call.integer("InstanceCount").value_or(1);
  offering.hours = call.integer("CapacityDurationHours").value_or(0);
  if (offering.count < 1 || offering.count > kMostInstances)
    throw errors::invalid_value(std::to_string(offering.count), "instanceCount");
  check_duration(offering.hours);
  const auto from = call.text("StartDateRange"), until = call.text("EndDateRange");
  const auto first_day = std::max(from.empty() ? 0 : parse_time(from), call.now_ms) / kDay_ms + 1;
  const auto last_day = call.now_ms / kDay_ms + kDaysAhead;
  const auto zones = catalogue::zones(call.scope.region);
  std::vector<Document> documents;
  for (offering.zone = 0; offering.zone < zones.size(); ++offering.zone) {
    const auto& zone = zones[offering.zone];
    if (!zone.is_availability_zone() || !catalogue::is_offered(*type, zone)) continue;
    // Assumed: a zone has room every few days.
    const auto rhythm = 2 + static_cast<std::int64_t>(checksum(fmt::format("{}/{}", type->name, zone.name)) % 5);
    for (offering.day = first_day; offering.day <= last_day; ++offering.day) {
      if (offering.day % rhythm != 0) continue;
      if (!until.empty() && offering.end_ms() > parse_time(until)) break;
      documents.push_back(offering_document(call.scope.region, offering));
      break;
    }
  }
  // Assumed: what is offered is the earliest, in one zone.
  std::ranges::stable_sort(documents, {}, [](const Document& each) { return each["StartDate"].get<std::string>(); });
  if (documents.size() > 1) documents.resize(1);
  return describe_documents(call, "CapacityBlockOfferings", std::move(documents));
}

// ---- Blocks

Document PurchaseCapacityBlock(Call& call) {
  const auto offering = require_offering(call, call.require("CapacityBlockOfferingId"));
  const auto& zone = offering.place(call.scope.region);
  const Document times{{"AvailabilityZone", zone.name},
                       {"AvailabilityZoneId", zone.id},
                       {"StartDate", iso_seconds(offering.start_ms())},
                       {"EndDate", iso_seconds(offering.end_ms())}};
  Document document = times;
  document["InstanceType"] = offering.instance_type().name;
  document["InstancePlatform"] = call.text("InstancePlatform");
  document["TotalInstanceCount"] = offering.count;
  document["EndDateType"] = "limited";
  document["InstanceMatchCriteria"] = "targeted";
  document["ReservationType"] = "capacity-block";
  auto reservation = new_resource(call, declared_kind(kCapacityReservation), std::move(document));
  auto block = new_resource(call, declared_kind(kBlock), times);
  block.document["CapacityReservationIds"] = Document::array({reservation.resource_id});
  reservation.document["CapacityBlockId"] = block.resource_id;
  reservation.state = "payment-pending";
  reservation.document["State"] = reservation.state;
  state::insert(call.txn, reservation);
  state::insert(call.txn, block);
  apply_tags(call, reservation.resource_id, kCapacityReservation);
  apply_tags(call, block.resource_id, kBlock);
  // The reservation's own life cycle takes over once it is paid.
  schedule(call, kCapacityReservation, reservation.resource_id, "scheduled", kPayment_ms);
  schedule_by_clock(call, kCapacityReservation, reservation.resource_id, "expired", offering.end_ms() - call.now_ms);
  schedule_by_clock(call, kBlock, block.resource_id, "gone", offering.end_ms() - call.now_ms + kDay_ms);
  return {{"CapacityReservation", shown(call, reservation)}, {"CapacityBlocks", {shown(call, block)}}};
}

std::optional<state::GenericResource> reservation_of(Context& context, const state::GenericResource& block) {
  const auto& ids = items(block.document, "CapacityReservationIds");
  return state::find<state::GenericResource>(context.txn, context.scope, ids.front().get_ref<const std::string&>());
}

/// A block is in the state of its reservation.
void show(Context& context, const state::GenericResource& block, Document& shown) {
  const auto reservation = reservation_of(context, block);
  shown["State"] = reservation ? std::string_view(reservation->state) : std::string_view("expired");
  if (reservation) shown["EndDate"] = reservation->document["EndDate"];
}

Document DescribeCapacityBlockStatus(Call& call) {
  const auto wanted = requested_ids(call, kBlock, "CapacityBlockIds");
  for (const auto& id : wanted) require_resource(call, kBlock, id);
  std::vector<Document> documents;
  for (const auto& block : state::list_kind(call.txn, call.scope, kBlock)) {
    if (!wanted.empty() && std::ranges::find(wanted, block.resource_id) == wanted.end()) continue;
    const auto reservation = reservation_of(call, block);
    if (!reservation || reservation->state != "active") continue;
    const auto total = reserved_total(*reservation), free = reserved_free(call, *reservation);
    documents.push_back({{"CapacityBlockId", block.resource_id},
                         {"InterconnectStatus", "ok"},
                         {"TotalCapacity", total},
                         {"TotalAvailableCapacity", free},
                         {"TotalUnavailableCapacity", 0},
                         {"CapacityReservationStatuses",
                          {{{"CapacityReservationId", reservation->resource_id},
                            {"TotalCapacity", total},
                            {"TotalAvailableCapacity", free},
                            {"TotalUnavailableCapacity", 0}}}}});
  }
  return describe_documents(call, "CapacityBlockStatuses", std::move(documents));
}

// ---- Extensions
// ------------------------------------------------------------------------------------------------------

state::GenericResource require_block_reservation(Call& call) {
  auto reservation = require_resource(call, kCapacityReservation, call.require("CapacityReservationId"));
  if (text(reservation.document, "ReservationType") != "capacity-block") {
    throw errors::invalid_value(reservation.resource_id, "capacityReservationId",
                                "It is not a Capacity Block.");  // Assumed
  }
  if (reservation.state != "active" && reservation.state != "scheduled") {
    throw ApiError("InvalidCapacityReservationState", fmt::format("The Capacity Reservation '{}' cannot be extended.",
                                                                  reservation.resource_id));  // Assumed
  }
  return reservation;
}

/// Says for how long, and of which reservation it is an extension until when.
std::string extension_offering_id(const state::GenericResource& reservation, std::int64_t hours) {
  const auto sum =
      checksum(fmt::format("{}/{}/{}", reservation.resource_id, text(reservation.document, "EndDate"), hours));
  return fmt::format("cbe-0{:05x}{}{:03x}", hours, reservation.resource_id.substr(reservation.resource_id.size() - 8),
                     sum);
}

Document extension_document(const Call& call, const state::GenericResource& reservation, std::int64_t hours) {
  const auto& document = reservation.document;
  const auto end_ms = parse_time(text(document, "EndDate"));
  const auto* type = catalogue::find_instance_type(text(document, "InstanceType"));
  return {{"CapacityBlockExtensionOfferingId", extension_offering_id(reservation, hours)},
          {"InstanceType", document["InstanceType"]},
          {"InstanceCount", reserved_total(reservation)},
          {"AvailabilityZone", document["AvailabilityZone"]},
          {"AvailabilityZoneId", document["AvailabilityZoneId"]},
          {"CapacityBlockExtensionStartDate", iso_seconds(end_ms)},
          {"CapacityBlockExtensionEndDate", iso_seconds(end_ms + hours * kHour_ms)},
          {"CapacityBlockExtensionDurationHours", hours},
          {"UpfrontFee", fee(*type, call.scope.region, reserved_total(reservation), hours)},
          {"CurrencyCode", "USD"},
          {"ZoneType", "availability-zone"}};
}

Document DescribeCapacityBlockExtensionOfferings(Call& call) {
  const auto reservation = require_block_reservation(call);
  const auto hours = call.integer("CapacityBlockExtensionDurationHours").value_or(0);
  check_duration(hours);
  Document offering = extension_document(call, reservation, hours);
  offering["StartDate"] = reservation.document["StartDate"];
  offering["Tenancy"] = "default";
  return describe_documents(call, "CapacityBlockExtensionOfferings", {std::move(offering)});
}

Document PurchaseCapacityBlockExtension(Call& call) {
  auto reservation = require_block_reservation(call);
  const auto id = call.require("CapacityBlockExtensionOfferingId");
  std::int64_t hours = 0;
  if (id.size() == 21) std::from_chars(id.data() + 5, id.data() + 10, hours, 16);
  if (hours == 0 || id != extension_offering_id(reservation, hours)) {
    throw errors::invalid_value(id, "capacityBlockExtensionOfferingId", "There is no such offering.");  // Assumed
  }
  Document extension = extension_document(call, reservation, hours);
  extension["CapacityReservationId"] = reservation.resource_id;
  extension["CapacityBlockExtensionStatus"] = "payment-succeeded";
  extension["CapacityBlockExtensionPurchaseDate"] = iso_seconds(call.now_ms);
  const auto end_ms = parse_time(text(extension, "CapacityBlockExtensionEndDate"));
  reservation.document["EndDate"] = iso_seconds(end_ms);
  auto& history = reservation.document["_extensions"];
  if (!history.is_array()) history = Document::array();
  history.push_back(extension);
  state::update(call.txn, reservation);
  state::remove_dues_of(call.txn, reservation.resource_id);
  if (reservation.state == "scheduled") {
    schedule_by_clock(call, kCapacityReservation, reservation.resource_id, "active",
                      parse_time(text(reservation.document, "StartDate")) - call.now_ms);
  }
  schedule_by_clock(call, kCapacityReservation, reservation.resource_id, "expired", end_ms - call.now_ms);
  return {{"CapacityBlockExtensions", {std::move(extension)}}};
}

Document DescribeCapacityBlockExtensionHistory(Call& call) {
  const auto wanted = requested_ids(call, kCapacityReservation, "CapacityReservationIds");
  for (const auto& id : wanted) require_resource(call, kCapacityReservation, id);
  std::vector<Document> documents;
  for (const auto& each : state::list_kind(call.txn, call.scope, kCapacityReservation)) {
    if (!wanted.empty() && std::ranges::find(wanted, each.resource_id) == wanted.end()) continue;
    for (const auto& extension : items(each.document, "_extensions")) documents.push_back(extension);
  }
  return describe_documents(call, "CapacityBlockExtensions", std::move(documents));
}

constexpr Operation kOperations[] = {
    {.name = "DescribeCapacityBlockExtensionHistory",
     .run = DescribeCapacityBlockExtensionHistory,
     .access = Access::read,
     .listed = "CapacityBlockExtension"},
    {.name = "DescribeCapacityBlockExtensionOfferings",
     .run = DescribeCapacityBlockExtensionOfferings,
     .access = Access::read},
    {.name = "DescribeCapacityBlockOfferings", .run = DescribeCapacityBlockOfferings, .access = Access::read},
    {.name = "DescribeCapacityBlockStatus",
     .run = DescribeCapacityBlockStatus,
     .access = Access::read,
     .listed = "CapacityBlockStatus"},
    {.name = "PurchaseCapacityBlock", .run = PurchaseCapacityBlock, .access = Access::write},
    {.name = "PurchaseCapacityBlockExtension", .run = PurchaseCapacityBlockExtension, .access = Access::write},
};
constexpr Hooks kHooks[] = {{.kind = "capacity-block", .show = show}};

}  // namespace

Family capacity_blocks_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
