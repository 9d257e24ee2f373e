#pragma once

#include "state/table.hpp"

namespace fogling::state {

struct Instance : Resource {
  std::string instance_id;
  std::string reservation_id;
  std::int64_t ami_launch_index = 0;
  std::string image_id;
  std::string instance_type;
  std::string state;
  std::string state_reason_code;
  std::string state_reason_message;
  std::string state_transition_reason;
  bool has_run = false;
  std::string key_name;
  std::int64_t launch_time_ms = 0;
  std::int64_t usage_operation_update_time_ms = 0;
  std::string architecture;
  std::string virtualization_type;
  std::string hypervisor;
  std::string root_device_name;
  std::string root_device_type;
  std::string platform;
  std::string platform_details;
  std::string usage_operation;
  std::string availability_zone;
  std::string availability_zone_id;
  std::string tenancy;
  std::string monitoring;
  std::string vpc_id;
  std::string subnet_id;
  std::string client_token;
  bool ebs_optimized = false;
  bool ena_support = false;
  std::string user_data;
  bool disable_api_termination = false;
  bool disable_api_stop = false;
  std::string instance_initiated_shutdown_behavior;
  std::string instance_lifecycle;
  std::string boot_mode;
  std::string current_instance_boot_mode;
  std::int64_t core_count = 0;
  std::int64_t threads_per_core = 0;
  std::string cpu_credits;
  std::string metadata_state;
  std::string status_check;
  bool associates_public_ip = false;
  Document options;
};

template <>
struct Table<Instance> {
  using T = Instance;
  static constexpr std::string_view name = "instance";
  static decltype(auto) columns(auto visit) {
    return visit(
        Column{"instance_id", &T::instance_id}, Column{"reservation_id", &T::reservation_id},
        Column{"ami_launch_index", &T::ami_launch_index}, Column{"image_id", &T::image_id},
        Column{"instance_type", &T::instance_type}, Column{"state", &T::state},
        Column{"state_reason_code", &T::state_reason_code}, Column{"state_reason_message", &T::state_reason_message},
        Column{"state_transition_reason", &T::state_transition_reason}, Column{"has_run", &T::has_run},
        Column{"key_name", &T::key_name}, Column{"launch_time_ms", &T::launch_time_ms},
        Column{"usage_operation_update_time_ms", &T::usage_operation_update_time_ms},
        Column{"architecture", &T::architecture}, Column{"virtualization_type", &T::virtualization_type},
        Column{"hypervisor", &T::hypervisor}, Column{"root_device_name", &T::root_device_name},
        Column{"root_device_type", &T::root_device_type}, Column{"platform", &T::platform},
        Column{"platform_details", &T::platform_details}, Column{"usage_operation", &T::usage_operation},
        Column{"availability_zone", &T::availability_zone}, Column{"availability_zone_id", &T::availability_zone_id},
        Column{"tenancy", &T::tenancy}, Column{"monitoring", &T::monitoring}, Column{"vpc_id", &T::vpc_id},
        Column{"subnet_id", &T::subnet_id}, Column{"client_token", &T::client_token},
        Column{"ebs_optimized", &T::ebs_optimized}, Column{"ena_support", &T::ena_support},
        Column{"user_data", &T::user_data}, Column{"disable_api_termination", &T::disable_api_termination},
        Column{"disable_api_stop", &T::disable_api_stop},
        Column{"instance_initiated_shutdown_behavior", &T::instance_initiated_shutdown_behavior},
        Column{"instance_lifecycle", &T::instance_lifecycle}, Column{"boot_mode", &T::boot_mode},
        Column{"current_instance_boot_mode", &T::current_instance_boot_mode}, Column{"core_count", &T::core_count},
        Column{"threads_per_core", &T::threads_per_core}, Column{"cpu_credits", &T::cpu_credits},
        Column{"metadata_state", &T::metadata_state}, Column{"status_check", &T::status_check},
        Column{"associates_public_ip", &T::associates_public_ip}, Column{"options", &T::options});
  }
};

/// Of one scope in one state, oldest first.
std::vector<Instance> instances_in_state(Transaction& txn, const Scope& scope, std::string_view state);
/// Those that name a resource of another kind: their placement group, their host; oldest first.
std::vector<Instance> instances_referring(Transaction& txn, std::string_view target_id);

/// All that a list needs to know of an instance before it is described.
struct InstanceKey {
  std::int64_t seq = 0;
  std::string instance_id, reservation_id;
};
std::optional<InstanceKey> find_instance_key(Transaction& txn, const Scope& scope, std::string_view instance_id);
/// Oldest first, of those created after `after_seq`.
std::vector<InstanceKey> list_instance_keys(Transaction& txn, const Scope& scope, std::int64_t after_seq,
                                            std::int64_t limit);
/// Those in one of the states, for filters that name states.
std::vector<InstanceKey> instance_keys_in_state(Transaction& txn, const Scope& scope, std::string_view state);

struct TypeCount {
  std::string instance_type;
  std::int64_t core_count = 0, threads_per_core = 0, instances = 0;
};
/// Pending and running instances by type and CPU options.
std::vector<TypeCount> count_running_types(Transaction& txn, const Scope& scope);

/// What is being attached to an instance is attached.
void become_attached(Transaction& txn, std::string_view instance_id);

/// The checks of a running instance turn from `initializing` to `ok`.
void pass_status_checks(Transaction& txn, std::string_view instance_id);

}  // namespace fogling::state
