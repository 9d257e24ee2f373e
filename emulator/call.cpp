#include "emulator/call.hpp"

#include "emulator/world.hpp"

namespace fogling {

Random& Context::random() const { return world.random; }

std::string Context::make_id(std::string_view prefix) const { return fogling::make_id(world.random, prefix); }

std::string_view Call::require(std::string_view member) const {
  const auto value = text(member);
  if (value.empty()) throw errors::missing_parameter(member);
  return value;
}

}  // namespace fogling
