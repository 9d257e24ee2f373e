/// The history of spot prices, and the data feed that would tell an account what it paid.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/describe.hpp"
#include "emulator/launch.hpp"
#include "emulator/prices.hpp"

namespace fogling {
namespace {

constexpr std::int64_t kHistory_ms = 90LL * 24 * 3'600'000;
constexpr std::int64_t kPage = 1000;
/// Assumed: so many prices a page looks at, whether they pass its filters or not; there are millions.
constexpr std::int64_t kLookedAt = 10'000;
constexpr std::string_view kProducts[] = {kLinux, "Red Hat Enterprise Linux", "SUSE Linux", "Windows"};

// ---- Price history
// ---------------------------------------------------------------------------------------------------

/// What has one price at a time: a type in a zone under a system.
struct Pool {
  const catalogue::InstanceType* type;
  const catalogue::Zone* zone;
  std::string_view product;
};

bool lists(const Document& list, std::string_view value) {
  return list.empty() || std::ranges::any_of(list, [&](const Document& each) { return each == value; });
}

/// By their plain names and as they are called in a VPC.
bool lists_product(const Document& list, std::string_view product) {
  return list.empty() || lists(list, product) || lists(list, std::string(product) + " (Amazon VPC)");
}

bool passes(const Call& call, std::string_view filter, std::string_view value) {
  return std::ranges::all_of(call.filters.all(), [&](const Filter& each) {
    return each.name != filter || std::ranges::any_of(each.values, [&](const std::string& pattern) {
             return matches_wildcard(pattern, value);
           });
  });
}

/// Seen: the words for a zone. Assumed: those for a zone's id, and that types are judged too.
void check_question(const Call& call) {
  const auto zone = call.text("AvailabilityZone"), id = call.text("AvailabilityZoneId");
  if (!zone.empty() && !id.empty()) throw errors::not_together("AvailabilityZone", "AvailabilityZoneId");
  if (!zone.empty() && catalogue::find_zone(call.scope.region, zone) == nullptr) {
    throw errors::invalid_parameter_value(fmt::format("Invalid availability zone: [{}]", zone));
  }
  if (!id.empty() && catalogue::find_zone_by_id(call.scope.region, id) == nullptr) {
    throw errors::invalid_parameter_value(fmt::format("Invalid availability zone-id: [{}]", id));
  }
  for (const auto& each : call.items("InstanceTypes")) check_instance_type_name(each.get_ref<const std::string&>());
}

std::vector<Pool> asked_pools(const Call& call) {
  std::vector<Pool> pools;
  const auto zone_name = call.text("AvailabilityZone"), zone_id = call.text("AvailabilityZoneId");
  for (const auto& type : catalogue::instance_types()) {
    if (!lists(call.items("InstanceTypes"), type.name) || !passes(call, "instance-type", type.name)) continue;
    if (!type.supports_usage_class("spot")) continue;
    for (const auto& zone : catalogue::zones(call.scope.region)) {
      const bool is_asked = (zone_name.empty() || zone.name == zone_name) && (zone_id.empty() || zone.id == zone_id) &&
                            passes(call, "availability-zone", zone.name) &&
                            passes(call, "availability-zone-id", zone.id);
      if (!is_asked || !zone.is_availability_zone() || !catalogue::is_offered(type, zone)) continue;
      for (const auto product : kProducts) {
        const bool is_named = passes(call, "product-description", product) ||
                              passes(call, "product-description", std::string(product) + " (Amazon VPC)");
        if (is_named && lists_product(call.items("ProductDescriptions"), product))
          pools.push_back({&type, &zone, product});
      }
    }
  }
  return pools;
}

Document price_document(const Pool& pool, std::int64_t begin_ms) {
  return {{"AvailabilityZone", pool.zone->name},
          {"AvailabilityZoneId", pool.zone->id},
          {"InstanceType", pool.type->name},
          {"ProductDescription", pool.product},
          {"SpotPrice", price_text(spot_price(*pool.type, *pool.zone, pool.product, begin_ms))},
          {"Timestamp", iso_seconds(begin_ms)}};
}

std::int64_t time_or(const Call& call, const char* member, std::int64_t usual_ms) {
  const auto given = call.text(member);
  return given.empty() ? usual_ms : parse_time(given);
}

/// Pool by pool, the newest price first, and last the one that held when the window began.
Document DescribeSpotPriceHistory(Call& call) {
  check_question(call);
  const auto end_ms = std::min(time_or(call, "EndTime", call.now_ms), call.now_ms);
  const auto start_ms = std::max(time_or(call, "StartTime", 0), call.now_ms - kHistory_ms);
  auto paging = read_paging(call);
  paging.limit = std::min(paging.limit, kPage);
  Document history = Document::array();
  std::int64_t place = 0;
  bool is_full = false;
  for (const auto& pool : start_ms > end_ms ? std::vector<Pool>{} : asked_pools(call)) {
    std::int64_t at_ms = end_ms;
    while (!is_full) {
      const auto begin_ms = spot_price_span(*pool.type, *pool.zone, pool.product, at_ms).begin_ms;
      const bool is_last = begin_ms <= start_ms;
      if (++place - paging.after > kLookedAt) {
        is_full = true;
      } else if (place > paging.after) {
        Document document = price_document(pool, begin_ms);
        const bool matches = passes(call, "spot-price", text(document, "SpotPrice")) &&
                             passes(call, "timestamp", text(document, "Timestamp"));
        is_full = matches && static_cast<std::int64_t>(history.size()) >= paging.limit;
        if (matches && !is_full) history.push_back(std::move(document));
      }
      if (is_last) break;
      at_ms = begin_ms - 1;
    }
    if (is_full) break;
  }
  // Documented: an empty token where there is no more.
  return {{"SpotPriceHistory", std::move(history)}, {"NextToken", is_full ? make_token(call, place - 1) : ""}};
}

// ---- Data feed: one for an account, in whatever region it is asked for
// -----------------------------------------------

constexpr std::string_view kDatafeed = "spot-datafeed-subscription";

Scope account_scope(const Call& call) { return {call.scope.account, {}}; }

Document CreateSpotDatafeedSubscription(Call& call) {
  const auto bucket = call.require("Bucket");
  const bool is_name = bucket.size() >= 3 && bucket.size() <= 63 && std::ranges::all_of(bucket, [](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
                       });
  if (!is_name) throw ApiError("InvalidSpotDatafeed.NotFound", "Invalid bucket name.");  // Assumed: code and words
  Document feed{{"Bucket", bucket}, {"OwnerId", call.scope.account}, {"State", "Active"}};
  set_if(feed, "Prefix", call.text("Prefix"));
  state::put_setting(call.txn, account_scope(call), kDatafeed, feed.dump());
  return {{"SpotDatafeedSubscription", std::move(feed)}};
}

Document require_datafeed(const Call& call) {
  const auto saved = state::get_setting(call.txn, account_scope(call), kDatafeed);
  if (saved.empty()) throw ApiError("InvalidSpotDatafeed.NotFound", "Spot datafeed subscription does not exist.");
  return Document::parse(saved);
}

Document DescribeSpotDatafeedSubscription(Call& call) { return {{"SpotDatafeedSubscription", require_datafeed(call)}}; }

/// Assumed: that it misses what is not there as the description does.
Document DeleteSpotDatafeedSubscription(Call& call) {
  require_datafeed(call);
  state::put_setting(call.txn, account_scope(call), kDatafeed, "");
  return {};
}

constexpr FilterPath kFilters[] = {{"timestamp", "Timestamp"}};

constexpr Operation kOperations[] = {
    {.name = "CreateSpotDatafeedSubscription", .run = CreateSpotDatafeedSubscription, .access = Access::write},
    {.name = "DeleteSpotDatafeedSubscription", .run = DeleteSpotDatafeedSubscription, .access = Access::write},
    {.name = "DescribeSpotDatafeedSubscription", .run = DescribeSpotDatafeedSubscription, .access = Access::read},
    {.name = "DescribeSpotPriceHistory",
     .run = DescribeSpotPriceHistory,
     .access = Access::read,
     .listed = "SpotPrice",
     .filters = kFilters},
};

}  // namespace

Family spot_prices_family() { return {.operations = kOperations}; }

}  // namespace fogling
