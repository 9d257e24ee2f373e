#include "cli/options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <filesystem>

namespace fogling::cli {
namespace {

std::string is_account(const std::string& text) {
  const bool good =
      text.size() == 12 && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  return good ? "" : "an account has 12 digits, unlike " + text;
}

}  // namespace

void add_serve_options(CLI::App& command, ServeOptions& options) {
  HouseOptions& house = options.house;
  const auto add = [&command](const std::string& name, auto& variable, const std::string& help) {
    std::string variable_name = "FOGLING_" + name;
    for (char& c : variable_name) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return command.add_option("--" + name, variable, help)->envname(variable_name)->take_last();
  };
  add("host", options.host, "Address to listen on")->type_name("ADDRESS")->capture_default_str();
  add("port", options.port, "Port to listen on; 0 takes any free one")
      ->type_name("PORT")
      ->check(CLI::Range(0, 65535).description(""))
      ->capture_default_str();
  add("state", house.state_file, "SQLite file to keep everything in; without it, memory")->type_name("FILE");
  add("clock", house.clock_mode, "settle, poll, real, scaled:N or manual; without it what the state says, else settle")
      ->type_name("MODE");
  add("seed", house.seed, "Same seed, same calls: same ids")->type_name("N");
  add("region", house.region, "For requests that name none")->type_name("REGION")->capture_default_str();
  add("account", house.account, "For requests whose access key is no account id")
      ->type_name("ID")
      ->check(CLI::Validator(is_account, ""))
      ->capture_default_str();
  add("log-level", options.log_level, "trace, debug, info, warn, error, critical or off")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "critical", "off"}).description(""))
      ->capture_default_str();
  add("images", house.images_file, "JSON file of images to offer besides our own")->type_name("FILE");
  add("quotas", house.quotas, "none, or a JSON file; without it those of an established account")
      ->type_name("none|FILE");
  add("public-pool", house.public_pool, "Where public IPv4 addresses are taken from")
      ->type_name("CIDR")
      ->capture_default_str();
  add("journal", house.journal_mb, "Megabytes for what is remembered of calls and changes; 0 remembers nothing")
      ->type_name("MB")
      ->check(CLI::Range(0, 65536).description(""))
      ->capture_default_str();
  add("config", options.config_file, "TOML or INI file with these options, such as port = 8773")->type_name("FILE");
}

void apply_config_file(CLI::App& command, const ServeOptions& options) {
  if (options.config_file.empty()) return;
  if (!std::filesystem::is_regular_file(options.config_file)) {
    throw CLI::FileError("The config file " + options.config_file + " does not exist.", CLI::ExitCodes::FileError);
  }
  // CLI11 has config files of its own, but lets them win over the environment.
  for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_file(options.config_file)) {
    if (item.name == "++" || item.name == "--") continue;  // CLI11's marks of where a section begins and ends
    CLI::Option* const option = command.get_option_no_throw("--" + item.name);
    if (!option || !item.parents.empty() || item.name == "config" || item.name == "help") {
      throw CLI::ConfigError("The config file " + options.config_file + " has " + item.fullname() +
                                 ", which is no option of `fogling " + command.get_name() + "`.",
                             CLI::ExitCodes::ConfigError);
    }
    if (option->count() > 0) continue;
    option->add_result(item.inputs);
    option->run_callback();
  }
}

}  // namespace fogling::cli
