/// `why`, `who-can-reach` and `reach-matrix`: questions to a server, and its answers drawn in the terminal.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "cli/client.hpp"
#include "cli/commands.hpp"

namespace fogling::cli {
namespace {

using Json = nlohmann::json;

/// Colours where somebody looks.
std::string coloured(const char* code, std::string_view text) {
  static const bool kIsTerminal = isatty(STDOUT_FILENO) == 1;
  return kIsTerminal ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

std::string green(std::string_view text) { return coloured("32", text); }
std::string red(std::string_view text) { return coloured("31", text); }
std::string grey(std::string_view text) { return coloured("90", text); }

Json ask_about(const std::string& endpoint, const char* path, const Json& question) {
  const Reply reply = ask(endpoint, "POST", path, question.dump());
  Json answer = Json::parse(reply.body, nullptr, false);
  if (answer.is_discarded()) throw std::runtime_error("The answer of " + endpoint + " is no JSON.");
  if (reply.status != 200) throw std::runtime_error(answer.value("error", reply.body));
  return answer;
}

void print(const std::string& line) { std::printf("%s\n", line.c_str()); }

/// What there is to say of a hop: the rule that decided, or why it does what it does.
std::string said_of(const Json& hop) {
  const std::string rule = hop.value("rule", ""), reason = hop.value("reason", "");
  std::string out = hop.value("outcome", "") == "allow" && !rule.empty() ? rule : reason.empty() ? rule : reason;
  const std::string code = hop.value("code", "");
  return code.empty() ? out : fmt::format("{} [{}]", out, code);
}

void draw_hop(const Json& hop) {
  const std::string outcome = hop.value("outcome", "");
  const std::string line = fmt::format("{:<22} {:<24} {:<8} {}", hop.value("component", ""), hop.value("id", "(none)"),
                                       hop.value("direction", ""), said_of(hop));
  if (outcome == "allow") {
    print("  " + green("+") + " " + line);
  } else if (outcome == "deny") {
    print("  " + red("x") + " " + line);
  } else {
    print(grey(fmt::format("  {} {}", outcome == "not reached" ? "." : "x", line)));
  }
}

void draw_hops(const char* title, const Json& hops) {
  if (hops.empty()) return;
  print(std::string("\n") + title);
  for (const auto& hop : hops) draw_hop(hop);
}

int draw_why(const Json& answer) {
  const std::string verdict = answer.value("verdict", "");
  const bool connects = verdict.starts_with("connects");
  const std::string said =
      connects ? green(verdict == "connects" ? "would connect" : "would connect for some") : red(verdict);
  print(fmt::format("{}: {}", answer.value("question", ""), said));
  print(fmt::format("  because {}", answer.value("because", "")));
  draw_hops("The way there", answer["forward"]);
  draw_hops("The way back", answer["return"]);
  const Json& fixes = answer["fixes"];
  if (!fixes.empty()) {
    print(connects ? "\nTo open it for everybody" : "\nTo open it");
    for (const auto& fix : fixes) print("  " + fix.get<std::string>());
  }
  return connects ? 0 : 1;
}

std::string joined(const Json& texts) {
  std::string out;
  for (const auto& each : texts) out += (out.empty() ? "" : ", ") + each.get<std::string>();
  return out;
}

int draw_who(const Json& answer) {
  print(fmt::format("{} can be reached", answer.value("to", "")));
  const Json& internet = answer["internet"];
  const Json& instances = answer["instances"];
  for (const auto& each : internet) {
    print(fmt::format("  {:<6} {:<12} from {}", each.value("protocol", ""), each.value("ports", ""),
                      joined(each["sources"])));
  }
  for (const auto& each : instances) {
    print(fmt::format("  {:<6} {:<12} from {}", each.value("protocol", ""), each.value("ports", ""),
                      each.value("from", "")));
  }
  if (internet.empty() && instances.empty()) print("  from nowhere");
  return 0;
}

int draw_matrix(const Json& answer) {
  const Json& ids = answer["instances"];
  const Json& reach = answer["reach"];
  print(fmt::format("{} {} in {}: who (down) reaches whom (across)", answer.value("protocol", ""),
                    answer.value("port", ""), answer.value("vpc", "")));
  std::string head(22, ' ');
  for (std::size_t i = 0; i < ids.size(); ++i) head += fmt::format("{:>4}", i + 1);
  print(head);
  const auto draw_row = [&](const std::string& label, const std::string& from) {
    std::string line = fmt::format("{:<22}", label);
    const Json& reached = reach[from];
    for (const auto& to : ids) {
      const bool is_open = std::find(reached.begin(), reached.end(), to) != reached.end();
      line += to == from ? "   -" : "   " + (is_open ? green("+") : red("."));
    }
    print(line);
  };
  draw_row("    internet", "internet");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::string id = ids[i].get<std::string>();
    draw_row(fmt::format("{:>3} {}", i + 1, id.substr(0, 17)), id);
  }
  return 0;
}

void set_if(Json& question, const char* member, const std::string& value) {
  if (!value.empty()) question[member] = value;
}

int answer_with(const Json& answer, bool is_json, int (*draw)(const Json&)) {
  if (!is_json) return draw(answer);
  print(answer.dump(2));
  return 0;
}

}  // namespace

int why(const ReachabilityOptions& options) {
  Json question{{"to", options.to}, {"protocol", options.protocol}};
  set_if(question, "from", options.from);
  set_if(question, "port", options.port);
  const Json answer = ask_about(options.endpoint, "/_sim/reachability/why", question);
  answer_with(answer, options.is_json, draw_why);
  return answer.value("verdict", "").starts_with("connects") ? 0 : 1;
}

int who_can_reach(const ReachabilityOptions& options) {
  return answer_with(ask_about(options.endpoint, "/_sim/reachability/who", {{"to", options.to}}), options.is_json,
                     draw_who);
}

int reach_matrix(const ReachabilityOptions& options) {
  Json question{{"vpc", options.vpc}, {"protocol", options.protocol}};
  set_if(question, "port", options.port);
  return answer_with(ask_about(options.endpoint, "/_sim/reachability/matrix", question), options.is_json, draw_matrix);
}

}  // namespace fogling::cli
