#include "emulator/reserved_instances.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "emulator/prices.hpp"

namespace fogling {
namespace {

constexpr std::int64_t kYear_s = 31'536'000;
constexpr std::string_view kProducts[] = {kLinux, "Red Hat Enterprise Linux", "SUSE Linux", "Windows"};
struct Payment {
  std::string_view name;
  double share;  ///< of the price that is paid at once
};
constexpr std::array<Payment, 3> kPayments = {{{"No Upfront", 0}, {"Partial Upfront", 0.5}, {"All Upfront", 1}}};

std::uint64_t mixed(std::string_view text, std::uint64_t salt) {
  std::uint64_t hash = 14695981039346656037ULL ^ (salt * 0x9e3779b97f4a7c15ULL);
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
  return hash ^ (hash >> 27);
}

}  // namespace

std::size_t reserved_products() { return std::size(kProducts); }
std::size_t reserved_payments() { return kPayments.size(); }

std::int64_t ReservedOffering::duration_s() const { return kYear_s * years; }
std::string_view ReservedOffering::product_description() const { return kProducts[product]; }

std::string_view ReservedOffering::payment_option() const { return kPayments[payment].name; }

/// Assumed: what a longer term, the right to exchange and paying in advance do to the price.
double ReservedOffering::effective(std::string_view region) const {
  const double discount = years == 1 ? (is_convertible ? 0.72 : 0.63) : (is_convertible ? 0.5 : 0.43);
  return on_demand_price(instance_type(), region, product_description()) * discount *
         (1 - 0.06 * kPayments[payment].share);
}

double ReservedOffering::upfront(std::string_view region) const {
  return effective(region) * kPayments[payment].share * static_cast<double>(duration_s()) / 3600;
}

double ReservedOffering::hourly(std::string_view region) const {
  return effective(region) * (1 - kPayments[payment].share);
}

/// A UUID whose first digits are the offering's parts and whose other digits follow from them.
std::string ReservedOffering::id() const {
  const auto parts = fmt::format("{:04x}{:01x}{:01x}{:01x}{:01x}{:02x}", type, product, years, payment,
                                 is_convertible ? 1 : 0, zone.value_or(0xff));
  const auto digits =
      parts + fmt::format("{:016x}{:016x}", mixed(parts, 1), mixed(parts, 2)).substr(0, 32 - parts.size());
  return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4), digits.substr(12, 4),
                     digits.substr(16, 4), digits.substr(20));
}

Document ReservedOffering::document(std::string_view region) const {
  Document out{
      {"ReservedInstancesOfferingId", id()},
      {"InstanceType", instance_type().name},
      {"ProductDescription", product_description()},
      {"Duration", duration_s()},
      {"OfferingType", kPayments[payment].name},
      {"OfferingClass", is_convertible ? "convertible" : "standard"},
      {"InstanceTenancy", "default"},
      {"CurrencyCode", "USD"},
      {"FixedPrice", std::strtod(fmt::format("{:.2f}", upfront(region)).c_str(), nullptr)},
      {"UsagePrice", 0.0},
      {"Marketplace", false},
      {"PricingDetails", Document::array()},
      {"RecurringCharges",
       {{{"Amount", std::strtod(fmt::format("{:.5f}", hourly(region)).c_str(), nullptr)}, {"Frequency", "Hourly"}}}},
      {"Scope", zone ? "Availability Zone" : "Region"}};
  if (zone) {
    out["AvailabilityZone"] = catalogue::zones(region)[*zone].name;
    out["AvailabilityZoneId"] = catalogue::zones(region)[*zone].id;
  }
  return out;
}

std::optional<ReservedOffering> read_reserved_offering(std::string_view region, std::string_view id) {
  if (id.size() != 36) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t length) {
    std::size_t value = 0xffff;
    std::from_chars(id.data() + at, id.data() + at + length, value, 16);
    return value;
  };
  ReservedOffering offering;
  offering.type = number(0, 4);
  offering.product = number(4, 1);
  offering.years = static_cast<int>(number(5, 1));
  offering.payment = number(6, 1);
  offering.is_convertible = number(7, 1) == 1;
  if (const auto zone = number(9, 2); zone != 0xff) offering.zone = zone;
  const bool is_possible = offering.type < catalogue::instance_types().size() &&
                           offering.product < std::size(kProducts) && offering.payment < kPayments.size() &&
                           (offering.years == 1 || offering.years == 3) &&
                           (!offering.zone || *offering.zone < catalogue::zones(region).size());
  if (!is_possible || offering.id() != id) return std::nullopt;
  const auto& type = offering.instance_type();
  const bool is_offered = offering.zone ? catalogue::is_offered(type, catalogue::zones(region)[*offering.zone])
                                        : catalogue::is_offered(type, region);
  return is_offered ? std::optional(offering) : std::nullopt;
}

}  // namespace fogling
