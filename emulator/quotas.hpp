#pragma once

/// What an account may have, per region. The defaults are those of an established account; a limit that is set to -1
/// is none.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace fogling {

struct Quotas {
  std::int64_t elastic_ips = 5;
  std::int64_t vpcs = 5;
  std::int64_t ipv4_blocks_per_vpc = 5;
  std::int64_t ipv6_blocks_per_vpc = 5;
  std::int64_t subnets_per_vpc = 200;
  std::int64_t route_tables_per_vpc = 200;
  std::int64_t routes_per_table = 500;
  std::int64_t gateway_endpoints = 20;
  std::int64_t interface_endpoints_per_vpc = 50;
  std::int64_t nat_gateways_per_zone = 5;
  std::int64_t elastic_ips_per_nat_gateway = 2;
  std::int64_t network_acls_per_vpc = 200;
  std::int64_t network_acl_rules = 20;
  std::int64_t security_groups = 2500;
  std::int64_t rules_per_security_group = 60;
  std::int64_t security_groups_per_interface = 5;
  std::int64_t network_interfaces = 5000;
  std::int64_t key_pairs = 5000;
  std::int64_t standard_vcpus = 1152;
  std::int64_t g_and_vt_vcpus = 768;
  std::int64_t p_vcpus = 768;
  std::int64_t other_vcpus = 768;  ///< each of the other families of instance types by itself
  std::int64_t gp2_storage_tib = 50, gp3_storage_tib = 50, io1_storage_tib = 50, io2_storage_tib = 20;
  std::int64_t st1_storage_tib = 50, sc1_storage_tib = 50, standard_storage_tib = 50;
  std::int64_t io1_iops = 300'000, io2_iops = 100'000;
  std::int64_t snapshots = 100'000;
  std::int64_t concurrent_snapshots_per_volume = 5;
  std::int64_t concurrent_snapshot_copies = 20;  ///< into the region

  /// Of declared kinds, by kind, where the defaults of their files do not hold.
  std::map<std::string, std::int64_t, std::less<>> kinds;
  bool are_lifted = false;  ///< `none`: no limits at all

  std::int64_t of_kind(std::string_view kind, std::int64_t usual) const;

  /// Whether one more would be too many.
  static bool is_reached(std::int64_t quota, std::int64_t used, std::int64_t more = 1) {
    return quota >= 0 && used + more > quota;
  }
};

/// Empty text: the defaults; `none`: no limits; otherwise the name of a JSON file whose members are named as above.
/// Throws std::runtime_error with a sentence where the file cannot be used.
Quotas read_quotas(const std::string& option);

}  // namespace fogling
