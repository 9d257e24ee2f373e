#pragma once

/// Offerings of Reserved Instances: the same for everybody who asks, made from the catalogue of types. Nothing
/// remembers them: an offering's id says which one it is.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/document.hpp"
#include "fixtures/catalogue/catalogue.hpp"

namespace fogling {

struct ReservedOffering {
  std::size_t type = 0, product = 0;
  int years = 1;
  std::size_t payment = 0;
  bool is_convertible = false;
  std::optional<std::size_t> zone;  ///< none: of the whole region

  const catalogue::InstanceType& instance_type() const { return catalogue::instance_types()[type]; }
  std::int64_t duration_s() const;
  std::string_view product_description() const;
  std::string_view payment_option() const;  ///< `No Upfront`, ...
  /// Dollars, for one instance: at once, and each hour.
  double upfront(std::string_view region) const;
  double hourly(std::string_view region) const;
  /// What an hour costs all in all.
  double effective(std::string_view region) const;
  std::string id() const;
  Document document(std::string_view region) const;
};

/// Nothing where the id is none that an offering of the region has.
std::optional<ReservedOffering> read_reserved_offering(std::string_view region, std::string_view id);

std::size_t reserved_products();
std::size_t reserved_payments();

}  // namespace fogling
