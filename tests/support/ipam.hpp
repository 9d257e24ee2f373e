#pragma once

/// An IPAM for tests, operating in two regions.

#include <string>

#include "tests/support/house.hpp"

namespace fogling::test {

class Ipams : public SettledTest {
 protected:
  std::string made(const char* action, const char* structure, const char* id, const Parameters& parameters) {
    return call(action, parameters)[structure][id];
  }
  void SetUp() override {
    const auto ipam = call("CreateIpam", {{"OperatingRegion.1.RegionName", "us-east-1"},
                                          {"OperatingRegion.2.RegionName", "us-west-2"}})["Ipam"];
    ipam_ = ipam["IpamId"];
    private_scope_ = ipam["PrivateDefaultScopeId"];
    public_scope_ = ipam["PublicDefaultScopeId"];
  }
  std::string make_pool(Parameters more = {}) {
    more.insert(more.begin(), {{"IpamScopeId", private_scope_}, {"AddressFamily", "ipv4"}});
    return made("CreateIpamPool", "IpamPool", "IpamPoolId", more);
  }
  std::string pool_with(const char* cidr, const Parameters& more = {{"Locale", "us-east-1"}}) {
    const auto pool = make_pool(more);
    call("ProvisionIpamPoolCidr", {{"IpamPoolId", pool}, {"Cidr", cidr}});
    return pool;
  }
  Document cidrs(const std::string& pool) { return call("GetIpamPoolCidrs", {{"IpamPoolId", pool}})["IpamPoolCidrs"]; }
  Document allocations(const std::string& pool) {
    return call("GetIpamPoolAllocations", {{"IpamPoolId", pool}})["IpamPoolAllocations"];
  }
  Document resources(const Parameters& more = {}) {
    Parameters parameters = more;
    parameters.emplace_back("IpamScopeId", private_scope_);
    return call("GetIpamResourceCidrs", parameters)["IpamResourceCidrs"];
  }

  std::string ipam_, private_scope_, public_scope_;
};

}  // namespace fogling::test
