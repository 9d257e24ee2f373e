/// `log`: what happened on a server, from its journal.

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/environment.hpp"

namespace fogling::cli {
namespace {

using Json = nlohmann::json;

void print(const std::string& line) { std::printf("%s\n", line.c_str()); }

/// `?after=5&region=eu-west-1`. Values are ids and names; what else somebody types the server refuses.
std::string query_of(const LogOptions& options, std::uint64_t after) {
  std::string out = fmt::format("?after={}", after);
  const std::pair<const char*, const std::string*> values[] = {{"account", &options.account},
                                                               {"region", &options.region},
                                                               {"operation", &options.operation},
                                                               {"resource", &options.resource},
                                                               {"type", &options.type}};
  for (const auto& [name, value] : values) {
    if (value->empty()) continue;
    out += fmt::format("&{}=", name);
    for (const char c : *value) {
      const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
      out += is_plain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string language_of(const LogOptions& options) {
  if (!options.language.empty()) return options.language;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (const auto value = variable(name); !value.empty()) return value.starts_with("ko") ? "ko" : "en";
  }
  return "en";
}

std::string joined(const Json& ids) {
  constexpr std::size_t kShown = 5;
  std::string out;
  for (std::size_t i = 0; i < ids.size() && i < kShown; ++i) out += (i == 0 ? "" : " ") + ids[i].get<std::string>();
  return ids.size() > kShown ? out + fmt::format(" and {} more", ids.size() - kShown) : out;
}

class Printer {
 public:
  explicit Printer(const LogOptions& options) : options_(options), language_(language_of(options)) {}

  void operator()(const Json& event) const {
    if (options_.is_json) {
      print(event.dump());
    } else if (options_.is_as_cli) {
      print_as_cli(event);
    } else {
      print_line(event);
    }
  }

 private:
  void print_explanation(const Json& event, const char* indent) const {
    if (!event.contains("explanation")) return;
    for (const char* part : {"why", "next"}) print(indent + event["explanation"][part].value(language_, std::string()));
  }

  void print_line(const Json& event) const {
    const std::string head =
        fmt::format("{:>6} {} {}", event.value("seq", 0), event.value("time", ""), event.value("region", ""));
    const std::string ids = joined(event["resources"]);
    if (event.value("type", "") == "move") return print(fmt::format("{}   {} {}", head, ids, event.value("move", "")));
    const std::string outcome = event.value("outcome", "");
    print(fmt::format("{} {} {} {}", head, event.value("operation", ""), outcome, ids));
    if (outcome == "ok") return;
    print("         " + event.value("message", ""));
    print_explanation(event, "         ");
  }

  /// What cannot be run again is a comment.
  void print_as_cli(const Json& event) const {
    if (event.value("type", "") != "call") return;
    const std::string outcome = event.value("outcome", "");
    if (event.contains("cli")) {
      print(event.value("cli", ""));
    } else {
      print("# " + event.value("operation", ""));
    }
    if (outcome == "ok") return;
    print(fmt::format("# {}: {}", outcome, event.value("message", "")));
    print_explanation(event, "# ");
  }

  const LogOptions& options_;
  const std::string language_;
};

}  // namespace

int log(const LogOptions& options) {
  const Printer printer(options);
  const std::string path = "/_sim/events";
  if (options.is_followed) {
    follow(options.endpoint, path + query_of(options, options.after), [&](const std::string& data) {
      printer(Json::parse(data));
      std::fflush(stdout);
    });
    return 0;
  }
  for (std::uint64_t after = options.after;;) {
    const Reply reply = ask(options.endpoint, "GET", path + query_of(options, after) + "&limit=1000");
    const Json page = Json::parse(reply.body, nullptr, false);
    if (page.is_discarded()) throw std::runtime_error("The answer of " + options.endpoint + " is no JSON.");
    if (reply.status != 200) throw std::runtime_error(page.value("error", reply.body));
    for (const auto& event : page["events"]) printer(event);
    after = page["next"].get<std::uint64_t>();
    if (!page.value("more", false)) return 0;
  }
}

}  // namespace fogling::cli
