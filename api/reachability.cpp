#include "api/reachability.hpp"

#include <algorithm>
#include <utility>

#include "emulator/fabric/flow_records.hpp"
#include "emulator/fabric/reachability.hpp"
#include "emulator/lifecycle.hpp"

namespace fogling::api {
namespace {

using Answer = Document (*)(Context&, const Document&);

Answer find_answer(std::string_view name) {
  constexpr std::pair<std::string_view, Answer> kAnswers[] = {{"", fabric::why},
                                                              {"/why", fabric::why},
                                                              {"/who", fabric::who_can_reach},
                                                              {"/matrix", fabric::reach_matrix},
                                                              {"/assert", fabric::check_only}};
  const auto* found = std::ranges::find(kAnswers, name, &std::pair<std::string_view, Answer>::first);
  return found == std::end(kAnswers) ? nullptr : found->second;
}

/// What has come due happens before anybody looks, as it does before a call.
void settle_due(World& world) {
  if (world.schedule.is_surely_idle(world.clock)) return;
  Transaction txn(world.database, Access::write);
  if (!world.schedule.is_due(txn, world.clock)) return;
  settle(world, txn);
  world.conclude(txn);
}

Scope scope_of(const Document& question, const World& world) {
  return {question.value("account", world.options.account), question.value("region", world.options.region)};
}

/// The value of a parameter of a query string; empty where it has none. Account and region need no decoding.
std::string parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto part = query.substr(0, query.find('&'));
    if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=')
      return std::string(part.substr(name.size() + 1));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
  }
  return {};
}

}  // namespace

std::optional<Document> answer_reachability(std::string_view path, const Document& question, World& world) {
  const auto answer = find_answer(path.substr(kReachabilityPath.size()));
  if (answer == nullptr) return std::nullopt;
  const Scope scope = scope_of(question, world);
  settle_due(world);
  Transaction txn(world.database, Access::read);
  Context context{world, txn, scope, world.clock.now_ms()};
  return answer(context, question);
}

Document answer_packets(const Document& question, World& world) {
  const Scope scope = scope_of(question, world);
  settle_due(world);
  Transaction txn(world.database, Access::write);
  Context context{world, txn, scope, world.clock.now_ms()};
  Document answer = fabric::send_packets(context, question);
  txn.commit();
  return answer;
}

Document answer_flow_logs(std::string_view query, World& world) {
  Document named = Document::object();
  for (const char* name : {"account", "region"}) {
    if (auto value = parameter(query, name); !value.empty()) named[name] = std::move(value);
  }
  const Scope scope = scope_of(named, world);
  settle_due(world);
  Transaction txn(world.database, Access::read);
  Context context{world, txn, scope, world.clock.now_ms()};
  return fabric::flow_log_records(context);
}

}  // namespace fogling::api
