#include "emulator/quotas.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "fixtures/kinds/kinds.hpp"

namespace fogling {
namespace {

struct Row {
  std::string_view name;
  std::int64_t Quotas::*quota;
};
constexpr Row kQuotas[] = {
    {"elastic_ips", &Quotas::elastic_ips},
    {"vpcs", &Quotas::vpcs},
    {"ipv4_blocks_per_vpc", &Quotas::ipv4_blocks_per_vpc},
    {"ipv6_blocks_per_vpc", &Quotas::ipv6_blocks_per_vpc},
    {"subnets_per_vpc", &Quotas::subnets_per_vpc},
    {"route_tables_per_vpc", &Quotas::route_tables_per_vpc},
    {"routes_per_table", &Quotas::routes_per_table},
    {"gateway_endpoints", &Quotas::gateway_endpoints},
    {"interface_endpoints_per_vpc", &Quotas::interface_endpoints_per_vpc},
    {"nat_gateways_per_zone", &Quotas::nat_gateways_per_zone},
    {"elastic_ips_per_nat_gateway", &Quotas::elastic_ips_per_nat_gateway},
    {"network_acls_per_vpc", &Quotas::network_acls_per_vpc},
    {"network_acl_rules", &Quotas::network_acl_rules},
    {"security_groups", &Quotas::security_groups},
    {"rules_per_security_group", &Quotas::rules_per_security_group},
    {"security_groups_per_interface", &Quotas::security_groups_per_interface},
    {"network_interfaces", &Quotas::network_interfaces},
    {"key_pairs", &Quotas::key_pairs},
    {"standard_vcpus", &Quotas::standard_vcpus},
    {"g_and_vt_vcpus", &Quotas::g_and_vt_vcpus},
    {"p_vcpus", &Quotas::p_vcpus},
    {"other_vcpus", &Quotas::other_vcpus},
    {"gp2_storage_tib", &Quotas::gp2_storage_tib},
    {"gp3_storage_tib", &Quotas::gp3_storage_tib},
    {"io1_storage_tib", &Quotas::io1_storage_tib},
    {"io2_storage_tib", &Quotas::io2_storage_tib},
    {"st1_storage_tib", &Quotas::st1_storage_tib},
    {"sc1_storage_tib", &Quotas::sc1_storage_tib},
    {"standard_storage_tib", &Quotas::standard_storage_tib},
    {"io1_iops", &Quotas::io1_iops},
    {"io2_iops", &Quotas::io2_iops},
    {"snapshots", &Quotas::snapshots},
    {"concurrent_snapshots_per_volume", &Quotas::concurrent_snapshots_per_volume},
    {"concurrent_snapshot_copies", &Quotas::concurrent_snapshot_copies},
};

}  // namespace

std::int64_t Quotas::of_kind(std::string_view kind, std::int64_t usual) const {
  if (are_lifted) return -1;
  const auto found = kinds.find(kind);
  return found == kinds.end() ? usual : found->second;
}

Quotas read_quotas(const std::string& option) {
  Quotas quotas;
  if (option.empty()) return quotas;
  if (option == "none") {
    for (const auto& each : kQuotas) quotas.*each.quota = -1;
    quotas.are_lifted = true;
    return quotas;
  }
  std::ifstream file(option);
  if (!file) throw std::runtime_error("cannot read the quotas file " + option);
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (!json.is_object()) throw std::runtime_error("the quotas file " + option + " is not a JSON object");
  for (const auto& [name, value] : json.items()) {
    const auto* known = std::ranges::find(kQuotas, std::string_view(name), &Row::name);
    const auto* kind = kinds::find(name);
    if (known == std::end(kQuotas) && kind == nullptr)
      throw std::runtime_error(option + ": there is no quota called " + name);
    if (!value.is_number_integer()) throw std::runtime_error(option + ": the quota " + name + " is not a whole number");
    if (kind != nullptr) {
      quotas.kinds.emplace(name, value.get<std::int64_t>());
    } else {
      quotas.*known->quota = value.get<std::int64_t>();
    }
  }
  return quotas;
}

}  // namespace fogling
