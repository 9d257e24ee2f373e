#pragma once

/// What `serve` and `run` take, from wherever it comes: a flag wins over FOGLING_*, that over the config file, that
/// over the default.

#include <cstdint>
#include <string>

#include "api/house.hpp"

namespace CLI {
class App;
}

namespace fogling::cli {

inline constexpr const char* kDefaultEndpoint = "http://127.0.0.1:8773";

struct ServeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8773;
  std::string log_level = "info";
  std::string config_file;
  HouseOptions house = {};
};

/// Declares the options of a server, with their FOGLING_* names, on a command.
void add_serve_options(CLI::App& command, ServeOptions& options);

/// Fills in from the config file what neither a flag nor the environment has said. Throws CLI::Error for a file that
/// cannot be read, and for keys that are no options.
void apply_config_file(CLI::App& command, const ServeOptions& options);

}  // namespace fogling::cli
