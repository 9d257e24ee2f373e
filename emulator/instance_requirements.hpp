#pragma once

/// Attribute-based selection: which instance types have what a request asks for.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/document.hpp"
#include "fixtures/catalogue/catalogue.hpp"

namespace fogling {

/// Throws EC2's errors for requirements that contradict themselves.
void check_requirements(const Document& requirements);

/// Whether a type has every attribute of an InstanceRequirementsRequest. Prices are not looked at.
bool meets(const catalogue::InstanceType& type, const Document& requirements);

/// The types of a region that meet the requirements and run one of the architectures and virtualization types; an empty
/// list of these means any. Sorted by name.
std::vector<const catalogue::InstanceType*> types_meeting(std::string_view region, const Document& requirements,
                                                          const Document& architectures,
                                                          const Document& virtualization_types);

/// What of them a fleet may take when price protection has thrown out what costs much more than the cheapest general
/// type among them. `product` as in spot prices.
enum class Market : std::uint8_t { on_demand, spot };
std::vector<const catalogue::InstanceType*> affordable(std::vector<const catalogue::InstanceType*> types,
                                                       const Document& requirements, Market market,
                                                       std::string_view region, std::int64_t now_ms);

}  // namespace fogling
