#pragma once

/// What instances cost: made up, but plausible, and a function of type, place and time alone, so that everybody who
/// asks is told the same. US dollars an hour.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fixtures/catalogue/catalogue.hpp"

namespace fogling {

inline constexpr std::string_view kLinux = "Linux/UNIX";

/// `product` is a product description of EC2's: `Linux/UNIX`, `Windows`, `Red Hat Enterprise Linux`, `SUSE Linux`; what
/// follows in parentheses does not matter.
double on_demand_price(const catalogue::InstanceType& type, std::string_view region, std::string_view product = kLinux);

/// The price in a zone at an instant. It changes every few hours and stays below the price on demand.
double spot_price(const catalogue::InstanceType& type, const catalogue::Zone& zone, std::string_view product,
                  std::int64_t now_ms);
/// Of the zones that offer it.
double lowest_spot_price(const catalogue::InstanceType& type, std::string_view region, std::int64_t now_ms);

/// When the price that holds at an instant began to hold, and when the next begins.
struct PriceSpan {
  std::int64_t begin_ms = 0, end_ms = 0;
};
PriceSpan spot_price_span(const catalogue::InstanceType& type, const catalogue::Zone& zone, std::string_view product,
                          std::int64_t now_ms);

/// As EC2 writes it: `0.031200`.
std::string price_text(double price);
/// EC2's units of size within a family: micro 0.5, small 1, large 4, xlarge 8, 2xlarge 16 ...; 0 for bare metal.
double size_units(std::string_view size);

}  // namespace fogling
