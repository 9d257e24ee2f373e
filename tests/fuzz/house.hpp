#pragma once

/// A house for the targets that send whole requests: in memory, seeded, as new for each input, so that an input that
/// finds something finds it again by itself.

#include <initializer_list>
#include <string>
#include <string_view>

#include "api/house.hpp"

namespace fogling::fuzz {

/// The one house of the process, emptied, its clock set back.
House& new_house();

/// The house's answer, held to what every answer promises: no fault of ours, and a body that its readers can read.
api::Response ask(House& house, const api::Request& request);

/// The text of the last element of this name in an XML answer; empty where there is none.
std::string_view last_element(std::string_view xml, std::string_view name);

}  // namespace fogling::fuzz
