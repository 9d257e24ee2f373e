#pragma once

/// The commands of the program. Each returns its exit code, or throws std::exception with a sentence for a person.

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "cli/options.hpp"

namespace fogling::cli {

/// Serves until SIGINT or SIGTERM.
int serve(const ServeOptions& options);

/// Serves on a port of its own for as long as a command runs that has been pointed there; its exit code is ours.
int run(const ServeOptions& options, const std::vector<std::string>& command);

/// Asks a server how it is.
int health(const std::string& endpoint);

/// Becomes the AWS CLI, pointed at the endpoint. Returns only when that cannot be.
int aws(const std::string& endpoint, const std::vector<std::string>& arguments);

/// A question about the network, as the command line has it.
struct ReachabilityOptions {
  std::string endpoint, to, from, vpc, port;
  std::string protocol = "tcp";
  bool is_json = false;
};

/// What happens to a connection, hop by hop. The exit code is 1 where it times out or is refused.
int why(const ReachabilityOptions& options);
/// From where an instance can be reached, and at which ports.
int who_can_reach(const ReachabilityOptions& options);
/// Which instances of a VPC reach which.
int reach_matrix(const ReachabilityOptions& options);

/// What happened on a server, as the command line asks for it.
struct LogOptions {
  std::string endpoint, account, region, operation, resource, type, language;
  std::uint64_t after = 0;
  bool is_followed = false, is_as_cli = false, is_json = false;
};

/// Calls and moves, the oldest first.
int log(const LogOptions& options);

/// Starts the log on stderr.
void start_log(const std::string& level);

}  // namespace fogling::cli
