#include "state/instances.hpp"

#include "state/table_impl.hpp"

namespace fogling::state {

FOGLING_ROWS(Instance);

// The index by state leaves out those that are running, which are most: they are found among all of their scope.
#define FOGLING_RUNNING "INDEXED BY instance_by_scope WHERE account = ? AND region = ? AND state = ? ORDER BY seq"
#define FOGLING_OTHERS "WHERE account = ? AND region = ? AND state = ? AND state <> 'running' ORDER BY seq"

std::vector<Instance> instances_in_state(Transaction& txn, const Scope& scope, std::string_view state) {
  static constexpr Sql kRunning{FOGLING_RUNNING};
  static constexpr Sql kOthers{FOGLING_OTHERS};
  return select<Instance>(txn, state == "running" ? kRunning : kOthers, scope.account, scope.region, state);
}

std::vector<Instance> instances_referring(Transaction& txn, std::string_view target_id) {
  static constexpr Sql kTail{
      "WHERE instance_id IN (SELECT resource_id FROM reference WHERE target_id = ?) ORDER BY seq"};
  return select<Instance>(txn, kTail, target_id);
}

namespace {

std::vector<InstanceKey> read_keys(Statement& statement) {
  std::vector<InstanceKey> keys;
  while (statement.executeStep()) {
    auto& key = keys.emplace_back();
    read_value(statement, 0, key.seq);
    read_value(statement, 1, key.instance_id);
    read_value(statement, 2, key.reservation_id);
  }
  statement.reset();
  return keys;
}

}  // namespace

// By two indexes: the rows themselves are many pages, of which few are in memory.
std::optional<InstanceKey> find_instance_key(Transaction& txn, const Scope& scope, std::string_view instance_id) {
  static constexpr Sql kFind{
      "SELECT seq, instance_id, reservation_id FROM instance INDEXED BY instance_by_scope"
      " WHERE seq = (SELECT seq FROM instance WHERE instance_id = ?) AND account = ? AND region = ?"};
  auto& statement = txn.database().statement(kFind);
  bind_all(statement, instance_id, scope.account, scope.region);
  auto keys = read_keys(statement);
  if (keys.empty()) return std::nullopt;
  return std::move(keys.front());
}

std::vector<InstanceKey> list_instance_keys(Transaction& txn, const Scope& scope, std::int64_t after_seq,
                                            std::int64_t limit) {
  static constexpr Sql kList{
      "SELECT seq, instance_id, reservation_id FROM instance WHERE account = ? AND region = ? AND seq > ?"
      " ORDER BY seq LIMIT ?"};
  auto& statement = txn.database().statement(kList);
  bind_all(statement, scope.account, scope.region, after_seq, limit);
  return read_keys(statement);
}

std::vector<InstanceKey> instance_keys_in_state(Transaction& txn, const Scope& scope, std::string_view state) {
  static constexpr Sql kRunning{"SELECT seq, instance_id, reservation_id FROM instance " FOGLING_RUNNING};
  static constexpr Sql kOthers{"SELECT seq, instance_id, reservation_id FROM instance " FOGLING_OTHERS};
  auto& statement = txn.database().statement(state == "running" ? kRunning : kOthers);
  bind_all(statement, scope.account, scope.region, state);
  return read_keys(statement);
}

std::vector<TypeCount> count_running_types(Transaction& txn, const Scope& scope) {
  static constexpr Sql kCount{
      "SELECT instance_type, core_count, threads_per_core, count(*) FROM instance INDEXED BY instance_by_scope"
      " WHERE account = ? AND region = ? AND state IN ('pending', 'running') GROUP BY 1, 2, 3"};
  auto& statement = txn.database().statement(kCount);
  bind_all(statement, scope.account, scope.region);
  std::vector<TypeCount> counts;
  while (statement.executeStep()) {
    auto& count = counts.emplace_back();
    read_value(statement, 0, count.instance_type);
    read_value(statement, 1, count.core_count);
    read_value(statement, 2, count.threads_per_core);
    read_value(statement, 3, count.instances);
  }
  statement.reset();
  return counts;
}

void become_attached(Transaction& txn, std::string_view instance_id) {
  static constexpr Sql kInterfaces{
      "UPDATE network_interface SET attachment_status = 'attached' WHERE instance_id = ? AND instance_id <> ''"
      " AND attachment_status = 'attaching'"};
  static constexpr Sql kVolumes{
      "UPDATE volume_attachment SET state = 'attached' WHERE instance_id = ? AND state = 'attaching'"};
  execute(txn, kInterfaces, instance_id);
  execute(txn, kVolumes, instance_id);
}

void pass_status_checks(Transaction& txn, std::string_view instance_id) {
  static constexpr Sql kPass{
      "UPDATE instance SET status_check = 'ok' WHERE instance_id = ? AND state = 'running'"
      " AND status_check = 'initializing'"};
  execute(txn, kPass, instance_id);
}

}  // namespace fogling::state
