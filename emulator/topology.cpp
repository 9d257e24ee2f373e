#include "emulator/topology.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>

#include "fixtures/catalogue/catalogue.hpp"

namespace fogling {
namespace {

constexpr std::uint32_t kBranches = 4;

std::string node(std::string_view region, const std::string& place) {
  return "nn-" + catalogue::stable_image_id(region, "network-node/" + place).substr(4);
}

std::uint32_t spread(std::string_view text) {  // FNV-1a: evenly, and the same on every machine
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash ^ (hash >> 15);
}

}  // namespace

Document network_nodes(std::string_view region, std::string_view zone_id, std::string_view resource_id) {
  const auto hash = spread(resource_id);
  std::string place(zone_id);
  Document nodes = Document::array({node(region, place)});
  for (const std::uint32_t branch : {hash % kBranches, hash / kBranches % kBranches}) {
    place += fmt::format("/{}", branch);
    nodes.push_back(node(region, place));
  }
  return nodes;
}

}  // namespace fogling
