#include "emulator/prices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace fogling {
namespace {

/// Well-known prices of the public list: Linux on demand in us-east-1, of the size `large`. Assumed for all families
/// that are not here: what their letters and processors say, by the vCPU.
constexpr struct {
  std::string_view family;
  double large;
} kLarge[] = {
    {"a1", 0.051},   {"c4", 0.1},     {"c5", 0.085},  {"c5a", 0.077},   {"c5d", 0.096},   {"c5n", 0.108},
    {"c6a", 0.0765}, {"c6g", 0.068},  {"c6i", 0.085}, {"c7g", 0.0725},  {"c7i", 0.08925}, {"i3", 0.156},
    {"i3en", 0.226}, {"m4", 0.1},     {"m5", 0.096},  {"m5a", 0.086},   {"m5d", 0.113},   {"m5n", 0.119},
    {"m6a", 0.0864}, {"m6g", 0.077},  {"m6i", 0.096}, {"m7a", 0.11592}, {"m7g", 0.0816},  {"m7i", 0.1008},
    {"r4", 0.133},   {"r5", 0.126},   {"r5a", 0.113}, {"r5d", 0.144},   {"r6g", 0.1008},  {"r6i", 0.126},
    {"r7g", 0.1071}, {"r7i", 0.1323}, {"t2", 0.0928}, {"t3", 0.0832},   {"t3a", 0.0752},  {"t4g", 0.0672},
    {"z1d", 0.186},
};

/// By the vCPU, by the letter that says what a family is for.
double vcpu_price(const catalogue::InstanceType& type) {
  constexpr std::pair<std::string_view, double> kByPurpose[] = {
      {"hpc", 0.03}, {"mac", 0.09}, {"inf", 0.057}, {"trn", 0.168}, {"dl", 0.137}, {"vt", 0.054}, {"c", 0.0425},
      {"m", 0.048},  {"r", 0.063},  {"t", 0.0416},  {"i", 0.078},   {"d", 0.0865}, {"h", 0.0585}, {"x", 0.1042},
      {"u", 0.122},  {"z", 0.093},  {"g", 0.06},    {"p", 0.085},   {"f", 0.0825}, {"a", 0.0255}};
  const auto* known =
      std::ranges::find_if(kByPurpose, [&](const auto& each) { return type.family.starts_with(each.first); });
  double price = known == std::end(kByPurpose) ? 0.05 : known->second;
  if (type.processor_manufacturer == "AWS") price *= 0.82;
  if (type.processor_manufacturer == "AMD") price *= 0.9;
  if (!type.disks.empty() && (type.family[0] == 'c' || type.family[0] == 'm' || type.family[0] == 'r')) price *= 1.18;
  return price;
}

double linux_price(const catalogue::InstanceType& type) {
  const double units = size_units(type.size);
  const auto* known = std::ranges::find(kLarge, type.family, &std::remove_cvref_t<decltype(kLarge[0])>::family);
  if (known != std::end(kLarge) && units > 0) return known->large * units / 4;
  constexpr double kAccelerator = 0.55;  // Assumed: each GPU more
  return vcpu_price(type) * type.vcpus + kAccelerator * type.gpus;
}

double region_factor(std::string_view region) {
  constexpr std::pair<std::string_view, double> kFactors[] = {
      {"us-east-1", 1},         {"us-east-2", 1},        {"us-west-2", 1},     {"us-west-1", 1.17},
      {"ca-central-1", 1.11},   {"eu-west-1", 1.11},     {"eu-west-2", 1.16},  {"eu-central-1", 1.2},
      {"eu-north-1", 1.06},     {"eu-west-3", 1.17},     {"ap-south-1", 1.05}, {"sa-east-1", 1.59},
      {"ap-southeast-1", 1.25}, {"ap-northeast-1", 1.29}};
  const auto* known = std::ranges::find(kFactors, region, &std::pair<std::string_view, double>::first);
  return known == std::end(kFactors) ? 1.25 : known->second;
}

/// What the system costs beside the machine, by the vCPU.
double licence_price(std::string_view product, int vcpus) {
  if (product.starts_with("Windows")) return 0.046 * vcpus;
  if (product.starts_with("Red Hat")) return 0.0144 * vcpus;
  if (product.starts_with("SUSE")) return 0.0281 * vcpus;
  return 0;
}

/// A number of [0, 1) that is the same each time: FNV-1a, then the finaliser of SplitMix64.
double noise(std::string_view text, std::uint64_t step) {
  std::uint64_t hash = 14695981039346656037ULL ^ (step * 0x9e3779b97f4a7c15ULL);
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
  return static_cast<double>((hash ^ (hash >> 31)) >> 11) / 9007199254740992.0;
}

constexpr std::int64_t kHour_ms = 3'600'000;

std::string pool(const catalogue::InstanceType& type, const catalogue::Zone& zone, std::string_view product) {
  return fmt::format("{}/{}/{}", type.name, zone.name, product.substr(0, product.find(" (")));
}

/// Prices of a pool change at its own rhythm: every 4 to 10 hours.
std::int64_t rhythm_ms(const std::string& pool) {
  return (4 + static_cast<std::int64_t>(noise(pool, 1) * 7)) * kHour_ms;
}

std::int64_t step_at(const std::string& pool, std::int64_t now_ms) {
  const auto phase_ms = static_cast<std::int64_t>(noise(pool, 2) * static_cast<double>(rhythm_ms(pool)) / 1000) * 1000;
  return (now_ms - phase_ms) / rhythm_ms(pool);
}

}  // namespace

double size_units(std::string_view size) {
  constexpr std::pair<std::string_view, double> kSizes[] = {{"nano", 0.25}, {"micro", 0.5}, {"small", 1},
                                                            {"medium", 2},  {"large", 4},   {"xlarge", 8}};
  const auto* known = std::ranges::find(kSizes, size, &std::pair<std::string_view, double>::first);
  if (known != std::end(kSizes)) return known->second;
  int times = 0;
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), times);
  const std::string_view rest(end, static_cast<std::size_t>(size.data() + size.size() - end));
  return error == std::errc() && rest == "xlarge" ? 8.0 * times : 0;
}

double on_demand_price(const catalogue::InstanceType& type, std::string_view region, std::string_view product) {
  return (linux_price(type) + licence_price(product, type.vcpus)) * region_factor(region);
}

double spot_price(const catalogue::InstanceType& type, const catalogue::Zone& zone, std::string_view product,
                  std::int64_t now_ms) {
  const auto name = pool(type, zone, product);
  const auto step = static_cast<std::uint64_t>(step_at(name, now_ms)) + 1000;
  // Between a fifth and a half of the machine's price, wandering by a tenth around that; licences are never cheaper.
  const double usual = 0.22 + 0.28 * noise(name, 3);
  const double wandering = 1 + 0.1 * (2 * noise(name, step) - 1);
  const double price = linux_price(type) * usual * wandering + licence_price(product, type.vcpus);
  return std::round(price * region_factor(zone.region) * 10000) / 10000;
}

double lowest_spot_price(const catalogue::InstanceType& type, std::string_view region, std::int64_t now_ms) {
  double lowest = on_demand_price(type, region);
  for (const auto& zone : catalogue::zones(region)) {
    if (zone.is_availability_zone() && catalogue::is_offered(type, zone)) {
      lowest = std::min(lowest, spot_price(type, zone, kLinux, now_ms));
    }
  }
  return lowest;
}

PriceSpan spot_price_span(const catalogue::InstanceType& type, const catalogue::Zone& zone, std::string_view product,
                          std::int64_t now_ms) {
  const auto name = pool(type, zone, product);
  const auto phase_ms = static_cast<std::int64_t>(noise(name, 2) * static_cast<double>(rhythm_ms(name)) / 1000) * 1000;
  const auto begin_ms = step_at(name, now_ms) * rhythm_ms(name) + phase_ms;
  return {begin_ms, begin_ms + rhythm_ms(name)};
}

std::string price_text(double price) { return fmt::format("{:.6f}", price); }

}  // namespace fogling
