#include "api/control.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/string.hpp>
#include <charconv>

#include "api/events.hpp"
#include "api/reachability.hpp"
#include "fixtures/model/model.hpp"
#include "state/core.hpp"

namespace fogling::api {
namespace {

Response json_response(const Document& body, unsigned status = 200) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = body.dump() + "\n";
  return response;
}

Response refusal(unsigned status, std::string_view message) { return json_response({{"error", message}}, status); }

/// Whether `host[:port]` is this machine: localhost or a loopback address. A server that was told to listen beyond
/// loopback is also meant by any other address: a name can be rebound, an address cannot.
bool is_local_host(std::string_view host, bool is_public) {
  if (host.starts_with('[')) {
    host = host.substr(1, host.find(']') == std::string_view::npos ? host.size() : host.find(']') - 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  if (boost::beast::iequals({host.data(), host.size()}, "localhost")) return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(host), error);
  return !error && (is_public || address.is_loopback());
}

bool is_local_origin(std::string_view origin, bool is_public) {
  const auto scheme = origin.find("://");
  return scheme != std::string_view::npos && is_local_host(origin.substr(scheme + 3), is_public);
}

/// Milliseconds of `90`, `1.5`, "90s", "500ms", "2m", "1h", "1d". Nothing where it is no duration.
std::optional<std::int64_t> read_duration_ms(const Document& value) {
  constexpr double kMost_ms = 1e14;  // some three thousand years
  double amount = 0, unit_ms = 1000;
  if (value.is_number()) {
    amount = value.get<double>();
  } else if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
    if (error != std::errc()) return std::nullopt;
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    constexpr std::pair<std::string_view, double> kUnits[] = {{"", 1e3},   {"ms", 1},     {"s", 1e3},
                                                              {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}};
    const auto* known = std::ranges::find(kUnits, unit, &std::pair<std::string_view, double>::first);
    if (known == std::end(kUnits)) return std::nullopt;
    unit_ms = known->second;
  } else {
    return std::nullopt;
  }
  if (!(amount >= 0) || amount * unit_ms > kMost_ms) return std::nullopt;
  return static_cast<std::int64_t>(amount * unit_ms);
}

/// 9999-01-01T00:00:00Z: what is due a while later can still be written with four digits for the year.
constexpr std::int64_t kLatest_ms = 253'370'764'800'000;

Document clock_state(World& world) {
  Transaction txn(world.database, Access::read);
  return {{"mode", world.clock.mode_text()},
          {"now", iso_time(world.clock.now_ms())},
          {"pending", state::count_due(txn, false)}};
}

/// The first member that an endpoint does not know; empty when it knows all.
std::string unknown_member(const Document& body, std::initializer_list<std::string_view> known) {
  for (const auto& [name, unused] : body.items()) {
    if (std::ranges::find(known, name) == known.end()) return name;
  }
  return {};
}

Response clock(const Request& request, const Document& body, World& world) {
  if (request.method == "GET") return json_response(clock_state(world));
  if (request.method != "POST") return refusal(405, "GET or POST");
  if (const auto unknown = unknown_member(body, {"mode", "advance", "advance_seconds", "run_until_idle"});
      !unknown.empty()) {
    return refusal(400, fmt::format("there is no {} here: mode, advance and run_until_idle are", unknown));
  }
  std::int64_t moves = 0;
  try {
    if (body.contains("mode")) {
      if (!body["mode"].is_string()) return refusal(400, "mode is a text: settle, poll, real, scaled:N or manual");
      world.set_clock_mode(body["mode"].get<std::string>());
    }
  } catch (const std::invalid_argument& error) {
    return refusal(400, error.what());
  }
  for (const char* member : {"advance", "advance_seconds"}) {
    if (!body.contains(member)) continue;
    const auto ms = read_duration_ms(body[member]);
    if (!ms) return refusal(400, "advance is a number of seconds or a duration such as \"90s\", \"2m\", \"1h\"");
    if (world.clock.now_ms() + *ms > kLatest_ms) return refusal(400, "the clock goes no further than the year 9999");
    moves += world.advance(*ms);
  }
  if (body.value("run_until_idle", false)) moves += world.run_until_idle();
  Document state = clock_state(world);
  state["moves"] = moves;
  return json_response(state);
}

Response reset(const Request& request, const Document& body, World& world) {
  if (request.method != "POST") return refusal(405, "POST");
  if (const auto unknown = unknown_member(body, {"account", "region"}); !unknown.empty()) {
    return refusal(400, fmt::format("there is no {} here: account and region are", unknown));
  }
  world.reset(body.value("account", ""), body.value("region", ""));
  return json_response({{"reset", true}});
}

Response operations(World& world) {
  Document done = Document::array();
  for (const auto* operation : world.registry.all()) {
    const auto* shape = model::find_operation(operation->name);
    done.push_back({{"name", std::string_view(operation->name)},
                    {"access", operation->access == Access::write ? "write" : "read"},
                    {"depth", world.registry.rung(*operation)},
                    {"filters", shape->filters.size()}});
  }
  return json_response({{"api_version", model::api_version()},
                        {"in_model", model::operations().size()},
                        {"done", done.size()},
                        {"operations", done}});
}

Response reachability(const Request& request, std::string_view path, const Document& body, World& world) {
  if (request.method != "POST") return refusal(405, "POST");
  try {
    auto answer = answer_reachability(path, body, world);
    return answer ? json_response(*answer) : refusal(404, "reachability has why, who, matrix and assert");
  } catch (const std::invalid_argument& error) {
    return refusal(400, error.what());
  }
}

Response packets(const Request& request, const Document& body, World& world) {
  if (request.method != "POST") return refusal(405, "POST");
  try {
    return json_response(answer_packets(body, world));
  } catch (const std::invalid_argument& error) {
    return refusal(400, error.what());
  }
}

Response flow_logs(const Request& request, World& world) {
  if (request.method != "GET") return refusal(405, "GET");
  const auto mark = request.target.find('?');
  return json_response(
      answer_flow_logs(mark == std::string_view::npos ? std::string_view{} : request.target.substr(mark + 1), world));
}

Response events(const Request& request, World& world) {
  if (request.method != "GET") return refusal(405, "GET");
  try {
    return answer_events(request, world);
  } catch (const std::invalid_argument& error) {
    return refusal(400, error.what());
  }
}

}  // namespace

Response answer_control(const Request& request, World& world) {
  const bool is_public = world.options.is_public;
  if (!is_local_host(request.host, is_public) ||
      (!request.origin.empty() && !is_local_origin(request.origin, is_public))) {
    return refusal(403, "this endpoint answers requests from this machine only");
  }
  Document body = Document::object();
  if (!request.body.empty()) {
    body = Document::parse(request.body, nullptr, false);
    if (!body.is_object()) return refusal(400, "the body is not a JSON object");
    for (const char* member : {"account", "region"}) {
      if (body.contains(member) && !body[member].is_string()) return refusal(400, fmt::format("{} is a text", member));
    }
    if (body.contains("run_until_idle") && !body["run_until_idle"].is_boolean()) {
      return refusal(400, "run_until_idle is true or false");
    }
  }
  const std::string_view path = request.target.substr(0, request.target.find('?'));
  if (path == "/_sim/health") {
    return json_response({{"status", "ok"}, {"version", FOGLING_VERSION}, {"clock", world.clock.mode_text()}});
  }
  if (path == "/_sim/clock") return clock(request, body, world);
  if (path == "/_sim/reset") return reset(request, body, world);
  if (path == "/_sim/operations") return operations(world);
  if (path == kEventsPath) return events(request, world);
  if (path == kPacketsPath) return packets(request, body, world);
  if (path == kFlowLogsPath) return flow_logs(request, world);
  if (path.starts_with(kReachabilityPath)) return reachability(request, path, body, world);
  return refusal(404,
                 "there is no such endpoint: /_sim/health, /_sim/clock, /_sim/reset, /_sim/operations, "
                 "/_sim/events, /_sim/reachability, /_sim/packets and /_sim/flow-logs are");
}

}  // namespace fogling::api
