#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/environment.hpp"
#include "cli/options.hpp"

namespace fogling::cli {
namespace {

constexpr int kFailed = 1, kMisused = 2;

int complain(const std::string& sentence, int exit_code) {
  std::fprintf(stderr, "fogling: %s\n", sentence.c_str());
  return exit_code;
}

/// Takes off what belongs to another program's command line, so that CLI11 looks at ours only.
std::vector<std::string> take_foreign_arguments(std::vector<std::string>& arguments) {
  auto first = arguments.end();
  if (arguments.empty()) return {};
  if (arguments[0] == "run") {
    first = std::find(arguments.begin(), arguments.end(), "--");
  } else if (arguments[0] == "aws") {
    first = arguments.begin() + 1;
    while (first != arguments.end() && first->starts_with("--endpoint")) {
      if (first->starts_with("--endpoint=")) {
        ++first;
      } else if (*first == "--endpoint" && arguments.end() - first >= 2) {
        first += 2;
      } else {
        break;  // --endpoint-url is the AWS CLI's own
      }
    }
  }
  std::vector<std::string> foreign(first, arguments.end());
  arguments.erase(first, arguments.end());
  if (!foreign.empty() && foreign[0] == "--") foreign.erase(foreign.begin());
  return foreign;
}

/// The commands that ask about the network.
struct ReachabilityCommands {
  CLI::App* why = nullptr;
  CLI::App* who = nullptr;
  CLI::App* matrix = nullptr;
};

ReachabilityCommands add_reachability(CLI::App& app, ReachabilityOptions& options) {
  const auto add_ports = [&options](CLI::App& command) {
    command.add_option("--port", options.port, "Port, or range such as 8000-8080; any where it is left out")
        ->type_name("PORT");
    command.add_option("--protocol", options.protocol, "tcp, udp or icmp")->capture_default_str();
  };
  ReachabilityCommands commands;
  commands.why = app.add_subcommand("why", "Why can I not connect? fogling why i-... --port 22");
  commands.why->add_option("to", options.to, "Instance, interface or address")->required();
  commands.why->add_option("--from", options.from, "internet, an address, an instance or an interface")
      ->type_name("SOURCE");
  add_ports(*commands.why);
  commands.who = app.add_subcommand("who-can-reach", "From where can an instance be reached?");
  commands.who->add_option("to", options.to, "Instance or interface")->required();
  commands.matrix = app.add_subcommand("reach-matrix", "Which instances of a VPC reach which?");
  commands.matrix->add_option("--vpc", options.vpc, "VPC")->required();
  add_ports(*commands.matrix);
  for (CLI::App* command : {commands.why, commands.who, commands.matrix})
    command->add_flag("--json", options.is_json, "The answer as JSON");
  return commands;
}

CLI::App* add_log(CLI::App& app, LogOptions& options) {
  CLI::App* const command = app.add_subcommand("log", "What happened on a server: calls, refusals and moves");
  command->add_flag("--follow,-f", options.is_followed, "Go on with what happens from here on");
  command->add_flag("--as-cli", options.is_as_cli, "Calls as lines for the AWS CLI");
  command->add_flag("--json", options.is_json, "One event a line, as JSON");
  command->add_option("--after", options.after, "Number of the event to begin behind")->type_name("N");
  command->add_option("--account", options.account, "Of this account only")->type_name("ACCOUNT");
  command->add_option("--region", options.region, "In this region only")->type_name("REGION");
  command->add_option("--operation", options.operation, "Of this operation only, such as RunInstances")
      ->type_name("NAME");
  command->add_option("--resource", options.resource, "About this resource only")->type_name("ID");
  command->add_option("--type", options.type, "call, move or refusal")
      ->check(CLI::IsMember({"call", "move", "refusal"}));
  command->add_option("--language", options.language, "Of explanations: en or ko; as LANG says where it is left out")
      ->check(CLI::IsMember({"en", "ko"}));
  return command;
}

int perform(std::vector<std::string> arguments) {
  CLI::App app("fogling: Amazon EC2 on this machine, for learning and for tests.", "fogling");
  app.require_subcommand(0, 1);
  app.set_version_flag("--version", std::string("fogling " FOGLING_VERSION));

  ServeOptions serve_options;
  CLI::App* const serve_command = app.add_subcommand("serve", "Serve until stopped");
  add_serve_options(*serve_command, serve_options);

  ServeOptions run_options;
  run_options.port = 0;
  run_options.log_level = "warn";
  CLI::App* const run_command =
      app.add_subcommand("run", "Run a command with a server of its own: fogling run [OPTIONS] -- COMMAND...");
  add_serve_options(*run_command, run_options);
  // A port that is settled for `serve` would be taken by it.
  run_command->get_option("--port")->envname("");

  std::string endpoint = kDefaultEndpoint, region = kDefaultRegion;
  const auto add_endpoint = [&endpoint](CLI::App& command) {
    command.add_option("--endpoint", endpoint, "Where the server is")
        ->envname("FOGLING_ENDPOINT")
        ->type_name("URL")
        ->capture_default_str();
  };
  CLI::App* const env_command =
      app.add_subcommand("env", "Print what points AWS tools at a server: eval \"$(fogling env)\"");
  add_endpoint(*env_command);
  env_command->add_option("--region", region, "Region to work in")
      ->envname("FOGLING_REGION")
      ->type_name("REGION")
      ->capture_default_str();
  CLI::App* const aws_command =
      app.add_subcommand("aws", "Run the AWS CLI against a server: fogling aws [--endpoint URL] ec2 describe-vpcs");
  add_endpoint(*aws_command);
  CLI::App* const health_command = app.add_subcommand("health", "Ask a server how it is");
  add_endpoint(*health_command);
  ReachabilityOptions reachability_options;
  const ReachabilityCommands reachability = add_reachability(app, reachability_options);
  for (CLI::App* command : {reachability.why, reachability.who, reachability.matrix}) add_endpoint(*command);
  LogOptions log_options;
  CLI::App* const log_command = add_log(app, log_options);
  add_endpoint(*log_command);
  CLI::App* const version_command = app.add_subcommand("version", "Print the version");

  const std::vector<std::string> foreign = take_foreign_arguments(arguments);
  try {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them off the end
    app.parse(arguments);
    if (*serve_command) apply_config_file(*serve_command, serve_options);
    if (*run_command) apply_config_file(*run_command, run_options);
  } catch (const CLI::Success& wish) {
    return app.exit(wish);  // --help, --version
  } catch (const CLI::Error& error) {
    return complain(error.what(), kMisused);
  }

  if (*serve_command) return serve(serve_options);
  if (*run_command) {
    if (foreign.empty()) return complain("Say behind -- what to run: fogling run -- terraform apply", kMisused);
    return run(run_options, foreign);
  }
  if (*env_command) {
    std::fputs(shell_commands(client_environment(endpoint, region)).c_str(), stdout);
    return 0;
  }
  if (*aws_command) return aws(endpoint, foreign);
  if (*health_command) return health(endpoint);
  if (*log_command) {
    log_options.endpoint = endpoint;
    return log(log_options);
  }
  reachability_options.endpoint = endpoint;
  if (*reachability.why) return why(reachability_options);
  if (*reachability.who) return who_can_reach(reachability_options);
  if (*reachability.matrix) return reach_matrix(reachability_options);
  if (*version_command) {
    std::puts("fogling " FOGLING_VERSION);
    return 0;
  }
  std::fputs(app.help().c_str(), stderr);
  return kMisused;
}

}  // namespace
}  // namespace fogling::cli

int main(int argc, char** argv) {
  using namespace fogling::cli;
  try {
    return perform({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    return complain(error.what(), kFailed);
  }
}
