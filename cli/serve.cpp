#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>

#include "api/server.hpp"
#include "cli/commands.hpp"

namespace fogling::cli {

void start_log(const std::string& level) {
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("fogling", std::make_shared<spdlog::sinks::stderr_color_sink_mt>()));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
  spdlog::set_level(spdlog::level::from_str(level));
}

int serve(const ServeOptions& options) {
  start_log(options.log_level);
  std::signal(SIGPIPE, SIG_IGN);  // whoever started us may stop listening to our output

  // The port first: another fogling on it is the likelier mistake, and says more than a locked state file.
  std::optional<House> house;
  api::Server server({.host = options.host, .port = options.port, .stop_on_signals = true},
                     [&house](const api::Request& request) { return house->handle_in_turn(request); });
  HouseOptions house_options = options.house;
  house_options.is_public = !server.is_loopback();
  house.emplace(std::move(house_options));

  const std::string endpoint = server.endpoint();
  if (!server.is_loopback()) {
    spdlog::warn("Listening on {}: other machines can reach it, and it asks nobody for a password.", options.host);
  }
  const std::string argument = endpoint == kDefaultEndpoint ? "" : " --endpoint " + endpoint;
  std::printf("READY endpoint=%s pid=%d\n", endpoint.c_str(), static_cast<int>(::getpid()));
  std::printf("In another shell: fogling aws%s ec2 describe-vpcs; for other tools: eval \"$(fogling env%s)\"\n",
              argument.c_str(), argument.c_str());
  std::fflush(stdout);
  server.run();
  return 0;
}

}  // namespace fogling::cli
