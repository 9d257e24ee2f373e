/// What a launch offers on the spot market.

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "emulator/prices.hpp"
#include "emulator/spot.hpp"

namespace fogling {
namespace {

constexpr double kLeastPrice = 0.001;

}  // namespace

std::optional<double> read_spot_price(std::string_view given) {
  double price = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), price);
  if (error != std::errc() || end != given.data() + given.size() || !std::isfinite(price)) return std::nullopt;
  return price;
}

std::string_view spot_product(std::string_view platform_details) {
  if (platform_details.starts_with("Windows")) return "Windows";
  if (platform_details.starts_with("Red Hat")) return "Red Hat Enterprise Linux";
  if (platform_details.starts_with("SUSE")) return "SUSE Linux";
  return kLinux;
}

std::optional<SpotBid> read_spot_bid(const Document& in, const catalogue::InstanceType& type, std::string_view region,
                                     std::string_view product) {
  const auto& market = part(in, "InstanceMarketOptions");
  if (text(market, "MarketType") != "spot") return std::nullopt;
  if (!type.supports_usage_class("spot")) {
    throw errors::unsupported(
        fmt::format("The instance type {} is not supported for Spot Instances.", type.name));  // Assumed: the words
  }
  const auto& options = part(market, "SpotOptions");
  if (has(options, "BlockDurationMinutes")) {
    throw errors::unsupported("Spot Instances with a defined duration are not available.");  // Assumed: the words
  }
  SpotBid bid;
  bid.max_price = on_demand_price(type, region, product);
  if (const auto given = text(options, "MaxPrice"); !given.empty()) {
    const auto price = read_spot_price(given);
    if (!price || *price < kLeastPrice) throw errors::invalid_value(given, "spotPrice", "Invalid price.");  // Assumed
    bid.max_price = *price;
  }
  if (const auto given = text(options, "SpotInstanceType"); !given.empty()) bid.type = given;
  const bool hibernates = flag(part(in, "HibernationOptions"), "Configured").value_or(false);
  if (hibernates) bid.behavior = "hibernate";
  if (const auto given = text(options, "InstanceInterruptionBehavior"); !given.empty()) {
    if (hibernates && given != "hibernate") {
      throw errors::invalid_combination(
          "The interruption behavior has to be hibernate where hibernation is configured.");  // Assumed: the words
    }
    bid.behavior = given;
  }
  if (bid.behavior == "hibernate" && !type.hibernation_supported) {
    throw ApiError("UnsupportedHibernationConfiguration",
                   fmt::format("Instance type {} doesn't support hibernation.", type.name));  // Assumed: the words
  }
  bid.valid_until = text(options, "ValidUntil");
  return bid;
}

void check_spot_price(const SpotBid& bid, const catalogue::InstanceType& type, const catalogue::Zone& zone,
                      std::string_view product, std::int64_t now_ms) {
  const double price = spot_price(type, zone, product, now_ms);
  if (bid.max_price >= price) return;
  throw ApiError(
      "SpotMaxPriceTooLow",
      fmt::format("Your Spot request price of {:g} is lower than the minimum required Spot request fulfillment "
                  "price of {:g}.",
                  bid.max_price, price));
}

}  // namespace fogling
