#pragma once

/// VPC Block Public Access: whether an account's networks in a region reach the internet at all.

#include <string>
#include <string_view>

#include "emulator/call.hpp"

namespace fogling {

/// The options and the exclusions of an account, read once for many networks.
class BlockPublicAccess {
 public:
  explicit BlockPublicAccess(Context& context);

  /// As VPCs and subnets show it. An empty subnet means the VPC itself.
  Document states(std::string_view vpc_id, std::string_view subnet_id = {}) const;

 private:
  std::string mode_of(std::string_view network_id) const;

  Context& context_;
  std::string mode_;
};

}  // namespace fogling
